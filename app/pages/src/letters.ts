/* Files that bring a device in: saved from the page, and chosen into it. */
import type { Letter } from "./api";

/** Hands a letter to the browser to save. */
export function saveLetter(letter: Letter): void {
    const address = URL.createObjectURL(new Blob([letter.file], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = letter.name;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(address), 1000);
}
