"""A disk that is full, really: a small file system in memory, filled to a little less each time.

Needs root to mount it; skipped otherwise. run_faults.c does the same at every single write.
"""
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lib_samplan import DONE, LOOK, STORAGE, Site, Stage, enrol, found, meet, values  # noqa: E402

SIZE = 6 << 20
LEFT = [0, 4096, 8192, 16384, 32768, 49152, 65536, 98304, 131072, 196608, 262144]


class SmallDisk:
    """A file system of SIZE bytes at a folder, and a file that fills it."""

    def __init__(self, folder):
        self.folder, self.filler = folder, folder / "fyllnad"
        folder.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], capture_output=True)
        if done.returncode:
            raise unittest.SkipTest("a small file system cannot be mounted here: " + done.stderr.decode().strip())

    def fill(self, left):
        self.empty()
        state = os.statvfs(self.folder)
        self.filler.write_bytes(b"\0" * max(0, state.f_bavail * state.f_frsize - left))

    def empty(self):
        self.filler.unlink(missing_ok=True)

    def remove(self):
        subprocess.run(["umount", self.folder], check=True)


@unittest.skipUnless(os.geteuid() == 0, "only root may mount a small file system")
class DiskFull(unittest.TestCase):
    def setUp(self):
        self.stage = Stage()
        self.addCleanup(self.stage.remove)
        self.disk = SmallDisk(self.stage.dir / "disk")
        self.addCleanup(self.disk.remove)
        self.failed = 0

    def sites(self, place):
        self.a, self.b = Site(self.disk.folder / "a", "ett"), Site(self.stage.dir / "b", "två")
        found(self.a, "Provförbundet", "Kommunen", "kommun", "Handläggare Ett")
        enrol(self.a, self.b, "Regionen", "region", "Handläggare Två")
        self.plan = self.a.ask("plan", "new", "title=Provplan", "person.name=Testperson Ett")["id"]
        self.a.ask("consent", "give", self.plan, "--to", "alla", "--sections", "plan,person")
        for site in (self.a, self.b):
            site.ask("remote", "add", "mapp", place)
        meet([self.a, self.b])

    def tries(self, site, *command):
        """True if it was done. If not, it says so, and why, and answers nothing."""
        answer = site.run(*command)
        if answer.code in (DONE, LOOK):
            return True
        self.failed += 1
        self.assertEqual((answer.code, answer.out), (STORAGE, ""), answer)
        self.assertGreater(len(answer.error["message"]), 20, answer)
        return False

    def texts(self, site):
        return {v for o in site.objects().values() if o["type"] == "goal" for v in values(o, "text")}

    def settle(self, acknowledged):
        self.disk.empty()
        meet([self.a, self.b])
        self.assertEqual(self.a.digest(), self.b.digest())
        for site in (self.a, self.b):
            self.assertEqual(acknowledged - self.texts(site), set())
            self.assertTrue(site.ask("verify", "--full")["ok"])

    def test_home(self):
        self.sites(self.stage.dir / "mapp")
        acknowledged = set()
        for left in LEFT:
            with self.subTest(left=left):
                self.b.ask("plan", "add", self.plan, "goal", f"text=b {left}")
                self.b.look("sync", "mapp")
                acknowledged.add(f"b {left}")
                self.disk.fill(left)
                for number in range(3):
                    text = f"{left} {number} " + "x" * 3000
                    if self.tries(self.a, "plan", "add", self.plan, "goal", f"text={text}"):
                        acknowledged.add(text)
                for command in ("sync", "mapp"), ("rebuild",), ("gc",), ("digest",):
                    self.tries(self.a, *command)
                self.settle(acknowledged)
        self.assertGreater(self.failed, len(LEFT), "the disk was not full enough")

    def test_place(self):
        self.sites(self.disk.folder / "mapp")
        acknowledged = set()
        for left in LEFT[:6]:
            with self.subTest(left=left):
                for site in (self.a, self.b):
                    site.ask("plan", "add", self.plan, "goal", f"text={site.home.name} {left}" + "x" * 3000)
                    acknowledged.add(f"{site.home.name} {left}" + "x" * 3000)
                self.disk.fill(left)
                self.tries(self.b, "sync", "mapp")
                self.settle(acknowledged)
        self.assertGreater(self.failed, 0, "the disk was not full enough")


if __name__ == "__main__":
    unittest.main(verbosity=2)
