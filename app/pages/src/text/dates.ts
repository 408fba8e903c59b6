/* Days and times as people read them, in Swedish time. */
import type { Day, Time } from "../model";
import { language } from "./index";

const ZONE = "Europe/Stockholm";

function format(options: Intl.DateTimeFormatOptions): (date: Date) => string {
    const made: Partial<Record<string, Intl.DateTimeFormat>> = {};
    return (date) => {
        const locale = language.value === "sv" ? "sv-SE" : "en-GB";
        return (made[locale] ??= new Intl.DateTimeFormat(locale, options)).format(date);
    };
}

const long = format({ day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const short = format({ day: "numeric", month: "short", timeZone: "UTC" });
const month = format({ month: "short", timeZone: "UTC" });
const moment = format({ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: ZONE });

const atNoon = (day: Day): Date => new Date(`${day}T12:00:00Z`);

/** 5 oktober 2026 */
export const dayLong = (day: Day | null | undefined): string => (day ? long(atNoon(day)) : "");
/** 5 okt. */
export const dayShort = (day: Day): string => short(atNoon(day));
/** okt. */
export const monthShort = (day: Day): string => month(atNoon(day));
/** 5 okt. 2026 10:00 */
export const timeLong = (time: Time | null | undefined): string => (time ? moment(new Date(time)) : "");

/** What a time field shows of a stored time (2026-10-05T08:00Z), and back; both empty where there is none. */
export function localTime(time: string): string {
    if (!time) {
        return "";
    }
    const date = new Date(time);
    return new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short", timeStyle: "short" }).format(date);
}

/** 2026-10-05 10:00, or undefined where it is no time. */
export function storedTime(typed: string): string | undefined {
    const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{1,2})[:.](\d{2})$/.exec(typed.trim());
    if (!match) {
        return undefined;
    }
    const wall = `${match[1]} ${match[2]!.padStart(2, "0")}:${match[3]}`;
    for (const hours of [2, 1]) {
        const date = new Date(`${wall.replace(" ", "T")}:00Z`);
        if (Number.isNaN(date.getTime())) {
            return undefined;
        }
        date.setUTCHours(date.getUTCHours() - hours);
        const stored = `${date.toISOString().slice(0, 16)}Z`;
        if (localTime(stored) === wall) {
            return stored;
        }
    }
    return undefined;
}
