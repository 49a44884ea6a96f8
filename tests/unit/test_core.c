// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/
/*
 * Containers, groups and devices as user space sees them, with a driver and a backend that
 * only count.
 */
#include <pthread.h>
#include <unistd.h>

#include <linux/iommu.h>
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <shim/fdtable.h>
#include <shim/iommu.h>
#include <shim/mm.h>
#include <vfio/iommu.h>
#include <vfio/vfio.h>

#include "unit.h"

int shim_init_vfio_init(void);
void shim_exit_vfio_exit(void);

/* A driver that counts */

struct fake {
	struct vfio_device vdev;
	int initialised, open, asked;
	int refuse_open;
};

static struct {
	int opens, closes, releases, reads, writes, mmaps;
	struct kvm *kvm;
} driver;

static struct fake *to_fake(struct vfio_device *vdev)
{
	return container_of(vdev, struct fake, vdev);
}

static int fake_init(struct vfio_device *vdev)
{
	if (shim_should_fail("driver's init"))
		return -ENOMEM;
	to_fake(vdev)->initialised = 1;
	return 0;
}

static void fake_release(struct vfio_device *vdev)
{
	CHECK(to_fake(vdev)->initialised && !to_fake(vdev)->open);
	driver.releases++;
}

static int fake_open(struct vfio_device *vdev)
{
	struct fake *fake = to_fake(vdev);

	CHECK(!fake->open);
	if (fake->refuse_open)
		return fake->refuse_open;
	if (shim_should_fail("driver's open_device"))
		return -EIO;
	fake->open = 1;
	driver.kvm = vdev->kvm;
	driver.opens++;
	return 0;
}

static void fake_close(struct vfio_device *vdev)
{
	CHECK(to_fake(vdev)->open);
	to_fake(vdev)->open = 0;
	driver.closes++;
}

static long fake_ioctl(struct vfio_device *vdev, unsigned int cmd, unsigned long arg)
{
	CHECK(to_fake(vdev)->open);
	return cmd == VFIO_DEVICE_GET_INFO ? 77 : -ENOTTY;
}

static ssize_t fake_read(struct vfio_device *vdev, char __user *buf, size_t n, loff_t *pos)
{
	driver.reads++;
	return n;
}

static ssize_t fake_write(struct vfio_device *vdev, const char __user *buf, size_t n, loff_t *pos)
{
	driver.writes++;
	return n;
}

static int fake_mmap(struct vfio_device *vdev, struct vm_area_struct *vma)
{
	driver.mmaps++;
	CHECK(vma->vm_file->f_mapping == vfio_device_mapping(vdev));
	return 0;
}

static void fake_request(struct vfio_device *vdev, unsigned int count)
{
	CHECK_EQ(count, to_fake(vdev)->asked);
	__atomic_add_fetch(&to_fake(vdev)->asked, 1, __ATOMIC_SEQ_CST);
}

static const struct vfio_device_ops fake_ops = {
	.name = "fake", .init = fake_init, .release = fake_release,
	.open_device = fake_open, .close_device = fake_close, .ioctl = fake_ioctl,
	.read = fake_read, .write = fake_write, .mmap = fake_mmap, .request = fake_request,
};

/* A backend that counts */

static struct { int spaces, attached, refuse_attach; } back;

static int back_extension(void *space, unsigned long ext)
{
	return ext == VFIO_TYPE1v2_IOMMU;
}

static void *back_open(unsigned long type)
{
	CHECK_EQ(type, VFIO_TYPE1v2_IOMMU);
	if (shim_should_fail("backend's open"))
		return ERR_PTR(-ENOMEM);
	back.spaces++;
	return &back;
}

static void back_release(void *space)
{
	CHECK_EQ(back.attached, 0);
	back.spaces--;
}

static int back_attach(void *space, struct iommu_group *group)
{
	if (shim_should_fail("backend's attach"))
		return -ENOMEM;
	if (back.refuse_attach && back.attached + 1 == back.refuse_attach)
		return -EBUSY;
	back.attached++;
	return 0;
}

static void back_detach(void *space, struct iommu_group *group)
{
	back.attached--;
}

static long back_ioctl(void *space, unsigned int cmd, unsigned long arg)
{
	return cmd == VFIO_IOMMU_MAP_DMA ? 33 : -ENOTTY;
}

static struct vfio_iommu_backend backend = {
	.name = "fake", .owner = &shim_module, .extension = back_extension, .open = back_open,
	.release = back_release, .attach = back_attach, .detach = back_detach,
	.ioctl = back_ioctl,
};

