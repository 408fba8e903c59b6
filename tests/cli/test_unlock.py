"""passwd, unlock and lock, and what a process of samplan shows to others, through real processes.

The agent is met at its socket as any program of the same user could meet it: the bytes are written down here once more,
apart from the program's own (app/agent/agent_wire.h).
"""
import contextlib
import ctypes
import errno
import os
import pathlib
import pty
import re
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lib_samplan import (DONE, INPUT, REFUSED, STORAGE, TIMEOUT_S, USAGE, Site, Stage, enrol, found, meet,  # noqa: E402
                         program)

FIRST, SECOND = "korrekt häst batteri klammer", "sjutton gröna ugglor vid ån"
MAGIC = b"samplan agent 1\n"
KEY, LEFT, LOCK = 1, 2, 3
GIVEN, HELD, OTHER, LOCKED = 1, 2, 3, 4
SALT = slice(29, 45)  # in device.key: after the magic line and two numbers
NOBODY = 65534
ENDS_S = 10


def request(ask, salt=bytes(16)):
    return MAGIC + bytes([ask]) + salt


def processes(home):
    """The agents of a home, by what ps would show."""
    pids = []
    for each in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (each / "cmdline").read_bytes().split(b"\0")
            state = (each / "stat").read_text().rpartition(")")[2].split()[0]
            if words[:2] == [b"samplan", b"agent"] and words[2] == os.fsencode(home) and state != "Z":
                pids.append(int(each.name))
    return pids


def gone(home):
    """Waits until no agent of the home is left."""
    until = time.monotonic() + ENDS_S
    while processes(home) and time.monotonic() < until:
        time.sleep(0.02)
    return not processes(home)


