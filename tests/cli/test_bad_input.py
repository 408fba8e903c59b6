"""What people and machines do wrong: the right exit code, a clear message, nothing half-done, nothing lost."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lib_samplan import (DONE, INPUT, LOOK, REFUSED, STORAGE, USAGE, Site, Stage, branches, enrol, found,  # noqa: E402
                         meet, repository_of, values)

WRITERS = 12
NOBODY = 65534


class BadInput(unittest.TestCase):
    """Two sites that have met; put back as they were before each test."""

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage()
        cls.addClassCleanup(cls.stage.remove)
        cls.dir = cls.stage.dir
        kommun, region = Site(cls.dir / "kommun", "ett två tre"), Site(cls.dir / "region", "fyra fem sex")
        found(kommun, "Provförbundet", "Kommunen", "kommun", "Handläggare Ett")
        enrol(kommun, region, "Regionen", "region", "Handläggare Två")
        cls.plan = kommun.ask("plan", "new", "title=Provplan", "person.name=Testperson Ett")["id"]
        cls.goal = kommun.ask("plan", "add", cls.plan, "goal", "text=Ett mål", "target_date=2027-06-30")["id"]
        cls.activity = kommun.ask("plan", "add", cls.plan, "activity", "kind=studier", "from=2026-09-01")["id"]
        kommun.ask("consent", "give", cls.plan, "--to", "alla", "--sections", "plan,person")
        kommun.ask("disclose", cls.plan)
        for site in (kommun, region):
            site.ask("remote", "add", "mapp", cls.dir / "mapp")
        meet([kommun, region])
        cls.stage.keep()

    def setUp(self):
        self.stage.restore()
        self.kommun, self.region = Site(self.dir / "kommun"), Site(self.dir / "region")

    def refuses(self, code, site, *args, stdin="", **options):
        """The command ends so, says why in both forms, leaves standard output empty and the content as it was."""
        codes = code if isinstance(code, tuple) else (code,)
        answer = site.run(*args, stdin=stdin, **options)
        self.assertIn(answer.code, codes, answer)
        self.assertEqual(answer.out, "", answer)
        self.assertTrue(answer.error["code"] and answer.error["message"], answer)
        plain = site.run(*args, as_json=False, stdin=stdin, **options)
        self.assertEqual((plain.code, plain.out), (answer.code, ""), plain)
        self.assertTrue(plain.err.strip(), plain)
        return answer

    def keeps(self, code, *args, site=None, **options):
        """refuses, and the digest stays."""
        site = site or self.kommun
        before = site.digest()
        answer = self.refuses(code, site, *args, **options)
        self.assertEqual(site.digest(), before, answer)
        return answer

    # usage

    def test_blank_names(self):
        for blank in (" ", "\u00a0", "\u2003 \u200b", ""):
            new = Site(self.dir / "ny", "sju åtta nio")
            for names in ((blank, "Kommunen", "Ett"), ("Förbundet", blank, "Ett"), ("Förbundet", "Kommunen", blank)):
                self.refuses(INPUT, new, "found", "--forbund", names[0], "--party", names[1], "--kind", "kommun",
                             "--person", names[2], "--passphrase-cost", "cheap")
                self.assertFalse(new.home.exists())
            for party, person in ((blank, "Tre"), ("Regionen", blank)):
                self.refuses(INPUT, new, "enrol", "request", "--party", party, "--kind", "region", "--person", person,
                             "--role", "handläggare", "-o", self.dir / "ny.ansokan", "--passphrase-cost", "cheap")
        for blank in (" ", "\u00a0", "\u2003 \u200b"):
            self.keeps(INPUT, "plan", "new", "title=x", "person.name=" + blank)
            self.keeps(INPUT, "plan", "set", self.plan, "title=" + blank)
            self.keeps(INPUT, "plan", "add", self.plan, "insats", "name=" + blank)

    def test_unknown_command(self):
        self.refuses(USAGE, self.kommun, "planera")
        self.refuses(USAGE, self.kommun, "plan", "ändra")

    def test_wrong_arguments(self):
        self.refuses(USAGE, self.kommun, "plan", "set")
        self.refuses(USAGE, self.kommun, "digest", "--vadå")
        self.refuses(USAGE, self.kommun, "found", "--forbund", "Bara namnet")
        self.refuses((USAGE, INPUT), self.kommun, "plan", "set", self.goal, "text")
        self.refuses((USAGE, INPUT), self.kommun, "clashes", "--today", "i går")

    # homes and passphrases

    def test_wrong_passphrase(self):
        self.kommun.passphrase_file.write_text("fel\n")
        for command in (["digest"], ["plan", "set", self.goal, "text=x"], ["sync"]):
            self.refuses(REFUSED, self.kommun, *command)

    def test_no_passphrase_and_nobody_to_ask(self):
        self.kommun.passphrase_file.unlink()
        self.refuses((USAGE, INPUT, REFUSED, STORAGE), self.kommun, "digest")
        answer = self.kommun.run("digest", env={"SAMPLAN_PASSPHRASE_FILE": ""})
        self.assertGreaterEqual(answer.code, USAGE, answer)
        self.assertEqual(answer.out, "", answer)

    def test_passphrase_file_as_option(self):
        answer = self.kommun.run("--passphrase-file", self.kommun.passphrase_file, "digest",
                                 env={"SAMPLAN_PASSPHRASE_FILE": "/nonexistent"})
        self.assertEqual(answer.code, DONE, answer)

    def test_missing_home(self):
        nowhere = Site(self.dir / "ingenstans", "x")
        self.refuses((INPUT, STORAGE), nowhere, "digest")
        self.assertFalse(nowhere.home.exists(), "asking must not make a home")

    def test_home_that_exists(self):
        self.keeps((INPUT, REFUSED, STORAGE), "found", "--forbund", "X", "--party", "Y", "--kind", "kommun",
                   "--person", "Z", "--passphrase-cost", "cheap")

    def test_damaged_replica(self):
        replica = self.kommun.home / "replica.db"
        for side in ("replica.db-wal", "replica.db-shm"):
            (self.kommun.home / side).unlink(missing_ok=True)
        replica.write_bytes(b"\xa5" * replica.stat().st_size)
        self.refuses(STORAGE, self.kommun, "digest")

    def test_damaged_device_key(self):
        (self.kommun.home / "device.key").write_bytes(b"samplan? no.\n")
        self.refuses((INPUT, STORAGE), self.kommun, "digest")

    # values

    def test_bad_values(self):
        for wrong in ("target_date=2027-06-31", "target_date=30 juni", "target_date=2027-6-1", "kind=jobb",
                      "finns_inte=1", "reached=\x01"):
            self.keeps(INPUT, "plan", "set", self.goal, wrong)
        for wrong in ("extent=75", "extent=-5%", "kind=STUDIER", "status=klart", "from=2026-02-30"):
            self.keeps(INPUT, "plan", "set", self.activity, wrong)

    def test_the_message_says_which_value_and_what_is_expected(self):
        answer = self.keeps(INPUT, "plan", "set", self.goal, "target_date=2027-06-31")
        self.assertIn("2027-06-31", answer.error["message"])
        self.assertIn("target_date", answer.error["message"])

    def test_one_bad_value_among_good_ones_saves_nothing(self):
        self.keeps(INPUT, "plan", "set", self.goal, "text=Nytt", "target_date=fel")
        self.keeps(INPUT, "plan", "add", self.plan, "goal", "text=Nytt", "target_date=fel")
        self.keeps(INPUT, "plan", "new", "title=Ny", "person.name=A", "status=fel")

    def test_bad_objects_and_types(self):
        self.keeps((INPUT, USAGE), "plan", "add", self.plan, "trollkonst", "text=x")
        for wrong in ("inte-ett-id", "00000000-0000-7000-8000-000000000000", self.goal.upper() + "0"):
            self.keeps(INPUT, "plan", "set", wrong, "text=x")
            self.keeps(INPUT, "plan", "show", wrong)
        self.keeps(INPUT, "plan", "add", self.goal, "goal", "text=målet är ingen plan")

    def test_values_from_files(self):
        def value(content):
            (self.dir / "värde").write_bytes(content)
            return f"text=@{self.dir / 'värde'}"
        self.keeps(INPUT, "plan", "set", self.goal, value(b"x" * (64 * 1024 + 1)))
        self.keeps(INPUT, "plan", "set", self.goal, value(b"\xff\xfe"))
        self.keeps(INPUT, "plan", "set", self.goal, value(b"nul\0nul"))
        self.keeps((INPUT, STORAGE), "plan", "set", self.goal, "text=@/finns/inte")
        self.kommun.ask("plan", "set", self.goal, value("Räksmörgås\nrad två".encode()))
        self.assertEqual(values(self.kommun.objects()[self.goal], "text"), ["Räksmörgås\nrad två"])
        self.kommun.ask("plan", "set", self.goal, "text=@-", stdin="Från röret")
        self.assertEqual(values(self.kommun.objects()[self.goal], "text"), ["Från röret"])

    def test_bad_letters(self):
        junk = self.dir / "skräp"
        for content in (b"", b"junk\n", os.urandom(5000), b"A" * 10_000_000):
            junk.write_bytes(content)
            self.keeps(INPUT, "enrol", "approve", junk, "-o", self.dir / "svar")
        self.assertFalse((self.dir / "svar").exists())
        newcomer = Site(self.dir / "ny", "x")
        newcomer.ask("enrol", "request", "--party", "Tredje", "--kind", "fk", "--person", "P", "--role",
                     "administratör", "-o", self.dir / "ansökan", "--passphrase-cost", "cheap")
        self.refuses(INPUT, newcomer, "enrol", "accept", junk)
        self.refuses((INPUT, REFUSED), newcomer, "enrol", "accept", self.dir / "kommun" / "device.key")
        self.refuses(REFUSED, newcomer, "enrol", "accept", self.dir / "region.inbjudan")  # another's
        altered = bytearray((self.dir / "ansökan").read_bytes())
        altered[len(altered) // 2] ^= 1
        (self.dir / "ansökan").write_bytes(altered)
        self.keeps((INPUT, REFUSED), "enrol", "approve", self.dir / "ansökan", "-o", self.dir / "svar")

    def test_apply(self):
        new = [f'{{"op":"set","id":"{self.goal}","set":{{"target_date":"{date}"}}}}'
               for date in ("2027-01-01", "fel", "2027-01-03")]
        self.keeps(INPUT, "apply", "--all-or-nothing", "-", stdin="\n".join(new) + "\n")
        answer = self.kommun.look("apply", "-", stdin="\n".join(new + ["{inte json"]) + "\n")
        self.assertEqual((answer["transactions"], [r["line"] for r in answer["refused"]]), (2, [2, 4]))
        self.assertTrue(all(r["code"] and r["message"] for r in answer["refused"]), answer)
        self.assertEqual(values(self.kommun.objects()[self.goal], "target_date"), ["2027-01-03"])

    def test_apply_refuses_a_transaction_whole(self):
        lines = [{"op": "set", "id": self.goal, "set": {"text": "halvt"}, "tx": "a"},
                 {"op": "set", "id": self.goal, "set": {"target_date": "fel"}, "tx": "a"},
                 {"op": "set", "id": self.goal, "set": {"target_date": "2027-02-02"}, "tx": "b"}]
        answer = self.kommun.look("apply", "-", stdin="".join(json.dumps(line) + "\n" for line in lines))
        self.assertEqual((answer["transactions"], [r["line"] for r in answer["refused"]]), (1, [2]))
        goal = self.kommun.objects()[self.goal]
        self.assertEqual((values(goal, "text"), values(goal, "target_date")), (["Ett mål"], ["2027-02-02"]))

    # authority

    def test_another_partys_activity(self):
        self.assertIn(self.activity, self.region.objects())
        self.keeps(REFUSED, "plan", "set", self.activity, "status=klar", site=self.region)
        self.keeps(REFUSED, "plan", "remove", self.activity, site=self.region)

    def test_disclosing_without_ground(self):
        plan = self.kommun.ask("plan", "new", "title=Utan samtycke", "person.name=Testperson Två")["id"]
        self.kommun.ask("plan", "add", plan, "activity", "kind=coaching")
        self.keeps(REFUSED, "disclose", plan)
        self.keeps(REFUSED, "disclose", plan, "--to", "Regionen")

    def test_what_nobody_disclosed_stays_unread(self):
        plan = self.kommun.ask("plan", "new", "title=Hemlig", "person.name=Testperson Två")["id"]
        meet([self.kommun, self.region])
        self.assertNotIn(plan, self.region.objects())
        self.keeps((INPUT, REFUSED), "plan", "set", plan, "title=Min", site=self.region)

    # places to meet

    def test_vanished_folder(self):
        (self.kommun.home.parent / "borta").mkdir()
        self.kommun.ask("remote", "add", "borta", self.dir / "borta" / "mapp")
        (self.dir / "borta").rename(self.dir / "uttagen")
        answer = self.keeps(STORAGE, "sync", "borta")
        self.assertIn(str(self.dir / "borta"), answer.error["message"])
        self.kommun.ask("plan", "set", self.goal, "text=Under tiden")
        (self.dir / "uttagen").rename(self.dir / "borta")
        self.assertGreater(self.kommun.sync("borta")["sent"], 0)
        self.region.ask("remote", "add", "tillbaka", self.dir / "borta" / "mapp")
        self.region.sync("tillbaka")
        self.assertEqual(values(self.region.objects()[self.goal], "text"), ["Under tiden"])

    def test_a_file_where_the_folder_was(self):
        self.kommun.ask("remote", "add", "fil", self.dir / "fil")
        shutil.rmtree(self.dir / "fil")
        (self.dir / "fil").write_text("inte en mapp")
        self.keeps(STORAGE, "sync", "fil")
        self.assertEqual((self.dir / "fil").read_text(), "inte en mapp")

    def test_places_that_cannot_be(self):
        self.keeps((INPUT, STORAGE), "remote", "add", "x", self.dir / "finns" / "inte" / "alls")
        self.keeps((INPUT, STORAGE), "remote", "add", "x", self.kommun.passphrase_file / "under en fil")
        self.keeps((USAGE, INPUT), "remote", "add", "../x", self.dir / "y")
        self.kommun.ask("remote", "add", "två", self.dir / "två")
        self.keeps((INPUT, REFUSED, STORAGE), "remote", "add", "två", self.dir / "tre")
        self.keeps(INPUT, "sync", "okänd")

    @unittest.skipUnless(os.geteuid() == 0, "becoming another user takes root")
    def test_read_only_folder_and_read_only_home(self):
        """The homes belong to another user, who can read, but not write, what root has made."""
        self.dir.chmod(0o755)
        nobody = Site(self.dir / "kommun", as_user=NOBODY)
        self.kommun.ask("remote", "add", "läsbar", self.dir / "läsbar")
        self.kommun.ask("plan", "set", self.goal, "text=Före")
        for path in [nobody.home, *nobody.home.rglob("*"), nobody.passphrase_file]:
            os.chown(path, NOBODY, NOBODY)
        if nobody.run("help").code != DONE:
            self.skipTest("another user cannot run the program")
        self.keeps(STORAGE, "sync", "läsbar", site=nobody)
        nobody.ask("plan", "set", self.goal, "text=Efter")
        os.chown(nobody.home, 0, 0)
        for path in nobody.home.rglob("*"):
            os.chown(path, 0, 0)
            path.chmod(0o755 if path.is_dir() else 0o644)
        nobody.home.chmod(0o755)
        self.refuses(STORAGE, nobody, "plan", "set", self.goal, "text=Går inte")
        self.assertEqual(values(self.kommun.objects()[self.goal], "text"), ["Efter"])

    def test_a_folder_of_another_forbund(self):
        other = Site(self.dir / "andra", "x")
        found(other, "Det andra förbundet", "Kommunen", "kommun", "Handläggare Tre")
        before = branches(repository_of(self.dir / "mapp"))
        if other.run("remote", "add", "mapp", self.dir / "mapp").code == DONE:  # may notice at once, or at the meeting
            self.keeps(REFUSED, "sync", "mapp", site=other)
        self.assertEqual(branches(repository_of(self.dir / "mapp")), before)

    # two at once

    def test_many_writers_at_once(self):
        before = self.kommun.ask("digest")["transactions"]
        texts = [f"Samtidig {n}" for n in range(WRITERS)]
        running = [self.kommun.start("plan", "add", self.plan, "goal", f"text={text}") for text in texts]
        running += [self.kommun.start("plan", "set", self.goal, f"text={text}") for text in texts]
        for process in running:
            out, err = process.communicate(timeout=120)
            self.assertEqual(process.returncode, DONE, err)
            json.loads(out)
        objects = self.kommun.objects()
        saved = {v for o in objects.values() if o["type"] == "goal" and o["id"] != self.goal for v in values(o, "text")}
        self.assertEqual(saved, set(texts))
        self.assertEqual(len(values(objects[self.goal], "text")), 1, "one home's own edits never conflict")
        self.assertIn(values(objects[self.goal], "text")[0], texts)
        self.assertEqual(self.kommun.ask("digest")["transactions"], before + 2 * WRITERS)

    def test_meeting_while_writing(self):
        running = [self.kommun.start("sync", "mapp"), self.region.start("sync", "mapp")]
        running += [site.start("plan", "add", self.plan, "goal", f"text=mål {n}")
                    for n in range(4) for site in (self.kommun, self.region)]
        running += [self.kommun.start("sync", "mapp"), self.region.start("sync", "mapp")]
        for process in running:
            _, err = process.communicate(timeout=120)
            self.assertIn(process.returncode, (DONE, LOOK), err)
        meet([self.kommun, self.region])
        self.assertEqual(self.kommun.digest(), self.region.digest())
        texts = [v for o in self.region.objects().values() if o["type"] == "goal" for v in values(o, "text")]
        self.assertEqual(sorted(texts), sorted(["Ett mål"] + [f"mål {n}" for n in range(4)] * 2))

    # languages and forms

    def test_messages_in_two_languages(self):
        english = Site(self.dir / "kommun", language="en_GB.UTF-8")
        for command in (["plan", "set", self.goal, "target_date=fel"], ["planera"], ["sync", "okänd"]):
            sv, en = self.kommun.run(*command), english.run(*command)
            self.assertEqual(sv.error["code"], en.error["code"], f"{sv}\n{en}")
            self.assertNotEqual(sv.error["message"], en.error["message"], f"{sv}\n{en}")

    def test_arguments_are_utf8_whatever_the_locale(self):
        self.kommun.language = "C"
        self.kommun.ask("plan", "set", self.goal, "text=Åäö", "kind=hälsa")
        self.assertEqual(values(self.kommun.objects()[self.goal], "kind"), ["hälsa"])

    def test_every_list_is_an_array_and_every_figure_an_object(self):
        for command in (["members"], ["plan", "list"], ["consent", "list", self.plan], ["disclose", "list", self.plan],
                        ["remote", "list"], ["conflicts"], ["clashes"], ["log", self.plan], ["sync"]):
            self.assertIsInstance(self.kommun.look(*command), list, command)
        for command in (["status"], ["verify"], ["verify", "--full"], ["digest"], ["dump"], ["plan", "show", self.plan],
                        ["rebuild"]):
            self.assertIsInstance(self.kommun.look(*command), dict, command)
        self.assertEqual(len(self.kommun.ask("members")), 2)
        self.assertEqual([p["id"] for p in self.kommun.ask("plan", "list")], [self.plan])

    def test_help_needs_no_home(self):
        nowhere = Site(self.dir / "ingenstans", "x")
        for topic in ([], ["plan"], ["disclose"], ["activity"]):
            answer = nowhere.run("help", *topic, as_json=False)
            self.assertEqual(answer.code, DONE, answer)
            self.assertTrue(answer.out.strip(), answer)

    def test_output_that_cannot_be_written_is_not_done(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(self.kommun.command("dump"), env=self.kommun.environment(), stdout=full,
                                  stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=60)
        self.assertEqual(done.returncode, STORAGE, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
