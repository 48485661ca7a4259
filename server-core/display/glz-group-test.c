/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the shared dictionary: who is in step, when a generation begins, and
 * that viewers who joined at different times decode the same images. */
#include "glz-group.h"

#include "server-core/net/net-fixture.h"
#include "server-core/wire/protocol.h"
#include "tests/image-decoders-glz.h"

#define LATER (2 * G_USEC_PER_SEC)

typedef struct {
  NetFixture net;
  SpcJobs *jobs;
  SpcGlzGroup *group;
  guint n_done, n_destroyed;
} Fixture;

/* a viewer: where it stands, and what it decodes */
typedef struct {
  SpcGlzPlace place;
  uint64_t next_id;
  GlzDecoder *decoder;
  bool deflates;
  guint n_deflated;
} Reader;

static void
fixture_init (Fixture *self)
{
  *self = (Fixture){0};
  net_fixture_init (&self->net);
  self->jobs = spc_jobs_new (2);
  self->group = spc_glz_group_new (self->net.loop, self->jobs);
}

static void
fixture_clear (Fixture *self)
{
  spc_jobs_stop (self->jobs); /* a worker must not be the last to let go */
  spc_glz_group_free (self->group);
  spc_jobs_unref (self->jobs);
  net_fixture_clear (&self->net);
}

static void
count_done (gpointer user_data)
{
  ((Fixture *)user_data)->n_done++;
}

static void
count_destroyed (gpointer user_data)
{
  ((Fixture *)user_data)->n_destroyed++;
}

/* drawn-like, so that GLZ is chosen: every number another */
static QxlImage *
drawing_new (guint number)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, 50, 20, &pixels);

  for (guint i = 0; i < 50 * 20; i++) {
    uint8_t level = (i / (3 + number)) % 2 ? 0xff : (uint8_t)number;
    uint8_t pixel[4] = {level, 0, level, 0};

    memcpy (pixels + i * 4, pixel, 4);
  }
  return image;
}

static const SpcLinkCoding by_content = {.compression = SPC_COMPRESSION_AUTO,
                                         .uses_glz = true};

static SpcGlzTicket *
code_as (Fixture *self, const SpcGlzPlace *place, int64_t now_us,
         QxlImage *image, const SpcLinkCoding *coding)
{
  SpcGlzTicket *ticket =
      spc_glz_group_encode (self->group, place, now_us, image, coding,
                            count_done, self, count_destroyed);

  NET_RUN_UNTIL (&self->net,
                 spc_glz_ticket_prepare (ticket, coding->deflates_glz));
  return ticket;
}

static SpcGlzTicket *
code (Fixture *self, const SpcGlzPlace *place, int64_t now_us, QxlImage *image)
{
  return code_as (self, place, now_us, image, &by_content);
}

/* the viewer is sent the slot and must see the image */
static void
read_slot (Reader *self, const SpcGlzTicket *ticket, const QxlImage *image)
{
  SpcEncodedImage encoded = {0};
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;
  gsize size;
  const uint8_t *payload;

  g_assert_true (spc_glz_ticket_fits (ticket, &self->place));
  spc_glz_ticket_take (ticket, self->deflates, &self->next_id, &encoded);
  spc_glz_ticket_pass (ticket, &self->place);
  self->n_deflated += encoded.type == SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB;
  spc_encoded_image_join (&encoded);
  payload = g_bytes_get_data (encoded.payload, &size);
  glz_decoder_decode_payload (self->decoder, encoded.type, payload, size,
                              &pixels, &error);
  g_assert_no_error (error);
  for (uint32_t y = 0; y < image->height; y++)
    g_assert_cmpmem (pixels.pixels + y * pixels.stride, image->width * 4,
                     qxl_image_row (image, y), image->width * 4);
  spc_encoded_image_clear (&encoded);
}

