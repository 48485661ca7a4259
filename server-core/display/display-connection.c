/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "display-connection.h"

#include "client-pixmaps.h"
#include "display-items.h"
#include "display-migration.h"
#include "display-private.h"
#include "draw-item.h"
#include "known-surfaces.h"
#include "operation-rules.h"
#include "server-core/base/limits.h"
#include "server-core/channel/server.h"
#include "server-core/wire/messages-display.h"
#include "snapshot-item.h"
#include "surface-items.h"

/* measured by the main channel; less is slow (spec: choice of an encoding) */
#define SLOW_LINK_BPS (10u * 1024 * 1024)

struct _SpcDisplayConnection {
  SpcConnection parent;
  bool ready; /* INIT has come */
  uint8_t preferred_compression;
  SpcKnownSurfaces *surfaces;
  guint n_batches;     /* batch ends in the pipe */
  bool has_dictionary; /* it owns the client's GLZ dictionary */
  SpcGlzPlace glz_place, glz_walk;
  SpcViewerStreams *streams; /* owned; once it is ready */
  SpcLossyRepair *repair;    /* owned; NULL: nothing was sent with loss */
  SpcPaletteCache *palettes; /* owned; NULL: it takes none */
  SpcPixmapCache *pixmaps;   /* not owned; NULL: it does not use the client's */
};

G_DEFINE_FINAL_TYPE (SpcDisplayConnection, spc_display_connection,
                     SPC_TYPE_CONNECTION)

static SpcDisplay *
display_of (SpcConnection *connection)
{
  return SPC_DISPLAY (spc_connection_channel (connection));
}

static SpcServer *
server_of (SpcConnection *connection)
{
  return spc_channel_server (spc_connection_channel (connection));
}

bool
spc_display_connection_is_ready (SpcConnection *connection)
{
  return SPC_DISPLAY_CONNECTION (connection)->ready;
}

static bool
is_slow (SpcConnection *connection)
{
  guint64 bitrate_bps = spc_connection_client (connection)->bitrate_bps;

  return bitrate_bps > 0 && bitrate_bps < SLOW_LINK_BPS;
}

SpcLinkCoding
spc_display_connection_coding (SpcConnection *connection)
{
  const SpcDisplayConnection *self = SPC_DISPLAY_CONNECTION (connection);
  const SpcLinkTraits traits = {
      .configured = spc_server_config (server_of (connection))->images,
      .preferred = self->preferred_compression,
      .takes_lz4 = spc_connection_has_cap (connection,
                                           SPICE_DISPLAY_CAP_LZ4_COMPRESSION),
      .takes_glz = self->has_dictionary,
      .takes_palettes = self->palettes != NULL,
      .is_local = spc_connection_is_local (connection),
      .is_slow = is_slow (connection),
  };

  return spc_choose_coding (&traits);
}

/* the shared dictionary */

SpcGlzPlace *
spc_display_connection_glz_place (SpcConnection *connection)
{
  return spc_display_connection_coding (connection).uses_glz
             ? &SPC_DISPLAY_CONNECTION (connection)->glz_place
             : NULL;
}

/* does no other draw of an image stand before it? */
static bool
is_first_image (const SpcPipe *pipe, const SpcItem *item)
{
  for (GList *link = pipe->items.head; link != NULL; link = link->next) {
    const QxlDrawable *draw = spc_draw_item_draw (link->data);
    if (link->data == item)
      return true;
    if (draw != NULL && draw->kind == QXL_DRAW_COPY)
      return false;
  }
  return false;
}

SpcGlzPlace *
spc_display_connection_glz_walk (SpcConnection *connection, const SpcItem *item)
{
  SpcDisplayConnection *self = SPC_DISPLAY_CONNECTION (connection);

  if (!spc_display_connection_coding (connection).uses_glz)
    return NULL;
  if (is_first_image (spc_connection_pipe (connection), item))
    self->glz_walk = self->glz_place;
  return &self->glz_walk;
}

uint64_t *
spc_display_connection_glz_next_id (SpcConnection *connection)
{
  return &spc_connection_client (connection)->glz_next_id;
}

