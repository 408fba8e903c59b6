/* What the time axis shows of a plan: a lane for each party and one shared, activities that would cover each other in rows
 * of their own, where krockar hatch them, and how much it is together. Pure. */
import { one, type Clash, type Id, type Plan, type PlanObject } from "../model";
import { toNumber } from "./days";

/** Percent of full time, as app/plan/extent.h counts: 40 hours, 10 half-days. Undefined where it is not set. */
export function percent(extent: string): number | undefined {
    const match = /^(\d+(?:[.,]\d+)?)(%|h|halvdagar|halvdag)$/.exec(extent.replace(/\s/g, ""));
    if (!match) {
        return undefined;
    }
    const n = Number(match[1]!.replace(",", "."));
    return match[2] === "%" ? n : match[2] === "h" ? n * 2.5 : n * 10;
}

export interface Bar {
    id: Id;
    object: PlanObject;
    from: number;
    to: number; // Infinity: no end is planned
    percent: number | undefined;
    kind: string;
    status: string;
    clashes: Clash[];
    row: number;
}

export interface Point {
    id: Id;
    at: number;
    type: "goal" | "meeting" | "follow_up" | "consent";
    text: string;
    row: number;
}

export interface Lane {
    key: string;
    name: string;
    shared: boolean;
    color: number;
    bars: Bar[];
    points: Point[];
    rows: number;
}

export interface Load {
    from: number;
    to: number;
    percent: number;
}

export interface Picture {
    lanes: Lane[];
    krockar: Clash[];
    loads: Load[];
    undated: PlanObject[];
    first: number;
    last: number;
}

export const open = (c: Clash): boolean => !c.accepted && !c.past;

const COUNTED = new Set(["", "föreslagen", "beslutad", "pågår"]);

function barOf(object: PlanObject, clashes: Clash[]): Bar {
    const to = one(object.fields, "to");
    return {
        id: object.id,
        object,
        from: toNumber(one(object.fields, "from")),
        to: to ? toNumber(to) : Infinity,
        percent: percent(one(object.fields, "extent")),
        kind: one(object.fields, "kind"),
        status: one(object.fields, "status"),
        clashes: clashes.filter((c) => c.kind === "krock" && c.from && c.objects.includes(object.id)),
        row: 0,
    };
}

/** Puts each in the first row where it has room; room(item) says from where to where it needs it. */
function stack<T extends { row: number }>(items: T[], room: (item: T) => [number, number]): number {
    const ends: number[] = [];
    for (const item of items) {
        const [from, to] = room(item);
        const free = ends.findIndex((end) => end < from);
        item.row = free < 0 ? ends.length : free;
        ends[item.row] = to;
    }
    return ends.length;
}

function pointsOf(plan: Plan): Point[] {
    const points: Point[] = [];
    const put = (id: Id, type: Point["type"], day: string, text: string): void => {
        if (/^\d{4}-\d{2}-\d{2}/.test(day)) {
            points.push({ id, at: toNumber(day.slice(0, 10)), type, text, row: 0 });
        }
    };
    for (const goal of plan.goals) {
        put(goal.id, "goal", one(goal.fields, "target_date"), one(goal.fields, "text"));
    }
    for (const meeting of plan.objects.filter((o) => o.type === "meeting")) {
        put(meeting.id, "meeting", one(meeting.fields, "when"), one(meeting.fields, "kind"));
    }
    put(plan.id, "follow_up", one(plan.fields, "follow_up"), "");
    for (const consent of plan.consents.filter((c) => c.in_force)) {
        put(consent.id, "consent", one(consent.fields, "until"), one(consent.fields, "purpose"));
    }
    return points.sort((a, b) => a.at - b.at);
}

function loadsOf(bars: Bar[]): Load[] {
    const counted = bars.filter((b) => COUNTED.has(b.status) && b.percent !== undefined);
    const edges = [...new Set(counted.flatMap((b) => [b.from, b.to + 1]))].sort((a, b) => a - b);
    return edges.slice(0, -1).map((from, i) => {
        const to = edges[i + 1]! - 1;
        const sum = counted.filter((b) => b.from <= from && b.to >= to).reduce((n, b) => n + b.percent!, 0);
        return { from, to, percent: sum };
    }).filter((load) => load.percent > 0);
}

/** days is how many days a label of about 18 letters covers, for the rows. Own party first, then by name. */
export function picture(plan: Plan, own: Id | null, sharedName: string, days: number): Picture {
    const dated = plan.activities.filter((a) => one(a.fields, "from"));
    const owners = new Map<string, Lane>();
    for (const object of [...dated].sort((a, b) => one(a.fields, "from").localeCompare(one(b.fields, "from")))) {
        const key = object.owner_id ?? "shared";
        const lane: Lane = owners.get(key) ?? {
            key, name: key === "shared" ? sharedName : object.owner, shared: false, color: 0, bars: [], points: [], rows: 1,
        };
        lane.bars.push(barOf(object, plan.clashes));
        owners.set(key, lane);
    }
    const lanes = [...owners.values()].sort(
        (a, b) => Number(b.key === own) - Number(a.key === own) || a.name.localeCompare(b.name, "sv"),
    );
    [...lanes].sort((a, b) => a.key.localeCompare(b.key)).forEach((lane, i) => (lane.color = i % 6));
    for (const lane of lanes) {
        lane.rows = stack(lane.bars, (b) => [b.from, Math.max(b.to, b.from + days)]);
    }
    const points = pointsOf(plan);
    const shared: Lane = { key: "shared", name: sharedName, shared: true, color: 0, bars: [], points, rows: 1 };
    shared.rows = Math.max(1, stack(points, (p) => [p.at, p.at + days]));
    const bars = lanes.flatMap((lane) => lane.bars);
    const ends = [...bars.map((b) => b.from), ...bars.filter((b) => b.to < Infinity).map((b) => b.to)];
    return {
        lanes: [shared, ...lanes],
        krockar: plan.clashes.filter((c) => c.kind === "krock" && c.from && c.to),
        loads: loadsOf(bars),
        undated: plan.activities.filter((a) => !one(a.fields, "from")),
        first: Math.min(...ends),
        last: Math.max(...ends),
    };
}
