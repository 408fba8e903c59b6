"""The replica is sealed at rest; a home of before that becomes sealed when it is opened."""
import pathlib
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests"))
import lib_peek  # noqa: E402
from lib_samplan import Site, found  # noqa: E402

MAGIC = b"SQLite format 3\0"
MARK = "Snickarverkstaden i Hultsfred"


class HomeOfBefore(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="samplan-test-")
        self.addCleanup(directory.cleanup)
        self.site = Site(pathlib.Path(directory.name) / "hem", "ett lösenord")
        found(self.site, "Provförbundet", "Kommunen", "kommun", "Handläggare Ett")
        self.plan = self.site.ask("plan", "new", f"title={MARK}", "person.name=Testperson Ett")["id"]

    def bytes_of(self, name):
        return (self.site.home / name).read_bytes()

    def test_becomes_sealed(self):
        before = self.site.digest()
        lib_peek.unseal(self.site)
        self.assertTrue(self.bytes_of("replica.db").startswith(MAGIC))
        self.assertIn(MARK.encode(), self.bytes_of("replica.db"))
        self.assertEqual(self.site.digest(), before)
        self.assertFalse(self.bytes_of("replica.db").startswith(MAGIC))
        for path in self.site.home.rglob("*"):
            if path.is_file():
                self.assertNotIn(MARK.encode(), path.read_bytes(), path)
        self.site.ask("plan", "set", self.plan, "title=Ny")
        self.assertTrue(self.site.ask("verify", "--full")["ok"])
        self.assertEqual({p.name for p in self.site.home.iterdir()},
                         {"device.key", "incarnation", "log.git", "replica.db", "saved"})

    def test_saves_not_yet_in_a_record_are_kept(self):
        unsealed = lib_peek.rows(self.site, "SELECT count(*) FROM journal")
        self.assertGreater(unsealed[0][0], 0)
        lib_peek.unseal(self.site)
        self.site.digest()
        self.assertEqual(lib_peek.rows(self.site, "SELECT count(*) FROM journal"), unsealed)


if __name__ == "__main__":
    unittest.main()
