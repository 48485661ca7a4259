/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Some rows are compared to see which cells (tiles) have changed. Between the
 * outermost of them windows of pixels vote for shifts. For each shift, cells
 * are compared with where they may have come from, the best rectangles of them
 * taken, and grown by pixels to where they really end. */
#include "qxl/differ-scroll.h"
#include "qxl/differ-ahead.h"
#include "qxl/differ-gain.h"
#include "qxl/differ-span.h"

#include <string.h>

#define TILE QXL_DIFFER_TILE
/* Rows of a cell that are compared, spread so that one hits a line of text. */
#define SAMPLE_FIRST 7u
#define SAMPLE_STEP 16u
/* Fewer changed cells are not worth the search. */
#define MIN_CHANGED 12u
/* A move must save this many cells: less costs little as it is. */
#define MIN_GAIN 4u
/* One old row in 8 is remembered; of 64 new rows 8 neighbours are looked up, so
 * that for any shift one of them meets a remembered one. That may be an empty
 * one: so other rows follow as long as that looks useful. */
#define OLD_STEP 8u
#define NEW_STEP 64u
static const uint32_t new_first[] = {28, 60, 12, 44};
/* It does not when this part of the changed cells is known to have moved, nor
 * when nothing at all was recognised, unless only a small part has changed. */
#define ENOUGH_PART 2u
#define SMALL_PART 4u
/* A shift by which this part of the changed cells came is taken before others
 * are looked at: it is not a wrong one, and they have less to compare then. */
#define SURE_PART 2u
/* Shifts that are tried, each some comparisons for every cell. */
#define MAX_SHIFTS 12u
/* Scrolls go on by the same way, or by two in turn where a line of text is no
 * whole number of pixels: these are tried before anything is searched for. */
#define MAX_USUAL 2u
/* Then this part (of 4) of the changed cells is enough. */
#define USUAL_QUARTERS 3u
/* After searches in vain, this many pictures at most are let pass. */
#define MAX_PAUSE 3u

/* of the cells */
typedef enum { SAME, CHANGED, TAKEN } CellState;

struct _QxlScroll {
  /* set at construction */
  uint32_t width, height;
  QxlVotes *votes;
  /* of the picture */
  QxlGainMap map;  /* its size is that of the states */
  uint8_t *states; /* CellState */
  QxlRect changed; /* the smallest around changed cells, in cells */
  unsigned n_changed, n_taken;
  QxlShift tried[MAX_SHIFTS];
  unsigned n_tried;
  bool is_certain; /* all moves found could be put in order */
  /* of a row of cells: those that may yet have come */
  QxlSpan *runs, *next_runs;
  unsigned n_runs;
  /* of the pictures before */
  QxlShift usual[MAX_USUAL]; /* that were sure, the last one first */
  unsigned n_usual;
  unsigned n_in_vain, pause;
};

/* life */

QxlScroll *
qxl_scroll_new (uint32_t width, uint32_t height)
{
  QxlScroll *self = g_new0 (QxlScroll, 1);

  self->width = width;
  self->height = height;
  self->votes = qxl_votes_new (width, height);
  qxl_gain_map_init (&self->map, (width + TILE - 1) / TILE,
                     (height + TILE - 1) / TILE);
  self->states = g_new0 (uint8_t, (size_t)self->map.cols * self->map.rows);
  self->runs = g_new (QxlSpan, self->map.cols);
  self->next_runs = g_new (QxlSpan, self->map.cols);
  return self;
}

void
qxl_scroll_free (QxlScroll *self)
{
  if (!self)
    return;
  qxl_votes_free (self->votes);
  qxl_gain_map_clear (&self->map);
  g_free (self->states);
  g_free (self->runs);
  g_free (self->next_runs);
  g_free (self);
}

/* geometry */

static const uint8_t *
pixel_of (const QxlPictures *pictures, const uint8_t *pixels, size_t stride,
          int32_t x, int32_t y)
{
  return pixels + (size_t)y * stride + (size_t)x * pictures->bytes_per_pixel;
}

static const uint8_t *
old_pixel (const QxlPictures *pictures, int32_t x, int32_t y)
{
  return pixel_of (pictures, pictures->old, pictures->old_stride, x, y);
}

