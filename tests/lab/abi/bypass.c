// SPDX-License-Identifier: GPL-2.0-only
/*
 * From VFIO_DEVICE_SET_IRQS to irq_set_vcpu_affinity: MSI-X vectors of igb and of an nvme
 * controller as producers, sinks of bypass_sink.ko as consumers. Whatever order they come, change
 * and go in, each call to the irq_chip is for the vector's interrupt, and the host has that back
 * before anything of it changes. Needs bypass_sink.ko.
 */
#define _GNU_SOURCE
#include "check.h"

#include <fcntl.h>
#include <glob.h>
#include <linux/pci_regs.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../irq_set.h"
#include "../modules/bypass_sink.h"

#define MOST	65		/* vectors that a test takes; nvme's are that many and more */

static struct session s = { .container = -1, .group = -1, .device = -1 };
static uint32_t vectors;	/* of the device under test */
static int fds[MOST];
static int watcher = -1;	/* a sink that listens to nothing: it reads the record */

/* Linux interrupt of a vector that is on, as /proc/interrupts has it; 0 when it is not */
static unsigned int irq_of(uint32_t vector)
{
	FILE *file = fopen("/proc/interrupts", "re");
	char name[64], line[512];
	unsigned int irq = 0;

	snprintf(name, sizeof(name), "vfio-msix[%u](%s)\n", vector, s.dev.name);
	while (file && !irq && fgets(line, sizeof(line), file)) {
		char *at = strstr(line, name);

		if (at && at[strlen(name)] == 0)
			irq = strtoul(line, NULL, 10);
	}
	if (file)
		fclose(file);
	return irq;
}

/* Does the view of the only open device say so of a vector that is on? */
static bool bypass_is(uint32_t vector, const char *state)
{
	glob_t views = { 0 };
	char line[128], found[16] = "";
	unsigned int n;

	glob("/sys/kernel/debug/vfio/*/irqs", 0, NULL, &views);
	for (size_t i = 0; i < views.gl_pathc && !*found; i++) {
		FILE *file = fopen(views.gl_pathv[i], "re");

		while (file && !*found && fgets(line, sizeof(line), file))
			if (sscanf(line, "msix %u %*u %*s %15s", &n, found) != 2 || n != vector)
				*found = 0;
		if (file)
			fclose(file);
	}
	globfree(&views);
	return !strcmp(found, state);
}

static int sink_open(void)
{
	return open("/dev/bypass_sink", O_RDWR | O_CLOEXEC);
}

static int sink_listen(int sink, int fd, uint32_t number, uint32_t refuse)
{
	struct bypass_sink_listen listen = {
		.eventfd = fd, .number = number, .refuse = refuse,
	};

	return vf_ioctl(sink, BYPASS_SINK_LISTEN, &listen);
}

/* A consumer for fds[vector] with the number vector + 1 */
static int sink_for(uint32_t vector)
{
	int sink = sink_open();

	EXPECT(sink_listen(sink, fds[vector], vector + 1, 0), 0);
	return sink;
}

static struct bypass_sink_state state_of(int sink)
{
	struct bypass_sink_state state = { .irq = ~0u };

	EXPECT(vf_ioctl(sink, BYPASS_SINK_STATE, &state), 0);
	return state;
}

/* The next call was for this interrupt, and went to this sink, or to the host with 0 */
static void expect_record(unsigned int irq, uint32_t number)
{
	struct bypass_sink_record record = { 0 };

	if (!EXPECT(read(watcher, &record, sizeof(record)), sizeof(record)))
		return;
	EXPECT(record.irq, irq);
	EXPECT(record.number, number);
}

static void expect_no_record(void)
{
	struct bypass_sink_record record;

	EXPECT(read(watcher, &record, sizeof(record)), 0);
}

static int set_vectors(uint32_t start, uint32_t count, const int *some)
{
	return irq_eventfds(s.device, MSIX, start, count, some);
}

static int trigger(uint32_t vector)
{
	return irq_set(s.device, NONE | TRIGGER, MSIX, vector, 1, NULL, 0);
}

static void setup(unsigned int vendor, unsigned int device)
{
	struct pci_dev dev;
	struct vfio_irq_info info;

	if (!EXPECT(find_bound(vendor, device, 0, &dev), 0) || !EXPECT(session_open(&s, &dev), 0))
		return;
	EXPECT(irq_info(s.device, MSIX, &info), 0);
	vectors = info.count < MOST ? info.count : MOST;
	for (uint32_t i = 0; i < vectors; i++)
		fds[i] = eventfd_new();
	watcher = sink_open();
	EXPECT_TRUE(watcher >= 0);
}

static void igb_setup(void)
{
	setup(IGB_ID);
	EXPECT(vectors, 10);
}

static void nvme_setup(void)
{
	setup(NVME_ID);
	EXPECT(vectors, MOST);
}

static void teardown(void)
{
	session_close(&s);
	expect_no_record();
	for (uint32_t i = 0; i < vectors; i++)
		close_fd(&fds[i]);
	close_fd(&watcher);
}

