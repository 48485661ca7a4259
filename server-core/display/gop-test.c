/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gop.h"

static void
add (SpcGop *gop, gsize n_bytes, bool is_key, int64_t time_us)
{
  const SpcVideoPacket packet = {
      .bytes = g_bytes_new_take (g_malloc0 (n_bytes), n_bytes),
      .is_key = is_key,
      .time_us = time_us,
  };

  spc_gop_add (gop, &packet);
  g_bytes_unref (packet.bytes);
}

static void
test_begins_with_key (void)
{
  SpcGop gop;

  spc_gop_init (&gop);
  add (&gop, 10, false, 1);
  g_assert_cmpuint (spc_gop_length (&gop), ==, 0);
  add (&gop, 10, true, 2);
  add (&gop, 10, false, 3);
  g_assert_cmpuint (spc_gop_length (&gop), ==, 2);
  g_assert_cmpint (spc_gop_at (&gop, 0)->time_us, ==, 2);
  g_assert_cmpint (spc_gop_at (&gop, 1)->time_us, ==, 3);
  add (&gop, 10, true, 4);
  g_assert_cmpuint (spc_gop_length (&gop), ==, 1);
  g_assert_cmpint (spc_gop_at (&gop, 0)->time_us, ==, 4);
  spc_gop_forget (&gop);
  add (&gop, 10, false, 5);
  g_assert_cmpuint (spc_gop_length (&gop), ==, 0);
  spc_gop_clear (&gop);
}

static void
test_is_bounded (void)
{
  SpcGop gop;

  spc_gop_init (&gop);
  add (&gop, 1, true, 0);
  for (guint i = 1; i < SPC_MAX_GOP_PACKETS; i++)
    add (&gop, 1, false, i);
  g_assert_cmpuint (spc_gop_length (&gop), ==, SPC_MAX_GOP_PACKETS);
  add (&gop, 1, false, SPC_MAX_GOP_PACKETS);
  g_assert_cmpuint (spc_gop_length (&gop), ==, 0);
  add (&gop, SPC_MAX_GOP_BYTES, true, 0);
  g_assert_cmpuint (spc_gop_length (&gop), ==, 1);
  add (&gop, 1, false, 1);
  g_assert_cmpuint (spc_gop_length (&gop), ==, 0);
  add (&gop, 1, true, 2);
  g_assert_cmpuint (spc_gop_length (&gop), ==, 1);
  spc_gop_clear (&gop);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gop/begins-with-a-key-frame", test_begins_with_key);
  g_test_add_func ("/gop/too-much-is-forgotten", test_is_bounded);
  return g_test_run ();
}
