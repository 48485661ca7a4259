/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/fields.h"

#include <string.h>

/* bytes of the number on the wire: a field's own value, or a list's count */
static unsigned
number_size (QxlFieldKind kind)
{
  switch (kind) {
  case QXL_FIELD_U8:
  case QXL_FIELD_LIST8:
    return 1;
  case QXL_FIELD_U16:
  case QXL_FIELD_LIST16:
    return 2;
  case QXL_FIELD_U32:
  case QXL_FIELD_LIST32:
    return 4;
  case QXL_FIELD_U64:
    return 8;
  default:
    return 0;
  }
}

static uint64_t
get_number (const void *member, unsigned size)
{
  uint8_t u8;
  uint16_t u16;
  uint32_t u32;
  uint64_t u64;

  switch (size) {
  case 1:
    memcpy (&u8, member, 1);
    return u8;
  case 2:
    memcpy (&u16, member, 2);
    return u16;
  case 4:
    memcpy (&u32, member, 4);
    return u32;
  default:
    memcpy (&u64, member, 8);
    return u64;
  }
}

static void
set_number (void *member, unsigned size, uint64_t value)
{
  uint8_t u8 = (uint8_t)value;
  uint16_t u16 = (uint16_t)value;
  uint32_t u32 = (uint32_t)value;

  switch (size) {
  case 1:
    memcpy (member, &u8, 1);
    break;
  case 2:
    memcpy (member, &u16, 2);
    break;
  case 4:
    memcpy (member, &u32, 4);
    break;
  default:
    memcpy (member, &value, 8);
    break;
  }
}

static void
write_number (QxlWriter *writer, unsigned size, uint64_t value)
{
  switch (size) {
  case 1:
    qxl_writer_u8 (writer, (uint8_t)value);
    break;
  case 2:
    qxl_writer_u16 (writer, (uint16_t)value);
    break;
  case 4:
    qxl_writer_u32 (writer, (uint32_t)value);
    break;
  default:
    qxl_writer_u64 (writer, value);
    break;
  }
}

static uint64_t
read_number (QxlReader *reader, unsigned size)
{
  switch (size) {
  case 1:
    return qxl_reader_u8 (reader);
  case 2:
    return qxl_reader_u16 (reader);
  case 4:
    return qxl_reader_u32 (reader);
  default:
    return qxl_reader_u64 (reader);
  }
}

static unsigned
count_size (const QxlField *field)
{
  if (field->kind == QXL_FIELD_ITEMS)
    return field->count_size;
  return number_size (field->kind);
}

/* elements a list has in @object */
static uint64_t
get_count (const QxlField *field, const uint8_t *object)
{
  return get_number (object + field->count_offset, count_size (field));
}

/* writing */

static void
write_list (const QxlField *field, const uint8_t *object, QxlWriter *writer)
{
  uint64_t count = get_count (field, object);

  g_return_if_fail (count <= field->max_count);
  if (field->kind != QXL_FIELD_ITEMS)
    write_number (writer, count_size (field), count);
  for (uint64_t i = 0; i < count; i++)
    qxl_fields_write (field->element, object + field->offset + i * field->size,
                      writer);
}

static void
write_tail (const uint8_t *member, QxlWriter *writer)
{
  QxlTail tail;

  memcpy (&tail, member, sizeof tail);
  qxl_writer_bytes (writer, tail.data, tail.size);
}

void
qxl_fields_write (const QxlField *fields, const void *object, QxlWriter *writer)
{
  for (const QxlField *field = fields; field->kind != QXL_FIELD_END; field++) {
    const uint8_t *member = (const uint8_t *)object + field->offset;
    unsigned size = number_size (field->kind);

    switch (field->kind) {
    case QXL_FIELD_BLOB:
      qxl_writer_bytes (writer, member, field->size);
      break;
    case QXL_FIELD_TAIL:
      write_tail (member, writer);
      break;
    case QXL_FIELD_LIST8:
    case QXL_FIELD_LIST16:
    case QXL_FIELD_LIST32:
    case QXL_FIELD_ITEMS:
      write_list (field, object, writer);
      break;
    default:
      write_number (writer, size, get_number (member, size));
      break;
    }
  }
}

/* reading */

