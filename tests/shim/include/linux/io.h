/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_IO_H
#define SHIM_LINUX_IO_H

#include <linux/types.h>

/*
 * Mapped device memory has addresses at which nothing is: following such a pointer
 * faults. These functions look at which device it belongs to, and whether it answers.
 */
u8 ioread8(const void __iomem *at);
u16 ioread16(const void __iomem *at);
u32 ioread32(const void __iomem *at);
u64 ioread64(const void __iomem *at);
void iowrite8(u8 value, void __iomem *at);
void iowrite16(u16 value, void __iomem *at);
void iowrite32(u32 value, void __iomem *at);
void iowrite64(u64 value, void __iomem *at);
#define readb(at) ioread8(at)
#define readw(at) ioread16(at)
#define readl(at) ioread32(at)
#define readq(at) ioread64(at)
#define writeb(value, at) iowrite8(value, at)
#define writew(value, at) iowrite16(value, at)
#define writel(value, at) iowrite32(value, at)
#define writeq(value, at) iowrite64(value, at)

#define MEMREMAP_WB 1
void *memremap(phys_addr_t addr, size_t size, unsigned long flags);
void memunmap(void *at);
void __iomem *ioremap(phys_addr_t addr, size_t size);
void iounmap(void __iomem *at);
void __iomem *ioport_map(unsigned long port, unsigned int n);
void ioport_unmap(void __iomem *at);
void memcpy_fromio(void *to, const void __iomem *from, size_t n);

#include <asm/page.h>

#endif
