#include "app/plan/rules_slots.h"

#include <stdlib.h>
#include <string.h>

#include "app/plan/rules_common.h"
#include "app/text/text.h" /* N_ only */

#define DAYS_PER_WEEK 7
#define CLOCK_LEN 5 /* HH:MM */

/* A slot whose activity counts. */
struct booking {
    const struct rules_slot *slot;
    const struct rules_activity *activity;
    const char *place; /* NULL: not known */
};

static const char *const weekdays[] = {N_("Mondays"), N_("Tuesdays"),  N_("Wednesdays"), N_("Thursdays"),
                                       N_("Fridays"), N_("Saturdays"), N_("Sundays")};

static int compare(const void *left, const void *right)
{
    const struct rules_slot *a = ((const struct booking *)left)->slot;
    const struct rules_slot *b = ((const struct booking *)right)->slot;

    if (a->weekday != b->weekday) {
        return a->weekday < b->weekday ? -1 : 1;
    }
    if (a->start != b->start) {
        return a->start < b->start ? -1 : 1;
    }
    return strcmp(a->id, b->id);
}

/* The slots that count, by weekday and start. list has room for all. */
static size_t collect(struct booking *list, const struct rules_run *run)
{
    size_t count = 0;

    for (size_t i = 0; i < run->plan->slot_count; i++) {
        const struct rules_slot *slot = &run->plan->slots[i];
        const struct rules_activity *a = rules_common_find(run, slot->activity);
        if (a && rules_common_counts(a) && slot->weekday >= 1 && slot->weekday <= DAYS_PER_WEEK && slot->start >= 0 &&
            slot->start < slot->end) {
            const char *place = rules_common_has(slot->place) ? slot->place : a->place;
            list[count++] = (struct booking){slot, a, rules_common_has(place) ? place : NULL};
        }
    }
    qsort(list, count, sizeof(*list), compare);
    return count;
}

static bool apart(const struct booking *a, const struct booking *b)
{
    return a->place && b->place && !rules_common_same(a->place, b->place);
}

/* Do they leave too little time? a does not begin after b. */
static bool too_close(const struct booking *a, const struct booking *b, int travel_minutes)
{
    bool overlap = b->slot->start < a->slot->end;

    if (a->activity == b->activity) {
        return overlap && apart(a, b);
    }
    return overlap || (apart(a, b) && b->slot->start - a->slot->end < travel_minutes);
}

/* The first and last of the weekdays that both have; false if there is none. An open end stays open. */
static bool common_days(int32_t *from, int32_t *to, const struct booking *a, const struct booking *b)
{
    int32_t first = a->activity->from > b->activity->from ? a->activity->from : b->activity->from;
    int32_t last = a->activity->to < b->activity->to ? a->activity->to : b->activity->to;

    if (first > last) {
        return false;
    }
    if (first != DATES_OPEN_START) {
        first += (a->slot->weekday - dates_weekday(first) + DAYS_PER_WEEK) % DAYS_PER_WEEK;
    }
    if (last != DATES_OPEN_END) {
        last -= (dates_weekday(last) - a->slot->weekday + DAYS_PER_WEEK) % DAYS_PER_WEEK;
    }
    *from = first;
    *to = last;
    return first <= last && (first == DATES_OPEN_START || dates_is_written(first)) &&
           (last == DATES_OPEN_END || dates_is_written(last));
}

static void put_clock(struct buf *out, int minutes)
{
    buf_printf(out, "%02d:%02d", minutes / 60, minutes % 60);
}

/* "09:00–11:30" */
static void put_time(struct buf *out, const struct rules_slot *slot)
{
    put_clock(out, slot->start);
    buf_put_str(out, "–");
    put_clock(out, slot->end);
}

