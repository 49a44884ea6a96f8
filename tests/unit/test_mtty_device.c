// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/ioas/ vfio/type1/ tests/unit/machine.c
// sources: samples/mtty/uart.c samples/mtty/pci.c samples/mtty/irq.c samples/mtty/vfio.c
/* The sample's device as a whole: interrupts, what fails, and what the last close leaves. */
#include <pthread.h>
#include <unistd.h>

#include <linux/iommu.h>
#include <linux/pci_regs.h>
#include <linux/serial_reg.h>
#include <shim/iommu.h>
#include <shim/task.h>

#include "../../samples/mtty/priv.h"
#include "machine.h"
#include "unit.h"
#include "../irq_set.h"

#define READY (UART_MCR_DTR | UART_MCR_RTS | UART_MCR_OUT2)
#define B MTTY_UART_REGS	/* where the second port begins */

static struct device *dev;
static struct mtty *mtty;
static int container, group, fd;

static int add(void)
{
	int ret;

	dev = shim_group_device(NULL, "mtty");
	mtty = vfio_alloc_device(mtty, vdev, dev, &mtty_vfio_ops);
	ret = PTR_ERR_OR_ZERO(mtty);
	if (ret)
		goto free;
	ret = vfio_register_emulated_iommu_dev(&mtty->vdev);
	if (!ret)
		return 0;
	vfio_put_device(&mtty->vdev);
free:
	shim_device_free(dev);
	return ret;
}

static void take_away(void)
{
	vfio_unregister_group_dev(&mtty->vdev);
	vfio_put_device(&mtty->vdev);
	shim_device_free(dev);
}

static int open_device(void)
{
	char path[16];
	int ret;

	snprintf(path, sizeof(path), "vfio/%d", iommu_group_id(dev->iommu_group));
	container = shim_open("vfio/vfio");
	if (container < 0)
		return container;
	group = user_join(container, path);
	if (group < 0)
		return group;
	ret = user_set_iommu(container, VFIO_TYPE1v2_IOMMU);
	if (ret)
		return ret;
	fd = user_device(group, "mtty");
	return fd < 0 ? fd : 0;
}

static void up(void)
{
	CHECK_EQ(machine_load(), 0);
	CHECK_EQ(add(), 0);
	CHECK_EQ(open_device(), 0);
}

/* The process ends with all that it has still open */
static void down(void)
{
	shim_task_reset();
	take_away();
	machine_unload();
}

static loff_t offset_of(u32 region)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = region };
	struct vfio_region_info *user = shim_user_dup(&info, sizeof(info));
	loff_t offset;

	CHECK_EQ(shim_ioctl(fd, VFIO_DEVICE_GET_REGION_INFO, user), 0);
	offset = ((struct vfio_region_info *)shim_user_body(user))->offset;
	shim_user_free(user);
	return offset;
}

static void put_at(loff_t at, u8 value)
{
	u8 *user = shim_user_dup(&value, 1);

	CHECK_EQ(shim_pwrite(fd, user, 1, at), 1);
	shim_user_free(user);
}

static u8 get_at(loff_t at)
{
	u8 *user = shim_user_alloc(1), value;

	CHECK_EQ(shim_pread(fd, user, 1, at), 1);
	value = *(u8 *)shim_user_body(user);
	shim_user_free(user);
	return value;
}

static void put(unsigned int reg, u8 value)
{
	put_at(offset_of(VFIO_PCI_BAR0_REGION_INDEX) + reg, value);
}

static u8 get(unsigned int reg)
{
	return get_at(offset_of(VFIO_PCI_BAR0_REGION_INDEX) + reg);
}

static long set_irqs(u32 index, u32 flags, u32 count, s32 eventfd)
{
	struct {
		struct vfio_irq_set set;
		s32 eventfd;
	} call = {
		.set = { .argsz = sizeof(call), .flags = flags, .index = index, .count = count },
		.eventfd = eventfd,
	};
	void *user = shim_user_dup(&call, sizeof(call));
	long ret = shim_ioctl(fd, VFIO_DEVICE_SET_IRQS, user);

	shim_user_free(user);
	return ret;
}

/* I/O decode on, the second port interrupts for what it receives */
static void ready(void)
{
	put_at(offset_of(VFIO_PCI_CONFIG_REGION_INDEX) + PCI_COMMAND, PCI_COMMAND_IO);
	put(UART_FCR, UART_FCR_ENABLE_FIFO);
	put(B + UART_FCR, UART_FCR_ENABLE_FIFO);
	put(B + UART_MCR, READY);
	put(B + UART_IER, UART_IER_RDI);
}

/* One signal for a rise of the line, one for an unmask while it is up, none while it is masked */
static void the_line(void)
{
	int event;

	up();
	event = shim_eventfd();
	ready();
	CHECK_EQ(set_irqs(INTX, EVENTFD | TRIGGER, 1, event), 0);
	CHECK_EQ(shim_eventfd_count(event), 0);
	put(UART_TX, 1);
	put(UART_TX, 2);
	CHECK_EQ(shim_eventfd_count(event), 1);
	CHECK_EQ(set_irqs(INTX, NONE | UNMASK, 1, 0), 0);
	CHECK_EQ(shim_eventfd_count(event), 1);
	get(B + UART_RX);
	get(B + UART_RX);
	CHECK_EQ(set_irqs(INTX, NONE | UNMASK, 1, 0), 0);
	CHECK_EQ(shim_eventfd_count(event), 0);
	put(UART_TX, 3);
	CHECK_EQ(shim_eventfd_count(event), 1);
	down();
}

