/* Fields and values as people read them. */
import type { Names } from "./names";
import { named, t } from "./text";
import { dayLong, timeLong } from "./text/dates";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MINUTE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$/;

export const fieldText = (type: string, field: string): string => named(`field.${type}`, field);

export function valueText(value: string | null | undefined, names: Names): string {
    if (!value) {
        return t("empty");
    }
    const known = names.of(value);
    if (known !== value) {
        return known;
    }
    return UUID.test(value) ? t("value.other") : DAY.test(value) ? dayLong(value) : MINUTE.test(value) ? timeLong(value) : value;
}
