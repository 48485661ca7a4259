/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* events.h – when a QXL recording's events are due.
 *
 * libspice-server reads recordings but keeps their times to itself. This finds
 * them beside it, in the text: each event begins with a line "event COUNTER
 * WHAT TYPE TIME" whose counter is one more than the last one's, so that pixels
 * which happen to look like such a line do not matter. */
#pragma once

#include <glib.h>

typedef struct {
  gint64 due_ns;       /* since the first event */
  gboolean is_command; /* FALSE: a primary surface or all surfaces change */
} FeederEvent;

/* (element-type FeederEvent): those that libspice-server's reader acts on, in
 * order; NULL: this is no recording. UPDATE commands are not among them. */
GArray *feeder_events_find (const char *recording, gsize size);
