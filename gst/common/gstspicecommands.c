/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:gstspicecommands
 * @title: GstSpiceCommands
 * @short_description: draws with commands instead of pixels
 *
 * A list of drawing commands that becomes a buffer. An example:
 * |[<!-- language="C" -->
 * GstSpiceCommands *commands = gst_spice_commands_new ();
 *
 * gst_spice_commands_create_surface (commands, 0,
 *     GST_SPICE_SURFACE_FORMAT_XRGB, 640, 480);
 * gst_spice_commands_fill (commands, 0, 0, 640, 480, 0x203040,
 *     GST_SPICE_ROP_PUT);
 * gst_spice_commands_draw_text (commands, 20, 20, "Hello", 3, 0xffffff);
 * gst_app_src_push_buffer (source, gst_spice_commands_to_buffer (commands));
 * ]|
 * with the source in a pipeline "appsrc ! spicesink", its caps those of
 * gst_spice_commands_make_caps(). The first surface to create is 0, the one
 * that is shown; others are for drawing from.
 *
 * What is drawn is what lies on the target surface; the rest of it is left out,
 * and so is all of a command whose arguments are out of range: then there is a
 * critical message, as with any call that is wrong. What a pipeline cannot know
 * before it comes to the sink, the sink tells by warnings on the bus.
 *
 * Coordinates are pixels, from the surface's top left; at most 32767 either
 * way. Colours are raw pixels of the target: 0x00RRGGBB, or 0xAARRGGBB with
 * colours premultiplied. Threads: any, one at a time.
 */
#include "gst/common/gstspicecommands-private.h"

#include "gst/common/gstspiceqxl.h"
#include "qxl/stream.h"
#include "qxl/surface.h"
#include "qxl/validate.h"

struct _GstSpiceCommands {
  GObject parent;
  QxlBatch *batch;      /* owned */
  GHashTable *surfaces; /* surface_id → GstSpiceTarget, owned */
  guint target;
  gboolean is_clipped;
  GArray *clip; /* of QxlRect */
};

G_DEFINE_TYPE (GstSpiceCommands, gst_spice_commands, G_TYPE_OBJECT)

/* life */

static void
gst_spice_commands_init (GstSpiceCommands *self)
{
  self->batch = qxl_batch_new ();
  self->surfaces = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->clip = g_array_new (FALSE, FALSE, sizeof (QxlRect));
}

static void
finalize (GObject *object)
{
  GstSpiceCommands *self = GST_SPICE_COMMANDS (object);

  qxl_batch_free (self->batch);
  g_hash_table_unref (self->surfaces);
  g_array_unref (self->clip);
  G_OBJECT_CLASS (gst_spice_commands_parent_class)->finalize (object);
}

static void
gst_spice_commands_class_init (GstSpiceCommandsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
}

/**
 * gst_spice_commands_new:
 *
 * Returns: (transfer full): an empty list
 */
GstSpiceCommands *
gst_spice_commands_new (void)
{
  return g_object_new (GST_TYPE_SPICE_COMMANDS, NULL);
}

/**
 * gst_spice_commands_make_caps:
 *
 * Returns: (transfer full): the caps of the buffers:
 *   application/x-spice-qxl, version 1
 */
GstCaps *
gst_spice_commands_make_caps (void)
{
  return gst_caps_new_simple (GST_SPICE_QXL_NAME, "version", G_TYPE_INT, 1,
                              NULL);
}

/**
 * gst_spice_commands_to_buffer:
 * @self: commands
 *
 * Takes all commands told since the last buffer; the list is empty then.
 * Surfaces, target and clip stay. What is pushed is shown in one piece. The
 * buffer has no time: set one, or "do-timestamp" of the source.
 *
 * Returns: (transfer full): the commands; of no bytes if there were none
 */
