#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "sync/backup.h"

enum err cmd_backup_write(struct call *c)
{
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = ops_told(&c->ops, backup_write(c->ops.site, c->args[0]));
    }
    if (e != OK) {
        return e;
    }
    if (c->json) {
        json_t *out = js_object(&c->js);
        js_text(&c->js, out, "file", c->args[0]);
        out_json(c, out);
    } else if (!c->quiet) {
        out_say(c, tr(N_("The backup is in %s. It opens with the passphrase that the home has now.\n")), c->args[0]);
    }
    return call_done(c);
}

static enum err show_restored(struct call *c)
{
    struct site_figures figures;
    const struct site_mended mended = site_mended(c->ops.site);
    enum err e = ops_told(&c->ops, site_figures(&figures, c->ops.site));
    if (e != OK) {
        return e;
    }
    c->look = mended.remotes_lost || mended.memory_lost || mended.drafts_lost || mended.log_damaged;
    if (c->json) {
        json_t *out = js_object(&c->js);
        js_count(&c->js, out, "records", figures.records);
        js_count(&c->js, out, "transactions", figures.transactions);
        js_bool(&c->js, out, "whole", !c->look);
        out_json(c, out);
    } else if (!c->quiet) {
        out_say(c,
                tr(N_("The home is restored from %llu records with %llu transactions. Meet the others (samplan sync) "
                      "for what came after the backup.\n")),
                (unsigned long long)figures.records, (unsigned long long)figures.transactions);
        if (c->look) {
            out_say(c, "%s\n", tr(N_("Not all of the backup could be read.")));
        }
    }
    return call_done(c);
}

enum err cmd_backup_restore(struct call *c)
{
    struct session_new new = {0};
    struct site *site = NULL;
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = session_prepare_restore(&new, c);
    }
    if (e == OK) {
        e = backup_restore(&site, &new.options, c->args[0]);
        e = session_keep(c, site, e);
    }
    passphrase_free(&new.passphrase);
    return e == OK ? show_restored(c) : e;
}
