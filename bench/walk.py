"""Somebody at a browser without script, for the benches: signs in by a link, reports by the pages, and gives the requests
that such a browser would send, whole, as bench/load.c sends them again."""
import html.parser, http.client, os, re, subprocess, sys, urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "test"))
import served

report = open(os.path.join(served.root, "bench", "report.json")).read().strip()


class Forms(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms, self.links, self.link, self.area = [], [], None, None

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.forms.append({"action": a.get("action", ""), "fields": {}})
        elif tag == "a":
            self.link = a.get("href")
        elif tag == "input" and self.forms and a.get("name"):
            if a.get("type") not in ("radio", "checkbox", "file") or "checked" in a:
                self.forms[-1]["fields"][a["name"]] = a.get("value", "")
        elif tag == "textarea" and self.forms:
            self.forms[-1]["fields"][a["name"]] = ""

    def handle_data(self, words):
        if self.link:
            self.links.append((words.strip(), self.link))

    def handle_endtag(self, tag):
        if tag == "a":
            self.link = None


class Browser:
    def __init__(self, port):
        self.port, self.cookies, self.at, self.page = port, {}, "", ""

    def cookie(self):
        return "; ".join(f"{k}={v}" for k, v in self.cookies.items())

    def ask(self, method, path, fields=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        body = urllib.parse.urlencode(fields) if fields is not None else None
        head = {"Cookie": self.cookie()} if self.cookies else {}
        if body is not None:
            head["Content-Type"] = "application/x-www-form-urlencoded"
        c.request(method, path, body, head)
        r = c.getresponse()
        for k, v in r.getheaders():
            if k.lower() == "set-cookie":
                name, _, value = v.partition(";")[0].partition("=")
                self.cookies[name] = value
        self.page = r.read().decode()
        self.at = path
        c.close()
        if r.status == 303:
            return self.ask("GET", r.getheader("Location"))
        if r.status != 200:
            sys.exit(f"{method} {path}: {r.status}\n{self.page[:600]}")
        return self

    def send(self, action=None, **more):
        p = Forms()
        p.feed(self.page)
        wanted = [f for f in p.forms if (f["action"] or self.at) == (action or self.at)]
        if not wanted:
            sys.exit(f"{self.at} has no form to {action or self.at}: {[f['action'] for f in p.forms]}")
        return self.ask("POST", wanted[0]["action"] or self.at, {**wanted[0]["fields"], **more})

    def request(self, path, method="GET", body="", more=""):
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAccept-Encoding: gzip, br\r\n"
        if self.cookies:
            head += f"Cookie: {self.cookie()}\r\n"
        return (head + more + (f"Content-Length: {len(body.encode())}\r\n" if body else "") + "\r\n" + body).encode()


def intake(port):
    return Browser(port).request("/api/v1/reports", "POST", report,
                                 "Content-Type: application/json\r\nIdempotency-Key: XXXXXXXXXXXXXXXX\r\n")


def reporter(port):
    """A browser that has just reported: it stands at the confirmation."""
    b = Browser(port)
    b.ask("GET", "/").ask("GET", "/report").send("/report/category", category="wrong_recipient")
    for _ in range(12):
        if b.at == "/report/check":
            break
        if b.at == "/report/narrative":
            b.send(narrative="A letter went to the wrong house.")
        else:
            b.send("/report/files/next" if b.at == "/report/files" else None)
    b.send("/report/check")
    if b.at != "/report/done":
        sys.exit(f"the report ended at {b.at}")
    return b


def handler(service):
    """Somebody of the office that sees every case, signed in."""
    people = service.run("person", "list", "--data", service.data, "--json")
    who = re.search(r'"id":"([^"]+)"[^{}]*"roles":\[[^\]]*"information_officer"', people)
    link = re.search(r"/link/[A-Z0-9]+", service.run("person", "link", "--data", service.data, "--person", who[1]))[0]
    b = Browser(service.port)
    b.ask("GET", link).send("/link")
    return b


def case_of(browser):
    """A case that the queue shows."""
    browser.ask("GET", "/queue")
    found = re.search(r'href="(/case/[A-Z0-9-]+)"', browser.page)
    if not found:
        sys.exit("the queue is empty")
    return found[1]
