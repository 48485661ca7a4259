/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Encoders that are missing, fail, hang, or give no key frames when asked. */
#include "gst/encoder/gstspiceencoder-fixture.h"
#include "gst/encoder/gstspicevideofactory.h"

#include <spice/enums.h>
#include <string.h>

#define WIDTH 64
#define HEIGHT 48

/* An element that makes VP8 frames of a kind: three bytes, the first of which
 * tells whether it is a key frame. */

typedef struct {
  GstElement parent;
  GstPad *sink, *src;
  guint n_frames; /* so far */
  bool wants_key;
} Fake;
typedef GstElementClass FakeClass;

GType fake_get_type (void);
G_DEFINE_TYPE (Fake, fake, GST_TYPE_ELEMENT)

typedef enum { GOOD, FAILS, HANGS, KEYLESS } Kind;

static struct {
  Kind kind;
  guint after; /* frames */
  GMutex lock; /* held by the test while it hangs */
} how;

static GstFlowReturn
fake_chain (GstPad *pad, GstObject *parent, GstBuffer *frame)
{
  Fake *self = (Fake *)parent;
  bool is_late = self->n_frames >= how.after;
  bool is_key = self->n_frames == 0 || (self->wants_key && how.kind != KEYLESS);
  guint8 *bytes = g_malloc0 (3);
  GstBuffer *unit = gst_buffer_new_wrapped (bytes, 3);

  GST_BUFFER_PTS (unit) = GST_BUFFER_PTS (frame);
  gst_buffer_unref (frame);
  bytes[0] = is_key ? 0 : 1;
  self->wants_key = false;
  self->n_frames++;
  if (is_late && how.kind == FAILS) {
    gst_buffer_unref (unit);
    GST_ELEMENT_ERROR (self, STREAM, ENCODE, ("out of ink"), (NULL));
    return GST_FLOW_ERROR;
  }
  if (is_late && how.kind == HANGS) {
    g_mutex_lock (&how.lock);
    g_mutex_unlock (&how.lock);
  }
  return gst_pad_push (self->src, unit);
}

static gboolean
fake_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  Fake *self = (Fake *)parent;
  g_autoptr (GstCaps) caps = NULL;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return gst_pad_event_default (pad, parent, event);
  gst_event_unref (event);
  caps = gst_caps_new_empty_simple ("video/x-vp8");
  return gst_pad_push_event (self->src, gst_event_new_caps (caps));
}

static gboolean
fake_src_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  Fake *self = (Fake *)parent;

  if (gst_video_event_is_force_key_unit (event))
    self->wants_key = true;
  gst_event_unref (event);
  return TRUE;
}

static void
fake_init (Fake *self)
{
  self->sink = gst_pad_new ("sink", GST_PAD_SINK);
  self->src = gst_pad_new ("src", GST_PAD_SRC);
  gst_pad_set_chain_function (self->sink, fake_chain);
  gst_pad_set_event_function (self->sink, fake_event);
  gst_pad_set_event_function (self->src, fake_src_event);
  gst_element_add_pad (GST_ELEMENT (self), self->sink);
  gst_element_add_pad (GST_ELEMENT (self), self->src);
}

static void
fake_class_init (FakeClass *klass)
{
  gst_element_class_set_static_metadata (klass, "Fake", "Encoder/Video",
                                         "Makes VP8 of a kind", "gst-spice");
}

static const GstSpiceEncoderEntry entries[] = {
    {"spicenosuchenc", SPICE_VIDEO_CODEC_TYPE_VP8, 30, GST_VIDEO_FORMAT_I420,
     "video/x-vp8"},
    {"spicefakeenc", SPICE_VIDEO_CODEC_TYPE_VP8, 20, GST_VIDEO_FORMAT_I420,
     "video/x-vp8"},
};
#define MISSING (&entries[0])
#define FAKE (&entries[1])

static void
behave (Kind kind, guint after)
{
  how.kind = kind;
  how.after = after;
}

static void
what_is_missing_fails (void)
{
  EncoderStage stage = {0};
  g_autoptr (QxlImage) picture = encoder_stage_picture (WIDTH, HEIGHT, 0);

  encoder_stage_init (&stage, MISSING, WIDTH, HEIGHT, 1000000);
  spc_video_encoder_push (stage.encoder, picture, 1, true);
  encoder_stage_wait_failed (&stage);
  g_assert_nonnull (strstr (stage.error->message, "spicenosuchenc"));
  g_assert_nonnull (stage.demoted);
  encoder_stage_clear (&stage);
}

static void
an_error_ends_it (void)
{
  EncoderStage stage = {0};
  g_autoptr (QxlImage) picture = encoder_stage_picture (WIDTH, HEIGHT, 0);

  behave (FAILS, 3);
  encoder_stage_init (&stage, FAKE, WIDTH, HEIGHT, 1000000);
  for (guint n = 0; n < 3; n++)
    encoder_stage_show (&stage, WIDTH, HEIGHT, n, n == 0);
  spc_video_encoder_push (stage.encoder, picture, encoder_stage_time_us (3),
                          false);
  encoder_stage_wait_failed (&stage);
  g_assert_nonnull (strstr (stage.error->message, "out of ink"));
  g_assert_nonnull (stage.demoted);
  /* it is over, whatever else comes */
  spc_video_encoder_push (stage.encoder, picture, encoder_stage_time_us (4),
                          true);
  g_assert_cmpuint (stage.units->len, ==, 3);
  encoder_stage_clear (&stage);
}

