/* One site as its caseworker has it: a home, `samplan web`, and a browser of its own. Nothing is intercepted; what the page
 * must not do (break its policy, ask elsewhere, fail in a script) is collected, and asked for at the end. */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const PROGRAM = process.env.SAMPLAN;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
export const PATIENCE_MS = Number(process.env.PATIENCE_MS ?? 60_000); // the key of a passphrase takes its time, and so does a machine that does much else

const PRESS_MS = 60; // between down and up: what moves away meanwhile is not pressed
const PICTURE_MAX = 1500; // pixels in height

const LAUNCH = {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: process.getuid() === 0 ? ["--no-sandbox"] : [],
};
let browser;
export async function startBrowser() {
    browser = await chromium.launch(LAUNCH);
}
export const stopBrowser = () => browser?.close();
/** One that can be killed: its process, and the browser. */
export async function startMortalBrowser() {
    const server = await chromium.launchServer(LAUNCH);
    return { server, browser: await chromium.connect(server.wsEndpoint()) };
}

/** A command, as the same person would give it in a terminal. */
export function command(home, passphrase, ...args) {
    writeFileSync(`${home}.losenord`, `${passphrase}\n`, { mode: 0o600 });
    const { status, stdout, stderr } = spawnSync(PROGRAM, ["--home", home, "--json", ...args], {
        env: { PATH: process.env.PATH, LANG: "sv", HOME: process.env.HOME ?? "/", SAMPLAN_PASSPHRASE_FILE: `${home}.losenord` },
        stdio: ["ignore", "pipe", "pipe"], encoding: "utf8",
    });
    if (status !== 0 && status !== 1) { // 1: done, and there is something to look at
        throw new Error(`samplan ${args.join(" ")} ended with ${status}: ${stderr}`);
    }
    return stdout ? JSON.parse(stdout) : null;
}

