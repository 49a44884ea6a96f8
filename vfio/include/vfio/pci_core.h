/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vfio-pci-core: the library behind every VFIO driver for a PCI device.
 *
 * A driver embeds struct vfio_pci_core_device as the first member of its own structure,
 * points its vfio_device_ops at the functions below, and replaces those whose behaviour it
 * changes. vfio-pci is the smallest such driver. Names and meaning of the functions are those
 * that mainline's drivers know.
 *
 * Two ways lead to such a driver. A variant driver is a pci_driver of its own, with the alias
 * vfio_pci: that PCI_DRIVER_OVERRIDE_DEVICE_VFIO() makes. A vendor driver leaves the device
 * with vfio-pci, and serves it there; see struct vfio_pci_vendor_driver.
 *
 * Life: probe() calls vfio_alloc_device() (init = vfio_pci_core_init_dev) and
 * vfio_pci_core_register_device(); open_device() calls vfio_pci_core_enable(), then what the
 * driver has to do itself, then vfio_pci_core_finish_enable(); close_device() is
 * vfio_pci_core_close_device(); remove() calls vfio_pci_core_unregister_device() and
 * vfio_put_device(). Runtime PM of the driver's devices is the library's: registering the first one
 * sets .driver.pm of its pci_driver.
 */
#ifndef VFIO_PCI_CORE_H
#define VFIO_PCI_CORE_H

#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <vfio/vfio.h>

struct module;

/*
 * A file offset of a device is the region's index above these bits and the offset in the
 * region below. User space is told so by VFIO_DEVICE_GET_REGION_INFO; some of it knows.
 */
#define VFIO_PCI_OFFSET_SHIFT		40
#define VFIO_PCI_OFFSET_TO_INDEX(off)	((u64)(off) >> VFIO_PCI_OFFSET_SHIFT)
#define VFIO_PCI_INDEX_TO_OFFSET(index)	((u64)(index) << VFIO_PCI_OFFSET_SHIFT)
#define VFIO_PCI_OFFSET_MASK		((1ULL << VFIO_PCI_OFFSET_SHIFT) - 1)

struct vfio_pci_config;
struct vfio_pci_core_device;
struct vfio_pci_intx;
struct vfio_pci_region;
struct vfio_pci_token;
struct vfio_pci_vector;
struct vfio_pci_vendor_driver;

/**
 * struct vfio_pci_regops - what a driver does for a region of its own
 * @rw: read() or write(): @count bytes at the file offset *@ppos, which it moves on; the bytes
 *	lie in the region, and its flags allow what is asked. Bytes moved, or -errno
 * @release: undo what the driver did before it registered the region; at close
 * @mmap: map pages of the region; @vma is shared, lies in it, cannot grow, and cannot be written
 *	to unless the region's flags allow it. Needed if they say so. The library does not take such
 *	mappings away when the device stops answering
 * @add_capability: append to the chain of VFIO_DEVICE_GET_REGION_INFO; 0 or -errno
 *
 * All but @rw may be absent. Context: process, may sleep; @rw, @mmap and @add_capability of one
 * region in several threads at the same time.
 */
struct vfio_pci_regops {
	ssize_t (*rw)(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
		      loff_t *ppos, bool iswrite);
	void (*release)(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region);
	int (*mmap)(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region,
		    struct vm_area_struct *vma);
	int (*add_capability)(struct vfio_pci_core_device *vdev,
			      struct vfio_pci_region *region, struct vfio_info_cap *caps);
};

/**
 * struct vfio_pci_region - a region of a driver, behind those of the PCI ABI
 * @size: bytes
 * @flags: VFIO_REGION_INFO_FLAG_READ, _WRITE and _MMAP
 * @type: VFIO_REGION_TYPE_*, by which user space finds it
 * @subtype: within @type
 * @data: the driver's
 * @ops: operations
 */
struct vfio_pci_region {
	size_t size;
	u32 flags;
	u32 type;
	u32 subtype;
	void *data;
	const struct vfio_pci_regops *ops;
};

