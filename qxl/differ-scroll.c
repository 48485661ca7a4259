/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the outermost of the cells (tiles) that have changed windows of
 * pixels vote for shifts, and the shifts are weighed: the surest one first, or
 * those that were right before. */
#include "qxl/differ-scroll.h"
#include "qxl/differ-weigher.h"

#include <string.h>

#define TILE QXL_DIFFER_TILE
/* Fewer changed cells are not worth the search. */
#define MIN_CHANGED 12u
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

struct _QxlScroll {
  /* set at construction */
  uint32_t width, height;
  QxlVotes *votes;
  QxlWeigher *weigher;
  /* of the picture */
  QxlChanges changes;
  QxlShift tried[MAX_SHIFTS];
  unsigned n_tried;
  bool is_certain; /* all moves found could be put in order */
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
  qxl_changes_init (&self->changes, width, height);
  self->weigher = qxl_weigher_new (width, height, &self->changes);
  return self;
}

void
qxl_scroll_free (QxlScroll *self)
{
  if (!self)
    return;
  qxl_votes_free (self->votes);
  qxl_weigher_free (self->weigher);
  qxl_changes_clear (&self->changes);
  g_free (self);
}

/* voting */

typedef void (*AddRow) (QxlVotes *votes, const QxlPictures *pictures,
                        uint32_t y, uint32_t left, uint32_t right);

static void
add_row (QxlScroll *self, const QxlPictures *pictures, uint32_t y, AddRow add)
{
  int32_t left, right;

  if (qxl_changes_in_row (&self->changes, (int32_t)(y / TILE), &left, &right))
    add (self->votes, pictures, y, (uint32_t)left * TILE,
         MIN ((uint32_t)right * TILE, self->width));
}

/* rows of the new picture, from @first on in every NEW_STEP */
static void
add_new_rows (QxlScroll *self, const QxlPictures *pictures, uint32_t first)
{
  uint32_t top = (uint32_t)self->changes.area.top * TILE;
  uint32_t bottom =
      MIN ((uint32_t)self->changes.area.bottom * TILE, self->height);

  for (uint32_t y = top; y < bottom; y++)
    if ((y - first) % NEW_STEP < OLD_STEP)
      add_row (self, pictures, y, qxl_votes_add_new);
}

static void
add_old_rows (QxlScroll *self, const QxlPictures *pictures)
{
  uint32_t top = (uint32_t)self->changes.area.top * TILE;
  uint32_t bottom =
      MIN ((uint32_t)self->changes.area.bottom * TILE, self->height);

  for (uint32_t y = top; y < bottom; y += OLD_STEP)
    add_row (self, pictures, y, qxl_votes_add_old);
}

static unsigned
find_moves_by (QxlScroll *self, const QxlPictures *pictures,
               const QxlShift *shift, QxlMove *moves, unsigned max)
{
  unsigned gain = qxl_weigher_weigh (self->weigher, pictures, shift);

  if (gain < QXL_MIN_GAIN)
    return 0;
  return qxl_weigher_take_moves (self->weigher, pictures, shift, gain, moves,
                                 max);
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
  return gain >= QXL_MIN_GAIN && gain * SURE_PART >= self->changes.n_changed;
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
    unsigned gain = qxl_weigher_weigh (self->weigher, pictures, &shift);

    if (gain >= QXL_MIN_GAIN && !is_sure (self, gain))
      continue; /* others may explain more, so it waits for its votes */
    self->tried[self->n_tried++] = shift;
    if (gain < QXL_MIN_GAIN)
      continue;
    make_usual (self, &shift);
    return qxl_weigher_take_moves (self->weigher, pictures, &shift, gain, moves,
                                   QXL_MAX_MOVES);
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
    gain = qxl_weigher_weigh (self->weigher, pictures, &shift);
    if (gain < QXL_MIN_GAIN)
      continue;
    if (is_sure (self, gain)) {
      make_usual (self, &shift);
      *n_moves +=
          qxl_weigher_take_moves (self->weigher, pictures, &shift, gain,
                                  moves + *n_moves, QXL_MAX_MOVES - *n_moves);
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
  unsigned n_cells = self->changes.cols * self->changes.rows;

  if (self->changes.n_taken * ENOUGH_PART >= self->changes.n_changed)
    return false;
  return qxl_votes_most (self->votes) > 0 ||
         self->changes.n_changed * SMALL_PART <= n_cells;
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
  unsigned n, n_ordered;

  qxl_changes_find_area (&self->changes);
  qxl_weigher_begin (self->weigher);
  n = try_usual (self, pictures, moves);
  if (self->changes.n_taken * 4 < self->changes.n_changed * USUAL_QUARTERS)
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
  qxl_changes_sample (&self->changes, pictures, wanted);
  self->n_tried = 0;
  if (self->changes.n_changed < MIN_CHANGED)
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
  size_t n_cells = (size_t)self->changes.cols * self->changes.rows;

  if (!self->is_certain)
    return;
  for (size_t i = 0; i < n_cells; i++)
    if (self->changes.state[i] == QXL_CELL_TAKEN)
      wanted[i] = 0;
}
