/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "surface-list.h"

#include "qxl/surface.h"
#include "server-core/base/error.h"
#include "server-core/base/limits.h"

struct _SpcSurfaceList {
  GArray *infos; /* SpcSurfaceInfo, the primary first */
};

SpcSurfaceList *
spc_surface_list_new (void)
{
  SpcSurfaceList *self = g_new (SpcSurfaceList, 1);

  self->infos = g_array_new (FALSE, FALSE, sizeof (SpcSurfaceInfo));
  return self;
}

void
spc_surface_list_free (SpcSurfaceList *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->infos);
  g_free (self);
}

void
spc_surface_list_remove (SpcSurfaceList *self, uint32_t id)
{
  for (guint i = 0; i < self->infos->len; i++)
    if (g_array_index (self->infos, SpcSurfaceInfo, i).id == id) {
      g_array_remove_index (self->infos, i);
      return;
    }
}

void
spc_surface_list_add (SpcSurfaceList *self, const SpcSurfaceInfo *info)
{
  spc_surface_list_remove (self, info->id);
  if (info->id == QXL_PRIMARY_SURFACE)
    g_array_prepend_val (self->infos, *info);
  else
    g_array_append_val (self->infos, *info);
}

const SpcSurfaceInfo *
spc_surface_list_find (const SpcSurfaceList *self, uint32_t id)
{
  for (guint i = 0; i < self->infos->len; i++) {
    const SpcSurfaceInfo *info =
        &g_array_index (self->infos, SpcSurfaceInfo, i);
    if (info->id == id)
      return info;
  }
  return NULL;
}

guint
spc_surface_list_length (const SpcSurfaceList *self)
{
  return self->infos->len;
}

const SpcSurfaceInfo *
spc_surface_list_at (const SpcSurfaceList *self, guint index)
{
  return &g_array_index (self->infos, SpcSurfaceInfo, index);
}

/* commands */

static bool
check_create (const SpcSurfaceList *self, const QxlCommand *command,
              GError **error)
{
  uint32_t width = command->u.create.width;
  uint32_t height = command->u.create.height;

  if (self->infos->len >= SPC_MAX_SURFACES &&
      spc_surface_list_find (self, command->u.create.surface_id) == NULL) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_LIMIT,
                 "surface %u, there are %u already",
                 command->u.create.surface_id, self->infos->len);
    return false;
  }
  if (width >= 1 && width <= QXL_SURFACE_MAX_SIDE && height >= 1 &&
      height <= QXL_SURFACE_MAX_SIDE &&
      (command->u.create.format == QXL_FORMAT_BGRX ||
       command->u.create.format == QXL_FORMAT_BGRA))
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_LIMIT,
               "surface %u of %ux%u in %s, allowed are 1x1 to %ux%u in BGRx "
               "and BGRA",
               command->u.create.surface_id, width, height,
               qxl_format_name (command->u.create.format), QXL_SURFACE_MAX_SIDE,
               QXL_SURFACE_MAX_SIDE);
  return false;
}

/* false: there is nothing it could be taken from */
static bool
find_source (const SpcSurfaceList *self, const QxlDrawable *draw, QxlPoint *src,
             uint32_t *width, uint32_t *height)
{
  const SpcSurfaceInfo *info = NULL;
  const QxlImage *image;

  switch (draw->kind) {
  case QXL_DRAW_COPY:
    image = draw->u.copy.image;
    *src = draw->u.copy.src;
    *width = image->width;
    *height = image->height;
    return image->format == QXL_FORMAT_BGRX || image->format == QXL_FORMAT_BGRA;
  case QXL_DRAW_COPY_BITS:
    *src = draw->u.copy_bits.src_pos;
    info = spc_surface_list_find (self, draw->surface_id);
    break;
  case QXL_DRAW_COPY_SURFACE:
    *src = draw->u.copy_surface.src;
    if (draw->u.copy_surface.source_id != draw->surface_id)
      info = spc_surface_list_find (self, draw->u.copy_surface.source_id);
    break;
  case QXL_DRAW_FILL:
  case QXL_DRAW_OPERATION:
    break;
  }
  if (info == NULL)
    return false;
  *width = info->width;
  *height = info->height;
  return true;
}

static bool
check_source (const SpcSurfaceList *self, const QxlDrawable *draw)
{
  uint32_t width, height;
  QxlPoint src;
  QxlRect area, all;

  if (draw->kind == QXL_DRAW_FILL)
    return true;
  if (!find_source (self, draw, &src, &width, &height))
    return false;
  all = QXL_RECT (0, 0, (int32_t)width, (int32_t)height);
  if (src.x < 0 || src.y < 0 || src.x > all.right || src.y > all.bottom)
    return false;
  area = QXL_RECT (src.x, src.y, src.x + qxl_rect_width (&draw->box),
                   src.y + qxl_rect_height (&draw->box));
  return qxl_rect_contains (&all, &area);
}

static bool
check_draw (const SpcSurfaceList *self, const QxlDrawable *draw, GError **error)
{
  const SpcSurfaceInfo *info = spc_surface_list_find (self, draw->surface_id);
  QxlRect all;

  if (info != NULL) {
    all = QXL_RECT (0, 0, (int32_t)info->width, (int32_t)info->height);
    if (!qxl_rect_is_empty (&draw->box) &&
        qxl_rect_contains (&all, &draw->box) && check_source (self, draw))
      return true;
  }
  g_set_error (error, SPC_ERROR, SPC_ERROR_LIMIT,
               "draw of kind %d on surface %u (%ux%u) at %d,%d to %d,%d",
               draw->kind, draw->surface_id, info != NULL ? info->width : 0,
               info != NULL ? info->height : 0, draw->box.left, draw->box.top,
               draw->box.right, draw->box.bottom);
  return false;
}

static bool
check_destroy (const SpcSurfaceList *self, const QxlCommand *command,
               GError **error)
{
  uint32_t id = command->u.destroy.surface_id;

  if (spc_surface_list_find (self, id) != NULL)
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_LIMIT,
               "surface %u to be destroyed, there is none", id);
  return false;
}

bool
spc_surface_list_check (const SpcSurfaceList *self, const QxlCommand *command,
                        GError **error)
{
  switch (command->kind) {
  case QXL_COMMAND_SURFACE_CREATE:
    return check_create (self, command, error);
  case QXL_COMMAND_SURFACE_DESTROY:
    return check_destroy (self, command, error);
  case QXL_COMMAND_DRAW:
    return check_draw (self, command->u.draw, error);
  case QXL_COMMAND_MONITORS:
  case QXL_COMMAND_CURSOR:
  case QXL_COMMAND_UPDATE:
  case QXL_COMMAND_MESSAGE:
    g_set_error (error, SPC_ERROR, SPC_ERROR_LIMIT,
                 "command of kind %d, allowed are surfaces and draws",
                 command->kind);
    return false;
  }
  g_assert_not_reached ();
}
