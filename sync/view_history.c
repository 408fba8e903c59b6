#include "sync/bookmark.h"
#include "sync/view_row.h"

#include <stdlib.h>
#include <string.h>

static const char *op_name(int64_t code)
{
    switch (code) {
    case OP_NEW:
        return "new";
    case OP_SET:
        return "set";
    case OP_ADD:
        return "add";
    case OP_DROP:
        return "drop";
    case OP_APPEND:
        return "append";
    case OP_REMOVE:
        return "remove";
    case OP_KEEP:
        return "keep";
    case OP_OPEN:
        return "open";
    case OP_ADMIT:
        return "admit";
    case OP_GENESIS:
        return "genesis";
    case OP_PARTY:
        return "party";
    case OP_APPROVE:
        return "approve";
    case OP_CERTIFY:
        return "certify";
    default:
        return "unknown";
    }
}

static bool is_field_op(int64_t code)
{
    return code >= OP_SET && code <= OP_APPEND;
}

static enum view_standing standing_of(int64_t code, int64_t state, bool is_head, bool in_conflict)
{
    if (state == OP_REFUSED || state == OP_MISFIT) {
        return VIEW_REFUSED;
    }
    if (state == OP_NOT_KNOWN) {
        return VIEW_WAITING;
    }
    if (!is_field_op(code) || code == OP_DROP) {
        return VIEW_SHOWN;
    }
    return !is_head ? VIEW_SUPERSEDED : in_conflict ? VIEW_CONFLICT : VIEW_SHOWN;
}

enum {
    H_OBJECT = VIEW_AUTHOR_COUNT,
    H_SECTION,
    H_TYPE,
    H_CODE,
    H_FIELD,
    H_VALUE,
    H_STATE,
    H_WHY,
    H_HEAD,
    H_CONFLICT,
    H_RECORD,
    H_COMMIT,
    H_ROW
};

static void read_record(struct view_change *out, struct db_row *q)
{
    static const char digits[] = "0123456789abcdef";
    struct oid oid;
    if (db_col_is_null(q, H_RECORD)) {
        return;
    }
    db_col_copy(q, H_RECORD, out->record.b, HASH_LEN);
    db_col_copy(q, H_COMMIT, oid.b, OID_LEN);
    for (size_t i = 0; i < OID_LEN; i++) {
        out->commit[2 * i] = digits[oid.b[i] >> 4];
        out->commit[2 * i + 1] = digits[oid.b[i] & 15];
    }
}

static void read_change(struct view_change *out, struct arena *a, struct site *s, struct db_row *q)
{
    int64_t code = db_col_int(q, H_CODE);
    *out = (struct view_change){.op = op_name(code), .why = ""};
    view_author(&out->by, a, q, 0);
    view_id(q, H_OBJECT, &out->object.id);
    out->object.section = db_col_int(q, H_SECTION);
    out->type = db_col_is_null(q, H_TYPE) ? NULL : schema_type_numbered(s->schema, (uint64_t)db_col_int(q, H_TYPE));
    if (out->type && is_field_op(code)) {
        out->field = schema_field_numbered(out->type, (uint64_t)db_col_int(q, H_FIELD));
    }
    out->value = view_text(a, q, H_VALUE);
    out->standing =
        standing_of(code, db_col_int(q, H_STATE), db_col_int(q, H_HEAD) != 0, db_col_int(q, H_CONFLICT) != 0);
    const char *why = view_text(a, q, H_WHY);
    out->why = why ? why : "";
    read_record(out, q);
}

/* A change to a field of an object, by its place in the history. */
struct touch {
    int64_t object;
    uint32_t field;
    size_t at;
};

static int by_field_then_place(const void *x, const void *y)
{
    const struct touch *a = x;
    const struct touch *b = y;
    if (a->object != b->object) {
        return a->object < b->object ? -1 : 1;
    }
    if (a->field != b->field) {
        return a->field < b->field ? -1 : 1;
    }
    return a->at < b->at ? -1 : a->at > b->at;
}

/* For the history since something: what came before it. */
struct earlier {
    struct site *s;
    const struct view_since *since;
    int64_t place; /* the bookmark's */
};

/* The value that stood before: the last, in the order of arrival, of those that do not belong to the history asked for. */
static enum err read_earlier(const char **out, struct arena *a, const struct earlier *w, const struct touch *touch)
{
    struct db_row *q =
        db_use(w->s->db, "SELECT o.value FROM object_op a JOIN op o ON o.id = a.op"
                         " WHERE a.object = ?1 AND a.head IN (0, 1) AND a.field = ?2 AND o.code = 1"
                         " AND o.state = 0 AND CASE WHEN ?3 IS NULL THEN o.clock_ms < ?4 ELSE o.id <= ?5 AND NOT EXISTS"
                         " (SELECT 1 FROM unread u WHERE u.bookmark = ?3 AND u.op = o.id) END"
                         " ORDER BY o.tx DESC, o.id DESC LIMIT 1");
    db_int(q, 1, touch->object);
    db_int(q, 2, touch->field);
    db_text(q, 3, w->since->bookmark);
    db_int(q, 4, w->since->time_ms);
    db_int(q, 5, w->place);
    *out = db_next(q) ? view_text(a, q, 0) : NULL;
    return db_end(q);
}

/* What was shown on the same field just before: the value of the last standing change that came earlier in this order.
 * In sets and entries nothing is replaced. */
