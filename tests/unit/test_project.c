/* Operations into rows, in whatever order they come: removal against editing, one id made twice, texts as edits. */
#include "tests/unit/sites.h"

struct scene {
    struct home kommun;
    struct home af;
    struct home region;
    char folder[SITES_PATH];
    struct place shared;
    struct object_key goal;
};

static void meet(struct scene *s)
{
    struct home *all[] = {&s->kommun, &s->af, &s->region};
    sites_meet_all(all, 3, s->folder);
}

static void set_up(struct scene *s)
{
    *s = (struct scene){.shared = {.plan = sites_plan(1), .topic = "plan"}};
    sites_path(s->folder, "sticka");
    sites_found(&s->kommun, 1);
    sites_join(&s->af, &s->kommun, "AF", "af", "Anna");
    sites_join(&s->region, &s->kommun, "Regionen", "region", "Rut");
    meet(s);
    s->goal = sites_make(&s->kommun, &s->shared, "goal", "target_date", "2027-01-01");
    sites_admit(&s->kommun, &s->shared, &s->af, true);
    sites_admit(&s->kommun, &s->shared, &s->region, true);
    meet(s);
}

static void same(struct scene *s)
{
    sites_same(&s->kommun, &s->af);
    sites_same(&s->kommun, &s->region);
    sites_rebuild_same(&s->kommun);
    sites_rebuild_same(&s->af);
    sites_rebuild_same(&s->region);
}

static void done(struct scene *s)
{
    sites_close(&s->kommun);
    sites_close(&s->af);
    sites_close(&s->region);
}

/* 0 here, 1 removed, 2 disputed */
static int life(struct home *h, const struct uuid *id)
{
    struct arena a = {0};
    struct view_list list;
    int at = 0;
    sites_look(&list, &a, h, id);
    assert_int_equal(list.count, 1);
    const struct view_object *o = &list.objects[0];
    for (size_t i = 0; i < o->field_count; i++) {
        at = o->fields[i].field ? at : 2;
    }
    at = o->removed ? 1 : at;
    arena_free(&a);
    return at;
}

static void lives(struct scene *s, int expected)
{
    assert_int_equal(life(&s->kommun, &s->goal.id), expected);
    assert_int_equal(life(&s->af, &s->goal.id), expected);
    assert_int_equal(life(&s->region, &s->goal.id), expected);
    same(s);
}

static void keep(struct home *h, const struct uuid *id)
{
    struct arena a = {0};
    struct view_list list;
    sites_look(&list, &a, h, id);
    struct edit *e = sites_edit(h);
    sites_must(h, edit_keep(e, &list.objects[0].key));
    sites_save(h, e);
    arena_free(&a);
}

static void removed_here_and_edited_there(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    sites_remove(&s.kommun, &s.goal.id);
    sites_must(&s.af, sites_set(&s.af, &s.goal.id, "goal", "target_date", "2027-02-02"));
    meet(&s);
    lives(&s, 2);
    keep(&s.region, &s.goal.id);
    meet(&s);
    lives(&s, 0);
    sites_remove(&s.af, &s.goal.id);
    meet(&s);
    lives(&s, 1);
    sites_must(&s.region, sites_set(&s.region, &s.goal.id, "goal", "target_date", "2027-03-03"));
    meet(&s);
    lives(&s, 0);
    done(&s);
}

static void removed_twice_at_once(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    sites_remove(&s.kommun, &s.goal.id);
    sites_remove(&s.af, &s.goal.id);
    meet(&s);
    lives(&s, 1);
    /* One keeps it, seeing one removal of two. */
    sites_remove(&s.region, &s.goal.id);
    keep(&s.kommun, &s.goal.id);
    meet(&s);
    lives(&s, 2);
    done(&s);
}

static void make_as(struct home *h, const struct place *p, const struct uuid *id, const char *type, const char *field,
                    const char *value)
{
    struct edit *e = sites_edit(h);
    int64_t section = 0;
    struct object_key key;
    sites_must(h, edit_section(&section, e, p));
    sites_must(h, edit_new(&key, e, section, schema_type_named(model_schema(), type), id));
    sites_must(h, edit_set(e, &key, sites_field(type, field), value));
    sites_save(h, e);
}

static void one_id_made_as_two_types(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    struct uuid id = sites_plan(200);
    make_as(&s.kommun, &s.shared, &id, "goal", "target_date", "2027-01-01");
    make_as(&s.af, &s.shared, &id, "note", "text", "anteckning");
    make_as(&s.region, &s.shared, &id, "goal", "target_date", "2027-02-02");
    meet(&s);
    assert_int_equal(sites_heads(&s.af, &id, "target_date", NULL), 2);
    same(&s);
    sites_remove(&s.af, &id);
    sites_must(&s.kommun, sites_set(&s.kommun, &id, "goal", "target_date", "2027-03-03"));
    meet(&s);
    same(&s);
    done(&s);
}

/* The making that has another in its past does not take its place, whatever its clock says. */
static void made_again_with_an_early_clock(void **state)
{
    struct scene s;
    struct forge f;
    (void)state;
    set_up(&s);
    struct op op = {.code = OP_NEW, .object = s.goal.id, .number = 17}; /* note */
    forge_begin(&f, &s.region);
    forge_in(&f, &s.shared, &op, 1)->txs[0].clock_ms = 1000;
    forge_put(&f, s.folder);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, s.folder);
    assert_int_equal(sites_heads(&s.af, &s.goal.id, "target_date", "2027-01-01"), 1);
}

