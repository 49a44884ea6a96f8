/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vfio-pci-core: the library behind every VFIO driver for a PCI device.
 *
 * A driver embeds struct vfio_pci_core_device as the first member of its own structure,
 * points its vfio_device_ops at the functions below, and replaces those whose behaviour it
 * changes. vfio-pci is the smallest such driver. Names and meaning of the functions are those
 * that mainline's drivers know.
 *
 * Life: probe() calls vfio_alloc_device() (init = vfio_pci_core_init_dev) and
 * vfio_pci_core_register_device(); open_device() calls vfio_pci_core_enable(), then what the
 * driver has to do itself, then vfio_pci_core_finish_enable(); close_device() is
 * vfio_pci_core_close_device(); remove() calls vfio_pci_core_unregister_device() and
 * vfio_put_device().
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
#include <vfio/vfio.h>

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
struct vfio_pci_token;
struct vfio_pci_vector;

/**
 * struct vfio_pci_irqs - all interrupts of an open device
 * @lock: guards everything here but what @err and @req point to
 * @mode: the one index of INTx, MSI and MSI-X that is on, or VFIO_PCI_NUM_IRQS for none
 * @intx: state of INTx while @mode is VFIO_PCI_INTX_IRQ_INDEX, else NULL
 * @intx_disabled: what user space wrote to the Interrupt Disable bit of its command register
 * @vectors: array of @num_vectors while @mode is MSI or MSI-X, else NULL
 * @num_vectors: vectors that can be named; some may have no Linux interrupt yet
 * @err: eventfd of VFIO_PCI_ERR_IRQ_INDEX, or NULL
 * @req: eventfd of VFIO_PCI_REQ_IRQ_INDEX, or NULL
 * @event_lock: held with @lock to change @err and @req, and alone to signal them: who reports
 *	an error may hold locks of the PCI core, which come before @lock
 */
struct vfio_pci_irqs {
	struct mutex lock;
	unsigned int mode;
	struct vfio_pci_intx *intx;
	bool intx_disabled;
	struct vfio_pci_vector *vectors;
	unsigned int num_vectors;
	struct eventfd_ctx *err;
	struct eventfd_ctx *req;
	spinlock_t event_lock;
};

/**
 * struct vfio_pci_core_device - a PCI device behind VFIO
 * @vdev: the VFIO device; first
 * @pdev: the PCI device
 * @barmap: BARs as mapped for read() and write(); published once under @map_lock, gone at
 *	disable
 * @map_lock: guards the making of @barmap
 * @memory_lock: read: the BARs answer for as long as it is held, provided that
 *	vfio_pci_decodes() says so; write: decoding or the power state changes
 * @command_lock: guards every change of bits of the Command register, and
 *	struct vfio_pci_intx; taken in hard interrupt context
 * @decode_forced: memory decode is on for the host's use only; guard: @memory_lock
 * @irqs: interrupts
 * @config: virtual configuration space; NULL but between enable and disable
 * @saved: configuration of the device as it was after the reset of enable
 * @d3_saved: configuration to write back when user space leaves D3hot; guard: @memory_lock
 * @tail: the rest of a page that a small BAR has for itself, reserved for it; .flags is 0
 *	when there is none
 * @mmap_bars: bit per BAR that mmap() may map
 * @msix_bar: BAR of the MSI-X table, or -1
 * @msix_offset: where the table begins in it
 * @msix_size: bytes of the table
 * @num_msi: vectors that MSI has
 * @num_msix: vectors that MSI-X has
 * @intx_maskable: INTx has a Disable bit that works (PCI 2.3), so the line can be shared
 * @intx_broken: INTx cannot be used at all
 * @reset_works: the reset of enable succeeded
 * @needs_reset: user space had the device, and it has not been reset since
 * @has_vga: the VGA region is there
 * @idle_d3: the device may sleep while nobody has it open; constant from register on
 * @nointxmask: the parameter when the device was bound: INTx of no device is masked at the
 *	device, which then needs its line alone
 * @vga_client: we are registered with the VGA arbiter
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
 * Lock order: device_lock (only ever tried from here), config->lock, irqs.lock, memory_lock,
 * then map_lock, or pci_cfg_access_lock() and command_lock. So nothing that runs with
 * configuration access locked, such as a driver's reset_prepare(), may take memory_lock or a
 * lock before it. mmap_lock comes before memory_lock, so user memory is never touched below
 * memory_lock; so does the route of the VGA arbiter. Interrupt handlers take command_lock only.
 * command_lock and irqs.event_lock come before the locks of eventfds; a callback of an eventfd
 * only tries command_lock.
 */
struct vfio_pci_core_device {
	struct vfio_device vdev;
	struct pci_dev *pdev;

	void __iomem *barmap[PCI_STD_NUM_BARS];
	struct mutex map_lock;
	struct rw_semaphore memory_lock;
	spinlock_t command_lock;
	bool decode_forced;
	struct vfio_pci_irqs irqs;

	struct vfio_pci_config *config;
	struct pci_saved_state *saved;
	struct pci_saved_state *d3_saved;
	struct resource tail[PCI_STD_NUM_BARS];
	unsigned int mmap_bars;
	int msix_bar;
	u32 msix_offset;
	u32 msix_size;
	unsigned int num_msi;
	unsigned int num_msix;
	bool intx_maskable;
	bool intx_broken;
	bool reset_works;
	bool needs_reset;
	bool has_vga;
	bool idle_d3;
	bool nointxmask;
	bool vga_client;

	bool vfs_wanted;
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

int vfio_pci_core_sriov_configure(struct vfio_pci_core_device *vdev, int num);

int vfio_pci_core_setup_barmap(struct vfio_pci_core_device *vdev, int bar);

extern const struct pci_error_handlers vfio_pci_core_err_handlers;

pci_ers_result_t vfio_pci_core_aer_err_detected(struct pci_dev *pdev,
						pci_channel_state_t state);

#endif
