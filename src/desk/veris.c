#include "desk/veris.h"

#include "base/code.h"
#include <stdlib.h>
#include <string.h>

static const struct { struct str action, variety, category; } rows[] = {
#define VERIS(action, variety, category) { { #action, sizeof #action - 1 }, { variety, sizeof variety - 1 }, \
	{ category, sizeof category - 1 } },
#include "desk/veris.def"
#undef VERIS
};

/* Enumerations stand alone or in lists. */
static bool
has(const struct js *list, struct str value)
{
	if (list && list->type == JS_STR)
		return str_eq(list->str, value);
	for (const struct js *v = list && list->type == JS_ARRAY ? list->first : NULL; v; v = v->next)
		if (v->type == JS_STR && str_eq(v->str, value))
			return true;
	return false;
}

static bool
has_any(const struct js *list, const struct str *values, ptrdiff_t n)
{
	for (ptrdiff_t i = 0; i < n; i++)
		if (has(list, values[i]))
			return true;
	return false;
}
#define HAS(list, ...) has_any((list), (const struct str[]){ __VA_ARGS__ }, \
	(ptrdiff_t)(sizeof((const struct str[]){ __VA_ARGS__ }) / sizeof(struct str)))

static const struct js *
path(const struct js *of, struct str a, struct str b)
{
	return js_get(js_get(of, a), b);
}

/* What the incident is about; read once. */
struct about {
	const struct js *action, *actor, *attribute, *confidentiality;
	bool paper, mail, device, system, laptop, people, data_personal, data_other, data_special, data_unknown;
};

static void
look_at_assets(const struct js *incident, struct about *a)
{
	const struct js *assets = path(incident, S("asset"), S("assets"));

	for (const struct js *v = assets && assets->type == JS_ARRAY ? assets->first : NULL; v; v = v->next) {
		struct str s = v->type == JS_STR ? v->str : js_str(v, S("variety"));

		if (str_eq(s, S("M - Documents")) || str_eq(s, S("M - Fax")))
			a->paper = true;
		else if (str_eq(s, S("S - Mail")))
			a->mail = true;
		else if (str_starts(s, S("M - ")) || str_starts(s, S("U - ")) || str_starts(s, S("T - ")) ||
		    str_starts(s, S("E - ")))
			a->device = true;
		else if (str_starts(s, S("S - ")) || str_starts(s, S("N - ")))
			a->system = true;
		a->laptop |= str_eq(s, S("U - Laptop"));
	}
}

static void
look_at_data(struct about *a)
{
	const struct js *data = js_get(a->confidentiality, S("data"));

	for (const struct js *v = data && data->type == JS_ARRAY ? data->first : NULL; v; v = v->next) {
		struct str s = v->type == JS_STR ? v->str : js_str(v, S("variety"));

		if (str_eq(s, S("Medical")) || str_eq(s, S("Sensitive Personal")))
			a->data_special = a->data_personal = true;
		else if (str_eq(s, S("Personal")) || str_eq(s, S("Payment")) || str_eq(s, S("Bank")))
			a->data_personal = true;
		else if (str_eq(s, S("Unknown")) || str_eq(s, S("Other")))
			a->data_unknown = true;
		else
			a->data_other = true;
	}
}

static const struct js *
varieties(const struct about *a, struct str action)
{
	return path(a->action, action, S("variety"));
}

static const struct js *
vectors(const struct about *a, struct str action)
{
	return path(a->action, action, S("vector"));
}

/* What was lost, and where. */
static struct str
category_of_loss(const struct about *a)
{
	if (js_get(a->actor, S("partner")) && !js_get(a->actor, S("internal")))
		return S("courier_loss");
	if (a->laptop)
		return S("laptop");
	if (a->paper && !a->device && (HAS(vectors(a, S("physical")), S("Personal vehicle"), S("Public vehicle"),
	    S("Partner vehicle"),
	    S("Public facility"), S("Personal residence"))))
		return S("papers_on_the_way");
	if (a->paper && !a->device && has(varieties(a, S("error")), S("Loss")))
		return S("file_lost_or_found");
	return S("lost_or_stolen");
}

