"""kill -9 at random moments, during saves and during meetings: nothing acknowledged is ever missing.

Two sites share a plan and meet in a folder. A seeded generator picks a site, a command, and either a moment of time or
the number of a call that changes a file system (kill_at.c); the command is killed there. Afterwards the home opens,
verifies, holds all that was acknowledged (exit 0 seen), all or nothing of every transaction, and can meet. At the end
both sites agree, rebuild gives the same, and git finds nothing to remark.

    python3 tests/crash/test_kill.py [--count N] [--seed S]
"""
import argparse
import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lib_samplan import (DONE, LOOK, Site, Stage, Unexpected, enrol, found, git, meet, program,  # noqa: E402
                         repository_of, values)

COUNT, SEED = 100, 2
PARTS = ("första", "andra", "tredje")  # of one transaction of apply
COMMANDS = ("set", "add", "apply", "sync", "sync", "both")


class Desk:
    """One site and what its user has been told: what must be there, and what may be."""

    def __init__(self, site, plan, goal):
        self.site, self.plan, self.goal = site, plan, goal
        self.told = "början"  # text of the goal that only this site sets, as last acknowledged
        self.perhaps = set()  # later texts of it, killed before they were acknowledged
        self.added = set()  # texts of goals whose making was acknowledged
        self.applied = set()  # prefixes of transactions of three goals, acknowledged
        self.killed = set()  # the same, killed

    def command(self, what, serial, directory):
        """(arguments, what to note when it was acknowledged, what to note when it was not)."""
        text = f"{self.site.home.name} {serial}"
        if what == "set":
            return (["plan", "set", self.goal, f"text={text}"],
                    lambda: (setattr(self, "told", text), self.perhaps.clear()), lambda: self.perhaps.add(text))
        if what == "add":
            return (["plan", "add", self.plan, "goal", f"text={text}"], lambda: self.added.add(text), lambda: None)
        if what == "apply":
            lines = [{"op": "new", "type": "goal", "plan": self.plan, "set": {"text": f"{text} {part}"}, "tx": text}
                     for part in PARTS]
            path = directory / "apply.jsonl"
            path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
            return ["apply", path], lambda: self.applied.add(text), lambda: self.killed.add(text)
        return ["sync", "mapp"], lambda: None, lambda: None


class Executioner:
    """Starts commands and kills them, by the clock or at a file system call, within what the command usually takes."""

    def __init__(self, rng, directory):
        self.random, self.directory = rng, directory
        self.usual_s, self.usual_calls = {}, {}
        self.kills = self.finished = 0
        self.by_call = False  # how the process that was started last dies
        self.library = directory / "kill_at.so"
        self.count_file = directory / "kill_at.count"
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler:
            source = pathlib.Path(__file__).with_name("kill_at.c")
            subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", self.library, source, "-ldl"], check=True)

    def learn(self, what, site, arguments):
        """Runs the command to its end, and measures it."""
        started = time.monotonic()
        process = site.start(*arguments, env=self.counting())
        _, err = process.communicate(timeout=60)
        if process.returncode not in (DONE, LOOK):
            raise AssertionError(f"{arguments}: exit {process.returncode}: {err}")
        self.usual_s[what] = time.monotonic() - started
        if self.library.exists():
            self.usual_calls[what] = int(self.count_file.read_text())

    def counting(self):
        return {"LD_PRELOAD": str(self.library), "KILL_COUNT": str(self.count_file)} if self.library.exists() else {}

    def start(self, what, site, arguments):
        """A process that will be killed by finish, or by itself."""
        self.by_call = what in self.usual_calls and self.random.random() < 0.7
        if not self.by_call:
            return site.start(*arguments)
        at = self.random.randint(1, self.usual_calls[what] + 1)
        return site.start(*arguments, env={"LD_PRELOAD": str(self.library), "KILL_AT": str(at)})

    def finish(self, what, process):
        """True if it was killed, False if it ended well before that."""
        try:
            process.wait(None if self.by_call else self.random.uniform(0, 1.2 * self.usual_s[what]))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        _, err = process.communicate(timeout=60)
        if process.returncode == -signal.SIGKILL:
            self.kills += 1
            return True
        if process.returncode not in (DONE, LOOK):
            raise AssertionError(f"exit {process.returncode}: {err}")
        self.finished += 1
        return False


