"""A home that was copied, and both used; a home that was put back from a copy: nothing is lost, everything is merged, it is
said in one sentence, and a second implementation of the format reads the same."""
import pathlib
import shutil
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests" / "docs"), str(TOP / "tests")]
import lib_peek  # noqa: E402
import record_format as rf  # noqa: E402
from lib_samplan import Site, enrol, found, git, meet, values  # noqa: E402

SENTENCE = "Datorn har återställts från en kopia, eller kopierats"


class Copies(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="samplan-forks-"))
        self.addCleanup(shutil.rmtree, self.dir)
        self.k, self.a = (Site(self.dir / name, "lösen " + name) for name in ("k", "a"))
        found(self.k, "Förbundet", "Kommunen", "kommun", "Kim")
        enrol(self.k, self.a, "Arbetsförmedlingen", "af", "Alex")
        for site in (self.k, self.a):
            site.ask("remote", "add", "stick", self.dir / "stick")
        meet((self.k, self.a))
        self.plan = self.k.ask("plan", "new", "title=Prov", "person.name=Testperson Ett")["id"]
        self.k.ask("consent", "give", self.plan, "--to", "alla", "--sections", "plan,person")
        meet((self.k, self.a))

    def copy(self, site, name):
        twin = Site(self.dir / name)
        shutil.copytree(site.home, twin.home)
        shutil.copy(site.passphrase_file, twin.passphrase_file)
        return twin

    def chain(self, site):
        return site.look("status")["chain"]

    def field(self, site, field):
        return values(site.objects()[self.plan], field)

    def goals(self, site):
        return {v for o in site.objects().values() if o["type"] == "goal" for v in values(o, "text")}

    def settle(self, *sites):
        meet(sites)
        self.assertEqual(len({site.digest() for site in sites}), 1)
        for site in sites:
            before = site.digest()
            self.assertTrue(site.look("verify", "--full")["ok"])
            site.ask("rebuild")
            self.assertEqual(site.digest(), before)

    def read_by_another(self, site):
        """What the reader in tests/docs makes of this site's log and keys."""
        held = lib_peek.rows(site, "SELECT key_id, section_id, key FROM held_key")
        keys = {k: (section, key) for k, section, key in held}
        forbund = bytes.fromhex(site.look("status")["forbund"]["id"])
        log = rf.Log(site.home / "log.git")
        try:
            replica = rf.Replica(log, forbund, keys)
            self.assertEqual(replica.verdicts, {})
            return replica.dump().decode()
        finally:
            log.close()

    def compare(self, *sites):
        for site in sites:
            self.assertEqual(self.read_by_another(site), site.run("dump").out.strip())

    def test_both_are_used(self):
        self.a.ask("plan", "set", self.plan, "status=aktiv")
        self.a.look("sync")
        twin = self.copy(self.a, "kopia")
        old = self.chain(self.a)
        self.a.ask("plan", "add", self.plan, "goal", "text=Från originalet")
        self.a.ask("plan", "set", self.plan, "title=Från originalet")
        twin.ask("plan", "add", self.plan, "goal", "text=Från kopian")
        self.assertNotIn(SENTENCE, self.a.run("sync", as_json=False).out)
        answer = twin.run("sync", as_json=False)
        self.assertIn(f"{SENTENCE}; 2 ändringar räddade", answer.out)
        self.assertEqual(self.a.look("sync")[0]["restored"], 1)
        self.k.look("sync")
        self.assertEqual(len({old, self.chain(self.a), self.chain(twin)}), 3)
        for site in (self.k, self.a, twin):
            self.assertEqual(self.goals(site), {"Från originalet", "Från kopian"})
            self.assertEqual(self.field(site, "title"), ["Från originalet"])
        # both go on; now that they have chains of their own it never comes up again
        self.a.ask("plan", "set", self.plan, "title=A")
        twin.ask("plan", "set", self.plan, "status=vilande")
        self.settle(self.a, self.k, twin)
        self.assertEqual(self.field(self.k, "title"), ["A"])
        self.assertEqual([r["restored"] for s in (self.a, twin) for r in s.look("sync")], [0, 0])
        self.compare(self.a, self.k, twin)
        self.proof()

    def proof(self):
        """Both first records are signed by one key and follow the same one: stock git says so."""
        forks = self.k.ask("verify")["forks"]
        self.assertEqual([(f["member"], f["party"], len(f["branches"])) for f in forks],
                         [("Alex", "Arbetsförmedlingen", 2)])
        self.k.ask("audit", "export", self.plan, "-o", self.dir / "akt")
        log = next((self.dir / "akt").glob("**/log.git"))
        signers = next((self.dir / "akt").glob("**/allowed_signers"))
        parents = set()
        for branch in forks[0]["branches"]:
            git(log, "-c", "gpg.format=ssh", "-c", f"gpg.ssh.allowedSignersFile={signers}", "verify-commit",
                branch["commit"])
            parents.add(git(log, "rev-parse", branch["commit"] + "^"))
            self.assertEqual(rf.H(git(log, "cat-file", "commit", branch["commit"], text=False)).hex(),
                             branch["record"])
        self.assertEqual(len(parents), 1)
        said = self.k.run("verify", as_json=False).out
        self.assertIn("En dator hos Alex, Arbetsförmedlingen, har återställts från en kopia, eller kopierats", said)
        self.assertIn("Allt håller.", said)

    def test_what_was_not_sealed_when_it_was_copied(self):
        goal = self.a.ask("plan", "add", self.plan, "goal", "text=Före kopian")["id"]
        self.a.ask("plan", "set", self.plan, "title=Före")
        twin = self.copy(self.a, "kopia")
        twin.ask("plan", "set", self.plan, "title=Kopian ändrar")
        self.a.ask("plan", "set", goal, "kind=arbete")
        for site in (self.a, twin, self.k):
            site.look("sync")
        self.settle(self.a, twin, self.k)
        for site in (self.a, twin, self.k):
            self.assertEqual(site.look("conflicts"), [])
            self.assertEqual(self.field(site, "title"), ["Kopian ändrar"])
            self.assertEqual(values(site.objects()[goal], "kind"), ["arbete"])
        self.compare(self.a, self.k, twin)

    def test_a_home_put_back(self):
        saved = self.copy(self.a, "kopia")
        self.a.ask("plan", "set", self.plan, "title=Sedan sparat")
        self.a.look("sync")
        shutil.rmtree(self.a.home)
        shutil.copytree(saved.home, self.a.home)
        old = self.chain(self.a)
        answer = self.a.run("sync", as_json=False)
        self.assertIn(f"{SENTENCE}; 1 ändring räddad", answer.out)
        self.assertNotEqual(self.chain(self.a), old)
        self.assertEqual(self.field(self.a, "title"), ["Sedan sparat"])
        self.a.ask("plan", "set", self.plan, "title=Och nu")
        self.settle(self.a, self.k)
        self.assertEqual((self.field(self.k, "title"), self.k.look("conflicts")), (["Och nu"], []))
        self.assertEqual(self.k.ask("verify")["forks"], [])  # nothing was written before it knew
        self.compare(self.a, self.k)

    def test_by_bundle_and_by_host(self):
        """The branches travel by every kind of place."""
        twin = self.copy(self.a, "kopia")
        host = self.dir / "host.git"
        git(self.dir, "init", "--quiet", "--bare", host)
        self.a.ask("plan", "add", self.plan, "goal", "text=Original")
        twin.ask("plan", "add", self.plan, "goal", "text=Kopia")
        for site in (self.a, twin, self.k):
            site.ask("remote", "add", "varden", f"file://{host}")
        for _ in range(2):
            for site in (self.a, twin, self.k):
                site.look("sync", "varden")
        for site in (self.a, twin, self.k):
            self.assertEqual(self.goals(site), {"Original", "Kopia"})
        late = Site(self.dir / "ny", "lösen ny")
        enrol(self.k, late, "Regionen", "region", "Rut")
        self.k.ask("remote", "add", "fil", self.dir / "bud.bundle")
        self.k.look("sync", "fil")
        git(self.dir, "init", "--quiet", "--bare", "prov.git")
        git(self.dir / "prov.git", "bundle", "verify", self.dir / "bud.bundle")
        late.ask("remote", "add", "fil", self.dir / "bud.bundle")
        self.assertEqual(late.sync("fil")["faults"], [])
        self.assertEqual(len(late.ask("verify")["forks"]), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