/* A machine: one IOMMU, two groups, three devices in them, two of them in the first */

static struct shim_iommu hw;
static struct iommu_group *groups[2];
static struct device *devs[3];
static struct device_driver host_driver = { .name = "fake", .owner = &shim_module };
static struct fake *fakes[3];
static char path[2][16];

static void machine_on(void)
{
	static const char *const names[] = { "a", "b", "c" };

	hw = (struct shim_iommu)SHIM_VTD;
	memset(&driver, 0, sizeof(driver));
	memset(&back, 0, sizeof(back));
	for (int i = 0; i < 2; i++) {
		groups[i] = shim_group_new(&hw);
		snprintf(path[i], sizeof(path[i]), "vfio/%d", iommu_group_id(groups[i]));
	}
	for (int i = 0; i < 3; i++) {
		devs[i] = shim_group_device(groups[i / 2], names[i]);
		devs[i]->driver = &host_driver;
	}
}

static void machine_off(void)
{
	for (int i = 0; i < 3; i++)
		shim_device_free(devs[i]);
	for (int i = 0; i < 2; i++)
		shim_group_free(groups[i]);
}

static int bind(int i)
{
	struct fake *fake = vfio_alloc_device(fake, vdev, devs[i], &fake_ops);
	int ret;

	if (IS_ERR(fake))
		return PTR_ERR(fake);
	ret = vfio_register_group_dev(&fake->vdev);
	if (ret)
		vfio_put_device(&fake->vdev);
	else
		fakes[i] = fake;
	return ret;
}

static void unbind(int i)
{
	vfio_unregister_group_dev(&fakes[i]->vdev);
	vfio_put_device(&fakes[i]->vdev);
}

static void up(void)
{
	machine_on();
	CHECK_EQ(shim_init_vfio_init(), 0);
	CHECK_EQ(vfio_register_iommu_backend(&backend), 0);
	for (int i = 0; i < 3; i++)
		CHECK_EQ(bind(i), 0);
}

static void down(void)
{
	for (int i = 0; i < 3; i++)
		unbind(i);
	CHECK_EQ(driver.opens, driver.closes);
	CHECK_EQ(driver.releases, 3);
	CHECK_EQ(back.spaces, 0);
	CHECK_EQ(shim_live(SHIM_MODULE_REF), 0);
	vfio_unregister_iommu_backend(&backend);
	shim_exit_vfio_exit();
	machine_off();
}

static int set_container(int group, int container)
{
	return shim_ioctl(group, VFIO_GROUP_SET_CONTAINER, SHIM_USER(&container));
}

static int set_iommu(int container)
{
	return shim_ioctl(container, VFIO_SET_IOMMU, (void *)VFIO_TYPE1v2_IOMMU);
}

static int device_fd(int group, const char *name)
{
	return shim_ioctl(group, VFIO_GROUP_GET_DEVICE_FD, shim_user_dup(name, strlen(name) + 1));
}

static int status(int group)
{
	struct vfio_group_status st = { .argsz = sizeof(st) }, *user = SHIM_USER(&st);
	int ret = shim_ioctl(group, VFIO_GROUP_GET_STATUS, user);

	return ret ? ret : (int)((struct vfio_group_status *)shim_user_body(user))->flags;
}
#define VIABLE VFIO_GROUP_FLAGS_VIABLE
#define SET VFIO_GROUP_FLAGS_CONTAINER_SET

static void nodes_come_and_go(void)
{
	machine_on();
	CHECK_EQ(shim_init_vfio_init(), 0);
	CHECK(shim_node_exists("vfio/vfio"));
	CHECK(!shim_node_exists(path[0]));
	CHECK_EQ(bind(0), 0);
	CHECK_EQ(bind(1), 0);
	CHECK(shim_node_exists(path[0]));
	unbind(0);
	CHECK(shim_node_exists(path[0]));
	unbind(1);
	CHECK(!shim_node_exists(path[0]));
	shim_exit_vfio_exit();
	CHECK(!shim_node_exists("vfio/vfio"));
	machine_off();
}

