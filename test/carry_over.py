#!/usr/bin/env python3
"""A body moves. A served directory with a few hundred cases, people who are signed in and files is copied from SQLite to a
PostgreSQL of its own, once with a kill -9 in the middle, and back again. What an auditor knew of the first must be
confirmed by the second and the third; a server runs on each, and whoever was signed in goes on.

    carry_over.py [--cases N]"""
import argparse, json, os, re, secrets, subprocess, sys, time
from pg import BIN, Server
from served import Service, figure, tocsin
from walk import Visitor

tried, wrong = 0, []


def expect(true, words):
    global tried
    tried += 1
    if not true:
        wrong.append(words)
        print("WRONG:", words)


def export(s, name):
    """A bundle of the whole journal: its folder, and its records as bytes."""
    out = os.path.join(s.folder, name)
    s.run("export", "journal", "--data", s.data, "--out", out)
    with open(os.path.join(out, "records.bin"), "rb") as f:
        return out, f.read()


def copy(s, name, *more):
    target = os.path.join(s.folder, name)
    r = s.verb("copy", "--from", s.data, "--data", target, "--json", *more)
    return target, r


def moved(s, name, *more):
    target, r = copy(s, name, *more)
    expect(r.returncode == 0, f"copy to {name}: {r.stderr}")
    if r.returncode:
        sys.exit(1)
    told = json.loads(r.stdout)
    expect(told["files"] == 1, f"{told['files']} files came along")
    rate = told["records"] * 1000 / max(told["milliseconds"], 1)
    print(f"copied to {name}: {told['records']} records, {told['files']} files, {told['milliseconds']} ms, {rate:.0f} records/s")
    old, s.data = s.data, target
    served = s.verb("serve", "--data", old, "--listen", "127.0.0.1:0")
    expect(served.returncode and target in served.stderr, f"a server started in the old directory: {served.stderr}")
    return rate


def look(s, reader, refs, words):
    """Who was signed in still is, sees the cases, and writes."""
    s.start()
    reader.port = s.port
    queue = reader.go("/queue")
    expect(queue.status == 200 and b"Sign out" in queue.body, f"{words}: signed out ({queue.status}, {reader.at})")
    for ref in refs:
        page = reader.go(f"/case/{ref}")
        expect(page.status == 200 and ref.encode() in page.body, f"{words}: {ref} is not there ({page.status})")
    status, body = s.report(f"letter after {words}", secrets.token_hex(16))
    expect(status == 201, f"{words}: a report was answered {status}")
    refs.append(json.loads(body)["ref"])
    page = reader.go(f"/case/{refs[-1]}")
    expect(page.status == 200, f"{words}: the new case is not seen ({page.status})")
    s.stop()
    expect("It verifies" in s.run("verify", "--data", s.data), f"{words}: it does not verify")


def confirm(s, name, before, vkey):
    """The bundle of the copy goes on from the one that the auditor has."""
    known, records = before
    out, more = export(s, name)
    expect(more[:len(records)] == records and len(more) > len(records), f"{name}: the records are others")
    r = s.verb("verify", out, "--vkey", vkey, "--known", os.path.join(known, "checkpoint"))
    expect(r.returncode == 0, f"{name}: {r.stderr or r.stdout}")
    return out, more


def with_a_file(s):
    """Somebody reports through the pages, with a file of more than one chunk; the reference."""
    v = Visitor(s.port)
    v.go("/report")
    v.send(category="wrong_recipient")
    v.until("/report/files", narrative="letter before", mode="anonymous")
    v.send("/report/files", [("file", "papers.pdf", b"%PDF-1.4\n" + os.urandom(600000))])
    v.until("/report/check")
    return re.search(r'class="app-ref[^>]*>([^<]+)', v.send("/report/check").body.decode()).group(1)


def cut_short(s, url):
    """Killed in the middle it leaves a directory that is none, and the same database takes the next."""
    target = os.path.join(s.folder, "killed")
    p = subprocess.Popen([tocsin, "copy", "--from", s.data, "--data", target, "--to", url], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    for line in p.stderr:
        if line.startswith("making the views"):
            break
    p.kill()
    p.wait()
    expect(os.listdir(target) == ["unfinished"], f"a killed copy left {os.listdir(target)}")
    r = s.verb("serve", "--data", target, "--listen", "127.0.0.1:0")
    expect(r.returncode, "a server started in half a directory")
    _, r = copy(s, "killed", "--to", url)
    expect(r.returncode and "unfinished" in r.stderr, f"half a directory was used: {r.stderr}")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--cases", type=int, default=300)
    args = ap.parse_args()
    if not BIN:
        print("SKIP: PostgreSQL is not here", file=sys.stderr)
        sys.exit(77)
    began, s = time.time(), Service()
    os.chmod(s.folder, 0o755)
    base = Server(s.folder, "base")
    base.make()
    base.start()
    base.query("CREATE DATABASE tocsin")
    try:
        s.run("demo", "--data", s.data, "--count", str(args.cases))
        s.start()
        person = re.search(r"^\s*(\S+)", next(l for l in s.run("person", "list", "--data", s.data).splitlines() if "internal_audit" in l)).group(1)
        link = re.search(r"/link/\w+", s.run("person", "link", "--data", s.data, "--person", person)).group(0)
        reader = Visitor(s.port)
        reader.go(link)
        reader.send()
        refs = [with_a_file(s)]
        _, r = copy(s, "early", "--to", f"postgresql://tocsin@/tocsin?host={base.dir}")
        expect(r.returncode and "another tocsin serves" in r.stderr, f"copied while a server ran: {r.stderr}")
        s.stop()
        vkey = s.run("export", "vkey", "--data", s.data).strip()
        before = export(s, "first")
        url = f"postgresql://tocsin@/tocsin?host={base.dir}"
        cut_short(s, url)
        there = moved(s, "there", "--to", url)
        look(s, reader, refs, "PostgreSQL")
        before = confirm(s, "second", before, vkey)
        back = moved(s, "back")
        look(s, reader, refs, "SQLite again")
        confirm(s, "third", before, vkey)
    finally:
        if s.process and s.process.poll() is None:
            s.kill_all()
        base.ctl("stop", "-m", "immediate")
    figure("copy", tried, len(wrong), began, to_postgresql=round(there), to_sqlite=round(back))
    print(f"copy: {tried} claims, {len(wrong)} wrong")
    if wrong:
        sys.exit(1)
    s.clear()


main()
