/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspice-fixture.h – for tests: a pipeline served, and viewers of it over
 * TCP.
 *
 * The viewers run on the test's own loop; every wait has a deadline. */
#pragma once

#include "server-core/net/net-fixture.h"
#include "tests/wire-canvas.h"
#include "tests/wire-client.h"

#include <gst/gst.h>

/* viewers */
/* a link that has only begun */
WireClient *fixture_begin_link (NetFixture *net, int port,
                                const WireClientSetup *setup);
/* the link, run until it has succeeded or failed */
WireClient *fixture_link (NetFixture *net, int port,
                          const WireClientSetup *setup);
/* the main channel of a viewer that was let in, with its connection id */
WireClient *fixture_join (NetFixture *net, int port, uint32_t *id);
/* the same with a display, which has said INIT; messages go to @canvas */
WireClient *fixture_look (NetFixture *net, int port, uint32_t id,
                          uint8_t display_id, WireCanvas *canvas);
/* the same that says it can what is set in @caps, too */
WireClient *fixture_look_as (NetFixture *net, int port, uint32_t id,
                             uint8_t display_id, const SpcCaps *caps,
                             WireCanvas *canvas);

/* both, and what is seen */
typedef struct {
  WireClient *main, *display;
  WireCanvas *canvas;
} FixtureViewer;

void fixture_viewer_init (FixtureViewer *self, NetFixture *net, int port,
                          uint8_t display_id);
/* decodes films of @codec_cap, one of SPICE_DISPLAY_CAP_CODEC_…, and no others;
 * 0: none at all */
void fixture_viewer_init_codec (FixtureViewer *self, NetFixture *net, int port,
                                uint32_t codec_cap);
void fixture_viewer_clear (FixtureViewer *self); /* hangs up */
/* a picture of this size whose first and last pixel have @color */
gboolean fixture_viewer_shows (FixtureViewer *self, uint32_t width,
                               uint32_t height, uint32_t color);

/* pipelines */
GstElement *fixture_launch (const char *line);
/* runs the viewers until @element's bus has a message of this type and, if
 * @name, this structure */
GstMessage *fixture_wait_message (NetFixture *net, GstElement *pipeline,
                                  GstMessageType type, const char *name);
/* the port of the element that has "current-port" */
int fixture_port (gpointer element);
/* sets the state to READY, which must fail, and back; the error's text */
char *fixture_error_text (GstElement *element);
void fixture_stop (GstElement *pipeline); /* to NULL, unrefs */
