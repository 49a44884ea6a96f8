/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device side of VFIO: what a driver gives to the core so that user space can
 * drive its device, and what the core offers to it.
 *
 * Life of a device: vfio_alloc_device() makes it and calls ops->init;
 * vfio_register_group_dev() publishes it; each file descriptor on it holds a registration
 * reference; vfio_unregister_group_dev() hides it, asks its users to let go (ops->request)
 * and returns when the last has; the final vfio_put_device() calls ops->release and frees it.
 *
 * Invariants:
 * - open_device runs for the first file descriptor only, close_device after the last, and
 *   the two never overlap. Between them, and only then, the other ops run.
 * - ops->read, write, ioctl, mmap and device_feature of one device can run at the same time
 *   in several threads; the driver locks its own state.
 * - After vfio_unregister_group_dev() has returned no op is called any more.
 */
#ifndef VFIO_VFIO_H
#define VFIO_VFIO_H

#include <linux/cdev.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/eventfd.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/refcount.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <uapi/linux/vfio.h>
#include <vfio/mig.h>

struct dentry;
struct iommufd_ctx;
struct kvm;
struct vfio_container;
struct vfio_device_ops;
struct vfio_group;

/**
 * struct vfio_device - one device that user space can open
 * @dev: the bus's device, held by its driver for as long as the registration lasts
 * @ops: the driver's operations; constant after vfio_alloc_device()
 * @kvm: the virtual machine that uses the device, or NULL; constant from before open_device
 *	until after close_device, and referenced in between
 * @mig_ops: the driver's migration, or NULL; see <vfio/mig.h>
 * @debug_root: its directory in debugfs, from vfio_register_group_dev() until
 *	vfio_unregister_group_dev() has waited for its users
 * @migration_flags: VFIO_MIGRATION_*: which states it has. Both are constant from
 *	vfio_register_group_dev() on
 *
 * Lock order: group->lock, container->rwsem, @lock; @mig_lock comes before the driver's locks
 * and is held together with none of the core's. The private fields belong to
 * vfio/core; a driver embeds the structure as the first member of its own and touches none.
 */
struct vfio_device {
	struct device *dev;
	const struct vfio_device_ops *ops;
	struct kvm *kvm;
	const struct vfio_migration_ops *mig_ops;
	u32 migration_flags;
	struct dentry *debug_root;

	/* private: vfio/core's */
	struct device device;		/* vfioN in class vfio-dev; its release frees all */
	unsigned int index;		/* N */
	struct inode *inode;		/* one mapping for the BARs of all file descriptors */
	struct vfio_group *group;	/* set while registered */
	struct list_head group_next;	/* guard: group->device_lock */
	struct mutex lock;		/* guards open_count, opener; held across open and close */
	unsigned int open_count;	/* file descriptors */
	char opener[32];		/* "command[process]" that opened the first of them */
	struct mutex mig_lock;		/* held across calls of mig_ops */
	struct module *owner;		/* module that stays while open_count > 0 */
	struct module *maker;		/* module whose reference ends when all is freed, or NULL */
	void *dma;			/* in the container's space, while open, if emulated */
	void (*put_kvm)(struct kvm *kvm); /* drops the reference behind @kvm */
	refcount_t registered;		/* users of the registration; 0 once hidden and unused */
	struct completion unused;	/* registered fell to 0 */
};

/**
 * struct vfio_device_ops - what a driver does for its device
 * @name: the driver's name, for messages
 * @init: set up the driver's part of a fresh device; -errno fails vfio_alloc_device()
 * @release: undo @init; the last thing that happens, in any context that may sleep
 * @open_device: make the device ready for its first user; -errno refuses the open
 * @close_device: its last user has gone; must leave it unable to do DMA or to interrupt
 * @read: read from the region that *@ppos selects; bytes read or -errno
 * @write: likewise
 * @ioctl: every VFIO_DEVICE_* but VFIO_DEVICE_FEATURE; -ENOTTY for those unknown
 * @mmap: map the region that vma->vm_pgoff selects
 * @request: user space is asked to give the device up; @count is how often it was asked
 * @dma_unmap: for a device with an emulated IOMMU: user space ends the mapping of @length bytes
 *	from @iova on. The driver must vfio_unpin_pages() what it has pinned of them before it
 *	returns. Runs only while the device has pins, and for mappings of which some device has
 *	pinned pages, perhaps another one; from just before @open_device until just after
 *	@close_device, so that it must rely on nothing that these set up or take down. The core
 *	holds no lock that vfio_unpin_pages(), vfio_pin_pages() or vfio_dma_rw() takes, but one
 *	that the opening and closing of other devices needs: this op must not wait for those. A
 *	lock of the driver that it takes here and holds around vfio_pin_pages() must not be taken
 *	in mmap, in vm_ops, in notifiers of the mm or in shrinkers, for all of which user memory
 *	that is being pinned may wait. A driver without this op cannot pin.
 * @match: does the name given to VFIO_GROUP_GET_DEVICE_FD mean this device? 1 yes, 0 no,
 *	-errno refuses the open. Without this op the name must equal dev_name(dev).
 * @device_feature: VFIO_DEVICE_FEATURE; @flags and @argsz (size of the data behind the
 *	header) as user space gave them, see vfio_check_feature(); 0 or more, or -errno
 * @bind_iommufd: not called, since iommufd is not offered; here for drivers that mainline knows
 * @unbind_iommufd: likewise
 * @attach_ioas: likewise
 * @detach_ioas: likewise
 *
 * All but @name and @open_device may be absent. Context: process, may sleep.
 */
