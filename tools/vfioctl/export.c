// SPDX-License-Identifier: GPL-2.0-only
/*
 * The noun "export": what other programs have to be told to use devices: QEMU's and DPDK's
 * arguments, libvirt's XML.
 *
 * The text is for a shell. Without a token its words need no quotes, so $(vfioctl export ...) does;
 * with one it is to be evaluated, since the token stays in its file, for which "$(cat -- FILE)"
 * stands. libvirt's XML has no place for a file's name. Devices that would not open are refused by
 * the rules of "why", all or none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"
#include "pci.h"
#include "secret.h"
#include "why.h"

struct export;

/* A program, and what the user of a device that needs a token has to do for it */
struct program {
	const char *name;
	void (*print)(struct export *e);
	const char *token_fix;
};

/* What is to be exported; @token: FILE in quotes, NULL if none is needed */
struct export {
	struct call *call;
	const struct program *program;
	struct why *whys;
	size_t n;
	char *token;
	struct json_object *attrs;
};

/* 'FILE', with each ' in it as '\'' */
static char *quote(const char *text)
{
	char *quoted = malloc(4 * strlen(text) + 3), *at = quoted;

	if (!quoted)
		abort();
	*at++ = '\'';
	for (; *text; text++)
		at = *text == '\'' ? stpcpy(at, "'\\''") : (*at = *text, at + 1);
	stpcpy(at, "'");
	return quoted;
}

/* An option and its value; the token follows behind @key, if that is not NULL */
static void add_option(struct export *e, const char *option, const char *value, const char *key)
{
	struct json_object *args = out_array(e->attrs, "arguments");

	if (key && e->token)
		out_line(e->call->out, "%s \"%s%s$(cat -- %s)\"", option, value, key, e->token);
	else
		out_line(e->call->out, "%s %s", option, value);
	out_item_str(args, option);
	out_item_str(args, value);
}

static bool needs_token(const struct why *why)
{
	size_t i;

	for (i = 0; i < why->n; i++) {
		if (why->v[i].kind == WHY_NEEDS)
			return true;
	}
	return false;
}

static void export_qemu(struct export *e)
{
	char value[64];
	size_t i;

	for (i = 0; i < e->n; i++) {
		snprintf(value, sizeof(value), "vfio-pci,host=%s", e->whys[i].dev.bdf);
		add_option(e, "-device", value, needs_token(&e->whys[i]) ? ",vf-token=" : NULL);
	}
}

static void ignore_name(void *unused, const char *name)
{
	(void)unused;
	(void)name;
}

/* What --vfio-intr is to say: the best that all have; NULL: leave it to DPDK */
static const char *dpdk_interrupt(const struct export *e)
{
	bool msix = true, msi = true;
	struct pci_cap_info info;
	size_t i;

	for (i = 0; i < e->n; i++) {
		if (!pci_walk_caps(&e->whys[i].dev.addr, &info, ignore_name, NULL))
			return NULL;
		msix = msix && info.msix_vectors;
		msi = msi && info.msi_vectors;
	}
	return msix ? "msix" : msi ? "msi" : NULL;
}

static void export_dpdk(struct export *e)
{
	const char *interrupt = dpdk_interrupt(e);
	size_t i;

	for (i = 0; i < e->n; i++)
		add_option(e, "-a", e->whys[i].dev.bdf, NULL);
	if (interrupt)
		add_option(e, "--vfio-intr", interrupt, NULL);
	if (e->token)
		out_line(e->call->out, "--vfio-vf-token=\"$(cat -- %s)\"", e->token);
}

static void export_libvirt(struct export *e)
{
	size_t i;

	for (i = 0; i < e->n; i++) {
		const struct pci_addr *a = &e->whys[i].dev.addr;
		char xml[320];

		snprintf(xml, sizeof(xml),
			 "<hostdev mode='subsystem' type='pci' managed='no'>\n"
			 "  <driver name='vfio'/>\n"
			 "  <source>\n"
			 "    <address domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'/>\n"
			 "  </source>\n"
			 "</hostdev>", a->domain, a->bus, a->dev, a->fn);
		out_line(e->call->out, "%s", xml);
		json_object_array_add(out_array(e->attrs, "xml"), json_object_new_string(xml));
	}
}

