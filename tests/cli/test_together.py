"""What people do with each other's changes: settle conflicts (also by the suggestion, and only as they were shown), read
news, propose and answer, meet, refer."""
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lib_samplan as lib

KOMMUN, AF = "Kommunen", "Arbetsförmedlingen"
BEFORE = "Hen har arbetat i butik. Hen kan inte arbeta heltid. Hen vill studera."


class Together(unittest.TestCase):
    """Two parties and a plan that both read; each test has a plan of its own."""

    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="samplan-together-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.k, cls.a = (lib.Site(cls.dir / name, "lösen " + name) for name in ("k", "a"))
        lib.found(cls.k, "Förbundet", KOMMUN, "kommun", "Kim")
        lib.enrol(cls.k, cls.a, AF, "af", "Alex")
        for site in (cls.k, cls.a):
            site.ask("remote", "add", "stick", cls.dir / "stick")
        cls.meet()

    @classmethod
    def meet(cls):
        lib.meet((cls.k, cls.a))

    def setUp(self):
        self.plan = self.k.ask("plan", "new", "title=Prov", "person.name=Testperson Ett", "background=" + BEFORE)["id"]
        self.k.ask("consent", "give", self.plan, "--to", "alla", "--sections", "plan,person,halsa")
        self.meet()
        for site in (self.k, self.a):
            site.look("news")

    def refused(self, site, code, *args):
        answer = site.run(*args)
        self.assertEqual((answer.code, answer.out), (code, ""), answer)
        return answer.error

    def field(self, site, field, of=None):
        return site.objects()[of or self.plan]["fields"].get(field) and lib.values(site.objects()[of or self.plan], field)

    def conflict(self, site, field):
        return next(c for c in site.look("conflicts", self.plan) if c["field"] == field)

    def both_set(self, k, a):
        self.k.ask("plan", "set", self.plan, k)
        self.a.ask("plan", "set", self.plan, a)
        self.meet()

    def activity(self, *words):
        """An activity of AF's that the kommun reads."""
        made = self.a.ask("plan", "add", self.plan, "activity", *words)["id"]
        self.a.ask("disclose", self.plan)
        self.meet()
        return made


