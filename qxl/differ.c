/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A push first moves what has moved, in the shadow as on the viewers' surface;
 * moves that are not quite right only cost a little more in what follows. Then
 * it scans band by band (one row of tiles), but for tiles known to have moved:
 * changed ones are copied into the shadow, their changed parts noted and their
 * cells classed while they are in the processor's caches; then cells are merged
 * and drawn. Everything drawn is read from the shadow, never from the frame
 * again: were the frame written to meanwhile, viewers and shadow would still
 * agree. */
#include "qxl/differ-ahead.h"
#include "qxl/differ-kernels.h"
#include "qxl/differ-merge.h"
#include "qxl/differ-rows.h"
#include "qxl/differ-scroll.h"
#include "qxl/differ-span.h"
#include "qxl/pages.h"

#include <string.h>

/* Fewer tiles of one colour stay in the copy around them, where they compress
 * to nearly nothing: a command of its own costs more. */
#define MIN_SOLID_TILES 8
/* A message and a client's redraw each: enough for a busy desktop, and what is
 * worse than that is not better described by smaller rectangles. */
#define MAX_FILLS 128
#define MAX_COPIES 256
/* Pixels of one image (512 KiB): encoders then share a frame over the cores,
 * and the wire is never blocked for long by one message. */
#define MAX_IMAGE_PIXELS (128 * 1024)
/* shadow rows start on cache lines */
#define ALIGNMENT 64

/* what changed in a tile, pixels of the frame; clean if right is 0 */
typedef struct {
  uint16_t left, top, right, bottom;
} Bounds;

typedef struct {
  QxlRect area;
  QxlImage *image; /* at this push, once needed; or NULL */
} Film;

struct _QxlDiffer {
  /* set at construction */
  QxlFormat format;
  uint32_t width, height;
  unsigned bytes_per_pixel;
  size_t row_bytes;
  uint32_t visible_mask;
  const QxlDifferKernels *kernels;
  QxlBlocks *blocks; /* referenced, or NULL */
  /* what viewers know */
  uint8_t *memory; /* holds the shadow; of qxl_pages_new */
  size_t memory_size;
  uint8_t *shadow;
  size_t shadow_stride;
  QxlDifferRows *rows; /* of the shadow; or NULL */
  bool is_fresh;       /* viewers know nothing */
  QxlScroll *scroll;
  Film films[QXL_DIFFER_MAX_FILMS];
  unsigned n_films;
  /* of the last push */
  QxlCells cells;
  Bounds *bounds;  /* one a cell */
  uint8_t *wanted; /* one a cell: 1 if it is to be compared */
  uint32_t n_compared, n_dirty;
};

static size_t
n_cells (const QxlDiffer *self)
{
  return (size_t)self->cells.cols * self->cells.rows;
}

/* life */