static void
claim_dictionary (SpcConnection *connection, uint64_t window_pixels)
{
  SpcClient *client = spc_connection_client (connection);

  /* an i32 on the wire: a negative window is none */
  if (client->has_glz_channel || window_pixels < SPC_GLZ_GROUP_WINDOW ||
      window_pixels > G_MAXINT32)
    return;
  client->has_glz_channel = true;
  SPC_DISPLAY_CONNECTION (connection)->has_dictionary = true;
}

/* the client's pixmap cache */

SpcPixmapCache *
spc_display_connection_pixmaps (SpcConnection *connection)
{
  return SPC_DISPLAY_CONNECTION (connection)->pixmaps;
}

bool
spc_display_connection_keeps (SpcConnection *connection,
                              const SpcContentId *content, bool permits_loss)
{
  const SpcPixmapCache *pixmaps = SPC_DISPLAY_CONNECTION (connection)->pixmaps;

  return pixmaps != NULL &&
         spc_pixmap_cache_has (
             pixmaps, spc_channel_id (spc_connection_channel (connection)),
             content, permits_loss);
}

static void
join_pixmaps (SpcConnection *connection, const SpcDisplayInit *init)
{
  SpcClient *client = spc_connection_client (connection);
  bool takes_composite =
      spc_connection_has_cap (connection, SPICE_DISPLAY_CAP_COMPOSITE);

  SPC_DISPLAY_CONNECTION (connection)->pixmaps =
      spc_client_join_pixmaps (client, init, takes_composite);
  client->is_native |= spc_init_is_native (init, takes_composite);
}

static void
display_connection_flushed (SpcConnection *connection)
{
  SpcPixmapCache *pixmaps = SPC_DISPLAY_CONNECTION (connection)->pixmaps;

  if (pixmaps != NULL)
    spc_pixmap_cache_delivered (
        pixmaps, spc_channel_id (spc_connection_channel (connection)),
        spc_connection_serial (connection));
}

static void
leave_pixmaps (SpcConnection *connection)
{
  SpcDisplayConnection *self = SPC_DISPLAY_CONNECTION (connection);

  if (self->pixmaps != NULL)
    spc_pixmap_cache_channel_gone (
        self->pixmaps, spc_channel_id (spc_connection_channel (connection)));
  self->pixmaps = NULL;
}

/* loss */

SpcLossyRepair *
spc_display_connection_repair (SpcConnection *connection)
{
  return SPC_DISPLAY_CONNECTION (connection)->repair;
}

void
spc_display_connection_built (SpcConnection *connection,
                              const QxlDrawable *draw, SpcDrawnHow how)
{
  SpcDisplayConnection *self = SPC_DISPLAY_CONNECTION (connection);

  if (self->repair == NULL && how == SPC_DRAWN_LOSSY)
    self->repair = spc_lossy_repair_new (connection);
  if (self->repair != NULL)
    spc_lossy_repair_built (self->repair, draw, how);
}

void
spc_display_connection_blur (SpcConnection *connection, const QxlRect *box)
{
  SpcDisplayConnection *self = SPC_DISPLAY_CONNECTION (connection);

  if (self->repair == NULL)
    self->repair = spc_lossy_repair_new (connection);
  spc_lossy_repair_blur (self->repair, QXL_PRIMARY_SURFACE, box);
}

SpcViewerStreams *
spc_display_connection_streams (SpcConnection *connection)
{
  return SPC_DISPLAY_CONNECTION (connection)->streams;
}

/* palettes */

SpcPaletteCache *
spc_display_connection_palettes (SpcConnection *connection)
{
  return SPC_DISPLAY_CONNECTION (connection)->palettes;
}

/* web clients cannot decode them */
static void
claim_palettes (SpcConnection *connection)
{
  if (spc_connection_client (connection)->is_native)
    SPC_DISPLAY_CONNECTION (connection)->palettes = spc_palette_cache_new ();
}

/* hidden draws */

void
spc_display_connection_take_back (SpcConnection *connection, SpcItem *item)
{
  SpcPipe *pipe = spc_connection_pipe (connection);

  if (spc_item_may_be_left_out (pipe, item) && spc_pipe_remove (pipe, item))
    spc_display_count_dropped (display_of (connection), 1);
}

