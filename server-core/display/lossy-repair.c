/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lossy-repair.h"

#include "display-connection.h"
#include "display-private.h"
#include "lossy-region.h"
#include "repair-pace.h"
#include "server-core/base/limits.h"
#include "server-core/channel/channel.h"
#include "server-core/channel/client.h"
#include "snapshot-item.h"

/* so long before something comes to rest it is asked for what has arrived: most
 * links answer sooner */
#define PING_AHEAD_US (200 * 1000)

/* a surface with loss, or one that had */
typedef struct {
  uint32_t id;
  SpcLossyRegion *region;
} Surface;

struct _SpcLossyRepair {
  SpcConnection *connection; /* not owned */
  SpcTimer *timer;
  GArray *surfaces; /* Surface */
  SpcRepairPace pace;
  uint32_t sent_pixels; /* of the piece before the ping; 0: none */
  bool awaits_pong;
  bool has_arrived; /* what was sent */
};

static void
clear_surface (gpointer data)
{
  spc_lossy_region_free (((Surface *)data)->region);
}

static Surface *
find_surface (const SpcLossyRepair *self, uint32_t id)
{
  for (guint i = 0; i < self->surfaces->len; i++) {
    Surface *surface = &g_array_index (self->surfaces, Surface, i);
    if (surface->id == id)
      return surface;
  }
  return NULL;
}

static Surface *
add_surface (SpcLossyRepair *self, uint32_t id)
{
  const Surface surface = {.id = id, .region = spc_lossy_region_new ()};

  g_array_append_val (self->surfaces, surface);
  return &g_array_index (self->surfaces, Surface, self->surfaces->len - 1);
}

/* the one that comes to rest first; NULL: all is exact */
static Surface *
next_surface (const SpcLossyRepair *self)
{
  Surface *next = NULL;
  int64_t next_us = G_MAXINT64;

  for (guint i = 0; i < self->surfaces->len; i++) {
    Surface *surface = &g_array_index (self->surfaces, Surface, i);
    int64_t rest_us = spc_lossy_region_rest_us (surface->region);

    if (rest_us >= next_us)
      continue;
    next = surface;
    next_us = rest_us;
  }
  return next;
}

/* repairing */

static void on_pong (SpcConnection *connection, guint32 round_trip_us,
                     gpointer user_data);

static void
send_ping (SpcLossyRepair *self)
{
  self->awaits_pong = true;
  spc_connection_ping (self->connection, 0, on_pong, NULL);
}

static void
send_piece (SpcLossyRepair *self, const Surface *surface, int64_t now_us)
{
  QxlRect rects[SPC_MAX_FOLD_RECTS];
  SpcDisplay *display = SPC_DISPLAY (spc_connection_channel (self->connection));
  guint n_rects = spc_lossy_region_pick (
      surface->region, now_us, self->pace.pixels, rects, G_N_ELEMENTS (rects));
  SpcItem *item;

  self->sent_pixels = 0;
  for (guint i = 0; i < n_rects; i++)
    self->sent_pixels += (uint32_t)qxl_rect_width (&rects[i]) *
                         (uint32_t)qxl_rect_height (&rects[i]);
  spc_viewer_streams_hold (spc_display_connection_streams (self->connection));
  item = spc_snapshot_item_new (display, surface->id, rects, n_rects);
  spc_snapshot_item_forbid_loss (item);
  spc_connection_push (self->connection, item);
  send_ping (self);
}

/* the pipe is empty, and all that was in it has arrived */
static void
go_on (SpcLossyRepair *self)
{
  int64_t now_us = g_get_monotonic_time ();
  const Surface *surface = next_surface (self);
  int64_t wait_us;

  if (surface == NULL)
    return;
  wait_us = spc_lossy_region_rest_us (surface->region) - now_us;
  if (wait_us > 0)
    spc_timer_arm (self->timer, (uint32_t)(wait_us / 1000 + 1));
  else
    send_piece (self, surface, now_us);
}

