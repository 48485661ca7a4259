/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* frame-clock.h – calls a function once a frame, without adding up lateness. */
#pragma once

#include <glib.h>

/* a source of the default context that calls @func at once and then @fps times
 * a second; when it comes too late for a frame it leaves that one out */
void bench_frame_clock_start (int fps, GSourceFunc func, gpointer user_data);
