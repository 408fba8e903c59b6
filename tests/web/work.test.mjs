/* What caseworkers and coordinators do beside planning: closing a plan and following it up, remisser and joint assessments,
 * groups, protected personal data, the outcome matrix. Homes made by the command line, two parties, a browser each. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Site, command, startBrowser, stopBrowser } from "./site.mjs";

const CHEAP = ["--passphrase-cost", "cheap"];
const KOMMUN = "Exempels kommun";
const REGION = "Region Exempel";
const top = mkdtempSync(join(tmpdir(), "samplan-web-"));
const anna = new Site(join(top, "anna"), "en lång lösenfras");
const bo = new Site(join(top, "bo"), "en annan lösenfras");
const samplan = (site, ...args) => command(site.home, site.passphrase, ...args);

/** Days from today on, as the program has it: what is closed is closed today. */
function day(later = 0) {
    return new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Stockholm" }).format(Date.now() + later * 24 * 60 * 60 * 1000);
}
const inWords = (date) =>
    new Intl.DateTimeFormat("sv-SE", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(date));

/** A plan of that person, which both parties read and write. */
function newPlan(name) {
    const plan = samplan(anna, "plan", "new", "title=Väg till arbete", "status=aktiv", `person.name=${name}`).id;
    samplan(anna, "consent", "give", plan, "--to", "alla", "--sections", "plan,person");
    return plan;
}
function makeHomes() {
    samplan(anna, "found", "--forbund", "Skåne nordost", "--party", KOMMUN, "--kind", "kommun", "--person", "Anna Al", ...CHEAP);
    const request = join(top, "begaran");
    const invitation = join(top, "inbjudan");
    samplan(bo, "enrol", "request", "--party", REGION, "--kind", "region", "--person", "Bo Björk", "--role",
        "administratör", "-o", request, ...CHEAP);
    samplan(anna, "enrol", "approve", request, "-o", invitation);
    samplan(bo, "enrol", "accept", invitation);
    for (const site of [anna, bo]) {
        samplan(site, "remote", "add", "sticka", join(top, "sticka"));
    }
    for (const site of [anna, bo, anna]) {
        samplan(site, "sync");
    }
}

before(async () => {
    await startBrowser();
    makeHomes();
    await Promise.all([anna.serve(), bo.serve()]);
    for (const site of [anna, bo]) {
        await site.open();
        await site.unlock();
    }
});
after(async () => {
    await Promise.allSettled([anna.stop(), bo.stop()]);
    await stopBrowser();
    rmSync(top, { recursive: true });
});

/** Afterwards nothing that the pages must not do may have been seen. */
function story(name, run) {
    test(name, async () => {
        try {
            await run();
            assert.deepEqual([...anna.faults, ...bo.faults], []);
        } catch (why) {
            await Promise.all([anna.picture("fel-anna"), bo.picture("fel-bo")]);
            throw why;
        } finally {
            anna.faults.length = 0;
            bo.faults.length = 0;
        }
    });
}
/** One of the tabs of the person that is shown. */
async function tab(site, name, heading) {
    await site.page.getByRole("navigation", { name: "Delar av planen" }).getByRole("link", { name }).click();
    await site.heading(heading);
}
async function mend(site, name) {
    await site.page.getByText("Det här behöver rättas").waitFor();
    await site.check(`${name}, with errors`);
}

