/* The pages as people use them who see little, move little, or whose computer dies: the keyboard alone, 400 %, forced colours,
 * no motion, a crash; and a file that the browser carries. Homes made by the command line, pages by a browser. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Site, command, startBrowser, startMortalBrowser, stopBrowser } from "./site.mjs";

const TODAY = ["--today", "2026-09-15"];
const CHEAP = ["--passphrase-cost", "cheap"];
const PERSON = "Testperson Ett";
const top = mkdtempSync(join(tmpdir(), "samplan-web-"));
const anna = new Site(join(top, "anna"), "en lång lösenfras", TODAY);
const bo = new Site(join(top, "bo"), "en annan lösenfras", TODAY);
const samplan = (site, ...args) => command(site.home, site.passphrase, ...TODAY, ...args);
let plan = "";

function makeHomes() {
    samplan(anna, "found", "--forbund", "Skåne nordost", "--party", "Exempels kommun", "--kind", "kommun", "--person", "Anna Al", ...CHEAP);
    const request = join(top, "begaran");
    const invitation = join(top, "inbjudan");
    samplan(bo, "enrol", "request", "--party", "Region Exempel", "--kind", "region", "--person", "Bo Björk", "--role",
        "administratör", "-o", request, ...CHEAP);
    samplan(anna, "enrol", "approve", request, "-o", invitation);
    samplan(bo, "enrol", "accept", invitation);
    for (const site of [anna, bo]) {
        samplan(site, "remote", "add", "sticka", join(top, "sticka"));
    }
    for (const site of [anna, bo, anna]) {
        samplan(site, "sync");
    }
    plan = samplan(anna, "plan", "new", "title=Väg till arbete", "status=aktiv", `person.name=${PERSON}`).id;
    for (const [kind, extent] of [["studier", "100%"], ["praktik", "75%"], ["coaching", "25%"]]) {
        samplan(anna, "plan", "add", plan, "activity", `kind=${kind}`, `text=${kind} under hösten`, "from=2026-09-01",
            "to=2027-01-31", `extent=${extent}`);
    }
    samplan(anna, "plan", "add", plan, "goal", "text=Egen försörjning", "target_date=2027-06-30");
    samplan(anna, "consent", "give", plan, "--to", "alla", "--sections", "plan,person");
}

before(async () => {
    await startBrowser();
    makeHomes();
    await Promise.all([anna.serve(), bo.serve()]);
});
after(async () => {
    await Promise.allSettled([anna.stop(), bo.stop()]);
    await stopBrowser();
    rmSync(top, { recursive: true });
});

/** A test in a browser context of its own; afterwards nothing that the page must not do may have been seen. */
function inBrowser(name, wanted, run) {
    test(name, async () => {
        await (anna.process.exitCode === null && anna.opened ? anna.openAgain(wanted) : anna.open(wanted));
        anna.opened = true;
        try {
            await anna.unlock();
            await run(anna.page);
            assert.deepEqual(anna.faults, []);
        } finally {
            anna.faults.length = 0;
            await anna.context.close();
        }
    });
}

