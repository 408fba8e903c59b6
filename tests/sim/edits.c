#include "tests/sim/edits.h"

#include <stdlib.h>
#include <string.h>

#include "app/plan/model.h"
#include "sync/edit.h"
#include "sync/epochs.h"
#include "sync/view.h"
#include "tests/sim/faults.h"
#include "tests/sim/meetings.h"
#include "tests/sim/story.h"
#include "tests/sim/values.h"

#define OPS_MAX 8
#define PLANS_MAX 4
#define HEADS_MAX 64
#define WISH_ENOUGH 40

/* A save in the making. */
struct save {
    struct world *w;
    struct replica *r;
    struct edit *e;
    enum err err; /* the first that was met: only cancelling is left */
    struct history_wish wish;
};

static void begin(struct save *s, struct world *w, struct replica *r)
{
    *s = (struct save){.w = w, .r = r};
    world_act(r);
    faults_may_come(w, r, NULL);
    s->err = edit_begin(&s->e, r->site);
}

/* True: it stands and is written down. */
static bool end(struct save *s, const char *what)
{
    struct dot at = {.n = 0};
    bool refused = s->err == ERR_REFUSED || s->err == ERR_NOT_FOUND || s->err == ERR_EXISTS;
    size_t ops = s->wish.count;
    if (s->err == OK) {
        s->err = edit_commit(s->e, &at);
    } else {
        edit_cancel(s->e);
    }
    bool saved = s->err == OK && at.n > 0;
    bool well = faults_over(s->w, s->r, refused ? OK : s->err, false);
    bool stands = world_note(s->w, s->r, saved || (!well && !refused) ? &s->wish : NULL);
    if (saved && !stands) {
        story_wrong("transaction %llu was acknowledged and is gone", (unsigned long long)at.n);
    }
    STORY_ADD(saves, saved);
    STORY_ADD(operations, saved ? ops : 0);
    STORY_ADD(refused, refused);
    STORY_ADD(saves_failed, !well);
    story_tell("replica %d, %s: %zu operations%s", s->r->number, what, ops,
               refused  ? ", refused"
               : !saved ? ", nothing saved"
                        : "");
    history_wish_free(&s->wish);
    return saved && stands;
}

/* ---- single operations ---- */

static void put(struct save *s, const struct object_key *key, const struct schema_type *type,
                const struct schema_field *f, const char *old)
{
    static enum err (*const how[])(struct edit *, const struct object_key *, const struct schema_field *,
                                   const char *) = {edit_set, edit_set, edit_add, edit_append};
    static const enum op_code codes[] = {OP_SET, OP_SET, OP_ADD, OP_APPEND};
    char value[VALUES_MAX];
    bool unset = f->merge <= MERGE_TEXT && chance_one_in(&s->w->chance, 9);
    if (!values_make(value, s->w, type, f, old) || s->err != OK) {
        return;
    }
    s->err = how[f->merge](s->e, key, f, unset ? NULL : value);
    if (s->err == OK) {
        history_wish(&s->wish, codes[f->merge], &key->id, f->number, unset ? NULL : value);
    }
}

static const struct schema_field *any_field(struct world *w, const struct schema_type *type)
{
    return &type->fields[chance_below(&w->chance, type->field_count)];
}

static void make_in(struct save *s, const struct place *p, const struct schema_type *type, const struct uuid *id)
{
    int64_t section = 0;
    struct object_key key;
    if (s->err == OK) {
        s->err = edit_section(&section, s->e, p);
    }
    if (s->err == OK) {
        s->err = edit_new(&key, s->e, section, type, id);
    }
    if (s->err == OK) {
        history_wish(&s->wish, OP_NEW, &key.id, type->number, NULL);
    }
    size_t fields = 1 + chance_below(&s->w->chance, 4);
    for (size_t i = 0; s->err == OK && i < fields; i++) {
        put(s, &key, type, any_field(s->w, type), NULL);
    }
}

