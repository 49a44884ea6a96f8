// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VF token: a secret that the user of a PF shares with the users of its VFs.
 *
 * Whoever drives a PF can stop and redirect the traffic of its VFs, and VFs can make a PF's
 * driver work for them, so the two sides prove that they belong together by the name that they
 * give to VFIO_GROUP_GET_DEVICE_FD: "0000:01:10.0 vf_token=UUID". The rules:
 *
 *   the device is                           without token    with one
 *   a VF whose PF has a token               refused          must equal it
 *   a PF with VFs in use                    refused          must equal it
 *   a PF without                            opened           opened, and the token is set
 *   anything else                           opened           refused (-EINVAL)
 *
 * Refused means -EACCES unless it says otherwise; the log tells the rule.
 *
 * Invariants:
 * - A PF has a token from bind to unbind, at first one that nobody knows; VFs cannot be
 *   opened before the PF's user has set it, and it outlives that user.
 * - Nothing tells a token: it cannot be read, and comparing takes the same time always.
 * - The token that admitted a VF is the PF's when the VF counts as used: @serial sees to that.
 */
#include <crypto/utils.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "sriov.h"
#include "trace.h"

#define TOKEN_OPTION "vf_token="

/* Allocate the token of a PF; nobody knows its first value */
struct vfio_pci_token *vfio_pci_token_alloc(void)
{
	struct vfio_pci_token *token = kzalloc(sizeof(*token), GFP_KERNEL);

	if (!token)
		return NULL;
	mutex_init(&token->lock);
	uuid_gen(&token->uuid);
	return token;
}

void vfio_pci_token_free(struct vfio_pci_token *token)
{
	if (!token)
		return;
	WARN_ON(token->vfs_open);
	mutex_destroy(&token->lock);
	kfree_sensitive(token);
}

static void token_set(struct vfio_pci_token *token, const uuid_t *uuid)
{
	lockdep_assert_held(&token->lock);
	uuid_copy(&token->uuid, uuid);
	token->serial++;
}

static bool token_equal(const struct vfio_pci_token *token, const uuid_t *uuid)
{
	lockdep_assert_held(&token->lock);
	return uuid && !crypto_memneq(&token->uuid, uuid, sizeof(*uuid));
}

/**
 * vfio_pci_name_parse() - take apart the name given to VFIO_GROUP_GET_DEVICE_FD
 * @name: the name: a device's, then options, each behind blanks
 * @device: the device's own name
 * @uuid: the token, if there is one
 *
 * Return: 0 when another device is meant; VFIO_PCI_NAME_PLAIN; VFIO_PCI_NAME_TOKEN; -EINVAL
 * when this device is meant and an option is malformed, unknown or given twice.
 */
int vfio_pci_name_parse(const char *name, const char *device, uuid_t *uuid)
{
	size_t len = strlen(device);
	int ret = VFIO_PCI_NAME_PLAIN;

	if (strncmp(name, device, len) || (name[len] && name[len] != ' '))
		return 0;
	for (name += len; *(name += strspn(name, " ")); name += len) {
		const size_t key = strlen(TOKEN_OPTION);

		len = strchrnul(name, ' ') - name;
		if (ret == VFIO_PCI_NAME_TOKEN || len != key + UUID_STRING_LEN ||
		    strncmp(name, TOKEN_OPTION, key) || uuid_parse(name + key, uuid))
			return -EINVAL;
		ret = VFIO_PCI_NAME_TOKEN;
	}
	return ret;
}

static int refuse(struct vfio_pci_core_device *vdev, int error, const char *rule)
{
	pci_notice_ratelimited(vdev->pdev, "open by %s[%d] refused: %s\n", current->comm,
			       task_tgid_nr(current), rule);
	trace_vfio_token_refused(vdev->pdev, rule, error);
	return error;
}

static int admit_vf(struct vfio_pci_core_device *vdev, const uuid_t *uuid)
{
	struct vfio_pci_token *token = vdev->pf->token;

	guard(mutex)(&token->lock);
	if (!uuid)
		return refuse(vdev, -EACCES, "its PF is bound to vfio-pci, the VF token is needed");
	if (!token_equal(token, uuid))
		return refuse(vdev, -EACCES, "the VF token is not its PF's");
	vdev->admitted = token->serial;
	return 1;
}

