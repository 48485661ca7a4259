/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image-vectors.c – holds our image encoders to the reference's vectors.
 *
 *   image-vectors [--not-larger] FOLDER
 *
 * For each vector of a codec we have: the reference's output decodes to the
 * input (which proves our decoder), and what we make of the input decodes to
 * it again. BITMAP payloads and QUIC streams must be the reference's byte for
 * byte, by each variant of the hot loops. Sizes are added up for comparison;
 * with --not-larger a codec that makes more of all its vectors together than
 * the reference did is a failure. JPEG need only come as near to the input as
 * the reference's does. Palette images must show their colours in whichever way
 * the palette comes. Vectors of a GLZ sequence are coded in order
 * with one window, whose head must be the reference's. Vectors of other codecs
 * are counted apart. */
#include "image-decoders.h"
#include "image-decoders-quic.h"
#include "image-vectors-glz.h"
#include "image-vectors-jpeg.h"
#include "image-vectors-palette.h"
#include "server-core/image/lz.h"
#include "server-core/image/quic-decode.h"
#include "server-core/image/quic.h"
#include "vector-index.h"

#include <spice/enums.h>
#include <string.h>

/* body of DRAW_COPY without clip rectangles: where the image's pointer is */
enum { POINTER_AT = 21, DESCRIPTOR_SIZE = 18 };

typedef struct {
  const char *codec;
  unsigned passed, failed;
  uint64_t raw, ours, reference; /* bytes */
} Total;

/* what we have; the order of printing */
enum {
  T_LZ,
  T_LZ4,
  T_QUIC,
  T_GLZ,
  T_ZLIB_GLZ,
  T_JPEG,
  T_JPEG_ALPHA,
  T_WIRE,
  N_TOTALS
};

typedef struct {
  const char *folder;
  bool not_larger;
  SpcScratch *scratch;
  GlzSequence *glz;
  PaletteVectors *palettes;
  Total totals[N_TOTALS];
  GHashTable *others; /* codec → count */
} Run;

/* one vector being checked */
typedef struct {
  const Vector *vector;
  const char *folder;
  SpcScratch *scratch;
  GlzSequence *glz;
  PaletteVectors *palettes;
  GBytes *input, *output;
  Total *total;
  SpcLzType lz_type;     /* of the vector's pixels; 0: none */
  SpcQuicType quic_type; /* the same */
  QxlFormat format;      /* the same; INVALID: not among our encoders' */
} Case;

/* clang-format off */
static const struct {
  const char *name;
  SpcLzType lz_type;
  SpcQuicType quic_type;
  QxlFormat format;
} pixel_types[] = {
  { "RGB32",   SPC_LZ_RGB32,   SPC_QUIC_RGB32, QXL_FORMAT_BGRX },
  { "RGBA",    SPC_LZ_RGBA,    SPC_QUIC_RGBA,  QXL_FORMAT_BGRA },
  { "RGB24",   SPC_LZ_RGB24,   SPC_QUIC_RGB24, QXL_FORMAT_BGR },
  { "RGB16",   SPC_LZ_RGB16,   SPC_QUIC_RGB16, QXL_FORMAT_RGB15 },
  { "A8",      SPC_LZ_A8,      0,              QXL_FORMAT_A8 },
  { "GRAY",    0,              SPC_QUIC_GRAY,  QXL_FORMAT_INVALID },
  { "XXXA",    SPC_LZ_XXXA,    0,              QXL_FORMAT_INVALID },
  { "PLT8",    SPC_LZ_PLT8,    0,              QXL_FORMAT_PLT8 },
  { "PLT4_BE", SPC_LZ_PLT4_BE, 0,              QXL_FORMAT_PLT4_BE },
  { "PLT4_LE", SPC_LZ_PLT4_LE, 0,              QXL_FORMAT_PLT4_LE },
  { "PLT1_BE", SPC_LZ_PLT1_BE, 0,              QXL_FORMAT_PLT1_BE },
  { "PLT1_LE", SPC_LZ_PLT1_LE, 0,              QXL_FORMAT_PLT1_LE },
};

