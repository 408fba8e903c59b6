/* Workload W (tests/bench/workload.h) on real sites: what a save, a meeting, a round and a fresh device cost, as ratios to
 * the floor (tests/bench/floor.h) measured alternately in the same run, and what travels and lies on disk.
 *
 *     bench_w [--times N] [--seed N] [--folder DIR] [--csv FILE] [--keep 1]
 *
 * 4,000 edits times N; a new folder under $TMPDIR or /tmp, which --keep leaves there, for bench/wire.py. Measures at 1, 3,
 * 10, 30, 100 … times the edits on the way there too if a file is named: a line each is appended, of which
 * tests/bench/plot.py makes the pictures.
 *
 * Exit 1 if anything was lost, or a conflict is missing or false. */
#define _GNU_SOURCE /* syscall, off64_t */
#include <dirent.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "app/ops/apply.h"
#include "app/ops/people.h"
#include "app/plan/model.h"
#include "sync/meet.h"
#include "sync/member.h"
#include "sync/vault_page.h"
#include "tests/bench/floor.h"

#define EDITS 4000
#define ROUND_EDITS 200 /* by each device */
#define LATE 3          /* fresh devices that are caught up each time it is measured */
#define PATH 300

/* Every fsync of this process, SQLite's and libgit2's too: these stand before those of libc. */
static unsigned long fsyncs;
int fsync(int fd)
{
    fsyncs++;
    return (int)syscall(SYS_fsync, fd);
}
int fdatasync(int fd)
{
    fsyncs++;
    return (int)syscall(SYS_fdatasync, fd);
}

/* Pages of sealed write-ahead logs (sync/vault_wal.h): the frames of the replica, and nothing else, are written in such lengths. */
static unsigned long wal_pages;
ssize_t pwrite64(int fd, const void *ptr, size_t len, off64_t at)
{
    wal_pages += len % VAULT_WAL_FRAME == 0 ? len / VAULT_WAL_FRAME : 0;
    return syscall(SYS_pwrite64, fd, ptr, len, at);
}

struct device {
    char dir[PATH], floor_path[PATH];
    struct site *site;
    struct floor *floor;
    long mark; /* of the floor, at the last round */
};

struct series {
    double *values;
    size_t count, room;
};

struct bench {
    struct workload *w;
    struct device devices[WORKLOAD_DEVICES + 1]; /* the last comes late, each time another one in its place */
    unsigned late;
    char folder[PATH], place[PATH];
    struct series save, save_floor, save_cpu, save_floor_cpu, round, round_floor, round_cpu, round_floor_cpu;
    uint64_t founded_bytes;          /* home 0's, before the edits */
    uint64_t wire_bytes, wire_edits; /* received, and edits times receivers */
    unsigned long save_fsyncs, save_pages, saves;
};

static double seconds_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double now(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

static void must(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "bench_w: %s failed\n", what);
        exit(1);
    }
}

static void must_site(enum err e, struct site *s, const char *what)
{
    if (e != OK) {
        fprintf(stderr, "bench_w: %s: %s: %s\n", what, site_why(s)->text, site_why(s)->detail);
        exit(1);
    }
}

