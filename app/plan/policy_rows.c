#include "app/plan/policy_rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "app/plan/model.h"
#include "app/text/text.h" /* N_ only */

#define NONE "inga"
#define SIDE_MAX 80 /* bytes: far more than the longest kind with an extent */
#define EXPECTS_KIND N_("a kind of activity, or *, and possibly an extent such as 100% or 100%?")

/* What stands between the two sides; the ASCII forms are for keyboards that have no others. */
static const struct {
    const char *text;
    bool waits;
} signs[] = {{" x ", false}, {" × ", false}, {" -> ", true}, {" → ", true}};

/* The sides of one row as texts of their own. */
struct row {
    char a[SIDE_MAX + 1];
    char b[SIDE_MAX + 1];
    bool waits;
};

/* Reads a row's own kind of thing into rows[at]; NULL, or what was expected. */
typedef const char *reader_of_row(void *rows, size_t at, const struct row *row);

struct table {
    size_t size; /* of a row in rows */
    size_t max;
    reader_of_row *read;
};

/* The schema's word that is text, or NULL. */
static const char *word_of(const char *type, const char *field, const char *text)
{
    const struct schema_type *t = schema_type_named(model_schema(), type);
    const struct schema_field *f = t ? schema_field_named(t, field) : NULL;

    assert(f && f->words);
    for (const char *const *word = f->words; *word; word++) {
        if (strcmp(*word, text) == 0) {
            return *word;
        }
    }
    return NULL;
}

/* Copies len bytes as a text; false if there are none or too many. */
static bool copy_side(char out[SIDE_MAX + 1], const char *text, size_t len)
{
    if (len == 0 || len > SIDE_MAX) {
        return false;
    }
    memcpy(out, text, len);
    out[len] = '\0';
    return true;
}

/* Cuts line in two at its one sign. */
static bool cut_row(struct row *out, const char *line, size_t len)
{
    const char *at = NULL;
    size_t sign_len = 0;

    for (size_t i = 0; i < len; i++) {
        for (size_t k = 0; k < sizeof(signs) / sizeof(signs[0]); k++) {
            size_t n = strlen(signs[k].text);
            if (i + n > len || memcmp(line + i, signs[k].text, n) != 0) {
                continue;
            }
            if (at) {
                return false;
            }
            at = line + i;
            sign_len = n;
            out->waits = signs[k].waits;
        }
    }
    return at && copy_side(out->a, line, (size_t)(at - line)) &&
           copy_side(out->b, at + sign_len, len - (size_t)(at - line) - sign_len);
}

/* "studier", "studier 100%", "vila/sjukskrivning 100%?", "*". */
static bool read_side(struct rules_side *out, const char *text)
{
    char kind[SIDE_MAX + 1];
    const char *space = strrchr(text, ' ');
    struct rules_side side = {0};

    /* What stands after the last space is an extent, unless it is a word of the kind ("anställning med stöd"). */
    memcpy(kind, text, strlen(text) + 1);
    if (space && space[1] >= '0' && space[1] <= '9') {
        char extent[SIDE_MAX + 1];
        memcpy(extent, space + 1, strlen(space));
        char *mark = strchr(extent, '?');
        if (mark && !mark[1]) {
            *mark = '\0';
            side.missing_is_full = true;
        }
        if (extent_parse(&side.min_permille, extent) != OK) {
            return false;
        }
        kind[space - text] = '\0';
    }
    if (strcmp(kind, "*") != 0) {
        side.kind = word_of("activity", "kind", kind);
        if (!side.kind) {
            return false;
        }
    }
    *out = side;
    return true;
}

static const char *read_exclusion(void *rows, size_t at, const struct row *row)
{
    struct rules_exclusion *out = (struct rules_exclusion *)rows + at;

    out->waits = row->waits;
    return read_side(&out->a, row->a) && read_side(&out->b, row->b) ? NULL : EXPECTS_KIND;
}

static const char *read_contradiction(void *rows, size_t at, const struct row *row)
{
    struct rules_contradiction *out = (struct rules_contradiction *)rows + at;

    out->a = word_of("goal", "kind", row->a);
    out->b = word_of("goal", "kind", row->b);
    /* A kind does not contradict itself, and a delmål nothing: a row that could never speak is a mistake. */
    if (row->waits || !out->a || !out->b || out->a == out->b || strcmp(out->a, "delmål") == 0 ||
        strcmp(out->b, "delmål") == 0) {
        return N_("two different kinds of goal other than delmål, with x between");
    }
    return NULL;
}

/* Reads every row of value; NULL, or what was expected of row number *count + 1. */
static const char *read_rows(void *rows, size_t *count, const struct table *table, const char *value)
{
    for (*count = 0;; *count += 1) {
        struct row row = {0};
        size_t len = strcspn(value, "\n;");
        if (*count == table->max) {
            return N_("fewer rows");
        }
        if (!cut_row(&row, value, len)) {
            return N_("two sides with one x or -> between, with spaces around it");
        }
        const char *expects = table->read(rows, *count, &row);
        if (expects) {
            return expects;
        }
        value += len;
        if (*value == '\0') {
            *count += 1;
            return NULL;
        }
        value += 1 + strspn(value + 1, " "); /* "; " is how people write a list */
        if (*value == '\0') {
            *count += 1;
            return NULL;
        }
    }
}

static enum err read_table(void **rows, size_t *count, struct policy_fault *fault, const struct table *table,
                           const char *value)
{
    void *fresh = calloc(table->max, table->size);
    size_t read = 0;

    if (!fresh) {
        return ERR_MEMORY;
    }
    const char *expects = strcmp(value, NONE) == 0 ? NULL : read_rows(fresh, &read, table, value);
    if (expects) {
        *fault = (struct policy_fault){.expects = expects, .row = read + 1};
        free(fresh);
        return ERR_INPUT;
    }
    *rows = fresh;
    *count = read;
    return OK;
}

enum err policy_rows_exclusions(struct rules_exclusion **rows, size_t *count, struct policy_fault *fault,
                                const char *value)
{
    static const struct table table = {sizeof(struct rules_exclusion), RULES_EXCLUSIONS_MAX, read_exclusion};
    void *read = NULL;
    enum err err = read_table(&read, count, fault, &table, value);

    if (err == OK) {
        *rows = read;
    }
    return err;
}

enum err policy_rows_contradictions(struct rules_contradiction **rows, size_t *count, struct policy_fault *fault,
                                    const char *value)
{
    static const struct table table = {sizeof(struct rules_contradiction), RULES_CONTRADICTIONS_MAX,
                                       read_contradiction};
    void *read = NULL;
    enum err err = read_table(&read, count, fault, &table, value);

    if (err == OK) {
        *rows = read;
    }
    return err;
}
