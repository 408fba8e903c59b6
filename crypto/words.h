/* Bytes as words that can be read aloud and compared. */
#ifndef CRYPTO_WORDS_H
#define CRYPTO_WORDS_H

#include "crypto/ids.h"

/* 96 bits of a hash as six pronounceable five-letter words ("lusab-babad-…", proquints, arXiv:0901.4016), to be read
 * aloud and compared: the hash's first 12 bytes, two to a word, big-endian. out takes 6*5 + 5 + 1 bytes. */
#define WORDS_LEN 36
void words_of(char out[WORDS_LEN], const struct hash *h);

#endif
