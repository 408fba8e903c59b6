/* What every operation of this folder is called with: the site, memory for results, the day, and the story of what went
 * wrong. The command line and the local pages stand side by side on app/ops; nothing here prints, prompts or exits. */
#ifndef APP_OPS_OPS_H
#define APP_OPS_OPS_H

#include "app/text/text.h"
#include "sync/view.h"

struct ops {
    struct site *site;   /* borrowed; open */
    struct arena *arena; /* borrowed; results live there */
    int32_t today;       /* for rules and reports only; a consent is judged by the clock (ops_day) */
    struct why why;      /* of the last failure: this folder's own, or a copy of the site's */
};

/* Keeps the site's story of a failed call as this handle's and returns e, OK too: return ops_told(o, edit_set(...)). */
MUST_CHECK enum err ops_told(struct ops *o, enum err e);

/* Today in Sweden by the site's clock, for what is binding: the days of a consent. Days since 1970
 * (app/plan/dates.h). */
int32_t ops_day(const struct ops *o);
/* A fresh UUIDv7 by the site's clock. */
struct uuid ops_fresh_id(const struct ops *o);

/* An id as people write it. ERR_INPUT. */
MUST_CHECK enum err ops_id(struct uuid *out, struct ops *o, const char *text);
/* The object with the id in text, or "<section, 32 hex>:<id>" where two sections have one. ERR_INPUT: not an id, or two
 * sections have it; ERR_NOT_FOUND: none that this device can read. removed_too: removed objects are found as well. */
struct ops_wanted {
    const char *text;
    bool removed_too;
    bool bare; /* without its fields: type and place alone are asked for */
};
MUST_CHECK enum err ops_object(const struct view_object **out, struct ops *o, const struct ops_wanted *wanted);
/* The plan object with that id; ops_plan_id: that there is one. ERR_INPUT, ERR_NOT_FOUND. */
MUST_CHECK enum err ops_plan(const struct view_object **out, struct ops *o, const char *text);
MUST_CHECK enum err ops_plan_id(struct uuid *out, struct ops *o, const char *text);

/* Which topics a plan has. ERR_INPUT if text is none of them. */
MUST_CHECK enum err ops_topic(const char **out, struct ops *o, const char *text);

/* ERR_MEMORY with its story, if the arena has failed; otherwise OK. Checked once after a row of allocations. */
MUST_CHECK enum err ops_memory(struct ops *o);
/* ERR_MEMORY with its story. A macro as why_set is, and for the same reason. */
#define ops_no_memory(o) why_set(&(o)->why, ERR_MEMORY, N_("out of memory; nothing was changed"), "%s", "")

#endif