class Conflicts(Together):
    def two_texts(self):
        self.both_set("background=" + BEFORE.replace("i butik", "i butik och kök"),
                      "background=" + BEFORE.replace("studera", "studera till kock"))
        return BEFORE.replace("i butik", "i butik och kök").replace("studera", "studera till kock")

    def test_two_texts_get_a_suggestion_that_a_person_confirms(self):
        joined = self.two_texts()
        row = self.conflict(self.k, "background")
        self.assertEqual((row["base"], row["suggestion"], len(row["values"])), (BEFORE, joined, 2))
        shown = self.k.run("conflicts", self.plan, as_json=False).out
        self.assertIn("sammanfogad, granska", shown)
        self.assertIn(joined, shown)
        self.assertNotIn(joined, self.k.run("dump").out)
        self.assertEqual(row, next(c for c in self.k.look("plan", "show", self.plan)["conflicts"]))
        self.k.ask("resolve", self.plan, "background", "--merged")
        self.meet()
        for site in (self.k, self.a):
            self.assertEqual(self.field(site, "background"), [joined])
            self.assertEqual(site.look("conflicts", self.plan), [])

    def test_the_same_words_give_no_suggestion(self):
        self.both_set("background=" + BEFORE.replace("butik", "kök"), "background=" + BEFORE.replace("butik", "skola"))
        row = self.conflict(self.k, "background")
        self.assertEqual((row["base"], row["suggestion"]), (BEFORE, None))
        error = self.refused(self.k, lib.INPUT, "resolve", self.plan, "background", "--merged")
        self.assertIn("background", error["message"])

    def test_a_register_has_a_base_and_no_suggestion(self):
        self.both_set("title=Ett", "title=Två")
        row = self.conflict(self.a, "title")
        self.assertEqual((row["base"], row["suggestion"]), ("Prov", None))
        self.refused(self.a, lib.USAGE, "resolve", self.plan, "title", "--merged", "--take", "0")

    def test_a_reason_is_a_note_of_the_same_save(self):
        self.both_set("title=Ett", "title=Två")
        before = {n["id"] for n in self.k.ask("plan", "show", self.plan)["notes"]}
        self.k.ask("resolve", self.plan, "title", "--take", "0", "--why", "  ")
        self.assertEqual({n["id"] for n in self.k.ask("plan", "show", self.plan)["notes"]}, before)
        self.both_set("title=Tre", "title=Fyra")
        tx = self.k.ask("resolve", self.plan, "title", "--take", "1", "--why", "Så sa hon på mötet.")["tx"]
        self.meet()
        for site in (self.k, self.a):
            note, = [n for n in site.ask("plan", "show", self.plan)["notes"] if n["id"] not in before]
            self.assertEqual(note["fields"]["text"], "Om en konflikt som avgjordes: Så sa hon på mötet.")
            self.assertEqual((note["owner"], note["topic"]), ("shared", "plan"))
            self.assertEqual({c["field"] for c in site.ask("log", self.plan) if c["tx"] == tx and c["field"]}, {"title", "text"})

    def test_a_joint_text_from_a_file(self):
        self.two_texts()
        (self.dir / "text").write_text("Tillsammans.\n", encoding="utf-8")
        self.k.ask("resolve", self.plan, "background", "--value", f"@{self.dir / 'text'}")
        self.assertEqual(self.field(self.k, "background"), ["Tillsammans."])

    def test_what_was_shown_is_what_is_settled(self):
        self.both_set("title=Ett", "title=Två")
        shown = ",".join(v["tx"] for v in self.conflict(self.k, "title")["values"])
        self.a.ask("plan", "set", self.plan, "title=Tre")
        self.meet()
        before = self.k.digest()
        for how in (("--take", "0"), ("--value", "Fyra")):
            error = self.refused(self.k, lib.REFUSED, "resolve", self.plan, "title", *how, "--shown", shown)
            self.assertEqual(error["code"], "changed")
        self.assertEqual(self.k.digest(), before)
        self.both_set("title=Fem", "title=Sex")  # in conflict again, but between others
        error = self.refused(self.k, lib.REFUSED, "resolve", self.plan, "title", "--take", "0", "--shown", shown)
        self.assertEqual(error["code"], "changed")

    def test_shown_as_it_is_settles(self):
        self.both_set("title=Ett", "title=Två")
        row = self.conflict(self.k, "title")
        shown = [v["tx"] for v in row["values"]]
        self.k.ask("resolve", self.plan, "title", "--take", "1", "--shown", ",".join(reversed(shown)))
        self.assertEqual(self.field(self.k, "title"), [row["values"][1]["value"]])

    def test_a_disputed_removal_as_it_was_shown(self):
        note = self.k.ask("plan", "add", self.plan, "note", "text=ett")["id"]
        self.meet()
        self.k.ask("plan", "remove", note)
        self.a.ask("plan", "set", note, "text=två")
        self.meet()
        row = self.conflict(self.k, "removed")
        self.assertEqual((row["base"], row["suggestion"]), (None, None))
        shown = ",".join(v["tx"] for v in row["values"])
        stale = self.k.ask("blame", self.plan)[0]["tx"]
        error = self.refused(self.k, lib.REFUSED, "resolve", note, "removed", "--value", "removed", "--shown", stale)
        self.assertEqual(error["code"], "changed")
        self.refused(self.k, lib.INPUT, "resolve", note, "removed", "--merged")
        self.k.ask("resolve", note, "removed", "--value", "removed", "--shown", shown)
        self.assertEqual(self.k.look("conflicts", self.plan), [])

    # the same when a field is set

    def written(self, site, field):
        return ",".join(r["tx"] for r in site.ask("blame", self.plan) if r["object"] == self.plan and r["field"] == field)

    def test_set_what_was_shown(self):
        shown = self.written(self.k, "title")
        self.k.ask("plan", "set", self.plan, "title=Nytt", "--shown", shown)
        before = self.k.digest()
        error = self.refused(self.k, lib.REFUSED, "plan", "set", self.plan, "title=Nyare", "--shown", shown)
        self.assertEqual(error["code"], "changed")
        self.assertEqual(self.k.digest(), before)
        self.k.ask("plan", "set", self.plan, "title=Nyare", "--shown", self.written(self.k, "title"))

    def test_a_field_that_was_never_set(self):
        self.k.ask("plan", "set", self.plan, "aim=Arbete", "--shown=")
        self.refused(self.k, lib.REFUSED, "plan", "set", self.plan, "aim=Studier", "--shown=")

    def test_what_shown_may_say(self):
        shown = self.written(self.k, "title")
        self.refused(self.k, lib.USAGE, "plan", "set", self.plan, "title=A", "aim=B", "--shown", shown)
        self.refused(self.k, lib.USAGE, "plan", "set", self.plan, "needs=A", "--shown", shown)
        for bad in ("x", shown + "x", shown.split(".")[0], shown.split(".")[0] + ".0", "." + shown.split(".")[1]):
            self.refused(self.k, lib.INPUT, "plan", "set", self.plan, "title=A", "--shown", bad)


