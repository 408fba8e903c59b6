#include "app/ops/csv.h"

#include <string.h>

#include "app/text/text.h" /* N_ only */

static bool is_tail(unsigned char c)
{
    return c >= 0x80 && c <= 0xbf;
}

/* How many bytes the character at p takes (RFC 3629); 0 if it is none. */
static size_t char_len(const uint8_t *p, size_t left)
{
    const size_t len = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
    if (len == 0 || len > left) {
        return 0;
    }
    for (size_t i = 1; i < len; i++) {
        if (!is_tail(p[i])) {
            return 0;
        }
    }
    const bool overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
    const bool outside = (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf4 && p[1] > 0x8f);
    return overlong || outside ? 0 : len;
}

/* A row ends in CRLF, LF or CR. 0: not here. */
static size_t line_end(struct span at)
{
    if (at.len == 0 || (at.ptr[0] != '\n' && at.ptr[0] != '\r')) {
        return 0;
    }
    return at.len > 1 && at.ptr[0] == '\r' && at.ptr[1] == '\n' ? 2 : 1;
}

static enum err check_utf8(struct span bytes, size_t *bad_line, unsigned *bad_byte)
{
    size_t line = 1;
    while (bytes.len > 0) {
        const size_t end = line_end(bytes);
        const size_t len = end ? end : char_len(bytes.ptr, bytes.len);
        if (len == 0) {
            *bad_line = line;
            *bad_byte = bytes.ptr[0];
            return ERR_INPUT;
        }
        line += end > 0;
        bytes = span_of(bytes.ptr + len, bytes.len - len);
    }
    return OK;
}

static void skip(struct csv *c, size_t len)
{
    c->rest = span_of(c->rest.ptr + len, c->rest.len - len);
}

/* Steps over a line end, if there is one here. */
static bool skip_line_end(struct csv *c)
{
    const size_t len = line_end(c->rest);
    skip(c, len);
    c->line += len > 0;
    return len > 0;
}

/* Excel's own hint, and nobody else's. */
static bool take_hint(struct csv *c)
{
    static const char hint[] = "sep=";
    const size_t len = sizeof hint - 1;
    if (c->rest.len <= len || memcmp(c->rest.ptr, hint, len) != 0) {
        return false;
    }
    const struct span after = span_of(c->rest.ptr + len + 1, c->rest.len - len - 1);
    const char separator = (char)c->rest.ptr[len];
    if (!strchr(",;\t", separator) || separator == '\0' || !line_end(after)) {
        return false;
    }
    c->separator = separator;
    skip(c, len + 1);
    return skip_line_end(c);
}

static char guess_separator(struct span line)
{
    static const char separators[] = ",;\t";
    size_t counts[3] = {0};
    bool quoted = false;
    for (size_t i = 0; i < line.len && (quoted || (line.ptr[i] != '\n' && line.ptr[i] != '\r')); i++) {
        quoted = quoted != (line.ptr[i] == '"');
        const char *which = line.ptr[i] && !quoted ? strchr(separators, (char)line.ptr[i]) : NULL;
        if (which) {
            counts[which - separators]++;
        }
    }
    size_t best = 0;
    for (size_t i = 1; i < 3; i++) {
        best = counts[i] > counts[best] ? i : best;
    }
    return separators[best];
}

enum err csv_open(struct csv *c, struct span bytes, size_t *bad_line, unsigned *bad_byte)
{
    if (bytes.len >= 3 && memcmp(bytes.ptr, "\xef\xbb\xbf", 3) == 0) {
        bytes = span_of(bytes.ptr + 3, bytes.len - 3);
    }
    enum err e = check_utf8(bytes, bad_line, bad_byte);
    if (e != OK) {
        return e;
    }
    *c = (struct csv){.rest = bytes, .line = 1};
    if (!take_hint(c)) {
        c->separator = guess_separator(bytes);
    }
    return OK;
}

static void set_fault(struct csv_row *row, enum csv_fault fault)
{
    if (row->fault == CSV_GOOD) {
        row->fault = fault;
        row->fault_cell = row->count;
    }
}