def as_nobody(function):
    """What function gives (a text), or the name of what it raises, in a child that is the user nobody."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            said = function()
        except BaseException as why:  # pylint: disable=broad-exception-caught
            said = type(why).__name__
        os.write(into, said.encode())
        os._exit(0)
    os.close(into)
    with open(out, encoding="utf-8") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


def is_instrumented():
    """Sanitizers need more address space than there are limits for."""
    return b"__asan_init" in pathlib.Path(program()).read_bytes() or b"__tsan_init" in pathlib.Path(program()).read_bytes()


class Locked(Site):
    """A site whose commands find no passphrase unless they are given one."""

    def environment(self, more=None):
        env = super().environment(more)
        if not (more and "SAMPLAN_PASSPHRASE_FILE" in more):
            env.pop("SAMPLAN_PASSPHRASE_FILE")
        return env

    @property
    def secret(self):
        return ("--passphrase-file", self.passphrase_file)

    @property
    def opens(self):
        """Without a passphrase?"""
        return self.run("digest").code == DONE


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage()
        cls.addClassCleanup(cls.stage.remove)
        site = Site(cls.stage.dir / "hem", FIRST)
        found(site, "Provförbundet", "Kommunen", "kommun", "Handläggare Ett")
        site.ask("plan", "new", "title=Provplan", "person.name=Testperson Ett")
        cls.stage.keep()

    def setUp(self):
        self.stage.restore()
        self.site = Locked(self.stage.dir / "hem", FIRST)
        self.dir = self.stage.dir
        self.addCleanup(self.end)

    def end(self):
        for home in (self.site.home, *self.dir.glob("*/")):
            for pid in processes(home):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
                    os.kill(pid, signal.SIGTERM)
            self.assertTrue(gone(home))

    def refused(self, *args, code=REFUSED, site=None, env=None):
        answer = (site or self.site).run(*args, env=env)
        self.assertEqual(answer.code, code, answer)
        self.assertEqual(answer.out, "", answer)
        return answer

    def unlock(self, *args, site=None):
        site = site or self.site
        return site.ask(*site.secret, "unlock", *args)

    def agent(self, site=None):
        pids = processes((site or self.site).home)
        self.assertEqual(len(pids), 1, pids)
        return pids[0]

    def salt(self):
        return (self.site.home / "device.key").read_bytes()[SALT]

    def connect(self):
        s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        s.settimeout(ENDS_S)
        try:
            s.connect(str(self.site.home / "agent" / "home.sock"))
        except OSError:
            s.close()
            raise
        return s

    def say(self, message):
        """What the agent answers to one packet; b"" if it hangs up."""
        with self.connect() as s:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                s.send(message)
                return s.recv(4096)
        return b""

    def new_passphrase(self, text, name="ny.losenord"):
        path = self.dir / name
        path.write_text(text + "\n", encoding="utf-8")
        return path


class Unlock(Case):
    def test_commands_use_it_until_it_is_locked(self):
        self.refused("digest")
        told = self.unlock()
        self.assertEqual(told["seconds"], 900)
        self.assertTrue(self.site.opens)
        status = self.site.ask("status")
        self.assertEqual(status["unlocked"]["until"][:4], told["until"][:4])
        self.assertIn(status["unlocked"]["seconds"], range(800, 901))
        self.site.ask("plan", "new", "title=Utan lösenfras")
        self.assertEqual(self.site.ask("lock"), {"was_unlocked": True})
        self.assertTrue(gone(self.site.home))
        self.refused("digest")
        self.assertEqual(self.site.ask("lock"), {"was_unlocked": False})
        self.assertIsNone(self.site.ask(*self.site.secret, "status")["unlocked"])
        self.assertFalse((self.site.home / "agent" / "home.sock").exists())

    def test_for_people(self):
        env = {"LANG": "en"}
        told = self.site.run(*self.site.secret, "unlock", "--for", "2h", as_json=False, env=env)
        self.assertRegex(told.out, r"^Unlocked until \d{4}-\d\d-\d\d \d\d:\d\d\. samplan lock ends it before that\.$")
        self.assertRegex(self.site.run("status", as_json=False, env=env).out, r"\nUnlocked until .* \(samplan lock\)\n")
        self.assertEqual(self.site.run("lock", as_json=False, env=env).out, "Locked.\n")
        locked = self.site.run(*self.site.secret, "status", as_json=False, env=env).out
        self.assertIn("\nLocked: commands ask for the passphrase (samplan unlock)\n", locked)

    def test_it_must_be_the_right_passphrase(self):
        wrong = self.new_passphrase("något annat")
        self.refused("--passphrase-file", wrong, "unlock")
        self.refused("unlock")  # nobody to ask
        self.assertEqual(processes(self.site.home), [])
        self.unlock()
        # What is said on the command line is what is tried; what stands in the environment is not needed.
        self.refused("--passphrase-file", wrong, "digest")
        self.assertEqual(self.site.run("digest", env={"SAMPLAN_PASSPHRASE_FILE": str(wrong)}).code, DONE)

    def test_how_long(self):
        for text, seconds in (("1", 60), ("30m", 1800), ("90s", 90), ("12h", 43200)):
            self.assertEqual(self.unlock("--for", text)["seconds"], seconds)
            self.assertIn(self.site.ask("status")["unlocked"]["seconds"], (seconds, seconds - 1, seconds - 2))
            self.agent()  # one: the earlier one is gone
        for text in ("0", "-1", "13h", "43201s", "1.5", "x", "", "1d"):
            self.refused(*self.site.secret, "unlock", f"--for={text}", code=INPUT)
        self.refused(*self.site.secret, "unlock", "now", code=USAGE)
        self.refused("lock", "now", code=USAGE)
        # the path of a home that is none
        nowhere = Locked(self.dir / "ingenstans", FIRST)
        self.refused(*nowhere.secret, "unlock", site=nowhere, code=INPUT)
        self.refused("lock", site=nowhere, code=INPUT)

    def test_it_ends_by_itself(self):
        began = time.monotonic()
        self.unlock("--for", "3s")
        self.assertTrue(self.site.opens)
        while processes(self.site.home):
            self.assertLess(time.monotonic() - began, 3 + ENDS_S)
            with contextlib.suppress(OSError):
                self.say(request(KEY, self.salt()))  # asking does not make it last
            time.sleep(0.05)
        self.assertGreater(time.monotonic() - began, 2.9)
        self.refused("digest")
        self.assertEqual(list((self.site.home / "agent").glob("*.sock")), [])
        self.unlock("--for", "1s")  # and one that nobody asks
        self.assertTrue(gone(self.site.home))

    def test_signals_end_it(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGKILL, signal.SIGABRT):
            self.unlock()
            os.kill(self.agent(), number)
            self.assertTrue(gone(self.site.home), number)
            left = (self.site.home / "agent" / "home.sock").exists()
            self.assertEqual(left, number in (signal.SIGKILL, signal.SIGABRT))  # a stale socket
            self.refused("digest")
            self.assertEqual(self.site.ask("lock"), {"was_unlocked": False})
        self.unlock()  # takes the place of the stale one
        self.assertTrue(self.site.opens)

    def test_one_that_was_stopped_holds_nobody_up_for_long(self):
        self.unlock()
        agent = self.agent()
        os.kill(agent, signal.SIGSTOP)
        began = time.monotonic()
        self.assertEqual(self.site.run(*self.site.secret, "digest").code, DONE)
        self.refused("digest")
        self.assertLess(time.monotonic() - began, ENDS_S)
        self.refused("lock", code=STORAGE)
        self.refused(*self.site.secret, "unlock", code=STORAGE)  # the key it holds is not forgotten about
        os.kill(agent, signal.SIGCONT)
        self.assertTrue(gone(self.site.home))  # it was told to lock meanwhile

    def test_several_homes_each_have_their_own(self):
        other = Locked(self.dir / "annat", SECOND)
        runtime = self.dir / "runtime"
        runtime.mkdir(mode=0o700)
        env = {"XDG_RUNTIME_DIR": str(runtime)}
        other.ask("found", "--forbund", "Annat", "--party", "Regionen", "--kind", "region", "--person", "Handläggare Två",
                  "--passphrase-cost", "cheap", *other.secret)
        for site in (self.site, other):
            self.assertEqual(site.run(*site.secret, "unlock", env=env).code, DONE)
        self.assertEqual(len(list((runtime / "samplan").glob("*.sock"))), 2)
        self.assertEqual((runtime / "samplan").stat().st_mode & 0o777, 0o700)
        self.assertFalse((self.site.home / "agent").exists())
        self.assertEqual(self.site.run("lock", env=env).code, DONE)
        self.refused("digest", env=env)
        self.assertEqual(other.run("digest", env=env).code, DONE)
        link = self.dir / "lank"
        link.symlink_to(other.home)  # the same home by another name
        self.assertEqual(Locked(link).run("digest", env=env).code, DONE)
        self.refused("digest", site=other)  # who does not know of the folder asks for the passphrase
        self.assertEqual(other.run("lock", env=env).code, DONE)
        self.assertTrue(gone(other.home))

    def test_another_home_in_its_place_is_not_opened(self):
        other = Locked(self.dir / "annat", SECOND)
        other.ask("found", "--forbund", "Annat", "--party", "Regionen", "--kind", "region", "--person", "Handläggare Två",
                  "--passphrase-cost", "cheap", *other.secret)
        self.unlock()
        home, aside = self.site.home, self.dir / "undan"
        (home / "agent").rename(other.home / "agent")
        home.rename(aside)
        other.home.rename(home)
        self.assertEqual(self.say(request(KEY, self.salt())), MAGIC + bytes([OTHER]) + bytes(4))
        self.refused("digest")
        found_there = self.site.ask("--passphrase-file", other.passphrase_file, "status")
        self.assertEqual((found_there["forbund"]["name"], found_there["unlocked"]), ("Annat", None))

    def test_the_folder_must_be_ones_own(self):
        folder = self.site.home / "agent"
        folder.mkdir()
        folder.chmod(0o755)
        self.assertIn("chmod 700", self.refused(*self.site.secret, "unlock").error["message"])
        folder.chmod(0o700)
        self.unlock()
        folder.chmod(0o770)
        self.refused("digest")
        folder.chmod(0o700)
        self.assertTrue(self.site.opens)
        self.site.ask("lock")
        self.assertTrue(gone(self.site.home))
        shutil.rmtree(folder)
        elsewhere = self.dir / "nagonannans"
        elsewhere.mkdir(mode=0o700)
        folder.symlink_to(elsewhere)
        self.refused(*self.site.secret, "unlock")
        folder.unlink()
        folder.write_text("ingen mapp")
        self.refused(*self.site.secret, "unlock")
        self.assertEqual(self.site.run(*self.site.secret, "digest").code, DONE)
        self.assertEqual(processes(self.site.home), [])

    def test_a_long_path(self):
        """A socket's address has 108 bytes."""
        deep = Locked(self.dir / ("d" * 120) / ("e" * 120) / "hem")
        deep.home.parent.mkdir(parents=True)
        self.site.home.rename(deep.home)
        deep.passphrase_file.write_text(FIRST + "\n", encoding="utf-8")
        self.unlock(site=deep)
        self.assertTrue(deep.opens)
        self.assertEqual(deep.ask("lock"), {"was_unlocked": True})
        self.assertTrue(gone(deep.home))

    def test_many_begin_at_once(self):
        """The last one's agent is there, and no other."""
        starts = [self.site.start(*self.site.secret, "unlock") for _ in range(6)]
        codes = [p.wait(TIMEOUT_S) for p in starts]
        for p in starts:
            p.stdout.close(), p.stderr.close()
        self.assertEqual(codes, [DONE] * 6)
        self.agent()
        self.assertTrue(self.site.opens)


