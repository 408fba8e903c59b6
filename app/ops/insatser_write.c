#include "app/ops/insatser_write.h"

#include <string.h>

#include "app/ops/insatser.h"
#include "app/ops/names.h"

static enum err check_name(struct ops *o, const struct people *p, const struct fields_changes *fields)
{
    struct insatser_list list;
    const struct fields_change *name = fields_find(fields, "name");
    if (!name || !name->value || name->value[strspn(name->value, " \t\r\n")] == '\0') {
        return why_set(&o->why, ERR_INPUT, N_("it needs a name: expected name=NAME"), "insats.name");
    }
    enum err e = insatser_find(&list, o, p, NULL);
    for (size_t i = 0; e == OK && i < list.count; i++) {
        if (strcmp(list.items[i].name, name->value) == 0) {
            e = why_set(&o->why, ERR_EXISTS, N_("the catalogue has an insats of that name"), "%s", name->value);
        }
    }
    return e;
}

enum err insatser_write_new(struct uuid *out, struct ops *o, struct edit *ed, const struct people *p,
                            const struct fields_changes *fields)
{
    const bool owned = fields_find(fields, "owner_party") != NULL;
    struct fields_change *list = arena_array(o->arena, fields->count + 1, sizeof *list);
    if (!list) {
        return ops_no_memory(o);
    }
    enum err e = check_name(o, p, fields);
    if (e != OK) {
        return e;
    }
    list[0] = (struct fields_change){"owner_party", FIELDS_SET, names_uuid(o->arena, &site_self(o->site)->party)};
    memcpy(list + !owned, fields->changes, fields->count * sizeof *list);
    const struct objects_wish wish = {.type = "insats", .fields = {.count = fields->count + !owned, .changes = list}};
    return objects_new(out, o, ed, &wish);
}
