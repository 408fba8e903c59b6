#include "app/ops/printing_know.h"

#include <string.h>

#include "app/ops/names.h"
#include "app/ops/printing_words.h"
#include "app/plan/model.h"

void printing_know_escape(struct buf *out, const char *text)
{
    for (; text && *text; text++) {
        switch (*text) {
        case '&':
            buf_put_str(out, "&amp;");
            break;
        case '<':
            buf_put_str(out, "&lt;");
            break;
        case '>':
            buf_put_str(out, "&gt;");
            break;
        case '"':
            buf_put_str(out, "&quot;");
            break;
        case '\'':
            buf_put_str(out, "&#39;");
            break;
        default:
            buf_put(out, text, 1);
        }
    }
}

/* What a topic is about, as one would say it to the person. */
static const char *topic_words(const char *topic)
{
    static const struct {
        const char *topic;
        const char *words;
    } rows[] = {{"plan", N_("what is planned and decided")},
                {"person", N_("your name, number and how to reach you")},
                {"halsa", N_("your health")},
                {"ekonomi", N_("your economy")},
                {"social", N_("your home and family")}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].topic, topic) == 0) {
            return tr(rows[i].words);
        }
    }
    return topic;
}

/* Does the party (or, where member is set, that member) read the section? */
static bool reads(const struct view_section *v, const struct grant *who)
{
    if (who->kind == GRANT_PARTY && memcmp(&v->place.owner, &who->id, sizeof who->id) == 0) {
        return true;
    }
    for (size_t i = 0; i < v->grant_count; i++) {
        if (v->grants[i].kind == who->kind && memcmp(&v->grants[i].id, &who->id, sizeof who->id) == 0) {
            return true;
        }
    }
    return false;
}

/* Whose words about a topic are read: in common, the reader's own, or those of other parties. */
static void put_whose(struct buf *out, const struct view_section *v, const struct grant *who)
{
    if (uuid_is_nil(&v->place.owner)) {
        printing_know_escape(out, tr(N_("in common")));
    } else if (who->kind == GRANT_PARTY && memcmp(&v->place.owner, &who->id, sizeof who->id) == 0) {
        printing_know_escape(out, tr(N_("its own notes")));
    } else {
        printing_know_escape(out, tr(N_("as written by")));
        buf_put_str(out, " ");
        printing_know_escape(out, v->owner_name);
    }
}

/* In which order: in common first, then the reader's own. */
static int turn_of(const struct view_section *v, const struct grant *who)
{
    const bool own = who->kind == GRANT_PARTY && memcmp(&v->place.owner, &who->id, sizeof who->id) == 0;
    return uuid_is_nil(&v->place.owner) ? 0 : own ? 1 : 2;
}

/* One line for a topic, if anything of it is read. */
static bool put_topic(struct buf *out, const struct printing_sheet *s, const struct grant *who, const char *topic)
{
    bool any = false;
    for (size_t n = 0; n < 3 * s->sections.count; n++) {
        const struct view_section *v = &s->sections.sections[n % s->sections.count];
        if (strcmp(v->place.topic, topic) != 0 || !reads(v, who) || turn_of(v, who) != (int)(n / s->sections.count)) {
            continue;
        }
        buf_put_str(out, any ? "; " : "<li>");
        if (!any) {
            printing_know_escape(out, topic_words(topic));
            buf_put_str(out, ": ");
        }
        any = true;
        put_whose(out, v, who);
    }
    buf_put_str(out, any ? "</li>" : "");
    return any;
}

static void put_reader(struct buf *out, const struct printing_sheet *s, const struct grant *who, const char *name)
{
    struct buf list = {0};
    bool any = false;
    for (const char *const *topic = model_topics(); *topic; topic++) {
        any = put_topic(&list, s, who, *topic) || any;
    }
    if (any) {
        buf_put_str(out, "<tr><th scope=\"row\">");
        printing_know_escape(out, name);
        buf_put_str(out, "</th><td><ul>");
        buf_put_span(out, span_buf(&list));
        buf_put_str(out, "</ul></td></tr>\n");
    }
    out->failed = out->failed || list.failed;
    buf_free(&list);
}

/* Members who were let in by themselves, each once: the list of devices is by party and member. */
static void put_members(struct buf *out, const struct printing_sheet *s)
{
    const struct member_list *list = &s->people->list;
    for (size_t i = 0; i < list->device_count; i++) {
        const struct member_device *d = &list->devices[i];
        if (i > 0 && memcmp(&list->devices[i - 1].member, &d->member, sizeof d->member) == 0) {
            continue;
        }
        const struct grant who = {.kind = GRANT_MEMBER, .id = d->member};
        const char *name = arena_printf(s->ops->arena, "%s, %s", d->member_name, d->party_name);
        put_reader(out, s, &who, name);
    }
}

