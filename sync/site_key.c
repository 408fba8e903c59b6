#include "sync/home_key.h"
#include "sync/why.h"

#include <string.h>

static enum err damaged(struct why *why, const char *dir)
{
    return why_set(why, ERR_STORAGE, WHY("device.key is damaged; restore it from a backup"), "%s", dir);
}

enum err site_key(struct keyfile_key *out, struct why *why, const char *dir, struct span passphrase)
{
    struct buf file = {0};
    struct device *device = NULL;
    enum err e = home_key_read(&file, why, dir);
    if (e == OK) {
        e = keyfile_derive(out, span_buf(&file), passphrase);
    }
    if (e == OK) {
        e = device_open_key(&device, span_buf(&file), out);
        device_free(device);
    }
    buf_free(&file);
    if (e == ERR_PASS) {
        return why_set(why, e, WHY("wrong passphrase"), "%s", dir);
    }
    return e == ERR_INPUT ? damaged(why, dir) : e;
}

enum err site_key_salt(uint8_t out[KEYFILE_SALT_LEN], struct why *why, const char *dir)
{
    struct buf file = {0};
    struct keyfile_head head;
    enum err e = home_key_read(&file, why, dir);
    if (e == OK) {
        e = keyfile_decode(&head, span_buf(&file));
        if (e == OK) {
            memcpy(out, head.salt.ptr, KEYFILE_SALT_LEN);
        } else {
            e = damaged(why, dir);
        }
    }
    buf_free(&file);
    return e;
}

/* The new file's bytes. Argon2id goes over hundreds of megabytes of memory that nobody checks: one bit that flips there
 * would lock the home for ever, so what was sealed is opened again. */
static enum err seal_anew(struct buf *out, struct keyfile_cost *cost, const struct device *device,
                          const struct site_passwd *to)
{
    struct device *again = NULL;
    *cost = home_key_cost(to->cost);
    enum err e = device_seal(out, device, to->passphrase, cost);
    if (e == OK) {
        e = device_open(&again, span_buf(out), to->passphrase);
        device_free(again);
    }
    return e == ERR_PASS ? ERR_STORAGE : e;
}

enum err site_passwd(struct keyfile_cost *out, struct why *why, const char *dir, const struct site_passwd *to)
{
    struct buf before = {0};
    struct buf after = {0};
    struct keyfile_cost cost;
    struct device *device = NULL;
    enum err e = home_key_read(&before, why, dir);
    if (e == OK) {
        e = device_open_key(&device, span_buf(&before), to->key);
        if (e == ERR_PASS) {
            e = why_set(why, ERR_CHANGED, WHY("device.key was changed by another process meanwhile; nothing was done"),
                        "%s", dir);
        } else if (e == ERR_INPUT) {
            e = damaged(why, dir);
        }
    }
    if (e == OK) {
        e = seal_anew(&after, &cost, device, to);
        if (e == ERR_STORAGE) {
            e = why_set(why, e,
                        WHY("this computer's memory is not to be trusted: what it sealed does not open; nothing "
                            "was done"),
                        "%s", dir);
        }
    }
    device_free(device);
    if (e == OK) {
        e = home_key_replace(why, dir, span_buf(&before), span_buf(&after));
    }
    if (e == OK && out) {
        *out = cost;
    }
    buf_free(&before);
    buf_free(&after);
    return e;
}
