/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_PCI_H
#define SHIM_LINUX_PCI_H

#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mod_devicetable.h>
#include <linux/msi.h>
#include <linux/pci_ids.h>
#include <linux/pci_regs.h>
#include <linux/string.h>

#define PCI_DEVFN(slot, func) ((((slot) & 0x1f) << 3) | ((func) & 7))
#define PCI_SLOT(devfn) (((devfn) >> 3) & 0x1f)
#define PCI_FUNC(devfn) ((devfn) & 7)

#define PCIBIOS_SUCCESSFUL 0
#define PCIBIOS_DEVICE_NOT_FOUND 0x86
#define PCIBIOS_BAD_REGISTER_NUMBER 0x87
#define PCI_ERROR_RESPONSE (~0ULL)
#define PCI_POSSIBLE_ERROR(v) ((v) == (typeof(v))PCI_ERROR_RESPONSE)

enum {
	PCI_STD_RESOURCES, PCI_STD_RESOURCE_END = PCI_STD_NUM_BARS - 1,
	PCI_ROM_RESOURCE,
	PCI_IOV_RESOURCES, PCI_IOV_RESOURCE_END = PCI_IOV_RESOURCES + 5,
	PCI_NUM_RESOURCES
};

typedef int pci_power_t;
#define PCI_D0 0
#define PCI_D1 1
#define PCI_D2 2
#define PCI_D3hot 3
#define PCI_D3cold 4
#define PCI_UNKNOWN 5

typedef unsigned int pci_channel_state_t;
enum { pci_channel_io_normal = 1, pci_channel_io_frozen, pci_channel_io_perm_failure };
typedef unsigned int pci_ers_result_t;
#define PCI_ERS_RESULT_NONE 1
#define PCI_ERS_RESULT_CAN_RECOVER 2
#define PCI_ERS_RESULT_NEED_RESET 3
#define PCI_ERS_RESULT_DISCONNECT 4
#define PCI_ERS_RESULT_RECOVERED 5

struct pci_driver;
struct pci_saved_state;

struct pci_bus {
	unsigned char number;
	int domain;
	struct pci_bus *parent;
	struct pci_dev *self;
};

struct pci_slot {
	struct pci_bus *bus;
	unsigned char number;
	/* shim */
	bool can_reset;
};

struct pci_dev {
	struct device dev;
	struct pci_bus *bus;
	struct pci_slot *slot;
	unsigned int devfn;
	unsigned short vendor, device, subsystem_vendor, subsystem_device;
	unsigned int class;
	u8 revision, hdr_type, pin, pcie_cap, pm_cap, msi_cap, msix_cap;
	u16 aer_cap, sriov_cap;
	int cfg_size;
	unsigned int irq;
	struct resource resource[PCI_NUM_RESOURCES];
	pci_power_t current_state;
	pci_channel_state_t error_state;
	struct pci_driver *driver;
	struct pci_dev *physfn;
	struct pci_saved_state *saved_state;
	bool is_virtfn, is_physfn, is_busmaster, broken_intx_masking, no_command_memory;
	bool msi_enabled, msix_enabled, multifunction, non_compliant_bars, state_saved;
	bool no_vf_scan, is_probed;
	int enable_cnt;
	phys_addr_t rom;
	size_t romlen;
	u16 num_vfs;
	/* shim */
	struct shim_pci *shim;
};

struct pci_error_handlers {
	pci_ers_result_t (*error_detected)(struct pci_dev *pdev, pci_channel_state_t state);
	void (*reset_done)(struct pci_dev *pdev);
	pci_ers_result_t (*mmio_enabled)(struct pci_dev *pdev);
	pci_ers_result_t (*slot_reset)(struct pci_dev *pdev);
	void (*resume)(struct pci_dev *pdev);
};

struct pci_driver {
	const char *name;
	const struct pci_device_id *id_table;
	int (*probe)(struct pci_dev *pdev, const struct pci_device_id *id);
	void (*remove)(struct pci_dev *pdev);
	void (*shutdown)(struct pci_dev *pdev);
	int (*sriov_configure)(struct pci_dev *pdev, int n);
	const struct pci_error_handlers *err_handler;
	bool driver_managed_dma;
	const struct attribute_group **dev_groups;
	struct device_driver driver;
	struct list_head node, dynids;
};

