#include "app/cli/duration.h"

#include <string.h>

#define DIGITS_MAX 6

enum err duration_parse(uint32_t *seconds, const char *text, uint32_t most)
{
    static const struct {
        const char *unit;
        uint64_t seconds;
    } units[] = {{"", 60}, {"m", 60}, {"s", 1}, {"h", 3600}};
    const size_t digits = strspn(text, "0123456789");
    uint64_t n = 0;
    if (digits == 0 || digits > DIGITS_MAX) {
        return ERR_INPUT;
    }
    for (size_t i = 0; i < digits; i++) {
        n = n * 10 + (uint64_t)(text[i] - '0');
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(text + digits, units[i].unit) == 0) {
            n *= units[i].seconds;
            if (n < 1 || n > most) {
                return ERR_INPUT;
            }
            *seconds = (uint32_t)n;
            return OK;
        }
    }
    return ERR_INPUT;
}