static struct grant any_grant(struct world *w)
{
    const struct replica *to = world_any(w);
    const struct site_self *self = site_self(to->site);
    struct grant g;
    memset(&g, 0, sizeof g);
    g.kind = chance_one_in(&w->chance, 4) ? GRANT_MEMBER : GRANT_PARTY;
    g.id = g.kind == GRANT_MEMBER ? self->member : self->party;
    g.writes = !chance_one_in(&w->chance, 3);
    return g;
}

/* Half the time somebody else is let in at once. */
static void make_plan(struct save *s)
{
    uint8_t random[10];
    for (size_t i = 0; i < sizeof random; i++) {
        random[i] = (uint8_t)chance_next(&s->w->chance);
    }
    struct uuid id = uuid_make(site_now_ms(s->r->site), random);
    struct place p = {.plan = id, .topic = "plan"};
    make_in(s, &p, schema_type_named(model_schema(), "plan"), &id);
    struct grant to = any_grant(s->w);
    if (s->err == OK && chance_one_in(&s->w->chance, 2) && !uuid_is_nil(&to.id)) {
        s->err = edit_admit(s->e, &p, &to, 1, "prov");
    }
    if (s->err == OK) {
        s->w->plans[s->w->plan_count++] = id;
    }
}

/* A plan that the replica sees, as people must to write there; nil: none. */
static struct uuid any_plan(struct world *w, struct replica *r)
{
    size_t from = chance_below(&w->chance, w->plan_count);
    for (size_t i = 0; i < w->plan_count; i++) {
        const struct uuid *plan = &w->plans[(from + i) % w->plan_count];
        int64_t found = 0;
        struct db_row *q = db_use(r->site->db, "SELECT 1 FROM object WHERE uuid = ? AND type = 3 AND life <> 1");
        db_blob(q, 1, plan->b, ID_LEN);
        story_must(r->site, db_get_int(&found, q, 0));
        if (found) {
            return *plan;
        }
    }
    return (struct uuid){{0}};
}

static bool sees(struct replica *r, const struct section_id *section, const struct uuid *object)
{
    int64_t found = 0;
    struct db_row *q = db_use(r->site->db, "SELECT 1 FROM object o JOIN section s ON s.id = o.section"
                                           " WHERE s.section_id = ? AND o.uuid = ?");
    db_blob(q, 1, section->b, ID_LEN);
    db_blob(q, 2, object->b, ID_LEN);
    story_must(r->site, db_get_int(&found, q, 0));
    return found == 1;
}

/* Of an object that has just been made here too: the fields that were set elsewhere. */
static void write_same_fields(struct save *s, const struct history_op *made)
{
    const struct history *h = &s->w->history;
    const struct history_section *at = &h->sections[made->section];
    const struct schema_type *type = schema_type_numbered(model_schema(), made->number);
    struct section_row row;
    if (s->err == OK) {
        s->err = epochs_section_find(&row, s->r->site, &at->id);
    }
    struct object_key key = {.section = s->err == OK ? row.id : 0, .id = made->object};
    for (size_t i = 0; s->err == OK && i < h->op_count; i++) {
        const struct history_op *o = &h->ops[i];
        bool same = o->section == made->section && memcmp(&o->object, &made->object, sizeof o->object) == 0;
        if (same && o->code >= OP_SET && o->code <= OP_APPEND && s->wish.count < WISH_ENOUGH) {
            put(s, &key, type, schema_field_numbered(type, o->number), NULL);
        }
    }
}

/* What somebody has made and this replica cannot see is made here too: two that write one object under different keys,
 * each having had the other's records or not, are what the past is hardest on. */
static bool make_unseen(struct save *s)
{
    const struct history *h = &s->w->history;
    struct uuid plan = any_plan(s->w, s->r);
    size_t from = chance_below(&s->w->chance, h->op_count);
    for (size_t i = 0; i < h->op_count; i++) {
        const struct history_op *o = &h->ops[(from + i) % h->op_count];
        const struct history_section *at = &h->sections[o->section];
        bool mine = uuid_is_nil(&at->owner) || memcmp(&at->owner, &site_self(s->r->site)->party, sizeof at->owner) == 0;
        bool there = uuid_is_nil(&at->plan) || memcmp(&at->plan, &plan, sizeof plan) == 0;
        if (o->code == OP_NEW && mine && there && !sees(s->r, &at->id, &o->object)) {
            struct place p = {.plan = at->plan, .owner = at->owner, .topic = at->topic};
            make_in(s, &p, schema_type_numbered(model_schema(), o->number), &o->object);
            write_same_fields(s, o);
            return true;
        }
    }
    return false;
}

