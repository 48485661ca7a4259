/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "monitors.h"

#include "qxl/bytes.h"
#include "server-core/base/error.h"

#include <spice/vd_agent.h>
#include <string.h>

/* bytes of a monitor, and of its physical size */
#define MONITOR_SIZE 20u
#define PHYSICAL_SIZE 4u

/* monitors */

static bool
refuse (GError **error, const char *what, int64_t value, int64_t limit)
{
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "a wish for monitors with %s %" G_GINT64_FORMAT
               ", the bound is %" G_GINT64_FORMAT,
               what, value, limit);
  return false;
}

static bool
is_on (const SpcMonitor *monitor)
{
  return monitor->width > 0 && monitor->height > 0;
}

static bool
check_monitor (const SpcMonitor *monitor, GError **error)
{
  if (monitor->width > SPC_MAX_MONITOR_SIDE)
    return refuse (error, "width", monitor->width, SPC_MAX_MONITOR_SIDE);
  if (monitor->height > SPC_MAX_MONITOR_SIDE)
    return refuse (error, "height", monitor->height, SPC_MAX_MONITOR_SIDE);
  if (ABS ((int64_t)monitor->x) > SPC_MAX_MONITOR_PLACE)
    return refuse (error, "x", monitor->x, SPC_MAX_MONITOR_PLACE);
  if (ABS ((int64_t)monitor->y) > SPC_MAX_MONITOR_PLACE)
    return refuse (error, "y", monitor->y, SPC_MAX_MONITOR_PLACE);
  return true;
}

/* height comes before width, here and in millimetres */
static void
read_monitor (QxlReader *reader, SpcMonitor *monitor, uint32_t flags)
{
  monitor->height = qxl_reader_u32 (reader);
  monitor->width = qxl_reader_u32 (reader);
  qxl_reader_u32 (reader); /* depth: every client says 32 */
  monitor->x = (int32_t)qxl_reader_u32 (reader);
  monitor->y = (int32_t)qxl_reader_u32 (reader);
  if (!(flags & VD_AGENT_CONFIG_MONITORS_FLAG_USE_POS))
    monitor->x = monitor->y = 0;
}

static void
read_physical_size (QxlReader *reader, SpcMonitor *monitor)
{
  monitor->height_mm = qxl_reader_u16 (reader);
  monitor->width_mm = qxl_reader_u16 (reader);
}

bool
spc_monitors_parse (SpcMonitors *self, const uint8_t *data, size_t size,
                    GError **error)
{
  SpcMonitor all[SPC_MAX_MONITORS] = {0};
  QxlReader reader;
  uint32_t n, flags;

  self->n = 0;
  qxl_reader_init (&reader, data, size);
  n = qxl_reader_u32 (&reader);
  flags = qxl_reader_u32 (&reader);
  if (n > SPC_MAX_MONITORS)
    return refuse (error, "number", n, SPC_MAX_MONITORS);
  for (uint32_t i = 0; i < n; i++)
    read_monitor (&reader, &all[i], flags);
  if (flags & VD_AGENT_CONFIG_MONITORS_FLAG_PHYSICAL_SIZE)
    for (uint32_t i = 0; i < n; i++)
      read_physical_size (&reader, &all[i]);
  if (!qxl_reader_finish (&reader, "monitors config", error))
    return false;
  for (uint32_t i = 0; i < n; i++) {
    all[i].id = all[i].display = (uint8_t)i;
    if (!is_on (&all[i]))
      continue;
    if (!check_monitor (&all[i], error))
      return false;
    self->items[self->n++] = all[i];
  }
  return true;
}

void
spc_monitors_place (SpcMonitors *self, uint32_t displays)
{
  for (uint32_t i = 0; i < self->n; i++) {
    SpcMonitor *monitor = &self->items[i];
    bool has_channel = displays & 1u << monitor->id;

    monitor->display = has_channel ? monitor->id : 0;
    monitor->head = has_channel ? 0 : monitor->id;
  }
}

static bool
is_same (const SpcMonitor *a, const SpcMonitor *b)
{
  return a->id == b->id && a->display == b->display && a->head == b->head &&
         a->width == b->width && a->height == b->height && a->x == b->x &&
         a->y == b->y && a->width_mm == b->width_mm &&
         a->height_mm == b->height_mm;
}

bool
spc_monitors_equal (const SpcMonitors *self, const SpcMonitors *other)
{
  if (self->n != other->n)
    return false;
  for (uint32_t i = 0; i < self->n; i++)
    if (!is_same (&self->items[i], &other->items[i]))
      return false;
  return true;
}

/* display config */

bool
spc_display_wish_parse (SpcDisplayWish *self, const uint8_t *data, size_t size,
                        GError **error)
{
  QxlReader reader;
  uint32_t flags, depth;

  qxl_reader_init (&reader, data, size);
  flags = qxl_reader_u32 (&reader);
  depth = qxl_reader_u32 (&reader);
  *self = (SpcDisplayWish){
      .no_wallpaper = flags & VD_AGENT_DISPLAY_CONFIG_FLAG_DISABLE_WALLPAPER,
      .no_font_smoothing =
          flags & VD_AGENT_DISPLAY_CONFIG_FLAG_DISABLE_FONT_SMOOTH,
      .no_animation = flags & VD_AGENT_DISPLAY_CONFIG_FLAG_DISABLE_ANIMATION,
  };
  if (flags & VD_AGENT_DISPLAY_CONFIG_FLAG_SET_COLOR_DEPTH)
    self->depth = depth;
  return qxl_reader_finish (&reader, "display config", error);
}

/* volume */

bool
spc_volume_wish_parse (SpcVolumeWish *self, const uint8_t *data, size_t size,
                       GError **error)
{
  QxlReader reader;
  uint8_t n;

  qxl_reader_init (&reader, data, size);
  self->is_record = qxl_reader_u8 (&reader) == 0;
  self->mute = qxl_reader_u8 (&reader) != 0;
  self->loudest = 0;
  n = qxl_reader_u8 (&reader);
  for (uint8_t i = 0; i < n; i++) {
    uint16_t volume = qxl_reader_u16 (&reader);

    self->loudest = MAX (self->loudest, volume);
  }
  self->has_volume = n > 0;
  return qxl_reader_finish (&reader, "volume", error);
}

/* devices */

GBytes *
spc_device_info_write (const SpcDevice *devices, guint n_devices)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  uint32_t n = 0;

  qxl_writer_u32 (writer, 0);
  for (guint i = 0; i < n_devices; i++) {
    const char *address = devices[i].address;
    uint32_t length = address ? (uint32_t)strlen (address) + 1 : 0;

    if (length == 0)
      continue;
    qxl_writer_u32 (writer, i);
    qxl_writer_u32 (writer, 0); /* monitor: a display of ours has one */
    qxl_writer_u32 (writer, devices[i].display_id);
    qxl_writer_u32 (writer, length);
    qxl_writer_bytes (writer, address, length);
    n++;
  }
  qxl_writer_patch_u32 (writer, 0, n);
  return qxl_writer_steal (writer);
}
