"""Tables in: insatser, participants and activities from CSV, tried out first, run twice, and hostile ones."""
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))
import lib_samplan as lib

NUMBERS = (TESTS / "data/testpersonnummer.txt").read_text().split()
OWNERS = [("Mjölby kommun", "kommun"), ("Motala kommun", "kommun"), ("Arbetsförmedlingen", "af")]


class Tables(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = lib.Stage()
        cls.addClassCleanup(cls.stage.remove)
        for (name, kind), site in zip(OWNERS, cls.sites()):
            if name == OWNERS[0][0]:
                lib.found(site, "Förbundet", name, kind, "Kim")
            else:
                lib.enrol(cls.sites()[0], site, name, kind, "Alex" if kind == "af" else "Mo")
            site.ask("remote", "add", "stick", cls.stage.dir / "stick")
        lib.meet(cls.sites())
        cls.stage.keep()

    @classmethod
    def sites(cls):
        return [lib.Site(cls.stage.dir / name, "lösen " + name) for name in ("k", "m", "a")]

    def setUp(self):
        self.stage.restore()
        self.k, self.m, self.a = self.sites()

    def take(self, table, *options, site=None, codes=(lib.DONE,)):
        path = self.stage.dir / "table.csv"
        path.write_bytes(table if isinstance(table, bytes) else table.encode())
        return (site or self.k).ask("import", path, *options, codes=codes)

    def refused(self, table, *options, code=lib.INPUT):
        path = self.stage.dir / "table.csv"
        path.write_bytes(table if isinstance(table, bytes) else table.encode())
        before = self.k.digest()
        answer = self.k.run("import", path, *options)
        self.assertEqual((answer.code, answer.out), (code, ""), answer)
        self.assertEqual(self.k.digest(), before)
        return answer.error["message"]

    def map(self, text):
        path = self.stage.dir / "map.txt"
        path.write_text(text, encoding="utf-8")
        return "--map", path

    def counts(self, answer):
        return [answer[key] for key in ("new", "changed", "same", "refused_rows")]

    def of_type(self, type_, site=None):
        return [o for o in (site or self.k).objects().values() if o["type"] == type_]

    def plan(self, plan):
        return self.k.look("plan", "show", plan)["fields"]


class Insatser(Tables):
    FILE = TESTS / "data/insatser.csv"

    def test_the_real_catalogue(self):
        answer = self.k.look("import", self.FILE)
        self.assertEqual((answer["as"], answer["rows"], answer["not_used"]), ("insatser", 13, []))
        self.assertEqual(self.counts(answer), [8, 0, 0, 5])
        self.assertEqual([(r["line"], r["column"], r["value"]) for r in answer["refused"]],
                         [(4, "owner", "Boxholms kommun"), (5, "owner", "Vadstena kommun"),
                          (6, "owner", "Ödeshögs kommun"), (7, "owner", "Landstinget i Östergötland"),
                          (13, "owner", "Ödeshögs kommun")])
        one = [o for o in self.of_type("insats") if lib.values(o, "name") == ["Motala Fontänhus"]][0]
        self.assertEqual((one["section"], one["owner"]), (one["section"], None))
        self.assertEqual(lib.values(one, "goals"), ["certifieras under året\nVolym: 46 medlemmar"])
        self.assertEqual(lib.values(one, "owner_party"), [self.m.ask("status")["party_id"]])
        team = [o for o in self.of_type("insats") if lib.values(o, "name") == ["Kompetensteam 2 (Team Linus)"]][0]
        self.assertEqual(len(team["fields"]["target_groups"]), 2)

    def test_a_dry_run_says_what_would_happen_and_does_nothing(self):
        before = self.k.digest()
        answer = self.k.look("import", self.FILE, "--dry-run")
        self.assertEqual(self.counts(answer), [8, 0, 0, 5])
        self.assertEqual((len(answer["would"]), answer["would"][0]["line"], answer["would"][0]["action"]), (8, 2, "new"))
        self.assertIn({"field": "area", "old": None, "new": "Mjölby;Boxholm;Ödeshög"}, answer["would"][0]["fields"])
        self.assertEqual(self.k.digest(), before)
        text = self.k.run("import", self.FILE, "--dry-run", as_json=False).out
        self.assertIn("rad 4, owner, \"Boxholms kommun\": ingen i förbundet heter så (väntade mig", text)
        self.assertIn("Ett prov: inget sparades.", text)

    def test_a_second_run_sets_only_what_differs(self):
        self.k.look("import", self.FILE)
        before = self.k.digest()
        self.assertEqual(self.counts(self.k.look("import", self.FILE)), [0, 0, 8, 5])
        self.assertEqual(self.k.digest(), before)
        table = self.FILE.read_text(encoding="utf-8").replace("46 medlemmar", "50 medlemmar")
        answer = self.take(table, codes=(lib.LOOK,))
        self.assertEqual(self.counts(answer), [0, 1, 7, 5])
        self.assertEqual(self.counts(self.take(table, "--dry-run", codes=(lib.LOOK,))), [0, 0, 8, 5])

    def test_a_mapping_says_whom_a_name_means(self):
        mapping = self.map("# andra namn\nowner[Landstinget i Östergötland] = Motala kommun\nowner[Boxholms kommun] = \n"
                           "volume = insats.budget\n  \nowner[Vadstena kommun]=Motala kommun\nvolume = -\n")
        self.assertIn("7: volume = -", self.refused(self.FILE.read_bytes(), *mapping))
        mapping = self.map("owner[Landstinget i Östergötland] = Motala kommun\nowner[Boxholms kommun] =\nvolume = -\n")
        answer = self.k.look("import", self.FILE, *mapping)
        self.assertEqual(self.counts(answer), [10, 0, 0, 3])

    def test_refused_cells_can_be_left_out(self):
        answer = self.k.look("import", self.FILE, "--leave-refused-cells")
        self.assertEqual((self.counts(answer), answer["refused_cells"]), ([13, 0, 0, 0], 5))

    def test_all_or_nothing(self):
        message = self.refused(self.FILE.read_bytes(), "--all-or-nothing")
        self.assertIn("rad 4 owner \"Boxholms kommun\"", message)
        self.assertEqual(self.counts(self.take("name,area\nA,B\nC,D\n", "--all-or-nothing")), [2, 0, 0, 0])

    def test_two_sites_that_import_the_same_make_the_same(self):
        for site in (self.k, self.m):
            site.look("import", self.FILE)
        lib.meet((self.k, self.m))
        self.assertEqual(self.k.digest(), self.m.digest())
        self.assertEqual((len(self.of_type("insats")), self.k.look("conflicts")), (8, []))
        self.assertEqual(self.counts(self.m.look("import", self.FILE)), [0, 0, 8, 5])

    def test_contact_functions_are_made_once(self):
        table = "Namn;Huvudman;Kontakt\nEtt;Motala kommun;Teamet\nTvå;Motala kommun;Teamet\nTre;Mjölby kommun;Teamet\n"
        self.assertEqual(self.counts(self.take(table)), [3, 0, 0, 0])
        self.assertEqual(len(self.of_type("function")), 2, "one for each party")

    def test_one_that_was_made_by_hand_is_known_by_its_name(self):
        self.k.ask("apply", "-", stdin=json.dumps({"op": "new", "type": "insats", "set": {"name": "GRÖN  rehab"}}))
        self.assertEqual(self.counts(self.take("name,area\nGrön rehab,Motala\n")), [0, 1, 0, 0])

    def test_a_key_lets_the_name_change(self):
        self.take("key,name,area\n1,Ett,A\n2,Två,B\n")
        self.assertEqual(self.counts(self.take("key,name,area\n1,Första,A\n2,Två,B\n")), [0, 1, 1, 0])
        self.assertEqual(self.counts(self.take("key,name,area\n1,Första,A\n1,Igen,A\n", codes=(lib.LOOK,))),
                         [0, 0, 1, 1])

    def test_what_was_removed_stays_away(self):
        self.take("name,area\nEtt,A\n")
        self.k.ask("plan", "remove", self.of_type("insats")[0]["id"])
        answer = self.take("name,area\nEtt,A\n", codes=(lib.LOOK,))
        self.assertIn("borttaget", answer["refused"][0]["reason"])

    def test_an_empty_cell_unsets_nothing(self):
        self.take("name,area,purpose\nEtt,A,P\n")
        self.assertEqual(self.counts(self.take("name,area,purpose\nEtt,,\n")), [0, 0, 1, 0])


class Participants(Tables):
    def test_with_and_without_a_number(self):
        table = ("\ufeffPersonnummer;Namn;Löpnummer;Kön;Födelseår;Kommun;Startdatum;Behov;Skydd\r\n"
                 f"{NUMBERS[0][:8]}-{NUMBERS[0][8:]};Testperson Ett;;kvinna;1985;Motala;2026-01-12;\"tolk;bostad\";Nej\r\n"
                 ";;17;man;1990;Motala;2026-02-02;;\r\n;;;;;;;;\r\n")
        answer = self.take(table)
        self.assertEqual((answer["as"], self.counts(answer)), ("participants", [2, 0, 0, 0]))
        plans = {p["title"]: p for p in self.k.ask("plan", "list")}
        self.assertEqual((plans[None]["person_name"], plans["Deltagare 17"]["person_name"]), ("Testperson Ett", None))
        self.assertEqual(sorted(plans[None]["fields"]["needs"]), ["bostad", "tolk"])
        anonymous = {lib.values(o, "sex")[0]: lib.values(o, "anonymous") for o in self.of_type("person")}
        self.assertEqual(anonymous, {"kvinna": ["nej"], "man": ["ja"]})
        self.assertEqual([lib.values(o, "number") for o in self.of_type("identity")], [[NUMBERS[0]]])
        before = self.k.digest()
        self.assertEqual(self.counts(self.take(table)), [0, 0, 2, 0])
        self.assertEqual(self.k.digest(), before)
        changed = self.take(table.replace("man;1990;Motala", "man;1990;Mjölby").replace("bostad", "läsning"))
        self.assertEqual(self.counts(changed), [0, 2, 0, 0])

    def test_every_refused_cell_with_line_column_value_and_what_is_expected(self):
        table = ("Personnummer;Namn;Startdatum;Status;Födelseår\n"
                 f"198501192383;Testperson Ett;2026-02-30;påbörjad;nitton\n{NUMBERS[0]};;;;\n;Testperson Två;;;\n"
                 f"{NUMBERS[0]};;;;\n")
        answer = self.take(table, codes=(lib.LOOK,))
        self.assertEqual((self.counts(answer), answer["refused_cells"]), ([1, 0, 0, 3], 6))
        self.assertEqual([(r["line"], r["column"], r["value"]) for r in answer["refused"]],
                         [(2, "Personnummer", "198501192383"), (2, "Startdatum", "2026-02-30"),
                          (2, "Status", "påbörjad"), (2, "Födelseår", "nitton"), (4, None, ""), (5, None, "")])
        self.assertEqual(answer["refused"][2]["expected"], "utkast, aktiv, vilande, avslutad")
        self.assertTrue(all(r["reason"] and r["code"] == "input" for r in answer["refused"]))

    def test_an_anonymous_person_has_no_number(self):
        table = f"Personnummer,Anonym\n{NUMBERS[0]},Ja\n{NUMBERS[1]},nej\n"
        self.assertEqual(self.counts(self.take(table, codes=(lib.LOOK,))), [1, 0, 0, 1])

    def test_a_further_number_by_plan_id(self):
        self.take(f"Personnummer,Namn\n{NUMBERS[0]},Testperson Ett\n{NUMBERS[1]},Testperson Två\n")
        plan = self.k.ask("plan", "list", "Ett")[0]["id"]
        self.assertEqual(self.counts(self.take(f"Plan,Personnummer\n{plan},{NUMBERS[2]}\n")), [0, 1, 0, 0])
        self.assertEqual(self.counts(self.take(f"Plan,Personnummer\n{plan},{NUMBERS[2]}\n")), [0, 0, 1, 0])
        self.assertEqual(self.counts(self.take(f"Plan,Personnummer\n{plan},{NUMBERS[1]}\n", codes=(lib.LOOK,))),
                         [0, 0, 0, 1])

    def test_no_id_follows_from_a_number(self):
        self.take(f"Personnummer\n{NUMBERS[0]}\n", "--as", "participants")
        self.take(f"Personnummer\n{NUMBERS[0]}\n", "--as", "participants", site=self.m)
        ids = [{o["id"] for o in site.objects().values() if o["type"] in ("plan", "person", "identity")}
               for site in (self.k, self.m)]
        self.assertEqual((len(ids[0]), ids[0] & ids[1]), (3, set()))

    def test_one_transaction_a_row(self):
        before = self.k.ask("digest")["transactions"]
        self.take("Personnummer\n" + "\n".join(NUMBERS[:5]) + "\n")
        self.assertEqual(self.k.ask("digest")["transactions"], before + 5)


class Activities(Tables):
    HEAD = "Personnummer;Aktivitet;Typ;Från;Till;Omfattning;Insats;Ansvarig\n"

    def setUp(self):
        super().setUp()
        self.take(f"Personnummer,Namn\n{NUMBERS[0]},Testperson Ett\n{NUMBERS[1]},Testperson Två\n")
        self.take("name,owner\nGrön rehab,Motala kommun\n")

    def activities(self):
        return self.of_type("activity")

    def test_by_number(self):
        table = self.HEAD + (f"{NUMBERS[0]};Svenska;Studier;2026-08-24;;75 %;grön rehab;\n"
                             f"{NUMBERS[0]};Matematik;Studier;2026-08-24;;25 %;;Kim\n"
                             f"{NUMBERS[1]};;praktik;;;4halvdagar;;\n")
        answer = self.take(table)
        self.assertEqual((answer["as"], self.counts(answer)), ("activities", [3, 0, 0, 0]))
        self.assertEqual(self.counts(self.take(table)), [0, 0, 3, 0])
        changed = table.replace("25 %", "50%").replace("Svenska;Studier;2026-08-24;;", "Svenska;Studier;2026-08-24;2026-12-18;")
        self.assertEqual(self.counts(self.take(changed)), [0, 2, 1, 0])
        self.assertEqual(len(self.activities()), 3)
        self.assertEqual({o["owner"] for o in self.activities()}, {self.k.ask("status")["party_id"]})

    def test_by_plan_and_key(self):
        plan = self.k.ask("plan", "list", "Ett")[0]["id"]
        self.take(f"plan,key,kind,from\n{plan},a1,SFI,2026-01-01\n{plan},a2,SFI,2026-01-01\n")
        moved = self.take(f"plan,key,kind,from\n{plan},a2,coaching,2026-03-01\n{plan},a1,SFI,2026-01-01\n")
        self.assertEqual((self.counts(moved), len(self.activities())), ([0, 1, 1, 0], 2))

    def test_what_is_refused(self):
        unknown = "01890a5d-ac96-774b-bcce-b302099a8057"
        table = ("Plan;Personnummer;Typ;Insats;Ansvarig;Omfattning\n" + f"{unknown};;SFI;;;\n;{NUMBERS[9]};SFI;;;\n;;SFI;;;\n"
                 + f";{NUMBERS[0]};simning;Finns inte;Ingen;300%\n;{NUMBERS[0]};;;;\nnej;;SFI;;;\n")
        answer = self.take(table, codes=(lib.LOOK,))
        self.assertEqual(self.counts(answer), [0, 0, 0, 6])
        self.assertEqual([(r["line"], r["column"]) for r in answer["refused"]],
                         [(2, "Plan"), (3, "Personnummer"), (4, None), (5, "Typ"), (5, "Insats"), (5, "Ansvarig"),
                          (5, "Omfattning"), (6, None), (7, "Plan")])

    def test_two_plans_need_a_plan_id(self):
        person = self.k.ask("plan", "list", "Ett")[0]["person"]
        second = self.k.ask("plan", "new", "person=" + person)["id"]
        table = f"Personnummer,Typ\n{NUMBERS[0]},SFI\n"
        self.assertEqual(self.counts(self.take(table, codes=(lib.LOOK,))), [0, 0, 0, 1])
        self.k.ask("plan", "set", second, "status=avslutad")
        self.assertEqual(self.counts(self.take(table)), [1, 0, 0, 0])


class Joined(Tables):
    """Two registrations of one person, that somebody has joined: rows find that person, by whichever number."""

    def setUp(self):
        super().setUp()
        self.take(f"Personnummer,Namn\n{NUMBERS[0]},Testperson Ett\n{NUMBERS[1]},Testperson Ett\n")
        self.first, self.second = sorted(self.k.ask("plan", "list", "Ett"), key=lambda p: p["id"])
        self.k.ask("person", "join", self.first["person"], self.second["person"])

    def numbers_of(self, plan):
        return [lib.values(o, "number")[0] for o in self.of_type("identity")
                if lib.values(o, "person") == [plan["person"]]]

    def test_a_row_changes_the_first_plan_whichever_number_it_has(self):
        for number, aim in ((NUMBERS[0], "Arbete"), (NUMBERS[1], "Studier")):
            self.assertEqual(self.counts(self.take(f"Personnummer,plan.aim\n{number},{aim}\n")), [0, 1, 0, 0])
            self.assertEqual(self.plan(self.first["id"])["aim"], aim)
        self.assertNotIn("aim", self.plan(self.second["id"]))
        self.assertEqual(len(self.of_type("identity")), 2)

    def test_of_the_plans_the_one_that_is_not_closed(self):
        self.k.ask("plan", "close", self.first["id"], "closing_reason=flyttat")
        for number in NUMBERS[:2]:
            self.take(f"Personnummer,plan.aim\n{number},Mål {number[-4:]}\n")
            self.assertEqual(self.plan(self.second["id"])["aim"], "Mål " + number[-4:])

    def test_activities_too_and_twice(self):
        table = f"Personnummer,Typ,Från\n{NUMBERS[1]},SFI,2026-08-24\n"
        self.assertEqual(self.counts(self.take(table)), [1, 0, 0, 0])
        self.assertEqual(self.counts(self.take(table)), [0, 0, 1, 0])
        self.assertEqual(len(self.k.look("plan", "show", self.first["id"])["activities"]), 1)

    def test_the_joined_persons_number_is_no_strangers(self):
        row = f"Plan,Personnummer,plan.aim\n{self.first['id']},{NUMBERS[1]},Arbete\n"
        self.assertEqual(self.counts(self.take(row)), [0, 1, 0, 0])
        self.assertEqual(self.numbers_of(self.first), [NUMBERS[0]])  # it stands with the other registration

    def test_split_again_they_are_two(self):
        self.k.ask("person", "split", self.first["person"])
        self.take(f"Personnummer,plan.aim\n{NUMBERS[1]},Studier\n")
        self.assertEqual(self.plan(self.second["id"])["aim"], "Studier")
        row = f"Plan,Personnummer\n{self.first['id']},{NUMBERS[1]}\n"
        self.assertEqual(self.counts(self.take(row, codes=(lib.LOOK,))), [0, 0, 0, 1])

    def test_the_same_number_at_two_sites(self):
        self.take(f"Personnummer\n{NUMBERS[5]}\n", "--as", "participants")
        other = self.k.ask("plan", "new", "title=x", "person.number=" + NUMBERS[5])["person"]
        row = f"Personnummer,plan.aim\n{NUMBERS[5]},Arbete\n"
        self.assertEqual(self.counts(self.take(row, codes=(lib.LOOK,))), [0, 0, 0, 1])
        pair = next(p for p in self.k.look("person", "duplicates") if other in (p["a"]["id"], p["b"]["id"]))
        self.k.ask("person", "join", pair["a"]["id"], pair["b"]["id"])
        self.assertEqual(self.counts(self.take(row)), [0, 1, 0, 0])


class Hostile(Tables):
    def test_not_utf8_says_where(self):
        message = self.refused("name,owner\nEtt,A\nTvå,B\n".encode("cp1252"))
        self.assertIn("Windows-1252", message)
        self.assertIn("rad 3, byte e5", message)
        self.assertIn("UTF-16", self.refused("name,owner\n".encode("utf-16")))

    def test_what_is_no_table(self):
        for table in (b"", b"\n\n", b"\xef\xbb\xbf", b"a,b\n1,2\n", b'"name', b"name,name,owner\nA,B,C\n", b",,,\n1,2,3,4\n"):
            self.refused(table, "--as", "insatser") if table.startswith(b"name,") else self.refused(table)
        self.refused(b"name\n", "--as", "participants")
        self.refused(b"name,owner\nA,B\n", "--as", "personer", code=lib.USAGE)

    def test_a_row_that_breaks_the_rules_is_refused_alone(self):
        table = ('name,area\nEtt,A\nTvå,B,C\nTre\nFyra,"B" c\nFem,a"b\n"Sex, ""sic""","rad\r\ntvå"\nSju,A,,\n'
                 'Åt\0ta,A\nNio,"\x07"\nTio,"aldrig slut\nElva,A\n')
        answer = self.take(table, codes=(lib.LOOK,))
        self.assertEqual([r["line"] for r in answer["refused"]], [3, 4, 5, 6, 10, 11, 12])
        self.assertEqual(sorted(lib.values(o, "name")[0] for o in self.of_type("insats")), ["Ett", 'Sex, "sic"', "Sju"])
        self.assertEqual([lib.values(o, "area") for o in self.of_type("insats") if "Sex" in lib.values(o, "name")[0]],
                         [["rad\ntvå"]])

    def test_separators_and_line_ends(self):
        for n, table in enumerate(("sep=;\nname;area\nA{n};b,c,d,e\n", "name\tarea\rA{n}\tb\r", '"name;x,";"area"\n"A{n}";b\n',
                                   "\ufeffname,area\r\nA{n},b")):
            mapping = self.map('"name;x," = insats.name\n') if "x," in table else ()
            self.assertEqual(self.counts(self.take(table.replace("{n}", str(n)), *mapping)), [1, 0, 0, 0], table)

    def test_too_long_and_too_many(self):
        long = "x" * 70000
        table = f"name,area,purpose\nEtt,A,{long}\nTvå,{'x' * 2000},P\n{'å' * 200},{'é' * 600},P\nTre{',' * 300}\nFyra,A,P\n"
        answer = self.take(table, codes=(lib.LOOK,))
        self.assertEqual(self.counts(answer), [1, 0, 0, 4])
        self.assertTrue(all(len(r["value"].encode()) <= 80 for r in answer["refused"]))

    def test_many_rows_are_listed_within_bounds(self):
        answer = self.take("name,area\n" + ",A\n" * 30000, codes=(lib.LOOK,))
        self.assertEqual((answer["refused_cells"], len(answer["refused"])), (30000, 10000))
        self.assertIn("200000", self.refused("name,area\n" + "a,b,c\n" * 200001, "--all-or-nothing"))

    def test_mappings_that_cannot_be_read(self):
        for text in ("name\n", "name = \n", "name = insats.no\n", "name = person.name\n", "other = insats.name\n",
                     "name[A = b\n", "name = insats.name, Volym\n", "name = insats.name\nname = insats.area\n",
                     "area = insats.owner_party\nname = insats.owner_party\n", "name = plan.person\n", "name=-\n"):
            self.refused("name,area\nA,B\n", "--as", "insatser", *self.map(text))
        self.assertEqual(self.k.run("import", TESTS / "data/insatser.csv", "--map", "/nonexistent").code, lib.INPUT)

    def test_what_is_unknown_is_told(self):
        answer = self.take("name,area,Anmärkning\nA,B,C\n")
        self.assertEqual(answer["not_used"], ["Anmärkning"])
        mapping = self.map('Anmärkning = insats.purpose, "Obs: "\n')
        self.take("name,area,Anmärkning\nA,B,C\n", *mapping)
        self.assertEqual(lib.values(self.of_type("insats")[0], "purpose"), ["Obs: C"])


if __name__ == "__main__":
    unittest.main()
