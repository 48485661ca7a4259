/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicepacketgate.h – the way out for packets, which may be shut at any
 * time.
 *
 * An encoder's threads may be stuck in somebody else's code when its owner has
 * done with it. So they do not call the sink but this gate, which outlives
 * them: once it is shut nothing comes through, and the sink is destroyed as
 * soon as no call is under way. Any thread. */
#pragma once

#include "server-core/video/video-encoder.h"

typedef struct _GstSpicePacketGate GstSpicePacketGate;

/* life */
/* @sink is copied; its destroy is called once, after shut or failed */
GstSpicePacketGate *gst_spice_packet_gate_new (const SpcVideoSink *sink);
GstSpicePacketGate *gst_spice_packet_gate_ref (GstSpicePacketGate *self);
/* the last reference shuts it */
void gst_spice_packet_gate_unref (GstSpicePacketGate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstSpicePacketGate, gst_spice_packet_gate_unref)

/* through it */
void gst_spice_packet_gate_send (GstSpicePacketGate *self,
                                 const SpcVideoPacket *packet);
/* shuts it, too; false: it was shut */
bool gst_spice_packet_gate_fail (GstSpicePacketGate *self, const GError *error);
void gst_spice_packet_gate_shut (GstSpicePacketGate *self);
