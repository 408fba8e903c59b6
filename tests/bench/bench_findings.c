/* Do findings stand soon after a meeting? A förbund of many plans, of which a few are touched; what it takes until the
 * krockar and glapp of all of them stand again, beside the floor: SQLite alone reading the rows of the touched plans.
 *
 *     bench_findings [PLANS [TOUCHED [ROUNDS [FOLDER]]]]   50000 plans, 100 touched, 9 rounds, a new folder under /tmp
 *     bench_findings --check …                             exit 1 if the median is above 200 ms
 *
 * A FOLDER that has a home of an earlier run is used again: making 50,000 plans takes minutes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/ops/findings.h"
#include "app/plan/dates.h"
#include "app/plan/model.h"
#include "sync/core.h"
#include "sync/posix.h"

#define GOAL_MS 200.0
#define ROUNDS_MAX 99
#define PLANS_A_SAVE 16 /* of three sections each: a save has at most 64 */
#define TODAY_TEXT "2026-09-15"

static void must(const struct site *s, enum err e)
{
    if (e != OK) {
        (void)fprintf(stderr, "bench_findings: error %d: %s %s\n", (int)e, s ? site_why(s)->text : "",
                      s ? site_why(s)->detail : "");
        exit(2);
    }
}

static double now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Of this process: what a loaded machine does not lengthen. */
static double cpu_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_size);
    return values[count / 2];
}

/* ---- the förbund ---- */

static uint64_t state;

static unsigned draw(unsigned below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((state >> 33) % below);
}

static struct uuid plan_id(size_t number)
{
    uint8_t random[10] = {0};
    for (size_t i = 0; i < 8; i++) {
        random[2 + i] = (uint8_t)(number >> (8 * (7 - i)));
    }
    return uuid_make(1, random);
}

struct made {
    struct site *site;
    struct edit *ed;
    const struct schema *schema;
    struct object_key key;
    const struct schema_type *type;
};

static void make(struct made *m, int64_t section, const char *type, const struct uuid *id)
{
    m->type = schema_type_named(m->schema, type);
    must(m->site, edit_new(&m->key, m->ed, section, m->type, id));
}

static void set(struct made *m, const char *field, const char *value)
{
    const struct schema_field *f = schema_field_named(m->type, field);
    const bool many = f->merge == MERGE_SET;
    must(m->site, many ? edit_add(m->ed, &m->key, f, value) : edit_set(m->ed, &m->key, f, value));
}

static const char *date(char out[DATES_TEXT_LEN + 1], int32_t day)
{
    dates_format(out, day);
    return out;
}

static void id_text(char out[UUID_TEXT_LEN + 1], const struct uuid *id)
{
    uuid_format(out, id);
    out[UUID_TEXT_LEN] = '\0';
}

static void put_activities(struct made *m, const struct uuid *plan, int32_t today)
{
    static const char *const kinds[] = {"praktik", "studier",       "coaching",
                                        "vård",    "arbetsträning", "vila/sjukskrivning"};
    static const char *const extents[] = {"25%", "50%", "50%", "75%", "100%"};
    char text[DATES_TEXT_LEN + 1];
    char me[UUID_TEXT_LEN + 1];
    int64_t section;
    const struct place own = {.plan = *plan, .owner = site_self(m->site)->party, .topic = "plan"};
    must(m->site, edit_section(&section, m->ed, &own));
    id_text(me, &site_self(m->site)->member);
    for (size_t i = 0; i < 4; i++) {
        const int32_t from = today - 200 + (int32_t)draw(300);
        make(m, section, "activity", NULL);
        set(m, "kind", kinds[draw(6)]);
        set(m, "from", date(text, from));
        set(m, "to", date(text, from + 30 + (int32_t)draw(200)));
        set(m, "extent", extents[draw(5)]);
        set(m, "status", "beslutad");
        set(m, "responsible", me);
    }
}

