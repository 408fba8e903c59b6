/* Files that bring a device in: saved from the page, and chosen into it. */
import type { Letter } from "./api";

/** Hands a letter to the browser to save. */
export const saveLetter = (letter: Letter): void => saveFile(new Blob([letter.file], { type: "text/plain" }), letter.name);

/** Hands a file to the browser to save under that name. */
export function saveFile(content: Blob, name: string): void {
    const address = URL.createObjectURL(content);
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(address), 1000);
}