story("a plan is closed, followed up, and opened again", async () => {
    const who = "Testperson Ett";
    const plan = newPlan(who);
    for (const [kind, text] of [["praktik", "Praktik i växthuset"], ["coaching", "Samtal varje vecka"]]) {
        samplan(anna, "plan", "add", plan, "activity", `kind=${kind}`, `text=${text}`, `from=${day(-14)}`,
            `to=${day(120)}`);
    }
    samplan(anna, "remiss", "new", plan, `to=${REGION}`, "reason=Bedömning av arbetsförmåga");
    await anna.page.reload();
    await anna.person(who);
    await tab(anna, "Avslut", "Avsluta och följa upp");
    await anna.page.getByText("Praktik i växthuset").waitFor();
    await anna.check("closing");
    await anna.press("Avsluta planen");
    await mend(anna, "closing");
    assert.deepEqual(samplan(anna, "plan", "show", plan).fields.status, "aktiv", "nothing is closed by a form with errors");

    await anna.tick("De är klara");
    await anna.field("Varför det som inte är klart får vara som det är").fill("Regionen svarar när de hinner.");
    await anna.choice("Orsak").selectOption("arbete");
    await anna.field("Vad ni har lärt er").fill("Korta steg fungerade.");
    await anna.field("Försörjning").fill("lön");
    await anna.picture("avsluta");
    await anna.page.getByText("Utkast sparat").waitFor();
    await anna.page.reload();
    await anna.page.getByText(/är återställt/).waitFor();
    assert.equal(await anna.field("Vad ni har lärt er").inputValue(), "Korta steg fungerade.", "after a reload");
    await anna.press("Avsluta planen");
    await anna.page.getByRole("heading", { name: /^Planen avslutades/ }).waitFor();
    assert.notEqual(await anna.focused(), "");
    const closed = samplan(anna, "plan", "show", plan);
    const on = closed.fields.closed;
    await anna.page.getByRole("heading", { name: `Planen avslutades ${inWords(on)}` }).waitFor();
    assert.deepEqual([closed.fields.status, closed.fields.closing_reason], ["avslutad", "arbete"]);
    assert.ok(closed.fields.follow_up > on, "three months later it is followed up");
    assert.deepEqual(closed.activities.map((a) => [a.fields.status, a.fields.to]), [["klar", on], ["klar", on]]);
    assert.equal(closed.objects.find((o) => o.type === "followup").fields.income, "lön");

    await anna.press("Anteckna en uppföljning");
    await anna.check("closed plan, follow-up");
    await anna.field("Sysselsättning").fill("anställd");
    await anna.press("Spara uppföljningen");
    await anna.page.getByText("3 månader efter avslutet").waitFor();
    const { follow_up: next } = samplan(anna, "plan", "show", plan).fields;
    assert.ok(next > closed.fields.follow_up, "and then after six");
    await anna.page.getByText(inWords(next)).waitFor();
    await anna.check("closed plan");
    await anna.picture("avslutad");

    await anna.press("Öppna igen eller börja en ny plan");
    await anna.press("Fortsätt");
    await mend(anna, "reopen");
    await anna.tick("Öppna samma plan igen");
    await anna.field("Varför personen är tillbaka").fill("Anställningen upphörde.");
    await anna.press("Fortsätt");
    await anna.page.getByText(/^Öppnad igen .*: Anställningen upphörde\.$/).waitFor();
    await anna.check("closing, opened again");
    const again = samplan(anna, "plan", "show", plan).fields;
    assert.deepEqual([again.status, again.closed ?? ""], ["aktiv", ""]);

    await anna.choice("Orsak").selectOption("felregistrering");
    await anna.page.getByText("Med den orsaken görs ingen uppföljning.").waitFor();
    await anna.field("Varför det som inte är klart får vara som det är").fill("Remissen gäller inte.");
    await anna.press("Avsluta planen");
    await anna.page.getByText("ingen fler uppföljning").waitFor();
    await anna.press("Öppna igen eller börja en ny plan");
    await anna.tick("Börja en ny plan");
    await anna.field("Varför personen är tillbaka").fill("Ny insats.");
    await anna.press("Fortsätt");
    await anna.heading(who);
    await tab(anna, "Avslut", "Avsluta och följa upp");
    await anna.go(/fortsätter från en tidigare/);
    await anna.page.getByRole("heading", { name: /^Planen avslutades/ }).waitFor();
});

