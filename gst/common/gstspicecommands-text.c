/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicecommands-private.h"
#include "gst/common/gstspicefont.h"
#include "qxl/validate.h"

#include <string.h>

#define MAX_SCALE 64

/* glyphs of one size that become one command */
typedef struct {
  QxlGlyphFormat format;
  guint width, height;
  gsize row_bytes;
  GArray *places;   /* of QxlPoint, a glyph's top left */
  GByteArray *rows; /* of all glyphs, each with its bottom row first */
} Glyphs;

static void
glyphs_init (Glyphs *self, QxlGlyphFormat format, guint width, guint height)
{
  guint bits = format == QXL_GLYPH_A1 ? 1 : format == QXL_GLYPH_A4 ? 4 : 8;

  *self = (Glyphs){format, width, height};
  self->row_bytes = ((gsize)width * bits + 7) / 8;
  self->places = g_array_new (FALSE, FALSE, sizeof (QxlPoint));
  self->rows = g_byte_array_new ();
}

static void
glyphs_clear (Glyphs *self)
{
  g_array_unref (self->places);
  g_byte_array_unref (self->rows);
}

static QxlRect
glyph_area (const Glyphs *self, QxlPoint at)
{
  return QXL_RECT (at.x, at.y, at.x + (gint)self->width,
                   at.y + (gint)self->height);
}

/* the glyph is on the target, at least in part, and there is room for it */
static gboolean
glyphs_takes (const Glyphs *self, GstSpiceCommands *commands, QxlPoint at)
{
  const QxlRect area = glyph_area (self, at);
  QxlRect box;

  return self->places->len < QXL_MAX_GLYPHS &&
         gst_spice_commands_find_box (commands, &area, &box);
}

/* @rows: top row first */
static void
glyphs_add (Glyphs *self, QxlPoint at, const guint8 *rows)
{
  g_array_append_val (self->places, at);
  for (guint y = self->height; y > 0; y--)
    g_byte_array_append (self->rows, rows + (y - 1) * self->row_bytes,
                         (guint)self->row_bytes);
}

static QxlString
glyphs_to_string (const Glyphs *self)
{
  QxlString string = {.format = self->format, .n_glyphs = self->places->len};
  gsize size = self->row_bytes * self->height;

  string.rows = g_memdup2 (self->rows->data, self->rows->len);
  string.glyphs = g_new0 (QxlGlyph, string.n_glyphs);
  for (guint i = 0; i < string.n_glyphs; i++)
    string.glyphs[i] = (QxlGlyph){
        .render_pos = g_array_index (self->places, QxlPoint, i),
        .width = (guint16)self->width,
        .height = (guint16)self->height,
        .rows = string.rows + i * size,
    };
  return string;
}

static QxlRect
glyphs_area (const Glyphs *self)
{
  QxlRect all = {0};

  for (guint i = 0; i < self->places->len; i++) {
    const QxlRect area =
        glyph_area (self, g_array_index (self->places, QxlPoint, i));
    all = qxl_rect_union (&all, &area);
  }
  return all;
}

static void
glyphs_draw (const Glyphs *self, GstSpiceCommands *commands, guint32 color)
{
  const QxlRect area = glyphs_area (self);
  QxlOperation *op;
  QxlRect box;

  if (self->places->len == 0 ||
      !gst_spice_commands_find_box (commands, &area, &box))
    return;
  op = qxl_operation_new (QXL_OP_TEXT);
  op->u.text.string = glyphs_to_string (self);
  op->u.text.fore_brush = gst_spice_commands_solid (color);
  op->u.text.fore_mode = QXL_ROP_PUT;
  op->u.text.back_mode = QXL_ROP_PUT;
  gst_spice_commands_add (commands, &box, op);
}

/* the small font */

/* each pixel @scale times as large; @rows: of zeros */
static void
enlarge (const guint8 *letter, guint scale, gsize row_bytes, guint8 *rows)
{
  for (guint y = 0; y < GST_SPICE_FONT_HEIGHT * scale; y++)
    for (guint x = 0; x < GST_SPICE_FONT_WIDTH * scale; x++)
      if (letter[y / scale] >> (GST_SPICE_FONT_WIDTH - 1 - x / scale) & 1)
        rows[y * row_bytes + x / 8] |= (guint8)(0x80 >> x % 8);
}

static void
add_letter (Glyphs *glyphs, GstSpiceCommands *commands, QxlPoint at,
            gunichar letter, guint scale)
{
  g_autofree guint8 *rows = NULL;

  if (letter == ' ' || ABS (at.x) > GST_SPICE_MAX_COORDINATE ||
      ABS (at.y) > GST_SPICE_MAX_COORDINATE ||
      !glyphs_takes (glyphs, commands, at))
    return;
  rows = g_malloc0 (glyphs->row_bytes * glyphs->height);
  enlarge (gst_spice_font_rows (letter), scale, glyphs->row_bytes, rows);
  glyphs_add (glyphs, at, rows);
}

/**
 * gst_spice_commands_draw_text:
 * @self: commands
 * @x: left side of the first letter
 * @y: upper side of the first line
 * @text: UTF-8; a line feed begins the next line. What is no ASCII is shown as
 *   a question mark.
 * @scale: 1 to 64: the pixels of a letter's pixel, which has 5×7 of them in a
 *   cell of 6×8
 * @color: 0x00RRGGBB; 0x7fff for the brightest on surfaces of 16 bits
 *
 * Writes in a small built-in font. What is below is seen between the letters.
 */
