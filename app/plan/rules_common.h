/* What every rule needs: when an activity counts, how a finding begins, phrases of its sentence, and the bytes that
 * its fingerprint is made of. For rules_*.c only. */
#ifndef APP_PLAN_RULES_COMMON_H
#define APP_PLAN_RULES_COMMON_H

#include "app/plan/rules.h"

#define RULES_COMMON_LISTED_MAX 8   /* names in one sentence; the others are counted */
#define RULES_COMMON_QUOTED_MAX 120 /* bytes of a text that a sentence repeats */

/* text is word; a text that is NULL is no word. */
bool rules_common_is(const char *text, const char *word);
/* The status, or the schema's default where there is none. */
const char *rules_common_status(const struct rules_activity *a);
/* Does it have days (rules.h, "What counts")? Says nothing of its status. */
bool rules_common_placed(const struct rules_activity *a);
/* Is it föreslagen, beslutad or pågår? */
bool rules_common_planned(const struct rules_activity *a);
/* Do the K rules count it: planned and placed? */
bool rules_common_counts(const struct rules_activity *a);
/* For qsort of activities (copied: they are small): by first day, then id; and by id alone. */
int rules_common_by_day(const void *left, const void *right);
int rules_common_by_id(const void *left, const void *right);

/* Have they a day in common? Both are placed. */
bool rules_common_meet(const struct rules_activity *a, const struct rules_activity *b);
/* The activity with that id, or NULL: NULL id, not in the picture. O(log activities). */
const struct rules_activity *rules_common_find(const struct rules_run *run, const char *id);
/* Is what has that id another plan's? */
bool rules_common_elsewhere(const struct rules_plan *plan, const char *id);
/* Is the text set? */
bool rules_common_has(const char *text);
/* Are both set and the same but for capital letters (A to Z and those of Latin-1: Å, Ä, Ö, É ...) and white space? */
bool rules_common_same(const char *a, const char *b);
/* The same for texts that are the same in that sense; FNV-1a. */
uint64_t rules_common_hash(const char *text);

/* Is that day over: is today after it? The one way to look at today. Sentinels: an open start is over, an open end never. */
bool rules_common_passed(const struct rules_run *run, int64_t day);
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

/* The kind, or a dash. */
const char *rules_common_kind(const struct rules_activity *a);
/* Appends as much of text as fits in RULES_COMMON_QUOTED_MAX bytes without cutting a character, and … if there is more. */
void rules_common_put_quote(struct buf *out, const char *text);
/* Appends the translated template with its words; a word whose value is NULL (memory was out) fails out. */
void rules_common_say(struct buf *out, const struct rules_options *options, const char *template,
                      const struct finding_word *words, size_t word_count);
/* The last step of a rule: finishes f unless err tells of a failure already, and frees both bufs. */
MUST_CHECK enum err rules_common_end(enum err err, struct finding *f, struct buf *matter, struct buf *text);

/* Append to a fingerprint, unambiguously. */
void rules_common_matter_text(struct buf *matter, const char *text);
void rules_common_matter_number(struct buf *matter, int32_t number);
/* Id, kind, status, dates and extent. */
void rules_common_matter_activity(struct buf *matter, const struct rules_activity *a);

#endif
