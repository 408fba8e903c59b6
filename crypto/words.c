#include "crypto/words.h"

#define WORDS_COUNT 6

void words_of(char out[WORDS_LEN], const struct hash *h)
{
    static const char consonants[] = "bdfghjklmnprstvz";
    static const char vowels[] = "aiou";
    for (size_t i = 0; i < WORDS_COUNT; i++) {
        unsigned v = (unsigned)h->b[2 * i] << 8 | h->b[2 * i + 1];
        *out++ = consonants[v >> 12];
        *out++ = vowels[v >> 10 & 3];
        *out++ = consonants[v >> 6 & 15];
        *out++ = vowels[v >> 4 & 3];
        *out++ = consonants[v & 15];
        *out++ = i + 1 < WORDS_COUNT ? '-' : '\0';
    }
}
