/* What a handlingsplan is, as one table of data: types, fields, words, how each field merges, where each type lives.
 * sync is handed this table; `samplan help TYPE`, docs/plan-model.md and the mappings are generated from it. */
#ifndef APP_PLAN_MODEL_H
#define APP_PLAN_MODEL_H

#include "app/plan/value.h"
#include "sync/schema.h"

#define MODEL_TEXT_MAX VALUE_TEXT_MAX
#define MODEL_SHORT_MAX VALUE_SHORT_MAX

/* The topic of types that live in the förbund's own section. */
#define MODEL_TOPIC_FORBUND "forbund"
#define MODEL_TOPIC_MATRIS "matris" /* the outcome matrix; none of model_topics */

/* Constant, lives for ever, safe from any thread. schema->expects is value_expects. */
const struct schema *model_schema(void);

/* What a plan's sections are divided by: plan, person, halsa, ekonomi, social. NULL-terminated, constant. */
const char *const *model_topics(void);

#endif
