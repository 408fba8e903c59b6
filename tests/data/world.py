#!/usr/bin/env python3
"""Makes a whole samordningsförbund over years: who is in it, whom it works with, and everything they write.

    tests/data/world.py OUT [--size S|M|L] [--seed N] [--years N] [--share F] [--numbers FILE]

The same arguments give the same bytes, on any machine and in any Python 3 (no module random, no clock). OUT gets
  world.json      parties, sites, devices, and the steps in order
  DEVICE/NN.jsonl what that device writes in period NN, for `samplan apply`
  csv/…           the same förbund as spreadsheets, for `samplan import`
and play(OUT, HOMES) carries the steps out: founding, enrolment, and period after period of writing, samtycken, disclosures
and meetings. Within a period nobody hears of the others, so some set the same field to different values.

Invented: nobody is called anything but "Testperson N", numbers are Skatteverket's published test numbers, and the words
come from the lists below. The mix of authorities is the national one (40/25/20/17 of a hundred and two).
"""
import argparse
import csv
import datetime
import hashlib
import io
import json
import pathlib
import sys

DATA = pathlib.Path(__file__).resolve().parent
DAY = datetime.timedelta(days=1)
START = datetime.date(2021, 1, 4)  # a Monday
PERIOD_DAYS = 91
WEEKLY = 7.0  # what is written about a person in a week, by all together: 45,000 a year with 150 persons

MIX = {"kommun": 40, "af": 25, "region": 20, "fk": 17}
EARLY = 0.7  # who is there from the first period; the others come within the first year
CLOSED = 0.2  # whose plan is closed; the others go on to the end, so that the years are equally large
ANONYMOUS = 0.4
PROTECTED = 0.01
TWICE = 0.04  # registered at two sites that do not know of each other
COLLIDING = 0.15  # of the plans, in each period

SIZES = {
    "S": {"persons": 150, "devices": 3, "parties": [
        ("Exempels kommun, arbetsmarknadsenheten", "kommun"), ("Arbetsförmedlingen Exempel", "af"),
        ("Vårdcentralen Exempel", "region")]},
    "M": {"persons": 420, "devices": 20, "parties": [
        ("Exempels kommun, arbetsmarknadsenheten", "kommun"), ("Exempels kommun, socialnämnden", "kommun"),
        ("Norrby kommun", "kommun"), ("Söderby kommun", "kommun"), ("Arbetsförmedlingen Exempel", "af"),
        ("Försäkringskassan Exempel", "fk"), ("Vårdcentralen Exempel", "region"), ("Psykiatrin Exempel", "region")]},
    "L": {"persons": 5000, "devices": 100, "parties": [
        (f"{place} kommun{board}", "kommun") for place in ("Exempels", "Norrby", "Söderby", "Österby", "Västerby")
        for board in (", arbetsmarknadsenheten", ", socialnämnden")] + [
        (f"Arbetsförmedlingen {place}", "af") for place in ("Exempel", "Norrby", "Söderby", "Österby")] + [
        (f"Försäkringskassan {place}", "fk") for place in ("Exempel", "Norrby", "Söderby", "Österby")] + [
        (f"Vårdcentralen {place}", "region") for place in ("Exempel", "Norrby", "Söderby", "Österby", "Västerby")] + [
        ("Psykiatrin Exempel", "region"), ("Habiliteringen Exempel", "region")]},
}

