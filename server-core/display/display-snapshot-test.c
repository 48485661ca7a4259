/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of what a display tells its producer: what surfaces show, and which
 * commands are refused. */
#include "display-stage.h"

typedef struct {
  gint n_answers, n_destroyed;
  QxlImage *image; /* the last answer's, referenced */
} Answer;

static void
on_answer (QxlImage *image, gpointer user_data)
{
  Answer *answer = user_data;

  g_assert_cmpint (answer->n_destroyed, ==, 0);
  answer->n_answers++;
  answer->image = image != NULL ? qxl_image_ref (image) : NULL;
}

static void
on_destroy (gpointer user_data)
{
  g_atomic_int_inc (&((Answer *)user_data)->n_destroyed);
}

static void
ask (Stage *stage, uint32_t surface_id, QxlRect area, Answer *answer)
{
  *answer = (Answer){0};
  spc_display_snapshot (stage->display, surface_id, &area, on_answer, answer,
                        on_destroy);
}

static void
ask_and_wait (Stage *stage, uint32_t surface_id, QxlRect area, Answer *answer)
{
  ask (stage, surface_id, area, answer);
  NET_RUN_UNTIL (&stage->session.net,
                 g_atomic_int_get (&answer->n_destroyed) == 1);
  g_assert_cmpint (answer->n_answers, ==, 1);
}

/* with no viewer there */
static void
test_shows_what_was_posted_before (void)
{
  const QxlRect all = QXL_RECT (0, 0, STAGE_WIDTH, STAGE_HEIGHT);
  Answer before, after;
  QxlBatch *batch;
  Stage stage;

  stage_init (&stage);
  stage_post_first (&stage);
  ask (&stage, QXL_PRIMARY_SURFACE, all, &before);
  batch = qxl_batch_new ();
  stage_fill (&stage, batch, all, 0x123456);
  stage_post (&stage, batch);
  ask_and_wait (&stage, QXL_PRIMARY_SURFACE, all, &after);
  g_assert_cmpint (before.n_answers, ==, 1);
  g_assert_cmpuint (after.image->width, ==, STAGE_WIDTH);
  g_assert_cmpuint (after.image->height, ==, STAGE_HEIGHT);
  for (uint32_t y = 0; y < STAGE_HEIGHT; y++) {
    const uint8_t *row = qxl_image_row (stage_expect (&stage), y);

    g_assert_cmpmem (qxl_image_row (after.image, y), 4 * STAGE_WIDTH, row,
                     4 * STAGE_WIDTH);
    g_assert_cmphex (qxl_image_row (after.image, y)[0], ==, 0x56);
  }
  g_assert_true (memcmp (qxl_image_row (before.image, 0),
                         qxl_image_row (after.image, 0), 4 * STAGE_WIDTH) != 0);
  qxl_image_unref (before.image);
  qxl_image_unref (after.image);
  stage_clear (&stage);
}

static void
test_areas_are_clipped (void)
{
  Answer answer;
  Stage stage;

  stage_init (&stage);
  stage_post_first (&stage);
  ask_and_wait (&stage, 0, QXL_RECT (-5, 3, 9, G_MAXINT32), &answer);
  g_assert_cmpuint (answer.image->width, ==, 9);
  g_assert_cmpuint (answer.image->height, ==, STAGE_HEIGHT - 3);
  qxl_image_unref (answer.image);
  stage_clear (&stage);
}

static void
test_nothing_is_answered_too (void)
{
  static const struct {
    uint32_t surface_id;
    QxlRect area;
  } none[] = {
      {7, {0, 0, 5, 5}},
      {G_MAXUINT32, {0, 0, 5, 5}},
      {0, {0, 0, 0, 0}},
      {0, {5, 5, 4, 9}},
      {0, {STAGE_WIDTH, 0, STAGE_WIDTH + 1, 1}},
      {0, {G_MININT32, G_MININT32, 0, 0}},
  };
  Answer answer;
  Stage stage;

  stage_init (&stage);
  stage_post_first (&stage);
  for (guint i = 0; i < G_N_ELEMENTS (none); i++) {
    ask_and_wait (&stage, none[i].surface_id, none[i].area, &answer);
    g_assert_null (answer.image);
  }
  stage_clear (&stage);
}

/* a pixel of the surface's first row, 0xAARRGGBB */
static uint32_t
read_pixel (Stage *stage, uint32_t surface_id, int x, QxlFormat format)
{
  Answer answer;
  uint32_t pixel;

  ask_and_wait (stage, surface_id, QXL_RECT (0, 0, 300, 2), &answer);
  g_assert_cmpint (answer.image->format, ==, format);
  g_assert_cmpuint (answer.image->width, ==, 300);
  memcpy (&pixel, qxl_image_row (answer.image, 0) + 4 * x, 4);
  qxl_image_unref (answer.image);
  return GUINT32_FROM_LE (pixel);
}

