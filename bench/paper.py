#!/usr/bin/env python3
"""docs/PERFORMANCE.md, and the measured part of docs/SCALE.md, out of the newest files of bench/results.  paper.py [--check]"""
import glob, json, os, sys

BEGIN, END = "<!-- from here made by bench/paper.py -->\n", "<!-- up to here -->\n"


def newest(root, scale=False, phase=None):
    """The newest results; those of scale, that have a phase."""
    files = [json.load(open(f)) for f in glob.glob(os.path.join(root, "bench", "results", "*.json"))
             if os.path.basename(f).startswith("scale-") == scale]
    files = [r for r in files if not phase or any(here.get(phase) for at in r["at"].values() for here in at.values())]
    return max(files, key=lambda r: r["time"]) if files else None


def table(head, rows):
    line = lambda cells: "| " + " | ".join(str(c) for c in cells) + " |"
    return "\n".join([line(head), "|" + "---|" * len(head)] + [line(r) for r in rows]) + "\n"


def number(x, digits=2):
    return f"{x:,.{digits}f}" if digits else f"{round(x):,}"


def goals(r):
    rows = []
    for line in r["ratios"]:
        if line["goal"] is None:
            continue
        unit = " " + line["unit"] if "unit" in line else ""
        rows.append((line["what"], number(line["ratio"]) + unit, ("≤ " if line.get("most") else "≥ ") + f"{line['goal']}{unit}",
                     "yes" if line["met"] else "**no**"))
    return table(("What", "Measured", "Goal", "Met"), rows)


def intake(r):
    i = r["intake"]
    return table(("", "Reports a second"), [
        ("by API at 64 clients, each answered after its commit", number(i["api"], 0)),
        ("in process, 64 a commit", number(i["here"], 0)),
        ("the same statements and values, a bare loop of sqlite3, 64 a commit", number(i["replay"], 0)),
        ("only those of them that write", number(i["writes"], 0))]) + f"""
A report is {number(i['rows'], 1)} row writes by {number(i['statements'], 1)} statements. At the door half are answered within {number(i['p50_ms'], 1)} ms, 99 in
100 within {number(i['p99_ms'], 1)} ms. A report costs the registrar {number(i['cpu_registrar_us'], 0)} µs of processor, the web workers {number(i['cpu_web_us'], 0)} µs, the clerk
{number(i['cpu_clerk_us'], 0)} µs. Of the statements replayed bare the door reaches {number(i['ratio'])}, of those that write alone {number(i['ratio_writes'])}.
"""


def profile(r):
    if not r["profile"]:
        return "No profile: perf was not there.\n"
    out = ""
    for who in ("registrar", "web"):
        p = r["profile"].get(who)
        if not p:
            continue
        parts = ", ".join(f"{name} {number(v, 1)} %" for name, v in p["parts"] if v >= 0.5)
        top = ", ".join(f"`{name}` {number(v, 1)} %" for name, v in p["top"][:6])
        out += f"- **{who}** ({number(p['share'], 0)} % of all): {parts}. Of our own functions: {top}.\n"
    return out


def pages(r):
    rows = []
    for p in r["pages"]:
        rows.append((p["page"], p["clients"], number(p["rate"], 0), number(p["cpu_us"], 0), number(p["p50_ms"]), number(p["p99_ms"]),
                     *((number(p["nginx_rate"], 0), number(p["nginx_cpu_us"], 0), number(p["nginx_p99_ms"]), number(p["ratio"]))
                       if "ratio" in p else ("–",) * 4)))
    sizes = {p["page"]: p["bytes"] for p in r["pages"]}
    return table(("Page", "Clients", "Requests/s", "µs of processor", "p50 ms", "p99 ms", "nginx/s", "nginx µs", "nginx p99", "Ratio"), rows) + \
        "\nBytes: " + ", ".join(f"{k} {number(v, 0)}" for k, v in sizes.items()) + \
        "; style and script, compressed: " + ", ".join(f"{k} {number(v, 0)}" for k, v in sorted(r["sizes"]["assets_br"].items())) + ".\n"


