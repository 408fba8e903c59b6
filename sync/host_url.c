#include "sync/host.h"

#include <string.h>

#define URL_MAX 2000

static bool starts(const char *url, const char *with)
{
    return strncmp(url, with, strlen(with)) == 0;
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

/* A user's or host's name; an address of IPv6 in its brackets. */
static bool is_name(const char *at, size_t len)
{
    if (len > 2 && at[0] == '[' && at[len - 1] == ']') {
        return strspn(at + 1, "0123456789abcdefABCDEF:.") == len - 2;
    }
    for (size_t i = 0; i < len; i++) {
        if (!is_plain(at[i])) {
            return false;
        }
    }
    return len > 0 && at[0] != '-';
}

/* [user@]host, ended where host ends. */
static bool is_where(const char *at, size_t len)
{
    const char *sign = memchr(at, '@', len);
    if (!sign) {
        return is_name(at, len);
    }
    const size_t user = (size_t)(sign - at);
    return is_name(at, user) && at[0] != '[' && is_name(sign + 1, len - user - 1);
}

/* [user@]host[:port]/path */
static bool is_address(const char *at)
{
    const char *slash = strchr(at, '/');
    if (!slash || slash[1] == '\0') {
        return false;
    }
    size_t len = (size_t)(slash - at);
    size_t port = 0;
    while (port < len && at[len - port - 1] >= '0' && at[len - port - 1] <= '9') {
        port++;
    }
    if (port > 0 && port <= 5 && port < len && at[len - port - 1] == ':') {
        len -= port + 1;
    }
    return is_where(at, len);
}

static bool is_here(const char *at)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const size_t len = strlen(names[i]);
        if (starts(at, names[i]) && (at[len] == ':' || at[len] == '/')) {
            return is_address(at);
        }
    }
    return false;
}

/* As git reads it: a colon before any slash. "::" would be a remote helper. */
static bool is_short_ssh(const char *url)
{
    const size_t len = url[0] == '[' || strchr(url, '[') ? 0 : strcspn(url, ":/");
    return len > 0 && url[len] == ':' && url[len + 1] != ':' && url[len + 1] != '-' && url[len + 1] != '\0' &&
           !starts(url + len, "://") && is_where(url, len);
}

const char *host_protocol(const char *url)
{
    static const char *const protocols[] = {"https", "http", "file"};
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
        const size_t len = strlen(protocols[i]);
        if (starts(url, protocols[i]) && starts(url + len, "://")) {
            return protocols[i];
        }
    }
    return "ssh";
}

bool host_is_url(const char *url)
{
    if (strlen(url) > URL_MAX) {
        return false;
    }
    for (const char *c = url; *c; c++) {
        if ((unsigned char)*c <= 0x20 || *c == 0x7f) {
            return false;
        }
    }
    if (starts(url, "ssh://")) {
        return is_address(url + 6);
    }
    if (starts(url, "https://")) {
        return is_address(url + 8);
    }
    if (starts(url, "http://")) {
        return is_here(url + 7);
    }
    if (starts(url, "file://")) {
        return url[7] == '/' && url[8] != '\0';
    }
    return is_short_ssh(url);
}
