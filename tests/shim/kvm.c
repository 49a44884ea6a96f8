// SPDX-License-Identifier: GPL-2.0-only
/* A virtual machine is its reference count. */
#include <linux/kvm_host.h>
#include <shim/report.h>

bool kvm_get_kvm_safe(struct kvm *kvm)
{
	if (!kvm->dying)
		kvm->refs++;
	return !kvm->dying;
}

void kvm_put_kvm(struct kvm *kvm)
{
	if (kvm->refs-- <= 0)
		shim_die("kvm_put_kvm: no references left");
}
