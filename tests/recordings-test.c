/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Draws recorded command streams and compares the primary surface with what is
 * known of it: after so many commands, the SHA-256 of its pixels.
 *
 * recordings-test FOLDER [NAME…]: the recordings of the folder's "checkpoints",
 * of all names or these. RECORDINGS_DUMP=FOLDER keeps each picture as
 * NAME-COMMANDS.ppm there. */
#include "gst/common/gstspicexz.h"
#include "qxl/replay.h"
#include "recording-player.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  char *name;
  uint64_t n_commands;
  char *sha256;
} Checkpoint;

typedef struct {
  const char *folder, *name;
  GPtrArray *checkpoints; /* of Checkpoint, all names */
} Recording;

static void
dump (RecordingPlayer *player, const Checkpoint *checkpoint,
      const GByteArray *rgb)
{
  const char *folder = g_getenv ("RECORDINGS_DUMP");
  const QxlSurface *primary = player->surfaces[QXL_PRIMARY_SURFACE];
  g_autofree char *name = NULL, *path = NULL;
  g_autoptr (GString) ppm = NULL;

  if (folder == NULL || primary == NULL)
    return;
  name = g_strdup_printf ("%s-%" G_GUINT64_FORMAT ".ppm", checkpoint->name,
                          checkpoint->n_commands);
  path = g_build_filename (folder, name, NULL);
  ppm = g_string_new (NULL);
  g_string_printf (ppm, "P6 %u %u 255\n", qxl_surface_width (primary),
                   qxl_surface_height (primary));
  g_string_append_len (ppm, (const char *)rgb->data, rgb->len);
  g_assert_true (g_file_set_contents (path, ppm->str, (gssize)ppm->len, NULL));
}

/* returns how many were compared */
static guint
check (const Recording *self, RecordingPlayer *player, uint64_t n_commands,
       uint64_t before)
{
  guint n = 0;

  for (guint i = 0; i < self->checkpoints->len; i++) {
    const Checkpoint *checkpoint = self->checkpoints->pdata[i];
    g_autoptr (GByteArray) rgb = NULL;
    g_autofree char *got = NULL;

    if (strcmp (checkpoint->name, self->name) != 0 ||
        checkpoint->n_commands > n_commands || checkpoint->n_commands <= before)
      continue;
    rgb = recording_player_rgb (player);
    got = g_compute_checksum_for_data (G_CHECKSUM_SHA256, rgb->data, rgb->len);
    dump (player, checkpoint, rgb);
    g_test_message ("%s, %" G_GUINT64_FORMAT " commands: %s", self->name,
                    checkpoint->n_commands,
                    strcmp (got, checkpoint->sha256) == 0 ? "equal"
                                                          : "differs");
    if (strcmp (got, checkpoint->sha256) != 0)
      g_test_fail_printf (
          "%s after %" G_GUINT64_FORMAT " commands: expected %s, got %s",
          self->name, checkpoint->n_commands, checkpoint->sha256, got);
    n++;
  }
  return n;
}

static void
play (const Recording *self, QxlReplay *replay)
{
  g_autoptr (RecordingPlayer) player = recording_player_new ();
  uint64_t before = 0, time_ns, last_ns = 0;
  guint n_checks = 0;

  while (true) {
    g_autoptr (GError) error = NULL;
    g_autoptr (QxlBatch) batch =
        qxl_replay_next (replay, &time_ns, NULL, &error);

    g_assert_no_error (error);
    if (batch == NULL)
      break;
    g_assert_no_error (qxl_replay_refusal (replay));
    g_assert_cmpuint (time_ns, >=, last_ns);
    last_ns = time_ns;
    recording_player_play (player, batch);
    n_checks += check (self, player, qxl_replay_n_commands (replay), before);
    before = qxl_replay_n_commands (replay);
  }
  g_assert_false (qxl_replay_is_cut_off (replay));
  g_assert_cmpuint (n_checks, >, 0);
}

static void
ends_with_the_known_pictures (gconstpointer data)
{
  const Recording *self = data;
  g_autofree char *name = g_strconcat (self->name, ".qxlrec.xz", NULL);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = gst_spice_xz_open (path, NULL, &error);
  g_autoptr (QxlReplay) replay = NULL;

  g_assert_no_error (error);
  replay = qxl_replay_new (stream);
  play (self, replay);
}

static void
free_checkpoint (gpointer data)
{
  Checkpoint *self = data;

  g_free (self->name);
  g_free (self->sha256);
  g_free (self);
}

/* lines of name, number of commands, renderer, SHA-256; of the renderer "right"
 */
static GPtrArray *
read_checkpoints (const char *folder)
{
  GPtrArray *checkpoints = g_ptr_array_new_with_free_func (free_checkpoint);
  g_autofree char *path = g_build_filename (folder, "checkpoints", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    g_auto (GStrv) words = g_strsplit (*line, " ", -1);
    Checkpoint *checkpoint;

    if (**line == '#' || g_strv_length (words) != 4 ||
        strcmp (words[2], "right") != 0)
      continue;
    checkpoint = g_new0 (Checkpoint, 1);
    checkpoint->name = g_strdup (words[0]);
    checkpoint->n_commands = g_ascii_strtoull (words[1], NULL, 10);
    checkpoint->sha256 = g_strdup (words[3]);
    g_ptr_array_add (checkpoints, checkpoint);
  }
  return checkpoints;
}

static bool
is_wanted (const char *name, char **names)
{
  return *names == NULL || g_strv_contains ((const char *const *)names, name);
}

/* one test a name; checkpoints of a name follow each other */
static void
add_tests (const char *folder, GPtrArray *checkpoints, char **names)
{
  const char *last = "";

  for (guint i = 0; i < checkpoints->len; i++) {
    const Checkpoint *checkpoint = checkpoints->pdata[i];
    g_autofree char *test = g_strconcat ("/recordings/", checkpoint->name,
                                         "/ends-with-the-known-pictures", NULL);
    Recording *recording;

    if (strcmp (checkpoint->name, last) == 0 ||
        !is_wanted (checkpoint->name, names))
      continue;
    last = checkpoint->name;
    recording = g_new0 (Recording, 1);
    recording->folder = folder;
    recording->name = checkpoint->name;
    recording->checkpoints = checkpoints;
    g_test_add_data_func_full (test, recording, ends_with_the_known_pictures,
                               g_free);
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) checkpoints = NULL;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, >, 1);
  g_test_set_nonfatal_assertions ();
  checkpoints = read_checkpoints (argv[1]);
  add_tests (argv[1], checkpoints, argv + 2);
  return g_test_run ();
}
