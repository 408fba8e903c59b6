/* The schema that app hands to sync: which types there are, which fields, how each field merges, where each type may
 * live, and what a value must look like. sync knows no type by name; it asks this table.
 *
 * Numbers are what travels, so they are never re-used or changed after a release; names are what people and programs
 * see (ASCII snake_case). The table is constant data and outlives every handle; it is safe from any thread. */
#ifndef SYNC_SCHEMA_H
#define SYNC_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/buf.h"

/* How concurrent operations on a field meet (design: merge, "Fields"). */
enum merge_kind { MERGE_REGISTER, MERGE_TEXT, MERGE_SET, MERGE_ENTRIES };

/* Whose section an object of a type may live in. A mask. */
enum schema_place {
    PLACE_SHARED = 1,  /* written by every party with consent */
    PLACE_OWNED = 2,   /* written by its owner party only */
    PLACE_FORBUND = 4, /* the förbund's own section: catalogue, groups, policies */
};

/* What a value is; app/plan decides whether a text is one (schema_field.ok), sync only carries it. */
enum value_form {
    FORM_TEXT,   /* any text */
    FORM_WORD,   /* one of field->words */
    FORM_DATE,   /* YYYY-MM-DD */
    FORM_TIME,   /* ISO 8601 in UTC, YYYY-MM-DDTHH:MM:SSZ or YYYY-MM-DDTHH:MMZ */
    FORM_REF,    /* id of an object (lower-case UUID) */
    FORM_WHOM,   /* id of a party, a member or a function */
    FORM_EXTENT, /* "75%", "30h", "4halvdagar" a week */
    FORM_NUMBER, /* decimal digits */
    FORM_YESNO,  /* ja | nej */
    FORM_CLOCK,  /* HH:MM */
};

struct schema_field {
    uint16_t number; /* unique within its type, from 1 */
    const char *name;
    enum merge_kind merge;
    enum value_form form;
    const char *const *words; /* FORM_WORD: NULL-terminated list, otherwise NULL */
    const char *about;        /* one English sentence; the Swedish one is in the catalogue */
};

struct schema_type {
    uint16_t number; /* unique, from 1 */
    const char *name;
    unsigned places;           /* enum schema_place, a mask */
    const char *const *topics; /* NULL-terminated list of topics it may live under; the first is the default */
    const struct schema_field *fields;
    size_t field_count;
    const char *about;
};

struct schema {
    uint32_t version; /* raised with each release that changes the table: a replica is projected anew then */
    const struct schema_type *types;
    size_t type_count;
    /* Is value (zero-terminated, valid UTF-8, not empty) one for this field? NULL if it is; otherwise a constant
     * English phrase saying what is expected. Pure. */
    const char *(*expects)(const struct schema_type *type, const struct schema_field *field, const char *value);
};

/* Appends what of the table the replica's shape and content hang on. */
void schema_describe(struct buf *out, const struct schema *s);
/* NULL if there is none. Linear in small tables; both results live as long as the schema. */
const struct schema_type *schema_type_named(const struct schema *s, const char *name);
const struct schema_type *schema_type_numbered(const struct schema *s, uint64_t number);
const struct schema_field *schema_field_named(const struct schema_type *t, const char *name);
const struct schema_field *schema_field_numbered(const struct schema_type *t, uint64_t number);
/* May an object of type t live in a section of this place and topic? */
bool schema_allows(const struct schema_type *t, enum schema_place place, const char *topic);

#endif
