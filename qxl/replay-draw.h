/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* replay-draw.h – reads a recording's drawables with all they point to.
 *
 * What is not as the format says makes the recording fail; what a guest did
 * wrong only sets the scene's refusal, and reading goes on, as nothing else
 * tells where the next event begins. Thread: the replay's. */
#pragma once

#include "recording.h"
#include "replay.h"

typedef struct {
  QxlRecording *recording; /* not owned */
  GError *refusal;         /* owned; the first of the command, or NULL */
  QxlBlocks *blocks;       /* referenced; of images' pixels, or NULL */
  QxlQuicFunc quic;
  gpointer quic_user_data;
  GHashTable *images; /* id in the recording → QxlImage, of cached ones */
  size_t images_size; /* bytes of them */
} QxlScene;

void qxl_scene_init (QxlScene *self, QxlRecording *recording);
void qxl_scene_clear (QxlScene *self);
void qxl_scene_forget_images (QxlScene *self);
/* notes why the command is refused, unless it is already; returns false */
bool qxl_scene_refuse (QxlScene *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);
/* the same with an error, which it takes */
void qxl_scene_take_refusal (QxlScene *self, GError *error);

/* what follows the event's line and is "drawable"; NULL: refused, or the
 * recording is over */
QxlDrawable *qxl_scene_read_drawable (QxlScene *self);
