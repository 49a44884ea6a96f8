/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of vfio-pci-core know of each other. */
#ifndef VFIO_PCI_PRIV_H
#define VFIO_PCI_PRIV_H

#include <linux/pm_runtime.h>
#include <vfio/pci_core.h>

/* The module's log says which device; the caller says which rule */
#define vfio_pci_warn(vdev, fmt, ...) \
	dev_warn_ratelimited(&(vdev)->pdev->dev, fmt, ##__VA_ARGS__)

static inline struct vfio_pci_core_device *vfio_pci_from_vdev(struct vfio_device *vdev)
{
	return container_of(vdev, struct vfio_pci_core_device, vdev);
}

/* region.c */

/**
 * enum vfio_pci_region_kind - how a region is accessed
 * @VFIO_PCI_REGION_ABSENT: not at all
 * @VFIO_PCI_REGION_CONFIG: configuration space, virtual
 * @VFIO_PCI_REGION_MEM: a BAR of memory
 * @VFIO_PCI_REGION_IO: a BAR of ports
 * @VFIO_PCI_REGION_ROM: the expansion ROM
 * @VFIO_PCI_REGION_VGA: legacy VGA ranges
 * @VFIO_PCI_REGION_DRIVER: as the driver has it
 */
enum vfio_pci_region_kind {
	VFIO_PCI_REGION_ABSENT,
	VFIO_PCI_REGION_CONFIG,
	VFIO_PCI_REGION_MEM,
	VFIO_PCI_REGION_IO,
	VFIO_PCI_REGION_ROM,
	VFIO_PCI_REGION_VGA,
	VFIO_PCI_REGION_DRIVER,
};

/**
 * struct vfio_pci_region_desc - what a region index means for one device
 * @kind: how it is accessed
 * @size: bytes, 0 if absent
 * @flags: VFIO_REGION_INFO_FLAG_*
 * @own: the driver's region, for VFIO_PCI_REGION_DRIVER
 */
struct vfio_pci_region_desc {
	enum vfio_pci_region_kind kind;
	u64 size;
	u32 flags;
	struct vfio_pci_region *own;
};

int vfio_pci_region_get(struct vfio_pci_core_device *vdev, u64 index,
			struct vfio_pci_region_desc *desc);
long vfio_pci_get_region_info(struct vfio_pci_core_device *vdev, void __user *uarg);
void vfio_pci_find_mmap_bars(struct vfio_pci_core_device *vdev);
void vfio_pci_release_bars(struct vfio_pci_core_device *vdev);

/* dev_region.c */

int vfio_pci_dev_region_caps(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region,
			     struct vfio_info_cap *caps);
void vfio_pci_dev_regions_free(struct vfio_pci_core_device *vdev);

/* trap.c */

struct vfio_pci_trap;
struct vfio_pci_trap *vfio_pci_trap_at(struct vfio_pci_core_device *vdev, unsigned int bar,
				       u64 pos, u64 *until);
ssize_t vfio_pci_trap_rw(struct vfio_pci_core_device *vdev, const struct vfio_pci_trap *trap,
			 char __user *buf, size_t count, u64 pos, bool write);
bool vfio_pci_trap_free_area(struct vfio_pci_core_device *vdev, unsigned int bar, u64 from,
			     u64 *start, u64 *end);
int vfio_pci_trap_caps(struct vfio_pci_core_device *vdev, unsigned int bar,
		       struct vfio_info_cap *caps);
void vfio_pci_traps_free(struct vfio_pci_core_device *vdev);

/* access.c */

/**
 * struct vfio_pci_window - one stretch of device memory or ports, for one read() or write()
 * @base: its start
 * @hole_start: first byte that only reads as ones and is not written
 * @hole_end: byte behind the hole; equal to @hole_start for none
 * @max_width: widest single access that it takes: 8 or 4 bytes
 * @command: PCI_COMMAND_MEMORY or _IO, which must be on; 0 when it does not matter
 * @vga: VGA_RSRC_*, the legacy route to be had for each access; 0 for none
 */
struct vfio_pci_window {
	void __iomem *base;
	u64 hole_start;
	u64 hole_end;
	unsigned int max_width;
	u16 command;
	unsigned int vga;
};

unsigned int vfio_pci_access_width(unsigned int max_width, u64 pos, size_t left);
void vfio_pci_window_read(const struct vfio_pci_window *win, u64 pos, void *buf, size_t count);
ssize_t vfio_pci_window_rw(struct vfio_pci_core_device *vdev, const struct vfio_pci_window *win,
			   char __user *buf, size_t count, u64 pos, bool write);

void vfio_pci_access_write(void __iomem *at, const void *buf, unsigned int width);

/* ioeventfd.c */

long vfio_pci_ioeventfd(struct vfio_pci_core_device *vdev, void __user *uarg);
void vfio_pci_ioeventfds_init(struct vfio_pci_core_device *vdev);
void vfio_pci_ioeventfds_free(struct vfio_pci_core_device *vdev);

/* rom.c */

u64 vfio_pci_rom_size(struct pci_dev *pdev);
bool vfio_pci_rom_present(struct vfio_pci_core_device *vdev);
ssize_t vfio_pci_rom_read(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			  u64 pos, u64 size);

/* vga.c */

#define VFIO_PCI_VGA_SIZE 0xc0000	/* legacy ranges lie at their bus addresses */

int vfio_pci_vga_register(struct vfio_pci_core_device *vdev, bool disabled);
void vfio_pci_vga_unregister(struct vfio_pci_core_device *vdev);
ssize_t vfio_pci_vga_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			u64 pos, bool write);

