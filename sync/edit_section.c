#include "sync/edit_core.h"

#include "sync/tx.h"
#include "sync/utf8.h"

#include <stdlib.h>
#include <string.h>

static int by_grant(const void *a, const void *b)
{
    const struct grant *x = a;
    const struct grant *y = b;
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    return memcmp(&x->id, &y->id, sizeof x->id);
}

/* Sorted, unique, in the arena. */
static enum err tidy_grants(struct op_open *open, struct arena *a, const struct grant *to, size_t count)
{
    struct grant *copy = arena_array(a, count, sizeof *copy);
    if (!copy) {
        return ERR_MEMORY;
    }
    size_t n = 0;
    if (count > 0) {
        memcpy(copy, to, count * sizeof *copy);
        qsort(copy, count, sizeof *copy, by_grant);
    }
    for (size_t i = 0; i < count; i++) {
        if (n > 0 && by_grant(&copy[n - 1], &copy[i]) == 0) {
            copy[n - 1].writes = copy[n - 1].writes || copy[i].writes;
        } else {
            copy[n++] = copy[i];
        }
    }
    open->grants = copy;
    open->grant_count = n;
    return n > LIMIT_GRANTS ? ERR_LIMIT : OK;
}

/* A fresh key for a section, kept, with its id. */
static enum err make_key(struct key_id *id, struct site *s, const struct section_id *section)
{
    uint8_t key[SECTION_KEY_LEN];
    device_hedge(key, s->device, span_of(section->b, ID_LEN));
    *id = ids_key(&s->self.forbund, section, key);
    enum err e = epochs_keep_key(s, id, section, key);
    device_wipe(key, sizeof key);
    return e;
}

static int by_key_id(const void *a, const void *b)
{
    const struct parent_epoch *x = a;
    const struct parent_epoch *y = b;
    return memcmp(&x->key_id, &y->key_id, sizeof x->key_id);
}

/* Opens an epoch after those given (none: the first), with these recipients. */
static enum err open_epoch(struct epoch_row *out, struct edit *e, const struct place *p, const struct epoch_row *heads,
                           size_t head_count, const struct grant *to, size_t to_count, const char *ground)
{
    struct op op = {.code = OP_OPEN};
    struct section_id held;
    struct section_id id = epochs_section_id(e->s, &p->plan, &p->owner, p->topic);
    struct parent_epoch *parents = arena_array(&e->a, head_count, sizeof *parents);
    op.u.open.plan = p->plan;
    op.u.open.owner = p->owner;
    op.u.open.topic = arena_text(&e->a, span_str(p->topic));
    op.u.open.ground = arena_text(&e->a, span_str(ground));
    op.u.open.parents = parents;
    op.u.open.parent_count = head_count;
    enum err r =
        parents && op.u.open.topic && op.u.open.ground ? tidy_grants(&op.u.open, &e->a, to, to_count) : ERR_MEMORY;
    for (size_t i = 0; r == OK && i < head_count; i++) {
        parents[i].key_id = heads[i].key_id;
        parents[i].has_key = true;
        r = epochs_key(&held, parents[i].key, e->s, &heads[i].key_id);
    }
    struct key_id key;
    if (r == OK) {
        qsort(parents, head_count, sizeof *parents, by_key_id);
        r = make_key(&key, e->s, &id);
    }
    if (r == OK) {
        r = edit_add_op(e, &key, &op);
    }
    return r == OK ? epochs_find(out, e->s, &key) : r;
}

static struct grant own_party(const struct edit *e)
{
    return (struct grant){.kind = GRANT_PARTY, .id = e->s->self.party, .writes = true};
}

static enum err first_epoch(struct epoch_row *out, struct edit *e, const struct place *p)
{
    struct grant own = own_party(e);
    bool shared = uuid_is_nil(&p->owner);
    if (!shared && memcmp(&p->owner, &e->s->self.party, sizeof p->owner) != 0) {
        return edit_refuse(e->s, WHY("only the owner party writes there"));
    }
    return open_epoch(out, e, p, NULL, 0, &own, shared ? 1 : 0, "");
}

