/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image-decoders-jpeg.h"

#include <setjmp.h>
#include <spice/enums.h>
#include <stdio.h> /* jpeglib.h needs it */
#include <string.h>

#include <jpeglib.h>

/* Bytes of pixels that one byte of a file can become. A unit of 4:2:0 has 256
 * pixels in six blocks of at least two bits; no other sampling has more than
 * 32 pixels of 4 bytes a bit. */
enum { JPEG_GROWTH = 32 * 8 * 4 };

typedef struct {
  /* first, so that libjpeg's pointers lead to the call */
  struct jpeg_error_mgr errors;
  struct jpeg_decompress_struct decompress;
  jmp_buf leave;
  const uint8_t *data;
  size_t size;
  ImagePixels *out;
  const char *refused; /* in words of ours, else libjpeg's */
} Call;

/* what libjpeg calls */

static void
on_error (j_common_ptr decompress)
{
  Call *call = (Call *)decompress->err;

  longjmp (call->leave, 1);
}

/* below 0: the file is damaged, and libjpeg would go on */
static void
on_message (j_common_ptr decompress, int level)
{
  if (level < 0)
    on_error (decompress);
}

static void
on_output (j_common_ptr decompress)
{
}

/* decoding */

static bool
refuse (Call *call, const char *why)
{
  call->refused = why;
  return false;
}

/* what the head tells, before anything of its size is allocated */
static bool
check_head (Call *call)
{
  const struct jpeg_decompress_struct *d = &call->decompress;
  size_t most = MIN (call->size * JPEG_GROWTH, IMAGE_DECODERS_LIMIT);

  if (d->image_width != call->out->width ||
      d->image_height != call->out->height)
    return refuse (call, "other size than the descriptor's");
  if (d->progressive_mode || d->arith_code || d->data_precision != 8)
    return refuse (call, "not a baseline file");
  if (d->num_components != 3 || d->jpeg_color_space != JCS_YCbCr)
    return refuse (call, "not Y Cb Cr");
  if (d->comps_in_scan != d->num_components)
    return refuse (call, "more than one scan");
  if (call->out->stride > most / call->out->height)
    return refuse (call, "more pixels than the file can hold");
  return true;
}

static void
read_rows (Call *call)
{
  struct jpeg_decompress_struct *d = &call->decompress;

  while (d->output_scanline < d->output_height) {
    JSAMPROW row = call->out->pixels + d->output_scanline * call->out->stride;

    jpeg_read_scanlines (d, &row, 1);
    for (uint32_t x = 0; x < d->output_width; x++)
      row[4 * x + 3] = 0;
  }
}

/* returns false after a jump; changes no variable of its own before one */
static bool
decompress (Call *call)
{
  if (setjmp (call->leave))
    return false;
  jpeg_create_decompress (&call->decompress);
  jpeg_mem_src (&call->decompress, call->data, call->size);
  jpeg_read_header (&call->decompress, TRUE);
  if (!check_head (call))
    return false;
  call->out->pixels = g_malloc0 (call->out->stride * call->out->height);
  call->decompress.out_color_space = JCS_EXT_BGRX;
  jpeg_start_decompress (&call->decompress);
  read_rows (call);
  jpeg_finish_decompress (&call->decompress);
  return call->decompress.src->bytes_in_buffer == 0 ||
         refuse (call, "bytes left over");
}

static void
set_error (Call *call, GError **error)
{
  char words[JMSG_LENGTH_MAX] = "";

  if (!call->refused)
    call->errors.format_message ((j_common_ptr)&call->decompress, words);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "JPEG: %s",
               call->refused ? call->refused : words);
}

bool
image_decode_jpeg (const uint8_t *data, size_t size, uint32_t width,
                   uint32_t height, ImagePixels *out, GError **error)
{
  static const uint8_t nothing[1];
  Call call = {.data = size ? data : nothing, .size = size, .out = out};
  bool ok;

  memset (out, 0, sizeof *out);
  out->format = SPICE_BITMAP_FMT_32BIT;
  out->top_down = true;
  out->width = width;
  out->height = height;
  out->stride = (size_t)width * 4;
  call.decompress.err = jpeg_std_error (&call.errors);
  call.errors.error_exit = on_error;
  call.errors.emit_message = on_message;
  call.errors.output_message = on_output;
  ok = decompress (&call);
  if (!ok) {
    set_error (&call, error);
    image_pixels_clear (out);
  }
  jpeg_destroy_decompress (&call.decompress);
  return ok;
}

static bool
fail (GError **error, const char *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "JPEG_ALPHA: %s",
               what);
  return false;
}

static void
put_alphas (ImagePixels *to, const ImagePixels *alphas)
{
  for (uint32_t y = 0; y < to->height; y++) {
    uint32_t from = alphas->top_down ? y : to->height - 1 - y;

    for (uint32_t x = 0; x < to->width; x++)
      to->pixels[y * to->stride + 4 * x + 3] =
          alphas->pixels[from * alphas->stride + 4 * x + 3];
  }
}

bool
image_decode_jpeg_alpha (const uint8_t *data, size_t size, size_t jpeg_size,
                         bool top_down, uint32_t width, uint32_t height,
                         ImagePixels *out, GError **error)
{
  g_auto (ImagePixels) alphas = {0};

  memset (out, 0, sizeof *out);
  if (jpeg_size > size)
    return fail (error, "the colours are longer than all data");
  if (!image_decode_lz (data + jpeg_size, size - jpeg_size, &alphas, error))
    return false;
  if (alphas.lz_type != LZ_XXXA || alphas.top_down != top_down ||
      alphas.width != width || alphas.height != height)
    return fail (error, "other alphas than the head tells");
  if (!image_decode_jpeg (data, jpeg_size, width, height, out, error))
    return false;
  out->format = SPICE_BITMAP_FMT_RGBA;
  put_alphas (out, &alphas);
  return true;
}
