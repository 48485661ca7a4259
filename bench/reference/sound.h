/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sound.h – a playback device that plays a tone, a record device that listens.
 *
 * Both run on the main thread, 10 ms at a time. What is recorded is reported
 * as one line each half second that is not silent: RECORD <frequency in Hz>. */
#pragma once

#include <glib.h>
#include <spice.h>

#define FEEDER_SOUND_RATE 48000 /* frames a second, both directions */

/* what clients are told, of both devices; recording is muted as well */
#define FEEDER_VOLUME_LEFT 50000 /* of 65535 */
#define FEEDER_VOLUME_RIGHT 40000

typedef struct _FeederSound FeederSound;

/* @tone_hz: 0 plays nothing. @print: report what is recorded. */
FeederSound *feeder_sound_new (SpiceServer *server, guint tone_hz,
                               gboolean print);
void feeder_sound_stop (FeederSound *self); /* before the server goes */
void feeder_sound_free (FeederSound *self); /* after it is gone */
