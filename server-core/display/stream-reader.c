/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stream-reader.h"

#include "readable-image.h"

/* a frame on its way from the picture */
typedef struct {
  SpcStreamReader *reader; /* NULL: gone */
  int64_t time_us;
} Reading;

struct _SpcStreamReader {
  SpcPicture *picture; /* not owned */
  SpcStreamReaderFunc func;
  gpointer user_data;
  QxlRect area;
  Reading *reading; /* or NULL */
  int64_t next_us;  /* of the frame that is to be read after it; 0: none */
};

static void begin (SpcStreamReader *self, int64_t time_us);

static void
on_read (QxlImage *image, gpointer user_data)
{
  const Reading *reading = user_data;
  SpcStreamReader *self = reading->reader;

  if (self != NULL && image != NULL &&
      spc_is_readable_frame (image, &self->area))
    self->func (image, reading->time_us, self->user_data);
}

/* drops what is done with, and goes on if more has been asked for */
static void
end (gpointer user_data)
{
  Reading *reading = user_data;
  SpcStreamReader *self = reading->reader;
  int64_t next_us;

  g_free (reading);
  if (self == NULL)
    return;
  self->reading = NULL;
  next_us = self->next_us;
  self->next_us = 0;
  if (next_us != 0)
    begin (self, next_us);
}

static void
begin (SpcStreamReader *self, int64_t time_us)
{
  self->reading = g_new (Reading, 1);
  *self->reading = (Reading){.reader = self, .time_us = time_us};
  spc_picture_read (self->picture, QXL_PRIMARY_SURFACE, &self->area, on_read,
                    self->reading, end);
}

void
spc_stream_reader_put (SpcStreamReader *self, const QxlRect *area)
{
  self->area = *area;
}

void
spc_stream_reader_read (SpcStreamReader *self, int64_t time_us)
{
  if (self->reading != NULL)
    self->next_us = time_us;
  else
    begin (self, time_us);
}

void
spc_stream_reader_skip (SpcStreamReader *self)
{
  self->next_us = 0;
}

bool
spc_stream_reader_is_busy (const SpcStreamReader *self)
{
  return self->reading != NULL;
}

/* life */

SpcStreamReader *
spc_stream_reader_new (SpcPicture *picture, SpcStreamReaderFunc func,
                       gpointer user_data)
{
  SpcStreamReader *self = g_new0 (SpcStreamReader, 1);

  self->picture = picture;
  self->func = func;
  self->user_data = user_data;
  return self;
}

void
spc_stream_reader_free (SpcStreamReader *self)
{
  if (self == NULL)
    return;
  if (self->reading != NULL)
    self->reading->reader = NULL;
  g_free (self);
}
