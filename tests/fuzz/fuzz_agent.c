/* The first byte chooses: what an agent is asked, what it answers, or what it is started with. What decodes encodes to
 * the same bytes, and is within its bounds. */
#include <stdlib.h>
#include <string.h>

#include "app/agent/agent_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void same(struct span message, const uint8_t *again, size_t again_len)
{
    if (!span_equal(message, span_of(again, again_len)))
        abort();
}

static void check_time(uint32_t seconds)
{
    if (seconds < 1 || seconds > AGENT_WIRE_SECONDS_MAX)
        abort();
}

static void try_request(struct span message)
{
    struct agent_wire_request r;
    uint8_t again[AGENT_WIRE_REQUEST_LEN];
    if (agent_wire_request(&r, message) == OK)
        same(message, again, agent_wire_put_request(again, &r));
}

static void try_reply(struct span message)
{
    struct agent_wire_reply r;
    uint8_t again[AGENT_WIRE_REPLY_MAX];
    if (agent_wire_reply(&r, message) != OK)
        return;
    if ((r.key != NULL) != (r.verdict == AGENT_GIVEN))
        abort();
    if (r.verdict == AGENT_GIVEN || r.verdict == AGENT_HELD)
        check_time(r.seconds);
    else if (r.seconds != 0)
        abort();
    same(message, again, agent_wire_put_reply(again, &r));
}

static void try_start(struct span message)
{
    struct agent_wire_start s;
    uint8_t again[AGENT_WIRE_START_MAX];
    if (agent_wire_start(&s, message) != OK)
        return;
    check_time(s.seconds);
    if (strlen(s.name) < 1 || s.name[0] == '.' || strchr(s.name, '/'))
        abort();
    same(message, again, agent_wire_put_start(again, &s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0)
        return 0;
    struct span rest = span_of(data + 1, len - 1);
    if (data[0] % 3 == 0)
        try_request(rest);
    else if (data[0] % 3 == 1)
        try_reply(rest);
    else
        try_start(rest);
    return 0;
}
