/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "heat-map.h"

#include "qxl/differ-gain.h"
#include <string.h>

/* Changes of one frame come within this; the next one at 120 a second does not.
 */
#define SAME_FRAME_MS 6
/* A change after so long is of another thing, and what it costs is not known.
 */
#define FORGET_COST_MS 10000
/* costs are kept in parts of a byte */
#define COST_PARTS 16

typedef struct {
  uint32_t last_ms;   /* change */
  uint16_t period_ms; /* between changes, smoothed; 0: not known */
  uint16_t cost;      /* of a change, 1/COST_PARTS bytes, smoothed */
  uint16_t found;     /* the find that it was in the patches of */
  uint8_t count;      /* changes without a gap, up to 255 */
  uint8_t is_taken;
  /* what has changed since the gap but for the first change, from the corner */
  uint8_t left, top, right, bottom;
} Tile;

_Static_assert(sizeof (Tile) == 16, "what the header promises");

struct _SpcHeatMap {
  int32_t cols, rows;
  Tile *tiles;
  SpcHeatRule rule;
  QxlRect hot;    /* tiles around those that have become hot */
  uint16_t found; /* number of the last find */
  /* scratch */
  uint32_t *stack; /* of tiles that a patch goes on from */
  uint32_t *cover; /* [cols + rows]: tiles in each */
};

SpcHeatMap *
spc_heat_map_new (uint32_t width, uint32_t height)
{
  SpcHeatMap *self = g_new0 (SpcHeatMap, 1);
  size_t n;

  self->cols = (int32_t)((width + SPC_HEAT_TILE - 1) / SPC_HEAT_TILE);
  self->rows = (int32_t)((height + SPC_HEAT_TILE - 1) / SPC_HEAT_TILE);
  n = (size_t)self->cols * (size_t)self->rows;
  self->tiles = g_new0 (Tile, n);
  self->stack = g_new (uint32_t, n);
  self->cover = g_new (uint32_t, (size_t)self->cols + (size_t)self->rows);
  return self;
}

void
spc_heat_map_free (SpcHeatMap *self)
{
  if (self == NULL)
    return;
  g_free (self->tiles);
  g_free (self->stack);
  g_free (self->cover);
  g_free (self);
}

void
spc_heat_map_set_rule (SpcHeatMap *self, const SpcHeatRule *rule)
{
  self->rule = *rule;
}

static Tile *
tile_at (const SpcHeatMap *self, int32_t col, int32_t row)
{
  return &self->tiles[(size_t)row * (size_t)self->cols + (size_t)col];
}

static QxlRect
tiles_of (const QxlRect *box)
{
  return QXL_RECT (box->left / SPC_HEAT_TILE, box->top / SPC_HEAT_TILE,
                   (box->right + SPC_HEAT_TILE - 1) / SPC_HEAT_TILE,
                   (box->bottom + SPC_HEAT_TILE - 1) / SPC_HEAT_TILE);
}

static bool
is_alive (const SpcHeatMap *self, const Tile *tile, uint32_t now_ms)
{
  return tile->count > 0 && now_ms - tile->last_ms <= self->rule.gap_ms;
}

static bool
has_heat (const SpcHeatMap *self, const Tile *tile)
{
  return tile->count >= self->rule.frames &&
         tile->period_ms <= self->rule.period_ms;
}

static void
count_change (const SpcHeatMap *self, Tile *tile, uint32_t now_ms)
{
  uint32_t since_ms = now_ms - tile->last_ms;

  if (tile->count > 0 && since_ms < SAME_FRAME_MS)
    return;
  if (tile->count == 0 || since_ms > self->rule.gap_ms) {
    if (since_ms > FORGET_COST_MS)
      tile->cost = 0;
    *tile = (Tile){.cost = tile->cost,
                   .found = tile->found,
                   .is_taken = tile->is_taken,
                   .left = SPC_HEAT_TILE,
                   .top = SPC_HEAT_TILE};
  } else {
    tile->period_ms = tile->period_ms == 0
                          ? (uint16_t)MIN (since_ms, UINT16_MAX)
                          : (uint16_t)((tile->period_ms * 3 + since_ms) / 4);
  }
  /* the first change may have been of all the window */
  if (tile->count == 1)
    tile->left = tile->top = SPC_HEAT_TILE, tile->right = tile->bottom = 0;
  tile->count += tile->count < UINT8_MAX;
  tile->last_ms = now_ms;
}

