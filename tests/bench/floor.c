#include "tests/bench/floor.h"

#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum statement { PUT_PLAN, PUT_ACTIVITY, PUT_NOTE, SET_PLAN, SET_ACTIVITY, DROP, BEGIN, COMMIT, STATEMENTS };
static const char *const sql[STATEMENTS] = {
    [PUT_PLAN] = "INSERT INTO plan VALUES (?1, json_patch('{}', ?2), ?3)",
    [PUT_ACTIVITY] = "INSERT INTO activity VALUES (?1, ?4, json_patch('{}', ?2), ?3)",
    [PUT_NOTE] = "INSERT INTO note VALUES (?1, ?4, ?2, ?3)",
    [SET_PLAN] = "UPDATE plan SET fields = json_patch(fields, ?2), version = ?3 WHERE id = ?1",
    [SET_ACTIVITY] = "UPDATE activity SET fields = json_patch(fields, ?2), version = ?3 WHERE id = ?1",
    [DROP] = "DELETE FROM activity WHERE id = ?1",
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
};
static const char schema[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                             "CREATE TABLE plan (id TEXT PRIMARY KEY, fields TEXT, version INTEGER) WITHOUT ROWID;"
                             "CREATE TABLE activity (id TEXT PRIMARY KEY, plan TEXT, fields TEXT, version INTEGER);"
                             "CREATE TABLE note (id TEXT PRIMARY KEY, plan TEXT, text TEXT, version INTEGER);"
                             "CREATE INDEX activity_plan ON activity (plan);"
                             "CREATE INDEX note_plan ON note (plan);";

struct floor {
    sqlite3 *db;
    sqlite3_stmt *st[STATEMENTS];
    long version;
    unsigned long notes;
};

static void must(struct floor *f, int code, const char *what)
{
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) {
        fprintf(stderr, "floor: %s: %s\n", what, sqlite3_errmsg(f->db));
        exit(1);
    }
}

struct floor *floor_open(const char *path)
{
    struct floor *f = calloc(1, sizeof *f);
    if (!f) {
        fprintf(stderr, "floor: no memory\n");
        exit(1);
    }
    must(f, sqlite3_open(path, &f->db), path);
    must(f, sqlite3_exec(f->db, schema, NULL, NULL, NULL), "schema");
    for (size_t i = 0; i < STATEMENTS; i++) {
        must(f, sqlite3_prepare_v2(f->db, sql[i], -1, &f->st[i], NULL), sql[i]);
    }
    return f;
}

void floor_close(struct floor *f)
{
    for (size_t i = 0; i < STATEMENTS; i++) {
        sqlite3_finalize(f->st[i]);
    }
    sqlite3_close(f->db);
    free(f);
}

static void step(struct floor *f, enum statement which)
{
    must(f, sqlite3_step(f->st[which]), sql[which]);
    sqlite3_reset(f->st[which]);
}

static void write_row(struct floor *f, enum statement which, const char *id, const char *value, const char *plan)
{
    sqlite3_stmt *st = f->st[which];
    sqlite3_bind_text(st, 1, id, -1, SQLITE_STATIC);
    if (which != DROP) {
        sqlite3_bind_text(st, 2, value, -1, SQLITE_STATIC);
        sqlite3_bind_int64(st, 3, ++f->version);
    }
    if (plan) {
        sqlite3_bind_text(st, 4, plan, -1, SQLITE_STATIC);
    }
    step(f, which);
    sqlite3_clear_bindings(st);
}

/* Takes the parsing of the line as part of a save, as samplan does. */
void floor_save(struct floor *f, const char *line)
{
    json_t *all = json_loads(line, 0, NULL);
    const char *op = json_string_value(json_object_get(all, "op"));
    const char *id = json_string_value(json_object_get(all, "id"));
    const char *plan = json_string_value(json_object_get(all, "plan"));
    const char *type = json_string_value(json_object_get(all, "type"));
    const json_t *set = json_object_get(all, "set");
    char *fields = set ? json_dumps(set, JSON_COMPACT) : NULL;
    step(f, BEGIN);
    if (strcmp(op, "note") == 0) {
        char fresh[40];
        (void)snprintf(fresh, sizeof fresh, "%016lx%016lx", ++f->notes, (unsigned long)(uintptr_t)f);
        write_row(f, PUT_NOTE, fresh, json_string_value(json_object_get(all, "text")), plan);
    } else if (strcmp(op, "remove") == 0) {
        write_row(f, DROP, id, NULL, NULL);
    } else if (strcmp(op, "new") == 0) {
        write_row(f, strcmp(type, "plan") == 0 ? PUT_PLAN : PUT_ACTIVITY, id, fields, plan);
    } else {
        const bool of_plan = json_object_get(set, "background") || json_object_get(set, "aim");
        write_row(f, of_plan ? SET_PLAN : SET_ACTIVITY, id, fields, NULL);
    }
    step(f, COMMIT);
    free(fields);
    json_decref(all);
}

long floor_mark(struct floor *f)
{
    return f->version;
}

void floor_copy(struct floor *f, const char *other_path, long mark)
{
    static const char *const copies[] = {
        "INSERT INTO plan SELECT * FROM other.plan WHERE version > %ld AND true "
        "ON CONFLICT (id) DO UPDATE SET fields = excluded.fields",
        "INSERT INTO activity SELECT * FROM other.activity WHERE version > %ld AND true "
        "ON CONFLICT (id) DO UPDATE SET fields = excluded.fields",
        "INSERT INTO note SELECT * FROM other.note WHERE version > %ld AND true ON CONFLICT (id) DO NOTHING",
    };
    char text[500];
    (void)snprintf(text, sizeof text, "ATTACH '%s' AS other; BEGIN IMMEDIATE", other_path);
    must(f, sqlite3_exec(f->db, text, NULL, NULL, NULL), text);
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        (void)snprintf(text, sizeof text, copies[i], mark);
        must(f, sqlite3_exec(f->db, text, NULL, NULL, NULL), text);
    }
    must(f, sqlite3_exec(f->db, "COMMIT; DETACH other", NULL, NULL, NULL), "copy");
}