GstBuffer *
gst_spice_commands_to_buffer (GstSpiceCommands *self)
{
  g_autoptr (QxlWriter) writer = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (GST_IS_SPICE_COMMANDS (self), NULL);
  if (qxl_batch_is_empty (self->batch))
    return gst_buffer_new ();
  writer = qxl_writer_new ();
  qxl_stream_write_batch (self->batch, writer);
  bytes = qxl_writer_steal (writer);
  qxl_batch_free (self->batch);
  self->batch = qxl_batch_new ();
  return gst_buffer_new_wrapped_bytes (bytes);
}

/* surfaces */

const GstSpiceTarget *
gst_spice_commands_surface (GstSpiceCommands *self, guint surface_id)
{
  return g_hash_table_lookup (self->surfaces, GUINT_TO_POINTER (surface_id));
}

static QxlFormat
surface_format (GstSpiceSurfaceFormat format)
{
  switch (format) {
  case GST_SPICE_SURFACE_FORMAT_A1:
    return QXL_FORMAT_A1;
  case GST_SPICE_SURFACE_FORMAT_A8:
    return QXL_FORMAT_A8;
  case GST_SPICE_SURFACE_FORMAT_RGB15:
    return QXL_FORMAT_RGB15;
  case GST_SPICE_SURFACE_FORMAT_XRGB:
    return QXL_FORMAT_BGRX;
  case GST_SPICE_SURFACE_FORMAT_RGB16:
    return QXL_FORMAT_RGB16;
  case GST_SPICE_SURFACE_FORMAT_ARGB:
    return QXL_FORMAT_BGRA;
  default:
    return QXL_FORMAT_INVALID;
  }
}

/**
 * gst_spice_commands_create_surface:
 * @self: commands
 * @surface_id: 0 for the surface that is shown, else up to 1023
 * @format: of its pixels
 * @width: 1 to 16384 pixels
 * @height: 1 to 16384 pixels
 *
 * Creates a surface, black and transparent; one of that id that was there is
 * destroyed first. Surface 0 in another size is what resizing a screen is.
 */
void
gst_spice_commands_create_surface (GstSpiceCommands *self, guint surface_id,
                                   GstSpiceSurfaceFormat format, guint width,
                                   guint height)
{
  const GstSpiceTarget target = {width, height, surface_format (format)};

  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (surface_id < QXL_MAX_SURFACES);
  g_return_if_fail (target.format != QXL_FORMAT_INVALID);
  g_return_if_fail (width >= 1 && width <= QXL_SURFACE_MAX_SIDE);
  g_return_if_fail (height >= 1 && height <= QXL_SURFACE_MAX_SIDE);
  if (gst_spice_commands_surface (self, surface_id) != NULL)
    qxl_batch_destroy_surface (self->batch, surface_id);
  g_hash_table_insert (self->surfaces, GUINT_TO_POINTER (surface_id),
                       g_memdup2 (&target, sizeof target));
  qxl_batch_create_surface (self->batch, surface_id, width, height,
                            target.format);
}

/**
 * gst_spice_commands_destroy_surface:
 * @self: commands
 * @surface_id: one that was created
 *
 * Destroys a surface, after all that was drawn from it.
 */
void
gst_spice_commands_destroy_surface (GstSpiceCommands *self, guint surface_id)
{
  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (gst_spice_commands_surface (self, surface_id) != NULL);
  g_hash_table_remove (self->surfaces, GUINT_TO_POINTER (surface_id));
  qxl_batch_destroy_surface (self->batch, surface_id);
}

/**
 * gst_spice_commands_set_target:
 * @self: commands
 * @surface_id: one that was created
 *
 * Lets what follows be drawn on that surface; 0 before the first call. The clip
 * is reset.
 */
void
gst_spice_commands_set_target (GstSpiceCommands *self, guint surface_id)
{
  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (gst_spice_commands_surface (self, surface_id) != NULL);
  self->target = surface_id;
  gst_spice_commands_reset_clip (self);
}

static QxlRect
rect_at (gint x, gint y, gint width, gint height)
{
  return QXL_RECT (x, y, x + width, y + height);
}

