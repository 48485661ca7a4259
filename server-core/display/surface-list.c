/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "surface-list.h"

#include "qxl/validate.h"
#include "server-core/base/error.h"
#include "server-core/base/limits.h"

#include <assert.h>
#include <inttypes.h>

struct _SpcSurfaceList {
  GPtrArray *infos;  /* SpcSurfaceInfo, owned, the primary first */
  GHashTable *by_id; /* the same */
  uint64_t bytes;    /* of all pixels */
};

SpcSurfaceList *
spc_surface_list_new (void)
{
  SpcSurfaceList *self = g_new0 (SpcSurfaceList, 1);

  self->infos = g_ptr_array_new_with_free_func (g_free);
  self->by_id = g_hash_table_new (g_direct_hash, g_direct_equal);
  return self;
}

void
spc_surface_list_free (SpcSurfaceList *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->infos);
  g_hash_table_unref (self->by_id);
  g_free (self);
}

static uint64_t
bytes_of (uint32_t width, uint32_t height, QxlFormat format)
{
  return (uint64_t)width * height * qxl_format_bits_per_pixel (format) / 8;
}

void
spc_surface_list_remove (SpcSurfaceList *self, uint32_t id)
{
  SpcSurfaceInfo *info =
      g_hash_table_lookup (self->by_id, GUINT_TO_POINTER (id));

  if (info == NULL)
    return;
  self->bytes -= bytes_of (info->width, info->height, info->format);
  g_hash_table_remove (self->by_id, GUINT_TO_POINTER (id));
  g_ptr_array_remove (self->infos, info);
}

void
spc_surface_list_add (SpcSurfaceList *self, const SpcSurfaceInfo *info)
{
  SpcSurfaceInfo *copy;

  spc_surface_list_remove (self, info->id);
  copy = g_memdup2 (info, sizeof *info);
  self->bytes += bytes_of (info->width, info->height, info->format);
  g_ptr_array_insert (self->infos, info->id == QXL_PRIMARY_SURFACE ? 0 : -1,
                      copy);
  g_hash_table_insert (self->by_id, GUINT_TO_POINTER (info->id), copy);
}

const SpcSurfaceInfo *
spc_surface_list_find (const SpcSurfaceList *self, uint32_t id)
{
  return g_hash_table_lookup (self->by_id, GUINT_TO_POINTER (id));
}

guint
spc_surface_list_length (const SpcSurfaceList *self)
{
  return self->infos->len;
}

const SpcSurfaceInfo *
spc_surface_list_at (const SpcSurfaceList *self, guint index)
{
  return g_ptr_array_index (self->infos, index);
}

/* commands */

static bool
find_shape (uint32_t surface_id, QxlSurfaceShape *out, gpointer user_data)
{
  const SpcSurfaceInfo *info = spc_surface_list_find (user_data, surface_id);

  if (info == NULL)
    return false;
  *out = (QxlSurfaceShape){info->width, info->height, info->format};
  return true;
}

bool
spc_surface_list_is_narrow (const SpcSurfaceList *self, uint32_t id)
{
  const SpcSurfaceInfo *info = spc_surface_list_find (self, id);

  return info != NULL && info->format == QXL_FORMAT_RGB15;
}

static int32_t
saturated (int64_t value)
{
  return (int32_t)CLAMP (value, G_MININT32, G_MAXINT32);
}

QxlDrawable *
spc_surface_list_plain_move (const SpcSurfaceList *self,
                             const QxlDrawable *draw)
{
  const SpcSurfaceInfo *info = spc_surface_list_find (self, draw->surface_id);
  QxlRect box = draw->box;
  QxlPoint src;
  int64_t dx, dy;

  if (info == NULL || !qxl_drawable_is_move (draw))
    return NULL;
  src = draw->u.operation->u.copy_bits.src_pos;
  dx = (int64_t)box.left - src.x;
  dy = (int64_t)box.top - src.y;
  box = qxl_rect_intersect (&box, &QXL_RECT (saturated (dx), saturated (dy),
                                             saturated (dx + info->width),
                                             saturated (dy + info->height)));
  if (qxl_rect_is_empty (&box))
    return NULL;
  src = (QxlPoint){(int32_t)(box.left - dx), (int32_t)(box.top - dy)};
  return qxl_drawable_new_copy_bits (draw->surface_id, &box, src);
}

/* the pointer and what the producer asks for go elsewhere */
static bool
is_for_displays (const QxlCommand *command)
{
  switch (command->kind) {
  case QXL_COMMAND_SURFACE_CREATE:
  case QXL_COMMAND_SURFACE_DESTROY:
  case QXL_COMMAND_DRAW:
  case QXL_COMMAND_MONITORS:
    return true;
  default:
    return false;
  }
}

/* as ids are below their bound, so is the number of surfaces */
static_assert (QXL_MAX_SURFACES == SPC_MAX_SURFACES, "one bound for surfaces");

/* one of that id makes room for it */
static bool
check_room (const SpcSurfaceList *self, const QxlCommand *command,
            GError **error)
{
  const SpcSurfaceInfo *old =
      spc_surface_list_find (self, command->u.create.surface_id);
  uint64_t bytes = self->bytes;

  if (old != NULL)
    bytes -= bytes_of (old->width, old->height, old->format);
  bytes += bytes_of (command->u.create.width, command->u.create.height,
                     command->u.create.format);
  if (bytes <= SPC_MAX_SURFACE_BYTES)
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_LIMIT,
               "create surface %u of %ux%u: all surfaces would have %" PRIu64
               " bytes, allowed are %" PRIu64,
               command->u.create.surface_id, command->u.create.width,
               command->u.create.height, bytes, SPC_MAX_SURFACE_BYTES);
  return false;
}

bool
spc_surface_list_check (const SpcSurfaceList *self, const QxlCommand *command,
                        GError **error)
{
  g_autoptr (GError) why = NULL;

  if (!is_for_displays (command)) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_LIMIT,
                 "command of kind %d, allowed are surfaces, draws and monitors",
                 command->kind);
    return false;
  }
  if (qxl_validate (command, find_shape, (gpointer)self, &why))
    return command->kind != QXL_COMMAND_SURFACE_CREATE ||
           check_room (self, command, error);
  g_set_error_literal (error, SPC_ERROR, SPC_ERROR_LIMIT, why->message);
  return false;
}
