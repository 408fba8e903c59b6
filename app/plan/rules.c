#include "app/plan/rules.h"

#include <stdlib.h>
#include <string.h>

#include "app/plan/rules_answer.h"
#include "app/plan/rules_benefit.h"
#include "app/plan/rules_capacity.h"
#include "app/plan/rules_common.h"
#include "app/plan/rules_consent.h"
#include "app/plan/rules_glapp.h"
#include "app/plan/rules_goals.h"
#include "app/plan/rules_krock.h"
#include "app/plan/rules_order.h"
#include "app/plan/rules_slots.h"
#include "app/plan/rules_twice.h"
#include "app/text/text.h" /* N_ only */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A new rule is a function in a rules_*.c and a row here, in the order of design: domain. */
static const struct rules_rule rules[] = {
    {"K1", FINDING_KROCK, FINDING_STOP, rules_capacity_krock,
     N_("Nobody can do more than full time, or more than has been agreed that they can manage.")},
    {"K2", FINDING_KROCK, FINDING_STOP, rules_slots_krock,
     N_("Nobody can be in two places at once, nor get from one to the other in no time.")},
    {"K3", FINDING_KROCK, FINDING_STOP, rules_krock_exclusion,
     N_("Some activities exclude each other, whoever has decided on them.")},
    {"K4", FINDING_KROCK, FINDING_WARN, rules_goals_krock,
     N_("Two authorities that pull towards different goals undo each other's work.")},
    {"K5", FINDING_KROCK, FINDING_STOP, rules_benefit_krock,
     N_("What a person is to live on must last as long as the activity that builds on it.")},
    {"K6", FINDING_KROCK, FINDING_WARN, rules_twice_krock,
     N_("The same thing planned by two authorities is done twice, or by neither.")},
    {"K7", FINDING_KROCK, FINDING_WARN, rules_krock_responsible,
     N_("Exactly one holds the plan together, so that everybody knows whom to call.")},
    {"K7", FINDING_GLAPP, FINDING_WARN, rules_glapp_responsible,
     N_("Exactly one holds the plan together, so that everybody knows whom to call.")},
    {"G1", FINDING_GLAPP, FINDING_WARN, rules_glapp_idle,
     N_("When one activity has ended and no other begins, a person is easily lost between authorities.")},
    {"G2", FINDING_GLAPP, FINDING_WARN, rules_answer_responsible, N_("What nobody answers for is not carried out.")},
    {"G3", FINDING_GLAPP, FINDING_WARN, rules_glapp_follow_up, N_("What is not followed up is not carried out.")},
    {"G4", FINDING_GLAPP, FINDING_WARN, rules_answer_remiss,
     N_("Until a referral is answered, nobody has the person.")},
    {"G5", FINDING_GLAPP, FINDING_WARN, rules_consent_glapp,
     N_("When a consent ends, authorities stop seeing what the others do, in the middle of it.")},
    {"G6", FINDING_GLAPP, FINDING_WARN, rules_order_glapp, N_("A step builds on the one before it.")},
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

static const struct rules_contradiction default_contradictions[] = {{"arbete", "studier"}};

const struct rules_contradiction *rules_default_contradictions(size_t *count)
{
    *count = COUNT(default_contradictions);
    return default_contradictions;
}

void rules_plan_init(struct rules_plan *plan, const char *id)
{
    *plan = (struct rules_plan){.id = id, .follow_up = DATES_OPEN_START};
}

void rules_activity_init(struct rules_activity *activity, const char *id)
{
    *activity = (struct rules_activity){
        .id = id, .from = DATES_OPEN_START, .to = DATES_OPEN_END, .extent_permille = EXTENT_UNKNOWN};
}

/* Fills in what is left to the defaults. */
static void fill(struct rules_options *o)
{
    o->capacity_permille = o->capacity_permille > 0 ? o->capacity_permille : EXTENT_FULL;
    o->travel_minutes = o->travel_minutes >= 0 ? o->travel_minutes : RULES_TRAVEL_MINUTES;
    o->goal_days = o->goal_days > 0 ? o->goal_days : RULES_GOAL_DAYS;
    o->glapp_start_days = o->glapp_start_days > 0 ? o->glapp_start_days : RULES_GLAPP_START_DAYS;
    o->remiss_days = o->remiss_days > 0 ? o->remiss_days : RULES_REMISS_DAYS;
    o->consent_days = o->consent_days > 0 ? o->consent_days : RULES_CONSENT_DAYS;
    if (!o->exclusions) {
        o->exclusions = rules_default_exclusions(&o->exclusion_count);
    }
    if (!o->contradictions) {
        o->contradictions = rules_default_contradictions(&o->contradiction_count);
    }
}

void rules_options_init(struct rules_options *options, int32_t today)
{
    *options = (struct rules_options){.today = today, .travel_minutes = -1};
    fill(options);
}

const struct rules_rule *rules_all(size_t *count)
{
    *count = COUNT(rules);
    return rules;
}

static bool activity_within_limits(const struct rules_activity *a)
{
    if (a->depends_count > RULES_DEPENDS_MAX || a->step_count > RULES_STEPS_MAX ||
        a->completed_count > RULES_COMPLETED_MAX) {
        return false;
    }
    for (size_t i = 0; i < a->step_count; i++) {
        if (a->steps[i].requires_count > RULES_STEPS_MAX) {
            return false;
        }
    }
    return true;
}

static bool within_limits(const struct rules_plan *plan, const struct rules_options *options)
{
    if (plan->activity_count > RULES_ACTIVITIES_MAX || plan->slot_count > RULES_SLOTS_MAX ||
        plan->goal_count > RULES_GOALS_MAX || plan->income_count > RULES_INCOMES_MAX ||
        plan->decision_count > RULES_DECISIONS_MAX || plan->remiss_count > RULES_REMISSER_MAX ||
        plan->consent_count > RULES_CONSENTS_MAX || plan->huvudansvarig_count > RULES_HEADS_MAX ||
        options->exclusion_count > RULES_EXCLUSIONS_MAX || options->contradiction_count > RULES_CONTRADICTIONS_MAX) {
        return false;
    }
    for (size_t i = 0; i < plan->activity_count; i++) {
        if (!activity_within_limits(&plan->activities[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < plan->consent_count; i++) {
        if (plan->consents[i].to_count > RULES_CONSENT_TO_MAX) {
            return false;
        }
    }
    return true;
}

static int compare_ids(const void *left, const void *right)
{
    const struct rules_activity *const *a = left;
    const struct rules_activity *const *b = right;

    return strcmp((*a)->id, (*b)->id);
}

/* Fresh: the activities in order of id. NULL if memory is out. */
static const struct rules_activity **index_of(const struct rules_plan *plan)
{
    const struct rules_activity **index = malloc((plan->activity_count + 1) * sizeof(*index));

    if (index) {
        for (size_t i = 0; i < plan->activity_count; i++) {
            index[i] = &plan->activities[i];
        }
        qsort(index, plan->activity_count, sizeof(*index), compare_ids);
    }
    return index;
}

/* Takes away what is found after the first skip and only about other plans. */
static void drop_others(const struct rules_run *run, size_t skip)
{
    for (size_t i = run->out->count; i > skip; i--) {
        const struct finding *f = &run->out->items[i - 1];
        bool own = false;
        for (size_t k = 0; k < f->object_count; k++) {
            own = own || !rules_common_elsewhere(run->plan, f->objects[k]);
        }
        if (!own) {
            finding_drop(run->out, i - 1);
        }
    }
}

/* Every rule in turn; what each appends is sorted by itself. */
static enum err apply_all(struct rules_run *run)
{
    for (size_t i = 0; i < COUNT(rules); i++) {
        size_t first = run->out->count;
        run->rule = &rules[i];
        enum err err = rules[i].find(run);
        if (err != OK) {
            return err;
        }
        if (run->plan->elsewhere_count > 0) {
            drop_others(run, first);
        }
        finding_sort(run->out, first);
    }
    return OK;
}

enum err rules_find(struct findings *out, const struct rules_plan *plan, const struct rules_options *options)
{
    struct rules_days same;

    return rules_find_for(out, &same, plan, options);
}

enum err rules_find_for(struct findings *out, struct rules_days *same, const struct rules_plan *plan,
                        const struct rules_options *options)
{
    struct rules_options filled = *options;
    struct rules_clock clock = {.today = options->today, .same = {DATES_OPEN_START, DATES_OPEN_END}};
    size_t before = out->count;

    fill(&filled);
    filled.today = DATES_OPEN_START; /* no rule may look but at the clock */
    *same = clock.same;
    if (!within_limits(plan, &filled)) {
        return ERR_LIMIT;
    }
    if (rules_common_is(plan->status, "avslutad")) {
        return OK;
    }
    const struct rules_activity **index = index_of(plan);
    if (!index) {
        return ERR_MEMORY;
    }
    struct rules_run run = {.out = out, .plan = plan, .options = &filled, .by_id = index, .clock = &clock};
    enum err err = apply_all(&run);
    *same = clock.same;
    if (err != OK) {
        finding_truncate(out, before);
    }
    free(index);
    return err;
}
