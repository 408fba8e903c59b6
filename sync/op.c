#include "sync/op.h"

#include <assert.h>
#include <string.h>

#include "sync/cbor.h"
#include "sync/limits.h"

/* Items in the array of each known kind, the code included. */
static size_t item_count(uint64_t code)
{
    switch (code) {
    case OP_REMOVE:
    case OP_KEEP:
        return 2;
    case OP_NEW:
    case OP_ADMIT:
    case OP_GENESIS:
        return 3;
    case OP_SET:
    case OP_ADD:
    case OP_DROP:
    case OP_APPEND:
    case OP_APPROVE:
        return 4;
    case OP_PARTY:
        return 5;
    case OP_OPEN:
    case OP_SPLICE:
        return 7;
    case OP_CERTIFY:
        return 8;
    default:
        return 0;
    }
}

bool op_names_object(const struct op *o)
{
    return o->code == OP_UNKNOWN ? o->unknown_names : o->code >= OP_NEW && o->code <= OP_SPLICE;
}

/* The orders in which lists are written; each also rules out doubles. */

static int compare_parents(const struct parent_epoch *a, const struct parent_epoch *b)
{
    return memcmp(a->key_id.b, b->key_id.b, ID_LEN);
}

static int compare_grants(const struct grant *a, const struct grant *b)
{
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    return memcmp(a->id.b, b->id.b, ID_LEN);
}

static int compare_dots(const struct dot *a, const struct dot *b)
{
    int chains = memcmp(a->chain.b, b->chain.b, ID_LEN);
    if (chains != 0 || a->n == b->n) {
        return chains;
    }
    return a->n < b->n ? -1 : 1;
}

static void put_name(struct buf *out, const char *name)
{
    value_put_text(out, name, 1, LIMIT_NAME);
}

static void put_parents(struct buf *out, const struct op_open *open)
{
    assert(open->parent_count <= LIMIT_PARENTS);
    cbor_put_array(out, open->parent_count);
    for (size_t i = 0; i < open->parent_count; i++) {
        const struct parent_epoch *parent = &open->parents[i];
        assert(i == 0 || compare_parents(parent - 1, parent) < 0);
        cbor_put_array(out, 2);
        cbor_put_fixed(out, parent->key_id.b, ID_LEN);
        if (parent->has_key) {
            cbor_put_fixed(out, parent->key, SECTION_KEY_LEN);
        } else {
            cbor_put_null(out);
        }
    }
}

static void put_grants(struct buf *out, const struct op_open *open)
{
    assert(open->grant_count <= LIMIT_GRANTS);
    cbor_put_array(out, open->grant_count);
    for (size_t i = 0; i < open->grant_count; i++) {
        const struct grant *grant = &open->grants[i];
        assert(i == 0 || compare_grants(grant - 1, grant) < 0);
        assert(grant->kind == GRANT_PARTY || grant->kind == GRANT_MEMBER);
        cbor_put_array(out, 3);
        cbor_put_uint(out, (uint64_t)grant->kind);
        cbor_put_fixed(out, grant->id.b, ID_LEN);
        cbor_put_uint(out, grant->writes ? 1 : 0);
    }
}

static void put_open(struct buf *out, const struct op *o)
{
    const struct op_open *open = &o->u.open;
    if (o->code == OP_OPEN) {
        cbor_put_fixed(out, open->plan.b, ID_LEN);
        cbor_put_fixed(out, open->owner.b, ID_LEN);
        put_name(out, open->topic);
        put_parents(out, open);
    }
    put_grants(out, open);
    value_put_text(out, open->ground, 0, LIMIT_TEXT);
}

static void put_party(struct buf *out, const struct op *o)
{
    const struct op_party *party = &o->u.party;
    cbor_put_fixed(out, party->party.b, ID_LEN);
    put_name(out, party->name);
    put_name(out, party->kind);
    if (o->code == OP_APPROVE) {
        assert(party->approval_count == 0);
        return;
    }
    assert(party->approval_count <= LIMIT_APPROVALS);
    cbor_put_array(out, party->approval_count);
    for (size_t i = 0; i < party->approval_count; i++) {
        const struct dot *dot = &party->approvals[i];
        assert(dot->n >= 1 && dot->n < LIMIT_DOT && (i == 0 || compare_dots(dot - 1, dot) < 0));
        cbor_put_array(out, 2);
        cbor_put_fixed(out, dot->chain.b, ID_LEN);
        cbor_put_uint(out, dot->n);
    }
}

static void put_certify(struct buf *out, const struct op_certify *c)
{
    cbor_put_fixed(out, c->sign.b, SIGN_PUBLIC_LEN);
    cbor_put_fixed(out, c->box.b, BOX_PUBLIC_LEN);
    cbor_put_fixed(out, c->meeting.b, BOX_PUBLIC_LEN);
    cbor_put_fixed(out, c->member.b, ID_LEN);
    put_name(out, c->name);
    cbor_put_fixed(out, c->party.b, ID_LEN);
    put_name(out, c->role);
}

