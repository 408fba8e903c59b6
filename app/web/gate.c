#include "app/web/gate.h"

#include "crypto/device.h"

#include <stdio.h>
#include <string.h>

bool gate_is(const char *given, const char right[GATE_TEXT])
{
    return right[0] != '\0' && strlen(given) == GATE_TEXT - 1 && device_same(given, right, GATE_TEXT - 1);
}

void gate_fresh(char out[GATE_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t secret[GATE_SECRET];
    device_random(secret, sizeof secret);
    for (size_t i = 0; i < sizeof secret; i++) {
        out[2 * i] = digits[secret[i] >> 4];
        out[2 * i + 1] = digits[secret[i] & 15];
    }
    out[GATE_TEXT - 1] = '\0';
    device_wipe(secret, sizeof secret);
}

static bool is_ours(const char *host, uint16_t port)
{
    char name[64];
    static const char *const names[] = {"127.0.0.1", "localhost"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(name, sizeof name, "%s:%u", names[i], (unsigned)port);
        if (strcmp(host, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Origin, where it is sent, is the very host that was asked. */
static bool is_same_origin(const struct http_request *q)
{
    static const char scheme[] = "http://";
    const size_t len = sizeof scheme - 1;
    return q->origin[0] == '\0' || (strncmp(q->origin, scheme, len) == 0 && strcmp(q->origin + len, q->host) == 0);
}

/* What a browser says of who made it ask; "none": the person did, by an address or a bookmark. */
static bool is_same_site(const struct http_request *q)
{
    const bool reads = strcmp(q->method, "GET") == 0 || strcmp(q->method, "HEAD") == 0;
    return q->fetch_site[0] == '\0' || strcmp(q->fetch_site, "same-origin") == 0 ||
           (reads && strcmp(q->fetch_site, "none") == 0);
}

static bool has_cookie(const struct http_request *q, const struct gate_keys *keys)
{
    bool has = false;
    for (size_t i = 0; i < sizeof q->cookies / sizeof *q->cookies; i++) {
        has = gate_is(q->cookies[i], keys->cookie) || has;
    }
    return has;
}

enum gate_verdict gate_look(const struct http_request *q, uint16_t port, enum gate_need need,
                            const struct gate_keys *keys)
{
    if (q->odd || q->method[0] == '\0' || q->path[0] != '/' || q->host[0] == '\0') {
        return GATE_MALFORMED;
    }
    if (!is_ours(q->host, port)) {
        return GATE_FOREIGN;
    }
    if (!is_same_origin(q)) {
        return GATE_CROSS;
    }
    if (need == GATE_OPEN && strcmp(q->method, "GET") == 0) {
        return GATE_IN; /* the pages, which hold nothing; a link from elsewhere may lead to them */
    }
    if (!is_same_site(q)) {
        return GATE_CROSS;
    }
    const bool cookie = has_cookie(q, keys);
    const bool token = gate_is(q->token, keys->token);
    return (need < GATE_COOKIE || cookie) && (need < GATE_SESSION || token) ? GATE_IN : GATE_STRANGER;
}