/* @values: x, y, width, height */
static gboolean
is_area (const gint *values)
{
  for (guint i = 0; i < 4; i++)
    if (values[i] < (i < 2 ? -GST_SPICE_MAX_COORDINATE : 0) ||
        values[i] > GST_SPICE_MAX_COORDINATE)
      return FALSE;
  return TRUE;
}

static gboolean
are_areas (const gint *values, guint n_values)
{
  for (guint i = 0; i < n_values; i += 4)
    if (!is_area (values + i))
      return FALSE;
  return TRUE;
}

/**
 * gst_spice_commands_set_clip:
 * @self: commands
 * @rects: (array length=n_values) (nullable): x, y, width, height of each
 *   rectangle
 * @n_values: 4 for each; at most 65536 rectangles. 0: nothing will be drawn
 *
 * Lets what follows be drawn inside these rectangles of the target only.
 */
void
gst_spice_commands_set_clip (GstSpiceCommands *self, const gint *rects,
                             guint n_values)
{
  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (n_values % 4 == 0 && n_values / 4 <= QXL_MAX_CLIP_RECTS);
  g_return_if_fail (are_areas (rects, n_values));
  self->is_clipped = TRUE;
  g_array_set_size (self->clip, 0);
  for (guint i = 0; i < n_values; i += 4) {
    QxlRect rect = rect_at (rects[i], rects[i + 1], rects[i + 2], rects[i + 3]);
    g_array_append_val (self->clip, rect);
  }
}

/**
 * gst_spice_commands_reset_clip:
 * @self: commands
 *
 * Lets what follows be drawn anywhere on the target again.
 */
void
gst_spice_commands_reset_clip (GstSpiceCommands *self)
{
  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  self->is_clipped = FALSE;
  g_array_set_size (self->clip, 0);
}

/**
 * gst_spice_commands_set_monitors:
 * @self: commands
 * @monitors: (array length=n_values): x, y, width, height of each monitor on
 *   surface 0
 * @n_values: 4 for each of 1 to 16 monitors
 *
 * Says which parts of the surface that is shown are monitors; a viewer opens a
 * window for each. Without this call there is one, all of the surface.
 */
void
gst_spice_commands_set_monitors (GstSpiceCommands *self, const gint *monitors,
                                 guint n_values)
{
  QxlHead heads[QXL_MAX_HEADS];
  guint n_heads = n_values / 4;

  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (n_values % 4 == 0);
  g_return_if_fail (n_heads >= 1 && n_heads <= QXL_MAX_HEADS);
  g_return_if_fail (are_areas (monitors, n_values));
  for (guint i = 0; i < n_heads; i++)
    heads[i] = (QxlHead){
        .id = i,
        .area = rect_at (monitors[i * 4], monitors[i * 4 + 1],
                         monitors[i * 4 + 2], monitors[i * 4 + 3]),
    };
  qxl_batch_set_monitors (self->batch, heads, n_heads, QXL_MAX_HEADS);
}

/* draws */

gboolean
gst_spice_commands_can_draw (GstSpiceCommands *self, gint64 x, gint64 y,
                             gint64 width, gint64 height)
{
  return gst_spice_commands_surface (self, self->target) != NULL &&
         ABS (x) <= GST_SPICE_MAX_COORDINATE &&
         ABS (y) <= GST_SPICE_MAX_COORDINATE && width >= 0 && height >= 0 &&
         width <= GST_SPICE_MAX_COORDINATE &&
         height <= GST_SPICE_MAX_COORDINATE;
}

gboolean
gst_spice_commands_find_box (GstSpiceCommands *self, const QxlRect *area,
                             QxlRect *box)
{
  const GstSpiceTarget *target =
      gst_spice_commands_surface (self, self->target);
  const QxlRect all =
      QXL_RECT (0, 0, (gint)target->width, (gint)target->height);

  *box = qxl_rect_intersect (area, &all);
  return !qxl_rect_is_empty (box);
}

void
gst_spice_commands_add (GstSpiceCommands *self, const QxlRect *box,
                        QxlOperation *op)
{
  if (self->is_clipped)
    qxl_operation_clip (op, (const QxlRect *)(gpointer)self->clip->data,
                        self->clip->len);
  qxl_batch_draw (self->batch,
                  qxl_drawable_new_operation (self->target, box, op));
}

