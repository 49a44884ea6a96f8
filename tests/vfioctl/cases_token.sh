# SPDX-License-Identifier: GPL-2.0-only
# Sourced by run: cases of `vfioctl token`, with VFIO as fakevfio.c plays it.
# shellcheck shell=bash disable=SC2154,SC2034

A=11111111-2222-4333-8444-55555555aAaA
a=11111111-2222-4333-8444-55555555aaaa
B=bbbbbbbb-2222-4333-8444-555555555555

# What is no regular file stays what it is
case_token_new_no_file() {
	local at kind force
	mkfifo "$T/fifo"
	mkdir "$T/folder"
	: > "$T/there"
	ln -s there "$T/link"
	for at in fifo folder link; do
		kind=$(stat -c %F "$T/$at")
		for force in '' --force; do
			# shellcheck disable=SC2086
			exits "token new $force to a $kind" 4 token new -j $force --file "$T/$at"
			json "token new $force to a $kind: rule" token.file errors 0 rule
			json "token new $force to a $kind: fix" \
				'name another file; a pipe or terminal goes by --fd' errors 0 fix
			is "token new $force to a $kind: as before" "$kind" "$(stat -c %F "$T/$at")"
		done
	done
	is 'token new to a link: nothing written' 0 "$(wc -c < "$T/there")"
}

# The output gets lost
case_token_full() {
	local args
	for args in '--print' '--print -j' '--help' '-j --file no/folder'; do
		# shellcheck disable=SC2086
		"$work/build/vfioctl" token new $args > /dev/full 2> "$work/err"
		[ $? -ge 2 ]; verdict $? "token new $args to a full disk: exit status"
		err_has "token new $args to a full disk: said" 'the output could not be written'
	done
}

# A token in the wrong place of the command line is not repeated
case_token_shown() {
	local args json
	token_tree
	for args in "new $A" "$A" "new --file x $A" "set $A --file x" "check 01:10.0 $A --file x" \
			"check 01:10.0 --fd $A" "check 01:10.0 --token=$A" "new --print=$A" "check $A --fd 7"; do
		for json in '' -j; do
			# shellcheck disable=SC2086
			exits "token $args" 1 token $args $json
			[ -s "$work/out" ] || [ -s "$work/err" ]; verdict $? "token $args: says why"
			! grep -qF "$A" "$work/out" "$work/err"; verdict $? "token $args: token shown"
		done
	done
	is 'token in the wrong place: the kernel is not asked' 0 "$(writes)"
}

case_token_new() {
	local f=$T/token
	exits 'token new' 0 token new --file "$f"
	grep -qxE '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}' "$f"
	verdict $? 'token new: a random UUID, version 4'
	is 'token new: mode' 600 "$(stat -c %a "$f")"
	out_lacks 'token new: not shown' "$(cat "$f")"
	cp "$f" "$T/first"
	exits 'token new, file is there' 4 token new -j --file "$f"
	json 'token new, file is there: rule' token.exists errors 0 rule
	cmp -s "$f" "$T/first"; verdict $? 'token new, file is there: left as it was'
	chmod 644 "$f"
	ln "$f" "$T/other"
	exits 'token new --force' 0 token new -j --force --file "$f"
	json 'token new --force: changed' true token new changed
	json_lacks 'token new --force: not shown' token new uuid
	! cmp -s "$f" "$T/first"; verdict $? 'token new --force: another'
	is 'token new --force: mode' 600 "$(stat -c %a "$f")"
	cmp -s "$T/other" "$T/first"; verdict $? 'token new --force: the old file is replaced, not written to'
	is 'token new: nothing else left' 1 "$(find "$T" -maxdepth 1 -name 'token*' | wc -l)"
	exits 'token new, no such folder' 3 token new --file "$T/nowhere/token"
	exits 'token new --print' 0 token new --print
	is 'token new --print: the token alone' 37 "$(wc -c < "$work/out")"
	exits 'token new --print -j' 0 token new --print -j
	is 'token new --print -j: shown' 36 "$("$work/jget" "$work/out" token new uuid | tr -d '\n' | wc -c)"
	(umask 077; : > "$T/by-fd"; : > "$T/readable"; chmod 644 "$T/readable")
	exits 'token new --fd' 0 token new --fd 7 7> "$T/by-fd"
	is 'token new --fd: written' 37 "$(wc -c < "$T/by-fd")"
	is 'token new --fd: nothing said' 0 "$(wc -c < "$work/out")"
	exits 'token new --fd, others can read it' 4 token new -j --fd 7 7> "$T/readable"
	json 'token new --fd, others can read it: rule' token.mode errors 0 rule
	json 'token new --fd, others can read it: fix' 'umask 077 before it is made, or chmod 600 it' errors 0 fix
	is 'token new --fd, others can read it: nothing written' 0 "$(wc -c < "$T/readable")"
	exits 'token new to a full disk' 2 token new --fd 7 7> /dev/full
	for args in '' '--fd 1' '--fd 2' '--fd x' '--fd -1' '--file x --fd 7' '--fd 7 --print' '--old-file x' x; do
		# shellcheck disable=SC2086
		exits "token new $args" 1 token new $args
	done
	is 'token new: the kernel is not asked' 0 "$(writes)"
}