static void make_object(struct save *s)
{
    struct world *w = s->w;
    const struct schema *schema = model_schema();
    const struct schema_type *type = &schema->types[chance_below(&w->chance, schema->type_count)];
    size_t topics = 0;
    while (type->topics[topics]) {
        topics++;
    }
    struct place p = {.topic = type->topics[chance_below(&w->chance, topics)]};
    bool shared = (type->places & PLACE_SHARED) != 0;
    if (chance_one_in(&w->chance, 3) && make_unseen(s)) {
        return;
    }
    bool in_plan = (type->places & PLACE_FORBUND) == 0;
    p.plan = in_plan ? any_plan(w, s->r) : (struct uuid){{0}};
    if (strcmp(type->name, "plan") == 0 || (in_plan && uuid_is_nil(&p.plan))) {
        if (w->plan_count < PLANS_MAX) {
            make_plan(s);
        }
        return;
    }
    if ((type->places & PLACE_OWNED) && (!shared || chance_one_in(&w->chance, 2))) {
        p.owner = site_self(s->r->site)->party;
    }
    make_in(s, &p, type, NULL);
}

static void change_object(struct save *s, const struct view_object *o)
{
    struct world *w = s->w;
    const struct schema_field *f = any_field(w, o->type);
    const struct view_field *has = view_field(o, f->name);
    const char *old = has && has->count > 0 ? has->values[chance_below(&w->chance, has->count)].value : NULL;
    bool is_plan = strcmp(o->type->name, "plan") == 0;
    if (chance_one_in(&w->chance, is_plan ? 60 : 12) || (o->removed && chance_one_in(&w->chance, 2))) {
        bool keep = chance_one_in(&w->chance, 5);
        s->err = keep ? edit_keep(s->e, &o->key) : edit_remove(s->e, &o->key);
        if (s->err == OK) {
            history_wish(&s->wish, keep ? OP_KEEP : OP_REMOVE, &o->key.id, 0, NULL);
        }
        return;
    }
    if (f->merge == MERGE_SET && old && chance_one_in(&w->chance, 2)) {
        char value[VALUES_MAX];
        (void)snprintf(value, sizeof value, "%s", old);
        s->err = edit_drop(s->e, &o->key, f, value);
        if (s->err == OK) {
            history_wish(&s->wish, OP_DROP, &o->key.id, f->number, value);
        }
        return;
    }
    put(s, &o->key, o->type, f, old);
}

/* ---- saves ---- */

static bool is_own(const struct replica *r, const struct view_object *o)
{
    return uuid_is_nil(&o->place.owner) ||
           memcmp(&o->place.owner, &site_self(r->site)->party, sizeof(struct uuid)) == 0;
}

static const struct view_object *any_object(struct world *w, const struct replica *r, const struct view_list *list)
{
    size_t from = chance_below(&w->chance, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const struct view_object *o = &list->objects[(from + i) % list->count];
        if (is_own(r, o)) {
            return o;
        }
    }
    return NULL;
}

void edits_save(struct world *w, struct replica *r)
{
    struct save s;
    struct arena a = {0};
    struct view_list list;
    struct view_query q = {.removed_too = true};
    world_act(r);
    story_must(r->site, view_objects(&list, &a, r->site, &q));
    begin(&s, w, r);
    size_t ops = 1 + chance_below(&w->chance, chance_one_in(&w->chance, 4) ? OPS_MAX : 2);
    for (size_t i = 0; s.err == OK && i < ops; i++) {
        const struct view_object *o = any_object(w, r, &list);
        if (!o || chance_one_in(&w->chance, list.count < 12 ? 3 : 9)) {
            make_object(&s);
        } else {
            change_object(&s, o);
        }
    }
    (void)end(&s, "edits");
    arena_free(&a);
}

/* ---- conflicts ---- */