/* after a failure the count in the object is 0: no element can be trusted */
static void
read_list (const QxlField *field, uint8_t *object, QxlReader *reader)
{
  unsigned size = count_size (field);
  uint64_t count;

  if (field->kind == QXL_FIELD_ITEMS)
    count = get_count (field, object);
  else
    count = read_number (reader, size);
  if (count > field->max_count)
    reader->failed = true;
  for (uint64_t i = 0; i < count && !reader->failed; i++)
    qxl_fields_read (field->element, object + field->offset + i * field->size,
                     reader);
  set_number (object + field->count_offset, size, reader->failed ? 0 : count);
}

static void
read_blob (const QxlField *field, uint8_t *member, QxlReader *reader)
{
  const uint8_t *bytes = qxl_reader_bytes (reader, field->size);

  if (bytes)
    memcpy (member, bytes, field->size);
  else
    memset (member, 0, field->size);
}

static void
read_tail (uint8_t *member, QxlReader *reader)
{
  QxlTail tail = {0};
  size_t left = qxl_reader_left (reader);

  if (left > UINT32_MAX)
    reader->failed = true;
  else
    tail.data = qxl_reader_bytes (reader, left);
  if (tail.data)
    tail.size = (uint32_t)left;
  memcpy (member, &tail, sizeof tail);
}

void
qxl_fields_read (const QxlField *fields, void *object, QxlReader *reader)
{
  for (const QxlField *field = fields; field->kind != QXL_FIELD_END; field++) {
    uint8_t *member = (uint8_t *)object + field->offset;
    unsigned size = number_size (field->kind);

    switch (field->kind) {
    case QXL_FIELD_BLOB:
      read_blob (field, member, reader);
      break;
    case QXL_FIELD_TAIL:
      read_tail (member, reader);
      break;
    case QXL_FIELD_LIST8:
    case QXL_FIELD_LIST16:
    case QXL_FIELD_LIST32:
    case QXL_FIELD_ITEMS:
      read_list (field, object, reader);
      break;
    default:
      set_number (member, size, read_number (reader, size));
      break;
    }
  }
}

size_t
qxl_fields_min_size (const QxlField *fields)
{
  size_t size = 0;

  for (const QxlField *field = fields; field->kind != QXL_FIELD_END; field++)
    size +=
        field->kind == QXL_FIELD_BLOB ? field->size : number_size (field->kind);
  return size;
}

/* printing */

static void dump_fields (const QxlField *fields, const uint8_t *object,
                         GString *out);

static void
dump_list (const QxlField *field, const uint8_t *object, GString *out)
{
  uint64_t count = MIN (get_count (field, object), field->max_count);

  g_string_append_c (out, '[');
  for (uint64_t i = 0; i < count; i++) {
    g_string_append (out, i > 0 ? " {" : "{");
    dump_fields (field->element, object + field->offset + i * field->size, out);
    g_string_append_c (out, '}');
  }
  g_string_append_c (out, ']');
}

static void
dump_value (const QxlField *field, const uint8_t *object, GString *out)
{
  const uint8_t *member = object + field->offset;
  QxlTail tail;

  switch (field->kind) {
  case QXL_FIELD_BLOB:
    g_string_append_printf (out, "<%u bytes>", field->size);
    break;
  case QXL_FIELD_TAIL:
    memcpy (&tail, member, sizeof tail);
    g_string_append_printf (out, "<%u bytes>", tail.size);
    break;
  case QXL_FIELD_LIST8:
  case QXL_FIELD_LIST16:
  case QXL_FIELD_LIST32:
  case QXL_FIELD_ITEMS:
    dump_list (field, object, out);
    break;
  default:
    g_string_append_printf (out, "%" G_GUINT64_FORMAT,
                            get_number (member, number_size (field->kind)));
    break;
  }
}

static void
dump_fields (const QxlField *fields, const uint8_t *object, GString *out)
{
  for (const QxlField *field = fields; field->kind != QXL_FIELD_END; field++) {
    if (field != fields)
      g_string_append_c (out, ' ');
    g_string_append (out, field->name);
    g_string_append_c (out, '=');
    dump_value (field, object, out);
  }
}

char *
qxl_fields_dump (const QxlField *fields, const void *object)
{
  GString *out = g_string_new (NULL);

  dump_fields (fields, object, out);
  return g_string_free (out, FALSE);
}
