#include "app/web/server.h"

#include "app/ops/js.h"
#include "app/text/text.h"
#include "app/web/api.h"
#include "app/web/ask_posix.h"
#include "app/web/courier.h"
#include "app/web/desk.h"
#include "app/web/stop_posix.h"
#include "crypto/device.h"
#include "sync/posix.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS_FILE_MAX 200

static enum err path_in(struct buf *out, struct why *why, const struct server_options *o, const char *name)
{
    buf_printf(out, "%s/%s", o->home, name);
    return buf_text(out) ? OK : why_set(why, ERR_MEMORY, N_("out of memory; nothing was changed"), "%s", "");
}

/* The ticket stands after "#": a browser sends it to nobody, and the page drops it from its address. */
static enum err show(struct why *why, const struct server_options *o, uint16_t port, const char *ticket)
{
    char address[128];
    (void)snprintf(address, sizeof address, "http://127.0.0.1:%u/#ticket=%s", (unsigned)port, ticket);
    const bool shown = o->ready(o->ctx, address);
    device_wipe(address, sizeof address);
    return shown ? OK : why_set(why, ERR_STORAGE, N_("standard output cannot be written"), "%s", "");
}

/* ---- where one runs already ---- */

static enum err ask_ticket(char ticket[GATE_TEXT], uint16_t port, const char *secret)
{
    struct buf body = {0};
    struct buf answer = {0};
    buf_printf(&body, "{\"secret\": \"%s\"}", secret);
    const char *text = buf_text(&body);
    enum err e = text ? ask_posix(&answer, &(struct ask){port, "/api/ticket", text}) : ERR_MEMORY;
    json_t *told = NULL;
    if (e == OK) {
        json_error_t error;
        e = js_parse(&told, &error, span_buf(&answer), JSON_REJECT_DUPLICATES);
        e = e == ERR_INPUT ? ERR_TRANSPORT : e;
    }
    const char *given = json_string_value(json_object_get(told, "ticket"));
    if (given && strlen(given) == GATE_TEXT - 1) {
        memcpy(ticket, given, GATE_TEXT);
    } else if (e == OK) {
        e = ERR_TRANSPORT;
    }
    json_decref(told);
    buf_wipe(&body);
    buf_wipe(&answer);
    return e;
}

static enum err join_other(struct why *why, const struct server_options *o)
{
    struct buf path = {0};
    struct buf file = {0};
    char ticket[GATE_TEXT] = "";
    char secret[GATE_TEXT] = "";
    enum err e = path_in(&path, why, o, "web.address");
    if (e == OK) {
        e = posix_read_file(&file, (const char *)path.ptr, ADDRESS_FILE_MAX);
    }
    const char *text = e == OK ? buf_text(&file) : NULL;
    char *end = NULL;
    const unsigned long port = text ? strtoul(text, &end, 10) : 0;
    if (port > 0 && port < 65536 && *end == ' ' && strlen(end + 1) == GATE_TEXT) {
        memcpy(secret, end + 1, GATE_TEXT - 1);
        e = ask_ticket(ticket, (uint16_t)port, secret);
    } else {
        e = ERR_TRANSPORT;
    }
    e = e == OK
            ? show(why, o, (uint16_t)port, ticket)
            : why_set(why, ERR_TRANSPORT,
                      N_("the pages of this home are open in another process, which does not answer"), "%s", o->home);
    device_wipe(ticket, sizeof ticket);
    device_wipe(secret, sizeof secret);
    buf_free(&path);
    buf_wipe(&file);
    return e;
}

/* ---- serving ---- */

static enum err write_address(struct web *w, struct why *why, const struct server_options *o)
{
    struct buf path = {0};
    struct buf text = {0};
    buf_printf(&text, "%u %s\n", (unsigned)w->port, w->secret);
    enum err e = path_in(&path, why, o, "web.address");
    if (e == OK && (text.failed || posix_write_file((const char *)path.ptr, span_buf(&text)) != OK)) {
        e = why_set(why, ERR_STORAGE, N_("the home cannot be written; nothing was saved"), "%s", o->home);
    }
    buf_free(&path);
    buf_wipe(&text);
    return e;
}

static void remove_address(const struct server_options *o)
{
    struct why why;
    struct buf path = {0};
    if (path_in(&path, &why, o, "web.address") == OK) {
        (void)remove((const char *)path.ptr);
    }
    buf_free(&path);
}

static enum err start(struct web *w, struct why *why, const struct server_options *o)
{
    const struct http_options http = {.port = o->port, .world = {w, api_admit, api_take}};
    enum err e = stop_posix_listen();
    if (e == OK) {
        e = courier_new(w);
    }
    if (e == OK) {
        e = desk_start(w);
    }
    if (e != OK) {
        return why_set(why, e, N_("out of memory; nothing was changed"), "%s", "");
    }
    e = http_start(&w->http, &w->port, &http);
    return e == OK ? OK : why_set(why, e, N_("the port is taken by another program"), "%u", (unsigned)o->port);
}

static void stop(struct web *w)
{
    desk_stop(w);
    if (w->courier) {
        courier_stop(w);
    }
    if (w->http) {
        http_quiesce(w->http);
        http_stop(w->http);
    }
    desk_free(w);
    courier_free(w);
    device_wipe(&w->keys, sizeof w->keys);
    device_wipe(w->secret, sizeof w->secret);
    device_wipe(w->ticket, sizeof w->ticket);
}

static enum err serve(struct why *why, const struct server_options *o)
{
    struct web w = {.home = o->home, .version = o->version, .today = o->today, .idle_s = o->idle_s, .cost = o->cost};
    if (pthread_mutex_init(&w.lock, NULL) != 0) {
        return why_set(why, ERR_MEMORY, N_("out of memory; nothing was changed"), "%s", "");
    }
    gate_fresh(w.ticket);
    gate_fresh(w.secret);
    char ticket[GATE_TEXT];
    memcpy(ticket, w.ticket, sizeof ticket);
    enum err e = start(&w, why, o);
    if (e == OK) {
        e = write_address(&w, why, o);
    }
    if (e == OK) {
        e = show(why, o, w.port, ticket);
    }
    device_wipe(ticket, sizeof ticket);
    if (e == OK) {
        stop_posix_wait();
    }
    stop(&w);
    remove_address(o);
    (void)pthread_mutex_destroy(&w.lock);
    return e;
}

enum err server_run(struct why *why, const struct server_options *o)
{
    struct buf path = {0};
    int lock = -1;
    enum err e = path_in(&path, why, o, "web.lock");
    if (e == OK) {
        e = posix_lock(&lock, (const char *)path.ptr, 0);
    }
    if (e == OK) {
        e = serve(why, o);
        posix_unlock(lock);
    } else if (e == ERR_BUSY) {
        e = join_other(why, o);
    } else if (e == ERR_STORAGE) {
        e = why_set(why, e, N_("the home cannot be written; nothing was saved"), "%s", o->home);
    }
    buf_free(&path);
    return e;
}
