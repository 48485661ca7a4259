/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/recording.h"

#include <string.h>

#define INPUT_BYTES 65536u
/* the longest line there is has five numbers and two words */
#define LINE_BYTES 256u
/* data grows by as much before it is known to come */
#define STEP_BYTES (1u << 20)
/* an object's memory is kept for the next one up to this size */
#define KEEP_BYTES (16u << 20)
/* zlib makes of a byte 1032 at most */
#define ZLIB_MAX_GAIN 1032
/* chunks of data that libspice-server follows */
#define MAX_CHUNKS (G_MAXINT32 / 1024)

struct _QxlRecording {
  GInputStream *stream;
  GCancellable *cancellable; /* not owned */
  /* what was read of the stream and not taken */
  uint8_t *input;
  size_t input_pos, input_size;
  uint64_t offset; /* of input[input_pos] */
  /* the next line, if it was looked at */
  char line[LINE_BYTES];
  bool has_line;
  /* the object */
  uint8_t *data;
  size_t data_size, data_room;
  /* how it ended */
  bool is_over;
  GError *error;
};

/* life */

QxlRecording *
qxl_recording_new (GInputStream *stream)
{
  QxlRecording *self = g_new0 (QxlRecording, 1);

  self->stream = g_object_ref (stream);
  self->input = g_malloc (INPUT_BYTES);
  return self;
}

void
qxl_recording_free (QxlRecording *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->stream);
  g_free (self->input);
  g_free (self->data);
  g_clear_error (&self->error);
  g_free (self);
}

void
qxl_recording_set_cancellable (QxlRecording *self, GCancellable *cancellable)
{
  self->cancellable = cancellable;
}

/* state */

bool
qxl_recording_is_over (const QxlRecording *self)
{
  return self->is_over;
}

const GError *
qxl_recording_error (const QxlRecording *self)
{
  return self->error;
}

uint64_t
qxl_recording_offset (const QxlRecording *self)
{
  return self->offset;
}

void
qxl_recording_refuse (QxlRecording *self, const char *format, ...)
{
  g_autofree char *why = NULL;
  va_list args;

  if (self->is_over)
    return;
  va_start (args, format);
  why = g_strdup_vprintf (format, args);
  va_end (args);
  self->is_over = true;
  self->error = g_error_new (G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                             "recording, byte %" G_GUINT64_FORMAT ": %s",
                             self->offset, why);
}

/* input */

/* at least a byte of input; false if there is none */
static bool
fill_input (QxlRecording *self)
{
  gssize n;

  if (self->is_over)
    return false;
  if (self->input_pos < self->input_size)
    return true;
  n = g_cancellable_set_error_if_cancelled (self->cancellable, &self->error)
          ? -1
          : g_input_stream_read (self->stream, self->input, INPUT_BYTES,
                                 self->cancellable, &self->error);
  self->input_pos = 0;
  self->input_size = n > 0 ? (size_t)n : 0;
  self->is_over = n <= 0;
  return n > 0;
}

static void
skip_input (QxlRecording *self, size_t n)
{
  self->input_pos += n;
  self->offset += n;
}

static int
next_byte (QxlRecording *self)
{
  int byte;

  if (!fill_input (self))
    return -1;
  byte = self->input[self->input_pos];
  skip_input (self, 1);
  return byte;
}

/* the same if all of it is there already */
static bool
take_until (QxlRecording *self, char *to, char stop)
{
  const uint8_t *from = self->input + self->input_pos;
  size_t room = MIN (self->input_size - self->input_pos, LINE_BYTES), n = 0;

  if (self->is_over)
    return false;
  while (n < room && from[n] != (uint8_t)stop && from[n] >= ' ' &&
         from[n] <= '~') {
    to[n] = (char)from[n];
    n++;
  }
  if (n == room || from[n] != (uint8_t)stop)
    return false;
  to[n] = '\0';
  skip_input (self, n + 1);
  return true;
}

/* up to @stop, which is taken and left out */
static bool
read_until (QxlRecording *self, char *to, char stop)
{
  size_t n = 0;
  int byte;

  if (take_until (self, to, stop))
    return true;
  while ((byte = next_byte (self)) >= 0) {
    if (byte == stop) {
      to[n] = '\0';
      return true;
    }
    if (n == LINE_BYTES - 1 || byte < ' ' || byte > '~')
      break;
    to[n++] = (char)byte;
  }
  qxl_recording_refuse (
      self, "a line is expected, not byte %d after %" G_GSIZE_FORMAT " others",
      byte, n);
  return false;
}

