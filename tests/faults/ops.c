#define _GNU_SOURCE
#include "tests/faults/ops.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOUR_MS 3600000
#define must(home, ...) scene_must(NULL, home, __VA_ARGS__, NULL)

void ops_world(void)
{
    must("a", "found", "--forbund", "Provförbundet", "--party", "Kommunen", "--kind", "kommun", "--person", "Ett",
         "--passphrase-cost", "cheap");
    must("b", "enrol", "request", "--party", "Regionen", "--kind", "region", "--person", "Två", "--role",
         "administratör", "-o", "{/b.ansokan}", "--passphrase-cost", "cheap");
    must("a", "enrol", "approve", "{/b.ansokan}", "-o", "{/b.inbjudan}");
    must("b", "enrol", "accept", "{/b.inbjudan}");
    must("a", "remote", "add", "mapp", "{/mapp}");
    must("b", "remote", "add", "mapp", "{/mapp}");
    must("a", "sync", "mapp");
    must("b", "sync", "mapp");
    scene_must("plan", "a", "plan", "new", "title=Provplan", "person.name=Testperson Ett", NULL);
    scene_must("goal", "a", "plan", "add", "{plan}", "goal", "text=Ett mål", NULL);
    scene_must("consent", "a", "consent", "give", "{plan}", "--to", "alla", "--sections", "plan,person", NULL);
    must("a", "plan", "add", "{plan}", "activity", "kind=studier", "from=2026-10-01", "to=2026-12-18");
    must("a", "sync", "mapp");
    must("b", "sync", "mapp");
    must("b", "plan", "add", "{plan}", "goal", "text=Ett mål från den andra");
    must("b", "plan", "set", "{goal}", "text=Ett ändrat mål");
    must("b", "sync", "mapp");
    must("a", "plan", "add", "{plan}", "note", "text=En anteckning");
    must("a", "plan", "set", "{plan}", "title=Ny titel");
}

static void prepare_request(void)
{
    must("c", "enrol", "request", "--party", "Arbetsförmedlingen", "--kind", "af", "--person", "Tre", "--role",
         "administratör", "-o", "{/c.ansokan}", "--passphrase-cost", "cheap");
}

static void prepare_invitation(void)
{
    prepare_request();
    must("a", "enrol", "approve", "{/c.ansokan}", "-o", "{/c.inbjudan}");
}

static void prepare_newcomer(void)
{
    prepare_invitation();
    must("c", "enrol", "accept", "{/c.inbjudan}");
    must("c", "remote", "add", "mapp", "{/mapp}");
    must("a", "sync", "mapp");
}

static void prepare_apply(void)
{
    char lines[1000] = "";
    char line[200];
    for (int i = 0; i < 3; i++) {
        (void)snprintf(
            line, sizeof line,
            "{\"op\":\"new\",\"type\":\"goal\",\"plan\":\"%s\",\"set\":{\"text\":\"Mål %d\"},\"tx\":\"t\"}\n",
            scene_named("plan"), i);
        (void)strcat(lines, line);
    }
    scene_write("apply.jsonl", lines);
}

static void prepare_bundle(void)
{
    must("a", "sync", "mapp");
    must("b", "sync", "mapp");
    must("a", "remote", "add", "fil", "{/fil.bundle}");
    must("b", "remote", "add", "fil", "{/fil.bundle}");
    must("b", "sync", "fil");
    must("a", "plan", "add", "{plan}", "note", "text=En till");
}

static void prepare_host(void)
{
    char command[600];
    char url[600];
    (void)snprintf(command, sizeof command, "git init -q --bare '%s'", scene_path("host.git"));
    if (system(command) != 0)
        scene_broken("%s: failed", command);
    (void)snprintf(url, sizeof url, "file://%s", scene_path("host.git"));
    must("a", "remote", "add", "host", url);
    must("b", "remote", "add", "host", url);
    must("b", "sync", "host");
}

static void prepare_import(void)
{
    scene_write("in.csv", "Insats;Målgrupp;Ägare\nFontänhuset;Unga;Kommunen\nVerkstaden;Alla;Kommunen\n");
}

static void prepare_packs(void)
{
    for (int i = 0; i < 5; i++) {
        char text[40];
        (void)snprintf(text, sizeof text, "text=Mål %d", i);
        must("a", "plan", "add", "{plan}", "goal", text);
        must("a", "sync", "mapp");
    }
}

static void prepare_conflict(void)
{
    must("a", "plan", "set", "{goal}", "text=Ett annat mål");
    must("a", "sync", "mapp");
}

/* ---- planted: what the test must find ---- */