static void
touch_tile (SpcHeatMap *self, Tile *tile, const QxlRect *part, uint32_t now_ms)
{
  count_change (self, tile, now_ms);
  tile->left = (uint8_t)MIN (tile->left, part->left);
  tile->top = (uint8_t)MIN (tile->top, part->top);
  tile->right = (uint8_t)MAX (tile->right, part->right);
  tile->bottom = (uint8_t)MAX (tile->bottom, part->bottom);
}

static void
touch_row (SpcHeatMap *self, const QxlRect *box, const QxlRect *tiles,
           int32_t row, uint32_t now_ms)
{
  int32_t y = row * SPC_HEAT_TILE;
  QxlRect part = QXL_RECT (0, MAX (box->top - y, 0), 0,
                           MIN (box->bottom - y, SPC_HEAT_TILE));
  QxlRect hot = QXL_RECT (INT32_MAX, row, 0, row + 1);

  for (int32_t col = tiles->left; col < tiles->right; col++) {
    Tile *tile = tile_at (self, col, row);
    int32_t x = col * SPC_HEAT_TILE;

    if (tile->is_taken)
      continue;
    part.left = MAX (box->left - x, 0);
    part.right = MIN (box->right - x, SPC_HEAT_TILE);
    touch_tile (self, tile, &part, now_ms);
    if (!has_heat (self, tile))
      continue;
    hot.left = MIN (hot.left, col);
    hot.right = col + 1;
  }
  self->hot = qxl_rect_union (&self->hot, &hot);
}

void
spc_heat_map_touch (SpcHeatMap *self, const QxlRect *box, uint32_t now_ms)
{
  QxlRect tiles = tiles_of (box);

  for (int32_t row = tiles.top; row < tiles.bottom; row++)
    touch_row (self, box, &tiles, row, now_ms);
}

void
spc_heat_map_cool (SpcHeatMap *self, const QxlRect *box)
{
  QxlRect tiles = tiles_of (box);

  for (int32_t row = tiles.top; row < tiles.bottom; row++)
    for (int32_t col = tiles.left; col < tiles.right; col++)
      tile_at (self, col, row)->count = 0;
}

/* @bytes are spread evenly over the box. */
void
spc_heat_map_pay (SpcHeatMap *self, const QxlRect *box, uint32_t bytes)
{
  QxlRect tiles = tiles_of (box);
  uint64_t pixels =
      (uint64_t)qxl_rect_width (box) * (uint64_t)qxl_rect_height (box);
  uint64_t cost = (uint64_t)bytes * COST_PARTS * SPC_HEAT_TILE * SPC_HEAT_TILE;
  uint32_t each;

  /* a small picture is one tile's, whatever its size */
  cost /= MAX (pixels, SPC_HEAT_TILE * SPC_HEAT_TILE);
  each = (uint32_t)MIN (cost, UINT16_MAX);
  for (int32_t row = tiles.top; row < tiles.bottom; row++)
    for (int32_t col = tiles.left; col < tiles.right; col++) {
      Tile *tile = tile_at (self, col, row);

      tile->cost = tile->cost == 0 ? (uint16_t)each
                                   : (uint16_t)((tile->cost + each) / 2);
    }
}

void
spc_heat_map_take (SpcHeatMap *self, const QxlRect *box, bool is_taken)
{
  QxlRect tiles = tiles_of (box);

  for (int32_t row = tiles.top; row < tiles.bottom; row++)
    for (int32_t col = tiles.left; col < tiles.right; col++)
      tile_at (self, col, row)->is_taken = is_taken;
}

