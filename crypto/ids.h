/* The identifiers that are hashes, and how each is derived (docs/record-format.md, "Names").
 *
 * Every id is a one-member struct, so that two kinds cannot be swapped. All derivations are BLAKE2b (RFC 7693) with a
 * 32-byte output, over a domain string and fixed-length parts, cut to the first 16 bytes where the id is 16 long. */
#ifndef CRYPTO_IDS_H
#define CRYPTO_IDS_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/buf.h"

#define HASH_LEN 32
#define ID_LEN 16
#define SIGN_PUBLIC_LEN 32
#define BOX_PUBLIC_LEN 32
#define SECTION_KEY_LEN 32
#define INCARNATION_LEN 8

/* clang-format off */
struct hash { uint8_t b[HASH_LEN]; };        /* BLAKE2b-256 of something; of a commit object's bytes: the record hash */
struct forbund_id { uint8_t b[ID_LEN]; };    /* first 16 bytes of the genesis record's hash; zeros until then */
struct chain_id { uint8_t b[ID_LEN]; };      /* one device's unbroken run of records */
struct section_id { uint8_t b[ID_LEN]; };    /* what one key seals; zeros: the förbund section */
struct key_id { uint8_t b[ID_LEN]; };        /* an epoch's key, committed to together with its section */
struct box_id { uint8_t b[ID_LEN]; };        /* first 16 bytes of the hash of a box public key */
struct uuid { uint8_t b[ID_LEN]; };          /* RFC 9562 version 7: objects, parties, members */
struct sign_public { uint8_t b[SIGN_PUBLIC_LEN]; }; /* Ed25519, RFC 8032 */
struct box_public { uint8_t b[BOX_PUBLIC_LEN]; };   /* X25519, RFC 7748 */
struct incarnation { uint8_t b[INCARNATION_LEN]; }; /* which run of a device; never in a backup */
/* clang-format on */

/* BLAKE2b-256 of data. */
struct hash ids_hash(struct span data);
/* "samplan chain 1" || signing key || incarnation. */
struct chain_id ids_chain(const struct sign_public *key, const struct incarnation *run);
/* A branch of a chain that has split: "samplan branch 1" || the hash of the branch's first record. */
struct chain_id ids_branch(const struct hash *first);
/* "samplan section 1" || förbund || plan || owner party (16 zeros: shared) || topic's UTF-8 bytes. */
struct section_id ids_section(const struct forbund_id *forbund, const struct uuid *plan, const struct uuid *owner,
                              const char *topic);
/* "samplan key 1" || förbund || section || key. For the förbund section the förbund field is zeros, for its first key
 * is older than the förbund's id: where section is all zeros, forbund is not read. key is SECTION_KEY_LEN secret
 * bytes. */
struct key_id ids_key(const struct forbund_id *forbund, const struct section_id *section,
                      const uint8_t key[SECTION_KEY_LEN]);
/* "samplan box 1" || public key. */
struct box_id ids_box(const struct box_public *key);

/* A party that is brought in by a device's request: a UUID over "samplan party 1" || signing key || kind || zero byte ||
 * name. It binds all three, so that approvals of it approve just that, and nobody else can bring it in again. */
struct uuid ids_party(const struct sign_public *by, const char *kind, const char *name);

/* RFC 9562 UUIDv7 from a time in milliseconds (its low 48 bits) and 10 random bytes (version and variant
 * bits are set here). */
struct uuid uuid_make(uint64_t time_ms, const uint8_t random[10]);
#define UUID_TEXT_LEN 36
/* Writes 36 lower-case characters with dashes and a zero. */
void uuid_format(char out[UUID_TEXT_LEN + 1], const struct uuid *id);
/* Exactly the form that uuid_format writes, any version; ERR_INPUT otherwise. */
MUST_CHECK enum err uuid_parse(struct uuid *out, struct span text);
/* All zeros? */
bool uuid_is_nil(const struct uuid *id);

#endif