static void warn(struct export *e, const struct why *why, const struct finding *f)
{
	struct json_object *item = out_item(out_array(e->attrs, "warnings"));

	out_str(item, "handle", why->dev.bdf);
	out_finding(item, f);
	if (!e->call->out->json)
		fprintf(stderr, "vfioctl: %s: warning: %s%s%s\n", why->dev.bdf, f->reason,
			f->fix[0] ? " -> " : "", f->fix);
}

/* Not worth a warning: whether a token is taken that nobody gives */
static bool only_about_tokens(const struct finding *f)
{
	return !strncmp(f->rule, "token.", strlen("token."));
}

/* Refuses, warns, or is content with what the rules say of one device */
static enum rc judge(struct export *e, const struct why *why)
{
	bool force = e->call->given & OPT_FORCE;
	enum rc rc = RC_DONE;
	size_t i;

	for (i = 0; i < why->n; i++) {
		enum why_kind kind = why->v[i].kind;
		struct finding f = why->v[i].f;

		if (kind == WHY_NOTES && only_about_tokens(&f))
			continue;
		if (kind == WHY_NEEDS && e->token)
			continue;
		if (kind == WHY_NEEDS)
			finding_fix(&f, "%s", e->program->token_fix);
		if (kind == WHY_NOTES || force)
			warn(e, why, &f);
		else
			rc = out_fault(e->call->out, RC_BLOCKED, why->dev.bdf, &f);
	}
	return rc;
}

/* That there is one; it is not looked at further */
static enum rc check_token(struct export *e)
{
	struct secret secret = { 0 };
	enum rc rc = secret_load(e->call->out, &e->call->token, &secret);

	secret_erase(&secret);
	if (!rc)
		e->token = quote(e->call->token.file);
	return rc;
}

static enum rc look(struct export *e)
{
	enum rc rc = RC_DONE, one;
	int i;

	if (e->call->given & OPT_FILE)
		rc = check_token(e);
	for (i = 0; i < e->call->argc; i++) {
		one = why_look(e->call->out, e->call->argv[i], &e->whys[e->n]);
		if (!one)
			one = judge(e, &e->whys[e->n++]);
		rc = one > rc ? one : rc;
	}
	return rc;
}

static enum rc run(struct call *call, const struct program *program)
{
	struct export e = { .call = call, .program = program };
	enum rc rc;
	size_t i;

	e.whys = calloc((size_t)call->argc, sizeof(*e.whys));
	if (!e.whys)
		abort();
	e.attrs = out_handle(out_object(call->out, "export"), program->name);
	rc = look(&e);
	if (!rc) {
		for (i = 0; i < e.n; i++)
			out_item_str(out_array(e.attrs, "devices"), e.whys[i].dev.bdf);
		program->print(&e);
		if (e.token)
			out_str(e.attrs, "token_file", call->token.file);
	}
	free(e.token);
	free(e.whys);
	return rc;
}

#define BY_FILE "name the file with its token by --file, and evaluate what is printed"

static enum rc qemu_run(struct call *call)
{
	return run(call, &(struct program){ "qemu", export_qemu, BY_FILE });
}

static enum rc dpdk_run(struct call *call)
{
	return run(call, &(struct program){ "dpdk", export_dpdk, BY_FILE });
}

static enum rc libvirt_run(struct call *call)
{
	return run(call, &(struct program){
		"libvirt", export_libvirt,
		"give libvirt, in <qemu:commandline>, what vfioctl export qemu --file prints",
	});
}

static const struct verb export_verbs[] = {
	{ "qemu", "BDF...", "arguments of QEMU for devices", OPT_FILE | OPT_FORCE, 1, -1,
	  qemu_run },
	{ "dpdk", "BDF...", "arguments of DPDK's EAL for devices", OPT_FILE | OPT_FORCE, 1, -1,
	  dpdk_run },
	{ "libvirt", "BDF...", "libvirt's XML for devices", OPT_FORCE, 1, -1, libvirt_run },
};

const struct noun export_noun = {
	"export", "what programs need to be told", export_verbs, ARRAY_SIZE(export_verbs),
};