static void put_plan(struct made *m, size_t number, int32_t today)
{
    char text[DATES_TEXT_LEN + 1];
    char id[UUID_TEXT_LEN + 1];
    int64_t section;
    const struct uuid plan = plan_id(number);
    const struct place persons = {.plan = plan, .topic = "person"};
    const struct place shared = {.plan = plan, .topic = "plan"};
    must(m->site, edit_section(&section, m->ed, &persons));
    make(m, section, "person", NULL);
    set(m, "name", "Testperson");
    id_text(id, &m->key.id);
    must(m->site, edit_section(&section, m->ed, &shared));
    make(m, section, "plan", &plan);
    set(m, "person", id);
    set(m, "title", "Mot arbete");
    set(m, "status", "aktiv");
    set(m, "follow_up", date(text, today - 5 + (int32_t)draw(90)));
    id_text(id, &site_self(m->site)->member);
    set(m, "huvudansvarig", id);
    make(m, section, "goal", NULL);
    set(m, "kind", draw(4) == 0 ? "studier" : "arbete");
    set(m, "target_date", date(text, today + 200));
    make(m, section, "consent", NULL);
    set(m, "purpose", "utbyte");
    id_text(id, &site_self(m->site)->party);
    set(m, "to", id);
    set(m, "topics", "plan");
    set(m, "from", date(text, today - 300));
    set(m, "until", date(text, today - 10 + (int32_t)draw(400)));
    put_activities(m, &plan, today);
}

static void make_forbund(struct site *site, size_t plans, int32_t today)
{
    struct made m = {.site = site, .schema = model_schema()};
    state = 20260915;
    for (size_t i = 0; i < plans; i++) {
        if (i % PLANS_A_SAVE == 0) {
            must(site, edit_begin(&m.ed, site));
        }
        put_plan(&m, i, today);
        if (i % PLANS_A_SAVE == PLANS_A_SAVE - 1 || i + 1 == plans) {
            must(site, edit_commit(m.ed, NULL));
        }
    }
    must(site, site_seal(site));
}

/* Moves the last day of one activity in each of so many plans. */
static void touch(struct site *site, size_t plans, size_t touched, size_t round, int32_t today)
{
    struct edit *ed = NULL;
    char text[DATES_TEXT_LEN + 1];
    for (size_t i = 0; i < touched; i++) {
        struct arena a = {0};
        struct view_list list;
        const struct uuid plan = plan_id((i * 37 + round * 1009) % plans);
        const struct view_query query = {.plan = &plan, .type = "activity"};
        must(site, view_objects(&list, &a, site, &query));
        if (!ed) {
            must(site, edit_begin(&ed, site));
        }
        must(site, edit_set(ed, &list.objects[0].key, schema_field_named(list.objects[0].type, "to"),
                            date(text, today + (int32_t)(20 + draw(300)))));
        if (i % 50 == 49 || i + 1 == touched) {
            must(site, edit_commit(ed, NULL));
            ed = NULL;
        }
        arena_free(&a);
    }
}

/* ---- what is measured ---- */

static size_t refresh(struct site *site, int32_t today, size_t *fresh)
{
    struct arena a = {0};
    struct ops o = {.site = site, .arena = &a, .today = today};
    struct findings_refreshed done;
    must(site, findings_refresh(&done, &o, true));
    arena_free(&a);
    *fresh = done.fresh;
    return done.looked_at;
}

/* SQLite alone: the values of all fields of the touched plans, as the rules need them. */
static double floor_ms(struct site *site, size_t plans, size_t touched, size_t round)
{
    size_t bytes = 0;
    const double start = now_ms();
    for (size_t i = 0; i < touched; i++) {
        const struct uuid plan = plan_id((i * 37 + round * 1009) % plans);
        struct db_row *q =
            db_use(site->db, "SELECT b.uuid, b.type, h.field, o.value, o.clock_ms FROM section s"
                             " JOIN object b ON b.section = s.id JOIN object_op h ON h.object = b.id AND h.head = 1"
                             " JOIN op o ON o.id = h.op WHERE s.plan = ?");
        db_blob(q, 1, plan.b, ID_LEN);
        while (db_next(q)) {
            bytes += db_col_blob(q, 3).len;
        }
        must(site, db_end(q));
    }
    const double taken = now_ms() - start;
    return bytes > 0 ? taken : -1;
}

