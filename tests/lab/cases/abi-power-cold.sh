# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Low power on a platform that cuts the power of igb: it sleeps in D3cold, as long as its user allows,
# and while nobody has it open; and where the administrator forbids D3cold, in D3hot.
# devices: igb-cold edu e1000e
# timeout: 180
load_vfio
"$TREE/tests/lab/abi/abi-power" D3cold
pf=$(bdf igb)
sleeps_in() { [ "$(cat "/sys/bus/pci/devices/$pf/power_state")" = "$1" ]; }
bind "$pf"
wait_for 5 sleeps_in D3cold
echo 0 >"/sys/bus/pci/devices/$pf/d3cold_allowed"
unbind "$pf"
bind "$pf"
wait_for 5 sleeps_in D3hot
"$TREE/tests/lab/abi/abi-power" D3hot
