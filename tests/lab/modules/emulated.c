// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two devices with an emulated IOMMU, emulated.0 and emulated.1, that do to user space's memory
 * what user space asks for, see emulated.h.
 */
#include <linux/highmem.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <vfio/vfio.h>

#include "emulated.h"

#define MOST	VFIO_PIN_PAGES_MAX_ENTRIES

/**
 * struct pin - a page that is pinned
 * @page: it
 * @times: how often
 */
struct pin {
	struct page *page;
	unsigned int times;
};

/**
 * struct emulated - one device
 * @lock: guards all below; held across all calls to the core, and taken in dma_unmap
 * @pins: struct pin, by IOVA in pages
 * @told: calls of dma_unmap
 * @deaf: see EMULATED_DEAF
 */
struct emulated {
	struct vfio_device vdev;
	struct mutex lock;
	struct xarray pins;
	unsigned int told;
	bool deaf;
};

static struct emulated *to_emulated(struct vfio_device *vdev)
{
	return container_of(vdev, struct emulated, vdev);
}

static int emulated_init(struct vfio_device *vdev)
{
	struct emulated *e = to_emulated(vdev);

	mutex_init(&e->lock);
	xa_init(&e->pins);
	return 0;
}

static void emulated_release(struct vfio_device *vdev)
{
	struct emulated *e = to_emulated(vdev);

	WARN_ON(!xa_empty(&e->pins));
	mutex_destroy(&e->lock);
}

static int emulated_open(struct vfio_device *vdev)
{
	struct emulated *e = to_emulated(vdev);

	e->told = 0;
	e->deaf = false;
	return 0;
}

/* Unpin all in a range of pages, or just forget it */
static void drop_pins(struct emulated *e, unsigned long first, unsigned long last)
{
	unsigned long index;
	struct pin *pin;

	xa_for_each_range(&e->pins, index, pin, first, last) {
		while (!e->deaf && pin->times--)
			vfio_unpin_pages(&e->vdev, (u64)index << PAGE_SHIFT, 1);
		xa_erase(&e->pins, index);
		kfree(pin);
	}
}

static void emulated_close(struct vfio_device *vdev)
{
	struct emulated *e = to_emulated(vdev);

	guard(mutex)(&e->lock);
	drop_pins(e, 0, ULONG_MAX);
}

static void emulated_dma_unmap(struct vfio_device *vdev, u64 iova, u64 length)
{
	struct emulated *e = to_emulated(vdev);

	guard(mutex)(&e->lock);
	e->told++;
	drop_pins(e, iova >> PAGE_SHIFT, (iova + (length - 1)) >> PAGE_SHIFT);
}

static int note_pin(struct emulated *e, unsigned long index, struct page *page)
{
	struct pin *pin = xa_load(&e->pins, index);

	if (!pin) {
		pin = kzalloc(sizeof(*pin), GFP_KERNEL);
		if (!pin || xa_err(xa_store(&e->pins, index, pin, GFP_KERNEL))) {
			kfree(pin);
			return -ENOMEM;
		}
		pin->page = page;
	}
	WARN_ON(pin->page != page);
	pin->times++;
	return 0;
}

static long do_pin(struct emulated *e, const struct emulated_call *call)
{
	struct page **pages __free(kfree) = kcalloc(MOST, sizeof(*pages), GFP_KERNEL);
	int ret, i;

	if (!pages)
		return -ENOMEM;
	if (call->len > INT_MAX)
		return -E2BIG;
	ret = vfio_pin_pages(&e->vdev, call->iova, call->len, call->flags, pages);
	for (i = 0; i < ret; i++)
		if (note_pin(e, (call->iova >> PAGE_SHIFT) + i, pages[i])) {
			vfio_unpin_pages(&e->vdev, call->iova + i * PAGE_SIZE, ret - i);
			return -ENOMEM;
		}
	return ret;
}

static long do_unpin(struct emulated *e, const struct emulated_call *call)
{
	unsigned long index = call->iova >> PAGE_SHIFT;

	for (u64 i = 0; i < min_t(u64, call->len, MOST); i++, index++) {
		struct pin *pin = xa_load(&e->pins, index);

		if (!pin)
			return -ENOENT;
		vfio_unpin_pages(&e->vdev, (u64)index << PAGE_SHIFT, 1);
		if (!--pin->times) {
			xa_erase(&e->pins, index);
			kfree(pin);
		}
	}
	return 0;
}

struct rw_work {
	struct work_struct work;
	struct emulated *e;
	const struct emulated_call *call;
	void *data;
	bool write;
	int ret;
};

static void rw_work(struct work_struct *work)
{
	struct rw_work *rw = container_of(work, struct rw_work, work);

	rw->ret = vfio_dma_rw(&rw->e->vdev, rw->call->iova, rw->data, rw->call->len, rw->write);
}

