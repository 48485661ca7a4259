/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* replay-fixture.h – texts of recordings, and what becomes of them.
 *
 * For tests; any thread. */
#pragma once

#include "qxl/replay.h"

#include <string.h>

#define HEADER "SPICE_REPLAY 1\n"
#define EVENT(what, type, time) "event 0 " #what " " #type " " #time "\n"
#define NO_DEPENDENCIES                                                        \
  "surfaces_dest -1\nrect surfaces_rects 0 0 0 0\n"                            \
  "surfaces_dest -1\nrect surfaces_rects 0 0 0 0\n"                            \
  "surfaces_dest 3\nrect surfaces_rects 0 0 0 0\n"
#define BOX "drawable\nrect bbox 1 2 3 4\n"
#define REST(self)                                                             \
  "effect 1\nmm_time 77\nself_bitmap " #self                                   \
  "\nrect self_bitmap_area 10 20 30 40\nsurface_id 0\n" NO_DEPENDENCIES
#define DRAW EVENT (0, 1, 100) BOX "type 0\n" REST (0)
#define NO_IMAGE "image 0\n"
#define DESCRIPTOR(id, type, flags)                                            \
  "image 1\ndescriptor.id " #id "\ndescriptor.type " #type                     \
  "\ndescriptor.flags " #flags "\ndescriptor.width 2\ndescriptor.height 1\n"
#define PIXELS                                                                 \
  "bitmap.format 8\nbitmap.flags 4\nbitmap.x 2\nbitmap.y 1\n"                  \
  "bitmap.stride 8\nhas_palette 0\ndata_chunks 1 8\n"                          \
  "binary 0 bitmap.data 3:abc\nbinary 0 bitmap.data 5:defgh\n"
#define IMAGE DESCRIPTOR (7, 0, 0) PIXELS
#define MASK_IMAGE                                                             \
  DESCRIPTOR (8, 0, 1)                                                         \
  "bitmap.format 1\nbitmap.flags 5\nbitmap.x 2\nbitmap.y 1\n"                  \
  "bitmap.stride 1\nhas_palette 0\nbinary 0 image_data_flat 1:a\n"
#define INDEXED                                                                \
  DESCRIPTOR (9, 0, 0)                                                         \
  "bitmap.format 5\nbitmap.flags 5\nbitmap.x 2\nbitmap.y 1\n"                  \
  "bitmap.stride 2\nhas_palette 1\nqp.num_ents 99\nunique 5\n"
#define SURFACE(id) DESCRIPTOR (1, 104, 0) "surface_image.surface_id " #id "\n"
#define SOLID "type 1\nu.color -16777215\n"
#define PATTERN "type 2\n" IMAGE "point 5 -6\n"
#define NO_MASK "flags 0\npoint 0 0\n" NO_IMAGE
#define MASK "flags 1\npoint 3 4\n" MASK_IMAGE
#define SRC_AREA "rect src_area 0 0 1 2\n"
#define FILL "type 1\n" SOLID "rop_descriptor 8\n" MASK
#define COPY(image)                                                            \
  "type 3\n" image SRC_AREA "rop_descriptor 8\nscale_mode 1\n" NO_MASK
#define ALPHA_BLEND "alpha 128\n" IMAGE SRC_AREA
#define MARK EVENT (1, 2, 200)

typedef struct {
  guint n_batches, n_commands;
  QxlBatch *batches[32]; /* owned */
  uint64_t times_ns[32];
  uint64_t n_refused;
  bool is_cut_off;
  GError *error, *refusal; /* owned; refusal: the last one */
} Result;

static inline void
result_clear (Result *self)
{
  for (guint i = 0; i < self->n_batches; i++)
    qxl_batch_free (self->batches[i]);
  g_clear_error (&self->error);
  g_clear_error (&self->refusal);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

static inline QxlImage *
decode_quic (const uint8_t *data, size_t size, uint32_t width, uint32_t height,
             gpointer user_data, GError **error)
{
  uint8_t *pixels;
  QxlImage *image;

  if (size != 4) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "no QUIC");
    return NULL;
  }
  image =
      qxl_image_new (QXL_FORMAT_BGRX, data[0] - '0', data[1] - '0', &pixels);
  memset (pixels, 1, qxl_image_size (image));
  return image;
}

/* the batches up to the end or the first error */
static inline Result
play (const char *text, size_t size)
{
  g_autoptr (GInputStream) stream =
      g_memory_input_stream_new_from_data (text, (gssize)size, NULL);
  g_autoptr (QxlReplay) replay = qxl_replay_new (stream);
  Result result = {0};
  QxlBatch *batch;
  uint64_t time_ns;

  qxl_replay_set_quic (replay, decode_quic, NULL);
  while ((batch = qxl_replay_next (replay, &time_ns, NULL, &result.error))) {
    g_assert_cmpuint (result.n_batches, <, G_N_ELEMENTS (result.batches));
    result.times_ns[result.n_batches] = time_ns;
    result.batches[result.n_batches++] = batch;
    if (qxl_replay_refusal (replay) != NULL) {
      g_clear_error (&result.refusal);
      result.refusal = g_error_copy (qxl_replay_refusal (replay));
    }
  }
  result.n_commands = (guint)qxl_replay_n_commands (replay);
  result.n_refused = qxl_replay_n_refused (replay);
  result.is_cut_off = qxl_replay_is_cut_off (replay);
  g_assert_cmpuint (qxl_replay_offset (replay), <=, size);
  return result;
}

