// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device as VFIO's PCI ABI shows it: two regions, BAR 0 and configuration space, that are read
 * and written, not mapped, since every access has an effect.
 *
 * An access of any length is a run of bytes in ascending order, each by itself: the chip's
 * registers are one byte wide, and so a guest's access of 2 or 4 bytes becomes that many. Nothing
 * comes in between, and INTx follows once, at the end.
 */
#include <linux/nospec.h>
#include <linux/pci_regs.h>
#include <linux/uaccess.h>

#include "priv.h"

/* A region's index is in the upper bits of the file offset */
#define REGION_SHIFT 32

static const size_t region_sizes[VFIO_PCI_NUM_REGIONS] = {
	[VFIO_PCI_BAR0_REGION_INDEX] = MTTY_BAR_SIZE,
	[VFIO_PCI_CONFIG_REGION_INDEX] = MTTY_CONFIG_SIZE,
};

/**
 * struct access - what read() or write() addresses
 * @region: index, with a size above 0
 * @at: offset in it
 * @count: bytes, all of them in it
 */
struct access {
	unsigned int region;
	unsigned int at;
	size_t count;
};

static struct mtty *to_mtty(struct vfio_device *vdev)
{
	return container_of(vdev, struct mtty, vdev);
}

static struct mtty_uart *port_at(struct mtty *mtty, unsigned int at)
{
	static_assert(MTTY_PORTS * MTTY_UART_REGS == MTTY_BAR_SIZE);
	return &mtty->port[at / MTTY_UART_REGS];
}

/* Does the function answer at its BAR? */
static bool decodes(const struct mtty *mtty)
{
	return mtty_config_command(&mtty->config) & PCI_COMMAND_IO;
}

static u8 read_byte(struct mtty *mtty, unsigned int region, unsigned int at)
{
	lockdep_assert_held(&mtty->lock);
	if (region == VFIO_PCI_CONFIG_REGION_INDEX)
		return mtty_config_read(&mtty->config, at);
	/* what a bus reads that nobody answers */
	if (!decodes(mtty))
		return 0xff;
	return mtty_uart_read(port_at(mtty, at), at % MTTY_UART_REGS);
}

static void write_byte(struct mtty *mtty, unsigned int region, unsigned int at, u8 value)
{
	lockdep_assert_held(&mtty->lock);
	if (region == VFIO_PCI_CONFIG_REGION_INDEX)
		mtty_config_write(&mtty->config, at, value);
	else if (decodes(mtty))
		mtty_uart_write(port_at(mtty, at), at % MTTY_UART_REGS, value);
}

/* Cut to the end of the region; -EINVAL where there is none, or beyond its end */
static int access_check(struct access *access, loff_t pos, size_t count)
{
	u64 region = (u64)pos >> REGION_SHIFT;
	u64 at = pos & (BIT_ULL(REGION_SHIFT) - 1);
	size_t size;

	if (region >= VFIO_PCI_NUM_REGIONS)
		return -EINVAL;
	region = array_index_nospec(region, VFIO_PCI_NUM_REGIONS);
	size = region_sizes[region];
	if (at >= size)
		return -EINVAL;
	access->region = region;
	access->at = array_index_nospec(at, size);
	access->count = min(count, size - access->at);
	return 0;
}

static ssize_t mtty_read(struct vfio_device *vdev, char __user *buf, size_t count, loff_t *ppos)
{
	struct mtty *mtty = to_mtty(vdev);
	u8 data[MTTY_CONFIG_SIZE];
	struct access access;
	int ret;

	ret = access_check(&access, *ppos, count);
	if (ret)
		return ret;
	mutex_lock(&mtty->lock);
	for (size_t i = 0; i < access.count; i++)
		data[i] = read_byte(mtty, access.region, access.at + i);
	mtty_intx_update(mtty);
	mutex_unlock(&mtty->lock);
	if (copy_to_user(buf, data, access.count))
		return -EFAULT;
	*ppos += access.count;
	return access.count;
}

static ssize_t mtty_write(struct vfio_device *vdev, const char __user *buf, size_t count,
			  loff_t *ppos)
{
	struct mtty *mtty = to_mtty(vdev);
	u8 data[MTTY_CONFIG_SIZE];
	struct access access;
	int ret;

	ret = access_check(&access, *ppos, count);
	if (ret)
		return ret;
	if (copy_from_user(data, buf, access.count))
		return -EFAULT;
	mutex_lock(&mtty->lock);
	for (size_t i = 0; i < access.count; i++)
		write_byte(mtty, access.region, access.at + i, data[i]);
	mtty_intx_update(mtty);
	mutex_unlock(&mtty->lock);
	*ppos += access.count;
	return access.count;
}

