#include "sync/schema.h"

#include <string.h>

const struct schema_type *schema_type_named(const struct schema *s, const char *name)
{
    for (size_t i = 0; i < s->type_count; i++) {
        if (strcmp(s->types[i].name, name) == 0) {
            return &s->types[i];
        }
    }
    return NULL;
}

const struct schema_type *schema_type_numbered(const struct schema *s, uint64_t number)
{
    for (size_t i = 0; i < s->type_count; i++) {
        if (s->types[i].number == number) {
            return &s->types[i];
        }
    }
    return NULL;
}

const struct schema_field *schema_field_named(const struct schema_type *t, const char *name)
{
    for (size_t i = 0; i < t->field_count; i++) {
        if (strcmp(t->fields[i].name, name) == 0) {
            return &t->fields[i];
        }
    }
    return NULL;
}

const struct schema_field *schema_field_numbered(const struct schema_type *t, uint64_t number)
{
    for (size_t i = 0; i < t->field_count; i++) {
        if (t->fields[i].number == number) {
            return &t->fields[i];
        }
    }
    return NULL;
}

bool schema_allows(const struct schema_type *t, enum schema_place place, const char *topic)
{
    if ((t->places & (unsigned)place) == 0) {
        return false;
    }
    for (const char *const *known = t->topics; *known; known++) {
        if (strcmp(*known, topic) == 0) {
            return true;
        }
    }
    return false;
}

void schema_describe(struct buf *out, const struct schema *s)
{
    for (size_t i = 0; i < s->type_count; i++) {
        const struct schema_type *t = &s->types[i];
        buf_printf(out, "%u %s %u", t->number, t->name, t->places);
        for (const char *const *topic = t->topics; *topic; topic++) {
            buf_printf(out, " %s", *topic);
        }
        for (size_t k = 0; k < t->field_count; k++) {
            const struct schema_field *f = &t->fields[k];
            buf_printf(out, "\n %u %s %d %d", f->number, f->name, (int)f->merge, (int)f->form);
            for (const char *const *word = f->words; word && *word; word++) {
                buf_printf(out, "|%s", *word);
            }
        }
        buf_put_u8(out, '\n');
    }
}
