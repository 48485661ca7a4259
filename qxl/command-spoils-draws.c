/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/command-spoils-private.h"

#include "qxl/command-samples.h"
#include "qxl/validate.h"

#define FAR 40000
#define RGB15_SURFACE 2u
#define A8_SURFACE 4u
#define A1_SURFACE 5u

/* of all draws */

SPOIL (no_such_surface, QxlDrawable, qxl_spoil_draw_in (command),
       self->surface_id = NO_SURFACE)
SPOIL (box_left_of_it, QxlDrawable, qxl_spoil_draw_in (command),
       self->box.left = -1)
SPOIL (box_below_it, QxlDrawable, qxl_spoil_draw_in (command),
       self->box.bottom = G_MAXINT32)
SPOIL (box_empty, QxlDrawable, qxl_spoil_draw_in (command),
       self->box.right = self->box.left)
SPOIL (box_inverted, QxlDrawable, qxl_spoil_draw_in (command),
       self->box.top = self->box.bottom + 1)
SPOIL (draw_kind, QxlDrawable, qxl_spoil_plain_of_kind (command, QXL_DRAW_FILL),
       self->kind = (QxlDrawKind)17)
SPOIL (operation_kind, QxlOperation,
       qxl_spoil_op_of_kind (command, QXL_OP_COPY_BITS),
       self->kind = (QxlOpKind)15)
SPOIL (operation_nop, QxlOperation,
       qxl_spoil_op_of_kind (command, QXL_OP_COPY_BITS),
       self->kind = (QxlOpKind)0)
static bool
clip_too_long (QxlCommand *command)
{
  QxlOperation *op = qxl_spoil_op_in (command);

  if (op == NULL)
    return false;
  g_free (op->clip_rects);
  op->is_clipped = true;
  op->n_clip_rects = QXL_MAX_CLIP_RECTS + 1;
  op->clip_rects = g_new0 (QxlRect, op->n_clip_rects);
  return true;
}

static bool
clip_inverted (QxlCommand *command)
{
  QxlOperation *op = qxl_spoil_op_in (command);
  const QxlRect rects[] = {QXL_RECT (0, 0, 1, 1), QXL_RECT (0, 9, 9, 8)};

  if (op == NULL)
    return false;
  qxl_operation_clip (op, rects, 2);
  return true;
}

static bool
clip_too_wide (QxlCommand *command)
{
  QxlOperation *op = qxl_spoil_op_in (command);
  const QxlRect rect = QXL_RECT (G_MININT32, 0, G_MAXINT32, 1);

  if (op == NULL)
    return false;
  qxl_operation_clip (op, &rect, 1);
  return true;
}

/* plain draws */

static bool
plain_copy_of_nothing (QxlCommand *command)
{
  QxlDrawable *draw = qxl_spoil_plain_of_kind (command, QXL_DRAW_COPY);

  if (draw == NULL)
    return false;
  g_clear_pointer (&draw->u.copy.image, qxl_image_unref);
  return true;
}

static bool
plain_copy_of_palette (QxlCommand *command)
{
  QxlDrawable *draw = qxl_spoil_plain_of_kind (command, QXL_DRAW_COPY);

  if (draw == NULL)
    return false;
  qxl_image_unref (draw->u.copy.image);
  draw->u.copy.image = qxl_sample_image (QXL_FORMAT_PLT8);
  return true;
}

SPOIL (plain_copy_beyond, QxlDrawable,
       qxl_spoil_plain_of_kind (command, QXL_DRAW_COPY),
       self->u.copy.src.x = G_MAXINT32)
SPOIL (plain_move_from_outside, QxlDrawable,
       qxl_spoil_plain_of_kind (command, QXL_DRAW_COPY_BITS),
       self->u.copy_bits.src_pos.y = -1)
SPOIL (plain_surface_of_itself, QxlDrawable,
       qxl_spoil_plain_of_kind (command, QXL_DRAW_COPY_SURFACE),
       self->u.copy_surface.source_id = self->surface_id)
SPOIL (plain_surface_missing, QxlDrawable,
       qxl_spoil_plain_of_kind (command, QXL_DRAW_COPY_SURFACE),
       self->u.copy_surface.source_id = NO_SURFACE)
SPOIL (plain_surface_narrow, QxlDrawable,
       qxl_spoil_plain_of_kind (command, QXL_DRAW_COPY_SURFACE),
       self->u.copy_surface.source_id = A8_SURFACE)
SPOIL (plain_surface_beyond, QxlDrawable,
       qxl_spoil_plain_of_kind (command, QXL_DRAW_COPY_SURFACE),
       self->u.copy_surface.src.x = G_MAXINT32)
/* sources */