bool
spc_heat_map_is_hot (const SpcHeatMap *self)
{
  return !qxl_rect_is_empty (&self->hot);
}

/* Does it change nearly as quickly as a hot one of that period? */
static bool
is_warm (const SpcHeatMap *self, const Tile *tile, uint32_t period_ms,
         uint32_t now_ms)
{
  return !tile->is_taken && is_alive (self, tile, now_ms) &&
         tile->count >= MAX (self->rule.frames / 2, 2) &&
         tile->period_ms <= 2 * period_ms + SAME_FRAME_MS;
}

/* puts the warm tiles around one, and itself, on the stack */
static size_t
push_around (SpcHeatMap *self, int32_t col, int32_t row, uint32_t period_ms,
             uint32_t now_ms, size_t n_stack)
{
  QxlRect around =
      QXL_RECT (MAX (col - 1, 0), MAX (row - 1, 0), MIN (col + 2, self->cols),
                MIN (row + 2, self->rows));

  for (int32_t y = around.top; y < around.bottom; y++)
    for (int32_t x = around.left; x < around.right; x++) {
      Tile *tile = tile_at (self, x, y);

      if (tile->found == self->found ||
          !is_warm (self, tile, period_ms, now_ms))
        continue;
      tile->found = self->found;
      self->stack[n_stack++] = (uint32_t)(y * self->cols + x);
    }
  return n_stack;
}

/* the tiles that hang together with one */
static QxlRect
flood (SpcHeatMap *self, int32_t col, int32_t row, uint32_t now_ms)
{
  uint32_t period_ms = tile_at (self, col, row)->period_ms;
  size_t n_stack = push_around (self, col, row, period_ms, now_ms, 0);
  QxlRect tiles = QXL_RECT (col, row, col + 1, row + 1);

  while (n_stack > 0) {
    int32_t at = (int32_t)self->stack[--n_stack];
    int32_t x = at % self->cols, y = at / self->cols;
    QxlRect here = QXL_RECT (x, y, x + 1, y + 1);

    tiles = qxl_rect_union (&tiles, &here);
    n_stack = push_around (self, x, y, period_ms, now_ms, n_stack);
  }
  return tiles;
}

static bool
is_seed (const SpcHeatMap *self, const Tile *tile, uint32_t now_ms)
{
  return tile->found != self->found && !tile->is_taken &&
         has_heat (self, tile) && is_alive (self, tile, now_ms);
}

guint
spc_heat_map_find (SpcHeatMap *self, uint32_t now_ms, SpcHeatPatch *patches,
                   guint max)
{
  QxlRect hot = self->hot;
  guint n = 0;

  self->hot = (QxlRect){0};
  self->found += self->found == UINT16_MAX ? 2 : 1; /* 0: never */
  for (int32_t row = hot.top; row < hot.bottom; row++)
    for (int32_t col = hot.left; col < hot.right && n < max; col++) {
      QxlRect tiles;

      if (!is_seed (self, tile_at (self, col, row), now_ms))
        continue;
      tiles = flood (self, col, row, now_ms);
      n += spc_heat_map_measure (self, &tiles, now_ms, &patches[n]);
    }
  return n;
}

static void
count_cover (const SpcHeatMap *self, const QxlRect *tiles)
{
  uint32_t *cols = self->cover, *rows = self->cover + self->cols;

  memset (self->cover, 0,
          sizeof (uint32_t) * (size_t)(self->cols + self->rows));
  for (int32_t row = tiles->top; row < tiles->bottom; row++)
    for (int32_t col = tiles->left; col < tiles->right; col++)
      if (tile_at (self, col, row)->found == self->found) {
        cols[col]++;
        rows[row]++;
      }
}

