/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scenes.h"

#include <stdlib.h>
#include <string.h>

#include "recording.h"

/* One glyph is 5×7 dots in a cell of 8×16 pixels, each dot 1×2 pixels. */
#define GLYPH_ROWS 7
#define CELL_WIDTH 8
#define CELL_HEIGHT 16
#define LINE_HEIGHT 18

#define PHOTO_WIDTH 1024 /* powers of two: panning wraps with a mask */
#define PHOTO_HEIGHT 512
#define FILM_WIDTH 640
#define FILM_HEIGHT 360

#define TYPING_FRAMES_PER_GLYPH 3
#define TYPING_MARGIN 24
#define SCROLL_PIXELS_PER_FRAME 4
#define SCROLL_PAGE_LINES 400

#define INK 0x202428
#define PAPER 0xffffff
#define TITLE_BAR 0x3a5f8f
#define TASK_BAR 0x23272e

typedef struct {
  uint32_t *pixels;
  size_t stride; /* in pixels */
  int32_t width;
  int32_t height;
} Canvas;

typedef struct {
  int32_t x;
  int32_t y;
  int32_t width;
  int32_t height;
} Area;

typedef void (*DrawFrame) (const BenchScene *self, uint32_t frame,
                           const Canvas *to);

struct _BenchScene {
  DrawFrame draw;
  int32_t width;
  int32_t height;
  uint32_t *background;      /* width × height, owned */
  uint32_t *photo;           /* PHOTO_WIDTH × PHOTO_HEIGHT, owned */
  BenchRecording *recording; /* owned; shown instead of the above */
};

/* clang-format off */
static const uint8_t letters[26][GLYPH_ROWS] = {
  { 0x00, 0x00, 0x0e, 0x01, 0x0f, 0x11, 0x0f }, /* a */
  { 0x10, 0x10, 0x1e, 0x11, 0x11, 0x11, 0x1e },
  { 0x00, 0x00, 0x0f, 0x10, 0x10, 0x10, 0x0f },
  { 0x01, 0x01, 0x0f, 0x11, 0x11, 0x11, 0x0f },
  { 0x00, 0x00, 0x0e, 0x11, 0x1f, 0x10, 0x0e }, /* e */
  { 0x06, 0x08, 0x1e, 0x08, 0x08, 0x08, 0x08 },
  { 0x00, 0x0f, 0x11, 0x11, 0x0f, 0x01, 0x0e },
  { 0x10, 0x10, 0x16, 0x19, 0x11, 0x11, 0x11 },
  { 0x04, 0x00, 0x0c, 0x04, 0x04, 0x04, 0x0e }, /* i */
  { 0x02, 0x00, 0x06, 0x02, 0x02, 0x12, 0x0c },
  { 0x10, 0x10, 0x12, 0x14, 0x18, 0x14, 0x12 },
  { 0x0c, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0e },
  { 0x00, 0x00, 0x1a, 0x15, 0x15, 0x15, 0x15 }, /* m */
  { 0x00, 0x00, 0x16, 0x19, 0x11, 0x11, 0x11 },
  { 0x00, 0x00, 0x0e, 0x11, 0x11, 0x11, 0x0e },
  { 0x00, 0x1e, 0x11, 0x11, 0x1e, 0x10, 0x10 },
  { 0x00, 0x0f, 0x11, 0x11, 0x0f, 0x01, 0x01 }, /* q */
  { 0x00, 0x00, 0x16, 0x18, 0x10, 0x10, 0x10 },
  { 0x00, 0x00, 0x0f, 0x10, 0x0e, 0x01, 0x1e },
  { 0x08, 0x08, 0x1e, 0x08, 0x08, 0x09, 0x06 },
  { 0x00, 0x00, 0x11, 0x11, 0x11, 0x13, 0x0d }, /* u */
  { 0x00, 0x00, 0x11, 0x11, 0x11, 0x0a, 0x04 },
  { 0x00, 0x00, 0x15, 0x15, 0x15, 0x15, 0x0a },
  { 0x00, 0x00, 0x11, 0x0a, 0x04, 0x0a, 0x11 },
  { 0x00, 0x11, 0x11, 0x11, 0x0f, 0x01, 0x0e }, /* y */
  { 0x00, 0x00, 0x1f, 0x02, 0x04, 0x08, 0x1f },
};
/* clang-format on */

