/* policy: an organisation's policy as the engine knows it: what a pack says, checked and linked.
 *
 * Made by pack_read alone, which guarantees: every pointer leads into the same policy, every reference was resolved,
 * every id is unique in its section. Never changed afterwards. The desk, forms and screens read it. */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H
#include "base/hash.h"
#include "core/condition.h"
#include "core/within.h"

enum duty_do {
#define DO(name, words, tells) DO_##name,
#include "core/do.def"
#undef DO
	DOS
};
enum do_tells { DO_HOLDER, DO_TOLD, DO_REPORTER };

enum role_is {
	ROLE_POST,                  /* a named post, filled by appointment */
	ROLE_MAILBOX,               /* a team that reads one mailbox */
	ROLE_MANAGER_OF_REPORTER,
	ROLE_MANAGER_IN_DEPARTMENT, /* a manager in the department of the reporter */
	ROLE_OWNER_OF_SYSTEMS,
	ROLE_TEAM_OF_DEPARTMENT,
	ROLE_REPORTER
};
enum role_sees { SEES_OWN, SEES_STUB, SEES_ALL };
enum sight { SIGHT_FULL, SIGHT_STUB };
#define ROLE_KINDS (ROLE_REPORTER + 1)
#define SEES_KINDS (SEES_ALL + 1)
#define SIGHTS     (SIGHT_STUB + 1)

struct clause { struct str id, title; };

struct role {
	struct str id, title;
	enum role_is is;
	const struct role *const *deputies; ptrdiff_t n_deputies; /* in the order in which they are told */
	const struct role *const *never; ptrdiff_t n_never; /* whose holders may not fill this one on the same case */
	enum role_sees sees;
};

/* Facts that follow: of a category, an option or a derivation. */
struct set_fact { enum fact fact; struct value value; };
struct means { const struct set_fact *set; ptrdiff_t n; };
struct derive { const struct condition *when; struct means set; };

enum question_kind { ASK_CHOICE, ASK_CHOICES, ASK_YES_NO, ASK_YES_NO_UNSURE, ASK_TEXT, ASK_NUMBER, ASK_DATE };
#define ASK_KINDS (ASK_DATE + 1)
struct option { struct str value, label, hint; struct means means; };
struct question {
	struct str id, label, hint;
	enum question_kind kind;
	const struct option *options; ptrdiff_t n_options;
	enum fact sets;            /* FACT_none: the answer is only kept */
	const struct condition *when; /* asked only if it holds for what is known so far; NULL: always */
};

struct card {
	struct str id, title;
	const struct str *text; ptrdiff_t n_text;
	const struct condition *when; /* NULL: shown only where a category advises it */
};

struct group { struct str id, title; };

struct category {
	struct str id, label, hint;
	const struct group *group; /* NULL: none */
	bool everyday;
	struct means means;
	const struct question *const *ask; ptrdiff_t n_ask;
	const struct card *const *advise;  ptrdiff_t n_advise;
	const struct str *rows;            ptrdiff_t n_rows;
	const struct str *words;           ptrdiff_t n_words;
};

struct instead { const struct condition *when; const struct role *role; };
struct escalate { when after; const struct role *role; };
struct rule {
	struct str id;
	const struct clause *clause;
	const struct condition *when, *unless; /* NULL when: always; NULL unless: never */
	enum duty_do does;
	const struct role *role;
	const struct instead *instead; ptrdiff_t n_instead;
	struct within within;
	const when *warn;              ptrdiff_t n_warn; /* lengths of elapsed time from where `within` counts */
	const struct escalate *escalate; ptrdiff_t n_escalate;
	const struct role *agree;      /* NULL: nobody need agree */
	enum sight sight;
	struct str words;              /* what stands on the task list; never empty */
};

struct level { struct str id, title; struct within respond, update, resolve, warn; };
struct severity { const struct condition *when; const struct level *level; struct str because; };
/* "6 years" is 72 months; of months and days one is 0. */
struct retention { struct str state, text; int months, days; };
struct words { struct str name, sentence; };

struct policy {
	struct hash hash;          /* of the bytes of pack.yaml */
	struct str id, title, body, version, prefix, phone, desk, marking;
	const struct role *help;   /* who answers "ask a question instead"; NULL: nobody */
	const struct clause *clauses;      ptrdiff_t n_clauses;
	const struct role *roles;          ptrdiff_t n_roles;
	const struct derive *derives;      ptrdiff_t n_derives;
	const struct question *questions;  ptrdiff_t n_questions;
	const struct card *cards;          ptrdiff_t n_cards;
	const struct group *groups;        ptrdiff_t n_groups;
	const struct category *categories; ptrdiff_t n_categories;
	const struct rule *rules;          ptrdiff_t n_rules;
	const struct holidays *holidays;   ptrdiff_t n_holidays;
	const struct hours *hours;         ptrdiff_t n_hours;
	const struct hours *support;       /* hours named `support`; always there */
	const struct level *levels;        ptrdiff_t n_levels;
	const struct severity *severities; ptrdiff_t n_severities;
	const struct retention *retentions; ptrdiff_t n_retentions;
	const struct words *words;         ptrdiff_t n_words;
};

/* NULL when there is no such thing. */
const struct clause *policy_clause(const struct policy *, struct str id);
const struct role *policy_role(const struct policy *, struct str id);
const struct question *policy_question(const struct policy *, struct str id);
const struct card *policy_card(const struct policy *, struct str id);
const struct group *policy_group(const struct policy *, struct str id);
const struct category *policy_category(const struct policy *, struct str id);
const struct rule *policy_rule(const struct policy *, struct str id);
const struct hours *policy_hours(const struct policy *, struct str id);
const struct level *policy_level(const struct policy *, struct str id);
const struct retention *policy_retention(const struct policy *, struct str state);
/* What this body says instead of `otherwise`. */
struct str policy_words(const struct policy *, struct str name, struct str otherwise);
/* A value of the section `policy` (title, phone, prefix, …) or of `words`, or "groups.ID", "retention.STATE";
 * false if there is no such thing. */
bool policy_setting(const struct policy *, struct str name, struct str *out);
/* Categories whose label, id or synonyms hold every word of `typed` (ASCII case aside), in order of the pack; at most
 * `most`. Returns how many. */
ptrdiff_t policy_find(
    struct cx *, const struct policy *, struct str typed, const struct category **out, ptrdiff_t most);

/* Names of enumerators as packs spell them, and back (-1 when unknown). */
struct str policy_do_name(enum duty_do);
struct str policy_do_words(enum duty_do);
enum do_tells policy_do_tells(enum duty_do);
int policy_do_of_name(struct str);
struct str policy_role_is_name(enum role_is);
struct str policy_sees_name(enum role_sees);
struct str policy_sight_name(enum sight);
struct str policy_ask_name(enum question_kind);
#endif
