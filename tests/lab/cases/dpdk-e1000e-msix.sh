# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# DPDK on e1000e with MSI-X interrupts sends, and igb on the same hub sees the packets.
# devices: igb e1000e
dpdk_case e1000e igb msix
