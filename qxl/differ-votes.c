/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/differ-votes.h"

#include <string.h>

/* Every 8th row, of which one window in 32 is marked, halves the table. A
 * larger picture's rest is forgotten. */
#define PIXELS_PER_PLACE 128
#define MAX_PLACE_BITS 16
#define MIN_PLACE_BITS 8
/* shifts that can be told apart in one go */
#define SHIFT_BITS 10
/* A table that is this many eighths full takes no more. */
#define MAX_EIGHTHS 6u

/* where a window was */
typedef struct {
  uint32_t hash;
  uint16_t x, y;
} Place;

typedef enum { EMPTY, UNIQUE, REPEATED } PlaceState;

struct _QxlVotes {
  /* set at construction */
  unsigned place_bits;
  /* of the picture */
  Place *places;   /* 2^place_bits, open addressing */
  uint8_t *states; /* PlaceState, as many */
  unsigned n_places;
  QxlShift shifts[1 << SHIFT_BITS]; /* open addressing; no votes: free */
  unsigned n_shifts;
  unsigned most;
  /* of a row */
  uint32_t *pixels; /* then hashes */
  uint8_t *marks;
};

/* life */

QxlVotes *
qxl_votes_new (uint32_t width, uint32_t height)
{
  QxlVotes *self = g_new0 (QxlVotes, 1);
  size_t n_places = (size_t)width * height / PIXELS_PER_PLACE;
  size_t n;

  self->place_bits = MIN_PLACE_BITS;
  while (self->place_bits < MAX_PLACE_BITS &&
         (size_t)1 << self->place_bits < n_places)
    self->place_bits++;
  n = (size_t)1 << self->place_bits;
  self->places = g_new (Place, n);
  self->states = g_new0 (uint8_t, n);
  self->pixels = g_new (uint32_t, width);
  self->marks = g_new (uint8_t, width + sizeof (uint64_t));
  return self;
}

void
qxl_votes_free (QxlVotes *self)
{
  if (!self)
    return;
  g_free (self->places);
  g_free (self->states);
  g_free (self->pixels);
  g_free (self->marks);
  g_free (self);
}

void
qxl_votes_clear (QxlVotes *self)
{
  memset (self->states, EMPTY, (size_t)1 << self->place_bits);
  memset (self->shifts, 0, sizeof self->shifts);
  self->n_places = 0;
  self->n_shifts = 0;
  self->most = 0;
}

/* windows */

static void
load_pixels (const QxlPictures *pictures, uint32_t *restrict to,
             const uint8_t *restrict from, size_t n)
{
  uint32_t mask = pictures->visible_mask;

  switch (pictures->bytes_per_pixel) {
  case 4:
    for (size_t i = 0; i < n; i++) {
      uint32_t pixel;

      memcpy (&pixel, from + i * 4, 4);
      to[i] = pixel & mask;
    }
    break;
  case 3:
    for (size_t i = 0; i < n; i++)
      to[i] = (uint32_t)(from[i * 3] | from[i * 3 + 1] << 8 |
                         from[i * 3 + 2] << 16);
    break;
  default:
    for (size_t i = 0; i < n; i++) {
      uint16_t pixel;

      memcpy (&pixel, from + i * 2, 2);
      to[i] = pixel & (uint16_t)mask;
    }
    break;
  }
}

typedef void (*OnWindow) (QxlVotes *self, uint32_t hash, uint32_t x,
                          uint32_t y);

static void
go_through_row (QxlVotes *self, const QxlPictures *pictures, const uint8_t *row,
                uint32_t y, uint32_t left, uint32_t right, OnWindow on_window)
{
  uint32_t n = right - left;
  uint32_t n_windows = n - QXL_HASH_WINDOW + 1;

  if (right < left + QXL_HASH_WINDOW)
    return;
  load_pixels (pictures, self->pixels,
               row + (size_t)left * pictures->bytes_per_pixel, n);
  pictures->kernels->hash_windows (self->pixels, self->marks, n);
  memset (self->marks + n_windows, 0, sizeof (uint64_t));
  for (uint32_t i = 0; i < n_windows; i += sizeof (uint64_t)) {
    uint64_t marks;

    memcpy (&marks, self->marks + i, sizeof marks);
    marks = GUINT64_FROM_LE (marks);
    for (; marks != 0; marks &= marks - 1) {
      uint32_t at = i + (uint32_t)__builtin_ctzll (marks) / 8;

      on_window (self, self->pixels[at], left + at, y);
    }
  }
}

