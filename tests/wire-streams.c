/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire-streams.h"

#include "image-decoders-jpeg.h"

#define N_IDS 64u
#define PACKET_SIZE 9u

struct _WireStreams {
  WireStreamsPaint paint;
  gpointer user_data;
  guint n_created, n_clips;
  WireStream streams[N_IDS];
};

static WireStream *
find (WireStreams *self, uint32_t id)
{
  g_assert_cmpuint (id, <, N_IDS);
  g_assert_true (self->streams[id].is_there);
  return &self->streams[id];
}

static void
read_clip (WireStream *stream, QxlReader *reader)
{
  uint32_t n_rects;

  g_assert_cmpuint (qxl_reader_u8 (reader), ==, SPICE_CLIP_TYPE_RECTS);
  n_rects = qxl_reader_u32 (reader);
  g_assert_cmpuint (n_rects, <=, qxl_reader_left (reader) / 16);
  g_array_set_size (stream->clip, 0);
  for (uint32_t i = 0; i < n_rects; i++) {
    QxlRect rect;

    rect.top = (int32_t)qxl_reader_u32 (reader);
    rect.left = (int32_t)qxl_reader_u32 (reader);
    rect.bottom = (int32_t)qxl_reader_u32 (reader);
    rect.right = (int32_t)qxl_reader_u32 (reader);
    g_assert_false (qxl_rect_is_empty (&rect));
    g_array_append_val (stream->clip, rect);
  }
}

static void
check_clip (const WireStream *stream, const QxlRect *dest)
{
  for (guint i = 0; i < stream->clip->len; i++)
    g_assert_true (
        qxl_rect_contains (dest, &g_array_index (stream->clip, QxlRect, i)));
}

static void
on_create (WireStreams *self, QxlReader *reader)
{
  SpcStreamCreate create;
  WireStream *stream;

  qxl_fields_read (spc_stream_create_fields, &create, reader);
  g_assert_cmpuint (create.surface_id, ==, 0);
  g_assert_cmpuint (create.id, <, N_IDS);
  g_assert_cmpuint (create.flags, ==, SPICE_STREAM_FLAGS_TOP_DOWN);
  g_assert_cmpuint (create.stream_width, ==,
                    (uint32_t)qxl_rect_width (&create.dest));
  g_assert_cmpuint (create.stream_height, ==,
                    (uint32_t)qxl_rect_height (&create.dest));
  stream = &self->streams[create.id];
  g_assert_false (stream->is_there);
  *stream = (WireStream){.is_there = true,
                         .codec = create.codec,
                         .dest = create.dest,
                         .clip = stream->clip};
  read_clip (stream, reader);
  check_clip (stream, &stream->dest);
  self->n_created++;
}

static bool
is_in_clip (const WireStream *stream, int32_t x, int32_t y)
{
  for (guint i = 0; i < stream->clip->len; i++) {
    const QxlRect *rect = &g_array_index (stream->clip, QxlRect, i);
    if (x >= rect->left && x < rect->right && y >= rect->top &&
        y < rect->bottom)
      return true;
  }
  return false;
}

static void
show_picture (WireStreams *self, const WireStream *stream, const uint8_t *data,
              uint32_t size)
{
  g_autoptr (GError) error = NULL;
  const QxlRect *place = &stream->place;
  int32_t width = qxl_rect_width (place);
  ImagePixels pixels = {0};

  g_assert_true (image_decode_jpeg (data, size, (uint32_t)width,
                                    (uint32_t)qxl_rect_height (place), &pixels,
                                    &error));
  g_assert_no_error (error);
  for (int32_t y = place->top; y < place->bottom; y++)
    for (int32_t x = place->left; x < place->right; x++) {
      const uint8_t *pixel =
          pixels.pixels +
          ((gsize)(y - place->top) * (gsize)width + (gsize)(x - place->left)) *
              4;

      if (is_in_clip (stream, x, y))
        self->paint (
            x, y, pixel[0] | (uint32_t)pixel[1] << 8 | (uint32_t)pixel[2] << 16,
            self->user_data);
    }
  image_pixels_clear (&pixels);
}

static void
count_packet (WireStream *stream, const uint8_t *data, uint32_t size)
{
  uint64_t number;

  g_assert_cmpuint (size, ==, PACKET_SIZE);
  memcpy (&number, data + 1, sizeof number);
  g_assert_true (data[0] == 'K' || data[0] == 'D');
  if (data[0] == 'D') {
    g_assert_cmpuint (stream->n_frames, >, 0);
    g_assert_cmpuint (number, ==, stream->last_number + 1);
  }
  stream->n_keys += data[0] == 'K';
  stream->last_number = number;
}