/* A well-spread 32-bit number for each input, the only source of chance. */
static uint32_t
scatter (uint32_t n)
{
  n = (n ^ (n >> 16)) * 0x7feb352du;
  n = (n ^ (n >> 15)) * 0x846ca68bu;
  return n ^ (n >> 16);
}

static void
fill (const Canvas *to, Area area, uint32_t colour)
{
  int32_t left = area.x < 0 ? 0 : area.x;
  int32_t top = area.y < 0 ? 0 : area.y;
  int32_t right = area.x + area.width;
  int32_t bottom = area.y + area.height;
  if (right > to->width)
    right = to->width;
  if (bottom > to->height)
    bottom = to->height;
  for (int32_t y = top; y < bottom; y++)
    for (int32_t x = left; x < right; x++)
      to->pixels[(size_t)y * to->stride + (size_t)x] = colour;
}

static void
draw_letter (const Canvas *to, int32_t x, int32_t y, char letter,
             uint32_t colour)
{
  if (letter < 'a' || letter > 'z')
    return;
  const uint8_t *rows = letters[letter - 'a'];
  for (int32_t row = 0; row < GLYPH_ROWS; row++)
    for (int32_t dot = 0; dot < 5; dot++)
      if (rows[row] >> (4 - dot) & 1)
        fill (to, (Area){x + 1 + dot, y + 1 + row * 2, 1, 2}, colour);
}

/* The character at a place of an endless text of made-up words. */
static char
text_at (uint32_t line, uint32_t column)
{
  uint32_t word = 0;
  uint32_t at = 0;
  for (;;) {
    uint32_t luck = scatter (line * 64 + word);
    uint32_t length = 2 + luck % 8;
    if (column < at + length)
      return (char)('a' + scatter (luck + column) % 26);
    if (column == at + length)
      return ' ';
    at += length + 1;
    word++;
  }
}

static void
draw_text_line (const Canvas *to, Area area, int32_t y, uint32_t line,
                uint32_t columns)
{
  uint32_t fits = (uint32_t)area.width / CELL_WIDTH;
  if (y + CELL_HEIGHT <= 0 || y >= to->height)
    return;
  for (uint32_t i = 0; i < columns && i < fits; i++)
    draw_letter (to, area.x + (int32_t)i * CELL_WIDTH, y, text_at (line, i),
                 INK);
}

static void
draw_text (const Canvas *to, Area area, uint32_t first_line)
{
  uint32_t lines = (uint32_t)(area.height / LINE_HEIGHT);
  for (uint32_t i = 0; i < lines; i++) {
    uint32_t line = first_line + i;
    uint32_t columns = 30 + scatter (line) % 90;
    draw_text_line (to, area, area.y + (int32_t)i * LINE_HEIGHT, line,
                    line % 7 == 6 ? 0 : columns);
  }
}

static void
draw_window (const Canvas *to, Area area, uint32_t first_line)
{
  fill (to, area, INK);
  fill (to, (Area){area.x + 1, area.y + 1, area.width - 2, 22}, TITLE_BAR);
  fill (to, (Area){area.x + area.width - 20, area.y + 5, 14, 14}, 0xc05050);
  fill (to, (Area){area.x + 1, area.y + 23, area.width - 2, area.height - 24},
        PAPER);
  Area text = {area.x + 10, area.y + 32, area.width - 20, area.height - 40};
  if (text.width > 0 && text.height > 0)
    draw_text (to, text, first_line);
}

