#!/usr/bin/env python3
"""The whole product before hostile clients: requests that two readers could read in two ways, slow ones, GETs
that must change nothing, and crowds while a good client asks for pages.  door.py [--crowd N] [--hold SECONDS]"""
import argparse, glob, hashlib, http.cookiejar, json, os, re, resource, shutil, socket, sqlite3, subprocess, sys
import tempfile, threading, time, urllib.error, urllib.parse, urllib.request
from served import build as built, figure, root, tocsin

tools = os.path.join(root, "..", "shared", "tools")
ap = argparse.ArgumentParser()
ap.add_argument("--crowd", type=int, default=500)
ap.add_argument("--hold", type=int, default=0, help="seconds that the crowd stays; from 80 on deadlines are judged")
args = ap.parse_args()
work = tempfile.mkdtemp(prefix="tocsin-door-")
data, began, tried, failed = os.path.join(work, "data"), time.time(), 0, 0
CONNECTION_KIB = 16  # its row, a page of input, and its share of the turns


def check(ok, what):
    global tried, failed
    tried += 1
    failed += not ok
    if not ok:
        print("FAILED:", what, flush=True)


def run(*a):
    r = subprocess.run([tocsin, *a], capture_output=True, text=True)
    if r.returncode:
        sys.exit(f"{' '.join(a)}: {r.returncode}: {r.stderr or r.stdout}")
    return r.stdout


class Server:
    """tocsin serve with two workers, and at most `files` files open in each process."""

    def __init__(self, files=None):
        limit = (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))) if files else None
        self.log = os.path.join(work, "log")
        self.p = subprocess.Popen([tocsin, "serve", "--data", data, "--listen", "127.0.0.1:0", "--without-clerk"], text=True,
                                  stdout=subprocess.PIPE, stderr=open(self.log, "a"), stdin=subprocess.DEVNULL,
                                  preexec_fn=limit)
        m = re.search(r":(\d+)\s*$", self.p.stdout.readline())
        if not m:
            sys.exit("serve did not start:\n" + open(self.log).read()[-2000:])
        self.port = int(m.group(1))
        until = time.time() + 10
        while len(self.web()) < 2 and time.time() < until:
            time.sleep(0.05)
        self.workers = self.web()

    def web(self):
        out = []
        for d in glob.glob("/proc/[0-9]*/stat"):
            try:
                s = open(d).read()
            except OSError:
                continue
            name, rest = s[s.index("(") + 1:s.rindex(")")], s[s.rindex(")") + 2:].split()
            if name == "web" and int(rest[1]) == self.p.pid:
                out.append(d.split("/")[2])
        return sorted(out)

    def end(self):
        check(len(self.workers) == 2 and self.web() == self.workers, "a worker fell")
        self.p.terminate()
        self.p.wait(30)


def say(port, text):
    """What the door answers to it: statuses, and /c when it closes the connection."""
    s, got, closed = socket.create_connection(("127.0.0.1", port), 2), b"", False
    s.settimeout(0.35)
    try:
        s.sendall(text)
        while True:
            x = s.recv(65536)
            if not x:
                closed = True
                break
            got += x
    except TimeoutError:
        pass
    except OSError:
        closed = True
    s.close()
    return ",".join(x.decode() for x in re.findall(rb"HTTP/1\.[01] (\d\d\d)", got)) + ("/c" if closed else "")


# What ../shared/tools/smuggle.py tries, and what must come. Its form goes to a page that is not there.
SMUGGLE = {
    "sane POST CL7": "404/c", "dup CL 7,9": "400/c", "dup CL 9,7": "400/c", "CL list '7, 7'": "400/c",
    "CL +7": "400/c", "CL -1": "400/c", "CL 7x": "400/c", "CL+TE chunked": "400/c", "TE xchunked": "400/c",
    "TE identity,chunked": "501/c", "chunk size 0x7": "404/c", "chunk size overflow": "404/c",
    "chunk no CRLF after data": "404/c", "space before colon": "400/c", "obs-fold header": "400/c",
    "bare LF line ends": "400/c", "no Host": "400/c", "two Hosts": "400/c", "NUL in header": "400/c",
    "CR in header": "400/c", "HTTP/9.9": "505/c", "junk method": "400/c", "headers 200 KiB": "431/c",
    "3000 headers": "431/c", "body CL 100GB": "404/c", "pipelined 2 GET": "200,200",
}

