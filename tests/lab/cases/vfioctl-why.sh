# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# vfioctl why: what it says of a device, and that an open then does as it said.
# devices: igb e1000e edu-pair
# timeout: 120
umask 077
plain=$(bdf e1000e) pf=$(bdf igb) edu=$(bdf edu-pair)
load_vfio_sriov
token=' vf_token=11111111-2222-4333-8444-555555555555'

# opens BDF [OPTIONS], shut BDF [OPTIONS]: a program that opens it all the way can, and cannot
opens()
{
	hold "$1" device "${2:-}"
	let_go
}

shut()
{
	local got=0
	OPTIONS=${2:-} timeout 5 "$LAB/cycle/hold" "$1" "$(group_of "$1")" device >/dev/null 2>&1 || got=$?
	[ "$got" = 1 ] || die "$1 opened by the name '$1${2:-}'"
}

say 'a device of its host driver, and a plain one'
host_driver e1000e
exits 4 why "$plain"
says 'it is held by host driver e1000e [open.driver]'
bind "$plain"
exits 0 why "$plain"
says 'yes'
says token.forbidden
opens "$plain"
shut "$plain" "$token"
hold "$plain" group
exits 4 why "$plain"
says "process $HOLDER (hold) has /dev/vfio/$(group_of "$plain") open [guard.vfio]"
shut "$plain"
let_go

say 'as a user'
install -m 755 "$VFIOCTL" /tmp/vfioctl
cat >/tmp/as-user <<'END'
#!/bin/sh
exec setpriv --reuid 65534 --clear-groups prlimit --memlock=65536:65536 /tmp/vfioctl "$@"
END
chmod 755 /tmp/as-user
root=$VFIOCTL VFIOCTL=/tmp/as-user
exits 4 why "$plain"
says "/dev/vfio/$(group_of "$plain") cannot be opened: Permission denied (EACCES) [open.node]"
says 'no more than 64 KiB can be mapped for DMA'
chown 65534 "/dev/vfio/$(group_of "$plain")"
exits 0 why "$plain"
says guard.unseen
says open.memlock
VFIOCTL=$root

say 'a group with a host driver in it'
group=$(group_of "$edu")
bind "$edu"
modprobe uio_pci_generic
echo 1234 11e8 >/sys/bus/pci/drivers/uio_pci_generic/new_id
other=$(basename "$(echo /sys/bus/pci/drivers/uio_pci_generic/0000:*)")
[ "$(group_of "$other")" = "$group" ] || die "no other device in group $group"
exits 4 why "$edu"
says "group $group is not viable: $other is held by host driver uio_pci_generic [assign.group]"
says "vfioctl bind --group $group"
shut "$edu"
exits 0 bind --group "$group"
exits 0 why "$edu"
opens "$edu"

say 'a PF and its VFs'
bind "$pf"
exits 0 sriov set "$pf" 2
vf=$(vf "$pf" 0)
exits 0 why "$pf"
says token.unused
opens "$pf"
exits 0 why "$vf"
says "its PF $pf is on vfio-pci (nobody is seen to have it open)"
shut "$vf"
hold "$pf" device "$token"
exits 0 why --json "$vf"
says '"open":"token"'
says "(process $HOLDER (hold) has /dev/vfio/$(group_of "$pf") open)"
exits 4 why "$pf"
let_go
shut "$vf"
hold "$vf" device "$token"
exits 0 why "$pf"
says "its VF $vf is in use (process $HOLDER (hold)"
shut "$pf"
exits 4 why "$vf"
says guard.vfio
let_go
opens "$vf" "$token"
opens "$pf"

say "a VF of a host driver's PF"
exits 0 sriov set "$pf" 0
exits 0 unbind "$pf"
host_driver igb
exits 0 sriov set "$pf" 1
vf=$(vf "$pf" 0)
exits 4 why "$vf"
says open.driver
bind "$vf"
exits 0 why "$vf"
says "its PF $pf is held by host driver igb [token.forbidden]"
opens "$vf"
shut "$vf" "$token"
exits 0 unbind "$vf"
exits 0 sriov set "$pf" 0
exits 0 unbind "$plain"
exits 0 unbind --group "$group"
unload_vfio
