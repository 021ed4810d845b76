"""A network that can be broken: stands between a node and its PostgreSQL, at a socket in a folder of its own, with a thread for
each direction of each connection. It knows just enough of the protocol to tell one message from the next, and so can cut a
connection at a stage that somebody has chosen (Cut), hold one direction or both without telling anybody (hold), let bytes trickle
(trickle), or forget all connections (reset).

What is held is delivered when the network heals, as TCP would; what ends meanwhile is not told to the other side either."""
import os, socket, struct, threading, time

UP, DOWN = "up", "down"  # from the node to the database, and back
STAGES = ("connect", "startup", "auth", "before", "after", "within")
KEEPALIVE = 8  # seconds after which a server's keepalives tell it that nobody is there
ASKS_TO_ENCRYPT = (80877103, 80877104)


class Cut:
    """Where one connection shall break. `stage`: before it is made, when it says who it is, before it is told that it may; before
    a message is forwarded, after it was answered, in the middle of the answer. `at`: a number counts the messages of a batch (or
    with `asks` of a question outside of one) from 0, a name is the statement's. For `after` and `within` numbers count what is
    answered together, for nothing less is. `half`: the database is told by nobody, and finds out when its keepalives would."""

    def __init__(self, stage, at=0, asks=False, half=False):
        self.stage, self.at, self.asks, self.half, self.hit = stage, at, asks, half, None
        self.done = threading.Event()

    def fits(self, stage, link):
        if self.stage != stage or self.hit:
            return False
        if stage in ("connect", "startup", "auth"):
            return True
        if link.batch == self.asks:
            return False
        if isinstance(self.at, str):
            return link.name == self.at
        return (link.messages if stage == "before" else link.exchanges) == self.at

    def strike(self, link):
        self.hit = f"{self.stage} {link.name} ({link.kind})" if link.kind else self.stage
        self.done.set()


def whole(buffer, typed=True):
    """The length of the first message, or None while it is not all there."""
    at = 1 if typed else 0
    if len(buffer) < at + 4:
        return None
    n = at + struct.unpack_from("!i", buffer, at)[0]
    return n if len(buffer) >= n else None


def text(message, at):
    return message[at:message.index(b"\0", at)].decode(errors="replace")


def shut(s):
    try:
        s.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


