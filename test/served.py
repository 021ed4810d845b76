"""A running Tocsin for tests in Python: a data directory in a folder of its own, a server on any port, the verbs beside it."""
import http.client, json, os, re, shutil, signal, subprocess, sys, tempfile, time, urllib.parse

root = os.environ.get("TOCSIN_ROOT", os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
build = os.path.join(root, os.environ.get("TOCSIN_BUILD", "build"))
tocsin = os.path.join(build, "tocsin")


def figure(name, tried, failed, began, seed=0, **more):
    commit = subprocess.run(["git", "-C", root, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    line = {"name": name, "tried": tried, "failed": failed, "seconds": round(time.time() - began, 1), "seed": seed, **more, "commit": commit}
    with open(os.environ.get("TOCSIN_FIGURES", os.path.join(build, "figures.jsonl")), "a") as f:
        f.write(json.dumps(line) + "\n")


def state(pid):
    """The one letter of /proc/PID/stat, and the parent; None when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            word = f.read().rpartition(")")[2].split()
        return word[0], int(word[1])
    except OSError:
        return None


def children(pid):
    """The processes whose parent is `pid`, in the order in which they were started."""
    kids = [int(d) for d in os.listdir("/proc") if d.isdigit()]
    return sorted(k for k in kids if (s := state(k)) and s[1] == pid and s[0] != "Z")


def name_of(pid):
    """What a process is called; empty when there is none such any more."""
    try:
        with open(f"/proc/{pid}/comm") as f:
            return f.read().strip()
    except OSError:
        return ""


def named(pid, name):
    """Those of its children that are called so."""
    return [k for k in children(pid) if name_of(k) == name]


class Service:
    def __init__(self, pack="st-helens", env=None, database=None, keys=None):
        """With the keys of another: one more node on its database."""
        self.folder = tempfile.mkdtemp(prefix="tocsin-served-")
        self.data, self.log = os.path.join(self.folder, "data"), os.path.join(self.folder, "log")
        self.env, self.port, self.process = {**os.environ, **(env or {})}, 0, None
        if keys:
            self.run("join", "--data", self.data, "--database", database, "--keys", keys)
        else:
            self.run("init", "--data", self.data, "--policy", pack, "--demo", *(["--database", database] if database else []))

    def verb(self, *words):
        return subprocess.run([tocsin, *words], capture_output=True, text=True, env=self.env)

    def run(self, *words):
        r = self.verb(*words)
        if r.returncode:
            sys.exit(f"{' '.join(words)}: {r.returncode}: {r.stderr or r.stdout}")
        return r.stdout

    def start(self, *words):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen([tocsin, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}", *words],
                                            stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, text=True, env=self.env)
        line = self.process.stdout.readline()
        m = re.search(r":(\d+)\s*$", line)
        if not m:
            sys.exit(f"serve did not start: {line!r}\n{self.said()[-2000:]}")
        self.port = int(m.group(1))
        return self

    def said(self):
        with open(self.log) as f:
            return f.read()

    def stop(self, patience=20):
        self.process.terminate()
        return self.process.wait(patience)

    def kill_all(self, parent_first=True):
        """kill -9 of the parent and all its children, and wait until none is left."""
        kids, parent = children(self.process.pid), [self.process.pid]
        for pid in parent + kids if parent_first else kids + parent:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        while any((s := state(k)) and s[0] != "Z" for k in kids):
            time.sleep(0.01)

    def ask(self, method, path, body=None, headers=None, patience=15):
        """status, body. OSError or HTTPException when there is no answer."""
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
        try:
            c.request(method, path, body, headers or {})
            r = c.getresponse()
            return r.status, r.read()
        finally:
            c.close()

    def report(self, narrative, key, patience=15):
        return self.ask("POST", "/api/v1/reports", json.dumps({"narrative": narrative, "facts": {"category": "wrong_recipient", "personal_data": "yes"}}),
                        {"Content-Type": "application/json", "Idempotency-Key": key}, patience)

    def clear(self):
        if os.path.exists(self.log) and re.search("Sanitizer|runtime error:", self.said()):
            sys.exit(self.said()[-8000:])
        shutil.rmtree(self.folder, ignore_errors=True)


def open_form(s):
    """The first page of a report: its cookie, and what its form holds."""
    c = http.client.HTTPConnection("127.0.0.1", s.port, timeout=15)
    c.request("GET", "/report/category")
    r = c.getresponse()
    page = r.read().decode()
    cookie = "; ".join(v.split(";")[0] for k, v in r.getheaders() if k.lower() == "set-cookie")
    tag = {re.search(r'name="([^"]*)"', t)[1]: re.search(r'value="([^"]*)"', t)[1] for t in re.findall(r'<input[^>]*type="hidden"[^>]*>', page)}
    return cookie, {**tag, "category": "wrong_recipient"}


def send_form(s, cookie, fields, patience=15):
    return s.ask("POST", "/report/category", urllib.parse.urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}, patience)
