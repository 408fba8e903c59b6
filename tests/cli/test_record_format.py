"""docs/record-format.md is exact enough for a second implementation: the reader in tests/docs, which follows that page, against
the stored vectors and against what the program writes now."""
import base64
import json
import pathlib
import re
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests" / "docs"), str(TOP / "tests")]
import lib_peek  # noqa: E402
import make_plan_model  # noqa: E402
import record_format as rf  # noqa: E402
from lib_samplan import Site, enrol, found, git, meet  # noqa: E402

VECTORS = TOP / "tests" / "vectors"
PART_HEADER = type("", (), {"first": 5, "last": 9, "time": 1763800000})  # what tests/unit/test_part.c decodes under


def keys_of(rows):
    return {bytes.fromhex(k["key_id"]): (bytes.fromhex(k["section_id"]), bytes.fromhex(k["key"])) for k in rows}


class Vectors(unittest.TestCase):
    def test_headers(self):
        for path in sorted((VECTORS / "header").iterdir()):
            with self.subTest(path.name):
                self.assertEqual(path.name.startswith("good"), self.accepts(rf.Header, path.read_bytes()))

    def test_parts(self):
        for path in sorted((VECTORS / "part").iterdir()):
            data = bytes.fromhex("".join(path.read_text().split()))
            with self.subTest(path.name):
                self.assertEqual(path.name.startswith("good"), self.accepts(rf.read_part, data, PART_HEADER))

    def test_packed_parts(self):
        for path in sorted((VECTORS / "packed").iterdir()):
            data = bytes.fromhex("".join(path.read_text().split()))
            with self.subTest(path.name):
                self.assertEqual(path.name.startswith("good"), self.accepts(rf.unpack_part, data))
        page = (TOP / "docs/record-format.md").read_text(encoding="utf-8")
        self.assertTrue(f"{len(rf.DICTIONARY)} bytes of `sync/squeeze.dict`" in page)
        self.assertTrue(rf.H(rf.DICTIONARY).hex() in page)

    @staticmethod
    def accepts(decode, *args):
        try:
            decode(*args)
        except rf.Refused:
            return False
        return True

    def test_names(self):
        v = json.loads((VECTORS / "crypto.json").read_text(encoding="utf-8"))
        given = {k: bytes.fromhex(x) for k, x in v["input"].items() if k not in ("topic", "first_dot", "place")}
        forbund, key = given["forbund"], given["section_key"]
        section = rf.section_id(forbund, given["plan"], given["owner"], v["input"]["topic"])
        self.assertEqual(v["chain_id"], rf.chain_id(given["sign_public"], given["incarnation"]).hex())
        self.assertEqual(v["section_id"], section.hex())
        self.assertEqual(v["section_id_shared_plan"], rf.section_id(forbund, given["plan"], rf.NIL, "plan").hex())
        self.assertEqual(v["key_id"], rf.key_id(forbund, section, key).hex())
        self.assertEqual(v["key_id_forbund_section"], rf.key_id(forbund, rf.NIL, key).hex())
        self.assertEqual(v["box_id"], rf.box_id(given["box_public"]).hex())


