/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicexz.h"

#include <string.h>

static const guint8 magic[] = {0xfd, '7', 'z', 'X', 'Z', 0};

#ifdef GST_SPICE_HAVE_LZMA
#include <lzma.h>

/* xz -9 needs 65 MiB to unpack */
#define MEMORY_MAX_BYTES (128u << 20)

struct _GstSpiceXzDecoder {
  GObject parent;
  lzma_stream stream;
  lzma_ret begun; /* whether there was memory for it */
};

#define GST_TYPE_SPICE_XZ_DECODER (gst_spice_xz_decoder_get_type ())
G_DECLARE_FINAL_TYPE (GstSpiceXzDecoder, gst_spice_xz_decoder, GST,
                      SPICE_XZ_DECODER, GObject)

static GConverterResult
fail (lzma_ret result, GError **error)
{
  if (result == LZMA_MEMLIMIT_ERROR)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "xz data needs over %u bytes of memory", MEMORY_MAX_BYTES);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "xz data is damaged (%d)", result);
  return G_CONVERTER_ERROR;
}

/* what a step that took and gave nothing asks for */
static GConverterResult
stall (GstSpiceXzDecoder *self, gboolean at_end, GError **error)
{
  if (self->stream.avail_out == 0)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                         "no room to unpack into");
  else if (at_end)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                         "xz data is cut off");
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                         "xz data goes on");
  return G_CONVERTER_ERROR;
}

static GConverterResult
convert (GConverter *converter, const void *from, gsize from_size, void *to,
         gsize to_size, GConverterFlags flags, gsize *n_read, gsize *n_written,
         GError **error)
{
  GstSpiceXzDecoder *self = (GstSpiceXzDecoder *)converter;
  gboolean at_end = (flags & G_CONVERTER_INPUT_AT_END) != 0;
  lzma_ret result;

  *n_read = *n_written = 0;
  if (self->begun != LZMA_OK)
    return fail (self->begun, error);
  self->stream.next_in = from;
  self->stream.avail_in = from_size;
  self->stream.next_out = to;
  self->stream.avail_out = to_size;
  result = lzma_code (&self->stream, at_end ? LZMA_FINISH : LZMA_RUN);
  *n_read = from_size - self->stream.avail_in;
  *n_written = to_size - self->stream.avail_out;
  if (result == LZMA_STREAM_END)
    return G_CONVERTER_FINISHED;
  if (result != LZMA_OK && result != LZMA_BUF_ERROR)
    return fail (result, error);
  if (*n_read == 0 && *n_written == 0)
    return stall (self, at_end, error);
  return G_CONVERTER_CONVERTED;
}

static void
begin (GstSpiceXzDecoder *self)
{
  self->stream = (lzma_stream)LZMA_STREAM_INIT;
  self->begun =
      lzma_stream_decoder (&self->stream, MEMORY_MAX_BYTES, LZMA_CONCATENATED);
}

static void
reset (GConverter *converter)
{
  GstSpiceXzDecoder *self = (GstSpiceXzDecoder *)converter;

  lzma_end (&self->stream);
  begin (self);
}

static void
init_converter (GConverterIface *iface)
{
  iface->convert = convert;
  iface->reset = reset;
}

G_DEFINE_TYPE_WITH_CODE (GstSpiceXzDecoder, gst_spice_xz_decoder, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_CONVERTER,
                                                init_converter))

static void
gst_spice_xz_decoder_finalize (GObject *object)
{
  lzma_end (&GST_SPICE_XZ_DECODER (object)->stream);
  G_OBJECT_CLASS (gst_spice_xz_decoder_parent_class)->finalize (object);
}

static void
gst_spice_xz_decoder_class_init (GstSpiceXzDecoderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_spice_xz_decoder_finalize;
}

static void
gst_spice_xz_decoder_init (GstSpiceXzDecoder *self)
{
  begin (self);
}

GConverter *
gst_spice_xz_decoder_new (void)
{
  return g_object_new (GST_TYPE_SPICE_XZ_DECODER, NULL);
}
#else
GConverter *
gst_spice_xz_decoder_new (void)
{
  return NULL;
}
#endif

/* -1: the file cannot be read */
static gint
is_packed (GInputStream *file, GCancellable *cancellable, GError **error)
{
  guint8 head[sizeof magic];
  gsize n;

  if (!g_input_stream_read_all (file, head, sizeof head, &n, cancellable,
                                error) ||
      !g_seekable_seek (G_SEEKABLE (file), 0, G_SEEK_SET, cancellable, error))
    return -1;
  return n == sizeof head && memcmp (head, magic, sizeof magic) == 0;
}

GInputStream *
gst_spice_xz_open (const gchar *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GInputStream) stream =
      (GInputStream *)g_file_read (file, cancellable, error);
  g_autoptr (GConverter) decoder = NULL;
  gint packed;

  if (stream == NULL || (packed = is_packed (stream, cancellable, error)) < 0)
    return NULL;
  if (!packed)
    return g_steal_pointer (&stream);
  decoder = gst_spice_xz_decoder_new ();
  if (decoder == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 "%s is packed with xz, which this build cannot unpack", path);
    return NULL;
  }
  return g_converter_input_stream_new (stream, decoder);
}
