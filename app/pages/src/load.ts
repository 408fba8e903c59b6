/* What a screen shows while it asks, when it has the answer, and when it got none. */
import { ref, shallowRef, type Ref, type ShallowRef } from "vue";
import { ApiError } from "./api";

export interface Loaded<T> {
    data: ShallowRef<T | null>;
    error: Ref<ApiError | null>;
    busy: Ref<boolean>;
    load: () => Promise<void>;
}

export function asApiError(error: unknown): ApiError {
    return error instanceof ApiError ? error : new ApiError("bug", String(error), 0);
}

/** Asks at once, or first when told to, and again at each load(). A later answer wins over an earlier one that was slow. */
export function useLoad<T>(ask: () => Promise<T>, atOnce = true): Loaded<T> {
    const data = shallowRef<T | null>(null);
    const error = ref<ApiError | null>(null);
    const busy = ref(false);
    let turn = 0;
    async function load(): Promise<void> {
        const mine = ++turn;
        busy.value = true;
        try {
            const got = await ask();
            if (mine === turn) {
                data.value = got;
                error.value = null;
            }
        } catch (why) {
            if (mine === turn) {
                error.value = asApiError(why);
            }
        } finally {
            if (mine === turn) {
                busy.value = false;
            }
        }
    }
    if (atOnce) {
        void load();
    }
    return { data, error, busy, load };
}

export interface Doing {
    error: Ref<ApiError | null>;
    busy: Ref<boolean>;
    /** True when it was done. While one is under way another is not begun. */
    run: (what: () => Promise<unknown>) => Promise<boolean>;
}

/** One thing at a time that changes something. */
export function useDoing(): Doing {
    const error = ref<ApiError | null>(null);
    const busy = ref(false);
    async function run(what: () => Promise<unknown>): Promise<boolean> {
        if (busy.value) {
            return false;
        }
        busy.value = true;
        error.value = null;
        try {
            await what();
            return true;
        } catch (why) {
            error.value = asApiError(why);
            return false;
        } finally {
            busy.value = false;
        }
    }
    return { error, busy, run };
}
