"""A plan's end and what comes after it: what is open is told and decided about, what was learned stays, follow-ups come on
their day and are told when they are late, and a plan is opened again, or goes on in a new one, with its history."""
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lib_samplan as lib

KOMMUN, AF = "Kommunen", "Arbetsförmedlingen"


class Closing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="samplan-closing-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.k, cls.a = (lib.Site(cls.dir / name, "lösen " + name) for name in ("k", "a"))
        lib.found(cls.k, "Förbundet", KOMMUN, "kommun", "Kim")
        lib.enrol(cls.k, cls.a, AF, "af", "Alex")
        for site in (cls.k, cls.a):
            site.ask("remote", "add", "stick", cls.dir / "stick")
        lib.meet((cls.k, cls.a))
        cls.today = cls.k.ask("plan", "new", "title=dag") and lib.today()

    def setUp(self):
        made = self.k.ask("plan", "new", "title=Prov", "status=aktiv", "person.name=Testperson Ett", "huvudansvarig=Kim")
        self.plan, self.person = made["id"], made["person"]
        self.k.ask("consent", "give", self.plan, "--to", "alla", "--sections", "plan,person")
        lib.meet((self.k, self.a))

    def fields(self, site=None, plan=None):
        return (site or self.k).look("plan", "show", plan or self.plan)["fields"]

    def refused(self, code, *args):
        before = self.k.digest()
        answer = self.k.run(*args)
        self.assertEqual((answer.code, answer.out), (code, ""), answer)
        self.assertEqual(self.k.digest(), before)
        return answer.error

    def close(self, *more):
        return self.k.ask("plan", "close", self.plan, "closing_reason=arbete", *more)

    def activity(self, site=None, *words):
        return (site or self.k).ask("plan", "add", self.plan, "activity", "kind=praktik", "from=2026-01-01", *words)["id"]

    def matters(self, kind, today, site=None):
        return [m for m in (site or self.k).look("--today", today, "meeting", "agenda", self.plan) if m["matter"] == kind]

    # what is open

    def test_nothing_is_open(self):
        answer = self.k.ask("plan", "close", self.plan)
        self.assertEqual((answer["closed"], answer["open"], answer["tx"]), (False, [], None))
        self.assertEqual(self.fields()["status"], "aktiv")

    def test_what_is_open_is_told_and_nothing_is_changed(self):
        mine = self.activity()
        theirs = self.activity(self.a)
        self.a.ask("disclose", self.plan)
        self.activity(None, "to=2026-01-31")  # over
        self.activity(None, "status=klar")
        meeting = self.k.ask("meeting", "new", self.plan, "kind=SIP")["id"]
        undone = self.k.ask("meeting", "decide", meeting, "text=Ring läkaren", "party=" + KOMMUN)["id"]
        done = self.k.ask("meeting", "decide", meeting, "text=Gjort")["id"]
        self.k.ask("plan", "set", done, "done=ja")
        remiss = self.k.ask("remiss", "new", self.plan, "to=" + AF, "reason=Bedömning")["id"]
        lib.meet((self.k, self.a))
        proposal = self.k.ask("proposal", "add", theirs, "extent=50%")["id"]
        before = self.k.digest()
        answer = self.k.look("plan", "close", self.plan)
        self.assertEqual({(r["kind"], r["id"], r["ours"]) for r in answer["open"]},
                         {("activity", mine, True), ("activity", theirs, False), ("decision", undone, False),
                          ("remiss", remiss, False), ("proposal", proposal, False)})
        self.assertEqual(self.k.digest(), before)
        text = self.k.run("plan", "close", self.plan, as_json=False)
        self.assertEqual(text.code, lib.LOOK)
        self.assertIn("beslut: Ring läkaren", text.out)
        error = self.refused(lib.REFUSED, "plan", "close", self.plan, "closing_reason=arbete", "--end", "klar")
        self.assertIn("4", error["message"])  # the own activity is decided about, and all else is not

    def test_the_own_activities_end_and_the_rest_is_left_with_a_reason(self):
        mine, later = self.activity(), self.activity(None, "to=2099-01-31")
        planned = self.k.ask("plan", "add", self.plan, "activity", "kind=praktik", "from=2099-01-01")["id"]
        theirs = self.activity(self.a)
        self.a.ask("disclose", self.plan)
        lib.meet((self.k, self.a))
        self.close("--end", "avbruten", "--leave", "AF fortsätter på egen hand")
        objects = self.k.objects()
        for id_, status, to in ((mine, "avbruten", [self.today]), (later, "avbruten", [self.today]),
                                (planned, "avbruten", []), (theirs, "beslutad", [])):
            self.assertEqual((lib.values(objects[id_], "status"), lib.values(objects[id_], "to")), ([status], to))
        self.assertEqual(self.fields()["left_open"], "AF fortsätter på egen hand")

    # closing

    def test_closed_with_what_was_learned(self):
        answer = self.close("learned=Korta steg fungerade", "followup.income=lön", "followup.occupation=anställd")
        self.assertEqual((answer["closed"], answer["open"], answer["followup_consent"]), (True, [], False))
        fields = self.fields()
        self.assertEqual([fields.get(f) for f in ("status", "closed", "closing_reason", "learned", "left_open")],
                         ["avslutad", self.today, "arbete", "Korta steg fungerade", None])
        point = [o for o in self.k.objects().values() if o["type"] == "followup" and lib.values(o, "point") == ["avslut"]]
        self.assertIn(["lön"], [lib.values(o, "income") for o in point])

    def test_the_follow_up_is_three_months_later_or_as_said_or_none(self):
        self.close("closed=2026-11-30")
        self.assertEqual(self.fields()["follow_up"], "2027-02-28")
        for reason, more, expected in (("studier", ["follow_up=2027-05-05"], "2027-05-05"), ("avliden", [], None),
                                       ("felregistrering", [], None), ("annat", ["follow_up="], None)):
            plan = self.k.ask("plan", "new", "title=x", "status=aktiv", "follow_up=2026-12-12")["id"]
            self.k.ask("plan", "close", plan, "closing_reason=" + reason, *more)
            self.assertEqual(self.fields(plan=plan).get("follow_up"), expected, reason)

    def test_consent_for_follow_up_is_its_own(self):
        self.k.ask("consent", "give", self.plan, "--to", AF, "--sections", "plan", "--purpose", "followup")
        self.assertTrue(self.close()["followup_consent"])

    def test_refused(self):
        self.refused(lib.INPUT, "plan", "close", self.plan, "learned=x")
        self.refused(lib.INPUT, "plan", "close", self.plan, "closing_reason=trött")
        self.refused(lib.INPUT, "plan", "close", self.plan, "closing_reason=arbete", "--end", "pågår")
        self.refused(lib.INPUT, "plan", "close", self.plan, "closing_reason=arbete", "--leave", "  ")
        self.refused(lib.INPUT, "plan", "close", self.plan, "closing_reason=arbete", "status=vilande")
        self.refused(lib.INPUT, "plan", "close", self.plan, "closing_reason=arbete", "followup.nothing=x")
        self.refused(lib.INPUT, "plan", "reopen", self.plan, "--why", "x")
        self.refused(lib.INPUT, "plan", "followup", self.plan, "income=x")
        self.close()
        self.refused(lib.INPUT, "plan", "close", self.plan, "closing_reason=arbete")
        self.refused(lib.INPUT, "plan", "reopen", self.plan)
        self.refused(lib.INPUT, "plan", "reopen", self.plan, "--why", " ")
        self.refused(lib.INPUT, "plan", "reopen", self.plan, "--why", "x", "status=avslutad")
        self.refused(lib.USAGE, "plan", "followup", self.plan)

    # after it

    def test_no_glapp_after_closing(self):
        self.assertIn("G1", [f["rule"] for f in self.k.look("clashes", self.plan)])
        self.close()
        self.assertEqual(self.k.ask("clashes", self.plan), [])
        self.assertEqual(self.k.ask("--today", "2027-12-31", "clashes", self.plan), [])

    def test_the_follow_up_comes_on_its_day_and_is_told_when_late(self):
        self.close("follow_up=2027-03-01")
        self.assertEqual(self.matters("followup", "2027-02-28"), [])
        due = self.matters("followup", "2027-03-01")
        self.assertEqual([(m["ours"], m["followup"]["id"]) for m in due], [(True, self.plan)])
        text = self.k.run("--today", "2027-03-01", "meeting", "agenda", self.plan, as_json=False).out
        self.assertIn("uppföljningen efter avslutet är i dag, 2027-03-01", text)
        text = self.k.run("--today", "2027-03-02", "meeting", "agenda", self.plan, as_json=False).out
        self.assertIn("uppföljningen efter avslutet skulle göras 2027-03-01 och är inte gjord", text)
        news = self.k.look("--today", "2027-04-01", "news", "--peek")
        self.assertIn((self.plan, "followup"), [(m["plan"], m["matter"]) for m in news["decisions"]])
        lib.meet((self.k, self.a))
        self.assertEqual([m["ours"] for m in self.matters("followup", "2027-03-01", self.a)], [False])

    def test_of_a_plan_that_goes_on_it_comes_on_its_day_and_is_a_glapp_after(self):
        self.k.ask("plan", "set", self.plan, "follow_up=2027-03-01")
        self.assertEqual(len(self.matters("followup", "2027-03-01")), 1)
        self.assertEqual(self.matters("followup", "2027-03-02"), [])
        self.assertIn("G3", [m["clash"]["rule"] for m in self.matters("clash", "2027-03-02")])

    def test_a_plan_too_large_for_the_rules_says_so(self):
        line = json.dumps({"op": "new", "type": "activity", "plan": self.plan, "tx": "1", "set": {"kind": "praktik"}})
        self.k.ask("apply", "-", stdin="\n".join([line] * 1001))
        self.assertEqual([m["too_large"]["id"] for m in self.matters("too_large", self.today)], [self.plan])
        news = self.k.look("news", "--peek")
        self.assertIn((self.plan, "too_large"), [(m["plan"], m["matter"]) for m in news["decisions"]])
        text = self.k.run("meeting", "agenda", self.plan, as_json=False).out
        self.assertIn("för stor för reglerna", text)

    def test_follow_ups_at_three_six_and_twelve_months(self):
        self.close("closed=2026-11-22")
        for day, point, next_ in (("2027-02-20", "3", "2027-05-22"), ("2027-06-01", "6", "2027-11-22"),
                                  ("2027-11-20", "12", None)):
            answer = self.k.ask("--today", day, "plan", "followup", self.plan, "occupation=anställd")
            self.assertEqual((answer["point"], self.fields().get("follow_up")), (point, next_))
        self.assertEqual(self.matters("followup", "2028-06-01"), [])
        self.refused(lib.INPUT, "plan", "followup", self.plan, "income=x")
        self.k.ask("plan", "followup", self.plan, "income=x", "point=12", "--next", "2029-01-01")
        self.assertEqual(self.fields()["follow_up"], "2029-01-01")

    def test_one_that_was_missed_is_passed_over(self):
        self.close("closed=2026-11-22")
        answer = self.k.ask("--today", "2027-05-20", "plan", "followup", self.plan, "income=lön")
        self.assertEqual((answer["point"], self.fields()["follow_up"]), ("6", "2027-11-22"))

    def test_opened_again_with_its_history(self):
        self.close("learned=Ett", "closed=2026-11-22")
        lib.meet((self.k, self.a))
        self.a.ask("plan", "reopen", self.plan, "--why", "Anställningen upphörde", "follow_up=2027-06-01")
        lib.meet((self.k, self.a))
        fields = self.fields()
        self.assertEqual([fields.get(f) for f in ("status", "closed", "closing_reason", "learned", "follow_up")],
                         ["aktiv", None, None, None, "2027-06-01"])
        kept = [o for o in self.k.objects().values()
                if o["type"] == "reentry" and lib.values(o, "why") == ["Anställningen upphörde"]]
        self.assertEqual([[lib.values(o, f) for f in ("closed", "closing_reason", "learned")] for o in kept][-1],
                         [["2026-11-22"], ["arbete"], ["Ett"]])
        self.assertIn("G1", [f["rule"] for f in self.k.look("clashes", self.plan)])
        rows = [r for r in self.k.ask("log", self.plan, "--field", "status") if r["op"] == "set"]
        self.assertEqual([(r["old"], r["value"] if "value" in r else r["new"]) for r in rows],
                         [(None, "aktiv"), ("aktiv", "avslutad"), ("avslutad", "aktiv")])
        self.assertIn("återinträde", self.k.run("plan", "show", self.plan, as_json=False).out)

    def test_closed_and_opened_twice(self):
        for reason in ("arbete", "studier"):
            self.k.ask("plan", "close", self.plan, "closing_reason=" + reason, "learned=" + reason)
            self.k.ask("plan", "reopen", self.plan, "--why", "efter " + reason)
        whys = sorted(lib.values(o, "why")[0] for o in self.k.objects().values()
                      if o["type"] == "reentry" and lib.values(o, "learned") in (["arbete"], ["studier"]))
        self.assertEqual(whys[-2:], ["efter arbete", "efter studier"])

    def test_a_new_plan_goes_on_from_the_earlier_one(self):
        self.close("learned=Ett")
        new = self.k.ask("plan", "reopen", self.plan, "--why", "Ny insats", "--new", "title=Ny väg")["id"]
        self.assertNotEqual(new, self.plan)
        fields = self.fields(plan=new)
        self.assertEqual([fields[f] for f in ("person", "earlier", "title", "background", "status", "started")],
                         [self.person, self.plan, "Ny väg", "Ny insats", "aktiv", self.today])
        self.assertEqual((self.fields()["status"], self.fields()["learned"]), ("avslutad", "Ett"))
        self.assertEqual(self.k.ask("consent", "list", new), [])
        self.assertIn(self.plan, self.k.run("plan", "show", new, as_json=False).out)


if __name__ == "__main__":
    unittest.main()
