/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pad's command stream: any bytes are read or refused; what is read is
 * written and read again the same; what the validator lets through is drawn,
 * and looks the same if it is reduced to plain draws first.
 *
 * An input is a stream; its draws go to the six surfaces of
 * command-samples.h. */
#include "fuzz.h"
#include "qxl/canvas.h"
#include "qxl/command-samples.h"
#include "qxl/plain.h"
#include "qxl/stream.h"

#include <string.h>

typedef struct {
  QxlSurface *surfaces[QXL_SAMPLE_SURFACES]; /* owned */
} World;

static void
count_refused (gpointer user_data, guint record, const GError *error)
{
  guint *n_refused = user_data;

  g_assert (error != NULL && error->message[0] != '\0');
  (*n_refused)++;
}

static const QxlStreamHooks hooks = {NULL, count_refused};

/* surfaces */

static void
world_init (World *self)
{
  for (guint i = 0; i < QXL_SAMPLE_SURFACES; i++) {
    QxlSurfaceShape shape;

    qxl_sample_shape (i, &shape, NULL);
    self->surfaces[i] =
        qxl_surface_new (shape.format, shape.width, shape.height);
  }
}

static void
world_clear (World *self)
{
  for (guint i = 0; i < QXL_SAMPLE_SURFACES; i++)
    qxl_surface_free (self->surfaces[i]);
}

static QxlSurface *
find_surface (uint32_t surface_id, gpointer user_data)
{
  World *self = user_data;

  return surface_id < QXL_SAMPLE_SURFACES ? self->surfaces[surface_id] : NULL;
}

static void
draw (World *self, const QxlDrawable *drawable)
{
  qxl_canvas_draw (self->surfaces[drawable->surface_id], drawable, find_surface,
                   self);
}

static void
draw_plainly (World *self, QxlDrawable *drawable)
{
  g_autoptr (QxlBatch) batch = qxl_batch_new ();

  qxl_plain_draw (batch, qxl_drawable_ref (drawable));
  for (guint i = 0; i < batch->commands->len; i++)
    draw (self, qxl_batch_at (batch, i)->u.draw);
}

static bool
looks_same (QxlSurface *a, QxlSurface *b)
{
  uint32_t mask = qxl_format_visible_mask (qxl_surface_format (a));
  size_t size = qxl_surface_stride (a) * qxl_surface_height (a);
  const uint32_t *left = (const uint32_t *)(void *)qxl_surface_pixels (a);
  const uint32_t *right = (const uint32_t *)(void *)qxl_surface_pixels (b);

  for (size_t i = 0; i < size / 4; i++)
    if ((left[i] ^ right[i]) & mask)
      return false;
  return true;
}

/* promises */

static void
check_draws (const QxlBatch *batch)
{
  World whole, plain;

  world_init (&whole);
  world_init (&plain);
  for (guint i = 0; i < batch->commands->len; i++) {
    const QxlCommand *command = qxl_batch_at (batch, i);

    if (command->kind != QXL_COMMAND_DRAW ||
        !qxl_validate (command, qxl_sample_shape, NULL, NULL))
      continue;
    draw (&whole, command->u.draw);
    draw_plainly (&plain, command->u.draw);
    g_assert (looks_same (whole.surfaces[command->u.draw->surface_id],
                          plain.surfaces[command->u.draw->surface_id]));
  }
  world_clear (&whole);
  world_clear (&plain);
}

static GBytes *
write_batch (const QxlBatch *batch)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  qxl_stream_write_batch (batch, writer);
  return qxl_writer_steal (writer);
}

static void
check_again (const QxlBatch *batch)
{
  g_autoptr (GBytes) first = write_batch (batch);
  g_autoptr (QxlBatch) again = qxl_stream_read_batch (first, NULL, NULL, NULL);
  g_autoptr (GBytes) second = NULL;

  g_assert (again != NULL);
  second = write_batch (again);
  g_assert (g_bytes_equal (first, second));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  guint n_refused = 0;
  g_autoptr (QxlBatch) batch =
      qxl_stream_read_batch (bytes, &hooks, &n_refused, NULL);
  g_autoptr (QxlBatch) strict = qxl_stream_read_batch (bytes, NULL, NULL, NULL);

  g_assert ((strict != NULL) == (n_refused == 0));
  check_again (batch);
  check_draws (batch);
  return 0;
}