/* folding */

static bool
fold_item (SpcItem *item, gpointer user_data)
{
  SpcDisplayConnection *self = user_data;
  const QxlDrawable *draw = spc_draw_item_draw (item);
  const QxlRect *rects;
  uint32_t surface_id;
  guint n_rects;

  if (spc_item_is_batch_end (item) || spc_snapshot_item_is_exact (item))
    return true;
  if (draw != NULL) {
    spc_known_surfaces_soil (self->surfaces, draw->surface_id, &draw->box, 1);
    return true;
  }
  rects = spc_snapshot_item_rects (item, &n_rects, &surface_id);
  if (rects == NULL)
    return false;
  spc_known_surfaces_soil (self->surfaces, surface_id, rects, n_rects);
  return true;
}

static void
fold (SpcConnection *connection)
{
  SpcDisplayConnection *self = SPC_DISPLAY_CONNECTION (connection);
  SpcPipe *pipe = spc_connection_pipe (connection);
  guint n_items;

  self->n_batches = 0;
  n_items = spc_pipe_remove_if (pipe, fold_item, self);
  spc_pipe_drop_short_lived (pipe);
  spc_display_count_fold (display_of (connection));
  SPC_DEBUG (SPC_LOG_DISPLAY, "%s: %u items folded",
             spc_connection_name (connection), n_items);
}

static bool
is_too_far_behind (SpcConnection *connection)
{
  SpcDisplayConnection *self = SPC_DISPLAY_CONNECTION (connection);
  const SpcPipe *pipe = spc_connection_pipe (connection);
  const SpcSurfaceInfo *primary = spc_surface_list_find (
      spc_display_surfaces (display_of (connection)), QXL_PRIMARY_SURFACE);
  guint64 max_bytes = SPC_MAX_PIPE_BYTES;

  if (primary != NULL)
    max_bytes = MAX (max_bytes, (guint64)primary->width * primary->height * 8);
  return self->n_batches > SPC_MAX_PIPE_BATCHES || pipe->bytes > max_bytes ||
         spc_pipe_length (pipe) > SPC_MAX_PIPE_ITEMS;
}

/* the newest pixels of a dirty region become an item */
static void
unfold_surface (SpcConnection *connection, uint32_t id, const QxlRegion *dirty)
{
  const QxlRect *rects;
  QxlRect bounds;
  int n_rects;

  rects = qxl_region_rects (dirty, &n_rects);
  if (n_rects > SPC_MAX_FOLD_RECTS) {
    const pixman_box32_t *box =
        pixman_region32_extents ((pixman_region32_t *)dirty);
    bounds = QXL_RECT (box->x1, box->y1, box->x2, box->y2);
    rects = &bounds;
    n_rects = 1;
  }
  spc_connection_push (connection,
                       spc_snapshot_item_new (display_of (connection), id,
                                              rects, (guint)n_rects));
}

static void
display_connection_drained (SpcConnection *connection)
{
  SpcDisplayConnection *self = SPC_DISPLAY_CONNECTION (connection);
  QxlRegion dirty;
  uint32_t id;

  pixman_region32_init (&dirty);
  while (spc_known_surfaces_clean_one (self->surfaces, &id, &dirty)) {
    if (id == QXL_PRIMARY_SURFACE)
      spc_viewer_streams_subtract (self->streams, &dirty);
    unfold_surface (connection, id, &dirty);
  }
  pixman_region32_fini (&dirty);
  if (self->repair != NULL)
    spc_lossy_repair_drained (self->repair);
  spc_display_update_demand (display_of (connection));
}

/* what the display says */

/* what goes with the primary surface, and is told anew with the next one */
static bool
is_of_primary (SpcItem *item, gpointer user_data)
{
  return spc_item_is_heads (item) || spc_item_is_mark (item);
}

