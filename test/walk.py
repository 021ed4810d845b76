"""A browser without script, for tests in Python: keeps cookies, follows redirects, reads the forms it was given and sends
them as a person would who filled them in. Every answer is kept in `heard`, for whoever looks at what was said."""
import http.client, secrets, urllib.parse
from html.parser import HTMLParser


class Page(HTMLParser):
    """The forms of a page: address, whether files may come, fields as [name, value, is_file]; and all its addresses."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.addresses, self.form, self.area, self.select = [], [], None, None, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        self.addresses += [a[k] for k in ("href", "src", "action", "formaction") if a.get(k)]
        if tag == "form":
            self.form = {"action": a.get("action"), "upload": "enctype" in a, "fields": [], "names": set(),
                         "post": a.get("method") == "post"}
            self.forms.append(self.form)
        elif tag == "option" and self.select and "selected" in a:
            self.select[1] = a.get("value", "")
        if self.form is None or tag not in ("input", "textarea", "select") or not a.get("name"):
            return
        self.form["names"].add(a["name"])
        if tag == "input" and (a.get("type") not in ("radio", "checkbox") or "checked" in a):
            self.form["fields"].append([a["name"], a.get("value") or "", a.get("type") == "file"])
        elif tag != "input":
            self.form["fields"].append([a["name"], "", False])
            if tag == "textarea":
                self.area = self.form["fields"][-1]
            else:
                self.select = self.form["fields"][-1]

    def handle_data(self, data):
        if self.area:
            self.area[1] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "textarea":
            self.area = None
        elif tag == "select":
            self.select = None


class Answer:
    def __init__(self, asked, cookies, status, head, body):
        self.asked, self.cookies, self.status, self.head, self.body = asked, cookies, status, head, body

    def field(self, name):
        return next((v for k, v in self.head if k.lower() == name.lower()), "")

    def bytes(self):
        return "\n".join(f"{k}: {v}" for k, v in self.head).encode("utf-8", "surrogateescape") + b"\n\n" + self.body


class Visitor:
    def __init__(self, port, heard=None):
        self.port, self.cookies, self.heard, self.at, self.page = port, {}, heard if heard is not None else [], "/", None

    def ask(self, method, address, body=None, headers=None):
        """One request as it is, no redirect followed."""
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        kept = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}
        try:
            c.request(method, address, body, {**kept, **(headers or {})})
            r = c.getresponse()
            answer = Answer((method, address), dict(self.cookies), r.status, r.getheaders(), r.read())
        finally:
            c.close()
        for name, value in answer.head:
            if name.lower() == "set-cookie":
                name, _, value = value.split(";")[0].partition("=")
                self.cookies[name] = value
                if not value:
                    del self.cookies[name]
        self.heard.append(answer)
        return answer

    def take(self, answer):
        """Follow redirects to the page at their end."""
        for _ in range(9):
            if answer.status != 303:
                break
            self.at = answer.field("Location")
            answer = self.ask("GET", self.at)
        html = answer.field("Content-Type").startswith("text/html")  # a file is no page, whatever stands in it
        self.page = Page(answer.body.decode("utf-8", "replace") if html else "")
        return answer

    def go(self, address):
        self.at = address
        return self.take(self.ask("GET", address))

    def form(self, action=None):
        found = [f for f in self.page.forms if f["post"] and f["action"] == (action or f["action"]) and (action or f["action"] != "/sign-out")]
        if not found:
            raise AssertionError(f"{self.at} has no form for {action}")
        return found[0]

    def send(self, action=None, files=(), **fill):
        """Send a form; `files` are (field, name, bytes)."""
        form = self.form(action)
        fields = [(n, v) for n, v, is_file in form["fields"] if not is_file and n not in fill]
        fields += [(n, w) for n, v in fill.items() for w in (v if isinstance(v, list) else [v])]
        self.at = form["action"]
        if not form["upload"]:
            return self.take(self.ask("POST", self.at, urllib.parse.urlencode(fields),
                                      {"Content-Type": "application/x-www-form-urlencoded"}))
        edge = secrets.token_hex(16)
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields]
        parts += [f'--{edge}\r\nContent-Disposition: form-data; name="{n}"; filename="{name}"\r\n'
                  f"Content-Type: application/octet-stream\r\n\r\n".encode() + data + b"\r\n" for n, name, data in files]
        return self.take(self.ask("POST", self.at, b"".join(parts) + f"--{edge}--\r\n".encode(),
                                  {"Content-Type": f"multipart/form-data; boundary={edge}"}))

    def until(self, address, **fill):
        """Go on through a report until a page, answering what is asked with `fill` where a field of that name stands."""
        for _ in range(16):
            if self.at == address:
                return
            upload = "/report/files/next" if self.at == "/report/files" else None
            names = self.form(upload)["names"]
            self.send(upload, **{n: v for n, v in fill.items() if n in names})
        raise AssertionError(f"{address} was not reached, but {self.at}")
