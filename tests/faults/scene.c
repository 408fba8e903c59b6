#define _GNU_SOURCE
#include "tests/faults/scene.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/cli/command.h"

#define NAMES 64
#define CLOCK_MS 1790000000000 /* 2026-09-21 */
#define HUNG_S 90
#define PATHS 8
#define PATH_LEN 512

static char base[64];
static struct fault *shared; /* with the process that runs */
static char paths[PATHS][PATH_LEN];
static struct {
    char name[24];
    char value[200];
} names[NAMES];

void scene_broken(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    _Exit(2);
}

/* ---- everything random is the same in every run ---- */

static uint64_t random_state;

static uint32_t random_word(void)
{
    random_state += 0x9e3779b97f4a7c15u;
    uint64_t z = random_state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)(z >> 32);
}

static void random_bytes(void *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        ((uint8_t *)out)[i] = (uint8_t)random_word();
}

static const char *random_name(void)
{
    return "the same in every run";
}

static void settle_randomness(uint64_t seed)
{
    static randombytes_implementation same = {
        .implementation_name = random_name, .random = random_word, .buf = random_bytes};
    random_state = seed;
    (void)randombytes_set_implementation(&same);
}

/* ---- the folder ---- */

const char *scene_path(const char *name)
{
    static unsigned next;
    char *path = paths[next++ % PATHS];
    (void)snprintf(path, PATH_LEN, "%s/live/%s", base, name);
    return path;
}

static const char *kept(unsigned number)
{
    static char path[PATH_LEN];
    (void)snprintf(path, sizeof path, "%s/kept%u", base, number);
    return path;
}

void scene_begin(const char *parent)
{
    if (!parent)
        parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(base, sizeof base, "%s/samplan-faults-XXXXXX", parent);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || !mkdtemp(base) || mkdir(scene_path(""), 0700) != 0)
        scene_broken("no folder in %s", parent);
    scene_write("losenord", "lösenord\n");
    (void)setenv("LANG", "en", 1);
    (void)unsetenv("LANGUAGE");
    (void)setenv("HOME", base, 1); /* no git configuration of whoever runs this */
    (void)setenv("SAMPLAN_PASSPHRASE_FILE", scene_path("losenord"), 1);
    (void)setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

static void remove_tree(const char *path)
{
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
        scene_broken("%s cannot be removed", path);
}

void scene_end(void)
{
    remove_tree(base);
}

/* Calls what for each entry below `from`, folders before what is in them. */
static void walk(const char *from, const char *below,
                 void (*what)(const char *path, const char *below, const struct stat *st, void *ctx), void *ctx)
{
    char path[PATH_LEN];
    struct dirent **entries = NULL;
    (void)snprintf(path, sizeof path, "%s/%s", from, below);
    int count = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char child[PATH_LEN];
        struct stat st;
        (void)snprintf(child, sizeof child, "%s%s%s", below, *below ? "/" : "", entries[i]->d_name);
        if (snprintf(path, sizeof path, "%s/%s", from, child) >= PATH_LEN)
            scene_broken("%s: too long", child);
        if (strcmp(entries[i]->d_name, ".") != 0 && strcmp(entries[i]->d_name, "..") != 0 && lstat(path, &st) == 0) {
            what(path, child, &st, ctx);
            if (S_ISDIR(st.st_mode))
                walk(from, child, what, ctx);
        }
        free(entries[i]);
    }
    free(entries);
}

static char *slurp(const char *path, size_t *len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0)
        scene_broken("%s cannot be read", path);
    char *bytes = malloc((size_t)st.st_size + 1);
    *len = 0;
    for (ssize_t n = 1; bytes && n > 0 && *len<(size_t)st.st_size; *len += n> 0 ? (size_t)n : 0)
        n = read(fd, bytes + *len, (size_t)st.st_size - *len);
    (void)close(fd);
    if (!bytes)
        scene_broken("out of memory");
    bytes[*len] = '\0';
    return bytes;
}