/* A level that was up before anybody listened is not lost */
static void listener_comes_late(void)
{
	int event;

	up();
	event = shim_eventfd();
	ready();
	put(UART_TX, 1);
	CHECK_EQ(set_irqs(INTX, EVENTFD | TRIGGER, 1, event), 0);
	CHECK_EQ(shim_eventfd_count(event), 1);
	/* turned off while masked, it is not masked when it is turned on again */
	CHECK_EQ(set_irqs(INTX, NONE | TRIGGER, 0, 0), 0);
	CHECK_EQ(set_irqs(INTX, EVENTFD | TRIGGER, 1, event), 0);
	CHECK_EQ(shim_eventfd_count(event), 1);
	down();
}

static void unmask_by_eventfd(void)
{
	int event, unmask;

	up();
	event = shim_eventfd();
	unmask = shim_eventfd();
	ready();
	CHECK_EQ(set_irqs(INTX, EVENTFD | UNMASK, 1, unmask), -EINVAL);
	CHECK_EQ(set_irqs(INTX, EVENTFD | TRIGGER, 1, event), 0);
	CHECK_EQ(set_irqs(INTX, EVENTFD | UNMASK, 1, unmask), 0);
	CHECK_EQ(set_irqs(INTX, EVENTFD | UNMASK, 1, unmask), -EBUSY);
	put(UART_TX, 1);
	CHECK_EQ(shim_eventfd_count(event), 1);
	shim_eventfd_write(unmask);
	CHECK_EQ(shim_eventfd_count(event), 0);
	shim_run_work();
	CHECK_EQ(shim_eventfd_count(event), 1);
	/* with one under way and the other half closed */
	shim_eventfd_write(unmask);
	shim_close(unmask);
	down();
}

/* At any failure: nothing half installed, and the last close gives back what was */
static void without_memory(void)
{
	SHIM_SWEEP() {
		long ret = machine_load();

		if (ret)
			continue;
		ret = add();
		if (!ret) {
			ret = open_device();
			if (!ret)
				ret = set_irqs(INTX, EVENTFD | TRIGGER, 1, shim_eventfd());
			if (!ret)
				ret = set_irqs(INTX, EVENTFD | UNMASK, 1, shim_eventfd());
			if (!ret)
				ret = set_irqs(REQ, EVENTFD | TRIGGER, 1, shim_eventfd());
			shim_task_reset();
			CHECK(!mtty->trigger && !mtty->unmask && !mtty->req && !mtty->intx_on);
			take_away();
		}
		machine_unload();
		if (!shim_failed())
			CHECK_EQ(ret, 0);
	}
}

static int user_event;

static void *lets_go(void *task)
{
	shim_become(task);
	while (!shim_eventfd_count(user_event))
		usleep(100);
	shim_close(fd);
	shim_close(group);
	shim_close(container);
	shim_close(user_event);
	return NULL;
}

/* Who removes a device that is in use asks for it, and waits */
static void asked_back(void)
{
	pthread_t user;

	up();
	user_event = shim_eventfd();
	CHECK_EQ(set_irqs(REQ, EVENTFD | TRIGGER, 1, user_event), 0);
	CHECK_OR_STOP(!pthread_create(&user, NULL, lets_go, current));
	take_away();
	pthread_join(user, NULL);
	machine_unload();
}

#define ROUNDS 300

static void *talks(void *task)
{
	shim_become(task);
	for (int i = 0; i < ROUNDS; i++) {
		put(UART_TX, i);
		get(B + UART_RX);
		shim_ioctl(fd, VFIO_DEVICE_RESET, NULL);
		ready();
	}
	return NULL;
}

static void *runs_work(void *done)
{
	while (!__atomic_load_n((bool *)done, __ATOMIC_RELAXED)) {
		shim_run_work();
		usleep(50);
	}
	return NULL;
}

static void threads(void)
{
	pthread_t talker, worker;
	bool done = false;
	int event, unmask;

	up();
	event = shim_eventfd();
	unmask = shim_eventfd();
	shim_jitter(true);
	CHECK_OR_STOP(!pthread_create(&worker, NULL, runs_work, &done));
	CHECK_OR_STOP(!pthread_create(&talker, NULL, talks, current));
	for (int i = 0; i < ROUNDS; i++) {
		CHECK_EQ(set_irqs(INTX, EVENTFD | TRIGGER, 1, event), 0);
		CHECK_EQ(set_irqs(INTX, EVENTFD | UNMASK, 1, unmask), 0);
		shim_eventfd_write(unmask);
		CHECK_EQ(set_irqs(INTX, NONE | TRIGGER, 0, 0), 0);
	}
	pthread_join(talker, NULL);
	__atomic_store_n(&done, true, __ATOMIC_RELAXED);
	pthread_join(worker, NULL);
	shim_jitter(false);
	/* off is off */
	shim_eventfd_count(event);
	put(UART_TX, 1);
	shim_run_work();
	CHECK_EQ(shim_eventfd_count(event), 0);
	down();
}

UNIT_TESTS(mtty_device,
	{ "the line", the_line },
	{ "a listener that comes late", listener_comes_late },
	{ "unmask by eventfd", unmask_by_eventfd },
	{ "without memory", without_memory },
	{ "asked back", asked_back },
	{ "threads", threads })
