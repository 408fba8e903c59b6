#include "sync/view_row.h"

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

/* What was shown on the same field just before: the last standing change to it that came earlier in this order. */
static const char *value_before(const struct view_change *changes, const int64_t *rows, size_t at)
{
    const struct schema_field *field = changes[at].field;
    if (!field || field->merge == MERGE_SET || field->merge == MERGE_ENTRIES) {
        return NULL; /* nothing is replaced there */
    }
    for (size_t i = at; i > 0; i--) {
        const struct view_change *c = &changes[i - 1];
        if (rows[i - 1] == rows[at] && c->field == changes[at].field && c->field && c->standing != VIEW_REFUSED) {
            return c->value;
        }
    }
    return NULL;
}

enum err view_history(struct view_changes *out, struct arena *a, struct site *s, const struct uuid *plan,
                      const char *field)
{
    struct buf list = {0};
    struct buf rows = {0};
    struct db_row *q = db_use(
        s->db,
        "SELECT " VIEW_AUTHOR_COLUMNS ", b.uuid, coalesce(b.section, e.section), b.type, o.code, o.field, o.value,"
        " o.state, o.why, EXISTS (SELECT 1 FROM head h WHERE h.object = o.object AND h.field = o.field"
        "  AND h.op = o.id), EXISTS (SELECT 1 FROM conflict k WHERE k.object = o.object AND k.field = o.field),"
        " r.hash, r.oid, o.object FROM op o" VIEW_AUTHOR_JOIN ""
        " JOIN record r ON r.seq = t.record LEFT JOIN object b ON b.id = o.object"
        " LEFT JOIN epoch e ON e.id = o.epoch LEFT JOIN section s ON s.id = coalesce(b.section, e.section)"
        " WHERE ?1 IS NULL OR s.plan = ?1 ORDER BY t.record, t.n, o.id");
    if (plan) {
        db_blob(q, 1, plan->b, ID_LEN);
    }
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
        for (size_t i = 0; i < count; i++) {
            copy[i].old = value_before(copy, (const int64_t *)(const void *)rows.ptr, i);
        }
        *out = (struct view_changes){.count = count, .changes = copy};
    } else if (e == OK) {
        e = ERR_MEMORY;
    }
    buf_free(&list);
    buf_free(&rows);
    return e;
}
