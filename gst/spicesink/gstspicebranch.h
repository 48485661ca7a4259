/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicebranch.h – what lies behind one pad of spicesink.
 *
 * A chain of converters and an inner sink, named like the pad, with a ghost pad
 * in front. The converters pass through what the sink takes as it is, and the
 * ghost pad's answer to caps queries steers upstream there whenever it can. The
 * thread that requests and releases pads. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstSpiceBranch GstSpiceBranch;

typedef struct {
  const char *pad_name;     /* of the template: "video_%u" */
  const char *sink_factory; /* "spicedisplaysink" */
  const char *id_property;  /* takes the pad's number; NULL: none */
  const char *converters[3];
  guint max_pads;
} GstSpiceBranchKind;

/* The elements are in @bin, not yet in its state, and the ghost pad is not on
 * it yet. NULL when an element is missing, which is posted. */
GstSpiceBranch *gst_spice_branch_new (const GstSpiceBranchKind *kind,
                                      GstBin *bin, GstPadTemplate *templ,
                                      const char *name, guint number);
/* brings the elements into the state of the bin */
gboolean gst_spice_branch_sync_state (GstSpiceBranch *self);
/* stops the elements, takes them out of the bin, frees */
void gst_spice_branch_remove (GstSpiceBranch *self);

GstPad *gst_spice_branch_pad (GstSpiceBranch *self);      /* borrowed */
GstElement *gst_spice_branch_sink (GstSpiceBranch *self); /* borrowed */
const GstSpiceBranchKind *gst_spice_branch_kind (GstSpiceBranch *self);

G_END_DECLS
