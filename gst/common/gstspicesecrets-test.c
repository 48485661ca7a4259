/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of secrets that stand in files. */
#include "gst/common/gstspicesecrets.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  GstSpiceSettings settings;
  char *folder, *path;
} Fixture;

static void
give (Fixture *f, GstSpiceSetting setting, const char *text)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_static_string (&value, text);
  gst_spice_settings_set (&f->settings, setting, &value);
  g_value_unset (&value);
}

static const char *
password_of (const Fixture *f)
{
  return gst_spice_settings_string (&f->settings, GST_SPICE_SETTING_PASSWORD);
}

static void
set_up (Fixture *f, gconstpointer user_data)
{
  gst_spice_settings_init (&f->settings);
  f->folder = g_dir_make_tmp ("secrets-XXXXXX", NULL);
  g_assert_nonnull (f->folder);
  f->path = g_build_filename (f->folder, "secret", NULL);
}

static void
tear_down (Fixture *f, gconstpointer user_data)
{
  gst_spice_settings_clear (&f->settings);
  g_remove (f->path);
  g_rmdir (f->folder);
  g_free (f->path);
  g_free (f->folder);
}

static void
write_file (const Fixture *f, const char *text, gssize length)
{
  g_assert_true (g_file_set_contents (f->path, text, length, NULL));
}

static void
test_first_line (Fixture *f, gconstpointer user_data)
{
  static const char *const texts[] = {
      "tulip", "tulip\n", "tulip\r\n", "tulip\nrose\n", "tulip\n\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    write_file (f, texts[i], -1);
    give (f, GST_SPICE_SETTING_PASSWORD, "");
    give (f, GST_SPICE_SETTING_PASSWORD_FILE, f->path);
    g_assert_true (gst_spice_secrets_load (&f->settings, NULL));
    g_assert_cmpstr (password_of (f), ==, "tulip");
  }
}

static void
test_each_secret_has_its_file (Fixture *f, gconstpointer user_data)
{
  write_file (f, "three words here\n", -1);
  give (f, GST_SPICE_SETTING_TLS_KEY_PASSWORD_FILE, f->path);
  give (f, GST_SPICE_SETTING_MIGRATION_KEY_FILE, f->path);
  g_assert_true (gst_spice_secrets_load (&f->settings, NULL));
  g_assert_null (password_of (f));
  g_assert_cmpstr (gst_spice_settings_string (
                       &f->settings, GST_SPICE_SETTING_TLS_KEY_PASSWORD),
                   ==, "three words here");
  g_assert_cmpstr (
      gst_spice_settings_string (&f->settings, GST_SPICE_SETTING_MIGRATION_KEY),
      ==, "three words here");
}

static void
test_what_is_set_goes_before (Fixture *f, gconstpointer user_data)
{
  give (f, GST_SPICE_SETTING_PASSWORD, "rose");
  give (f, GST_SPICE_SETTING_PASSWORD_FILE, "/no/such/file");
  g_assert_true (gst_spice_secrets_load (&f->settings, NULL));
  g_assert_cmpstr (password_of (f), ==, "rose");
}

static void
assert_refused (Fixture *f, const char *in_text)
{
  g_autoptr (GError) error = NULL;

  give (f, GST_SPICE_SETTING_PASSWORD, "");
  g_assert_false (gst_spice_secrets_load (&f->settings, &error));
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "\"password-file\""));
  g_assert_nonnull (strstr (error->message, in_text));
}

static void
test_no_secret_is_told (Fixture *f, gconstpointer user_data)
{
  g_autofree char *long_line = g_strnfill (61, 'x');
  g_autofree char *endless = g_strnfill (100000, 'y');

  give (f, GST_SPICE_SETTING_PASSWORD_FILE, f->path);
  assert_refused (f, "No such file");
  write_file (f, "", -1);
  assert_refused (f, "empty");
  write_file (f, "\ntulip\n", -1);
  assert_refused (f, "empty");
  write_file (f, "tu\0lip\n", 7);
  assert_refused (f, "zero byte");
  write_file (f, long_line, -1);
  assert_refused (f, "60 bytes");
  write_file (f, endless, -1);
  assert_refused (f, "60 bytes");
  give (f, GST_SPICE_SETTING_PASSWORD_FILE, f->folder);
  assert_refused (f, f->folder);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                        \
  g_test_add ("/secrets/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("first-line", test_first_line);
  ADD ("each-has-its-file", test_each_secret_has_its_file);
  ADD ("what-is-set-goes-before", test_what_is_set_goes_before);
  ADD ("no-secret-is-told", test_no_secret_is_told);
  return g_test_run ();
}
