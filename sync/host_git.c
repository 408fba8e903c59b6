#include "sync/host.h"

#include "sync/host_posix.h"

#include <assert.h>
#include <string.h>

#define IDLE_MS 120000             /* a host that says nothing for so long is gone */
#define OUT_MAX ((size_t)32 << 20) /* a list of HOST_REFS_MAX branches is a quarter of it */
#define STORY_MAX 300

/* What the user's configuration might say otherwise, and what a mirror needs: nothing runs that was not asked for, nothing
 * is asked for on a terminal, packs stay packs, and what this site has elsewhere takes no part in the negotiation (that of
 * stock git gives up after 256 commits that the host does not know). */
static const char *const settings[] = {
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.askPass=",
    "core.alternateRefsPrefixes=refs/none/",
    "gc.auto=0",
    "maintenance.auto=false",
    "fetch.unpackLimit=1",
    "transfer.unpackLimit=1",
    "fetch.fsckObjects=false",
    "transfer.fsckObjects=false",
    "fetch.writeCommitGraph=false",
    "fetch.negotiationAlgorithm=consecutive",
    "fetch.recurseSubmodules=false",
    "push.recurseSubmodules=no",
    "push.followTags=false",
    "push.gpgSign=false",
    "push.negotiate=false",
    "push.pushOption=",
    "http.lowSpeedLimit=100",
    "http.lowSpeedTime=60",
    "protocol.version=2",
};

void host_git_word(struct host_git *g, const char *word)
{
    assert(g->count + 1 < HOST_WORDS_MAX);
    g->words[g->count++] = word;
}

void host_git_begin(struct host_git *g, const char *command)
{
    g->count = 0;
    host_git_word(g, "git");
    host_git_word(g, "--git-dir");
    host_git_word(g, g->mirror);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        host_git_word(g, "-c");
        host_git_word(g, settings[i]);
    }
    host_git_word(g, command);
}

static bool keep_on(void *ctx, struct span err)
{
    struct host_git *g = ctx;
    uint64_t done = 0;
    uint64_t total = 0;
    (void)host_lines_progress(&done, &total, err);
    return exchange_tell(g->m, g->phase, done, total);
}

static enum err told(struct host_git *g, enum host_posix_end end)
{
    struct why *w = &g->m->s->why;
    switch (end) {
    case HOST_POSIX_MISSING:
        return why_set(w, ERR_TRANSPORT, WHY("a git host is met through the program git, which is not installed here"),
                       "%s", g->url);
    case HOST_POSIX_SILENT:
        return host_git_failed(g, WHY("the git host has stopped answering; what had arrived is kept, try again"));
    case HOST_POSIX_FULL:
        return host_git_failed(g, WHY("the git host has too many branches"));
    case HOST_POSIX_CANCELLED:
    case HOST_POSIX_DONE:
    default:
        return OK;
    }
}

enum err host_git_run(struct host_git *g)
{
    char allowed[32] = "GIT_ALLOW_PROTOCOL=";
    (void)strncat(allowed, host_protocol(g->url), sizeof allowed - strlen(allowed) - 1);
    /* GIT_ALLOC_LIMIT: no object of a pack from outside makes git ask for more at once */
    const char *const environment[] = {"LC_ALL=C",
                                       "GIT_TERMINAL_PROMPT=0",
                                       "GIT_CONFIG_NOSYSTEM=1",
                                       "GIT_ALLOC_LIMIT=2g",
                                       "GIT_OPTIONAL_LOCKS=0",
                                       allowed,
                                       NULL};
    const struct host_posix what = {.words = g->words,
                                    .environment = environment,
                                    .idle_ms = IDLE_MS,
                                    .out_max = OUT_MAX,
                                    .keep_on = keep_on,
                                    .ctx = g};
    enum host_posix_end end;
    g->words[g->count] = NULL;
    buf_free(&g->out);
    buf_free(&g->err);
    enum err e = host_posix_run(&end, &g->code, &g->out, &g->err, &what);
    if (e == ERR_STORAGE) {
        return why_set(&g->m->s->why, ERR_TRANSPORT, WHY("this machine starts no program now; try again"), "%s", "git");
    }
    return e == OK ? told(g, end) : e;
}

enum err host_git_failed(const struct host_git *g, const char *text)
{
    struct buf story = {0};
    host_lines_story(&story, span_buf(&g->err), STORY_MAX);
    const char *line = buf_text(&story);
    enum err e = line ? why_set(&g->m->s->why, ERR_TRANSPORT, text, "%s: %s", g->url, line) : ERR_MEMORY;
    buf_free(&story);
    return e;
}

void host_git_free(struct host_git *g)
{
    buf_free(&g->out);
    buf_free(&g->err);
}

const char *host_git_hex(struct arena *a, const char *before, const uint8_t *ptr, size_t len)
{
    struct buf text = {0};
    buf_put_hex(&text, span_of(ptr, len));
    const char *digits = buf_text(&text);
    const char *out = digits ? arena_printf(a, "%s%s", before, digits) : NULL;
    buf_free(&text);
    a->failed = a->failed || !out;
    return out ? out : "";
}