static void consumer_first(void)
{
	int sink = sink_for(1);
	unsigned int irq;

	EXPECT(set_vectors(0, 3, fds), 0);
	irq = irq_of(1);
	expect_record(irq, 2);
	EXPECT(state_of(sink).irq, irq);
	EXPECT_TRUE(bypass_is(1, "connected"));
	EXPECT_TRUE(bypass_is(2, "offered"));
	EXPECT(irq_disable(s.device, MSIX), 0);
	expect_record(irq, 0);
	EXPECT(state_of(sink).irq, 0);
	EXPECT_TRUE(bypass_is(1, ""));
	close_fd(&sink);
}

static void producer_first(void)
{
	unsigned int irq;
	int sink;

	EXPECT(set_vectors(0, 3, fds), 0);
	expect_no_record();
	irq = irq_of(2);
	sink = sink_for(2);
	expect_record(irq, 3);
	EXPECT(state_of(sink).irq, irq);
	/* gone first: the vector goes by its eventfd again, and to the next one who asks */
	close_fd(&sink);
	expect_record(irq, 0);
	EXPECT_TRUE(bypass_is(2, "offered"));
	EXPECT(trigger(2), 0);
	EXPECT(eventfd_count(fds[2], EVENT_SOON), 1);
	sink = sink_for(2);
	expect_record(irq, 3);
	EXPECT(irq_disable(s.device, MSIX), 0);
	expect_record(irq, 0);
	close_fd(&sink);
}

/* The host has it in between */
static void another_eventfd(void)
{
	int first = sink_for(0), second = sink_for(1);
	unsigned int irq;

	EXPECT(set_vectors(0, 1, fds), 0);
	irq = irq_of(0);
	expect_record(irq, 1);
	EXPECT(set_vectors(0, 1, fds + 1), 0);
	EXPECT(irq_of(0), irq);
	expect_record(irq, 0);
	expect_record(irq, 2);
	EXPECT(state_of(first).irq, 0);
	EXPECT(state_of(second).irq, irq);
	/* the same again is a change, too */
	EXPECT(set_vectors(0, 1, fds + 1), 0);
	expect_record(irq, 0);
	expect_record(irq, 2);
	EXPECT(irq_disable(s.device, MSIX), 0);
	expect_record(irq, 0);
	close_fd(&first);
	close_fd(&second);
}

static void one_vector_off(void)
{
	int some[3] = { sink_for(0), sink_for(1), sink_for(2) }, none = -1;
	unsigned int irqs[3];

	EXPECT(set_vectors(0, 3, fds), 0);
	for (int i = 0; i < 3; i++) {
		irqs[i] = irq_of(i);
		expect_record(irqs[i], i + 1);
	}
	EXPECT(set_vectors(1, 1, &none), 0);
	expect_record(irqs[1], 0);
	expect_no_record();
	EXPECT(state_of(some[0]).irq, irqs[0]);
	EXPECT(state_of(some[2]).irq, irqs[2]);
	/* on again: as before */
	EXPECT(set_vectors(1, 1, fds + 1), 0);
	expect_record(irq_of(1), 2);
	EXPECT(irq_disable(s.device, MSIX), 0);
	expect_record(irqs[0], 0);
	expect_record(state_of(some[1]).irq ? ~0u : irqs[1], 0);
	expect_record(irqs[2], 0);
	for (int i = 0; i < 3; i++)
		close_fd(&some[i]);
}

static void every_vector(void)
{
	unsigned int irqs[MOST];
	int some[MOST];

	for (uint32_t i = 0; i < vectors; i++)
		some[i] = sink_for(i);
	EXPECT(set_vectors(0, vectors, fds), 0);
	for (uint32_t i = 0; i < vectors; i++) {
		irqs[i] = irq_of(i);
		EXPECT_TRUE(irqs[i] != 0);
		expect_record(irqs[i], i + 1);
	}
	/* a request that fails takes none away for good */
	EXPECT(set_vectors(0, 1, &s.group), -EINVAL);
	expect_record(irqs[0], 0);
	expect_record(irqs[0], 1);
	for (uint32_t i = 0; i < vectors; i++)
		close_fd(&some[i]);
	for (uint32_t i = 0; i < vectors; i++)
		expect_record(irqs[i], 0);
}

static void device_closed(void)
{
	int sink = sink_for(0);
	unsigned int irq;

	EXPECT(set_vectors(0, 1, fds), 0);
	irq = irq_of(0);
	expect_record(irq, 1);
	close_fd(&s.device);
	expect_record(irq, 0);
	EXPECT(state_of(sink).irq, 0);
	close_fd(&sink);
}

static int say_and_wait(void *pipe)
{
	int *ends = pipe;
	unsigned int irq;

	if (session_open(&s, &s.dev) || set_vectors(0, 1, fds))
		return 1;
	irq = irq_of(0);
	if (write(ends[1], &irq, sizeof(irq)) != sizeof(irq))
		return 1;
	for (;;)
		pause();
}

