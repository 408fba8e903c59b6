#include "app/ops/printing.h"

#include <string.h>

#include "app/ops/names.h"
#include "app/ops/printing_know.h"
#include "app/ops/printing_sheet.h"
#include "app/ops/printing_words.h"

/* A4, dark on white, nothing that only colour says; rows and the lines to sign on are not torn apart. */
static const char style[] =
    "@page{size:A4;margin:18mm 18mm 20mm}"
    "*{box-sizing:border-box}"
    "body{font:11pt/1.45 system-ui,\"Segoe UI\",Arial,\"Liberation Sans\",sans-serif;color:#111;background:#fff;"
    "max-width:174mm;margin:0 auto;padding:8mm 0}"
    "@media print{body{padding:0;max-width:none}}"
    "h1{font-size:20pt;line-height:1.2;margin:0 0 2mm}"
    "h2{font-size:13pt;margin:7mm 0 2mm;padding-bottom:1mm;border-bottom:.5mm solid #111;break-after:avoid}"
    "p{margin:0 0 2mm}.text{white-space:pre-line;overflow-wrap:anywhere}.kind{margin:0;letter-spacing:.04em}"
    ".small{font-size:9.5pt;margin-top:2mm}.big{font-size:13pt;font-weight:bold}"
    "table{width:100%;border-collapse:collapse;table-layout:fixed}thead{display:table-header-group}tr{break-inside:"
    "avoid}"
    "th,td{text-align:left;vertical-align:top;padding:1.6mm 2mm 1.6mm 0;border-bottom:.2mm solid #777;"
    "overflow-wrap:break-word;hyphens:auto}"
    "thead th{font-size:9.5pt;border-bottom:.4mm solid #111}.know th:first-child{width:34%}"
    ".acts th:nth-child(1){width:36%}.acts th:nth-child(2){width:24%}.acts th:nth-child(4){width:15%}"
    "ul{margin:0 0 2mm;padding-left:5mm}td ul{margin:0}li{margin:0 0 .6mm}"
    ".signs{break-inside:avoid}.sign{display:grid;grid-template-columns:1fr 32mm;gap:0 8mm;margin-top:11mm;"
    "break-inside:avoid}.sign span{border-top:.3mm solid #111;padding-top:1mm;font-size:9.5pt}"
    "footer{margin-top:8mm;font-size:9pt;border-top:.2mm solid #777;padding-top:2mm}";

struct page {
    struct buf *out;
    const struct printing_sheet *s;
    struct arena *a;
};

/* ---- pieces of a page ---- */

static void raw(struct page *p, const char *html)
{
    buf_put_str(p->out, html);
}

static void text(struct page *p, const char *words)
{
    printing_know_escape(p->out, words);
}

static void element(struct page *p, const char *open, const char *words, const char *close)
{
    raw(p, open);
    text(p, words);
    raw(p, close);
}

static void heading(struct page *p, const char *words)
{
    element(p, "<section><h2>", words, "</h2>\n");
}

static void end(struct page *p)
{
    raw(p, "</section>\n");
}

static void table(struct page *p, const char *const *heads, size_t count)
{
    raw(p, "<table class=\"acts\"><thead><tr>");
    for (size_t i = 0; i < count; i++) {
        element(p, "<th scope=\"col\">", tr(heads[i]), "</th>");
    }
    raw(p, "</tr></thead><tbody>\n");
}

static const char *get(const struct view_object *object, const char *field)
{
    const char *value = object ? view_get(object, field) : NULL;
    return value ? value : "";
}

/* ---- sections ---- */

