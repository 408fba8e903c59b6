#include "app/ops/import_map.h"

#include <assert.h>
#include <string.h>

#include "app/ops/fold.h"
#include "app/ops/import_headings.h"
#include "app/ops/import_map_file.h"

static const char *const kind_words[] = {[IMPORT_GUESS] = "",
                                         [IMPORT_PARTICIPANTS] = "participants",
                                         [IMPORT_ACTIVITIES] = "activities",
                                         [IMPORT_INSATSER] = "insatser"};

enum import_kind import_map_kind(const char *word)
{
    for (enum import_kind k = IMPORT_PARTICIPANTS; k <= IMPORT_INSATSER; k++) {
        if (strcmp(kind_words[k], word) == 0) {
            return k;
        }
    }
    return IMPORT_GUESS;
}

const char *import_map_word(enum import_kind kind)
{
    return kind_words[kind];
}

/* May a table of that kind fill fields of that type? */
static bool takes_type(enum import_kind kind, const char *type)
{
    switch (kind) {
    case IMPORT_PARTICIPANTS:
        return strcmp(type, "person") == 0 || strcmp(type, "plan") == 0;
    case IMPORT_ACTIVITIES:
        return strcmp(type, "activity") == 0;
    case IMPORT_INSATSER:
        return strcmp(type, "insats") == 0;
    case IMPORT_GUESS:
        break;
    }
    return false;
}

/* Reads "type.field" and the three that are no fields. */
static enum err take_target(struct import_column *column, struct ops *o, enum import_kind kind, const char *target)
{
    static const char wrong[] = N_("no such field for that kind of table: expected type.field, person.number, plan.id,"
                                   " key or -");
    const char *dot = strchr(target, '.');
    column->to = IMPORT_TO_FIELD;
    if (strcmp(target, "person.number") == 0 && kind != IMPORT_INSATSER) {
        column->to = IMPORT_TO_NUMBER;
    } else if (strcmp(target, "plan.id") == 0 && kind != IMPORT_INSATSER) {
        column->to = IMPORT_TO_PLAN;
    } else if (strcmp(target, "key") == 0 && kind != IMPORT_PARTICIPANTS) {
        column->to = IMPORT_TO_KEY;
    }
    if (column->to != IMPORT_TO_FIELD) {
        return OK;
    }
    const char *type = dot ? arena_text(o->arena, span_of(target, (size_t)(dot - target))) : "";
    column->type = type && takes_type(kind, type) ? schema_type_named(site_schema(o->site), type) : NULL;
    column->field = column->type ? schema_field_named(column->type, dot + 1) : NULL;
    /* A plan's person is found by what the row says of the person. */
    if (!column->field || column->field->merge == MERGE_ENTRIES || strcmp(target, "plan.person") == 0) {
        return why_set(&o->why, ERR_INPUT, wrong, "%s = %s", column->title, target);
    }
    return ops_memory(o);
}

/* Two columns may fill one field only where their texts can be put together, and can be told apart. */
static enum err check_shared(const struct import_map *map, struct ops *o)
{
    for (size_t i = 0; i < map->count; i++) {
        for (size_t k = 0; k < i; k++) {
            assert(map->columns);
            const struct import_column *a = &map->columns[i];
            const struct import_column *b = &map->columns[k];
            const bool same = a->to == b->to && a->field == b->field;
            const bool joins = a->to == IMPORT_TO_FIELD && a->field->form == FORM_TEXT;
            if ((same && !joins) || strcmp(a->folded, b->folded) == 0) {
                return why_set(&o->why, ERR_INPUT, N_("two columns for one value"), "%s, %s", b->title, a->title);
            }
        }
    }
    return OK;
}

/* Takes one column of the table, if it means anything. */
static enum err take_column(struct import_map *map, const char **left, struct ops *o,
                            const struct import_map_file *file, struct import_column column)
{
    const struct import_map_line *line = import_map_file_find(file, column.folded);
    column.prefix = line ? line->prefix : "";
    const char *target = line ? line->target : import_headings_find(&column.prefix, map->kind, column.folded);
    if (line && strcmp(target, "-") == 0) {
        return OK;
    }
    enum err e = OK;
    if (target) {
        e = take_target(&column, o, map->kind, target);
    } else if (!strchr(column.title, '.') || take_target(&column, o, map->kind, column.title) != OK) {
        *left = column.title;
        return ops_memory(o);
    }
    if (e == OK) {
        map->columns[map->count++] = column;
    }
    return e;
}

