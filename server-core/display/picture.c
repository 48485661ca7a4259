/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "picture.h"

#include "qxl/canvas.h"
#include "readable-image.h"
#include "server-core/base/limits.h"

/* the strand's: only its jobs touch it */
typedef struct {
  gint ref_count;
  GHashTable *surfaces; /* id → QxlSurface */
} Pixels;

struct _SpcPicture {
  SpcLoop *loop;
  SpcStrand *strand;
  Pixels *pixels;
  QxlBatch *pending; /* not rendered yet, in order */
  gsize pending_bytes;
};

static void
free_surface (gpointer surface)
{
  qxl_surface_free (surface);
}

static Pixels *
pixels_new (void)
{
  Pixels *self = g_new0 (Pixels, 1);

  self->ref_count = 1;
  self->surfaces =
      g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, free_surface);
  return self;
}

static Pixels *
pixels_ref (Pixels *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

static void
pixels_unref (Pixels *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_hash_table_unref (self->surfaces);
  g_free (self);
}

static QxlSurface *
find_surface (Pixels *self, uint32_t id)
{
  return g_hash_table_lookup (self->surfaces, GUINT_TO_POINTER (id));
}

/* rendering, on the strand */

typedef struct {
  Pixels *pixels;
  QxlBatch *batch;
} Render;

static QxlSurface *
find_source (uint32_t id, gpointer user_data)
{
  return find_surface (user_data, id);
}

static void
render_command (Pixels *pixels, const QxlCommand *command)
{
  QxlSurface *surface;

  switch (command->kind) {
  case QXL_COMMAND_SURFACE_CREATE:
    surface =
        qxl_surface_new (command->u.create.format, command->u.create.width,
                         command->u.create.height);
    g_hash_table_insert (pixels->surfaces,
                         GUINT_TO_POINTER (command->u.create.surface_id),
                         surface);
    break;
  case QXL_COMMAND_SURFACE_DESTROY:
    g_hash_table_remove (pixels->surfaces,
                         GUINT_TO_POINTER (command->u.destroy.surface_id));
    break;
  case QXL_COMMAND_DRAW:
    surface = find_surface (pixels, command->u.draw->surface_id);
    if (surface != NULL)
      qxl_canvas_draw (surface, command->u.draw, find_source, pixels);
    break;
  default:
    break;
  }
}

static void
run_render (SpcWorker *worker, gpointer user_data)
{
  Render *render = user_data;

  for (guint i = 0; i < render->batch->commands->len; i++)
    render_command (render->pixels, qxl_batch_at (render->batch, i));
}

static void
render_free (gpointer data)
{
  Render *render = data;

  qxl_batch_free (render->batch);
  pixels_unref (render->pixels);
  g_free (render);
}

static void
catch_up (SpcPicture *self)
{
  Render *render;

  if (qxl_batch_is_empty (self->pending))
    return;
  render = g_new (Render, 1);
  render->pixels = pixels_ref (self->pixels);
  render->batch = g_steal_pointer (&self->pending);
  self->pending = qxl_batch_new ();
  self->pending_bytes = 0;
  spc_strand_push (self->strand, run_render, render, render_free);
}

/* collecting, on the loop */

/* A new opaque draw makes older ones below it needless, back to the last
 * command that is not a plain draw: a copy-bits may read what they drew. */
static void
drop_hidden (SpcPicture *self, const QxlDrawable *cover)
{
  GArray *commands = self->pending->commands;

  if (!qxl_drawable_is_opaque (cover) ||
      qxl_drawable_reads (cover, cover->surface_id))
    return;
  for (guint i = commands->len; i-- > 0;) {
    const QxlCommand *old = qxl_batch_at (self->pending, i);

    if (old->kind != QXL_COMMAND_DRAW ||
        qxl_drawable_reads (old->u.draw, cover->surface_id))
      return;
    if (old->u.draw->surface_id != cover->surface_id ||
        !qxl_rect_contains (&cover->box, &old->u.draw->box))
      continue;
    self->pending_bytes -= qxl_drawable_size (old->u.draw);
    g_array_remove_index (commands, i);
  }
}

void
spc_picture_apply (SpcPicture *self, const QxlCommand *command)
{
  switch (command->kind) {
  case QXL_COMMAND_SURFACE_CREATE:
    qxl_batch_create_surface (self->pending, command->u.create.surface_id,
                              command->u.create.width, command->u.create.height,
                              command->u.create.format);
    break;
  case QXL_COMMAND_SURFACE_DESTROY:
    qxl_batch_destroy_surface (self->pending, command->u.destroy.surface_id);
    break;
  case QXL_COMMAND_DRAW:
    drop_hidden (self, command->u.draw);
    self->pending_bytes += qxl_drawable_size (command->u.draw);
    qxl_batch_draw (self->pending, qxl_drawable_ref (command->u.draw));
    break;
  default:
    break;
  }
  if (self->pending->commands->len > SPC_MAX_UNRENDERED ||
      self->pending_bytes > SPC_MAX_UNRENDERED_BYTES)
    catch_up (self);
}

/* snapshots */

typedef struct {
  SpcLoop *loop;
  Pixels *pixels;
  uint32_t surface_id;
  GArray *rects; /* QxlRect */
  SpcDraftedBatch drafted;
  SpcPictureFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Snapshot;

/* on the loop, or where the loop's refusal destroys it */
static void
snapshot_free (gpointer data)
{
  Snapshot *snapshot = data;

  if (snapshot->destroy != NULL)
    snapshot->destroy (snapshot->user_data);
  g_array_unref (snapshot->rects);
  spc_drafted_batch_clear (&snapshot->drafted);
  pixels_unref (snapshot->pixels);
  spc_loop_unref (snapshot->loop);
  g_free (snapshot);
}

static void
report_snapshot (gpointer user_data)
{
  Snapshot *snapshot = user_data;

  snapshot->func (&snapshot->drafted, snapshot->user_data);
}

static QxlRect
bounds_of (const QxlSurface *surface)
{
  return QXL_RECT (0, 0, (int32_t)qxl_surface_width (surface),
                   (int32_t)qxl_surface_height (surface));
}

/* Of the primary what is seen is enough; from others viewers may draw, and
 * blend by what lies in their fourth bytes. */
static void
draw_snapshot (QxlBatch *batch, const QxlSurface *surface, uint32_t surface_id,
               const QxlRect *rect, QxlBlocks *blocks)
{
  const QxlRect all = bounds_of (surface);
  const QxlRect box = qxl_rect_intersect (rect, &all);
  QxlImage *image = surface_id == QXL_PRIMARY_SURFACE
                        ? qxl_surface_snapshot_in (surface, &box, blocks)
                        : qxl_surface_snapshot_exact_in (surface, &box, blocks);

  if (image != NULL)
    qxl_batch_draw (batch, qxl_drawable_new_copy (surface_id, &box, image,
                                                  (QxlPoint){0, 0}));
}

/* All of a surface is one draw: programs that take a picture of a desktop go by
 * the first draw they see. */
static bool
may_be_cut (const Snapshot *snapshot, const QxlSurface *surface)
{
  QxlRect all;

  if (surface == NULL || snapshot->rects->len != 1)
    return true;
  all = bounds_of (surface);
  return !qxl_rect_contains (&g_array_index (snapshot->rects, QxlRect, 0),
                             &all);
}

static void
run_snapshot (SpcWorker *worker, gpointer user_data)
{
  Snapshot *snapshot = user_data;
  const QxlSurface *surface =
      find_surface (snapshot->pixels, snapshot->surface_id);
  const SpcDraftOrder order = {.cuts = may_be_cut (snapshot, surface)};
  QxlBatch *batch = g_steal_pointer (&snapshot->drafted.batch);

  for (guint i = 0; surface != NULL && i < snapshot->rects->len; i++)
    draw_snapshot (batch, surface, snapshot->surface_id,
                   &g_array_index (snapshot->rects, QxlRect, i),
                   spc_worker_blocks (worker));
  spc_draft_batch (batch, &order, worker, &snapshot->drafted);
}

/* the job's end, run or dropped: what user_data keeps is the loop's, so it goes
 * back there */
static void
end_snapshot (gpointer user_data)
{
  Snapshot *snapshot = user_data;

  spc_loop_post (snapshot->loop, report_snapshot, snapshot, snapshot_free);
}

void
spc_picture_snapshot (SpcPicture *self, uint32_t surface_id,
                      const QxlRect *rects, guint n_rects, SpcPictureFunc func,
                      gpointer user_data, GDestroyNotify destroy)
{
  Snapshot *snapshot = g_new0 (Snapshot, 1);

  catch_up (self);
  snapshot->loop = spc_loop_ref (self->loop);
  snapshot->pixels = pixels_ref (self->pixels);
  snapshot->surface_id = surface_id;
  snapshot->rects = g_array_new (FALSE, FALSE, sizeof (QxlRect));
  g_array_append_vals (snapshot->rects, rects, n_rects);
  snapshot->drafted.batch = qxl_batch_new ();
  snapshot->func = func;
  snapshot->user_data = user_data;
  snapshot->destroy = destroy;
  spc_strand_push (self->strand, run_snapshot, snapshot, end_snapshot);
}

/* reading */

typedef struct {
  SpcLoop *loop;
  Pixels *pixels;
  uint32_t surface_id;
  QxlRect area;
  QxlImage *image; /* NULL: none */
  SpcPictureReadFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Read;

static void
read_free (gpointer data)
{
  Read *read = data;

  if (read->destroy != NULL)
    read->destroy (read->user_data);
  g_clear_pointer (&read->image, qxl_image_unref);
  pixels_unref (read->pixels);
  spc_loop_unref (read->loop);
  g_free (read);
}

static void
report_read (gpointer user_data)
{
  Read *read = user_data;

  read->func (read->image, read->user_data);
}

static void
run_read (SpcWorker *worker, gpointer user_data)
{
  Read *read = user_data;
  const QxlSurface *surface = find_surface (read->pixels, read->surface_id);

  if (surface != NULL)
    read->image = qxl_surface_snapshot (surface, &read->area);
  if (read->image != NULL)
    read->image = spc_readable_image (read->image);
}

static void
end_read (gpointer user_data)
{
  Read *read = user_data;

  spc_loop_post (read->loop, report_read, read, read_free);
}

void
spc_picture_read (SpcPicture *self, uint32_t surface_id, const QxlRect *area,
                  SpcPictureReadFunc func, gpointer user_data,
                  GDestroyNotify destroy)
{
  Read *read = g_new0 (Read, 1);

  catch_up (self);
  *read = (Read){.loop = spc_loop_ref (self->loop),
                 .pixels = pixels_ref (self->pixels),
                 .surface_id = surface_id,
                 .area = *area,
                 .func = func,
                 .user_data = user_data,
                 .destroy = destroy};
  spc_strand_push (self->strand, run_read, read, end_read);
}

/* life */

SpcPicture *
spc_picture_new (SpcLoop *loop, SpcJobs *jobs)
{
  SpcPicture *self = g_new0 (SpcPicture, 1);

  self->loop = spc_loop_ref (loop);
  self->strand = spc_strand_new (jobs);
  self->pixels = pixels_new ();
  self->pending = qxl_batch_new ();
  return self;
}

void
spc_picture_free (SpcPicture *self)
{
  if (self == NULL)
    return;
  qxl_batch_free (self->pending);
  pixels_unref (self->pixels);
  spc_strand_unref (self->strand);
  spc_loop_unref (self->loop);
  g_free (self);
}
