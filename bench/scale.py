#!/usr/bin/env python3
"""What becomes slower when there are ten or a hundred times as many cases: fills both databases through the command path, and
measures at each size as people who may see all, a department or one post's cases. What fails or has no time left is said and loses
nothing else; the results file is written after every phase. docs/SCALE.md is made from it (bench/paper.py).
  scale.py [--cases N,N,…] [--backends sqlite,pg] [--phases a,b,…] [--seconds S] [--minutes M] [--no-words] [--keep]"""
import argparse, contextlib, json, os, re, shutil, subprocess, sys, tempfile, time, traceback

root = os.environ.setdefault("TOCSIN_ROOT", os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
tempfile.tempdir = work = os.path.join(root, os.environ.get("TOCSIN_BUILD", "build"), "bench", "scale")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hot, mix, paper, plans as planned, walk
from walk import served
from measure import machine, out, pss, ratio

PHASES = ("intake", "ask", "pages", "start", "memory", "verify", "rebuild", "sizes", "plans")
REBUILD_MOST = {"sqlite": 100000, "pg": 10000}  # what a bench has time for; --rebuild-most says otherwise
CARRY_FROM = 20000  # PostgreSQL is filled by commands up to here, then from SQLite's rows
SEED, HANDLER = 1, "owen.okafor"
ROLES = {"sees all": HANDLER, "a department": "s0000", "a post": "rosa.quigley", "sees stubs": "idris.inskip"}
SEE_MUCH = ("sees all", "a department", "a post")  # a tenth of all cases and more

ap = argparse.ArgumentParser()
ap.add_argument("--cases", default="10000,100000")
ap.add_argument("--backends", default="sqlite,pg")
ap.add_argument("--phases", default=",".join(PHASES))
ap.add_argument("--seconds", type=float, default=0.5, help="how long each question is asked")
ap.add_argument("--minutes", type=float, default=600, help="no phase begins after so many")
ap.add_argument("--rebuild-most", default="", help="cases: N, or sqlite=N,pg=N")
ap.add_argument("--intake", type=int, default=3200, help="reports")
ap.add_argument("--no-words", action="store_true", help="leave out the index of words of what is carried over")
ap.add_argument("--keep", action="store_true", help="write no results file and no paper")
args = ap.parse_args()
began, mixed, results = time.time(), mix.Mix(root), {}


def bench(name):
    return os.path.join(served.build, "bench", "bench_" + name)


class Server:
    """PostgreSQL, as tool/pg.sh starts one. While it is filled it does not sync."""
    def __init__(self, name):
        self.dir, self.at = os.path.join(work, name), "postgres"  # the database that the body is in
        self.url = self.pg("start")

    def pg(self, what):
        env = {**os.environ, "PG_OPTIONS": "-c shared_buffers=1GB -c max_wal_size=2GB -c work_mem=32MB"}
        return out("sh", os.path.join(root, "tool", "pg.sh"), what, self.dir, env=env).strip()

    def sql(self, words, base="postgres"):
        return out("psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", self.base(base), "-c", words)

    def base(self, name):
        return self.url.replace("@/postgres?", f"@/{name}?")

    def syncs(self, yes):
        self.sql(f"ALTER SYSTEM SET fsync = {'on' if yes else 'off'}")
        self.sql("SELECT pg_reload_conf()")
        if yes:
            self.sql("CHECKPOINT")

    def pss(self):
        with open(os.path.join(self.dir, "data", "postmaster.pid")) as f:
            parent = int(f.readline())
        return pss([parent] + served.children(parent))


class Place:
    """A body with its cases, on one of the two."""
    def __init__(self, backend):
        self.backend, self.filled, self.server = backend, 0, Server("pg") if backend == "pg" else None
        self.make(self.server.url if self.server else None)

    def make(self, url):
        self.service = served.Service(database=url)
        roster = os.path.join(work, "roster.csv")
        with open(roster, "w") as f:
            f.write(mixed.roster())
        self.service.run("person", "import", "--data", self.service.data, roster)
        self.filled = 0

    def to(self, n, other):
        """n cases in all; PostgreSQL gets a great number from the SQLite database that has them."""
        if self.backend == "pg" and n >= CARRY_FROM and other and other.filled == n:
            return self.carry(other)
        if self.server:
            self.server.syncs(False)
        got = self.fill(n)
        if self.server:
            self.server.sql("VACUUM ANALYZE")
            self.server.syncs(True)
        return {**got, "rate": got["cases"] / max(got["seconds"], 0.001), "commands_rate": got["commands"] / max(got["seconds"], 0.001)}

    def fill(self, n):
        """By commands; then the index of words is whole as well."""
        got = json.loads(out(bench("fill"), self.service.data, str(min(self.filled, n)), str(n), str(SEED), HANDLER, given=mixed.lines, show=True))
        self.filled = n
        return got

    def carry(self, other):
        self.service.clear()
        base = f"carried{other.filled}"
        self.server.sql("DROP SCHEMA public CASCADE")
        self.server.sql("CREATE SCHEMA public")
        self.server.sql(f"CREATE DATABASE {base}")
        self.make(self.server.base(base))
        self.server.syncs(False)
        got = json.loads(out(bench("carry"), os.path.join(other.service.data, "db", "tocsin.db"), self.server.base(base), show=True))
        for folder in ("keys", "gate"):  # it is the same body
            shutil.rmtree(os.path.join(self.service.data, folder))
            shutil.copytree(os.path.join(other.service.data, folder), os.path.join(self.service.data, folder))
        if self.server.sql("SELECT to_regclass('search_words') IS NOT NULL", base).strip() == "t" and not args.no_words:  # each database has an index of words of its own kind
            self.server.sql("TRUNCATE search_view, search_words, search_upto", base)
            self.filled = other.filled
            got["index_seconds"] = self.fill(other.filled)["index_seconds"]
            self.server.sql("VACUUM ANALYZE search_words", base)  # what its index keeps in waiting is sorted in
        self.server.syncs(True)
        self.filled, self.server.at = other.filled, base
        return {**got, "carried": True}

    def table_sizes(self):
        """{table: {bytes, index bytes, rows}}."""
        if self.server:
            text = self.server.sql("SELECT relname, pg_table_size(oid), pg_indexes_size(oid), greatest(reltuples, 0) FROM pg_class WHERE relkind = "
                                   "'r' AND relnamespace = 'public'::regnamespace", self.server.at)
            return {t: {"bytes": int(b), "index": int(i), "rows": float(n)} for t, b, i, n in (line.split("|") for line in text.splitlines())}
        import sqlite3
        c = sqlite3.connect(os.path.join(self.service.data, "db", "tocsin.db"))
        of = {name: table for name, table in c.execute("SELECT name, tbl_name FROM sqlite_master WHERE type IN ('table', 'index')")}
        made = {}
        size = c.execute("PRAGMA page_size").fetchone()[0]  # dbstat counts bytes in 32 bits
        for name, pages in c.execute("SELECT name, pageno FROM dbstat WHERE aggregate = TRUE"):
            b = pages * size
            table = of.get(name, name)
            table = "search_words" if table.startswith("search_words") else table
            t = made.setdefault(table, {"bytes": 0, "index": 0})
            t["bytes" if name == table or table == "search_words" else "index"] += b
        c.close()
        return made

    def start(self, clerk):
        s = self.service
        with open(s.log, "a") as log:
            s.process = subprocess.Popen([served.tocsin, "serve", "--data", s.data, "--listen", "127.0.0.1:0", "--workers", "2",
                                          *([] if clerk else ["--without-clerk"])], stdout=subprocess.PIPE, stderr=log, text=True)
        began = time.time()
        line = s.process.stdout.readline()
        s.port = int(re.search(r":(\d+)\s*$", line)[1])
        while True:
            try:
                if s.ask("GET", "/healthz")[0] == 200:
                    return (time.time() - began) * 1000
            except OSError:
                time.sleep(0.001)

    def stop(self):
        if self.service.process and self.service.process.poll() is None:
            self.service.stop(60)

    def end(self):
        self.stop()
        self.service.clear()
        if self.server and os.path.exists(self.server.dir):
            self.server.pg("stop")
            shutil.rmtree(self.server.dir, ignore_errors=True)


# ---- what is asked ----

def lists():
    """{what: a filter of the queue}: each by itself, by values that are common and that are seldom, as the mix has them."""
    departments = list(mixed.departments)
    return {"queue": "", "closed": "closed=1", "new": "state=new", "owned by me": "mine=1", "overdue": "overdue=1", "personal data": "personal_data=1",
            "priority, common": "level=P3", "priority, seldom": "level=P1", "category, common": "category=wrong_recipient",
            "category, seldom": "category=outage", "department, common": f"department={departments[0]}",
            "department, seldom": f"department={departments[-1]}", "department and category": f"department={departments[-4]}&category=intrusion"}


def searches():
    """{what: words as one types them}."""
    common, middle, rare = mix.word(0), mix.word(100), mix.word(12000)
    return {"a common word": [common], "a word now and then": [middle], "a seldom word": [rare], "two words": [common, middle]}


def bare(backend, words, rows):
    """The index alone, asked the same (the last word may go on) without anybody's need to know; with `rows` the cases too that a
    page of it would show."""
    if backend == "pg":
        few = f"SELECT place FROM bare WHERE doc @@ '{' & '.join(words)}:*'::tsquery ORDER BY place DESC LIMIT 50"
    else:
        asked = " AND ".join('"' + w + '"' for w in words) + "*"
        few = f"SELECT rowid AS place FROM search_words WHERE search_words MATCH '{asked}' ORDER BY rowid DESC LIMIT 50"
    return "sql " + (f"SELECT v.words, c.* FROM ({few}) AS few JOIN search_view AS v ON v.body = 1 AND v.place = few.place "
                     f"JOIN case_view AS c ON c.body = 1 AND c.case_id = v.case_id ORDER BY few.place DESC" if rows else few)


@contextlib.contextmanager
def bare_words(place):
    """On PostgreSQL the words are indexed as anybody would do it, to be asked bare: those of the product begin with their stretch."""
    sql = lambda words: place.server and place.server.sql(words, place.server.at)
    sql("CREATE TABLE bare AS SELECT place, to_tsvector('simple', words) AS doc FROM search_view")
    sql("SET maintenance_work_mem = '1GB'; CREATE INDEX ON bare USING gin (doc)")
    sql("VACUUM ANALYZE bare")
    try:
        yield
    finally:
        sql("DROP TABLE bare")


def asked(place, session, lines):
    """{what: how long}, in process: of three rounds the middle one, for what takes a fifth of a millisecond takes twice that now and then."""
    ask = (bench("ask"), place.service.data, session, str(args.seconds / 2))
    rounds = [[json.loads(line) for line in out(*ask, given="".join(q + "\n" for q in lines.values())).splitlines()] for _ in range(3)]
    return {what: sorted(got, key=lambda g: g.get("p50_ms", 0))[1] for what, *got in zip(lines, *rounds)}


def browsers(place):
    made = {}
    for role, person in ROLES.items():
        link = re.search(r"/link/[A-Z0-9]+", place.service.run("person", "link", "--data", place.service.data, "--person", person))[0]
        made[role] = walk.Browser(place.service.port)
        made[role].ask("GET", link).send("/link")
    return made


# ---- phases: each takes a place and gives what it measured ----

def ask(place):
    place.start(False)
    people, found = browsers(place), {}
    index = "search_words" in place.table_sizes() and not (args.no_words and place.server and place.filled >= CARRY_FROM)
    if not index:
        print("SKIP: there is no index of words here: search is not measured")
    for role, browser in people.items():
        browser.ask("GET", "/queue")
        ref = re.search(r'href="/case/([A-Z0-9-]+)"', browser.page)
        lines = {what: f"queue {f}" for what, f in lists().items()}
        lines.update({"count": "count", "count of closed": "closed", "my work": "work", "notices": "notices"})
        if ref:
            lines["case"] = f"case {ref[1]}"
        for what, words in searches().items() if index else ():
            lines["search: " + what] = f"queue words={' '.join(words)}"
        found[role] = asked(place, browser.cookies["tocsin"], lines)
    if index:
        with bare_words(place):
            for name, rows in (("bare", False), ("bare with rows", True)):
                found[name] = asked(place, people["sees all"].cookies["tocsin"],
                                    {"search: " + w: bare(place.backend, words, rows) for w, words in searches().items()})
    place.stop()
    return found


def page(place, browser, path):
    request = browser.request(path)
    load = lambda amount: json.loads(hot.load(place.service.port, 1, amount, 200, request))
    load("20")
    got = load(f"{max(args.seconds, 1)}s")
    return {"rate": got["rate"], "p50_ms": got["p50_ms"], "p99_ms": got["p99_ms"]}


def pages(place):
    place.start(False)
    found = {}
    for role, browser in browsers(place).items():
        paths = {"queue": "/queue", "work": "/work", "notices": "/notices"}
        browser.ask("GET", "/queue")
        ref = re.search(r'href="(/case/[A-Z0-9-]+)"', browser.page)
        if ref:
            paths["case"] = ref[1]
        found[role] = {what: page(place, browser, path) for what, path in paths.items()}
    place.stop()
    return found


def start(place):
    took = []
    for _ in range(3):
        took.append(place.start(False))
        place.stop()
    return {"ms": sorted(took)[1]}


def memory(place):
    """All processes with the clerk; what the clerk is owed (warnings that are due) it does meanwhile."""
    place.start(True)
    time.sleep(3)
    pids = lambda: [place.service.process.pid] + served.children(place.service.process.pid)
    got = {"idle_mib": pss(pids())}
    browser = browsers(place)["sees all"]
    hot.load(place.service.port, 64, "2000", 200, browser.request("/queue"))
    got["after_pages_mib"] = pss(pids())
    if place.server:
        got["server_mib"] = place.server.pss()
    place.stop()
    return got


def verify(place):
    began = time.time()
    said = place.service.run("verify", "--data", place.service.data)
    took = time.time() - began
    n = int(re.search(r"([0-9]+) records", said)[1])
    return {"records": n, "seconds": took, "rate": n / took}


def rebuild(place):
    given = dict(part.rpartition("=")[::2] for part in args.rebuild_most.split(",") if part)
    most = int(given.get(place.backend, given.get("", REBUILD_MOST[place.backend])))
    if place.filled > most:
        print(f"SKIP: rebuild on {place.backend} is measured up to {most:,} cases")
        return None
    began = time.time()
    said = place.service.run("rebuild", "--data", place.service.data)
    took = time.time() - began
    n = int(re.search(r"([0-9,]+)", said)[1].replace(",", ""))
    return {"entries": n, "seconds": took, "rate": n / took}


def sizes(place):
    return place.table_sizes()


def plans(place):
    server = place.server
    return planned.whole(root, lambda words: server.sql(words, server.at)) if server else None


def inside(data, tape="-"):
    return json.loads(out(bench("record"), "reports", data, str(args.intake), tape, given=walk.report))


def intake(place):
    """In process, 64 a commit, everything synced. On PostgreSQL, at the first size, beside the recorded statements in a bare loop."""
    got = {"reports": args.intake}
    if place.server and place.filled == min(wanted_sizes()):
        got.update(against_bare(place.server))
    here = inside(place.service.data)
    return {**got, "rate": args.intake / here["seconds"], "rows": here["rows"] / args.intake, "statements": here["statements"] / args.intake}


def against_bare(server):
    """The same directory thrice, on three copies of one fresh database."""
    tape, names = os.path.join(work, "tape"), ("recorded", "replayed", "timed")
    server.sql("CREATE DATABASE fresh")
    s = served.Service(database=server.base("fresh"))
    s.run("setting", "set", "--data", s.data, "mail_off", "yes")
    for name in names:
        server.sql(f"CREATE DATABASE {name} TEMPLATE fresh")
    rate, keys = {}, os.path.join(work, "keys")
    shutil.copytree(os.path.join(s.data, "keys"), keys)
    for name in names:
        shutil.rmtree(os.path.join(s.data, "keys"))  # they hold the last signed head
        shutil.copytree(keys, os.path.join(s.data, "keys"))
        with open(os.path.join(s.data, "db", "address"), "w") as f:
            f.write(server.base(name))
        server.sql("CHECKPOINT")
        took = json.loads(out(bench("replay_pg"), server.base(name), tape)) if name == "replayed" else inside(s.data, tape if name == "recorded" else "-")
        rate[name] = args.intake / took["seconds"]
    s.clear()
    shutil.rmtree(keys)
    os.unlink(tape)
    for name in ("fresh",) + names:
        server.sql(f"DROP DATABASE {name}")
    return {"fresh": rate["timed"], "replay": rate["replayed"], "ratio": rate["timed"] / rate["replayed"]}


# ---- all of it ----

def wanted_sizes():
    return sorted(int(n) for n in args.cases.replace("_", "").split(","))


def keep():
    path = os.path.join(work, "results.json") if args.keep else os.path.join(root, "bench", "results", f"scale-{results['date']}-{results['commit']}.json")
    with open(path, "w") as f:
        json.dump(results, f, indent=1, ensure_ascii=False)
        f.write("\n")


def tried(at, name, run):
    """One phase; what goes wrong with it is its own."""
    if time.time() - began > args.minutes * 60:
        results["left_out"].append(f"{at} {name}: no time was left")
        print(f"SKIP: {at} {name}: {args.minutes} minutes are over")
        return None
    phase = time.time()
    try:
        got = run()
    except (Exception, SystemExit) as e:
        if not isinstance(e, SystemExit):
            traceback.print_exc()
        results["left_out"].append(f"{at} {name}: failed")
        print(f"FAILED: {at} {name}: {e}", flush=True)
        return None
    took = time.time() - phase
    print(f"  {at} {name}: {took:.1f} s", flush=True)
    results["took"][f"{at} {name}"] = round(took, 1)
    return got


def at_size(place, other, n):
    at = f"{place.backend} {n:,}"
    here = results["at"].setdefault(place.backend, {}).setdefault(str(n), {})
    here["fill"] = tried(at, "fill", lambda: place.to(n, other))
    keep()
    if other and n == wanted_sizes()[-1]:  # a million cases twice would fill many a disk
        other.end()
    if not here["fill"]:
        return
    for name in PHASES:
        if name in args.phases.split(","):
            here[name] = tried(at, name, lambda: globals()[name](place))
            place.stop()
            keep()


def figures():
    """A line a ratio: to the smallest size, to the bare index, to a goal."""
    made, sizes = [], wanted_sizes()
    for backend, at in results["at"].items():
        name = {"sqlite": "SQLite", "pg": "PostgreSQL"}[backend]
        for n in sizes:
            here, first = at.get(str(n), {}), at.get(str(sizes[0]), {})
            for role, p in (here.get("pages") or {}).items():
                made.append(ratio(f"{name}, queue page of 50 at {n:,} cases, {role}, p99 at one client", p["queue"]["p99_ms"],
                                  5 if backend == "sqlite" else None, True, "ms"))
                before = (first.get("pages") or {}).get(role)
                if n > sizes[0] and before:
                    made.append(ratio(f"{name}, queue page at {n:,} cases of the same at {sizes[0]:,}, {role}, p50",
                                      p["queue"]["p50_ms"] / before["queue"]["p50_ms"], 1.2, True))
            for role, a in (here.get("ask") or {}).items():
                for what, took in a.items():
                    if role.startswith("bare") or not what.startswith("search") or "p50_ms" not in took:
                        continue
                    for name_of, of, goal in (("bare", "the index alone", None), ("bare with rows", "the bare query with its 50 cases", 3)):
                        other = here["ask"].get(name_of, {}).get(what, {}).get("p50_ms")
                        if other:
                            made.append(ratio(f"{name}, {what} at {n:,} cases, {role}, of {of}", took["p50_ms"] / other,
                                              goal if role in SEE_MUCH else None, True))
                    made.append(ratio(f"{name}, {what} at {n:,} cases, {role}", took["p50_ms"], 20, True, "ms"))
            if here.get("intake"):
                if "ratio" in here["intake"]:
                    made.append(ratio(f"{name}, intake in process, of its own statements replayed bare", here["intake"]["ratio"], 0.6))
                if n > sizes[0] and first.get("intake"):
                    made.append(ratio(f"{name}, intake in process at {n:,} cases of the same at {sizes[0]:,}", here["intake"]["rate"] / first["intake"]["rate"], None))
            if here.get("plans") is not None:
                made.append(ratio(f"{name}, statements that read a large table whole at {n:,} cases", len(here["plans"]), 0, True))
            for phase in ("verify", "rebuild"):
                if n > sizes[0] and here.get(phase) and first.get(phase):
                    made.append(ratio(f"{name}, {phase} a second at {n:,} cases of the same at {sizes[0]:,}", here[phase]["rate"] / first[phase]["rate"], None))
    return made


def main():
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    os.chmod(work, 0o755)
    results.update(commit=out("git", "-C", root, "rev-parse", "--short", "HEAD").strip(),
                   changed=bool(out("git", "-C", root, "status", "--porcelain", "--untracked-files=no").strip()),
                   date=time.strftime("%Y-%m-%d", time.gmtime()), time=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), machine=machine(work),
                   sizes=wanted_sizes(), mix=mixed.source, people=mixed.people, departments=len(mixed.departments), seconds=args.seconds,
                   at={}, took={}, left_out=[], ratios=[])
    places = {}
    for backend in args.backends.split(","):
        places[backend] = tried(backend, "begin", lambda: Place(backend))
    for n in wanted_sizes():
        for backend, place in places.items():
            if place:
                at_size(place, places.get("sqlite") if backend == "pg" else None, n)
    for place in places.values():
        if place:
            tried(place.backend, "end", place.end)
    results["ratios"] = figures()
    results["seconds_in_all"] = round(time.time() - began)
    keep()
    with open(os.environ.get("TOCSIN_FIGURES", os.path.join(served.build, "figures.jsonl")), "a") as f:
        for line in results["ratios"]:
            f.write(json.dumps({k: v for k, v in line.items() if k in ("name", "what", "ratio", "goal", "met")}) + "\n")
            print(json.dumps(line))
    if not args.keep:
        paper.write(root)
    missed = [line["what"] for line in results["ratios"] if line["met"] is False]
    print(f"scale: {len(results['ratios'])} figures in {results['seconds_in_all']} s, {len(missed)} goals missed{': ' if missed else ''}{'; '.join(missed)}"
          + (f"; left out: {'; '.join(results['left_out'])}" if results["left_out"] else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
