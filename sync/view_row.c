#include "sync/view_row.h"

char *view_text(struct arena *a, const struct db_row *q, int at)
{
    const char *text = db_col_text(q, at);
    return text ? arena_text(a, span_str(text)) : NULL;
}

void view_id(struct db_row *q, int at, struct uuid *out)
{
    *out = (struct uuid){{0}};
    if (!db_col_is_null(q, at)) {
        db_col_copy(q, at, out->b, ID_LEN);
    }
}

void view_author(struct view_author *out, struct arena *a, struct db_row *q, int at)
{
    db_col_copy(q, at, out->tx.chain.b, ID_LEN);
    out->tx.n = (uint64_t)db_col_int(q, at + 1);
    out->time_ms = db_col_int(q, at + 2);
    db_col_copy(q, at + 3, out->device.b, SIGN_PUBLIC_LEN);
    view_id(q, at + 4, &out->member);
    view_id(q, at + 5, &out->party);
    out->member_name = view_text(a, q, at + 6);
    out->party_name = view_text(a, q, at + 7);
    out->member_name = out->member_name ? out->member_name : "";
    out->party_name = out->party_name ? out->party_name : "";
}