static void say(struct buf *text, const struct rules_options *options, const struct booking pair[2],
                const struct finding *f)
{
    struct buf b[4] = {{0}, {0}, {0}, {0}};
    bool overlap = pair[1].slot->start < pair[0].slot->end;
    const char *template = overlap
                               ? N_("{a} has booked {kind_a} {time_a} and {b} has booked {kind_b} {time_b} on the "
                                    "same days: {weekday} {when}.")
                               : N_("{a} has booked {kind_a} {time_a} at {place_a} and {b} has booked {kind_b} "
                                    "{time_b} at {place_b}, {weekday} {when}: less than {minutes} minutes between.");

    put_time(&b[0], pair[0].slot);
    put_time(&b[1], pair[1].slot);
    rules_common_put_when(&b[2], options, f->from, f->to);
    buf_printf(&b[3], "%d", options->travel_minutes);
    struct finding_word words[] = {
        {"a", rules_common_party(options, pair[0].activity->owner_name)},
        {"b", rules_common_party(options, pair[1].activity->owner_name)},
        {"kind_a", rules_common_kind(pair[0].activity)},
        {"kind_b", rules_common_kind(pair[1].activity)},
        {"time_a", buf_text(&b[0])},
        {"time_b", buf_text(&b[1])},
        {"place_a", pair[0].place ? pair[0].place : "–"},
        {"place_b", pair[1].place ? pair[1].place : "–"},
        {"weekday", rules_common_tr(options, weekdays[pair[0].slot->weekday - 1])},
        {"when", buf_text(&b[2])},
        {"minutes", buf_text(&b[3])},
    };
    rules_common_say(text, options, template, words, sizeof(words) / sizeof(words[0]));
    for (size_t i = 0; i < 4; i++) {
        buf_free(&b[i]);
    }
}

/* All that matters: the days of the activities, and the times and places of the slots; in order of slot id. */
static void put_matter(struct buf *matter, const struct booking pair[2])
{
    bool turned = strcmp(pair[0].slot->id, pair[1].slot->id) > 0;

    for (size_t i = 0; i < 2; i++) {
        const struct booking *one = &pair[turned ? 1 - i : i];
        rules_common_matter_text(matter, one->slot->id);
        rules_common_matter_number(matter, one->slot->weekday);
        rules_common_matter_number(matter, one->slot->start);
        rules_common_matter_number(matter, one->slot->end);
        rules_common_matter_text(matter, one->place);
        rules_common_matter_text(matter, one->activity->id);
        rules_common_matter_text(matter, rules_common_status(one->activity));
        rules_common_matter_number(matter, one->activity->from);
        rules_common_matter_number(matter, one->activity->to);
    }
}

static enum err check_pair(const struct rules_run *run, const struct booking *a, const struct booking *b)
{
    struct booking pair[2] = {*a, *b};
    struct buf matter = {0};
    struct buf text = {0};
    struct finding *f = NULL;
    int32_t from = 0;
    int32_t to = 0;

    if (!too_close(a, b, run->options->travel_minutes) || !common_days(&from, &to, a, b)) {
        return OK;
    }
    enum err err = rules_common_begin(&f, run, from, to);
    for (size_t i = 0; err == OK && i < 2; i++) {
        err = finding_object(f, pair[i].slot->id);
        err = err == OK ? finding_object(f, pair[i].activity->id) : err;
        err = err == OK ? finding_party(f, pair[i].activity->owner) : err;
    }
    if (err == OK) {
        put_matter(&matter, pair);
        say(&text, run->options, pair, f);
    }
    return rules_common_end(err, f, &matter, &text);
}

/* Only slots that begin before this one is over, and the way is travelled, can clash with it. */
static enum err check_all(const struct rules_run *run, const struct booking *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int until = list[i].slot->end + run->options->travel_minutes;
        for (size_t j = i + 1; j < count && list[j].slot->weekday == list[i].slot->weekday; j++) {
            if (list[j].slot->start >= until) {
                break;
            }
            enum err err = check_pair(run, &list[i], &list[j]);
            if (err != OK) {
                return err;
            }
        }
    }
    return OK;
}

enum err rules_slots_krock(const struct rules_run *run)
{
    struct booking *list = malloc((run->plan->slot_count + 1) * sizeof(*list));
    enum err err = ERR_MEMORY;

    if (list) {
        err = check_all(run, list, collect(list, run));
    }
    free(list);
    return err;
}