/* lines */

bool
qxl_recording_at_end (QxlRecording *self)
{
  return !self->has_line && !fill_input (self);
}

static bool
look_at_line (QxlRecording *self)
{
  if (!self->has_line)
    self->has_line = read_until (self, self->line, '\n');
  return self->has_line && !self->is_over;
}

static void
refuse_line (QxlRecording *self, const char *word, guint n)
{
  qxl_recording_refuse (self, "'%s' and %u numbers expected, got '%s'",
                        word != NULL ? word : "", n, self->line);
}

/* what follows the word in the line; NULL if it begins with another */
static const char *
after_word (const char *line, const char *word)
{
  size_t length = strlen (word);

  if (strncmp (line, word, length) != 0)
    return NULL;
  if (line[length] == '\0')
    return line + length;
  return line[length] == ' ' ? line + length + 1 : NULL;
}

bool
qxl_recording_next_is (QxlRecording *self, const char *word)
{
  return look_at_line (self) && after_word (self->line, word) != NULL;
}

void
qxl_recording_literal (QxlRecording *self, const char *line)
{
  if (!look_at_line (self))
    return;
  self->has_line = false;
  if (strcmp (self->line, line) != 0)
    qxl_recording_refuse (self, "'%s' expected, got '%s'", line, self->line);
}

/* digits; moves *@at behind them */
static bool
read_magnitude (const char **at, uint64_t *value)
{
  const char *digit = *at;

  *value = 0;
  for (; g_ascii_isdigit (*digit); digit++)
    if (!g_uint64_checked_mul (value, *value, 10) ||
        !g_uint64_checked_add (value, *value, (uint64_t)(*digit - '0')))
      return false;
  if (digit == *at)
    return false;
  *at = digit;
  return true;
}

static bool
read_number (const char **at, int64_t *value)
{
  bool negative = **at == '-';
  uint64_t magnitude;

  if (negative)
    (*at)++;
  if (!read_magnitude (at, &magnitude) || magnitude > G_MAXINT64)
    return false;
  *value = negative ? -(int64_t)magnitude : (int64_t)magnitude;
  return true;
}

static bool
parse_numbers (const char *line, const char *word, int64_t *to, guint n)
{
  const char *at = word != NULL ? after_word (line, word) : line;

  for (guint i = 0; i < n && at != NULL; i++) {
    if (!read_number (&at, &to[i]))
      return false;
    if (i + 1 < n && *at++ != ' ')
      return false;
  }
  return at != NULL && *at == '\0';
}

void
qxl_recording_numbers (QxlRecording *self, const char *word, int64_t *to,
                       guint n)
{
  if (look_at_line (self)) {
    self->has_line = false;
    if (parse_numbers (self->line, word, to, n))
      return;
    refuse_line (self, word, n);
  }
  memset (to, 0, n * sizeof *to);
}

/* @n numbers of fields of @bits */
static void
read_fields (QxlRecording *self, const char *word, int64_t *to, guint n,
             unsigned bits)
{
  qxl_recording_numbers (self, word, to, n);
  for (guint i = 0; i < n; i++)
    if (to[i] < -(1ll << (bits - 1)) || to[i] >= 1ll << bits) {
      refuse_line (self, word, n);
      memset (to, 0, n * sizeof *to);
      return;
    }
}

static int64_t
read_field (QxlRecording *self, const char *word, unsigned bits)
{
  int64_t value;

  read_fields (self, word, &value, 1, bits);
  return value;
}

uint8_t
qxl_recording_u8 (QxlRecording *self, const char *word)
{
  return (uint8_t)read_field (self, word, 8);
}

uint16_t
qxl_recording_u16 (QxlRecording *self, const char *word)
{
  return (uint16_t)read_field (self, word, 16);
}

uint32_t
qxl_recording_u32 (QxlRecording *self, const char *word)
{
  return (uint32_t)read_field (self, word, 32);
}

