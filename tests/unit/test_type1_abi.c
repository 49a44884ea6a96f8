// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/args.c vfio/core/info.c vfio/ioas/ vfio/type1/
/*
 * The type1 ABI as the core calls it: sizes, flags, errnos, and the chain of capabilities.
 */
#include <uapi/linux/vfio.h>
#include <vfio/iommu.h>

#include "test_ioas.h"

int shim_init_type1_init(void);

static struct vfio_iommu_backend *backend;

int vfio_register_iommu_backend(struct vfio_iommu_backend *b)
{
	backend = b;
	return 0;
}

void vfio_unregister_iommu_backend(struct vfio_iommu_backend *b)
{
	backend = NULL;
}

struct abi {
	struct rig rig;
	void *space;
};

static void abi_up(struct abi *a, unsigned long type)
{
	shim_fail_pause();
	if (!backend)
		shim_init_type1_init();
	rig_group(&a->rig);
	a->space = backend->open(type);
	CHECK_EQ(backend->attach(a->space, a->rig.group), 0);
	shim_fail_resume();
}

static void abi_down(struct abi *a)
{
	backend->detach(a->space, a->rig.group);
	backend->release(a->space);
	rig_group_free(&a->rig);
}

/* The result of the ioctl; the arguments come back. */
static long call(struct abi *a, unsigned int cmd, void *args, size_t size)
{
	void *user = shim_user_dup(args, size);
	long ret = backend->ioctl(a->space, cmd, (unsigned long)user);

	memcpy(args, shim_user_body(user), size);
	shim_user_free(user);
	return ret;
}

#define CALL(a, cmd, args) call(a, cmd, args, sizeof(*(args)))

static long dma_map(struct abi *a, u32 flags, u64 vaddr, u64 iova, u64 size)
{
	struct vfio_iommu_type1_dma_map map = { .argsz = sizeof(map), .flags = flags,
						.vaddr = vaddr, .iova = iova, .size = size };

	return CALL(a, VFIO_IOMMU_MAP_DMA, &map);
}

/* Bytes unmapped, or -errno. */
static long dma_unmap(struct abi *a, u32 flags, u64 iova, u64 size)
{
	struct vfio_iommu_type1_dma_unmap unmap = { .argsz = sizeof(unmap), .flags = flags,
						    .iova = iova, .size = size };
	long ret = CALL(a, VFIO_IOMMU_UNMAP_DMA, &unmap);

	return ret ?: (long)unmap.size;
}

#define MAP_RW (VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE)

static void types_and_extensions(void)
{
	struct abi a;

	abi_up(&a, VFIO_TYPE1v2_IOMMU);
	CHECK(IS_ERR(backend->open(VFIO_TYPE1_NESTING_IOMMU)));
	CHECK(IS_ERR(backend->open(0)));
	CHECK_EQ(backend->extension(NULL, VFIO_TYPE1_IOMMU), 1);
	CHECK_EQ(backend->extension(NULL, VFIO_TYPE1v2_IOMMU), 1);
	CHECK_EQ(backend->extension(NULL, VFIO_UNMAP_ALL), 1);
	CHECK_EQ(backend->extension(NULL, VFIO_UPDATE_VADDR), 0);
	CHECK_EQ(backend->extension(a.space, VFIO_UPDATE_VADDR), 1);
	CHECK_EQ(backend->extension(NULL, VFIO_TYPE1_NESTING_IOMMU), 0);
	CHECK_EQ(backend->extension(NULL, VFIO_SPAPR_TCE_IOMMU), 0);
	CHECK_EQ(backend->extension(NULL, VFIO_DMA_CC_IOMMU), 0);
	CHECK_EQ(backend->extension(a.space, VFIO_DMA_CC_IOMMU), 1);
	CHECK_EQ(backend->extension(a.space, ~0UL), 0);
	CHECK_EQ(call(&a, VFIO_IOMMU_ENABLE, &a, 0), -ENOTTY);
	abi_down(&a);
}

