#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "app/agent/agent_wire.h"
#include "sync/posix.h"

#define CORPUS "tests/fuzz/corpus/agent/"

static const uint8_t key[KEYFILE_KEY_LEN] = "a key of thirty-two bytes, truly";
static const uint8_t salt[KEYFILE_SALT_LEN] = "a salt of sixtee";

static void test_requests(void **state)
{
    (void)state;
    uint8_t bytes[AGENT_WIRE_REQUEST_LEN];
    for (int ask = AGENT_ASK_KEY; ask <= AGENT_ASK_LOCK; ask++) {
        struct agent_wire_request r = {.ask = (enum agent_ask)ask}, again;
        if (ask != AGENT_ASK_LOCK)
            memcpy(r.salt, salt, sizeof r.salt);
        assert_int_equal(agent_wire_put_request(bytes, &r), sizeof bytes);
        assert_int_equal(agent_wire_request(&again, span_of(bytes, sizeof bytes)), OK);
        assert_int_equal(again.ask, ask);
        assert_memory_equal(again.salt, r.salt, sizeof r.salt);
        for (size_t len = 0; len < sizeof bytes; len++)
            assert_int_equal(agent_wire_request(&again, span_of(bytes, len)), ERR_INPUT);
    }
}

static void test_replies(void **state)
{
    (void)state;
    uint8_t bytes[AGENT_WIRE_REPLY_MAX + 1];
    const struct agent_wire_reply replies[] = {{AGENT_GIVEN, 1, key},
                                               {AGENT_HELD, AGENT_WIRE_SECONDS_MAX, NULL},
                                               {AGENT_OTHER, 0, NULL},
                                               {AGENT_LOCKED, 0, NULL}};
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        struct agent_wire_reply again;
        const size_t len = agent_wire_put_reply(bytes, &replies[i]);
        assert_int_equal(len, replies[i].key ? AGENT_WIRE_REPLY_MAX : AGENT_WIRE_REPLY_LEN);
        assert_int_equal(agent_wire_reply(&again, span_of(bytes, len)), OK);
        assert_int_equal(again.verdict, replies[i].verdict);
        assert_int_equal(again.seconds, replies[i].seconds);
        if (replies[i].key)
            assert_memory_equal(again.key, key, KEYFILE_KEY_LEN);
        else
            assert_null(again.key);
        for (size_t cut = 0; cut < len; cut++)
            assert_int_equal(agent_wire_reply(&again, span_of(bytes, cut)), ERR_INPUT);
        bytes[len] = 0;
        assert_int_equal(agent_wire_reply(&again, span_of(bytes, len + 1)), ERR_INPUT);
    }
}

static void test_start(void **state)
{
    (void)state;
    uint8_t bytes[AGENT_WIRE_START_MAX];
    struct agent_wire_start s = {.seconds = 900, .salt = salt, .key = key, .name = "home.sock"}, again;
    const size_t len = agent_wire_put_start(bytes, &s);
    assert_int_equal(len, AGENT_WIRE_START_LEN + strlen(s.name));
    assert_int_equal(agent_wire_start(&again, span_of(bytes, len)), OK);
    assert_int_equal(again.seconds, 900);
    assert_string_equal(again.name, "home.sock");
    assert_memory_equal(again.salt, salt, sizeof salt);
    assert_memory_equal(again.key, key, sizeof key);
}

/* The corpus of the fuzz target is named by what it must come to: good_…, fail_…. */
static void try_file(const char *name, enum err expected)
{
    struct buf file = {0};
    char path[128];
    (void)snprintf(path, sizeof path, CORPUS "%s", name);
    assert_int_equal(posix_read_file(&file, path, 1024), OK);
    struct span message = span_of(file.ptr + 1, file.len - 1);
    struct agent_wire_request request;
    struct agent_wire_reply reply;
    struct agent_wire_start start;
    enum err e = file.ptr[0] == 0   ? agent_wire_request(&request, message)
                 : file.ptr[0] == 1 ? agent_wire_reply(&reply, message)
                                    : agent_wire_start(&start, message);
    if (e != expected)
        fail_msg("%s: %d", name, e);
    buf_free(&file);
}

static void test_corpus(void **state)
{
    (void)state;
    static const char *const good[] = {"good_ask_key",    "good_ask_left",     "good_ask_lock", "good_given",
                                       "good_held",       "good_other",        "good_locked",   "good_start",
                                       "good_start_hash", "good_start_longest"};
    static const char *const fail[] = {
        "fail_ask_lock_salt",   "fail_ask_0",        "fail_ask_4",          "fail_ask_long",    "fail_ask_short",
        "fail_given_no_key",    "fail_held_no_time", "fail_held_long_time", "fail_locked_time", "fail_other_key",
        "fail_start_slash",     "fail_start_dot",    "fail_start_empty",    "fail_start_64",    "fail_start_time",
        "fail_start_zero_byte", "fail_start_cut"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        try_file(good[i], OK);
    for (size_t i = 0; i < sizeof fail / sizeof *fail; i++)
        try_file(fail[i], ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_replies),
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_corpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