static void
draw_desktop (const Canvas *to)
{
  for (int32_t y = 0; y < to->height; y++)
    for (int32_t x = 0; x < to->width; x++) {
      uint32_t shade = (uint32_t)(y * 96 / to->height + x * 32 / to->width);
      to->pixels[(size_t)y * to->stride + (size_t)x] =
          (0x20 + shade / 3) << 16 | (0x40 + shade / 2) << 8 | (0x60 + shade);
    }
  fill (to, (Area){0, to->height - 28, to->width, 28}, TASK_BAR);
  for (int32_t i = 0; i < 5; i++)
    fill (to, (Area){8 + i * 36, to->height - 24, 28, 20},
          scatter ((uint32_t)i + 5) & 0x7f7f7f);
  int32_t w = to->width;
  int32_t h = to->height;
  draw_window (to, (Area){w / 20, h / 12, w / 2, h / 2}, 1000);
  draw_window (to, (Area){w / 3, h / 3, w / 2, h / 2}, 2000);
}

static void
draw_editor (const Canvas *to)
{
  Area page = {TYPING_MARGIN, 32, to->width - 2 * TYPING_MARGIN,
               to->height / 2};
  fill (to, (Area){0, 0, to->width, to->height}, PAPER);
  fill (to, (Area){0, 0, to->width, 24}, TITLE_BAR);
  if (page.width > 0)
    draw_text (to, page, 0);
}

/* Smooth noise: corners of a grid of the given cell size, blended. */
static uint32_t
smooth_noise (uint32_t x, uint32_t y, uint32_t cell, uint32_t seed)
{
  uint32_t across = PHOTO_WIDTH / cell;
  uint32_t down = PHOTO_HEIGHT / cell;
  uint32_t gx = x / cell, gy = y / cell, fx = x % cell, fy = y % cell;
  uint32_t corner[4];
  for (uint32_t i = 0; i < 4; i++) {
    uint32_t cx = (gx + (i & 1)) % across;
    uint32_t cy = (gy + (i >> 1)) % down;
    corner[i] = scatter (seed + cy * across + cx) & 0xff;
  }
  uint32_t top = corner[0] * (cell - fx) + corner[1] * fx;
  uint32_t bottom = corner[2] * (cell - fx) + corner[3] * fx;
  return (top * (cell - fy) + bottom * fy) / (cell * cell);
}

static uint32_t
photo_pixel (uint32_t x, uint32_t y)
{
  uint32_t pixel = 0;
  uint32_t light = smooth_noise (x, y, 128, 1);
  uint32_t detail = smooth_noise (x, y, 16, 100000);
  for (uint32_t plane = 0; plane < 3; plane++) {
    uint32_t hue = smooth_noise (x, y, 64, 10000 * (plane + 1));
    uint32_t grain = scatter (plane << 24 | y << 12 | x) & 7;
    pixel |= ((light * 2 + hue + detail) * 31 / 128 + grain) << (8 * plane);
  }
  return pixel;
}

static void
paint_photo (uint32_t *photo)
{
  for (uint32_t y = 0; y < PHOTO_HEIGHT; y++)
    for (uint32_t x = 0; x < PHOTO_WIDTH; x++)
      photo[y * PHOTO_WIDTH + x] = photo_pixel (x, y);
}

/* Two views of the photo gliding over each other, so that no frame is a
 * shifted copy of the one before. */
static void
draw_film (const BenchScene *self, uint32_t frame, const Canvas *to, Area area)
{
  for (int32_t y = 0; y < area.height; y++) {
    uint32_t ay = ((uint32_t)y + frame) & (PHOTO_HEIGHT - 1);
    uint32_t by = ((uint32_t)y * 3 / 4 + 200 - frame) & (PHOTO_HEIGHT - 1);
    const uint32_t *a = self->photo + ay * PHOTO_WIDTH;
    const uint32_t *b = self->photo + by * PHOTO_WIDTH;
    uint32_t *out = to->pixels + (size_t)(area.y + y) * to->stride;
    for (int32_t x = 0; x < area.width; x++) {
      uint32_t p = a[((uint32_t)x + frame * 3) & (PHOTO_WIDTH - 1)];
      uint32_t q = b[((uint32_t)x - frame * 2) & (PHOTO_WIDTH - 1)];
      out[area.x + x] = (p & q) + (((p ^ q) & 0xfefefe) >> 1);
    }
  }
}

