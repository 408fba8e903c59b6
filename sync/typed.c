#include "sync/typed.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Per type: create, drop, insert, delete, then an update and a look-up per field. */
enum { AT_CREATE, AT_DROP, AT_INSERT, AT_DELETE, AT_FIELDS };
enum { AT_UPDATE, AT_FIND, PER_FIELD };

bool typed_shows(const struct schema_field *field)
{
    return field->merge == MERGE_REGISTER || field->merge == MERGE_TEXT;
}

static size_t base_of(const struct schema *schema, const struct schema_type *type)
{
    size_t at = 0;
    for (const struct schema_type *t = schema->types; t != type; t++) {
        at += AT_FIELDS + PER_FIELD * t->field_count;
    }
    return at;
}

static char *take(struct buf *b)
{
    const char *text = buf_text(b);
    char *copy = text ? strdup(text) : NULL;
    buf_free(b);
    return copy;
}

static char *create_text(const struct schema_type *t)
{
    struct buf b = {0};
    buf_printf(&b, "CREATE TABLE t_%s(object INTEGER PRIMARY KEY", t->name);
    for (size_t i = 0; i < t->field_count; i++) {
        if (typed_shows(&t->fields[i])) {
            buf_printf(&b, ", \"%s\" TEXT", t->fields[i].name);
        }
    }
    buf_put_str(&b, ") STRICT;");
    for (size_t i = 0; i < t->field_count; i++) { /* of what is named, people ask by whom */
        const struct schema_field *f = &t->fields[i];
        if (typed_shows(f) && (f->form == FORM_REF || f->form == FORM_WHOM)) {
            buf_printf(&b, "CREATE INDEX t_%s_%s ON t_%s(\"%s\");", t->name, f->name, t->name, f->name);
        }
    }
    return take(&b);
}

static char *insert_text(const struct schema_type *t)
{
    struct buf columns = {0};
    struct buf places = {0};
    char *text = NULL;
    for (size_t i = 0; i < t->field_count; i++) {
        if (typed_shows(&t->fields[i])) {
            buf_printf(&columns, ", \"%s\"", t->fields[i].name);
            buf_put_str(&places, ", ?");
        }
    }
    const char *names = buf_text(&columns);
    const char *marks = buf_text(&places);
    if (names && marks) {
        struct buf b = {0};
        buf_printf(&b, "INSERT INTO t_%s(object%s) VALUES(?%s)", t->name, names, marks);
        text = take(&b);
    }
    buf_free(&columns);
    buf_free(&places);
    return text;
}

__attribute__((format(printf, 1, 2))) static char *statement(const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return n > 0 && (size_t)n < sizeof text ? strdup(text) : NULL;
}

enum err typed_prepare(struct site *s)
{
    const struct schema *schema = s->schema;
    s->typed_sql_count = base_of(schema, schema->types + schema->type_count);
    s->typed_sql = calloc(s->typed_sql_count, sizeof *s->typed_sql);
    if (!s->typed_sql) {
        s->typed_sql_count = 0;
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < schema->type_count; i++) {
        const struct schema_type *t = &schema->types[i];
        char **sql = s->typed_sql + base_of(schema, t);
        sql[AT_CREATE] = create_text(t);
        sql[AT_DROP] = statement("DROP TABLE IF EXISTS t_%s", t->name);
        sql[AT_INSERT] = insert_text(t);
        sql[AT_DELETE] = statement("DELETE FROM t_%s WHERE object = ?", t->name);
        for (size_t k = 0; k < t->field_count; k++) {
            char **of_field = sql + AT_FIELDS + PER_FIELD * k;
            of_field[AT_UPDATE] =
                statement("UPDATE t_%s SET \"%s\" = ?2 WHERE object = ?1", t->name, t->fields[k].name);
            /* CROSS: conflicts are few, objects are not, and SQLite would begin with these. */
            of_field[AT_FIND] = statement("SELECT object FROM t_%s WHERE \"%s\" = ?1 UNION SELECT t.object FROM"
                                          " conflict c CROSS JOIN t_%s t ON t.object = c.object WHERE c.field = ?2",
                                          t->name, t->fields[k].name, t->name);
        }
    }
    for (size_t i = 0; i < s->typed_sql_count; i++) {
        if (!s->typed_sql[i]) {
            return ERR_MEMORY;
        }
    }
    return OK;
}

void typed_free(struct site *s)
{
    for (size_t i = 0; i < s->typed_sql_count; i++) {
        free(s->typed_sql[i]);
    }
    free(s->typed_sql);
    s->typed_sql = NULL;
    s->typed_sql_count = 0;
}

static enum err each_type(struct site *s, size_t at)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < s->schema->type_count; i++) {
        e = db_script(s->db, s->typed_sql[base_of(s->schema, &s->schema->types[i]) + at]);
    }
    return e;
}

enum err typed_create(struct site *s)
{
    return each_type(s, AT_CREATE);
}

enum err typed_drop(struct site *s)
{
    return each_type(s, AT_DROP);
}

static struct db_row *use(struct site *s, const struct schema_type *type, size_t at)
{
    return db_use(s->db, s->typed_sql[base_of(s->schema, type) + at]);
}

struct db_row *typed_insert(struct site *s, const struct schema_type *type, int64_t object)
{
    struct db_row *q = use(s, type, AT_INSERT);
    db_int(q, 1, object);
    return q;
}

void typed_bind(struct db_row *q, const struct schema_type *type, const struct schema_field *field, const char *value)
{
    int at = 2;
    for (const struct schema_field *f = type->fields; f != field; f++) {
        at += typed_shows(f) ? 1 : 0;
    }
    db_text(q, at, value);
}

enum err typed_delete(struct site *s, const struct schema_type *type, int64_t object)
{
    struct db_row *q = use(s, type, AT_DELETE);
    db_int(q, 1, object);
    return db_run(q);
}

enum err typed_set(struct site *s, const struct schema_type *type, const struct schema_field *field, int64_t object,
                   const char *value)
{
    if (!typed_shows(field)) {
        return OK;
    }
    struct db_row *q = use(s, type, AT_FIELDS + PER_FIELD * (size_t)(field - type->fields) + AT_UPDATE);
    db_int(q, 1, object);
    db_text(q, 2, value);
    return db_run(q);
}

struct db_row *typed_find(struct site *s, const struct schema_type *type, const struct schema_field *field,
                          const char *value)
{
    assert(typed_shows(field));
    struct db_row *q = use(s, type, AT_FIELDS + PER_FIELD * (size_t)(field - type->fields) + AT_FIND);
    db_text(q, 1, value);
    db_int(q, 2, field->number);
    return q;
}