/**
 * struct vfio_pci_trap_ops - what a driver does for a part of a BAR that it answers for
 * @read: give the @width bytes (1, 2, 4, or 8 in memory) at @pos of the BAR, aligned to their
 *	width, as a number; 0 or -errno
 * @write: take them
 *
 * Context: process, may sleep, no lock of the library held; in several threads at the same
 * time. The device decoded the BAR when the access began.
 */
struct vfio_pci_trap_ops {
	int (*read)(struct vfio_pci_core_device *vdev, void *data, u64 pos, unsigned int width,
		    u64 *value);
	int (*write)(struct vfio_pci_core_device *vdev, void *data, u64 pos, unsigned int width,
		     u64 value);
};

/**
 * struct vfio_pci_irqs - all interrupts of an open device
 * @lock: guards everything here but what @err and @req point to
 * @intx: state of INTx while it is on, else NULL
 * @intx_disabled: what user space wrote to the Interrupt Disable bit of its command register
 * @vectors: array of @num_vectors while MSI or MSI-X is on or parked, else NULL
 * @num_vectors: vectors that can be named; some may have no Linux interrupt yet
 * @keep_vectors: a vector that is turned off keeps its interrupt, masked
 * @parked: MSI-X is off, and its vectors are kept; changed with command_lock held, too
 * @err: eventfd of VFIO_PCI_ERR_IRQ_INDEX, or NULL
 * @req: eventfd of VFIO_PCI_REQ_IRQ_INDEX, or NULL
 * @event_lock: held with @lock to change @err and @req, and alone to signal them: who reports
 *	an error may hold locks of the PCI core, which come before @lock
 */
struct vfio_pci_irqs {
	struct mutex lock;
	struct vfio_pci_intx *intx;
	bool intx_disabled;
	struct vfio_pci_vector *vectors;
	unsigned int num_vectors;
	bool keep_vectors;
	bool parked;
	struct eventfd_ctx *err;
	struct eventfd_ctx *req;
	spinlock_t event_lock;
};

/**
 * struct vfio_pci_ioeventfds - writes to BARs that eventfds make
 * @lock: guards the others
 * @list: of them, see ioeventfd.c
 * @num: entries in @list
 */
struct vfio_pci_ioeventfds {
	struct mutex lock;
	struct list_head list;
	unsigned int num;
};

/**
 * struct vfio_pci_low_power - sleep that its user allows an open device; see low_power.c
 * @allowed: it may sleep whenever nobody uses it, and user memory has none of its BARs; guard:
 *	memory_lock, or a runtime PM reference that was taken before
 * @asleep: it does, or is about to; changed with irqs.lock and memory_lock held
 * @wakeup: eventfd to signal when it has woken, which is not allowed to sleep any more then; or
 *	NULL; guard: memory_lock
 */
struct vfio_pci_low_power {
	bool allowed;
	bool asleep;
	struct eventfd_ctx *wakeup;
};

