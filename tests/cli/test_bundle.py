"""Bundles: one file that is carried. Taken in twice, out of order, with one lost, damaged, from stock git; never a loss,
a gap is told of with its chain and transactions, and what waited comes in when the missing one has come."""
import os
import pathlib
import re
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lib_samplan import (INPUT, REFUSED, STORAGE, Site, Stage, branches, enrol, found, git, meet,  # noqa: E402
                         values)

GAP = re.compile(r"transactions (\d+)-(\d+) of chain ([0-9a-f]{32}) are missing")


class Bundles(unittest.TestCase):
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
        (cls.dir / "post").mkdir()
        for site in (a, b):
            site.ask("remote", "add", "fil", cls.dir / "post" / "fil.bundle")
            site.ask("remote", "add", "mapp", cls.dir / "mapp")
        meet([a, b], "mapp")
        cls.stage.keep()

    def setUp(self):
        self.stage.restore()
        self.a, self.b = Site(self.dir / "a"), Site(self.dir / "b")
        self.file = self.dir / "post" / "fil.bundle"

    def write(self, site, text):
        site.ask("plan", "add", self.plan, "goal", f"text={text}")

    def texts(self, site):
        return {v for o in site.objects().values() if o["type"] == "goal" for v in values(o, "text")}

    def carry(self, name):
        """The file is sent away."""
        return self.file.rename(self.dir / name)

    def bring(self, site, file):
        """site gets a file at its place, in place of what lay there, and meets."""
        shutil.copy(file, self.file)
        return site.sync("fil")

    def three(self):
        """A writes three bundles, each carried away before the next is written. The first holds everything."""
        files = []
        for n in range(3):
            self.write(self.a, f"Nummer {n}")
            self.a.sync("fil")
            files.append(self.carry(f"{n}.bundle"))
        return files

    # what a bundle is

    def test_stock_git_reads_it(self):
        first, second, _ = self.three()
        for file in (first, second):
            git(self.b.home / "log.git", "bundle", "list-heads", file)
        clone = self.dir / "klon"
        shutil.copytree(self.b.home / "log.git", clone)
        self.assertNotIn("-", [line[0] for line in first.read_bytes().split(b"\n\n")[0].decode().splitlines()[1:]])
        git(clone, "bundle", "verify", first)
        self.assertNotEqual(git(clone, "bundle", "verify", second, check=False).returncode, 0, "it rests on the first")
        git(clone, "fetch", "-q", first, "refs/heads/*:refs/heads/*")
        git(clone, "bundle", "verify", second)
        git(clone, "fetch", "-q", second, "refs/heads/*:refs/heads/*")
        git(clone, "fsck", "--strict")

    def test_both_ways(self):
        self.write(self.a, "Från A")
        self.assertGreater(self.a.sync("fil")["sent"], 0)
        self.write(self.b, "Från B")
        both = self.b.sync("fil")
        self.assertEqual((both["received"], both["faults"]), (1, []))
        self.assertGreater(both["sent"], 0)
        self.assertEqual(self.a.sync("fil")["faults"], [])
        self.assertEqual(self.a.digest(), self.b.digest())

    def test_nothing_new_leaves_the_file(self):
        self.write(self.a, "Från A")
        self.a.sync("fil")
        before = (self.file.read_bytes(), self.file.stat().st_mtime_ns)
        self.assertEqual(self.a.sync("fil")["sent"], 0)
        self.assertEqual((self.file.read_bytes(), self.file.stat().st_mtime_ns), before)

    def test_unread_it_is_replaced_by_one_that_holds_it_too(self):
        for n in range(3):
            self.write(self.a, f"Nummer {n}")
            self.a.sync("fil")
        self.b.sync("fil")
        self.assertLessEqual({"Nummer 0", "Nummer 1", "Nummer 2"}, self.texts(self.b))

    def test_a_newcomer_by_bundles_alone(self):
        c = Site(self.dir / "c", "tre")
        enrol(self.a, c, "Arbetsförmedlingen", "af", "Handläggare Tre")
        c.ask("remote", "add", "fil", self.file)
        self.a.sync("fil")
        c.sync("fil")
        self.assertEqual(branches(c.home / "log.git"), branches(self.a.home / "log.git"))

    # twice, out of order, lost

    def test_twice(self):
        first = self.three()[0]
        self.bring(self.b, first)
        before = self.b.digest()
        again = self.bring(self.b, first)
        self.assertEqual((again["received"], again["faults"]), (0, []))
        self.assertEqual(self.b.digest(), before)

    def gaps(self, faults):
        return [(f["verdict"], *GAP.search(f["detail"]).groups()) for f in faults]

    def test_out_of_order(self):
        first, second, third = self.three()
        chain, = [name for name, tip in branches(self.a.home / "log.git").items()
                  if branches(self.b.home / "log.git").get(name) != tip]
        told = self.bring(self.b, third)
        self.assertEqual(told["received"], 0)
        (verdict, low, high, of), = self.gaps(told["faults"])
        self.assertEqual((verdict, of, int(high) - int(low)), ("waits", chain, 1))
        told = self.bring(self.b, second)
        self.assertEqual(told["received"], 0)
        self.assertTrue(all(g[0] == "waits" and g[3] == chain and g[1] == low for g in self.gaps(told["faults"])), told)
        self.assertIn(low, str(self.b.look("verify")["refused"]))
        done = self.bring(self.b, first)
        self.assertEqual((done["received"], done["faults"]), (3, []), "all that waited comes in with it")
        self.assertEqual(self.a.digest(), self.b.digest())
        self.assertEqual([p.name for p in (self.b.home / "remotes").iterdir() if "waits" in p.name], [])
        self.assertEqual(self.b.look("verify")["refused"], [])

    def test_one_lost_heals_by_the_answer(self):
        first, _, third = self.three()
        self.bring(self.b, first)
        self.assertEqual(len(self.gaps(self.bring(self.b, third)["faults"])), 1)
        self.assertNotIn("Nummer 2", self.texts(self.b))
        self.write(self.b, "Svar")
        self.assertTrue(self.b.sync("fil")["faults"])
        answer = self.a.sync("fil")
        self.assertEqual((answer["faults"], answer["sent"]), ([], 2), "B's own word says what it lacks")
        done = self.b.sync("fil")
        self.assertEqual(done["faults"], [])
        self.assertEqual(self.a.digest(), self.b.digest())

    def test_one_lost_heals_by_another_place(self):
        first, _, third = self.three()
        self.bring(self.b, first)
        self.bring(self.b, third)
        self.a.sync("mapp")
        self.b.sync("mapp")
        self.assertEqual(self.b.sync("fil")["faults"], [])
        self.assertEqual(self.a.digest(), self.b.digest())

    def test_removed_and_added_again_it_starts_with_everything(self):
        self.three()
        self.a.ask("remote", "remove", "fil")
        self.assertEqual([p.name for p in (self.a.home / "remotes").iterdir() if p.name.startswith("fil")], [])
        self.a.ask("remote", "add", "fil", self.file)
        self.a.sync("fil")
        self.assertEqual(self.b.sync("fil")["faults"], [])
        self.assertEqual(self.texts(self.b), self.texts(self.a))

    def test_remove_what_is_not_there(self):
        self.assertEqual(self.a.run("remote", "remove", "ingen").code, INPUT)

    # damaged, foreign

    def test_damaged(self):
        self.write(self.a, "Från A")
        self.a.sync("fil")
        whole = self.file.read_bytes()
        at = whole.index(b"\n\nPACK") + 2
        flipped = bytearray(whole)
        flipped[at + 40] ^= 0x20
        self.write(self.b, "B:s egna")
        before = self.b.digest()
        for name, content in {"empty": b"", "cut": whole[:-30], "short": whole[:at + 5], "header": whole[:at],
                              "flipped": bytes(flipped), "sum": whole[:-1] + bytes([whole[-1] ^ 1]),
                              "more": whole + b"x" * 100, "text": b"hej\n\n", "v3": whole.replace(b"v2", b"v3", 1),
                              "count": whole[:at + 8] + b"\x7f\xff\xff\xff" + whole[at + 12:],
                              "long": b"# v2 git bundle\n" + b"-" * (20 << 20)}.items():
            self.file.write_bytes(content)
            answer = self.b.run("sync", "fil")
            self.assertEqual((answer.code, answer.out), (STORAGE, ""), f"{name}\n{answer}")
            self.assertEqual(self.file.read_bytes(), content, "left as it was")
            self.assertEqual(self.b.digest(), before)
        self.file.write_bytes(whole)
        self.assertEqual(self.b.sync("fil")["faults"], [])
        self.assertIn("Från A", self.texts(self.b))

    def test_another_forbund(self):
        other = Site(self.dir / "annan", "annan")
        found(other, "Annat förbund", "Staden", "kommun", "Handläggare Nio")
        other.ask("remote", "add", "fil", self.file)
        other.sync("fil")
        content = self.file.read_bytes()
        self.assertEqual(self.a.run("sync", "fil").code, REFUSED)
        self.assertEqual(self.file.read_bytes(), content)
        self.file.unlink()
        self.assertEqual(self.a.sync("fil")["faults"], [])
        self.assertEqual(self.b.sync("fil")["faults"], [])

    def test_a_bundle_of_stock_git(self):
        """With a prerequisite, and so with differences to what only the reader has; and without."""
        self.write(self.a, "Ett")
        self.a.sync("mapp")
        self.write(self.a, "Två")
        self.a.sync("mapp")
        log = self.a.home / "log.git"
        chain, = [n for n, tip in branches(log).items() if branches(self.b.home / "log.git").get(n) != tip]
        thin = self.dir / "tunn.bundle"
        git(log, "bundle", "create", thin, f"{chain}~1..{chain}")
        told = self.bring(self.b, thin)
        self.assertEqual([f["verdict"] for f in told["faults"]], ["waits"])
        whole = self.dir / "hel.bundle"
        git(log, "bundle", "create", whole, "--branches")
        self.assertEqual(self.bring(self.b, whole)["faults"], [])
        self.assertEqual(self.a.digest(), self.b.digest())
        self.assertEqual(self.bring(self.b, thin)["faults"], [])

    def test_places_that_cannot_be(self):
        self.assertEqual(self.a.run("remote", "add", "x", self.dir / "finns-inte" / "x.bundle").code, STORAGE)
        (self.dir / "mapp.bundle").mkdir()
        self.assertEqual(self.a.run("remote", "add", "x", self.dir / "mapp.bundle").code, INPUT)
        self.write(self.a, "Från A")
        (self.dir / "post").rename(self.dir / "undan")
        self.assertEqual(self.a.run("sync", "fil").code, STORAGE)
        (self.dir / "undan").rename(self.dir / "post")
        os.mkfifo(self.file)
        self.assertEqual(self.a.run("sync", "fil").code, STORAGE)
        self.file.unlink()
        self.a.sync("fil")
        self.b.sync("fil")
        self.assertIn("Från A", self.texts(self.b))


if __name__ == "__main__":
    unittest.main(verbosity=2)