static void spill(const char *path, const char *bytes, size_t len, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0 || write(fd, bytes, len) != (ssize_t)len || close(fd) != 0)
        scene_broken("%s cannot be written", path);
}

void scene_write(const char *name, const char *content)
{
    spill(scene_path(name), content, strlen(content), 0600);
}

static void copy_one(const char *path, const char *below, const struct stat *st, void *to)
{
    char copy[PATH_LEN];
    (void)snprintf(copy, sizeof copy, "%s/%s", (const char *)to, below);
    if (S_ISDIR(st->st_mode)) {
        if (mkdir(copy, 0700) != 0)
            scene_broken("%s cannot be made", copy);
        return;
    }
    size_t len = 0;
    char *bytes = slurp(path, &len);
    spill(copy, bytes, len, st->st_mode & 0777);
    free(bytes);
}

static void copy_tree(const char *from, const char *to)
{
    char root[PATH_LEN];
    (void)snprintf(root, sizeof root, "%s", to);
    remove_tree(root);
    if (mkdir(root, 0700) != 0)
        scene_broken("%s cannot be made", root);
    walk(from, "", copy_one, root);
}

void scene_keep(unsigned number)
{
    copy_tree(scene_path(""), kept(number));
}

void scene_restore(unsigned number)
{
    copy_tree(kept(number), scene_path(""));
}

static void hash_one(const char *path, const char *below, const struct stat *st, void *ctx)
{
    const size_t name_len = strlen(below);
    if (name_len > 4 && strcmp(below + name_len - 4, "-shm") == 0)
        return;
    if (strncmp(below, "log.git/", 8) == 0 &&
        ((!strstr(below, "/pack-") && !strstr(below, "/refs/")) || strstr(below, ".lock")))
        return; /* of a dossier: what git wrote down about the disk */
    (void)crypto_generichash_update(ctx, (const uint8_t *)below, name_len + 1);
    if (S_ISREG(st->st_mode)) {
        size_t len = 0;
        char *bytes = slurp(path, &len);
        (void)crypto_generichash_update(ctx, (const uint8_t *)&len, sizeof len);
        (void)crypto_generichash_update(ctx, (const uint8_t *)bytes, len);
        free(bytes);
    }
}

uint64_t scene_fingerprint(void)
{
    return scene_fingerprint_of("");
}

uint64_t scene_fingerprint_of(const char *name)
{
    crypto_generichash_state state;
    uint8_t hash[32];
    uint64_t out;
    struct stat st;
    char path[PATH_LEN];
    (void)snprintf(path, sizeof path, "%s", scene_path(name));
    (void)crypto_generichash_init(&state, NULL, 0, sizeof hash);
    if (lstat(path, &st) == 0 && S_ISREG(st.st_mode))
        hash_one(path, "", &st, &state);
    walk(path, "", hash_one, &state);
    (void)crypto_generichash_final(&state, hash, sizeof hash);
    memcpy(&out, hash, sizeof out);
    return out;
}

/* ---- commands ---- */

void said_free(struct said *s)
{
    free(s->out);
    free(s->err);
    *s = (struct said){0};
}

void scene_name(const char *name, const char *value)
{
    for (unsigned i = 0; i < NAMES; i++) {
        if (names[i].name[0] == '\0' || strcmp(names[i].name, name) == 0) {
            (void)snprintf(names[i].name, sizeof names[i].name, "%s", name);
            (void)snprintf(names[i].value, sizeof names[i].value, "%s", value);
            return;
        }
    }
    scene_broken("too many names");
}

const char *scene_named(const char *name)
{
    for (unsigned i = 0; i < NAMES; i++)
        if (strcmp(names[i].name, name) == 0)
            return names[i].value;
    scene_broken("nothing is named %s", name);
}

