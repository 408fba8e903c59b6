#!/usr/bin/env python3
"""What a caseworker waits for in the pages: a förbund of size M, the real server, and Debian's Chromium.

    cmake --preset bench && cmake --build --preset bench --target samplan
    SAMPLAN=build/bench/samplan tests/bench/bench_pages.py --kept FOLDER [--size S|M|L] [--years N] [--share F] [--times N]

Makes the förbund with tests/data/world.py and lives it through by the command line (size M takes half an hour or more; with
--kept it is made once), lets one member see all the news, has the others write a day's changes, meets, and measures that
member's pages (bench_pages.mjs). Ends with 1 where a median is over its goal.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "data"), str(HERE.parent / "web")]
import lib_samplan as lib
import run
import world

PATIENCE_S = 4 * 3600  # one command on a busy machine, with a quarter of a year to take in
TODAY_AFTER_DAYS = 360  # of the world's first year: most plans are going on


def make(folder, args):
    """The homes, lived through; under a name of their own until they are whole."""
    making = folder / "making"
    shutil.rmtree(making, ignore_errors=True)
    world.World(args.size, 1, args.years, args.share).write_to(making / "world")
    begun = time.monotonic()
    world.play(making / "world", making / "homes",
               progress=lambda text: print(f"{time.monotonic() - begun:6.0f} s  {text}", file=sys.stderr, flush=True))
    making.rename(folder / "made")  # places are named by their path: they are named anew by sites()
    for site, _ in sites(folder):
        site.ask("remote", "remove", "mote")
        site.ask("remote", "add", "mote", folder / "made" / "homes" / "mote")


def sites(folder):
    manifest = json.loads((folder / "made" / "world" / "world.json").read_text(encoding="utf-8"))
    return [(lib.Site(folder / "made" / "homes" / d["name"], "lösenfras " + d["name"]), d) for d in manifest["devices"]]


def a_day(folder, count):
    """What the others write in a day about persons that the reader may know of, on the stick; the reader has seen the rest."""
    (reader, own), *others = sites(folder)
    reader.look("news")
    plans = [p["id"] for p in reader.ask("plan", "list")]
    writers = list({d["party"]: site for site, d in reversed(others) if d["party"] != own["party"]}.values())
    lines = {site: [] for site in writers}
    known = {site: {p["id"] for p in site.ask("plan", "list")} for site in writers}
    for n in range(count):
        plan = plans[n * 7 % len(plans)]
        site = next((w for w in writers[n % len(writers):] + writers if plan in known[w]), None)
        if site:
            lines[site].append({"op": "note", "plan": plan, "text": f"Har varit här, avstämning {n}."} if n % 3 else
                               {"op": "set", "id": plan, "set": {"follow_up": f"2022-03-{1 + n % 28:02}"}})
    for site, of_site in lines.items():
        file = folder / "day.jsonl"
        file.write_text("".join(json.dumps(line) + "\n" for line in of_site), encoding="utf-8")
        if of_site:
            site.ask("apply", file)
            site.look("sync")
    reader.look("sync")
    return reader


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=sorted(world.SIZES), default="M")
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="of what is written about each person")
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--kept", type=pathlib.Path, help="make the förbund here, or use what was made")
    args = parser.parse_args()
    lib.TIMEOUT_S = PATIENCE_S
    with tempfile.TemporaryDirectory(prefix="samplan-bench-") as temporary:
        folder = (args.kept or pathlib.Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "made").exists():
            make(folder, args)
        reader = a_day(folder, 334)  # 121,876 a year
        run.fetch(shutil.which("npm"))
        today = world.START + TODAY_AFTER_DAYS * world.DAY
        done = subprocess.run([shutil.which("node"), HERE / "bench_pages.mjs", reader.home, today.isoformat(), str(args.times)],
                              env=os.environ | {"SAMPLAN": lib.program(),
                                                "PASSPHRASE": reader.passphrase_file.read_text(encoding="utf-8").strip()})
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
