"""What the trials of both verifiers have in common: the same bytes are put to Tocsin's (through `doctor judge`) and
to verify.py, in this process. Keys here are known to everybody."""
import base64, hashlib, itertools, json, os, subprocess, sys, threading, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import verify

(MAGIC, VERSION, FLAGS, KIND, SEQ, LOG, CASE, CASE_SEQ, CASE_PREV, PREV, TIME, TERM, NODE, METHOD, LEVEL, ACTOR, PACK,
 DEK, LENGTH, DIGEST, COMMIT) = range(21)
AT_ONCE = 100  # their answers fit into a pipe that nobody reads yet

# A signature in plain Python takes longer than all the rest: each is looked at once. Only the trials remember.
seen, ed25519 = {}, verify.ed25519
def remembered(*asked):
    if asked not in seen:
        seen[asked] = ed25519(*asked)
    return seen[asked]
verify.ed25519 = remembered


class Key:
    """Signs with the same nonce each time, which is quick and gives the key away."""
    base = verify.point(b'\x58' + 31 * b'\x66')
    nonce = 2**200 + 9

    def __init__(self, name, kind, seed):
        digest = hashlib.sha512(seed).digest()
        self.secret = int.from_bytes(digest[:32], 'little') & (1 << 254) - 8 | 1 << 254
        self.name, self.kind, self.pub = name, kind, self.point(verify.times(self.secret, self.base))
        self.first = self.point(verify.times(self.nonce, self.base))
        key = bytes([kind]) + self.pub
        self.id = verify.sha(name.encode(), b'\n', key)[:4]
        self.vkey = '%s+%s+%s' % (name, self.id.hex(), base64.b64encode(key).decode())

    @staticmethod
    def point(p):
        return (p[1] | (p[0] & 1) << 255).to_bytes(32, 'little')

    def sign(self, text, first=None, nonce=None):
        """The signature with another first half and the nonce that goes with it, if these are given."""
        first, nonce = first or self.first, self.nonce if nonce is None else nonce
        h = int.from_bytes(hashlib.sha512(first + self.pub + text).digest(), 'little') % verify.L
        return first + ((nonce + h * self.secret) % verify.L).to_bytes(32, 'little')

    def line(self, signature):
        return '\u2014 {} {}\n'.format(self.name, base64.b64encode(self.id + signature).decode()).encode()

    def signed(self, text):
        signature = self.sign(text)
        seen.setdefault((self.pub, text, signature), True)  # or most of the time goes into what is known to hold
        return text + b'\n' + self.line(signature)


ORIGIN = 'tocsin.example.gov/journal/1'
LOG_KEY, OTHER_KEY = Key(ORIGIN, 1, 32 * b'L'), Key(ORIGIN, 1, 32 * b'X')
WITNESS = Key('witness.example/w1', 4, 32 * b'W')
assert LOG_KEY.vkey.endswith('+4c8cd6aa+AZJzCPU9Z2VQPStkwQOrWqRyBqs5UCz+j5hEL9tUMQC3')
assert ed25519(LOG_KEY.pub, b'x', LOG_KEY.sign(b'x'))


def path_of(row, index):
    """RFC 6962 §2.1.1: from the leaf up, for a row of leaf hashes."""
    if len(row) < 2:
        return []
    k = 1 << (len(row) - 1).bit_length() - 1
    if index < k:
        return path_of(row[:k], index) + [verify.root_of(row[k:])]
    return path_of(row[k:], index - k) + [verify.root_of(row[:k])]


