/* Gives commands to samplan while the n-th allocation, read, write, fsync, rename … fails, and looks at what is there
 * afterwards.
 *
 *     run_faults                    a sample of the n for each operation and kind of fault
 *     run_faults --all              every n until the command succeeds
 *     run_faults --op NAME --kind NAME [--n N]    one of them (--op more than once); what happened is told
 *     run_faults --tries N          how large the sample is; --in FOLDER: where; --show N: findings told of each kind
 *     run_faults --planted          only that the test finds what is planted
 *
 * After each: ended by itself, with exit 0 or 1 and the answer that it gives without faults, or with exit 5, no answer,
 * and a reason; everything verifies; the content is as before or as after, and as after if so was said; the same command
 * given again succeeds; all meet and agree. With the asan preset: no leak, and nothing that a sanitizer finds. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/faults/judge.h"

#define SOURCE_FRAMES 12
#define FAULT_TEXT 300

struct manner {
    const char *name;
    unsigned kinds;
    int error;
    bool onward;
};
#define ONE(kind) FAULT_BIT(FAULT_##kind)
static const struct manner manners[] = {
    {"memory", ONE(MEMORY), ENOMEM, false},
    {"memory-gone", ONE(MEMORY) | ONE(MAP), ENOMEM, true},
    {"map", ONE(MAP), ENOMEM, false},
    {"read", ONE(READ), EIO, false},
    {"read-short", ONE(READ), FAULT_SHORT, false},
    {"read-again", ONE(READ), EINTR, false},
    {"write", ONE(WRITE), EIO, false},
    {"write-short", ONE(WRITE), FAULT_SHORT, false},
    {"write-again", ONE(WRITE), EINTR, false},
    {"sync", ONE(SYNC), EIO, false},
    {"name", ONE(NAME), EIO, false},
    {"open", ONE(OPEN), EIO, false},
    {"open-many", ONE(OPEN), EMFILE, false},
    {"make", ONE(MAKE), EIO, false},
    {"size", ONE(SIZE), EIO, false},
    {"stat", ONE(STAT), EIO, false},
    {"list", ONE(LIST), EIO, false},
    {"close", ONE(CLOSE), EIO, false},
    {"lock", ONE(LOCK), ENOLCK, false},
    {"child", ONE(CHILD), EAGAIN, false},
    {"disk-full", ONE(WRITE) | ONE(MAKE) | ONE(SIZE), ENOSPC, true},
    {"quota", ONE(WRITE) | ONE(MAKE) | ONE(SIZE), EDQUOT, true},
};
#define MANNERS (sizeof manners / sizeof *manners)
#define OPS_CHOSEN 16

static struct {
    bool all, planted;
    const char *ops[OPS_CHOSEN];
    size_t op_count;
    const char *kind;
    long n, tries, show;
    const char *in;
} chosen = {.tries = 6, .show = 3};

static struct fault plan;
static long findings;

/* ---- telling ---- */

/* False where the command begins: what stands under it is the test. */
static bool tell_frame(const void *at)
{
    Dl_info info;
    char command[600];
    char line[300] = "";
    if (!dladdr(at, &info) || !info.dli_fname)
        return true;
    (void)snprintf(command, sizeof command, "addr2line -sfpe '%s' %lx 2>/dev/null", info.dli_fname,
                   (unsigned long)((const char *)at - (const char *)info.dli_fbase - 1));
    FILE *f = strstr(info.dli_fname, ".so") ? NULL : popen(command, "r");
    if (f) {
        if (!fgets(line, sizeof line, f))
            line[0] = '\0';
        (void)pclose(f);
    }
    if (line[0])
        (void)fprintf(stderr, "      %s", line);
    else
        (void)fprintf(stderr, "      %s (%s)\n", info.dli_sname ? info.dli_sname : "?",
                      strrchr(info.dli_fname, '/') + 1);
    return strncmp(line, "choose ", 7) != 0 && strncmp(line, "session_end ", 12) != 0;
}

