# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A task that hangs in the kernel.
# modules: none
# timeout: 20
# expect: failed kernel: INFO: task insmod.* blocked for more than
echo 2 >/proc/sys/kernel/hung_task_timeout_secs
insmod "$LAB/provoke/provoke.ko" what=hang &
sleep 8
