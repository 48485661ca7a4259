/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of encode tickets: what encode-ticket.h promises. */
#include "encode-ticket.h"

#include "server-core/base/log.h"
#include "server-core/net/net-fixture.h"
#include "server-core/wire/protocol.h"

#include <string.h>
#include <sys/mman.h>

typedef struct {
  NetFixture net;
  SpcJobs *jobs;
  guint n_done, n_destroyed;
  /* holds the only worker back */
  GMutex lock;
  GCond cond;
  bool held;
  gint n_pushed;
  gint n_ran; /* atomic: of them, those that ended */
} Fixture;

static void
fixture_init (Fixture *self)
{
  *self = (Fixture){0};
  net_fixture_init (&self->net);
  self->jobs = spc_jobs_new (1);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
}

static void
fixture_clear (Fixture *self)
{
  spc_jobs_stop (self->jobs);
  spc_jobs_unref (self->jobs);
  net_fixture_clear (&self->net);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

static void
hold (SpcWorker *worker, gpointer user_data)
{
  Fixture *self = user_data;

  g_mutex_lock (&self->lock);
  while (self->held)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
}

static void
note_run (gpointer user_data)
{
  Fixture *self = user_data;

  g_atomic_int_inc (&self->n_ran);
  g_main_context_wakeup (self->net.context);
}

static void
push_hold (Fixture *self)
{
  self->n_pushed++;
  spc_jobs_push (self->jobs, hold, self, note_run);
}

static void
hold_worker (Fixture *self)
{
  self->held = true;
  push_hold (self);
}

static void
release_worker (Fixture *self)
{
  g_mutex_lock (&self->lock);
  self->held = false;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

/* until all jobs pushed so far have ended */
static void
finish_jobs (Fixture *self)
{
  push_hold (self);
  NET_RUN_UNTIL (&self->net, g_atomic_int_get (&self->n_ran) == self->n_pushed);
  net_fixture_run_ready (&self->net, 100);
}

static void
count_done (gpointer user_data)
{
  Fixture *self = user_data;

  spc_loop_assert_here (self->net.loop);
  self->n_done++;
}

static void
count_destroyed (gpointer user_data)
{
  ((Fixture *)user_data)->n_destroyed++;
}

static QxlImage *
gradient_new (uint32_t width, uint32_t height)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, width, height, &pixels);

  for (size_t i = 0; i < (size_t)width * height; i++) {
    uint8_t pixel[4] = {(uint8_t)i, (uint8_t)(i / width), 7, 0};
    memcpy (pixels + 4 * i, pixel, 4);
  }
  return image;
}

static SpcEncodeTicket *
ticket_new (Fixture *self, QxlImage *image, SpcCompression compression)
{
  const SpcEncodeOrder order = {.compression = compression};

  return spc_encode_ticket_new (self->net.loop, self->jobs, image, &order, NULL,
                                count_done, self, count_destroyed);
}

static void
test_result (void)
{
  g_autoptr (QxlImage) image = gradient_new (100, 30);
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (int compression = 0; compression < SPC_N_COMPRESSIONS; compression++) {
    SpcEncodedImage expected = {0};
    const SpcEncodedImage *result;
    SpcEncodeTicket *ticket;
    bool by_loss;
    SpcImageCodec codec =
        spc_choose_codec (compression, image, false, &by_loss);
    Fixture fixture;

    fixture_init (&fixture);
    g_assert_true (spc_image_encode (codec, image, scratch, &expected, NULL));
    ticket = ticket_new (&fixture, image, compression);
    g_assert_null (spc_encode_ticket_result (ticket));
    NET_RUN_UNTIL (&fixture.net, fixture.n_done > 0);
    result = spc_encode_ticket_result (ticket);
    g_assert_cmpuint (result->type, ==, expected.type);
    g_assert_cmpuint (result->width, ==, 100);
    g_assert_true (g_bytes_equal (result->payload, expected.payload));
    g_assert_true (spc_encode_ticket_result (ticket) == result);
    finish_jobs (&fixture);
    g_assert_cmpuint (fixture.n_done, ==, 1);
    g_assert_cmpuint (fixture.n_destroyed, ==, 0);
    spc_encode_ticket_free (ticket);
    g_assert_cmpuint (fixture.n_destroyed, ==, 1);
    spc_encoded_image_clear (&expected);
    fixture_clear (&fixture);
  }
}

static void
test_palettes (void)
{
  static const struct {
    SpcCompression compression;
    uint8_t type;
  } rows[] = {
      {SPC_COMPRESSION_AUTO, SPICE_IMAGE_TYPE_LZ_RGB},
      {SPC_COMPRESSION_LZ, SPICE_IMAGE_TYPE_LZ_RGB},
      {SPC_COMPRESSION_AUTO_PALETTES, SPICE_IMAGE_TYPE_LZ_PLT},
      {SPC_COMPRESSION_LZ_PALETTES, SPICE_IMAGE_TYPE_LZ_PLT},
  };
  uint8_t *pixels;
  g_autoptr (QxlImage) image = qxl_image_new (QXL_FORMAT_BGRX, 64, 64, &pixels);

  for (size_t i = 0; i < 64 * 64 * 4; i++)
    pixels[i] = i % 4 < 3 && i / 1024 % 2 ? 0xff : 0;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const SpcEncodedImage *result;
    SpcEncodeTicket *ticket;
    Fixture fixture;

    fixture_init (&fixture);
    ticket = ticket_new (&fixture, image, rows[i].compression);
    NET_RUN_UNTIL (&fixture.net, fixture.n_done > 0);
    result = spc_encode_ticket_result (ticket);
    g_assert_cmpuint (result->type, ==, rows[i].type);
    g_assert_true ((result->palette != NULL) ==
                   (result->type == SPICE_IMAGE_TYPE_LZ_PLT));
    spc_encode_ticket_free (ticket);
    fixture_clear (&fixture);
  }
}

