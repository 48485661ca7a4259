/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image-decoders-jpeg.h – decodes JPEG files, to judge our encoder by.
 *
 * libjpeg reads them, as it does in clients, but what would end a client's
 * process or leave it with garbage rows is an error here: a remark of the
 * library, a file that ends early, bytes behind it, another size than
 * expected. Only what servers send is taken: one scan of a baseline file, whose
 * size bounds its pixels. Any bytes may come.
 * Threads: any. */
#pragma once

#include "image-decoders.h"

/* a file of a known size; pixels are B G R 0 */
bool image_decode_jpeg (const uint8_t *data, size_t size, uint32_t width,
                        uint32_t height, ImagePixels *out, GError **error);
/* @jpeg_size bytes of such a file and an LZ stream with the alphas, whose top
 * row comes first if @top_down; pixels are B G R A, always top-down */
bool image_decode_jpeg_alpha (const uint8_t *data, size_t size,
                              size_t jpeg_size, bool top_down, uint32_t width,
                              uint32_t height, ImagePixels *out,
                              GError **error);