inBrowser("the keyboard alone, and the focus is never lost", {}, async (page) => {
    const press = (key) => page.keyboard.press(key);
    await anna.tabTo(new RegExp(PERSON));
    await press("Enter");
    await anna.heading(PERSON);
    assert.equal(await anna.focused(), PERSON, "a screen begins at its heading");

    // the time axis by its arrows
    await anna.tabTo(/^Tidsaxel med aktiviteter/);
    const shown = () => page.locator(".axis > .for-readers[aria-live]").textContent();
    const first = await shown();
    await press("ArrowRight");
    await press("ArrowRight");
    const later = await shown();
    assert.notEqual(later, first);
    await press("ArrowLeft");
    assert.notEqual(await shown(), later);
    await press("Home");
    assert.equal(await shown(), first);
    assert.match(await anna.focused(), /^Tidsaxel/);

    // a krock: the dialog, an error, and what is done goes away under the focus
    await anna.tabTo(/^Acceptera/);
    await press("Enter");
    const dialog = page.getByRole("dialog", { name: "Acceptera och gå vidare" });
    await dialog.waitFor();
    assert.ok(await dialog.evaluate((d) => d.contains(document.activeElement)), "the focus is in the dialog");
    for (let i = 0; i < 12; i++) {
        await press("Tab");
        assert.ok(await dialog.evaluate((d) => d.contains(document.activeElement) || document.activeElement === document.body),
            "and stays there");
    }
    await anna.tabTo(/^Acceptera$/);
    await press("Enter");
    await page.getByText("Det här behöver rättas").waitFor();
    assert.match(await anna.focused(), /Det här behöver rättas/, "an error gets the focus");
    await anna.tabTo(/^Varför det ska vara så/);
    await page.keyboard.type("Det är prövat.");
    await anna.tabTo(/^Acceptera$/);
    await press("Enter");
    await dialog.waitFor({ state: "detached" });
    await page.getByText(/Godtagna och passerade/).waitFor();
    assert.notEqual(await anna.focused(), "", "what had the focus is gone, and the focus is not");

    // a form: saved, and one is at the heading of the person
    await anna.tabTo(/^Nytt mål/, true).catch(() => anna.tabTo(/^Nytt mål/));
    await press("Enter");
    await anna.heading("Nytt mål");
    assert.equal(await anna.focused(), "Nytt mål");
    await anna.tabTo(/^Spara$/);
    await press("Enter");
    await page.getByText("Det här behöver rättas").waitFor();
    assert.match(await anna.focused(), /Det här behöver rättas/);
    await anna.tabTo(/Målet, med personens ord|Fyll i/); // in the summary: leads to the field
    await press("Enter");
    await page.keyboard.type("Komma ut bland folk");
    await anna.tabTo(/^Spara$/);
    await press("Enter");
    await anna.heading(PERSON);
    assert.equal(await anna.focused(), PERSON);
    await page.getByText("Komma ut bland folk").first().waitFor();

    // meeting the others
    await anna.tabTo(/^Gå direkt till innehållet/, true);
    await anna.tabTo(/^Synka/);
    await press("Enter");
    await anna.heading("Synka");
    await anna.tabTo(/^Synka nu/);
    await press("Enter");
    await page.getByRole("heading", { name: "Vad som hände" }).waitFor();
    assert.notEqual(await anna.focused(), "", "the button that became another");
    await anna.tabTo(/^Lås$/, true);
    await press("Enter");
    await anna.heading("Lås upp samplan");
    assert.match(await anna.focused(), /./);
    await page.keyboard.type("fel");
    await press("Enter");
    await page.getByRole("alert").getByText(/lösenfras/i).waitFor();
    assert.notEqual(await anna.focused(), "");
});

inBrowser("400 %: 1280 × 1024 is 320 × 256", { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 }, async (page) => {
    async function fits(name) {
        const { wide, hidden } = await page.evaluate(() => ({
            wide: document.documentElement.scrollWidth,
            hidden: [...document.querySelectorAll("main :is(a, button, input, select, textarea, h1, h2)")].filter((e) => {
                const box = e.getBoundingClientRect();
                const scroller = e.closest(".scroller, .axis__box, .for-readers, dialog:not([open])");
                return !scroller && !e.matches(".for-readers *, [type=radio], [type=checkbox]") && box.width > 1 && (box.right > 321 || box.left < -1);
            }).map((e) => e.outerHTML.slice(0, 120)),
        }));
        assert.deepEqual({ name, fits: wide <= 320, hidden }, { name, fits: true, hidden: [] });
        await anna.picture(`zoom-${name}`);
        await anna.check(`400 %, ${name}`);
    }
    await fits("personer");
    await anna.go(PERSON);
    await anna.heading(PERSON);
    await page.locator(".bar__body").first().waitFor();
    await fits("person");
    await anna.press("Tabell");
    await fits("tabell");
    await anna.press("Tidsaxel");
    const covered = await page.evaluate(() => [...document.querySelectorAll("body *")].filter((e) =>
        ["fixed", "sticky"].includes(getComputedStyle(e).position) && e.getBoundingClientRect().height > 64).length);
    assert.equal(covered, 0, "nothing that stays covers a quarter of the window");
    await anna.go("Ny aktivitet");
    await anna.heading("Ny aktivitet");
    await fits("formular");
    await anna.press("Spara");
    await page.getByText("Det här behöver rättas").waitFor();
    await fits("formular-fel");
    await anna.field("Vad som görs").fill("Promenadgrupp");
    await anna.choice("Typ av aktivitet").selectOption("social");
    await anna.field("Från och med").fill("2026-10-01");
    await anna.press("Spara");
    await anna.heading(PERSON);
    for (const [place, heading] of [[/^Nytt/, "Nytt sedan senaste synk"], ["Krockar och glapp", "Krockar och glapp"],
        ["Konflikter", "Konflikter"], [/^Synka/, "Synka"], ["Förbundet", "Skåne nordost"]]) {
        await page.getByRole("navigation", { name: "Huvudmeny" }).getByRole("link", { name: place }).click();
        await anna.heading(heading);
        await fits(heading.toLowerCase().split(" ")[0]);
    }
    await anna.press("Byt lösenfras");
    await page.getByRole("dialog").waitFor();
    await fits("dialog");
    const box = await page.getByRole("dialog").boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 320, "the dialog fits");
});

