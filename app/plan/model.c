#include "app/plan/model.h"

#include "app/text/text.h" /* N_ only */

/* APPEND ONLY, all of it: the numbers of types and fields are what travels and is signed. A new field or type takes the
 * next number, a word is added at the end of its list, and nothing is renumbered, renamed or given back. The order and
 * the names are those of design: schema. Membership (party, member, device) is sync's own and is not here.
 *
 * Two types have fields that the design's page only implies: module has insats and name, session has group; without
 * them neither could be shown to anybody. */

#define MODEL_VERSION 1

/* ---- Topics ---- */

static const char *const topics[] = {"plan", "person", "halsa", "ekonomi", "social", NULL};

static const char *const in_plan[] = {"plan", NULL};
static const char *const in_matris[] = {MODEL_TOPIC_MATRIS, NULL}; /* apart: no consent hands it out as a whole */
static const char *const in_person[] = {"person", NULL};
static const char *const in_halsa[] = {"halsa", NULL};
static const char *const in_ekonomi[] = {"ekonomi", NULL};
static const char *const in_social[] = {"social", NULL};
static const char *const in_forbund[] = {MODEL_TOPIC_FORBUND, NULL};

/* ---- Words: the caseworkers' own, exactly ---- */

/* One word a line would fill two screens. */
/* clang-format off */
static const char *const protected_words[] = {"nej", "sekretessmarkering", "skyddad folkbokföring",
    "fingerade uppgifter", NULL};
static const char *const number_words[] = {"personnummer", "samordningsnummer", NULL};
static const char *const grade_words[] = {"styrkt", "sannolik", "osäker", NULL};
static const char *const plan_status_words[] = {"utkast", "aktiv", "vilande", "avslutad", NULL};
static const char *const closing_words[] = {"arbete", "studier", "fortsatt rehabilitering", "åter till remittent",
    "flyttat", "eget önskemål", "avliden", "felregistrering", "annat", NULL};
static const char *const income_words[] = {"försörjningsstöd", "sjukpenning", "aktivitetsersättning",
    "sjukersättning", "a-kassa", "aktivitetsstöd", "etableringsersättning", "studiemedel", "ingen", NULL};
static const char *const goal_words[] = {"arbete", "studier", "egen försörjning", "hälsa", "delmål", NULL};
static const char *const activity_words[] = {"studier", "SFI", "praktik", "arbetsträning", "anställning med stöd",
    "coaching", "KBT/behandling", "vård", "vila/sjukskrivning", "utredning", "förstegsplats", "social", "annat",
    NULL};
static const char *const activity_status_words[] = {"föreslagen", "beslutad", "pågår", "avbruten", "klar", NULL};
static const char *const proposal_status_words[] = {"väntar", "godtagen", "avböjd", NULL};
static const char *const meeting_words[] = {"trepartsmöte", "SIP", "uppföljning", "analysmöte", NULL};
static const char *const remiss_words[] = {"anmäld", "mottagen", "avvisad", "överlämnad", "återlämnad", NULL};
static const char *const purpose_words[] = {"utbyte", "uppföljning", "utvärdering", NULL};
static const char *const consent_form_words[] = {"skriftligt", "muntligt", NULL};
static const char *const join_words[] = {"samma person", "olika personer", NULL};
static const char *const point_words[] = {"före", "avslut", "3", "6", "12", NULL};
/* clang-format on */

/* ---- Fields: number, name, how it merges, what it is, its words, about ---- */

static const struct schema_field person_fields[] = {
    {1, "name", MERGE_REGISTER, FORM_TEXT, NULL, N_("Full name; not set where the person is anonymous.")},
    {2, "contact", MERGE_REGISTER, FORM_TEXT, NULL, N_("How the person wants to be reached.")},
    {3, "language", MERGE_REGISTER, FORM_TEXT, NULL, N_("The language that the person speaks best.")},
    {4, "interpreter", MERGE_REGISTER, FORM_TEXT, NULL,
     N_("Whether an interpreter is needed, and for which language.")},
    {5, "protected", MERGE_REGISTER, FORM_WORD, protected_words,
     N_("Protected personal data, in the words of the population register.")},
    {6, "anonymous", MERGE_REGISTER, FORM_YESNO, NULL, N_("Whether the person takes part anonymously.")},
    {7, "sex", MERGE_REGISTER, FORM_TEXT, NULL, N_("As the person states it; never derived from a number.")},
    {8, "birth_year", MERGE_REGISTER, FORM_NUMBER, NULL, N_("Year of birth as stated; never derived from a number.")},
    {9, "kommun", MERGE_REGISTER, FORM_TEXT, NULL, N_("The municipality where the person lives.")},
    {10, "chosen", MERGE_SET, FORM_WHOM, NULL,
     N_("Who is expressly chosen to go on reading name and number of a protected person; one each.")},
};

