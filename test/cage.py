#!/usr/bin/env python3
"""The running processes in their real jails: what the kernel says of them, which descriptors they hold, and what happens
when each of them tries what its row in src/sys/proc.def does not allow.  The calls are made by the processes themselves:
test/inject.c steps into them."""
import atexit, ctypes, http.client, json, os, platform, re, secrets, socket, subprocess, sys, tempfile, time

root = os.path.abspath(os.environ.get("TOCSIN_ROOT", "."))
build = os.path.join(root, os.environ.get("TOCSIN_BUILD", "build"))
tocsin, inject = os.path.join(build, "tocsin"), os.path.join(build, "inject")
if os.geteuid() != 0:
    print("SKIP: not root: nobody else may look into the processes")
    sys.exit(0)
if not int(re.search(r"^CapEff:\s*(\w+)", open("/proc/self/status").read(), re.M)[1], 16) >> 19 & 1:
    print("SKIP: root may not trace here: nobody may look into the processes")
    sys.exit(0)
if platform.machine() != "x86_64":
    print("SKIP: not x86-64: the processes cannot be made to try anything")
    sys.exit(0)
USER, user = 65534, 0
work = tempfile.mkdtemp(prefix="tocsin-cage-")
data = os.path.join(work, "data")
tried = failed = 0
started = []
start = time.time()


def hold(good, *words):
    global tried, failed
    tried += 1
    if not good:
        failed += 1
        print("not so:", *words)
    return good


# the table
source = open(os.path.join(root, "src/sys/proc.def")).read()
PLACES = {m[0]: m[1] for m in re.findall(r'^PLACE\((\w+),\s*"(\w+)"', source, re.M)}
ROWS = {}
for name, reads, writes, acts in re.findall(r"^PROC\((\w+),\s*([\w|]+),\s*([\w|]+),\s*([\w|]+),", source, re.M):
    ROWS[name] = {k: set(v.split("|")) - {"0"} for k, v in (("reads", reads), ("writes", writes), ("acts", acts))}
lib = ctypes.CDLL("libseccomp.so.2")
landlock = ctypes.CDLL(None).syscall(444, None, 0, 1)


def nr(name):
    n = lib.seccomp_syscall_resolve_name(name.encode())
    assert n >= 0, name
    return n


def text(s):
    return "@" + (s.encode() + b"\0").hex()


def struct(b):
    return "@" + b.hex()