static struct site *open_home(const char *dir, size_t plans, int32_t today)
{
    static const char passphrase[] = "bench";
    struct site *site = NULL;
    const struct site_options options = {
        .dir = dir, .passphrase = span_str(passphrase), .schema = model_schema(), .cost = DEVICE_COST_CHEAP};
    const struct site_founding founding = {
        .forbund = "Förbundet", .party = "Kommunen", .kind = "kommun", .person = "Kim", .quorum = 1};
    if (posix_is_dir(dir)) {
        must(site, site_open(&site, &options));
        return site;
    }
    const double start = now_ms();
    must(site, site_found(&site, &options, &founding));
    make_forbund(site, plans, today);
    (void)printf("made %zu plans in %.0f s\n", plans, (now_ms() - start) / 1e3);
    return site;
}

int main(int argc, char **argv)
{
    const bool check = argc > 1 && strcmp(argv[1], "--check") == 0;
    argv += check;
    argc -= check;
    const size_t plans = argc > 1 ? strtoul(argv[1], NULL, 10) : 50000;
    const size_t touched = argc > 2 ? strtoul(argv[2], NULL, 10) : 100;
    const size_t rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 9;
    char fresh_dir[] = "/tmp/samplan-bench-XXXXXX";
    char dir[4096];
    int32_t today = 0;
    size_t fresh = 0;
    double taken[ROUNDS_MAX];
    double worked[ROUNDS_MAX];
    double least[ROUNDS_MAX];
    if (plans < 1 || touched > plans || rounds < 1 || rounds > ROUNDS_MAX || dates_parse(&today, TODAY_TEXT) != OK ||
        (argc <= 4 && !mkdtemp(fresh_dir))) {
        return 2;
    }
    (void)snprintf(dir, sizeof dir, "%s/home", argc > 4 ? argv[4] : fresh_dir);
    text_choose_from_environment();
    struct site *site = open_home(dir, plans, today);
    double start = now_ms();
    size_t looked_at = refresh(site, today, &fresh);
    (void)printf("from nothing: %zu plans in %.0f ms\n", looked_at, now_ms() - start);
    for (size_t i = 0; i < rounds; i++) {
        touch(site, plans, touched, i, today);
        start = now_ms();
        worked[i] = cpu_ms();
        looked_at = refresh(site, today, &fresh);
        taken[i] = now_ms() - start;
        worked[i] = cpu_ms() - worked[i];
        least[i] = floor_ms(site, plans, touched, i);
        if (looked_at != touched) {
            (void)fprintf(stderr, "bench_findings: %zu plans were looked at, not %zu\n", looked_at, touched);
            return 1;
        }
    }
    start = now_ms();
    looked_at = refresh(site, today, &fresh);
    (void)printf("nothing touched: %zu plans, %.2f ms\n", looked_at, now_ms() - start);
    start = now_ms();
    looked_at = refresh(site, today + 1, &fresh);
    (void)printf("the next day: %zu plans, %.1f ms\n", looked_at, now_ms() - start);
    const double result = median(taken, rounds);
    (void)printf("%zu of %zu plans touched: findings stand after %.1f ms, %.1f ms of them worked (medians of %zu; goal"
                 " %.0f), floor %.2f ms\n",
                 touched, plans, result, median(worked, rounds), rounds, GOAL_MS, median(least, rounds));
    site_close(site);
    if (argc <= 4) {
        posix_remove_tree(fresh_dir);
    }
    return check && result > GOAL_MS;
}
