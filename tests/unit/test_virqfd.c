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

/* What each test has: an eventfd, and the place where a driver keeps what it enabled */
static struct virqfd *slot;
static int fd = -1;

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

static int enable(int eventfd)
{
	return vfio_virqfd_enable(&handled, handler, thread, &threaded, &slot, eventfd);
}

static void begin(void)
{
	handled = threaded = 0;
	answer = 1;
	CHECK_EQ(vfio_virqfd_init(), 0);
}

static void begin_open(void)
{
	begin();
	fd = shim_eventfd();
}

static void close_fd(void)
{
	shim_close(fd);
	fd = -1;
}

static void end(void)
{
	vfio_virqfd_disable(&slot);
	CHECK(!slot);
	if (fd >= 0)
		close_fd();
	vfio_virqfd_exit();
}

static void signals_arrive(void)
{
	begin_open();
	CHECK_EQ(enable(fd), 0);
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
	end();
}

static void an_earlier_signal_is_served(void)
{
	begin_open();
	shim_eventfd_write(fd);
	CHECK_EQ(enable(fd), 0);
	CHECK_EQ(handled, 1);
	end();
}

static void user_closes(void)
{
	begin_open();
	CHECK_EQ(enable(fd), 0);
	close_fd();
	CHECK(!slot);
	vfio_virqfd_disable(&slot);	/* waits for the end that has begun */
	CHECK_EQ(shim_live(SHIM_EVENTFD), 0);
	end();
}

static void disable_serves_queued_work(void)
{
	begin_open();
	CHECK_EQ(enable(fd), 0);
	shim_eventfd_write(fd);
	vfio_virqfd_disable(&slot);
	CHECK_EQ(threaded, 1);
	shim_run_work();
	CHECK_EQ(threaded, 1);
	end();
}

static void refused(void)
{
	struct virqfd *kept;
	int plain;

	begin_open();
	plain = shim_plain_fd();
	CHECK_EQ(enable(plain), -EINVAL);
	CHECK_EQ(enable(200), -EBADF);
	CHECK_EQ(enable(-1), -EBADF);
	CHECK(!slot);
	CHECK_EQ(enable(fd), 0);
	kept = slot;
	CHECK_EQ(enable(fd), -EBUSY);
	CHECK(slot == kept);
	shim_eventfd_write(fd);
	CHECK_EQ(handled, 1);
	shim_close(plain);
	end();
}

static void without_memory(void)
{
	begin();
	SHIM_SWEEP() {
		int ret;

		fd = shim_eventfd();
		ret = enable(fd);
		CHECK_EQ(!ret, !shim_failed());
		CHECK_EQ(!!slot, !ret);
		vfio_virqfd_disable(&slot);
		close_fd();
	}
	end();
}

static void *close_it(void *task)
{
	shim_become(task);
	close_fd();
	return NULL;
}

/* Whoever comes first ends it; the other waits, and nothing is done twice. */
static void disable_races_close(void)
{
	begin();
	shim_jitter(true);
	for (int round = 0; round < 200; round++) {
		pthread_t closer;

		fd = shim_eventfd();
		CHECK_EQ(enable(fd), 0);
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
	end();
}

/* The slot had another before, whose eventfd was closed with its thread still to run */
static void disable_waits_for_the_one_before(void)
{
	begin_open();
	CHECK_EQ(enable(fd), 0);
	shim_eventfd_write(fd);
	close_fd();
	CHECK(!slot);
	fd = shim_eventfd();
	CHECK_EQ(enable(fd), 0);
	vfio_virqfd_disable(&slot);
	CHECK_EQ(threaded, 1);
	CHECK_EQ(shim_live(SHIM_EVENTFD), 0);
	shim_run_work();
	CHECK_EQ(threaded, 1);
	end();
}

UNIT_TESTS(virqfd,
	{ "signals arrive", signals_arrive },
	{ "an earlier signal is served", an_earlier_signal_is_served },
	{ "user space closes the eventfd", user_closes },
	{ "disable serves queued work", disable_serves_queued_work },
	{ "what is refused", refused },
	{ "without memory", without_memory },
	{ "disable races close", disable_races_close },
	{ "disable waits for the one before", disable_waits_for_the_one_before })
