/* Every cap on what arrives, in one place, each checked before anything is allocated for it.
 *
 * A record over a cap is refused by every replica alike, so the caps are part of the format (docs/record-format.md). */
#ifndef SYNC_LIMITS_H
#define SYNC_LIMITS_H

#define LIMIT_BODY (16u << 20)    /* bytes of blob b: a meeting's record of some thousand edits is far below 1 MiB */
#define LIMIT_KEYS (4096u * 128u) /* bytes of blob k: 4096 envelopes, e.g. 40 sections for 100 devices */
#define LIMIT_COMMIT (1u << 20)   /* bytes of a commit: header with LIMIT_SEEN lines and a signature */
#define LIMIT_SEEN 4096u          /* chains named in one header: 100 devices with forty incarnations each */
#define LIMIT_BRANCHES 256u       /* branches of one chain: copies of one home that were used side by side */
#define LIMIT_PARTS 4096u         /* sections touched by one record */
#define LIMIT_TXS 65536u          /* transactions in one record (last - first + 1) */
#define LIMIT_OPS 65536u          /* operations in one part */
#define LIMIT_OBJECTS 65536u      /* entries of a part's object table */
#define LIMIT_PART (15u << 20)    /* bytes of a part unpacked: what does not shrink still fits into a body */
#define LIMIT_TEXT (64u << 10)    /* bytes of one value: minutes of a long meeting are a tenth of that */
#define LIMIT_NAME 200u           /* bytes of the name of a förbund, party or person, and of a topic */
#define LIMIT_GRANTS 256u         /* recipients in one opening or admission */
#define LIMIT_APPROVALS 256u      /* approvals that one admission of a party names: one per party is enough */
#define LIMIT_PARENTS 64u         /* predecessors of one epoch */
#define LIMIT_SPLICED (16u << 20) /* bytes of text that the edits of one part may make: 60 bytes can name 64 KiB */
#define LIMIT_UNKNOWN (64u << 10) /* bytes of one operation of a kind this version does not know */
#define LIMIT_LETTER (16u << 10)  /* bytes of a request or invitation file */
#define LIMIT_DOT ((uint64_t)1 << 48) /* transaction numbers: 8,000 years at a thousand a second */
#define LIMIT_TIME ((int64_t)1 << 40) /* seconds; far past year 9999 */
#define LIMIT_CBOR_DEPTH 8            /* nesting of arrays */

#endif
