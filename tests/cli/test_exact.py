"""Exactness: who lacks N records is sent the objects of those N records and no other.

Measured for a folder, a bundle and a host (file://; test_host.py runs the same program over ssh and http): the objects in
the packs that a meeting writes are counted with stock git and compared with what the log says those records are made of.
The hard case, a host that knows nothing of 600 records that are only here, is in tests/unit/test_host.c.
"""
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lib_samplan import Site, Stage, branches, enrol, found, git, meet, repository_of  # noqa: E402
from test_host import at_home, bare  # noqa: E402


def packed(repository):
    """Names of all objects in packs, each as often as it is in one."""
    names = []
    for index in sorted((repository / "objects" / "pack").glob("*.idx")):
        listing = subprocess.run(["git", "show-index"], input=index.read_bytes(), capture_output=True, check=True)
        names += [line.split()[1] for line in listing.stdout.decode().splitlines()]
    return names


def stored(repository):
    """Names of all objects, in packs or not."""
    return set(git(repository, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)").split())


def objects_of(log, _chain, since, until):
    """What the records of a chain after one tip and up to another are made of."""
    names = git(log, "rev-list", "--objects", until, *([f"^{since}"] if since else [])).splitlines()
    return {name.split()[0] for name in names}


class Exact(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage()
        cls.addClassCleanup(cls.stage.remove)
        cls.dir = cls.stage.dir
        cls.a, cls.b = (at_home(Site(cls.dir / name, name), cls.dir) for name in ("a", "b"))
        found(cls.a, "Provförbundet", "Kommunen", "kommun", "Handläggare Ett")
        enrol(cls.a, cls.b, "Regionen", "region", "Handläggare Två")
        cls.plan = cls.a.ask("plan", "new", "title=Provplan", "person.name=Testperson Ett")["id"]
        cls.a.ask("consent", "give", cls.plan, "--to", "alla", "--sections", "plan,person")
        cls.host = bare(cls.dir / "lager" / "vard.git")
        for site in (cls.a, cls.b):
            site.ask("remote", "add", "mapp", cls.dir / "mapp")
            site.ask("remote", "add", "vard", f"file://{cls.host}")
            site.ask("remote", "add", "fil", cls.dir / "fil.bundle")
            site.ask("remote", "add", "egen", cls.dir / f"egen-{site.home.name}")
        meet([cls.a, cls.b], "mapp", "vard")
        cls.stage.keep()

    def setUp(self):
        self.stage.restore()
        self.log = self.a.home / "log.git"

    def records(self, count, site=None):
        """So many records of one chain, made one by one in a place of its own. Gives chain, old and new tip."""
        site = site or self.a
        old = branches(site.home / "log.git")
        for n in range(count):
            site.ask("plan", "add", self.plan, "goal", f"text=Post {n}")
            site.sync("egen")
        new = branches(site.home / "log.git")
        chain, = [name for name in new if new[name] != old.get(name)]
        return chain, old[chain], new[chain]

    def test_folder(self):
        place = repository_of(self.dir / "mapp")
        for count in (1, 3, 10):
            made = self.records(count)
            before, had = packed(place), packed(self.b.home / "log.git")
            sent = self.a.sync("mapp")
            lacking = objects_of(self.log, *made)
            self.assertEqual(len(lacking), 3 * count)
            self.assertEqual(sorted(set(packed(place)) - set(before)), sorted(lacking))
            self.assertEqual(len(packed(place)) - len(before), 3 * count, "each once")
            got = self.b.sync("mapp")
            self.assertEqual((sent["sent"], got["received"]), (count, count))
            self.assertEqual(len(packed(self.b.home / "log.git")) - len(had), 3 * count)

    def test_bundle(self):
        self.a.sync("fil")
        (self.dir / "fil.bundle").unlink()
        for count in (1, 3, 10):
            made = self.records(count)
            had = packed(self.b.home / "log.git")
            self.a.sync("fil")
            content = (self.dir / "fil.bundle").read_bytes()
            pack = content[content.index(b"\n\nPACK") + 2:]
            self.assertEqual(int.from_bytes(pack[8:12], "big"), 3 * count)
            scratch = bare(self.dir / f"skrap-{count}.git")
            git(scratch, "index-pack", "--stdin", data=pack)
            self.assertEqual(sorted(packed(scratch)), sorted(objects_of(self.log, *made)))
            self.b.sync("fil")
            self.assertEqual(len(packed(self.b.home / "log.git")) - len(had), 3 * count)
            (self.dir / "fil.bundle").unlink()

    def fetched(self, site):
        """What a sync with the host brought over, by git's own trace of the pack."""
        trace = self.dir / "trace"
        trace.unlink(missing_ok=True)
        wrapper = self.dir / "bin" / "git"
        wrapper.parent.mkdir(exist_ok=True)
        # what came lies in the mirror until it has been taken in: listed before and after each run of git
        wrapper.write_text("#!/bin/sh\n/usr/bin/env PATH=/usr/local/bin:/usr/bin:/bin git \"$@\"\ncode=$?\n"
                           f"for f in '{site.home}'/remotes/vard.git/objects/pack/*.idx; do\n"
                           f"  [ -e \"$f\" ] && /usr/bin/git show-index < \"$f\" >> '{trace}'\ndone\nexit $code\n")
        wrapper.chmod(0o755)
        answer = site.run("sync", "vard", env={"PATH": f"{wrapper.parent}:/usr/local/bin:/usr/bin:/bin"})
        self.assertIn(answer.code, (0, 1), answer)
        lines = trace.read_text().splitlines() if trace.exists() else []
        return {line.split()[1] for line in lines}, answer.json[0]

    def test_host(self):
        for count in (1, 3, 10):
            made = self.records(count)
            before = stored(self.host)
            self.a.sync("vard")
            lacking = objects_of(self.log, *made)
            self.assertEqual(stored(self.host) - before, lacking)
            came, answer = self.fetched(self.b)
            self.assertEqual(came, lacking)
            self.assertEqual(answer["received"]["transactions"], count)

    def test_host_when_another_place_was_faster(self):
        """What came by the folder is not fetched again, nor pushed if the host has it."""
        self.records(3)
        self.a.sync("vard", "mapp")
        self.b.sync("mapp")
        before = stored(self.host)
        came, answer = self.fetched(self.b)
        self.assertEqual((came, answer["received"]["transactions"], answer["sent"]["transactions"]), (set(), 0, 0))
        self.assertEqual(stored(self.host), before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
