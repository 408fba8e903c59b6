#include "app/plan/rules_benefit.h"

#include <stdlib.h>
#include <string.h>

#include "app/plan/rules_common.h"
#include "app/plan/rules_cover.h"
#include "app/text/text.h" /* N_ only */

struct room {
    struct rules_cover_period *periods; /* for every income */
    struct rules_cover_gap *gaps;
};

static bool is_owners(const struct rules_income *income, const struct rules_activity *a)
{
    return a->owner && rules_common_is(income->owner, a->owner);
}

static enum err add(const struct rules_run *run, const struct rules_activity *a, const struct rules_income *income,
                    const struct rules_cover_days *days)
{
    struct buf when = {0};
    struct buf matter = {0};
    struct buf text = {0};
    struct finding *f = NULL;
    char end[DATES_TEXT_LEN + 1];
    enum err err = rules_common_begin(&f, run, days->from, days->to);

    err = err == OK ? finding_object(f, a->id) : err;
    err = err == OK ? finding_object(f, income->id) : err;
    err = err == OK ? finding_party(f, a->owner) : err;
    err = err == OK ? finding_party(f, income->owner) : err;
    rules_common_matter_activity(&matter, a);
    rules_common_matter_text(&matter, a->depends_benefit);
    rules_common_matter_number(&matter, income->to);
    rules_common_matter_number(&matter, days->from);
    rules_common_matter_number(&matter, days->to);
    dates_format(end, income->to); /* not open: an open end has no gap after it */
    rules_common_put_when(&when, run->options, days->from, days->to);
    struct finding_word words[] = {
        {"a", rules_common_party(run->options, a->owner_name)},
        {"b", rules_common_party(run->options, income->owner_name)},
        {"kind", rules_common_kind(a)},
        {"benefit", a->depends_benefit},
        {"date", end},
        {"when", buf_text(&when)},
    };
    rules_common_say(&text, run->options,
                     N_("{a} plans {kind} that depends on {benefit}, which by {b}'s decision ends {date}: it lacks it "
                        "{when}."),
                     words, sizeof(words) / sizeof(words[0]));
    buf_free(&when);
    return rules_common_end(err, f, &matter, &text);
}

static enum err check(const struct rules_run *run, const struct rules_activity *a, const struct room *room)
{
    const struct rules_cover_days need = {a->from, a->to};
    size_t count = 0;
    enum err err = OK;

    for (size_t i = 0; i < run->plan->income_count; i++) {
        const struct rules_income *income = &run->plan->incomes[i];
        if (rules_common_is(income->kind, a->depends_benefit)) {
            room->periods[count++] =
                (struct rules_cover_period){{income->from, income->to}, income->id, income, is_owners(income, a)};
        }
    }
    size_t gap_count = rules_cover_gaps(room->gaps, room->periods, count, &need);
    for (size_t i = 0; err == OK && i < gap_count; i++) {
        const struct rules_income *income = room->gaps[i].after->what;
        if (!is_owners(income, a)) {
            err = add(run, a, income, &room->gaps[i].days);
        }
    }
    return err;
}

enum err rules_benefit_krock(const struct rules_run *run)
{
    size_t size = run->plan->income_count + 1;
    struct room room = {malloc(size * sizeof(*room.periods)), malloc(size * sizeof(*room.gaps))};
    enum err err = room.periods && room.gaps ? OK : ERR_MEMORY;

    for (size_t i = 0; err == OK && i < run->plan->activity_count; i++) {
        const struct rules_activity *a = &run->plan->activities[i];
        /* "ingen" is what a person has who has no benefit: it does not end anything. */
        if (rules_common_counts(a) && rules_common_has(a->depends_benefit) &&
            !rules_common_is(a->depends_benefit, "ingen")) {
            err = check(run, a, &room);
        }
    }
    free(room.periods);
    free(room.gaps);
    return err;
}