static void needs_a_good_iommu(void)
{
	struct shim_iommu incoherent = SHIM_VTD;
	struct iommu_group *group = shim_group_new(&incoherent);
	struct device *dev = shim_group_device(group, "x"), *none = shim_group_device(NULL, "y");
	struct fake *fake;

	incoherent.caps = 0;
	CHECK_EQ(shim_init_vfio_init(), 0);
	fake = vfio_alloc_device(fake, vdev, dev, &fake_ops);
	CHECK_EQ(vfio_register_group_dev(&fake->vdev), -EINVAL);
	CHECK(shim_log_has("x: "));
	vfio_put_device(&fake->vdev);
	fake = vfio_alloc_device(fake, vdev, none, &fake_ops);
	CHECK_EQ(vfio_register_group_dev(&fake->vdev), -EINVAL);
	vfio_put_device(&fake->vdev);
	shim_exit_vfio_exit();
	shim_device_free(dev);
	shim_device_free(none);
	shim_group_free(group);
}

static void container_grants_nothing_alone(void)
{
	int container;

	up();
	container = shim_open("vfio/vfio");
	CHECK_EQ(shim_ioctl(container, VFIO_GET_API_VERSION, NULL), VFIO_API_VERSION);
	CHECK_EQ(shim_ioctl(container, VFIO_CHECK_EXTENSION, (void *)VFIO_TYPE1v2_IOMMU), 1);
	CHECK_EQ(shim_ioctl(container, VFIO_CHECK_EXTENSION, (void *)VFIO_SPAPR_TCE_IOMMU), 0);
	CHECK_EQ(set_iommu(container), -EINVAL);
	CHECK_EQ(shim_ioctl(container, VFIO_IOMMU_MAP_DMA, NULL), -EINVAL);
	CHECK_EQ(back.spaces, 0);
	shim_close(container);
	down();
}

static void group_has_one_owner(void)
{
	int group, other;

	up();
	group = shim_open(path[0]);
	CHECK(group >= 0);
	CHECK_EQ(shim_open(path[0]), -EBUSY);
	other = shim_open(path[1]);
	CHECK(other >= 0);
	shim_close(group);
	group = shim_open(path[0]);
	CHECK(group >= 0);
	shim_close(group);
	shim_close(other);
	down();
}

static void group_container_rules(void)
{
	int container, group, plain, fd;

	up();
	container = shim_open("vfio/vfio");
	group = shim_open(path[0]);
	plain = shim_plain_fd();
	CHECK_EQ(status(group), VIABLE);
	CHECK_EQ(shim_ioctl(group, VFIO_GROUP_UNSET_CONTAINER, NULL), -EINVAL);
	CHECK_EQ(device_fd(group, "a"), -EINVAL);
	CHECK_EQ(set_container(group, 250), -EBADF);
	CHECK_EQ(set_container(group, -1), -EBADF);
	CHECK_EQ(set_container(group, plain), -EBADFD);
	CHECK_EQ(set_container(group, group), -EBADFD);
	CHECK_EQ(shim_ioctl(group, VFIO_GROUP_SET_CONTAINER, SHIM_USER_WILD), -EFAULT);
	CHECK_EQ(set_container(group, container), 0);
	CHECK_EQ(set_container(group, container), -EINVAL);
	CHECK_EQ(status(group), VIABLE | SET);
	CHECK_EQ(device_fd(group, "a"), -EINVAL);
	CHECK_EQ(shim_ioctl(container, VFIO_SET_IOMMU, (void *)99), -ENODEV);
	CHECK_EQ(set_iommu(container), 0);
	CHECK_EQ(set_iommu(container), -EINVAL);
	CHECK_EQ(shim_ioctl(container, VFIO_IOMMU_MAP_DMA, NULL), 33);
	CHECK_EQ(shim_ioctl(container, VFIO_IOMMU_UNMAP_DMA, NULL), -ENOTTY);
	fd = device_fd(group, "a");
	CHECK(fd >= 0);
	CHECK_EQ(shim_ioctl(group, VFIO_GROUP_UNSET_CONTAINER, NULL), -EBUSY);
	shim_close(fd);
	CHECK_EQ(shim_ioctl(group, VFIO_GROUP_UNSET_CONTAINER, NULL), 0);
	CHECK_EQ(back.spaces, 0);
	CHECK_EQ(status(group), VIABLE);
	CHECK_EQ(shim_ioctl(container, VFIO_IOMMU_MAP_DMA, NULL), -EINVAL);
	CHECK_EQ(shim_ioctl(group, VFIO_GROUP_GET_STATUS, SHIM_USER_WILD), -EFAULT);
	CHECK_EQ(shim_ioctl(group, VFIO_DEVICE_RESET, NULL), -ENOTTY);
	shim_close(plain);
	shim_close(group);
	shim_close(container);
	down();
}

