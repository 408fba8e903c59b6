/* The kinds of error as words that programs rely on. */
#ifndef APP_OPS_CODE_H
#define APP_OPS_CODE_H

#include "crypto/err.h"

/* "input", "refused" … Constant, never translated. */
const char *code_word(enum err e);

#endif
