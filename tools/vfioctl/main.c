// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfioctl - administer Passway, the VFIO stack.
 *
 * Command line: vfioctl [OPTION...] NOUN [VERB] [OPERAND...]. Nouns and verbs may be shortened as
 * long as they stay unambiguous; a noun alone means its first verb; verbs of "device" work without
 * it. main.c knows the options and finds the verb in the table; each noun's file does the rest.
 *
 * Messages go into logs: what may be a token, given by mistake as an operand or as an option's
 * value, is not repeated in them.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "out.h"
#include "pci.h"
#include "sysfs.h"

static const struct noun *const nouns[] = {
	&device_noun, &sriov_noun, &export_noun, &token_noun, &vendor_noun, &stack_noun,
};

/* The noun whose verbs may be given without it. */
static const struct noun *const implied_noun = &device_noun;

enum {
	LONG_ROOT = 256, LONG_COLOR, LONG_GROUP,
	LONG_FILE, LONG_FD, LONG_OLD_FILE, LONG_OLD_FD, LONG_PRINT,
};

static const struct {
	const char *name;
	int val;		/* letter, or LONG_* */
	unsigned int opt;	/* enum opt, or 0 if every verb takes it */
	const char *value;	/* what it takes, as help shows it; "": nothing */
	const char *help;
} options[] = {
	{ "json", 'j', 0, "", "print JSON" },
	{ "pretty", 'p', 0, "", "print JSON over several lines" },
	{ "color", LONG_COLOR, 0, "=auto|always|never",
	  "colour of text; auto: only on a terminal" },
	{ "root", LONG_ROOT, 0, "=DIR", "look at a saved tree, not at this system" },
	{ "help", 'h', 0, "", "show this" },
	{ "version", 'V', 0, "", "show the version" },
	{ "dry-run", 'n', OPT_DRY_RUN, "", "show what would be written, change nothing" },
	{ "force", 'f', OPT_FORCE, "",
	  "do it although the device is in use, or the file is there" },
	{ "group", LONG_GROUP, OPT_GROUP, "=N", "all devices of an IOMMU group" },
	{ "file", LONG_FILE, OPT_FILE, "=FILE", "where the token is, or is to be" },
	{ "fd", LONG_FD, OPT_FD, "=N", "likewise, a file that is open as N" },
	{ "old-file", LONG_OLD_FILE, OPT_OLD_FILE, "=FILE",
	  "where the token is that is valid now" },
	{ "old-fd", LONG_OLD_FD, OPT_OLD_FD, "=N", "likewise, a file that is open as N" },
	{ "print", LONG_PRINT, OPT_PRINT, "", "show the token" },
};

static const char short_options[] = ":jphVnf";

/* The command line as far as it is known; @fault is set by the first mistake in it. */
struct parsed {
	struct call call;
	const struct noun *noun;
	const struct verb *verb;
	const char *root;
	bool help, version;
	struct finding fault;
};

void finding_say(struct finding *f, const char *rule, const char *fmt, ...)
{
	va_list args;

	f->rule = rule;
	f->fix[0] = '\0';
	va_start(args, fmt);
	vsnprintf(f->reason, sizeof(f->reason), fmt, args);
	va_end(args);
}

void finding_fix(struct finding *f, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(f->fix, sizeof(f->fix), fmt, args);
	va_end(args);
}

__attribute__((format(printf, 3, 4)))
static void mistake(struct parsed *p, const char *rule, const char *fmt, ...)
{
	va_list args;

	if (p->fault.rule)
		return;
	p->fault.rule = rule;
	va_start(args, fmt);
	vsnprintf(p->fault.reason, sizeof(p->fault.reason), fmt, args);
	va_end(args);
	finding_fix(&p->fault, "vfioctl %s%s--help", p->noun ? p->noun->name : "",
		    p->noun ? " " : "");
}

static void set_color(struct parsed *p, const char *when)
{
	static const char *const words[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(when, words[i])) {
			p->call.out->color = (enum color_when)i;
			return;
		}
	}
	mistake(p, "usage.option", "--color is auto, always or never, not '%s'", when);
}

static unsigned int take_number(struct parsed *p, const char *option, const char *text)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || number > INT_MAX)
		mistake(p, "usage.option", "%s wants a number", option);
	return (unsigned int)number;
}

