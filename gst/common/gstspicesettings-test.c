/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicesettings.h"

#include <string.h>

static void
give (GstSpiceSettings *settings, GstSpiceSetting setting, const char *text)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_VALUE_TYPE (&settings->values[setting]));
  g_assert_true (gst_value_deserialize (&value, text));
  gst_spice_settings_set (settings, setting, &value);
  g_value_unset (&value);
}

static void
test_defaults (void)
{
  g_auto (GstSpiceSettings) settings = {0};
  SpcConfig config;

  gst_spice_settings_init (&settings);
  spc_config_init (&config);
  g_assert_true (gst_spice_settings_to_config (&settings, &config, NULL));
  g_assert_cmpstr (config.address, ==, "127.0.0.1");
  g_assert_cmpint (config.port, ==, 5900);
  g_assert_null (config.unix_path);
  g_assert_null (config.name);
  g_assert_false (config.has_uuid);
  g_assert_false (config.allow_anonymous);
  g_assert_false (config.default_view_only);
  g_assert_cmpuint (config.max_clients, ==, 64);
  g_assert_cmpuint (config.link_timeout_s, ==, 10);
  g_assert_cmpuint (config.images.compression, ==, 0);
  g_assert_cmpint (config.images.jpeg, ==, SPC_USE_AUTO);
  g_assert_cmpint (config.images.zlib_glz, ==, SPC_USE_AUTO);
  g_assert_cmpint (config.video.use, ==, SPC_VIDEO_FILTER);
  g_assert_cmpuint (config.video.codecs[0], ==, 0);
  g_assert_true (config.video.obeys_viewers);
  spc_config_clear (&config);
}

static void
test_config (void)
{
  static const uint8_t uuid[16] = {0x12, 0x3e, 0x45, 0x67, 0xe8, 0x9b,
                                   0x12, 0xd3, 0xa4, 0x56, 0x42, 0x66,
                                   0x14, 0x17, 0x40, 0x00};
  g_auto (GstSpiceSettings) settings = {0};
  SpcConfig config;

  gst_spice_settings_init (&settings);
  give (&settings, GST_SPICE_SETTING_ADDRESS, "::1");
  give (&settings, GST_SPICE_SETTING_PORT, "0");
  give (&settings, GST_SPICE_SETTING_UNIX_PATH, "@name");
  give (&settings, GST_SPICE_SETTING_SESSION_NAME, "desk");
  give (&settings, GST_SPICE_SETTING_UUID,
        "123e4567-e89b-12d3-a456-426614174000");
  give (&settings, GST_SPICE_SETTING_DISABLE_TICKETING, "true");
  give (&settings, GST_SPICE_SETTING_VIEW_ONLY, "true");
  spc_config_init (&config);
  g_assert_true (gst_spice_settings_to_config (&settings, &config, NULL));
  g_assert_cmpstr (config.address, ==, "::1");
  g_assert_cmpint (config.port, ==, 0);
  g_assert_cmpstr (config.unix_path, ==, "@name");
  g_assert_cmpstr (config.name, ==, "desk");
  g_assert_true (config.has_uuid);
  g_assert_cmpmem (config.uuid, 16, uuid, 16);
  g_assert_true (config.allow_anonymous);
  g_assert_true (config.default_view_only);
  spc_config_clear (&config);
}

static void
test_images (void)
{
  static const struct {
    const char *compression, *jpeg, *zlib_glz;
    SpcImageConfig images;
  } rows[] = {
      {"off", "auto", "auto", {1, SPC_USE_AUTO, SPC_USE_AUTO}},
      {"auto-glz", "always", "never", {2, SPC_USE_ALWAYS, SPC_USE_NEVER}},
      {"auto-lz", "never", "always", {3, SPC_USE_NEVER, SPC_USE_ALWAYS}},
      {"quic", "auto", "never", {4, SPC_USE_AUTO, SPC_USE_NEVER}},
      {"glz", "never", "auto", {5, SPC_USE_NEVER, SPC_USE_AUTO}},
      {"lz", "always", "always", {6, SPC_USE_ALWAYS, SPC_USE_ALWAYS}},
      {"lz4", "auto", "auto", {7, SPC_USE_AUTO, SPC_USE_AUTO}},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (GstSpiceSettings) settings = {0};
    SpcImageConfig images;

    gst_spice_settings_init (&settings);
    give (&settings, GST_SPICE_SETTING_IMAGE_COMPRESSION, rows[i].compression);
    give (&settings, GST_SPICE_SETTING_JPEG, rows[i].jpeg);
    give (&settings, GST_SPICE_SETTING_ZLIB_GLZ, rows[i].zlib_glz);
    images = gst_spice_settings_images (&settings);
    g_assert_cmpuint (images.compression, ==, rows[i].images.compression);
    g_assert_cmpint (images.jpeg, ==, rows[i].images.jpeg);
    g_assert_cmpint (images.zlib_glz, ==, rows[i].images.zlib_glz);
  }
}

