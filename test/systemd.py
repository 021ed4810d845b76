#!/usr/bin/env python3
"""The services as systemd would start them: with the socket passed, without a network, as a user of no privilege, under the
units' own system call filters and read-only folders. Starts what the built units say, with what they forbid forbidden."""
import ctypes, ctypes.util, http.client, json, os, re, secrets, signal, socket, subprocess, sys, tempfile, time

root = os.path.abspath(os.environ.get("TOCSIN_ROOT", "."))
build = os.path.join(root, os.environ.get("TOCSIN_BUILD", "build"))
tocsin = os.path.join(build, "tocsin")
work = tempfile.mkdtemp(prefix="tocsin-units-")
data = os.path.join(work, "tocsin")
log = open(os.path.join(work, "log"), "w+")
is_root = os.geteuid() == 0
tried = failed = 0
libc = ctypes.CDLL(None, use_errno=True)
NEWNS, NEWUSER, NEWNET = 0x20000, 0x10000000, 0x40000000


def hold(what, good, more=""):
    global tried, failed
    tried += 1
    if not good:
        failed += 1
        print(f"not so: {what} {more}\n    " + "\n    ".join(said().splitlines()[-8:]))
    return good


def said():
    log.flush()
    return open(log.name).read()


def waits(what, seconds=10):
    end = time.time() + seconds
    while time.time() < end:
        if what():
            return True
        time.sleep(0.05)
    return False


def unit(name):
    """Its settings, each with all its lines; an empty one forgets those before."""
    out = {}
    for line in open(os.path.join(build, "systemd", name)):
        if "=" in line and line[0] != "#":
            k, v = line.rstrip("\n").replace("%S", work).split("=", 1)
            out[k] = out.get(k, []) + [v] if v else []
    return out


def members(group):
    out = set()
    for line in subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True).stdout.splitlines()[1:]:
        word = line.strip()
        if word and word[0] != "#":
            out |= members(word) if word[0] == "@" else {word}
    return out


def calls(settings):
    """What SystemCallFilter= lets pass: the first line is a list of what is allowed, others add to it or take away."""
    out = set()
    for line in settings["SystemCallFilter"]:
        minus = line[0] == "~"
        for word in line.lstrip("~").split():
            some = members(word) if word[0] == "@" else {word}
            out = out - some if minus else out | some
    return out


class Cmp(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def filter_calls(lib, names, families):
    lib.seccomp_init.restype = ctypes.c_void_p
    ctx = ctypes.c_void_p(lib.seccomp_init(0x00050001))  # EPERM
    allow = 0x7FFF0000
    for n in names - {"socket", "mprotect"}:
        nr = lib.seccomp_syscall_resolve_name(n.encode())
        if nr != -1:
            lib.seccomp_rule_add_array(ctx, allow, nr, 0, None)
    for f in families:
        lib.seccomp_rule_add_array(ctx, allow, lib.seccomp_syscall_resolve_name(b"socket"), 1,
                                   ctypes.byref(Cmp(0, 4, f, 0)))
    # MemoryDenyWriteExecute=
    lib.seccomp_rule_add_array(ctx, allow, lib.seccomp_syscall_resolve_name(b"mprotect"), 1, ctypes.byref(Cmp(2, 7, 4, 0)))
    return lib.seccomp_load(ctx)


def mount(what, where, flags):
    if libc.mount(what and what.encode(), where.encode(), None, flags, None):
        raise OSError(ctypes.get_errno(), f"mount {where}")


def wall_in(settings):
    """Only root can: a view of the file system of its own where all but the state directory is read-only."""
    rdonly, bind, rec, private, remount = 1, 4096, 16384, 1 << 18, 32
    if libc.unshare(NEWNS):
        raise OSError(ctypes.get_errno(), "unshare")
    mount(None, "/", rec | private)
    mount(data, data, bind)
    if "StateDirectory" not in settings:
        mount(None, data, bind | remount | rdonly)
    for hidden in " ".join(settings.get("InaccessiblePaths", [])).split():
        mount(os.path.join(work, "empty"), hidden, bind)
    for fs in settings.get("TemporaryFileSystem", []):
        mount(os.path.join(work, "empty"), fs.split(":")[0], bind)


class Service:
    def __init__(self, name, listener=None, notify=None, extra=(), env=None):
        settings = unit(name)
        argv = settings["ExecStart"][0].split()
        hold(f"{name} starts the programme that is installed", argv[0] == installed, (argv[0], installed))
        argv = [tocsin] + argv[1:] + list(extra)
        names = calls(settings) if have_analyze else None
        lib = ctypes.CDLL("libseccomp.so.2") if names else None
        families = [getattr(socket, f) for f in settings["RestrictAddressFamilies"][0].split()]
        log.flush()
        self.pid = os.fork()
        if self.pid:
            return
        try:
            environ = {"PATH": "/usr/bin:/bin", **(env or {})}
            os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
            if listener:
                os.dup2(listener.fileno(), 3)
                os.set_inheritable(3, True)
                environ = {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid()), **environ}
            os.closerange(4 if listener else 3, 256)
            if notify:
                environ["NOTIFY_SOCKET"] = notify
            if settings.get("PrivateNetwork") == ["yes"] and libc.unshare(NEWNET if is_root else NEWUSER | NEWNET):
                os.write(2, b"SKIP: no network namespace can be made here\n")
            if can_wall:
                wall_in(settings)
            if is_root:
                os.setgroups([])
                os.setresgid(65534, 65534, 65534)
                os.setresuid(65534, 65534, 65534)
            os.umask(0o077)
            if libc.prctl(38, 1, 0, 0, 0):  # NoNewPrivileges=
                raise OSError("no_new_privs")
            if names and filter_calls(lib, names, families):
                raise OSError("seccomp")
            os.execve(tocsin, argv, environ)
        except BaseException as e:
            os.write(2, f"could not start {name}: {e!r}\n".encode())
        os._exit(99)

    def ended(self, seconds=10):
        """Its exit code, negative for a signal; None while it runs."""
        end = time.time() + seconds
        while time.time() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        return None

    def stop(self, sig=signal.SIGTERM):
        os.kill(self.pid, sig)
        code = self.ended(20)
        if code is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        return code


