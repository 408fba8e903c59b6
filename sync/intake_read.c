#include "sync/intake.h"

#include "crypto/envelope.h"
#include "crypto/sshsig.h"

#include <string.h>

const char *intake_verdict_name(enum verdict v)
{
    static const char *const names[] = {"accept", "waits", "quarantine", "malformed", "signature",
                                        "chain",  "link",  "hash",       "limit",     "newer"};
    return names[v];
}

void intake_free(struct intake *in)
{
    buf_free(&in->commit_bytes);
    buf_free(&in->armored);
    buf_free(&in->b);
    buf_free(&in->k);
    buf_free(&in->o);
    arena_free(&in->arena);
    *in = (struct intake){0};
}

bool intake_is_genesis(const struct intake *in)
{
    static const struct forbund_id none = {{0}};
    return memcmp(&in->header.forbund, &none, sizeof none) == 0;
}

/* Splits what a reading may come to: a fault of the record (a verdict) or of this machine (an error). */
static enum err sort_out(enum err e, enum verdict *verdict, const char **detail, const char *what)
{
    switch (e) {
    case OK:
        return OK;
    case ERR_LIMIT:
        *verdict = VERDICT_LIMIT;
        *detail = what;
        return OK;
    case ERR_NOT_FOUND:
        *verdict = VERDICT_WAITS;
        *detail = "an object of it is missing";
        return OK;
    case ERR_INPUT:
        *verdict = VERDICT_MALFORMED;
        *detail = what;
        return OK;
    default:
        return e;
    }
}

static enum err read_commit(struct intake *in, enum verdict *verdict, const char **detail, struct log *from,
                            struct commit *commit)
{
    enum err e = log_read(&in->commit_bytes, from, LOG_COMMIT, &in->oid, LIMIT_COMMIT);
    e = sort_out(e, verdict, detail, "the commit cannot be read");
    if (e != OK || *verdict != VERDICT_ACCEPT) {
        return e;
    }
    in->hash = ids_hash(span_buf(&in->commit_bytes));
    e = commit_decode(commit, &in->armored, span_buf(&in->commit_bytes));
    return sort_out(e, verdict, detail, "the commit does not have the one shape of a record");
}

static enum err check_signature(struct intake *in, enum verdict *verdict, const char **detail,
                                const struct commit *commit)
{
    struct buf payload = {0};
    commit_payload(&payload, commit);
    enum err e = buf_check(&payload);
    if (e == OK) {
        e = sshsig_verify(&in->signer, commit->signature, span_buf(&payload));
    }
    buf_free(&payload);
    if (e == ERR_FORGED || e == ERR_INPUT) {
        *verdict = VERDICT_SIGNATURE;
        *detail = e == ERR_FORGED ? "the signature does not verify" : "the signature is not in the accepted form";
        return OK;
    }
    return e;
}

static enum err read_tree(struct intake *in, enum verdict *verdict, const char **detail, struct log *from)
{
    struct buf bytes = {0};
    enum err e = log_read(&bytes, from, LOG_TREE, &in->tree_oid, LIMIT_COMMIT);
    if (e == OK) {
        e = commit_tree_decode(&in->tree, span_buf(&bytes));
    }
    buf_free(&bytes);
    e = sort_out(e, verdict, detail, "the tree does not have the one shape of a record");
    if (e == OK && *verdict == VERDICT_ACCEPT &&
        (in->tree.has_keys != in->header.has_keys || in->tree.has_opens != in->header.has_opens)) {
        *verdict = VERDICT_MALFORMED;
        *detail = "the tree holds other blobs than the header names";
    }
    return e;
}

static enum err read_blob(struct buf *out, enum verdict *verdict, const char **detail, struct log *from,
                          const struct oid *oid, size_t max, const struct hash *want)
{
    if (*verdict != VERDICT_ACCEPT) {
        return OK;
    }
    enum err e = log_read(out, from, LOG_BLOB, oid, max);
    e = sort_out(e, verdict, detail, "a blob is missing or too large");
    if (e == OK && *verdict == VERDICT_ACCEPT) {
        struct hash got = ids_hash(span_buf(out));
        if (memcmp(&got, want, sizeof got) != 0) {
            *verdict = VERDICT_HASH;
            *detail = "a blob is not the one that was signed";
        }
    }
    return e;
}

