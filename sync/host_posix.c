#include "sync/host_posix.h"

#include "sync/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_MS 100
#define MERCY_MS 2000              /* between asking a child to end and ending it */
#define ERR_KEPT 16384             /* bytes of standard error */
#define FILE_MAX ((rlim_t)8 << 30) /* bytes of one file that a child may write: a pack */
#define ENVIRONMENT_MAX 64
#define PATH_DEFAULT "/usr/local/bin:/usr/bin:/bin"

/* What a host's access may hang on: the user's own keys, agent, proxy and git configuration. */
static const char *const passed_on[] = {"PATH",          "HOME",
                                        "USER",          "LOGNAME",
                                        "TMPDIR",        "XDG_CONFIG_HOME",
                                        "SSH_AUTH_SOCK", "GIT_SSH_COMMAND",
                                        "GIT_SSH",       "KRB5CCNAME",
                                        "http_proxy",    "https_proxy",
                                        "HTTPS_PROXY",   "all_proxy",
                                        "ALL_PROXY",     "no_proxy",
                                        "NO_PROXY",      "SSL_CERT_FILE",
                                        "SSL_CERT_DIR"};

struct child {
    pid_t pid;
    int out;
    int err;
    bool ended;
    int status;
};

static enum err find_program(struct buf *path, const char *name)
{
    const char *at = getenv("PATH");
    at = at && *at ? at : PATH_DEFAULT;
    while (*at) {
        const size_t len = strcspn(at, ":");
        buf_cut(path, 0);
        buf_put(path, at, len);
        buf_printf(path, "/%s", name);
        const char *candidate = buf_text(path);
        if (!candidate) {
            return ERR_MEMORY;
        }
        if (len > 0 && at[0] == '/' && access(candidate, X_OK) == 0 && !posix_is_dir(candidate)) {
            return OK;
        }
        at += len + (at[len] == ':');
    }
    return ERR_NOT_FOUND;
}

/* The strings lie in text, one after the other; pointers to them in out. */
static enum err gather_environment(const char **out, struct buf *text, const char *const *more)
{
    size_t starts[ENVIRONMENT_MAX];
    size_t count = 0;
    for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++) {
        const char *value = getenv(passed_on[i]);
        if (value) {
            starts[count++] = text->len;
            buf_printf(text, "%s=%s", passed_on[i], value);
            buf_put_u8(text, 0);
        }
    }
    for (size_t i = 0; more[i] && count + 1 < ENVIRONMENT_MAX; i++) {
        starts[count++] = text->len;
        buf_put(text, more[i], strlen(more[i]) + 1);
    }
    if (buf_check(text) != OK) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        out[i] = (const char *)text->ptr + starts[i];
    }
    out[count] = NULL;
    return OK;
}

/* Only what is safe between fork and exec. A session of its own: no terminal to ask for a password on, and one group to
 * end. */
static void become(const char *path, const struct host_posix *what, const char *const *environment, const int out[2],
                   const int err[2])
{
    const struct rlimit files = {.rlim_cur = FILE_MAX, .rlim_max = FILE_MAX};
    const struct rlimit cores = {.rlim_cur = 0, .rlim_max = 0};
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGINT, SIG_DFL);
    (void)signal(SIGTERM, SIG_DFL);
    (void)setsid();
    (void)setrlimit(RLIMIT_FSIZE, &files);
    (void)setrlimit(RLIMIT_CORE, &cores);
    const int nothing = open("/dev/null", O_RDONLY);
    if (nothing >= 0 && dup2(nothing, 0) >= 0 && dup2(out[1], 1) >= 0 && dup2(err[1], 2) >= 0) {
        /* execve takes its strings as they are, for historical reasons without const */
        (void)execve(path, (char *const *)(uintptr_t)what->words, (char *const *)(uintptr_t)environment);
    }
    _exit(127);
}

static void close_pair(int pair[2])
{
    for (int i = 0; i < 2; i++) {
        if (pair[i] >= 0) {
            (void)close(pair[i]);
        }
        pair[i] = -1;
    }
}

