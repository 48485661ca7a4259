/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicecommands.h"

#include "qxl/canvas.h"
#include "qxl/stream.h"
#include "qxl/validate.h"

#include <string.h>

#define WIDTH 100
#define HEIGHT 60
#define ICON 7 /* id of a small ARGB surface */
#define ICON_SIDE 8

/* what viewers would have: surfaces by id */
typedef struct {
  QxlSurface *surfaces[ICON + 1]; /* owned; NULL: not created */
} World;

static void
world_clear (World *self)
{
  for (guint i = 0; i <= ICON; i++)
    qxl_surface_free (self->surfaces[i]);
}

static QxlSurface *
find_surface (uint32_t surface_id, gpointer user_data)
{
  World *self = user_data;

  return surface_id <= ICON ? self->surfaces[surface_id] : NULL;
}

static bool
find_shape (uint32_t surface_id, QxlSurfaceShape *out, gpointer user_data)
{
  QxlSurface *surface = find_surface (surface_id, user_data);

  if (surface == NULL)
    return false;
  *out = (QxlSurfaceShape){qxl_surface_width (surface),
                           qxl_surface_height (surface),
                           qxl_surface_format (surface)};
  return true;
}

static void
carry_out (World *self, const QxlCommand *command)
{
  QxlSurface **surface;

  switch (command->kind) {
  case QXL_COMMAND_SURFACE_CREATE:
    surface = &self->surfaces[command->u.create.surface_id];
    g_assert_null (*surface);
    *surface =
        qxl_surface_new (command->u.create.format, command->u.create.width,
                         command->u.create.height);
    break;
  case QXL_COMMAND_SURFACE_DESTROY:
    surface = &self->surfaces[command->u.destroy.surface_id];
    g_clear_pointer (surface, qxl_surface_free);
    break;
  case QXL_COMMAND_DRAW:
    qxl_canvas_draw (self->surfaces[command->u.draw->surface_id],
                     command->u.draw, find_surface, self);
    break;
  default:
    break;
  }
}

/* takes what was told so far; all of it is valid. Returns how many commands. */
static guint
play (World *self, GstSpiceCommands *commands)
{
  g_autoptr (GstBuffer) buffer = gst_spice_commands_to_buffer (commands);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (QxlBatch) batch = NULL;
  GError *error = NULL;
  gpointer data;
  gsize size;

  gst_buffer_extract_dup (buffer, 0, -1, &data, &size);
  bytes = g_bytes_new_take (data, size);
  batch = qxl_stream_read_batch (bytes, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < batch->commands->len; i++) {
    qxl_validate (qxl_batch_at (batch, i), find_shape, self, &error);
    g_assert_no_error (error);
    carry_out (self, qxl_batch_at (batch, i));
  }
  return batch->commands->len;
}

static guint32
pixel_at (World *self, guint surface_id, guint x, guint y)
{
  QxlSurface *surface = self->surfaces[surface_id];
  guint32 pixel;

  memcpy (&pixel,
          qxl_surface_pixels (surface) + y * qxl_surface_stride (surface) +
              x * 4,
          4);
  return GUINT32_FROM_LE (pixel) & 0xffffff;
}

static GstSpiceCommands *
new_with_surfaces (World *self)
{
  GstSpiceCommands *commands = gst_spice_commands_new ();

  *self = (World){0};
  gst_spice_commands_create_surface (commands, 0, GST_SPICE_SURFACE_FORMAT_XRGB,
                                     WIDTH, HEIGHT);
  gst_spice_commands_create_surface (
      commands, ICON, GST_SPICE_SURFACE_FORMAT_ARGB, ICON_SIDE, ICON_SIDE);
  g_assert_cmpuint (play (self, commands), ==, 2);
  return commands;
}

/* @n pixels of one value */
static GBytes *
pixels_of (guint32 pixel, guint n)
{
  guint32 *pixels = g_new (guint32, n);

  for (guint i = 0; i < n; i++)
    pixels[i] = GUINT32_TO_LE (pixel);
  return g_bytes_new_take (pixels, n * 4);
}

/* surfaces */

static void
test_empty (void)
{
  g_autoptr (GstSpiceCommands) commands = gst_spice_commands_new ();
  g_autoptr (GstBuffer) buffer = gst_spice_commands_to_buffer (commands);
  g_autoptr (GstCaps) caps = gst_spice_commands_make_caps ();
  g_autofree char *text = gst_caps_to_string (caps);

  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, 0);
  g_assert_cmpstr (text, ==, "application/x-spice-qxl, version=(int)1");
}

