#!/usr/bin/env python3
"""A machine that vanishes. The database is on a machine of its own, which is a network namespace here, and the wire to it is
pulled: whatever is sent is dropped, and nobody is told (partition.py has one that hears and does not answer). Connections that are
open notice by themselves, people are told within seconds that nothing can be taken just now, and when the wire is back all goes on.
Nothing that was acknowledged is lost, nothing is there twice, the journal verifies.

    silent.py [--rounds N] [--seed N]"""
import argparse, os, random, shutil, subprocess, sys, tempfile, time
import kills, pg
from partition import Asked
from served import Service, figure

HERE, THERE, NET = "10.231.77.1", "10.231.77.2", "10.231.77.0/30"
IN_TIME = 12   # seconds: five until the kernel gives a connection up, three for each attempt at another
HEALS = 20
CROWD = 6


def ip(*words):
    return subprocess.run(["ip", *words], capture_output=True, text=True)


class Wire:
    """A cable between this machine and another, as far as the kernel is concerned."""

    def __init__(self):
        self.there, self.end_here, self.end_there = f"tocsin-{os.getpid()}", f"ta{os.getpid()}", f"tb{os.getpid()}"

    def lay(self):
        done = [ip("netns", "add", self.there), ip("link", "add", self.end_here, "type", "veth", "peer", "name", self.end_there, "netns", self.there),
                ip("addr", "add", HERE + "/30", "dev", self.end_here), ip("link", "set", self.end_here, "up"),
                ip("-n", self.there, "addr", "add", THERE + "/30", "dev", self.end_there), ip("-n", self.there, "link", "set", "lo", "up")]
        self.pull(False)
        return next((r.stderr.strip() for r in done if r.returncode), "")

    def pull(self, out):
        ip("-n", self.there, "link", "set", self.end_there, "down" if out else "up")

    def end(self):
        ip("link", "del", self.end_here)
        ip("netns", "del", self.there)


class Far(pg.Server):
    """A server on the machine at the other end."""

    def __init__(self, top, wire):
        super().__init__(top, "far")
        self.wire = wire

    def start(self):
        with open(os.path.join(self.data, "pg_hba.conf"), "a") as f:
            f.write(f"host all all {NET} trust\n")
        r = subprocess.run(["ip", "netns", "exec", self.wire.there, "runuser", "-u", "postgres", "--", os.path.join(pg.BIN[0], "pg_ctl"), "-D", self.data,
                            "-w", "-s", "-l", os.path.join(self.dir, "log"), "-o", f"-c listen_addresses={THERE} -c unix_socket_directories='{self.dir}'"
                            " -c max_connections=60 -c fsync=off", "start"], capture_output=True, text=True, cwd="/")
        if r.returncode:
            sys.exit(r.stderr or r.stdout)


class Town:
    """A node here, its database over there, and those who report."""

    def __init__(self, top, wire):
        self.wire, self.server, self.node, self.out, self.slowest, self.healed = wire, Far(top, wire), None, [], 0, 0
        self.server.make()
        self.server.start()
        self.server.query("CREATE DATABASE tocsin")
        self.node = Service(database=f"postgresql://tocsin@{THERE}/tocsin").start()
        self.clients = [kills.Client(self.node, n) for n in range(4)]
        [c.start() for c in self.clients]

    def hold(self, claim, is_so, detail=""):
        if not is_so:
            self.out.append(f"{claim}: NOT SO: {detail}"[:500])

    def round(self, r, dice):
        time.sleep(dice.uniform(0.5, 1.5))
        self.wire.pull(True)
        time.sleep(dice.uniform(0, 0.5))
        asked = [Asked(self.node.ask, "GET", "/", None, None, 60) for _ in range(CROWD)]
        for a in asked:
            a.join(70)
            self.slowest = max(self.slowest, a.took)
            self.hold(f"round {r}: a page is answered plainly and in time", a.status in (200, 503) and a.took < IN_TIME, (a.status, a.took, a.body[-200:]))
        self.hold(f"round {r}: people are told that it is busy", any(a.status == 503 for a in asked), [a.status for a in asked])
        self.wire.pull(False)
        since = time.time()
        self.hold(f"round {r}: reports are taken again", kills.answers(self.node, HEALS), self.node.said()[-600:])
        self.healed = max(self.healed, time.time() - since)
        self.out += kills.contradictions(kills.ledger(self.clients), *pg.there(self.server))

    def end(self):
        [c.over.set() for c in self.clients]
        [c.join(40) for c in self.clients]
        self.hold("serve ends well", self.node.stop(60) == 0)
        noted = kills.ledger(self.clients)
        self.out += kills.contradictions(noted, *pg.there(self.server))
        v = self.node.verb("verify", "--data", self.node.data)
        self.hold("the journal verifies", v.returncode == 0, v.stderr or v.stdout)
        return sum(notes[-1][0] == "acknowledged" for notes in noted.values())

    def close(self):
        if self.node.process.poll() is None:
            self.node.kill_all()
        if self.out:
            print(f"kept: {self.node.folder}", self.node.said()[-3000:], sep="\n")
        else:
            self.node.clear()
        self.server.ctl("stop", "-m", "immediate")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--rounds", type=int, default=1)
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()
    wire = Wire()
    trouble = "PostgreSQL is not here" if not pg.BIN else "only root can lay a wire" if os.geteuid() else wire.lay()
    if trouble:
        wire.end()
        print(f"SKIP: {trouble}")
        sys.exit(0)
    dice, began, acknowledged = random.Random(args.seed), time.time(), 0
    top = tempfile.mkdtemp(prefix="tocsin-silent-")
    os.chmod(top, 0o755)
    try:
        town = Town(top, wire)
        try:
            for r in range(args.rounds):
                town.round(r + 1, dice)
            acknowledged = town.end()
        finally:
            town.close()
    finally:
        wire.end()
    for line in town.out[:40]:
        print(line)
    if not town.out:
        shutil.rmtree(top, ignore_errors=True)
    figure("silent", args.rounds, len(town.out), began, args.seed, acknowledged=acknowledged, slowest=round(town.slowest, 1), healed=round(town.healed, 1))
    print(f"silent: {args.rounds} tried, {len(town.out)} failed: {acknowledged} reports acknowledged; pages answered after at most {town.slowest:.1f} s, "
          f"reports taken {town.healed:.1f} s after the wire was back")
    sys.exit(1 if town.out or not acknowledged else 0)


if __name__ == "__main__":
    main()
