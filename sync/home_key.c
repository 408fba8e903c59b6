#include "sync/home_key.h"

#include "sync/machine_posix.h"
#include "sync/posix.h"
#include "sync/why.h"

#define KEY_FILE_MAX 65536
#define REPLACE_WAIT_MS 10000

static enum err key_path(struct buf *out, const char *dir)
{
    buf_printf(out, "%s/device.key", dir);
    return buf_text(out) ? OK : ERR_MEMORY;
}

enum err home_key_read(struct buf *out, struct why *why, const char *dir)
{
    struct buf path = {0};
    enum err e = key_path(&path, dir);
    if (e == OK) {
        e = posix_read_file(out, (const char *)path.ptr, KEY_FILE_MAX);
    }
    buf_free(&path);
    if (e == ERR_NOT_FOUND) {
        return why_set(why, e, WHY("no home in that folder"), "%s", dir);
    }
    return e == OK || e == ERR_MEMORY ? e : why_set(why, ERR_STORAGE, WHY("device.key cannot be read"), "%s", dir);
}

enum err home_key_open(struct device **out, struct why *why, const struct site_options *o)
{
    struct buf file = {0};
    *out = NULL;
    enum err e = home_key_read(&file, why, o->dir);
    if (e == OK) {
        e = o->key ? device_open_key(out, span_buf(&file), o->key) : device_open(out, span_buf(&file), o->passphrase);
        if (e == ERR_PASS) {
            e = why_set(why, e, WHY("wrong passphrase"), "%s", o->dir);
        } else if (e == ERR_INPUT) {
            e = why_set(why, ERR_STORAGE, WHY("device.key is damaged; restore it from a backup"), "%s", o->dir);
        }
    }
    buf_free(&file);
    return e;
}

struct keyfile_cost home_key_cost(enum device_cost which)
{
    if (which != DEVICE_COST_FITTED) {
        return keyfile_cost_of(which);
    }
    uint64_t total;
    uint64_t available;
    machine_posix_memory(&total, &available);
    struct keyfile_cost cost = {.memory_kib = keyfile_fit_memory(total, available), .passes = 1};
    const uint64_t before = machine_posix_steady_ms();
    if (keyfile_try(&cost) == OK) {
        cost.passes = keyfile_fit_passes(machine_posix_steady_ms() - before);
        return cost;
    }
    cost.memory_kib = KEYFILE_FIT_KIB_MIN; /* less memory than the system had said */
    cost.passes = KEYFILE_FIT_PASSES_MIN;
    return cost;
}

enum err home_key_write(struct why *why, const struct device *d, const struct site_options *o)
{
    struct buf path = {0};
    struct buf file = {0};
    const struct keyfile_cost cost = home_key_cost(o->cost);
    enum err e = device_seal(&file, d, o->passphrase, &cost);
    if (e == OK) {
        e = key_path(&path, o->dir);
    }
    if (e == OK) {
        e = posix_write_file((const char *)path.ptr, span_buf(&file));
        if (e != OK && e != ERR_MEMORY) {
            e = why_set(why, ERR_STORAGE, WHY("the home cannot be written; nothing was saved"), "%s", o->dir);
        }
    }
    buf_free(&path);
    buf_free(&file);
    return e;
}

static enum err replace_held(struct why *why, const char *path, struct span before, struct span bytes)
{
    struct buf now = {0};
    enum err e = posix_read_file(&now, path, KEY_FILE_MAX);
    if (e == OK && !span_equal(span_buf(&now), before)) {
        e = why_set(why, ERR_CHANGED, WHY("device.key was changed by another process meanwhile; nothing was done"),
                    "%s", path);
    } else if (e == OK) {
        posix_remove_unfinished(path);
        e = posix_write_file(path, bytes);
    }
    buf_free(&now);
    return e == OK || e == ERR_CHANGED || e == ERR_MEMORY
               ? e
               : why_set(why, ERR_STORAGE, WHY("device.key cannot be written; the old one is in force"), "%s", path);
}

enum err home_key_replace(struct why *why, const char *dir, struct span before, struct span bytes)
{
    struct buf path = {0};
    struct buf lock = {0};
    int hold = -1;
    enum err e = key_path(&path, dir);
    buf_printf(&lock, "%s/device.key.lock", dir);
    if (e == OK) {
        e = buf_text(&lock) ? posix_lock(&hold, (const char *)lock.ptr, REPLACE_WAIT_MS) : ERR_MEMORY;
        if (e != OK && e != ERR_MEMORY && e != ERR_BUSY) {
            e = why_set(why, ERR_STORAGE, WHY("device.key cannot be written; the old one is in force"), "%s", dir);
        }
    }
    if (e == OK) {
        e = replace_held(why, (const char *)path.ptr, before, bytes);
        posix_unlock(hold);
    }
    buf_free(&path);
    buf_free(&lock);
    return e;
}
