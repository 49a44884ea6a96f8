# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# vfioctl token on a PF and its VFs: the token that it sets is the one by which VFs open, it stays for
# a PF's user that names none, and it is checked without opening anything.
# devices: igb e1000e
# timeout: 120
umask 077
pf=$(bdf igb)
load_vfio_sriov
bind "$pf"
exits 0 sriov set "$pf" 2
vf=$(vf "$pf" 0)
right=/tmp/right wrong=/tmp/wrong

# by_name FILE: the option of a device's name, as a program of VFIO's gives it
by_name() { echo " vf_token=$(cat "$1")"; }

# not_opened COMMAND...: the device is not opened by it: that would reset and enable it
not_opened()
{
	local before
	before=$(setpci -s "$vf" COMMAND.w)
	setpci -s "$vf" COMMAND=0406
	"$@"
	[ "$(setpci -s "$vf" COMMAND.w)" = 0406 ] || die "$vf was opened by: $*"
	setpci -s "$vf" "COMMAND=$before"
}

say 'tokens are made, and not shown'
exits 0 token new --file $right
says_not "$(cat $right)"
exits 0 token new --file $wrong
exits 4 token new --file $right
expect_fail cmp -s $right $wrong

say 'nobody has set one: no token is right'
exits 4 token check "$vf" --file $right
says token.wrong
exits 4 token check "$pf" --file $right
says token.unused

say 'the token that is set is right'
exits 0 token set "$pf" --file $right
not_opened exits 0 token check "$vf" --file $right
not_opened exits 4 token check "$vf" --file $wrong
says token.wrong
exits 0 token check "$vf" --fd 7 7<$right
hold "$vf" device "$(by_name $right)"
let_go
expect_fail "$LAB/cycle/hold" "$vf" "$(group_of "$vf")" device

say "a PF's user that names no token leaves it"
hold "$pf" device
exits 4 token set "$pf" --file $wrong
says "process $HOLDER (hold) has /dev/vfio/$(group_of "$pf") open"
exits 0 token check "$vf" --file $right
let_go
exits 0 token check "$vf" --file $right

say 'with a VF in use the old token is needed'
hold "$vf" device "$(by_name $right)"
exits 4 token check "$vf" --file $right
says "process $HOLDER (hold) has /dev/vfio/$(group_of "$vf") open"
exits 0 token check "$pf" --file $right
exits 4 token check "$pf" --file $wrong
says token.wrong
exits 4 token set "$pf" --file $wrong
says token.old
exits 4 token set "$pf" --file $wrong --old-file $wrong --force
says token.wrong
exits 4 token set "$pf" --file $wrong --old-file $right
says token.reset
exits 0 token set --force "$pf" --file $wrong --old-file $right
exits 0 token check "$pf" --file $wrong
exits 4 token check "$pf" --file $right
let_go
exits 0 token check "$vf" --file $wrong

say 'a check of a PF with no VF in use does not set its token'
exits 4 token check "$pf" --file $right
exits 0 token check "$vf" --file $wrong

say 'where no token belongs'
exits 4 token set "$vf" --file $right
says sriov.vf
bind "$(bdf e1000e)"
exits 4 token check "$(bdf e1000e)" --file $right
says token.forbidden
exits 4 token set "$(bdf e1000e)" --file $right
says sriov.none
chmod 644 $right
exits 4 token check "$vf" --file $right
says token.mode

say 'the token goes with the binding'
exits 0 unbind --force "$pf"
bind "$pf"
exits 0 sriov set "$pf" 1
chmod 600 $right
exits 4 token check "$vf" --file $wrong
says token.wrong
exits 0 sriov set "$pf" 0
exits 0 unbind "$pf"
exits 0 unbind "$(bdf e1000e)"
unload_vfio
