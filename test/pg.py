"""PostgreSQL servers of one's own for tests in Python."""
import glob, os, shutil, signal, subprocess, sys, time
from served import children, state

BIN = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1:]


def run_as(*words, env=None):
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    r = subprocess.run([*prefix, *words], capture_output=True, text=True, env={**os.environ, **(env or {})}, cwd="/")
    if r.returncode:
        sys.exit(f"{' '.join(words)}: {r.stderr or r.stdout}")
    return r.stdout


class Server:
    """One PostgreSQL server, at a socket in a folder of its own."""

    def __init__(self, top, name):
        self.dir = os.path.join(top, name)
        self.data = os.path.join(self.dir, "data")
        os.mkdir(self.dir)
        if os.geteuid() == 0:
            shutil.chown(self.dir, "postgres")

    def ctl(self, *words):
        return run_as(os.path.join(BIN[0], "pg_ctl"), "-D", self.data, "-w", "-s", "-l", os.path.join(self.dir, "log"), *words)

    def make(self):
        run_as(os.path.join(BIN[0], "initdb"), "-D", self.data, "-N", "-A", "trust", "-U", "tocsin", "-E", "UTF8", "--locale=C.UTF-8")

    def copy(self, primary):
        """Become its standby."""
        shutil.rmtree(self.data, ignore_errors=True)
        run_as(os.path.join(BIN[0], "pg_basebackup"), "-h", primary.dir, "-U", "tocsin", "-D", self.data, "-R", "-N", "-X", "stream", "-c", "fast")

    def start(self):
        """What a process has written outlives it, and nothing else falls here: the disk need not be waited for."""
        self.ctl("-o", f"-c listen_addresses='' -c unix_socket_directories='{self.dir}' -c max_connections=60 -c fsync=off", "start")

    def sync(self, on):
        """Whether each commit waits until a standby has written it too."""
        self.query("ALTER SYSTEM SET synchronous_standby_names = '*'" if on else "ALTER SYSTEM RESET synchronous_standby_names")
        self.query("SELECT pg_reload_conf()")

    def query(self, sql, base="postgres"):
        return run_as("psql", "-h", self.dir, "-U", "tocsin", "-AtX", "-F", "\t", base, "-c", sql)

    def pids(self):
        with open(os.path.join(self.data, "postmaster.pid")) as f:
            parent = int(f.readline())
        return [parent] + children(parent)

    def kill(self):
        pids = self.pids()
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        while any((s := state(p)) and s[0] != "Z" for p in pids):
            time.sleep(0.02)
        os.unlink(os.path.join(self.data, "postmaster.pid"))


def there(server, base="tocsin"):
    """Words of reports and the references under which they are there; the numbers of entries in order."""
    out = {}
    for line in server.query("SELECT ref, narrative FROM case_view WHERE narrative LIKE 'letter %'", base).splitlines():
        ref, words = line.split("\t")
        out.setdefault(words, []).append(ref)
    return out, [int(s) for s in server.query("SELECT seq FROM entry ORDER BY log, seq", base).split()]
