/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicebranch.h – what lies behind one pad of spicesink.
 *
 * An inner sink, named like the pad, with a ghost pad in front; between them a
 * head, the converters or the parser for what comes, exchanged when something
 * else comes. Heads pass through what the sink takes as it is, and the ghost
 * pad's answer to caps queries steers upstream there whenever it can. The
 * thread that requests and releases pads; heads are exchanged by the streaming
 * thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstSpiceBranch GstSpiceBranch;

#define GST_SPICE_MAX_HEADS 5

typedef struct {
  const char *media;    /* the name of caps it is for; NULL: none */
  gboolean for_unsized; /* only if they tell no width */
  const char *elements[2];
} GstSpiceHead;

typedef struct {
  const char *pad_name;     /* of the template: "video_%u" */
  const char *sink_factory; /* "spicedisplaysink" */
  const char *id_property;  /* takes the pad's number; NULL: none */
  guint max_pads;
  /* The first is there from the beginning; what none is for goes to the sink
   * itself. */
  GstSpiceHead heads[GST_SPICE_MAX_HEADS];
} GstSpiceBranchKind;

/* The elements are in @bin, not yet in its state, and the ghost pad is not on
 * it yet. NULL when an element is missing, which is posted. */
GstSpiceBranch *gst_spice_branch_new (const GstSpiceBranchKind *kind,
                                      GstBin *bin, GstPadTemplate *templ,
                                      const char *name, guint number);
/* brings the elements into the state of the bin */
gboolean gst_spice_branch_sync_state (GstSpiceBranch *self);
/* Stops the elements, takes them out of the bin, frees. The pad is not active
 * any more. */
void gst_spice_branch_remove (GstSpiceBranch *self);

GstPad *gst_spice_branch_pad (GstSpiceBranch *self);      /* borrowed */
GstElement *gst_spice_branch_sink (GstSpiceBranch *self); /* borrowed */
const GstSpiceBranchKind *gst_spice_branch_kind (GstSpiceBranch *self);

G_END_DECLS
