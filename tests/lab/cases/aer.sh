# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# An error that a device reports to the host (AER) reaches the user that listens, once; one that
# hardware corrected does not, and a fatal one leaves a device that the next user can have.
# devices: igb
# timeout: 90
device=$(bdf igb)
inject() { "$LAB/cycle/aer" "$device" "$@"; }
errors() { [ "$(grep -cx error /tmp/hold)" = "$1" ]; }

# bits of the status registers: uncorrectable and correctable (PCIe 7.8.4.2, 7.8.4.5)
TIMEOUT=4000 LINK=10 REPLAY=100

modprobe aer_inject
dmesg | grep -E 'AER: enabled' || die 'the kernel does not handle errors'
load_vfio
bind "$device"

say 'nobody has it open'
inject $TIMEOUT 0
sleep 1

say 'its user listens'
trace_on
hold "$device" error
inject $TIMEOUT 0
wait_for 5 errors 1
inject 0 $REPLAY
inject $TIMEOUT 0
wait_for 5 errors 2
sleep 1
errors 2 || die 'more errors were told than there were'
trace_off
traced 2 "vfio_error: device=$device state=normal told=1\$"

say 'a fatal error'
inject $LINK 0
wait_for 5 errors 3
let_go
hold "$device" device
let_go

say 'its user does not listen'
hold "$device" device
inject $TIMEOUT 0
sleep 1
let_go
"$LAB/cycle/each" "$device"
unbind "$device"
unload_vfio
