# SPDX-License-Identifier: GPL-2.0-only
# Sourced by run: what `vfioctl monitor` refuses; what it tells is for a real kernel to show.
# shellcheck shell=bash disable=SC2154,SC2034

case_monitor_refused() {
	exits 'monitor a saved tree' 1 monitor
	err_has 'monitor a saved tree: why' 'nothing happens in a saved tree'
	exits 'monitor a saved tree -j' 1 monitor -j 05:00.1
	json 'monitor a saved tree -j: rule' monitor.root errors 0 rule
	exits 'monitor what is no address' 1 monitor -j 05:00.1 nonsense
	json 'monitor what is no address: rule' usage.address errors 0 rule
	exits 'monitor, options of others' 1 monitor --force
}