/**
 * struct vfio_pci_core_device - a PCI device behind VFIO
 * @vdev: the VFIO device; first
 * @pdev: the PCI device
 * @barmap: BARs as mapped for read() and write(); published once under @map_lock, gone at
 *	disable
 * @map_lock: guards the making of @barmap
 * @memory_lock: read: the BARs answer for as long as it is held, provided that
 *	vfio_pci_decodes() says so; write, with irqs.lock: decoding or the power state changes
 * @command_lock: guards every change of bits of the Command register, and
 *	struct vfio_pci_intx; taken in hard interrupt context
 * @decode_forced: memory decode is on for the host's use only, or while the device sleeps; guard:
 *	irqs.lock and @memory_lock
 * @borrowed: awake for the host's use only: to user space it sleeps; guard: irqs.lock and
 *	@memory_lock
 * @irqs: interrupts
 * @irq_type: the one index of INTx, MSI and MSI-X that is on, or VFIO_PCI_NUM_IRQS for none;
 *	guard: irqs.lock
 * @ioeventfds: writes that eventfds make
 * @config: virtual configuration space; NULL but between enable and disable
 * @saved: configuration of the device as it was after the reset of enable
 * @low_power: sleep that user space allows
 * @d3_saved: configuration to write back when user space leaves D3hot; guard: @memory_lock
 * @tail: the rest of a BAR's last page, reserved for it; .flags is 0
 *	when there is none
 * @mmap_bars: bit per BAR that mmap() may map
 * @msix_bar: BAR of the MSI-X table, or -1
 * @msix_offset: where the table begins in it
 * @msix_size: bytes of the table
 * @region: the driver's own regions, @num_regions of them, behind those of the ABI
 * @num_regions: there are
 * @traps: parts of BARs that the driver answers for, by BAR and place
 * @num_msi: vectors that MSI has
 * @num_msix: vectors that MSI-X has
 * @intx_maskable: INTx has a Disable bit that works (PCI 2.3), so the line can be shared
 * @intx_broken: INTx cannot be used at all
 * @reset_works: the reset of enable succeeded
 * @needs_reset: user space had the device, and it has not been reset since; written with a claim
 * @bound: entry in the list of bound devices; see claim.c, which guards it and @claimed
 * @claimed: somebody has a claim
 * @opened: from the end of enable to that of disable; written with a claim
 * @set_next: entry in the set that is claimed with the device
 * @has_vga: the VGA region is there
 * @idle_d3: the device may sleep while nobody has it open; constant from register on
 * @nointxmask: the parameter when the device was bound: INTx of no device is masked at the
 *	device, which then needs its line alone
 * @vga_client: we are registered with the VGA arbiter
 * @vendor: the vendor driver that serves the device, or NULL; constant while bound
 * @vfs_coming: its VFs are being made, and @vfs_request has been queued
 * @vfs_device: PCI device ID of its VFs
 * @vfs_request: asks user space for their vendor driver
 * @vfs_wanted: the device must stay in D0 for its VFs; guard: @memory_lock
 * @token: the VF token of a PF, else NULL; constant while bound
 * @pf: the PF of a VF, if it is bound to a driver of this library, else NULL; constant while
 *	bound
 * @admitted: serial number of the token by which a VF was last looked up; guard: the lock of
 *	its PF's token
 * @pfs_next: entry in the list of PFs with VFs; see sriov.c
 * @vf_watch: tells when VFs of a PF come; registered while it has any
 *
 * Fields without a guard are constant between enable and disable.
 *
 * Lock order: a claim, device_lock (only ever tried from here, but claims are waited for with it
 * held), config->lock, irqs.lock, memory_lock, then map_lock, or pci_cfg_access_lock() and
 * command_lock. Several devices are locked in hot_reset.c alone, by one with a claim on each,
 * all locks of a kind before the next. So nothing that runs with
 * configuration access locked, such as a driver's reset_prepare(), may take memory_lock or a
 * lock before it. mmap_lock comes before memory_lock, so user memory is never touched below
 * memory_lock; so does the route of the VGA arbiter. Interrupt handlers take command_lock only.
 * ioeventfds.lock comes before memory_lock; the callback of an eventfd only tries memory_lock.
 * irqs.lock comes before the lock of irqbypass, below which KVM is called, and memory_lock is not
 * held then; nor while interrupts are allocated and freed, which waits for readers of /proc/irq,
 * and these may have a fault in a BAR. command_lock and irqs.event_lock come before the locks of
 * eventfds; a callback of an eventfd only tries command_lock. To fall asleep and to wake takes
 * config->lock and what comes after it, so who waits for the device to be awake holds none of
 * these.
 */
struct vfio_pci_core_device {
	struct vfio_device vdev;
	struct pci_dev *pdev;

	void __iomem *barmap[PCI_STD_NUM_BARS];
	struct mutex map_lock;
	struct rw_semaphore memory_lock;
	spinlock_t command_lock;
	bool decode_forced;
	bool borrowed;
	struct vfio_pci_irqs irqs;
	unsigned int irq_type;
	struct vfio_pci_ioeventfds ioeventfds;

