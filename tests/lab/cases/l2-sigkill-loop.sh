# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# QEMU with a VF of igb starts and is killed a hundred times: while it sets the device up, when it
# has, and while the guest boots, or in the longer form, while the guest sends. Nothing is left.
# devices: igb e1000e
# timeout: 900
# soak: 5400
igbvf_bind
echo_on e1000e
group=/dev/vfio/$(group_of "$VF")

# how many were killed at which point
declare -A killed

has_group()
{
	local fd
	for fd in /proc/"${L2_PID[net]}"/fd/*; do
		[ ! "$fd" -ef "$group" ] || return 0
	done
	return 1
}

L2_MEMORY=128
launch() { igbvf_guest l2_launch net; }

# each leaves a guest to be killed
opening()
{
	launch
	until has_group; do
		l2_runs net || die "QEMU has ended: $(cat /tmp/l2-net/qemu.log)"
	done
	# from the group's opening to the guest's first instructions
	sleep "0.$(printf '%02d' $(($1 * 7 % 50)))"
}

realized()
{
	launch
	l2_realized net
}

booting()
{
	realized
	sleep $(($1 / 10 % 4)).5
}

sending()
{
	igbvf_guest l2_start net
	igbvf_works net eth0 100
	flood net eth0
}

# pins: pages that are pinned, also by what CPUs have counted and not yet told
pins()
{
	cat /proc/sys/vm/stat_refresh
	awk '/^nr_foll_pin_acquired/ { n += $2 } /^nr_foll_pin_released/ { n -= $2 }
		END { print n }' /proc/vmstat
}

# cycle N: the last digit decides on the point
cycle()
{
	local point
	case $1 in
	*[0-5]) point=opening ;;
	*[6-8]) point=realized ;;
	*) point=booting ;;
	esac
	[ -z "$JOB_SOAK" ] || point=sending
	"$point" "$1"
	l2_kill net
	killed[$point]=$((${killed[$point]:-0} + 1))
}

# what is made once
for n in 5 7 9; do
	cycle "$n"
done
killed=()
slab_baseline /tmp/before
before=$(pins)
for n in {1..100}; do
	cycle "$n"
done
for point in "${!killed[@]}"; do
	say "killed while $point: ${killed[$point]}"
done
no_interrupts
[ "$(pins)" = "$before" ] || die "$(pins) pages are pinned, not $before as before"
for module in vfio_pci vfio_iommu_type1; do
	[ "$(cat /sys/module/$module/refcnt)" = 0 ] || die "$module is in use"
done
[ "$(bus_master "$VF")" = 0 ] || die 'bus mastering is on after the user died'
no_leak /tmp/before

l2_still_end
igbvf_back
echo_off
