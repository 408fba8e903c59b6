"""Whom do I ask for …? The catalogue of insatser, listed, searched and shown with its groups and modules."""
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))
import lib_samplan as lib


class Catalogue(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="samplan-catalogue-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.site = lib.Site(cls.dir / "home", "lösen")
        lib.found(cls.site, "Förbundet", "Motala kommun", "kommun", "Kim")
        cls.site.look("import", TESTS / "data/insatser.csv", "--leave-refused-cells")

    def names(self, *words):
        return [row["name"] for row in self.site.ask("insats", "search", *words)]

    def test_list(self):
        rows = self.site.ask("insats", "list")
        self.assertEqual(len(rows), 13)
        fontan = [row for row in rows if row["name"] == "Motala Fontänhus"][0]
        self.assertEqual((fontan["owner_name"], fontan["type"], fontan["fields"]["target_groups"]),
                         ("Motala kommun", "insats", ["psykisk ohälsa"]))

    def test_search_wants_every_word_whatever_the_case(self):
        self.assertEqual(self.names("PSYKISK", "ohälsa"), ["Förstegsplatser Ekenäs", "Motala Fontänhus"])
        self.assertEqual(self.names("psykisk ohälsa fontänhus"), ["Motala Fontänhus"])
        self.assertEqual(self.names("ÖDESHÖG processledare"), ["Processledare Ödeshög"])
        self.assertEqual(self.names("finns", "inte"), [])

    def test_a_name_counts_for_more_than_a_purpose(self):
        self.assertEqual(self.names("trädgård"), ["Sociala företag Grenverket"])
        self.assertEqual(self.names("kompetensteam")[:2], ["Kompetensteam 1", "Kompetensteam 2 (Team Linus)"])

    def test_search_and_show_say_whom_to_ask(self):
        table = "Namn;Huvudman;Kontakt;Målgrupper\nUnga i rörelse;Motala kommun;Ungdomsteamet;unga\n"
        self.site.ask("import", "-", stdin=table)
        row = self.site.ask("insats", "search", "ungdomsteamet")[0]
        self.assertEqual((row["name"], row["contact_name"]), ("Unga i rörelse", "Ungdomsteamet"))
        text = self.site.run("insats", "show", "unga i rörelse", as_json=False).out
        self.assertIn("fråga: Ungdomsteamet, Motala kommun", text)

    def test_one_is_put_in_by_hand(self):
        made = self.site.ask("insats", "new", "name=Gröna steg", "purpose=Steg mot arbete", "target_groups=unga;nyanlända")["id"]
        shown = self.site.ask("insats", "show", "Gröna steg")
        self.assertEqual((shown["id"], shown["owner_name"], shown["fields"]["target_groups"]),
                         (made, "Motala kommun", ["nyanlända", "unga"]))
        for words in (["name=Gröna steg"], ["name= "], ["purpose=utan namn"], ["name=Annat", "finns=inte"]):
            said = self.site.run("insats", "new", *words)
            self.assertEqual(said.code, lib.INPUT, said)
        self.assertEqual([row for row in self.site.ask("insats", "list") if row["name"] == "Annat"], [])

    def test_groups_and_modules_in_order(self):
        insats = self.site.ask("insats", "search", "Grön rehab")[0]["id"]
        new = lambda type_, **fields: {"op": "new", "type": type_, "set": {"insats": insats} | fields}
        lines = [new("module", order="2", name="Praktik"), new("module", order="10", name="Avslut"),
                 new("module", order="1", name="Start"), new("group", name="Vår 2027", **{"from": "2027-02-01"}),
                 new("group", name="Höst 2026", **{"from": "2026-09-01"})]
        self.assertEqual(self.site.ask("apply", "-", stdin="\n".join(map(json.dumps, lines)))["refused"], [])
        shown = self.site.ask("insats", "show", "MAT Grön rehab")
        self.assertEqual([m["fields"]["name"] for m in shown["modules"]], ["Start", "Praktik", "Avslut"])
        self.assertEqual([g["fields"]["name"] for g in shown["groups"]], ["Höst 2026", "Vår 2027"])

    def test_what_is_over_comes_last_and_says_so(self):
        self.site.ask("import", "-", stdin="Namn,Till,Område\nA gammal väg,2020-12-31,Vägby\nÖ ny väg,2099-12-31,Vägby\n")
        rows = self.site.ask("insats", "search", "vägby")
        self.assertEqual([(row["name"], row["over"]) for row in rows], [("Ö ny väg", False), ("A gammal väg", True)])

    def test_one_that_there_is_not(self):
        answer = self.site.run("insats", "show", "finns inte")
        self.assertEqual((answer.code, answer.out), (lib.INPUT, ""))


if __name__ == "__main__":
    unittest.main()
