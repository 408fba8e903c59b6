"""Clocks that are years off, forward and back: nothing that others can read breaks, and nobody's clock runs away.

The program runs with fault.c preloaded, which moves its wall clock.
"""
import datetime
import os
import sys
import pathlib
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lib_samplan import STORAGE, Site, Stage, enrol, found, meet  # noqa: E402

PRELOAD = os.environ.get("FAULT_PRELOAD")
HOUR = 3600
DAY = 24 * HOUR
YEAR = 365 * DAY


class Clocked(Site):
    """A site whose machine's clock is off by `off` seconds."""
    off = 0

    def environment(self, more=None):
        env = super().environment(more)
        return env | {"LD_PRELOAD": PRELOAD, "FAULT_CLOCK_MS": str(self.off * 1000)} if self.off else env


@unittest.skipUnless(PRELOAD, "run by ctest, which says where the library is")
class Clocks(unittest.TestCase):
    def setUp(self):
        self.stage = Stage()
        self.addCleanup(self.stage.remove)

    def site(self, name, off=0):
        site = Clocked(self.stage.dir / name, name)
        site.off = off
        return site

    def sites(self, off):
        """Two who share a plan, b with its clock off; and the plan's goal."""
        a, b = self.site("a"), self.site("b", off)
        found(a, "Provförbundet", "Kommunen", "kommun", "Handläggare Ett")
        enrol(a, b, "Regionen", "region", "Handläggare Två")
        self.plan = a.ask("plan", "new", "title=Provplan", "person.name=Testperson Ett")["id"]
        a.ask("consent", "give", self.plan, "--to", "alla", "--sections", "plan,person")
        self.goal = a.ask("plan", "add", self.plan, "goal", "text=början")["id"]
        for site in (a, b):
            site.ask("remote", "add", "mapp", self.stage.dir / "mapp")
        meet([a, b])
        return a, b

    def write(self, site, text):
        """Sets the goal's text; the transaction's time, as seconds from now."""
        tx = site.ask("plan", "set", self.goal, f"text={text}")["tx"]
        times = {row["tx"]: row["time"] for row in site.ask("log", self.plan)}
        at = datetime.datetime.strptime(times[tx], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
        return (at - datetime.datetime.now(datetime.timezone.utc)).total_seconds()

    def agree(self, *sites):
        meet(list(sites))
        self.assertEqual(len({site.digest() for site in sites}), 1)
        for site in sites:
            before = site.digest()
            self.assertTrue(site.ask("verify", "--full")["ok"])
            site.ask("rebuild")
            self.assertEqual(site.digest(), before)

    def test_years_off(self):
        for number, off in enumerate((14 * YEAR, -56 * YEAR, -70 * YEAR, 200 * YEAR)):
            with self.subTest(off=off):
                self.stage.keep() if number == 0 else self.stage.restore()
                a, b = self.sites(off)
                own = max(off, -datetime.datetime.now().timestamp())  # no time is before 1970
                self.assertAlmostEqual(self.write(b, "från den vars klocka går fel"), own, delta=HOUR)
                meet([a, b])
                self.assertAlmostEqual(self.write(a, "från den vars klocka går rätt"), 0, delta=HOUR)
                self.agree(a, b)
                # both at once: a conflict, whatever the clocks say
                self.write(a, "ett")
                self.write(b, "två")
                self.agree(a, b)
                self.assertEqual(len(a.look("conflicts")), 1)
                # the clock is set right: it does not stay where it was
                b.off = 0
                self.assertAlmostEqual(self.write(b, "rättad"), 0, delta=HOUR)
                self.agree(a, b)
                self.assertEqual(a.look("conflicts"), [])

    def test_within_a_day_is_followed_and_kept(self):
        a, b = self.sites(23 * HOUR)
        self.write(b, "före")
        meet([a, b])
        self.assertAlmostEqual(self.write(a, "efter"), 23 * HOUR, delta=HOUR)
        self.assertAlmostEqual(self.write(a, "efter det"), 23 * HOUR, delta=HOUR)  # by another process
        self.agree(a, b)

    def test_a_day_ahead_is_not_followed(self):
        a, b = self.sites(25 * HOUR)
        self.write(b, "före")
        meet([a, b])
        self.assertAlmostEqual(self.write(a, "efter"), 0, delta=HOUR)

    def test_nobody_runs_away(self):
        """Each half a day ahead of the one before, and all meet: nobody is more than a day ahead of its own clock."""
        a, b = self.sites(12 * HOUR)
        c = self.site("c", 24 * HOUR - 60)
        enrol(a, c, "Arbetsförmedlingen", "af", "Handläggare Tre")
        c.ask("remote", "add", "mapp", self.stage.dir / "mapp")
        a.ask("consent", "give", self.plan, "--to", "alla", "--sections", "plan,person")
        meet([a, b, c])
        for number in range(3):
            for site in (c, b, a):
                self.assertLess(self.write(site, f"{number}"), 24 * HOUR)
                meet([a, b, c])
        self.agree(a, b, c)

    def test_once_far_ahead_it_follows_others_again(self):
        """What was remembered of a clock that was wrong does not hide another's that is right."""
        a, b = self.sites(5 * HOUR)
        a.off = 14 * YEAR
        self.write(a, "i framtiden")
        a.off = 0
        self.write(b, "fem timmar före")
        meet([a, b])
        self.assertAlmostEqual(self.write(a, "efter"), 5 * HOUR, delta=HOUR)
        self.agree(a, b)

    def test_a_clock_that_no_record_can_have(self):
        a, b = self.sites(0)
        self.write(b, "i tid")
        b.off = 40000 * YEAR
        before = b.digest()
        for command in (["plan", "set", self.goal, "text=aldrig"], ["sync", "mapp"]):
            answer = b.run(*command)
            self.assertEqual((answer.code, answer.out), (STORAGE, ""), answer)
            self.assertIn("klocka", answer.error["message"])
        self.assertEqual(b.digest(), before)
        b.off = 0
        self.agree(a, b)


if __name__ == "__main__":
    unittest.main(verbosity=2)
