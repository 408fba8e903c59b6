/* The floor that bench_w measures against: the same rows that a person sees, in plain SQLite files with WAL and
 * synchronous=FULL, written and copied with nothing signed, sealed, merged or kept of the past. */
#ifndef TESTS_BENCH_FLOOR_H
#define TESTS_BENCH_FLOOR_H

#include "tests/bench/workload.h"

struct floor;

struct floor *floor_open(const char *path); /* aborts with a message on any failure, as all of these */
void floor_close(struct floor *f);
/* Applies one line in one durable transaction. */
void floor_save(struct floor *f, const char *line);
/* Takes in the rows that other has written since mark, in one durable transaction. */
void floor_copy(struct floor *f, const char *other_path, long mark);
long floor_mark(struct floor *f); /* the number of the last write */

#endif