	struct vfio_pci_config *config;
	struct pci_saved_state *saved;
	struct pci_saved_state *d3_saved;
	struct vfio_pci_low_power low_power;
	struct resource tail[PCI_STD_NUM_BARS];
	unsigned int mmap_bars;
	int msix_bar;
	u32 msix_offset;
	u32 msix_size;
	struct vfio_pci_region *region;
	unsigned int num_regions;
	struct list_head traps;
	unsigned int num_msi;
	unsigned int num_msix;
	bool intx_maskable;
	bool intx_broken;
	bool reset_works;
	bool needs_reset;
	bool claimed;
	bool opened;
	struct list_head bound;
	struct list_head set_next;
	bool has_vga;
	bool idle_d3;
	bool nointxmask;
	bool vga_client;

	const struct vfio_pci_vendor_driver *vendor;

	bool vfs_coming;
	bool vfs_wanted;
	u16 vfs_device;
	struct work_struct vfs_request;
	struct vfio_pci_token *token;
	struct vfio_pci_core_device *pf;
	u64 admitted;
	struct list_head pfs_next;
	struct notifier_block vf_watch;
};

void vfio_pci_core_set_params(bool nointxmask, bool disable_vga, bool disable_idle_d3);

int vfio_pci_core_init_dev(struct vfio_device *core_vdev);
void vfio_pci_core_release_dev(struct vfio_device *core_vdev);
int vfio_pci_core_register_device(struct vfio_pci_core_device *vdev);
void vfio_pci_core_unregister_device(struct vfio_pci_core_device *vdev);

int vfio_pci_core_enable(struct vfio_pci_core_device *vdev);
void vfio_pci_core_finish_enable(struct vfio_pci_core_device *vdev);
void vfio_pci_core_disable(struct vfio_pci_core_device *vdev);
void vfio_pci_core_close_device(struct vfio_device *core_vdev);

long vfio_pci_core_ioctl(struct vfio_device *core_vdev, unsigned int cmd, unsigned long arg);
int vfio_pci_core_ioctl_feature(struct vfio_device *core_vdev, u32 flags, void __user *arg,
				size_t argsz);
ssize_t vfio_pci_core_read(struct vfio_device *core_vdev, char __user *buf, size_t count,
			   loff_t *ppos);
ssize_t vfio_pci_core_write(struct vfio_device *core_vdev, const char __user *buf,
			    size_t count, loff_t *ppos);
int vfio_pci_core_mmap(struct vfio_device *core_vdev, struct vm_area_struct *vma);
void vfio_pci_core_request(struct vfio_device *core_vdev, unsigned int count);
int vfio_pci_core_match(struct vfio_device *core_vdev, char *name);

/* All of struct vfio_device_ops that a driver may leave to the library: but name and open_device */
#define VFIO_PCI_CORE_OPS					\
	.match = vfio_pci_core_match,				\
	.request = vfio_pci_core_request,			\
	.close_device = vfio_pci_core_close_device,		\
	.mmap = vfio_pci_core_mmap,				\
	.read = vfio_pci_core_read,				\
	.write = vfio_pci_core_write,				\
	.ioctl = vfio_pci_core_ioctl,				\
	.device_feature = vfio_pci_core_ioctl_feature,		\
	.init = vfio_pci_core_init_dev,				\
	.release = vfio_pci_core_release_dev

int vfio_pci_core_sriov_configure(struct vfio_pci_core_device *vdev, int num);

/* For the driver's part of open_device(), between enable and finish_enable */

/* Register of Intel's integrated graphics that holds the OpRegion's address; IGD OpRegion spec. */
#define VFIO_PCI_INTEL_ASLS 0xfc

int vfio_pci_core_virtual_config(struct vfio_pci_core_device *vdev, unsigned int pos);

int vfio_pci_core_register_dev_region(struct vfio_pci_core_device *vdev, unsigned int type,
				      unsigned int subtype, const struct vfio_pci_regops *ops,
				      size_t size, u32 flags, void *data);
int vfio_pci_core_trap_bar(struct vfio_pci_core_device *vdev, unsigned int bar, u64 start,
			   u64 size, const struct vfio_pci_trap_ops *ops, void *data);

/* For ops of its regions */

struct vfio_pci_region *vfio_pci_core_dev_region(struct vfio_pci_core_device *vdev, u64 index);

/*
 * Access to the BARs, while the device is open: vdev->barmap[] is filled in on demand, and @io is
 * a place in it. With @test_mem the access is made only if the device decodes memory, which is
 * sure for as long as it takes; else -EIO. 64 bits are for memory only, @test_mem is not for ports.
 */

