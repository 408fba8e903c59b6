/* Addresses, git's lines, and how much a host and a site send each other. The servers are in tests/cli/test_host.py. */
#include "tests/unit/sites.h"

#include "sync/host.h"
#include "sync/host_posix.h"
#include "sync/posix.h"

#define MANY 600 /* git counts 256 commits in vain, in batches that double: 496 and it has given up */

static void addresses(void **state)
{
    static const struct {
        const char *url;
        const char *protocol; /* NULL: refused */
    } rows[] = {{"ssh://host/x", "ssh"},
                {"ssh://anna@host:22/x", "ssh"},
                {"ssh://[::1]:22/x", "ssh"},
                {"host:x", "ssh"},
                {"anna@host.example:~/x", "ssh"},
                {"https://host/x", "https"},
                {"http://127.0.0.1:80/x", "http"},
                {"file:///x", "file"},
                {"", NULL},
                {"/srv/x", NULL},
                {"x", NULL},
                {"./a:b", NULL},
                {"a/b:c", NULL},
                {":x", NULL},
                {"host:", NULL},
                {"host::x", NULL},
                {"ext::x", NULL},
                {"http:x", "ssh"}, /* a host of that name */
                {"http://example.org/x", NULL},
                {"http://localhostx/x", NULL},
                {"http://127.0.0.1:1@example.org/x", NULL},
                {"https://a:b@host/x", NULL},
                {"https://-host/x", NULL},
                {"ssh://-o/x", NULL},
                {"ssh://host:123456/x", NULL},
                {"ssh://host:/x", NULL},
                {"ssh://a@b@c/x", NULL},
                {"ssh://@host/x", NULL},
                {"ssh://[x]/x", NULL},
                {"[::1]:x", NULL},
                {"file://host/x", NULL},
                {"file:///", NULL},
                {"ftp://host/x", NULL},
                {"host:a b", NULL},
                {"host:a\x7f", NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (host_is_url(rows[i].url) != (rows[i].protocol != NULL)) {
            fail_msg("%s", rows[i].url);
        }
        if (rows[i].protocol) {
            assert_string_equal(host_protocol(rows[i].url), rows[i].protocol);
        }
    }
}

#define OID "0123456789abcdef0123456789abcdef01234567"
#define CHAIN_A "00000000000000000000000000000001"
#define CHAIN_B "00000000000000000000000000000002"

static void lists_of_branches(void **state)
{
    struct buf refs = {0};
    (void)state;
    const char *text = OID "\trefs/heads/" CHAIN_B "\n" OID "\trefs/heads/main\n" OID "\trefs/heads/" CHAIN_A "\n" OID
                           "\trefs/heads/" CHAIN_A "\n";
    assert_int_equal(host_lines_refs(&refs, span_str(text)), OK);
    assert_int_equal(refs.len, 2 * sizeof(struct host_ref));
    const struct host_ref *ref = (const struct host_ref *)(const void *)refs.ptr;
    assert_int_equal(ref[0].chain.b[15], 1);
    assert_int_equal(ref[1].chain.b[15], 2);
    static const char *const bad[] = {"\n", "x", OID, OID " refs/heads/main\n", "fatal: no\n", OID "\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(host_lines_refs(&refs, span_str(bad[i])), ERR_INPUT);
    }
    assert_int_equal(host_lines_refs(&refs, span_str("")), OK);
    buf_free(&refs);
}

static void answers_to_a_push(void **state)
{
    struct chain_id chain;
    struct span reason;
    bool taken = false;
    (void)state;
    assert_true(
        host_lines_pushed(&chain, &taken, &reason, span_str("*\t" OID ":refs/heads/" CHAIN_A "\t[new branch]")));
    assert_true(taken);
    assert_true(host_lines_pushed(&chain, &taken, &reason,
                                  span_str("!\t" OID ":refs/heads/" CHAIN_A "\t[rejected] (fetch first)")));
    assert_false(taken);
    assert_true(span_equal(reason, span_str("[rejected] (fetch first)")));
    static const char *const other[] = {"", "To x", "Done", "!\t", "!\t" OID, "!\t" OID ":x\ty", " \t:\t"};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        assert_false(host_lines_pushed(&chain, &taken, &reason, span_str(other[i])));
    }
}