static void
forget_surface (SpcConnection *connection, uint32_t id)
{
  SpcDisplayConnection *self = SPC_DISPLAY_CONNECTION (connection);
  SpcPipe *pipe = spc_connection_pipe (connection);
  bool was_told = spc_pipe_forget_surface (pipe, id);

  if (id == QXL_PRIMARY_SURFACE)
    spc_pipe_remove_if (pipe, is_of_primary, NULL);
  spc_known_surfaces_remove (self->surfaces, id);
  if (self->repair != NULL)
    spc_lossy_repair_forget (self->repair, id);
  if (was_told)
    spc_connection_push (connection,
                         spc_surface_item_new (id, 0, 0, QXL_FORMAT_BGRX));
}

static bool
is_heads (SpcItem *item, gpointer user_data)
{
  return spc_item_is_heads (item);
}

void
spc_display_connection_send_heads (SpcConnection *connection)
{
  if (!spc_connection_has_cap (connection, SPICE_DISPLAY_CAP_MONITORS_CONFIG))
    return;
  spc_pipe_remove_if (spc_connection_pipe (connection), is_heads, NULL);
  spc_connection_push (connection,
                       spc_display_heads_item (display_of (connection)));
}

static SpcDrawTraits
draw_traits (SpcConnection *connection)
{
  return (SpcDrawTraits){
      .is_native = spc_connection_client (connection)->is_native,
      .takes_composite =
          spc_connection_has_cap (connection, SPICE_DISPLAY_CAP_COMPOSITE),
      .takes_a8_surfaces =
          spc_connection_has_cap (connection, SPICE_DISPLAY_CAP_A8_SURFACE),
  };
}

void
spc_display_connection_add_surface (SpcConnection *connection,
                                    uint32_t surface_id, bool is_blank)
{
  SpcDisplayConnection *self = SPC_DISPLAY_CONNECTION (connection);
  SpcDisplay *display = display_of (connection);
  const SpcSurfaceInfo *info =
      spc_surface_list_find (spc_display_surfaces (display), surface_id);
  SpcDrawTraits traits = draw_traits (connection);
  QxlFormat told_as = spc_surface_told_as (surface_id, info->format, &traits);

  if (spc_known_surfaces_has (self->surfaces, surface_id))
    forget_surface (connection, surface_id);
  if (told_as == QXL_FORMAT_INVALID)
    return;
  spc_known_surfaces_add (self->surfaces, surface_id);
  spc_connection_push (
      connection,
      spc_surface_item_new (info->id, info->width, info->height, told_as));
  if (!is_blank)
    spc_connection_push (connection,
                         spc_display_whole_surface (display, surface_id));
  if (surface_id != QXL_PRIMARY_SURFACE)
    return;
  spc_display_connection_send_heads (connection);
  spc_connection_push (connection, spc_mark_item_new ());
}

void
spc_display_connection_remove_surface (SpcConnection *connection,
                                       uint32_t surface_id)
{
  if (spc_known_surfaces_has (SPC_DISPLAY_CONNECTION (connection)->surfaces,
                              surface_id))
    forget_surface (connection, surface_id);
}

/* beginning anew */

void
spc_display_connection_forget_kept (SpcConnection *connection)
{
  SpcDisplayConnection *self = SPC_DISPLAY_CONNECTION (connection);

  spc_connection_write (connection, SPICE_MSG_DISPLAY_INVAL_ALL_PALETTES, NULL,
                        NULL);
  self->glz_place = (SpcGlzPlace){0};
  g_clear_pointer (&self->palettes, spc_palette_cache_free);
  claim_palettes (connection);
}

/* which surfaces a draw takes pixels from, its own not counted; returns how
 * many
 */
static guint
sources_of (const QxlDrawable *draw, uint32_t ids[QXL_N_ROLES])
{
  guint n_ids = 0;

  if (draw->kind == QXL_DRAW_COPY_SURFACE)
    ids[n_ids++] = draw->u.copy_surface.source_id;
  for (int role = 0; role < QXL_N_ROLES; role++) {
    const QxlSource *source = NULL;

    if (draw->kind == QXL_DRAW_OPERATION)
      source = qxl_operation_source (draw->u.operation, (QxlSourceRole)role);
    if (source != NULL && source->kind == QXL_SOURCE_SURFACE)
      ids[n_ids++] = source->surface_id;
  }
  return n_ids;
}

