#include "app/web/api.h"

#include "app/agent/agent.h"
#include "app/cli/call.h"
#include "app/ops/names.h"
#include "app/plan/model.h"
#include "app/web/reply.h"
#include "app/web/request.h"
#include "crypto/device.h"
#include "crypto/guard.h"
#include "sync/limits.h"
#include "sync/member.h"
#include "sync/posix.h"

#include <stdlib.h>
#include <string.h>

#define QUORUM_MAX 100
#define REQUEST_FILE "request.letter" /* what enrol/request has made; nothing secret */

/* The texts of a body; answers with what is wrong. */
static bool take(struct arena *a, struct http_request *q, const struct request_text *list)
{
    struct why why = {.text = ""};
    enum err e = request_texts(a, &why, span_buf(&q->body), list);
    if (e != OK) {
        reply_why(&q->answer, e, &why);
    }
    return e == OK;
}

static void wipe(const char *secret)
{
    if (secret) {
        device_wipe((void *)(uintptr_t)secret, strlen(secret));
    }
}

static struct site_options options_of(struct web *w, const char *passphrase)
{
    return (struct site_options){
        .dir = w->home, .passphrase = span_str(passphrase), .schema = model_schema(), .cost = w->cost};
}

static void refuse_input(struct http_request *q, const char *text, const char *detail)
{
    struct why why = {.text = ""};
    enum err e = why_set(&why, ERR_INPUT, text, "%s", detail);
    reply_why(&q->answer, e, &why);
}

static bool parse_quorum(uint32_t *out, struct http_request *q, const char *text)
{
    char *end = NULL;
    const unsigned long n = text && text[0] >= '0' && text[0] <= '9' ? strtoul(text, &end, 10) : 1;
    if ((text && (!end || *end)) || n < 1 || n > QUORUM_MAX) {
        refuse_input(q, N_("not a number of parties: expected 1 to 100"), text);
        return false;
    }
    *out = (uint32_t)n;
    return true;
}

static bool check_passphrase(struct http_request *q, const char *passphrase)
{
    if (*passphrase) {
        return true;
    }
    refuse_input(q, N_("the passphrase is empty"), "");
    return false;
}

void api_home_found(struct web *w, struct http_request *q, const char *rest)
{
    struct arena a = {0};
    struct site_founding f = {0};
    const char *passphrase = NULL;
    const char *quorum = NULL;
    const struct request_text list[] = {{"forbund", &f.forbund, true},
                                        {"party", &f.party, true},
                                        {"kind", &f.kind, true},
                                        {"person", &f.person, true},
                                        {"passphrase", &passphrase, true},
                                        {"quorum", &quorum, false},
                                        {NULL, NULL, false}};
    if (take(&a, q, list) && check_passphrase(q, passphrase) && parse_quorum(&f.quorum, q, quorum)) {
        const struct site_options o = options_of(w, passphrase);
        struct site *site = NULL;
        enum err e = site_found(&site, &o, &f);
        if (api_open(w, &q->answer, site, e)) {
            api_session_state(w, q, rest);
        }
    }
    wipe(passphrase);
    arena_free(&a);
}

/* ---- another passphrase ---- */

static enum err change_passphrase(struct why *why, struct web *w, struct span old, struct span new)
{
    struct site_passwd to = {.passphrase = new, .cost = w->cost};
    struct keyfile_key *key = guard_alloc(sizeof *key);
    enum err e = key ? site_key(key, why, w->home, old) : ERR_MEMORY;
    if (e == OK && span_equal(old, new)) {
        e = why_set(why, ERR_INPUT, N_("that is the passphrase that the home has already; nothing was changed"), "%s",
                    "");
    }
    if (e == OK) {
        to.key = key;
        e = site_passwd(NULL, why, w->home, &to);
    }
    guard_free(key);
    return e;
}

/* The home is locked afterwards, and what an agent holds is of no use any more: the new one is typed at once, while it is
 * remembered. */
void api_home_passwd(struct web *w, struct http_request *q, const char *rest)
{
    struct arena a = {0};
    struct why why = {.text = ""};
    const char *old = NULL;
    const char *new = NULL;
    const struct request_text list[] = {{"passphrase", &old, true}, {"new", &new, true}, {NULL, NULL, false}};
    if (take(&a, q, list) && check_passphrase(q, new)) {
        enum err e = change_passphrase(&why, w, span_str(old), span_str(new));
        if (e == OK) {
            bool was;
            (void)!agent_lock(&was, w->home);
            api_session_lock(w, q, rest);
        } else {
            reply_why(&q->answer, e, &why);
        }
    }
    wipe(old);
    wipe(new);
    arena_free(&a);
}

/* ---- joining ---- */

static const char *path_of(struct arena *a, struct web *w, const char *name)
{
    return arena_printf(a, "%s/%s", w->home, name);
}

static enum err tell_request(struct http_answer *answer, struct arena *a, const struct buf *letter)
{
    struct letter_request r;
    char words[WORDS_LEN];
    struct js j = {0};
    enum err e = letter_request_decode(&r, a, span_buf(letter));
    if (e != OK) {
        return e;
    }
    letter_request_words(words, &r);
    json_t *out = js_object(&j);
    js_text(&j, out, "words", words);
    js_text(&j, out, "device", names_hex(a, r.sign.b, sizeof r.sign.b));
    js_text(&j, out, "party", r.party);
    js_text(&j, out, "kind", r.kind);
    js_text(&j, out, "person", r.person);
    js_text(&j, out, "role", r.role);
    js_text(&j, out, "name", "samplan.ansokan");
    js_put(&j, out, "file", json_stringn((const char *)letter->ptr, letter->len));
    reply_json(answer, 200, out);
    return OK;
}

