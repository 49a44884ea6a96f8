// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/mig_fsm.c
/*
 * The state machine of migration: the way between any two states, for every set of features,
 * against the paths as the ABI's text gives them and against a search of its own.
 */
#include "../../vfio/core/priv.h"
#include "unit.h"

#define STOP_COPY VFIO_MIGRATION_STOP_COPY
#define P2P VFIO_MIGRATION_P2P
#define PRE_COPY VFIO_MIGRATION_PRE_COPY

/*
 * A state is a letter, in the ABI's order: Error, Stop, Running, stop Copy, Loading (RESUMING),
 * running p2p, Pre-copy, pre-copy p2p.
 */
static const char letters[] = "ESRCLrPp";

static const u32 feature_sets[] = {
	STOP_COPY, STOP_COPY | P2P, STOP_COPY | PRE_COPY, STOP_COPY | P2P | PRE_COPY,
};

/* States that there are with each set, in the same order */
static const char *const states_of_set[] = { "SRCL", "SRCLr", "SRCLP", "SRCLrPp" };

/*
 * Every way there is with all features. "RrSC": from RUNNING to STOP_COPY it leads through
 * RUNNING_P2P and STOP. Without some feature, its states are passed over.
 */
static const char *const ways[] = {
	"RrS", "Rr", "RrSC", "RrSL", "RP", "Rrp",
	"rS", "rR", "rSC", "rSL", "rRP", "rp",
	"Sr", "SrR", "SC", "SL", "SrRP", "Srp",
	"LS", "LSr", "LSrR", "LSC", "LSrRP", "LSrp",
	"CS", "CSr", "CSrR", "CSL",
	"PR", "PRr", "PRrS", "PRrSL", "Pp", "PpC",
	"pr", "prR", "prS", "prSL", "pP", "pC",
};

/* The ABI's arcs, all of them that are done in one step */
static const char *const abi_arcs[] = {
	"rS", "CS", "LS", "PR", "rR", "pr", "Rr", "Sr", "RP", "rp", "SC", "Pp", "pP", "pC", "SL",
};

static int next(u32 features, u32 from, u32 to, u32 *step)
{
	struct vfio_device vdev = { .migration_flags = features };
	enum vfio_device_mig_state state = 99;
	int ret = vfio_mig_get_next_state(&vdev, from, to, &state);

	*step = state;
	/* what was refused is not half answered */
	CHECK(ret ? state == 99 : state < VFIO_DEVICE_STATE_NR);
	return ret;
}

static u32 state_of(char letter)
{
	return strchr(letters, letter) - letters;
}

/* The way as the code goes it, in letters; "" if there is none */
static void walk(u32 features, char from, char to, char way[16])
{
	u32 at = state_of(from);
	unsigned int n = 0;

	way[n++] = from;
	while (at != state_of(to) || n == 1) {
		if (next(features, at, state_of(to), &at)) {
			/* only the first step may be refused */
			CHECK_EQ(n, 1);
			n = 0;
			break;
		}
		way[n++] = letters[at];
		if (!CHECK(n < 10))
			break;
	}
	way[n] = 0;
}

/* The way of the table without the states that there are not */
static void expected(const char *states, char from, char to, char way[16])
{
	unsigned int n = 0;

	way[0] = 0;
	if (!strchr(states, from) || !strchr(states, to))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		size_t last = strlen(ways[i]) - 1;

		if (ways[i][0] != from || ways[i][last] != to)
			continue;
		CHECK_EQ(n, 0);
		for (const char *at = ways[i]; *at; at++)
			if (strchr(states, *at))
				way[n++] = *at;
	}
	way[n] = 0;
}

static void every_way(void)
{
	for (unsigned int set = 0; set < ARRAY_SIZE(feature_sets); set++)
		for (const char *from = letters; *from; from++)
			for (const char *to = letters; *to; to++) {
				char have[16], want[16];

				if (from == to)
					continue;
				walk(feature_sets[set], *from, *to, have);
				expected(states_of_set[set], *from, *to, want);
				CHECK_STR(have, want);
			}
}

