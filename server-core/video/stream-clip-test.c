/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stream-clip.h"

#include "qxl/operation.h"

#define FRAME_US 40000

static const QxlRect area = QXL_RECT (100, 50, 420, 230);

/* @n frames that draw on @boxes, at 25 in a second; returns how often the
 * region changed */
static guint
play (SpcStreamClip *clip, int64_t *now_us, guint n, const QxlRect *boxes,
      guint n_boxes)
{
  guint n_changes = 0;

  for (guint i = 0; i < n; i++) {
    *now_us += FRAME_US;
    for (guint b = 0; b < n_boxes; b++)
      spc_stream_clip_draw (clip, &boxes[b], *now_us);
    n_changes += spc_stream_clip_update (clip, *now_us);
  }
  return n_changes;
}

static bool
covers (const SpcStreamClip *clip, const QxlRect *rect)
{
  pixman_box32_t box = {rect->left, rect->top, rect->right, rect->bottom};

  return pixman_region32_contains_rectangle (
             (pixman_region32_t *)spc_stream_clip_region (clip), &box) ==
         PIXMAN_REGION_IN;
}

static bool
touches (const SpcStreamClip *clip, const QxlRect *rect)
{
  pixman_box32_t box = {rect->left, rect->top, rect->right, rect->bottom};

  return pixman_region32_contains_rectangle (
             (pixman_region32_t *)spc_stream_clip_region (clip), &box) !=
         PIXMAN_REGION_OUT;
}

static void
test_whole_while_all_moves (void)
{
  int64_t now_us = 1000;
  g_autoptr (SpcStreamClip) clip = spc_stream_clip_new (&area, now_us);

  g_assert_cmpuint (play (clip, &now_us, 100, &area, 1), ==, 0);
  g_assert_true (covers (clip, &area));
}

/* a menu of 96×64 that lies on whole cells */
static const QxlRect menu = QXL_RECT (132, 82, 228, 146);
static const QxlRect around[] = {
    QXL_RECT (100, 50, 420, 82),
    QXL_RECT (100, 82, 132, 146),
    QXL_RECT (228, 82, 420, 146),
    QXL_RECT (100, 146, 420, 230),
};

static void
test_takes_out_what_is_still (void)
{
  int64_t now_us = 1000;
  g_autoptr (SpcStreamClip) clip = spc_stream_clip_new (&area, now_us);

  play (clip, &now_us, 10, &area, 1);
  g_assert_cmpuint (play (clip, &now_us, 40, around, 4), ==, 1);
  g_assert_false (touches (clip, &menu));
  for (guint i = 0; i < G_N_ELEMENTS (around); i++)
    g_assert_true (covers (clip, &around[i]));
}

static void
test_puts_back_what_moves_again (void)
{
  int64_t now_us = 1000;
  g_autoptr (SpcStreamClip) clip = spc_stream_clip_new (&area, now_us);

  play (clip, &now_us, 50, around, 4);
  g_assert_cmpuint (play (clip, &now_us, 2, &area, 1), ==, 0);
  g_assert_false (touches (clip, &menu));
  g_assert_cmpuint (play (clip, &now_us, 1, &area, 1), ==, 1);
  g_assert_true (covers (clip, &area));
}

/* as a subtitle does, every other second */
static void
test_leaves_out_what_changes_seldom (void)
{
  int64_t now_us = 1000;
  g_autoptr (SpcStreamClip) clip = spc_stream_clip_new (&area, now_us);

  play (clip, &now_us, 50, around, 4);
  for (int i = 0; i < 5; i++) {
    spc_stream_clip_draw (clip, &menu, now_us);
    g_assert_cmpuint (play (clip, &now_us, 50, around, 4), ==, 0);
    g_assert_false (touches (clip, &menu));
  }
}

static void
test_stays_in_a_pause (void)
{
  int64_t now_us = 1000;
  g_autoptr (SpcStreamClip) clip = spc_stream_clip_new (&area, now_us);

  play (clip, &now_us, 10, &area, 1);
  g_assert_cmpuint (play (clip, &now_us, 200, NULL, 0), ==, 0);
  g_assert_true (covers (clip, &area));
  g_assert_cmpuint (play (clip, &now_us, 10, &area, 1), ==, 0);
}

/* a part is drawn on by several draws of each frame: still one change */
static void
test_counts_frames_not_draws (void)
{
  const QxlRect twice[] = {menu, menu, menu, menu};
  int64_t now_us = 1000;
  g_autoptr (SpcStreamClip) clip = spc_stream_clip_new (&area, now_us);

  play (clip, &now_us, 50, around, 4);
  g_assert_cmpuint (play (clip, &now_us, 2, twice, 4), ==, 0);
}

/* a chess board of parts that move: too many rectangles */
static void
test_is_simple (void)
{
  int64_t now_us = 1000;
  g_autoptr (SpcStreamClip) clip = spc_stream_clip_new (&area, now_us);

  for (int i = 0; i < 60; i++) {
    now_us += FRAME_US;
    for (int y = 0; y < 12; y++)
      for (int x = y % 2; x < 20; x += 2) {
        const QxlRect cell = QXL_RECT (area.left + x * SPC_CLIP_CELL,
                                       area.top + y * SPC_CLIP_CELL,
                                       area.left + (x + 1) * SPC_CLIP_CELL,
                                       area.top + (y + 1) * SPC_CLIP_CELL);
        spc_stream_clip_draw (clip, &cell, now_us);
      }
    spc_stream_clip_update (clip, now_us);
    g_assert_cmpint (pixman_region32_n_rects (
                         (pixman_region32_t *)spc_stream_clip_region (clip)),
                     <=, SPC_MAX_CLIP_RECTS);
  }
  g_assert_true (covers (clip, &area));
}

/* a film that is drawn around a window by one command */
static void
test_goes_by_clips_of_commands (void)
{
  int64_t now_us = 1000;
  g_autoptr (SpcStreamClip) clip = spc_stream_clip_new (&area, now_us);
  QxlOperation *operation = qxl_operation_new (QXL_OP_WHITENESS);
  g_autoptr (QxlDrawable) draw = NULL;

  qxl_operation_clip (operation, around, G_N_ELEMENTS (around));
  draw = qxl_drawable_new_operation (0, &area, operation);
  for (int i = 0; i < 60; i++, now_us += 33000) {
    spc_stream_clip_command (clip, draw, now_us);
    spc_stream_clip_update (clip, now_us);
  }
  g_assert_false (touches (clip, &menu));
  for (guint i = 0; i < G_N_ELEMENTS (around); i++)
    g_assert_true (covers (clip, &around[i]));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-clip/whole-while-all-moves",
                   test_whole_while_all_moves);
  g_test_add_func ("/stream-clip/takes-out-what-is-still",
                   test_takes_out_what_is_still);
  g_test_add_func ("/stream-clip/puts-back-what-moves-again",
                   test_puts_back_what_moves_again);
  g_test_add_func ("/stream-clip/leaves-out-what-changes-seldom",
                   test_leaves_out_what_changes_seldom);
  g_test_add_func ("/stream-clip/stays-in-a-pause", test_stays_in_a_pause);
  g_test_add_func ("/stream-clip/counts-frames-not-draws",
                   test_counts_frames_not_draws);
  g_test_add_func ("/stream-clip/is-simple", test_is_simple);
  g_test_add_func ("/stream-clip/goes-by-clips-of-commands",
                   test_goes_by_clips_of_commands);
  return g_test_run ();
}
