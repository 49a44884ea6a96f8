// SPDX-License-Identifier: GPL-2.0-only
/* The kernel log: the last messages, so that tests can look for the rule they broke. */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/device.h>
#include <shim/log.h>

#define KEPT 256
#define LENGTH 240

static struct message { const char *level; char text[LENGTH]; } messages[KEPT];
static unsigned int written;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

int shim_log(const char *level, const void *dev, const char *fmt, ...)
{
	struct message *at;
	va_list args;
	size_t used;

	pthread_mutex_lock(&lock);
	at = &messages[written++ % KEPT];
	at->level = level;
	used = dev ? snprintf(at->text, LENGTH, "%s: ", dev_name(dev)) : 0;
	va_start(args, fmt);
	vsnprintf(at->text + used, LENGTH - used, fmt, args);
	va_end(args);
	if (getenv("SHIM_VERBOSE"))
		fprintf(stderr, "[%s] %s%s", level, at->text,
			strchr(at->text, '\n') ? "" : "\n");
	pthread_mutex_unlock(&lock);
	return 0;
}

void shim_log_clear(void)
{
	written = 0;
}

static unsigned int kept(void)
{
	return written < KEPT ? written : KEPT;
}

bool shim_log_has(const char *part)
{
	for (unsigned int i = 0; i < kept(); i++)
		if (strstr(messages[i].text, part))
			return true;
	return false;
}

unsigned int shim_log_count(const char *level)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < kept(); i++)
		n += !level || !strcmp(messages[i].level, level);
	return n;
}