static inline Result
play_well (const char *text)
{
  Result result = play (text, strlen (text));

  g_assert_no_error (result.error);
  g_assert_false (result.is_cut_off);
  return result;
}

static inline const QxlOperation *
first_operation (const Result *result)
{
  const QxlCommand *command;

  g_assert_no_error (result->refusal);
  g_assert_cmpuint (result->n_batches, ==, 1);
  g_assert_cmpuint (result->batches[0]->commands->len, ==, 1);
  command = qxl_batch_at (result->batches[0], 0);
  g_assert_cmpint (command->kind, ==, QXL_COMMAND_DRAW);
  g_assert_cmpint (command->u.draw->kind, ==, QXL_DRAW_OPERATION);
  g_assert_true (
      qxl_rect_equal (&command->u.draw->box, &QXL_RECT (2, 1, 4, 3)));
  return command->u.draw->u.operation;
}

static inline void
assert_why (const GError *error, const char *why)
{
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  if (strstr (error->message, why) == NULL)
    g_error ("expected '%s' in '%s'", why, error->message);
}

/* every kind of event, and the parts that kinds share once each */
/* clang-format off */
static const char everything[] =
    HEADER
    EVENT (1, 20, 1000) "2 1 -8 32\n0 1 1 0\nbinary 0 data 8:abcdefgh\n"
    EVENT (0, 5, 1001) "surface_cmd\nsurface_id 3\ntype 0\nflags 1\n"
    "u.surface_create.format 96\nu.surface_create.width 1\n"
    "u.surface_create.height 1\nu.surface_create.stride 4\n"
    "binary 0 data 4:\n:\nb\n"
    DRAW FILL
    EVENT (0, 1, 100) BOX "type 1\nnum_rects 1\ndata_chunks 0 16\n"
    "binary 0 clip_rects 16:aaaabbbbccccdddd\n" REST (1)
    "type 2\n" NO_IMAGE SRC_AREA PATTERN "rop_descriptor 1\nscale_mode 0\n" MASK
    DRAW COPY (IMAGE)
    DRAW "type 4\npoint -1 7\n"
    DRAW "type 5\n" SURFACE (3) SRC_AREA "rop_descriptor 16\nscale_mode 1\n"
    NO_MASK
    DRAW "type 6\n" MASK
    DRAW "type 7\n" NO_MASK
    DRAW "type 8\n" NO_MASK
    DRAW "type 9\n" IMAGE SRC_AREA SOLID "rop3 202\nscale_mode 1\n" MASK
    DRAW "type 10\ndata_chunks 0 16\n"
    "binary 0 path 16:\1\0\0\0\1\0\0\0\20\0\0\0\40\0\0\0\n"
    "attr.flags 8\nattr.style_nseg 1\nbinary 0 style 4:\100\0\0\0\n" SOLID
    "fore_mode 8\nback_mode 0\n"
    DRAW "type 11\ndata_size 21\nlength 1\nflags 1\ndata_chunks 0 21\n"
    "binary 0 string 21:\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\2\0\1\0a\n"
    "rect back_area 0 0 0 0\n" SOLID PATTERN "fore_mode 8\nback_mode 8\n"
    DRAW "type 12\n" IMAGE SRC_AREA "src_color 1\ntrue_color 2\n"
    DRAW "type 13\nalpha_flags 1\n" ALPHA_BLEND
    DRAW "type 14\nflags 7340035\n" SURFACE (3)
    "src_transform 1\nbinary 0 transform 24:aaaabbbbccccddddeeeeffff\n"
    "mask 1\n" IMAGE "mask_transform 0\nsrc_origin -3 4\nmask_origin 5 -6\n"
    EVENT (0, 3, 1200) "cursor_cmd\ntype 0\npoint16 5 -1\nu.set.visible 1\n"
    "header.unique 18446744073709551615\nheader.type 1\nheader.width 8\n"
    "header.height 1\nheader.hot_spot_x 7\nheader.hot_spot_y 0\ndata_size 2\n"
    "data_chunks 0 2\nbinary 0 cursor 2:ab\n"
    EVENT (0, 3, 1201) "cursor_cmd\ntype 1\npoint16 -5 6\n"
    EVENT (0, 3, 1202) "cursor_cmd\ntype 2\n"
    EVENT (0, 3, 1203) "cursor_cmd\ntype 3\nu.trail.length 4\n"
    "u.trail.frequency 5\n"
    EVENT (0, 2, 1204) "update\nrect area 1 2 3 4\nupdate_id 9\nsurface_id 3\n"
    EVENT (0, 4, 1205) "binary 0 message 5:hello\n"
    EVENT (1, 22, 1206) EVENT (1, 23, 1207) EVENT (1, 2, 1208)
    EVENT (1, 30, 2000) EVENT (1, 19, 2001);
/* clang-format on */

#define N_BATCHES 25
#define N_COMMANDS 21
