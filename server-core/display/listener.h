/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* listener.h – one who is called back, and may be taken away at any moment.
 *
 * While a call is under way its data stays, though another thread, or the call
 * itself, takes it away. Any thread; no lock is held while calling out. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

typedef struct {
  GMutex lock;
  gpointer held; /* guarded by it; shared with calls under way */
} SpcListener;

/* life */
void spc_listener_init (SpcListener *self);
void spc_listener_clear (SpcListener *self);
/* @func: NULL for nobody. The old one's @destroy is called, or will be after
 * the calls under way. */
void spc_listener_set (SpcListener *self, GCallback func, gpointer user_data,
                       GDestroyNotify destroy);

/* calling */
typedef struct {
  GCallback func;
  gpointer user_data;
  gpointer held;
} SpcListenerCall;

/* false: there is nobody; true: call, then end */
bool spc_listener_begin (SpcListener *self, SpcListenerCall *call);
void spc_listener_end (SpcListenerCall *call);
