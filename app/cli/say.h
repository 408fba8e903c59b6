/* Sentences for people that more than one command says. */
#ifndef APP_CLI_SAY_H
#define APP_CLI_SAY_H

#include "app/cli/call.h"
#include "app/ops/conflicts.h"
#include "app/ops/findings.h"

/* The object and field, and each value with its number, writer, party and time. */
void say_conflict(struct call *c, const struct people *p, const struct conflicts_one *one);
/* One line each: rule, kind and the sentence. */
void say_findings(struct call *c, const struct findings_list *list);

#endif
