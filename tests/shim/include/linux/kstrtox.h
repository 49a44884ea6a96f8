/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_KSTRTOX_H
#define SHIM_LINUX_KSTRTOX_H

#include <linux/types.h>

int kstrtoull(const char *text, unsigned int base, unsigned long long *value);
int kstrtouint(const char *text, unsigned int base, unsigned int *value);
int kstrtoint(const char *text, unsigned int base, int *value);
int kstrtou16(const char *text, unsigned int base, u16 *value);
int kstrtou8(const char *text, unsigned int base, u8 *value);
int kstrtobool(const char *text, bool *value);
#define kstrtou32(text, base, value) kstrtouint(text, base, value)
#define kstrtou64(text, base, value) kstrtoull(text, base, value)
int hex_to_bin(unsigned char digit);
char *strsep(char **text, const char *separators);

#endif