class History(Together):
    def test_blame_names_the_writer_of_each_value(self):
        self.both_set("title=Ett", "title=Två")
        self.a.ask("plan", "set", self.plan, "aim=Arbete")
        rows = self.a.ask("blame", self.plan)
        titles = [r for r in rows if r["field"] == "title"]
        self.assertEqual(sorted((r["value"], r["member"], r["party"], r["conflict"]) for r in titles),
                         [("Ett", "Kim", KOMMUN, True), ("Två", "Alex", AF, True)])
        aim, = [r for r in rows if r["field"] == "aim"]
        self.assertEqual((aim["value"], aim["member"], aim["conflict"], aim["type"]), ("Arbete", "Alex", False, "plan"))
        self.assertEqual(aim["tx"], self.a.ask("log", self.plan, "--field", "aim")[-1]["tx"])
        self.assertIn("Alex", self.a.run("blame", self.plan, as_json=False).out)

    def test_a_krock_that_is_accepted(self):
        self.k.ask("plan", "set", self.plan, "status=aktiv")
        found = self.k.look("clashes", self.plan)
        self.assertTrue(found)
        for clash in found:
            self.k.ask("clash", "accept", clash["id"], "--why", "Så är det överenskommet.")
        self.refused(self.k, lib.USAGE, "clash", "accept", found[0]["id"])
        self.refused(self.k, lib.INPUT, "clash", "accept", "0" * 32, "--why", "x")
        self.meet()
        rows = self.a.ask("clashes", self.plan)  # exit 0: nothing is open
        self.assertEqual({r["accepted"]["why"] for r in rows}, {"Så är det överenskommet."})
        self.assertEqual({r["accepted"]["member"] for r in rows}, {"Kim"})
        self.assertIn("Så är det överenskommet.", self.a.run("clashes", self.plan, as_json=False).out)


