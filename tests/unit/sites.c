#include "tests/unit/sites.h"

#include "crypto/envelope.h"
#include "crypto/seal.h"
#include "crypto/sshsig.h"
#include "sync/edit.h"
#include "sync/squeeze.h"

static char base[] = "/tmp/samplan-test-XXXXXX";
static int made;

uint64_t sites_clock_ms = 1790000000000u;

static uint64_t tick(void)
{
    return sites_clock_ms += 7;
}

static uint64_t slow_tick(void)
{
    return tick() - 3600000u;
}

/* What is open, so that a test that ends early leaves nothing. */
#define OPEN_MAX 400
static struct site *open_sites[OPEN_MAX];

static void note(struct site *old, struct site *new)
{
    for (size_t i = 0; i < OPEN_MAX; i++) {
        if (open_sites[i] == old) {
            open_sites[i] = new;
            return;
        }
    }
    assert_null(new); /* else: more than OPEN_MAX */
}

int sites_setup(void **state)
{
    (void)state;
    return mkdtemp(base) ? 0 : 1;
}

int sites_teardown(void **state)
{
    char command[100];
    (void)state;
    for (size_t i = 0; i < OPEN_MAX; i++) {
        site_close(open_sites[i]);
        open_sites[i] = NULL;
    }
    (void)snprintf(command, sizeof command, "rm -rf %s", base);
    return system(command); /* NOLINT: our own path */
}

void sites_path(char out[SITES_PATH], const char *name)
{
    (void)snprintf(out, SITES_PATH, "%s/%s%d", base, name, made++);
}

void sites_must(const struct home *h, enum err e)
{
    if (e != OK) {
        const struct why *w = site_why(h->site);
        fail_msg("error %d: %s: %s", (int)e, w->text, w->detail);
    }
}

struct site_options sites_options(const struct home *h)
{
    return (struct site_options){.dir = h->dir,
                                 .passphrase = span_str("lösenord"),
                                 .schema = model_schema(),
                                 .cost = DEVICE_COST_CHEAP,
                                 .now_ms = h->slow ? slow_tick : tick};
}

void sites_found(struct home *h, uint32_t quorum)
{
    sites_path(h->dir, "home");
    struct site_options o = sites_options(h);
    struct site_founding f = {
        .forbund = "Prov", .party = "Kommunen", .kind = "kommun", .person = "Karin", .quorum = quorum};
    sites_must(h, site_found(&h->site, &o, &f));
    note(NULL, h->site);
}

void sites_ask(struct home *h, struct buf *letter, const char *party, const char *kind, const char *person,
               const char *role)
{
    sites_path(h->dir, "home");
    struct site_options o = sites_options(h);
    struct letter_request wish = {.party = party, .kind = kind, .person = person, .role = role};
    sites_must(h, site_request(&h->site, &o, letter, &wish));
    note(NULL, h->site);
}

void sites_accept(struct home *h, const struct buf *invitation)
{
    char words[WORDS_LEN];
    sites_must(h, site_accept(h->site, span_buf(invitation), words));
}

void sites_join_as(struct home *h, struct home *admin, const char *party, const char *kind, const char *person,
                   const char *role)
{
    struct buf letter = {0};
    struct buf invitation = {0};
    struct member_approval a;
    sites_ask(h, &letter, party, kind, person, role);
    sites_must(admin, member_approve(&a, &invitation, admin->site, span_buf(&letter)));
    assert_true(a.complete);
    sites_accept(h, &invitation);
    buf_free(&letter);
    buf_free(&invitation);
}

void sites_join(struct home *h, struct home *admin, const char *party, const char *kind, const char *person)
{
    sites_join_as(h, admin, party, kind, person, "administratör");
}

void sites_open(struct home *h)
{
    struct site_options o = sites_options(h);
    sites_must(h, site_open(&h->site, &o));
    note(NULL, h->site);
}

