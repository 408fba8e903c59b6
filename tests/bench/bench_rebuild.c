/* What sealing costs a rebuild: the same home, of one device with edits of workload W (tests/bench/workload.h), rebuilt with
 * its replica sealed and not sealed, alternately in one run, as a ratio of medians. bench_rebuild_plain is this program with
 * tests/bench/plain_vault.c in the place of sync/vault.c; the two talk over a pipe.
 *
 *     bench_rebuild [EDITS [ROUNDS]]     8000 edits, 7 rounds, new folders under $TMPDIR or /tmp
 *     bench_rebuild --check …            exit 1 if the ratio is above its goal */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/ops/apply.h"
#include "app/plan/model.h"
#include "sync/member.h"
#include "tests/bench/workload.h"

#define GOAL 1.15
#define ROUNDS_MAX 31
#define PATH 300

static void must(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "bench_rebuild: %s failed\n", what);
        exit(1);
    }
}

struct spent {
    double wall, worked; /* seconds */
};

static double now(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void apply(struct site *s, const char *line)
{
    struct arena a = {0};
    struct ops o = {.site = s, .arena = &a, .today = 20700};
    struct apply_result r;
    must(apply_run(&r, &o, span_str(line), false) == OK && r.refused_count == 0, line);
    apply_free(&r);
    arena_free(&a);
}

static struct site *make_home(char dir[PATH], unsigned edits)
{
    const char *tmp = getenv("TMPDIR");
    char line[WORKLOAD_LINE_MAX], member[UUID_TEXT_LEN + 1];
    struct site *s;
    (void)snprintf(dir, PATH, "%.200s/samplan-rebuild-XXXXXX", tmp ? tmp : "/tmp");
    must(mkdtemp(dir) != NULL, "folder");
    const struct site_options o = {
        .dir = dir, .passphrase = span_str("lösenord"), .schema = model_schema(), .cost = DEVICE_COST_CHEAP};
    const struct site_founding f = {
        .forbund = "W", .party = "Kommunen", .kind = "kommun", .person = "Person 0", .quorum = 1};
    must(site_found(&s, &o, &f) == OK, "found");
    uuid_format(member, &site_self(s)->member);
    struct workload *w = workload_new(1, member);
    while (workload_found(line, w)) {
        apply(s, line);
    }
    for (unsigned i = 0; i < edits; i++) {
        struct workload_edit e;
        workload_next(&e, w, 0);
        if (e.kind == WORKLOAD_SPLICE) {
            workload_splice(&e, w, NULL);
        }
        apply(s, e.line);
        must(site_seal_if_due(s) == OK, "seal");
    }
    workload_free(w);
    return s;
}

static struct spent rebuild(struct site *s)
{
    const struct spent before = {now(CLOCK_MONOTONIC), now(CLOCK_PROCESS_CPUTIME_ID)};
    must(site_rebuild(s) == OK && !site_mended(s).anew, "rebuild");
    return (struct spent){now(CLOCK_MONOTONIC) - before.wall, now(CLOCK_PROCESS_CPUTIME_ID) - before.worked};
}

static void remove_home(const char *dir)
{
    char command[PATH + 20];
    (void)snprintf(command, sizeof command, "rm -rf %s", dir);
    must(system(command) == 0, "clearing up"); /* NOLINT(cert-env33-c): our own path */
}

/* A rebuild for each line of standard input; its seconds on standard output. */
static int serve(unsigned edits)
{
    char dir[PATH], line[8];
    struct site *s = make_home(dir, edits);
    while (fgets(line, sizeof line, stdin)) {
        const struct spent spent = rebuild(s);
        printf("%.9f %.9f\n", spent.wall, spent.worked);
        (void)fflush(stdout);
    }
    site_close(s);
    remove_home(dir);
    return 0;
}

struct other {
    FILE *ask, *answer;
    pid_t pid;
};

static struct other start_other(const char *self, unsigned edits)
{
    char program[PATH + 10], count[20];
    int to[2], from[2];
    struct other o = {0};
    (void)snprintf(program, sizeof program, "%.250s_plain", self);
    (void)snprintf(count, sizeof count, "%u", edits);
    must(pipe(to) == 0 && pipe(from) == 0, "pipe");
    o.pid = fork();
    if (o.pid == 0) {
        (void)dup2(to[0], 0);
        (void)dup2(from[1], 1);
        (void)close(to[0]);
        (void)close(to[1]);
        (void)close(from[0]);
        (void)close(from[1]);
        (void)execl(program, program, "--serve", count, (char *)NULL);
        _exit(127);
    }
    must(o.pid > 0, "fork");
    (void)close(to[0]);
    (void)close(from[1]);
    o.ask = fdopen(to[1], "w");
    o.answer = fdopen(from[0], "r");
    must(o.ask && o.answer, "pipe");
    return o;
}

static struct spent ask_other(struct other *o)
{
    char line[60], *end = line;
    must(fputs("\n", o->ask) >= 0 && fflush(o->ask) == 0 && fgets(line, sizeof line, o->answer), "bench_rebuild_plain");
    const double wall = strtod(line, &end);
    return (struct spent){wall, strtod(end, NULL)};
}

static void end_other(struct other *o)
{
    int status = 0;
    (void)fclose(o->ask);
    (void)fclose(o->answer);
    must(waitpid(o->pid, &status, 0) == o->pid && status == 0, "bench_rebuild_plain");
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(double *values, unsigned n)
{
    qsort(values, n, sizeof *values, by_size);
    return values[n / 2];
}

int main(int argc, char **argv)
{
    const bool check = argc > 1 && strcmp(argv[1], "--check") == 0;
    const bool serves = argc > 1 && strcmp(argv[1], "--serve") == 0;
    const char *const *rest = (const char *const *)argv + 1 + (check || serves);
    const unsigned edits = rest[0] ? (unsigned)strtoul(rest[0], NULL, 10) : 8000;
    const unsigned rounds = rest[0] && rest[1] ? (unsigned)strtoul(rest[1], NULL, 10) : 7;
    double wall[2][ROUNDS_MAX], worked[2][ROUNDS_MAX];
    char dir[PATH];
    must(rounds > 0 && rounds <= ROUNDS_MAX, "1 to 31 rounds");
    if (serves) {
        return serve(edits);
    }
    struct other o = start_other(argv[0], edits);
    struct site *s = make_home(dir, edits);
    for (unsigned i = 0; i < rounds; i++) {
        const struct spent both[] = {ask_other(&o), rebuild(s)};
        for (int k = 0; k < 2; k++) {
            wall[k][i] = both[k].wall;
            worked[k][i] = both[k].worked;
        }
    }
    struct site_figures figures;
    must(site_figures(&figures, s) == OK, "figures");
    site_close(s);
    remove_home(dir);
    end_other(&o);
    const double plain = median(wall[0], rounds), sealed = median(wall[1], rounds);
    printf("rebuild of %llu operations: plain %.3f s, sealed %.3f s (medians of %u), ratio %.2f, goal %.2f;"
           " of processor time %.2f\n",
           (unsigned long long)figures.operations, plain, sealed, rounds, sealed / plain, GOAL,
           median(worked[1], rounds) / median(worked[0], rounds));
    return check && sealed / plain > GOAL ? 1 : 0;
}
