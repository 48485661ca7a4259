/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/canvas-model.h"

#include <math.h>

/* raw pixels */

static uint32_t
raw_of (QxlFormat format, const uint8_t *row, uint32_t x)
{
  switch (qxl_format_bits_per_pixel (format)) {
  case 1:
    return row[x / 8] >> (x % 8) & 1;
  case 8:
    return row[x];
  case 16:
    return (uint32_t)row[x * 2 + 1] << 8 | row[x * 2];
  default:
    return (uint32_t)row[x * 4 + 3] << 24 | (uint32_t)row[x * 4 + 2] << 16 |
           (uint32_t)row[x * 4 + 1] << 8 | row[x * 4];
  }
}

static uint32_t
all_bits (QxlFormat format)
{
  unsigned bits = qxl_format_bits_per_pixel (format);

  return bits == 32 ? UINT32_MAX : (1u << bits) - 1;
}

QxlModelPixels *
qxl_model_pixels_new (const QxlSurface *surface)
{
  QxlModelPixels *self = g_new (QxlModelPixels, 1);

  self->format = qxl_surface_format (surface);
  self->width = qxl_surface_width (surface);
  self->height = qxl_surface_height (surface);
  self->at = g_new (uint32_t, self->width * self->height);
  for (uint32_t y = 0; y < self->height; y++)
    for (uint32_t x = 0; x < self->width; x++)
      self->at[y * self->width + x] =
          raw_of (self->format, qxl_surface_row (surface, y), x);
  return self;
}

void
qxl_model_pixels_free (QxlModelPixels *self)
{
  g_free (self->at);
  g_free (self);
}

/* conversion */

static uint32_t
widen (uint32_t value, unsigned bits)
{
  return value << (8 - bits) | value >> (2 * bits - 8);
}

static uint32_t
argb (uint32_t a, uint32_t r, uint32_t g, uint32_t b)
{
  return a << 24 | r << 16 | g << 8 | b;
}

static uint32_t
to_argb (QxlFormat format, uint32_t v)
{
  switch (format) {
  case QXL_FORMAT_BGRX:
    return v | 0xff000000;
  case QXL_FORMAT_RGB15:
    return argb (255, widen (v >> 10 & 31, 5), widen (v >> 5 & 31, 5),
                 widen (v & 31, 5));
  case QXL_FORMAT_RGB16:
    return argb (255, widen (v >> 11 & 31, 5), widen (v >> 5 & 63, 6),
                 widen (v & 31, 5));
  case QXL_FORMAT_A8:
    return v << 24;
  case QXL_FORMAT_A1:
    return v ? 0xff000000 : 0;
  default:
    return v;
  }
}

static uint32_t
from_argb (QxlFormat format, uint32_t v)
{
  uint32_t r = v >> 16 & 0xff, g = v >> 8 & 0xff, b = v & 0xff;

  switch (format) {
  case QXL_FORMAT_BGRX:
    return v & 0xffffff;
  case QXL_FORMAT_RGB15:
    return (r >> 3) << 10 | (g >> 3) << 5 | b >> 3;
  case QXL_FORMAT_RGB16:
    return (r >> 3) << 11 | (g >> 2) << 5 | b >> 3;
  case QXL_FORMAT_A8:
    return v >> 24;
  case QXL_FORMAT_A1:
    return v >> 31;
  default:
    return v;
  }
}

/* sources */

typedef struct {
  QxlFormat format;
  int64_t width, height;
  const QxlImage *image;     /* or */
  const QxlSurface *surface; /* or */
  const QxlModelPixels *pixels;
} View;

static bool
view_of (const QxlModelDraw *self, const QxlSource *source, View *view)
{
  *view = (View){0};
  if (source->kind == QXL_SOURCE_IMAGE) {
    view->image = source->image;
    view->format = source->image->format;
    view->width = source->image->width;
    view->height = source->image->height;
  } else if (source->kind == QXL_SOURCE_SURFACE &&
             source->surface_id == self->draw->surface_id) {
    view->pixels = self->before;
    view->format = self->before->format;
    view->width = self->before->width;
    view->height = self->before->height;
  } else if (source->kind == QXL_SOURCE_SURFACE) {
    view->surface = self->find (source->surface_id, self->user_data);
    if (view->surface == NULL)
      return false;
    view->format = qxl_surface_format (view->surface);
    view->width = qxl_surface_width (view->surface);
    view->height = qxl_surface_height (view->surface);
  }
  return source->kind != QXL_SOURCE_NONE;
}