static void put_splice(struct buf *out, const struct op_splice *splice)
{
    assert(splice->base.n >= 1 && splice->base.n < LIMIT_DOT);
    if (!splice->own_chain) {
        cbor_put_array(out, 2);
        cbor_put_fixed(out, splice->base.chain.b, ID_LEN);
    }
    cbor_put_uint(out, splice->base.n);
    cbor_put_uint(out, splice->skip);
    cbor_put_uint(out, splice->drop);
    value_put_text(out, splice->insert, 0, LIMIT_TEXT);
}

static void put_object(struct buf *out, const struct op *o, uint32_t index)
{
    cbor_put_uint(out, index);
    if (o->code == OP_REMOVE || o->code == OP_KEEP) {
        return;
    }
    cbor_put_uint(out, o->number);
    if (o->code == OP_SPLICE) {
        put_splice(out, &o->u.splice);
    } else if (o->code != OP_NEW) {
        assert(o->value || o->code == OP_SET);
        value_put(out, o->value);
    }
}

/* Takes an operation of a kind that this version does not know. */
static struct span take_unknown(struct value_source *v)
{
    struct reader inside = v->r;
    size_t items = cbor_array(&inside, SIZE_MAX);
    uint64_t code = cbor_uint(&inside, UINT64_MAX);
    if (inside.failed || items == 0 || item_count(code) != 0) {
        value_fail(v, ERR_INPUT);
    }
    struct span raw = cbor_skip(&v->r, SIZE_MAX);
    if (raw.len > LIMIT_UNKNOWN) {
        value_fail(v, ERR_LIMIT);
    }
    return raw;
}

static void put_unknown(struct buf *out, struct span raw)
{
    struct value_source again = {.r = reader_of(raw)};
    (void)take_unknown(&again);
    assert(reader_done(&again.r));
    buf_put_span(out, raw);
}

void op_encode(struct buf *out, const struct op *o, uint32_t index)
{
    if (o->code == OP_UNKNOWN) {
        put_unknown(out, o->u.raw);
        return;
    }
    size_t items = item_count((uint64_t)o->code);
    assert(items > 0);
    cbor_put_array(out, items);
    cbor_put_uint(out, (uint64_t)o->code);
    if (op_names_object(o)) {
        put_object(out, o, index);
    } else if (o->code == OP_OPEN || o->code == OP_ADMIT) {
        put_open(out, o);
    } else if (o->code == OP_GENESIS) {
        put_name(out, o->u.genesis.name);
        cbor_put_uint(out, o->u.genesis.quorum);
    } else if (o->code == OP_CERTIFY) {
        put_certify(out, &o->u.certify);
    } else {
        put_party(out, o);
    }
}

static const char *take_name(struct value_source *v)
{
    return value_take_text(v, 1, LIMIT_NAME);
}

static void take_parents(struct op_open *open, struct value_source *v)
{
    size_t count = value_take_count(v, LIMIT_PARENTS);
    struct parent_epoch *parents = value_room(v, count, sizeof *parents);
    for (size_t i = 0; parents && i < count && !v->r.failed; i++) {
        cbor_items(&v->r, 2);
        cbor_fixed(&v->r, parents[i].key_id.b, ID_LEN);
        parents[i].has_key = cbor_peek(&v->r) != CBOR_NULL;
        if (parents[i].has_key) {
            cbor_fixed(&v->r, parents[i].key, SECTION_KEY_LEN);
        } else {
            cbor_null(&v->r);
        }
        if (i > 0 && compare_parents(&parents[i - 1], &parents[i]) >= 0) {
            value_fail(v, ERR_INPUT);
        }
    }
    open->parent_count = count;
    open->parents = parents;
}

static void take_grants(struct op_open *open, struct value_source *v)
{
    size_t count = value_take_count(v, LIMIT_GRANTS);
    struct grant *grants = value_room(v, count, sizeof *grants);
    for (size_t i = 0; grants && i < count && !v->r.failed; i++) {
        cbor_items(&v->r, 3);
        grants[i].kind = cbor_uint(&v->r, GRANT_MEMBER) == GRANT_MEMBER ? GRANT_MEMBER : GRANT_PARTY;
        cbor_fixed(&v->r, grants[i].id.b, ID_LEN);
        grants[i].writes = cbor_uint(&v->r, 1) == 1;
        if (i > 0 && compare_grants(&grants[i - 1], &grants[i]) >= 0) {
            value_fail(v, ERR_INPUT);
        }
    }
    open->grant_count = count;
    open->grants = grants;
}

static void take_open(struct op *o, struct value_source *v)
{
    struct op_open *open = &o->u.open;
    if (o->code == OP_OPEN) {
        cbor_fixed(&v->r, open->plan.b, ID_LEN);
        cbor_fixed(&v->r, open->owner.b, ID_LEN);
        open->topic = take_name(v);
        take_parents(open, v);
    }
    take_grants(open, v);
    open->ground = value_take_text(v, 0, LIMIT_TEXT);
}