static bool
is_idle (const SpcLossyRepair *self)
{
  return !self->awaits_pong &&
         spc_pipe_length (spc_connection_pipe (self->connection)) == 0;
}

/* Whether all has arrived, once it matters: while more is drawn again and
 * again, as in a film, nothing comes to rest. */
static void
find_out (SpcLossyRepair *self)
{
  const Surface *surface = next_surface (self);
  int64_t wait_us;

  if (surface == NULL)
    return;
  wait_us = spc_lossy_region_rest_us (surface->region) - PING_AHEAD_US -
            g_get_monotonic_time ();
  if (wait_us > 0)
    spc_timer_arm (self->timer, (uint32_t)(wait_us / 1000 + 1));
  else
    send_ping (self);
}

static void
on_timer (gpointer user_data)
{
  SpcLossyRepair *self = user_data;

  if (!is_idle (self))
    return;
  if (self->has_arrived)
    go_on (self);
  else
    find_out (self);
  spc_connection_pump (self->connection);
}

static void
on_pong (SpcConnection *connection, guint32 round_trip_us, gpointer user_data)
{
  SpcLossyRepair *self = spc_display_connection_repair (connection);
  guint32 least_us = spc_connection_stats (connection)->round_trip_us;

  self->awaits_pong = false;
  self->has_arrived = true;
  if (self->sent_pixels > 0)
    spc_repair_pace_took (&self->pace, self->sent_pixels,
                          (int64_t)round_trip_us - least_us);
  self->sent_pixels = 0;
  /* otherwise it drains again */
  if (is_idle (self))
    go_on (self);
}

/* what happens to the connection */

typedef struct {
  uint32_t surface_id;
  const QxlRect *box;
} Place;

static bool
is_hidden_repair (SpcItem *item, gpointer user_data)
{
  const Place *place = user_data;
  const QxlRect *rects;
  uint32_t surface_id;
  guint n_rects;

  if (!spc_snapshot_item_is_exact (item))
    return false;
  rects = spc_snapshot_item_rects (item, &n_rects, &surface_id);
  if (surface_id != place->surface_id)
    return false;
  for (guint i = 0; i < n_rects; i++)
    if (qxl_rect_intersects (&rects[i], place->box))
      return true;
  return false;
}

static void
drop_hidden (SpcLossyRepair *self, uint32_t surface_id, const QxlRect *box)
{
  Place place = {.surface_id = surface_id, .box = box};

  if (!self->awaits_pong || self->sent_pixels == 0)
    return;
  if (spc_pipe_remove_if (spc_connection_pipe (self->connection),
                          is_hidden_repair, &place) > 0)
    self->sent_pixels = 0;
}

void
spc_lossy_repair_queued (SpcLossyRepair *self, const QxlDrawable *draw)
{
  drop_hidden (self, draw->surface_id, &draw->box);
}

void
spc_lossy_repair_blur (SpcLossyRepair *self, uint32_t surface_id,
                       const QxlRect *box)
{
  Surface *surface = find_surface (self, surface_id);

  drop_hidden (self, surface_id, box);
  if (surface == NULL)
    surface = add_surface (self, surface_id);
  spc_lossy_region_add (surface->region, box, g_get_monotonic_time ());
}

/* does it take pixels of a surface, and are some of those lossy, perhaps? */
static const SpcLossyRegion *
find_source (const SpcLossyRepair *self, const QxlDrawable *draw, QxlPoint *src)
{
  const Surface *surface = NULL;

  if (draw->kind == QXL_DRAW_COPY_BITS) {
    surface = find_surface (self, draw->surface_id);
    *src = draw->u.copy_bits.src_pos;
  } else if (draw->kind == QXL_DRAW_COPY_SURFACE) {
    surface = find_surface (self, draw->u.copy_surface.source_id);
    *src = draw->u.copy_surface.src;
  }
  return surface != NULL ? surface->region : NULL;
}

/* Does it combine pixels that may be lossy? Where on a source they are does not
 * matter: what is drawn with them is told anew, at the latest at rest. */