#define to_pci_dev(d) container_of(d, struct pci_dev, dev)
#define to_pci_driver(d) container_of(d, struct pci_driver, driver)
#define dev_is_pci(d) ((d)->bus == &pci_bus_type)
extern const struct bus_type pci_bus_type;
#define pci_name(p) dev_name(&(p)->dev)
#define pci_get_drvdata(p) dev_get_drvdata(&(p)->dev)
#define pci_set_drvdata(p, data) dev_set_drvdata(&(p)->dev, data)
#define pci_is_root_bus(b) ((b)->number == 0)
#define pci_domain_nr(b) ((b)->domain)
#define pci_dev_id(p) ((u16)((p)->bus->number << 8 | (p)->devfn))
#define pci_resource_n(p, n) (&(p)->resource[n])
#define pci_resource_start(p, n) ((p)->resource[n].start)
#define pci_resource_end(p, n) ((p)->resource[n].end)
#define pci_resource_flags(p, n) ((p)->resource[n].flags)
#define pci_resource_len(p, n) \
	(pci_resource_end(p, n) ? resource_size(&(p)->resource[n]) : 0)
#define pci_bus_address(p, n) pci_resource_start(p, n)
#define pci_is_pcie(p) ((p)->pcie_cap != 0)
#define pci_is_bridge(p) ((p)->hdr_type == PCI_HEADER_TYPE_BRIDGE)
#define pci_is_vga(p) ((p)->class >> 8 == PCI_CLASS_DISPLAY_VGA)
#define pci_physfn(p) ((p)->is_virtfn ? (p)->physfn : (p))
#define pci_num_vf(p) ((p)->num_vfs)
int pci_enable_sriov(struct pci_dev *pdev, int num);
void pci_disable_sriov(struct pci_dev *pdev);
#define pci_channel_offline(p) ((p)->error_state != pci_channel_io_normal)
#define pci_dev_is_disconnected(p) ((p)->error_state == pci_channel_io_perm_failure)
#define pci_dev_driver(p) ((p)->driver)
struct pci_dev *pci_dev_get(struct pci_dev *pdev);
struct pci_dev *pci_get_domain_bus_and_slot(int domain, unsigned int bus, unsigned int devfn);
void pci_dev_put(struct pci_dev *pdev);
struct pci_dev *pci_get_device(unsigned int vendor, unsigned int device, struct pci_dev *from);
#define for_each_pci_dev(d) while (((d) = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, (d))))
int pci_pcie_type(const struct pci_dev *pdev);

int pci_read_config_byte(const struct pci_dev *pdev, int where, u8 *value);
int pci_read_config_word(const struct pci_dev *pdev, int where, u16 *value);
int pci_read_config_dword(const struct pci_dev *pdev, int where, u32 *value);
int pci_write_config_byte(const struct pci_dev *pdev, int where, u8 value);
int pci_write_config_word(const struct pci_dev *pdev, int where, u16 value);
int pci_write_config_dword(const struct pci_dev *pdev, int where, u32 value);
int pci_user_read_config_byte(struct pci_dev *pdev, int where, u8 *value);
int pci_user_read_config_word(struct pci_dev *pdev, int where, u16 *value);
int pci_user_read_config_dword(struct pci_dev *pdev, int where, u32 *value);
int pci_user_write_config_byte(struct pci_dev *pdev, int where, u8 value);
int pci_user_write_config_word(struct pci_dev *pdev, int where, u16 value);
int pci_user_write_config_dword(struct pci_dev *pdev, int where, u32 value);
int pcie_capability_read_word(struct pci_dev *pdev, int where, u16 *value);
int pcie_capability_read_dword(struct pci_dev *pdev, int where, u32 *value);
int pcie_capability_write_word(struct pci_dev *pdev, int where, u16 value);
u8 pci_find_capability(struct pci_dev *pdev, int id);
u16 pci_find_ext_capability(struct pci_dev *pdev, int id);
int pcie_set_readrq(struct pci_dev *pdev, int bytes);
int pcie_get_mps(struct pci_dev *pdev);
int pcie_get_readrq(struct pci_dev *pdev);
ssize_t pci_read_vpd(struct pci_dev *pdev, loff_t at, size_t n, void *to);
ssize_t pci_write_vpd(struct pci_dev *pdev, loff_t at, size_t n, const void *from);
bool pci_cfg_access_trylock(struct pci_dev *pdev);
void pci_cfg_access_lock(struct pci_dev *pdev);
void pci_cfg_access_unlock(struct pci_dev *pdev);

