/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* encode-image.c – one image as a server would send it.
 *
 *   encode-image CODEC FORMAT WIDTH HEIGHT < pixels > image
 *
 * CODEC is a name of encoder.h, FORMAT one of format.h; rows are tight and
 * top-down. Writes the descriptor's type and flags, a byte each, and the
 * payload that stands behind the descriptor. */
#include "server-core/image/encoder.h"

#include <stdio.h>
#include <stdlib.h>

static SpcImageCodec
codec_named (const char *name)
{
  for (SpcImageCodec codec = 0; codec < SPC_N_CODECS; codec++)
    if (g_str_equal (spc_image_codec_name (codec), name))
      return codec;
  g_error ("no encoding %s", name);
}

static QxlFormat
format_named (const char *name)
{
  for (QxlFormat format = QXL_FORMAT_INVALID + 1; format < QXL_N_FORMATS;
       format++)
    if (g_str_equal (qxl_format_name (format), name))
      return format;
  g_error ("no format %s", name);
}

static QxlImage *
read_image (QxlFormat format, uint32_t width, uint32_t height)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (format, width, height, &pixels);

  if (image == NULL || fread (pixels, 1, qxl_image_size (image), stdin) !=
                           qxl_image_size (image))
    g_error ("not an image of %u × %u", width, height);
  return image;
}

int
main (int argc, char **argv)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (QxlImage) image = NULL;
  g_autoptr (GError) error = NULL;
  SpcEncodedImage encoded;
  const uint8_t *payload;
  size_t size;

  if (argc != 5)
    g_error ("usage: encode-image CODEC FORMAT WIDTH HEIGHT");
  image = read_image (format_named (argv[2]), (uint32_t)atoi (argv[3]),
                      (uint32_t)atoi (argv[4]));
  if (!spc_image_encode (codec_named (argv[1]), image, scratch, &encoded,
                         &error))
    g_error ("%s", error->message);
  payload = g_bytes_get_data (encoded.payload, &size);
  putchar (encoded.type);
  putchar (encoded.flags);
  fwrite (payload, 1, size, stdout);
  spc_encoded_image_clear (&encoded);
  return fflush (stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
