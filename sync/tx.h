/* What a transaction's number in this replica says: its record, and its place in that. A record has fewer transactions
 * than the number has room for, and its row has chain and first number, so transactions need no rows of their own
 * (docs/decisions/0020). In SQL the same stands beside the number: columns tx_record and tx_place (sync/derived.sql).
 * Nobody else knows how it is made.
 *
 * Numbers of one record rise with its transactions, and those of a record accepted later are higher: so they are in an
 * order that never puts one before its past. They are local, as records' are, and a rebuild makes them anew. */
#ifndef SYNC_TX_H
#define SYNC_TX_H

#include "sync/limits.h"

#include <stdint.h>

/* Transaction n of its chain, in the record with that row number, whose first transaction is first. */
static inline int64_t tx_number(int64_t record, uint64_t first, uint64_t n)
{
    return record * (int64_t)LIMIT_TXS + (int64_t)(n - first);
}

static inline int64_t tx_record(int64_t tx)
{
    return tx / (int64_t)LIMIT_TXS;
}

/* Its number on its chain. first: its record's. */
static inline uint64_t tx_n(int64_t tx, uint64_t first)
{
    return first + (uint64_t)(tx % (int64_t)LIMIT_TXS);
}

#endif
