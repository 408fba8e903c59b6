/* Workload W: what five devices of one party do to 200 plans, seeded; and, beside it, what must then stand, told by the
 * simplest model there is. Edits are lines of an apply file. A round is: every device edits offline, then all meet. So
 * two writes of one field are concurrent exactly if they were made in the same round by different devices. */
#ifndef TESTS_BENCH_WORKLOAD_H
#define TESTS_BENCH_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORKLOAD_DEVICES 5
#ifndef WORKLOAD_PLANS /* bench_w_large: the plans of a förbund of size L */
#define WORKLOAD_PLANS 200
#endif
#define WORKLOAD_LINE_MAX 4096
#define WORKLOAD_ID 37 /* a UUID as text, with its zero */

struct workload; /* one thread */

struct workload *workload_new(uint64_t seed, const char *member_id); /* aborts without memory */
void workload_free(struct workload *w);

/* The next line that founds the world: plans, activities, notes. False: that was all. */
bool workload_found(char line[WORKLOAD_LINE_MAX], struct workload *w);

enum workload_kind { WORKLOAD_SET, WORKLOAD_ADD, WORKLOAD_NOTE, WORKLOAD_SPLICE, WORKLOAD_REMOVE };
struct workload_edit {
    enum workload_kind kind;
    char line[WORKLOAD_LINE_MAX];
    char object[WORKLOAD_ID]; /* what it writes; of a splice the plan */
    const char *field;        /* of a set and a splice */
};
/* The device's next edit. Of a splice the line is made by workload_splice, from the text that the device has. */
void workload_next(struct workload_edit *e, struct workload *w, int device);
/* Changes a stretch of a few words somewhere in text (NULL: there is none). */
void workload_splice(struct workload_edit *e, struct workload *w, const char *text);
/* Everybody has met: what was concurrent is settled as conflicts or not. */
void workload_met(struct workload *w);

/* How many fields of activities, not removed by anybody, have more than one value now. */
size_t workload_conflicts(const struct workload *w);
/* The field's number of different heads: 0 if the model does not know the object, or somebody has removed it. */
size_t workload_heads(const struct workload *w, const char *object, const char *field);

#endif
