/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceinputqueue.h – inputs on their way to one who reads them in time.
 *
 * From the server's loop to a thread that waits. Bounded: the pointer's way is
 * shortened where it waits, and when that is not enough presses are lost before
 * releases, so that a reader is never left with a key down. Any thread. */
#pragma once

#include "server-core/channel/server.h"

G_BEGIN_DECLS

typedef struct _GstSpiceInputQueue GstSpiceInputQueue;

/* life */
GstSpiceInputQueue *gst_spice_input_queue_new (guint capacity);
void gst_spice_input_queue_free (GstSpiceInputQueue *self);

/* the sender, which never waits */
void gst_spice_input_queue_push (GstSpiceInputQueue *self,
                                 const SpcInputEvent *event);

/* the reader */
/* waits until @deadline_us of the monotonic clock; FALSE on time-out and while
 * flushing */
gboolean gst_spice_input_queue_pop (GstSpiceInputQueue *self,
                                    gint64 deadline_us, SpcInputEvent *event);
/* TRUE ends a wait and lets none begin */
void gst_spice_input_queue_set_flushing (GstSpiceInputQueue *self,
                                         gboolean is_flushing);
/* TRUE: nothing comes any more that is worth a wait; what is there is */
void gst_spice_input_queue_set_ended (GstSpiceInputQueue *self,
                                      gboolean is_ended);
void gst_spice_input_queue_clear (GstSpiceInputQueue *self);
/* inputs lost so far, those not counted that a later one replaces */
guint gst_spice_input_queue_n_lost (GstSpiceInputQueue *self);

/* those of all readers of a server */
typedef struct {
  GMutex lock;
  GPtrArray *queues; /* not owned; removed before they go */
} GstSpiceInputReaders;

void gst_spice_input_readers_init (GstSpiceInputReaders *self);
void gst_spice_input_readers_clear (GstSpiceInputReaders *self);
void gst_spice_input_readers_add (GstSpiceInputReaders *self,
                                  GstSpiceInputQueue *queue);
void gst_spice_input_readers_remove (GstSpiceInputReaders *self,
                                     GstSpiceInputQueue *queue);
void gst_spice_input_readers_push (GstSpiceInputReaders *self,
                                   const SpcInputEvent *event);

G_END_DECLS
