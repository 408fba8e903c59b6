#define _GNU_SOURCE
#include "tests/faults/judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OP_SEED 1001
#define LOOK_SEED 1002
#define MEMORY 4096 /* fingerprints known */

/* One that was looked at before: what was found then is found again. */
static struct known {
    uint64_t fingerprint;
    bool used, before, after;
    char wrong[JUDGE_TEXT / 2];
} known[MEMORY];

static void add(char **text, size_t *len, const char *more)
{
    const size_t n = strlen(more);
    char *grown = realloc(*text, *len + n + 1);
    if (!grown)
        scene_broken("out of memory");
    memcpy(grown + *len, more, n + 1);
    *text = grown;
    *len += n;
}

static void add_answer(char **text, size_t *len, const char *home, const char *const words[4])
{
    struct command_line line = {.home = home, .seed = LOOK_SEED};
    struct said said;
    char code[200];
    memcpy(line.words, words, 4 * sizeof *words);
    scene_run(&said, &line, NULL);
    (void)snprintf(code, sizeof code, "%s %s: exit %d: ", home, words[0], said.code);
    add(text, len, code);
    add(text, len, said.out);
    add(text, len, said.err);
    said_free(&said);
}

/* What its home has, as text that can be compared. */
static char *look(const struct op *op)
{
    char *text = NULL;
    size_t len = 0;
    add(&text, &len, "");
    char key[64];
    (void)snprintf(key, sizeof key, "%s/device.key", op->line.home ? op->line.home : "");
    if (access(scene_path(key), F_OK) != 0) {
        add(&text, &len, "no home");
        return text;
    }
    add_answer(&text, &len, op->line.home, (const char *const[4]){"digest"});
    add_answer(&text, &len, op->line.home, (const char *const[4]){"verify", "--full"});
    if (op->look[0])
        add_answer(&text, &len, op->line.home, op->look);
    return text;
}

static uint64_t fingerprint_of_made(const struct op *op)
{
    return op->makes ? scene_fingerprint_of(op->makes) : 0;
}

static void op_run(struct said *said, const struct op *op, struct fault *f)
{
    struct command_line line = op->line;
    line.seed = OP_SEED;
    scene_run(said, &line, f);
}

void judge_run(struct said *said, const struct reference *r, struct fault *f)
{
    op_run(said, r->op, f);
}

/* All who have met meet again; what they have then. */
static char *settle(const struct op *op)
{
    static const char *const homes[] = {"a", "b", "c"};
    char *text = NULL;
    size_t len = 0;
    add(&text, &len, "");
    bool three = op->line.home && strcmp(op->line.home, "c") == 0 && strcmp(op->line.words[0], "sync") == 0;
    for (int i = 0; i < (three ? 6 : 4) && op->line.home; i++) {
        struct command_line line = {.home = homes[i % (three ? 3 : 2)], .words = {"sync", "mapp"}};
        struct said said;
        line.seed = 2000 + (uint64_t)i;
        scene_run(&said, &line, NULL);
        if (said.code > 1) {
            add(&text, &len, "sync: ");
            add(&text, &len, said.err);
        }
        said_free(&said);
    }
    for (int i = 0; i < (three ? 3 : 2) && op->line.home; i++)
        add_answer(&text, &len, homes[i], (const char *const[4]){"digest"});
    return text;
}

void judge_learn(struct reference *out, const struct op *op)
{
    memset(known, 0, sizeof known);
    *out = (struct reference){.op = op, .fingerprint_before = scene_fingerprint()};
    out->before = look(op);
    scene_restore(1);
    op_run(&out->said, op, &out->counted);
    if (out->said.code > 1)
        scene_broken("%s: exit %d without a fault: %s", op->name, out->said.code, out->said.err);
    out->made = fingerprint_of_made(op);
    out->after = look(op);
    out->settled = settle(op);
    scene_restore(1);
}

void judge_forget(struct reference *r)
{
    said_free(&r->said);
    free(r->before);
    free(r->after);
    free(r->settled);
}

/* ---- what was said ---- */

static const char *message(const char *err)
{
    const char *at = NULL;
    for (const char *next = err; (next = strstr(next, "\"message\":")); next++)
        at = next + strlen("\"message\":");
    return at ? at + strspn(at, " \"") : NULL;
}

static void wrong(char text[JUDGE_TEXT], const char *format, ...) __attribute__((format(printf, 2, 3)));
static void wrong(char text[JUDGE_TEXT], const char *format, ...)
{
    const size_t len = strlen(text);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text + len, JUDGE_TEXT - len, format, args);
    va_end(args);
}

