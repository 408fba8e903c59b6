/* A bundle's header, and the lines that git writes about a host: text from outside. */
#include "sync/bundle.h"
#include "sync/host.h"
#include "tests/fuzz/recode.h"

static void try_lines(struct span text)
{
    struct buf out = {0};
    struct span line;
    uint64_t done;
    uint64_t total;
    (void)!host_lines_refs(&out, text);
    buf_free(&out);
    (void)host_lines_progress(&done, &total, text);
    (void)host_lines_sent(text);
    host_lines_story(&out, text, 300);
    buf_free(&out);
    while (host_lines_next(&line, &text)) {
        struct chain_id chain;
        struct span reason;
        bool taken;
        (void)host_lines_pushed(&chain, &taken, &reason, line);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct span text = span_of(data, len);
    struct arena a = {0};
    struct bundle b;
    size_t used;
    if (bundle_decode(&b, &used, &a, text) == OK) {
        struct buf again = {0};
        bundle_encode(&again, &b);
        recode_check(&again, span_of(data, used));
        for (size_t i = 0; i < b.need_count; i++) {
            struct chain_id chain;
            uint64_t dot;
            if (bundle_need(&chain, &dot, &b.needs[i])) {
                struct buf comment = {0};
                bundle_comment(&comment, &chain, dot);
                recode_check(&comment, b.needs[i].text);
            }
        }
    }
    arena_free(&a);
    try_lines(text);
    return 0;
}
