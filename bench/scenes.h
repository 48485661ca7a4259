/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* scenes.h – the moving pictures every benchmark and judge shows.
 *
 * A scene knows one desktop and draws any frame of it into a BGRx buffer (x is
 * 0). Frame N of a scene of one size is always the same pixels, in whatever
 * order frames are drawn: what is prepared once is only what never moves.
 *
 *   still    a desktop with windows; nothing moves
 *   typing   an editor page; every third frame brings one character
 *   scroll   a page of text, 4 lines of pixels up a frame
 *   video    the desktop with 640×360 pixels of photo-like film
 *   window   the desktop with one window dragged across it
 *   caret    an editor page whose caret blinks once a second
 *
 * Films with grain that say which frame they are (film.h):
 *
 *   film         640×360 in a player's window on the desktop
 *   film-screen  all of the screen
 *   films        two, 320×192 and 480×288
 *   film-drag    the window rests and is dragged in turns of two seconds
 *   film-menu    two of six seconds a menu is open over it
 *   photos       a slide show, another photo each second
 *
 * A name with a / in it is the path of a recording (recording.h); it has one
 * size, and an end.
 *
 * Threads: any; drawing changes nothing in the scene. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_SCENE_MAX_SIZE 8192 /* pixels, each way */
#define BENCH_STAMP_WIDTH 128     /* pixels: 32 bits a row, 4 pixels a bit */
#define BENCH_STAMP_HEIGHT 8

typedef struct _BenchScene BenchScene;

/* life */
const char *bench_scene_names (void); /* "still, typing, …", for help texts */
BenchScene *bench_scene_new (const char *name, uint32_t width,
                             uint32_t height); /* NULL: unknown, wrong size */
void bench_scene_free (BenchScene *self);
uint32_t bench_scene_frames (const BenchScene *self); /* 0: it never ends */

/* work */
void bench_scene_render (const BenchScene *self, uint32_t frame,
                         uint8_t *pixels, size_t stride_bytes);
/* Writes 64 bits in black and white into the upper left corner, to be read
 * back from a viewer's picture: the time a frame was made, for instance. */
void bench_scene_stamp (uint8_t *pixels, size_t stride_bytes, uint64_t value);
uint64_t bench_scene_read_stamp (const uint8_t *pixels, size_t stride_bytes);
/* Where a picture's lower right corner begins, at least a stamp wide and high.
 * Servers send a frame's changes from the top down: a stamp written and read
 * from there on tells that all of the frame has come. */
size_t bench_scene_last_corner (uint32_t width, uint32_t height,
                                size_t stride_bytes);
