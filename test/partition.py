#!/usr/bin/env python3
"""A network that falls silent. Two nodes on one PostgreSQL, a proxy before each (proxy.py), clients on both with ledgers of their
own (kills.py). In turn one node's way to the database is cut without anybody being told, in both directions or in one, for less
and for more than a statement's patience, or only a trickle passes. Meanwhile the other node goes on, and the one that is cut off
says plainly and in time that it cannot take anything just now. When the network heals it goes on by itself, whether what was held is
delivered late or never. Nothing that was acknowledged is lost, nothing is there twice, seq has no gap, both verifiers agree.

    partition.py [--rounds N] [--seed N]"""
import argparse, http.client, json, os, random, secrets, shutil, subprocess, sys, tempfile, threading, time
import kills, pg
from proxy import DOWN, UP, Proxy
from served import Service, figure, open_form, root, send_form

KINDS = ("both", "up", "down", "trickle")
CROWD = 12     # of those who ask for a page at the same time
IN_TIME = 30   # seconds: a statement's patience of 15, a connection's of 3, and more of those where they ask in a row
GOES_ON = 20   # seconds in which the other node must have taken a report
HEALS = 40
AGAIN = 5      # by then every worker of a node that answers has tried its connection again


class Asked(threading.Thread):
    """One request beside the others: what came, and how long it took."""

    def __init__(self, ask, *words):
        super().__init__(daemon=True)
        self.ask, self.words, self.status, self.body, self.took = ask, words, None, b"", 0
        self.start()

    def run(self):
        began = time.time()
        try:
            self.status, self.body = self.ask(*self.words)
        except (OSError, http.client.HTTPException) as e:
            self.status, self.body = 0, repr(e).encode()
        self.took = time.time() - began


class Town:
    def __init__(self, top, clients):
        self.server, self.out, self.slowest, self.other, self.healed, self.refused = pg.Server(top, "a"), [], 0, 0, 0, 0
        self.server.make()
        self.server.start()
        self.server.query("CREATE DATABASE tocsin")
        self.proxies = [Proxy(os.path.join(top, f"proxy-{n}"), self.server.dir) for n in (1, 2)]
        urls = [f"postgresql://tocsin@/tocsin?host={p.folder}&connect_timeout=3" for p in self.proxies]
        first = Service(database=urls[0])
        self.nodes = [first, Service(database=urls[1], keys=first.data)]
        [n.start() for n in self.nodes]
        self.clients = [kills.Client(self.nodes[n % 2], n) for n in range(clients)]
        [c.start() for c in self.clients]

    def hold(self, claim, is_so, detail=""):
        if not is_so:
            self.out.append(f"{claim}: NOT SO: {detail}"[:500])

    def take_report(self, node, patience):
        """Sent again until it is taken."""
        until, key, status, body = time.time() + patience, secrets.token_hex(16), 0, b""
        while time.time() < until and status != 201:
            try:
                status, body = node.report("asking whether anybody is there", key, patience)
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
        return status, body

    def cut_off(self, node, form):
        """What people see while nothing passes: an answer in time, in plain words, and what they typed comes back."""
        return {**{f"page {n}": Asked(node.ask, "GET", "/", None, None, 60) for n in range(CROWD)}, "a program": Asked(node.report, "asking whether anybody is there", secrets.token_hex(16), 60),
            "a form": Asked(send_form, node, *form, 60)}

    def judge(self, asked, what):
        for who, a in asked.items():
            a.join(70)
            self.slowest = max(self.slowest, a.took)
            self.hold(f"{what}: {who} is answered in time", a.status and a.took < IN_TIME, (a.status, a.took, a.body[-200:]))
            self.hold(f"{what}: {who} is answered plainly", a.status in (200, 201, 303, 503), (a.status, a.body[-300:]))
            if a.status != 503:
                continue
            self.refused += 1
            if who == "a program":
                self.hold(f"{what}: a program is told why", json.loads(a.body).get("detail"), a.body)
            else:
                self.hold(f"{what}: {who} says it in words", b"Sorry, the service is busy" in a.body, a.body[-500:])
            if who == "a form":
                self.hold(f"{what}: what was typed is not lost", b"What you typed is not lost" in a.body, a.body[-500:])

    def round(self, r, dice, kind, seconds):
        n = dice.randrange(2)
        node, proxy, other, what = self.nodes[n], self.proxies[n], self.nodes[1 - n], f"round {r}, {kind} for {seconds:.1f} s"
        form = open_form(node)
        if kind == "trickle":
            proxy.trickle(dice.choice((4000, 20000)))
        else:
            proxy.hold(*((UP, DOWN) if kind == "both" else (UP,) if kind == "up" else (DOWN,)))
        over = time.time() + seconds
        asked = self.cut_off(node, form)
        beside = Asked(self.take_report, other, GOES_ON)
        time.sleep(max(0, over - time.time()))
        proxy.heal(forget=dice.random() < 0.5)
        after = Asked(self.take_report, node, HEALS)
        after.join()
        self.hold(f"{what}: it heals by itself", after.status == 201)
        self.healed = max(self.healed, after.took)
        self.judge(asked, what)
        beside.join()
        p = [round(a.took, 1) for who, a in asked.items() if who.startswith("page")]
        self.hold(f"{what}: the other node goes on", beside.status == 201)
        self.other = max(self.other, beside.took)
        print(f"{what}: the other node took a report after {beside.took:.1f} s, this one {after.took:.1f} s after it healed; answers:",
              *(f"{a.status} to {who} in {a.took:.1f} s;" for who, a in asked.items() if who.startswith("a ")),
              f"{min(p)} to {max(p)} s for pages", flush=True)
        if after.status == 201:
            until, (status, page) = time.time() + AGAIN, send_form(node, *form)
            while status == 503 and time.time() < until:
                time.sleep(0.2)
                status, page = send_form(node, *form)
            self.hold(f"{what}: the form that comes back is taken", status == 303, (status, page[-300:]))
        self.out += kills.contradictions(kills.ledger(self.clients), *pg.there(self.server))
        return after.status == 201

    def end(self):
        [c.over.set() for c in self.clients]
        [c.join(60) for c in self.clients]
        noted = kills.ledger(self.clients)
        for n in self.nodes:
            self.hold("serve ends well", n.stop(60) == 0)
        cases, seqs = pg.there(self.server)
        self.out += kills.contradictions(noted, cases, seqs) + [f"never sent: {w}" for w in cases if w not in noted]
        for n in self.nodes:
            v = n.verb("verify", "--data", n.data)
            self.hold("the journal verifies", v.returncode == 0, v.stderr or v.stdout)
        self.verify_elsewhere(self.nodes[0])
        return sum(notes[-1][0] == "acknowledged" for notes in noted.values())

    def verify_elsewhere(self, node):
        """The verifier that shares no code with the programme, on an export."""
        bundle = os.path.join(node.folder, "bundle")
        r = node.verb("export", "journal", "--data", node.data, "--out", bundle)
        self.hold("the journal is exported", r.returncode == 0, r.stderr)
        with open(os.path.join(bundle, "vkey")) as f:
            key = f.read().strip()
        v = subprocess.run([sys.executable, os.path.join(root, "verify", "verify.py"), bundle, "--vkey", key], capture_output=True, text=True)
        self.hold("the other verifier agrees", v.returncode == 0, v.stdout + v.stderr)

    def close(self):
        for p in self.proxies:
            p.end()
        for n in self.nodes:
            if n.process.poll() is None:
                n.kill_all()
        self.server.ctl("stop", "-m", "immediate")


