#!/usr/bin/env python3
"""Checks an exported Tocsin bundle. Needs Python 3 and nothing else, and shares no line with Tocsin.

    verify.py BUNDLE --vkey KEY [--known CHECKPOINT]... [--witness VKEY]... [--quorum K]

Prints one line of JSON; exits 0 when everything holds and 76 when something does not. KEY, and checkpoints that were
published earlier, must come from elsewhere than the bundle: whoever holds the log's key can sign a rewritten history.
--quorum: how many of the witnesses must have signed; all of them if it is not said."""
import argparse, base64, hashlib, json, os, struct, sys

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def point(b):  # Ed25519, RFC 8032: 32 bytes -> extended coordinates, or None
    y = int.from_bytes(b, 'little') & (1 << 255) - 1
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(xx, (P + 3) // 8, P)
    x = x if x * x % P == xx else x * pow(2, (P - 1) // 4, P) % P
    x = x if x & 1 == b[31] >> 7 else P - x
    return (x, y, 1, x * y % P) if y < P and x < P and x * x % P == xx else None


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * D * p[3] * q[3], 2 * p[2] * q[2]
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, p):
    r = (0, 1, 1, 0)
    for bit in bin(n)[2:]:
        r = add(add(r, r), p) if bit == '1' else add(r, r)
    return r


def ed25519(pub, text, sig):
    a, s = point(pub), int.from_bytes(sig[32:], 'little')
    if len(sig) != 64 or not a or s >= L or times(8, a)[0] == 0:
        return False
    h = int.from_bytes(hashlib.sha512(sig[:32] + pub + text).digest(), 'little') % L
    x, y, z, _ = add(times(s, BASE), times(h, (P - a[0], a[1], 1, P - a[3])))
    x, y = x * pow(z, -1, P) % P, y * pow(z, -1, P) % P
    return (y | (x & 1) << 255).to_bytes(32, 'little') == sig[:32]


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, 'little'))


class Refused(Exception):
    pass


def need(holds, why):
    if not holds:
        raise Refused(why)


def sha(*parts):
    return hashlib.sha256(b''.join(parts)).digest()


def b64(text, n=None):
    try:
        out = base64.b64decode(text, validate=True)
    except ValueError:
        out = b''
    need(base64.b64encode(out).decode() == text and n in (None, len(out)), 'base64 that cannot be read: %.60r' % text)
    return out


def read_vkey(text, kind):
    name, key_id, key = (text.split('+', 2) + ['', ''])[:3]
    key = b64(key, 33)
    need(key[0] == kind and sha(name.encode(), b'\n', key)[:4].hex() == key_id.lower(), 'not such a key: ' + text)
    return name, key_id.lower(), key[1:], kind


def checkpoint(note, log, witnesses=()):  # C2SP signed-note: origin, size, root, and which witnesses have signed
    note = note.decode('utf-8', 'surrogateescape')
    text, empty, lines = note.rpartition('\n\n')
    need(not any(c < ' ' and c != '\n' or '\ud800' <= c < '\ue000' for c in note), 'odd characters in a checkpoint')
    need(empty and lines.endswith('\n') and lines.count('\n') <= 64, 'a checkpoint that is no signed note')
    signed, by = (text + '\n').encode(), set()
    for line in lines[:-1].split('\n'):
        dash, name, sig = (line.split(' ', 2) + ['', ''])[:3]
        sig = b64(sig)
        need(dash == '\u2014' and len(sig) > 4 and name, 'a line that is no signature')
        need(not any(c.isspace() or c == '+' for c in name), 'a signer of an impossible name')
        for _, _, pub, kind in (k for k in (log, *witnesses) if k[:2] == (name, sig[:4].hex())):
            time = b'cosignature/v1\ntime %d\n' % int.from_bytes(sig[4:12], 'big') if kind == 4 else b''
            good = ed25519(pub, time + signed, sig[12:] if time and sig[4] < 128 else sig[4:])
            need(good, 'the signature of %s does not fit the checkpoint' % name)
            by.add((kind, pub))
    rows = text.split('\n')
    need((1, log[2]) in by and len(rows) == 3 and rows[0] == log[0], 'a checkpoint that the log has not signed')
    need(rows[1].isascii() and rows[1].isdigit() and len(rows[1]) < 19 and str(int(rows[1])) == rows[1], 'no size')
    return rows[0], int(rows[1]), b64(rows[2], 32), sum(kind == 4 for kind, _ in by)


