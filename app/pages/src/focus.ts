/* The focus is never lost: where what had it goes away or is disabled, it goes to what stands nearest, and back to what was
 * disabled once it can be used again. Whoever presses beside everything has let go of it, and nothing is done. */
let path: Element[] = []; // what had the focus, and all it stands in

const isUsable = (element: Element): boolean => element.isConnected && !element.matches(":disabled");

function remember(event: FocusEvent): void {
    path = [];
    for (let at = event.target as Element | null; at && at !== document.body; at = at.parentElement) {
        path.push(at);
    }
}
/** The heading of what it stood in, or that itself. */
function nearest(): HTMLElement | null {
    const around = path.slice(1).find((one) => one.isConnected && one.matches("section, article, li, form, dialog, main"));
    return around?.querySelector<HTMLElement>("h1, h2, h3") ?? (around as HTMLElement | undefined) ?? null;
}
function look(): void {
    const [had] = path;
    if (!had || (document.activeElement && document.activeElement !== document.body)) {
        return;
    }
    if (isUsable(had)) {
        (had as HTMLElement).focus();
    } else if (!had.isConnected) {
        const next = nearest();
        if (next && !next.hasAttribute("tabindex")) {
            next.tabIndex = -1;
        }
        next?.focus();
    }
}

export function keepFocus(): void {
    document.addEventListener("focusin", remember);
    document.addEventListener("focusout", (event) => {
        const left = event.target as Element;
        window.setTimeout(() => {
            if (left === path[0] && isUsable(left) && document.activeElement !== left) { // a form leaves a field and comes back
                path = [];
            }
        });
    });
    new MutationObserver(look).observe(document.body, {
        childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"],
    });
}
