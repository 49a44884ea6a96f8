# SPDX-License-Identifier: GPL-2.0-only
# bash completion for vfioctl(8)
# shellcheck shell=bash

# Addresses that make sense for a command: all to show and ask about, those a VFIO driver holds to unbind and for a token,
# others to bind.
_vfioctl_devices() {
	local dev driver
	for dev in /sys/bus/pci/devices/*; do
		driver=$(readlink "$dev/driver")
		case $1:${driver##*/} in
		show:* | why:* | monitor:* | unbind:vfio-pci | check:vfio-pci | qemu:vfio-pci | dpdk:vfio-pci | libvirt:vfio-pci) echo "${dev##*/}" ;;
		bind:vfio-pci | unbind:* | check:* | qemu:* | dpdk:* | libvirt:*) ;;
		*) [ -e "$dev/iommu_group" ] && echo "${dev##*/}" ;;
		esac
	done
}

_vfioctl() {
	local cur prev words i verb='' noun='' choices=''
	local line=${COMP_LINE:0:COMP_POINT}

	# Readline's own words are broken at colons and equals signs: take them from the line.
	read -ra words <<< "$line"
	[[ $line == *[[:space:]] ]] && words+=('')
	cur=${words[-1]}
	prev=${words[-2]}
	if [[ $cur == --*=* ]]; then
		prev=${cur%%=*}
		cur=${cur#*=}
	fi

	for ((i = 1; i < ${#words[@]} - 1; i++)); do
		case ${words[i]} in
		device | export | sriov | stack | token | vendor) [ -n "$noun$verb" ] || noun=${words[i]} ;;
		list | show | why | monitor | bind | unbind | set | new | check | qemu | dpdk | libvirt) [ -n "$verb" ] || verb=${words[i]} ;;
		esac
	done

	case $prev:$cur in
	--file:* | --old-file:*) mapfile -t COMPREPLY < <(compgen -f -- "$cur") && return ;;
	--group:*) choices=$(cd /sys/kernel/iommu_groups && echo *) ;;
	--root:*) mapfile -t COMPREPLY < <(compgen -d -- "$cur") && return ;;
	--color:*) choices='auto always never' ;;
	*:-*)
		choices='--json --pretty --color --root --help --version'
		case $noun:$verb in
		token:new) choices+=' --file --fd --print --force' ;;
		token:set) choices+=' --file --fd --old-file --old-fd --force' ;;
		token:check) choices+=' --file --fd' ;;
		*:bind | *:unbind) choices+=' --dry-run --force --group' ;;
		export:qemu | export:dpdk) choices+=' --file --force' ;;
		export:libvirt) choices+=' --force' ;;
		sriov:set) choices+=' --dry-run --force' ;;
		esac
		;;
	*)
		case $noun:$verb in
		:) choices='device export sriov stack token vendor list show why monitor bind unbind' ;;
		device:) choices='list show why monitor bind unbind' ;;
		export:) choices='qemu dpdk libvirt' ;;
		sriov:) choices='show set' ;;
		stack:) choices=show ;;
		token:) choices='new set check' ;;
		vendor:) choices=list ;;
		stack:* | token:new | *:list) ;;
		*) choices=$(_vfioctl_devices "$verb") ;;
		esac
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$cur")

	# It wants only what follows the last colon.
	if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
		COMPREPLY=("${COMPREPLY[@]#"${cur%"${cur##*:}"}"}")
	fi
}

complete -F _vfioctl vfioctl