/* Was it a recipient before this epoch, and is not any more? */
static enum err left_out(bool *out, struct edit *e, const struct epoch_row *head, const struct grant *g)
{
    int64_t was = 0;
    const struct grant *now = NULL;
    size_t count = 0;
    *out = false;
    enum err r = epochs_grants(&now, &count, &e->a, e->s, head);
    for (size_t i = 0; r == OK && i < count; i++) {
        if (by_grant(&now[i], g) == 0) {
            return OK;
        }
    }
    if (r == OK) {
        struct db_row *q =
            db_use(e->s->db, "SELECT 1 FROM epoch_past p JOIN epoch_grant g ON g.epoch = p.past"
                             " WHERE p.epoch = ? AND p.past <> p.epoch AND g.kind = ? AND g.grantee = ?");
        db_int(q, 1, head->id);
        db_int(q, 2, g->kind);
        db_blob(q, 3, g->id.b, ID_LEN);
        r = db_get_int(&was, q, 0);
    }
    *out = was == 1;
    return r;
}

/* The recipients of several epochs together: all of each, but for whom one of them left out. */
static enum err gather_grants(struct grant **out, size_t *count, struct edit *e, const struct epoch_row *heads,
                              size_t head_count)
{
    struct buf all = {0};
    enum err r = OK;
    for (size_t i = 0; r == OK && i < head_count; i++) {
        const struct grant *some = NULL;
        size_t n = 0;
        r = epochs_grants(&some, &n, &e->a, e->s, &heads[i]);
        for (size_t k = 0; r == OK && k < n; k++) {
            bool gone = false;
            for (size_t h = 0; r == OK && !gone && h < head_count; h++) {
                r = left_out(&gone, e, &heads[h], &some[k]);
            }
            if (!gone) {
                buf_put(&all, &some[k], sizeof some[k]);
            }
        }
    }
    r = r == OK ? buf_check(&all) : r;
    *count = all.len / sizeof **out;
    *out = r == OK ? arena_array(&e->a, *count, sizeof **out) : NULL;
    if (*out && *count > 0) {
        memcpy(*out, all.ptr, all.len);
    }
    buf_free(&all);
    return r == OK && !*out ? ERR_MEMORY : r;
}

#define HEADS_MAX 16

/* The party that opened an epoch; nil if not known. */
static enum err opener(struct uuid *party, struct edit *e, const struct epoch_row *epoch)
{
    struct db_row *q =
        db_use(e->s->db, "SELECT w.party FROM record r JOIN signer w ON w.chain = r.chain WHERE r.seq = ?");
    db_int(q, 1, tx_record(epoch->tx));
    *party = (struct uuid){{0}};
    if (db_next(q)) {
        db_col_copy(q, 0, party->b, ID_LEN);
    }
    return db_end(q);
}

static enum err lists_writer(bool *out, struct edit *e, const struct epoch_row *epoch, const struct uuid *party)
{
    const struct grant *grants = NULL;
    size_t count = 0;
    enum err r = epochs_grants(&grants, &count, &e->a, e->s, epoch);
    *out = false;
    for (size_t i = 0; r == OK && i < count; i++) {
        *out = *out ||
               (grants[i].kind == GRANT_PARTY && grants[i].writes && memcmp(&grants[i].id, party, sizeof *party) == 0);
    }
    return r;
}

/* Is the party a writer of the plan's own shared section? *told: this device can read that. */
static enum err writes_plan(bool *out, bool *told, struct edit *e, const struct uuid *plan, const struct uuid *party)
{
    struct section_row section;
    struct epoch_row heads[HEADS_MAX];
    size_t count = 0;
    struct section_id id = epochs_section_id(e->s, plan, &(struct uuid){{0}}, CORE_PLAN_TOPIC);
    enum err r = epochs_section_find(&section, e->s, &id);
    *out = false;
    if (r == OK && section.id != 0) {
        r = epochs_heads(heads, HEADS_MAX, &count, e->s, section.id);
    }
    *told = *told || count > 0;
    for (size_t i = 0; r == OK && !*out && i < count && i < HEADS_MAX; i++) {
        r = lists_writer(out, e, &heads[i], party);
    }
    return r;
}

