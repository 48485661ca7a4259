/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* operation.h – the QXL drawing commands in full.
 *
 * What a drawable of kind QXL_DRAW_OPERATION does on its box, beyond the plain
 * draws that frames are made of: raster operations, brushes, masks, clips,
 * scaling, lines, text, blending. An operation is owned by its drawable and
 * never changes once that is posted; any thread. Nothing here is checked:
 * validate.h says what is allowed.
 *
 * Images are canonical: BGRX, BGRA (an xRGB image whose high bits count as set
 * is one with alpha 255), RGB15, A8, and A1 for masks; whoever reads a command
 * converts palettes, other depths and bottom-up rows. */
#pragma once

#include "geometry.h"
#include "image.h"

/* the numbers of QXL's drawables */
typedef enum {
  QXL_OP_FILL = 1,
  QXL_OP_OPAQUE = 2,
  QXL_OP_COPY = 3,
  QXL_OP_COPY_BITS = 4,
  QXL_OP_BLEND = 5,
  QXL_OP_BLACKNESS = 6,
  QXL_OP_WHITENESS = 7,
  QXL_OP_INVERS = 8,
  QXL_OP_ROP3 = 9,
  QXL_OP_STROKE = 10,
  QXL_OP_TEXT = 11,
  QXL_OP_TRANSPARENT = 12,
  QXL_OP_ALPHA_BLEND = 13,
  QXL_OP_COMPOSITE = 14,
  QXL_N_OPS
} QxlOpKind;

/* bits of a raster operation; of several operations the first counts */
#define QXL_ROP_INVERS_SRC 0x1u
#define QXL_ROP_INVERS_BRUSH 0x2u
#define QXL_ROP_INVERS_DEST 0x4u
#define QXL_ROP_PUT 0x8u
#define QXL_ROP_OR 0x10u
#define QXL_ROP_AND 0x20u
#define QXL_ROP_XOR 0x40u
#define QXL_ROP_BLACKNESS 0x80u
#define QXL_ROP_WHITENESS 0x100u
#define QXL_ROP_INVERS 0x200u
#define QXL_ROP_INVERS_RES 0x400u

/* where pixels come from */
typedef enum {
  QXL_SOURCE_NONE,
  QXL_SOURCE_IMAGE,
  QXL_SOURCE_SURFACE, /* as it is when the command is drawn */
} QxlSourceKind;

typedef struct {
  QxlSourceKind kind;
  QxlImage *image;     /* owned; of kind IMAGE */
  uint32_t surface_id; /* of kind SURFACE; may be the one that is drawn on */
} QxlSource;

typedef enum {
  QXL_BRUSH_NONE,
  QXL_BRUSH_SOLID,
  QXL_BRUSH_PATTERN
} QxlBrushKind;

typedef struct {
  QxlBrushKind kind;
  uint32_t color;    /* of kind SOLID: raw pixel value of the surface */
  QxlSource pattern; /* of kind PATTERN: tiled over the surface */
  QxlPoint pos;      /* where a tile's top left lies on the surface */
} QxlBrush;

/* Pixel (X, Y) of the surface is drawn where the mask has a set bit (or, if
 * inverted, a clear one) at (X - box.left + pos.x, Y - box.top + pos.y);
 * nothing is drawn outside the mask. */
typedef struct {
  bool is_inverted;
  QxlPoint pos;
  QxlSource bitmap; /* A1, or kind NONE: there is no mask */
} QxlMask;

typedef enum { QXL_SCALE_INTERPOLATE, QXL_SCALE_NEAREST } QxlScaleMode;

/* FILL */
typedef struct {
  QxlBrush brush;
  uint16_t rop;
  QxlMask mask;
} QxlFill;

/* COPY, BLEND */
typedef struct {
  QxlSource src;
  QxlRect src_area; /* scaled to the box if their sizes differ */
  uint16_t rop;
  QxlScaleMode scale_mode;
  QxlMask mask;
} QxlCopy;

/* OPAQUE: the source is copied, then the brush applied to it */
typedef struct {
  QxlCopy copy;
  QxlBrush brush;
} QxlOpaque;

/* ROP3 */
typedef struct {
  QxlCopy copy; /* its rop is not used */
  QxlBrush brush;
  uint8_t code; /* bit (P << 2 | S << 1 | D) is the result */
} QxlRop3;

typedef struct {
  QxlPoint src_pos;
} QxlCopyBits;

#define QXL_PATH_BEGIN 1u
#define QXL_PATH_END 2u
#define QXL_PATH_CLOSE 8u
#define QXL_PATH_BEZIER 16u

typedef struct {
  uint8_t flags; /* QXL_PATH_… */
  guint n_points;
  QxlPoint *points; /* 28.4 fixed point; in the path's block */
} QxlPathSegment;

typedef struct {
  guint n_segments;
  QxlPathSegment *segments; /* owned */
  QxlPoint *points;         /* owned, of all segments */
} QxlPath;

#define QXL_LINE_START_WITH_GAP 4u
#define QXL_LINE_STYLED 8u

typedef struct {
  uint8_t flags;  /* QXL_LINE_… */
  guint n_style;  /* of STYLED lines */
  int32_t *style; /* owned; lengths on, off, on…, 28.4 fixed point */
} QxlLineAttr;

typedef struct {
  QxlPath path;
  QxlLineAttr attr;
  QxlBrush brush;
  uint16_t fore_mode, back_mode; /* QXL_ROP_… */
} QxlStroke;

