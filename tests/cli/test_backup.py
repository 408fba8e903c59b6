"""backup and restore: all of the home but which run of the device it is; and what a file that was altered comes to."""
import pathlib
import random
import shutil
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests" / "docs"), str(TOP / "tests")]
import record_format as rf  # noqa: E402
from lib_samplan import DONE, INPUT, LOOK, REFUSED, STORAGE, Site, branches, enrol, found, meet  # noqa: E402

SECRET = "Snickarverkstaden"


class Backup(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="samplan-test-")
        self.addCleanup(directory.cleanup)
        self.top = pathlib.Path(directory.name)
        self.a, self.b = Site(self.top / "a", "ett"), Site(self.top / "b", "två")
        found(self.a, "Provförbundet", "Kommunen", "kommun", "Handläggare Ett")
        enrol(self.a, self.b, "Regionen", "region", "Handläggare Två")
        for site in (self.a, self.b):
            site.ask("remote", "add", "plats", self.top / "plats")
        self.plan = self.a.ask("plan", "new", f"title={SECRET}", "person.name=Testperson Ett")["id"]
        self.a.ask("consent", "give", self.plan, "--to", "alla", "--sections", "plan,person")
        meet([self.a, self.b], "plats")
        self.a.ask("plan", "set", self.plan, "follow_up=2026-10-01")  # in no record yet
        self.file = self.top / "kopia"

    def lose(self, site):
        shutil.rmtree(site.home)

    def title(self, site):
        return site.ask("plan", "show", self.plan)["fields"]["title"]

    def restored(self, site):
        digest = site.digest()
        site.ask("backup", self.file)
        self.assertEqual(site.digest(), digest)
        incarnation = (site.home / "incarnation").read_text()
        self.lose(site)
        self.assertTrue(site.ask("restore", self.file)["whole"])
        self.assertEqual(site.digest(), digest)
        self.assertNotEqual((site.home / "incarnation").read_text(), incarnation)
        self.assertTrue(site.ask("verify", "--full")["ok"])

    def goes_on(self, site, before):
        """The chain that the site has begun since says which record it goes on from: the last of its earlier one."""
        log = rf.Log(site.home / "log.git")
        chains = {chain: [rf.Record(log, name) for name in (names[0], names[-1])] for chain, names in log.branches().items()}
        log.close()
        (first, _), = (records for chain, records in chains.items() if chain.hex() not in before)
        old, last, head = first.opening.continues
        opened, tip = chains[old]
        self.assertEqual((opened.signer, last, head), (first.signer, tip.header.last, tip.hash))

    def test_founder_goes_on_after_a_restore(self):
        before = set(branches(self.a.home / "log.git"))
        self.restored(self.a)
        self.a.ask("plan", "set", self.plan, "title=Efter")
        meet([self.a, self.b], "plats")
        self.assertEqual(self.title(self.b), "Efter")
        self.assertTrue(self.b.ask("verify", "--full")["ok"])
        self.assertEqual(len(set(branches(self.b.home / "log.git")) - before), 1)  # the new chain
        self.goes_on(self.a, before)
        self.b.ask("plan", "set", self.plan, "title=Svar")
        meet([self.a, self.b], "plats")
        self.assertEqual(self.title(self.a), "Svar")
        c = Site(self.top / "c", "tre")  # an administrator still
        enrol(self.a, c, "Arbetsförmedlingen", "af", "Handläggare Tre")
        c.ask("remote", "add", "plats", self.top / "plats")
        meet([self.a, self.b, c], "plats")
        self.assertTrue(c.ask("verify", "--full")["ok"])

    def test_member_goes_on_after_a_restore(self):
        self.b.ask("plan", "set", self.plan, "title=Före")
        meet([self.b], "plats")
        before = set(branches(self.b.home / "log.git"))
        self.restored(self.b)
        self.b.ask("plan", "set", self.plan, "title=Efter")
        meet([self.b, self.a], "plats")
        self.assertEqual(self.title(self.a), "Efter")
        self.assertTrue(self.a.ask("verify", "--full")["ok"])
        self.goes_on(self.b, before)

    def test_what_came_after_the_backup_comes_by_meeting(self):
        self.a.ask("backup", self.file)
        self.a.ask("plan", "set", self.plan, "title=Sedan")
        meet([self.a, self.b], "plats")
        self.lose(self.a)
        self.a.ask("restore", self.file)
        self.a.ask("plan", "set", self.plan, "background=Skrivet innan mötet")
        meet([self.a, self.b], "plats")
        for site in (self.a, self.b):
            self.assertEqual(self.title(site), "Sedan")
            self.assertEqual(site.ask("plan", "show", self.plan)["fields"]["background"], "Skrivet innan mötet")
            self.assertTrue(site.ask("verify", "--full")["ok"])

    def test_refused(self):
        self.a.ask("backup", self.file)
        self.assertEqual(self.a.run("backup", self.file).code, INPUT)  # is there already
        self.assertEqual(self.a.run("restore", self.file).code, INPUT)  # the home is there
        self.assertEqual(self.a.run("backup", self.top / "finns" / "inte").code, STORAGE)
        other = Site(self.top / "annan", "fel lösenord")
        self.assertEqual(other.run("restore", self.file).code, REFUSED)
        self.assertEqual(other.run("restore", self.top / "saknas").code, INPUT)
        self.assertEqual(other.run("restore", self.b.home / "device.key").code, INPUT)
        self.assertFalse(other.home.exists() and any(other.home.iterdir()))

    def test_nothing_in_the_clear(self):
        self.a.ask("backup", self.file)
        data = self.file.read_bytes()
        for word in (SECRET, "Testperson Ett", "Handläggare Ett", "Kommunen", "SQLite format 3", str(self.top / "plats")):
            self.assertNotIn(word.encode(), data)
        self.assertEqual(self.file.stat().st_mode & 0o77, 0)
        self.assertFalse(list(self.a.home.glob("backup*")))

    def test_altered(self):
        """What was there, or an error, or said not to be whole; and no half home."""
        self.a.ask("backup", self.file)
        dump = self.a.run("dump").out
        good, dice = self.file.read_bytes(), random.Random(6)
        self.lose(self.a)
        places = [0, 20, 24, 40, 100, len(good) - 1] + [dice.randrange(len(good)) for _ in range(24)]
        told = 0
        for at in places:
            data = bytearray(good)
            data[at] ^= 1 << dice.randrange(8)
            self.file.write_bytes(data)
            answer = self.a.run("restore", self.file)
            self.assertIn(answer.code, (DONE, LOOK, INPUT, REFUSED, STORAGE), answer)
            if answer.code in (DONE, LOOK):
                self.assertEqual(self.a.run("dump").out, dump)
                self.lose(self.a)
            else:
                self.assertFalse(self.a.home.exists() and any(self.a.home.iterdir()), answer)
            told += answer.code != DONE
        for length in (0, 10, 30, 2000, len(good) // 2, len(good) - 1):
            self.file.write_bytes(good[:length])
            self.assertIn(self.a.run("restore", self.file).code, (INPUT, REFUSED, STORAGE))
        self.assertGreater(told, len(places) // 2)


if __name__ == "__main__":
    unittest.main()
