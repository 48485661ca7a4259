/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* jpeg-codes.c – lengths become frequencies, these become a new code.
 *
 * Lengths are found and limited as the JPEG standard proposes (its annex K.2):
 * two least frequent trees are joined until one is left; codes of over 16 bits
 * move up, each pair next to a shorter code that is split; one code more than
 * there are symbols is made and left out, as none may consist of ones only. */
#include "jpeg-codes.h"

#include <stdbool.h>
#include <string.h>

/* the one that is left out, the last in the order of lengths */
#define SPARE SPC_JPEG_MAX_SYMBOLS
#define N_LEAVES (SPC_JPEG_MAX_SYMBOLS + 1)
#define NO_LEAF (-1)
/* without a limit: of Fibonacci's numbers that add up to the largest sum */
#define MAX_LENGTH 64
/* of one bit; all lengths up to 16 are still well over what never occurred */
#define TOP_FREQUENCY (1u << 20)

typedef struct {
  int n_leaves;
  int symbols[N_LEAVES];
  uint8_t lengths[N_LEAVES];
  int next[N_LEAVES]; /* leaf of the same tree */
  int n_trees;
  int trees[N_LEAVES];            /* the first leaf of each */
  uint32_t frequencies[N_LEAVES]; /* of a tree, by its first leaf */
} Forest;

/* DC: how many bits a difference has. AC: a run of zeros and the bits of what
 * is behind it; end of block, or 16 zeros. */
static bool
may_occur (SpcJpegTable table, unsigned symbol)
{
  unsigned run = symbol >> 4, bits = symbol & 15;

  if (table == SPC_JPEG_DC_LUMA || table == SPC_JPEG_DC_CHROMA)
    return symbol <= 11;
  if (bits == 0)
    return run == 0 || run == 15;
  return bits <= 10;
}

static void
add_leaf (Forest *self, int symbol, uint32_t frequency)
{
  int leaf = self->n_leaves++;

  self->symbols[leaf] = symbol;
  self->next[leaf] = NO_LEAF;
  self->frequencies[leaf] = frequency;
  self->trees[self->n_trees++] = leaf;
}

static void
forest_init (Forest *self, const SpcJpegCode *code, SpcJpegTable table)
{
  uint32_t frequencies[SPC_JPEG_MAX_SYMBOLS] = {0};
  const uint8_t *symbol = code->symbols;

  memset (self, 0, sizeof *self);
  for (int length = 1; length <= SPC_JPEG_MAX_CODE_BITS; length++)
    for (int i = 0; i < code->counts[length]; i++)
      frequencies[*symbol++] = TOP_FREQUENCY >> length;
  for (int i = 0; i < SPC_JPEG_MAX_SYMBOLS; i++)
    if (may_occur (table, (unsigned)i))
      add_leaf (self, i, frequencies[i] + 1);
  add_leaf (self, SPARE, 1);
}

/* takes out the least frequent tree; of equal ones a late one */
static int
take_least (Forest *self)
{
  int least = self->n_trees - 1, leaf;

  for (int i = least - 1; i >= 0; i--)
    if (self->frequencies[self->trees[i]] <
        self->frequencies[self->trees[least]])
      least = i;
  leaf = self->trees[least];
  self->trees[least] = self->trees[--self->n_trees];
  return leaf;
}

/* one bit more for each leaf of a tree; returns the last leaf */
static int
lengthen (Forest *self, int leaf)
{
  for (;; leaf = self->next[leaf]) {
    self->lengths[leaf]++;
    if (self->next[leaf] == NO_LEAF)
      return leaf;
  }
}

static void
join_trees (Forest *self)
{
  while (self->n_trees > 1) {
    int a = take_least (self);
    int b = take_least (self);

    self->next[lengthen (self, b)] = a;
    lengthen (self, a);
    self->frequencies[b] += self->frequencies[a];
    self->trees[self->n_trees++] = b;
  }
}

static void
limit_lengths (int counts[MAX_LENGTH + 1])
{
  for (int i = MAX_LENGTH; i > SPC_JPEG_MAX_CODE_BITS; i--)
    while (counts[i] > 0) {
      int j = i - 2;

      while (counts[j] == 0)
        j--;
      counts[i] -= 2;
      counts[i - 1]++;
      counts[j + 1] += 2;
      counts[j]--;
    }
}

/* symbols in the order of their lengths, whatever these were limited to */
static void
list_symbols (const Forest *self, uint8_t *symbols)
{
  for (int length = 1; length <= MAX_LENGTH; length++)
    for (int i = 0; i < self->n_leaves; i++)
      if (self->lengths[i] == length && self->symbols[i] != SPARE)
        *symbols++ = (uint8_t)self->symbols[i];
}

void
spc_jpeg_code_complete (SpcJpegCode *self, SpcJpegTable table)
{
  int counts[MAX_LENGTH + 1] = {0};
  int longest = SPC_JPEG_MAX_CODE_BITS;
  Forest forest;

  forest_init (&forest, self, table);
  join_trees (&forest);
  for (int i = 0; i < forest.n_leaves; i++)
    counts[forest.lengths[i]]++;
  limit_lengths (counts);
  while (counts[longest] == 0)
    longest--;
  counts[longest]--; /* the spare one: it was among the longest */
  memset (self, 0, sizeof *self);
  for (int i = 1; i <= SPC_JPEG_MAX_CODE_BITS; i++)
    self->counts[i] = (uint8_t)counts[i];
  list_symbols (&forest, self->symbols);
}