static void user_killed(void)
{
	unsigned int irq = 0;
	int ends[2], sink;
	pid_t pid;

	session_close(&s);
	REQUIRE(pipe2(ends, O_CLOEXEC), 0);
	sink = sink_for(0);
	fflush(NULL);
	pid = fork();
	if (!pid)
		_exit(say_and_wait(ends));
	close_fd(&ends[1]);
	EXPECT(read(ends[0], &irq, sizeof(irq)), sizeof(irq));
	expect_record(irq, 1);
	EXPECT(state_of(sink).irq, irq);
	EXPECT(kill(pid, SIGKILL), 0);
	EXPECT(waitpid(pid, NULL, 0), pid);
	expect_record(irq, 0);
	EXPECT(state_of(sink).irq, 0);
	close_fd(&sink);
	close_fd(&ends[0]);
}

static void *unbinder(void *result)
{
	*(int *)result = pci_unbind(&s.dev);
	return NULL;
}

static void unbound_in_use(void)
{
	int request = eventfd_new(), sink = sink_for(0), unbound = -1;
	unsigned int irq;
	pthread_t thread;

	REQUIRE(irq_eventfds(s.device, REQ, 0, 1, &request), 0);
	EXPECT(set_vectors(0, 1, fds), 0);
	irq = irq_of(0);
	expect_record(irq, 1);
	REQUIRE(pthread_create(&thread, NULL, unbinder, &unbound), 0);
	EXPECT_TRUE(eventfd_count(request, EVENT_SOON) >= 1);
	expect_no_record();
	session_close(&s);
	expect_record(irq, 0);
	pthread_join(thread, NULL);
	EXPECT(unbound, 0);
	EXPECT(pci_bind(&s.dev, "vfio-pci"), 0);
	close_fd(&sink);
	close_fd(&request);
}

/* Neither side is started, and the vector goes by its eventfd, whoever came last */
static void refusal(void)
{
	int sink = sink_open();

	EXPECT(sink_listen(sink, fds[0], 1, EIO), 0);
	EXPECT(set_vectors(0, 2, fds), 0);
	EXPECT(state_of(sink).stops, 1);
	EXPECT(state_of(sink).starts, 0);
	EXPECT(trigger(0), 0);
	EXPECT(eventfd_count(fds[0], EVENT_SOON), 1);
	close_fd(&sink);
	sink = sink_open();
	EXPECT(sink_listen(sink, fds[1], 2, EIO), -EIO);
	EXPECT(state_of(sink).stops, 1);
	EXPECT(state_of(sink).starts, 0);
	EXPECT(trigger(1), 0);
	EXPECT(eventfd_count(fds[1], EVENT_SOON), 1);
	/* the producer that was refused comes again with its next eventfd, the other is there */
	EXPECT(sink_listen(sink, fds[1], 2, 0), 0);
	expect_record(irq_of(1), 2);
	EXPECT(state_of(sink).starts, 1);
	close_fd(&sink);
	expect_record(irq_of(1), 0);
}

/* igb's registers (82576 datasheet, 8.8): general interrupt enable, cause set, mask set, cause */
#define GPIE		0x1514
#define GPIE_MULTIPLE	0x10
#define EICS		0x1520
#define EIMS		0x1524
#define EICR		0x1580

static void put(uint32_t reg, uint32_t value)
{
	EXPECT(region_write(s.device, VFIO_PCI_BAR0_REGION_INDEX, reg, &value, 4), 4);
}

static void expect_message(uint32_t vector)
{
	put(EICR, 1u << vector);
	put(EICS, 1u << vector);
	EXPECT_TRUE(eventfd_count(fds[vector], EVENT_SOON) > 0);
}

/* The device's own, by eventfd: this machine posts nothing, so also while a sink has it */
static void the_device_raises_it(void)
{
	int refusing = sink_open(), sink = sink_for(1);
	unsigned int irq;

	EXPECT(sink_listen(refusing, fds[0], 1, EIO), 0);
	EXPECT(set_vectors(0, 2, fds), 0);
	irq = irq_of(1);
	expect_record(irq, 2);
	EXPECT(config_write(s.device, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER),
	       2);
	put(GPIE, GPIE_MULTIPLE);
	put(EIMS, 3);
	expect_message(0);
	expect_message(1);
	close_fd(&sink);
	expect_record(irq, 0);
	expect_message(1);
	close_fd(&refusing);
}

#define COMMON_TESTS						\
	{ "the consumer comes first", consumer_first },		\
	{ "the producer comes first", producer_first },		\
	{ "another eventfd", another_eventfd },			\
	{ "one vector off", one_vector_off },			\
	{ "every vector", every_vector },			\
	{ "the device is closed", device_closed },		\
	{ "its user is killed", user_killed },			\
	{ "unbound while in use", unbound_in_use },		\
	{ "refusal", refusal }

static CU_TestInfo igb_tests[] = {
	COMMON_TESTS,
	{ "the device raises it", the_device_raises_it },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo nvme_tests[] = {
	COMMON_TESTS,
	CU_TEST_INFO_NULL,
};

int main(void)
{
	CU_SuiteInfo suites[] = {
		{ "igb", NULL, NULL, igb_setup, teardown, igb_tests },
		{ "nvme", NULL, NULL, nvme_setup, teardown, nvme_tests },
		CU_SUITE_INFO_NULL,
	};

	return check_main(suites);
}