/* The next frame after the time notices; neither it nor free waits. */
static void
what_hangs_is_noticed (void)
{
  EncoderStage stage = {0};
  int64_t start_us = g_get_monotonic_time ();
  guint n = 2;

  behave (HANGS, 2);
  g_mutex_lock (&how.lock);
  encoder_stage_init (&stage, FAKE, WIDTH, HEIGHT, 1000000);
  for (guint i = 0; i < n; i++)
    encoder_stage_show (&stage, WIDTH, HEIGHT, i, i == 0);
  while (!stage.error) {
    g_autoptr (QxlImage) picture = encoder_stage_picture (WIDTH, HEIGHT, n);
    int64_t wake_us = g_get_monotonic_time () + G_USEC_PER_SEC / 10;

    spc_video_encoder_push (stage.encoder, picture, encoder_stage_time_us (n++),
                            false);
    g_mutex_lock (&stage.lock);
    while (!stage.error &&
           g_cond_wait_until (&stage.cond, &stage.lock, wake_us))
      ;
    g_mutex_unlock (&stage.lock);
    g_assert_cmpint (g_get_monotonic_time () - start_us, <,
                     20 * G_USEC_PER_SEC);
  }
  g_assert_nonnull (strstr (stage.error->message, "hangs"));
  g_assert_nonnull (stage.demoted);
  spc_video_encoder_free (g_steal_pointer (&stage.encoder));
  g_assert_true (stage.is_sink_gone);
  g_assert_false (stage.is_thread_gone);
  g_mutex_unlock (&how.lock);
  encoder_stage_clear (&stage);
}

/* One that makes no key frame when asked is begun anew with the same frame. */
static void
a_key_frame_comes_in_any_case (void)
{
  EncoderStage stage = {0};

  behave (KEYLESS, 0);
  encoder_stage_init (&stage, FAKE, WIDTH, HEIGHT, 1000000);
  for (guint n = 0; n < 5; n++)
    encoder_stage_show (&stage, WIDTH, HEIGHT, n, n == 0 || n == 3);
  for (guint n = 0; n < 5; n++) {
    g_assert_cmpint (g_array_index (stage.times_us, int64_t, n), ==,
                     encoder_stage_time_us (n));
    g_assert_cmpint (g_array_index (stage.keys, bool, n), ==, n % 3 == 0);
  }
  g_assert_null (stage.error);
  encoder_stage_clear (&stage);
}

static bool
has_later_key (const EncoderStage *stage)
{
  for (guint i = 1; i < stage->keys->len; i++)
    if (g_array_index (stage->keys, bool, i))
      return true;
  return false;
}

/* Two wait at most, the newest, and no wish is lost: whichever frame is in the
 * encoder's hands when it hangs may be the one that was wished. */
static void
the_newest_frames_wait (void)
{
  EncoderStage stage = {0};

  behave (HANGS, 1);
  g_mutex_lock (&how.lock);
  encoder_stage_init (&stage, FAKE, WIDTH, HEIGHT, 1000000);
  encoder_stage_show (&stage, WIDTH, HEIGHT, 0, true);
  for (guint n = 1; n < 10; n++) {
    g_autoptr (QxlImage) picture = encoder_stage_picture (WIDTH, HEIGHT, n);

    spc_video_encoder_push (stage.encoder, picture, encoder_stage_time_us (n),
                            n == 5);
  }
  g_mutex_unlock (&how.lock);
  encoder_stage_wait_units (&stage, 3);
  while (g_array_index (stage.times_us, int64_t, stage.units->len - 1) !=
         encoder_stage_time_us (9))
    encoder_stage_wait_units (&stage, stage.units->len + 1);
  g_assert_cmpuint (stage.units->len, <=, 4);
  g_assert_true (has_later_key (&stage));
  encoder_stage_clear (&stage);
}

/* the factory */

typedef struct {
  GMutex lock;
  guint n_failed;
  char *last; /* owned */
} Told;

static void
on_factory_failed (const char *factory, const GError *error, gpointer user_data)
{
  Told *told = user_data;

  g_mutex_lock (&told->lock);
  told->n_failed++;
  g_free (told->last);
  told->last = g_strdup (factory);
  g_mutex_unlock (&told->lock);
}

static bool
on_setup (uint8_t codec, GstElement *encoder, gpointer user_data)
{
  g_assert_cmpuint (codec, ==, SPICE_VIDEO_CODEC_TYPE_VP8);
  gst_object_set_name (GST_OBJECT (encoder), "set-up");
  return true;
}

static const GstSpiceVideoFactoryFuncs factory_funcs = {on_setup,
                                                        on_factory_failed};