static void
test_in_step (void)
{
  Reader early = {.decoder = glz_decoder_new (SPC_GLZ_GROUP_WINDOW)};
  Reader late = {.decoder = glz_decoder_new (SPC_GLZ_GROUP_WINDOW)};
  const SpcGlzPlace nowhere = {0};
  int64_t now = 1;
  Fixture fixture;

  fixture_init (&fixture);
  for (guint n = 0; n < 12; n++) {
    bool begins = n == 6;
    g_autoptr (QxlImage) image = drawing_new (n);
    g_autoptr (SpcGlzTicket) ticket = NULL;

    if (begins)
      now += LATER;
    ticket = code (&fixture, begins ? &late.place : &early.place, now, image);
    g_assert_true (spc_glz_ticket_fits (ticket, &nowhere) ==
                   (n == 0 || begins));
    read_slot (&early, ticket, image);
    if (n >= 6)
      read_slot (&late, ticket, image);
  }
  g_assert_cmpuint (early.next_id, ==, 12);
  g_assert_cmpuint (late.next_id, ==, 6);
  g_assert_cmpuint (fixture.n_done, ==, 12);
  g_assert_cmpuint (fixture.n_destroyed, ==, 12);
  glz_decoder_free (early.decoder);
  glz_decoder_free (late.decoder);
  fixture_clear (&fixture);
}

typedef struct {
  Fixture *fixture;
  QxlImage *image;
  int64_t now_us;
  SpcGlzTicket *ticket;
  gint done; /* atomic */
} AtOnce;

static void
run_at_once (SpcWorker *worker, gpointer user_data)
{
  AtOnce *job = user_data;

  job->ticket = spc_glz_group_encode_now (job->fixture->group, job->now_us,
                                          job->image, &by_content, worker);
}

static void
end_at_once (gpointer user_data)
{
  g_atomic_int_set (&((AtOnce *)user_data)->done, 1);
}

static SpcGlzTicket *
code_at_once (Fixture *self, int64_t now_us, QxlImage *image)
{
  AtOnce job = {.fixture = self, .image = image, .now_us = now_us};

  spc_jobs_push (self->jobs, run_at_once, &job, end_at_once);
  while (g_atomic_int_get (&job.done) == 0)
    g_thread_yield ();
  return job.ticket;
}

/* slots coded at once and slots queued are one sequence */
static void
test_at_once (void)
{
  Reader reader = {.decoder = glz_decoder_new (SPC_GLZ_GROUP_WINDOW)};
  Fixture fixture;
  guint n_at_once = 0;

  fixture_init (&fixture);
  for (guint n = 0; n < 40; n++) {
    g_autoptr (QxlImage) image = drawing_new (n % 7);
    g_autoptr (SpcGlzTicket) ticket = NULL;

    if (n % 4 != 0)
      ticket = code_at_once (&fixture, 1, image);
    n_at_once += ticket != NULL;
    if (ticket == NULL)
      ticket = code (&fixture, &reader.place, 1, image);
    g_assert_true (spc_glz_ticket_prepare (ticket, false));
    read_slot (&reader, ticket, image);
    g_assert_true (spc_glz_group_goes_on_for (fixture.group, &reader.place));
  }
  g_assert_cmpuint (n_at_once, >=, 20);
  g_assert_cmpuint (reader.next_id, ==, 40);
  glz_decoder_free (reader.decoder);
  fixture_clear (&fixture);
}

/* nor before the first generation, nor when another is due, nor out of turn */
static void
test_not_at_once (void)
{
  g_autoptr (QxlImage) image = drawing_new (1);
  SpcGlzTicket *tickets[20];
  SpcGlzPlace place = {0};
  Fixture fixture;

  fixture_init (&fixture);
  g_assert_null (code_at_once (&fixture, 1, image));
  tickets[0] = code (&fixture, &place, 1, image);
  spc_glz_ticket_pass (tickets[0], &place);
  spc_glz_ticket_free (tickets[0]);
  spc_glz_group_ask (fixture.group);
  g_assert_null (code_at_once (&fixture, 1 + LATER, image));
  /* one in step begins it for who asked */
  tickets[0] = code (&fixture, &place, 1 + LATER, image);
  g_assert_true (spc_glz_ticket_fits (tickets[0], &(SpcGlzPlace){0}));
  spc_glz_ticket_pass (tickets[0], &place);
  spc_glz_ticket_free (tickets[0]);
  g_assert_nonnull (tickets[0] = code_at_once (&fixture, 1 + LATER, image));
  spc_glz_ticket_pass (tickets[0], &place);
  spc_glz_ticket_free (tickets[0]);
  /* whatever comes between, places are given once, and in order */
  for (guint i = 0; i < G_N_ELEMENTS (tickets); i++) {
    tickets[i] = i % 2 ? code_at_once (&fixture, 2 + LATER, image) : NULL;
    if (tickets[i] == NULL)
      tickets[i] = spc_glz_group_encode (fixture.group, &place, 2 + LATER,
                                         image, &by_content, count_done,
                                         &fixture, count_destroyed);
    g_assert_true (spc_glz_ticket_fits (tickets[i], &place));
    spc_glz_ticket_pass (tickets[i], &place);
  }
  for (guint i = 0; i < G_N_ELEMENTS (tickets); i++) {
    NET_RUN_UNTIL (&fixture.net, spc_glz_ticket_prepare (tickets[i], false));
    spc_glz_ticket_free (tickets[i]);
  }
  fixture_clear (&fixture);
}

