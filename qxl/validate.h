/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* validate.h – whether a command may be carried out.
 *
 * What a command says is checked before anything is drawn, kept or sent: after
 * that, canvas, tree and channels rely on it. Nothing is changed here, and no
 * pixel is looked at. Any thread. */
#pragma once

#include "command.h"

/* bounds of what a command may ask for; those of memory and of time are our
 * own, far above what drivers send */
#define QXL_MAX_SURFACES 1024u /* ids are below */
#define QXL_MAX_CLIP_RECTS 65536u
#define QXL_MAX_HEADS 16u
#define QXL_MAX_MESSAGE 100000u /* bytes of UTF-8 */
/* pixels; viewers compose no larger images */
#define QXL_MAX_IMAGE_SIDE 32766u
/* pixels, either way from a surface's origin: X11's, for lines, glyphs, and the
 * origins of patterns and masks */
#define QXL_MAX_COORDINATE 32767
/* pixels of all lines of a path, control points of curves counted as lines */
#define QXL_MAX_PATH_LENGTH ((uint64_t)1 << 26)
#define QXL_MAX_PATH_SEGMENTS 65536u
#define QXL_MAX_STYLE 255u
#define QXL_MAX_GLYPHS 65535u
/* pixels of the box around all glyphs, which viewers make a mask of */
#define QXL_MAX_TEXT_PIXELS ((uint64_t)1 << 26)

/* what there is to draw on */
typedef struct {
  uint32_t width, height; /* pixels */
  QxlFormat format;
} QxlSurfaceShape;

/* false: there is no such surface */
typedef bool (*QxlShapeFunc) (uint32_t surface_id, QxlSurfaceShape *out,
                              gpointer user_data);

/**
 * qxl_validate:
 * @command: anything whose pointers and counts agree
 * @shape: asked for the surfaces as they are when the command comes
 * @error: G_IO_ERROR_INVALID_DATA; names what came and what is allowed
 *
 * A clip that leaves nothing to draw is no error. Whether one more surface may
 * be created is for the caller to say.
 */
bool qxl_validate (const QxlCommand *command, QxlShapeFunc shape,
                   gpointer user_data, GError **error);
