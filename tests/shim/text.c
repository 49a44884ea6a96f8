// SPDX-License-Identifier: GPL-2.0-only
/* Strings and numbers as text. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

ssize_t shim_strscpy(char *to, const char *from, size_t size)
{
	size_t len = strnlen(from, size);

	if (!size)
		return -E2BIG;
	if (len == size) {
		memcpy(to, from, size - 1);
		to[size - 1] = 0;
		return -E2BIG;
	}
	memcpy(to, from, len + 1);
	return len;
}

static size_t without_newline(const char *text)
{
	size_t len = strlen(text);

	return len && text[len - 1] == '\n' ? len - 1 : len;
}

bool sysfs_streq(const char *a, const char *b)
{
	size_t len = without_newline(a);

	return len == without_newline(b) && !memcmp(a, b, len);
}

char *skip_spaces(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return (char *)text;
}

char *strim(char *text)
{
	size_t len = strlen(text);

	while (len && isspace((unsigned char)text[len - 1]))
		text[--len] = 0;
	return skip_spaces(text);
}

void *memchr_inv(const void *p, int c, size_t n)
{
	for (const u8 *at = p; n--; at++)
		if (*at != (u8)c)
			return (void *)at;
	return NULL;
}

bool strstarts(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

size_t str_has_prefix(const char *text, const char *prefix)
{
	return strstarts(text, prefix) ? strlen(prefix) : 0;
}

int match_string(const char *const *list, size_t n, const char *text)
{
	for (size_t i = 0; i < n && list[i]; i++)
		if (!strcmp(list[i], text))
			return i;
	return -EINVAL;
}

char *kasprintf(gfp_t flags, const char *fmt, ...)
{
	char *host = NULL, *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&host, fmt, args) >= 0)
		text = kstrdup(host, flags);
	va_end(args);
	free(host);
	return text;
}

int kstrtoull(const char *text, unsigned int base, unsigned long long *value)
{
	char *end;

	if (*text == '+')
		text++;
	if (!isxdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, base);
	if (errno)
		return -ERANGE;
	return *end && strcmp(end, "\n") ? -EINVAL : 0;
}

#define NARROW(name, type, most)						\
int name(const char *text, unsigned int base, type *value)			\
{										\
	unsigned long long wide;						\
	int ret = kstrtoull(text, base, &wide);					\
										\
	if (ret)								\
		return ret;							\
	if (wide > (most))							\
		return -ERANGE;							\
	*value = wide;								\
	return 0;								\
}
NARROW(kstrtouint, unsigned int, UINT_MAX)
NARROW(kstrtou16, u16, U16_MAX)
NARROW(kstrtou8, u8, U8_MAX)

int kstrtoint(const char *text, unsigned int base, int *value)
{
	bool negative = *text == '-';
	unsigned int size;
	int ret = kstrtouint(text + negative, base, &size);

	if (ret)
		return ret;
	if (size > (unsigned int)INT_MAX + negative)
		return -ERANGE;
	*value = negative ? (int)-size : (int)size;
	return 0;
}

int kstrtobool(const char *text, bool *value)
{
	if (!text || !strchr("yYtT1nNfF0oO", *text) || !*text)
		return -EINVAL;
	if (tolower(*text) == 'o') {
		if (tolower(text[1]) != 'n' && tolower(text[1]) != 'f')
			return -EINVAL;
		*value = tolower(text[1]) == 'n';
		return 0;
	}
	*value = strchr("yYtT1", *text);
	return 0;
}

int hex_to_bin(unsigned char digit)
{
	if (isdigit(digit))
		return digit - '0';
	return isxdigit(digit) ? tolower(digit) - 'a' + 10 : -1;
}
