"""Protected personal data: who is protected is named in no list, search, news, copy-out or print, from the command line and
by the pages' API; name and number go only to those who are expressly chosen, and the others hide what they had. Persons
with several numbers, and without a name."""
import pathlib
import shutil
import sys
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))
import lib_samplan as lib
import lib_web

KOMMUN, AF, REGION = "Kommunen", "Arbetsförmedlingen", "Regionen"
NUMBERS = (TESTS / "data/testpersonnummer.txt").read_text().split()[:60]


class Protected(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="samplan-protected-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.k, cls.a, cls.r = cls.sites = [lib.Site(cls.dir / name, "lösen " + name) for name in "kar"]
        lib.found(cls.k, "Förbundet", KOMMUN, "kommun", "Kim")
        for site in cls.sites:
            if site is not cls.k:
                lib.enrol(cls.k, site, *((AF, "af", "Alex") if site is cls.a else (REGION, "region", "Robin")))
            site.ask("remote", "add", "stick", cls.dir / "stick")
        lib.meet(cls.sites)

    def setUp(self):
        """A person of its own, with secrets of its own."""
        type(self).count = n = getattr(self, "count", 0) + 1
        self.name, self.place, self.start = f"Testperson Hemlig{n:02}", f"Storgatan {n:02} A", f"08:{n:02}"
        self.numbers = NUMBERS[2 * n:2 * n + 2]
        self.secrets = (self.name, self.numbers[0], f"070-hemlig{n:02}", self.place, f"{self.start}–", f'"{self.start}"')
        made = self.k.ask("plan", "new", "title=Väg till arbete", "person.name=" + self.name, "person.number=" + self.numbers[0],
                          "person.contact=" + self.secrets[2], "huvudansvarig=Kim")
        self.plan, self.person = made["id"], made["person"]
        self.k.ask("consent", "give", self.plan, "--to", "alla", "--sections", "plan,person")
        self.mine = self.activity(self.k)
        lib.meet(self.sites)
        self.theirs = self.activity(self.a)
        self.a.ask("disclose", self.plan)
        lib.meet(self.sites)

    def activity(self, site, weekday="1"):
        made = site.ask("plan", "add", self.plan, "activity", "kind=praktik", "place=" + self.place, "from=2026-01-01",
                        "extent=10%")["id"]
        site.ask("plan", "add", self.plan, "slot", "activity=" + made, "weekday=" + weekday, "start=" + self.start, "end=12:43")
        if site is self.k:
            site.ask("disclose", self.plan)
        return made

    def protect(self, *keep):
        out = self.k.ask("person", "protect", self.plan, "sekretessmarkering", *keep)
        lib.meet(self.sites)
        return out

    def silent(self, site, *command, codes=(lib.DONE, lib.LOOK)):
        """Both ways of asking end well and tell nothing."""
        for as_json in (True, False):
            answer = site.run(*command, as_json=as_json)
            self.assertIn(answer.code, codes, answer)
            for secret in self.secrets:
                self.assertNotIn(secret, answer.out, command)
        return answer.out

    # lists and searches, of everybody, also those who are chosen

    def test_no_list_names_them(self):
        self.assertIn(self.name, self.k.run("plan", "list", as_json=False).out)
        self.protect()
        for site in self.sites:
            self.assertIn("(skyddad)", self.silent(site, "plan", "list"))
            self.silent(site, "plan", "list", self.person)
            self.silent(site, "news", "--since", "2020-01-01")
            self.silent(site, "clashes")
            self.silent(site, "conflicts")
            self.silent(site, "proposal", "list")
            self.silent(site, "copy", self.plan)
        row = next(p for p in self.k.ask("plan", "list", self.plan))
        self.assertEqual((row["person_name"], row["protected"]), (None, True))

    def test_no_search_finds_them_by_name(self):
        self.assertIn(self.plan, [p["id"] for p in self.k.ask("plan", "list", self.name[-8:].lower())])
        self.protect()
        self.assertNotIn(self.plan, [p["id"] for p in self.k.ask("plan", "list", self.name[-8:].lower())])
        self.assertIn(self.plan, [p["id"] for p in self.k.ask("plan", "list", "väg till")])

    def test_a_joined_persons_protection_counts(self):
        other = self.k.ask("plan", "new", "title=Andra", "person.name=" + self.name)
        self.k.ask("person", "join", self.person, other["person"])
        self.k.ask("plan", "set", other["person"], "protected=skyddad folkbokföring")
        self.silent(self.k, "plan", "list")
        self.silent(self.k, "plan", "list", self.person)
        answer = self.k.run("print", self.plan)
        self.assertEqual((answer.code, answer.out), (lib.REFUSED, ""))

    def test_nothing_is_printed(self):
        self.protect()
        for site in self.sites:
            answer = site.run("print", self.plan)
            self.assertEqual((answer.code, answer.out), (lib.REFUSED, ""))

    def test_krockar_between_times_say_no_times(self):
        lib.meet(self.sites)
        self.assertIn(self.secrets[4], self.k.run("clashes", as_json=False).out)  # both booked the same hours
        self.protect()
        for site in (self.k, self.a):
            self.assertIn("Platser och tider är skyddade", self.silent(site, "clashes"))
            self.silent(site, "news", "--peek")
        self.assertIn(self.secrets[4], self.k.run("clashes", self.plan, as_json=False).out)  # of one plan, whoever is chosen
        self.silent(self.a, "clashes", self.plan)
        self.silent(self.a, "meeting", "agenda", self.plan)

    def test_conflicts_and_proposals_in_lists_are_withheld(self):
        self.protect("--keep", AF)
        self.k.ask("plan", "set", self.person, "contact=070-ett")
        self.a.ask("plan", "set", self.person, "contact=070-två")
        self.r.ask("proposal", "add", self.mine, "place=Stallet")
        lib.meet(self.sites)
        for site in (self.k, self.a):
            row = next(c for c in site.look("conflicts") if c["field"] == "contact")
            self.assertEqual((row["withheld"], [v["value"] for v in row["values"]]), (True, [None, None]))
            for value in ("070-ett", "070-två"):
                self.assertNotIn(value, site.run("conflicts", as_json=False).out)
                self.assertNotIn(value, site.run("news", "--peek").out)
        self.assertIn("070-ett", self.k.run("conflicts", self.plan).out)
        row = next(p for p in self.k.ask("proposal", "list") if p["target"] == self.mine)
        self.assertEqual((row["withheld"], row["value"]), (True, None))
        self.assertNotIn("Stallet", self.k.run("proposal", "list", as_json=False).out)

    # who reads name and number

    def test_those_who_are_not_chosen_hide_what_they_had_and_get_no_more(self):
        self.assertIn(self.name, self.a.run("plan", "show", self.plan).out)
        self.assertEqual(self.protect("--keep", REGION)["left_out"], 1)
        shown = self.a.look("plan", "show", self.plan)
        self.assertEqual((shown["protected"], shown["withheld"]), (True, True))
        for command in ("show", "list"):
            self.silent(self.a, "plan", command, self.plan)
        self.silent(self.a, "log", self.plan)
        self.silent(self.a, "blame", self.plan)
        self.silent(self.a, "conflicts", self.plan)
        for site in (self.k, self.r):
            self.assertIn(self.name, site.run("plan", "show", self.plan, as_json=False).out)
            self.assertIn(self.name, site.run("log", self.plan).out)
            self.assertFalse(site.look("plan", "show", self.plan)["withheld"])
        self.k.ask("plan", "set", self.person, "name=Testperson Ny")
        lib.meet(self.sites)
        self.assertIn("Testperson Ny", self.r.run("dump").out)
        self.assertNotIn("Testperson Ny", self.a.run("dump").out)

    def test_the_own_activity_can_still_be_changed_by_who_is_not_chosen(self):
        self.protect()
        self.a.ask("plan", "set", self.theirs, "status=klar")
        lib.meet(self.sites)
        self.assertEqual(lib.values(self.k.objects()[self.theirs], "status"), ["klar"])

    def test_who_is_chosen_later_is_let_in(self):
        self.protect()
        self.assertTrue(self.a.look("plan", "show", self.plan)["withheld"])
        self.k.ask("plan", "set", self.person, "name=Testperson Ny")
        self.protect("--keep", AF)
        self.assertIn("Testperson Ny", self.a.run("plan", "show", self.plan, as_json=False).out)
        self.assertTrue(self.r.look("plan", "show", self.plan)["withheld"])

    def test_a_consent_lets_in_only_who_is_chosen(self):
        self.protect("--keep", AF)
        before = self.k.digest()
        answer = self.k.run("consent", "give", self.plan, "--to", "alla", "--sections", "plan,person")
        self.assertEqual((answer.code, answer.out), (lib.REFUSED, ""))
        self.assertIn(REGION, answer.error["message"])
        self.assertEqual(self.k.digest(), before)
        self.k.ask("consent", "give", self.plan, "--to", AF, "--sections", "plan,person")
        self.k.ask("consent", "give", self.plan, "--to", "alla", "--sections", "plan")

    def test_it_ends(self):
        self.protect()
        self.k.ask("person", "protect", self.person, "nej")
        self.k.ask("consent", "give", self.plan, "--to", "alla", "--sections", "plan,person")
        lib.meet(self.sites)
        self.assertIn(self.name, self.a.run("plan", "list", as_json=False).out)
        self.assertEqual(self.k.run("print", self.plan).code, lib.DONE)

    def test_refused(self):
        self.a.ask("person", "protect", self.plan, "sekretessmarkering", "--keep", KOMMUN)
        lib.meet(self.sites)
        before = self.r.digest()
        for words in (("plan", "set", self.person, "contact=x"), ("person", "protect", self.plan, "nej"),
                      ("plan", "add", self.plan, "identity", "person=" + self.person, "number=" + self.numbers[1],
                       "--topic", "person")):
            answer = self.r.run(*words)
            self.assertEqual((answer.code, answer.out), (lib.REFUSED, ""), answer)
        self.assertEqual(self.r.digest(), before)
        self.k.ask("plan", "set", self.person, "contact=x")
        before = self.k.digest()
        for code, *words in ((lib.INPUT, self.plan, "hemlig"), (lib.INPUT, self.mine, "sekretessmarkering"),
                             (lib.INPUT, self.plan, "sekretessmarkering", "--keep", "Ingen alls"),
                             (lib.USAGE, self.plan)):
            answer = self.k.run("person", "protect", *words)
            self.assertEqual((answer.code, answer.out), (code, ""), answer)
        self.assertEqual(self.k.digest(), before)

    # the pages

    def test_the_pages_are_told_the_same(self):
        self.protect()
        for site, file in ((self.k, "k"), (self.a, "a")):
            with lib_web.Web(site) as web:
                page = web.unlocked("lösen " + file)
                for words in ("plan/list", "news", "clashes", "conflicts", "proposal/list"):
                    said = str(page.command(words)["result"])
                    for secret in self.secrets[:5]:
                        self.assertNotIn(secret, said, words)
                self.assertEqual(page.ask("POST", f"/api/print/{self.plan}").status, 403)
                self.assertEqual(self.name in str(page.command("plan/show", self.plan)["result"]), site is self.k)

    # several numbers, and no name

    def test_several_numbers_over_time(self):
        more = self.k.ask("plan", "add", self.plan, "identity", "person=" + self.person, "number=" + self.numbers[1],
                          "kind=personnummer", "from=2026-05-01", "--topic", "person")["id"]
        self.assertEqual({lib.values(o, "number")[0] for o in self.k.objects().values()
                          if o["type"] == "identity" and lib.values(o, "person") == [self.person]}, set(self.numbers))
        wrong = self.numbers[0][:-1] + str((int(self.numbers[0][-1]) + 1) % 10)  # another check digit
        for number in (wrong, self.numbers[0][:8] + "-" + self.numbers[0][8:], "1"):
            self.assertEqual(self.k.run("plan", "set", more, "number=" + number).code, lib.INPUT)
        other = self.k.ask("plan", "new", "title=x", "person.number=" + self.numbers[1])["person"]
        pairs = [{p["a"]["id"], p["b"]["id"]} for p in self.k.look("person", "duplicates")]
        self.assertIn({self.person, other}, pairs)

    def test_anonymous(self):
        made = self.k.ask("plan", "new", "title=Anonym väg", "person.sex=kvinna", "person.birth_year=1990")
        row = next(p for p in self.k.ask("plan", "list", "anonym väg") if p["id"] == made["id"])
        self.assertEqual((row["person_name"], row["protected"]), (None, False))
        self.assertEqual(lib.values(self.k.objects()[made["person"]], "anonymous"), ["ja"])
        self.assertIn("(anonym)", self.k.run("plan", "list", "anonym väg", as_json=False).out)


if __name__ == "__main__":
    unittest.main()
