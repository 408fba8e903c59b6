#include "app/cli/args.h"

#include <string.h>

/* The options that every command has. */
static void global_options(struct args_option out[7], struct call *c)
{
    const struct args_option all[7] = {
        {.name = "--home", .value = &c->home},
        {.name = "--json", .flag = &c->json},
        {.name = "--quiet", .flag = &c->quiet},
        {.name = "-q", .flag = &c->quiet},
        {.name = "--passphrase-file", .value = &c->passphrase_file},
        {.name = "--today", .value = &c->today},
        {.name = NULL},
    };
    memcpy(out, all, sizeof all);
}

/* The option that word names, with or without "=value". */
static const struct args_option *find(const struct args_option *options, const char *word)
{
    const size_t len = strcspn(word, "=");
    for (; options && options->name; options++) {
        if (strlen(options->name) == len && memcmp(options->name, word, len) == 0) {
            return options;
        }
    }
    return NULL;
}

static enum err put(struct call *c, const struct args_option *option, const char *value)
{
    if (option->list && *option->list) {
        *option->list = arena_printf(&c->arena, "%s;%s", *option->list, value);
        return ops_memory(&c->ops);
    }
    const char **to = option->list ? option->list : option->value;
    if (*to) {
        return call_usage(c, N_("that option is given twice"), option->name);
    }
    *to = value;
    return OK;
}

/* Takes the option at c->rest[*at] and steps past it. */
static enum err take(struct call *c, const struct args_option *option, int *at)
{
    const char *word = c->rest[(*at)++];
    const char *equals = strchr(word, '=');
    if (option->flag) {
        *option->flag = true;
        return equals ? call_usage(c, N_("that option takes no value"), word) : OK;
    }
    if (equals) {
        return put(c, option, equals + 1);
    }
    if (*at >= c->rest_count) {
        return call_usage(c, N_("that option needs a value"), word);
    }
    return put(c, option, c->rest[(*at)++]);
}

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0';
}

enum err args_global(struct call *c, int *used)
{
    struct args_option globals[7];
    global_options(globals, c);
    int at = 0;
    while (at < c->rest_count && is_option(c->rest[at])) {
        const struct args_option *option = find(globals, c->rest[at]);
        if (!option) {
            break; /* perhaps --help or --version, which are commands */
        }
        enum err e = take(c, option, &at);
        if (e != OK) {
            return e;
        }
    }
    *used = at;
    return OK;
}

enum err args_take(struct call *c, const struct args_option *options, int min, int max)
{
    struct args_option globals[7];
    global_options(globals, c);
    c->args = arena_array(&c->arena, (size_t)c->rest_count + 1, sizeof *c->args);
    if (!c->args) {
        return ops_memory(&c->ops);
    }
    bool open = true;
    for (int at = 0; at < c->rest_count;) {
        const char *word = c->rest[at];
        if (!open || !is_option(word)) {
            c->args[c->arg_count++] = word;
            at++;
            continue;
        }
        if (strcmp(word, "--") == 0) {
            open = false;
            at++;
            continue;
        }
        const struct args_option *option = find(options, word);
        option = option ? option : find(globals, word);
        if (!option) {
            return call_usage(c, N_("no such option"), word);
        }
        enum err e = take(c, option, &at);
        if (e != OK) {
            return e;
        }
    }
    if (c->arg_count < min) {
        return call_usage(c, N_("something is missing"), "");
    }
    if (c->arg_count > max) {
        return call_usage(c, N_("that is too much"), c->args[max]);
    }
    return OK;
}

bool args_has_json(int count, char **words)
{
    for (int i = 0; i < count && strcmp(words[i], "--") != 0; i++) {
        if (strcmp(words[i], "--json") == 0) {
            return true;
        }
    }
    return false;
}