static void progress_and_sizes(void **state)
{
    uint64_t done = 0;
    uint64_t total = 0;
    struct buf story = {0};
    (void)state;
    assert_true(host_lines_progress(&done, &total, span_str("x\rReceiving objects:  45% (9/20)\rReceiving obj")));
    assert_int_equal(done, 9);
    assert_int_equal(total, 20);
    assert_false(host_lines_progress(&done, &total, span_str("100%")));
    assert_false(host_lines_progress(&done, &total, span_str("Receiving objects: 1% (2/1)")));
    assert_false(host_lines_progress(&done, &total, span_str("Counting objects: 50% (1/2)")));
    assert_false(host_lines_progress(&done, &total, span_str("")));
    assert_int_equal(host_lines_sent(span_str("Writing objects: 100% (3/3), 512 bytes | 1 KiB/s, done.\n")), 512);
    assert_int_equal(host_lines_sent(span_str("Writing objects: 100% (3/3), 1.50 KiB | 1 KiB/s, done.\n")), 1536);
    assert_int_equal(host_lines_sent(span_str("Writing objects:  50% (1/2), 1.50 KiB\r")), 0);
    host_lines_story(&story, span_str("Counting: 5% (1/20)\rwarning: x\nfatal: n\x1b[31mej\nhint: y\nerror: två\n"),
                     100);
    assert_string_equal(buf_text(&story), "fatal: n [31mej | error: två");
    buf_free(&story);
}

/* ---- a child process ---- */

static bool never(void *ctx, struct span err)
{
    (void)ctx;
    (void)err;
    return false;
}

static enum host_posix_end run(const char *script, int *code, struct buf *out, const struct host_posix *how)
{
    const char *const words[] = {"sh", "-c", script, NULL};
    const char *const environment[] = {"X=1", NULL};
    struct host_posix what = *how;
    struct buf err = {0};
    enum host_posix_end end;
    what.words = words;
    what.environment = environment;
    assert_int_equal(host_posix_run(&end, code, out, &err, &what), OK);
    buf_free(&err);
    return end;
}

static void children(void **state)
{
    const struct host_posix usual = {.idle_ms = 10000, .out_max = 1000};
    const struct host_posix hasty = {.idle_ms = 300, .out_max = 1000};
    const struct host_posix cancelling = {.idle_ms = 10000, .out_max = 1000, .keep_on = never};
    struct buf out = {0};
    int code = 0;
    (void)state;
    assert_int_equal(setenv("SAMPLAN_SECRET", "x", 1), 0);
    assert_int_equal(run("echo $X$SAMPLAN_SECRET; exit 3", &code, &out, &usual), HOST_POSIX_DONE);
    assert_int_equal(code, 3);
    assert_string_equal(buf_text(&out), "1\n");
    buf_free(&out);
    assert_int_equal(run("kill -9 $$", &code, &out, &usual), HOST_POSIX_DONE);
    assert_int_equal(code, 128 + 9);
    assert_int_equal(run("sleep 60", &code, &out, &hasty), HOST_POSIX_SILENT);
    assert_int_equal(run("yes", &code, &out, &usual), HOST_POSIX_FULL);
    buf_free(&out);
    assert_int_equal(run("trap '' TERM; sleep 60 & wait", &code, &out, &cancelling), HOST_POSIX_CANCELLED);
    /* what it leaves in the background is not waited for, though it holds the pipes open */
    const uint64_t before = posix_now_ms();
    assert_int_equal(run("sleep 20 & exit 0", &code, &out, &usual), HOST_POSIX_DONE);
    assert_true(posix_now_ms() - before < 5000);
    buf_free(&out);
}

/* ---- how much is sent ---- */

struct counts {
    const struct meet_result *result;
    uint64_t fetched;
    uint64_t pushed;
};

static bool count(void *ctx, uint64_t done, uint64_t total)
{
    struct counts *c = ctx;
    (void)done;
    if (strcmp(c->result->phase, "fetch") == 0 && total > c->fetched) {
        c->fetched = total;
    } else if (strcmp(c->result->phase, "push") == 0 && total > c->pushed) {
        c->pushed = total;
    }
    return true;
}

static struct counts meet(struct home *h)
{
    struct arena a = {0};
    struct meet_result r;
    struct counts c = {.result = &r};
    sites_must(h, meet_sync(&r, &a, h->site, "host", count, &c));
    assert_int_equal(r.fault_count, 0);
    arena_free(&a);
    return c;
}

static void write_records(struct home *h, const struct object_key *goal, unsigned many)
{
    for (unsigned i = 0; i < many; i++) {
        char date[20];
        (void)snprintf(date, sizeof date, "20%02u-%02u-%02u", 30 + i / 400, 1 + i % 12, 1 + i % 28);
        sites_must(h, sites_set(h, &goal->id, "goal", "target_date", date));
        sites_must(h, site_seal(h->site));
    }
}

