// SPDX-License-Identifier: GPL-2.0-only
/*
 * monitor: what happens to devices, a line each as it happens, until a signal comes or nobody
 * reads any more. Neither a reader that stands still nor a flood of events keeps it from ending:
 * a signal is looked for before each line and each read, and nothing waits but poll(2).
 *
 * Drivers come and go by the kernel's announcements (uevent.c), which do not tell by whom; all else
 * is told by Passway's trace events (tracing.c), with the process. The two are not in one order:
 * the time stamps are.
 */
#include "monitor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "operand.h"
#include "out.h"

struct monitor {
	struct call *call;
	char (*only)[BDF_LEN];		/* the devices asked for, as many as operands; or all */
	struct devs devs;		/* for the drivers that they had */
	struct tracing tracing;
	int uevents, signals;
	bool over;
};

static bool wanted(const struct monitor *m, const char *bdf)
{
	int i;

	for (i = 0; i < m->call->argc; i++) {
		if (!strcmp(m->only[i], bdf))
			return true;
	}
	return !m->call->argc;
}

static struct json_object *begin(struct timespec at, const char *event, const char *bdf)
{
	struct json_object *line = json_object_new_object();
	char text[64];
	struct tm tm;
	size_t len;

	gmtime_r(&at.tv_sec, &tm);
	len = strftime(text, sizeof(text), "%FT%T", &tm);
	snprintf(text + len, sizeof(text) - len, ".%06ldZ", at.tv_nsec / 1000);
	out_str(line, "time", text);
	out_str(line, "event", event);
	out_str(line, "device", bdf);
	return line;
}

static void print_text(struct json_object *line)
{
	const char *device = out_get(line, "device");

	printf("%s %-8s%s%s", out_get(line, "time"), out_get(line, "event"), device[0] ? " " : "",
	       device);
	json_object_object_foreach(line, key, value) {
		if (strcmp(key, "time") && strcmp(key, "event") && strcmp(key, "device"))
			printf(" %s=%s", key, json_object_is_type(value, json_type_string) &&
			       !strchr(json_object_get_string(value), ' ') ?
			       json_object_get_string(value) :
			       json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN |
							      JSON_C_TO_STRING_NOSLASHESCAPE));
	}
	putchar('\n');
}

/*
 * Waits until stdout takes a line, which is shorter than what a pipe that polls writable has room
 * for (PIPE_BUF); false if it is time to end.
 */
static bool go_on(struct monitor *m)
{
	struct pollfd fds[] = {
		{ .fd = STDOUT_FILENO, .events = POLLOUT },
		{ .fd = m->signals, .events = POLLIN },
	};

	m->over = m->over || ferror(stdout) || poll(fds, ARRAY_SIZE(fds), -1) < 0 ||
		  fds[0].revents & (POLLERR | POLLHUP) || fds[1].revents;
	return !m->over;
}

static void print_line(struct monitor *m, struct json_object *line)
{
	if (m->call->out->json)
		puts(json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN |
						    JSON_C_TO_STRING_NOSLASHESCAPE));
	else
		print_text(line);
	if (!fflush(stdout) || errno != EPIPE)
		return;
	/* The last reader left since we looked: as good an end as before */
	m->over = true;
	__fpurge(stdout);
	clearerr(stdout);
}

static void end(struct monitor *m, struct json_object *line)
{
	if (go_on(m))
		print_line(m, line);
	json_object_put(line);
}

static struct timespec now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t;
}

static void say(struct monitor *m, const char *event)
{
	end(m, begin(now(), event, ""));
}

static void lost(void *monitor)
{
	say(monitor, "lost");
}

/* A device gets a driver, or loses it (""); @former is the one that it had, as far as we know */
static void change_driver(struct monitor *m, const char *bdf, const char *driver,
			  char former[SYS_NAME])
{
	struct dev *dev = devs_find(&m->devs, bdf);

	snprintf(former, SYS_NAME, "%s", dev ? dev->driver : "");
	if (!dev && !devs_add(&m->devs, bdf))
		dev = devs_find(&m->devs, bdf);
	if (dev)
		snprintf(dev->driver, SYS_NAME, "%s", driver);
}

static void pci_event(void *monitor, const char *action, const char *bdf, const char *driver)
{
	struct monitor *m = monitor;
	char former[SYS_NAME];
	struct json_object *line;
	bool bind = !strcmp(action, "bind");

	if (!bdf[0] || (!bind && strcmp(action, "unbind")))
		return;
	change_driver(m, bdf, bind ? driver : "", former);
	/* The driver's module may have come only now, and a device is bound before it is opened */
	if (bind)
		tracing_enable(&m->tracing);
	if (!wanted(m, bdf))
		return;
	line = begin(now(), action, bdf);
	out_str(line, "driver", bind ? driver : former);
	end(m, line);
}

/*
 * Processes are known by their first thread; that of one which has ended is not to be had. Events
 * of files have it in a field of their own.
 */
static pid_t process_of(pid_t tid)
{
	char path[SYS_PATH], *text, *at;
	pid_t pid = tid;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	text = sys_slurp(path);
	at = text ? strstr(text, "\nTgid:") : NULL;
	if (at)
		pid = atoi(at + strlen("\nTgid:"));
	free(text);
	return pid;
}

