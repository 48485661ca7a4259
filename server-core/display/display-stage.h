/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* display-stage.h – for tests: a display in a session, and beside it a surface
 * on which everything is drawn plainly, to compare viewers with. */
#pragma once

#include "display.h"
#include "qxl/surface.h"
#include "tests/viewer.h"

/* of the first picture */
#define STAGE_WIDTH 64
#define STAGE_HEIGHT 48
/* a surface beside the primary, of the same size, that random draws make use
 * of; it comes and goes */
#define STAGE_OFF_SCREEN 5u

typedef struct {
  Session session;
  SpcDisplay *display;
  QxlSurface *reference;  /* the primary, drawn plainly */
  QxlSurface *off_screen; /* or NULL */
  QxlImage *expected;     /* what it shows, after stage_expect () */
  bool has_workers;       /* post from a job, as pipelines do */
} Stage;

void stage_init (Stage *self); /* its server permits no loss */
void stage_clear (Stage *self);

/* drawing, into a batch and on the reference */
void stage_create (Stage *self, QxlBatch *batch, uint32_t width,
                   uint32_t height);
void stage_draw (Stage *self, QxlBatch *batch, QxlDrawable *drawable);
void stage_fill (Stage *self, QxlBatch *batch, QxlRect box, uint32_t color);
QxlImage *stage_noise_new (uint32_t width, uint32_t height);
void stage_copy (Stage *self, QxlBatch *batch, QxlRect box);

/* posting */
void stage_post (Stage *self, QxlBatch *batch);
/* a first picture: a copy and a fill */
void stage_post_first (Stage *self);
void stage_post_copy (Stage *self, QxlRect box);

/* looking */
/* what the primary must show now */
const QxlImage *stage_expect (Stage *self);
void stage_wait_for (Stage *self, Viewer *viewer);
guint64 stage_n_encoded (Stage *self);
guint stage_room (Stage *self);

/* chance: repeatable by g_test's seed */
QxlRect stage_random_box (Stage *self);
void stage_post_random (Stage *self);
