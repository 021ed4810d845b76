#!/usr/bin/env python3
"""Two nodes serve one body on one PostgreSQL database, each with a clerk, and people report through both. One node signs and one
has the clerk; the one that does is killed, and the other takes over within the lease; one is stopped for longer than its lease and
woken. Then the database loses entries, as in a failover to a standby that was behind: both are read-only and say so, a keeper
opens the next log, and both go on. No letter goes out twice, no entry is missing, and both verifiers accept the whole.

    nodes.py"""
import json, os, re, shutil, signal, socketserver, subprocess, sys, tempfile, threading, time
from pg import BIN, Server
from served import Service, children, figure, root
from walk import Visitor

LEASE, out, tried = 30, [], 0


def expect(true, words):
    global tried
    tried += 1
    if not true:
        out.append(words)
        print(f"FAILED: {words}")
    return true


def until(ask, patience, words):
    """Seconds until it is true."""
    start = time.time()
    while not ask():
        if time.time() - start > patience:
            expect(False, f"{words}: not within {patience} s")
            return patience
        time.sleep(0.2)
    expect(True, words)
    return time.time() - start


class Post(socketserver.StreamRequestHandler):
    """A mail server that takes everything and remembers which letter went to whom."""
    letters = []

    def handle(self):
        def say(words):
            self.wfile.write(words.encode() + b"\r\n")
        to, say_to = None, say
        say("220 post")
        for line in self.rfile:
            word = line.decode(errors="replace").strip()
            if word.upper().startswith("RCPT"):
                to = word
            if word.upper() == "DATA":
                say_to("354 go on")
                text = b""
                for line in self.rfile:
                    if line == b".\r\n":
                        break
                    text += line
                m = re.search(rb"(?im)^message-id:\s*(\S+)", text)
                self.letters.append((to, m and m.group(1)))
            say("221 bye" if word.upper() == "QUIT" else "250 ok")
            if word.upper() == "QUIT":
                return


class Nodes:
    def __init__(self, top):
        self.server = Server(top, "a")
        self.server.make()
        self.server.start()
        self.server.query("CREATE DATABASE tocsin")
        url = f"postgresql://tocsin@/tocsin?host={self.server.dir}"
        self.all = [Service(database=url)]
        keys = os.path.join(top, "keys")
        self.all[0].run("backup", "keys", "--data", self.all[0].data, "--out", keys)
        self.all.append(Service(database=url, keys=keys))
        self.count = 0

    def sql(self, words):
        return self.server.query(words, "tocsin").strip()

    def holder(self, name):
        n = self.sql(f"SELECT node FROM lease WHERE name = '{name}' AND until > extract(epoch FROM clock_timestamp()) * 1000000")
        return int(n) - 1 if n else None

    def is_signed(self):
        return self.sql("SELECT (SELECT max(size) FROM checkpoint WHERE log = h.log) = h.size FROM head AS h ORDER BY log DESC LIMIT 1") == "t"

    def report(self, node, patience=10):
        """The answer of the first try that gets one."""
        self.count += 1
        end = time.time() + patience
        while True:
            try:
                status, body = self.all[node].report(f"letter {self.count}", f"nodes-{self.count}", 5)
                if status == 201 or b"lost entries" in body or time.time() > end:
                    return status
            except OSError:
                if time.time() > end:
                    return 0
            time.sleep(0.2)


def both_report(n, times=5):
    for i in range(times):
        for node in (0, 1):
            expect(n.report(node) == 201, f"node {node + 1} takes a report")


def a_file_goes_in_here_and_out_there(n):
    """What somebody attaches on one node they fetch from the other, whole, signed in as they are."""
    first, photo = n.all[0], os.urandom(3 << 20)
    person = next(p["id"] for p in json.loads(first.run("person", "list", "--data", first.data, "--json")) if "internal_audit" in p["roles"])
    link = re.search(r"/link/\w+", first.run("person", "link", "--data", first.data, "--person", person))[0]
    case = "/case/" + json.loads(first.report("a letter, and a photo of it", "nodes-photo")[1])["ref"]
    here, there = Visitor(first.port), Visitor(n.all[1].port)
    here.go(link)
    here.send("/link")
    here.go(case)
    here.send(case + "/files", [("file", "photo.jpg", photo)])
    there.cookies = here.cookies
    there.go(case)
    got = there.send(next(f["action"] for f in there.page.forms if "/file/" in (f["action"] or "")))
    expect(got.status == 200 and got.body == photo, f"the other node gives the file: {got.status}, {len(got.body)} bytes")


def one_is_killed(n):
    until(lambda: n.holder("signer") is not None and n.holder("clerk") is not None, 10, "somebody has the leases")
    dead = n.holder("signer")
    other = 1 - dead
    n.all[dead].kill_all()
    expect(n.report(other) == 201, "the other node takes reports at once")
    took = until(lambda: n.holder("signer") == other and n.holder("clerk") == other, LEASE + 10, "the other node takes over both leases")
    until(n.is_signed, 20, "the other node signs")
    n.all[dead].start()
    both_report(n, 2)
    return other, took


