/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* jpeg.c – libjpeg around memory of ours, and the payloads JPEG and JPEG_ALPHA.
 *
 * libjpeg leaves by a function that must not return. It jumps back into
 * compress (), whose caller destroys the compressor whether it jumped or not;
 * nothing of ours between the two owns anything. */
#include "jpeg.h"

#include "lz.h"

#include <gio/gio.h>
#include <setjmp.h>
#include <spice/enums.h>
#include <stdio.h> /* jpeglib.h needs it */

#include <jpeglib.h>

#ifndef JCS_EXTENSIONS
#error "libjpeg-turbo is needed: the input is B G R x"
#endif

/* the payloads' heads: u32 size | u8 flags, u32 size of the JPEG, u32 size */
enum { SIZE_BYTES = 4, ALPHA_HEAD_BYTES = 9 };
/* libjpeg takes them at once */
enum { ROWS = SPC_JPEG_BAND };

typedef struct {
  /* first, so that libjpeg's pointers lead to the call */
  struct jpeg_error_mgr errors;
  struct jpeg_destination_mgr destination;
  struct jpeg_compress_struct compress;
  jmp_buf leave;
  bool is_full; /* left because of the room */
  const QxlImage *image;
  int quality;
  const SpcJpegForm *form; /* or NULL: the usual one, at the quality */
  uint32_t n_rows;         /* that are coded */
  SpcScratch *scratch;
  uint8_t *to;
  size_t room;
} Call;

static const struct {
  bool is_taken;
  bool is_widened; /* to B G R 0, for want of a name in libjpeg */
  J_COLOR_SPACE colours;
} inputs[QXL_N_FORMATS] = {
    [QXL_FORMAT_BGRX] = {true, false, JCS_EXT_BGRX},
    [QXL_FORMAT_BGRA] = {true, false, JCS_EXT_BGRX},
    [QXL_FORMAT_BGR] = {true, false, JCS_EXT_BGR},
    [QXL_FORMAT_RGB15] = {true, true, JCS_EXT_BGRX},
};

/* what libjpeg calls */

static void
on_error (j_common_ptr compress)
{
  Call *call = (Call *)compress->err;

  longjmp (call->leave, 1);
}

/* remarks and traces: none is worth a line */
static void
on_message (j_common_ptr compress, int level)
{
}

static void
on_output (j_common_ptr compress)
{
}

static void
on_start (j_compress_ptr compress)
{
  Call *call = (Call *)compress->err;

  call->destination.next_output_byte = call->to;
  call->destination.free_in_buffer = call->room;
}

static boolean
on_full (j_compress_ptr compress)
{
  Call *call = (Call *)compress->err;

  call->is_full = true;
  longjmp (call->leave, 1);
}

static void
on_end (j_compress_ptr compress)
{
}

/* compressing */

static void
call_init (Call *call)
{
  call->compress.err = jpeg_std_error (&call->errors);
  call->errors.error_exit = on_error;
  call->errors.emit_message = on_message;
  call->errors.output_message = on_output;
  call->destination.init_destination = on_start;
  call->destination.empty_output_buffer = on_full;
  call->destination.term_destination = on_end;
}

static JHUFF_TBL *
find_table (struct jpeg_compress_struct *compress, SpcJpegTable table)
{
  switch (table) {
  case SPC_JPEG_DC_LUMA:
    return compress->dc_huff_tbl_ptrs[0];
  case SPC_JPEG_AC_LUMA:
    return compress->ac_huff_tbl_ptrs[0];
  case SPC_JPEG_DC_CHROMA:
    return compress->dc_huff_tbl_ptrs[1];
  default:
    return compress->ac_huff_tbl_ptrs[1];
  }
}

static void
set_codes (struct jpeg_compress_struct *compress, const SpcJpegCodes *codes)
{
  for (int i = 0; i < SPC_JPEG_N_TABLES; i++) {
    JHUFF_TBL *to = find_table (compress, i);
    memcpy (to->bits, codes->tables[i].counts, sizeof to->bits);
    memcpy (to->huffval, codes->tables[i].symbols, sizeof to->huffval);
  }
}

