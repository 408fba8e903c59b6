#include "tests/fuzz/stage.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/ops/apply_line.h"
#include "app/plan/dates.h"
#include "app/plan/model.h"
#include "sync/edit.h"

static char folder[] = "/tmp/samplan-fuzz-XXXXXX";
static struct ops ops;

static uint64_t tick(void)
{
    static uint64_t clock_ms = 1790000000000u;
    return clock_ms += 7;
}

static void must(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "stage: %s: %s: %s\n", what, ops.why.text ? ops.why.text : "", ops.why.detail);
        abort();
    }
}

static void strike(void)
{
    char command[100];
    site_close(ops.site);
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    (void)!system(command); /* NOLINT: our own path */
}

static void fill(void)
{
    static const char *const lines[] = {
        "{\"op\":\"new\",\"type\":\"plan\",\"id\":\"" STAGE_PLAN
        "\",\"set\":{\"title\":\"Plan\",\"person.name\":\"Bo\"}}",
        "{\"op\":\"new\",\"type\":\"activity\",\"plan\":\"" STAGE_PLAN "\",\"id\":\"" STAGE_ACTIVITY
        "\",\"set\":{\"kind\":\"studier\",\"text\":\"En längre text att skarva i.\"}}",
    };
    struct edit *ed = NULL;
    must(edit_begin(&ed, ops.site) == OK, "edit");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        json_t *line = NULL;
        must(apply_line_parse(&line, &ops, span_str(lines[i])) == OK, "parse");
        must(apply_line_do(&ops, ed, line) == OK, "do");
        json_decref(line);
    }
    struct dot at;
    must(edit_commit(ed, &at) == OK, "commit");
}

struct ops *stage_ops(struct arena *a)
{
    ops.arena = a;
    if (ops.site) {
        return &ops;
    }
    must(mkdtemp(folder) != NULL, "folder");
    const struct site_options o = {.dir = folder,
                                   .passphrase = span_str("lösenord"),
                                   .schema = model_schema(),
                                   .cost = DEVICE_COST_CHEAP,
                                   .now_ms = tick};
    const struct site_founding f = {
        .forbund = "Prov", .party = "Kommunen", .kind = "kommun", .person = "Karin", .quorum = 1};
    must(site_found(&ops.site, &o, &f) == OK, "found");
    must(dates_parse(&ops.today, "2026-09-01") == OK, "today");
    (void)atexit(strike);
    fill();
    return &ops;
}