static const struct schema_field identity_fields[] = {
    {1, "person", MERGE_REGISTER, FORM_REF, NULL, N_("The person whose number it is.")},
    {2, "number", MERGE_REGISTER, FORM_TEXT, NULL, N_("Twelve digits, without dash or space.")},
    {3, "kind", MERGE_REGISTER, FORM_WORD, number_words, N_("Which kind of number it is.")},
    {4, "grade", MERGE_REGISTER, FORM_WORD, grade_words,
     N_("How well the identity behind a samordningsnummer is established.")},
    {5, "from", MERGE_REGISTER, FORM_DATE, NULL, N_("First day.")},
    {6, "to", MERGE_REGISTER, FORM_DATE, NULL, N_("Last day; not set: no end is planned.")},
};

static const struct schema_field plan_fields[] = {
    {1, "person", MERGE_REGISTER, FORM_REF, NULL, N_("The person whom the plan is about.")},
    {2, "title", MERGE_REGISTER, FORM_TEXT, NULL, N_("A name for the plan in lists.")},
    {3, "background", MERGE_TEXT, FORM_TEXT, NULL, N_("What has happened so far, and why there is a plan.")},
    {4, "aim", MERGE_TEXT, FORM_TEXT, NULL, N_("What the plan as a whole is to lead to.")},
    {5, "needs", MERGE_SET, FORM_TEXT, NULL, N_("What the person needs; one need each.")},
    {6, "huvudansvarig", MERGE_REGISTER, FORM_WHOM, NULL,
     N_("Who holds the plan together: a member, a function or a party.")},
    {7, "status", MERGE_REGISTER, FORM_WORD, plan_status_words, N_("Where the plan stands.")},
    {8, "follow_up", MERGE_REGISTER, FORM_DATE, NULL, N_("The day of the next follow-up.")},
    {9, "started", MERGE_REGISTER, FORM_DATE, NULL, N_("The day the plan began.")},
    {10, "closed", MERGE_REGISTER, FORM_DATE, NULL, N_("The day the plan was closed.")},
    {11, "closing_reason", MERGE_REGISTER, FORM_WORD, closing_words, N_("Why the plan was closed.")},
    {12, "learned", MERGE_TEXT, FORM_TEXT, NULL, N_("What was learned from the plan.")},
    {13, "capacity", MERGE_REGISTER, FORM_EXTENT, NULL,
     N_("How much the person can manage in a week besides rest; not set: full time.")},
    {14, "earlier", MERGE_REGISTER, FORM_REF, NULL, N_("An earlier plan of the person that this one goes on from.")},
    {15, "left_open", MERGE_REGISTER, FORM_TEXT, NULL, N_("Why what was open at the closing was left so.")},
};

static const struct schema_field kartlaggning_fields[] = {
    {1, "education", MERGE_TEXT, FORM_TEXT, NULL, N_("Education.")},
    {2, "work", MERGE_TEXT, FORM_TEXT, NULL, N_("Work experience.")},
    {3, "skills_formal", MERGE_TEXT, FORM_TEXT, NULL, N_("Formal skills: certificates, licences, grades.")},
    {4, "skills_informal", MERGE_TEXT, FORM_TEXT, NULL,
     N_("Informal skills: what the person can do without a paper on it.")},
    {5, "language", MERGE_TEXT, FORM_TEXT, NULL, N_("Languages, spoken and written.")},
    {6, "goals_participation", MERGE_TEXT, FORM_TEXT, NULL, N_("In the person's words: my goals with taking part.")},
    {7, "goals_life", MERGE_TEXT, FORM_TEXT, NULL, N_("In the person's words: my goals in life.")},
    {8, "need_to_reach", MERGE_TEXT, FORM_TEXT, NULL, N_("In the person's words: what I need to reach my goals.")},
    {9, "need_to_know", MERGE_TEXT, FORM_TEXT, NULL, N_("In the person's words: what I must know to reach my goals.")},
};

