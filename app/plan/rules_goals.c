#include "app/plan/rules_goals.h"

#include <stdlib.h>
#include <string.h>

#include "app/plan/rules_common.h"
#include "app/text/text.h" /* N_ only */

/* A goal that is one party's, a main goal, and not reached. */
static bool is_own_main_goal(const struct rules_goal *g)
{
    return !g->reached && rules_common_has(g->owner) && rules_common_has(g->kind) &&
           !rules_common_is(g->kind, "delmål");
}

static bool same_horizon(const struct rules_goal *a, const struct rules_goal *b, int days)
{
    if (a->target_date == DATES_OPEN_END || b->target_date == DATES_OPEN_END) {
        return a->target_date == b->target_date;
    }
    int64_t apart = (int64_t)a->target_date - b->target_date;
    return apart <= days && -apart <= days;
}

static bool kinds_contradict(const struct rules_options *options, const char *a, const char *b)
{
    for (size_t i = 0; i < options->contradiction_count; i++) {
        const struct rules_contradiction *row = &options->contradictions[i];
        if ((rules_common_is(a, row->a) && rules_common_is(b, row->b)) ||
            (rules_common_is(a, row->b) && rules_common_is(b, row->a))) {
            return true;
        }
    }
    return false;
}

/* Has the owner of mine, for theirs' horizon, also a main goal of theirs' kind? */
static bool shares(const struct rules_run *run, const struct rules_goal *const *list, size_t count,
                   const struct rules_goal *const pair[2])
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i]->owner, pair[0]->owner) == 0 && strcmp(list[i]->kind, pair[1]->kind) == 0 &&
            same_horizon(list[i], pair[1], run->options->goal_days)) {
            return true;
        }
    }
    return false;
}

/* " by 2027-06-30", or nothing. */
static void put_by(struct buf *out, const struct rules_options *options, int32_t day)
{
    char date[DATES_TEXT_LEN + 1];

    if (day != DATES_OPEN_END) {
        dates_format(date, day);
        rules_common_say(out, options, N_(" by {date}"), &(struct finding_word){"date", date}, 1);
    }
}

/* pair is in order of id. */
static enum err add(const struct rules_run *run, const struct rules_goal *const pair[2])
{
    struct buf b[2] = {{0}, {0}};
    struct buf matter = {0};
    struct buf text = {0};
    struct finding *f = NULL;
    int32_t to = pair[0]->target_date > pair[1]->target_date ? pair[0]->target_date : pair[1]->target_date;
    enum err err = rules_common_begin(&f, run, DATES_OPEN_START, to);

    for (size_t i = 0; err == OK && i < 2; i++) {
        err = finding_object(f, pair[i]->id);
        err = err == OK ? finding_party(f, pair[i]->owner) : err;
        rules_common_matter_text(&matter, pair[i]->id);
        rules_common_matter_text(&matter, pair[i]->kind);
        rules_common_matter_number(&matter, pair[i]->target_date);
        put_by(&b[i], run->options, pair[i]->target_date);
    }
    struct finding_word words[] = {
        {"a", rules_common_party(run->options, pair[0]->owner_name)},
        {"b", rules_common_party(run->options, pair[1]->owner_name)},
        {"kind_a", pair[0]->kind},
        {"kind_b", pair[1]->kind},
        {"by_a", buf_text(&b[0])},
        {"by_b", buf_text(&b[1])},
    };
    rules_common_say(&text, run->options,
                     N_("{a} aims at {kind_a}{by_a} and {b} at {kind_b}{by_b}: the main goals contradict each other."),
                     words, sizeof(words) / sizeof(words[0]));
    buf_free(&b[0]);
    buf_free(&b[1]);
    return rules_common_end(err, f, &matter, &text);
}

static enum err check_pair(const struct rules_run *run, const struct rules_goal *const *list, size_t count,
                           const struct rules_goal *const pair[2])
{
    const struct rules_goal *turned[2] = {pair[1], pair[0]};

    if (strcmp(pair[0]->owner, pair[1]->owner) == 0 || !kinds_contradict(run->options, pair[0]->kind, pair[1]->kind) ||
        !same_horizon(pair[0], pair[1], run->options->goal_days) || shares(run, list, count, pair) ||
        shares(run, list, count, turned)) {
        return OK;
    }
    return add(run, pair);
}

static int compare(const void *left, const void *right)
{
    const struct rules_goal *const *a = left;
    const struct rules_goal *const *b = right;

    return strcmp((*a)->id, (*b)->id);
}

enum err rules_goals_krock(const struct rules_run *run)
{
    const struct rules_goal **list = malloc((run->plan->goal_count + 1) * sizeof(*list));
    size_t count = 0;
    enum err err = OK;

    if (!list) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < run->plan->goal_count; i++) {
        if (is_own_main_goal(&run->plan->goals[i])) {
            list[count++] = &run->plan->goals[i];
        }
    }
    qsort(list, count, sizeof(*list), compare);
    for (size_t i = 0; err == OK && i < count; i++) {
        for (size_t j = i + 1; err == OK && j < count; j++) {
            const struct rules_goal *const pair[2] = {list[i], list[j]};
            err = check_pair(run, list, count, pair);
        }
    }
    free(list);
    return err;
}