static void staying(void)
{
	for (unsigned int set = 0; set < ARRAY_SIZE(feature_sets); set++)
		for (u32 state = 0; state < VFIO_DEVICE_STATE_NR; state++) {
			bool there = strchr(states_of_set[set], letters[state]);
			u32 step;

			CHECK_EQ(next(feature_sets[set], state, state, &step),
				 there ? 0 : -EINVAL);
			if (there)
				CHECK_EQ(step, state);
		}
}

/* Each number that is no state, and ERROR, on either side */
static void no_states(void)
{
	static const u32 wrong[] = { VFIO_DEVICE_STATE_ERROR, 8, 9, 31, 32, 33, 63, 64, 255,
				     256, 0x7fffffff, 0x80000000, ~0u };
	u32 step;

	for (unsigned int set = 0; set < ARRAY_SIZE(feature_sets); set++)
		for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
			for (u32 state = 0; state < VFIO_DEVICE_STATE_NR; state++) {
				CHECK_EQ(next(feature_sets[set], wrong[i], state, &step), -EINVAL);
				CHECK_EQ(next(feature_sets[set], state, wrong[i], &step), -EINVAL);
			}
	for (u32 from = 0; from < VFIO_DEVICE_STATE_NR; from++)
		for (u32 to = 0; to < VFIO_DEVICE_STATE_NR; to++)
			CHECK_EQ(next(0, from, to, &step), -EINVAL);
}

/* Shortest of all ways that obey the rules, by trying them all */
struct search {
	char to, at[9];
	unsigned int n, best, count;
	char found[9];
	bool saving_only;
};

static bool saving(char state)
{
	return strchr("CPp", state);
}

static void search(struct search *s)
{
	char here = s->at[s->n - 1];

	if (here == s->to) {
		if (s->n < s->best) {
			s->best = s->n;
			s->count = 0;
			strscpy(s->found, s->at, sizeof(s->found));
		}
		s->count += s->n == s->best;
		return;
	}
	if (s->n > 1 && saving(here) != s->saving_only)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(abi_arcs); i++) {
		if (abi_arcs[i][0] != here || strchr(s->at, abi_arcs[i][1]))
			continue;
		s->at[s->n++] = abi_arcs[i][1];
		search(s);
		s->at[--s->n] = 0;
	}
}

static void shortest(void)
{
	for (const char *from = letters; *from; from++)
		for (const char *to = letters; *to; to++) {
			struct search s = { .to = *to, .at = { *from }, .n = 1, .best = 99 };
			char have[16];

			if (from == to)
				continue;
			s.saving_only = saving(*from) && saving(*to);
			search(&s);
			walk(STOP_COPY | P2P | PRE_COPY, *from, *to, have);
			CHECK_STR(have, s.found);
			/* the rules leave nothing to choose */
			CHECK(s.count <= 1);
		}
}

/* A session never begins or ends on the way, and only its states are said to be in one */
static void sessions(void)
{
	for (u32 state = 0; state < 300; state++)
		CHECK_EQ(vfio_mig_in_session(state),
			 state < VFIO_DEVICE_STATE_NR && !!strchr("CLPp", letters[state]));
	for (unsigned int set = 0; set < ARRAY_SIZE(feature_sets); set++)
		for (const char *from = letters; *from; from++)
			for (const char *to = letters; *to; to++) {
				char way[16];

				if (from == to)
					continue;
				walk(feature_sets[set], *from, *to, way);
				for (unsigned int i = 1; i + 2 < strlen(way); i++)
					CHECK_EQ(vfio_mig_in_session(state_of(way[i])),
						 saving(*from) && saving(*to));
			}
}

UNIT_TESTS(mig_fsm,
	{ "every way between two states", every_way },
	{ "staying where it is", staying },
	{ "what is no state", no_states },
	{ "the shortest, and the only one", shortest },
	{ "sessions on the way", sessions })
