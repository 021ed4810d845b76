#!/usr/bin/env python3
"""Backups against an outside ledger. While clients report, a backup is made; elsewhere it is restored, against the checkpoint
that it ended at and against a later one, and every report acknowledged before it began must be there, nothing that was never
sent, and whatever is lost must be counted. The same where the database is on a PostgreSQL server, and from each kind of database
into the other. Then the backup is damaged in every file, the keys are another's, the disk is full,
the programme is killed: each time it is refused by name, and nothing is left in the target.

    backup.py [--rounds N] [--seed N]"""
import argparse, contextlib, json, os, random, shutil, signal, sqlite3, subprocess, sys, tempfile, threading, time, secrets, http.client
from served import Service, figure, root, tocsin
from pg import BIN, Server
from walk import Visitor

CLIENTS = 6
tried, wrong = 0, []


def expect(true, words):
    global tried
    tried += 1
    if not true:
        wrong.append(words)
        print("WRONG:", words)


class Client(threading.Thread):
    def __init__(self, service, n):
        super().__init__(daemon=True)
        self.service, self.n, self.over, self.sent, self.acknowledged = service, n, threading.Event(), set(), {}

    def run(self):
        i = 0
        while not self.over.is_set():
            i += 1
            words, key = f"letter {self.n}-{i}", secrets.token_hex(16)
            self.sent.add(words)
            try:
                status, body = self.service.report(words, key)
            except (OSError, http.client.HTTPException):
                continue
            if status == 201:
                self.acknowledged[words] = (json.loads(body), key)


def query(data, sql):
    """Rows of a data directory's database, wherever that is."""
    address = os.path.join(data, "db", "address")
    if os.path.exists(address):
        r = subprocess.run([os.path.join(BIN[0], "psql"), open(address).read().strip(), "-AtX", "-F", "\t", "-R", "\f", "-c", sql],
                           capture_output=True, text=True, check=True)
        return [row.split("\t") for row in r.stdout.removesuffix("\n").split("\f") if row]
    with sqlite3.connect(f"file:{data}/db/tocsin.db?mode=ro", uri=True) as db:
        return db.execute(sql).fetchall()


def reports(data):
    return {words: ref for ref, words in query(data, "SELECT ref, narrative FROM case_view WHERE narrative LIKE 'letter %'")}


def published(data):
    note = query(data, "SELECT note FROM checkpoint ORDER BY log DESC, size DESC LIMIT 1")[0][0]
    return note if note.endswith("\n") else note + "\n"


FILE = bytes(range(256)) * 6000  # more than one slice


def with_file(s):
    """A report with a file, which every backup and every restore must hold."""
    v = Visitor(s.port)
    v.go("/report")
    v.send(category="wrong_recipient")
    v.until("/report/files", narrative="it has a file", mode="anonymous")
    v.send("/report/files", [("file", "papers.pdf", FILE)])
    v.until("/report/check")
    expect(v.send("/report/check").status == 200, "the report with a file was not taken")


def into_database(s, server, backup, keys, name, live, known):
    """Restored into a database of a server: what is there, and a second time nothing, for the body is there already."""
    server.query(f'CREATE DATABASE "{name}"')
    address = f"postgresql://tocsin@/{name}?host={server.dir}"
    target, r = restore(s, backup, keys, f"{name}-data", "--database", address, "--known", known)
    expect(r.returncode == 0, f"restore into a database: {r.stderr}")
    done = json.loads(r.stdout)
    expect(done["files"] == 1, f"{done['files']} files were restored, not one")
    there = reports(target)
    expect(there and all(live[w] == ref for w, ref in there.items()), "something was restored that was never there")
    expect(s.verb("verify", "--data", target).returncode == 0, "what was restored into a database does not verify")
    size, = query(target, "SELECT sum(length(chunk)) FROM object")[0]
    expect(int(size) > len(FILE) and not left(os.path.join(target, "vault")), f"the file has {size} bytes in the database")
    again, r = restore(s, backup, keys, f"{name}-again", "--database", address)
    expect(r.returncode == 75 and "tocsin join" in r.stderr and not left(again), f"a second time into the same database: {r.returncode}: {r.stderr}")
    out = os.path.join(s.folder, f"{name}-backup")
    s.run("backup", "--data", target, "--out", out)
    expect(len(left(os.path.join(out, "vault"))) == 1, "a backup of what was restored lacks its file")
    _, r = restore(s, out, target, f"{name}-back")
    expect(r.returncode == 0, f"out of that database into a file: {r.stderr}")
    return there


def restore(s, backup, keys, name, *more):
    """The target, and what was said; JSON if it went well."""
    target = os.path.join(s.folder, name)
    r = s.verb("restore", "--from", backup, "--keys", keys, "--data", target, "--json", *more)
    return target, r


def left(path):
    return os.listdir(path) if os.path.exists(path) else []


