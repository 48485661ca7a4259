/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* listener.h – listening sockets.
 *
 * Accepts on one TCP address (both families of a name such as "localhost") or
 * on one unix socket and hands each connection on as a transport. Out of
 * descriptors: says so once, and accepts after each second again instead of
 * spinning. Loop thread only. */
#pragma once

#include "transport.h"

typedef struct _SpcListener SpcListener;
/* takes @transport */
typedef void (*SpcListenerFunc) (SpcListener *listener, SpcTransport *transport,
                                 gpointer user_data);

/* @address: an IP literal, a host name, or "*" / "" for every address.
 * @port: 0: any free one (the same for all addresses listened on) */
SpcListener *spc_listener_new_tcp (SpcLoop *loop, const char *address,
                                   uint16_t port, SpcListenerFunc func,
                                   gpointer user_data, GError **error);
/* @path: a file, or an abstract name after "@". A stale socket file is removed;
 * one that answers is not. */
SpcListener *spc_listener_new_unix (SpcLoop *loop, const char *path,
                                    SpcListenerFunc func, gpointer user_data,
                                    GError **error);
void spc_listener_free (SpcListener *self); /* removes its socket file */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcListener, spc_listener_free)

uint16_t spc_listener_port (const SpcListener *self); /* 0 for unix */
/* true if only this machine can reach it */
bool spc_address_is_loopback (const char *address);
