#include "app/plan/rules_common.h"

#include <string.h>

#include "app/text/text.h" /* N_ only */

bool rules_common_is(const char *text, const char *word)
{
    return text && strcmp(text, word) == 0;
}

const char *rules_common_status(const struct rules_activity *a)
{
    return a->status && *a->status ? a->status : "beslutad";
}

bool rules_common_placed(const struct rules_activity *a)
{
    if (a->from == DATES_OPEN_START && a->to == DATES_OPEN_END) {
        return rules_common_is(a->status, "pågår");
    }
    return a->from <= a->to;
}

bool rules_common_counts(const struct rules_activity *a)
{
    const char *status = rules_common_status(a);

    return rules_common_placed(a) &&
           (strcmp(status, "föreslagen") == 0 || strcmp(status, "beslutad") == 0 || strcmp(status, "pågår") == 0);
}

int rules_common_by_id(const void *left, const void *right)
{
    const struct rules_activity *a = left;
    const struct rules_activity *b = right;

    return strcmp(a->id, b->id);
}

int rules_common_by_day(const void *left, const void *right)
{
    const struct rules_activity *a = left;
    const struct rules_activity *b = right;

    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    return strcmp(a->id, b->id);
}

enum err rules_common_begin(struct finding **out, const struct rules_run *run, int32_t from, int32_t to)
{
    struct finding *f = NULL;
    enum err err = finding_add(&f, run->out);

    if (err != OK) {
        return err;
    }
    f->rule = run->rule->id;
    f->kind = run->rule->kind;
    f->severity = run->rule->severity;
    f->from = from;
    f->to = to;
    f->past = f->kind == FINDING_KROCK && to != DATES_OPEN_END && to < run->options->today;
    *out = f;
    return OK;
}

const char *rules_common_tr(const struct rules_options *options, const char *msgid)
{
    return options->tr ? options->tr(msgid) : msgid;
}

const char *rules_common_party(const struct rules_options *options, const char *name)
{
    return name && *name ? name : rules_common_tr(options, N_("a party"));
}

void rules_common_put_when(struct buf *out, const struct rules_options *options, int32_t from, int32_t to)
{
    char first[DATES_TEXT_LEN + 1] = "";
    char last[DATES_TEXT_LEN + 1] = "";
    const char *template = N_("from {from} to {to}");

    if (from != DATES_OPEN_START) {
        dates_format(first, from);
    }
    if (to != DATES_OPEN_END) {
        dates_format(last, to);
    }
    if (!*first && !*last) {
        template = N_("with no dates set");
    } else if (!*first) {
        template = N_("until {to}");
    } else if (!*last) {
        template = N_("from {from} on");
    }
    struct finding_word words[] = {{"from", first}, {"to", last}};
    finding_say(out, rules_common_tr(options, template), words, 2);
}

void rules_common_put_extent(struct buf *out, const struct rules_options *options, int32_t permille)
{
    struct buf whole = {0};
    struct buf tenth = {0};
    const char *template = permille % 10 == 0 ? N_("{whole}%") : N_("{whole}.{tenth}%");

    if (permille < 0) {
        buf_put_str(out, rules_common_tr(options, N_("no extent given")));
        return;
    }
    buf_printf(&whole, "%d", permille / 10);
    buf_printf(&tenth, "%d", permille % 10);
    const char *whole_text = buf_text(&whole);
    const char *tenth_text = buf_text(&tenth);
    if (whole_text && tenth_text) {
        struct finding_word words[] = {{"whole", whole_text}, {"tenth", tenth_text}};
        finding_say(out, rules_common_tr(options, template), words, 2);
    } else {
        out->failed = true;
    }
    buf_free(&whole);
    buf_free(&tenth);
}

void rules_common_put_more(struct buf *out, const struct rules_options *options, size_t count)
{
    struct buf number = {0};

    if (count == 0) {
        return;
    }
    buf_printf(&number, "%zu", count);
    const char *text = buf_text(&number);
    if (text) {
        finding_say(out, rules_common_tr(options, N_(" and {count} more")), &(struct finding_word){"count", text}, 1);
    } else {
        out->failed = true;
    }
    buf_free(&number);
}

void rules_common_matter_text(struct buf *matter, const char *text)
{
    const char *known = text ? text : "";

    buf_put_u32be(matter, (uint32_t)strlen(known));
    buf_put_str(matter, known);
}

void rules_common_matter_number(struct buf *matter, int32_t number)
{
    buf_put_u32be(matter, (uint32_t)number);
}

void rules_common_matter_activity(struct buf *matter, const struct rules_activity *a)
{
    rules_common_matter_text(matter, a->id);
    rules_common_matter_text(matter, a->kind);
    rules_common_matter_text(matter, rules_common_status(a));
    rules_common_matter_number(matter, a->from);
    rules_common_matter_number(matter, a->to);
    rules_common_matter_number(matter, a->extent_permille);
}