static const uint8_t *
new_pixel (const QxlPictures *pictures, int32_t x, int32_t y)
{
  return pixel_of (pictures, pictures->new, pictures->new_stride, x, y);
}

static QxlRect
shifted (const QxlRect *rect, int32_t dx, int32_t dy)
{
  return QXL_RECT (rect->left + dx, rect->top + dy, rect->right + dx,
                   rect->bottom + dy);
}

/* where something that comes from inside the picture may land, not far outside
 * of what has changed */
static QxlRect
landing (const QxlScroll *self, const QxlShift *shift)
{
  QxlRect all = QXL_RECT (0, 0, (int32_t)self->width, (int32_t)self->height);
  QxlRect moved = shifted (&all, shift->dx, shift->dy);
  QxlRect near = QXL_RECT (
      (self->changed.left - 1) * TILE, (self->changed.top - 1) * TILE,
      (self->changed.right + 1) * TILE, (self->changed.bottom + 1) * TILE);

  moved = qxl_rect_intersect (&moved, &near);
  return qxl_rect_intersect (&all, &moved);
}

static uint8_t *
state_at (const QxlScroll *self, int32_t col, int32_t row)
{
  return &self->states[(size_t)row * self->map.cols + (size_t)col];
}

/* what has changed */

static unsigned
sample_span (QxlScroll *self, const QxlPictures *pictures, const QxlSpan *span,
             uint32_t y)
{
  const uint8_t *old = old_pixel (pictures, 0, (int32_t)y);
  const uint8_t *new = new_pixel (pictures, 0, (int32_t)y);
  size_t cell_bytes = (size_t)TILE * pictures->bytes_per_pixel;
  size_t row_bytes = (size_t)self->width * pictures->bytes_per_pixel;
  size_t at = span->left * cell_bytes;
  size_t end = MIN (span->right * cell_bytes, row_bytes);
  uint8_t *states = state_at (self, 0, (int32_t)(y / TILE));
  unsigned n = 0;

  while (at < end) {
    at += pictures->kernels->first_diff (new + at, old + at, end - at,
                                         pictures->visible_mask);
    if (at >= end)
      break;
    n += states[at / cell_bytes] == SAME;
    states[at / cell_bytes] = CHANGED;
    at = (at / cell_bytes + 1) * cell_bytes;
  }
  return n;
}

static void
sample (QxlScroll *self, const QxlPictures *pictures, const uint8_t *wanted)
{
  unsigned cols = self->map.cols;

  memset (self->states, SAME, (size_t)cols * self->map.rows);
  self->n_changed = self->n_taken = self->n_tried = 0;
  for (uint32_t y = SAMPLE_FIRST; y < self->height; y += SAMPLE_STEP) {
    const uint8_t *in_row = wanted + (size_t)(y / TILE) * cols;
    const uint8_t *row = new_pixel (pictures, 0, (int32_t)y);
    uint32_t next_y = MIN (y + SAMPLE_STEP, self->height - 1);
    const uint8_t *next = new_pixel (pictures, 0, (int32_t)next_y);
    QxlSpan span = {0};

    while (qxl_span_next (&span, in_row, cols))
      if (span.right - span.left < cols ||
          !qxl_differ_rows_is_same (pictures->rows, y, row, next))
        self->n_changed += sample_span (self, pictures, &span, y);
  }
}

/* from the first to the last changed cell of a row of cells, in cells */
static bool
changed_part (const QxlScroll *self, int32_t row, int32_t *left, int32_t *right)
{
  const uint8_t *states = state_at (self, 0, row);

  *left = 0;
  *right = (int32_t)self->map.cols;
  while (*left < *right && states[*left] == SAME)
    (*left)++;
  while (*right > *left && states[*right - 1] == SAME)
    (*right)--;
  return *left < *right;
}

static void
find_changed_area (QxlScroll *self)
{
  self->changed = (QxlRect){0};
  for (int32_t row = 0; row < (int32_t)self->map.rows; row++) {
    QxlRect part = {.top = row, .bottom = row + 1};

    if (changed_part (self, row, &part.left, &part.right))
      self->changed = qxl_rect_union (&self->changed, &part);
  }
}

/* voting */

typedef void (*AddRow) (QxlVotes *votes, const QxlPictures *pictures,
                        uint32_t y, uint32_t left, uint32_t right);

