/* Three authorities, one person, three plans for the same weeks: from three first starts to an accepted krock and a printed
 * plan, in three browsers, over one folder. Each step rests on the one before. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Site, startBrowser, stopBrowser } from "./site.mjs";

const story = JSON.parse(readFileSync(new URL("../data/three-plans.json", import.meta.url), "utf8"));
const PEOPLE = ["Anna Al", "Bo Björk", "Cia Ceder"];
const KINDS = { kommun: "Kommun", af: "Arbetsförmedlingen", region: "Region" };
const EVIL = `<img src=x onerror="document.title='ägd'"><b>fet</b>`;
const top = mkdtempSync(join(tmpdir(), "samplan-web-"));
const folder = join(top, "sticka");
const sites = story.sites.map((_, i) => new Site(join(top, `hem${i}`), `en lång lösenfras ${i}`, ["--today", "2026-09-15"]));
const [kommun, af, region] = sites;

before(async () => {
    await startBrowser();
    await Promise.all(sites.map((site) => site.start()));
});
after(async () => {
    await Promise.allSettled(sites.map((site) => site.stop()));
    await stopBrowser();
    rmSync(top, { recursive: true });
});

/** Steps of one story: when one fails the rest say so, and no more. */
let failed = false;
function step(name, run) {
    test(name, async (t) => {
        if (failed) {
            t.skip("an earlier step failed");
            return;
        }
        failed = true;
        await run();
        failed = false;
    });
}

async function newPassphrase(site) {
    await site.field("Ny lösenfras").fill(site.passphrase);
    await site.field("Lösenfrasen en gång till").fill(site.passphrase);
}
async function addFolder(site) {
    await site.press("Ny mötesplats");
    await site.field("Namn, utan mellanslag").fill("sticka");
    await site.field("Var den finns").fill(folder);
    await site.press("Spara mötesplatsen");
    await site.page.getByText(folder).waitFor();
}
async function save(site, button) {
    const [download] = await Promise.all([site.page.waitForEvent("download"), site.press(button)]);
    const path = join(top, download.suggestedFilename());
    await download.saveAs(path);
    return path;
}
async function words(site, index = 0) {
    return (await site.page.locator(".words").nth(index).textContent()).trim();
}

step("the first authority founds the förbund", async () => {
    await kommun.heading("Välkommen till samplan");
    await kommun.check("first start");
    await kommun.picture("forsta-start");
    await kommun.press("Bilda ett förbund");
    await kommun.heading("Bilda ett förbund");
    await kommun.press("Bilda förbundet");
    await kommun.page.getByText("Det här behöver rättas").waitFor();
    await kommun.check("found, with errors");
    await kommun.field("Förbundets namn").fill(story.forbund);
    await kommun.field("Din myndighet").fill(story.sites[0].party);
    await kommun.choice("Slags myndighet").selectOption({ label: KINDS.kommun });
    await kommun.field("Ditt namn").fill(PEOPLE[0]);
    await newPassphrase(kommun);
    await kommun.press("Bilda förbundet");
    await kommun.heading("Mina personer");
    await kommun.check("persons, none yet");
});

step("it names a place to meet", async () => {
    await kommun.go(/^Synka/);
    await kommun.heading("Synka");
    await kommun.check("sync, no place");
    await addFolder(kommun);
    await kommun.sync();
    await kommun.check("sync, done");
});

async function join_(site, i) {
    await site.press("Gå med");
    await site.heading("Gå med i ett förbund");
    await site.check("join");
    await site.field("Ditt namn").fill(PEOPLE[i]);
    await site.field("Din myndighet").fill(story.sites[i].party);
    await site.choice("Slags myndighet").selectOption({ label: KINDS[story.sites[i].kind] });
    await site.choice("Roll").selectOption("administratör");
    await newPassphrase(site);
    await site.press("Gör begäran");
    await site.heading("På väg in");
    const request = await save(site, "Spara begäran som fil");
    const said = await words(site);
    await site.check("on the way in");

    await kommun.go("Förbundet");
    await kommun.heading(story.forbund);
    await kommun.page.getByLabel("Filen med begäran").setInputFiles(request);
    await kommun.button("Orden stämmer: godkänn").waitFor();
    assert.equal(await words(kommun), said, "both screens show the same words");
    await kommun.check("let in, words");
    await kommun.picture("slapp-in");
    await kommun.press("Orden stämmer: godkänn");
    await kommun.button("Spara inbjudan som fil").waitFor();
    const invitationWords = await words(kommun);
    const invitation = await save(kommun, "Spara inbjudan som fil");
    await kommun.sync();

    await site.page.getByLabel("Filen med inbjudan").setInputFiles(invitation);
    await site.button("Ny mötesplats").waitFor();
    assert.equal(await words(site), invitationWords);
    await site.check("invited");
    await addFolder(site);
    await site.press("Synka nu");
    await site.heading("Mina personer");
}
step("two more ask, and are let in by the same words", async () => {
    await join_(af, 1);
    await join_(region, 2);
    await kommun.sync();
    await kommun.go("Förbundet");
    await kommun.page.getByRole("cell", { name: story.sites[2].party }).waitFor();
    await kommun.check("the förbund");
});

