/* Replays a fuzz target without libFuzzer: every file of a corpus folder, then MUTATIONS seeded mutations of them. Same
 * folder, same inputs, every time. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUTATIONS 2000
#define FILES_MAX 4096
#define INPUT_MAX (1u << 20)
#define GROWTH_MAX 64 /* a mutation appends at most this much */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    char *name;
    uint8_t *bytes;
    size_t len;
};

static struct input inputs[FILES_MAX];
static size_t input_count;

static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX */
    return (uint32_t)(*state >> 32);
}

static void *allocate(size_t len)
{
    void *p = malloc(len ? len : 1);
    if (!p) {
        perror("replay");
        exit(2);
    }
    return p;
}

static void load(const char *folder, const char *name)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = n > 0 && (size_t)n < sizeof path ? fopen(path, "rb") : NULL;
    if (!f || input_count == FILES_MAX) {
        fprintf(stderr, "replay: cannot take %s/%s\n", folder, name);
        exit(2);
    }
    struct input *in = &inputs[input_count++];
    in->name = strdup(name);
    in->bytes = allocate(INPUT_MAX);
    in->len = fread(in->bytes, 1, INPUT_MAX, f);
    (void)fclose(f);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct input *)a)->name, ((const struct input *)b)->name);
}

static void load_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] != '.') {
            load(folder, entry->d_name);
        }
    }
    if (dir) {
        closedir(dir);
    }
    qsort(inputs, input_count, sizeof inputs[0], by_name);
}

/* In a block of exactly its size, so that the sanitizers see a read past the end. */
static void run(const uint8_t *bytes, size_t len)
{
    uint8_t *exact = allocate(len);
    if (len > 0) {
        memcpy(exact, bytes, len);
    }
    (void)LLVMFuzzerTestOneInput(exact, len);
    free(exact);
}

static size_t mutate(uint8_t *bytes, size_t len, uint64_t *state)
{
    for (uint32_t edits = 1 + next_random(state) % 4; edits > 0; edits--) {
        size_t at = len ? next_random(state) % len : 0;
        switch (len ? next_random(state) % 5 : 4) {
        case 0:
            bytes[at] ^= (uint8_t)(1u << next_random(state) % 8);
            break;
        case 1:
            bytes[at] = (uint8_t)next_random(state);
            break;
        case 2:
            len = at; /* cut short */
            break;
        case 3:
            memmove(bytes + at, bytes + at + 1, len - at - 1);
            len--;
            break;
        default: /* the first of the edits that lengthen; four of them stay under GROWTH_MAX */
            for (uint32_t more = 1 + next_random(state) % (GROWTH_MAX / 4); more > 0; more--) {
                bytes[len++] = (uint8_t)next_random(state);
            }
        }
    }
    return len;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
        return 2;
    }
    load_folder(argv[1]);
    for (size_t i = 0; i < input_count; i++) {
        run(inputs[i].bytes, inputs[i].len);
    }
    uint8_t *bytes = allocate(INPUT_MAX + GROWTH_MAX);
    uint64_t state = 20110905;
    for (unsigned i = 0; i < MUTATIONS; i++) {
        size_t len = 0;
        if (input_count > 0) {
            const struct input *from = &inputs[next_random(&state) % input_count];
            memcpy(bytes, from->bytes, from->len);
            len = from->len;
        }
        run(bytes, mutate(bytes, len, &state));
    }
    printf("%zu files and %u mutations replayed\n", input_count, MUTATIONS);
    for (size_t i = 0; i < input_count; i++) {
        free(inputs[i].name);
        free(inputs[i].bytes);
    }
    free(bytes);
    return 0;
}
