"""The everyday commands as people use them: plans and their fields, samtycke, disclosure, disputed removal, help."""
import hashlib
import json
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lib_samplan as lib

KOMMUN, AF = "Kommunen", "Arbetsförmedlingen"


class Plans(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="samplan-plans-"))
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
        made = self.k.ask("plan", "new", "title=Prov", "person.name=Testperson Ett")
        self.plan, self.person = made["id"], made["person"]

    def refused(self, site, code, *args):
        answer = site.run(*args)
        self.assertEqual((answer.code, answer.out), (code, ""), answer)
        return answer.error

    def show(self, site=None):
        return (site or self.k).look("plan", "show", self.plan)

    def share(self, to="alla", sections="plan,person", **more):
        extra = [word for key, value in more.items() for word in ("--" + key, value)]
        consent = self.k.ask("consent", "give", self.plan, "--to", to, "--sections", sections, *extra)["id"]
        self.meet()
        return consent

    # plans and fields

    def test_an_anonymous_person_where_nothing_is_said(self):
        made = self.k.ask("plan", "new")
        person = self.k.objects()[made["person"]]
        self.assertEqual(lib.values(person, "anonymous"), ["ja"])
        self.assertEqual(lib.values(self.k.objects()[made["id"]], "person"), [made["person"]])

    def test_nobody_with_a_number_is_anonymous(self):
        number = (pathlib.Path(__file__).resolve().parents[1] / "data/testpersonnummer.txt").read_text().split()[0]
        made = self.k.ask("plan", "new", "person.number=" + number)
        self.assertEqual(lib.values(self.k.objects()[made["person"]], "anonymous"), [])

    def test_columns_are_of_characters(self):
        self.k.ask("plan", "new", "title=Kolumn", "person.name=Åsa Öström", "status=aktiv")
        self.k.ask("plan", "new", "title=Kolumn", "person.name=Testperson", "status=aktiv")
        rows = self.k.run("plan", "list", "Kolumn", as_json=False).out.splitlines()
        self.assertEqual(len({row.index("Kolumn") for row in rows}), 1, rows)

    def test_a_consent_for_a_function(self):
        party, = {m["party_id"] for m in self.k.ask("members") if m["party"] == AF}
        function = self.k.ask("plan", "add", self.plan, "function", "name=Samordning AF", "party=" + party)["id"]
        self.meet()
        self.share(to="Samordning AF")
        row, = self.k.ask("consent", "list", self.plan)
        self.assertEqual([(to["kind"], to["id"], to["name"]) for to in row["to"]],
                         [("function", function, "Samordning AF")])
        self.assertIn("Samordning AF", self.k.run("consent", "list", self.plan, as_json=False).out)
        self.assertIn(self.plan, self.a.objects())  # those who keep it filled can read
        activity = self.k.ask("plan", "add", self.plan, "activity", "kind=studier", "responsible=Samordning AF")["id"]
        self.assertEqual(lib.values(self.k.objects()[activity], "responsible"), [function])
        self.k.ask("disclose", self.plan)
        self.meet()
        self.assertIn(activity, self.a.objects())
        self.refused(self.k, lib.INPUT, "consent", "give", self.plan, "--to", "Finns inte", "--sections", "plan")
        self.k.ask("plan", "remove", function)

    def test_a_tx_that_is_no_text(self):
        lines = "".join(json.dumps(line) + "\n" for line in (
            {"op": "set", "id": self.plan, "set": {"title": "A"}, "tx": "1"},
            {"op": "set", "id": self.plan, "set": {"title": "B"}, "tx": 1},
            {"op": "set", "id": self.plan, "set": {"title": "C"}}))
        answer = self.k.run("apply", "-", stdin=lines)
        self.assertEqual(lib.values(self.k.objects()[self.plan], "title"), ["C"], answer)
        self.assertIn("tx", str(answer.json))

    def test_a_second_plan_for_the_same_person(self):
        made = self.k.ask("plan", "new", "person=" + self.person)
        self.assertEqual(made["person"], self.person)
        self.assertIn(made["id"], [row["id"] for row in self.k.ask("plan", "list", "testperson ett")])
        self.refused(self.k, lib.INPUT, "plan", "new", "person=" + self.person, "person.name=Annan")

    def test_identity_numbers(self):
        self.k.ask("plan", "new", "person.number=19850119-2382")
        error = self.refused(self.k, lib.INPUT, "plan", "new", "person.number=198501192383")
        self.assertIn("person.number", error["message"])

    def test_sets(self):
        for words, expected in ((("needs+=bostad", "needs+=läsning"), ["bostad", "läsning"]),
                                (("needs-=bostad",), ["läsning"]),
                                (("needs=tolk;läsning",), ["läsning", "tolk"]),
                                (("needs=",), None)):
            self.k.ask("plan", "set", self.plan, *words)
            needs = self.show()["fields"].get("needs")
            self.assertEqual(needs and sorted(needs), expected)
        self.refused(self.k, lib.INPUT, "plan", "set", self.plan, "title+=x")

    def test_names_of_people_become_ids(self):
        self.k.ask("plan", "set", self.plan, "huvudansvarig=Kim")
        member = self.k.ask("status")["member_id"]
        self.assertEqual(self.show()["fields"]["huvudansvarig"], member)
        self.refused(self.k, lib.INPUT, "plan", "set", self.plan, "huvudansvarig=Ingen alls")

    def test_entries_are_added_and_keep_their_order(self):
        meeting = self.k.ask("plan", "add", self.plan, "meeting", "kind=SIP", "minutes=ett")["id"]
        self.k.ask("plan", "set", meeting, "minutes=två")
        minutes = [o for o in self.show()["objects"] if o["id"] == meeting][0]["fields"]["minutes"]
        self.assertEqual(minutes, ["ett", "två"])

    def test_where_objects_live(self):
        add = lambda *words: self.k.ask("plan", "add", self.plan, *words)["id"]
        activity, goal = add("activity", "kind=SFI"), add("goal", "text=Arbete")
        slot, note = add("slot", "activity=" + activity, "weekday=1"), add("note", "text=hej", "--topic", "halsa", "--own")
        objects, party = self.k.objects(), self.k.ask("status")["party_id"]
        self.assertEqual([objects[i]["owner"] for i in (activity, goal, slot, note)], [party, None, party, party])
        self.assertEqual(objects[note]["topic"], "halsa")
        self.assertEqual(lib.values(objects[activity], "status"), ["beslutad"])
        self.refused(self.k, lib.INPUT, "plan", "add", self.plan, "activity", "--shared")
        self.refused(self.k, lib.INPUT, "plan", "add", self.plan, "consent", "topics=plan")

    def test_setting_the_shown_value_again_is_an_operation(self):
        before = self.k.ask("digest")["transactions"]
        self.assertIsNotNone(self.k.ask("plan", "set", self.plan, "title=Prov")["tx"])
        self.assertEqual(self.k.ask("digest")["transactions"], before + 1)

    def test_the_digest_is_of_the_dump(self):
        dump = self.k.run("dump").out
        self.assertEqual(hashlib.blake2b(dump.encode(), digest_size=32).hexdigest(), self.k.digest())
        self.assertEqual(dump, json.dumps(json.loads(dump), sort_keys=True, ensure_ascii=False, separators=(",", ":")))

    # samtycke and disclosure

    def test_disclosing_needs_a_consent_that_covers(self):
        self.share()
        activity = self.a.ask("plan", "add", self.plan, "activity", "kind=praktik")["id"]
        self.a.ask("disclose", self.plan)
        self.refused(self.a, lib.REFUSED, "disclose", self.plan, "--sections", "halsa", "--to", KOMMUN)
        made = self.a.ask("disclose", self.plan, "--sections", "halsa", "--to", KOMMUN, "--ground", "6 kap. 5 § OSL")
        self.assertEqual([s["ground"] for s in made["sections"]], ["6 kap. 5 § OSL"])
        self.meet()
        self.assertIn(activity, self.k.objects())

    def test_a_consent_for_another_purpose_is_no_ground(self):
        self.share(purpose="followup")
        self.refused(self.a, lib.REFUSED, "disclose", self.plan)

    def test_a_consent_that_is_over_is_no_ground(self):
        self.share(until="2000-01-01")
        self.refused(self.a, lib.REFUSED, "disclose", self.plan)
        self.refused(self.a, lib.REFUSED, "--today", "1999-12-31", "disclose", self.plan)

    def test_disclosing_twice_changes_nothing(self):
        self.share()
        self.a.ask("plan", "add", self.plan, "activity", "kind=praktik")
        self.assertIsNotNone(self.a.ask("disclose", self.plan)["tx"])
        self.assertIsNone(self.a.ask("disclose", self.plan)["tx"])

    def test_withdrawal_ends_the_updates(self):
        consent = self.share()
        activity = self.k.ask("plan", "add", self.plan, "activity", "kind=studier", "status=föreslagen")["id"]
        self.k.ask("disclose", self.plan)
        self.meet()
        self.assertEqual(lib.values(self.a.objects()[activity], "status"), ["föreslagen"])
        self.k.ask("consent", "withdraw", consent)
        self.assertEqual([c["in_force"] for c in self.k.ask("consent", "list", self.plan)], [False])
        self.k.ask("plan", "set", activity, "status=pågår")
        self.refused(self.k, lib.REFUSED, "disclose", self.plan)
        self.meet()
        self.assertEqual(lib.values(self.a.objects()[activity], "status"), ["föreslagen"])
        for section in self.k.ask("disclose", "list", self.plan):
            self.assertNotIn(AF, [to["name"] for to in section["to"]], section)

    def test_sections_that_cannot_be_read(self):
        def unreadable(site):
            return [(s["owner"], s["topic"], s["why"]) for s in self.show(site)["unreadable_sections"]]
        consent = self.share(sections="plan")  # the person is not
        self.assertEqual(unreadable(self.k), [])
        self.assertEqual(unreadable(self.a), [("shared", "person", "not-disclosed")])
        self.assertIn("inte utlämnat", self.a.run("plan", "show", self.plan, as_json=False).out)
        self.k.ask("plan", "add", self.plan, "activity", "kind=studier")
        self.k.ask("disclose", self.plan)
        self.meet()
        self.assertEqual(unreadable(self.a), [("shared", "person", "not-disclosed")])
        self.k.ask("consent", "withdraw", consent)
        self.meet()
        self.assertIn((KOMMUN, "plan", "ended"), unreadable(self.a))
        self.assertIn("inga fler uppdateringar", self.a.run("plan", "show", self.plan, as_json=False).out)
        self.assertEqual(unreadable(self.k), [])

    def test_withdrawal_waits_for_the_owners_of_other_sections(self):
        consent = self.share()
        activity = self.k.ask("plan", "add", self.plan, "activity", "kind=studier", "status=föreslagen")["id"]
        self.k.ask("disclose", self.plan)
        theirs = self.a.ask("plan", "add", self.plan, "activity", "kind=praktik", "status=föreslagen")["id"]
        self.a.ask("disclose", self.plan)
        self.meet()
        self.assertIn(activity, self.a.objects())
        answer = self.k.run("consent", "withdraw", consent, as_json=False)
        self.assertIn("Nyckelbyte väntar på " + AF, answer.err)
        self.meet()  # their device follows
        self.a.ask("plan", "set", theirs, "status=pågår")
        self.meet()
        self.assertEqual(lib.values(self.k.objects()[theirs], "status"), ["föreslagen"])

    def test_withdrawal_spares_whom_another_consent_covers(self):
        first = self.share()
        self.share(to=AF)
        self.k.ask("consent", "withdraw", first)
        goal = self.k.ask("plan", "add", self.plan, "goal", "text=Arbete")["id"]
        self.meet()
        self.assertIn(goal, self.a.objects())

    # meeting

    def test_a_disputed_removal(self):
        self.share()
        note = self.k.ask("plan", "add", self.plan, "note", "text=ett")["id"]
        self.meet()
        self.k.ask("plan", "remove", note)
        self.a.ask("plan", "set", note, "text=två")
        self.meet()
        conflict = [c for c in self.a.look("conflicts", self.plan) if c["object"] == note][0]
        self.assertEqual((conflict["field"], sorted(v["value"] for v in conflict["values"])),
                         ("removed", ["kept", "removed"]))
        self.a.ask("resolve", note, "removed", "--value", "removed")
        self.meet()
        self.assertEqual([site.look("conflicts", self.plan) for site in (self.k, self.a)], [[], []])
        self.assertEqual(self.k.objects()[note]["removed"], "yes")

    def test_resolve_wants_a_conflict_and_a_number_of_it(self):
        self.refused(self.k, lib.INPUT, "resolve", self.plan, "title", "--take", "0")
        self.refused(self.k, lib.USAGE, "resolve", self.plan, "title")

    def test_log_names_writer_old_and_new(self):
        self.k.ask("plan", "set", self.plan, "title=Nytt")
        row = self.k.ask("log", self.plan, "--field", "title")[-1]
        self.assertEqual([row[key] for key in ("member", "party", "op", "old", "new", "standing")],
                         ["Kim", KOMMUN, "set", "Prov", "Nytt", "shown"])
        self.assertEqual(self.k.ask("log", self.plan, "--since", "2190-01-01"), [])

    # bulk

    def test_all_or_nothing(self):
        before = self.k.digest()
        lines = [{"op": "set", "id": self.plan, "set": {"title": "A"}}, {"op": "set", "id": self.plan, "set": {"x": "y"}}]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        answer = self.k.run("apply", "-", "--all-or-nothing", stdin=text)
        self.assertEqual((answer.code, answer.out), (lib.INPUT, ""), answer)
        self.assertIn("2", answer.error["message"])
        self.assertEqual(self.k.digest(), before)
        self.assertEqual(self.k.look("apply", "-", stdin=text)["transactions"], 1)

    def test_ids_given_in_bulk_are_kept(self):
        plan, activity = ("01890000-0000-7000-8000-00000000000" + n for n in "12")
        lines = [{"op": "new", "type": "plan", "id": plan, "tx": "a"},
                 {"op": "new", "type": "activity", "plan": plan, "id": activity, "tx": "a", "set": {"depends_on": []}},
                 {"op": "add", "id": activity, "field": "depends_on", "value": plan},
                 {"op": "note", "plan": plan, "text": "hej"},
                 {"op": "drop", "id": activity, "field": "depends_on", "value": plan},
                 {"op": "remove", "id": activity}]
        answer = self.k.ask("apply", "-", stdin="".join(json.dumps(line) + "\n" for line in lines))
        self.assertEqual((answer["transactions"], answer["refused"]), (5, []))
        self.assertEqual(self.k.objects()[activity]["removed"], "yes")

    def test_a_list_in_bulk_stands_for_what_was_there(self):
        first, second, activity = ("01890000-0000-7000-8000-00000000001" + n for n in "123")
        lines = [{"op": "new", "type": "activity", "plan": self.plan, "id": activity, "set": {"depends_on": [first]}},
                 {"op": "set", "id": activity, "set": {"depends_on": [second]}}]
        answer = self.k.ask("apply", "-", stdin="".join(json.dumps(line) + "\n" for line in lines))
        self.assertEqual(answer["refused"], [])
        self.assertEqual(lib.values(self.k.objects()[activity], "depends_on"), [second])

    # help

    def test_help_and_the_manual_tell_of_every_command(self):
        manual = (lib.TOP / "app/samplan.1").read_text(encoding="utf-8")
        for command in self.k.ask("help"):
            told = self.k.run("help", *command["name"].split(), as_json=False)
            self.assertEqual(told.code, lib.DONE, told)
            self.assertIn(command["example"], told.out)
            self.assertIn("\n.SS " + command["name"] + "\n", manual)

    def test_help_about_every_type(self):
        everything = self.k.run("help", as_json=False).out
        for name in ("plan", "activity", "insats", "policy"):
            self.assertTrue(re.search(rf"\b{name}\b", everything))
            self.assertTrue(self.k.ask("help", name)["fields"])


if __name__ == "__main__":
    unittest.main()