void sites_reopen(struct home *h)
{
    sites_close(h);
    sites_open(h);
}

void sites_close(struct home *h)
{
    note(h->site, NULL);
    site_close(h->site);
    h->site = NULL;
}

void sites_second(struct home *out, const struct home *h)
{
    *out = *h;
    sites_open(out);
}

enum err sites_meet_any(struct meet_result *r, struct arena *a, struct home *h, const char *folder)
{
    struct meet_remotes remotes;
    sites_must(h, meet_list(&remotes, a, h->site));
    const char *name = NULL;
    for (size_t i = 0; i < remotes.count; i++) {
        name = strcmp(remotes.remotes[i].url, folder) == 0 ? remotes.remotes[i].name : name;
    }
    if (!name) {
        static const char *const names[] = {"ett", "två", "tre", "fyra"};
        assert_true(remotes.count < 4);
        name = names[remotes.count];
        sites_must(h, meet_add(h->site, name, folder));
    }
    return meet_sync(r, a, h->site, name, NULL, NULL);
}

static void met(struct home *h, const char *folder, const char *verdict, bool maybe)
{
    struct arena a = {0};
    struct meet_result r;
    sites_must(h, sites_meet_any(&r, &a, h, folder));
    for (size_t i = 0; i < r.fault_count; i++) {
        if (!verdict || strcmp(verdict, r.faults[i].verdict) != 0) {
            print_message("fault: %s %s\n", r.faults[i].verdict, r.faults[i].detail);
        }
    }
    assert_true(r.fault_count == (verdict ? 1 : 0) || (maybe && r.fault_count == 0));
    if (r.fault_count == 1) {
        assert_string_equal(r.faults[0].verdict, verdict);
    }
    arena_free(&a);
}

void sites_meet(struct home *h, const char *folder)
{
    met(h, folder, NULL, false);
}

void sites_meet_fault(struct home *h, const char *folder, const char *verdict)
{
    met(h, folder, verdict, false);
}

void sites_meet_maybe(struct home *h, const char *folder, const char *verdict)
{
    met(h, folder, verdict, true);
}

void sites_meet_all(struct home *const *homes, size_t count, const char *folder)
{
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < count; i++) {
            sites_meet(homes[i], folder);
        }
    }
}

/* ---- saving ---- */

struct uuid sites_plan(uint8_t number)
{
    return (struct uuid){{number, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, 16}};
}

struct place sites_forbund(void)
{
    return (struct place){.topic = CORE_FORBUND_TOPIC};
}

struct edit *sites_edit(struct home *h)
{
    struct edit *e = NULL;
    sites_must(h, edit_begin(&e, h->site));
    return e;
}

void sites_save(struct home *h, struct edit *e)
{
    sites_must(h, edit_commit(e, NULL));
}

const struct schema_field *sites_field(const char *type, const char *field)
{
    return schema_field_named(schema_type_named(model_schema(), type), field);
}

struct object_key sites_make(struct home *h, const struct place *p, const char *type, const char *field,
                             const char *value)
{
    struct edit *e = sites_edit(h);
    int64_t section = 0;
    struct object_key key;
    struct uuid nil = {{0}};
    sites_must(h, edit_section(&section, e, p));
    sites_must(h, edit_new(&key, e, section, schema_type_named(model_schema(), type), &nil));
    sites_must(h, edit_set(e, &key, sites_field(type, field), value));
    sites_save(h, e);
    return key;
}

void sites_look(struct view_list *out, struct arena *a, struct home *h, const struct uuid *id)
{
    struct view_query q = {.id = id, .removed_too = true};
    sites_must(h, view_objects(out, a, h->site, &q));
}

static struct object_key key_of(struct home *h, const struct uuid *id)
{
    struct arena a = {0};
    struct view_list list;
    sites_look(&list, &a, h, id);
    assert_int_equal(list.count, 1);
    struct object_key key = list.objects[0].key;
    arena_free(&a);
    return key;
}