/* mmap.c */

void vfio_pci_zap_bars(struct vfio_pci_core_device *vdev);

/* command.c */

int vfio_pci_command_change(struct vfio_pci_core_device *vdev, u16 mask, u16 bits);
int vfio_pci_command_set(struct vfio_pci_core_device *vdev, u16 mask, u16 bits);
bool vfio_pci_decodes(struct vfio_pci_core_device *vdev, u16 bit);
int vfio_pci_decode_force(struct vfio_pci_core_device *vdev);
void vfio_pci_decode_restore(struct vfio_pci_core_device *vdev);
void vfio_pci_quiesce(struct vfio_pci_core_device *vdev);
void vfio_pci_resume(struct vfio_pci_core_device *vdev);

/* config.c */

int vfio_pci_config_init(struct vfio_pci_core_device *vdev);
void vfio_pci_config_free(struct vfio_pci_core_device *vdev);
ssize_t vfio_pci_config_read(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			     u64 pos);
ssize_t vfio_pci_config_write(struct vfio_pci_core_device *vdev, const char __user *buf,
			      size_t count, u64 pos);

/* irq.c */

unsigned int vfio_pci_irq_count(struct vfio_pci_core_device *vdev, unsigned int index);
long vfio_pci_get_irq_info(struct vfio_pci_core_device *vdev, void __user *uarg);
long vfio_pci_set_irqs(struct vfio_pci_core_device *vdev, void __user *uarg);
void vfio_pci_irqs_init(struct vfio_pci_core_device *vdev);
void vfio_pci_irqs_release(struct vfio_pci_core_device *vdev);
bool vfio_pci_signal_err(struct vfio_pci_core_device *vdev);
bool vfio_pci_signal_req(struct vfio_pci_core_device *vdev);

/**
 * struct vfio_pci_irq_request - VFIO_DEVICE_SET_IRQS after its checks
 * @index: VFIO_PCI_*_IRQ_INDEX
 * @start: first interrupt
 * @count: interrupts; start + count does not exceed the index's
 * @data: VFIO_IRQ_SET_DATA_NONE, _BOOL or _EVENTFD
 * @bools: @count values for _BOOL
 * @fds: @count file descriptors for _EVENTFD, -1 takes an eventfd away
 */
struct vfio_pci_irq_request {
	u32 index;
	u32 start;
	u32 count;
	u32 data;
	union {
		const u8 *bools;
		const s32 *fds;
	};
};

/* Does the request select the i-th interrupt from its start? For NONE and BOOL */
static inline bool vfio_pci_irq_selected(const struct vfio_pci_irq_request *req, u32 i)
{
	return req->data == VFIO_IRQ_SET_DATA_NONE || req->bools[i];
}

