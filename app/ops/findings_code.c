#include "app/ops/findings_code.h"

#include <stdlib.h>
#include <string.h>

#include "app/plan/rules.h"

/* Small numbers as a byte, lengths and days as four, times as eight; a finding's id first, so that the ids can be had
 * without the rest; the length of each finding stands before it. */

#define TOO_LARGE 1
#define SHARED 2

static void put_text(struct buf *b, const char *text)
{
    buf_put_u32be(b, (uint32_t)strlen(text));
    buf_put_str(b, text);
}

static void put_texts(struct buf *b, char *const *texts, size_t count)
{
    buf_put_u32be(b, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        put_text(b, texts[i]);
    }
}

static void put_acceptance(struct buf *b, const struct findings_acceptance *a)
{
    buf_put_u8(b, a != NULL);
    if (!a) {
        return;
    }
    put_text(b, a->id ? a->id : "");
    put_text(b, a->why ? a->why : "");
    buf_put(b, a->by.tx.chain.b, sizeof a->by.tx.chain.b);
    buf_put_u64be(b, a->by.tx.n);
    buf_put_u64be(b, (uint64_t)a->by.time_ms);
    buf_put(b, a->by.member.b, sizeof a->by.member.b);
    buf_put(b, a->by.party.b, sizeof a->by.party.b);
    buf_put(b, a->by.device.b, sizeof a->by.device.b);
    put_text(b, a->by.member_name);
    put_text(b, a->by.party_name);
}

static void put_finding(struct buf *b, const struct finding *f, const struct findings_acceptance *a)
{
    buf_put_str(b, f->id);
    buf_put_str(b, f->matter);
    put_text(b, f->rule);
    buf_put_u8(b, (uint8_t)f->kind);
    buf_put_u8(b, (uint8_t)f->severity);
    buf_put_u8(b, f->past);
    buf_put_u32be(b, (uint32_t)f->from);
    buf_put_u32be(b, (uint32_t)f->to);
    buf_put_u32be(b, (uint32_t)f->peak_percent);
    put_texts(b, f->objects, f->object_count);
    put_texts(b, f->parties, f->party_count);
    put_text(b, f->text);
    put_acceptance(b, a);
}

void findings_code_put(struct buf *out, const struct findings_of *of)
{
    buf_put_u8(out, (uint8_t)((of->too_large ? TOO_LARGE : 0) | (of->shared ? SHARED : 0)));
    for (size_t i = 0; i < of->found.count; i++) {
        struct buf one = {0};
        put_finding(&one, &of->found.items[i], findings_accepted(of, &of->found.items[i]));
        out->failed = out->failed || one.failed;
        buf_put_u32be(out, (uint32_t)one.len);
        buf_put_span(out, span_buf(&one));
        buf_free(&one);
    }
}

/* ---- reading ---- */

static struct span get_span(struct reader *r)
{
    return reader_take(r, reader_u32be(r));
}

static const char *get_text(struct reader *r, struct arena *a)
{
    return arena_text(a, get_span(r));
}

static enum err get_ids(struct reader *r, struct arena *a, struct finding *f,
                        enum err (*add)(struct finding *, const char *))
{
    const uint32_t count = reader_u32be(r);
    enum err e = OK;
    for (uint32_t i = 0; e == OK && !r->failed && i < count; i++) {
        const char *id = get_text(r, a);
        e = id ? add(f, id) : ERR_MEMORY;
    }
    return e;
}

/* "": there is none of that name. */
static const char *rule_of(const char *id)
{
    size_t count;
    const struct rules_rule *rules = rules_all(&count);
    for (size_t i = 0; id && i < count; i++) {
        if (strcmp(rules[i].id, id) == 0) {
            return rules[i].id;
        }
    }
    return "";
}

