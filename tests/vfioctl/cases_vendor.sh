# SPDX-License-Identifier: GPL-2.0-only
# Sourced by run: cases of `vfioctl vendor`.
# shellcheck shell=bash disable=SC2154,SC2034

# A kernel's aliases, two devices on vfio-pci that the vendor driver igd_pt is for, one of which it
# serves, and a VF on a variant driver.
vendor_tree() {
	local pci=$T/sys/bus/pci/devices vf=0000:01:10.0
	put "$T/proc/sys/kernel/osrelease" 6.12-test
	mkdir -p "$T/lib/modules/6.12-test" "$T/etc/modprobe.d" "$T/usr/lib/modprobe.d"
	cat > "$T/lib/modules/6.12-test/modules.alias" <<-'END'
	# Aliases extracted from modules themselves.
	alias pci:v00008086d000010C9sv*sd*bc*sc*i* igb
	alias vfio-pci:8086-10[c-e]3 igd-pt
	alias vfio-pci:8086-3e[9a]? igd_pt
	alias vfio-pci:8086-10D3 wrong_case
	alias vfio_pci:v00008086d000010CAsv*sd*bc*sc*i* igbvf_vfio_pci
	alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio-pci
	alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci
	END
	put "$pci/$vf/modalias" pci:v00008086d000010CAsv00008086sd00000000bc02sc00i00
	put "$pci/0000:01:10.2/modalias" pci:v00008086d000010CAsv00008086sd00000000bc02sc00i00
	put "$pci/0000:05:00.1/vfio_vendor" igd_pt
	module igd_pt - O 1
	module igbvf_vfio_pci - '' 1
	driver igbvf-vfio-pci
	ln -s ../../../../module/igbvf_vfio_pci "$T/sys/bus/pci/drivers/igbvf-vfio-pci/module"
	ln -sfn ../../../../bus/pci/drivers/igbvf-vfio-pci "$pci/$vf/driver"
	mkdir "$pci/$vf/vfio-dev"
}

case_vendor_list() {
	vendor_tree
	exits 'vendor list' 0 vendor list
	is 'vendor list: a vendor driver' \
		'igd_pt vendor live 0000:05:00.1 0000:05:00.0 0000:05:00.1 0000:07:00.0 0000:07:00.1 0000:07:00.2 0000:08:00.0 0000:00:02.0 vfio-pci:8086-10[c-e]3 vfio-pci:8086-3e[9a]?' \
		"$(row igd_pt)"
	is 'vendor list: a variant driver' \
		'igbvf_vfio_pci variant live 0000:01:10.0 0000:01:10.0 0000:01:10.2 vfio_pci:v00008086d000010CAsv*sd*bc*sc*i*' \
		"$(row igbvf_vfio_pci)"
	is 'vendor list: not loaded, for nothing here' \
		'mlx5_vfio_pci variant absent - - vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i*' "$(row mlx5_vfio_pci)"
	out_lacks 'vendor list: other drivers' 'igb '
	is 'vendor list: not vfio-pci itself' '' "$(row vfio_pci)"
	exits 'vendor -j' 0 vendor -j
	json 'vendor -j: kind' vendor vendor igd_pt kind
	json 'vendor -j: serves' '["0000:05:00.1"]' vendor igd_pt serves
	json 'vendor -j: aliases' 'vfio-pci:8086-3e[9a]?' vendor igd_pt aliases 1
	json_lacks 'vendor -j: the kernel asks in small letters' vendor wrong_case fits
	json 'vendor -j: state' absent vendor mlx5_vfio_pci state
	is 'vendor list: writes nothing' 0 "$(writes)"
}

case_vendor_modprobe_d() {
	vendor_tree
	printf '# alias vfio-pci:8086-10c9 no\n\talias  vfio-pci:1b36-0010\tother-pt\n' > "$T/etc/modprobe.d/a.conf"
	echo 'alias vfio-pci:1b36-0010 masked' > "$T/usr/lib/modprobe.d/a.conf"
	echo 'alias vfio-pci:1b36-0010 no_conf' > "$T/etc/modprobe.d/a.conf.bak"
	exits 'modprobe.d' 0 vendor list -j
	json 'modprobe.d: alias' '["0000:02:00.0","0000:03:00.0"]' vendor other_pt fits
	json_lacks 'modprobe.d: hidden by a file of its name' vendor masked
	json_lacks 'modprobe.d: not a .conf' vendor no_conf
	json_lacks 'modprobe.d: a comment' vendor no
}

case_vendor_by_parameter() {
	vendor_tree
	rm "$T/lib/modules/6.12-test/modules.alias"
	exits 'no modules.alias' 3 vendor list -j
	json 'no modules.alias: said' find.none errors 0 rule
	json 'no modules.alias: who serves is seen' '["0000:05:00.1"]' vendor igd_pt serves
	json 'no modules.alias: a variant, too' variant vendor igbvf_vfio_pci kind
	: > "$T/lib/modules/6.12-test/modules.alias"
	rm "$T/sys/bus/pci/drivers/igbvf-vfio-pci/module" "$T/sys/bus/pci/devices/0000:05:00.1/vfio_vendor"
	exits 'no link to the module' 0 vendor list -j
	json 'no link to the module: by the name of the driver' '["0000:01:10.0"]' vendor igbvf_vfio_pci serves
	json_lacks 'vfio-pci itself is no vendor' vendor igd_pt
	put "$T/sys/bus/pci/devices/0000:05:00.1/vfio_vendor" ../../x
	exits 'a name that is none' 0 vendor list -j
	out_lacks 'a name that is none: left out' '../x'
}
