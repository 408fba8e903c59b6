#include "sync/why.h"

#include <stdarg.h>
#include <stdio.h>

void why_tell(struct why *w, const char *text, const char *detail, ...)
{
    va_list args;
    w->text = text;
    va_start(args, detail);
    (void)vsnprintf(w->detail, sizeof w->detail, detail, args);
    va_end(args);
}
