#include "tests/sim/story.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sync/site.h"
#include "tests/sim/disk.h"

static bool aloud;
static const char *step_name = "";
static struct story_report own;
static struct story_report *report = &own;

void story_report_to(struct story_report *to)
{
    report = to;
}

void story_add(enum story_count what, unsigned long long n)
{
    report->counts[what] += n;
}

void story_aloud(bool yes)
{
    aloud = yes;
}

void story_step(int step, const char *name)
{
    report->step = step;
    step_name = name;
}

void story_wrong(const char *format, ...)
{
    va_list args;
    (void)disk_mend();
    va_start(args, format);
    (void)vsnprintf(report->wrong, sizeof report->wrong, format, args);
    va_end(args);
    printf("wrong at step %d (%s): %s\n", report->step, step_name, report->wrong);
    (void)fflush(NULL);
    _exit(1);
}

void story_must(const struct site *s, enum err e)
{
    if (e != OK) {
        const struct why *w = s ? site_why(s) : NULL;
        story_wrong("error %d: %s: %s", (int)e, w ? w->text : "", w ? w->detail : "");
    }
}

void story_tell(const char *format, ...)
{
    va_list args;
    if (!aloud) {
        return;
    }
    printf("%4d ", report->step);
    va_start(args, format);
    (void)vprintf(format, args);
    va_end(args);
    printf("\n");
    (void)fflush(stdout);
}

void story_print_counts(const unsigned long long counts[STORY_COUNT])
{
#define X(name) #name,
    static const char *const names[] = {STORY_COUNTS(X)};
#undef X
    for (int i = 0; i < STORY_COUNT; i++) {
        printf("%s%s %llu", i > 0 ? ", " : "", names[i], counts[i]);
    }
    printf("\n");
}