story("a remiss goes there and back, and both parties stand behind an assessment", async () => {
    const who = "Testperson Två";
    newPlan(who);
    await anna.page.reload();
    await anna.person(who);
    await tab(anna, "Remisser", "Remisser och gemensamma bedömningar");
    await anna.page.getByText("Ingen remiss är skickad").waitFor();
    await anna.check("remisser, none");
    await anna.press("Ny remiss");
    await anna.press("Spara remissen");
    await mend(anna, "new remiss");
    await anna.choice("Till vilken myndighet").selectOption(REGION);
    await anna.field("Vad ni ber om, och varför").fill("Bedömning av arbetsförmåga");
    await anna.press("Spara remissen");
    await anna.page.getByText("Skickad, inte besvarad än").waitFor();
    assert.equal(await anna.button(/^(Ta emot|Avvisa|Lämna)/).count(), 0, "who sent it does not answer it");
    assert.notEqual(await anna.focused(), "");
    await anna.sync();

    await bo.sync();
    await bo.page.getByRole("link", { name: "Se vad som är nytt" }).click();
    await bo.heading("Nytt sedan senaste synk");
    await bo.page.getByRole("listitem").filter({ hasText: "Bedömning av arbetsförmåga" }).getByRole("link", { name: who }).click();
    await bo.heading("Remisser och gemensamma bedömningar");
    await bo.page.getByText("Väntar på ert svar").waitFor();
    await bo.check("remiss to answer");
    await bo.press(/^Avvisa/);
    const refusing = bo.page.getByRole("dialog", { name: "Avvisa" });
    await refusing.getByRole("button", { name: "Avvisa", exact: true }).click();
    await mend(bo, "refusing a remiss");
    await bo.page.keyboard.press("Escape");
    await refusing.waitFor({ state: "detached" });
    await bo.press(/^Ta emot/);
    await bo.page.getByText("Mottagen", { exact: true }).waitFor();

    await bo.press("Ny gemensam bedömning");
    await bo.press("Spara bedömningen");
    await mend(bo, "new assessment");
    await bo.field("Bedömningen").fill("Arbetsträning på halvtid, med stöd.");
    await bo.tick(KOMMUN);
    await bo.choice("Remissen som bedömningen svarar på").selectOption({ label: "Bedömning av arbetsförmåga" });
    await bo.picture("bedomning");
    await bo.press("Spara bedömningen");
    await bo.page.getByText(`Väntar på: ${KOMMUN}`).waitFor();
    assert.equal(await bo.button("Vi står bakom bedömningen").count(), 0, "it stands behind it already");
    await bo.press(/^Lämna tillbaka/);
    const back = bo.page.getByRole("dialog", { name: "Lämna tillbaka" });
    await bo.field("Varför, eller vad ni har kommit fram till").fill("Utrett, se bedömningen.");
    await bo.check("handing back a remiss");
    await bo.picture("remiss-svar");
    await back.getByRole("button", { name: "Lämna tillbaka", exact: true }).click();
    await bo.page.getByText("Lämnad tillbaka").waitFor();
    assert.equal(await bo.button(/^(Ta emot|Avvisa|Lämna)/).count(), 0, "nothing follows on that");
    await bo.sync();

    await anna.sync();
    await anna.person(who);
    await tab(anna, "Remisser", "Remisser och gemensamma bedömningar");
    await anna.page.getByText("Svar från Region Exempel: ”Utrett, se bedömningen.”").waitFor();
    await anna.check("remiss that came back");
    await anna.picture("remisser");
    await anna.press("Vi har tagit del av svaret");
    await anna.page.getByText(/^Exempels kommun tog del av svaret/).waitFor();
    await anna.press("Vi ser något annorlunda");
    await anna.press("Spara vår mening");
    await mend(anna, "own opinion");
    await anna.field("Vad ni ser annorlunda").fill("Vi ser hälsan som viktigast.");
    await anna.press("Spara vår mening");
    await anna.page.getByText("Alla står bakom bedömningen").waitFor();
    await anna.page.getByText("”Vi ser hälsan som viktigast.”").waitFor();
    assert.notEqual(await anna.focused(), "");

    await anna.go(/^Ändra texten/);
    await anna.heading("Ändra den gemensamma bedömningen");
    await anna.field("Bedömningen").fill("Arbetsträning på kvartstid, med stöd.");
    await anna.check("assessment form");
    await anna.press("Spara");
    await anna.heading("Remisser och gemensamma bedömningar");
    await anna.page.getByText(/Texten har ändrats sedan ni ställde er bakom den/).waitFor();
    await anna.check("assessment to agree on again");
    await anna.press("Vi står bakom bedömningen");
    await anna.page.getByText(`Väntar på: ${REGION}`).waitFor();
});

