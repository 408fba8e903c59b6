#!/usr/bin/env python3
"""Makes tests/homes/vN.tar and vN.json: a home as some version of the program left it, for tests/cli/test_stored_home.py.

    SAMPLAN=…/samplan tests/homes/make.py N        the program whose HOME_VERSION (sync/home.h) is N

Keys and ids are random: each run makes another one, and what is stored is one instance. v1 is by the program of commit
fccb79d, the last of version 1, with the packing of parts of 47a58b8, since which no older log can be read. (What sealed
replicas before 605ca56 is not read any more, either.) v5 is by 17f8c8b, the last that had a row for each transaction; what
came with its last meeting has not been read.
"""
import io
import json
import pathlib
import sys
import tarfile
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests"))
from lib_samplan import Site, enrol, found, meet  # noqa: E402

PASSPHRASE = "lösen för det som var"


def tell_story(top):
    """The site whose home is kept: it has met another, and has saved something since."""
    a, b = Site(top / "a", PASSPHRASE), Site(top / "b", "en annan")
    found(a, "Provförbundet", "Kommunen", "kommun", "Handläggare Ett")
    enrol(a, b, "Regionen", "region", "Handläggare Två")
    for site in (a, b):
        site.ask("remote", "add", "plats", top / "plats")
    plan = a.ask("plan", "new", "title=Väg till arbete", "person.name=Testperson Ett", "needs=bostad;språk")["id"]
    a.ask("plan", "add", plan, "activity", "kind=praktik", "from=2026-09-14", "to=2026-11-06", "extent=50%")
    goal = a.ask("plan", "add", plan, "goal", "text=Eget arbete", "target_date=2027-06-30")["id"]
    a.ask("consent", "give", plan, "--to", "alla", "--sections", "plan,person")
    meet([a, b], "plats")
    a.look("news")
    a.ask("plan", "set", plan, "title=Kommunens titel")
    b.ask("plan", "set", plan, "title=Regionens titel")  # a conflict
    b.ask("plan", "set", goal, "target_date=2027-09-01")
    meet([a, b], "plats")
    a.ask("plan", "set", plan, "follow_up=2026-10-01")  # in no record yet
    return a, plan


def pack(path, home):
    """Its files, without whose they are and when they were written."""
    with tarfile.open(path, "w") as tar:
        for file in sorted(p for p in home.rglob("*") if p.is_file() or p.is_dir() and not any(p.iterdir())):
            info = tar.gettarinfo(file, str(file.relative_to(home)))
            info.uid = info.gid = info.mtime = 0
            info.uname = info.gname = ""
            tar.addfile(info, io.BytesIO(file.read_bytes()) if file.is_file() else None)


def main():
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        raise SystemExit(__doc__)
    name = pathlib.Path(__file__).parent / f"v{sys.argv[1]}"
    with tempfile.TemporaryDirectory(prefix="samplan-home-") as directory:
        site, plan = tell_story(pathlib.Path(directory))
        told = {"about": "A made-up förbund: these keys protect nothing.", "passphrase": PASSPHRASE, "plan": plan,
                "dump": json.loads(site.run("dump").out)}
        pack(name.with_suffix(".tar"), site.home)
        told["news"] = site.look("news")["plans"]
    name.with_suffix(".json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
