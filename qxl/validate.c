/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/validate.h"

#include "qxl/refuse.h"
#include "qxl/surface.h"
#include "qxl/validate-operation.h"

#include <string.h>

#define refuse qxl_refuse

static QxlRect
bounds_of (const QxlSurfaceShape *shape)
{
  return QXL_RECT (0, 0, (int32_t)shape->width, (int32_t)shape->height);
}

/* "no surface 7" is an error on its own, so @what and its @preposition begin
 * the sentence */
static bool
check_area (const char *what, const char *preposition, uint32_t surface_id,
            const QxlRect *area, QxlShapeFunc find, gpointer user_data,
            GError **error)
{
  QxlSurfaceShape shape;
  QxlRect all;

  if (!find (surface_id, &shape, user_data))
    return refuse (error, "%s %s surface %u, there is none", what, preposition,
                   surface_id);
  all = bounds_of (&shape);
  if (qxl_rect_is_empty (area))
    return refuse (error, "%s %s surface %u: area %d,%d to %d,%d is empty",
                   what, preposition, surface_id, area->left, area->top,
                   area->right, area->bottom);
  if (!qxl_rect_contains (&all, area))
    return refuse (error,
                   "%s %s surface %u: area %d,%d to %d,%d, allowed is what "
                   "lies in %ux%u",
                   what, preposition, surface_id, area->left, area->top,
                   area->right, area->bottom, shape.width, shape.height);
  return true;
}

/* surfaces */

static bool
check_create (const QxlCommand *command, GError **error)
{
  uint32_t id = command->u.create.surface_id;
  uint32_t width = command->u.create.width;
  uint32_t height = command->u.create.height;
  QxlFormat format = command->u.create.format;

  if (id >= QXL_MAX_SURFACES)
    return refuse (error, "create surface %u, allowed are ids below %u", id,
                   QXL_MAX_SURFACES);
  if (!qxl_surface_takes_format (format))
    return refuse (error,
                   "create surface %u in %s, allowed are BGRx, BGRA, RGB15, "
                   "RGB16, A8 and A1",
                   id, qxl_format_name (format));
  if (width < 1 || height < 1 || width > QXL_SURFACE_MAX_SIDE ||
      height > QXL_SURFACE_MAX_SIDE)
    return refuse (error,
                   "create surface %u of %ux%u, allowed are 1x1 to %ux%u", id,
                   width, height, QXL_SURFACE_MAX_SIDE, QXL_SURFACE_MAX_SIDE);
  return true;
}

static bool
check_destroy (const QxlCommand *command, QxlShapeFunc find, gpointer user_data,
               GError **error)
{
  QxlSurfaceShape shape;
  uint32_t id = command->u.destroy.surface_id;

  if (!find (id, &shape, user_data))
    return refuse (error, "destroy surface %u, there is none", id);
  return true;
}

/* plain draws */

/* those that the protocol has images of */
static bool
is_image_format (QxlFormat format)
{
  return format == QXL_FORMAT_BGRX || format == QXL_FORMAT_BGRA ||
         format == QXL_FORMAT_RGB15 || format == QXL_FORMAT_A8;
}

/* @shape, @src: what is copied from, and which pixel of it comes first */
static bool
find_plain_source (const QxlDrawCheck *check, QxlSurfaceShape *shape,
                   QxlPoint *src)
{
  const QxlDrawable *draw = check->draw;
  const QxlImage *image;
  uint32_t id;

  if (draw->kind == QXL_DRAW_COPY) {
    image = draw->u.copy.image;
    if (image == NULL)
      return qxl_draw_check_refuse (check, "no source");
    *src = draw->u.copy.src;
    *shape = (QxlSurfaceShape){image->width, image->height, image->format};
    return true;
  }
  if (draw->kind == QXL_DRAW_COPY_BITS) {
    *src = draw->u.copy_bits.src_pos;
    *shape = check->dest;
    return true;
  }
  id = draw->u.copy_surface.source_id;
  if (id == draw->surface_id)
    return qxl_draw_check_refuse (check, "its source is the same surface");
  if (!check->shape (id, shape, check->user_data))
    return qxl_draw_check_refuse (check, "source surface %u, there is none",
                                  id);
  *src = draw->u.copy_surface.src;
  return true;
}

static bool
check_plain_source (const QxlDrawCheck *check)
{
  const QxlRect *box = &check->draw->box;
  QxlSurfaceShape shape;
  QxlPoint src = {0, 0};

  if (!find_plain_source (check, &shape, &src))
    return false;
  if (check->draw->kind == QXL_DRAW_COPY && !is_image_format (shape.format))
    return qxl_draw_check_refuse (
        check, "image in %s, allowed are BGRx, BGRA, RGB15 and A8",
        qxl_format_name (shape.format));
  if (!qxl_draw_check_format (check, "source", shape.format))
    return false;
  if (src.x < 0 || src.y < 0 ||
      (int64_t)src.x + qxl_rect_width (box) > shape.width ||
      (int64_t)src.y + qxl_rect_height (box) > shape.height)
    return qxl_draw_check_refuse (
        check, "source of %dx%d at %d,%d, allowed is what lies in %ux%u",
        qxl_rect_width (box), qxl_rect_height (box), src.x, src.y, shape.width,
        shape.height);
  return true;
}

