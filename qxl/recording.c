/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/recording.h"

#include "qxl/recording-input.h"

#include <string.h>

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
  QxlRecordingInput input;
  /* the last line, in the input: up to its '\n', which is there, too */
  const char *line, *line_end;
  bool has_line; /* it was looked at and not taken */
  /* an object that is not whole in the input */
  uint8_t *data;
  size_t data_size, data_room;
};

/* life */

QxlRecording *
qxl_recording_new (GInputStream *stream)
{
  QxlRecording *self = g_new0 (QxlRecording, 1);

  qxl_recording_input_init (&self->input, stream);
  return self;
}

void
qxl_recording_free (QxlRecording *self)
{
  if (self == NULL)
    return;
  qxl_recording_input_clear (&self->input);
  g_free (self->data);
  g_free (self);
}

void
qxl_recording_set_cancellable (QxlRecording *self, GCancellable *cancellable)
{
  self->input.cancellable = cancellable;
}

/* state */

bool
qxl_recording_is_over (const QxlRecording *self)
{
  return self->input.is_over;
}

const GError *
qxl_recording_error (const QxlRecording *self)
{
  return self->input.error;
}

uint64_t
qxl_recording_offset (const QxlRecording *self)
{
  return self->input.offset;
}

void
qxl_recording_refuse (QxlRecording *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  qxl_recording_input_refuse (&self->input, format, args);
  va_end (args);
}

/* what a file has instead of what was expected, for people */
static char *
quote (const char *text, size_t size)
{
  g_autofree char *copy = g_strndup (text, size);

  return g_strescape (copy, NULL);
}

/* takes what lies before the next @stop, and that; NULL if it is over */
static const char *
take_until (QxlRecording *self, char stop, const char **end)
{
  const char *start;

  *end = qxl_recording_input_find (&self->input, stop, LINE_BYTES);
  start = qxl_recording_input_next (&self->input);
  if (*end != NULL) {
    qxl_recording_input_skip (&self->input, (size_t)(*end + 1 - start));
    return start;
  }
  if (!self->input.is_over) {
    g_autofree char *got = quote (start, LINE_BYTES);

    qxl_recording_refuse (self, "at most %u bytes of text expected, got '%s'",
                          LINE_BYTES, got);
  }
  return NULL;
}

/* lines */

bool
qxl_recording_at_end (QxlRecording *self)
{
  return !self->has_line && !qxl_recording_input_need (&self->input, 1);
}

static bool
look_at_line (QxlRecording *self)
{
  if (!self->has_line && !self->input.is_over) {
    self->line = take_until (self, '\n', &self->line_end);
    self->has_line = self->line != NULL;
  }
  return !self->input.is_over;
}

static char *
quote_line (const QxlRecording *self)
{
  return quote (self->line, (size_t)(self->line_end - self->line));
}

/* what follows the word, which a space or @end ends; NULL if there is another;
 * @at may be NULL */
static const char *
after_word (const char *at, const char *end, const char *word)
{
  size_t length = strlen (word);

  if (at == NULL || (size_t)(end - at) < length ||
      memcmp (at, word, length) != 0)
    return NULL;
  at += length;
  if (at == end)
    return at;
  return *at == ' ' ? at + 1 : NULL;
}

bool
qxl_recording_next_is (QxlRecording *self, const char *word)
{
  return look_at_line (self) &&
         after_word (self->line, self->line_end, word) != NULL;
}

void
qxl_recording_literal (QxlRecording *self, const char *line)
{
  g_autofree char *got = NULL;
  size_t size = strlen (line);

  if (!look_at_line (self))
    return;
  self->has_line = false;
  if (size == (size_t)(self->line_end - self->line) &&
      memcmp (self->line, line, size) == 0)
    return;
  got = quote_line (self);
  qxl_recording_refuse (self, "'%s' expected, got '%s'", line, got);
}

