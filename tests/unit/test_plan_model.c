/* app/plan/model and value: a sound table, numbers and words that stay, and what each form takes and refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/plan/model.h"
#include "crypto/buf.h"
#include "crypto/ids.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* NULL if value is one for type.field. */
static const char *expects(const char *type, const char *field, const char *value)
{
    const struct schema *s = model_schema();
    const struct schema_type *t = schema_type_named(s, type);
    assert_non_null(t);
    const struct schema_field *f = schema_field_named(t, field);
    assert_non_null(f);
    return s->expects(t, f, value);
}

static void name_is_ascii_snake(const char *name)
{
    assert_true(*name >= 'a' && *name <= 'z');
    assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(name));
}

static void table_is_sound(void **state)
{
    (void)state;
    const struct schema *s = model_schema();
    for (size_t i = 0; i < s->type_count; i++) {
        const struct schema_type *t = &s->types[i];
        name_is_ascii_snake(t->name);
        assert_int_equal(t->number, i + 1); /* so far: none has been taken out */
        assert_ptr_equal(schema_type_named(s, t->name), t);
        assert_true(t->places != 0 && t->topics[0] && *t->about);
        assert_true(t->places == PLACE_FORBUND || (t->places & PLACE_FORBUND) == 0);
        assert_int_equal(strcmp(t->topics[0], MODEL_TOPIC_FORBUND) == 0, t->places == PLACE_FORBUND);
        for (size_t j = 0; j < t->field_count; j++) {
            const struct schema_field *f = &t->fields[j];
            name_is_ascii_snake(f->name);
            assert_int_equal(f->number, j + 1);
            assert_ptr_equal(schema_field_named(t, f->name), f);
            assert_int_equal(f->words != NULL, f->form == FORM_WORD);
            assert_true(*f->about && f->about[strlen(f->about) - 1] == '.');
            assert_true(f->form == FORM_TEXT || (f->merge != MERGE_TEXT && f->merge != MERGE_ENTRIES));
            for (const char *const *word = f->words; word && *word; word++) {
                assert_null(s->expects(t, f, *word));
            }
        }
    }
}

/* What travels must never change. A new row at the end of a list changes this on purpose: take the new value, and look
 * at the diff of model.c for anything but additions. */
static void numbers_and_words_stay(void **state)
{
    (void)state;
    const struct schema *s = model_schema();
    struct buf b = {0};
    for (size_t i = 0; i < s->type_count; i++) {
        const struct schema_type *t = &s->types[i];
        buf_printf(&b, "%d %s %u", t->number, t->name, t->places);
        for (const char *const *topic = t->topics; *topic; topic++) {
            buf_printf(&b, " %s", *topic);
        }
        for (size_t j = 0; j < t->field_count; j++) {
            const struct schema_field *f = &t->fields[j];
            buf_printf(&b, "\n%d %s %d %d", f->number, f->name, (int)f->merge, (int)f->form);
            for (const char *const *word = f->words; word && *word; word++) {
                buf_printf(&b, "|%s", *word);
            }
        }
        buf_put_str(&b, "\n\n");
    }
    struct hash h = ids_hash(span_buf(&b));
    buf_free(&b);
    buf_put_hex(&b, span_of(h.b, 8));
    assert_string_equal(buf_text(&b), "bd4471bfd29bdaae");
    buf_free(&b);
}

static void types_live_where_they_should(void **state)
{
    (void)state;
    static const char *const topics[] = {"plan", "person", "halsa", "ekonomi", "social"};
    const struct schema *s = model_schema();
    const struct schema_type *note = schema_type_named(s, "note");
    for (size_t i = 0; i < COUNT(topics); i++) {
        assert_string_equal(model_topics()[i], topics[i]);
        assert_true(schema_allows(note, PLACE_SHARED, topics[i]));
        assert_true(schema_allows(note, PLACE_OWNED, topics[i]));
    }
    assert_null(model_topics()[COUNT(topics)]);
    assert_false(schema_allows(note, PLACE_FORBUND, MODEL_TOPIC_FORBUND));
    assert_true(schema_allows(schema_type_named(s, "plan"), PLACE_SHARED, "plan"));
    assert_false(schema_allows(schema_type_named(s, "plan"), PLACE_OWNED, "plan"));
    assert_true(schema_allows(schema_type_named(s, "activity"), PLACE_OWNED, "plan"));
    assert_false(schema_allows(schema_type_named(s, "activity"), PLACE_SHARED, "plan"));
    assert_false(schema_allows(schema_type_named(s, "activity"), PLACE_OWNED, "halsa"));
    assert_true(schema_allows(schema_type_named(s, "kartlaggning_halsa"), PLACE_OWNED, "halsa"));
    assert_true(schema_allows(schema_type_named(s, "insats"), PLACE_FORBUND, MODEL_TOPIC_FORBUND));
    assert_null(schema_type_named(s, "party"));
    assert_null(schema_type_named(s, "member"));
    assert_null(schema_type_named(s, "device"));
}

#define UUID_A "0199aaaa-0000-7000-8000-00000000000a"

