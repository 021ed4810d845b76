#!/usr/bin/env python3
"""Both verifiers must say the same of the same bytes, and find the same in it, be it honest, harmless or bad.

    differential.py DOCTOR FIGURES

DIFFERENTIAL says how many bundles (3000), SEED with which dice (1). Their base are the honest and doctored bundles of
src/core/bundle_doctored.c, and logs whose story is changed and then signed by the log's own key, so that every rule
behind the signature is reached as well."""
import base64, os, random, string, sys, tempfile, time

import trials, verify
from trials import (ACTOR, CASE, COMMIT, DEK, DIGEST, FLAGS, KIND, LENGTH, LEVEL, LOG_KEY, METHOD, NODE, ORIGIN,
                    OTHER_KEY, PACK, TERM, TIME, WITNESS)

SECOND = trials.Key('w/2', 4, 32 * b'W')  # another witness with the same key
CONTROL = trials.Key('a\1b', 1, b'')
SPACED, ACCENTED = trials.Key('a\u2003b', 1, b''), trials.Key('\u00e9', 1, b'')
SMALL = bytes([1]) + bytes(31)  # the neutral element, of order 1


def again(files, change):
    """The checkpoint with another text, signed by the log."""
    text = files['checkpoint'].rsplit(b'\n\n', 1)[0] + b'\n'
    return LOG_KEY.signed(change(text))


def cosigned(note, seconds, first=None, nonce=None, timed=True):
    """The note with a line of the witness; without its time if not timed."""
    text = note.rsplit(b'\n\n', 1)[0] + b'\n'
    signature = WITNESS.sign(b'cosignature/v1\ntime %d\n' % seconds + text, first, nonce)
    return note + WITNESS.line((seconds.to_bytes(8, 'big') if timed else b'') + signature)


def high_nonce():
    """A first half whose first byte would be the highest of a time that is too late."""
    for nonce in range(3, 99):
        first = WITNESS.point(verify.times(nonce, WITNESS.base))
        if first[0] > 127:
            return first, nonce


def far_case(files, size, more=0):
    """The last record alone, as the bundle of a case in a log of any size; its path is as the key's holder likes, and
    may be longer or shorter than it should be."""
    row = list(verify.RECORD.unpack_from(files['records.bin'], len(files['records.bin']) - 272))
    row[trials.CASE_SEQ], row[CASE], row[trials.SEQ] = 0, b'Z' * 16, size - 1
    row[trials.CASE_PREV] = verify.sha(b'tocsin/v1/case\n', row[trials.LOG], row[CASE])
    data = verify.RECORD.pack(*row)
    path = [verify.sha(b'%d' % i) for i in range(bin(size - 1).count('1') + more)]  # all of them on the left
    root = verify.sha(b'\0', data)
    for h in path:
        root = verify.sha(b'\1', h, root)
    note = LOG_KEY.signed(b'%s\n%d\n%s\n' % (ORIGIN.encode(), size, base64.b64encode(root)))
    lines = b''.join(base64.b64encode(h) + b'\n' for h in path)
    proof = b'c2sp.org/tlog-proof@v1\nindex %d\n%s\n%s' % (size - 1, lines, note)
    name = 'payloads/' + row[DIGEST].hex()
    return {'mode': b'case', 'checkpoint': note, 'records.bin': data, name: files[name],
            'proofs/%d.tlog-proof' % (size - 1): proof}


