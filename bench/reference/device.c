/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "device.h"

#include <string.h>

#include "interface.h"
#include "tiles.h"

#define GUEST_RAM_BYTES (64 << 20) /* what a virtual machine usually gets */

typedef struct {
  gsize bytes; /* of everything the command carries */
  QXLDrawable drawable;
  QXLImage image;
  guint8 pixels[];
} DrawCommand;

typedef struct {
  gsize bytes;
  QXLCursorCmd command;
  QXLCursor cursor; /* its pixels follow */
} CursorCommand;

struct _FeederDevice {
  QXLInstance instance; /* first: what the library's callbacks get */
  /* set at construction */
  QXLInterface interface;
  SpiceServer *server; /* not owned */
  /* main thread */
  guint width;
  guint height;
  guint8 *posted;  /* what clients were told, owned */
  guint8 *primary; /* the library's drawing board, owned */
  gboolean posted_anything;
  gboolean join;
  guint32 next_image;
  GArray *rects; /* FeederRect, owned */
  FeederDeviceStats stats;
  /* under lock */
  GMutex lock;
  GQueue draws;   /* DrawCommand, owned */
  GQueue cursors; /* CursorCommand, owned */
  gsize ram_used; /* by commands not yet released */
};

static FeederDevice *
device_of (QXLInstance *instance)
{
  return (FeederDevice *)instance;
}

static QXLPHYSICAL
address_of (const void *memory)
{
  return (QXLPHYSICAL)(guintptr)memory;
}

/* worker thread: what the library asks of the device */

static void
get_init_info (QXLInstance *instance, QXLDevInitInfo *info)
{
  feeder_interface_describe (info, GUEST_RAM_BYTES, 1);
}

static int
get_command (QXLInstance *instance, struct QXLCommandExt *command)
{
  FeederDevice *self = device_of (instance);
  g_mutex_lock (&self->lock);
  DrawCommand *next = g_queue_pop_head (&self->draws);
  g_mutex_unlock (&self->lock);
  if (!next)
    return FALSE;
  *command = (struct QXLCommandExt){
      .cmd = {.type = QXL_CMD_DRAW, .data = address_of (&next->drawable)},
      .group_id = FEEDER_SLOT_GROUP,
  };
  return TRUE;
}

static int
get_cursor_command (QXLInstance *instance, struct QXLCommandExt *command)
{
  FeederDevice *self = device_of (instance);
  g_mutex_lock (&self->lock);
  CursorCommand *next = g_queue_pop_head (&self->cursors);
  g_mutex_unlock (&self->lock);
  if (!next)
    return FALSE;
  *command = (struct QXLCommandExt){
      .cmd = {.type = QXL_CMD_CURSOR, .data = address_of (&next->command)},
      .group_id = FEEDER_SLOT_GROUP,
  };
  return TRUE;
}

/* TRUE: wake me up; we wake the worker after every post, so only an empty
 * queue may wait. */
static int
has_no_draw (QXLInstance *instance)
{
  FeederDevice *self = device_of (instance);
  g_mutex_lock (&self->lock);
  gboolean empty = g_queue_is_empty (&self->draws);
  g_mutex_unlock (&self->lock);
  return empty;
}

static int
has_no_cursor (QXLInstance *instance)
{
  FeederDevice *self = device_of (instance);
  g_mutex_lock (&self->lock);
  gboolean empty = g_queue_is_empty (&self->cursors);
  g_mutex_unlock (&self->lock);
  return empty;
}

/* Every command begins with its size and carries its address as its id. */
static void
release_resource (QXLInstance *instance, struct QXLReleaseInfoExt release)
{
  FeederDevice *self = device_of (instance);
  gsize *command = (gsize *)(guintptr)release.info->id;
  g_mutex_lock (&self->lock);
  self->ram_used -= *command;
  g_mutex_unlock (&self->lock);
  g_free (command);
}

/* main thread */

static void
init_interface (QXLInterface *self)
{
  feeder_interface_init (self, "frames");
  self->get_init_info = get_init_info;
  self->get_command = get_command;
  self->req_cmd_notification = has_no_draw;
  self->release_resource = release_resource;
  self->get_cursor_command = get_cursor_command;
  self->req_cursor_notification = has_no_cursor;
}

