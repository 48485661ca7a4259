/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "caps.h"

static uint32_t *
word_of (SpcCaps *self, unsigned bit)
{
  return bit / 32 < SPC_CAPS_WORDS ? &self->words[bit / 32] : NULL;
}

void
spc_caps_set (SpcCaps *self, unsigned bit)
{
  uint32_t *word = word_of (self, bit);

  if (word != NULL)
    *word |= 1u << (bit % 32);
}

void
spc_caps_unset (SpcCaps *self, unsigned bit)
{
  uint32_t *word = word_of (self, bit);

  if (word != NULL)
    *word &= ~(1u << (bit % 32));
}

bool
spc_caps_has (const SpcCaps *self, unsigned bit)
{
  return bit / 32 < SPC_CAPS_WORDS &&
         (self->words[bit / 32] & (1u << (bit % 32))) != 0;
}

unsigned
spc_caps_n_words (const SpcCaps *self)
{
  unsigned n = SPC_CAPS_WORDS;

  while (n > 0 && self->words[n - 1] == 0)
    n--;
  return n;
}

void
spc_caps_read (SpcCaps *self, const uint8_t *le_words, size_t n_words)
{
  *self = (SpcCaps){{0}};
  for (size_t i = 0; i < SPC_CAPS_WORDS && i < n_words; i++) {
    const uint8_t *b = le_words + 4 * i;

    self->words[i] = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
                     (uint32_t)b[3] << 24;
  }
}
