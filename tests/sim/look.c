#include "tests/sim/look.h"

#include <stdlib.h>
#include <string.h>

#include "sync/check.h"
#include "sync/epochs.h"
#include "sync/view.h"
#include "tests/sim/listed.h"
#include "tests/sim/story.h"

/* ---- a replica's content as text, in the form of model_content ---- */

struct content {
    struct buf *out;
    const struct history *h;
};

static void put_value(const struct content *c, const struct view_field *f, const struct view_value *v)
{
    if (f->field->merge == MERGE_SET) {
        buf_printf(c->out, " | %s", v->value);
    } else {
        buf_printf(c->out, " | %d.%llu %s", history_chain(c->h, &v->by.tx.chain), (unsigned long long)v->by.tx.n,
                   v->value ? v->value : "-");
    }
}

static enum err put_object(void *ctx, const struct view_object *o)
{
    const struct content *c = ctx;
    bool disputed = o->field_count > 0 && !o->fields[o->field_count - 1].field;
    buf_put_hex(c->out, span_of(o->section.b, ID_LEN));
    buf_put_str(c->out, " ");
    buf_put_hex(c->out, span_of(o->key.id.b, ID_LEN));
    buf_printf(c->out, " %u %s\n", o->type->number, o->removed ? "removed" : disputed ? "disputed" : "here");
    for (size_t i = 0; i < o->field_count && !o->removed; i++) {
        const struct view_field *f = &o->fields[i];
        if (!f->field) {
            continue;
        }
        buf_printf(c->out, "  %u%s", f->field->number, f->conflict ? " conflict" : "");
        for (size_t k = 0; k < f->count; k++) {
            put_value(c, f, &f->values[k]);
        }
        buf_put_str(c->out, "\n");
    }
    return OK;
}

static void replica_content(struct buf *out, const struct world *w, struct replica *r)
{
    struct content c = {.out = out, .h = &w->history};
    story_must(r->site, view_each(r->site, put_object, &c));
    if (!buf_text(out)) {
        story_wrong("no memory");
    }
}

/* The first line in which two texts differ. */
static void tell_difference(const char *expected, const char *got)
{
    while (*expected && *got) {
        size_t a = strcspn(expected, "\n");
        size_t b = strcspn(got, "\n");
        if (a != b || memcmp(expected, got, a) != 0) {
            break;
        }
        printf("    %.*s\n", (int)a, expected);
        expected += a + (expected[a] != '\0');
        got += b + (got[b] != '\0');
    }
    printf("  expected %.*s\n  got      %.*s\n", (int)strcspn(expected, "\n"), expected, (int)strcspn(got, "\n"), got);
}

/* ---- keys ---- */

static void read_keys(bool holds[HISTORY_EPOCHS], const struct world *w, struct replica *r)
{
    memset(holds, 0, HISTORY_EPOCHS * sizeof *holds);
    struct db_row *q = db_use(r->site->db, "SELECT key_id FROM held_key");
    while (db_next(q)) {
        struct key_id id;
        db_col_copy(q, 0, id.b, ID_LEN);
        int epoch = history_epoch(&w->history, &id);
        if (epoch >= 0) { /* else: of a save that failed */
            holds[epoch] = true;
        }
    }
    story_must(r->site, db_end(q));
}

static void compare_keys(const struct world *w, const struct replica *r, const bool holds[HISTORY_EPOCHS])
{
    const struct site_self *self = site_self(r->site);
    for (size_t i = 0; i < w->history.epoch_count; i++) {
        if (holds[i] && !model_entitled(&w->history, (int)i, &self->party, &self->member)) {
            story_wrong("replica %d holds the key of epoch %zu, for which nobody has named it", r->number, i);
        }
    }
}

/* ---- one replica ---- */

