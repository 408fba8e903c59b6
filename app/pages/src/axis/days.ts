/* Days as numbers, and how far apart the marks of the time axis stand. Pure. */
import type { Day } from "../model";

const MS = 86_400_000;

export const toNumber = (day: Day): number => Math.floor(Date.parse(`${day}T00:00:00Z`) / MS);
export const toDay = (n: number): Day => new Date(n * MS).toISOString().slice(0, 10);

export type Zoom = "days" | "weeks" | "months" | "years";
export const ZOOMS: readonly Zoom[] = ["days", "weeks", "months", "years"];
/** How many days are seen at a time. */
export const SPAN: Record<Zoom, number> = { days: 21, weeks: 98, months: 366, years: 1827 };

export interface Tick {
    at: number;
    kind: "day" | "week" | "month" | "year";
    strong: boolean;
}

/** ISO 8601: the week of the year's first Thursday is week 1. */
export function isoWeek(n: number): number {
    const thursday = n - ((n + 3) % 7) + 3;
    const year = Number(toDay(thursday).slice(0, 4));
    return Math.floor((thursday - toNumber(`${year}-01-01`)) / 7) + 1;
}

/** 1 Monday to 7 Sunday; 1970-01-01 was a Thursday. */
export const weekday = (n: number): number => ((((n + 3) % 7) + 7) % 7) + 1;

function monthsFrom(from: number, to: number, step: number): Tick[] {
    const ticks: Tick[] = [];
    let [year, month] = toDay(from).split("-").map(Number) as [number, number];
    for (;;) {
        const at = toNumber(`${year}-${String(month).padStart(2, "0")}-01`);
        if (at > to) {
            return ticks;
        }
        if (at >= from && (month - 1) % step === 0) {
            ticks.push({ at, kind: month === 1 ? "year" : "month", strong: month === 1 });
        }
        month = (month % 12) + 1;
        year += month === 1 ? 1 : 0;
    }
}

/** The marks between two days, as close as the zoom and the room (marks of about 48 pixels) allow. */
export function ticks(from: number, to: number, zoom: Zoom, width: number): Tick[] {
    const room = Math.max(2, Math.floor(width / 56));
    if (zoom === "days" || zoom === "weeks") {
        const kind = zoom === "days" ? "day" : "week";
        let step = zoom === "days" ? 1 : 7;
        while ((to - from) / step > room) {
            step = step === 1 ? 2 : step === 2 ? 7 : step * 2;
        }
        const first = zoom === "days" && step < 7 ? from : from + ((8 - weekday(from)) % 7);
        const out: Tick[] = [];
        for (let at = first; at <= to; at += step) {
            out.push({ at, kind, strong: weekday(at) === 1 });
        }
        return out;
    }
    const step = [1, 2, 3, 6, 12].find((months) => (to - from) / 30.4 / months <= room) ?? 12;
    return monthsFrom(from, to, step);
}
