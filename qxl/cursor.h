/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cursor.h – pointer shapes and commands of a QXL stream.
 *
 * A shape is immutable and shared; its data is laid out by its type, rows
 * top-down, each begun on a whole byte, the leftmost pixel in the highest bits.
 * How shapes are seen: cursor-image.h. Any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* longest side of a shape, pixels: our own limit */
#define QXL_CURSOR_MAX_SIDE 1024u

/* The numbers of QXL. A mask has 1 bit a pixel: where it is 0 the colour is
 * seen, where it is 1 nothing is, or if the colour is white, what lies below is
 * inverted. */
typedef enum {
  QXL_CURSOR_ALPHA,   /* B G R A */
  QXL_CURSOR_MONO,    /* mask, then 1 bit a pixel: 1 white, 0 black */
  QXL_CURSOR_COLOR4,  /* 4 bits a pixel, 16 colours, mask */
  QXL_CURSOR_COLOR8,  /* 8 bits a pixel, 256 colours, mask */
  QXL_CURSOR_COLOR16, /* x1 R5 G5 B5, mask */
  QXL_CURSOR_COLOR24, /* B G R, mask */
  QXL_CURSOR_COLOR32, /* B G R x, mask */
  QXL_N_CURSOR_TYPES
} QxlCursorType;

typedef struct {
  gint ref_count;
  uint64_t unique; /* 0: it is not to be kept */
  QxlCursorType type;
  uint16_t width, height, hot_x, hot_y; /* pixels */
  GBytes *data;
} QxlCursorShape;

/* takes @data */
QxlCursorShape *qxl_cursor_shape_new (QxlCursorType type, uint64_t unique,
                                      uint16_t width, uint16_t height,
                                      uint16_t hot_x, uint16_t hot_y,
                                      GBytes *data);
QxlCursorShape *qxl_cursor_shape_ref (QxlCursorShape *self);
void qxl_cursor_shape_unref (QxlCursorShape *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlCursorShape, qxl_cursor_shape_unref)

/* bytes of a shape's data; 0: the type is unknown or a side is not 1 to
 * QXL_CURSOR_MAX_SIDE */
size_t qxl_cursor_data_size (QxlCursorType type, uint32_t width,
                             uint32_t height);
/* Type, sides, hot spot inside, as much data as that takes. False: @error
 * (G_IO_ERROR_INVALID_DATA) tells what came and what is allowed. */
bool qxl_cursor_shape_check (const QxlCursorShape *self, GError **error);

typedef enum {
  QXL_CURSOR_SET,
  QXL_CURSOR_MOVE,
  QXL_CURSOR_HIDE,
  QXL_CURSOR_TRAIL,
  QXL_CURSOR_RESET, /* as if nothing had been said */
} QxlCursorKind;

typedef struct {
  QxlCursorKind kind;
  int16_t x, y;               /* SET, MOVE: of the hot spot */
  bool is_visible;            /* SET */
  QxlCursorShape *shape;      /* SET: owned */
  uint16_t length, frequency; /* TRAIL */
} QxlCursorCommand;

/* all zero but the kind; the caller fills it */
QxlCursorCommand *qxl_cursor_command_new (QxlCursorKind kind);
void qxl_cursor_command_free (QxlCursorCommand *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlCursorCommand, qxl_cursor_command_free)