static const struct schema_field kartlaggning_halsa_fields[] = {
    {1, "health", MERGE_TEXT, FORM_TEXT, NULL, N_("Health, as far as the plan needs it.")},
};

static const struct schema_field kartlaggning_social_fields[] = {
    {1, "housing", MERGE_TEXT, FORM_TEXT, NULL, N_("Housing.")},
    {2, "relations", MERGE_TEXT, FORM_TEXT, NULL, N_("Family and other relations.")},
};

static const struct schema_field kartlaggning_ekonomi_fields[] = {
    {1, "economy", MERGE_TEXT, FORM_TEXT, NULL, N_("Economy: debts, costs, guardianship.")},
};

static const struct schema_field income_fields[] = {
    {1, "kind", MERGE_REGISTER, FORM_WORD, income_words, N_("Which benefit or support it is.")},
    {2, "from", MERGE_REGISTER, FORM_DATE, NULL, N_("First day.")},
    {3, "to", MERGE_REGISTER, FORM_DATE, NULL, N_("Last day; not set: no end is planned.")},
};

static const struct schema_field goal_fields[] = {
    {1, "text", MERGE_TEXT, FORM_TEXT, NULL, N_("The goal, in words the person would use.")},
    {2, "kind", MERGE_REGISTER, FORM_WORD, goal_words, N_("What kind of goal it is.")},
    {3, "target_date", MERGE_REGISTER, FORM_DATE, NULL, N_("The day by which it is to be reached.")},
    {4, "reached", MERGE_REGISTER, FORM_DATE, NULL, N_("The day it was reached, or ja where the day is not known.")},
};

static const struct schema_field activity_fields[] = {
    {1, "text", MERGE_TEXT, FORM_TEXT, NULL, N_("What is done.")},
    {2, "kind", MERGE_REGISTER, FORM_WORD, activity_words, N_("What kind of activity it is.")},
    {3, "insats", MERGE_REGISTER, FORM_REF, NULL,
     N_("The insats of the catalogue, or the group of one, that it is part of.")},
    {4, "responsible", MERGE_REGISTER, FORM_WHOM, NULL, N_("Who answers for it: a member or a function.")},
    {5, "from", MERGE_REGISTER, FORM_DATE, NULL, N_("First day.")},
    {6, "to", MERGE_REGISTER, FORM_DATE, NULL, N_("Last day; not set: no end is planned.")},
    {7, "extent", MERGE_REGISTER, FORM_EXTENT, NULL, N_("How much of a week it takes.")},
    {8, "place", MERGE_REGISTER, FORM_TEXT, NULL, N_("Where it takes place.")},
    {9, "status", MERGE_REGISTER, FORM_WORD, activity_status_words, N_("How far it has come; not set: beslutad.")},
    {10, "depends_on", MERGE_SET, FORM_REF, NULL, N_("An activity that must be over before this one begins.")},
    {11, "depends_benefit", MERGE_REGISTER, FORM_WORD, income_words, N_("The benefit without which it cannot go on.")},
    {12, "evaluation", MERGE_TEXT, FORM_TEXT, NULL, N_("How it went.")},
};

static const struct schema_field slot_fields[] = {
    {1, "activity", MERGE_REGISTER, FORM_REF, NULL, N_("The activity whose time it is.")},
    {2, "weekday", MERGE_REGISTER, FORM_NUMBER, NULL, N_("1 Monday to 7 Sunday.")},
    {3, "start", MERGE_REGISTER, FORM_CLOCK, NULL, N_("When it begins, Swedish time.")},
    {4, "end", MERGE_REGISTER, FORM_CLOCK, NULL, N_("When it ends, Swedish time.")},
    {5, "place", MERGE_REGISTER, FORM_TEXT, NULL, N_("Where it takes place.")},
};

static const struct schema_field proposal_fields[] = {
    {1, "target", MERGE_REGISTER, FORM_REF, NULL, N_("The object to change.")},
    {2, "field", MERGE_REGISTER, FORM_TEXT, NULL, N_("The name of the field to change.")},
    {3, "value", MERGE_REGISTER, FORM_TEXT, NULL, N_("The proposed value.")},
    {4, "why", MERGE_REGISTER, FORM_TEXT, NULL, N_("Why it is proposed.")},
    {5, "status", MERGE_REGISTER, FORM_WORD, proposal_status_words, N_("What the owner has answered.")},
};

