#!/usr/bin/env python3
"""A failover that loses what was acknowledged: the standby that takes over had stopped following (failover.py has one that had
not). Two nodes, clients of both with ledgers of their own. Both nodes notice by themselves: they take nothing more, say so to
programmes, on pages and in doctor, and sign nothing of the shorter record. Then one is told to go on with what is there, and both
do. Whatever was acknowledged before the standby stopped, or after the failover, is there; the journal verifies.

    lost_commits.py [--rounds N] [--seed N]"""
import argparse, http.client, json, os, random, secrets, shutil, sys, tempfile, time
import kills
from failover import Pair
from pg import BIN, there
from served import Service, figure

NOTICED = 40  # seconds


class Fall:
    def __init__(self, top):
        self.out, self.lost, self.noticed, self.pair = [], 0, 0, Pair(top)
        first = Service(database=self.pair.url())
        self.nodes = [first, Service(database=self.pair.url(), keys=first.data)]
        [n.start() for n in self.nodes]
        self.clients = [kills.Client(self.nodes[n % 2], n) for n in range(kills.CLIENTS)]
        [c.start() for c in self.clients]

    def hold(self, claim, is_so, detail=""):
        if not is_so:
            self.out.append(f"{claim}: NOT SO: {detail}"[:600])

    def ask(self, node, *words):
        try:
            return node.ask(*words)
        except (OSError, http.client.HTTPException) as e:
            return 0, repr(e).encode()

    def acknowledged(self):
        return {w: n[-1][1] for w, n in kills.ledger(self.clients).items() if n[-1][0] == "acknowledged"}

    def until_read_only(self, node, since):
        """The page says so, and a report is refused in the same words."""
        page = b""
        while b"Read-only" not in page and time.time() < since + NOTICED:
            time.sleep(0.1)
            page = self.ask(node, "GET", "/")[1]
        self.noticed = max(self.noticed, time.time() - since)
        self.hold("a page says that it is read-only", b"has lost entries" in page, page[-300:])
        try:
            status, body = node.report("sent to a record that has lost entries", secrets.token_hex(16))
        except (OSError, http.client.HTTPException) as e:
            status, body = 0, repr(e).encode()
        self.hold("a report is refused in plain words", status == 503 and json.loads(body).get("detail"), (status, body))
        d = node.verb("doctor", "--data", node.data)
        self.hold("doctor says it, and what to do", d.returncode == 75 and "--as-it-stands" in d.stdout, d.stdout[-600:] + d.stderr)

    def signed(self):
        return self.pair.first.query("SELECT log, max(size) FROM checkpoint GROUP BY log ORDER BY log", "tocsin")

    def fall(self, dice):
        """What had been acknowledged when the standby stopped following, and when it had taken over and all was read-only."""
        time.sleep(dice.uniform(0.5, 2))
        kept = self.acknowledged()  # both have written that
        self.pair.first.sync(False)
        self.pair.second.ctl("stop", "-m", "fast")
        time.sleep(dice.uniform(0.5, 3) if dice.random() < 0.7 else dice.uniform(11, 14))  # signed or not
        self.pair.first.kill()
        time.sleep(2)  # an answer may still be on its way, and nothing can be committed before the standby has begun
        before = self.acknowledged()
        self.pair.second.start()
        self.pair.second.ctl("promote")
        self.pair.first, self.pair.second = self.pair.second, self.pair.first
        since = time.time()
        for n in self.nodes:
            self.until_read_only(n, since)
        signed, after = self.signed(), {w: r for w, r in self.acknowledged().items() if w not in before}
        time.sleep(2)
        self.hold("nothing is signed", self.signed() == signed, (signed, self.signed()))
        return {**kept, **after}

    def go_on(self, dice):
        n = dice.randrange(2)
        node = self.nodes[n]
        self.hold("serve ends well", node.stop(60) == 0)
        r = node.verb("restore", "--as-it-stands", "--data", node.data)
        self.hold("it is told to go on", r.returncode == 0, r.stdout + r.stderr)
        node.start()
        for n in self.nodes:
            self.hold("it takes reports again", kills.answers(n, 40), n.said()[-600:])

    def judge(self, must, before):
        """What must be there is there, once; nothing else is missing but what was acknowledged while no standby followed."""
        cases, _ = there(self.pair.first)
        now = self.acknowledged()
        self.out += [f"lost: {w} {r}" for w, r in now.items() if (w in must or w not in before) and r not in cases.get(w, [])]
        self.out += [f"doubled: {w}" for w, refs in cases.items() if len(refs) > 1]
        self.lost = sum(w not in cases for w in now)
        logs = {}
        for line in self.pair.first.query("SELECT log, seq FROM entry ORDER BY log, seq", "tocsin").splitlines():
            log, seq = line.split("\t")
            logs.setdefault(log, []).append(int(seq))
        self.hold("there are two logs", len(logs) == 2, sorted(logs))
        self.hold("seq has no gaps", all(s == list(range(len(s))) for s in logs.values()))
        for n in self.nodes:
            v = n.verb("verify", "--data", n.data)
            self.hold("the journal verifies", v.returncode == 0, v.stderr or v.stdout)

    def run(self, dice):
        must = self.fall(dice)
        before = self.acknowledged()
        self.go_on(dice)
        time.sleep(0.5)
        [c.over.set() for c in self.clients]
        [c.join(40) for c in self.clients]
        for n in self.nodes:
            self.hold("serve ends well", n.stop(60) == 0)
        self.judge(must, before)
        return len(self.acknowledged())

    def clear(self):
        for node in self.nodes:
            if node.process.poll() is None:
                node.kill_all()
            if self.out:
                print(f"left: {node.folder}", node.said()[-2500:], sep="\n")
            else:
                node.clear()
        self.pair.end()


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--rounds", type=int, default=1)
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()
    if not BIN:
        print("SKIP: PostgreSQL is not here")
        sys.exit(0)
    dice, began, out, done, acknowledged, lost, noticed = random.Random(args.seed), time.time(), [], 0, 0, 0, 0
    while done < args.rounds and not out:
        top = tempfile.mkdtemp(prefix="tocsin-lost-")
        os.chmod(top, 0o755)
        fall = Fall(top)
        try:
            acknowledged += fall.run(dice)
        finally:
            fall.clear()
        done, out, lost, noticed = done + 1, out + fall.out, lost + fall.lost, max(noticed, fall.noticed)
        shutil.rmtree(top, ignore_errors=True)
    for line in out[:40]:
        print(line)
    figure("lost_commits", done, len(out), began, args.seed, acknowledged=acknowledged, lost=lost, noticed=round(noticed, 1))
    print(f"lost commits: {done} tried, {len(out)} failed: of {acknowledged} reports that were acknowledged {lost} were lost with the primary, "
          f"and noticed within {noticed:.1f} s")
    sys.exit(1 if out or not lost else 0)


if __name__ == "__main__":
    main()
