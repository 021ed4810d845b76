#!/usr/bin/env python3
"""Nothing on a hot path prepares a statement, opens a file or takes memory from the system: each is asked for some hundred
times of a real server whose processes count (bench/count.c), once they are warm.  hot.py [REQUESTS]"""
import os, struct, subprocess, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import walk
from walk import served

WHATS, OBJECTS, NAME, SLOTS = ("malloc", "mmap", "open", "prepare"), 24, 40, 32
WARM, CLIENTS = 640, 64


def load(port, clients, amount, status, request):
    path = os.path.join(served.build, "bench", f"request-{os.getpid()}")
    with open(path, "wb") as f:
        f.write(request)
    r = subprocess.run([os.path.join(served.build, "bench", "bench_load"), str(port), str(clients), str(amount), str(status), path],
                       capture_output=True, text=True)
    os.unlink(path)
    if r.returncode:
        sys.exit(r.stderr)
    return r.stdout


def heap(pid):
    """Bytes of anonymous memory that the process has mapped, its heap too."""
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith("VmData:"))


def read(path):
    """{process: {(what, library): n}}, and the heap of each."""
    with open(path, "rb") as f:
        page = f.read()
    names = [page[8 + i * NAME:8 + (i + 1) * NAME].split(b"\0")[0].decode() for i in range(OBJECTS)]
    size, at, counts, heaps = 8 + OBJECTS * len(WHATS) * 8, 8 + OBJECTS * NAME, {}, {}
    for i in range(min(struct.unpack_from("<q", page)[0], SLOTS)):
        pid, *n = struct.unpack_from(f"<q{OBJECTS * len(WHATS)}q", page, at + i * size)
        try:
            with open(f"/proc/{pid}/comm") as f:
                who = f.read().strip()
            heaps[pid] = heap(pid)
        except OSError:
            continue
        if who not in ("web", "registrar"):  # whoever stands on no path of a request
            heaps.pop(pid)
            continue
        for k, v in enumerate(n):
            key = who, WHATS[k % len(WHATS)], names[k // len(WHATS)]
            counts[key] = counts.get(key, 0) + v
    return counts, heaps


def main(requests):
    began, lines, bad = time.time(), [], 0
    counts = os.path.join(served.build, "bench", f"counts-{os.getpid()}")
    s = served.Service(env={"LD_PRELOAD": os.path.join(served.build, "bench", "libbench_count.so"), "BENCH_COUNTS": counts})
    os.path.exists(counts) and os.unlink(counts)
    s.start()
    handler, reporter = walk.handler(s), walk.reporter(s.port)
    paths = {"intake": (201, walk.intake(s.port)), "start": (200, walk.Browser(s.port).request("/")),
             "queue": (200, handler.request("/queue")), "case": (200, handler.request(walk.case_of(handler))),
             "confirmation": (200, reporter.request("/report/done"))}
    for status, request in paths.values():
        load(s.port, CLIENTS, WARM, status, request)
    for name, (status, request) in paths.items():
        before, heap_before = read(counts)
        load(s.port, CLIENTS, requests, status, request)
        after, heap_after = read(counts)
        n = {w: sum(v - before.get(k, 0) for k, v in after.items() if k[1] == w) for w in WHATS}
        by, own_maps = {}, sum(v - before.get(k, 0) for k, v in after.items() if k[1] == "mmap" and "sqlite" not in k[2])
        for (who, what, library), v in after.items():
            if what == "malloc" and v > before.get((who, what, library), 0):
                key = f"{library.split('.so')[0]} in {who}"
                by[key] = by.get(key, 0) + v - before.get((who, what, library), 0)
        grown = sum(heap_after[p] - heap_before.get(p, 0) for p in heap_after)
        # SQLite maps another piece of the log's index when the log grows; a malloc now and then is the log's fold's
        wrong = n["open"] + n["prepare"] + own_maps + (grown > 0) + (n["malloc"] > requests / 10)
        bad += wrong > 0
        lines.append({"path": name, "requests": requests, **n, "grown": grown, "malloc_by": by})
        for (who, what, library), v in after.items():
            if what == "prepare" and v > before.get((who, what, library), 0):
                print(f"  {who} prepared a statement by {library}")
        print(f"{name}: {requests} requests: {n['prepare']} statements prepared, {n['open']} files opened, {n['mmap']} maps, "
              f"{grown} bytes more from the system; {n['malloc'] / requests:.1f} mallocs a request "
              f"({', '.join(f'{k} {v / requests:.1f}' for k, v in sorted(by.items()))})")
    s.stop()
    s.clear()
    os.unlink(counts)
    served.figure("hot", len(lines), bad, began)
    print(f"hot: {len(lines)} paths tried, {bad} failed")
    return lines, bad


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)[1] > 0)
