/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vector-index.h – reads a folder of image test vectors.
 *
 * The folder holds index.json, `{"format":1,"vectors":[...]}` with one flat
 * object a line, and the files it names: raw pixels and what the reference
 * encoder made of them. Names ending in .gz are unpacked. Every file's hash is
 * checked when it is read. Threads: any. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

/* a byte range of a file, after unpacking */
typedef struct {
  char *file; /* relative to the folder; "" for none */
  size_t offset, length;
  char *sha256; /* of the range */
} VectorBytes;

typedef struct {
  char *name, *codec, *type, *compare;
  uint32_t width, height;
  size_t stride; /* of the input */
  bool top_down;
  VectorBytes input, output;
  /* of codec WIRE */
  uint8_t image_type, image_flags;
  size_t payload_len;
  uint64_t palette_unique; /* 0: none */
  /* of palette types of codec LZ: file of so many little-endian u32 */
  char *palette; /* "" if it has none */
  uint32_t palette_ents;
  /* of codecs GLZ, ZLIB_GLZ */
  char *sequence; /* "" if it has none */
  uint32_t window_pixels, glz_id, win_head_dist;
  size_t glz_size; /* of a deflated stream, before deflating; also of WIRE */
  /* of codecs JPEG, JPEG_ALPHA; also of WIRE */
  double psnr; /* dB, of the reference's encoding */
  int quality; /* 0 if it is not told */
  size_t jpeg_size;
} Vector;

void vector_free (Vector *self);

/* (element-type Vector) */
GPtrArray *vector_index_read (const char *folder, GError **error);
GBytes *vector_bytes_read (const VectorBytes *self, const char *folder,
                           GError **error);
