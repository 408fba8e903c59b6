#include "sync/view_row.h"

#include "sync/epochs.h"

#include <string.h>

static enum err read_grounds(struct view_section *out, struct arena *a, struct site *s)
{
    struct buf list = {0};
    struct db_row *q = db_use(s->db, "SELECT g.ground FROM epoch_grant g JOIN epoch e ON e.id = g.epoch"
                                     " WHERE e.section = ? AND g.ground <> '' GROUP BY g.tx, g.ground ORDER BY g.tx");
    db_int(q, 1, out->section);
    while (db_next(q)) {
        const char *ground = view_text(a, q, 0);
        buf_put(&list, &ground, sizeof ground);
    }
    enum err e = db_end(q);
    out->ground_count = list.len / sizeof(const char *);
    const char **copy = e == OK && !list.failed ? arena_array(a, out->ground_count, sizeof *copy) : NULL;
    if (copy && out->ground_count > 0) {
        memcpy(copy, list.ptr, list.len);
    }
    out->grounds = copy;
    buf_free(&list);
    return e == OK && !copy ? ERR_MEMORY : e;
}

static bool may_write(const struct site *s, const struct view_section *v)
{
    if (strcmp(s->self.role, "revisor") == 0) {
        return false;
    }
    if (!uuid_is_nil(&v->place.owner)) {
        return memcmp(&v->place.owner, &s->self.party, sizeof s->self.party) == 0;
    }
    for (size_t i = 0; i < v->grant_count; i++) {
        const struct uuid *own = v->grants[i].kind == GRANT_PARTY ? &s->self.party : &s->self.member;
        if (v->grants[i].writes && memcmp(&v->grants[i].id, own, sizeof *own) == 0) {
            return true;
        }
    }
    return false;
}

static enum err read_section(struct view_section *out, struct arena *a, struct site *s, struct db_row *q)
{
    struct epoch_row heads[1];
    size_t count = 0;
    *out = (struct view_section){.section = db_col_int(q, 0)};
    db_col_copy(q, 1, out->id.b, ID_LEN);
    db_col_copy(q, 2, out->place.plan.b, ID_LEN);
    db_col_copy(q, 3, out->place.owner.b, ID_LEN);
    out->place.topic = view_text(a, q, 4);
    out->owner_name = view_text(a, q, 5);
    out->owner_name = out->owner_name ? out->owner_name : "";
    enum err e = epochs_heads(heads, 1, &count, s, out->section);
    if (e == OK && count > 0) {
        e = epochs_grants(&out->grants, &out->grant_count, a, s, &heads[0]);
    }
    if (e == OK) {
        e = read_grounds(out, a, s);
    }
    out->may_write = may_write(s, out);
    return e == OK && a->failed ? ERR_MEMORY : e;
}

enum err view_sections(struct view_sections *out, struct arena *a, struct site *s, const struct uuid *plan)
{
    struct buf list = {0};
    struct db_row *q = db_use(s->db, "SELECT s.id, s.section_id, s.plan, s.owner, s.topic,"
                                     " (SELECT name FROM party p WHERE p.uuid = s.owner) FROM section s"
                                     " WHERE ?1 IS NULL OR s.plan = ?1 ORDER BY s.section_id");
    if (plan) {
        db_blob(q, 1, plan->b, ID_LEN);
    }
    enum err e = OK;
    while (e == OK && db_next(q)) {
        struct view_section v;
        e = read_section(&v, a, s, q);
        buf_put(&list, &v, sizeof v);
    }
    enum err end = db_end(q);
    e = e != OK ? e : end;
    size_t count = list.len / sizeof(struct view_section);
    const struct view_section *copy = e == OK ? arena_copy(a, &list) : NULL;
    if (copy) {
        *out = (struct view_sections){.count = count, .sections = copy};
    } else if (e == OK) {
        e = ERR_MEMORY;
    }
    buf_free(&list);
    return e;
}

enum err view_place(struct place *out, const char **owner_name, struct arena *a, struct site *s, int64_t section)
{
    struct db_row *q = db_use(s->db, "SELECT s.plan, s.owner, s.topic, (SELECT name FROM party p WHERE p.uuid = s.owner"
                                     " LIMIT 1) FROM section s WHERE s.id = ?");
    db_int(q, 1, section);
    *out = (struct place){.topic = NULL};
    *owner_name = "";
    if (db_next(q)) {
        const char *name = view_text(a, q, 3);
        view_id(q, 0, &out->plan);
        view_id(q, 1, &out->owner);
        out->topic = view_text(a, q, 2);
        *owner_name = name ? name : "";
    }
    enum err e = db_end(q);
    return e == OK && a->failed ? ERR_MEMORY : e;
}
