"""Where the time of a report goes, by perf on the real processes: shares by part of the house."""
import json, os, re, shutil, subprocess, sys, tempfile, time

import hot, walk
from walk import served

PARTS = (("libsqlite3", "SQLite"), ("libcrypto", "OpenSSL"), ("libsodium", "libsodium"), ("libjansson", "jansson"),
         ("libc.so", "libc"), ("libc-", "libc"), ("kernel", "kernel"), ("[k", "kernel"), ("vdso", "kernel"))


def floors():
    """{symbol: floor} of our own program, by the object that defines it."""
    lib, at = os.path.join(served.build, "libtocsin.a"), {}
    text = subprocess.run(["nm", "-A", "--defined-only", lib], capture_output=True, text=True).stdout
    for line in text.splitlines():
        m = re.match(r".*:(?:.*/)?(\S*?)\.o:\S* [tT] (\S+)", line)
        if not m:
            continue
        f = re.match(r"(?:\.\._)*src_([a-z]+)_", m[1])
        at.setdefault(m[2], f[1] if f else "page" if "page" in m[1] else "store" if "sql" in m[1] else "other")
    return at


def shares(data):
    """{process: [(part, percent)], and the ten first symbols}."""
    ours, all, top = floors(), {}, {}
    text = subprocess.run(["perf", "report", "-i", data, "--stdio", "--no-children", "-g", "none", "-F", "overhead,comm,dso,symbol"],
                          capture_output=True, text=True).stdout
    for line in text.splitlines():
        m = re.match(r"\s*([0-9.]+)%\s+(\S+)\s+(\S+)\s+\[(.)\]\s+(\S+)", line)
        if not m:
            continue
        percent, who, dso, ring, symbol = float(m[1]), m[2], m[3], m[4], m[5]
        part = next((p for k, p in PARTS if k in dso), None) or ("kernel" if ring == "k" else ours.get(symbol.split(".")[0], "other"))
        all.setdefault(who, {}).setdefault(part, 0)
        all[who][part] += percent
        if dso == "tocsin" and len(top.setdefault(who, [])) < 10:
            top[who].append((symbol.split(".")[0], percent))
    whole = {who: sum(p.values()) for who, p in all.items() if who in ("registrar", "web")}
    return {who: {"share": whole[who], "parts": sorted(((p, v / whole[who] * 100) for p, v in all[who].items()), key=lambda x: -x[1]),
                  "top": [(s, v / whole[who] * 100) for s, v in top.get(who, [])]} for who in whole}


def intake(service, reports):
    if not shutil.which("perf"):
        print("SKIP: perf is not here: no profile")
        return None
    data = os.path.join(service.folder, "perf")
    service.start()
    hot.load(service.port, 64, 640, 201, walk.intake(service.port))
    pids = [str(k) for k in served.children(service.process.pid)]
    p = subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", "2000", "-o", data, "-p", ",".join(pids)],
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    hot.load(service.port, 64, reports, 201, walk.intake(service.port))
    p.terminate()
    p.wait(20)
    service.stop()
    got = shares(data)
    service.clear()
    return got or None


if __name__ == "__main__":
    print(json.dumps(intake(served.Service(), int(sys.argv[1]) if len(sys.argv) > 1 else 6400), indent=1))
