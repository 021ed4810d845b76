#!/usr/bin/env python3
"""An outside ledger against kill -9: clients note each report that was acknowledged; processes are killed in turn and all at
once; afterwards every acknowledged report must be there, once, the journal must verify and seq must have no gap."""
import argparse, http.client, json, os, random, re, secrets, signal, sqlite3, subprocess, sys, tempfile, threading, time

root = os.environ.get("TOCSIN_ROOT", ".")
tocsin = os.path.join(root, "build", "tocsin")
ap = argparse.ArgumentParser()
ap.add_argument("--rounds", type=int, default=3)
ap.add_argument("--seed", type=int, default=1)
args = ap.parse_args()
random.seed(args.seed)
work = tempfile.mkdtemp(prefix="tocsin-kills-")
data, ledger = os.path.join(work, "data"), []
lock, stop = threading.Lock(), threading.Event()
port = 0


def run(*a):
    r = subprocess.run([tocsin, *a], capture_output=True, text=True)
    if r.returncode:
        sys.exit(f"{' '.join(a)}: {r.returncode}: {r.stderr or r.stdout}")
    return r.stdout


def serve():
    global port
    p = subprocess.Popen([tocsin, "serve", "--data", data, "--listen", f"127.0.0.1:{port}"], stdout=subprocess.PIPE,
                         stderr=open(os.path.join(work, "log"), "a"), text=True, stdin=subprocess.DEVNULL)
    line = p.stdout.readline()
    m = re.search(r":(\d+)\s*$", line)
    if not m:
        sys.exit(f"serve did not start: {line!r}\n" + open(os.path.join(work, "log")).read()[-2000:])
    port = int(m.group(1))
    return p


def children(pid):
    out = {}
    for d in os.listdir("/proc"):
        if d.isdigit():
            try:
                s = open(f"/proc/{d}/stat").read()
            except OSError:
                continue
            if int(s[s.rindex(")") + 2:].split()[1]) == pid:
                out[int(d)] = d
    return sorted(out)


def client(n):
    i = 0
    while not stop.is_set():
        i += 1
        key, body = secrets.token_hex(16), json.dumps({"narrative": f"letter {n}-{i}", "facts": {"category": "wrong_recipient", "personal_data": "yes"}})
        while not stop.is_set():
            try:
                c = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
                c.request("POST", "/api/v1/reports", body, {"Content-Type": "application/json", "Idempotency-Key": key})
                r = c.getresponse()
                text = r.read()
                c.close()
                if r.status == 201:
                    with lock:
                        ledger.append((json.loads(text)["ref"], f"letter {n}-{i}"))
                    break
                if r.status == 500:  # it was running when the registrar was killed: answered with a fault, never run again
                    break
                if r.status < 500:
                    sys.stderr.write(f"refused: {r.status} {text[:300]}\n")
                    os._exit(1)
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.05)


run("init", "--data", data, "--policy", "st-helens", "--demo")
server = serve()
threads = [threading.Thread(target=client, args=(n,), daemon=True) for n in range(6)]
[t.start() for t in threads]
kills = 0
start = time.time()
for r in range(args.rounds):
    time.sleep(random.uniform(0.4, 1.5))
    kids = children(server.pid)
    victim = r % (len(kids) + 1)
    if victim == len(kids):  # the parent: all die with it
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
        for k in kids:
            while os.path.exists(f"/proc/{k}") and open(f"/proc/{k}/stat").read().split(")")[1].split()[0] != "Z":
                time.sleep(0.02)
        server = serve()
    else:
        os.kill(kids[victim], signal.SIGKILL)
    kills += 1
time.sleep(2.5)
stop.set()
[t.join(20) for t in threads]
server.terminate()
server.wait(15)
db = sqlite3.connect(f"file:{data}/db/tocsin.db?mode=ro", uri=True)
there = {}
for ref, words in db.execute("SELECT ref, narrative FROM case_view"):
    there.setdefault(words, []).append(ref)
lost = [(ref, words) for ref, words in ledger if ref not in there.get(words, [])]
twice = [w for w, refs in there.items() if w.startswith("letter ") and len(refs) > 1]
seqs = [s for (s,) in db.execute("SELECT seq FROM entry ORDER BY seq")]
gaps = seqs != list(range(len(seqs)))
verified = subprocess.run([tocsin, "verify", "--data", data], capture_output=True, text=True)
bad = len(lost) + len(twice) + gaps + (verified.returncode != 0)
figure = {"name": "kills", "tried": kills, "failed": bad, "seconds": round(time.time() - start, 1), "seed": args.seed,
          "acknowledged": len(ledger), "commit": subprocess.run(["git", "-C", root, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()}
with open(os.path.join(root, "build", "figures.jsonl"), "a") as f:
    f.write(json.dumps(figure) + "\n")
print(f"kills: {kills} tried, {bad} failed: {len(ledger)} reports acknowledged, {len(lost)} lost, {len(twice)} doubled, "
      f"{'gaps' if gaps else 'no gaps'} in {len(seqs)} entries; verify: {(verified.stdout or verified.stderr).strip()}")
sys.exit(1 if bad or not ledger else 0)