/**
 * enum vfio_pci_bypass - how far an interrupt has come on its way around the host
 * @VFIO_PCI_BYPASS_NONE: there is none for it
 * @VFIO_PCI_BYPASS_REFUSED: irqbypass did not take it
 * @VFIO_PCI_BYPASS_OFFERED: nobody has come for it
 * @VFIO_PCI_BYPASS_CONNECTED: somebody has
 */
enum vfio_pci_bypass {
	VFIO_PCI_BYPASS_NONE,
	VFIO_PCI_BYPASS_REFUSED,
	VFIO_PCI_BYPASS_OFFERED,
	VFIO_PCI_BYPASS_CONNECTED,
};

/**
 * struct vfio_pci_irq_state - an interrupt that is in use
 * @virq: Linux interrupt
 * @masked: by the host
 * @bypass: where it is on its way around the host
 */
struct vfio_pci_irq_state {
	int virq;
	bool masked;
	enum vfio_pci_bypass bypass;
};

/* irq_view.c */

void vfio_pci_irq_view(struct vfio_pci_core_device *vdev);

/* intx.c; all with irqs.lock held */

bool vfio_pci_intx_state(struct vfio_pci_core_device *vdev, struct vfio_pci_irq_state *state);

int vfio_pci_intx_mask(struct vfio_pci_core_device *vdev,
		       const struct vfio_pci_irq_request *req);
int vfio_pci_intx_unmask(struct vfio_pci_core_device *vdev,
			 const struct vfio_pci_irq_request *req);
int vfio_pci_intx_trigger(struct vfio_pci_core_device *vdev,
			  const struct vfio_pci_irq_request *req);
void vfio_pci_intx_disable(struct vfio_pci_core_device *vdev);
void vfio_pci_intx_hold(struct vfio_pci_core_device *vdev);
void vfio_pci_intx_resume(struct vfio_pci_core_device *vdev);
void vfio_pci_intx_set_disabled(struct vfio_pci_core_device *vdev, bool disabled);

/* msi.c; all but settle with irqs.lock held */

int vfio_pci_msi_trigger(struct vfio_pci_core_device *vdev,
			 const struct vfio_pci_irq_request *req);
void vfio_pci_msi_release(struct vfio_pci_core_device *vdev);
void vfio_pci_msix_settle(struct vfio_pci_core_device *vdev);

/* reset.c */

int vfio_pci_reset_open(struct vfio_pci_core_device *vdev);
void vfio_pci_reset_close(struct vfio_pci_core_device *vdev);
void vfio_pci_reset_unbind(struct vfio_pci_core_device *vdev);
int vfio_pci_reset_user(struct vfio_pci_core_device *vdev);

/* scope.c */

/**
 * struct vfio_pci_scope - what a reset of a device's slot or bus reaches
 * @target: the function to reset it by: the device, or the PF of a VF
 * @bus: whose functions are reset, with all below them
 * @slot: only those of this slot, or NULL for all of @bus
 * @by_slot: it is the slot that is reset, so that the PCI core looks after its functions only
 *
 * Good for as long as the device stays bound.
 */
struct vfio_pci_scope {
	struct pci_dev *target;
	struct pci_bus *bus;
	struct pci_slot *slot;
	bool by_slot;
};

int vfio_pci_scope_get(struct vfio_pci_core_device *vdev, struct vfio_pci_scope *scope);
bool vfio_pci_scope_has(const struct vfio_pci_scope *scope, struct pci_dev *pdev);
unsigned int vfio_pci_scope_count(const struct vfio_pci_scope *scope);
long vfio_pci_get_hot_reset_info(struct vfio_pci_core_device *vdev, void __user *uarg);

/* claim.c */

/**
 * struct vfio_pci_set - devices that are reset together
 * @scope: by what
 * @allows: may this one be? 0 or -errno, not -EBUSY where claims are waited for; in atomic
 *	context, called for each of them
 * @devices: they, by @set_next, while they are claimed
 * @lock: held while locks of several devices are held, so that lockdep sees that these do not
 *	wait for each other
 */
