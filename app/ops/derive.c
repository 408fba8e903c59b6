#include "app/ops/derive.h"

#include <string.h>

enum err derive_id(struct uuid *out, struct ops *o, const char *const *parts)
{
    struct buf bytes = {0};
    buf_put_str(&bytes, "samplan derived 1");
    buf_put(&bytes, site_self(o->site)->forbund.b, ID_LEN);
    for (; *parts; parts++) {
        buf_put_u32be(&bytes, (uint32_t)strlen(*parts));
        buf_put_str(&bytes, *parts);
    }
    enum err e = buf_check(&bytes);
    if (e == OK) {
        const struct hash hash = ids_hash(span_buf(&bytes));
        *out = uuid_make(0, hash.b);
    } else {
        e = ops_no_memory(o);
    }
    buf_free(&bytes);
    return e;
}