step("a person, a shared goal and a samtycke", async () => {
    await kommun.go("Mina personer");
    await kommun.go("Ny person");
    await kommun.heading("Ny person och plan");
    await kommun.field("Namn").fill(story.person.name);
    await kommun.field("Personnummer").fill("123");
    await kommun.press("Skapa planen");
    await kommun.page.getByText("Det här behöver rättas").waitFor();
    await kommun.check("new person, with errors");
    await kommun.field("Personnummer").fill(story.person.personnummer);
    await kommun.field("Kommun").fill(story.person.kommun);
    await kommun.field("Planens rubrik").fill("Mot egen försörjning");
    await kommun.press("Skapa planen");
    await kommun.heading(story.person.name);
    await kommun.check("person page, empty");

    await kommun.go("Nytt mål");
    await kommun.heading("Nytt mål");
    await kommun.check("goal form");
    await kommun.field("Målet, med personens ord").fill(story.shared_goal.text);
    await kommun.choice("Slags mål").selectOption(story.shared_goal.kind);
    await kommun.field("Måldatum").fill(story.shared_goal.target_date);
    await kommun.press("Spara");
    await kommun.heading(story.person.name);
    await kommun.link(story.shared_goal.text).first().waitFor();

    await kommun.go("Samtycke");
    await kommun.heading("Samtycke och utlämnande");
    await kommun.press("Nytt samtycke");
    for (const { party } of story.sites) {
        await kommun.tick(party);
    }
    await kommun.check("consent form");
    await kommun.press("Spara samtycket");
    await kommun.page.getByText("Gäller", { exact: true }).waitFor();
    await kommun.check("consent");
    await kommun.sync();
});

step("nothing typed is lost: reload and lock", async () => {
    await af.sync();
    await af.person(story.person.name);
    await af.go("Ny aktivitet");
    await af.heading("Ny aktivitet");
    await af.field("Vad som görs").fill(story.activities[1].text);
    await af.page.getByText("Utkast sparat").waitFor();
    await af.page.reload();
    await af.heading("Ny aktivitet");
    assert.equal(await af.field("Vad som görs").inputValue(), story.activities[1].text, "after a reload");
    await af.press("Lås");
    await af.heading("Lås upp samplan");
    await af.check("unlock");
    await af.field("Lösenfras").fill("fel lösenfras");
    await af.press("Lås upp");
    await af.page.getByRole("alert").getByText(/lösenfras/i).waitFor();
    await af.check("unlock, wrong passphrase");
    await af.field("Lösenfras").fill(af.passphrase);
    await af.press("Lås upp");
    await af.heading("Ny aktivitet");
    assert.equal(await af.field("Vad som görs").inputValue(), story.activities[1].text, "after a lock");
});

async function fillActivity(site, i) {
    const planned = story.activities[i];
    await site.choice("Typ av aktivitet").selectOption(planned.kind);
    await site.field("Vad som görs").fill(planned.text);
    await site.field("Från och med").fill(planned.from);
    await site.field("Till och med").fill(planned.to);
    await site.field("Omfattning").fill(`${planned.extent_percent} %`);
}
step("each plans for itself", async () => {
    await fillActivity(af, 1);
    await af.check("activity form");
    await af.picture("aktivitet");
    await af.press("Spara");
    await af.heading(story.person.name);

    await kommun.person(story.person.name);
    await kommun.go("Ny aktivitet");
    await kommun.press("Spara");
    await kommun.page.getByText("Det här behöver rättas").waitFor();
    await kommun.check("activity form, with errors");
    await fillActivity(kommun, 0);
    await kommun.press("Spara");
    await kommun.heading(story.person.name);
});