class Hostile(Case):
    def test_what_is_no_request_is_not_answered(self):
        self.unlock()
        salt, good = self.salt(), request(KEY, self.salt())
        agent = self.agent()
        hostile = [b"", b"\0", b"GET / HTTP/1.0\r\n\r\n", good[:-1], good + b"\0", good * 2, b"\xff" * 33, b"A" * 100_000,
                   request(0, salt), request(4, salt), request(255, salt), request(LOCK, salt), b"\0" * 33]
        hostile += [bytes([*good[:i], good[i] ^ 0x80, *good[i + 1:]]) for i in range(17)]
        for message in hostile:
            self.assertEqual(self.say(message), b"", message[:40])
        for i in range(16):
            other = bytes([*salt[:i], salt[i] ^ 1, *salt[i + 1:]])
            self.assertEqual(self.say(request(KEY, other)), MAGIC + bytes([OTHER]) + bytes(4))
        held = self.say(request(LEFT, salt))
        self.assertEqual((held[:17], len(held)), (MAGIC + bytes([HELD]), 21))
        given = self.say(good)
        self.assertEqual((given[:17], len(given)), (MAGIC + bytes([GIVEN]), 53))
        self.assertIn(struct.unpack(">I", given[17:21])[0], range(800, 901))
        self.assertEqual(self.agent(), agent)

    def test_a_stream_is_not_connected(self):
        self.unlock()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
            self.assertRaises(OSError, s.connect, str(self.site.home / "agent" / "home.sock"))

    def test_slow_ones_and_many(self):
        self.unlock()
        idle = []
        try:
            for _ in range(200):  # more than are waited for at a time
                idle.append(self.connect())
            began = time.monotonic()
            self.assertTrue(self.site.opens)
            self.assertLess(time.monotonic() - began, ENDS_S)
            held_open = 0
            time.sleep(3)  # longer than any has to ask in
            for s in idle:
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    s.send(request(KEY, self.salt()))
                    held_open += s.recv(100) != b""
            self.assertEqual(held_open, 0)
        finally:
            for s in idle:
                s.close()
        self.assertLess(len(list(pathlib.Path(f"/proc/{self.agent()}/fd").iterdir())), 10)
        starts = [self.site.start("status") for _ in range(12)]
        for p in starts:
            out, _ = p.communicate(timeout=TIMEOUT_S)
            self.assertEqual(p.returncode, DONE)
            self.assertIn('"unlocked": {', out)

    def test_an_agent_that_is_none(self):
        """Whoever listens in its place is not believed: the passphrase is asked for."""
        folder = self.site.home / "agent"
        folder.mkdir(mode=0o700)
        good = MAGIC + bytes([GIVEN]) + struct.pack(">I", 900)
        answers = [b"", b"x", good, good + bytes(32), good + bytes(31), good + bytes(33), b"A" * 100_000,
                   MAGIC + bytes([LOCKED]) + bytes(4), MAGIC + bytes([GIVEN]) + bytes(4) + bytes(32)]
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(str(folder / "home.sock"))
            listener.listen(8)

            def play():
                for answer in answers:
                    taken, _ = listener.accept()
                    with taken:
                        taken.recv(4096)
                        taken.send(answer)
            thread = threading.Thread(target=play)
            thread.start()
            for answer in answers:
                self.assertEqual(self.site.run("digest").code, REFUSED, answer[:40])
            thread.join()
            # one that takes no calls at all
            self.assertEqual(self.site.run(*self.site.secret, "digest").code, DONE)

    @unittest.skipUnless(os.geteuid() == 0, "needs to be root, to become others")
    def test_only_the_same_user(self):
        """Others are turned away by the folder, and where they get past it, by the agent; and turn away an agent of
        another's."""
        self.unlock()
        sock = self.site.home / "agent" / "home.sock"
        message = request(KEY, self.salt())

        def other():
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as s:
                s.settimeout(ENDS_S)
                s.connect(str(sock))
                s.send(message)
                return f"{len(s.recv(99))} bytes"
        self.assertEqual(as_nobody(other), "PermissionError")
        for path in (self.stage.top, self.dir, self.site.home, self.site.home / "agent", sock):
            path.chmod(0o777)
        self.addCleanup(self.stage.top.chmod, 0o755)
        self.assertIn(as_nobody(other), ("0 bytes", "BrokenPipeError", "ConnectionResetError"))
        self.assertEqual(other(), "53 bytes")
        for folder in (self.site.home, self.site.home / "agent"):
            folder.chmod(0o700)
        self.assertTrue(self.site.opens)
        # The other way round: the agent is nobody's, the command is root's, and the folder looks right.
        theirs = self.own_copy()
        self.assertEqual(theirs.run(*theirs.secret, "unlock").code, DONE)
        mine = Locked(theirs.home)
        self.refused("digest", site=mine)
        for path in (theirs.home, theirs.home / "agent"):
            os.chown(path, 0, 0)
        self.refused("digest", site=mine)
        for path in (theirs.home, theirs.home / "agent"):
            os.chown(path, NOBODY, NOBODY)
        self.assertEqual(theirs.run("digest").code, DONE)
        self.one_of_another()
        # What root does with another's home leaves nothing in that user's way.
        env = {"XDG_RUNTIME_DIR": str(self.dir / "runtime")}
        (self.dir / "runtime").mkdir(mode=0o700)
        os.chown(self.dir / "runtime", NOBODY, NOBODY)
        self.assertEqual(mine.run("unlock", *theirs.secret, env=env).code, STORAGE)
        self.assertEqual(list((self.dir / "runtime").iterdir()), [])
        self.assertEqual(theirs.run("lock").code, DONE)
        self.assertTrue(gone(theirs.home))

    def one_of_another(self):
        """An agent of another user's that gives the very key: it is turned away."""
        self.unlock()
        right = self.say(request(KEY, self.salt()))
        self.site.ask("lock")
        self.assertTrue(gone(self.site.home))
        folder = self.site.home / "agent"
        for path in (self.stage.top, self.dir, self.site.home, folder):
            path.chmod(0o777)
        out, into = os.pipe()
        child = os.fork()
        if child == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
                listener.bind(str(folder / "home.sock"))
                listener.listen(8)
                os.write(into, b"x")
                while True:
                    with contextlib.suppress(OSError):
                        taken, _ = listener.accept()
                        with taken:
                            taken.recv(99)
                            taken.send(right)
        try:
            os.read(out, 1)
            for path in (self.site.home, folder):
                path.chmod(0o700)
            self.assertEqual(self.say(request(KEY, self.salt())), right)
            self.refused("digest")
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(out)
            os.close(into)
            (folder / "home.sock").unlink()

    def own_copy(self):
        """The home as nobody's, used by nobody."""
        theirs = Locked(self.dir / "deras", FIRST, as_user=NOBODY)
        shutil.copytree(self.site.home, theirs.home, ignore=shutil.ignore_patterns("agent"))
        for path in [theirs.home, *theirs.home.rglob("*"), theirs.passphrase_file]:
            os.chown(path, NOBODY, NOBODY)
        return theirs

    @unittest.skipUnless(os.geteuid() == 0, "needs to be root, to become others")
    def test_two_users_on_one_computer(self):
        """Each with an own home; nobody reads the other's, and a user without privileges can do all of it."""
        theirs = self.own_copy()
        self.assertEqual(theirs.run(*theirs.secret, "unlock").code, DONE)
        self.assertEqual(theirs.run("digest").code, DONE)
        self.refused("digest")
        self.unlock()
        self.assertTrue(self.site.opens)
        nosy = Locked(self.site.home, as_user=NOBODY)
        self.assertNotIn(nosy.run("digest").code, (DONE,))
        self.assertEqual(theirs.run("passwd", *theirs.secret, "--new-passphrase-file", self.readable(SECOND),
                                    "--passphrase-cost", "cheap").code, DONE)
        self.assertEqual(theirs.run("digest").code, REFUSED)
        self.assertTrue(self.site.opens)
        self.assertTrue(gone(theirs.home))

    def readable(self, text):
        path = self.new_passphrase(text)
        path.chmod(0o644)
        return path


