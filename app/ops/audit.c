#include "app/ops/audit.h"

#include "app/ops/history.h"
#include "app/ops/names.h"
#include "app/ops/people.h"
#include "app/ops/shape.h"
#include "crypto/sshsig.h"
#include "sync/check.h"
#include "sync/posix.h"

#define PRINCIPAL_LEN 16 /* hex characters of the signing key: short, and the same whatever chain it signs */

static const char verify_script[] =
    "#!/bin/sh\n"
    "# Checks every record in log.git with stock git and OpenSSH; samplan is not needed.\n"
    "set -eu\n"
    "cd \"$(dirname \"$0\")\"\n"
    "git --git-dir=log.git fsck --strict\n"
    "checked=0\n"
    "for commit in $(git --git-dir=log.git rev-list --all); do\n"
    "    git --git-dir=log.git -c gpg.format=ssh -c gpg.ssh.allowedSignersFile=\"$PWD/allowed_signers\" \\\n"
    "        verify-commit \"$commit\"\n"
    "    checked=$((checked + 1))\n"
    "done\n"
    "echo \"$checked\"\n";

static enum err write_file(struct ops *o, const char *dir, const char *name, const struct buf *content)
{
    const char *path = arena_printf(o->arena, "%s/%s", dir, name);
    if (!path || content->failed) {
        return ops_no_memory(o);
    }
    if (posix_write_file(path, span_buf(content)) != OK) {
        return why_set(&o->why, ERR_STORAGE, N_("the dossier cannot be written; it was not made"), "%s", path);
    }
    return OK;
}

static enum err write_signers(struct audit_made *out, struct ops *o, const char *dir)
{
    struct people p;
    enum err e = people_load(&p, o);
    if (e != OK) {
        return e;
    }
    struct buf text = {0};
    for (size_t i = 0; i < p.list.device_count; i++) {
        const struct member_device *d = &p.list.devices[i];
        buf_printf(&text, "# %s, %s\n%.*s namespaces=\"git\" ", d->member_name, d->party_name, PRINCIPAL_LEN,
                   names_hex(o->arena, d->sign.b, sizeof d->sign.b));
        sshsig_public_text(&text, &d->sign);
        buf_put_str(&text, "\n");
    }
    out->devices = p.list.device_count;
    e = write_file(o, dir, "allowed_signers", &text);
    buf_free(&text);
    return e;
}

static enum err write_history_json(struct ops *o, const char *dir, const struct view_changes *changes)
{
    struct buf json = {0};
    enum err e = OK;
    buf_put_str(&json, "[\n");
    for (size_t i = 0; e == OK && i < changes->count; i++) {
        struct js j = {0};
        json_t *row = shape_change(&j, o, &changes->changes[i]);
        buf_put_str(&json, i == 0 ? "" : ",\n");
        e = js_check(&j);
        if (e == OK) {
            e = js_line(&json, row);
        }
        json_decref(row);
    }
    buf_put_str(&json, "\n]\n");
    e = e == OK ? write_file(o, dir, "history.json", &json) : ops_no_memory(o);
    buf_free(&json);
    return e;
}

static enum err write_history(struct audit_made *out, struct ops *o, const struct view_object *plan, const char *dir)
{
    struct people p;
    struct view_changes changes;
    enum err e = people_load(&p, o);
    if (e == OK) {
        e = ops_told(o, view_history(&changes, o->arena, o->site, &plan->key.id, NULL));
    }
    if (e != OK) {
        return e;
    }
    struct buf text = {0};
    const char *title = view_get(plan, "title");
    buf_printf(&text, "%s %s %s\n\n", tr(N_("Handlingsplan")), names_uuid(o->arena, &plan->key.id), title ? title : "");
    for (size_t i = 0; i < changes.count; i++) {
        history_say(&text, o->arena, &p, &changes.changes[i]);
        if (changes.changes[i].commit[0]) {
            buf_printf(&text, "    %s %s\n", names_tx(o->arena, &changes.changes[i].by.tx), changes.changes[i].commit);
        }
    }
    out->changes = changes.count;
    e = write_file(o, dir, "history.txt", &text);
    buf_free(&text);
    return e == OK ? write_history_json(o, dir, &changes) : e;
}

static enum err write_readme(struct ops *o, const char *dir)
{
    struct buf text = {0};
    buf_put_str(&text,
                tr(N_("This folder holds the history of one handlingsplan, and what is needed to check it without "
                      "samplan.\n\n"
                      "history.txt      the history to read; history.json the same for programs\n"
                      "log.git          all signed records of the förbund, sealed\n"
                      "allowed_signers  the signing key of every device, with its member and party\n"
                      "verify.sh        the commands below, for every record (sh verify.sh)\n\n"
                      "With git 2.34 or later and OpenSSH 8.9 or later, in this folder:\n\n")));
    buf_put_str(&text,
                "    git --git-dir=log.git fsck --strict\n"
                "    git --git-dir=log.git -c gpg.format=ssh -c gpg.ssh.allowedSignersFile=\"$PWD/allowed_signers\" "
                "\\\n        verify-commit $(git --git-dir=log.git rev-list --all)\n\n");
    buf_put_str(&text, tr(N_("Each change in the history names its transaction and the commit that carries it.\n"
                             "The comparison of names and keys in allowed_signers with reality is yours to make.\n")));
    enum err e = write_file(o, dir, "README.txt", &text);
    buf_free(&text);
    if (e == OK) {
        buf_put_str(&text, verify_script);
        e = write_file(o, dir, "verify.sh", &text);
        buf_free(&text);
    }
    return e;
}

static enum err fill(struct audit_made *out, struct ops *o, const struct view_object *plan, const char *dir)
{
    /* So that every change has a commit. */
    enum err e = ops_told(o, site_seal(o->site));
    const char *log = arena_printf(o->arena, "%s/log.git", dir);
    if (e == OK) {
        e = log ? ops_told(o, check_export(o->site, log)) : ops_memory(o);
    }
    if (e == OK) {
        e = write_signers(out, o, dir);
    }
    if (e == OK) {
        e = write_history(out, o, plan, dir);
    }
    return e == OK ? write_readme(o, dir) : e;
}

enum err audit_export(struct audit_made *out, struct ops *o, const struct view_object *plan, const char *dir)
{
    *out = (struct audit_made){0};
    enum err e = posix_make_dir(dir);
    if (e == ERR_EXISTS) {
        return why_set(&o->why, e, N_("that folder exists already; expected a new one"), "%s", dir);
    }
    if (e != OK) {
        return why_set(&o->why, ERR_STORAGE, N_("the folder cannot be made"), "%s", dir);
    }
    e = fill(out, o, plan, dir);
    if (e != OK) {
        posix_remove_tree(dir);
    }
    return e;
}
