/* A suggestion for a text that two people changed at once: a three-way merge, word by word. Pure over texts.
 *
 * Only ever offered, marked as such, until a person confirms it: words that merge cleanly can still say what nobody
 * wrote. Never part of the content, so it may depend on a library's diff (libgit2's git_merge_file, over one word or
 * one run of space to a line). */
#ifndef SYNC_SUGGEST_H
#define SYNC_SUGGEST_H

#include "crypto/buf.h"

/* Appends the merged text to out. *clean false: the two changed the same words; nothing is appended then. ERR_MEMORY;
 * ERR_LIMIT: texts too long to compare. */
MUST_CHECK enum err suggest_merge(struct buf *out, bool *clean, struct span base, struct span mine, struct span theirs);

#endif