static void
test_out_of_step (void)
{
  g_autoptr (QxlImage) image = drawing_new (1);
  SpcGlzPlace in_step = {0}, behind = {0};
  Fixture fixture;

  fixture_init (&fixture);
  for (guint n = 0; n < 3; n++) {
    g_autoptr (SpcGlzTicket) ticket = code (&fixture, &in_step, 1, image);

    spc_glz_ticket_pass (ticket, &in_step);
    if (n == 0)
      behind = in_step;
  }
  g_assert_true (spc_glz_group_serves (fixture.group, &in_step, 2));
  g_assert_false (spc_glz_group_serves (fixture.group, &behind, 2));
  g_assert_true (spc_glz_group_serves (fixture.group, &behind, 1 + LATER));
  fixture_clear (&fixture);
}

/* one that falls out of step again and again costs the others less and less */
static void
test_generations (void)
{
  static const int waits_s[] = {2, 4, 8, 16, 32, 32};
  g_autoptr (QxlImage) image = drawing_new (1);
  const SpcGlzPlace nowhere = {0};
  int64_t now = 1;
  Fixture fixture;

  fixture_init (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (waits_s); i++) {
    g_autoptr (SpcGlzTicket) ticket = NULL;

    g_assert_true (spc_glz_group_serves (fixture.group, &nowhere, now));
    ticket = code (&fixture, &nowhere, now, image);
    now += waits_s[i] * G_USEC_PER_SEC;
    g_assert_false (spc_glz_group_serves (fixture.group, &nowhere, now - 1));
  }
  now += 32 * G_USEC_PER_SEC; /* nobody asked for so long */
  spc_glz_ticket_free (code (&fixture, &nowhere, now, image));
  g_assert_true (spc_glz_group_serves (fixture.group, &nowhere, now + LATER));
  fixture_clear (&fixture);
}

/* a slot is coded although nobody waits for it any more: those after it are not
 * out of order */
static void
test_freed_ticket (void)
{
  Reader reader = {.decoder = glz_decoder_new (SPC_GLZ_GROUP_WINDOW)};
  g_autoptr (QxlImage) image = drawing_new (1);
  g_autoptr (SpcGlzTicket) next = NULL;
  SpcGlzPlace place = {0};
  SpcGlzTicket *ticket;
  Fixture fixture;

  fixture_init (&fixture);
  ticket = spc_glz_group_encode (fixture.group, &place, 1, image, &by_content,
                                 count_done, &fixture, count_destroyed);
  spc_glz_ticket_free (ticket);
  g_assert_cmpuint (fixture.n_destroyed, ==, 1);
  next = code (&fixture, &reader.place, 1 + LATER, image);
  read_slot (&reader, next, image);
  g_assert_cmpuint (fixture.n_done, ==, 1);
  g_clear_pointer (&next, spc_glz_ticket_free);
  glz_decoder_free (reader.decoder);
  fixture_clear (&fixture);
}

static QxlImage *
photo_new (guint number)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, 64, 64, &pixels);

  for (guint i = 0; i < 64 * 64 * 4; i++)
    pixels[i] = i % 4 == 3 ? 0 : (uint8_t)(i / 4 % 64 + i / 256 * 2 + number);
  return image;
}

