/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/encoder/gstspicepacketgate.h"

struct _GstSpicePacketGate {
  /* set at construction, read by any thread */
  SpcVideoSink sink;
  /* under the lock, which is never held while calling out */
  GMutex lock;
  guint n_calls; /* under way */
  bool is_shut;
  GError *error; /* owned; why, set when it is shut */
};

GstSpicePacketGate *
gst_spice_packet_gate_new (const SpcVideoSink *sink)
{
  GstSpicePacketGate *self = g_atomic_rc_box_new0 (GstSpicePacketGate);

  self->sink = *sink;
  g_mutex_init (&self->lock);
  return self;
}

GstSpicePacketGate *
gst_spice_packet_gate_ref (GstSpicePacketGate *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear_gate (gpointer data)
{
  GstSpicePacketGate *self = data;

  gst_spice_packet_gate_shut (self);
  g_clear_error (&self->error);
  g_mutex_clear (&self->lock);
}

void
gst_spice_packet_gate_unref (GstSpicePacketGate *self)
{
  if (self)
    g_atomic_rc_box_release_full (self, clear_gate);
}

/* the lock is held; false: it is shut, else leave() must follow */
static bool
enter (GstSpicePacketGate *self)
{
  if (self->is_shut)
    return false;
  self->n_calls++;
  return true;
}

/* Whoever is the last to leave a shut gate ends it: what failed is told after
 * the last packet. */
static void
leave (GstSpicePacketGate *self)
{
  bool is_end;

  g_mutex_lock (&self->lock);
  is_end = --self->n_calls == 0 && self->is_shut;
  g_mutex_unlock (&self->lock);
  if (!is_end)
    return;
  if (self->error)
    self->sink.failed (self->error, self->sink.user_data);
  if (self->sink.destroy)
    self->sink.destroy (self->sink.user_data);
}

/* takes @error */
static bool
shut (GstSpicePacketGate *self, GError *error)
{
  bool was_open;

  g_mutex_lock (&self->lock);
  was_open = enter (self);
  self->is_shut = true;
  if (was_open)
    self->error = g_steal_pointer (&error);
  g_mutex_unlock (&self->lock);
  if (was_open)
    leave (self);
  g_clear_error (&error);
  return was_open;
}

void
gst_spice_packet_gate_send (GstSpicePacketGate *self,
                            const SpcVideoPacket *packet)
{
  bool is_open;

  g_mutex_lock (&self->lock);
  is_open = enter (self);
  g_mutex_unlock (&self->lock);
  if (!is_open)
    return;
  self->sink.packet (packet, self->sink.user_data);
  leave (self);
}

bool
gst_spice_packet_gate_fail (GstSpicePacketGate *self, const GError *error)
{
  return shut (self, g_error_copy (error));
}

void
gst_spice_packet_gate_shut (GstSpicePacketGate *self)
{
  shut (self, NULL);
}
