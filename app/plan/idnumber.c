#include "app/plan/idnumber.h"

#include <stdbool.h>

#include "app/plan/dates.h"

#define SAMORDNING_DAY_OFFSET 60

/* Two digits at text; the caller has checked that they are digits. */
static int pair(const char *text)
{
    return (text[0] - '0') * 10 + (text[1] - '0');
}

/* Luhn (ISO/IEC 7812-1, annex B) over the last ten digits: the century is not part of the sum. */
static bool check_digit_holds(const char *text)
{
    int sum = 0;

    for (int i = 2; i < IDNUMBER_LEN; i++) {
        int doubled = (text[i] - '0') * (i % 2 == 0 ? 2 : 1);
        sum += doubled > 9 ? doubled - 9 : doubled;
    }
    return sum % 10 == 0;
}

/* A samordningsnummer need not be a day of the calendar: of the 2264 that Skatteverket publishes for tests, 132 have
 * month 00, 38 have day 00 (60), and 24 a day that their month lacks, such as 30 February (90). */
static bool samordning_date(int month, int day)
{
    return month <= 12 && day >= SAMORDNING_DAY_OFFSET && day <= SAMORDNING_DAY_OFFSET + 31;
}

enum idnumber_kind idnumber_check(const char *text)
{
    for (int i = 0; i < IDNUMBER_LEN; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return IDNUMBER_NONE;
        }
    }
    int year = pair(text) * 100 + pair(text + 2);
    int month = pair(text + 4);
    int day = pair(text + 6);
    if (text[IDNUMBER_LEN] != '\0' || year < 1800 || year > DATES_YEAR_MAX || !check_digit_holds(text)) {
        return IDNUMBER_NONE;
    }
    if (day >= 1 && day <= dates_month_days(year, month)) {
        return IDNUMBER_PERSONNUMMER;
    }
    return samordning_date(month, day) ? IDNUMBER_SAMORDNINGSNUMMER : IDNUMBER_NONE;
}
