/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caps.h – capability words.
 *
 * Plain data: bit n of a set is bit (n mod 32) of word (n div 32). Words beyond
 * what is kept are ignored, since no capability lies there. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPC_CAPS_WORDS 2

typedef struct {
  uint32_t words[SPC_CAPS_WORDS];
} SpcCaps;

void spc_caps_set (SpcCaps *self, unsigned bit);
void spc_caps_unset (SpcCaps *self, unsigned bit);
bool spc_caps_has (const SpcCaps *self, unsigned bit);
/* words that must be sent: up to the last non-zero one */
unsigned spc_caps_n_words (const SpcCaps *self);
/* @le_words: @n_words little-endian words of a peer, any alignment */
void spc_caps_read (SpcCaps *self, const uint8_t *le_words, size_t n_words);