static void
test_resize (void)
{
  World world;
  g_autoptr (GstSpiceCommands) commands = new_with_surfaces (&world);

  gst_spice_commands_create_surface (commands, 0, GST_SPICE_SURFACE_FORMAT_XRGB,
                                     33, 22);
  g_assert_cmpuint (play (&world, commands), ==, 2);
  g_assert_cmpuint (qxl_surface_width (world.surfaces[0]), ==, 33);
  gst_spice_commands_destroy_surface (commands, ICON);
  g_assert_cmpuint (play (&world, commands), ==, 1);
  g_assert_null (world.surfaces[ICON]);
  world_clear (&world);
}

static void
test_clip (void)
{
  static const gint rects[] = {10, 10, 5, 5, 20, 10, 5, 5};
  World world;
  g_autoptr (GstSpiceCommands) commands = new_with_surfaces (&world);

  gst_spice_commands_set_clip (commands, rects, G_N_ELEMENTS (rects));
  gst_spice_commands_fill (commands, 0, 0, WIDTH, HEIGHT, 0x112233,
                           GST_SPICE_ROP_PUT);
  g_assert_cmpuint (play (&world, commands), ==, 1);
  g_assert_cmphex (pixel_at (&world, 0, 12, 12), ==, 0x112233);
  g_assert_cmphex (pixel_at (&world, 0, 17, 12), ==, 0);
  g_assert_cmphex (pixel_at (&world, 0, 24, 14), ==, 0x112233);
  gst_spice_commands_reset_clip (commands);
  gst_spice_commands_fill (commands, 0, 0, WIDTH, HEIGHT, 0x112233,
                           GST_SPICE_ROP_PUT);
  play (&world, commands);
  g_assert_cmphex (pixel_at (&world, 0, 17, 12), ==, 0x112233);
  world_clear (&world);
}

/* draws */

static void
test_fill (void)
{
  World world;
  g_autoptr (GstSpiceCommands) commands = new_with_surfaces (&world);

  gst_spice_commands_fill (commands, -5, -5, 10, 10, 0xff00ff,
                           GST_SPICE_ROP_PUT);
  gst_spice_commands_fill (commands, 0, 0, 5, 5, 0x0000ff, GST_SPICE_ROP_XOR);
  gst_spice_commands_fill (commands, WIDTH, 0, 5, 5, 1, GST_SPICE_ROP_PUT);
  g_assert_cmpuint (play (&world, commands), ==, 2);
  g_assert_cmphex (pixel_at (&world, 0, 4, 4), ==, 0xff0000);
  g_assert_cmphex (pixel_at (&world, 0, 5, 4), ==, 0);
  world_clear (&world);
}

static void
test_pattern (void)
{
  static const guint8 two[] = {1, 0, 0, 0, 2, 0, 0, 0};
  g_autoptr (GBytes) pixels = g_bytes_new_static (two, sizeof two);
  World world;
  g_autoptr (GstSpiceCommands) commands = new_with_surfaces (&world);

  gst_spice_commands_fill_pattern (commands, 10, 10, 20, 20, pixels, 2, 1, 11,
                                   0, GST_SPICE_ROP_PUT);
  play (&world, commands);
  g_assert_cmphex (pixel_at (&world, 0, 10, 10), ==, 2);
  g_assert_cmphex (pixel_at (&world, 0, 11, 12), ==, 1);
  world_clear (&world);
}

static void
test_stroke (void)
{
  static const gint points[] = {10, 10, 20, 10, 20, 20};
  static const gint dashes[] = {2, 3};
  World world;
  g_autoptr (GstSpiceCommands) commands = new_with_surfaces (&world);

  gst_spice_commands_stroke (commands, points, 6, FALSE, 0xabcdef, NULL, 0);
  gst_spice_commands_stroke (commands, points, 4, FALSE, 0x123456, dashes, 2);
  g_assert_cmpuint (play (&world, commands), ==, 2);
  g_assert_cmphex (pixel_at (&world, 0, 10, 10), ==, 0x123456);
  g_assert_cmphex (pixel_at (&world, 0, 13, 10), ==, 0xabcdef);
  g_assert_cmphex (pixel_at (&world, 0, 20, 15), ==, 0xabcdef);
  g_assert_cmphex (pixel_at (&world, 0, 20, 20), ==, 0);
  world_clear (&world);
}

/* the letter's pixels, each @scale times as large */
static void
assert_is_letter_l (World *world, guint x, guint y, guint scale)
{
  for (guint row = 0; row < 7; row++)
    for (guint column = 0; column < 6; column++) {
      gboolean is_set = column < 5 && (column == 0 || row == 6);
      g_assert_cmphex (
          pixel_at (world, 0, x + column * scale, y + (row + 1) * scale - 1),
          ==, is_set ? 0xffff00 : 0);
    }
}

