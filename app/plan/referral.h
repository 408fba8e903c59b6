/* The states of a remiss, and which answer may follow which (design: domain, "Fields"). Pure. */
#ifndef APP_PLAN_REFERRAL_H
#define APP_PLAN_REFERRAL_H

#include <stdbool.h>

#define REFERRAL_SENT "anmäld"
#define REFERRAL_TAKEN "mottagen"
#define REFERRAL_REFUSED "avvisad"
#define REFERRAL_HANDED_ON "överlämnad"
#define REFERRAL_HANDED_BACK "återlämnad"

/* Is it one of the receiver's answers: all but anmäld? */
bool referral_is_answer(const char *status);
/* May a remiss go from one state (NULL, "": anmäld) to another? Refused is before it is received, handed back after;
 * who refused may still change its mind; what is handed on or back goes no further. The same state: only anmäld. */
bool referral_may(const char *from, const char *to);
/* Refusing and handing back say why. */
bool referral_needs_reason(const char *status);
/* Has it come back to whoever sent it? */
bool referral_is_back(const char *status);

#endif
