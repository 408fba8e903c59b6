#include "app/ops/picture_progress.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/picture_fields.h"

/* One note: of an activity, a module that may be completed. */
struct note {
    const char *activity;
    const char *module;
    bool completed;
};

static int by_activity(const void *a, const void *b)
{
    const struct note *x = a;
    const struct note *y = b;
    const int order = strcmp(x->activity, y->activity);
    return order != 0 ? order : strcmp(x->module, y->module);
}

static size_t gather(struct note *notes, const struct view_list *lists, size_t list_count)
{
    size_t count = 0;
    for (size_t n = 0; n < list_count; n++) {
        for (size_t i = 0; i < lists[n].count; i++) {
            const struct view_object *object = &lists[n].objects[i];
            if (strcmp(object->type->name, "progress") != 0) {
                continue;
            }
            const struct note note = {view_get(object, "activity"), view_get(object, "module"),
                                      picture_fields_yes(view_get(object, "completed"))};
            if (note.activity && note.module) {
                if (notes) {
                    notes[count] = note;
                }
                count++;
            }
        }
    }
    return count;
}

enum err picture_progress_read(struct rules_activity *activities, size_t count, struct ops *o,
                               const struct view_list *lists, size_t list_count)
{
    const size_t room = gather(NULL, lists, list_count);
    struct note *notes = room > 0 ? arena_array(o->arena, room, sizeof *notes) : NULL;
    const char **modules = notes ? arena_array(o->arena, room, sizeof *modules) : NULL;
    if (!modules) {
        return ops_memory(o);
    }
    (void)gather(notes, lists, list_count);
    qsort(notes, room, sizeof *notes, by_activity);
    size_t used = 0;
    for (size_t at = 0; at < room;) {
        const char *id = notes[at].activity;
        const size_t first = used;
        for (; at < room && strcmp(notes[at].activity, id) == 0; at++) {
            modules[used] = notes[at].module;
            used += notes[at].completed;
        }
        for (size_t i = 0; i < count; i++) {
            if (activities[i].id && strcmp(activities[i].id, id) == 0) {
                activities[i].progress_kept = true;
                activities[i].completed = modules + first;
                activities[i].completed_count = used - first;
            }
        }
    }
    return OK;
}
