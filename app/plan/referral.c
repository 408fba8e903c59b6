#include "app/plan/referral.h"

#include <stddef.h>
#include <string.h>

static bool is(const char *text, const char *word)
{
    return text && strcmp(text, word) == 0;
}

bool referral_is_answer(const char *status)
{
    return is(status, REFERRAL_TAKEN) || is(status, REFERRAL_REFUSED) || is(status, REFERRAL_HANDED_ON) ||
           is(status, REFERRAL_HANDED_BACK);
}

bool referral_may(const char *from, const char *to)
{
    static const struct {
        const char *from;
        const char *to;
    } ways[] = {
        {REFERRAL_SENT, REFERRAL_SENT},       {REFERRAL_SENT, REFERRAL_TAKEN},
        {REFERRAL_SENT, REFERRAL_REFUSED},    {REFERRAL_SENT, REFERRAL_HANDED_ON},
        {REFERRAL_TAKEN, REFERRAL_HANDED_ON}, {REFERRAL_TAKEN, REFERRAL_HANDED_BACK},
        {REFERRAL_REFUSED, REFERRAL_TAKEN},
    };
    from = from && *from ? from : REFERRAL_SENT;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (is(from, ways[i].from) && is(to, ways[i].to)) {
            return true;
        }
    }
    return false;
}

bool referral_needs_reason(const char *status)
{
    return referral_is_back(status);
}

bool referral_is_back(const char *status)
{
    return is(status, REFERRAL_REFUSED) || is(status, REFERRAL_HANDED_BACK);
}
