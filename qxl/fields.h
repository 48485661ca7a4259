/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fields.h – a message's layout written once, as data.
 *
 * A QxlField table says in which order and width the members of a C struct lie
 * on the wire (little endian, packed). The interpreter writes a struct, reads
 * one with bounds, prints one for the log, and tells its size range. Any
 * thread. */
#pragma once

#include "bytes.h"

typedef enum {
  QXL_FIELD_END,
  QXL_FIELD_U8,
  QXL_FIELD_U16,
  QXL_FIELD_U32, /* also for i32 */
  QXL_FIELD_U64,
  QXL_FIELD_BLOB,  /* member is uint8_t[n]: exactly n bytes */
  QXL_FIELD_TAIL,  /* member is QxlTail: the rest of the message */
  QXL_FIELD_LIST8, /* member is a C array; a u8 count lies just before it */
  QXL_FIELD_LIST16,
  QXL_FIELD_LIST32,
  QXL_FIELD_ITEMS, /* member is a C array; its count is an earlier field */
} QxlFieldKind;

/* bytes borrowed from the message (reading) or the caller (writing) */
typedef struct {
  const uint8_t *data;
  uint32_t size;
} QxlTail;

typedef struct _QxlField QxlField;

struct _QxlField {
  QxlFieldKind kind;
  uint16_t offset; /* of the member in the struct */
  uint16_t size;   /* BLOB: bytes; lists: bytes of one element struct */
  const char *name;
  /* lists: where the count member lies and its bytes (ITEMS), how many elements
   * the array has room for, and the layout of one element */
  uint16_t count_offset;
  uint16_t count_size;
  uint16_t max_count;
  const QxlField *element;
};

#define QXL_F(kind_, type, member)                                             \
  {                                                                            \
    .kind = (kind_), .offset = offsetof (type, member), .name = #member        \
  }
#define QXL_F_U8(type, member) QXL_F (QXL_FIELD_U8, type, member)
#define QXL_F_U16(type, member) QXL_F (QXL_FIELD_U16, type, member)
#define QXL_F_U32(type, member) QXL_F (QXL_FIELD_U32, type, member)
#define QXL_F_U64(type, member) QXL_F (QXL_FIELD_U64, type, member)
#define QXL_F_TAIL(type, member) QXL_F (QXL_FIELD_TAIL, type, member)
#define QXL_F_BLOB(type, member)                                               \
  {                                                                            \
    .kind = QXL_FIELD_BLOB, .offset = offsetof (type, member),                 \
    .size = sizeof (((type *)0)->member), .name = #member                      \
  }
/* on the wire: the count, then the elements; the count has no field of its own.
 * @count_member: a uint8_t, uint16_t or uint32_t according to the kind */
#define QXL_F_LIST(kind_, type, count_member, member, element_fields)          \
  {                                                                            \
    .kind = (kind_), .offset = offsetof (type, member),                        \
    .size = sizeof (((type *)0)->member[0]), .name = #member,                  \
    .count_offset = offsetof (type, count_member),                             \
    .max_count = G_N_ELEMENTS (((type *)0)->member),                           \
    .element = (element_fields)                                                \
  }
/* on the wire: the elements only; @count_member has its own field, earlier, for
 * lists with something between count and elements (monitors config) */
#define QXL_F_ITEMS(type, count_member, member, element_fields)                \
  {                                                                            \
    .kind = QXL_FIELD_ITEMS, .offset = offsetof (type, member),                \
    .size = sizeof (((type *)0)->member[0]), .name = #member,                  \
    .count_offset = offsetof (type, count_member),                             \
    .count_size = sizeof (((type *)0)->count_member),                          \
    .max_count = G_N_ELEMENTS (((type *)0)->member),                           \
    .element = (element_fields)                                                \
  }
#define QXL_F_END                                                              \
  {                                                                            \
    .kind = QXL_FIELD_END                                                      \
  }

/* writes @object at the writer's end */
void qxl_fields_write (const QxlField *fields, const void *object,
                       QxlWriter *writer);
/* fills @object; sticky failure in @reader. A list longer than its array fails.
 * Bytes left over are the caller's to judge. */
void qxl_fields_read (const QxlField *fields, void *object, QxlReader *reader);
/* bytes of the smallest valid message of this layout */
size_t qxl_fields_min_size (const QxlField *fields);
/* "member=value member=value"; blobs and tails as their sizes only */
char *qxl_fields_dump (const QxlField *fields, const void *object);