uint64_t
qxl_recording_u64 (QxlRecording *self, const char *word)
{
  const char *at;
  uint64_t value;

  if (!look_at_line (self))
    return 0;
  self->has_line = false;
  at = after_word (self->line, word);
  if (at != NULL && read_magnitude (&at, &value) && *at == '\0')
    return value;
  refuse_line (self, word, 1);
  return 0;
}

QxlPoint
qxl_recording_point (QxlRecording *self, const char *word)
{
  int64_t at[2];

  read_fields (self, word, at, 2, 32);
  return (QxlPoint){(int32_t)at[0], (int32_t)at[1]};
}

QxlPoint
qxl_recording_point16 (QxlRecording *self, const char *word)
{
  int64_t at[2];

  read_fields (self, word, at, 2, 16);
  return (QxlPoint){(int16_t)at[0], (int16_t)at[1]};
}

QxlRect
qxl_recording_rect (QxlRecording *self, const char *name)
{
  g_autofree char *words = g_strconcat ("rect ", name, NULL);
  int64_t edges[4];

  read_fields (self, words, edges, 4, 32);
  return QXL_RECT ((int32_t)edges[1], (int32_t)edges[0], (int32_t)edges[3],
                   (int32_t)edges[2]);
}

/* data */

static void
begin_data (QxlRecording *self)
{
  if (self->data_room > KEEP_BYTES) {
    g_clear_pointer (&self->data, g_free);
    self->data_room = 0;
  }
  self->data_size = 0;
}

/* room for @n bytes more */
static bool
make_room (QxlRecording *self, size_t n)
{
  size_t room = MAX (self->data_size + n,
                     MIN (self->data_room * 2, QXL_RECORDING_MAX_BYTES));
  uint8_t *data;

  if (self->data_size + n <= self->data_room)
    return true;
  data = g_try_realloc (self->data, room);
  if (data == NULL) {
    qxl_recording_refuse (self, "no memory for %" G_GSIZE_FORMAT " bytes",
                          room);
    return false;
  }
  self->data = data;
  self->data_room = room;
  return true;
}

/* appends @size bytes of input to the object */
static bool
append_data (QxlRecording *self, size_t size)
{
  while (size > 0) {
    size_t n;

    if (!make_room (self, MIN (size, STEP_BYTES)) || !fill_input (self))
      return false;
    n = MIN (size, self->input_size - self->input_pos);
    n = MIN (n, STEP_BYTES);
    memcpy (self->data + self->data_size, self->input + self->input_pos, n);
    self->data_size += n;
    skip_input (self, n);
    size -= n;
  }
  return true;
}

/* the object's last @packed bytes are zlib's, of @size */
static bool
unpack_data (QxlRecording *self, size_t packed, size_t size)
{
  g_autoptr (GConverter) zlib =
      G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
  g_autofree uint8_t *from = NULL;
  gsize n_read, n_written;
  GConverterResult result;

  if (size / ZLIB_MAX_GAIN > packed) {
    qxl_recording_refuse (self,
                          "%" G_GSIZE_FORMAT
                          " bytes of zlib's cannot make %" G_GSIZE_FORMAT,
                          packed, size);
    return false;
  }
  self->data_size -= packed;
  from = g_memdup2 (self->data + self->data_size, packed);
  if (!make_room (self, size))
    return false;
  result = g_converter_convert (
      zlib, from, packed, self->data + self->data_size, size,
      G_CONVERTER_INPUT_AT_END, &n_read, &n_written, NULL);
  if (result != G_CONVERTER_FINISHED || n_read != packed || n_written != size) {
    qxl_recording_refuse (self,
                          "%" G_GSIZE_FORMAT
                          " bytes of zlib's do not make %" G_GSIZE_FORMAT,
                          packed, size);
    return false;
  }
  self->data_size += size;
  return true;
}

/* how many bytes a block has, and how many in the file if it is packed */
typedef struct {
  bool is_packed;
  uint64_t size, packed;
} BlockHead;

/* "N" up to a colon */
static bool
read_block_size (QxlRecording *self, uint64_t *size)
{
  char text[LINE_BYTES];
  const char *at = text;

  if (!read_until (self, text, ':'))
    return false;
  if (read_magnitude (&at, size) && *at == '\0' &&
      *size <= QXL_RECORDING_MAX_BYTES)
    return true;
  qxl_recording_refuse (self, "block of '%s' bytes; at most %u allowed", text,
                        QXL_RECORDING_MAX_BYTES);
  return false;
}

