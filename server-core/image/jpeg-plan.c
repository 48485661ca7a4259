/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "jpeg-plan.h"

#include "jpeg.h"

/* How much coarser each higher frequency is than the one below it. At fine
 * steps this costs nothing in squared error (measured on grainy film); with
 * coarse ones the eye sees low frequencies first. */
#define FINE_TILT 0.03
#define COARSE_TILT 0.10

/* One band of rows of so many is learnt from, if the picture has this many
 * bands to choose from. */
#define LEARN_ONE_IN 8
#define LEARN_BANDS 16

/* more than noise at the smallest step can become */
#define HEAD_BYTES 4096
#define BYTES_PER_PIXEL 5

void
spc_jpeg_plan_set_step (SpcJpegPlan *self, double step)
{
  double tilt;

  step = CLAMP (step, SPC_JPEG_MIN_STEP, SPC_JPEG_MAX_STEP);
  tilt = FINE_TILT + (COARSE_TILT - FINE_TILT) * (step - SPC_JPEG_MIN_STEP) /
                         (SPC_JPEG_MAX_STEP - SPC_JPEG_MIN_STEP);
  for (int y = 0; y < 8; y++)
    for (int x = 0; x < 8; x++)
      self->steps[8 * y + x] =
          (uint8_t)MIN (step * (1 + tilt * (x + y)) + 0.5, 255);
  self->step = step;
}

static size_t
find_room (const QxlImage *image)
{
  size_t width = (image->width + 15) & ~(size_t)15;
  size_t height = (image->height + 15) & ~(size_t)15;

  return width * height * BYTES_PER_PIXEL + HEAD_BYTES;
}

static size_t
write_file (const SpcJpegForm *form, const QxlImage *image, SpcScratch *scratch,
            GError **error)
{
  size_t room;

  if (!spc_jpeg_check_size (image, error))
    return 0;
  room = find_room (image);
  return spc_jpeg_write_form (image, form, scratch,
                              spc_scratch_get (scratch, SPC_SLOT_STREAM, room),
                              room, error);
}

size_t
spc_jpeg_plan_learn (SpcJpegPlan *self, const QxlImage *image,
                     SpcScratch *scratch, GError **error)
{
  uint32_t n_bands = (image->height + SPC_JPEG_BAND - 1) / SPC_JPEG_BAND;
  SpcJpegForm form = {
      .steps = self->steps,
      .learnt = &self->codes,
      .one_band_in = n_bands >= LEARN_BANDS ? LEARN_ONE_IN : 1,
  };
  size_t size = write_file (&form, image, scratch, error);

  self->has_codes = size > 0;
  if (size == 0)
    return 0;
  for (int i = 0; i < SPC_JPEG_N_TABLES; i++)
    spc_jpeg_code_complete (&self->codes.tables[i], i);
  return size * n_bands / ((n_bands + form.one_band_in - 1) / form.one_band_in);
}

GBytes *
spc_jpeg_plan_write (const SpcJpegPlan *self, const QxlImage *image,
                     SpcScratch *scratch, GError **error)
{
  SpcJpegForm form = {
      .steps = self->steps,
      .codes = self->has_codes ? &self->codes : NULL,
      .one_band_in = 1,
  };
  size_t size = write_file (&form, image, scratch, error);

  if (size == 0)
    return NULL;
  return spc_payload_new_copy (spc_scratch_blocks (scratch),
                               spc_scratch_get (scratch, SPC_SLOT_STREAM, size),
                               size);
}
