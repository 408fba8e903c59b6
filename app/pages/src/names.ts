/* Ids of members and parties, and of what stands in a plan, as people's words. */
import { one, type Id, type Member, type Plan, type PlanObject } from "./model";
import { rulesOf } from "./rules-text";
import { named } from "./text";
import { timeLong } from "./text/dates";

export interface Choice {
    id: Id;
    name: string;
}

export interface Names {
    of: (id: string) => string;
    /** A member's name alone, where the party stands beside it. */
    short: (id: string) => string;
    members: Choice[];
    parties: Choice[];
}

/** meeting, 22 Sep 2026 10:00 */
const knownBy = (o: PlanObject): string => {
    const text = ["name", "title", "text", "reason", "kind"].map((field) => one(o.fields, field)).find(Boolean);
    return [named("type", o.type), text ?? timeLong(one(o.fields, "when"))].filter(Boolean).join(", ");
};
/** What the history of a plan refers to: its objects, and its krockar and glapp. */
const partsOf = (plan: Plan): [Id, string][] => [
    ...[plan, ...plan.activities, ...plan.goals, ...plan.notes, ...plan.consents, ...plan.objects].map((o): [Id, string] => [o.id, knownBy(o)]),
    ...plan.clashes.map((c): [Id, string] => [c.id, `${named("kind", c.kind)}: ${rulesOf(c.rule)}`]),
];

export function namesOf(members: Member[], plan?: Plan): Names {
    const parts = new Map(plan ? partsOf(plan) : []);
    const parties = new Map(members.map((m) => [m.party_id, m.party]));
    const persons = new Map(members.map((m) => [m.member_id, `${m.member}, ${m.party}`]));
    const alone = new Map(members.map((m) => [m.member_id, m.member]));
    const list = (map: Map<Id, string>): Choice[] =>
        [...map].map(([id, name]) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name, "sv"));
    return {
        of: (id) => persons.get(id) ?? parties.get(id) ?? parts.get(id) ?? id,
        short: (id) => alone.get(id) ?? parties.get(id) ?? id,
        members: list(persons),
        parties: list(parties),
    };
}
