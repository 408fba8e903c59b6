/* Who is here and whether the home is open: what the server last said, asked again when it may have changed. */
import { computed, reactive } from "vue";
import * as api from "./api";

export const session = reactive({
    state: null as api.State | null,
    problem: null as "gone" | "stranger" | null,
    /** Said to those who cannot see: a region that is read out when it changes. */
    said: "",
    /** Said above the question for the passphrase, once. */
    note: "",
});
export const partyId = computed(() => session.state?.party_id ?? null);
export const party = computed(() => session.state?.party ?? "");
/** Today as the program has it, in Swedish time. */
export const today = computed(() => session.state?.today ?? new Date().toISOString().slice(0, 10));

export async function refresh(): Promise<void> {
    try {
        session.state = await api.state();
        session.problem = null;
    } catch (error) {
        const gone = !(error instanceof api.ApiError) || error.status !== 403;
        session.problem = gone ? "gone" : "stranger";
    }
}

api.whenLocked(() => {
    if (session.state) {
        session.state = { ...session.state, stage: "locked", unlocked: false };
    }
});

export function say(text: string): void {
    session.said = "";
    window.setTimeout(() => (session.said = text), 50);
}
