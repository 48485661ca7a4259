/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every encoder of the table that this machine has: settings, key frames, bit
 * rates, and colours as a client shows them. */
#include "gst/encoder/gstspiceencoder-fixture.h"

#define WIDTH 320
#define HEIGHT 240
#define BPS 4000000

/* what is not there cannot be tested; a machine with none fails */
static bool
is_there (const GstSpiceEncoderEntry *entry)
{
  g_autoptr (GstElementFactory) factory =
      gst_element_factory_find (entry->factory);

  return factory != NULL;
}

static void
settings_exist (gconstpointer data)
{
  const GstSpiceEncoderEntry *entry = data;
  GstElement *element =
      gst_object_ref_sink (gst_element_factory_make (entry->factory, NULL));
  guint n_settings = 0;

  while (entry->settings[n_settings].name)
    n_settings++;
  g_assert_cmpuint (gst_spice_encoder_entry_configure (entry, element), ==,
                    n_settings);
  if (entry->bitrate)
    g_assert_nonnull (g_object_class_find_property (
        G_OBJECT_GET_CLASS (element), entry->bitrate));
  gst_object_unref (element);
}

static void
times_and_keys (gconstpointer data)
{
  const GstSpiceEncoderEntry *entry = data;
  EncoderStage stage = {0};

  encoder_stage_init (&stage, entry, WIDTH, HEIGHT, BPS);
  for (guint n = 0; n < 8; n++)
    encoder_stage_show (&stage, WIDTH, HEIGHT, n, n == 5);
  for (guint n = 0; n < 8; n++) {
    g_assert_cmpint (g_array_index (stage.times_us, int64_t, n), ==,
                     encoder_stage_time_us (n));
    g_assert_cmpint (g_array_index (stage.keys, bool, n), ==, n == 0 || n == 5);
  }
  g_assert_cmpuint (stage.units->len, ==, 8);
  encoder_stage_clear (&stage);
}

static void
colours_stay (gconstpointer data)
{
  static const struct {
    uint32_t width, height;
  } sizes[] = {{640, 360}, {1280, 720}};
  const GstSpiceEncoderEntry *entry = data;

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    uint32_t width = sizes[i].width, height = sizes[i].height;
    g_autoptr (QxlImage) sent = encoder_stage_picture (width, height, 5);
    g_autoptr (GBytes) shown = NULL;
    EncoderStage stage = {0};
    double psnr;

    encoder_stage_init (&stage, entry, width, height, 8000000);
    for (guint n = 0; n <= 5; n++)
      encoder_stage_show (&stage, width, height, n, false);
    shown = encoder_stage_decode (&stage, entry->codec, width, height);
    g_assert_nonnull (shown);
    g_assert_cmpuint (g_bytes_get_size (shown), ==, qxl_image_size (sent));
    psnr = encoder_stage_psnr (sent->pixels, g_bytes_get_data (shown, NULL),
                               width * height);
    g_test_message ("%s %u x %u: %.1f dB", entry->factory, width, height, psnr);
    g_assert_cmpfloat (psnr, >, 38);
    encoder_stage_clear (&stage);
  }
}

static QxlImage *
noise (GRand *random)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, WIDTH, HEIGHT, &pixels);

  for (gsize i = 0; i < WIDTH * HEIGHT * 4; i++)
    pixels[i] = (uint8_t)g_rand_int_range (random, 64, 192);
  return image;
}

/* bytes of the last @n_last of @n_frames frames */
static gsize
show_noise (EncoderStage *stage, guint first, guint n_frames, guint n_last)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (first);
  gsize size = 0;

  for (guint n = first; n < first + n_frames; n++) {
    g_autoptr (QxlImage) image = noise (random);

    spc_video_encoder_push (stage->encoder, image, encoder_stage_time_us (n),
                            n == 0);
    encoder_stage_wait_units (stage, n + 1);
  }
  for (guint n = first + n_frames - n_last; n < first + n_frames; n++)
    size += g_bytes_get_size (g_ptr_array_index (stage->units, n));
  return size;
}

/* Down and up again while it runs, without a key frame. */
static void
bit_rates_are_obeyed (gconstpointer data)
{
  EncoderStage stage = {0};
  gsize full, low, again;

  encoder_stage_init (&stage, data, WIDTH, HEIGHT, 6000000);
  full = show_noise (&stage, 0, 20, 5);
  spc_video_encoder_set_bitrate (stage.encoder, 1500000);
  low = show_noise (&stage, 20, 30, 5);
  spc_video_encoder_set_bitrate (stage.encoder, 6000000);
  again = show_noise (&stage, 50, 40, 5);
  g_test_message ("%zu, %zu, %zu bytes", full, low, again);
  g_assert_cmpuint (low, <, full * 2 / 3);
  g_assert_cmpuint (again, >, low * 3 / 2);
  /* and the rate is a bound: 5 frames of 30 a second, with some slack */
  g_assert_cmpuint (low, <, 1500000 / 8 * 5 / 30 * 3 / 2);
  encoder_stage_clear (&stage);
}

static void
add (const GstSpiceEncoderEntry *entry, const char *name,
     void (*test) (gconstpointer data))
{
  g_autofree char *path =
      g_strdup_printf ("/encoder/%s/%s", entry->factory, name);

  g_test_add_data_func (path, entry, test);
}

int
main (int argc, char **argv)
{
  const GstSpiceEncoderEntry *entries;
  guint n_entries, n_there = 0;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  entries = gst_spice_encoder_table (&n_entries);
  for (guint i = 0; i < n_entries; i++) {
    if (!is_there (&entries[i]))
      continue;
    n_there++;
    add (&entries[i], "its-settings-exist", settings_exist);
    add (&entries[i], "times-and-key-frames-are-the-frames", times_and_keys);
    add (&entries[i], "colours-stay", colours_stay);
    add (&entries[i], "bit-rates-are-obeyed", bit_rates_are_obeyed);
  }
  g_assert_cmpuint (n_there, >, 0);
  return g_test_run ();
}