/* Looked for, found, used, failed in use, and offered no more. */
static void
a_factory_offers_what_works (void)
{
  g_autoptr (GstSpiceEncoderProbe) probe =
      gst_spice_encoder_probe_new (entries, G_N_ELEMENTS (entries));
  Told told = {0};
  g_autoptr (GstSpiceVideoFactory) factory =
      gst_spice_video_factory_new (probe, &factory_funcs, &told);
  SpcVideoFactory *iface = gst_spice_video_factory_iface (factory);
  const SpcVideoOrder order = {SPICE_VIDEO_CODEC_TYPE_VP8, WIDTH, HEIGHT,
                               1000000, 30};
  uint8_t codecs[SPC_MAX_VIDEO_CODECS];
  guint unknown;
  g_autoptr (GError) error = NULL;
  EncoderStage stage = {0};
  g_autoptr (QxlImage) picture = encoder_stage_picture (WIDTH, HEIGHT, 2);
  SpcVideoSink sink;

  behave (GOOD, 0);
  unknown = iface->generation (iface);
  g_assert_cmpuint (iface->codecs (iface, codecs), ==, 0); /* not yet */
  g_assert_true (gst_spice_encoder_probe_wait (probe, 20 * G_USEC_PER_SEC));
  g_assert_cmpuint (iface->generation (iface), !=, unknown);
  g_assert_cmpuint (iface->codecs (iface, codecs), ==, 1);
  g_assert_cmpuint (codecs[0], ==, SPICE_VIDEO_CODEC_TYPE_VP8);
  g_assert_cmpuint (told.n_failed, ==, 0); /* what is missing is no failure */

  behave (FAILS, 2);
  encoder_stage_init_bare (&stage);
  sink = encoder_stage_sink (&stage);
  stage.encoder = iface->create (iface, &order, &sink, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (stage.encoder->klass->name, ==, "spicefakeenc");
  for (guint n = 0; n < 2; n++)
    encoder_stage_show (&stage, WIDTH, HEIGHT, n, n == 0);
  spc_video_encoder_push (stage.encoder, picture, encoder_stage_time_us (2),
                          false);
  encoder_stage_wait_failed (&stage);
  g_assert_cmpuint (told.n_failed, ==, 1);
  g_assert_cmpstr (told.last, ==, "spicefakeenc");
  g_assert_cmpuint (iface->codecs (iface, codecs), ==, 0);
  encoder_stage_clear (&stage);

  encoder_stage_init_bare (&stage);
  sink = encoder_stage_sink (&stage);
  g_assert_null (iface->create (iface, &order, &sink, &error));
  g_assert_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN);
  encoder_stage_clear (&stage); /* the sink is gone */
  gst_spice_video_factory_close (factory);
  g_free (told.last);
}

/* An element that fails its trial is told of, and not offered. */
static void
a_trial_that_fails_is_told_of (void)
{
  g_autoptr (GstSpiceEncoderProbe) probe =
      gst_spice_encoder_probe_new (entries, G_N_ELEMENTS (entries));
  Told told = {0}, late = {0};
  uint8_t codecs[SPC_MAX_VIDEO_CODECS];
  g_autoptr (GstSpiceVideoFactory) factory =
      gst_spice_video_factory_new (probe, &factory_funcs, &told);
  g_autoptr (GstSpiceVideoFactory) second = NULL;
  SpcVideoFactory *iface = gst_spice_video_factory_iface (factory);

  behave (FAILS, 0);
  gst_spice_video_factory_prepare (
      factory, (const uint8_t[]){SPICE_VIDEO_CODEC_TYPE_VP8, 0});
  g_assert_true (gst_spice_encoder_probe_wait (probe, 20 * G_USEC_PER_SEC));
  g_assert_cmpuint (iface->codecs (iface, codecs), ==, 0);
  g_assert_cmpuint (told.n_failed, ==, 1);
  second = gst_spice_video_factory_new (probe, &factory_funcs, &late);
  g_assert_cmpuint (late.n_failed, ==, 1); /* also who comes later */
  gst_spice_video_factory_close (second);
  gst_spice_video_factory_close (factory);
  g_free (told.last);
  g_free (late.last);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  gst_element_register (NULL, "spicefakeenc", GST_RANK_NONE, fake_get_type ());
  g_test_add_func ("/encoder/what-is-missing-fails", what_is_missing_fails);
  g_test_add_func ("/encoder/an-error-ends-it", an_error_ends_it);
  g_test_add_func ("/encoder/what-hangs-is-noticed", what_hangs_is_noticed);
  g_test_add_func ("/encoder/a-key-frame-comes-in-any-case",
                   a_key_frame_comes_in_any_case);
  g_test_add_func ("/encoder/the-newest-frames-wait", the_newest_frames_wait);
  g_test_add_func ("/encoder/a-factory-offers-what-works",
                   a_factory_offers_what_works);
  g_test_add_func ("/encoder/a-trial-that-fails-is-told-of",
                   a_trial_that_fails_is_told_of);
  return g_test_run ();
}
