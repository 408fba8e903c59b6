"""An older and a newer samplan: they meet both ways, what the older does not know is kept and passed on, and shown when it has
been updated; a home is brought up to date, and never opened by an older program. The newer one is a real second build
(tests/newer)."""
import hashlib
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lib_samplan import (STORAGE, TOP, Site, branches, enrol, found, git, meet, repository_of,  # noqa: E402
                         values)

NEWER = os.path.abspath(os.environ.get("SAMPLAN_NEWER") or TOP / "build" / "dev" / "tests" / "samplan_newer")


class Newer(Site):
    def command(self, *args, as_json=True):
        return [NEWER] + super().command(*args, as_json=as_json)[1:]


def updated(site):
    """The same home, by the newer program."""
    return Newer(site.home)


class Versions(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="samplan-versions-"))
        self.addCleanup(shutil.rmtree, self.dir)
        self.old = Site(self.dir / "old", "lösen ett")
        self.new = Newer(self.dir / "new", "lösen två")
        self.far = Newer(self.dir / "far", "lösen tre")
        found(self.old, "Förbundet", "Kommunen", "kommun", "Kim")
        enrol(self.old, self.new, "Arbetsförmedlingen", "af", "Alex")
        enrol(self.old, self.far, "Regionen", "region", "Rut")
        for site, places in ((self.old, ("hit", "dit")), (self.new, ("hit",)), (self.far, ("dit",))):
            for place in places:
                site.ask("remote", "add", place, self.dir / place)
        self.meet()
        self.plan = self.old.ask("plan", "new", "title=Prov", "person.name=Testperson Ett")["id"]
        self.goal = self.old.ask("plan", "add", self.plan, "goal", "text=Arbete")["id"]
        self.old.ask("consent", "give", self.plan, "--to", "alla", "--sections", "plan,person")
        self.meet()

    def meet(self):
        meet((self.old, self.new))
        meet((self.old, self.far))
        meet((self.old, self.new))

    def newer_writes(self):
        self.new.ask("plan", "set", self.goal, "feeling=glad")     # a field that the older does not know
        self.new.ask("plan", "set", self.plan, "title=ny: Titel")  # an operation that it does not know
        self.new.ask("plan", "set", self.goal, "kind=studier")

    def get(self, site, thing, field):
        return values(site.objects()[thing], field)

    def test_they_meet(self):
        self.newer_writes()
        self.old.ask("plan", "set", self.goal, "target_date=2027-05-05")
        self.meet()
        # the older takes all in, shows what it knows, and says what it does not
        self.assertEqual(self.get(self.old, self.goal, "kind"), ["studier"])
        self.assertEqual(self.get(self.old, self.plan, "title"), ["Prov"])
        self.assertNotIn("feeling", self.old.objects()[self.goal]["fields"])
        told = self.old.ask("verify", "--full")
        self.assertEqual((told["ok"], told["newer"], {r["verdict"] for r in told["refused"]}), (True, 2, {"unknown"}))
        self.assertIn("2 ändringar är skrivna av en nyare samplan; de sparas, och visas när den här har uppdaterats",
                      self.old.run("verify", as_json=False).out)
        # it passes on what it does not know: these two have never met
        for site in (self.new, self.far):
            self.assertEqual(self.get(site, self.goal, "feeling"), ["glad"])
            self.assertEqual(self.get(site, self.plan, "title"), ["ny: Titel"])
            self.assertEqual(self.get(site, self.goal, "target_date"), ["2027-05-05"])
            self.assertEqual(site.ask("verify")["newer"], 0)
        self.assertEqual(self.new.digest(), self.far.digest())
        before = self.old.digest()
        self.old.ask("rebuild")
        self.assertEqual(self.old.digest(), before)

    def test_an_older_home_is_brought_up_to_date(self):
        self.newer_writes()
        self.meet()
        self.old.ask("plan", "set", self.goal, "target_date=2027-06-06")  # not sealed yet
        self.assertEqual(self.old.look("status")["figures"]["unsealed"], 1)
        after = updated(self.old)
        self.assertEqual(self.get(after, self.goal, "feeling"), ["glad"])
        self.assertEqual(self.get(after, self.plan, "title"), ["ny: Titel"])
        self.assertEqual(self.get(after, self.goal, "target_date"), ["2027-06-06"])
        self.assertEqual(after.look("status")["figures"]["unsealed"], 1)
        self.assertEqual(after.ask("verify", "--full")["newer"], 0)
        meet((after, self.new))
        self.assertEqual(after.digest(), self.new.digest())
        before = after.digest()
        after.ask("rebuild")
        self.assertEqual(after.digest(), before)

    def test_a_newer_home_is_left_alone(self):
        updated(self.old).ask("status")

        def content():
            return {p.relative_to(self.old.home): hashlib.sha256(p.read_bytes()).hexdigest()
                    for p in sorted(self.old.home.rglob("*")) if p.is_file() and not p.name.endswith("-shm")}
        before = content()
        for command in (["status"], ["plan", "list"], ["sync"], ["rebuild"]):
            answer = self.old.run(*command)
            self.assertEqual((answer.code, answer.out), (STORAGE, ""), answer)
            self.assertIn("nyare samplan", answer.error["message"])
        self.assertEqual(content(), before)
        self.assertEqual(updated(self.old).look("plan", "list")[0]["id"], self.plan)

    def test_a_record_of_a_later_format(self):
        """Nobody can read it yet: it waits at its place and spoils nothing."""
        self.new.ask("plan", "set", self.goal, "kind=hälsa")
        meet((self.new,))
        repository = repository_of(self.dir / "hit")
        chain = self.new.look("status")["chain"]
        tip = branches(repository)[chain]
        later = git(repository, "cat-file", "commit", tip, text=False).replace(b"\nsamplan 1\n", b"\nsamplan 2\n")
        name = git(repository, "hash-object", "-t", "commit", "-w", "--stdin", data=later.decode())
        git(repository, "update-ref", f"refs/heads/{chain}", name)
        met = self.old.look("sync", "hit")
        self.assertEqual([f["verdict"] for f in met[0]["faults"]], ["newer"])
        self.assertEqual(branches(repository)[chain], name)
        git(repository, "update-ref", f"refs/heads/{chain}", tip)
        self.assertEqual(self.old.sync("hit")["faults"], [])
        self.assertEqual(self.get(self.old, self.goal, "kind"), ["hälsa"])
        self.assertTrue(self.old.ask("verify")["ok"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
