/* The measuring half of bench_pages.py: bench_pages.mjs HOME TODAY TIMES. Medians, each after the server and the page have
 * been used once; from the click's own time stamp to the frame after the last change that made the screen. */
import { Site, startBrowser, stopBrowser } from "../web/site.mjs";

const [home, today, times] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const READING_MS = 1500;
const GOALS = { "first paint": 500, "person page": 300, news: 300 };
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** In the page, before its own script: when was the click, and when was the screen there and painted. */
function timing() {
    let clicked = 0;
    addEventListener("click", (event) => (clicked = event.timeStamp), true);
    window.untilDrawn = (selector, gone) => new Promise((drawn) => {
        const look = () => {
            if (document.querySelector(selector) && !document.querySelector(gone)) {
                watcher.disconnect();
                requestAnimationFrame(() => {
                    const { port1, port2 } = new MessageChannel();
                    port1.onmessage = () => drawn(performance.now() - clicked); // after the frame was made
                    port2.postMessage(0);
                });
            }
        };
        const watcher = new MutationObserver(look);
        watcher.observe(document, { childList: true, subtree: true, attributes: true });
        look();
    });
}

const LIST = ".persons__name";
const requests = [];
async function measure(site, link, selector, gone) {
    requests.length = 0;
    const drawn = site.page.evaluate(([s, g]) => window.untilDrawn(s, g), [selector, gone]);
    await link.click();
    return await drawn;
}
async function paint(page) {
    return await page.evaluate(() => new Promise((painted) => {
        new PerformanceObserver((list, me) => {
            const first = list.getEntriesByName("first-contentful-paint")[0];
            if (first) {
                me.disconnect();
                painted(first.startTime);
            }
        }).observe({ type: "paint", buffered: true });
    }));
}

const results = { "first paint": [], "person page": [], news: [] };
let shown = 0;

async function run(site) {
    const { page } = site;
    await page.addInitScript(timing);
    page.on("requestfinished", (request) => {
        const { responseEnd, requestStart } = request.timing();
        requests.push(`${new URL(request.url()).pathname} ${Math.round(responseEnd - requestStart)} ms`);
    });
    /** Somebody reads, and the page has all it asked for. With VERBOSE set: what that was, and how long each answer took. */
    const read = async (what) => {
        await page.waitForTimeout(READING_MS);
        if (process.env.VERBOSE) {
            console.error(what, Math.round(results[what].at(-1)), requests.join(", "));
        }
    };
    await site.heading("Lås upp samplan"); // the ticket has been given for a session
    for (let i = 0; i <= times; i++) {
        await page.reload();
        results["first paint"].push(await paint(page));
    }
    await site.unlock();
    const nav = page.getByRole("navigation", { name: "Huvudmeny" });
    await page.locator(LIST).first().waitFor();
    shown = await page.locator(LIST).count();
    for (let i = 0; i <= times; i++) {
        const person = page.locator(LIST).nth(Math.floor((i * shown) / (times + 1)));
        results["person page"].push(await measure(site, person, ".axis svg, .axis__switch ~ .scroller", LIST));
        await read("person page");
        results.news.push(await measure(site, nav.getByRole("link", { name: /^Nytt/ }), "#changes", ".axis"));
        await read("news");
        await nav.getByRole("link", { name: "Mina personer" }).click();
        await page.locator(LIST).first().waitFor();
    }
}

await startBrowser();
const site = new Site(home, process.env.PASSPHRASE, ["--today", today]);
try {
    await run(await site.start());
} finally {
    await site.stop();
    await stopBrowser();
}

let late = false;
for (const [what, [, ...runs]] of Object.entries(results)) {
    const goal = GOALS[what];
    late ||= median(runs) > goal;
    console.log(`${what}: median ${Math.round(median(runs))} ms of ${runs.length} (${Math.round(Math.min(...runs))} to ` +
        `${Math.round(Math.max(...runs))}); goal ${goal}`);
}
console.log(`persons in the list: ${shown}${site.faults.map((fault) => `\n${fault}`).join("")}`);
process.exit(late || site.faults.length > 0 ? 1 : 0);