static void take_approvals(struct op_party *party, struct value_source *v)
{
    size_t count = value_take_count(v, LIMIT_APPROVALS);
    struct dot *dots = value_room(v, count, sizeof *dots);
    for (size_t i = 0; dots && i < count && !v->r.failed; i++) {
        cbor_items(&v->r, 2);
        cbor_fixed(&v->r, dots[i].chain.b, ID_LEN);
        dots[i].n = cbor_uint(&v->r, LIMIT_DOT - 1);
        if (dots[i].n == 0 || (i > 0 && compare_dots(&dots[i - 1], &dots[i]) >= 0)) {
            value_fail(v, ERR_INPUT);
        }
    }
    party->approval_count = count;
    party->approvals = dots;
}

static void take_party(struct op *o, struct value_source *v)
{
    struct op_party *party = &o->u.party;
    cbor_fixed(&v->r, party->party.b, ID_LEN);
    party->name = take_name(v);
    party->kind = take_name(v);
    if (o->code == OP_PARTY) {
        take_approvals(party, v);
    }
}

static void take_certify(struct op_certify *c, struct value_source *v)
{
    cbor_fixed(&v->r, c->sign.b, SIGN_PUBLIC_LEN);
    cbor_fixed(&v->r, c->box.b, BOX_PUBLIC_LEN);
    cbor_fixed(&v->r, c->meeting.b, BOX_PUBLIC_LEN);
    cbor_fixed(&v->r, c->member.b, ID_LEN);
    c->name = take_name(v);
    cbor_fixed(&v->r, c->party.b, ID_LEN);
    c->role = take_name(v);
}

/* An index of the table; each new one is the next. */
static void take_index(struct op *o, struct op_source *s)
{
    uint64_t index = cbor_uint(&s->v.r, LIMIT_OBJECTS);
    if (index >= s->object_count || index > s->objects_used) {
        value_fail(&s->v, ERR_INPUT);
        return;
    }
    if (index == s->objects_used) {
        s->objects_used++;
    }
    o->object = s->objects[index];
}

static void take_splice(struct op_splice *splice, struct value_source *v)
{
    splice->own_chain = cbor_peek(&v->r) != CBOR_ARRAY;
    if (!splice->own_chain) {
        cbor_items(&v->r, 2);
        cbor_fixed(&v->r, splice->base.chain.b, ID_LEN);
    }
    splice->base.n = cbor_uint(&v->r, LIMIT_DOT - 1);
    splice->skip = (uint32_t)cbor_uint(&v->r, LIMIT_TEXT);
    splice->drop = (uint32_t)cbor_uint(&v->r, LIMIT_TEXT);
    splice->insert = value_take_text(v, 0, LIMIT_TEXT);
    if (splice->base.n == 0) {
        value_fail(v, ERR_INPUT);
    }
}

static void take_object(struct op *o, struct op_source *s)
{
    take_index(o, s);
    if (o->code == OP_REMOVE || o->code == OP_KEEP) {
        return;
    }
    o->number = (uint32_t)cbor_uint(&s->v.r, UINT32_MAX);
    if (o->code == OP_SPLICE) {
        take_splice(&o->u.splice, &s->v);
    } else if (o->code != OP_NEW) {
        o->value = value_take(&s->v);
        if (!o->value && o->code != OP_SET) {
            value_fail(&s->v, ERR_INPUT);
        }
    }
}

/* Operations on objects keep to codes below OP_OPEN and name the object in their second item, in every version: else a
 * table entry that only a newer operation uses would look unused here. The reader stands after the code. */
static void take_unknown_object(struct op *o, struct op_source *s, uint64_t code)
{
    o->unknown_names = code < OP_OPEN;
    if (o->unknown_names) {
        take_index(o, s);
    }
}

void op_decode(struct op *o, struct op_source *s)
{
    struct value_source *v = &s->v;
    struct reader start = v->r;
    size_t items = cbor_array(&v->r, SIZE_MAX);
    uint64_t code = cbor_uint(&v->r, UINT64_MAX);
    size_t known = item_count(code);
    if (v->r.failed || (known > 0 && items != known)) {
        value_fail(v, ERR_INPUT);
        return;
    }
    if (known == 0) {
        take_unknown_object(o, s, code);
        if (v->r.failed) {
            return;
        }
        v->r = start;
        o->code = OP_UNKNOWN;
        o->u.raw = take_unknown(v);
        return;
    }
    o->code = (enum op_code)code;
    if (op_names_object(o)) {
        take_object(o, s);
    } else if (o->code == OP_OPEN || o->code == OP_ADMIT) {
        take_open(o, v);
    } else if (o->code == OP_GENESIS) {
        o->u.genesis.name = take_name(v);
        o->u.genesis.quorum = (uint32_t)cbor_uint(&v->r, UINT32_MAX);
    } else if (o->code == OP_CERTIFY) {
        take_certify(&o->u.certify, v);
    } else {
        take_party(o, v);
    }
}
