/* The one door to the server: docs/api.md. Nothing is kept here but the token that a state change must carry. */
import type {
    Change, Clash, Conflict, Consent, Day, Id, Meeting, Member, News, Plan, PlanObject, PlanRow, Proposal, Remote, Section, TypeInfo,
    Writer,
} from "./model";
import type { Choice } from "./names";

export class ApiError extends Error {
    constructor(
        readonly code: string,
        message: string,
        readonly status: number,
    ) {
        super(message);
    }
    /** Somebody else's change came between what was shown and what was saved. */
    get overtaken(): boolean {
        return this.code === "changed";
    }
    get locked(): boolean {
        return this.code === "locked";
    }
}

export interface Answer<T> {
    result: T;
    look: boolean;
}

type Options = Record<string, string | string[] | true>;
type Listener = (error: ApiError) => void;

const BUSY_TURNS = 10;
const BUSY_MS = 700;

let token = "";
let language = "sv";
let onLocked: Listener = () => {};

export function setLanguage(wanted: string): void {
    language = wanted;
}

/** Called with every answer that says that the home is locked. */
export function whenLocked(listener: Listener): void {
    onLocked = listener;
}

async function failure(response: Response): Promise<ApiError> {
    let code = "storage";
    let message = response.statusText;
    try {
        const body = (await response.json()) as { error: { code: string; message: string } };
        ({ code, message } = body.error);
    } catch {
        /* an answer without a body: the status line is all there is to say */
    }
    const error = new ApiError(code, message, response.status);
    if (error.locked) {
        onLocked(error);
    }
    return error;
}

async function send(method: string, path: string, body?: unknown, more: RequestInit = {}): Promise<Response> {
    const headers: Record<string, string> = { "Accept-Language": language, "X-Samplan-Token": token };
    const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store", ...more };
    if (more.body) {
        headers["Content-Type"] = "application/octet-stream";
    } else if (body !== undefined) {
        headers["Content-Type"] = "application/json";
        init.body = JSON.stringify(body);
    }
    for (let turn = 0; ; turn++) {
        let response: Response;
        try {
            response = await fetch(path, init);
        } catch {
            throw new ApiError("gone", "", 0);
        }
        if (response.ok) {
            return response;
        }
        const error = await failure(response);
        if (error.code !== "busy" || path === "/api/sync" || turn === BUSY_TURNS) {
            throw error;
        }
        await new Promise((again) => window.setTimeout(again, BUSY_MS)); // a meeting is saving; nothing was changed
    }
}

async function get<T>(path: string): Promise<T> {
    return (await (await send("GET", path)).json()) as T;
}

async function post<T>(path: string, body?: unknown): Promise<T> {
    return (await (await send("POST", path, body)).json()) as T;
}

/** Runs one samplan command in the open session, by its words: command("plan show", [id]). */
export async function command<T>(words: string, args: string[] = [], options: Options = {}): Promise<T> {
    const path = `/api/c/${words.split(" ").map(encodeURIComponent).join("/")}`;
    return (await post<Answer<T>>(path, { args, options })).result;
}

/** FIELD=VALUE as the command line takes it. */
export const assign = (field: string, value: string): string => `${field}=${value}`;
/** The same for each of these that something is typed in; prefix: of whose fields they are. */
export const assigned = (typed: Record<string, string>, prefix = ""): string[] =>
    Object.entries(typed).flatMap(([field, value]) => (value.trim() ? [assign(prefix + field, value.trim())] : []));

// the session

export interface State {
    stage: "none" | "locked" | "asked" | "invited" | "member";
    unlocked: boolean;
    language: string;
    today: string;
    idle_seconds: number;
    forbund?: { id: string; name: string | null } | null;
    member?: string | null;
    member_id?: Id | null;
    party?: string | null;
    party_id?: Id | null;
    role?: string | null;
    unsealed?: number;
    waiting_for_key?: number;
}

const TICKET = /^#ticket=([A-Za-z0-9_-]+)$/;

