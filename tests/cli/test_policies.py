"""What the förbund has decided for the rules: settings are checked when they are set, and what was accepted falls with what
it was about."""
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lib_samplan as lib


class Policies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="samplan-policies-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.k = lib.Site(cls.dir / "k", "lösen k")
        lib.found(cls.k, "Förbundet", "Kommunen", "kommun", "Kim")

    def setUp(self):
        self.plan = self.k.ask("plan", "new", "person.name=Testperson Ett", "status=aktiv")["id"]

    def add(self, kind, *fields):
        return self.k.ask("plan", "add", self.plan, kind, *fields)["id"]

    def rules(self, *args):
        return [c["rule"] for c in self.k.look("clashes", self.plan, *args)]

    def refused(self, *fields):
        answer = self.k.run("plan", "add", self.plan, "policy", *fields)
        self.assertEqual((answer.code, answer.out), (lib.INPUT, ""), answer)
        return answer.error["message"]

    def test_a_setting_is_checked_when_it_is_set(self):
        self.assertIn("G1.days", self.refused("name=G1.dagar", "value=5"))  # tells which there are
        self.refused("value=5")
        self.assertIn("1 till 3660", self.refused("name=G1.days", "value=0"))
        self.assertIn("1 till 3660", self.refused("name=G1.days", "value=fem"))
        self.assertIn("rad 2", self.refused("name=K3.exclusions", "value=studier x praktik;studier y vård"))
        self.assertIn("rad 1", self.refused("name=K4.contradictions", "value=arbete x arbete"))
        self.refused("name=K1.capacity", "value=201%")
        made = self.add("policy", "name=G4.days", "value=20")
        for field in ("value=0", "name=G9.days", "name="):
            answer = self.k.run("plan", "set", made, field)
            self.assertEqual((answer.code, answer.out), (lib.INPUT, ""), answer)
        self.assertEqual(lib.values(self.k.objects()[made], "value"), ["20"])
        self.k.ask("plan", "set", made, "value=")  # the built-in one holds
        self.k.ask("plan", "set", made, "value=30")
        self.k.ask("plan", "remove", made)

    def test_a_refused_line_of_apply(self):
        line = '{"op":"new","type":"policy","set":{"name":"K2.travel_minutes","value":"en timme"}}\n'
        answer = self.k.run("apply", "-", stdin=line)
        self.assertIn("0 till 600", str(answer.json), answer)

    def test_settings_hold_for_plans_that_were_looked_at_before(self):
        self.add("activity", "kind=studier", "extent=50%", "from=2090-01-01", "to=2090-06-30")
        self.add("activity", "kind=coaching", "extent=25%", "from=2090-01-01", "to=2090-06-30")
        self.assertNotIn("K3", self.rules())
        made = self.add("policy", "name=K3.exclusions", "value=studier x coaching")
        self.assertIn("K3", self.rules())
        self.k.ask("plan", "set", made, "value=inga")
        self.assertNotIn("K3", self.rules())
        self.k.ask("plan", "remove", made)

    def test_what_was_accepted_falls_when_what_it_was_about_changes(self):
        rest = self.add("activity", "kind=vila/sjukskrivning", "extent=100%", "from=2090-01-01", "to=2090-06-30")
        self.add("activity", "kind=praktik", "extent=50%", "from=2090-03-01", "to=2090-06-30")

        def clash():
            found, = [c for c in self.k.look("clashes", self.plan) if c["rule"] == "K3"]
            return found
        known = clash()
        self.k.ask("clash", "accept", known["id"], "--why", "Läkaren vet.")
        self.assertEqual(clash()["accepted"]["why"], "Läkaren vet.")
        self.k.ask("plan", "set", rest, "text=Annat ord")  # not what it is about
        self.assertIsNotNone(clash()["accepted"])
        self.k.ask("plan", "set", rest, "to=2090-07-31")
        fallen = clash()
        self.assertEqual((fallen["id"], fallen["accepted"]), (known["id"], None))
        self.k.ask("clash", "accept", known["id"], "--why", "Läkaren vet fortfarande.")
        self.assertEqual(clash()["accepted"]["why"], "Läkaren vet fortfarande.")
        self.k.ask("plan", "set", rest, "to=2090-06-30")  # as it was at first
        self.assertEqual(clash()["accepted"]["why"], "Läkaren vet.")
        answer = self.k.run("clash", "accept", known["id"], "--why", "Igen.")
        self.assertEqual(answer.code, lib.INPUT, answer)


if __name__ == "__main__":
    unittest.main()