static void
test_coding (void)
{
  static const struct {
    SpcLinkCoding coding;
    bool of_photo;
    uint8_t type;
  } rows[] = {
      {{SPC_COMPRESSION_AUTO, true}, false, SPICE_IMAGE_TYPE_GLZ_RGB},
      {{SPC_COMPRESSION_AUTO, true}, true, SPICE_IMAGE_TYPE_QUIC},
      {{SPC_COMPRESSION_LZ, true}, false, SPICE_IMAGE_TYPE_GLZ_RGB},
      {{SPC_COMPRESSION_LZ, true}, true, SPICE_IMAGE_TYPE_GLZ_RGB},
      {{SPC_COMPRESSION_LZ, true, false, true},
       true,
       SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB},
  };
  Fixture fixture;

  fixture_init (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Reader reader = {.decoder = glz_decoder_new (SPC_GLZ_GROUP_WINDOW)};
    g_autoptr (QxlImage) image =
        rows[i].of_photo ? photo_new (0) : drawing_new (i);
    g_autoptr (SpcGlzTicket) ticket = code_as (
        &fixture, &reader.place, 1 + i * LATER, image, &rows[i].coding);
    SpcEncodedImage encoded = {0};
    uint64_t next_id = 0;

    g_test_message ("row %u", i);
    spc_glz_ticket_take (ticket, rows[i].coding.deflates_glz, &next_id,
                         &encoded);
    g_assert_cmpint (encoded.type, ==, rows[i].type);
    if (encoded.type != SPICE_IMAGE_TYPE_QUIC)
      read_slot (&reader, ticket, image);
    spc_encoded_image_clear (&encoded);
    glz_decoder_free (reader.decoder);
  }
  fixture_clear (&fixture);
}

/* the fast viewer does not wait for what the slow one is sent */
static void
test_deflated (void)
{
  Reader fast = {.decoder = glz_decoder_new (SPC_GLZ_GROUP_WINDOW)};
  Reader slow = {.decoder = glz_decoder_new (SPC_GLZ_GROUP_WINDOW),
                 .deflates = true};
  const SpcLinkCoding glz = {SPC_COMPRESSION_LZ, true};
  Fixture fixture;

  fixture_init (&fixture);
  for (guint n = 0; n < 8; n++) {
    g_autoptr (QxlImage) image = n % 2 ? photo_new (n) : drawing_new (n);
    g_autoptr (SpcGlzTicket) ticket =
        spc_glz_group_encode (fixture.group, &fast.place, 1, image, &glz,
                              count_done, &fixture, count_destroyed);

    if (n % 4 >= 2) /* asks before it is coded */
      g_assert_false (spc_glz_ticket_prepare (ticket, true));
    NET_RUN_UNTIL (&fixture.net, spc_glz_ticket_prepare (ticket, false));
    read_slot (&fast, ticket, image);
    NET_RUN_UNTIL (&fixture.net, spc_glz_ticket_prepare (ticket, true));
    read_slot (&slow, ticket, image);
  }
  g_assert_cmpuint (fast.n_deflated, ==, 0);
  g_assert_cmpuint (slow.n_deflated, >=, 1);
  glz_decoder_free (fast.decoder);
  glz_decoder_free (slow.decoder);
  fixture_clear (&fixture);
}

/* what nobody asks for is not made, and not for one who has gone */
static void
test_deflated_for_nobody (void)
{
  const SpcLinkCoding glz = {SPC_COMPRESSION_LZ, true};
  SpcGlzTicket *tickets[3];
  SpcGlzPlace place = {0};
  Fixture fixture;

  fixture_init (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (tickets); i++) {
    g_autoptr (QxlImage) image = photo_new (i);

    tickets[i] = code_as (&fixture, &place, 1, image, &glz);
    spc_glz_ticket_pass (tickets[i], &place);
  }
  g_assert_false (spc_glz_ticket_prepare (tickets[0], true));
  g_assert_false (spc_glz_ticket_prepare (tickets[1], true));
  spc_glz_ticket_free (tickets[0]);
  NET_RUN_UNTIL (&fixture.net, spc_glz_ticket_prepare (tickets[1], true));
  g_assert_cmpuint (fixture.n_done, ==, G_N_ELEMENTS (tickets) + 1);
  spc_glz_ticket_free (tickets[1]);
  spc_glz_ticket_free (tickets[2]);
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/glz-group/viewers-in-step-decode-the-same", test_in_step);
  g_test_add_func ("/glz-group/slots-coded-at-once-are-in-order", test_at_once);
  g_test_add_func ("/glz-group/not-all-is-coded-at-once", test_not_at_once);
  g_test_add_func ("/glz-group/who-missed-a-slot-waits", test_out_of_step);
  g_test_add_func ("/glz-group/generations-become-rare", test_generations);
  g_test_add_func ("/glz-group/a-slot-is-coded-nevertheless",
                   test_freed_ticket);
  g_test_add_func ("/glz-group/a-slot-is-coded-as-its-first-viewer-asks",
                   test_coding);
  g_test_add_func ("/glz-group/deflating-holds-nobody-up", test_deflated);
  g_test_add_func ("/glz-group/deflates-for-nobody", test_deflated_for_nobody);
  return g_test_run ();
}