struct vfio_device_ops {
	const char *name;
	int (*init)(struct vfio_device *vdev);
	void (*release)(struct vfio_device *vdev);
	int (*open_device)(struct vfio_device *vdev);
	void (*close_device)(struct vfio_device *vdev);
	ssize_t (*read)(struct vfio_device *vdev, char __user *buf, size_t count, loff_t *ppos);
	ssize_t (*write)(struct vfio_device *vdev, const char __user *buf, size_t count,
			 loff_t *ppos);
	long (*ioctl)(struct vfio_device *vdev, unsigned int cmd, unsigned long arg);
	int (*mmap)(struct vfio_device *vdev, struct vm_area_struct *vma);
	void (*request)(struct vfio_device *vdev, unsigned int count);
	void (*dma_unmap)(struct vfio_device *vdev, u64 iova, u64 length);
	int (*match)(struct vfio_device *vdev, char *name);
	int (*device_feature)(struct vfio_device *vdev, u32 flags, void __user *arg,
			      size_t argsz);
	int (*bind_iommufd)(struct vfio_device *vdev, struct iommufd_ctx *ictx,
			    u32 *out_device_id);
	void (*unbind_iommufd)(struct vfio_device *vdev);
	int (*attach_ioas)(struct vfio_device *vdev, u32 *pt_id);
	void (*detach_ioas)(struct vfio_device *vdev);
};

struct vfio_device *_vfio_alloc_device(size_t size, struct device *dev,
				       const struct vfio_device_ops *ops);

/**
 * vfio_alloc_device() - allocate a driver's structure with the vfio_device in it
 * @type: the driver's structure, without "struct"
 * @member: its vfio_device, which must come first
 * @parent: the bus's device
 * @dev_ops: operations
 *
 * Return: the structure, zeroed beyond what @dev_ops->init set, or ERR_PTR().
 * Free with vfio_put_device().
 */
#define vfio_alloc_device(type, member, parent, dev_ops)				\
({											\
	static_assert(offsetof(struct type, member) == 0);				\
	(struct type *)_vfio_alloc_device(sizeof(struct type), (parent), (dev_ops));	\
})

void vfio_device_keep_maker(struct vfio_device *vdev, struct module *maker);

static inline void vfio_put_device(struct vfio_device *vdev)
{
	put_device(&vdev->device);
}

int vfio_register_group_dev(struct vfio_device *vdev);
int vfio_register_emulated_iommu_dev(struct vfio_device *vdev);
void vfio_unregister_group_dev(struct vfio_device *vdev);

/* What user space has mapped, for devices with an emulated IOMMU: emulated.c */

/* Pages that vfio_pin_pages() and vfio_unpin_pages() take at once */
#define VFIO_PIN_PAGES_MAX_ENTRIES	(PAGE_SIZE / sizeof(unsigned long))

int vfio_pin_pages(struct vfio_device *vdev, dma_addr_t iova, int npage, int prot,
		   struct page **pages);
void vfio_unpin_pages(struct vfio_device *vdev, dma_addr_t iova, int npage);
int vfio_dma_rw(struct vfio_device *vdev, dma_addr_t iova, void *data, size_t len, bool write);

/**
 * vfio_device_mapping() - the address space behind every mmap of a device
 * @vdev: device
 *
 * For unmap_mapping_range(), which takes the BARs away from all users at once. A page
 * offset in it is the page offset that mmap() was given.
 */
static inline struct address_space *vfio_device_mapping(struct vfio_device *vdev)
{
	return vdev->inode->i_mapping;
}

/* Arguments and results of ioctls: args.c, info.c */

int vfio_args_get(void *args, size_t size, size_t minsz, const void __user *uarg);
int vfio_irq_set_size(const struct vfio_irq_set *hdr, u32 num_irqs, size_t *data_size);
int vfio_check_feature(u32 flags, size_t argsz, u32 supported_ops, size_t minsz);

/**
 * struct vfio_info_cap - a capability chain in the making
 * @buf: the chain; offsets in it count from its own start until vfio_info_copy() shifts them
 * @size: bytes in @buf
 *
 * Start with zeroes, add with vfio_info_add_capability(), end with vfio_info_cap_free().
 */
struct vfio_info_cap {
	void *buf;
	size_t size;
};

struct vfio_info_cap_header *vfio_info_cap_add(struct vfio_info_cap *caps, size_t size,
					       u16 id, u16 version);
int vfio_info_add_capability(struct vfio_info_cap *caps, struct vfio_info_cap_header *cap,
			     size_t size);
int vfio_info_copy(void __user *uarg, void *info, size_t size, size_t argsz_in,
		   struct vfio_info_cap *caps, u32 caps_flag, size_t cap_offset_at);
void vfio_info_cap_free(struct vfio_info_cap *caps);

/*
 * A call into a driver each time an eventfd is signalled: made by vfio_virqfd_enable(), ended by
 * vfio_virqfd_disable() or when the other side closes the eventfd. See virqfd.c.
 */
struct virqfd;

int vfio_virqfd_enable(void *opaque, int (*handler)(void *opaque, void *data),
		       void (*thread)(void *opaque, void *data), void *data,
		       struct virqfd **slot, int fd);
void vfio_virqfd_disable(struct virqfd **slot);

/* Files of VFIO as KVM and hot reset see them: kvm.c */

bool vfio_file_is_group(struct file *file);
bool vfio_file_is_valid(struct file *file);
bool vfio_file_is_ready(struct file *file);
bool vfio_file_enforced_coherent(struct file *file);
void vfio_file_set_kvm(struct file *file, struct kvm *kvm);
bool vfio_file_has_dev(struct file *file, struct vfio_device *vdev);
struct iommu_group *vfio_file_iommu_group(struct file *file);

#endif
