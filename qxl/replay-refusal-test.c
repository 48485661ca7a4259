/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is no recording, and no command of one. */
#include "qxl/replay-fixture.h"

typedef struct {
  const char *text, *why; /* part of what the error says */
} Refusal;

static void
a_cut_off_end_is_an_end (void)
{
  guint last = 0;

  for (size_t size = 0; size < sizeof everything; size++) {
    /* memory of just this size, so that reading beyond it is noticed */
    g_autofree char *text = g_memdup2 (everything, size);
    g_auto (Result) result = play (text, size);

    if (size < strlen (HEADER)) {
      assert_why (result.error, "first line is missing");
      continue;
    }
    g_assert_no_error (result.error);
    g_assert_no_error (result.refusal);
    g_assert_cmpuint (result.n_batches, >=, last);
    last = result.n_batches;
  }
  g_assert_cmpuint (last, ==, N_BATCHES);
}

static void
being_cut_off_is_told (void)
{
  g_auto (Result) whole = play_well (HEADER MARK);
  g_auto (Result) cut = play (HEADER MARK, strlen (HEADER MARK) - 1);

  g_assert_false (whole.is_cut_off);
  g_assert_no_error (cut.error);
  g_assert_true (cut.is_cut_off);
}

static void
damaged_bytes_do_no_harm (void)
{
  static const char damages[] = {'\0', '\n', ' ', '-', '9', ':', '~'};

  for (size_t at = 0; at < sizeof everything - 1; at++)
    for (guint i = 0; i < sizeof damages; i++) {
      g_autofree char *text = g_memdup2 (everything, sizeof everything - 1);

      text[at] = damages[i];
      {
        g_auto (Result) result = play (text, sizeof everything - 1);

        g_assert_cmpuint (result.n_batches, <=, N_BATCHES);
        if (result.error != NULL)
          assert_why (result.error, "recording, byte ");
      }
    }
}

static const Refusal foreign_files[] = {
    {"", "first line is missing"},
    {"SPICE_REPLAY 2\n", "'SPICE_REPLAY 1' expected, got 'SPICE_REPLAY 2'"},
    {HEADER "happening 0 0 1 5\n", "'event' and 4 numbers expected"},
    {HEADER "event 0 0 1\n", "'event' and 4 numbers expected"},
    {HEADER "event 0 0 1 5 6\n", "'event' and 4 numbers expected"},
    {HEADER "event 0 0 1 5x\n", "'event' and 4 numbers expected"},
    {HEADER "event 0 0 1 99999999999999999999\n", "'event' and 4 numbers"},
    {HEADER "event 0 2 1 5\n", "event of kind 2"},
    {HEADER "event\0010 2 1 5\n", "got 'event\\0010 2 1 5'"},
    {HEADER DRAW "type 256\n", "'type' and 1 numbers expected"},
    {HEADER DRAW "type -129\n", "'type' and 1 numbers expected"},
    {HEADER DRAW "type 4\npoint 0 4294967296\n", "'point' and 2 numbers"},
    {HEADER DRAW "type 4\npoint 0 0\ntype 4\n", "'event' and 4 numbers"},
    {HEADER EVENT (1, 20, 5) "2 1 8 32\n0 1 0 0\nbinary 0 data 7:abcdefg\n",
     "'data' of 8 bytes has 7"},
    {HEADER EVENT (1, 20, 5) "2 1 8 32\n0 1 0 0\nbinary 0 data 9:abcdefghi\n",
     "at most 8 allowed"},
    {HEADER EVENT (1, 20, 5) "2 1 8 32\n0 1 0 0\nbinary 0 data 8:abcdefghi\n",
     "ends with byte 105"},
    {HEADER EVENT (1, 20, 5) "2 1 8 32\n0 1 0 0\nbinary 0 date 8:abcdefgh\n",
     "block 'data' expected, got 'binary 0 date 8'"},
    {HEADER EVENT (1, 20, 5) "2 1 8 32\n0 1 0 0\nbinary 2 data 8:abcdefgh\n",
     "block 'data' expected, got 'binary 2 data 8'"},
    {HEADER EVENT (1, 20, 5) "2 1 8 32\n0 1 0 0\nbinary 1 data 8:3:abc\n",
     "zlib"},
    {HEADER EVENT (
         1, 20,
         5) "32768 32768 1073741824 32\n0 1 0 0\nbinary 0 data 8:3:abc\n",
     "at most 1073741824 allowed"},
    {HEADER EVENT (0, 4, 5) "binary 0 message 100001:", "at most 100000"},
    {HEADER DRAW "type 3\n" DESCRIPTOR (
         7, 0, 0) "bitmap.format 8\nbitmap.flags 4\nbitmap.x 2\nbitmap.y 1\n"
                  "bitmap.stride 8\nhas_palette 0\ndata_chunks 0 7\n"
                  "binary 0 bitmap.data 7:abcdefg\n",
     "bitmap of 1 rows of 8 bytes has 7 bytes"},
    {HEADER DRAW "type 3\n" DESCRIPTOR (
         7, 0, 0) "bitmap.format 8\nbitmap.flags 4\nbitmap.x 2\nbitmap.y 1\n"
                  "bitmap.stride 8\nhas_palette 0\ndata_chunks 0 8\n"
                  "binary 0 bitmap.data 7:abcdefg\n",
     "chunks of 'bitmap.data' have 7 bytes, not 8"},
    {HEADER DRAW "type 3\n" DESCRIPTOR (
         7, 0, 0) "bitmap.format 8\nbitmap.flags 4\nbitmap.x 2\nbitmap.y 1\n"
                  "bitmap.stride 8\nhas_palette 0\ndata_chunks 2097151 8\n",
     "2097152 chunks"},
    {HEADER DRAW "type 3\n" DESCRIPTOR (
         7, 0, 0) "bitmap.format 8\nbitmap.flags 4\nbitmap.x 2\nbitmap.y 1\n"
                  "bitmap.stride 8\nhas_palette 0\ndata_chunks 0 1073741825\n",
     "1073741825 bytes"},
};