static const SpcImageCodec codecs_of_types[256] = {
  [SPICE_IMAGE_TYPE_BITMAP]     = SPC_CODEC_BITMAP,
  [SPICE_IMAGE_TYPE_LZ_RGB]     = SPC_CODEC_LZ,
  [SPICE_IMAGE_TYPE_LZ4]        = SPC_CODEC_LZ4,
  [SPICE_IMAGE_TYPE_QUIC]       = SPC_CODEC_QUIC,
  [SPICE_IMAGE_TYPE_JPEG]       = SPC_CODEC_JPEG,
  [SPICE_IMAGE_TYPE_JPEG_ALPHA] = SPC_CODEC_JPEG,
};
/* clang-format on */

static bool
fail (GError **error, const char *what)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, what);
  return false;
}

/* comparing */

static bool
check_pixels (const Case *c, const ImagePixels *pixels, GError **error)
{
  const Vector *v = c->vector;
  size_t size;
  const uint8_t *input = g_bytes_get_data (c->input, &size);

  if (jpeg_vector_is_one (v))
    return jpeg_vector_compare (v, c->input, c->format, pixels, error);
  if (pixels->width != v->width || pixels->height != v->height ||
      pixels->stride != v->stride || size != v->stride * v->height)
    return fail (error, "other size than the input");
  for (uint32_t y = 0; y < v->height; y++) {
    uint32_t from = pixels->top_down == v->top_down ? y : v->height - 1 - y;
    const uint8_t *row = pixels->pixels + from * pixels->stride;
    bool alpha_only = strcmp (v->compare, "alpha_only") == 0;

    for (size_t i = alpha_only ? 3 : 0; i < v->stride; i += alpha_only ? 4 : 1)
      if (row[i] != input[y * v->stride + i])
        return fail (error, "other pixels than the input");
  }
  return true;
}

static bool
check_payload (const Case *c, uint8_t type, const uint8_t *payload, size_t size,
               GError **error)
{
  g_auto (ImagePixels) pixels = {0};

  return image_decode_payload (type, c->vector->width, c->vector->height,
                               payload, size, &pixels, error) &&
         check_pixels (c, &pixels, error);
}

static bool
check_lz (const Case *c, const uint8_t *stream, size_t size, GError **error)
{
  g_auto (ImagePixels) pixels = {0};

  if (!image_decode_lz (stream, size, &pixels, error))
    return false;
  if (pixels.lz_type != c->lz_type || pixels.top_down != c->vector->top_down)
    return fail (error, "LZ header tells another type or orientation");
  return check_pixels (c, &pixels, error);
}

/* encoding */

/* the input as an image; rows come in the order they are shown */
static QxlImage *
image_of_input (const Case *c)
{
  const Vector *v = c->vector;
  const uint8_t *input = g_bytes_get_data (c->input, NULL);
  QxlImage *image;
  uint8_t *pixels;

  image = qxl_image_new (c->format, v->width, v->height, &pixels);
  if (!image || image->stride != v->stride) {
    g_clear_pointer (&image, qxl_image_unref);
    return NULL;
  }
  for (uint32_t y = 0; y < v->height; y++) {
    uint32_t from = v->top_down ? y : v->height - 1 - y;

    memcpy (pixels + y * v->stride, input + from * v->stride, v->stride);
  }
  return image;
}

static bool
check_encoder (const Case *c, SpcImageCodec codec, GError **error)
{
  g_autoptr (QxlImage) image = image_of_input (c);
  SpcEncodedImage encoded;
  const uint8_t *payload;
  size_t size;
  bool ok;

  if (!image)
    return fail (error, "input is not an image");
  if (!spc_image_encode (codec, image, c->scratch, &encoded, error))
    return false;
  payload = g_bytes_get_data (encoded.payload, &size);
  ok = check_payload (c, encoded.type, payload, size, error);
  c->total->ours += size;
  spc_encoded_image_clear (&encoded);
  return ok;
}

