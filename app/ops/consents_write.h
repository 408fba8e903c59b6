/* Recording a samtycke and its withdrawal, with what follows for who may read and write. */
#ifndef APP_OPS_CONSENTS_WRITE_H
#define APP_OPS_CONSENTS_WRITE_H

#include "app/ops/consents.h"

struct consents_write_wish {
    const char *plan;    /* id as typed */
    const char *to;      /* "A;B" or "alla" */
    const char *topics;  /* "plan,halsa" */
    const char *purpose; /* utbyte, uppföljning, utvärdering, or exchange, followup, evaluation; NULL: utbyte */
    const char *until;   /* NULL: twelve months on */
    const char *form;    /* skriftligt, muntligt, written, oral; NULL: not said */
};
/* Makes the consent and admits those it names to the plan's shared sections of its topics, with the right to write.
 * Adds to ed. */
MUST_CHECK enum err consents_write_give(struct uuid *out, struct ops *o, struct edit *ed,
                                        const struct consents_write_wish *wish);
/* Whose sections still go to somebody who may not have them any more. In the arena. */
struct consents_write_waiting {
    size_t count;
    const char *const *parties; /* names, each once */
};
/* Marks it withdrawn today and starts new epochs without those whom no other consent in force covers: in the plan's
 * shared sections (never the party that recorded the consent, nor the own one) and in the own party's sections that
 * were disclosed on it. Adds to ed. ERR_NOT_FOUND; ERR_INPUT: not a consent; ERR_EXISTS: withdrawn already. */
MUST_CHECK enum err consents_write_withdraw(struct ops *o, struct edit *ed, const char *consent);
/* Of a consent that is withdrawn: the owners of sections that were disclosed on it, can be read here, and have had no new
 * epoch since: only their own devices can start one (consents_write_follow). Others are not known here. */
MUST_CHECK enum err consents_write_waits_for(struct consents_write_waiting *out, struct ops *o, const char *consent);
/* What the withdrawal of consents, here or elsewhere, asks of this party in a plan: new epochs of its sections, as
 * consents_write_withdraw makes them. Adds to ed; nothing to do adds nothing. */
MUST_CHECK enum err consents_write_follow(struct ops *o, struct edit *ed, const struct uuid *plan);

#endif