static void write_look(const struct world *w, const struct replica *r, const struct model_reader *m, const char *text)
{
    const char *comma = "";
    (void)fprintf(w->trace, "{\"look\": %d, \"has\": [", r->number);
    for (size_t i = 0; i < w->history.chain_count; i++) {
        (void)fprintf(w->trace, "%s%llu", i > 0 ? ", " : "", (unsigned long long)m->has[i]);
    }
    (void)fprintf(w->trace, "], \"holds\": [");
    for (size_t i = 0; i < w->history.epoch_count; i++) {
        if (m->holds[i]) {
            (void)fprintf(w->trace, "%s%zu", comma, i);
            comma = ", ";
        }
    }
    (void)fprintf(w->trace, "], \"content\": ");
    history_write_text(w->trace, text);
    (void)fprintf(w->trace, "}\n");
}

static void look(struct world *w, struct replica *r, bool last)
{
    struct model_reader m = {.has = {0}};
    struct buf expected = {0};
    struct buf got = {0};
    world_act(r);
    memcpy(m.has, r->has, sizeof m.has);
    read_keys(m.holds, w, r);
    compare_keys(w, r, m.holds);
    replica_content(&got, w, r);
    model_content(&expected, &w->history, &m);
    if (strcmp((const char *)expected.ptr, (const char *)got.ptr) != 0) {
        tell_difference((const char *)expected.ptr, (const char *)got.ptr);
        story_wrong("replica %d does not show what the model says", r->number);
    }
    if (last) {
        listed_compare(w, r, &m);
    }
    if (last && w->trace) {
        write_look(w, r, &m, (const char *)got.ptr);
    }
    buf_free(&expected);
    buf_free(&got);
    STORY_ADD(compared, 1);
}

void look_at(struct world *w, struct replica *r)
{
    look(w, r, false);
}

/* ---- all of them ---- */

static bool is_newest(const struct history *h, int epoch)
{
    for (size_t i = 0; i < h->epoch_count; i++) {
        if ((int)i != epoch && history_follows(h, (int)i, epoch)) {
            return false;
        }
    }
    return true;
}

/* Whoever is entitled to a section as it is now has its key. */
static void must_have_keys(const struct world *w, struct replica *r)
{
    const struct site_self *self = site_self(r->site);
    bool holds[HISTORY_EPOCHS];
    read_keys(holds, w, r);
    for (size_t i = 0; i < w->history.epoch_count; i++) {
        bool lost =
            r->was_put_back && w->history.chains[w->history.txs[w->history.epochs[i].tx].chain].replica == r->number;
        if (!holds[i] && !lost && is_newest(&w->history, (int)i) &&
            model_entitled(&w->history, (int)i, &self->party, &self->member)) {
            story_wrong("replica %d has not been given the key of epoch %zu", r->number, i);
        }
    }
}

static void must_verify(struct replica *r)
{
    struct arena a = {0};
    struct check_result c;
    story_must(r->site, check_log(&c, &a, r->site, true));
    if (!c.ok || c.refused_count > 0 || c.fork_count > 0) {
        const struct check_refused *one = c.refused_count > 0 ? c.refused : NULL;
        story_wrong("verify at %d: ok %d, %zu refused, %zu forks: %s %s", r->number, c.ok, c.refused_count,
                    c.fork_count, one ? one->verdict : "", one ? one->detail : "");
    }
    arena_free(&a);
    STORY_ADD(checked, 1);
}

/* What a reader is shown of each section. */
struct whole {
    const struct world *w;
    struct buf *sections;
};

/* An object with everything that a reader is shown of it: authors, clocks, names. */
static enum err put_whole(void *ctx, const struct view_object *o)
{
    const struct whole *c = ctx;
    int section = history_section(&c->w->history, &o->section);
    if (section < 0) {
        story_wrong("an object in a section that nobody has opened");
    }
    struct buf *out = &c->sections[section];
    buf_put_hex(out, span_of(o->key.id.b, ID_LEN));
    buf_printf(out, " %s %s %d\n", o->type->name, o->owner_name, o->removed);
    for (size_t i = 0; i < o->field_count; i++) {
        const struct view_field *f = &o->fields[i];
        buf_printf(out, "  %s %d\n", f->field ? f->field->name : "removal", f->conflict);
        for (size_t k = 0; k < f->count; k++) {
            const struct view_value *v = &f->values[k];
            buf_printf(out, "    %s, %d.%llu at %lld by %s of %s\n", v->value ? v->value : "-",
                       history_chain(&c->w->history, &v->by.tx.chain), (unsigned long long)v->by.tx.n,
                       (long long)v->by.time_ms, v->by.member_name, v->by.party_name);
        }
    }
    return OK;
}

