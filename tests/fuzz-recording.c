/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reader of recordings: any bytes are commands, refused commands, an end or
 * an error, never more; what the validator lets through is drawn, and goes
 * through the pad's command stream unchanged.
 *
 * An input is a recording. Surfaces stay small, so that runs stay short. */
#include "fuzz.h"
#include "qxl/canvas.h"
#include "qxl/replay.h"
#include "qxl/stream.h"
#include "qxl/validate.h"

#include <string.h>

#define MAX_SIDE 512u
#define MAX_ALIVE 16u

typedef struct {
  QxlSurface *surfaces[QXL_MAX_SURFACES]; /* owned */
  guint n_alive;
} World;

static QxlSurface *
find_surface (uint32_t surface_id, gpointer user_data)
{
  World *self = user_data;

  return surface_id < QXL_MAX_SURFACES ? self->surfaces[surface_id] : NULL;
}

static bool
find_shape (uint32_t surface_id, QxlSurfaceShape *out, gpointer user_data)
{
  const QxlSurface *surface = find_surface (surface_id, user_data);

  if (surface == NULL)
    return false;
  *out = (QxlSurfaceShape){.width = qxl_surface_width (surface),
                           .height = qxl_surface_height (surface),
                           .format = qxl_surface_format (surface)};
  return true;
}

static void
destroy_surface (World *self, uint32_t surface_id)
{
  if (self->surfaces[surface_id] == NULL)
    return;
  g_clear_pointer (&self->surfaces[surface_id], qxl_surface_free);
  self->n_alive--;
}

static void
create_surface (World *self, const QxlCommand *command)
{
  uint32_t id = command->u.create.surface_id;

  g_assert (id < QXL_MAX_SURFACES && self->surfaces[id] == NULL);
  if (command->u.create.width > MAX_SIDE ||
      command->u.create.height > MAX_SIDE || self->n_alive == MAX_ALIVE)
    return;
  self->surfaces[id] =
      qxl_surface_new (command->u.create.format, command->u.create.width,
                       command->u.create.height);
  g_assert (self->surfaces[id] != NULL);
  self->n_alive++;
}

static void
play (World *self, const QxlCommand *command)
{
  bool valid = qxl_validate (command, find_shape, self, NULL);

  if (command->kind == QXL_COMMAND_SURFACE_CREATE)
    create_surface (self, command);
  if (command->kind == QXL_COMMAND_SURFACE_DESTROY)
    destroy_surface (self, command->u.destroy.surface_id);
  if (command->kind == QXL_COMMAND_DRAW && valid)
    qxl_canvas_draw (self->surfaces[command->u.draw->surface_id],
                     command->u.draw, find_surface, self);
}

static GBytes *
write_batch (const QxlBatch *batch)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  qxl_stream_write_batch (batch, writer);
  return qxl_writer_steal (writer);
}

static void
check_stream (const QxlBatch *batch)
{
  g_autoptr (GBytes) first = write_batch (batch);
  g_autoptr (QxlBatch) again = qxl_stream_read_batch (first, NULL, NULL, NULL);
  g_autoptr (GBytes) second = NULL;

  g_assert (again != NULL);
  second = write_batch (again);
  g_assert (g_bytes_equal (first, second));
}

static void
play_all (QxlReplay *replay, World *world)
{
  uint64_t time_ns, last_ns = 0;
  g_autoptr (GError) error = NULL;
  QxlBatch *batch;

  while ((batch = qxl_replay_next (replay, &time_ns, NULL, &error))) {
    g_assert (time_ns >= last_ns);
    g_assert (!qxl_batch_is_empty (batch) ||
              qxl_replay_refusal (replay) != NULL);
    last_ns = time_ns;
    for (guint i = 0; i < batch->commands->len; i++)
      play (world, qxl_batch_at (batch, i));
    check_stream (batch);
    qxl_batch_free (batch);
  }
  g_assert (error == NULL || error->domain == G_IO_ERROR);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GInputStream) stream =
      g_memory_input_stream_new_from_data (data, (gssize)size, NULL);
  g_autoptr (QxlReplay) replay = qxl_replay_new (stream);
  World world = {0};

  play_all (replay, &world);
  g_assert (qxl_replay_offset (replay) <= size);
  for (uint32_t id = 0; id < QXL_MAX_SURFACES; id++)
    destroy_surface (&world, id);
  return 0;
}