/* What stock git makes of a repository's branches since they were noted: how many objects. but: a branch left out. */
static void note_branches(const char *repository)
{
    struct buf command = {0};
    buf_printf(&command, "git -C %s for-each-ref --format='^%%(objectname)' > %s.noted", repository, repository);
    assert_int_equal(system(buf_text(&command)), 0); /* NOLINT: our own path */
    buf_free(&command);
}

static uint64_t objects_since(const char *repository, const char *but)
{
    struct buf command = {0};
    char line[32] = "";
    buf_printf(&command, "git -C %s rev-list --objects --stdin --exclude=refs/heads/%s --branches < %s.noted | wc -l",
               repository, but, repository);
    FILE *out = popen(buf_text(&command), "r"); /* NOLINT: our own path */
    assert_non_null(out);
    assert_non_null(fgets(line, sizeof line, out));
    assert_int_equal(pclose(out), 0);
    buf_free(&command);
    return strtoull(line, NULL, 10);
}

/* AF has hundreds of records that the host has not. The host has two of the kommun's and two of the region's that AF
 * lacks; of what AF has of these chains, the kommun's last is newer than AF's own records, the region's older. Git's
 * negotiation, left alone, hears of the first, counts 256 commits in vain, and has the region's chain sent from its
 * beginning. What git counts in the packs that go over is compared with what the logs say came. */
static void only_what_is_lacking(void **state)
{
    struct home kommun = {0};
    struct home region = {0};
    struct home af = {0};
    struct home *const all[] = {&kommun, &region, &af};
    const struct place shared = {.plan = sites_plan(1), .topic = "plan"};
    char path[SITES_PATH];
    char folder[SITES_PATH];
    char url[SITES_PATH + 10];
    struct buf command = {0};
    (void)state;
    sites_path(path, "host");
    sites_path(folder, "mapp");
    (void)snprintf(url, sizeof url, "file://%s", path);
    buf_printf(&command, "git init -q --bare %s", path);
    assert_int_equal(system(buf_text(&command)), 0); /* NOLINT: our own path */
    buf_free(&command);
    sites_found(&kommun, 1);
    sites_join(&region, &kommun, "Regionen", "region", "Rut");
    sites_join(&af, &kommun, "AF", "af", "Anna");
    for (size_t i = 0; i < 3; i++) {
        sites_must(all[i], meet_add(all[i]->site, "host", url));
    }
    struct object_key goal = sites_make(&kommun, &shared, "goal", "target_date", "2027-01-01");
    sites_admit(&kommun, &shared, &region, true);
    sites_admit(&kommun, &shared, &af, true);
    for (size_t i = 0; i < 6; i++) {
        (void)meet(all[i % 3]);
    }
    write_records(&region, &goal, 5);
    (void)meet(&region);
    (void)meet(&kommun);
    (void)meet(&af);
    sites_clock_ms += 10000; /* git reads seconds */
    write_records(&af, &goal, MANY);
    sites_clock_ms += 10000;
    write_records(&kommun, &goal, 1);
    sites_meet(&kommun, folder);
    sites_meet(&af, folder);
    write_records(&kommun, &goal, 2);
    write_records(&region, &goal, 2);
    (void)meet(&kommun);
    (void)meet(&region);
    char log[SITES_PATH + 10];
    struct buf own = {0};
    (void)snprintf(log, sizeof log, "%s/log.git", af.dir);
    buf_put_hex(&own, span_of(site_self(af.site)->chain.b, ID_LEN));
    note_branches(log);
    note_branches(path);
    struct counts c = meet(&af);
    print_message("fetched %u objects, pushed %u\n", (unsigned)c.fetched, (unsigned)c.pushed);
    assert_in_range(c.fetched, (2 + 2) * 3, (2 + 2) * 3 + 8); /* a device may have sent others keys that they lacked */
    assert_int_equal(c.fetched, objects_since(log, buf_text(&own)));
    assert_in_range(c.pushed, MANY * 3, MANY * 3 + 8);
    assert_int_equal(c.pushed, objects_since(path, "none"));
    c = meet(&af);
    assert_int_equal(c.fetched + c.pushed, 0);
    (void)meet(&kommun);
    sites_same(&kommun, &af);
    buf_free(&own);
    for (size_t i = 0; i < 3; i++) {
        sites_close(all[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(addresses),         cmocka_unit_test(lists_of_branches),
                                       cmocka_unit_test(answers_to_a_push), cmocka_unit_test(progress_and_sizes),
                                       cmocka_unit_test(children),          cmocka_unit_test(only_what_is_lacking)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
