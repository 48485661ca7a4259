/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of who may drop how much: what file-table.h promises. */
#include "file-table.h"

#include <gio/gio.h>

static const SpcFileRules all_on = {.is_on = true};

static SpcFile *
offer (SpcFileTable *table, const SpcFileRules *rules, uint32_t client_id,
       uint32_t id, uint64_t size, SpcFileStatus *status)
{
  g_auto (SpcFileStart)
      start = {.id = id, .name = g_strdup ("a.txt"), .size = size};

  return spc_file_table_add (table, rules, client_id, &start, 1000, status);
}

static void
check_refused (SpcFileTable *table, const SpcFileRules *rules,
               uint32_t client_id, uint64_t size, uint32_t result)
{
  SpcFileStatus status;

  g_assert_null (offer (table, rules, client_id, 99, size, &status));
  g_assert_cmpuint (status.id, ==, 99);
  g_assert_cmpuint (status.result, ==, result);
}

static void
ids_are_each_viewers_own (void)
{
  g_autoptr (SpcFileTable) table = spc_file_table_new ();
  SpcFileStatus status;
  SpcFile *mine = offer (table, &all_on, 1, 5, 10, &status);
  SpcFile *theirs = offer (table, &all_on, 2, 5, 10, &status);

  g_assert_true (mine != theirs && mine->handle != theirs->handle);
  g_assert_true (spc_file_table_find (table, 1, 5) == mine);
  g_assert_true (spc_file_table_find (table, 2, 5) == theirs);
  g_assert_null (spc_file_table_find (table, 3, 5));
  g_assert_true (spc_file_table_find_handle (table, mine->handle) == mine);
  g_assert_true (spc_file_table_find_client (table, 2) == theirs);
  g_assert_cmpstr (mine->name, ==, "a.txt");
}

static void
an_ended_file_frees_its_id_and_still_counts (void)
{
  g_autoptr (SpcFileTable) table = spc_file_table_new ();
  const SpcFileRules rules = {.is_on = true, .quota = 15};
  SpcFileStatus status;
  SpcFile *file = offer (table, &rules, 1, 5, 10, &status);
  uint64_t handle = file->handle;

  file->is_ended = true;
  g_assert_null (spc_file_table_find (table, 1, 5));
  g_assert_null (spc_file_table_find_client (table, 1));
  g_assert_true (spc_file_table_find_handle (table, handle) == file);
  check_refused (table, &rules, 1, 10,
                 VD_AGENT_FILE_XFER_STATUS_NOT_ENOUGH_SPACE);
  spc_file_table_remove (table, file, false);
  g_assert_null (spc_file_table_find_handle (table, handle));
  g_assert_nonnull (offer (table, &rules, 1, 5, 10, &status));
}

static void
sixteen_a_viewer_and_64_in_all (void)
{
  g_autoptr (SpcFileTable) table = spc_file_table_new ();
  SpcFileStatus status;
  guint n = 0;

  for (uint32_t client = 1; client <= 4; client++) {
    for (uint32_t id = 0; id < SPC_MAX_CLIENT_FILES; id++, n++)
      g_assert_nonnull (offer (table, &all_on, client, id, 1, &status));
    check_refused (table, &all_on, client, 1, VD_AGENT_FILE_XFER_STATUS_ERROR);
  }
  g_assert_cmpuint (n, ==, SPC_MAX_FILES);
  check_refused (table, &all_on, 5, 1, VD_AGENT_FILE_XFER_STATUS_ERROR);
  spc_file_table_remove (table, spc_file_table_find (table, 1, 3), true);
  g_assert_nonnull (offer (table, &all_on, 5, 1, 1, &status));
}

static void
off_refuses_all (void)
{
  g_autoptr (SpcFileTable) table = spc_file_table_new ();
  const SpcFileRules off = {0};

  check_refused (table, &off, 1, 0, VD_AGENT_FILE_XFER_STATUS_DISABLED);
}

static void
files_are_at_most_so_large (void)
{
  g_autoptr (SpcFileTable) table = spc_file_table_new ();
  const SpcFileRules rules = {.is_on = true, .max_size = 100};
  SpcFileStatus status;

  g_assert_nonnull (offer (table, &rules, 1, 1, 100, &status));
  g_assert_null (offer (table, &rules, 1, 2, 101, &status));
  g_assert_cmpuint (status.result, ==,
                    VD_AGENT_FILE_XFER_STATUS_NOT_ENOUGH_SPACE);
  g_assert_cmpuint (status.free_bytes, ==, 100);
}

