#include "app/ops/fields.h"

#include <string.h>

#include "app/ops/names.h"
#include "app/ops/people.h"
#include "sync/utf8.h"

enum err fields_parse(struct fields_change *out, struct ops *o, const char *word)
{
    const char *equals = strchr(word, '=');
    if (!equals || equals == word) {
        return why_set(&o->why, ERR_INPUT, N_("expected FIELD=VALUE"), "%s", word);
    }
    size_t len = (size_t)(equals - word);
    enum fields_how how = FIELDS_SET;
    if (word[len - 1] == '+' || word[len - 1] == '-') {
        how = word[--len] == '+' ? FIELDS_ADD : FIELDS_DROP;
    }
    *out = (struct fields_change){.name = arena_text(o->arena, span_of(word, len)), .how = how, .value = equals + 1};
    return ops_memory(o);
}

const struct fields_change *fields_find(const struct fields_changes *c, const char *name)
{
    for (size_t i = c->count; i > 0; i--) {
        if (strcmp(c->changes[i - 1].name, name) == 0) {
            return &c->changes[i - 1];
        }
    }
    return NULL;
}

enum err fields_named(const struct schema_field **out, struct ops *o, const struct schema_type *type, const char *name)
{
    const struct schema_field *field = schema_field_named(type, name);
    if (!field) {
        return why_set(&o->why, ERR_INPUT, N_("no such field (samplan help TYPE lists them)"), "%s.%s", type->name,
                       name);
    }
    *out = field;
    return OK;
}

/* Where no party and no member has that name. The story of ERR_NOT_FOUND is told already. */
static enum err function_named(struct uuid *out, struct ops *o, const char *text)
{
    struct people people;
    const struct people_function *function;
    enum err e = people_load(&people, o);
    if (e == OK) {
        e = people_function_named(&function, o, &people, text);
    }
    if (e == OK) {
        *out = function->id;
    }
    return e;
}

/* "text" or, for people's names, the id of whom they mean. */
static enum err whom(const char **out, struct ops *o, const char *text)
{
    struct uuid id;
    if (uuid_parse(&id, span_str(text)) == OK) {
        *out = text; /* perhaps a function, or somebody not known here yet */
        return OK;
    }
    struct grant one;
    enum err e = ops_told(o, member_resolve(&one, o->site, text));
    if (e == ERR_NOT_FOUND) {
        e = function_named(&one.id, o, text);
    }
    if (e != OK) {
        return e;
    }
    *out = names_uuid(o->arena, &one.id);
    return ops_memory(o);
}

/* How much of a text to quote: at most 80 bytes, and no character in half. */
static int cut(const char *text)
{
    size_t len = strlen(text);
    if (len <= 80) {
        return (int)len;
    }
    for (len = 80; len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80; len--) {
    }
    return (int)len;
}

/* What people know somebody or something by: it may not be there, but not be blank. */
static bool is_name(const struct schema_field *field)
{
    return field->form == FORM_TEXT && (strcmp(field->name, "name") == 0 || strcmp(field->name, "title") == 0);
}

enum err fields_value(const char **out, struct ops *o, const struct schema_type *type, const struct schema_field *field,
                      const char *typed)
{
    struct buf clean = {0};
    enum err e = utf8_clean(&clean, span_str(typed));
    const char *text = e == OK ? arena_text(o->arena, span_buf(&clean)) : NULL;
    buf_free(&clean);
    if (e == ERR_INPUT) {
        return why_set(&o->why, e, N_("not clean UTF-8 text"), "%s.%s", type->name, field->name);
    }
    if (e != OK || !text) {
        return ops_no_memory(o);
    }
    if (field->form == FORM_WHOM) {
        e = whom(&text, o, text);
        if (e != OK) {
            return e;
        }
    }
    if (is_name(field) && utf8_is_blank(span_str(text))) {
        return why_set(&o->why, ERR_INPUT, N_("a name is not only blanks"), "%s.%s", type->name, field->name);
    }
    const char *expected = site_schema(o->site)->expects(type, field, text);
    if (expected) {
        return why_set(&o->why, ERR_INPUT, N_("not a value of that field"), "%s.%s = \"%.*s\" (%s %s)", type->name,
                       field->name, cut(text), text, tr(N_("expected")), tr(expected));
    }
    *out = text;
    return OK;
}

