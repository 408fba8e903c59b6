/* v-rules="{ required: {}, extent: {} }": FKUI's validation with rules that are data; its own v-validation wants them
 * written into the template. */
import { isValidatableHTMLElement, ValidationService, type ValidatableHTMLElement, type ValidatorConfigs } from "@fkui/logic";
import type { Directive } from "vue";

function input(element: HTMLElement): ValidatableHTMLElement {
    return isValidatableHTMLElement(element)
        ? element
        : element.querySelector<HTMLInputElement>("input, textarea, select")!;
}

export const vRules: Directive<HTMLElement, ValidatorConfigs> = {
    beforeMount: (element, binding) => ValidationService.addValidatorsToElement(input(element), binding.value),
    mounted: (element) => ValidationService.validateElement(input(element)),
    beforeUnmount(element) {
        const gone = input(element);
        const detail = { elementId: gone.id };
        gone.dispatchEvent(new CustomEvent("component-unmount", { bubbles: true, detail })); // the form forgets its error
        ValidationService.removeValidatorsFromElement(gone);
    },
};