def hot(r):
    rows = [(h["path"], h["requests"], h["prepare"], h["open"], h["mmap"], number(h["grown"] / 1024, 0),
             number(h["malloc"] / h["requests"], 1), ", ".join(f"{k} {number(v / h['requests'], 1)}" for k, v in sorted(h["malloc_by"].items())
                                                              if v / h["requests"] >= 0.5)) for h in r["hot"]]
    return table(("Path", "Requests", "Statements prepared", "Files opened", "Maps", "KiB more from the system", "malloc a request", "by"), rows)


def text(r):
    m, mem = r["machine"], r["memory"]
    imported = r["import"]
    return f"""# How fast, how large

Made by `make bench` from the newest file in `bench/results/`; nobody types a figure here. Measured at commit {r['commit']} on
{r['date']}: {m['processor']}, {m['cores']} cores, {m['memory_gib']} GiB, Linux {m['kernel']}, {m['file_system']}, load {number(m['load'], 1)} at the start. Medians of {r['rounds']} rounds; what is
compared takes turns, and a ratio is taken within its round.

{goals(r)}
## Intake
{intake(r)}
Where the processor's time goes while reports come in:
{profile(r)}
## Import
""" + (f"""{number(imported['records'], 0)} records of the VERIS Community Database: {number(imported['rate'], 0)} a second by `tocsin import veris`, {number(imported['replay'], 0)} by the bare
loop, {number(imported['rows'], 1)} rows a record.
""" if imported else "Not measured: the file of the VERIS Community Database was not there.\n") + f"""
## Pages
At 10,000 cases, with two workers; beside them nginx with two, which sends the very same bytes from files. A page is made
anew for whoever asks; what nginx sends was made before.

{pages(r)}
## Memory and size
All processes together, in MiB of PSS: idle {number(r['idle_mib'], 1)}; with {number(r['cases'], 0)} cases {number(mem['idle'], 1)}, after their pages were asked for {number(mem['after_pages'], 1)},
after 2,000 more reports {number(mem['after_intake'], 1)}. The binary is {number(r['sizes']['stripped'] / 2**20)} MiB stripped, {number(r['sizes']['with_debug'] / 2**20)} MiB with what debuggers want.

## What hot paths ask of the system
Counted in the running processes (`bench/count.c`), once they are warm:

{hot(r)}"""


NAMES = {"sqlite": "SQLite", "pg": "PostgreSQL"}


def at_all(r, phase):
    """(backend, size, what was measured) wherever it was."""
    return [(b, int(n), here[phase]) for b, at in r["at"].items() for n, here in at.items() if here.get(phase)]


def scale_goals(r):
    rows = [(line["what"], number(line["ratio"]) + (" " + line["unit"] if "unit" in line else ""),
             "none" if line["goal"] is None else ("≤ " if line.get("most") else "≥ ") + str(line["goal"]),
             {True: "yes", False: "**no**", None: ""}[line["met"]]) for line in r["ratios"]]
    return table(("What", "Measured", "Goal", "Met"), rows)


def scale_lists(r):
    """Milliseconds in process, the half and 99 in 100: a line a question, a column a size."""
    made = ""
    for b, at in r["at"].items():
        sizes = [n for n in at if at[n].get("ask")]
        for role in dict.fromkeys(role for n in sizes for role in at[n]["ask"]):
            whats = dict.fromkeys(what for n in sizes for what in at[n]["ask"].get(role, {}))
            rows = [(what, *(f"{number(t['p50_ms'])} / {number(t['p99_ms'])}, {t['rows']}" if "p50_ms" in t else "–"
                             for t in (at[n]["ask"].get(role, {}).get(what, {}) for n in sizes))) for what in whats]
            made += f"\n**{NAMES[b]}, {role}**\n\n" + table(("", *(number(int(n), 0) for n in sizes)), rows)
    return made