void
gst_spice_commands_draw_text (GstSpiceCommands *self, gint x, gint y,
                              const gchar *text, guint scale, guint32 color)
{
  QxlPoint at = {x, y};
  Glyphs glyphs;

  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (gst_spice_commands_can_draw (self, x, y, 0, 0));
  g_return_if_fail (text != NULL && g_utf8_validate (text, -1, NULL));
  g_return_if_fail (scale >= 1 && scale <= MAX_SCALE);
  glyphs_init (&glyphs, QXL_GLYPH_A1, GST_SPICE_FONT_WIDTH * scale,
               GST_SPICE_FONT_HEIGHT * scale);
  for (const gchar *c = text; *c != '\0' && at.y <= GST_SPICE_MAX_COORDINATE;
       c = g_utf8_next_char (c)) {
    if (*c == '\n') {
      at = (QxlPoint){x, at.y + GST_SPICE_FONT_CELL_HEIGHT * (gint)scale};
      continue;
    }
    add_letter (&glyphs, self, at, g_utf8_get_char (c), scale);
    if (at.x <= GST_SPICE_MAX_COORDINATE)
      at.x += GST_SPICE_FONT_CELL_WIDTH * (gint)scale;
  }
  glyphs_draw (&glyphs, self, color);
  glyphs_clear (&glyphs);
}

/**
 * gst_spice_commands_measure_text:
 * @text: as of gst_spice_commands_draw_text()
 * @scale: 1 to 64
 * @width: (out): pixels of the longest line
 * @height: (out): pixels of all lines
 *
 * Tells how large a text will be.
 */
void
gst_spice_commands_measure_text (const gchar *text, guint scale, guint *width,
                                 guint *height)
{
  guint n_lines = 1, n_letters = 0, most = 0;

  g_return_if_fail (text != NULL && g_utf8_validate (text, -1, NULL));
  g_return_if_fail (scale >= 1 && scale <= MAX_SCALE);
  g_return_if_fail (width != NULL && height != NULL);
  for (const gchar *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    n_letters = *c == '\n' ? 0 : n_letters + 1;
    n_lines += *c == '\n' ? 1 : 0;
    most = MAX (most, n_letters);
  }
  /* the last cell without the gap to the next one */
  *width = most > 0 ? (most * GST_SPICE_FONT_CELL_WIDTH - 1) * scale : 0;
  *height = (n_lines * GST_SPICE_FONT_CELL_HEIGHT - 1) * scale;
}

/* glyphs of the application */

static gboolean
are_places (const gint *places, guint n_values, gsize n_glyphs)
{
  for (guint i = 0; i < n_values; i += 3)
    if (places[i] < 0 || (gsize)places[i] >= n_glyphs ||
        ABS ((gint64)places[i + 1]) > GST_SPICE_MAX_COORDINATE ||
        ABS ((gint64)places[i + 2]) > GST_SPICE_MAX_COORDINATE)
      return FALSE;
  return TRUE;
}

static gboolean
is_glyph_format (GstSpiceGlyphFormat format)
{
  return format == GST_SPICE_GLYPH_FORMAT_A1 ||
         format == GST_SPICE_GLYPH_FORMAT_A4 ||
         format == GST_SPICE_GLYPH_FORMAT_A8;
}

/**
 * gst_spice_commands_draw_glyphs:
 * @self: commands
 * @font: glyphs of one size, one behind the other, each with its rows from the
 *   top
 * @format: of their pixels
 * @width: of each glyph, 1 to 1024 pixels
 * @height: of each glyph, 1 to 1024 pixels
 * @places: (array length=n_values): for each glyph to draw its number in @font,
 *   x and y of its top left
 * @n_values: 3 for each of at most 65535 glyphs
 * @color: as of gst_spice_commands_draw_text()
 *
 * Draws glyphs of the application's own in one colour. What is below is seen
 * where a glyph does not cover it.
 */
void
gst_spice_commands_draw_glyphs (GstSpiceCommands *self, GBytes *font,
                                GstSpiceGlyphFormat format, guint width,
                                guint height, const gint *places,
                                guint n_values, guint32 color)
{
  const guint8 *rows;
  gsize size, glyph_size;
  Glyphs glyphs;

  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (gst_spice_commands_can_draw (self, 0, 0, 0, 0));
  g_return_if_fail (font != NULL && is_glyph_format (format));
  g_return_if_fail (width >= 1 && width <= 1024);
  g_return_if_fail (height >= 1 && height <= 1024);
  g_return_if_fail (n_values % 3 == 0 && n_values / 3 <= QXL_MAX_GLYPHS);
  glyphs_init (&glyphs, (QxlGlyphFormat)format, width, height);
  rows = g_bytes_get_data (font, &size);
  glyph_size = glyphs.row_bytes * height;
  if (are_places (places, n_values, size / glyph_size)) {
    for (guint i = 0; i < n_values; i += 3) {
      const QxlPoint at = {places[i + 1], places[i + 2]};
      if (glyphs_takes (&glyphs, self, at))
        glyphs_add (&glyphs, at, rows + (gsize)places[i] * glyph_size);
    }
    glyphs_draw (&glyphs, self, color);
  } else {
    g_critical ("%s: a glyph that is not there, or too far away", G_STRFUNC);
  }
  glyphs_clear (&glyphs);
}