/* leaves out sides that hold few tiles */
static QxlRect
trim (const SpcHeatMap *self, const QxlRect *tiles)
{
  const uint32_t *cols = self->cover, *rows = self->cover + self->cols;
  uint32_t least_of_col, least_of_row;
  QxlRect left = *tiles;

  count_cover (self, tiles);
  least_of_col = (uint32_t)(qxl_rect_height (tiles) + SPC_HEAT_SIDE_PART - 1) /
                 SPC_HEAT_SIDE_PART;
  least_of_row = (uint32_t)(qxl_rect_width (tiles) + SPC_HEAT_SIDE_PART - 1) /
                 SPC_HEAT_SIDE_PART;
  while (left.left < left.right && cols[left.left] < least_of_col)
    left.left++;
  while (left.left < left.right && cols[left.right - 1] < least_of_col)
    left.right--;
  while (left.top < left.bottom && rows[left.top] < least_of_row)
    left.top++;
  while (left.top < left.bottom && rows[left.bottom - 1] < least_of_row)
    left.bottom--;
  return left;
}

static QxlRect
changed_in (const Tile *tile, int32_t col, int32_t row)
{
  int32_t x = col * SPC_HEAT_TILE, y = row * SPC_HEAT_TILE;

  return QXL_RECT (x + tile->left, y + tile->top, x + tile->right,
                   y + tile->bottom);
}

typedef struct {
  uint64_t period, age;
} HotSums;

static void
add_tile (const SpcHeatMap *self, SpcHeatPatch *patch, int32_t col, int32_t row,
          HotSums *sums)
{
  const Tile *tile = tile_at (self, col, row);
  QxlRect changed = changed_in (tile, col, row);

  patch->exact = qxl_rect_union (&patch->exact, &changed);
  patch->n++;
  patch->bytes_s += (uint64_t)tile->cost * 1000 / MAX (tile->period_ms, 1);
  if (!has_heat (self, tile))
    return;
  patch->n_hot++;
  sums->period += tile->period_ms;
  sums->age += (uint64_t)tile->period_ms * tile->count;
}

bool
spc_heat_map_measure (SpcHeatMap *self, const QxlRect *tiles, uint32_t now_ms,
                      SpcHeatPatch *patch)
{
  HotSums sums = {0};

  *patch = (SpcHeatPatch){.tiles = trim (self, tiles)};
  for (int32_t row = patch->tiles.top; row < patch->tiles.bottom; row++)
    for (int32_t col = patch->tiles.left; col < patch->tiles.right; col++)
      if (tile_at (self, col, row)->found == self->found &&
          is_alive (self, tile_at (self, col, row), now_ms))
        add_tile (self, patch, col, row, &sums);
  patch->bytes_s /= COST_PARTS;
  patch->period_ms = (uint32_t)(sums.period / MAX (patch->n_hot, 1));
  patch->age_ms = (uint32_t)(sums.age / MAX (patch->n_hot, 1));
  return patch->n > 0;
}

bool
spc_heat_map_densest (SpcHeatMap *self, const QxlRect *tiles, uint32_t now_ms,
                      SpcHeatPatch *patch)
{
  QxlGainMap gains = {0};
  unsigned cols = (unsigned)qxl_rect_width (tiles);
  unsigned rows = (unsigned)qxl_rect_height (tiles);
  QxlRect best = {0};
  bool is_any;

  qxl_gain_map_init (&gains, cols, rows);
  for (unsigned row = 0; row < rows; row++)
    for (unsigned col = 0; col < cols; col++) {
      const Tile *tile =
          tile_at (self, tiles->left + (int32_t)col, tiles->top + (int32_t)row);

      gains.gain[row * cols + col] =
          tile->found == self->found ? QXL_GAIN_ONE : QXL_GAIN_FORBIDDEN;
    }
  is_any = qxl_gain_map_best (&gains, &best) > 0;
  qxl_gain_map_clear (&gains);
  best = QXL_RECT (best.left + tiles->left, best.top + tiles->top,
                   best.right + tiles->left, best.bottom + tiles->top);
  return is_any && spc_heat_map_measure (self, &best, now_ms, patch);
}
