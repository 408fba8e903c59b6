"""The outcome matrix: each party answers blind to the others, and sees what they answered once it has answered as much."""
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lib_samplan as lib

KOMMUN, AF, REGION = "Kommunen", "Arbetsförmedlingen", "Regionen"


class Outcomes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="samplan-outcomes-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.k, cls.a, cls.r = (lib.Site(cls.dir / name, "lösen " + name) for name in ("k", "a", "r"))
        lib.found(cls.k, "Förbundet", KOMMUN, "kommun", "Kim")
        lib.enrol(cls.k, cls.a, AF, "af", "Alex")
        lib.enrol(cls.k, cls.r, REGION, "region", "Ro")
        for site in (cls.k, cls.a, cls.r):
            site.ask("remote", "add", "stick", cls.dir / "stick")
        cls.meet()
        file = cls.dir / "insatser.csv"
        file.write_text("name;purpose\nVägen;arbete\nBron;studier\n", encoding="utf-8")
        cls.k.ask("import", file, "--as", "insatser")
        cls.insats = {row["fields"]["name"]: row["id"] for row in cls.k.ask("insats", "list")}
        cls.meet()

    @classmethod
    def meet(cls):
        lib.meet((cls.k, cls.a, cls.r))

    def setUp(self):
        self.plan = self.k.ask("plan", "new", "title=Prov", "person.name=Testperson Ett")["id"]
        self.k.ask("consent", "give", self.plan, "--to", "alla", "--sections", "plan,person")
        self.k.ask("consent", "give", self.plan, "--to", f"{KOMMUN};{AF}", "--sections", "plan", "--purpose", "evaluation")
        self.meet()

    def score(self, site, insats, text):
        return site.ask("plan", "add", self.plan, "outcome", "insats=" + self.insats[insats], "individual=" + text)["id"]

    def matrix(self, site):
        return {(row["insats_name"], row["party"]): row["outcome"] and row["outcome"]["fields"]["individual"]
                for row in site.ask("outcome", "list", self.plan)}

    def test_blind_until_one_has_scored_too(self):
        self.score(self.k, "Vägen", "klart bättre")
        self.meet()
        self.assertEqual(self.matrix(self.k), {("Vägen", KOMMUN): "klart bättre"})
        self.assertEqual(self.matrix(self.a), {("Vägen", KOMMUN): None})
        self.assertNotIn("klart bättre", self.a.run("dump").out)
        self.assertIn("har bedömt", self.a.run("outcome", "list", self.plan, as_json=False).out)
        self.score(self.a, "Vägen", "ingen skillnad")
        self.meet()
        both = {("Vägen", KOMMUN): "klart bättre", ("Vägen", AF): "ingen skillnad"}
        self.assertEqual(self.matrix(self.k), both)
        self.assertEqual(self.matrix(self.a), both)

    def test_a_second_insats_is_closed_to_who_saw_the_first(self):
        for site, text in ((self.k, "ett k"), (self.a, "ett a")):
            self.score(site, "Vägen", text)
        self.meet()
        self.score(self.k, "Bron", "hemligt tills vidare")
        self.meet()
        self.assertEqual(self.matrix(self.a)["Bron", KOMMUN], None)
        self.assertNotIn("hemligt tills vidare", self.a.run("dump").out)
        self.assertEqual(self.matrix(self.a)["Vägen", KOMMUN], "ett k")
        self.score(self.a, "Bron", "två a")
        self.meet()
        self.assertEqual(self.matrix(self.a)["Bron", KOMMUN], "hemligt tills vidare")
        self.assertEqual(self.matrix(self.k)["Bron", AF], "två a")

    def test_scoring_alone_is_not_a_consent(self):
        self.score(self.k, "Vägen", "för utvärdering")
        self.meet()
        self.score(self.r, "Vägen", "regionens")
        self.meet()
        self.assertEqual(self.matrix(self.r)["Vägen", KOMMUN], None)
        self.assertNotIn("för utvärdering", self.r.run("dump").out)

    def test_a_party_scores_an_insats_once(self):
        first = self.score(self.k, "Vägen", "ett")
        for words in (["outcome", "insats=" + self.insats["Vägen"]], ["outcome", "individual=x"],
                      ["outcome", "insats=" + self.plan], ["scored", "insats=" + self.insats["Bron"]]):
            answer = self.k.run("plan", "add", self.plan, *words)
            self.assertIn(answer.code, (lib.INPUT, lib.REFUSED), answer)
        self.assertEqual(self.k.run("plan", "set", first, "insats=" + self.insats["Bron"]).code, lib.INPUT)
        self.k.ask("plan", "set", first, "individual=två")
        self.assertEqual(self.matrix(self.k), {("Vägen", KOMMUN): "två"})

    def test_no_consent_hands_it_out_as_a_whole(self):
        self.score(self.k, "Vägen", "kvar här")
        self.assertEqual(self.k.run("disclose", self.plan, "--sections", "matris", "--to", REGION, "--ground", "lag").code,
                         lib.INPUT)
        self.assertEqual(self.k.run("consent", "give", self.plan, "--to", "alla", "--sections", "matris").code, lib.INPUT)


if __name__ == "__main__":
    unittest.main()