/* {name} is its value; {/path} is that path in the folder. */
static char *expand(const char *word)
{
    char *out = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&out, &len);
    while (f && *word) {
        const size_t until = strcspn(word, "{");
        (void)fwrite(word, 1, until, f);
        word += until;
        if (*word == '{') {
            char name[64];
            (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 1, "}"), word + 1);
            word += strlen(name) + 2;
            (void)fputs(name[0] == '/' ? scene_path(name + 1) : scene_named(name), f);
        }
    }
    if (!f || fclose(f) != 0)
        scene_broken("out of memory");
    return out;
}

static int samplan(int argc, char **argv)
{
    return command_main(argc, argv, "0");
}

static _Noreturn void child(const struct command_line *line, char **argv, const int to[2])
{
    int argc = 0;
    while (argv[argc])
        argc++;
    if (dup2(open("/dev/null", O_RDONLY), 0) < 0 || dup2(to[0], 1) < 0 || dup2(to[1], 2) < 0)
        _exit(98);
    settle_randomness(line->seed);
    (void)alarm(HUNG_S);
#ifndef __SANITIZE_ADDRESS__
    fault_watch();
#endif
    fault_arm(shared);
    int code = (line->program ? line->program : samplan)(argc, argv);
    fault_disarm();
    for (int i = 0; i < argc; i++)
        free(argv[i]);
    exit(code); /* not _exit: a sanitizer looks for leaks */
}

static int make_file(const char *name)
{
    char path[PATH_LEN];
    (void)snprintf(path, sizeof path, "%s/%s", base, name);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        scene_broken("%s cannot be made", path);
    return fd;
}

static char *taken(int fd, const char *name, size_t *len)
{
    char path[PATH_LEN];
    (void)snprintf(path, sizeof path, "%s/%s", base, name);
    (void)close(fd);
    return slurp(path, len);
}

/* How many words there are; the last is followed by NULL. */
static size_t make_argv(char *argv[SCENE_WORDS + 8], const struct command_line *line)
{
    size_t count = 0;
    argv[count++] = strdup("samplan");
    argv[count++] = strdup("--json");
    if (line->home) {
        argv[count++] = strdup("--home");
        argv[count++] = strdup(scene_path(line->home));
    }
    for (size_t i = 0; i < SCENE_WORDS && line->words[i]; i++)
        argv[count++] = expand(line->words[i]);
    argv[count] = NULL;
    return count;
}

void scene_run(struct said *out, const struct command_line *line, struct fault *f)
{
    char *argv[SCENE_WORDS + 8];
    int to[2] = {make_file("out"), make_file("err")};
    int status = 0;
    size_t err_len = 0;
    const size_t words = make_argv(argv, line);
    *shared = f ? *f : (struct fault){.at = 0};
    shared->clock_ms = CLOCK_MS + line->later_ms;
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        child(line, argv, to);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        scene_broken("no process could be started");
    for (size_t i = 0; i < words; i++)
        free(argv[i]);
    if (f)
        *f = *shared;
    out->code = WIFSIGNALED(status) ? SCENE_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
    out->out = taken(to[0], "out", &out->out_len);
    out->err = taken(to[1], "err", &err_len);
}

static void name_id(const char *name, const char *out)
{
    char id[64] = "";
    const char *at = strstr(out, "\"id\": \"");
    if (!at || sscanf(at + 7, "%63[^\"]", id) != 1)
        scene_broken("no id in: %s", out);
    scene_name(name, id);
}

void scene_must(const char *name, const char *home, ...)
{
    struct command_line line = {.home = home};
    struct said said;
    va_list words;
    va_start(words, home);
    for (size_t i = 0; i + 1 < SCENE_WORDS && (line.words[i] = va_arg(words, const char *)); i++) {
    }
    va_end(words);
    static int64_t later; /* no two commands at the same moment, nor with the same keys */
    line.later_ms = ++later - 1000000;
    line.seed = (uint64_t)later;
    scene_run(&said, &line, NULL);
    if (said.code > 1)
        scene_broken("%s %s: exit %d: %s", line.words[0], line.words[1] ? line.words[1] : "", said.code, said.err);
    if (name)
        name_id(name, said.out);
    said_free(&said);
}
