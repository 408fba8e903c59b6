#include "app/plan/rules_krock.h"

#include <stdlib.h>
#include <string.h>

#include "app/plan/rules_common.h"
#include "app/text/text.h" /* N_ only */

/* ---- K3: kinds that exclude each other ---- */

static bool matches(const struct rules_side *side, const struct rules_activity *a)
{
    int32_t extent = a->extent_permille;

    if (side->kind && !rules_common_is(a->kind, side->kind)) {
        return false;
    }
    if (extent < 0 && side->missing_is_full) {
        extent = EXTENT_FULL;
    }
    return side->min_permille <= 0 || extent >= side->min_permille;
}

static bool waits_for(const struct rules_activity *b, const struct rules_activity *a)
{
    for (size_t i = 0; i < b->depends_count; i++) {
        if (rules_common_is(b->depends_on[i], a->id)) {
            return true;
        }
    }
    return false;
}

/* Does the row forbid this pair, a on its side a? Both count. */
static bool forbids(const struct rules_exclusion *row, const struct rules_activity *a, const struct rules_activity *b)
{
    if (!matches(&row->a, a) || !matches(&row->b, b)) {
        return false;
    }
    if (row->waits) {
        return b->from != DATES_OPEN_START && b->from <= a->to && waits_for(b, a);
    }
    return a->from <= b->to && b->from <= a->to;
}

/* The sentence of K3: first and second in the order of the row where one waits, otherwise by day. */
static void say_exclusion(struct buf *text, const struct rules_options *options, const struct rules_exclusion *row,
                          const struct rules_activity pair[2], const struct finding *f)
{
    struct buf b[3] = {{0}, {0}, {0}};
    const char *template = N_("{a} plans {kind_a} ({extent_a}) and {b} plans {kind_b} ({extent_b}) {when}; "
                              "one rules out the other.");

    if (row->waits) {
        template = N_("{b} starts {kind_b} before {kind_a}, {a}, which it depends on, is over ({when}).");
    } else if (pair[0].owner && rules_common_is(pair[1].owner, pair[0].owner)) {
        template = N_("{a} plans both {kind_a} ({extent_a}) and {kind_b} ({extent_b}) {when}; "
                      "one rules out the other.");
    }
    rules_common_put_extent(&b[0], options, pair[0].extent_permille);
    rules_common_put_extent(&b[1], options, pair[1].extent_permille);
    rules_common_put_when(&b[2], options, f->from, f->to);
    struct finding_word words[] = {
        {"a", rules_common_party(options, pair[0].owner_name)},
        {"b", rules_common_party(options, pair[1].owner_name)},
        {"kind_a", pair[0].kind ? pair[0].kind : "–"},
        {"kind_b", pair[1].kind ? pair[1].kind : "–"},
        {"extent_a", buf_text(&b[0])},
        {"extent_b", buf_text(&b[1])},
        {"when", buf_text(&b[2])},
    };
    if (words[4].value && words[5].value && words[6].value) {
        finding_say(text, rules_common_tr(options, template), words, sizeof(words) / sizeof(words[0]));
    } else {
        text->failed = true;
    }
    for (size_t i = 0; i < 3; i++) {
        buf_free(&b[i]);
    }
}

static enum err add_exclusion(const struct rules_run *run, const struct rules_exclusion *row,
                              const struct rules_activity *a, const struct rules_activity *b)
{
    struct rules_activity pair[2] = {*a, *b};
    struct buf matter = {0};
    struct buf text = {0};
    struct finding *f = NULL;
    int32_t from = a->from > b->from && !row->waits ? a->from : b->from;
    enum err err = rules_common_begin(&f, run, from, a->to < b->to ? a->to : b->to);

    qsort(pair, 2, sizeof(pair[0]), rules_common_by_id);
    for (size_t i = 0; err == OK && i < 2; i++) {
        err = finding_object(f, pair[i].id);
        err = err == OK ? finding_party(f, pair[i].owner) : err;
        rules_common_matter_activity(&matter, &pair[i]);
    }
    if (err == OK) {
        if (row->waits) {
            pair[0] = *a;
            pair[1] = *b;
        } else {
            qsort(pair, 2, sizeof(pair[0]), rules_common_by_day);
        }
        say_exclusion(&text, run->options, row, pair, f);
        err = finding_finish(f, &matter, &text);
    }
    buf_free(&matter);
    buf_free(&text);
    return err;
}

/* The first row that forbids the pair, in either direction, makes the one finding. */
static enum err check_pair(const struct rules_run *run, const struct rules_activity *a, const struct rules_activity *b)
{
    for (size_t i = 0; i < run->options->exclusion_count; i++) {
        const struct rules_exclusion *row = &run->options->exclusions[i];
        if (forbids(row, a, b)) {
            return add_exclusion(run, row, a, b);
        }
        if (forbids(row, b, a)) {
            return add_exclusion(run, row, b, a);
        }
    }
    return OK;
}