class Inside:
    """A process that is stopped and calls what it is told."""
    def __init__(self, pid):
        self.p = subprocess.Popen([inject, str(pid)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def call(self, name, *args):
        self.p.stdin.write(" ".join([str(nr(name)), *map(str, args)]) + "\n")
        self.p.stdin.flush()
        return int(self.p.stdout.readline())

    def over(self):
        self.p.stdin.close()
        return self.p.wait(10)


AT = 2**64 - 100  # AT_FDCWD
EPERM, EACCES, ESRCH, EXDEV = -1, -13, -3, -18
MINUS = 2**64 - 1


def refused(r):
    return r in (EPERM, EACCES)


def status_of(pid, tid):
    return dict(re.findall(r"^(\w+):\s*(.*)$", open(f"/proc/{pid}/task/{tid}/status").read(), re.M))


def try_status(pid, row, filters):
    for tid in os.listdir(f"/proc/{pid}/task"):
        s = status_of(pid, tid)
        hold(s["NoNewPrivs"] == "1", row, "may gain privileges")
        hold(s["Seccomp"] == "2" and s["Seccomp_filters"] == str(filters), row, "has", s["Seccomp_filters"], "filters of calls")
        for caps in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            # only who has capabilities can empty the set that bounds them; nobody gains one either way
            hold(int(s[caps], 16) == 0 or (user and caps == "CapBnd"), row, "has", caps, s[caps])
        hold(s["TracerPid"] == "0", row, "is traced")
        hold(set(s["Uid"].split()) == {str(user)}, row, "is another user")
    hold(os.stat(f"/proc/{pid}/fd").st_uid == 0, row, "can be dumped and traced by its own user")
    hold(re.search(r"^Max core file size\s+0\s+0", open(f"/proc/{pid}/limits").read(), re.M), row, "may leave a core file")


def sockets():
    """By inode: tcp or unix, listening or not, and the name."""
    out = {}
    for f in ("tcp", "tcp6"):
        for line in open(f"/proc/net/{f}").readlines()[1:]:
            w = line.split()
            out[int(w[9])] = ("tcp", w[3] == "0A", w[1])
    for line in open("/proc/net/unix").readlines()[1:]:
        w = line.split()
        out[int(w[6])] = ("unix", int(w[3], 16) & 0x10000 != 0, w[7] if len(w) > 7 else "")
    return out


# Who may listen where: by the word that its socket's name ends with.
LISTENS = {"parent": {"tcp", "registrar.sock", "clerk.sock"}, "web": {"tcp"}, "registrar": {"registrar.sock", "clerk.sock"}}


def try_fds(pid, row):
    known, channels = sockets(), 0
    for fd in sorted(map(int, os.listdir(f"/proc/{pid}/fd"))):
        to = os.readlink(f"/proc/{pid}/fd/{fd}")
        flags = int(re.search(r"^flags:\s*(\d+)", open(f"/proc/{pid}/fdinfo/{fd}").read(), re.M)[1], 8)
        says = f"{row} holds descriptor {fd}: {to}"
        if fd < 3:
            hold(to in ("/dev/null", log.name), says)
            continue
        hold(flags & 0o2000000, says, "which would survive an exec")
        if to.startswith("socket:"):
            kind, listens, name = known.get(int(to[8:-1]), ("gone", False, ""))
            if listens:
                hold((os.path.basename(name) if kind == "unix" else kind) in LISTENS.get(row, ()), says, kind, name)
            else:
                channels += kind == "unix"
                hold(kind == "unix" or row == "web" or (kind == "gone" and row == "web"), says, kind, name)
        elif to.startswith("/memfd:"):
            hold(row == "parent" and "tocsin pages" in to, says)
        elif to.startswith("anon_inode:"):
            hold(to[11:] in ("[eventfd]", "[eventpoll]", "[timerfd]") and (row != "parent"), says)
        elif to == data:
            hold(flags & 3 == 0 and row != "gate", says)
        elif to == data + "/lock":
            hold(row == "parent", says)
        elif to.startswith(data + "/"):
            place = next((p for p, d in PLACES.items() if f"{to}/".startswith(f"{data}/{d}/")), None)
            hold(place in ROWS[row]["reads"] | ROWS[row]["writes"], says)
            if flags & 3:
                hold(place in ROWS[row]["writes"], says, "to write")
        else:
            hold(False, says)
    return channels


def put(path):
    with open(path, "w") as f:
        f.write("secret")
    os.chmod(path, 0o600)
    os.chown(path, user, user)


def try_places(p, row):
    for place, d in PLACES.items():
        kept, made = f"{data}/{d}/kept", f"{data}/{d}/made-by-{row}"
        put(kept)
        may_read, may_write = place in ROWS[row]["reads"], place in ROWS[row]["writes"]
        for what, may, flags, path in (("read", may_read, 0, kept), ("write", may_write, 1, kept), ("read and write", may_read and may_write, 2, kept),
                                       ("cut", may_write, 0o1001, kept), ("append to", may_write, 0o2001, kept), ("make", may_write, 0o301, made)):
            r = p.call("openat", AT, text(path), flags | 0o2000000, 0o600)
            hold((r >= 0) == may and (may or refused(r)), row, what, path, r)
            if r >= 0:
                p.call("close", r)
        if may_write:
            hold(p.call("unlink", text(made)) == 0, row, "unlink", made)
        for what, r in (("truncate", p.call("truncate", text(kept), 0)), ("chmod", p.call("chmod", text(kept), 0o666)),
                        ("rename", p.call("rename", text(kept), text(f"{data}/{d}/moved")) if not may_write else EPERM),
                        ("unlink", p.call("unlink", text(kept)) if not may_write else EPERM), ("chown", p.call("chown", text(kept), user, user)), ("setxattr", p.call("setxattr", text(kept), text("user.x"), text("x"), 1, 0))):
            hold(refused(r), row, what, kept, r)
    for path in ("/etc/passwd", "/etc/shadow", "/proc/self/environ", "/proc/self/mem", "/proc/1/environ", data + "/lock", "/tmp", "/dev/null"):
        r = p.call("openat", AT, text(path), 0o2000000, 0)
        hold(refused(r), row, "read", path, r)
    for path in (data + "/new", work + "/new", "/tmp/new-by-tocsin", "/dev/shm/new-by-tocsin", "/var/tmp/new-by-tocsin"):
        r = p.call("openat", AT, text(path), 0o301 | 0o2000000, 0o600)
        hold(refused(r) or (r == -2 and not os.path.isdir(os.path.dirname(path))), row, "make", path, r)


# Calls that nobody may make, or those alone who have the act. Asked in a way that the kernel would refuse, but with another word.
CALLS = [
    ("socket", None, 1, 1, 0), ("socket", None, 1, 2, 0), ("socket", None, 1, 5, 0), ("socket", None, 2, 3, 255), ("socket", None, 16, 3, 0),
    ("socket", None, 17, 3, 0), ("socket", None, 40, 1, 0), ("socket", None, 2, 1, 132), ("socket", None, 2, 1, 262), ("socket", None, 2, 2, 1),
    ("socketpair", None, 1, 2, 0, 0), ("bind", None, MINUS, 0, 0), ("listen", None, MINUS, 1), ("execve", None, 0, 0, 0),
    ("execveat", None, MINUS, 0, 0, 0, 0), ("ptrace", None, 16, MINUS, 0, 0), ("process_vm_readv", None, 1, 0, 0, 0, 0, 1),
    ("process_vm_writev", None, 1, 0, 0, 0, 0, 1), ("tkill", None, 1, 99), ("rt_sigqueueinfo", None, 1, 99, 0),
    ("pidfd_open", None, MINUS, 0), ("pidfd_getfd", None, MINUS, 0, 0), ("pidfd_send_signal", None, MINUS, 0, 0, 0), ("mount", None, 0, 0, 0, 0, 0),
    ("umount2", None, 0, MINUS), ("pivot_root", None, 0, 0), ("chroot", None, 0), ("chdir", None, 0), ("unshare", None, 0), ("setns", None, MINUS, 0),
    ("setuid", None, MINUS), ("setgid", None, MINUS), ("setgroups", None, MINUS, 0), ("keyctl", None, MINUS, 0), ("add_key", None, 0, 0, 0, 0, 0),
    ("bpf", None, MINUS, 0, 0), ("perf_event_open", None, 0, 0, 0, MINUS, 0), ("userfaultfd", None, MINUS), ("io_uring_setup", None, 0, 0),
    ("io_uring_enter", None, MINUS, 0, 0, 0, 0, 0), ("personality", None, 0xffffffff), ("inotify_init1", None, MINUS),
    ("fanotify_init", None, MINUS, 0), ("shmget", None, 0, MINUS, 0), ("msgget", None, 0, MINUS), ("mq_open", None, 0, MINUS, 0, 0),
    ("init_module", None, 0, 0, 0), ("kexec_load", None, 0, MINUS, 0, MINUS), ("clock_settime", None, MINUS, 0), ("reboot", None, 0, 0, 0, 0),
    ("symlink", None, 0, 0), ("mknod", None, 0, 0, 0), ("open_by_handle_at", None, MINUS, 0, 0), ("utimensat", None, MINUS, 0, 0, 0),
    ("ioctl", None, MINUS, 0x5412, 0), ("fcntl", None, MINUS, 8, 1), ("timer_create", None, MINUS, 0, 0), ("mmap", None, 0, 4096, 5, 0x22, MINUS, 0),
    ("mmap", None, 0, 4096, 7, 0x22, MINUS, 0), ("pkey_mprotect", None, 0, 0, 4, MINUS), ("kcmp", None, 1, 1, MINUS, 0, 0), ("setsid", None),
    ("socket", "CONNECT", 2, 1, 6), ("socket", "CONNECT", 10, 2, 0), ("connect", "CONNECT", MINUS, 0, 0), ("sendmmsg", "CONNECT", MINUS, 0, 0, 0),
    ("setsockopt", None, MINUS, 1, 26, 0, 0), ("accept4", "ACCEPT", MINUS, 0, 0, 0), ("prctl", "FORK", 4, 99, 0, 0, 0), ("seccomp", "FORK", MINUS, 0, 0), ("capset", "FORK", 0, 0),
    ("kill", "FORK", 2**31 - 1, 0), ("setrlimit", "FORK", MINUS, 0),
]


def try_calls(p, row):
    for name, act, *args in CALLS:
        r = p.call(name, *args)
        may = act in ROWS[row]["acts"]
        hold((r != EPERM) if may else refused(r), row, "may not" if may else "may", name, args, r)
        if r >= 0 and name == "socket":
            p.call("close", r)
    if "FORK" not in ROWS[row]["acts"]:
        for name, args in (("clone", (17, 0, 0, 0, 0)), ("fork", ()), ("vfork", ())):
            r = p.call(name, *args)
            hold(refused(r), row, name, r)
        hold(p.call("clone3", 0, 0) == -38, row, "clone3 is there")


def try_others(p, row, pid, all_pids):
    for other, their in all_pids.items():
        if other == pid:
            continue
        family = row == "parent"
        r = p.call("kill", other, 0)
        hold(r == (0 if family else EPERM), row, "signals", their, r)
        for f in ("mem", "maps", "environ"):
            r = p.call("openat", AT, text(f"/proc/{other}/{f}"), 0o2000000, 0)
            hold(refused(r), row, "opens", f, "of", their, r)
    r = p.call("kill", os.getpid() if landlock >= 6 else pid, 0)
    if landlock >= 6:
        hold(refused(r), row, "signals a stranger", r)


def try_held(p, row, pid):
    """What it holds is good for nothing else."""
    known = sockets()
    for fd in map(int, os.listdir(f"/proc/{pid}/fd")):
        to = os.readlink(f"/proc/{pid}/fd/{fd}")
        if row not in ("parent", "registrar"):
            hold(refused(p.call("fchmod", fd, 0o666)), row, "changes the mode of", to)
        hold(refused(p.call("fchown", fd, user, user)), row, "changes the owner of", to)
        hold(refused(p.call("fcntl", fd, 8, pid)), row, "has signals sent by", to)
        if to.startswith("socket:") and known.get(int(to[8:-1]), ("", False))[1]:
            hold(refused(p.call("listen", fd, 1)), row, "listens anew on", to)
            hold(refused(p.call("bind", fd, struct(b"\2\0\0\0" + bytes(12)), 16)), row, "binds", to)
    # the pages that processes share: each writes its own, the registrar also the first
    pages = [(int(m[0], 16), int(m[1], 16), m[2]) for m in re.findall(r"^(\w+)-(\w+) (\S+) .*tocsin pages", open(f"/proc/{pid}/maps").read(), re.M)]
    own = sum((b - a) // 4096 for a, b, how in pages if "w" in how)
    if row != "parent":
        hold(own == (2 if row == "registrar" else 1), row, "can write", own, "shared pages")
    for a, b, how in pages:
        if "w" not in how:
            r = p.call("mprotect", a, b - a, 3)
            hold(refused(r), row, "makes shared pages writable", r)


def start_as(*words):
    p = subprocess.Popen([tocsin, *words], stdout=log, stderr=log, stdin=subprocess.DEVNULL, user=user, group=user, extra_groups=[],
                         env={"PATH": "/usr/bin:/bin"})
    started.append(p)
    return p


def serve(*more):
    before = os.path.getsize(log.name)
    p = start_as("serve", "--data", data, "--listen", "127.0.0.1:0", *more)
    for _ in range(400):
        m = re.search(r"listening on \S+:(\d+)\n", open(log.name).read()[before:])
        if m:
            return p, int(m[1])
        time.sleep(0.05)
    sys.exit("serve did not start:\n" + open(log.name).read()[-2000:])


def report(port):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    c.request("POST", "/api/v1/reports", json.dumps({"narrative": "A bag is gone.", "facts": {"category": "lost_or_stolen", "personal_data": "yes"}}),
              {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(16)})
    r = c.getresponse()
    r.read()
    c.close()
    return r.status


def examine(parent, clerk=None):
    pids = {parent: "parent"}
    for k in open(f"/proc/{parent}/task/{parent}/children").read().split():
        pids[int(k)] = open(f"/proc/{k}/comm").read().strip()
    hold(sorted(set(pids.values())) == sorted(set(ROWS) - ({"clerk"} if clerk else set())), "the processes are", pids)
    n = len(pids) - 1
    if clerk:
        pids[clerk] = "clerk"
    for pid, row in pids.items():
        alone = pid == clerk
        try_status(pid, row, 1 if row == "parent" or alone else 2)
        links = try_fds(pid, row)
        hold(links == {"parent": 2 * (n - 1), "registrar": n - 1 + bool(clerk)}.get(row, 1), row, "holds", links, "ends of channels")
        p = Inside(pid)
        try_places(p, row)
        try_calls(p, row)
        if not clerk:
            try_others(p, row, pid, pids)
        if not alone:
            try_held(p, row, pid)
        hold(p.over() == 0, row, "could not be let go")


os.chmod(work, 0o711)
log = open(os.path.join(work, "log"), "w+")
subprocess.run([tocsin, "init", "--data", data, "--policy", "st-helens", "--demo"], check=True, capture_output=True, cwd=root)
if landlock < 2:
    print(f"SKIP: Landlock of this kernel is version {landlock}: files are not fenced in as they would be")
    sys.exit(0)
def belong(to):
    """Everything to that user, who is also the one to serve."""
    global user
    user = to
    subprocess.run(["chown", "-R", f"{to}:{to}", data], check=True)


@atexit.register
def end():
    for p in started:
        if p.poll() is None:
            p.kill()


belong(USER)
server, port = serve()
hold(report(port) == 201, "a report is taken")
examine(server.pid)
hold(report(port) == 201, "a report is taken after all that")
server.terminate()
hold(server.wait(20) == 0, "the server ends well")
# the same where the clerk is a service of its own; and started by root, who has more to give up
belong(0)
server, port = serve("--without-clerk")
clerk = start_as("clerk", "--data", data)
time.sleep(1)
examine(server.pid, clerk.pid)
hold(clerk.poll() is None, "the clerk goes on")
hold(report(port) == 201, "a report is taken after all that")
clerk.terminate()
hold(clerk.wait(20) == 0, "the clerk ends well")
server.terminate()
hold(server.wait(20) == 0, "the server ends well")
if failed:
    print("\n".join(open(log.name).read().splitlines()[-20:]))
subprocess.run(["rm", "-rf", work])
figure = {"name": "cage", "tried": tried, "failed": failed, "seconds": round(time.time() - start, 1), "seed": 0,
          "commit": subprocess.run(["git", "-C", root, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()}
with open(os.path.join(build, "figures.jsonl"), "a") as f:
    f.write(json.dumps(figure) + "\n")
print(f"cage: {tried} tried, {failed} failed, in the running processes")
sys.exit(1 if failed else 0)
