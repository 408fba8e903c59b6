"""The cryptography that docs/record-format.md names, in plain Python, for reading test vectors. Slow, and not safe against
timing: never for anything that is secret. BLAKE2b and SHA-512 are hashlib's.

XChaCha20-Poly1305: RFC 8439 and draft-irtf-cfrg-xchacha. Ed25519: RFC 8032. X25519: RFC 7748. XSalsa20-Poly1305 and
crypto_box_seal: NaCl and libsodium.
"""
import hashlib
import struct

P = 2**255 - 19
CONSTANTS = (0x61707865, 0x3320646E, 0x79622D32, 0x6B206574)


class Forged(Exception):
    """Does not open, or does not verify."""


def words(data):
    return list(struct.unpack(f"<{len(data) // 4}I", data))


def rotated(v, n):
    return (v << n | v >> (32 - n)) & 0xFFFFFFFF


def chacha_rounds(s):
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                           (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            for add, to, by, n in ((b, a, d, 16), (d, c, b, 12), (b, a, d, 8), (d, c, b, 7)):
                s[to] = (s[to] + s[add]) & 0xFFFFFFFF
                s[by] = rotated(s[by] ^ s[to], n)
    return s


def salsa_rounds(s):
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11),
                           (0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14)):
            for to, one, two, n in ((b, a, d, 7), (c, b, a, 9), (d, c, b, 13), (a, d, c, 18)):
                s[to] ^= rotated((s[one] + s[two]) & 0xFFFFFFFF, n)
    return s


def hchacha20(key, nonce16):
    s = chacha_rounds([*CONSTANTS, *words(key), *words(nonce16)])
    return struct.pack("<8I", *s[0:4], *s[12:16])


def chacha20_block(key, counter, nonce12):
    start = [*CONSTANTS, *words(key), counter, *words(nonce12)]
    return struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(start, chacha_rounds(start[:]))))


def salsa_state(key, nonce16):
    k, n, c = words(key), words(nonce16), CONSTANTS
    return [c[0], *k[:4], c[1], *n, c[2], *k[4:], c[3]]


def hsalsa20(key, nonce16):
    s = salsa_rounds(salsa_state(key, nonce16))
    return struct.pack("<8I", s[0], s[5], s[10], s[15], *s[6:10])


def salsa20_block(key, counter, nonce8):
    start = salsa_state(key, nonce8 + struct.pack("<Q", counter))
    return struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(start, salsa_rounds(start[:]))))


def poly1305(key, data):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for at in range(0, len(data), 16):
        total = (total + int.from_bytes(data[at:at + 16] + b"\1", "little")) * r % (2**130 - 5)
    return ((total + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")


def xor(data, stream):
    return bytes(a ^ b for a, b in zip(data, stream))


def xchacha20poly1305_open(key, nonce24, ad, sealed):
    sub, nonce = hchacha20(key, nonce24[:16]), bytes(4) + nonce24[16:]
    body, tag = sealed[:-16], sealed[-16:]

    def filled(data):
        return data + bytes(-len(data) % 16)
    mac = poly1305(chacha20_block(sub, 0, nonce)[:32],
                   filled(ad) + filled(body) + struct.pack("<QQ", len(ad), len(body)))
    if len(sealed) < 16 or mac != tag:
        raise Forged("XChaCha20-Poly1305")
    return xor(body, b"".join(chacha20_block(sub, 1 + i, nonce) for i in range((len(body) + 63) // 64)))


def x25519(scalar, u):
    k = int.from_bytes(scalar, "little") & ~7 & ~(1 << 255) | 1 << 254
    x1 = int.from_bytes(u, "little") & (1 << 255) - 1
    x2, z2, x3, z3 = 1, 0, x1, 1
    for bit in reversed(range(255)):
        swap = k >> bit & 1
        if swap:
            x2, z2, x3, z3 = x3, z3, x2, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % P, b * b % P, d * a % P, c * b % P
        e = aa - bb
        x3, z3 = (da + cb)**2 % P, x1 * (da - cb)**2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
        if swap:
            x2, z2, x3, z3 = x3, z3, x2, z2
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


def sealed_box_open(secret, sealed):
    public, ephemeral = x25519(secret, (9).to_bytes(32, "little")), sealed[:32]
    nonce = hashlib.blake2b(ephemeral + public, digest_size=24).digest()
    key = hsalsa20(hsalsa20(x25519(secret, ephemeral), bytes(16)), nonce[:16])
    tag, body = sealed[32:48], sealed[48:]
    stream = b"".join(salsa20_block(key, i, nonce[16:]) for i in range((32 + len(body) + 63) // 64))
    if poly1305(stream[:32], body) != tag:
        raise Forged("sealed box")
    return xor(body, stream[32:])


D = -121665 * pow(121666, P - 2, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493
ROOT = pow(2, (P - 1) // 4, P)


def ed_add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def ed_times(n, p):
    total = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = ed_add(total, p)
        p, n = ed_add(p, p), n >> 1
    return total


def ed_point(data):
    y, sign = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * ROOT % P
    if y >= P or (x * x - xx) % P or (x == 0 and sign):
        raise Forged("not a point")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = ed_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verify(public, message, signature):
    s = int.from_bytes(signature[32:], "little")
    a, r = ed_point(public), ed_point(signature[:32])
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = ed_times(s, BASE), ed_add(r, ed_times(h, a))
    if s >= ORDER or any((left[i] * right[2] - right[i] * left[2]) % P for i in (0, 1)):
        raise Forged("Ed25519")