/** The page's script runs in a world of its own, which the page's policy does not bind: so axe can, and the page cannot. */
async function isolated(page, expression) {
    const session = await page.context().newCDPSession(page);
    try {
        const { frameTree } = await session.send("Page.getFrameTree");
        const { executionContextId: contextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
        await session.send("Runtime.evaluate", { expression: AXE, contextId });
        const answer = await session.send("Runtime.evaluate", { expression, contextId, awaitPromise: true, returnByValue: true });
        if (answer.exceptionDetails) {
            throw new Error(JSON.stringify(answer.exceptionDetails));
        }
        return answer.result.value;
    } finally {
        await session.detach();
    }
}

export class Site {
    constructor(home, passphrase, more = []) {
        Object.assign(this, { home, passphrase, more, faults: [] });
    }
    /** wanted: what the browser's context is to be like. */
    async start(wanted = {}, of = browser) {
        await this.serve();
        await this.open(wanted, of);
        return this;
    }
    async serve() {
        this.process = spawn(PROGRAM, ["--home", this.home, ...this.more, "web", "--no-browser"], {
            env: { PATH: process.env.PATH, LANG: "sv", HOME: process.env.HOME ?? "/" }, stdio: ["ignore", "pipe", "ignore"],
        });
        this.address = await new Promise((found, failed) => {
            let said = "";
            this.process.stdout.on("data", (data) => {
                said += data;
                const match = /http:\/\/\S+/.exec(said);
                if (match) {
                    found(match[0]);
                }
            });
            this.process.on("exit", (code) => failed(new Error(`samplan web ended with ${code}: ${said}`)));
        });
    }
    async open(wanted = {}, of = browser) {
        this.context = await of.newContext({
            viewport: { width: 1280, height: 900 }, locale: "sv-SE", timezoneId: "Europe/Stockholm", acceptDownloads: true,
            reducedMotion: "reduce", ...wanted,
        });
        this.page = await this.context.newPage();
        this.page.setDefaultTimeout(PATIENCE_MS);
        this.watch(this.page);
        await this.page.goto(this.address);
    }
    /** Another browser, or the same once more: the address is good for one. */
    async openAgain(wanted = {}, of = browser) {
        this.address = command(this.home, this.passphrase, "web", "--no-browser").address;
        await this.open(wanted, of);
    }
    watch(page) {
        const own = new URL(this.address).origin;
        page.on("pageerror", (error) => this.faults.push(`script: ${error.stack}`));
        page.on("request", (request) => {
            const { origin, protocol } = new URL(request.url());
            if (origin !== own && !["blob:", "about:"].includes(protocol)) {
                this.faults.push(`asked elsewhere: ${request.url()}`);
            }
        });
        page.on("console", (message) => {
            if (/Content Security Policy/.test(message.text()) && !this.picturing) {
                this.faults.push(`policy: ${message.text()}`);
            }
        });
    }
    async stop() {
        await this.context?.close();
        if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) {
            return;
        }
        const gone = new Promise((done) => this.process.once("exit", done));
        this.process.kill("SIGTERM");
        await gone;
    }
    /** The server is killed, as if the power went. */
    async crash() {
        const gone = new Promise((done) => this.process.once("exit", done));
        this.process.kill("SIGKILL");
        await gone;
    }
    /** Goes on with Tab until what has the focus is called name: no pointer, no script that sets the focus. */
    async tabTo(name, back = false) {
        for (let i = 0; i < 150; i++) {
            await this.page.keyboard.press(back ? "Shift+Tab" : "Tab");
            const here = await this.page.evaluate(() => {
                const e = document.activeElement;
                return [e?.getAttribute("aria-label"), e?.textContent, ...(e?.labels ? [...e.labels].map((l) => l.textContent) : [])]
                    .filter(Boolean).join(" ").trim();
            });
            if (name.test(here)) {
                return;
            }
        }
        throw new Error(`no way by Tab to ${name}`);
    }
    /** What has the focus now; "" where nothing has, and whoever uses the keyboard begins all over again. */
    async focused() {
        await this.page.waitForTimeout(300);
        return this.page.evaluate(() => {
            const e = document.activeElement;
            return !e || e === document.body ? "" : (e.getAttribute("aria-label") ?? e.textContent ?? "").trim() || e.tagName;
        });
    }
    // what a person does
    field = (name) => this.page.getByRole("textbox", { name });
    choice = (name) => this.page.getByRole("combobox", { name });
    button = (name) => this.page.getByRole("button", { name });
    link = (name) => this.page.getByRole("link", { name });
    async press(name) {
        await this.button(name).first().click({ delay: PRESS_MS });
    }
    /** A checkbox or radio button by its label, which is what there is to press. */
    async tick(name) {
        await this.page.locator("label", { hasText: name }).first().click({ delay: PRESS_MS });
    }
    async go(name) {
        await this.link(name).first().click();
    }
    /** Waits for the screen with that heading, which must have the focus: so a reader begins there. */
    async heading(name) {
        await this.page.getByRole("heading", { level: 1, name }).waitFor();
    }
    async unlock() {
        await this.field("Lösenfras").fill(this.passphrase);
        await this.press("Lås upp");
        await this.heading("Mina personer");
    }
    async sync() {
        await this.page.getByRole("navigation", { name: "Huvudmeny" }).getByRole("link", { name: /Synka/ }).click();
        await this.heading("Synka");
        await this.press("Synka nu");
        await this.page.getByRole("heading", { name: "Vad som hände" }).waitFor();
    }
    async person(name) {
        await this.page.getByRole("navigation", { name: "Huvudmeny" }).getByRole("link", { name: "Mina personer" }).click();
        await this.go(name);
        await this.heading(name);
    }
    /** The screen as it is now: what axe finds, and whether it is wider than 320 pixels can show. Asked for at the end. Colours
     * that the browser has forced are not the page's, and axe takes them for it. */
    async check(name, { colors = true } = {}) {
        const found = await isolated(this.page, `axe.run(document, { runOnly: ${JSON.stringify(WCAG)},
            rules: { "color-contrast": { enabled: ${colors} } } }).then((r) => r.violations.map(
            (v) => v.id + ": " + v.help + "\\n    " + v.nodes.map((n) => n.html.slice(0, 160)).join("\\n    ")))`);
        this.faults.push(...found.map((one) => `axe on ${name}: ${one}`));
        const size = this.page.viewportSize();
        await this.page.setViewportSize({ width: 320, height: 640 });
        await this.page.waitForTimeout(150);
        const [wide, ...which] = await this.page.evaluate(() => [document.documentElement.scrollWidth,
            ...[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > 321 && !e.closest(".scroller"))
                .map((e) => e.outerHTML.slice(0, 100)).slice(-3)]);
        await this.page.setViewportSize(size);
        await this.page.waitForTimeout(150);
        if (wide > 320) {
            this.faults.push(`${name} is ${wide} pixels wide at 320: ${which.join(" ")}`);
        }
    }
    /** A picture of the page for docs/pictures, where PICTURES names a folder. Playwright's own style is not ours. */
    async picture(name) {
        if (process.env.PICTURES) {
            this.picturing = true;
            const height = Math.min(PICTURE_MAX, await this.page.evaluate(() => document.documentElement.scrollHeight));
            await this.page.screenshot({
                path: `${process.env.PICTURES}/${name}.png`, fullPage: true, caret: "initial",
                clip: { x: 0, y: 0, width: this.page.viewportSize().width, height },
            });
            this.picturing = false;
        }
    }
}