static struct str
category_of_login(const struct about *a)
{
	if (has(path(a->actor, S("external"), S("variety")), S("Former employee")))
		return S("leaver_login");
	return js_get(a->actor, S("internal")) ? S("others_login") : S("intrusion");
}

static struct str
category(const struct policy *policy, const struct about *a)
{
	struct str id = S("something_else");

	if (has(path(a->attribute, S("integrity"), S("variety")), S("Defacement")))
		id = S("defacement");
	for (ptrdiff_t i = 0; i < COUNT(rows) && str_eq(id, S("something_else")); i++) {
		const struct js *did = js_get(a->action, rows[i].action);

		if (did && (!rows[i].variety.n || has(js_get(did, S("variety")), rows[i].variety)))
			id = rows[i].category;
	}
	if (str_eq(id, S("loss")))
		id = category_of_loss(a);
	else if (str_eq(id, S("intrusion")) && has(varieties(a, S("hacking")), S("Use of stolen creds")))
		id = category_of_login(a);
	return policy_category(policy, id) ? id : S("something_else");
}

static void
set_harm(const struct about *a, struct facts *f)
{
	const struct js *disclosed = js_get(a->confidentiality, S("data_disclosure")),
	    *availability = path(a->attribute, S("availability"), S("variety"));

	if (has(disclosed, S("Yes")))
		fact_set(f, FACT_confidentiality, S("actual"));
	else if (HAS(disclosed, S("Potentially"), S("Unknown")))
		fact_set(f, FACT_confidentiality, S("potential"));
	else if (has(disclosed, S("No")))
		fact_set(f, FACT_confidentiality, S("none"));
	if (js_get(a->attribute, S("integrity")))
		fact_set(f, FACT_integrity, S("actual"));
	if (js_get(a->attribute, S("availability")))
		fact_set(f, FACT_availability, S("actual"));
	if (HAS(availability, S("Interruption"), S("Degradation"), S("Acceleration")))
		fact_set_bool(f, FACT_service_affecting, true);
}

static void
set_data(const struct about *a, struct facts *f)
{
	const struct js *whose = js_get(a->confidentiality, S("data_victim")),
	    *state = js_get(a->confidentiality, S("state")), *total = js_get(a->confidentiality, S("data_total"));
	int64_t n = total && total->type == JS_REAL && total->real >= 0 && total->real < 1e15 ? (int64_t)total->real :
	    js_int(a->confidentiality, S("data_total"), -1);

	if (a->data_personal)
		fact_set(f, FACT_personal_data, S("yes"));
	else if (a->data_unknown || (a->confidentiality && !a->data_other))
		fact_set(f, FACT_personal_data, S("unsure"));
	else if (a->data_other)
		fact_set(f, FACT_personal_data, S("no"));
	if (a->data_special)
		fact_set_bool(f, FACT_special_category, true);
	if (has(whose, S("Employee")))
		fact_set(f, FACT_data_subjects, S("staff"));
	if (HAS(whose, S("Customer"), S("Patient"), S("Student")))
		fact_set(f, FACT_data_subjects, S("service_user"));
	if (HAS(whose, S("Other"), S("Partner")))
		fact_set(f, FACT_data_subjects, S("public"));
	if (HAS(state, S("Stored unencrypted"), S("Transmitted unencrypted")))
		fact_set(f, FACT_encrypted, S("no"));
	else if (HAS(state, S("Stored encrypted"), S("Transmitted encrypted")))
		fact_set(f, FACT_encrypted, S("yes"));
	if (n >= 0 && n <= (int64_t)1000000000000000)
		fact_set_number(f, FACT_people_affected, n);
}

static bool
data_has(const struct about *a, struct str variety)
{
	const struct js *data = js_get(a->confidentiality, S("data"));

	for (const struct js *v = data && data->type == JS_ARRAY ? data->first : NULL; v; v = v->next)
		if (str_eq(js_str(v, S("variety")), variety))
			return true;
	return false;
}

