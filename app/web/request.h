/* The body of a request to a command, into the words that the command line would have had. Pure.
 *
 *     {"args": ["…"], "options": {"name": "text" | ["text", …] | true | false}}
 *
 * Both may be left out. The words are the options, "--name=text" or "--name", then "--", then the arguments: so nothing
 * in an argument is taken for an option. */
#ifndef APP_WEB_REQUEST_H
#define APP_WEB_REQUEST_H

#include "app/cli/call.h"
#include "sync/arena.h"
#include "sync/why.h"

#define REQUEST_BODY_MAX ((size_t)4 << 20)
#define REQUEST_WORDS_MAX 4096

struct request_words {
    int count;
    char **words; /* NULL-terminated; in the arena */
    size_t file_count;
    struct call_file *files; /* "files": {"name": "content"}, where the caller allows it; in the arena */
};
/* An empty body is {}. What is not JSON of that form is ERR_INPUT, with its story: not UTF-8, a NUL in a text, a key
 * twice, too deep, control characters, options that are no options of commands, or that every command has (--home and
 * the like). ERR_LIMIT; ERR_MEMORY. */
struct request_source {
    struct span body;
    bool takes_files;
};
MUST_CHECK enum err request_decode(struct request_words *out, struct arena *a, struct why *why,
                                   const struct request_source *from);

/* A text that stands under key in a JSON object; NULL if it is missing or null. In the arena. ERR_INPUT if it is
 * something else. */
struct request_text {
    const char *key;
    const char **to;
    bool needed;
};
/* {"key": ["text", …]}: the texts, NULL-terminated and in the arena; none if the key is missing. */
MUST_CHECK enum err request_list(const char *const **out, struct arena *a, struct why *why,
                                 const struct request_source *from, const char *key);
/* An object of texts, those of list (ended by one without a key) and no others. The decoder's copies are wiped. */
MUST_CHECK enum err request_texts(struct arena *a, struct why *why, struct span body, const struct request_text *list);

#endif
