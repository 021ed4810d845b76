#!/usr/bin/env python3
"""PostgreSQL falls while people report. A primary with a synchronous standby, a service on both addresses, clients with
ledgers of their own (kills.py). In turn: the primary is killed with all its processes and the standby takes over; every
connection is cut; the database is stopped in its tracks for a while, as if the network were gone. After each the service
answers again by itself, every acknowledged report is there, none twice, seq has no gap, the journal verifies.

    failover.py [--rounds N] [--seed N]"""
import argparse, glob, os, random, shutil, signal, subprocess, sys, tempfile, time
import kills
from served import Service, children, figure

BIN = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1:]


def run_as(*words, env=None):
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    r = subprocess.run([*prefix, *words], capture_output=True, text=True, env={**os.environ, **(env or {})}, cwd="/")
    if r.returncode:
        sys.exit(f"{' '.join(words)}: {r.stderr or r.stdout}")
    return r.stdout


class Server:
    """One PostgreSQL server, at a socket in a folder of its own."""

    def __init__(self, top, name):
        self.dir = os.path.join(top, name)
        self.data = os.path.join(self.dir, "data")
        os.mkdir(self.dir)
        if os.geteuid() == 0:
            shutil.chown(self.dir, "postgres")

    def ctl(self, *words):
        return run_as(os.path.join(BIN[0], "pg_ctl"), "-D", self.data, "-w", "-s", "-l", os.path.join(self.dir, "log"), *words)

    def make(self):
        run_as(os.path.join(BIN[0], "initdb"), "-D", self.data, "-A", "trust", "-U", "tocsin", "-E", "UTF8", "--locale=C.UTF-8")

    def copy(self, primary):
        """Become its standby."""
        shutil.rmtree(self.data, ignore_errors=True)
        run_as(os.path.join(BIN[0], "pg_basebackup"), "-h", primary.dir, "-U", "tocsin", "-D", self.data, "-R", "-X", "stream", "-c", "fast")

    def start(self, sync):
        """A primary that has a standby answers when both have written."""
        names = "*" if sync else ""
        self.ctl("-o", f"-c listen_addresses='' -c unix_socket_directories='{self.dir}' -c max_connections=60 "
                       f"-c synchronous_standby_names='{names}'", "start")

    def query(self, sql, base="postgres"):
        return run_as("psql", "-h", self.dir, "-U", "tocsin", "-AtX", "-F", "\t", base, "-c", sql)

    def pids(self):
        with open(os.path.join(self.data, "postmaster.pid")) as f:
            parent = int(f.readline())
        return [parent] + children(parent)

    def kill(self):
        pids = self.pids()
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        while any(os.path.exists(f"/proc/{p}") and open(f"/proc/{p}/stat").read().rpartition(")")[2].split()[0] != "Z" for p in pids):
            time.sleep(0.02)
        os.unlink(os.path.join(self.data, "postmaster.pid"))


class Pair:
    """A primary and its synchronous standby."""

    def __init__(self, top):
        self.servers = [Server(top, "a"), Server(top, "b")]
        self.first, self.second = self.servers
        self.first.make()
        self.first.start(sync=False)
        self.first.query("CREATE DATABASE tocsin")
        self.follow()

    def follow(self):
        self.second.copy(self.first)
        self.second.start(sync=False)
        self.first.query("ALTER SYSTEM SET synchronous_standby_names = '*'")
        # what was said at the start would come first
        self.first.ctl("restart", "-o", f"-c listen_addresses='' -c unix_socket_directories='{self.first.dir}' -c max_connections=60")
        until = time.time() + 20
        while "sync" not in self.first.query("SELECT sync_state FROM pg_stat_replication"):
            if time.time() > until:
                sys.exit("the standby does not follow")
            time.sleep(0.1)

    def url(self):
        hosts = ",".join(s.dir for s in self.servers)
        return f"postgresql://tocsin@/tocsin?host={hosts}&target_session_attrs=read-write&connect_timeout=3"

    def take_over(self):
        self.first.kill()
        self.second.ctl("promote")
        self.first, self.second = self.second, self.first
        self.first.query("ALTER SYSTEM RESET synchronous_standby_names")
        self.first.query("SELECT pg_reload_conf()")

    def cut(self):
        self.first.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'tocsin'")

    def freeze(self, seconds):
        """Nothing that is sent is answered, and nothing is refused either."""
        pids = [p for p in self.first.pids() if os.path.exists(f"/proc/{p}")]
        for p in pids:
            os.kill(p, signal.SIGSTOP)
        time.sleep(seconds)
        for p in pids:
            try:
                os.kill(p, signal.SIGCONT)
            except ProcessLookupError:
                pass

    def end(self):
        for s in self.servers:
            if os.path.exists(os.path.join(s.data, "postmaster.pid")):
                try:
                    s.ctl("stop", "-m", "immediate")
                except SystemExit:
                    pass


def there(pair):
    out = {}
    for line in pair.first.query("SELECT ref, narrative FROM case_view WHERE narrative LIKE 'letter %'", "tocsin").splitlines():
        ref, words = line.split("\t")
        out.setdefault(words, []).append(ref)
    seqs = [int(s) for s in pair.first.query("SELECT seq FROM entry ORDER BY log, seq", "tocsin").split()]
    return out, seqs


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()
    if not BIN:
        print("SKIP: PostgreSQL is not here")
        sys.exit(0)
    dice, began, out = random.Random(args.seed), time.time(), []
    top = tempfile.mkdtemp(prefix="tocsin-failover-")
    os.chmod(top, 0o755)
    pair = Pair(top)
    service = Service(database=pair.url()).start()
    clients = [kills.Client(service, n) for n in range(kills.CLIENTS)]
    try:
        [c.start() for c in clients]
        for r in range(args.rounds):
            time.sleep(dice.uniform(0.5, 1.5))
            if r % 3 == 0:
                pair.take_over()
            elif r % 3 == 1:
                pair.cut()
            else:
                pair.freeze(dice.uniform(0.5, 20 if args.rounds > 3 else 3))
            if not kills.answers(service, 60):
                out.append(f"no answer any more after round {r}")
                break
            noted = kills.ledger(clients)
            out += kills.contradictions(noted, *there(pair))
            if r % 3 == 0 and r + 3 < args.rounds:
                pair.follow()
        [c.over.set() for c in clients]
        [c.join(40) for c in clients]
        if service.stop() != 0:
            out.append("serve did not end well")
        noted = kills.ledger(clients)
        cases, seqs = there(pair)
        out += kills.contradictions(noted, cases, seqs) + [f"never sent: {w}" for w in cases if w not in noted]
        v = service.verb("verify", "--data", service.data)
        if v.returncode:
            out.append(f"the journal does not verify: {v.stderr or v.stdout}")
    finally:
        pair.end()
    acknowledged = sum(notes[-1][0] == "acknowledged" for notes in noted.values())
    for line in out[:40]:
        print(line)
    if out:
        print(service.said()[-3000:])
    else:
        service.clear()
        shutil.rmtree(top, ignore_errors=True)
    figure("failover", args.rounds, len(out), began, args.seed, acknowledged=acknowledged)
    print(f"failover: {args.rounds} tried, {len(out)} failed: {acknowledged} reports acknowledged")
    sys.exit(1 if out or not acknowledged else 0)


if __name__ == "__main__":
    main()
