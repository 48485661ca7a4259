/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the canvas's cache: it draws what was kept, and each thing a server
 * must not do with the cache ends the program. */
#include "wire-canvas.h"

#include "wire-pixmaps.h"

enum { SIDE = 8, CAPACITY = 2 * SIDE * SIDE };

static void
say (WireCanvas *canvas, uint16_t type, QxlWriter *writer)
{
  g_autoptr (GBytes) body = qxl_writer_steal (writer);
  gsize size;
  const uint8_t *bytes = g_bytes_get_data (body, &size);

  wire_canvas_message (canvas, type, bytes, (uint32_t)size);
}

static WireCanvas *
canvas_new (void)
{
  const SpcSurfaceCreate create = {0, SIDE, SIDE, SPICE_SURFACE_FMT_32_xRGB,
                                   SPICE_SURFACE_FLAGS_PRIMARY};
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  WireCanvas *canvas = wire_canvas_new ();

  wire_canvas_announce (canvas, CAPACITY);
  qxl_fields_write (spc_surface_create_fields, &create, writer);
  say (canvas, SPICE_MSG_DISPLAY_SURFACE_CREATE, writer);
  return canvas;
}

/* all of the surface in one colour, or from the cache */
static void
draw (WireCanvas *canvas, uint64_t id, uint8_t type, uint8_t flags,
      uint32_t color)
{
  const SpcDrawCopy copy = {.base = {.box = QXL_RECT (0, 0, SIDE, SIDE)},
                            .src_image = SPC_DRAW_COPY_SIZE,
                            .src_area = QXL_RECT (0, 0, SIDE, SIDE),
                            .rop = SPICE_ROPD_OP_PUT};
  const SpcImageDescriptor descriptor = {id, type, flags, SIDE, SIDE};
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  qxl_fields_write (spc_draw_copy_fields, &copy, writer);
  qxl_fields_write (spc_image_descriptor_fields, &descriptor, writer);
  if (type == SPICE_IMAGE_TYPE_BITMAP) {
    qxl_writer_u8 (writer, SPICE_BITMAP_FMT_32BIT);
    qxl_writer_u8 (writer, SPICE_BITMAP_FLAGS_TOP_DOWN);
    qxl_writer_u32 (writer, SIDE);
    qxl_writer_u32 (writer, SIDE);
    qxl_writer_u32 (writer, SIDE * 4);
    qxl_writer_u32 (writer, 0);
    for (int i = 0; i < SIDE * SIDE; i++)
      qxl_writer_u32 (writer, color);
  }
  say (canvas, SPICE_MSG_DISPLAY_DRAW_COPY, writer);
}

static void
draw_kept (WireCanvas *canvas, uint64_t id, uint32_t color)
{
  draw (canvas, id, SPICE_IMAGE_TYPE_BITMAP, SPICE_IMAGE_FLAGS_CACHE_ME, color);
}

static void
draw_from_cache (WireCanvas *canvas, uint64_t id)
{
  draw (canvas, id, SPICE_IMAGE_TYPE_FROM_CACHE, 0, 0);
}

static void
drop (WireCanvas *canvas, uint64_t id)
{
  const SpcInvalList list = {1};
  const SpcInvalItem item = {SPICE_RES_TYPE_PIXMAP, id};
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  qxl_fields_write (spc_inval_list_fields, &list, writer);
  qxl_fields_write (spc_inval_item_fields, &item, writer);
  say (canvas, SPICE_MSG_DISPLAY_INVAL_LIST, writer);
}

static void
drop_all (WireCanvas *canvas)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  qxl_writer_u8 (writer, 0); /* nothing to wait for */
  say (canvas, SPICE_MSG_DISPLAY_INVAL_ALL_PIXMAPS, writer);
}

