/* Texts that people write in different ways and mean the same by: for finding, never for keeping. */
#ifndef APP_OPS_FOLD_H
#define APP_OPS_FOLD_H

#include "app/ops/ops.h"

/* Lower case (ASCII and Latin-1: all of Swedish), with runs of spaces, no-break spaces, tabs, line ends, '_' and '-' as
 * one space, none at the ends. text is clean UTF-8 in NFC (what is kept is), NULL reads as "". In the arena; "" where
 * the arena has failed. */
const char *fold_text(struct arena *a, const char *text);
/* Does every word of query stand somewhere in text? Both as fold_text gives them; no words: yes. */
bool fold_has_words(const char *text, const char *query);

#endif