/* An object of the replica's own to settle, with a field in conflict (NULL: its removal). */
static const struct view_object *any_conflict(const struct view_field **field, struct world *w, const struct replica *r,
                                              const struct view_list *list)
{
    size_t from = chance_below(&w->chance, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const struct view_object *o = &list->objects[(from + i) % list->count];
        for (size_t k = 0; is_own(r, o) && k < o->field_count; k++) {
            if (o->fields[k].conflict) {
                *field = &o->fields[k];
                return o;
            }
        }
    }
    return NULL;
}

static enum err expect(struct edit *e, const struct object_key *key, const struct view_field *f, size_t count)
{
    struct dot dots[HEADS_MAX];
    for (size_t i = 0; i < count && i < HEADS_MAX; i++) {
        dots[i] = f->values[i].by.tx;
    }
    return edit_expect(e, key, f->field, dots, count < HEADS_MAX ? count : HEADS_MAX);
}

void edits_resolve(struct world *w, struct replica *r)
{
    struct save s;
    struct arena a = {0};
    struct view_list list;
    struct view_query q = {.conflicts_only = true};
    const struct view_field *f = NULL;
    world_act(r);
    story_must(r->site, view_objects(&list, &a, r->site, &q));
    const struct view_object *o = any_conflict(&f, w, r, &list);
    if (o) {
        begin(&s, w, r);
        if (s.err == OK && !f->field) {
            bool keep = chance_one_in(&w->chance, 2);
            s.err = keep ? edit_keep(s.e, &o->key) : edit_remove(s.e, &o->key);
            history_wish(&s.wish, keep ? OP_KEEP : OP_REMOVE, &o->key.id, 0, NULL);
        } else if (s.err == OK) {
            const char *value = f->values[chance_below(&w->chance, f->count)].value;
            s.err = expect(s.e, &o->key, f, f->count);
            s.err = s.err == OK ? edit_set(s.e, &o->key, f->field, value) : s.err;
            history_wish(&s.wish, OP_SET, &o->key.id, f->field->number, value);
        }
        (void)end(&s, "settles");
    }
    arena_free(&a);
}

/* The dots of a field's heads as they are now; false: there are none. */
static bool heads_now(struct dot dots[HEADS_MAX], size_t *count, struct replica *r, const struct object_key *key,
                      const struct schema_field *field)
{
    struct arena a = {0};
    struct view_list list;
    struct view_query q = {.id = &key->id, .removed_too = true};
    *count = 0;
    world_act(r);
    story_must(r->site, view_objects(&list, &a, r->site, &q));
    for (size_t i = 0; i < list.count; i++) {
        const struct view_field *f = view_field(&list.objects[i], field->name);
        for (size_t k = 0; f && list.objects[i].key.section == key->section && k < f->count && k < HEADS_MAX; k++) {
            dots[(*count)++] = f->values[k].by.tx;
        }
    }
    arena_free(&a);
    return *count > 0;
}

static bool same_dots(const struct dot *a, size_t a_count, const struct dot *b, size_t b_count)
{
    bool same = a_count == b_count;
    for (size_t i = 0; same && i < a_count; i++) {
        same = a[i].n == b[i].n && memcmp(&a[i].chain, &b[i].chain, sizeof a[i].chain) == 0;
    }
    return same;
}

/* Somebody looks at a field, something happens, and then it is set: only if it is as it was shown. */
void edits_stale(struct world *w, struct replica *r)
{
    struct save s;
    struct arena a = {0};
    struct view_list list;
    struct view_query q = {0};
    struct dot shown[HEADS_MAX];
    struct dot now[HEADS_MAX];
    size_t shown_count = 0;
    size_t now_count = 0;
    world_act(r);
    story_must(r->site, view_objects(&list, &a, r->site, &q));
    const struct view_object *o = any_object(w, r, &list);
    const struct schema_field *f = o ? any_field(w, o->type) : NULL;
    struct object_key key = o ? o->key : (struct object_key){0};
    const struct schema_type *type = o ? o->type : NULL;
    arena_free(&a);
    if (!f || f->merge > MERGE_TEXT || !heads_now(shown, &shown_count, r, &key, f)) {
        return;
    }
    if (chance_one_in(&w->chance, 2)) {
        meetings_stick(w, r);
    }
    (void)heads_now(now, &now_count, r, &key, f);
    bool same = same_dots(shown, shown_count, now, now_count);
    begin(&s, w, r);
    if (s.err == OK) {
        s.err = edit_expect(s.e, &key, f, shown, shown_count);
        if (s.err == OK ? !same : same) {
            story_wrong("heads that have %s are %s", same ? "not changed" : "changed", same ? "refused" : "taken");
        }
        put(&s, &key, type, f, NULL);
    }
    s.err = s.err == ERR_CHANGED ? ERR_REFUSED : s.err;
    (void)end(&s, "sets what was shown");
}