def climb(leaf, index, last, path):  # RFC 6962 §2.1.1, from a leaf to the root
    for h in path:
        need(last, 'too long a proof')
        if index & 1 or index == last:
            leaf = sha(b'\1', h, leaf)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            leaf = sha(b'\1', leaf, h)
        index, last = index >> 1, last >> 1
    need(last == 0, 'too short a proof')
    return leaf


def root_of(peaks):
    root = peaks[-1][1]
    for _, left in peaks[-2::-1]:
        root = sha(b'\1', left, root)
    return root


def proof_root(text, seq, leaf, head, note, keys):  # C2SP tlog-proof
    top, _, tail = text.partition(b'\n\n')
    lines = top.decode('utf-8', 'replace').split('\n')
    if len(lines) > 1 and lines[1].startswith('extra '):
        b64(lines.pop(1)[6:])
    need(lines[:2] == ['c2sp.org/tlog-proof@v1', 'index %d' % seq], 'no proof of record %d' % seq)
    need(tail == note or checkpoint(tail, *keys)[:3] == head[:3], 'a proof that leads to another checkpoint')
    return climb(leaf, seq, head[1] - 1, [b64(h, 32) for h in lines[2:]])


RECORD, ZERO = struct.Struct('>4sBBHQ16s16sQ32s32sqIHBB16s32s16sQ32s32s'), bytes(32)


