#include "app/cli/since.h"

#include "app/plan/dates.h"

#define DAY_MS 86400000

enum err since_parse(int64_t *out, struct call *c, const char *text)
{
    int32_t day;
    int64_t seconds;
    *out = INT64_MIN;
    if (!text) {
        return OK;
    }
    if (dates_parse(&day, text) == OK) {
        *out = (int64_t)day * DAY_MS;
        return OK;
    }
    if (dates_parse_time(&seconds, text) == OK) {
        *out = seconds * 1000;
        return OK;
    }
    return why_set(&c->ops.why, ERR_INPUT, N_("not a day or time: expected YYYY-MM-DD or YYYY-MM-DDTHH:MMZ"),
                   "--since %s", text);
}