static long do_rw(struct emulated *e, const struct emulated_call *call, bool write)
{
	void *data __free(kvfree) = kvzalloc(clamp(call->len, 1ULL, SZ_1M), GFP_KERNEL);
	struct rw_work rw = { .e = e, .call = call, .data = data, .write = write };
	void __user *user = u64_to_user_ptr(call->data);

	if (!data)
		return -ENOMEM;
	if (call->len > SZ_1M)
		return -E2BIG;
	if (write && copy_from_user(data, user, call->len))
		return -EFAULT;
	INIT_WORK_ONSTACK(&rw.work, rw_work);
	if (call->flags & EMULATED_KTHREAD) {
		schedule_work(&rw.work);
		flush_work(&rw.work);
	} else {
		rw_work(&rw.work);
	}
	destroy_work_on_stack(&rw.work);
	if (!rw.ret && !write && copy_to_user(user, data, call->len))
		return -EFAULT;
	return rw.ret;
}

static long do_swap(struct emulated *e, const struct emulated_call *call)
{
	struct pin *pin = xa_load(&e->pins, call->iova >> PAGE_SHIFT);
	size_t offset = offset_in_page(call->iova);
	u8 theirs[64], ours[64];

	if (!pin)
		return -ENOENT;
	if (call->len > sizeof(theirs) || offset + call->len > PAGE_SIZE)
		return -EINVAL;
	if (copy_from_user(theirs, u64_to_user_ptr(call->data), call->len))
		return -EFAULT;
	memcpy_from_page(ours, pin->page, offset, call->len);
	memcpy_to_page(pin->page, offset, theirs, call->len);
	return copy_to_user(u64_to_user_ptr(call->data), ours, call->len) ? -EFAULT : 0;
}

static long emulated_ioctl(struct vfio_device *vdev, unsigned int cmd, unsigned long arg)
{
	struct emulated *e = to_emulated(vdev);
	struct emulated_call call;

	if (copy_from_user(&call, (void __user *)arg, sizeof(call)))
		return -EFAULT;
	guard(mutex)(&e->lock);
	switch (cmd) {
	case EMULATED_PIN:
		return do_pin(e, &call);
	case EMULATED_UNPIN:
		return do_unpin(e, &call);
	case EMULATED_READ:
	case EMULATED_WRITE:
		return do_rw(e, &call, cmd == EMULATED_WRITE);
	case EMULATED_SWAP:
		return do_swap(e, &call);
	case EMULATED_TOLD:
		e->deaf = call.flags & EMULATED_DEAF;
		return e->told;
	}
	return -ENOTTY;
}

static const struct vfio_device_ops emulated_ops = {
	.name = "emulated",
	.init = emulated_init,
	.release = emulated_release,
	.open_device = emulated_open,
	.close_device = emulated_close,
	.ioctl = emulated_ioctl,
	.dma_unmap = emulated_dma_unmap,
};

static int emulated_probe(struct platform_device *pdev)
{
	struct emulated *e = vfio_alloc_device(emulated, vdev, &pdev->dev, &emulated_ops);
	int ret;

	if (IS_ERR(e))
		return PTR_ERR(e);
	platform_set_drvdata(pdev, e);
	ret = vfio_register_emulated_iommu_dev(&e->vdev);
	if (ret)
		vfio_put_device(&e->vdev);
	return ret;
}

static void emulated_remove(struct platform_device *pdev)
{
	struct emulated *e = platform_get_drvdata(pdev);

	vfio_unregister_group_dev(&e->vdev);
	vfio_put_device(&e->vdev);
}

static struct platform_driver emulated_driver = {
	.probe = emulated_probe,
	.remove = emulated_remove,
	.driver.name = "emulated",
	.driver_managed_dma = true,
};

static struct platform_device *devices[2];

static void remove_devices(unsigned int n)
{
	while (n--)
		platform_device_unregister(devices[n]);
	platform_driver_unregister(&emulated_driver);
}

static int __init emulated_module_init(void)
{
	int ret = platform_driver_register(&emulated_driver);

	for (unsigned int i = 0; !ret && i < ARRAY_SIZE(devices); i++) {
		devices[i] = platform_device_register_simple("emulated", i, NULL, 0);
		if (!IS_ERR(devices[i]))
			continue;
		ret = PTR_ERR(devices[i]);
		remove_devices(i);
	}
	return ret;
}
module_init(emulated_module_init);

static void __exit emulated_module_exit(void)
{
	remove_devices(ARRAY_SIZE(devices));
}
module_exit(emulated_module_exit);

MODULE_DESCRIPTION("Test: devices with an emulated IOMMU");
MODULE_LICENSE("GPL");
