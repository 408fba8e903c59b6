/* What every rule needs: when an activity counts, how a finding begins, phrases of its sentence, and the bytes that
 * its fingerprint is made of. For rules_*.c only. */
#ifndef APP_PLAN_RULES_COMMON_H
#define APP_PLAN_RULES_COMMON_H

#include "app/plan/rules.h"

#define RULES_COMMON_LISTED_MAX 8 /* names in one sentence; the others are counted */

/* text is word; a text that is NULL is no word. */
bool rules_common_is(const char *text, const char *word);
/* The status, or the schema's default where there is none. */
const char *rules_common_status(const struct rules_activity *a);
/* Does it have days (rules.h, "What counts")? Says nothing of its status. */
bool rules_common_placed(const struct rules_activity *a);
/* Do the K rules count it: föreslagen, beslutad or pågår, and placed? */
bool rules_common_counts(const struct rules_activity *a);
/* For qsort of activities (copied: they are small): by first day, then id; and by id alone. */
int rules_common_by_day(const void *left, const void *right);
int rules_common_by_id(const void *left, const void *right);

/* A new finding with the rule's id, kind and severity, the days, and past (K rules only). */
MUST_CHECK enum err rules_common_begin(struct finding **out, const struct rules_run *run, int32_t from, int32_t to);

const char *rules_common_tr(const struct rules_options *options, const char *msgid);
/* name, or "a party" where it is not known. */
const char *rules_common_party(const struct rules_options *options, const char *name);
/* Append a translated phrase: "from 2026-09-01 to 2026-10-31" (open ends too); "75%" or "no extent given". */
void rules_common_put_when(struct buf *out, const struct rules_options *options, int32_t from, int32_t to);
void rules_common_put_extent(struct buf *out, const struct rules_options *options, int32_t permille);
/* Append " and N more", or nothing for 0. */
void rules_common_put_more(struct buf *out, const struct rules_options *options, size_t count);

/* Append to a fingerprint, unambiguously. */
void rules_common_matter_text(struct buf *matter, const char *text);
void rules_common_matter_number(struct buf *matter, int32_t number);
/* Id, kind, status, dates and extent. */
void rules_common_matter_activity(struct buf *matter, const struct rules_activity *a);

#endif