static void
draws_what_it_kept (void)
{
  g_autoptr (WireCanvas) canvas = canvas_new ();

  draw_kept (canvas, 1, 0x111111);
  draw_kept (canvas, 2, 0x222222);
  draw (canvas, 3, SPICE_IMAGE_TYPE_BITMAP, 0, 0x333333);
  g_assert_cmpuint (wire_canvas_n_kept (canvas), ==, 2);
  draw_from_cache (canvas, 1);
  g_assert_cmphex (wire_canvas_pixel (canvas, 0, 7, 7), ==, 0x111111);
  draw (canvas, 2, SPICE_IMAGE_TYPE_FROM_CACHE_LOSSLESS, 0, 0);
  g_assert_cmphex (wire_canvas_pixel (canvas, 0, 0, 0), ==, 0x222222);
  draw (canvas, 1, SPICE_IMAGE_TYPE_BITMAP, SPICE_IMAGE_FLAGS_CACHE_REPLACE_ME,
        0x444444);
  draw_from_cache (canvas, 2);
  draw_from_cache (canvas, 1);
  g_assert_cmphex (wire_canvas_pixel (canvas, 0, 0, 7), ==, 0x444444);
  g_assert_cmpuint (wire_canvas_n_images (canvas, SPICE_IMAGE_TYPE_FROM_CACHE),
                    ==, 3);
}

static void
drops_what_it_is_told_to (void)
{
  g_autoptr (WireCanvas) canvas = canvas_new ();

  draw_kept (canvas, 1, 0x111111);
  draw_kept (canvas, 2, 0x222222);
  drop (canvas, 1);
  g_assert_cmpuint (wire_canvas_n_kept (canvas), ==, 1);
  draw_kept (canvas, 3, 0x333333);
  drop_all (canvas);
  g_assert_cmpuint (wire_canvas_n_kept (canvas), ==, 0);
  draw_kept (canvas, 1, 0x111111);
  draw_kept (canvas, 2, 0x222222);
  g_assert_cmpuint (wire_canvas_n_kept (canvas), ==, 2);
}

/* what a server must not do; image 1 is in the cache */

static void
draw_unknown (WireCanvas *canvas)
{
  draw_from_cache (canvas, 2);
}

static void
draw_dropped (WireCanvas *canvas)
{
  drop (canvas, 1);
  draw_from_cache (canvas, 1);
}

static void
keep_twice (WireCanvas *canvas)
{
  draw_kept (canvas, 1, 0x111111);
}

static void
keep_too_much (WireCanvas *canvas)
{
  draw_kept (canvas, 2, 0);
  draw_kept (canvas, 3, 0);
}

static void
drop_unknown (WireCanvas *canvas)
{
  drop (canvas, 2);
}

static void
replace_unknown (WireCanvas *canvas)
{
  draw (canvas, 2, SPICE_IMAGE_TYPE_BITMAP, SPICE_IMAGE_FLAGS_CACHE_REPLACE_ME,
        0);
}

static void
long_id (WireCanvas *canvas)
{
  draw_kept (canvas, (uint64_t)1 << 32, 0);
}

static const struct {
  const char *name, *says;
  void (*act) (WireCanvas *canvas);
} misdeeds[] = {
    {"draw-unknown", "*2 is not in the cache*", draw_unknown},
    {"draw-dropped", "*1 is not in the cache*", draw_dropped},
    {"keep-twice", "*1 is kept twice*", keep_twice},
    {"keep-too-much", "*192 pixels are kept, 128 were announced*",
     keep_too_much},
    {"drop-unknown", "*2 is not in the cache*", drop_unknown},
    {"long-id", "*descriptor->id*", long_id},
    {"replace-unknown", "*2 is not in the cache*", replace_unknown},
};

static void
act_badly (gconstpointer data)
{
  g_autoptr (WireCanvas) canvas = canvas_new ();

  draw_kept (canvas, 1, 0x111111);
  misdeeds[GPOINTER_TO_UINT (data)].act (canvas);
}

static void
misdeeds_end_the_test (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (misdeeds); i++) {
    g_autofree char *path =
        g_strconcat ("/wire-canvas/subprocess/", misdeeds[i].name, NULL);

    g_test_message ("%s", misdeeds[i].name);
    g_test_trap_subprocess (path, 0, 0);
    g_test_trap_assert_failed ();
    g_test_trap_assert_stderr (misdeeds[i].says);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire-canvas/draws-what-it-kept", draws_what_it_kept);
  g_test_add_func ("/wire-canvas/drops-what-it-is-told-to",
                   drops_what_it_is_told_to);
  g_test_add_func ("/wire-canvas/misdeeds-end-the-test", misdeeds_end_the_test);
  for (gsize i = 0; i < G_N_ELEMENTS (misdeeds); i++) {
    g_autofree char *path =
        g_strconcat ("/wire-canvas/subprocess/", misdeeds[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER ((guint)i), act_badly);
  }
  return g_test_run ();
}