static void
copy_background (const BenchScene *self, const Canvas *to)
{
  for (int32_t y = 0; y < to->height; y++)
    memcpy (to->pixels + (size_t)y * to->stride,
            self->background + (size_t)y * (size_t)self->width,
            (size_t)self->width * 4);
}

static void
draw_still_frame (const BenchScene *self, uint32_t frame, const Canvas *to)
{
  (void)frame;
  copy_background (self, to);
}

static void
draw_typing_frame (const BenchScene *self, uint32_t frame, const Canvas *to)
{
  copy_background (self, to);
  int32_t columns = (to->width - 2 * TYPING_MARGIN) / CELL_WIDTH;
  int32_t top = 32 + to->height / 2 + LINE_HEIGHT;
  int32_t lines = (to->height - top) / LINE_HEIGHT;
  if (columns <= 0 || lines <= 0)
    return;
  uint32_t room = (uint32_t)columns * (uint32_t)lines;
  uint32_t typed = frame / TYPING_FRAMES_PER_GLYPH % room;
  for (uint32_t i = 0; i <= typed; i++) {
    uint32_t column = i % (uint32_t)columns, line = i / (uint32_t)columns;
    int32_t x = TYPING_MARGIN + (int32_t)column * CELL_WIDTH;
    int32_t y = top + (int32_t)line * LINE_HEIGHT;
    if (i < typed)
      draw_letter (to, x, y, text_at (500 + line, column), INK);
    else
      fill (to, (Area){x, y, 2, CELL_HEIGHT}, INK); /* the caret */
  }
}

static void
draw_scroll_frame (const BenchScene *self, uint32_t frame, const Canvas *to)
{
  uint32_t page = SCROLL_PAGE_LINES * LINE_HEIGHT;
  uint32_t offset =
      (uint32_t)((uint64_t)frame * SCROLL_PIXELS_PER_FRAME % page);
  Area area = {TYPING_MARGIN, 0, to->width - 2 * TYPING_MARGIN, to->height};
  uint32_t lines = (uint32_t)to->height / LINE_HEIGHT + 2;
  fill (to, (Area){0, 0, to->width, to->height}, PAPER);
  if (area.width <= 0)
    return;
  for (uint32_t i = 0; i < lines; i++) {
    uint32_t line = (offset / LINE_HEIGHT + i) % SCROLL_PAGE_LINES;
    int32_t y = (int32_t)(i * LINE_HEIGHT) - (int32_t)(offset % LINE_HEIGHT);
    draw_text_line (to, area, y, line, 30 + scatter (line) % 90);
  }
  (void)self;
}

static void
draw_video_frame (const BenchScene *self, uint32_t frame, const Canvas *to)
{
  Area film = {0, 0, FILM_WIDTH, FILM_HEIGHT};
  if (film.width > to->width)
    film.width = to->width;
  if (film.height > to->height)
    film.height = to->height;
  film.x = (to->width - film.width) / 2;
  film.y = (to->height - film.height) / 2;
  copy_background (self, to);
  draw_film (self, frame, to, film);
}

/* Where a point is that runs to and fro between 0 and room. */
static int32_t
bounce (uint32_t way, int32_t room)
{
  if (room <= 0)
    return 0;
  uint32_t at = way % (2 * (uint32_t)room);
  return (int32_t)(at < (uint32_t)room ? at : 2 * (uint32_t)room - at);
}

static void
draw_window_frame (const BenchScene *self, uint32_t frame, const Canvas *to)
{
  Area area = {0, 0, to->width / 3, to->height / 3};
  area.x = bounce (frame * 7, to->width - area.width);
  area.y = bounce (frame * 3, to->height - area.height);
  copy_background (self, to);
  draw_window (to, area, 3000);
}

typedef struct {
  const char *name;
  DrawFrame draw;
  void (*prepare) (const Canvas *background);
  bool needs_photo;
} SceneKind;

/* clang-format off */
static const SceneKind kinds[] = {
  { "still",  draw_still_frame,  draw_desktop, false },
  { "typing", draw_typing_frame, draw_editor,  false },
  { "scroll", draw_scroll_frame, draw_editor,  false },
  { "video",  draw_video_frame,  draw_desktop, true  },
  { "window", draw_window_frame, draw_desktop, false },
};
/* clang-format on */

