/* Reading a compiled gettext catalogue (GNU gettext manual, "The Format of GNU MO Files"), little-endian.
 *
 * Pure over borrowed bytes. What lives elsewhere: which catalogue and which language (app/text/text.h). */
#ifndef APP_TEXT_CATALOGUE_H
#define APP_TEXT_CATALOGUE_H

#include <stdint.h>

#include "crypto/buf.h"

struct catalogue {
    struct span mo; /* borrowed */
    uint32_t count;
    uint32_t keys;  /* offset of the table of original texts */
    uint32_t texts; /* offset of the table of translations */
};

/* Checks all of mo once, so that lookups need not: magic, both tables and every text inside mo, every text ended by a
 * zero, keys strictly ascending. mo is borrowed and must outlive out. ERR_INPUT: any of it does not hold. */
MUST_CHECK enum err catalogue_open(struct catalogue *out, struct span mo);
/* The translation of key, or NULL. An entry with plural forms is found by its first form; the rest of its forms follow,
 * each after the zero that ends the one before. Borrowed from the catalogue. Binary search. */
const char *catalogue_find(const struct catalogue *c, const char *key);
/* Form number form (from 0) of the translation of key, or NULL if there are not so many. */
const char *catalogue_find_form(const struct catalogue *c, const char *key, unsigned form);

#endif
