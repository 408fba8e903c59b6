#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "tests/sim/campaign.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sync/posix.h"

#define PATH_LEN 100

struct job {
    pid_t pid; /* 0: none */
    struct run_options run;
    char dir[PATH_LEN];
    struct story_report *report;
};

static double now_s(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
    perror(what);
    exit(2);
}

static struct job *make_jobs(const struct campaign *c, int count)
{
    struct job *jobs = calloc((size_t)count, sizeof *jobs);
    struct story_report *reports =
        mmap(NULL, (size_t)count * sizeof *reports, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!jobs || reports == MAP_FAILED) {
        die("sim");
    }
    for (int i = 0; i < count; i++) {
        jobs[i].report = &reports[i];
        (void)snprintf(jobs[i].dir, sizeof jobs[i].dir, "%s/samplan-sim-%ld-%d", c->folder, (long)getpid(), i);
    }
    return jobs;
}

static void free_jobs(struct job *jobs, int count)
{
    (void)munmap(jobs[0].report, (size_t)count * sizeof *jobs[0].report);
    free(jobs);
}

static void child(const struct campaign *c, struct job *j, bool quiet)
{
    struct run_options o = j->run;
    int nowhere = quiet ? open("/dev/null", O_WRONLY) : -1;
    if (nowhere >= 0) {
        (void)dup2(nowhere, STDOUT_FILENO);
        (void)close(nowhere);
    }
    story_report_to(j->report);
    story_aloud(c->tell);
    o.dir = j->dir;
    o.trace = c->trace ? fopen(c->trace, "w") : NULL;
    if (c->trace && !o.trace) {
        die(c->trace);
    }
    run(&o);
    if (o.trace && fclose(o.trace) != 0) {
        die(c->trace);
    }
    exit(0);
}

static void start(const struct campaign *c, struct job *j, const struct run_options *run_this, bool quiet)
{
    j->run = *run_this;
    memset(j->report, 0, sizeof *j->report);
    posix_remove_tree(j->dir);
    if (posix_make_dir(j->dir) != OK) {
        die(j->dir);
    }
    (void)fflush(NULL);
    j->pid = fork();
    if (j->pid == 0) {
        child(c, j, quiet);
    }
    if (j->pid < 0) {
        die("fork");
    }
}

/* Waits for one of them. True: all was well. */
static bool finish(struct job **done, struct job *jobs, int count, bool keep)
{
    int status = 0;
    pid_t pid = wait(&status);
    *done = NULL;
    for (int i = 0; i < count; i++) {
        if (pid > 0 && jobs[i].pid == pid) {
            *done = &jobs[i];
        }
    }
    if (!*done) {
        die("wait");
    }
    (*done)->pid = 0;
    bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (well || !keep) {
        posix_remove_tree((*done)->dir);
    }
    if (!well && (*done)->report->wrong[0] == '\0') {
        (void)snprintf((*done)->report->wrong, sizeof(*done)->report->wrong, "the process died (%s %d)",
                       WIFSIGNALED(status) ? "signal" : "exit",
                       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    return well;
}

static struct job *idle(struct job *jobs, int count)
{
    for (int i = 0; i < count; i++) {
        if (jobs[i].pid == 0) {
            return &jobs[i];
        }
    }
    return NULL;
}

static void tally(struct campaign *c, const struct job *j, bool well)
{
    for (int i = 0; i < STORY_COUNT; i++) {
        c->counts[i] += j->report->counts[i];
    }
    if (!well) {
        c->failed++;
        printf("seed %llu failed at step %d: %s\n  sim --seed %llu --tell\n", (unsigned long long)j->run.seed,
               j->report->step, j->report->wrong, (unsigned long long)j->run.seed);
        (void)fflush(stdout);
    }
}

void campaign_run(struct campaign *c)
{
    struct job *jobs = make_jobs(c, c->jobs);
    struct run_options next = c->run;
    double until = now_s() + c->seconds;
    bool quiet = c->count != 1;
    uint64_t started = 0;
    int under_way = 0;
    for (;;) {
        bool more = (c->count == 0 || started < c->count) && (c->seconds <= 0 || now_s() < until);
        struct job *j = more ? idle(jobs, c->jobs) : NULL;
        if (j) {
            start(c, j, &next, quiet);
            next.seed++;
            started++;
            under_way++;
            continue;
        }
        if (under_way == 0) {
            break;
        }
        bool well = finish(&j, jobs, c->jobs, c->keep);
        under_way--;
        tally(c, j, well);
    }
    free_jobs(jobs, c->jobs);
}

/* ---- shorter ---- */

/* The same thing wrong, whatever the numbers in it. */
static bool alike(const char *a, const char *b)
{
    for (;;) {
        while (isxdigit((unsigned char)*a)) {
            a++;
        }
        while (isxdigit((unsigned char)*b)) {
            b++;
        }
        if (*a != *b) {
            return false;
        }
        if (*a == '\0') {
            return true;
        }
        a++;
        b++;
    }
}

/* Does it fail so, too? */
static bool fails(const struct campaign *c, struct job *j, const struct run_options *o, const char *wrong)
{
    struct job *done;
    start(c, j, o, true);
    return !finish(&done, j, 1, false) && (!wrong || alike(j->report->wrong, wrong));
}

static void print_left(const struct run_options *o)
{
    const char *comma = "";
    printf("sim --seed %llu --tell --only ", (unsigned long long)o->seed);
    for (int i = 1; i <= o->steps; i++) {
        if (!o->skip[i]) {
            printf("%s%d", comma, i);
            comma = ",";
        }
    }
    printf("\n");
}

void campaign_shrink(struct campaign *c)
{
    struct job *j = make_jobs(c, 1);
    struct run_options o = c->run;
    char wrong[sizeof j->report->wrong];
    o.steps = o.steps > 0 ? o.steps : run_steps(o.seed);
    if (!fails(c, j, &o, NULL)) {
        printf("it does not fail\n");
        return;
    }
    memcpy(wrong, j->report->wrong, sizeof wrong);
    struct run_options shorter = o;
    shorter.steps = j->report->step < o.steps ? j->report->step : o.steps;
    o = shorter.steps > 0 && fails(c, j, &shorter, wrong) ? shorter : o;
    for (int width = o.steps / 2; width > 0; width /= 2) {
        for (int from = 1; from <= o.steps; from += width) {
            bool any = false;
            shorter = o;
            for (int i = from; i < from + width && i <= o.steps; i++) {
                any = any || !shorter.skip[i];
                shorter.skip[i] = true;
            }
            if (any && fails(c, j, &shorter, wrong)) {
                o = shorter;
            }
        }
    }
    printf("%s\n", wrong);
    print_left(&o);
    free_jobs(j, 1);
}
