#include "app/plan/rules_twice.h"

#include <stdlib.h>
#include <string.h>

#include "app/plan/rules_common.h"
#include "app/text/text.h" /* N_ only */

/* One thing that an activity may share with another: its insats, or its kind and text. Sorted so that those which may
 * be the same stand together, by first day. */
struct mark {
    uint64_t hash;
    bool of_insats;
    const struct rules_activity *activity;
};

static int compare(const void *left, const void *right)
{
    const struct mark *a = left;
    const struct mark *b = right;

    if (a->of_insats != b->of_insats) {
        return a->of_insats ? -1 : 1;
    }
    if (a->hash != b->hash) {
        return a->hash < b->hash ? -1 : 1;
    }
    return rules_common_by_day(a->activity, b->activity);
}

/* list has room for two of each activity. */
static size_t collect(struct mark *list, const struct rules_plan *plan)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->activity_count; i++) {
        const struct rules_activity *a = &plan->activities[i];
        if (!rules_common_counts(a) || !rules_common_has(a->owner)) {
            continue;
        }
        if (rules_common_has(a->insats)) {
            list[count++] = (struct mark){rules_common_hash(a->insats), true, a};
        }
        if (rules_common_has(a->kind) && rules_common_has(a->text)) {
            list[count++] = (struct mark){rules_common_hash(a->text), false, a};
        }
    }
    qsort(list, count, sizeof(*list), compare);
    return count;
}

static bool same_insats(const struct rules_activity *a, const struct rules_activity *b)
{
    return rules_common_has(a->insats) && rules_common_is(b->insats, a->insats);
}

/* By this mark: two with the same insats are found by that one alone, whatever their texts. */
static bool is_twice(const struct mark *x, const struct mark *y)
{
    const struct rules_activity *a = x->activity;
    const struct rules_activity *b = y->activity;

    if (strcmp(a->owner, b->owner) == 0) {
        return false;
    }
    if (x->of_insats) {
        return same_insats(a, b);
    }
    return !same_insats(a, b) && rules_common_is(a->kind, b->kind) && rules_common_same(a->text, b->text);
}

static void say(struct buf *text, const struct rules_options *options, const struct rules_activity pair[2],
                const struct finding *f)
{
    struct buf b[2] = {{0}, {0}};
    bool of_insats = same_insats(&pair[0], &pair[1]);
    const char *template = of_insats ? N_("{a} and {b} have both planned the insats {text} {when}.")
                                     : N_("{a} and {b} have both planned {kind} {when}: “{text}”.");
    const char *what = of_insats ? pair[0].insats_name : pair[0].text;

    rules_common_put_when(&b[0], options, f->from, f->to);
    rules_common_put_quote(&b[1], rules_common_has(what) ? what : "–");
    struct finding_word words[] = {
        {"a", rules_common_party(options, pair[0].owner_name)},
        {"b", rules_common_party(options, pair[1].owner_name)},
        {"kind", rules_common_kind(&pair[0])},
        {"when", buf_text(&b[0])},
        {"text", buf_text(&b[1])},
    };
    rules_common_say(text, options, template, words, sizeof(words) / sizeof(words[0]));
    buf_free(&b[0]);
    buf_free(&b[1]);
}

/* a does not begin after b. */
static enum err add(const struct rules_run *run, const struct rules_activity *a, const struct rules_activity *b)
{
    struct rules_activity pair[2] = {*a, *b};
    struct buf matter = {0};
    struct buf text = {0};
    struct finding *f = NULL;
    enum err err = rules_common_begin(&f, run, b->from, a->to < b->to ? a->to : b->to);

    qsort(pair, 2, sizeof(pair[0]), rules_common_by_id);
    for (size_t i = 0; err == OK && i < 2; i++) {
        err = finding_object(f, pair[i].id);
        err = err == OK ? finding_party(f, pair[i].owner) : err;
        rules_common_matter_activity(&matter, &pair[i]);
        rules_common_matter_text(&matter, pair[i].insats);
        rules_common_matter_number(&matter, same_insats(a, b));
    }
    if (err == OK) {
        qsort(pair, 2, sizeof(pair[0]), rules_common_by_day);
        say(&text, run->options, pair, f);
    }
    return rules_common_end(err, f, &matter, &text);
}

enum err rules_twice_krock(const struct rules_run *run)
{
    struct mark *list = malloc((2 * run->plan->activity_count + 1) * sizeof(*list));
    enum err err = OK;

    if (!list) {
        return ERR_MEMORY;
    }
    size_t count = collect(list, run->plan);
    for (size_t i = 0; err == OK && i < count; i++) {
        const struct mark *x = &list[i];
        for (size_t j = i + 1; err == OK && j < count; j++) {
            const struct mark *y = &list[j];
            if (y->hash != x->hash || y->of_insats != x->of_insats || y->activity->from > x->activity->to) {
                break;
            }
            if (is_twice(x, y)) {
                err = add(run, x->activity, y->activity);
            }
        }
    }
    free(list);
    return err;
}
