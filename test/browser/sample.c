#include "test/browser/sample.h"
#include "web/asset.h"
#include "web/page_brand.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static bool hostile;

struct str
t(const char *words)
{
	static char room[4096][160];
	static int n;

	if (!hostile || !*words)
		return str_of(words);
	n = (n + 1) % 4096;
	snprintf(room[n], sizeof room[n],
		"%.30s \"><script>alert('x')</script><img src=x onerror=alert(1)> &lt; {{title}} \xe2\x80\xae"
	    "Pneumonoultramicroscopicsilicovolcanoconiosis", words);
	return str_of(room[n]);
}

struct view_form
form(const char *action)
{
	return (struct view_form){ .action = str_of(action), .csrf = S("c5rf-t0ken"),
		.cid = S("9f2c41d7e07b15aa9f2c41d7e07b15aa") };
}

struct view_frame
frame_public(const char *title)
{
	static const struct view_nav nav[] = {
		{ S("Report"), S("/report"), true, 0 },
		{ S("Follow a report"), S("/follow"), false, 0 },
		{ S("Ask a question"), S("/ask"), false, 0 },
		{ S("Help"), S("/help"), false, 0 },
	};

	return (struct view_frame){
		.title = t(title), .body = t("Exampleshire Council"), .service = S("Security incidents"),
		.phone = S("01632 960170"), .phone_href = S("tel:+441632960170"),
		.phone_hours = S("8am to 5:30pm, Monday to Friday"), .desk = S("IT Service Desk"), .colour = S("#0b5a55"),
		.nav = nav, .n_nav = (int)COUNT(nav), .ask_href = S("/ask"),
		.ask_text = S("Ask Internal Audit a question instead"),
		.note = S("Exampleshire Council, Information Governance · infosec@exampleshire.example"),
	};
}

struct view_frame
frame_staff(const char *title, const char *current)
{
	static struct view_nav nav[] = {
		{ S("Queue"), S("/queue"), false, 0 },
		{ S("My work"), S("/work"), false, 0 },
		{ S("Notices"), S("/notices"), false, 3 },
		{ S("People"), S("/people"), false, 0 },
		{ S("Set up"), S("/setup"), false, 0 },
		{ S("Status"), S("/status"), false, 0 },
	};
	struct view_frame f = frame_public(title);

	for (int i = 0; i < (int)COUNT(nav); i++)
		nav[i].current = str_eq(nav[i].text, str_of(current));
	f.nav = nav;
	f.n_nav = (int)COUNT(nav);
	f.ask_href = S("");
	f.staff = true;
	f.user = t("Sam Okafor");
	f.sign_out = form("/sign-out");
	return f;
}

static void
save(const char *dir, const char *name, struct str text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f || fwrite(text.p, 1, (size_t)text.n, f) != (size_t)text.n || fclose(f)) {
		perror(path);
		exit(1);
	}
}

static void
write_samples(struct cx *cx, const char *dir, const struct sample *s)
{
	for (; s->name; s++) {
		char name[128];
		struct buf b = buf_new(cx);

		snprintf(name, sizeof name, "%s%s.html", s->name, hostile ? "-hostile" : "");
		s->write(&b);
		save(dir, name, buf_str(&b));
	}
}

int
main(int argc, char **argv)
{
	static struct cx cx;
	static const struct str assets[] = { ASSET_app_css, ASSET_app_js, ASSET_favicon_svg };
	struct buf brand;
	char dir[512];

	if (argc != 2)
		return fputs("usage: page_samples FOLDER\n", stderr), 64;
	cx_begin(&cx, cx_room(64 << 20), 64 << 20);
	snprintf(dir, sizeof dir, "%s/assets", argv[1]);
	mkdir(argv[1], 0755);
	mkdir(dir, 0755);
	for (ptrdiff_t i = 0; i < COUNT(assets); i++)
		save(argv[1], assets[i].p + 1, asset_find(assets[i])->plain);
	brand = buf_new(&cx);
	page_brand_css(&brand, (struct colour){ 0x5b, 0x21, 0x6e });
	save(argv[1], "brand.css", buf_str(&brand));
	save(argv[1], "policy.txt", S(PAGE_POLICY));
	for (int i = 0; i < 2; i++) {
		hostile = i;
		write_samples(&cx, argv[1], samples_report);
		write_samples(&cx, argv[1], samples_staff);
		write_samples(&cx, argv[1], samples_admin);
	}
	return 0;
}
