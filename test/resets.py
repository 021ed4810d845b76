#!/usr/bin/env python3
"""Connections to PostgreSQL break at every stage (proxy.py). First in order: for every message of the batch of one report, before it
is forwarded; for everything that is answered together, after the database has done it and nobody was told, and in the middle of
the answer; and while a connection is made. Each time the same report is sent again until it is acknowledged, and must be there once,
under the reference that was given first. Then by chance, under load from clients with ledgers of their own (kills.py).

    resets.py [--every N] [--rounds N] [--seed N]      every N-th stage in order, and so many by chance"""
import argparse, http.client, json, os, random, secrets, shutil, sys, tempfile, threading, time
import kills, pg
from proxy import Cut, Proxy
from served import Service, figure

LANES, MOST = 4, 1000  # services at once; more messages than any batch has
BEFORE_BATCH = ("connect", "startup", "auth")


class House:
    """A database of its own on a server, a proxy before it, a service behind that."""

    def __init__(self, top, server, name):
        self.server, self.name, self.out, self.hits = server, name, [], []
        server.query(f"CREATE DATABASE {name}")
        self.proxy = Proxy(os.path.join(top, f"proxy-{name}"), server.dir)
        self.service = Service(database=f"postgresql://tocsin@/{name}?host={self.proxy.folder}&connect_timeout=3")

    def start(self, *words):
        self.service.start(*words)
        return self

    def there(self):
        return pg.there(self.server, self.name)

    def send(self, words, key, patience=30):
        try:
            return self.service.report(words, key, patience)
        except (OSError, http.client.HTTPException) as e:
            return 0, str(e).encode()

    def until_sent(self, words, key, patience=60):
        """The reference, and whatever else was answered before. A fault that is not said plainly is a failure."""
        until, before, said = time.time() + patience, time.time(), []
        while time.time() < until:
            status, body = self.send(words, key)
            if status == 201:
                return json.loads(body)["ref"], said
            said.append(status)
            if status not in (0, 503) or (status == 503 and not json.loads(body).get("detail")):
                self.out.append(f"{words}: answered {status} {body[:200]}")
            time.sleep(0.05)
        self.out.append(f"{words}: not taken within {patience} s: {said}")
        return None, said

    def try_cut(self, cut, words):
        """One report, and the cut somewhere in it. Was the cut reached?"""
        key = secrets.token_hex(16)
        self.proxy.arm(cut)
        if cut.stage in BEFORE_BATCH:
            self.proxy.reset()
        ref, _ = self.until_sent(words, key)
        if cut.stage in BEFORE_BATCH:
            cut.done.wait(10)
        self.proxy.disarm()
        if ref:
            again, _ = self.until_sent(words, key)
            if again != ref:
                self.out.append(f"{words} ({cut.hit}): acknowledged as {ref} and then as {again}")
            refs = self.server.query(f"SELECT ref FROM case_view WHERE narrative = '{words}'", self.name).split()
            if refs != [ref]:
                self.out.append(f"{words} ({cut.hit}): acknowledged as {ref}, and there is {refs}")
        if cut.hit:
            self.hits.append(cut.hit)
        return bool(cut.hit)

    def end(self):
        if self.service.stop(60) != 0:
            self.out.append(f"{self.name}: serve did not end well")
        cases, seqs = self.there()
        self.out += kills.contradictions({}, cases, seqs)
        v = self.service.verb("verify", "--data", self.service.data)
        if v.returncode:
            self.out.append(f"{self.name}: the journal does not verify: {v.stderr or v.stdout}")
        if self.out:
            print(f"kept: {self.service.folder}", *self.out[:10], self.service.said()[-3000:], sep="\n")
        else:
            self.service.clear()
        self.proxy.end()


def stages(every, dice):
    """Every stage, in order, or a sample that always has the first, and COMMIT in each way."""
    for stage in BEFORE_BATCH:
        yield Cut(stage)
    for stage in ("before", "after", "within"):
        for half in (False, True):
            yield Cut(stage, "COMMIT", half=half)
        yield Cut(stage, 0, asks=True)
    for stage in ("before", "after", "within"):
        for k in range(dice.randrange(every), MOST, every):
            yield Cut(stage, k, half=dice.random() < 0.1)


