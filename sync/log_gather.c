#include "sync/log_core.h"

struct gathering {
    bool (*keep_on)(void *ctx, uint64_t done, uint64_t total);
    void *ctx;
    uint64_t done;
    uint64_t total;
    git_odb *odb;
};

static int gather_all(git_packbuilder *pb, struct log *log, const struct oid *commits, size_t count)
{
    git_revwalk *walk = NULL;
    int code = git_revwalk_new(&walk, log->repo);
    if (code == 0) {
        code = git_revwalk_push_glob(walk, LOG_REF_PREFIX "*");
    }
    for (size_t i = 0; code == 0 && i < count; i++) {
        git_oid g = log_to_git(&commits[i]);
        code = git_revwalk_push(walk, &g);
    }
    if (code == 0) {
        code = git_packbuilder_insert_walk(pb, walk);
    }
    git_revwalk_free(walk);
    return code;
}

static int read_again(const git_oid *id, void *ctx)
{
    struct gathering *g = ctx;
    git_odb_object *object = NULL;
    int code = git_odb_read(&object, g->odb, id);
    git_odb_object_free(object);
    g->done++;
    if (code == 0 && g->keep_on && g->done % 256 == 0 && !g->keep_on(g->ctx, g->done, g->total)) {
        code = GIT_EUSER;
    }
    return code;
}

/* Each object of a pack alone, whatever other packs there are. *odb: to read it from. */
static int each_of_pack(git_odb **odb, struct log *log, const char *name, git_odb_foreach_cb each, void *ctx)
{
    git_odb_backend *pack = NULL;
    struct buf path = {0};
    buf_printf(&path, "%s/objects/pack/pack-%s.idx", log->path, name);
    const char *index = buf_text(&path);
    int code = index ? git_odb_new(odb) : GIT_ERROR;
    if (code == 0) {
        code = git_odb_backend_one_pack(&pack, index);
    }
    if (code == 0) {
        code = git_odb_add_backend(*odb, pack, 1);
    }
    if (code == 0) {
        code = git_odb_foreach(*odb, each, ctx);
    }
    git_odb_free(*odb);
    *odb = NULL;
    buf_free(&path);
    return code;
}

/* Without the packs that it is to replace. Reading an object compares its name with its content. */
static int check_pack(struct gathering *g, struct log *log, const char *name)
{
    const int code = each_of_pack(&g->odb, log, name, read_again, g);
    return code == 0 && g->done != g->total ? GIT_ERROR : code;
}

enum err log_gather(char name[LOG_PACK_NAME + 1], struct log *log, const struct oid *commits, size_t count,
                    bool (*keep_on)(void *ctx, uint64_t done, uint64_t total), void *ctx)
{
    struct gathering g = {.keep_on = keep_on, .ctx = ctx};
    git_packbuilder *pb = NULL;
    struct buf dir = {0};
    enum err e = log_pack_path(&dir, log);
    int code = e == OK ? git_packbuilder_new(&pb, log->repo) : GIT_ERROR;
    if (code == 0) {
        (void)git_packbuilder_set_threads(pb, 1);
        code = gather_all(pb, log, commits, count);
    }
    if (code == 0) {
        g.total = git_packbuilder_object_count(pb);
        code = git_packbuilder_write(pb, (const char *)dir.ptr, 0, NULL, NULL);
    }
    if (code == 0) {
        (void)git_oid_tostr(name, LOG_PACK_NAME + 1, git_packbuilder_hash(pb));
        code = check_pack(&g, log, name);
    }
    git_packbuilder_free(pb);
    buf_free(&dir);
    if (e != OK || code == 0) {
        return e;
    }
    if (code == GIT_EUSER) {
        return why_set(log->why, ERR_BUSY, WHY("broken off; nothing was changed"), "%s", "");
    }
    return log_fail(log->why, GIT_ERROR, WHY("the log could not be packed anew; nothing was changed"));
}

static int list_one(const git_oid *id, void *ctx)
{
    struct buf *ids = ctx;
    buf_put(ids, id->id, OID_LEN);
    return ids->failed ? GIT_ERROR : 0;
}

enum err log_join(char name[LOG_PACK_NAME + 1], struct log *log, const struct log_pack_file *packs, size_t count)
{
    struct gathering g = {.done = 0};
    struct buf ids = {0};
    int code = 0;
    for (size_t i = 0; code == 0 && i < count; i++) {
        code = each_of_pack(&g.odb, log, packs[i].name, list_one, &ids);
    }
    enum err e = buf_check(&ids);
    if (e == OK && code == 0) {
        e = log_copy_named(name, &g.total, log, (const struct oid *)(const void *)ids.ptr, ids.len / OID_LEN);
    }
    if (e == OK && code == 0) {
        code = check_pack(&g, log, name);
    }
    buf_free(&ids);
    return e != OK || code == 0
               ? e
               : log_fail(log->why, GIT_ERROR, WHY("the log could not be packed anew; nothing was changed"));
}
