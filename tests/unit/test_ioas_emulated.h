/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A space for emulated devices, with two of them: one that hears of unmaps and unpins, and one
 * that only hears.
 */
#ifndef TEST_IOAS_EMULATED_H
#define TEST_IOAS_EMULATED_H

#include "test_ioas.h"

#define N 16
#define IOVA 0x100000UL

/* A space for emulated devices, with two of them */
struct emu {
	struct rig r;
	struct ioas_device a, b;
};

/* What a device has been told, and whether it does what it is told */
static struct {
	int told;
	u64 iova, length;
	bool deaf;
	unsigned int pins;	/* of each page of the range */
} heard;

static inline void hear(struct ioas_device *dev, u64 iova, u64 length)
{
	heard.told++;
	heard.iova = iova;
	heard.length = length;
	for (unsigned int i = 0; !heard.deaf && i < heard.pins; i++)
		CHECK_EQ(ioas_unpin(dev, iova, length >> PAGE_SHIFT), length >> PAGE_SHIFT);
	if (!heard.deaf)
		heard.pins = 0;
}

static inline void hear_only(struct ioas_device *dev, u64 iova, u64 length)
{
	heard.told++;
}

static inline int emu_up(struct emu *e)
{
	memset(&heard, 0, sizeof(heard));
	*e = (struct emu){ .a.unmap = hear, .b.unmap = hear_only };
	rig_group(&e->r);
	shim_fail_pause();
	e->r.ioas = ioas_create(100, false);
	shim_fail_resume();
	if (ioas_attach_emulated(e->r.ioas)) {
		ioas_destroy(e->r.ioas);
		rig_group_free(&e->r);
		return -ENOMEM;
	}
	ioas_device_open(e->r.ioas, &e->a);
	ioas_device_open(e->r.ioas, &e->b);
	return 0;
}

static inline void emu_down(struct emu *e)
{
	ioas_device_close(&e->a);
	ioas_device_close(&e->b);
	ioas_detach_emulated(e->r.ioas);
	ioas_destroy(e->r.ioas);
	rig_group_free(&e->r);
}

static inline long locked(void)
{
	return shim_live(SHIM_LOCKED_VM);
}

static inline long pinned(void)
{
	return shim_live(SHIM_PIN);
}

static inline int end_all(struct emu *e)
{
	struct ioas_range all = { .last = U64_MAX };
	u64 size;

	return ioas_unmap(e->r.ioas, &all, IOAS_WHOLE, NULL, &size);
}

#endif
