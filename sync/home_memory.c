#include "sync/home.h"

#include "sync/chains.h"
#include "sync/utf8.h"

#include <stdio.h>
#include <string.h>

enum err home_put_blob(struct site *s, const char *name, const void *ptr, size_t len)
{
    struct db_row *q = db_use(s->db, "INSERT INTO meta(name, value) VALUES(?1, ?2)"
                                     " ON CONFLICT(name) DO UPDATE SET value = ?2");
    db_text(q, 1, name);
    db_blob(q, 2, ptr, len);
    return db_run(q);
}

enum err home_put_text(struct site *s, const char *name, const char *text)
{
    return home_put_blob(s, name, text, strlen(text));
}

enum err home_get_blob(bool *found, struct site *s, const char *name, void *out, size_t len)
{
    struct db_row *q = db_use(s->db, "SELECT value FROM meta WHERE name = ?");
    db_text(q, 1, name);
    *found = false;
    if (db_next(q) && db_col_blob(q, 0).len == len) {
        db_col_copy(q, 0, out, len);
        *found = true;
    }
    return db_end(q);
}

static void copy_name(char *out, size_t size, const char *text)
{
    (void)snprintf(out, size, "%s", text ? text : "");
}

static enum err load_forbund(struct site *s)
{
    struct db_row *q = db_use(s->db, "SELECT value FROM meta WHERE name = 'forbund_name'");
    if (db_next(q)) {
        struct span name = db_col_blob(q, 0);
        (void)snprintf(s->self.forbund_name, sizeof s->self.forbund_name, "%.*s", (int)name.len,
                       (const char *)name.ptr);
    }
    return db_end(q);
}

static enum err load_certification(struct site *s)
{
    struct site_self *self = &s->self;
    struct opening opening;
    enum err e = chains_opening(&opening, s);
    if (e != OK) {
        return e;
    }
    struct db_row *q =
        db_use(s->db, "SELECT c.member, c.party, c.name, c.role, p.name, p.kind FROM certification c"
                      " LEFT JOIN party p ON p.uuid = c.party JOIN record r ON r.seq = c.tx_record"
                      " JOIN chain k ON k.id = r.chain WHERE c.sign = ?1"
                      " AND k.root = (SELECT root FROM chain WHERE chain = ?2) AND r.first + c.tx_place = ?3"
                      " ORDER BY r.hash IS (SELECT value FROM meta WHERE name = 'invited_by')");
    db_blob(q, 1, self->device.b, SIGN_PUBLIC_LEN);
    db_blob(q, 2, opening.certified.chain.b, ID_LEN);
    db_int(q, 3, (int64_t)opening.certified.n);
    while (db_next(q)) {
        self->stage = SITE_MEMBER;
        db_col_copy(q, 0, self->member.b, ID_LEN);
        db_col_copy(q, 1, self->party.b, ID_LEN);
        copy_name(self->member_name, sizeof self->member_name, db_col_text(q, 2));
        copy_name(self->role, sizeof self->role, db_col_text(q, 3));
        copy_name(self->party_name, sizeof self->party_name, db_col_text(q, 4));
        copy_name(self->party_kind, sizeof self->party_kind, db_col_text(q, 5));
    }
    return db_end(q);
}

/* An invited device shows and writes nothing until it holds the record that certified it. */
static enum err holds_invitation(bool *out, struct site *s)
{
    struct hash by;
    bool invited = false;
    int64_t held = 0;
    enum err e = home_get_blob(&invited, s, "invited_by", by.b, HASH_LEN);
    *out = !invited;
    if (e == OK && invited) {
        struct db_row *q = db_use(s->db, "SELECT 1 FROM record WHERE hash = ?");
        db_blob(q, 1, by.b, HASH_LEN);
        e = db_get_int(&held, q, 0);
        *out = held == 1;
    }
    return e;
}

static enum err load_shut(struct site *s)
{
    int64_t shut = 0;
    enum err e = db_get_int(&shut, db_use(s->db, "SELECT 1 FROM part WHERE state = 1 AND forbund = 1 LIMIT 1"), 0);
    s->was_shut = s->was_shut || shut == 1;
    return e;
}

enum err home_load_self(struct site *s)
{
    bool found = false;
    bool held = false;
    s->self.stage = SITE_ASKED;
    enum err e = home_get_blob(&found, s, "forbund", s->self.forbund.b, ID_LEN);
    if (e != OK || !found) {
        return e;
    }
    s->self.stage = SITE_INVITED;
    e = load_shut(s);
    if (e == OK) {
        e = load_forbund(s);
    }
    if (e == OK) {
        e = home_get_blob(&found, s, "member", s->self.member.b, ID_LEN);
    }
    if (e == OK) {
        e = home_get_blob(&found, s, "party", s->self.party.b, ID_LEN);
    }
    if (e == OK) {
        e = holds_invitation(&held, s);
    }
    return e == OK && held ? load_certification(s) : e;
}

struct uuid home_new_id(const struct site *s)
{
    uint8_t random[10];
    device_random(random, sizeof random);
    return uuid_make(s->now_ms(), random);
}

enum err home_clean_name(const char **out, struct arena *a, struct site *s, const char *typed)
{
    struct buf clean = {0};
    enum err e = utf8_clean(&clean, span_str(typed));
    if (e == OK && (utf8_is_blank(span_buf(&clean)) || clean.len > LIMIT_NAME || memchr(clean.ptr, '\n', clean.len) ||
                    memchr(clean.ptr, '\t', clean.len))) {
        e = ERR_INPUT;
    }
    if (e == ERR_INPUT) {
        e = why_set(&s->why, e, WHY("a name is one line of text, not only blanks, at most 200 bytes"), "%.100s", typed);
    }
    if (e == OK) {
        *out = arena_text(a, span_buf(&clean));
        e = *out ? OK : ERR_MEMORY;
    }
    buf_free(&clean);
    return e;
}

static bool is_one_of(const char *text, const char *const *list)
{
    for (; *list; list++) {
        if (strcmp(text, *list) == 0) {
            return true;
        }
    }
    return false;
}

bool home_is_kind(const char *kind)
{
    static const char *const kinds[] = {"kommun", "region", "af", "fk", "annan", NULL};
    return is_one_of(kind, kinds);
}

bool home_is_role(const char *role)
{
    static const char *const roles[] = {"handläggare", "samordnare", "administratör", "revisor", NULL};
    return is_one_of(role, roles);
}
