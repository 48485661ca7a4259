/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* scene-frames – writes frames of a scene as raw BGRx to standard output, for
 * tests that compare and for pipelines:
 *   scene-frames --scene=typing --frames=300 | gst-launch-1.0 fdsrc ! \
 *     rawvideoparse format=bgrx width=1280 height=720 framerate=30/1 ! … */
#include <glib.h>
#include <stdio.h>

#include "scenes.h"

static gboolean
write_frames (const BenchScene *scene, guint first, guint count, gsize stride,
              gsize size)
{
  g_autofree guint8 *pixels = g_malloc (size);
  for (guint i = 0; i < count; i++) {
    bench_scene_render (scene, first + i, pixels, stride);
    if (fwrite (pixels, 1, size, stdout) != size)
      return FALSE;
  }
  return fflush (stdout) == 0;
}

int
main (int argc, char **argv)
{
  g_autofree char *name = NULL;
  int width = 1280, height = 720, first = 0, frames = 1;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
      {"scene", 0, 0, G_OPTION_ARG_STRING, &name, "Scene (still)", "NAME"},
      {"width", 0, 0, G_OPTION_ARG_INT, &width, "Pixels (1280)", "N"},
      {"height", 0, 0, G_OPTION_ARG_INT, &height, "Pixels (720)", "N"},
      {"first", 0, 0, G_OPTION_ARG_INT, &first, "First frame (0)", "N"},
      {"frames", 0, 0, G_OPTION_ARG_INT, &frames, "Frames (1)", "N"},
      {NULL},
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return 2;
  }
  BenchScene *scene =
      bench_scene_new (name ? name : "still", (guint)width, (guint)height);
  if (!scene || first < 0 || frames < 0) {
    g_printerr ("scenes: %s; sizes 1 to %d\n", bench_scene_names (),
                BENCH_SCENE_MAX_SIZE);
    bench_scene_free (scene);
    return 2;
  }
  gsize stride = (gsize)width * 4;
  gboolean done = write_frames (scene, (guint)first, (guint)frames, stride,
                                stride * (gsize)height);
  bench_scene_free (scene);
  return done ? 0 : 1;
}