static void
create_primary (FeederDevice *self, guint width, guint height)
{
  gsize size = (gsize)width * height * 4;
  self->width = width;
  self->height = height;
  self->posted = g_malloc0 (size);
  self->primary = g_malloc0 (size);
  self->posted_anything = FALSE;
  QXLDevSurfaceCreate surface = {
      .width = width,
      .height = height,
      .stride = (int32_t)width * 4,
      .format = SPICE_SURFACE_FMT_32_xRGB,
      .mouse_mode = TRUE,
      .type = QXL_SURF_TYPE_PRIMARY,
      .mem = address_of (self->primary),
      .group_id = FEEDER_SLOT_GROUP,
  };
  spice_qxl_create_primary_surface (&self->instance, 0, &surface);
}

static void
drop_commands (GQueue *queue, gsize *ram_used)
{
  gsize *command;
  while ((command = g_queue_pop_head (queue))) {
    *ram_used -= *command;
    g_free (command);
  }
}

static void
destroy_primary (FeederDevice *self)
{
  g_mutex_lock (&self->lock);
  drop_commands (&self->draws, &self->ram_used);
  g_mutex_unlock (&self->lock);
  spice_qxl_destroy_primary_surface (&self->instance, 0);
  g_clear_pointer (&self->posted, g_free);
  g_clear_pointer (&self->primary, g_free);
}

FeederDevice *
feeder_device_new (SpiceServer *server, guint head, guint width, guint height)
{
  FeederDevice *self = g_new0 (FeederDevice, 1);
  init_interface (&self->interface);
  self->server = server;
  self->instance.base.sif = &self->interface.base;
  self->instance.id = (int)head;
  self->rects = g_array_new (FALSE, FALSE, sizeof (FeederRect));
  g_mutex_init (&self->lock);
  spice_server_add_interface (server, &self->instance.base);
  feeder_interface_add_memory (&self->instance);
  create_primary (self, width, height);
  return self;
}

