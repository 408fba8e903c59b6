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