def check_exports(s, data):
    for log in "12":
        out = f"{data}-export-{log}"
        s.run("export", "journal", "--data", data, "--out", out, "--log", log)
        key = s.run("export", "vkey", "--data", data, "--log", log).strip()
        expect(s.verb("verify", out, "--vkey", key).returncode == 0, f"log {log} does not verify by tocsin")
        second = subprocess.run([sys.executable, os.path.join(root, "verify", "verify.py"), out, "--vkey", key], capture_output=True)
        expect(second.returncode == 0, f"log {log} does not verify by verify.py: {second.stderr}")


def check_served(s, data, acknowledged):
    """The restored directory is served: what was acknowledged is answered again, and new reports come in."""
    s.data = data
    s.start()
    words, (answer, key) = next(iter(acknowledged.items()))
    status, body = s.report(words, key)
    expect(status == 201 and json.loads(body)["ref"] == answer["ref"], f"a report that came again after the restore: {status} {body}")
    expect(json.loads(body).get("code") == answer["code"], "its code is another now")
    status, body = s.report("letter of afterwards", secrets.token_hex(16))
    expect(status == 201, f"no report after the restore: {status} {body}")
    expect(s.stop() == 0, "serve did not end well on what was restored")
    expect(s.verb("verify", "--data", data).returncode == 0, "what was restored does not verify after new reports")
    expect("backup" in s.verb("doctor", "--data", data).stdout, "doctor has no word on backups")


def under_load(s, server):
    s.start()
    with_file(s)
    clients = [Client(s, n) for n in range(CLIENTS)]
    [c.start() for c in clients]
    time.sleep(1.2)
    keys, backup = os.path.join(s.folder, "keys"), os.path.join(s.folder, "backup")
    s.run("backup", "keys", "--data", s.data, "--out", keys)
    before = {w: a for c in clients for w, a in list(c.acknowledged.items())}
    made = json.loads(s.run("backup", "--data", s.data, "--out", backup, "--json"))
    time.sleep(0.8)
    [c.over.set() for c in clients]
    [c.join(20) for c in clients]
    expect(s.stop() == 0, "serve did not end well")
    sent = {w for c in clients for w in c.sent}
    after = {w: a for c in clients for w, a in c.acknowledged.items()}
    expect(len(before) > 0 and len(after) > len(before), f"there was no load: {len(before)}, {len(after)}")
    early, late = os.path.join(s.folder, "early"), os.path.join(s.folder, "late")
    with open(early, "w") as f:
        f.write(made["checkpoint"])
    with open(late, "w") as f:
        f.write(published(s.data))
    ahead = int(open(late).read().split("\n")[1]) - made["records"]
    live = reports(s.data)

    target, r = restore(s, backup, keys, "one", "--known", early)
    expect(r.returncode == 0, f"restore: {r.stderr}")
    target, r = restore(s, backup, keys, "two", "--known", late, "--known", early)
    expect(r.returncode == 0, f"restore: {r.stderr}")
    done = json.loads(r.stdout)
    expect(done["records"] == made["records"], "not as many records as were backed up")
    expect(done["lost"] == ahead and ahead > 0, f"lost: {done['lost']}, not {ahead}")
    there = reports(target)
    lost = [w for w, (answer, _) in before.items() if there.get(w) != answer["ref"]]
    expect(not lost, f"acknowledged before the backup began and not restored: {lost}")
    expect(all(w in sent and live[w] == ref for w, ref in there.items()), "something was restored that was never there")
    expect(s.verb("verify", "--data", target).returncode == 0, "what was restored does not verify")
    expect(done["files"] == 1, f"{done['files']} files were restored, not one")
    if server:
        name = "from_pg" if os.path.exists(os.path.join(s.data, "db", "address")) else "from_lite"
        expect(into_database(s, server, backup, keys, name, live, late) == there, "two databases, two sets of reports")
    check_exports(s, target)
    check_served(s, target, before)
    return keys, backup, made, done, len(before)


def damaged(s, keys, backup):
    files = [os.path.relpath(os.path.join(d, f), backup) for d, _, names in os.walk(backup) for f in names]
    for name in files:
        path = os.path.join(backup, name)
        whole = open(path, "rb").read()
        for how in ["flipped", "cut off", "removed", "empty"]:
            at = len(whole) // 2
            with open(path, "wb") as f:
                f.write({"flipped": whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:], "cut off": whole[:-1]}.get(how, b""))
            if how == "removed":
                os.remove(path)
            target, r = restore(s, backup, keys, "never")
            code = 66 if how == "removed" and name == "SHA256SUMS" else 76
            expect(r.returncode == code and name in r.stderr, f"{name} {how}: {r.returncode}: {r.stderr}")
            expect(not left(target), f"{name} {how}: {left(target)} is left")
        with open(path, "wb") as f:
            f.write(whole)