static void
take_frame (WireStreams *self, WireStream *stream, QxlReader *reader,
            uint32_t size)
{
  const uint8_t *data = qxl_reader_bytes (reader, size);

  g_assert_nonnull (data);
  check_clip (stream, &stream->place);
  if (stream->codec == SPICE_VIDEO_CODEC_TYPE_MJPEG)
    show_picture (self, stream, data, size);
  else
    count_packet (stream, data, size);
  stream->n_frames++;
}

static void
on_data (WireStreams *self, QxlReader *reader)
{
  SpcStreamData header;
  WireStream *stream;

  qxl_fields_read (spc_stream_data_fields, &header, reader);
  stream = find (self, header.id);
  stream->place = stream->dest;
  stream->time_ms = header.time_ms;
  take_frame (self, stream, reader, header.size);
}

static void
on_data_sized (WireStreams *self, QxlReader *reader)
{
  SpcStreamDataSized header;
  WireStream *stream;

  qxl_fields_read (spc_stream_data_sized_fields, &header, reader);
  stream = find (self, header.id);
  g_assert_cmpuint (header.width, ==, (uint32_t)qxl_rect_width (&header.dest));
  g_assert_cmpuint (header.height, ==,
                    (uint32_t)qxl_rect_height (&header.dest));
  stream->place = header.dest;
  stream->time_ms = header.time_ms;
  stream->n_sized++;
  take_frame (self, stream, reader, header.size);
}

static void
on_clip (WireStreams *self, QxlReader *reader)
{
  read_clip (find (self, qxl_reader_u32 (reader)), reader);
  self->n_clips++;
}

static void
on_destroy (WireStreams *self, QxlReader *reader)
{
  find (self, qxl_reader_u32 (reader))->is_there = false;
}

static void
on_activate_report (WireStreams *self, QxlReader *reader)
{
  SpcStreamActivateReport message;

  qxl_fields_read (spc_stream_activate_report_fields, &message, reader);
  g_assert_cmpuint (message.unique_id, !=, 0);
  find (self, message.id)->report = message.unique_id;
}

static const struct {
  uint16_t type;
  void (*func) (WireStreams *self, QxlReader *reader);
} table[] = {
    {SPICE_MSG_DISPLAY_STREAM_CREATE, on_create},
    {SPICE_MSG_DISPLAY_STREAM_DATA, on_data},
    {SPICE_MSG_DISPLAY_STREAM_DATA_SIZED, on_data_sized},
    {SPICE_MSG_DISPLAY_STREAM_CLIP, on_clip},
    {SPICE_MSG_DISPLAY_STREAM_DESTROY, on_destroy},
    {SPICE_MSG_DISPLAY_STREAM_ACTIVATE_REPORT, on_activate_report},
};

bool
wire_streams_message (WireStreams *self, uint16_t type, QxlReader *reader)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].type == type) {
      table[i].func (self, reader);
      return true;
    }
  return false;
}

/* asking */

guint
wire_streams_count (const WireStreams *self)
{
  guint n = 0;

  while (wire_streams_at (self, n) != NULL)
    n++;
  return n;
}

guint
wire_streams_n_created (const WireStreams *self)
{
  return self->n_created;
}

guint
wire_streams_n_clips (const WireStreams *self)
{
  return self->n_clips;
}

const WireStream *
wire_streams_at (const WireStreams *self, guint n)
{
  for (guint i = 0; i < N_IDS; i++)
    if (self->streams[i].is_there && n-- == 0)
      return &self->streams[i];
  return NULL;
}

uint32_t
wire_streams_id (const WireStreams *self, const WireStream *stream)
{
  return (uint32_t)(stream - self->streams);
}

GBytes *
wire_streams_packet (uint64_t number, bool is_key)
{
  uint8_t data[PACKET_SIZE] = {is_key ? 'K' : 'D'};

  memcpy (data + 1, &number, sizeof number);
  return g_bytes_new (data, sizeof data);
}

/* life */

WireStreams *
wire_streams_new (WireStreamsPaint paint, gpointer user_data)
{
  WireStreams *self = g_new0 (WireStreams, 1);

  self->paint = paint;
  self->user_data = user_data;
  for (guint i = 0; i < N_IDS; i++)
    self->streams[i].clip = g_array_new (FALSE, FALSE, sizeof (QxlRect));
  return self;
}

void
wire_streams_free (WireStreams *self)
{
  for (guint i = 0; i < N_IDS; i++)
    g_array_unref (self->streams[i].clip);
  g_free (self);
}