class News(Together):
    def news(self, site, *args):
        """What there is of this test's plan."""
        told = site.look("news", *args)
        plans = [p for p in told["plans"] if p["plan"] == self.plan]
        decisions = [d for d in told["decisions"] if d["plan"] == self.plan]
        return plans[0]["objects"] if plans else [], decisions, told

    def test_from_what_was_known_to_what_stands(self):
        for title in ("Ett", "Två", "Tre"):
            self.k.ask("plan", "set", self.plan, "title=" + title)
        self.meet()
        objects, _, _ = self.news(self.a)
        change, = objects[0]["changes"]
        self.assertEqual((change["old"], change["new"], change["member"], change["party"], objects[0]["made"]),
                         ("Prov", "Tre", "Kim", KOMMUN, False))

    def test_ones_own_changes_are_no_news_and_looking_is_enough_once(self):
        self.a.ask("plan", "set", self.plan, "title=Mitt")
        self.meet()
        self.assertEqual(self.news(self.a)[0], [])
        self.assertEqual(len(self.news(self.k)[0]), 1)
        self.assertEqual(self.news(self.k)[0], [])

    def test_peek_and_since_leave_it_unread(self):
        self.k.ask("plan", "set", self.plan, "title=Ett")
        self.meet()
        for args in (("--peek",), ("--since", "2020-01-01"), ()):
            self.assertTrue(self.news(self.a, *args)[0], args)
        self.assertEqual(self.news(self.a, "--since", "2190-01-01T00:00Z")[0], [])
        self.refused(self.a, lib.INPUT, "news", "--since", "igår")

    def test_what_becomes_readable_late_is_news(self):
        activity = self.k.ask("plan", "add", self.plan, "activity", "kind=studier", "extent=75%")["id"]
        self.meet()
        self.assertEqual([o for o in self.news(self.a)[0] if o["type"] == "activity"], [])
        self.k.ask("disclose", self.plan)
        self.meet()
        made, = [o for o in self.news(self.a)[0] if o["object"] == activity]
        self.assertTrue(made["made"])
        self.assertIn("75%", [c["new"] for c in made["changes"]])
        page = self.a.run("news", "--since", "2020-01-01", as_json=False).out
        self.assertIn("aktivitet, ny", page)
        self.assertIn("Kim (Kommunen)", page)

    def test_what_was_removed(self):
        goal = self.k.ask("plan", "add", self.plan, "goal", "text=Arbete")["id"]
        self.meet()
        self.a.look("news")
        self.k.ask("plan", "remove", goal)
        self.meet()
        gone, = self.news(self.a)[0]
        self.assertEqual((gone["object"], gone["removed"]), (goal, True))

    def test_texts_on_health_are_left_out(self):
        self.k.ask("plan", "add", self.plan, "note", "text=Hemligt om hälsan", "--topic", "halsa", "--shared")
        self.meet()
        note, = self.news(self.a, "--peek")[0]
        self.assertEqual([c["withheld"] for c in note["changes"] if c["field"]], [True])
        for as_json in (True, False):
            self.assertNotIn("Hemligt", self.a.run("news", "--peek", as_json=as_json).out)
        self.assertIn("läs i planen", self.a.run("news", as_json=False).out)

    def test_what_needs_a_decision_comes_first(self):
        activity = self.activity("kind=praktik", "extent=100%")
        self.k.ask("proposal", "add", activity, "extent=50%", "--why", "Orkar inte mer")
        self.both_set("title=Ett", "title=Två")
        answer = self.a.run("news", "--peek")
        self.assertEqual(answer.code, lib.LOOK)
        kinds = {d["matter"] for d in self.news(self.a, "--peek")[1]}
        self.assertTrue({"conflict", "proposal"} <= kinds, kinds)
        page = self.a.run("news", "--peek", as_json=False).out
        self.assertLess(page.index("Kräver ditt beslut"), page.index("Nytt sedan"))
        self.assertIn("Orkar inte mer", page)

    def test_plans_where_one_is_responsible(self):
        self.a.ask("plan", "set", self.plan, "huvudansvarig=Kim", "status=aktiv")
        self.meet()
        told = self.news(self.k)
        self.assertEqual([p["mine"] for p in told[2]["plans"] if p["plan"] == self.plan], [True])
        self.assertIn("clash", [d["matter"] for d in told[1]])  # also when nothing is new:
        self.assertIn("clash", [d["matter"] for d in self.news(self.k)[1]])

    def test_what_is_read_stays_on_the_device(self):
        self.k.ask("plan", "set", self.plan, "title=Ett")
        self.meet()
        before, files = self.a.digest(), sorted(p.name for p in self.a.home.iterdir())
        self.a.look("news")
        self.assertIsNone(self.a.look("news")["since"])
        self.assertEqual((self.a.digest(), sorted(p.name for p in self.a.home.iterdir())), (before, files))
        self.assertEqual([m["sent"]["transactions"] for m in self.a.look("sync")], [0])

    def test_what_was_not_read_before_rebuilding_is_new_after_it(self):
        self.a.look("news")
        self.k.ask("plan", "set", self.plan, "title=Ett")
        self.meet()
        self.a.ask("rebuild")
        told, = self.news(self.a)[0]
        self.assertEqual([c["new"] for c in told["changes"]], ["Ett"])
        self.assertEqual(self.news(self.a)[0], [])

    def test_rebuilding_makes_nothing_new(self):
        self.k.ask("plan", "set", self.plan, "title=Ett")
        self.meet()
        self.a.look("news")
        self.a.ask("rebuild")
        told = self.a.look("news")
        self.assertEqual((told["plans"], told["forbund"]), ([], []))


