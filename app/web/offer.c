#include "app/web/offer.h"

#include <string.h>

static const char *const offered[] = {
    "members",
    "plan new",
    "plan list",
    "plan show",
    "plan set",
    "plan add",
    "plan remove",
    "plan state",
    "plan close",
    "plan followup",
    "plan reopen",
    "consent give",
    "consent withdraw",
    "consent list",
    "disclose list",
    "disclose",
    "remote add", /* the path it takes is a place to meet: nothing of it is read out to the page */
    "remote list",
    "remote remove",
    "conflicts",
    "resolve",
    "clashes",
    "clash accept",
    "log",
    "blame",
    "news",
    "proposal add",
    "proposal list",
    "proposal accept",
    "proposal decline",
    "meeting new",
    "meeting agenda",
    "meeting minutes",
    "meeting decide",
    "outcome list",
    "remiss new",
    "remiss answer",
    "remiss settle",
    "remiss list",
    "assessment new",
    "assessment agree",
    "assessment list",
    "verify",
    "digest",
    "insats list",
    "insats search",
    "insats show",
    "insats new",
    "group list",
    "group show",
    "group new",
    "group module",
    "group session",
    "group join",
    "group attend",
    "group complete",
    "person protect",
    "person duplicates",
    "person join",
    "person split",
    "copy",
    "status",
    "help",
    "version",
};

bool offer_has(const char *name)
{
    for (size_t i = 0; i < sizeof offered / sizeof *offered; i++) {
        if (strcmp(offered[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* "plan/show" is "plan show". */
static bool is_path_of(const char *rest, const char *name)
{
    for (; *rest && *name; rest++, name++) {
        if (*rest != (*name == ' ' ? '/' : *name)) {
            return false;
        }
    }
    return *rest == '\0' && *name == '\0';
}

const struct command *offer_find(const char *rest)
{
    for (const struct command *c = command_table; c->name; c++) {
        if (is_path_of(rest, c->name)) {
            return offer_has(c->name) ? c : NULL;
        }
    }
    return NULL;
}