/* The value of one operation: "" is told from the schema's side, as unsetting is for registers only. */
typedef enum err change_function(struct edit *e, const struct object_key *key, const struct schema_field *f,
                                 const char *value);

static enum err one(struct ops *o, struct edit *ed, const struct fields_target *t, const struct schema_field *field,
                    const char *typed, change_function *change)
{
    const char *value = NULL;
    enum err e = fields_value(&value, o, t->type, field, typed);
    return e == OK ? ops_told(o, change(ed, t->key, field, value)) : e;
}

static bool among(const char *const *list, const char *text)
{
    for (; *list; list++) {
        if (strcmp(*list, text) == 0) {
            return true;
        }
    }
    return false;
}

/* Makes a set exactly what is given, "a;b". What is there already is added again: saying so is an operation too. */
static enum err make_exactly(struct ops *o, struct edit *ed, const struct fields_target *t,
                             const struct schema_field *field, const char *typed)
{
    const char *const *parts;
    enum err e = people_split(&parts, o, typed ? typed : "", ';');
    size_t count = 0;
    while (e == OK && parts[count]) {
        count++;
    }
    const char **values = e == OK ? arena_array(o->arena, count + 1, sizeof *values) : NULL;
    if (!values) {
        return e == OK ? ops_memory(o) : e;
    }
    for (size_t i = 0; i < count; i++) {
        e = fields_value(&values[i], o, t->type, field, parts[i]);
        if (e != OK) {
            return e;
        }
    }
    const struct view_field *now = t->now ? view_field(t->now, field->name) : NULL;
    for (size_t i = 0; now && i < now->count; i++) {
        if (!among(values, now->values[i].value)) {
            e = edit_drop(ed, t->key, field, now->values[i].value);
            if (e != OK) {
                return ops_told(o, e);
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        e = edit_add(ed, t->key, field, values[i]);
        if (e != OK) {
            return ops_told(o, e);
        }
    }
    return OK;
}

static enum err apply(struct ops *o, struct edit *ed, const struct fields_target *t, const struct fields_change *c)
{
    const struct schema_field *field;
    enum err e = fields_named(&field, o, t->type, c->name);
    if (e != OK) {
        return e;
    }
    const bool is_set = field->merge == MERGE_SET;
    const bool is_entries = field->merge == MERGE_ENTRIES;
    if ((c->how == FIELDS_DROP && !is_set) || (c->how == FIELDS_ADD && !is_set && !is_entries)) {
        return why_set(&o->why, ERR_INPUT, N_("that field holds one value: expected FIELD=VALUE"), "%s.%s",
                       t->type->name, field->name);
    }
    if (is_entries) {
        return one(o, ed, t, field, c->value ? c->value : "", edit_append);
    }
    if (is_set && c->how == FIELDS_SET) {
        return make_exactly(o, ed, t, field, c->value);
    }
    if (is_set) {
        return one(o, ed, t, field, c->value ? c->value : "", c->how == FIELDS_ADD ? edit_add : edit_drop);
    }
    if (!c->value || !*c->value) {
        return ops_told(o, edit_set(ed, t->key, field, NULL));
    }
    return one(o, ed, t, field, c->value, edit_set);
}

enum err fields_apply(struct ops *o, struct edit *ed, const struct fields_target *target,
                      const struct fields_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        enum err e = apply(o, ed, target, &changes->changes[i]);
        if (e != OK) {
            return e;
        }
    }
    return OK;
}

enum err fields_put(struct ops *o, struct edit *ed, const struct fields_target *target, const char *name,
                    const char *value)
{
    const struct fields_change change = {.name = name, .how = FIELDS_SET, .value = value};
    return apply(o, ed, target, &change);
}