int vfio_pci_core_setup_barmap(struct vfio_pci_core_device *vdev, int bar);

#define VFIO_PCI_DECLARE_IO(bits)							\
int vfio_pci_core_ioread##bits(struct vfio_pci_core_device *vdev, bool test_mem,	\
			       u##bits *val, void __iomem *io);				\
int vfio_pci_core_iowrite##bits(struct vfio_pci_core_device *vdev, bool test_mem,	\
				u##bits val, void __iomem *io)
VFIO_PCI_DECLARE_IO(8);
VFIO_PCI_DECLARE_IO(16);
VFIO_PCI_DECLARE_IO(32);
#ifdef CONFIG_64BIT
VFIO_PCI_DECLARE_IO(64);
#endif
#undef VFIO_PCI_DECLARE_IO

bool vfio_pci_core_range_intersect_range(loff_t buf_start, size_t buf_cnt, loff_t reg_start,
					 size_t reg_cnt, loff_t *buf_offset,
					 size_t *intersect_count, size_t *register_offset);

/**
 * struct vfio_pci_vendor_driver - serves devices that stay bound to vfio-pci
 * @id_table: devices that it is for, by their IDs; ends with an empty entry
 * @probe: look at a device that is being bound, and make what serves it by vfio_alloc_device();
 *	-ENODEV when it is not one of the driver's after all; any other -errno: the device
 *	is served as if there were no vendor driver, and the log tells
 * @remove: the device is being unbound, or its registration failed, and nobody can open it; undo
 *	@probe but for the structure, which is put, and ends in its release op. May be absent
 * @name: filled in: the module's
 * @owner: filled in: the module, which stays until the last structure of its making has gone
 * @serial: filled in: the place in the order of registration
 * @node: the library's
 *
 * When a device is bound to vfio-pci and no vendor driver that is registered takes it, user
 * space is asked for a module with the alias "vfio-pci:VVVV-DDDD" (vendor and device in
 * four lower-case hexadecimal digits): MODULE_ALIAS("vfio-pci:8086-1234").
 * Of several drivers for a device the one that was registered first has it.
 *
 * The driver is registered by module_vfio_pci_vendor_driver() for as long as its module
 * is loaded. The device is locked that asks for it, and loading a module waits for all
 * asynchronous probing: so neither its init nor a driver that probes the device asynchronously
 * may wait for that lock then. Give devices to vfio-pci by driver_override, which no other
 * driver matches, where their own driver probes asynchronously.
 */
struct vfio_pci_vendor_driver {
	const struct pci_device_id *id_table;
	struct vfio_pci_core_device *(*probe)(struct pci_dev *pdev,
					      const struct pci_device_id *id);
	void (*remove)(struct vfio_pci_core_device *vdev);

	const char *name;
	struct module *owner;
	u64 serial;
	struct list_head node;
};

int __vfio_pci_register_vendor_driver(struct vfio_pci_vendor_driver *driver,
				      struct module *owner, const char *name);
void vfio_pci_unregister_vendor_driver(struct vfio_pci_vendor_driver *driver);

#define vfio_pci_register_vendor_driver(driver) \
	__vfio_pci_register_vendor_driver((driver), THIS_MODULE, KBUILD_MODNAME)

/**
 * module_vfio_pci_vendor_driver() - the init and exit of a module that is a vendor driver
 * @driver: struct vfio_pci_vendor_driver
 */
#define module_vfio_pci_vendor_driver(driver) \
	module_driver(driver, vfio_pci_register_vendor_driver, vfio_pci_unregister_vendor_driver)

/* For vfio-pci, which asks who serves a device */

struct vfio_pci_core_device *vfio_pci_vendor_probe(struct pci_dev *pdev);
void vfio_pci_vendor_put(struct vfio_pci_core_device *vdev);

extern const struct pci_error_handlers vfio_pci_core_err_handlers;

pci_ers_result_t vfio_pci_core_aer_err_detected(struct pci_dev *pdev,
						pci_channel_state_t state);

#endif
