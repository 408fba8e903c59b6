/* Looks inside a home's sealed replica, for tests.
 *
 *     peek HOME PASSPHRASE_FILE SQL         prints each row as a line of JSON, a blob as {"hex": "…"}; what the SQL
 *                                           changes, is changed
 *     peek HOME PASSPHRASE_FILE --hold      reads something, says so, and has the database open until it is killed
 *     peek HOME PASSPHRASE_FILE --unseal    puts a plain database in its place, as homes had before they were sealed
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/device.h"
#include "sync/posix.h"
#include "sync/vault.h"

#define FILE_MAX 65536
#define WAIT_MS 30000

static void must(int ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "peek: %s\n", what);
        exit(1);
    }
}

static struct device *open_device(const char *home, const char *passphrase_file)
{
    struct device *d = NULL;
    struct buf path = {0}, key = {0}, passphrase = {0};
    buf_printf(&path, "%s/device.key", home);
    must(device_init_library() == OK && buf_text(&path) != NULL, "start");
    must(posix_read_file(&key, buf_text(&path), FILE_MAX) == OK, "device.key cannot be read");
    must(posix_read_file(&passphrase, passphrase_file, FILE_MAX) == OK, "the passphrase cannot be read");
    while (passphrase.len > 0 && passphrase.ptr[passphrase.len - 1] == '\n')
        passphrase.len--;
    must(device_open(&d, span_buf(&key), span_buf(&passphrase)) == OK, "device.key does not open");
    buf_free(&path);
    buf_free(&key);
    buf_free(&passphrase);
    return d;
}

static void print_text(const unsigned char *text)
{
    putchar('"');
    for (; *text; text++)
        printf(*text < 0x20 || *text == '"' || *text == '\\' ? "\\u%04x" : "%c", *text);
    putchar('"');
}

static void print_value(sqlite3_stmt *q, int at)
{
    const unsigned char *blob = NULL;
    switch (sqlite3_column_type(q, at)) {
    case SQLITE_INTEGER:
        printf("%" PRId64, (int64_t)sqlite3_column_int64(q, at));
        break;
    case SQLITE_FLOAT:
        printf("%.17g", sqlite3_column_double(q, at));
        break;
    case SQLITE_TEXT:
        print_text(sqlite3_column_text(q, at));
        break;
    case SQLITE_BLOB:
        printf("{\"hex\": \"");
        blob = sqlite3_column_blob(q, at);
        for (int i = 0; i < sqlite3_column_bytes(q, at); i++)
            printf("%02x", blob[i]);
        printf("\"}");
        break;
    default:
        printf("null");
    }
}

static void query(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *q = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &q, NULL);
    while (code == SQLITE_OK && (code = sqlite3_step(q)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(q); i++) {
            printf(i == 0 ? "[" : ", ");
            print_value(q, i);
        }
        printf("]\n");
        code = SQLITE_OK;
    }
    must(code == SQLITE_DONE, sqlite3_errmsg(db));
    sqlite3_finalize(q);
}

/* By way of memory, where a VACUUM takes away the room that a sealed page has for nonce and tag. */
static void unseal(sqlite3 *db, const char *path)
{
    sqlite3 *memory = NULL;
    int reserved = 0;
    struct buf sql = {0};
    must(sqlite3_open(":memory:", &memory) == SQLITE_OK, "memory");
    sqlite3_backup *b = sqlite3_backup_init(memory, "main", db, "main");
    must(b && sqlite3_backup_step(b, -1) == SQLITE_DONE && sqlite3_backup_finish(b) == SQLITE_OK, "copy");
    must(sqlite3_file_control(memory, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved) == SQLITE_OK, "reserve");
    buf_printf(&sql, "VACUUM INTO '%s.plain'", path);
    must(buf_text(&sql) != NULL, "memory");
    query(memory, buf_text(&sql));
    must(sqlite3_close(memory) == SQLITE_OK, "close");
    buf_free(&sql);
}

static void put_in_place(const char *path)
{
    struct buf plain = {0};
    sqlite3 *db = NULL;
    buf_printf(&plain, "%s.plain", path);
    must(buf_text(&plain) && rename(buf_text(&plain), path) == 0, "rename");
    must(sqlite3_open(path, &db) == SQLITE_OK, "open");
    must(sqlite3_exec(db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) == SQLITE_OK, "WAL");
    must(sqlite3_close(db) == SQLITE_OK, "close");
    buf_free(&plain);
}

int main(int argc, char **argv)
{
    struct vault *v = NULL;
    struct why why = {.text = ""};
    struct buf path = {0};
    sqlite3 *db = NULL;
    must(argc == 4, "usage: peek HOME PASSPHRASE_FILE SQL|--hold|--unseal");
    bool plain = strcmp(argv[3], "--unseal") == 0;
    struct device *d = open_device(argv[1], argv[2]);
    buf_printf(&path, "%s/replica.db", argv[1]);
    must(buf_text(&path) && vault_new(&v, device_page_key(d), NULL) == OK, "memory");
    must(vault_prepare(v, &why, buf_text(&path), false) == OK, why.text);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    must(sqlite3_open_v2(buf_text(&path), &db, flags, vault_name(v)) == SQLITE_OK, "the replica does not open");
    sqlite3_busy_timeout(db, WAIT_MS);
    must(sqlite3_exec(db, "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY", NULL, NULL, NULL) == SQLITE_OK, "open");
    if (strcmp(argv[3], "--hold") == 0) {
        query(db, "SELECT count(*) FROM sqlite_schema");
        fflush(stdout);
        for (;;)
            pause();
    }
    if (plain)
        unseal(db, buf_text(&path));
    else
        query(db, argv[3]);
    must(sqlite3_close(db) == SQLITE_OK, "close");
    if (plain)
        put_in_place(buf_text(&path));
    vault_free(v);
    device_free(d);
    buf_free(&path);
    return 0;
}
