"""The main job, end to end: app/demo --check passes on the fixture, and does not pass on an altered one."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests"))
from lib_samplan import program  # noqa: E402

CHEAP = ("--passphrase-cost", "cheap")
FIXTURE = TOP / "tests" / "data" / "three-plans.json"


def demo(*args, cwd=TOP):
    return subprocess.run([sys.executable, TOP / "app" / "demo", *map(str, args)], cwd=cwd, timeout=240,
                          env=os.environ | {"SAMPLAN": program()}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8")


class MainJob(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="samplan-main-job-")
        self.addCleanup(scratch.cleanup)
        self.dir = pathlib.Path(scratch.name)

    def altered(self, alter):
        fixture = json.loads(FIXTURE.read_text(encoding="utf-8"))
        alter(fixture)
        path = self.dir / "altered.json"
        path.write_text(json.dumps(fixture), encoding="utf-8")
        return path

    def test_passes_and_leaves_the_homes(self):
        done = demo("--check", "--dir", self.dir / "demo")
        self.assertEqual(done.returncode, 0, done.stdout)
        for kind in ("kommun", "af", "region"):
            self.assertTrue((self.dir / "demo" / kind / "device.key").exists(), done.stdout)

    def test_one_changed_date_of_an_activity_fails(self):
        def shorter_studies(fixture):
            fixture["activities"][0]["to"] = "2026-10-15"
        done = demo(*CHEAP, "--check", "--dir", self.dir / "demo", "--fixture", self.altered(shorter_studies))
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("['2026-09-01', '2026-10-15']", done.stdout)  # the K3 that was found instead
        self.assertTrue((self.dir / "demo" / "kommun" / "device.key").exists(), "nothing is removed on failure")

    def test_one_expected_finding_too_many_fails(self):
        def one_more(fixture):
            fixture["expected"]["glapp"].append({"rule": "G1"})
        done = demo(*CHEAP, "--check", "--dir", self.dir / "demo", "--fixture", self.altered(one_more))
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("saknas: ('glapp', 'G1'", done.stdout)

    def test_leaves_a_directory_alone_that_it_did_not_make(self):
        (self.dir / "demo").mkdir()
        (self.dir / "demo" / "mine").write_text("precious")
        done = demo(cwd=self.dir)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertEqual((self.dir / "demo" / "mine").read_text(), "precious")
        self.assertEqual([p.name for p in (self.dir / "demo").iterdir()], ["mine"])

    def test_without_check_it_ends_with_what_to_try_and_may_be_run_again(self):
        for _ in range(2):
            done = demo(*CHEAP, "--no-pages", cwd=self.dir)
            self.assertEqual(done.returncode, 0, done.stdout)
        commands = [line.split() for line in done.stdout.splitlines() if line.strip().startswith(program())]
        self.assertGreater(len(commands), 3, done.stdout)
        for command in commands:
            tried = subprocess.run(command, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, timeout=60)
            self.assertIn(tried.returncode, (0, 1), f"{command}\n{tried}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