/* our stream of the same type and orientation */
static bool
check_lz_writer (const Case *c, GError **error)
{
  SpcLzImage image = {.type = c->lz_type,
                      .width = c->vector->width,
                      .height = c->vector->height,
                      .top_down = c->vector->top_down,
                      .rows = g_bytes_get_data (c->input, NULL)};
  size_t room = 2 * g_bytes_get_size (c->input) + 64;
  g_autofree uint8_t *stream = g_malloc (room);
  size_t size;

  if (g_bytes_get_size (c->input) !=
      spc_lz_row_bytes (image.type, image.width) * image.height)
    return fail (error, "input is not an image");
  size = spc_lz_write (&image, c->scratch, stream, room);
  if (size == 0)
    return fail (error, "LZ stream does not fit twice the input");
  c->total->ours += size;
  return check_lz (c, stream, size, error);
}

/* vectors of each codec */

/* @payload: in the body of a message; NULL: there is none */
static bool
check_palette (const Case *c, const uint8_t *payload, GError **error)
{
  g_autoptr (QxlImage) image = image_of_input (c);
  const uint8_t *body = g_bytes_get_data (c->output, NULL);

  if (!image)
    return fail (error, "input is not an image");
  if (payload)
    return palette_vectors_check_wire (c->palettes, c->vector, c->output,
                                       (size_t)(payload - body), image,
                                       c->scratch, error);
  return palette_vectors_check (c->vector, c->folder, image, c->scratch, error);
}

static bool
run_lz (Case *c, GError **error)
{
  size_t size;
  const uint8_t *output = g_bytes_get_data (c->output, &size);

  if (!c->lz_type)
    return fail (error, "unknown pixel type");
  c->total->reference += size;
  return check_lz (c, output, size, error) && check_lz_writer (c, error) &&
         (!qxl_format_is_palette (c->format) || check_palette (c, NULL, error));
}

static bool
run_lz4 (Case *c, GError **error)
{
  enum { PAYLOAD_HEAD = 4 }; /* u32 size, which vectors leave out */
  g_auto (ImagePixels) pixels = {0};
  size_t size;
  const uint8_t *output = g_bytes_get_data (c->output, &size);

  c->total->reference += PAYLOAD_HEAD + size;
  return image_decode_lz4 (output, size, c->vector->width, c->vector->height,
                           &pixels, error) &&
         check_pixels (c, &pixels, error) &&
         check_encoder (c, SPC_CODEC_LZ4, error);
}

static bool
check_same_quic (const Case *c, const SpcQuicKernels *kernels, GError **error)
{
  size_t stride = c->vector->stride;
  SpcQuicImage image = {.type = c->quic_type,
                        .width = c->vector->width,
                        .height = c->vector->height,
                        .stride = stride,
                        .rows = g_bytes_get_data (c->input, NULL)};
  size_t size, our_size;
  const uint8_t *output = g_bytes_get_data (c->output, &size);
  g_autofree uint8_t *stream = g_malloc (size);

  if (!c->vector->top_down ||
      g_bytes_get_size (c->input) != stride * image.height)
    return fail (error, "input is not a QUIC image");
  our_size = spc_quic_write_with (kernels, &image, c->scratch, stream, size);
  if (our_size == size && memcmp (stream, output, size) == 0)
    return true;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               "QUIC stream by %s differs from the reference's", kernels->name);
  return false;
}

/* our own decoder, of what a producer brings */
static bool
check_quic_decodes (const Case *c, const ImagePixels *pixels, GError **error)
{
  size_t size;
  const uint8_t *output = g_bytes_get_data (c->output, &size);
  g_autoptr (QxlImage) image =
      spc_quic_decode (output, size, pixels->width, pixels->height, error);

  if (!image)
    return false;
  return image_quic_is_shown ((ImageQuicType)c->quic_type, pixels, image) ||
         fail (error, "our decoder shows other pixels");
}

static bool
run_quic (Case *c, GError **error)
{
  g_auto (ImagePixels) pixels = {0};
  size_t size;
  const uint8_t *output = g_bytes_get_data (c->output, &size);
  const SpcQuicKernels *kernels;

  if (!c->quic_type)
    return fail (error, "unknown pixel type");
  if (!image_decode_quic (output, size, &pixels, error) ||
      !check_pixels (c, &pixels, error) ||
      !check_quic_decodes (c, &pixels, error))
    return false;
  for (unsigned i = 0; (kernels = spc_quic_kernels_at (i)); i++)
    if (kernels->is_supported () && !check_same_quic (c, kernels, error))
      return false;
  c->total->reference += size;
  c->total->ours += size;
  return true;
}

