"""Takes steps in the program and in the world side by side, and says where they part.

The program is only ever run as a script would run it; what it should answer comes from world.py and merge_model.py.
"""
import collections
import json
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import lib_samplan  # noqa: E402
from lib_samplan import Unexpected  # noqa: E402, F401
from steps import take  # noqa: E402
from world import MEMBER, Skip, World  # noqa: E402

PARTIES = {"A": ("Kommunen", "kommun"), "B": ("Arbetsförmedlingen", "af"), "C": ("Regionen", "region")}
REMOTE = "sticka"
CUT = 4000


class Mismatch(Exception):
    """The program and the model disagree."""


def expect(what, expected, got):
    if expected != got:
        raise Mismatch(f"{what}\n  expected {shortened(expected)}\n  got      {shortened(got)}")


def shortened(value):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return text if len(text) < CUT else text[:CUT] + " …"


class Homes:
    """A förbund of sites, set up once and copied back for each run; always to the same place, for the remotes' sake."""

    def __init__(self, folder, layout):
        self.folder, self.layout = pathlib.Path(folder) / "now", layout
        self.saved = pathlib.Path(folder) / ("saved-" + "-".join(layout))
        if not self.saved.exists():
            self._set_up()
            self.folder.rename(self.saved)

    def site(self, name):
        return lib_samplan.Site(self.folder / name, passphrase="lösenord " + name)

    def fresh(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.saved, self.folder, symlinks=True)
        return {name: self.site(name) for name in self.layout}

    def _set_up(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        (self.folder / "meeting").mkdir()
        sites = {}
        for name, party in self.layout.items():
            site = self.site(name)
            called = (*PARTIES[party], "Person " + name)
            if not sites:
                lib_samplan.found(site, "Modellen", *called)
            else:
                same = [n for n, p in self.layout.items() if p == party and n in sites]
                administrator = sites[same[0] if same else next(iter(sites))]
                lib_samplan.enrol(administrator, site, *called)
            site.ask("remote", "add", REMOTE, self.folder / "meeting" / "stick")
            sites[name] = site
            lib_samplan.meet(list(sites.values()), REMOTE)


class Run:
    def __init__(self, homes):
        self.sites = homes.fresh()
        self.world = World(homes.layout)
        self.ids = {}   # a consent's id in the steps -> the one the program gave it
        self.chains, self.base = {}, {}
        self.empty = 0  # transactions that the program made by itself
        for name, site in self.sites.items():
            status = site.ask("status")
            self.chains[name] = status["chain"]
            self.ids[MEMBER + name] = status["member_id"]
        heads = lib_samplan.branches(lib_samplan.repository_of(homes.folder / "meeting" / "stick"))
        repository = lib_samplan.repository_of(homes.folder / "meeting" / "stick")
        for name, chain in self.chains.items():
            self.base[name] = 0
            if chain in heads:
                message = lib_samplan.git(repository, "log", "-1", "--format=%B", chain)
                dots = next(line for line in message.splitlines() if line.startswith("dots "))
                self.base[name] = int(dots.split("-")[1])
        dump = next(iter(self.sites.values())).ask("dump")
        self.party_names = {p["id"]: key for p in dump["parties"] for key, (name, _) in PARTIES.items()
                            if p["name"] == name}
        self.frame = {key: dump[key] for key in ("forbund", "members", "parties")}

    def tx(self, placed_tx):
        return f"{self.chains[placed_tx.chain]}.{self.base[placed_tx.chain] + placed_tx.n}"

    def real(self, name):
        """What the program calls something that the steps have another name for: a consent, a member."""
        return self.ids.get(name, name)

    # steps

    def take(self, step):
        """Takes one step in both and compares what can be; a step without meaning is left out."""
        try:
            told = take(self.world, step) if step["do"] != "meet" else None  # site by site, in do_meet
        except Skip:
            return
        getattr(self, "do_" + step["do"])(step, told)
        if step["do"] != "meet":
            self.compare(step["site"])

    def do_apply(self, step, told):
        lines, refused, transactions = [], [], 0
        for batch, stands in zip(step["batch"], told):
            if stands is None:
                continue
            if not stands:
                refused.append(len(lines) + 1)
            transactions += stands
            lines += batch
        if not lines:
            return
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        answer = self.sites[step["site"]].ask("apply", "-", codes=(lib_samplan.DONE, lib_samplan.LOOK), stdin=text)
        expect("transactions that stand", transactions, answer["transactions"])
        expect("lines refused", refused, [r["line"] for r in answer["refused"]])

    def do_remove(self, step, _):
        self.sites[step["site"]].look("plan", "remove", step["thing"])

    def do_resolve(self, step, _):
        site, thing, field = self.sites[step["site"]], step["thing"], step["field"]
        if step["fresh"]:
            site.look("resolve", thing, field, "--value", step["value"])
            return
        conflict = next(c for c in site.look("conflicts") if (c["object"], c["field"]) == (thing, field))
        taken = next(v["n"] for v in conflict["values"] if v["value"] == self.real(step["value"]))
        site.look("resolve", thing, field, "--take", taken)

    def do_consent(self, step, _):
        to = "alla" if step["all"] else ";".join(PARTIES[p][0] for p in step["to"])
        site = self.sites[step["site"]]
        made = site.look("consent", "give", step["plan"], "--to", to, "--sections", ",".join(step["topics"]))["id"]
        self.ids[step["thing"]] = made
        fields = site.objects()[made]["fields"]
        expect("whom the consent names", step["to"], sorted(self.party_names[v["value"]] for v in fields["to"]))
        expect("what the consent covers", sorted(step["topics"]), sorted(v["value"] for v in fields["topics"]))
        self.world.learn(step["site"], step["thing"],
                         [("add" if field in ("to", "topics") else "set", field, v["value"])
                          for field, values in fields.items() for v in values])

    def do_disclose(self, step, _):
        more = ["--to", ";".join(PARTIES[p][0] for p in step["to"]), "--ground", "lag (prov)"] if "to" in step else []
        self.sites[step["site"]].look("disclose", step["plan"], "--sections", step["topic"], *more)

    def do_meet(self, step, _):
        for site in step["sites"]:
            took, left = self.world.meet(site)
            [met] = self.sites[site].look("sync", REMOTE)
            expect(f"faults at {site}", [], met["faults"])
            sent, received = met["sent"]["transactions"], met["received"]["transactions"]
            # Keys may be handed on by a transaction without operations, at most one a meeting.
            handed_on = sent == left + 1
            expect(f"transactions taken and left by {site}", (took, left + handed_on), (received, sent))
            if handed_on:
                self.empty += 1
                self.world.hand_on(site)
            if not step.get("everybody"):
                self.compare(site)
        if step.get("everybody"):
            self.compare_all()

    # comparing

    def expected(self, site, model):
        found = {}
        for (section, thing), content in model.content().items():
            fields = {field: sorted([self.tx(h.tx), self.real(h.op.value)] for h in heads)
                      for field, heads in content.heads.items()}
            fields |= {field: sorted(members) for field, members in content.members.items() if members}
            fields |= {field: sorted([self.tx(e.tx), e.op.value] for e in entries)
                       for field, entries in content.entries.items()}
            found[self.real(thing)] = {"section": list(section), "type": content.type, "removed": content.removed,
                                       "fields": fields}
        return found

    def got(self, dump):
        found = {}
        for o in dump["objects"]:
            fields = {}
            for field, values in o["fields"].items():
                if all("tx" in v for v in values):
                    fields[field] = sorted([v["tx"], v["value"]] for v in values)
                else:
                    fields[field] = sorted(v["value"] for v in values)
            fields = {field: values for field, values in fields.items() if values}
            owner = None if o["owner"] is None else self.party_names[o["owner"]]
            found[o["id"]] = {"section": [o["plan"], owner, o["topic"]], "type": o["type"], "removed": o["removed"],
                              "fields": fields}
        return found

    def compare(self, site):
        """What the site shows, and its conflicts, against the model."""
        model = self.world.model(site)
        dump = self.sites[site].ask("dump")
        for key, value in self.frame.items():
            expect(f"{key} at {site}", value, dump[key])
        expected, got = self.expected(site, model), self.got(dump)
        expect(f"objects that {site} sees", sorted(expected), sorted(got))
        for thing, stands in expected.items():
            for key, value in stands.items():
                expect(f"{key} of {stands['type']} {thing} at {site}", value, got[thing][key])
        self.compare_order(site, model, dump)
        return dump

    def compare_order(self, site, model, dump):
        """Entries stand in an order that keeps the past in front."""
        content = {self.real(thing): c for (_, thing), c in model.content().items()}
        for o in dump["objects"]:
            for field, entries in content[o["id"]].entries.items():
                by_tx = collections.defaultdict(list)
                for e in sorted(entries, key=lambda e: -e.place):
                    by_tx[self.tx(e.tx), e.op.value].append(e)
                if not model.in_order([by_tx[v["tx"], v["value"]].pop() for v in o["fields"][field]]):
                    raise Mismatch(f"{field} of {o['id']} at {site} is out of order: {shortened(o['fields'][field])}")

    def compare_conflicts(self, site):
        expected = {(self.real(thing), field): sorted(str(self.real(v)) for v in values)
                    for (_, thing, field), values in self.world.model(site).conflicts().items()}
        listed = self.sites[site].look("conflicts")
        got = {(c["object"], c["field"]): sorted({str(v["value"]) for v in c["values"]}) for c in listed}
        expect(f"conflicts at {site}", sorted(map(str, expected.items())), sorted(map(str, got.items())))
        for c in listed:
            expect(f"the value shown of {c['object']} {c['field']} at {site}", 0, c["shown"])
            expect(f"numbers of values at {site}", list(range(len(c["values"]))), [v["n"] for v in c["values"]])

    def compare_all(self):
        """Everybody has everything: each against the model, and against each other, section by section."""
        dumps = {site: self.compare(site) for site in self.sites}
        digests = collections.defaultdict(set)
        sections = {}
        for site, dump in dumps.items():
            self.compare_conflicts(site)
            held = self.world.held(site)
            digests[frozenset(held)].add(self.sites[site].digest())
            by_section = collections.defaultdict(list)
            for o in dump["objects"]:
                by_section[o["section"]].append(o)
            for section, objects in by_section.items():
                first = objects[0]
                place = first["plan"], self.party_names.get(first["owner"]), first["topic"]
                keys = frozenset(e for e in held if self.world.epochs[e].section == place)
                same = sections.setdefault((section, keys), (site, objects))
                expect(f"section {place} at {site} and {same[0]}, byte for byte", same[1], objects)
        for held, some in digests.items():
            expect(f"digests of sites that can read the same ({sorted(held)})", 1, len(some))

    # at the end

    def finish(self, rng):
        for site in self.sites:
            check = self.sites[site].look("verify")
            expect(f"verify at {site}", {"ok": True, "refused": [], "forks": []},
                   {key: check[key] for key in ("ok", "refused", "forks")})
            self.compare_log(site)
        site = rng.choice(sorted(self.sites))
        before = self.sites[site].digest(), self.sites[site].ask("dump")
        self.sites[site].look("rebuild")
        expect(f"digest of {site} after rebuild", before, (self.sites[site].digest(), self.sites[site].ask("dump")))
        self.compare_conflicts(site)

    def compare_log(self, site):
        """Every operation has an effect, is superseded, or stands in a conflict; and is listed once."""
        model = self.world.model(site)
        heads = {(section, thing, field, h.tx.chain, h.tx.n) for (section, thing), content in model.content().items()
                 for field, some in content.heads.items() for h in some}
        disagreeing = model.conflicts()
        removed = {thing for (_, thing), content in model.content().items() if content.removed != "no"}
        for plan in [t for t, (_, kind) in self.world.things.items() if kind == "plan" and self.world.thing(site, t)]:
            expected, standing = collections.Counter(), {}
            for p in model.placed:
                if p.op.object is None or p.op.section[0] != plan:
                    continue
                row = self.tx(p.tx), self.real(p.op.object), p.op.field, p.op.kind
                expected[row] += 1
                if p.op.kind == "set" and p.op.object not in removed:
                    place = p.op.section, p.op.object, p.op.field
                    head = (*place, p.tx.chain, p.tx.n) in heads
                    standing[row] = "superseded" if not head else "conflict" if place in disagreeing else "shown"
            rows = [r for r in self.sites[site].look("log", plan) if r["op"] not in ("open", "admit")]
            got = collections.Counter((r["tx"], r["object"], r["field"], r["op"]) for r in rows)
            expect(f"operations in the log of {plan} at {site} that are missing", [], sorted(map(str, expected - got)))
            expect(f"operations in the log of {plan} at {site} that nobody made", [], sorted(map(str, got - expected)))
            for r in rows:
                row = r["tx"], r["object"], r["field"], r["op"]
                if row in standing and expected[row] == 1:
                    right = {standing[row]} | ({"shown"} if standing[row] == "conflict" else set())
                    if r["standing"] not in right:
                        expect(f"standing of {row} at {site}", standing[row], r["standing"])
                elif r["standing"] not in ("shown", "superseded", "conflict"):
                    raise Mismatch(f"{row} at {site} is {r['standing']}")
