"""A replica whose files were altered, cut, swapped, put back or lost: the program gives what was there or ends with 5 and
the way back, never wrong data; and rebuild brings back all that the log holds. SAMPLAN_LONG: many times as many."""
import os
import pathlib
import random
import shutil
import subprocess
import sys
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests"))
import lib_peek  # noqa: E402
from lib_samplan import DONE, LOOK, STORAGE, TIMEOUT_S, Site, Stage, enrol, found, meet  # noqa: E402

PAGE = 4096
TIMES = 40 if os.environ.get("SAMPLAN_LONG") else 1


class Damage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage()
        cls.addClassCleanup(cls.stage.remove)
        cls.a, cls.b = Site(cls.stage.dir / "a", "ett"), Site(cls.stage.dir / "b", "två")
        found(cls.a, "Provförbundet", "Kommunen", "kommun", "Handläggare Ett")
        enrol(cls.a, cls.b, "Regionen", "region", "Handläggare Två")
        for site in (cls.a, cls.b):
            site.ask("remote", "add", "plats", cls.stage.dir / "plats")
        cls.plan = cls.a.ask("plan", "new", "title=Prov", "person.name=Testperson Ett")["id"]
        cls.a.ask("consent", "give", cls.plan, "--to", "alla", "--sections", "plan,person")
        for i in range(12):
            cls.a.ask("plan", "new", f"title=Plan {i}", "person.name=Testperson Två", "background=" + "lång text " * 300)
        meet([cls.a, cls.b], "plats")
        cls.b.ask("plan", "set", cls.plan, "title=Från regionen")
        meet([cls.a, cls.b], "plats")
        cls.sealed = cls.a.digest()
        cls.a.ask("plan", "set", cls.plan, "follow_up=2026-10-01")  # is in no record yet
        cls.saved = cls.a.digest()
        cls.dump = cls.a.run("dump").out
        cls.stage.keep()

    def setUp(self):
        self.stage.restore()
        self.dice = random.Random(self.id())
        self.replica = self.a.home / "replica.db"
        self.wal = self.a.home / "replica.db-wal"
        self.good = self.replica.read_bytes()

    def flip(self, bit):
        data = bytearray(self.good)
        data[bit // 8] ^= 1 << bit % 8
        self.replica.write_bytes(data)

    def told(self, *command):
        """The error of a command that must end with 5, and name the way back."""
        answer = self.a.run(*command)
        self.assertEqual(answer.code, STORAGE, answer)
        self.assertEqual(answer.out, "", answer)
        self.assertIn("rebuild", answer.error["message"])
        self.assertEqual(answer.error["code"], "damaged")

    def right_or_told(self, expected=None):
        """Exit 5, or what was there. True if it was told."""
        answer = self.a.run("dump")
        self.assertIn(answer.code, (DONE, STORAGE), answer)
        if answer.code == DONE:
            self.assertIn(answer.out, expected or (self.dump,))
        return answer.code == STORAGE

    def rebuilt(self, *expected, lost=()):
        """rebuild, to one of these digests."""
        answer = self.a.ask("rebuild", codes=(LOOK,) if lost else (DONE,))
        self.assertEqual(answer["lost"], list(lost))
        self.assertIn(self.a.digest(), expected)
        self.assertTrue(self.a.ask("verify", "--full")["ok"])
        self.assertEqual({p.name for p in self.a.home.iterdir()},
                         {"device.key", "incarnation", "log.git", "replica.db", "saved"})
        return answer

    # flipped bits

    def test_each_flipped_bit_is_told_by_verify(self):
        """Every page, those not in use too."""
        pages = len(self.good) // PAGE
        self.assertGreater(pages, 60)
        for number in range(pages):
            for _ in range(TIMES):
                byte = self.dice.randrange(1200 if number == 0 else 0, PAGE)  # a torn slot of the head is mended
                self.flip((number * PAGE + byte) * 8 + self.dice.randrange(8))
                self.told("verify")

    def test_no_flipped_bit_gives_wrong_data(self):
        told = 0
        for number in range(len(self.good) // PAGE):
            for _ in range(TIMES):
                self.flip((number * PAGE + self.dice.randrange(PAGE)) * 8 + self.dice.randrange(8))
                told += self.right_or_told()
        self.assertGreater(told, 10)

    def test_a_save_into_a_damaged_replica_is_whole_or_told(self):
        for number in range(0, len(self.good) // PAGE, 3):
            self.stage.restore()
            self.flip((number * PAGE + self.dice.randrange(PAGE)) * 8)
            answer = self.a.run("plan", "set", self.plan, "title=Ny")
            self.assertIn(answer.code, (DONE, STORAGE), answer)
            title = "Ny" if answer.code == DONE else "Från regionen"
            self.a.ask("rebuild", codes=(DONE, LOOK))
            self.assertEqual(self.a.ask("plan", "show", self.plan)["fields"]["title"], title)

    # rebuild

    def test_rebuild_after_a_flip_in_each_page(self):
        """What the log holds is there in any case; a save that is in no record is there, or said to be lost."""
        kept = 0
        step = 1 if TIMES > 1 else 5
        for number in range(0, len(self.good) // PAGE, step):
            self.stage.restore()
            self.flip((number * PAGE + self.dice.randrange(PAGE)) * 8)
            answer = self.a.ask("rebuild", codes=(DONE, LOOK))
            self.assertEqual(self.a.digest(), self.sealed if "saves" in answer["lost"] else self.saved, answer)
            self.assertTrue(self.a.ask("verify", "--full")["ok"])
            kept += "saves" not in answer["lost"]
        self.assertGreater(kept, 0)

    def test_rebuild_of_a_lost_replica(self):
        self.replica.unlink()
        self.told("digest")
        answer = self.rebuilt(self.sealed, lost=("saves", "remotes", "drafts", "memory"))
        self.assertTrue(answer["damaged"])
        self.assertEqual(self.a.ask("status")["party"], self.a.ask("status")["party"])
        # and it goes on as before
        self.a.ask("remote", "add", "plats", self.stage.dir / "plats")
        self.a.ask("plan", "set", self.plan, "title=Efteråt")
        meet([self.a, self.b], "plats")
        self.assertEqual(self.b.ask("plan", "show", self.plan)["fields"]["title"], "Efteråt")
        self.assertTrue(self.b.ask("verify", "--full")["ok"])

    def test_rebuild_of_a_lost_replica_of_who_was_invited(self):
        digest = self.b.digest()
        (self.b.home / "replica.db").unlink()
        self.b.ask("rebuild", codes=(LOOK,))
        self.assertEqual(self.b.digest(), digest)

    def test_rebuild_without_damage_loses_nothing(self):
        answer = self.rebuilt(self.saved)
        self.assertFalse(answer["damaged"])

    def test_rebuild_keeps_saves_where_the_plans_are_damaged(self):
        """Damage in a derived table: what is in no record yet is put in one."""
        root, = lib_peek.rows(self.a, "SELECT rootpage FROM sqlite_schema WHERE name = 'op'")[0]
        self.good = self.replica.read_bytes()
        self.flip(((root - 1) * PAGE + 2000) * 8)
        self.told("verify")
        self.assertEqual(self.rebuilt(self.saved)["saves_kept"], 1)

    def test_rebuild_waits_for_nobody(self):
        """While another process has the damaged home open, nothing is put in its place."""
        holder = lib_peek.hold(self.a)
        self.addCleanup(holder.stdout.close)
        try:
            self.flip(len(self.good) * 8 - 1)  # SQLite has its own copies of the pages that it has read
            rebuild = self.a.start("rebuild")
            with self.assertRaises(subprocess.TimeoutExpired):
                rebuild.communicate(timeout=3)
            self.assertEqual(self.replica.read_bytes()[:16], self.good[:16])  # the same file
        finally:
            holder.kill()
            holder.wait()
        out, _ = rebuild.communicate(timeout=TIMEOUT_S)
        self.assertIn(rebuild.returncode, (DONE, LOOK), out)
        self.assertIn(self.a.digest(), (self.saved, self.sealed))

    # put back: an earlier commit is noticed

    def copy_of(self, *names):
        return {name: (self.a.home / name).read_bytes() for name in names if (self.a.home / name).exists()}

    def put_back(self, files):
        for name in ("replica.db", "replica.db-wal", "replica.db-shm"):
            (self.a.home / name).unlink(missing_ok=True)
        for name, data in files.items():
            (self.a.home / name).write_bytes(data)

    def test_older_replica_without_the_last_save(self):
        """Nothing but this home knew of the save."""
        old = self.copy_of("replica.db")
        self.a.ask("plan", "set", self.plan, "title=Sist")
        new, digest = self.copy_of("replica.db"), self.a.digest()
        self.put_back(old)
        for command in (["dump"], ["plan", "set", self.plan, "title=Nyare"], ["sync"]):
            self.told(*command)
        self.put_back(new)
        self.assertEqual(self.a.digest(), digest)
        self.put_back(old)
        self.rebuilt(self.saved, lost=("saves",))
        self.a.ask("plan", "set", self.plan, "title=Nyare")
        meet([self.a, self.b], "plats")
        self.assertEqual(self.b.ask("plan", "show", self.plan)["fields"]["title"], "Nyare")

    def test_older_replica_than_the_log(self):
        """What is in a record comes back by itself, and this device goes on as a new chain; an older row of the journal
        counts once."""
        old = self.copy_of("replica.db")
        self.a.ask("plan", "set", self.plan, "title=Sist")
        meet([self.a, self.b], "plats")
        self.put_back(old)
        self.a.ask("plan", "set", self.plan, "follow_up=2027-03-01")
        for _ in range(2):
            meet([self.a, self.b], "plats")
        self.assertTrue(self.b.ask("verify", "--full")["ok"])
        for site in (self.a, self.b):
            plan = site.ask("plan", "show", self.plan)
            self.assertEqual((plan["fields"]["title"], plan["fields"]["follow_up"]), ("Sist", "2027-03-01"))
            self.assertEqual(plan["conflicts"], [])

    def test_older_replica_of_before_others_came(self):
        """Records of others, on a chain that it knows nothing of."""
        self.a.ask("plan", "set", self.plan, "title=En")
        meet([self.a, self.b], "plats")
        old = self.copy_of("replica.db")
        c = Site(self.stage.dir / "c", "tre")
        enrol(self.a, c, "Arbetsförmedlingen", "af", "Handläggare Tre")
        c.ask("remote", "add", "plats", self.stage.dir / "plats")
        meet([self.a, self.b, c], "plats")
        digest = self.a.digest()
        self.put_back(old)
        answer = self.a.run("digest")
        if answer.code == STORAGE:
            self.rebuilt(digest)
        self.assertEqual(self.a.digest(), digest)

    def test_write_ahead_log_cut_altered_or_of_another_day(self):
        """Killed, so that there is one; then whatever becomes of it: what was there, or exit 5."""
        ages, known = [self.copy_of("replica.db", "replica.db-wal")], [self.saved]
        for i in range(6):
            holder = lib_peek.hold(self.a)  # who closes last would empty it
            self.addCleanup(holder.stdout.close)
            self.a.ask("plan", "set", self.plan, f"title=Titel {i}")
            ages.append(self.copy_of("replica.db", "replica.db-wal"))
            known.append(self.a.digest())
            holder.kill()
            holder.wait()
        latest = ages[-1]
        self.assertIn("replica.db-wal", latest)
        self.put_back(latest)
        self.assertEqual(self.a.digest(), known[-1])
        mixes = [{"replica.db": a["replica.db"]} | ({"replica.db-wal": b["replica.db-wal"]} if "replica.db-wal" in b
                                                    else {}) for a in ages for b in ages]
        mixes.append({"replica.db": latest["replica.db"]})
        for _ in range(10 * TIMES):
            wal = bytearray(latest["replica.db-wal"])
            wal[self.dice.randrange(len(wal))] ^= 1 << self.dice.randrange(8)
            mixes += [latest | {"replica.db-wal": bytes(wal)},
                      latest | {"replica.db-wal": latest["replica.db-wal"][:self.dice.randrange(len(wal))]}]
        told = 0
        for mix in mixes:
            self.put_back(mix)
            answer = self.a.run("digest")
            self.assertIn(answer.code, (DONE, STORAGE), answer)
            told += answer.code == STORAGE
            if answer.code == DONE:  # the last save is there: nothing older passes
                self.assertEqual(self.a.digest(), known[-1])
            else:
                self.assertEqual(answer.error["code"], "damaged")
        self.assertGreater(told, len(mixes) // 2)

    # cut, swapped

    def test_cut(self):
        for length in {0, 1, 15, 16, 100, 512, PAGE - 1, PAGE, len(self.good) // 2, len(self.good) - PAGE,
                       len(self.good) - 1}:
            self.replica.write_bytes(self.good[:length])
            self.right_or_told()
            self.told("verify")

    def test_longer(self):
        self.replica.write_bytes(self.good + b"\0" * PAGE)
        self.right_or_told()
        self.told("verify")

    def test_swapped_pages(self):
        pages = len(self.good) // PAGE
        for _ in range(20 * TIMES):
            a, b = self.dice.sample(range(pages), 2)
            data = bytearray(self.good)
            data[a * PAGE:(a + 1) * PAGE] = self.good[b * PAGE:(b + 1) * PAGE]
            data[b * PAGE:(b + 1) * PAGE] = self.good[a * PAGE:(a + 1) * PAGE]
            self.replica.write_bytes(data)
            self.right_or_told()
            self.told("verify")

    def test_replica_of_another_home(self):
        shutil.copyfile(self.b.home / "replica.db", self.replica)
        self.told("digest")
        self.rebuilt(self.sealed, lost=("saves", "remotes", "drafts", "memory"))


if __name__ == "__main__":
    unittest.main()