/* @output: the reference's data without the payload's sizes */
static bool
check_glz (const Case *c, GBytes *output, GError **error)
{
  const Vector *v = c->vector;
  g_auto (ImagePixels) reference = {0};
  g_auto (ImagePixels) ours = {0};
  g_autoptr (QxlImage) image = NULL;
  size_t size;

  if (c->format == QXL_FORMAT_INVALID ||
      g_bytes_get_size (c->input) != v->stride * v->height)
    return fail (error, "input is not a GLZ image");
  image = qxl_image_new_wrapped (c->format, v->width, v->height, v->stride,
                                 g_bytes_get_data (c->input, NULL),
                                 g_bytes_ref (c->input),
                                 (GDestroyNotify)g_bytes_unref);
  glz_sequence_enter (c->glz, v);
  if (!glz_sequence_decode (c->glz, v, output, &reference, error) ||
      !check_pixels (c, &reference, error) ||
      !glz_sequence_encode (c->glz, v, image, c->scratch, &ours, &size,
                            error) ||
      !check_pixels (c, &ours, error))
    return false;
  c->total->reference += g_bytes_get_size (output);
  c->total->ours += size;
  if (ours.lz_type != c->lz_type || ours.top_down != v->top_down)
    return fail (error, "GLZ header tells another type or orientation");
  return true;
}

static bool
run_glz (Case *c, GError **error)
{
  return check_glz (c, c->output, error);
}

/* the encoder's row may find the plain pixels smaller, the format may not */
static bool
run_jpeg (Case *c, GError **error)
{
  g_auto (ImagePixels) reference = {0};
  g_auto (ImagePixels) ours = {0};
  g_autoptr (QxlImage) image = NULL;
  SpcEncodedImage encoded;
  size_t size;
  bool ok;

  if (c->format == QXL_FORMAT_INVALID || !(image = image_of_input (c)))
    return fail (error, "input is not a JPEG image");
  if (!jpeg_vector_decode (c->vector, c->output, &reference, error) ||
      !check_pixels (c, &reference, error) ||
      !jpeg_vector_encode (c->vector, image, c->scratch, &ours, &size, error) ||
      !check_pixels (c, &ours, error) ||
      !spc_image_encode (SPC_CODEC_JPEG, image, c->scratch, &encoded, error))
    return false;
  c->total->reference += g_bytes_get_size (c->output);
  c->total->ours += size;
  ok = check_payload (c, encoded.type, g_bytes_get_data (encoded.payload, NULL),
                      g_bytes_get_size (encoded.payload), error);
  spc_encoded_image_clear (&encoded);
  return ok;
}

/* bytes of the type-specific part before the pixels or the data */
static size_t
payload_head (uint8_t type, const uint8_t *payload)
{
  uint8_t flags = type == SPICE_IMAGE_TYPE_BITMAP ? payload[1] : payload[0];
  size_t palette = flags & SPICE_BITMAP_FLAGS_PAL_FROM_CACHE ? 8 : 4;

  if (type == SPICE_IMAGE_TYPE_BITMAP)
    return 14 + palette;
  if (type == SPICE_IMAGE_TYPE_LZ_PLT)
    return 5 + palette;
  if (type == SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB)
    return 8;
  if (type == SPICE_IMAGE_TYPE_JPEG_ALPHA)
    return 9;
  return 4;
}

/* checks the descriptor and finds the type-specific part */
static const uint8_t *
find_payload (const Case *c, size_t *payload_size, GError **error)
{
  const Vector *v = c->vector;
  size_t size;
  const uint8_t *body = g_bytes_get_data (c->output, &size);
  uint32_t pointer, width, height;
  const uint8_t *descriptor;

  if (size < POINTER_AT + 4)
    return fail (error, "body too short"), NULL;
  memcpy (&pointer, body + POINTER_AT, 4);
  pointer = GUINT32_FROM_LE (pointer);
  if (pointer > size || size - pointer < DESCRIPTOR_SIZE + 2)
    return fail (error, "image outside the body"), NULL;
  descriptor = body + pointer;
  memcpy (&width, descriptor + 10, 4);
  memcpy (&height, descriptor + 14, 4);
  if (descriptor[8] != v->image_type || descriptor[9] != v->image_flags ||
      GUINT32_FROM_LE (width) != v->width ||
      GUINT32_FROM_LE (height) != v->height)
    return fail (error, "other descriptor than the index tells"), NULL;
  *payload_size = payload_head (v->image_type, descriptor + DESCRIPTOR_SIZE) +
                  v->payload_len;
  if (*payload_size > size - pointer - DESCRIPTOR_SIZE)
    return fail (error, "payload outside the body"), NULL;
  return descriptor + DESCRIPTOR_SIZE;
}