static void put_table(struct buf *out, const struct printing_sheet *s)
{
    buf_put_str(out, "<section><h2>");
    printing_know_escape(out, tr(N_("Which authority knows what")));
    buf_put_str(out, "</h2>\n<table class=\"know\"><thead><tr><th scope=\"col\">");
    printing_know_escape(out, tr(N_("Authority")));
    buf_put_str(out, "</th><th scope=\"col\">");
    printing_know_escape(out, tr(N_("Can read in this plan")));
    buf_put_str(out, "</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < s->people->list.party_count; i++) {
        const struct member_party *p = &s->people->list.parties[i];
        const struct grant who = {.kind = GRANT_PARTY, .id = p->id};
        put_reader(out, s, &who, p->name);
    }
    put_members(out, s);
    buf_put_str(out, "</tbody></table>\n<p class=\"small\">");
    printing_know_escape(out, tr(N_("An authority may also have notes of its own that it has not handed out; they are "
                                    "not shown here. You have the right to ask each authority what it has written "
                                    "about you.")));
    buf_put_str(out, "</p></section>\n");
}

static void put_purpose(struct buf *out, const char *purpose)
{
    const bool follow = purpose && strcmp(purpose, "uppföljning") == 0;
    const bool judge = purpose && strcmp(purpose, "utvärdering") == 0;
    printing_know_escape(out, follow  ? tr(N_("to follow up how it went"))
                              : judge ? tr(N_("to evaluate the work"))
                                      : tr(N_("to plan together")));
}

static void put_recipients(struct buf *out, const struct printing_sheet *s, const struct consents_consent *c)
{
    for (size_t i = 0; i < c->to.count; i++) {
        const char *name = people_name(s->people, &c->to.named[i]);
        buf_put_str(out, i == 0 ? "" : ", ");
        printing_know_escape(out, name ? name : "?");
    }
}

static void put_standing(struct buf *out, const struct printing_sheet *s, const struct consents_consent *c)
{
    struct arena *a = s->ops->arena;
    if (c->withdrawn) {
        printing_know_escape(out, tr(N_("Taken back. No further updates; what was handed out before is not deleted at "
                                        "the recipient.")));
        return;
    }
    printing_know_escape(out, printing_words_period(a, names_day(a, c->from), names_day(a, c->until)));
    if (!consents_in_force(c, ops_day(s->ops))) {
        buf_put_str(out, " – ");
        printing_know_escape(out, tr(N_("not in force now")));
    }
}

static void put_consent(struct buf *out, const struct printing_sheet *s, const struct consents_consent *c)
{
    buf_put_str(out, "<tr><td>");
    put_recipients(out, s, c);
    buf_put_str(out, "</td><td>");
    for (size_t i = 0; c->topics && i < c->topics->count; i++) {
        buf_put_str(out, i == 0 ? "" : "; ");
        printing_know_escape(out, topic_words(c->topics->values[i].value));
    }
    buf_put_str(out, "</td><td>");
    put_purpose(out, c->purpose);
    buf_put_str(out, "</td><td>");
    put_standing(out, s, c);
    buf_put_str(out, "</td></tr>\n");
}

static void put_consents(struct buf *out, const struct printing_sheet *s)
{
    static const char *const heads[] = {N_("To whom"), N_("About"), N_("For"), N_("When")};
    buf_put_str(out, "<section><h2>");
    printing_know_escape(out, tr(N_("What you have agreed to")));
    buf_put_str(out, "</h2>\n");
    if (s->consents.count == 0) {
        buf_put_str(out, "<p>");
        printing_know_escape(out, tr(N_("No samtycke is noted in this plan.")));
        buf_put_str(out, "</p></section>\n");
        return;
    }
    buf_put_str(out, "<table><thead><tr>");
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        buf_put_str(out, "<th scope=\"col\">");
        printing_know_escape(out, tr(heads[i]));
        buf_put_str(out, "</th>");
    }
    buf_put_str(out, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < s->consents.count; i++) {
        put_consent(out, s, &s->consents.consents[i]);
    }
    buf_put_str(out, "</tbody></table>\n<p class=\"small\">");
    printing_know_escape(out, tr(N_("You may take back a samtycke at any time, by telling any of the authorities.")));
    buf_put_str(out, "</p></section>\n");
}

void printing_know_put(struct buf *out, const struct printing_sheet *s)
{
    put_table(out, s);
    put_consents(out, s);
}