static void interrupts_must_be_isolated(void)
{
	struct rig r;
	void *space;

	shim_quiet(true);
	if (!backend)
		shim_init_type1_init();
	rig_group(&r);
	r.hw.isolated_msi = false;
	space = backend->open(VFIO_TYPE1v2_IOMMU);
	CHECK_EQ(backend->attach(space, r.group), -EPERM);
	CHECK_EQ(shim_live(SHIM_DOMAIN), 0);
	CHECK(shim_log_has("allow_unsafe_interrupts"));
	backend->release(space);
	rig_group_free(&r);
}

static void map_arguments(void)
{
	struct vfio_iommu_type1_dma_map map = { .flags = MAP_RW, .vaddr = VADDR, .iova = 0x1000,
						.size = PAGE_SIZE };
	struct abi a;

	abi_up(&a, VFIO_TYPE1v2_IOMMU);
	shim_map(VADDR, 4, SHIM_RW, SHIM_CONTIGUOUS);
	for (map.argsz = 0; map.argsz < sizeof(map); map.argsz++)
		CHECK_EQ(CALL(&a, VFIO_IOMMU_MAP_DMA, &map), -EINVAL);
	CHECK_EQ(call(&a, VFIO_IOMMU_MAP_DMA, &map, sizeof(map) - 1), -EFAULT);
	CHECK_EQ(dma_map(&a, 0, VADDR, 0x1000, PAGE_SIZE), -EINVAL);
	for (u32 flag = VFIO_DMA_MAP_FLAG_VADDR << 1; flag; flag <<= 1)
		CHECK_EQ(dma_map(&a, MAP_RW | flag, VADDR, 0x1000, PAGE_SIZE), -EINVAL);
	CHECK_EQ(dma_map(&a, MAP_RW, VADDR, 0x1000, 0), -EINVAL);
	CHECK_EQ(dma_map(&a, MAP_RW, VADDR, 0x1000, 0x800), -EINVAL);
	CHECK_EQ(dma_map(&a, MAP_RW, VADDR, 0x1000, ~0ULL), -EINVAL);
	CHECK_EQ(shim_live(SHIM_PIN), 0);
	map.argsz = 4096;
	CHECK_EQ(CALL(&a, VFIO_IOMMU_MAP_DMA, &map), 0);
	CHECK_EQ(dma_map(&a, MAP_RW, VADDR, 0x1000, PAGE_SIZE), -EEXIST);
	CHECK_EQ(dma_map(&a, VFIO_DMA_MAP_FLAG_WRITE, VADDR, 0x2000, PAGE_SIZE), 0);
	CHECK_EQ(shim_dma(a.rig.group, 0x2000, false), 0);
	CHECK(shim_dma(a.rig.group, 0x2000, true));
	abi_down(&a);
}

