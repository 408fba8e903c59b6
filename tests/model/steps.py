"""Random steps: what sites do, as plain data. The same seed gives the same steps, whatever the program answers.

A step is a dictionary with "do": apply, remove, resolve, consent, disclose or meet. Maker only proposes; World says
Skip to what has no meaning, and such a step is drawn again.
"""
import json

from world import TYPES, World, Skip

LAYOUTS = {
    2: [{"a1": "A", "a2": "A"}, {"a1": "A", "b1": "B"}],
    3: [{"a1": "A", "a2": "A", "b1": "B"}, {"a1": "A", "b1": "B", "c1": "C"}, {"a1": "A", "b1": "B", "b2": "B"}],
    4: [{"a1": "A", "a2": "A", "b1": "B", "c1": "C"}, {"a1": "A", "b1": "B", "b2": "B", "c1": "C"}],
}
TEXTS = ["Egen försörjning", "Vill arbeta heltid", "Vill inte arbeta heltid", "Praktik på lager, orienterande",
         "Medicin och vila", "Åter i arbete före sommaren\nmed stöd av handledare"]
WORDS = ("kan inte arbeta heltid just nu men vill pröva en plats på lager med handledare om vården är klar och "
         "ekonomin räcker fram till hösten").split()
DATES = ["2026-09-15", "2027-01-31", "2027-06-30", "2028-02-29"]
POOLS = {
    "status": {"plan": ["utkast", "aktiv", "vilande"], "activity": ["föreslagen", "beslutad", "pågår", "klar"]},
    "kind": {"goal": ["arbete", "studier", "hälsa"], "meeting": ["SIP", "uppföljning"],
             "activity": ["studier", "praktik", "vila/sjukskrivning"], "income": ["sjukpenning", "a-kassa", "ingen"]},
    "extent": ["50%", "100%", "30h", "4halvdagar"],
    "needs": ["svenska", "bostad", "läkarkontakt", "körkort"],
    "participants": ["handläggare", "läkare", "arbetsgivare"],
}
DATE_FIELDS = {"follow_up", "target_date", "reached", "due", "from"}
UNSET_ONE_IN = 9
WAYS = [("apply", 50), ("meet", 26), ("remove", 6), ("resolve", 9), ("consent", 7), ("disclose", 14)]
CONSENTS = [["plan"], ["plan", "person"], ["plan", "person", "halsa"], ["plan", "halsa", "ekonomi"], ["plan", "social"]]
PLANS_MAX = 2
PLACES = [(kind, side, topic) for kind, (side, topic, _) in sorted(TYPES.items()) if kind != "plan"]
PLACES += [("goal", "own", "plan"), ("note", "own", "halsa"), ("note", "own", "social"),
           ("note", "shared", "halsa"), ("note", "shared", "social"), ("note", "shared", "ekonomi")]
TRIES = 40
THINGS_MAX = 26
SETTLING_ROUNDS_MAX = 6  # one is enough unless a site settles what it reads only a part of


