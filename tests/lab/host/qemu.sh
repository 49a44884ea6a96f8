# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The virtual machine: q35 with VT-d and interrupt remapping, an AMD CPU with nested paging, run
# by the root file system's own QEMU, without KVM.

# qemu OUT SECONDS CONSOLE...: boots with the devices in CASE_DEVICES; /out in the guest is OUT
qemu()
{
	local out=$1 limit=$2 root=$IMAGE/rootfs device
	shift 2
	local accel
	case $CASE_MODE in
	normal) accel=(-accel 'tcg,thread=multi' -smp 2) ;;
	turns) accel=(-accel 'tcg,thread=single' -smp 2) ;;
	icount) accel=(-accel 'tcg,thread=single' -smp 1 -icount 'shift=0,sleep=off') ;;
	esac
	local DEVICE_ARGS=()
	add_root_ports
	for device in $CASE_DEVICES; do
		add_device "$device" || die "no device $device in tests/lab/devices.sh"
	done
	local initrd=()
	[ ! -f "$BOOT/initrd" ] || initrd=(-initrd "$BOOT/initrd")
	local share=local,security_model=none,multidevs=remap
	local command=(
		"$root/lib64/ld-linux-x86-64.so.2"
		--library-path "$root/usr/lib/x86_64-linux-gnu"
		"$root/usr/bin/qemu-system-x86_64"
		-L "$root/usr/share/qemu" -L "$root/usr/share/seabios"
		-nodefaults -no-user-config -display none -no-reboot
		-M 'q35,kernel-irqchip=split' -cpu 'EPYC-v4,+svm,+npt' -m 4G "${accel[@]}"
		-d cpu_reset -D "$out/resets"
		-plugin "$BUILD/tree/tests/lab/emulator/vmrun.so"
		-device 'intel-iommu,intremap=on,device-iotlb=on'
		-kernel "$BOOT/vmlinuz" "${initrd[@]}"
		-append "console=ttyS0 root=/dev/vda rw init=/lab-init loglevel=5 panic=-1 mitigations=off slab_nomerge \
no_timer_check intel_iommu=on iommu=nopt rcupdate.rcu_cpu_stall_timeout=$((21 * SLOW)) ${CASE_CMDLINE:-}"
		-drive "file=$IMAGE/disk.img,format=raw,if=none,id=disk,snapshot=on"
		-device 'virtio-blk-pci,drive=disk,bus=pcie.0,addr=2.0'
		-fsdev "$share,id=lab,path=$BUILD,readonly=on"
		-device 'virtio-9p-pci,fsdev=lab,mount_tag=lab,bus=pcie.0,addr=3.0'
		-fsdev "$share,id=out,path=$out"
		-device 'virtio-9p-pci,fsdev=out,mount_tag=out,bus=pcie.0,addr=4.0'
		"${DEVICE_ARGS[@]}" "$@"
	)
	printf '%q ' "${command[@]}" >"$out/qemu.command"
	echo >>"$out/qemu.command"
	# snapshot=on keeps what the guest writes in TMPDIR, in a file already unlinked
	TMPDIR=$out bound timeout --foreground -k 5 "$limit" setpriv --pdeathsig KILL "${command[@]}"
}
