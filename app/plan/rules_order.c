#include "app/plan/rules_order.h"

#include <stdlib.h>
#include <string.h>

#include "app/plan/rules_common.h"
#include "app/plan/rules_krock.h"
#include "app/text/text.h" /* N_ only */

/* ---- activities that depend on each other ---- */

/* Is it known when it begins? What goes on without a first day has begun. */
static bool begins(const struct rules_activity *a)
{
    return a->from != DATES_OPEN_START || rules_common_is(a->status, "pågår");
}

static bool is_dated(const struct rules_activity *a)
{
    return a->from != DATES_OPEN_START || a->to != DATES_OPEN_END;
}

/* Does b, which counts, begin before a, which it depends on, is over, and is that still so? */
static bool too_early(const struct rules_run *run, const struct rules_activity *b, const struct rules_activity *a)
{
    if (!rules_common_planned(a) || !begins(b) || rules_common_passed(run, a->to) || rules_common_passed(run, b->to)) {
        return false;
    }
    if (b->from == DATES_OPEN_START) {
        return true;
    }
    return is_dated(a) ? b->from <= a->to : rules_common_passed(run, (int64_t)b->from - 1);
}

static enum err add_early(const struct rules_run *run, const struct rules_activity *b, const struct rules_activity *a)
{
    struct buf when = {0};
    struct buf matter = {0};
    struct buf text = {0};
    struct finding *f = NULL;
    enum err err = rules_common_begin(&f, run, b->from, a->to < b->to ? a->to : b->to);

    err = err == OK ? finding_object(f, a->id) : err;
    err = err == OK ? finding_object(f, b->id) : err;
    err = err == OK ? finding_party(f, a->owner) : err;
    err = err == OK ? finding_party(f, b->owner) : err;
    rules_common_matter_activity(&matter, a);
    rules_common_matter_activity(&matter, b);
    if (err == OK) {
        rules_common_put_when(&when, run->options, f->from, f->to);
    }
    struct finding_word words[] = {
        {"a", rules_common_party(run->options, a->owner_name)},
        {"b", rules_common_party(run->options, b->owner_name)},
        {"kind_a", rules_common_kind(a)},
        {"kind_b", rules_common_kind(b)},
        {"when", buf_text(&when)},
    };
    rules_common_say(&text, run->options,
                     N_("{b} starts {kind_b} before {kind_a}, {a}, which it depends on, is over ({when})."), words, 5);
    buf_free(&when);
    return rules_common_end(err, f, &matter, &text);
}

static enum err check_depends(const struct rules_run *run, const struct rules_activity *b)
{
    enum err err = OK;

    for (size_t i = 0; err == OK && i < b->depends_count; i++) {
        const struct rules_activity *a = rules_common_find(run, b->depends_on[i]);
        if (a && a != b && too_early(run, b, a) && !rules_krock_waits(run->options, a, b)) {
            err = add_early(run, b, a);
        }
    }
    return err;
}

/* ---- the modules of a group ---- */

static const struct rules_step *step_of(const struct rules_activity *a, const char *id)
{
    for (size_t i = 0; i < a->step_count; i++) {
        if (rules_common_is(id, a->steps[i].id)) {
            return &a->steps[i];
        }
    }
    return NULL;
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool is_completed(const struct rules_activity *a, const struct rules_step *step)
{
    return a->completed_count > 0 &&
           bsearch(&step->id, a->completed, a->completed_count, sizeof(*a->completed), compare_texts) != NULL;
}

/* What is wrong between a step and one that it builds on; NULL: nothing. */
static const char *template_of(const struct rules_run *run, const struct rules_activity *a,
                               const struct rules_step *step, const struct rules_step *needed)
{
    if (step->first == DATES_OPEN_START || is_completed(a, step) || is_completed(a, needed)) {
        return NULL;
    }
    if (!rules_common_passed(run, needed->last)) {
        return step->first < needed->last
                   ? N_("{kind}, {a}: {step} begins {first}, but {needed}, which it builds on, goes on until {last}.")
                   : NULL;
    }
    return a->progress_kept && needed->last != DATES_OPEN_START && !rules_common_passed(run, step->last)
               ? N_("{kind}, {a}: {step} begins {first}, but {needed}, which it builds on and which was over {last}, "
                    "is not completed.")
               : NULL;
}

static enum err add_step(const struct rules_run *run, const struct rules_activity *a, const struct rules_step *step,
                         const struct rules_step *needed, const char *template)
{
    struct buf matter = {0};
    struct buf text = {0};
    struct finding *f = NULL;
    char first[DATES_TEXT_LEN + 1];
    char last[DATES_TEXT_LEN + 1];
    const int32_t to = step->first < needed->last ? needed->last : step->last;
    enum err err = rules_common_begin(&f, run, step->first, to);

    err = err == OK ? finding_object(f, a->id) : err;
    err = err == OK ? finding_object(f, step->id) : err;
    err = err == OK ? finding_object(f, needed->id) : err;
    err = err == OK ? finding_party(f, a->owner) : err;
    rules_common_matter_text(&matter, step->id);
    rules_common_matter_number(&matter, step->first);
    rules_common_matter_number(&matter, needed->last);
    dates_format(first, step->first);
    dates_format(last, needed->last);
    struct finding_word words[] = {
        {"a", rules_common_party(run->options, a->owner_name)},
        {"kind", rules_common_kind(a)},
        {"step", rules_common_has(step->name) ? step->name : "–"},
        {"needed", rules_common_has(needed->name) ? needed->name : "–"},
        {"first", first},
        {"last", last},
    };
    rules_common_say(&text, run->options, template, words, sizeof(words) / sizeof(words[0]));
    return rules_common_end(err, f, &matter, &text);
}

static enum err check_steps(const struct rules_run *run, const struct rules_activity *a)
{
    enum err err = OK;

    for (size_t i = 0; i < a->step_count; i++) {
        const struct rules_step *step = &a->steps[i];
        for (size_t j = 0; err == OK && j < step->requires_count; j++) {
            const struct rules_step *needed = step_of(a, step->requires[j]);
            const char *template = needed && needed != step ? template_of(run, a, step, needed) : NULL;
            if (template) {
                err = add_step(run, a, step, needed, template);
            }
        }
    }
    return err;
}

enum err rules_order_glapp(const struct rules_run *run)
{
    enum err err = OK;

    for (size_t i = 0; err == OK && i < run->plan->activity_count; i++) {
        const struct rules_activity *a = &run->plan->activities[i];
        if (rules_common_counts(a) && !rules_common_elsewhere(run->plan, a->id)) {
            err = check_depends(run, a);
            err = err == OK && !rules_common_passed(run, a->to) ? check_steps(run, a) : err;
        }
    }
    return err;
}