inBrowser("forced colours: hatching, icons and the focus are seen", { forcedColors: "active", colorScheme: "dark" }, async (page) => {
    await anna.go(PERSON);
    await anna.heading(PERSON);
    await page.locator(".bar__body").first().waitFor();
    assert.ok(await page.evaluate(() => matchMedia("(forced-colors: active)").matches));
    const seen = await page.evaluate(() => {
        const of = (selector, property) => getComputedStyle(document.querySelector(selector))[property];
        const back = getComputedStyle(document.body).backgroundColor;
        return {
            back, hatch: of(".axis__hatch", "fill"), bar: of(".bar__body", "stroke"), krock: of(".axis__krock", "stroke"),
            icon: of(".mark svg path", "stroke"), text: of(".axis__krocktext", "fill"), load: of(".axis__load", "stroke"),
            flag: of(".axis__flag", "stroke"), now: of(".axis__now", "stroke"), label: of(".bar__label", "fill"),
            scale: of(".axis__scale", "fill"), name: of(".axis__name", "fill"), nav: of(".places a", "color"),
        };
    });
    const light = (color) => {
        const [r, g, b] = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(color).slice(1)
            .map((n) => (n / 255 <= 0.03928 ? n / 255 / 12.92 : ((n / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    for (const [what, color] of Object.entries(seen)) {
        const [low, high] = [light(color), light(seen.back)].sort((a, b) => a - b);
        assert.ok(what === "back" || (high + 0.05) / (low + 0.05) >= 3, `${what} is ${color} on ${seen.back}`);
    }
    await anna.picture("tvingade-farger");
    await anna.check("forced colours, person page", { colors: false });
    for (let i = 0; i < 25; i++) {
        await page.keyboard.press("Tab");
        const mark = await page.evaluate(() => {
            const e = document.activeElement;
            const own = getComputedStyle(e);
            const inner = e.querySelector(".bar__focus");
            return { what: e.outerHTML.slice(0, 80), seen: own.outlineStyle !== "none" || (inner && getComputedStyle(inner).stroke !== "none") };
        });
        assert.ok(mark.seen, `the focus is not seen on ${mark.what}`);
    }
    await anna.press(/^Acceptera/);
    await page.getByRole("dialog").waitFor();
    await anna.check("forced colours, dialog", { colors: false });
});

inBrowser("whoever wants no motion gets none", { reducedMotion: "reduce" }, async (page) => {
    const moving = () => page.evaluate(() => {
        const seconds = (list) => Math.max(...list.split(",").map((one) => Number.parseFloat(one) * (one.includes("ms") ? 0.001 : 1)));
        return [...document.querySelectorAll("*")].filter((e) => {
            const style = getComputedStyle(e);
            return seconds(style.transitionDuration) > 0.011 || (style.animationName !== "none" && seconds(style.animationDuration) > 0.011)
                || style.scrollBehavior === "smooth";
        }).map((e) => e.outerHTML.slice(0, 100));
    });
    assert.deepEqual(await moving(), []);
    await anna.go(PERSON);
    await anna.heading(PERSON);
    assert.deepEqual(await moving(), []);
    await anna.press(/^Acceptera/);
    await page.getByRole("dialog").waitFor();
    assert.deepEqual(await moving(), []);
    await page.keyboard.press("Escape");
    await page.getByRole("navigation", { name: "Huvudmeny" }).getByRole("link", { name: /^Synka/ }).click();
    await anna.heading("Synka");
    await anna.press("Ny mötesplats");
    assert.deepEqual(await moving(), []);
});

inBrowser("a file that the browser carries", {}, async (page) => {
    async function carriedPlace(site, who) {
        await site.page.getByRole("navigation", { name: "Huvudmeny" }).getByRole("link", { name: /^Synka/ }).click();
        await site.heading("Synka");
        await site.press("Ny mötesplats");
        await site.tick(/En fil som jag skickar/);
        await site.field("Vem filen är till").fill(who);
        await site.press("Spara mötesplatsen");
    }
    async function file(site, to) {
        const [download] = await Promise.all([site.page.waitForEvent("download"), site.press(`Gör en fil till ${to}`)]);
        const path = join(top, `fran-${to}.bundle`);
        await download.saveAs(path);
        await site.page.locator(".carry__state").getByText("Filen är sparad på den här datorn").waitFor();
        return path;
    }
    await bo.open();
    await bo.unlock();
    await carriedPlace(anna, "Region Exempel");
    await carriedPlace(bo, "kommunen");
    await anna.check("sync, a carried place");
    const path = await file(anna, "region-exempel");
    await anna.check("sync, a file was made");
    await anna.press(/^Filen är skickad/);
    await page.locator(".carry__state").getByText("Noterat").waitFor();
    assert.notEqual(await anna.focused(), "");

    const open = bo.page.getByLabel("Öppna en fil från kommunen");
    const good = readFileSync(path);
    const hostile = join(top, "fientlig.bundle");
    for (const bytes of [Buffer.from("ingen bunt alls"), good.subarray(0, good.length / 2)]) {
        writeFileSync(hostile, bytes);
        await open.setInputFiles(hostile);
        await bo.page.getByText("kommunen gick inte att nå").waitFor();
    }
    await bo.check("sync, a file that is none");
    await open.setInputFiles(path);
    await bo.page.getByRole("link", { name: "Se vad som är nytt" }).waitFor();
    await bo.check("sync, a file was opened");
    await bo.person(PERSON);

    await bo.go("Ny anteckning");
    await bo.field("Anteckning").fill("Svar med fil.");
    await bo.press("Spara");
    await bo.heading(PERSON);
    await bo.page.getByRole("navigation", { name: "Huvudmeny" }).getByRole("link", { name: /^Synka/ }).click();
    const answer = await file(bo, "kommunen");
    await page.getByLabel("Öppna en fil från region-exempel").setInputFiles(answer);
    await page.getByRole("link", { name: "Se vad som är nytt" }).waitFor();
    await anna.person(PERSON);
    await page.getByText("Svar med fil.").waitFor();
    assert.deepEqual(bo.faults, []);
    await bo.context.close();
});

test("what was typed is there after the browser was killed, and after the server was", async () => {
    const typed = "Det som skrevs innan strömmen gick.";
    const mortal = await startMortalBrowser();
    await anna.openAgain({}, mortal.browser);
    await anna.unlock();
    await anna.person(PERSON);
    await anna.go("Ny anteckning");
    await anna.field("Anteckning").fill(typed);
    await anna.page.getByText("Utkast sparat").waitFor();
    await mortal.server.kill(); // SIGKILL
    await anna.openAgain();
    async function isThere() {
        await anna.unlock();
        await anna.person(PERSON);
        await anna.go("Ny anteckning");
        await anna.page.getByText(/är återställt/).waitFor();
        assert.equal(await anna.field("Anteckning").inputValue(), typed);
    }
    await isThere();
    await anna.crash();
    await anna.field("Anteckning").fill(`${typed} Och mer.`);
    await anna.page.getByText("Utkastet kunde inte sparas just nu").waitFor();
    await anna.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange"))); // it looks how things stand
    await anna.page.getByText(/Programmet svarar inte/).first().waitFor();
    assert.equal(await anna.field("Anteckning").inputValue(), `${typed} Och mer.`, "still on the page");
    await anna.check("the program is gone, and a form is open");
    assert.deepEqual(anna.faults, []);
    await anna.context.close();
    await anna.start();
    await isThere();
    await anna.context.close();
});

test("a page that is reloaded while it is let in keeps its session", async () => {
    await anna.openAgain();
    anna.address = command(anna.home, anna.passphrase, "web", "--no-browser").address;
    await anna.page.goto("about:blank");
    let answered;
    const entered = new Promise((done) => (answered = done));
    await anna.page.route("**/api/enter", async (route) => answered(await route.fetch()), { times: 1 }); // which the page never hears of
    await anna.page.goto(anna.address, { waitUntil: "commit" });
    assert.equal((await entered).status(), 200, "the ticket is used");
    await anna.page.reload();
    await anna.unlock();
    assert.equal(new URL(anna.page.url()).hash.includes("ticket"), false);
    assert.deepEqual(anna.faults, []);
    await anna.context.close();
});

inBrowser("another passphrase", {}, async (page) => {
    const fresh = "ny lösenfras, tillräckligt lång";
    await anna.go("Förbundet");
    await anna.heading("Skåne nordost");
    await anna.press("Byt lösenfras");
    await anna.check("passphrase dialog");
    await anna.field("Lösenfrasen som gäller nu").fill("fel");
    await anna.field("Ny lösenfras").fill(fresh);
    await anna.field("Lösenfrasen en gång till").fill(fresh);
    await anna.press("Byt och lås");
    await page.getByRole("dialog").getByText(/fel lösenfras/i).waitFor();
    assert.notEqual(await anna.focused(), "");
    await anna.field("Lösenfrasen som gäller nu").fill(anna.passphrase);
    await anna.press("Byt och lås");
    await anna.heading("Lås upp samplan");
    await page.getByText("Lösenfrasen är bytt. Lås upp med den nya.").first().waitFor();
    await anna.check("unlock, after a change");
    anna.passphrase = fresh;
    await anna.field("Lösenfras").fill(fresh);
    await anna.press("Lås upp");
    await anna.heading("Skåne nordost"); // where one was
});
