/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* monitors.h – what viewers wish of the desktop, and how a message tells it.
 *
 * Reads the bodies of the agent messages MONITORS_CONFIG, DISPLAY_CONFIG and
 * AUDIO_VOLUME_SYNC, and writes GRAPHICS_DEVICE_INFO. Plain data; pure. A body
 * that breaks a bound is an error that says which (spec: monitors wishes). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* a viewer's monitors; clients have no more of them */
#define SPC_MAX_MONITORS 16u
#define SPC_MAX_MONITOR_SIDE 16384u /* of a surface, too */
/* all monitors side by side, on either side of the first */
#define SPC_MAX_MONITOR_PLACE                                                  \
  ((int32_t)(SPC_MAX_MONITORS * SPC_MAX_MONITOR_SIDE))
/* bytes of the message: its own, and of each monitor with its physical size.
 * Up to 256 monitors are read, to be refused by number */
#define SPC_MIN_MONITORS_BODY 8u
#define SPC_MAX_MONITORS_BODY (8u + 256u * 24u)

typedef struct {
  uint8_t id;      /* which of the viewer's monitors */
  uint8_t display; /* channel, and which head of it: spc_monitors_place */
  uint8_t head;
  uint32_t width, height;       /* pixels, never 0 */
  int32_t x, y;                 /* 0 if the viewer does not place them */
  uint16_t width_mm, height_mm; /* 0: not told */
} SpcMonitor;

typedef struct {
  uint32_t n;
  SpcMonitor items[SPC_MAX_MONITORS]; /* enabled ones, ids ascending */
} SpcMonitors;

/* MONITORS_CONFIG. A monitor of no width or height is switched off and left
 * out, so that all may be. Places and heads are those of displays 0, 1, … */
bool spc_monitors_parse (SpcMonitors *self, const uint8_t *data, size_t size,
                         GError **error);
/* A viewer's monitor n is display channel n, or if there is none, head n of
 * channel 0. @displays: bit n: there is a display channel n */
void spc_monitors_place (SpcMonitors *self, uint32_t displays);
bool spc_monitors_equal (const SpcMonitors *self, const SpcMonitors *other);

/* DISPLAY_CONFIG */
typedef struct {
  bool no_wallpaper, no_font_smoothing, no_animation;
  uint32_t depth; /* 0: any */
} SpcDisplayWish;

#define SPC_DISPLAY_WISH_BODY 8u
bool spc_display_wish_parse (SpcDisplayWish *self, const uint8_t *data,
                             size_t size, GError **error);

/* AUDIO_VOLUME_SYNC */
typedef struct {
  bool is_record; /* of the microphone, otherwise of what is heard */
  bool mute;
  bool has_volume;  /* otherwise it is about silence only */
  uint16_t loudest; /* of all channels, 0 to 65535 */
} SpcVolumeWish;

#define SPC_MIN_VOLUME_BODY 3u
#define SPC_MAX_VOLUME_BODY (3u + 2u * 255u)
bool spc_volume_wish_parse (SpcVolumeWish *self, const uint8_t *data,
                            size_t size, GError **error);

/* GRAPHICS_DEVICE_INFO */
#define SPC_MAX_DEVICE_ADDRESS 255u /* bytes, without the NUL */

typedef struct {
  char *address;       /* "pci/0000/02.0", NULL: none */
  uint32_t display_id; /* which output of the device */
} SpcDevice;

/* @devices: by display channel; (transfer full) the body */
GBytes *spc_device_info_write (const SpcDevice *devices, guint n_devices);