static enum err fill_old(struct view_change *changes, size_t count, const int64_t *objects, struct arena *a,
                         struct earlier *earlier)
{
    struct touch *touches = arena_array(a, count, sizeof *touches);
    size_t n = 0;
    if (!touches) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        const struct schema_field *f = changes[i].field;
        if (f && (f->merge == MERGE_REGISTER || f->merge == MERGE_TEXT)) {
            touches[n++] = (struct touch){.object = objects[i], .field = f->number, .at = i};
        }
    }
    qsort(touches, n, sizeof *touches, by_field_then_place);
    const char *shown = NULL;
    for (size_t i = 0; i < n; i++) {
        struct view_change *c = &changes[touches[i].at];
        bool same = i > 0 && touches[i - 1].object == touches[i].object && touches[i - 1].field == touches[i].field;
        if (!same && earlier) {
            enum err e = read_earlier(&shown, a, earlier, &touches[i]);
            if (e != OK) {
                return e;
            }
        }
        c->old = same || earlier ? shown : NULL;
        shown = c->standing != VIEW_REFUSED ? c->value : c->old;
    }
    return OK;
}

#define HISTORY                                                                                                        \
    "SELECT " VIEW_AUTHOR_COLUMNS ", b.uuid, coalesce(b.section, e.section), b.type, o.code, o.field, o.value,"        \
    " o.state, o.why, EXISTS (SELECT 1 FROM object_op h WHERE h.object = o.object AND h.head = 1"                      \
    "  AND h.field = o.field AND h.op = o.id),"                                                                        \
    " EXISTS (SELECT 1 FROM conflict k WHERE k.object = o.object AND k.field = o.field),"                              \
    " r.hash, r.oid, o.object FROM op o" VIEW_AUTHOR_JOIN                                                              \
    " LEFT JOIN object b ON b.id = o.object LEFT JOIN epoch e ON e.id = o.epoch"
#define HISTORY_ORDER " ORDER BY o.tx, o.id"

/* Of a plan: the operations on its objects, and those on its sections (openings, admissions). */
static struct db_row *history_rows(struct site *s, const struct uuid *plan)
{
    if (!plan) {
        return db_use(s->db, HISTORY HISTORY_ORDER);
    }
    struct db_row *q =
        db_use(s->db, HISTORY " WHERE o.id IN (SELECT a.op FROM section s JOIN object x ON x.section = s.id"
                              " JOIN object_op a ON a.object = x.id WHERE s.plan = ?1"
                              " UNION ALL SELECT p.id FROM section s JOIN epoch y ON y.section = s.id"
                              " JOIN op p ON p.epoch = y.id AND p.object IS NULL WHERE s.plan = ?1)" HISTORY_ORDER);
    db_blob(q, 1, plan->b, ID_LEN);
    return q;
}

static enum err read_history(struct view_changes *out, struct arena *a, struct site *s, struct db_row *q,
                             const char *field, struct earlier *earlier)
{
    struct buf list = {0};
    struct buf rows = {0};
    while (db_next(q)) {
        struct view_change c;
        int64_t row = db_col_is_null(q, H_ROW) ? 0 : db_col_int(q, H_ROW);
        read_change(&c, a, s, q);
        if (field && (!c.field || strcmp(c.field->name, field) != 0)) {
            continue;
        }
        buf_put(&list, &c, sizeof c);
        buf_put(&rows, &row, sizeof row);
    }
    enum err e = db_end(q);
    e = e == OK && (list.failed || rows.failed || a->failed) ? ERR_MEMORY : e;
    size_t count = list.len / sizeof(struct view_change);
    struct view_change *copy = e == OK ? arena_array(a, count, sizeof *copy) : NULL;
    if (copy) {
        if (count > 0) {
            memcpy(copy, list.ptr, list.len);
        }
        e = fill_old(copy, count, (const int64_t *)(const void *)rows.ptr, a, earlier);
        *out = (struct view_changes){.count = count, .changes = copy};
    } else if (e == OK) {
        e = ERR_MEMORY;
    }
    buf_free(&list);
    buf_free(&rows);
    return e;
}

enum err view_history(struct view_changes *out, struct arena *a, struct site *s, const struct uuid *plan,
                      const char *field)
{
    return read_history(out, a, s, history_rows(s, plan), field, NULL);
}

enum err view_history_since(struct view_changes *out, struct arena *a, struct site *s, const struct view_since *since)
{
    struct earlier earlier = {.s = s, .since = since};
    struct db_row *q = NULL;
    bool found;
    if (!since->bookmark) {
        q = db_use(s->db, HISTORY " WHERE o.clock_ms >= ?1" HISTORY_ORDER);
        db_int(q, 1, since->time_ms);
        return read_history(out, a, s, q, NULL, &earlier);
    }
    enum err e = bookmark_get(&found, &earlier.place, s, since->bookmark);
    if (e != OK) {
        return e;
    }
    q = db_use(s->db, HISTORY " WHERE o.id IN (SELECT id FROM op WHERE id > ?1 UNION ALL SELECT op FROM unread"
                              " WHERE bookmark = ?2)" HISTORY_ORDER);
    db_int(q, 1, earlier.place);
    db_text(q, 2, since->bookmark);
    return read_history(out, a, s, q, NULL, &earlier);
}
