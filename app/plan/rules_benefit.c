#include "app/plan/rules_benefit.h"

#include "app/plan/rules_common.h"
#include "app/plan/rules_cover.h"
#include "app/text/text.h" /* N_ only */

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

static size_t periods(struct rules_cover_period *out, const struct rules_run *run, const struct rules_activity *a)
{
    size_t count = 0;

    for (size_t i = 0; i < run->plan->income_count; i++) {
        const struct rules_income *income = &run->plan->incomes[i];
        if (rules_common_is(income->kind, a->depends_benefit)) {
            out[count++] =
                (struct rules_cover_period){{income->from, income->to}, income->id, income, is_owners(income, a)};
        }
    }
    return count;
}

static enum err gap(const struct rules_run *run, const struct rules_activity *a, const struct rules_cover_gap *found)
{
    const struct rules_income *income = found->after->what;

    return is_owners(income, a) ? OK : add(run, a, income, &found->days);
}

/* "ingen" is what a person has who has no benefit: it does not end anything. */
static bool needs(const struct rules_run *run, const struct rules_activity *a)
{
    (void)run;
    return rules_common_counts(a) && rules_common_has(a->depends_benefit) &&
           !rules_common_is(a->depends_benefit, "ingen");
}

enum err rules_benefit_krock(const struct rules_run *run)
{
    const struct rules_cover_need need = {needs, periods, run->plan->income_count, gap};

    return rules_cover_walk(run, &need);
}
