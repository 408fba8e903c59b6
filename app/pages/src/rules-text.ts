/* The name of a rule (K1 …), which stands beside the sentence that the program made. */
import { named } from "./text";

export const rulesOf = (rule: string): string => `${named("rule", rule)} (${rule})`;
