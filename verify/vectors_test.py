#!/usr/bin/env python3
"""Public vectors for both verifiers: RFC 6962 proofs, good and corrupted (transparency-dev/merkle); Ed25519 (Wycheproof).

    vectors_test.py VECTORS FIGURES SHARED

SHARED is the folder of public data; where it is not there, this says so and skips (exit 77)."""
import base64, gzip, json, os, subprocess, sys, tarfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import verify


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
    trees of the subtree vectors that begin at 0 are plain ones; the others, empty subtrees, and roots that are no hash
    but are to be accepted, are no business of ours."""
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


def main():
    vectors, figures, shared = sys.argv[1:4]
    shared, began, bad = os.path.join(shared, 'data', 'integrity'), time.time(), 0
    if not os.path.isdir(shared):
        print('SKIP: no public vectors in ' + shared)
        sys.exit(77)
    asked = list(merkle(os.path.join(shared, 'merkle-proofs-half.tar.gz')))
    asked += ed25519(os.path.join(shared, 'wycheproof', 'ed25519_test.json.gz'))
    told = subprocess.run([vectors], input=''.join(q + '\n' for _, q, _, _ in asked), text=True, check=True,
                          capture_output=True).stdout.split()
    if len(told) != len(asked):
        sys.exit('%d answers to %d questions' % (len(told), len(asked)))
    for (name, _, python, right), said in zip(asked, told):
        if (said == '1') != right or python not in (None, right):
            bad += 1
            print('%s should be %s: tocsin %s, verify.py %s' % (name, right, said == '1', python))
    tried = len(asked) + sum(python is not None for _, _, python, _ in asked)
    commit = subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], capture_output=True, text=True,
                            cwd=os.path.dirname(os.path.abspath(__file__))).stdout.strip()
    with open(figures, 'a') as f:
        print(json.dumps(dict(name='vectors', tried=tried, failed=bad, seconds=round(time.time() - began, 1), seed=0,
                              commit=commit)), file=f)
    print('%d public vectors put to Tocsin and %d to verify.py: %d wrong' % (len(asked), tried - len(asked), bad))
    sys.exit(bad > 0)


if __name__ == '__main__':
    main()