static long mtty_get_info(void __user *uarg)
{
	struct vfio_info_cap none = {};
	struct vfio_device_info info;
	u32 argsz;
	int ret;

	ret = vfio_args_get(&info, sizeof(info), offsetofend(struct vfio_device_info, num_irqs),
			    uarg);
	if (ret)
		return ret;
	argsz = info.argsz;
	info = (struct vfio_device_info){
		.argsz = argsz,
		.flags = VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET,
		.num_regions = VFIO_PCI_NUM_REGIONS,
		.num_irqs = VFIO_PCI_NUM_IRQS,
	};
	return vfio_info_copy(uarg, &info, sizeof(info), argsz, &none, VFIO_DEVICE_FLAGS_CAPS,
			      offsetof(struct vfio_device_info, cap_offset));
}

static long mtty_get_region_info(void __user *uarg)
{
	struct vfio_region_info info;
	int ret;

	ret = vfio_args_get(&info, sizeof(info), sizeof(info), uarg);
	if (ret)
		return ret;
	if (info.index >= VFIO_PCI_NUM_REGIONS)
		return -EINVAL;
	info.index = array_index_nospec(info.index, VFIO_PCI_NUM_REGIONS);
	info.size = region_sizes[info.index];
	info.offset = (u64)info.index << REGION_SHIFT;
	info.flags = info.size ? VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE : 0;
	info.cap_offset = 0;
	return copy_to_user(uarg, &info, sizeof(info)) ? -EFAULT : 0;
}

/* As a reset of the bus; what user space set up to be told of stays */
static void mtty_reset(struct mtty *mtty)
{
	mutex_lock(&mtty->lock);
	for (unsigned int i = 0; i < MTTY_PORTS; i++)
		mtty_uart_reset(&mtty->port[i]);
	mtty_config_reset(&mtty->config);
	mtty_intx_update(mtty);
	mutex_unlock(&mtty->lock);
}

static long mtty_ioctl(struct vfio_device *vdev, unsigned int cmd, unsigned long arg)
{
	struct mtty *mtty = to_mtty(vdev);
	void __user *uarg = (void __user *)arg;

	switch (cmd) {
	case VFIO_DEVICE_GET_INFO:
		return mtty_get_info(uarg);
	case VFIO_DEVICE_GET_REGION_INFO:
		return mtty_get_region_info(uarg);
	case VFIO_DEVICE_GET_IRQ_INFO:
		return mtty_get_irq_info(mtty, uarg);
	case VFIO_DEVICE_SET_IRQS:
		return mtty_set_irqs(mtty, uarg);
	case VFIO_DEVICE_RESET:
		mtty_reset(mtty);
		return 0;
	}
	return -ENOTTY;
}

static int mtty_init(struct vfio_device *vdev)
{
	struct mtty *mtty = to_mtty(vdev);

	mutex_init(&mtty->irq_setup);
	mutex_init(&mtty->lock);
	mtty_uart_connect(&mtty->port[0], &mtty->port[1]);
	return 0;
}

static void mtty_release(struct vfio_device *vdev)
{
	struct mtty *mtty = to_mtty(vdev);

	mutex_destroy(&mtty->lock);
	mutex_destroy(&mtty->irq_setup);
}

/* Each user finds the device as new */
static int mtty_open(struct vfio_device *vdev)
{
	mtty_reset(to_mtty(vdev));
	return 0;
}

static void mtty_close(struct vfio_device *vdev)
{
	mtty_irqs_release(to_mtty(vdev));
}

static void mtty_ask_back(struct vfio_device *vdev, unsigned int count)
{
	mtty_request(to_mtty(vdev));
}

const struct vfio_device_ops mtty_vfio_ops = {
	.name = "mtty",
	.init = mtty_init,
	.release = mtty_release,
	.open_device = mtty_open,
	.close_device = mtty_close,
	.read = mtty_read,
	.write = mtty_write,
	.ioctl = mtty_ioctl,
	.request = mtty_ask_back,
};
