#!/usr/bin/env python3
"""Bad weather around the whole service: a disk that is full, a folder that can only be read, no descriptors left, two servers on
one folder, a port that is taken, folders that are none of ours, somebody who reads the database and never ends. Each time it must be said plainly, to whoever asks and in the
log; nothing acknowledged may be lost; and when the weather clears the service goes on by itself.

    weather.py"""
import http.client, json, os, re, resource, secrets, sqlite3, subprocess, sys, tempfile, threading, time
from served import Service, figure, named, open_form, send_form, tocsin

CLEARS = 40  # seconds within which a service must be itself again: the parent waits at most 30 before it starts another
LOG_MOST = 64 << 20  # bytes of the database's log at which the registrar asks doors to pause
tried = failed = 0


def hold(what, is_so, detail=""):
    global tried, failed
    tried += 1
    if not is_so:
        failed += 1
        print(f"weather: {what}: NOT SO: {detail}"[:600], flush=True)


def mount(size):
    """A file system of our own, or None where that may not be."""
    at = tempfile.mkdtemp(prefix="tocsin-weather-")
    r = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", at], capture_output=True)
    if r.returncode:
        os.rmdir(at)
        return None
    return at


def unmount(at):
    subprocess.run(["umount", "-l", at], capture_output=True)
    os.rmdir(at)


def on(folder):
    before, tempfile.tempdir = tempfile.tempdir, folder
    s = Service()
    tempfile.tempdir = before
    return s


def send(s, words, key):
    try:
        return s.report(words, key)
    except (OSError, http.client.HTTPException) as e:
        return 0, str(e).encode()


def until_sent(s, words, key):
    end, status, body = time.time() + CLEARS, 0, b""
    while status != 201 and time.time() < end:
        status, body = send(s, words, key)
        time.sleep(0 if status == 201 else 0.2)
    return status, body


def verifies(s):
    r = s.verb("verify", "--data", s.data)
    return r.returncode == 0, r.stderr + r.stdout


def fill(folder):
    path = os.path.join(folder, "filler")
    for size in (1 << 20, 4096, 1):
        try:
            with open(path, "ab", buffering=0) as f:
                while True:
                    f.write(b"x" * size)
        except OSError:
            pass
    return path


def disk_full():
    folder = mount("48m")
    if not folder:
        print("SKIP: a full disk needs the right to mount a small one")
        return
    s = on(folder)
    s.log = folder + ".log"  # the log must not suffer with it
    s.start()
    key, words = secrets.token_hex(16), "sent while the disk was full"
    status, first = until_sent(s, "before", secrets.token_hex(16))
    hold("a report before", status == 201, first)
    cookie, fields = open_form(s)
    filler = fill(folder)
    status, body = send(s, words, key)
    hold("a full disk is said to a program", status in (503, 507), (status, body))
    hold("and in plain words", json.loads(body or b"{}").get("detail", "") != "" if status else False, body)
    status, body = s.ask("GET", "/")
    hold("pages are still there", status == 200, status)
    status, page = send_form(s, cookie, fields)
    hold("a full disk is said on the page", status in (503, 507) and b"no room left" in page, (status, page[-600:]))
    hold("and that what was typed is not lost", b"What you typed is not lost" in page, page[-600:])
    time.sleep(2.5)
    hold("it is in the log", re.search(r"full|no room|No space", s.said()), s.said()[-500:])
    os.unlink(filler)
    status, body = until_sent(s, words, key)
    hold("with room again the same report is taken", status == 201, (status, body))
    status, page = send_form(s, cookie, fields)
    hold("and the form that comes back", status == 303, (status, page[-300:]))
    again = send(s, words, key)
    hold("and once", again[0] == 201 and json.loads(again[1])["ref"] == json.loads(body)["ref"], again)
    filler = fill(folder)
    s.stop()
    os.unlink(filler)
    s.start()
    status, body = until_sent(s, "after", secrets.token_hex(16))
    hold("stopped when full, it starts again", status == 201, (status, body))
    s.stop()
    hold("the journal verifies", *verifies(s))
    unmount(folder)
    os.unlink(s.log)


def only_to_read():
    s = Service()
    if subprocess.run(["mount", "--bind", s.data, s.data], capture_output=True).returncode:
        print("SKIP: a folder that can only be read needs the right to mount one")
        s.clear()
        return
    subprocess.run(["mount", "-o", "remount,ro,bind", s.data], check=True)
    for verb in (["serve", "--listen", "127.0.0.1:0"], ["setting", "set", "org_name", "X"], ["verify"]):
        try:
            r = subprocess.run([tocsin, *verb, "--data", s.data], capture_output=True, text=True, timeout=20)
            code, said = r.returncode, r.stderr
        except subprocess.TimeoutExpired as e:
            code, said = None, (e.stderr or b"").decode()
        reads = verb[0] == "verify"
        hold(f"{verb[0]} in a folder that can only be read", code == 0 if reads else code not in (0, None) and "Read-only" in said, (code, said))
        hold(f"{verb[0]} says it in one line", reads or said.count("\n") == 1, said)
    subprocess.run(["umount", s.data], check=True)
    s.start()
    hold("the weather clears", until_sent(s, "x", secrets.token_hex(16))[0] == 201)
    s.stop()
    s.clear()


def ticks(pid):
    w = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
    return int(w[11]) + int(w[12])


