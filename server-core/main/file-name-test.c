/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of names from outside: what file-name.h promises. */
#include "file-name.h"

#include <string.h>

typedef struct {
  const char *name, *safe; /* NULL: nothing can be used */
} Row;

static void
check (const Row *rows, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    g_autofree char *safe = spc_file_name_make_safe (rows[i].name);
    g_autofree char *printable = g_strescape (rows[i].name, NULL);

    g_test_message ("\"%s\"", printable);
    g_assert_cmpstr (safe, ==, rows[i].safe);
  }
}

static void
good_names_stay (void)
{
  static const Row rows[] = {
      {"a", "a"},
      {"report 2026.pdf", "report 2026.pdf"},
      {"archive.tar.gz", "archive.tar.gz"},
      {"größe – 日本語.txt", "größe – 日本語.txt"},
      {"a$(reboot)`b`;c|d&e.txt", "a$(reboot)`b`;c|d&e.txt"},
      {"-rf", "-rf"},
  };

  check (rows, G_N_ELEMENTS (rows));
}

static void
paths_are_reduced_to_their_last_part (void)
{
  static const Row rows[] = {
      {"/etc/passwd", "passwd"},
      {"C:\\Windows\\notes.txt", "notes.txt"},
      {"a\\b/mixed\\ends", "ends"},
      {"./x.txt", "x.txt"},
      {"a/.../b..", "b"},
      {"..a/b..c", "b..c"},
      {"dir/", NULL},
      {"..", NULL},
      {".", NULL},
      {"/", NULL},
      {"\\", NULL},
      {"", NULL},
      {"a/..", NULL},
  };

  check (rows, G_N_ELEMENTS (rows));
}

static void
paths_that_lead_upwards_are_refused (void)
{
  static const Row rows[] = {
      {"../x.txt", NULL},     {"../../x.txt", NULL}, {"..\\x.txt", NULL},
      {"a/../../b", NULL},    {"a\\..\\b", NULL},    {"/../x", NULL},
      {"..\\../mixed", NULL}, {"a//..//b", NULL},    {"x/..", NULL},
  };

  check (rows, G_N_ELEMENTS (rows));
}

static void
dots_and_blanks_at_the_ends_are_cut (void)
{
  static const Row rows[] = {
      {".bashrc", "bashrc"}, {"...x", "x"}, {". .x", "x"},   {"x.", "x"},
      {" x y ", "x y"},      {"   ", NULL}, {". . .", NULL},
  };

  check (rows, G_N_ELEMENTS (rows));
}

static void
what_cannot_be_seen_is_cut (void)
{
  static const Row rows[] = {
      {"a\nb\tc\x1b[31m\x7f", "abc[31m"},
      {"evil\xe2\x80\xaegpj.exe", "evilgpj.exe"}, /* right-to-left override */
      {"a\xe2\x80\x8b"
       "b",
       "ab"}, /* zero width space */
      {"a\xe2\x80\xa8"
       "b",
       "ab"},             /* line separator */
      {"\xc2\x85", NULL}, /* a control character */
      {"\x01.\x02.\x03/", NULL},
      {"\x01..\x02", NULL},
  };

  check (rows, G_N_ELEMENTS (rows));
}

static void
what_is_no_utf8_is_refused (void)
{
  static const Row rows[] = {
      {"a\xff", NULL},        {"\xc0\xaf", NULL},         {"a\xc3", NULL},
      {"\xed\xa0\x80", NULL}, {"\xf4\x90\x80\x80", NULL},
  };

  check (rows, G_N_ELEMENTS (rows));
}

static void
long_names_keep_their_extension (void)
{
  g_autofree char *letters = g_strnfill (1000, 'x');
  g_autofree char *name = g_strconcat (letters, ".txt", NULL);
  g_autofree char *safe = spc_file_name_make_safe (name);
  g_autofree char *bare = spc_file_name_make_safe (letters);
  g_autofree char *dotted = g_strconcat ("a.", letters, NULL);
  g_autofree char *most = g_strnfill (SPC_MAX_FILE_NAME - 1, 'x');
  g_autofree char *blank = g_strconcat (most, "   ", letters, NULL);
  g_autofree char *stripped = spc_file_name_make_safe (blank);
  g_autofree char *cut = spc_file_name_make_safe (dotted);

  g_assert_cmpuint (strlen (safe), ==, SPC_MAX_FILE_NAME);
  g_assert_true (g_str_has_suffix (safe, "x.txt"));
  g_assert_cmpuint (strlen (bare), ==, SPC_MAX_FILE_NAME);
  g_assert_cmpuint (strlen (cut), ==, SPC_MAX_FILE_NAME);
  g_assert_cmpstr (stripped, ==, most);
}

static void
long_names_are_cut_between_characters (void)
{
  for (guint shift = 0; shift < 4; shift++) {
    GString *name = g_string_new (NULL);
    g_autofree char *safe = NULL;

    for (guint i = 0; i < shift; i++)
      g_string_append_c (name, 'a');
    for (guint i = 0; i < 100; i++)
      g_string_append (name, "\xf0\x9f\x90\xa6");
    safe = spc_file_name_make_safe (name->str);
    g_assert_true (g_utf8_validate (safe, -1, NULL));
    g_assert_cmpuint (strlen (safe), <=, SPC_MAX_FILE_NAME);
    g_assert_cmpuint (strlen (safe), >, SPC_MAX_FILE_NAME - 4);
    g_string_free (name, TRUE);
  }
}

static void
other_names_have_a_number_before_the_extension (void)
{
  g_autofree char *first = spc_file_name_number ("a.txt", 1);
  g_autofree char *second = spc_file_name_number ("a.txt", 2);
  g_autofree char *bare = spc_file_name_number ("a", 13);

  g_assert_cmpstr (first, ==, "a.txt");
  g_assert_cmpstr (second, ==, "a (2).txt");
  g_assert_cmpstr (bare, ==, "a (13)");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-name/good-names-stay", good_names_stay);
  g_test_add_func ("/file-name/paths-are-reduced-to-their-last-part",
                   paths_are_reduced_to_their_last_part);
  g_test_add_func ("/file-name/paths-that-lead-upwards-are-refused",
                   paths_that_lead_upwards_are_refused);
  g_test_add_func ("/file-name/dots-and-blanks-at-the-ends-are-cut",
                   dots_and_blanks_at_the_ends_are_cut);
  g_test_add_func ("/file-name/what-cannot-be-seen-is-cut",
                   what_cannot_be_seen_is_cut);
  g_test_add_func ("/file-name/what-is-no-utf8-is-refused",
                   what_is_no_utf8_is_refused);
  g_test_add_func ("/file-name/long-names-keep-their-extension",
                   long_names_keep_their_extension);
  g_test_add_func ("/file-name/long-names-are-cut-between-characters",
                   long_names_are_cut_between_characters);
  g_test_add_func ("/file-name/other-names-have-a-number-before-the-extension",
                   other_names_have_a_number_before_the_extension);
  return g_test_run ();
}