static void
add_row (QxlScroll *self, const QxlPictures *pictures, uint32_t y, AddRow add)
{
  int32_t left, right;

  if (changed_part (self, (int32_t)(y / TILE), &left, &right))
    add (self->votes, pictures, y, (uint32_t)left * TILE,
         MIN ((uint32_t)right * TILE, self->width));
}

/* rows of the new picture, from @first on in every NEW_STEP */
static void
add_new_rows (QxlScroll *self, const QxlPictures *pictures, uint32_t first)
{
  uint32_t top = (uint32_t)self->changed.top * TILE;
  uint32_t bottom = MIN ((uint32_t)self->changed.bottom * TILE, self->height);

  for (uint32_t y = top; y < bottom; y++)
    if ((y - first) % NEW_STEP < OLD_STEP)
      add_row (self, pictures, y, qxl_votes_add_new);
}

static void
add_old_rows (QxlScroll *self, const QxlPictures *pictures)
{
  uint32_t top = (uint32_t)self->changed.top * TILE;
  uint32_t bottom = MIN ((uint32_t)self->changed.bottom * TILE, self->height);

  for (uint32_t y = top; y < bottom; y += OLD_STEP)
    add_row (self, pictures, y, qxl_votes_add_old);
}

/* one shift */

static bool
row_came_by (const QxlPictures *pictures, const QxlShift *shift, int32_t left,
             int32_t right, int32_t y)
{
  size_t n = (size_t)(right - left) * pictures->bytes_per_pixel;

  return pictures->kernels->first_diff (
             new_pixel (pictures, left, y),
             old_pixel (pictures, left - shift->dx, y - shift->dy), n,
             pictures->visible_mask) == n;
}

/* the columns whose cells, in a row of cells, come from inside the picture */
static QxlSpan
possible_cols (const QxlScroll *self, const QxlShift *shift, int32_t row)
{
  QxlRect possible = landing (self, shift);
  int32_t width = (int32_t)self->width;
  int32_t bottom = MIN ((row + 1) * TILE, (int32_t)self->height);
  int32_t left = (possible.left + TILE - 1) / TILE;
  int32_t right = possible.right == width ? (width + TILE - 1) / TILE
                                          : possible.right / TILE;

  if (row * TILE < possible.top || bottom > possible.bottom || right <= left)
    return (QxlSpan){0};
  return (QxlSpan){.left = (unsigned)MAX (left, self->changed.left),
                   .right = (unsigned)MIN (right, self->changed.right)};
}

/* the runs of cells that are to be weighed and may have come */
static void
collect_runs (QxlScroll *self, const QxlShift *shift, int32_t row,
              CellState which)
{
  QxlSpan cols = possible_cols (self, shift, row);
  const uint8_t *states = state_at (self, 0, row);

  self->n_runs = 0;
  for (unsigned col = cols.left; col < cols.right; col++) {
    if ((states[col] == CHANGED) != (which == CHANGED))
      continue;
    if (self->n_runs > 0 && self->runs[self->n_runs - 1].right == col)
      self->runs[self->n_runs - 1].right++;
    else
      self->runs[self->n_runs++] = (QxlSpan){.left = col, .right = col + 1};
  }
}

/* row @y of all runs, as far as both pictures have one */
static void
fetch_runs (const QxlScroll *self, const QxlPictures *pictures,
            const QxlShift *shift, int32_t y)
{
  if (MAX (y, y - shift->dy) >= (int32_t)self->height)
    return;
  for (unsigned i = 0; i < self->n_runs; i++) {
    int32_t left = (int32_t)self->runs[i].left * TILE;
    int32_t right =
        MIN ((int32_t)self->runs[i].right * TILE, (int32_t)self->width);

    qxl_read_ahead (new_pixel (pictures, left, y),
                    old_pixel (pictures, left - shift->dx, y - shift->dy),
                    (size_t)(right - left) * pictures->bytes_per_pixel);
  }
}

