/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the policy by traces: images at times and places, and which of them
 * pass by. */
#include "keep-policy.h"

typedef struct {
  const char *name;
  int every_ms, n_images;
  QxlRect box; /* of the first one */
  QxlPoint step;
  guint least_passing, most_passing;
} Trace;

static const Trace traces[] = {
    {"a film", 40, 250, QXL_RECT (300, 200, 940, 560), {0, 0}, 247, 247},
    {"a film of the whole screen",
     16,
     600,
     QXL_RECT (0, 0, 3840, 2160),
     {0, 0},
     597,
     597},
    {"at 5 frames a second",
     200,
     50,
     QXL_RECT (3, 3, 300, 300),
     {0, 0},
     47,
     47},
    {"a fast one", 8, 500, QXL_RECT (0, 0, 640, 480), {0, 0}, 497, 497},
    {"slides", 3000, 50, QXL_RECT (0, 0, 1280, 720), {0, 0}, 0, 0},
    {"slides, hastily", 400, 50, QXL_RECT (0, 0, 1280, 720), {0, 0}, 0, 0},
    {"to and fro between windows",
     700,
     50,
     QXL_RECT (100, 80, 900, 700),
     {0, 0},
     0,
     0},
    {"typing", 30, 200, QXL_RECT (10, 10, 18, 26), {1, 0}, 0, 0},
    {"a spinner", 60, 200, QXL_RECT (500, 300, 548, 348), {0, 0}, 0, 0},
    {"pictures here and there",
     100,
     100,
     QXL_RECT (0, 0, 200, 150),
     {230, 170},
     0,
     0},
};

static guint
play (SpcKeepPolicy *policy, const Trace *trace, int64_t *now_us)
{
  QxlRect box = trace->box;
  guint n_passing = 0;

  for (int i = 0; i < trace->n_images; i++) {
    spc_keep_policy_draw (policy, 0, &box, *now_us);
    n_passing += spc_keep_policy_passes (policy, 0, &box, *now_us);
    *now_us += trace->every_ms * 1000;
    box.left += trace->step.x;
    box.right += trace->step.x;
    box.top += trace->step.y;
    box.bottom += trace->step.y;
  }
  return n_passing;
}

static void
test_traces (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (traces); i++) {
    g_autoptr (SpcKeepPolicy) policy = spc_keep_policy_new ();
    int64_t now_us = 123456789;
    guint n_passing = play (policy, &traces[i], &now_us);

    g_test_message ("%s: %u", traces[i].name, n_passing);
    g_assert_cmpuint (n_passing, >=, traces[i].least_passing);
    g_assert_cmpuint (n_passing, <=, traces[i].most_passing);
  }
}

/* asked before it is noted, as for what slow viewers get, it is the same */
static void
test_asked_before (void)
{
  g_autoptr (SpcKeepPolicy) policy = spc_keep_policy_new ();
  const QxlRect box = QXL_RECT (0, 0, 640, 480);
  int64_t now_us = 7;

  for (int i = 0; i < 10; i++) {
    g_assert_cmpint (spc_keep_policy_passes (policy, 0, &box, now_us), ==,
                     i >= SPC_KEEP_QUICK_IMAGES);
    spc_keep_policy_draw (policy, 0, &box, now_us);
    now_us += 40000;
  }
}

/* a film in a window leaves the rest of the screen alone, and other surfaces */
static void
test_beside_a_film (void)
{
  g_autoptr (SpcKeepPolicy) policy = spc_keep_policy_new ();
  const QxlRect film = QXL_RECT (0, 0, 512, 384);
  const QxlRect beside = QXL_RECT (640, 0, 1200, 700);
  const QxlRect around = QXL_RECT (0, 0, 1280, 1024);
  int64_t now_us = 5000000;

  for (int i = 0; i < 100; i++, now_us += 40000)
    spc_keep_policy_draw (policy, 0, &film, now_us);
  g_assert_true (spc_keep_policy_passes (policy, 0, &film, now_us));
  g_assert_false (spc_keep_policy_passes (policy, 0, &beside, now_us));
  g_assert_false (spc_keep_policy_passes (policy, 0, &around, now_us));
  g_assert_false (spc_keep_policy_passes (policy, 1, &film, now_us));
}

/* a frame in parts is one frame, and one after a pause the first again */
static void
test_moments (void)
{
  g_autoptr (SpcKeepPolicy) policy = spc_keep_policy_new ();
  const QxlRect box = QXL_RECT (0, 0, 100, 100);
  int64_t now_us = 5000000;

  for (int i = 0; i < 100; i++, now_us += 10)
    spc_keep_policy_draw (policy, 0, &box, now_us);
  g_assert_false (spc_keep_policy_passes (policy, 0, &box, now_us));
  for (int i = 0; i < 10; i++, now_us += 40000)
    spc_keep_policy_draw (policy, 0, &box, now_us);
  g_assert_true (spc_keep_policy_passes (policy, 0, &box, now_us));
  now_us += 500000;
  g_assert_false (spc_keep_policy_passes (policy, 0, &box, now_us));
  spc_keep_policy_draw (policy, 0, &box, now_us);
  g_assert_false (spc_keep_policy_passes (policy, 0, &box, now_us + 40000));
}

/* surfaces of any number and size are forgotten rather than mixed up */
static void
test_many_places (void)
{
  g_autoptr (SpcKeepPolicy) policy = spc_keep_policy_new ();
  const QxlRect huge = QXL_RECT (0, 0, 16384, 16384);
  int64_t now_us = 1;

  for (uint32_t i = 0; i < 40; i++, now_us += 40000) {
    spc_keep_policy_draw (policy, i % 4 * 0x40000001u, &huge, now_us);
    g_assert_false (
        spc_keep_policy_passes (policy, i % 4 * 0x40000001u, &huge, now_us));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keep-policy/traces", test_traces);
  g_test_add_func ("/keep-policy/asked-before-the-draw", test_asked_before);
  g_test_add_func ("/keep-policy/beside-a-film", test_beside_a_film);
  g_test_add_func ("/keep-policy/frames-in-parts-and-pauses", test_moments);
  g_test_add_func ("/keep-policy/any-number-of-places", test_many_places);
  return g_test_run ();
}