/* Leaves out openings of a shared section by parties that nobody named as writers: anybody who knows a plan's id can
 * open one, and joining it would hand the others' keys to whom it names. Known: the own party's, else the first that
 * came here if there is no telling; those whose opener a known one names; and in the plan's other topics, whose opener
 * writes the plan. None may be left. */
static enum err keep_known(struct epoch_row *heads, size_t *count, struct edit *e, const struct place *p)
{
    bool known[HEADS_MAX] = {false};
    struct uuid party[HEADS_MAX] = {{{0}}};
    size_t first = 0;
    bool any = false;
    bool told = false;
    enum err r = OK;
    for (size_t i = 0; r == OK && i < *count; i++) {
        r = opener(&party[i], e, &heads[i]);
        known[i] = memcmp(&party[i], &e->s->self.party, sizeof party[i]) == 0;
        if (r == OK && !known[i] && strcmp(p->topic, CORE_PLAN_TOPIC) != 0) {
            r = writes_plan(&known[i], &told, e, &p->plan, &party[i]);
        }
        any = any || known[i];
        first = heads[i].id < heads[first].id ? i : first;
    }
    known[first] = known[first] || (!any && !told);
    for (bool more = true; r == OK && more;) {
        more = false;
        for (size_t i = 0; r == OK && i < *count; i++) {
            for (size_t k = 0; r == OK && !known[i] && k < *count; k++) {
                bool lists = false;
                r = known[k] ? lists_writer(&lists, e, &heads[k], &party[i]) : OK;
                known[i] = known[i] || lists;
                more = more || lists;
            }
        }
    }
    size_t kept = 0;
    for (size_t i = 0; r == OK && i < *count; i++) {
        if (known[i]) {
            heads[kept++] = heads[i];
        }
    }
    *count = r == OK ? kept : *count;
    return r;
}

static enum err epoch_in(struct epoch_row *out, struct edit *e, const struct place *p,
                         const struct section_row *section)
{
    struct epoch_row heads[HEADS_MAX];
    size_t count = 0;
    struct grant *to = NULL;
    size_t to_count = 0;
    enum err r = epochs_heads(heads, HEADS_MAX, &count, e->s, section->id);
    if (r == OK && count == 0) {
        return edit_refuse(e->s, WHY("this device holds no key to that section"));
    }
    count = count < HEADS_MAX ? count : HEADS_MAX;
    if (r == OK && uuid_is_nil(&p->owner) && (count > 1 || strcmp(p->topic, CORE_PLAN_TOPIC) != 0) &&
        !section->forbund) {
        r = keep_known(heads, &count, e, p);
    }
    if (r == OK && count == 0) {
        return first_epoch(out, e, p);
    }
    if (r == OK && count == 1) {
        *out = heads[0];
        return OK;
    }
    if (r == OK) {
        r = gather_grants(&to, &to_count, e, heads, count);
    }
    return r == OK ? open_epoch(out, e, p, heads, count, to, to_count, "") : r;
}

/* The one epoch to write in: opened if there is none, joined if concurrent ones stand side by side. */
enum err edit_epoch_of(struct epoch_row *out, struct edit *e, const struct place *p)
{
    struct section_row section;
    struct section_id id = epochs_section_id(e->s, &p->plan, &p->owner, p->topic);
    *out = (struct epoch_row){0};
    enum err r = epochs_section_find(&section, e->s, &id);
    if (r == OK) {
        r = section.id == 0 ? first_epoch(out, e, p) : epoch_in(out, e, p, &section);
    }
    e->at = r == OK ? *out : (struct epoch_row){0};
    return r;
}

enum err edit_section(int64_t *section, struct edit *e, const struct place *p)
{
    struct epoch_row epoch = {0};
    enum err r = edit_epoch_of(&epoch, e, p);
    if (r == OK) {
        *section = epoch.section;
    }
    return r;
}

