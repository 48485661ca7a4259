/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* layout-parts.h – of what parts the bodies of draws are made.
 *
 * The tables that command-layout.c writes by and layout-read.c reads by. A
 * part's place is its offset in the QxlOperation. Constant; any thread. */
#pragma once

#include "command-layout.h"

/* of an image, in its descriptor */
#define QXL_IMAGE_TYPE_BITMAP 0u
#define QXL_IMAGE_TYPE_QUIC 1u
#define QXL_IMAGE_TYPE_SURFACE 104u

typedef enum {
  QXL_PART_END,
  QXL_PART_U8,
  QXL_PART_ENUM,  /* u8 that is a QxlScaleMode */
  QXL_PART_FLAGS, /* u8 that is a uint16_t */
  QXL_PART_U16,   /* also i16 */
  QXL_PART_U32,
  QXL_PART_POINT,
  QXL_PART_RECT,
  QXL_PART_IMAGE, /* QxlSource, pointed to; here and below */
  QXL_PART_BRUSH,
  QXL_PART_MASK,
  QXL_PART_PATH,
  QXL_PART_LINE_ATTR,
  QXL_PART_STRING,
  QXL_PART_TRANSFORM, /* in place */
} QxlPartKind;

typedef struct {
  QxlPartKind kind;
  size_t offset;
  QxlSourceRole role; /* of images, brushes and masks */
  uint32_t needs;     /* a bit of the composite's flags; 0: always there */
} QxlPart;

typedef struct {
  uint16_t message; /* its number in the display channel; 0: no such kind */
  const QxlPart *parts;
} QxlLayout;

extern const QxlLayout qxl_layouts[QXL_N_OPS];

bool qxl_part_is_there (const QxlPart *part, const QxlOperation *op);

/* a body that is being read; layout-read.c */
typedef struct {
  const uint8_t *body;
  size_t size;
  const QxlLayoutReadHooks *hooks;
  gpointer user_data;
} QxlLayoutBody;

/* a reader of what @pointer leads to; false and @error if it leads outside */
bool qxl_layout_follow (const QxlLayoutBody *self, uint32_t pointer,
                        const char *what, QxlReader *reader, GError **error);
/* the image at @pointer, a mask's bitmap being A1; layout-image.c */
bool qxl_layout_read_source (const QxlLayoutBody *self, uint32_t pointer,
                             bool is_mask, QxlSource *source, GError **error);
