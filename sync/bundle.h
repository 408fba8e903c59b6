/* A bundle: records in one file that is carried, in git's own format (gitformat-bundle, version 2): a header in lines,
 * then a pack. git bundle verify and git fetch read it; so may git's own bundles of a log be read here.
 *
 * A meeting with a bundle: if the file is there and others wrote it, what it holds is taken in. Then, if there is
 * something to tell, it is replaced by one with all records that its readers may lack:
 *   - others' file was there: what they lacked by their own word (its branches and prerequisites say what they had)
 *   - the file was carried away: what came since the file that was carried away
 *   - our own file still lies there: what that one held and what came since
 * So one that was lost shows as a gap to those who read the next one, and their next file makes up for it here. What
 * waits for a lost one is kept (HOME/remotes/NAME.waits-…) and taken in when that has come, from whatever place.
 * A bundle is between two. Where more meet, each pair has its own, or they meet in a folder. */
#ifndef SYNC_BUNDLE_H
#define SYNC_BUNDLE_H

#include "sync/arena.h"
#include "sync/commit.h"
#include "sync/why.h"

struct exchange;
struct site;

/* ---- the header (pure) ---- */

#define BUNDLE_HEADER_MAX ((size_t)16 << 20) /* bytes: a line for each of BUNDLE_LINES_MAX */
#define BUNDLE_LINES_MAX 100000u             /* prerequisites, and references, each: chains of a förbund */
#define BUNDLE_TEXT_MAX 512u                 /* bytes of a comment or of a reference's name */

struct bundle_line {
    struct oid oid;
    struct span text; /* of a prerequisite: "" or a blank and a comment; of a reference: its name */
};
struct bundle {
    size_t need_count;
    const struct bundle_line *needs; /* commits that the reader has already */
    size_t ref_count;
    const struct bundle_line *refs;
};
void bundle_encode(struct buf *out, const struct bundle *b);
/* The header at the beginning of text; *used is its length. What would not encode to the same bytes is refused: ERR_INPUT.
 * ERR_LIMIT; ERR_MEMORY. Spans borrow from text. */
MUST_CHECK enum err bundle_decode(struct bundle *b, size_t *used, struct arena *a, struct span text);
/* A reference that is a chain's branch. */
bool bundle_ref(struct chain_id *chain, const struct bundle_line *ref);
/* Comments are written and, if they have that form, read: which chain a prerequisite is of, and its last transaction. */
void bundle_comment(struct buf *out, const struct chain_id *chain, uint64_t dot);
bool bundle_need(struct chain_id *chain, uint64_t *dot, const struct bundle_line *need);

/* ---- meeting ---- */

/* Its folder must exist. ERR_INPUT: a folder is there; ERR_TRANSPORT. */
MUST_CHECK enum err bundle_prepare(struct why *w, const char *path);
MUST_CHECK enum err bundle_meet(struct exchange *m, const char *name, const char *path);
/* Forgets what was sent to and heard from this place, and what waits. */
MUST_CHECK enum err bundle_forget(struct site *s, struct arena *a, const char *name);

/* ---- inside: what is remembered of a bundle (meta), and reading and writing the file ---- */

/* How far somebody has come with a chain. */
struct bundle_row {
    struct chain_id chain;
    struct oid oid;
};
#define BUNDLE_ID 8    /* bytes of the hash by which a file is known */
#define BUNDLE_KEPT 16 /* files that wait at the same time; the oldest gives way */
struct bundle_state {
    struct buf base;       /* struct bundle_row: what the readers have */
    bool has_sent;         /* we wrote a file, and have heard from nobody since */
    struct hash sent_hash; /* of that file */
    struct buf sent;       /* struct bundle_row: what they have when they have read it */
    struct buf waits;      /* BUNDLE_ID bytes for each file kept */
};
/* lies: the hash of the file that lies there, or NULL. */
MUST_CHECK enum err bundle_state_load(struct bundle_state *st, struct site *s, const char *name,
                                      const struct hash *lies);
MUST_CHECK enum err bundle_state_keep(struct site *s, const char *name, const struct bundle_state *st);
/* Before a file takes its place, so that it is known as our own whatever happens then. */
MUST_CHECK enum err bundle_state_announce(struct site *s, const char *name, const struct hash *hash,
                                          const struct buf *sent);
MUST_CHECK enum err bundle_state_forget(struct site *s, const char *name);
void bundle_state_free(struct bundle_state *st);

struct bundle_file {
    bool there;
    uint64_t size;
    struct buf text; /* the header's bytes */
    struct bundle header;
    struct hash hash; /* of the header and the pack's sum: of all it holds */
};
/* Reads the header and looks at the pack's first and last bytes. there false: no such file. ERR_TRANSPORT: damaged, or no
 * bundle. */
MUST_CHECK enum err bundle_file_open(struct bundle_file *f, struct exchange *m, const char *path);
/* The pack into the log m->place, and its branches. *gap: it rests on objects that are not here, and is left. */
MUST_CHECK enum err bundle_file_take(bool *gap, struct bundle_file *f, struct exchange *m, const char *path);
/* Writes all that readers who have base may lack; sent gets how far that brings them. Nothing is written if there is
 * nothing, or if what lies there (has_sent) says it all. */
MUST_CHECK enum err bundle_file_write(struct exchange *m, const char *name, const char *path,
                                      const struct bundle_state *st);

#endif
