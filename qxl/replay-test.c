/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/replay-fixture.h"

static void
every_kind_becomes_a_command (void)
{
  g_auto (Result) result = play (everything, sizeof everything - 1);
  guint n_operations = 0;

  g_assert_no_error (result.error);
  g_assert_no_error (result.refusal);
  g_assert_false (result.is_cut_off);
  g_assert_cmpuint (result.n_batches, ==, N_BATCHES);
  g_assert_cmpuint (result.n_commands, ==, N_COMMANDS);
  for (guint i = 0; i < result.n_batches; i++) {
    const QxlCommand *command = qxl_batch_at (result.batches[i], 0);

    if (command->kind == QXL_COMMAND_DRAW)
      g_assert_cmpint (command->u.draw->u.operation->kind, ==, ++n_operations);
  }
  g_assert_cmpuint (n_operations, ==, QXL_N_OPS - 1);
}

static void
fields_come_over (void)
{
  g_auto (Result) result = play_well (HEADER DRAW FILL);
  const QxlFill *fill = &first_operation (&result)->u.fill;

  g_assert_cmpint (fill->brush.kind, ==, QXL_BRUSH_SOLID);
  g_assert_cmphex (fill->brush.color, ==, 0xff000001);
  g_assert_cmphex (fill->rop, ==, QXL_ROP_PUT);
  g_assert_true (fill->mask.is_inverted);
  g_assert_cmpint (fill->mask.pos.x, ==, 3);
  g_assert_cmpint (fill->mask.pos.y, ==, 4);
  g_assert_cmpint (fill->mask.bitmap.image->format, ==, QXL_FORMAT_A1);
  g_assert_false (first_operation (&result)->is_clipped);
}

static void
chunks_are_joined (void)
{
  g_auto (Result) result = play_well (HEADER DRAW COPY (IMAGE));
  const QxlImage *image = first_operation (&result)->u.copy.src.image;

  g_assert_cmpmem (image->pixels, 8, "abc\0efg\0", 8);
}

static void
palettes_are_looked_up (void)
{
  g_autoptr (GString) text = g_string_new (HEADER DRAW "type 3\n" INDEXED);
  g_auto (Result) result = {0};

  for (guint i = 0; i < 99; i++)
    g_string_append_printf (text, "ents %u\n", i);
  g_string_append (text, "binary 0 image_data_flat 2:ab\n" SRC_AREA
                         "rop_descriptor 8\nscale_mode 1\n" NO_MASK);
  result = play_well (text->str);
  g_assert_cmpmem (first_operation (&result)->u.copy.src.image->pixels, 8,
                   "a\0\0\0b\0\0\0", 8);
}

/* "abcdefgh" as zlib packs it */
static void
packed_blocks_are_unpacked (void)
{
  static const char text[] = HEADER DRAW "type 3\n" DESCRIPTOR (
      7, 0, 0) "bitmap.format 9\nbitmap.flags 5\nbitmap.x 2\nbitmap.y 1\n"
               "bitmap.stride 8\nhas_palette 0\nbinary 1 image_data_flat 8:19:"
               "\170\1\1\10\0\367\377abcdefgh\16\0\3\45\n" SRC_AREA
               "rop_descriptor 8\nscale_mode 1\n" NO_MASK;
  g_auto (Result) result = play (text, sizeof text - 1);

  g_assert_no_error (result.error);
  g_assert_cmpmem (first_operation (&result)->u.copy.src.image->pixels, 8,
                   "abcdefgh", 8);
}

static void
old_layout_is_recognised (void)
{
  g_auto (Result) result = play_well (
      HEADER EVENT (0, 1, 5) BOX
      "type 0\neffect 1\nmm_time 77\n"
      "bitmap_offset 0\nrect bitmap_area 0 0 0 0\ntype 13\n" ALPHA_BLEND);
  const QxlAlphaBlend *blend = &first_operation (&result)->u.alpha_blend;

  g_assert_cmpuint (blend->alpha, ==, 128);
  g_assert_cmpuint (blend->alpha_flags, ==, 0);
}