static void put(struct series *s, double value)
{
    if (s->count == s->room) {
        s->room = s->room ? 2 * s->room : 1024;
        s->values = realloc(s->values, s->room * sizeof *s->values);
        must(s->values != NULL, "memory");
    }
    if (s->values) {
        s->values[s->count++] = value;
    }
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(struct series *s)
{
    qsort(s->values, s->count, sizeof *s->values, by_size);
    return s->count ? s->values[s->count / 2] : 0;
}

static double total(const struct series *s)
{
    double sum = 0;
    for (size_t i = 0; i < s->count; i++) {
        sum += s->values[i];
    }
    return sum;
}

/* ---- sites ---- */

static struct site_options options(const struct device *d)
{
    return (struct site_options){
        .dir = d->dir, .passphrase = span_str("lösenord"), .schema = model_schema(), .cost = DEVICE_COST_CHEAP};
}

static void name_device(struct bench *b, size_t i)
{
    struct device *d = &b->devices[i];
    snprintf(d->dir, PATH, "%.200s/home%zu", b->folder, i);
    snprintf(d->floor_path, PATH, "%.200s/floor%zu.db", b->folder, i);
}

static void join(struct bench *b, size_t i)
{
    struct device *d = &b->devices[i];
    char person[40], words[WORDS_LEN];
    snprintf(person, sizeof person, "Person %zu", i);
    const struct letter_request wish = {
        .party = "Kommunen", .kind = "kommun", .person = person, .role = "administratör"};
    struct site_options o = options(d);
    struct buf letter = {0}, invitation = {0};
    struct member_approval a;
    must(site_request(&d->site, &o, &letter, &wish) == OK, "request");
    must_site(member_approve(&a, &invitation, b->devices[0].site, span_buf(&letter)), b->devices[0].site, "approve");
    must_site(site_accept(d->site, span_buf(&invitation), words), d->site, "accept");
    must_site(meet_add(d->site, "mapp", b->place), d->site, "remote");
    buf_free(&letter);
    buf_free(&invitation);
}

static struct meet_result meet(struct device *d)
{
    struct arena a = {0};
    struct meet_result r;
    must_site(meet_sync(&r, &a, d->site, "mapp", NULL, NULL), d->site, "meet");
    for (size_t i = 0; i < r.fault_count; i++) {
        fprintf(stderr, "bench_w: a meeting's fault: %s: %s\n", r.faults[i].verdict, r.faults[i].detail);
    }
    must(r.fault_count == 0, "a meeting without faults");
    r.faults = NULL;
    arena_free(&a);
    return r;
}

static void begin(struct bench *b, uint64_t seed)
{
    snprintf(b->place, PATH, "%.200s/place", b->folder);
    name_device(b, 0);
    struct site_options o = options(&b->devices[0]);
    const struct site_founding f = {
        .forbund = "W", .party = "Kommunen", .kind = "kommun", .person = "Person 0", .quorum = 1};
    must(site_found(&b->devices[0].site, &o, &f) == OK, "found");
    must_site(meet_add(b->devices[0].site, "mapp", b->place), b->devices[0].site, "remote");
    for (size_t i = 1; i < WORKLOAD_DEVICES; i++) {
        name_device(b, i);
        join(b, i);
    }
    char id[UUID_TEXT_LEN + 1];
    const struct site_self *self = site_self(b->devices[0].site);
    uuid_format(id, &self->member);
    b->w = workload_new(seed, id);
}

/* ---- the work ---- */

static void apply(struct device *d, const char *line)
{
    struct arena a = {0};
    struct ops o = {.site = d->site, .arena = &a, .today = 20700};
    struct apply_result r;
    enum err e = apply_run(&r, &o, span_str(line), false);
    if (e != OK || r.refused_count > 0) {
        fprintf(stderr, "bench_w: %s: %s: %s\n", line, e != OK ? o.why.text : r.refused[0].message, o.why.detail);
        exit(1);
    }
    apply_free(&r);
    arena_free(&a);
}

static uint64_t folder_bytes(const char *path)
{
    uint64_t sum = 0;
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir)) != NULL;) {
        char name[2 * PATH];
        struct stat st;
        (void)snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && lstat(name, &st) == 0) {
            sum += S_ISDIR(st.st_mode) ? folder_bytes(name) : (uint64_t)st.st_size;
        }
    }
    if (dir) {
        (void)closedir(dir);
    }
    return sum;
}

/* The first home's, closed as people leave it: while it is open, a write-ahead log of at most 4 MiB is beside the replica. */
static uint64_t home_bytes(struct bench *b)
{
    struct device *d = &b->devices[0];
    struct site_options o = options(d);
    site_close(d->site);
    const uint64_t bytes = folder_bytes(d->dir);
    must(site_open(&d->site, &o) == OK, "open");
    return bytes;
}