class Maker:
    def __init__(self, rng, world):
        self.rng, self.world = rng, world
        self.sites = sorted(world.parties)
        self.made = 0

    def id(self):
        """Looks like a UUIDv7 of one day in 2025, in the order of making."""
        self.made += 1
        r = self.rng
        return (f"0197{r.getrandbits(16):04x}-{self.made:04x}-7{r.getrandbits(12):03x}-"
                f"{r.choice('89ab')}{r.getrandbits(12):03x}-{r.getrandbits(48):012x}")

    def chance(self, one_in):
        return self.rng.randrange(one_in) == 0

    # values

    def value(self, kind, field, content=None):
        if field == "person":
            return self.id()
        if field in DATE_FIELDS:
            return self.rng.choice(DATES)
        if field == "depends_on":
            activities = sorted(t for t, (_, k) in self.world.things.items() if k == "activity")
            return self.rng.choice(activities or [self.id()])
        if field in POOLS:
            pool = POOLS[field]
            return self.rng.choice(pool[kind] if isinstance(pool, dict) else pool)
        heads = sorted((h.tx.chain, h.tx.n, h.op.value) for h in content.heads.get(field, ())) if content else []
        if TYPES[kind][2][field] == "text" and heads and heads[0][2] and self.chance(2):
            return self.reworded(heads[0][2])
        if TYPES[kind][2][field] == "text" and self.chance(4):
            return " ".join(self.rng.choices(WORDS, k=self.rng.randint(20, 150)))
        return self.rng.choice(TEXTS)

    def reworded(self, text):
        words = text.split(" ")
        at = self.rng.randrange(len(words))
        words[at:at + self.rng.randrange(2)] = self.rng.choices(WORDS, k=self.rng.randint(1, 3))
        return " ".join(words)

    # lines of apply

    def unmet(self, site):
        """What others have made where the site may write, without the site knowing."""
        world = self.world
        return [(thing, kind, section) for thing, (section, kind) in world.things.items()
                if kind in TYPES and kind != "plan" and not world.thing(site, thing) and world.may_write(site, section)]

    def where(self, site):
        """The type and section of a new object. Half the time in a section that others have opened and the site has no
        key to: two that open one section without knowing are what keys and the past are hardest on."""
        world, party = self.world, self.world.parties[site]
        plans = [t for t, (_, kind) in world.things.items() if kind == "plan" and world.thing(site, t)]
        if not plans:
            raise Skip(f"{site} sees no plan")
        places = [(kind, (plan, None if side == "shared" else party, topic))
                  for plan in plans for kind, side, topic in PLACES]
        if self.chance(2):
            unread = {e.section for e in world.epochs.values()} - {world.epochs[e].section for e in world.held(site)}
            places = [p for p in places if p[1] in unread] or places
        return self.rng.choice(places)

    def new(self, site):
        """A new object in one of the plans that the site sees, or a plan; now and then with the id of one that somebody
        has made whom the site has not met."""
        plans = sum(kind == "plan" for _, kind in self.world.things.values())
        unmet = self.unmet(site)
        line, kind = {"op": "new", "type": "plan"}, "plan"
        if plans and (plans >= PLANS_MAX or not self.chance(8)):
            if unmet and self.chance(2):
                line["id"], kind, section = self.rng.choice(unmet)
            else:
                kind, section = self.where(site)
            side = "own" if section[1] else "shared"
            line |= {"type": kind, "plan": section[0]}
            line |= {} if side == TYPES[kind][0] else {"side": side}
            line |= {} if section[2] == TYPES[kind][1] else {"topic": section[2]}
        line.setdefault("id", self.id())
        fields = [f for f, merge in TYPES[kind][2].items() if merge in ("register", "text")]
        some = self.rng.sample(fields, self.rng.randint(1, len(fields)))
        some += ["person"] if kind == "plan" and "person" not in some else []  # or the program makes a person too
        return line | {"set": {f: self.value(kind, f) for f in some}}

    def change(self, site, things):
        """A change to one of the things that the site sees, or a removal."""
        thing = self.rng.choice(things)
        content = self.world.thing(site, thing)
        kind = content.type
        field = self.rng.choice(sorted(TYPES[kind][2]))
        merge = TYPES[kind][2][field]
        if kind not in ("plan", "person") and self.chance(14):
            return {"op": "remove", "id": thing}
        if merge in ("register", "text"):
            changed = {field: "" if self.chance(UNSET_ONE_IN) else self.value(kind, field, content)}
            return {"op": "set", "id": thing, "set": changed}
        present = sorted(content.members.get(field, ()))
        if merge == "set" and present and self.chance(2):
            return {"op": "drop", "id": thing, "field": field, "value": self.rng.choice(present)}
        return {"op": "add", "id": thing, "field": field, "value": self.value(kind, field)}

    def line(self, site, things):
        if not things or len(self.world.things) < THINGS_MAX and self.chance(4):
            return self.new(site)
        return self.change(site, things)

    def writable(self, site):
        """What the site may edit; a few twice, so that sites meet over them. Consents are left alone."""
        world = self.world
        things = [t for t, (section, kind) in world.things.items()
                  if kind in TYPES and world.thing(site, t) and world.may_write(site, section)]
        return things + things[:4] * 3

    # steps

    def apply(self):
        site = self.rng.choice(self.sites)
        batch = []
        for number in range(self.rng.choice([1, 1, 2, 3, 5, 8])):
            if batch and self.chance(15):
                batch.append([{"op": "set", "id": self.id(), "set": {"title": "finns inte"}}])
                continue
            try:
                lines = [self.line(site, self.writable(site)) for _ in range(self.rng.choice([1, 1, 1, 2, 3]))]
                if lines[0]["op"] == "new" and self.chance(3):
                    lines.append({"op": "set", "id": lines[0]["id"], "set": lines[0]["set"]})
                if len(lines) > 1:
                    lines = [line | {"tx": f"save {number}"} for line in lines]
                self.world.edit(site, lines)
            except Skip:
                continue
            batch.append(lines)
        if not batch:
            raise Skip("nothing to apply")
        return {"do": "apply", "site": site, "batch": batch}

    def remove(self):
        site = self.rng.choice(self.sites)
        things = [t for t in self.writable(site) if self.world.things[t][1] not in ("plan", "person")]
        if not things:
            raise Skip("nothing to remove")
        return {"do": "remove", "site": site, "thing": self.rng.choice(things)}

    def conflicts(self, site):
        world = self.world
        for thing, content in world.visible(site).items():
            for field in [*sorted(content.heads), "removed"]:
                if world.may_write(site, world.things[thing][0]) and world.conflict_values(site, thing, field):
                    yield thing, field

    def resolve(self):
        site = self.rng.choice(self.sites)
        found = list(self.conflicts(site))
        if not found:
            raise Skip("no conflict")
        return self.resolution(site, *self.rng.choice(found))

    def resolution(self, site, thing, field):
        values = self.world.conflict_values(site, thing, field)
        if not values:
            raise Skip("no conflict there")
        taken = self.rng.choice(values)
        kind = self.world.things[thing][1]
        fresh = field in TYPES[kind][2] and self.chance(3)
        if fresh:
            taken = self.value(kind, field)
        return {"do": "resolve", "site": site, "thing": thing, "field": field, "value": taken, "fresh": fresh}

    def plan(self, site):
        plans = [t for t, (_, kind) in self.world.things.items() if kind == "plan" and self.world.thing(site, t)]
        if not plans:
            raise Skip(f"{site} sees no plan")
        return self.rng.choice(plans)

    def consent(self, site=None, topics=None):
        """With topics: to everybody."""
        everybody = topics is not None
        site = site or self.rng.choice(self.sites)
        plan = self.plan(site)
        parties = sorted(set(self.world.parties.values()))
        to = parties if everybody or self.chance(2) else self.rng.sample(parties, self.rng.randint(1, len(parties)))
        topics = topics or self.rng.choice(CONSENTS)
        return {"do": "consent", "site": site, "thing": self.id(), "plan": plan, "to": sorted(to),
                "all": sorted(to) == parties, "topics": topics}

    def disclose(self):
        site = self.rng.choice(self.sites)
        step = {"do": "disclose", "site": site, "plan": self.plan(site),
                "topic": self.rng.choice(["plan", "plan", "halsa", "ekonomi", "social"])}
        others = sorted(set(self.world.parties.values()) - {self.world.parties[site]})
        if others and self.chance(3):
            step["to"] = self.rng.sample(others, self.rng.randint(1, len(others)))
        return step

    def meet(self):
        some = self.rng.sample(self.sites, self.rng.randint(1, len(self.sites)))
        if len(some) > 1 and self.chance(2):
            some.append(some[0])
        return {"do": "meet", "sites": some}

    def draw(self):
        """The next step, already taken in the world."""
        for _ in range(TRIES):
            way = self.rng.choices([w for w, _ in WAYS], [weight for _, weight in WAYS])[0]
            try:
                step = getattr(self, way)()
                if way != "apply":  # took its edits in while it drew them
                    take(self.world, step)
                return step
            except Skip:
                continue
        step = self.meet()
        take(self.world, step)
        return step