/* Compares a row of all runs, which lose the cells that did not come. */
static void
compare_runs (QxlScroll *self, const QxlPictures *pictures,
              const QxlShift *shift, int32_t y)
{
  size_t cell_bytes = (size_t)TILE * pictures->bytes_per_pixel;
  size_t row_bytes = (size_t)self->width * pictures->bytes_per_pixel;
  QxlSpan *runs;
  unsigned n = 0;

  fetch_runs (self, pictures, shift, y + QXL_ROWS_AHEAD);
  for (unsigned i = 0; i < self->n_runs; i++) {
    QxlSpan run = self->runs[i];

    while (run.left < run.right) {
      size_t at = run.left * cell_bytes;
      size_t end = MIN (run.right * cell_bytes, row_bytes);
      int32_t x = (int32_t)run.left * TILE;
      size_t same = pictures->kernels->first_diff (
          new_pixel (pictures, x, y),
          old_pixel (pictures, x - shift->dx, y - shift->dy), end - at,
          pictures->visible_mask);
      unsigned bad =
          at + same == end ? run.right : (unsigned)((at + same) / cell_bytes);

      if (bad > run.left)
        self->next_runs[n++] = (QxlSpan){.left = run.left, .right = bad};
      run.left = bad + 1;
    }
  }
  runs = self->runs;
  self->runs = self->next_runs;
  self->next_runs = runs;
  self->n_runs = n;
}

/* returns how many came */
static unsigned
note_runs (QxlScroll *self, uint8_t *gain, QxlGain value)
{
  unsigned n = 0;

  for (unsigned i = 0; i < self->n_runs; i++) {
    QxlSpan run = self->runs[i];

    memset (gain + run.left, value, run.right - run.left);
    n += run.right - run.left;
  }
  return n;
}

/* By rows of pixels, as they lie in memory: processors then read ahead. Cells
 * that did not change are compared only when enough of the others came: a wrong
 * shift is so found out quickly. */
static unsigned
weigh_cells (QxlScroll *self, const QxlPictures *pictures,
             const QxlShift *shift, CellState which)
{
  unsigned n = 0;

  for (int32_t row = self->changed.top; row < self->changed.bottom; row++) {
    const uint8_t *states = state_at (self, 0, row);
    uint8_t *gain = self->map.gain + (size_t)row * self->map.cols;
    int32_t bottom = MIN ((row + 1) * TILE, (int32_t)self->height);

    for (int32_t col = self->changed.left; col < self->changed.right; col++)
      if ((states[col] == CHANGED) == (which == CHANGED))
        gain[col] = which == CHANGED ? QXL_GAIN_POOR : QXL_GAIN_FORBIDDEN;
    collect_runs (self, shift, row, which);
    for (int32_t y = row * TILE; y < bottom && self->n_runs > 0; y++)
      compare_runs (self, pictures, shift, y);
    n +=
        note_runs (self, gain, which == CHANGED ? QXL_GAIN_ONE : QXL_GAIN_NONE);
  }
  return n;
}

static void
take_cells (QxlScroll *self, const QxlRect *cells)
{
  for (int32_t row = cells->top; row < cells->bottom; row++) {
    uint8_t *states = state_at (self, 0, row);
    uint8_t *gain = self->map.gain + (size_t)row * self->map.cols;

    for (int32_t col = cells->left; col < cells->right; col++)
      if (gain[col] != QXL_GAIN_POOR) {
        self->n_taken += gain[col] == QXL_GAIN_ONE;
        gain[col] = QXL_GAIN_NONE;
        states[col] = TAKEN;
      }
  }
}

/* growing: over cells without gain, and parts of cells */

static void
grow_up_and_down (const QxlPictures *pictures, const QxlShift *shift,
                  const QxlRect *limit, QxlRect *area)
{
  while (area->top > limit->top &&
         row_came_by (pictures, shift, area->left, area->right, area->top - 1))
    area->top--;
  while (area->bottom < limit->bottom &&
         row_came_by (pictures, shift, area->left, area->right, area->bottom))
    area->bottom++;
}

static void
grow_left (const QxlPictures *pictures, const QxlShift *shift,
           const QxlRect *limit, QxlRect *area)
{
  int32_t left = limit->left;
  size_t bytes = pictures->bytes_per_pixel;

  for (int32_t y = area->top; y < area->bottom && left < area->left; y++) {
    size_t end = pictures->kernels->last_diff (
        new_pixel (pictures, left, y),
        old_pixel (pictures, left - shift->dx, y - shift->dy),
        (size_t)(area->left - left) * bytes, pictures->visible_mask);

    left += (int32_t)((end + bytes - 1) / bytes);
  }
  area->left = left;
}