static const struct schema_field meeting_fields[] = {
    {1, "kind", MERGE_REGISTER, FORM_WORD, meeting_words, N_("What kind of meeting it is.")},
    {2, "when", MERGE_REGISTER, FORM_TIME, NULL, N_("When it begins.")},
    {3, "participants", MERGE_SET, FORM_TEXT, NULL, N_("Who takes part; one each.")},
    {4, "agenda", MERGE_TEXT, FORM_TEXT, NULL, N_("What is to be dealt with.")},
    {5, "minutes", MERGE_ENTRIES, FORM_TEXT, NULL, N_("What was said; a correction is a new entry.")},
};

static const struct schema_field decision_fields[] = {
    {1, "meeting", MERGE_REGISTER, FORM_REF, NULL, N_("The meeting where it was decided.")},
    {2, "text", MERGE_REGISTER, FORM_TEXT, NULL, N_("What was decided.")},
    {3, "party", MERGE_REGISTER, FORM_WHOM, NULL, N_("The party that is to do it.")},
    {4, "due", MERGE_REGISTER, FORM_DATE, NULL, N_("The day by which it is to be done.")},
    {5, "done", MERGE_REGISTER, FORM_DATE, NULL, N_("The day it was done, or ja where the day is not known.")},
};

static const struct schema_field remiss_fields[] = {
    {1, "from_party", MERGE_REGISTER, FORM_WHOM, NULL, N_("Who refers.")},
    {2, "to", MERGE_REGISTER, FORM_WHOM, NULL, N_("To whom: a party or a function.")},
    {3, "reason", MERGE_TEXT, FORM_TEXT, NULL, N_("Why.")},
    {4, "status", MERGE_REGISTER, FORM_WORD, remiss_words, N_("How far it has come.")},
    {5, "status_reason", MERGE_REGISTER, FORM_TEXT, NULL, N_("Why it was refused or returned.")},
    {6, "settled", MERGE_REGISTER, FORM_DATE, NULL,
     N_("The day whoever referred took note of the answer, or ja where the day is not known.")},
    {7, "follows", MERGE_REGISTER, FORM_REF, NULL, N_("The referral that this one hands on.")},
};

static const struct schema_field assessment_fields[] = {
    {1, "text", MERGE_TEXT, FORM_TEXT, NULL, N_("The assessment.")},
    {2, "recommended", MERGE_SET, FORM_REF, NULL, N_("An insats of the catalogue that is recommended; one each.")},
    {3, "remiss", MERGE_REGISTER, FORM_REF, NULL, N_("The referral that asked for it.")},
    {4, "parties", MERGE_SET, FORM_WHOM, NULL, N_("A party of the kompetensteam that assesses; one each.")},
};

static const struct schema_field note_fields[] = {
    {1, "text", MERGE_REGISTER, FORM_TEXT, NULL, N_("The note.")},
    {2, "corrects", MERGE_REGISTER, FORM_REF, NULL, N_("The earlier note that this one corrects.")},
};

static const struct schema_field consent_fields[] = {
    {1, "purpose", MERGE_REGISTER, FORM_WORD, purpose_words, N_("What the information may be used for.")},
    {2, "to", MERGE_SET, FORM_WHOM, NULL, N_("A party, member or function that may receive; one each.")},
    {3, "topics", MERGE_SET, FORM_WORD, topics, N_("A topic that it covers; one each.")},
    {4, "from", MERGE_REGISTER, FORM_DATE, NULL, N_("First day.")},
    {5, "until", MERGE_REGISTER, FORM_DATE, NULL, N_("Last day; not set: twelve months from the first.")},
    {6, "form", MERGE_REGISTER, FORM_WORD, consent_form_words, N_("How it was given.")},
    {7, "withdrawn", MERGE_REGISTER, FORM_DATE, NULL,
     N_("The day it was withdrawn, or ja where the day is not known.")},
};

static const struct schema_field outcome_fields[] = {
    {1, "insats", MERGE_REGISTER, FORM_REF, NULL, N_("The insats that is scored.")},
    {2, "individual", MERGE_REGISTER, FORM_TEXT, NULL, N_("The result for the individual.")},
    {3, "own_effort", MERGE_REGISTER, FORM_TEXT, NULL,
     N_("The result of the party's own effort: the choice of insats and method.")},
    {4, "own_hours", MERGE_REGISTER, FORM_NUMBER, NULL, N_("Hours that the own effort took.")},
    {5, "own_kr", MERGE_REGISTER, FORM_NUMBER, NULL, N_("What the own effort cost, in whole kronor.")},
    {6, "samverkan", MERGE_REGISTER, FORM_TEXT, NULL, N_("The result of the samverkan: its structure.")},
    {7, "samverkan_hours", MERGE_REGISTER, FORM_NUMBER, NULL, N_("Hours that the samverkan took.")},
    {8, "samverkan_kr", MERGE_REGISTER, FORM_NUMBER, NULL, N_("What the samverkan cost, in whole kronor.")},
};