/* "binary 0 NAME N:" or "binary 1 NAME N:Z:"; there is no end of line, so none
 * has been looked at */
static bool
read_block_head (QxlRecording *self, const char *name, BlockHead *head)
{
  char word[LINE_BYTES];
  bool ok;

  if (!read_until (self, word, ' '))
    return false;
  ok = strcmp (word, "binary") == 0 && read_until (self, word, ' ') &&
       (strcmp (word, "0") == 0 || strcmp (word, "1") == 0);
  head->is_packed = word[0] == '1';
  ok = ok && read_until (self, word, ' ') && strcmp (word, name) == 0;
  if (!ok) {
    qxl_recording_refuse (self, "block '%s' expected, got '%s'", name, word);
    return false;
  }
  return read_block_size (self, &head->size) &&
         (!head->is_packed || read_block_size (self, &head->packed));
}

/* appends a block to the object */
static bool
append_block (QxlRecording *self, const char *name, uint64_t max_size)
{
  BlockHead head;
  int end;

  if (self->has_line)
    qxl_recording_refuse (self, "block '%s' expected, got '%s'", name,
                          self->line);
  if (!read_block_head (self, name, &head))
    return false;
  if (head.size > max_size)
    qxl_recording_refuse (self,
                          "block '%s' of %" G_GUINT64_FORMAT
                          " bytes; at most %" G_GUINT64_FORMAT " allowed",
                          name, head.size, max_size);
  if (!append_data (self, head.is_packed ? head.packed : head.size) ||
      (head.is_packed && !unpack_data (self, head.packed, head.size)))
    return false;
  end = next_byte (self);
  if (end != '\n')
    qxl_recording_refuse (self, "block '%s' ends with byte %d", name, end);
  return !self->is_over;
}

const uint8_t *
qxl_recording_text (QxlRecording *self, const char *name, size_t max_size,
                    size_t *size)
{
  *size = 0;
  begin_data (self);
  if (!make_room (self, 1) || !append_block (self, name, max_size))
    return NULL;
  *size = self->data_size;
  return self->data;
}

const uint8_t *
qxl_recording_binary (QxlRecording *self, const char *name, uint64_t size)
{
  const uint8_t *data;
  size_t got;

  if (size > QXL_RECORDING_MAX_BYTES)
    qxl_recording_refuse (
        self, "'%s' of %" G_GUINT64_FORMAT " bytes; at most %u allowed", name,
        size, QXL_RECORDING_MAX_BYTES);
  data = qxl_recording_text (self, name, size, &got);
  if (got != size)
    qxl_recording_refuse (
        self, "'%s' of %" G_GUINT64_FORMAT " bytes has %" G_GSIZE_FORMAT, name,
        size, got);
  return self->is_over ? NULL : data;
}

const uint8_t *
qxl_recording_chunks (QxlRecording *self, const char *name, size_t *size)
{
  int64_t counts[2]; /* of chunks, less one; of bytes */

  *size = 0;
  begin_data (self);
  read_fields (self, "data_chunks", counts, 2, 32);
  if (counts[0] < 0 || counts[0] >= MAX_CHUNKS || counts[1] < 0 ||
      counts[1] > QXL_RECORDING_MAX_BYTES)
    qxl_recording_refuse (self,
                          "'%s' of %" G_GINT64_FORMAT
                          " chunks and %" G_GINT64_FORMAT " bytes",
                          name, counts[0] + 1, counts[1]);
  if (self->is_over || !make_room (self, 1))
    return NULL;
  for (int64_t i = 0; i <= counts[0]; i++)
    if (!append_block (self, name, (uint64_t)counts[1] - self->data_size))
      return NULL;
  if (self->data_size != (size_t)counts[1])
    qxl_recording_refuse (self,
                          "chunks of '%s' have %" G_GSIZE_FORMAT
                          " bytes, not %" G_GINT64_FORMAT,
                          name, self->data_size, counts[1]);
  *size = self->data_size;
  return self->is_over ? NULL : self->data;
}
