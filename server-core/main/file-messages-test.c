/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the agent's messages about files: what file-messages.h promises. */
#include "file-messages.h"

#include <gio/gio.h>
#include <string.h>

/* START */

#define ID "\x07\x00\x00\x00"
#define GROUP "[vdagent-file-xfer]\n"

static bool
read_text (SpcFileStart *start, const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;
  /* memory of exactly this size: a sanitizer sees reads behind it */
  g_autofree uint8_t *body = g_malloc (4 + length);
  bool is_read;

  memcpy (body, ID, 4);
  memcpy (body + 4, text, length);
  is_read = spc_file_start_read (start, body, 4 + length, &error);
  g_assert_true (is_read == (error == NULL));
  g_assert_cmpuint (start->id, ==, 7);
  return is_read;
}

static void
start_is_read (void)
{
  static const char text[] = GROUP "name=a b.txt\nsize=52428800\n";
  g_auto (SpcFileStart) bare = {0}, ended = {0};

  g_assert_true (read_text (&bare, text, strlen (text)));
  g_assert_cmpstr (bare.name, ==, "a b.txt");
  g_assert_cmpuint (bare.size, ==, 52428800);
  g_assert_true (read_text (&ended, text, sizeof text)); /* with its NUL */
  g_assert_cmpstr (ended.name, ==, "a b.txt");
}

static void
start_has_a_safe_name (void)
{
  static const char text[] = GROUP "name=a/.x\\\\y\\n\nsize=1\n";
  g_auto (SpcFileStart) start = {0};

  g_assert_true (read_text (&start, text, strlen (text)));
  g_assert_cmpstr (start.name, ==, "y");
}

static void
escapes_are_resolved (void)
{
  static const char text[] = GROUP "name=a\\sb\\s \\sc\nsize=1\n";
  g_auto (SpcFileStart) start = {0};

  g_assert_true (read_text (&start, text, strlen (text)));
  g_assert_cmpstr (start.name, ==, "a b   c");
}

static void
sizes_are_within_63_bits (void)
{
  static const struct {
    const char *text;
    bool is_good;
    uint64_t size;
  } rows[] = {
      {"0", true, 0},
      {"9223372036854775807", true, G_MAXINT64},
      {"9223372036854775808", false, 0},
      {"18446744073709551616", false, 0},
      {"-1", false, 0},
      {"+1", false, 0},
      {"", false, 0},
      {"1 2", false, 0},
      {"0x10", false, 0},
      {"many", false, 0},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text =
        g_strdup_printf (GROUP "name=a\nsize=%s\n", rows[i].text);
    g_auto (SpcFileStart) start = {0};

    g_test_message ("size=%s", rows[i].text);
    g_assert_true (read_text (&start, text, strlen (text)) == rows[i].is_good);
    if (rows[i].is_good)
      g_assert_cmpuint (start.size, ==, rows[i].size);
  }
}

static void
bad_starts_are_refused (void)
{
  static const char *const texts[] = {
      "",
      "\xff\xfe\xfd",
      "no key file",
      GROUP,
      GROUP "name=a\n",
      GROUP "size=1\n",
      GROUP "name=\nsize=1\n",
      GROUP "name=..\nsize=1\n",
      GROUP "name=a\\\nsize=1\n",
      GROUP "name=a\\x\nsize=1\n",
      GROUP "name=\\x\\\nsize=1\n", /* of which GLib would warn */
      GROUP "name=\xff\nsize=1\n",
      "[other]\nname=a\nsize=1\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_auto (SpcFileStart) start = {0};

    g_test_message ("text %zu", i);
    g_assert_false (read_text (&start, texts[i], strlen (texts[i])));
  }
}

static void
what_follows_a_nul_is_not_read (void)
{
  static const char text[] = GROUP "name=a\0b\nsize=1\n";
  g_auto (SpcFileStart) start = {0};

  g_assert_false (read_text (&start, text, sizeof text - 1));
}

/* each prefix is refused, or means the same with a shorter number */
static void
cut_starts_fail_cleanly (void)
{
  static const char text[] = GROUP "name=a.txt\nsize=123";

  for (gsize n = 0; n < sizeof text - 3; n++) {
    g_auto (SpcFileStart) start = {0};

    g_assert_false (read_text (&start, text, MIN (n, sizeof text - 4)));
  }
  for (gsize n = 0; n < 4; n++) {
    g_auto (SpcFileStart) start = {0};
    g_autoptr (GError) error = NULL;

    g_assert_false (spc_file_start_read (&start, ID, n, &error));
    g_assert_nonnull (error);
  }
}