static void
set_deed(const struct about *a, struct facts *f)
{
	const struct js *error = varieties(a, S("error")), *physical = varieties(a, S("physical"));
	bool meant = js_get(a->action, S("hacking")) || js_get(a->action, S("malware")) || js_get(a->action, S("social")) ||
	    js_get(a->action, S("misuse")) || js_get(a->action, S("physical")),
	    crime = js_get(a->action, S("hacking")) || js_get(a->action, S("malware")) || js_get(a->action, S("social")) ||
	    HAS(varieties(a, S("misuse")), S("Privilege abuse"), S("Possession abuse"));

	fact_set(f, FACT_intent, meant ? S("deliberate") : error || js_get(a->action, S("environmental")) ?
	    S("accidental") : S("unknown"));
	if (crime)
		fact_set_bool(f, FACT_offence_possible, true);
	if (has(physical, S("Theft")))
		fact_set(f, FACT_loss, S("stolen"));
	else if (has(error, S("Loss")))
		fact_set(f, FACT_loss, S("lost"));
	if (has(error, S("Publishing error")))
		fact_set(f, FACT_disclosed_by, S("published"));
	else if (has(error, S("Gaffe")))
		fact_set(f, FACT_disclosed_by, S("spoken"));
	else if (has(error, S("Misdelivery")) && (a->mail || a->paper))
		fact_set(f, FACT_disclosed_by, a->mail ? S("email") : S("post"));
	if (js_get(a->actor, S("partner")))
		fact_set(f, FACT_third_party, S("supplier"));
	if (data_has(a, S("Credentials")))
		fact_set_bool(f, FACT_credentials_exposed, true);
}

static void
set_forms(const struct about *a, struct facts *f)
{
	static const struct str email[] = { { "Email", 5 }, { "Email attachment", 16 }, { "Email link", 10 },
		{ "Email autoexecute", 17 } };

	if (a->paper)
		fact_set(f, FACT_forms, S("paper"));
	if (a->mail || has_any(vectors(a, S("social")), email, COUNT(email)) ||
	    has_any(vectors(a, S("malware")), email, COUNT(email)))
		fact_set(f, FACT_forms, S("email"));
	if (a->device)
		fact_set(f, FACT_forms, S("device"));
	if (a->system)
		fact_set(f, FACT_forms, S("system"));
	if (has(varieties(a, S("error")), S("Gaffe")))
		fact_set(f, FACT_forms, S("spoken"));
	if (HAS(varieties(a, S("physical")), S("Surveillance"), S("Snooping")))
		fact_set(f, FACT_forms, S("visual"));
	if (HAS(varieties(a, S("physical")), S("Bypassed controls"), S("Disabled controls")))
		fact_set(f, FACT_forms, S("premises"));
}

/* A date as precise as it is known; what cannot be a date is left to the original. */
static void
set_times(struct cx *cx, const struct js *incident, struct facts *f)
{
	const struct js *t = path(incident, S("timeline"), S("incident"));
	int64_t year = js_int(t, S("year"), 0), month = js_int(t, S("month"), 0), day = js_int(t, S("day"), 0);
	struct value v;
	struct str text;

	if (year < 1900 || year > 2199)
		return;
	text = str_fmt(cx, "%04d", (int)year);
	if (month >= 1 && month <= 12)
		text = str_fmt(cx, "%.*s-%02d", F(text), (int)month);
	if (text.n > 4 && day >= 1 && day <= 31 && civil_ok((struct civil){ .year = (int)year, .month = (int)month,
	    .day = (int)day }))
		text = str_fmt(cx, "%.*s-%02d", F(text), (int)day);
	if (value_read(cx, FACT_occurred_at, text, &v) == OK)
		f->v[FACT_occurred_at] = v;
}

static void
set_assessment(const struct js *incident, bool live, struct facts *f)
{
	const struct js *is = js_get(incident, S("security_incident"));

	if (has(is, S("Suspected")))
		fact_set(f, FACT_certainty, S("suspected"));
	else if (has(is, S("Confirmed")))
		fact_set(f, FACT_certainty, S("confirmed"));
	if (!live)
		fact_set(f, FACT_assessed, has(is, S("Near miss")) ? S("near_miss") : has(is, S("False positive")) ?
		    S("not_security") :
		    S("incident"));
}

static int
by_key(const void *a, const void *b)
{
	return str_cmp((*(const struct js *const *)a)->key, (*(const struct js *const *)b)->key);
}