def verdict(files, vkey, known=(), witnesses=(), quorum=None):
    """files: name -> bytes. Returns what was found, or raises Refused."""
    found, used = dict.fromkeys(('payloads', 'opened', 'proofs'), 0), set()

    def file(folder, name):
        name = folder + '/' + name
        if name in files:
            found[folder] += 1
            used.add(name)
            return files[name]

    keys = read_vkey(vkey, 1), [read_vkey(w, 4) for w in witnesses]
    for name in ('mode', 'checkpoint', 'records.bin'):
        need(name in files, name + ' is missing')
    mode, note, data = files['mode'].removesuffix(b'\n'), files['checkpoint'], files['records.bin']
    need(mode in (b'full', b'case'), 'the mode is neither full nor case')
    need(files.get('vkey', vkey.encode()).removesuffix(b'\n') == vkey.encode(), 'it names another key')
    head = origin, size, root, by = checkpoint(note, *keys)
    need(by >= (len(witnesses) if quorum is None else quorum), 'only %d of the witnesses have signed' % by)
    olds = [checkpoint(k, keys[0]) for k in known]
    full, count, log_id = mode == b'full', len(data) // 272, sha(origin.encode())[:16]
    system_key = sha(b'tocsin/v1/system-key\n', log_id)[:16]
    need(len(data) == 272 * count and 0 < count <= size and (count == size or not full), 'wrong number of records')
    cases, terms, lost, peaks, roots, erasures = {}, {}, {}, [], {0: sha()}, 0
    policy, decided, seq, leaf = ZERO, False, -1, sha(b'tocsin/v1/log\n', origin.encode(), b'\n')
    for place in range(count):
        row, before = data[272 * place:272 * place + 272], seq
        (magic, version, flags, kind, seq, log, case, case_seq, case_prev, prev, _, term, node, method, level, _, pack,
         dek, length, digest, commit) = RECORD.unpack(row)
        erased, (n, last) = kind == 0x50, cases.get(case, (0, sha(b'tocsin/v1/case\n', log_id, case)))
        for holds, why in (
            ((magic, version, log) == (b'TSJ1', 1, log_id), 'it is no record of this log'),
            (flags in (0, 1, 3, 5) and method <= 8 and level <= 3, 'it has unknown values'),
            (flags or (length, digest, commit) == (0, ZERO, ZERO), 'it has the hash of a payload but none'),
            (not flags or length > 64 and length % 256 == 64 and digest != ZERO != commit, 'its payload has no hash'),
            ((dek != ZERO[:16]) == bool(flags or erased) and not (flags and erased), 'it has no key, or one too many'),
            ((kind == 8) == (flags == 5) and (kind != 8 or case == ZERO[:16]), 'an identity is out of place'),
            (not flags or (dek == system_key) == (flags == 1), 'its key is not of the kind that it says'),
            (not erased or dek != system_key and (decided or not full), 'this may not be erased'),
            (seq == place if full else before < seq, 'it is out of order'),
            (seq != before + 1 or prev == leaf, 'it does not follow the one before'),
            ((kind == 1) == (seq == 0), 'a log is opened by its first record'),
            (term >= terms.get(node, 0), 'its node had a later term before'),
            (pack != ZERO if kind == 3 else pack == policy or not full, 'its policy is not in force'),
            (full or case in cases or not cases, 'it is of another case'),
            ((case_seq, case_prev) == (n, last), 'it does not follow the one before in its case'),
        ):
            need(holds, 'record %d at place %d: %s' % (seq, place, why))
        leaf, policy, terms[node], decided = sha(b'\0', row), pack, term, decided or kind == 0x51
        cases[case] = n + 1, leaf
        erasures += len(lost.pop(dek, ())) if erased else 0
        blob = file('payloads', digest.hex()) if flags else b''
        need(not blob or sha(blob) == digest and len(blob) == length, 'record %d: its payload is another' % seq)
        if blob is None:
            lost.setdefault(dek, []).append(seq)
        text, proof = file('opened', str(seq)), file('proofs', '%d.tlog-proof' % seq)
        good = text is None or flags and len(text) >= 32 and sha(b'tocsin/v1/commit\n', text) == commit
        need(good, 'opened/%d is not what was recorded' % seq)
        need(full or proof is not None, 'record %d: its proof is missing' % seq)
        need(proof is None or proof_root(proof, seq, leaf, head, note, keys) == root, 'proofs/%d' % seq)
        peaks.append((1, leaf))
        while len(peaks) > 1 and peaks[-2][0] == peaks[-1][0]:
            (n, left), (_, right) = peaks[-2:]
            peaks[-2:] = [(2 * n, sha(b'\1', left, right))]
        if place + 1 == count or any(old[1] == place + 1 for old in olds):
            roots[place + 1] = root_of(peaks)
    need(not lost, 'payloads are missing and were never erased: records %s' % sorted(sum(lost.values(), [])))
    need(roots[count] == root if full else kind == 0xF0 and seq == size - 1, 'the end is not that of the checkpoint')
    for name in files:
        need(name in used or name.split('/')[0] not in found, name + ' belongs to no record')
    at_size = [old for old in olds if full or old[1] == size]
    for _, n, known_root, _ in at_size:
        need((roots.get(n) if full else root) == known_root, 'it is not the log of the checkpoint of size %d' % n)
    return dict(ok=True, mode=mode.decode(), origin=origin, records=count, size=size, **found, erased=erasures,
                witnesses=by, known=len(at_size), known_beyond=len(olds) - len(at_size),
                root=base64.b64encode(root).decode())


class Folder(dict):  # name -> bytes, read when asked for
    def __init__(self, top):
        for path, _, names in os.walk(top):
            for name in (os.path.join(path, n) for n in names):
                self[os.path.relpath(name, top).replace(os.sep, '/')] = name

    def __getitem__(self, name):
        with open(super().__getitem__(name), 'rb') as f:
            return f.read()

    def get(self, name, other=None):
        return self[name] if name in self else other


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('bundle')
    a.add_argument('--vkey', required=True)
    a.add_argument('--known', action='append', default=[])
    a.add_argument('--witness', action='append', default=[])
    a.add_argument('--quorum', type=int)
    a = a.parse_args()
    try:
        known = [open(k, 'rb').read() for k in a.known]
        print(json.dumps(verdict(Folder(a.bundle), a.vkey, known, a.witness, a.quorum)))
    except Refused as why:
        print(json.dumps({'ok': False, 'why': str(why)}))
        sys.exit(76)
