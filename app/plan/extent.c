#include "app/plan/extent.h"

#include <stddef.h>
#include <string.h>

/* How many tenths of a permille a tenth of the unit is: 0.1 % is 1 permille, 0.1 h is 2.5, 0.1 half-day is 10. */
struct unit {
    const char *name;
    int32_t tenths; /* of a permille, per tenth of the unit */
};

static const struct unit units[] = {{"%", 10}, {"h", 25}, {"halvdagar", 100}};

/* A longer number cannot be within EXTENT_MAX; it keeps the arithmetic far from overflow. */
#define WHOLE_DIGITS_MAX 3

/* Reads a whole number or one decimal in tenths, and moves *text past it. -1 if there is none. */
static int32_t tenths_of(const char **text)
{
    const char *p = *text;
    int32_t value = 0;
    int count = 0;

    for (; *p >= '0' && *p <= '9'; p++, count++) {
        if (count == WHOLE_DIGITS_MAX || (count == 1 && value == 0)) {
            return -1;
        }
        value = value * 10 + (*p - '0');
    }
    if (count == 0) {
        return -1;
    }
    value *= 10;
    if (*p == '.' || *p == ',') {
        p++;
        if (*p < '0' || *p > '9') {
            return -1;
        }
        value += *p - '0';
        p++;
    }
    *text = p;
    return value;
}

enum err extent_parse(int32_t *permille, const char *text)
{
    if (strcmp(text, "1halvdag") == 0) {
        *permille = EXTENT_FULL / 10;
        return OK;
    }
    int32_t tenths = tenths_of(&text);
    if (tenths < 0) {
        return ERR_INPUT;
    }
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(text, units[i].name) == 0) {
            int32_t value = tenths * units[i].tenths / 10;
            if (value < EXTENT_MIN || value > EXTENT_MAX) {
                return ERR_INPUT;
            }
            *permille = value;
            return OK;
        }
    }
    return ERR_INPUT;
}