/* does the viewer have all surfaces that are drawn from, or can it? */
static bool
can_have_sources (SpcConnection *connection, const QxlDrawable *draw,
                  const SpcDrawTraits *traits)
{
  const SpcSurfaceList *surfaces =
      spc_display_surfaces (display_of (connection));
  uint32_t ids[QXL_N_ROLES];
  guint n_ids = sources_of (draw, ids);

  for (guint i = 0; i < n_ids; i++) {
    const SpcSurfaceInfo *info = spc_surface_list_find (surfaces, ids[i]);

    if (info == NULL || spc_surface_told_as (ids[i], info->format, traits) ==
                            QXL_FORMAT_INVALID)
      return false;
  }
  return true;
}

/* those it has not heard of yet */
static void
tell_sources (SpcConnection *connection, const QxlDrawable *draw)
{
  const SpcDisplayConnection *self = SPC_DISPLAY_CONNECTION (connection);
  uint32_t ids[QXL_N_ROLES];
  guint n_ids = sources_of (draw, ids);

  for (guint i = 0; i < n_ids; i++)
    if (!spc_known_surfaces_has (self->surfaces, ids[i]))
      spc_display_connection_add_surface (connection, ids[i], false);
}

SpcDrawForm
spc_display_connection_draw_form (SpcConnection *connection,
                                  const QxlDrawable *draw)
{
  const SpcDisplayConnection *self = SPC_DISPLAY_CONNECTION (connection);
  SpcDrawTraits traits;

  if (!self->ready ||
      !spc_known_surfaces_has (self->surfaces, draw->surface_id))
    return SPC_DRAW_UNTOLD;
  switch (spc_viewer_streams_touch (self->streams, draw)) {
  case SPC_STREAMS_INSIDE:
    return SPC_DRAW_AS_VIDEO;
  case SPC_STREAMS_ACROSS:
    return draw->surface_id == QXL_PRIMARY_SURFACE ? SPC_DRAW_BESIDE
                                                   : SPC_DRAW_AS_PICTURE;
  case SPC_STREAMS_APART:
    break;
  }
  traits = draw_traits (connection);
  return can_have_sources (connection, draw, &traits) &&
                 spc_draw_is_told (
                     draw, spc_display_surfaces (display_of (connection)),
                     &traits)
             ? SPC_DRAW_AS_COMMAND
             : SPC_DRAW_AS_PICTURE;
}

void
spc_display_connection_draw (SpcConnection *connection, const QxlDrawable *draw,
                             SpcDrawForm form, SpcItem *item)
{
  SpcDisplayConnection *self = SPC_DISPLAY_CONNECTION (connection);

  if (spc_known_surfaces_are_dirty (self->surfaces)) {
    spc_known_surfaces_soil (self->surfaces, draw->surface_id, &draw->box, 1);
    return;
  }
  if (self->repair != NULL)
    spc_lossy_repair_queued (self->repair, draw);
  if (form == SPC_DRAW_AS_COMMAND)
    tell_sources (connection, draw);
  spc_connection_push (connection, spc_item_ref (item));
}

static void
update_n_batches (SpcConnection *connection)
{
  SpcDisplayConnection *self = SPC_DISPLAY_CONNECTION (connection);
  const SpcPipe *pipe = spc_connection_pipe (connection);

  self->n_batches = 0;
  for (GList *link = pipe->items.head; link != NULL; link = link->next)
    self->n_batches += spc_item_is_batch_end (link->data);
}

void
spc_display_connection_end_batch (SpcConnection *connection, SpcItem *batch_end)
{
  SpcDisplayConnection *self = SPC_DISPLAY_CONNECTION (connection);

  if (!spc_known_surfaces_are_dirty (self->surfaces))
    spc_connection_push (connection, spc_item_ref (batch_end));
  update_n_batches (connection);
  if (is_too_far_behind (connection))
    fold (connection);
}

void
spc_display_connection_bound_pipe (SpcConnection *connection)
{
  if (is_too_far_behind (connection))
    fold (connection);
}

/* messages */

