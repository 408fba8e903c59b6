#include "app/plan/rules_consent.h"

#include "app/plan/rules_common.h"
#include "app/plan/rules_cover.h"
#include "app/text/text.h" /* N_ only */

static bool names(const struct rules_consent *c, const char *party)
{
    for (size_t i = 0; i < c->to_count; i++) {
        if (rules_common_is(c->to[i], party)) {
            return true;
        }
    }
    return false;
}

static enum err add(const struct rules_run *run, const struct rules_activity *a, const struct rules_consent *c,
                    const struct rules_cover_days *days)
{
    struct buf when = {0};
    struct buf matter = {0};
    struct buf text = {0};
    struct finding *f = NULL;
    char end[DATES_TEXT_LEN + 1];
    enum err err = rules_common_begin(&f, run, days->from, days->to);

    err = err == OK ? finding_object(f, a->id) : err;
    err = err == OK ? finding_object(f, c->id) : err;
    err = err == OK ? finding_party(f, a->owner) : err;
    rules_common_matter_activity(&matter, a);
    rules_common_matter_number(&matter, c->until);
    rules_common_matter_number(&matter, c->withdrawn);
    rules_common_matter_number(&matter, days->to);
    dates_format(end, c->until); /* not open: an open end has no gap after it */
    rules_common_put_when(&when, run->options, days->from, days->to);
    struct finding_word words[] = {
        {"a", rules_common_party(run->options, a->owner_name)},
        {"kind", rules_common_kind(a)},
        {"date", end},
        {"when", buf_text(&when)},
    };
    rules_common_say(&text, run->options,
                     c->withdrawn
                         ? N_("The consent that names {a} was withdrawn {date}, and {kind} goes on without one "
                              "{when}.")
                         : N_("The consent that names {a} ends {date}, and {kind} goes on without one {when}."),
                     words, 4);
    buf_free(&when);
    return rules_common_end(err, f, &matter, &text);
}

static size_t periods(struct rules_cover_period *out, const struct rules_run *run, const struct rules_activity *a)
{
    size_t count = 0;

    for (size_t i = 0; i < run->plan->consent_count; i++) {
        const struct rules_consent *c = &run->plan->consents[i];
        if (rules_common_is(c->purpose, "utbyte") && names(c, a->owner)) {
            out[count++] = (struct rules_cover_period){{c->from, c->until}, c->id, c, c->withdrawn};
        }
    }
    return count;
}

/* Is it time to tell of it? */
static bool is_due(const struct rules_run *run, const struct rules_activity *a, const struct rules_cover_days *days)
{
    if (rules_common_passed(run, days->to)) {
        return false;
    }
    return a->to != DATES_OPEN_END || rules_common_passed(run, (int64_t)days->from - run->options->consent_days - 1);
}

static enum err gap(const struct rules_run *run, const struct rules_activity *a, const struct rules_cover_gap *found)
{
    return is_due(run, a, &found->days) ? add(run, a, found->after->what, &found->days) : OK;
}

static bool needs(const struct rules_run *run, const struct rules_activity *a)
{
    return rules_common_counts(a) && rules_common_has(a->owner) && !rules_common_elsewhere(run->plan, a->id) &&
           !rules_common_passed(run, a->to);
}

enum err rules_consent_glapp(const struct rules_run *run)
{
    const struct rules_cover_need need = {needs, periods, run->plan->consent_count, gap};

    return rules_cover_walk(run, &need);
}