def request(method, path, body=None):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    c.request(method, path, body, {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(16)})
    r = c.getresponse()
    text = r.read()
    c.close()
    return r.status, text


def listen():
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", port))
    s.listen(64)
    return s


def own(path):
    if is_root:
        subprocess.run(["chown", "-R", "65534:65534", path], check=True)


def children(pid):
    try:
        return [int(p) for p in open(f"/proc/{pid}/task/{pid}/children").read().split()]
    except OSError:
        return []


def landlock():
    return libc.syscall(444, None, 0, 1) > 0


def can(flags):
    """Unshared in a process that ends at once."""
    pid = os.fork()
    if not pid:
        os._exit(0 if libc.unshare(flags) == 0 and (flags != NEWNS or libc.mount(None, b"/", None, 16384 | 1 << 18, None) == 0) else 1)
    return os.waitpid(pid, 0)[1] == 0


have_analyze = subprocess.run(["sh", "-c", "command -v systemd-analyze"], capture_output=True).returncode == 0
if not have_analyze:
    print("SKIP: systemd-analyze is not here: the services run without their units' system call filters")
plan = subprocess.run(["meson", "introspect", "--installed", build], capture_output=True, text=True, check=True).stdout
installed = json.loads(plan).get(tocsin, "nowhere")
can_wall = is_root and can(NEWNS)
if not can_wall:
    print("SKIP: not root, or without mount: the services run without their units' view of the file system")
os.chmod(work, 0o711)
os.mkdir(os.path.join(work, "empty"), 0o555)
start = time.time()
port = 0
s = listen()
port = s.getsockname()[1]
subprocess.run([tocsin, "init", "--data", data, "--policy", "st-helens"], check=True, capture_output=True, cwd=root)
own(data)
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(os.path.join(work, "notify"))
os.chmod(os.path.join(work, "notify"), 0o777)
manager.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
manager.settimeout(20)
report = json.dumps({"narrative": "A bag is gone.", "facts": {"category": "lost_or_stolen", "personal_data": "yes"}})


def serve():
    server = Service("tocsin.service", s, os.path.join(work, "notify"))
    try:
        words, anc, _, _ = manager.recvmsg(256, 256)
    except TimeoutError:
        words, anc = b"nothing", []
    sender = int.from_bytes(anc[0][2][:4], sys.byteorder) if anc else 0
    hold("the service says that it is ready", words == b"READY=1", words)
    hold("and says it as its main process", sender == server.pid, f"{sender} {server.pid}")
    return server