/* Numbers apart, where they are sizes. */
static bool same_answer(const struct reference *r, const struct said *said)
{
    const char *a = r->said.out;
    const char *b = said->out;
    for (;;) {
        while (r->op->sizes && *a >= '0' && *a <= '9')
            a++;
        while (r->op->sizes && *b >= '0' && *b <= '9')
            b++;
        if (*a != *b)
            return false;
        if (*a == '\0')
            return r->said.out_len - said->out_len == 0 || r->op->sizes;
        a++;
        b++;
    }
}

static void judge_answer(char text[JUDGE_TEXT], const struct reference *r, const struct said *said)
{
    const char *told = message(said->err);
    if (said->code >= SCENE_SIGNAL) {
        wrong(text, "ended by signal %d\n%.2000s", said->code - SCENE_SIGNAL, said->err);
        return;
    }
    if (said->code <= 1) {
        if (said->code != r->said.code || !same_answer(r, said))
            wrong(text, "answers otherwise: exit %d, not %d: %.700s\nnot: %.700s\nerr: %.200s", said->code,
                  r->said.code, said->out, r->said.out, said->err);
    } else if (said->code == 3 && told &&
               (strncmp(told, "the passphrase file cannot be read", 34) == 0 ||
                strncmp(told, "that file cannot be read", 24) == 0)) {
        /* what was given cannot be used, whatever the reason */
    } else if (said->code != 5) {
        wrong(text, "exit %d: %.2000s", said->code, said->err);
    } else if (said->out_len > 0) {
        wrong(text, "exit 5, and answers: %.500s", said->out);
    } else if (!told || *told == '"' || strncmp(told, "it failed", 9) == 0) {
        wrong(text, "says nothing of what failed: %.500s", said->err);
    }
}

/* ---- what is there ---- */

/* Looks, gives the command again, and lets all meet. */
static void examine(struct known *k, const struct reference *r)
{
    char text[JUDGE_TEXT] = "";
    char *is = look(r->op);
    k->before = strcmp(is, r->before) == 0;
    k->after = strcmp(is, r->after) == 0;
    bool on_the_way = r->op->steps && strstr(is, "\"ok\": true");
    if (!k->before && !k->after && !on_the_way)
        wrong(text, "neither before nor after: %.400s\nbefore: %.400s\nafter: %.400s", is, r->before, r->after);
    free(is);
    if (k->before || (r->op->again && !(r->op->makes && access(scene_path(r->op->makes), F_OK) == 0))) {
        struct said said;
        op_run(&said, r->op, NULL);
        if (said.code > 1)
            wrong(text, "given again: exit %d: %.400s", said.code, said.err);
        said_free(&said);
    }
    is = look(r->op);
    if (strcmp(is, r->after) != 0)
        wrong(text, "given again, not as it should be: %.400s\nafter: %.400s", is, r->after);
    free(is);
    is = settle(r->op);
    if (strcmp(is, r->settled) != 0)
        wrong(text, "when all have met: %.400s\nnot: %.400s", is, r->settled);
    free(is);
    (void)snprintf(k->wrong, sizeof k->wrong, "%.*s", (int)sizeof k->wrong - 1, text);
}

static const struct known *seen(const struct reference *r)
{
    static struct known other;
    uint64_t fingerprint = scene_fingerprint();
    struct known *k = &other;
    for (size_t i = 0; i < MEMORY; i++) {
        if (!known[i].used || known[i].fingerprint == fingerprint) {
            k = &known[i];
            break;
        }
    }
    if (!k->used || k == &other) {
        *k = (struct known){.fingerprint = fingerprint, .used = true};
        examine(k, r);
        scene_restore(1);
    } else if (fingerprint != r->fingerprint_before) {
        scene_restore(1);
    }
    return k;
}

void judge_say(char text[JUDGE_TEXT], const struct reference *r, const struct said *said)
{
    const char *told = message(said->err);
    text[0] = '\0';
    judge_answer(text, r, said);
    if (r->op->makes && access(scene_path(r->op->makes), F_OK) == 0 ? fingerprint_of_made(r->op) != r->made
                                                                    : said->code <= 1 && r->op->makes)
        wrong(text, "\n%s is half made, or missing", r->op->makes);
    const struct known *k = seen(r);
    if (said->code <= 1 && !k->after && !(r->op->maybe && k->before))
        wrong(text, "\nsays that it is done, and it is not");
    if (said->code >= 2 && !k->before && told &&
        (strstr(told, "nothing was changed") || strstr(told, "nothing was saved")))
        wrong(text, "\nsays that nothing was changed: %.200s", told);
    if (said->code >= 2 && !k->before && !r->op->steps && !(told && strstr(told, "it was done")))
        wrong(text, "\ndone, though said to have failed: %.200s", told ? told : said->err);
    if (k->wrong[0])
        wrong(text, "\n%s", k->wrong);
}