enum err sites_set(struct home *h, const struct uuid *id, const char *type, const char *field, const char *value)
{
    struct object_key key = key_of(h, id);
    struct edit *e = sites_edit(h);
    enum err r = edit_set(e, &key, sites_field(type, field), value);
    if (r == OK) {
        sites_save(h, e);
    } else {
        edit_cancel(e);
    }
    return r;
}

void sites_remove(struct home *h, const struct uuid *id)
{
    struct object_key key = key_of(h, id);
    struct edit *e = sites_edit(h);
    sites_must(h, edit_remove(e, &key));
    sites_save(h, e);
}

static struct grant party_of(const struct home *h, bool writes)
{
    return (struct grant){.kind = GRANT_PARTY, .id = site_self(h->site)->party, .writes = writes};
}

void sites_admit(struct home *h, const struct place *p, const struct home *to, bool writes)
{
    struct grant g = party_of(to, writes);
    struct edit *e = sites_edit(h);
    sites_must(h, edit_admit(e, p, &g, 1, "prov"));
    sites_save(h, e);
}

void sites_exclude(struct home *h, const struct place *p, const struct home *who)
{
    struct grant g = party_of(who, false);
    struct edit *e = sites_edit(h);
    sites_must(h, edit_exclude(e, p, &g, 1, "prov"));
    sites_save(h, e);
}

/* ---- looking ---- */

size_t sites_heads(struct home *h, const struct uuid *id, const char *field, const char *shown)
{
    struct arena a = {0};
    struct view_list list;
    size_t n = 0;
    sites_look(&list, &a, h, id);
    assert_true(list.count <= 1);
    if (list.count == 1) {
        const struct view_field *f = view_field(&list.objects[0], field);
        n = f ? f->count : 0;
        if (shown && f) {
            assert_string_equal(f->values[0].value, shown);
        }
    }
    arena_free(&a);
    return n;
}

void sites_check_ok(struct home *h)
{
    struct arena a = {0};
    struct check_result r;
    sites_must(h, check_log(&r, &a, h->site, true));
    for (size_t i = 0; i < r.refused_count; i++) {
        print_message("refused: %s %s\n", r.refused[i].verdict, r.refused[i].detail);
    }
    assert_true(r.ok);
    arena_free(&a);
}

bool sites_lists(struct home *h, const char *verdict, const char *detail)
{
    struct arena a = {0};
    struct check_result r;
    bool found = false;
    sites_must(h, check_log(&r, &a, h->site, true));
    for (size_t i = 0; i < r.refused_count; i++) {
        found = found ||
                (strcmp(r.refused[i].verdict, verdict) == 0 && (!detail || strcmp(r.refused[i].detail, detail) == 0));
    }
    for (size_t i = 0; i < r.fork_count; i++) {
        found = found || strcmp("fork", verdict) == 0;
    }
    arena_free(&a);
    return found;
}

struct digest {
    struct buf *out;
    const struct view_sections *only; /* NULL: all */
};

static bool is_among(const struct section_id *id, const struct view_sections *list)
{
    for (size_t i = 0; list && i < list->count; i++) {
        if (memcmp(&list->sections[i].id, id, sizeof *id) == 0) {
            return true;
        }
    }
    return list == NULL;
}

static enum err digest_object(void *ctx, const struct view_object *o)
{
    struct digest *d = ctx;
    if (!is_among(&o->section, d->only)) {
        return OK;
    }
    buf_put_hex(d->out, span_of(o->section.b, ID_LEN));
    buf_put_hex(d->out, span_of(o->key.id.b, ID_LEN));
    buf_printf(d->out, " %s %d\n", o->type->name, o->removed);
    for (size_t i = 0; i < o->field_count; i++) {
        const struct view_field *f = &o->fields[i];
        buf_printf(d->out, "  %s%s\n", f->field ? f->field->name : "dispute", f->conflict ? " conflict" : "");
        for (size_t k = 0; k < f->count; k++) {
            const struct view_value *v = &f->values[k];
            buf_printf(d->out, "    %s %llu %lld ", v->value ? v->value : "-", (unsigned long long)v->by.tx.n,
                       (long long)v->by.time_ms);
            buf_put_hex(d->out, span_of(v->by.tx.chain.b, ID_LEN));
            buf_put_hex(d->out, span_of(v->by.member.b, ID_LEN));
            buf_put_str(d->out, "\n");
        }
    }
    return OK;
}