class Proposals(Together):
    def proposed(self, *words):
        activity = self.activity("kind=praktik", "extent=100%", "from=2026-09-01")
        made = self.k.ask("proposal", "add", activity, *words)["id"]
        self.meet()
        return activity, made

    def test_accepting_sets_the_value_in_the_same_save(self):
        activity, made = self.proposed("extent=50%", "--why", "Orkar inte mer")
        row, = self.a.ask("proposal", "list", self.plan)
        self.assertEqual([row[k] for k in ("id", "target", "field", "value", "why", "status", "member", "ours", "waiting")],
                         [made, activity, "extent", "50%", "Orkar inte mer", "väntar", "Kim", True, True])
        before = self.a.ask("digest")["transactions"]
        self.a.ask("proposal", "accept", made)
        self.assertEqual(self.a.ask("digest")["transactions"], before + 1)
        self.meet()
        self.assertEqual(self.field(self.k, "extent", activity), ["50%"])
        self.assertEqual(self.field(self.k, "status", made), ["godtagen"])
        self.refused(self.a, lib.INPUT, "proposal", "decline", made)

    def test_declining_changes_nothing_else(self):
        activity, made = self.proposed("extent=50%")
        self.a.ask("proposal", "decline", made)
        self.meet()
        self.assertEqual(self.field(self.k, "extent", activity), ["100%"])
        self.assertEqual(self.field(self.k, "status", made), ["avböjd"])
        self.assertFalse(self.k.ask("proposal", "list", self.plan)[0]["waiting"])

    def test_unsetting_may_be_proposed(self):
        activity, made = self.proposed("from=")
        self.a.ask("proposal", "accept", made)
        self.assertNotIn("from", self.a.look("plan", "show", self.plan)["activities"][0]["fields"])

    def test_only_the_owner_answers(self):
        _, made = self.proposed("extent=50%")
        for how in ("accept", "decline"):
            error = self.refused(self.k, lib.REFUSED, "proposal", how, made)
            self.assertIn(AF, error["message"])

    def test_what_may_be_proposed(self):
        activity, _ = self.proposed("extent=50%")
        goal = self.k.ask("plan", "add", self.plan, "goal", "text=Arbete")["id"]
        self.refused(self.k, lib.INPUT, "proposal", "add", activity, "extent=mycket")
        self.refused(self.k, lib.INPUT, "proposal", "add", activity, "finnsinte=1")
        self.refused(self.k, lib.INPUT, "proposal", "add", activity, "depends_on+=" + activity)
        self.refused(self.a, lib.INPUT, "proposal", "add", activity, "extent=50%")
        self.refused(self.k, lib.INPUT, "proposal", "add", goal, "text=Studier")
        self.refused(self.k, lib.INPUT, "proposal", "accept", goal)

    def test_a_value_that_no_longer_fits_is_not_taken(self):
        activity = self.activity("kind=praktik")
        made = self.k.ask("plan", "add", self.plan, "proposal", "target=" + activity, "field=extent", "value=mycket")["id"]
        sets = self.k.ask("plan", "add", self.plan, "proposal", "target=" + activity, "field=depends_on", "value=x")["id"]
        lost = self.k.ask("plan", "add", self.plan, "proposal", "target=" + made.replace("0", "1"), "field=x")["id"]
        self.meet()
        for one in (made, sets, lost):
            self.refused(self.a, lib.INPUT, "proposal", "accept", one)
        self.assertEqual(self.field(self.a, "status", made), None)
        self.a.ask("proposal", "decline", made)
        page = self.a.run("proposal", "list", self.plan, as_json=False)
        self.assertEqual(page.code, lib.DONE, page)


