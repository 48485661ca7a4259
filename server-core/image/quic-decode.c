/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "quic-decode.h"

#include "quic-ungroup.h"
#include "quic.h"

#include <gio/gio.h>

enum {
  HEADER_WORDS = 5,
  HEADER_SIZE = HEADER_WORDS * 4,
  MAX_GROUPS = 2,
  FIRST_RUN = 3, /* pixels of a row that are never in a run */
};

/* a row of a decoded image from the lines of its groups */
typedef void (*JoinFunc) (uint8_t *to, uint32_t n, const uint8_t *first,
                          const uint8_t *alpha);

static void
join_gray (uint8_t *to, uint32_t n, const uint8_t *first, const uint8_t *alpha)
{
  for (size_t i = 0; i < n; i++) {
    uint32_t pixel = GUINT32_TO_LE (first[i] * 0x010101u);

    memcpy (to + 4 * i, &pixel, 4);
  }
}

static void
join_rgb15 (uint8_t *to, uint32_t n, const uint8_t *first, const uint8_t *alpha)
{
  for (size_t i = 0; i < n; i++) {
    const uint8_t *quad = first + 4 * i;

    to[2 * i] = (uint8_t)(quad[0] | quad[1] << 5);
    to[2 * i + 1] = (uint8_t)(quad[1] >> 3 | quad[2] << 2);
  }
}

static void
join_bgrx (uint8_t *to, uint32_t n, const uint8_t *first, const uint8_t *alpha)
{
  memcpy (to, first, 4 * (size_t)n);
}

static void
join_bgra (uint8_t *to, uint32_t n, const uint8_t *first, const uint8_t *alpha)
{
  join_bgrx (to, n, first, NULL);
  for (size_t i = 0; i < n; i++)
    to[4 * i + 3] = alpha[i];
}

typedef struct {
  JoinFunc join;
  const SpcQuicFamily *family;
  QxlFormat format;
  uint8_t pixel_bytes; /* of the first group's lines */
  uint8_t n_components;
  bool alpha; /* a second group follows */
} QuicType;

/* clang-format off */
static const QuicType types[SPC_QUIC_N_TYPES] = {
  [SPC_QUIC_GRAY] =
    { join_gray,  &spc_quic_family_8, QXL_FORMAT_BGRX,  1, 1, false },
  [SPC_QUIC_RGB16] =
    { join_rgb15, &spc_quic_family_5, QXL_FORMAT_RGB15, 4, 3, false },
  [SPC_QUIC_RGB24] =
    { join_bgrx,  &spc_quic_family_8, QXL_FORMAT_BGRX,  4, 3, false },
  [SPC_QUIC_RGB32] =
    { join_bgrx,  &spc_quic_family_8, QXL_FORMAT_BGRX,  4, 3, false },
  [SPC_QUIC_RGBA] =
    { join_bgra,  &spc_quic_family_8, QXL_FORMAT_BGRA,  4, 4, true },
};
/* clang-format on */

/* header */

typedef struct {
  uint32_t magic, version, type, width, height;
} Header;

static const uint32_t magic = 0x43495551; /* "QUIC" */

static uint32_t
word_at (const uint8_t *data, unsigned index)
{
  uint32_t word;

  memcpy (&word, data + 4 * index, 4);
  return GUINT32_FROM_LE (word);
}

static bool
check_header (const Header *header, GError **error)
{
  if (header->magic == magic && header->version == 0 && header->type > 0 &&
      header->type < SPC_QUIC_N_TYPES)
    return true;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "QUIC stream with magic 0x%08x, version 0x%x, type %u; allowed "
               "are 0x%08x, 0, types 1 to %d",
               header->magic, header->version, header->type, magic,
               SPC_QUIC_N_TYPES - 1);
  return false;
}

