#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/command.h"
#include "app/cli/out.h"
#include "app/plan/model.h"

#include <string.h>

enum err cmd_help_version(struct call *c)
{
    enum err e = args_take(c, NULL, 0, 0);
    if (e != OK) {
        return e;
    }
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "version", c->version);
    out_json(c, out);
    out_say(c, "samplan %s\n", c->version);
    return call_done(c);
}

static json_t *command_json(struct call *c, const struct command *command)
{
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "name", command->name);
    js_text(&c->js, out, "usage", command->usage);
    js_text(&c->js, out, "summary", command->summary);
    js_text(&c->js, out, "about", command->about);
    js_text(&c->js, out, "example", command->example);
    return out;
}

static void say_command(struct call *c, const struct command *command)
{
    out_say(c, "samplan %s %s\n\n%s\n", command->name, command->usage, tr(command->summary));
    if (*command->about) {
        out_say(c, "\n%s\n", tr(command->about));
    }
    out_say(c, "\n%s\n    %s\n", tr(N_("Example:")), command->example);
}

static void list_all(struct call *c)
{
    json_t *rows = js_array(&c->js);
    out_say(c, "samplan [--home DIR] [--json] [--quiet] [--passphrase-file FILE] [--today DATE] COMMAND [ARGS]\n\n");
    for (const struct command *command = command_table; command->name; command++) {
        js_add(&c->js, rows, command_json(c, command));
        out_say(c, "  %-17s %s\n", command->name, tr(command->summary));
    }
    out_say(c, "\n%s\n ", tr(N_("samplan help COMMAND tells more; samplan help TYPE lists the fields of a type:")));
    const struct schema *schema = model_schema();
    for (size_t i = 0; i < schema->type_count; i++) {
        out_say(c, " %s", schema->types[i].name);
    }
    out_say(c, "\n\n%s\n",
            tr(N_("Exit codes: 0 done · 1 done, and there is something to look at · 2 wrong usage · 3 bad input · "
                  "4 refused · 5 storage or transport failed")));
    out_json(c, rows);
}

static const char *form_word(const struct schema_field *f)
{
    switch (f->form) {
    case FORM_TEXT:
        return f->merge == MERGE_TEXT ? tr(N_("long text")) : tr(N_("text"));
    case FORM_WORD:
        return NULL;
    case FORM_DATE:
        return tr(N_("YYYY-MM-DD"));
    case FORM_TIME:
        return tr(N_("YYYY-MM-DDTHH:MMZ"));
    case FORM_REF:
        return tr(N_("id of an object"));
    case FORM_WHOM:
        return tr(N_("party, member or function"));
    case FORM_EXTENT:
        return tr(N_("75%, 30h or 4halvdagar a week"));
    case FORM_NUMBER:
        return tr(N_("whole number"));
    case FORM_YESNO:
        return tr(N_("ja or nej"));
    case FORM_CLOCK:
        return tr(N_("HH:MM"));
    }
    return NULL;
}

static void say_field(struct call *c, const struct schema_field *f)
{
    out_say(c, "  %s", f->name);
    if (f->merge == MERGE_SET) {
        out_say(c, " (%s)", tr(N_("several; += and -= change one")));
    } else if (f->merge == MERGE_ENTRIES) {
        out_say(c, " (%s)", tr(N_("entries; each is added to those before")));
    }
    out_say(c, ": ");
    const char *form = form_word(f);
    for (size_t i = 0; !form && f->words && f->words[i]; i++) {
        out_say(c, "%s%s", i == 0 ? "" : " | ", f->words[i]);
    }
    out_say(c, "%s\n      %s\n", form ? form : "", tr(f->about));
}

static json_t *field_json(struct call *c, const struct schema_field *f)
{
    static const char *const merges[] = {"register", "text", "set", "entries"};
    static const char *const forms[] = {"text", "word",   "date",   "time",  "ref",
                                        "whom", "extent", "number", "yesno", "clock"};
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "name", f->name);
    js_text(&c->js, out, "merge", merges[f->merge]);
    js_text(&c->js, out, "form", forms[f->form]);
    json_t *words = js_array(&c->js);
    for (size_t i = 0; f->words && f->words[i]; i++) {
        js_add_text(&c->js, words, f->words[i]);
    }
    js_put(&c->js, out, "words", words);
    js_text(&c->js, out, "about", f->about);
    return out;
}

static json_t *show_type(struct call *c, const struct schema_type *type)
{
    json_t *fields = js_array(&c->js);
    out_say(c, "%s\n%s\n", type->name, tr(type->about));
    out_say(c, "%s", tr(N_("Topics:")));
    for (const char *const *t = type->topics; *t; t++) {
        out_say(c, " %s", *t);
    }
    out_say(c, "\n\n");
    for (size_t i = 0; i < type->field_count; i++) {
        js_add(&c->js, fields, field_json(c, &type->fields[i]));
        say_field(c, &type->fields[i]);
    }
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "type", type->name);
    js_bool(&c->js, out, "shared", (type->places & PLACE_SHARED) != 0);
    js_bool(&c->js, out, "owned", (type->places & PLACE_OWNED) != 0);
    js_bool(&c->js, out, "forbund", (type->places & PLACE_FORBUND) != 0);
    js_put(&c->js, out, "fields", fields);
    return out;
}

/* "plan" is a family of commands and a type: both are told. */
static bool show_family(struct call *c, const char *word)
{
    bool any = false;
    const size_t len = strlen(word);
    for (const struct command *command = command_table; command->name; command++) {
        if (strncmp(command->name, word, len) == 0 && command->name[len] == ' ') {
            out_say(c, "samplan %s %s\n    %s\n", command->name, command->usage, tr(command->summary));
            any = true;
        }
    }
    return any;
}

static json_t *family_json(struct call *c, const char *word)
{
    json_t *rows = js_array(&c->js);
    for (const struct command *command = command_table; command->name; command++) {
        if (strncmp(command->name, word, strlen(word)) == 0) {
            js_add(&c->js, rows, command_json(c, command));
        }
    }
    return rows;
}

enum err cmd_help_show(struct call *c)
{
    enum err e = args_take(c, NULL, 0, 2);
    if (e != OK) {
        return e;
    }
    if (c->arg_count == 0) {
        list_all(c);
        return call_done(c);
    }
    char *const words[2] = {(char *)(uintptr_t)c->args[0], c->arg_count > 1 ? (char *)(uintptr_t)c->args[1] : NULL};
    int used;
    const struct command *command = command_find(c->arg_count, words, &used);
    const struct schema_type *type = c->arg_count == 1 ? schema_type_named(model_schema(), c->args[0]) : NULL;
    bool found = command && used == c->arg_count;
    if (found) {
        say_command(c, command);
        out_json(c, command_json(c, command));
    }
    if (c->arg_count == 1 && show_family(c, c->args[0])) {
        out_json(c, family_json(c, c->args[0]));
        out_say(c, "%s", type ? "\n" : "");
        found = true;
    }
    if (type) {
        out_json(c, show_type(c, type));
        found = true;
    }
    return found ? call_done(c) : call_usage(c, N_("there is no help about that"), c->args[0]);
}
