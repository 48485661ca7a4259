/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image-psnr.h – how much pixels that were coded with loss resemble the true
 * ones: add up the squared errors of all rows, then ask. Threads: any. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* of blue, green and red of @n pixels B G R x */
uint64_t image_squared_error (const uint8_t *a, const uint8_t *b, size_t n);
/* dB, peak 255; IMAGE_PSNR_SAME if there is no error */
double image_psnr (uint64_t squared_error, uint64_t n_pixels);

/* what the index of vectors tells of equal pixels */
#define IMAGE_PSNR_SAME 99.0
