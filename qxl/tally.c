/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Three planes of bits; of each row, and each plane that is cleared again, is
 * known which words were touched, so that a few long lines cost no more than
 * their pixels. */
#include "qxl/tally.h"

/* Most rectangles that are given out at once: 1 MiB of them. */
#define RECTS_AT_ONCE 65536u

typedef uint64_t Word;
#define WORD_BITS 64

/* words of a row that may not be 0: from first to before end */
typedef struct {
  int32_t first, end;
} Touched;

typedef struct {
  Word *words;
  Touched *rows;
} Plane;

struct _QxlTally {
  QxlRect box;
  size_t row_words;
  Plane met, layer; /* those of even share met's rows */
  Word *even;
  bool in_layer;
  int32_t layer_top, layer_bottom; /* rows touched, from the box's top */
};

static bool
plane_init (Plane *plane, size_t row_words, size_t n_rows)
{
  plane->words = g_try_malloc0_n (n_rows, row_words * sizeof (Word));
  plane->rows = g_try_new0 (Touched, n_rows);
  return plane->words && plane->rows;
}

static void
plane_clear (Plane *plane)
{
  g_free (plane->words);
  g_free (plane->rows);
}

QxlTally *
qxl_tally_new (const QxlRect *box)
{
  g_autoptr (QxlTally) self = NULL;
  size_t n_rows;

  if (qxl_rect_is_empty (box))
    return NULL;
  self = g_new0 (QxlTally, 1);
  self->box = *box;
  self->row_words = ((size_t)qxl_rect_width (box) + WORD_BITS - 1) / WORD_BITS;
  n_rows = (size_t)qxl_rect_height (box);
  self->even = g_try_malloc0_n (n_rows, self->row_words * sizeof (Word));
  if (!self->even || !plane_init (&self->met, self->row_words, n_rows) ||
      !plane_init (&self->layer, self->row_words, n_rows))
    return NULL;
  return g_steal_pointer (&self);
}

void
qxl_tally_free (QxlTally *self)
{
  if (!self)
    return;
  plane_clear (&self->met);
  plane_clear (&self->layer);
  g_free (self->even);
  g_free (self);
}

const QxlRect *
qxl_tally_box (const QxlTally *self)
{
  return &self->box;
}

static void
touch (Touched *row, int32_t first, int32_t end)
{
  if (row->first == row->end) {
    *row = (Touched){first, end};
    return;
  }
  row->first = MIN (row->first, first);
  row->end = MAX (row->end, end);
}

/* bits of word @index that lie from @left to before @right */
static Word
bits_within (int32_t index, int32_t left, int32_t right)
{
  int32_t from = MAX (left - index * WORD_BITS, 0);
  int32_t to = MIN (right - index * WORD_BITS, WORD_BITS);
  Word below_to = to == WORD_BITS ? ~(Word)0 : ((Word)1 << to) - 1;

  return below_to & ~(((Word)1 << from) - 1);
}

static void
count (QxlTally *self, int32_t row, int32_t index, Word bits)
{
  size_t at = (size_t)row * self->row_words + (size_t)index;

  self->even[at] ^= self->met.words[at] & bits;
  self->met.words[at] |= bits;
}

void
qxl_tally_add (QxlTally *self, int32_t y, int64_t left, int64_t right)
{
  int32_t row, from, to, first, end;

  left = MAX (left, self->box.left);
  right = MIN (right, self->box.right);
  if (y < self->box.top || y >= self->box.bottom || left >= right)
    return;
  row = y - self->box.top;
  from = (int32_t)(left - self->box.left);
  to = (int32_t)(right - self->box.left);
  first = from / WORD_BITS;
  end = (to - 1) / WORD_BITS + 1;
  if (!self->in_layer) {
    touch (&self->met.rows[row], first, end);
    for (int32_t i = first; i < end; i++)
      count (self, row, i, bits_within (i, from, to));
    return;
  }
  touch (&self->layer.rows[row], first, end);
  self->layer_top = MIN (self->layer_top, row);
  self->layer_bottom = MAX (self->layer_bottom, row + 1);
  for (int32_t i = first; i < end; i++)
    self->layer.words[(size_t)row * self->row_words + (size_t)i] |=
        bits_within (i, from, to);
}

void
qxl_tally_begin_layer (QxlTally *self)
{
  self->in_layer = true;
  self->layer_top = qxl_rect_height (&self->box);
  self->layer_bottom = 0;
}

void
qxl_tally_end_layer (QxlTally *self)
{
  for (int32_t row = self->layer_top; row < self->layer_bottom; row++) {
    Touched *touched = &self->layer.rows[row];
    Word *words = self->layer.words + (size_t)row * self->row_words;

    if (touched->first == touched->end)
      continue;
    touch (&self->met.rows[row], touched->first, touched->end);
    for (int32_t i = touched->first; i < touched->end; i++) {
      count (self, row, i, words[i]);
      words[i] = 0;
    }
    *touched = (Touched){0, 0};
  }
  self->in_layer = false;
}

typedef struct {
  GArray *rects;
  QxlTallyFunc func;
  gpointer user_data;
} Giver;

static void
give (Giver *giver)
{
  if (giver->rects->len > 0)
    giver->func ((const QxlRect *)(void *)giver->rects->data, giver->rects->len,
                 giver->user_data);
  g_array_set_size (giver->rects, 0);
}

/* a run that goes on where the row's last one ended belongs to it */
static void
collect_run (Giver *giver, int32_t y, int32_t left, int32_t right,
             guint row_start)
{
  QxlRect run = QXL_RECT (left, y, right, y + 1);

  if (giver->rects->len > row_start) {
    QxlRect *last =
        &g_array_index (giver->rects, QxlRect, giver->rects->len - 1);

    if (last->right == left) {
      last->right = right;
      return;
    }
  }
  g_array_append_val (giver->rects, run);
}

static void
collect_word (Giver *giver, int32_t x, int32_t y, Word word, guint row_start)
{
  while (word) {
    int from = __builtin_ctzll (word);
    Word rest = ~(word >> from);
    int length = rest ? __builtin_ctzll (rest) : WORD_BITS;

    if (length > WORD_BITS - from)
      length = WORD_BITS - from;
    collect_run (giver, y, x + from, x + from + length, row_start);
    if (from + length == WORD_BITS)
      return;
    word &= ~(Word)0 << (from + length);
  }
}

void
qxl_tally_foreach (const QxlTally *self, QxlTallyKind kind, QxlTallyFunc func,
                   gpointer user_data)
{
  const Word *plane = kind == QXL_TALLY_EVEN ? self->even : self->met.words;
  int32_t n_rows = qxl_rect_height (&self->box);
  Giver giver = {
      .rects = g_array_new (FALSE, FALSE, sizeof (QxlRect)),
      .func = func,
      .user_data = user_data,
  };

  for (int32_t row = 0; row < n_rows; row++) {
    const Touched *touched = &self->met.rows[row];
    guint row_start = giver.rects->len;

    for (int32_t i = touched->first; i < touched->end; i++)
      collect_word (&giver, self->box.left + i * WORD_BITS, self->box.top + row,
                    plane[(size_t)row * self->row_words + (size_t)i],
                    row_start);
    if (giver.rects->len >= RECTS_AT_ONCE)
      give (&giver);
  }
  give (&giver);
  g_array_unref (giver.rects);
}
