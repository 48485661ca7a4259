/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stream-detect-fixture.h"

/* pixels: a differ's tile */
#define TILE 32

void
spc_detect_play_init (SpcDetectPlay *self, uint32_t width, uint32_t height,
                      const SpcStreamLimits *limits)
{
  *self = (SpcDetectPlay){
      .detect = spc_stream_detect_new (width, height, limits),
      .width = width,
      .height = height,
      .now_us = 123456789,
      .rand = g_rand_new_with_seed (1),
      .sent = g_array_new (FALSE, FALSE, sizeof (SpcDetectSent))};
}

void
spc_detect_play_clear (SpcDetectPlay *self)
{
  spc_stream_detect_free (self->detect);
  g_rand_free (self->rand);
  g_array_unref (self->sent);
}

void
spc_detect_play_box (SpcDetectPlay *self, const QxlRect *box, uint32_t cost)
{
  uint64_t pixels =
      (uint64_t)qxl_rect_width (box) * (uint64_t)qxl_rect_height (box);
  SpcDetectSent sent = {*box, (uint32_t)(pixels * cost / 100 + 20)};

  spc_stream_detect_draw (self->detect, box, SPC_STREAM_DRAW_PICTURE,
                          self->now_us);
  g_array_append_val (self->sent, sent);
}

static void
draw_run (SpcDetectPlay *self, const QxlRect *box, const QxlRect *run,
          uint32_t cost)
{
  QxlRect part = qxl_rect_intersect (box, run);

  if (!qxl_rect_is_empty (&part))
    spc_detect_play_box (self, &part, cost);
}

void
spc_detect_play_tiles (SpcDetectPlay *self, const QxlRect *box, uint32_t cost,
                       guint still)
{
  for (int32_t y = box->top / TILE * TILE; y < box->bottom; y += TILE) {
    QxlRect run = QXL_RECT (0, y, 0, y + TILE);

    for (int32_t x = box->left / TILE * TILE; x < box->right; x += TILE) {
      bool is_still =
          still > 0 && g_rand_int_range (self->rand, 0, (gint32)still) == 0;

      if (!is_still) {
        run.left = run.right == x ? run.left : x;
        run.right = x + TILE;
        continue;
      }
      draw_run (self, box, &run, cost);
      run.left = run.right = 0;
    }
    draw_run (self, box, &run, cost);
  }
}

void
spc_detect_play_type (SpcDetectPlay *self, int n)
{
  int32_t x = 760 + n % 40 * 9, y = 100 + n / 40 % 15 * 18;
  QxlRect letter = QXL_RECT (x, y, x + 9, y + 18);

  spc_detect_play_box (self, &letter, 40);
}

void
spc_detect_play_other (SpcDetectPlay *self, const QxlRect *box)
{
  spc_stream_detect_draw (self->detect, box, SPC_STREAM_DRAW_OTHER,
                          self->now_us);
}

void
spc_detect_play_move (SpcDetectPlay *self, const QxlRect *box, int32_t dx,
                      int32_t dy)
{
  QxlPoint source = {box->left - dx, box->top - dy};

  spc_stream_detect_move (self->detect, box, source, self->now_us);
}

static void
check (const SpcDetectPlay *self)
{
  QxlRect all = QXL_RECT (0, 0, (int32_t)self->width, (int32_t)self->height);

  g_assert_cmpuint (self->n, <=, SPC_MAX_STREAMS);
  for (guint i = 0; i < self->n; i++) {
    const QxlRect *rect = &self->regions[i].rect;

    g_assert_cmpint ((rect->left | rect->top | rect->right | rect->bottom) & 1,
                     ==, 0);
    g_assert_true (qxl_rect_contains (&all, rect));
    g_assert_cmpint (qxl_rect_width (rect), >=, 64);
    g_assert_cmpint (qxl_rect_height (rect), >=, 64);
    g_assert_cmpuint (self->regions[i].id, >, 0);
    g_assert_cmpuint (self->regions[i].fps, >=, 1);
    g_assert_cmpuint (self->regions[i].fps, <=, 120);
    for (guint j = 0; j < i; j++) {
      g_assert_cmpuint (self->regions[i].id, >, self->regions[j].id);
      g_assert_false (qxl_rect_intersects (rect, &self->regions[j].rect));
    }
  }
  g_assert_cmpint (spc_stream_detect_next_us (self->detect), >, self->now_us);
}

static const SpcStreamRegion *
find (const SpcStreamRegion *regions, guint n, uint32_t id)
{
  for (guint i = 0; i < n; i++)
    if (regions[i].id == id)
      return &regions[i];
  return NULL;
}

static void
print (const SpcDetectPlay *self)
{
  for (guint i = 0; i < self->n; i++) {
    const QxlRect *rect = &self->regions[i].rect;

    g_test_message ("frame %u, %" G_GINT64_FORMAT " ms: %u: %d,%d to %d,%d",
                    self->n_frames, self->now_us / 1000, self->regions[i].id,
                    rect->left, rect->top, rect->right, rect->bottom);
  }
}

static void
update (SpcDetectPlay *self)
{
  SpcStreamRegion before[SPC_MAX_STREAMS];
  guint n_before = self->n, n_kept = 0, n_puts = 0;

  for (guint i = 0; i < n_before; i++)
    before[i] = self->regions[i];
  self->n = spc_stream_detect_update (self->detect, self->now_us, self->regions,
                                      SPC_MAX_STREAMS);
  for (guint i = 0; i < self->n; i++) {
    const SpcStreamRegion *was = find (before, n_before, self->regions[i].id);

    n_kept += was != NULL;
    n_puts +=
        was != NULL && !qxl_rect_equal (&was->rect, &self->regions[i].rect);
  }
  self->n_starts += self->n - n_kept;
  self->n_ends += n_before - n_kept;
  self->n_puts += n_puts;
  if (n_puts > 0 || self->n != n_kept || n_before != n_kept)
    print (self);
  check (self);
}

void
spc_detect_play_frame (SpcDetectPlay *self, int64_t after_ms)
{
  self->n_frames++;
  update (self);
  for (guint i = 0; i < self->sent->len; i++) {
    const SpcDetectSent *sent = &g_array_index (self->sent, SpcDetectSent, i);

    spc_stream_detect_sent (self->detect, &sent->box, sent->bytes,
                            self->now_us);
  }
  g_array_set_size (self->sent, 0);
  self->now_us += after_ms * 1000;
}

void
spc_detect_play_rest (SpcDetectPlay *self, int64_t ms)
{
  int64_t end_us = self->now_us + ms * 1000;

  while (spc_stream_detect_next_us (self->detect) <= end_us) {
    self->now_us = MAX (self->now_us, spc_stream_detect_next_us (self->detect));
    update (self);
  }
  self->now_us = end_us;
}

bool
spc_detect_play_has (const SpcDetectPlay *self, const QxlRect *rect)
{
  return spc_detect_play_id (self, rect) != 0;
}

uint32_t
spc_detect_play_id (const SpcDetectPlay *self, const QxlRect *rect)
{
  for (guint i = 0; i < self->n; i++)
    if (qxl_rect_equal (&self->regions[i].rect, rect))
      return self->regions[i].id;
  return 0;
}