static const SceneKind *
find_kind (const char *name)
{
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    if (strcmp (kinds[i].name, name) == 0)
      return &kinds[i];
  return NULL;
}

const char *
bench_scene_names (void)
{
  return "still, typing, scroll, video, window, PATH/OF/A/RECORDING";
}

static BenchScene *
new_recorded (const char *path, uint32_t width, uint32_t height)
{
  BenchRecording *recording = bench_recording_open (path);
  BenchScene *self = recording ? calloc (1, sizeof *self) : NULL;
  if (self && bench_recording_width (recording) == width &&
      bench_recording_height (recording) == height) {
    self->recording = recording;
    return self;
  }
  bench_recording_free (recording);
  free (self);
  return NULL;
}

BenchScene *
bench_scene_new (const char *name, uint32_t width, uint32_t height)
{
  if (strchr (name, '/'))
    return new_recorded (name, width, height);
  const SceneKind *kind = find_kind (name);
  if (!kind || width < 1 || width > BENCH_SCENE_MAX_SIZE || height < 1 ||
      height > BENCH_SCENE_MAX_SIZE)
    return NULL;
  BenchScene *self = calloc (1, sizeof *self);
  if (!self)
    return NULL;
  self->draw = kind->draw;
  self->width = (int32_t)width;
  self->height = (int32_t)height;
  self->background = malloc ((size_t)width * height * 4);
  if (kind->needs_photo)
    self->photo = malloc ((size_t)PHOTO_WIDTH * PHOTO_HEIGHT * 4);
  if (!self->background || (kind->needs_photo && !self->photo)) {
    bench_scene_free (self);
    return NULL;
  }
  kind->prepare (&(Canvas){self->background, width, self->width, self->height});
  if (self->photo)
    paint_photo (self->photo);
  return self;
}

void
bench_scene_free (BenchScene *self)
{
  if (!self)
    return;
  bench_recording_free (self->recording);
  free (self->background);
  free (self->photo);
  free (self);
}

uint32_t
bench_scene_frames (const BenchScene *self)
{
  return self->recording ? bench_recording_frames (self->recording) : 0;
}

void
bench_scene_render (const BenchScene *self, uint32_t frame, uint8_t *pixels,
                    size_t stride_bytes)
{
  if (self->recording) {
    bench_recording_render (self->recording, frame, pixels, stride_bytes);
    return;
  }
  /* every caller's buffer is made of whole, aligned 32-bit pixels */
  Canvas to = {(uint32_t *)(void *)pixels, stride_bytes / 4, self->width,
               self->height};
  self->draw (self, frame, &to);
}

void
bench_scene_stamp (uint8_t *pixels, size_t stride_bytes, uint64_t value)
{
  for (size_t y = 0; y < BENCH_STAMP_HEIGHT; y++)
    for (size_t x = 0; x < BENCH_STAMP_WIDTH; x++) {
      size_t bit = (y / 4) * 32 + x / 4;
      uint8_t level = value >> bit & 1 ? 0xff : 0;
      uint8_t *pixel = pixels + y * stride_bytes + x * 4;
      pixel[0] = pixel[1] = pixel[2] = level;
      pixel[3] = 0;
    }
}

uint64_t
bench_scene_read_stamp (const uint8_t *pixels, size_t stride_bytes)
{
  uint64_t value = 0;
  for (size_t bit = 0; bit < 64; bit++) {
    size_t y = bit / 32 * 4 + 2, x = bit % 32 * 4 + 2; /* a dot's middle */
    if (pixels[y * stride_bytes + x * 4] > 127)
      value |= UINT64_C (1) << bit;
  }
  return value;
}

size_t
bench_scene_last_corner (uint32_t width, uint32_t height, size_t stride_bytes)
{
  return (height - BENCH_STAMP_HEIGHT) * stride_bytes +
         (width - BENCH_STAMP_WIDTH) * 4;
}