/* digits; moves *@at behind them, where something else must be */
static bool
read_magnitude (const char **at, uint64_t *value)
{
  const char *digit = *at;

  *value = 0;
  for (; *digit >= '0' && *digit <= '9'; digit++)
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

/* just @n numbers up to the line's end */
static bool
parse_numbers (const char *at, int64_t *to, guint n)
{
  for (guint i = 0; i < n; i++) {
    if (!read_number (&at, &to[i]))
      return false;
    if (i + 1 < n && *at++ != ' ')
      return false;
  }
  return *at == '\n';
}

/* the words a line begins with; NULL: none */
typedef struct {
  const char *first, *second;
} Words;

static void
refuse_line (QxlRecording *self, Words words, guint n)
{
  g_autofree char *got = quote_line (self);

  qxl_recording_refuse (self, "'%s%s%s' and %u numbers expected, got '%s'",
                        words.first != NULL ? words.first : "",
                        words.second != NULL ? " " : "",
                        words.second != NULL ? words.second : "", n, got);
}

static const char *
after_words (const QxlRecording *self, Words words)
{
  const char *at = self->line;

  if (words.first != NULL)
    at = after_word (at, self->line_end, words.first);
  if (words.second != NULL)
    at = after_word (at, self->line_end, words.second);
  return at;
}

static void
read_numbers (QxlRecording *self, Words words, int64_t *to, guint n)
{
  if (look_at_line (self)) {
    const char *at = after_words (self, words);

    self->has_line = false;
    if (at != NULL && parse_numbers (at, to, n))
      return;
    refuse_line (self, words, n);
  }
  memset (to, 0, n * sizeof *to);
}

void
qxl_recording_numbers (QxlRecording *self, const char *word, int64_t *to,
                       guint n)
{
  read_numbers (self, (Words){word, NULL}, to, n);
}

/* @n numbers of fields of @bits */
static void
read_fields (QxlRecording *self, Words words, int64_t *to, guint n,
             unsigned bits)
{
  read_numbers (self, words, to, n);
  for (guint i = 0; i < n; i++)
    if (to[i] < -(1ll << (bits - 1)) || to[i] >= 1ll << bits) {
      refuse_line (self, words, n);
      memset (to, 0, n * sizeof *to);
      return;
    }
}

static int64_t
read_field (QxlRecording *self, const char *word, unsigned bits)
{
  int64_t value;

  read_fields (self, (Words){word, NULL}, &value, 1, bits);
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
  at = after_word (self->line, self->line_end, word);
  if (at != NULL && read_magnitude (&at, &value) && *at == '\n')
    return value;
  refuse_line (self, (Words){word, NULL}, 1);
  return 0;
}

QxlPoint
qxl_recording_point (QxlRecording *self, const char *word)
{
  int64_t at[2];

  read_fields (self, (Words){word, NULL}, at, 2, 32);
  return (QxlPoint){(int32_t)at[0], (int32_t)at[1]};
}

QxlPoint
qxl_recording_point16 (QxlRecording *self, const char *word)
{
  int64_t at[2];

  read_fields (self, (Words){word, NULL}, at, 2, 16);
  return (QxlPoint){(int16_t)at[0], (int16_t)at[1]};
}

QxlRect
qxl_recording_rect (QxlRecording *self, const char *name)
{
  int64_t edges[4];

  read_fields (self, (Words){"rect", name}, edges, 4, 32);
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

/* appends the next @size bytes to the object */
static bool
append_data (QxlRecording *self, size_t size)
{
  while (size > 0) {
    size_t step = MIN (size, STEP_BYTES), n;

    if (!make_room (self, step))
      return false;
    n = qxl_recording_input_read (&self->input, self->data + self->data_size,
                                  step);
    if (n == 0)
      return false;
    self->data_size += n;
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

/* the number between @at and @end */
static void
parse_block_size (QxlRecording *self, const char *at, const char *end,
                  uint64_t *size)
{
  const char *digits = at;
  g_autofree char *got = NULL;

  if (read_magnitude (&digits, size) && digits == end &&
      *size <= QXL_RECORDING_MAX_BYTES)
    return;
  got = quote (at, (size_t)(end - at));
  qxl_recording_refuse (self, "block of '%s' bytes; at most %u allowed", got,
                        QXL_RECORDING_MAX_BYTES);
}

/* what follows "binary 0 NAME ", 1 instead of 0 if it is packed; NULL if there
 * is something else */
static const char *
after_block_name (const char *at, const char *end, const char *name,
                  bool *is_packed)
{
  const char *flag = after_word (at, end, "binary");

  *is_packed = flag != NULL && *flag == '1';
  return after_word (after_word (flag, end, *is_packed ? "1" : "0"), end, name);
}

/* "binary 0 NAME N:" or "binary 1 NAME N:Z:"; there is no end of line, so none
 * has been looked at */
static bool
read_block_head (QxlRecording *self, const char *name, BlockHead *head)
{
  const char *end, *start = take_until (self, ':', &end), *size;

  if (start == NULL)
    return false;
  size = after_block_name (start, end, name, &head->is_packed);
  if (size == NULL) {
    g_autofree char *got = quote (start, (size_t)(end - start));

    qxl_recording_refuse (self, "block '%s' expected, got '%s'", name, got);
    return false;
  }
  parse_block_size (self, size, end, &head->size);
  if (head->is_packed && !self->input.is_over) {
    start = take_until (self, ':', &end);
    if (start != NULL)
      parse_block_size (self, start, end, &head->packed);
  }
  return !self->input.is_over;
}

static bool
begin_block (QxlRecording *self, const char *name, uint64_t max_size,
             BlockHead *head)
{
  if (self->has_line) {
    g_autofree char *got = quote_line (self);

    qxl_recording_refuse (self, "block '%s' expected, got '%s'", name, got);
  }
  if (!read_block_head (self, name, head))
    return false;
  if (head->size > max_size)
    qxl_recording_refuse (self,
                          "block '%s' of %" G_GUINT64_FORMAT
                          " bytes; at most %" G_GUINT64_FORMAT " allowed",
                          name, head->size, max_size);
  return !self->input.is_over;
}

static bool
end_block (QxlRecording *self, const char *name)
{
  char end;

  if (!qxl_recording_input_need (&self->input, 1))
    return false;
  end = *qxl_recording_input_next (&self->input);
  qxl_recording_input_skip (&self->input, 1);
  if (end != '\n')
    qxl_recording_refuse (self, "block '%s' ends with byte %d", name,
                          (uint8_t)end);
  return !self->input.is_over;
}

/* appends what follows the head to the object */
static bool
append_block (QxlRecording *self, const char *name, const BlockHead *head)
{
  return append_data (self, head->is_packed ? head->packed : head->size) &&
         (!head->is_packed || unpack_data (self, head->packed, head->size)) &&
         end_block (self, name);
}

/* what follows the head and, with its end, lies in the input whole */
static const uint8_t *
take_block (QxlRecording *self, const char *name, size_t size)
{
  const char *data;

  if (!qxl_recording_input_need (&self->input, size + 1))
    return NULL;
  data = qxl_recording_input_next (&self->input);
  qxl_recording_input_skip (&self->input, size);
  return end_block (self, name) ? (const uint8_t *)data : NULL;
}

const uint8_t *
qxl_recording_text (QxlRecording *self, const char *name, size_t max_size,
                    size_t *size)
{
  BlockHead head;

  *size = 0;
  if (!begin_block (self, name, max_size, &head))
    return NULL;
  *size = head.size;
  if (!head.is_packed && head.size < QXL_RECORDING_INPUT_BYTES)
    return take_block (self, name, head.size);
  begin_data (self);
  return make_room (self, 1) && append_block (self, name, &head) ? self->data
                                                                 : NULL;
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
  return self->input.is_over ? NULL : data;
}

/* chunks of together @size bytes */
static const uint8_t *
join_chunks (QxlRecording *self, const char *name, int64_t n, size_t size)
{
  BlockHead head;

  begin_data (self);
  if (!make_room (self, 1))
    return NULL;
  for (int64_t i = 0; i < n; i++)
    if (!begin_block (self, name, size - self->data_size, &head) ||
        !append_block (self, name, &head))
      return NULL;
  return self->data;
}

const uint8_t *
qxl_recording_chunks (QxlRecording *self, const char *name, size_t *size)
{
  int64_t counts[2]; /* of chunks, less one; of bytes */
  const uint8_t *data;
  size_t got;

  *size = 0;
  read_fields (self, (Words){"data_chunks", NULL}, counts, 2, 32);
  if (counts[0] < 0 || counts[0] >= MAX_CHUNKS || counts[1] < 0 ||
      counts[1] > QXL_RECORDING_MAX_BYTES)
    qxl_recording_refuse (self,
                          "'%s' of %" G_GINT64_FORMAT
                          " chunks and %" G_GINT64_FORMAT " bytes",
                          name, counts[0] + 1, counts[1]);
  if (self->input.is_over)
    return NULL;
  if (counts[0] == 0) {
    data = qxl_recording_text (self, name, (size_t)counts[1], &got);
  } else {
    data = join_chunks (self, name, counts[0] + 1, (size_t)counts[1]);
    got = self->data_size;
  }
  if (data != NULL && got != (size_t)counts[1])
    qxl_recording_refuse (self,
                          "chunks of '%s' have %" G_GSIZE_FORMAT
                          " bytes, not %" G_GINT64_FORMAT,
                          name, got, counts[1]);
  *size = got;
  return self->input.is_over ? NULL : data;
}