interface Entering {
    ticket: string;
    page: string; // a secret of this page: with it the ticket is good again, until the session has been used
}
const secret = (): string =>
    [...crypto.getRandomValues(new Uint8Array(32))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Gives the ticket in the address for a session, and takes it out of the address. A reload keeps the session, and one that
 * comes before the answer asks again. */
export async function connect(): Promise<void> {
    const ticket = TICKET.exec(location.hash)?.[1];
    if (ticket) {
        sessionStorage.setItem("entering", JSON.stringify({ ticket, page: secret() } satisfies Entering));
        history.replaceState(null, "", location.pathname);
    }
    const entering = sessionStorage.getItem("entering");
    if (!entering) {
        token = sessionStorage.getItem("token") ?? "";
        return;
    }
    try {
        ({ token } = await post<{ token: string }>("/api/enter", JSON.parse(entering)));
        sessionStorage.setItem("token", token);
        sessionStorage.removeItem("entering");
    } catch (error) {
        if (error instanceof ApiError && error.status !== 0) {
            sessionStorage.removeItem("entering"); // used, by another; no answer at all may be a reload
        }
        throw error;
    }
}

export const state = (): Promise<State> => get<State>("/api/state");
export const unlock = (passphrase: string): Promise<State> => post("/api/unlock", { passphrase });
export const passwd = (passphrase: string, fresh: string): Promise<State> => post("/api/passwd", { passphrase, new: fresh });
export const lock = (): Promise<unknown> => send("POST", "/api/lock");

export interface Founding {
    forbund: string;
    party: string;
    kind: string;
    person: string;
    passphrase: string;
}
export interface Asking {
    party: string;
    kind?: string;
    person: string;
    role: string;
    passphrase: string;
}
/** A file to hand over: its text, and a name to save it under. */
export interface Letter {
    name: string;
    file: string;
}
export type Asked = Letter & { words: string };
export interface Look {
    party: string;
    kind: string;
    person: string;
    role: string;
    words: string;
}
export interface Approved {
    complete: boolean;
    have: number;
    need: number;
    request_words: string;
    invitation_words: string | null; // these three where enough parties have approved
    name: string | null;
    file: string | null;
}

export const found = (what: Founding): Promise<State> => post("/api/found", what);
export const enrolRequest = (what: Asking): Promise<Asked> => post("/api/enrol/request", what);
export const enrolAsked = (): Promise<Asked> => get("/api/enrol/request");
export const enrolLook = (file: string): Promise<Look> => post("/api/enrol/look", { file });
export const enrolApprove = (file: string): Promise<Approved> => post("/api/enrol/approve", { file });
export const enrolAccept = (file: string): Promise<{ words: string; forbund: string; name: string }> =>
    post("/api/enrol/accept", { file });

// what there is

export const plans = (): Promise<PlanRow[]> => command("plan list");
export const plan = (id: Id): Promise<Plan> => command("plan show", [id]);
export const members = (): Promise<Member[]> => command("members");
export const news = (keep: boolean): Promise<News> => command("news", [], keep ? { peek: true } : {});
export const clashes = (id?: Id): Promise<Clash[]> => command("clashes", id ? [id] : []);
export const conflicts = (id?: Id): Promise<Conflict[]> => command("conflicts", id ? [id] : []);
/** How far an object has come: of the devices whose members may read it, how many have it, as far as this one knows. */
export interface ObjectState {
    object: Id;
    state: "local" | "sent" | "received";
    received: number;
    readers: number;
    waiting: number;
    set_aside: number;
}
export const planState = async (id: Id): Promise<ObjectState[]> =>
    (await command<{ objects: ObjectState[] }>("plan state", [id])).objects;
export const proposals = (id?: Id): Promise<Proposal[]> => command("proposal list", id ? [id] : []);
export const writers = (id: Id): Promise<Writer[]> => command("blame", [id]);
export const history_ = (id: Id): Promise<Change[]> => command("log", [id]);
export const consents = (id: Id): Promise<Consent[]> => command("consent list", [id]);
export const sections = (id: Id): Promise<Section[]> => command("disclose list", [id]);
export const remotes = (): Promise<Remote[]> => command("remote list");
export const typeInfo = (type: string): Promise<TypeInfo> => command("help", [type]);

// changes; every one is durable when its promise is kept

export type Made = { id: Id };
export const planNew = (sets: string[]): Promise<Made & { person: Id }> => command("plan new", sets);
export const add = (id: Id, type: string, sets: string[], options: Options = {}): Promise<Made> =>
    command("plan add", [id, type, ...sets], options);
/** shown: the transactions of the values that the person saw; none where nothing was set. */
export const set = (object: Id, sets: string[], shown: string[]): Promise<unknown> =>
    command("plan set", [object, ...sets], { shown: shown.join(",") });
export const remove = (object: Id): Promise<unknown> => command("plan remove", [object]);
export const meetingNew = (id: Id, sets: string[], agenda: boolean): Promise<Made> =>
    command("meeting new", [id, ...sets], agenda ? { agenda: true } : {});
export const meetingMinutes = (meeting: Id, text: string): Promise<unknown> => command("meeting minutes", [meeting, text]);
export const meetingDecide = (meeting: Id, sets: string[]): Promise<unknown> => command("meeting decide", [meeting, ...sets]);
export const propose = (object: Id, field: string, value: string, why: string): Promise<Made> =>
    command("proposal add", [object, assign(field, value)], why ? { why } : {});
/** What is still open in a plan, and whether a samtycke lets it be followed up. */
export interface Closing {
    closed: boolean;
    open: { kind: "activity" | "decision" | "remiss" | "proposal"; id: Id; text: string; owner: string | null; ours: boolean }[];
    followup_consent: boolean;
}
export const closing = (id: Id): Promise<Closing> => command("plan close", [id]);
export const close = (id: Id, sets: string[], options: Options): Promise<Closing> => command("plan close", [id, ...sets], options);
export const followUp = (id: Id, sets: string[], next: string): Promise<Made & { point: string }> =>
    command("plan followup", [id, ...sets], next ? { next } : {});
/** The plan that goes on: the same one, or a new one that names it. */
export const reopen = (id: Id, why: string, anew: boolean): Promise<Made> =>
    command("plan reopen", [id], { why, ...(anew ? { new: true } : {}) });
/** One party refers the person to another, which answers. */
export interface Remiss {
    id: Id;
    from: string;
    to: string;
    status: string;
    reason: string | null;
    status_reason: string | null;
    follows: Id | null;
    settled: string | null;
    waits: boolean; // for an answer of this party
    back: boolean; // come back to this party, which has not taken note
    answers: string[]; // that this party may give now
}
export const remisser = (id: Id): Promise<Remiss[]> => command("remiss list", [id]);
export const remissNew = (id: Id, sets: string[]): Promise<Made> => command("remiss new", [id, ...sets]);
export const remissAnswer = (remiss: Id, status: string, options: Options): Promise<unknown> =>
    command("remiss answer", [remiss, status], options);
export const remissSettle = (remiss: Id): Promise<unknown> => command("remiss settle", [remiss]);
/** A joint assessment, and where each party of the kompetensteam stands. */
export type Assessment = PlanObject & {
    parties: { party: string; party_id: Id; agrees: boolean; earlier: boolean; opinion: string | null }[];
    complete: boolean;
    ours: boolean; // waits for this party
};
export const assessments = (id: Id): Promise<Assessment[]> => command("assessment list", [id]);
export const assessmentNew = (id: Id, sets: string[]): Promise<Made> => command("assessment new", [id, ...sets]);
export const assessmentAgree = (assessment: Id, opinion: string): Promise<unknown> =>
    command("assessment agree", [assessment], opinion.trim() ? { opinion } : {});
export const insatser = async (): Promise<Choice[]> =>
    (await command<{ id: Id; name: string | null }[]>("insats list")).map(({ id, name }) => ({ id, name: name ?? id }));
/** keep: whom, beside the own party, may go on reading name and number. "nej" ends the protection. */
export const protect = (id: Id, kind: string, keep: Id[]): Promise<{ left_out: number }> =>
    command("person protect", [id, kind], keep.length > 0 ? { keep } : {});
/** One party's answer on one insats; no outcome: it has answered, and may not be seen yet. */
export interface OutcomeRow {
    insats: Id;
    insats_name: string;
    party: string;
    party_id: Id;
    outcome: PlanObject | null;
}
export const outcomes = (id: Id): Promise<OutcomeRow[]> => command("outcome list", [id]);
export const insatsNew = (sets: string[]): Promise<Made> => command("insats new", sets);

/** A round of an insats that some persons go through together, module after module. */
export interface GroupRow {
    id: Id;
    name: string | null;
    insats: Id | null;
    insats_name: string | null;
    from: Day | null;
    to: Day | null;
    participants: number;
    next_session: GroupSession | null;
}
export interface GroupSession {
    id: Id;
    when: string;
}
export interface GroupModule {
    id: Id;
    name: string | null;
    requires: Id[];
    sessions: GroupSession[];
}
export interface GroupStep {
    module: Id;
    state: "unplanned" | "coming" | "going" | "over" | "completed";
    attended: number;
    missed: number;
    waits_for: Id | null;
    out_of_order: boolean;
    sessions: { id: Id; attended: boolean | null }[];
}
export interface GroupParticipant {
    plan: Id;
    activity: Id;
    person_name: string | null;
    protected: boolean;
    left: boolean;
    ours: boolean;
    next: Id | null;
    next_session: GroupSession | null;
    modules: GroupStep[];
}
export type Group = Omit<GroupRow, "participants" | "next_session"> & { modules: GroupModule[]; participants: GroupParticipant[] };
export const groups = (): Promise<GroupRow[]> => command("group list");
export const group = (id: Id): Promise<Group> => command("group show", [id]);
export const groupNew = (insats: Id, sets: string[]): Promise<Made> => command("group new", [insats, ...sets]);
export const groupModule = (insats: Id, sets: string[]): Promise<Made> => command("group module", [insats, ...sets]);
export const groupSession = (id: Id, module: Id, when: string): Promise<Made> =>
    command("group session", [id, module, assign("when", when)]);
export const groupJoin = (id: Id, plan: Id, sets: string[]): Promise<Made> => command("group join", [id, plan, ...sets]);
export const groupAttend = (session: Id, plans_: Id[], missed: boolean): Promise<unknown> =>
    command("group attend", [session, ...plans_], missed ? { missed } : {});
export const groupComplete = (id: Id, module: Id, plans_: Id[], undo: boolean): Promise<unknown> =>
    command("group complete", [id, module, ...plans_], undo ? { undo } : {});
export const answer = (proposal: Id, accept: boolean): Promise<unknown> =>
    command(accept ? "proposal accept" : "proposal decline", [proposal]);
export const clashAccept = (id: string, why: string): Promise<unknown> => command("clash accept", [id], { why });
export const resolve = (c: Conflict, choice: { take: number } | { value: string }, why: string): Promise<unknown> =>
    command("resolve", [c.object, c.field], {
        ...(why.trim() ? { why } : {}),
        ...("take" in choice ? { take: String(choice.take) } : { value: choice.value }),
        shown: c.values.map((v) => v.tx).join(","),
    });
export const consentGive = (id: Id, options: Options): Promise<Made> => command("consent give", [id], options);
export const consentWithdraw = (id: Id): Promise<unknown> => command("consent withdraw", [id]);
export const disclose = (id: Id, options: Options = {}): Promise<unknown> => command("disclose", [id], options);
export const remoteAdd = (name: string, url: string): Promise<unknown> => command("remote add", [name, url]);
export const remoteRemove = (name: string): Promise<unknown> => command("remote remove", [name]);

// meeting the others

export type SyncEvent =
    | { event: "progress"; remote: string; phase: string; done: number; total: number }
    | ({ event: "met" } & Meeting)
    | { event: "failed"; remote: string; error: { code: string; message: string } }
    | { event: "end"; cancelled: boolean; look: boolean; error: { code: string; message: string } | null };

/** Meets the places (all where none is named) and tells how far it has come. */
export async function* sync(names: string[]): AsyncGenerator<SyncEvent> {
    const response = await send("POST", "/api/sync", names.length > 0 ? { remotes: names } : {});
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
        const { done, value } = await reader.read();
        if (done) {
            return;
        }
        const lines = (rest + value).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines.filter(Boolean)) {
            yield JSON.parse(line) as SyncEvent;
        }
    }
}
/** Places that the browser carries a file for: what it brings is put there, what is for the others is fetched. */
export const BUNDLE_MAX = 64 * 1024 * 1024;
export const isCarried = (remote: Remote): boolean => remote.url.endsWith(`/carried/${remote.name}.bundle`);
export const bundleAdd = (name: string): Promise<unknown> => send("POST", `/api/bundle/${name}`);
export const bundlePut = async (name: string, file: Blob): Promise<void> => {
    if (file.size > BUNDLE_MAX) {
        throw new ApiError("toolarge", "", 0);
    }
    await send("PUT", `/api/bundle/${name}`, undefined, { body: file });
};
/** Null where there is nothing to carry. */
export const bundleGet = async (name: string): Promise<Blob | null> => {
    try {
        return await (await send("GET", `/api/bundle/${name}`)).blob();
    } catch (error) {
        if (error instanceof ApiError && error.status === 404) {
            return null;
        }
        throw error;
    }
};
/** It has been sent: what comes later goes in the next file. */
export const bundleDrop = (name: string): Promise<unknown> => send("DELETE", `/api/bundle/${name}`);
export const syncCancel = (): Promise<unknown> => post("/api/sync/cancel");

// drafts: what is typed, sealed by the server

export interface Kept<T> {
    key: string;
    saved: string;
    draft: T;
}
export const draft = async <T>(key: string): Promise<Kept<T> | null> => {
    try {
        return await get<Kept<T>>(`/api/drafts/${key}`);
    } catch (error) {
        if (error instanceof ApiError && error.status === 404) {
            return null;
        }
        throw error;
    }
};
/** Also as the page is left: a keepalive request outlives it. */
export const keepDraft = async (key: string, content: unknown): Promise<void> => {
    await send("PUT", `/api/drafts/${key}`, content, { keepalive: true });
};
export const dropDraft = async (key: string): Promise<void> => {
    await send("DELETE", `/api/drafts/${key}`);
};

/** An address that shows the plan for print, once. */
export const print = async (id: Id): Promise<string> => (await post<{ address: string }>(`/api/print/${id}`)).address;