static void found_world(struct bench *b)
{
    char line[WORKLOAD_LINE_MAX];
    for (size_t i = 0; i < WORKLOAD_DEVICES; i++) { /* after the sites: whoever is first sets SQLite up for both */
        b->devices[i].floor = floor_open(b->devices[i].floor_path);
    }
    while (workload_found(line, b->w)) {
        apply(&b->devices[0], line);
        for (size_t i = 0; i < WORKLOAD_DEVICES; i++) {
            floor_save(b->devices[i].floor, line);
        }
    }
    for (size_t i = 0; i < 2 * WORKLOAD_DEVICES; i++) {
        (void)meet(&b->devices[i % WORKLOAD_DEVICES]);
    }
    for (size_t i = 0; i < WORKLOAD_DEVICES; i++) {
        b->devices[i].mark = floor_mark(b->devices[i].floor);
    }
    b->founded_bytes = home_bytes(b);
}

static void splice(struct bench *b, struct device *d, struct workload_edit *e)
{
    struct arena a = {0};
    struct uuid id;
    struct view_list list;
    const struct view_query q = {.id = &id};
    must(uuid_parse(&id, span_str(e->object)) == OK, "id");
    must_site(view_objects(&list, &a, d->site, &q), d->site, "view");
    workload_splice(e, b->w, list.count ? view_get(&list.objects[0], e->field) : NULL);
    arena_free(&a);
}

static void one_edit(struct bench *b, int device)
{
    struct device *d = &b->devices[device];
    struct workload_edit e;
    workload_next(&e, b->w, device);
    if (e.kind == WORKLOAD_SPLICE) {
        splice(b, d, &e);
    }
    const unsigned long before = fsyncs, pages_before = wal_pages;
    const double t0 = now(), cpu0 = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    apply(d, e.line);
    const double t1 = now(), cpu1 = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    b->save_fsyncs += fsyncs - before;
    b->save_pages += wal_pages - pages_before;
    b->saves++;
    floor_save(d->floor, e.line);
    put(&b->save, t1 - t0);
    put(&b->save_floor, now() - t1);
    put(&b->save_cpu, cpu1 - cpu0);
    put(&b->save_floor_cpu, seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu1);
}

static void floor_round(struct bench *b)
{
    const double t0 = now(), cpu0 = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t i = 0; i < WORKLOAD_DEVICES; i++) {
        for (size_t k = 0; k < WORKLOAD_DEVICES; k++) {
            if (k != i) {
                floor_copy(b->devices[i].floor, b->devices[k].floor_path, b->devices[k].mark);
            }
        }
    }
    put(&b->round_floor, now() - t0);
    put(&b->round_floor_cpu, seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu0);
    for (size_t i = 0; i < WORKLOAD_DEVICES; i++) {
        b->devices[i].mark = floor_mark(b->devices[i].floor);
    }
}

static void one_round(struct bench *b)
{
    for (int n = 0; n < ROUND_EDITS; n++) {
        for (int i = 0; i < WORKLOAD_DEVICES; i++) {
            one_edit(b, i);
        }
    }
    const double t0 = now(), cpu0 = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t i = 0; i < 2 * WORKLOAD_DEVICES - 1; i++) { /* who met last lacks nothing */
        b->wire_bytes += meet(&b->devices[i % WORKLOAD_DEVICES]).received_bytes;
    }
    put(&b->round, now() - t0);
    put(&b->round_cpu, seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu0);
    b->wire_edits += (uint64_t)ROUND_EDITS * WORKLOAD_DEVICES * (WORKLOAD_DEVICES - 1);
    workload_met(b->w);
    floor_round(b);
}

/* ---- what must stand ---- */

static void count_conflicts(const struct view_object *o, const struct workload *w, size_t *shown, size_t *wrong)
{
    char id[UUID_TEXT_LEN + 1];
    uuid_format(id, &o->key.id);
    for (size_t i = 0; i < o->field_count; i++) {
        const struct view_field *f = &o->fields[i];
        const size_t expected = f->conflict && f->field ? workload_heads(w, id, f->field->name) : 0;
        if (expected > 0) {
            (*shown)++;
            *wrong += expected != f->count && expected < 2;
        }
    }
}

static bool check(struct bench *b, size_t *conflicts)
{
    const size_t expected = workload_conflicts(b->w);
    bool good = true;
    for (size_t i = 0; i < WORKLOAD_DEVICES; i++) {
        struct arena a = {0};
        struct view_list list;
        const struct view_query q = {.type = "activity", .conflicts_only = true};
        size_t shown = 0, wrong = 0;
        must_site(view_objects(&list, &a, b->devices[i].site, &q), b->devices[i].site, "view");
        for (size_t k = 0; k < list.count; k++) {
            count_conflicts(&list.objects[k], b->w, &shown, &wrong);
        }
        if (shown != expected || wrong > 0) {
            printf("WRONG: device %zu shows %zu conflicts (%zu of them none), the model says %zu\n", i, shown, wrong,
                   expected);
            good = false;
        }
        arena_free(&a);
    }
    *conflicts = expected;
    return good;
}

