/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* viewer-channel.h – one channel of a benchmark's viewer.
 *
 * Reads messages, keeps the beginning of each and throws the rest away, so that
 * many viewers cost little. Answers what a server's flow depends on as
 * spice-gtk does: SET_ACK with ACK_SYNC, every window of messages with ACK,
 * PING with PONG. Threads: that of the default GMainContext. */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

#define VIEWER_MESSAGE_KEPT 128u /* bytes of a body its function gets to see   \
                                  */

typedef struct _ViewerChannel ViewerChannel;

typedef struct {
  guint64 bytes; /* headers and bodies */
  guint64 messages;
  guint64 acks;
  guint64 pongs;
} ViewerCounts;

typedef struct {
  /* a message is over; @size: of the body, of which @kept bytes are at @body */
  void (*on_message) (uint16_t type, const uint8_t *body, uint32_t kept,
                      uint32_t size, gpointer user_data);
  /* the server has closed it, or does not read what is sent */
  void (*on_lost) (const char *why, gpointer user_data);
} ViewerChannelFuncs;

/* life */
/* takes @link, a connection that viewer_link_open has given */
ViewerChannel *viewer_channel_new (GSocketConnection *link,
                                   const ViewerChannelFuncs *funcs,
                                   gpointer user_data);
void viewer_channel_free (ViewerChannel *self); /* not from its functions */

/* work */
void viewer_channel_send (ViewerChannel *self, uint16_t type, const void *body,
                          uint32_t size);
void viewer_channel_add_counts (const ViewerChannel *self, ViewerCounts *to);