static void host_driver_bars_use(void)
{
	int container, group;

	up();
	container = shim_open("vfio/vfio");
	group = shim_open(path[0]);
	CHECK_EQ(shim_group_host_driver(groups[0], 1), 0);
	CHECK_EQ(status(group), 0);
	CHECK_EQ(set_container(group, container), -EPERM);
	shim_group_host_driver(groups[0], -1);
	CHECK_EQ(set_container(group, container), 0);
	CHECK_EQ(shim_group_host_driver(groups[0], 1), -EBUSY);
	shim_close(group);
	CHECK_EQ(shim_group_host_driver(groups[0], 1), 0);
	shim_group_host_driver(groups[0], -1);
	shim_close(container);
	down();
}

/* A group in a container with a space. */
static void ready(int *container, int *group)
{
	*container = shim_open("vfio/vfio");
	*group = shim_open(path[0]);
	CHECK_EQ(set_container(*group, *container), 0);
	CHECK_EQ(set_iommu(*container), 0);
}

static void first_open_last_close(void)
{
	int container, group, one, two;

	up();
	ready(&container, &group);
	CHECK_EQ(device_fd(group, "c"), -ENODEV);
	CHECK_EQ(device_fd(group, ""), -ENODEV);
	CHECK_EQ(device_fd(group, "ab"), -ENODEV);
	CHECK_EQ(shim_ioctl(group, VFIO_GROUP_GET_DEVICE_FD, SHIM_USER_WILD), -EFAULT);
	CHECK(device_fd(group, "a\0b") >= 0);
	CHECK_EQ(driver.opens, 1);
	one = device_fd(group, "a");
	two = device_fd(group, "b");
	CHECK_EQ(driver.opens, 2);
	CHECK_EQ(shim_ioctl(one, VFIO_DEVICE_GET_INFO, NULL), 77);
	CHECK_EQ(shim_ioctl(one, VFIO_DEVICE_RESET, NULL), -ENOTTY);
	CHECK_EQ(shim_ioctl(one, VFIO_DEVICE_FEATURE, SHIM_USER_WILD), -EFAULT);
	CHECK_EQ(shim_pread(one, NULL, 3, 0), 3);
	CHECK_EQ(shim_pwrite(one, NULL, 4, 0), 4);
	CHECK_EQ(shim_mmap_fd(one, 0x10000, 4096, SHIM_RW, 0), 0);
	CHECK_EQ(driver.reads + driver.writes + driver.mmaps, 3);
	shim_close(one);
	CHECK_EQ(driver.closes, 0);
	shim_close(two);
	CHECK_EQ(driver.closes, 1);
	/* the rest by the end of the process: SIGKILL looks no different */
	shim_task_reset();
	CHECK_EQ(driver.closes, 2);
	down();
}

static void device_outlives_its_parents(void)
{
	int container, group, fd;

	up();
	ready(&container, &group);
	fd = device_fd(group, "a");
	shim_close(container);
	shim_close(group);
	CHECK_EQ(shim_open(path[0]), -EBUSY);
	CHECK_EQ(back.spaces, 1);
	CHECK_EQ(shim_ioctl(fd, VFIO_DEVICE_GET_INFO, NULL), 77);
	shim_close(fd);
	CHECK_EQ(back.spaces, 0);
	CHECK_EQ(shim_live(SHIM_OWNER), 0);
	down();
}

static void open_may_fail(void)
{
	int container, group;

	up();
	ready(&container, &group);
	fakes[0]->refuse_open = -EIO;
	CHECK_EQ(device_fd(group, "a"), -EIO);
	CHECK_EQ(driver.closes, 0);
	fakes[0]->refuse_open = 0;
	CHECK(device_fd(group, "a") >= 0);
	shim_task_reset();
	down();
}

static void several_groups(void)
{
	int container, first, second;

	up();
	container = shim_open("vfio/vfio");
	first = shim_open(path[0]);
	second = shim_open(path[1]);
	CHECK_EQ(set_container(first, container), 0);
	CHECK_EQ(set_container(second, container), 0);
	back.refuse_attach = 2;
	CHECK_EQ(set_iommu(container), -EBUSY);
	CHECK_EQ(back.spaces, 0);
	CHECK_EQ(back.attached, 0);
	back.refuse_attach = 0;
	CHECK_EQ(set_iommu(container), 0);
	CHECK_EQ(back.attached, 2);
	CHECK_EQ(shim_ioctl(second, VFIO_GROUP_UNSET_CONTAINER, NULL), 0);
	CHECK_EQ(back.spaces, 1);
	back.refuse_attach = 2;
	CHECK_EQ(set_container(second, container), -EBUSY);
	CHECK_EQ(status(second), VIABLE);
	shim_close(first);
	CHECK_EQ(back.spaces, 0);
	shim_close(second);
	shim_close(container);
	down();
}

