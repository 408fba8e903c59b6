/* Dates, extents and names as a letter would say them: for the printed plan and the text to copy out. Results are in the
 * arena, "" where a value is not set or the arena has failed. */
#ifndef APP_OPS_PRINTING_WORDS_H
#define APP_OPS_PRINTING_WORDS_H

#include "app/ops/people.h"

/* "2026-10-15" -> "15 oktober 2026"; what is no date as it is. */
const char *printing_words_date(struct arena *a, const char *date);
/* "2026-10-15" -> "torsdag 15 oktober 2026" */
const char *printing_words_day(struct arena *a, const char *date);
/* "2026-10-15T08:00:00Z" -> "torsdag 15 oktober 2026, klockan 10:00", Swedish time */
const char *printing_words_time(struct arena *a, const char *time);
/* From one day to another, as far as they are set: "från 1 mars 2026 till 5 juni 2026" */
const char *printing_words_period(struct arena *a, const char *from, const char *to);
/* "75%" -> "75 procent av heltid", "30h" -> "30 timmar i veckan", "4halvdagar" -> "4 halvdagar i veckan" */
const char *printing_words_extent(struct arena *a, const char *extent);
/* "måndag 09:00–12:00" of a slot */
const char *printing_words_slot(struct arena *a, const struct view_object *slot);
/* Name of a party, member or function. functions are all there are. */
const char *printing_words_whom(const struct people *p, const struct view_list *functions, const char *whom);

#endif
