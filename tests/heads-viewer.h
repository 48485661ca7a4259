/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* heads-viewer.h – for tests: a client that looks at several displays at once.
 *
 * Its display channels share a cache of images. As a real client does it takes
 * the messages of each channel in order, waits where it is told to and where an
 * image has not come yet; which channel is next is chance. One that waits for
 * ever ends the test. Runs on the test's loop. */
#pragma once

#include "session.h"
#include "wire-canvas.h"

#define HEADS_MAX 4

typedef struct {
  uint8_t n_heads;
  uint64_t cache_pixels; /* 0: as many as usual */
  uint64_t more_pixels;  /* what all but the first announce; 0: the same */
  bool own_caches;       /* each head names a cache of its own */
  bool is_native;        /* takes COMPOSITE, which web clients do not */
  bool is_web;           /* a cache for each head; cannot be made to wait */
  gsize line_bytes;      /* 0: SESSION_LINE_BYTES */
} HeadsSetup;

typedef struct {
  WireClient *link; /* NULL: not open */
  WireCanvas *canvas;
  WirePixmaps *pixmaps;             /* the client's, or its own */
  GQueue inbox;                     /* WireMessage: came, not taken */
  uint64_t done;                    /* serial of the last message taken */
  guint n_waits, n_drops, n_clears; /* messages taken of these kinds */
} Head;

typedef struct {
  HeadsSetup setup;
  Session *session;
  WireClient *main;
  WirePixmaps *pixmaps;
  Head heads[HEADS_MAX];
} HeadsViewer;

/* opens all heads */
HeadsViewer *heads_viewer_new (Session *session, const HeadsSetup *setup);
void heads_viewer_free (HeadsViewer *self); /* hangs up */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeadsViewer, heads_viewer_free)
/* a head that is not open; its canvas is a new one */
void heads_viewer_open (HeadsViewer *self, uint8_t id);
/* forgets a head whose end has come */
void heads_viewer_close (HeadsViewer *self, uint8_t id);

/* takes up to @n messages by chance */
void heads_viewer_take_some (HeadsViewer *self, guint n);
/* runs the session until nothing comes any more, and takes all */
void heads_viewer_drain (HeadsViewer *self);
/* images on a head of a type */
guint heads_viewer_n_images (const HeadsViewer *self, uint8_t id,
                             uint8_t image_type);
