#include "app/ops/apply_line.h"

#include <string.h>

#include "app/ops/js.h"
#include "app/ops/objects.h"
#include "app/ops/plans.h"

#define PERSON_PREFIX "person."

enum err apply_line_parse(json_t **out, struct ops *o, struct span line)
{
    json_error_t error;
    enum err e = js_parse(out, &error, line, JSON_REJECT_DUPLICATES);
    if (e == ERR_MEMORY) {
        return ops_no_memory(o);
    }
    if (e != OK || !json_is_object(*out)) {
        json_decref(*out);
        *out = NULL;
        return why_set(&o->why, ERR_INPUT, N_("not one JSON object on one line"), "%s", error.text);
    }
    const json_t *tx = json_object_get(*out, "tx");
    if (tx && !json_is_string(tx)) {
        json_decref(*out);
        *out = NULL;
        return why_set(&o->why, ERR_INPUT, N_("expected a text under that key"), "tx");
    }
    return OK;
}

const char *apply_line_tx(const json_t *line)
{
    return json_string_value(json_object_get(line, "tx"));
}

/* A text that must be there. */
static enum err get_text(const char **out, struct ops *o, const json_t *line, const char *key)
{
    *out = json_string_value(json_object_get(line, key));
    return *out ? OK : why_set(&o->why, ERR_INPUT, N_("expected a text under that key"), "%s", key);
}

