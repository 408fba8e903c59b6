#include "app/plan/rules_glapp.h"

#include <stdlib.h>
#include <string.h>

#include "app/plan/rules_common.h"
#include "app/text/text.h" /* N_ only */

/* The finding that run->plan itself is the object of, with a sentence that is ready. */
static enum err add_of_plan(const struct rules_run *run, int32_t from, const struct buf *matter, struct buf *text)
{
    struct finding *f = NULL;
    enum err err = rules_common_begin(&f, run, from, DATES_OPEN_END);

    if (err == OK) {
        err = finding_object(f, run->plan->id);
    }
    /* Whoever does something with the person now or did so before is concerned. */
    for (size_t i = 0; err == OK && i < run->plan->activity_count; i++) {
        err = finding_party(f, run->plan->activities[i].owner);
    }
    return err == OK ? finding_finish(f, matter, text) : err;
}

/* Appends template with {date}. */
static void say_date(struct buf *text, const struct rules_options *options, const char *template, int32_t day)
{
    char date[DATES_TEXT_LEN + 1];

    dates_format(date, day);
    finding_say(text, rules_common_tr(options, template), &(struct finding_word){"date", date}, 1);
}

enum err rules_glapp_responsible(const struct rules_run *run)
{
    struct buf matter = {0};
    struct buf text = {0};

    for (size_t i = 0; i < run->plan->huvudansvarig_count; i++) {
        const char *whom = run->plan->huvudansvariga[i].whom;
        if (whom && *whom) {
            return OK;
        }
    }
    buf_put_str(&text, rules_common_tr(run->options, N_("Nobody is set as huvudansvarig.")));
    enum err err = add_of_plan(run, DATES_OPEN_START, &matter, &text);
    buf_free(&matter);
    buf_free(&text);
    return err;
}

/* Somebody has decided on it: only that keeps a person from falling between. */
static bool holds(const struct rules_activity *a)
{
    const char *status = rules_common_status(a);

    return strcmp(status, "beslutad") == 0 || strcmp(status, "pågår") == 0;
}

/* Does something that holds go on, or begin within N days? If not, *next is the first day when something does:
 * DATES_OPEN_END if never. */
static bool is_held(int32_t *next, const struct rules_run *run)
{
    *next = DATES_OPEN_END;
    for (size_t i = 0; i < run->plan->activity_count; i++) {
        const struct rules_activity *a = &run->plan->activities[i];
        if (!holds(a) || !rules_common_placed(a) || rules_common_passed(run, a->to)) {
            continue;
        }
        if (rules_common_passed(run, (int64_t)a->from - run->options->glapp_start_days - 1)) {
            return true;
        }
        *next = a->from < *next ? a->from : *next;
    }
    return false;
}

/* An accepted G1 holds until what holds the person changes: a new activity, other dates, another status. */
static enum err put_holding(struct buf *matter, const struct rules_plan *plan)
{
    struct rules_activity *sorted = malloc((plan->activity_count + 1) * sizeof(*sorted));
    size_t count = 0;

    if (!sorted) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < plan->activity_count; i++) {
        if (holds(&plan->activities[i])) {
            sorted[count++] = plan->activities[i];
        }
    }
    qsort(sorted, count, sizeof(*sorted), rules_common_by_id);
    for (size_t i = 0; i < count; i++) {
        rules_common_matter_text(matter, sorted[i].id);
        rules_common_matter_text(matter, rules_common_status(&sorted[i]));
        rules_common_matter_number(matter, sorted[i].from);
        rules_common_matter_number(matter, sorted[i].to);
    }
    free(sorted);
    return OK;
}

/* The sentence of G1, when the next day is further away than N days, or never. */
static void say_idle(struct buf *text, const struct rules_options *options, int32_t next)
{
    struct buf days = {0};

    if (next != DATES_OPEN_END) {
        say_date(text, options, N_("Nothing is going on now, and nothing starts before {date}."), next);
        return;
    }
    buf_printf(&days, "%d", options->glapp_start_days);
    const char *count = buf_text(&days);
    if (count) {
        finding_say(text,
                    rules_common_tr(options, N_("Nothing is going on now, and nothing starts within {days} days.")),
                    &(struct finding_word){"days", count}, 1);
    } else {
        text->failed = true;
    }
    buf_free(&days);
}

enum err rules_glapp_idle(const struct rules_run *run)
{
    struct buf matter = {0};
    struct buf text = {0};
    int32_t next;

    if (!rules_common_is(run->plan->status, "aktiv") || is_held(&next, run)) {
        return OK;
    }
    say_idle(&text, run->options, next);
    enum err err = put_holding(&matter, run->plan);
    if (err == OK) {
        err = add_of_plan(run, DATES_OPEN_START, &matter, &text);
    }
    buf_free(&matter);
    buf_free(&text);
    return err;
}

/* The sentence of an overdue decision. */
static void say_overdue(struct buf *text, const struct rules_options *options, const struct rules_decision *d)
{
    char due[DATES_TEXT_LEN + 1];
    struct buf quote = {0};

    dates_format(due, d->due);
    rules_common_put_quote(&quote, d->text);
    struct finding_word words[] = {
        {"party", rules_common_party(options, d->party_name)}, {"date", due}, {"text", buf_text(&quote)}};
    rules_common_say(text, options, N_("The decision for {party} was due {date} and is not done: {text}"), words, 3);
    buf_free(&quote);
}

static enum err add_overdue(const struct rules_run *run, const struct rules_decision *d)
{
    struct buf matter = {0};
    struct buf text = {0};
    struct finding *f = NULL;
    enum err err = rules_common_begin(&f, run, d->due, DATES_OPEN_END);

    if (err == OK) {
        err = finding_object(f, d->id);
    }
    if (err == OK) {
        err = finding_party(f, d->party);
    }
    if (err == OK) {
        say_overdue(&text, run->options, d);
        rules_common_matter_number(&matter, d->due);
        rules_common_matter_text(&matter, d->party);
        err = finding_finish(f, &matter, &text);
    }
    buf_free(&matter);
    buf_free(&text);
    return err;
}

/* The plan's own date: missing, or passed. */
static enum err check_follow_up_date(const struct rules_run *run)
{
    struct buf matter = {0};
    struct buf text = {0};
    int32_t day = run->plan->follow_up;

    if (day != DATES_OPEN_START && !rules_common_passed(run, day)) {
        return OK;
    }
    if (day == DATES_OPEN_START) {
        buf_put_str(&text, rules_common_tr(run->options, N_("No date is set for the next follow-up.")));
    } else {
        say_date(&text, run->options, N_("The follow-up was to be on {date}, and no new date is set."), day);
    }
    rules_common_matter_number(&matter, day);
    enum err err = add_of_plan(run, day, &matter, &text);
    buf_free(&matter);
    buf_free(&text);
    return err;
}

enum err rules_glapp_follow_up(const struct rules_run *run)
{
    enum err err = check_follow_up_date(run);

    for (size_t i = 0; err == OK && i < run->plan->decision_count; i++) {
        const struct rules_decision *d = &run->plan->decisions[i];
        if (!d->done && d->due != DATES_OPEN_START && rules_common_passed(run, d->due)) {
            err = add_overdue(run, d);
        }
    }
    return err;
}