static enum err read_blobs(struct intake *in, enum verdict *verdict, const char **detail, struct log *from)
{
    enum err e = read_blob(&in->b, verdict, detail, from, &in->tree.body, LIMIT_BODY, &in->header.body);
    if (e == OK && in->header.has_keys) {
        e = read_blob(&in->k, verdict, detail, from, &in->tree.keys, LIMIT_KEYS, &in->header.keys);
    }
    if (e == OK && in->header.has_opens) {
        e = read_blob(&in->o, verdict, detail, from, &in->tree.opens, LIMIT_COMMIT, &in->header.opens);
    }
    if (e != OK || *verdict != VERDICT_ACCEPT) {
        return e;
    }
    in->bytes = in->commit_bytes.len + in->b.len + in->k.len + in->o.len;
    e = sort_out(body_decode(&in->body, &in->arena, span_buf(&in->b)), verdict, detail, "the body is malformed");
    if (e == OK && in->header.has_opens && *verdict == VERDICT_ACCEPT) {
        e = sort_out(opening_decode(&in->opening, span_buf(&in->o)), verdict, detail, "the opening is malformed");
    }
    if (e == OK && in->header.has_keys && (in->k.len == 0 || in->k.len % ENVELOPE_LEN != 0)) {
        *verdict = VERDICT_MALFORMED;
        *detail = "the envelopes are malformed";
    }
    return e;
}

/* Grammar and shape of the commit; nothing yet of who signed it. */
static enum err read_header(struct intake *in, enum verdict *verdict, const char **detail, struct log *from,
                            struct commit *commit)
{
    *verdict = VERDICT_ACCEPT;
    *detail = "";
    enum err e = read_commit(in, verdict, detail, from, commit);
    if (e != OK || *verdict != VERDICT_ACCEPT) {
        return e;
    }
    in->has_parent = commit->has_parent;
    in->parent = commit->parent;
    in->tree_oid = commit->tree;
    if (header_is_newer(commit->message)) {
        *verdict = VERDICT_NEWER;
        *detail = "written by a newer samplan: it comes in when this one has been updated";
        return OK;
    }
    return sort_out(header_decode(&in->header, &in->arena, commit->message), verdict, detail,
                    "the header is malformed");
}

static enum err read_rest(struct intake *in, enum verdict *verdict, const char **detail, struct log *from,
                          const struct commit *commit)
{
    enum err e = check_signature(in, verdict, detail, commit);
    if (e == OK && *verdict == VERDICT_ACCEPT &&
        (memcmp(&commit->chain, &in->header.chain, sizeof commit->chain) != 0 || commit->time != in->header.time)) {
        *verdict = VERDICT_MALFORMED;
        *detail = "commit and header do not agree";
    }
    if (e == OK && *verdict == VERDICT_ACCEPT) {
        e = read_tree(in, verdict, detail, from);
    }
    return e == OK && *verdict == VERDICT_ACCEPT ? read_blobs(in, verdict, detail, from) : e;
}

enum err intake_read(struct intake *in, enum verdict *verdict, const char **detail, struct log *from,
                     const struct oid *oid)
{
    struct commit commit;
    *in = (struct intake){.oid = *oid};
    enum err e = read_header(in, verdict, detail, from, &commit);
    return e == OK && *verdict == VERDICT_ACCEPT ? read_rest(in, verdict, detail, from, &commit) : e;
}

enum err intake_read_keys(struct intake *in, enum verdict *verdict, const char **detail, struct log *from,
                          const struct oid *oid)
{
    struct commit commit;
    *in = (struct intake){.oid = *oid};
    enum err e = read_header(in, verdict, detail, from, &commit);
    const bool any = e == OK && *verdict == VERDICT_ACCEPT && in->header.has_keys;
    return any ? read_rest(in, verdict, detail, from, &commit) : e;
}

enum err intake_peek(struct commit_names *out, struct log *from, const struct oid *oid)
{
    struct buf bytes = {0};
    enum err e = log_read(&bytes, from, LOG_COMMIT, oid, LIMIT_COMMIT);
    if (e == OK) {
        e = commit_peek(out, span_buf(&bytes));
    }
    buf_free(&bytes);
    return e;
}
