#!/usr/bin/env python3
"""Tampering trials: everything doctored must be refused by both verifiers, everything honest accepted.

    tamper.py DOCTOR TOCSIN FIGURES [random tamperings in Tocsin's verifier] [in verify.py] [seed]

Appends a line to FIGURES (see `tamper` in docs) and says the same in words."""
import base64, contextlib, json, os, random, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import verify


def accepted(files, about):
    try:
        known = [base64.b64decode(k) for k in about['known']]
        verify.verdict(files, about['vkey'], known, about['witness'], about['quorum'])
        return True
    except verify.Refused:
        return False


def verb_accepts(tocsin, folder, about):
    words = [tocsin, 'verify', folder, '--vkey', about['vkey'], '--quorum', str(about['quorum'])]
    with contextlib.ExitStack() as stack:
        for known in about['known']:
            f = stack.enter_context(tempfile.NamedTemporaryFile())
            f.write(base64.b64decode(known))
            f.flush()
            words += ['--known', f.name]
        for witness in about['witness']:
            words += ['--witness', witness]
        code = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    if code not in (0, 76):
        sys.exit('%s: exit code %d' % (' '.join(words), code))
    return code == 0


def tampered(was, other, dice):
    at, n, how = dice.randrange(len(was)), dice.randint(1, 300), dice.randrange(5)
    if how < 2:
        return was[:at] + bytes([was[at] ^ 1 << dice.randrange(8)]) + was[at + 1:]
    start = dice.randrange(len(other))
    return (was[:at], was[:at] + other[start:start + n] + was[at:], was[:at] + was[at + n:])[how - 2]


def random_trial(bundles, n, dice):
    tried = bad = 0
    while tried < n:
        files, about = dice.choice(bundles)
        files = dict(files)
        name = dice.choice(sorted(files) + ['records.bin'] * 8)
        was = files[name]
        files[name] = tampered(was, files[dice.choice(sorted(files))], dice)
        end = b'\n' if name in ('mode', 'vkey') else b''  # where it says nothing
        if was.removesuffix(end) != files[name].removesuffix(end):
            tried += 1
            bad += accepted(files, about)
    return tried, bad


def main():
    doctor, tocsin, figures = sys.argv[1:4]
    given = [int(a) for a in sys.argv[4:]]
    in_c, in_python, seed = given + [5000, 200, 1][len(given):]
    began, tried, bad, bundles = time.time(), 0, 0, []
    with tempfile.TemporaryDirectory() as top:
        out = subprocess.run([doctor, 'write', top], check=True, capture_output=True, text=True).stdout
        for about in map(json.loads, out.splitlines()):
            folder = verify.Folder(os.path.join(top, about['name']))
            files = {name: folder[name] for name in folder}
            for who, says in (('the verifier in memory', about['accepted']), ('verify.py', accepted(files, about)),
                              ('tocsin verify', verb_accepts(tocsin, os.path.join(top, about['name']), about))):
                tried += 1
                if says != about['honest']:
                    bad += 1
                    print('%s: %s says %s' % (about['name'], who, 'yes' if says else 'no: ' + about['why']))
            if about['name'] in ('honest_full', 'honest_case_plain'):
                bundles.append((files, dict(about, known=[])))
    listed = tried
    more = subprocess.run([doctor, 'random', str(in_c), str(seed)], check=True, capture_output=True).stdout
    more = json.loads(more)
    n, wrong = random_trial(bundles, in_python, random.Random(seed))
    tried, bad = tried + more['tried'] + n, bad + more['accepted'] + wrong
    commit = subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], capture_output=True, text=True,
                            cwd=os.path.dirname(os.path.abspath(__file__))).stdout.strip()
    with open(figures, 'a') as f:
        print(json.dumps(dict(name='tamper', tried=tried, failed=bad, seconds=round(time.time() - began, 1),
                              seed=seed, commit=commit)), file=f)
    print('%d verdicts on bundles honest and doctored, %d random tamperings in Tocsin and %d in verify.py: %d wrong'
          % (listed, more['tried'], n, bad))
    sys.exit(bad > 0)


if __name__ == '__main__':
    main()