story("a group: made with its insats, modules and meetings; who takes part, was there and has completed", async () => {
    const who = ["Testperson Tre", "Testperson Fyra"];
    const plans = who.map(newPlan);
    await anna.page.reload();
    await anna.page.getByRole("navigation", { name: "Huvudmeny" }).getByRole("link", { name: "Grupper" }).click();
    await anna.heading("Grupper");
    await anna.page.getByText("Ingen grupp finns än.").waitFor();
    await anna.press("Ny grupp");
    await anna.press("Skapa gruppen");
    await mend(anna, "new group");
    await anna.field("Insatsens namn").fill("Grön rehab");
    await anna.field("Gruppens namn").fill("Vår i växthuset");
    await anna.field("Första dagen").fill(day(-7));
    await anna.field("Sista dagen").fill(day(90));
    await anna.check("new group");
    await anna.press("Skapa gruppen");
    await anna.heading("Vår i växthuset");
    await anna.page.getByText("Insatsen har inga moduler än.").waitFor();

    for (const [module, requires] of [["Start", null], ["Praktik", "Start"]]) {
        await anna.press("Ny modul");
        await anna.field("Modulens namn").fill(module);
        if (requires) {
            await anna.tick(requires);
        }
        await anna.press("Spara modulen");
        await anna.page.getByRole("heading", { level: 3, name: module }).waitFor();
    }
    await anna.page.getByText("Bygger på: Start").waitFor();
    await anna.press(/^Lägg till en träff.*Start/);
    await anna.field("När gruppen träffas om Start").fill("i morgon");
    await anna.press("Spara träffen");
    await mend(anna, "new meeting");
    await anna.field("När gruppen träffas om Start").fill(`${day(-3)} 09:00`);
    await anna.press("Spara träffen");
    await anna.link(/^Anteckna närvaro.*Start/).waitFor();
    assert.notEqual(await anna.focused(), "");
    await anna.press(/^Lägg till en träff.*Praktik/);
    await anna.field("När gruppen träffas om Praktik").fill(`${day(14)} 09:00`);
    await anna.press("Spara träffen");
    await anna.link(/^Anteckna närvaro.*Praktik/).waitFor();

    for (const [i, name] of who.entries()) {
        await anna.press("Lägg till en deltagare");
        await anna.choice("Vem").selectOption({ label: `${name}, Väg till arbete` });
        await anna.choice("Typ av aktivitet").selectOption("förstegsplats");
        await anna.field("Omfattning").fill(i === 0 ? "mycket" : "25 %");
        await anna.press("Spara deltagaren");
        if (i === 0) {
            await mend(anna, "new participant");
            await anna.field("Omfattning").fill("25 %");
            await anna.press("Spara deltagaren");
        }
        await anna.link(name).waitFor();
    }
    await anna.check("group");
    await anna.go(/^Anteckna närvaro.*Start/);
    await anna.heading(/^Närvaro: Start/);
    await anna.tick(`Var med: ${who[0]}`);
    await anna.tick(`Har genomfört Start: ${who[0]}`);
    await anna.tick(`Var inte med: ${who[1]}`);
    await anna.page.getByText("Utkast sparat").waitFor();
    await anna.check("attendance");
    await anna.picture("narvaro");
    await anna.page.reload();
    await anna.page.getByText(/är återställt/).waitFor();
    await anna.press("Spara närvaron");
    await anna.heading("Vår i växthuset");
    await anna.page.getByText("närvarande 0, frånvarande 1").waitFor();
    await anna.page.getByText("genomförd", { exact: true }).waitFor();
    await anna.page.getByText("slut, inte genomförd").waitFor();
    await anna.picture("grupp");
    const shown = () => samplan(anna, "group", "show", "Vår i växthuset").participants;
    const of = (plan) => shown().find((p) => p.plan === plan);
    assert.deepEqual(plans.map((p) => of(p).modules[0].attended), [1, 0]);
    assert.deepEqual(plans.map((p) => of(p).modules[0].state), ["completed", "over"]);

    await anna.go(/^Anteckna närvaro.*Start/); // it was noted of the wrong one
    await anna.heading(/^Närvaro: Start/);
    assert.equal(await anna.page.getByRole("radio", { name: new RegExp(`^Var med.*${who[0]}`) }).isChecked(), true, "what is noted is shown");
    await anna.tick(`Var med: ${who[1]}`);
    await anna.tick(`Har genomfört Start: ${who[0]}`);
    await anna.press("Spara närvaron");
    await anna.heading("Vår i växthuset");
    await anna.page.getByText("närvarande 0, frånvarande 1").waitFor({ state: "detached" });
    assert.deepEqual(plans.map((p) => [of(p).modules[0].attended, of(p).modules[0].state]), [[1, "over"], [1, "over"]]);

    await anna.press(new RegExp(`^Slutar i gruppen.*${who[1]}`));
    await anna.check("leaving a group");
    await anna.press("Ja, personen slutar");
    await anna.page.getByText("Har slutat i gruppen").waitFor();
    assert.equal(of(plans[1]).left, true);
    await anna.page.getByRole("navigation", { name: "Huvudmeny" }).getByRole("link", { name: "Grupper" }).click();
    await anna.page.getByText("1 deltagare").waitFor();
    await anna.check("groups");
    await anna.picture("grupper");
});