static void
self_bitmap_reads_the_surface_itself (void)
{
  g_auto (Result) result = play_well (
      HEADER EVENT (0, 1, 5) BOX
      "type 0\n" REST (1) "type 12\n" NO_IMAGE
                          "rect src_area 1 2 3 4\nsrc_color 1\ntrue_color 2\n");
  const QxlTransparent *transparent = &first_operation (&result)->u.transparent;

  g_assert_cmpint (transparent->src.kind, ==, QXL_SOURCE_SURFACE);
  g_assert_cmpuint (transparent->src.surface_id, ==, 0);
  g_assert_true (
      qxl_rect_equal (&transparent->src_area, &QXL_RECT (22, 11, 24, 13)));
}

static void
composite_says_what_it_has (void)
{
  g_auto (Result) result =
      play_well (HEADER DRAW "type 14\nflags 7864323\n" SURFACE (
          3) "src_transform 1\n"
             "binary 0 transform 24:aaaabbbbccccddddeeeeffff\nmask 0\n"
             "mask_transform 0\nsrc_origin -3 4\nmask_origin 5 -6\n");
  const QxlComposite *composite = &first_operation (&result)->u.composite;

  g_assert_cmphex (composite->flags, ==,
                   3 | QXL_COMPOSITE_HAS_SRC_TRANSFORM |
                       QXL_COMPOSITE_SOURCE_OPAQUE);
  g_assert_cmphex (composite->src_transform.t[1], ==, 0x62626262);
  g_assert_cmpint (composite->src_origin.x, ==, -3);
  g_assert_cmpint (composite->mask_origin.y, ==, -6);
}

static void
quic_is_decoded_by_the_caller (void)
{
  g_auto (Result) result = play_well (HEADER DRAW COPY (DESCRIPTOR (
      9, 1,
      0) "quic.data_size 4\ndata_chunks 0 4\nbinary 0 quic.data 4:2100\n"));
  const QxlImage *image = first_operation (&result)->u.copy.src.image;

  g_assert_cmpuint (image->width, ==, 2);
  g_assert_cmpuint (image->pixels[7], ==, 1);
}

static void
cached_images_are_recognised (void)
{
#define CACHED DESCRIPTOR (7, 0, 1) PIXELS
  g_auto (Result) result = play_well (HEADER DRAW COPY (CACHED) DRAW COPY (
      CACHED) DRAW COPY (IMAGE) EVENT (1, 23, 5) DRAW COPY (CACHED));
  const QxlImage *images[4];

  for (guint i = 0; i < 4; i++)
    images[i] = qxl_batch_at (result.batches[i], 0)
                    ->u.draw->u.operation->u.copy.src.image;
  g_assert_true (images[0] == images[1]);
  g_assert_true (images[0] != images[2]);
  g_assert_true (images[0] != images[3]);
}

static void
primary_may_keep_its_pixels (void)
{
  g_auto (Result) result = play_well (HEADER EVENT (
      1, 29, 5) "1 2 -4 32\n0 1 1 0\nbinary 0 data "
                "8:abcdefgh\n" EVENT (
                    1, 20, 6) "1 2 4 16\n0 1 0 0\nbinary 0 data "
                              "8:abcdefgh\n" EVENT (1, 20, 6) EVENT (1, 21, 7));
  const QxlCommand *command = qxl_batch_at (result.batches[0], 0);

  g_assert_cmpuint (result.n_batches, ==, 3);
  g_assert_cmpint (command->kind, ==, QXL_COMMAND_SURFACE_CREATE);
  g_assert_cmpuint (command->u.create.height, ==, 2);
  command = qxl_batch_at (result.batches[0], 1);
  g_assert_cmpint (command->kind, ==, QXL_COMMAND_DRAW);
  g_assert_cmpmem (command->u.draw->u.operation->u.copy.src.image->pixels, 8,
                   "efg\0abc\0", 8);
  /* another one takes its place, with nothing on it */
  g_assert_cmpuint (result.batches[1]->commands->len, ==, 2);
  command = qxl_batch_at (result.batches[1], 0);
  g_assert_cmpint (command->kind, ==, QXL_COMMAND_SURFACE_DESTROY);
  command = qxl_batch_at (result.batches[1], 1);
  g_assert_cmpint (command->u.create.format, ==, QXL_FORMAT_RGB15);
  command = qxl_batch_at (result.batches[2], 0);
  g_assert_cmpint (command->kind, ==, QXL_COMMAND_SURFACE_DESTROY);
}

