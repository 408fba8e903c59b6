/* What may be text in a record: valid UTF-8 (RFC 3629) in Normalization Form C (Unicode UAX #15, by utf8proc), no
 * control characters but newline and tab, no byte order mark, no noncharacters. One way to write each text. */
#ifndef SYNC_UTF8_H
#define SYNC_UTF8_H

#include "crypto/buf.h"

/* Is this exactly such a text? Pure. */
bool utf8_is_clean(struct span text);
/* Is there nothing in it but white space and what has no width (Unicode's, in clean text)? An empty text is. Pure. */
bool utf8_is_blank(struct span text);
/* Appends the clean form of what a person typed: CRLF and CR become newline, NFC. ERR_INPUT for bytes that are not
 * UTF-8 or hold a forbidden character; ERR_MEMORY. */
MUST_CHECK enum err utf8_clean(struct buf *out, struct span typed);

#endif