class Meetings(Together):
    def test_from_agenda_to_decision(self):
        self.k.ask("plan", "set", self.plan, "status=aktiv", "follow_up=2020-01-01")
        points = self.k.ask("meeting", "agenda", self.plan)
        self.assertIn("G3", [p["clash"]["rule"] for p in points if p["matter"] == "clash"])
        made = self.k.ask("meeting", "new", self.plan, "kind=trepartsmöte", "when=2026-09-22T11:00Z", "--agenda")["id"]
        text, = self.field(self.k, "agenda", made)
        self.assertEqual(len(text.splitlines()), len(points))
        self.assertTrue(text.startswith("1. "), text)
        self.k.ask("meeting", "minutes", made, "Alla var där.")
        self.k.ask("meeting", "minutes", made, "Rättelse: Alex kom senare.")
        self.assertEqual(self.field(self.k, "minutes", made), ["Alla var där.", "Rättelse: Alex kom senare."])
        decision = self.k.ask("meeting", "decide", made, "text=Ny plats", "party=" + AF, "due=2026-10-01")["id"]
        self.assertEqual(self.field(self.k, "meeting", decision), [made])
        self.meet()
        self.assertEqual(self.field(self.a, "due", decision), ["2026-10-01"])
        late = self.a.look("meeting", "agenda", self.plan, "--today", "2026-11-01")
        self.assertIn(decision, [o for p in late if p["matter"] == "clash" for o in p["clash"]["objects"]])

    def test_what_is_refused(self):
        goal = self.k.ask("plan", "add", self.plan, "goal", "text=Arbete")["id"]
        self.refused(self.k, lib.INPUT, "meeting", "minutes", goal, "text")
        self.refused(self.k, lib.INPUT, "meeting", "decide", goal, "text=x")
        self.refused(self.k, lib.INPUT, "meeting", "new", self.plan, "kind=fika")
        made = self.k.ask("meeting", "new", self.plan)["id"]
        self.refused(self.k, lib.USAGE, "meeting", "decide", made, "due=2026-10-01")

    def test_a_consent_that_ends_soon(self):
        points = self.k.ask("meeting", "agenda", self.plan)
        self.assertNotIn("consent", [p["matter"] for p in points])
        until = self.k.ask("consent", "list", self.plan)[0]["fields"]["until"]
        page = self.k.run("--today", until, "meeting", "agenda", self.plan, as_json=False)
        told = [p["matter"] for p in self.k.ask("--today", until, "meeting", "agenda", self.plan)]
        self.assertIn("consent", told)
        self.assertIn(until, page.out)


class Remisser(Together):
    def test_asked_and_answered(self):
        made = self.k.ask("remiss", "new", self.plan, "to=" + AF, "reason=Bedömning")["id"]
        party = self.k.ask("status")["party_id"]
        self.assertEqual([self.field(self.k, f, made) for f in ("status", "from_party")], [["anmäld"], [party]])
        self.meet()
        waiting = [p for p in self.a.ask("meeting", "agenda", self.plan) if p["matter"] == "remiss"]
        self.assertEqual([w["remiss"]["id"] for w in waiting], [made])
        self.assertIn("Bedömning", self.a.run("meeting", "agenda", self.plan, as_json=False).out)
        self.assertNotIn("remiss", [p["matter"] for p in self.k.ask("meeting", "agenda", self.plan)])
        self.refused(self.k, lib.REFUSED, "remiss", "answer", made, "mottagen")
        self.refused(self.a, lib.INPUT, "remiss", "answer", made, "avvisad")
        self.refused(self.a, lib.INPUT, "remiss", "answer", made, "anmäld")
        self.a.ask("remiss", "answer", made, "avvisad", "--why", "Fel mottagare")
        self.assertEqual(self.field(self.a, "status_reason", made), ["Fel mottagare"])
        self.a.ask("remiss", "answer", made, "mottagen")
        self.assertEqual([self.field(self.a, f, made) for f in ("status", "status_reason")], [["mottagen"], [None]])

    def test_to_a_function(self):
        function = self.k.ask("apply", "-", stdin=json.dumps(
            {"op": "new", "type": "function", "id": "01890000-0000-7000-8000-0000000000f1",
             "set": {"name": "Mottagningen", "party": AF}}) + "\n")
        self.assertEqual(function["refused"], [])
        made = self.k.ask("remiss", "new", self.plan, "to=01890000-0000-7000-8000-0000000000f1")["id"]
        self.meet()
        self.refused(self.k, lib.REFUSED, "remiss", "answer", made, "mottagen")
        self.a.ask("remiss", "answer", made, "överlämnad")

    def test_to_nobody(self):
        self.refused(self.k, lib.INPUT, "remiss", "new", self.plan, "reason=x")
        self.refused(self.k, lib.INPUT, "remiss", "new", self.plan, "to=Ingen alls")


if __name__ == "__main__":
    unittest.main()