bool
spc_display_connection_begin (SpcConnection *connection, const void *message,
                              GError **error)
{
  SpcDisplayConnection *self = SPC_DISPLAY_CONNECTION (connection);
  const SpcDisplayInit *init = message;

  if (self->ready) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL, "a second INIT");
    return false;
  }
  self->ready = true;
  spc_display_migration_note (connection, init);
  claim_dictionary (connection, init->glz_dictionary_window);
  join_pixmaps (connection, init);
  claim_palettes (connection);
  self->streams = spc_viewer_streams_new (connection);
  spc_display_begin_viewer (connection);
  return true;
}

static bool
on_preferred_compression (SpcConnection *connection, const void *message,
                          GError **error)
{
  const QxlTail *tail = message;

  if (spc_compression_is_known (tail->data[0]))
    SPC_DISPLAY_CONNECTION (connection)->preferred_compression = tail->data[0];
  return true;
}

/* of a stream that is no more, or never was, it has no effect */
static bool
on_stream_report (SpcConnection *connection, const void *message,
                  GError **error)
{
  SpcViewerStreams *streams = SPC_DISPLAY_CONNECTION (connection)->streams;

  if (streams != NULL)
    spc_viewer_streams_report (streams, message);
  return true;
}

static bool
on_preferred_codecs (SpcConnection *connection, const void *message,
                     GError **error)
{
  SpcViewerStreams *streams = SPC_DISPLAY_CONNECTION (connection)->streams;
  const QxlTail *tail = message;

  if (streams != NULL && tail->data[0] < tail->size)
    spc_viewer_streams_wish (streams, tail->data + 1, tail->data[0]);
  return true;
}

static bool
on_gl_draw_done (SpcConnection *connection, const void *message, GError **error)
{
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "GL_DRAW_DONE although nothing was drawn so");
  return false;
}

static const SpcMessageHandler handlers[] = {
    {SPICE_MSGC_DISPLAY_INIT, 14, 14, spc_display_init_fields,
     sizeof (SpcDisplayInit), spc_display_connection_begin},
    {SPICE_MSGC_DISPLAY_STREAM_REPORT, 32, 32, spc_stream_report_fields,
     sizeof (SpcStreamReport), on_stream_report},
    {SPICE_MSGC_DISPLAY_PREFERRED_COMPRESSION, 1, 1, NULL, 0,
     on_preferred_compression},
    {SPICE_MSGC_DISPLAY_GL_DRAW_DONE, 0, 0, NULL, 0, on_gl_draw_done},
    {SPICE_MSGC_DISPLAY_PREFERRED_VIDEO_CODEC_TYPE, 1, 256, NULL, 0,
     on_preferred_codecs},
};

static void
display_connection_closed (SpcConnection *connection)
{
  SPC_DISPLAY_CONNECTION (connection)->ready = false;
  leave_pixmaps (connection);
  g_clear_pointer (&SPC_DISPLAY_CONNECTION (connection)->streams,
                   spc_viewer_streams_free);
  g_clear_pointer (&SPC_DISPLAY_CONNECTION (connection)->repair,
                   spc_lossy_repair_free);
  spc_streams_leave (spc_display_streams (display_of (connection)));
}

static void
spc_display_connection_finalize (GObject *object)
{
  spc_known_surfaces_free (SPC_DISPLAY_CONNECTION (object)->surfaces);
  spc_palette_cache_free (SPC_DISPLAY_CONNECTION (object)->palettes);
  G_OBJECT_CLASS (spc_display_connection_parent_class)->finalize (object);
}

static void
spc_display_connection_class_init (SpcDisplayConnectionClass *klass)
{
  SpcConnectionClass *connection = SPC_CONNECTION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = spc_display_connection_finalize;
  connection->log_category = SPC_LOG_DISPLAY;
  connection->handlers = handlers;
  connection->n_handlers = G_N_ELEMENTS (handlers);
  connection->uses_acks = true;
  connection->drained = display_connection_drained;
  connection->flushed = display_connection_flushed;
  connection->closed = display_connection_closed;
  spc_display_migration_install (connection);
}

static void
spc_display_connection_init (SpcDisplayConnection *self)
{
  self->surfaces = spc_known_surfaces_new ();
}
