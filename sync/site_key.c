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