struct example {
    const char *type;
    const char *field;
    const char *value;
};

static void takes_good_values(void **state)
{
    (void)state;
    static const struct example good[] = {
        {"activity", "kind", "vila/sjukskrivning"},
        {"activity", "status", "pågår"},
        {"activity", "extent", "37,5h"},
        {"activity", "from", "2026-02-28"},
        {"activity", "depends_on", UUID_A},
        {"activity", "depends_benefit", "a-kassa"},
        {"plan", "huvudansvarig", UUID_A},
        {"plan", "background", "två\n\tstycken\r\n"},
        {"plan", "closing_reason", "åter till remittent"},
        {"person", "birth_year", "1985"},
        {"person", "anonymous", "ja"},
        {"identity", "number", "198501192382"},
        {"slot", "weekday", "7"},
        {"slot", "start", "08:30"},
        {"meeting", "when", "2026-09-15T13:00Z"},
        {"meeting", "when", "2026-09-15T13:00:00Z"},
        {"consent", "topics", "halsa"},
        {"consent", "to", UUID_A},
        {"decision", "done", "2026-09-15"},
        {"decision", "done", "ja"},
        {"goal", "reached", "nej"},
        {"followup", "point", "12"},
        {"outcome", "own_kr", "0"},
        {"outcome", "own_kr", "999999999999999"},
        {"insats", "structural", "nej"},
        {"acceptance", "finding", "0123456789abcdef0123456789abcdef"},
    };
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_null(expects(good[i].type, good[i].field, good[i].value));
    }
}

static void refuses_bad_values(void **state)
{
    (void)state;
    static const struct example bad[] = {
        {"activity", "kind", "Studier"},
        {"activity", "kind", "stud"},
        {"activity", "status", "pa\xcc\x8aga\xcc\x8ar"}, /* not NFC */
        {"activity", "extent", "0%"},
        {"activity", "from", "2026-02-30"},
        {"activity", "from", "ja"},
        {"activity", "depends_on", "0199AAAA-0000-7000-8000-00000000000A"},
        {"activity", "depends_on", "0199aaaa00007000800000000000000a"},
        {"plan", "huvudansvarig", "Anna"},
        {"plan", "title", ""},
        {"plan", "title", "\x1b[31mred"},
        {"plan", "title", "del\x7f"},
        {"plan", "title", "c1 \xc2\x9b"},
        {"person", "birth_year", "85"},
        {"person", "birth_year", "1849"},
        {"person", "anonymous", "Ja"},
        {"identity", "number", "198501192383"},
        {"identity", "number", "19850119-2382"},
        {"slot", "weekday", "0"},
        {"slot", "weekday", "8"},
        {"slot", "start", "24:00"},
        {"meeting", "when", "2026-09-15"},
        {"consent", "topics", "forbund"},
        {"decision", "done", "yes"},
        {"followup", "point", "9"},
        {"outcome", "own_kr", "-1"},
        {"acceptance", "finding", "0123456789abcdef0123456789abcde"},
        {"acceptance", "finding", "0123456789abcdef0123456789abcdef0"},
        {"acceptance", "matter", "0123456789ABCDEF0123456789ABCDEF"},
        {"outcome", "own_kr", "12,5"},
        {"outcome", "own_kr", "007"},
        {"outcome", "own_kr", "1000000000000000"},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *reason = expects(bad[i].type, bad[i].field, bad[i].value);
        assert_non_null(reason);
        assert_true(strlen(reason) > 0);
    }
}

/* A text of len times 'a' in this field. */
static const char *expects_length(const char *type, const char *field, size_t len)
{
    char *text = malloc(len + 1);
    assert_non_null(text);
    memset(text, 'a', len);
    text[len] = '\0';
    const char *reason = expects(type, field, text);
    free(text);
    return reason;
}

static void lengths_are_bounded(void **state)
{
    (void)state;
    assert_null(expects_length("plan", "title", MODEL_SHORT_MAX));
    assert_non_null(expects_length("plan", "title", MODEL_SHORT_MAX + 1));
    assert_null(expects_length("plan", "background", MODEL_TEXT_MAX));
    assert_non_null(expects_length("plan", "background", MODEL_TEXT_MAX + 1));
    assert_null(expects_length("meeting", "minutes", MODEL_TEXT_MAX));
    assert_null(expects_length("note", "text", MODEL_TEXT_MAX)); /* a register, but of sentences */
    assert_non_null(expects_length("note", "text", MODEL_TEXT_MAX + 1));
    assert_null(expects_length("proposal", "value", MODEL_TEXT_MAX));
    assert_non_null(expects_length("plan", "needs", MODEL_SHORT_MAX + 1));
    assert_non_null(expects_length("activity", "from", MODEL_TEXT_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_sound),
        cmocka_unit_test(numbers_and_words_stay),
        cmocka_unit_test(types_live_where_they_should),
        cmocka_unit_test(takes_good_values),
        cmocka_unit_test(refuses_bad_values),
        cmocka_unit_test(lengths_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
