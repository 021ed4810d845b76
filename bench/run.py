#!/usr/bin/env python3
"""Speed and memory, as `make bench` measures them: medians of several rounds, ratios within one round, what is compared
taking turns. Writes bench/results/DATE-COMMIT.json, one figure a ratio, and docs/PERFORMANCE.md (bench/paper.py).
  run.py [--rounds N] [--reports N] [--cases N] [--seconds S] [--keep]"""
import argparse, json, os, re, shutil, socket, statistics, subprocess, sys, tempfile, time

root = os.environ.setdefault("TOCSIN_ROOT", os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
tempfile.tempdir = work = os.path.join(root, os.environ.get("TOCSIN_BUILD", "build"), "bench", "work")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hot, paper, profile_of, walk
from measure import machine, out, pss, ratio
from walk import served

ap = argparse.ArgumentParser()
ap.add_argument("--rounds", type=int, default=3)
ap.add_argument("--reports", type=int, default=6400)
ap.add_argument("--cases", type=int, default=100000)
ap.add_argument("--seconds", type=float, default=1.5)
ap.add_argument("--keep", action="store_true", help="write no results file and no paper")
args = ap.parse_args()
record, tape = os.path.join(served.build, "bench", "bench_record"), os.path.join(work, "tape")
vcdb = os.path.join(root, "..", "shared", "data", "vcdb", "vcdb-dev80.jsonl.gz")
median = statistics.median


def cpu(pid):
    """Seconds of processor that a process has had."""
    with open(f"/proc/{pid}/schedstat") as f:
        return int(f.read().split()[0]) / 1e9


def processes(service):
    """{name: [pid]} of a running service."""
    all = {}
    for pid in [service.process.pid] + served.children(service.process.pid):
        with open(f"/proc/{pid}/comm") as f:
            all.setdefault(f.read().strip(), []).append(pid)
    return all


def settle(service, most=90):
    """Wait until nobody works any more: after a flood of reports the clerk has letters to write."""
    until = time.time() + most
    pids, quiet = sum(processes(service).values(), []), 0
    while quiet < 2 and time.time() < until:
        before = sum(map(cpu, pids))
        time.sleep(0.5)
        quiet = quiet + 1 if sum(map(cpu, pids)) - before < 0.01 else 0


def memory_of(service):
    return pss(sum(processes(service).values(), []))


def fresh(of):
    """The same directory again, untouched."""
    s = served.Service.__new__(served.Service)
    s.folder = tempfile.mkdtemp()
    s.data, s.log, s.env, s.port, s.process = os.path.join(s.folder, "data"), os.path.join(s.folder, "log"), os.environ, 0, None
    shutil.copytree(of.data, s.data, ignore=shutil.ignore_patterns("*.sock"))
    os.sync()
    return s


def load(service, clients, amount, status, request):
    return json.loads(hot.load(service.port, clients, amount, status, request))


def one_intake(base):
    s = fresh(base).start()
    load(s, 64, 640, 201, walk.intake(s.port))
    pids = processes(s)
    before = {name: sum(map(cpu, p)) for name, p in pids.items()}
    got = load(s, 64, args.reports, 201, walk.intake(s.port))
    got["cpu"] = {name: sum(map(cpu, p)) - before[name] for name, p in pids.items()}
    s.stop()
    s.clear()
    return got


def bare(base, what):
    s = fresh(base)
    got = json.loads(out(record, what, os.path.join(s.data, "db", "tocsin.db"), tape))
    s.clear()
    return got


def intake(base):
    s = fresh(base)
    inside = json.loads(out(record, "reports", s.data, str(args.reports), tape, given=walk.report))
    s.clear()
    rounds = []
    for _ in range(args.rounds):
        api, replay, writes = one_intake(base), bare(base, "replay"), bare(base, "writes")
        s = fresh(base)
        here = json.loads(out(record, "reports", s.data, str(args.reports), "-", given=walk.report))
        s.clear()
        rate = {k: args.reports / v["seconds"] for k, v in (("replay", replay), ("writes", writes), ("here", here))}
        rounds.append({"api": api["rate"], **rate, "p50_ms": api["p50_ms"], "p99_ms": api["p99_ms"],
                       "ratio": api["rate"] / rate["replay"], "ratio_writes": api["rate"] / rate["writes"],
                       "ratio_here": rate["here"] / rate["replay"],
                       **{f"cpu_{k}_us": v / args.reports * 1e6 for k, v in api["cpu"].items()}})
        print("  intake:", {k: round(v, 2) for k, v in rounds[-1].items()}, flush=True)
    m = {k: median(r[k] for r in rounds) for k in rounds[0]}
    return {**m, "reports": args.reports, "rows": inside["rows"] / args.reports, "statements": inside["statements"] / args.reports}


def imports(base):
    if not os.path.exists(vcdb):
        print("SKIP: ../shared/data/vcdb is not here: the import is not measured")
        return None
    rounds = []
    for _ in range(args.rounds):
        s = fresh(base)
        inside = json.loads(out(record, "import", s.data, vcdb, tape))
        s.clear()
        s = fresh(base)
        began = time.time()
        s.run("import", "veris", "--data", s.data, vcdb)
        took = time.time() - began
        s.clear()
        replay = bare(base, "replay")
        rounds.append({"records": inside["n"], "rate": inside["n"] / took, "replay": inside["n"] / replay["seconds"],
                       "ratio": replay["seconds"] / took, "rows": inside["rows"] / inside["n"]})
        print("  import:", {k: round(v, 2) for k, v in rounds[-1].items()}, flush=True)
    return {k: median(r[k] for r in rounds) for k in rounds[0]}


def answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as c:
            c.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            return c.recv(100).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def start(base):
    took = []
    for _ in range(max(args.rounds, 5)):
        s = fresh(base)
        with socket.socket() as c:
            c.bind(("127.0.0.1", 0))
            s.port = c.getsockname()[1]
        began = time.time()
        p = subprocess.Popen([served.tocsin, "serve", "--data", s.data, "--listen", f"127.0.0.1:{s.port}", "--workers", "2"],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not answers(s.port):
            time.sleep(0.0005)
        took.append((time.time() - began) * 1000)
        p.terminate()
        p.wait(20)
        s.clear()
    return median(took)


def idle(base):
    s = fresh(base).start()
    time.sleep(2)
    mib = memory_of(s)
    s.stop()
    s.clear()
    return mib


class Nginx:
    """The bytes of our own answers, served from files."""
    def __init__(self, files):
        self.dir = tempfile.mkdtemp()
        for name, body in files.items():
            with open(os.path.join(self.dir, name), "wb") as f:
                f.write(body)
        with socket.socket() as c:
            c.bind(("127.0.0.1", 0))
            self.port = c.getsockname()[1]
        conf = os.path.join(self.dir, "conf")
        with open(conf, "w") as f:
            f.write(f"""worker_processes 2; daemon off; pid {self.dir}/pid; error_log {self.dir}/log; user root;
                events {{ worker_connections 512; }}
                http {{ access_log off; default_type text/html; sendfile on; tcp_nopush on; keepalive_requests 10000000;
                client_body_temp_path {self.dir}/b; proxy_temp_path {self.dir}/p; fastcgi_temp_path {self.dir}/f;
                uwsgi_temp_path {self.dir}/u; scgi_temp_path {self.dir}/s; open_file_cache max=100;
                server {{ listen 127.0.0.1:{self.port}; root {self.dir}; }} }}""")
        self.process = subprocess.Popen(["nginx", "-c", conf, "-p", self.dir], stderr=subprocess.DEVNULL)
        for _ in range(200):
            if len(served.children(self.process.pid)) == 2:
                break
            time.sleep(0.02)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.dir)


def measured(port, pids, clients, request):
    before = sum(map(cpu, pids))
    got = json.loads(hot.load(port, clients, f"{args.seconds}s", 200, request))
    return {"rate": got["rate"], "cpu_us": (sum(map(cpu, pids)) - before) / got["requests"] * 1e6,
            "p50_ms": got["p50_ms"], "p99_ms": got["p99_ms"]}


def page_paths(s):
    handler, reporter = walk.handler(s), walk.reporter(s.port)
    return {"start": (walk.Browser(s.port), "/"), "queue": (handler, "/queue"), "case": (handler, walk.case_of(handler)),
            "confirmation": (reporter, "/report/done")}


def pages(s):
    paths, rows = page_paths(s), []
    for b, path in paths.values():
        load(s, 64, 640, 200, b.request(path))
    files = {name: b.ask("GET", path).page.encode() for name, (b, path) in paths.items()}
    web = processes(s)["web"]
    if not shutil.which("nginx"):
        print("SKIP: nginx is not here: pages are shown by themselves")
    nginx = Nginx(files) if shutil.which("nginx") else None
    theirs = served.children(nginx.process.pid) if nginx else []
    for name, (b, path) in paths.items():
        for clients in (1, 8, 64):
            ours, other = [], []
            for _ in range(args.rounds):
                ours.append(measured(s.port, web, clients, b.request(path)))
                if nginx:
                    other.append(measured(nginx.port, theirs, clients, walk.Browser(nginx.port).request("/" + name)))
            row = {"page": name, "clients": clients, "bytes": len(files[name]), **{k: median(o[k] for o in ours) for k in ours[0]}}
            if other:
                row.update({f"nginx_{k}": median(o[k] for o in other) for k in other[0]})
                row["ratio"] = median(o["rate"] / n["rate"] for o, n in zip(ours, other))
            rows.append(row)
            print("  pages:", {k: v if isinstance(v, str) else round(v, 3) for k, v in row.items()}, flush=True)
    if nginx:
        nginx.stop()
    return rows


def filled(base, n):
    """A directory with n cases, and how long they took."""
    s = fresh(base)
    s.run("setting", "set", "--data", s.data, "mail_off", "yes")
    began = time.time()
    out(record, "reports", s.data, str(n), "-", given=walk.report)
    return s, time.time() - began


def memory(base):
    s, took = filled(base, args.cases)
    s.start()
    settle(s)
    mib = {"filled_in": took, "idle": memory_of(s)}
    for b, path in page_paths(s).values():
        load(s, 64, 2000, 200, b.request(path))
    mib["after_pages"] = memory_of(s)
    load(s, 64, 2000, 201, walk.intake(s.port))
    mib["after_intake"] = memory_of(s)
    s.stop()
    s.clear()
    return mib


def sizes():
    stripped = os.path.join(work, "stripped")
    out("strip", "-o", stripped, served.tocsin)
    return {"stripped": os.path.getsize(stripped), "with_debug": os.path.getsize(served.tocsin)}


def assets(service):
    """Bytes of style and script as a browser gets them."""
    page = walk.Browser(service.port).ask("GET", "/").page
    return {re.sub(r"[.-][0-9a-zA-Z]{6,}(?=[.])", "", os.path.basename(path)): len(service.ask("GET", path, headers={"Accept-Encoding": "br"})[1])
            for path in dict.fromkeys(re.findall(r'"(/assets/[^"]+[.](?:css|js))"', page))}


def verify():
    r = subprocess.run([os.path.join(served.build, "verify", "speed"), "1000000", "/dev/null"], capture_output=True, text=True)
    print("  " + r.stdout.strip())
    return float(re.search(r": ([0-9.]+) of bare", r.stdout)[1])


def main():
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    began, mach = time.time(), machine(work)
    base = served.Service()
    small, _ = filled(base, 10000)
    r = {"commit": out("git", "-C", root, "rev-parse", "--short", "HEAD").strip(),
         "changed": bool(out("git", "-C", root, "status", "--porcelain", "--untracked-files=no").strip()),
         "date": time.strftime("%Y-%m-%d", time.gmtime()), "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "machine": mach, "rounds": args.rounds, "cases": args.cases}
    r["intake"] = intake(base)
    r["profile"] = profile_of.intake(fresh(base), args.reports)
    r["import"] = imports(base)
    r["verify"] = verify()
    r["start_ms"] = start(base)
    r["idle_mib"] = idle(base)
    r["sizes"] = sizes()
    small.start()
    settle(small)
    r["pages"] = pages(small)
    r["sizes"]["assets_br"] = assets(small)
    small.stop()
    small.clear()
    r["memory"] = memory(base)
    r["hot"], _ = hot.main(640)
    r["took"] = time.time() - began
    queue = next(p for p in r["pages"] if p["page"] == "queue" and p["clients"] == 1)
    r["ratios"] = [
        ratio("durable intake by API at 64 clients, of its own statements replayed bare", r["intake"]["ratio"], 0.6),
        ratio("rows a report", r["intake"]["rows"], 30, True),
        *([ratio("import of VERIS files, of its own statements replayed bare", r["import"]["ratio"], 0.5)] if r["import"] else []),
        ratio("verify, of SHA-256 alone over as many records", r["verify"], 0.5),
        ratio("start to first answer", r["start_ms"], 100, True, "ms"),
        ratio("all processes, idle, 2 web workers: sum of PSS", r["idle_mib"], 64, True, "MiB"),
        ratio("binary, stripped", r["sizes"]["stripped"] / 2**20, 4, True, "MiB"),
        ratio("queue page of 50 at 10,000 cases, p99 at one client", queue["p99_ms"], 5, True, "ms"),
        *[ratio(f"{p['page']} page at {p['clients']} clients, of nginx with the same bytes", p["ratio"], None)
          for p in r["pages"] if "ratio" in p]]
    shutil.rmtree(work, ignore_errors=True)
    with open(os.environ.get("TOCSIN_FIGURES", os.path.join(served.build, "figures.jsonl")), "a") as f:
        for line in r["ratios"]:
            f.write(json.dumps({k: v for k, v in line.items() if k in ("name", "what", "ratio", "goal", "met")}) + "\n")
    for line in r["ratios"]:
        print(json.dumps(line))
    if not args.keep:
        path = os.path.join(root, "bench", "results", f"{r['date']}-{r['commit']}.json")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            json.dump(r, f, indent=1, ensure_ascii=False)
            f.write("\n")
        paper.write(root)
    missed = [line["what"] for line in r["ratios"] if line["met"] is False]
    print(f"bench: {len(r['ratios'])} figures in {r['took']:.0f} s, {len(missed)} goals missed{': ' if missed else ''}{'; '.join(missed)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
