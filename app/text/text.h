/* The texts that people read, in Swedish (the default) or English.
 *
 * English is the language of the sources: tr("No such plan.") gives the Swedish text of app/text/sv.po, which is
 * embedded in the program (no installed locale is needed), or, in English, the argument itself. A gate
 * (tests/gates/test_texts.py) holds that every text marked with tr, trn or N_ is in sv.po and nothing else is.
 *
 * Choose once, at start; after that everything here is constant and safe from any thread. A thread that answers several
 * people may choose for itself alone (text_choose_here). */
#ifndef APP_TEXT_TEXT_H
#define APP_TEXT_TEXT_H

#include <stdbool.h>

/* Marks a text in a constant table for sv.po; it is translated where it is shown: tr(row->about). */
#define N_(text) text

/* Chooses by a list such as "sv_SE.UTF-8" or "fr:en:sv": the first language in it that there is. False, and nothing
 * changed, if it names none or is NULL. */
bool text_choose(const char *wanted);
/* Chooses by LANGUAGE, or else LANG; Swedish if neither names a language that there is. */
void text_choose_from_environment(void);
/* Chooses for the calling thread alone, until it chooses again; a list that names none, or NULL, gives it the program's
 * language back. After the program's own choice. */
void text_choose_here(const char *wanted);
/* "sv" or "en". */
const char *text_language(void);

/* The text in the chosen language; msgid itself where there is no translation. Lives as long as the program or msgid. */
__attribute__((format_arg(1))) const char *tr(const char *msgid);
/* The same for a text that depends on a count: trn("%zu plan", "%zu plans", n). */
__attribute__((format_arg(1), format_arg(2))) const char *trn(const char *one, const char *many, unsigned long long n);

#endif
