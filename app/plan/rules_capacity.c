#include "app/plan/rules_capacity.h"

#include <stdlib.h>
#include <string.h>

#include "app/plan/rules_common.h"
#include "app/text/text.h" /* N_ only */

/* A day on which the sums change. load is the sum without rest. */
struct edge {
    int64_t day;
    int32_t total;
    int32_t load;
};

/* An unbroken run of days over a limit. */
struct period {
    int32_t from;
    int32_t to;
    int32_t peak_total; /* the highest sum of all on a day when that was over; 0: never */
    int32_t peak_load;  /* the same without rest */
};

/* What the two sums may be; rules.h, "K1 and rest". */
struct limits {
    int32_t total;
    int32_t load;
};

static struct limits limits_of(const struct rules_run *run)
{
    int32_t agreed = run->plan->capacity_permille;
    int32_t load = agreed > 0 ? agreed : run->options->capacity_permille;

    return (struct limits){.total = load > EXTENT_FULL ? load : EXTENT_FULL, .load = load};
}

static bool is_rest(const struct rules_activity *a)
{
    return rules_common_is(a->kind, "vila/sjukskrivning");
}

static bool adds(const struct rules_activity *a)
{
    return a->extent_permille > 0 && rules_common_counts(a);
}

static int compare_edges(const void *left, const void *right)
{
    const struct edge *a = left;
    const struct edge *b = right;

    return (a->day > b->day) - (a->day < b->day);
}

/* Two edges for each activity that adds: its first day, and the day after its last. */
static size_t make_edges(struct edge *edges, const struct rules_plan *plan)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->activity_count; i++) {
        const struct rules_activity *a = &plan->activities[i];
        int32_t load = is_rest(a) ? 0 : a->extent_permille;
        if (!adds(a)) {
            continue;
        }
        edges[count++] = (struct edge){a->from, a->extent_permille, load};
        if (a->to != DATES_OPEN_END) {
            edges[count++] = (struct edge){(int64_t)a->to + 1, -a->extent_permille, -load};
        }
    }
    qsort(edges, count, sizeof(*edges), compare_edges);
    return count;
}

/* Does a take part in the period? Rest does only where the sum of all was over. */
static bool takes_part(const struct rules_activity *a, const struct period *p)
{
    return adds(a) && a->from <= p->to && a->to >= p->from && (p->peak_total > 0 || !is_rest(a));
}

/* "studier, Hässleholms kommun (75%); praktik, ..." */
static void put_list(struct buf *out, const struct rules_options *options, const struct rules_activity *list,
                     size_t count)
{
    size_t listed = count < RULES_COMMON_LISTED_MAX ? count : RULES_COMMON_LISTED_MAX;

    for (size_t i = 0; i < listed; i++) {
        buf_put_str(out, i > 0 ? "; " : "");
        buf_put_str(out, list[i].kind ? list[i].kind : "–");
        buf_put_str(out, ", ");
        buf_put_str(out, rules_common_party(options, list[i].owner_name));
        buf_put_str(out, " (");
        rules_common_put_extent(out, options, list[i].extent_permille);
        buf_put_str(out, ")");
    }
    rules_common_put_more(out, options, count - listed);
}

/* Rounded up: what is over the limit must not look as if it were not. */
static int percent_up(int32_t permille)
{
    return (int)((permille + 9) / 10);
}

/* The sentence of K1; list is sorted by day. */
static void say_extent(struct buf *text, const struct rules_run *run, const struct period *p,
                       const struct rules_activity *list, size_t count)
{
    struct buf b[4] = {{0}, {0}, {0}, {0}};
    struct limits limits = limits_of(run);
    int32_t limit = p->peak_total > 0 ? limits.total : limits.load;
    const char *template = limit == EXTENT_FULL
                               ? N_("{list}: together up to {peak} of full time {when}.")
                               : N_("{list}: together up to {peak} {when}, but {limit} is what is agreed.");

    put_list(&b[0], run->options, list, count);
    rules_common_put_extent(&b[1], run->options, percent_up(p->peak_total > 0 ? p->peak_total : p->peak_load) * 10);
    rules_common_put_when(&b[2], run->options, p->from, p->to);
    rules_common_put_extent(&b[3], run->options, limit);
    struct finding_word words[] = {
        {"list", buf_text(&b[0])}, {"peak", buf_text(&b[1])}, {"when", buf_text(&b[2])}, {"limit", buf_text(&b[3])}};
    if (words[0].value && words[1].value && words[2].value && words[3].value) {
        finding_say(text, rules_common_tr(run->options, template), words, 4);
    } else {
        text->failed = true;
    }
    for (size_t i = 0; i < 4; i++) {
        buf_free(&b[i]);
    }
}

/* One finding for the period. list has room for every activity. */
static enum err add_period(const struct rules_run *run, const struct period *p, struct rules_activity *list)
{
    const struct rules_plan *plan = run->plan;
    struct buf matter = {0};
    struct buf text = {0};
    struct finding *f = NULL;
    size_t count = 0;
    enum err err = rules_common_begin(&f, run, p->from, p->to);

    for (size_t i = 0; err == OK && i < plan->activity_count; i++) {
        const struct rules_activity *a = &plan->activities[i];
        if (takes_part(a, p)) {
            list[count++] = *a;
            err = finding_object(f, a->id);
            err = err == OK ? finding_party(f, a->owner) : err;
        }
    }
    if (err != OK) {
        return err;
    }
    f->peak_percent = percent_up(p->peak_total > 0 ? p->peak_total : p->peak_load);
    qsort(list, count, sizeof(*list), rules_common_by_id);
    rules_common_matter_number(&matter, limits_of(run).load);
    for (size_t i = 0; i < count; i++) {
        rules_common_matter_activity(&matter, &list[i]);
    }
    qsort(list, count, sizeof(*list), rules_common_by_day);
    say_extent(&text, run, p, list, count);
    err = finding_finish(f, &matter, &text);
    buf_free(&matter);
    buf_free(&text);
    return err;
}

/* Walks the days on which the sums change; a period begins where a sum goes over its limit and ends where none is. */
static enum err sweep(const struct rules_run *run, const struct edge *edges, size_t count, struct rules_activity *list)
{
    struct limits limits = limits_of(run);
    struct period p = {0};
    int32_t total = 0;
    int32_t load = 0;
    bool over = false;

    for (size_t i = 0; i < count;) {
        int64_t day = edges[i].day;
        for (; i < count && edges[i].day == day; i++) {
            total += edges[i].total;
            load += edges[i].load;
        }
        bool now = total > limits.total || load > limits.load;
        if (now && !over) {
            p = (struct period){.from = (int32_t)day, .to = DATES_OPEN_END};
        }
        p.peak_total = total > limits.total && total > p.peak_total ? total : p.peak_total;
        p.peak_load = load > limits.load && load > p.peak_load ? load : p.peak_load;
        if (!now && over) {
            p.to = (int32_t)(day - 1);
            enum err err = add_period(run, &p, list);
            if (err != OK) {
                return err;
            }
        }
        over = now;
    }
    return over ? add_period(run, &p, list) : OK;
}

enum err rules_capacity_krock(const struct rules_run *run)
{
    size_t room = run->plan->activity_count + 1;
    struct edge *edges = malloc(2 * room * sizeof(*edges));
    struct rules_activity *list = malloc(room * sizeof(*list));
    enum err err = ERR_MEMORY;

    if (edges && list) {
        err = sweep(run, edges, make_edges(edges, run->plan), list);
    }
    free(edges);
    free(list);
    return err;
}
