/* What is said to people: one catalogue a language, sv.json and en.json, with the same keys. Swedish comes with the first
 * screen, English when somebody asks for it. The words of the trade (kinds, statuses) are the caseworkers' own and stay
 * Swedish. */
import { TranslationService, ValidationService, type TranslationProviderInterface } from "@fkui/logic";
import { ref, watchEffect } from "vue";
import { setLanguage } from "../api";
import sv from "./sv.json";

export type Language = "sv" | "en";
export type Key = keyof typeof sv;
type Values = Record<string, string | number>;

const catalogues: Record<Language, Record<string, string>> = { sv, en: {} };
export const language = ref<Language>("sv");

/** Shows the pages in that language; stays with the one there is where it cannot be had, as the program is gone. */
export async function speak(wanted: Language): Promise<void> {
    if (wanted === "en") {
        catalogues.en = (await import("./en.json")).default;
    }
    language.value = wanted;
}

function fill(text: string, values: Record<string, unknown>): string {
    return text.replace(/\{\{?\s*(\w+)\s*\}?\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** The text of a key; {name} is replaced. With a value n that is 1, the key's text under "key.one" where there is one. */
export function t(key: Key, values: Values = {}): string {
    const catalogue = catalogues[language.value];
    const text = (values.n === 1 ? catalogue[`${key}.one`] : undefined) ?? catalogue[key] ?? key;
    return fill(text, values);
}

/** The text of a key that is made of data, and that data where there is no such key. */
export function named(prefix: string, word: string): string {
    return catalogues[language.value][`${prefix}.${word}`] ?? word;
}

/* FKUI has its Swedish in the code; its English is ours. */
const provider: TranslationProviderInterface = {
    get currentLanguage() {
        return language.value;
    },
    changeLanguage: () => Promise.resolve(),
    translate(key, fallback, args) {
        const values = typeof fallback === "object" ? fallback : (args ?? {});
        const swedish = typeof fallback === "string" ? fallback : key;
        return fill(catalogues[language.value][key] ?? swedish, values);
    },
};

const VALIDATIONS = ["required", "date", "dateFormat", "minDate", "maxDate", "extent", "wallTime", "identity", "year", "whole"] as const;

export async function start(): Promise<void> {
    await speak(localStorage.getItem("language") === "en" ? "en" : "sv").catch(() => undefined);
    TranslationService.changeProvider(provider);
    watchEffect(() => {
        document.documentElement.lang = language.value;
        localStorage.setItem("language", language.value);
        setLanguage(language.value);
        ValidationService.addValidationErrorMessages(
            Object.fromEntries(VALIDATIONS.map((name) => [name, catalogues[language.value][`invalid.${name}`] ?? name])),
        );
    });
}
