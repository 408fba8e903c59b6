/* Reading text that has one way to be written: a record's header and its git commit. Each scan sets r->failed and gives
 * zeros when the text goes on otherwise. */
#ifndef SYNC_SCAN_H
#define SYNC_SCAN_H

#include "crypto/buf.h"

/* Does the text go on with this? Consumes nothing. */
bool scan_ahead(const struct reader *r, const char *literal);
/* Consumes exactly this. */
void scan_literal(struct reader *r, const char *literal);
/* Consumes 2 * len lower-case hex digits. */
void scan_hex(struct reader *r, void *out, size_t len);
/* Consumes a decimal number up to UINT64_MAX, without sign or leading zeros. */
uint64_t scan_number(struct reader *r);

#endif
