/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicedraw-fixture.h – for tests: draw commands to a spicedisplaysink, and
 * what it shows. */
#pragma once

#include "qxl/stream.h"

#include <gst/check/gstharness.h>

/* of the screen that tests draw on, mostly */
#define SIDE 64
#define RED 0xff0000u
#define BLUE 0x0000ffu

/* a sink that takes commands, with a property unless it is NULL; to be played
 */
GstHarness *draw_harness_new (const char *property, const GValue *value);

/* commands */
void push_bytes (GstHarness *harness, QxlWriter *writer);
void push_batch (GstHarness *harness, QxlBatch *batch); /* takes @batch */
/* a square surface 0 of one colour */
void push_screen (GstHarness *harness, uint32_t side, uint32_t color);
void add_fill (QxlBatch *batch, uint32_t side, uint32_t color);
void add_update (QxlBatch *batch, uint32_t update_id, uint32_t surface_id,
                 QxlRect area);

/* pictures */
GstSample *snapshot (GstHarness *harness, guint surface_id, guint x, guint y,
                     guint width, guint height);
/* all pixels are @color; takes @sample */
void check_and_free (GstSample *sample, int width, int height, uint32_t color);