def stories(full):
    """Rules that dice seldom break alone: (name, files) of logs that break one."""
    base = trials.Log(full[0])
    for name, place, changes in (
            ('an identity without its flags', 7, {KIND: 8}), ('the flags of an identity', 7, {FLAGS: 5}),
            ('an identity in a case', 7, {KIND: 8, FLAGS: 5}),
            ('an identity as it should be', 9, {KIND: 8, FLAGS: 5, DEK: b'z' * 16}),
            ('a policy of no hash', 2, {PACK: bytes(32)}), ('a second opening', 1, {KIND: 1}),
            ('a term that falls', 7, {TERM: 0}), ('a method that is unknown', 7, {METHOD: 9}),
            ('a level that is unknown', 7, {LEVEL: 4}), ('a payload of no length', 7, {LENGTH: 64}),
            ('a payload of another length', 7, {LENGTH: 320 + 256}), ('a payload of no hash', 7, {DIGEST: bytes(32)}),
            ('a payload of no commitment', 7, {COMMIT: bytes(32)}), ('a payload of no key', 7, {DEK: bytes(16)}),
            ('a key without a payload', 8, {DEK: b'z' * 16}), ('an erasure with a payload', 7, {KIND: 0x50})):
        log = base.copy()
        for field, value in changes.items():
            log.rows[place][field] = value
        yield name, log.bundle()
        yield name + ', as a case', log.bundle(case=log.rows[place][CASE])
    first, other = base.rows[-1][CASE], base.rows[5][CASE]
    yield 'two cases in one', base.bundle(case=first, also=other)


def odd(full, case):
    """What only the holder of a key can make, or what no dice find: (name, files, trust)."""
    files, trust = full
    plain = dict(trust, known=[], quorum=0)
    text, note = files['checkpoint'].rsplit(b'\n\n', 1)[0] + b'\n', again(files, lambda t: t)

    def noted(name, note, **other):
        return name, dict(files, checkpoint=note), dict(plain, **other)
    yield noted('a small first half of a signature', text + b'\n' + LOG_KEY.line(LOG_KEY.sign(text, SMALL, 0)))
    yield noted('a witness without a time', cosigned(note, 5, timed=False))
    first, nonce = high_nonce()
    yield noted('a time in the signature', cosigned(note, int.from_bytes(first[:8], 'big'), first, nonce, False))
    for seconds in (0, 1, 2**63 - 1, 2**63, 2**64 - 1):
        yield noted('a witness at %d' % seconds, cosigned(note, seconds), quorum=1)
    yield noted('a witness twice', cosigned(cosigned(note, 5), 6), quorum=1)
    yield noted('a witness named twice', cosigned(note, 5), witness=[WITNESS.vkey] * 2, quorum=2)
    yield noted('one key, two witnesses', cosigned(note, 5), witness=[WITNESS.vkey, SECOND.vkey], quorum=2)
    digits = string.ascii_uppercase + string.ascii_lowercase + string.digits + '+/'
    line = LOG_KEY.line(LOG_KEY.sign(text))
    for more in range(4):  # of the two bits before the end that say nothing only one value is right
        digit = digits[digits.index(chr(line[-3])) + more].encode()
        yield noted('loose base64 %d' % more, text + b'\n' + line[:-3] + digit + b'=\n')
    yield noted('a control character in a name', note + CONTROL.line(bytes(64)))
    yield noted('65 lines', note + 64 * OTHER_KEY.line(bytes(64)))
    yield noted('64 lines', note + 63 * OTHER_KEY.line(bytes(64)))
    for size in (b'017', b'+17', b'17 ', b'1_7', b'-17', '\u0661\u0667'.encode(), b'9' * 19, b'9' * 30, b'0', b'',
                 b'1' * 5000):
        yield noted('size %r' % size[:30], again(files, lambda t: t.replace(b'\n17\n', b'\n' + size + b'\n')))
        yield ('known size %r' % size[:30], files,
               dict(plain, known=[again(files, lambda t: t.replace(b'\n17\n', b'\n' + size + b'\n'))]))
        yield ('known size %r of a case' % size[:30], case[0],
               dict(plain, known=[again(files, lambda t: t.replace(b'\n17\n', b'\n' + size + b'\n'))]))
    for size in (1, 2, 10**17, 10**18, 2**62, 2**63 - 1, 2**63):
        for more in (0, 1, -1):
            yield 'a case in a log of %d, %+d' % (size, more), far_case(files, size, more), plain
    for name, story in stories(full):
        yield name, story, plain
    name, key_id, key = LOG_KEY.vkey.split('+', 2)
    yield 'a key id in capitals', files, dict(plain, vkey='+'.join((name, key_id.upper(), key)))
    for end in (b'\n', b'', b'\r\n', b'\n\n', b' ', b'\0'):
        yield 'mode %r' % end, dict(files, mode=b'full' + end), plain
        yield 'vkey %r' % end, dict(files, vkey=LOG_KEY.vkey.encode() + end), plain
    for name in ('payloads/x/y', 'payloads/.hidden', 'opened/+4', 'opened/\u0664', 'opened/4 ', 'opened/-0',
                 'opened/', 'proofs/4', 'proofs/04.tlog-proof', 'proofs/%d.tlog-proof' % 2**64, 'opened/%d' % 2**63,
                 'readme', 'evidence/1', 'evidence/a/b', 'PAYLOADS/x'):
        yield 'a file ' + name, dict(files, **{name: b'x'}), plain