void sites_digest(struct buf *out, struct home *a, struct home *b)
{
    struct arena arena = {0};
    struct view_sections theirs;
    struct digest d = {.out = out};
    if (b) {
        sites_must(b, view_sections(&theirs, &arena, b->site, NULL));
        d.only = &theirs;
    }
    sites_must(a, view_each(a->site, digest_object, &d));
    assert_non_null(buf_text(out));
    arena_free(&arena);
}

void sites_same(struct home *a, struct home *b)
{
    struct buf x = {0};
    struct buf y = {0};
    sites_digest(&x, a, b);
    sites_digest(&y, b, a);
    assert_string_equal((const char *)x.ptr, (const char *)y.ptr);
    buf_free(&x);
    buf_free(&y);
}

/* Each operation on an object is entered once among them, and no other is. */
static void entered_once(struct home *h)
{
    struct db *db = h->site->db;
    int64_t missing = 0;
    int64_t more = 0;
    sites_must(h, db_get_int(&missing,
                             db_use(db, "SELECT count(*) FROM op o WHERE o.object IS NOT NULL AND 1 <> (SELECT count(*)"
                                        " FROM object_op a WHERE a.object = o.object AND a.head IN (0, 1)"
                                        " AND a.field = o.field AND a.op = o.id)"),
                             1));
    sites_must(h, db_get_int(&more,
                             db_use(db, "SELECT (SELECT count(*) FROM object_op) - (SELECT count(*) FROM op"
                                        " WHERE object IS NOT NULL)"),
                             1));
    assert_int_equal(missing, 0);
    assert_int_equal(more, 0);
}

void sites_rebuild_same(struct home *h)
{
    struct buf before = {0};
    struct buf after = {0};
    entered_once(h);
    sites_digest(&before, h, NULL);
    sites_must(h, site_rebuild(h->site));
    sites_digest(&after, h, NULL);
    entered_once(h);
    assert_string_equal((const char *)before.ptr, (const char *)after.ptr);
    buf_free(&before);
    buf_free(&after);
}

/* ---- forging ---- */

static int by_chain(const void *a, const void *b)
{
    return memcmp(&((const struct seen *)a)->chain, &((const struct seen *)b)->chain, ID_LEN);
}

static void fill_seen(struct forge *f, int64_t own)
{
    for (int64_t id = 1; f->header.seen_count < 16; id++) {
        struct chain_row row;
        assert_int_equal(chains_by_number(&row, f->site, id), OK);
        if (row.id == 0) {
            break;
        }
        if (id != own && row.has_head) {
            f->seen[f->header.seen_count++] = (struct seen){.chain = row.chain, .dot = row.last, .hash = row.hash};
        }
    }
    qsort(f->seen, f->header.seen_count, sizeof f->seen[0], by_chain);
}

void forge_begin(struct forge *f, struct home *h)
{
    struct chain_row own;
    *f = (struct forge){.site = h->site, .signer = h->site->device, .branch = h->site->self.chain};
    assert_int_equal(site_seal(h->site), OK);
    assert_int_equal(chains_find(&own, h->site, &f->branch), OK);
    f->header = (struct header){.kind = HEADER_PLANS,
                                .forbund = h->site->self.forbund,
                                .chain = f->branch,
                                .first = own.last + 1,
                                .last = own.last + 1,
                                .time = (int64_t)(tick() / 1000),
                                .prev = own.hash,
                                .has_opens = !own.has_head};
    f->has_parent = own.has_head;
    f->parent = own.oid;
    fill_seen(f, own.id);
    f->header.seen = f->seen;
}