def clerk():
    before = said().count("no mail is sent")
    c = Service("tocsin-clerk.service")
    hold("the clerk's clock ticks through the registrar", waits(lambda: said().count("no mail is sent") > before))
    return c


server = serve()
hold("a page is answered through the passed socket, without a network", request("GET", "/")[0] == 200)
status, text = request("POST", "/api/v1/reports", report)
hold("a report is taken", status == 201, (status, text[:200]))
hold("every process has its files fenced in", "without Landlock" not in said() or not landlock())
hold("the address is said", f"http://127.0.0.1:{port}" in said())
first = clerk()
second = Service("tocsin-clerk.service")
hold("there is one clerk", second.ended() not in (None, 0))
hold("the first clerk goes on", first.ended(0.3) is None)
made = subprocess.run([tocsin, "setting", "set", "--data", data, "phone", "01744 676789"], capture_output=True, text=True)
hold("the command line reaches the registrar", made.returncode == 0, made.stderr)
subprocess.run([tocsin, "setting", "set", "--data", data, "mail_server", "smtp://192.0.2.25:587"], check=True)
allowed = subprocess.run([tocsin, "addresses", "--data", data], capture_output=True, text=True).stdout
hold("the mail server's address is printed for the clerk's unit", "[Service]\n" in allowed and "\nIPAddressAllow=192.0.2.25\n" in allowed, allowed)
# a registrar that falls takes the clerk's line with it; both are started again, one by the parent, one by the manager
if is_root:
    fallen = [p for p in children(server.pid) if open(f"/proc/{p}/comm").read().strip() == "registrar"]
    os.kill(fallen[0], signal.SIGKILL)
    hold("the clerk ends when the registrar falls", first.ended() not in (None, 0))
    first = clerk()
    status, text = request("POST", "/api/v1/reports", report)
    hold("a report is taken after the fall", status == 201, (status, text[:200]))
hold("a clerk that is told to stop ends well", first.stop() == 0)
kids = children(server.pid)
hold("a server that is told to stop ends well", server.stop() == 0)
hold("nobody is left", kids and not any(os.path.exists(f"/proc/{k}") for k in kids), kids)
# the manager holds the socket: who comes meanwhile is answered by the next
early = socket.create_connection(("127.0.0.1", port))
early.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
early.settimeout(20)
server = serve()
hold("who came while nothing ran is answered", early.recv(64).startswith(b"HTTP/1.1 200"))
hold("Ctrl-C ends it too", server.stop(signal.SIGINT) == 0)
# what is passed wrongly is refused in words
plain = socket.socket()
for what, kwargs in (("two sockets", dict(listener=s, env={"LISTEN_FDS": "2"})), ("a socket that does not listen", dict(listener=plain)),
                     ("a socket and an address", dict(listener=s, extra=["--listen", "127.0.0.1:0"])),
                     ("a manager's socket of no name", dict(listener=s, notify="x"))):
    hold(f"{what}: refused as a wrong use", Service("tocsin.service", **kwargs).ended() == 64)
other = Service("tocsin.service", s, env={"LISTEN_PID": "1"}, extra=["--listen", "127.0.0.1:0"])
if unit("tocsin.service").get("RestrictAddressFamilies") == ["AF_UNIX"] and have_analyze:
    hold("the service can open no socket of its own", other.ended() not in (None, 0))
else:
    other.stop()
# systemd's own starter
if subprocess.run(["sh", "-c", "command -v systemd-socket-activate"], capture_output=True).returncode == 0:
    s.close()
    if is_root:
        subprocess.run(["chown", "-R", "0:0", data], check=True)
    p = subprocess.Popen(["systemd-socket-activate", "-l", f"127.0.0.1:{port}", tocsin, "serve", "--data", data], stdout=log, stderr=log)
    def up():
        try:
            return request("GET", "/")[0] == 200
        except OSError:
            return False
    hold("systemd-socket-activate starts it", waits(up))
    p.terminate()
    hold("and stops it", p.wait(20) == 0)
else:
    print("SKIP: systemd-socket-activate is not here")
for line in said().splitlines():
    if line.startswith("SKIP"):
        print(line)
        break
subprocess.run(["rm", "-rf", work])
print(f"systemd: {tried} tried, {failed} failed in {time.time() - start:.1f} s")
sys.exit(1 if failed else 0)