static bool make_pair(int pair[2])
{
    if (pipe(pair) != 0) {
        pair[0] = pair[1] = -1;
        return false;
    }
    return fcntl(pair[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(pair[1], F_SETFD, FD_CLOEXEC) == 0 &&
           fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0;
}

static enum err start(struct child *c, const char *path, const struct host_posix *what, const char *const *environment)
{
    int out[2] = {-1, -1};
    int err[2] = {-1, -1};
    c->pid = make_pair(out) && make_pair(err) ? fork() : -1;
    if (c->pid == 0) {
        become(path, what, environment, out, err);
    }
    if (c->pid < 0) {
        close_pair(out);
        close_pair(err);
        return ERR_STORAGE;
    }
    (void)close(out[1]);
    (void)close(err[1]);
    c->out = out[0];
    c->err = err[0];
    return OK;
}

/* Everything that can be read now. *fd becomes -1 at the end. True if there was something. */
static bool drain(struct buf *to, int *fd)
{
    uint8_t block[16384];
    bool some = false;
    while (*fd >= 0) {
        const ssize_t n = read(*fd, block, sizeof block);
        if (n > 0) {
            buf_put(to, block, (size_t)n);
            some = true;
        } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
            (void)close(*fd);
            *fd = -1;
        } else if (errno == EAGAIN) {
            break;
        }
    }
    return some;
}

static void look_whether_ended(struct child *c)
{
    if (!c->ended && waitpid(c->pid, &c->status, WNOHANG) == c->pid) {
        c->ended = true;
    }
}

/* The whole group: git's helpers (ssh, index-pack) with git. */
static void end_child(struct child *c)
{
    look_whether_ended(c);
    if (!c->ended) {
        (void)kill(-c->pid, SIGTERM);
        for (unsigned waited = 0; !c->ended && waited < MERCY_MS; waited += TICK_MS / 2) {
            posix_sleep_ms(TICK_MS / 2);
            look_whether_ended(c);
        }
    }
    (void)kill(-c->pid, SIGKILL);
    while (!c->ended) {
        c->ended = waitpid(c->pid, &c->status, 0) == c->pid || errno != EINTR;
    }
}

static void cut_front(struct buf *b)
{
    if (!b->failed && b->len > 2 * (size_t)ERR_KEPT) {
        memmove(b->ptr, b->ptr + b->len - ERR_KEPT, ERR_KEPT);
        buf_cut(b, ERR_KEPT);
    }
}

/* Until it has ended and nothing more can be read. What it leaves running in the background may hold the pipes open, and
 * is not waited for. */
static enum host_posix_end listen_to(struct child *c, struct buf *out, struct buf *err, const struct host_posix *what)
{
    unsigned idle = 0;
    for (;;) {
        struct pollfd wait[2] = {{.fd = c->out, .events = POLLIN}, {.fd = c->err, .events = POLLIN}};
        const int ready = c->out >= 0 || c->err >= 0 ? poll(wait, 2, TICK_MS) : 0;
        const bool was_over = c->ended;
        const bool wrote = drain(out, &c->out);
        const bool said = drain(err, &c->err);
        cut_front(err);
        look_whether_ended(c);
        if (c->ended && (was_over || (c->out < 0 && c->err < 0))) {
            if (what->keep_on) {
                (void)what->keep_on(what->ctx, span_buf(err)); /* how far it came in the end */
            }
            return HOST_POSIX_DONE;
        }
        if (ready == 0 && c->out < 0 && c->err < 0) {
            posix_sleep_ms(TICK_MS / 10);
        }
        idle = wrote || said ? 0 : idle + (ready == 0 ? TICK_MS : 0);
        if (out->failed || err->failed || out->len > what->out_max) {
            return HOST_POSIX_FULL;
        }
        if (idle >= what->idle_ms) {
            return HOST_POSIX_SILENT;
        }
        if (!c->ended && what->keep_on && !what->keep_on(what->ctx, span_buf(err))) {
            return HOST_POSIX_CANCELLED;
        }
    }
}

enum err host_posix_run(enum host_posix_end *end, int *code, struct buf *out, struct buf *err,
                        const struct host_posix *what)
{
    const char *environment[ENVIRONMENT_MAX];
    struct buf path = {0};
    struct buf text = {0};
    struct child c = {.out = -1, .err = -1};
    *end = HOST_POSIX_MISSING;
    *code = -1;
    enum err e = find_program(&path, what->words[0]);
    if (e == OK) {
        e = gather_environment(environment, &text, what->environment);
    }
    if (e == OK) {
        e = start(&c, (const char *)path.ptr, what, environment);
    }
    if (e == OK) {
        *end = listen_to(&c, out, err, what);
        if (*end != HOST_POSIX_DONE) {
            end_child(&c);
        }
        *code = WIFEXITED(c.status) ? WEXITSTATUS(c.status) : 128 + WTERMSIG(c.status);
        e = buf_check(out) == OK ? buf_check(err) : ERR_MEMORY;
    }
    for (int i = 0; i < 2; i++) {
        const int fd = i ? c.err : c.out;
        if (fd >= 0) {
            (void)close(fd);
        }
    }
    buf_free(&path);
    buf_free(&text);
    return e == ERR_NOT_FOUND ? OK : e;
}
