#include "app/ops/import_cell.h"

#include <assert.h>
#include <string.h>

#include "app/ops/fold.h"
#include "app/ops/names.h"
#include "app/ops/people.h"
#include "app/plan/idnumber.h"
#include "sync/member.h"
#include "sync/utf8.h"

#define SHOWN_MAX 80
#define NBSP "\xc2\xa0"

/* What one cell is judged with. */
struct take {
    struct ops *ops;
    const struct import_index *ix;
    const struct import_column *column;
    struct import_problem *problem;
    bool new_function;
};

const char *import_cell_cut(struct arena *a, const char *text)
{
    assert(text);
    size_t len = strlen(text);
    if (len <= SHOWN_MAX) {
        return text;
    }
    len = SHOWN_MAX;
    while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) {
        len--;
    }
    const char *cut = arena_text(a, span_of(text, len));
    return cut ? cut : "";
}

const char *import_cell_text(struct arena *a, const char *cell)
{
    size_t len;
    while ((len = strspn(cell, " \t\r\n")) > 0 || strncmp(cell, NBSP, 2) == 0) {
        cell += len > 0 ? len : 2;
    }
    len = strlen(cell);
    while (len > 0 && (strchr(" \t\r\n", cell[len - 1]) || (len > 1 && memcmp(cell + len - 2, NBSP, 2) == 0))) {
        len -= strchr(" \t\r\n", cell[len - 1]) ? 1 : 2;
    }
    const char *text = arena_text(a, span_of(cell, len));
    return text ? text : "";
}

static enum err refuse(struct take *t, const char *text, const char *reason, const char *expected)
{
    *t->problem = (struct import_problem){t->column, import_cell_cut(t->ops->arena, text), tr(reason), expected};
    return ERR_INPUT;
}

/* A copy without spaces, and without dashes where they mean nothing. */
static char *without(struct arena *a, const char *text, const char *dropped)
{
    assert(text);
    char *out = arena_alloc(a, strlen(text) + 1);
    size_t len = 0;
    for (const char *c = text; out && *c; c++) {
        if (strncmp(c, NBSP, 2) == 0) {
            c++;
        } else if (!strchr(dropped, *c)) {
            out[len++] = *c;
        }
    }
    return out;
}

static const char *list_words(struct arena *a, const char *const *words)
{
    const char *list = *words;
    for (words++; list && *words; words++) {
        list = arena_printf(a, "%s, %s", list, *words);
    }
    return list ? list : "";
}

/* The word as the schema has it, whatever the case; spreadsheets begin cells with a capital. */
static const char *known_word(struct take *t, const char *text)
{
    const char *folded = fold_text(t->ops->arena, text);
    for (const char *const *w = t->column->field->words; *w; w++) {
        if (strcmp(fold_text(t->ops->arena, *w), folded) == 0) {
            return *w;
        }
    }
    return text;
}

/* Allows for how spreadsheets and people write things. */
static const char *tidy(struct take *t, const char *text)
{
    switch (t->column->field->form) {
    case FORM_WORD:
        return known_word(t, text);
    case FORM_YESNO:
        return fold_text(t->ops->arena, text);
    case FORM_EXTENT:
    case FORM_NUMBER:
        return without(t->ops->arena, text, " ");
    default:
        return text;
    }
}

static enum err take_whom(const char **out, struct take *t, const char *text)
{
    struct uuid id;
    struct grant one;
    size_t count;
    const struct import_index_pair *function = import_index_find(&count, &t->ix->functions, text);
    if (uuid_parse(&id, span_str(text)) == OK) {
        *out = text;
        return OK;
    }
    if (count == 1) {
        *out = names_uuid(t->ops->arena, &function->id);
        return ops_memory(t->ops);
    }
    enum err e = member_resolve(&one, t->ops->site, text);
    if (e == OK) {
        *out = names_uuid(t->ops->arena, &one.id);
        return ops_memory(t->ops);
    }
    if (e == ERR_NOT_FOUND && count == 0 && strcmp(t->column->field->name, "contact_function") == 0) {
        t->new_function = true;
        *out = text;
        return OK;
    }
    if (e != ERR_NOT_FOUND && e != ERR_INPUT) {
        return ops_told(t->ops, e);
    }
    return refuse(t, text,
                  count > 1 || e == ERR_INPUT ? N_("more than one has that name")
                                              : N_("nobody in this förbund has that name"),
                  tr(N_("the name of a party, a member or a function (a mapping can say whom it means)")));
}

