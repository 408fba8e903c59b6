#include "sync/value.h"

#include <assert.h>
#include <string.h>

#include "crypto/ids.h"
#include "sync/cbor.h"
#include "sync/limits.h"
#include "sync/utf8.h"

#define DATE_TEXT_LEN 10
#define YEAR_FIRST 1900
#define YEAR_LAST 2199
#define DAY_FIRST (-25567) /* 1900-01-01, in days since 1970-01-01 */
#define DAY_LAST 84005     /* 2199-12-31 */

struct date {
    int year;
    int month;
    int day;
};

void value_fail(struct value_source *s, enum err why)
{
    if (!s->r.failed) {
        s->why = why;
        s->r.failed = true;
    }
}

enum err value_result(const struct value_source *s)
{
    if (!s->r.failed) {
        return OK;
    }
    return s->why == OK ? ERR_INPUT : s->why;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from 1970-01-01 to January 1 of a year (Gregorian calendar). */
static int year_start(int year)
{
    int before = year - 1;
    return 365 * (year - 1970) + (before / 4 - before / 100 + before / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400);
}

static int take_digits(const uint8_t *ptr, size_t count)
{
    int v = 0;
    for (size_t i = 0; i < count; i++) {
        if (ptr[i] < '0' || ptr[i] > '9') {
            return -1;
        }
        v = v * 10 + (ptr[i] - '0');
    }
    return v;
}

/* Is the text a date of the calendar, YYYY-MM-DD, 1900 to 2199? */
static bool date_parse(int64_t *days, struct span text)
{
    if (text.len != DATE_TEXT_LEN || text.ptr[4] != '-' || text.ptr[7] != '-') {
        return false;
    }
    struct date d = {take_digits(text.ptr, 4), take_digits(text.ptr + 5, 2), take_digits(text.ptr + 8, 2)};
    if (d.year < YEAR_FIRST || d.year > YEAR_LAST || d.month < 1 || d.month > 12 || d.day < 1 ||
        d.day > month_days(d.year, d.month)) {
        return false;
    }
    int sum = year_start(d.year) + d.day - 1;
    for (int month = 1; month < d.month; month++) {
        sum += month_days(d.year, month);
    }
    *days = sum;
    return true;
}

/* days is between DAY_FIRST and DAY_LAST. */
static void date_format(char out[DATE_TEXT_LEN + 1], int days)
{
    struct date d = {1970 + days / 366, 1, 1}; /* never past the year before it by more than a few */
    while (year_start(d.year) > days) {
        d.year--;
    }
    while (year_start(d.year + 1) <= days) {
        d.year++;
    }
    int left = days - year_start(d.year);
    while (left >= month_days(d.year, d.month)) {
        left -= month_days(d.year, d.month);
        d.month++;
    }
    d.day += left;
    const int numbers[DATE_TEXT_LEN] = {d.year / 1000, d.year / 100, d.year / 10, d.year,     -1,
                                        d.month / 10,  d.month,      -1,          d.day / 10, d.day};
    for (size_t i = 0; i < DATE_TEXT_LEN; i++) {
        out[i] = (char)(numbers[i] < 0 ? '-' : '0' + numbers[i] % 10);
    }
    out[DATE_TEXT_LEN] = 0;
}

void value_put(struct buf *out, const char *value)
{
    if (!value) {
        cbor_put_null(out);
        return;
    }
    struct span text = span_str(value);
    struct uuid id;
    int64_t days = 0;
    if (uuid_parse(&id, text) == OK) {
        cbor_put_bytes(out, span_of(id.b, ID_LEN));
    } else if (date_parse(&days, text)) {
        cbor_put_int(out, days);
    } else {
        value_put_text(out, value, 1, LIMIT_TEXT);
    }
}

static const char *take_id(struct value_source *s)
{
    struct uuid id;
    char text[UUID_TEXT_LEN + 1];
    cbor_fixed(&s->r, id.b, ID_LEN);
    uuid_format(text, &id);
    return s->r.failed ? NULL : arena_text(s->arena, span_of(text, UUID_TEXT_LEN));
}

static const char *take_date(struct value_source *s)
{
    int64_t days = cbor_int(&s->r, DAY_FIRST, DAY_LAST);
    char text[DATE_TEXT_LEN + 1];
    date_format(text, (int)days);
    return s->r.failed ? NULL : arena_text(s->arena, span_of(text, DATE_TEXT_LEN));
}

/* A text that no shorter form would have held. */
static const char *take_plain(struct value_source *s)
{
    const char *value = value_take_text(s, 1, LIMIT_TEXT);
    struct uuid id;
    int64_t days = 0;
    if (uuid_parse(&id, span_str(value)) == OK || date_parse(&days, span_str(value))) {
        value_fail(s, ERR_INPUT);
    }
    return value;
}

const char *value_take(struct value_source *s)
{
    const char *value = NULL;
    switch (cbor_peek(&s->r)) {
    case CBOR_NULL:
        cbor_null(&s->r);
        return NULL;
    case CBOR_BYTES:
        value = take_id(s);
        break;
    case CBOR_UINT:
    case CBOR_NINT:
        value = take_date(s);
        break;
    case CBOR_TEXT:
        value = take_plain(s);
        break;
    case CBOR_ARRAY:
    case CBOR_NONE:
        value_fail(s, ERR_INPUT);
        break;
    }
    if (!value) {
        value_fail(s, ERR_MEMORY); /* where nothing has failed before */
    }
    return value;
}

void value_put_text(struct buf *out, const char *text, size_t least, size_t most)
{
    struct span s = span_str(text);
    assert(s.len >= least && s.len <= most && utf8_is_clean(s));
    cbor_put_text(out, s);
}

const char *value_take_text(struct value_source *s, size_t least, size_t most)
{
    struct span text = cbor_text(&s->r, SIZE_MAX);
    if (text.len > most) {
        value_fail(s, ERR_LIMIT);
    } else if (text.len < least) {
        value_fail(s, ERR_INPUT);
    }
    if (s->r.failed) {
        return "";
    }
    const char *copy = arena_text(s->arena, text);
    if (!copy) {
        value_fail(s, ERR_MEMORY);
        return "";
    }
    return copy;
}

size_t value_take_count(struct value_source *s, size_t most)
{
    size_t count = cbor_array(&s->r, SIZE_MAX);
    if (count > most) {
        value_fail(s, ERR_LIMIT);
        return 0;
    }
    return count;
}

void *value_room(struct value_source *s, size_t count, size_t size)
{
    void *room = s->r.failed ? NULL : arena_array(s->arena, count, size);
    if (!room) {
        value_fail(s, ERR_MEMORY);
    }
    return room;
}
