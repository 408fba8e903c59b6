"""The same person registered at two offline sites: found when they meet, joined by a decision, taken back."""
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lib_samplan as lib

NUMBER, OTHER_NUMBER, THIRD_NUMBER = (
    pathlib.Path(__file__).resolve().parents[1] / "data/testpersonnummer.txt").read_text().split()[:3]


class Duplicates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = pathlib.Path(tempfile.mkdtemp(prefix="samplan-duplicates-"))
        cls.addClassCleanup(shutil.rmtree, cls.top)
        cls.stage = lib.Stage()
        cls.addClassCleanup(cls.stage.remove)
        k, a = cls.at_home()
        lib.found(k, "Förbundet", "Kommunen", "kommun", "Kim")
        lib.enrol(k, a, "Arbetsförmedlingen", "af", "Alex")
        for site in (k, a):
            site.ask("remote", "add", "stick", cls.stage.dir / "stick")
        lib.meet((k, a))
        cls.stage.keep()

    @classmethod
    def at_home(cls):
        return [lib.Site(cls.stage.dir / name, "lösen " + name) for name in ("k", "a")]

    def setUp(self):
        self.stage.restore()
        self.k, self.a = self.at_home()

    def person(self, site, **fields):
        made = site.ask("plan", "new", *(f"person.{name}={value}" for name, value in fields.items()))
        site.ask("consent", "give", made["id"], "--to", "alla", "--sections", "plan,person")
        return made["person"]

    def pairs(self, site):
        return [(p["ground"], {p["a"]["id"], p["b"]["id"]}) for p in site.look("person", "duplicates")]

    def two(self, **same):
        """The same, registered at both sites, that then meet."""
        one, two = self.person(self.k, **same), self.person(self.a, **same)
        lib.meet((self.k, self.a))
        return one, two

    def test_found_by_number_when_they_meet(self):
        one = self.person(self.k, name="Testperson Ett", number=NUMBER)
        two = self.person(self.a, name="Testperson E", number=NUMBER)
        self.assertEqual(self.pairs(self.k), [])
        lib.meet((self.k, self.a))
        self.assertEqual([self.pairs(s) for s in (self.k, self.a)], [[("number", {one, two})]] * 2)
        self.assertEqual(self.k.run("person", "duplicates").code, lib.LOOK)
        self.assertTrue(self.k.look("person", "duplicates")[0]["certain"])

    def test_found_by_an_alias(self):
        one, two = self.person(self.k, number=NUMBER), self.person(self.a, number=OTHER_NUMBER)
        plan = [o["plan"] for o in self.a.objects().values() if o["id"] == two][0]
        self.a.ask("plan", "add", plan, "identity", "person=" + two, "number=" + NUMBER, "kind=personnummer")
        lib.meet((self.k, self.a))
        self.assertEqual(self.pairs(self.k), [("number", {one, two})])

    def test_by_name_and_year_only_a_suggestion(self):
        one, two = self.two(name="Testperson  Ett", birth_year="1985")
        self.assertEqual(self.pairs(self.k), [("name", {one, two})])
        self.assertFalse(self.k.look("person", "duplicates")[0]["certain"])

    def test_a_name_alone_is_nothing(self):
        self.two(name="Testperson Ett")
        self.person(self.k, name="Testperson Två", birth_year="1985")
        self.person(self.k, name="Testperson Två", birth_year="1986")
        self.assertEqual(self.pairs(self.k), [])

    def test_namesakes_with_different_numbers_are_not_suggested(self):
        self.person(self.k, name="Testperson Ett", birth_year="1985", number=NUMBER)
        self.person(self.k, name="Testperson Ett", birth_year="1985", number=OTHER_NUMBER)
        self.assertEqual(self.pairs(self.k), [])

    def test_joined_and_split_again(self):
        one, two = self.two(name="Testperson Ett", number=NUMBER)
        self.a.ask("person", "join", two, one)
        self.assertEqual(self.pairs(self.a), [])
        lib.meet((self.k, self.a))
        self.assertEqual(self.pairs(self.k), [])
        self.assertIsNone(self.k.ask("person", "join", one, two)["tx"], "decided already")
        for person in (one, two):  # both ids go on working
            self.k.ask("plan", "set", person, "kommun=Exempel")
        self.assertEqual(self.k.ask("person", "split", one)["pairs"], 1)
        lib.meet((self.k, self.a))
        self.assertEqual([self.pairs(s) for s in (self.k, self.a)], [[], []], "decided: two persons")
        self.assertEqual(self.k.run("person", "split", one).code, lib.INPUT)
        self.k.ask("person", "join", one, two)
        self.assertEqual(self.k.ask("person", "split", two, one)["pairs"], 1)

    def plan_of(self, site, person):
        return site.objects()[person]["plan"]

    def activity(self, site, plan, *fields):
        made = site.ask("plan", "add", plan, "activity", "from=2090-01-01", "to=2090-06-30", *fields)["id"]
        site.ask("disclose", plan)
        return made

    def rules(self, site, *args):
        return [c["rule"] for c in site.look("clashes", *args)]

    def test_both_ids_go_on_working_in_lists(self):
        one, two = self.two(number=NUMBER)
        self.k.ask("plan", "set", one, "name=Testperson Ett")
        plans = sorted((self.plan_of(self.k, one), self.plan_of(self.k, two)))
        for person in (one, two):
            self.assertEqual([p["id"] for p in self.k.ask("plan", "list", person)], [self.plan_of(self.k, person)])
        self.k.ask("person", "join", one, two)
        for person in (one, two):
            rows = self.k.ask("plan", "list", person)
            self.assertEqual(sorted(p["id"] for p in rows), plans)
            self.assertEqual({p["person_name"] for p in rows}, {"Testperson Ett"})
        self.assertEqual(sorted(p["id"] for p in self.k.ask("plan", "list", "person ett")), plans, "by the name")
        shown = self.k.look("plan", "show", self.plan_of(self.k, two))
        self.assertEqual((sorted(shown["person_ids"]), shown["other_plans"]),
                         (sorted((one, two)), [self.plan_of(self.k, one)]))
        self.assertIn("Testperson Ett", self.k.run("plan", "show", plans[0], as_json=False).out)
        self.assertIn("en annan plan för samma person: " + plans[1],
                      self.k.run("plan", "show", plans[0], as_json=False).out)
        self.k.ask("person", "split", one, two)
        for person in (one, two):
            self.assertEqual([p["id"] for p in self.k.ask("plan", "list", person)], [self.plan_of(self.k, person)])
        self.assertEqual(len(self.k.ask("plan", "list", "person ett")), 1)

    def test_rules_look_at_all_plans_of_one_person(self):
        one, two = self.two(number=NUMBER)
        first, second = self.plan_of(self.k, one), self.plan_of(self.a, two)
        rest = self.activity(self.k, first, "kind=vila/sjukskrivning", "extent=100%")
        praktik = self.activity(self.a, second, "kind=praktik", "extent=100%")
        lib.meet((self.k, self.a))
        for site in (self.k, self.a):
            self.assertNotIn("K3", self.rules(site))
        self.a.ask("person", "join", two, one)
        self.assertIn("K3", self.rules(self.a))
        lib.meet((self.k, self.a))
        for site in (self.k, self.a):
            for plan in (first, second):  # told in each, as what it is about is in both
                found, = [c for c in site.look("clashes", plan) if c["rule"] == "K3"]
                self.assertEqual(found["objects"], sorted((rest, praktik)))
            self.assertEqual(self.rules(site).count("K3"), 1, "told once among all")
            self.assertEqual(self.rules(site).count("G3"), 2, "what is about one plan is told of each")
        # accepted in one plan, it is known in the other
        self.k.ask("clash", "accept", found["id"], "--why", "Läkaren vet.")
        lib.meet((self.k, self.a))
        for plan in (first, second):
            found, = [c for c in self.a.look("clashes", plan) if c["rule"] == "K3"]
            self.assertEqual(found["accepted"]["why"], "Läkaren vet.")
        # a closed plan says nothing any more; nor does one of somebody else
        self.a.ask("plan", "set", second, "status=avslutad")
        self.assertNotIn("K3", self.rules(self.a))
        self.a.ask("plan", "set", second, "status=aktiv")
        self.assertIn("K3", self.rules(self.a))
        self.a.ask("person", "split", one, two)
        self.assertNotIn("K3", self.rules(self.a))

    def test_news_and_the_agenda_tell_of_what_the_other_plan_brought(self):
        one, two = self.two(number=NUMBER)
        first, second = self.plan_of(self.k, one), self.plan_of(self.a, two)
        self.activity(self.k, first, "kind=vila/sjukskrivning", "extent=100%")
        self.k.ask("plan", "set", one, "name=Testperson Ett")
        self.k.ask("person", "join", one, two)
        lib.meet((self.k, self.a))
        self.a.look("news")
        self.k.look("news")
        self.activity(self.a, second, "kind=praktik", "extent=100%")
        lib.meet((self.k, self.a))
        told = self.k.look("news")
        self.assertIn("K3", [d["clash"]["rule"] for d in told["decisions"] if d["matter"] == "clash"])
        row, = [p for p in told["plans"] if p["plan"] == second]
        self.assertEqual(row["person_name"], "Testperson Ett")
        self.assertIn("K3", [m["clash"]["rule"] for m in self.k.look("meeting", "agenda", first)
                             if m["matter"] == "clash"])

    def test_the_printed_plan_knows_both(self):
        one, two = self.two(number=NUMBER)
        second = self.plan_of(self.k, two)
        self.k.ask("plan", "set", one, "name=Testperson Ett")
        self.k.ask("person", "join", one, two)
        page = self.k.run("print", second, as_json=False)
        self.assertIn("Testperson Ett", page.out, page)
        self.k.ask("plan", "set", one, "protected=sekretessmarkering")
        self.assertEqual(self.k.run("print", second).code, lib.REFUSED)

    def test_two_sites_join_the_same_pair_at_once(self):
        one, two = self.two(number=NUMBER)
        self.k.ask("person", "join", one, two)
        self.a.ask("person", "join", two, one)
        lib.meet((self.k, self.a))
        self.assertEqual(self.k.digest(), self.a.digest())
        self.assertEqual([s.look("conflicts") for s in (self.k, self.a)], [[], []])
        self.assertEqual(len({o["id"] for o in self.k.objects().values() if o["type"] == "person_join"}), 1)

    def test_three_make_two_pairs_and_two_joins_make_one_person(self):
        three = [self.person(self.k, number=NUMBER) for _ in range(3)]
        self.assertEqual(len(self.pairs(self.k)), 2)
        self.k.ask("person", "join", three[0], three[1])
        self.assertEqual(len(self.pairs(self.k)), 1)
        self.k.ask("person", "join", three[1], three[2])
        self.assertEqual(self.pairs(self.k), [])
        self.assertEqual(self.k.ask("person", "split", three[1])["pairs"], 2)

    def test_a_suggestion_can_be_declined(self):
        one, two = self.two(name="Testperson Ett", birth_year="1985")
        self.k.ask("person", "split", one, two)
        self.assertEqual(self.pairs(self.k), [])

    def test_a_list_names_nobody_who_is_protected(self):
        one, _ = self.two(name="Testperson Ett", number=NUMBER)
        self.k.ask("plan", "set", one, "protected=skyddad folkbokföring")
        answer = self.k.run("person", "duplicates")
        row = [p for p in answer.json[0].values() if isinstance(p, dict) and p["id"] == one][0]
        self.assertEqual((row["protected"], row["name"], answer.json[0]["number"]), (True, None, None))
        self.assertIn("(skyddad)", self.k.run("person", "duplicates", as_json=False).out)

    def test_bad_ids(self):
        one = self.person(self.k, number=NUMBER)
        plan = [o["plan"] for o in self.k.objects().values() if o["id"] == one][0]
        for words in ((one, one), (one, plan), (one, "nej"), (one, "01890a5d-ac96-774b-bcce-b302099a8057")):
            answer = self.k.run("person", "join", *words)
            self.assertEqual((answer.code, answer.out), (lib.INPUT, ""), answer)
        self.assertEqual(self.k.run("person", "join", one).code, lib.USAGE)


if __name__ == "__main__":
    unittest.main()