static void
test_video (void)
{
  static const struct {
    const char *use, *codecs;
    SpcVideoUse meant;
    uint8_t numbers[3];
  } rows[] = {
      {"off", "", SPC_VIDEO_OFF, {0}},
      {"all", "auto", SPC_VIDEO_ALL, {0}},
      {"filter", "h264", SPC_VIDEO_FILTER, {3}},
      {"filter", "VP8, mjpeg", SPC_VIDEO_FILTER, {2, 1}},
      {"filter", "spice:mjpeg;gstreamer:h264", SPC_VIDEO_FILTER, {1, 3}},
      {"filter", "theora,vp9,vp9", SPC_VIDEO_FILTER, {4}},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (GstSpiceSettings) settings = {0};
    SpcVideoConfig video;

    gst_spice_settings_init (&settings);
    give (&settings, GST_SPICE_SETTING_STREAMING_VIDEO, rows[i].use);
    give (&settings, GST_SPICE_SETTING_VIDEO_CODECS, rows[i].codecs);
    give (&settings, GST_SPICE_SETTING_START_BITRATE, "3000000");
    give (&settings, GST_SPICE_SETTING_MIN_BITRATE, "200000");
    give (&settings, GST_SPICE_SETTING_MAX_BITRATE, "20000000");
    video = gst_spice_settings_video (&settings);
    g_assert_cmpint (video.use, ==, rows[i].meant);
    g_assert_cmpstr ((const char *)video.codecs, ==,
                     (const char *)rows[i].numbers);
    g_assert_cmpuint (video.start_bps, ==, 3000000);
    g_assert_cmpuint (video.min_bps, ==, 200000);
    g_assert_cmpuint (video.max_bps, ==, 20000000);
  }
}

static void
test_wrong_values (void)
{
  g_autofree char *long_text = g_strnfill (300, 'x');
  g_autofree char *long_password = g_strnfill (61, 'x');
  const struct {
    GstSpiceSetting setting;
    const char *value, *in_text;
  } rows[] = {
      {GST_SPICE_SETTING_ADDRESS, "no such/host", "\"no such/host\""},
      {GST_SPICE_SETTING_UUID, "1234", "\"1234\""},
      {GST_SPICE_SETTING_UUID, "123e4567-e89b-12d3-a456-42661417400g", "400g"},
      {GST_SPICE_SETTING_PASSWORD, long_password, "61 bytes"},
      {GST_SPICE_SETTING_UNIX_PATH, long_text, "xxx"},
      {GST_SPICE_SETTING_SESSION_NAME, long_text, "xxx"},
      {GST_SPICE_SETTING_VIDEO_CODECS, "theora;divx", "theora;divx"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (GstSpiceSettings) settings = {0};
    g_autoptr (GError) error = NULL;
    SpcConfig config;

    gst_spice_settings_init (&settings);
    give (&settings, rows[i].setting, rows[i].value);
    spc_config_init (&config);
    g_assert_false (gst_spice_settings_to_config (&settings, &config, &error));
    spc_config_clear (&config);
    g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS);
    g_test_message ("%s", error->message);
    g_assert_nonnull (
        strstr (error->message, gst_spice_setting_name (rows[i].setting)));
    g_assert_nonnull (strstr (error->message, rows[i].in_text));
  }
}

static void
test_merge (void)
{
  g_auto (GstSpiceSettings) sum = {0}, a = {0}, b = {0};
  const char *owners[GST_SPICE_N_SETTINGS] = {0};

  gst_spice_settings_init (&sum);
  gst_spice_settings_init (&a);
  gst_spice_settings_init (&b);
  give (&a, GST_SPICE_SETTING_PORT, "5901");
  give (&b, GST_SPICE_SETTING_PORT, "5901");
  give (&b, GST_SPICE_SETTING_SESSION_NAME, "desk");
  g_assert_true (gst_spice_settings_merge (&sum, &a, owners, "a", NULL));
  g_assert_true (gst_spice_settings_merge (&sum, &b, owners, "b", NULL));
  g_assert_cmpint (gst_spice_settings_port (&sum), ==, 5901);
  g_assert_cmpstr (
      gst_spice_settings_string (&sum, GST_SPICE_SETTING_SESSION_NAME), ==,
      "desk");
  g_assert_false (gst_spice_settings_has (&sum, GST_SPICE_SETTING_UUID));
}

