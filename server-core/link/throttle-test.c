/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "throttle.h"
#include "server-core/base/limits.h"

#define SECOND_US ((int64_t)G_USEC_PER_SEC)

static void
delay_doubles_after_free_tries (void)
{
  static const uint32_t expected[] = {0,    0,    0,     1000,  2000,
                                      4000, 8000, 16000, 16000, 16000};
  g_autoptr (SpcThrottle) throttle = spc_throttle_new ();

  for (uint32_t i = 0; i < G_N_ELEMENTS (expected); i++) {
    uint32_t n_failures;

    g_assert_cmpuint (spc_throttle_failed (throttle, "192.0.2.1",
                                           (int64_t)i * SECOND_US, &n_failures),
                      ==, expected[i]);
    g_assert_cmpuint (n_failures, ==, i + 1);
  }
  for (uint32_t i = 0; i < 1000; i++)
    g_assert_cmpuint (
        spc_throttle_failed (throttle, "192.0.2.1", 20 * SECOND_US, NULL), ==,
        SPC_MAX_TICKET_DELAY_MS);
}

static void
addresses_do_not_share (void)
{
  g_autoptr (SpcThrottle) throttle = spc_throttle_new ();

  for (int i = 0; i < 3; i++)
    spc_throttle_failed (throttle, "192.0.2.1", 0, NULL);
  g_assert_cmpuint (spc_throttle_failed (throttle, "192.0.2.2", 0, NULL), ==,
                    0);
  g_assert_cmpuint (spc_throttle_failed (throttle, "192.0.2.1", 0, NULL), ==,
                    1000);
}

static void
success_forgives (void)
{
  g_autoptr (SpcThrottle) throttle = spc_throttle_new ();

  spc_throttle_succeeded (throttle, "192.0.2.1");
  for (int i = 0; i < 5; i++)
    spc_throttle_failed (throttle, "192.0.2.1", 0, NULL);
  spc_throttle_succeeded (throttle, "192.0.2.1");
  g_assert_cmpuint (spc_throttle_failed (throttle, "192.0.2.1", 0, NULL), ==,
                    0);
}

static void
a_quiet_while_forgives (void)
{
  g_autoptr (SpcThrottle) throttle = spc_throttle_new ();
  uint32_t n_failures;

  for (int i = 0; i < 5; i++)
    spc_throttle_failed (throttle, "192.0.2.1", 0, NULL);
  g_assert_cmpuint (
      spc_throttle_failed (throttle, "192.0.2.1", 60 * SECOND_US, NULL), >, 0);
  g_assert_cmpuint (spc_throttle_failed (throttle, "192.0.2.1",
                                         60 * 60 * SECOND_US, &n_failures),
                    ==, 0);
  g_assert_cmpuint (n_failures, ==, 1);
}

/* the one that failed longest ago gives way, not the one that came first */
static void
oldest_address_gives_way (void)
{
  g_autoptr (SpcThrottle) throttle = spc_throttle_new ();
  uint32_t n_failures;

  spc_throttle_failed (throttle, "first", 0, NULL);
  spc_throttle_failed (throttle, "second", 1, NULL);
  spc_throttle_failed (throttle, "first", 2, NULL);
  for (uint32_t i = 0; i < SPC_MAX_THROTTLED_ADDRESSES - 1; i++) {
    g_autofree char *host = g_strdup_printf ("host %u", i);

    spc_throttle_failed (throttle, host, 3, NULL);
  }
  spc_throttle_failed (throttle, "first", 4, &n_failures);
  g_assert_cmpuint (n_failures, ==, 3);
  spc_throttle_failed (throttle, "second", 5, &n_failures);
  g_assert_cmpuint (n_failures, ==, 1);
}

static void
many_failures_make_others_wait (void)
{
  g_autoptr (SpcThrottle) throttle = spc_throttle_new ();

  for (uint32_t i = 1; i < SPC_PARALLEL_TICKET_TRIES; i++)
    spc_throttle_failed (throttle, "192.0.2.1", 0, NULL);
  g_assert_cmpuint (spc_throttle_wait (throttle, "192.0.2.1", 0), ==, 0);
  spc_throttle_failed (throttle, "192.0.2.1", SECOND_US, NULL);
  g_assert_cmpuint (spc_throttle_wait (throttle, "192.0.2.1", SECOND_US), ==,
                    SPC_MAX_TICKET_DELAY_MS);
  g_assert_cmpuint (spc_throttle_wait (throttle, "192.0.2.2", SECOND_US), ==,
                    0);
  /* to the last moment, and then one is looked at */
  g_assert_cmpuint (
      spc_throttle_wait (throttle, "192.0.2.1",
                         SECOND_US + SPC_MAX_TICKET_DELAY_MS * 1000 - 1),
      ==, 1);
  g_assert_cmpuint (
      spc_throttle_wait (throttle, "192.0.2.1",
                         SECOND_US + SPC_MAX_TICKET_DELAY_MS * 1000),
      ==, 0);
  spc_throttle_failed (throttle, "192.0.2.1", 20 * SECOND_US, NULL);
  spc_throttle_succeeded (throttle, "192.0.2.1");
  g_assert_cmpuint (spc_throttle_wait (throttle, "192.0.2.1", 20 * SECOND_US),
                    ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/throttle/delay-doubles-after-free-tries",
                   delay_doubles_after_free_tries);
  g_test_add_func ("/throttle/addresses-do-not-share", addresses_do_not_share);
  g_test_add_func ("/throttle/success-forgives", success_forgives);
  g_test_add_func ("/throttle/a-quiet-while-forgives", a_quiet_while_forgives);
  g_test_add_func ("/throttle/many-failures-make-others-wait",
                   many_failures_make_others_wait);
  g_test_add_func ("/throttle/oldest-address-gives-way",
                   oldest_address_gives_way);
  return g_test_run ();
}
