/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_DEV_PRINTK_H
#define SHIM_LINUX_DEV_PRINTK_H

#include <linux/printk.h>

#define dev_err(dev, fmt, ...) shim_log("err", dev, fmt, ##__VA_ARGS__)
#define dev_warn(dev, fmt, ...) shim_log("warn", dev, fmt, ##__VA_ARGS__)
#define dev_notice(dev, fmt, ...) shim_log("notice", dev, fmt, ##__VA_ARGS__)
#define dev_info(dev, fmt, ...) shim_log("info", dev, fmt, ##__VA_ARGS__)
#define dev_dbg(dev, fmt, ...) shim_log("debug", dev, fmt, ##__VA_ARGS__)
#define dev_err_ratelimited(dev, fmt, ...) dev_err(dev, fmt, ##__VA_ARGS__)
#define dev_warn_ratelimited(dev, fmt, ...) dev_warn(dev, fmt, ##__VA_ARGS__)
#define dev_notice_ratelimited(dev, fmt, ...) dev_notice(dev, fmt, ##__VA_ARGS__)
#define dev_info_ratelimited(dev, fmt, ...) dev_info(dev, fmt, ##__VA_ARGS__)
#define dev_dbg_ratelimited(dev, fmt, ...) dev_dbg(dev, fmt, ##__VA_ARGS__)
#define dev_err_once(dev, fmt, ...) dev_err(dev, fmt, ##__VA_ARGS__)
#define dev_warn_once(dev, fmt, ...) dev_warn(dev, fmt, ##__VA_ARGS__)
#define dev_info_once(dev, fmt, ...) dev_info(dev, fmt, ##__VA_ARGS__)
#define dev_err_probe(dev, err, fmt, ...) ({ \
	int probe_err_ = (err); dev_err(dev, fmt, ##__VA_ARGS__); probe_err_; })
#define dev_WARN(dev, fmt, ...) WARN(1, fmt, ##__VA_ARGS__)

#endif