story("a person's data are protected: name and number go on to those who are chosen alone", async () => {
    const who = "Testperson Fem";
    const plan = newPlan(who);
    samplan(anna, "sync");
    await bo.sync();
    await bo.person(who);
    await anna.page.reload();
    await anna.person(who);
    await anna.go("Skydda personens uppgifter");
    await anna.heading("Skyddade personuppgifter");
    await anna.press("Skydda nu");
    await mend(anna, "protecting");
    await anna.tick("Sekretessmarkering");
    await anna.page.getByText(`Namn och nummer går vidare bara till: ${KOMMUN}`, { exact: true }).waitFor();
    await anna.tick(REGION);
    await anna.page.getByText(`Namn och nummer går vidare bara till: ${KOMMUN}, ${REGION}`).waitFor();
    await anna.tick(REGION);
    await anna.check("protecting");
    await anna.picture("skydda");
    await anna.press("Skydda nu");
    await anna.heading(who); // who chose may go on reading
    await anna.page.getByText("Utskrift är spärrad").waitFor();
    await anna.check("protected person");
    assert.equal(samplan(anna, "plan", "show", plan).protected, true);
    await anna.page.getByRole("navigation", { name: "Huvudmeny" }).getByRole("link", { name: "Mina personer" }).click();
    await anna.heading("Mina personer");
    await anna.link("Skyddade personuppgifter").waitFor();
    assert.equal(await anna.link(who).count(), 0, "no list names the person");

    await anna.sync();
    await bo.sync();
    assert.equal(samplan(bo, "plan", "show", plan).withheld, true);
    await bo.page.goto(`${new URL(bo.address).origin}/#/plan/${plan}`);
    await bo.page.reload();
    await bo.heading("Skyddade personuppgifter");
    await bo.page.getByText("Er myndighet är inte vald att läsa namn och nummer").waitFor();
    assert.equal((await bo.page.locator("body").innerText()).includes(who), false);
    assert.equal(await bo.link("Skydda personens uppgifter").count(), 0);
    await bo.check("withheld person");

    await anna.page.goto(`${new URL(anna.address).origin}/#/plan/${plan}/skydd`);
    await anna.heading("Skyddade personuppgifter");
    await anna.page.getByRole("heading", { name: "Uppgifterna är skyddade" }).waitFor();
    await anna.press("Skyddet har upphört");
    await anna.check("ending a protection");
    await anna.press("Ja, skyddet har upphört");
    await anna.heading(who);
    assert.equal(samplan(anna, "plan", "show", plan).protected, false);
});

