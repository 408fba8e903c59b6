"""What may arrive in a folder: records that are malformed, unsigned, forged, replayed, cut off, too large, too many.

Each test does something to the folder's repository with stock git. Whatever it is: the meeting ends with 0 or 1, the
reason is listed, the good news in the same folder arrive all the same, the content is what it would have been, and
both sites go on as before.
"""
import base64
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import unittest
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lib_samplan import (Site, Stage, branches, enrol, found, git, meet, repository_of,  # noqa: E402
                         values)

NEWS = "Nyheten som ska fram"
MANY_BRANCHES = 3000
LONG_CHAIN, LONG_CHAIN_BRANCHES = 3000, 2000
TOO_LARGE = (16 << 20) + 1  # limits.h: LIMIT_BODY
MEETING_MAX_S = 10


def blake(data):
    return hashlib.blake2b(data, digest_size=32)


class Forger:
    """Writes records of the right form, as someone would who knows the format but is no member."""

    def __init__(self, repository, directory, forbund):
        self.repository, self.forbund = repository, forbund
        self.key = directory / "okänd"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", self.key], check=True)
        sign = base64.b64decode(self.key.with_suffix(".pub").read_text().split()[1])[-32:]
        run = os.urandom(8)
        self.chain = blake(b"samplan chain 1" + sign + run).hexdigest()[:32]
        long = bytes([0x58, 32])
        self.opening = (b"\x86\x01" + long + sign + b"\x48" + run + long + os.urandom(32) + long + os.urandom(32)
                        + b"\xf6")

    def blob(self, data):
        return git(self.repository, "hash-object", "-w", "--stdin", data=data)

    def tree(self, **blobs):
        lines = "".join(f"100644 blob {name}\t{path}\n" for path, name in sorted(blobs.items()))
        return git(self.repository, "mktree", data=lines)

    def write(self, commit):
        return git(self.repository, "hash-object", "-t", "commit", "-w", "--stdin", "--literally", data=commit)

    def signature(self, payload):
        done = subprocess.run(["ssh-keygen", "-Y", "sign", "-n", "git", "-f", self.key], input=payload,
                              capture_output=True, check=True)
        return done.stdout.decode().strip()

    def record(self, body=None, seen=(), signed=True, alter=lambda message: message, body_hash=None):
        """A chain's first record; seen: lines. Gives the commit's name."""
        body = body or os.urandom(16) + b"\0" + os.urandom(16) + (144).to_bytes(4, "big") + os.urandom(144)
        now = int(time.time())
        message = alter("\n".join(
            ["samplan 1", "kind plans", f"forbund {self.forbund}", f"chain {self.chain}", "dots 1-1", f"time {now}",
             f"prev {blake(self.opening).hexdigest()}", *(f"seen {line}" for line in sorted(seen)),
             f"body {body_hash or blake(body).hexdigest()}", f"opens {blake(self.opening).hexdigest()}"]) + "\n")
        tree = self.tree(b=self.blob(body), o=self.blob(self.opening))
        person = f"{self.chain} <{self.chain}@samplan> {now} +0000"
        head = f"tree {tree}\nauthor {person}\ncommitter {person}\n"
        if signed:
            lines = self.signature((head + "\n" + message).encode()).replace("\n", "\n ")
            head += f"gpgsig {lines}\n"
        return self.write(head + "\n" + message)


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage()
        cls.addClassCleanup(cls.stage.remove)
        cls.dir = cls.stage.dir
        a, b = Site(cls.dir / "a", "ett"), Site(cls.dir / "b", "två")
        found(a, "Provförbundet", "Kommunen", "kommun", "Handläggare Ett")
        enrol(a, b, "Regionen", "region", "Handläggare Två")
        cls.plan = a.ask("plan", "new", "title=Provplan", "person.name=Testperson Ett")["id"]
        cls.goal = a.ask("plan", "add", cls.plan, "goal", "text=Ett mål")["id"]
        a.ask("consent", "give", cls.plan, "--to", "alla", "--sections", "plan,person")
        for site in (a, b):
            site.ask("remote", "add", "mapp", cls.dir / "mapp")
        a.sync()
        cls.chain_a, = branches(repository_of(cls.dir / "mapp"))
        meet([a, b])
        b.ask("plan", "add", cls.plan, "goal", "text=Före allt")  # a first record that both have
        meet([b, a])
        b.ask("plan", "add", cls.plan, "goal", "text=Tidigare nyhet")
        b.sync()
        b.ask("plan", "set", cls.goal, f"text={NEWS}")
        b.sync()
        cls.before = a.digest()
        cls.stage.keep()
        a.sync()
        cls.expected = a.digest()  # what the content is when nobody has been at the folder

    def setUp(self):
        self.stage.restore()
        self.a, self.b = Site(self.dir / "a"), Site(self.dir / "b")
        self.repository = repository_of(self.dir / "mapp")
        self.chain_b, = set(branches(self.repository)) - {self.chain_a}
        self.tip_b = branches(self.repository)[self.chain_b]
        header = git(self.repository, "show", "-s", "--format=%B", self.tip_b)
        self.forbund = next(line.split()[1] for line in header.splitlines() if line.startswith("forbund "))
        self.forger = Forger(self.repository, self.dir, self.forbund)

    def move(self, branch, to):
        git(self.repository, "update-ref", f"refs/heads/{branch}", to)

    def write_ref(self, branch, text):
        """For what git itself would not write."""
        path = self.repository / "refs" / "heads" / branch
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    # what must hold afterwards

    def meets(self, *reasons, expected=None):
        """A meets the folder as it is now. One of the reasons is given; the content is as expected."""
        started = time.monotonic()
        faults = self.a.sync("mapp")["faults"]
        self.assertLess(time.monotonic() - started, MEETING_MAX_S)
        verified = self.a.look("verify")
        if reasons:
            told = json.dumps([faults, verified["refused"], verified["forks"]])
            self.assertTrue(any(f'"{reason}"' in told for reason in reasons), f"none of {reasons} in {told}")
        self.assertEqual(self.a.digest(), expected or self.expected)
        if not expected:
            self.assertEqual(values(self.a.objects()[self.goal], "text"), [NEWS])

    def heals(self):
        """The device whose chain it is puts its branch right again when it meets the folder next."""
        self.b.sync("mapp")
        self.assertEqual(branches(self.repository)[self.chain_b], self.tip_b, "its own device moves it forward again")
        self.a.sync("mapp")
        self.assertEqual(self.a.digest(), self.expected)

    def goes_on(self):
        """Both write and meet as if nothing had been; the log is clean, passed on clean, and gives the same again."""
        self.a.ask("plan", "add", self.plan, "goal", "text=A efteråt")
        self.b.ask("plan", "add", self.plan, "goal", "text=B efteråt")
        for site in (self.a, self.b, self.a, self.b, self.a):
            site.sync("mapp")
        self.assertEqual(self.a.digest(), self.b.digest())
        texts = {v for o in self.a.objects().values() if o["type"] == "goal" for v in values(o, "text")}
        self.assertLessEqual({NEWS, "Tidigare nyhet", "A efteråt", "B efteråt"}, texts)
        for site in (self.a, self.b):
            site.ask("rebuild")
        self.assertEqual(self.a.digest(), self.b.digest())
        self.a.ask("remote", "add", "ren", self.dir / "ren")
        self.a.sync("ren")
        clean = repository_of(self.dir / "ren")
        self.assertEqual(set(branches(clean)), {self.chain_a, self.chain_b}, "only good chains are passed on")
        git(clean, "fsck", "--strict")

    # malformed

    def test_a_message_that_is_no_header(self):
        self.move("0" * 32, self.forger.record(alter=lambda m: "Hej!\n"))
        self.meets("malformed")
        self.goes_on()

    def test_headers_that_are_almost_right(self):
        alterations = {
            "version": lambda m: m.replace("samplan 1", "samplan 01"),
            "order": lambda m: "\n".join(sorted(m.split("\n"))),
            "trailing": lambda m: m + "mer\n", "space": lambda m: m.replace("dots ", "dots  "),
            "upper": lambda m: m.replace(self.forger.chain, self.forger.chain.upper()), "cut": lambda m: m[:-1],
            "backward": lambda m: m.replace("dots 1-1", "dots 2-1"),
            "zero": lambda m: m.replace("dots 1-1", "dots 0-1"),
            "huge": lambda m: m.replace("dots 1-1", "dots 1-99999999999999999999"),
            "long": lambda m: m + "seen " * 40000, "nul": lambda m: m.replace("kind plans", "kind\0plans")}
        for number, alter in enumerate(alterations.values()):
            self.move(f"{number:032x}", self.forger.record(alter=alter))
        self.meets("malformed", "limit")
        self.goes_on()

    def test_branches_that_are_no_commits(self):
        blob = self.forger.blob(b"bara en blob")
        self.write_ref("1" * 32, blob + "\n")
        self.write_ref("2" * 32, self.forger.tree(b=blob) + "\n")
        self.write_ref("3" * 32, git(self.repository, "mktag", data=(
            f"object {self.tip_b}\ntype commit\ntag x\ntagger x <x> 1 +0000\n\nx\n")) + "\n")
        self.write_ref("4" * 32, "f" * 40 + "\n")  # no such object
        self.meets("malformed", "hash", "chain", "link")
        self.goes_on()

    def test_references_that_are_no_references(self):
        self.write_ref("5" * 32, f"ref: refs/heads/{'5' * 32}\n")
        self.write_ref("6" * 32, "skräp")
        self.write_ref("7" * 32, "")
        (self.repository / "refs" / "heads" / ("8" * 32)).mkdir()
        (self.repository / "refs" / "heads" / ("9" * 32)).symlink_to("/etc/passwd")
        self.meets()
        self.goes_on()

    def test_ordinary_git_branches(self):
        tree = self.forger.tree(b=self.forger.blob(b"x"))
        person = "Någon <n@example.org> 1700000000 +0100"
        tip_a = branches(self.repository)[self.chain_a]
        merge = self.forger.write(f"tree {tree}\nparent {self.tip_b}\nparent {tip_a}\n"
                                  f"author {person}\ncommitter {person}\n\nMerge branch 'x'\n")
        for name in ("main", "feature/åäö", "a" * 31, "A" * 32, "b" * 32):
            self.move(name, merge)
        self.meets()
        self.goes_on()

    # forged

    def test_an_unsigned_record(self):
        self.move(self.forger.chain, self.forger.record(signed=False))
        self.meets("malformed", "signature")
        self.goes_on()

    def test_an_unsigned_record_on_top_of_a_members_chain(self):
        tree = git(self.repository, "rev-parse", f"{self.tip_b}^{{tree}}")
        person = f"{self.chain_b} <{self.chain_b}@samplan> 1800000000 +0000"
        self.move(self.chain_b, self.forger.write(
            f"tree {tree}\nparent {self.tip_b}\nauthor {person}\ncommitter {person}\n\nsamplan 1\n"))
        self.meets("malformed", "signature")
        self.goes_on()  # the branch is moved away from it when there is more of the chain to put there

    def test_a_record_of_a_device_nobody_certified(self):
        record = self.forger.record()
        signers = self.dir / "signers"
        signers.write_text("x " + self.forger.key.with_suffix(".pub").read_text())
        git(self.repository, "-c", "gpg.format=ssh", "-c", f"gpg.ssh.allowedSignersFile={signers}", "verify-commit",
            record)  # the forgery is a good one
        self.move(self.forger.chain, record)
        self.meets("quarantine", "chain", "authority")
        self.goes_on()

    def test_a_good_signature_of_another_key_on_a_members_chain(self):
        for where in (self.chain_b, "c" * 32):
            self.move(where, self.forger.record(alter=lambda m: m.replace(self.forger.chain, self.chain_b)))
        self.meets("signature", "malformed", "chain", "fork", expected=self.before)
        self.heals()
        self.goes_on()

    def test_a_body_that_is_not_the_one_signed(self):
        self.move(self.forger.chain, self.forger.record(body_hash="0" * 64))
        self.meets("hash")
        self.goes_on()

    def test_a_flipped_byte_in_a_members_record(self):
        body = bytearray(git(self.repository, "cat-file", "blob", f"{self.tip_b}:b", text=False))
        body[-1] ^= 1
        names = dict(reversed(line.split()[2:]) for line in
                     git(self.repository, "ls-tree", self.tip_b).splitlines())
        tree = self.forger.tree(**names | {"b": self.forger.blob(bytes(body))})
        commit = git(self.repository, "cat-file", "commit", self.tip_b, text=False)
        forged = self.forger.write(commit.replace(commit.split(b"\n")[0], f"tree {tree}".encode()))
        self.assertNotEqual(forged, self.tip_b)
        self.move(self.chain_b, forged)
        self.a.sync("mapp")
        self.assertNotIn(NEWS, self.a.run("dump").out)
        self.assertIn('"signature"', json.dumps(self.a.look("verify")["refused"]))
        self.heals()
        self.goes_on()

    def test_seen_what_nobody_has(self):
        self.move(self.forger.chain, self.forger.record(seen=[f"{'e' * 32} 7 {'e' * 64}"]))
        self.meets("waits", "quarantine", "chain")
        self.goes_on()

    def test_another_forbund(self):
        self.forger.forbund = "d" * 32
        self.move(self.forger.chain, self.forger.record())
        self.meets()
        self.goes_on()

    # replayed, cut off, withheld

    def test_a_members_record_replayed_on_another_branch(self):
        for name in (self.forger.chain, "0" * 32):
            self.move(name, self.tip_b)
        self.meets()  # it may be a branch of a chain that has split; it says what is known already
        self.goes_on()

    def test_a_chain_moved_to_another_members(self):
        self.move(self.chain_b, branches(self.repository)[self.chain_a])
        self.meets(expected=self.before)
        self.heals()
        self.goes_on()

    def test_a_chain_moved_back_before_the_news(self):
        self.move(self.chain_b, f"{self.tip_b}~2")
        self.meets(expected=self.before)
        self.heals()
        self.goes_on()

    def test_a_chain_moved_back_after_the_news(self):
        self.meets()
        self.move(self.chain_b, f"{self.tip_b}~1")
        self.meets()
        self.assertEqual(branches(self.repository)[self.chain_b], self.tip_b, "any site that has it is a courier")
        self.goes_on()

    def test_chains_deleted(self):
        self.meets()
        for name in (self.chain_a, self.chain_b):
            git(self.repository, "update-ref", "-d", f"refs/heads/{name}")
        self.meets()
        self.assertEqual(branches(self.repository)[self.chain_b], self.tip_b)
        self.goes_on()

    def test_a_missing_blob(self):
        """The news cannot be taken in, and nothing that rests on them; the rest can."""
        blob = git(self.repository, "rev-parse", f"{self.tip_b}:b")
        packs = sorted((self.repository / "objects" / "pack").glob("*.pack"))
        moved = [(self.dir / pack.name, pack.rename(self.dir / pack.name))[0] for pack in packs]
        for index in (self.repository / "objects" / "pack").glob("*.idx"):
            index.unlink()
        for pack in moved:
            git(self.repository, "unpack-objects", "-q", data=pack.read_bytes())
        loose = self.repository / "objects" / blob[:2] / blob[2:]
        loose.rename(self.dir / "blob")
        self.a.run("sync", "mapp")
        dump = self.a.run("dump").out
        self.assertNotIn(NEWS, dump)
        self.assertIn("Tidigare nyhet", dump)
        self.a.ask("plan", "add", self.plan, "goal", "text=Går ändå")
        (self.dir / "blob").rename(loose)
        self.a.sync("mapp")
        self.assertIn(NEWS, self.a.run("dump").out)
        self.goes_on()

    def test_a_stick_pulled_out_half_way(self):
        """A pack cut off, and what a writer that died leaves: nothing is lost, and the next meeting mends it."""
        pack = max((self.repository / "objects" / "pack").glob("*.pack"), key=lambda p: p.stat().st_mtime_ns)
        whole = pack.read_bytes()
        pack.chmod(0o644)
        pack.write_bytes(whole[:len(whole) // 2])
        (self.repository / "objects" / "pack" / "tmp_pack_x").write_bytes(whole[:50])
        answer = self.a.run("sync", "mapp")
        self.assertIn(answer.code, (0, 1, 5), answer)
        self.assertIn(self.a.digest(), (self.before, self.expected))
        pack.write_bytes(whole)
        self.meets()
        self.goes_on()

    # too much

    def test_a_body_that_is_too_large(self):
        self.move(self.forger.chain, self.forger.record(body=bytes(TOO_LARGE)))
        self.meets("limit")
        self.goes_on()

    def test_many_branches_to_one_long_chain(self):
        """Walking each to its end would take the product of both."""
        tip = self.long_chain(LONG_CHAIN)
        updates = "".join(f"create refs/heads/{n:032x} {tip}\n" for n in range(LONG_CHAIN_BRANCHES))
        git(self.repository, "update-ref", "--stdin", data=updates)
        git(self.repository, "pack-refs", "--all")
        self.meets("chain", "limit", "quarantine", "malformed", "signature", "link", "hash")
        self.goes_on()

    def long_chain(self, length):
        """Commits of the right shape, each the parent of the next; no signature holds. Gives the last one's name."""
        first = git(self.repository, "cat-file", "commit", self.forger.record(), text=False)
        tree, rest = first.split(b"\n", 1)
        name = None
        for _ in range(length):
            parent = b"" if name is None else b"\nparent " + name.encode()
            content = tree + parent + b"\n" + rest
            stored = b"commit %d\0" % len(content) + content
            name = hashlib.sha1(stored).hexdigest()
            path = self.repository / "objects" / name[:2] / name[2:]
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(zlib.compress(stored, 1))
        return name

    def test_very_many_branches(self):
        record = self.forger.record()
        updates = "".join(f"create refs/heads/{n:032x} {record}\n" for n in range(MANY_BRANCHES))
        git(self.repository, "update-ref", "--stdin", data=updates)
        git(self.repository, "pack-refs", "--all")
        self.meets("chain", "limit", "quarantine", "malformed")
        self.goes_on()

    # forks

    def test_a_copied_home(self):
        """Two successors of one record: nobody's work is lost, and it is told."""
        twin = Site(self.dir / "b2")
        shutil.copytree(self.b.home, twin.home)
        shutil.copy(self.b.passphrase_file, twin.passphrase_file)
        self.b.ask("plan", "add", self.plan, "goal", "text=Från originalet")
        twin.ask("plan", "add", self.plan, "goal", "text=Från kopian")
        self.b.sync("mapp")
        for site in (twin, self.a):
            self.assertIn(site.run("sync", "mapp").code, (0, 1, 4))
        texts = {v for o in self.a.objects().values() if o["type"] == "goal" for v in values(o, "text")}
        self.assertLessEqual({NEWS, "Från originalet"}, texts)
        self.a.ask("plan", "add", self.plan, "goal", "text=A efteråt")
        self.a.sync("mapp")


if __name__ == "__main__":
    unittest.main(verbosity=2)
