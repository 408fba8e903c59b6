/* Bytes as a text file that survives mail and USB sticks:
 *
 *   -----BEGIN <label>-----
 *   base64 (RFC 4648 section 4, with padding) in lines of 64
 *   -----END <label>-----
 *
 * every line ended by a newline. One way to write it; anything else is refused. Not the armor of crypto/sshsig.h, which
 * is OpenSSH's: of fixed size, lines of 70, no newline at its end. */
#ifndef CRYPTO_ARMOR_H
#define CRYPTO_ARMOR_H

#include "crypto/buf.h"

/* Appends the text. data must not be empty (asserted). A failed allocation stays in out (buf_check). */
void armor_encode(struct buf *out, const char *label, struct span data);
/* Appends the data of exactly such a text with this label; the caller has capped text.len. ERR_INPUT: not one;
 * ERR_MEMORY. Nothing is appended on failure. */
MUST_CHECK enum err armor_decode(struct buf *out, const char *label, struct span text);

#endif
