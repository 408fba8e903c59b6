/* One table per type of the schema, with the value shown for each register and text: what programs and people read.
 * Made from the schema's own names; nothing that a user wrote is ever in SQL text. */
#ifndef SYNC_TYPED_H
#define SYNC_TYPED_H

#include "sync/core.h"

/* Composes the statements. Before any other call. */
MUST_CHECK enum err typed_prepare(struct site *s);
void typed_free(struct site *s);
MUST_CHECK enum err typed_create(struct site *s);
MUST_CHECK enum err typed_drop(struct site *s);
/* Has the field a column? Sets and entries have none. */
bool typed_shows(const struct schema_field *field);
/* Begins an object's row: typed_bind its fields, all others are unset, and db_run. */
struct db_row *typed_insert(struct site *s, const struct schema_type *type, int64_t object);
void typed_bind(struct db_row *q, const struct schema_type *type, const struct schema_field *field, const char *value);
MUST_CHECK enum err typed_delete(struct site *s, const struct schema_type *type, int64_t object);
/* value NULL: unset. Fields that are sets or entries have no column: no-op. */
MUST_CHECK enum err typed_set(struct site *s, const struct schema_type *type, const struct schema_field *field,
                              int64_t object, const char *value);
/* A row for each object that shows that value, or has that field in conflict; the column is its row number. The field is a
 * register or text; of one that names somebody or something there is an index. */
struct db_row *typed_find(struct site *s, const struct schema_type *type, const struct schema_field *field,
                          const char *value);

#endif
