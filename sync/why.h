/* The story behind an error: a constant English sentence (a key of the message catalogue) and a detail that is never
 * translated (a path, a name, what a library said). Lives in the handle that met the world. */
#ifndef SYNC_WHY_H
#define SYNC_WHY_H

#include "crypto/err.h"

#define WHY_DETAIL_MAX 400
struct why {
    const char *text; /* "" until something failed */
    char detail[WHY_DETAIL_MAX];
};

/* Marks a sentence for the catalogue's extraction. */
#define WHY(sentence) sentence

/* Keeps the story and gives e, so that a failure is one line: return why_set(w, ERR_INPUT, WHY("…"), "%s", path). A macro,
 * so that an analyzer of one file sees that what went in as an error comes out as one. */
#define why_set(w, e, ...) ((enum err)(why_tell((w), __VA_ARGS__), (e)))
__attribute__((format(printf, 3, 4))) void why_tell(struct why *w, const char *text, const char *detail, ...);

#endif
