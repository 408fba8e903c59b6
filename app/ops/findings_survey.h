/* Which plans are to be looked at again for krockar and glapp: those that were touched, what rests on who or what has
 * another mark in the förbund now, and other plans of the same persons. */
#ifndef APP_OPS_FINDINGS_SURVEY_H
#define APP_OPS_FINDINGS_SURVEY_H

#include "app/ops/findings_state.h"

/* From one write lock (memo_begin) to the next. */
struct findings_survey {
    struct ops *o; /* borrowed */
    struct findings_kinds kinds;
    struct findings_state state;
    bool loaded; /* forbund is, as the replica has it now */
    struct arena arena;
    struct people people; /* in arena, as what forbund has is */
    struct picture_forbund forbund;
};

/* *out is set also on failure: findings_survey_end. ERR_MEMORY. */
MUST_CHECK enum err findings_survey_begin(struct findings_survey *out, struct ops *o);
/* Forgets forbund; the survey may go on. */
void findings_survey_end(struct findings_survey *s);
/* Spoils what is kept of whatever has been touched since the last time. Under the write lock. */
MUST_CHECK enum err findings_survey_spoil(struct findings_survey *s);
/* Loads forbund, unless it is. */
MUST_CHECK enum err findings_survey_forbund(struct findings_survey *s);

#endif
