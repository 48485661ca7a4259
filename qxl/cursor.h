/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cursor.h – pointer shapes and commands of a QXL stream.
 *
 * A shape is immutable and shared; its data is laid out by its type, rows
 * top-down. Any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* the numbers of QXL */
typedef enum {
  QXL_CURSOR_ALPHA,
  QXL_CURSOR_MONO,
  QXL_CURSOR_COLOR4,
  QXL_CURSOR_COLOR8,
  QXL_CURSOR_COLOR16,
  QXL_CURSOR_COLOR24,
  QXL_CURSOR_COLOR32,
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
