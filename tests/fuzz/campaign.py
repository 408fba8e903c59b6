#!/usr/bin/env python3
"""Fuzzes every decoder for a while and tells what came of it.

tests/fuzz/campaign.py [--minutes 20] [--jobs N] [--keep FOLDER] [TARGET…]
    builds the fuzz preset, runs each target that long from its corpus, and prints executions, edges and features
    covered, and what was found. FOLDER keeps the grown corpora, so that a later campaign goes on from there, and the
    inputs that were found. Exit 1 if anything was.
tests/fuzz/campaign.py --planted [--minutes 5]
    shows that the targets bite: for each fault below, plants it in a copy of the tree and runs the target that should
    see it. Exit 1 if one is not found.
"""
import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
SLOW_S = 10
MEMORY_MB = 2048

# target, file, what stands there, what is planted instead
PLANTED = [
    ("cbor", "sync/cbor.c", "v < least", "v < least / 2"),  # forms longer than needed are taken
    ("header", "crypto/buf.c", "r->failed || len > r->left)", "r->failed || len > r->left + 1)"),  # a byte too far
    ("apply", "app/ops/apply_line.c", "room += 1 + json_array_size(value);", "room += json_array_size(value);"),  # no room for it
]


def build(tree, targets):
    subprocess.run(["cmake", "--preset", "fuzz"], cwd=tree, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", "fuzz", "--target", *[f"fuzz_{t}" for t in targets]], cwd=tree,
                   check=True, stdout=subprocess.DEVNULL)


def all_targets():
    return sorted(p.stem.removeprefix("fuzz_") for p in (TOP / "tests/fuzz").glob("fuzz_*.c"))


def run(tree, target, minutes, keep):
    grown = keep / target
    grown.mkdir(parents=True, exist_ok=True)
    found = keep / "found" / target
    found.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    done = subprocess.run(
        [tree / "build/fuzz/tests" / f"fuzz_{target}", f"-max_total_time={int(minutes * 60)}", f"-timeout={SLOW_S}",
         f"-rss_limit_mb={MEMORY_MB}", f"-artifact_prefix={found}/", "-print_final_stats=1", "-use_value_profile=1",
         grown, TOP / "tests/fuzz/corpus" / target], capture_output=True, text=True, errors="replace")
    log = done.stderr
    counts = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", log)
    runs = re.search(r"stat::number_of_executed_units: (\d+)", log) or re.search(r"\n#(\d+)\t(?!.*\n#)", log)
    story = re.search(r"(ERROR: .*|runtime error: .*|SUMMARY: .*)", log)
    if done.returncode != 0:
        (found / "log").write_text(log[-20000:])
    return {"target": target, "runs": int(runs.group(1)) if runs else 0, "edges": counts[-1][0] if counts else "?",
            "features": counts[-1][1] if counts else "?", "inputs": counts[-1][2] if counts else "?",
            "seconds": time.monotonic() - started, "code": done.returncode,
            "story": story.group(1) if story and done.returncode != 0 else ""}


def campaign(targets, minutes, jobs, keep):
    build(TOP, targets)
    print(f"{'target':10} {'executions':>12} {'edges':>6} {'features':>8} {'inputs':>6} {'s':>6}  found")
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for r in pool.map(lambda t: run(TOP, t, minutes, keep), targets):
            bad += r["code"] != 0
            print(f"{r['target']:10} {r['runs']:12,} {r['edges']:>6} {r['features']:>8} {r['inputs']:>6} "
                  f"{r['seconds']:6.0f}  {r['story'] or ('nothing' if r['code'] == 0 else 'code %d' % r['code'])}",
                  flush=True)
    return bad


def planted(minutes):
    missed = 0
    with tempfile.TemporaryDirectory(prefix="samplan-planted-") as tmp:
        tree = Path(tmp) / "tree"
        subprocess.run(["git", "worktree", "prune"], cwd=TOP, check=True)
        shutil.copytree(TOP, tree, ignore=shutil.ignore_patterns("build", ".git", "node_modules"))
        for target, file, good, bad in PLANTED:
            text = (TOP / file).read_text()
            assert text.count(good) == 1, f"{file} has changed: plant another fault for {target}"
            (tree / file).write_text(text.replace(good, bad))
            build(tree, [target])
            r = run(tree, target, minutes, Path(tmp) / "keep")
            missed += r["code"] == 0
            print(f"{target:10} {file}: {bad!r}: "
                  + (f"found after {r['runs']:,} executions, {r['seconds']:.0f} s: {r['story']}" if r["code"] else "NOT FOUND"),
                  flush=True)
            (tree / file).write_text(text)
    return missed


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--minutes", type=float)
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    p.add_argument("--keep", type=Path)
    p.add_argument("--planted", action="store_true")
    p.add_argument("targets", nargs="*")
    o = p.parse_args()
    if o.planted:
        return planted(o.minutes or 5) > 0
    with tempfile.TemporaryDirectory(prefix="samplan-fuzz-") as tmp:
        return campaign(o.targets or all_targets(), o.minutes or 20, o.jobs, o.keep or Path(tmp)) > 0


if __name__ == "__main__":
    sys.exit(main())
