/* The body of a request to the local pages' API, into a command's words: what comes out is options, "--", arguments, all
 * of them clean text, and never an option that every command has. */
#include <stdlib.h>
#include <string.h>

#include "app/web/request.h"
#include "sync/utf8.h"

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool is_global(const char *word)
{
    static const char *const names[] = {"--home", "--json", "--quiet", "--passphrase-file", "--today", "--help"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const size_t len = strlen(names[i]);
        if (strncmp(word, names[i], len) == 0 && (word[len] == '\0' || word[len] == '=')) {
            return true;
        }
    }
    return false;
}

static void check_words(const struct request_words *w, bool takes_files)
{
    bool options = true;
    must(w->count > 0 && w->count <= REQUEST_WORDS_MAX && w->words[w->count] == NULL);
    for (int i = 0; i < w->count; i++) {
        if (options && strcmp(w->words[i], "--") == 0) {
            options = false;
        } else if (options) {
            must(strncmp(w->words[i], "--", 2) == 0 && w->words[i][2] >= 'a' && w->words[i][2] <= 'z');
            must(!is_global(w->words[i]));
        }
        struct buf clean = {0};
        must(utf8_clean(&clean, span_str(w->words[i])) == OK);
        buf_free(&clean);
    }
    must(!options && (takes_files || w->file_count == 0));
    for (size_t i = 0; i < w->file_count; i++) {
        must(strlen((const char *)w->files[i].content.ptr) == w->files[i].content.len);
    }
}

static void try_words(struct span body, bool takes_files)
{
    struct arena a = {0};
    struct why why = {.text = ""};
    struct request_words words;
    const struct request_source from = {body, takes_files};
    if (request_decode(&words, &a, &why, &from) == OK) {
        check_words(&words, takes_files);
    } else {
        must(why.text[0] != '\0');
    }
    arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct arena a = {0};
    struct why why = {.text = ""};
    const struct span body = span_of(data, len);
    const char *forbund = NULL;
    const char *passphrase = NULL;
    const char *const *remotes = NULL;
    const struct request_text list[] = {
        {"forbund", &forbund, false}, {"passphrase", &passphrase, true}, {NULL, NULL, false}};
    try_words(body, false);
    try_words(body, true);
    if (request_texts(&a, &why, body, list) == OK) {
        must(passphrase != NULL);
    }
    if (request_list(&remotes, &a, &why, &(struct request_source){body, false}, "remotes") == OK) {
        must(remotes != NULL);
    }
    arena_free(&a);
    return 0;
}
