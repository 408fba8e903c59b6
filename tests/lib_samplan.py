"""Runs the samplan program as a script would: for app/demo and for the tests in tests/cli and tests/crash.

Knows the contract of the command line (exit codes, JSON answers), stock git, and how a förbund is set up; nothing of
what the program is made of.
"""
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
TIMEOUT_S = 120
MEETING_ROUNDS_MAX = 8

DONE, LOOK, USAGE, INPUT, REFUSED, STORAGE = range(6)


def program():
    return os.path.abspath(os.environ.get("SAMPLAN") or TOP / "build" / "dev" / "samplan")


class Unexpected(Exception):
    """A command ended in another way than the contract says it should have."""


class Answer:
    """What one command gave: exit code, standard output, standard error."""

    def __init__(self, args, code, out, err):
        self.args, self.code, self.out, self.err = args, code, out, err

    @property
    def json(self):
        try:
            return json.loads(self.out)
        except ValueError as why:
            raise Unexpected(f"standard output is not one JSON value ({why})\n{self}") from None

    @property
    def error(self):
        """The {"error": ...} object that --json promises on the last line of standard error."""
        lines = self.err.strip().splitlines()
        try:
            return json.loads(lines[-1])["error"]
        except (IndexError, KeyError, TypeError, ValueError):
            raise Unexpected(f"no error object on the last line of standard error\n{self}") from None

    def __str__(self):
        def cut(text):
            return text if len(text) < 2000 else text[:2000] + " …"
        return f"$ {' '.join(map(str, self.args))}\nexit {self.code}\nout: {cut(self.out)}\nerr: {cut(self.err)}"


class Site:
    """One home, with its passphrase in a file beside it."""

    def __init__(self, home, passphrase=None, language="sv", as_user=None):
        self.home = pathlib.Path(home)
        self.passphrase_file = self.home.with_name(self.home.name + ".losenord")
        self.language, self.as_user = language, as_user
        if passphrase is not None:
            self.home.parent.mkdir(parents=True, exist_ok=True)
            self.passphrase_file.write_text(passphrase + "\n", encoding="utf-8")
            self.passphrase_file.chmod(0o600)

    def environment(self, more=None):
        keep = {k: v for k, v in os.environ.items()
                if k in ("PATH", "TMPDIR", "HOME") or k.endswith("SAN_OPTIONS")}
        return keep | {"LANG": self.language, "SAMPLAN_PASSPHRASE_FILE": str(self.passphrase_file)} | (more or {})

    def command(self, *args, as_json=True):
        return [program(), "--home", str(self.home)] + (["--json"] if as_json else []) + [str(a) for a in args]

    def start(self, *args, env=None):
        """The running process, for those who want to wait for it themselves, or to kill it."""
        return subprocess.Popen(self.command(*args), env=self.environment(env), encoding="utf-8",
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *args, as_json=True, stdin="", env=None):
        """Runs one command to its end, whatever that is."""
        who = {} if self.as_user is None else {"user": self.as_user, "group": self.as_user, "extra_groups": []}
        command = self.command(*args, as_json=as_json)
        done = subprocess.run(command, env=self.environment(env), input=stdin, capture_output=True, encoding="utf-8",
                              errors="surrogateescape", timeout=TIMEOUT_S, **who)
        return Answer(command, done.returncode, done.stdout, done.stderr)

    def ask(self, *args, codes=(DONE,), stdin=""):
        """Runs one command with --json and gives its answer; raises Unexpected if it ends otherwise."""
        answer = self.run(*args, stdin=stdin)
        if answer.code not in codes:
            raise Unexpected(f"expected exit {' or '.join(map(str, codes))}\n{answer}")
        return answer.json

    # what is asked over and over

    def look(self, *args, stdin=""):
        """As ask, for commands that end with 1 when there is something to look at."""
        return self.ask(*args, codes=(DONE, LOOK), stdin=stdin)

    def sync(self, *remotes):
        """The meetings' answers summed: records and bytes both ways, faults, parts without a key."""
        total = {"sent": 0, "sent_bytes": 0, "received": 0, "received_bytes": 0, "waiting_for_key": 0, "faults": []}
        for one in self.look("sync", *remotes):
            for way in ("sent", "received"):
                total[way] += one[way]["transactions"]
                total[way + "_bytes"] += one[way]["bytes"]
            total["waiting_for_key"] += one["waiting_for_key"]
            total["faults"] += one["faults"]
        return total

    def digest(self):
        return self.ask("digest")["digest"]

    def objects(self):
        """id -> object, of everything this device can read."""
        return {o["id"]: o for o in self.ask("dump")["objects"]}


