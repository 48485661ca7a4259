/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recording.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC 0x4b534442u /* "BDSK" */
#define VERSION 1u
#define HEADER_BYTES 64u
#define MAX_SIZE 8192u /* pixels, each way */
#define MAX_FRAMES 9000u
#define STRIP_PIXELS 256u
#define STRIP_BYTES (STRIP_PIXELS * 4u)

/* what a table says of a strip */
#define STRIP_NEXT 0u  /* the next of the pool */
#define STRIP_SAME 1u  /* as in the frame before */
#define STRIP_FIRST 2u /* and on: by its number in the pool */

typedef struct {
  uint32_t magic, version, width, height, fps, frames, strips;
} Header;

struct _BenchRecording {
  Header header;
  uint32_t across, places; /* strips of a row, of a picture */
  uint8_t *file;           /* mapped */
  size_t file_bytes;
  const uint8_t *pool; /* in it */
  uint32_t *table;     /* frames × places, owned: strips by their numbers */
};

static bool
map_file (BenchRecording *self, const char *path)
{
  struct stat status;
  int file = open (path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return false;
  if (fstat (file, &status) == 0 && status.st_size >= (off_t)HEADER_BYTES) {
    self->file_bytes = (size_t)status.st_size;
    void *at = mmap (NULL, self->file_bytes, PROT_READ, MAP_PRIVATE, file, 0);
    self->file = at == MAP_FAILED ? NULL : at;
  }
  close (file);
  return self->file != NULL;
}

static bool
read_header (BenchRecording *self)
{
  Header *header = &self->header;
  memcpy (header, self->file, sizeof *header); /* little endian, as we are */
  if (header->magic != MAGIC || header->version != VERSION ||
      header->width - 1 >= MAX_SIZE || header->height - 1 >= MAX_SIZE ||
      header->frames - 1 >= MAX_FRAMES)
    return false;
  self->across = (header->width + STRIP_PIXELS - 1) / STRIP_PIXELS;
  self->places = self->across * header->height;
  size_t table_bytes = (size_t)header->frames * self->places * 4;
  self->pool = self->file + HEADER_BYTES + table_bytes;
  return self->file_bytes ==
         HEADER_BYTES + table_bytes + (size_t)header->strips * STRIP_BYTES;
}

static bool
read_strip (BenchRecording *self, size_t at, uint32_t *next)
{
  uint32_t number;
  memcpy (&number, self->file + HEADER_BYTES + at * 4, 4);
  if (number == STRIP_SAME && at < self->places)
    return false;
  if (number == STRIP_SAME)
    number = self->table[at - self->places];
  else
    number = number == STRIP_NEXT ? (*next)++ : number - STRIP_FIRST;
  self->table[at] = number;
  return number < self->header.strips;
}

static bool
read_table (BenchRecording *self)
{
  size_t entries = (size_t)self->header.frames * self->places;
  uint32_t next = 0;
  self->table = malloc (entries * sizeof *self->table);
  if (!self->table)
    return false;
  for (size_t i = 0; i < entries; i++)
    if (!read_strip (self, i, &next))
      return false;
  return true;
}

BenchRecording *
bench_recording_open (const char *path)
{
  BenchRecording *self = calloc (1, sizeof *self);
  if (!self)
    return NULL;
  if (map_file (self, path) && read_header (self) && read_table (self))
    return self;
  bench_recording_free (self);
  return NULL;
}

void
bench_recording_free (BenchRecording *self)
{
  if (!self)
    return;
  if (self->file)
    munmap (self->file, self->file_bytes);
  free (self->table);
  free (self);
}

uint32_t
bench_recording_width (const BenchRecording *self)
{
  return self->header.width;
}

uint32_t
bench_recording_height (const BenchRecording *self)
{
  return self->header.height;
}

uint32_t
bench_recording_frames (const BenchRecording *self)
{
  return self->header.frames;
}

void
bench_recording_render (const BenchRecording *self, uint32_t frame,
                        uint8_t *pixels, size_t stride_bytes)
{
  uint32_t last = self->header.frames - 1;
  const uint32_t *strip =
      self->table + (size_t)(frame < last ? frame : last) * self->places;
  size_t row_bytes = (size_t)self->header.width * 4;
  for (uint32_t y = 0; y < self->header.height; y++)
    for (size_t at = 0; at < row_bytes; at += STRIP_BYTES, strip++) {
      size_t left = row_bytes - at;
      memcpy (pixels + y * stride_bytes + at,
              self->pool + (size_t)*strip * STRIP_BYTES,
              left < STRIP_BYTES ? left : STRIP_BYTES);
    }
}