static const struct schema_field scored_fields[] = {
    {1, "insats", MERGE_REGISTER, FORM_REF, NULL, N_("The insats that the party has scored.")},
};

static const struct schema_field followup_fields[] = {
    {1, "point", MERGE_REGISTER, FORM_WORD, point_words, N_("When: before, at closing, or months after closing.")},
    {2, "income", MERGE_REGISTER, FORM_TEXT, NULL, N_("What the person lives on then.")},
    {3, "occupation", MERGE_REGISTER, FORM_TEXT, NULL, N_("What the person does then.")},
    {4, "education", MERGE_REGISTER, FORM_TEXT, NULL, N_("The highest education by then.")},
};

static const struct schema_field insats_fields[] = {
    {1, "name", MERGE_REGISTER, FORM_TEXT, NULL, N_("What it is called.")},
    {2, "owner_party", MERGE_REGISTER, FORM_WHOM, NULL, N_("The party that runs it.")},
    {3, "purpose", MERGE_REGISTER, FORM_TEXT, NULL, N_("What it is for.")},
    {4, "goals", MERGE_REGISTER, FORM_TEXT, NULL, N_("What it promises.")},
    {5, "target_groups", MERGE_SET, FORM_TEXT, NULL, N_("Whom it is for; one group each.")},
    {6, "area", MERGE_REGISTER, FORM_TEXT, NULL, N_("The municipalities or area that it serves.")},
    {7, "places", MERGE_SET, FORM_TEXT, NULL, N_("Where it takes place; one place each.")},
    {8, "referral", MERGE_REGISTER, FORM_TEXT, NULL, N_("Who may refer to it, and how.")},
    {9, "contact_function", MERGE_REGISTER, FORM_WHOM, NULL, N_("The function to ask.")},
    {10, "budget", MERGE_REGISTER, FORM_NUMBER, NULL, N_("Budget per year, in whole kronor.")},
    {11, "from", MERGE_REGISTER, FORM_DATE, NULL, N_("First day.")},
    {12, "to", MERGE_REGISTER, FORM_DATE, NULL, N_("Last day; not set: no end is planned.")},
    {13, "structural", MERGE_REGISTER, FORM_YESNO, NULL,
     N_("Whether it changes how parties work, rather than helping single persons.")},
};

static const struct schema_field group_fields[] = {
    {1, "insats", MERGE_REGISTER, FORM_REF, NULL, N_("The insats that it is a round of.")},
    {2, "name", MERGE_REGISTER, FORM_TEXT, NULL, N_("What it is called.")},
    {3, "from", MERGE_REGISTER, FORM_DATE, NULL, N_("First day.")},
    {4, "to", MERGE_REGISTER, FORM_DATE, NULL, N_("Last day; not set: no end is planned.")},
};

static const struct schema_field module_fields[] = {
    {1, "order", MERGE_REGISTER, FORM_NUMBER, NULL, N_("Its place among the steps, from 1.")},
    {2, "requires", MERGE_SET, FORM_REF, NULL, N_("A step that must come before; one each.")},
    {3, "insats", MERGE_REGISTER, FORM_REF, NULL, N_("The insats that it is a step of.")},
    {4, "name", MERGE_REGISTER, FORM_TEXT, NULL, N_("What it is called.")},
};

static const struct schema_field session_fields[] = {
    {1, "module", MERGE_REGISTER, FORM_REF, NULL, N_("The module that it is about.")},
    {2, "when", MERGE_REGISTER, FORM_TIME, NULL, N_("When the session begins.")},
    {3, "group", MERGE_REGISTER, FORM_REF, NULL, N_("The group that meets.")},
};

static const struct schema_field function_fields[] = {
    {1, "name", MERGE_REGISTER, FORM_TEXT, NULL, N_("What it is called.")},
    {2, "party", MERGE_REGISTER, FORM_WHOM, NULL, N_("The party that keeps it filled.")},
    {3, "holder", MERGE_REGISTER, FORM_WHOM, NULL, N_("The member who holds it now.")},
};