step("the third does it by keyboard alone", async () => {
    await region.sync();
    await region.person(story.person.name);
    const { page } = region;
    const planned = story.activities[2];
    await region.tabTo(/^Ny aktivitet/);
    await page.keyboard.press("Enter");
    await region.heading("Ny aktivitet");
    await page.getByRole("combobox", { name: "Typ av aktivitet" }).waitFor();
    await region.tabTo(/Typ av aktivitet/);
    await page.keyboard.type(planned.kind.slice(0, 6));
    await region.tabTo(/Vad som görs/);
    await page.keyboard.type(planned.text);
    await region.tabTo(/Från och med/);
    await page.keyboard.type(planned.from);
    await region.tabTo(/Till och med/);
    await page.keyboard.type(planned.to);
    await region.tabTo(/Omfattning/);
    await page.keyboard.type("100");
    await region.tabTo(/^Spara$/);
    await page.keyboard.press("Enter");
    await region.heading(story.person.name);
    await page.getByRole("link", { name: /vila\/sjukskrivning 100 %/ }).waitFor();
});

step("each hands out its part, and all meet", async () => {
    for (const site of sites) {
        await site.person(story.person.name);
        await site.go("Samtycke");
        await site.press("Lämna ut vår del");
        await site.page.getByText("Allt som samtycket omfattar är utlämnat").waitFor();
    }
    await kommun.picture("samtycke");
    for (const site of [...sites, ...sites]) {
        await site.sync();
    }
    await kommun.picture("synka");
});

step("all see three plans for the same weeks, and that they do not go together", async () => {
    for (const site of sites) {
        await site.person(story.person.name);
        for (const { kind, extent_percent: percent } of story.activities) {
            await site.link(new RegExp(`${kind} ${percent} %`)).first().waitFor();
        }
        await site.page.getByText("3 krockar").first().waitFor();
    }
    await kommun.check("person page");
    await kommun.picture("personsida");
    await kommun.press("Tabell");
    await kommun.page.getByRole("cell", { name: story.sites[2].party }).first().waitFor();
    await kommun.check("person page, table");
    await kommun.picture("tabell");
    await kommun.press("Tidsaxel");
    for (const zoom of ["Dagar", "Veckor", "År", "Månader"]) {
        await kommun.press(zoom);
        assert.equal(await kommun.button(zoom).getAttribute("aria-pressed"), "true");
    }
    await kommun.go("Krockar och glapp");
    await kommun.heading("Krockar och glapp");
    await kommun.check("krockar");
    await kommun.go(/^Nytt/);
    await kommun.heading("Nytt sedan senaste synk");
    await kommun.page.getByText(story.activities[1].text).first().waitFor();
    await kommun.check("news");
    await kommun.picture("nytt");
});

step("one krock is accepted, with a reason that all see", async () => {
    await kommun.person(story.person.name);
    const krock = kommun.page.getByRole("listitem").filter({ hasText: "Utesluter varandra (K3)" }).filter({ hasText: "studier" });
    await krock.getByRole("button", { name: /Acceptera/ }).first().click();
    const dialog = kommun.page.getByRole("dialog", { name: "Acceptera och gå vidare" });
    await dialog.waitFor();
    await kommun.check("accept dialog");
    await kommun.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.match(await kommun.page.evaluate(() => document.activeElement.textContent), /Acceptera/, "the focus comes back");
    await kommun.page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "Acceptera", exact: true }).click();
    await kommun.page.getByText("Det här behöver rättas").waitFor();
    await kommun.check("accept dialog, with errors");
    await kommun.field("Varför det ska vara så").fill("Studierna är på distans och tas i hans egen takt.");
    await dialog.getByRole("button", { name: "Acceptera", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await kommun.page.getByText("2 krockar").first().waitFor();
    await kommun.sync();
    await region.sync();
    await region.person(story.person.name);
    await region.page.getByText(/Godtagna och passerade/).click();
    await region.page.getByText(/Studierna är på distans/).waitFor();
});

step("two move the goal without knowing of each other: the conflict card", async () => {
    for (const [site, day] of [[af, "2027-09-01"], [region, "2027-12-01"]]) {
        await site.person(story.person.name);
        await site.go(story.shared_goal.text);
        await site.heading("Ändra mål");
        await site.field("Måldatum").fill(day);
        await site.press("Spara");
        await site.heading(story.person.name);
    }
    await af.sync();
    await region.sync();
    await region.go("Konflikter");
    await region.heading("Konflikter");
    await region.check("conflicts");
    await region.go(/Jämför och avgör/);
    await region.heading("Avgör en konflikt");
    for (const text of ["1 september 2027", "1 december 2027", "30 juni 2027"]) {
        await region.page.getByText(text).first().waitFor();
    }
    await region.check("conflict card");
    await region.picture("konflikt");
    await region.tick(/Ta deras/);
    await region.field("Varför (frivilligt)").fill("Så sades det på mötet.");
    await region.press("Avgör");
    await region.heading(story.person.name);
    await region.sync();
    await af.sync();
    await af.go("Konflikter");
    await af.page.getByText("Inga konflikter.").waitFor();
    await af.person(story.person.name);
    await af.page.getByText("Om en konflikt som avgjordes: Så sades det på mötet.").waitFor();
});

