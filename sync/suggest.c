#include "sync/suggest.h"

#include "sync/limits.h"

#include <git2.h>

#define NEWLINE_TOKEN '\x01' /* stands for a newline in the text, which has no such character itself */

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* One word, or one character of space, to a line. */
static void put_tokens(struct buf *out, struct span text)
{
    for (size_t i = 0; i < text.len;) {
        size_t end = i + 1;
        while (!is_space(text.ptr[i]) && end < text.len && !is_space(text.ptr[end])) {
            end++;
        }
        if (text.ptr[i] == '\n') {
            buf_put_u8(out, (uint8_t)NEWLINE_TOKEN);
        } else {
            buf_put(out, text.ptr + i, end - i);
        }
        buf_put_u8(out, '\n');
        i = end;
    }
}

static void take_tokens(struct buf *out, struct span lines)
{
    for (size_t i = 0; i < lines.len; i++) {
        if (lines.ptr[i] == (uint8_t)NEWLINE_TOKEN) {
            buf_put_u8(out, '\n');
        } else if (lines.ptr[i] != '\n') {
            buf_put_u8(out, lines.ptr[i]);
        }
    }
}

static git_merge_file_input input_of(const struct buf *b)
{
    return (git_merge_file_input){.version = GIT_MERGE_FILE_INPUT_VERSION, .ptr = (const char *)b->ptr, .size = b->len};
}

enum err suggest_merge(struct buf *out, bool *clean, struct span base, struct span mine, struct span theirs)
{
    struct buf tokens[3] = {{0}, {0}, {0}};
    const struct span texts[3] = {base, mine, theirs};
    git_merge_file_result result = {.automergeable = 0};
    enum err e = OK;
    *clean = false;
    if (git_libgit2_init() < 0) { /* counted: others may have started it already */
        return ERR_MEMORY;
    }
    for (size_t i = 0; e == OK && i < 3; i++) {
        if (texts[i].len > LIMIT_TEXT) {
            e = ERR_LIMIT;
        }
        put_tokens(&tokens[i], texts[i]);
        e = e == OK ? buf_check(&tokens[i]) : e;
    }
    if (e == OK) {
        git_merge_file_input in[3] = {input_of(&tokens[0]), input_of(&tokens[1]), input_of(&tokens[2])};
        if (git_merge_file(&result, &in[0], &in[1], &in[2], NULL) != 0) {
            e = ERR_MEMORY;
        }
    }
    if (e == OK && result.automergeable) {
        *clean = true;
        take_tokens(out, span_of(result.ptr, result.len));
        e = buf_check(out);
    }
    git_merge_file_result_free(&result);
    (void)git_libgit2_shutdown();
    for (size_t i = 0; i < 3; i++) {
        buf_free(&tokens[i]);
    }
    return e;
}