static void
grow_right (const QxlPictures *pictures, const QxlShift *shift,
            const QxlRect *limit, QxlRect *area)
{
  int32_t right = limit->right;
  size_t bytes = pictures->bytes_per_pixel;

  for (int32_t y = area->top; y < area->bottom && right > area->right; y++) {
    size_t first = pictures->kernels->first_diff (
        new_pixel (pictures, area->right, y),
        old_pixel (pictures, area->right - shift->dx, y - shift->dy),
        (size_t)(right - area->right) * bytes, pictures->visible_mask);

    right = area->right + (int32_t)(first / bytes);
  }
  area->right = right;
}

static QxlMove
move_of (const QxlScroll *self, const QxlPictures *pictures,
         const QxlShift *shift, const QxlRect *cells)
{
  QxlRect limit = landing (self, shift);
  QxlRect area = QXL_RECT (cells->left * TILE, cells->top * TILE,
                           cells->right * TILE, cells->bottom * TILE);

  area = qxl_rect_intersect (&area, &limit);
  grow_left (pictures, shift, &limit, &area);
  grow_right (pictures, shift, &limit, &area);
  grow_up_and_down (pictures, shift, &limit, &area);
  return (QxlMove){
      .to = area,
      .from = {.x = area.left - shift->dx, .y = area.top - shift->dy}};
}

/* CHANGED cells were weighed by @shift: @gain of them came */
static unsigned
take_moves_by (QxlScroll *self, const QxlPictures *pictures,
               const QxlShift *shift, unsigned gain, QxlMove *moves,
               unsigned max)
{
  unsigned n = 0, n_taken = self->n_taken;
  QxlRect cells;

  weigh_cells (self, pictures, shift, SAME);
  while (n < max && gain - (self->n_taken - n_taken) >= MIN_GAIN &&
         qxl_gain_map_best_in (&self->map, &self->changed, &cells) >=
             MIN_GAIN) {
    moves[n++] = move_of (self, pictures, shift, &cells);
    take_cells (self, &cells);
  }
  return n;
}

static unsigned
find_moves_by (QxlScroll *self, const QxlPictures *pictures,
               const QxlShift *shift, QxlMove *moves, unsigned max)
{
  unsigned gain = weigh_cells (self, pictures, shift, CHANGED);

  if (gain < MIN_GAIN)
    return 0;
  return take_moves_by (self, pictures, shift, gain, moves, max);
}

/* the search */

static bool
is_same_shift (const QxlShift *a, const QxlShift *b)
{
  return a->dx == b->dx && a->dy == b->dy;
}

static bool
was_tried (const QxlScroll *self, const QxlShift *shift)
{
  for (unsigned i = 0; i < self->n_tried; i++)
    if (is_same_shift (&self->tried[i], shift))
      return true;
  return false;
}

static bool
is_sure (const QxlScroll *self, unsigned gain)
{
  return gain >= MIN_GAIN && gain * SURE_PART >= self->n_changed;
}

static void
make_usual (QxlScroll *self, const QxlShift *shift)
{
  unsigned at = 0;

  while (at < self->n_usual && !is_same_shift (&self->usual[at], shift))
    at++;
  if (at == self->n_usual && at < MAX_USUAL)
    self->n_usual++;
  at = MIN (at, MAX_USUAL - 1);
  memmove (self->usual + 1, self->usual, at * sizeof *self->usual);
  self->usual[0] = *shift;
}

/* moves by a shift that was right lately; returns how many */
static unsigned
try_usual (QxlScroll *self, const QxlPictures *pictures, QxlMove *moves)
{
  for (unsigned i = 0; i < self->n_usual; i++) {
    QxlShift shift = self->usual[i];
    unsigned gain = weigh_cells (self, pictures, &shift, CHANGED);

    if (gain >= MIN_GAIN && !is_sure (self, gain))
      continue; /* others may explain more, so it waits for its votes */
    self->tried[self->n_tried++] = shift;
    if (gain < MIN_GAIN)
      continue;
    make_usual (self, &shift);
    return take_moves_by (self, pictures, &shift, gain, moves, QXL_MAX_MOVES);
  }
  return 0;
}

/* The new candidates, those by which most cells came first: a wrong one that
 * also explains some must not take them from the right one. Moves by one that
 * is surely right are added to @moves. */