static void
get_codes (struct jpeg_compress_struct *compress, SpcJpegCodes *codes)
{
  for (int i = 0; i < SPC_JPEG_N_TABLES; i++) {
    const JHUFF_TBL *from = find_table (compress, i);
    memcpy (codes->tables[i].counts, from->bits, sizeof from->bits);
    memcpy (codes->tables[i].symbols, from->huffval, sizeof from->huffval);
  }
}

static void
set_form (struct jpeg_compress_struct *compress, const SpcJpegForm *form)
{
  unsigned steps[DCTSIZE2];

  for (int i = 0; i < DCTSIZE2; i++)
    steps[i] = form->steps[i];
  for (int i = 0; i < 2; i++)
    jpeg_add_quant_table (compress, i, steps, 100, TRUE);
  if (form->codes)
    set_codes (compress, form->codes);
  compress->optimize_coding = form->learnt != NULL;
}

static void
set_up (Call *call)
{
  struct jpeg_compress_struct *compress = &call->compress;

  compress->dest = &call->destination;
  compress->image_width = call->image->width;
  compress->image_height = call->n_rows;
  compress->in_color_space = inputs[call->image->format].colours;
  compress->input_components =
      inputs[call->image->format].colours == JCS_EXT_BGR ? 3 : 4;
  jpeg_set_defaults (compress);
  if (call->form)
    set_form (compress, call->form);
  else
    jpeg_set_quality (compress, call->quality, TRUE);
}

/* lists @n rows from @y on, which libjpeg does not write to */
static void
find_rows (const Call *call, uint32_t y, uint32_t n, uint8_t *widened,
           JSAMPROW *rows)
{
  const QxlImage *image = call->image;

  if (call->form)
    y = y / ROWS * ROWS * call->form->one_band_in; /* n is a band, or the end */
  for (uint32_t i = 0; i < n; i++) {
    rows[i] = (JSAMPROW)qxl_image_row (image, y + i);
    if (!widened)
      continue;
    qxl_format_row_to_bgrx (image->format, widened, rows[i], image->width);
    rows[i] = widened;
    widened += (size_t)image->width * 4;
  }
}

/* returns false after a jump; changes no variable of its own before one */
static bool
compress (Call *call)
{
  JSAMPROW rows[ROWS];
  uint8_t *const widened =
      inputs[call->image->format].is_widened
          ? spc_scratch_get (call->scratch, SPC_SLOT_PIXELS,
                             (size_t)call->image->width * 4 * ROWS)
          : NULL;

  if (setjmp (call->leave))
    return false;
  jpeg_create_compress (&call->compress);
  set_up (call);
  jpeg_start_compress (&call->compress, TRUE);
  while (call->compress.next_scanline < call->n_rows) {
    uint32_t y = call->compress.next_scanline;
    uint32_t n = MIN (ROWS, call->n_rows - y);

    find_rows (call, y, n, widened, rows);
    jpeg_write_scanlines (&call->compress, rows, n);
  }
  jpeg_finish_compress (&call->compress);
  if (call->form && call->form->learnt)
    get_codes (&call->compress, call->form->learnt);
  return true;
}

static void
set_error (Call *call, GError **error)
{
  char words[JMSG_LENGTH_MAX] = "";

  if (call->is_full) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                 "JPEG of %u×%u pixels at quality %d is over %zu bytes",
                 call->image->width, call->image->height, call->quality,
                 call->room);
    return;
  }
  call->errors.format_message ((j_common_ptr)&call->compress, words);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "JPEG: %s", words);
}

bool
spc_jpeg_check_size (const QxlImage *image, GError **error)
{
  if (image->width - 1 < SPC_JPEG_MAX_SIDE &&
      image->height - 1 < SPC_JPEG_MAX_SIDE)
    return true;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "JPEG of %u×%u pixels: sides are 1 to %d", image->width,
               image->height, SPC_JPEG_MAX_SIDE);
  return false;
}

