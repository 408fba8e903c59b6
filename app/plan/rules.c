#include "app/plan/rules.h"

#include "app/plan/rules_capacity.h"
#include "app/plan/rules_common.h"
#include "app/plan/rules_glapp.h"
#include "app/plan/rules_krock.h"
#include "app/text/text.h" /* N_ only */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A new rule is a function in rules_krock.c, rules_glapp.c or a file of its own, and a row here, in the order of
 * design: domain. */
static const struct rules_rule rules[] = {
    {"K1", FINDING_KROCK, FINDING_STOP, rules_capacity_krock,
     N_("Nobody can do more than full time, or more than has been agreed that they can manage.")},
    {"K3", FINDING_KROCK, FINDING_STOP, rules_krock_exclusion,
     N_("Some activities exclude each other, whoever has decided on them.")},
    {"K7", FINDING_KROCK, FINDING_WARN, rules_krock_responsible,
     N_("Exactly one holds the plan together, so that everybody knows whom to call.")},
    {"K7", FINDING_GLAPP, FINDING_WARN, rules_glapp_responsible,
     N_("Exactly one holds the plan together, so that everybody knows whom to call.")},
    {"G1", FINDING_GLAPP, FINDING_WARN, rules_glapp_idle,
     N_("When one activity has ended and no other begins, a person is easily lost between authorities.")},
    {"G3", FINDING_GLAPP, FINDING_WARN, rules_glapp_follow_up, N_("What is not followed up is not carried out.")},
};

/* design: domain, K3. A studying or working person is not resting; a rest without an extent is a whole one, for that
 * is what the word says. Studies or praktik without an extent may be an hour a week: no guess is made. */
#define FULL_REST                                                                                                      \
    {                                                                                                                  \
        "vila/sjukskrivning", EXTENT_FULL, true                                                                        \
    }
static const struct rules_exclusion default_exclusions[] = {
    {{"studier", EXTENT_FULL, false}, {"praktik", EXTENT_FULL, false}, false},
    {FULL_REST, {"studier", 0, false}, false},
    {FULL_REST, {"SFI", 0, false}, false},
    {FULL_REST, {"praktik", 0, false}, false},
    {FULL_REST, {"arbetsträning", 0, false}, false},
    {FULL_REST, {"anställning med stöd", 0, false}, false},
    {{"utredning", 0, false}, {NULL, 0, false}, true},
};

const struct rules_exclusion *rules_default_exclusions(size_t *count)
{
    *count = COUNT(default_exclusions);
    return default_exclusions;
}

const struct rules_rule *rules_all(size_t *count)
{
    *count = COUNT(rules);
    return rules;
}

static bool within_limits(const struct rules_plan *plan, const struct rules_options *options)
{
    if (plan->activity_count > RULES_ACTIVITIES_MAX || plan->decision_count > RULES_DECISIONS_MAX ||
        plan->huvudansvarig_count > RULES_HEADS_MAX || options->exclusion_count > RULES_EXCLUSIONS_MAX) {
        return false;
    }
    for (size_t i = 0; i < plan->activity_count; i++) {
        if (plan->activities[i].depends_count > RULES_DEPENDS_MAX) {
            return false;
        }
    }
    return true;
}

enum err rules_find(struct findings *out, const struct rules_plan *plan, const struct rules_options *options)
{
    struct rules_options filled = *options;
    size_t before = out->count;

    if (!filled.exclusions) {
        filled.exclusions = rules_default_exclusions(&filled.exclusion_count);
    }
    if (filled.glapp_start_days <= 0) {
        filled.glapp_start_days = RULES_GLAPP_START_DAYS;
    }
    if (!within_limits(plan, &filled)) {
        return ERR_LIMIT;
    }
    if (rules_common_is(plan->status, "avslutad")) {
        return OK;
    }
    for (size_t i = 0; i < COUNT(rules); i++) {
        size_t first = out->count;
        struct rules_run run = {out, &rules[i], plan, &filled};
        enum err err = rules[i].find(&run);
        if (err != OK) {
            finding_truncate(out, before);
            return err;
        }
        finding_sort(out, first);
    }
    return OK;
}