static bool
allocate_shadow (QxlDiffer *self)
{
  self->shadow_stride =
      (self->row_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (!g_size_checked_mul (&self->memory_size, self->shadow_stride,
                           self->height) ||
      !g_size_checked_add (&self->memory_size, self->memory_size, ALIGNMENT))
    return false;
  self->memory = qxl_pages_new (self->memory_size);
  if (!self->memory)
    return false;
  self->shadow =
      self->memory + (ALIGNMENT - (uintptr_t)self->memory % ALIGNMENT);
  return true;
}

QxlDiffer *
qxl_differ_new (QxlFormat format, uint32_t width, uint32_t height)
{
  g_autoptr (QxlDiffer) self = NULL;
  size_t row_bytes;

  if (width == 0 || height == 0 || width > QXL_DIFFER_MAX_SIDE ||
      height > QXL_DIFFER_MAX_SIDE || !qxl_format_is_colour (format) ||
      !qxl_format_row_bytes (format, width, &row_bytes))
    return NULL;
  self = g_new0 (QxlDiffer, 1);
  self->format = format;
  self->width = width;
  self->height = height;
  self->bytes_per_pixel = qxl_format_bytes_per_pixel (format);
  self->row_bytes = row_bytes;
  self->visible_mask = qxl_format_visible_mask (format);
  self->kernels = qxl_differ_kernels_best ();
  self->is_fresh = true;
  self->cells.cols = (width + QXL_DIFFER_TILE - 1) / QXL_DIFFER_TILE;
  self->cells.rows = (height + QXL_DIFFER_TILE - 1) / QXL_DIFFER_TILE;
  self->cells.cell = g_new0 (uint32_t, n_cells (self));
  self->bounds = g_new0 (Bounds, n_cells (self));
  self->wanted = g_new0 (uint8_t, n_cells (self));
  if (!allocate_shadow (self))
    return NULL;
  self->rows = qxl_differ_rows_new (height, row_bytes, self->visible_mask);
  self->scroll = qxl_scroll_new (width, height);
  return g_steal_pointer (&self);
}

void
qxl_differ_use_blocks (QxlDiffer *self, QxlBlocks *blocks)
{
  qxl_blocks_unref (self->blocks);
  self->blocks = blocks ? qxl_blocks_ref (blocks) : NULL;
}

void
qxl_differ_free (QxlDiffer *self)
{
  if (!self)
    return;
  qxl_blocks_unref (self->blocks);
  qxl_scroll_free (self->scroll);
  qxl_differ_rows_free (self->rows);
  qxl_pages_free (self->memory, self->memory_size);
  g_free (self->cells.cell);
  g_free (self->bounds);
  g_free (self->wanted);
  g_free (self);
}

/* geometry */

static uint8_t *
shadow_at (const QxlDiffer *self, uint32_t x, uint32_t y)
{
  return self->shadow + (size_t)y * self->shadow_stride +
         (size_t)x * self->bytes_per_pixel;
}

/* the pixels of a rectangle of cells */
static QxlRect
cells_area (const QxlDiffer *self, const QxlRect *cells)
{
  QxlRect frame = QXL_RECT (0, 0, (int32_t)self->width, (int32_t)self->height);
  QxlRect area = QXL_RECT (
      cells->left * QXL_DIFFER_TILE, cells->top * QXL_DIFFER_TILE,
      cells->right * QXL_DIFFER_TILE, cells->bottom * QXL_DIFFER_TILE);

  return qxl_rect_intersect (&area, &frame);
}

static QxlRect
cell_area (const QxlDiffer *self, unsigned col, unsigned row)
{
  QxlRect cell =
      QXL_RECT ((int32_t)col, (int32_t)row, (int32_t)col + 1, (int32_t)row + 1);

  return cells_area (self, &cell);
}

/* what is to be compared */

static void
want_all (QxlDiffer *self)
{
  memset (self->wanted, 1, n_cells (self));
}

/* the tiles that @area touches */
static void
want_area (QxlDiffer *self, const QxlRect *area)
{
  QxlRect frame = QXL_RECT (0, 0, (int32_t)self->width, (int32_t)self->height);
  QxlRect inside = qxl_rect_intersect (area, &frame);
  uint32_t left = (uint32_t)inside.left / QXL_DIFFER_TILE;
  uint32_t right = ((uint32_t)inside.right - 1) / QXL_DIFFER_TILE + 1;

  if (qxl_rect_is_empty (&inside))
    return;
  for (uint32_t row = (uint32_t)inside.top / QXL_DIFFER_TILE;
       row <= ((uint32_t)inside.bottom - 1) / QXL_DIFFER_TILE; row++)
    memset (self->wanted + (size_t)row * self->cells.cols + left, 1,
            right - left);
}

/* moving */

/* in the shadow: rows in the order in which none is overwritten unread */
static void
move_area (QxlDiffer *self, const QxlMove *move)
{
  int32_t height = qxl_rect_height (&move->to);
  size_t n = (size_t)qxl_rect_width (&move->to) * self->bytes_per_pixel;
  bool is_upwards = move->from.y >= move->to.top;

  qxl_differ_rows_forget (self->rows, (uint32_t)move->to.top,
                          (uint32_t)move->to.bottom);
  for (int32_t i = 0; i < height; i++) {
    uint32_t row = (uint32_t)(is_upwards ? i : height - 1 - i);

    memmove (
        shadow_at (self, (uint32_t)move->to.left, (uint32_t)move->to.top + row),
        shadow_at (self, (uint32_t)move->from.x, (uint32_t)move->from.y + row),
        n);
  }
}

static void
draw_moves (QxlDiffer *self, QxlBatch *batch, const uint8_t *frame,
            size_t stride)
{
  const QxlPictures pictures = {
      .old = self->shadow,
      .new = frame,
      .old_stride = self->shadow_stride,
      .new_stride = stride,
      .width = self->width,
      .height = self->height,
      .bytes_per_pixel = self->bytes_per_pixel,
      .visible_mask = self->visible_mask,
      .kernels = self->kernels,
      .rows = self->rows,
  };
  QxlMove moves[QXL_MAX_MOVES];
  unsigned n = qxl_scroll_find (self->scroll, &pictures, self->wanted, moves);

  for (unsigned i = 0; i < n; i++) {
    move_area (self, &moves[i]);
    want_area (self, &moves[i].to);
    qxl_batch_draw (batch,
                    qxl_drawable_new_copy_bits (QXL_PRIMARY_SURFACE,
                                                &moves[i].to, moves[i].from));
  }
  if (n > 0)
    qxl_scroll_leave_out (self->scroll, self->wanted);
}

/* scanning */

static void
note_change (Bounds *bounds, uint32_t left, uint32_t right, uint32_t y)
{
  if (bounds->right == 0)
    *bounds = (Bounds){.left = (uint16_t)left, .top = (uint16_t)y};
  bounds->left = (uint16_t)MIN (bounds->left, left);
  bounds->right = (uint16_t)MAX (bounds->right, right);
  bounds->bottom = (uint16_t)(y + 1);
}

/* Compares a tile's row and takes it into the shadow if it differs. */
static bool
scan_tile_row (QxlDiffer *self, const uint8_t *frame, uint8_t *shadow, size_t n,
               Bounds *bounds, uint32_t x, uint32_t y)
{
  uint32_t mask = self->visible_mask;
  unsigned bytes = self->bytes_per_pixel;
  size_t first = self->kernels->first_diff (frame, shadow, n, mask);
  size_t last = n;

  if (first == n)
    return false;
  /* nothing to learn if the right edge is known to have changed */
  if (bounds->right < x + n / bytes)
    last = self->kernels->last_diff (frame, shadow, n, mask);
  /* a frame written to meanwhile may have no difference any more */
  last = MAX (last, first + 1);
  note_change (bounds, x + (uint32_t)first / bytes,
               x + (uint32_t)(last + bytes - 1) / bytes, y);
  memcpy (shadow, frame, n);
  return true;
}

/* Tile by tile, and none is left out by what was read: where to read next would
 * then depend on it, and each tile wait for the memory of the one before. What
 * lies below is fetched by tiles, too: a row at once would stand in a queue.
 * True: some differ. */
static bool
scan_row (QxlDiffer *self, const QxlSpan *span, const uint8_t *frame,
          size_t stride, uint32_t y, Bounds *bounds)
{
  uint32_t right = MIN (span->right * QXL_DIFFER_TILE, self->width);
  bool is_ahead = y + QXL_ROWS_AHEAD < self->height;
  bool has_changed = false;

  for (uint32_t x = span->left * QXL_DIFFER_TILE; x < right;
       x += QXL_DIFFER_TILE) {
    size_t at = (size_t)x * self->bytes_per_pixel;
    size_t n = (size_t)MIN (QXL_DIFFER_TILE, right - x) * self->bytes_per_pixel;

    if (is_ahead)
      qxl_read_ahead (frame + QXL_ROWS_AHEAD * stride + at,
                      shadow_at (self, x, y + QXL_ROWS_AHEAD), n);
    has_changed |= scan_tile_row (self, frame + at, shadow_at (self, x, y), n,
                                  &bounds[x / QXL_DIFFER_TILE], x, y);
  }
  return has_changed;
}

static bool
is_whole (const QxlDiffer *self, const QxlSpan *span)
{
  return span->left == 0 && span->right == self->cells.cols;
}

/* a whole row that stays is known from then on */
static void
compare_row (QxlDiffer *self, const QxlSpan *span, const uint8_t *frame,
             size_t stride, uint32_t y, Bounds *bounds)
{
  bool is_all = is_whole (self, span);
  const uint8_t *next = y + 1 < self->height ? frame + stride : frame;

  if (is_all && qxl_differ_rows_is_same (self->rows, y, frame, next))
    return;
  if (scan_row (self, span, frame, stride, y, bounds))
    qxl_differ_rows_forget (self->rows, y, y + 1);
  else if (is_all)
    qxl_differ_rows_learn (self->rows, y, shadow_at (self, 0, y));
}

static void
take_row (QxlDiffer *self, const uint8_t *frame, uint32_t y)
{
  memcpy (shadow_at (self, 0, y), frame, self->row_bytes);
}

/* true when all visible pixels of @area are the same */
static bool
is_solid (const QxlDiffer *self, const QxlRect *area)
{
  const uint8_t *row =
      shadow_at (self, (uint32_t)area->left, (uint32_t)area->top);
  size_t n = (size_t)qxl_rect_width (area) * self->bytes_per_pixel;
  size_t n_shifted = n - self->bytes_per_pixel;

  /* all pixels of a row equal their neighbours, all rows the first one */
  if (self->kernels->first_diff (row, row + self->bytes_per_pixel, n_shifted,
                                 self->visible_mask) < n_shifted)
    return false;
  for (int32_t y = area->top + 1; y < area->bottom; y++) {
    const uint8_t *other = shadow_at (self, (uint32_t)area->left, (uint32_t)y);

    if (self->kernels->first_diff (row, other, n, self->visible_mask) < n)
      return false;
  }
  return true;
}

/* 0x00RRGGBB */
static uint32_t
color_at (const QxlDiffer *self, int32_t x, int32_t y)
{
  uint8_t bgrx[4];

  qxl_format_row_to_bgrx (self->format, bgrx,
                          shadow_at (self, (uint32_t)x, (uint32_t)y), 1);
  return (uint32_t)bgrx[2] << 16 | (uint32_t)bgrx[1] << 8 | bgrx[0];
}

static void
class_cell (QxlDiffer *self, unsigned col, unsigned row)
{
  size_t index = (size_t)row * self->cells.cols + col;
  QxlRect area = cell_area (self, col, row);
  uint32_t *cell = &self->cells.cell[index];

  *cell = QXL_CELL_CLEAN;
  if (self->bounds[index].right == 0)
    return;
  self->n_dirty++;
  *cell = is_solid (self, &area)
              ? QXL_CELL_SOLID | color_at (self, area.left, area.top)
              : QXL_CELL_DIRTY;
}

/* everything is new */
static void
take_band (QxlDiffer *self, const uint8_t *frame, size_t stride, unsigned band)
{
  Bounds *bounds = self->bounds + (size_t)band * self->cells.cols;
  uint32_t top = band * QXL_DIFFER_TILE;
  uint32_t bottom = MIN (top + QXL_DIFFER_TILE, self->height);

  qxl_differ_rows_forget (self->rows, top, bottom);
  for (uint32_t y = top; y < bottom; y++)
    take_row (self, frame + y * stride, y);
  for (unsigned col = 0; col < self->cells.cols; col++) {
    QxlRect area = cell_area (self, col, band);

    bounds[col] = (Bounds){.left = (uint16_t)area.left,
                           .top = (uint16_t)top,
                           .right = (uint16_t)area.right,
                           .bottom = (uint16_t)bottom};
  }
}

static void
compare_band (QxlDiffer *self, const uint8_t *frame, size_t stride,
              unsigned band)
{
  const uint8_t *wanted = self->wanted + (size_t)band * self->cells.cols;
  Bounds *bounds = self->bounds + (size_t)band * self->cells.cols;
  uint32_t top = band * QXL_DIFFER_TILE;
  uint32_t bottom = MIN (top + QXL_DIFFER_TILE, self->height);
  QxlSpan span = {0};

  memset (bounds, 0, self->cells.cols * sizeof *bounds);
  while (qxl_span_next (&span, wanted, self->cells.cols)) {
    self->n_compared += span.right - span.left;
    for (uint32_t y = top; y < bottom; y++)
      compare_row (self, &span, frame + y * stride, stride, y, bounds);
  }
}

static void
scan_band (QxlDiffer *self, const uint8_t *frame, size_t stride, unsigned band)
{
  if (self->is_fresh)
    take_band (self, frame, stride, band);
  else
    compare_band (self, frame, stride, band);
  for (unsigned col = 0; col < self->cells.cols; col++)
    class_cell (self, col, band);
}

/* drawing */

static void
draw_fill (const QxlDiffer *self, QxlBatch *batch, const QxlRect *box)
{
  uint32_t color = color_at (self, box->left, box->top);

  qxl_batch_draw (batch,
                  qxl_drawable_new_fill (QXL_PRIMARY_SURFACE, box, color));
}

/* NULL: no memory now; the next push makes up for it */
static QxlImage *
take_image (QxlDiffer *self, const QxlRect *box)
{
  uint32_t width = (uint32_t)qxl_rect_width (box);
  uint32_t height = (uint32_t)qxl_rect_height (box);
  uint8_t *pixels;
  QxlImage *image =
      qxl_image_new_in (self->blocks, QXL_FORMAT_BGRX, width, height, &pixels);

  self->is_fresh |= !image;
  for (uint32_t y = 0; image && y < height; y++)
    qxl_format_row_to_bgrx (
        self->format, pixels + y * image->stride,
        shadow_at (self, (uint32_t)box->left, (uint32_t)box->top + y), width);
  return image;
}

static void
draw_image (QxlDiffer *self, QxlBatch *batch, const QxlRect *box)
{
  QxlImage *image = take_image (self, box);

  if (image)
    qxl_batch_draw (batch, qxl_drawable_new_copy (QXL_PRIMARY_SURFACE, box,
                                                  image, (QxlPoint){0, 0}));
}

/* one fill or some strips of bounded size */
static void
draw_area (QxlDiffer *self, QxlBatch *batch, const QxlRect *area)
{
  int32_t max_rows = MAX (MAX_IMAGE_PIXELS / qxl_rect_width (area), 1);

  if (is_solid (self, area)) {
    draw_fill (self, batch, area);
    return;
  }
  for (int32_t top = area->top; top < area->bottom; top += max_rows) {
    QxlRect strip = *area;

    strip.top = top;
    strip.bottom = MIN (top + max_rows, area->bottom);
    draw_image (self, batch, &strip);
  }
}

/* @box: inside the film */
static void
draw_film (QxlDiffer *self, QxlBatch *batch, Film *film, const QxlRect *box)
{
  const QxlRect part =
      QXL_RECT (box->left - film->area.left, box->top - film->area.top,
                box->right - film->area.left, box->bottom - film->area.top);
  QxlImage *image;

  if (!film->image)
    film->image = take_image (self, &film->area);
  if (!film->image)
    return;
  image = qxl_rect_equal (box, &film->area)
              ? qxl_image_ref (film->image)
              : qxl_image_new_slice (film->image, &part);
  qxl_batch_draw (batch, qxl_drawable_new_copy (QXL_PRIMARY_SURFACE, box, image,
                                                (QxlPoint){0, 0}));
}

/* films, and what lies beside them */
static void
draw_apart (QxlDiffer *self, QxlBatch *batch, const QxlRect *area)
{
  const QxlRect *rects;
  QxlRegion beside;
  int n_rects;

  pixman_region32_init (&beside);
  qxl_region_add (&beside, area);
  for (unsigned i = 0; i < self->n_films; i++) {
    Film *film = &self->films[i];
    QxlRect inside = qxl_rect_intersect (&film->area, area);

    if (qxl_rect_is_empty (&inside))
      continue;
    qxl_region_subtract (&beside, &inside);
    draw_film (self, batch, film, &inside);
  }
  rects = qxl_region_rects (&beside, &n_rects);
  for (int i = 0; i < n_rects; i++)
    draw_area (self, batch, &rects[i]);
  pixman_region32_fini (&beside);
}

static void
tell_films (QxlDiffer *self, QxlBatch *batch)
{
  for (unsigned i = 0; i < self->n_films; i++) {
    Film *film = &self->films[i];

    if (film->image)
      qxl_batch_show (batch, &film->area, g_steal_pointer (&film->image));
  }
}

/* the smallest rectangle around what changed in some cells */
static QxlRect
changed_area (const QxlDiffer *self, const QxlRect *cells)
{
  QxlRect area = {0};

  for (int32_t row = cells->top; row < cells->bottom; row++) {
    const Bounds *bounds = self->bounds + (size_t)row * self->cells.cols;

    for (int32_t col = cells->left; col < cells->right; col++) {
      QxlRect changed = QXL_RECT (bounds[col].left, bounds[col].top,
                                  bounds[col].right, bounds[col].bottom);

      area = qxl_rect_union (&area, &changed);
    }
  }
  return area;
}

static void
draw_changes (QxlDiffer *self, QxlBatch *batch)
{
  QxlCellRect rects[MAX (MAX_FILLS, MAX_COPIES)];
  unsigned n;

  n = qxl_differ_merge_solid (&self->cells, MIN_SOLID_TILES, rects, MAX_FILLS);
  for (unsigned i = 0; i < n; i++) {
    QxlRect area = changed_area (self, &rects[i].cells);

    draw_fill (self, batch, &area);
  }
  n = qxl_differ_merge_dirty (&self->cells, rects, MAX_COPIES);
  for (unsigned i = 0; i < n; i++) {
    QxlRect area = changed_area (self, &rects[i].cells);

    if (self->n_films > 0)
      draw_apart (self, batch, &area);
    else
      draw_area (self, batch, &area);
  }
  tell_films (self, batch);
}

static QxlBatch *
push_wanted (QxlDiffer *self, const uint8_t *frame, size_t stride)
{
  QxlBatch *batch = qxl_batch_new ();

  qxl_differ_rows_begin (self->rows);
  self->n_dirty = 0;
  self->n_compared = self->is_fresh ? (uint32_t)n_cells (self) : 0;
  if (!self->is_fresh)
    draw_moves (self, batch, frame, stride);
  for (unsigned band = 0; band < self->cells.rows; band++)
    scan_band (self, frame, stride, band);
  self->is_fresh = false;
  if (self->n_dirty > 0)
    draw_changes (self, batch);
  return batch;
}

QxlBatch *
qxl_differ_push (QxlDiffer *self, const uint8_t *frame_pixels,
                 size_t stride_bytes)
{
  want_all (self);
  return push_wanted (self, frame_pixels, stride_bytes);
}

QxlBatch *
qxl_differ_push_damaged (QxlDiffer *self, const uint8_t *frame_pixels,
                         size_t stride_bytes, const QxlRect *rects,
                         size_t n_rects)
{
  memset (self->wanted, 0, n_cells (self));
  for (size_t i = 0; i < n_rects; i++)
    want_area (self, &rects[i]);
  return push_wanted (self, frame_pixels, stride_bytes);
}

void
qxl_differ_set_films (QxlDiffer *self, const QxlRect *areas, size_t n)
{
  const QxlRect frame =
      QXL_RECT (0, 0, (int32_t)self->width, (int32_t)self->height);

  self->n_films = 0;
  for (size_t i = 0; i < n && self->n_films < QXL_DIFFER_MAX_FILMS; i++)
    if (!qxl_rect_is_empty (&areas[i]) && qxl_rect_contains (&frame, &areas[i]))
      self->films[self->n_films++].area = areas[i];
}

void
qxl_differ_reset (QxlDiffer *self)
{
  self->is_fresh = true;
}

/* asking */

void
qxl_differ_counts (const QxlDiffer *self, uint32_t *n_tiles, uint32_t *n_dirty)
{
  *n_tiles = self->n_compared;
  *n_dirty = self->n_dirty;
}

const char *
qxl_differ_kernel_name (const QxlDiffer *self)
{
  return self->kernels->name;
}

void
qxl_differ_set_kernels (QxlDiffer *self, const QxlDifferKernels *kernels)
{
  self->kernels = kernels;
}
