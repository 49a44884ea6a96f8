/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_PRINTK_H
#define SHIM_LINUX_PRINTK_H

#include <linux/types.h>

#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif
#define KERN_EMERG ""
#define KERN_ERR ""
#define KERN_WARNING ""
#define KERN_NOTICE ""
#define KERN_INFO ""
#define KERN_DEBUG ""

/* Messages are kept for shim_log_has(), and shown when SHIM_VERBOSE is set. */
int shim_log(const char *level, const void *dev, const char *fmt, ...) __printf(3, 4);

#define printk(fmt, ...) shim_log("printk", NULL, fmt, ##__VA_ARGS__)
#define SHIM_PR(level, fmt, ...) shim_log(level, NULL, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_emerg(fmt, ...) SHIM_PR("emerg", fmt, ##__VA_ARGS__)
#define pr_crit(fmt, ...) SHIM_PR("crit", fmt, ##__VA_ARGS__)
#define pr_err(fmt, ...) SHIM_PR("err", fmt, ##__VA_ARGS__)
#define pr_warn(fmt, ...) SHIM_PR("warn", fmt, ##__VA_ARGS__)
#define pr_notice(fmt, ...) SHIM_PR("notice", fmt, ##__VA_ARGS__)
#define pr_info(fmt, ...) SHIM_PR("info", fmt, ##__VA_ARGS__)
#define pr_debug(fmt, ...) SHIM_PR("debug", fmt, ##__VA_ARGS__)
#define pr_err_once(fmt, ...) pr_err(fmt, ##__VA_ARGS__)
#define pr_warn_once(fmt, ...) pr_warn(fmt, ##__VA_ARGS__)
#define pr_info_once(fmt, ...) pr_info(fmt, ##__VA_ARGS__)
#define pr_err_ratelimited(fmt, ...) pr_err(fmt, ##__VA_ARGS__)
#define pr_warn_ratelimited(fmt, ...) pr_warn(fmt, ##__VA_ARGS__)
#define pr_notice_ratelimited(fmt, ...) pr_notice(fmt, ##__VA_ARGS__)
#define pr_info_ratelimited(fmt, ...) pr_info(fmt, ##__VA_ARGS__)

#endif