H = b" HTTP/1.1\r\nHost: x\r\n"
FORM = b"POST /sign-in" + H + b"Content-Type: application/x-www-form-urlencoded\r\n"
LAST = b"GET /healthz" + H + b"\r\n"
CHUNKED = FORM + b"Transfer-Encoding: chunked\r\n\r\n"
# What else there is to try: a request, perhaps with one hidden behind it, and every answer that may come.
PROBES = [
    ("form, then another request", FORM + b"Content-Length: 6\r\n\r\nuser=a" + LAST, "409/c"),
    ("chunked form", CHUNKED + b"6\r\nuser=a\r\n0\r\n\r\n", "409/c"),
    ("chunk size 0x6", CHUNKED + b"0x6\r\nuser=a\r\n0\r\n\r\n" + LAST, "400/c"),
    ("chunk size overflow", CHUNKED + b"FFFFFFFFFFFFFFFF6\r\nuser=a\r\n0\r\n\r\n" + LAST, "400/c"),
    ("chunk size of nine digits", CHUNKED + b"000000006\r\nuser=a\r\n0\r\n\r\n" + LAST, "400/c"),
    ("chunk size with blanks", CHUNKED + b"6 \r\nuser=a\r\n0\r\n\r\n" + LAST, "400/c"),
    ("chunk size -0", CHUNKED + b"-0\r\n\r\n" + LAST, "400/c"),
    ("chunk extension", CHUNKED + b"6;a=b\r\nuser=a\r\n0\r\n\r\n" + LAST, "400/c"),
    ("chunk extension of 100 KB", CHUNKED + b"6;" + b"a" * 100000 + b"\r\nuser=a\r\n0\r\n\r\n" + LAST, "400/c"),
    ("chunk extension with LF", CHUNKED + b"6;\nuser=a\r\n0\r\n\r\n" + LAST, "400/c"),
    ("chunk without CR", CHUNKED + b"6\nuser=a\r\n0\r\n\r\n" + LAST, "400/c"),
    ("chunk longer than it says", CHUNKED + b"5\r\nuser=a\r\n0\r\n\r\n" + LAST, "400/c"),
    ("trailer", CHUNKED + b"6\r\nuser=a\r\n0\r\nX: y\r\n\r\n" + LAST, "400/c"),
    ("trailer Content-Length", CHUNKED + b"0\r\nContent-Length: 9\r\n\r\n" + LAST, "400/c"),
    ("body over its limit", FORM + b"Content-Length: 107374182400\r\n\r\nx", "413/c"),
    ("Content-Length 0006", FORM + b"Content-Length: 0006\r\n\r\nuser=a" + LAST, "400/c"),
    ("Content-Length 6,", FORM + b"Content-Length: 6,\r\n\r\nuser=a" + LAST, "400/c"),
    ("Content-Length 6 twice", FORM + b"Content-Length: 6\r\n" * 2 + b"\r\nuser=a" + LAST, "400/c"),
    ("Content-Length empty", FORM + b"Content-Length:\r\n\r\n" + LAST, "400/c"),
    ("Content-Length in hex", FORM + b"Content-Length: 0x6\r\n\r\nuser=a" + LAST, "400/c"),
    ("Content-Length 6e0", FORM + b"Content-Length: 6e0\r\n\r\nuser=a" + LAST, "400/c"),
    ("Content-Length 2^64+6", FORM + b"Content-Length: 18446744073709551622\r\n\r\nuser=a" + LAST, "400/c"),
    ("Content_Length beside it", FORM + b"Content_Length: 0\r\nContent-Length: 6\r\n\r\nuser=a" + LAST, "409/c"),
    ("Content-Length with VT", FORM + b"Content-Length:\x0b6\r\n\r\nuser=a" + LAST, "400/c"),
    ("Content-Length of a GET", b"GET /healthz" + H + b"Content-Length: 5\r\n\r\nGET /" + LAST, "400/c"),
    ("chunked GET", b"GET /healthz" + H + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + LAST, "400/c"),
    ("TE behind a tab", FORM + b"Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n", "409/c"),
    ("TE behind VT", FORM + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + LAST, "400/c"),
    ("TE with a tab after it", FORM + b"Transfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n", "409/c"),
    ("TE chunked twice", FORM + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n0\r\n\r\n" + LAST, "400/c"),
    ("TE chunked, chunked", FORM + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + LAST, "501/c"),
    ("TE chunked, identity", FORM + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + LAST, "501/c"),
    ("TE ,chunked", FORM + b"Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n" + LAST, "501/c"),
    ("TE 'chunked'", FORM + b"Transfer-Encoding: 'chunked'\r\n\r\n0\r\n\r\n" + LAST, "501/c"),
    ("TE CHUNKED", FORM + b"Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n" + LAST, "501/c"),
    ("TE with a NUL", FORM + b"Transfer-Encoding: chunked\0\r\n\r\n0\r\n\r\n" + LAST, "400/c"),
    ("TE folded", FORM + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + LAST, "400/c"),
    ("Transfer_Encoding", FORM + b"Transfer_Encoding: chunked\r\nContent-Length: 6\r\n\r\nuser=a" + LAST, "409/c"),
    ("TE before a blank line of CR", FORM + b"X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + LAST, "400/c"),
    ("TE in HTTP/1.0", FORM.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400/c"),
    ("bare CR ends a line", b"GET /healthz HTTP/1.1\rHost: x\r\r" + LAST, "400/c"),
    ("bare CR within a value", b"GET /healthz" + H + b"X: a\rHost: y\r\n\r\n", "400/c"),
    ("CR CR LF", b"GET /healthz" + H + b"X: a\r\r\n\r\n", "400/c"),
    ("LF CR", b"GET /healthz HTTP/1.1\n\rHost: x\n\r\n\r", "400/c"),
    ("empty line first", b"\r\n" + LAST, "400/c"),
    ("blank behind the version", b"GET /healthz HTTP/1.1 \r\nHost: x\r\n\r\n", "400/c"),
    ("tab for a blank", b"GET\t/healthz\tHTTP/1.1\r\nHost: x\r\n\r\n", "400/c"),
    ("HTTP/0.9", b"GET /healthz\r\n", "400/c"),
    ("HTTP/1.0 keeps nothing",
     b"GET /healthz HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n" + LAST, "200/c"),
    ("HTTP/1.2", b"GET /healthz HTTP/1.2\r\nHost: x\r\n\r\n", "505/c"),
    ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400/c"),
    ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "400/c"),
    ("upgrade to h2c", b"GET /healthz" + H + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
     b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n", "200"),
    ("upgrade to websocket", b"GET /healthz" + H + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "200"),
    ("absolute target", b"GET http://other/healthz" + H + b"\r\n", "400/c"),
    ("authority target", b"CONNECT other:80" + H + b"\r\n", "400/c"),
    ("OPTIONS *", b"OPTIONS *" + H + b"\r\n", "400/c"),
    ("OPTIONS /", b"OPTIONS /" + H + b"\r\n", "405/c"),
    ("TRACE", b"TRACE /" + H + b"\r\n", "405/c"),
    ("target //", b"GET //healthz" + H + b"\r\n", "400/c"),
    ("target with #", b"GET /healthz#a" + H + b"\r\n", "400/c"),
    ("encoded NUL", b"GET /healthz%00" + H + b"\r\n", "400/c"),
    ("encoded slash", b"GET /assets%2fapp" + H + b"\r\n", "400/c"),
    ("encoded backslash", b"GET /assets%5capp" + H + b"\r\n", "400/c"),
    ("dot segments", b"GET /assets/../healthz" + H + b"\r\n", "400/c"),
    ("encoded dot segments", b"GET /assets/%2e%2e/healthz" + H + b"\r\n", "400/c"),
    ("dots encoded twice", b"GET /assets/%252e%252e%252fhealthz" + H + b"\r\n", "404/c"),
    ("overlong dot", b"GET /assets/%c0%ae%c0%ae/healthz" + H + b"\r\n", "400/c"),
    ("surrogate", b"GET /assets/%ed%a0%80" + H + b"\r\n", "400/c"),
    ("half an escape", b"GET /healthz%2" + H + b"\r\n", "400/c"),
    ("encoded CR LF", b"GET /sign-in?then=%0d%0aSet-Cookie:%20a=b" + H + b"\r\n", "200"),
    ("field name with a byte above", b"GET /healthz" + H + b"X\xff: y\r\n\r\n", "400/c"),
    ("field name with /", b"GET /healthz" + H + b"X/Y: y\r\n\r\n", "400/c"),
    ("field without a name", b"GET /healthz" + H + b": y\r\n\r\n", "400/c"),
    ("field without a colon", b"GET /healthz" + H + b"X\r\n\r\n", "400/c"),
    ("field behind a blank", b"GET /healthz HTTP/1.1\r\n X: y\r\nHost: x\r\n\r\n", "400/c"),
    ("two Hosts that are the same", b"GET /healthz" + H + b"Host: x\r\n\r\n", "400/c"),
    ("Host with somebody's name", b"GET /healthz HTTP/1.1\r\nHost: a@x\r\n\r\n", "400/c"),
    ("Host with a path", b"GET /healthz HTTP/1.1\r\nHost: x/y\r\n\r\n", "400/c"),
    ("Host list", b"GET /healthz HTTP/1.1\r\nHost: x, y\r\n\r\n", "400/c"),
    ("Host empty", b"GET /healthz HTTP/1.1\r\nHost:\r\n\r\n", "400/c"),
    ("Host port of letters", b"GET /healthz HTTP/1.1\r\nHost: x:80a\r\n\r\n", "400/c"),
    ("Host port twice", b"GET /healthz HTTP/1.1\r\nHost: x:80:81\r\n\r\n", "400/c"),
    ("Host port too large", b"GET /healthz HTTP/1.1\r\nHost: x:65536\r\n\r\n", "400/c"),
    ("Host with half a bracket", b"GET /healthz HTTP/1.1\r\nHost: [::1\r\n\r\n", "400/c"),
    ("Expect for another thing", FORM + b"Expect: 200-ok\r\nContent-Length: 6\r\n\r\nuser=a" + LAST, "400/c"),
    ("Expect twice", FORM + b"Expect: 100-continue\r\n" * 2 + b"Content-Length: 6\r\n\r\nuser=a" + LAST, "400/c"),
    ("Expect, body at once", FORM + b"Expect: 100-continue\r\nContent-Length: 6\r\n\r\nuser=a", "409/c"),
    ("Expect, body too long", FORM + b"Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n", "413/c"),
    ("Range is not known", b"GET /healthz" + H + b"Range: bytes=0-0,1-1,2-2\r\n\r\n", "200"),
    ("Connection names Host", b"GET /healthz" + H + b"Connection: Host\r\n\r\n", "200"),
    ("Connection: close, then more", b"GET /healthz" + H + b"Connection: close\r\n\r\n" + LAST, "200/c"),
    ("two Cookie lines", b"GET /healthz" + H + b"Cookie: sid=a\r\nCookie: sid=b\r\n\r\n", "400/c"),
    ("a cookie twice in a line", b"GET /healthz" + H + b"Cookie: sid=a; sid=b\r\n\r\n", "200"),
    ("method that would be another", b"GET /healthz" + H + b"X-HTTP-Method-Override: POST\r\n\r\n", "200"),
    ("form of another type",
     b"POST /sign-in" + H + b"Content-Type: text/plain\r\nContent-Length: 6\r\n\r\nuser=a", "415/c"),
    ("a hundred at once", LAST * 100, ",".join(["200"] * 100)),
]


def tool(name, port):
    return subprocess.run([sys.executable, os.path.join(tools, name), f"door:{port}"], capture_output=True, text=True)


def smuggle(port):
    out = tool("smuggle.py", port)
    seen = set()
    for line in out.stdout.splitlines()[1:]:
        hit = max((w for w in SMUGGLE if line.startswith(w)), key=len, default=None)
        seen.add(hit)
        check(hit and line.split()[-1] == SMUGGLE[hit], f"smuggle.py: {line}, not {SMUGGLE.get(hit)}")
    check(seen == set(SMUGGLE), f"smuggle.py did not try {set(SMUGGLE) - seen}")


def slow(port):
    out = tool("slow.py", port)
    print(out.stdout, end="")
    for who in ("header trickle", "idle conn"):
        line = next((x for x in out.stdout.splitlines() if who in x), "")
        m = re.search(r"(?:closed|answered) after (\d+)", line)
        check(m and 9 <= int(m.group(1)) <= 13, f"slow.py: {who}: {line or out.stderr}")


def rows():
    """Everything that is kept, but for when a session was last seen, and for the index of words, which follows later by itself."""
    db = sqlite3.connect(f"file:{data}/db/tocsin.db?mode=ro", uri=True)
    names = [n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    out = {n: hashlib.sha256(repr(sorted(map(repr, db.execute(f'SELECT * FROM "{n}"')))).encode()).hexdigest()
           for n in names if n != "session" and not n.startswith(("sqlite_", "search_"))}
    db.close()
    return out


class Keep(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *a):
        return None


def ask(client, port, path, body=None, method=None, kind="application/x-www-form-urlencoded"):
    fields = {"Content-Type": kind} if body else {}
    r = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, fields, method=method)
    try:
        with client.open(r, timeout=20) as a:
            return a.status, a.read().decode(errors="replace")
    except urllib.error.HTTPError as a:
        return a.code, a.read().decode(errors="replace")


def new_client():
    return urllib.request.build_opener(Keep, urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def signed_in(port, person):
    client, link = new_client(), run("person", "link", "--data", data, "--person", person)
    token = re.search(r"/link/(\w+)", link).group(1)
    page = ask(client, port, f"/link/{token}")[1]
    fields = urllib.parse.urlencode(re.findall(r'name="(\w+)" value="([^"]*)"', page)).encode()
    check(ask(client, port, "/link", fields)[0] == 303, f"{person} cannot sign in: {page[-3000:]}")
    return client


def reading(port):
    """Every GET there is, and its HEAD, by nobody, by a handler of cases and by an administrator: no row changes."""
    report = ask(new_client(), port, "/api/v1/reports", b'{"narrative":"A bag is gone."}', kind="application/json")
    ref = json.loads(report[1])["ref"]
    routes = re.findall(r'ROUTE\(GET, *"([^"]*)"', open(os.path.join(root, "src/web/route.def")).read())
    people = {p["id"]: " ".join(p["roles"]) for p in json.loads(run("person", "list", "--data", data, "--json"))}
    handler = next(p for p in people if "it_service_desk" in people[p])
    answers = {}
    for who in (None, handler, "admin"):
        client = signed_in(port, who) if who else new_client()
        before = rows()
        for route in routes:
            path = re.sub(r":\w+", "x", route.replace(":ref", ref).replace(":what", "note"))
            for method in ("GET", "HEAD"):
                status = ask(client, port, path, method=method)[0]
                answers[status] = answers.get(status, 0) + 1
                check(status < 500, f"{method} {path}: {status}")
        after = rows()
        check(before == after, f"reading changes {[n for n in after if before[n] != after[n]]}")
    print("reading:", len(routes), "addresses, answers by status:", answers)
    check(answers.get(200, 0) > 3 * len(routes) // 2, "most of what is read is not there")


def crowd(server, many, asked, hold, kib):
    asset = re.search(r'"(/assets/app-\w+\.css)"', open(os.path.join(built, "assets/asset_gen.h")).read()).group(1)
    numbers = map(str, (server.port, many, asked, hold, kib))
    out = subprocess.run([os.path.join(built, "crowd"), *numbers, asset, *server.workers], capture_output=True, text=True)
    print(out.stdout + out.stderr, end="", flush=True)
    m = re.search(r"(\d+) tried, (\d+) failed", out.stdout)
    global tried, failed
    if m:
        tried, failed = tried + int(m.group(1)), failed + int(m.group(2))
    check(m or out.returncode == 77, "the crowd fell")


def probes(port):
    for name, text, want in PROBES:
        got = say(port, text)
        check(got == want, f"{name}: {got}, not {want}")


def main():
    run("init", "--data", data, "--policy", "st-helens", "--demo")
    s, first = Server(), [probes, reading]
    if os.path.exists(os.path.join(tools, "smuggle.py")):
        first += [smuggle, slow]
    else:
        print("SKIP: shared/tools is not here, so its two programmes are not tried")
    threads = [threading.Thread(target=f, args=(s.port,)) for f in first]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    crowd(s, args.crowd, 300, args.hold, CONNECTION_KIB)
    s.end()
    s = Server(files=256)  # so few that the crowd does not fit into the workers
    crowd(s, 500, 150, 0, 0)
    s.end()
    check(not subprocess.run([tocsin, "verify", "--data", data], capture_output=True).returncode, "it does not verify")


try:
    main()
finally:
    shutil.rmtree(work, ignore_errors=True)
figure("http", tried, failed, began)
print(f"http: {tried} tried, {failed} failed")
sys.exit(failed > 0)
