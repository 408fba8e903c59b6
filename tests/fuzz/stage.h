/* An open site for the targets whose decoder needs one to look things up in: made once in a temporary folder, never
 * changed by an input, gone at exit. */
#ifndef TESTS_FUZZ_STAGE_H
#define TESTS_FUZZ_STAGE_H

#include "app/ops/ops.h"

/* The ids of what the site holds: STAGE_PLAN with STAGE_ACTIVITY and STAGE_PERSON. */
#define STAGE_PLAN "018f0000-0000-7000-8000-000000000001"
#define STAGE_ACTIVITY "018f0000-0000-7000-8000-000000000002"

/* Borrowed; its arena is the caller's to give and to free after every input. Aborts if the site cannot be made. */
struct ops *stage_ops(struct arena *a);

#endif