static unsigned
collect_shifts (QxlScroll *self, const QxlPictures *pictures, QxlShift *shifts,
                QxlMove *moves, unsigned *n_moves)
{
  unsigned gains[MAX_SHIFTS];
  unsigned n_voted = qxl_votes_best (self->votes, shifts, MAX_SHIFTS);
  unsigned n = 0;

  for (unsigned i = 0; i < n_voted && self->n_tried < MAX_SHIFTS; i++) {
    QxlShift shift = shifts[i];
    unsigned gain, at;

    if (was_tried (self, &shift))
      continue;
    self->tried[self->n_tried++] = shift;
    gain = weigh_cells (self, pictures, &shift, CHANGED);
    if (gain < MIN_GAIN)
      continue;
    if (is_sure (self, gain)) {
      make_usual (self, &shift);
      *n_moves += take_moves_by (self, pictures, &shift, gain, moves + *n_moves,
                                 QXL_MAX_MOVES - *n_moves);
      continue;
    }
    for (at = n++; at > 0 && gains[at - 1] < gain; at--) {
      gains[at] = gains[at - 1];
      shifts[at] = shifts[at - 1];
    }
    gains[at] = gain;
    shifts[at] = shift;
  }
  return n;
}

/* returns how many moves there are now */
static unsigned
try_shifts (QxlScroll *self, const QxlPictures *pictures, QxlMove *moves,
            unsigned n)
{
  QxlShift shifts[MAX_SHIFTS];
  unsigned n_shifts = collect_shifts (self, pictures, shifts, moves, &n);

  for (unsigned i = 0; i < n_shifts; i++)
    n += find_moves_by (self, pictures, &shifts[i], moves + n,
                        QXL_MAX_MOVES - n);
  return n;
}

static bool
is_worth_going_on (const QxlScroll *self)
{
  unsigned n_cells = self->map.cols * self->map.rows;

  if (self->n_taken * ENOUGH_PART >= self->n_changed)
    return false;
  return qxl_votes_most (self->votes) > 0 ||
         self->n_changed * SMALL_PART <= n_cells;
}

/* returns how many moves there are now */
static unsigned
search (QxlScroll *self, const QxlPictures *pictures, QxlMove *moves,
        unsigned n)
{
  qxl_votes_clear (self->votes);
  add_old_rows (self, pictures);
  for (unsigned i = 0; i < G_N_ELEMENTS (new_first); i++) {
    add_new_rows (self, pictures, new_first[i]);
    n = try_shifts (self, pictures, moves, n);
    if (!is_worth_going_on (self))
      break;
  }
  return n;
}

static unsigned
find_moves (QxlScroll *self, const QxlPictures *pictures, QxlMove *moves)
{
  size_t n_cells = (size_t)self->map.cols * self->map.rows;
  unsigned n, n_ordered;

  find_changed_area (self);
  /* cells outside of that are never weighed */
  memset (self->map.gain, QXL_GAIN_FORBIDDEN, n_cells);
  n = try_usual (self, pictures, moves);
  if (self->n_taken * 4 < self->n_changed * USUAL_QUARTERS)
    n = search (self, pictures, moves, n);
  n_ordered = qxl_moves_put_in_order (moves, n);
  self->is_certain = n_ordered == n;
  return n_ordered;
}

unsigned
qxl_scroll_find (QxlScroll *self, const QxlPictures *pictures,
                 const uint8_t *wanted, QxlMove *moves)
{
  unsigned n;

  if (self->pause > 0) {
    self->pause--;
    return 0;
  }
  sample (self, pictures, wanted);
  if (self->n_changed < MIN_CHANGED)
    return 0;
  n = find_moves (self, pictures, moves);
  self->n_in_vain = n > 0 ? 0 : MIN (self->n_in_vain + 1, MAX_PAUSE);
  self->pause = self->n_in_vain;
  return n;
}

/* A cell is only taken when all of it came; a move that touches it later does
 * so only if it came by that one, too. */
void
qxl_scroll_leave_out (const QxlScroll *self, uint8_t *wanted)
{
  size_t n_cells = (size_t)self->map.cols * self->map.rows;

  if (!self->is_certain)
    return;
  for (size_t i = 0; i < n_cells; i++)
    if (self->states[i] == TAKEN)
      wanted[i] = 0;
}