static void take_option(struct parsed *p, int option, char **argv)
{
	const char *word;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (options[i].val == option)
			p->call.given |= options[i].opt;
	}
	switch (option) {
	case 'j':
		p->call.out->json = true;
		break;
	case 'p':
		p->call.out->json = p->call.out->pretty = true;
		break;
	case 'h':
		p->help = true;
		break;
	case 'V':
		p->version = true;
		break;
	case 'n':
	case 'f':
	case LONG_PRINT:	/* that it is given is all */
		break;
	case LONG_COLOR:
		set_color(p, optarg);
		break;
	case LONG_GROUP:
		p->call.group = take_number(p, "--group", optarg);
		break;
	case LONG_FILE:
		p->call.token.file = optarg;
		break;
	case LONG_FD:
		p->call.token.fd = (int)take_number(p, "--fd", optarg);
		break;
	case LONG_OLD_FILE:
		p->call.old.file = optarg;
		break;
	case LONG_OLD_FD:
		p->call.old.fd = (int)take_number(p, "--old-fd", optarg);
		break;
	case LONG_ROOT:
		p->root = optarg;
		break;
	case ':':
		mistake(p, "usage.option", "%s wants a value", argv[optind - 1]);
		break;
	default:	/* a letter, or a long one: unknown, ambiguous, or takes no value */
		word = argv[optind - 1];
		if (optopt && optopt < LONG_ROOT)
			mistake(p, "usage.option", "-%c is no option", optopt);
		else
			mistake(p, "usage.option", "%.*s is no option",
				(int)strcspn(word, "="), word);
	}
}

/* getopt_long() moves the operands to the end, so that options may stand anywhere. */
static void parse_options(struct parsed *p, int argc, char **argv)
{
	struct option long_options[ARRAY_SIZE(options) + 1] = { 0 };
	int option;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		long_options[i] = (struct option){
			options[i].name, options[i].value[0] ? required_argument : no_argument,
			NULL, options[i].val,
		};
	while ((option = getopt_long(argc, argv, short_options, long_options, NULL)) >= 0)
		take_option(p, option, argv);
	p->call.argc = argc - optind;
	p->call.argv = argv + optind;
}

/* An exact name wins; else the one name that begins so. Counts those that fit in @fits. */
static const struct verb *find_verb(const struct noun *noun, const char *text, size_t *fits)
{
	const struct verb *found = NULL, *verb;

	*fits = 0;
	for (verb = noun->verbs; verb < noun->verbs + noun->nr_verbs; verb++) {
		if (strncmp(verb->name, text, strlen(text)))
			continue;
		found = verb;
		++*fits;
		if (!strcmp(verb->name, text)) {
			*fits = 1;
			break;
		}
	}
	return found;
}

static const struct noun *find_noun(const char *text, size_t *fits)
{
	const struct noun *found = NULL;
	size_t i;

	*fits = 0;
	for (i = 0; i < ARRAY_SIZE(nouns); i++) {
		if (strncmp(nouns[i]->name, text, strlen(text)))
			continue;
		found = nouns[i];
		++*fits;
	}
	return found;
}

static void next_operand(struct parsed *p)
{
	p->call.argc--;
	p->call.argv++;
}

/* The first word is a noun, or a verb of the implied noun; both are in one name space. */
static bool take_first_word(struct parsed *p)
{
	const char *word = p->call.argv[0];
	size_t noun_fits, verb_fits;
	const struct noun *noun = find_noun(word, &noun_fits);
	const struct verb *verb = find_verb(implied_noun, word, &verb_fits);

	if (!word[0] || !(noun_fits + verb_fits)) {
		mistake(p, "usage.noun", "'%s' is neither an object nor a command", word);
		return false;
	}
	if (verb && !strcmp(verb->name, word))
		noun_fits = 0;
	else if (noun && !strcmp(noun->name, word))
		verb_fits = 0;
	if (noun_fits + verb_fits > 1) {
		mistake(p, "usage.ambiguous", "'%s' may mean several things", word);
		return false;
	}
	p->noun = noun_fits ? noun : implied_noun;
	p->verb = noun_fits ? NULL : verb;
	next_operand(p);
	return true;
}

static void take_verb_word(struct parsed *p)
{
	const char *word = p->call.argv[0];
	size_t fits;

	p->verb = find_verb(p->noun, word, &fits);
	if (p->noun == &token_noun && !fits)
		mistake(p, "usage.verb", "token has no such command");
	else if (!word[0] || !fits)
		mistake(p, "usage.verb", "%s has no command '%s'", p->noun->name, word);
	else if (fits > 1)
		mistake(p, "usage.ambiguous", "'%s' may mean several commands of %s", word,
			p->noun->name);
	next_operand(p);
}

/* Help asked for a noun alone is about the noun, not about its first verb. */
static void parse_words(struct parsed *p)
{
	if (!p->call.argc) {
		if (!p->help && !p->version)
			mistake(p, "usage.noun", "what shall be done?");
		return;
	}
	if (!take_first_word(p) || p->verb)
		return;
	if (p->call.argc)
		take_verb_word(p);
	else if (!p->help)
		p->verb = p->noun->verbs;
}