static bool
check_input (const QxlImage *image, GError **error)
{
  if ((unsigned)image->format < QXL_N_FORMATS && inputs[image->format].is_taken)
    return spc_jpeg_check_size (image, error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               "JPEG takes no %s images", qxl_format_name (image->format));
  return false;
}

/* the rows that are coded if only each n-th band is; the last band may be
 * short */
static uint32_t
count_rows (uint32_t height, uint32_t one_band_in)
{
  uint32_t cycle = SPC_JPEG_BAND * one_band_in;

  return height / cycle * SPC_JPEG_BAND + MIN (height % cycle, SPC_JPEG_BAND);
}

static size_t
write_call (Call *call, GError **error)
{
  bool ok;

  if (!check_input (call->image, error))
    return 0;
  if (call->room == 0) {
    call->is_full = true;
    set_error (call, error);
    return 0;
  }
  call->n_rows = count_rows (call->image->height,
                             call->form ? call->form->one_band_in : 1);
  call_init (call);
  ok = compress (call);
  if (!ok)
    set_error (call, error);
  jpeg_destroy_compress (&call->compress);
  return ok ? call->room - call->destination.free_in_buffer : 0;
}

size_t
spc_jpeg_write (const QxlImage *image, int quality, SpcScratch *scratch,
                uint8_t *to, size_t room, GError **error)
{
  Call call = {.image = image,
               .quality = CLAMP (quality, 1, 100),
               .scratch = scratch,
               .to = to,
               .room = room};

  return write_call (&call, error);
}

size_t
spc_jpeg_write_form (const QxlImage *image, const SpcJpegForm *form,
                     SpcScratch *scratch, uint8_t *to, size_t room,
                     GError **error)
{
  Call call = {
      .image = image, .form = form, .scratch = scratch, .to = to, .room = room};

  return write_call (&call, error);
}

/* the encoder's row */

static size_t
encode_opaque (const QxlImage *image, int quality, SpcScratch *scratch,
               uint8_t *to, size_t room)
{
  size_t size;

  if (room < SIZE_BYTES)
    return 0;
  size = spc_jpeg_write (image, quality, scratch, to + SIZE_BYTES,
                         room - SIZE_BYTES, NULL);
  if (size == 0)
    return 0;
  spc_put_u32_le (to, (uint32_t)size);
  return SIZE_BYTES + size;
}

/* the colours as they stand, and beside them the alphas without loss */
static size_t
encode_alpha (const QxlImage *image, int quality, SpcScratch *scratch,
              uint8_t *to, size_t room)
{
  SpcLzImage alphas = {.type = SPC_LZ_XXXA,
                       .width = image->width,
                       .height = image->height,
                       .top_down = true};
  size_t colour_size, alpha_size;

  if (room < ALPHA_HEAD_BYTES)
    return 0;
  room -= ALPHA_HEAD_BYTES;
  colour_size = spc_jpeg_write (image, quality, scratch, to + ALPHA_HEAD_BYTES,
                                room, NULL);
  if (colour_size == 0)
    return 0;
  alphas.rows = spc_codec_tight_rows (image, scratch);
  alpha_size =
      spc_lz_write (&alphas, scratch, to + ALPHA_HEAD_BYTES + colour_size,
                    room - colour_size);
  if (alpha_size == 0)
    return 0;
  to[0] = SPICE_JPEG_ALPHA_FLAGS_TOP_DOWN;
  spc_put_u32_le (to + 1, (uint32_t)colour_size);
  spc_put_u32_le (to + 5, (uint32_t)(colour_size + alpha_size));
  return ALPHA_HEAD_BYTES + colour_size + alpha_size;
}

size_t
spc_jpeg_encode (const QxlImage *image, int quality, SpcScratch *scratch,
                 uint8_t *to, size_t room)
{
  if (qxl_format_has_alpha (image->format))
    return encode_alpha (image, quality, scratch, to, room);
  return encode_opaque (image, quality, scratch, to, room);
}
