/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicebranch.h"

struct _GstSpiceBranch {
  const GstSpiceBranchKind *kind;
  GstBin *bin;      /* not owned: it owns the branch */
  GPtrArray *chain; /* GstElement, the bin's; the last one is the sink */
  GstPad *ghost;    /* owned */
};

static GstElement *
sink_of (const GstSpiceBranch *self)
{
  return g_ptr_array_index (self->chain, self->chain->len - 1);
}

/* caps */

static GQuark
sink_caps_quark (void)
{
  return g_quark_from_static_string ("gst-spice-sink-caps");
}

static GQuark
query_function_quark (void)
{
  return g_quark_from_static_string ("gst-spice-query-function");
}

static gboolean
ask_converters (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstPadQueryFunction func = (GstPadQueryFunction)g_object_get_qdata (
      G_OBJECT (pad), query_function_quark ());

  return func (pad, parent, query);
}

/* A converter would let upstream have its own favourite; it is only to work
 * when upstream can have none of the sink's. */
static gboolean
query_caps (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstCaps *native = g_object_get_qdata (G_OBJECT (pad), sink_caps_quark ());
  GstCaps *filter, *caps;

  gst_query_parse_caps (query, &filter);
  if (filter)
    caps = gst_caps_intersect_full (filter, native, GST_CAPS_INTERSECT_FIRST);
  else
    caps = gst_caps_ref (native);
  if (filter && !gst_caps_is_empty (caps)) {
    gst_query_set_caps_result (query, caps);
    gst_caps_unref (caps);
    return TRUE;
  }
  if (ask_converters (pad, parent, query) && !filter) {
    GstCaps *all;

    gst_query_parse_caps_result (query, &all);
    caps = gst_caps_merge (caps, gst_caps_ref (all));
    gst_query_set_caps_result (query, caps);
  }
  gst_caps_unref (caps);
  return TRUE;
}

static gboolean
on_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) == GST_QUERY_CAPS)
    return query_caps (pad, parent, query);
  return ask_converters (pad, parent, query);
}

static void
unref_caps (gpointer caps)
{
  gst_caps_unref (caps);
}

static void
steer (GstSpiceBranch *self)
{
  g_autoptr (GstPad) sink_pad =
      gst_element_get_static_pad (sink_of (self), "sink");
  GstPadQueryFunction func = GST_PAD_QUERYFUNC (self->ghost);

  if (self->chain->len == 1)
    return;
  g_object_set_qdata_full (G_OBJECT (self->ghost), sink_caps_quark (),
                           gst_pad_get_pad_template_caps (sink_pad),
                           unref_caps);
  g_object_set_qdata (G_OBJECT (self->ghost), query_function_quark (),
                      (gpointer)func);
  gst_pad_set_query_function (self->ghost, on_query);
}

/* building */

static gboolean
add_element (GstSpiceBranch *self, const char *factory, const char *name)
{
  GstElement *element = gst_element_factory_make (factory, name);

  if (!element) {
    GST_ELEMENT_ERROR (self->bin, CORE, MISSING_PLUGIN,
                       ("Element \"%s\" is missing.", factory), (NULL));
    return FALSE;
  }
  gst_bin_add (self->bin, element);
  g_ptr_array_add (self->chain, element);
  return TRUE;
}

static gboolean
add_elements (GstSpiceBranch *self, const char *name)
{
  const GstSpiceBranchKind *kind = self->kind;

  for (gsize i = 0; i < G_N_ELEMENTS (kind->converters); i++)
    if (kind->converters[i] && !add_element (self, kind->converters[i], NULL))
      return FALSE;
  if (!add_element (self, kind->sink_factory, name))
    return FALSE;
  for (guint i = 0; i + 1 < self->chain->len; i++)
    gst_element_link (g_ptr_array_index (self->chain, i),
                      g_ptr_array_index (self->chain, i + 1));
  return TRUE;
}

static void
add_ghost (GstSpiceBranch *self, GstPadTemplate *templ, const char *name)
{
  g_autoptr (GstPad) target =
      gst_element_get_static_pad (g_ptr_array_index (self->chain, 0), "sink");

  self->ghost = gst_object_ref_sink (
      gst_ghost_pad_new_from_template (name, target, templ));
  steer (self);
}

GstSpiceBranch *
gst_spice_branch_new (const GstSpiceBranchKind *kind, GstBin *bin,
                      GstPadTemplate *templ, const char *name, guint number)
{
  GstSpiceBranch *self = g_new0 (GstSpiceBranch, 1);

  self->kind = kind;
  self->bin = bin;
  self->chain = g_ptr_array_new ();
  if (!add_elements (self, name)) {
    gst_spice_branch_remove (self);
    return NULL;
  }
  /* a pad without data must not hold up the others' preroll, nor one that is
   * added in PLAYING the pipeline */
  g_object_set (sink_of (self), "async", FALSE, NULL);
  if (kind->id_property)
    g_object_set (sink_of (self), kind->id_property, (int)number, NULL);
  add_ghost (self, templ, name);
  return self;
}

/* from the sink backwards: data comes in at the front */
gboolean
gst_spice_branch_sync_state (GstSpiceBranch *self)
{
  for (guint i = self->chain->len; i-- > 0;)
    if (!gst_element_sync_state_with_parent (
            g_ptr_array_index (self->chain, i)))
      return FALSE;
  return TRUE;
}

void
gst_spice_branch_remove (GstSpiceBranch *self)
{
  for (guint i = 0; i < self->chain->len; i++) {
    GstElement *element = g_ptr_array_index (self->chain, i);

    gst_element_set_locked_state (element, TRUE);
    gst_element_set_state (element, GST_STATE_NULL);
    gst_bin_remove (self->bin, element);
  }
  g_ptr_array_unref (self->chain);
  gst_clear_object (&self->ghost);
  g_free (self);
}

GstPad *
gst_spice_branch_pad (GstSpiceBranch *self)
{
  return self->ghost;
}

GstElement *
gst_spice_branch_sink (GstSpiceBranch *self)
{
  return sink_of (self);
}

const GstSpiceBranchKind *
gst_spice_branch_kind (GstSpiceBranch *self)
{
  return self->kind;
}