static bool
spreads_loss (const SpcLossyRepair *self, const QxlDrawable *draw)
{
  if (draw->kind != QXL_DRAW_OPERATION)
    return false;
  for (guint i = 0; i < self->surfaces->len; i++) {
    const Surface *surface = &g_array_index (self->surfaces, Surface, i);
    if (!spc_lossy_region_is_empty (surface->region) &&
        qxl_drawable_reads (draw, surface->id))
      return true;
  }
  return false;
}

/* what is exact at a web client may be drawn over by a photo on its way */
static void
draw_exact (SpcLossyRepair *self, SpcLossyRegion *region,
            const QxlDrawable *draw, const SpcLossyRegion *source, QxlPoint src)
{
  int64_t now_us = g_get_monotonic_time ();

  if (spc_connection_client (self->connection)->is_native)
    spc_lossy_region_copy (region, &draw->box, source, src, now_us);
  else
    spc_lossy_region_merge (region, &draw->box, source, src, now_us);
}

/* what a command leaves: nothing is known of pixels it only changes */
static void
operation_built (SpcLossyRepair *self, const QxlDrawable *draw)
{
  bool is_lossy = spreads_loss (self, draw);
  Surface *surface = find_surface (self, draw->surface_id);

  if (is_lossy) {
    if (surface == NULL)
      surface = add_surface (self, draw->surface_id);
    spc_lossy_region_add (surface->region, &draw->box, g_get_monotonic_time ());
  } else if (surface != NULL && qxl_drawable_is_opaque (draw)) {
    spc_lossy_region_subtract (surface->region, &draw->box);
  }
}

void
spc_lossy_repair_built (SpcLossyRepair *self, const QxlDrawable *draw,
                        SpcDrawnHow how)
{
  QxlPoint src = {0};
  const SpcLossyRegion *source = find_source (self, draw, &src);
  Surface *surface = find_surface (self, draw->surface_id);

  if (draw->kind == QXL_DRAW_OPERATION) {
    operation_built (self, draw);
    return;
  }
  if (surface == NULL && source == NULL && how != SPC_DRAWN_LOSSY)
    return;
  if (surface == NULL)
    surface = add_surface (self, draw->surface_id);
  switch (how) {
  case SPC_DRAWN_LOSSY:
    spc_lossy_region_add (surface->region, &draw->box, g_get_monotonic_time ());
    break;
  case SPC_DRAWN_EXACT:
    draw_exact (self, surface->region, draw, source, src);
    break;
  case SPC_DRAWN_AGAIN:
    spc_lossy_region_subtract (surface->region, &draw->box);
    break;
  }
}

void
spc_lossy_repair_forget (SpcLossyRepair *self, uint32_t surface_id)
{
  for (guint i = 0; i < self->surfaces->len; i++)
    if (g_array_index (self->surfaces, Surface, i).id == surface_id) {
      g_array_remove_index_fast (self->surfaces, i);
      return;
    }
}

void
spc_lossy_repair_drained (SpcLossyRepair *self)
{
  self->has_arrived = false;
  if (is_idle (self))
    find_out (self);
}

bool
spc_lossy_repair_is_done (const SpcLossyRepair *self)
{
  return next_surface (self) == NULL;
}

/* life */

SpcLossyRepair *
spc_lossy_repair_new (SpcConnection *connection)
{
  SpcLossyRepair *self = g_new0 (SpcLossyRepair, 1);

  self->connection = connection;
  self->timer = spc_timer_new (
      spc_channel_loop (spc_connection_channel (connection)), on_timer, self);
  self->surfaces = g_array_new (FALSE, FALSE, sizeof (Surface));
  g_array_set_clear_func (self->surfaces, clear_surface);
  spc_repair_pace_init (&self->pace,
                        spc_connection_client (connection)->bitrate_bps);
  return self;
}

void
spc_lossy_repair_free (SpcLossyRepair *self)
{
  if (self == NULL)
    return;
  spc_timer_free (self->timer);
  g_array_unref (self->surfaces);
  g_free (self);
}