def take(world, step):
    """Takes the step in the world. Gives what is needed to compare the program's answer with: per transaction of an
    apply True (stands), False (is to be refused) or None (left out); per site of a meet what it took and left."""
    do = step["do"]
    if do == "apply":
        return [take_lines(world, step["site"], lines) for lines in step["batch"]]
    if do == "meet":
        return [world.meet(site) for site in step["sites"]]
    if do == "remove":
        return world.edit(step["site"], [{"op": "remove", "id": step["thing"]}])
    if do == "resolve":
        return world.resolve(step["site"], step["thing"], step["field"], step["value"])
    if do == "consent":
        return world.consent(step["site"], step["thing"], step["plan"], step["to"], step["topics"])
    return world.disclose(step["site"], step["plan"], step["topic"], step.get("to"))


def take_lines(world, site, lines):
    if any("title" in line.get("set", {}) and line["set"]["title"] == "finns inte" for line in lines):
        return False
    try:
        world.edit(site, lines)
        return True
    except Skip:
        return None


def told(step):
    """One line for people."""
    if step["do"] == "meet":
        return "meet " + ", ".join(step["sites"])
    rest = {k: v for k, v in step.items() if k not in ("do", "site")}
    return f"{step['site']} {step['do']} " + json.dumps(rest, ensure_ascii=False)


def make(rng, layout, count):
    """A run: a plan, a consent, `count` random steps; then everybody meets, settles what is in conflict, meets."""
    world = World(layout)
    maker = Maker(rng, world)
    steps = []
    steps.append({"do": "apply", "site": maker.sites[0], "batch": [[maker.new(maker.sites[0])]]})
    take(world, steps[-1])
    late = rng.randrange(3)
    steps += [maker.draw() for _ in range(count // 4 * (late == 0))]
    if len(set(layout.values())) > 1:
        steps.append(maker.consent(maker.sites[0], topics=["plan"] if late == 1 else ["plan", "person"]))
        take(world, steps[-1])
    steps.append({"do": "meet", "sites": maker.sites})
    take(world, steps[-1])
    steps += [maker.draw() for _ in range(count - count // 4 * (late == 0))]
    everybody = {"do": "meet", "sites": maker.sites * 2, "everybody": True}
    steps.append(everybody)
    take(world, everybody)
    for _ in range(SETTLING_ROUNDS_MAX):
        settled = settle(rng, world, maker)
        if not settled:
            break
        steps += settled + [everybody]
        take(world, everybody)
    return steps


def settle(rng, world, maker):
    """Every open conflict settled at one site that sees it and may."""
    steps, seen = [], set()
    for site in rng.sample(maker.sites, len(maker.sites)):
        for thing, field in list(maker.conflicts(site)):
            if (thing, field) in seen:
                continue
            seen.add((thing, field))
            try:
                step = maker.resolution(site, thing, field)
                take(world, step)
                steps.append(step)
            except Skip:  # gone with the removal of its object
                continue
    return steps
