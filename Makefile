# SPDX-License-Identifier: GPL-2.0-only
#
# What a person types; `make help` tells the verbs. Kernel modules are built by Kbuild files,
# starting at ./Kbuild.

KDIR ?= /lib/modules/$(shell uname -r)/build
MODULES := $(MAKE) -C $(KDIR) M=$(CURDIR)
LAB := tests/lab/lab

TOOL_PACKAGES := libpci-dev libjson-c-dev pkg-config
TEST_PACKAGES := libcunit1-dev $(TOOL_PACKAGES)

.PHONY: all modules tools demo check check-debug bench fuzz lint install lab-shell clean help

all: modules tools

modules: $(KDIR)
	@echo "== modules for $(KDIR)"
	$(MODULES) modules

$(KDIR):
	@tests/need linux-headers-$(notdir $(patsubst %/build,%,$(KDIR))) || \
		{ echo "no kernel headers at $(KDIR): set KDIR=" >&2; exit 1; }

tools:
	@tests/need $(TOOL_PACKAGES)
	@echo "== tools"
	$(MAKE) -C tools/vfioctl

demo:
	@tests/lab/demo

check:
	@tests/need $(TEST_PACKAGES)
	@tests/check

check-debug:
	@echo "== every lab case on a kernel with KASAN, lockdep and kmemleak: an hour and more"
	@$(LAB) --kernel debug selftest
	@$(LAB) --kernel debug run --all

bench:
	@tests/bench/run

fuzz:
	@tests/need clang $(TEST_PACKAGES)
	@echo "== searching for inputs that break the modules' sources, TIME seconds each target (60)"
	@$(MAKE) --no-print-directory -C tests/fuzz fuzz

lint:
	@tests/lint/run

install: all
	@echo "== modules to updates/, vfioctl to its prefix; what is loaded stays loaded"
	$(MODULES) INSTALL_MOD_DIR=updates modules_install
	$(MAKE) -C tools/vfioctl install

lab-shell:
	@$(LAB) shell

clean:
	@echo "== removing what was built; the lab's image and kernels go with .lab"
	-@[ ! -d $(KDIR) ] || $(MODULES) clean
	@$(MAKE) -C tools/vfioctl clean
	@$(MAKE) -C tests/unit clean
	rm -rf .lab

help:
	@echo "make all          kernel modules for KDIR (the running kernel's headers), and vfioctl"
	@echo "make demo         build, boot the lab, drive a NIC from DPDK through Passway, report"
	@echo "make check        every test: lint, unit, vfioctl, lab; ends with N passed, N failed"
	@echo "make check-debug  the lab's cases on a kernel with KASAN, lockdep and kmemleak"
	@echo "make bench        figures of Passway's modules beside the distribution's (WALL=1: in time)"
	@echo "make fuzz         search for inputs that break what reads user or device data (T=target TIME=s)"
	@echo "make lint         style and dependency rules"
	@echo "make install      modules for the running kernel, and vfioctl (PREFIX, DESTDIR)"
	@echo "make lab-shell    a shell in the lab's virtual machine"
	@echo "make clean        remove what was built, the lab's image too"
	@echo "demo, check, check-debug, bench and lab-shell run as root; PASSWAY_LAB=FOLDER shares the"
	@echo "lab's image between checkouts; tests/lab/lab --help for single cases."