/* Is the cell over here? */
static bool at_end(const struct csv *c)
{
    return c->rest.len == 0 || c->rest.ptr[0] == (uint8_t)c->separator || line_end(c->rest) > 0;
}

/* Takes a plain cell; after a fault, whatever stands to its end. */
static struct span plain_cell(struct csv_row *row, struct csv *c)
{
    const uint8_t *start = c->rest.ptr;
    while (!at_end(c)) {
        if (c->rest.ptr[0] == '"') {
            set_fault(row, CSV_QUOTE_INSIDE);
        }
        skip(c, 1);
    }
    return span_of(start, (size_t)(c->rest.ptr - start));
}

/* Takes a cell in quotation marks; the span still has its doubled ones. */
static struct span quoted_cell(struct csv_row *row, struct csv *c)
{
    skip(c, 1);
    const uint8_t *start = c->rest.ptr;
    while (c->rest.len > 0) {
        if (c->rest.ptr[0] != '"') {
            if (!skip_line_end(c)) {
                skip(c, 1);
            }
            continue;
        }
        if (c->rest.len < 2 || c->rest.ptr[1] != '"') {
            break;
        }
        skip(c, 2);
    }
    const struct span inside = span_of(start, (size_t)(c->rest.ptr - start));
    if (c->rest.len == 0) {
        set_fault(row, CSV_NOT_CLOSED);
        return inside;
    }
    skip(c, 1);
    if (!at_end(c)) {
        set_fault(row, CSV_AFTER_QUOTE);
        while (!at_end(c)) {
            skip(c, 1);
        }
    }
    return inside;
}

/* A doubled quotation mark is one. */
static void undouble(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        *to++ = *from;
        from += from[0] == '"' && from[1] == '"';
    }
    *to = '\0';
}

static void take_cell(struct csv_row *row, struct csv *c, struct arena *a)
{
    const bool quoted = c->rest.len > 0 && c->rest.ptr[0] == '"';
    const struct span bytes = quoted ? quoted_cell(row, c) : plain_cell(row, c);
    if (row->count == CSV_CELLS_MAX) {
        set_fault(row, CSV_TOO_MANY);
        return;
    }
    if (bytes.len > CSV_CELL_MAX) {
        set_fault(row, CSV_TOO_LONG);
    } else if (bytes.len > 0 && memchr(bytes.ptr, '\0', bytes.len)) {
        set_fault(row, CSV_ZERO_BYTE);
    }
    char *text = arena_text(a, row->fault == CSV_GOOD ? bytes : span_of("", 0));
    if (text && quoted) {
        undouble(text);
    }
    row->cells[row->count++] = text;
}

/* Excel writes ";;;;" where rows were cleared. */
static bool is_empty(const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        if (!row->cells[i] || row->cells[i][strspn(row->cells[i], " \t")] != '\0') {
            return false;
        }
    }
    return row->fault == CSV_GOOD;
}

bool csv_next(struct csv_row *row, struct csv *c, struct arena *a)
{
    while (c->rest.len > 0) {
        row->line = c->line;
        row->fault = CSV_GOOD;
        row->fault_cell = 0;
        row->count = 0;
        take_cell(row, c, a);
        while (c->rest.len > 0 && c->rest.ptr[0] == (uint8_t)c->separator) {
            skip(c, 1);
            take_cell(row, c, a);
        }
        (void)skip_line_end(c);
        if (!is_empty(row)) {
            return true;
        }
    }
    return false;
}

const char *csv_fault_text(enum csv_fault fault)
{
    switch (fault) {
    case CSV_GOOD:
        break;
    case CSV_QUOTE_INSIDE:
        return N_(
            "a quotation mark in the middle of a cell: such a cell is written in quotation marks, its own doubled");
    case CSV_AFTER_QUOTE:
        return N_("something after a cell's closing quotation mark");
    case CSV_NOT_CLOSED:
        return N_("a quotation mark opens here and is never closed");
    case CSV_TOO_LONG:
        return N_("a cell of more than 65536 bytes");
    case CSV_TOO_MANY:
        return N_("more than 256 cells");
    case CSV_ZERO_BYTE:
        return N_("a zero byte");
    }
    return "";
}
