#!/usr/bin/env python3
"""PostgreSQL falls while people report. A primary with a synchronous standby, a service on both addresses, clients with
ledgers of their own (kills.py). In turn: the primary is killed with all its processes and the standby takes over; every
connection is cut; the database is stopped in its tracks for a while, as if the network were gone. After each the service
answers again by itself, every acknowledged report is there, none twice, seq has no gap, the journal verifies.

    failover.py [--rounds N] [--seed N]"""
import argparse, os, random, shutil, signal, sys, tempfile, time
import kills
from pg import BIN, Server, there
from served import Service, figure


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
            out += kills.contradictions(noted, *there(pair.first))
            if r % 3 == 0 and r + 3 < args.rounds:
                pair.follow()
        [c.over.set() for c in clients]
        [c.join(40) for c in clients]
        if service.stop() != 0:
            out.append("serve did not end well")
        noted = kills.ledger(clients)
        cases, seqs = there(pair.first)
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