static void
surfaces_of_all_formats_keep_pixels (void)
{
  static const struct {
    const char *format;
    QxlFormat surface, image;
    const char *pixels;
    size_t size;
  } cases[] = {
      {"1", QXL_FORMAT_A1, QXL_FORMAT_A1, "\1", 1},
      {"8", QXL_FORMAT_A8, QXL_FORMAT_A8, "a", 1},
      {"16", QXL_FORMAT_RGB15, QXL_FORMAT_RGB15, "ab", 2},
      {"80", QXL_FORMAT_RGB16, QXL_FORMAT_BGRX, "\10\115\143\0", 4},
      {"32", QXL_FORMAT_BGRX, QXL_FORMAT_BGRX, "abc\0", 4},
      {"96", QXL_FORMAT_BGRA, QXL_FORMAT_BGRA, "abcd", 4},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strconcat (
        HEADER EVENT (0, 5, 5) "surface_cmd\nsurface_id 3\n"
                               "type 0\nflags 1\nu.surface_create.format ",
        cases[i].format,
        "\nu.surface_create.width 1\nu.surface_create.height 1\n"
        "u.surface_create.stride 4\nbinary 0 data 4:abcd\n",
        NULL);
    g_auto (Result) result = play_well (text);
    const QxlCommand *create, *draw;
    const QxlOperation *operation;
    const QxlSource *source;

    g_assert_no_error (result.refusal);
    create = qxl_batch_at (result.batches[0], 0);
    draw = qxl_batch_at (result.batches[0], 1);
    g_assert_cmpint (create->u.create.format, ==, cases[i].surface);
    g_assert_cmpuint (draw->u.draw->surface_id, ==, 3);
    operation = draw->u.draw->u.operation;
    source = qxl_operation_source (operation, operation->kind == QXL_OP_FILL
                                                  ? QXL_ROLE_MASK
                                                  : QXL_ROLE_SRC);
    g_assert_cmpint (source->image->format, ==, cases[i].image);
    g_assert_cmpmem (source->image->pixels, cases[i].size, cases[i].pixels,
                     cases[i].size);
  }
}

static void
times_begin_with_the_first_event (void)
{
  g_auto (Result) result = play_well (HEADER EVENT (1, 2, 1000) EVENT (
      1, 22, 1500) EVENT (1, 22, 1400) EVENT (1, 22, 500) EVENT (1, 22, 1501));

  g_assert_cmpuint (result.n_batches, ==, 4);
  g_assert_cmpuint (result.times_ns[0], ==, 500);
  g_assert_cmpuint (result.times_ns[1], ==, 500);
  g_assert_cmpuint (result.times_ns[2], ==, 500);
  g_assert_cmpuint (result.times_ns[3], ==, 501);
}

static void
waiting_can_be_cancelled (void)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (
      everything, sizeof everything - 1, NULL);
  g_autoptr (QxlReplay) replay = qxl_replay_new (stream);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  uint64_t time_ns;

  g_cancellable_cancel (cancellable);
  g_assert_null (qxl_replay_next (replay, &time_ns, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/replay/every-kind-becomes-a-command",
                   every_kind_becomes_a_command);
  g_test_add_func ("/replay/fields-come-over", fields_come_over);
  g_test_add_func ("/replay/chunks-are-joined", chunks_are_joined);
  g_test_add_func ("/replay/palettes-are-looked-up", palettes_are_looked_up);
  g_test_add_func ("/replay/packed-blocks-are-unpacked",
                   packed_blocks_are_unpacked);
  g_test_add_func ("/replay/old-layout-is-recognised",
                   old_layout_is_recognised);
  g_test_add_func ("/replay/self-bitmap-reads-the-surface-itself",
                   self_bitmap_reads_the_surface_itself);
  g_test_add_func ("/replay/composite-says-what-it-has",
                   composite_says_what_it_has);
  g_test_add_func ("/replay/quic-is-decoded-by-the-caller",
                   quic_is_decoded_by_the_caller);
  g_test_add_func ("/replay/cached-images-are-recognised",
                   cached_images_are_recognised);
  g_test_add_func ("/replay/primary-may-keep-its-pixels",
                   primary_may_keep_its_pixels);
  g_test_add_func ("/replay/surfaces-of-all-formats-keep-pixels",
                   surfaces_of_all_formats_keep_pixels);
  g_test_add_func ("/replay/times-begin-with-the-first-event",
                   times_begin_with_the_first_event);
  g_test_add_func ("/replay/waiting-can-be-cancelled",
                   waiting_can_be_cancelled);
  return g_test_run ();
}