static void
test_conflict (void)
{
  g_auto (GstSpiceSettings) sum = {0}, a = {0}, b = {0};
  const char *owners[GST_SPICE_N_SETTINGS] = {0};
  g_autoptr (GError) error = NULL;

  gst_spice_settings_init (&sum);
  gst_spice_settings_init (&a);
  gst_spice_settings_init (&b);
  give (&a, GST_SPICE_SETTING_PORT, "5901");
  give (&b, GST_SPICE_SETTING_PORT, "5902");
  g_assert_true (gst_spice_settings_merge (&sum, &a, owners, "one", NULL));
  g_assert_false (gst_spice_settings_merge (&sum, &b, owners, "two", &error));
  g_assert_nonnull (strstr (error->message, "\"port\""));
  g_assert_nonnull (strstr (error->message, "5901 (one)"));
  g_assert_nonnull (strstr (error->message, "5902 (two)"));
}

static void
test_conflict_of_enums (void)
{
  g_auto (GstSpiceSettings) sum = {0}, a = {0}, b = {0};
  const char *owners[GST_SPICE_N_SETTINGS] = {0};
  g_autoptr (GError) error = NULL;

  gst_spice_settings_init (&sum);
  gst_spice_settings_init (&a);
  gst_spice_settings_init (&b);
  give (&a, GST_SPICE_SETTING_IMAGE_COMPRESSION, "lz4");
  g_assert_true (gst_spice_settings_merge (&sum, &a, owners, "one", NULL));
  g_assert_true (gst_spice_settings_merge (&sum, &a, owners, "two", NULL));
  give (&b, GST_SPICE_SETTING_IMAGE_COMPRESSION, "quic");
  g_assert_false (gst_spice_settings_merge (&sum, &b, owners, "two", &error));
  g_assert_nonnull (strstr (error->message, "\"image-compression\""));
  g_assert_nonnull (strstr (error->message, "lz4"));
  g_assert_nonnull (strstr (error->message, "quic"));
}

static void
test_secret (void)
{
  g_auto (GstSpiceSettings) sum = {0}, other = {0};
  const char *owners[GST_SPICE_N_SETTINGS] = {0};
  g_autoptr (GError) error = NULL;

  gst_spice_settings_init (&sum);
  gst_spice_settings_init (&other);
  give (&sum, GST_SPICE_SETTING_PASSWORD, "alpha");
  give (&other, GST_SPICE_SETTING_PASSWORD, "beta");
  owners[GST_SPICE_SETTING_PASSWORD] = "one";
  g_assert_false (
      gst_spice_settings_merge (&sum, &other, owners, "two", &error));
  g_assert_nonnull (strstr (error->message, "\"password\""));
  g_assert_null (strstr (error->message, "alpha"));
  g_assert_null (strstr (error->message, "beta"));
}

static void
test_fit (void)
{
  g_auto (GstSpiceSettings) running = {0}, wanted = {0};
  g_autoptr (GError) error = NULL;

  gst_spice_settings_init (&running);
  gst_spice_settings_init (&wanted);
  give (&wanted, GST_SPICE_SETTING_PASSWORD, "secret");
  give (&wanted, GST_SPICE_SETTING_MAX_CLIENTS, "64");
  g_assert_true (gst_spice_settings_fit (&running, &wanted, "x", NULL));
  give (&wanted, GST_SPICE_SETTING_MAX_CLIENTS, "3");
  g_assert_false (gst_spice_settings_fit (&running, &wanted, "x", &error));
  g_assert_nonnull (strstr (error->message, "max-clients"));
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/defaults-are-as-documented", test_defaults);
  g_test_add_func ("/settings/values-reach-the-configuration", test_config);
  g_test_add_func ("/settings/images-are-coded-as-told", test_images);
  g_test_add_func ("/settings/video-is-sent-as-told", test_video);
  g_test_add_func ("/settings/a-wrong-value-is-named", test_wrong_values);
  g_test_add_func ("/settings/equal-values-of-several-owners-merge",
                   test_merge);
  g_test_add_func ("/settings/two-values-are-named-with-their-owners",
                   test_conflict);
  g_test_add_func ("/settings/values-of-an-enum-are-named-too",
                   test_conflict_of_enums);
  g_test_add_func ("/settings/a-secret-is-not-told", test_secret);
  g_test_add_func ("/settings/only-live-settings-join-a-running-server",
                   test_fit);
  return g_test_run ();
}
