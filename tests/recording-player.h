/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recording-player.h – surfaces on which batches of commands are drawn.
 *
 * For tests: commands are taken to be valid. Any thread, one at a time. */
#pragma once

#include "qxl/canvas.h"

#define RECORDING_PLAYER_MAX_SURFACES 1024u

typedef struct {
  QxlSurface *surfaces[RECORDING_PLAYER_MAX_SURFACES]; /* owned */
} RecordingPlayer;

RecordingPlayer *recording_player_new (void);
void recording_player_free (RecordingPlayer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RecordingPlayer, recording_player_free)

void recording_player_play (RecordingPlayer *self, const QxlBatch *batch);
guint recording_player_n_surfaces (const RecordingPlayer *self);
/* R G B of the primary, rows from the top; empty: there is none */
GByteArray *recording_player_rgb (const RecordingPlayer *self);
