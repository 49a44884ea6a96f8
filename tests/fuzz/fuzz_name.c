// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/ioas/ vfio/type1/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * The name given to VFIO_GROUP_GET_DEVICE_FD, against a reading of it by another method: cut into
 * words, and each held against a pattern.
 */
#include <ctype.h>
#include <stdio.h>

#include <linux/slab.h>
#include <linux/uuid.h>

#include "../../vfio/pci/sriov.h"
#include "fuzz.h"

#define LONGEST 512
#define PATTERN "vf_token=xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"

static const char *const devices[] = { "0000:01:10.0", "0000:01:10.00", "0", "", "a b" };

/* What bytes of the input that are no text stand for */
static const char *const phrases[] = {
	"0000:01:10.0", " ", "vf_token=", " vf_token=11111111-2222-3333-4444-555555555555",
	"aBcDeF00-0000-0000-0000-000000000000", "-4444-",
};

static void write_name(struct fuzz_input *in, char *name)
{
	size_t at = 0;

	while (in->left && at < LONGEST - 64) {
		u8 byte = fuzz_take(in, 1);

		if (byte & 0x80)
			at += sprintf(name + at, "%s", phrases[byte % ARRAY_SIZE(phrases)]);
		else if (byte)
			name[at++] = byte;
	}
	name[at] = '\0';
}

static bool fits(const char *word, size_t len)
{
	if (len != strlen(PATTERN))
		return false;
	for (size_t i = 0; i < len; i++)
		if (PATTERN[i] == 'x' && i >= strlen("vf_token=") ? !isxdigit((u8)word[i]) :
								  word[i] != PATTERN[i])
			return false;
	return true;
}

/* The digits of a word that fits, two to a byte */
static void decode(const char *word, u8 bytes[16])
{
	unsigned int digit, n = 0;

	for (word += strlen("vf_token="); n < 32; word++) {
		if (*word == '-')
			continue;
		FUZZ_HOLDS(sscanf((char[]){ *word, 0 }, "%x", &digit) == 1);
		bytes[n / 2] = n % 2 ? bytes[n / 2] | digit : digit << 4;
		n++;
	}
}

/* As vfio_pci_name_parse(); @words are those behind the device's name */
static int read_words(const char *words, u8 bytes[16])
{
	const char *only = NULL;
	int num = 0;

	for (const char *at = words; *at; at++) {
		if (*at == ' ' || at[-1] != ' ')
			continue;
		only = at;
		num++;
	}
	if (!num)
		return VFIO_PCI_NAME_PLAIN;
	if (num > 1 || !fits(only, strcspn(only, " ")))
		return -EINVAL;
	decode(only, bytes);
	return VFIO_PCI_NAME_TOKEN;
}

static int expected(const char *name, const char *device, u8 bytes[16])
{
	size_t len = strlen(device);

	if (strlen(name) < len || memcmp(name, device, len))
		return 0;
	/* at[-1] above is a blank that is there, or it is all */
	return !name[len] ? VFIO_PCI_NAME_PLAIN :
	       name[len] != ' ' ? 0 : read_words(name + len, bytes);
}

void fuzz_one(struct fuzz_input *in)
{
	const char *device = devices[fuzz_take(in, 1) % ARRAY_SIZE(devices)];
	char name[LONGEST], *exact;
	u8 bytes[16] = { 0 };
	uuid_t uuid;
	int ret;

	write_name(in, name);
	/* of its size, so that a read behind it shows */
	exact = kmemdup(name, strlen(name) + 1, GFP_KERNEL);
	ret = vfio_pci_name_parse(exact, device, &uuid);
	FUZZ_HOLDS(ret == expected(name, device, bytes));
	if (ret == VFIO_PCI_NAME_TOKEN)
		FUZZ_HOLDS(!memcmp(&uuid, bytes, sizeof(bytes)));
	kfree(exact);
}
