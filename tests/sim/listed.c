#include "tests/sim/listed.h"

#include <stdlib.h>
#include <string.h>

#include "sync/view.h"
#include "tests/sim/story.h"

static const char *const kinds[] = {"new", "set", "add", "drop", "append", "remove", "keep"};

/* Lines, each ended by a zero. */
struct lines {
    struct buf text;
    size_t count;
};

static void put_line(struct lines *l, const char *kind, int chain, uint64_t n, const struct uuid *object,
                     uint32_t number, const char *value)
{
    buf_printf(&l->text, "%d.%llu %s ", chain, (unsigned long long)n, kind);
    buf_put_hex(&l->text, span_of(object->b, ID_LEN));
    buf_printf(&l->text, " %u %s", number, value ? value : "-");
    buf_put_u8(&l->text, '\0');
    l->count++;
}

static int by_text(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static const char **sorted(const struct lines *l)
{
    const char **list = calloc(l->count + 1, sizeof *list);
    const char *at = (const char *)l->text.ptr;
    if (!list || buf_check(&l->text) != OK) {
        story_wrong("no memory");
    }
    for (size_t i = 0; i < l->count; i++) {
        list[i] = at;
        at += strlen(at) + 1;
    }
    qsort((void *)list, l->count, sizeof *list, by_text);
    return list;
}

static void expected_lines(struct lines *l, const struct history *h, const struct model_reader *m)
{
    for (size_t t = 0; t < h->tx_count; t++) {
        const struct history_tx *tx = &h->txs[t];
        for (size_t i = 0; i < tx->count && m->has[tx->chain] >= tx->n; i++) {
            const struct history_op *o = &h->ops[tx->first + i];
            bool numbered = o->code != OP_REMOVE && o->code != OP_KEEP;
            if (m->holds[o->epoch]) {
                put_line(l, kinds[o->code], tx->chain, tx->n, &o->object, numbered ? o->number : 0, o->value);
            }
        }
    }
}

static void shown_lines(struct lines *l, const struct history *h, const struct view_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        const struct view_change *c = &changes->changes[i];
        bool known = false;
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            known = known || strcmp(c->op, kinds[k]) == 0;
        }
        if (known) {
            bool new = strcmp(c->op, "new") == 0;
            uint32_t number = new ? c->type->number : c->field ? c->field->number : 0;
            put_line(l, c->op, history_chain(h, &c->by.tx.chain), c->by.tx.n, &c->object.id, number,
                     new ? NULL : c->value);
        }
    }
}

void listed_compare(struct world *w, struct replica *r, const struct model_reader *m)
{
    struct arena a = {0};
    struct view_changes changes;
    struct lines expected = {.count = 0};
    struct lines shown = {.count = 0};
    world_act(r);
    story_must(r->site, view_history(&changes, &a, r->site, NULL, NULL));
    expected_lines(&expected, &w->history, m);
    shown_lines(&shown, &w->history, &changes);
    const char **x = sorted(&expected);
    const char **y = sorted(&shown);
    for (size_t i = 0; i < expected.count || i < shown.count; i++) {
        const char *e = i < expected.count ? x[i] : "nothing";
        const char *s = i < shown.count ? y[i] : "nothing";
        if (strcmp(e, s) != 0) {
            story_wrong("the history of replica %d: expected %.100s, got %.100s", r->number, e, s);
        }
    }
    free((void *)x);
    free((void *)y);
    buf_free(&expected.text);
    buf_free(&shown.text);
    arena_free(&a);
}