step("a form that was overtaken keeps what was typed", async () => {
    await af.person(story.person.name);
    await af.go(story.shared_goal.text);
    await af.heading("Ändra mål");
    await af.field("Målet, med personens ord").fill("Egen försörjning, deltid först");
    await af.page.getByText("Utkast sparat").waitFor();

    await kommun.sync();
    await kommun.person(story.person.name);
    await kommun.go(story.shared_goal.text);
    await kommun.field("Målet, med personens ord").fill("Egen försörjning i eget företag");
    await kommun.press("Spara");
    await kommun.heading(story.person.name);
    await kommun.sync();

    await af.sync(); // leaves the form; the draft has what was typed
    await af.person(story.person.name);
    await af.go("Egen försörjning i eget företag");
    await af.press("Spara");
    await af.page.getByText(/Någon har ändrat det här medan du skrev/).waitFor();
    await af.check("overtaken form");
    await af.picture("omkord");
    await af.tick("Skriv ett gemensamt");
    await af.field("Gemensamt värde").fill("Egen försörjning i eget företag, deltid först");
    await af.press("Avgör");
    await af.heading(story.person.name);
    await af.link("Egen försörjning i eget företag, deltid först").first().waitFor();
});

step("a proposal, a meeting and its decision", async () => {
    await kommun.person(story.person.name);
    await kommun.go(/praktik 100 %/);
    await kommun.heading("Föreslå en ändring");
    await kommun.choice("Vad som ska ändras").selectOption({ label: "Omfattning" });
    await kommun.field("Omfattning").fill("50 %");
    await kommun.field("Varför").fill("Halva dagar räcker till att börja med.");
    await kommun.check("proposal form");
    await kommun.press("Spara förslaget");
    await kommun.heading(story.person.name);
    await kommun.page.getByText(/Väntar på svar från/).first().waitFor();
    await kommun.go("Nytt möte");
    await kommun.heading("Nytt möte");
    await kommun.choice("Slags möte").selectOption("trepartsmöte");
    await kommun.field("Dag och tid").fill("2026-09-22 10:00");
    await kommun.check("meeting form");
    await kommun.press("Spara");
    await kommun.heading(story.person.name);
    await kommun.go(/^trepartsmöte/);
    await kommun.field("Nytt beslut").fill("AF ser över praktikens omfattning");
    await kommun.press("Anteckna beslutet");
    await kommun.page.getByText("AF ser över praktikens omfattning").waitFor();
    await kommun.check("meeting");
    await kommun.picture("mote");
    await kommun.sync();
    await af.sync();
    await af.person(story.person.name);
    await af.press("Godta");
    await af.link(/praktik 50 %/).first().waitFor();
});

step("stored markup is text", async () => {
    await region.person(story.person.name);
    await region.go("Ny anteckning");
    await region.field("Anteckning").fill(EVIL);
    await region.press("Spara");
    await region.heading(story.person.name);
    await region.page.getByText(EVIL).first().waitFor();
    await region.go("Historik");
    await region.heading("Historik");
    await region.page.getByText(EVIL).first().waitFor();
    await region.page.getByText("Krock: Utesluter varandra (K3)").first().waitFor();
    const told = await region.page.locator(".history").innerText();
    assert.doesNotMatch(told, /[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{16}/, "no id, no fingerprint");
    assert.doesNotMatch(told, / ,/);
    await region.check("history");
    await region.picture("historik");
    assert.equal(await region.page.locator("img").count(), 0);
    assert.doesNotMatch(await region.page.title(), /ägd/);
});

step("the plan is printed", async () => {
    await region.person(story.person.name);
    await region.go("Utskrift");
    await region.heading("Utskrift");
    await region.check("print");
    const [paper] = await Promise.all([region.page.waitForEvent("popup"), region.press("Öppna för utskrift")]);
    await paper.getByRole("heading", { level: 1 }).waitFor();
    const text = await paper.locator("body").innerText();
    for (const { text: what } of story.activities) {
        assert.ok(text.includes(what), `the printed plan has ${what}`);
    }
    if (process.env.PICTURES) {
        await paper.screenshot({ path: `${process.env.PICTURES}/utskrift.png`, fullPage: true, caret: "initial" });
    }
    await paper.close();
});

step("English is a choice", async () => {
    await region.press("In English");
    await region.heading("Print");
    assert.equal(await region.page.evaluate(() => document.documentElement.lang), "en");
    await region.check("print, in English");
});

test("no fault of accessibility, no policy broken, nobody else asked, no script failed", () => {
    assert.deepEqual(sites.flatMap((site) => site.faults), []);
});
