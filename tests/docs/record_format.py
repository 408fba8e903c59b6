"""A reader of samplan's records that follows docs/record-format.md and docs/plan-model.md and shares nothing with the C code.
Numbers in comments are sections of that page. Reads a bare git repository with the git program, and keeps everything in
memory: it is here to show that the page suffices, and to be compared with.

    log = Log(repository)                     objects and branches
    replica = Replica(log, forbund, keys)     accepts, opens, judges; keys: {key id: (section id, key)}
    replica.dump()                            the bytes that samplan dump writes
"""
import base64
import calendar
import copy
import datetime
import hashlib
import json
import pathlib
import re
import subprocess
import unicodedata
import uuid
import zlib

from plain_crypto import Forged, ed25519_verify, sealed_box_open, x25519, xchacha20poly1305_open

NIL = bytes(16)
TOP = pathlib.Path(__file__).resolve().parents[2]
DOCS = TOP / "docs"


class Refused(Exception):
    """A verdict, and how."""

    def __init__(self, verdict, detail=""):
        super().__init__(f"{verdict}: {detail}")
        self.verdict = verdict


def must(holds, verdict, detail=""):
    if not holds:
        raise Refused(verdict, detail)


# 2, 3: hashes and names

def H(*parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32).digest()


def chain_id(signing_public, incarnation):
    return H(b"samplan chain 1", signing_public, incarnation)[:16]


def section_id(forbund, plan, owner, topic):
    if plan == NIL and owner == NIL and topic == "forbund":
        return NIL
    return H(b"samplan section 1", forbund, plan, owner, topic.encode())[:16]


def key_id(forbund, section, key):
    return H(b"samplan key 1", NIL if section == NIL else forbund, section, key)[:16]


def box_id(public):
    return H(b"samplan box 1", public)[:16]


def party_id(signing_public, kind, name):
    h = H(b"samplan party 1", signing_public, kind.encode(), b"\0", name.encode())
    return h[10:16] + bytes([h[0] & 0x0F | 0x70, h[1], h[2] & 0x3F | 0x80]) + h[3:10]


def u32(n):
    return n.to_bytes(4, "big")


# 10: CBOR and text

def is_text(data):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    wrong = any(c < 0x20 and c not in (9, 10) or 0x7F <= c <= 0x9F or c == 0xFEFF or 0xFDD0 <= c <= 0xFDEF
                or c & 0xFFFE == 0xFFFE for c in map(ord, text))
    return not wrong and unicodedata.is_normalized("NFC", text)