static void
test_text (void)
{
  World world;
  g_autoptr (GstSpiceCommands) commands = new_with_surfaces (&world);
  guint width, height;

  gst_spice_commands_draw_text (commands, 3, 4, "L\n L", 3, 0xffff00);
  gst_spice_commands_draw_text (commands, 0, 0, " \n ", 3, 0xffff00);
  gst_spice_commands_draw_text (commands, WIDTH, 0, "out", 3, 0xffff00);
  g_assert_cmpuint (play (&world, commands), ==, 1);
  assert_is_letter_l (&world, 3, 4, 3);
  assert_is_letter_l (&world, 3 + 18, 4 + 24, 3);
  gst_spice_commands_measure_text ("L\n L", 3, &width, &height);
  g_assert_cmpuint (width, ==, 33);
  g_assert_cmpuint (height, ==, 45);
  world_clear (&world);
}

static void
test_glyphs (void)
{
  /* two glyphs of 3×2 */
  static const guint8 font[] = {0x80, 0x40, 0xe0, 0x20};
  static const gint places[] = {1, 10, 20, 0, 30, 20};
  g_autoptr (GBytes) bytes = g_bytes_new_static (font, sizeof font);
  World world;
  g_autoptr (GstSpiceCommands) commands = new_with_surfaces (&world);

  gst_spice_commands_draw_glyphs (commands, bytes, GST_SPICE_GLYPH_FORMAT_A1, 3,
                                  2, places, G_N_ELEMENTS (places), 0x00ff00);
  g_assert_cmpuint (play (&world, commands), ==, 1);
  g_assert_cmphex (pixel_at (&world, 0, 11, 20), ==, 0x00ff00);
  g_assert_cmphex (pixel_at (&world, 0, 11, 21), ==, 0);
  g_assert_cmphex (pixel_at (&world, 0, 12, 21), ==, 0x00ff00);
  g_assert_cmphex (pixel_at (&world, 0, 30, 20), ==, 0x00ff00);
  g_assert_cmphex (pixel_at (&world, 0, 31, 21), ==, 0x00ff00);
  world_clear (&world);
}

static void
test_copies (void)
{
  g_autoptr (GBytes) pixels = pixels_of (0x00c0ffee, 12);
  World world;
  g_autoptr (GstSpiceCommands) commands = new_with_surfaces (&world);

  gst_spice_commands_copy_pixels (commands, -1, 0, 3, 3, pixels, 16);
  gst_spice_commands_copy_bits (commands, 50, 40, 10, 10, -1, 0);
  g_assert_cmpuint (play (&world, commands), ==, 2);
  g_assert_cmphex (pixel_at (&world, 0, 1, 2), ==, 0xc0ffee);
  g_assert_cmphex (pixel_at (&world, 0, 2, 2), ==, 0);
  g_assert_cmphex (pixel_at (&world, 0, 51, 42), ==, 0xc0ffee);
  g_assert_cmphex (pixel_at (&world, 0, 53, 42), ==, 0);
  world_clear (&world);
}

static void
test_surfaces (void)
{
  World world;
  g_autoptr (GstSpiceCommands) commands = new_with_surfaces (&world);

  gst_spice_commands_set_target (commands, ICON);
  gst_spice_commands_fill (commands, 0, 0, ICON_SIDE, ICON_SIDE, 0xff00aa00,
                           GST_SPICE_ROP_PUT);
  gst_spice_commands_set_target (commands, 0);
  gst_spice_commands_copy_surface (commands, 10, 10, 50, 50, ICON, 2, 2);
  gst_spice_commands_blend_surface (commands, 40, 10, 5, 5, ICON, 0, 0, 255);
  g_assert_cmpuint (play (&world, commands), ==, 3);
  g_assert_cmphex (pixel_at (&world, 0, 15, 15), ==, 0xaa00);
  g_assert_cmphex (pixel_at (&world, 0, 16, 15), ==, 0);
  g_assert_cmphex (pixel_at (&world, 0, 44, 14), ==, 0xaa00);
  world_clear (&world);
}

