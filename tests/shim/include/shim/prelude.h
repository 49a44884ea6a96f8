/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Forced into every file that is built against the shim, as kconfig.h and the
 * compiler headers are forced into every file of a kernel: configuration,
 * address space markers and attributes.
 */
#ifndef SHIM_PRELUDE_H
#define SHIM_PRELUDE_H

/* What the kernel under imitation is configured with; add as sources ask. */
#define CONFIG_64BIT 1
#define CONFIG_X86 1
#define CONFIG_X86_64 1
#define CONFIG_MMU 1
#define CONFIG_SMP 1
#define CONFIG_PCI 1
#define CONFIG_PCI_IOV 1
#define CONFIG_PM 1
#define CONFIG_EVENTFD 1
#define CONFIG_IOMMU_API 1
#define CONFIG_HUGETLB_PAGE 1
#define CONFIG_TRANSPARENT_HUGEPAGE 1
#define CONFIG_LOCKDEP 1
#define CONFIG_PROVE_LOCKING 1
#define CONFIG_COMPAT 1

/* IS_ENABLED(CONFIG_X): 1 when X is defined as 1, else 0, decided by argument counting. */
#define SHIM_COMMA_1 ,
#define SHIM_SECOND(a, b, ...) b
#define SHIM_IS_ONE__(comma) SHIM_SECOND(comma 1, 0, 0)
#define SHIM_IS_ONE_(value) SHIM_IS_ONE__(SHIM_COMMA_##value)
#define SHIM_IS_ONE(value) SHIM_IS_ONE_(value)
#define IS_ENABLED(option) SHIM_IS_ONE(option)
#define IS_BUILTIN(option) SHIM_IS_ONE(option)
#define IS_REACHABLE(option) IS_ENABLED(option)
#define IS_MODULE(option) 0

/* Sparse markers carry no meaning for the compiler. */
#define __user
#define __iomem
#define __percpu
#define __rcu
#define __kernel
#define __force
#define __nocast
#define __private
#define __must_hold(x)
#define __acquires(x)
#define __releases(x)
#define __acquire(x) ((void)0)
#define __release(x) ((void)0)
#define __chk_user_ptr(x) ((void)0)

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define barrier() __asm__ __volatile__("" ::: "memory")

#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#undef __noinline
#define noinline __attribute__((noinline))
#define __must_check __attribute__((warn_unused_result))
#define __maybe_unused __attribute__((unused))
#define __always_unused __attribute__((unused))
#define __used __attribute__((used))
#define __packed __attribute__((packed))
#define __aligned(x) __attribute__((aligned(x)))
#define __printf(fmt, first) __attribute__((format(printf, fmt, first)))
#define __cold __attribute__((cold))
#define __pure __attribute__((pure))
#undef __attribute_const__
#define __attribute_const__ __attribute__((const))
#define __malloc __attribute__((malloc))
#define __weak __attribute__((weak))
#define __ro_after_init
#define __read_mostly
#define __randomize_layout
#define __counted_by(member)
#define __nonstring
#define __init
#define __exit
#define __initdata
#define __exitdata
#define __initconst
#define __cacheline_aligned
#define __cacheline_aligned_in_smp
#define ____cacheline_aligned
#define ____cacheline_aligned_in_smp
#define noinline_for_stack noinline
#define asmlinkage
#define fallthrough __attribute__((fallthrough))
#define __UNIQUE_ID__(prefix, counter) prefix##counter
#define __UNIQUE_ID_(prefix, counter) __UNIQUE_ID__(prefix, counter)
#define __UNIQUE_ID(prefix) __UNIQUE_ID_(shim_unique_##prefix, __COUNTER__)
#define __stringify_1(x...) #x
#define __stringify(x...) __stringify_1(x)
#define __is_constexpr(x) __builtin_constant_p(x)
#define __same_type(a, b) __builtin_types_compatible_p(typeof(a), typeof(b))
#define sizeof_field(type, member) sizeof(((type *)0)->member)
#define offsetofend(type, member) \
	(__builtin_offsetof(type, member) + sizeof_field(type, member))
#define struct_group(name, members...) \
	union { struct { members }; struct { members } name; }

#ifndef KBUILD_MODNAME
#define KBUILD_MODNAME "passway"
#endif

#endif
