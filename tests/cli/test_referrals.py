"""Remisser and joint assessments as whole processes: which answer may follow which, by whom, with what reason; handed on and
back; and what a kompetensteam stands behind, party by party."""
import pathlib
import shutil
import sys
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))
import lib_samplan as lib

KOMMUN, AF, REGION = "Kommunen", "Arbetsförmedlingen", "Regionen"


class Three(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="samplan-referrals-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.k, cls.a, cls.r = cls.sites = [lib.Site(cls.dir / name, "lösen " + name) for name in "kar"]
        lib.found(cls.k, "Förbundet", KOMMUN, "kommun", "Kim")
        lib.enrol(cls.k, cls.a, AF, "af", "Alex")
        lib.enrol(cls.k, cls.r, REGION, "region", "Robin")
        for site in cls.sites:
            site.ask("remote", "add", "stick", cls.dir / "stick")
        cls.k.look("import", "-", stdin=f"Namn;Huvudman\nGrön rehab;{REGION}\n")
        lib.meet(cls.sites)

    def setUp(self):
        self.plan = self.k.ask("plan", "new", "title=Prov", "huvudansvarig=Kim")["id"]
        self.k.ask("consent", "give", self.plan, "--to", "alla", "--sections", "plan,person")
        self.meet()

    def meet(self):
        lib.meet(self.sites)

    def refused(self, site, code, *args):
        before = site.digest()
        answer = site.run(*args)
        self.assertEqual((answer.code, answer.out), (code, ""), answer)
        self.assertEqual(site.digest(), before)
        return answer.error["message"]

    def matters(self, site, kind):
        return [m for m in site.look("meeting", "agenda", self.plan) if m["matter"] == kind]


class Remiss(Three):
    def setUp(self):
        super().setUp()
        self.id = self.k.ask("remiss", "new", self.plan, "to=" + AF, "reason=Bedömning")["id"]
        self.meet()

    def answer(self, site, *words, id_=None):
        out = site.ask("remiss", "answer", id_ or self.id, *words)
        self.meet()
        return out

    def row(self, site, id_=None):
        return next(r for r in site.ask("remiss", "list", self.plan) if r["id"] == (id_ or self.id))

    def test_each_state_goes_only_where_it_may(self):
        self.refused(self.a, lib.INPUT, "remiss", "answer", self.id, "återlämnad", "--why", "x")
        self.answer(self.a, "mottagen")
        for status in ("mottagen", "avvisad", "anmäld", "klar"):
            self.refused(self.a, lib.INPUT, "remiss", "answer", self.id, status, "--why", "x")
        self.answer(self.a, "återlämnad", "--why", "Utrett")
        for status in ("mottagen", "avvisad", "överlämnad", "återlämnad"):
            self.refused(self.a, lib.INPUT, "remiss", "answer", self.id, status, "--why", "x")

    def test_the_list_tells_which_answers_may_be_given_and_those_may(self):
        def told(site, id_=None):
            return self.row(site, id_)["answers"]
        for site in (self.k, self.r):
            self.assertEqual(told(site), [], "it is not to them")
        for before in ([], ["mottagen"], ["avvisad"], ["mottagen", "återlämnad"], ["överlämnad"]):
            id_ = self.k.ask("remiss", "new", self.plan, "to=" + AF)["id"]
            self.meet()
            for status in before:
                self.a.ask("remiss", "answer", id_, status, "--why", "x")
            may = told(self.a, id_)
            for status in {"mottagen", "avvisad", "överlämnad", "återlämnad"} - set(may):
                self.refused(self.a, lib.INPUT, "remiss", "answer", id_, status, "--why", "x")
            self.assertEqual(may, {(): ["mottagen", "avvisad", "överlämnad"], ("mottagen",): ["överlämnad", "återlämnad"],
                                   ("avvisad",): ["mottagen"]}.get(tuple(before), []))
        id_ = self.k.ask("remiss", "new", self.plan, "to=" + AF)["id"]
        self.meet()
        self.a.ask("remiss", "answer", id_, "avvisad", "--why", "x")
        self.meet()
        self.k.ask("remiss", "settle", id_)
        self.meet()
        self.assertEqual(told(self.a, id_), [], "its sender has taken note")

    def test_no_way_around_by_setting_the_field(self):
        self.refused(self.k, lib.REFUSED, "plan", "set", self.id, "status=mottagen")
        self.refused(self.r, lib.REFUSED, "plan", "set", self.id, "status=mottagen")
        self.refused(self.a, lib.INPUT, "plan", "set", self.id, "status=återlämnad", "status_reason=x")
        self.refused(self.a, lib.INPUT, "plan", "set", self.id, "status=avvisad")
        self.refused(self.k, lib.INPUT, "plan", "add", self.plan, "remiss", "to=" + AF, "status=mottagen")
        self.a.ask("plan", "set", self.id, "status=mottagen")
        self.k.ask("plan", "set", self.id, "reason=Mer text")

    def test_only_the_receiver_answers_and_only_the_sender_takes_note(self):
        for site in (self.k, self.r):
            self.assertIn(AF, self.refused(site, lib.REFUSED, "remiss", "answer", self.id, "mottagen"))
        self.refused(self.k, lib.INPUT, "remiss", "settle", self.id)  # nothing has come back
        self.answer(self.a, "avvisad", "--why", "Fel mottagare")
        for site in (self.a, self.r):
            self.assertIn(KOMMUN, self.refused(site, lib.REFUSED, "remiss", "settle", self.id))

    def test_what_comes_back_waits_for_the_sender(self):
        for status in ("avvisad", "återlämnad"):
            id_ = self.k.ask("remiss", "new", self.plan, "to=" + AF)["id"]
            self.meet()
            if status == "återlämnad":
                self.answer(self.a, "mottagen", id_=id_)
            self.refused(self.a, lib.INPUT, "remiss", "answer", id_, status)  # no reason
            self.answer(self.a, status, "--why", "Utrett, inget mer hos oss", id_=id_)
            mine = [m for m in self.matters(self.k, "remiss") if m["remiss"]["id"] == id_]
            self.assertEqual([m["ours"] for m in mine], [True])
            self.assertIn("Utrett, inget mer hos oss", self.k.run("meeting", "agenda", self.plan, as_json=False).out)
            news = self.k.look("news", "--peek")
            self.assertIn(id_, [m["remiss"]["id"] for m in news["decisions"] if m["matter"] == "remiss"])
            self.assertNotIn(id_, [m["remiss"]["id"] for m in self.matters(self.a, "remiss")])
            self.assertTrue(self.row(self.k, id_)["back"])
            self.k.ask("remiss", "settle", id_)
            self.assertNotIn(id_, [m["remiss"]["id"] for m in self.matters(self.k, "remiss")])
            self.assertFalse(self.row(self.k, id_)["back"])
            self.refused(self.k, lib.INPUT, "remiss", "settle", id_)

    def test_who_refused_may_change_its_mind_until_the_sender_has_taken_note(self):
        self.answer(self.a, "avvisad", "--why", "Fullt")
        self.answer(self.a, "mottagen")
        self.assertEqual((self.row(self.k)["status"], self.row(self.k)["status_reason"]), ("mottagen", None))
        self.id = self.k.ask("remiss", "new", self.plan, "to=" + AF)["id"]
        self.meet()
        self.answer(self.a, "avvisad", "--why", "Fullt")
        self.k.ask("remiss", "settle", self.id)
        self.meet()
        self.refused(self.a, lib.INPUT, "remiss", "answer", self.id, "mottagen")

    def test_handed_on_to_another(self):
        made = self.answer(self.a, "överlämnad", "--to", REGION, "--why", "Medicinsk fråga")["handed_on"]
        row = self.row(self.r, made)
        self.assertEqual([row[k] for k in ("from", "to", "status", "reason", "follows", "waits")],
                         [AF, REGION, "anmäld", "Medicinsk fråga", self.id, True])
        self.assertEqual(self.row(self.k)["status"], "överlämnad")
        self.answer(self.r, "mottagen", id_=made)
        self.refused(self.a, lib.INPUT, "remiss", "answer", self.id, "mottagen")
        self.refused(self.r, lib.USAGE, "remiss", "answer", made, "återlämnad", "--to", AF, "--why", "x")
        self.refused(self.r, lib.INPUT, "remiss", "answer", made, "överlämnad", "--to", REGION)

    def test_list_in_words(self):
        self.answer(self.a, "avvisad", "--why", "Fel mottagare")
        text = self.k.run("remiss", "list", self.plan, as_json=False).out
        self.assertIn(f"{KOMMUN} → {AF}", text)
        self.assertIn("Fel mottagare", text)
        self.assertIn(self.id, text)


class Assessment(Three):
    def made(self, *more):
        id_ = self.k.ask("assessment", "new", self.plan, "text=Arbetsträning i liten grupp",
                         f"parties={KOMMUN};{AF};{REGION}", "recommended=Grön rehab", *more)["id"]
        self.meet()
        return id_

    def one(self, site, id_):
        return next(a for a in site.ask("assessment", "list", self.plan) if a["id"] == id_)

    def agreeing(self, site, id_):
        return {p["party"] for p in self.one(site, id_)["parties"] if p["agrees"]}

    def test_each_party_stands_behind_it_itself(self):
        remiss = self.k.ask("remiss", "new", self.plan, "to=" + AF)["id"]
        id_ = self.made("remiss=" + remiss)
        self.assertEqual((self.agreeing(self.a, id_), self.one(self.a, id_)["complete"]), ({KOMMUN}, False))
        self.assertEqual([m["assessment"]["id"] for m in self.matters(self.a, "assessment")], [id_])
        self.assertEqual(self.matters(self.k, "assessment"), [])
        news = self.a.look("news", "--peek")
        self.assertIn(id_, [m["assessment"]["id"] for m in news["decisions"] if m["matter"] == "assessment"])
        self.a.ask("assessment", "agree", id_)
        self.r.ask("assessment", "agree", id_, "--opinion", "Hälsan först")
        self.meet()
        for site in self.sites:
            self.assertTrue(self.one(site, id_)["complete"])
            self.assertEqual(self.matters(site, "assessment"), [])
        self.assertEqual([p["opinion"] for p in self.one(self.k, id_)["parties"] if p["party"] == REGION], ["Hälsan först"])
        self.assertEqual(len(self.one(self.k, id_)["fields"]["recommended"]), 1)
        text = self.k.run("assessment", "list", self.plan, as_json=False).out
        self.assertIn(f"{REGION}: står bakom den; Hälsan först", text)

    def test_what_is_changed_must_be_agreed_on_anew(self):
        id_ = self.made()
        for site in (self.a, self.r):
            site.ask("assessment", "agree", id_)
        self.meet()
        self.k.ask("plan", "set", id_, "text=Något annat")
        self.meet()
        self.assertEqual((self.agreeing(self.a, id_), self.one(self.a, id_)["complete"]), (set(), False))
        self.assertTrue(all(p["earlier"] for p in self.one(self.a, id_)["parties"]))
        self.assertEqual(len(self.matters(self.k, "assessment")), 1)
        self.k.ask("assessment", "agree", id_)
        self.a.ask("assessment", "agree", id_)
        self.meet()
        self.assertEqual(self.agreeing(self.r, id_), {KOMMUN, AF})

    def test_nobody_agrees_for_another(self):
        id_ = self.made()
        theirs = next(o for o in self.k.objects().values() if o["type"] == "agreement" and lib.values(o, "assessment") == [id_])
        matter = lib.values(theirs, "matter")[0]
        self.k.ask("plan", "add", self.plan, "agreement", "assessment=" + id_, "matter=" + matter)
        self.meet()
        self.assertEqual(self.agreeing(self.r, id_), {KOMMUN})

    def test_two_change_it_at_once(self):
        id_ = self.made()
        self.k.ask("plan", "set", id_, "text=Ett")
        self.a.ask("plan", "set", id_, "text=Två")
        self.meet()
        self.refused(self.r, lib.INPUT, "assessment", "agree", id_)
        self.assertEqual(self.agreeing(self.r, id_), set())

    def test_two_agree_at_once(self):
        id_ = self.made()
        self.a.ask("assessment", "agree", id_)
        self.r.ask("assessment", "agree", id_)
        self.meet()
        self.assertEqual(self.agreeing(self.k, id_), {KOMMUN, AF, REGION})
        self.assertEqual(self.k.look("conflicts", self.plan), [])

    def test_refused(self):
        note = self.k.ask("plan", "add", self.plan, "note", "text=x")["id"]
        for words in (("text= ", f"parties={KOMMUN};{AF}"), (f"parties={KOMMUN};{AF}",), ("text=x",),
                      ("text=x", "parties=" + KOMMUN), ("text=x", f"parties={AF};{REGION}"),
                      ("text=x", f"parties={KOMMUN};{AF}", "recommended=finns inte")):
            self.refused(self.k, lib.INPUT, "assessment", "new", self.plan, *words)
        id_ = self.k.ask("assessment", "new", self.plan, "text=x", f"parties={KOMMUN};{AF}")["id"]
        self.meet()
        self.refused(self.k, lib.INPUT, "assessment", "agree", id_)  # said so when it was made
        self.refused(self.r, lib.REFUSED, "assessment", "agree", id_)
        self.refused(self.k, lib.INPUT, "assessment", "agree", note)


if __name__ == "__main__":
    unittest.main()