def other_keys(s, keys, backup):
    other = os.path.join(s.folder, "other")
    s.run("init", "--data", other, "--policy", "st-helens")
    target, r = restore(s, backup, other, "never")
    expect(r.returncode == 77 and not left(target), f"another's keys: {r.returncode}: {r.stderr}")
    target, r = restore(s, backup, os.path.join(s.folder, "nowhere"), "never")
    expect(r.returncode == 66 and not left(target), f"no keys: {r.returncode}: {r.stderr}")
    os.makedirs(os.path.join(s.folder, "full"))
    open(os.path.join(s.folder, "full", "something"), "w").close()
    target, r = restore(s, backup, keys, "full")
    expect(r.returncode == 75 and left(target) == ["something"], f"a target that is not empty: {r.returncode}: {r.stderr}")
    r = s.verb("backup", "--data", other, "--out", os.path.join(s.folder, "full"))
    expect(r.returncode == 75 and left(target) == ["something"], f"a place that is not empty: {r.returncode}: {r.stderr}")
    r = s.verb("backup", "keys", "--data", other, "--out", os.path.join(backup, "keys"))
    expect(r.returncode == 75 and "keys" not in left(backup), f"keys within a backup: {r.returncode}: {r.stderr}")


def on_full_disk(s, kib, *words):
    """A verb whose target is a small disk of its own: its exit code, what it said, and what is left there. None: not allowed here."""
    disk = os.path.join(s.folder, "disk")
    os.makedirs(disk, exist_ok=True)
    script = f'mount -t tmpfs -o size={kib}k none "$0" || exit 99; "$@"; code=$?; ls -A "$0" >&2; exit $code'
    r = subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, disk, tocsin, *words],
                       capture_output=True, text=True)
    return None if r.returncode in (1, 99) else (r.returncode, r.stderr)


def full_disk(s, keys, backup):
    disk = os.path.join(s.folder, "disk")
    for kib in [16, 64, 256, 512]:
        for words in (["backup", "--data", s.data, "--out", disk], ["restore", "--from", backup, "--keys", keys, "--data", disk]):
            got = on_full_disk(s, kib, *words)
            if got is None:
                print("SKIP: a full disk: no namespace with a disk of its own may be made here")
                return
            code, said = got
            expect(code == 74 and len(said.strip().splitlines()) == 1, f"{words[0]} onto {kib} KiB: {code}: {said}")


def killed(s, keys, backup, dice):
    for i in range(6):
        out, target = os.path.join(s.folder, f"killed-{i}"), os.path.join(s.folder, f"killed-{i}-data")
        for words, path in ((["backup", "--data", s.data, "--out", out], out),
                            (["restore", "--from", backup, "--keys", keys, "--data", target], target)):
            p = subprocess.Popen([tocsin, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(dice.uniform(0.005, 0.15))
            p.send_signal(signal.SIGKILL)
            p.wait()
        whole = os.path.exists(os.path.join(out, "SHA256SUMS"))
        _, r = restore(s, out, keys, f"killed-{i}-again")
        expect((r.returncode == 0) == whole and r.returncode in (0, 66), f"a backup that was killed: {r.returncode}: {r.stderr}")
        whole = os.path.exists(os.path.join(target, "db", "tocsin.db"))
        r = s.verb("verify", "--data", target)
        expect((r.returncode == 0) == whole, f"a restore that was killed: {r.returncode}: {r.stderr}")
    expect(s.verb("verify", "--data", s.data).returncode == 0, "the journal does not verify after backups that were killed")


@contextlib.contextmanager
def postgres():
    """A server for a round, or None where there is no PostgreSQL."""
    if not BIN:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="tocsin-backup-pg-") as top:
        os.chmod(top, 0o755)
        server = Server(top, "pg")
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.kill()


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--rounds", type=int, default=1)
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()
    dice, began = random.Random(args.seed), time.time()
    if not BIN:
        print("SKIP: backups of a PostgreSQL database: PostgreSQL is not here")
    for _ in range(args.rounds):
        with postgres() as server:
            if server:
                server.query("CREATE DATABASE source")
                s = Service(database=f"postgresql://tocsin@/source?host={server.dir}")
                under_load(s, server)
                if not wrong:
                    s.clear()
            s = Service()
            keys, backup, made, done, n = under_load(s, server)
        damaged(s, keys, backup)
        other_keys(s, keys, backup)
        full_disk(s, keys, backup)
        killed(s, keys, backup, dice)
        if wrong:
            print(f"kept: {s.folder}")
        else:
            s.clear()
    figure("backup", tried, len(wrong), began, args.seed, acknowledged=n, records=made["records"],
           backup_milliseconds=made["milliseconds"], restore_milliseconds=done["milliseconds"])
    print(f"backup: {tried} tried, {len(wrong)} failed; {n} reports were acknowledged before the last backup began; {made['records']} records "
          f"out in {made['milliseconds']} ms, back in {done['milliseconds']} ms")
    sys.exit(1 if wrong else 0)


main()