static bool
check_size (const Header *header, uint32_t width, uint32_t height,
            GError **error)
{
  if (header->width != width || header->height != height) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "QUIC stream of %ux%u pixels in an image of %ux%u",
                 header->width, header->height, width, height);
    return false;
  }
  if (width > 0 && height > 0 && width <= SPC_QUIC_MAX_WIDTH &&
      height <= SPC_QUIC_MAX_DECODED_PIXELS / width)
    return true;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "QUIC image of %ux%u pixels, allowed are 1 to %u in at most %u "
               "columns",
               width, height, SPC_QUIC_MAX_DECODED_PIXELS, SPC_QUIC_MAX_WIDTH);
  return false;
}

/* A component takes a bit at least; where runs may be, so does what is left of
 * the row. */
static bool
check_bits (const Header *header, size_t size, GError **error)
{
  const QuicType *type = &types[header->type];
  uint64_t first = (uint64_t)header->width * type->n_components;
  uint64_t other =
      (uint64_t)MIN (header->width, FIRST_RUN) * type->n_components +
      (header->width > FIRST_RUN ? 1u + type->alpha : 0u);
  uint64_t fewest = first + (header->height - 1) * other;

  if ((uint64_t)(size - HEADER_SIZE) * 8 >= fewest)
    return true;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "QUIC stream of %" G_GSIZE_FORMAT " bytes for %ux%u pixels, "
               "which take at least %" G_GUINT64_FORMAT,
               size, header->width, header->height,
               HEADER_SIZE + (fewest + 7) / 8);
  return false;
}

static bool
read_header (Header *header, const uint8_t *data, size_t size, GError **error)
{
  if (size < HEADER_SIZE) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "QUIC stream of %" G_GSIZE_FORMAT " bytes, at least %d are "
                 "needed",
                 size, HEADER_SIZE);
    return false;
  }
  *header = (Header){word_at (data, 0), word_at (data, 1), word_at (data, 2),
                     word_at (data, 3), word_at (data, 4)};
  return check_header (header, error);
}

/* rows */

static bool
decode_rows (const QuicType *type, SpcQuicUngroup *groups,
             SpcQuicBitReader *bits, QxlImage *image, uint8_t *pixels)
{
  for (uint32_t y = 0; y < image->height; y++) {
    const uint8_t *first = spc_quic_ungroup_row (&groups[0], bits);
    const uint8_t *alpha = NULL;

    if (first != NULL && type->alpha)
      alpha = spc_quic_ungroup_row (&groups[1], bits);
    if (first == NULL || (type->alpha && alpha == NULL))
      return false;
    type->join (pixels + y * image->stride, image->width, first, alpha);
  }
  return true;
}

static bool
decode (const QuicType *type, SpcQuicBitReader *bits, QxlImage *image,
        uint8_t *pixels)
{
  size_t size = spc_quic_ungroup_memory_size (image->width, type->pixel_bytes);
  size_t alpha_size = spc_quic_ungroup_memory_size (image->width, 1);
  g_autofree uint8_t *memory = g_malloc0 (size + alpha_size);
  SpcQuicUngroup groups[MAX_GROUPS];

  spc_quic_ungroup_init (&groups[0], type->family, image->width,
                         type->pixel_bytes, memory);
  spc_quic_ungroup_init (&groups[1], type->family, image->width, 1,
                         memory + size);
  return decode_rows (type, groups, bits, image, pixels);
}

QxlImage *
spc_quic_decode (const uint8_t *data, size_t size, uint32_t width,
                 uint32_t height, GError **error)
{
  g_autoptr (QxlImage) image = NULL;
  SpcQuicBitReader bits;
  Header header;
  uint8_t *pixels;

  if (!read_header (&header, data, size, error) ||
      !check_size (&header, width, height, error) ||
      !check_bits (&header, size, error))
    return NULL;
  image = qxl_image_new (types[header.type].format, width, height, &pixels);
  spc_quic_bit_reader_init (&bits, data + HEADER_SIZE, size - HEADER_SIZE);
  if (image != NULL && decode (&types[header.type], &bits, image, pixels))
    return g_steal_pointer (&image);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "QUIC stream of %" G_GSIZE_FORMAT " bytes and type %u is none "
               "of %ux%u pixels",
               size, header.type, width, height);
  return NULL;
}
