/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every file of vfioctl shares: exit status, findings, and the shape of a command.
 *
 * A finding is one statement about one thing: a stable rule name, a sentence for a person, and
 * the command that mends it. Guards, the assignability check and errors all speak in findings, so
 * text and JSON say the same everywhere.
 */
#ifndef VFIOCTL_H
#define VFIOCTL_H

#include <stdbool.h>
#include <stddef.h>

#define VFIOCTL_VERSION "1.0.0"

/** enum rc - exit status of vfioctl, part of its interface (see vfioctl(8)) */
enum rc {
	RC_DONE = 0,		/* done, or already so */
	RC_USAGE = 1,		/* the command line is wrong */
	RC_KERNEL = 2,		/* the kernel refused; everything is as it was before */
	RC_NOTFOUND = 3,	/* no such device or group */
	RC_BLOCKED = 4,		/* a guard or rule forbids it */
	RC_PARTIAL = 5,		/* done in part: roll-back failed, too */
};

/**
 * struct finding - one statement with its rule
 * @rule: stable identifier, "family.name"; NULL: nothing to say
 * @reason: what is the matter, one sentence without full stop
 * @fix: command or action that mends it; may be empty
 */
struct finding {
	const char *rule;
	char reason[400];
	char fix[320];
};

__attribute__((format(printf, 3, 4)))
void finding_say(struct finding *f, const char *rule, const char *fmt, ...);
__attribute__((format(printf, 2, 3)))
void finding_fix(struct finding *f, const char *fmt, ...);

/** enum opt - options that only some verbs take; bits of verb.opts */
enum opt {
	OPT_DRY_RUN = 1 << 0,
	OPT_FORCE = 1 << 1,
	OPT_GROUP = 1 << 2,
	OPT_FILE = 1 << 3,
	OPT_FD = 1 << 4,
	OPT_OLD_FILE = 1 << 5,
	OPT_OLD_FD = 1 << 6,
	OPT_PRINT = 1 << 7,
};

struct out;

/** struct place - where a token is: a file's name, or, if that is NULL, an open file */
struct place {
	const char *file;
	int fd;
};

/** struct call - one invocation, as parsed */
struct call {
	struct out *out;
	unsigned int given;	/* of enum opt */
	unsigned int group;	/* valid with OPT_GROUP */
	struct place token;	/* valid with OPT_FILE or OPT_FD */
	struct place old;	/* valid with OPT_OLD_FILE or OPT_OLD_FD */
	int argc;		/* operands that follow the verb */
	char **argv;
};

/** struct verb - what can be done with a noun; run() returns enum rc */
struct verb {
	const char *name;
	const char *operands;	/* for the usage line */
	const char *summary;
	unsigned int opts;
	int min_args, max_args;	/* max_args < 0: any number */
	enum rc (*run)(struct call *call);
};

/** struct noun - a kind of object; its first verb is the default one */
struct noun {
	const char *name;
	const char *summary;
	const struct verb *verbs;
	size_t nr_verbs;
};

extern const struct noun device_noun;
extern const struct noun export_noun;
extern const struct noun sriov_noun;
extern const struct noun stack_noun;
extern const struct noun token_noun;
extern const struct noun vendor_noun;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