/* What a value in "set" says: text, whole number, ja or nej, or NULL to unset. */
static enum err value_text(const char **out, struct ops *o, const char *name, const json_t *value)
{
    *out = NULL;
    if (json_is_string(value)) {
        *out = json_string_value(value);
    } else if (json_is_integer(value)) {
        *out = arena_printf(o->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_boolean(value)) {
        *out = json_is_true(value) ? "ja" : "nej";
    } else if (!json_is_null(value)) {
        return why_set(&o->why, ERR_INPUT, N_("expected a text, a whole number, true, false or null"), "%s", name);
    }
    return ops_memory(o);
}

/* An array makes a set exactly those: emptied, then each added. */
static enum err put_array(struct fields_change *list, size_t *count, struct ops *o, const char *name,
                          const json_t *array)
{
    list[(*count)++] = (struct fields_change){name, FIELDS_SET, ""};
    size_t i;
    const json_t *item;
    json_array_foreach(array, i, item)
    {
        const char *text;
        enum err e = value_text(&text, o, name, item);
        if (e != OK) {
            return e;
        }
        list[(*count)++] = (struct fields_change){name, FIELDS_ADD, text ? text : ""};
    }
    return OK;
}

static enum err read_set(struct fields_changes *out, struct ops *o, json_t *set)
{
    *out = (struct fields_changes){0};
    if (!set) {
        return OK;
    }
    if (!json_is_object(set)) {
        return why_set(&o->why, ERR_INPUT, N_("expected an object under that key"), "set");
    }
    size_t room = 1;
    const char *name;
    json_t *value;
    json_object_foreach(set, name, value)
    {
        room += 1 + json_array_size(value); /* 0 for what is no array */
    }
    struct fields_change *list = arena_array(o->arena, room, sizeof *list);
    if (!list) {
        return ops_memory(o);
    }
    json_object_foreach(set, name, value)
    {
        enum err e = OK;
        if (json_is_array(value)) {
            e = put_array(list, &out->count, o, name, value);
        } else {
            struct fields_change *change = &list[out->count++];
            *change = (struct fields_change){.name = name, .how = FIELDS_SET};
            e = value_text(&change->value, o, name, value);
        }
        if (e != OK) {
            return e;
        }
    }
    out->changes = list;
    return OK;
}

static enum err read_id(const struct uuid **out, struct uuid *room, struct ops *o, const json_t *line)
{
    *out = NULL;
    if (!json_object_get(line, "id")) {
        return OK;
    }
    const char *text;
    enum err e = get_text(&text, o, line, "id");
    if (e == OK) {
        e = ops_id(room, o, text);
        *out = room;
    }
    return e;
}

static enum err new_plan(struct ops *o, struct edit *ed, const struct uuid *id, const struct fields_changes *all)
{
    struct fields_change *plan = arena_array(o->arena, all->count + 1, sizeof *plan);
    struct fields_change *person = arena_array(o->arena, all->count + 1, sizeof *person);
    if (!plan || !person) {
        return ops_memory(o);
    }
    struct plans_wish wish = {.id = id, .plan.changes = plan, .person.changes = person};
    for (size_t i = 0; i < all->count; i++) {
        struct fields_change change = all->changes[i];
        if (strncmp(change.name, PERSON_PREFIX, strlen(PERSON_PREFIX)) == 0) {
            change.name += strlen(PERSON_PREFIX);
            person[wish.person.count++] = change;
        } else {
            plan[wish.plan.count++] = change;
        }
    }
    struct plans_made made;
    return plans_new(&made, o, ed, &wish);
}

/* "side" is "own" or "shared", where the type leaves a choice. */
static enum err read_side(enum objects_side *out, struct ops *o, const json_t *line)
{
    const char *side = json_string_value(json_object_get(line, "side"));
    *out = OBJECTS_DEFAULT;
    if (!json_object_get(line, "side")) {
        return OK;
    }
    if (side && strcmp(side, "own") == 0) {
        *out = OBJECTS_OWN;
    } else if (side && strcmp(side, "shared") == 0) {
        *out = OBJECTS_SHARED;
    } else {
        return why_set(&o->why, ERR_INPUT, N_("expected own or shared"), "side");
    }
    return OK;
}

/* room is the caller's, as wish points into it. */
static enum err new_object(struct ops *o, struct edit *ed, const json_t *line, struct objects_wish *wish,
                           struct uuid *room)
{
    wish->plan = json_string_value(json_object_get(line, "plan"));
    wish->topic = json_string_value(json_object_get(line, "topic"));
    enum err e = read_id(&wish->id, room, o, line);
    if (e == OK) {
        e = read_side(&wish->side, o, line);
    }
    if (e != OK) {
        return e;
    }
    if (strcmp(wish->type, "plan") == 0) {
        return new_plan(o, ed, wish->id, &wish->fields);
    }
    struct uuid id;
    return objects_new(&id, o, ed, wish);
}

static enum err do_new(struct ops *o, struct edit *ed, const json_t *line)
{
    struct uuid room;
    struct objects_wish wish = {0};
    enum err e = get_text(&wish.type, o, line, "type");
    if (e == OK) {
        e = read_set(&wish.fields, o, json_object_get(line, "set"));
    }
    return e == OK ? new_object(o, ed, line, &wish, &room) : e;
}

static enum err do_note(struct ops *o, struct edit *ed, const json_t *line)
{
    struct fields_change text = {.name = "text", .how = FIELDS_SET};
    enum err e = get_text(&text.value, o, line, "text");
    struct uuid room;
    struct objects_wish wish = {.type = "note", .fields = {1, &text}};
    return e == OK ? new_object(o, ed, line, &wish, &room) : e;
}

static enum err do_set(struct ops *o, struct edit *ed, const json_t *line)
{
    const struct view_object *object;
    struct fields_changes changes;
    const char *id;
    enum err e = get_text(&id, o, line, "id");
    if (e == OK) {
        e = read_set(&changes, o, json_object_get(line, "set"));
    }
    if (e == OK && changes.count == 0) {
        e = why_set(&o->why, ERR_INPUT, N_("expected an object under that key"), "set");
    }
    if (e == OK) {
        e = objects_find(&object, o, id, &changes);
    }
    return e == OK ? objects_set(o, ed, object, &changes) : e;
}

static enum err do_member(struct ops *o, struct edit *ed, const json_t *line, enum fields_how how)
{
    const struct view_object *object;
    struct fields_change change = {.how = how};
    const struct fields_changes changes = {1, &change};
    const char *id;
    enum err e = get_text(&id, o, line, "id");
    if (e == OK) {
        e = get_text(&change.name, o, line, "field");
    }
    if (e == OK) {
        e = get_text(&change.value, o, line, "value");
    }
    if (e == OK) {
        e = objects_find(&object, o, id, &changes);
    }
    return e == OK ? objects_set(o, ed, object, &changes) : e;
}

static enum err do_add(struct ops *o, struct edit *ed, const json_t *line)
{
    return do_member(o, ed, line, FIELDS_ADD);
}

static enum err do_drop(struct ops *o, struct edit *ed, const json_t *line)
{
    return do_member(o, ed, line, FIELDS_DROP);
}

static enum err do_remove(struct ops *o, struct edit *ed, const json_t *line)
{
    const struct view_object *object;
    const struct fields_changes none = {0};
    const char *id;
    enum err e = get_text(&id, o, line, "id");
    if (e == OK) {
        e = objects_find(&object, o, id, &none);
    }
    return e == OK ? objects_remove(o, ed, object) : e;
}

static const struct {
    const char *op;
    enum err (*run)(struct ops *o, struct edit *ed, const json_t *line);
    const char *keys; /* beside op and tx; each with a space after it */
} operations[] = {
    {"new", do_new, "type id plan topic side set "},
    {"set", do_set, "id set "},
    {"add", do_add, "id field value "},
    {"drop", do_drop, "id field value "},
    {"note", do_note, "id plan topic side text "},
    {"remove", do_remove, "id "},
};

static bool has_word(const char *words, const char *word)
{
    const size_t len = strlen(word);
    for (const char *at = strstr(words, word); len > 0 && at; at = strstr(at + 1, word)) {
        if ((at == words || at[-1] == ' ') && at[len] == ' ') {
            return true;
        }
    }
    return false;
}

/* A key that is misspelt would be passed over in silence. */
static enum err check_keys(struct ops *o, const json_t *line, const char *known)
{
    for (void *i = json_object_iter((json_t *)(uintptr_t)line); i;
         i = json_object_iter_next((json_t *)(uintptr_t)line, i)) {
        const char *key = json_object_iter_key(i);
        if (!has_word("op tx ", key) && !has_word(known, key)) {
            return why_set(&o->why, ERR_INPUT, N_("no such key for that operation"), "%.80s", key);
        }
    }
    return OK;
}

enum err apply_line_do(struct ops *o, struct edit *ed, const json_t *line)
{
    const char *op;
    enum err e = get_text(&op, o, line, "op");
    for (size_t i = 0; e == OK && i < sizeof operations / sizeof *operations; i++) {
        if (strcmp(operations[i].op, op) == 0) {
            e = check_keys(o, line, operations[i].keys);
            return e == OK ? operations[i].run(o, ed, line) : e;
        }
    }
    return e == OK ? why_set(&o->why, ERR_INPUT, N_("expected op new, set, add, drop, note or remove"), "%.80s", op)
                   : e;
}
