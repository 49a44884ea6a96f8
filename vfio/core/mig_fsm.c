// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state machine of migration, as <uapi/linux/vfio.h> defines it: which arcs a device has,
 * and which of them lead from one state to another.
 *
 * The machine is one list of arcs. Each says with which features of the device it exists and
 * without which; a device whose driver cannot quiesce peer-to-peer DMA has shorter arcs in the
 * place of those through the P2P states. A state that no arc touches is not supported.
 *
 * PRE_COPY, PRE_COPY_P2P and STOP_COPY share a data transfer session. A path may end or begin
 * with one of them, but a session must never begin or end on the way: a path either stays
 * among the three or has none of them in its interior. By that rule alone STOP_COPY has no way
 * to PRE_COPY. The shortest path that obeys it is the only one: without the three states the
 * machine is a line, RUNNING - RUNNING_P2P - STOP - RESUMING.
 */
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/export.h>
#include <linux/kernel.h>

#include "priv.h"

#define STATE(name) BIT(VFIO_DEVICE_STATE_##name)
#define SAVING_STATES (STATE(PRE_COPY) | STATE(PRE_COPY_P2P) | STATE(STOP_COPY))
#define SESSION_STATES (SAVING_STATES | STATE(RESUMING))

#define STOP_COPY_ VFIO_MIGRATION_STOP_COPY
#define P2P_ VFIO_MIGRATION_P2P
#define PRE_COPY_ VFIO_MIGRATION_PRE_COPY

/* An arc, the features that it needs, and those that put others in its place */
static const struct mig_arc {
	u8 from, to;
	u8 with, without;
} mig_arcs[] = {
#define ARC(a, b, with, without) { VFIO_DEVICE_STATE_##a, VFIO_DEVICE_STATE_##b, with, without }
	ARC(STOP, RUNNING, STOP_COPY_, P2P_),
	ARC(RUNNING, STOP, STOP_COPY_, P2P_),
	ARC(STOP, RUNNING_P2P, P2P_, 0),
	ARC(RUNNING_P2P, STOP, P2P_, 0),
	ARC(RUNNING_P2P, RUNNING, P2P_, 0),
	ARC(RUNNING, RUNNING_P2P, P2P_, 0),
	ARC(STOP, RESUMING, STOP_COPY_, 0),
	ARC(RESUMING, STOP, STOP_COPY_, 0),
	/* A session to save begins, goes on, ends */
	ARC(RUNNING, PRE_COPY, PRE_COPY_, 0),
	ARC(RUNNING_P2P, PRE_COPY_P2P, PRE_COPY_ | P2P_, 0),
	ARC(STOP, STOP_COPY, STOP_COPY_, 0),
	ARC(PRE_COPY, PRE_COPY_P2P, PRE_COPY_ | P2P_, 0),
	ARC(PRE_COPY_P2P, PRE_COPY, PRE_COPY_ | P2P_, 0),
	ARC(PRE_COPY_P2P, STOP_COPY, PRE_COPY_ | P2P_, 0),
	ARC(PRE_COPY, STOP_COPY, PRE_COPY_, P2P_),
	ARC(PRE_COPY, RUNNING, PRE_COPY_, 0),
	ARC(PRE_COPY_P2P, RUNNING_P2P, PRE_COPY_ | P2P_, 0),
	ARC(STOP_COPY, STOP, STOP_COPY_, 0),
#undef ARC
};

static bool arc_exists(const struct mig_arc *arc, u32 features)
{
	return (features & arc->with) == arc->with && !(features & arc->without);
}

/* For each state, bits of those that an arc of the device leads to */
static void map_arcs(u32 features, u8 after[VFIO_DEVICE_STATE_NR])
{
	for (size_t i = 0; i < ARRAY_SIZE(mig_arcs); i++)
		if (arc_exists(&mig_arcs[i], features))
			after[mig_arcs[i].from] |= BIT(mig_arcs[i].to);
}

/* Add to the states in @near those of @inner that have an arc into them */
static u32 widen(const u8 after[VFIO_DEVICE_STATE_NR], u32 near, u32 inner)
{
	u32 wider = near;

	for (unsigned int state = 0; state < VFIO_DEVICE_STATE_NR; state++)
		if (inner & BIT(state) && after[state] & near)
			wider |= BIT(state);
	return wider;
}

/* Bits of the states that a path between the two may have in its interior */
static u32 interior_states(u32 ends)
{
	return (ends & SAVING_STATES) == ends ? SAVING_STATES : ~SAVING_STATES;
}

/**
 * vfio_mig_get_next_state() - the first arc on the way from one state to another
 * @vdev: device; its migration_flags tell which arcs there are
 * @cur_fsm: state it is in
 * @new_fsm: state it shall get to
 * @next_fsm: where the arc leads; @cur_fsm when that is @new_fsm already
 *
 * Doing the arc and asking again gets to @new_fsm in at most four steps.
 *
 * Return: 0, or -EINVAL when one of the states is not of this device or is ERROR, or no way
 * is permitted.
 */
int vfio_mig_get_next_state(struct vfio_device *vdev, enum vfio_device_mig_state cur_fsm,
			    enum vfio_device_mig_state new_fsm,
			    enum vfio_device_mig_state *next_fsm)
{
	u8 after[VFIO_DEVICE_STATE_NR] = {};
	u32 inner, steps, near;

	if (cur_fsm >= VFIO_DEVICE_STATE_NR || new_fsm >= VFIO_DEVICE_STATE_NR)
		return -EINVAL;
	map_arcs(vdev->migration_flags, after);
	steps = after[cur_fsm];
	if (!steps)
		return -EINVAL;
	if (cur_fsm == new_fsm) {
		*next_fsm = cur_fsm;
		return 0;
	}

	/* The states from which new_fsm is 0, 1, 2, ... arcs away, until a step leads there */
	inner = interior_states(BIT(cur_fsm) | BIT(new_fsm));
	near = BIT(new_fsm);
	while (!(steps & near)) {
		u32 wider = widen(after, near, inner);

		if (wider == near)
			return -EINVAL;
		near = wider;
	}
	*next_fsm = __ffs(steps & near);
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_mig_get_next_state);

/* Does a state belong to a data transfer session, so that getting there may give a file? */
bool vfio_mig_in_session(enum vfio_device_mig_state state)
{
	return state < VFIO_DEVICE_STATE_NR && SESSION_STATES & BIT(state);
}
