# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# VFs are made and removed while their PF is opened and closed; then the PF is unbound with VFs. An
# open may be refused while the administrator writes, but nothing may hang or stay.
# devices: igb
# timeout: 240
pf=$(bdf igb)
load_vfio_sriov
hugepages 8
bind "$pf"

vfs_come_and_go()
{
	local n
	for ((n = 0; n < 15; n++)); do
		numvfs "$pf" $((n % 7 + 1))
		numvfs "$pf" 0
	done
}

# opens DEVICE: again and again; counted are those that it could
opens() { while [ -e /tmp/racing ]; do ! "$LAB/cycle/cycle" "$1" 1 2>/dev/null || echo; done | wc -l; }

touch /tmp/racing
opens "$pf" >/tmp/opened &
opener=$!
vfs_come_and_go
rm /tmp/racing
wait "$opener"
say "opened $(cat /tmp/opened) times meanwhile"
"$LAB/cycle/cycle" "$pf" 3
numvfs "$pf" 3
"$VFIOCTL" unbind --force "$pf" >/dev/null
[ "$(cat "/sys/bus/pci/devices/$pf/sriov_numvfs")" = 0 ] || die 'VFs outlived the binding'
no_interrupts
unload_vfio