/* the old picture */

static size_t
find_place (const QxlVotes *self, uint32_t hash)
{
  size_t last = ((size_t)1 << self->place_bits) - 1;
  /* not the factor that marks were chosen with: that leaves few values */
  size_t at = (hash * 0x27d4eb2fu) >> (32 - self->place_bits);

  while (self->states[at] != EMPTY && self->places[at].hash != hash)
    at = (at + 1) & last;
  return at;
}

static void
remember (QxlVotes *self, uint32_t hash, uint32_t x, uint32_t y)
{
  size_t at = find_place (self, hash);

  if (self->states[at] != EMPTY) {
    self->states[at] = REPEATED;
    return;
  }
  if (self->n_places >= (MAX_EIGHTHS << self->place_bits) / 8)
    return;
  self->n_places++;
  self->states[at] = UNIQUE;
  self->places[at] = (Place){.hash = hash, .x = (uint16_t)x, .y = (uint16_t)y};
}

void
qxl_votes_add_old (QxlVotes *self, const QxlPictures *pictures, uint32_t y,
                   uint32_t left, uint32_t right)
{
  go_through_row (self, pictures, pictures->old + y * pictures->old_stride, y,
                  left, right, remember);
}

/* the new one */

static QxlShift *
find_shift (QxlVotes *self, int32_t dx, int32_t dy)
{
  uint32_t key = (uint32_t)dx * 0x9e3779b1u + (uint32_t)dy * 0x85ebca6bu;
  unsigned last = (1u << SHIFT_BITS) - 1;
  unsigned at = (key ^ key >> 15) & last;

  while (self->shifts[at].votes > 0 &&
         (self->shifts[at].dx != dx || self->shifts[at].dy != dy))
    at = (at + 1) & last;
  return &self->shifts[at];
}

static void
vote (QxlVotes *self, uint32_t hash, uint32_t x, uint32_t y)
{
  size_t at = find_place (self, hash);
  const Place *place = &self->places[at];
  QxlShift *shift;

  if (self->states[at] != UNIQUE || (place->x == x && place->y == y))
    return;
  shift = find_shift (self, (int32_t)x - place->x, (int32_t)y - place->y);
  if (shift->votes == 0) {
    if (self->n_shifts >= (MAX_EIGHTHS << SHIFT_BITS) / 8)
      return;
    self->n_shifts++;
    shift->dx = (int32_t)x - place->x;
    shift->dy = (int32_t)y - place->y;
  }
  shift->votes++;
  self->most = MAX (self->most, shift->votes);
}

void
qxl_votes_add_new (QxlVotes *self, const QxlPictures *pictures, uint32_t y,
                   uint32_t left, uint32_t right)
{
  go_through_row (self, pictures, pictures->new + y * pictures->new_stride, y,
                  left, right, vote);
}

/* counting */

unsigned
qxl_votes_most (const QxlVotes *self)
{
  return self->most;
}

unsigned
qxl_votes_best (const QxlVotes *self, QxlShift *shifts, unsigned max)
{
  unsigned n = 0;

  for (unsigned i = 0; i < G_N_ELEMENTS (self->shifts); i++) {
    const QxlShift *shift = &self->shifts[i];
    unsigned at;

    if (shift->votes < QXL_MIN_VOTES ||
        (n == max && shifts[n - 1].votes >= shift->votes))
      continue;
    n = MIN (n + 1, max);
    for (at = n - 1; at > 0 && shifts[at - 1].votes < shift->votes; at--)
      shifts[at] = shifts[at - 1];
    shifts[at] = *shift;
  }
  return n;
}