static bool
is_inside (const View *view, int64_t x, int64_t y)
{
  return x >= 0 && y >= 0 && x < view->width && y < view->height;
}

/* inside of it */
static uint32_t
view_raw (const View *view, int64_t x, int64_t y)
{
  uint32_t value;

  if (view->pixels != NULL)
    return view->pixels->at[y * view->width + x];
  if (view->surface != NULL)
    return raw_of (view->format, qxl_surface_row (view->surface, (uint32_t)y),
                   (uint32_t)x);
  value = raw_of (view->format, qxl_image_row (view->image, (uint32_t)y),
                  (uint32_t)x);
  return view->format == QXL_FORMAT_BGRX ? value & 0xffffff : value;
}

/* what a value of the view's format is on the surface */
static uint32_t
converted (const View *view, QxlFormat to, uint32_t value)
{
  const bool both_32 = qxl_format_bits_per_pixel (view->format) == 32 &&
                       qxl_format_bits_per_pixel (to) == 32;

  if (view->format == to || both_32)
    return value;
  if (to == QXL_FORMAT_BGRA && qxl_format_is_colour (view->format))
    to = QXL_FORMAT_BGRX;
  return from_argb (to, to_argb (view->format, value));
}

/* scaling: where pixel @i of the box samples, in 1/65536 of a source pixel */
static int64_t
sample (int64_t i, int64_t start, int64_t from, int64_t to, bool is_rop3)
{
  int64_t f = from * 65536 / to;
  double s = (double)from / (double)to;

  if (is_rop3)
    return ((2 * (i + (int64_t)floor (start / s + 0.5)) + 1) *
                (int64_t)(s * 65536) +
            1) >>
           1;
  return start * 65536 + (((2 * i + 1) * f + 1) >> 1);
}

static uint32_t
view_argb (const View *view, int64_t x, int64_t y)
{
  return is_inside (view, x, y) ? to_argb (view->format, view_raw (view, x, y))
                                : 0;
}

static uint32_t
interpolated (const View *view, int64_t u, int64_t v)
{
  const int64_t x = (u - 0x8000) >> 16, y = (v - 0x8000) >> 16;
  const uint32_t wx = (uint32_t)((u - 0x8000) >> 9 & 127) * 2;
  const uint32_t wy = (uint32_t)((v - 0x8000) >> 9 & 127) * 2;
  const uint32_t p[4] = {view_argb (view, x, y), view_argb (view, x + 1, y),
                         view_argb (view, x, y + 1),
                         view_argb (view, x + 1, y + 1)};
  const uint32_t w[4] = {(256 - wx) * (256 - wy), wx * (256 - wy),
                         (256 - wx) * wy, wx * wy};
  uint32_t result = 0;

  for (unsigned shift = 0; shift < 32; shift += 8) {
    uint32_t sum = 0;

    for (unsigned i = 0; i < 4; i++)
      sum += (p[i] >> shift & 0xff) * w[i];
    result |= (sum >> 16) << shift;
  }
  return result;
}

typedef struct {
  bool is_there; /* false: outside of an image that is not scaled */
  bool is_argb;  /* interpolated: not a value of the view's format */
  bool is_scaled;
  uint32_t value;
} Texel;

static Texel
texel_of (const QxlModelDraw *self, const View *view, const QxlRect *area,
          QxlScaleMode mode, bool is_rop3, int32_t x, int32_t y)
{
  const QxlRect *box = &self->draw->box;
  const int64_t i = x - box->left, j = y - box->top;
  Texel texel = {.is_there = true, .is_scaled = true};
  int64_t u, v;

  if (qxl_rect_width (area) == qxl_rect_width (box) &&
      qxl_rect_height (area) == qxl_rect_height (box)) {
    texel.is_scaled = false;
    texel.is_there = is_inside (view, area->left + i, area->top + j);
    if (texel.is_there)
      texel.value = view_raw (view, area->left + i, area->top + j);
    return texel;
  }
  u = sample (i, area->left, qxl_rect_width (area), qxl_rect_width (box),
              is_rop3);
  v = sample (j, area->top, qxl_rect_height (area), qxl_rect_height (box),
              is_rop3);
  if (mode == QXL_SCALE_INTERPOLATE) {
    texel.is_argb = true;
    texel.value = interpolated (view, u, v);
    return texel;
  }
  u = (u - 1) >> 16;
  v = (v - 1) >> 16;
  if (is_inside (view, u, v))
    texel.value = view_raw (view, u, v);
  else
    texel.is_argb = true; /* transparent black */
  return texel;
}

