#include "app/ops/names.h"

#include <inttypes.h>

#include "app/ops/today.h"

const char *names_hex(struct arena *a, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc(a, 2 * len + 1);
    if (!text) {
        return "";
    }
    for (size_t i = 0; i < len; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    return text;
}

static const char *copy(struct arena *a, const char *text)
{
    const char *kept = arena_text(a, span_str(text));
    return kept ? kept : "";
}

const char *names_uuid(struct arena *a, const struct uuid *id)
{
    if (uuid_is_nil(id)) {
        return NULL;
    }
    char text[UUID_TEXT_LEN + 1];
    uuid_format(text, id);
    return copy(a, text);
}

const char *names_tx(struct arena *a, const struct dot *tx)
{
    const char *text = arena_printf(a, "%s.%" PRIu64, names_hex(a, tx->chain.b, sizeof tx->chain.b), tx->n);
    return text ? text : "";
}

static int64_t to_seconds(int64_t time_ms)
{
    return time_ms >= 0 ? time_ms / 1000 : -((-time_ms + 999) / 1000);
}

const char *names_time(struct arena *a, int64_t time_ms)
{
    char text[TODAY_TIME_LEN + 1];
    today_format_utc(text, to_seconds(time_ms));
    return copy(a, text);
}

const char *names_local_time(struct arena *a, int64_t time_ms)
{
    char text[TODAY_LOCAL_LEN + 1];
    today_format_local(text, to_seconds(time_ms));
    return copy(a, text);
}

const char *names_day(struct arena *a, int32_t day)
{
    if (day == DATES_OPEN_START || day == DATES_OPEN_END) {
        return NULL;
    }
    char text[DATES_TEXT_LEN + 1];
    dates_format(text, day);
    return copy(a, text);
}