/* BITMAP and QUIC leave no freedom */
static bool
check_same_payload (const Case *c, SpcImageCodec codec, const uint8_t *payload,
                    size_t size, GError **error)
{
  g_autoptr (QxlImage) image = image_of_input (c);
  SpcEncodedImage encoded;
  size_t our_size;
  const uint8_t *ours;
  bool same;

  if (!image)
    return fail (error, "input is not an image");
  if (!spc_image_encode (codec, image, c->scratch, &encoded, error))
    return false;
  ours = g_bytes_get_data (encoded.payload, &our_size);
  same = our_size == size && memcmp (ours, payload, size) == 0;
  spc_encoded_image_clear (&encoded);
  return same || fail (error, "payload differs from the reference's");
}

static bool
check_wire_glz (const Case *c, const uint8_t *payload, size_t size,
                GError **error)
{
  size_t head = size - c->vector->payload_len;
  g_autoptr (GBytes) data = g_bytes_new (payload + head, size - head);

  return check_glz (c, data, error);
}

static bool
run_wire (Case *c, GError **error)
{
  const Vector *v = c->vector;
  size_t size;
  const uint8_t *payload = find_payload (c, &size, error);
  SpcImageCodec codec = codecs_of_types[v->image_type];

  if (payload && (v->image_type == SPICE_IMAGE_TYPE_GLZ_RGB ||
                  v->image_type == SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB))
    return check_wire_glz (c, payload, size, error);
  if (!payload || !check_payload (c, v->image_type, payload, size, error))
    return false;
  if (v->image_type == SPICE_IMAGE_TYPE_LZ_PLT) {
    c->total->reference += v->payload_len;
    return check_lz_writer (c, error) && check_palette (c, payload, error);
  }
  if (qxl_format_is_palette (c->format))
    return check_palette (c, payload, error);
  c->total->reference += size;
  if ((codec == SPC_CODEC_BITMAP || codec == SPC_CODEC_QUIC) && v->top_down &&
      !check_same_payload (c, codec, payload, size, error))
    return false;
  return check_encoder (c, codec, error);
}

/* the run */

static const struct {
  const char *codec;
  bool (*run) (Case *c, GError **error);
} runs[N_TOTALS] = {
    [T_LZ] = {"LZ", run_lz},
    [T_LZ4] = {"LZ4", run_lz4},
    [T_QUIC] = {"QUIC", run_quic},
    [T_GLZ] = {"GLZ", run_glz},
    [T_ZLIB_GLZ] = {"ZLIB_GLZ", run_glz},
    [T_JPEG] = {"JPEG", run_jpeg},
    [T_JPEG_ALPHA] = {"JPEG_ALPHA", run_jpeg},
    [T_WIRE] = {"WIRE", run_wire},
};

/* -1 if the vector's codec is not one of ours */
static int
find_run (const Vector *vector)
{
  uint8_t type = vector->image_type;

  for (int i = 0; i < N_TOTALS; i++)
    if (strcmp (vector->codec, runs[i].codec) == 0 &&
        (i != T_WIRE || type == SPICE_IMAGE_TYPE_BITMAP ||
         type == SPICE_IMAGE_TYPE_LZ4 || type == SPICE_IMAGE_TYPE_LZ_PLT ||
         type == SPICE_IMAGE_TYPE_LZ_RGB || type == SPICE_IMAGE_TYPE_GLZ_RGB ||
         type == SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB ||
         type == SPICE_IMAGE_TYPE_JPEG || type == SPICE_IMAGE_TYPE_JPEG_ALPHA ||
         type == SPICE_IMAGE_TYPE_QUIC))
      return i;
  return -1;
}

