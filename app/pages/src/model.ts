/* What `samplan … --json` answers, as types. Only what the pages read is named; docs/api.md and docs/plan-model.md have
 * all of it. */

export type Id = string;
export type Day = string; // YYYY-MM-DD
export type Time = string; // YYYY-MM-DDTHH:MM:SSZ

/** One value of a register or text; several of a set. */
export type FieldValue = string | string[];
export type Fields = Record<string, FieldValue | undefined>;

export interface PlanObject {
    id: Id;
    type: string;
    owner: string; // "shared", or the party's name
    owner_id: Id | null;
    topic: string;
    fields: Fields;
}

export interface Author {
    tx: string;
    time: Time;
    member: string | null;
    member_id: Id | null;
    party: string | null;
    party_id: Id | null;
}

export interface ConflictValue extends Author {
    n: number;
    value: string | null;
}

export interface Conflict {
    object: Id;
    type: string;
    plan: Id;
    field: string;
    shown: number;
    values: ConflictValue[];
    base: string | null;
    suggestion: string | null;
}

export interface Clash {
    id: string;
    rule: string;
    kind: "krock" | "glapp";
    severity: "warn" | "stop";
    plan: Id;
    objects: Id[];
    parties: string[];
    party_ids: Id[];
    from: Day | null;
    to: Day | null;
    past: boolean;
    peak_percent: number | null;
    text: string;
    accepted: (Author & { id: string; why: string }) | null;
}

export interface Grant {
    kind: "party" | "member";
    id: Id;
    name: string | null;
    writes?: boolean;
}

export interface Consent extends PlanObject {
    to: Grant[];
    in_force: boolean;
    withdrawn: boolean;
}

export interface Section {
    section: string;
    owner: string;
    owner_id: Id | null;
    topic: string;
    to: Grant[];
    grounds: string[];
    may_write: boolean;
}

export interface Plan extends PlanObject {
    protected: boolean;
    withheld: boolean; // protected, and this party is not chosen
    person_name: string | null;
    activities: PlanObject[];
    goals: PlanObject[];
    notes: PlanObject[];
    consents: Consent[];
    objects: PlanObject[];
    conflicts: Conflict[];
    clashes: Clash[];
}

export interface PlanRow extends PlanObject {
    protected: boolean;
    title: string | null;
    status: string | null;
    person: Id | null;
    person_name: string | null;
}

export interface Proposal extends Author {
    id: Id;
    plan: Id;
    target: Id;
    field: string;
    value: string;
    why: string | null;
    status: string | null;
    target_type: string | null;
    target_owner: string | null;
    waiting: boolean;
    ours: boolean;
}

export type Standing = "shown" | "superseded" | "conflict" | "set-aside" | "waiting" | "refused";

export interface Change extends Author {
    commit: string | null;
    device: string | null;
    object: Id | null;
    type: string | null;
    field: string | null;
    op: string;
    old: string | null;
    new: string | null;
    standing: Standing;
    why: string | null;
    withheld?: boolean;
}

/** Who wrote what stands in a field. */
export interface Writer extends Author {
    object: Id;
    type: string;
    field: string;
    value: string | null;
    conflict: boolean;
}

export interface Matter {
    matter: "conflict" | "proposal" | "clash" | "remiss" | "consent" | "followup" | "too_large" | "assessment";
    plan: Id;
    ours: boolean;
    title: string | null;
    person_name: string | null;
    conflict?: Conflict;
    proposal?: Proposal;
    clash?: Clash;
    remiss?: PlanObject;
    consent?: PlanObject;
    followup?: PlanObject; // the plan
    too_large?: PlanObject;
    assessment?: PlanObject;
}

export interface NewsObject {
    object: Id;
    type: string | null;
    owner: string;
    topic: string;
    made: boolean;
    removed: boolean;
    changes: Change[];
}

export interface NewsPlan {
    plan: Id;
    title: string | null;
    person: Id | null;
    person_name: string | null;
    mine: boolean;
    objects: NewsObject[];
}

export interface News {
    since: Time | null;
    decisions: Matter[];
    plans: NewsPlan[];
    forbund: Change[];
}

export interface Member {
    device: string;
    member: string;
    member_id: Id;
    party: string;
    party_id: Id;
    kind: string;
    role: string;
}

export interface Remote {
    name: string;
    url: string;
    kind: string;
}

export interface Meeting {
    remote: string;
    sent: { transactions: number; bytes: number };
    received: { transactions: number; bytes: number };
    new_conflicts: number;
    new_clashes: number;
    waiting_for_key: number;
    faults: unknown[];
}

export interface TypeField {
    name: string;
    merge: string;
    form: string;
    words: string[];
}

export interface TypeInfo {
    type: string;
    fields: TypeField[];
}

/** The single value of a register or text, "" where it is not set. */
export function one(fields: Fields, name: string): string {
    const value = fields[name];
    return typeof value === "string" ? value : (value?.[0] ?? "");
}

/** The values of a set. */
export function many(fields: Fields, name: string): string[] {
    const value = fields[name];
    return value === undefined ? [] : typeof value === "string" ? [value] : value;
}

/** Whom a plan is about; "" where no name can be read. */
export const nameOfPerson = (plan: Plan | undefined | null): string => plan?.person_name ?? "";
export const ofType = (plan: Plan, type: string): PlanObject[] => plan.objects.filter((o) => o.type === type);
export const isClosed = (plan: Plan): boolean => one(plan.fields, "status") === "avslutad";
