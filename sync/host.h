/* A git host: any machine that serves a bare repository by plain git. The installed git carries (design: records,
 * "Finding out what the other lacks"); what to ask for and what to give is decided here, chain by chain, so that exactly
 * what the other side lacks goes over. A push is never forced: a chain only grows, and who came second meets again.
 *
 *     host_url    which addresses may be met (pure)
 *     host_lines  what git writes, read (pure)
 *     host_git    git's arguments, and its failures told
 *     host_posix  a child process, its environment, its end
 *     host_fetch  what the host has, and getting what of it is lacking here
 *     host_push   giving it what it lacks
 *     host        a meeting: look, fetch, exchange with the mirror, push; again if somebody else was faster
 *
 * The mirror, HOME/remotes/NAME.git, has the host's branches, and reads this site's objects through alternates. */
#ifndef SYNC_HOST_H
#define SYNC_HOST_H

#include "sync/exchange.h"

/* ssh://[user@]host[:port]/path, [user@]host:path, https://host/path, file:///path; http://localhost and its addresses,
 * for tests. No password, no blank, nothing that git or ssh could take for an option or a helper (ext::). */
bool host_is_url(const char *url);
/* The one protocol that git may use for it: "ssh", "https", "http", "file". url is one that host_is_url likes. */
const char *host_protocol(const char *url);

/* m->place is set while it lasts. ERR_TRANSPORT: out of reach, no git here, or it would not take the records; what had
 * arrived is kept. */
MUST_CHECK enum err host_meet(struct exchange *m, const char *name, const char *url);

/* ---- inside ---- */

/* A branch of the host. */
struct host_ref {
    struct chain_id chain;
    struct oid oid;
    bool lost; /* the host did not give what it names */
};
#define HOST_REFS_MAX 100000
/* What git ls-remote writes; other refs than chains' branches are passed over. Appends struct host_ref, sorted by chain,
 * each once. ERR_INPUT: nothing that git writes; ERR_LIMIT. */
MUST_CHECK enum err host_lines_refs(struct buf *out, struct span text);
/* Of a line of git push --porcelain: the chain, and whether it was taken. False: another line. reason borrows. */
bool host_lines_pushed(struct chain_id *chain, bool *taken, struct span *reason, struct span line);
/* The last "Receiving objects:  45% (9/20)", or "Writing objects: …", of what was written so far. */
bool host_lines_progress(uint64_t *done, uint64_t *total, struct span text);
/* Bytes of the pack sent, as git rounds them: "Writing objects: 100% (3/3), 1.22 KiB | 1.22 MiB/s, done." 0: none. */
uint64_t host_lines_sent(struct span text);
/* What a person needs of git's complaints: one line, without its progress. Appends at most max bytes. */
void host_lines_story(struct buf *out, struct span text, size_t max);
/* Takes the next line (ended by \n or \r) off text. */
bool host_lines_next(struct span *line, struct span *text);

#define HOST_WORDS_MAX 700
/* One run of git in the mirror. Words are added to what all runs have. */
struct host_git {
    struct exchange *m;
    const char *mirror;
    const char *url;
    const char *phase;
    size_t count;
    const char *words[HOST_WORDS_MAX];
    struct buf out;
    struct buf err;
    int code; /* git's own */
};
void host_git_begin(struct host_git *g, const char *command);
void host_git_word(struct host_git *g, const char *word); /* borrowed; at most HOST_WORDS_MAX */
/* Runs it; the words are used up. OK whatever git's exit code was, and if it was cancelled (m->cancelled).
 * ERR_TRANSPORT: no git, no word from it for too long. */
MUST_CHECK enum err host_git_run(struct host_git *g);
/* Tells of a run that failed, in the words of git. */
MUST_CHECK enum err host_git_failed(const struct host_git *g, const char *text);
void host_git_free(struct host_git *g);
/* before and the bytes in hex, in the arena; "" and a->failed if there is no memory. */
const char *host_git_hex(struct arena *a, const char *before, const uint8_t *ptr, size_t len);

struct host_meeting {
    struct exchange *m;
    struct arena words; /* of one run of git */
    struct host_git git;
    struct buf refs; /* struct host_ref: the host's branches */
    bool again;      /* somebody else was faster */
};
struct host_ref *host_fetch_refs(const struct host_meeting *h, size_t *count);
struct host_ref *host_fetch_find(const struct host_meeting *h, const struct chain_id *chain); /* NULL: none */
/* What branches the host has, and where they stand. */
MUST_CHECK enum err host_fetch_look(struct host_meeting *h);
/* The mirror gets the host's branches, as far as their objects are here; the others are marked to be fetched. */
MUST_CHECK enum err host_fetch_align(struct host_meeting *h);
MUST_CHECK enum err host_fetch_run(struct host_meeting *h);
/* What the host would not give is told as a fault of its chain. The mirror's branch stands at what is here of it. */
MUST_CHECK enum err host_fetch_tell_lost(struct host_meeting *h);
/* What the mirror's branches are ahead of the host's. h->again: not all were taken. */
MUST_CHECK enum err host_push(struct host_meeting *h);

#endif