void api_home_request(struct web *w, struct http_request *q, const char *rest)
{
    (void)rest;
    struct arena a = {0};
    struct buf letter = {0};
    struct letter_request wish = {0};
    const char *passphrase = NULL;
    const struct request_text list[] = {{"party", &wish.party, true},      {"kind", &wish.kind, false},
                                        {"person", &wish.person, true},    {"role", &wish.role, true},
                                        {"passphrase", &passphrase, true}, {NULL, NULL, false}};
    if (take(&a, q, list) && check_passphrase(q, passphrase)) {
        wish.kind = wish.kind ? wish.kind : "";
        const struct site_options o = options_of(w, passphrase);
        struct site *site = NULL;
        enum err e = site_request(&site, &o, &letter, &wish);
        if (api_open(w, &q->answer, site, e)) {
            const char *path = path_of(&a, w, REQUEST_FILE);
            (void)!(path ? posix_write_file(path, span_buf(&letter)) : ERR_MEMORY); /* it is in the answer, too */
            e = tell_request(&q->answer, &a, &letter);
            if (e != OK) {
                reply_why(&q->answer, e, &(struct why){.text = ""});
            }
        }
    }
    wipe(passphrase);
    buf_free(&letter);
    arena_free(&a);
}

void api_home_request_again(struct web *w, struct http_request *q, const char *rest)
{
    (void)rest;
    struct arena a = {0};
    struct buf letter = {0};
    const char *path = path_of(&a, w, REQUEST_FILE);
    enum err e = path ? posix_read_file(&letter, path, LIMIT_LETTER) : ERR_MEMORY;
    if (e == OK && site_self(w->site)->stage != SITE_ASKED) {
        e = ERR_NOT_FOUND;
    }
    if (e == OK) {
        e = tell_request(&q->answer, &a, &letter);
    }
    if (e != OK) {
        reply_why(&q->answer, e, &(struct why){.text = ""});
    }
    buf_free(&letter);
    arena_free(&a);
}

/* The file that was sent, as a letter is. */
static bool take_file(struct buf *out, struct arena *a, struct http_request *q)
{
    const char *file = NULL;
    const struct request_text list[] = {{"file", &file, true}, {NULL, NULL, false}};
    if (!take(a, q, list)) {
        return false;
    }
    buf_put_str(out, file);
    if (out->failed) {
        reply_why(&q->answer, ERR_MEMORY, &(struct why){.text = ""});
    }
    return !out->failed;
}

void api_home_look(struct web *w, struct http_request *q, const char *rest)
{
    (void)w;
    (void)rest;
    struct arena a = {0};
    struct buf letter = {0};
    if (take_file(&letter, &a, q)) {
        enum err e = tell_request(&q->answer, &a, &letter);
        if (e != OK) {
            struct why why = {.text = ""};
            e = why_set(&why, e, N_("that file is not a request, or it was altered"), "%s", "");
            reply_why(&q->answer, e, &why);
        }
    }
    buf_free(&letter);
    arena_free(&a);
}

static void tell_approval(struct http_answer *answer, const struct member_approval *done, const struct buf *invitation)
{
    struct js j = {0};
    json_t *out = js_object(&j);
    js_bool(&j, out, "complete", done->complete);
    js_count(&j, out, "have", done->have);
    js_count(&j, out, "need", done->need);
    js_text(&j, out, "request_words", done->request_words);
    js_text(&j, out, "invitation_words", done->complete ? done->invitation_words : NULL);
    js_text(&j, out, "name", done->complete ? "samplan.inbjudan" : NULL);
    js_put(&j, out, "file",
           done->complete ? json_stringn((const char *)invitation->ptr, invitation->len) : json_null());
    reply_json(answer, 200, out);
}

void api_home_approve(struct web *w, struct http_request *q, const char *rest)
{
    (void)rest;
    struct arena a = {0};
    struct buf letter = {0};
    struct buf invitation = {0};
    struct member_approval done = {0};
    if (take_file(&letter, &a, q)) {
        enum err e = member_approve(&done, &invitation, w->site, span_buf(&letter));
        if (e == OK) {
            tell_approval(&q->answer, &done, &invitation);
        } else {
            reply_why(&q->answer, e, site_why(w->site));
        }
    }
    buf_free(&letter);
    buf_free(&invitation);
    arena_free(&a);
}

void api_home_accept(struct web *w, struct http_request *q, const char *rest)
{
    (void)rest;
    struct arena a = {0};
    struct buf letter = {0};
    char words[WORDS_LEN] = "";
    if (take_file(&letter, &a, q)) {
        enum err e = site_accept(w->site, span_buf(&letter), words);
        if (e == OK) {
            struct js j = {0};
            const struct site_self *self = site_self(w->site);
            json_t *out = js_object(&j);
            js_text(&j, out, "words", words);
            js_text(&j, out, "forbund", names_hex(&a, self->forbund.b, sizeof self->forbund.b));
            js_text(&j, out, "name", self->forbund_name);
            reply_json(&q->answer, 200, out);
        } else {
            reply_why(&q->answer, e, site_why(w->site));
        }
    }
    buf_free(&letter);
    arena_free(&a);
}
