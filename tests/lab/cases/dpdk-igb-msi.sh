# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# DPDK on igb with MSI interrupts sends, and e1000e on the same hub sees the packets.
# devices: igb e1000e
dpdk_case igb e1000e msi
