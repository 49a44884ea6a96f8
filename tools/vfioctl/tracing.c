// SPDX-License-Identifier: GPL-2.0-only
/*
 * Passway's trace events, by an instance of tracefs that nobody else uses: instances/vfioctl-PID.
 * It goes when we do; one whose process has been killed goes when the next comes.
 *
 * A line of trace_pipe is "%16s-%-7d (process) [cpu] flags sec.usec: name: fields"; "(process)" is
 * not always there. A process chooses its name, in which there may be line ends, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "monitor.h"

#define OURS "vfioctl-"
#define COMM_WIDTH 16

static const char *const events[] = {
	"vfio_open", "vfio_close", "vfio_reset", "vfio_error", "vfio_request",
	"vfio_token_refused",
};

/*
 * An instance begins with the options that somebody has set for all: those that its lines need, and
 * those by which poll(2) waits for events and what is lost is told.
 */
static const char *const options[] = {
	"context-info", "irq-info", "nolatency-format", "noraw", "nohex", "nobin", "nofields",
	"nostacktrace", "nouserstacktrace", "noblock", "overwrite",
};

static const char *find_tracefs(void)
{
	static const char *const places[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	char path[SYS_PATH];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(path, sizeof(path), "%s/instances", places[i]);
		if (sys_exists(path))
			return places[i];
	}
	return NULL;
}

/* Of processes that are no more; our number may have been one's */
static void remove_stale(const char *tracefs)
{
	char path[SYS_PATH];
	const char *name;
	pid_t pid;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/instances", tracefs);
	dir = sys_opendir(path);
	while (dir && (name = sys_next(dir))) {
		if (strncmp(name, OURS, strlen(OURS)))
			continue;
		pid = atoi(name + strlen(OURS));
		if (pid <= 0 || (pid != getpid() && (!kill(pid, 0) || errno != ESRCH)))
			continue;
		snprintf(path, sizeof(path), "%s/instances/%.64s", tracefs, name);
		rmdir(path);
	}
	if (dir)
		closedir(dir);
}

static int set(const struct tracing *t, const char *file, const char *value)
{
	char path[SYS_PATH + 64];

	snprintf(path, sizeof(path), "%s/%.60s", t->path, file);
	return sys_write(path, value);
}

int tracing_enable(struct tracing *t)
{
	char path[SYS_PATH + 64];
	int err = 0;
	size_t i;

	for (i = 0; !err && i < ARRAY_SIZE(events); i++) {
		snprintf(path, sizeof(path), "events/passway/%s/enable", events[i]);
		err = set(t, path, "1");
	}
	return err;
}

static int set_up(struct tracing *t)
{
	char path[SYS_PATH + 64];
	int err = set(t, "trace_clock", "mono");
	size_t i;

	/* to be woken by the first event; kernels that do not know it do that anyhow */
	if (!err)
		set(t, "buffer_percent", "0");
	/* nor do all kernels know all of them */
	for (i = 0; !err && i < ARRAY_SIZE(options); i++)
		set(t, "trace_options", options[i]);
	if (!err)
		err = tracing_enable(t);
	if (err)
		return err;
	snprintf(path, sizeof(path), "%s/trace_pipe", t->path);
	t->fd = sys_open(path, O_RDONLY | O_NONBLOCK);
	return t->fd < 0 ? t->fd : 0;
}

/* Both modules' events are there; a device opens only once they are loaded */
static bool events_are_there(const char *tracefs)
{
	char path[SYS_PATH];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		snprintf(path, sizeof(path), "%s/events/passway/%s", tracefs, events[i]);
		if (!sys_exists(path))
			return false;
	}
	return true;
}

bool tracing_open(struct tracing *t, struct finding *f)
{
	const char *tracefs = find_tracefs();
	int err;

	t->fd = -1;
	if (!tracefs) {
		finding_say(f, "monitor.tracefs", "tracefs is not mounted, or not to be seen");
		finding_fix(f, "as root: mount -t tracefs tracefs /sys/kernel/tracing");
		return false;
	}
	if (!events_are_there(tracefs)) {
		finding_say(f, "monitor.events", "the kernel has no trace events of Passway: its "
			    "modules are not loaded, or the distribution's are");
		finding_fix(f, "modprobe vfio-pci; vfioctl stack tells whose modules are loaded");
		return false;
	}
	remove_stale(tracefs);
	snprintf(t->path, sizeof(t->path), "%s/instances/" OURS "%d", tracefs, (int)getpid());
	err = mkdir(t->path, 0700) ? -errno : 0;
	if (!err) {
		err = set_up(t);
		if (!err)
			return true;
		tracing_close(t);
	}
	finding_say(f, "monitor.instance", "%s cannot be set up: %s", t->path, strerror(-err));
	if (err == -EACCES || err == -EPERM)
		finding_fix(f, "run it as root");
	return false;
}

/* @line: one line of trace_pipe */
static bool parse(char *line, struct trace_event *event)
{
	static char command[COMM_WIDTH + 1], name[32];
	int at = 0;

	if (strlen(line) <= COMM_WIDTH || line[COMM_WIDTH] != '-')
		return false;
	line[COMM_WIDTH] = '\0';
	if (sscanf(line + COMM_WIDTH + 1, "%d%*[^[][%*[0-9]] %*s %lld.%lld: %31[a-z_]: %n",
		   &event->tid, &event->sec, &event->usec, name, &at) != 4 || !at)
		return false;
	snprintf(command, sizeof(command), "%s", line + strspn(line, " "));
	event->command = command;
	event->name = name;
	event->fields = line + COMM_WIDTH + 1 + at;
	return true;
}

/* NULL when the line is not whole */
static char *end_of_line(char *line)
{
	return strnlen(line, COMM_WIDTH) < COMM_WIDTH ? NULL : strchr(line + COMM_WIDTH, '\n');
}

bool tracing_read(struct tracing *t, void (*event)(void *arg, struct trace_event *event),
		  void (*lost)(void *arg), void *arg)
{
	struct trace_event e;
	char *line, *end;
	ssize_t got;

	got = read(t->fd, t->buf + t->len, sizeof(t->buf) - 1 - t->len);
	if (got <= 0)
		return false;
	t->len += (size_t)got;
	t->buf[t->len] = '\0';
	for (line = t->buf; (end = end_of_line(line)); line = end + 1) {
		*end = '\0';
		if (parse(line, &e))
			event(arg, &e);
		else if (strstr(line, "LOST"))
			lost(arg);
	}
	t->len -= (size_t)(line - t->buf);
	memmove(t->buf, line, t->len);
	if (t->len == sizeof(t->buf) - 1)	/* no line is so long */
		t->len = 0;
	return true;
}

void tracing_close(struct tracing *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	rmdir(t->path);
}