static void *unbind_first(void *task)
{
	shim_become(task);
	unbind(0);
	return NULL;
}

static void unbind_waits_for_users(void)
{
	int container, group, fd;
	pthread_t thread;

	up();
	unbind(1);
	ready(&container, &group);
	fd = device_fd(group, "a");
	pthread_create(&thread, NULL, unbind_first, current);
	while (!__atomic_load_n(&fakes[0]->asked, __ATOMIC_SEQ_CST))
		usleep(100);
	CHECK_EQ(driver.closes, 0);
	CHECK_EQ(device_fd(group, "a"), -ENODEV);
	CHECK_EQ(shim_ioctl(fd, VFIO_DEVICE_GET_INFO, NULL), 77);
	shim_close(fd);
	pthread_join(thread, NULL);
	CHECK_EQ(driver.closes, 1);
	/* with its last device the group has gone; what its file granted is revoked */
	CHECK_EQ(back.spaces, 0);
	CHECK(!shim_node_exists(path[0]));
	CHECK_EQ(status(group), -ENODEV);
	CHECK_EQ(set_container(group, container), -ENODEV);
	CHECK_EQ(shim_ioctl(group, VFIO_GROUP_UNSET_CONTAINER, NULL), -ENODEV);
	CHECK_EQ(device_fd(group, "a"), -ENODEV);
	CHECK_EQ(bind(0), 0);
	CHECK_EQ(bind(1), 0);
	CHECK(shim_open(path[0]) >= 0);
	shim_task_reset();
	driver.releases -= 2;
	down();
}

static void module_stays_while_open(void)
{
	int container, group;

	up();
	container = shim_open("vfio/vfio");
	CHECK_EQ(shim_live(SHIM_MODULE_REF), 1);
	group = shim_open(path[0]);
	set_container(group, container);
	set_iommu(container);
	CHECK_EQ(shim_live(SHIM_MODULE_REF), 3);
	device_fd(group, "a");
	CHECK_EQ(shim_live(SHIM_MODULE_REF), 5);
	shim_module.leaving = true;
	CHECK_EQ(device_fd(group, "b"), -ENODEV);
	CHECK_EQ(shim_open("vfio/vfio"), -ENXIO);
	shim_module.leaving = false;
	shim_task_reset();
	down();
}

static void another_backend_of_that_name(void)
{
	struct vfio_iommu_backend twin = backend;

	up();
	CHECK_EQ(vfio_register_iommu_backend(&twin), -EBUSY);
	down();
}

/* The file of device "a" stands for that device alone */
static void of_device(int fd)
{
	struct file *file = fget(fd);

	CHECK(vfio_file_is_valid(file) && vfio_file_is_ready(file) && !vfio_file_is_group(file));
	CHECK(vfio_file_enforced_coherent(file));
	CHECK(vfio_file_has_dev(file, &fakes[0]->vdev));
	CHECK(!vfio_file_has_dev(file, &fakes[1]->vdev));
	CHECK(!vfio_file_iommu_group(file));
	vfio_file_set_kvm(file, NULL);
	CHECK(fakes[0]->vdev.kvm);
	fput(file);
}

static void ready_by_its_container(void)
{
	struct file *file;
	int container, group;

	up();
	group = shim_open(path[0]);
	file = fget(group);
	CHECK(!vfio_file_is_ready(file));
	fput(file);
	shim_close(group);
	ready(&container, &group);
	file = fget(group);
	CHECK(vfio_file_is_ready(file));
	fput(file);
	file = fget(container);
	CHECK(!vfio_file_is_ready(file) && !vfio_file_has_dev(file, &fakes[0]->vdev));
	fput(file);
	shim_task_reset();
	down();
}

