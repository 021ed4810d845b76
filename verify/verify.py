#!/usr/bin/env python3
"""Checks an exported Tocsin bundle with Python 3 alone, and shares no line with Tocsin.

    verify.py BUNDLE --vkey KEY [--known CHECKPOINT]... [--witness VKEY]... [--quorum K]

Prints a line of JSON; exits 0 when all holds, else 76. KEY, and checkpoints published earlier, come from elsewhere
than BUNDLE: the holder of the log's key can sign a rewritten history. All witnesses must have signed, or K of them."""
import argparse, base64, hashlib, json, pathlib, struct, sys

FOLDERS, P, L = ('payloads', 'opened', 'proofs'), 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
RECORD, ZERO = struct.Struct('>4sBBHQ16s16sQ32s32sqIHBB16s32s16sQ32s32s'), bytes(32)
Refused = ValueError  # which Python itself raises for bad base64, bad UTF-8, and too few pieces or too many

def point(b):  # Ed25519, RFC 8032: 32 bytes -> x and y, or None
    y = int.from_bytes(b, 'little') & (1 << 255) - 1
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(xx, (P + 3) // 8, P)
    x = x if x * x % P == xx else x * pow(2, (P - 1) // 4, P) % P
    x = x if x & 1 == b[31] >> 7 else P - x
    return (x, y) if y < P and x < P and x * x % P == xx else None
def add(p, q):
    x, y, k = p[0] * q[1] + p[1] * q[0], p[1] * q[1] + p[0] * q[0], D * p[0] * q[0] * p[1] * q[1]
    one = pow(1 - k * k, -1, P)
    return x * (1 - k) * one % P, y * (1 + k) * one % P
def times(n, p):
    r = times(n >> 1, add(p, p)) if n else (0, 1)
    return add(r, p) if n & 1 else r
def ed25519(pub, text, sig):
    a, s, base = point(pub), int.from_bytes(sig[32:], 'little'), point(b'\x58' + 31 * b'\x66')
    if len(sig) != 64 or not a or s >= L or times(8, a)[0] == 0:
        return False
    h = int.from_bytes(hashlib.sha512(sig[:32] + pub + text).digest(), 'little') % L
    x, y = add(times(s, base), times(h, (P - a[0], a[1])))
    return times(8, (x, y))[0] != 0 and (y | (x & 1) << 255).to_bytes(32, 'little') == sig[:32]

def need(holds, why):
    if not holds:
        raise Refused(why)
def sha(*parts):
    return hashlib.sha256(b''.join(parts)).digest()
def b64(text, n=None):
    out = base64.b64decode(text, validate=True)
    need(base64.b64encode(out).decode() == text and n in (None, len(out)), 'base64 that cannot be read: %.60r' % text)
    return out
def read_vkey(text, kind):
    name, key_id, key = text.split('+', 2)
    key = b64(key, 33)
    need(key[0] == kind and sha(name.encode(), b'\n', key)[:4].hex() == key_id.lower(), 'not such a key: ' + text)
    return name, key_id.lower(), key[1:], kind

def checkpoint(note, log, witnesses=()):  # C2SP signed-note -> origin, size, root, how many witnesses have signed
    need(not any(c < ' ' and c != '\n' for c in note.decode()), 'odd characters in a checkpoint')
    text, lines = note.decode().rsplit('\n\n', 1)
    need(lines.endswith('\n') and lines.count('\n') <= 64, 'a checkpoint that is no signed note')
    signed, by, (origin, size, root) = (text + '\n').encode(), set(), text.split('\n')
    for line in lines[:-1].split('\n'):
        dash, name, sig = line.split(' ', 2)
        sig, odd = b64(sig), not name or any(c.isspace() or c == '+' for c in name)
        need(dash == '\u2014' and len(sig) > 4 and not odd, 'a line that is no signature')
        for _, _, pub, kind in (k for k in (log, *witnesses) if k[:2] == (name, sig[:4].hex())):
            at = sig[4:12] if kind == 4 else b''
            time = b'cosignature/v1\ntime %d\n' % int.from_bytes(at, 'big') if at else b''
            need(at < b'\x80' and ed25519(pub, time + signed, sig[4 + len(at):]), 'signature of ' + name)
            by.add((kind, pub))
    need((1, log[2]) in by and origin == log[0], 'a checkpoint that the log has not signed')
    need(str(int(size)) == size and 0 <= int(size) < 2**63, 'a checkpoint of no size')
    return origin, int(size), b64(root, 32), sum(kind == 4 for kind, _ in by)

def root_of(row):  # RFC 6962 §2.1: joined pair by pair; one without a partner rises as it is
    while len(row) > 1:
        row = [sha(b'\1', *row[i:i + 2]) if i + 1 < len(row) else row[i] for i in range(0, len(row), 2)]
    return row[0] if row else sha()
def climb(leaf, index, last, path):  # RFC 6962 §2.1.1: from a leaf to the root
    for h in path:
        need(last, 'too long a proof')
        while index == last and not index & 1:
            index, last = index >> 1, last >> 1
        leaf = sha(b'\1', h, leaf) if index & 1 else sha(b'\1', leaf, h)
        index, last = index >> 1, last >> 1
    need(last == 0, 'too short a proof')
    return leaf
def proof_root(text, seq, leaf, head, note, keys):  # C2SP tlog-proof
    top, _, tail = text.partition(b'\n\n')
    lines = top.decode().split('\n')
    if len(lines) > 1 and lines[1].startswith('extra '):
        b64(lines.pop(1)[6:])
    need(lines[:2] == ['c2sp.org/tlog-proof@v1', 'index %d' % seq], 'no proof of record %d' % seq)
    need(tail == note or checkpoint(tail, *keys)[:3] == head[:3], 'a proof that leads to another checkpoint')
    return climb(leaf, seq, head[1] - 1, [b64(h, 32) for h in lines[2:]])

def verdict(files, vkey, known=(), witnesses=(), quorum=None):  # files: name -> bytes; what was found, or Refused
    used = set()
    def file(name):
        used.add(name)
        return files[name] if name in files else None
    need({'mode', 'checkpoint', 'records.bin'} <= set(files), 'mode, checkpoint or records.bin is missing')
    mode, note, data = files['mode'].removesuffix(b'\n'), files['checkpoint'], files['records.bin']
    need(mode in (b'full', b'case'), 'the mode is neither full nor case')
    keys = log, _ = read_vkey(vkey, 1), [read_vkey(w, 4) for w in witnesses]
    named = '+'.join((*log[:2], vkey.split('+', 2)[2])).encode()
    need('vkey' not in files or files['vkey'].removesuffix(b'\n') == named, 'it names another key')
    head = origin, size, root, by = checkpoint(note, *keys)
    need(by >= (len(witnesses) if quorum is None else quorum), 'only %d of the witnesses have signed' % by)
    olds = [checkpoint(k, keys[0]) for k in known]
    full, count, log_id = mode == b'full', len(data) // 272, sha(origin.encode())[:16]
    system_key = sha(b'tocsin/v1/system-key\n', log_id)[:16]
    need(len(data) == 272 * count and 0 < count <= size and (count == size or not full), 'wrong number of records')
    cases, terms, lost, leaves, erasures, policy, decided = {}, {}, {}, [], 0, ZERO, False
    seq, leaf = -1, sha(b'tocsin/v1/log\n', origin.encode(), b'\n')
    for place in range(count):
        row, before = data[272 * place:272 * place + 272], seq
        (magic, version, flags, kind, seq, log, case, case_seq, case_prev, prev, _, term, node, method, level, _,
         pack, dek, length, digest, commit) = RECORD.unpack(row)
        erased, (n, last) = kind == 0x50, cases.get(case, (0, sha(b'tocsin/v1/case\n', log_id, case)))
        for holds, why in (
            ((magic, version, log) == (b'TSJ1', 1, log_id), 'it is no record of this log'),
            (flags in (0, 1, 3, 5) and method <= 8 and level <= 3, 'it has unknown values'),
            (flags or (length, digest, commit) == (0, ZERO, ZERO), 'it has the hash of a payload but none'),
            (not flags or length > 64 and length % 256 == 64 and digest != ZERO != commit, 'its payload has no hash'),
            ((dek != ZERO[:16]) == bool(flags or erased) and not flags * erased, 'it has no key, or one too many'),
            ((kind == 8) == (flags == 5) and (kind != 8 or case == ZERO[:16]), 'an identity is out of place'),
            (not flags or (dek == system_key) == (flags == 1), 'its key is not of the kind that it says'),
            (not erased or dek != system_key and (decided or not full), 'this may not be erased'),
            ((seq == place if full else before < seq) and (kind == 1) == (seq == 0), 'it is out of order'),
            (term >= terms.get(node, 0), 'its node had a later term before'),
            (pack != ZERO if kind == 3 else pack == policy or not full, 'its policy is not in force'),
            (full or case in cases or not cases, 'it is of another case'),
            (seq != before + 1 or prev == leaf, 'it does not follow the one before'),
            ((case_seq, case_prev) == (n, last), 'it does not follow the one before in its case'),
        ):
            need(holds, 'record %d at place %d: %s' % (seq, place, why))
        leaf, policy, terms[node], decided = sha(b'\0', row), pack, term, decided or kind == 0x51
        leaves.append(leaf)
        cases[case] = n + 1, leaf
        erasures += len(lost.pop(dek, ())) if erased else 0
        payload = file('payloads/' + digest.hex()) if flags else None
        need(payload is None or (sha(payload), len(payload)) == (digest, length), 'payload %d is another' % seq)
        if flags and payload is None:
            lost.setdefault(dek, []).append(seq)
        text, proof = file('opened/%d' % seq), file('proofs/%d.tlog-proof' % seq)
        commitment = text and len(text) >= 32 and sha(b'tocsin/v1/commit\n', text)
        need(text is None or flags and commitment == commit, 'opened/%d is not what was recorded' % seq)
        need(full if proof is None else root == proof_root(proof, seq, leaf, head, note, keys), 'proof of %d' % seq)
    need(not lost, 'payloads are missing and were never erased: records %s' % sorted(sum(lost.values(), [])))
    need(root_of(leaves) == root if full else (kind, seq) == (0xF0, size - 1), 'its end is not the checkpoint')
    for name in files:
        need(name in used or name.split('/')[0] not in FOLDERS, name + ' belongs to no record')
    at_size = [old for old in olds if full or old[1] == size]
    for _, n, old, _ in at_size:
        need(n <= size and old == (root_of(leaves[:n]) if full else root), 'another log than known at size %d' % n)
    found = {folder: sum(name.startswith(folder + '/') for name in files) for folder in FOLDERS}
    return dict(ok=True, mode=mode.decode(), origin=origin, records=count, size=size, witnesses=by, **found,
                erased=erasures, known=len(at_size), known_beyond=len(olds) - len(at_size),
                root=base64.b64encode(root).decode())

class Folder(dict):  # name -> bytes, read when asked for; a folder within a folder is a name too
    def __init__(self, top):
        deep = (p for p in pathlib.Path(top).rglob('*') if not p.is_dir() or p.parent != pathlib.Path(top))
        super().__init__((p.relative_to(top).as_posix() + '/' * p.is_dir(), p) for p in deep)
    def __getitem__(self, name):
        return super().__getitem__(name).read_bytes()

if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('bundle')
    a.add_argument('--vkey', required=True)
    a.add_argument('--quorum', type=int)
    for option in ('--known', '--witness'):
        a.add_argument(option, action='append', default=[])
    a = a.parse_args()
    try:
        known = [pathlib.Path(k).read_bytes() for k in a.known]
        print(json.dumps(verdict(Folder(a.bundle), a.vkey, known, a.witness, a.quorum)))
    except Refused as why:
        print(json.dumps({'ok': False, 'why': str(why)}))
        sys.exit(76)