/* Takes no notice of a write that fails. */
static int careless(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    int fd = open(scene_path("fil"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd >= 0) {
        if (write(fd, "innehåll", 9) < 0) {
        }
        (void)close(fd);
    }
    (void)puts("{\"saved\":true}");
    return 0;
}

/* Tells of it, and leaves half. */
static int half(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    int fd = open(scene_path("fil"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    bool bad = fd < 0 || write(fd, "inne", 4) != 4 || write(fd, "håll", 5) != 5 || close(fd) != 0;
    if (bad)
        (void)fputs("{\"error\":{\"code\":\"storage\",\"message\":\"the disk is full; nothing was saved\"}}\n", stderr);
    return bad ? 5 : 0;
}

/* Does not look at what malloc gives. */
static int trusting(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    char *volatile text = malloc(10);
    strcpy(text, "text");
    free(text);
    return 0;
}

#define WORDS(...)                                                                                                     \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }
const struct op ops_all[] = {
    {.name = "found",
     .line = {.home = "ny",
              .words = WORDS("found", "--forbund", "Nytt", "--party", "Kommunen", "--kind", "kommun", "--person", "En",
                             "--passphrase-cost", "cheap")}},
    {.name = "request",
     .line = {.home = "c",
              .words = WORDS("enrol", "request", "--party", "Arbetsförmedlingen", "--kind", "af", "--person", "Tre",
                             "--role", "administratör", "-o", "{/c.ansokan}", "--passphrase-cost", "cheap")},
     .makes = "c.ansokan"},
    {.name = "approve",
     .steps = true,
     .prepare = prepare_request,
     .line = {.home = "a", .words = WORDS("enrol", "approve", "{/c.ansokan}", "-o", "{/c.inbjudan}")},
     .look = {"members"},
     .makes = "c.inbjudan",
     .again = true},
    {.name = "accept",
     .prepare = prepare_invitation,
     .line = {.home = "c", .words = WORDS("enrol", "accept", "{/c.inbjudan}")},
     .look = {"remote", "list"}},
    {.name = "first-meeting",
     .prepare = prepare_newcomer,
     .line = {.home = "c", .words = WORDS("sync", "mapp")},
     .again = true,
     .steps = true},
    {.name = "show", .line = {.home = "a", .words = WORDS("plan", "show", "{plan}")}, .again = true},
    {.name = "set", .line = {.home = "a", .words = WORDS("plan", "set", "{goal}", "text=Ett nytt mål")}},
    {.name = "add", .line = {.home = "a", .words = WORDS("plan", "add", "{plan}", "goal", "text=Ett tredje mål")}},
    {.name = "apply", .prepare = prepare_apply, .line = {.home = "a", .words = WORDS("apply", "{/apply.jsonl}")}},
    {.name = "seal",
     .line = {.home = "a", .words = WORDS("plan", "list"), .later_ms = 2 * HOUR_MS},
     .again = true,
     .maybe = true},
    {.name = "folder", .line = {.home = "a", .words = WORDS("sync", "mapp")}, .again = true, .steps = true},
    {.name = "bundle",
     .prepare = prepare_bundle,
     .line = {.home = "a", .words = WORDS("sync", "fil")},
     .again = true,
     .steps = true},
    {.name = "host",
     .prepare = prepare_host,
     .line = {.home = "a", .words = WORDS("sync", "host")},
     .again = true,
     .steps = true},
    {.name = "rebuild", .line = {.home = "a", .words = WORDS("rebuild")}, .sizes = true, .again = true, .steps = true},
    {.name = "gc",
     .prepare = prepare_packs,
     .line = {.home = "a", .words = WORDS("gc")},
     .sizes = true,
     .again = true,
     .steps = true},
    {.name = "consent-give",
     .line = {.home = "a", .words = WORDS("consent", "give", "{plan}", "--to", "Regionen", "--sections", "halsa")},
     .look = {"consent", "list", "{plan}"}},
    {.name = "consent-withdraw",
     .line = {.home = "a", .words = WORDS("consent", "withdraw", "{consent}")},
     .look = {"consent", "list", "{plan}"}},
    {.name = "disclose",
     .line = {.home = "a", .words = WORDS("disclose", "{plan}")},
     .look = {"disclose", "list", "{plan}"}},
    {.name = "import",
     .prepare = prepare_import,
     .steps = true,
     .line = {.home = "a", .words = WORDS("import", "{/in.csv}")},
     .again = true},
    {.name = "resolve",
     .prepare = prepare_conflict,
     .line = {.home = "a", .words = WORDS("resolve", "{goal}", "text", "--take", "0")}},
    {.name = "remote",
     .line = {.home = "a", .words = WORDS("remote", "add", "annan", "{/annan}")},
     .look = {"remote", "list"}},
    {.name = "export",
     .steps = true,
     .line = {.home = "a", .words = WORDS("audit", "export", "{plan}", "-o", "{/dossier}")},
     .makes = "dossier"},
    {.name = "print",
     .line = {.home = "a", .words = WORDS("print", "{plan}", "--html", "{/plan.html}")},
     .makes = "plan.html",
     .again = true},
    {.name = "verify", .line = {.home = "a", .words = WORDS("verify", "--full")}, .again = true},
    {.name = "dump", .line = {.home = "a", .words = WORDS("dump")}, .again = true},
    {.name = "news", .line = {.home = "a", .words = WORDS("news")}, .again = true},
    {.name = "log", .line = {.home = "a", .words = WORDS("log", "{plan}")}, .again = true},
    {.name = "clashes", .line = {.home = "a", .words = WORDS("clashes")}, .again = true},
    {.name = "careless", .line = {.program = careless}, .makes = "fil", .again = true, .planted = true},
    {.name = "half", .line = {.program = half}, .makes = "fil", .again = true, .planted = true},
    {.name = "trusting", .line = {.program = trusting}, .again = true, .planted = true},
    {.name = NULL},
};
