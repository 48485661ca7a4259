/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recording.h – a desktop that was recorded, any frame of it.
 *
 * The file is mapped, not read: its pixels are no memory of the process that
 * shows them. recording.py says how it is laid out and unpacks those that are
 * kept compressed. Threads: any; drawing changes nothing. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct _BenchRecording BenchRecording;

BenchRecording *bench_recording_open (const char *path); /* NULL: not one */
void bench_recording_free (BenchRecording *self);
uint32_t bench_recording_width (const BenchRecording *self);
uint32_t bench_recording_height (const BenchRecording *self);
uint32_t bench_recording_frames (const BenchRecording *self);
/* @frame: beyond the end stands for the last one */
void bench_recording_render (const BenchRecording *self, uint32_t frame,
                             uint8_t *pixels, size_t stride_bytes);