def note_changed(note, dice):
    """A signed note as others might write it, or nearly."""
    text, _, lines = note.rpartition(b'\n\n')
    some = lines.splitlines(keepends=True)
    return dice.choice((
        note + dice.choice(some or [b'x']), text + b'\n\n' + b''.join(reversed(some)),
        text + b'\n\n' + b''.join(some[:1]),
        note + OTHER_KEY.line(bytes(64)), note + OTHER_KEY.line(b''), note + WITNESS.line(bytes(72)),
        note + SPACED.line(bytes(64)), note + ACCENTED.line(bytes(64)),
        note.replace(b'\n\n', b'\n\n\n', 1), b'\n' + note, note + b'\n', note.removesuffix(b'\n'),
        note.replace(b'=', b'', 1), note.replace(b'\xe2\x80\x94', b'-', 1), note.replace(b'\n', b'\r\n'),
        note.replace(b'/1', b'/2', 1), note + b'\xff'))


def file_changed(files, dice):
    """A file that others might write otherwise, or nearly."""
    name = dice.choice(sorted(files) + ['checkpoint', 'mode', 'vkey'] * 2)
    if name not in files:
        files[name] = dice.choice((b'', b'full', LOG_KEY.vkey.encode(), OTHER_KEY.vkey.encode()))
    elif name == 'checkpoint':
        files[name] = note_changed(files[name], dice)
    elif name.startswith('proofs/') and dice.random() < 0.7:
        head, _, tail = files[name].partition(b'\n\n')
        line = dice.choice((b'\nextra ', b'\nextra AAAA', b'\nextra A', b'\nextra', b'\n', b''))
        files[name] = head.replace(b'\n', line + b'\n', 1) + b'\n\n' + dice.choice((tail, note_changed(tail, dice)))
    else:
        how = dice.randrange(5)
        if how == 0:
            del files[name]
        elif how == 1:
            files[name] += dice.choice((b'\n', b'\0', b' '))
        elif how == 2:
            files[name] = files[name].removesuffix(b'\n')
        elif how == 3:
            other = dice.choice((name.upper(), name + 'x', name.replace('/', '/0', 1), 'evidence/' + name))
            files[other] = files[name]
        else:
            files[name] = files[dice.choice(sorted(files))]


def trust_changed(trust, files, dice):
    notes = [files['checkpoint']] if 'checkpoint' in files else []
    trust['witness'] = dice.choice(([], [WITNESS.vkey], [WITNESS.vkey, SECOND.vkey]))
    trust['quorum'] = dice.randint(0, len(trust['witness']))
    trust['known'] = dice.choice((trust['known'], notes, [note_changed(n, dice) for n in notes]))


