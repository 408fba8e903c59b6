/* Test vectors named by their verdict: good_* is accepted and re-encodes to the same bytes, fail_* is refused. */
#ifndef TESTS_UNIT_VECTORS_H
#define TESTS_UNIT_VECTORS_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/buf.h"

#ifndef SOURCE_DIR
#define SOURCE_DIR "."
#endif

static inline void vectors_read(struct buf *out, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        fail_msg("cannot open %s", path);
        return;
    }
    uint8_t piece[4096];
    for (size_t n = 0; (n = fread(piece, 1, sizeof piece, f)) > 0;) {
        buf_put(out, piece, n);
    }
    (void)fclose(f);
}

/* Calls check for each file of tests/vectors/<folder>, as it is on disk. Gives how many there were. */
static inline size_t vectors_each(const char *folder, void (*check)(const char *name, bool good, struct span content))
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/tests/vectors/%s", SOURCE_DIR, folder);
    DIR *dir = opendir(path);
    if (!dir) {
        fail_msg("cannot open %s", path);
        return 0;
    }
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        bool good = strncmp(entry->d_name, "good_", 5) == 0;
        if (!good && strncmp(entry->d_name, "fail_", 5) != 0) {
            fail_msg("no verdict in the name of %s", entry->d_name);
        }
        struct buf content = {0};
        (void)snprintf(path, sizeof path, "%s/tests/vectors/%s/%s", SOURCE_DIR, folder, entry->d_name);
        vectors_read(&content, path);
        check(entry->d_name, good, span_buf(&content));
        buf_free(&content);
        count++;
    }
    (void)closedir(dir);
    return count;
}

/* Hex with line breaks. */
static inline void vectors_hex(struct buf *out, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n') {
            continue;
        }
        uint8_t byte = 0;
        if (i + 1 >= text.len || hex_decode(&byte, 1, span_of(text.ptr + i, 2)) != OK) {
            fail_msg("not hex at %zu", i);
        }
        buf_put_u8(out, byte);
        i++;
    }
}

/* A copy in a block of exactly its size, so that the sanitizers see a read past the end. Free it. */
static inline uint8_t *vectors_exact(struct span s)
{
    uint8_t *copy = malloc(s.len ? s.len : 1);
    if (!copy) {
        abort();
    }
    if (s.len > 0) {
        memcpy(copy, s.ptr, s.len);
    }
    return copy;
}

/* A codec on trial: decodes bytes and, if they are accepted, appends what they re-encode to. */
typedef bool vectors_codec(struct buf *again, struct span bytes);

/* Does bytes decode? If so, they must re-encode to themselves. */
static inline bool vectors_accepts(vectors_codec *codec, struct span bytes)
{
    struct buf again = {0};
    uint8_t *exact = vectors_exact(bytes);
    bool accepted = codec(&again, span_of(exact, bytes.len));
    bool same = span_equal(span_buf(&again), bytes);
    buf_free(&again);
    free(exact);
    if (accepted && !same) {
        fail_msg("accepted but re-encoded otherwise");
    }
    return accepted;
}

/* bytes is accepted; followed by a zero it is not; cut short anywhere or with any bit of it turned it is refused or
 * re-encodes to itself. Gives how many of those cut short were accepted. */
static inline size_t vectors_harass(vectors_codec *codec, struct span bytes)
{
    assert_true(vectors_accepts(codec, bytes));
    size_t prefixes = 0;
    for (size_t len = 0; len < bytes.len; len++) {
        prefixes += vectors_accepts(codec, span_of(bytes.ptr, len)) ? 1 : 0;
    }
    uint8_t *turned = malloc(bytes.len + 1);
    if (!turned) {
        abort();
    }
    memcpy(turned, bytes.ptr, bytes.len);
    turned[bytes.len] = 0;
    assert_false(vectors_accepts(codec, span_of(turned, bytes.len + 1)));
    for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
        turned[bit / 8] ^= (uint8_t)(1u << bit % 8);
        (void)vectors_accepts(codec, span_of(turned, bytes.len));
        turned[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    free(turned);
    return prefixes;
}

#endif
