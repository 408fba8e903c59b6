#include "app/ops/printing_words.h"

#include <string.h>

#include "app/ops/today.h"
#include "app/plan/dates.h"

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static const char *const months[] = {N_("January"),   N_("February"), N_("March"),    N_("April"),
                                     N_("May"),       N_("June"),     N_("July"),     N_("August"),
                                     N_("September"), N_("October"),  N_("November"), N_("December")};
static const char *const weekdays[] = {N_("Monday"), N_("Tuesday"),  N_("Wednesday"), N_("Thursday"),
                                       N_("Friday"), N_("Saturday"), N_("Sunday")};

const char *printing_words_date(struct arena *a, const char *date)
{
    int32_t day;
    if (!date || dates_parse(&day, date) != OK) {
        return or_empty(date);
    }
    const struct dates_civil c = dates_to_civil(day);
    return or_empty(arena_printf(a, "%d %s %d", c.day, tr(months[c.month - 1]), c.year));
}

const char *printing_words_day(struct arena *a, const char *date)
{
    int32_t day;
    if (!date || dates_parse(&day, date) != OK) {
        return or_empty(date);
    }
    return or_empty(arena_printf(a, "%s %s", tr(weekdays[dates_weekday(day) - 1]), printing_words_date(a, date)));
}

const char *printing_words_time(struct arena *a, const char *time)
{
    int64_t seconds;
    char local[TODAY_LOCAL_LEN + 1];
    if (!time || dates_parse_time(&seconds, time) != OK) {
        return or_empty(time);
    }
    today_format_local(local, seconds); /* YYYY-MM-DD HH:MM */
    local[DATES_TEXT_LEN] = '\0';
    return or_empty(arena_printf(a, tr(N_("%s, at %s")), printing_words_day(a, local), local + DATES_TEXT_LEN + 1));
}

const char *printing_words_period(struct arena *a, const char *from, const char *to)
{
    const char *first = printing_words_date(a, from);
    const char *last = printing_words_date(a, to);
    if (*first && *last) {
        return or_empty(arena_printf(a, tr(N_("from %s to %s")), first, last));
    }
    if (*first) {
        return or_empty(arena_printf(a, tr(N_("from %s")), first));
    }
    return *last ? or_empty(arena_printf(a, tr(N_("until %s")), last)) : "";
}

const char *printing_words_extent(struct arena *a, const char *extent)
{
    static const struct {
        const char *unit;
        const char *words;
    } units[] = {{"%", N_("percent of full time")},
                 {"h", N_("hours a week")},
                 {"halvdagar", N_("half-days a week")},
                 {"halvdag", N_("half-day a week")}};
    const size_t digits = extent ? strspn(extent, "0123456789.,") : 0;
    const char *number = digits > 0 ? arena_text(a, span_of(extent, digits)) : NULL;
    for (size_t i = 0; number && i < sizeof units / sizeof *units; i++) {
        if (strcmp(extent + digits, units[i].unit) == 0) {
            return or_empty(arena_printf(a, "%s %s", number, tr(units[i].words)));
        }
    }
    return or_empty(extent);
}

const char *printing_words_slot(struct arena *a, const struct view_object *slot)
{
    const char *weekday = or_empty(view_get(slot, "weekday"));
    const char *start = view_get(slot, "start");
    const char *end = view_get(slot, "end");
    const bool known = weekday[0] >= '1' && weekday[0] <= '7' && weekday[1] == '\0';
    const char *day = known ? tr(weekdays[weekday[0] - '1']) : "";
    return or_empty(arena_printf(a, "%s %s%s%s", day, or_empty(start), start && end ? "–" : "", or_empty(end)));
}

const char *printing_words_whom(const struct people *p, const struct view_list *functions, const char *whom)
{
    struct uuid id;
    if (!whom || uuid_parse(&id, span_str(whom)) != OK) {
        return "";
    }
    for (size_t i = 0; i < functions->count; i++) {
        if (memcmp(&functions->objects[i].key.id, &id, sizeof id) == 0) {
            return or_empty(view_get(&functions->objects[i], "name"));
        }
    }
    return or_empty(people_name(p, &id));
}