void forge_next(struct forge *f)
{
    buf_free(&f->envelopes);
    f->has_parent = true;
    f->parent = f->oid;
    f->header.prev = f->hash;
    f->header.first = f->header.last = f->header.last + 1;
    f->header.has_opens = f->header.has_keys = false;
    f->forbund_first = f->spoil_body = false;
    f->part_count = 0;
}

static struct forge_part *add_part(struct forge *f, const struct op *ops, size_t count)
{
    assert_true(f->part_count < FORGE_PARTS);
    struct forge_part *p = &f->parts[f->part_count++];
    *p = (struct forge_part){.tx_count = 1};
    p->txs[0] =
        (struct part_tx){.n = f->header.first, .clock_ms = f->header.time * 1000, .op_count = count, .ops = ops};
    return p;
}

struct forge_part *forge_in(struct forge *f, const struct place *p, const struct op *ops, size_t count)
{
    struct section_id id = epochs_section_id(f->site, &p->plan, &p->owner, p->topic);
    struct section_row section;
    struct epoch_row head;
    size_t heads = 0;
    struct forge_part *part = add_part(f, ops, count);
    assert_int_equal(epochs_section_find(&section, f->site, &id), OK);
    assert_int_equal(epochs_heads(&head, 1, &heads, f->site, section.id), OK);
    assert_int_equal(heads, 1);
    part->key_id = head.key_id;
    assert_int_equal(epochs_key(&id, part->key, f->site, &head.key_id), OK);
    f->forbund_first = f->forbund_first || (f->part_count == 1 && section.forbund);
    return part;
}

struct forge_part *forge_under(struct forge *f, const struct place *p, uint8_t fill, const struct op *ops, size_t count)
{
    struct section_id id = epochs_section_id(f->site, &p->plan, &p->owner, p->topic);
    struct forge_part *part = add_part(f, ops, count);
    memset(part->key, fill, sizeof part->key);
    part->key_id = ids_key(&f->header.forbund, &id, part->key);
    return part;
}

void forge_envelope(struct forge *f, const struct forge_part *part, const struct place *p, const struct home *to)
{
    uint8_t envelope[ENVELOPE_LEN];
    struct section_id id = epochs_section_id(f->site, &p->plan, &p->owner, p->topic);
    struct box_public box = device_box_public(to->site->device);
    envelope_seal(envelope, &f->header.forbund, &id, part->key, &box);
    buf_put(&f->envelopes, envelope, sizeof envelope);
    f->header.has_keys = true;
}

static void seal_one(struct buf *out, const struct forge *f, uint32_t at, const uint8_t salt[SEAL_SALT_LEN])
{
    const struct forge_part *p = &f->parts[at];
    struct buf plain = {0};
    struct buf packed = {0};
    struct part part = {.tx_count = p->tx_count, .txs = p->txs};
    struct part_base b = {.first_dot = f->header.first, .last_dot = f->header.last, .time = f->header.time};
    struct seal_place place = {.forbund = f->header.forbund,
                               .chain = f->header.chain,
                               .first_dot = f->header.first,
                               .key_id = p->key_id,
                               .place = at};
    memcpy(place.salt, salt, SEAL_SALT_LEN);
    if (p->raw.len > 0) {
        buf_put_span(&plain, p->raw);
    } else {
        assert_int_equal(part_encode(&plain, &part, &b), OK);
    }
    if (!p->packed) {
        assert_int_equal(squeeze_pack(&packed, span_buf(&plain)), OK);
    }
    assert_int_equal(seal_seal(out, &place, p->key, span_buf(p->packed ? &plain : &packed)), OK);
    buf_free(&plain);
    buf_free(&packed);
}