def no_descriptors():
    s = Service().start()
    until_sent(s, "all are up", secrets.token_hex(16))  # whoever is still opening files would rightly give up
    kids = {name: named(s.process.pid, name) for name in ("web", "registrar")}
    open_now = lambda pid: max(int(n) for n in os.listdir(f"/proc/{pid}/fd")) + 1
    was = {p: resource.prlimit(p, resource.RLIMIT_NOFILE) for name in kids for p in kids[name]}
    for p in was:
        resource.prlimit(p, resource.RLIMIT_NOFILE, (open_now(p), was[p][1]))
    idle = [http.client.HTTPConnection("127.0.0.1", s.port, timeout=3) for _ in range(4)]
    for c in idle:
        c.connect()
    before, began = {p: ticks(p) for p in was}, time.time()
    time.sleep(2)
    spent = {p: (ticks(p) - before[p]) / os.sysconf("SC_CLK_TCK") / (time.time() - began) for p in was}
    hold("without descriptors nobody spins", max(spent.values()) < 0.3, spent)
    for p in kids["web"]:
        resource.prlimit(p, resource.RLIMIT_NOFILE, was[p])
    status, body = until_sent(s, "while the registrar has no descriptors", secrets.token_hex(16))
    hold("a report needs none of the registrar's", status == 201, (status, body))
    for p in kids["registrar"]:
        resource.prlimit(p, resource.RLIMIT_NOFILE, was[p])
    for c in idle:
        c.request("GET", "/health")
    hold("who waited is answered", all(c.getresponse().status in (200, 404) for c in idle))
    s.stop()
    hold("the journal verifies", *verifies(s))
    s.clear()


def two_servers():
    s, other = Service().start(), Service()
    r = s.verb("serve", "--data", s.data, "--listen", "127.0.0.1:0")
    hold("a second server refuses", r.returncode == 75, r.returncode)
    hold("and says why in one line", re.fullmatch(r"tocsin: .*another tocsin serves this directory \(process \d+\)\n", r.stderr), r.stderr)
    r = other.verb("serve", "--data", other.data, "--listen", f"127.0.0.1:{s.port}")
    hold("a port that is taken", r.returncode == 75 and "in use" in r.stderr and r.stderr.count("\n") == 1, (r.returncode, r.stderr))
    hold("the first one still serves", until_sent(s, "x", secrets.token_hex(16))[0] == 201)
    s.stop()
    hold("the first one's journal verifies", *verifies(s))
    s.clear()
    other.clear()


def no_folder_of_ours():
    with tempfile.TemporaryDirectory() as d:
        plain = os.path.join(d, "file")
        open(plain, "w").close()
        foreign = os.path.join(d, "foreign")
        os.mkdir(foreign)
        for what, path in (("a file", plain), ("nothing", os.path.join(d, "none")), ("a foreign folder", foreign)):
            for verb in (["serve", "--listen", "127.0.0.1:0"], ["verify"], ["setting", "list"]):
                r = subprocess.run([tocsin, *verb, "--data", path], capture_output=True, text=True, timeout=20)
                hold(f"{verb[0]} where there is {what}", r.returncode == 66 and r.stderr.count("\n") == 1, (r.returncode, r.stderr))
        hold("nothing was left there", os.listdir(foreign) == [], os.listdir(foreign))


def crowd(s, until):
    """Reports as fast as eight can send them, until it is enough; the seconds that each took, and the statuses."""
    took, statuses, stop = [], set(), threading.Event()

    def one():
        while not stop.is_set():
            began = time.time()
            statuses.add(send(s, "a letter " + "x" * 9000, secrets.token_hex(16))[0])
            took.append(time.time() - began)

    all = [threading.Thread(target=one) for _ in range(8)]
    [t.start() for t in all]
    end = time.time() + CLEARS
    while not until() and time.time() < end:
        time.sleep(0.05)
    stop.set()
    [t.join() for t in all]
    return sorted(took), statuses


def a_reader_who_never_ends():
    """The log cannot be folded back while somebody reads what stands before it: it grows, doors are asked to pause now and then, and
    once the reader is gone it is emptied."""
    s = Service().start()
    db = os.path.join(s.data, "db", "tocsin.db")
    size = lambda: os.path.getsize(db + "-wal")
    reader = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM entry").fetchone()
    took, statuses = crowd(s, lambda: size() > LOG_MOST + (4 << 20))
    hold("the log grows past its bound", size() > LOG_MOST, size())
    hold("and every report is taken", statuses == {201}, statuses)
    hold("without anybody waiting for seconds", took[-1] < 5, took[-5:])
    end = time.time() + CLEARS
    while "folded back" not in s.said() and time.time() < end:
        time.sleep(0.2)
    hold("that it could not be emptied stands in the log", "folded back" in s.said(), s.said()[-500:])
    reader.close()
    end = time.time() + CLEARS
    while size() and time.time() < end:
        time.sleep(0.1)
    hold("once the reader is gone it is emptied", size() == 0, size())
    hold("and reports go on", until_sent(s, "x", secrets.token_hex(16))[0] == 201)
    s.stop()
    hold("the journal verifies", *verifies(s))
    s.clear()


began = time.time()
for weather in (two_servers, no_folder_of_ours, only_to_read, no_descriptors, a_reader_who_never_ends, disk_full):
    weather()
figure("faults", tried, failed, began, weather=True)
print(f"faults: {tried} tried, {failed} failed, in bad weather around the service")
sys.exit(1 if failed else 0)
