/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "content-edge.h"

#include <string.h>

enum {
  MAX_REACH = 128, /* pixels */
  COLUMN_SAMPLES = 24,
  ROW_SAMPLES = 6, /* runs of … */
  ROW_RUN = 16,    /* pixels */
};

/* the pixel next to @at on the side of @toward, or else the other one */
static int32_t
neighbour (int32_t at, int32_t toward, uint32_t n)
{
  int32_t next = at + toward;

  return next >= 0 && next < (int32_t)n ? next : at - toward;
}

static const uint8_t *
pixel (const QxlImage *image, int32_t x, int32_t y)
{
  return qxl_image_row (image, (uint32_t)y) + (size_t)x * 4;
}

/* of the column at @x between two rows, compared with the next one @toward;
 * the samples are put in a row, to be counted at once */
static int64_t
column_gain (const QxlImage *image, int32_t x, int32_t toward, int32_t from,
             int32_t to)
{
  uint8_t run[COLUMN_SAMPLES][4], beside[COLUMN_SAMPLES][4];
  uint8_t above[COLUMN_SAMPLES][4];
  int32_t next = neighbour (x, toward, image->width);
  SpcContentCounts counts = {0};

  for (int i = 0; i < COLUMN_SAMPLES; i++) {
    int32_t y = from + (int32_t)((int64_t)(to - from) * (2 * i + 1) /
                                 (2 * COLUMN_SAMPLES));

    memcpy (run[i], pixel (image, x, y), 4);
    memcpy (beside[i], pixel (image, next, y), 4);
    memcpy (above[i], pixel (image, x, neighbour (y, -1, image->height)), 4);
  }
  spc_content_count (run[0], beside[0], above[0], COLUMN_SAMPLES, &counts);
  return spc_content_gain (&counts) * (to - from) / COLUMN_SAMPLES;
}

/* of the row at @y between two columns */
static int64_t
row_gain (const QxlImage *image, int32_t y, int32_t toward, int32_t from,
          int32_t to)
{
  SpcContentCounts counts = {0};
  int32_t above = neighbour (y, toward, image->height);
  int32_t n = MIN (ROW_RUN, to - from - 1);

  for (int i = 0; i < ROW_SAMPLES && n > 0; i++) {
    int32_t x =
        from + 1 + (int32_t)((int64_t)(to - from - 1 - n) * i / ROW_SAMPLES);

    spc_content_count (pixel (image, x, y), pixel (image, x - 1, y),
                       pixel (image, x, above), (uint32_t)n, &counts);
  }
  return counts.n ? spc_content_gain (&counts) * (to - from) / counts.n : 0;
}

/* of the line at @at that is parallel to @edge, as long as @area: compared
 * with the next one on the photo's side, so that a photo's outermost line is
 * not taken for an edge */
static int64_t
line_gain (const SpcEdgeSearch *search, SpcEdge edge, const QxlRect *area,
           int32_t at)
{
  int sign = search->content == SPC_CONTENT_PHOTO ? 1 : -1;
  int32_t toward = edge == SPC_EDGE_LEFT || edge == SPC_EDGE_TOP ? sign : -sign;
  bool is_column = edge == SPC_EDGE_LEFT || edge == SPC_EDGE_RIGHT;

  return sign *
         (is_column
              ? column_gain (search->image, at, toward, area->top, area->bottom)
              : row_gain (search->image, at, toward, area->left, area->right));
}

static int32_t *
edge_of (QxlRect *area, SpcEdge edge)
{
  int32_t *edges[SPC_N_EDGES] = {&area->left, &area->top, &area->right,
                                 &area->bottom};

  return edges[edge];
}

void
spc_content_move_edge (const SpcEdgeSearch *search, SpcEdge edge, QxlRect *area)
{
  QxlRect outer = search->outer;
  int32_t limit = *edge_of (&outer, edge), start = *edge_of (area, edge);
  int32_t other = *edge_of (area, (edge + 2) % SPC_N_EDGES);
  int32_t out = edge == SPC_EDGE_LEFT || edge == SPC_EDGE_TOP ? -1 : 1;
  int32_t reach = MIN (search->reach, MAX_REACH);
  int32_t inner = start - out * MIN (reach, (start - other) * out / 2);
  int32_t outermost = start + out * MIN (reach, (limit - start) * out);
  int64_t sum = 0, best = 0;

  if (start == limit &&
      line_gain (search, edge, area, out < 0 ? start : start - 1) > 0)
    return;
  /* lines lie between positions: the one that is gained by a step outwards */
  *edge_of (area, edge) = inner;
  for (int32_t at = inner; at != outermost;) {
    int64_t worth;

    sum += line_gain (search, edge, area, out < 0 ? at - 1 : at);
    at += out;
    worth = sum + (at == limit ? search->bonus * SPC_CONTENT_UNIT : 0);
    if (worth > best) {
      best = worth;
      *edge_of (area, edge) = at;
    }
  }
}
