"""No file has anything of what people wrote, or any secret, in the clear: not the home, not a place to meet, not TMPDIR;
not while commands run, not after they were killed, not inside git's compressed objects."""
import os
import pathlib
import random
import sys
import tempfile
import threading
import time
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests"))
import lib_peek  # noqa: E402
from lib_samplan import Site, enrol, found, git, meet  # noqa: E402

KILLS = 400 if os.environ.get("SAMPLAN_LONG") else 25
WORDS = ("Snickarverkstaden", "Kvastholmen", "Trollskogsgatan", "Vintergatsboken", "Blåbärsskogen", "Provförbundsnamnet",
         "Kommunpartsnamnet", "Handläggarnamnet", "Personnamnet", "ett hemligt lösenord")
SQLITE = ("SQLite format 3", "CREATE TABLE")


class NoPlaintext(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="samplan-test-")
        self.addCleanup(directory.cleanup)
        self.top = pathlib.Path(directory.name)
        (self.top / "tmp").mkdir()
        before = os.environ.get("TMPDIR")
        os.environ["TMPDIR"] = str(self.top / "tmp")
        self.addCleanup(lambda: os.environ.update(TMPDIR=before) if before else os.environ.pop("TMPDIR"))
        self.dice = random.Random(self.id())
        self.a, self.b = Site(self.top / "a", "ett hemligt lösenord"), Site(self.top / "b", "ett hemligt lösenord två")
        self.forbidden = [w.encode() for w in WORDS + SQLITE]
        self.found, self.scans, self.stop = [], 0, threading.Event()

    def folders(self):
        return self.a.home, self.b.home, self.top / "plats", self.top / "tmp"

    def search(self, name, data):
        self.found += [f"{name}: {word}" for word in self.forbidden if word in data]

    def scan(self):
        """Every file that is there now; those that come and go meanwhile are met by a later one."""
        for folder in self.folders():
            for path in folder.rglob("*"):
                try:
                    if path.is_file():
                        self.search(path.relative_to(self.top), path.read_bytes())
                except FileNotFoundError:
                    pass
        self.scans += 1

    def scan_objects(self):
        """What git has compressed."""
        for repository in (self.a.home / "log.git", self.b.home / "log.git", self.top / "plats"):
            objects = git(repository, "cat-file", "--batch-all-objects", "--batch", text=False)
            self.assertGreater(len(objects), 1000)
            self.search(repository, objects)

    def scan_all_the_time(self):
        while not self.stop.is_set():
            self.scan()

    def keys(self):
        """Of the sections: they lie in the replica, and nowhere else but in envelopes."""
        keys = [key for site in (self.a, self.b) for (key,) in lib_peek.rows(site, "SELECT key FROM held_key")]
        self.assertGreater(len(keys), 5)
        return keys + [key.hex().encode() for key in keys]

    def tell_story(self):
        found(self.a, "Provförbundsnamnet", "Kommunpartsnamnet", "kommun", "Handläggarnamnet Ett")
        enrol(self.a, self.b, "Regionen", "region", "Handläggarnamnet Två")
        for site in (self.a, self.b):
            site.ask("remote", "add", "plats", self.top / "plats")
        self.plan = self.a.ask("plan", "new", "title=Snickarverkstaden", "person.name=Personnamnet Ett")["id"]
        self.a.ask("consent", "give", self.plan, "--to", "alla", "--sections", "plan,person")
        self.a.ask("plan", "add", self.plan, "goal", "text=Kvastholmen")
        self.a.ask("plan", "set", self.plan, "background=" + "Trollskogsgatan fem dagar i veckan. " * 400)
        meet([self.a, self.b], "plats")
        self.b.ask("plan", "set", self.plan, "background=" + "Vintergatsboken fem dagar i veckan. " * 400)
        meet([self.a, self.b], "plats")

    def test_at_rest_and_at_work(self):
        watch = threading.Thread(target=self.scan_all_the_time)
        watch.start()
        try:
            self.tell_story()
            self.a.ask("gc")
            self.a.ask("rebuild")
        finally:
            self.stop.set()
            watch.join()
        self.assertGreater(self.scans, 20)
        self.forbidden += self.keys()
        self.scan()
        self.scan_objects()
        self.assertEqual(self.found, [])
        self.assertEqual(list((self.top / "tmp").iterdir()), [])
        self.assertIn("Trollskogsgatan", self.a.run("log", self.plan).out)  # the words are there, for who has the key

    def test_killed(self):
        self.tell_story()
        self.forbidden += self.keys()
        commands = (["plan", "set", self.plan, "background=" + "Blåbärsskogen " * 5000], ["sync"], ["rebuild"], ["gc"])
        killed = 0
        for i in range(KILLS):
            process = self.a.start(*commands[self.dice.randrange(len(commands))])
            time.sleep(self.dice.uniform(0.002, 0.06))
            process.kill()
            process.communicate()
            killed += process.returncode < 0
            self.scan()
        self.assertGreater(killed, KILLS // 3)
        self.assertEqual(self.found, [])
        self.a.ask("plan", "set", self.plan, "title=Kvastholmen")
        meet([self.a, self.b], "plats")
        self.assertTrue(self.a.ask("verify", "--full")["ok"])
        self.scan()
        self.scan_objects()
        self.assertEqual(self.found, [])

    def test_a_word_would_be_found(self):
        """The search itself: in a file, and in a compressed object."""
        self.tell_story()
        (self.a.home / "spill").write_text("… Kvastholmen …", encoding="utf-8")
        git(self.b.home / "log.git", "hash-object", "-w", "--stdin", data="Trollskogsgatan")
        self.scan()
        self.assertEqual(self.found, ["a/spill: b'Kvastholmen'"])
        self.scan_objects()
        self.assertEqual(len(self.found), 2)


if __name__ == "__main__":
    unittest.main()
