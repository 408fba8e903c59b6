/* What has been noted of modules that the person has completed, as the rules look at it. */
#ifndef APP_OPS_PICTURE_PROGRESS_H
#define APP_OPS_PICTURE_PROGRESS_H

#include "app/ops/ops.h"
#include "app/plan/rules.h"

/* Fills in progress_kept and completed of those of the activities that something in the lists is noted of. */
MUST_CHECK enum err picture_progress_read(struct rules_activity *activities, size_t count, struct ops *o,
                                          const struct view_list *lists, size_t list_count);

#endif
