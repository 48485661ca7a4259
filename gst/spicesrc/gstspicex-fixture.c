/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesrc/gstspicex-fixture.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

static char *
read_display_name (int fd)
{
  char digits[16] = "";
  gsize n = 0;

  while (n < sizeof digits - 1 && read (fd, digits + n, 1) == 1 &&
         digits[n] != '\n')
    n++;
  digits[n] = '\0';
  g_assert_cmpstr (digits, !=, "");
  return g_strconcat (":", digits, NULL);
}

/* A test that fails aborts: its display is not to outlive it. */
static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

void
gst_spice_x_server_start (GstSpiceXServer *self)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_cmpint (pipe (fds), ==, 0);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  g_subprocess_launcher_take_fd (launcher, fds[1], 3);
  self->process = g_subprocess_launcher_spawn (
      launcher, &error, "Xvfb", "-displayfd", "3", "-screen", "0", "640x480x24",
      "-nolisten", "tcp", "-noreset", NULL);
  g_assert_no_error (error);
  g_subprocess_launcher_close (launcher);
  self->name = read_display_name (fds[0]);
  close (fds[0]);
}

void
gst_spice_x_server_stop (GstSpiceXServer *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
  g_clear_pointer (&self->name, g_free);
}
