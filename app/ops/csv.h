/* Tables as spreadsheets write them: RFC 4180, with what Swedish Excel does beside it. Pure: bytes in, rows out.
 *
 * UTF-8, with or without a byte order mark. Cells are separated by comma, semicolon or tab: whichever the first line has
 * most of, or what a line "sep=;" in front of it says. Rows end in CRLF, LF or CR; a quoted cell may hold all of these.
 * A row that breaks the rules is a fault of that row: reading goes on at the next line. Time is linear in the bytes and
 * memory is one row's. */
#ifndef APP_OPS_CSV_H
#define APP_OPS_CSV_H

#include "crypto/buf.h"
#include "sync/arena.h"

#define CSV_CELL_MAX ((size_t)64 * 1024) /* bytes: the longest value that any field takes */
#define CSV_CELLS_MAX ((size_t)256)      /* in a row */

/* Zero-initialise, then csv_open. */
struct csv {
    struct span rest;
    char separator;
    size_t line; /* of what is read next, from 1 */
};

enum csv_fault {
    CSV_GOOD,
    CSV_QUOTE_INSIDE, /* a quotation mark in a cell that does not begin with one */
    CSV_AFTER_QUOTE,  /* something between a closing quotation mark and the separator */
    CSV_NOT_CLOSED,   /* the file ends inside quotation marks */
    CSV_TOO_LONG,     /* a cell over CSV_CELL_MAX */
    CSV_TOO_MANY,     /* more than CSV_CELLS_MAX cells */
    CSV_ZERO_BYTE,
};

struct csv_row {
    size_t line; /* where it begins */
    enum csv_fault fault;
    size_t fault_cell; /* from 0 */
    size_t count;
    const char *cells[CSV_CELLS_MAX]; /* in the arena */
};

/* bytes are borrowed as long as c is used. ERR_INPUT: not UTF-8; *bad_line is where and *bad_byte the first such byte
 * (0xfe or 0xff on line 1: most likely UTF-16; otherwise most likely Windows-1252). */
MUST_CHECK enum err csv_open(struct csv *c, struct span bytes, size_t *bad_line, unsigned *bad_byte);
/* The next row that is not empty. False: there are no more. Cells that could not be allocated are NULL and a has
 * failed. */
bool csv_next(struct csv_row *row, struct csv *c, struct arena *a);
/* What is wrong, as a msgid. */
const char *csv_fault_text(enum csv_fault fault);

#endif
