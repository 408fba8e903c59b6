/* sim: many replicas in one process, by seed. tests/sim/README.md says how it is used. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sync/posix.h"
#include "tests/sim/campaign.h"

static const char usage[] = "usage: sim [--seed N] [--count N | --hours H] [--jobs N] [--only STEP,STEP,…]\n"
                            "           [--tell] [--trace FILE] [--shrink] [--list FILE] [--folder FOLDER] [--keep]\n";

enum { SEED = 1, COUNT, HOURS, JOBS, ONLY, TELL, TRACE, SHRINK, LIST, FOLDER, KEEP };
static const struct option options[] = {
    {"seed", required_argument, NULL, SEED},   {"count", required_argument, NULL, COUNT},
    {"hours", required_argument, NULL, HOURS}, {"jobs", required_argument, NULL, JOBS},
    {"only", required_argument, NULL, ONLY},   {"tell", no_argument, NULL, TELL},
    {"trace", required_argument, NULL, TRACE}, {"shrink", no_argument, NULL, SHRINK},
    {"list", required_argument, NULL, LIST},   {"folder", required_argument, NULL, FOLDER},
    {"keep", no_argument, NULL, KEEP},         {NULL, 0, NULL, 0},
};

/* The steps to take, and no others. */
static bool read_only(struct run_options *o, const char *text)
{
    memset(o->skip, true, sizeof o->skip);
    o->steps = 0;
    while (*text) {
        char *end;
        unsigned long at = strtoul(text, &end, 10);
        if (end == text || at == 0 || at >= RUN_STEPS_MAX) {
            return false;
        }
        o->skip[at] = false;
        o->steps = (int)at > o->steps ? (int)at : o->steps;
        text = *end ? end + 1 : end;
    }
    return true;
}

struct chosen {
    struct campaign c;
    bool shrink;
    const char *list;
};

static bool read_options(struct chosen *o, int argc, char **argv)
{
    int what;
    while ((what = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (what) {
        case SEED:
            o->c.run.seed = strtoull(optarg, NULL, 10);
            break;
        case COUNT:
            o->c.count = strtoull(optarg, NULL, 10);
            break;
        case HOURS:
            o->c.seconds = strtod(optarg, NULL) * 3600;
            o->c.count = 0;
            break;
        case JOBS:
            o->c.jobs = atoi(optarg);
            break;
        case ONLY:
            if (!read_only(&o->c.run, optarg)) {
                return false;
            }
            break;
        case TELL:
            o->c.tell = true;
            break;
        case KEEP:
            o->c.keep = true;
            break;
        case TRACE:
            o->c.trace = optarg;
            break;
        case SHRINK:
            o->shrink = true;
            break;
        case LIST:
            o->list = optarg;
            break;
        case FOLDER:
            o->c.folder = optarg;
            break;
        default:
            return false;
        }
    }
    return optind == argc && o->c.jobs >= 1 && o->c.jobs <= CAMPAIGN_JOBS;
}

/* Seeds that failed once: a number a line, # begins a comment. */
static void run_list(struct campaign *c, const char *path)
{
    struct buf text = {0};
    if (posix_read_file(&text, path, 1 << 20) != OK || !buf_text(&text)) {
        perror(path);
        exit(2);
    }
    for (const char *line = (const char *)text.ptr; *line; line += strcspn(line, "\n"), line += *line != '\0') {
        if (*line >= '0' && *line <= '9') {
            c->run.seed = strtoull(line, NULL, 10);
            c->count = 1;
            campaign_run(c);
        }
    }
    buf_free(&text);
}

int main(int argc, char **argv)
{
    bool in_memory = access("/dev/shm", W_OK) == 0;
    static struct chosen o;
    o.c.folder = in_memory ? "/dev/shm" : "/tmp";
    o.c.jobs = 1;
    o.c.count = 1;
    if (!read_options(&o, argc, argv)) {
        (void)fputs(usage, stderr);
        return 2;
    }
    if (o.shrink) {
        campaign_shrink(&o.c);
        return 0;
    }
    uint64_t first = o.c.run.seed;
    if (o.list) {
        run_list(&o.c, o.list);
    } else {
        campaign_run(&o.c);
    }
    printf("from seed %llu: ", (unsigned long long)first);
    story_print_counts(o.c.counts);
    printf("%llu failed\n", (unsigned long long)o.c.failed);
    return o.c.failed > 0 ? 1 : 0;
}