class Shielded(Case):
    """What of a process of samplan can be seen from outside."""

    @staticmethod
    def cores_at_the_top():
        """Where an agent's core would go: its working folder is /."""
        return {path: path.stat().st_mtime_ns for path in pathlib.Path("/").glob("core*")}

    def test_no_core(self):
        """Not of the agent, nor of a command, though cores are allowed; of another program there is one."""
        pattern = pathlib.Path("/proc/sys/kernel/core_pattern").read_text().strip()
        if pattern.startswith("|") or "/" in pattern:
            self.skipTest(f"cores go elsewhere here: {pattern}")
        soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
        if hard != resource.RLIM_INFINITY:
            self.skipTest("cores are not allowed here")
        before = self.cores_at_the_top()
        place = self.dir / "karnor"
        place.mkdir()

        def allowed():
            resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
            os.chdir(place)
        other = subprocess.Popen(["sleep", "60"], preexec_fn=allowed)
        time.sleep(0.3)
        other.send_signal(signal.SIGABRT)
        other.wait()
        self.assertNotEqual(list(place.iterdir()), [], "this test sees no cores at all")
        for core in place.iterdir():
            core.unlink()

        def start(*args):
            return subprocess.Popen(self.site.command(*args), env=self.site.environment(), preexec_fn=allowed,
                                    stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def unlock():
            with start("unlock", *self.site.secret) as p:
                self.assertEqual(p.wait(TIMEOUT_S), DONE)
        # a command that waits for its standard input, with the home open
        waiting = start("apply", "-", *self.site.secret)
        time.sleep(0.7)
        self.assertIsNone(waiting.poll())
        waiting.send_signal(signal.SIGABRT)
        waiting.communicate()
        self.assertEqual(waiting.returncode, -signal.SIGABRT)
        for number in (signal.SIGSEGV, signal.SIGABRT):
            unlock()
            os.kill(self.agent(), number)
            self.assertTrue(gone(self.site.home))
        self.assertEqual(list(place.iterdir()), [])
        self.assertEqual(self.cores_at_the_top(), before)

    @unittest.skipIf(is_instrumented(), "sanitizers lock no memory")
    def test_what_the_system_says_of_it(self):
        self.unlock()
        agent = pathlib.Path(f"/proc/{self.agent()}")
        self.assertRegex((agent / "limits").read_text(), r"Max core file size +0 +0 ")
        status = (agent / "status").read_text()
        self.assertIn("TracerPid:\t0\n", status)
        self.assertNotEqual(re.search(r"VmLck:\s+(\d+) kB", status).group(1), "0")
        words = (agent / "cmdline").read_bytes() + (agent / "environ").read_bytes()
        self.assertNotIn(FIRST.encode(), words)
        self.assertEqual(os.readlink(agent / "cwd"), "/")
        for i in range(3):
            self.assertEqual(os.readlink(agent / "fd" / str(i)), "/dev/null")

    @unittest.skipUnless(os.geteuid() == 0, "needs to be root, to become others")
    def test_the_same_user_cannot_read_its_memory(self):
        theirs = Hostile.own_copy(self)
        self.assertEqual(theirs.run(*theirs.secret, "unlock").code, DONE)
        control = subprocess.Popen(["sleep", "60"], user=NOBODY, group=NOBODY, extra_groups=[])
        self.addCleanup(control.wait)
        self.addCleanup(control.kill)

        def look(pid, what):
            def read():
                with open(f"/proc/{pid}/{what}", "rb") as file:
                    return "read" if file.read(1) else "empty"
            return as_nobody(read)
        time.sleep(0.3)
        agent = processes(theirs.home)[0]
        for what in ("maps", "environ"):
            self.assertEqual(look(control.pid, what), "read", "this test sees nothing at all")
            self.assertEqual(look(agent, what), "PermissionError")
        self.assertEqual(look(agent, "mem"), "PermissionError")

        def attach(pid):
            libc = ctypes.CDLL(None, use_errno=True)
            return "attached" if libc.ptrace(16, pid, None, None) == 0 else os.strerror(ctypes.get_errno())
        if as_nobody(lambda: attach(control.pid)) == "attached":  # not everywhere may one attach to one's own at all
            self.assertEqual(as_nobody(lambda: attach(agent)), os.strerror(errno.EPERM))
        theirs.run("lock")
        self.assertTrue(gone(theirs.home))

    @unittest.skipIf(is_instrumented(), "sanitizers keep copies, and terabytes")
    def test_the_key_is_held_once(self):
        """While it is held the key is in the agent's memory once; the passphrase is nowhere, and in no file either."""
        if os.geteuid() != 0:
            self.skipTest("only root may read that memory")
        self.unlock()
        pid = self.agent()
        key = self.say(request(KEY, self.salt()))[21:]
        self.assertEqual(len(key), 32)
        memory = self.memory(pid)
        self.assertEqual(memory.count(key), 1)
        self.assertNotIn(FIRST.encode(), memory)
        for path in [p for p in self.site.home.rglob("*") if p.is_file()]:
            content = path.read_bytes()
            self.assertFalse(key in content or FIRST.encode() in content, path)

    @staticmethod
    def memory(pid):
        out = b""
        with open(f"/proc/{pid}/mem", "rb") as mem:
            for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
                start, end = (int(x, 16) for x in line.split()[0].split("-"))
                if "r" in line.split()[1] and "[v" not in line:
                    with contextlib.suppress(OSError):
                        mem.seek(start)
                        out += mem.read(end - start)
        return out

    @unittest.skipIf(is_instrumented(), "sanitizers lock no memory")
    def test_without_locked_memory(self):
        """It works, and says so, once, where the key lies for long."""
        if os.geteuid() == 0:
            site = Hostile.own_copy(self)
            who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        else:
            site, who = self.site, {}

        def run(*args, as_json):
            return subprocess.run(site.command(*args, as_json=as_json), env=site.environment({"LANG": "en"}), **who,
                                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0)),
                                  capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, timeout=TIMEOUT_S)
        told = run("unlock", *site.secret, as_json=False)
        self.assertEqual(told.returncode, DONE, told.stderr)
        self.assertEqual(told.stderr.count("ulimit -l"), 1)
        self.assertEqual(run("digest", as_json=False).stderr, "")
        again = run("unlock", *site.secret, as_json=True)
        self.assertIn('"memory_locked": false', again.stdout)
        self.assertEqual(site.run("lock").code, DONE)
        self.assertTrue(gone(site.home))

    def test_agent_is_no_command(self):
        self.refused("agent", code=USAGE)
        direct = subprocess.run([program(), "agent"], capture_output=True, stdin=subprocess.DEVNULL, timeout=TIMEOUT_S)
        self.assertEqual(direct.returncode, USAGE)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, theirs:
            os.set_inheritable(theirs.fileno(), True)
            odd = subprocess.Popen([program(), "agent"], preexec_fn=lambda: os.dup2(theirs.fileno(), 3), close_fds=False)
            theirs.close()
            ours.send(b"samplan start 1\n" + b"\xff" * 80)
            self.assertEqual(odd.wait(TIMEOUT_S), 1)


