#!/usr/bin/env python3
"""Where the bytes of workload W go on their way: a table, in bytes an edit, of what bench_w has left behind.

    bench_w --keep 1                       says which folder
    PEEK=…/peek tests/bench/wire.py FOLDER

Counted is what travels in packs of the records that the rounds made: objects as they lie in a pack, beside which a pack has
32 bytes, and names of files and branches that a folder does not send. Read by the second implementation of the format
(tests/docs), so that it says what is there and not what the program means to write.
"""
import collections
import pathlib
import subprocess
import sys
import tempfile
import types

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests" / "docs"), str(TOP / "tests")]
import lib_peek  # noqa: E402
import record_format as rf  # noqa: E402

ROUND_EDITS = 200  # as in bench_w.c: which records are of a round
PASSPHRASE = "lösenord"


def held_keys(home):
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write(PASSPHRASE)
        file.flush()
        site = types.SimpleNamespace(home=home, passphrase_file=file.name)
        return {k: key for k, key in lib_peek.rows(site, "SELECT key_id, key FROM held_key")}


def pack_sizes(repository):
    out = subprocess.run(["git", "-C", repository, "cat-file", "--batch-all-objects",
                          "--batch-check=%(objectname) %(objectsize:disk)"], capture_output=True, check=True, text=True).stdout
    return {name: int(size) for name, size in map(str.split, out.splitlines())}


def count_items(count, item, what):
    """Adds the bytes of values to what they are of; gives their sum."""
    if isinstance(item, list):
        return sum(count_items(count, i, what) for i in item)
    if isinstance(item, (str, bytes)):
        size = len(item.encode() if isinstance(item, str) else item)
        count[what] += size
        return size
    return 0


def count_part(count, plain):
    objects, transactions = rf.whole(plain)
    known = 16 * len(objects)
    count["  … ids of objects"] += known
    for _, _, ops in transactions:
        count["transactions"] += 1
        for op in ops:
            count["operations"] += 1
            known += count_items(count, op[1:], "  … texts and ids in values")
    count["  … numbers, clocks, codes, lengths"] += len(plain) - known


def count_record(count, lengths, record, keys, sizes):
    tree = rf.read_tree(LOG.get(record.commit.tree, "tree", rf.COMMIT_MOST))
    commit, h = LOG.get(record.name, "commit", rf.COMMIT_MOST), record.header
    count["commit: signature, header, seen"] += sizes[record.name]
    count["commit, before git packs it"] += len(commit)
    count["tree"] += sizes[record.commit.tree]
    known = 0
    for place, (key, sealed) in enumerate(record.body.parts):
        padded = rf.open_part(h, record.body, place, keys[key])
        plain, stream = rf.unpacked(padded)
        known += 16 + len(sealed)
        count["parts"] += 1
        count["part: key id"] += 16
        count["part: tag"] += 16
        count["part: padding"] += len(padded) - stream
        count["part: packed content"] += stream
        count["content, before it is packed"] += len(plain)
        lengths[len(padded)] += 1
        count_part(count, plain)
    count["body: salt, flag, lengths of parts, git's packing"] += sizes[tree["b"]] - known


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    global LOG
    home = pathlib.Path(sys.argv[1]) / "home0"
    LOG = rf.Log(home / "log.git")
    keys, sizes = held_keys(home), pack_sizes(home / "log.git")
    count, lengths, records = collections.Counter(), collections.Counter(), 0
    for names in LOG.branches().values():
        for record in (rf.Record(LOG, name) for name in names):
            if record.header.last - record.header.first + 1 == ROUND_EDITS:
                records += 1
                count_record(count, lengths, record, keys, sizes)
    edits = records * ROUND_EDITS
    print(f"{records} records of {ROUND_EDITS} edits; {count['parts'] / records:.0f} parts a record, "
          f"{count['operations'] / count['transactions']:.2f} operations an edit; least length: "
          f"{lengths[min(lengths)] / count['parts']:.0%} of the parts\n")
    total = 0
    for row in ("commit: signature, header, seen", "tree", "body: salt, flag, lengths of parts, git's packing",
                "part: key id", "part: tag", "part: packed content", "part: padding"):
        total += count[row]
        print(f"| {row} | {count[row] / edits:.1f} |")
    print(f"| together | {total / edits:.1f} |")
    for row in ("content, before it is packed", "  … ids of objects", "  … texts and ids in values",
                "  … numbers, clocks, codes, lengths", "commit, before git packs it"):
        print(f"| {row} | {count[row] / edits:.1f} |")


if __name__ == "__main__":
    main()
