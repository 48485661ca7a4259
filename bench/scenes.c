/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scenes.h"

#include <stdlib.h>
#include <string.h>

#include "film.h"
#include "painting.h"
#include "recording.h"

#define FILM_WIDTH 640
#define FILM_HEIGHT 360
#define GRID 32 /* pixels: films in windows stand where tiles begin */

#define TYPING_FRAMES_PER_GLYPH 3
#define SCROLL_PIXELS_PER_FRAME 4
#define SCROLL_PAGE_LINES 400
#define BLINK_FRAMES 15
#define SLIDE_FRAMES 30
#define MENU_FRAMES 60
#define DRAG_FRAMES 60
#define PLAYER_BAR 40

typedef void (*DrawFrame) (const BenchScene *self, uint32_t frame,
                           const BenchCanvas *to);

struct _BenchScene {
  DrawFrame draw;
  int32_t width;
  int32_t height;
  uint32_t *background;      /* width × height, owned */
  BenchFilm *film;           /* owned; NULL: the scene needs none */
  BenchRecording *recording; /* owned; shown instead of the above */
};

static void
copy_background (const BenchScene *self, const BenchCanvas *to)
{
  for (int32_t y = 0; y < to->height; y++)
    memcpy (to->pixels + (size_t)y * to->stride,
            self->background + (size_t)y * (size_t)self->width,
            (size_t)self->width * 4);
}

static void
draw_still_frame (const BenchScene *self, uint32_t frame, const BenchCanvas *to)
{
  (void)frame;
  copy_background (self, to);
}

static void
draw_typing_frame (const BenchScene *self, uint32_t frame,
                   const BenchCanvas *to)
{
  copy_background (self, to);
  int32_t columns = (to->width - 2 * BENCH_PAGE_MARGIN) / BENCH_CELL_WIDTH;
  int32_t top = 32 + to->height / 2 + BENCH_LINE_HEIGHT;
  int32_t lines = (to->height - top) / BENCH_LINE_HEIGHT;
  if (columns <= 0 || lines <= 0)
    return;
  uint32_t room = (uint32_t)columns * (uint32_t)lines;
  uint32_t typed = frame / TYPING_FRAMES_PER_GLYPH % room;
  for (uint32_t i = 0; i <= typed; i++) {
    uint32_t column = i % (uint32_t)columns, line = i / (uint32_t)columns;
    int32_t x = BENCH_PAGE_MARGIN + (int32_t)column * BENCH_CELL_WIDTH;
    int32_t y = top + (int32_t)line * BENCH_LINE_HEIGHT;
    if (i < typed)
      bench_paint_letter (to, x, y, bench_text_at (500 + line, column),
                          BENCH_INK);
    else
      bench_paint_fill (to, (BenchArea){x, y, 2, BENCH_CELL_HEIGHT},
                        BENCH_INK); /* the caret */
  }
}

static void
draw_scroll_frame (const BenchScene *self, uint32_t frame,
                   const BenchCanvas *to)
{
  uint32_t page = SCROLL_PAGE_LINES * BENCH_LINE_HEIGHT;
  uint32_t offset =
      (uint32_t)((uint64_t)frame * SCROLL_PIXELS_PER_FRAME % page);
  BenchArea area = {BENCH_PAGE_MARGIN, 0, to->width - 2 * BENCH_PAGE_MARGIN,
                    to->height};
  uint32_t lines = (uint32_t)to->height / BENCH_LINE_HEIGHT + 2;
  bench_paint_fill (to, (BenchArea){0, 0, to->width, to->height}, BENCH_PAPER);
  if (area.width <= 0)
    return;
  for (uint32_t i = 0; i < lines; i++) {
    uint32_t line = (offset / BENCH_LINE_HEIGHT + i) % SCROLL_PAGE_LINES;
    int32_t y = (int32_t)(i * BENCH_LINE_HEIGHT) -
                (int32_t)(offset % BENCH_LINE_HEIGHT);
    bench_paint_text_line (to, area, y, line, 30 + bench_scatter (line) % 90);
  }
  (void)self;
}

/* A film's place in the middle, or all there is. */
static BenchArea
middle (int32_t width, int32_t height, const BenchCanvas *to)
{
  BenchArea area = {0, 0, width, height};
  if (area.width > to->width)
    area.width = to->width;
  if (area.height > to->height)
    area.height = to->height;
  area.x = (to->width - area.width) / 2;
  area.y = (to->height - area.height) / 2;
  return area;
}

