/* What is typed is kept by the server, sealed, from half a second after the last key on: it survives a reload, a lock and a
 * crash. */
import { onBeforeUnmount, ref, watch, type Ref } from "vue";
import * as api from "./api";

const PAUSE_MS = 500;
const keepers = new Set<() => Promise<void>>();

/** Keeps what was typed in the last half second, before the home is locked. */
export async function flushDrafts(): Promise<void> {
    await Promise.all([...keepers].map((keep) => keep()));
}

export interface Draft<T> {
    /** When the restored draft was typed; null where there was none. */
    restored: Ref<string | null>;
    /** Saved, on its way, or not to be saved (the server is gone, or the home is locked). */
    state: Ref<"none" | "typing" | "kept" | "failed">;
    restore: () => Promise<T | null>;
    drop: () => Promise<void>;
}

export function useDraft<T>(key: () => string, values: () => T, changed: () => boolean): Draft<T> {
    const restored = ref<string | null>(null);
    const state = ref<"none" | "typing" | "kept" | "failed">("none");
    let timer = 0;
    let live = false; // before the form is filled there is nothing typed

    async function keep(): Promise<void> {
        window.clearTimeout(timer);
        if (state.value !== "typing") {
            return;
        }
        try {
            await api.keepDraft(key(), values());
            state.value = "kept";
        } catch {
            state.value = "failed";
        }
    }
    async function restore(): Promise<T | null> {
        const kept = await api.draft<T>(key()).catch(() => null);
        restored.value = kept?.saved ?? null;
        state.value = kept ? "kept" : "none";
        window.setTimeout(() => (live = true));
        return kept?.draft ?? null;
    }
    async function drop(): Promise<void> {
        live = false;
        window.clearTimeout(timer);
        restored.value = null;
        state.value = "none";
        await api.dropDraft(key()).catch(() => undefined);
        window.setTimeout(() => (live = true));
    }
    const stop = watch(
        () => JSON.stringify(values()),
        () => {
            if (live && changed()) {
                state.value = "typing";
                window.clearTimeout(timer);
                timer = window.setTimeout(() => void keep(), PAUSE_MS);
            }
        },
    );
    const leaving = (): void => void keep();
    keepers.add(keep);
    window.addEventListener("pagehide", leaving);
    document.addEventListener("visibilitychange", leaving);
    onBeforeUnmount(() => {
        stop();
        keepers.delete(keep);
        window.removeEventListener("pagehide", leaving);
        document.removeEventListener("visibilitychange", leaving);
        void keep();
    });
    return { restored, state, restore, drop };
}