class Passwd(Case):
    def passwd(self, new, *args, old=FIRST):
        return ("--passphrase-file", self.new_passphrase(old, "gammal.losenord"), "passwd", "--new-passphrase-file",
                self.new_passphrase(new), "--passphrase-cost", "cheap", *args)

    def opens_with(self, text):
        code = self.site.run("--passphrase-file", self.new_passphrase(text, "prov.losenord"), "digest").code
        self.assertIn(code, (DONE, REFUSED))
        return code == DONE

    def test_old_then_new(self):
        before = self.site.ask(*self.site.secret, "digest")
        self.assertEqual(self.site.ask(*self.passwd(SECOND)), {"memory_kib": 8192, "passes": 1})
        self.assertFalse(self.opens_with(FIRST))
        self.assertTrue(self.opens_with(SECOND))
        after = self.site.ask("--passphrase-file", self.new_passphrase(SECOND), "digest")
        self.assertEqual(before, after)
        self.assertEqual((self.site.home / "device.key").stat().st_mode & 0o777, 0o600)

    def test_what_is_refused_changes_nothing(self):
        key = (self.site.home / "device.key").read_bytes()
        self.refused(*self.passwd(SECOND, old="fel"))
        self.refused(*self.passwd("", ), code=INPUT)
        self.refused(*self.passwd(FIRST), code=INPUT)
        self.refused(*self.passwd("x" * 1025), code=INPUT)
        self.refused(*self.site.secret, "passwd")  # nobody to ask for the new one
        self.refused("passwd", "--new-passphrase-file", self.new_passphrase(SECOND))
        self.refused(*self.site.secret, "passwd", "--new-passphrase-file", self.dir / "ingen", code=INPUT)
        self.refused(*self.site.secret, "passwd", "--new-passphrase-file", self.dir, code=INPUT)
        self.refused(*self.passwd(SECOND)[:-1], "dyr", code=USAGE)
        self.assertEqual((self.site.home / "device.key").read_bytes(), key)

    def test_the_longest(self):
        longest = "å" * 512
        self.site.ask(*self.passwd(longest))
        self.assertTrue(self.opens_with(longest))

    def test_it_locks(self):
        self.unlock()
        salt = self.salt()
        self.site.ask(*self.passwd(SECOND))
        self.assertTrue(gone(self.site.home))
        self.assertNotEqual(self.salt(), salt)
        # An agent that it did not find (another folder) holds a key that opens nothing any more.
        runtime = self.dir / "runtime"
        runtime.mkdir(mode=0o700)
        env = {"XDG_RUNTIME_DIR": str(runtime)}
        second = self.new_passphrase(SECOND, "andra.losenord")
        self.assertEqual(self.site.run("unlock", "--passphrase-file", second, env=env).code, DONE)
        self.site.ask(*self.passwd(FIRST, old=SECOND))
        self.agent()
        self.refused("digest", env=env)
        self.assertIsNone(self.site.ask(*self.site.secret, "status")["unlocked"])

    def test_killed_at_any_moment(self):
        """The old passphrase or the new one opens the home, never both and never neither; at each call that changes a
        file, and at times that nobody has chosen."""
        stop = subprocess.run(["cc", "-shared", "-fPIC", "-o", self.dir / "kill_at.so",
                               pathlib.Path(__file__).parents[1] / "crash" / "kill_at.c", "-ldl"], check=False)
        now, then = FIRST, SECOND
        moments = []
        if stop.returncode == 0 and not is_instrumented():
            preload = {"LD_PRELOAD": str(self.dir / "kill_at.so")}
            count = self.dir / "antal"
            moments = [preload | {"KILL_COUNT": str(count)}] + [preload | {"KILL_AT": str(n)} for n in range(1, 40)]
        killed = 0
        for i, env in enumerate(moments):
            done = self.site.run(*self.passwd(then, old=now), env=env)
            self.assertIn(done.code, (DONE, -signal.SIGKILL), done)
            killed += done.code == -signal.SIGKILL
            changed = self.opens_with(then)
            self.assertNotEqual(changed, self.opens_with(now))
            if done.code == DONE:
                self.assertTrue(changed)
            if changed:
                now, then = then, now
            if i > 0 and done.code == DONE:
                break
        if moments:
            self.assertGreaterEqual(killed, 4)  # half-way through the bytes, before fsync, rename, the folder's fsync
        for after_ms in range(2, 120, 9):
            p = self.site.start(*self.passwd(then, old=now))
            time.sleep(after_ms / 1000)
            p.kill()
            p.communicate()
            if self.opens_with(then):
                now, then = then, now
            else:
                self.assertTrue(self.opens_with(now))
        self.site.ask(*self.passwd(then, old=now))
        # what those that were killed had left is taken away
        self.assertEqual([p.name for p in self.site.home.glob("device.key*")
                          if p.name not in ("device.key", "device.key.lock")], [])

    def test_while_others_work(self):
        """Commands that run meanwhile open with the one or with the other; changes from both sides are not mixed up."""
        first, second = (self.new_passphrase(text, name) for text, name in ((FIRST, "ett"), (SECOND, "tva")))
        stop, seen, wrong = threading.Event(), set(), []

        def work(path):
            while not stop.is_set():
                answer = self.site.run("--passphrase-file", path, "status")
                seen.add((path.name, answer.code))
                if answer.code not in (DONE, REFUSED):
                    wrong.append(answer)
        workers = [threading.Thread(target=work, args=(path,)) for path in (first, second)]
        for w in workers:
            w.start()
        try:
            ends = set()
            for _ in range(6):
                tries = [self.site.start("--passphrase-file", old, "passwd", "--new-passphrase-file", new,
                                         "--passphrase-cost", "cheap")
                         for old, new in ((first, second), (second, first), (first, second), (second, first))]
                for p in tries:
                    p.communicate(timeout=TIMEOUT_S)
                    ends.add(p.returncode)
        finally:
            stop.set()
            for w in workers:
                w.join()
        self.assertEqual(wrong, [])
        self.assertLessEqual(ends, {DONE, REFUSED})
        self.assertIn(DONE, ends)
        self.assertGreaterEqual(len(seen), 3, seen)
        self.assertNotEqual(self.opens_with(FIRST), self.opens_with(SECOND))

    def test_read_only_folder(self):
        if os.geteuid() == 0:
            self.skipTest("root may write everywhere")
        self.site.home.chmod(0o500)
        self.addCleanup(self.site.home.chmod, 0o700)
        self.refused(*self.passwd(SECOND), code=STORAGE)
        self.site.home.chmod(0o700)
        self.assertTrue(self.opens_with(FIRST))

    def test_a_damaged_key_file(self):
        path = self.site.home / "device.key"
        whole = path.read_bytes()
        path.write_bytes(whole[:40])
        for args in (self.passwd(SECOND), (*self.site.secret, "unlock"), (*self.site.secret, "digest")):
            self.refused(*args, code=STORAGE)
        path.write_bytes(whole)
        self.assertTrue(self.opens_with(FIRST))

    def terminal(self, args, lines):
        """Runs a command at a terminal, answers each prompt with the next line, and gives all that was shown."""
        pid, fd = pty.fork()
        if pid == 0:
            os.execve(program(), self.site.command(*args, as_json=False), self.site.environment({"LANG": "en"}))
        shown, left, seen = b"", list(lines), 0
        until = time.monotonic() + TIMEOUT_S
        with contextlib.suppress(OSError):  # the terminal is gone when the program has ended
            while time.monotonic() < until:
                shown += os.read(fd, 1000)
                if left and shown.count(b": ", seen) and shown.rstrip(b" ").endswith(b":"):
                    seen = len(shown)
                    time.sleep(0.05)  # after the prompt it flushes what had been typed before
                    os.write(fd, left.pop(0).encode() + b"\n")
        os.close(fd)
        _, status = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(status), shown.decode()

    def test_at_the_terminal(self):
        code, shown = self.terminal(("passwd", "--passphrase-cost", "cheap"), [FIRST, SECOND, SECOND])
        self.assertEqual(code, DONE, shown)
        self.assertIn("New passphrase: ", shown)
        self.assertIn("The same once more: ", shown)
        self.assertNotIn("only into", shown)
        self.assertIn("the only way into this home", shown)
        for secret in (FIRST, SECOND):
            self.assertNotIn(secret, shown)
        self.assertTrue(self.opens_with(SECOND))
        code, shown = self.terminal(("passwd", "--passphrase-cost", "cheap"), [SECOND, FIRST, FIRST + "!"])
        self.assertEqual(code, INPUT, shown)
        code, shown = self.terminal(("passwd", "--passphrase-cost", "cheap"), [FIRST])
        self.assertEqual(code, REFUSED, shown)
        self.assertNotIn("New passphrase", shown)  # a wrong one is said before anybody thinks of a new one
        self.assertTrue(self.opens_with(SECOND))
        code, shown = self.terminal(("unlock",), [SECOND])
        self.assertEqual(code, DONE, shown)
        self.assertTrue(self.site.opens)

    def test_advice(self):
        """On standard error, and the weak one is taken all the same; not for programs, nor with --quiet."""
        env = {"LANG": "en"}
        old = FIRST
        for new, word in (("sommar2026", "short"), ("123456789012", "pattern"), ("190211-0033-44", "digits"),
                          (SECOND, None)):
            told = self.site.run(*self.passwd(new, old=old), as_json=False, env=env)
            self.assertEqual(told.code, DONE, told)
            self.assertEqual("That passphrase is" in told.err, word is not None, told)
            if word:
                self.assertIn(word, told.err)
            self.assertIn("the only way into this home", told.err)
            old = new
        self.assertEqual(self.site.run(*self.passwd("kort", old=old)).err, "")
        self.assertEqual(self.site.run("--quiet", *self.passwd(FIRST, old="kort"), as_json=False).err, "")


