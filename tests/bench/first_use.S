/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All the software of a guest, in place of its firmware: 64 KiB of ROM that end at 4 GiB. It switches
 * on QEMU's educational device at 00:05.0, reads its identification, says "y" when that is right, and
 * has QEMU end.
 */
#define ROM		0xffff0000
#define PCI_ADDRESS	0xcf8
#define PCI_DATA	0xcfc
#define COMMAND		0x80002804	/* 00:05.0 */
#define BAR0		0x80002810
#define WINDOW		0xe0000000	/* free in the guest's address space */
#define IDENTIFICATION	0x010000ed
#define DEBUG_CONSOLE	0xe9
#define DEBUG_EXIT	0x501

	.macro	config address, value
	movl	$\address, %eax
	movw	$PCI_ADDRESS, %dx
	outl	%eax, %dx
	movl	$\value, %eax
	movw	$PCI_DATA, %dx
	outl	%eax, %dx
	.endm

	.code16
start:
	lgdtl	%cs:(table - start)
	movl	$1, %eax	/* protection enable */
	movl	%eax, %cr0
	ljmpl	$8, $(ROM + flat - start)

	.code32
flat:
	movw	$16, %ax
	movw	%ax, %ds
	config	BAR0, WINDOW
	config	COMMAND, 2	/* memory space */
	movb	$'n', %al
	cmpl	$IDENTIFICATION, WINDOW
	jne	say
	movb	$'y', %al
say:
	outb	%al, $DEBUG_CONSOLE
	movw	$DEBUG_EXIT, %dx
	outb	%al, %dx
halt:
	hlt
	jmp	halt

	/* flat code and data, all 4 GiB */
	.balign	8
segments:
	.quad	0
	.quad	0x00cf9b000000ffff
	.quad	0x00cf93000000ffff
table:
	.word	. - segments - 1
	.long	ROM + segments - start

	/* where a CPU begins */
	.org	0xfff0
	.code16
	jmp	start
	.org	0x10000