KINDS = {  # what each kind of party does: kind of activity, its words
    "kommun": [("studier", "Grundläggande vuxenutbildning, {ämne}"), ("SFI", "Svenska för invandrare, kurs {kurs}"),
               ("arbetsträning", "Arbetsträning i {ställe}"), ("social", "Stöd i vardagen, {stöd}"),
               ("förstegsplats", "Ett första steg: {steg}")],
    "af": [("praktik", "Praktik på {arbete}"), ("anställning med stöd", "Lönestöd på {arbete}"),
           ("coaching", "Vägledning och arbetssökande"), ("utredning", "Utredning av arbetsförmåga")],
    "region": [("KBT/behandling", "Samtalsbehandling, {gånger}"), ("vård", "Uppföljning på vårdcentralen"),
               ("vila/sjukskrivning", "Medicin och vila"), ("utredning", "Utredning, {gånger}")],
    "fk": [("utredning", "Kartläggning av rätt till ersättning"), ("coaching", "Samordning av rehabilitering"),
           ("annat", "Avstämning med arbetsgivare")],
}
WORDS = {
    "ämne": ["svenska", "matematik", "samhällskunskap", "svenska och matematik", "data"],
    "kurs": ["A", "B", "C", "D"],
    "ställe": ["kök och café", "trädgård", "snickeri", "återbruk", "odling", "tvätteri"],
    "arbete": ["lager", "skolkök", "äldreboende", "butik", "kontor", "bygg", "lokalvård"],
    "stöd": ["ekonomi och räkningar", "bostad", "kontakt med skolan", "struktur i veckan"],
    "steg": ["estetisk grupp", "odling", "promenadgrupp", "matlagning"],
    "gånger": ["en gång i veckan", "varannan vecka", "tio gånger"],
    "önskan": ["försörja mig själv", "få ett arbete som jag klarar", "läsa klart", "orka hela dagen",
               "komma ut bland folk", "lära mig svenska på riktigt"],
    "läge": ["Det går framåt", "Det står stilla", "Orken är bättre", "Sömnen är sämre igen", "Trivs i gruppen",
             "Har missat två gånger", "Kommer i tid", "Vill pröva mer", "Behöver mer tid"],
    "följd": ["vi ökar till nästa månad", "vi väntar med nästa steg", "tas upp på nästa trepartsmöte",
              "ny tid är bokad", "handledaren ringer i veckan", "vi frågar vårdcentralen", "inget ändras nu"],
    "beslut": ["praktikplatsen förlängs", "omfattningen ökas stegvis", "ny kontakt med vården tas",
               "ansökan om studiestöd skickas in", "avstämning med arbetsgivaren bokas", "SIP kallas till"],
    "behov": ["tolk", "bostad", "struktur", "läsning", "körkort", "sömn", "datorvana", "nätverk"],
}
CATALOGUE = [
    ("Kompetensteam", "kommun", "alla prioriterade", "gemensam bedömning och handlingsplan", ""),
    ("Förstegsplatser", "kommun", "långtidssjukskrivna;psykisk ohälsa", "ett första steg: estetisk grupp eller odling",
     "10 + 10 veckor"),
    ("Grön rehab", "kommun", "psykisk ohälsa", "sysselsättning och arbetsträning inom odling", "25 årsplatser"),
    ("Individuellt stöd i arbete", "af", "unga vuxna", "Supported Employment", ""),
    ("Utvecklingsanställningar", "af", "funktionsnedsättning som berättigar till stöd", "tidsbegränsat lönearbete",
     "20 årsplatser"),
    ("Rehabiliteringssamordnare", "region", "alla prioriterade", "en dörr in och ut", "en namngiven per vårdcentral"),
    ("Avstämning i tid", "fk", "sjukskrivna mer än 90 dagar", "tidiga möten om vägen tillbaka", ""),
]
INCOMES = ["försörjningsstöd", "sjukpenning", "aktivitetsersättning", "aktivitetsstöd", "a-kassa", "ingen"]
CLOSING = ["arbete", "studier", "fortsatt rehabilitering", "åter till remittent", "flyttat", "eget önskemål"]
EXTENTS = ["25%", "50%", "75%", "100%", "10h", "20h", "4halvdagar", "2halvdagar"]
KOMMUNER = ["Exempel", "Norrby", "Söderby"]