def values(dumped, field):
    """The values of one field of a dumped object: several where it is in conflict."""
    return [head["value"] for head in dumped["fields"].get(field, [])]


def found(site, forbund, party, kind, person, cost="cheap"):
    return site.ask("found", "--forbund", forbund, "--party", party, "--kind", kind, "--person", person,
                    "--passphrase-cost", cost)


def enrol(administrator, newcomer, party, kind, person, role="administratör", cost="cheap"):
    """Request, approval, acceptance, with the words compared on both sides. The new device has not met anyone yet."""
    request = newcomer.home.with_name(newcomer.home.name + ".ansokan")
    invitation = newcomer.home.with_name(newcomer.home.name + ".inbjudan")
    asked = newcomer.ask("enrol", "request", "--party", party, "--kind", kind, "--person", person, "--role", role,
                         "-o", request, "--passphrase-cost", cost)
    approved = administrator.ask("enrol", "approve", request, "-o", invitation)
    if not approved["complete"] or approved["request_words"] != asked["words"]:
        raise Unexpected(f"approval {approved} does not answer request {asked}")
    accepted = newcomer.ask("enrol", "accept", invitation)
    if accepted["words"] != approved["invitation_words"]:
        raise Unexpected(f"the words differ: {approved['invitation_words']} and {accepted['words']}")
    return asked, approved, accepted


def meet(sites, *remotes):
    """The stick goes round, site after site, until a whole round has moved nothing. Gives all the meetings' sums."""
    meetings = []
    for _ in range(MEETING_ROUNDS_MAX):
        this_round = [site.sync(*remotes) for site in sites]
        meetings += this_round
        if not any(m["sent"] or m["received"] for m in this_round):
            return meetings
    raise Unexpected(f"still something to send after {MEETING_ROUNDS_MAX} rounds: {this_round}")


class Stage:
    """A directory that can be put back as it was, at the same path: homes name the folders they meet in by path."""

    def __init__(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="samplan-test-"))
        self.dir, self.kept = self.top / "work", self.top / "kept"
        self.dir.mkdir()
        self.top.chmod(0o755)

    def keep(self):
        shutil.copytree(self.dir, self.kept, symlinks=True)

    def restore(self):
        shutil.rmtree(self.dir)
        shutil.copytree(self.kept, self.dir, symlinks=True)

    def remove(self):
        shutil.rmtree(self.top)


# stock git

def git(repository, *args, data=None, check=True, text=True):
    """Standard output of one git command; with check false, the finished process."""
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1"}
    if isinstance(data, str):
        data = data.encode()
    done = subprocess.run(["git", "-C", str(repository)] + [str(a) for a in args], env=env, input=data,
                          stdin=subprocess.DEVNULL if data is None else None, capture_output=True, timeout=TIMEOUT_S)
    if not check:
        return done
    if done.returncode:
        raise Unexpected(f"git {' '.join(map(str, args))} in {repository}: exit {done.returncode}\n"
                         + done.stderr.decode(errors="replace"))
    return done.stdout.decode().strip() if text else done.stdout


def repository_of(folder):
    """The bare repository of a folder that sites meet in: the folder itself, or the one repository in it."""
    folder = pathlib.Path(folder)
    found_here = [p.parent for p in [folder / "HEAD", *folder.glob("*/HEAD")] if p.exists()]
    if len(found_here) != 1:
        raise Unexpected(f"expected one bare repository in {folder}, found {found_here}")
    return found_here[0]


def branches(repository):
    """name -> commit, of every branch."""
    lines = git(repository, "for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads").splitlines()
    return dict(line.split() for line in lines)


def today():
    """The day in Sweden, as samplan has it, by a rule that needs no time zone files."""
    before = os.environ.get("TZ")
    try:
        os.environ["TZ"] = "CET-1CEST,M3.5.0,M10.5.0/3"
        time.tzset()
        return datetime.date.today().isoformat()
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()