static void tell_trace(void *const *trace, int depth)
{
    for (int i = 1; i < depth; i++)
        if (!tell_frame(trace[i]))
            return;
}

/* libgit2 prepares for TLS whether it is wanted or not, and what it prepares does not stand a lack of memory. Nothing of
 * ours is open by then, and to be killed is among what is tried (tests/crash). */
static bool is_elsewhere(const struct said *said)
{
    static const char *const theirs[] = {"libcrypto.", "libssl.", "libmbed", "libssh2."};
    char at[FAULT_TEXT] = "";
    bool handled = false; /* past the handler, which the C library calls */
    for (int i = 0; i < plan.crash_depth && !at[0]; i++) {
        Dl_info info;
        bool known = dladdr(plan.crash[i], &info) && info.dli_fname;
        bool libc = known && strstr(info.dli_fname, "/libc.so");
        if (known && handled && !libc)
            (void)snprintf(at, sizeof at, "%s", info.dli_fname);
        handled = handled || libc;
    }
    const char *report = strstr(said->err, "ERROR: AddressSanitizer: SEGV");
    const char *first = report ? strstr(report, " (/") : NULL; /* the first place without a source */
    const char *source = report ? strstr(report, ".c:") : NULL;
    if (first && (!source || first < source))
        (void)snprintf(at, sizeof at, "%.*s", (int)strcspn(first, "\n"), first);
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
        if (strstr(at, theirs[i]))
            return true;
    return false;
}

/* Those that fail at the same place with the same words are told of once. */
static bool is_new(const char *text)
{
    static uint64_t told[4096];
    static size_t count;
    uint64_t sum = 14695981039346656037u;
    for (const char *c = text; *c; c++)
        sum = (sum ^ (uint8_t)*c) * 1099511628211u;
    for (int i = 0; i < plan.depth && i < SOURCE_FRAMES; i++)
        sum = (sum ^ (uint64_t)(uintptr_t)plan.trace[i]) * 1099511628211u;
    for (size_t i = 0; i < count; i++)
        if (told[i] == sum)
            return false;
    if (count < sizeof told / sizeof *told)
        told[count++] = sum;
    return true;
}

static void tell(const struct op *op, const struct manner *m, const char *text)
{
    if (!is_new(text))
        return;
    (void)fprintf(stderr, "FINDING: %s, %s at %ld (%s): %s\n", op->name, m->name, plan.at,
                  plan.call ? plan.call : "not reached", text);
    tell_trace(plan.trace, plan.depth);
    if (plan.crash_depth > 0) {
        (void)fprintf(stderr, "  ended at\n");
        tell_trace(plan.crash, plan.crash_depth);
    }
    (void)fflush(stderr);
}

/* ---- trying ---- */

struct tally {
    long calls, tries, done, told, elsewhere, findings;
};

static void try_one(struct tally *t, const struct reference *r, const struct manner *m, long at)
{
    char text[JUDGE_TEXT];
    struct said said;
    plan = (struct fault){.kinds = m->kinds, .at = at, .onward = m->onward, .error = m->error};
    judge_run(&said, r, &plan);
    t->tries += plan.hits > 0;
    t->done += plan.hits > 0 && said.code <= 1;
    t->told += plan.hits > 0 && said.code == 5;
    judge_say(text, r, &said);
    if (chosen.n)
        (void)fprintf(stderr, "%s, %s at %ld: exit %d\n%s%s", r->op->name, m->name, at, said.code, said.out, said.err);
    if (text[0] && said.code >= SCENE_SANITIZER && is_elsewhere(&said))
        t->elsewhere++;
    else if (text[0] && ++t->findings <= chosen.show)
        tell(r->op, m, text);
    said_free(&said);
}

static long count_calls(const struct reference *r, const struct manner *m)
{
    long sum = 0;
    for (unsigned i = 0; i < FAULT_KINDS; i++)
        sum += m->kinds & FAULT_BIT(i) ? r->counted.of[i] : 0;
    return sum;
}