static void
the_quota_counts_what_is_kept_and_what_comes (void)
{
  g_autoptr (SpcFileTable) table = spc_file_table_new ();
  const SpcFileRules rules = {.is_on = true, .quota = 100};
  SpcFileStatus status;
  SpcFile *kept = offer (table, &rules, 1, 1, 60, &status);
  SpcFile *dropped = offer (table, &rules, 2, 1, 40, &status);

  check_refused (table, &rules, 1, 1,
                 VD_AGENT_FILE_XFER_STATUS_NOT_ENOUGH_SPACE);
  spc_file_table_remove (table, kept, true);
  check_refused (table, &rules, 1, G_MAXINT64,
                 VD_AGENT_FILE_XFER_STATUS_NOT_ENOUGH_SPACE);
  spc_file_table_remove (table, dropped, false);
  check_refused (table, &rules, 1, 41,
                 VD_AGENT_FILE_XFER_STATUS_NOT_ENOUGH_SPACE);
  g_assert_nonnull (offer (table, &rules, 1, 2, 40, &status));
}

static void
a_minute_without_a_sign_is_idle (void)
{
  g_autoptr (SpcFileTable) table = spc_file_table_new ();
  SpcFileStatus status;
  SpcFile *file;

  g_assert_cmpint (spc_file_table_idle_in (table, 1000), ==, -1);
  file = offer (table, &all_on, 1, 1, 10, &status);
  file->is_open = true;
  g_assert_cmpint (spc_file_table_idle_in (table, 2000), ==,
                   SPC_FILE_IDLE_MS - 1000);
  g_assert_null (spc_file_table_find_idle (table, SPC_FILE_IDLE_MS + 999));
  g_assert_true (spc_file_table_find_idle (table, SPC_FILE_IDLE_MS + 1000) ==
                 file);
}

static void
a_slow_disk_is_not_the_viewers_fault (void)
{
  g_autoptr (SpcFileTable) table = spc_file_table_new ();
  const int64_t late_ms = 10 * SPC_FILE_IDLE_MS;
  SpcFileStatus status;
  SpcFile *file = offer (table, &all_on, 1, 1, 10, &status);

  file->is_open = true;
  file->n_pending = 1;
  g_assert_null (spc_file_table_find_idle (table, late_ms));
  g_assert_cmpint (spc_file_table_idle_in (table, late_ms), >, 0);
  file->n_pending = 0;
  file->is_finishing = true;
  g_assert_null (spc_file_table_find_idle (table, late_ms));
  file->is_finishing = false;
  g_assert_true (spc_file_table_find_idle (table, late_ms) == file);
}

static void
who_waits_for_an_answer_is_not_idle (void)
{
  g_autoptr (SpcFileTable) table = spc_file_table_new ();
  const int64_t late_ms = 10 * SPC_FILE_IDLE_MS;
  SpcFileStatus status;
  SpcFile *file = offer (table, &all_on, 1, 1, 10, &status);

  g_assert_null (spc_file_table_find_idle (table, late_ms));
  g_assert_cmpint (spc_file_table_idle_in (table, late_ms), >, 0);
  file->is_open = true;
  g_assert_true (spc_file_table_find_idle (table, late_ms) == file);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-table/ids-are-each-viewers-own",
                   ids_are_each_viewers_own);
  g_test_add_func ("/file-table/an-ended-file-frees-its-id-and-still-counts",
                   an_ended_file_frees_its_id_and_still_counts);
  g_test_add_func ("/file-table/sixteen-a-viewer-and-64-in-all",
                   sixteen_a_viewer_and_64_in_all);
  g_test_add_func ("/file-table/off-refuses-all", off_refuses_all);
  g_test_add_func ("/file-table/files-are-at-most-so-large",
                   files_are_at_most_so_large);
  g_test_add_func ("/file-table/the-quota-counts-what-is-kept-and-what-comes",
                   the_quota_counts_what_is_kept_and_what_comes);
  g_test_add_func ("/file-table/a-minute-without-a-sign-is-idle",
                   a_minute_without_a_sign_is_idle);
  g_test_add_func ("/file-table/a-slow-disk-is-not-the-viewers-fault",
                   a_slow_disk_is_not_the_viewers_fault);
  g_test_add_func ("/file-table/who-waits-for-an-answer-is-not-idle",
                   who_waits_for_an_answer_is_not_idle);
  return g_test_run ();
}