/* on the surface; *@care loses what is not settled */
static uint32_t
texel_on (const QxlModelDraw *self, const View *view, const Texel *texel,
          bool is_put, uint32_t *care)
{
  const QxlFormat to = self->before->format;
  uint32_t value = texel->value;

  if (texel->is_scaled && qxl_format_bits_per_pixel (to) == 32 &&
      !(to == QXL_FORMAT_BGRA && (is_put || view->format == to)))
    *care &= 0xffffff;
  if (texel->is_scaled && to == QXL_FORMAT_RGB15)
    *care &= 0x7fff;
  if (!texel->is_argb && texel->is_scaled && is_put)
    return from_argb (to, to_argb (view->format, value));
  if (!texel->is_argb)
    return converted (view, to, value);
  if (is_put)
    return from_argb (to, value);
  /* it is converted before it is scaled: the model does so for 32 bits only */
  if (qxl_format_bits_per_pixel (to) == 32)
    return value;
  return from_argb (to, value);
}

/* raster operations */

static uint32_t
binary (uint16_t rop, uint32_t s, uint32_t d, uint16_t invers_s,
        uint16_t invers_d)
{
  uint32_t i = rop & invers_s ? ~s : s, j = rop & invers_d ? ~d : d;
  uint32_t not_if = rop & QXL_ROP_INVERS_RES ? UINT32_MAX : 0;

  if (rop & QXL_ROP_PUT)
    return i ^ not_if;
  if (rop & QXL_ROP_OR)
    return (i | j) ^ not_if;
  if (rop & QXL_ROP_AND)
    return (i & j) ^ not_if;
  if (rop & QXL_ROP_XOR)
    return i ^ j ^ not_if;
  if (rop & QXL_ROP_BLACKNESS)
    return 0;
  if (rop & QXL_ROP_WHITENESS)
    return UINT32_MAX;
  if (rop & QXL_ROP_INVERS)
    return ~d;
  return s;
}

static bool
is_plain_put (uint16_t rop)
{
  return binary (rop, 0xf0, 0xcc, QXL_ROP_INVERS_SRC, QXL_ROP_INVERS_DEST) ==
         0xf0;
}

static uint32_t
ternary (uint8_t code, uint32_t p, uint32_t s, uint32_t d)
{
  uint32_t result = 0;

  for (unsigned bit = 0; bit < 32; bit++) {
    unsigned which = (p >> bit & 1) << 2 | (s >> bit & 1) << 1 | (d >> bit & 1);
    result |= (uint32_t)(code >> which & 1) << bit;
  }
  return result;
}

/* false: its pattern is nowhere */
static bool
brush_at (const QxlModelDraw *self, const QxlBrush *brush, int32_t x, int32_t y,
          uint32_t *value)
{
  int64_t px, py;
  View view;

  *value = brush->kind == QXL_BRUSH_SOLID ? brush->color : 0;
  if (brush->kind != QXL_BRUSH_PATTERN)
    return true;
  if (!view_of (self, &brush->pattern, &view))
    return false;
  px = ((x - (int64_t)brush->pos.x) % view.width + view.width) % view.width;
  py = ((y - (int64_t)brush->pos.y) % view.height + view.height) % view.height;
  *value = converted (&view, self->before->format, view_raw (&view, px, py));
  return true;
}

/* regions */

static bool
is_clipped_away (const QxlOperation *op, int32_t x, int32_t y)
{
  const QxlRect dot = QXL_RECT (x, y, x + 1, y + 1);

  for (guint i = 0; i < op->n_clip_rects; i++)
    if (qxl_rect_contains (&op->clip_rects[i], &dot))
      return false;
  return op->is_clipped;
}

static bool
is_masked_away (const QxlModelDraw *self, const QxlMask *mask, int32_t x,
                int32_t y)
{
  const int64_t mx = (int64_t)x - self->draw->box.left + mask->pos.x;
  const int64_t my = (int64_t)y - self->draw->box.top + mask->pos.y;
  View view;

  if (mask->bitmap.kind == QXL_SOURCE_NONE)
    return false;
  if (!view_of (self, &mask->bitmap, &view) || !is_inside (&view, mx, my))
    return true;
  return (view_raw (&view, mx, my) != 0) == mask->is_inverted;
}

