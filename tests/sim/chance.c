#include "tests/sim/chance.h"

#include <sodium.h>
#include <string.h>

/* SplitMix64 (Steele, Lea, Flood 2014): one word of state, any seed is good. */
uint64_t chance_next(struct chance *c)
{
    uint64_t z = c->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

struct chance chance_of(uint64_t seed, uint64_t step)
{
    struct chance c = {seed};
    c.state = chance_next(&c) ^ (step * 0xd1342543de82ef95u);
    (void)chance_next(&c);
    return c;
}

size_t chance_below(struct chance *c, size_t n)
{
    return n == 0 ? 0 : (size_t)(chance_next(c) % n);
}

bool chance_one_in(struct chance *c, size_t n)
{
    return chance_below(c, n) == 0;
}

/* ---- libsodium's randomness ---- */

static struct chance library;
static uint64_t library_seed;

static const char *library_name(void)
{
    return "simulated";
}

static void library_bytes(void *out, size_t len)
{
    uint8_t *at = out;
    while (len > 0) {
        uint64_t word = chance_next(&library);
        size_t n = len < sizeof word ? len : sizeof word;
        memcpy(at, &word, n);
        at += n;
        len -= n;
    }
}

static uint32_t library_word(void)
{
    return (uint32_t)chance_next(&library);
}

static struct randombytes_implementation implementation = {
    .implementation_name = library_name, .random = library_word, .buf = library_bytes};

void chance_rule_library(uint64_t seed)
{
    library_seed = seed;
    chance_library_step(0);
    (void)randombytes_set_implementation(&implementation);
}

void chance_library_step(uint64_t step)
{
    library = chance_of(~library_seed, step);
}