/* ---- sizes and times of a whole ---- */

/* VmHWM: the most memory since forget_peak; VmRSS: now. */
static long memory_kib(const char *what)
{
    FILE *f = fopen("/proc/self/status", "r");
    char line[200];
    long kib = 0;
    while (f && fgets(line, sizeof line, f)) {
        if (strncmp(line, what, 6) == 0) {
            kib = strtol(line + 6, NULL, 10);
        }
    }
    if (f) {
        (void)fclose(f);
    }
    return kib;
}

static void forget_peak(void)
{
    FILE *f = fopen("/proc/self/clear_refs", "w");
    if (f) {
        (void)fputs("5", f);
        (void)fclose(f);
    }
}

static void remove_tree(const char *path)
{
    char command[PATH + 20];
    (void)snprintf(command, sizeof command, "rm -rf %s", path);
    must(system(command) == 0, "rm"); /* NOLINT: our own path */
}

struct catch_up {
    struct series seconds, cpu_seconds;
    uint64_t operations;
    long peak_kib;
};

static void catch_up(struct catch_up *c, struct bench *b)
{
    struct device *d = &b->devices[WORKLOAD_DEVICES];
    struct site_figures figures;
    (void)snprintf(d->dir, PATH, "%.200s/late%u", b->folder, b->late++);
    join(b, WORKLOAD_DEVICES);
    (void)meet(&b->devices[0]); /* hands the keys over */
    (void)malloc_trim(0);
    forget_peak();
    const long before_kib = memory_kib("VmRSS:"); /* the other devices are in this process, too */
    fprintf(stderr, "catching up\n");             /* a profiler may wait for it */
    const double t0 = now(), cpu0 = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    const struct meet_result r = meet(d);
    put(&c->cpu_seconds, seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu0);
    put(&c->seconds, now() - t0);
    const long more_kib = memory_kib("VmHWM:") - before_kib;
    c->peak_kib = more_kib > c->peak_kib ? more_kib : c->peak_kib;
    must(r.waiting_for_key == 0, "every key");
    must_site(site_figures(&figures, d->site), d->site, "figures");
    c->operations = figures.operations;
    site_close(d->site);
    remove_tree(d->dir);
}

struct one_more {
    double seconds;
    uint64_t bytes;
};

static void meet_all(struct bench *b)
{
    for (size_t i = 0; i < 2 * WORKLOAD_DEVICES - 1; i++) {
        (void)meet(&b->devices[i % WORKLOAD_DEVICES]);
    }
    workload_met(b->w);
}

/* A single new edit, of a field: the sender's meeting and the receiver's. Others that the workload has first are made. */
static struct one_more one_more(struct bench *b)
{
    struct one_more m;
    struct device *d = &b->devices[0];
    struct workload_edit e;
    for (workload_next(&e, b->w, 0); e.kind != WORKLOAD_SET; workload_next(&e, b->w, 0)) {
        if (e.kind == WORKLOAD_SPLICE) {
            splice(b, d, &e);
        }
        apply(d, e.line);
    }
    meet_all(b);
    apply(d, e.line);
    const double t0 = now();
    (void)meet(d);
    m.bytes = meet(&b->devices[1]).received_bytes;
    m.seconds = now() - t0;
    meet_all(b);
    return m;
}

static struct uuid some_plan(struct bench *b)
{
    struct arena a = {0};
    struct view_list list;
    const struct view_query q = {.type = "plan"};
    must_site(view_objects(&list, &a, b->devices[0].site, &q), b->devices[0].site, "view");
    const struct uuid id = list.objects[list.count / 2].place.plan;
    arena_free(&a);
    return id;
}