# A PF on vfio-pci with two VFs, a plain device (group 21), and a VF of none of ours
token_tree() {
	local pci=$T/sys/bus/pci/devices bdf
	for bdf in 0000:01:00.0 0000:01:10.0 0000:01:10.2; do
		rm -f "$pci/$bdf/driver"
		ln -s ../../../../bus/pci/drivers/vfio-pci "$pci/$bdf/driver"
	done
	mkdir -p "$T/dev/vfio" "$T/kernel/token" "$T/kernel/used" "$T/kernel/device"
	for bdf in vfio 14 15 16 20 21; do : > "$T/dev/vfio/$bdf"; done
	echo "$a" > "$T/kernel/token/0000:01:00.0"
	(umask 077; echo "$A" > "$T/right"; printf %s "$B" > "$T/wrong")
}

token_is() { is "$1" "$2" "$(cat "$T/kernel/token/0000:01:00.0")"; }

case_token_check() {
	token_tree
	exits 'check a VF, right' 0 token check -j 01:10.0 --file "$T/right"
	json 'check a VF, right: said' true token 0000:01:10.0 right
	log_is 'check: asks without opening' "dev/vfio/15 GET_DEVICE_FD 0000:01:10.0 -13
dev/vfio/15 GET_DEVICE_FD 0000:01:10.0 vf_token=$a -22
dev/vfio/15 GET_DEVICE_FD 0000:01:10.0 -13"
	exits 'check a VF, wrong' 4 token check -j 01:10.0 --file "$T/wrong"
	json 'check a VF, wrong: said' false token 0000:01:10.0 right
	json 'check a VF, wrong: rule' token.wrong errors 0 rule
	out_lacks 'check: token not shown' "$B"
	exits 'check by fd' 0 token check 01:10.0 --fd 8 8< "$T/right"
	out_has 'check by fd: said' '0000:01:10.0: the token is right'
	exits 'check by a pipe' 4 token check 01:10.0 --fd 0 < <(cat "$T/wrong"; sleep 0.1)
	exits 'check a plain device' 4 token check -j 05:00.1 --file "$T/right"
	json 'check a plain device: rule' token.forbidden errors 0 rule
	exits 'check a PF' 4 token check -j 01:00.0 --file "$T/wrong"
	json 'check a PF: rule' token.unused errors 0 rule
	token_is 'check a PF: does not set the token' "$a"
	: > "$T/kernel/used/0000:01:00.0"
	exits 'check a PF with VFs in use' 0 token check 01:00.0 --file "$T/right"
	exits 'check a PF with VFs in use, wrong' 4 token check -j 01:00.0 --file "$T/wrong"
	json 'check a PF with VFs in use, wrong: rule' token.wrong errors 0 rule
	echo once > "$T/kernel/used/0000:01:00.0"
	exits 'check a PF whose VFs fall idle' 4 token check -j 01:00.0 --file "$T/wrong"
	json 'check a PF whose VFs fall idle: rule' token.unused errors 0 rule
	json_lacks 'check a PF whose VFs fall idle: not said right' token 0000:01:00.0 right
	rm -r "$T/kernel/token"
	exits 'check a VF of a PF elsewhere' 4 token check -j 01:10.0 --file "$T/right"
	json 'check a VF of a PF elsewhere: rule' token.forbidden errors 0 rule
	exits 'check a device of the host' 4 token check -j 0b:00.0 --file "$T/right"
	json 'check a device of the host: fix' 'vfioctl bind 0000:0b:00.0' errors 0 fix
	rm "$T/dev/vfio/15"
	exits 'check, no group node' 2 token check -j 01:10.0 --file "$T/right"
	json 'check, no group node: rule' token.kernel errors 0 rule
}