static void
long_starts_are_refused (void)
{
  g_autofree char *filler = g_strnfill (SPC_MAX_FILE_START, '#');
  g_autofree char *text = g_strconcat (GROUP "name=a\nsize=1\n", filler, NULL);
  g_auto (SpcFileStart) fits = {0}, is_long = {0};

  g_assert_true (read_text (&fits, text, SPC_MAX_FILE_START));
  g_assert_false (read_text (&is_long, text, SPC_MAX_FILE_START + 1));
}

/* STATUS */

static void
statuses_have_details_for_who_knows_them (void)
{
  static const struct {
    uint32_t result;
    uint32_t plain; /* what others are told instead */
    gsize size;     /* with details */
  } rows[] = {
      {VD_AGENT_FILE_XFER_STATUS_CAN_SEND_DATA, 0, 8},
      {VD_AGENT_FILE_XFER_STATUS_CANCELLED, 1, 8},
      {VD_AGENT_FILE_XFER_STATUS_ERROR, 2, 13},
      {VD_AGENT_FILE_XFER_STATUS_SUCCESS, 3, 8},
      {VD_AGENT_FILE_XFER_STATUS_NOT_ENOUGH_SPACE, 2, 16},
      {VD_AGENT_FILE_XFER_STATUS_SESSION_LOCKED, 2, 8},
      {VD_AGENT_FILE_XFER_STATUS_DISABLED, 2, 8},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    const SpcFileStatus status = {
        .id = 9, .result = rows[i].result, .free_bytes = 1, .io_error = 2};
    uint8_t body[SPC_MAX_FILE_STATUS];
    SpcFileStatus back;

    g_assert_cmpuint (spc_file_status_write (&status, false, body), ==, 8);
    g_assert_true (spc_file_status_read (&back, body, 8));
    g_assert_cmpuint (back.id, ==, 9);
    g_assert_cmpuint (back.result, ==, rows[i].plain);
    g_assert_cmpuint (spc_file_status_write (&status, true, body), ==,
                      rows[i].size);
    g_assert_true (spc_file_status_read (&back, body, rows[i].size));
    g_assert_cmpuint (back.result, ==, rows[i].result);
  }
}

static void
details_are_where_viewers_look (void)
{
  static const uint8_t no_space[] = {9, 0, 0, 0, 4, 0, 0, 0,
                                     8, 7, 6, 5, 4, 3, 2, 1};
  static const uint8_t io_error[] = {9, 0, 0, 0, 2, 0, 0, 0, 0, 12, 0, 0, 0};
  SpcFileStatus status = {.id = 9,
                          .result = VD_AGENT_FILE_XFER_STATUS_NOT_ENOUGH_SPACE,
                          .free_bytes = G_GUINT64_CONSTANT (0x0102030405060708),
                          .io_error = G_IO_ERROR_NO_SPACE};
  uint8_t body[SPC_MAX_FILE_STATUS];

  g_assert_cmpmem (body, spc_file_status_write (&status, true, body), no_space,
                   sizeof no_space);
  status.result = VD_AGENT_FILE_XFER_STATUS_ERROR;
  g_assert_cmpmem (body, spc_file_status_write (&status, true, body), io_error,
                   sizeof io_error);
}

static void
short_statuses_are_refused (void)
{
  SpcFileStatus status;

  for (gsize n = 0; n < 8; n++) {
    g_autofree uint8_t *body = g_malloc0 (n + 1);

    g_assert_false (spc_file_status_read (&status, body, n));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-messages/start-is-read", start_is_read);
  g_test_add_func ("/file-messages/start-has-a-safe-name",
                   start_has_a_safe_name);
  g_test_add_func ("/file-messages/escapes-are-resolved", escapes_are_resolved);
  g_test_add_func ("/file-messages/sizes-are-within-63-bits",
                   sizes_are_within_63_bits);
  g_test_add_func ("/file-messages/bad-starts-are-refused",
                   bad_starts_are_refused);
  g_test_add_func ("/file-messages/what-follows-a-nul-is-not-read",
                   what_follows_a_nul_is_not_read);
  g_test_add_func ("/file-messages/cut-starts-fail-cleanly",
                   cut_starts_fail_cleanly);
  g_test_add_func ("/file-messages/long-starts-are-refused",
                   long_starts_are_refused);
  g_test_add_func ("/file-messages/statuses-have-details-for-who-knows-them",
                   statuses_have_details_for_who_knows_them);
  g_test_add_func ("/file-messages/details-are-where-viewers-look",
                   details_are_where_viewers_look);
  g_test_add_func ("/file-messages/short-statuses-are-refused",
                   short_statuses_are_refused);
  return g_test_run ();
}