static double open_and_show(struct bench *b)
{
    struct device *d = &b->devices[0];
    struct site_options o = options(d);
    struct series times = {0};
    const struct uuid id = some_plan(b);
    for (int i = 0; i < 7; i++) {
        site_close(d->site);
        const double t0 = now();
        must(site_open(&d->site, &o) == OK, "open");
        struct arena a = {0};
        struct view_list plan;
        const struct view_query of = {.plan = &id};
        must_site(view_objects(&plan, &a, d->site, &of), d->site, "view");
        put(&times, now() - t0);
        must(plan.count > 7, "a plan that is read");
        arena_free(&a);
    }
    const double m = median(&times);
    free(times.values);
    return m;
}

static void row(const char *what, double value, const char *unit, const char *goal)
{
    printf("%-46s %12.2f %-10s %s\n", what, value, unit, goal);
}

/* What one measuring finds. */
struct figures {
    double edits, save, save_ratio, save_mean_ratio, save_cpu, save_floor_cpu, save_cpu_mean_ratio, save_fsyncs,
        save_pages, wire, round, round_ratio, round_cpu, round_cpu_ratio, disk, one_seconds, one_bytes, open_seconds,
        caught_up, caught_up_cpu, operations, peak_mib;
    size_t conflicts;
    bool good;
};

static struct figures measure(struct bench *b, unsigned times)
{
    struct figures f = {.edits = (double)EDITS * times};
    struct catch_up c = {0};
    f.good = check(b, &f.conflicts);
    const uint64_t weight = home_bytes(b);
    f.disk = (double)(weight - b->founded_bytes) / f.edits;
    f.save = median(&b->save);
    f.save_ratio = f.save / median(&b->save_floor);
    f.save_mean_ratio = total(&b->save) / total(&b->save_floor);
    f.save_cpu = median(&b->save_cpu);
    f.save_floor_cpu = median(&b->save_floor_cpu);
    f.save_cpu_mean_ratio = total(&b->save_cpu) / total(&b->save_floor_cpu);
    f.save_fsyncs = (double)b->save_fsyncs / (double)b->saves;
    f.save_pages = (double)b->save_pages / (double)b->saves;
    f.wire = (double)b->wire_bytes / (double)b->wire_edits;
    f.round = median(&b->round);
    f.round_ratio = f.round / median(&b->round_floor);
    f.round_cpu = median(&b->round_cpu);
    f.round_cpu_ratio = f.round_cpu / median(&b->round_floor_cpu);
    const struct one_more m = one_more(b);
    f.one_seconds = m.seconds;
    f.one_bytes = (double)m.bytes;
    f.open_seconds = open_and_show(b);
    for (size_t i = 0; i < LATE; i++) {
        catch_up(&c, b);
    }
    f.operations = (double)c.operations;
    f.caught_up = f.operations / median(&c.seconds);
    f.caught_up_cpu = f.operations / median(&c.cpu_seconds);
    f.peak_mib = (double)c.peak_kib / 1024;
    free(c.seconds.values);
    free(c.cpu_seconds.values);
    meet_all(b); /* the late devices' keys are not the next rounds' */
    b->founded_bytes += home_bytes(b) - weight;
    return f;
}

static void report(const struct figures *f)
{
    printf("W: %.0f edits, %zu conflicts, seed as given\n", f->edits, f->conflicts);
    row("a durable save, median", f->save * 1e6, "us", "");
    row("  to SQLite FULL with the same rows", f->save_ratio, "x", "goal 1.5");
    row("  mean to mean", f->save_mean_ratio, "x", "");
    row("  of CPU time", f->save_cpu * 1e6, "us", "");
    row("  of CPU time, the floor", f->save_floor_cpu * 1e6, "us", "");
    row("  of CPU time, mean to mean", f->save_cpu_mean_ratio, "x", "");
    row("  fsyncs", f->save_fsyncs, "", "goal 1");
    row("  pages of the write-ahead log", f->save_pages, "", "");
    row("on the wire, an edit and receiver", f->wire, "bytes", "goal 100");
    row("a round of five devices, median", f->round * 1e3, "ms", "");
    row("  to copying the rows", f->round_ratio, "x", "goal 2");
    row("  of CPU time", f->round_cpu * 1e3, "ms", "");
    row("  to copying the rows", f->round_cpu_ratio, "x", "");
    row("log and replica, an edit", f->disk, "bytes", "goal 300");
    row("meeting with one new edit, both", f->one_seconds * 1e3, "ms", "goal 50");
    row("  received", f->one_bytes, "bytes", "goal 2000");
    row("open a home and read a plan", f->open_seconds * 1e3, "ms", "goal 100, at size L");
    row("a fresh device caught up, median", f->caught_up, "ops/s", "goal 110000");
    row("  of CPU time", f->caught_up_cpu, "ops/s", "");
    row("  operations", f->operations, "", "");
    row("  peak memory", f->peak_mib, "MiB", "flat");
    (void)fflush(stdout);
}