class Dice:
    """Numbers that follow from a seed and a name, and from nothing else."""

    def __init__(self, *names):
        self.key, self.count = "/".join(map(str, names)).encode(), 0

    def below(self, n):
        """0 to n - 1; n is small, so that the bias of the remainder is none to speak of."""
        self.count += 1
        block = hashlib.blake2b(self.count.to_bytes(8, "big"), key=hashlib.blake2b(self.key, digest_size=32).digest(),
                                digest_size=16).digest()
        return int.from_bytes(block, "big") % n

    def chance(self, share):
        return self.below(1_000_000) < share * 1_000_000

    def pick(self, items):
        return items[self.below(len(items))]

    def weighted(self, items, weights):
        at = self.below(sum(weights))
        for item, weight in zip(items, weights):
            if at < weight:
                return item
            at -= weight
        raise AssertionError

    def shuffled(self, items):
        items = list(items)
        for i in range(len(items) - 1, 0, -1):
            k = self.below(i + 1)
            items[i], items[k] = items[k], items[i]
        return items

    def words(self, pattern):
        for name, list_ in WORDS.items():
            while "{" + name + "}" in pattern:
                pattern = pattern.replace("{" + name + "}", self.pick(list_), 1)
        return pattern

    def uuid(self, day):
        """Version 7, as if made that day."""
        milliseconds = (day - datetime.date(1970, 1, 1)).days * 86_400_000 + 9 * 3_600_000 + self.below(30_000_000)
        n = (milliseconds << 80) | (7 << 76) | (self.below(1 << 12) << 64) | (2 << 62) | self.below(1 << 62)
        text = f"{n:032x}"
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


class Device:
    def __init__(self, name, member, party, kind, role):
        self.name, self.member, self.party, self.kind, self.role = name, member, party, kind, role


class Plan:
    """A plan as its makers know it: what there is to change, and since when who may."""

    def __init__(self, id_, home, others, day, closes):
        self.id, self.home, self.others, self.day, self.closes = id_, home, others, day, closes
        self.activities = []  # (id, device, period)
        self.goals = []  # (id, device, period)
        self.decisions = []
        self.disclosed = set()  # parties
        self.mapped = set()  # parties that have made a kartläggning


