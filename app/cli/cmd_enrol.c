#include "app/cli/args.h"
#include "app/cli/assign.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/names.h"
#include "sync/limits.h"
#include "sync/member.h"
#include "sync/posix.h"

#include <stdio.h>

/* Is there room for the file? Asked before anything is signed, for what is signed cannot be taken back. */
static enum err check_writable(struct call *c, const char *path)
{
    const struct span nothing = {0};
    enum posix_kind there;
    struct buf content = {0};
    enum err e = posix_look(&there, path);
    if (e == OK && there == POSIX_FOLDER) {
        return why_set(&c->ops.why, ERR_INPUT, N_("that is a folder: expected a file"), "%s", path);
    }
    if (e == OK && there == POSIX_OTHER) {
        e = posix_read_file(&content, path, 0);
        buf_free(&content);
    }
    if (e == ERR_LIMIT) {
        return why_set(&c->ops.why, ERR_EXISTS, N_("that file exists already; it is not overwritten"), "%s", path);
    }
    if (e == OK) {
        e = posix_write_file(path, nothing);
        if (e != OK && there == POSIX_NOTHING) {
            (void)remove(path);
        }
    }
    return e == OK || e == ERR_MEMORY
               ? e
               : why_set(&c->ops.why, ERR_STORAGE, N_("that file cannot be written; nothing was done"), "%s", path);
}

static enum err write_letter(struct call *c, const char *path, const struct buf *letter)
{
    if (posix_write_file(path, span_buf(letter)) != OK) {
        (void)remove(path);
        return why_set(&c->ops.why, ERR_STORAGE,
                       N_("it was done, but the file cannot be written; give the command again"), "%s", path);
    }
    return OK;
}

static enum err show_request(struct call *c, const char *path, const struct buf *letter)
{
    struct letter_request q;
    char words[WORDS_LEN];
    enum err e = letter_request_decode(&q, &c->arena, span_buf(letter));
    if (e != OK) {
        return why_set(&c->ops.why, e, N_("the request that was written cannot be read back"), "%s", path);
    }
    letter_request_words(words, &q);
    if (c->json) {
        json_t *out = js_object(&c->js);
        js_text(&c->js, out, "file", path);
        js_text(&c->js, out, "words", words);
        js_text(&c->js, out, "device", names_hex(&c->arena, q.sign.b, sizeof q.sign.b));
        out_json(c, out);
    } else {
        out_say(
            c, tr(N_("The request is in %s. Give it to an administrator, and read these words to them:\n\n    %s\n\n")),
            path, words);
        out_say(c, "%s\n", tr(N_("They must see the same words. Nothing in the file is secret.")));
    }
    return call_done(c);
}

enum err cmd_enrol_request(struct call *c)
{
    struct letter_request wish = {0};
    const char *path = NULL;
    const char *cost = NULL;
    const struct args_option options[] = {{.name = "--party", .value = &wish.party},
                                          {.name = "--kind", .value = &wish.kind},
                                          {.name = "--person", .value = &wish.person},
                                          {.name = "--role", .value = &wish.role},
                                          {.name = "-o", .value = &path},
                                          {.name = "--passphrase-cost", .value = &cost},
                                          {.name = NULL}};
    enum err e = args_take(c, options, 0, 0);
    if (e == OK && (!wish.party || !wish.person || !wish.role || !path)) {
        e = call_usage(c, N_("something is missing"), "--party --person --role -o");
    }
    if (e != OK) {
        return e;
    }
    wish.kind = wish.kind ? wish.kind : "";
    struct session_new new;
    struct buf letter = {0};
    e = session_prepare(&new, c, cost);
    if (e == OK) {
        e = check_writable(c, path);
    }
    const bool claimed = e == OK;
    if (e == OK) {
        struct site *site = NULL;
        e = site_request(&site, &new.options, &letter, &wish);
        e = session_keep(c, site, e);
    }
    passphrase_free(&new.passphrase);
    if (e == OK) {
        e = write_letter(c, path, &letter);
        c->kept = e == OK ? CALL_ALL : CALL_SOME;
    } else if (claimed) {
        (void)remove(path);
    }
    if (e == OK) {
        e = show_request(c, path, &letter);
    }
    buf_free(&letter);
    return e;
}

static enum err show_approval(struct call *c, const char *path, const struct member_approval *a)
{
    if (c->json) {
        json_t *out = js_object(&c->js);
        js_bool(&c->js, out, "complete", a->complete);
        js_count(&c->js, out, "have", a->have);
        js_count(&c->js, out, "need", a->need);
        js_text(&c->js, out, "request_words", a->request_words);
        js_text(&c->js, out, "invitation_words", a->complete ? a->invitation_words : NULL);
        js_text(&c->js, out, "file", a->complete ? path : NULL);
        out_json(c, out);
        return call_done(c);
    }
    out_say(c, tr(N_("Words of the request (must be those that the person reads to you):\n\n    %s\n\n")),
            a->request_words);
    if (!a->complete) {
        out_say(c, tr(N_("Your approval is recorded: %u of %u parties. The party is not admitted yet.\n")), a->have,
                a->need);
        return call_done(c);
    }
    out_say(c, tr(N_("The invitation is in %s. Compare these words aloud when it is accepted:\n\n    %s\n")), path,
            a->invitation_words);
    return call_done(c);
}

enum err cmd_enrol_approve(struct call *c)
{
    const char *path = NULL;
    const struct args_option options[] = {{.name = "-o", .value = &path}, {.name = NULL}};
    enum err e = args_take(c, options, 1, 1);
    if (e == OK && !path) {
        e = call_usage(c, N_("something is missing"), "-o INVITATION");
    }
    struct buf request = {0};
    struct buf invitation = {0};
    struct member_approval approval = {0};
    if (e == OK) {
        e = assign_read(&request, c, c->args[0], LIMIT_LETTER);
    }
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = check_writable(c, path);
        if (e == OK) {
            c->kept = CALL_SOME;
            e = ops_told(&c->ops, member_approve(&approval, &invitation, c->ops.site, span_buf(&request)));
            if (e == OK && approval.complete) {
                e = write_letter(c, path, &invitation);
                c->kept = e == OK ? CALL_ALL : CALL_SOME;
            } else {
                (void)remove(path);
            }
        }
    }
    if (e == OK) {
        e = show_approval(c, path, &approval);
    }
    buf_free(&request);
    buf_free(&invitation);
    return e;
}

enum err cmd_enrol_accept(struct call *c)
{
    struct buf invitation = {0};
    char words[WORDS_LEN] = "";
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = assign_read(&invitation, c, c->args[0], LIMIT_LETTER);
    }
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = ops_told(&c->ops, site_accept(c->ops.site, span_buf(&invitation), words));
        c->kept = e == OK ? CALL_ALL : CALL_NOTHING;
    }
    buf_free(&invitation);
    if (e != OK) {
        return e;
    }
    const struct site_self *self = site_self(c->ops.site);
    if (c->json) {
        json_t *out = js_object(&c->js);
        js_text(&c->js, out, "words", words);
        js_text(&c->js, out, "forbund", names_hex(&c->arena, self->forbund.b, sizeof self->forbund.b));
        js_text(&c->js, out, "name", self->forbund_name);
        out_json(c, out);
    } else {
        out_say(
            c,
            tr(N_(
                "You are invited to the förbund %s. Compare these words aloud with the administrator:\n\n    %s\n\n")),
            self->forbund_name, words);
        out_say(c, "%s\n",
                tr(N_("If they differ, the file was exchanged on the way: do not go on. If not: samplan remote add, "
                      "samplan sync.")));
    }
    return call_done(c);
}
