#!/usr/bin/env python3
"""Tampering trials: everything doctored must be refused by both verifiers, everything honest accepted.

    tamper.py DOCTOR TOCSIN FIGURES

TAMPER says how many trials (5000), SEED with which dice (1). From 100,000 on, every single bit of every record of a
whole log's bundle and of a case's is changed; below that a sample. Each trial is put to both verifiers."""
import contextlib, os, random, subprocess, sys, tempfile, time

import trials, verify
from trials import CASE, KIND, LOG_KEY, OTHER_KEY, SEQ, TIME

EXHAUSTIVE = 100000
PARTS = ('payloads/', 'opened/', 'proofs/')


def verb_accepts(tocsin, folder, trust):
    words = [tocsin, 'verify', folder, '--vkey', trust['vkey'], '--quorum', str(trust['quorum'])]
    with contextlib.ExitStack() as stack:
        for known in trust['known']:
            f = stack.enter_context(tempfile.NamedTemporaryFile())
            f.write(known)
            f.flush()
            words += ['--known', f.name]
        for witness in trust['witness']:
            words += ['--witness', witness]
        code = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    if code not in (0, 76):
        sys.exit('%s: exit code %d' % (' '.join(words), code))
    return code == 0


def listed(doctor, tocsin, judges):
    """The list of src/core/bundle_doctored.c, by three ways. Returns tried, failed and the bundles."""
    tried, bad, bundles = 0, 0, {}
    with tempfile.TemporaryDirectory() as top:
        for name, folder, files, trust, about in trials.written(doctor, top):
            (tocsin_says, python_says), = judges.both([(files, trust)])
            for who, says in (('tocsin in memory', 'ok' in tocsin_says), ('verify.py', 'ok' in python_says),
                              ('tocsin verify', verb_accepts(tocsin, folder, trust))):
                tried += 1
                if says != about['honest']:
                    bad += 1
                    print('%s: %s says %s (%s; %s)' % (name, who, says, tocsin_says, python_says))
            bundles[name] = files, trust
    return tried, bad, bundles


def bit_changed(was, bit):
    at = bit // 8
    return was[:at] + bytes([was[at] ^ 1 << bit % 8]) + was[at + 1:]


def bits(bundles, most, dice):
    """One bit of one record is changed; every one, or as many as there shall be."""
    every = [(b, bit) for b in bundles for bit in range(8 * len(b[0]['records.bin']))]
    if most < len(every):
        every = dice.sample(every, most)
    for (files, trust), bit in every:
        yield 'bit %d' % bit, dict(files, **{'records.bin': bit_changed(files['records.bin'], bit)}), trust


def some_bytes(files, dice):
    """A file loses or gains bytes, from itself or another, or has a bit changed."""
    name = dice.choice(sorted(files) + ['records.bin'] * 8)
    was, other = files[name], files[dice.choice(sorted(files))]
    at, n, start = dice.randrange(len(was)), dice.randint(1, 300), dice.randrange(len(other))
    files[name] = dice.choice((
        bit_changed(was, dice.randrange(8 * len(was))), was[:at], was[:at] + was[at + n:], was[at:],
        was[:at] + other[start:start + n] + was[at:], was[:at] + other[start:start + n] + was[at + n:]))


def whole_records(files, dice):
    """Records left out, doubled, swapped, moved, cut off at the end, or taken for one another."""
    data = files['records.bin']
    rows = [data[at:at + 272] for at in range(0, len(data), 272)]
    i, j, how = dice.randrange(len(rows)), dice.randrange(len(rows)), dice.randrange(6)
    if how == 0:
        del rows[i:i + dice.randint(1, 3)]
    elif how == 1:
        rows.insert(j, rows[i])
    elif how == 2:
        rows[i], rows[j] = rows[j], rows[i]
    elif how == 3:
        rows.insert(j, rows.pop(i))
    elif how == 4:
        del rows[i:]
    else:
        rows[i] = rows[j]
    files['records.bin'] = b''.join(rows)


