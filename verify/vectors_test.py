#!/usr/bin/env python3
"""Public vectors for what Tocsin and verify.py are made of: signed notes (Go), RFC 6962 proofs, good and corrupted
(transparency-dev/merkle), Ed25519, HMAC-SHA-256 and XChaCha20-Poly1305 (Wycheproof), Argon2id (its authors').

    vectors_test.py VECTORS FIGURES SHARED

SHARED is the folder of public data; where it is not there, this says so and skips (exit 77). Vectors of what Tocsin
does not use are named and not run; this fails once its sources do use it."""
import base64, gzip, json, os, random, re, subprocess, sys, tarfile, time

import argon2, trials, verify

# A file of vectors, and what its subject is called in sources that use it.
NOT_IN_USE = {
    'aes_gcm_test.json.gz': r'aes256gcm|EVP_aes', 'chacha20_poly1305_test.json.gz': r'aead_chacha20|EVP_chacha20',
    'hkdf_sha256_test.json.gz': r'kdf_hkdf|EVP_PKEY_HKDF|"HKDF"', 'pbkdf2_hmacsha256_test.json.gz': r'PBKDF2',
    'x25519_test.json.gz': r'crypto_box|scalarmult|X25519', 'rfc6238-totp-vectors.txt': r'\btotp_[a-z]+\(',
    'rfc3161-fixtures.tar.gz': r'\bTS_(REQ|RESP)_', 'bagit-suite-half.tar.gz': r'bagit\.txt',
}
IN_USE = {'signed-note-vectors.json', 'merkle-proofs-half.tar.gz', 'ed25519_test.json.gz', 'hmac_sha256_test.json.gz',
          'xchacha20_poly1305_test.json.gz', 'argon2id-kats.tar.gz'}
TEXT = {'c2sp-specs.tar.gz'}  # specifications; their examples stand in the unit tests


def hexed(b):
    return b.hex() or '-'


def b64(s):
    return base64.b64decode(s or '')


def climbs(leaf, index, size, path, root):
    try:
        return index < size and len(leaf) == 32 and verify.climb(leaf, index, size - 1, path) == root
    except verify.Refused:
        return False


def merkle(path):
    """Yields the question for Tocsin, the answer of verify.py (None: it has no such function) and the right one. The
    trees of the subtree vectors that begin at 0 are plain ones; the others, empty subtrees, and roots that are no
    hash but are to be accepted, are no business of ours."""
    with tarfile.open(path) as tar:
        for member in sorted((m for m in tar if m.name.endswith('.json')), key=lambda m: m.name):
            j = json.load(tar.extractfile(member))
            proof, ok = [b64(h) for h in j['proof'] or []], not j['wantErr']
            if j.get('start', 0) != 0 or ok and (j.get('end') == 0 or len(b64(j.get('root1', j.get('root')))) != 32):
                continue
            if 'leafIdx' in j:
                index, size = j['leafIdx'], j.get('treeSize', j.get('end'))
                leaf, root = b64(j['leafHash']), b64(j['root'])
                python = climbs(leaf, index, size, proof, root)
                words = ['inclusion', str(index), str(size), hexed(leaf), hexed(root)]
            else:
                python = None
                words = ['consistency', str(j.get('size1', j.get('end'))), str(j.get('size2', j.get('size'))),
                         hexed(b64(j['root1'])), hexed(b64(j['root2']))]
            yield member.name, ' '.join(words + [hexed(h) for h in proof]), python, ok


def ed25519(path):
    with gzip.open(path) as f:
        for group in json.load(f)['testGroups']:
            pub = bytes.fromhex(group['publicKey']['pk'])
            for t in group['tests']:
                text, sig = bytes.fromhex(t['msg']), bytes.fromhex(t['sig'])
                yield ('ed25519 %d' % t['tcId'], ' '.join(['ed25519', hexed(pub), hexed(text), hexed(sig)]),
                       verify.ed25519(pub, text, sig), t['result'] == 'valid')


def wycheproof(path):
    with gzip.open(path) as f:
        for group in json.load(f)['testGroups']:
            for t in group['tests']:
                hexes = {k: bytes.fromhex(v) for k, v in t.items() if k in ('key', 'iv', 'aad', 'msg', 'ct', 'tag')}
                yield hexes, str(t['tcId']), t['result'] == 'valid'


def hmac(path):
    for t, name, ok in wycheproof(path):
        yield 'hmac ' + name, ' '.join(['hmac', hexed(t['key']), hexed(t['msg']), hexed(t['tag'])]), None, ok


def xchacha(path):
    """Each with the cipher as it is called, and those without data beside it by what keeps drafts sealed."""
    for t, name, ok in wycheproof(path):
        words = [hexed(t['key']), hexed(t['iv'])], [hexed(t['msg']), hexed(t['ct'] + t['tag'])]
        yield 'xchacha ' + name, ' '.join(['xchacha', *words[0], hexed(t['aad']), *words[1]]), None, ok
        if not t['aad'] and len(t['iv']) == 24:
            yield 'sealed ' + name, ' '.join(['sealed', *words[0], *words[1]]), None, ok


def reads(vkey):
    try:
        return bool(verify.read_vkey(vkey, 1))
    except verify.Refused:
        return False


