/* What others have changed since this member last looked on this device, or since a time: by plan and object, from what
 * was known then to what stands now; and what waits for a decision.
 *
 * How far a member has looked is a bookmark in the replica (sync/bookmark.h): what comes late is news when it comes,
 * whatever its writer's clock says. It never travels. */
#ifndef APP_OPS_NEWS_H
#define APP_OPS_NEWS_H

#include "app/ops/matters.h"

#define NEWS_FIRST_DAYS 30 /* whoever looks for the first time is told of so many days */

struct news_change {
    struct view_change change; /* change.old is what stood when the member last looked */
    bool withheld;             /* of a topic that lists across persons do not tell of: old and value are NULL */
};
struct news_object {
    struct uuid id; /* nil: of the section (a disclosure) */
    const struct schema_type *type;
    struct place place;
    const char *owner_name;
    size_t first; /* place of its first change in the order of arrival */
    bool made;    /* by somebody else, since then */
    bool removed;
    size_t count;
    struct news_change *changes; /* in order of arrival */
};
struct news_plan {
    struct uuid plan;
    const struct view_object *object; /* NULL: cannot be read (any more) */
    const struct view_object *person; /* NULL: not set, cannot be read, or protected */
    bool protected;                   /* the person, who is not named, nor any place or time */
    bool mine;                        /* this member is huvudansvarig, or responsible for an activity */
    size_t count;
    struct news_object *objects; /* as they first appear; none where there is only something to decide */
    struct matters matters;      /* those to tell of: all where the plan is mine, otherwise what is ours to decide */
};
struct news {
    int64_t since_ms; /* INT64_MIN: since the member last looked */
    size_t count;
    struct news_plan *plans; /* mine first; then by title and id */
    size_t forbund_count;
    struct news_change *forbund; /* members, catalogue */
    const char *bookmark;        /* to be moved to upto once this has been looked at */
    int64_t upto;
};

struct news_wish {
    bool has_since; /* then it is this that counts, by the writers' clocks; otherwise what this member has looked at */
    int64_t since_ms;
};
/* *out is set also on failure: call news_free in any case. */
MUST_CHECK enum err news_find(struct news *out, struct ops *o, const struct people *p, const struct news_wish *wish);
void news_free(struct news *n);
/* Is the whole topic left out of lists across persons? */
bool news_is_withheld(const char *topic);

#endif