static bool is_number(const char *text)
{
	text += *text == '-';
	return *text && !text[strspn(text, "0123456789")];
}

/* "key=value", behind which @fields then stands; NULL at the end */
static char *next_field(char **fields, char **value)
{
	char *key = *fields + strspn(*fields, " "), *stop;

	*value = strchr(key, '=');
	if (!*value)
		return NULL;
	*(*value)++ = '\0';
	if (**value == '"')
		stop = strchr(++*value, '"');
	else
		stop = strchr(*value, ' ');
	*fields = stop ? stop + 1 : *value + strlen(*value);
	if (stop)
		*stop = '\0';
	return key;
}

static struct timespec real_time(const struct trace_event *event)
{
	struct timespec mono, real = now();
	long long ns;

	clock_gettime(CLOCK_MONOTONIC, &mono);
	ns = (real.tv_sec - mono.tv_sec + event->sec) * 1000000000ll +
	     real.tv_nsec - mono.tv_nsec + event->usec * 1000;
	return (struct timespec){ .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
}

static void add_driver(struct json_object *line, const char *bdf)
{
	char driver[SYS_NAME];
	int dir = dev_open(bdf);

	if (dir < 0)
		return;
	if (!sys_link(dir, "driver", driver, sizeof(driver)))
		out_str(line, "driver", driver);
	close(dir);
}

/* All of them tell their device first */
static void trace_event(void *monitor, struct trace_event *event)
{
	struct monitor *m = monitor;
	struct json_object *line;
	char *key, *value, command[32], path[SYS_PATH];

	key = next_field(&event->fields, &value);
	if (!key || strcmp(key, "device") || !wanted(m, value))
		return;
	line = begin(real_time(event), event->name + strlen("vfio_"), value);
	add_driver(line, value);
	out_int(line, "pid", process_of(event->tid));
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)event->tid);
	if (strcmp(event->command, "<...>"))
		out_str(line, "command", event->command);
	else if (sys_read_at(path, command, sizeof(command)) > 0)
		out_str(line, "command", command);
	while ((key = next_field(&event->fields, &value))) {
		if (is_number(value))
			out_int(line, key, atoll(value));
		else
			out_str(line, key, value);
	}
	end(m, line);
}

static void watch(struct monitor *m)
{
	struct pollfd fds[] = {
		{ .fd = m->tracing.fd, .events = POLLIN },
		{ .fd = m->uevents, .events = POLLIN },
		{ .fd = m->signals, .events = POLLIN },
		{ .fd = STDOUT_FILENO },	/* for POLLERR: nobody reads */
	};
	bool more = false;

	say(m, "start");
	while (go_on(m) && poll(fds, ARRAY_SIZE(fds), more ? 0 : -1) >= 0) {
		more = tracing_read(&m->tracing, trace_event, lost, m);
		more |= uevent_read(m->uevents, pci_event, lost, m);
	}
}

/* But for those that we were started to ignore, as by nohup(1): a signalfd would tell of them */
static int catch_signals(void)
{
	static const int ending[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction was;
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < ARRAY_SIZE(ending); i++) {
		if (!sigaction(ending[i], NULL, &was) && was.sa_handler != SIG_IGN)
			sigaddset(&set, ending[i]);
	}
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static enum rc open_sources(struct monitor *m)
{
	struct finding f = { 0 };

	if (!sys_is_live()) {
		finding_say(&f, "monitor.root", "nothing happens in a saved tree");
		return out_fault(m->call->out, RC_USAGE, NULL, &f);
	}
	m->signals = catch_signals();
	m->uevents = uevent_open();
	if (m->signals < 0 || m->uevents < 0) {
		finding_say(&f, "monitor.socket", "the kernel's announcements are not to be had: %s",
			    strerror(m->uevents < 0 ? -m->uevents : EMFILE));
		return out_fault(m->call->out, RC_KERNEL, NULL, &f);
	}
	devs_scan(&m->devs);
	if (!tracing_open(&m->tracing, &f))
		return out_fault(m->call->out, strcmp(f.rule, "monitor.instance") ? RC_BLOCKED :
				 RC_KERNEL, NULL, &f);
	return RC_DONE;
}

static enum rc read_operands(struct monitor *m)
{
	enum rc rc = RC_DONE, one;
	int i;

	m->only = calloc((size_t)m->call->argc + 1, sizeof(*m->only));
	if (!m->only)
		abort();
	for (i = 0; i < m->call->argc; i++) {
		one = operand_address(m->call->out, m->call->argv[i], m->only[i]);
		rc = one > rc ? one : rc;
	}
	return rc;
}

enum rc monitor_run(struct call *call)
{
	struct monitor m = { .call = call, .uevents = -1, .signals = -1 };
	enum rc rc = read_operands(&m);

	if (!rc)
		rc = open_sources(&m);
	if (!rc) {
		watch(&m);
		tracing_close(&m.tracing);
		call->out->json = false;	/* all has been said, line by line */
	}
	if (m.uevents >= 0)
		close(m.uevents);
	if (m.signals >= 0)
		close(m.signals);
	devs_free(&m.devs);
	free(m.only);
	return rc;
}
