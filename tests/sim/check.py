"""Holds runs of sim against the model in Python (tests/model/merge_model.py), which shares nothing with the one in C.

    check.py SIM [SEED…]    runs each seed twice with a trace: the two must be the same to the byte, and what every replica
                            shows at the end must be what the Python model makes of the history in the trace
    check.py --trace FILE   the second half, for a trace that is there
"""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "model"))
from merge_model import Model, Op, Tx  # noqa: E402

SEEDS = range(1, 9)


class Trace:
    def __init__(self, path):
        self.chains, self.sections, self.epochs, self.types, self.clocks, self.looks = {}, {}, {}, {}, {}, []
        self.transactions = []
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if "chain" in row:
                self.chains[row["chain"]] = row["id"]
            elif "section" in row and "topic" in row:
                self.sections[row["section"]] = row["id"]
            elif "epoch" in row:
                self.epochs[row["epoch"]] = tuple(row["parents"])
            elif "tx" in row:
                self.take(row)
            else:
                self.looks.append(row)

    def take(self, row):
        chain, n = row["tx"]
        self.clocks[chain, n] = row["clock_ms"]
        ops = []
        for kind, section, epoch, thing, number, value in row["ops"]:
            if kind == "new":
                self.types[section, thing] = number
            field = None if kind in ("new", "remove", "keep") else number
            ops.append(Op(kind, section, epoch, thing, None, field, value))
        seen = {int(other): last for other, last in row["seen"].items()}
        self.transactions.append(Tx(chain, n, seen, tuple(ops)))

    def shown_first(self, heads):
        return sorted(heads, key=lambda h: (self.clocks[h.tx.chain, h.tx.n], self.chains[h.tx.chain], h.tx.n, h.place),
                      reverse=True)

    def content(self, look):
        """What the model says that the replica shows, in the words of sim."""
        known = [t for t in self.transactions if look["has"][t.chain] >= t.n]
        model = Model(known, self.epochs, set(look["holds"]))
        made = {(p.op.section, p.op.object) for p in model.placed if p.op.kind == "new"}
        lines = []
        found = {key: content for key, content in model.content().items() if key in made}
        for (section, thing), content in sorted(found.items(), key=lambda f: (self.sections[f[0][0]], f[0][1])):
            life = {"no": "here", "yes": "removed", "disputed": "disputed"}[content.removed]
            lines.append(f"{self.sections[section]} {thing} {self.types[section, thing]} {life}")
            fields = {field: self.shown_first(heads) for field, heads in content.heads.items()}
            fields |= {field: self.shown_first(entries)[::-1] for field, entries in content.entries.items()}
            for field in sorted(fields.keys() | content.members.keys()):
                conflict = field in content.heads and len({h.op.value for h in fields[field]}) > 1
                values = [f"{h.tx.chain}.{h.tx.n} {'-' if h.op.value is None else h.op.value}" for h in fields.get(field, ())]
                values += sorted(content.members.get(field, ()), key=lambda v: v.encode())
                if values:
                    lines.append(f"  {field}{' conflict' if conflict else ''}" + "".join(f" | {v}" for v in values))
        return lines


def check(path):
    """The number of replicas compared."""
    trace = Trace(path)
    for look in trace.looks:
        expected, got = trace.content(look), look["content"].splitlines()
        for place, (e, g) in enumerate(zip(expected + [None], got + [None])):
            if e != g:
                sys.exit(f"{path}: replica {look['look']}, line {place + 1}:\n  expected {e}\n  got      {g}")
    return len(trace.looks)


def run(sim, seed, path):
    done = subprocess.run([sim, "--seed", str(seed), "--trace", path], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"seed {seed}: {done.stdout}{done.stderr}")


def main(arguments):
    if arguments[0] == "--trace":
        print(check(pathlib.Path(arguments[1])), "replicas are as the model says")
        return
    looks = 0
    with tempfile.TemporaryDirectory() as folder:
        first, second = pathlib.Path(folder) / "first", pathlib.Path(folder) / "second"
        for seed in [int(a) for a in arguments[1:]] or SEEDS:
            run(arguments[0], seed, first)
            run(arguments[0], seed, second)
            if first.read_bytes() != second.read_bytes():
                sys.exit(f"seed {seed} does not give the same run twice")
            looks += check(first)
    if looks == 0:
        sys.exit("nothing was compared")
    print(looks, "replicas are as the model says")


if __name__ == "__main__":
    main(sys.argv[1:])
