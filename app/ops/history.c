#include "app/ops/history.h"

#include <string.h>

#include "app/ops/names.h"

/* Long texts are told by their beginning; the JSON has the whole. Cut between characters. */
#define SHOWN 60

static void put_value(struct buf *out, const struct people *p, const struct schema_field *f, const char *value)
{
    struct uuid id;
    const char *name = NULL;
    if (f->form == FORM_WHOM && uuid_parse(&id, span_str(value)) == OK) {
        name = people_name(p, &id);
    }
    value = name ? name : value;
    size_t len = strcspn(value, "\n");
    if (len > SHOWN) {
        len = SHOWN;
        while (len > 0 && ((unsigned char)value[len] & 0xc0) == 0x80) {
            len--;
        }
    }
    buf_put_str(out, "\"");
    buf_put(out, value, len);
    buf_put_str(out, value[len] ? "…\"" : "\"");
}

static const char *verb(const char *op)
{
    static const struct {
        const char *op;
        const char *verb;
    } verbs[] = {
        {"new", N_("made")},
        {"set", N_("set")},
        {"add", N_("added")},
        {"drop", N_("took away")},
        {"append", N_("wrote")},
        {"remove", N_("took out")},
        {"keep", N_("let stay")},
        {"open", N_("opened a section")},
        {"admit", N_("disclosed to others")},
        {"genesis", N_("founded the förbund")},
        {"party", N_("admitted a party")},
        {"approve", N_("approved a party")},
        {"certify", N_("certified a device")},
    };
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].op, op) == 0) {
            return tr(verbs[i].verb);
        }
    }
    return tr(N_("something that this version does not know"));
}

static const char *standing(enum view_standing s)
{
    switch (s) {
    case VIEW_CONFLICT:
        return tr(N_("in conflict"));
    case VIEW_SET_ASIDE:
        return tr(N_("set aside"));
    case VIEW_WAITING:
        return tr(N_("waiting"));
    case VIEW_REFUSED:
        return tr(N_("refused"));
    case VIEW_SHOWN:
    case VIEW_SUPERSEDED:
        break;
    }
    return NULL;
}

void history_say(struct buf *out, struct arena *a, const struct people *p, const struct view_change *change)
{
    const char *who = change->by.member_name[0] ? change->by.member_name : tr(N_("somebody unknown"));
    buf_printf(out, "%s  %s (%s): %s", names_local_time(a, change->by.time_ms), who, change->by.party_name,
               verb(change->op));
    if (change->type) {
        buf_printf(out, " %s", change->type->name);
    }
    if (change->field) {
        buf_printf(out, ".%s", change->field->name);
    }
    const bool one = change->field && (change->field->merge == MERGE_REGISTER || change->field->merge == MERGE_TEXT);
    if (one && change->old) { /* of a set or entries nothing is replaced */
        buf_put_str(out, " ");
        put_value(out, p, change->field, change->old);
        buf_put_str(out, " →");
    }
    if (change->field) {
        buf_put_str(out, " ");
        put_value(out, p, change->field, change->value ? change->value : "");
    }
    const char *standing_word = standing(change->standing);
    if (standing_word) {
        buf_printf(out, "  (%s%s%s)", standing_word, change->why && change->why[0] ? ": " : "",
                   change->why ? change->why : "");
    }
    buf_put_str(out, "\n");
}
