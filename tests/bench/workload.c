#include "tests/bench/workload.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 5
static const char *const field_names[FIELDS] = {"status", "from", "to", "extent", "place"};

/* What the devices that wrote the field last, and did not know of each other, wrote. */
struct field {
    uint64_t heads[WORKLOAD_DEVICES]; /* a number for each value; 0: not among them */
    uint64_t fresh[WORKLOAD_DEVICES]; /* of this round */
};
struct activity {
    uint64_t number;
    int maker; /* the device that alone knows it, until all have met; -1: everybody */
    bool removed;
    bool gone[WORKLOAD_DEVICES]; /* removed by that device in this round */
    struct field fields[FIELDS];
};
struct plan {
    size_t count, room;
    struct activity *activities;
};
struct workload {
    uint64_t random, numbers;
    size_t founding_plan, founding_step;
    char member[WORKLOAD_ID];
    double weight[WORKLOAD_PLANS]; /* running sums of 1/k^0.8 */
    struct plan plans[WORKLOAD_PLANS];
};

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t next(struct workload *w)
{
    uint64_t z = w->random += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static size_t below(struct workload *w, size_t n)
{
    return (size_t)(next(w) % n);
}

static void must(bool good)
{
    if (!good) {
        fprintf(stderr, "workload: no memory\n");
        exit(1);
    }
}

/* x^0.8 without libm: the fifth root of x^4, by Newton. */
static double power_08(double x)
{
    double y = x, x4 = x * x * x * x;
    for (int i = 0; i < 200; i++) {
        y -= (y * y * y * y * y - x4) / (5 * y * y * y * y);
    }
    return y;
}

struct workload *workload_new(uint64_t seed, const char *member_id)
{
    struct workload *w = calloc(1, sizeof *w);
    must(w != NULL);
    w->random = seed;
    w->numbers = 1;
    snprintf(w->member, sizeof w->member, "%s", member_id);
    double sum = 0;
    for (size_t k = 0; k < WORKLOAD_PLANS; k++) {
        sum += 1 / power_08((double)(k + 1));
        w->weight[k] = sum;
    }
    return w;
}

void workload_free(struct workload *w)
{
    for (size_t i = 0; i < WORKLOAD_PLANS; i++) {
        free(w->plans[i].activities);
    }
    free(w);
}

/* Ids as samplan makes them: a time, which only grows, and chance. */
static void id_text(char out[WORKLOAD_ID], uint64_t number)
{
    uint64_t t = 0x19a00000000u + number * 700, mixed = number * 0x9e3779b97f4a7c15u;
    snprintf(out, WORKLOAD_ID, "%08x-%04x-7%03x-8%03x-%012llx", (unsigned)(t >> 16), (unsigned)(t & 0xffff),
             (unsigned)(mixed & 0xfff), (unsigned)(mixed >> 12 & 0xfff), (unsigned long long)(mixed >> 16));
}

static const char *const words[] = {
    "arbete", "studier",  "stöd",  "kommunen",    "träffar", "veckan", "fortsätter",  "och",
    "planen", "praktik",  "hälsa", "steg",        "målet",   "samtal", "tillsammans", "med",
    "efter",  "sommaren", "möte",  "handläggare", "språk",   "resor",  "i",           "på",
    "att",    "vill",     "kunna", "börja",       "halvtid", "sedan",  "utredning",   "klar"};

static void prose(char *out, size_t room, struct workload *w, size_t len)
{
    size_t used = 0;
    out[0] = '\0';
    while (used < len && used + 32 < room) {
        used += (size_t)snprintf(out + used, room - used, "%s%s", used ? " " : "",
                                 words[below(w, sizeof words / sizeof *words)]);
    }
}

static struct activity *add_activity(struct workload *w, size_t plan, int maker)
{
    struct plan *p = &w->plans[plan];
    if (p->count == p->room) {
        p->room = p->room ? 2 * p->room : 16;
        p->activities = realloc(p->activities, p->room * sizeof *p->activities);
        must(p->activities != NULL);
    }
    struct activity *a = &p->activities[p->count++];
    *a = (struct activity){.number = 5ul * WORKLOAD_PLANS + w->numbers++, .maker = maker};
    return a;
}

static void activity_line(char line[WORKLOAD_LINE_MAX], struct workload *w, size_t plan, const struct activity *a)
{
    static const char *const kinds[] = {"studier", "praktik", "coaching", "arbetsträning", "vård"};
    char id[WORKLOAD_ID], of[WORKLOAD_ID];
    id_text(id, a->number);
    id_text(of, plan + 1);
    snprintf(line, WORKLOAD_LINE_MAX,
             "{\"op\":\"new\",\"type\":\"activity\",\"plan\":\"%s\",\"id\":\"%s\",\"set\":{\"kind\":\"%s\",\"from\":"
             "\"2026-%02zu-01\",\"to\":\"2027-%02zu-28\",\"extent\":\"%zu%%\"}}",
             of, id, kinds[below(w, 5)], 1 + below(w, 12), 1 + below(w, 12), 25 * (1 + below(w, 4)));
}

static void note_line(char line[WORKLOAD_LINE_MAX], struct workload *w, size_t plan)
{
    char of[WORKLOAD_ID], text[400];
    id_text(of, plan + 1);
    prose(text, sizeof text, w, 200);
    snprintf(line, WORKLOAD_LINE_MAX, "{\"op\":\"note\",\"plan\":\"%s\",\"text\":\"%s\"}", of, text);
}

static void plan_line(char line[WORKLOAD_LINE_MAX], struct workload *w, size_t plan)
{
    char id[WORKLOAD_ID], background[900], aim[900];
    id_text(id, plan + 1);
    prose(background, sizeof background, w, 600);
    prose(aim, sizeof aim, w, 600);
    snprintf(
        line, WORKLOAD_LINE_MAX,
        "{\"op\":\"new\",\"type\":\"plan\",\"id\":\"%s\",\"set\":{\"title\":\"Plan %zu\",\"background\":\"%s\",\"aim\":"
        "\"%s\",\"status\":\"aktiv\",\"follow_up\":\"2027-01-15\",\"started\":\"2026-01-15\",\"capacity\":\"100%%\","
        "\"huvudansvarig\":\"%s\",\"closed\":\"2027-06-30\",\"closing_reason\":\"arbete\",\"person.name\":\"Person "
        "%zu\"}}",
        id, plan, background, aim, w->member, plan);
}

bool workload_found(char line[WORKLOAD_LINE_MAX], struct workload *w)
{
    if (w->founding_plan == WORKLOAD_PLANS) {
        return false;
    }
    const size_t plan = w->founding_plan, activities = 6 + plan % 5;
    if (w->founding_step == 0) {
        plan_line(line, w, plan);
        w->numbers = plan + 2 > w->numbers ? plan + 2 : w->numbers;
    } else if (w->founding_step <= activities) {
        activity_line(line, w, plan, add_activity(w, plan, -1));
    } else {
        note_line(line, w, plan);
        w->founding_plan++;
        w->founding_step = 0;
        return true;
    }
    w->founding_step++;
    return true;
}

static size_t pick_plan(struct workload *w)
{
    const double at = (double)(next(w) >> 11) / 9007199254740992.0 * w->weight[WORKLOAD_PLANS - 1];
    size_t k = 0;
    while (k + 1 < WORKLOAD_PLANS && w->weight[k] < at) {
        k++;
    }
    return k;
}

static bool sees(const struct activity *a, int device)
{
    return !a->removed && !a->gone[device] && (a->maker == -1 || a->maker == device);
}

/* Somewhere in the plan an activity that the device has; NULL: none. */
static struct activity *pick_activity(struct workload *w, size_t plan, int device)
{
    const struct plan *p = &w->plans[plan];
    const size_t start = p->count ? below(w, p->count) : 0;
    for (size_t i = 0; i < p->count; i++) {
        struct activity *a = &p->activities[(start + i) % p->count];
        if (sees(a, device)) {
            return a;
        }
    }
    return NULL;
}

static void set_line(struct workload_edit *e, struct workload *w, struct activity *a, int device)
{
    static const char *const statuses[] = {"föreslagen", "beslutad", "pågår", "klar"};
    const size_t field = below(w, FIELDS), value = below(w, 4000);
    char text[40];
    if (field == 0) {
        snprintf(text, sizeof text, "%s", statuses[value % 4]);
    } else if (field == 4) {
        snprintf(text, sizeof text, "Lokal %zu", value);
    } else if (field == 3) {
        snprintf(text, sizeof text, "%zu%%", 1 + value % 100);
    } else {
        snprintf(text, sizeof text, "20%02zu-%02zu-%02zu", 26 + value % 3, 1 + value / 3 % 12, 1 + value / 36 % 28);
    }
    /* The number stands for the value: equal values of two devices are no conflict. */
    uint64_t stands_for = 1 + (field == 0 ? value % 4 : field == 3 ? value % 100 : field == 4 ? value : value % 1008);
    a->fields[field].fresh[device] = stands_for;
    e->field = field_names[field];
    id_text(e->object, a->number);
    snprintf(e->line, sizeof e->line, "{\"op\":\"set\",\"id\":\"%s\",\"set\":{\"%s\":\"%s\"}}", e->object, e->field,
             text);
}

void workload_next(struct workload_edit *e, struct workload *w, int device)
{
    const size_t percent = below(w, 100), plan = pick_plan(w);
    struct activity *a = pick_activity(w, plan, device);
    e->field = NULL;
    id_text(e->object, plan + 1);
    if (percent < 70 && a) {
        e->kind = WORKLOAD_SET;
        set_line(e, w, a, device);
    } else if (percent >= 98 && a) {
        e->kind = WORKLOAD_REMOVE;
        a->gone[device] = true;
        id_text(e->object, a->number);
        snprintf(e->line, sizeof e->line, "{\"op\":\"remove\",\"id\":\"%s\"}", e->object);
    } else if (percent >= 90 && a) {
        e->kind = WORKLOAD_SPLICE;
        e->field = percent % 2 ? "background" : "aim";
    } else if (percent >= 80 && a) {
        e->kind = WORKLOAD_NOTE;
        note_line(e->line, w, plan);
    } else {
        e->kind = WORKLOAD_ADD;
        activity_line(e->line, w, plan, add_activity(w, plan, device));
    }
}

void workload_splice(struct workload_edit *e, struct workload *w, const char *text)
{
    char piece[80], whole[2000];
    const char *old = text ? text : "";
    const size_t len = strlen(old);
    size_t from = len ? below(w, len) : 0;
    while (from > 0 && old[from - 1] != ' ') {
        from--;
    }
    size_t to = from + (len > 1000 ? 200 : 30);
    to = to < len ? to : len;
    while (to < len && old[to] != ' ') {
        to++;
    }
    prose(piece, sizeof piece, w, 30);
    const int n = snprintf(whole, sizeof whole, "%.*s%s%s", (int)from, old, piece, old + to);
    must(n >= 0 && (size_t)n < sizeof whole);
    snprintf(e->line, sizeof e->line, "{\"op\":\"set\",\"id\":\"%s\",\"set\":{\"%s\":\"%s\"}}", e->object, e->field,
             whole);
}

static void settle(struct field *f)
{
    bool written = false;
    for (int d = 0; d < WORKLOAD_DEVICES; d++) {
        written = written || f->fresh[d] != 0;
    }
    if (written) { /* everybody knew what stood before */
        memcpy(f->heads, f->fresh, sizeof f->heads);
        memset(f->fresh, 0, sizeof f->fresh);
    }
}

void workload_met(struct workload *w)
{
    for (size_t i = 0; i < WORKLOAD_PLANS; i++) {
        for (size_t k = 0; k < w->plans[i].count; k++) {
            struct activity *a = &w->plans[i].activities[k];
            a->maker = -1;
            for (int d = 0; d < WORKLOAD_DEVICES; d++) {
                a->removed = a->removed || a->gone[d];
            }
            for (int f = 0; f < FIELDS; f++) {
                settle(&a->fields[f]);
            }
        }
    }
}

static size_t different(const struct field *f)
{
    size_t n = 0;
    for (int d = 0; d < WORKLOAD_DEVICES; d++) {
        bool known = f->heads[d] == 0;
        for (int k = 0; k < d; k++) {
            known = known || f->heads[k] == f->heads[d];
        }
        n += !known;
    }
    return n;
}

size_t workload_conflicts(const struct workload *w)
{
    size_t n = 0;
    for (size_t i = 0; i < WORKLOAD_PLANS; i++) {
        for (size_t k = 0; k < w->plans[i].count; k++) {
            const struct activity *a = &w->plans[i].activities[k];
            for (int f = 0; f < FIELDS && !a->removed; f++) {
                n += different(&a->fields[f]) > 1;
            }
        }
    }
    return n;
}

size_t workload_heads(const struct workload *w, const char *object, const char *field)
{
    for (size_t i = 0; i < WORKLOAD_PLANS; i++) {
        for (size_t k = 0; k < w->plans[i].count; k++) {
            const struct activity *a = &w->plans[i].activities[k];
            char id[WORKLOAD_ID];
            id_text(id, a->number);
            for (int f = 0; f < FIELDS && !a->removed && strcmp(id, object) == 0; f++) {
                if (strcmp(field_names[f], field) == 0) {
                    const size_t n = different(&a->fields[f]);
                    return n ? n : 1;
                }
            }
        }
    }
    return 0;
}