static void
unref_bytes (gpointer bytes)
{
  g_bytes_unref (bytes);
}

QxlImage *
gst_spice_commands_wrap (GBytes *bytes, QxlFormat format, guint width,
                         guint height, guint stride)
{
  gsize row_bytes, size;
  const guint8 *pixels = g_bytes_get_data (bytes, &size);

  if (width == 0 || height == 0 || width > GST_SPICE_MAX_COORDINATE ||
      height > GST_SPICE_MAX_COORDINATE ||
      !qxl_format_row_bytes (format, width, &row_bytes) || stride < row_bytes ||
      (guint64)stride * (height - 1) + row_bytes > size)
    return NULL;
  return qxl_image_new_wrapped (format, width, height, stride, pixels,
                                g_bytes_ref (bytes), unref_bytes);
}

QxlBrush
gst_spice_commands_solid (guint32 color)
{
  return (QxlBrush){.kind = QXL_BRUSH_SOLID, .color = color};
}

/* the pointer */

static gboolean
is_point16 (gint x, gint y)
{
  return x >= G_MININT16 && x <= G_MAXINT16 && y >= G_MININT16 &&
         y <= G_MAXINT16;
}

static void
add_cursor (GstSpiceCommands *self, QxlCursorKind kind, gint x, gint y,
            QxlCursorShape *shape)
{
  QxlCursorCommand *cursor = qxl_cursor_command_new (kind);

  cursor->x = (gint16)x;
  cursor->y = (gint16)y;
  cursor->is_visible = true;
  cursor->shape = shape;
  qxl_batch_cursor (self->batch, cursor);
}

/**
 * gst_spice_commands_set_cursor:
 * @self: commands
 * @x: where its hot spot is, pixels of surface 0
 * @y: where its hot spot is
 * @pixels: @width × @height pixels of bytes B, G, R, A, alpha straight, rows
 *   without padding
 * @width: 1 to 512 pixels
 * @height: 1 to 512 pixels
 * @hot_x: the pixel that points, less than @width
 * @hot_y: the pixel that points, less than @height
 *
 * Gives the pointer a shape, and shows it.
 */
void
gst_spice_commands_set_cursor (GstSpiceCommands *self, gint x, gint y,
                               GBytes *pixels, guint width, guint height,
                               guint hot_x, guint hot_y)
{
  g_autoptr (QxlCursorShape) shape = NULL;

  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (pixels != NULL && is_point16 (x, y));
  g_return_if_fail (width <= G_MAXUINT16 && height <= G_MAXUINT16);
  g_return_if_fail (hot_x < width && hot_y < height);
  shape = qxl_cursor_shape_new (QXL_CURSOR_ALPHA, 0, (guint16)width,
                                (guint16)height, (guint16)hot_x, (guint16)hot_y,
                                g_bytes_ref (pixels));
  g_return_if_fail (qxl_cursor_shape_check (shape, NULL));
  add_cursor (self, QXL_CURSOR_SET, x, y, g_steal_pointer (&shape));
}

/**
 * gst_spice_commands_move_cursor:
 * @self: commands
 * @x: where its hot spot is, pixels of surface 0
 * @y: where its hot spot is
 *
 * Moves the pointer, and shows it. Viewers that place the pointer themselves
 * (client mouse mode) do not look at this.
 */
void
gst_spice_commands_move_cursor (GstSpiceCommands *self, gint x, gint y)
{
  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (is_point16 (x, y));
  add_cursor (self, QXL_CURSOR_MOVE, x, y, NULL);
}

/**
 * gst_spice_commands_hide_cursor:
 * @self: commands
 *
 * Hides the pointer until it is set or moved.
 */
void
gst_spice_commands_hide_cursor (GstSpiceCommands *self)
{
  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  add_cursor (self, QXL_CURSOR_HIDE, 0, 0, NULL);
}
