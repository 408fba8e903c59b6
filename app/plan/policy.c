#include "app/plan/policy.h"

#include <stdlib.h>
#include <string.h>

#include "app/plan/policy_rows.h"
#include "app/text/text.h" /* N_ only */

typedef enum err setter(struct policy *p, struct policy_fault *fault, const char *value, size_t field);

/* A setting: its name, how it is read, and the field of struct policy that it is about. */
struct setting {
    const char *name;
    setter *set;
    size_t field;
};

void policy_init(struct policy *p)
{
    *p = (struct policy){
        .capacity_permille = EXTENT_FULL,
        .travel_minutes = RULES_TRAVEL_MINUTES,
        .goal_days = RULES_GOAL_DAYS,
        .glapp_start_days = RULES_GLAPP_START_DAYS,
        .remiss_days = RULES_REMISS_DAYS,
        .consent_days = RULES_CONSENT_DAYS,
    };
}

void policy_free(struct policy *p)
{
    free(p->exclusions);
    free(p->contradictions);
    policy_init(p);
}

static enum err refuse(struct policy_fault *fault, const char *expects)
{
    *fault = (struct policy_fault){.expects = expects};
    return ERR_INPUT;
}

/* Digits only, no leading zero, at most max; -1 otherwise. */
static int whole_number(const char *text, int max)
{
    int value = 0;

    if (!*text || (text[0] == '0' && text[1])) {
        return -1;
    }
    for (; *text; text++) {
        if (*text < '0' || *text > '9') {
            return -1;
        }
        value = value * 10 + (*text - '0');
        if (value > max) {
            return -1;
        }
    }
    return value;
}

static enum err set_capacity(struct policy *p, struct policy_fault *fault, const char *value, size_t field)
{
    (void)field;
    if (extent_parse(&p->capacity_permille, value) != OK) {
        return refuse(fault, N_("an extent a week: 75%, 30h or 4halvdagar, at most 200%"));
    }
    return OK;
}

static void put_int(struct policy *p, size_t field, int value)
{
    memcpy((char *)p + field, &value, sizeof(value));
}

static enum err set_minutes(struct policy *p, struct policy_fault *fault, const char *value, size_t field)
{
    int minutes = whole_number(value, POLICY_MINUTES_MAX);

    if (minutes < 0) {
        return refuse(fault, N_("a number of minutes, 0 to 600"));
    }
    put_int(p, field, minutes);
    return OK;
}

static enum err set_days(struct policy *p, struct policy_fault *fault, const char *value, size_t field)
{
    int days = whole_number(value, POLICY_DAYS_MAX);

    if (days < 1) {
        return refuse(fault, N_("a number of days, 1 to 3660"));
    }
    put_int(p, field, days);
    return OK;
}

static enum err set_exclusions(struct policy *p, struct policy_fault *fault, const char *value, size_t field)
{
    struct rules_exclusion *rows = NULL;
    size_t count = 0;

    (void)field;
    enum err err = policy_rows_exclusions(&rows, &count, fault, value);
    if (err == OK) {
        free(p->exclusions);
        p->exclusions = rows;
        p->exclusion_count = count;
    }
    return err;
}

static enum err set_contradictions(struct policy *p, struct policy_fault *fault, const char *value, size_t field)
{
    struct rules_contradiction *rows = NULL;
    size_t count = 0;

    (void)field;
    enum err err = policy_rows_contradictions(&rows, &count, fault, value);
    if (err == OK) {
        free(p->contradictions);
        p->contradictions = rows;
        p->contradiction_count = count;
    }
    return err;
}

static const struct setting settings[] = {
    {"K1.capacity", set_capacity, 0},
    {"K2.travel_minutes", set_minutes, offsetof(struct policy, travel_minutes)},
    {"K3.exclusions", set_exclusions, 0},
    {"K4.contradictions", set_contradictions, 0},
    {"K4.days", set_days, offsetof(struct policy, goal_days)},
    {"G1.days", set_days, offsetof(struct policy, glapp_start_days)},
    {"G4.days", set_days, offsetof(struct policy, remiss_days)},
    {"G5.days", set_days, offsetof(struct policy, consent_days)},
};

#define SETTING_COUNT (sizeof(settings) / sizeof(settings[0]))

const char *policy_name(size_t i)
{
    return i < SETTING_COUNT ? settings[i].name : NULL;
}

enum err policy_set(struct policy *p, struct policy_fault *fault, const char *name, const char *value)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (strcmp(settings[i].name, name) == 0) {
            return settings[i].set(p, fault, value, settings[i].field);
        }
    }
    *fault = (struct policy_fault){.expects = N_("the name of a setting of the rules")};
    return ERR_NOT_FOUND;
}

void policy_apply(struct rules_options *options, const struct policy *p)
{
    options->capacity_permille = p->capacity_permille;
    options->travel_minutes = p->travel_minutes;
    options->goal_days = p->goal_days;
    options->glapp_start_days = p->glapp_start_days;
    options->remiss_days = p->remiss_days;
    options->consent_days = p->consent_days;
    if (p->exclusions) {
        options->exclusions = p->exclusions;
        options->exclusion_count = p->exclusion_count;
    }
    if (p->contradictions) {
        options->contradictions = p->contradictions;
        options->contradiction_count = p->contradiction_count;
    }
}