static void put_head(struct page *p)
{
    const char *name = get(p->s->person, "name");
    const char *title = get(p->s->plan, "title");
    element(p, "<!DOCTYPE html>\n<html lang=\"", text_language(), "\"><head><meta charset=\"utf-8\">");
    raw(p, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
    raw(p, "<meta name=\"viewport\" content=\"width=device-width\"><meta name=\"referrer\" content=\"no-referrer\">");
    element(p, "<title>", tr(N_("Handlingsplan")), "</title>\n<style>");
    raw(p, style);
    element(p, "</style></head>\n<body><header><p class=\"kind\">", tr(N_("Handlingsplan")), "</p>\n");
    element(p, "<h1>", *name ? name : tr(N_("A plan for you")), "</h1>\n");
    if (*title) {
        element(p, "<p class=\"text\">", title, "</p>\n");
    }
    for (size_t i = 0; i < p->s->others.count; i++) {
        element(p, "<p>", tr(N_("With what is planned in:")), " <span class=\"text\">");
        element(p, "", *get(p->s->others.items[i], "title") ? get(p->s->others.items[i], "title") : "–",
                "</span></p>\n");
    }
    element(p, "<p>",
            tr(N_("This is your plan. It says where you are heading, what will be done, who does it, and who "
                  "may know what about you. Ask if there is anything that you do not understand.")),
            "</p></header>\n");
}

static void put_aim(struct page *p)
{
    const struct printing_sheet_list *goals = &p->s->goals;
    heading(p, tr(N_("Where you are heading")));
    bool any = goals->count > 0;
    for (size_t i = 0; i <= p->s->others.count; i++) {
        const char *aim = get(i == 0 ? p->s->plan : p->s->others.items[i - 1], "aim");
        any = any || *aim;
        if (*aim) {
            element(p, "<p class=\"text\">", aim, "</p>\n");
        }
    }
    raw(p, goals->count > 0 ? "<ul>" : "");
    for (size_t i = 0; i < goals->count; i++) {
        const struct view_object *goal = goals->items[i];
        const char *reached = get(goal, "reached");
        const char *words = get(goal, "text");
        element(p, "<li><span class=\"text\">", *words ? words : get(goal, "kind"), "</span>");
        if (*reached && strcmp(reached, "nej") != 0) {
            element(p, " – <strong>", tr(N_("reached")), "</strong>");
        } else if (*get(goal, "target_date")) {
            element(p, " – ", tr(N_("no later than")), " ");
            text(p, printing_words_date(p->a, get(goal, "target_date")));
        }
        raw(p, "</li>\n");
    }
    raw(p, goals->count > 0 ? "</ul>\n" : "");
    if (!any) {
        element(p, "<p>", tr(N_("No goals are written yet.")), "</p>\n");
    }
    end(p);
}

static void put_what(struct page *p, const struct view_object *activity)
{
    const struct view_object *insats = printing_sheet_insats(p->s, activity);
    const char *words = get(activity, "text");
    element(p, "<tr><td><strong>", get(activity, "kind"), "</strong>");
    if (*words) {
        element(p, "<br><span class=\"text\">", words, "</span>");
    }
    if (insats) {
        element(p, "<br>", get(insats, "name"), "");
    }
    if (*get(activity, "place")) {
        element(p, "<br>", get(activity, "place"), "");
    }
    raw(p, "</td>");
}

static bool is_slot_of(const struct view_object *slot, const struct view_object *activity)
{
    struct uuid id;
    return uuid_parse(&id, span_str(get(slot, "activity"))) == OK && memcmp(&id, &activity->key.id, sizeof id) == 0;
}

static void put_when(struct page *p, const struct view_object *activity)
{
    element(p, "<td>", printing_words_period(p->a, get(activity, "from"), get(activity, "to")), "");
    if (*get(activity, "extent")) {
        element(p, "<br>", printing_words_extent(p->a, get(activity, "extent")), "");
    }
    for (size_t i = 0; i < p->s->slots.count; i++) {
        if (is_slot_of(p->s->slots.items[i], activity)) {
            element(p, "<br>", printing_words_slot(p->a, p->s->slots.items[i]), "");
        }
    }
    raw(p, "</td>");
}

static void put_activity(struct page *p, const struct view_object *activity)
{
    const char *responsible = printing_sheet_whom(p->s, activity, "responsible");
    const char *status = get(activity, "status");
    put_what(p, activity);
    element(p, "<td>", activity->owner_name, "");
    if (*responsible) {
        element(p, "<br>", responsible, "");
    }
    raw(p, "</td>");
    put_when(p, activity);
    element(p, "<td>", *status ? status : "beslutad", "</td></tr>\n");
}

static size_t put_activities(struct page *p, const char *title, bool over)
{
    static const char *const heads[] = {N_("What"), N_("Who does it"), N_("When and how much"),
                                        N_("How far it has come")};
    size_t count = 0;
    for (size_t i = 0; i < p->s->activities.count; i++) {
        const struct view_object *activity = p->s->activities.items[i];
        if (printing_sheet_over(p->s, activity) != over) {
            continue;
        }
        if (count++ == 0) {
            heading(p, title);
            table(p, heads, 4);
        }
        put_activity(p, activity);
    }
    if (count > 0) {
        raw(p, "</tbody></table>\n");
        end(p);
    }
    return count;
}

static void put_planned(struct page *p)
{
    if (put_activities(p, tr(N_("What is planned")), false) == 0) {
        heading(p, tr(N_("What is planned")));
        element(p, "<p>", tr(N_("Nothing is planned just now.")), "</p>\n");
        end(p);
    }
    (void)put_activities(p, tr(N_("What is over")), true);
}

static void put_decisions(struct page *p)
{
    static const char *const heads[] = {N_("What"), N_("Who does it"), N_("No later than"), N_("Done")};
    const struct printing_sheet_list *list = &p->s->decisions;
    if (list->count == 0) {
        return;
    }
    heading(p, tr(N_("What was decided together")));
    table(p, heads, 4);
    for (size_t i = 0; i < list->count; i++) {
        const struct view_object *d = list->items[i];
        const char *done = get(d, "done");
        element(p, "<tr><td class=\"text\">", get(d, "text"), "</td><td>");
        text(p, printing_sheet_whom(p->s, d, "party"));
        element(p, "</td><td>", printing_words_date(p->a, get(d, "due")), "</td><td>");
        text(p, strcmp(done, "nej") == 0 ? "" : printing_words_date(p->a, done));
        raw(p, "</td></tr>\n");
    }
    raw(p, "</tbody></table>\n");
    end(p);
}

/* Whom to ask: who holds the plan together, and the functions that the insatser name. */
static void put_contacts(struct page *p)
{
    const char *head = printing_sheet_whom(p->s, p->s->plan, "huvudansvarig");
    heading(p, tr(N_("Whom you can ask")));
    element(p, "<ul><li>", tr(N_("Holds your plan together:")), " <strong>");
    text(p, *head ? head : tr(N_("not decided yet")));
    raw(p, "</strong></li>\n");
    for (size_t i = 0; i < p->s->activities.count; i++) {
        const struct view_object *insats = printing_sheet_insats(p->s, p->s->activities.items[i]);
        const char *contact = insats ? printing_sheet_whom(p->s, insats, "contact_function") : "";
        if (*contact && !printing_sheet_over(p->s, p->s->activities.items[i])) {
            element(p, "<li>", get(insats, "name"), ": ");
            element(p, "", contact, "</li>\n");
        }
    }
    raw(p, "</ul>\n");
    end(p);
}

/* Is it today or later? */
static bool is_coming(const struct page *p, const char *date)
{
    int32_t day;
    const char *first = arena_text(p->a, span_of(date, strlen(date) < DATES_TEXT_LEN ? strlen(date) : DATES_TEXT_LEN));
    return first && dates_parse(&day, first) == OK && day >= p->s->ops->today;
}

static void put_next(struct page *p)
{
    const char *follow_up = get(p->s->plan, "follow_up");
    heading(p, tr(N_("When we follow up")));
    element(p, "<p class=\"big\">", *follow_up ? printing_words_day(p->a, follow_up) : tr(N_("No day is set yet.")),
            "</p>\n");
    for (size_t i = 0; i < p->s->meetings.count; i++) {
        const struct view_object *m = p->s->meetings.items[i];
        if (is_coming(p, get(m, "when"))) {
            element(p, "<p>", *get(m, "kind") ? get(m, "kind") : tr(N_("meeting")), ": ");
            element(p, "", printing_words_time(p->a, get(m, "when")), "</p>\n");
        }
    }
    end(p);
}

static void put_line(struct page *p, const char *who)
{
    element(p, "<div class=\"sign\"><span>", who, "</span><span>");
    element(p, "", tr(N_("Date")), "</span></div>\n");
}

/* The person, and each party that does something. */
static void put_signatures(struct page *p)
{
    const char *name = get(p->s->person, "name");
    const char *last = "";
    element(p, "<section class=\"signs\"><h2>", tr(N_("Signatures")), "</h2>\n");
    put_line(p, *name ? name : tr(N_("Participant")));
    for (size_t i = 0; i < p->s->people->list.party_count; i++) {
        const struct member_party *party = &p->s->people->list.parties[i];
        for (size_t k = 0; k < p->s->activities.count; k++) {
            if (memcmp(&p->s->activities.items[k]->place.owner, &party->id, sizeof party->id) == 0 &&
                strcmp(last, party->name) != 0) {
                put_line(p, party->name);
                last = party->name;
            }
        }
    }
    end(p);
}

static void put_foot(struct page *p)
{
    const char *today = names_day(p->a, p->s->ops->today);
    element(p, "<footer>", tr(N_("Printed")), " ");
    text(p, printing_words_date(p->a, today));
    element(p, ", ", site_self(p->s->ops->site)->party_name, ". ");
    text(p, tr(N_("What other authorities have written since may be missing.")));
    raw(p, "</footer>\n</body></html>\n");
}

enum err printing_html(struct buf *out, struct ops *o, const struct people *p, const struct view_object *plan)
{
    struct printing_sheet sheet;
    enum err e = printing_sheet_load(&sheet, o, p, plan);
    if (e != OK) {
        return e;
    }
    if (sheet.guarded) {
        return why_set(&o->why, ERR_REFUSED,
                       sheet.person ? N_("the person has protected personal data, so the plan is not printed")
                                    : N_("the person cannot be read here, so it is not known whether their data are "
                                         "protected; the plan is not printed"),
                       "%s", names_uuid(o->arena, &plan->key.id));
    }
    struct page page = {.out = out, .s = &sheet, .a = o->arena};
    put_head(&page);
    put_aim(&page);
    put_planned(&page);
    put_decisions(&page);
    put_contacts(&page);
    put_next(&page);
    printing_know_put(out, &sheet);
    put_signatures(&page);
    put_foot(&page);
    if (buf_check(out) != OK) {
        return ops_no_memory(o);
    }
    return ops_memory(o);
}