bool rules_krock_waits(const struct rules_options *options, const struct rules_activity *a,
                       const struct rules_activity *b)
{
    for (size_t i = 0; rules_common_counts(a) && i < options->exclusion_count; i++) {
        if (options->exclusions[i].waits && forbids(&options->exclusions[i], a, b)) {
            return true;
        }
    }
    return false;
}

/* Those that count, by first day. list has room for all. */
static size_t collect(struct rules_activity *list, const struct rules_plan *plan)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->activity_count; i++) {
        if (rules_common_counts(&plan->activities[i])) {
            list[count++] = plan->activities[i];
        }
    }
    qsort(list, count, sizeof(*list), rules_common_by_day);
    return count;
}

/* Every two that have a day in common. */
static enum err check_meeting(const struct rules_run *run, const struct rules_activity *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count && list[j].from <= list[i].to; j++) {
            enum err err = check_pair(run, &list[i], &list[j]);
            if (err != OK) {
                return err;
            }
        }
    }
    return OK;
}

/* Every two that have no day in common, of which one waits for the other; each once. */
static enum err check_waiting(const struct rules_run *run, const struct rules_activity *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct rules_activity *b = &list[i];
        for (size_t j = 0; j < b->depends_count; j++) {
            const struct rules_activity *a = rules_common_find(run, b->depends_on[j]);
            if (!a || !rules_common_counts(a) || rules_common_meet(a, b) ||
                (waits_for(a, b) && strcmp(a->id, b->id) < 0)) {
                continue;
            }
            enum err err = check_pair(run, a, b);
            if (err != OK) {
                return err;
            }
        }
    }
    return OK;
}

enum err rules_krock_exclusion(const struct rules_run *run)
{
    struct rules_activity *list = malloc((run->plan->activity_count + 1) * sizeof(*list));

    if (!list) {
        return ERR_MEMORY;
    }
    size_t count = collect(list, run->plan);
    enum err err = check_meeting(run, list, count);
    if (err == OK) {
        err = check_waiting(run, list, count);
    }
    free(list);
    return err;
}

/* ---- K7: several huvudansvariga ---- */

static int compare_heads(const void *left, const void *right)
{
    const struct rules_head *a = left;
    const struct rules_head *b = right;

    return strcmp(a->whom, b->whom);
}

/* The heads that name somebody, sorted, each once. list has room for all. */
static size_t distinct_heads(struct rules_head *list, const struct rules_plan *plan)
{
    size_t found = 0;
    size_t kept = 0;

    for (size_t i = 0; i < plan->huvudansvarig_count; i++) {
        const struct rules_head *head = &plan->huvudansvariga[i];
        if (head->whom && *head->whom) {
            list[found++] = *head;
        }
    }
    qsort(list, found, sizeof(*list), compare_heads);
    for (size_t i = 0; i < found; i++) {
        if (kept == 0 || strcmp(list[kept - 1].whom, list[i].whom) != 0) {
            list[kept++] = list[i];
        }
    }
    return kept;
}

static void say_heads(struct buf *text, const struct rules_options *options, const struct rules_head *list,
                      size_t count)
{
    size_t listed = count < RULES_COMMON_LISTED_MAX ? count : RULES_COMMON_LISTED_MAX;
    struct buf names = {0};

    for (size_t i = 0; i < listed; i++) {
        buf_put_str(&names, i > 0 ? "; " : "");
        buf_put_str(&names, list[i].name && *list[i].name ? list[i].name : list[i].whom);
    }
    rules_common_put_more(&names, options, count - listed);
    const char *joined = buf_text(&names);
    if (joined) {
        finding_say(text, rules_common_tr(options, N_("More than one is set as huvudansvarig: {names}.")),
                    &(struct finding_word){"names", joined}, 1);
    } else {
        text->failed = true;
    }
    buf_free(&names);
}

enum err rules_krock_responsible(const struct rules_run *run)
{
    struct rules_head *list = malloc((run->plan->huvudansvarig_count + 1) * sizeof(*list));
    struct buf matter = {0};
    struct buf text = {0};
    struct finding *f = NULL;
    enum err err = OK;

    if (!list) {
        return ERR_MEMORY;
    }
    size_t count = distinct_heads(list, run->plan);
    if (count > 1) {
        err = rules_common_begin(&f, run, DATES_OPEN_START, DATES_OPEN_END);
        err = err == OK ? finding_object(f, run->plan->id) : err;
        for (size_t i = 0; err == OK && i < count; i++) {
            rules_common_matter_text(&matter, list[i].whom);
            err = finding_party(f, list[i].party);
        }
        if (err == OK) {
            say_heads(&text, run->options, list, count);
            err = finding_finish(f, &matter, &text);
        }
    }
    free(list);
    buf_free(&matter);
    buf_free(&text);
    return err;
}