static const QxlMask *
mask_of (const QxlOperation *op)
{
  static const QxlMask none;

  switch (op->kind) {
  case QXL_OP_FILL:
    return &op->u.fill.mask;
  case QXL_OP_COPY:
  case QXL_OP_BLEND:
    return &op->u.copy.mask;
  case QXL_OP_OPAQUE:
    return &op->u.opaque.copy.mask;
  case QXL_OP_ROP3:
    return &op->u.rop3.copy.mask;
  case QXL_OP_BLACKNESS:
  case QXL_OP_WHITENESS:
  case QXL_OP_INVERS:
    return &op->u.mask;
  default:
    return &none;
  }
}

/* kinds: each gives the pixel (x, y) that was @d */

typedef struct {
  const QxlModelDraw *draw;
  int32_t x, y;
  uint32_t d;
  uint32_t *care;
} Spot;

static uint32_t
put_at (const Spot *spot, const QxlCopy *copy)
{
  View view;
  Texel texel;

  if (!view_of (spot->draw, &copy->src, &view))
    return spot->d;
  texel = texel_of (spot->draw, &view, &copy->src_area, copy->scale_mode, false,
                    spot->x, spot->y);
  return texel.is_there ? texel_on (spot->draw, &view, &texel, true, spot->care)
                        : 0;
}

static uint32_t
copy_at (const Spot *spot, const QxlCopy *copy)
{
  View view;
  Texel texel;

  if (is_plain_put (copy->rop))
    return put_at (spot, copy);
  if (!view_of (spot->draw, &copy->src, &view))
    return spot->d;
  texel = texel_of (spot->draw, &view, &copy->src_area, copy->scale_mode, false,
                    spot->x, spot->y);
  if (!texel.is_there)
    return spot->d;
  return binary (copy->rop,
                 texel_on (spot->draw, &view, &texel, false, spot->care),
                 spot->d, QXL_ROP_INVERS_SRC, QXL_ROP_INVERS_DEST);
}

static uint32_t
fill_at (const Spot *spot, const QxlBrush *brush, uint16_t rop)
{
  uint32_t s;

  if (!brush_at (spot->draw, brush, spot->x, spot->y, &s))
    return spot->d;
  return binary (rop, s, spot->d, QXL_ROP_INVERS_BRUSH, QXL_ROP_INVERS_DEST);
}

static uint32_t
opaque_at (const Spot *spot, const QxlOpaque *opaque)
{
  uint32_t copied = put_at (spot, &opaque->copy), s;

  if (!brush_at (spot->draw, &opaque->brush, spot->x, spot->y, &s))
    return copied;
  return binary (opaque->copy.rop, s, copied, QXL_ROP_INVERS_BRUSH,
                 QXL_ROP_INVERS_SRC);
}

static uint32_t
rop3_at (const Spot *spot, const QxlRop3 *rop3)
{
  const QxlCopy *copy = &rop3->copy;
  Texel texel;
  uint32_t p;
  View view;

  if (!view_of (spot->draw, &copy->src, &view) ||
      !brush_at (spot->draw, &rop3->brush, spot->x, spot->y, &p))
    return spot->d;
  texel = texel_of (spot->draw, &view, &copy->src_area, copy->scale_mode, true,
                    spot->x, spot->y);
  if (!texel.is_there)
    return spot->d;
  return ternary (rop3->code, p,
                  texel_on (spot->draw, &view, &texel, false, spot->care),
                  spot->d);
}

static uint32_t
copy_bits_at (const Spot *spot, QxlPoint src_pos)
{
  const QxlModelPixels *before = spot->draw->before;
  const int64_t x = (int64_t)spot->x - spot->draw->draw->box.left + src_pos.x;
  const int64_t y = (int64_t)spot->y - spot->draw->draw->box.top + src_pos.y;

  if (x < 0 || y < 0 || x >= before->width || y >= before->height)
    return spot->d;
  return before->at[y * before->width + x];
}

static uint32_t
transparent_at (const Spot *spot, const QxlTransparent *op)
{
  const QxlFormat format = spot->draw->before->format;
  const uint32_t counts = format == QXL_FORMAT_RGB15   ? 0x7fff
                          : format == QXL_FORMAT_RGB16 ? 0xffff
                                                       : 0xffffff;
  const bool narrow = format == QXL_FORMAT_RGB15 || format == QXL_FORMAT_RGB16;
  const uint32_t key =
      narrow ? from_argb (format, op->true_color) : op->true_color & 0xffffff;
  Texel texel;
  uint32_t s;
  View view;

  if (!view_of (spot->draw, &op->src, &view))
    return spot->d;
  texel = texel_of (spot->draw, &view, &op->src_area, QXL_SCALE_NEAREST, false,
                    spot->x, spot->y);
  if (!texel.is_there)
    return spot->d;
  s = texel_on (spot->draw, &view, &texel, false, spot->care);
  return (s & counts) == key ? spot->d : s;
}