def one_is_stopped(n, node):
    """What takes longest is cut short: its leases are ended for it, as if it had been stopped for longer than they last."""
    pids = [n.all[node].process.pid] + children(n.all[node].process.pid)
    [os.kill(p, signal.SIGSTOP) for p in pids]
    n.sql("UPDATE lease SET until = 1")
    until(lambda: n.holder("signer") == 1 - node and n.holder("clerk") == 1 - node, 15, "the node that runs takes over")
    expect(n.report(1 - node) == 201, "the node that runs takes reports")
    [os.kill(p, signal.SIGCONT) for p in reversed(pids)]
    both_report(n, 2)
    expect(n.holder("signer") == 1 - node, "the node that was woken leaves the lease where it is")


def says_so(node):
    return b"Nothing new can be reported" in node.ask("GET", "/")[1]


def entries_are_lost(n):
    kept = int(n.sql("CREATE TABLE old_head AS SELECT * FROM head; SELECT size FROM old_head").split()[-1])
    both_report(n, 2)
    gone = int(n.sql("SELECT size FROM head")) - kept
    n.sql("SET session_replication_role = replica; BEGIN; LOCK TABLE head; DELETE FROM entry WHERE seq >= (SELECT size FROM old_head); "
          "DELETE FROM payload WHERE seq >= (SELECT size FROM old_head); DELETE FROM checkpoint WHERE size > (SELECT size FROM old_head); "
          "DELETE FROM node WHERE (at + 1) * 256 > (SELECT size FROM old_head); DELETE FROM head; INSERT INTO head SELECT * FROM old_head; COMMIT")
    n.sql("DROP TABLE old_head")
    until(lambda: says_so(n.all[0]) and says_so(n.all[1]), 5, "both nodes say on their pages that they are read-only")
    expect(n.report(0) == 503 and n.report(1) == 503, "neither takes a report")
    doctor = n.all[0].verb("doctor", "--data", n.all[0].data)
    expect(doctor.returncode == 75 and "--as-it-stands" in doctor.stdout, f"doctor says what to do: {doctor.stdout}")
    expect(n.all[0].stop() == 0, "the first node stops well")
    r = n.all[0].verb("restore", "--as-it-stands", "--data", n.all[0].data)
    expect(r.returncode == 0 and f"Lost: {gone} records" in r.stdout, f"restore counts {gone}: {r.stdout or r.stderr}")
    n.all[0].start()
    both_report(n, 2)
    expect(not says_so(n.all[0]) and not says_so(n.all[1]), "no page says any longer that it is read-only")


def verifies(n, top):
    first = n.all[0]
    first.run("verify", "--data", first.data)
    for log in ("1", "2"):
        key, to = first.run("export", "vkey", "--data", first.data, "--log", log).strip(), os.path.join(top, f"log-{log}")
        first.run("export", "journal", "--data", first.data, "--log", log, "--out", to)
        first.run("verify", to, "--vkey", key)
        r = subprocess.run([sys.executable, os.path.join(root, "verify", "verify.py"), to, "--vkey", key], capture_output=True, text=True)
        expect(r.returncode == 0, f"verify.py accepts log {log}: {r.stdout}{r.stderr}")
    for log, size in (line.split("\t") for line in n.sql("SELECT log, size FROM head ORDER BY log").splitlines()):
        seqs = n.sql(f"SELECT count(*), max(seq) + 1 FROM entry WHERE log = {log}").split("\t")
        expect(seqs == [size, size], f"log {log} has no gap: {seqs}, {size}")


def main():
    if not BIN:
        print("SKIP: PostgreSQL is not here")
        sys.exit(0)
    began, took = time.time(), 0
    top = tempfile.mkdtemp(prefix="tocsin-nodes-")
    os.chmod(top, 0o755)
    post = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post)
    threading.Thread(target=post.serve_forever, daemon=True).start()
    n = Nodes(top)
    try:
        for name, value in (("mail_server", f"smtp://127.0.0.1:{post.server_address[1]}"), ("mail_from", "desk@example.org"), ("mail_off", "no")):
            n.all[0].run("setting", "set", "--data", n.all[0].data, name, value)
        [s.start() for s in n.all]
        both_report(n)
        a_file_goes_in_here_and_out_there(n)
        holder, took = one_is_killed(n)
        one_is_stopped(n, holder)
        entries_are_lost(n)
        verifies(n, top)
        expect(all(s.stop() == 0 for s in n.all), "both nodes end well")
        expect(n.holder("signer") is None and n.holder("clerk") is None, "whoever ends gives the leases up")
        expect(len(Post.letters) > 10, f"letters go out: {len(Post.letters)}")
        twice = [l for l in set(Post.letters) if Post.letters.count(l) > 1]
        expect(not twice, f"no letter goes out twice: {twice}")
    finally:
        for s in n.all:
            if s.process and s.process.poll() is None:
                s.kill_all()
        n.server.ctl("stop", "-m", "immediate")
    if out:
        [print(s.said()[-2000:]) for s in n.all]
    else:
        [s.clear() for s in n.all]
        shutil.rmtree(top, ignore_errors=True)
    figure("nodes", tried, len(out), began, takeover=round(took, 1), letters=len(Post.letters))
    print(f"nodes: {tried} tried, {len(out)} failed: taken over after {took:.1f} s, {len(Post.letters)} letters")
    sys.exit(1 if out else 0)


if __name__ == "__main__":
    main()
