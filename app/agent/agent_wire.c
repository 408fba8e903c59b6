#include "app/agent/agent_wire.h"

#include <string.h>

#define MAGIC "samplan agent 1\n"
#define START_MAGIC "samplan start 1\n"

_Static_assert(sizeof MAGIC - 1 == AGENT_WIRE_MAGIC_LEN, "magic line");
_Static_assert(sizeof START_MAGIC - 1 == AGENT_WIRE_MAGIC_LEN, "magic line");

/* Not a buf: what is written may be a secret, and its room is the caller's. */
static uint8_t *put(uint8_t *at, const void *bytes, size_t len)
{
    memcpy(at, bytes, len);
    return at + len;
}

static uint8_t *put_u32(uint8_t *at, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++) {
        *at++ = (uint8_t)(v >> (24 - 8 * i));
    }
    return at;
}

size_t agent_wire_put_request(uint8_t out[AGENT_WIRE_REQUEST_LEN], const struct agent_wire_request *r)
{
    uint8_t *at = put(out, MAGIC, AGENT_WIRE_MAGIC_LEN);
    *at++ = (uint8_t)r->ask;
    at = put(at, r->salt, KEYFILE_SALT_LEN);
    return (size_t)(at - out);
}

size_t agent_wire_put_reply(uint8_t out[AGENT_WIRE_REPLY_MAX], const struct agent_wire_reply *r)
{
    uint8_t *at = put(out, MAGIC, AGENT_WIRE_MAGIC_LEN);
    *at++ = (uint8_t)r->verdict;
    at = put_u32(at, r->seconds);
    if (r->verdict == AGENT_GIVEN) {
        at = put(at, r->key, KEYFILE_KEY_LEN);
    }
    return (size_t)(at - out);
}

size_t agent_wire_put_start(uint8_t out[AGENT_WIRE_START_MAX], const struct agent_wire_start *s)
{
    uint8_t *at = put(out, START_MAGIC, AGENT_WIRE_MAGIC_LEN);
    at = put_u32(at, s->seconds);
    at = put(at, s->salt, KEYFILE_SALT_LEN);
    at = put(at, s->key, KEYFILE_KEY_LEN);
    const size_t len = strlen(s->name);
    *at++ = (uint8_t)len;
    at = put(at, s->name, len);
    return (size_t)(at - out);
}

static bool begins(struct reader *r, const char *magic)
{
    return span_equal(reader_take(r, AGENT_WIRE_MAGIC_LEN), span_of(magic, AGENT_WIRE_MAGIC_LEN));
}

static bool is_time(uint32_t seconds)
{
    return seconds >= 1 && seconds <= AGENT_WIRE_SECONDS_MAX;
}

enum err agent_wire_request(struct agent_wire_request *out, struct span message)
{
    static const uint8_t zeros[KEYFILE_SALT_LEN];
    struct reader r = reader_of(message);
    struct agent_wire_request request = {0};
    if (!begins(&r, MAGIC)) {
        return ERR_INPUT;
    }
    const uint8_t ask = reader_u8(&r);
    reader_copy(&r, request.salt, KEYFILE_SALT_LEN);
    if (!reader_done(&r) || ask < AGENT_ASK_KEY || ask > AGENT_ASK_LOCK) {
        return ERR_INPUT;
    }
    request.ask = (enum agent_ask)ask;
    if (request.ask == AGENT_ASK_LOCK && memcmp(request.salt, zeros, KEYFILE_SALT_LEN) != 0) {
        return ERR_INPUT;
    }
    *out = request;
    return OK;
}

enum err agent_wire_reply(struct agent_wire_reply *out, struct span message)
{
    struct reader r = reader_of(message);
    if (!begins(&r, MAGIC)) {
        return ERR_INPUT;
    }
    const uint8_t verdict = reader_u8(&r);
    const uint32_t seconds = reader_u32be(&r);
    const uint8_t *key = verdict == AGENT_GIVEN ? reader_take(&r, KEYFILE_KEY_LEN).ptr : NULL;
    if (!reader_done(&r) || verdict < AGENT_GIVEN || verdict > AGENT_LOCKED) {
        return ERR_INPUT;
    }
    const bool timed = verdict == AGENT_GIVEN || verdict == AGENT_HELD;
    if (timed ? !is_time(seconds) : seconds != 0) {
        return ERR_INPUT;
    }
    *out = (struct agent_wire_reply){.verdict = (enum agent_verdict)verdict, .seconds = seconds, .key = key};
    return OK;
}

static bool is_name(struct span name)
{
    for (size_t i = 0; i < name.len; i++) {
        const uint8_t c = name.ptr[i];
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && (i == 0 || (c != '.' && c != '-'))) {
            return false;
        }
    }
    return name.len >= 1 && name.len <= AGENT_WIRE_NAME_MAX;
}

enum err agent_wire_start(struct agent_wire_start *out, struct span message)
{
    struct reader r = reader_of(message);
    struct agent_wire_start start = {0};
    if (!begins(&r, START_MAGIC)) {
        return ERR_INPUT;
    }
    start.seconds = reader_u32be(&r);
    start.salt = reader_take(&r, KEYFILE_SALT_LEN).ptr;
    start.key = reader_take(&r, KEYFILE_KEY_LEN).ptr;
    const struct span name = reader_take(&r, reader_u8(&r));
    if (!reader_done(&r) || !is_time(start.seconds) || !is_name(name)) {
        return ERR_INPUT;
    }
    memcpy(start.name, name.ptr, name.len);
    *out = start;
    return OK;
}
