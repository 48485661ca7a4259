/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* channel-fixture.h – for tests: a server that nobody runs, and viewers at the
 * other end of lines in memory, past the link stage.
 *
 * The test's thread is the loop thread: nothing happens unless a call below
 * runs the loop. Messages are written "TYPE:HEX", for instance "101:0600". */
#pragma once

#include "server.h"

typedef struct {
  GMainContext *context;
  SpcServer *server;
  GArray *events; /* SpcInputEvent */
} ChannelFixture;

typedef struct {
  ChannelFixture *fixture;
  SpcClient *client;         /* owned */
  SpcConnection *connection; /* owned; NULL: closed at once */
  SpcTransport *end;         /* owned; the viewer's */
  GByteArray *received;
} Viewer;

void channel_fixture_init (ChannelFixture *self);
void channel_fixture_clear (ChannelFixture *self);
/* runs the loop until nothing more happens by itself */
void channel_fixture_settle (ChannelFixture *self);
/* runs the loop until @done, at most for 10 s */
void channel_fixture_wait (ChannelFixture *self, bool (*done) (gpointer),
                           gpointer user_data);
/* input events since the last call, as text, one a line */
char *channel_fixture_take_events (ChannelFixture *self);

/* @caps: bits of the channel's capabilities the viewer announces */
Viewer *viewer_new (ChannelFixture *fixture, SpcChannel *channel,
                    uint32_t caps);
/* the same over a line that holds @capacity bytes */
Viewer *viewer_new_slow (ChannelFixture *fixture, SpcChannel *channel,
                         uint32_t caps, gsize capacity);
/* another connection of the same client */
Viewer *viewer_new_of (Viewer *other, SpcChannel *channel, uint32_t caps);
void viewer_free (Viewer *self); /* leaves, if it has not yet */
void viewer_send (Viewer *self, const char *message);
/* the next message; NULL when there is none */
char *viewer_next (Viewer *self);
/* takes all messages; the last one, NULL when there was none */
char *viewer_last (Viewer *self);
bool viewer_is_closed (Viewer *self); /* by the server */

#define VIEWER_EXPECT(viewer, expected)                                        \
  G_STMT_START                                                                 \
  {                                                                            \
    g_autofree char *got_ = viewer_next (viewer);                              \
    g_assert_cmpstr (got_, ==, expected);                                      \
  }                                                                            \
  G_STMT_END

#define FIXTURE_EXPECT_EVENTS(fixture, expected)                               \
  G_STMT_START                                                                 \
  {                                                                            \
    g_autofree char *got_ = channel_fixture_take_events (fixture);             \
    g_assert_cmpstr (got_, ==, expected);                                      \
  }                                                                            \
  G_STMT_END