static void check_verb(struct parsed *p)
{
	unsigned int foreign;
	size_t i;

	if (!p->verb || p->help)
		return;
	foreign = p->call.given & ~p->verb->opts;
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (foreign & options[i].opt)
			mistake(p, "usage.option", "%s %s takes no --%s", p->noun->name,
				p->verb->name, options[i].name);
	}
	if (p->call.argc < p->verb->min_args)
		mistake(p, "usage.operands", "%s %s wants %s", p->noun->name, p->verb->name,
			p->verb->operands);
	if (p->verb->max_args < 0 || p->call.argc <= p->verb->max_args)
		return;
	if (p->noun == &token_noun)
		mistake(p, "usage.operands", "token %s wants no more than %d operands",
			p->verb->name, p->verb->max_args);
	else
		mistake(p, "usage.operands", "%s %s does not want '%s'", p->noun->name,
			p->verb->name, p->call.argv[p->verb->max_args]);
}

static void print_verbs(const struct noun *noun)
{
	const struct verb *verb;
	char usage[64];

	for (verb = noun->verbs; verb < noun->verbs + noun->nr_verbs; verb++) {
		snprintf(usage, sizeof(usage), "%s %s %s", noun->name, verb->name, verb->operands);
		printf("  %-38s %s\n", usage, verb->summary);
	}
}

static void print_options(unsigned int opts)
{
	char flag[48];
	size_t i;

	puts("\nOptions:");
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		int letter = options[i].val < LONG_ROOT ? options[i].val : 0;

		if (options[i].opt & ~opts)
			continue;
		snprintf(flag, sizeof(flag), "%c%c%c --%s%s", letter ? '-' : ' ',
			 letter ? letter : ' ', letter ? ',' : ' ', options[i].name,
			 options[i].value);
		printf("  %-30s %s\n", flag, options[i].help);
	}
}

static void print_help(const struct parsed *p)
{
	size_t i;

	if (p->verb) {
		printf("Usage: vfioctl %s %s [OPTION]... %s\n%c%s.\n", p->noun->name, p->verb->name,
		       p->verb->operands, p->verb->summary[0] - ('a' - 'A'), p->verb->summary + 1);
		print_options(p->verb->opts);
		return;
	}
	printf("Usage: vfioctl [OPTION]... %s [COMMAND] [OPERAND]...\n",
	       p->noun ? p->noun->name : "OBJECT");
	if (p->noun) {
		printf("\nCommands (the first is meant if none is given):\n");
		print_verbs(p->noun);
		return print_options(0);
	}
	puts("\nCommands (words may be shortened; \"device\" may be left out):");
	for (i = 0; i < ARRAY_SIZE(nouns); i++)
		print_verbs(nouns[i]);
	print_options(0);
	puts("\nExit status: 0 done or already so, 1 usage, 2 the kernel refused, 3 not found,\n"
	     "4 blocked by a guard or rule, 5 done in part. Manual: vfioctl(8).");
}

static enum rc run(struct parsed *p)
{
	struct finding f = { 0 };
	int err;

	if (p->fault.rule)
		return out_fault(p->call.out, RC_USAGE, NULL, &p->fault);
	err = sys_init(p->root ? p->root : "");
	if (err) {
		finding_say(&f, "find.root", "%s: %s", p->root, strerror(-err));
		return out_fault(p->call.out, RC_NOTFOUND, NULL, &f);
	}
	return p->verb->run(&p->call);
}

int main(int argc, char **argv)
{
	struct out out = { 0 };
	struct parsed p = { .call.out = &out, .root = secure_getenv("VFIOCTL_ROOT") };
	enum rc rc;

	umask(077);
	out_init(&out);
	parse_options(&p, argc, argv);
	parse_words(&p);
	check_verb(&p);
	if (!p.fault.rule && p.help) {
		print_help(&p);
		out.json = false;
		rc = RC_DONE;
	} else if (!p.fault.rule && p.version) {
		out_str(out_object(&out, "vfioctl"), "version", VFIOCTL_VERSION);
		out_line(&out, "vfioctl %s (Passway)", VFIOCTL_VERSION);
		rc = RC_DONE;
	} else {
		rc = run(&p);
	}
	if (!out_finish(&out)) {
		fputs("vfioctl: the output could not be written\n", stderr);
		rc = rc < RC_KERNEL ? RC_KERNEL : rc;
	}
	pci_done();
	return rc;
}