static struct buf *whole_content(const struct world *w, struct replica *r)
{
    struct buf *sections = calloc(HISTORY_SECTIONS, sizeof *sections);
    if (!sections) {
        story_wrong("no memory");
    }
    struct whole c = {w, sections};
    world_act(r);
    story_must(r->site, view_each(r->site, put_whole, &c));
    for (size_t i = 0; i < w->history.section_count; i++) {
        if (!buf_text(&sections[i])) {
            story_wrong("no memory");
        }
    }
    return sections;
}

static void free_content(struct buf *sections)
{
    for (size_t i = 0; i < HISTORY_SECTIONS; i++) {
        buf_free(&sections[i]);
    }
    free(sections);
}

static bool same_keys(const struct world *w, int section, const bool a[HISTORY_EPOCHS], const bool b[HISTORY_EPOCHS])
{
    for (size_t i = 0; i < w->history.epoch_count; i++) {
        if (w->history.epochs[i].section == section && a[i] != b[i]) {
            return false;
        }
    }
    return true;
}

/* Equal records and equal keys of a section: equal content of it, to the letter. */
static void compare_two(struct world *w, struct replica *a, struct replica *b)
{
    bool keys_a[HISTORY_EPOCHS];
    bool keys_b[HISTORY_EPOCHS];
    struct buf *x = whole_content(w, a);
    struct buf *y = whole_content(w, b);
    read_keys(keys_a, w, a);
    read_keys(keys_b, w, b);
    for (size_t i = 0; i < w->history.section_count; i++) {
        if (same_keys(w, (int)i, keys_a, keys_b) && strcmp((const char *)x[i].ptr, (const char *)y[i].ptr) != 0) {
            tell_difference((const char *)x[i].ptr, (const char *)y[i].ptr);
            story_wrong("section %zu differs between replicas %d and %d", i, a->number, b->number);
        }
    }
    free_content(x);
    free_content(y);
}

static void must_stay(struct world *w, struct replica *r, const char *what)
{
    struct buf *before = whole_content(w, r);
    if (strcmp(what, "rebuild") == 0) {
        story_must(r->site, site_rebuild(r->site));
    } else {
        world_close(r);
        world_open(w, r);
    }
    struct buf *after = whole_content(w, r);
    for (size_t i = 0; i < w->history.section_count; i++) {
        if (strcmp((const char *)before[i].ptr, (const char *)after[i].ptr) != 0) {
            tell_difference((const char *)before[i].ptr, (const char *)after[i].ptr);
            story_wrong("%s changes section %zu of replica %d", what, i, r->number);
        }
    }
    free_content(before);
    free_content(after);
    (void)world_note(w, r, NULL);
}

void look_at_all(struct world *w)
{
    for (size_t i = 0; i < w->replica_count; i++) {
        struct replica *r = &w->replicas[i];
        for (size_t c = 0; c < w->history.chain_count; c++) {
            if (r->has[c] != w->history.chains[c].last) {
                story_wrong("replica %d has not been given %zu.%llu", r->number, c,
                            (unsigned long long)w->history.chains[c].last);
            }
        }
        look(w, r, true);
        must_have_keys(w, r);
        must_verify(r);
        if (i > 0) {
            compare_two(w, &w->replicas[i - 1], r);
        }
    }
    for (size_t i = 2; i < w->replica_count; i++) {
        for (size_t k = 0; k + 1 < i; k++) {
            compare_two(w, &w->replicas[k], &w->replicas[i]);
        }
    }
    for (size_t i = 0; i < w->replica_count; i++) {
        must_stay(w, &w->replicas[i], "rebuild");
        must_stay(w, &w->replicas[i], "opening again");
        look(w, &w->replicas[i], false);
    }
}