class Log:
    """The records of a full bundle, to be changed and then signed again."""
    def __init__(self, files):
        data = files['records.bin']
        self.rows = [list(verify.RECORD.unpack_from(data, at)) for at in range(0, len(data), 272)]
        self.payloads = {n: b for n, b in files.items() if n.startswith('payloads/')}
        self.opened = {self.rows[int(n[7:])][COMMIT]: b for n, b in files.items() if n.startswith('opened/')}

    def copy(self):
        new = Log.__new__(Log)
        new.rows, new.payloads, new.opened = [list(r) for r in self.rows], self.payloads, self.opened
        return new

    def chained(self, spoil=None):
        """Numbers and chains made anew; `spoil` is (place, field, value) of what is then changed before others chain
        to it. Returns the bytes and the leaf of each record."""
        out, leaves, cases, leaf = [], [], {}, verify.sha(b'tocsin/v1/log\n', ORIGIN.encode(), b'\n')
        for place, r in enumerate(self.rows):
            n, last = cases.get(r[CASE], (0, verify.sha(b'tocsin/v1/case\n', r[LOG], r[CASE])))
            r[SEQ], r[PREV], r[CASE_SEQ], r[CASE_PREV] = place, leaf, n, last
            told = list(r)
            if spoil and spoil[0] == place:
                told[spoil[1]] = spoil[2]
            out.append(verify.RECORD.pack(*told))
            leaf = verify.sha(b'\0', out[-1])
            leaves.append(leaf)
            cases[r[CASE]] = n + 1, leaf
        return out, leaves

    def bundle(self, key=LOG_KEY, case=None, spoil=None, also=None):
        """The whole log, or one case; `also` puts another case into the same bundle."""
        rows, leaves = self.chained(spoil)
        root = base64.b64encode(verify.root_of(leaves)).decode()
        note = key.signed(b'%s\n%d\n%s\n' % (ORIGIN.encode(), len(rows), root.encode()))
        mine = [i for i, r in enumerate(self.rows) if case is None or r[CASE] in (case, also)]
        files = {'mode': b'full\n' if case is None else b'case\n', 'checkpoint': note,
                 'records.bin': b''.join(rows[i] for i in mine)}
        for i in mine:
            name = 'payloads/' + self.rows[i][DIGEST].hex()
            if name in self.payloads:
                files[name] = self.payloads[name]
            if self.rows[i][COMMIT] in self.opened:
                files['opened/%d' % i] = self.opened[self.rows[i][COMMIT]]
            if case is not None:
                path = b''.join(base64.b64encode(h) + b'\n' for h in path_of(leaves, i))
                files['proofs/%d.tlog-proof' % i] = b'c2sp.org/tlog-proof@v1\nindex %d\n%s\n%s' % (i, path, note)
        return files


def batches(them):
    them = iter(them)
    while batch := list(itertools.islice(them, AT_ONCE)):
        yield batch


class Judges:
    """Both verifiers. Of each a verdict is a dictionary: what it found, or only `why` it refuses."""
    def __init__(self, doctor):
        self.c = subprocess.Popen([doctor, 'judge'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    @staticmethod
    def in_python(files, trust):
        try:
            return verify.verdict(files, trust['vkey'], trust['known'], trust['witness'], trust['quorum'])
        except verify.Refused as why:
            return {'why': str(why)}
        except Exception as bug:
            return {'why': 'BUG %r' % bug, 'bug': True}

    def put(self, trials):
        for files, trust in trials:
            head = dict(trust, known=[len(k) for k in trust['known']], files={n: len(b) for n, b in files.items()})
            self.c.stdin.write(b''.join([json.dumps(head).encode(), b'\n', *trust['known'], *files.values()]))
        self.c.stdin.flush()

    def both(self, trials):
        """Tocsin's verdict and verify.py's on each (files, trust), of at most AT_ONCE."""
        asking = threading.Thread(target=self.put, args=(trials,))
        asking.start()
        python = [self.in_python(*t) for t in trials]
        asking.join()
        tocsin = [self.c.stdout.readline() for _ in trials]
        if not all(tocsin):
            sys.exit('doctor ended within a trial')
        return list(zip(map(json.loads, tocsin), python))

    def end(self):
        self.c.stdin.close()
        if self.c.wait():
            sys.exit('doctor ended with %d' % self.c.returncode)


def written(doctor, top):
    """Every bundle of `doctor write`: (name, folder, files, trust, what doctor said of it)."""
    out = subprocess.run([doctor, 'write', top], check=True, capture_output=True, text=True).stdout
    for about in map(json.loads, out.splitlines()):
        folder = verify.Folder(os.path.join(top, about['name']))
        trust = {k: about[k] for k in ('vkey', 'witness', 'quorum')}
        trust['known'] = [base64.b64decode(k) for k in about['known']]
        yield about['name'], os.path.join(top, about['name']), {n: folder[n] for n in folder}, trust, about


def figure(path, name, tried, failed, began, seed):
    commit = subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], capture_output=True, text=True,
                            cwd=os.path.dirname(os.path.abspath(__file__))).stdout.strip()
    with open(path, 'a') as f:
        print(json.dumps(dict(name=name, tried=tried, failed=failed, seconds=round(time.time() - began, 1), seed=seed,
                              commit=commit)), file=f)
    print('%s: %d tried, %d failed' % (name, tried, failed))