/* draws */

static const char *
draw_name (const QxlDrawable *draw)
{
  static const char *const names[] = {
      [QXL_DRAW_FILL] = "fill",
      [QXL_DRAW_COPY] = "copy",
      [QXL_DRAW_COPY_BITS] = "copy-bits",
      [QXL_DRAW_COPY_SURFACE] = "copy-surface",
  };

  if (draw->kind == QXL_DRAW_OPERATION && draw->u.operation != NULL)
    return qxl_op_kind_name (draw->u.operation->kind);
  return (guint)draw->kind < G_N_ELEMENTS (names) ? names[draw->kind] : "?";
}

bool
qxl_draw_check_refuse (const QxlDrawCheck *check, const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return refuse (check->error, "%s on surface %u: %s", draw_name (check->draw),
                 check->draw->surface_id, text);
}

static bool
check_draw (const QxlDrawable *draw, QxlShapeFunc find, gpointer user_data,
            GError **error)
{
  QxlDrawCheck check = {
      .draw = draw, .shape = find, .user_data = user_data, .error = error};

  if (!check_area (draw_name (draw), "on", draw->surface_id, &draw->box, find,
                   user_data, error))
    return false;
  find (draw->surface_id, &check.dest, user_data);
  switch (draw->kind) {
  case QXL_DRAW_FILL:
    return true;
  case QXL_DRAW_COPY:
  case QXL_DRAW_COPY_BITS:
  case QXL_DRAW_COPY_SURFACE:
    return check_plain_source (&check);
  case QXL_DRAW_OPERATION:
    return qxl_validate_operation (&check);
  }
  return qxl_draw_check_refuse (&check, "draw of kind %d, allowed are 0 to %d",
                                draw->kind, QXL_DRAW_OPERATION);
}

/* monitors */

static bool
check_monitors (const QxlCommand *command, QxlShapeFunc find,
                gpointer user_data, GError **error)
{
  guint n_heads = command->u.monitors.n_heads;
  guint max_heads = command->u.monitors.max_heads;

  if (n_heads < 1 || n_heads > QXL_MAX_HEADS || n_heads > max_heads)
    return refuse (error,
                   "monitors: %u heads of at most %u, allowed are 1 to %u",
                   n_heads, max_heads, QXL_MAX_HEADS);
  for (guint i = 0; i < n_heads; i++) {
    const QxlHead *head = &command->u.monitors.heads[i];
    if (!qxl_rect_is_empty (&head->area) &&
        !check_area ("head", "on", head->surface_id, &head->area, find,
                     user_data, error))
      return false;
  }
  return true;
}

/* cursor */

static bool
check_cursor (const QxlCursorCommand *cursor, GError **error)
{
  if ((guint)cursor->kind > QXL_CURSOR_RESET)
    return refuse (error, "cursor: command of kind %d, allowed are 0 to %d",
                   cursor->kind, QXL_CURSOR_RESET);
  if (cursor->kind != QXL_CURSOR_SET)
    return true;
  if (cursor->shape == NULL || cursor->shape->data == NULL)
    return refuse (error, "cursor: no shape to set");
  return qxl_cursor_shape_check (cursor->shape, error);
}

static bool
check_message (const char *message, GError **error)
{
  size_t length = message != NULL ? strlen (message) : 0;

  if (message == NULL)
    return refuse (error, "message: no text");
  if (length > QXL_MAX_MESSAGE)
    return refuse (error, "message: %zu bytes, at most %u are allowed", length,
                   QXL_MAX_MESSAGE);
  return true;
}

bool
qxl_validate (const QxlCommand *command, QxlShapeFunc shape, gpointer user_data,
              GError **error)
{
  switch (command->kind) {
  case QXL_COMMAND_SURFACE_CREATE:
    return check_create (command, error);
  case QXL_COMMAND_SURFACE_DESTROY:
    return check_destroy (command, shape, user_data, error);
  case QXL_COMMAND_DRAW:
    return check_draw (command->u.draw, shape, user_data, error);
  case QXL_COMMAND_MONITORS:
    return check_monitors (command, shape, user_data, error);
  case QXL_COMMAND_CURSOR:
    return check_cursor (command->u.cursor, error);
  case QXL_COMMAND_UPDATE:
    return check_area ("update", "of", command->u.update.surface_id,
                       &command->u.update.area, shape, user_data, error);
  case QXL_COMMAND_MESSAGE:
    return check_message (command->u.message, error);
  }
  return refuse (error, "command of kind %d, allowed are 0 to %d",
                 command->kind, QXL_COMMAND_MESSAGE);
}