/* the pixels may not be read, so an encoding that runs nevertheless is seen */
static void
test_cancel_before (void)
{
  const size_t size = 64 * 64 * 4;
  uint8_t *pixels =
      mmap (NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_autoptr (QxlImage) image = qxl_image_new_wrapped (
      QXL_FORMAT_BGRX, 64, 64, 64 * 4, pixels, NULL, NULL);
  Fixture fixture;
  SpcEncodeTicket *ticket;

  fixture_init (&fixture);
  hold_worker (&fixture);
  ticket = ticket_new (&fixture, image, SPC_COMPRESSION_LZ);
  spc_encode_ticket_free (ticket);
  g_assert_cmpuint (fixture.n_destroyed, ==, 1);
  release_worker (&fixture);
  finish_jobs (&fixture);
  g_assert_cmpuint (fixture.n_done, ==, 0);
  g_assert_cmpint (g_atomic_int_get (&image->ref_count), ==, 1);
  fixture_clear (&fixture);
  munmap (pixels, size);
}

/* the result is under way to the loop: nobody hears of it any more */
static void
test_cancel_after (void)
{
  g_autoptr (QxlImage) image = gradient_new (64, 64);
  Fixture fixture;
  SpcEncodeTicket *ticket;

  fixture_init (&fixture);
  hold_worker (&fixture);
  ticket = ticket_new (&fixture, image, SPC_COMPRESSION_LZ);
  push_hold (&fixture);
  release_worker (&fixture);
  while (g_atomic_int_get (&fixture.n_ran) < 2)
    g_thread_yield ();
  spc_encode_ticket_free (ticket);
  finish_jobs (&fixture);
  g_assert_cmpuint (fixture.n_done, ==, 0);
  g_assert_cmpuint (fixture.n_destroyed, ==, 1);
  g_assert_cmpint (g_atomic_int_get (&image->ref_count), ==, 1);
  fixture_clear (&fixture);
}

static guint n_warnings; /* written on the worker, read after it ended */

static void
count_warning (SpcLogCategory category, SpcLogLevel level, const char *file,
               const char *function, int line, const char *text)
{
  if (level == SPC_LEVEL_WARNING)
    n_warnings++;
}

static void
test_cannot_be_encoded (void)
{
  uint8_t *pixels;
  g_autoptr (QxlImage) image = qxl_image_new (QXL_FORMAT_RGB16, 4, 4, &pixels);
  Fixture fixture;
  SpcEncodeTicket *ticket;

  spc_log_set_sink (count_warning);
  fixture_init (&fixture);
  ticket = ticket_new (&fixture, image, SPC_COMPRESSION_LZ);
  NET_RUN_UNTIL (&fixture.net, fixture.n_done > 0);
  g_assert_null (spc_encode_ticket_result (ticket)->payload);
  spc_encode_ticket_free (ticket);
  fixture_clear (&fixture);
  g_assert_cmpuint (n_warnings, ==, 1);
  spc_log_set_sink (NULL);
}

static void
test_stop (void)
{
  g_autoptr (QxlImage) image = gradient_new (64, 64);
  SpcEncodeTicket *tickets[20];
  Fixture fixture;

  fixture_init (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (tickets); i++)
    tickets[i] = ticket_new (&fixture, image, SPC_COMPRESSION_LZ4);
  spc_jobs_stop (fixture.jobs);
  spc_loop_stop (fixture.net.loop);
  for (guint i = 0; i < G_N_ELEMENTS (tickets); i++)
    spc_encode_ticket_free (tickets[i]);
  g_assert_cmpuint (fixture.n_done, ==, 0);
  g_assert_cmpuint (fixture.n_destroyed, ==, G_N_ELEMENTS (tickets));
  fixture_clear (&fixture);
  g_assert_cmpint (g_atomic_int_get (&image->ref_count), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/encode-ticket/result-is-what-the-encoder-makes",
                   test_result);
  g_test_add_func ("/encode-ticket/few-colours-go-as-indices", test_palettes);
  g_test_add_func ("/encode-ticket/dropped-before-it-began-is-not-encoded",
                   test_cancel_before);
  g_test_add_func ("/encode-ticket/dropped-after-it-ended-tells-nobody",
                   test_cancel_after);
  g_test_add_func ("/encode-ticket/what-cannot-be-encoded-ends-empty",
                   test_cannot_be_encoded);
  g_test_add_func ("/encode-ticket/stopping-frees-everything", test_stop);
  return g_test_run ();
}
