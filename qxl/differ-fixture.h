/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* differ-fixture.h – for tests: a source of frames, a differ, and a viewer.
 *
 * Whatever is pushed is drawn on the viewer's surface, which must then show the
 * frame, pixel by pixel. */
#pragma once

#include "differ.h"
#include "surface.h"

typedef struct {
  QxlFormat format;
  uint32_t width, height;
  size_t stride;
  uint8_t *memory; /* exactly the frame, @offset in: sanitizers see the rest */
  uint8_t *frame;
  QxlDiffer *differ;
  QxlSurface *surface;
} QxlScene;

/* rows are @padding bytes apart, the frame begins @offset bytes into memory */
void qxl_scene_init (QxlScene *self, QxlFormat format, uint32_t width,
                     uint32_t height, size_t padding, size_t offset);
void qxl_scene_clear (QxlScene *self);

/* the frame */
uint8_t *qxl_scene_pixel (const QxlScene *self, uint32_t x, uint32_t y);
/* one random colour, or noise */
void qxl_scene_paint (QxlScene *self, const QxlRect *area, bool noise);
/* copies what is in @area to where it lands, as far as that is in the frame */
void qxl_scene_move (QxlScene *self, const QxlRect *area, int dx, int dy);
/* inside the frame, not empty */
QxlRect qxl_scene_random_area (const QxlScene *self);

/* pushes the frame and checks the picture; (transfer full): what was drawn */
QxlBatch *qxl_scene_push (QxlScene *self);
/* the same for who does not ask how it was drawn */
void qxl_scene_show (QxlScene *self);
/* pushes with damaged areas and draws the result; the picture is the caller's
 * to check; (transfer full) */
QxlBatch *qxl_scene_push_damaged (QxlScene *self, const QxlRect *rects,
                                  size_t n_rects);
/* the viewer shows the frame */
void qxl_scene_check (const QxlScene *self);
