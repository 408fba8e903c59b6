/* Is a text a value of a field? One check per form, and the few fields that ask for more than their form says.
 * Pure; knows nothing of other objects (that a reference leads somewhere is not asked here: it may come later). */
#ifndef APP_PLAN_VALUE_H
#define APP_PLAN_VALUE_H

#include <stddef.h>

#include "sync/schema.h"

/* Longest value in bytes. A long text is one that people write in sentences. 64 KiB is about twenty printed pages,
 * more than any background that has been seen, and keeps word-by-word merging (quadratic at worst) and a poor link
 * bearable: a value travels whole. A short one is a name, a title, an address: 1000 bytes is many times the longest,
 * and keeps lists, bars and prints whole. */
#define VALUE_TEXT_MAX ((size_t)64 * 1024)
#define VALUE_SHORT_MAX ((size_t)1000)

/* The cap for this field: VALUE_TEXT_MAX for fields merged as text or entries and for the registers that hold
 * sentences (a note, a decision, a proposed value ...); VALUE_SHORT_MAX for all others. */
size_t value_max(const struct schema_type *type, const struct schema_field *field);

/* As schema.expects: NULL if value (zero-terminated UTF-8) is one for this field, otherwise a constant English phrase
 * that completes "expected ...", for translation. An empty value is never one: unsetting is the caller's matter. */
const char *value_expects(const struct schema_type *type, const struct schema_field *field, const char *value);

#endif
