/* What can go wrong, as one closed list.
 *
 * A function returns one of these; the story (which file, which line, what to try) stays in the handle that met the
 * world, for instance site_why(). A peer's bad data is not an error here but a verdict (sync/verdict.h). */
#ifndef CRYPTO_ERR_H
#define CRYPTO_ERR_H

enum err {
    OK = 0,
    ERR_MEMORY,    /* an allocation failed; nothing was changed */
    ERR_INPUT,     /* malformed input: a value, a file or bytes from outside */
    ERR_LIMIT,     /* larger or more than a named cap allows */
    ERR_FORGED,    /* does not verify, or does not open with this key */
    ERR_PASS,      /* wrong passphrase (or the key file was altered; the two look the same) */
    ERR_NOT_FOUND, /* no such thing */
    ERR_EXISTS,    /* there is one already */
    ERR_REFUSED,   /* not authorised, or no ground */
    ERR_CHANGED,   /* not as it was shown any more; nothing was saved */
    ERR_BUSY,      /* another process holds it and did not let go in time */
    ERR_STORAGE,   /* disk, database or log failed; nothing was acknowledged */
    ERR_DAMAGED,   /* what is stored is not what was stored: to be made anew, or restored */
    ERR_TRANSPORT, /* the other end failed or is gone; what had arrived is kept */
};

#define MUST_CHECK __attribute__((warn_unused_result))

#endif
