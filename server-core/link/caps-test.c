/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "caps.h"

#include <glib.h>

static void
bits_lie_in_words (void)
{
  SpcCaps caps = {{0}};

  g_assert_cmpuint (spc_caps_n_words (&caps), ==, 0);
  spc_caps_set (&caps, 0);
  spc_caps_set (&caps, 3);
  g_assert_cmphex (caps.words[0], ==, 0x9);
  g_assert_cmpuint (spc_caps_n_words (&caps), ==, 1);
  spc_caps_set (&caps, 32);
  spc_caps_set (&caps, 63);
  g_assert_cmphex (caps.words[1], ==, 0x80000001);
  g_assert_cmpuint (spc_caps_n_words (&caps), ==, 2);
  g_assert_true (spc_caps_has (&caps, 63));
  g_assert_false (spc_caps_has (&caps, 62));
  spc_caps_unset (&caps, 63);
  spc_caps_unset (&caps, 32);
  g_assert_false (spc_caps_has (&caps, 63));
  g_assert_cmpuint (spc_caps_n_words (&caps), ==, 1);
}

static void
bits_beyond_do_not_exist (void)
{
  static const unsigned bits[] = {64, 65, 1000, 0xffffffffu};
  SpcCaps caps = {{0}};

  for (size_t i = 0; i < G_N_ELEMENTS (bits); i++) {
    spc_caps_set (&caps, bits[i]);
    spc_caps_unset (&caps, bits[i]);
    g_assert_false (spc_caps_has (&caps, bits[i]));
  }
  g_assert_cmpuint (spc_caps_n_words (&caps), ==, 0);
}

static void
words_are_little_endian (void)
{
  static const uint8_t bytes[] = {0xee, 0x0d, 0, 0, 0x80, 1, 2, 3, 4, 9};
  SpcCaps caps = {{7, 7}};

  spc_caps_read (&caps, bytes + 1, 1);
  g_assert_cmphex (caps.words[0], ==, 0x8000000d);
  g_assert_cmphex (caps.words[1], ==, 0);
  spc_caps_read (&caps, bytes + 1, 2);
  g_assert_cmphex (caps.words[1], ==, 0x04030201);
  spc_caps_read (&caps, NULL, 0);
  g_assert_cmpuint (spc_caps_n_words (&caps), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/caps/bits-lie-in-words", bits_lie_in_words);
  g_test_add_func ("/caps/bits-beyond-do-not-exist", bits_beyond_do_not_exist);
  g_test_add_func ("/caps/words-are-little-endian", words_are_little_endian);
  return g_test_run ();
}
