/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stream-echo.h"

/* films of 10 frames a second and more have the next one by then */
#define ECHO_MS 100

struct _SpcStreamEcho {
  SpcTimer *timer;
  QxlImage *frame; /* owned, or NULL */
  SpcStreamEchoFunc func;
  gpointer user_data;
};

static void
on_timer (gpointer user_data)
{
  SpcStreamEcho *self = user_data;
  g_autoptr (QxlImage) frame = g_steal_pointer (&self->frame);

  if (frame != NULL)
    self->func (frame, self->user_data);
}

SpcStreamEcho *
spc_stream_echo_new (SpcLoop *loop, SpcStreamEchoFunc func, gpointer user_data)
{
  SpcStreamEcho *self = g_new0 (SpcStreamEcho, 1);

  self->timer = spc_timer_new (loop, on_timer, self);
  self->func = func;
  self->user_data = user_data;
  return self;
}

void
spc_stream_echo_free (SpcStreamEcho *self)
{
  if (self == NULL)
    return;
  spc_timer_free (self->timer);
  g_clear_pointer (&self->frame, qxl_image_unref);
  g_free (self);
}

void
spc_stream_echo_note (SpcStreamEcho *self, QxlImage *frame)
{
  g_clear_pointer (&self->frame, qxl_image_unref);
  if (frame == NULL) {
    spc_timer_disarm (self->timer);
    return;
  }
  self->frame = qxl_image_ref (frame);
  spc_timer_arm (self->timer, ECHO_MS);
}
