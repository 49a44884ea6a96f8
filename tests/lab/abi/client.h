/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small client of the VFIO ABI for tests and measurements.
 *
 * Every call returns what the kernel returned, or the negative errno: a check then names the
 * errno that it expects. Nothing here decides, retries or prints.
 */
#ifndef ABI_CLIENT_H
#define ABI_CLIENT_H

#include <linux/vfio.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SIZE	4096UL
#define HUGE_SIZE	(2UL << 20)
#define RW		(VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE)

/*
 * A PCI device as sysfs shows it: name "0000:00:10.0", number of its IOMMU group. A session can be
 * had on a mediated device, too; its name is a UUID.
 */
struct pci_dev {
	char name[40];
	int group;
};

/* A device opened all the way; closed members are -1. */
struct session {
	struct pci_dev dev;
	int container;
	int group;
	int device;
};

/* sysfs.c */
int pci_find(unsigned int vendor, unsigned int device, unsigned int nth, struct pci_dev *found);
int pci_named(const char *name, struct pci_dev *found);
int pci_bind(const struct pci_dev *dev, const char *driver);
int pci_unbind(const struct pci_dev *dev);
int pci_driver(const struct pci_dev *dev, char *name, size_t size);
int pci_resource(const struct pci_dev *dev, unsigned int bar, uint64_t *start, uint64_t *size);
int sysfs_write(const char *path, const char *text);
long file_number(const char *path, const char *key);
long pinned_pages(void);
bool pins_returned(long before);
long locked_pages(void);

/* client.c */
int vf_ioctl(int fd, unsigned long request, void *arg);
int vf_ioctl_number(int fd, unsigned long request, unsigned long arg);
int container_open(void);
int group_open(int number);
int group_attach(int group, int container);
int group_device(int group, const char *name);
int session_open(struct session *s, const struct pci_dev *dev);
/* @options: what follows the device's name, " vf_token=UUID"; with NULL the device is not opened */
int session_open_as(struct session *s, const struct pci_dev *dev, const char *options);
int session_reopen_device(struct session *s);
void session_close(struct session *s);
void close_fd(int *fd);

int dma_map(int container, const void *memory, uint64_t iova, uint64_t size, uint32_t flags);
int dma_unmap(int container, uint64_t iova, uint64_t size, uint32_t flags, uint64_t *unmapped);

int region_info(int device, uint32_t index, struct vfio_region_info *info);
int irq_info(int device, uint32_t index, struct vfio_irq_info *info);
int irq_set(int device, uint32_t flags, uint32_t index, uint32_t start, uint32_t count,
	    const void *data, size_t size);
int irq_eventfds(int device, uint32_t index, uint32_t start, uint32_t count, const int *fds);
int irq_disable(int device, uint32_t index);

long region_read(int device, uint32_t index, uint64_t offset, void *data, size_t size);
long region_write(int device, uint32_t index, uint64_t offset, const void *data, size_t size);
uint32_t config_read(int device, unsigned int offset, unsigned int size);
long config_write(int device, unsigned int offset, unsigned int size, uint32_t value);
unsigned int config_cap(int device, unsigned int id);

void *memory_small(size_t size);
void *memory_huge(size_t size);
void *memory_thp(size_t size);
void *memory_reserve(size_t size);

#endif