static enum err place_of(struct place *out, struct section_row *row, struct edit *e, int64_t section)
{
    *out = (struct place){.topic = ""};
    enum err r = epochs_section(row, e->s, section);
    if (r == OK && row->id == 0) {
        return why_set(&e->s->why, ERR_NOT_FOUND, WHY("no such section here"), "%lld", (long long)section);
    }
    *out = (struct place){.plan = row->plan, .owner = row->owner, .topic = row->topic};
    return r;
}

enum err edit_epoch(struct epoch_row *out, struct edit *e, int64_t section)
{
    struct place p;
    struct section_row row;
    *out = e->at;
    if (e->at.id != 0 && e->at.section == section) {
        return OK;
    }
    *out = (struct epoch_row){0};
    enum err r = place_of(&p, &row, e, section);
    if (r == OK) {
        r = epoch_in(out, e, &p, &row);
    }
    e->at = r == OK ? *out : (struct epoch_row){0};
    return r;
}

/* Those of `to` that an epoch's recipients do not cover already. */
static size_t only_new(struct grant *out, const struct grant *to, size_t count, const struct grant *have,
                       size_t have_count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        bool covered = false;
        for (size_t k = 0; k < have_count; k++) {
            covered = covered || (by_grant(&to[i], &have[k]) == 0 && (have[k].writes || !to[i].writes));
        }
        if (!covered) {
            out[n++] = to[i];
        }
    }
    return n;
}

enum err edit_admit(struct edit *e, const struct place *p, const struct grant *to, size_t count, const char *ground)
{
    struct epoch_row epoch;
    const struct grant *have = NULL;
    size_t have_count = 0;
    struct op op = {.code = OP_ADMIT};
    struct grant *new = arena_array(&e->a, count, sizeof *new);
    struct buf clean = {0};
    enum err r = new ? utf8_clean(&clean, span_str(ground)) : ERR_MEMORY;
    if (r == OK) {
        r = edit_epoch_of(&epoch, e, p);
    }
    if (r == OK) {
        r = epochs_grants(&have, &have_count, &e->a, e->s, &epoch);
    }
    size_t n = r == OK ? only_new(new, to, count, have, have_count) : 0;
    if (r == OK && n > 0) {
        op.u.open.ground = arena_text(&e->a, span_buf(&clean));
        r = op.u.open.ground ? tidy_grants(&op.u.open, &e->a, new, n) : ERR_MEMORY;
        if (r == OK) {
            r = edit_add_op(e, &epoch.key_id, &op);
        }
    }
    buf_free(&clean);
    return r;
}

enum err edit_exclude(struct edit *e, const struct place *p, const struct grant *who, size_t count, const char *ground)
{
    struct section_row section;
    struct epoch_row heads[HEADS_MAX];
    struct epoch_row opened;
    size_t head_count = 0;
    struct grant *to = NULL;
    size_t to_count = 0;
    size_t kept = 0;
    struct section_id id = epochs_section_id(e->s, &p->plan, &p->owner, p->topic);
    enum err r = epochs_section_find(&section, e->s, &id);
    if (r == OK && section.id != 0) {
        r = epochs_heads(heads, HEADS_MAX, &head_count, e->s, section.id);
    }
    if (r == OK && head_count == 0) {
        return why_set(&e->s->why, ERR_NOT_FOUND, WHY("no such section here"), "%s", p->topic);
    }
    head_count = head_count < HEADS_MAX ? head_count : HEADS_MAX;
    if (r == OK) {
        r = gather_grants(&to, &to_count, e, heads, head_count);
    }
    for (size_t i = 0; r == OK && i < to_count; i++) {
        bool out = false;
        for (size_t k = 0; k < count; k++) {
            out = out || by_grant(&to[i], &who[k]) == 0;
        }
        if (!out) {
            to[kept++] = to[i];
        }
    }
    if (r != OK || kept == to_count) {
        return r; /* nobody of them was a recipient */
    }
    return open_epoch(&opened, e, p, heads, head_count, to, kept, ground);
}
