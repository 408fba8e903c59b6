/* Which fields a form asks for, how each is typed, and how what is typed becomes a value. */
import { ValidationService } from "@fkui/logic";
import { percent } from "./axis/lanes";
import { localTime, storedTime } from "./text/dates";
import type { FieldValue, Fields } from "./model";
import { many, one } from "./model";

export type Control = "line" | "long" | "word" | "date" | "time" | "extent" | "member" | "whom" | "lines" | "insats" | "number";
export interface FieldSpec {
    name: string;
    control: Control;
    required?: boolean;
    /** Asked for only where the object is new. */
    once?: boolean;
}
const field = (name: string, control: Control, more: Partial<FieldSpec> = {}): FieldSpec => ({ name, control, ...more });

export interface FormSpec {
    fields: FieldSpec[];
    /** Whether a new one may be shared, one's own party's, or either. */
    owner: "own" | "shared" | "either";
    topics?: string[];
    removable?: boolean;
}

export const FORMS: Record<string, FormSpec> = {
    activity: {
        owner: "own",
        removable: true,
        fields: [
            field("kind", "word", { required: true }), field("text", "line", { required: true }),
            field("from", "date", { required: true }), field("to", "date"), field("extent", "extent"),
            field("status", "word"), field("responsible", "member"), field("place", "line"),
        ],
    },
    goal: {
        owner: "either",
        removable: true,
        fields: [
            field("text", "long", { required: true }), field("kind", "word"), field("target_date", "date"),
            field("reached", "date"),
        ],
    },
    note: { owner: "either", topics: ["plan", "halsa", "social", "ekonomi"], fields: [field("text", "long", { required: true })] },
    meeting: {
        owner: "shared",
        fields: [
            field("kind", "word", { required: true }), field("when", "time", { required: true }),
            field("participants", "lines"), field("agenda", "long"),
        ],
    },
    outcome: {
        owner: "own",
        fields: [
            field("insats", "insats", { required: true, once: true }), field("individual", "long", { required: true }),
            field("own_effort", "long"), field("own_hours", "number"), field("own_kr", "number"),
            field("samverkan", "long"), field("samverkan_hours", "number"), field("samverkan_kr", "number"),
        ],
    },
    assessment: { owner: "shared", fields: [field("text", "long", { required: true })] },
    plan: {
        owner: "shared",
        fields: [
            field("title", "line", { required: true }), field("status", "word"), field("huvudansvarig", "whom"),
            field("follow_up", "date"), field("capacity", "extent"), field("aim", "long"), field("background", "long"),
        ],
    },
    person: {
        owner: "shared",
        fields: [
            field("name", "line"), field("kommun", "line"), field("contact", "line"), field("language", "line"),
            field("interpreter", "line"),
        ],
    },
};

/** 75 %, 30 timmar and 4 halvdagar as people write them; undefined where it is none of these. */
export function storedExtent(typed: string): string | undefined {
    const short = typed.toLowerCase().replace(/\s/g, "").replace(/(procent|%)$/, "%").replace(/(timmar|tim|hours|h)$/, "h")
        .replace(/(half-days|halvdagar|halvdag)$/, "halvdagar");
    const plain = /^\d+$/.test(short) ? `${short}%` : short;
    return percent(plain) === undefined ? undefined : plain;
}

/** A field's value as the form shows it. */
export function typedOf(spec: FieldSpec, fields: Fields): string {
    switch (spec.control) {
        case "lines":
            return many(fields, spec.name).join("\n");
        case "time":
            return localTime(one(fields, spec.name));
        default:
            return one(fields, spec.name);
    }
}

/** What is stored of what was typed, which has passed validation. */
export function storedOf(spec: FieldSpec, typed: string): string {
    const text = typed.trim();
    if (text === "") {
        return "";
    }
    if (spec.control === "number") {
        return text.replace(/\s/g, "");
    }
    return (spec.control === "extent" ? storedExtent(text) : spec.control === "time" ? storedTime(text) : text) ?? text;
}

const lines = (typed: string): string[] => typed.split("\n").map((line) => line.trim()).filter(Boolean);

/** FIELD=VALUE for one field; a set is changed by what came and went. */
export function assignments(spec: FieldSpec, typed: string, before: FieldValue | undefined): string[] {
    if (spec.control === "lines") {
        const had = many({ it: before }, "it");
        const has = lines(typed);
        return [
            ...has.filter((v) => !had.includes(v)).map((v) => `${spec.name}+=${v}`),
            ...had.filter((v) => !has.includes(v)).map((v) => `${spec.name}-=${v}`),
        ];
    }
    return [`${spec.name}=${storedOf(spec, typed)}`];
}


export function registerValidators(): void {
    ValidationService.registerValidator({
        name: "extent",
        validation: (value) => value === "" || storedExtent(value) !== undefined,
    });
    ValidationService.registerValidator({
        name: "wallTime",
        validation: (value) => value === "" || storedTime(value) !== undefined,
    });
    ValidationService.registerValidator({
        name: "identity", // whether it is a number that there can be, the program says
        validation: (value) => value === "" || /^\d{8}[-+ ]?\d{4}$/.test(value.trim()),
    });
    ValidationService.registerValidator({
        name: "whole",
        validation: (value) => /^[\d\s]*$/.test(value),
    });
    ValidationService.registerValidator({
        name: "year",
        validation: (value) => value === "" || /^(19|20)\d{2}$/.test(value.trim()),
    });
}
