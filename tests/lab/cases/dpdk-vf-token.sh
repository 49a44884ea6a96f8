# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# DPDK processes with the right VF token, a wrong one and none, on a PF, its VFs and a plain device;
# and a PF's driver that starts again while a VF runs.
# devices: igb e1000e
# timeout: 420
right=11111111-2222-3333-4444-555555555555
wrong=aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee
pf=$(bdf igb)
load_vfio_sriov
hugepages 192
bind "$pf"
numvfs "$pf" 2
vf=$(vf "$pf" 0)
# nobody has set a token
pmd_refused early "$vf" rxonly --vfio-vf-token=$right
pmd_start pf "$pf" rxonly --vfio-vf-token=$right
pmd_refused none "$vf" rxonly
pmd_refused other "$vf" rxonly --vfio-vf-token=$wrong
# what is no token is refused before a device is looked for
expect_fail dpdk-testpmd --no-huge --no-pci --vfio-vf-token=11111111 >/tmp/malformed 2>&1
grep -q 'invalid parameters for --vfio-vf-token' /tmp/malformed ||
	{ cat /tmp/malformed; die 'testpmd failed, but not by its token'; }
pmd_start vf "$vf" txonly --vfio-vf-token=$right

# the PF's driver dies, and the VF goes on
pmd_kill pf
pmd_runs vf || die 'the VF lost its driver with the PF'
pmd_refused pf2 "$pf" rxonly
pmd_refused pf3 "$pf" rxonly --vfio-vf-token=$wrong
pmd_start pf4 "$pf" rxonly --vfio-vf-token=$right
pmd_stop vf
pmd_stop pf4

# with no VF in use the next user of the PF sets a token of its own
pmd_start pf5 "$pf" rxonly --vfio-vf-token=$wrong
pmd_refused late "$vf" rxonly --vfio-vf-token=$right
pmd_stop pf5

# a device without VFs must not be given one: DPDK is refused, and asks again without
plain=$(bdf e1000e)
bind "$plain"
pmd_start plain "$plain" rxonly --vfio-vf-token=$right
[ "$(refusals "$plain")" -gt 0 ] || die 'the token of a plain device was not refused'
pmd_stop plain
unbind "$plain"
numvfs "$pf" 0
unbind "$pf"
unload_vfio
