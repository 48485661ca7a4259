/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicecompression.h – what an application may say of how images are coded.
 *
 * The types of the properties "image-compression", "jpeg" and "zlib-glz". Any
 * thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_IMAGE_COMPRESSION                                       \
  (gst_spice_image_compression_get_type ())

/**
 * GstSpiceImageCompression:
 * @GST_SPICE_IMAGE_COMPRESSION_OFF: none: plain pixels
 * @GST_SPICE_IMAGE_COMPRESSION_AUTO_GLZ: by content: QUIC for photos, GLZ for
 *   the rest
 * @GST_SPICE_IMAGE_COMPRESSION_AUTO_LZ: by content: QUIC for photos, LZ for the
 *   rest
 * @GST_SPICE_IMAGE_COMPRESSION_QUIC: QUIC, made for photos
 * @GST_SPICE_IMAGE_COMPRESSION_GLZ: GLZ: LZ that refers to earlier images
 * @GST_SPICE_IMAGE_COMPRESSION_LZ: LZ, made for drawings
 * @GST_SPICE_IMAGE_COMPRESSION_LZ4: LZ4: the fastest; LZ for viewers that do
 *   not take it
 *
 * How images are compressed, without loss. The numbers are the protocol's.
 */
typedef enum {
  GST_SPICE_IMAGE_COMPRESSION_OFF = 1,
  GST_SPICE_IMAGE_COMPRESSION_AUTO_GLZ = 2,
  GST_SPICE_IMAGE_COMPRESSION_AUTO_LZ = 3,
  GST_SPICE_IMAGE_COMPRESSION_QUIC = 4,
  GST_SPICE_IMAGE_COMPRESSION_GLZ = 5,
  GST_SPICE_IMAGE_COMPRESSION_LZ = 6,
  GST_SPICE_IMAGE_COMPRESSION_LZ4 = 7,
} GstSpiceImageCompression;

GType gst_spice_image_compression_get_type (void);

#define GST_TYPE_SPICE_WAN_COMPRESSION (gst_spice_wan_compression_get_type ())

/**
 * GstSpiceWanCompression:
 * @GST_SPICE_WAN_COMPRESSION_AUTO: for viewers measured at less than 10 Mbit/s
 * @GST_SPICE_WAN_COMPRESSION_ALWAYS: for all viewers
 * @GST_SPICE_WAN_COMPRESSION_NEVER: for none
 *
 * When to save bytes at the cost of time or quality.
 */
typedef enum {
  GST_SPICE_WAN_COMPRESSION_AUTO,
  GST_SPICE_WAN_COMPRESSION_ALWAYS,
  GST_SPICE_WAN_COMPRESSION_NEVER,
} GstSpiceWanCompression;

GType gst_spice_wan_compression_get_type (void);

G_END_DECLS