/* ---- who may read ---- */

/* A section that is there, or in which nobody may have written yet; of a plan that the replica sees. Plan nil: none. */
static struct place any_place(struct world *w, struct replica *r)
{
    static const char *const topics[] = {"plan", "plan", "plan", "person", "halsa", "ekonomi", "social"};
    const struct history *h = &w->history;
    const struct uuid *own = &site_self(r->site)->party;
    struct place p = {.plan = any_plan(w, r)};
    size_t from = chance_below(&w->chance, h->section_count);
    bool fresh = chance_one_in(&w->chance, 4);
    for (size_t i = 0; i < h->section_count && !fresh; i++) {
        const struct history_section *at = &h->sections[(from + i) % h->section_count];
        bool mine = uuid_is_nil(&at->owner) || memcmp(&at->owner, own, sizeof *own) == 0;
        if (mine && !uuid_is_nil(&at->plan) && memcmp(&at->plan, &p.plan, sizeof p.plan) == 0) {
            return (struct place){.plan = at->plan, .owner = at->owner, .topic = at->topic};
        }
    }
    p.topic = topics[chance_below(&w->chance, sizeof topics / sizeof topics[0])];
    if (chance_one_in(&w->chance, 2)) {
        p.owner = *own;
    }
    return p;
}

void edits_disclose(struct world *w, struct replica *r)
{
    struct save s;
    struct place p = any_place(w, r);
    if (uuid_is_nil(&p.plan)) {
        return;
    }
    begin(&s, w, r);
    struct grant g = any_grant(w);
    size_t places = 1 + chance_below(&w->chance, 3);
    for (size_t i = 0; s.err == OK && i < places && !uuid_is_nil(&g.id); i++) {
        s.err = edit_admit(s.e, &p, &g, 1, "prov");
        p = any_place(w, r);
    }
    STORY_ADD(admitted, end(&s, "lets in"));
}

/* Somebody who has been let into a section that this replica may read, and where; false: nobody is drawn. */
static bool any_recipient(struct grant *to, struct place *p, struct world *w, const struct replica *r)
{
    const struct history *h = &w->history;
    const struct site_self *self = site_self(r->site);
    size_t from = chance_below(&w->chance, h->grant_count);
    for (size_t i = 0; i < h->grant_count; i++) {
        const struct history_grant *g = &h->grants[(from + i) % h->grant_count];
        const struct history_section *at = &h->sections[h->epochs[g->epoch].section];
        bool own = uuid_is_nil(&at->owner) || memcmp(&at->owner, &self->party, sizeof at->owner) == 0;
        bool itself = memcmp(&g->to.id, &self->party, sizeof g->to.id) == 0 ||
                      memcmp(&g->to.id, &self->member, sizeof g->to.id) == 0;
        if (own && !itself) {
            *to = g->to;
            *p = (struct place){.plan = at->plan, .owner = at->owner, .topic = at->topic};
            return true;
        }
    }
    return false;
}

void edits_exclude(struct world *w, struct replica *r)
{
    struct save s;
    struct grant g;
    struct place p;
    if (!any_recipient(&g, &p, w, r)) {
        return;
    }
    begin(&s, w, r);
    if (s.err == OK) {
        s.err = edit_exclude(s.e, &p, &g, 1, "prov");
    }
    STORY_ADD(excluded, end(&s, "shuts out"));
}
