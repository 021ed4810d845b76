#!/usr/bin/env python3
"""An outside ledger against kill -9. Clients write down, each in a file of its own, what they are about to send and what was
acknowledged; the processes are killed in turn, and all at once; after each restart every acknowledged report must be there,
whatever is there must have been sent, and nothing that was answered with a fault may be there. After every twenty kills the
journal must verify and its numbers must have no gap; then all starts afresh, so that the last kills cost no more than the first.

Everybody is missed: each process is started again, and a person can still sign in, which asks the gate. Whoever was signing in
when the gate or the registrar fell gets the answer to their own password and to nobody else's.

Then a command that crashes the registrar, by a library that aborts where it sees a certain word: it is answered with a fault,
never run again, and nothing else is lost.

    kills.py [--rounds N] [--seed N]"""
import argparse, http.client, json, os, random, re, secrets, signal, sqlite3, subprocess, sys, tempfile, threading, time
from served import Service, children, figure, name_of, named, state
from walk import Visitor

CLIENTS, CHAPTER, WORD = 6, 20, "crash-the-registrar"


class Client(threading.Thread):
    """Reports until it is stopped; its ledger is a line a report and what became of it."""

    def __init__(self, service, n):
        super().__init__(daemon=True)
        self.service, self.n, self.over = service, n, threading.Event()
        self.path = os.path.join(service.folder, f"ledger-{n}")
        self.ledger = open(self.path, "w", buffering=1)

    def note(self, *words):
        self.ledger.write("\t".join(words) + "\n")

    def run(self):
        i = 0
        while not self.over.is_set():
            i += 1
            words, key = f"letter {self.n}-{i}", secrets.token_hex(16)
            self.note("sent", words)
            while not self.over.is_set():
                try:
                    status, body = self.service.report(words, key)
                except (OSError, http.client.HTTPException):
                    time.sleep(0.02)
                    continue
                if status == 201:
                    self.note("acknowledged", words, json.loads(body)["ref"])
                    break
                if status == 500:  # it was being run when the registrar was killed
                    self.note("fault", words)
                    break
                if status < 500:
                    self.note("refused", words, str(status))
                    break
                time.sleep(0.02)


def ledger(clients):
    out = {}
    for c in clients:
        with open(c.path) as f:
            for line in f:
                if line.endswith("\n"):
                    what, words, *ref = line.rstrip("\n").split("\t")
                    out.setdefault(words, []).append((what, *ref))
    return out


def contradictions(noted, there, seqs):
    """What is there (words -> references, and the numbers of entries) against the ledger, as it was noted before the look."""
    out = [f"doubled: {w}" for w, refs in there.items() if len(refs) > 1]
    if seqs != list(range(len(seqs))):
        out.append("seq has gaps")
    for words, notes in noted.items():
        last, *ref = notes[-1]
        if last == "acknowledged" and ref[0] not in there.get(words, []):
            out.append(f"lost: {words} {ref[0]}")
        if last == "fault" and words in there:
            out.append(f"answered with a fault and there all the same: {words}")
        if last == "refused":
            out.append(f"refused: {words} {ref}")
    return out


def wrong(service, noted):
    db = sqlite3.connect(f"file:{service.data}/db/tocsin.db?mode=ro", uri=True)
    there = {}
    for ref, words in db.execute("SELECT ref, narrative FROM case_view WHERE narrative LIKE 'letter %'"):
        there.setdefault(words, []).append(ref)
    seqs = [s for (s,) in db.execute("SELECT seq FROM entry ORDER BY seq")]
    db.close()
    return contradictions(noted, there, seqs), there


def verify(service, noted):
    out, there = wrong(service, noted)
    out += [f"never sent: {w}" for w in there if w not in noted]
    v = service.verb("verify", "--data", service.data)
    if v.returncode:
        out.append(f"the journal does not verify: {v.stderr or v.stdout}")
    return out


def answers(service, patience=30):
    until = time.time() + patience
    while time.time() < until:
        try:
            if service.report("asking whether anybody is there", secrets.token_hex(16), 5)[0] == 201:
                return True
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.02)
    return False


def names(service):
    """What its processes are called, those that live."""
    return sorted(name for k in children(service.process.pid) if (name := name_of(k)))


def kill_round(service, r, many):
    """In turn: each of so many children, the parent alone (its children must go with it), all at once."""
    kids, victim = children(service.process.pid), r % (many + 2)
    if victim < many:
        pid = kids[victim % len(kids)]
        os.kill(pid, signal.SIGKILL)
        while (s := state(pid)) and s[0] != "Z":  # or it would be counted while it dies
            time.sleep(0.005)
        return
    if victim == many:
        os.kill(service.process.pid, signal.SIGKILL)
    service.kill_all(parent_first=r % 2 == 0)
    service.start()


def missed(service, whole, patience=20):
    """What is not there again after a while: a process, or the way in by password."""
    until = time.time() + patience
    while (there := names(service)) != whole and time.time() < until:
        time.sleep(0.02)
    if there != whole:
        return f"{there} and not {whole}; the log ends with:\n" + service.said()[-2000:]
    return None if signs_in(service) else "nobody can sign in"


RIGHT, WRONG = "three random words", "three other words"


def signs_in(service, password=RIGHT):
    v = Visitor(service.port)
    v.go("/sign-in")
    v.send("/sign-in", user="admin", password=password)
    return any(f["action"] == "/sign-out" for f in v.page.forms)


