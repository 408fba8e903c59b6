#include "sync/view_row.h"

/* Every operation that changes what is shown has a row of its own, made in the same transaction as the change, whatever
 * the order in which things came; and row numbers of operations are never used again (a rebuild makes all of them anew). */
enum err view_touched(struct view_touched *out, struct arena *a, struct site *s, int64_t since)
{
    struct buf list = {0};
    struct view_touched t = {0};
    enum err e = db_get_int(&t.upto, db_use(s->db, "SELECT max(id) FROM op"), 0);
    if (e != OK || t.upto <= since) {
        *out = t;
        return e;
    }
    struct db_row *q = db_use(s->db, "SELECT DISTINCT s.plan, b.type FROM op o JOIN epoch e ON e.id = o.epoch"
                                     " JOIN section s ON s.id = e.section LEFT JOIN object b ON b.id = o.object"
                                     " WHERE o.id > ? AND o.id <= ?");
    db_int(q, 1, since);
    db_int(q, 2, t.upto);
    while (db_next(q)) {
        struct view_touch one = {0};
        view_id(q, 0, &one.plan);
        one.type = db_col_is_null(q, 1) ? NULL : schema_type_numbered(s->schema, (uint64_t)db_col_int(q, 1));
        buf_put(&list, &one, sizeof one);
    }
    e = db_end(q);
    t.count = list.len / sizeof *t.touches;
    t.touches = e == OK ? arena_copy(a, &list) : NULL;
    buf_free(&list);
    *out = t;
    return e == OK && !t.touches ? ERR_MEMORY : e;
}

enum err view_roots(struct buf *out, struct site *s, const char *type)
{
    static const struct uuid shared = {{0}};
    const struct schema_type *t = schema_type_named(s->schema, type);
    struct db_row *q =
        db_use(s->db, "SELECT o.uuid FROM object o JOIN section s ON s.id = o.section"
                      " WHERE o.type = ? AND o.life <> 1 AND s.plan = o.uuid AND s.owner = ? ORDER BY o.uuid");
    db_int(q, 1, t ? t->number : -1);
    db_blob(q, 2, shared.b, ID_LEN);
    while (db_next(q)) {
        struct uuid id;
        view_id(q, 0, &id);
        buf_put(out, id.b, ID_LEN);
    }
    enum err e = db_end(q);
    return e == OK ? buf_check(out) : e;
}