struct vfio_pci_set {
	struct vfio_pci_scope scope;
	int (*allows)(struct vfio_pci_set *set, struct vfio_pci_core_device *vdev);
	struct list_head devices;
	struct mutex lock;
};

void vfio_pci_claims_add(struct vfio_pci_core_device *vdev);
void vfio_pci_claims_del(struct vfio_pci_core_device *vdev);
void vfio_pci_claim(struct vfio_pci_core_device *vdev);
int vfio_pci_claim_killable(struct vfio_pci_core_device *vdev);
void vfio_pci_unclaim(struct vfio_pci_core_device *vdev, bool opened);
int vfio_pci_set_check(struct vfio_pci_set *set);
int vfio_pci_set_claim(struct vfio_pci_set *set, bool wait);
void vfio_pci_set_unclaim(struct vfio_pci_set *set);

/* hot_reset.c */

long vfio_pci_hot_reset(struct vfio_pci_core_device *vdev, void __user *uarg);
void vfio_pci_hot_reset_idle(struct vfio_pci_core_device *vdev);

/* sriov.c */

int vfio_pci_sriov_bind(struct vfio_pci_core_device *vdev);
void vfio_pci_sriov_leave(struct vfio_pci_core_device *vdev);
void vfio_pci_sriov_unbind(struct vfio_pci_core_device *vdev);
bool vfio_pci_sriov_coming(struct pci_dev *vf);

/* vendor.c */

void vfio_pci_vendor_request(u16 vendor, u16 device);

/* token.c */

int vfio_pci_token_use_vf(struct vfio_pci_core_device *vdev);
void vfio_pci_token_unuse_vf(struct vfio_pci_core_device *vdev);
int vfio_pci_token_feature(struct vfio_pci_core_device *vdev, u32 flags, void __user *arg,
			   size_t argsz);

/* pm.c */

int vfio_pci_set_power_state(struct vfio_pci_core_device *vdev, pci_power_t state);
void vfio_pci_pm_register(struct vfio_pci_core_device *vdev);
void vfio_pci_pm_unregister(struct vfio_pci_core_device *vdev);
int vfio_pci_pm_open(struct vfio_pci_core_device *vdev);
void vfio_pci_pm_close(struct vfio_pci_core_device *vdev);

/* low_power.c */

extern const struct dev_pm_ops vfio_pci_pm_ops;
int vfio_pci_pm_wake(struct vfio_pci_core_device *vdev);
int vfio_pci_low_power_entry(struct vfio_pci_core_device *vdev, u32 flags, void __user *arg,
			     size_t argsz);
int vfio_pci_low_power_entry_wakeup(struct vfio_pci_core_device *vdev, u32 flags,
				    void __user *arg, size_t argsz);
int vfio_pci_low_power_exit(struct vfio_pci_core_device *vdev, u32 flags, void __user *arg,
			    size_t argsz);
void vfio_pci_low_power_close(struct vfio_pci_core_device *vdev);

/**
 * vfio_pci_pm_use() - have an open device awake until vfio_pci_pm_unuse()
 * @vdev: device
 *
 * Context: may sleep; config->lock and what comes after it are not held.
 * Return: 0; -EIO when it does not wake.
 */
static inline int vfio_pci_pm_use(struct vfio_pci_core_device *vdev)
{
	pm_runtime_get_noresume(&vdev->pdev->dev);
	/*
	 * Nothing more while its user does not let it sleep. If he does now, and we do not see
	 * it, the reference that he gives up goes after ours has come.
	 */
	smp_mb__after_atomic();
	return unlikely(READ_ONCE(vdev->low_power.allowed)) ? vfio_pci_pm_wake(vdev) : 0;
}

/**
 * vfio_pci_pm_unuse() - undo vfio_pci_pm_use()
 * @vdev: device
 */
static inline void vfio_pci_pm_unuse(struct vfio_pci_core_device *vdev)
{
	pm_runtime_put_noidle(&vdev->pdev->dev);
	if (unlikely(READ_ONCE(vdev->low_power.allowed)))
		pm_request_idle(&vdev->pdev->dev);
}

#endif