def scale_rates(r):
    rows = []
    for b, at in r["at"].items():
        for n, here in at.items():
            get = lambda phase, key, digits=0: number(here[phase][key], digits) if here.get(phase) and key in here[phase] else "–"
            rows.append((NAMES[b], number(int(n), 0), get("fill", "rate") if not (here.get("fill") or {}).get("carried") else "carried over",
                         get("intake", "rate"), get("verify", "rate"), get("rebuild", "rate"), get("start", "ms", 1),
                         get("memory", "idle_mib", 1), get("memory", "after_pages_mib", 1), get("memory", "server_mib", 1)))
    return table(("", "Cases", "Filled, cases/s", "Reports/s", "Verify, records/s", "Rebuild, entries/s", "Start, ms", "Idle, MiB",
                  "After pages, MiB", "Server, MiB"), rows)


def scale_bytes(r):
    made = ""
    for b in r["at"]:
        sizes = [(n, t) for of, n, t in at_all(r, "sizes") if of == b]
        names = sorted({t for _, tables in sizes for t in tables}, key=lambda t: (-max(s[1].get(t, {"bytes": 0})["bytes"] for s in sizes), t))
        cell = lambda n, t: f"{number(t['bytes'] / n, 0)} + {number(t['index'] / n, 0)}" if t else "–"
        rows = [(f"`{t}`", *(cell(n, tables.get(t)) for n, tables in sizes)) for t in names
                if any(tables.get(t, {"bytes": 0})["bytes"] / n >= 1 for n, tables in sizes)]
        if sizes:
            made += f"\n**{NAMES[b]}**\n\n" + table(("Table", *(number(n, 0) for n, _ in sizes)), rows)
    return made


def scale_of(r, other):
    return "" if r["time"] == other["time"] else f" Measured before the rest, at commit {other['commit']} on {other['date']}."


def scale_text(root):
    r, rates, sizes = (newest(root, True, phase) for phase in ("ask", "verify", "sizes"))
    if not r or not rates or not sizes:
        return "Not measured yet: `make bench` writes what it measures here.\n"
    m = r["machine"]
    parts = "".join(f" {what}: at commit {commit}." for what, commit in r.get("parts", {}).items())
    left = "\nLeft out: " + "; ".join(r["left_out"]) + ".\n" if r["left_out"] else ""
    return f"""Measured at commit {r['commit']} on {r['date']}: {m['processor']}, {m['cores']} cores, {m['memory_gib']} GiB, Linux {m['kernel']}, load {number(m['load'], 1)} at the start.{parts}
The mix is {"that of the Information Commissioner's counts" if r["mix"] == "ico" else "a built-in one of the same shape"}, {r['people']} people in {r['departments']} departments.
{left}
{scale_goals(r)}
### Rates and memory
In process, 64 commands a commit, reports synced. While they were filled neither database synced, and a great number of cases was
carried over from the SQLite database row by row.{scale_of(r, rates)}

{scale_rates(rates)}
### Lists, as people who may see more or less
Milliseconds in process, the half and 99 in 100, then how many rows came.
{scale_lists(r)}
### Bytes a case
Of the table itself + of its indexes.{scale_of(r, sizes)}
{scale_bytes(sizes)}"""


def scale_paper(root):
    with open(os.path.join(root, "docs", "SCALE.md")) as f:
        words = f.read()
    return words[:words.index(BEGIN) + len(BEGIN)] + "\n" + scale_text(root) + "\n" + words[words.index(END):], words


def write(root):
    if newest(root):
        with open(os.path.join(root, "docs", "PERFORMANCE.md"), "w") as f:
            f.write(text(newest(root)))
    made, _ = scale_paper(root)
    with open(os.path.join(root, "docs", "SCALE.md"), "w") as f:
        f.write(made)


if __name__ == "__main__":
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if sys.argv[1:] == ["--check"]:
        there, (made, stands) = newest(root), scale_paper(root)
        if there and open(os.path.join(root, "docs", "PERFORMANCE.md")).read() != text(there):
            sys.exit("docs/PERFORMANCE.md is not what bench/results gives: python3 bench/paper.py")
        if made != stands:
            sys.exit("docs/SCALE.md is not what bench/results gives: python3 bench/paper.py")
    else:
        write(root)