static const struct findings_acceptance *get_acceptance(struct reader *r, struct arena *arena)
{
    if (reader_u8(r) == 0) {
        return NULL;
    }
    struct findings_acceptance *a = arena_alloc(arena, sizeof *a);
    if (a) {
        a->id = get_text(r, arena);
        a->why = get_text(r, arena);
        reader_copy(r, a->by.tx.chain.b, sizeof a->by.tx.chain.b);
        a->by.tx.n = reader_u64be(r);
        a->by.time_ms = (int64_t)reader_u64be(r);
        reader_copy(r, a->by.member.b, sizeof a->by.member.b);
        reader_copy(r, a->by.party.b, sizeof a->by.party.b);
        reader_copy(r, a->by.device.b, sizeof a->by.device.b);
        a->by.member_name = get_text(r, arena);
        a->by.party_name = get_text(r, arena);
    }
    return a;
}

static char *own_copy(struct span text)
{
    char *copy = malloc(text.len + 1);
    if (copy) {
        memcpy(copy, text.len > 0 ? (const char *)text.ptr : "", text.len);
        copy[text.len] = '\0';
    }
    return copy;
}

static enum err get_finding(struct finding *f, const struct findings_acceptance **accepted, struct reader *r,
                            struct arena *a)
{
    reader_copy(r, f->id, FINDING_ID_LEN);
    reader_copy(r, f->matter, FINDING_ID_LEN);
    f->rule = rule_of(get_text(r, a));
    f->kind = reader_u8(r) == FINDING_KROCK ? FINDING_KROCK : FINDING_GLAPP;
    f->severity = reader_u8(r) == FINDING_STOP ? FINDING_STOP : FINDING_WARN;
    f->past = reader_u8(r) != 0;
    f->from = (int32_t)reader_u32be(r);
    f->to = (int32_t)reader_u32be(r);
    f->peak_percent = (int)(int32_t)reader_u32be(r);
    enum err e = get_ids(r, a, f, finding_object);
    if (e == OK) {
        e = get_ids(r, a, f, finding_party);
    }
    if (e == OK) {
        f->text = own_copy(get_span(r));
        *accepted = get_acceptance(r, a);
        e = f->text && !a->failed ? OK : ERR_MEMORY;
    }
    return e;
}

static size_t count_findings(struct span bytes)
{
    struct reader r = reader_of(bytes);
    size_t count = 0;
    while (!r.failed && r.left > 0) {
        (void)get_span(&r);
        count++;
    }
    return count;
}

enum err findings_code_get(bool *good, struct findings_of *out, struct ops *o, struct span bytes)
{
    struct reader r = reader_of(bytes);
    const uint8_t marks = reader_u8(&r);
    struct findings_of of = {.plan = out->plan, .too_large = (marks & TOO_LARGE) != 0, .shared = (marks & SHARED) != 0};
    const size_t count = r.failed ? 0 : count_findings(span_of(r.ptr, r.left));
    const struct findings_acceptance **accepted = arena_array(o->arena, count + 1, sizeof *accepted);
    enum err e = accepted ? OK : ERR_MEMORY;
    *good = !r.failed;
    for (size_t i = 0; e == OK && *good && i < count; i++) {
        struct reader one = reader_of(get_span(&r));
        struct finding *f = NULL;
        e = finding_add(&f, &of.found);
        if (e == OK) {
            e = get_finding(f, &accepted[i], &one, o->arena);
            *good = reader_done(&one) && f->rule[0] != '\0';
        }
    }
    *good = *good && e == OK && reader_done(&r);
    if (!*good) {
        finding_truncate(&of.found, 0);
        return e == OK || e == ERR_LIMIT ? OK : ops_no_memory(o);
    }
    of.accepted = accepted;
    *out = of;
    return OK;
}

void findings_code_ids(struct buf *out, struct span bytes)
{
    struct reader r = reader_of(bytes);
    (void)reader_u8(&r);
    while (!r.failed && r.left > 0) {
        struct reader one = reader_of(get_span(&r));
        const struct span id = reader_take(&one, FINDING_ID_LEN);
        buf_put_span(out, id);
    }
}
