"""samplan plan state: what is only here, what is sent, who is known to have it."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lib_samplan as lib


class State(unittest.TestCase):
    def setUp(self):
        self.stage = lib.Stage()
        self.addCleanup(self.stage.remove)
        self.anna, self.bo, self.cia = (lib.Site(self.stage.dir / name, name) for name in ("anna", "bo", "cia"))
        lib.found(self.anna, "Skåne nordost", "Hässleholms kommun", "kommun", "Anna Ek")
        for site, party, kind in ((self.bo, "Region Skåne", "region"), (self.cia, "Arbetsförmedlingen", "af")):
            lib.enrol(self.anna, site, party, kind, {"bo": "Bo Al", "cia": "Cia By"}[site.home.name])
        for site in (self.anna, self.bo, self.cia):
            site.ask("remote", "add", "sticka", self.stage.dir / "sticka")
        lib.meet([self.anna, self.bo, self.cia])
        self.plan = self.anna.ask("plan", "new", "title=Väg till arbete", "person.name=Testperson Ett")["id"]

    def state(self, site, object_id=None):
        told = site.ask("plan", "state", self.plan)
        rows = {row["object"]: row for row in told["objects"]}
        row = rows[object_id or self.plan]
        self.assertEqual(told["local"], sum(r["state"] == "local" for r in rows.values()))
        return row["state"], row["received"], row["readers"], sorted(row["missing"])

    def test_from_here_to_everybody(self):
        self.assertEqual(self.state(self.anna), ("local", 0, 0, []))
        self.anna.ask("consent", "give", self.plan, "--to", "Region Skåne;Arbetsförmedlingen", "--sections",
                      "plan,person", "--form", "written")
        self.assertEqual(self.state(self.anna), ("local", 0, 2, ["Bo Al", "Cia By"]))
        self.anna.sync()
        self.assertEqual(self.state(self.anna), ("sent", 0, 2, ["Bo Al", "Cia By"]))
        self.bo.sync()
        self.assertEqual(self.state(self.anna), ("sent", 0, 2, ["Bo Al", "Cia By"]))  # she cannot know yet
        self.assertEqual(self.state(self.bo), ("sent", 1, 2, ["Cia By"]))  # who wrote it has it
        note = self.bo.ask("plan", "add", self.plan, "note", "text=Läst")["id"]
        self.assertEqual(self.state(self.bo, note), ("local", 0, 2, ["Anna Ek", "Cia By"]))
        self.bo.sync()
        self.anna.sync()
        self.assertEqual(self.state(self.anna), ("sent", 1, 2, ["Cia By"]))
        self.cia.sync()
        self.cia.ask("plan", "add", self.plan, "note", "text=Jag med")
        self.cia.sync()
        self.anna.sync()
        self.assertEqual(self.state(self.anna), ("received", 2, 2, []))
        self.anna.ask("plan", "set", self.plan, "title=Nytt namn")
        self.assertEqual(self.state(self.anna), ("local", 0, 2, ["Bo Al", "Cia By"]))

    def test_what_only_the_own_party_reads(self):
        activity = self.anna.ask("plan", "add", self.plan, "activity", "kind=studier")["id"]
        self.assertEqual(self.state(self.anna, activity), ("local", 0, 0, []))
        self.anna.sync()
        self.assertEqual(self.state(self.anna, activity), ("sent", 0, 0, []))

    def test_a_meeting_that_failed_has_sent_nothing(self):
        (self.stage.dir / "sticka").rename(self.stage.dir / "borta")
        self.assertEqual(self.anna.run("sync").code, lib.STORAGE)
        self.assertEqual(self.state(self.anna)[0], "local")

    def test_it_survives_a_rebuild(self):
        self.anna.sync()
        before = self.anna.ask("plan", "state", self.plan)
        self.anna.ask("rebuild")
        self.assertEqual(self.anna.ask("plan", "state", self.plan), before)

    def test_for_people(self):
        told = self.anna.run("plan", "state", self.plan, as_json=False)
        self.assertEqual(told.code, lib.DONE)
        self.assertIn("bara här", told.out)
        self.assertEqual(self.anna.run("plan", "state", "x").code, lib.INPUT)


if __name__ == "__main__":
    unittest.main()