static bool has(const struct import_map *map, enum import_to to, const char *field)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct import_column *c = &map->columns[i];
        if (c->to == to && (to != IMPORT_TO_FIELD || strcmp(c->field->name, field) == 0)) {
            return true;
        }
    }
    return false;
}

/* What rows of that kind cannot be without; NULL: nothing is missing. */
static const char *missing(const struct import_map *map)
{
    const bool known = has(map, IMPORT_TO_NUMBER, NULL) || has(map, IMPORT_TO_PLAN, NULL);
    switch (map->kind) {
    case IMPORT_PARTICIPANTS:
        return known || has(map, IMPORT_TO_FIELD, "title") ? NULL : "person.number / plan.id / plan.title";
    case IMPORT_ACTIVITIES:
        return !known ? "person.number / plan.id" : has(map, IMPORT_TO_FIELD, "kind") ? NULL : "activity.kind";
    case IMPORT_INSATSER:
        return has(map, IMPORT_TO_FIELD, "name") ? NULL : "insats.name";
    case IMPORT_GUESS:
        break;
    }
    return "";
}

static enum err make(struct import_map *out, struct ops *o, enum import_kind kind, const struct csv_row *header,
                     const struct import_map_file *file)
{
    *out = (struct import_map){.kind = kind, .cell_count = header->count};
    out->swap_count = file->swap_count;
    out->swaps = file->swaps;
    out->columns = arena_array(o->arena, header->count + 1, sizeof *out->columns);
    const char **left = arena_array(o->arena, header->count + 1, sizeof *left);
    size_t left_count = 0;
    out->not_used = left;
    for (size_t i = 0; left && out->columns && i < header->count; i++) {
        const char *folded = fold_text(o->arena, header->cells[i]);
        const struct import_column column = {.index = i, .title = header->cells[i], .folded = folded};
        if (*folded) {
            enum err e = take_column(out, &left[left_count], o, file, column);
            left_count += left[left_count] != NULL;
            if (e != OK) {
                return e;
            }
        }
    }
    enum err e = ops_memory(o);
    if (e == OK) {
        e = check_shared(out, o);
    }
    if (e == OK && missing(out)) {
        e = why_set(&o->why, ERR_INPUT, N_("a column is missing (its heading is not understood? see --map)"), "%s: %s",
                    import_map_word(kind), missing(out));
    }
    return e;
}

/* An insats of nothing but a name would be any list of names. */
static bool plausible(const struct import_map *map)
{
    return map->kind != IMPORT_INSATSER || map->count > 1;
}

enum err import_map_make(struct import_map *out, struct ops *o, const struct import_map_wish *wish)
{
    static const enum import_kind order[] = {IMPORT_ACTIVITIES, IMPORT_PARTICIPANTS, IMPORT_INSATSER};
    struct import_map_file file;
    enum err e = import_map_file_read(&file, o, wish->header, wish->file);
    if (e != OK || wish->kind != IMPORT_GUESS) {
        return e == OK ? make(out, o, wish->kind, wish->header, &file) : e;
    }
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        e = make(out, o, order[i], wish->header, &file);
        if (e == ERR_MEMORY || (e == OK && plausible(out))) {
            return e;
        }
    }
    return why_set(&o->why, ERR_INPUT,
                   N_("it cannot be told what the table is about: say --as participants, activities or insatser"), "%s",
                   "");
}

const char *import_map_meant(const struct import_map *map, struct arena *a, const struct import_column *column,
                             const char *cell)
{
    const char *folded = map->swap_count > 0 ? fold_text(a, cell) : "";
    for (size_t i = 0; i < map->swap_count; i++) {
        const struct import_swap *s = &map->swaps[i];
        if (strcmp(s->column, column->folded) == 0 && strcmp(s->from, folded) == 0) {
            return s->to;
        }
    }
    return cell;
}
