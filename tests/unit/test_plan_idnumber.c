/* app/plan/idnumber: every number that Skatteverket publishes for tests is one; with any digit changed it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/plan/idnumber.h"

/* Every line of a list in tests/data is of this kind; the number of lines. Tests run from the top folder. */
static size_t all_are(const char *path, enum idnumber_kind kind)
{
    char line[64];
    size_t count = 0;
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = '\0';
        assert_int_equal(idnumber_check(line), kind);
        count++;
    }
    assert_int_equal(fclose(file), 0);
    return count;
}

static void published_numbers(void **state)
{
    (void)state;
    assert_true(all_are("tests/data/testpersonnummer.txt", IDNUMBER_PERSONNUMMER) > 0);
    assert_true(all_are("tests/data/testsamordningsnummer.txt", IDNUMBER_SAMORDNINGSNUMMER) > 0);
}

/* A Luhn check digit catches every single changed digit; here from the third, for the century is not in the sum. */
static void one_digit_off(void **state)
{
    (void)state;
    static const char good[] = "198501192382";
    for (size_t at = 2; at < IDNUMBER_LEN; at++) {
        for (int digit = '0'; digit <= '9'; digit++) {
            char changed[sizeof good];
            memcpy(changed, good, sizeof good);
            changed[at] = (char)digit;
            assert_int_equal(idnumber_check(changed), digit == good[at] ? IDNUMBER_PERSONNUMMER : IDNUMBER_NONE);
        }
    }
}

/* date with a serial and the check digit that fits: what is refused is refused for its date. */
static enum idnumber_kind with_check_digit(const char *date)
{
    char number[IDNUMBER_LEN + 1];
    int sum = 0;
    snprintf(number, sizeof number, "%s2380", date);
    for (int i = 2; i < IDNUMBER_LEN - 1; i++) {
        int n = (number[i] - '0') * (i % 2 == 0 ? 2 : 1);
        sum += n / 10 + n % 10;
    }
    number[IDNUMBER_LEN - 1] = (char)('0' + (10 - sum % 10) % 10);
    return idnumber_check(number);
}

static void dates_count(void **state)
{
    (void)state;
    static const struct {
        const char *date;
        enum idnumber_kind kind;
    } cases[] = {
        {"19840229", IDNUMBER_PERSONNUMMER},
        {"19850229", IDNUMBER_NONE},
        {"19850230", IDNUMBER_NONE},
        {"19851319", IDNUMBER_NONE},
        {"19850019", IDNUMBER_NONE},
        {"19850100", IDNUMBER_NONE},
        {"19850132", IDNUMBER_NONE},
        {"17850119", IDNUMBER_NONE},
        {"19850191", IDNUMBER_SAMORDNINGSNUMMER},
        {"19850192", IDNUMBER_NONE},
        {"19851361", IDNUMBER_NONE},
        /* Skatteverket's list has numbers whose month or day is not known, or is no day of its month. */
        {"19850060", IDNUMBER_SAMORDNINGSNUMMER},
        {"19850160", IDNUMBER_SAMORDNINGSNUMMER},
        {"19850290", IDNUMBER_SAMORDNINGSNUMMER},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(with_check_digit(cases[i].date), cases[i].kind);
    }
}

static void other_forms_are_refused(void **state)
{
    (void)state;
    assert_int_equal(idnumber_check(""), IDNUMBER_NONE);
    assert_int_equal(idnumber_check("8501192382"), IDNUMBER_NONE);
    assert_int_equal(idnumber_check("850119-2382"), IDNUMBER_NONE);
    assert_int_equal(idnumber_check("19850119-2382"), IDNUMBER_NONE);
    assert_int_equal(idnumber_check("19850119238"), IDNUMBER_NONE);
    assert_int_equal(idnumber_check("1985011923820"), IDNUMBER_NONE);
    assert_int_equal(idnumber_check("19850119238x"), IDNUMBER_NONE);
    assert_int_equal(idnumber_check(" 98501192382"), IDNUMBER_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_numbers),
        cmocka_unit_test(one_digit_off),
        cmocka_unit_test(dates_count),
        cmocka_unit_test(other_forms_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
