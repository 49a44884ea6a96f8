# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# DPDK drives igb's PF, and two other DPDK processes, which know the token, its VFs: one sends, the
# other receives.
# devices: igb
# timeout: 240
token=11111111-2222-3333-4444-555555555555
pf=$(bdf igb)
load_vfio_sriov
hugepages 192
bind "$pf"
numvfs "$pf" 2
pmd_start pf "$pf" rxonly --vfio-vf-token=$token
pmd_start receiver "$(vf "$pf" 1)" rxonly --vfio-vf-token=$token
pmd_start sender "$(vf "$pf" 0)" txonly --vfio-vf-token=$token
sleep 2
pmd_stop sender
pmd_stop receiver
pmd_stop pf
sent=$(pmd_packets sender TX) seen=$(pmd_packets receiver RX)
say "VF 0 sent $sent, VF 1 received $seen"
[ "$sent" -gt 1000 ] || die "VF 0 sent $sent packets"
[ "$seen" -gt 1000 ] || die "of $sent packets VF 1 received only $seen"
numvfs "$pf" 0
unbind "$pf"
unload_vfio
