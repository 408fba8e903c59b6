#include "app/plan/value.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "app/plan/dates.h"
#include "app/plan/extent.h"
#include "app/plan/finding.h"
#include "app/plan/idnumber.h"
#include "app/text/text.h" /* N_ only */
#include "crypto/ids.h"

/* Fields that ask for more, or allow more, than their form says; found by name, for names never change. */
struct special {
    const char *type;
    const char *field;
};
struct range {
    struct special of;
    int64_t min;
    int64_t max;
    const char *expected;
};

/* Registers of FORM_TEXT that hold sentences. */
static const struct special long_registers[] = {
    {"note", "text"},          {"decision", "text"},        {"proposal", "value"},
    {"proposal", "why"},       {"remiss", "status_reason"}, {"outcome", "individual"},
    {"outcome", "own_effort"}, {"outcome", "samverkan"},    {"insats", "purpose"},
    {"insats", "goals"},       {"insats", "referral"},      {"policy", "value"},
    {"acceptance", "why"},     {"reentry", "why"},          {"agreement", "opinion"},
    {"plan", "left_open"},     {"reentry", "left_open"},
};

/* People often know that something is done but not which day: "ja" (and "nej") is honest, a made-up day is not. */
static const struct special day_or_yes[] = {
    {"goal", "reached"},       {"decision", "done"},  {"consent", "withdrawn"},
    {"progress", "completed"}, {"remiss", "settled"},
};

/* Texts that a program made. */
static const struct special fingerprints[] = {
    {"acceptance", "finding"}, {"acceptance", "matter"}, {"agreement", "matter"}};

static const struct range ranges[] = {
    {{"person", "birth_year"}, 1850, DATES_YEAR_MAX, N_("a year, four digits")},
    {{"slot", "weekday"}, 1, 7, N_("a weekday: 1 Monday to 7 Sunday")},
    {{"module", "order"}, 1, 999, N_("a place in the order: 1 to 999")},
};

/* 999 999 999 999 999 kronor is enough; a double in a JSON reader still holds it exactly. */
#define NUMBER_DIGITS_MAX 15

static bool is(const struct special *s, const struct schema_type *type, const struct schema_field *field)
{
    return strcmp(s->type, type->name) == 0 && strcmp(s->field, field->name) == 0;
}

static bool is_among(const struct special *list, size_t count, const struct schema_type *type,
                     const struct schema_field *field)
{
    for (size_t i = 0; i < count; i++) {
        if (is(&list[i], type, field)) {
            return true;
        }
    }
    return false;
}

size_t value_max(const struct schema_type *type, const struct schema_field *field)
{
    if (field->merge == MERGE_TEXT || field->merge == MERGE_ENTRIES ||
        is_among(long_registers, sizeof(long_registers) / sizeof(long_registers[0]), type, field)) {
        return VALUE_TEXT_MAX;
    }
    return VALUE_SHORT_MAX;
}

/* Control characters (C0 but tab and line ends, DEL, C1) have no meaning in a text for people, and can take over a
 * terminal that shows them. */
static bool has_controls(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if ((*p < 0x20 && *p != '\t' && *p != '\n' && *p != '\r') || *p == 0x7f) {
            return true;
        }
        if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f) {
            return true;
        }
    }
    return false;
}

/* As app/plan/finding.h writes ids and fingerprints. */
static bool is_fingerprint(const char *text)
{
    return strlen(text) == FINDING_ID_LEN && strspn(text, "0123456789abcdef") == FINDING_ID_LEN;
}

static const char *expects_text(const struct schema_type *type, const struct schema_field *field, const char *value)
{
    if (strcmp(type->name, "identity") == 0 && strcmp(field->name, "number") == 0) {
        return idnumber_check(value) != IDNUMBER_NONE ? NULL : N_("a personnummer or samordningsnummer, twelve digits");
    }
    if (is_among(fingerprints, sizeof(fingerprints) / sizeof(fingerprints[0]), type, field)) {
        return is_fingerprint(value) ? NULL : N_("an id of 32 characters, 0 to 9 and a to f");
    }
    return has_controls(value) ? N_("a text without control characters") : NULL;
}