static void
draw_video_frame (const BenchScene *self, uint32_t frame, const BenchCanvas *to)
{
  copy_background (self, to);
  bench_film_paint_smooth (self->film, frame, to,
                           middle (FILM_WIDTH, FILM_HEIGHT, to));
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
draw_window_frame (const BenchScene *self, uint32_t frame,
                   const BenchCanvas *to)
{
  BenchArea area = {0, 0, to->width / 3, to->height / 3};
  area.x = bounce (frame * 7, to->width - area.width);
  area.y = bounce (frame * 3, to->height - area.height);
  copy_background (self, to);
  bench_paint_window (to, area, 3000);
}

/* A player: a title above the film, a plain bar below. */
static void
draw_player (const BenchScene *self, uint32_t frame, const BenchCanvas *to,
             BenchArea film)
{
  BenchArea window = {film.x - 1, film.y - 23, film.width + 2,
                      film.height + 23 + PLAYER_BAR};
  bench_paint_fill (to, window, BENCH_INK);
  bench_paint_fill (to, (BenchArea){film.x, film.y - 22, film.width, 22},
                    BENCH_TITLE_BAR);
  if (film.x >= 0 && film.y >= 0)
    bench_film_paint (self->film, frame, to, film);
}

static BenchArea
film_area (const BenchCanvas *to)
{
  BenchArea area = middle (FILM_WIDTH, FILM_HEIGHT, to);
  area.x = (area.x + GRID - 1) / GRID * GRID;
  area.y = (area.y + GRID - 1) / GRID * GRID;
  return area;
}

static void
draw_film_frame (const BenchScene *self, uint32_t frame, const BenchCanvas *to)
{
  copy_background (self, to);
  draw_player (self, frame, to, film_area (to));
}

static void
draw_screen_frame (const BenchScene *self, uint32_t frame,
                   const BenchCanvas *to)
{
  bench_film_paint (self->film, frame, to,
                    (BenchArea){0, 0, to->width, to->height});
}

static void
draw_films_frame (const BenchScene *self, uint32_t frame, const BenchCanvas *to)
{
  copy_background (self, to);
  draw_player (self, frame, to, (BenchArea){2 * GRID, 2 * GRID, 320, 192});
  draw_player (self, frame, to, (BenchArea){20 * GRID, 12 * GRID, 480, 288});
}

/* Rests two seconds, is dragged two seconds, rests, is dragged back. */
static void
draw_dragged_frame (const BenchScene *self, uint32_t frame,
                    const BenchCanvas *to)
{
  uint32_t at = frame % (4 * DRAG_FRAMES);
  uint32_t steps = at < DRAG_FRAMES ? 0 : at - DRAG_FRAMES;
  BenchArea film = film_area (to);
  if (at >= 2 * DRAG_FRAMES)
    steps = DRAG_FRAMES;
  if (at >= 3 * DRAG_FRAMES)
    steps = 4 * DRAG_FRAMES - at;
  film.x -= (int32_t)steps * 4;
  film.y += (int32_t)steps;
  copy_background (self, to);
  draw_player (self, frame, to, film);
}

/* A menu is open over the film for two of each six seconds. */
static void
draw_menu_frame (const BenchScene *self, uint32_t frame, const BenchCanvas *to)
{
  BenchArea film = film_area (to);
  draw_film_frame (self, frame, to);
  if (frame % (3 * MENU_FRAMES) / MENU_FRAMES == 1)
    bench_paint_window (
        to, (BenchArea){film.x + 3 * GRID, film.y + 2 * GRID, 224, 192}, 4000);
}

static void
draw_photos_frame (const BenchScene *self, uint32_t frame,
                   const BenchCanvas *to)
{
  BenchArea area = {2 * GRID, GRID, to->width - 4 * GRID,
                    to->height - 3 * GRID};
  copy_background (self, to);
  if (area.width > 0 && area.height > 0)
    bench_film_paint_slide (self->film, frame / SLIDE_FRAMES, to, area);
}

static void
draw_caret_frame (const BenchScene *self, uint32_t frame, const BenchCanvas *to)
{
  copy_background (self, to);
  if (frame / BLINK_FRAMES % 2 == 0)
    bench_paint_fill (to,
                      (BenchArea){BENCH_PAGE_MARGIN, to->height * 3 / 4, 2,
                                  BENCH_CELL_HEIGHT},
                      BENCH_INK);
}

typedef struct {
  const char *name;
  DrawFrame draw;
  void (*prepare) (const BenchCanvas *background);
  bool needs_film;
} SceneKind;

/* clang-format off */
static const SceneKind kinds[] = {
  { "still",       draw_still_frame,   bench_paint_desktop, false },
  { "typing",      draw_typing_frame,  bench_paint_editor,  false },
  { "scroll",      draw_scroll_frame,  bench_paint_editor,  false },
  { "video",       draw_video_frame,   bench_paint_desktop, true  },
  { "window",      draw_window_frame,  bench_paint_desktop, false },
  { "film",        draw_film_frame,    bench_paint_desktop, true  },
  { "film-screen", draw_screen_frame,  bench_paint_desktop, true  },
  { "films",       draw_films_frame,   bench_paint_desktop, true  },
  { "film-drag",   draw_dragged_frame, bench_paint_desktop, true  },
  { "film-menu",   draw_menu_frame,    bench_paint_desktop, true  },
  { "photos",      draw_photos_frame,  bench_paint_desktop, true  },
  { "caret",       draw_caret_frame,   bench_paint_editor,  false },
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
  return "still, typing, scroll, video, window, film, film-screen, films, "
         "film-drag, film-menu, photos, caret, PATH/OF/A/RECORDING";
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
  if (kind->needs_film)
    self->film = bench_film_new ();
  if (!self->background || (kind->needs_film && !self->film)) {
    bench_scene_free (self);
    return NULL;
  }
  kind->prepare (
      &(BenchCanvas){self->background, width, self->width, self->height});
  return self;
}

void
bench_scene_free (BenchScene *self)
{
  if (!self)
    return;
  bench_recording_free (self->recording);
  free (self->background);
  bench_film_free (self->film);
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
  BenchCanvas to = {(uint32_t *)(void *)pixels, stride_bytes / 4, self->width,
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
