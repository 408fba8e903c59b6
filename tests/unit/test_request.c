/* app/web/request: bodies into words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/web/request.h"

static enum err decode(struct request_words *out, struct arena *a, const char *body, bool files)
{
    struct why why = {.text = ""};
    enum err e = request_decode(out, a, &why, &(struct request_source){span_str(body), files});
    assert_true((e == OK) == (why.text[0] == '\0'));
    return e;
}

static void words_are_options_then_arguments(void **state)
{
    (void)state;
    struct arena a = {0};
    struct request_words w;
    assert_int_equal(decode(&w, &a,
                            "{\"args\":[\"a\",\"--home\",\"@x\",\"\"],\"options\":{\"to\":[\"b\",\"c\"],\"own\":true,"
                            "\"peek\":false,\"why\":\"d=e\"}}",
                            false),
                     OK);
    static const char *const expected[] = {"--to=b", "--to=c", "--own", "--why=d=e", "--", "a", "--home", "@x", ""};
    assert_int_equal(w.count, 9);
    for (size_t i = 0; i < 9; i++) {
        assert_string_equal(w.words[i], expected[i]);
    }
    assert_null(w.words[9]);
    arena_free(&a);
}

static void nothing_is_an_empty_call(void **state)
{
    (void)state;
    struct arena a = {0};
    struct request_words w;
    static const char *const bodies[] = {"", "{}", "{\"args\":[]}", "{\"options\":{}}"};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(decode(&w, &a, bodies[i], false), OK);
        assert_int_equal(w.count, 1);
        assert_string_equal(w.words[0], "--");
    }
    arena_free(&a);
}

static void refuses_what_is_not_of_that_form(void **state)
{
    (void)state;
    struct arena a = {0};
    struct request_words w;
    static const char *const bodies[] = {
        "x",
        "[]",
        "{\"args\":1}",
        "{\"args\":[1]}",
        "{\"args\":[\"\\u0000\"]}",
        "{\"args\":[\"\\u0001\"]}",
        "{\"args\":[],\"args\":[]}",
        "{\"x\":1}",
        "{\"options\":{\"a\":\"x\"}}",
        "{\"options\":{\"-x\":\"x\"}}",
        "{\"options\":{\"Why\":\"x\"}}",
        "{\"options\":{\"why=x\":\"x\"}}",
        "{\"options\":{\"why\":null}}",
        "{\"options\":{\"why\":[true]}}",
        "{\"options\":{\"home\":\"x\"}}",
        "{\"options\":{\"today\":\"x\"}}",
        "{\"options\":{\"help\":true}}",
        "{\"files\":{}}",
        "{} {}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        assert_int_equal(decode(&w, &a, bodies[i], false), ERR_INPUT);
        assert_int_equal(w.count, 0);
    }
    arena_free(&a);
}

static void files_only_where_they_are_taken(void **state)
{
    (void)state;
    struct arena a = {0};
    struct request_words w;
    const char *body = "{\"args\":[\"f\"],\"files\":{\"f\":\"a,b\\n\",\"m\":\"\"}}";
    assert_int_equal(decode(&w, &a, body, false), ERR_INPUT);
    assert_int_equal(decode(&w, &a, body, true), OK);
    assert_int_equal(w.file_count, 2);
    assert_string_equal(w.files[0].name, "f");
    assert_true(span_equal(w.files[0].content, span_str("a,b\n")));
    assert_int_equal(decode(&w, &a, "{\"files\":{\"f\":1}}", true), ERR_INPUT);
    arena_free(&a);
}

static void texts_by_name(void **state)
{
    (void)state;
    struct arena a = {0};
    struct why why = {.text = ""};
    const char *one = NULL;
    const char *two = NULL;
    const struct request_text list[] = {{"one", &one, true}, {"two", &two, false}, {NULL, NULL, false}};
    assert_int_equal(request_texts(&a, &why, span_str("{\"one\":\"x\",\"two\":null}"), list), OK);
    assert_string_equal(one, "x");
    assert_null(two);
    assert_int_equal(request_texts(&a, &why, span_str("{\"two\":\"x\"}"), list), ERR_INPUT);
    assert_int_equal(request_texts(&a, &why, span_str("{\"one\":\"x\",\"three\":\"x\"}"), list), ERR_INPUT);
    assert_int_equal(request_texts(&a, &why, span_str("{\"one\":[\"x\"]}"), list), ERR_INPUT);
    arena_free(&a);
}

static void lists_by_name(void **state)
{
    (void)state;
    struct arena a = {0};
    struct why why = {.text = ""};
    const char *const *list = NULL;
    const struct request_source some = {span_str("{\"remotes\":[\"a\",\"b\"]}"), false};
    const struct request_source none = {span_str("{}"), false};
    const struct request_source other = {span_str("{\"x\":[]}"), false};
    const struct request_source number = {span_str("{\"remotes\":[1]}"), false};
    assert_int_equal(request_list(&list, &a, &why, &some, "remotes"), OK);
    assert_string_equal(list[1], "b");
    assert_null(list[2]);
    assert_int_equal(request_list(&list, &a, &why, &none, "remotes"), OK);
    assert_null(list[0]);
    assert_int_equal(request_list(&list, &a, &why, &other, "remotes"), ERR_INPUT);
    assert_int_equal(request_list(&list, &a, &why, &number, "remotes"), ERR_INPUT);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_options_then_arguments),
        cmocka_unit_test(nothing_is_an_empty_call),
        cmocka_unit_test(refuses_what_is_not_of_that_form),
        cmocka_unit_test(files_only_where_they_are_taken),
        cmocka_unit_test(texts_by_name),
        cmocka_unit_test(lists_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
