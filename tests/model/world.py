"""Sites without a program: what each has made, what has reached it, and which keys it holds. The model judges the rest.

A chain is called by its site's name and its transactions are counted from 1 after the setup; the driver (runner.py)
translates. A section is (plan, owning party or None, topic). Everything that a step does here is decided by the step
and what went before, never by what the program answers, so that a seed always gives the same steps.
"""
import collections

from merge_model import Model, Op, Tx, placed

# Whose section a type lives in unless a line says otherwise ("side", "topic"), its topic, and how its fields merge: the
# part of the schema that the test uses.
TYPES = {
    "plan": ("shared", "plan", {"person": "register", "title": "register", "status": "register",
                                "follow_up": "register", "aim": "text", "background": "text", "needs": "set"}),
    "goal": ("shared", "plan", {"text": "text", "kind": "register", "target_date": "register", "reached": "register"}),
    "meeting": ("shared", "plan", {"kind": "register", "participants": "set", "agenda": "text", "minutes": "entries"}),
    "decision": ("shared", "plan", {"text": "register", "due": "register"}),
    "person": ("shared", "person", {"name": "register", "kommun": "register", "contact": "register"}),
    "activity": ("own", "plan", {"text": "text", "kind": "register", "status": "register", "from": "register",
                                   "extent": "register", "evaluation": "text", "depends_on": "set"}),
    "kartlaggning": ("own", "plan", {"work": "text", "education": "text"}),
    "kartlaggning_halsa": ("own", "halsa", {"health": "text"}),
    "note": ("shared", "plan", {"text": "register"}),
    "income": ("own", "ekonomi", {"kind": "register", "from": "register"}),
}
MEMBER = "the member at "  # stands for that member's id, which the program makes up
OP_KINDS = {"register": "set", "text": "set", "set": "add", "entries": "append"}

Epoch = collections.namedtuple("Epoch", "section parents")


class Skip(Exception):
    """A step, or one of its transactions, that has no meaning in this world; happens while a trace is made shorter."""