static void
files_of_another_format_are_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (foreign_files); i++) {
    g_auto (Result) result =
        play (foreign_files[i].text, strlen (foreign_files[i].text));

    assert_why (result.error, foreign_files[i].why);
    g_assert_cmpuint (result.n_batches, <=, 1);
    g_assert_false (result.is_cut_off);
  }
}

static const Refusal malformed_commands[] = {
    {EVENT (0, 0, 5), "command of type 0"},
    {EVENT (0, 9, 5), "command of type 9"},
    {DRAW "type 0\n", "drawable of type 0"},
    {DRAW "type 15\n", "drawable of type 15"},
    {EVENT (0, 1, 5) BOX "type 7\n" REST (0) "type 4\npoint 0 0\n",
     "clip of type 7"},
    {EVENT (0, 1, 5) BOX
     "type 1\nnum_rects 2\ndata_chunks 0 16\n"
     "binary 0 clip_rects 16:aaaabbbbccccdddd\n" REST (0) "type 4\npoint 0 0\n",
     "clip of 2 rectangles comes with 16 bytes"},
    {EVENT (0, 1, 5) BOX
     "type 0\neffect 1\nmm_time 1\nself_bitmap 0\n"
     "rect self_bitmap_area 0 0 0 0\nsurface_id 1024\n" NO_DEPENDENCIES
     "type 4\npoint 0 0\n",
     "drawable on surface 1024"},
    {DRAW COPY (NO_IMAGE), "source is missing"},
    {EVENT (0, 1, 5) BOX "type 0\n" REST (1) COPY (NO_IMAGE),
     "source is missing"},
    {DRAW "type 2\n" NO_IMAGE SRC_AREA SOLID
          "rop_descriptor 8\nscale_mode 0\n" NO_MASK,
     "source is missing"},
    {DRAW "type 9\n" NO_IMAGE SRC_AREA SOLID "rop3 1\nscale_mode 1\n" NO_MASK,
     "source is missing"},
    {DRAW "type 12\n" NO_IMAGE SRC_AREA "src_color 1\ntrue_color 2\n",
     "source is missing"},
    {DRAW "type 13\nalpha_flags 0\nalpha 1\n" NO_IMAGE SRC_AREA,
     "source is missing"},
    {DRAW "type 14\nflags 3\n" NO_IMAGE "src_transform 0\nmask 0\n"
          "mask_transform 0\nsrc_origin 0 0\nmask_origin 0 0\n",
     "source is missing"},
    {EVENT (0, 1, 5) BOX
     "type 0\neffect 1\nmm_time 1\nself_bitmap 1\n"
     "rect self_bitmap_area 4 9 7 5\nsurface_id 0\n" NO_DEPENDENCIES
     "type 12\n" NO_IMAGE SRC_AREA "src_color 1\ntrue_color 2\n",
     "self_bitmap_area 9,4 to 5,7 is turned around"},
    {EVENT (0, 1, 5) BOX "type 0\n" REST (1) "type 12\n" NO_IMAGE
                                             "rect src_area 0 0 21 20\n"
                                             "src_color 1\ntrue_color 2\n",
     "source area 0,0 to 20,21, allowed is what lies in the self_bitmap_area "
     "of 20x20"},
    {DRAW COPY (SURFACE (1024)), "image of surface 1024"},
    {DRAW COPY (DESCRIPTOR (7, 105, 0)), "image of type 105"},
    {DRAW "type 3\n" IMAGE SRC_AREA "rop_descriptor 8\nscale_mode 7\n" NO_MASK,
     "scale mode 7"},
    {DRAW "type 1\ntype 9\nrop_descriptor 8\n" NO_MASK, "brush of type 9"},
    {DRAW "type 1\ntype 2\n" NO_IMAGE "point 0 0\nrop_descriptor 8\n" NO_MASK,
     "pattern is missing"},
    {DRAW "type 6\nflags 0\npoint 0 0\n" IMAGE, "mask of bitmap format 8"},
    {DRAW COPY (DESCRIPTOR (
         9, 0, 0) "bitmap.format 5\nbitmap.flags 5\nbitmap.x 2\nbitmap.y 1\n"
                  "bitmap.stride 2\nhas_palette 1\nqp.num_ents 1\nunique "
                  "5\nents 3\n"
                  "binary 0 image_data_flat 2:ab\n"),
     "beyond the palette's 1 colours"},
    {DRAW COPY (DESCRIPTOR (
         9, 0, 0) "bitmap.format 5\nbitmap.flags 5\nbitmap.x 2\nbitmap.y 1\n"
                  "bitmap.stride 2\nhas_palette 0\nbinary 0 image_data_flat "
                  "2:ab\n"),
     "without palette"},
    {DRAW COPY (DESCRIPTOR (
         9, 0, 0) "bitmap.format 8\nbitmap.flags 5\nbitmap.x 2\nbitmap.y 1\n"
                  "bitmap.stride 4\nhas_palette 0\nbinary 0 image_data_flat "
                  "4:abcd\n"),
     "hold no 2 pixels"},
    {DRAW COPY (DESCRIPTOR (
         9, 1,
         0) "quic.data_size 3\ndata_chunks 0 4\nbinary 0 quic.data 4:2100\n"),
     "QUIC image of 3 bytes comes with 4"},
    {DRAW COPY (DESCRIPTOR (
         9, 1,
         0) "quic.data_size 3\ndata_chunks 0 3\nbinary 0 quic.data 3:210\n"),
     "no QUIC"},
    {DRAW COPY (DESCRIPTOR (
         9, 1,
         0) "quic.data_size 4\ndata_chunks 0 4\nbinary 0 quic.data 4:3100\n"),
     "QUIC image of 3x1 pixels is said to have 2x1"},
    {DRAW "type 10\ndata_chunks 0 3\nbinary 0 path 3:abc\nattr.flags 0\n" SOLID
          "fore_mode 8\nback_mode 0\n",
     "path"},
    {DRAW "type 10\ndata_chunks 0 0\nbinary 0 path 0:\nattr.flags 8\n"
          "attr.style_nseg 0\nbinary 0 style 0:\n" SOLID
          "fore_mode 8\nback_mode 0\n",
     "line of 0 dashes"},
    {DRAW "type 11\ndata_size 4\nlength 1\nflags 1\ndata_chunks 0 3\n"
          "binary 0 string 3:abc\nrect back_area 0 0 0 0\n" SOLID SOLID
          "fore_mode 8\nback_mode 8\n",
     "string of 4 bytes comes with 3"},
    {DRAW "type 11\ndata_size 3\nlength 1\nflags 1\ndata_chunks 0 3\n"
          "binary 0 string 3:abc\nrect back_area 0 0 0 0\n" SOLID SOLID
          "fore_mode 8\nback_mode 8\n",
     "string of 1 glyphs comes with 3 bytes"},
    {EVENT (0, 3, 5) "cursor_cmd\ntype 4\n", "cursor command of type 4"},
    {EVENT (0, 3,
            5) "cursor_cmd\ntype 0\npoint16 5 -1\nu.set.visible 1\n"
               "header.unique 1\nheader.type 1\nheader.width 8\n"
               "header.height 1\nheader.hot_spot_x 7\nheader.hot_spot_y 0\n"
               "data_size 3\ndata_chunks 0 2\nbinary 0 cursor 2:ab\n",
     "cursor of 3 bytes comes with 2"},
    {EVENT (0, 3,
            5) "cursor_cmd\ntype 0\npoint16 5 -1\nu.set.visible 1\n"
               "header.unique 1\nheader.type 1\nheader.width 8\n"
               "header.height 1\nheader.hot_spot_x 8\nheader.hot_spot_y 0\n"
               "data_size 2\ndata_chunks 0 2\nbinary 0 cursor 2:ab\n",
     "hot spot"},
    {EVENT (0, 2, 5) "update\nrect area 1 2 3 4\nupdate_id 9\n"
                     "surface_id 1024\n",
     "update of surface 1024"},
    {EVENT (0, 5, 5) "surface_cmd\nsurface_id 3\ntype 2\nflags 0\n",
     "surface command of type 2"},
    {EVENT (0, 5, 5) "surface_cmd\nsurface_id 0\ntype 1\nflags 0\n",
     "surface 0 is the primary"},
    {EVENT (0, 5, 5) "surface_cmd\nsurface_id 3\ntype 1\nflags 0\n",
     "surface 3 is the primary one, or is none"},
    {EVENT (0, 5, 5) "surface_cmd\nsurface_id 1024\ntype 1\nflags 0\n",
     "surface 1024"},
#define CREATE(id, format, width, height, stride)                              \
  EVENT (0, 5, 5)                                                              \
  "surface_cmd\nsurface_id " #id "\ntype 0\nflags 0\n"                         \
  "u.surface_create.format " #format "\nu.surface_create.width " #width        \
  "\nu.surface_create.height " #height "\nu.surface_create.stride " #stride    \
  "\n"
    {CREATE (1024, 32, 1, 1, 4), "not below 1024"},
    {CREATE (3, 31, 1, 1, 4), "surface of format 31"},
    {CREATE (3, 32, 0, 1, 4), "surface of 0×1 pixels"},
    {CREATE (3, 32, 1, 16385, 4), "surface of 1×16385 pixels"},
    {CREATE (3, 32, 2, 1, 7), "hold no 2 pixels"},
    {CREATE (3, 32, 2, 1, -7), "hold no 2 pixels"},
    {CREATE (3, 32, 2, 1, -2147483648), "hold no 2 pixels"},
};

static void
malformed_commands_are_refused_alone (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (malformed_commands); i++) {
    g_autofree char *text =
        g_strconcat (HEADER, malformed_commands[i].text, DRAW FILL, NULL);
    g_auto (Result) result = play_well (text);

    assert_why (result.refusal, malformed_commands[i].why);
    g_assert_cmpuint (result.n_refused, ==, 1);
    g_assert_cmpuint (result.n_batches, ==, 2);
    g_assert_cmpuint (result.batches[0]->commands->len, ==, 0);
    g_assert_cmpuint (result.batches[1]->commands->len, ==, 1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/replay-refusal/a-cut-off-end-is-an-end",
                   a_cut_off_end_is_an_end);
  g_test_add_func ("/replay-refusal/being-cut-off-is-told",
                   being_cut_off_is_told);
  g_test_add_func ("/replay-refusal/damaged-bytes-do-no-harm",
                   damaged_bytes_do_no_harm);
  g_test_add_func ("/replay-refusal/files-of-another-format-are-refused",
                   files_of_another_format_are_refused);
  g_test_add_func ("/replay-refusal/malformed-commands-are-refused-alone",
                   malformed_commands_are_refused_alone);
  return g_test_run ();
}
