"""gc: one pack instead of many, nothing lost: not by another process at the same time, not by kill -9 at any moment, not
where the log is damaged already."""
import os
import pathlib
import random
import signal
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lib_samplan import STORAGE, Site, Stage, branches, enrol, found, git, meet  # noqa: E402

KILLS = 40
MANY = 201  # packs, from which sync does it by itself
HOUR_S = 3600


class Gc(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage()
        cls.addClassCleanup(cls.stage.remove)
        cls.dir = cls.stage.dir
        a, b = Site(cls.dir / "a", "ett"), Site(cls.dir / "b", "två")
        found(a, "Provförbundet", "Kommunen", "kommun", "Handläggare Ett")
        enrol(a, b, "Regionen", "region", "Handläggare Två")
        cls.plan = a.ask("plan", "new", "title=Provplan", "person.name=Testperson Ett")["id"]
        a.ask("consent", "give", cls.plan, "--to", "alla", "--sections", "plan,person")
        for site in (a, b):
            site.ask("remote", "add", "mapp", cls.dir / "mapp")
        for n in range(8):
            a.ask("plan", "add", cls.plan, "goal", f"text=Mål {n}")
            a.sync()
        meet([a, b])
        cls.stage.keep()

    def setUp(self):
        self.stage.restore()
        self.a, self.b = Site(self.dir / "a"), Site(self.dir / "b")
        self.log = self.a.home / "log.git"
        self.packs = self.log / "objects" / "pack"

    def state(self):
        return self.a.digest(), branches(self.log)

    def whole(self):
        git(self.log, "fsck", "--strict")
        self.assertTrue(self.a.ask("verify", "--full")["ok"])
        self.a.ask("rebuild")

    def test_one_pack(self):
        before = self.state()
        done = self.a.ask("gc")
        self.assertGreater(done["packs"]["before"], 5)
        self.assertEqual(done["packs"]["after"], 1)
        self.assertLess(done["log_bytes"]["after"], done["log_bytes"]["before"])
        self.assertEqual(len(list(self.packs.glob("*"))), 2)
        self.whole()
        self.assertEqual(self.state(), before)
        self.assertEqual(self.a.ask("gc")["packs"], {"before": 1, "after": 1})
        self.a.ask("plan", "add", self.plan, "goal", "text=Efteråt")
        meet([self.a, self.b])
        self.assertEqual(self.a.digest(), self.b.digest())

    def test_strays_are_swept_when_they_are_old(self):
        names = {"pack_git2_abc123": HOUR_S + 60, "tmp_pack_xyz": HOUR_S + 60, "pack_git2_new": 10}
        for name, age in names.items():
            (self.packs / name).write_bytes(b"x")
            os.utime(self.packs / name, (time.time() - age,) * 2)
        self.a.ask("gc")
        self.assertEqual([n for n in names if (self.packs / n).exists()], ["pack_git2_new"])

    def test_after_a_sync_when_there_are_many(self):
        """Packs are copied under other names: what a long row of meetings leaves, but quicker."""
        pack = next(self.packs.glob("*.pack"))
        for n in range(MANY):
            for suffix in (".pack", ".idx"):
                os.link(pack.with_suffix(suffix), self.packs / f"pack-{n:040x}{suffix}")
        before = self.state()
        self.a.sync()
        self.assertEqual(len(list(self.packs.glob("*.pack"))), 1)
        self.whole()
        self.assertEqual(self.state(), before)

    def test_a_damaged_log_is_left(self):
        """Something is missing: nothing is removed, the story says so, and a copy of the missing part mends it."""
        pack = sorted(self.packs.glob("*.pack"))[0]
        kept = pack.read_bytes()
        os.chmod(pack, 0o600)
        pack.write_bytes(kept[:20] + bytes([kept[20] ^ 0xff]) + kept[21:])
        names = {p.name for p in self.packs.iterdir()}
        answer = self.a.run("gc")
        self.assertEqual((answer.code, answer.out), (STORAGE, ""), answer)
        self.assertLessEqual(names, {p.name for p in self.packs.iterdir()})
        pack.write_bytes(kept)
        self.assertEqual(self.a.ask("gc")["packs"]["after"], 1)
        self.whole()

    def test_while_others_write_and_meet(self):
        self.a.ask("plan", "add", self.plan, "goal", "text=Före")
        running = [self.a.start(*command) for command in
                   (("gc",), ("plan", "add", self.plan, "goal", "text=Samtidigt"), ("sync",), ("gc",), ("verify",))]
        for one in running:
            out, err = one.communicate(timeout=60)
            self.assertIn(one.returncode, (0, 1), f"{one.args}\n{out}\n{err}")
        self.whole()
        meet([self.a, self.b])
        self.assertEqual(self.a.digest(), self.b.digest())

    def test_killed_at_any_moment(self):
        """From the first packs to the last, kill -9 after a random time; the content is there every time."""
        before = self.state()
        started = time.monotonic()
        self.a.ask("gc")
        whole_s = time.monotonic() - started
        self.stage.restore()
        dice = random.Random(14)
        for turn in range(KILLS):
            if turn % 4 == 0:
                self.stage.restore()
            running = self.a.start("gc")
            time.sleep(dice.uniform(0, whole_s * 1.1))
            running.send_signal(signal.SIGKILL)
            running.communicate()
            git(self.log, "fsck", "--strict")
            self.assertEqual(self.state(), before, f"turn {turn}")
        self.assertEqual(self.a.ask("gc")["packs"]["after"], 1)
        self.whole()
        self.assertEqual(self.state(), before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