class Kill(unittest.TestCase):
    def setUp(self):
        self.stage = Stage()
        self.random = random.Random(SEED)
        self.killer = Executioner(self.random, self.stage.dir)
        a, b = Site(self.stage.dir / "a", "ett"), Site(self.stage.dir / "b", "två")
        found(a, "Provförbundet", "Kommunen", "kommun", "Handläggare Ett")
        enrol(a, b, "Regionen", "region", "Handläggare Två")
        plan = a.ask("plan", "new", "title=Provplan", "person.name=Testperson Ett")["id"]
        a.ask("consent", "give", plan, "--to", "alla", "--sections", "plan,person")
        goals = [a.ask("plan", "add", plan, "goal", "text=början")["id"] for _ in "ab"]
        for site in (a, b):
            site.ask("remote", "add", "mapp", self.stage.dir / "mapp")
        meet([a, b])
        self.desks = [Desk(site, plan, goal) for site, goal in zip((a, b), goals)]

    def test_kill(self):
        self.learn()
        for serial in range(COUNT):
            what, desk = self.random.choice(COMMANDS), self.random.choice(self.desks)
            try:
                if what == "both":
                    self.kill_one_of_two_meetings(desk)
                else:
                    self.kill_one(desk, what, serial)
                self.reopen(desk)
            except (AssertionError, Unexpected) as why:
                self.fail(f"seed {SEED}, number {serial}: {what} at {desk.site.home} (kept): {why}")
        self.settle()
        print(f"\nseed {SEED}: {self.killer.kills} killed, {self.killer.finished} ended first", file=sys.stderr)
        self.assertGreater(self.killer.kills, COUNT // 4, "too few were killed before they ended")
        self.stage.remove()  # only now: what failed is left to look at

    def learn(self):
        for what in ("add", "sync", "set", "apply"):
            self.prepare(self.desks[0], what, "mätning")
            arguments, acknowledged, _ = self.desks[0].command(what, "mätning", self.stage.dir)
            self.killer.learn(what, self.desks[0].site, arguments)
            acknowledged()

    # one kill

    def prepare(self, desk, what, serial):
        """A meeting has something to send, and something to fetch."""
        if what == "sync":
            for each in self.desks:
                arguments, acknowledged, _ = each.command("add", f"{serial} före", self.stage.dir)
                each.site.ask(*arguments)
                acknowledged()
            self.other(desk).site.look("sync", "mapp")

    def kill_one(self, desk, what, serial):
        self.prepare(desk, what, serial)
        arguments, acknowledged, unknown = desk.command(what, serial, self.stage.dir)
        killed = self.killer.finish(what, self.killer.start(what, desk.site, arguments))
        (unknown if killed else acknowledged)()

    def kill_one_of_two_meetings(self, desk):
        """Both sites meet the folder at the same moment; one is killed, the other must get through."""
        doomed = self.killer.start("sync", desk.site, ["sync", "mapp"])
        spared = self.other(desk).site.start("sync", "mapp")
        self.killer.finish("sync", doomed)
        _, err = spared.communicate(timeout=60)
        self.assertIn(spared.returncode, (DONE, LOOK), err)

    def other(self, desk):
        return self.desks[1 - self.desks.index(desk)]

    # what must hold afterwards

    def reopen(self, desk):
        self.holds_all(desk, desk.site.objects())
        verified = desk.site.look("verify")
        self.assertTrue(verified["ok"], verified)
        desk.site.look("sync", "mapp")
        self.holds_all(desk, desk.site.objects())

    def holds_all(self, desk, objects):
        shown = values(objects[desk.goal], "text")
        self.assertEqual(len(shown), 1, shown)
        self.assertIn(shown[0], {desk.told} | desk.perhaps)
        desk.told, desk.perhaps = shown[0], set()  # what has been shown stays
        texts = {v for o in objects.values() if o["type"] == "goal" for v in values(o, "text")}
        self.assertLessEqual(desk.added, texts, f"missing: {desk.added - texts}")
        for prefix in desk.applied | desk.killed:
            there = sum(f"{prefix} {part}" in texts for part in PARTS)
            self.assertIn(there, (len(PARTS),) if prefix in desk.applied else (0, len(PARTS)), f"{prefix}: in part")
            if there:
                desk.applied.add(prefix)
        desk.killed -= desk.applied

    def settle(self):
        sites = [desk.site for desk in self.desks]
        meet(sites)
        digests = {site.digest() for site in sites}
        self.assertEqual(len(digests), 1, digests)
        for desk in self.desks:
            for holder in sites:
                self.holds_all(desk, holder.objects())
            desk.site.ask("rebuild")
            git(repository_of(desk.site.home / "log.git"), "fsck", "--strict")
            self.assertTrue(desk.site.ask("verify", "--full")["ok"])
        git(repository_of(self.stage.dir / "mapp"), "fsck", "--strict")
        self.assertEqual({site.digest() for site in sites}, digests, "rebuild gives the same")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=SEED)
    known, rest = parser.parse_known_args()
    COUNT, SEED = known.count, known.seed
    print(f"{program()}: {COUNT} kills, seed {SEED}", file=sys.stderr)
    unittest.main(argv=sys.argv[:1] + rest, verbosity=2)
