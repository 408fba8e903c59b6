/* Chance that can be had again: every choice of a run, and the keys that its devices make, follow from its seed. */
#ifndef TESTS_SIM_CHANCE_H
#define TESTS_SIM_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chance {
    uint64_t state;
};

/* Each step of a run has its own, so that leaving out one step leaves the others as they were. */
struct chance chance_of(uint64_t seed, uint64_t step);
uint64_t chance_next(struct chance *c);
size_t chance_below(struct chance *c, size_t n); /* 0 if n is 0 */
bool chance_one_in(struct chance *c, size_t n);

/* From here on libsodium's random bytes follow from the seed. Before anything else of crypto is called. */
void chance_rule_library(uint64_t seed);
void chance_library_step(uint64_t step);

#endif
