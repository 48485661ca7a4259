/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz-input.h"

#include <string.h>

uint32_t
take (Input *input, unsigned n_bytes)
{
  uint32_t value = 0;

  for (unsigned i = 0; i < n_bytes && input->size > 0; i++) {
    value |= (uint32_t)*input->data << 8 * i;
    input->data++;
    input->size--;
  }
  return value;
}

void
skip (Input *input, uint32_t n_bytes)
{
  if (n_bytes > 0)
    input->data += n_bytes;
  input->size -= n_bytes;
}

int32_t
take_coordinate (Input *input)
{
  return (int32_t)take (input, 1) - 4;
}

QxlPoint
take_point (Input *input)
{
  int32_t x = take_coordinate (input);

  return (QxlPoint){x, take_coordinate (input)};
}

QxlRect
take_rect (Input *input)
{
  QxlPoint corner = take_point (input), size = take_point (input);

  return QXL_RECT (corner.x, corner.y, corner.x + size.x, corner.y + size.y);
}

QxlImage *
take_image (Input *input, QxlFormat format)
{
  uint32_t width = 1 + take (input, 1) % FUZZ_MAX_SIDE;
  uint32_t height = 1 + take (input, 1) % FUZZ_MAX_SIDE;
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (format, width, height, &pixels);

  memset (pixels, (int)take (input, 1), qxl_image_size (image));
  if (input->size > 0)
    memcpy (pixels, input->data, MIN (input->size, qxl_image_size (image)));
  return image;
}

QxlDrawable *
take_drawable (Input *input, uint32_t surface_id)
{
  uint32_t kind = take (input, 1);
  QxlRect box = take_rect (input);
  QxlPoint from = take_point (input);

  if (kind % 3 == 0)
    return qxl_drawable_new_fill (surface_id, &box, take (input, 4));
  if (kind % 3 == 1)
    return qxl_drawable_new_copy_bits (surface_id, &box, from);
  return qxl_drawable_new_copy (
      surface_id, &box,
      take_image (input, kind & 0x80 ? QXL_FORMAT_BGRA : QXL_FORMAT_BGRX),
      from);
}