int pci_enable_device(struct pci_dev *pdev);
void pci_disable_device(struct pci_dev *pdev);
#define pci_is_enabled(p) ((p)->enable_cnt > 0)
void pci_set_master(struct pci_dev *pdev);
void pci_clear_master(struct pci_dev *pdev);
int pci_set_power_state(struct pci_dev *pdev, pci_power_t state);
int pci_save_state(struct pci_dev *pdev);
void pci_restore_state(struct pci_dev *pdev);
struct pci_saved_state *pci_store_saved_state(struct pci_dev *pdev);
int pci_load_saved_state(struct pci_dev *pdev, struct pci_saved_state *state);
int pci_load_and_free_saved_state(struct pci_dev *pdev, struct pci_saved_state **state);
int pci_try_reset_function(struct pci_dev *pdev);
int __pci_reset_function_locked(struct pci_dev *pdev);
int pci_reset_function(struct pci_dev *pdev);
int pci_reset_function_locked(struct pci_dev *pdev);
int pci_probe_reset_slot(struct pci_slot *slot);
int pci_probe_reset_bus(struct pci_bus *bus);
int pci_reset_bus(struct pci_dev *pdev);
#define pci_dev_trylock(p) shim_pci_dev_trylock(p)
int shim_pci_dev_trylock(struct pci_dev *pdev);
void pci_dev_lock(struct pci_dev *pdev);
void pci_dev_unlock(struct pci_dev *pdev);

int pci_request_region(struct pci_dev *pdev, int bar, const char *name);
void pci_release_region(struct pci_dev *pdev, int bar);
int pci_request_selected_regions(struct pci_dev *pdev, int bars, const char *name);
void pci_release_selected_regions(struct pci_dev *pdev, int bars);
void __iomem *pci_iomap(struct pci_dev *pdev, int bar, unsigned long max);
void pci_iounmap(struct pci_dev *pdev, void __iomem *at);
void __iomem *pci_map_rom(struct pci_dev *pdev, size_t *size);
void pci_unmap_rom(struct pci_dev *pdev, void __iomem *at);

void pci_intx(struct pci_dev *pdev, int enable);
bool pci_intx_mask_supported(struct pci_dev *pdev);
bool pci_check_and_mask_intx(struct pci_dev *pdev);
bool pci_check_and_unmask_intx(struct pci_dev *pdev);
#define PCI_IRQ_INTX (1 << 0)
#define PCI_IRQ_MSI (1 << 1)
#define PCI_IRQ_MSIX (1 << 2)
int pci_alloc_irq_vectors(struct pci_dev *pdev, unsigned int min, unsigned int max,
			  unsigned int flags);
void pci_free_irq_vectors(struct pci_dev *pdev);
int pci_irq_vector(struct pci_dev *pdev, unsigned int n);
int pci_msi_vec_count(struct pci_dev *pdev);
int pci_msix_vec_count(struct pci_dev *pdev);
bool pci_msix_can_alloc_dyn(struct pci_dev *pdev);
struct irq_affinity_desc;
struct msi_map pci_msix_alloc_irq_at(struct pci_dev *pdev, unsigned int index,
				     const struct irq_affinity_desc *affinity);
void pci_msix_free_irq(struct pci_dev *pdev, struct msi_map map);

#define PCI_DEVICE(v, d) .vendor = (v), .device = (d), .subvendor = PCI_ANY_ID, \
	.subdevice = PCI_ANY_ID
#define PCI_VDEVICE(v, d) PCI_DEVICE(PCI_VENDOR_ID_##v, d)
#define PCI_DRIVER_OVERRIDE_DEVICE_VFIO(v, d) PCI_DEVICE((u32)(v), (u32)(d)), .override_only = 2
const struct pci_device_id *pci_match_id(const struct pci_device_id *table,
					 struct pci_dev *pdev);
int pci_register_driver(struct pci_driver *driver);
void pci_unregister_driver(struct pci_driver *driver);
int pci_add_dynid(struct pci_driver *driver, unsigned int vendor, unsigned int device,
		  unsigned int subvendor, unsigned int subdevice, unsigned int class,
		  unsigned int class_mask, unsigned long data);
#define module_pci_driver(d) \
	static int d##_register(void) { return pci_register_driver(&(d)); } \
	static void d##_unregister(void) { pci_unregister_driver(&(d)); } \
	module_init(d##_register); module_exit(d##_unregister)

#define pci_err(p, fmt, ...) dev_err(&(p)->dev, fmt, ##__VA_ARGS__)
#define pci_warn(p, fmt, ...) dev_warn(&(p)->dev, fmt, ##__VA_ARGS__)
#define pci_notice_ratelimited(p, fmt, ...) dev_notice(&(p)->dev, fmt, ##__VA_ARGS__)
#define pci_info_ratelimited(p, fmt, ...) dev_info_ratelimited(&(p)->dev, fmt, ##__VA_ARGS__)
#define pci_notice(p, fmt, ...) dev_notice(&(p)->dev, fmt, ##__VA_ARGS__)
#define pci_info(p, fmt, ...) dev_info(&(p)->dev, fmt, ##__VA_ARGS__)
#define pci_dbg(p, fmt, ...) dev_dbg(&(p)->dev, fmt, ##__VA_ARGS__)

#endif
