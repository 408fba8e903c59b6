/* A git object from outside, taken as a record's commit and as its tree. */
#include "sync/commit.h"
#include "tests/fuzz/recode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct span bytes = span_of(data, len);
    struct buf armored = {0}, again = {0};
    struct commit c;
    if (commit_decode(&c, &armored, bytes) == OK) {
        commit_encode(&again, &c);
        recode_check(&again, bytes);
    }
    buf_free(&armored);
    struct commit_tree t;
    if (commit_tree_decode(&t, bytes) == OK) {
        commit_tree_encode(&again, &t);
        recode_check(&again, bytes);
    }
    return 0;
}
