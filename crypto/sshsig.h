/* Signatures in OpenSSH's SSHSIG format (OpenSSH's PROTOCOL.sshsig), namespace "git", hash sha512, Ed25519 only:
 * what `git verify-commit` accepts with gpg.format=ssh. Text has one way to be written; anything else is refused. */
#ifndef CRYPTO_SSHSIG_H
#define CRYPTO_SSHSIG_H

#include "crypto/device.h"

/* Every armored signature is this long: 173 bytes in base64, in lines of 70, between its two marker lines. */
#define SSHSIG_ARMORED_LEN 293

/* Appends the armored signature of message ("-----BEGIN SSH SIGNATURE-----" ... "-----END SSH SIGNATURE-----", lines
 * of 70, each ended by a newline but the last). ssh-keygen's file has one newline more at its end, which git takes off
 * and so must the caller. ERR_MEMORY. */
MUST_CHECK enum err sshsig_sign(struct buf *out, const struct device *d, struct span message);
/* Armored signature over message: gives the key that made it. ERR_INPUT: not in the one accepted form; ERR_FORGED:
 * well-formed but does not verify. */
MUST_CHECK enum err sshsig_verify(struct sign_public *by, struct span armored, struct span message);
/* The key inside a well-formed armored signature, without verifying. ERR_INPUT. */
MUST_CHECK enum err sshsig_key(struct sign_public *by, struct span armored);
/* Appends "ssh-ed25519 AAAA…", as in authorized_keys and allowed_signers; no newline. */
void sshsig_public_text(struct buf *out, const struct sign_public *key);

#endif