typedef enum {
  QXL_GLYPH_A1 = 1, /* bit 7 leftmost */
  QXL_GLYPH_A4 = 2, /* high nibble leftmost */
  QXL_GLYPH_A8 = 4,
} QxlGlyphFormat;

typedef struct {
  QxlPoint render_pos;   /* of the glyph's origin on the surface */
  QxlPoint glyph_origin; /* of the glyph's top left, from there */
  uint16_t width, height;
  const uint8_t *rows; /* bottom row first, each padded to bytes; in the
                          string's block */
} QxlGlyph;

typedef struct {
  QxlGlyphFormat format;
  guint n_glyphs;
  QxlGlyph *glyphs; /* owned */
  uint8_t *rows;    /* owned, of all glyphs */
} QxlString;

typedef struct {
  QxlString string;
  QxlRect back_area; /* or empty */
  QxlBrush fore_brush, back_brush;
  uint16_t fore_mode, back_mode;
} QxlText;

typedef struct {
  QxlSource src;
  QxlRect src_area;
  uint32_t src_color;  /* not used by clients */
  uint32_t true_color; /* pixels of this colour (low 24 bits) are left out */
} QxlTransparent;

#define QXL_ALPHA_DEST_HAS_ALPHA 1u
#define QXL_ALPHA_SRC_SURFACE_HAS_ALPHA 2u

typedef struct {
  uint16_t alpha_flags;
  uint8_t alpha;
  QxlSource src;
  QxlRect src_area;
} QxlAlphaBlend;

/* of a composite's flags */
#define QXL_COMPOSITE_OPERATOR(flags) ((flags)&0xffu)
#define QXL_COMPOSITE_SRC_FILTER(flags) (((flags) >> 8) & 7u)
#define QXL_COMPOSITE_MASK_FILTER(flags) (((flags) >> 11) & 7u)
#define QXL_COMPOSITE_SRC_REPEAT(flags) (((flags) >> 14) & 3u)
#define QXL_COMPOSITE_MASK_REPEAT(flags) (((flags) >> 16) & 3u)
#define QXL_COMPOSITE_COMPONENT_ALPHA (1u << 18)
#define QXL_COMPOSITE_HAS_MASK (1u << 19)
#define QXL_COMPOSITE_HAS_SRC_TRANSFORM (1u << 20)
#define QXL_COMPOSITE_HAS_MASK_TRANSFORM (1u << 21)
#define QXL_COMPOSITE_SOURCE_OPAQUE (1u << 22)
#define QXL_COMPOSITE_MASK_OPAQUE (1u << 23)
#define QXL_COMPOSITE_DEST_OPAQUE (1u << 24)

/* two rows of a matrix, 16.16 */
typedef struct {
  int32_t t[6];
} QxlTransform;

typedef struct {
  uint32_t flags; /* the three HAS_… bits agree with what there is */
  QxlSource src;
  QxlSource mask;
  QxlTransform src_transform, mask_transform; /* if the flags say so */
  struct {
    int16_t x, y;
  } src_origin, mask_origin;
} QxlComposite;

typedef struct _QxlOperation QxlOperation;

struct _QxlOperation {
  QxlOpKind kind;
  bool is_clipped; /* to the clip rectangles, none of which: nothing is drawn */
  guint n_clip_rects;
  QxlRect *clip_rects; /* owned */
  union {
    QxlFill fill;
    QxlOpaque opaque;
    QxlCopy copy; /* also BLEND */
    QxlCopyBits copy_bits;
    QxlMask mask; /* BLACKNESS, WHITENESS, INVERS */
    QxlRop3 rop3;
    QxlStroke stroke;
    QxlText text;
    QxlTransparent transparent;
    QxlAlphaBlend alpha_blend;
    QxlComposite composite;
  } u;
};

/* life */
/* all zero but the kind; the caller fills it, and may leave it at any point */
QxlOperation *qxl_operation_new (QxlOpKind kind);
void qxl_operation_free (QxlOperation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlOperation, qxl_operation_free)
/* copies @rects */
void qxl_operation_clip (QxlOperation *self, const QxlRect *rects,
                         guint n_rects);

/* sources */
/* takes @image */
QxlSource qxl_source_image (QxlImage *image);
QxlSource qxl_source_surface (uint32_t surface_id);

/* what an operation takes a source for */
typedef enum {
  QXL_ROLE_SRC,
  QXL_ROLE_BRUSH, /* pattern of a brush; TEXT: of the fore brush */
  QXL_ROLE_BACK_BRUSH,
  QXL_ROLE_MASK, /* A1, and of a composite an image with alpha */
  QXL_N_ROLES
} QxlSourceRole;

/* the one of that role, or NULL: none, or of kind NONE */
const QxlSource *qxl_operation_source (const QxlOperation *self,
                                       QxlSourceRole role);

/* what of its source it takes, or NULL: its kind has none, or no area */
const QxlRect *qxl_operation_src_area (const QxlOperation *self);

/* asking */
const char *qxl_op_kind_name (QxlOpKind kind); /* "fill"; "?" if unknown */
/* every pixel of the box and clip gets a value that does not depend on what
 * was there */
bool qxl_operation_is_opaque (const QxlOperation *self);
/* it shows what a source has; with a mask it is rather a glyph or an icon */
bool qxl_operation_is_picture (const QxlOperation *self);
/* an image or a mask is this surface; is any one? */
bool qxl_operation_reads (const QxlOperation *self, uint32_t surface_id);
bool qxl_operation_reads_surfaces (const QxlOperation *self);
/* bytes of all images */
size_t qxl_operation_size (const QxlOperation *self);
