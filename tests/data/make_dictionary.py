#!/usr/bin/env python3
"""Makes sync/squeeze.dict, the dictionary of docs/record-format.md, section 8: what a part is likely to hold, the likeliest
last. It is a part of the format: once there are logs to be read, it is never made again.

    tests/data/make_dictionary.py [--replace]     without: prints how long it would be

Words of the texts that tests/data/world.py invents, common Swedish words, words about work and health, the words of
docs/plan-model.md as they stand in a value, and the operations of the commonest saves.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "docs"))
import record_format  # noqa: E402

TARGET = TOP / "sync" / "squeeze.dict"
COMMON = """
och i att det som en på är av för med till den har de inte om ett men var jag sig från vi så kan när år under också efter
eller nu sin där vid mot ska skulle kommer ut får finns vara hade alla andra mycket än här då sedan över bara in blir upp
även vad få två vill ha många hur mer går sitt bli man göra mellan några hans hennes detta något utan måste samma dag både
nya varje vecka tid genom kunna första behöver inom själv gånger idag dagen veckan månader hösten våren sommaren vintern
måndag tisdag onsdag torsdag fredag januari februari mars april maj juni juli augusti september oktober november december
"""
SUBJECT = """
handläggare handlingsplan planering uppföljning möte samtal kontakt samverkan samordning kommunen regionen vårdcentralen
Arbetsförmedlingen Försäkringskassan socialtjänsten psykiatrin habiliteringen arbetsgivaren arbetsplatsen handledare praktik
arbetsträning arbetsprövning arbetsförmåga anställning lönestöd utbildning studier svenska språk vägledning rehabilitering
behandling sjukskrivning sjukskriven läkarintyg läkare diagnos mediciner hälsa sömn smärta ångest depression trötthet oro
ekonomi försörjningsstöd försörjning ersättning sjukpenning bostad familj barn skola vardagen rutiner struktur aktivitet
deltar träffar bokad ringer frågar ansökan beslut avstämning bedömning kartläggning utredning insats stöd mål steg delmål
halvtid heltid procent timmar successivt ökar minskar fungerar trivs mår bättre sämre klarar orkar önskar upplever berättar
fortsätter börjar avslutas planen målet arbete
"""
DAYS = (20820, 21003, 20637, 21185, 20454)  # in 2027, 2027, 2026, 2028, 2026: the first of three bytes counts


def texts(world):
    """Every text in the lines that the devices of a world write."""
    for file in sorted(pathlib.Path(world).glob("*/*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            line = json.loads(line)
            for value in [line.get("text"), *(line.get("set") or {}).values()]:
                yield from (v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str))


def world_words():
    with tempfile.TemporaryDirectory() as world:
        subprocess.run([sys.executable, TOP / "tests/data/world.py", world, "--size", "S", "--seed", "1"], check=True)
        found = collections.Counter(w for text in texts(world) if not record_format.UUID.fullmatch(text)
                                    for w in re.findall(r"[^\W\d_]{4,}", text))
    return sorted(found, key=lambda w: (found[w], w))


def cbor(item):
    """What record_format.Reader takes: int, str, bytes, list."""
    if isinstance(item, int):
        return head(0, item) if item >= 0 else head(1, -1 - item)
    if isinstance(item, bytes):
        return head(2, len(item)) + item
    if isinstance(item, str):
        return head(3, len(item.encode())) + item.encode()
    return head(4, len(item)) + b"".join(map(cbor, item))


def head(major, n):
    if n < 24:
        return bytes([major << 5 | n])
    size = 1 if n < 256 else 2
    return bytes([major << 5 | 23 + size]) + n.to_bytes(size, "big")


class Model:
    def __init__(self):
        self.types = record_format.read_model()

    def number(self, name):
        """Of a type, or of a type.field."""
        kind, _, field = name.partition(".")
        number, fields = next((n, t[3]) for n, t in self.types.items() if t[0] == kind)
        return next(n for n, f in fields.items() if f.name == field) if field else number

    def words(self):
        words = (w for _, _, _, fields in self.types.values() for f in fields.values() for w in f.words if w)
        return list(dict.fromkeys(words))


def saves(model):
    """Operations of the commonest saves, without what differs at the end of each piece."""
    new, set_, remove, splice = record_format.NEW, record_format.SET, record_format.REMOVE, record_format.SPLICE
    field = lambda index, name, value: cbor([set_, index, model.number(name), value])  # noqa: E731

    def made(index):
        yield cbor([new, index, model.number("activity")]) + field(index, "activity.status", "beslutad")
        yield field(index, "activity.responsible", bytes(16))[:-15] + field(index, "activity.kind", "studier")
        yield field(index, "activity.from", DAYS[2]) + field(index, "activity.to", DAYS[0])
        yield field(index, "activity.extent", "75%") + field(index, "activity.extent", "100%")

    for index in (2, 1, 0):
        yield from made(index)
    yield b"\x82\x83" + cbor([new, 0, model.number("note")]) + field(0, "note.text", "." * 200)[:-200]
    for name in ("plan.background", "plan.aim"):
        yield b"\x81" + cbor([splice, 0, model.number(name), [bytes(16), 0]])[:-17]
    yield from (b"\x81" + cbor([remove, index]) for index in (1, 0))
    for index in (3, 2, 1, 0):
        for name, value in (("status", "klar"), ("status", "pågår"), ("place", "x"), ("extent", "50%"), ("to", DAYS[3]),
                            ("from", DAYS[0])):
            yield b"\x81" + field(index, "activity." + name, value)[:-1]
    # how a part begins, up to the first byte of an id's time; its list of transactions; a transaction, the first one
    yield from (cbor([[bytes([1]) + bytes(15)] * n, []])[:4] for n in (4, 3, 2, 1))
    yield from (cbor([[100, 1, []]] * n)[:3] for n in (4, 3, 2, 1))
    yield cbor([[100, 600, []]])[1:5]
    yield cbor([[100, -2100, []]])[:5]


def dictionary():
    model = Model()
    prose = dict.fromkeys([*world_words(), *reversed(SUBJECT.split()), *reversed(COMMON.split())])
    values = b"".join(cbor(word) for word in reversed(model.words()))
    return " ".join(["", *prose, ""]).encode() + values + b"".join(saves(model))


def main():
    if sys.argv[1:] not in ([], ["--replace"]):
        raise SystemExit(__doc__)
    made = dictionary()
    if sys.argv[1:]:
        TARGET.write_bytes(made)
    print(len(made), "bytes,", record_format.H(made).hex())


if __name__ == "__main__":
    main()