/* An insats may be named; anything else is an id. */
static enum err take_ref(const char **out, struct take *t, const char *text)
{
    struct uuid id;
    size_t count = 0;
    *out = text;
    if (uuid_parse(&id, span_str(text)) == OK || strcmp(t->column->field->name, "insats") != 0) {
        return OK;
    }
    const struct import_index_pair *found = import_index_find(&count, &t->ix->insatser, fold_text(t->ops->arena, text));
    if (count != 1) {
        return refuse(t, text, count == 0 ? N_("there is no insats of that name") : N_("more than one has that name"),
                      tr(N_("the name or id of an insats in the catalogue")));
    }
    *out = names_uuid(t->ops->arena, &found->id);
    return ops_memory(t->ops);
}

/* One value, or one member of a set. */
static enum err take_one(const char **out, struct take *t, const char *text)
{
    const struct schema_field *field = t->column->field;
    const char *value = tidy(t, text);
    enum err e = value ? OK : ops_memory(t->ops);
    if (e == OK && field->form == FORM_WHOM) {
        e = take_whom(&value, t, text);
    } else if (e == OK && field->form == FORM_REF) {
        e = take_ref(&value, t, text);
    }
    if (e != OK || t->new_function) {
        *out = value;
        return e;
    }
    const char *expected = site_schema(t->ops->site)->expects(t->column->type, field, value);
    if (expected) {
        const char *words = field->form == FORM_WORD ? list_words(t->ops->arena, field->words) : "";
        return refuse(t, text, N_("not a value of that field"), *words ? words : tr(expected));
    }
    *out = value;
    return ops_memory(t->ops);
}

static enum err take_set(const char **out, struct take *t, const char *text)
{
    const char *const *parts;
    enum err e = people_split(&parts, t->ops, text, ';');
    *out = NULL;
    for (size_t i = 0; e == OK && parts[i]; i++) {
        const char *one;
        e = take_one(&one, t, parts[i]);
        if (e == OK) {
            *out = *out ? arena_printf(t->ops->arena, "%s;%s", *out, one) : one;
            e = ops_memory(t->ops);
        }
    }
    return e;
}

/* As the store keeps text: in one form, without what no text may hold. */
static enum err clean(const char **out, struct take *t, const char *text)
{
    struct buf bytes = {0};
    enum err e = utf8_clean(&bytes, span_str(text));
    *out = e == OK ? arena_text(t->ops->arena, span_buf(&bytes)) : NULL;
    buf_free(&bytes);
    if (e == ERR_INPUT) {
        return refuse(t, "", N_("characters that no text may hold"), tr(N_("a text without control characters")));
    }
    return *out ? OK : ops_no_memory(t->ops);
}

static enum err take_number(const char **out, struct take *t, const char *text)
{
    *out = without(t->ops->arena, text, " -");
    if (*out && idnumber_check(*out) == IDNUMBER_NONE) {
        return refuse(t, text, N_("not a personnummer or samordningsnummer"),
                      tr(N_("twelve digits, the last of them a check digit")));
    }
    return ops_memory(t->ops);
}

static enum err take_id(const char **out, struct take *t, const char *text)
{
    struct uuid id;
    *out = text;
    return uuid_parse(&id, span_str(text)) == OK ? OK : refuse(t, text, N_("not an id"), tr(N_("the id of a plan")));
}

enum err import_cell_take(struct import_value *out, struct import_problem *problem, struct ops *o,
                          const struct import_index *ix, const struct import_column *column, const char *text)
{
    struct take t = {.ops = o, .ix = ix, .column = column, .problem = problem};
    const char *value;
    enum err e = clean(&text, &t, text);
    if (e != OK) {
        return e;
    }
    switch (column->to) {
    case IMPORT_TO_NUMBER:
        e = take_number(&value, &t, text);
        break;
    case IMPORT_TO_PLAN:
        e = take_id(&value, &t, text);
        break;
    case IMPORT_TO_KEY:
        value = text;
        break;
    case IMPORT_TO_FIELD:
    default:
        value = *column->prefix ? arena_printf(o->arena, "%s%s", column->prefix, text) : text;
        e = !value                              ? ops_memory(o)
            : column->field->merge == MERGE_SET ? take_set(&value, &t, value)
                                                : take_one(&value, &t, value);
        break;
    }
    if (e == OK) {
        *out = (struct import_value){column, value, t.new_function};
    }
    return e;
}
