/* Puts FKUI's icons into the page itself, so that no script has to: its own way writes style attributes, which the
 * page's Content-Security-Policy forbids. What it says so is said with attributes instead. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

function sprite(): string {
    const path = createRequire(import.meta.url).resolve("@fkui/icon-lib-default/package.json");
    const svg = readFileSync(path.replace(/package\.json$/, "dist/f/spritesheet.svg"), "utf8");
    return svg
        .replace(/style="([^"]*)"/g, (_: string, css: string) => css.replace(/([a-z-]+):([^;]+);?/g, '$1="$2" '))
        .replace(/<style>\.i\{fill:currentColor\}<\/style>/, "")
        .replace(/class="i"/g, 'fill="currentColor"')
        .replace(/<!--.*?-->/gs, "")
        .replace(/^.*?<svg[^>]*>/s, '<svg xmlns="http://www.w3.org/2000/svg" class="sprite" width="0" height="0" aria-hidden="true">');
}

export function icons(): Plugin {
    return {
        name: "icons",
        transformIndexHtml: (html) => html.replace("<!--icons-->", sprite()),
    };
}