static void
set_pixel_type (Case *c)
{
  const char *slash = strchr (c->vector->type, '/');
  const char *name = slash ? slash + 1 : c->vector->type;

  for (size_t i = 0; i < G_N_ELEMENTS (pixel_types); i++)
    if (strcmp (pixel_types[i].name, name) == 0) {
      c->lz_type = pixel_types[i].lz_type;
      c->quic_type = pixel_types[i].quic_type;
      c->format = pixel_types[i].format;
    }
}

static bool
run_case (Run *run, int which, const Vector *vector, GError **error)
{
  g_autoptr (GBytes) input = NULL;
  g_autoptr (GBytes) output = NULL;
  Case c = {.vector = vector,
            .folder = run->folder,
            .scratch = run->scratch,
            .glz = run->glz,
            .palettes = run->palettes,
            .total = &run->totals[which]};

  input = vector_bytes_read (&vector->input, run->folder, error);
  if (!input)
    return false;
  output = vector_bytes_read (&vector->output, run->folder, error);
  if (!output)
    return false;
  c.input = input;
  c.output = output;
  c.total->raw += g_bytes_get_size (input);
  set_pixel_type (&c);
  return runs[which].run (&c, error);
}

static void
count_other (Run *run, const Vector *vector)
{
  bool is_wire = strcmp (vector->codec, "WIRE") == 0;
  char *name = is_wire ? g_strconcat ("WIRE ", vector->type, NULL)
                       : g_strdup (vector->codec);
  int n = GPOINTER_TO_INT (g_hash_table_lookup (run->others, name));

  g_hash_table_insert (run->others, name, GINT_TO_POINTER (n + 1));
}

static void
run_vector (Run *run, const Vector *vector)
{
  int which = find_run (vector);
  g_autoptr (GError) error = NULL;

  if (which < 0) {
    count_other (run, vector);
    return;
  }
  if (run_case (run, which, vector, &error)) {
    run->totals[which].passed++;
    return;
  }
  run->totals[which].failed++;
  g_print ("FAILED %s: %s\n", vector->name, error->message);
}

/* returns the number of failures */
static unsigned
print_results (const Run *run)
{
  g_autoptr (GList) names = g_hash_table_get_keys (run->others);
  unsigned passed = 0, failed = 0, others = 0;

  for (int i = 0; i < N_TOTALS; i++) {
    const Total *t = &run->totals[i];

    g_print ("%-10s %3u vectors, %8" G_GUINT64_FORMAT " bytes raw; reference "
             "%8" G_GUINT64_FORMAT ", ours %8" G_GUINT64_FORMAT " (%.3f)\n",
             runs[i].codec, t->passed + t->failed, t->raw, t->reference,
             t->ours, t->reference ? (double)t->ours / t->reference : 0.0);
    passed += t->passed;
    failed += t->failed + (run->not_larger && t->ours > t->reference);
  }
  names = g_list_sort (g_steal_pointer (&names), (GCompareFunc)strcmp);
  for (GList *l = names; l; l = l->next) {
    int n = GPOINTER_TO_INT (g_hash_table_lookup (run->others, l->data));

    g_print ("  not covered: %s, %d\n", (const char *)l->data, n);
    others += (unsigned)n;
  }
  g_print ("other codecs: %u vectors not covered\n", others);
  g_print ("%u passed, %u failed\n", passed, failed);
  return failed + (passed == 0);
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) vectors = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (GHashTable) others =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GlzSequence) glz = glz_sequence_new ();
  g_autoptr (PaletteVectors) palettes = palette_vectors_new ();
  Run run = {
      .scratch = scratch, .glz = glz, .palettes = palettes, .others = others};

  run.not_larger = argc == 3 && strcmp (argv[1], "--not-larger") == 0;
  if (argc != 2 + run.not_larger) {
    g_printerr ("usage: image-vectors [--not-larger] FOLDER\n");
    return 2;
  }
  run.folder = argv[argc - 1];
  vectors = vector_index_read (run.folder, &error);
  if (!vectors) {
    g_printerr ("%s\n", error->message);
    return 2;
  }
  for (guint i = 0; i < vectors->len; i++)
    run_vector (&run, g_ptr_array_index (vectors, i));
  return print_results (&run) ? 1 : 0;
}
