"""Git hosts: the same meetings over file://, over ssh to a real sshd, and over http to git's own http-backend.

Both servers listen on loopback with files of their own. What is asserted of all three: content arrives both ways and is
equal, nothing is forced, somebody who pushes at the same moment loses nothing, a host that is gone or says no is told of
and costs nothing that was here, and what is no address of a host is refused before anything is run.
"""
import gzip
import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lib_samplan import (INPUT, LOOK, STORAGE, Site, Stage, branches, enrol, found, git, meet,  # noqa: E402
                         values)

SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
WAIT_S = 10


def bare(path):
    """A repository as a host has it: bare, and willing to be pushed to over http."""
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "-q", "--bare", path], check=True)
    git(path, "config", "http.receivepack", "true")
    return path


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class SshHost:
    """A real sshd for the user who runs the test, with its own keys and known hosts. The client is pointed to them by
    core.sshCommand in the .gitconfig of a HOME of its own."""

    def __init__(self, directory):
        self.dir = directory
        directory.mkdir(mode=0o700)
        for name in ("host", "client"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", directory / name], check=True)
        shutil.copy(directory / "client.pub", directory / "authorized")
        self.port = free_port()
        (directory / "sshd_config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {directory}/host\nPidFile none\nUsePAM no\n"
            f"AuthorizedKeysFile {directory}/authorized\nStrictModes no\nPasswordAuthentication no\n"
            "PermitRootLogin prohibit-password\nKbdInteractiveAuthentication no\n")
        (directory / "known").write_text(f"[127.0.0.1]:{self.port} " + (directory / "host.pub").read_text())
        (directory / "ssh_config").write_text(
            f"Host *\n  IdentityFile {directory}/client\n  IdentitiesOnly yes\n  Port {self.port}\n"
            f"  UserKnownHostsFile {directory}/known\n  StrictHostKeyChecking yes\n  IdentityAgent none\n"
            # a connection costs half a second; and what it leaves in the background must not be waited for
            f"  ControlMaster auto\n  ControlPath {directory}/c\n  ControlPersist 20\n")
        (directory / ".gitconfig").write_text(f'[core]\n\tsshCommand = "ssh -F {directory}/ssh_config"\n')
        if os.geteuid() == 0:
            pathlib.Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        self.start()

    def start(self):
        self.log = open(self.dir / "log", "a")
        self.daemon = subprocess.Popen([SSHD, "-D", "-e", "-f", self.dir / "sshd_config"], stdin=subprocess.DEVNULL,
                                       stdout=self.log, stderr=self.log)
        for _ in range(WAIT_S * 20):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError((self.dir / "log").read_text())

    def hang_up(self):
        subprocess.run(["ssh", "-F", self.dir / "ssh_config", "-O", "exit", "127.0.0.1"], capture_output=True)

    def stop(self):
        self.hang_up()
        self.daemon.terminate()
        self.daemon.wait()
        self.log.close()

    def url(self, repository):
        return f"ssh://127.0.0.1:{self.port}{repository}"


class HttpHost:
    """git http-backend behind Python's own server. Counts bytes of the bodies both ways."""

    def __init__(self, root):
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def body(self):
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                parts = []
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    parts.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(parts)

            def serve(self):
                path, _, query = self.path.partition("?")
                body = self.body()
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                env = {"PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(root), "GIT_HTTP_EXPORT_ALL": "1",
                       "REQUEST_METHOD": self.command, "PATH_INFO": path, "QUERY_STRING": query, "REMOTE_USER": "x",
                       "CONTENT_TYPE": self.headers.get("Content-Type", ""), "REMOTE_ADDR": "127.0.0.1",
                       "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""), "CONTENT_LENGTH": str(len(body))}
                done = subprocess.run(["git", "http-backend"], env=env, input=body, capture_output=True)
                head, _, answer = done.stdout.partition(b"\r\n\r\n")
                fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
                self.send_response(int(fields.pop("Status", "200").split()[0]))
                for name, value in fields.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
                host.requests.append((self.command, self.path))

            do_GET = do_POST = serve

            def log_message(self, *args):
                pass

        self.root, self.requests = root, []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def url(self, repository):
        return f"http://127.0.0.1:{self.server.server_port}/{repository.relative_to(self.root)}"


def at_home(site, home):
    """Gives a site's programs a HOME (git's and ssh's configuration); the passphrase file is found all the same."""
    plain = site.environment
    site.environment = lambda more=None: plain({"HOME": str(home)} | (more or {}))
    return site


class Meetings:
    """Run for each kind of host."""
    turns = 2

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage()
        cls.addClassCleanup(cls.stage.remove)
        cls.dir = cls.stage.dir
        cls.start_host()
        cls.a, cls.b = (at_home(Site(cls.dir / name, name), cls.dir / "host") for name in ("a", "b"))
        found(cls.a, "Provförbundet", "Kommunen", "kommun", "Handläggare Ett")
        enrol(cls.a, cls.b, "Regionen", "region", "Handläggare Två")
        cls.plan = cls.a.ask("plan", "new", "title=Provplan", "person.name=Testperson Ett")["id"]
        cls.goal = cls.a.ask("plan", "add", cls.plan, "goal", "text=Ett mål")["id"]
        cls.a.ask("consent", "give", cls.plan, "--to", "alla", "--sections", "plan,person")
        cls.main = bare(cls.dir / "lager" / "vard.git")
        for site in (cls.a, cls.b):
            site.ask("remote", "add", "vard", cls.url(cls.main))
        meet([cls.a, cls.b], "vard")

    def test_both_ways(self):
        self.a.ask("plan", "add", self.plan, "goal", "text=Från A")
        self.b.ask("plan", "add", self.plan, "goal", "text=Från B")
        meetings = meet([self.a, self.b], "vard")
        self.assertEqual(self.a.digest(), self.b.digest())
        self.assertFalse([m["faults"] for m in meetings if m["faults"]])
        self.assertGreater(sum(m["sent_bytes"] for m in meetings), 0)
        git(self.main, "fsck", "--strict")
        self.assertEqual(len(branches(self.main)), 2)

    def test_nothing_new_sends_nothing(self):
        meet([self.a, self.b], "vard")
        before = branches(self.main)
        done = self.a.sync("vard")
        self.assertEqual([done[k] for k in ("sent", "sent_bytes", "received", "received_bytes")], [0] * 4)
        self.assertEqual(branches(self.main), before)
        packs = list((self.a.home / "remotes" / "vard.git" / "objects" / "pack").iterdir())
        self.assertEqual(packs, [], "what has been taken in lies in the log alone")

    def test_two_at_once_lose_nothing(self):
        """All meet at the same moment, again and again; whatever the order, everything arrives."""
        for turn in range(self.turns):
            for site, name in ((self.a, "A"), (self.b, "B")):
                site.ask("plan", "add", self.plan, "goal", f"text=Samtidigt {turn} {name}")
            running = [site.start("sync", "vard") for site in (self.a, self.b)]
            for one in running:
                out, err = one.communicate(timeout=60)
                self.assertIn(one.returncode, (0, LOOK), f"{out}\n{err}")
        meet([self.a, self.b], "vard")
        self.assertEqual(self.a.digest(), self.b.digest())
        texts = {v for o in self.a.objects().values() if o["type"] == "goal" for v in values(o, "text")}
        self.assertLessEqual({f"Samtidigt {t} {n}" for t in range(self.turns) for n in "AB"}, texts)

    def test_a_lost_race_is_retried(self):
        """Between the look and the push somebody else moves the branch that is to be moved: a courier with the same
        records. Done by a hook of the host, once."""
        hosted = bare(self.dir / "lager" / "kapp.git")
        for site in (self.a, self.b):
            site.ask("remote", "add", "kapp", self.url(hosted))
        self.addCleanup(lambda: [site.ask("remote", "remove", "kapp") for site in (self.a, self.b)])
        meet([self.a, self.b], "kapp")
        self.a.ask("plan", "add", self.plan, "goal", "text=Före loppet")
        hook = hosted / "hooks" / "update"
        hook.write_text("#!/bin/sh\n[ -e once ] && exit 0\ntouch once\nexit 1\n")
        hook.chmod(0o755)
        done = self.a.sync("kapp")
        self.assertTrue((hosted / "once").exists())
        self.assertEqual(done["sent"], 1)
        self.b.sync("kapp")
        self.assertEqual(self.a.digest(), self.b.digest())

    def test_a_newcomer_gets_everything(self):
        c = at_home(Site(self.dir / f"c-{type(self).__name__}", "c"), self.dir / "host")
        enrol(self.a, c, "Arbetsförmedlingen", "af", "Handläggare Tre")
        c.ask("remote", "add", "vard", self.url(self.main))
        meet([self.a, self.b, c], "vard")
        self.assertEqual(branches(c.home / "log.git"), branches(self.main))


class Troubles(Meetings):
    """What need not be tried over every kind of host."""

    def test_a_host_that_always_says_no(self):
        hosted = bare(self.dir / "lager" / "nej.git")
        hook = hosted / "hooks" / "pre-receive"
        hook.write_text("#!/bin/sh\necho 'nej tack' >&2\nexit 1\n")
        hook.chmod(0o755)
        self.a.ask("remote", "add", "nej", self.url(hosted))
        self.addCleanup(lambda: self.a.ask("remote", "remove", "nej"))
        before = self.a.digest()
        answer = self.a.run("sync", "nej")
        self.assertEqual((answer.code, answer.out), (STORAGE, ""), answer)
        self.assertIn("pre-receive hook declined", answer.error["message"])
        self.assertEqual(self.a.digest(), before)
        self.assertEqual(branches(hosted), {})

    def test_never_forced(self):
        """A branch of the host that has gone another way is left as it is, and told of; the other chain arrives."""
        hosted = bare(self.dir / "lager" / "annan.git")
        for site in (self.a, self.b):
            site.ask("remote", "add", "annan", self.url(hosted))
        self.addCleanup(lambda: [site.ask("remote", "remove", "annan") for site in (self.a, self.b)])
        meet([self.a, self.b], "annan")
        chain, tip = next(iter(branches(hosted).items()))
        tree = git(hosted, "rev-parse", f"{tip}^{{tree}}")
        person = f"{chain} <{chain}@samplan> 1800000000 +0000"
        other = git(hosted, "hash-object", "-t", "commit", "-w", "--stdin", "--literally",
                    data=f"tree {tree}\nparent {tip}\nauthor {person}\ncommitter {person}\n\nsamplan 1\n")
        git(hosted, "update-ref", f"refs/heads/{chain}", other)
        for site in (self.a, self.b):
            site.ask("plan", "add", self.plan, "goal", f"text=Trots det {site.home.name}")
            site.sync("annan")
        faults = self.a.sync("annan")["faults"]
        self.assertIn("malformed", [f["verdict"] for f in faults])
        self.assertEqual(branches(hosted)[chain], other, "never moved but forward")
        meet([self.a, self.b], "vard")
        self.assertEqual(self.a.digest(), self.b.digest())

    def test_a_host_that_is_gone(self):
        self.a.ask("remote", "add", "borta", self.url(self.dir / "lager" / "finns-inte.git"))
        self.addCleanup(lambda: self.a.ask("remote", "remove", "borta"))
        answer = self.a.run("sync", "borta")
        self.assertEqual((answer.code, answer.out), (STORAGE, ""), answer)
        self.assertTrue(answer.error["message"])
        left = [p.name for p in (self.a.home / "remotes").iterdir() if p.name.startswith("borta")]
        self.assertLessEqual(set(left), {"borta.git", "borta.lock"})

    def test_a_mirror_that_a_power_cut_has_spoiled(self):
        self.a.sync("vard")
        for ref in (self.a.home / "remotes" / "vard.git" / "refs" / "heads").iterdir():
            ref.write_text("")
        self.b.ask("plan", "add", self.plan, "goal", "text=Efter strömavbrottet")
        meet([self.b, self.a], "vard")
        self.assertEqual(self.a.digest(), self.b.digest())

    def test_progress_lines(self):
        self.b.ask("plan", "add", self.plan, "goal", "text=För förloppet")
        sent = self.b.run("sync", "vard", "--progress", "json")
        got = self.a.run("sync", "vard", "--progress", "json")
        for answer, phase in ((sent, "push"), (got, "take-in")):
            lines = [json.loads(line) for line in answer.err.splitlines()]
            self.assertTrue(lines)
            for line in lines:
                self.assertEqual(sorted(line), ["done", "phase", "remote", "total"])
                self.assertEqual(line["remote"], "vard")
                self.assertLessEqual(line["done"], line["total"])
            self.assertIn(phase, [line["phase"] for line in lines])


class OverFile(Troubles, unittest.TestCase):
    @classmethod
    def start_host(cls):
        (cls.dir / "host").mkdir()

    @classmethod
    def url(cls, repository):
        return f"file://{repository}"


class OverHttp(Meetings, unittest.TestCase):
    turns = 1

    @classmethod
    def start_host(cls):
        (cls.dir / "host").mkdir()
        cls.host = HttpHost(cls.dir / "lager")
        cls.addClassCleanup(cls.host.stop)

    @classmethod
    def url(cls, repository):
        return cls.host.url(repository)


@unittest.skipUnless(SSHD, "no sshd here: install openssh-server")
class OverSsh(Meetings, unittest.TestCase):
    turns = 1

    @classmethod
    def start_host(cls):
        cls.host = SshHost(cls.dir / "host")
        cls.addClassCleanup(cls.host.stop)

    @classmethod
    def url(cls, repository):
        return cls.host.url(repository)

    def test_the_short_form(self):
        self.a.ask("remote", "add", "kort", f"127.0.0.1:{self.main}")
        self.a.sync("kort")
        self.a.ask("remote", "remove", "kort")

    def test_an_unknown_host_key_is_refused_without_a_question(self):
        known = self.dir / "host" / "known"
        kept = known.read_text()
        self.host.hang_up()
        known.write_text("")
        self.addCleanup(known.write_text, kept)
        answer = self.a.run("sync", "vard")
        self.assertEqual(answer.code, STORAGE, answer)
        self.assertIn("Host key verification failed", answer.error["message"])


class Addresses(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage()
        cls.addClassCleanup(cls.stage.remove)
        cls.dir = cls.stage.dir
        cls.site = at_home(Site(cls.dir / "a", "ett"), cls.dir)
        found(cls.site, "Provförbundet", "Kommunen", "kommun", "Handläggare Ett")

    def test_what_is_refused(self):
        trap = self.dir / "trap"
        for url in (f"ext::sh -c 'touch {trap}'", f"ext::touch%20{trap}", "ftp://host/x", "git://host/x", "fd::17",
                    "http://example.org/x", "http://localhost.example.org/x", "http://127.0.0.1@example.org/x",
                    f"ssh://-oProxyCommand=touch%20{trap}/x", f"ssh://x@-oProxyCommand=x/{trap}",
                    "user@-host:path", "https://anna:hemligt@host/x", "https://host", "ssh://host", "file://host/x",
                    "https://host/a b", "https://host/a\nb", "host:-x", "host::x", "javascript:", "samplan://host:1",
                    "https:///x", "ssh://ho$(x)st/x", "file://"):
            answer = self.site.run("remote", "add", "fel", url)
            self.assertEqual((answer.code, answer.out), (INPUT, ""), f"{url!r}\n{answer}")
        self.assertEqual(self.site.ask("remote", "list"), [])
        self.assertFalse(trap.exists())

    def test_what_is_taken(self):
        for number, url in enumerate(("ssh://host/x", "ssh://anna@host.example:2222/x", "anna@host:förbund/log.git", "host:x",
                                      "https://host/x", "https://anna@host:8443/x.git", "https://[2001:db8::1]/x",
                                      "file:///srv/x", "http://localhost:1/x", "http://[::1]:1/x")):
            answer = self.site.ask("remote", "add", f"r{number}", url)
            self.assertEqual(answer["url"], url)
        self.assertEqual({r["kind"] for r in self.site.ask("remote", "list")}, {"host"})
        for row in self.site.ask("remote", "list"):
            self.site.ask("remote", "remove", row["name"])
        self.assertEqual(self.site.ask("remote", "list"), [])

    def test_no_git_on_this_machine(self):
        self.site.ask("remote", "add", "utan", "file:///srv/x")
        answer = self.site.run("sync", "utan", env={"PATH": "/nonexistent"})
        self.site.ask("remote", "remove", "utan")
        self.assertEqual(answer.code, STORAGE, answer)

    def test_ctrl_c_ends_git_too(self):
        """A host that takes the connection and says nothing: broken off at once, nothing left running."""
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        self.site.ask("remote", "add", "tyst", f"http://127.0.0.1:{silent.getsockname()[1]}/x")
        running = self.site.start("sync", "tyst")
        silent.settimeout(WAIT_S)
        connection, _ = silent.accept()
        started = time.monotonic()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=WAIT_S)
        self.assertLess(time.monotonic() - started, 5)
        self.assertEqual((running.returncode, out), (STORAGE, ""), err)
        self.assertIn('"error"', err)
        connection.settimeout(WAIT_S)
        while connection.recv(65536):  # ends when the last process that holds it has ended
            pass
        self.site.ask("remote", "remove", "tyst")


if __name__ == "__main__":
    unittest.main(verbosity=2)
