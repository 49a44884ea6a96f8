# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The root file system: made once by mmdebstrap from the host's own Debian mirror, used as
# the virtual machine's disk, as the place to compile in, and as the home of QEMU.
#
# IMAGE is the folder of one image, named by a hash of everything that shapes it:
#   rootfs/  disk.img  boot/KERNEL/{vmlinuz,initrd,release}

RELEASE=trixie
# shellcheck disable=SC2034
IMAGE=$CACHE/image-$(kernels package | key "$LAB/packages" "$LAB"/host/{rootfs,disk}.sh "$LAB"/image/* -)

# The mirror that the host itself uses; apt reads both of its source formats for us.
# shellcheck disable=SC2016
mirror()
{
	local uri
	[ -z "${PASSWAY_MIRROR:-}" ] || { echo "$PASSWAY_MIRROR"; return; }
	uri=$(
		# shellcheck disable=SC1091
		. /etc/os-release
		[ "$ID" = debian ] || exit
		apt-get indextargets --format '$(REPO_URI) $(RELEASE)' \
			'Created-By: Packages' 'Component: main' |
		awk -v r="$VERSION_CODENAME" '$2 == r { print $1; exit }'
	) || true
	[ -n "$uri" ] || die "no Debian mirror in apt's sources: set PASSWAY_MIRROR=URL"
	echo "${uri%/}"
}

# packages_of SUITE: names from the lists that come from that suite
packages_of()
{
	{ sed 's/#.*//' "$LAB/packages"; kernels package; } | tr -s " " "\n" |
		awk -F/ -v suite="$1" 'NF && ($2 ? $2 : "'$RELEASE'") == suite { print $1 }'
}

make_rootfs()
{
	local dir=$1 url list proxy
	url=$(mirror) || exit
	list=$(packages_of $RELEASE | paste -sd,)
	proxy=$(apt-config shell p Acquire::http::Proxy)
	eval "$proxy"
	bound unshare -m -p -f --kill-child \
		env INITRD=No mmdebstrap --variant=minbase --include="$list" \
		--aptopt="Acquire::http::Proxy \"${p:-DIRECT}\"" \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--customize-hook="chroot \"\$1\" apt-get install -y --no-install-recommends \
			-t $RELEASE-backports $(packages_of $RELEASE-backports | paste -sd' ')" \
		"$RELEASE" "$dir" "deb $url $RELEASE main" "deb $url $RELEASE-backports main"
	cp "$LAB"/image/* "$dir/"
	mkdir "$dir"/{lab,out} "$dir"/mnt/{tree,kernel,base,out}
}

# in_rootfs [SOURCE:TARGET...] -- COMMAND...: run in the root file system, with folders of the
# host bound to folders of it. Mounts and processes live in namespaces and end with the command.
in_rootfs()
{
	local binds=() root=$IMAGE/rootfs
	while [ "$1" != -- ]; do
		binds+=("$1")
		shift
	done
	shift
	# shellcheck disable=SC2016
	bound unshare -m -p -f --kill-child bash -eu -c '
		root=$1 n=$2; shift 2
		while [ "$n" -gt 0 ]; do
			mount --bind "${1%:*}" "$root${1#*:}"
			shift; n=$((n - 1))
		done
		mount -t proc proc "$root/proc"
		mount --bind /dev "$root/dev"
		exec chroot "$root" env -i HOME=/root LC_ALL=C \
			PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
	' in_rootfs "$root" "${#binds[@]}" "${binds[@]}" "$@"
}
