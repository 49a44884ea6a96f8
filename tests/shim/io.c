// SPDX-License-Identifier: GPL-2.0-only
/* Device memory as kernel code maps and accesses it; see linux/io.h. */
#include <stdlib.h>

#include <linux/io.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <shim/fault.h>
#include <shim/io.h>
#include <shim/pci.h>
#include <shim/report.h>

#define BASE 0x200000000000UL
#define STRIDE (1UL << 38)
#define MAPS 32

struct shim_io_last shim_io_last;

static struct map {
	struct pci_dev *pdev;
	u16 command;
	u8 *memory, *own;
	u64 size;
} maps[MAPS];

void __iomem *shim_io_map(struct pci_dev *pdev, u16 command, u8 *memory, u64 size)
{
	unsigned int i = 0;

	while (i < MAPS && maps[i].size)
		i++;
	if (i == MAPS || size >= STRIDE)
		shim_die("device memory of %llu bytes: too much, or too many mappings", size);
	maps[i] = (struct map){ pdev, command, memory, NULL, size };
	if (!memory)
		maps[i].memory = maps[i].own = calloc(1, size);
	shim_live_add(SHIM_IOMAP, 1);
	return (void __iomem *)(BASE + i * STRIDE);
}

static struct map *find(const void __iomem *at, u64 *offset)
{
	unsigned long i = ((unsigned long)at - BASE) / STRIDE;

	*offset = ((unsigned long)at - BASE) % STRIDE;
	if ((unsigned long)at < BASE || i >= MAPS || !maps[i].size)
		shim_die("%p is no mapped device memory", at);
	return &maps[i];
}

void shim_io_unmap(void __iomem *at)
{
	u64 offset;
	struct map *map = find(at, &offset);

	if (offset)
		shim_die("device memory unmapped at offset %#llx", offset);
	free(map->own);
	*map = (struct map){ 0 };
	shim_live_add(SHIM_IOMAP, -1);
}

/* NULL when nobody answers. */
static u8 *reach(const void __iomem *at, unsigned int width, bool write, u64 value)
{
	u64 offset;
	struct map *map = find(at, &offset);

	if (offset + width > map->size || offset % width)
		shim_die("access to device memory: %u bytes at %#llx of %#llx", width, offset,
			 map->size);
	shim_io_last = (struct shim_io_last){ offset, value, width, write,
					      shim_io_last.count + 1 };
	if (map->pdev && !shim_pci_answers(map->pdev, map->command)) {
		shim_complain("%s: %s at %#llx while it does not answer",
			      pci_name(map->pdev), write ? "write" : "read", offset);
		return NULL;
	}
	if (map->pdev && shim_pci(map->pdev)->gone)
		return NULL;
	return map->memory + offset;
}

#define ACCESS(bits)								\
u##bits ioread##bits(const void __iomem *at)					\
{										\
	u8 *from = reach(at, bits / 8, false, 0);				\
	u##bits value = (u##bits)~0ULL;						\
										\
	if (from)								\
		memcpy(&value, from, sizeof(value));				\
	return value;								\
}										\
void iowrite##bits(u##bits value, void __iomem *at)				\
{										\
	u8 *to = reach(at, bits / 8, true, value);				\
										\
	if (to)									\
		memcpy(to, &value, sizeof(value));				\
}
ACCESS(8)
ACCESS(16)
ACCESS(32)
ACCESS(64)

void memcpy_fromio(void *to, const void __iomem *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((u8 *)to)[i] = ioread8((const u8 *)from + i);
}

void __iomem *ioremap(phys_addr_t addr, size_t size)
{
	return shim_should_fail("ioremap") ? NULL : shim_io_map(NULL, 0, NULL, size);
}

void iounmap(void __iomem *at)
{
	shim_io_unmap(at);
}

void __iomem *ioport_map(unsigned long port, unsigned int n)
{
	return ioremap(port, n);
}

void ioport_unmap(void __iomem *at)
{
	shim_io_unmap(at);
}

static struct {
	phys_addr_t at;
	u8 *content;
	size_t size;
} memory;

void shim_io_memory(phys_addr_t at, void *content, size_t size)
{
	memory.at = at;
	memory.content = content;
	memory.size = size;
}

int region_intersects(u64 at, size_t size, unsigned long flags, unsigned long desc)
{
	bool begins = at >= memory.at && at < memory.at + memory.size;
	bool ends = at + size > memory.at && at + size <= memory.at + memory.size;

	return begins && ends ? REGION_DISJOINT : begins || ends ? REGION_MIXED : REGION_INTERSECTS;
}

/* A copy, so that the sanitizer sees who reads beyond what was mapped */
void *memremap(phys_addr_t addr, size_t size, unsigned long flags)
{
	void *copy;

	if (addr < memory.at || size > memory.size || addr - memory.at > memory.size - size ||
	    shim_should_fail("memremap"))
		return NULL;
	copy = malloc(size);
	memcpy(copy, memory.content + (addr - memory.at), size);
	shim_live_add(SHIM_IOMAP, 1);
	return copy;
}

void memunmap(void *at)
{
	shim_live_add(SHIM_IOMAP, -1);
	free(at);
}