static uint32_t
mul (uint32_t a, uint32_t b)
{
  uint32_t t = a * b + 128;

  return (t + (t >> 8)) >> 8;
}

static uint32_t
over (uint32_t s, uint32_t alpha, uint32_t d)
{
  const uint32_t rest = 255 - mul (s >> 24, alpha);
  uint32_t result = 0;

  for (unsigned shift = 0; shift < 32; shift += 8) {
    uint32_t value =
        mul (s >> shift & 0xff, alpha) + mul (d >> shift & 0xff, rest);
    result |= MIN (value, 255) << shift;
  }
  return result;
}

static uint32_t
alpha_blend_at (const Spot *spot, const QxlAlphaBlend *op)
{
  const QxlFormat format = spot->draw->before->format;
  QxlFormat as = format;
  Texel texel;
  View view;
  uint32_t s;

  if (op->alpha == 0 || !view_of (spot->draw, &op->src, &view))
    return spot->d;
  if (format == QXL_FORMAT_BGRX && op->alpha_flags & QXL_ALPHA_DEST_HAS_ALPHA)
    as = QXL_FORMAT_BGRA;
  if (view.format == QXL_FORMAT_BGRX && view.image == NULL &&
      op->alpha_flags & QXL_ALPHA_SRC_SURFACE_HAS_ALPHA)
    view.format = QXL_FORMAT_BGRA;
  texel = texel_of (spot->draw, &view, &op->src_area, QXL_SCALE_NEAREST, false,
                    spot->x, spot->y);
  if (!texel.is_there)
    return spot->d;
  s = texel.is_argb ? texel.value : to_argb (view.format, texel.value);
  return from_argb (as, over (s, op->alpha, to_argb (as, spot->d)));
}

static uint32_t
drawn_at (const Spot *spot, const QxlOperation *op)
{
  switch (op->kind) {
  case QXL_OP_FILL:
    return fill_at (spot, &op->u.fill.brush, op->u.fill.rop);
  case QXL_OP_OPAQUE:
    return opaque_at (spot, &op->u.opaque);
  case QXL_OP_COPY:
  case QXL_OP_BLEND:
    return copy_at (spot, &op->u.copy);
  case QXL_OP_COPY_BITS:
    return copy_bits_at (spot, op->u.copy_bits.src_pos);
  case QXL_OP_BLACKNESS:
    return 0;
  case QXL_OP_WHITENESS:
    return UINT32_MAX;
  case QXL_OP_INVERS:
    return ~spot->d;
  case QXL_OP_ROP3:
    return rop3_at (spot, &op->u.rop3);
  case QXL_OP_TRANSPARENT:
    return transparent_at (spot, &op->u.transparent);
  case QXL_OP_ALPHA_BLEND:
    return alpha_blend_at (spot, &op->u.alpha_blend);
  default:
    g_assert_not_reached ();
  }
}

/* bits that a draw may change all over its box, though they are not seen */
static uint32_t
spoilt_bits (const QxlModelDraw *self, const QxlOperation *op)
{
  const QxlFormat format = self->before->format;

  if (op->kind != QXL_OP_ALPHA_BLEND)
    return 0;
  if (format == QXL_FORMAT_RGB15)
    return 0x8000;
  if (format == QXL_FORMAT_BGRX &&
      !(op->u.alpha_blend.alpha_flags & QXL_ALPHA_DEST_HAS_ALPHA))
    return 0xff000000;
  return 0;
}

uint32_t
qxl_model_pixel (const QxlModelDraw *self, int32_t x, int32_t y, uint32_t *care)
{
  const QxlOperation *op = self->draw->u.operation;
  const QxlRect dot = QXL_RECT (x, y, x + 1, y + 1);
  const Spot spot = {
      .draw = self,
      .x = x,
      .y = y,
      .d = self->before->at[(uint32_t)y * self->before->width + (uint32_t)x],
      .care = care,
  };

  *care = all_bits (self->before->format) & ~spoilt_bits (self, op);
  if (!qxl_rect_contains (&self->draw->box, &dot) ||
      is_clipped_away (op, x, y) || is_masked_away (self, mask_of (op), x, y))
    return spot.d;
  return drawn_at (&spot, op) & *care;
}
