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
/* Marks it withdrawn today and starts new epochs without those whom no other consent in force covers: in the plan's
 * shared sections (never the party that recorded the consent, nor the own one) and in the own party's sections that
 * were disclosed on it. Adds to ed. ERR_NOT_FOUND; ERR_INPUT: not a consent; ERR_EXISTS: withdrawn already. */
MUST_CHECK enum err consents_write_withdraw(struct ops *o, struct edit *ed, const char *consent);

#endif