class Reader:
    """Takes CBOR items: int, bytes, str, None, list."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        must(self.at + n <= len(self.data), "malformed", "runs out")
        self.at += n
        return self.data[self.at - n:self.at]

    def item(self, depth=0):
        first = self.take(1)[0]
        major, low = first >> 5, first & 31
        if first == 0xF6:
            return None
        must(major <= 4 and low <= 27, "malformed", "outside the subset")
        n = low
        if low >= 24:
            size = 1 << (low - 24)
            n = int.from_bytes(self.take(size), "big")
            must(n >= (24 if size == 1 else 1 << 4 * size), "malformed", "not the shortest form")
        if major == 0:
            return n
        if major == 1:
            return -1 - n
        if major == 2:
            return self.take(n)
        if major == 3:
            text = self.take(n)
            must(is_text(text), "malformed", "unclean text")
            return text.decode()
        must(depth < 16, "malformed", "too deep")
        return [self.item(depth + 1) for _ in range(n)]


def whole(data):
    reader = Reader(data)
    item = reader.item()
    must(reader.at == len(data), "malformed", "something follows")
    return item


def is_bytes(item, size):
    return isinstance(item, bytes) and len(item) == size


def is_number(item, most=2**64 - 1, least=0):
    return isinstance(item, int) and least <= item <= most


def is_tstr(item, most, least=0):
    return isinstance(item, str) and least <= len(item.encode()) <= most


def is_name(item):
    return is_tstr(item, 200, 1)


def is_list(item, size=None):
    return isinstance(item, list) and size in (None, len(item))


def rises(items):
    return all(a < b for a, b in zip(items, items[1:]))


# 4: commit and tree

COMMIT_MOST = 1 << 20
COMMIT = re.compile(rb"tree ([0-9a-f]{40})\n(?:parent (?P<parent>[0-9a-f]{40})\n)?"
                    rb"author (?P<who>(?P<chain>[0-9a-f]{32}) <(?P=chain)@samplan> (?P<time>0|[1-9][0-9]*) \+0000)\n"
                    rb"committer (?P=who)\ngpgsig (?P<sig>[^\n]+(?:\n [^\n]*)*)\n\n(?P<message>[^\0]*)", re.S)


class Commit:
    def __init__(self, content):
        must(len(content) <= COMMIT_MOST, "limit", "commit")
        m = COMMIT.fullmatch(content)
        must(m, "malformed", "commit")
        self.tree, self.parent = m[1].decode(), m["parent"] and m["parent"].decode()
        self.chain, self.time, self.message = bytes.fromhex(m["chain"].decode()), int(m["time"]), m["message"]
        self.signature = m["sig"].replace(b"\n ", b"\n")
        self.covered = content[:m.start("sig") - len(b"gpgsig ")] + content[m.end("sig") + 1:]


def read_tree(content):
    must(len(content) <= COMMIT_MOST, "limit", "tree")
    found, at = {}, 0
    while at < len(content):
        must(content[at:at + 7] == b"100644 " and content[at + 8:at + 9] == b"\0", "malformed", "tree")
        found[chr(content[at + 7])] = content[at + 9:at + 29].hex()
        at += 29
    must(list(found) in (["b"], ["b", "k"], ["b", "o"], ["b", "k", "o"]) and at == len(content), "malformed", "tree")
    return found


# 5: header

HEADER = re.compile(
    r"samplan 1\nkind (?P<kind>plans|reads)\nforbund (?P<forbund>[0-9a-f]{32})\nchain (?P<chain>[0-9a-f]{32})\n"
    r"dots (?P<first>0|[1-9][0-9]*)-(?P<last>0|[1-9][0-9]*)\ntime (?P<time>0|[1-9][0-9]*)\nprev (?P<prev>[0-9a-f]{64})\n"
    r"(?P<seen>(?:seen [0-9a-f]{32} (?:0|[1-9][0-9]*) [0-9a-f]{64}\n)*)body (?P<body>[0-9a-f]{64})\n"
    r"(?:keys (?P<keys>[0-9a-f]{64})\n)?(?:opens (?P<opens>[0-9a-f]{64})\n)?")


class Header:
    def __init__(self, message):
        m = HEADER.fullmatch(message.decode("latin-1"))
        must(m, "malformed", "header")
        for name in ("forbund", "chain", "prev", "body", "keys", "opens"):
            setattr(self, name, bytes.fromhex(m[name]) if m[name] else None)
        self.kind, self.first, self.last, self.time = m["kind"], int(m["first"]), int(m["last"]), int(m["time"])
        self.seen = [(bytes.fromhex(c), int(n), bytes.fromhex(h))
                     for _, c, n, h in map(str.split, m["seen"].splitlines())]
        chains = [chain for chain, _, _ in self.seen]
        must(1 <= self.first <= self.last and rises(chains) and self.chain not in chains
             and all(n >= 1 for _, n, _ in self.seen), "malformed", "header")
        must((self.opens is not None) == (self.first == 1), "malformed", "opens")
        must(self.opens is None or self.prev == self.opens, "malformed", "prev")
        must(self.last < 2**48 and self.last - self.first < 65536 and self.time < 2**40 and len(self.seen) <= 4096
             and all(n < 2**48 for _, n, _ in self.seen), "limit", "header")


# 6: signature

def ssh(data):
    return u32(len(data)) + data


def check_signature(armored, covered):
    """The public key that signed."""
    m = re.fullmatch(rb"-----BEGIN SSH SIGNATURE-----\n(.*)\n-----END SSH SIGNATURE-----", armored, re.S)
    must(m and len(armored) == 293, "signature", "armor")
    text = m[1].replace(b"\n", b"")
    must(m[1] == b"\n".join(text[i:i + 70] for i in range(0, len(text), 70)), "signature", "lines")
    blob = base64.b64decode(text, validate=True)
    must(len(blob) == 173 and base64.b64encode(blob) == text, "signature", "base64")
    public, signature = blob[33:65], blob[-64:]
    name = b"ssh-ed25519"
    must(blob == b"SSHSIG" + u32(1) + ssh(ssh(name) + ssh(public)) + ssh(b"git") + ssh(b"") + ssh(b"sha512")
         + ssh(ssh(name) + ssh(signature)), "signature", "form")
    signed = b"SSHSIG" + ssh(b"git") + ssh(b"") + ssh(b"sha512") + ssh(hashlib.sha512(covered).digest())
    try:
        ed25519_verify(public, signed, signature)
    except Forged:
        raise Refused("signature", "does not verify") from None
    return public


# 7: what opens a chain

class Opening:
    def __init__(self, blob):
        item = whole(blob)
        must(is_list(item, 7) and item[0] == 1 and is_bytes(item[1], 32) and is_bytes(item[2], 8)
             and is_bytes(item[3], 32) and is_bytes(item[4], 32), "malformed", "opening")
        certified, old = item[5:]
        must(is_list(certified, 2) and is_bytes(certified[0], 16) and is_number(certified[1], 2**48 - 1, 1), "malformed",
             "opening")
        must(old is None or is_list(old, 3) and is_bytes(old[0], 16) and is_number(old[1], 2**48 - 1, 1)
             and is_bytes(old[2], 32), "malformed", "opening")
        self.sign, self.incarnation, self.meeting, self.box = item[1:5]
        self.certified, self.continues = tuple(certified), old and tuple(old)


# 8: body and sealing

def padded_length(n):
    if n <= 96:
        return 96
    e = n.bit_length() - 1
    mask = (1 << (e - e.bit_length())) - 1
    return (n + mask) & ~mask


class Body:
    def __init__(self, blob):
        self.salt, self.flag, self.parts, at = blob[:16], blob[16:17], [], 17
        must(self.flag in (b"\0", b"\1"), "malformed", "flag")
        while at < len(blob):
            end = at + 20 + int.from_bytes(blob[at + 16:at + 20], "big")
            must(at + 20 <= len(blob) and end <= len(blob), "malformed", "part")
            self.parts.append((blob[at:at + 16], blob[at + 20:end]))
            at = end
        must(self.parts, "malformed", "no part")
        must(len(self.parts) <= 4096, "limit", "parts")
        self.flagged = self.flag == b"\1"
        ids = [key for key, _ in self.parts]
        rest = ids[1:] if self.flagged else ids
        must(rises(rest) and not (self.flagged and ids[0] in rest), "malformed", "order of parts")


def open_part(header, body, place, key):
    """The padded plaintext."""
    key_id_, sealed = body.parts[place]
    nonce = H(b"samplan nonce 1", body.salt, u32(place))[:24]
    ad = (b"samplan seal 1" + header.forbund + header.chain + header.first.to_bytes(8, "big") + key_id_ + u32(place))
    must(len(sealed) >= 96 + 16, "shape", "too short")
    try:
        return xchacha20poly1305_open(key, nonce, ad, sealed)
    except Forged:
        raise Refused("shape", "does not open") from None


DICTIONARY = (TOP / "sync" / "squeeze.dict").read_bytes()
PLAIN_MOST = 15 << 20


def unpacked(padded):
    """The plaintext of a part, and how long its stream is."""
    stream = zlib.decompressobj(-15, zdict=DICTIONARY)
    try:
        plain = stream.decompress(padded, PLAIN_MOST + 1)
    except zlib.error as why:
        raise Refused("shape", str(why)) from None
    must(len(plain) <= PLAIN_MOST, "shape", "too long")
    must(stream.eof, "shape", "no end")
    filling = stream.unused_data
    length = len(padded) - len(filling)
    must(padded_length(length) == len(padded) and not any(filling), "shape", "padding")
    return plain, length


def unpack_part(padded):
    return unpacked(padded)[0]


# 9: envelopes

class Envelope:
    def __init__(self, data):
        self.key_id, self.box_id, self.sealed = data[:16], data[16:32], data[32:]

    def open(self, forbund, secret):
        """(section id, key), or None where it does not count."""
        try:
            content = sealed_box_open(secret, self.sealed)
        except Forged:
            return None
        section, key = content[:16], content[16:]
        return (section, key) if key_id(forbund, section, key) == self.key_id else None


def envelopes(blob):
    must(blob and len(blob) % 128 == 0, "malformed", "envelopes")
    return [Envelope(blob[i:i + 128]) for i in range(0, len(blob), 128)]


# 13: values

EPOCH = datetime.date(1970, 1, 1)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def date_of(text):
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.A):
        return None
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2199 else None


def unpack(item):
    if item is None:
        return None
    if isinstance(item, bytes):
        must(len(item) == 16, "shape", "uuid")
        return str(uuid.UUID(bytes=item))
    if isinstance(item, int):
        must(-25567 <= item <= 84005, "shape", "date")
        return (EPOCH + datetime.timedelta(days=item)).isoformat()
    must(is_tstr(item, 65536, 1), "shape", "value")
    must(not UUID.fullmatch(item) and not date_of(item), "shape", "a shorter form")
    return item


LONG = {"note.text", "decision.text", "proposal.value", "proposal.why", "remiss.status_reason", "outcome.individual",
        "outcome.own_effort", "outcome.samverkan", "insats.purpose", "insats.goals", "insats.referral", "policy.value",
        "acceptance.why"}
RANGES = {"person.birth_year": (1850, 2199), "slot.weekday": (1, 7), "module.order": (1, 999)}


def is_identity_number(text):
    if not re.fullmatch(r"\d{12}", text, re.A):
        return False
    doubled = [int(d) * (2 - i % 2) for i, d in enumerate(text[2:])]
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:8])
    if sum(n - 9 if n > 9 else n for n in doubled) % 10 or not 1800 <= year <= 2199:
        return False
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1] or month <= 12 and 60 <= day <= 91


def is_extent(text):
    if text == "1halvdag":
        return True
    m = re.fullmatch(r"(0|[1-9]\d{0,2})(?:[.,](\d))?(%|h|halvdagar)", text, re.A)
    tenths = m and (int(m[1]) * 10 + int(m[2] or 0)) * {"%": 10, "h": 25, "halvdagar": 100}[m[3]] // 10
    return bool(m) and 1 <= tenths <= 2000


def is_time(text):
    m = re.fullmatch(r"(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?Z", text, re.A)
    return bool(m) and date_of(m[1]) is not None


class Field:
    def __init__(self, type_name, name, merge, form, words_):
        self.name, self.merge, self.form, self.words = name, merge, form, words_
        self.full = f"{type_name}.{name}"

    def takes(self, text):
        most = 65536 if self.merge in ("text", "entries") or self.full in LONG else 1000
        if not 1 <= len(text.encode()) <= most:
            return False
        yes = text in ("ja", "nej")
        if self.form == "text":
            if self.full in ("acceptance.finding", "acceptance.matter"):
                return bool(re.fullmatch("[0-9a-f]{32}", text))
            return self.full != "identity.number" or is_identity_number(text)
        if self.form == "number":
            low, high = RANGES.get(self.full, (0, 10**15))
            return bool(re.fullmatch(r"0|[1-9]\d{0,14}", text, re.A)) and low <= int(text) <= high
        if self.form == "date":
            return bool(date_of(text)) or yes and self.full in ("goal.reached", "decision.done", "consent.withdrawn")
        return {"word": lambda: text in self.words, "time": lambda: is_time(text), "extent": lambda: is_extent(text),
                "ref": lambda: bool(UUID.fullmatch(text)), "whom": lambda: bool(UUID.fullmatch(text)),
                "yesno": lambda: yes,
                "clock": lambda: bool(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text, re.A))}[self.form]()


def read_model(text=None):
    """Types by number, from docs/plan-model.md."""
    types = {}
    for block in re.split(r"^## ", text or (DOCS / "plan-model.md").read_text(encoding="utf-8"), flags=re.M)[1:]:
        number, name = block.split("\n", 1)[0].split()
        places, topics = re.search(r"^Place: (.*)\. Topics: (.*)\.$", block, re.M).groups()
        fields = {int(n): Field(name, field, merge, form, words_.split(" · "))
                  for n, field, merge, form, words_ in re.findall(r"^\| (\d+) \| (\w+) \| (\w+) \| (\w+) \| (.*?) \|", block,
                                                                  re.M)}
        types[int(number)] = (name, places.split(", "), topics.split(", "), fields)
    return types


# 11, 12: plaintext of a part, operations

NEW, SET, ADD, DROP, APPEND, REMOVE, KEEP, SPLICE = range(8)
OPEN, ADMIT, GENESIS, PARTY, APPROVE, CERTIFY = 16, 17, 32, 33, 34, 35


def is_grants(item):
    return (is_list(item) and len(item) <= 256
            and all(is_list(g, 3) and is_number(g[0], 1) and is_bytes(g[1], 16) and is_number(g[2], 1) for g in item)
            and rises([(g[0], g[1]) for g in item]))


def is_parents(item):
    return (is_list(item) and len(item) <= 64
            and all(is_list(p, 2) and is_bytes(p[0], 16) and (p[1] is None or is_bytes(p[1], 32)) for p in item)
            and rises([p[0] for p in item]))


def is_approvals(item):
    return (is_list(item) and len(item) <= 256
            and all(is_list(a, 2) and is_bytes(a[0], 16) and is_number(a[1], 2**48 - 1, 1) for a in item)
            and rises([tuple(a) for a in item]))


def b16(item):
    return is_bytes(item, 16)


def b32(item):
    return is_bytes(item, 32)


def n32(item):
    return is_number(item, 2**32 - 1)


def is_ground(item):
    return is_tstr(item, 65536)


FORMS = {OPEN: (b16, b16, is_name, is_parents, is_grants, is_ground), ADMIT: (is_grants, is_ground),
         GENESIS: (is_name, n32), PARTY: (b16, is_name, is_name, is_approvals), APPROVE: (b16, is_name, is_name),
         CERTIFY: (b32, b32, b32, b16, is_name, b16, is_name)}
SIZES = {NEW: 3, SET: 4, ADD: 4, DROP: 4, APPEND: 4, REMOVE: 2, KEEP: 2, SPLICE: 7}


class Op:
    """One operation. Objects are ids; items are what stands after the code."""

    def __init__(self, item, table):
        must(is_list(item) and item and is_number(item[0]), "shape", "operation")
        self.code, self.items, self.object, self.number, self.value = item[0], item[1:], None, None, None
        self.known = self.code in FORMS or self.code in SIZES
        if self.code in FORMS:
            forms = FORMS[self.code]
            must(len(self.items) == len(forms) and all(f(i) for f, i in zip(forms, self.items)), "shape",
                 f"operation {self.code}")
        elif self.known:
            must(len(item) == SIZES[self.code], "shape", f"operation {self.code}")
            self.object = table.at(item[1])
            if self.code <= APPEND or self.code == SPLICE:
                must(n32(item[2]), "shape", "type or field")
                self.number = item[2]
            if SET <= self.code <= APPEND:
                self.value = unpack(item[3])
                must(self.value is not None or self.code == SET, "shape", "no value")
            if self.code == SPLICE:
                base, skip, drop, insert = item[3:]
                must(is_number(skip, 65536) and is_number(drop, 65536) and is_tstr(insert, 65536), "shape", "splice")
                dot = base if is_list(base, 2) and b16(base[0]) else [None, base]
                must(is_number(dot[1], 2**48 - 1, 1), "shape", "base")
                self.base, self.edit = dot, (skip, drop, insert.encode())
        else:
            must(nests(item) <= 8, "shape", "too deep")
            if self.code < 16:
                must(len(item) > 1, "shape", "no object")
                table.at(item[1])


def nests(item):
    return 1 + max(map(nests, item), default=0) if isinstance(item, list) else 0


class Table:
    def __init__(self, item):
        must(is_list(item) and all(b16(i) for i in item) and len(set(item)) == len(item), "shape", "objects")
        must(len(item) <= 65536, "shape", "objects")
        self.ids, self.used = item, 0

    def at(self, index):
        must(is_number(index, self.used) and index < len(self.ids), "shape", "index")
        self.used = max(self.used, index + 1)
        return self.ids[index]


def read_part(plain, header):
    """[(number, clock, [Op])]"""
    try:
        item = whole(plain)
    except Refused as why:
        raise Refused("shape", str(why)) from None
    must(is_list(item, 2) and is_list(item[1]), "shape", "part")
    table, number, clock, out, ops = Table(item[0]), header.first, header.time * 1000, [], 0
    for tx in item[1]:
        must(is_list(tx, 3) and is_number(tx[0]) and isinstance(tx[1], int) and is_list(tx[2]), "shape", "transaction")
        number, clock = number + tx[0], clock + tx[1]
        must(number <= header.last and 0 <= clock < 2**40 * 1000, "shape", "number or clock")
        out.append((number, clock, [Op(op, table) for op in tx[2]]))
        number, ops = number + 1, ops + len(tx[2])
    must(table.used == len(table.ids) and ops <= 65536 and len(out) <= 65536, "shape", "table")
    return out


# The log: objects and branches, by the git program

class Log:
    def __init__(self, repository):
        self.repository = str(repository)
        self.process = subprocess.Popen(["git", "-C", self.repository, "cat-file", "--batch"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def get(self, name, kind, most):
        self.process.stdin.write(name.encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        must(answer[1] != b"missing", "waits", "missing")
        content = self.process.stdout.read(int(answer[2]) + 1)[:-1]
        must(answer[1].decode() == kind, "malformed", "another kind of object")
        must(len(content) <= most, "limit", kind)
        return content

    def branches(self):
        """chain id -> commit names, oldest first."""
        def git(*args):
            return subprocess.run(["git", "-C", self.repository, *args], capture_output=True, check=True,
                                  encoding="ascii").stdout.split()
        names = [n for n in git("for-each-ref", "--format=%(refname)", "refs/heads")
                 if re.fullmatch("refs/heads/[0-9a-f]{32}", n)]
        return {bytes.fromhex(n[-32:]): git("rev-list", "--reverse", n) for n in names}


class Record:
    """15, checks 1 to 7: all that needs neither keys nor other records."""

    def __init__(self, log, name):
        content = log.get(name, "commit", COMMIT_MOST)
        self.name, self.hash, self.commit = name, H(content), Commit(content)
        self.header = h = Header(self.commit.message)
        self.signer = check_signature(self.commit.signature, self.commit.covered)
        must((self.commit.chain, self.commit.time) == (h.chain, h.time), "malformed", "commit and header")
        tree = read_tree(log.get(self.commit.tree, "tree", COMMIT_MOST))
        must(("k" in tree, "o" in tree) == (h.keys is not None, h.opens is not None), "malformed", "blobs")

        def blob(letter, most, want):
            content = log.get(tree[letter], "blob", most)
            must(H(content) == want, "hash", letter)
            return content
        b = blob("b", 1 << 24, h.body)
        k = blob("k", 4096 * 128, h.keys) if h.keys else None
        o = blob("o", COMMIT_MOST, h.opens) if h.opens else None
        self.body = Body(b)
        self.opening = Opening(o) if o is not None else None
        self.envelopes = envelopes(k) if k is not None else []
        self.seq = self.past = self.prev = None  # its number here, the numbers of all in its past, the record it follows
        self.chain = self.opener = None          # the branch that it is on (4), the record that opens its chain


# 16: what is known of a transaction

class Tx:
    def __init__(self, record, number, serial):
        self.record, self.number, self.serial = record, number, serial
        self.chain, self.signer = record.chain, record.signer
        self.name = f"{self.chain.hex()}.{number}"

    def has_seen(self, other):
        if self.record is other.record:
            return other.number < self.number
        return other.record.seq in self.record.past


class Epoch:
    def __init__(self, key, section, tx, parents, grants):
        self.key, self.section, self.tx, self.parents, self.grants = key, section, tx, parents, grants
        self.admissions = []  # (tx, grants)


class Section:
    def __init__(self, sid, plan, owner, topic):
        self.id, self.plan, self.owner, self.topic = sid, plan, owner, topic
        self.place = "förbund" if sid == NIL else "owned" if owner != NIL else "shared"


class Placed:
    """An operation on an object, where it stands."""

    def __init__(self, op, tx, clock, epoch, serial, allowed):
        self.op, self.tx, self.epoch, self.serial, self.allowed = op, tx, epoch, serial, allowed
        self.order = (clock, tx.chain, tx.number, serial)


class Again(Exception):
    """A key has come whose parts must be judged first."""


class Replica:
    def __init__(self, log, forbund, keys, model=None):
        self.log, self.forbund, self.model = log, forbund, model or read_model()
        self.keys = dict(keys)
        self.records, self.by_hash, self.roots, self.verdicts = [], {}, {}, {}
        self.project()
        self.accept_all()

    # 15: accepting

    def accept_all(self):
        waiting = {chain: list(names) for chain, names in self.log.branches().items()}
        moved = True
        while moved:
            moved = False
            for chain, names in waiting.items():
                while names and self.verdicts.get(chain) in (None, "waits", "quarantine"):
                    if any(r.name == names[0] for r in self.records):  # several git branches lead to it
                        names.pop(0)
                        self.verdicts.pop(chain, None)
                        continue
                    try:
                        self.accept(chain, Record(self.log, names[0]))
                    except Refused as why:
                        self.verdicts[chain] = why.verdict
                        break
                    names.pop(0)
                    self.verdicts.pop(chain, None)
                    moved = True

    def accept(self, branch, r):
        h, genesis = r.header, r.header.forbund == NIL
        must(self.roots.get(branch, h.chain) == h.chain and h.kind == "plans", "chain")
        must(genesis or h.forbund == self.forbund, "chain")
        known = [k for k in self.records if k.header.chain == h.chain]
        must(not (genesis and known), "chain", "genesis in the midst")
        if h.opens is not None:
            must(r.commit.parent is None and h.first == 1, "link")
            must(chain_id(r.opening.sign, r.opening.incarnation) == h.chain and r.opening.sign == r.signer, "chain")
            must(not genesis or r.hash[:16] == self.forbund, "chain", "another genesis")
            must(genesis or any(c["sign"] == r.signer for c in self.certifications), "quarantine")
        else:
            must(known, "link")
            must(r.signer == known[0].signer, "signature")
            r.prev = self.by_hash.get(h.prev)
            must(r.prev and r.prev.header.chain == h.chain, "link")
            must(r.commit.parent == r.prev.name and h.first == r.prev.header.last + 1, "link")
        r.past = set() if r.prev is None else r.prev.past | {r.prev.seq}
        for _, number, hash_ in h.seen:
            found = self.by_hash.get(hash_)
            must(found, "waits")
            must(found.header.last == number, "link")
            r.past |= found.past | {found.seq}
        beside = [k for k in known if k.prev is r.prev]
        must(not beside or len({k.chain for k in known} - {h.chain}) + 2 <= 256, "limit", "branches")
        r.seq, r.opener = len(self.records), r.prev.opener if r.prev else r
        self.records.append(r)
        self.by_hash[r.hash] = r
        self.name_branches()
        self.project()

    def name_branches(self):
        """4: what stands before a chain splits is its own; each branch is named by its first record."""
        following = {}
        for r in self.records:
            following.setdefault((r.header.chain, r.prev), []).append(r)
        self.roots = {}
        for r in self.records:
            beside = following[r.header.chain, r.prev]
            before = r.prev.chain if r.prev else r.header.chain
            r.beside = [k for k in beside if k is not r]
            r.chain = H(b"samplan branch 1" + r.hash)[:16] if r.beside else before
            self.roots[r.chain] = self.roots[r.header.chain] = r.header.chain

    # opening parts, in order, from the beginning: again whenever an opening has given a key

    def project(self):
        while True:
            before = len(self.keys)
            self.sections, self.epochs, self.txs, self.placed = {}, {}, {}, {}
            self.certifications, self.parties, self.approvals, self.quorum = [], [], [], None
            self.named = {}
            self.refused, self.waiting, self.starts, self.common = [], [], {}, []
            try:
                self.open_parts()
            except Again:
                continue
            if len(self.keys) == before:
                return

    def open_parts(self):
        shut = []
        for r in self.records:
            for place in range(len(r.body.parts)):
                key = r.body.parts[place][0]
                flagged = place == 0 and r.body.flagged
                try:
                    if flagged and key not in self.keys and self.quorum is not None:
                        raise Refused("shape", "not under the key of the förbund section")
                    if key in self.keys and not any(self.record_seen(r, s) for s in shut):
                        self.take_part(r, place, flagged, key)
                        continue
                except Refused as why:
                    self.refused.append((why.verdict, str(why)))
                    continue
                self.waiting.append((r, place))
                if flagged:
                    shut.append(r)

    @staticmethod
    def record_seen(r, other):
        return r is other or other.seq in r.past

    def take_part(self, r, place, flagged, key):
        section, secret = self.keys[key]
        must(flagged == (section == NIL), "shape", "flag")
        content = read_part(unpack_part(open_part(r.header, r.body, place, secret)), r.header)
        self.keep_parents(op for _, _, ops in content for op in ops if op.code == OPEN)
        self.spliced_bytes = 0
        self.find_twins(r, key, [(number, clock) for number, clock, ops in content if ops])
        for number, clock, ops in content:
            at = (r.seq, number)
            tx = self.txs.setdefault(at, Tx(r, number, len(self.txs)))
            for op in ops:
                try:
                    self.take(tx, clock, key, op)
                except Refused as why:
                    self.refused.append((why.verdict, str(why)))

    def keep_parents(self, openings):
        """An opening's predecessors go first."""
        before = len(self.keys)
        for op in openings:
            plan, owner, topic, parents = op.items[:4]
            sid = section_id(self.forbund, plan, owner, topic)
            for parent, secret in parents:
                if secret is not None and key_id(self.forbund, sid, secret) == parent:
                    self.keys.setdefault(parent, (sid, secret))
        if len(self.keys) > before:
            raise Again

    # 16: authority

    def find_twins(self, r, key, started):
        """Two records begin branches that go on from one record, had seen the same, and their parts of one epoch begin with
        the same transactions: those were one save."""
        for other in r.beside:
            if key in self.epochs and (key, other.seq) in self.starts and other.past == r.past:
                upto = 0
                for a, b in zip(started, self.starts[key, other.seq]):
                    if a != b:
                        break
                    upto = a[0]
                if upto:
                    self.common += [(key, r, other, upto), (key, other, r, upto)]
        self.starts[key, r.seq] = started

    def same(self, a, b, key):
        """Are they one, or twins in that epoch?"""
        return a is b or a.number == b.number and any(
            (k, of, other) == (key, b.record, a.record) and b.number <= upto for k, of, other, upto in self.common)

    def saw(self, a, b, key):
        """Is b, or a twin of it in that epoch, in the past of a?"""
        return a.has_seen(b) or any(
            k == key and of is b.record and b.number <= upto
            and (b.number < a.number if other is a.record else other.seq in a.record.past)
            for k, of, other, upto in self.common)

    def standing(self, tx):
        """The certification that the device accepted, and no other."""
        chain, number = tx.record.opener.opening.certified
        found = [c for c in self.certifications if c["sign"] == tx.signer and c["tx"].number == number
                 and c["tx"].record.header.chain == self.roots.get(chain)
                 and (c["tx"] is tx or self.saw(tx, c["tx"], c["key"]))]
        return min(found, key=lambda c: c["tx"].chain, default=None)

    @staticmethod
    def may_edit(who):
        return who is not None and who["role"] != "revisor"

    def ancestors(self, epoch):
        out, todo = set(), [p for p, _ in epoch.parents]
        while todo:
            key = todo.pop()
            if key not in out and key in self.epochs and self.epochs[key].section is epoch.section:
                out.add(key)
                todo += [p for p, _ in self.epochs[key].parents]
        return out - {epoch.key}

    def recipients(self, epoch):
        """(tx that granted, grant, the epoch's key)"""
        for g in epoch.grants:
            yield epoch.tx, g, epoch.key
        for tx, grants in epoch.admissions:
            yield from ((tx, g, epoch.key) for g in grants)
        for key in self.ancestors(epoch):
            for tx, grants in self.epochs[key].admissions:
                if tx is not epoch.tx and not self.saw(epoch.tx, tx, key):
                    yield from ((tx, g, key) for g in grants)

    def shared_writer(self, epoch, tx, who):
        return any(writes and (who["party"], who["member"])[kind] == id_
                   and (self.same(tx, granted, key) or self.saw(tx, granted, key))
                   for granted, (kind, id_, writes), key in self.recipients(epoch))

    def judge_write(self, epoch, tx, who):
        section = epoch.section
        must(self.may_edit(who), "authority", "may not write")
        if section.place == "owned":
            must(who["party"] == section.owner, "authority", "not the owner")
        elif section.place == "shared":
            must(self.shared_writer(epoch, tx, who), "authority", "not admitted")

    def take(self, tx, clock, key, op):
        who, genesis = self.standing(tx), tx.record.header.forbund == NIL and tx.number == 1
        if op.code == OPEN:
            return self.take_open(tx, key, op, who, genesis)
        epoch = self.epochs.get(key)
        must(epoch and (self.same(tx, epoch.tx, key) or self.saw(tx, epoch.tx, key)), "authority", "no opening in its past stands")
        if op.object is not None:
            place = self.placed.setdefault((epoch.section.id, op.object), [])
            if op.code == SPLICE:
                op = self.spliced(tx, epoch, op, place)
            try:
                self.judge_write(epoch, tx, who)
            except Refused:
                place.append(Placed(op, tx, clock, epoch, len(place), False))
                raise
            place.append(Placed(op, tx, clock, epoch, len(place), True))
        elif op.code == ADMIT:
            must(epoch.section.id != NIL, "authority", "the förbund section")
            self.judge_write(epoch, tx, who)
            epoch.admissions.append((tx, op.items[0]))
        elif op.known:
            must(epoch.section.id == NIL, "authority", "not the förbund section")
            self.take_member(tx, key, op, who, genesis)
        return None

    def spliced(self, tx, epoch, op, place):
        """The set that a splice amounts to (12)."""
        found = [p for p in place if p.op.code == SET and p.op.number == op.number and p.epoch is epoch
                 and p.op.value is not None and p.tx.number == op.base[1]
                 and self.names(tx, op.base[0], p.tx.record) and tx.has_seen(p.tx)]
        found = [p for p in found if p.tx.chain == min(q.tx.chain for q in found)]
        must(found, "authority", "the base is not there")
        old, (skip, drop, insert) = found[-1].op.value.encode(), op.edit
        must(skip + drop <= len(old), "authority", "does not fit")
        new = old[:skip] + insert + old[skip + drop:]
        must(1 <= len(new) <= 65536, "authority", "the result is no text")
        self.spliced_bytes += len(new)
        must(is_text(new) and self.spliced_bytes <= 16 << 20, "authority", "no text, or too much")
        made = copy.copy(op)
        made.code, made.value = SET, new.decode()
        return made

    def names(self, tx, chain, record):
        """Does a dot's chain, as tx says it (None: its own), mean the chain of that record?"""
        def follows(r, first):
            while r is not None and r is not first:
                r = r.prev
            return r is first
        if chain is None:
            return follows(tx.record, record)
        if self.roots.get(chain) == chain:
            return record.header.chain == chain
        first = next((r for r in self.records if r.beside and r.chain == chain and (not r.prev or r.prev.chain != chain)),
                     None)
        return first is not None and any(k.seq in tx.record.past for k in first.beside) and follows(record, first)

    def take_open(self, tx, key, op, who, genesis):
        plan, owner, topic, parents, grants, _ = op.items
        sid = section_id(self.forbund, plan, owner, topic)
        if key in self.epochs and self.same(tx, self.epochs[key].tx, key):
            return
        must(key not in self.epochs, "authority", "open already")
        must(self.keys[key][0] == sid, "authority", "another section's key")
        if sid == NIL:
            must(genesis, "authority", "the förbund section is opened once")
        else:
            must(self.may_edit(who), "authority", "may not write")
            must(owner == NIL or owner == who["party"], "authority", "not the owner")
            must(all(k is None or key_id(self.forbund, sid, k) == p for p, k in parents), "authority", "parent's key")
            known = [self.epochs[p] for p, _ in parents if p in self.epochs]
            must(owner != NIL or not known or any(self.shared_writer(e, tx, who) for e in known), "authority",
                 "not a writer of the earlier epoch")
        section = self.sections.setdefault(sid, Section(sid, plan, owner, topic))
        self.epochs[key] = Epoch(key, section, tx, parents, grants)

    def take_member(self, tx, key, op, who, genesis):
        must(genesis or op.code != GENESIS, "authority", "founded once")
        must(genesis or who is not None and who["role"] == "administratör", "authority", "not an administrator")
        items = op.items
        if op.code == GENESIS:
            self.quorum = items[1] if self.quorum is None else self.quorum
        elif op.code == PARTY:
            if not genesis:
                admitted = {p["id"] for p in self.parties if self.saw(tx, p["tx"], p["key"])} - {NIL}
                behind = {a["by"] for a in self.approvals if a["id"] == items[0] and self.saw(tx, a["tx"], a["key"])}
                behind |= {who["party"]}
                must(len(behind) >= min(self.quorum, len(admitted)), "authority", "too few approvals")
            self.parties.append({"tx": tx, "key": key, "id": items[0], "name": items[1], "kind": items[2]})
        elif op.code == APPROVE:
            self.approvals.append({"tx": tx, "key": key, "id": items[0], "by": who["party"] if who else NIL})
        else:
            must(genesis or items[5] == who["party"] or self.brings(tx, items[0], items[5]), "authority",
                 "another party's device")
            found = self.admitted(tx, items[5])
            if found and (genesis or self.brings(tx, items[0], items[5])):
                self.named.setdefault(items[5], found)
            self.certifications.append({"tx": tx, "key": key, "sign": items[0], "member": items[3], "name": items[4],
                                        "party": items[5], "role": items[6]})

    def admitted(self, tx, party):
        return next((p for p in self.parties if p["id"] == party and p["tx"] is tx), None)

    def brings(self, tx, sign, party):
        """Does the device bring in a party that the same transaction admits?"""
        found = self.admitted(tx, party)
        return found is not None and party == party_id(sign, found["kind"], found["name"])

    # 17: merging

    def in_past(self, a, b):
        """Is b in the past of a?"""
        if a.epoch is b.epoch:
            return b.serial < a.serial if a.tx is b.tx else self.saw(a.tx, b.tx, b.epoch.key)
        return (a.tx is b.tx or self.saw(a.tx, b.tx, b.epoch.key)) and b.epoch.key in self.ancestors(a.epoch)

    def content(self, section, placed):
        """(type, fields, removed) of one object, or None."""
        allowed = [p for p in placed if p.allowed and not any(
            q.epoch is p.epoch and q.tx.chain < p.tx.chain and self.same(q.tx, p.tx, p.epoch.key) for q in placed)]
        makings = [p for p in allowed if p.op.code == NEW and p.op.number in self.model
                   and section.place in self.model[p.op.number][1] and section.topic in self.model[p.op.number][2]]
        if not makings:
            return None
        first = [p for p in makings if not any(self.in_past(p, q) for q in makings)]
        name, _, _, fields = self.model[min(first, key=lambda p: p.order).op.number]
        kinds = {"register": (SET,), "text": (SET,), "set": (ADD, DROP), "entries": (APPEND,)}

        def stands(p):
            if p.op.code in (REMOVE, KEEP):
                return True
            if p.op.code == NEW:
                return p in makings
            field = fields.get(p.op.number)
            return (field is not None and p.op.code in kinds[field.merge]
                    and (p.op.value is None or field.takes(p.op.value)))
        standing = [p for p in allowed if stands(p)]
        tops = [p for p in standing if not any(self.in_past(q, p) for q in standing)]
        removals = sum(p.op.code == REMOVE for p in tops)
        removed = "no" if not removals else "yes" if removals == len(tops) else "disputed"
        return name, {f.name: v for n, f in fields.items() if (v := self.heads(standing, n, f))}, removed

    def heads(self, standing, number, field):
        ops = [p for p in standing if SET <= p.op.code <= APPEND and p.op.number == number]
        if field.merge == "set":
            left = {p.op.value for p in ops if p.op.code == ADD
                    and not any(q.op.value == p.op.value and self.in_past(q, p) for q in ops)}
            return [{"value": v} for v in sorted(left, key=str.encode)]
        if field.merge != "entries":
            ops = [p for p in ops if not any(self.in_past(q, p) for q in ops)]
        ops.sort(key=lambda p: p.order, reverse=field.merge != "entries")
        return [{"tx": p.tx.name, "value": p.op.value} for p in ops]

    # 21: comparing

    def dump(self):
        def name(id_):
            return None if id_ == NIL else str(uuid.UUID(bytes=id_))
        known = self.named

        def order(c):
            party = known.get(c["party"], {}).get("name", "")
            return c["sign"], party.encode(), c["name"].encode(), c["tx"].chain, c["tx"].number
        members = [{"device": c["sign"].hex(), "member": name(c["member"]), "name": c["name"], "party": name(c["party"]),
                    "role": c["role"]} for c in sorted(self.certifications, key=order)]
        parties = [{"id": name(p["id"]), "kind": p["kind"], "name": p["name"]} for _, p in sorted(known.items())]
        objects = []
        for (sid, id_), placed in sorted(self.placed.items(), key=lambda o: o[0]):
            section = self.sections[sid]
            found = self.content(section, placed)
            if found:
                kind, fields, removed = found
                objects.append({"fields": {} if removed == "yes" else fields, "id": name(id_),
                                "owner": name(section.owner), "plan": name(section.plan), "removed": removed,
                                "section": sid.hex(), "topic": section.topic, "type": kind})
        whole_ = {"forbund": self.forbund.hex(), "members": members, "objects": objects, "parties": parties}
        return json.dumps(whole_, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


# 19: letters

def read_letter(text, label, domain, size):
    """(items, words)"""
    m = re.fullmatch(f"-----BEGIN {label}-----\n((?:[A-Za-z0-9+/=]{{1,64}}\n)+)-----END {label}-----\n", text)
    must(m and len(text) <= 16384, "malformed", "armor")
    lines = m[1].split("\n")[:-1]
    must(all(len(line) == 64 for line in lines[:-1]), "malformed", "lines")
    content = base64.b64decode("".join(lines), validate=True)
    items = whole(content)
    must(is_list(items, size) and items[0] == 1 and is_bytes(items[-1], 64), "malformed", label)
    # An array of one item less: its head is one byte, for there are fewer than 24.
    covered = domain + bytes([0x80 | size - 1]) + content[1:-66]
    return items, covered


def read_request(text):
    items, covered = read_letter(text, "SAMPLAN REQUEST", b"samplan request 1", 9)
    must(all(b32(i) for i in items[1:4]) and is_tstr(items[5], 200)
         and all(is_name(i) for i in (items[4], *items[6:8])), "malformed", "request")
    ed25519_verify(items[1], covered, items[-1])
    return items, words_of(covered)


def read_invitation(text):
    items, covered = read_letter(text, "SAMPLAN INVITATION", b"samplan invitation 1", 12)
    must(b16(items[1]) and is_name(items[2]) and b32(items[3]) and b16(items[4]) and is_number(items[5], 2**48 - 1, 1)
         and b32(items[6]) and b32(items[7]) and b16(items[8]) and b16(items[9]) and b32(items[10]), "malformed",
         "invitation")
    must(items[3][:16] == items[1], "malformed", "genesis")
    ed25519_verify(items[10], covered, items[-1])
    return items, words_of(covered)


def words_of(covered):
    consonants, vowels, out = "bdfghjklmnprstvz", "aiou", []
    for i in range(0, 12, 2):
        v = int.from_bytes(H(covered)[i:i + 2], "big")
        out.append(consonants[v >> 12] + vowels[v >> 10 & 3] + consonants[v >> 6 & 15] + vowels[v >> 4 & 3]
                   + consonants[v & 15])
    return "-".join(out)


def box_public(secret):
    return x25519(secret, (9).to_bytes(32, "little"))