static void
write_in_order(struct cx *cx, struct buf *b, const struct js *j)
{
	const struct js **all = NEW(cx, const struct js *, j->n);
	ptrdiff_t n = 0;

	if (j->type != JS_OBJECT && j->type != JS_ARRAY) {
		js_write(b, j);
		return;
	}
	for (const struct js *m = j->first; m; m = m->next)
		all[n++] = m;
	if (j->type == JS_OBJECT && n)
		qsort(all, (size_t)n, sizeof(const struct js *), by_key);
	buf_char(b, j->type == JS_OBJECT ? '{' : '[');
	for (ptrdiff_t i = 0; i < n; i++) {
		if (i)
			buf_char(b, ',');
		if (j->type == JS_OBJECT) {
			js_write_str(b, all[i]->key);
			buf_char(b, ':');
		}
		write_in_order(cx, b, all[i]);
	}
	buf_char(b, j->type == JS_OBJECT ? '}' : ']');
}

struct hash
veris_hash(struct cx *cx, const struct js *j)
{
	struct buf b = buf_new(cx);

	write_in_order(cx, &b, j);
	return sha256(buf_str(&b));
}

/* The fields without which it is no incident, and those that must have their shape for the mapping to look
 * into them. */
static enum err
check(struct cx *cx, const struct js *incident)
{
	static const struct str objects[] = { { "action", 6 }, { "actor", 5 }, { "asset", 5 }, { "attribute", 9 },
		{ "timeline", 8 } };
	struct str id = str_trim(js_str(incident, S("incident_id")));
	const struct js *summary = js_get(incident, S("summary"));

	if (incident->type != JS_OBJECT)
		return fail(cx, ERR_BAD_INPUT, "a VERIS incident is a JSON object");
	if (!id.n || utf8_count(id) > 200)
		fault_add(cx, S("incident_id"), 0, 0, S("missing"), "must be a text of 1 to 200 characters");
	for (ptrdiff_t i = 0; i < COUNT(objects); i++)
		if (js_get(incident, objects[i]) && js_get(incident, objects[i])->type != JS_OBJECT)
			fault_add(cx, objects[i], 0, 0, S("type"), "must be an object");
	if (!js_get(incident, S("action")))
		fault_add(cx, S("action"), 0, 0, S("missing"), "is missing: every incident has one, if only “unknown”");
	if (summary && summary->type != JS_STR)
		fault_add(cx, S("summary"), 0, 0, S("type"), "must be text");
	return fault_end(cx);
}

enum err
veris_args(struct cx *cx, const struct policy *policy, const struct js *incident, bool live, struct js **out)
{
	struct about a = { .action = js_get(incident, S("action")), .actor = js_get(incident, S("actor")),
		.attribute = js_get(incident, S("attribute")),
		.confidentiality = path(incident, S("attribute"), S("confidentiality")) };
	struct str created = js_str(js_get(incident, S("plus")), S("created"));
	struct js *args = *out = js_object(cx);
	struct facts f = { 0 };
	struct moment made;
	struct hash h;

	TRY(check(cx, incident));
	look_at_assets(incident, &a);
	look_at_data(&a);
	fact_set(&f, FACT_category, category(policy, &a));
	set_assessment(incident, live, &f);
	set_forms(&a, &f);
	set_harm(&a, &f);
	set_data(&a, &f);
	set_deed(&a, &f);
	set_times(cx, incident, &f);
	js_set_str(cx, args, S("narrative"), js_str(incident, S("summary")));
	js_set(cx, args, S("facts"), facts_js(cx, &f));
	js_set_str(cx, args, S("channel"), live ? S("command_line") : S("import"));
	if (live)
		return OK;
	if (moment_read(created, &made) && made.at <= cx->now)
		js_set_when(cx, args, S("reported_at"), made.at);
	h = veris_hash(cx, incident);
	js_set_str(cx, args, S("import_id"), str_trim(js_str(incident, S("incident_id"))));
	js_set_str(cx, args, S("import_hash"), hex_of(cx, h.b, 32));
	js_set(cx, args, S("original"), js_share(cx, incident));
	return OK;
}
