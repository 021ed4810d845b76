#!/usr/bin/env python3
"""PostgreSQL falls while people report. A primary with a synchronous standby, two nodes on both addresses, clients of both nodes
with ledgers of their own (kills.py). In every round the primary is killed with all its processes and the standby takes over; now
and then all connections are cut after that, or the database is stopped in its tracks for a while. After each, both nodes answer
again by themselves, every acknowledged report is there, none twice, seq has no gap, the journal verifies.

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
        self.first.start()
        self.first.query("CREATE DATABASE tocsin")
        self.follow()

    def follow(self):
        self.second.copy(self.first)
        self.second.start()
        self.first.sync(True)
        until = time.time() + 60
        while "sync" not in self.first.query("SELECT sync_state FROM pg_stat_replication"):
            if time.time() > until:
                sys.exit("the standby does not follow")
            time.sleep(0.05)

    def url(self):
        hosts = ",".join(s.dir for s in self.servers)
        return f"postgresql://tocsin@/tocsin?host={hosts}&target_session_attrs=read-write&connect_timeout=3"

    def take_over(self):
        self.first.kill()
        self.second.ctl("promote")
        self.first, self.second = self.second, self.first
        self.first.sync(False)

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


class Scene:
    """The pair, two nodes on it, and those who report."""

    def __init__(self, top):
        self.pair, self.out, self.slowest = Pair(top), [], 0
        first = Service(database=self.pair.url())
        self.nodes = [first, Service(database=self.pair.url(), keys=first.data)]
        [n.start() for n in self.nodes]
        self.clients = [kills.Client(self.nodes[n % 2], n) for n in range(kills.CLIENTS)]
        [c.start() for c in self.clients]

    def settle(self, what):
        """Both nodes answer again, and nothing contradicts the ledgers."""
        began = time.time()
        for n, node in enumerate(self.nodes):
            if not kills.answers(node, 60):
                self.out.append(f"no answer of node {n + 1} any more after {what}")
                return False
        self.slowest = max(self.slowest, time.time() - began)
        self.out += kills.contradictions(kills.ledger(self.clients), *there(self.pair.first))
        return True

    def round(self, r, last, dice, freeze):
        time.sleep(dice.uniform(0.2, 1.0))
        self.pair.take_over()
        if not self.settle(f"the kill of round {r}"):
            return False
        if r % 3 == 1:
            self.pair.cut()
        elif r % 3 == 2:
            self.pair.freeze(dice.uniform(0.5, freeze))
        if r % 3 and not self.settle(f"what followed in round {r}"):
            return False
        if not last:
            self.pair.follow()
        return True

    def end(self):
        [c.over.set() for c in self.clients]
        [c.join(40) for c in self.clients]
        noted = kills.ledger(self.clients)
        for node in self.nodes:
            if node.stop(60) != 0:
                self.out.append("serve did not end well")
        cases, seqs = there(self.pair.first)
        self.out += kills.contradictions(noted, cases, seqs) + [f"never sent: {w}" for w in cases if w not in noted]
        v = self.nodes[0].verb("verify", "--data", self.nodes[0].data)
        if v.returncode:
            self.out.append(f"the journal does not verify: {v.stderr or v.stdout}")
        return sum(notes[-1][0] == "acknowledged" for notes in noted.values())

    def clear(self):
        for node in self.nodes:
            if node.process.poll() is None:
                node.kill_all()
            if self.out:
                print(f"kept: {node.folder}", node.said()[-3000:], sep="\n")
            else:
                node.clear()


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()
    if not BIN:
        print("SKIP: PostgreSQL is not here")
        sys.exit(0)
    dice, began, done, acknowledged = random.Random(args.seed), time.time(), 0, 0
    top = tempfile.mkdtemp(prefix="tocsin-failover-")
    os.chmod(top, 0o755)
    scene = Scene(top)
    try:
        while done < args.rounds and len(scene.out) < 20:
            done += 1
            if not scene.round(done - 1, done == args.rounds, dice, 20 if args.rounds > 3 and dice.random() < 0.3 else 3):
                break
        acknowledged = scene.end()
    finally:
        scene.pair.end()
        scene.clear()
    for line in scene.out[:40]:
        print(line)
    if not scene.out:
        shutil.rmtree(top, ignore_errors=True)
    figure("failover", done, len(scene.out), began, args.seed, acknowledged=acknowledged, slowest=round(scene.slowest, 1))
    print(f"failover: {done} tried, {len(scene.out)} failed: {acknowledged} reports acknowledged; both nodes answered again within "
          f"{scene.slowest:.1f} s")
    sys.exit(1 if scene.out or not acknowledged else 0)


if __name__ == "__main__":
    main()
