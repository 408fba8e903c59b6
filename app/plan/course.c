#include "app/plan/course.h"

#include <string.h>

static enum course_state state_of(const struct course_module *m, int32_t today)
{
    if (m->completed) {
        return COURSE_COMPLETED;
    }
    if (m->first == DATES_OPEN_START) {
        return COURSE_UNPLANNED;
    }
    return m->first > today ? COURSE_COMING : m->last < today ? COURSE_OVER : COURSE_GOING;
}

static const struct course_module *find(const struct course_module *modules, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(modules[i].id, id) == 0) {
            return &modules[i];
        }
    }
    return NULL;
}

size_t course_stand(struct course_standing *standings, const struct course_module *modules, size_t count, int32_t today)
{
    size_t next = count;
    for (size_t i = 0; i < count; i++) {
        struct course_standing *s = &standings[i];
        *s = (struct course_standing){.state = state_of(&modules[i], today)};
        if (s->state == COURSE_COMPLETED) {
            continue;
        }
        next = next == count ? i : next;
        const bool begun = s->state == COURSE_GOING || s->state == COURSE_OVER;
        for (size_t k = 0; k < modules[i].requires_count; k++) {
            const struct course_module *needed = find(modules, count, modules[i].requires[k]);
            if (!needed || needed == &modules[i] || needed->completed) {
                continue;
            }
            s->waits_for = s->waits_for ? s->waits_for : needed->id;
            s->out_of_order = s->out_of_order || begun || state_of(needed, today) == COURSE_OVER;
        }
    }
    return next;
}

const char *course_state_word(enum course_state state)
{
    static const char *const words[] = {[COURSE_UNPLANNED] = "unplanned",
                                        [COURSE_COMING] = "coming",
                                        [COURSE_GOING] = "going",
                                        [COURSE_OVER] = "over",
                                        [COURSE_COMPLETED] = "completed"};
    return words[state];
}
