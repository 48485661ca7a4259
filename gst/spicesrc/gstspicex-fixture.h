/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicex-fixture.h – an X server for a test, gone when the test is. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  GSubprocess *process;
  char *name; /* ":7" */
} GstSpiceXServer;

/* asserts that there is one */
void gst_spice_x_server_start (GstSpiceXServer *self);
void gst_spice_x_server_stop (GstSpiceXServer *self);

G_END_DECLS
