/* Sentences for people that more than one command says. */
#ifndef APP_CLI_SAY_H
#define APP_CLI_SAY_H

#include "app/cli/call.h"
#include "app/ops/conflicts.h"
#include "app/ops/findings.h"
#include "app/ops/matters.h"

/* The object and field, and each value with its number, writer, party and time. */
void say_conflict(struct call *c, const struct people *p, const struct conflicts_one *one);
/* One line each: rule, kind, the sentence and the id; and who has accepted it, and why. */
void say_findings(struct call *c, const struct findings_list *list);
/* Plans that the rules could not look at, if any: nothing found must not be taken for nothing there. Exit 1 then. */
void say_too_large(struct call *c, const struct findings_list *list);
/* A value for people: a name in place of an id, words for what is not set. f NULL: of a disputed removal. */
const char *say_value(const struct people *p, const struct schema_field *f, const char *value);
/* The first line, at most so many bytes, with "…" where there is more. In the arena. */
#define SAY_SHORT 160
const char *say_short(struct arena *a, const char *text, size_t most);
/* What is proposed, by whom, and why; no newline. */
void say_proposal(struct call *c, const struct people *p, const struct proposals_one *one);
/* One sentence; no newline. */
void say_matter(struct call *c, const struct people *p, const struct matters_one *m);
/* The id of the object or finding that it is about. */
const char *say_matter_id(struct call *c, const struct matters_one *m);

#endif
