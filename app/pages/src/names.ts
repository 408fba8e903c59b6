/* Ids of members and parties as people's words. */
import type { Id, Member } from "./model";

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

export function namesOf(members: Member[]): Names {
    const parties = new Map(members.map((m) => [m.party_id, m.party]));
    const persons = new Map(members.map((m) => [m.member_id, `${m.member}, ${m.party}`]));
    const alone = new Map(members.map((m) => [m.member_id, m.member]));
    const list = (map: Map<Id, string>): Choice[] =>
        [...map].map(([id, name]) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name, "sv"));
    return {
        of: (id) => persons.get(id) ?? parties.get(id) ?? id,
        short: (id) => alone.get(id) ?? parties.get(id) ?? id,
        members: list(persons),
        parties: list(parties),
    };
}
