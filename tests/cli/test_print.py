"""Out: the printed plan for the person, and the text for the own authority's journal."""
import html.parser
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lib_samplan as lib

EVIL = '<script>alert("x")</script>&amp; \'"'
VOID = {"meta", "br"}


class Page(html.parser.HTMLParser):
    """Checks that elements nest, and collects the text, the tags and the attributes."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], ""
        self.feed(text)
        self.close()
        assert self.open == [], self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.text += data


class Print(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="samplan-print-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.k, cls.a = (lib.Site(cls.dir / name, "lösen " + name) for name in "ka")
        lib.found(cls.k, "Förbundet", "Kommunen", "kommun", "Kim")
        lib.enrol(cls.k, cls.a, "Arbetsförmedlingen", "af", "Alex")
        for site in (cls.k, cls.a):
            site.ask("remote", "add", "stick", cls.dir / "stick")
        lib.meet((cls.k, cls.a))
        cls.k.ask("import", "-", stdin="Namn;Huvudman;Kontakt\nGrön rehab;Kommunen;Odlingsteamet\n")

    def setUp(self):
        made = self.k.ask("plan", "new", "person.name=Testperson Ett", "title=Väg till arbete", "huvudansvarig=Kim",
                          "aim=Försörja mig själv.\nMå bra.", "follow_up=2026-10-15")
        self.plan, self.person = made["id"], made["person"]

    def add(self, site, type_, *words):
        return site.ask("plan", "add", self.plan, type_, *words)["id"]

    def share(self):
        self.k.ask("consent", "give", self.plan, "--to", "alla", "--sections", "plan,person")
        lib.meet((self.k, self.a))

    def page(self, site=None, *options):
        answer = (site or self.k).run("--today", "2026-09-01", "print", self.plan, *options, as_json=False)
        self.assertEqual(answer.code, lib.DONE, answer)
        return Page(answer.out)

    def test_what_the_person_reads(self):
        self.share()
        activity = self.add(self.k, "activity", "kind=studier", "text=Svenska", "from=2026-08-24", "to=2026-12-18",
                            "extent=75%", "insats=" + self.k.ask("insats", "list")[0]["id"])
        self.add(self.k, "slot", "activity=" + activity, "weekday=1", "start=09:00", "end=12:00")
        self.add(self.k, "activity", "kind=vård", "status=klar", "text=Klart redan")
        self.add(self.k, "goal", "text=Läsa klart", "target_date=2027-06-30")
        meeting = self.add(self.k, "meeting", "kind=SIP", "when=2026-10-15T08:00Z")
        self.add(self.k, "decision", "meeting=" + meeting, "text=Ny praktikplats", "party=Arbetsförmedlingen",
                 "due=2026-10-01")
        self.add(self.a, "activity", "kind=praktik", "text=Lager", "extent=4halvdagar")
        self.a.ask("disclose", self.plan)
        lib.meet((self.k, self.a))
        text = self.page().text
        for words in ("Testperson Ett", "Väg till arbete", "Må bra.", "Läsa klart – senast 30 juni 2027", "Svenska",
                      "från 24 augusti 2026 till 18 december 2026", "75 procent av heltid", "måndag 09:00–12:00",
                      "Grön rehab: Odlingsteamet", "4 halvdagar i veckan", "Arbetsförmedlingen", "Ny praktikplats",
                      "1 oktober 2026", "torsdag 15 oktober 2026", "SIP: torsdag 15 oktober 2026, klockan 10:00",
                      "Håller ihop din plan: Kim", "Vilken myndighet vet vad", "Det här har du sagt ja till",
                      "Underskrifter", "Datum", "Utskriven 1 september 2026, Kommunen"):
            self.assertIn(words, text)
        self.assertLess(text.index("Svenska"), text.index("Det här är avslutat"))
        self.assertLess(text.index("Det här är avslutat"), text.index("Klart redan"))

    def test_who_knows_what(self):
        self.share()
        self.add(self.k, "activity", "kind=SFI")
        self.k.ask("disclose", self.plan, "--sections", "plan")
        know = self.page().text.split("Vilken myndighet vet vad")[1].split("Det här har du sagt ja till")[0]
        self.assertIn("Arbetsförmedlingendet som planeras och beslutas: gemensamt; skrivet av Kommunen", know)
        self.assertIn("Kommunendet som planeras och beslutas: gemensamt; egna anteckningar", know)
        self.assertNotIn("hälsa", know)

    def test_notes_and_health_stay_out(self):
        self.add(self.k, "note", "text=Anteckningen", "--own")
        self.add(self.k, "note", "text=Sjukdomen", "--topic", "halsa", "--own")
        self.add(self.k, "kartlaggning_halsa", "health=Tillståndet")
        text = self.page().text
        for words in ("Anteckningen", "Sjukdomen", "Tillståndet"):
            self.assertNotIn(words, text)

    def test_nothing_in_a_text_becomes_markup(self):
        self.k.ask("plan", "set", self.plan, "title=" + EVIL, "aim=" + EVIL)
        self.k.ask("plan", "set", self.person, "name=" + EVIL)
        self.add(self.k, "activity", "kind=annat", "text=" + EVIL, "place=" + EVIL)
        self.add(self.k, "goal", "text=" + EVIL)
        self.add(self.k, "decision", "text=" + EVIL)
        page = self.page()
        self.assertNotIn("script", page.tags)
        self.assertGreaterEqual(page.text.count(EVIL), 6)

    def test_nothing_comes_from_elsewhere(self):
        page = self.page()
        self.assertEqual({t for t in page.tags if t in ("link", "img", "script", "iframe")}, set())
        self.assertEqual([a for a in page.attributes if a[0] in ("src", "href", "onload")], [])
        self.assertIn(("content", "default-src 'none'; style-src 'unsafe-inline'"), page.attributes)
        self.assertIn(("lang", "sv"), page.attributes)

    def test_into_a_file_that_only_its_owner_reads(self):
        path = self.dir / "plan.html"
        answer = self.k.ask("print", self.plan, "--html", path)
        self.assertEqual((answer["file"], answer["bytes"]), (str(path), path.stat().st_size))
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertTrue(path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>"))
        self.assertEqual(self.k.ask("print", self.plan)["html"], path.read_text(encoding="utf-8"))
        self.assertEqual(self.k.run("print", self.plan, "--html", self.dir / "no/such/plan.html").code, lib.STORAGE)

    def test_an_empty_plan(self):
        plan = self.k.ask("plan", "new")["id"]
        text = Page(self.k.run("print", plan, as_json=False).out).text
        for words in ("En plan för dig", "Inga mål är skrivna än.", "Inget är planerat just nu.", "inte bestämt än",
                      "Ingen dag är bestämd än.", "Inget samtycke är antecknat"):
            self.assertIn(words, text)

    def refused(self, site, plan):
        path = self.dir / "not-there.html"
        for options in ((), ("--html", path)):
            answer = site.run("print", plan, *options)
            self.assertEqual((answer.code, answer.out, answer.error["code"]), (lib.REFUSED, "", "refused"), answer)
        self.assertFalse(path.exists())

    def test_refused_for_a_protected_person(self):
        for word in ("sekretessmarkering", "skyddad folkbokföring", "fingerade uppgifter"):
            self.k.ask("plan", "set", self.person, "protected=" + word)
            self.refused(self.k, self.plan)
        self.k.ask("plan", "set", self.person, "protected=nej")
        self.page()

    def test_refused_while_two_do_not_agree_that_a_person_is_protected(self):
        self.share()
        self.k.ask("plan", "set", self.person, "protected=sekretessmarkering")
        self.a.ask("plan", "set", self.person, "protected=nej")
        lib.meet((self.k, self.a))
        self.refused(self.k, self.plan)

    def test_refused_where_the_same_person_is_protected_elsewhere(self):
        other = self.k.ask("plan", "new", "person.protected=sekretessmarkering")
        self.k.ask("person", "join", self.person, other["person"])
        self.refused(self.k, self.plan)

    def test_refused_where_it_cannot_be_known(self):
        self.k.ask("consent", "give", self.plan, "--to", "Arbetsförmedlingen", "--sections", "plan")
        lib.meet((self.k, self.a))
        self.refused(self.a, self.plan)

    def test_no_such_plan(self):
        answer = self.k.run("print", "01890a5d-ac96-774b-bcce-b302099a8057")
        self.assertEqual((answer.code, answer.out), (lib.INPUT, ""))

    # into the journal

    def test_copy_has_own_activities_and_joint_decisions(self):
        self.share()
        self.add(self.k, "activity", "kind=SFI", "text=Kurs B", "from=2026-08-24", "to=2026-12-18", "extent=50%",
                 "place=Skolgatan 2")
        self.add(self.a, "activity", "kind=praktik", "text=Lager")
        self.a.ask("disclose", self.plan)
        self.add(self.a, "decision", "text=Ny plats", "party=Arbetsförmedlingen", "due=2026-10-01")
        lib.meet((self.k, self.a))
        text = self.k.run("copy", self.plan, as_json=False).out
        for words in ("- SFI, 2026-08-24 – 2026-12-18, 50%", "vad: Kurs B", "ansvarig: Kim", "plats: Skolgatan 2",
                      "- Ny plats", "vem: Arbetsförmedlingen", "huvudansvarig: Kim"):
            self.assertIn(words, text)
        self.assertNotIn("Lager", text)
        self.assertNotIn("Testperson", text)
        self.assertIn("Lager", self.a.ask("copy", self.plan)["text"])

    # one plan for the person

    def others(self):
        """A second plan of the same person, one of a registration that is joined with it, and a closed one."""
        second = self.k.ask("plan", "new", "title=Andra vägen", "person=" + self.person, "aim=Körkort")["id"]
        joined = self.k.ask("plan", "new", "title=Tredje vägen", "person.name=Testperson Ettan")
        self.k.ask("person", "join", self.person, joined["person"])
        closed = self.k.ask("plan", "new", "title=Gamla vägen", "person=" + self.person)["id"]
        for plan, text in ((second, "Körlektioner"), (joined["id"], "Läxhjälp"), (closed, "Förr i tiden")):
            self.k.ask("plan", "add", plan, "activity", "kind=annat", "text=" + text, "from=2026-08-24")
        self.k.ask("plan", "add", joined["id"], "decision", "text=Gemensamt beslut", "due=2026-10-01")
        self.k.ask("plan", "close", closed, "closing_reason=annat", "--end", "klar")
        return second, joined["id"]

    def test_print_is_of_all_the_persons_plans(self):
        self.share()
        self.others()
        text = self.page().text
        for words in ("Väg till arbete", "Andra vägen", "Tredje vägen", "Körkort", "Körlektioner", "Läxhjälp",
                      "Gemensamt beslut"):
            self.assertIn(words, text)
        self.assertNotIn("Förr i tiden", text)
        self.assertNotIn("Gamla vägen", text)

    def test_others_print_only_what_they_may_read(self):
        self.share()
        second, third = self.others()
        self.k.ask("consent", "give", third, "--to", "alla", "--sections", "plan")
        self.k.ask("disclose", third)
        lib.meet((self.k, self.a))
        text = self.page(self.a).text
        self.assertIn("Läxhjälp", text)
        self.assertNotIn("Körlektioner", text)
        self.k.ask("person", "split", self.person)
        lib.meet((self.k, self.a))
        self.assertNotIn("Läxhjälp", self.page(self.a).text)

    def test_copy_is_of_all_the_persons_plans(self):
        self.share()
        self.others()
        text = self.k.ask("copy", self.plan)["text"]
        for words in ("Körkort", "Körlektioner", "Läxhjälp", "Gemensamt beslut", "andra planer för samma person: 2"):
            self.assertIn(words, text)
        self.assertNotIn("Förr i tiden", text)
        self.assertNotIn("Andra vägen", text)

    def test_a_groups_insats_is_named(self):
        self.k.ask("group", "new", "Grön rehab", "name=Vår " + self.plan)
        self.k.ask("group", "join", "Vår " + self.plan, self.plan, "kind=förstegsplats")
        self.assertIn("insats: Grön rehab", self.k.ask("copy", self.plan)["text"])
        self.assertIn("Grön rehab", self.page().text)

    def test_copy_leaves_places_out_for_a_protected_person(self):
        self.add(self.k, "activity", "kind=SFI", "place=Hemliga gatan 2")
        self.k.ask("plan", "set", self.person, "protected=sekretessmarkering")
        text = self.k.ask("copy", self.plan)["text"]
        self.assertIn("- SFI", text)
        self.assertNotIn("Hemliga", text)


if __name__ == "__main__":
    unittest.main()