static void unmap_arguments(void)
{
	struct vfio_iommu_type1_dma_unmap unmap = { .iova = 0x1000, .size = PAGE_SIZE };
	const u32 all = VFIO_DMA_UNMAP_FLAG_ALL, vaddr = VFIO_DMA_UNMAP_FLAG_VADDR;
	const u32 bitmap = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP;
	struct abi a;

	abi_up(&a, VFIO_TYPE1v2_IOMMU);
	shim_map(VADDR, 4, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(dma_map(&a, MAP_RW, VADDR, 0x1000, 4 * PAGE_SIZE), 0);
	for (unmap.argsz = 0; unmap.argsz < sizeof(unmap); unmap.argsz++)
		CHECK_EQ(CALL(&a, VFIO_IOMMU_UNMAP_DMA, &unmap), -EINVAL);
	for (u32 flag = vaddr << 1; flag; flag <<= 1)
		CHECK_EQ(dma_unmap(&a, flag, 0x1000, 4 * PAGE_SIZE), -EINVAL);
	CHECK_EQ(dma_unmap(&a, 0, 0x1000, 0), -EINVAL);
	CHECK_EQ(dma_unmap(&a, 0, 0x1001, PAGE_SIZE), -EINVAL);
	CHECK_EQ(dma_unmap(&a, 0, 0x1000, PAGE_SIZE + 1), -EINVAL);
	CHECK_EQ(dma_unmap(&a, 0, -PAGE_SIZE, 2 * PAGE_SIZE), -EINVAL);
	CHECK_EQ(dma_unmap(&a, 0, 0x1000, PAGE_SIZE), -EINVAL);
	CHECK_EQ(dma_unmap(&a, all, 0x1000, 0), -EINVAL);
	CHECK_EQ(dma_unmap(&a, all, 0, PAGE_SIZE), -EINVAL);
	CHECK_EQ(dma_unmap(&a, all | bitmap, 0, 0), -EINVAL);
	CHECK_EQ(dma_unmap(&a, vaddr | bitmap, 0x1000, 4 * PAGE_SIZE), -EINVAL);
	CHECK_EQ(dma_unmap(&a, bitmap, 0x1000, 4 * PAGE_SIZE), -EINVAL);
	CHECK_EQ(shim_live(SHIM_PIN), 4);
	CHECK_EQ(dma_unmap(&a, 0, 0x100000, PAGE_SIZE), 0);
	CHECK_EQ(dma_unmap(&a, 0, 0, 0x10000), 4 * PAGE_SIZE);
	CHECK_EQ(dma_map(&a, MAP_RW, VADDR, 0, PAGE_SIZE), 0);
	CHECK_EQ(dma_map(&a, MAP_RW, VADDR, 0xfffffffff000, PAGE_SIZE), 0);
	CHECK_EQ(dma_unmap(&a, all, 0, 0), 2 * PAGE_SIZE);
	CHECK_EQ(dma_unmap(&a, all, 0, 0), 0);
	abi_down(&a);
}

static void v1_unmaps_whole_mappings(void)
{
	struct abi a;

	abi_up(&a, VFIO_TYPE1_IOMMU);
	shim_map(VADDR, 4, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(dma_map(&a, MAP_RW, VADDR, 0x1000, 4 * PAGE_SIZE), 0);
	CHECK_EQ(dma_unmap(&a, 0, 0x2000, PAGE_SIZE), 0);
	CHECK_EQ(dma_unmap(&a, 0, 0x1000, PAGE_SIZE), 4 * PAGE_SIZE);
	abi_down(&a);
}

static void addresses_change(void)
{
	const u32 set = VFIO_DMA_MAP_FLAG_VADDR, drop = VFIO_DMA_UNMAP_FLAG_VADDR;
	struct abi a;

	abi_up(&a, VFIO_TYPE1v2_IOMMU);
	shim_map(VADDR, 4, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(dma_map(&a, MAP_RW, VADDR, 0x1000, 4 * PAGE_SIZE), 0);
	CHECK_EQ(dma_map(&a, set, VADDR, 0x1000, 4 * PAGE_SIZE), -EINVAL);
	CHECK_EQ(dma_unmap(&a, drop, 0x1000, 4 * PAGE_SIZE), 4 * PAGE_SIZE);
	CHECK_EQ(dma_map(&a, set | MAP_RW, VADDR, 0x1000, 4 * PAGE_SIZE), -EINVAL);
	CHECK_EQ(dma_map(&a, set, VADDR + 1, 0x1000, 4 * PAGE_SIZE), -EINVAL);
	CHECK_EQ(dma_map(&a, set, -PAGE_SIZE, 0x1000, 4 * PAGE_SIZE), -EINVAL);
	CHECK_EQ(dma_map(&a, set, VADDR, 0x9000, 4 * PAGE_SIZE), -ENOENT);
	CHECK_EQ(dma_map(&a, set, VADDR, 0x1000, 4 * PAGE_SIZE), 0);
	CHECK_EQ(dma_unmap(&a, drop | VFIO_DMA_UNMAP_FLAG_ALL, 0, 0), 4 * PAGE_SIZE);
	CHECK_EQ(dma_unmap(&a, VFIO_DMA_UNMAP_FLAG_ALL, 0, 0), 4 * PAGE_SIZE);
	abi_down(&a);
}

/* All capabilities, found by the chain; the number of them. */
static unsigned int walk(const void *info, size_t size, u32 at,
			 const struct vfio_info_cap_header *by_id[4])
{
	unsigned int n = 0;

	for (; at; n++) {
		const struct vfio_info_cap_header *cap = info + at;

		CHECK(at % 8 == 0 && at + sizeof(*cap) <= size && n < 4);
		if (n >= 4 || at + sizeof(*cap) > size || cap->id > 3)
			break;
		CHECK_EQ(cap->version, 1);
		by_id[cap->id] = cap;
		at = cap->next;
	}
	return n;
}

static void info_and_capabilities(void)
{
	const struct vfio_info_cap_header *by_id[4] = {};
	struct vfio_iommu_type1_info_cap_iova_range *range;
	struct vfio_iommu_type1_info_cap_migration *migration;
	union {
		struct vfio_iommu_type1_info info;
		u8 bytes[512];
	} u = {};
	const u32 least = offsetofend(typeof(u.info), iova_pgsizes);
	u32 needed;
	struct abi a;

	abi_up(&a, VFIO_TYPE1v2_IOMMU);
	for (u.info.argsz = 0; u.info.argsz < least; u.info.argsz++)
		CHECK_EQ(CALL(&a, VFIO_IOMMU_GET_INFO, &u), -EINVAL);

	/* Short: what fits, and how much would do */
	u.info.argsz = least;
	memset(u.bytes + u.info.argsz, 0xee, 64);
	CHECK_EQ(CALL(&a, VFIO_IOMMU_GET_INFO, &u), 0);
	CHECK_EQ(u.info.iova_pgsizes, 0x40201000);
	CHECK_EQ(u.bytes[offsetof(typeof(u.info), cap_offset)], 0xee);
	needed = u.info.argsz;
	CHECK(u.info.flags & VFIO_IOMMU_INFO_CAPS && needed > sizeof(u.info));

	u.info.argsz = needed - 1;
	CHECK_EQ(CALL(&a, VFIO_IOMMU_GET_INFO, &u), 0);
	CHECK_EQ(u.info.argsz, needed);
	CHECK_EQ(u.info.cap_offset, 0);

	memset(u.bytes, 0xee, sizeof(u));
	u.info.argsz = needed;
	CHECK_EQ(CALL(&a, VFIO_IOMMU_GET_INFO, &u), 0);
	CHECK_EQ(u.info.flags, VFIO_IOMMU_INFO_PGSIZES | VFIO_IOMMU_INFO_CAPS);
	CHECK_EQ(u.info.argsz, needed);
	CHECK_EQ(u.bytes[needed], 0xee);
	CHECK_EQ(walk(&u, needed, u.info.cap_offset, by_id), 3);
	range = (void *)by_id[VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE];
	CHECK_OR_STOP(range);
	CHECK_EQ(range->nr_iovas, 1);
	CHECK_EQ(range->iova_ranges[0].start, 0);
	CHECK_EQ(range->iova_ranges[0].end, 0xffffffffffff);
	migration = (void *)by_id[VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION];
	CHECK_OR_STOP(migration);
	CHECK_EQ(migration->flags, 0);
	CHECK_EQ(migration->pgsize_bitmap, 0x1000);
	CHECK_EQ(migration->max_dirty_bitmap_size, 256 << 20);
	CHECK_EQ(((struct vfio_iommu_type1_info_dma_avail *)
		  by_id[VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL])->avail, 65535);
	abi_down(&a);
}

static void ranges_are_told_in_whole_pages(void)
{
	const struct vfio_info_cap_header *by_id[4] = {};
	struct vfio_iommu_type1_info_cap_iova_range *range;
	union {
		struct vfio_iommu_type1_info info;
		u8 bytes[512];
	} u = { .info.argsz = sizeof(u) };
	struct abi a;

	shim_init_type1_init();
	rig_group(&a.rig);
	a.rig.hw.aperture_last = ~0ULL;
	shim_group_reserve(a.rig.group, 0x1800, 0x1000, IOMMU_RESV_RESERVED);
	shim_group_reserve(a.rig.group, 0x3900, 0x1000, IOMMU_RESV_RESERVED);
	a.space = backend->open(VFIO_TYPE1v2_IOMMU);
	CHECK_EQ(backend->attach(a.space, a.rig.group), 0);
	CHECK_EQ(CALL(&a, VFIO_IOMMU_GET_INFO, &u), 0);
	walk(&u, sizeof(u), u.info.cap_offset, by_id);
	range = (void *)by_id[VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE];
	CHECK_OR_STOP(range);
	CHECK_EQ(range->nr_iovas, 2);
	CHECK_EQ(range->iova_ranges[0].start, 0);
	CHECK_EQ(range->iova_ranges[0].end, 0xfff);
	CHECK_EQ(range->iova_ranges[1].start, 0x5000);
	CHECK_EQ(range->iova_ranges[1].end, ~0ULL);
	abi_down(&a);
}

struct get {
	struct vfio_iommu_type1_dirty_bitmap head;
	struct vfio_iommu_type1_dirty_bitmap_get get;
};

static long dirty(struct abi *a, u32 flags)
{
	struct vfio_iommu_type1_dirty_bitmap args = { .argsz = sizeof(args), .flags = flags };

	return CALL(a, VFIO_IOMMU_DIRTY_PAGES, &args);
}

static void dirty_pages(void)
{
	u64 *bitmap = shim_user_alloc(16);
	struct get get = {
		.head = { .argsz = sizeof(get), .flags = VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP },
		.get = { .iova = 0x1000, .size = 65 * PAGE_SIZE,
			 .bitmap = { .pgsize = PAGE_SIZE, .size = 16, .data = (void *)bitmap } },
	}, bad;
	struct abi a;

	memset(shim_user_body(bitmap), 0, 16);
	abi_up(&a, VFIO_TYPE1v2_IOMMU);
	shim_map(VADDR, 80, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(dma_map(&a, MAP_RW, VADDR, 0x1000, 65 * PAGE_SIZE), 0);
	CHECK_EQ(CALL(&a, VFIO_IOMMU_DIRTY_PAGES, &get), -EINVAL);
	CHECK_EQ(dirty(&a, 0), -EINVAL);
	CHECK_EQ(dirty(&a, 3), -EINVAL);
	CHECK_EQ(dirty(&a, 8), -EINVAL);
	CHECK_EQ(dirty(&a, VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP), -EINVAL);
	CHECK_EQ(dirty(&a, VFIO_IOMMU_DIRTY_PAGES_FLAG_START), 0);
	CHECK_EQ(dirty(&a, VFIO_IOMMU_DIRTY_PAGES_FLAG_START), 0);

#define BAD(field, value) do { bad = get; bad.field = value;				\
	CHECK_EQ(CALL(&a, VFIO_IOMMU_DIRTY_PAGES, &bad), -EINVAL); } while (0)
	BAD(head.argsz, sizeof(get) - 1);
	BAD(get.size, 0);
	BAD(get.size, 65 * PAGE_SIZE + 1);
	BAD(get.iova, 0x1001);
	BAD(get.iova, -PAGE_SIZE);
	BAD(get.bitmap.pgsize, 2 * PAGE_SIZE);
	BAD(get.bitmap.pgsize, 0);
	BAD(get.bitmap.size, 0);
	BAD(get.bitmap.size, 8);
	BAD(get.bitmap.size, 15);
	BAD(get.bitmap.size, (256ULL << 20) + 8);
	BAD(get.bitmap.data, (void *)-4096UL);
#undef BAD
	CHECK_EQ(call(&a, VFIO_IOMMU_DIRTY_PAGES, &get, sizeof(get) - 8), -EFAULT);
	CHECK_EQ(*(u64 *)shim_user_body(bitmap), 0);
	CHECK_EQ(CALL(&a, VFIO_IOMMU_DIRTY_PAGES, &get), 0);
	CHECK_EQ(((u64 *)shim_user_body(bitmap))[0], ~0ULL);
	CHECK_EQ(((u64 *)shim_user_body(bitmap))[1], 1);
	CHECK_EQ(dirty(&a, VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP), 0);
	CHECK_EQ(CALL(&a, VFIO_IOMMU_DIRTY_PAGES, &get), -EINVAL);
	abi_down(&a);
}

static void unmap_with_a_bitmap(void)
{
	u64 *bitmap = shim_user_alloc(8);
	struct {
		struct vfio_iommu_type1_dma_unmap unmap;
		struct vfio_bitmap bitmap;
	} args = {
		.unmap = { .argsz = sizeof(args), .iova = 0x1000, .size = 5 * PAGE_SIZE,
			   .flags = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP },
		.bitmap = { .pgsize = PAGE_SIZE, .size = 8, .data = (void *)bitmap },
	};
	struct abi a;

	memset(shim_user_body(bitmap), 0, 8);
	abi_up(&a, VFIO_TYPE1v2_IOMMU);
	shim_map(VADDR, 8, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(dma_map(&a, MAP_RW, VADDR, 0x2000, 2 * PAGE_SIZE), 0);
	CHECK_EQ(dma_map(&a, VFIO_DMA_MAP_FLAG_READ, VADDR, 0x5000, PAGE_SIZE), 0);
	CHECK_EQ(CALL(&a, VFIO_IOMMU_UNMAP_DMA, &args), -EINVAL);
	CHECK_EQ(dirty(&a, VFIO_IOMMU_DIRTY_PAGES_FLAG_START), 0);
	args.unmap.argsz--;
	CHECK_EQ(CALL(&a, VFIO_IOMMU_UNMAP_DMA, &args), -EINVAL);
	args.unmap.argsz++;
	args.bitmap.size = 7;
	CHECK_EQ(CALL(&a, VFIO_IOMMU_UNMAP_DMA, &args), -EINVAL);
	args.bitmap.size = 8;
	CHECK_EQ(shim_live(SHIM_PIN), 3);
	CHECK_EQ(CALL(&a, VFIO_IOMMU_UNMAP_DMA, &args), 0);
	CHECK_EQ(args.unmap.size, 3 * PAGE_SIZE);
	CHECK_EQ(*(u64 *)shim_user_body(bitmap), 6);
	abi_down(&a);
}

static void dirty_pages_are_of_v2(void)
{
	struct abi a;

	abi_up(&a, VFIO_TYPE1_IOMMU);
	CHECK_EQ(dirty(&a, VFIO_IOMMU_DIRTY_PAGES_FLAG_START), -EACCES);
	abi_down(&a);
}

/* Every ioctl with every failure: an error, and the space as it was. */
static void failure_everywhere(void)
{
	SHIM_SWEEP() {
		union {
			struct vfio_iommu_type1_info info;
			u8 bytes[256];
		} u = { .info.argsz = sizeof(u) };
		struct vm_area_struct *vma;
		struct abi a;
		long ret;

		abi_up(&a, VFIO_TYPE1v2_IOMMU);
		vma = shim_map(VADDR, 50, SHIM_RW, SHIM_SCATTERED);
		ret = CALL(&a, VFIO_IOMMU_GET_INFO, &u);
		CHECK(!ret || shim_failed());
		ret = dma_map(&a, MAP_RW, VADDR, 0x1000, 50 * PAGE_SIZE);
		CHECK(!ret || shim_failed());
		CHECK_EQ(shim_live(SHIM_PIN), ret ? 0 : 50);
		CHECK_EQ(shim_live(SHIM_IOPAGE), ret ? 0 : 50);
		dma_unmap(&a, 0, 0x1000, 50 * PAGE_SIZE);
		abi_down(&a);
		shim_unmap(vma);
	}
}

UNIT_TESTS(type1_abi,
	{ "types and extensions", types_and_extensions },
	{ "interrupts must be isolated", interrupts_must_be_isolated },
	{ "arguments of MAP_DMA", map_arguments },
	{ "arguments of UNMAP_DMA", unmap_arguments },
	{ "v1 unmaps whole mappings", v1_unmaps_whole_mappings },
	{ "addresses change", addresses_change },
	{ "info and capabilities", info_and_capabilities },
	{ "ranges are told in whole pages", ranges_are_told_in_whole_pages },
	{ "DIRTY_PAGES", dirty_pages },
	{ "unmap with a bitmap", unmap_with_a_bitmap },
	{ "DIRTY_PAGES is of v2", dirty_pages_are_of_v2 },
	{ "failure everywhere", failure_everywhere })
