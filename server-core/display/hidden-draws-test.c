/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of hidden draws: what hidden-draws.h promises. */
#include "hidden-draws.h"

enum { FILL, MOVE, TAKE, CREATE };

typedef struct {
  int what; /* MOVE: within the surface from 100, 0; TAKE: from surface 7 */
  uint32_t surface_id;
  QxlRect box;
  bool is_hidden;
} Step;

static void
add_step (QxlBatch *batch, const Step *step)
{
  QxlPoint from = {100, 0};

  switch (step->what) {
  case FILL:
    qxl_batch_draw (batch,
                    qxl_drawable_new_fill (step->surface_id, &step->box, 1));
    break;
  case MOVE:
    qxl_batch_draw (
        batch, qxl_drawable_new_copy_bits (step->surface_id, &step->box, from));
    break;
  case TAKE:
    qxl_batch_draw (batch, qxl_drawable_new_copy_surface (step->surface_id,
                                                          &step->box, 7, from));
    break;
  default:
    qxl_batch_create_surface (batch, step->surface_id, 9, 9, QXL_FORMAT_BGRX);
  }
}

static void
check (const Step *steps, guint n_steps)
{
  g_autoptr (QxlBatch) batch = qxl_batch_new ();
  g_autofree bool *hidden = NULL;
  bool is_any = false;

  for (guint i = 0; i < n_steps; i++)
    add_step (batch, &steps[i]);
  hidden = spc_hidden_draws_find (batch);
  for (guint i = 0; i < n_steps; i++) {
    is_any |= steps[i].is_hidden;
    g_assert_true (steps[i].is_hidden == (hidden != NULL && hidden[i]));
  }
  g_assert_true (is_any == (hidden != NULL));
}

#define CHECK(...)                                                             \
  G_STMT_START                                                                 \
  {                                                                            \
    const Step steps[] = {__VA_ARGS__};                                        \
    check (steps, G_N_ELEMENTS (steps));                                       \
  }                                                                            \
  G_STMT_END

#define SMALL QXL_RECT (10, 10, 20, 20)
#define LARGE QXL_RECT (0, 0, 50, 50)
#define BESIDE QXL_RECT (15, 10, 25, 20)

static void
test_what_is_covered_is_hidden (void)
{
  CHECK ({FILL, 0, SMALL, true}, {FILL, 0, LARGE, false});
  CHECK ({FILL, 0, SMALL, true}, {FILL, 0, SMALL, true},
         {FILL, 0, SMALL, false});
  CHECK ({FILL, 0, SMALL, false}, {FILL, 0, BESIDE, false});
  CHECK ({FILL, 0, LARGE, false}, {FILL, 0, SMALL, false});
}

static void
test_surfaces_are_apart (void)
{
  CHECK ({FILL, 7, SMALL, false}, {FILL, 0, LARGE, false});
  CHECK ({FILL, 0, SMALL, false}, {CREATE, 0, SMALL, false},
         {FILL, 0, LARGE, false});
}

static void
test_what_is_read_is_not_hidden (void)
{
  CHECK ({FILL, 0, SMALL, false}, {MOVE, 0, QXL_RECT (60, 0, 70, 10), false},
         {FILL, 0, LARGE, false});
  CHECK ({FILL, 7, SMALL, false}, {TAKE, 0, SMALL, false},
         {FILL, 7, LARGE, false});
  /* but what is drawn after that is */
  CHECK ({FILL, 7, SMALL, false}, {TAKE, 0, SMALL, false},
         {FILL, 7, SMALL, true}, {FILL, 7, LARGE, false});
}

static void
test_covers_are_the_newest (void)
{
  Step steps[60] = {{FILL, 0, SMALL, true}};

  for (int i = 1; i < 59; i++)
    steps[i] = (Step){FILL, 0, QXL_RECT (60 * i, 0, 60 * i + 50, 50), false};
  steps[1] = (Step){FILL, 0, LARGE, false};
  steps[59] = (Step){FILL, 0, QXL_RECT (3480, 0, 3530, 50), false};
  steps[58].is_hidden = true;
  check (steps, G_N_ELEMENTS (steps));
}

/* of many, so are several newest */
static void
test_several_covers_are_the_newest (void)
{
  Step steps[60] = {{FILL, 0, SMALL, true}, {FILL, 0, SMALL, true}};

  for (int i = 2; i < 60; i++)
    steps[i] = (Step){FILL, 0, QXL_RECT (60 * i, 0, 60 * i + 50, 50), false};
  steps[1].box = QXL_RECT (110, 10, 120, 20);
  steps[2].box = LARGE;
  steps[3].box = QXL_RECT (100, 0, 150, 50);
  check (steps, G_N_ELEMENTS (steps));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hidden-draws/what-is-covered-is-hidden",
                   test_what_is_covered_is_hidden);
  g_test_add_func ("/hidden-draws/surfaces-are-apart", test_surfaces_are_apart);
  g_test_add_func ("/hidden-draws/what-is-read-is-not-hidden",
                   test_what_is_read_is_not_hidden);
  g_test_add_func ("/hidden-draws/covers-are-the-newest",
                   test_covers_are_the_newest);
  g_test_add_func ("/hidden-draws/several-covers-are-the-newest",
                   test_several_covers_are_the_newest);
  return g_test_run ();
}