static const struct schema_field policy_fields[] = {
    {1, "name", MERGE_REGISTER, FORM_TEXT, NULL, N_("Which setting it is.")},
    {2, "value", MERGE_REGISTER, FORM_TEXT, NULL, N_("What it is set to.")},
};

static const struct schema_field acceptance_fields[] = {
    {1, "finding", MERGE_REGISTER, FORM_TEXT, NULL, N_("The id of the krock or glapp.")},
    {2, "matter", MERGE_REGISTER, FORM_TEXT, NULL,
     N_("The fingerprint of what it was about when it was accepted; with another one it holds no longer.")},
    {3, "why", MERGE_REGISTER, FORM_TEXT, NULL, N_("Why it was decided so.")},
};

static const struct schema_field person_join_fields[] = {
    {1, "person", MERGE_REGISTER, FORM_REF, NULL, N_("One of the two persons.")},
    {2, "other", MERGE_REGISTER, FORM_REF, NULL, N_("The other.")},
    {3, "decision", MERGE_REGISTER, FORM_WORD, join_words, N_("Whether they are one person.")},
};

static const struct schema_field progress_fields[] = {
    {1, "activity", MERGE_REGISTER, FORM_REF, NULL, N_("The activity by which the person takes part in the group.")},
    {2, "module", MERGE_REGISTER, FORM_REF, NULL, N_("The module that it is about.")},
    {3, "attended", MERGE_SET, FORM_REF, NULL, N_("A session where the person was; one each.")},
    {4, "missed", MERGE_SET, FORM_REF, NULL, N_("A session where the person was not; one each.")},
    {5, "completed", MERGE_REGISTER, FORM_DATE, NULL,
     N_("The day the module was completed, or ja where the day is not known.")},
};

static const struct schema_field reentry_fields[] = {
    {1, "day", MERGE_REGISTER, FORM_DATE, NULL, N_("The day the plan was opened again.")},
    {2, "why", MERGE_REGISTER, FORM_TEXT, NULL, N_("Why it was opened again.")},
    {3, "closed", MERGE_REGISTER, FORM_DATE, NULL, N_("The day the plan had been closed.")},
    {4, "closing_reason", MERGE_REGISTER, FORM_WORD, closing_words, N_("Why the plan had been closed.")},
    {5, "learned", MERGE_TEXT, FORM_TEXT, NULL, N_("What had been learned by then.")},
    {6, "left_open", MERGE_REGISTER, FORM_TEXT, NULL, N_("Why what was open at that closing had been left so.")},
};

static const struct schema_field agreement_fields[] = {
    {1, "assessment", MERGE_REGISTER, FORM_REF, NULL, N_("The joint assessment that the party stands behind.")},
    {2, "matter", MERGE_REGISTER, FORM_TEXT, NULL,
     N_("The fingerprint of the assessment as it was then; with another one the agreement holds no longer.")},
    {3, "opinion", MERGE_REGISTER, FORM_TEXT, NULL, N_("What the party sees otherwise; not set: it agrees.")},
};

/* ---- Types: number, name, places, topics, fields, about ---- */

#define FIELDS(list) list, sizeof(list) / sizeof((list)[0])

