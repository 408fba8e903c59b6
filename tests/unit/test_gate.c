/* app/web/gate: which heads are let in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/web/gate.h"
#include "crypto/device.h"

#define PORT 4711

static struct gate_keys keys;

/* What a page of ours sends. */
static struct http_request good(const char *method)
{
    struct http_request q = {.path = "/api/state", .host = "127.0.0.1:4711", .origin = "http://127.0.0.1:4711"};
    (void)snprintf(q.method, sizeof q.method, "%s", method);
    (void)snprintf(q.fetch_site, sizeof q.fetch_site, "same-origin");
    (void)snprintf(q.token, sizeof q.token, "%s", keys.token);
    (void)snprintf(q.cookies[1], sizeof q.cookies[1], "%s", keys.cookie);
    return q;
}

static enum gate_verdict look(const struct http_request *q, enum gate_need need)
{
    return gate_look(q, PORT, need, &keys);
}

static void lets_its_own_page_in(void **state)
{
    (void)state;
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE"};
    for (size_t i = 0; i < 4; i++) {
        struct http_request q = good(methods[i]);
        assert_int_equal(look(&q, GATE_SESSION), GATE_IN);
        q.origin[0] = '\0'; /* what no browser sends cannot be held against it */
        q.fetch_site[0] = '\0';
        assert_int_equal(look(&q, GATE_SESSION), GATE_IN);
        memcpy(q.host, "localhost:4711", 15);
        assert_int_equal(look(&q, GATE_SESSION), GATE_IN);
    }
}

static void refuses_each_thing_on_its_own(void **state)
{
    (void)state;
    struct http_request q = good("POST");
    q.token[5] ^= 1;
    assert_int_equal(look(&q, GATE_SESSION), GATE_STRANGER);
    assert_int_equal(look(&q, GATE_COOKIE), GATE_IN);
    q = good("POST");
    q.cookies[1][63] ^= 1;
    assert_int_equal(look(&q, GATE_COOKIE), GATE_STRANGER);
    q = good("POST");
    q.origin[7] = '2';
    assert_int_equal(look(&q, GATE_SESSION), GATE_CROSS);
    q = good("POST");
    memcpy(q.fetch_site, "none", 5);
    assert_int_equal(look(&q, GATE_SESSION), GATE_CROSS);
    memcpy(q.fetch_site, "same-site", 10);
    assert_int_equal(look(&q, GATE_OPEN), GATE_CROSS);
    q = good("GET");
    memcpy(q.fetch_site, "cross-site", 11);
    assert_int_equal(look(&q, GATE_SESSION), GATE_CROSS);
    q = good("GET");
    memcpy(q.host, "127.0.0.1:4712", 15);
    assert_int_equal(look(&q, GATE_OPEN), GATE_FOREIGN);
    q = good("GET");
    q.odd = true;
    assert_int_equal(look(&q, GATE_OPEN), GATE_MALFORMED);
    q = good("GET");
    q.path[0] = 'x';
    assert_int_equal(look(&q, GATE_OPEN), GATE_MALFORMED);
    q = good("GET");
    q.host[0] = '\0';
    assert_int_equal(look(&q, GATE_OPEN), GATE_MALFORMED);
}

static void lets_nobody_in_before_there_is_a_session(void **state)
{
    (void)state;
    const struct gate_keys none = {.cookie = ""};
    struct http_request q = good("GET");
    q.token[0] = '\0';
    q.cookies[1][0] = '\0';
    assert_int_equal(gate_look(&q, PORT, GATE_COOKIE, &none), GATE_STRANGER);
    assert_int_equal(gate_look(&q, PORT, GATE_SESSION, &none), GATE_STRANGER);
    assert_false(gate_is("", none.token));
}

static void secrets_are_fresh(void **state)
{
    (void)state;
    char one[GATE_TEXT];
    char two[GATE_TEXT];
    gate_fresh(one);
    gate_fresh(two);
    assert_int_equal(strlen(one), GATE_TEXT - 1);
    assert_string_not_equal(one, two);
    assert_true(gate_is(one, one));
    assert_false(gate_is(one, two));
    one[GATE_TEXT - 2] = '\0';
    assert_false(gate_is(one, two));
}

static int begin(void **state)
{
    (void)state;
    if (device_init_library() != OK) {
        return -1;
    }
    gate_fresh(keys.cookie);
    gate_fresh(keys.token);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_its_own_page_in),
        cmocka_unit_test(refuses_each_thing_on_its_own),
        cmocka_unit_test(lets_nobody_in_before_there_is_a_session),
        cmocka_unit_test(secrets_are_fresh),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