class Link:
    """One connection through the proxy."""

    def __init__(self, proxy, node):
        self.proxy, self.node, self.base = proxy, node, None
        self.begun = False                       # what says who it is has been forwarded
        self.batch, self.messages, self.exchanges = False, 0, 0
        self.kind, self.name = "", ""            # of the message that is looked at
        self.swallow = None                      # the cut whose answer is not passed on
        self.cut_off = False
        threading.Thread(target=self.up, daemon=True).start()

    def cut(self, half=False):
        self.cut_off = True
        shut(self.node)
        if self.base and half:
            threading.Timer(KEEPALIVE, shut, (self.base,)).start()
        elif self.base:
            shut(self.base)

    def over(self, way):
        """One side has ended, which is news like any other. The sockets close when nobody knows them any more."""
        if not self.cut_off:
            self.proxy.passes(way)
            self.cut()
        self.proxy.gone(self)

    def struck(self, stage):
        cut = self.proxy.strikes(stage, self)
        if cut:
            self.cut(cut.half)
        return cut

    def up(self):
        try:
            if self.struck("connect"):
                return
            self.base = self.proxy.connect()
            self.pump_up()
        except OSError:
            pass
        finally:
            self.over(UP)

    def pump_up(self):
        buffer = b""
        while data := self.node.recv(65536):
            buffer += data
            ready = b""
            while (n := whole(buffer, self.begun)) is not None:
                message, buffer = buffer[:n], buffer[n:]
                if not self.begun:
                    ready = self.introduce(message)
                    if ready is None:
                        return
                    continue
                self.look(message)
                if self.struck("before"):
                    self.proxy.send(self.base, ready, UP)
                    return
                ready += message
                if self.kind in "SQ":
                    self.proxy.send(self.base, ready, UP, before=self.answered)
                    ready = b""
                self.count()
            self.proxy.send(self.base, ready, UP)

    def introduce(self, message):
        """What comes before any message has a type: None when it was cut."""
        if struct.unpack_from("!i", message, 4)[0] in ASKS_TO_ENCRYPT:
            self.node.sendall(b"N")
            return b""
        if self.struck("startup"):
            return None
        self.swallow = self.proxy.strikes("auth", self)
        self.begun = True
        threading.Thread(target=self.down, daemon=True).start()
        return message

    def look(self, message):
        self.kind = chr(message[0])
        if self.kind == "Q":
            self.name = text(message, 5)
            if self.name == "BEGIN":
                self.batch, self.messages, self.exchanges = True, 0, 0
        elif self.kind == "P":
            self.name = text(message, 5)
        elif self.kind == "B":
            self.name = text(message, message.index(b"\0", 5) + 1)
        if self.proxy.seen is not None:
            self.proxy.seen.append((self.batch, self.kind, self.name))

    def answered(self):
        """Called before the last message of those that are answered together is forwarded."""
        self.swallow = self.proxy.strikes("after", self) or self.proxy.strikes("within", self)

    def count(self):
        self.messages += 1
        self.exchanges += self.kind in "SQ"
        if self.kind == "Q" and self.name in ("COMMIT", "ROLLBACK"):
            self.batch = False
        if not self.batch and self.kind in "SQ":
            self.messages = self.exchanges = 0

    def down(self):
        buffer = b""
        try:
            while data := self.base.recv(65536):
                cut = self.swallow
                if not cut:
                    self.proxy.send(self.node, data, DOWN)
                    continue
                if cut.stage == "within":
                    self.proxy.send(self.node, data[:len(data) // 2], DOWN)
                    return self.cut(cut.half)
                buffer += data  # the database has done it when it is ready for the next
                while (n := whole(buffer)) is not None:
                    kind, buffer = buffer[:1], buffer[n:]
                    if cut.stage == "auth" or kind == b"Z":
                        return self.cut(cut.half)
        except OSError:
            pass
        finally:
            self.over(DOWN)


class Proxy:
    def __init__(self, folder, to, port=5432):
        """Listens in `folder` and connects to the server whose socket lies in the folder `to`."""
        self.folder, self.to, self.port = folder, to, port
        self.lock = threading.Condition()
        self.links, self.cuts, self.seen = set(), [], None
        self.held, self.rate, self.refuses, self.silence = set(), None, False, 0
        os.makedirs(folder, exist_ok=True)
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(os.path.join(folder, f".s.PGSQL.{port}"))
        self.socket.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                node, _ = self.socket.accept()
            except OSError:
                return
            if self.refuses:
                node.close()
                continue
            with self.lock:
                self.links.add(Link(self, node))

    def connect(self):
        s = socket.socket(socket.AF_UNIX)
        s.connect(os.path.join(self.to, f".s.PGSQL.{self.port}"))
        return s

    def gone(self, link):
        with self.lock:
            self.links.discard(link)

    def strikes(self, stage, link):
        with self.lock:
            for cut in self.cuts:
                if cut.fits(stage, link):
                    self.cuts.remove(cut)
                    cut.strike(link)
                    return cut
        return None

    def arm(self, *cuts):
        with self.lock:
            self.cuts += cuts

    def disarm(self):
        with self.lock:
            self.cuts = []

    def passes(self, way):
        with self.lock:
            while way in self.held:
                self.lock.wait()

    def send(self, to, data, way, before=None):
        if not data:
            return
        self.passes(way)
        if before:
            before()
        rate = self.rate
        while rate and data:
            piece, data = data[:max(1, rate // 50)], data[max(1, rate // 50):]
            to.sendall(piece)
            time.sleep(0.02)
            rate = self.rate
        to.sendall(data)

    def hold(self, *ways):
        """Nothing passes, and nobody is told. TCP needs both directions: when one has been silent for long enough, the database
        counts those as gone that were connected."""
        with self.lock:
            self.held = set(ways)
            self.silence += 1
        threading.Timer(KEEPALIVE, self.missed, (self.silence,)).start()

    def missed(self, silence):
        with self.lock:
            links = list(self.links) if self.held and self.silence == silence else []
        for link in links:
            if link.base:
                shut(link.base)

    def trickle(self, bytes_a_second):
        self.rate = bytes_a_second

    def heal(self, forget=False):
        """All passes again. `forget`: what was connected meanwhile is not any more, and what was held is never delivered."""
        if forget:
            self.reset()
        with self.lock:
            self.held, self.rate, self.refuses = set(), None, False
            self.lock.notify_all()

    def reset(self):
        with self.lock:
            links = list(self.links)
        for link in links:
            link.cut()

    def turn_to(self, to):
        self.to = to

    def end(self):
        self.socket.close()
        self.heal(forget=True)
