/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_PGTABLE_H
#define SHIM_LINUX_PGTABLE_H

#include <linux/mm_types.h>

#define SHIM_PROT_UNCACHED 0x10
#define SHIM_PROT_WC 0x20
#define SHIM_PROT_DECRYPTED 0x40
#define pgprot_noncached(p) ((pgprot_t){ (p).pgprot | SHIM_PROT_UNCACHED })
#define pgprot_writecombine(p) ((pgprot_t){ (p).pgprot | SHIM_PROT_WC })
#define pgprot_decrypted(p) ((pgprot_t){ (p).pgprot | SHIM_PROT_DECRYPTED })
#define pgprot_val(p) ((p).pgprot)

#endif