class World:
    def __init__(self, size="S", seed=1, years=1, share=1.0, numbers=None):
        self.size, self.seed, self.years, self.share = size, seed, years, share
        self.shape = SIZES[size]
        self.dice = Dice("world", seed, size)
        self.periods = 4 * years
        path = pathlib.Path(numbers or DATA / "testpersonnummer.txt")
        self.numbers = self.dice.shuffled(path.read_text(encoding="utf-8").split())
        self.devices = self.make_devices()
        self.files = {(d.name, p): [] for d in self.devices for p in range(self.periods)}
        self.after = [[] for _ in range(self.periods)]  # steps when a period has been written
        self.participants, self.rows = [], []  # for the spreadsheets
        self.plans = []
        self.make_plans()
        for period in range(self.periods):
            self.live(period)

    # who there is

    def make_devices(self):
        parties = self.shape["parties"]
        devices = []
        for n in range(self.shape["devices"]):
            party, kind = parties[n % len(parties)]
            site = n % len(parties) + 1
            nth = n // len(parties) + 1
            role = "administratör" if nth == 1 else "handläggare"
            devices.append(Device(f"s{site:02}d{nth}", f"Handläggare {site}.{nth}", party, kind, role))
        return devices

    def some_device(self, dice, kinds=None, not_parties=()):
        """By the mix of authorities."""
        able = [k for k in MIX if (not kinds or k in kinds)
                and any(d.kind == k and d.party not in not_parties for d in self.devices)]
        kind = dice.weighted(able, [MIX[k] for k in able])
        return dice.pick([d for d in self.devices if d.kind == kind and d.party not in not_parties])

    def parties_left(self, taken):
        return [p for p, _ in self.shape["parties"] if p not in taken]

    # what is written

    def write(self, device, period, line):
        self.files[device.name, period].append(line)

    def date(self, day):
        return day.isoformat()

    def first_day(self, period):
        return START + period * PERIOD_DAYS * DAY

    def make_plans(self):
        numbers = iter(self.numbers)
        for n in range(1, self.shape["persons"] + 1):
            dice = Dice("person", self.seed, self.size, n)
            period = 0 if dice.chance(EARLY) else dice.below(min(self.periods, 4))
            day = self.first_day(period) + dice.below(PERIOD_DAYS) * DAY
            home = self.some_device(dice)
            person = {"person.birth_year": str(1957 + dice.below(50)), "person.sex": dice.pick(["kvinna", "man"]),
                      "person.kommun": dice.pick(KOMMUNER)}
            if not dice.chance(ANONYMOUS):
                number = next(numbers, None)
                if number is None:
                    raise SystemExit("too few test numbers for that size: give the whole list with --numbers")
                person |= {"person.name": f"Testperson {n}", "person.number": number}
                if dice.chance(PROTECTED):
                    person["person.protected"] = "sekretessmarkering"
            self.make_plan(dice, home, period, day, n, person)
            if "person.number" in person and dice.chance(TWICE) and self.parties_left({home.party}):
                again = self.some_device(dice, not_parties={home.party})
                self.make_plan(dice, again, period, day, n, person)

    def make_plan(self, dice, home, period, day, n, person):
        others, taken = [], {home.party}
        for _ in range(1 + dice.below(3)):
            if self.parties_left(taken):
                others.append(self.some_device(dice, not_parties=taken))
                taken.add(others[-1].party)
        weeks = 26 + dice.below(104) if dice.chance(CLOSED) else 52 * (self.years + 1)
        plan = Plan(dice.uuid(day), home, others, day, day + weeks * 7 * DAY)
        plan.period = period
        wish = {"title": f"Väg till arbete {n}", "status": "aktiv", "started": self.date(day),
                "aim": "Jag vill " + dice.words("{önskan}") + ".",
                "background": "Har varit utan arbete i " + str(1 + dice.below(9)) + " år. "
                + dice.words("{läge}; {följd}."),
                "needs": sorted({dice.pick(WORDS["behov"]) for _ in range(2)}),
                "follow_up": self.date(day + 90 * DAY)}
        if not dice.chance(0.1):
            wish["huvudansvarig"] = home.member
        self.write(home, period, {"op": "new", "type": "plan", "id": plan.id, "set": wish | person})
        goal = dice.uuid(day)
        self.write(home, period, {"op": "new", "type": "goal", "plan": plan.id, "id": goal, "set": {
            "text": "Jag vill " + dice.words("{önskan}"), "kind": dice.pick(["arbete", "studier", "egen försörjning"]),
            "target_date": self.date(day + (180 + dice.below(540)) * DAY)}})
        plan.goals.append((goal, home, period))
        self.plans.append(plan)
        to = ";".join(d.party for d in [home] + others)
        self.after[period].append({"consent": home.name, "plan": plan.id, "to": to, "sections": "plan,person"})
        self.participants.append((home, wish, person))

    def live(self, period):
        """One period of every plan. Devices write what they know: their own things, and what came with a meeting."""
        first = self.first_day(period)
        for plan in self.plans:
            if plan.period > period or plan.closes < first:
                continue
            dice = Dice("life", self.seed, self.size, plan.id, period)
            start = max(first, plan.day)
            days = (min(first + PERIOD_DAYS * DAY, plan.closes) - start).days
            here = [plan.home] + (plan.others if plan.period < period else [])
            events = self.share * WEEKLY * days / 7
            count = int(events) + dice.chance(events - int(events))
            for day in sorted(start + dice.below(max(days, 1)) * DAY for _ in range(count)):
                self.event(dice, plan, dice.pick(here), period, day)
            if plan.period < period and dice.chance(COLLIDING):
                self.collide(dice, plan, here, period, first)
            if plan.closes < first + PERIOD_DAYS * DAY:
                self.write(plan.home, period, {"op": "set", "id": plan.id, "set": {
                    "status": "avslutad", "closed": self.date(plan.closes), "closing_reason": dice.pick(CLOSING),
                    "learned": dice.words("{läge}. {följd}.").capitalize()}})

    def event(self, dice, plan, device, period, day):
        own = [a for a in plan.activities if a[1].party == device.party and (a[1] is device or a[2] < period)]
        known = [g for g in plan.goals if g[1] is device or g[2] < period]
        owed = [d for d in plan.decisions if d[1] is device or d[2] < period]
        what = dice.weighted(
            ["activity", "change", "note", "own note", "goal", "follow up", "meeting", "done", "map", "income"],
            [12 if len(own) < 3 else 2, 26 if own else 0, 24, 12, 5 if known else 0, 4, 4, 4 if owed else 0, 3, 2])
        plan_id, write = plan.id, lambda line: self.write(device, period, line)
        if what == "activity":
            self.activity(dice, plan, device, period, day)
        elif what == "change":
            write({"op": "set", "id": dice.pick(own)[0], "set": self.change(dice, day)})
        elif what == "note":
            write({"op": "note", "plan": plan_id, "text": dice.words("{läge}, {följd}.")})
        elif what == "own note":
            topic = dice.pick({"region": ["halsa"], "kommun": ["plan", "social", "ekonomi"]}.get(device.kind, ["plan"]))
            write({"op": "note", "plan": plan_id, "topic": topic, "side": "own", "text": dice.words("{läge}. {följd}.")})
        elif what == "goal":
            write({"op": "set", "id": dice.pick(known)[0], "set": {
                "target_date": self.date(day + (60 + dice.below(300)) * DAY)}})
        elif what == "follow up":
            write({"op": "set", "id": plan_id, "set": {"follow_up": self.date(day + (30 + dice.below(60)) * DAY)}})
        elif what == "meeting":
            self.meeting(dice, plan, device, period, day)
        elif what == "done":
            write({"op": "set", "id": dice.pick(owed)[0], "set": {"done": self.date(day)}})
        elif what == "map":
            self.map_out(dice, plan, device, period)
        elif what == "income":
            write({"op": "new", "type": "income", "plan": plan_id, "set": {
                "kind": dice.pick(INCOMES), "from": self.date(day.replace(day=1))}})

    def activity(self, dice, plan, device, period, day):
        kind, words = dice.pick(KINDS[device.kind])
        start = day + dice.below(21) * DAY
        wish = {"kind": kind, "text": dice.words(words), "from": self.date(start),
                "to": self.date(start + (28 + dice.below(180)) * DAY), "extent": dice.pick(EXTENTS),
                "status": dice.pick(["föreslagen", "beslutad", "beslutad", "pågår"])}
        id_ = dice.uuid(day)
        self.write(device, period, {"op": "new", "type": "activity", "plan": plan.id, "id": id_, "set": wish})
        if dice.chance(0.3):
            hour = 8 + dice.below(7)
            self.write(device, period, {"op": "new", "type": "slot", "plan": plan.id, "set": {
                "activity": id_, "weekday": str(1 + dice.below(5)), "start": f"{hour:02}:00", "end": f"{hour + 2:02}:30",
                "place": dice.pick(["Storgatan 1", "Skolgatan 2", "Torget 3"])}})
        plan.activities.append((id_, device, period))
        self.rows.append((device, plan, wish))
        if device.party not in plan.disclosed:
            plan.disclosed.add(device.party)
            # Whoever has something that nobody was consented to yet hands it out once the samtycke has come.
            self.after[max(period, plan.period)].append({"disclose": device.name, "plan": plan.id})

    def change(self, dice, day):
        return dice.pick([
            {"status": dice.pick(["pågår", "pågår", "klar", "avbruten"])},
            {"to": self.date(day + (14 + dice.below(120)) * DAY)},
            {"extent": dice.pick(EXTENTS)},
            {"evaluation": dice.words("{läge}. {följd}.").capitalize()},
            {"place": dice.pick(["Storgatan 1", "Skolgatan 2", "Torget 3", "Vårdcentralen"])},
        ])

    def meeting(self, dice, plan, device, period, day):
        """The meeting, its minutes and its decision are one save."""
        meeting, decision = dice.uuid(day), dice.uuid(day)
        tx = meeting
        party = dice.pick([plan.home] + plan.others).party
        self.write(device, period, {"tx": tx, "op": "new", "type": "meeting", "plan": plan.id, "id": meeting, "set": {
            "kind": dice.pick(["trepartsmöte", "SIP", "uppföljning", "analysmöte"]),
            "when": self.date(day) + f"T{8 + dice.below(7):02}:00Z",
            "participants": sorted(d.member for d in [plan.home] + plan.others),
            "agenda": "Hur går det? Vad krockar? Nästa steg.",
            "minutes": dice.words("{läge}, {följd}.")}})
        self.write(device, period, {"tx": tx, "op": "new", "type": "decision", "plan": plan.id, "id": decision, "set": {
            "meeting": meeting, "text": dice.words("{beslut}").capitalize(), "party": party,
            "due": self.date(day + (14 + dice.below(60)) * DAY)}})
        plan.decisions.append((decision, device, period))

    def map_out(self, dice, plan, device, period):
        if device.party in plan.mapped:
            self.write(device, period, {"op": "note", "plan": plan.id, "text": dice.words("{läge}, {följd}.")})
            return
        plan.mapped.add(device.party)
        self.write(device, period, {"op": "new", "type": "kartlaggning", "plan": plan.id, "set": {
            "education": dice.pick(["Grundskola", "Två år på gymnasiet", "Gymnasiet", "Universitet i annat land"]),
            "work": dice.words("Har arbetat på {arbete} och i {ställe}."),
            "goals_life": dice.words("Jag vill {önskan}."), "need_to_reach": dice.words("{behov} och tid.").capitalize()}})

    def collide(self, dice, plan, here, period, first):
        """Two who do not hear of each other set one field."""
        known = [g[0] for g in plan.goals if g[2] < period]
        pair = dice.shuffled(here)[:2]
        if len(pair) < 2 or not known:
            return
        target, field = dice.pick([(plan.id, "follow_up"), (known[0], "target_date")])
        for n, device in enumerate(pair):
            self.write(device, period, {"op": "set", "id": target, "set": {
                field: self.date(first + (30 + 7 * n + dice.below(5)) * DAY)}})

    # putting it into files

    def steps(self):
        out = []
        for period in range(self.periods):
            out += [{"apply": d.name, "file": f"{d.name}/{period:02}.jsonl"} for d in self.devices
                    if self.files[d.name, period]]
            consents = [s for s in self.after[period] if "consent" in s]
            disclosures = [s for s in self.after[period] if "disclose" in s]
            out += consents + disclosures + [{"meet": period}]
        return out

    def manifest(self):
        return {"size": self.size, "seed": self.seed, "years": self.years, "share": self.share,
                "forbund": f"Samordningsförbundet Exempel {self.size}",
                "parties": [{"name": p, "kind": k} for p, k in self.shape["parties"]],
                "devices": [{"name": d.name, "member": d.member, "party": d.party, "kind": d.kind, "role": d.role}
                            for d in self.devices],
                "persons": self.shape["persons"], "plans": len(self.plans),
                "transactions": sum(len({line.get("tx", n) for n, line in enumerate(lines)})
                                    for lines in self.files.values()),
                "steps": self.steps()}

    def tables(self):
        """file name -> rows, heading first."""
        owners = {kind: [p for p, k in self.shape["parties"] if k == kind] for kind in MIX}
        insatser = [["name", "owner", "area", "target_groups", "purpose", "goal", "volume"]]
        for n, (name, kind, groups, purpose, volume) in enumerate(CATALOGUE):
            owner = (owners[kind] or owners["kommun"])[n % len(owners[kind] or owners["kommun"])]
            insatser.append([name, owner, "Exempel;Norrby", groups, purpose, "50 % går vidare till sysselsättning", volume])
        out = {"insatser.csv": insatser}
        for party in dict.fromkeys(d.party for d in self.devices):
            slug = next(d.name for d in self.devices if d.party == party)[:3]
            out[f"deltagare-{slug}.csv"] = [
                ["Personnummer", "Namn", "Löpnummer", "Kön", "Födelseår", "Kommun", "Startdatum", "Syfte"]] + [
                [p.get("person.number", ""), p.get("person.name", ""), "" if "person.number" in p else str(n),
                 p["person.sex"], p["person.birth_year"], p["person.kommun"], wish["started"], wish["aim"]]
                for n, (home, wish, p) in enumerate(self.participants, 1) if home.party == party]
            out[f"aktiviteter-{slug}.csv"] = [["Plan", "Typ", "Aktivitet", "Från", "Till", "Omfattning", "Status"]] + [
                [plan.id, wish["kind"].capitalize() if wish["kind"][0].islower() else wish["kind"], wish["text"],
                 wish["from"], wish["to"], wish["extent"], wish["status"]]
                for device, plan, wish in self.rows if device.party == party]
        return out

    def write_to(self, out):
        out = pathlib.Path(out)
        (out / "csv").mkdir(parents=True, exist_ok=True)
        manifest = json.dumps(self.manifest(), ensure_ascii=False, indent=1) + "\n"
        (out / "world.json").write_text(manifest, encoding="utf-8", newline="\n")
        for (device, period), lines in self.files.items():
            if lines:
                (out / device).mkdir(exist_ok=True)
                text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
                (out / device / f"{period:02}.jsonl").write_text(text, encoding="utf-8", newline="\n")
        for name, rows in self.tables().items():
            text = io.StringIO()
            csv.writer(text, delimiter="," if name == "insatser.csv" else ";", lineterminator="\r\n").writerows(rows)
            (out / "csv" / name).write_text(text.getvalue(), encoding="utf-8", newline="")
        return out