static int admit_pf(struct vfio_pci_core_device *vdev, const uuid_t *uuid)
{
	struct vfio_pci_token *token = vdev->token;

	guard(mutex)(&token->lock);
	if (!token->vfs_open) {
		if (uuid)
			token_set(token, uuid);
		return 1;
	}
	if (!uuid)
		return refuse(vdev, -EACCES, "its VFs are in use, the VF token is needed");
	if (!token_equal(token, uuid))
		return refuse(vdev, -EACCES, "its VFs are in use with another VF token");
	return 1;
}

/* @uuid: the token, or NULL */
static int admit(struct vfio_pci_core_device *vdev, const uuid_t *uuid)
{
	if (vdev->pf)
		return admit_vf(vdev, uuid);
	if (vdev->token)
		return admit_pf(vdev, uuid);
	if (!uuid)
		return 1;
	return refuse(vdev, -EINVAL, vdev->pdev->is_virtfn ?
		      "it must not be given a VF token, its PF is not bound to vfio-pci" :
		      "it must not be given a VF token, it has no VFs");
}

/**
 * vfio_pci_core_match() - the match op: is this device meant, and may the caller have it?
 * @core_vdev: device
 * @name: as user space gave it
 *
 * Return: 1; 0 when it is another; -EACCES or -EINVAL, see the head of token.c.
 */
int vfio_pci_core_match(struct vfio_device *core_vdev, char *name)
{
	struct vfio_pci_core_device *vdev = vfio_pci_from_vdev(core_vdev);
	uuid_t uuid;
	int ret;

	ret = vfio_pci_name_parse(name, pci_name(vdev->pdev), &uuid);
	if (ret > 0)
		ret = admit(vdev, ret == VFIO_PCI_NAME_TOKEN ? &uuid : NULL);
	else if (ret < 0)
		ret = refuse(vdev, ret, "option that is not one vf_token=UUID");
	memzero_explicit(&uuid, sizeof(uuid));
	return ret;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_match);

/**
 * vfio_pci_token_use_vf() - a VF is opened for its first user
 * @vdev: device; nothing happens unless it is a VF whose PF has a token
 *
 * Return: 0; -EACCES when the PF's token has been changed since the VF's user gave it.
 */
int vfio_pci_token_use_vf(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_token *token;

	if (!vdev->pf)
		return 0;
	token = vdev->pf->token;
	guard(mutex)(&token->lock);
	if (vdev->admitted != token->serial)
		return refuse(vdev, -EACCES, "the VF token has just been changed");
	token->vfs_open++;
	return 0;
}

/* Undo vfio_pci_token_use_vf() */
void vfio_pci_token_unuse_vf(struct vfio_pci_core_device *vdev)
{
	if (!vdev->pf)
		return;
	guard(mutex)(&vdev->pf->token->lock);
	vdev->pf->token->vfs_open--;
}

/**
 * vfio_pci_token_feature() - VFIO_DEVICE_FEATURE_PCI_VF_TOKEN
 * @vdev: device
 * @flags: what is asked for
 * @arg: user space's UUID
 * @argsz: bytes there
 *
 * VFs in use stay so; whoever comes next needs the new token.
 *
 * Return: 0; -ENOTTY for a device that is no PF; -EINVAL; -EFAULT.
 */
int vfio_pci_token_feature(struct vfio_pci_core_device *vdev, u32 flags, void __user *arg,
			   size_t argsz)
{
	uuid_t uuid;
	int ret;

	if (!vdev->token)
		return -ENOTTY;
	ret = vfio_check_feature(flags, argsz, VFIO_DEVICE_FEATURE_SET, sizeof(uuid));
	if (ret <= 0)
		return ret;
	if (copy_from_user(&uuid, arg, sizeof(uuid)))
		return -EFAULT;
	scoped_guard(mutex, &vdev->token->lock)
		token_set(vdev->token, &uuid);
	memzero_explicit(&uuid, sizeof(uuid));
	return 0;
}
