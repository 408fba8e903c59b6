"""Homes that earlier versions of the program left (tests/homes): opened by this one, they hold what they held, saves that
were in no record included, and go on."""
import json
import pathlib
import sys
import tarfile
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests"))
import lib_peek  # noqa: E402
from lib_samplan import Site, enrol, meet  # noqa: E402

HOMES = sorted((TOP / "tests" / "homes").glob("v*.tar"))

COLUMNS = ("SELECT m.type, m.name, p.name, p.type, p.pk FROM sqlite_schema m LEFT JOIN pragma_table_info(m.name) p"
           " ORDER BY m.name, p.cid")


class StoredHome(unittest.TestCase):
    def each(self, check):
        self.assertGreater(len(HOMES), 0)
        for path in HOMES:
            told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            with self.subTest(path.stem), tempfile.TemporaryDirectory(prefix="samplan-test-") as directory:
                site = Site(pathlib.Path(directory) / "home", told["passphrase"])
                with tarfile.open(path) as tar:
                    tar.extractall(site.home)  # our own; Debian 12's Python knows no filter
                self.assertEqual(self.version(site), int(path.stem.removeprefix("v")))
                check(site, told)

    def version(self, site):
        (version,), = lib_peek.rows(site, "PRAGMA user_version")
        return version

    def holds(self, site, told):
        before = self.version(site)
        self.assertEqual(len(lib_peek.rows(site, "SELECT n FROM journal")), 1)  # a save that is in no record yet
        self.assertEqual(json.loads(site.run("dump").out), told["dump"])
        self.assertGreaterEqual(self.version(site), before)
        if "news" in told:  # what had not been read, and nothing else
            self.assertEqual(site.look("news")["plans"], told["news"])
            self.assertNotEqual(told["news"], [])
            self.assertEqual(site.look("news")["plans"], [])
        self.assertTrue(site.ask("verify", "--full")["ok"])
        site.ask("rebuild")
        self.assertEqual(json.loads(site.run("dump").out), told["dump"])

    def goes_on(self, site, told):
        top, plan = site.home.parent, told["plan"]
        other = Site(top / "other", "ny")
        self.assertEqual(len(site.look("plan", "show", plan)["conflicts"]), 1)
        site.ask("plan", "set", plan, "title=Avgjord")
        enrol(site, other, "Arbetsförmedlingen", "af", "Handläggare Tre")
        site.ask("consent", "give", plan, "--to", "alla", "--sections", "plan,person")
        site.ask("remote", "remove", "plats")
        for each in (site, other):
            each.ask("remote", "add", "plats", top / "plats")
        meet([site, other], "plats")
        self.assertTrue(other.ask("verify", "--full")["ok"])
        self.assertEqual(lib_peek.rows(site, COLUMNS), lib_peek.rows(other, COLUMNS))
        self.assertEqual(other.look("plan", "show", plan)["fields"]["title"], "Avgjord")

    def test_holds_what_it_held(self):
        self.each(self.holds)

    def test_goes_on(self):
        self.each(self.goes_on)


if __name__ == "__main__":
    unittest.main()
