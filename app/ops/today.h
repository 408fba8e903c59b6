/* What day it is in Sweden, and how a time reads on a Swedish clock. Pure: no system time zone is asked, for machines
 * may have none installed. The rule is the European Union's (directive 2000/84/EC): summer time from the last Sunday of
 * March 01:00 UTC to the last Sunday of October 01:00 UTC. */
#ifndef APP_OPS_TODAY_H
#define APP_OPS_TODAY_H

#include <stdbool.h>
#include <stdint.h>

/* seconds since 1970 -> days since 1970, in Europe/Stockholm. */
int32_t today_in_sweden(int64_t seconds);

#define TODAY_TIME_LEN 20 /* YYYY-MM-DDTHH:MM:SSZ */
/* Writes UTC as ISO 8601. Times outside year 1 to 9999 read as the nearest of them. */
void today_format_utc(char out[TODAY_TIME_LEN + 1], int64_t seconds);
#define TODAY_LOCAL_LEN 16 /* YYYY-MM-DD HH:MM */
/* Writes Swedish local time, for people. */
void today_format_local(char out[TODAY_LOCAL_LEN + 1], int64_t seconds);

#endif