def play(world, homes, progress=lambda text: None):
    """Carries out what lies in the folder world, with homes under homes; gives name -> lib_samplan.Site. Each has a list
    refused: the lines that its applies refused, empty if all is well."""
    sys.path.insert(0, str(DATA.parent))
    import lib_samplan as lib
    world, homes = pathlib.Path(world), pathlib.Path(homes)
    manifest = json.loads((world / "world.json").read_text(encoding="utf-8"))
    sites = {}
    stick = homes / "mote"
    first = {}  # party -> the site of its administrator, who lets in the party's other devices
    for d in manifest["devices"]:
        site = sites[d["name"]] = lib.Site(homes / d["name"], "lösenfras " + d["name"])
        site.refused = []
        if not first:
            lib.found(site, manifest["forbund"], d["party"], d["kind"], d["member"])
        else:
            approver = first.get(d["party"], next(iter(first.values())))
            lib.enrol(approver, site, d["party"], d["kind"], d["member"], d["role"])
        first.setdefault(d["party"], site)
        site.ask("remote", "add", "mote", stick)
        if len(sites) == len(manifest["parties"]) < len(manifest["devices"]):
            lib.meet(list(sites.values()))  # an administrator must have heard of the own admission
    lib.meet(list(sites.values()))
    for step in manifest["steps"]:
        if "apply" in step:
            answer = sites[step["apply"]].look("apply", world / step["file"])
            sites[step["apply"]].refused += answer["refused"]
            progress(f"{step['file']}: {answer['transactions']}")
        elif "consent" in step:
            site, words = sites[step["consent"]], ("consent", "give", step["plan"], "--to", step["to"], "--sections",
                                                   step["sections"])
            answer = site.run(*words)
            if answer.code == lib.REFUSED:  # protected: who gets name and number is chosen expressly
                site.ask("person", "protect", step["plan"], "sekretessmarkering", "--keep", step["to"])
                site.ask(*words)
            elif answer.code != lib.DONE:
                raise lib.Unexpected(str(answer))
        elif "disclose" in step:
            sites[step["disclose"]].ask("disclose", step["plan"])
        else:
            lib.meet(list(sites.values()))
            progress(f"meeting {step['meet']}")
    return sites


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out")
    parser.add_argument("--size", choices=sorted(SIZES), default="S")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="of what is written about each person")
    parser.add_argument("--numbers", help="a list of test numbers; the one beside this file if not given")
    parser.add_argument("--play", metavar="HOMES", help="carry it out too")
    args = parser.parse_args()
    world = World(args.size, args.seed, args.years, args.share, args.numbers)
    world.write_to(args.out)
    if args.play:
        sites = play(args.out, args.play, progress=lambda text: print(text, file=sys.stderr))
        for name, site in sites.items():
            for one in site.refused:
                print(name, one)


if __name__ == "__main__":
    main()
