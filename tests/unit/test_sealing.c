/* The journal into a record: many saves, cancelled ones, handles side by side, and what is owed of keys. */
#include "tests/unit/sites.h"

#include <sys/wait.h>
#include <unistd.h>

#include "sync/sealing.h"

struct scene {
    struct home kommun;
    struct home af;
    char folder[SITES_PATH];
    struct place shared;
    struct object_key goal;
};

static void set_up(struct scene *s)
{
    *s = (struct scene){.shared = {.plan = sites_plan(1), .topic = "plan"}};
    sites_path(s->folder, "sticka");
    sites_found(&s->kommun, 1);
    sites_join(&s->af, &s->kommun, "AF", "af", "Anna");
    struct home *all[] = {&s->kommun, &s->af};
    sites_meet_all(all, 2, s->folder);
    s->goal = sites_make(&s->kommun, &s->shared, "goal", "target_date", "2027-01-01");
}

static void done(struct scene *s)
{
    sites_close(&s->kommun);
    sites_close(&s->af);
}

static uint64_t unsealed(struct home *h)
{
    struct site_figures f;
    sites_must(h, site_figures(&f, h->site));
    return f.unsealed;
}

static void save_days(struct scene *s, int count)
{
    char date[11];
    for (int i = 0; i < count; i++) {
        (void)snprintf(date, sizeof date, "2028-%02d-%02d", 1 + i / 28 % 12, 1 + i % 28);
        sites_must(&s->kommun, sites_set(&s->kommun, &s->goal.id, "goal", "target_date", date));
    }
}

static void a_long_journal_seals_itself(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    sites_admit(&s.kommun, &s.shared, &s.af, true);
    save_days(&s, 515);
    assert_true(unsealed(&s.kommun) < 10);
    sites_reopen(&s.kommun);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, s.folder);
    sites_same(&s.kommun, &s.af);
    sites_check_ok(&s.af);
    sites_rebuild_same(&s.kommun);
    done(&s);
}

/* Runs in a child, for it may abort. Gives its exit status, -1 for a signal. */
static int in_child(struct scene *s, void (*run)(struct scene *s))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        run(s);
        _exit(site_seal(s->kommun.site) == OK ? 0 : 3);
    }
    assert_true(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Another process, which ends before it has saved. */
static void killed_in_the_midst(struct scene *s)
{
    struct home other = {0};
    sites_second(&other, &s->kommun);
    struct edit *e = sites_edit(&other);
    sites_must(&other, edit_set(e, &s->goal, sites_field("goal", "target_date"), "2029-01-01"));
    _exit(0);
}

/* Closed in the midst: what was saved is there, and goes out later. */
static void closed_without_sealing(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    sites_admit(&s.kommun, &s.shared, &s.af, true);
    assert_int_equal(in_child(&s, killed_in_the_midst), 0);
    sites_reopen(&s.kommun);
    assert_int_equal(sites_heads(&s.kommun, &s.goal.id, "target_date", "2027-01-01"), 1);
    assert_int_equal(unsealed(&s.kommun), 2);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, s.folder);
    assert_int_equal(sites_heads(&s.af, &s.goal.id, "target_date", "2027-01-01"), 1);
    edit_cancel(NULL);
    done(&s);
}

static void due_by_age_and_number(void **state)
{
    struct scene s;
    bool due = true;
    (void)state;
    set_up(&s);
    sites_must(&s.kommun, sealing_due(&due, s.kommun.site));
    assert_false(due);
    sites_clock_ms += 3600001;
    sites_must(&s.kommun, sealing_due(&due, s.kommun.site));
    assert_true(due);
    sites_must(&s.kommun, site_seal_if_due(s.kommun.site));
    assert_int_equal(unsealed(&s.kommun), 0);
    sites_must(&s.kommun, sealing_due(&due, s.kommun.site));
    assert_false(due);
    save_days(&s, 256);
    sites_must(&s.kommun, sealing_due(&due, s.kommun.site));
    assert_true(due);
    done(&s);
}

/* The 513th save seals first; cancelling it takes the sealing back, and with it the envelopes. */
static void a_cancelled_sealing_owes_its_keys_still(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    sites_must(&s.kommun, site_seal(s.kommun.site));
    sites_admit(&s.kommun, &s.shared, &s.af, true);
    save_days(&s, 511);
    edit_cancel(sites_edit(&s.kommun));
    assert_int_equal(unsealed(&s.kommun), 512);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, s.folder);
    assert_int_equal(sites_heads(&s.af, &s.goal.id, "target_date", NULL), 1);
    done(&s);
}

/* Admitted by one process, met by another that has been open for long. */
static void keys_owed_by_another_handle(void **state)
{
    struct scene s;
    struct home other = {0};
    (void)state;
    set_up(&s);
    sites_meet(&s.kommun, s.folder); /* owes nothing now, as far as it knows */
    sites_second(&other, &s.kommun);
    sites_admit(&other, &s.shared, &s.af, true);
    sites_close(&other);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, s.folder);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, s.folder);
    assert_int_equal(sites_heads(&s.af, &s.goal.id, "target_date", "2027-01-01"), 1);
    done(&s);
}

/* ---- how much fits ---- */

