#include "app/plan/rules_answer.h"

#include "app/plan/rules_common.h"
#include "app/text/text.h" /* N_ only */

/* ---- G2 ---- */

/* NULL: there is one. */
static const char *template_of(const struct rules_activity *a)
{
    if (!rules_common_has(a->responsible)) {
        return N_("Nobody is responsible for {kind}, {a}, {when}.");
    }
    switch (a->presence) {
    case RULES_PRESENT:
        return NULL;
    case RULES_LEFT:
        return N_("The one responsible for {kind}, {a}, {when} has left.");
    case RULES_VACANT:
        return N_("Nobody holds the function that is responsible for {kind}, {a}, {when}.");
    }
    return NULL;
}

/* It needs somebody even where it is not placed in time, but not when its days have passed. */
static bool needs_somebody(const struct rules_run *run, const struct rules_activity *a)
{
    return rules_common_planned(a) && !rules_common_passed(run, a->to);
}

static enum err add_responsible(const struct rules_run *run, const struct rules_activity *a, const char *template)
{
    struct buf when = {0};
    struct buf matter = {0};
    struct buf text = {0};
    struct finding *f = NULL;
    enum err err = rules_common_begin(&f, run, a->from, a->to);

    err = err == OK ? finding_object(f, a->id) : err;
    err = err == OK ? finding_party(f, a->owner) : err;
    rules_common_matter_activity(&matter, a);
    rules_common_matter_text(&matter, a->responsible);
    rules_common_matter_number(&matter, (int32_t)a->presence);
    rules_common_put_when(&when, run->options, a->from, a->to);
    struct finding_word words[] = {
        {"a", rules_common_party(run->options, a->owner_name)},
        {"kind", rules_common_kind(a)},
        {"when", buf_text(&when)},
    };
    rules_common_say(&text, run->options, template, words, 3);
    buf_free(&when);
    return rules_common_end(err, f, &matter, &text);
}

enum err rules_answer_responsible(const struct rules_run *run)
{
    enum err err = OK;

    for (size_t i = 0; err == OK && i < run->plan->activity_count; i++) {
        const struct rules_activity *a = &run->plan->activities[i];
        const char *template = template_of(a);
        if (template && !rules_common_elsewhere(run->plan, a->id) && needs_somebody(run, a)) {
            err = add_responsible(run, a, template);
        }
    }
    return err;
}

/* ---- G4 ---- */

static bool is_unanswered(const struct rules_remiss *r)
{
    return r->sent != DATES_OPEN_START && (!rules_common_has(r->status) || rules_common_is(r->status, "anmäld"));
}

static enum err add_remiss(const struct rules_run *run, const struct rules_remiss *r)
{
    struct buf days = {0};
    struct buf matter = {0};
    struct buf text = {0};
    struct finding *f = NULL;
    char sent[DATES_TEXT_LEN + 1];
    enum err err = rules_common_begin(&f, run, r->sent + run->options->remiss_days, DATES_OPEN_END);

    err = err == OK ? finding_object(f, r->id) : err;
    err = err == OK ? finding_party(f, r->from) : err;
    err = err == OK ? finding_party(f, r->to) : err;
    rules_common_matter_number(&matter, r->sent);
    rules_common_matter_text(&matter, r->from);
    rules_common_matter_text(&matter, r->to);
    dates_format(sent, r->sent);
    buf_printf(&days, "%d", run->options->remiss_days);
    struct finding_word words[] = {
        {"a", rules_common_party(run->options, r->from_name)},
        {"b", rules_common_party(run->options, r->to_name)},
        {"date", sent},
        {"days", buf_text(&days)},
    };
    rules_common_say(&text, run->options,
                     N_("The referral of {date} from {a} to {b} is not answered; it should be within {days} days."),
                     words, 4);
    buf_free(&days);
    return rules_common_end(err, f, &matter, &text);
}

enum err rules_answer_remiss(const struct rules_run *run)
{
    enum err err = OK;

    for (size_t i = 0; err == OK && i < run->plan->remiss_count; i++) {
        const struct rules_remiss *r = &run->plan->remisser[i];
        if (is_unanswered(r) && rules_common_passed(run, (int64_t)r->sent + run->options->remiss_days)) {
            err = add_remiss(run, r);
        }
    }
    return err;
}
