/* The JSON shapes of news and of what waits for a decision. */
#ifndef APP_OPS_SHAPE_NEWS_H
#define APP_OPS_SHAPE_NEWS_H

#include "app/ops/news.h"
#include "app/ops/shape.h"

/* {"matter":"conflict"|"proposal"|"remiss"|"clash"|"consent","plan","ours", and under the matter's own name the row as
 * conflicts, proposal list, clashes … give it}. Fresh. */
json_t *shape_news_matter(struct js *j, struct ops *o, const struct people *p, const struct uuid *plan,
                          const struct matters_one *m);
/* {"since","decisions":[matter],"plans":[{"plan","title","person","person_name","mine","objects":[{"object","type",
 * "owner","topic","made","removed","changes":[row of log and "withheld"]}]}],"forbund":[row of log]}. Fresh. */
json_t *shape_news_all(struct js *j, struct ops *o, const struct people *p, const struct news *news);

#endif