def with_password(service):
    """A person who signs in by password."""
    v = Visitor(service.port)
    v.go(re.search(r"/link/\w+", service.run("person", "link", "--data", service.data, "--person", "admin")).group())
    v.send("/link")
    v.go("/password")
    v.send("/password", password=RIGHT)


class SignIn(threading.Thread):
    def __init__(self, service, password):
        super().__init__(daemon=True)
        self.service, self.password, self.says = service, password, None
        self.start()

    def run(self):
        self.says = signs_in(self.service, self.password)


def passwords():
    """The gate falls with a question; then the registrar while the gate still owes it the answer to one."""
    service, out = Service().start(), []
    with_password(service)
    gate, caught = named(service.process.pid, "gate")[0], SignIn(service, RIGHT)
    while state(gate)[0] != "R" and caught.is_alive():
        time.sleep(0.001)
    os.kill(gate, signal.SIGKILL)
    caught.join(20)
    if not caught.says:
        out.append("who was signing in when the gate fell did not get in")
    service.stop()
    service.start()
    if not signs_in(service):
        out.append("nobody gets in after a new start")
    gate = named(service.process.pid, "gate")[0]
    os.kill(gate, signal.SIGSTOP)
    right = SignIn(service, RIGHT)
    time.sleep(0.5)
    os.kill(named(service.process.pid, "registrar")[0], signal.SIGKILL)
    answers(service)
    wrong = SignIn(service, WRONG)
    time.sleep(0.5)
    os.kill(gate, signal.SIGCONT)
    for t in right, wrong:
        t.join(20)
    if not right.says:
        out.append("who was signing in when the registrar fell did not get in")
    if wrong.says is not False:
        out.append("a wrong password got the answer to another")
    if service.stop() != 0:
        out.append("serve did not end well")
    service.clear()
    return out


def chapter(first, rounds, dice):
    """At most CHAPTER kills on one data directory; what went wrong, and how many were acknowledged."""
    service = Service().start()
    with_password(service)
    clients, whole = [Client(service, n) for n in range(CLIENTS)], names(service)
    out = []
    [c.start() for c in clients]
    for r in range(first, first + rounds):
        time.sleep(dice.uniform(0.05, 0.6))
        kill_round(service, r, len(whole))
        if not answers(service):
            out.append(f"no answer any more after kill {r}")
            break
        if lacks := missed(service, whole):
            out.append(f"after kill {r}: {lacks}")
        out += wrong(service, ledger(clients))[0]
    [c.over.set() for c in clients]
    [c.join(20) for c in clients]
    if service.stop() != 0:
        out.append("serve did not end well")
    noted = ledger(clients)
    out += verify(service, noted)
    if out:
        print(f"kept: {service.folder}")
    else:
        service.clear()
    return out, sum(notes[-1][0] == "acknowledged" for notes in noted.values())


PRELOAD = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
int
crypto_aead_xchacha20poly1305_ietf_encrypt(unsigned char *c, unsigned long long *cn, const unsigned char *m, unsigned long long n,
    const unsigned char *a, unsigned long long an, const unsigned char *s, const unsigned char *nonce, const unsigned char *k)
{
	int (*real)() = (int (*)())dlsym(RTLD_NEXT, "crypto_aead_xchacha20poly1305_ietf_encrypt");

	if (memmem(m, n, "%s", sizeof "%s" - 1))
		abort();
	return real(c, cn, m, n, a, an, s, nonce, k);
}
"""


def crashes(times):
    """Commands that bring the registrar down while others report."""
    with tempfile.TemporaryDirectory() as folder:
        source, library = os.path.join(folder, "crash.c"), os.path.join(folder, "crash.so")
        with open(source, "w") as f:
            f.write(PRELOAD % (WORD, WORD))
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        service = Service()
        service.env["LD_PRELOAD"] = library
        service.start()
        clients, out = [Client(service, n) for n in range(CLIENTS)], []
        [c.start() for c in clients]
        for i in range(times):
            time.sleep(0.3)
            before = service.said().count("registrar 0 (process")
            key, words = secrets.token_hex(16), f"letter {WORD} {i}"
            for again in range(3):
                status, body = service.report(words, key, 40)
                if status != 500:
                    out.append(f"{words}: answered {status} {body[:200]}")
            falls = service.said().count("registrar 0 (process") - before
            if falls != 1:
                out.append(f"{words}: the registrar fell {falls} times, not once")
        [c.over.set() for c in clients]
        [c.join(40) for c in clients]
        service.stop()
        del service.env["LD_PRELOAD"]
        noted = ledger(clients)
        out += verify(service, noted)
        service.clear()
        return out, sum(notes[-1][0] == "acknowledged" for notes in noted.values())


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--rounds", type=int, default=20)
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()
    dice, began, out, acknowledged, done = random.Random(args.seed), time.time(), [], 0, 0
    while done < args.rounds and not out:
        n = min(CHAPTER, args.rounds - done)
        more, acks = chapter(done, n, dice)
        done, out, acknowledged = done + n, out + more, acknowledged + acks
    out += passwords()
    times = 2 if args.rounds <= CHAPTER else 8
    more, acks = crashes(times)
    out, acknowledged = out + more, acknowledged + acks
    for line in out[:40]:
        print(line)
    figure("kills", done + 2 + times, len(out), began, args.seed, acknowledged=acknowledged)
    print(f"kills: {done + 2 + times} tried, {len(out)} failed: {acknowledged} reports acknowledged; {times} of the kills were commands that "
          "crash the registrar")
    sys.exit(1 if out or not acknowledged else 0)


if __name__ == "__main__":
    main()
