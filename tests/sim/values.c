#include "tests/sim/values.h"

#include <string.h>

#include "app/plan/model.h"

static const char *const words[] = {"kan",    "inte", "arbeta", "heltid", "just",   "nu",   "men",  "vill",
                                    "pröva",  "en",   "plats",  "på",     "lager",  "med",  "stöd", "om",
                                    "vården", "är",   "klar",   "och",    "räcker", "fram", "till", "hösten"};

static const char *word(struct world *w)
{
    return words[chance_below(&w->chance, sizeof words / sizeof words[0])];
}

static void add_words(char out[VALUES_MAX], struct world *w, size_t count)
{
    size_t len = strlen(out);
    for (size_t i = 0; i < count && len + 20 < VALUES_MAX; i++) {
        len += (size_t)snprintf(out + len, VALUES_MAX - len, "%s%s", len > 0 ? " " : "", word(w));
    }
}

/* Some words of an old text replaced by others. */
static void reword(char out[VALUES_MAX], struct world *w, const char *old)
{
    size_t len = strlen(old);
    size_t at = chance_below(&w->chance, len);
    while (at > 0 && old[at - 1] != ' ') {
        at--;
    }
    size_t until = at + strcspn(old + at, " ");
    (void)snprintf(out, VALUES_MAX, "%.*s%s %s%s", (int)at, old, word(w), word(w), old + until);
}

static const char *any_id(char text[VALUES_MAX], struct world *w)
{
    const struct history *h = &w->history;
    struct uuid id = {{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80}};
    if (h->op_count > 0) {
        id = h->ops[chance_below(&w->chance, h->op_count)].object;
    }
    uuid_format(text, &id);
    return text;
}

static const char *from_pool(struct world *w, const struct schema_field *f)
{
    static const char *const pools[][4] = {
        [FORM_DATE] = {"2026-09-15", "2027-01-31", "2028-02-29", "1999-12-31"},
        [FORM_TIME] = {"2026-09-15T08:00:00Z", "2027-01-31T23:59Z", "2026-10-01T12:30:00Z", "2026-09-15T08:00Z"},
        [FORM_EXTENT] = {"50%", "100%", "30h", "4halvdagar"},
        [FORM_NUMBER] = {"1", "7", "3", "5"},
        [FORM_YESNO] = {"ja", "nej", "ja", "nej"},
        [FORM_CLOCK] = {"08:00", "12:30", "16:45", "23:59"},
    };
    return pools[f->form][chance_below(&w->chance, 4)];
}

bool values_make(char out[VALUES_MAX], struct world *w, const struct schema_type *type, const struct schema_field *f,
                 const char *old)
{
    char text[VALUES_MAX] = "";
    const char *value = text;
    size_t count = 0;
    switch (f->form) {
    case FORM_TEXT:
        if (old && strlen(old) > 60 && strlen(old) < VALUES_MAX / 2 && !chance_one_in(&w->chance, 4)) {
            reword(text, w, old);
        } else {
            bool is_long = f->merge == MERGE_TEXT || f->merge == MERGE_ENTRIES;
            add_words(text, w, is_long && chance_one_in(&w->chance, 2) ? 20 + chance_below(&w->chance, 60) : 1);
        }
        break;
    case FORM_WORD:
        while (f->words[count]) {
            count++;
        }
        value = f->words[chance_below(&w->chance, count < 4 ? count : 4)];
        break;
    case FORM_REF:
    case FORM_WHOM:
        value = any_id(text, w);
        break;
    default:
        value = from_pool(w, f);
        break;
    }
    (void)snprintf(out, VALUES_MAX, "%s", value);
    return out[0] != '\0' && model_schema()->expects(type, f, out) == NULL;
}