def field_value(log, place, field, dice):
    """What else might stand there: what stands elsewhere, nearly the same, nothing, the most."""
    was, others = log.rows[place][field], [r[field] for r in log.rows]
    if isinstance(was, bytes):
        flip = dice.randrange(8 * len(was))
        value = bytearray(was)
        value[flip // 8] ^= 1 << flip % 8
        system = verify.sha(b'tocsin/v1/system-key\n', log.rows[0][trials.LOG])[:16]
        return dice.choice(others + [bytes(value), bytes(len(was))] + [system] * 3 * (field == DEK))
    most = {'B': 255, 'H': 2**16 - 1, 'I': 2**32 - 1, 'Q': 2**64 - 1, 'q': 2**63 - 1}
    most = most['sBBHQssQssqIHBBsssQss'[field]]
    value = dice.choice(others + [0, 1, most, was + 1, was - 1, was + 256, dice.randint(0, 20), 0x50, 0x51, 8])
    return min(max(value, -2**63 if field == TIME else 0), most)


def story_changed(full, dice):
    """A log whose story is another, with all chains made anew, signed by the log's key."""
    log = trials.Log(full[0])
    spoil = None
    for _ in range(dice.randint(1, 3)):
        place, other, how = dice.randrange(len(log.rows)), dice.randrange(len(log.rows)), dice.randrange(10)
        row = log.rows[place]
        if how == 0:
            log.rows.insert(other, list(row))
        elif how == 1 and len(log.rows) > 1:
            del log.rows[place]
        elif how == 2:
            log.rows[place], log.rows[other] = log.rows[other], row
        elif how == 3:
            log.payloads = dict(log.payloads)
            log.payloads.pop('payloads/' + row[DIGEST].hex(), None)
        elif how < 7:
            field = dice.choice((TIME, ACTOR, TERM, NODE, PACK, DEK, LENGTH, CASE, *range(21)))
            row[field] = field_value(log, place, field, dice)
        else:
            field = dice.randrange(21)
            spoil = place, field, field_value(log, place, field, dice)
    if not log.rows:
        return None
    case = dice.choice((None, dice.choice(log.rows)[CASE], log.rows[-1][CASE]))
    trust = dict(full[1], quorum=0, known=dice.choice(([], full[1]['known'], [full[0]['checkpoint']])))
    return log.bundle(LOG_KEY, case, spoil), trust


def everything(bundles, n, dice):
    full = bundles['honest_full']
    for name, (files, trust) in bundles.items():
        yield name, files, trust
    yield from odd(full, bundles['honest_case'])
    honest = [b for name, b in bundles.items() if name.startswith(('honest', 'limit'))]
    while n:
        if dice.random() < 0.5:
            files, trust = story_changed(full, dice)
            name = 'a changed story'
        else:
            files, trust = dice.choice((dice.choice(honest), dice.choice(list(bundles.values()))))
            name = 'changed files'
        files, trust = dict(files), dict(trust)
        for _ in range(dice.choice((0, 1, 1, 2)) if name == 'a changed story' else dice.choice((1, 1, 2, 3))):
            dice.choice((file_changed, file_changed, lambda f, d: trust_changed(trust, f, d)))(files, dice)
        n -= 1
        yield name, files, trust


def main():
    doctor, figures = sys.argv[1:]
    n, seed = int(os.environ.get('DIFFERENTIAL', 3000)), int(os.environ.get('SEED', 1))
    began, dice, judges = time.time(), random.Random(seed), trials.Judges(doctor)
    with tempfile.TemporaryDirectory() as top:
        bundles = {name: (files, trust) for name, _, files, trust, _ in trials.written(doctor, top)}
    tried = bad = accepted = 0
    for batch in trials.batches(everything(bundles, n, dice)):
        for (name, files, _), (tocsin, python) in zip(batch, judges.both([t[1:] for t in batch])):
            tried += 1
            accepted += 'ok' in tocsin
            if 'bug' in python or ('ok' in tocsin or 'ok' in python) and tocsin != python:
                bad += 1
                print('%s: tocsin %s\n    verify.py %s' % (name, tocsin, python))
    judges.end()
    print('seed %d: of %d bundles %d are accepted' % (seed, tried, accepted))
    if not tried / 20 < accepted < tried * 19 / 20:
        sys.exit('nearly all are accepted, or refused: this compares nothing')
    trials.figure(figures, 'differential', tried, bad, began, seed)
    sys.exit(bad > 0)


if __name__ == '__main__':
    main()
