/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stream-kinds.h – the bodies of a stream's records that are no draws.
 *
 * Tables that stream-write.c writes by and stream-read.c reads by; a rectangle
 * is told in the protocol's order. Constant; any thread. */
#pragma once

#include "fields.h"
#include "stream.h"

typedef struct {
  uint32_t surface_id, width, height;
  uint32_t format; /* the protocol's number */
  uint32_t flags;  /* 1: the primary surface */
} QxlSurfaceRecord;

typedef struct {
  uint32_t surface_id;
} QxlDestroyRecord;

/* @count QxlHeadRecord follow */
typedef struct {
  uint16_t count, max_allowed;
} QxlMonitorsRecord;

typedef struct {
  uint32_t id, surface_id, width, height, x, y, flags;
} QxlHeadRecord;

/* unless flags say NONE, a QxlShapeRecord and its data follow */
typedef struct {
  int16_t x, y;
  uint8_t visible;
  uint16_t flags;
} QxlSetRecord;

typedef struct {
  uint64_t unique;
  uint8_t type;
  uint16_t width, height, hot_x, hot_y;
} QxlShapeRecord;

#define QXL_SHAPE_NONE 1u /* of a QxlSetRecord's flags */

typedef struct {
  int16_t x, y;
} QxlMoveRecord;

typedef struct {
  uint16_t length, frequency;
} QxlTrailRecord;

typedef struct {
  uint32_t surface_id;
  QxlRect area;
  uint32_t update_id;
} QxlUpdateRecord;

extern const QxlField qxl_surface_record_fields[];
extern const QxlField qxl_destroy_record_fields[];
extern const QxlField qxl_monitors_record_fields[];
extern const QxlField qxl_head_record_fields[];
extern const QxlField qxl_set_record_fields[];
extern const QxlField qxl_shape_record_fields[];
extern const QxlField qxl_move_record_fields[];
extern const QxlField qxl_trail_record_fields[];
extern const QxlField qxl_update_record_fields[];

/* a surface's format as the protocol counts them, and back; 0 and
 * QXL_FORMAT_INVALID: none of a surface */
uint32_t qxl_stream_surface_number (QxlFormat format);
QxlFormat qxl_stream_surface_format (uint32_t number);