class Lane(threading.Thread):
    """Takes cuts from the common list; ends a stage when its batch has no such message any more."""

    def __init__(self, top, server, n, cuts, lock, over):
        super().__init__(daemon=True)
        self.house = House(top, server, f"lane{n}")
        self.cuts, self.lock, self.over, self.tried = cuts, lock, over, 0

    def run(self):
        # nobody but the report may reach the cut, so that no clerk ticks
        self.house.start("--without-clerk", "--workers", "1")
        while cut := self.take():
            self.tried += 1
            hit = self.house.try_cut(cut, f"letter {self.house.name}-{self.tried}")
            if not hit and isinstance(cut.at, int) and not cut.asks and cut.stage not in BEFORE_BATCH:
                self.over.add(cut.stage)
        self.house.end()

    def take(self):
        with self.lock:
            for cut in self.cuts:
                if cut.stage not in self.over or isinstance(cut.at, str):
                    return cut
        return None


def in_order(top, server, every, dice):
    lock, over, cuts = threading.Lock(), set(), stages(every, dice)
    lanes = [Lane(top, server, n, cuts, lock, over) for n in range(LANES)]
    [lane.start() for lane in lanes]
    [lane.join() for lane in lanes]
    hits = sorted(h for lane in lanes for h in lane.house.hits)
    out = [line for lane in lanes for line in lane.house.out]
    for wanted in ("before COMMIT", "after COMMIT", "within COMMIT", "connect", "startup", "auth"):
        if not any(h.startswith(wanted) for h in hits):
            out.append(f"nothing was cut at: {wanted}")
    return sum(lane.tried for lane in lanes), hits, out


def by_chance(dice):
    stage = dice.choice(("connect", "startup", "auth", "before", "before", "before", "after", "after", "within"))
    asks = dice.random() < 0.3
    at = "COMMIT" if not asks and dice.random() < 0.3 else dice.randrange(4 if asks and stage == "before" else 1 if asks else 100 if stage == "before" else 25)
    return Cut(stage, at, asks=asks, half=dice.random() < 0.2)


def under_load(top, server, rounds, dice):
    house = House(top, server, "crowd").start()
    clients, cut = [kills.Client(house.service, n) for n in range(kills.CLIENTS)], 0
    [c.start() for c in clients]
    for r in range(rounds):
        time.sleep(dice.uniform(0.1, 0.5))
        cuts = [by_chance(dice) for _ in range(dice.choice((1, 1, 2, 3)))]
        house.proxy.arm(*cuts)
        if any(c.stage in BEFORE_BATCH for c in cuts):
            house.proxy.reset()
        cuts[0].done.wait(3)
        house.proxy.disarm()
        cut += sum(bool(c.hit) for c in cuts)
        if not kills.answers(house.service, 60):
            house.out.append(f"no answer any more after round {r}: {[c.hit for c in cuts]}")
            break
        house.out += kills.contradictions(kills.ledger(clients), *house.there())
    [c.over.set() for c in clients]
    [c.join(60) for c in clients]
    noted = kills.ledger(clients)
    house.out += [f"never sent: {w}" for w in house.there()[0] if w not in noted]
    house.end()
    return cut, sum(notes[-1][0] == "acknowledged" for notes in noted.values()), house.out


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--every", type=int, default=60)
    ap.add_argument("--rounds", type=int, default=2)
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()
    if not pg.BIN:
        print("SKIP: PostgreSQL is not here")
        sys.exit(0)
    dice, began = random.Random(args.seed), time.time()
    top = tempfile.mkdtemp(prefix="tocsin-resets-")
    os.chmod(top, 0o755)
    server = pg.Server(top, "a")
    server.make()
    server.start()
    try:
        tried, hits, out = in_order(top, server, args.every, dice)
        cut, acknowledged, more = under_load(top, server, args.rounds, dice)
    finally:
        server.ctl("stop", "-m", "immediate")
    out += more
    for line in out[:40]:
        print(line)
    if not out:
        shutil.rmtree(top, ignore_errors=True)
    print(*hits, sep="\n")
    figure("resets", len(hits) + cut, len(out), began, args.seed, acknowledged=acknowledged)
    print(f"resets: {len(hits) + cut} tried, {len(out)} failed: {len(hits)} in order, {cut} by chance in {args.rounds} rounds; "
          f"{acknowledged} reports acknowledged meanwhile")
    sys.exit(1 if out or not acknowledged else 0)


if __name__ == "__main__":
    main()
