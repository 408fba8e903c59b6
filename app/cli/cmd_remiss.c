#include "app/cli/args.h"
#include "app/cli/assign.h"
#include "app/cli/cmd.h"
#include "app/cli/saved.h"
#include "app/cli/session.h"
#include "app/ops/remisser.h"

enum err cmd_remiss_new(struct call *c)
{
    struct remisser_wish wish = {0};
    struct uuid id = {{0}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, NULL, 2, ARGS_ANY);
    if (e == OK) {
        e = assign_take(&wish.fields, c, 1);
    }
    if (e == OK) {
        e = session_edit(&ed, c);
    }
    if (e == OK) {
        wish.plan = c->args[0];
        e = remisser_new(&id, &c->ops, ed, &wish);
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? saved_made(c, &id, tx) : e;
}

enum err cmd_remiss_answer(struct call *c)
{
    struct people people;
    struct remisser_answer answer = {0};
    const struct args_option options[] = {{.name = "--why", .value = &answer.why}, {.name = NULL}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, options, 2, 2);
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = people_load(&people, &c->ops);
    }
    if (e == OK) {
        e = session_begin(&ed, c);
    }
    if (e == OK) {
        answer.id = c->args[0];
        answer.status = c->args[1];
        e = remisser_settle(&c->ops, ed, &people, &answer);
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? saved_known(c, c->args[0], tx, N_("Saved.")) : e;
}
