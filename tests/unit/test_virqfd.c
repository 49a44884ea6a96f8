// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/virqfd.c
/* An eventfd that calls into a driver: signals, ends from both sides, failures. */
#include <pthread.h>
#include <unistd.h>

#include <linux/eventfd.h>
#include <linux/file.h>
#include <shim/fdtable.h>

#include "../../vfio/core/priv.h"
#include "unit.h"

static unsigned int handled, threaded;
static int answer;

static int handler(void *opaque, void *data)
{
	CHECK(opaque == &handled && data == &threaded);
	handled++;
	return answer;
}

static void thread(void *opaque, void *data)
{
	might_sleep();
	threaded++;
}

static int enable(struct virqfd **slot, int fd)
{
	return vfio_virqfd_enable(&handled, handler, thread, &threaded, slot, fd);
}

static void begin(void)
{
	handled = threaded = 0;
	answer = 1;
	CHECK_EQ(vfio_virqfd_init(), 0);
}

static void signals_arrive(void)
{
	struct virqfd *slot = NULL;
	int fd;

	begin();
	fd = shim_eventfd();
	CHECK_EQ(enable(&slot, fd), 0);
	CHECK(slot);
	shim_eventfd_write(fd);
	CHECK_EQ(handled, 1);
	CHECK_EQ(threaded, 0);
	CHECK_EQ(shim_eventfd_count(fd), 0);	/* the signal was consumed */
	shim_run_work();
	CHECK_EQ(threaded, 1);
	answer = 0;
	shim_eventfd_write(fd);
	shim_run_work();
	CHECK_EQ(handled, 2);
	CHECK_EQ(threaded, 1);
	vfio_virqfd_disable(&slot);
	CHECK(!slot);
	shim_eventfd_write(fd);
	CHECK_EQ(handled, 2);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	shim_close(fd);
	vfio_virqfd_exit();
}

static void an_earlier_signal_is_served(void)
{
	struct virqfd *slot = NULL;
	int fd;

	begin();
	fd = shim_eventfd();
	shim_eventfd_write(fd);
	CHECK_EQ(enable(&slot, fd), 0);
	CHECK_EQ(handled, 1);
	vfio_virqfd_disable(&slot);
	shim_close(fd);
	vfio_virqfd_exit();
}

static void user_closes(void)
{
	struct virqfd *slot = NULL;
	int fd;

	begin();
	fd = shim_eventfd();
	CHECK_EQ(enable(&slot, fd), 0);
	shim_close(fd);
	CHECK(!slot);
	vfio_virqfd_disable(&slot);	/* waits for the end that has begun */
	CHECK_EQ(shim_live(SHIM_EVENTFD), 0);
	vfio_virqfd_disable(&slot);
	vfio_virqfd_exit();
}

static void disable_serves_queued_work(void)
{
	struct virqfd *slot = NULL;
	int fd;

	begin();
	fd = shim_eventfd();
	CHECK_EQ(enable(&slot, fd), 0);
	shim_eventfd_write(fd);
	vfio_virqfd_disable(&slot);
	CHECK_EQ(threaded, 1);
	shim_run_work();
	CHECK_EQ(threaded, 1);
	shim_close(fd);
	vfio_virqfd_exit();
}

static void refused(void)
{
	struct virqfd *slot = NULL, *kept;
	int fd, plain;

	begin();
	fd = shim_eventfd();
	plain = shim_plain_fd();
	CHECK_EQ(enable(&slot, plain), -EINVAL);
	CHECK_EQ(enable(&slot, 200), -EBADF);
	CHECK_EQ(enable(&slot, -1), -EBADF);
	CHECK(!slot);
	CHECK_EQ(enable(&slot, fd), 0);
	kept = slot;
	CHECK_EQ(enable(&slot, fd), -EBUSY);
	CHECK(slot == kept);
	shim_eventfd_write(fd);
	CHECK_EQ(handled, 1);
	vfio_virqfd_disable(&slot);
	shim_close(plain);
	shim_close(fd);
	vfio_virqfd_exit();
}

static void without_memory(void)
{
	begin();
	SHIM_SWEEP() {
		struct virqfd *slot = NULL;
		int fd = shim_eventfd(), ret = enable(&slot, fd);

		CHECK_EQ(!ret, !shim_failed());
		CHECK_EQ(!!slot, !ret);
		if (!ret)
			vfio_virqfd_disable(&slot);
		shim_close(fd);
	}
	vfio_virqfd_exit();
}

static int racing_fd;

static void *close_it(void *task)
{
	shim_become(task);
	shim_close(racing_fd);
	return NULL;
}

/* Whoever comes first ends it; the other waits, and nothing is done twice. */
static void disable_races_close(void)
{
	begin();
	shim_jitter(true);
	for (int round = 0; round < 200; round++) {
		struct virqfd *slot = NULL;
		pthread_t closer;

		racing_fd = shim_eventfd();
		CHECK_EQ(enable(&slot, racing_fd), 0);
		pthread_create(&closer, NULL, close_it, current);
		usleep(round);
		vfio_virqfd_disable(&slot);
		/* from here on the owner may free what the handlers use */
		CHECK(!slot);
		CHECK_EQ(shim_live(SHIM_EVENTFD), 0);
		pthread_join(closer, NULL);
		shim_run_work();
		CHECK_EQ(shim_live(SHIM_EVENTFD), 0);
	}
	shim_jitter(false);
	vfio_virqfd_exit();
}

UNIT_TESTS(virqfd,
	{ "signals arrive", signals_arrive },
	{ "an earlier signal is served", an_earlier_signal_is_served },
	{ "user space closes the eventfd", user_closes },
	{ "disable serves queued work", disable_serves_queued_work },
	{ "what is refused", refused },
	{ "without memory", without_memory },
	{ "disable races close", disable_races_close })
