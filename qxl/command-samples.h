/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* command-samples.h – for tests: a valid command of each kind.
 *
 * Six surfaces, and commands that may be carried out on them. Any thread. */
#pragma once

#include "validate.h"

/* surfaces 0 to 5, one of each of QXL_SURFACE_FORMATS in its order, 64x48 */
#define QXL_SAMPLE_SURFACES 6u
/* a QxlShapeFunc */
bool qxl_sample_shape (uint32_t surface_id, QxlSurfaceShape *out,
                       gpointer user_data);
/* 16x16, all of one value; (transfer full) */
QxlImage *qxl_sample_image (QxlFormat format);
/* adds valid commands of all kinds to @batch */
void qxl_sample_commands (QxlBatch *batch);
