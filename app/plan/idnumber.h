/* Is a text a well-formed personnummer or samordningsnummer?
 *
 * Form only: 12 digits, the Luhn check digit over the last ten, and a date: for a personnummer a day of the calendar;
 * for a samordningsnummer month 00 to 12 and day 60 to 91, for its birth date may be unknown or approximate. Whether
 * the number was ever given to anyone is not known here. Birth date and sex are deliberately not derived: a person may
 * have several numbers, and what they seem to say is not evidence (design: domain). */
#ifndef APP_PLAN_IDNUMBER_H
#define APP_PLAN_IDNUMBER_H

#define IDNUMBER_LEN 12

enum idnumber_kind {
    IDNUMBER_NONE, /* neither */
    IDNUMBER_PERSONNUMMER,
    IDNUMBER_SAMORDNINGSNUMMER,
};

/* text is zero-terminated; no dash, no spaces: what people type is stripped of them before it comes here. */
enum idnumber_kind idnumber_check(const char *text);

#endif