void
feeder_device_free (FeederDevice *self)
{
  if (!self)
    return;
  drop_commands (&self->draws, &self->ram_used);
  drop_commands (&self->cursors, &self->ram_used);
  g_free (self->posted);
  g_free (self->primary);
  g_array_unref (self->rects);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
describe_image (QXLImage *image, guint32 id, const FeederRect *area,
                const guint8 *pixels)
{
  guint width = area->right - area->left;
  guint height = area->bottom - area->top;
  QXL_SET_IMAGE_ID (image, QXL_IMAGE_GROUP_DEVICE, id);
  image->descriptor.type = SPICE_IMAGE_TYPE_BITMAP;
  image->descriptor.width = width;
  image->descriptor.height = height;
  image->bitmap.format = SPICE_BITMAP_FMT_32BIT;
  image->bitmap.flags = SPICE_BITMAP_FLAGS_TOP_DOWN | QXL_BITMAP_DIRECT;
  image->bitmap.x = width;
  image->bitmap.y = height;
  image->bitmap.stride = width * 4;
  image->bitmap.data = address_of (pixels);
}

static void
describe_copy (QXLDrawable *drawable, const FeederRect *area,
               const QXLImage *image)
{
  drawable->effect = QXL_EFFECT_OPAQUE;
  drawable->type = QXL_DRAW_COPY;
  drawable->bbox = (QXLRect){(gint)area->top, (gint)area->left,
                             (gint)area->bottom, (gint)area->right};
  drawable->clip.type = SPICE_CLIP_TYPE_NONE;
  drawable->mm_time = (guint32)(g_get_monotonic_time () / 1000);
  for (guint i = 0; i < 3; i++)
    drawable->surfaces_dest[i] = -1;
  drawable->u.copy.src_bitmap = address_of (image);
  drawable->u.copy.src_area =
      (QXLRect){0, 0, (gint)image->bitmap.y, (gint)image->bitmap.x};
  drawable->u.copy.rop_descriptor = SPICE_ROPD_OP_PUT;
  drawable->u.copy.scale_mode = SPICE_IMAGE_SCALE_MODE_NEAREST;
}

/* Copies the area into a new command and into what counts as posted. */
static DrawCommand *
draw_area (FeederDevice *self, const FeederRect *area, const guint8 *frame)
{
  gsize stride = (gsize)self->width * 4;
  gsize row = (gsize)(area->right - area->left) * 4;
  gsize pixels = row * (area->bottom - area->top);
  DrawCommand *draw = g_malloc (sizeof *draw + pixels);
  memset (draw, 0, sizeof *draw);
  draw->bytes = sizeof *draw + pixels;
  draw->drawable.release_info.id = (guintptr)draw;
  describe_image (&draw->image, self->next_image++, area, draw->pixels);
  describe_copy (&draw->drawable, area, &draw->image);
  guint8 *to = draw->pixels;
  for (guint y = area->top; y < area->bottom; y++, to += row) {
    gsize at = y * stride + area->left * 4;
    memcpy (to, frame + at, row);
    memcpy (self->posted + at, frame + at, row);
  }
  self->stats.commands++;
  self->stats.pixel_bytes += pixels;
  return draw;
}

static void
find_changes (FeederDevice *self, const guint8 *frame)
{
  FeederRect all = {0, 0, self->width, self->height};
  if (self->posted_anything) {
    feeder_tiles_compare (self->posted, frame, self->width, self->height,
                          (gsize)self->width * 4, self->rects);
    if (self->join)
      feeder_tiles_join (self->posted, frame, (gsize)self->width * 4,
                         self->rects);
    return;
  }
  g_array_set_size (self->rects, 0);
  g_array_append_val (self->rects, all);
  self->posted_anything = TRUE;
}

static gboolean
has_room (FeederDevice *self)
{
  g_mutex_lock (&self->lock);
  gboolean ring_free = self->draws.length < QXL_COMMAND_RING_SIZE;
  gboolean ram_free = self->ram_used < GUEST_RAM_BYTES;
  g_mutex_unlock (&self->lock);
  if (!ram_free)
    spice_qxl_oom (&self->instance); /* asks the worker to release some */
  return ring_free && ram_free;
}

void
feeder_device_push (FeederDevice *self, const guint8 *pixels)
{
  self->stats.frames++;
  if (!has_room (self)) {
    self->stats.skipped++;
    return;
  }
  find_changes (self, pixels);
  if (self->rects->len == 0)
    return;
  for (guint i = 0; i < self->rects->len; i++) {
    DrawCommand *draw =
        draw_area (self, &g_array_index (self->rects, FeederRect, i), pixels);
    g_mutex_lock (&self->lock);
    self->ram_used += draw->bytes;
    g_queue_push_tail (&self->draws, draw);
    g_mutex_unlock (&self->lock);
  }
  spice_qxl_wakeup (&self->instance);
}

void
feeder_device_join_changes (FeederDevice *self)
{
  self->join = TRUE;
}

void
feeder_device_resize (FeederDevice *self, guint width, guint height)
{
  destroy_primary (self);
  create_primary (self, width, height);
}

void
feeder_device_set_cursor (FeederDevice *self, guint width, guint height,
                          guint hot_x, guint hot_y, const guint8 *bgra)
{
  guint pixels = width * height * 4;
  CursorCommand *set = g_malloc0 (sizeof *set + pixels);
  set->bytes = sizeof *set + pixels;
  set->command.release_info.id = (guintptr)set;
  set->command.type = QXL_CURSOR_SET;
  set->command.u.set.visible = TRUE;
  set->command.u.set.shape = address_of (&set->cursor);
  set->cursor.header = (QXLCursorHeader){
      .type = SPICE_CURSOR_TYPE_ALPHA,
      .width = (guint16)width,
      .height = (guint16)height,
      .hot_spot_x = (guint16)hot_x,
      .hot_spot_y = (guint16)hot_y,
  };
  set->cursor.data_size = pixels;
  set->cursor.chunk.data_size = pixels;
  memcpy (set->cursor.chunk.data, bgra, pixels);
  g_mutex_lock (&self->lock);
  self->ram_used += set->bytes;
  g_queue_push_tail (&self->cursors, set);
  g_mutex_unlock (&self->lock);
  spice_qxl_wakeup (&self->instance);
}

void
feeder_device_add_stats (FeederDevice *self, FeederDeviceStats *stats)
{
  stats->frames += self->stats.frames;
  stats->skipped += self->stats.skipped;
  stats->commands += self->stats.commands;
  stats->pixel_bytes += self->stats.pixel_bytes;
}
