/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* guest-data.h – reads the lists that drawing commands point to.
 *
 * Clips, paths, strings and dashes come in two byte forms: a guest's (also in
 * recordings), where what counts them lies elsewhere and the data ends with the
 * last one, and the wire's, which counts them itself and may be followed by
 * anything. Both become the structs of operation.h. Each call fills memory that
 * the operation owns, and on failure (NULL-ed or freed by the operation) says
 * in @error (G_IO_ERROR_INVALID_DATA) what came and what is allowed. Any
 * thread. */
#pragma once

#include "bytes.h"
#include "operation.h"
#include "validate.h"

/* Most points of a path, beside the bounds of validate.h: more than any driver
 * sends. */
#define QXL_PATH_MAX_POINTS (1u << 20)

/* x, y; top, left, bottom, right */
QxlPoint qxl_reader_point (QxlReader *reader);
QxlRect qxl_reader_rect (QxlReader *reader);

/* @n_rects rectangles; both forms */
bool qxl_operation_read_clip (QxlOperation *self, QxlReader *reader,
                              uint32_t n_rects, GError **error);

/* to the reader's end */
bool qxl_path_read_guest (QxlPath *self, QxlReader *reader, GError **error);
bool qxl_path_read_wire (QxlPath *self, QxlReader *reader, GError **error);

/* @n_glyphs of them to the reader's end; @flags: of QXLString */
bool qxl_string_read_guest (QxlString *self, QxlReader *reader,
                            uint32_t n_glyphs, uint32_t flags, GError **error);
bool qxl_string_read_wire (QxlString *self, QxlReader *reader, GError **error);

/* @n_style lengths of dashes; both forms */
bool qxl_line_attr_read_style (QxlLineAttr *self, QxlReader *reader,
                               uint32_t n_style, GError **error);

bool qxl_transform_read (QxlTransform *self, QxlReader *reader, GError **error);