story("each party answers what an insats led to, blind to the other", async () => {
    const who = "Testperson Sex";
    const plan = newPlan(who);
    samplan(anna, "insats", "new", "name=Arbetsträning i park");
    samplan(anna, "consent", "give", plan, "--to", "alla", "--sections", "plan", "--purpose", "evaluation");
    await anna.page.reload();
    await anna.person(who);
    await tab(anna, "Resultat", "Vad insatserna ledde till");
    await anna.page.getByText("Ingen har svarat om någon insats än.").waitFor();
    await anna.check("outcomes, none");
    await anna.go("Svara om en insats");
    await anna.heading("Svara om en insats");
    await anna.field("Er egen insats: timmar").fill("många");
    await anna.press("Spara");
    await mend(anna, "outcome");
    await anna.choice("Vilken insats").selectOption({ label: "Arbetsträning i park" });
    await anna.field("Vad insatsen ledde till för personen").fill("Kom igång och fick praktik.");
    await anna.field("Er egen insats: timmar").fill("12");
    await anna.field("Samverkan: hur fungerade den?").fill("Täta avstämningar hjälpte.");
    await anna.check("outcome form");
    await anna.press("Spara");
    await anna.heading("Vad insatserna ledde till");
    await anna.page.getByText("12 timmar").waitFor();
    await anna.sync();

    await bo.sync();
    await bo.person(who);
    await tab(bo, "Resultat", "Vad insatserna ledde till");
    await bo.page.getByText(/^Har svarat\. Visas när/).waitFor();
    assert.equal((await bo.page.locator("body").innerText()).includes("praktik"), false, "blind until it has answered");
    await bo.check("outcomes, blind");
    await bo.go("Svara om en insats");
    await bo.choice("Vilken insats").selectOption({ label: "Arbetsträning i park" });
    await bo.field("Vad insatsen ledde till för personen").fill("Mår bättre.");
    await bo.press("Spara");
    await bo.heading("Vad insatserna ledde till");
    for (const site of [bo, anna, bo, anna, bo]) { // a key is handed over at the meeting after
        await site.sync();
    }
    await anna.person(who);
    await tab(anna, "Resultat", "Vad insatserna ledde till");
    await anna.page.getByText("Mår bättre.").waitFor();
    await anna.check("outcomes");
    await anna.picture("resultat");
    await bo.person(who);
    await tab(bo, "Resultat", "Vad insatserna ledde till");
    await bo.page.getByText("Kom igång och fick praktik.").waitFor();
    await anna.go("Ändra vårt svar");
    await anna.heading("Ändra vårt svar");
    assert.equal(await anna.choice("Vilken insats").count(), 0, "an answer stays with its insats");
    await anna.field("Vad insatsen ledde till för personen").fill("Kom igång och fick anställning.");
    await anna.press("Spara");
    await anna.page.getByText("Kom igång och fick anställning.").waitFor();
});
