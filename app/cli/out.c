#include "app/cli/out.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/cli/command.h"
#include "app/ops/code.h"

void out_json(struct call *c, json_t *value)
{
    json_decref(c->result);
    c->result = value;
}

void out_column(struct call *c, const char *text, size_t width)
{
    size_t shown = 0;
    for (const char *at = text; *at; at++) {
        shown += ((unsigned char)*at & 0xc0) != 0x80; /* not the first byte of a character */
    }
    out_say(c, "%s", text);
    for (; shown < width; shown++) {
        out_say(c, " ");
    }
}

void out_note(const struct call *c, const char *text)
{
    if (!c->json && !c->quiet) {
        (void)fprintf(stderr, "%s\n", text);
    }
}

void out_lines(struct call *c, const char *value, int indent)
{
    while (*value) {
        const size_t len = strcspn(value, "\n");
        buf_put(&c->text, value, len);
        value += len;
        if (*value == '\n') {
            value++;
            out_say(c, "\n%*s", *value ? indent : 0, "");
        }
    }
}

const char *out_code(const struct call *c, enum err e)
{
    return c->usage ? "usage" : code_word(c->damaged && e == ERR_INPUT ? ERR_STORAGE : e);
}

static int exit_code(const struct call *c, enum err e)
{
    switch (e) {
    case OK:
        return c->look ? CALL_LOOK : CALL_DONE;
    case ERR_INPUT:
        return c->usage ? CALL_USAGE : c->damaged ? CALL_FAILED : CALL_INPUT;
    case ERR_LIMIT:
    case ERR_FORGED:
    case ERR_NOT_FOUND:
    case ERR_EXISTS:
        return CALL_INPUT;
    case ERR_PASS:
    case ERR_REFUSED:
    case ERR_CHANGED:
        return CALL_REFUSED;
    case ERR_MEMORY:
    case ERR_BUSY:
    case ERR_STORAGE:
    case ERR_DAMAGED:
    case ERR_TRANSPORT:
        break;
    }
    return CALL_FAILED;
}

/* Where nobody told a story. */
static const char *plain_story(const struct call *c, enum err e)
{
    switch (e) {
    case ERR_MEMORY:
        return c->kept == CALL_NOTHING ? N_("out of memory; nothing was changed")
                                       : N_("out of memory; what had been done is kept");
    case ERR_PASS:
        return N_("wrong passphrase");
    case ERR_BUSY:
        return N_("another process is using the home; nothing was changed, try again");
    case ERR_REFUSED:
        return N_("that is not yours to do");
    case ERR_NOT_FOUND:
        return N_("there is no such thing");
    case ERR_EXISTS:
        return N_("there is one already");
    default:
        return N_("it failed");
    }
}

/* A detail may hold a path, which may be any bytes, or be cut in the middle of a letter. */
static void make_ascii(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text >= 0x7f || (unsigned char)*text < 0x20) {
            *text = '?';
        }
    }
}

static bool is_utf8(const char *text)
{
    json_t *value = json_string(text); /* jansson's own check, for it is jansson that must take it */
    json_decref(value);
    return value != NULL;
}

const char *out_story(struct call *c, enum err e)
{
    struct why *why = &c->ops.why;
    const bool nothing_kept = e != ERR_MEMORY || c->kept == CALL_NOTHING; /* as the story of a lack of memory has it */
    const char *text = tr(why->text && *why->text && nothing_kept ? why->text : plain_story(c, e));
    if (!is_utf8(why->detail)) {
        make_ascii(why->detail);
    }
    const char *line = why->detail[0] ? arena_printf(&c->arena, "%s: %s", text, why->detail) : text;
    return line ? line : text;
}

static void print_error_json(const struct call *c, enum err e, const char *story)
{
    struct js j = {0};
    struct buf line = {0};
    json_t *error = js_object(&j);
    json_t *out = js_object(&j);
    js_text(&j, error, "code", out_code(c, e));
    js_text(&j, error, "message", story);
    js_put(&j, out, "error", error);
    if (js_check(&j) == OK && js_line(&line, out) == OK && buf_text(&line)) {
        (void)fprintf(stderr, "%s\n", buf_text(&line));
    } else {
        (void)fprintf(stderr, "{\"error\":{\"code\":\"memory\",\"message\":\"%sout of memory\"}}\n",
                      c->kept == CALL_ALL ? "it was done, but: " : "");
    }
    json_decref(out);
    buf_free(&line);
}

static void print_error(struct call *c, enum err e)
{
    const char *story = out_story(c, e);
    if (c->json) {
        print_error_json(c, e, story);
        return;
    }
    (void)fprintf(stderr, "samplan: %s\n", story);
    if (c->usage && c->command) {
        (void)fprintf(stderr, "%s: samplan %s %s\n", tr(N_("Usage")), c->command->name, c->command->usage);
    }
}

static bool write_all(const void *bytes, size_t len)
{
    /* An error may show first when what is buffered is written. */
    return (len == 0 || fwrite(bytes, 1, len, stdout) == len) && fflush(stdout) == 0;
}

static enum err write_output(struct call *c)
{
    struct buf line = {0};
    enum err e = OK;
    if (c->json && c->result) {
        e = js_line(&line, c->result);
        buf_put_str(&line, "\n");
        if (e == OK) {
            e = buf_check(&line);
        }
    }
    const struct buf *from = c->json && c->result ? &line : &c->text;
    if (e == OK && !write_all(from->ptr, from->len)) {
        c->kept = CALL_NOTHING; /* the story says it */
        e = why_set(&c->ops.why, ERR_STORAGE, N_("it was done, but standard output cannot be written"), "%s",
                    strerror(errno));
    }
    buf_free(&line);
    return e;
}

/* What was asked for is done, and whoever asked must not do it again. */
static enum err only_untold(struct call *c, enum err e)
{
    struct why before = c->ops.why;
    const bool told = before.text && *before.text && e != ERR_MEMORY;
    const char *text = tr(told ? before.text : plain_story(c, e));
    return why_set(&c->ops.why, ERR_STORAGE, N_("it was done, but the answer cannot be shown"), "%s %.200s", text,
                   before.detail);
}

int out_finish(struct call *c, enum err e)
{
    if (e == OK) {
        e = write_output(c);
    }
    if (e == OK && !call_mark(c)) {
        /* What was asked for is done and shown. */
        out_note(c, tr(N_("It cannot be noted here that this was shown: it will be shown again.")));
    }
    if (e != OK && c->kept == CALL_ALL) {
        e = only_untold(c, e);
    }
    if (e != OK) {
        print_error(c, e);
    }
    return exit_code(c, e);
}