static void fill(struct scene *s, struct edit *e, size_t count, const char *text)
{
    const struct schema_field *f = sites_field("goal", "text");
    for (size_t i = 0; i < count; i++) {
        sites_must(&s->kommun, edit_set(e, &s->goal, f, text));
    }
}

static void many_operations(struct scene *s)
{
    for (int save = 0; save < 3; save++) {
        struct edit *e = sites_edit(&s->kommun);
        const struct schema_field *f = sites_field("goal", "target_date");
        for (size_t i = 0; i < 30000; i++) {
            sites_must(&s->kommun, edit_set(e, &s->goal, f, "2027-01-01"));
        }
        sites_save(&s->kommun, e);
    }
}

static void many_bytes(struct scene *s)
{
    char *text = malloc(60001);
    memset(text, 'x', 60000);
    text[60000] = '\0';
    for (int save = 0; save < 6; save++) {
        struct edit *e = sites_edit(&s->kommun);
        text[0] = (char)('a' + save);
        fill(s, e, 60, text);
        sites_save(&s->kommun, e);
    }
    free(text);
}

static void many_sections(struct scene *s)
{
    for (size_t save = 0; save < 70; save++) {
        struct edit *e = sites_edit(&s->kommun);
        for (size_t i = 0; i < 60; i++) {
            int64_t section = 0;
            struct place p = s->shared;
            p.plan.b[1] = (uint8_t)(100 + save);
            p.plan.b[2] = (uint8_t)(100 + i);
            sites_must(&s->kommun, edit_section(&section, e, &p));
        }
        sites_save(&s->kommun, e);
    }
}

static void more_operations_than_one_part_takes(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    assert_int_equal(in_child(&s, many_operations), 0);
}

static void more_bytes_than_one_body_takes(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    assert_int_equal(in_child(&s, many_bytes), 0);
}

static void more_sections_than_one_body_takes(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    assert_int_equal(in_child(&s, many_sections), 0);
}

/* ---- an older database ---- */

static void copy(const char *from, const char *dir, const char *name)
{
    struct buf command = {0};
    buf_printf(&command, "cp -a '%s/%s' '%s/%s'", from, "replica.db", dir, name);
    assert_int_equal(system(buf_text(&command)), 0);
    buf_free(&command);
}

/* replica.db put back from yesterday under a log that went on: own records come in first, and the chain is not split. */
static void the_log_is_ahead_of_the_database(void **state)
{
    struct scene s;
    char keep[SITES_PATH];
    struct buf command = {0};
    (void)state;
    set_up(&s);
    sites_admit(&s.kommun, &s.shared, &s.af, true);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, s.folder);
    sites_close(&s.kommun);
    (void)snprintf(keep, sizeof keep, "%s.gammal", "replica");
    copy(s.kommun.dir, s.kommun.dir, keep);
    sites_open(&s.kommun);
    save_days(&s, 1);
    sites_must(&s.kommun, site_seal(s.kommun.site));
    sites_close(&s.kommun);
    buf_printf(&command, "cd '%s' && rm -f replica.db-wal replica.db-shm && mv %s replica.db", s.kommun.dir, keep);
    assert_int_equal(system(buf_text(&command)), 0);
    buf_free(&command);
    sites_open(&s.kommun);
    assert_int_equal(sites_heads(&s.kommun, &s.goal.id, "target_date", "2028-01-01"), 1);
    done(&s);
}

/* ---- clocks ---- */

/* A reply comes after what it answers, though the one who replies has a clock that is behind. */
static void the_clock_follows_what_was_seen(void **state)
{
    struct scene s;
    struct home slow = {.slow = true};
    struct arena a = {0};
    struct view_list list;
    (void)state;
    set_up(&s);
    sites_join(&slow, &s.kommun, "Regionen", "region", "Rut");
    struct object_key meeting = sites_make(&s.kommun, &s.shared, "meeting", "kind", "SIP");
    sites_admit(&s.kommun, &s.shared, &slow, true);
    struct edit *e = sites_edit(&s.kommun);
    sites_must(&s.kommun, edit_append(e, &meeting, sites_field("meeting", "minutes"), "fråga"));
    sites_save(&s.kommun, e);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&slow, s.folder);
    sites_look(&list, &a, &slow, &meeting.id);
    e = sites_edit(&slow);
    sites_must(&slow, edit_append(e, &list.objects[0].key, sites_field("meeting", "minutes"), "svar"));
    sites_save(&slow, e);
    arena_free(&a);
    sites_look(&list, &a, &slow, &meeting.id);
    const struct view_field *f = view_field(&list.objects[0], "minutes");
    assert_int_equal(f->count, 2);
    assert_string_equal(f->values[0].value, "fråga");
    arena_free(&a);
    done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_long_journal_seals_itself),
                                       cmocka_unit_test(closed_without_sealing),
                                       cmocka_unit_test(due_by_age_and_number),
                                       cmocka_unit_test(a_cancelled_sealing_owes_its_keys_still),
                                       cmocka_unit_test(keys_owed_by_another_handle),
                                       cmocka_unit_test(more_operations_than_one_part_takes),
                                       cmocka_unit_test(more_bytes_than_one_body_takes),
                                       cmocka_unit_test(more_sections_than_one_body_takes),
                                       cmocka_unit_test(the_log_is_ahead_of_the_database),
                                       cmocka_unit_test(the_clock_follows_what_was_seen)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