REPLACE (source_none, QXL_ROLE_SRC, (QxlSource){.kind = QXL_SOURCE_NONE})
REPLACE (source_null, QXL_ROLE_SRC, qxl_source_image (NULL))
REPLACE (source_missing, QXL_ROLE_SRC, qxl_source_surface (NO_SURFACE))
REPLACE (source_kind, QXL_ROLE_SRC, (QxlSource){.kind = (QxlSourceKind)9})
REPLACE (source_palette, QXL_ROLE_SRC, qxl_spoil_source_of (QXL_FORMAT_PLT4_BE))
REPLACE (source_too_long, QXL_ROLE_SRC,
         qxl_source_image (qxl_image_new (QXL_FORMAT_BGRX,
                                          QXL_MAX_IMAGE_SIDE + 1, 1,
                                          &(uint8_t *){NULL})))
REPLACE (source_24_bit, QXL_ROLE_SRC, qxl_spoil_source_of (QXL_FORMAT_BGR))
SPOIL_IF (colours_on_a1, QxlSource, qxl_spoil_source_in (command, QXL_ROLE_SRC),
          qxl_spoil_copy_in (command) != NULL &&
              qxl_spoil_op_of_kind (command, QXL_OP_ROP3) == NULL &&
              self->kind == QXL_SOURCE_IMAGE &&
              qxl_format_is_colour (self->image->format),
          command->u.draw->surface_id = A1_SURFACE)

SPOIL_IF (alpha_on_colours, QxlSource,
          qxl_spoil_source_in (command, QXL_ROLE_SRC),
          qxl_spoil_src_area_in (command) != NULL &&
              self->kind == QXL_SOURCE_IMAGE &&
              qxl_format_is_colour (self->image->format),
          qxl_spoil_replace (self, qxl_spoil_source_of (QXL_FORMAT_A8)))

SPOIL (area_empty, QxlRect, qxl_spoil_src_area_in (command),
       self->right = self->left)
SPOIL (area_inverted, QxlRect, qxl_spoil_src_area_in (command),
       self->top = self->bottom + 1)
SPOIL (area_beyond, QxlRect, qxl_spoil_src_area_in (command),
       self->right = G_MAXINT32)
SPOIL (area_above, QxlRect, qxl_spoil_src_area_in (command), self->top = -1)
SPOIL (scale_mode, QxlCopy, qxl_spoil_copy_in (command),
       self->scale_mode = (QxlScaleMode)7)
SPOIL (move_from_afar, QxlOperation,
       qxl_spoil_op_of_kind (command, QXL_OP_COPY_BITS),
       self->u.copy_bits.src_pos.x = FAR)
/* brushes */

SPOIL_IF (brush_kind, QxlBrush, qxl_spoil_brush_in (command),
          self->kind != QXL_BRUSH_PATTERN, self->kind = (QxlBrushKind)9)
REPLACE (pattern_none, QXL_ROLE_BRUSH, (QxlSource){.kind = QXL_SOURCE_NONE})
REPLACE (pattern_null, QXL_ROLE_BRUSH, qxl_source_image (NULL))
REPLACE (pattern_missing, QXL_ROLE_BRUSH, qxl_source_surface (NO_SURFACE))
SPOIL_IF (pattern_of_a1, QxlSource,
          qxl_spoil_source_in (command, QXL_ROLE_BRUSH),
          self->kind == QXL_SOURCE_IMAGE &&
              self->image->format != QXL_FORMAT_A1,
          qxl_spoil_replace (self, qxl_spoil_source_of (QXL_FORMAT_A1)))
SPOIL_IF (pattern_afar, QxlBrush, qxl_spoil_brush_in (command),
          self->kind == QXL_BRUSH_PATTERN, self->pos.y = -FAR)
SPOIL_IF (back_brush_kind, QxlOperation,
          qxl_spoil_op_of_kind (command, QXL_OP_TEXT),
          self->u.text.back_brush.kind != QXL_BRUSH_PATTERN &&
              !qxl_rect_is_empty (&self->u.text.back_area),
          self->u.text.back_brush.kind = (QxlBrushKind)3)
/* masks */

SPOIL (mask_32_bit, QxlMask, qxl_spoil_mask_in (command),
       qxl_spoil_replace (&self->bitmap, qxl_spoil_source_of (QXL_FORMAT_BGRX)))

SPOIL (mask_a8, QxlMask, qxl_spoil_mask_in (command),
       qxl_spoil_replace (&self->bitmap, qxl_spoil_source_of (QXL_FORMAT_A8)))

REPLACE (mask_missing, QXL_ROLE_MASK, qxl_source_surface (NO_SURFACE))
REPLACE (mask_null, QXL_ROLE_MASK, qxl_source_image (NULL))
SPOIL (mask_afar, QxlMask, qxl_spoil_mask_in (command), self->pos.x = -FAR)
/* surfaces of no colours */

