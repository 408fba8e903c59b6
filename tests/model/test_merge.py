"""Random sites, edits and meetings, through the program, against the naive model.

    test_merge.py                    the short slice that CI runs
    test_merge.py --seeds 100..199   a campaign
    test_merge.py --hours 8          as many seeds as there is time for, from the first of --seeds on

The same seed gives the same steps. A run that fails prints its seed, what was expected and found, and the shortest
list of steps that was found to fail. $SAMPLAN names the program.
"""
import argparse
import collections
import pathlib
import random
import sys
import tempfile
import time

from runner import Homes, Mismatch, Run, Unexpected
from steps import LAYOUTS, make, told

SHORT = "1..6"
STEPS = 36
SHRINK_S = 90


def plan_of(seed, count):
    """The layout and the steps of a seed."""
    rng = random.Random(seed)
    layout = rng.choice(LAYOUTS[2 + seed % 3])
    return layout, make(rng, layout, count)


def fails(homes, seed, steps, count=None):
    """None if all goes well; otherwise (number of the step that failed, what was wrong). count gathers what was done.
    """
    at = 0
    try:
        run = Run(homes)
        for at, step in enumerate(steps):
            run.take(step)
        run.finish(random.Random(seed))
        if count is not None:
            count.update(step["do"] for step in steps)
            count.update({"empty transactions": run.empty})
    except (Mismatch, Unexpected) as wrong:
        return at, str(wrong)
    return None


def shorter(homes, seed, steps, failure, seconds):
    """Leaves out steps, then transactions, as long as something still fails and there is time."""
    until = time.monotonic() + seconds
    steps = steps[:failure[0] + 1]
    size = max(1, len(steps) // 2)
    while time.monotonic() < until:
        at = 0
        while at < len(steps) and time.monotonic() < until:
            fewer = steps[:at] + steps[at + size:]
            found = fails(homes, seed, fewer) if fewer else None
            if found:
                steps, failure = fewer[:found[0] + 1], found
            else:
                at += size
        if size == 1:
            break
        size //= 2
    for number, step in enumerate(steps):
        if step["do"] not in ("apply", "meet"):
            continue
        key = "batch" if step["do"] == "apply" else "sites"
        at = len(step[key]) - 1
        while at >= 0 and len(steps[number][key]) > 1 and time.monotonic() < until:
            less = steps[number] | {key: steps[number][key][:at] + steps[number][key][at + 1:]}
            fewer = steps[:number] + [less] + steps[number + 1:]
            found = fails(homes, seed, fewer)
            if found:
                steps, failure = fewer, found
            at -= 1
        if len(steps) <= number + 1:
            break
    return steps, failure


def report(seed, layout, steps, failure):
    print(f"FAILED: seed {seed}, sites {layout}, step {failure[0] + 1} of {len(steps)}")
    for number, step in enumerate(steps, 1):
        print(f"  {number}. {told(step)}")
    print(failure[1], flush=True)


def seeds_of(text):
    first, _, last = text.partition("..")
    return int(first), int(last or first)


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seeds", type=seeds_of, default=seeds_of(SHORT), metavar="A..B")
    asked.add_argument("--hours", type=float, help="go on past the last seed until so much time has gone")
    asked.add_argument("--steps", type=int, default=STEPS)
    asked.add_argument("--shrink", type=float, default=SHRINK_S, metavar="SECONDS", help="for a shorter trace")
    asked.add_argument("--show", action="store_true", help="print the steps of the seeds, and run nothing")
    asked = asked.parse_args()
    first, last = asked.seeds
    until = time.monotonic() + (asked.hours or 0) * 3600
    seed, failed, done = first, [], collections.Counter()
    with tempfile.TemporaryDirectory(prefix="samplan-model-") as folder:
        while seed <= last or time.monotonic() < until:
            layout, steps = plan_of(seed, asked.steps)
            if asked.show:
                print(f"seed {seed}, sites {layout}", *map(told, steps), sep="\n  ")
                seed += 1
                continue
            homes = Homes(pathlib.Path(folder), layout)
            failure = fails(homes, seed, steps, done)
            if failure:
                failed.append(seed)
                report(seed, layout, *shorter(homes, seed, steps, failure, asked.shrink))
            seed += 1
    print(f"{seed - first} seeds, {len(failed)} failed {failed or ''}: " +
          ", ".join(f"{n} {what}" for what, n in sorted(done.items())))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