class StoredLog(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory(prefix="samplan-test-")
        top = pathlib.Path(cls.dir.name)
        cls.vector = VECTORS / "log"
        cls.keys = json.loads((cls.vector / "keys.json").read_text(encoding="utf-8"))
        cls.forbund = bytes.fromhex(cls.keys["forbund"])
        git(top, "clone", "--quiet", "--mirror", cls.vector / "log.bundle", "log.git")
        cls.repository = top / "log.git"
        cls.log = rf.Log(cls.repository)
        cls.sites = {name: rf.Replica(cls.log, cls.forbund, keys_of(site["held"]))
                     for name, site in cls.keys["sites"].items()}

    @classmethod
    def tearDownClass(cls):
        cls.log.close()
        cls.dir.cleanup()

    def test_what_each_site_can_read(self):
        for name, replica in self.sites.items():
            with self.subTest(name):
                self.assertEqual(replica.verdicts, {})
                self.assertEqual(replica.refused, [])
                expected = (self.vector / f"dump-{name}.json").read_bytes()
                self.assertEqual(json.loads(expected), json.loads(replica.dump()))
                self.assertEqual(expected, replica.dump())
                self.assertEqual(self.keys["sites"][name]["digest"], rf.H(replica.dump()).hex())

    def test_the_log_is_worth_reading(self):
        """It holds what the page is about: otherwise agreeing says little."""
        codes = {op.code for replica in self.sites.values() for op in self.operations(replica)}
        self.assertEqual(codes - {rf.KEEP}, set(rf.FORMS) | set(rf.SIZES) - {rf.KEEP})
        self.assertTrue(all(replica.waiting for replica in self.sites.values()))
        removed = {o["removed"] for o in json.loads(self.sites["kommun"].dump())["objects"]}
        self.assertEqual(removed, {"no", "yes", "disputed"})
        conflicts = [f for o in json.loads(self.sites["kommun"].dump())["objects"] for f in o["fields"].values()
                     if len({v["value"] for v in f}) > 1 and all("tx" in v for v in f)]
        self.assertTrue(conflicts)
        self.assertTrue(any(e.parents for e in self.sites["kommun"].epochs.values()))

    def operations(self, replica):
        for r in replica.records:
            for place, (key, _) in enumerate(r.body.parts):
                if key in replica.keys:
                    padded = rf.open_part(r.header, r.body, place, replica.keys[key][1])
                    yield from (op for _, _, ops in rf.read_part(rf.unpack_part(padded), r.header) for op in ops)

    def test_envelopes(self):
        opened = 0
        for name, site in self.keys["sites"].items():
            held = keys_of(site["held"])
            for secret in map(bytes.fromhex, site["device"]["boxes"]):
                box = rf.box_id(rf.box_public(secret))
                for envelope in (e for r in self.sites[name].records for e in r.envelopes if e.box_id == box):
                    self.assertEqual(held[envelope.key_id], envelope.open(self.forbund, secret))
                    opened += 1
        self.assertGreater(opened, 5)

    def test_stock_git_agrees(self):
        signers = pathlib.Path(self.dir.name) / "allowed_signers"
        rows = []
        for c in self.sites["kommun"].certifications:
            wire = rf.ssh(b"ssh-ed25519") + rf.ssh(c["sign"])
            rows.append(f"{c['sign'].hex()[:16]} namespaces=\"git\" ssh-ed25519 {base64.b64encode(wire).decode()}\n")
        signers.write_text("".join(rows))
        for r in self.sites["kommun"].records:
            git(self.repository, "-c", "gpg.format=ssh", "-c", f"gpg.ssh.allowedSignersFile={signers}", "verify-commit",
                r.name)

    def test_letters(self):
        request, words = rf.read_request((self.vector / "request.txt").read_text(encoding="ascii"))
        self.assertEqual(words, self.keys["words"]["request"])
        invitation, words = rf.read_invitation((self.vector / "invitation.txt").read_text(encoding="ascii"))
        self.assertEqual(words, self.keys["words"]["invitation"])
        self.assertEqual(invitation[1], self.forbund)
        self.assertEqual(invitation[7], request[1])
        record = next(r for r in self.sites["kommun"].records if r.hash == invitation[6])
        self.assertEqual((record.header.chain, record.signer), (invitation[4], invitation[10]))

    def test_device_key(self):
        file = (self.vector / "device.key").read_bytes()
        self.assertTrue(file.startswith(b"samplan device key 1\n"))
        self.assertEqual(len(file), 69 + 1 + 4 * 32 + 4 + 32 + 16)
        self.assertEqual([int.from_bytes(file[at:at + 4], "big") for at in (21, 25)], [8192, 1])

    def test_a_changed_byte_is_noticed(self):
        r = self.sites["kommun"].records[3]
        content = self.log.get(r.name, "commit", 65536)
        commit = rf.Commit(content.replace(b"\nkind plans\n", b"\nkind reads\n"))
        with self.assertRaises(rf.Refused):
            rf.check_signature(commit.signature, commit.covered)
        key, sealed = r.body.parts[0]
        r.body.parts[0] = key, sealed[:-1] + bytes([sealed[-1] ^ 1])
        with self.assertRaises(rf.Refused):
            rf.open_part(r.header, r.body, 0, self.sites["kommun"].keys[key][1])
        r.body.parts[0] = key, sealed


class Today(unittest.TestCase):
    """What the program writes now is what the page says."""

    def test_fresh_log(self):
        with tempfile.TemporaryDirectory(prefix="samplan-test-") as directory:
            top = pathlib.Path(directory)
            a, b = Site(top / "a", "ett"), Site(top / "b", "två")
            found(a, "Provförbundet", "Kommunen", "kommun", "Handläggare Ett")
            enrol(a, b, "Regionen", "region", "Handläggare Två")
            for site in (a, b):
                site.ask("remote", "add", "plats", top / "plats")
            plan = a.ask("plan", "new", "title=Prov", "person.name=Testperson Ett")["id"]
            a.ask("consent", "give", plan, "--to", "alla", "--sections", "plan,person")
            meet([a, b], "plats")
            a.ask("plan", "set", plan, "title=En")
            b.ask("plan", "set", plan, "title=Två")
            meet([a, b], "plats")
            for site in (a, b):
                log = rf.Log(site.home / "log.git")
                invitation, _ = rf.read_invitation((top / "b.inbjudan").read_text(encoding="ascii"))
                replica = rf.Replica(log, invitation[1], self.held(site))
                self.assertEqual(site.run("dump").out.encode(), replica.dump())
                log.close()

    def held(self, site):
        held = lib_peek.rows(site, "SELECT key_id, section_id, key FROM held_key")
        return {k: (section, key) for k, section, key in held}


class PlanModel(unittest.TestCase):
    def test_page_is_made_from_the_table(self):
        made = make_plan_model.page()
        self.assertEqual(make_plan_model.PAGE.read_text(encoding="utf-8"), made,
                         "run tests/docs/make_plan_model.py --write")
        rows = re.findall(r'\{\d+, "\w+", MERGE_', (TOP / "app/plan/model.c").read_text(encoding="utf-8"))
        self.assertEqual(sum(len(fields) for _, _, _, fields in rf.read_model(made).values()), len(rows))


class Pages(unittest.TestCase):
    def test_files_that_the_pages_name_are_there(self):
        faults = []
        for page in [TOP / "README.md", *(TOP / "docs").rglob("*.md")]:
            text = page.read_text(encoding="utf-8")
            names = {(TOP, n) for n in re.findall(r"`((?:crypto|sync|app|tests|docs)/[\w./*-]+)`", text)}
            names |= {(page.parent, n) for n in re.findall(r"\]\(([\w./-]+)\)", text)}
            faults += [f"{page.relative_to(TOP)}: {name}" for where, name in sorted(names)
                       if not any(where.glob(name.rstrip("/")))]
        self.assertFalse(faults, "\n" + "\n".join(faults))


if __name__ == "__main__":
    unittest.main()
