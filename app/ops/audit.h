/* A self-contained dossier of a plan's history that can be checked without samplan. */
#ifndef APP_OPS_AUDIT_H
#define APP_OPS_AUDIT_H

#include "app/ops/ops.h"

struct audit_made {
    size_t changes; /* in the plan's history */
    size_t devices; /* in allowed_signers */
};
/* Makes the folder dir with log.git, allowed_signers, history.txt, history.json, README.txt and verify.sh, or nothing.
 * plan is an object that ops_plan gave. ERR_EXISTS: dir is there already; ERR_STORAGE. */
MUST_CHECK enum err audit_export(struct audit_made *out, struct ops *o, const struct view_object *plan,
                                 const char *dir);

#endif
