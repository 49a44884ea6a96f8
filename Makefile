# SPDX-License-Identifier: GPL-2.0-only
#
# What a person types; `make help` tells the verbs. Kernel modules are built by Kbuild files,
# starting at ./Kbuild.

# the oldest kernel that the modules build for
OLDEST := 6.12
# The kernel: KVER is its release, KDIR its headers or build tree; either follows from the other.
ifdef KDIR
KVER ?= $(or $(shell MAKEFLAGS= $(MAKE) -s -C $(KDIR) kernelrelease 2>/dev/null),\
	$(error $(KDIR): no build tree of a kernel))
else
KVER ?= $(shell uname -r)
KDIR = /lib/modules/$(KVER)/build
endif
MODULES = $(MAKE) -C $(KDIR) M=$(CURDIR)
# a folder of our own in updates/, which depmod prefers to the distribution's kernel/
MOD_DIR := updates/passway
# no compression, which needs a program that may be missing; signed where the key is at hand
UNSIGNED = $(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=)
MOD_ROOT = $(DESTDIR)/lib/modules/$(KVER)
LAB := tests/lab/lab

TOOL_PACKAGES := libc6-dev libpci-dev libjson-c-dev pkg-config
TEST_PACKAGES := $(TOOL_PACKAGES) libcunit1-dev

.PHONY: all modules tools demo check check-debug soak bench fuzz lint install uninstall depmod
.PHONY: lab-shell clean distclean help

all: modules tools

modules: | supported $(KDIR)
	@echo "== modules for $(KDIR)"
	$(MODULES) modules

supported:
	@printf '%s\n' $(OLDEST) $(KVER) | sort -CV || \
		{ echo "kernel $(KVER): the modules need $(OLDEST) or newer" >&2; exit 1; }

$(KDIR): | supported
	@tests/need linux-headers-$(KVER) || \
		{ echo "no kernel headers at $(KDIR); for another kernel set KVER= or KDIR=" >&2; exit 1; }

tools:
	@tests/need $(TOOL_PACKAGES)
	@echo "== tools"
	$(MAKE) -C tools/vfioctl

demo:
	@tests/lab/demo

check:
	@tests/need $(TEST_PACKAGES) shellcheck mmdebstrap e2fsprogs
	@tests/check

check-debug:
	@echo "== every lab case on a kernel with KASAN, lockdep and kmemleak: an hour and more"
	@$(LAB) --kernel debug selftest
	@$(LAB) --kernel debug run --all

soak:
	@echo "== the longer forms of lab cases: an hour and more"
	@$(LAB) --soak yes run --all

bench:
	@tests/bench/run

fuzz:
	@tests/need clang libclang-rt-dev llvm libc6-dev libcunit1-dev
	@echo "== searching for inputs that break the modules' sources, TIME seconds each target (60)"
	@$(MAKE) --no-print-directory -k -C tests/fuzz fuzz

lint:
	@tests/lint/run

install: all
	@echo "== modules to $(MOD_ROOT)/$(MOD_DIR), vfioctl to its prefix; what is loaded stays loaded"
	$(MODULES) INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=$(MOD_DIR) INSTALL_MOD_STRIP=1 \
		DEPMOD=true CONFIG_MODULE_COMPRESS_ALL= $(UNSIGNED) modules_install
	$(MAKE) -C tools/vfioctl install
	@$(MAKE) --no-print-directory depmod

uninstall:
	@echo "== removing the modules for $(KVER), and vfioctl; what is loaded stays loaded"
	rm -rf $(MOD_ROOT)/$(MOD_DIR)
	@[ ! -d $(MOD_ROOT)/updates ] || rmdir --ignore-fail-on-non-empty $(MOD_ROOT)/updates
	$(MAKE) -C tools/vfioctl uninstall
	@$(MAKE) --no-print-directory depmod

# Kbuild runs depmod only where it finds System.map, which header packages do not have. In a
# DESTDIR the index is for those to make who move it to its place.
depmod:
	@[ -n "$(DESTDIR)" ] || [ ! -d $(MOD_ROOT) ] || /sbin/depmod $(KVER)

lab-shell:
	@$(LAB) shell

clean:
	@echo "== removing what was built; the lab's image and kernels stay"
	-@[ ! -d $(KDIR) ] || $(MODULES) clean
	@$(MAKE) -C tools/vfioctl clean
	@$(MAKE) -C tests/unit clean
	@[ ! -d .lab ] || find .lab -mindepth 1 -maxdepth 1 ! -name cache -exec rm -rf {} +

distclean: clean
	@echo "== removing the lab's image and kernels"
	rm -rf .lab

help:
	@echo "make all          kernel modules (for the running kernel, or KVER= or KDIR=), and vfioctl"
	@echo "make demo         build, boot the lab, drive a NIC from DPDK through Passway, report"
	@echo "make check        every test: lint, unit, vfioctl, lab, bench; ends with N passed, N failed"
	@echo "make check-debug  the lab's cases on a kernel with KASAN, lockdep and kmemleak"
	@echo "make soak         the longer forms of lab cases: a million frames, a hundred guests"
	@echo "make bench        figures of Passway's modules beside the distribution's (WALL=1: in time)"
	@echo "make fuzz         search for inputs that break what reads user or device data (T=target TIME=s)"
	@echo "make lint         style and dependency rules"
	@echo "make install      both to the system: /lib/modules/KVER/$(MOD_DIR), PREFIX (/usr/local)"
	@echo "make uninstall    remove what install put there"
	@echo "make lab-shell    a shell in the lab's virtual machine"
	@echo "make clean        remove what was built, but for the lab's image and kernels"
	@echo "make distclean    remove those, too"
	@echo "KVER=RELEASE is another installed kernel, KDIR=FOLDER another build tree; DESTDIR=FOLDER goes"
	@echo "before all paths of install and uninstall."
	@echo "demo, check, check-debug, soak, bench and lab-shell run as root; PASSWAY_LAB=FOLDER shares the"
	@echo "lab's image between checkouts; tests/lab/lab --help for single cases."