/* as BGRX, or BGRA where there is alpha */
static void
test_all_formats_are_readable (void)
{
  static const struct {
    QxlFormat format, read_as;
    uint32_t color, expected;
  } formats[] = {
      {QXL_FORMAT_BGRX, QXL_FORMAT_BGRX, 0xff123456, 0x00123456},
      {QXL_FORMAT_BGRA, QXL_FORMAT_BGRA, 0x80123456, 0x80123456},
      {QXL_FORMAT_RGB15, QXL_FORMAT_BGRX, 0x7c1f, 0x00ff00ff},
      {QXL_FORMAT_RGB16, QXL_FORMAT_BGRX, 0xf81f, 0x00ff00ff},
      {QXL_FORMAT_A8, QXL_FORMAT_BGRA, 0x47, 0x47000000},
      {QXL_FORMAT_A1, QXL_FORMAT_BGRA, 1, 0xff000000},
  };
  Stage stage;

  stage_init (&stage);
  stage_post_first (&stage);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    QxlBatch *batch = qxl_batch_new ();

    g_test_message ("%s", qxl_format_name (formats[i].format));
    qxl_batch_create_surface (batch, 10 + i, 300, 2, formats[i].format);
    qxl_batch_draw (batch,
                    qxl_drawable_new_fill (10 + i, &QXL_RECT (270, 0, 280, 1),
                                           formats[i].color));
    spc_display_post (stage.display, batch);
    g_assert_cmphex (read_pixel (&stage, 10 + i, 270, formats[i].read_as), ==,
                     formats[i].expected);
    g_assert_cmphex (read_pixel (&stage, 10 + i, 269, formats[i].read_as), ==,
                     0);
  }
  stage_clear (&stage);
}

/* so that whoever waits goes on */
static void
test_stop_destroys (void)
{
  Answer answer;
  Stage stage;

  stage_init (&stage);
  stage_post_first (&stage);
  ask (&stage, 0, QXL_RECT (0, 0, 5, 5), &answer);
  stage_clear (&stage);
  g_assert_cmpint (answer.n_destroyed, ==, 1);
  g_clear_pointer (&answer.image, qxl_image_unref);
}

/* refusals */

typedef struct {
  guint n_told, n_destroyed;
  char *last;
} Told;

static void
on_refused (const GError *error, gpointer user_data)
{
  Told *told = user_data;

  told->n_told++;
  g_free (told->last);
  told->last = g_strdup (error->message);
}

static void
on_told_destroyed (gpointer user_data)
{
  ((Told *)user_data)->n_destroyed++;
}

static void
post_outside (Stage *stage)
{
  QxlBatch *batch = qxl_batch_new ();

  qxl_batch_draw (batch,
                  qxl_drawable_new_fill (777, &QXL_RECT (0, 0, 2, 2), 0));
  spc_display_post (stage->display, batch);
  session_settle (&stage->session);
}

static void
test_refusals_are_told (void)
{
  Told told = {0};
  Stage stage;

  stage_init (&stage);
  stage_post_first (&stage);
  post_outside (&stage);
  spc_display_set_refused_func (stage.display, on_refused, &told,
                                on_told_destroyed);
  stage_post_copy (&stage, QXL_RECT (0, 0, 5, 5));
  session_settle (&stage.session);
  g_assert_cmpuint (told.n_told, ==, 0);
  post_outside (&stage);
  g_assert_cmpuint (told.n_told, ==, 1);
  g_assert_nonnull (strstr (told.last, "777"));
  spc_display_set_refused_func (stage.display, NULL, NULL, NULL);
  g_assert_cmpuint (told.n_destroyed, ==, 1);
  post_outside (&stage);
  g_assert_cmpuint (told.n_told, ==, 1);
  spc_display_set_refused_func (stage.display, on_refused, &told,
                                on_told_destroyed);
  stage_clear (&stage);
  g_assert_cmpuint (told.n_destroyed, ==, 2);
  g_free (told.last);
}

/* taken away by the call itself: its data stays until it returns */

typedef struct {
  Stage *stage;
  guint n_called, n_destroyed;
} Leaver;

static void
leave_room (gpointer user_data)
{
  Leaver *leaver = user_data;

  leaver->n_called++;
  spc_display_set_room_func (leaver->stage->display, NULL, NULL, NULL);
  g_assert_cmpuint (leaver->n_destroyed, ==, 0);
}

static void
leave_refused (const GError *error, gpointer user_data)
{
  Leaver *leaver = user_data;

  leaver->n_called++;
  spc_display_set_refused_func (leaver->stage->display, NULL, NULL, NULL);
  g_assert_cmpuint (leaver->n_destroyed, ==, 0);
}

static void
on_left (gpointer user_data)
{
  ((Leaver *)user_data)->n_destroyed++;
}

static void
test_leaving_while_called (void)
{
  Stage stage;
  Leaver room = {.stage = &stage}, refused = {.stage = &stage};

  stage_init (&stage);
  stage_post_first (&stage);
  session_settle (&stage.session);
  spc_display_set_room_func (stage.display, leave_room, &room, on_left);
  spc_display_set_refused_func (stage.display, leave_refused, &refused,
                                on_left);
  post_outside (&stage);
  post_outside (&stage);
  g_assert_cmpuint (room.n_called, ==, 1);
  g_assert_cmpuint (room.n_destroyed, ==, 1);
  g_assert_cmpuint (refused.n_called, ==, 1);
  g_assert_cmpuint (refused.n_destroyed, ==, 1);
  stage_clear (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/display-snapshot/shows-what-was-posted-before",
                   test_shows_what_was_posted_before);
  g_test_add_func ("/display-snapshot/areas-are-clipped",
                   test_areas_are_clipped);
  g_test_add_func ("/display-snapshot/nothing-is-answered-too",
                   test_nothing_is_answered_too);
  g_test_add_func ("/display-snapshot/all-formats-are-readable",
                   test_all_formats_are_readable);
  g_test_add_func ("/display-snapshot/stop-destroys", test_stop_destroys);
  g_test_add_func ("/display-snapshot/refusals-are-told",
                   test_refusals_are_told);
  g_test_add_func ("/display-snapshot/listeners-leave-while-called",
                   test_leaving_while_called);
  return g_test_run ();
}
