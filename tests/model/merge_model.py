"""How edits meet, said again as naively as possible: everything is recomputed from the whole set of operations.

Written from the design's page on merging alone, and sharing nothing with sync/. Chains, sections, epochs, objects and
values may be anything hashable; nothing here knows of clocks, keys or files.
"""
import collections

# What a transaction does to one object. epoch names an entry of the epochs given to Model; field and value are None
# where the kind has none. kind: new, set (register, text), add, drop (set), append (entries), remove, keep.
Op = collections.namedtuple("Op", "kind section epoch object type field value")

# seen: chain -> the last number of it that the writer had taken in when the record was begun.
Tx = collections.namedtuple("Tx", "chain n seen ops")

# An operation with the transaction that carries it and its place there: one save's operations come one after another.
Placed = collections.namedtuple("Placed", "tx place op")


def placed(tx):
    return [Placed(tx, place, op) for place, op in enumerate(tx.ops)]


# Where an object stands. heads: field -> the Placed of a register or text that nothing supersedes; members: field ->
# set of values; entries: field -> list of Placed, in no order; removed: "no", "yes" or "disputed".
Content = collections.namedtuple("Content", "type removed heads members entries")

DISPUTED = "removed"  # the name, among an object's conflicts, of a removal met by an edit


class Model:
    """transactions: all that a site knows of, readable or not; epochs: epoch -> those it follows; readable: the epochs
    whose operations this reader can open (None: all)."""

    def __init__(self, transactions, epochs, readable=None):
        self.transactions = {(t.chain, t.n): t for t in transactions}
        self.epochs = epochs
        self.placed = [p for t in self.transactions.values() for p in placed(t)
                       if readable is None or p.op.epoch in readable]
        self._vectors = {}

    def vector(self, tx):
        """chain -> last number that tx had before it: directly, or through what it had seen."""
        known = self._vectors.get((tx.chain, tx.n))
        if known is None:
            known, todo = {}, [(tx.chain, tx.n - 1), *tx.seen.items()]
            while todo:
                chain, last = todo.pop()
                first = known.get(chain, 0) + 1
                known[chain] = max(last, first - 1)
                for n in range(first, last + 1):
                    if (chain, n) in self.transactions:
                        todo += self.transactions[chain, n].seen.items()
            self._vectors[tx.chain, tx.n] = known
        return known

    def follows(self, later, earlier):
        """Is the epoch `earlier` the epoch `later`, or an ancestor of it?"""
        todo, met = [later], set()
        while todo:
            epoch = todo.pop()
            if epoch == earlier:
                return True
            if epoch not in met:
                met.add(epoch)
                todo += self.epochs[epoch]
        return False

    def in_past(self, b, a):
        """Is operation b in the past of operation a?"""
        if (b.tx.chain, b.tx.n) == (a.tx.chain, a.tx.n):
            seen = b.place < a.place
        else:
            seen = self.vector(a.tx).get(b.tx.chain, 0) >= b.tx.n
        return seen and self.follows(a.op.epoch, b.op.epoch)

    def superseded(self, b, by):
        return any(self.in_past(b, a) for a in by)

    # fields

    def heads(self, operations):
        return [b for b in operations if not self.superseded(b, operations)]

    def members(self, operations):
        drops = [p for p in operations if p.op.kind == "drop"]
        return {p.op.value for p in operations if p.op.kind == "add"
                and not self.superseded(p, [d for d in drops if d.op.value == p.op.value])}

    # objects

    def removal(self, operations):
        """operations: all those on one object."""
        removals = [p for p in operations if p.op.kind == "remove"]
        others = [p for p in operations if p.op.kind != "remove"]
        if not removals:
            return "no"
        if all(self.superseded(p, removals) for p in others):
            return "yes"
        # Whoever writes after having seen a removal brings the object back; a removal that nobody has answered and
        # that did not see everything is a question for people.
        return "no" if all(self.superseded(r, others) for r in removals) else "disputed"

    def content(self):
        """(section, object) -> Content."""
        by_object = collections.defaultdict(list)
        for p in self.placed:
            if p.op.object is not None:
                by_object[p.op.section, p.op.object].append(p)
        return {key: self.one(operations) for key, operations in by_object.items()}

    def one(self, operations):
        fields = collections.defaultdict(list)
        for p in operations:
            if p.op.field is not None:
                fields[p.op.field].append(p)
        heads, members, entries = {}, {}, {}
        for field, on_field in fields.items():
            kinds = {p.op.kind for p in on_field}
            if kinds == {"set"}:
                heads[field] = self.heads(on_field)
            elif kinds == {"append"}:
                entries[field] = on_field
            elif kinds <= {"add", "drop"}:
                members[field] = self.members(on_field)
            else:
                raise ValueError(f"operations of different kinds on {field}: {kinds}")
        removed = self.removal(operations)
        if removed == "yes":
            heads, members, entries = {}, {}, {}
        return Content(operations[0].op.type, removed, heads, members, entries)

    def conflicts(self):
        """(section, object, field) -> the values that stand against each other."""
        found = {}
        for (section, thing), content in self.content().items():
            if content.removed == "disputed":
                found[section, thing, DISPUTED] = {"removed", "kept"}
            for field, heads in content.heads.items():
                values = {h.op.value for h in heads}
                if len(values) > 1:
                    found[section, thing, field] = values
        return found

    def in_order(self, entries):
        """Do entries, as somebody listed them, keep what came before in front?"""
        return not any(self.in_past(later, earlier)
                       for place, earlier in enumerate(entries) for later in entries[place + 1:])
