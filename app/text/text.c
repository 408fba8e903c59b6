#include "app/text/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "app/text/catalogue.h"
#include "app/text/sv_mo.h"

static struct {
    bool english;
    struct catalogue swedish; /* empty until chosen */
} text;

static _Thread_local enum { AS_PROGRAM, SWEDISH, ENGLISH } here;

static bool is_english(void)
{
    return here == AS_PROGRAM ? text.english : here == ENGLISH;
}

static void set_language(bool english)
{
    text.english = english;
    enum err e = catalogue_open(&text.swedish, span_of(text_sv_mo, sizeof text_sv_mo));
    assert(e == OK); /* the build made it */
    (void)e;
}

/* Is the word of len bytes, "sv" or "sv_SE.UTF-8" or "sv@x", in this language? */
static bool names(const char *word, size_t len, const char *language)
{
    size_t n = strlen(language);
    return len >= n && memcmp(word, language, n) == 0 && (len == n || strchr("_.@-", word[n]) != NULL);
}

/* The first language in a list that there is. */
static bool find(bool *english, const char *wanted)
{
    while (wanted && *wanted) {
        size_t len = strcspn(wanted, ":");
        *english = names(wanted, len, "en");
        if (*english || names(wanted, len, "sv")) {
            return true;
        }
        wanted += len;
        wanted += *wanted == ':';
    }
    return false;
}

bool text_choose(const char *wanted)
{
    bool english = false;
    if (!find(&english, wanted)) {
        return false;
    }
    set_language(english);
    return true;
}

void text_choose_here(const char *wanted)
{
    bool english = false;
    here = !find(&english, wanted) ? AS_PROGRAM : english ? ENGLISH : SWEDISH;
}

void text_choose_from_environment(void)
{
    if (!text_choose(getenv("LANGUAGE")) && !text_choose(getenv("LANG"))) {
        set_language(false);
    }
}

const char *text_language(void)
{
    return is_english() ? "en" : "sv";
}

const char *tr(const char *msgid)
{
    const char *found = is_english() || !*msgid ? NULL : catalogue_find(&text.swedish, msgid);
    return found ? found : msgid;
}

const char *trn(const char *one, const char *many, unsigned long long n)
{
    /* Swedish and English share the rule; sv.po's Plural-Forms says it too, and the gate compares. */
    unsigned form = n != 1;
    const char *found = is_english() ? NULL : catalogue_find_form(&text.swedish, one, form);
    return found ? found : (form ? many : one);
}