static int by_key(const void *a, const void *b)
{
    return memcmp(&((const struct forge_part *)a)->key_id, &((const struct forge_part *)b)->key_id, ID_LEN);
}

static void make_body(struct buf *out, struct forge *f)
{
    struct body body = {.forbund_first = f->forbund_first, .part_count = f->part_count};
    struct body_part parts[FORGE_PARTS];
    struct buf sealed[FORGE_PARTS] = {{0}};
    size_t fixed = f->forbund_first ? 1 : 0;
    qsort(f->parts + fixed, f->part_count - fixed, sizeof f->parts[0], by_key);
    device_random(body.salt, sizeof body.salt);
    for (uint32_t i = 0; i < f->part_count; i++) {
        seal_one(&sealed[i], f, i, body.salt);
        parts[i] = (struct body_part){.key = f->parts[i].key_id, .sealed = span_buf(&sealed[i])};
    }
    body.parts = parts;
    body_encode(out, &body);
    for (size_t i = 0; i < f->part_count; i++) {
        buf_free(&sealed[i]);
    }
}

static void put_blobs(struct oid *tree, struct forge *f, struct log *log)
{
    struct commit_tree t = {.has_keys = f->header.has_keys, .has_opens = f->header.has_opens};
    struct buf body = {0};
    struct buf opens = {0};
    struct buf bytes = {0};
    struct opening o;
    assert_int_equal(chains_opening(&o, f->site), OK);
    o.sign = device_sign_public(f->signer);
    make_body(&body, f);
    f->header.body = ids_hash(span_buf(&body));
    body.ptr[body.len - 1] ^= f->spoil_body ? 1 : 0;
    assert_int_equal(log_put(&t.body, log, LOG_BLOB, span_buf(&body)), OK);
    if (t.has_keys) {
        f->header.keys = ids_hash(span_buf(&f->envelopes));
        assert_int_equal(log_put(&t.keys, log, LOG_BLOB, span_buf(&f->envelopes)), OK);
    }
    if (t.has_opens) {
        opening_encode(&opens, &o);
        f->header.opens = f->header.prev = ids_hash(span_buf(&opens));
        assert_int_equal(log_put(&t.opens, log, LOG_BLOB, span_buf(&opens)), OK);
    }
    commit_tree_encode(&bytes, &t);
    assert_int_equal(log_put(tree, log, LOG_TREE, span_buf(&bytes)), OK);
    buf_free(&body);
    buf_free(&opens);
    buf_free(&bytes);
}

static void put_commit(struct forge *f, struct log *log)
{
    struct buf message = {0};
    struct buf payload = {0};
    struct buf armored = {0};
    struct buf bytes = {0};
    struct commit c = {
        .has_parent = f->has_parent, .parent = f->parent, .chain = f->header.chain, .time = f->header.time};
    put_blobs(&c.tree, f, log);
    header_encode(&message, &f->header);
    c.message = span_buf(&message);
    commit_payload(&payload, &c);
    assert_int_equal(sshsig_sign(&armored, f->signer, span_buf(&payload)), OK);
    c.signature = span_buf(&armored);
    commit_encode(&bytes, &c);
    f->hash = ids_hash(span_buf(&bytes));
    assert_int_equal(log_put(&f->oid, log, LOG_COMMIT, span_buf(&bytes)), OK);
    assert_int_equal(log_flush(log, NULL), OK);
    buf_free(&message);
    buf_free(&payload);
    buf_free(&armored);
    buf_free(&bytes);
}

void forge_put(struct forge *f, const char *folder)
{
    struct why why = {.text = ""};
    struct log *log = NULL;
    struct oid old;
    assert_int_equal(log_open(&log, &why, folder), OK);
    put_commit(f, log);
    enum err e = log_tip(&old, log, &f->branch);
    assert_int_equal(log_move(log, &f->branch, e == OK ? &old : NULL, &f->oid), OK);
    log_close(log);
    buf_free(&f->envelopes);
}
