"""What is in a home's sealed replica, by the program tests/peek.c."""
import json
import os
import pathlib
import subprocess

TOP = pathlib.Path(__file__).resolve().parent.parent


def program():
    return os.path.abspath(os.environ.get("PEEK") or TOP / "build" / "dev" / "tests" / "peek")


def peek(site, what):
    done = subprocess.run([program(), site.home, site.passphrase_file, what], capture_output=True, encoding="utf-8")
    if done.returncode:
        raise RuntimeError(f"peek {what}: {done.stderr}")
    return done.stdout


def rows(site, sql):
    """What one SQL statement yields; a blob as bytes."""
    def value(v):
        return bytes.fromhex(v["hex"]) if isinstance(v, dict) else v
    return [tuple(map(value, json.loads(line))) for line in peek(site, sql).splitlines()]


def unseal(site):
    """Makes the home as one of before it was sealed: with a plain database."""
    peek(site, "--unseal")


def hold(site):
    """A process that has the replica open until it is killed."""
    process = subprocess.Popen([program(), site.home, site.passphrase_file, "--hold"], stdout=subprocess.PIPE)
    if not process.stdout.readline():
        raise RuntimeError("peek --hold did not open the replica")
    return process
