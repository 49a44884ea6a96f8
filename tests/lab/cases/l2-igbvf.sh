# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A guest drives a VF of igb by igbvf: frames both ways to a NIC of the machine, each counted at both
# ends, and again after each of three reboots. Then the VF goes back to igbvf here, and works.
# devices: igb e1000e
# timeout: 600
# soak: 3600
igbvf_bind
echo_on e1000e
igbvf_guest l2_start net
L2_LIMIT=$(soak 400 3000)
igbvf_works net eth0 "$(soak 50000 1000000)"
grep "vfio-msix.*$VF" /proc/interrupts
for n in $(seq "$(soak 3 30)"); do
	l2_reboot net
	igbvf_works net eth0 1000
	say "works after reboot $n"
done
l2_stop net
l2_still_end
no_interrupts
igbvf_back
echo_off