def plan(rounds, dice):
    """First past a statement's patience, then shortly; the rest by chance, now and then past it and a connection's."""
    yield from [("both", 18.5), ("down", 2.0), ("trickle", 2.0)][:rounds]
    for _ in range(rounds - 3):
        kind = dice.choice(KINDS)
        yield kind, dice.uniform(1, 5) if kind == "trickle" or dice.random() < 0.6 else dice.uniform(5, 12) if dice.random() < 0.7 else dice.uniform(14, 40)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--rounds", type=int, default=1)
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()
    if not pg.BIN:
        print("SKIP: PostgreSQL is not here")
        sys.exit(0)
    dice, began, done, acknowledged = random.Random(args.seed), time.time(), 0, 0
    top = tempfile.mkdtemp(prefix="tocsin-partition-")
    os.chmod(top, 0o755)
    town = Town(top, kills.CLIENTS)
    try:
        for kind, seconds in plan(args.rounds, dice):
            done += 1
            if not town.round(done, dice, kind, seconds) or len(town.out) > 20:
                break
        acknowledged = town.end()
    finally:
        town.close()
    for line in town.out[:40]:
        print(line)
    for n in town.nodes:
        if town.out:
            print(f"kept: {n.folder}", n.said()[-3000:], sep="\n")
        else:
            n.clear()
    if not town.out:
        shutil.rmtree(top, ignore_errors=True)
    figure("partition", done, len(town.out), began, args.seed, acknowledged=acknowledged, slowest=round(town.slowest, 1),
           other=round(town.other, 1), healed=round(town.healed, 1))
    print(f"partition: {done} tried, {len(town.out)} failed: {acknowledged} reports acknowledged; {town.refused} times told to come again, after "
          f"at most {town.slowest:.1f} s; the other node took a report within {town.other:.1f} s, the one that was cut off {town.healed:.1f} s "
          "after it healed")
    sys.exit(1 if town.out or not acknowledged else 0)


if __name__ == "__main__":
    main()