class Fitted(Case):
    def cost(self, home):
        return struct.unpack(">II", (home / "device.key").read_bytes()[21:29])

    def founded(self, name, *limits):
        site = Site(self.dir / name, FIRST)
        command = site.command("found", "--forbund", "F", "--party", "P", "--kind", "kommun", "--person", "A")
        done = subprocess.run(command, env=site.environment(), capture_output=True, encoding="utf-8", timeout=TIMEOUT_S,
                              preexec_fn=lambda: [resource.setrlimit(r, (n, n)) for r, n in limits])
        self.assertEqual(done.returncode, DONE, done.stderr)
        return site

    def test_it_fits_this_machine(self):
        kib, passes = self.cost(self.founded("nytt").home)
        self.assertIn(kib, range(65536, 262145))
        self.assertEqual(kib % 1024, 0)
        self.assertIn(passes, range(3, 9))

    @unittest.skipIf(is_instrumented(), "sanitizers take address space")
    def test_it_fits_a_small_machine(self):
        """A limit on address space stands for a small memory; passwd on a larger one fits it anew."""
        site = self.founded("litet", (resource.RLIMIT_AS, 800 << 20))
        self.assertEqual(self.cost(site.home)[0], 100 << 10)
        self.assertEqual(self.cost(self.founded("minst", (resource.RLIMIT_AS, 300 << 20)).home)[0], 65536)
        new = self.new_passphrase(SECOND)
        told = site.ask("passwd", "--new-passphrase-file", new)
        self.assertEqual((told["memory_kib"], told["passes"]), self.cost(site.home))
        self.assertGreater(told["memory_kib"], 100 << 10)

    def test_said_before_it_happens(self):
        for language, words in (("en", "the only way into this home"), ("sv", "den enda vägen in")):
            site = Site(self.dir / language, FIRST, language=language)
            args = ("--forbund", "F", "--party", "P", "--kind", "kommun", "--person", "A", "--passphrase-cost", "cheap")
            told = site.run("found", *args, as_json=False)
            self.assertEqual(told.code, DONE, told)
            self.assertIn(words, told.err)
            asked = Site(self.dir / f"{language}-fragar", FIRST, language=language)
            told = asked.run("enrol", "request", "--party", "P", "--person", "B", "--role", "handläggare", "-o",
                             self.dir / f"{language}.ansokan", "--passphrase-cost", "cheap", as_json=False)
            self.assertEqual(told.code, DONE, told)
            self.assertIn(words, told.err)
        quiet = Site(self.dir / "tyst", FIRST)
        self.assertEqual(quiet.run("found", *args).err, "")


class Members(Case):
    def test_two_members_on_one_computer(self):
        """Each a home of an own, with an own passphrase and an own agent; they meet as any two do."""
        other = Site(self.dir / "annat", SECOND)
        administrator = Site(self.dir / "hem", FIRST)
        enrol(administrator, other, "Kommunen", "", "Handläggare Två", role="handläggare")
        for site in (administrator, other):
            site.ask("remote", "add", "mapp", self.dir / "mapp")
        meet([administrator, other], "mapp")
        for site in (administrator, other):
            self.assertEqual(site.ask("unlock")["seconds"], 900)
        first, second = Locked(administrator.home), Locked(other.home)
        second.ask("plan", "new", "title=Den andras plan")
        meet([first, second], "mapp")
        names = [site.ask("status")["member"] for site in (first, second)]
        self.assertEqual(names, ["Handläggare Ett", "Handläggare Två"])
        first.ask("lock")
        self.assertTrue(second.opens)
        self.assertFalse(first.opens)
        second.ask("lock")


if __name__ == "__main__":
    unittest.main()
