#include "app/plan/rules_common.h"

#include <stdlib.h>
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

bool rules_common_planned(const struct rules_activity *a)
{
    const char *status = rules_common_status(a);

    return strcmp(status, "föreslagen") == 0 || strcmp(status, "beslutad") == 0 || strcmp(status, "pågår") == 0;
}

bool rules_common_counts(const struct rules_activity *a)
{
    return rules_common_placed(a) && rules_common_planned(a);
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

bool rules_common_meet(const struct rules_activity *a, const struct rules_activity *b)
{
    return a->from <= b->to && b->from <= a->to;
}

static int compare_found(const void *key, const void *element)
{
    const struct rules_activity *const *a = element;

    return strcmp(key, (*a)->id);
}

const struct rules_activity *rules_common_find(const struct rules_run *run, const char *id)
{
    const struct rules_activity *const *found = NULL;

    if (rules_common_has(id) && run->plan->activity_count > 0) {
        found = bsearch(id, run->by_id, run->plan->activity_count, sizeof(*run->by_id), compare_found);
    }
    return found ? *found : NULL;
}

static int compare_text(const void *key, const void *element)
{
    return strcmp(key, *(const char *const *)element);
}

bool rules_common_elsewhere(const struct rules_plan *plan, const char *id)
{
    return plan->elsewhere_count > 0 &&
           bsearch(id, plan->elsewhere, plan->elsewhere_count, sizeof(*plan->elsewhere), compare_text) != NULL;
}

bool rules_common_has(const char *text)
{
    return text && *text;
}

/* Takes the next character that counts from *text, in lower case: runs of white space are one space, and none at the
 * end. Bytes of UTF-8 one by one; the capitals of Latin-1 are C3 80 to C3 9E but for C3 97 (RFC 3629). 0 at the end. */
static unsigned char next_folded(const char **text, unsigned char before)
{
    const unsigned char *p = (const unsigned char *)*text;
    unsigned char c = *p;

    if (c == ' ' || (c >= '\t' && c <= '\r')) {
        while (*p == ' ' || (*p >= '\t' && *p <= '\r')) {
            p++;
        }
        *text = (const char *)p;
        return *p ? ' ' : '\0';
    }
    *text += c ? 1 : 0;
    if (c >= 'A' && c <= 'Z') {
        return (unsigned char)(c + 0x20);
    }
    return before == 0xc3 && c >= 0x80 && c <= 0x9e && c != 0x97 ? (unsigned char)(c + 0x20) : c;
}

static const char *without_spaces_before(const char *text)
{
    return text ? text + strspn(text, " \t\n\v\f\r") : "";
}

bool rules_common_same(const char *a, const char *b)
{
    const char *left = without_spaces_before(a);
    const char *right = without_spaces_before(b);
    unsigned char c = 0;

    if (!*left) {
        return false;
    }
    do {
        unsigned char before = c;
        c = next_folded(&left, before);
        if (c != next_folded(&right, before)) {
            return false;
        }
    } while (c);
    return true;
}

uint64_t rules_common_hash(const char *text)
{
    const char *at = without_spaces_before(text);
    uint64_t hash = 0xcbf29ce484222325u;

    for (unsigned char c = next_folded(&at, 0); c; c = next_folded(&at, c)) {
        hash = (hash ^ c) * 0x100000001b3u;
    }
    return hash;
}

bool rules_common_passed(const struct rules_run *run, int64_t day)
{
    struct rules_days *same = &run->clock->same;

    if (day < run->clock->today) {
        same->from = day + 1 > same->from ? (int32_t)(day + 1) : same->from;
        return true;
    }
    same->to = day < same->to ? (int32_t)day : same->to;
    return false;
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
    f->past = f->kind == FINDING_KROCK && rules_common_passed(run, to);
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

const char *rules_common_kind(const struct rules_activity *a)
{
    return rules_common_has(a->kind) ? a->kind : "–";
}

void rules_common_put_quote(struct buf *out, const char *text)
{
    size_t len = text ? strlen(text) : 0;
    size_t max = RULES_COMMON_QUOTED_MAX;

    if (len <= max) {
        buf_put(out, text, len);
        return;
    }
    while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80) {
        max--;
    }
    buf_put(out, text, max);
    buf_put_str(out, "…");
}

void rules_common_say(struct buf *out, const struct rules_options *options, const char *template,
                      const struct finding_word *words, size_t word_count)
{
    for (size_t i = 0; i < word_count; i++) {
        if (!words[i].value) {
            out->failed = true;
            return;
        }
    }
    finding_say(out, rules_common_tr(options, template), words, word_count);
}

enum err rules_common_end(enum err err, struct finding *f, struct buf *matter, struct buf *text)
{
    if (err == OK) {
        err = finding_finish(f, matter, text);
    }
    buf_free(matter);
    buf_free(text);
    return err;
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