def whole_files(files, dice):
    """Payloads, disclosures and proofs missing, swapped, doubled or under another name."""
    names = [n for n in sorted(files) if n.startswith(PARTS)]
    one, other, how = dice.choice(names), dice.choice(names), dice.randrange(4)
    if how == 0 and not one.startswith('opened/'):  # to disclose less is everybody's right
        del files[one]
    elif how == 1:
        files[one], files[other] = files[other], files[one]
    elif how == 2:
        files[one[:-1] + dice.choice('0123456789abcdefx')] = files[one]
    elif how == 3:
        files[one] = files[other]


def same(one, other):
    """Nothing was changed that says anything: the line end of `mode` and `vkey` does not."""
    def plain(files):
        return {n: b.removesuffix(b'\n') if n in ('mode', 'vkey') else b for n, b in files.items()}
    return plain(one) == plain(other)


def rewritten(full, case_id, dice):
    """All chains made anew over a changed story: by somebody without the log's key, or by its holder against somebody
    who knows the checkpoint from before."""
    files, trust = full
    log, known = trials.Log(files), files['checkpoint']
    i, case = dice.randrange(1, len(log.rows) - 1), dice.choice((None, case_id))  # a longer end is no tampering
    how = dice.randrange(4)
    if how == 0:
        log.rows[i][TIME] += dice.randint(1, 10**9)
    elif how == 1:
        del log.rows[i]
    elif how == 2:
        log.rows.insert(i, list(log.rows[i]))
    else:
        del log.rows[-dice.randint(1, 5):]
    if dice.random() < 0.5:
        return log.bundle(OTHER_KEY, case), dict(trust, quorum=0)
    if case is not None and len(log.rows) != len(trials.Log(files).rows):
        case = None  # the bundle of a case says nothing about checkpoints of other sizes
    return log.bundle(LOG_KEY, case), dict(trust, quorum=0, known=[known])


def at_random(full, case, n, dice):
    case_id = verify.RECORD.unpack_from(case[0]['records.bin'])[CASE]
    while n:
        how = dice.choice((some_bytes, some_bytes, whole_records, whole_files, rewritten))
        if how is rewritten:
            files, trust = rewritten(full, case_id, dice)
        else:
            was, trust = dice.choice((full, case))
            files = dict(was)
            how(files, dice)
            if same(was, files):
                continue
        n -= 1
        yield how.__name__, files, trust


def main():
    doctor, tocsin, figures = sys.argv[1:]
    most, seed = int(os.environ.get('TAMPER', 5000)), int(os.environ.get('SEED', 1))
    began, dice, judges = time.time(), random.Random(seed), trials.Judges(doctor)
    tried, bad, bundles = listed(doctor, tocsin, judges)
    # With the witness; and without, for what an unneeded one says in a proof's copy may be garbled unnoticed.
    (full, case), count = (bundles['honest_full'], bundles['honest_case_plain']), {}
    full, case = (full[0], dict(full[1], known=[])), (case[0], dict(case[1], known=[]))

    def all_trials():
        n = 0
        for trial in bits((full, case), 10**9 if most >= EXHAUSTIVE else most // 3, dice):
            n += 1
            yield trial
        yield from at_random(full, case, max(most - n, most // 3), dice)
    print('listed: %d verdicts' % tried)
    for batch in trials.batches(all_trials()):
        for (how, files, trust), (says, python) in zip(batch, judges.both([t[1:] for t in batch])):
            kind = how.split()[0]
            count[kind] = count.get(kind, 0) + 1
            if 'ok' in says or 'ok' in python or 'bug' in python:
                bad += 1
                print('%s: tocsin %s, verify.py %s' % (how, says, python))
    judges.end()
    print('in both verifiers, seed %d: %s' % (seed, ', '.join('%d %s' % (n, k) for k, n in sorted(count.items()))))
    trials.figure(figures, 'tamper', tried + sum(count.values()), bad, began, seed)
    sys.exit(bad > 0)


if __name__ == '__main__':
    main()
