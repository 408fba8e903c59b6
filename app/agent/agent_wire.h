/* What a command and an agent say to each other, as bytes. Pure: no sockets, no clocks.
 *
 * One message each way, each of one length, in one SOCK_SEQPACKET packet:
 *     request   "samplan agent 1\n" || ask (1) || salt of device.key (16; zeros to lock)
 *     reply     "samplan agent 1\n" || verdict (1) || seconds left (4, big-endian) || key (32, only with AGENT_GIVEN)
 *     start     "samplan start 1\n" || seconds (4) || salt (16) || key (32) || length of name (1) || name
 * The last goes from `samplan unlock` to the process that becomes the agent. What does not encode to the same bytes is
 * malformed. */
#ifndef APP_AGENT_AGENT_WIRE_H
#define APP_AGENT_AGENT_WIRE_H

#include "crypto/keyfile.h"

#define AGENT_WIRE_MAGIC_LEN 16
#define AGENT_WIRE_REQUEST_LEN (AGENT_WIRE_MAGIC_LEN + 1 + KEYFILE_SALT_LEN)
#define AGENT_WIRE_REPLY_LEN (AGENT_WIRE_MAGIC_LEN + 1 + 4)
#define AGENT_WIRE_REPLY_MAX (AGENT_WIRE_REPLY_LEN + KEYFILE_KEY_LEN)
/* Of the socket in its folder: letters, digits, '.' and '-', not beginning with '.'. */
#define AGENT_WIRE_NAME_MAX 63
#define AGENT_WIRE_START_LEN (AGENT_WIRE_MAGIC_LEN + 4 + KEYFILE_SALT_LEN + KEYFILE_KEY_LEN + 1)
#define AGENT_WIRE_START_MAX (AGENT_WIRE_START_LEN + AGENT_WIRE_NAME_MAX)
/* How long an agent may be asked to hold a key: a working day. */
#define AGENT_WIRE_SECONDS_MAX (12u * 3600u)

enum agent_ask {
    AGENT_ASK_KEY = 1,  /* the key, if it is of this salt */
    AGENT_ASK_LEFT = 2, /* how long it is held, if it is of this salt */
    AGENT_ASK_LOCK = 3, /* wipe it, and end */
};
struct agent_wire_request {
    enum agent_ask ask;
    uint8_t salt[KEYFILE_SALT_LEN];
};

enum agent_verdict {
    AGENT_GIVEN = 1,  /* here is the key */
    AGENT_HELD = 2,   /* it is held */
    AGENT_OTHER = 3,  /* the key that is held is of another salt; no time is told */
    AGENT_LOCKED = 4, /* it is wiped; no time is left */
};
struct agent_wire_reply {
    enum agent_verdict verdict;
    uint32_t seconds;   /* 1 to AGENT_WIRE_SECONDS_MAX with GIVEN and HELD, else 0 */
    const uint8_t *key; /* KEYFILE_KEY_LEN bytes, borrowed, with AGENT_GIVEN; else NULL */
};

struct agent_wire_start {
    uint32_t seconds;    /* 1 to AGENT_WIRE_SECONDS_MAX */
    const uint8_t *salt; /* KEYFILE_SALT_LEN bytes, borrowed */
    const uint8_t *key;  /* KEYFILE_KEY_LEN bytes, borrowed */
    char name[AGENT_WIRE_NAME_MAX + 1];
};

/* Each writes one message and gives its length. Those with a key in them belong in guarded memory. What is given must be
 * as the structs say. */
size_t agent_wire_put_request(uint8_t out[AGENT_WIRE_REQUEST_LEN], const struct agent_wire_request *r);
size_t agent_wire_put_reply(uint8_t out[AGENT_WIRE_REPLY_MAX], const struct agent_wire_reply *r);
size_t agent_wire_put_start(uint8_t out[AGENT_WIRE_START_MAX], const struct agent_wire_start *s);

/* ERR_INPUT: not such a message. */
MUST_CHECK enum err agent_wire_request(struct agent_wire_request *out, struct span message);
MUST_CHECK enum err agent_wire_reply(struct agent_wire_reply *out, struct span message);
MUST_CHECK enum err agent_wire_start(struct agent_wire_start *out, struct span message);

#endif
