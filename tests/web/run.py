#!/usr/bin/env python3
"""Runs one of the browser tests here: run.py story.test.mjs. Ends with 77 (skipped) where something it needs is missing.

PICTURES=FOLDER has it leave its pictures there: those of docs/pictures are made so.
"""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE.parent.parent / "build" / "dev" / "samplan"
SKIPPED = 77


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def fetch(npm):
    """What package-lock.json names, unless it is here already."""
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = HERE / "node_modules" / ".from"
    if not stamp.exists() or stamp.read_text() != wanted:
        done = subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], cwd=HERE)
        if done.returncode:
            sys.exit("npm could not fetch what the browser tests need")
        stamp.write_text(wanted)


def main(name):
    node, npm = shutil.which("node"), shutil.which("npm")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not node or not npm:
        skip("there is no npm here (Debian: apt-get install nodejs npm)")
    if not chromium:
        skip("there is no Chromium here (Debian: apt-get install chromium)")
    if os.environ.get("PAGES_DIST") == "":
        skip("the program was built without the pages")
    fetch(npm)
    sys.exit(subprocess.run([node, "--test", "--test-reporter=spec", HERE / name],
                            env={"SAMPLAN": str(PROGRAM), **os.environ, "CHROMIUM": chromium}).returncode)


if __name__ == "__main__":
    main(*sys.argv[1:])