static void append(const char *csv, const struct figures *f)
{
    FILE *out = fopen(csv, "a");
    must(out != NULL, "the file of figures");
    if (ftell(out) == 0) {
        fprintf(out, "edits,save_us,save_ratio,wire_bytes,round_ms,round_ratio,round_cpu_ms,disk_bytes,one_edit_ms,one_"
                     "edit_bytes,"
                     "open_ms,caught_up_ops_s,caught_up_cpu_ops_s,operations,peak_mib\n");
    }
    fprintf(out, "%.0f,%.0f,%.2f,%.1f,%.0f,%.2f,%.0f,%.0f,%.1f,%.0f,%.1f,%.0f,%.0f,%.0f,%.1f\n", f->edits,
            f->save * 1e6, f->save_ratio, f->wire, f->round * 1e3, f->round_ratio, f->round_cpu * 1e3, f->disk,
            f->one_seconds * 1e3, f->one_bytes, f->open_seconds * 1e3, f->caught_up, f->caught_up_cpu, f->operations,
            f->peak_mib);
    must(fclose(out) == 0, "the file of figures");
}

/* 1, 3, 10, 30, 100 … */
static bool is_station(unsigned times)
{
    while (times % 10 == 0) {
        times /= 10;
    }
    return times == 1 || times == 3;
}

static bool run(struct bench *b, unsigned times, const char *csv)
{
    const unsigned rounds = EDITS / (ROUND_EDITS * WORKLOAD_DEVICES);
    bool good = true;
    for (unsigned t = 1; t <= times; t++) {
        for (unsigned r = 0; r < rounds; r++) {
            one_round(b);
        }
        if (t == times || (csv && is_station(t))) {
            const struct figures f = measure(b, t);
            report(&f);
            if (csv) {
                append(csv, &f);
            }
            b->save.count = b->save_floor.count = b->round.count = b->round_floor.count = 0;
            b->save_cpu.count = b->save_floor_cpu.count = b->round_cpu.count = b->round_floor_cpu.count = 0;
            good = good && f.good;
        }
    }
    return good;
}

int main(int argc, char **argv)
{
    static struct bench b;
    unsigned times = 1;
    uint64_t seed = 1;
    bool keep = false;
    const char *tmp = getenv("TMPDIR");
    const char *csv = NULL;
    snprintf(b.folder, PATH, "%.200s/samplan-bench-XXXXXX", tmp ? tmp : "/tmp");
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--times") == 0) {
            times = (unsigned)strtoul(argv[i + 1], NULL, 10);
        } else if (strcmp(argv[i], "--seed") == 0) {
            seed = strtoull(argv[i + 1], NULL, 10);
        } else if (strcmp(argv[i], "--keep") == 0) {
            keep = strcmp(argv[i + 1], "1") == 0;
        } else if (strcmp(argv[i], "--folder") == 0) {
            snprintf(b.folder, PATH, "%.200s/samplan-bench-XXXXXX", argv[i + 1]);
        } else if (strcmp(argv[i], "--csv") == 0) {
            csv = argv[i + 1];
        }
    }
    must(mkdtemp(b.folder) != NULL, "folder");
    begin(&b, seed);
    found_world(&b);
    const bool good = run(&b, times, csv);
    for (size_t i = 0; i < WORKLOAD_DEVICES; i++) {
        site_close(b.devices[i].site);
        floor_close(b.devices[i].floor);
    }
    workload_free(b.w);
    if (keep) {
        printf("kept: %s\n", b.folder);
    } else {
        remove_tree(b.folder);
    }
    return good ? 0 : 1;
}