static void kvm_is_held_by_open_devices(void)
{
	struct kvm kvm = { 0 };
	struct iommu_group *of;
	struct file *file;
	int container, group, fd;

	up();
	ready(&container, &group);
	file = fget(group);
	CHECK(vfio_file_is_group(file) && vfio_file_is_valid(file));
	CHECK(vfio_file_enforced_coherent(file));
	CHECK(vfio_file_has_dev(file, &fakes[0]->vdev));
	CHECK(!vfio_file_has_dev(file, &fakes[2]->vdev));
	of = vfio_file_iommu_group(file);
	CHECK(of == groups[0]);
	iommu_group_put(of);
	vfio_file_set_kvm(file, &kvm);
	fd = device_fd(group, "a");
	CHECK(driver.kvm == &kvm);
	CHECK_EQ(kvm.refs, 1);
	vfio_file_set_kvm(file, NULL);
	of_device(fd);
	CHECK(fakes[0]->vdev.kvm == &kvm);
	shim_close(fd);
	CHECK_EQ(kvm.refs, 0);
	kvm.dying = true;
	vfio_file_set_kvm(file, &kvm);
	device_fd(group, "a");
	CHECK(!driver.kvm);
	vfio_file_set_kvm(file, NULL);
	fput(file);
	file = fget(container);
	CHECK(!vfio_file_is_valid(file));
	CHECK(!vfio_file_iommu_group(file));
	fput(file);
	shim_task_reset();
	down();
}

/* From loading the module to the device's file and back, with each step failing in turn. */
static int use_once(void)
{
	int container, group, fd, ret;

	container = shim_open("vfio/vfio");
	if (container < 0)
		return container;
	group = shim_open(path[0]);
	ret = group < 0 ? group : set_container(group, container);
	if (!ret)
		ret = set_iommu(container);
	fd = ret ? ret : device_fd(group, "a");
	if (fd >= 0)
		shim_close(fd);
	if (group >= 0)
		shim_close(group);
	shim_close(container);
	return fd < 0 ? fd : 0;
}

static void each_step_fails(void)
{
	SHIM_SWEEP() {
		int ret;

		machine_on();
		ret = shim_init_vfio_init();
		if (!ret) {
			CHECK_EQ(vfio_register_iommu_backend(&backend), 0);
			ret = bind(0);
			if (!ret) {
				ret = use_once();
				unbind(0);
			}
			vfio_unregister_iommu_backend(&backend);
			shim_exit_vfio_exit();
		}
		CHECK(!ret == !shim_failed());
		CHECK_EQ(driver.opens, driver.closes);
		CHECK_EQ(back.spaces, 0);
		shim_user_free_all();
		machine_off();
	}
}

static void *open_and_close(void *task)
{
	int container, group, fd;

	shim_become(task);
	for (int round = 0; round < 100; round++) {
		container = shim_open("vfio/vfio");
		group = shim_open(path[0]);
		if (group >= 0 && !set_container(group, container) && !set_iommu(container)) {
			fd = device_fd(group, "a");
			if (fd >= 0)
				shim_close(fd);
		}
		if (group >= 0)
			shim_close(group);
		shim_close(container);
	}
	return NULL;
}

static void *bind_and_unbind(void *task)
{
	shim_become(task);
	for (int round = 0; round < 50; round++) {
		unbind(0);
		CHECK_EQ(bind(0), 0);
	}
	return NULL;
}

static void open_races_unbind(void)
{
	struct task_struct *user;
	pthread_t a, b;

	up();
	user = shim_task_new("user");
	shim_jitter(true);
	pthread_create(&a, NULL, open_and_close, user);
	pthread_create(&b, NULL, bind_and_unbind, current);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	shim_jitter(false);
	shim_task_exit(user);
	driver.releases -= 50;
	down();
}

UNIT_TESTS(core,
	{ "nodes come and go", nodes_come_and_go },
	{ "a device needs a good IOMMU", needs_a_good_iommu },
	{ "a container grants nothing alone", container_grants_nothing_alone },
	{ "a group has one owner", group_has_one_owner },
	{ "rules of group and container", group_container_rules },
	{ "a host driver bars use", host_driver_bars_use },
	{ "first open and last close", first_open_last_close },
	{ "a device outlives its parents", device_outlives_its_parents },
	{ "open may fail", open_may_fail },
	{ "several groups", several_groups },
	{ "unbind waits for users", unbind_waits_for_users },
	{ "the module stays while open", module_stays_while_open },
	{ "another backend of that name", another_backend_of_that_name },
	{ "KVM is held by open devices", kvm_is_held_by_open_devices },
	{ "a group is ready by its container", ready_by_its_container },
	{ "each step fails", each_step_fails },
	{ "open races unbind", open_races_unbind })
