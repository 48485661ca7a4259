/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recording-player.h"

RecordingPlayer *
recording_player_new (void)
{
  return g_new0 (RecordingPlayer, 1);
}

static void
destroy_surface (RecordingPlayer *self, uint32_t surface_id)
{
  g_clear_pointer (&self->surfaces[surface_id], qxl_surface_free);
}

void
recording_player_free (RecordingPlayer *self)
{
  if (self == NULL)
    return;
  for (uint32_t id = 0; id < RECORDING_PLAYER_MAX_SURFACES; id++)
    destroy_surface (self, id);
  g_free (self);
}

static QxlSurface *
find_surface (uint32_t surface_id, gpointer user_data)
{
  RecordingPlayer *self = user_data;

  return surface_id < RECORDING_PLAYER_MAX_SURFACES ? self->surfaces[surface_id]
                                                    : NULL;
}

static void
create_surface (RecordingPlayer *self, const QxlCommand *command)
{
  uint32_t id = command->u.create.surface_id;

  g_assert_cmpuint (id, <, RECORDING_PLAYER_MAX_SURFACES);
  g_assert_null (self->surfaces[id]);
  self->surfaces[id] =
      qxl_surface_new (command->u.create.format, command->u.create.width,
                       command->u.create.height);
  g_assert_nonnull (self->surfaces[id]);
}

static void
play_command (RecordingPlayer *self, const QxlCommand *command)
{
  QxlSurface *surface;

  switch (command->kind) {
  case QXL_COMMAND_SURFACE_CREATE:
    create_surface (self, command);
    break;
  case QXL_COMMAND_SURFACE_DESTROY:
    g_assert_nonnull (find_surface (command->u.destroy.surface_id, self));
    destroy_surface (self, command->u.destroy.surface_id);
    break;
  case QXL_COMMAND_DRAW:
    surface = find_surface (command->u.draw->surface_id, self);
    g_assert_nonnull (surface);
    qxl_canvas_draw (surface, command->u.draw, find_surface, self);
    break;
  default:
    break;
  }
}

void
recording_player_play (RecordingPlayer *self, const QxlBatch *batch)
{
  for (guint i = 0; i < batch->commands->len; i++)
    play_command (self, qxl_batch_at (batch, i));
}

guint
recording_player_n_surfaces (const RecordingPlayer *self)
{
  guint n = 0;

  for (uint32_t id = 0; id < RECORDING_PLAYER_MAX_SURFACES; id++)
    n += self->surfaces[id] != NULL;
  return n;
}

GByteArray *
recording_player_rgb (const RecordingPlayer *self)
{
  const QxlSurface *primary = self->surfaces[QXL_PRIMARY_SURFACE];
  g_autoptr (QxlImage) image = NULL;
  GByteArray *rgb = g_byte_array_new ();
  QxlRect all;

  if (primary == NULL)
    return rgb;
  all = QXL_RECT (0, 0, (int32_t)qxl_surface_width (primary),
                  (int32_t)qxl_surface_height (primary));
  image = qxl_surface_snapshot (primary, &all);
  g_byte_array_set_size (rgb, image->width * image->height * 3);
  for (uint32_t y = 0; y < image->height; y++)
    for (uint32_t x = 0; x < image->width; x++) {
      const uint8_t *from = qxl_image_row (image, y) + x * 4;
      uint8_t *to = rgb->data + (y * image->width + x) * 3;
      to[0] = from[2];
      to[1] = from[1];
      to[2] = from[0];
    }
  return rgb;
}
