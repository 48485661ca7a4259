/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* player.h – a display device that plays a QXL recording.
 *
 * libspice-server's own replay interface reads the file, creates and destroys
 * the primary surface and gives commands; the player gives them to the server
 * when they are due. Like a driver it waits while the command ring (32
 * entries) is full. What is due within a millisecond goes at once, with one
 * wake-up: real drivers, too, ring once for several commands.
 *
 * Threads: calls on the main thread. Reading has a thread of its own, for it
 * waits until the server's worker gives surfaces back. */
#pragma once

#include <glib.h>
#include <spice.h>

typedef struct _FeederPlayer FeederPlayer;

typedef struct {
  guint commands;              /* handed over */
  guint expected;              /* there are in the recording */
  gint64 started_us, ended_us; /* monotonic; 0: not yet */
  double read_seconds;         /* CPU time of the reading thread */
} FeederPlayerStats;

/* life */
/* NULL, and why on standard error: @path is no recording */
FeederPlayer *feeder_player_new (SpiceServer *server, const char *path);
/* after the server is gone, and feeder_player_stop */
void feeder_player_free (FeederPlayer *self);
/* work */
/* @rate: how many times as fast as recorded, 0: as fast as the server takes
 * it. @on_end comes from the main loop when all has been taken. Once. */
void feeder_player_start (FeederPlayer *self, double rate, GSourceFunc on_end,
                          gpointer user_data);
void feeder_player_stop (FeederPlayer *self); /* before the server goes */
void feeder_player_get_stats (FeederPlayer *self, FeederPlayerStats *stats);
