#include "app/ops/picture_fields.h"

#include <string.h>

#include "app/ops/today.h"
#include "app/plan/rules.h"

int32_t picture_fields_day(const struct view_object *object, const char *field, int32_t none)
{
    const char *text = view_get(object, field);
    int32_t day;
    return text && dates_parse(&day, text) == OK ? day : none;
}

int32_t picture_fields_extent(const struct view_object *object, const char *field, int32_t none)
{
    const char *text = view_get(object, field);
    int32_t permille;
    return text && extent_parse(&permille, text) == OK ? permille : none;
}

int picture_fields_clock(const struct view_object *object, const char *field)
{
    const char *text = view_get(object, field);
    int minutes;
    return text && dates_parse_clock(&minutes, text) == OK ? minutes : RULES_NO_CLOCK;
}

bool picture_fields_yes(const char *value)
{
    return value && strcmp(value, "nej") != 0;
}

int32_t picture_fields_written(const struct view_author *by, int32_t none)
{
    const int32_t day = today_in_sweden(by->time_ms / 1000);
    return by->time_ms > 0 && dates_is_written(day) ? day : none;
}

const char *const *picture_fields_members(size_t *count, struct ops *o, const struct view_object *object,
                                          const char *field)
{
    const struct view_field *set = view_field(object, field);
    const char **values = arena_array(o->arena, set ? set->count : 0, sizeof *values);
    *count = values && set ? set->count : 0;
    for (size_t i = 0; i < *count; i++) {
        values[i] = set->values[i].value;
    }
    return values;
}
