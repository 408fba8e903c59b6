#include "app/ops/code.h"

const char *code_word(enum err e)
{
    static const char *const words[] = {
        [OK] = "ok",
        [ERR_MEMORY] = "memory",
        [ERR_INPUT] = "input",
        [ERR_LIMIT] = "limit",
        [ERR_FORGED] = "forged",
        [ERR_PASS] = "passphrase",
        [ERR_NOT_FOUND] = "not-found",
        [ERR_EXISTS] = "exists",
        [ERR_REFUSED] = "refused",
        [ERR_CHANGED] = "changed",
        [ERR_BUSY] = "busy",
        [ERR_STORAGE] = "storage",
        [ERR_DAMAGED] = "damaged",
        [ERR_TRANSPORT] = "transport",
    };
    return words[e];
}
