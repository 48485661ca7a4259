/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* agent-desk.h – what viewers wish of the desktop, as a feature of the agent.
 *
 * Monitors, looks and volume. Of monitors one wish counts at a time: of the
 * viewers in control, the one that changed its wish last; when it leaves or
 * becomes view-only, that of the one before. Wishes of view-only viewers are
 * kept, and count once they may do all. However fast viewers change their
 * minds, the layer above is told at most once in SPC_DESK_PACE_MS, and then the
 * newest. Also tells those that want to know which device each display is
 * (spec: monitors wishes). The server's agent owns it; loop thread, but for
 * new, before the server's start, and set_device. */
#pragma once

#include "monitors.h"
#include "server-core/channel/server.h"

#define SPC_DESK_PACE_MS 50u

/* Told on the loop thread; must return at once. All optional. */
typedef struct {
  /* at least one monitor; never twice the same from the same viewer */
  void (*monitors) (uint32_t client_id, const SpcMonitors *monitors,
                    gpointer user_data);
  void (*looks) (uint32_t client_id, const SpcDisplayWish *wish,
                 gpointer user_data);
  void (*volume) (uint32_t client_id, const SpcVolumeWish *wish,
                  gpointer user_data);
} SpcDeskHost;

typedef struct _SpcDesk SpcDesk;

/* a feature of @server's agent; @host stays valid while the server lives */
SpcDesk *spc_desk_new (SpcServer *server, const SpcDeskHost *host,
                       gpointer user_data);
/* Any thread. @address: of at most SPC_MAX_DEVICE_ADDRESS bytes, NULL: the
 * display has no device. @display_id: the device's output */
void spc_desk_set_device (SpcDesk *self, uint8_t display, const char *address,
                          uint32_t display_id);
/* before the server's start: who else is told, on the loop, that devices have
 * changed */
void spc_desk_set_listener (SpcDesk *self, SpcFunc on_devices,
                            gpointer listener);
/* (transfer full) (nullable): the body of GRAPHICS_DEVICE_INFO; NULL: there are
 * no devices */
GBytes *spc_desk_device_info (SpcDesk *self);