class World:
    def __init__(self, parties):
        """parties: site -> its party."""
        self.parties = parties
        self.known = {site: {} for site in parties}  # site -> chain -> last number
        self.folder = {}
        self.epochs = {}
        self.things = {}      # object -> (section, type)
        self.consents = {}    # object -> (plan, parties, topics)
        self.log = {}         # (chain, n) -> Tx
        self.by_thing = collections.defaultdict(list)
        self.admissions = []  # Placed of every opening and admission
        self._oracle = Model([], {})
        self._held = {}

    # what a site knows

    def knows(self, site, tx):
        return self.known[site].get(tx.chain, 0) >= tx.n

    def ancestors(self, epoch):
        found, todo = set(), [epoch]
        while todo:
            for parent in self.epochs[todo.pop()].parents:
                if parent not in found:
                    found.add(parent)
                    todo.append(parent)
        return found

    def held(self, site):
        """The epochs whose key the site has: handed to its party, or handed on inside a later epoch."""
        key = site, tuple(sorted(self.known[site].items()))
        if key not in self._held:
            handed = {p.op.epoch for p in self.admissions
                      if self.knows(site, p.tx) and self.parties[site] in p.op.value}
            self._held[key] = handed.union(*(self.ancestors(e) for e in handed))
        return self._held[key]

    def open_heads(self, site, section):
        """The epochs of the section that the site would write in: those it holds that nothing it holds follows."""
        mine = [e for e in self.held(site) if self.epochs[e].section == section]
        return sorted(e for e in mine if not any(e in self.ancestors(other) for other in mine))

    def recipients(self, site, epoch):
        """The parties that the site knows to have been let into the epoch."""
        return set().union(*(p.op.value for p in self.admissions if p.op.epoch == epoch and self.knows(site, p.tx)))

    def model(self, site):
        """The model of what the site can read, made anew from everything it has."""
        known = [t for t in self.log.values() if self.knows(site, t)]
        parents = {name: epoch.parents for name, epoch in self.epochs.items()}
        return Model(known, parents, self.held(site))

    def thing(self, site, thing):
        """One object as the site sees it, or None."""
        held = self.held(site)
        seen = [p for p in self.by_thing[thing] if p.op.epoch in held and self.knows(site, p.tx)]
        return self._oracle.one(seen) if seen else None

    def visible(self, site):
        """object -> Content, in the order in which the objects came to be."""
        found = {thing: self.thing(site, thing) for thing in self.things}
        return {thing: content for thing, content in found.items() if content}

    def may_write(self, site, section):
        plan, owner, _ = section
        content = self.thing(site, plan)
        if content is None or owner not in (None, self.parties[site]):
            return False
        heads = self.open_heads(site, section)
        return not heads or any(self.parties[site] in self.recipients(site, e) for e in heads)

    # what a site does

    def _missed(self, site, heads):
        """Has somebody let a party into an epoch that the site is about to follow, without the site knowing? What
        becomes of the newcomer then is a matter of how keys are handed on, which is not the subject here."""
        followed = set(heads).union(*(self.ancestors(e) for e in heads))
        return any(p.op.kind == "admit" and p.op.epoch in followed and not self.knows(site, p.tx)
                   for p in self.admissions)

    def _epoch_for(self, site, section, ops):
        """The epoch to write in; opens one, as an operation added to ops, where there is none or more than one."""
        opened = [o.epoch for o in ops if o.kind == "open" and o.section == section]
        if opened:
            return opened[0]
        heads = self.open_heads(site, section)
        if len(heads) == 1:
            return heads[0]
        if self._missed(site, heads):
            raise Skip("an epoch would be opened that misses an admission")
        epoch = f"e{len(self.epochs) + 1}"
        self.epochs[epoch] = Epoch(section, tuple(heads))
        self._oracle.epochs[epoch] = tuple(heads)
        to = {self.parties[site]}.union(*(self.recipients(site, e) for e in heads))
        ops.append(Op("open", section, epoch, None, None, None, frozenset(to)))
        return epoch

    def _admit(self, site, section, parties, ops):
        heads = self.open_heads(site, section)
        wanted = frozenset(parties) - {self.parties[site]}
        if any(not self.ancestors(epoch).isdisjoint(heads) for epoch in self.epochs):
            raise Skip("somebody has opened a later epoch that misses this admission")
        epoch = self._epoch_for(site, section, ops)
        if not wanted <= set().union(*(self.recipients(site, e) for e in heads)):
            ops.append(Op("admit", section, epoch, None, None, None, wanted))

    def _commit(self, site, ops):
        seen = dict(self.known[site])
        n = seen.pop(site, 0) + 1
        tx = Tx(site, n, seen, tuple(ops))
        self.log[site, n] = self._oracle.transactions[site, n] = tx
        self.known[site][site] = n
        for p in placed(tx):
            if p.op.object is not None:
                self.by_thing[p.op.object].append(p)
            else:
                self.admissions.append(p)
        return tx

    def _restoring(self, change):
        """Runs change; a Skip in it leaves no epoch behind."""
        epochs = dict(self.epochs)
        try:
            return change()
        except Skip:
            self.epochs = epochs
            self._oracle.epochs = {name: epoch.parents for name, epoch in epochs.items()}
            raise

    def edit(self, site, lines):
        """One transaction of lines as `apply` takes them."""
        return self._restoring(lambda: self._edit(site, lines))

    def _edit(self, site, lines):
        ops, made, dropped = [], {}, set()
        for line in lines:
            thing = line["id"]
            section, kind = made.get(thing) or self.place(site, line)
            if not self.may_write(site, section) and (line["op"], kind) != ("new", "plan"):
                raise Skip(f"{site} may not write in {section}")
            before = self.thing(site, thing)
            if line["op"] == "new":
                if before or thing in made:
                    raise Skip(f"{site} has {thing} already")
                made[thing] = section, kind
            elif not before and thing not in made:
                raise Skip(f"{site} does not see {thing}")
            if line["op"] in ("drop", "remove") and (not before or thing in dropped):
                raise Skip("whether there is something to drop or remove is too hard to say")
            dropped |= {thing} if line["op"] in ("drop", "remove") else set()
            epoch = self._epoch_for(site, section, ops)
            ops += [Op(what, section, epoch, thing, kind, field, value)
                    for what, field, value in self.effects(site, line, kind, before)]
        self.things |= made
        return self._commit(site, ops)

    def place(self, site, line):
        """The section and type of the object that a line is about."""
        if line["op"] != "new":
            if line["id"] not in self.things:
                raise Skip(f"no {line['id']} yet")
            return self.things[line["id"]]
        side, topic, _ = TYPES[line["type"]]
        shared = line.get("side", side) == "shared"
        section = line.get("plan", line["id"]), None if shared else self.parties[site], line.get("topic", topic)
        if self.things.get(line["id"], (section, line["type"])) != (section, line["type"]):
            raise Skip("the id is taken in another section")
        return section, line["type"]

    @staticmethod
    def effects(site, line, kind, before):
        """The operations that a line stands for: (kind, field, value)."""
        fields = TYPES[kind][2]
        if line["op"] in ("new", "set"):
            changes, put = [], line["set"]
            if line["op"] == "new":
                changes = [("new", None, None)]
                put = ({"status": "beslutad", "responsible": MEMBER + site} if kind == "activity" else {}) | put
            return changes + [("set", field, value or None) for field, value in put.items()]
        if line["op"] == "remove":
            if before.removed == "yes":
                raise Skip("removed already")
            return [("remove", None, None)]
        if line["op"] == "drop":
            if line["value"] not in before.members.get(line["field"], ()):
                raise Skip("nothing to drop")
            return [("drop", line["field"], line["value"])]
        return [(OP_KINDS[fields[line["field"]]], line["field"], line["value"])]

    def conflict_values(self, site, thing, field):
        """The values that stand against each other there (None: unset), sorted; none if there is no conflict."""
        content = self.thing(site, thing)
        if content is None:
            raise Skip(f"{site} does not see {thing}")
        if field == "removed":
            return ["kept", "removed"] if content.removed == "disputed" else []
        values = {h.op.value for h in content.heads.get(field, ())}
        return sorted(values, key=lambda v: (v is not None, v)) if len(values) > 1 else []

    def resolve(self, site, thing, field, value):
        section, kind = self.things.get(thing, (None, None))
        if section is None or not self.conflict_values(site, thing, field):
            raise Skip("no conflict there")
        if not self.may_write(site, section):
            raise Skip(f"{site} may not write in {section}")

        def change():
            ops = []
            epoch = self._epoch_for(site, section, ops)
            if field == "removed":
                ops.append(Op("keep" if value == "kept" else "remove", section, epoch, thing, kind, None, None))
            else:
                ops.append(Op("set", section, epoch, thing, kind, field, value))
            return self._commit(site, ops)
        return self._restoring(change)

    def consent(self, site, thing, plan, parties, topics):
        """The consent's fields are the program's to fill in; the driver adds them afterwards (learn)."""
        section = (plan, None, "plan")
        if plan not in self.things or not self.may_write(site, section):
            raise Skip(f"{site} may not write in {section}")
        if not set(parties) - {self.parties[site]}:
            raise Skip("a consent to nobody else")

        def change():
            ops = []
            for topic in topics:
                if not self.may_write(site, (plan, None, topic)):
                    raise Skip(f"{site} may not write about {topic}")
                self._admit(site, (plan, None, topic), parties, ops)
            epoch = self._epoch_for(site, section, ops)
            ops.append(Op("new", section, epoch, thing, "consent", None, None))
            return self._commit(site, ops)
        tx = self._restoring(change)
        self.things[thing] = section, "consent"
        self.consents[thing] = plan, frozenset(parties), frozenset(topics)
        return tx

    def learn(self, site, thing, changes):
        """Adds (kind, field, value) to the transaction that made the object."""
        made = self.by_thing[thing][0]
        more = tuple(made.op._replace(kind=kind, field=field, value=value) for kind, field, value in changes)
        tx = made.tx._replace(ops=made.tx.ops + more)
        self.log[tx.chain, tx.n] = self._oracle.transactions[tx.chain, tx.n] = tx
        self.by_thing[thing] = [p for p in placed(tx) if p.op.object == thing]
        self.admissions = [p._replace(tx=tx) if p.tx is made.tx else p for p in self.admissions]

    def named_in_consents(self, site, plan, topic):
        """The parties that consents which the site sees name for the topic."""
        found = set()
        for thing, (of, parties, topics) in self.consents.items():
            if of == plan and topic in topics and self.thing(site, thing):
                found |= parties
        return found - {self.parties[site]}

    def disclose(self, site, plan, topic, to=None):
        """to: parties, on a legal ground; without it, to all whom a consent names. Gives None if nothing is to do."""
        if plan not in self.things or not self.thing(site, plan):
            raise Skip(f"{site} does not see {plan}")
        to = set(to) - {self.parties[site]} if to else self.named_in_consents(site, plan, topic)
        if not to:
            raise Skip("nobody to disclose to")

        def change():
            ops = []
            self._admit(site, (plan, self.parties[site], topic), to, ops)
            return self._commit(site, ops) if ops else None
        return self._restoring(change)

    def meet(self, site):
        """Both ways, everything. Gives how many transactions the site took and left."""
        mine, there = self.known[site], self.folder
        took = sum(max(0, n - mine.get(chain, 0)) for chain, n in there.items())
        left = sum(max(0, n - there.get(chain, 0)) for chain, n in mine.items())
        for chain in mine.keys() | there.keys():
            mine[chain] = there[chain] = max(mine.get(chain, 0), there.get(chain, 0))
        return took, left

    def hand_on(self, site):
        """The site's program has made a transaction of its own at a meeting, to carry keys."""
        self._commit(site, [])
        self.folder[site] = self.known[site][site]
