/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_EVENTPOLL_H
#define SHIM_LINUX_EVENTPOLL_H

#define EPOLLIN 0x01u
#define EPOLLPRI 0x02u
#define EPOLLOUT 0x04u
#define EPOLLERR 0x08u
#define EPOLLHUP 0x10u
#define EPOLLRDNORM 0x40u

#endif