static const struct schema_type types[] = {
    {1, "person", PLACE_SHARED, in_person, FIELDS(person_fields), N_("The person whom the plan is about.")},
    {2, "identity", PLACE_SHARED, in_person, FIELDS(identity_fields),
     N_("An identity number that a person has or has had; several over time, never overwritten.")},
    {3, "plan", PLACE_SHARED, in_plan, FIELDS(plan_fields),
     N_("A handlingsplan: what one person and several authorities plan together.")},
    {4, "kartlaggning", PLACE_OWNED, in_plan, FIELDS(kartlaggning_fields),
     N_("What one party has learned about the person: education, work, skills and the four questions.")},
    {5, "kartlaggning_halsa", PLACE_OWNED, in_halsa, FIELDS(kartlaggning_halsa_fields),
     N_("Health, in a section of its own.")},
    {6, "kartlaggning_social", PLACE_OWNED, in_social, FIELDS(kartlaggning_social_fields),
     N_("Home and relations, in a section of its own.")},
    {7, "kartlaggning_ekonomi", PLACE_OWNED, in_ekonomi, FIELDS(kartlaggning_ekonomi_fields),
     N_("Economy, in a section of its own.")},
    {8, "income", PLACE_OWNED, in_ekonomi, FIELDS(income_fields), N_("What the person lives on, for a time.")},
    {9, "goal", PLACE_SHARED | PLACE_OWNED, in_plan, FIELDS(goal_fields), N_("A goal: shared by all, or one party's.")},
    {10, "activity", PLACE_OWNED, in_plan, FIELDS(activity_fields),
     N_("What one party does with the person. Which treatment it is goes in a note of topic halsa.")},
    {11, "slot", PLACE_SHARED | PLACE_OWNED, in_plan, FIELDS(slot_fields),
     N_("A time of the week when an activity takes place.")},
    {12, "proposal", PLACE_SHARED, in_plan, FIELDS(proposal_fields),
     N_("A change that somebody proposes to an object that another party owns.")},
    {13, "meeting", PLACE_SHARED, in_plan, FIELDS(meeting_fields), N_("A meeting about the plan.")},
    {14, "decision", PLACE_SHARED, in_plan, FIELDS(decision_fields),
     N_("What was decided, by which party it is done, and by when.")},
    {15, "remiss", PLACE_SHARED, in_plan, FIELDS(remiss_fields),
     N_("A referral from one party to another or to a kompetensteam.")},
    {16, "assessment", PLACE_SHARED, in_plan, FIELDS(assessment_fields), N_("A joint assessment by a kompetensteam.")},
    {17, "note", PLACE_SHARED | PLACE_OWNED, topics, FIELDS(note_fields),
     N_("A note; it is corrected by a later one.")},
    {18, "consent", PLACE_SHARED, in_plan, FIELDS(consent_fields),
     N_("The person's samtycke: to whom, what, for which purpose and until when.")},
    {19, "outcome", PLACE_OWNED, in_matris, FIELDS(outcome_fields),
     N_("What one party thinks an insats led to; shown to another party once that one has answered too.")},
    {20, "followup", PLACE_OWNED, in_plan, FIELDS(followup_fields),
     N_("How things stand before, at closing, and months after.")},
    {21, "insats", PLACE_FORBUND, in_forbund, FIELDS(insats_fields),
     N_("An insats of the catalogue: what exists, and whom to ask.")},
    {22, "group", PLACE_FORBUND, in_forbund, FIELDS(group_fields),
     N_("A round of an insats that some persons go through together; plans refer to it, it names nobody.")},
    {23, "module", PLACE_FORBUND, in_forbund, FIELDS(module_fields), N_("A step of an insats.")},
    {24, "session", PLACE_FORBUND, in_forbund, FIELDS(session_fields), N_("A time when a group meets over a module.")},
    {25, "function", PLACE_FORBUND, in_forbund, FIELDS(function_fields),
     N_("A function that a party keeps filled, so that people come and go without the contact being lost.")},
    {26, "policy", PLACE_FORBUND, in_forbund, FIELDS(policy_fields),
     N_("A setting that the förbund shares: a threshold, or the exclusion matrix.")},
    {27, "acceptance", PLACE_SHARED, in_plan, FIELDS(acceptance_fields),
     N_("That a krock or glapp is known and was decided so; it holds until what it is about changes.")},
    {28, "person_join", PLACE_SHARED, in_person, FIELDS(person_join_fields),
     N_("What was decided of two registered persons: whether they are one. Both ids go on working.")},
    {29, "scored", PLACE_SHARED, in_plan, FIELDS(scored_fields),
     N_("That a party has scored an insats in the outcome matrix; not what it answered. Made with the outcome.")},
    {30, "progress", PLACE_OWNED, in_plan, FIELDS(progress_fields),
     N_("How far a participant of a group has come with a module, as one party has noted it.")},
    {31, "reentry", PLACE_SHARED, in_plan, FIELDS(reentry_fields),
     N_("That a closed plan was opened again, and what had stood at its closing.")},
    {32, "agreement", PLACE_SHARED, in_plan, FIELDS(agreement_fields),
     N_("That a party stands behind a joint assessment, or what it sees otherwise.")},
};

static const struct schema table = {MODEL_VERSION, types, sizeof(types) / sizeof(types[0]), value_expects};

const struct schema *model_schema(void)
{
    return &table;
}

const char *const *model_topics(void)
{
    return topics;
}
