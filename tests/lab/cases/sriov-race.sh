# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# VFs are made and removed while their PF is opened and closed, and by two at once while one of them
# is opened; then the PF is unbound with VFs. An open may be refused while the administrator writes,
# but nothing may hang or stay.
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
		# else hardly an open finds nobody writing
		sleep 0.3
		numvfs "$pf" 0
	done
}

# vf_opens: its first VF again and again, which comes and goes; counted are those that it could
vf_opens()
{
	local vf group
	while [ -e /tmp/racing ]; do
		vf=$(vf "$pf" 0 2>/dev/null) || continue
		group=$(group_of "$vf" 2>/dev/null) || continue
		OPTIONS=" vf_token=$token" timeout 0.5 "$LAB/cycle/hold" "$vf" "${group:-0}" device \
			2>/dev/null || true
	done | wc -l
}

# writer N: one of two who change the number of VFs, each of whom can find it changed by the other
writer()
{
	local n
	for ((n = 0; n < 8; n++)); do
		numvfs "$pf" "$1" || true
		sleep 0.3
		numvfs "$pf" 0 || true
	done 2>/dev/null
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
[ "$(cat /tmp/opened)" -gt 0 ] || die 'the PF could never be opened'

# two administrators, and a VF's user that has the token
"$VFIOCTL" token new --file /tmp/token
"$VFIOCTL" token set "$pf" --file /tmp/token
token=$(cat /tmp/token)
touch /tmp/racing
vf_opens >/tmp/opened &
opener=$!
writer 2 &
second=$!
writer 3
wait "$second"
rm /tmp/racing
wait "$opener"
say "VF 0 opened $(cat /tmp/opened) times meanwhile"
[ "$(cat /tmp/opened)" -gt 0 ] || die 'the VF could never be opened'
numvfs "$pf" 0
"$LAB/cycle/cycle" "$pf" 3
numvfs "$pf" 3
"$VFIOCTL" unbind --force "$pf" >/dev/null
[ "$(cat "/sys/bus/pci/devices/$pf/sriov_numvfs")" = 0 ] || die 'VFs outlived the binding'
no_interrupts
unload_vfio