SPOIL_IF (rop3_on_a8, QxlDrawable, qxl_spoil_draw_in (command),
          qxl_spoil_op_of_kind (command, QXL_OP_ROP3) != NULL,
          self->surface_id = A8_SURFACE)

SPOIL_IF (text_on_a1, QxlDrawable, qxl_spoil_draw_in (command),
          qxl_spoil_op_of_kind (command, QXL_OP_TEXT) != NULL,
          self->surface_id = A1_SURFACE)

SPOIL_IF (transparent_on_a8, QxlDrawable, qxl_spoil_draw_in (command),
          qxl_spoil_op_of_kind (command, QXL_OP_TRANSPARENT) != NULL,
          self->surface_id = A8_SURFACE)

/* clang-format off */
const QxlSpoil qxl_spoils_of_draws[] = {
  { "draw-on-no-surface",             "there is none",           no_such_surface },
  { "draw-left-of-its-surface",       "what lies in",            box_left_of_it },
  { "draw-below-its-surface",         "what lies in",            box_below_it },
  { "draw-of-empty-box",              "is empty",                box_empty },
  { "draw-of-inverted-box",           "is empty",                box_inverted },
  { "draw-of-unknown-kind",           "draw of kind 17",         draw_kind },
  { "operation-of-unknown-kind",      "operation of kind 15",    operation_kind },
  { "operation-of-kind-nop",          "operation of kind 0",     operation_nop },
  { "clip-of-too-many",               "clip of 65537",           clip_too_long },
  { "clip-inverted",                  "0,9 to 9,8",              clip_inverted },
  { "clip-too-wide",                  "turned around",           clip_too_wide },
  { "plain-copy-of-nothing",          "no source",               plain_copy_of_nothing },
  { "plain-copy-of-palette",          "allowed are BGRx, BGRA, RGB15", plain_copy_of_palette },
  { "plain-copy-beyond-image",        "what lies in 16x16",      plain_copy_beyond },
  { "plain-move-from-outside",        "what lies in 64x48",      plain_move_from_outside },
  { "plain-surface-of-itself",        "the same surface",        plain_surface_of_itself },
  { "plain-surface-missing",          "source surface 999, there is none", plain_surface_missing },
  { "plain-surface-of-alpha",         "source in A8",            plain_surface_narrow },
  { "plain-surface-beyond",           "what lies in 64x48",      plain_surface_beyond },
  { "source-none",                    "no source",               source_none },
  { "source-null",                    "no source",               source_null },
  { "source-surface-missing",         "source surface 999, there is none", source_missing },
  { "source-of-unknown-kind",         "source of kind 9",        source_kind },
  { "source-of-palette",              "source in PLT4_BE",       source_palette },
  { "source-too-long",               "of 32767x1, allowed are", source_too_long },
  { "source-of-24-bit",               "source in BGR",           source_24_bit },
  { "colours-on-a1",                  "cannot become A1",        colours_on_a1 },
  { "alpha-on-colours",               "source in A8 cannot become", alpha_on_colours },
  { "area-empty",                     "source area",             area_empty },
  { "area-inverted",                  "is empty",                area_inverted },
  { "area-beyond-source",             "what lies in",            area_beyond },
  { "area-above-source",              "what lies in",            area_above },
  { "scale-mode",                     "scale mode 7",            scale_mode },
  { "move-from-afar",                 "source at 40000",         move_from_afar },
  { "brush-of-unknown-kind",          "brush of kind 9",         brush_kind },
  { "pattern-none",                   "no pattern",              pattern_none },
  { "pattern-null",                   "no pattern",              pattern_null },
  { "pattern-surface-missing",        "pattern surface 999, there is none", pattern_missing },
  { "pattern-of-a1",                  "pattern in A1",           pattern_of_a1 },
  { "pattern-afar",                   "pattern at",              pattern_afar },
  { "back-brush-of-unknown-kind",     "brush of kind 3",         back_brush_kind },
  { "mask-of-32-bit",                 "mask in BGRx, allowed is A1", mask_32_bit },
  { "mask-of-a8",                     "mask in A8, allowed is A1", mask_a8 },
  { "mask-surface-missing",           "mask surface 999, there is none", mask_missing },
  { "mask-null",                      "no mask",                 mask_null },
  { "mask-afar",                      "mask at -40000",          mask_afar },
  { "rop3-on-a8",                     "surface in A8",           rop3_on_a8 },
  { "text-on-a1",                     "surface in A1",           text_on_a1 },
  { "transparent-on-a8",              "surface in A8",           transparent_on_a8 },
  { NULL },
};
/* clang-format on */
