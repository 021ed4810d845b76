"""Argon2id of RFC 9106 in plain Python, to have answers that are known without the library that Tocsin uses. Slow: a
few hundred blocks are enough. Held itself by the known answer of the reference implementation (vectors_test.py)."""
import hashlib, struct

MASK, WORDS = 2**64 - 1, struct.Struct('<128Q')


def le32(*numbers):
    return struct.pack('<%dI' % len(numbers), *numbers)


def stretched(n, text):  # H'
    text = le32(n) + text
    if n <= 64:
        return hashlib.blake2b(text, digest_size=n).digest()
    out, v = b'', hashlib.blake2b(text).digest()
    while n - len(out) > 64:
        out += v[:32]
        v = hashlib.blake2b(v, digest_size=min(64, n - len(out))).digest()
    return out + v


def quarter(v, a, b, c, d):  # BLAKE2b's, with a multiplication in it
    for turn, then in ((32, 24), (16, 63)):
        v[a] = (v[a] + v[b] + 2 * (v[a] & 0xffffffff) * (v[b] & 0xffffffff)) & MASK
        x = v[d] ^ v[a]
        v[d] = x >> turn | x << 64 - turn & MASK
        v[c] = (v[c] + v[d] + 2 * (v[c] & 0xffffffff) * (v[d] & 0xffffffff)) & MASK
        x = v[b] ^ v[c]
        v[b] = x >> then | x << 64 - then & MASK


def permuted(v, at):  # P
    for i in range(4):
        quarter(v, at[i], at[4 + i], at[8 + i], at[12 + i])
    for i in range(4):
        quarter(v, at[i], at[4 + (i + 1) % 4], at[8 + (i + 2) % 4], at[12 + (i + 3) % 4])


ROWS = [range(16 * i, 16 * i + 16) for i in range(8)]
COLUMNS = [[16 * row + 2 * i + j for row in range(8) for j in (0, 1)] for i in range(8)]


def mixed(one, other):  # G
    both = [x ^ y for x, y in zip(one, other)]
    v = list(both)
    for at in ROWS + COLUMNS:
        permuted(v, at)
    return [x ^ y for x, y in zip(v, both)]


def addresses(turn, lane, part, memory, turns, n):
    """The numbers by which blocks are chosen where that may not depend on the password."""
    zero, out = [0] * 128, []
    for count in range(1, -(-n // 128) + 1):
        out += mixed(zero, mixed(zero, [turn, lane, part, memory, turns, 2, count] + [0] * 121))
    return out


def argon2id(password, salt, turns, kibibytes, lanes=1, n=32, secret=b'', data=b''):
    first = b''.join(le32(len(x)) + x for x in (password, salt, secret, data))
    first = hashlib.blake2b(le32(lanes, n, kibibytes, turns, 0x13, 2) + first).digest()
    part_of = kibibytes // (4 * lanes)
    row = 4 * part_of
    blocks = [[list(WORDS.unpack(stretched(1024, first + le32(i, lane)))) for i in (0, 1)] + [None] * (row - 2)
              for lane in range(lanes)]
    for turn, part, lane in ((t, p, l) for t in range(turns) for p in range(4) for l in range(lanes)):
        blind = addresses(turn, lane, part, row * lanes, turns, part_of) if turn == 0 and part < 2 else None
        for i in range(2 if turn == part == 0 else 0, part_of):
            at = part * part_of + i
            last = blocks[lane][at - 1]
            choice = blind[i] if blind else last[0]
            other = lane if turn == part == 0 else (choice >> 32) % lanes
            area = (row - part_of if turn else part * part_of) + (i - 1 if other == lane else -(i == 0))
            far = area - 1 - (area * ((choice & 0xffffffff)**2 >> 32) >> 32)
            start = (part + 1) % 4 * part_of if turn else 0
            new = mixed(last, blocks[other][(start + far) % row])
            blocks[lane][at] = [x ^ y for x, y in zip(new, blocks[lane][at])] if turn else new
    end = [0] * 128
    for lane in blocks:
        end = [x ^ y for x, y in zip(end, lane[-1])]
    return stretched(n, WORDS.pack(*end))