static void
test_blends (void)
{
  static const guint8 cover[] = {255, 0, 0, 255};
  g_autoptr (GBytes) half = pixels_of (0x80400000, 4);
  g_autoptr (GBytes) mask = g_bytes_new_static (cover, sizeof cover);
  World world;
  g_autoptr (GstSpiceCommands) commands = new_with_surfaces (&world);

  gst_spice_commands_fill (commands, 0, 0, 40, 40, 0x0000ff, GST_SPICE_ROP_PUT);
  gst_spice_commands_blend_pixels (commands, 0, 0, 2, 2, half, 8, 255);
  gst_spice_commands_composite (commands, GST_SPICE_OPERATOR_OVER, 10, 10, 2, 2,
                                half, 8, mask, 2);
  g_assert_cmpuint (play (&world, commands), ==, 3);
  g_assert_cmphex (pixel_at (&world, 0, 1, 1), ==, 0x40007f);
  g_assert_cmphex (pixel_at (&world, 0, 10, 10), ==, 0x40007f);
  g_assert_cmphex (pixel_at (&world, 0, 11, 10), ==, 0x0000ff);
  g_assert_cmphex (pixel_at (&world, 0, 11, 11), ==, 0x40007f);
  world_clear (&world);
}

static void
test_others (void)
{
  static const gint monitors[] = {0, 0, 50, HEIGHT, 50, 0, 50, HEIGHT};
  g_autoptr (GBytes) pixels = pixels_of (0xff123456, 64);
  World world;
  g_autoptr (GstSpiceCommands) commands = new_with_surfaces (&world);

  gst_spice_commands_set_monitors (commands, monitors, 8);
  gst_spice_commands_set_cursor (commands, 5, 6, pixels, 8, 8, 1, 2);
  gst_spice_commands_move_cursor (commands, 7, 8);
  gst_spice_commands_hide_cursor (commands);
  g_assert_cmpuint (play (&world, commands), ==, 4);
  world_clear (&world);
}

/* mistakes */

static void
expect_critical (void)
{
  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*gst_spice_commands*");
}

static void
test_mistakes (void)
{
  static const gint points[] = {0, 0, 100000, 0};
  static const gint places[] = {4, 0, 0};
  g_autoptr (GBytes) few = pixels_of (0, 3);
  g_autoptr (GstSpiceCommands) fresh = gst_spice_commands_new ();
  World world;
  g_autoptr (GstSpiceCommands) commands = new_with_surfaces (&world);

  expect_critical ();
  gst_spice_commands_fill (fresh, 0, 0, 5, 5, 0, GST_SPICE_ROP_PUT);
  expect_critical ();
  gst_spice_commands_create_surface (commands, 0, GST_SPICE_SURFACE_FORMAT_XRGB,
                                     0, 5);
  expect_critical ();
  gst_spice_commands_create_surface (commands, 1024,
                                     GST_SPICE_SURFACE_FORMAT_XRGB, 5, 5);
  expect_critical ();
  gst_spice_commands_set_target (commands, 3);
  expect_critical ();
  gst_spice_commands_copy_pixels (commands, 0, 0, 2, 2, few, 8);
  expect_critical ();
  gst_spice_commands_stroke (commands, points, 4, FALSE, 0, NULL, 0);
  expect_critical ();
  gst_spice_commands_draw_glyphs (commands, few, GST_SPICE_GLYPH_FORMAT_A1, 8,
                                  3, places, 3, 0);
  expect_critical ();
  gst_spice_commands_draw_text (commands, 0, 0, "\xff", 1, 0);
  expect_critical ();
  gst_spice_commands_set_cursor (commands, 0, 0, few, 2, 2, 0, 0);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (play (&world, commands), ==, 0);
  world_clear (&world);
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/commands/nothing-is-an-empty-buffer", test_empty);
  g_test_add_func ("/commands/a-surface-created-again-is-replaced",
                   test_resize);
  g_test_add_func ("/commands/clips-hold-until-reset", test_clip);
  g_test_add_func ("/commands/fills-are-cut-to-the-target", test_fill);
  g_test_add_func ("/commands/patterns-repeat-from-their-origin", test_pattern);
  g_test_add_func ("/commands/lines-may-be-dashed", test_stroke);
  g_test_add_func ("/commands/text-has-a-font-of-its-own", test_text);
  g_test_add_func ("/commands/glyphs-may-be-the-application-s", test_glyphs);
  g_test_add_func ("/commands/copies-are-cut-to-source-and-target",
                   test_copies);
  g_test_add_func ("/commands/surfaces-are-drawn-on-and-from", test_surfaces);
  g_test_add_func ("/commands/pixels-are-blended-through-masks", test_blends);
  g_test_add_func ("/commands/monitors-and-pointer-are-told", test_others);
  g_test_add_func ("/commands/mistakes-add-nothing", test_mistakes);
  return g_test_run ();
}
