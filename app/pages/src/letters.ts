/* Files that bring a device in: saved from the page, and chosen into it. */
import type { Letter } from "./api";

/** Hands a letter to the browser to save. */
export function saveLetter(letter: Letter): void {
    const bytes = Uint8Array.from(atob(letter.file), (c) => c.charCodeAt(0));
    const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = letter.name;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(address), 1000);
}
