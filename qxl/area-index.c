/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/area-index.h"

/* pixels a side of the smallest cells of an area that is not large; and how
 * many cells a side of a grid are at most, which bounds the memory */
#define MIN_CELL_BITS 5u
#define MAX_CELLS_BITS 6u
#define MAX_LEVELS 32u

typedef struct {
  guint bits;    /* a cell's side is 1 << bits */
  guint columns; /* cells */
  guint n_entries;
  QxlAreaEntry **cells; /* NULL: there was no entry yet */
  QxlAreaEntry *entries;
} Level;

struct _QxlAreaIndex {
  uint32_t width, height;
  guint n_levels;
  Level levels[MAX_LEVELS];
};

/* whole cells that @length takes */
static guint
cells_of (uint32_t length, guint bits)
{
  return (guint)(((uint64_t)length + ((uint64_t)1 << bits) - 1) >> bits);
}

QxlAreaIndex *
qxl_area_index_new (uint32_t width, uint32_t height)
{
  QxlAreaIndex *self = g_new0 (QxlAreaIndex, 1);
  uint32_t side = MAX (width, height);
  guint bits = MIN_CELL_BITS;

  self->width = width;
  self->height = height;
  while (cells_of (side, bits) > 1u << MAX_CELLS_BITS)
    bits++;
  do {
    Level *level = &self->levels[self->n_levels++];

    level->bits = bits;
    level->columns = cells_of (width, bits);
  } while (cells_of (side, bits++) > 1);
  return self;
}

void
qxl_area_index_free (QxlAreaIndex *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_levels; i++)
    g_free (self->levels[i].cells);
  g_free (self);
}

/* the finest grid whose cells are not smaller than @rect */
static guint
choose_level (const QxlAreaIndex *self, const QxlRect *rect)
{
  uint32_t side = (uint32_t)MAX (qxl_rect_width (rect), qxl_rect_height (rect));
  guint i = 0;

  while (i + 1 < self->n_levels && side > 1u << self->levels[i].bits)
    i++;
  return i;
}

void
qxl_area_index_remove (QxlAreaIndex *self, QxlAreaEntry *entry)
{
  Level *level;

  if (!entry->is_inside)
    return;
  level = &self->levels[entry->level];
  *(entry->prev != NULL ? &entry->prev->next : &level->cells[entry->cell]) =
      entry->next;
  if (entry->next != NULL)
    entry->next->prev = entry->prev;
  *(entry->level_prev != NULL ? &entry->level_prev->level_next
                              : &level->entries) = entry->level_next;
  if (entry->level_next != NULL)
    entry->level_next->level_prev = entry->level_prev;
  level->n_entries--;
  entry->is_inside = false;
}

static void
link_entry (QxlAreaIndex *self, QxlAreaEntry *entry)
{
  Level *level = &self->levels[entry->level];
  QxlAreaEntry **head;

  if (level->cells == NULL)
    level->cells =
        g_new0 (QxlAreaEntry *,
                (gsize)level->columns * cells_of (self->height, level->bits));
  head = &level->cells[entry->cell];
  entry->prev = entry->level_prev = NULL;
  entry->next = *head;
  if (*head != NULL)
    (*head)->prev = entry;
  *head = entry;
  entry->level_next = level->entries;
  if (level->entries != NULL)
    level->entries->level_prev = entry;
  level->entries = entry;
  level->n_entries++;
  entry->is_inside = true;
}

void
qxl_area_index_put (QxlAreaIndex *self, QxlAreaEntry *entry,
                    const QxlRect *rect)
{
  guint i = choose_level (self, rect);
  const Level *level = &self->levels[i];
  guint cell = ((guint)rect->top >> level->bits) * level->columns +
               ((guint)rect->left >> level->bits);

  entry->rect = *rect;
  if (entry->is_inside && entry->level == i && entry->cell == cell)
    return;
  qxl_area_index_remove (self, entry);
  entry->level = i;
  entry->cell = cell;
  link_entry (self, entry);
}

typedef struct {
  const QxlRect *rect;
  guint inside_left, crossing_left; /* until there are too many */
  GPtrArray *found;
} Search;

/* false: there are too many */
static bool
look_at (Search *search, const QxlAreaEntry *entry)
{
  guint *left;

  if (!qxl_rect_intersects (search->rect, &entry->rect))
    return true;
  left = qxl_rect_contains (search->rect, &entry->rect)
             ? &search->inside_left
             : &search->crossing_left;
  if ((*left)-- == 0)
    return false;
  g_ptr_array_add (search->found, entry->owner);
  return true;
}

static bool
search_all (Search *search, const Level *level)
{
  for (const QxlAreaEntry *e = level->entries; e != NULL; e = e->level_next)
    if (!look_at (search, e))
      return false;
  return true;
}

static bool
search_cell (Search *search, const Level *level, guint cell)
{
  for (const QxlAreaEntry *e = level->cells[cell]; e != NULL; e = e->next)
    if (!look_at (search, e))
      return false;
  return true;
}

/* An entry reaches at most into the next cells, so those before the rectangle's
 * first one are looked at, too. */
static bool
search_level (const QxlAreaIndex *self, Search *search, const Level *level)
{
  guint n_rows = cells_of (self->height, level->bits);
  guint left = (guint)MAX (search->rect->left, 0) >> level->bits;
  guint top = (guint)MAX (search->rect->top, 0) >> level->bits;
  guint right = (guint)(search->rect->right - 1) >> level->bits;
  guint bottom = (guint)(search->rect->bottom - 1) >> level->bits;

  left -= left > 0 ? 1 : 0;
  top -= top > 0 ? 1 : 0;
  right = MIN (right, level->columns - 1);
  bottom = MIN (bottom, n_rows - 1);
  if (level->n_entries <= (right - left + 1) * (bottom - top + 1))
    return search_all (search, level);
  for (guint y = top; y <= bottom; y++)
    for (guint x = left; x <= right; x++)
      if (!search_cell (search, level, y * level->columns + x))
        return false;
  return true;
}

bool
qxl_area_index_find (const QxlAreaIndex *self, const QxlRect *rect,
                     guint max_inside, guint max_crossing, GPtrArray *found)
{
  Search search = {.rect = rect,
                   .inside_left = max_inside,
                   .crossing_left = max_crossing,
                   .found = found};

  if (rect->right <= 0 || rect->bottom <= 0 || qxl_rect_is_empty (rect) ||
      (int64_t)rect->left >= self->width || (int64_t)rect->top >= self->height)
    return true;
  for (guint i = 0; i < self->n_levels; i++)
    if (self->levels[i].n_entries > 0 &&
        !search_level (self, &search, &self->levels[i]))
      return false;
  return true;
}
