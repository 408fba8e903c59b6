"""Groups with modules in order: made, joined, attended and completed from the command line; where each participant stands,
what is next, and that a module taken before what it builds on is told, also as a glapp; what others may read of it."""
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))
import lib_samplan as lib

KOMMUN, AF = "Kommunen", "Arbetsförmedlingen"
TODAY = ("--today", "2027-02-10")


class Groups(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="samplan-groups-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.k, cls.a = (lib.Site(cls.dir / name, "lösen " + name) for name in ("k", "a"))
        lib.found(cls.k, "Förbundet", KOMMUN, "kommun", "Kim")
        lib.enrol(cls.k, cls.a, AF, "af", "Alex")
        for site in (cls.k, cls.a):
            site.ask("remote", "add", "stick", cls.dir / "stick")
        cls.k.look("import", "-", stdin="Namn;Huvudman\nGrön rehab;" + KOMMUN + "\n")
        lib.meet((cls.k, cls.a))

    def setUp(self):
        """A round of its own, of three modules: Praktik builds on Start."""
        name = self.id().rsplit(".", 1)[1]
        self.k.look("import", "-", stdin=f"Namn;Huvudman\nInsats {name};{KOMMUN}\n")
        ask = self.k.ask
        self.group = ask("group", "new", "Insats " + name, "name=" + name, "from=2027-02-01", "to=2027-03-26")["id"]
        self.start = ask("group", "module", "Insats " + name, "name=Start")["id"]
        self.work = ask("group", "module", "Insats " + name, "name=Praktik", "requires=Start")["id"]
        self.end = ask("group", "module", "Insats " + name, "name=Avslut")["id"]
        self.sessions = [ask("group", "session", name, module, "when=" + when)["id"] for module, when in
                         (("Start", "2027-02-02T08:00Z"), ("Start", "2027-02-08T08:00Z"),
                          ("Praktik", "2027-02-11T08:00Z"), ("Praktik", "2027-03-01T08:00Z"))]
        self.name = name
        self.plans = [ask("plan", "new", "title=" + title, "person.name=Testperson " + title)["id"]
                      for title in ("Ett", "Två")]
        for plan in self.plans:
            ask("consent", "give", plan, "--to", "alla", "--sections", "plan,person")
        self.activities = [ask("group", "join", name, plan, "kind=förstegsplats", "extent=25%")["id"]
                           for plan in self.plans]

    def shown(self, site=None, codes=(lib.DONE,), today=TODAY):
        return (site or self.k).ask(*today, "group", "show", self.name, codes=codes)

    def participant(self, plan, **how):
        return next(p for p in self.shown(**how)["participants"] if p["plan"] == plan)

    def states(self, plan, **how):
        return [m["state"] for m in self.participant(plan, **how)["modules"]]

    def order_glapp(self, plan):
        return [f for f in self.k.look(*TODAY, "clashes", plan) if f["rule"] == "G6"]

    def test_the_group_as_it_is_made(self):
        shown = self.shown()
        self.assertEqual((shown["name"], shown["insats_name"], shown["from"]),
                         (self.name, "Insats " + self.name, "2027-02-01"))
        self.assertEqual([(m["name"], m["order"]) for m in shown["modules"]],
                         [("Start", "1"), ("Praktik", "2"), ("Avslut", "3")])
        self.assertEqual([m["requires"] for m in shown["modules"]], [[], [self.start], []])
        self.assertEqual([s["id"] for s in shown["modules"][1]["sessions"]], self.sessions[2:])
        row = next(g for g in self.k.ask(*TODAY, "group", "list") if g["id"] == self.group)
        self.assertEqual((row["participants"], row["next_session"]["id"]), (2, self.sessions[2]))

    def test_joining_is_an_activity_on_the_groups_days(self):
        fields = next(a for a in self.k.look("plan", "show", self.plans[0])["activities"])["fields"]
        self.assertEqual((fields["insats"], fields["from"], fields["to"], fields["kind"], fields["text"]),
                         (self.group, "2027-02-01", "2027-03-26", "förstegsplats", self.name))
        answer = self.k.run("group", "join", self.name, self.plans[0])
        self.assertEqual((answer.code, answer.error["code"]), (lib.INPUT, "exists"), answer)

    def test_who_left_may_join_again(self):
        self.k.ask("plan", "set", self.activities[0], "status=avbruten")
        self.assertTrue(self.participant(self.plans[0])["left"])
        again = self.k.ask("group", "join", self.name, self.plans[0])["id"]
        self.assertNotEqual(again, self.activities[0])

    def test_where_each_stands_and_what_is_next(self):
        self.k.ask("group", "attend", self.sessions[0], *self.plans)
        self.k.ask("group", "attend", self.sessions[1], self.plans[0])
        self.k.ask("group", "attend", self.sessions[1], self.plans[1], "--missed")
        self.k.ask(*TODAY, "group", "complete", self.name, "Start", self.plans[0], "--day", "2027-02-08")
        one = self.participant(self.plans[0], codes=(lib.LOOK,))
        self.assertEqual((one["next"], one["next_session"]["id"]), (self.work, self.sessions[2]))
        self.assertEqual([(m["state"], m["attended"], m["missed"], m["waits_for"]) for m in one["modules"]],
                         [("completed", 2, 0, None), ("coming", 0, 0, None), ("unplanned", 0, 0, None)])
        two = self.participant(self.plans[1], codes=(lib.LOOK,))
        self.assertEqual(two["next"], self.start)
        self.assertEqual([(m["state"], m["attended"], m["missed"], m["waits_for"], m["out_of_order"])
                          for m in two["modules"]],
                         [("over", 1, 1, None, False), ("coming", 0, 0, self.start, True),
                          ("unplanned", 0, 0, None, False)])
        text = self.k.run(*TODAY, "group", "show", self.name, as_json=False)
        self.assertEqual(text.code, lib.LOOK)
        self.assertIn("Praktik: kommer  ! bygger på Start, som inte är genomförd", text.out)
        self.assertIn("nästa: Praktik, 2027-02-11 09:00", text.out)

    def test_a_step_without_the_one_before_it_is_a_glapp_where_progress_is_noted(self):
        self.assertEqual([self.order_glapp(p) for p in self.plans], [[], []])  # nobody notes anything yet
        self.k.ask("group", "attend", self.sessions[0], *self.plans)
        self.k.ask("group", "complete", self.name, "Start", self.plans[0], "--day", "2027-02-08")
        self.assertEqual(self.order_glapp(self.plans[0]), [])
        told = self.order_glapp(self.plans[1])
        self.assertEqual([set(f["objects"]) for f in told], [{self.activities[1], self.start, self.work}])
        self.assertIn("Praktik börjar 2027-02-11", told[0]["text"])
        agenda = self.k.look(*TODAY, "meeting", "agenda", self.plans[1])
        self.assertIn("G6", [m["clash"]["rule"] for m in agenda if m["matter"] == "clash"])
        news = self.k.look(*TODAY, "news", "--peek")
        self.assertIn((self.plans[1], "G6"),
                      [(m["plan"], m["clash"]["rule"]) for m in news["decisions"] if m["matter"] == "clash"])
        self.k.ask("group", "complete", self.name, "Start", self.plans[1])
        self.assertEqual(self.order_glapp(self.plans[1]), [])

    def test_completing_out_of_order_is_told_and_saved(self):
        answer = self.k.ask("group", "complete", self.name, "Praktik", *self.plans, codes=(lib.LOOK,))
        self.assertEqual([(r["plan"], r["waits_for"]) for r in answer["out_of_order"]],
                         [(plan, self.start) for plan in self.plans])
        self.assertEqual(self.states(self.plans[0])[1], "completed")
        self.k.ask("group", "complete", self.name, "Praktik", self.plans[0], "--undo")
        text = self.k.run("group", "complete", self.name, "Praktik", self.plans[0], as_json=False)
        self.assertEqual((text.code, text.out.strip()),
                         (lib.LOOK, f"{self.plans[0]}: bygger på Start, som inte är genomförd"))
        self.k.ask("group", "complete", self.name, "Praktik", self.plans[0], "--undo")
        self.assertEqual(self.states(self.plans[0], codes=(lib.LOOK,))[1], "coming")

    def test_all_completed(self):
        for module in ("Start", "Praktik", "Avslut"):
            self.k.ask("group", "complete", self.name, module, self.plans[0])
        one = self.participant(self.plans[0])
        self.assertEqual((one["next"], one["next_session"]), (None, None))
        self.assertIn("Alla moduler är genomförda.", self.k.run("group", "show", self.name, as_json=False).out)

    def test_attendance_may_be_corrected_and_said_twice(self):
        self.k.ask("group", "attend", self.sessions[0], self.plans[0], "--missed")
        self.k.ask("group", "attend", self.sessions[0], self.plans[0])
        size = self.k.ask("digest")["transactions"]
        self.assertIsNone(self.k.ask("group", "attend", self.sessions[0], self.plans[0])["tx"])
        self.assertEqual(self.k.ask("digest")["transactions"], size)
        first = self.participant(self.plans[0], today=("--today", "2027-02-03"))["modules"][0]
        self.assertEqual((first["attended"], first["missed"], first["state"]), (1, 0, "going"))

    def test_each_session_tells_who_was_there_and_whose_activity_it_is(self):
        self.k.ask("group", "attend", self.sessions[0], self.plans[0])
        self.k.ask("group", "attend", self.sessions[1], self.plans[0], "--missed")
        there = self.participant(self.plans[0], codes=(lib.LOOK,))
        self.assertEqual([[(s["id"], s["attended"]) for s in m["sessions"]] for m in there["modules"]],
                         [[(self.sessions[0], True), (self.sessions[1], False)],
                          [(self.sessions[2], None), (self.sessions[3], None)], []])
        self.assertTrue(there["ours"])
        for plan in self.plans:
            self.k.ask("disclose", plan)
        lib.meet((self.k, self.a))
        theirs = self.participant(self.plans[0], site=self.a, codes=(lib.LOOK,))
        self.assertFalse(theirs["ours"])
        self.assertEqual(theirs["modules"], there["modules"])
        self.a.ask("group", "attend", self.sessions[1], self.plans[0])  # one who saw the person there is believed
        self.assertTrue(self.participant(self.plans[0], site=self.a, codes=(lib.LOOK,))["modules"][0]["sessions"][1]["attended"])

    def test_plan_show_names_modules_and_sessions(self):
        self.k.ask("group", "attend", self.sessions[0], self.plans[0])
        text = self.k.run("plan", "show", self.plans[0], as_json=False).out
        self.assertIn("modul: Start", text)
        self.assertNotIn(self.sessions[0], text)
        self.assertNotIn(self.start, text)

    def test_the_others_read_what_is_disclosed_and_note_what_they_see(self):
        lib.meet((self.k, self.a))
        self.assertEqual(self.shown(self.a)["participants"], [])
        for plan in self.plans:
            self.k.ask("disclose", plan)
        self.k.ask("group", "attend", self.sessions[0], self.plans[0])
        lib.meet((self.k, self.a))
        self.assertEqual(self.participant(self.plans[0], site=self.a, codes=(lib.LOOK,))["modules"][0]["attended"], 1)
        self.a.ask("group", "attend", self.sessions[1], self.plans[0])
        self.a.ask("disclose", self.plans[0])
        lib.meet((self.k, self.a))
        self.assertEqual(self.participant(self.plans[0], codes=(lib.LOOK,))["modules"][0]["attended"], 2)

    def test_two_devices_note_the_same_at_once(self):
        for plan in self.plans:
            self.k.ask("disclose", plan)
        lib.meet((self.k, self.a))
        self.k.ask("group", "attend", self.sessions[0], self.plans[0])
        self.a.ask("group", "attend", self.sessions[0], self.plans[0], "--missed")
        self.a.ask("disclose", self.plans[0])
        lib.meet((self.k, self.a))
        for site in (self.k, self.a):
            first = self.participant(self.plans[0], site=site, codes=(lib.LOOK,))["modules"][0]
            self.assertEqual((first["attended"], first["missed"]), (1, 0))
        self.assertEqual(self.k.look("conflicts", self.plans[0]), [])

    def test_a_protected_person_is_not_named(self):
        person = self.k.look("plan", "show", self.plans[0])["fields"]["person"]
        self.k.ask("plan", "set", person, "protected=sekretessmarkering")
        one = self.participant(self.plans[0])
        self.assertEqual((one["protected"], one["person_name"]), (True, None))
        text = self.k.run(*TODAY, "group", "show", self.name, as_json=False).out
        self.assertNotIn("Testperson Ett", text)
        self.assertIn("(skyddad)", text)
        self.assertIn("Testperson Två", text)

    def test_refused(self):
        other = self.k.ask("plan", "new", "title=Annan")["id"]
        before = self.k.digest()
        for code, *words in ((lib.INPUT, "group", "new", "finns inte", "name=x"),
                             (lib.INPUT, "group", "new", "Insats " + self.name, "name= "),
                             (lib.INPUT, "group", "new", "Insats " + self.name),
                             (lib.INPUT, "group", "module", "Insats " + self.name, "name=x", "requires=finns inte"),
                             (lib.USAGE, "group", "session", self.name, "Start"),
                             (lib.USAGE, "group", "session", self.name, "Start", "day=2027-02-02"),
                             (lib.INPUT, "group", "session", self.name, "finns inte", "when=2027-02-02T08:00Z"),
                             (lib.INPUT, "group", "session", self.name, "Start", "when=2027-02-02"),
                             (lib.INPUT, "group", "attend", self.sessions[0], other),
                             (lib.INPUT, "group", "attend", self.group, self.plans[0]),
                             (lib.INPUT, "group", "complete", self.name, "Start", self.plans[0], other),
                             (lib.INPUT, "group", "complete", self.name, "Start", self.plans[0], "--day", "i går"),
                             (lib.USAGE, "group", "complete", self.name, "Start", self.plans[0], "--day", "ja", "--undo"),
                             (lib.INPUT, "group", "show", "finns inte")):
            answer = self.k.run(*words)
            self.assertEqual((answer.code, answer.out), (code, ""), answer)
        self.assertEqual(self.k.digest(), before)


if __name__ == "__main__":
    unittest.main()
