"""The realistic world of tests/data/world.py: the same bytes every time, only published numbers, and it can be lived."""
import hashlib
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "data")]
import lib_samplan as lib
import world

SHARE = 0.01  # of what is written about each person, so that the test takes seconds


def bytes_of(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


class Worlds(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="samplan-world-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)

    def make(self, name, **how):
        return world.World(**how).write_to(self.dir / name)

    def test_the_same_seed_gives_the_same_bytes(self):
        one, two, other = (self.make(n, seed=s, share=SHARE) for n, s in (("one", 7), ("two", 7), ("other", 8)))
        self.assertEqual(bytes_of(one), bytes_of(two))
        self.assertNotEqual(bytes_of(one), bytes_of(other))

    def test_the_bytes_of_this_version(self):
        """Numbers measured on a world stand for that world: if this changes, say so where they are written down."""
        digest = hashlib.blake2b(digest_size=8)
        for name, content in bytes_of(self.make("pinned", size="M", seed=1, share=0.1)).items():
            digest.update(name.encode() + b"\0" + content)
        self.assertEqual(digest.hexdigest(), PINNED)

    def test_only_published_numbers_and_no_names(self):
        published = set((TESTS / "data/testpersonnummer.txt").read_text().split())
        made = world.World(size="M", share=SHARE)
        persons = [p for _, _, p in made.participants]
        self.assertLessEqual({p["person.number"] for p in persons if "person.number" in p}, published)
        self.assertEqual([p for p in persons if not p.get("person.name", "Testperson ").startswith("Testperson ")], [])

    def test_the_mix_of_authorities_is_the_national_one(self):
        made = world.World(size="M", share=SHARE)
        homes = [home.kind for home, _, _ in made.participants]
        for kind, share in world.MIX.items():
            self.assertAlmostEqual(homes.count(kind) / len(homes), share / sum(world.MIX.values()), delta=0.08)

    def test_a_year_of_one_municipality_is_as_large_as_it_is_said_to_be(self):
        manifest = world.World(size="S", years=2).manifest()
        self.assertEqual((manifest["persons"], len(manifest["devices"])), (150, 3))
        self.assertAlmostEqual(manifest["transactions"] / 2, 45_000, delta=2_000)

    def test_the_large_size_needs_the_whole_list(self):
        with self.assertRaises(SystemExit):
            world.World(size="L", share=SHARE)

    def test_it_can_be_lived(self):
        out = self.make("lived", size="S", share=SHARE)
        sites = world.play(out, self.dir / "homes")
        self.assertEqual({name: site.refused for name, site in sites.items()}, {name: [] for name in sites})
        manifest = json.loads((out / "world.json").read_text())
        for site in sites.values():
            self.assertEqual(site.ask("verify")["ok"], True)
        first = next(iter(sites.values()))
        self.assertTrue(first.look("conflicts"), "nobody collided")
        self.assertTrue([p for s in sites.values() for p in s.look("person", "duplicates") if p["certain"]])
        self.assertGreaterEqual(sum(len(s.ask("plan", "list")) for s in sites.values()), manifest["plans"])

    def test_its_spreadsheets_can_be_imported(self):
        out = self.make("tables", size="S", share=SHARE)
        manifest = json.loads((out / "world.json").read_text())
        site = lib.Site(self.dir / "tables-home", "lösen")
        device = manifest["devices"][0]
        lib.found(site, "Förbundet", device["party"], device["kind"], device["member"])
        answer = site.look("import", out / "csv/deltagare-s01.csv")
        self.assertEqual((answer["as"], answer["refused"]), ("participants", []))
        again = site.ask("import", out / "csv/deltagare-s01.csv")
        self.assertEqual((again["new"], again["changed"], again["same"]), (0, 0, answer["rows"]))


PINNED = "1f94d1b26d175ed2"

if __name__ == "__main__":
    unittest.main()