def notes(path):
    def words(*texts):
        return ' '.join(t.encode().hex() for t in texts)
    with open(path) as f:
        j = json.load(f)
    for i, key in enumerate(j['bad_vkeys']):
        yield 'bad key %d' % i, 'vkey ' + words(key), reads(key), False
    for i, n in enumerate(j['notes']):
        yield 'note %d' % i, 'note ' + words(n['msg'], *n['keys']), None, n['ok']


# What the authors' programme (`argon2 … -id -p 1 -l 32 -r`) says: passes, KiB, hash. The last is the usual cost.
ARGON2 = ((1, 8, 'fc1460d4c5b3f4174efb81bb959e06e903c6ead434b5dfc093cda1250ea96bd2'),
          (4, 1024, '70b11a690431d2d4d1f3ceffcbd05dac9f37049fd12653ee0f62bd31bb5e36b8'),
          (3, 65536, '3ebe8e532680956ceb26a48fafa7a1e71d5cbe42be3269fed8d003e7be46635c'))


def argon2id(path):
    """The public answer has four lanes and a secret, which passwords here have not: it is put to argon2.py, and that
    gives answers of the kind that passwords here need."""
    with tarfile.open(path) as tar:
        text = tar.extractfile('argon2/kats/argon2id').read().decode()
    size, turns, lanes, n = map(int, re.search(r'Memory: (\d+) KiB, Iterations: (\d+), Parallelism: (\d+) lanes, '
                                               r'Tag length: (\d+)', text).groups())
    password, salt, secret, data, tag = (bytes.fromhex(re.search(name + r'(?:\[\d+\])?: (.*)', text)[1])
                                         for name in ('Password', 'Salt', 'Secret', 'Associated data', 'Tag'))
    if argon2.argon2id(password, salt, turns, size, lanes, n, secret, data) != tag:
        sys.exit('argon2.py does not give the known answer')

    def question(turns, size, salt, password, right):
        return ' '.join(['argon2id', str(turns), str(size * 1024), hexed(salt), hexed(password), hexed(right)])
    for turns, size, right in ARGON2:
        asked = question(turns, size, b'sixteenbytesalt.', b'a letter to the wrong house', bytes.fromhex(right))
        yield 'argon2id %d %d' % (turns, size), asked, None, True
    dice = random.Random(1)
    for turns, size in ((1, 8), (1, 9), (2, 11), (3, 16), (5, 33), (3, 64), (1, 517), (2, 524)):
        salt, password = dice.randbytes(16), dice.randbytes(dice.choice((1, 20, 200)))
        right = argon2.argon2id(password, salt, turns, size)
        yield 'argon2id %d %d' % (turns, size), question(turns, size, salt, password, right), None, True
        asked = question(turns, size, salt, password + b'x', right)
        yield 'argon2id %d %d of another' % (turns, size), asked, None, False


def unused(shared, sources):
    """Says which vectors are not run; returns how many are not accounted for."""
    there, bad, code = set(), 0, ''
    for top, _, names in os.walk(shared):
        there |= set(names)
    for top, _, names in os.walk(sources):
        for name in names:
            if name.endswith(('.c', '.h')):
                with open(os.path.join(top, name), encoding='utf-8') as f:
                    code += f.read()
    for name in sorted(there - IN_USE - TEXT):
        if name not in NOT_IN_USE or re.search(NOT_IN_USE[name], code):
            bad += 1
            print('%s: Tocsin uses it, or nobody knows; it must be run' % name)
        else:
            print('not run, for Tocsin does not use it: ' + name)
    return bad


def main():
    vectors, figures, shared = sys.argv[1:4]
    shared, began = os.path.join(shared, 'data', 'integrity'), time.time()
    if not os.path.isdir(shared):
        print('SKIP: no public vectors in ' + shared)
        sys.exit(77)
    cipher = os.path.join(shared, 'wycheproof')
    asked = [*notes(os.path.join(shared, 'signed-note-vectors.json')),
             *merkle(os.path.join(shared, 'merkle-proofs-half.tar.gz')),
             *ed25519(os.path.join(cipher, 'ed25519_test.json.gz')),
             *hmac(os.path.join(cipher, 'hmac_sha256_test.json.gz')),
             *xchacha(os.path.join(cipher, 'xchacha20_poly1305_test.json.gz')),
             *argon2id(os.path.join(shared, 'argon2id-kats.tar.gz'))]
    bad = unused(shared, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'src'))
    told = subprocess.run([vectors], input=''.join(q + '\n' for _, q, _, _ in asked), text=True, check=True,
                          capture_output=True).stdout.split()
    if len(told) != len(asked):
        sys.exit('%d answers to %d questions' % (len(told), len(asked)))
    for (name, _, python, right), said in zip(asked, told):
        if (said == '1') != right or python not in (None, right):
            bad += 1
            print('%s should be %s: tocsin %s, verify.py %s' % (name, right, said == '1', python))
    tried = len(asked) + sum(python is not None for _, _, python, _ in asked)
    print('public vectors: %d put to Tocsin, %d to verify.py' % (len(asked), tried - len(asked)))
    trials.figure(figures, 'vectors', tried, bad, began, 0)
    sys.exit(bad > 0)


if __name__ == '__main__':
    main()