static struct tally try_manner(const struct reference *r, const struct manner *m)
{
    struct tally t = {.calls = count_calls(r, m)};
    if (chosen.n) {
        try_one(&t, r, m, chosen.n);
    } else if (chosen.all) {
        for (long at = 1, before = -1; t.tries > before; at++) { /* until it was not reached */
            before = t.tries;
            try_one(&t, r, m, at);
        }
    } else {
        long tries = t.calls < chosen.tries ? t.calls : chosen.tries;
        for (long i = 0; i < tries; i++)
            try_one(&t, r, m, 1 + (2 * i + 1) * t.calls / (2 * tries));
    }
    if (t.calls > 0)
        (void)printf("%-17s %-12s %7ld calls, %7ld failed: %7ld told of, %7ld done all the same", r->op->name, m->name,
                     t.calls, t.tries, t.told, t.done);
    if (t.elsewhere)
        (void)printf("; %ld ended in a library's start", t.elsewhere);
    if (t.calls > 0 && t.findings)
        (void)printf("; %ld FINDINGS", t.findings);
    if (t.calls > 0)
        (void)printf("\n");
    (void)fflush(stdout);
    return t;
}

static void try_op(const struct op *op)
{
    struct reference r;
    long found = 0;
    scene_restore(0);
    if (op->prepare)
        op->prepare();
    scene_keep(1);
    judge_learn(&r, op);
    if (op->planted)
        chosen.show = 0;
    for (size_t i = 0; i < MANNERS; i++)
        if (!chosen.kind || strcmp(chosen.kind, manners[i].name) == 0)
            found += try_manner(&r, &manners[i]).findings;
    if (op->planted && found == 0)
        (void)fprintf(stderr, "FINDING: what was planted in %s was not found\n", op->name);
    findings += op->planted ? found == 0 : found;
    judge_forget(&r);
}

static bool wanted(const struct op *op)
{
    if (chosen.planted || chosen.op_count == 0)
        return chosen.planted == op->planted;
    for (size_t i = 0; i < chosen.op_count; i++)
        if (strcmp(chosen.ops[i], op->name) == 0)
            return true;
    return false;
}

static void parse(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        bool takes = true;
        if (strcmp(argv[i], "--op") == 0 && chosen.op_count < OPS_CHOSEN)
            chosen.ops[chosen.op_count++] = value;
        else if (strcmp(argv[i], "--kind") == 0)
            chosen.kind = value;
        else if (strcmp(argv[i], "--n") == 0)
            chosen.n = atol(value);
        else if (strcmp(argv[i], "--tries") == 0)
            chosen.tries = atol(value);
        else if (strcmp(argv[i], "--show") == 0)
            chosen.show = atol(value);
        else if (strcmp(argv[i], "--in") == 0)
            chosen.in = value;
        else
            takes = false;
        i += takes;
        if (!takes && strcmp(argv[i], "--all") == 0)
            chosen.all = true;
        else if (!takes && strcmp(argv[i], "--planted") == 0)
            chosen.planted = chosen.all = true;
        else if (!takes)
            scene_broken("%s: see the top of run_faults.c", argv[i]);
    }
}

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "exitcode=99:fast_unwind_on_malloc=0:allocator_may_return_null=1:handle_segv=1";
}

/* What the loader keeps: the sanitizer knows it by who calls malloc, and here that is fault.c. And what libgit2 loses of
 * a list of branches that it then does not give. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:_dl_\nleak:dl_open\nleak:git_reference_iterator_new\n";
}

int main(int argc, char **argv)
{
    parse(argc, argv);
    scene_begin(chosen.in);
    ops_world();
    scene_keep(0);
    for (const struct op *op = ops_all; op->name; op++)
        if (wanted(op))
            try_op(op);
    scene_end();
    (void)printf("%ld findings\n", findings);
    return findings == 0 ? 0 : 1;
}