case_token_file() {
	token_tree
	for text in '' x "$A$A" "$A x" "${A%?}" "${A//-/}" "g${A#?}" "${A%?}-" " $A" "11111111:${A#*-}"; do
		printf %s "$text" > "$T/right"
		exits "token '$text'" 1 token check -j 01:10.0 --file "$T/right"
		json "token '$text': rule" token.form errors 0 rule
	done
	printf '%s\r\n' "$A" > "$T/right"
	exits 'token with a line end' 0 token check 01:10.0 --file "$T/right"
	for mode in 640 604 620 601; do
		chmod $mode "$T/right"
		exits "token file of mode $mode" 4 token check -j 01:10.0 --file "$T/right"
		json "token file of mode $mode: rule" token.mode errors 0 rule
		exits "token fd of mode $mode" 4 token check -j 01:10.0 --fd 8 8< "$T/right"
	done
	exits 'token file that is not there' 3 token check 01:10.0 --file "$T/none"
	mkfifo "$T/fifo"
	ln -s right "$T/link"
	chmod 600 "$T/right"
	for at in "$T" "$T/fifo" "$T/link" /dev/null; do
		exits "token file $at" 4 token check -j 01:10.0 --file "$at"
		json "token file $at: rule" token.file errors 0 rule
	done
	if [ "$(id -u)" = 0 ]; then
		chown 4242 "$T/right"
		exits "another user's token file" 4 token check -j 01:10.0 --file "$T/right"
		json "another user's token file: rule" token.owner errors 0 rule
		exits "another user's token file by fd" 4 token check -j 01:10.0 --fd 8 8< "$T/right"
		exits "another user's file for a new token" 4 token new -j --fd 8 8> "$T/right"
		json "another user's file for a new token: rule" token.owner errors 0 rule
		chown 0 "$T/right"
	else
		echo "not run, since only root can: another user's token file"
	fi
	exits 'token fd that is not open' 2 token check 01:10.0 --fd 9
	exits 'no place' 1 token check 01:10.0
	exits 'two places' 1 token check 01:10.0 --file "$T/right" --fd 8
	exits 'no device' 1 token check --file "$T/right"
	exits 'old token is not for check' 1 token check 01:10.0 --file "$T/right" --old-file "$T/right"
}

case_token_set() {
	token_tree
	exits 'set' 0 token set -j 01:00.0 --file "$T/wrong"
	json 'set: changed' true token 0000:01:00.0 changed
	token_is 'set: done' "$B"
	out_lacks 'set: not shown' "$B"
	log_is 'set: opens it without token' "dev/vfio/14 GET_DEVICE_FD 0000:01:00.0 -22
dev/vfio/14 SET_CONTAINER 0
dev/vfio/vfio SET_IOMMU 0
dev/vfio/14 GET_DEVICE_FD 0000:01:00.0 0
kernel/device/0000:01:00.0 FEATURE 0"
	exits 'set, old token not needed' 0 token set 01:00.0 --fd 8 --old-file "$T/wrong" 8< "$T/right"
	token_is 'set, old token not needed: done' "$a"
	: > "$T/kernel/used/0000:01:00.0"
	exits 'set, VFs in use' 4 token set -j 01:00.0 --file "$T/wrong"
	json 'set, VFs in use: rule' token.old errors 0 rule
	exits 'set, VFs in use, wrong' 4 token set -j --force 01:00.0 --file "$T/right" --old-file "$T/wrong"
	json 'set, VFs in use, wrong: rule' token.wrong errors 0 rule
	exits 'set, VFs in use, right' 4 token set -j 01:00.0 --file "$T/wrong" --old-file "$T/right"
	json 'set, VFs in use, right: rule' token.reset errors 0 rule
	token_is 'set, VFs in use: as before' "$a"
	exits 'set, VFs in use, forced' 0 token set -f 01:00.0 --file "$T/wrong" --old-fd 8 8< "$T/right"
	token_is 'set, VFs in use, forced: done' "$B"
	exits 'set of a VF' 4 token set -j 01:10.0 --file "$T/right"
	json 'set of a VF: rule' sriov.vf errors 0 rule
	exits 'set of a plain device' 4 token set -j 05:00.1 --file "$T/right"
	json 'set of a plain device: rule' sriov.none errors 0 rule
	exits 'set, two old places' 1 token set 01:00.0 --file "$T/right" --old-file "$T/right" --old-fd 8
	rm "$T/kernel/used/0000:01:00.0"
	fault EPERM@dev/vfio/vfio@SET_IOMMU
	exits 'set, interrupts not isolated' 2 token set 01:00.0 --file "$T/right"
	err_has 'set, interrupts not isolated: fix' allow_unsafe_interrupts
	faults=()
	rm "$T/dev/vfio/vfio"
	exits 'set, no container' 2 token set -j 01:00.0 --file "$T/right"
	json 'set, no container: said' '/dev/vfio/vfio does not open: No such file or directory (ENOENT)' \
		errors 0 reason
	rm "$T/sys/bus/pci/devices/0000:01:00.0/driver"
	exits 'set of a PF without driver' 4 token set -j 01:00.0 --file "$T/right"
	json 'set of a PF without driver: rule' token.driver errors 0 rule
	token_is 'set: as before' "$B"
}