static const char *expects_word(const struct schema_field *field, const char *value)
{
    for (const char *const *word = field->words; *word; word++) {
        if (strcmp(*word, value) == 0) {
            return NULL;
        }
    }
    return N_("one of the field's words");
}

static const char *expects_date(const struct schema_type *type, const struct schema_field *field, const char *value)
{
    int32_t day = 0;
    bool yes_too = is_among(day_or_yes, sizeof(day_or_yes) / sizeof(day_or_yes[0]), type, field);

    if (dates_parse(&day, value) == OK || (yes_too && (strcmp(value, "ja") == 0 || strcmp(value, "nej") == 0))) {
        return NULL;
    }
    return yes_too ? N_("a date, YYYY-MM-DD, or ja or nej") : N_("a date, YYYY-MM-DD, of 1900 to 2199");
}

static const char *expects_time(const char *value)
{
    int64_t seconds = 0;

    return dates_parse_time(&seconds, value) == OK ? NULL : N_("a time in UTC, YYYY-MM-DDTHH:MMZ");
}

static const char *expects_clock(const char *value)
{
    int minutes = 0;

    return dates_parse_clock(&minutes, value) == OK ? NULL : N_("a time of day, HH:MM");
}

static const char *expects_id(const char *value, const char *expected)
{
    struct uuid id;

    return uuid_parse(&id, span_str(value)) == OK ? NULL : expected;
}

static const char *expects_extent(const char *value)
{
    int32_t permille = 0;

    return extent_parse(&permille, value) == OK ? NULL : N_("an extent a week: 75%, 30h or 4halvdagar, at most 200%");
}

static const char *expects_number(const struct schema_type *type, const struct schema_field *field, const char *value)
{
    static const char *const whole = N_("a whole number, digits only");
    size_t len = strlen(value);
    int64_t number = 0;

    if (len > NUMBER_DIGITS_MAX || (len > 1 && value[0] == '0')) {
        return whole;
    }
    for (size_t i = 0; i < len; i++) {
        if (value[i] < '0' || value[i] > '9') {
            return whole;
        }
        number = number * 10 + (value[i] - '0');
    }
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        if (is(&ranges[i].of, type, field) && (number < ranges[i].min || number > ranges[i].max)) {
            return ranges[i].expected;
        }
    }
    return NULL;
}

static const char *expects_yesno(const char *value)
{
    return strcmp(value, "ja") == 0 || strcmp(value, "nej") == 0 ? NULL : N_("ja or nej");
}

const char *value_expects(const struct schema_type *type, const struct schema_field *field, const char *value)
{
    size_t max = value_max(type, field);
    size_t len = strlen(value);

    if (len == 0) {
        return N_("a value that is not empty");
    }
    if (len > max) {
        return max == VALUE_TEXT_MAX ? N_("a text of at most 65536 bytes") : N_("a text of at most 1000 bytes");
    }
    switch (field->form) {
    case FORM_TEXT:
        return expects_text(type, field, value);
    case FORM_WORD:
        return expects_word(field, value);
    case FORM_DATE:
        return expects_date(type, field, value);
    case FORM_TIME:
        return expects_time(value);
    case FORM_REF:
        return expects_id(value, N_("the id of an object"));
    case FORM_WHOM:
        return expects_id(value, N_("the id of a party, a member or a function"));
    case FORM_EXTENT:
        return expects_extent(value);
    case FORM_NUMBER:
        return expects_number(type, field, value);
    case FORM_YESNO:
        return expects_yesno(value);
    case FORM_CLOCK:
        return expects_clock(value);
    }
    return N_("a value of a kind that this version knows");
}