/* One transaction, two sections, two clocks: what a section shows does not hang on whether the other can be read, nor on
 * which part's key sorts first (so: several). */
static void a_transaction_with_two_clocks(void **state)
{
    struct scene s;
    struct forge f;
    (void)state;
    set_up(&s);
    for (uint8_t i = 0; i < 6; i++) {
        struct place other = {.plan = sites_plan((uint8_t)(2 + i)), .topic = "plan"};
        struct object_key x = sites_make(&s.kommun, &other, "goal", "target_date", "2027-01-01");
        sites_admit(&s.kommun, &other, &s.region, true); /* not af */
        meet(&s);
        struct op one = {.code = OP_SET, .object = s.goal.id, .number = 3, .value = "2027-06-06"};
        struct op two = {.code = OP_SET, .object = x.id, .number = 3, .value = "2027-07-07"};
        forge_begin(&f, &s.region);
        forge_in(&f, &s.shared, &one, 1)->txs[0].clock_ms += 1000000;
        forge_in(&f, &other, &two, 1)->txs[0].clock_ms -= 1000000;
        forge_put(&f, s.folder);
        meet(&s);
        sites_same(&s.kommun, &s.af);
    }
    done(&s);
}

static void edits_of_texts_that_do_not_fit(void **state)
{
    struct scene s;
    struct forge f;
    char *text = calloc(1, 60001);
    (void)state;
    set_up(&s);
    memset(text, 'x', 60000);
    struct op ops[6] = {{.code = OP_SET, .object = s.goal.id, .number = 1, .value = "åäö"}};
    struct op_splice splices[] = {{.own_chain = true, .skip = 1, .insert = "x"},  /* inside å */
                                  {.own_chain = true, .skip = 99, .insert = "x"}, /* past its end */
                                  {.own_chain = true, .drop = 6, .insert = ""},   /* nothing left */
                                  {.own_chain = true, .insert = text},
                                  {.own_chain = true, .drop = 2, .insert = "Å"}};
    forge_begin(&f, &s.region);
    struct forge_part *part = forge_in(&f, &s.shared, ops, 1);
    for (size_t i = 0; i < 5; i++) {
        ops[1 + i] = (struct op){.code = OP_SPLICE, .object = s.goal.id, .number = 1};
        ops[1 + i].u.splice = splices[i];
        ops[1 + i].u.splice.base.n = f.header.first;
    }
    f.header.last = f.header.first + 1;
    part->txs[1] =
        (struct part_tx){.n = f.header.last, .clock_ms = part->txs[0].clock_ms, .op_count = 5, .ops = ops + 1};
    part->tx_count = 2;
    forge_put(&f, s.folder);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, s.folder);
    assert_true(sites_lists(&s.af, "authority", "the text that it edits is not there, or the edit does not fit it"));
    assert_int_equal(sites_heads(&s.af, &s.goal.id, "text", "Åäö"), 1);
    sites_same(&s.kommun, &s.af);
    sites_rebuild_same(&s.af);
    free(text);
    done(&s);
}

static void sets_and_entries(void **state)
{
    struct scene s;
    struct arena a = {0};
    struct view_list list;
    (void)state;
    set_up(&s);
    struct object_key plan = sites_make(&s.kommun, &s.shared, "plan", "title", "Plan");
    meet(&s);
    struct home *all[] = {&s.kommun, &s.af, &s.region};
    const struct schema_field *needs = sites_field("plan", "needs");
    for (size_t i = 0; i < 3; i++) { /* the same need, added by all at once */
        sites_look(&list, &a, all[i], &plan.id);
        struct edit *e = sites_edit(all[i]);
        sites_must(all[i], edit_add(e, &list.objects[0].key, needs, "bostad"));
        sites_save(all[i], e);
    }
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, s.folder);
    sites_look(&list, &a, &s.af, &plan.id);
    struct edit *e = sites_edit(&s.af); /* drops what it has seen: not the third's */
    sites_must(&s.af, edit_drop(e, &list.objects[0].key, needs, "bostad"));
    sites_must(&s.af, edit_drop(e, &list.objects[0].key, needs, "finns inte"));
    sites_save(&s.af, e);
    meet(&s);
    assert_int_equal(sites_heads(&s.kommun, &plan.id, "needs", "bostad"), 1);
    same(&s);
    sites_look(&list, &a, &s.kommun, &plan.id);
    e = sites_edit(&s.kommun);
    sites_must(&s.kommun, edit_drop(e, &list.objects[0].key, needs, "bostad"));
    sites_must(&s.kommun, edit_add(e, &list.objects[0].key, needs, "arbete"));
    sites_must(&s.kommun, edit_drop(e, &list.objects[0].key, needs, "arbete"));
    sites_save(&s.kommun, e);
    meet(&s);
    assert_int_equal(sites_heads(&s.region, &plan.id, "needs", NULL), 0);
    same(&s);
    arena_free(&a);
    done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(removed_here_and_edited_there),
                                       cmocka_unit_test(removed_twice_at_once),
                                       cmocka_unit_test(one_id_made_as_two_types),
                                       cmocka_unit_test(made_again_with_an_early_clock),
                                       cmocka_unit_test(a_transaction_with_two_clocks),
                                       cmocka_unit_test(edits_of_texts_that_do_not_fit),
                                       cmocka_unit_test(sets_and_entries)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
