/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicebranch.h"

#define DIRECT (-1) /* instead of a head: none */

struct _GstSpiceBranch {
  /* set at construction */
  const GstSpiceBranchKind *kind;
  GstBin *bin;      /* not owned: it owns the branch */
  GstElement *sink; /* the bin's */
  GstPad *sink_pad; /* owned */
  GstPad *ghost;    /* owned; NULL: removed */
  GstPadQueryFunction query;
  GstPadEventFunction event;
  /* streaming thread, and construction; elements are the bin's, and stay */
  GPtrArray *heads[GST_SPICE_MAX_HEADS]; /* GstElement; NULL: not made yet */
  int current;
};

static void
clear_branch (gpointer data)
{
  GstSpiceBranch *self = data;

  for (guint i = 0; i < GST_SPICE_MAX_HEADS; i++)
    g_clear_pointer (&self->heads[i], g_ptr_array_unref);
  gst_clear_object (&self->sink_pad);
}

/* the branch and its ghost pad, which may outlive it */
static void
unref_branch (gpointer self)
{
  g_atomic_rc_box_release_full (self, clear_branch);
}

static GQuark
branch_quark (void)
{
  return g_quark_from_static_string ("gst-spice-branch");
}

static GstSpiceBranch *
branch_of (GstPad *ghost)
{
  return g_object_get_qdata (G_OBJECT (ghost), branch_quark ());
}

/* heads */

static GstElement *
first_of (GPtrArray *head)
{
  return g_ptr_array_index (head, 0);
}

static GstElement *
last_of (GPtrArray *head)
{
  return g_ptr_array_index (head, head->len - 1);
}

static GstElement *
add_element (GstSpiceBranch *self, const char *factory, const char *name)
{
  GstElement *element = gst_element_factory_make (factory, name);

  if (!element) {
    GST_ELEMENT_ERROR (self->bin, CORE, MISSING_PLUGIN,
                       ("Element \"%s\" is missing.", factory), (NULL));
    return NULL;
  }
  /* viewers begin with any key frame: parsers put there what it needs */
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element),
                                    "config-interval"))
    g_object_set (element, "config-interval", -1, NULL);
  gst_bin_add (self->bin, element);
  return element;
}

static gboolean
make_head (GstSpiceBranch *self, int index)
{
  const GstSpiceHead *head = &self->kind->heads[index];
  g_autoptr (GPtrArray) elements = g_ptr_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (head->elements); i++) {
    GstElement *element;

    if (!head->elements[i])
      continue;
    element = add_element (self, head->elements[i], NULL);
    if (!element)
      return FALSE;
    if (elements->len > 0)
      gst_element_link (last_of (elements), element);
    g_ptr_array_add (elements, element);
  }
  self->heads[index] = g_steal_pointer (&elements);
  return TRUE;
}

/* from the sink backwards: data comes in at the front */
static gboolean
sync_head (GPtrArray *head)
{
  for (guint i = head->len; i-- > 0;)
    if (!gst_element_sync_state_with_parent (g_ptr_array_index (head, i)))
      return FALSE;
  return TRUE;
}

static void
link_head (GstSpiceBranch *self, int index)
{
  g_autoptr (GstPad) target = NULL;

  if (index == DIRECT)
    target = gst_object_ref (self->sink_pad);
  else {
    gst_element_link (last_of (self->heads[index]), self->sink);
    target = gst_element_get_static_pad (first_of (self->heads[index]), "sink");
  }
  gst_ghost_pad_set_target (GST_GHOST_PAD (self->ghost), target);
  self->current = index;
}

static void
unlink_head (GstSpiceBranch *self)
{
  gst_ghost_pad_set_target (GST_GHOST_PAD (self->ghost), NULL);
  if (self->current != DIRECT)
    gst_element_unlink (last_of (self->heads[self->current]), self->sink);
}

static int
choose_head (const GstSpiceBranchKind *kind, const GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);

  for (int i = 0; i < GST_SPICE_MAX_HEADS; i++) {
    const GstSpiceHead *head = &kind->heads[i];

    if (head->media && gst_structure_has_name (structure, head->media) &&
        !(head->for_unsized && gst_structure_has_field (structure, "width")))
      return i;
  }
  return DIRECT;
}

static gboolean
use_head_for (GstSpiceBranch *self, const GstCaps *caps)
{
  int index = choose_head (self->kind, caps);

  if (index == self->current)
    return TRUE;
  if (index != DIRECT && !self->heads[index] &&
      (!make_head (self, index) || !sync_head (self->heads[index])))
    return FALSE;
  unlink_head (self);
  link_head (self, index);
  return TRUE;
}

static gboolean
on_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstSpiceBranch *self = branch_of (pad);
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    gst_event_parse_caps (event, &caps);
    if (!use_head_for (self, caps)) {
      gst_event_unref (event);
      return FALSE;
    }
  }
  return self->event (pad, parent, event);
}

/* caps */

/* what a parser takes: its template says */
static GstCaps *
template_caps (const char *name)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (name);
  const GList *templates =
      factory ? gst_element_factory_get_static_pad_templates (factory) : NULL;

  for (; templates; templates = templates->next) {
    GstStaticPadTemplate *templ = templates->data;

    if (templ->direction == GST_PAD_SINK)
      return gst_static_pad_template_get_caps (templ);
  }
  return gst_caps_new_empty ();
}

/* what comes with a conversion */
static GstCaps *
converted_caps (GstSpiceBranch *self, GstCaps *filter)
{
  g_autoptr (GstPad) pad =
      gst_element_get_static_pad (first_of (self->heads[0]), "sink");
  GstCaps *caps = gst_pad_query_caps (pad, filter);

  for (guint i = 1; i < GST_SPICE_MAX_HEADS; i++) {
    const char *name = self->kind->heads[i].elements[0];
    g_autoptr (GstCaps) more = name ? template_caps (name) : NULL;

    if (!more)
      continue;
    caps = gst_caps_merge (
        caps, filter ? gst_caps_intersect_full (filter, more,
                                                GST_CAPS_INTERSECT_FIRST)
                     : gst_caps_ref (more));
  }
  return caps;
}

/* A converter would let upstream have its own favourite; it is only to work
 * when upstream can have none of the sink's. */
static void
query_caps (GstSpiceBranch *self, GstQuery *query)
{
  g_autoptr (GstCaps) caps = NULL;
  GstCaps *filter;

  gst_query_parse_caps (query, &filter);
  caps = gst_pad_query_caps (self->sink_pad, filter);
  if (self->ghost && (!filter || gst_caps_is_empty (caps)))
    caps =
        gst_caps_merge (g_steal_pointer (&caps), converted_caps (self, filter));
  gst_query_set_caps_result (query, caps);
}

/* a head may have to be made */
static void
query_accept_caps (GstPad *pad, GstQuery *query)
{
  g_autoptr (GstCaps) all = gst_pad_get_pad_template_caps (pad);
  GstCaps *caps;

  gst_query_parse_accept_caps (query, &caps);
  gst_query_set_accept_caps_result (query, gst_caps_can_intersect (caps, all));
}

static gboolean
on_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstSpiceBranch *self = branch_of (pad);

  if (GST_QUERY_TYPE (query) == GST_QUERY_CAPS) {
    query_caps (self, query);
    return TRUE;
  }
  if (GST_QUERY_TYPE (query) == GST_QUERY_ACCEPT_CAPS) {
    query_accept_caps (pad, query);
    return TRUE;
  }
  return self->query (pad, parent, query);
}

static void
steer (GstSpiceBranch *self)
{
  self->query = GST_PAD_QUERYFUNC (self->ghost);
  self->event = GST_PAD_EVENTFUNC (self->ghost);
  g_object_set_qdata_full (G_OBJECT (self->ghost), branch_quark (),
                           g_atomic_rc_box_acquire (self), unref_branch);
  gst_pad_set_query_function (self->ghost, on_query);
  gst_pad_set_event_function (self->ghost, on_event);
}

/* building */

static gboolean
add_elements (GstSpiceBranch *self, const char *name)
{
  if (self->kind->heads[0].media && !make_head (self, 0))
    return FALSE;
  self->sink = add_element (self, self->kind->sink_factory, name);
  if (!self->sink)
    return FALSE;
  self->sink_pad = gst_element_get_static_pad (self->sink, "sink");
  return TRUE;
}

GstSpiceBranch *
gst_spice_branch_new (const GstSpiceBranchKind *kind, GstBin *bin,
                      GstPadTemplate *templ, const char *name, guint number)
{
  GstSpiceBranch *self = g_atomic_rc_box_new0 (GstSpiceBranch);

  self->kind = kind;
  self->bin = bin;
  if (!add_elements (self, name)) {
    gst_spice_branch_remove (self);
    return NULL;
  }
  /* a pad without data must not hold up the others' preroll, nor one that is
   * added in PLAYING the pipeline */
  g_object_set (self->sink, "async", FALSE, NULL);
  if (kind->id_property)
    g_object_set (self->sink, kind->id_property, (int)number, NULL);
  self->ghost = gst_object_ref_sink (
      gst_ghost_pad_new_no_target_from_template (name, templ));
  link_head (self, self->heads[0] ? 0 : DIRECT);
  if (self->heads[0])
    steer (self);
  return self;
}

gboolean
gst_spice_branch_sync_state (GstSpiceBranch *self)
{
  return gst_element_sync_state_with_parent (self->sink) &&
         (!self->heads[0] || sync_head (self->heads[0]));
}

static void
remove_element (GstSpiceBranch *self, GstElement *element)
{
  gst_element_set_locked_state (element, TRUE);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_bin_remove (self->bin, element);
}

void
gst_spice_branch_remove (GstSpiceBranch *self)
{
  GstPad *ghost = g_steal_pointer (&self->ghost);

  for (guint i = 0; i < GST_SPICE_MAX_HEADS; i++)
    for (guint j = 0; self->heads[i] && j < self->heads[i]->len; j++)
      remove_element (self, g_ptr_array_index (self->heads[i], j));
  if (self->sink)
    remove_element (self, self->sink);
  unref_branch (self);
  gst_clear_object (&ghost);
}

GstPad *
gst_spice_branch_pad (GstSpiceBranch *self)
{
  return self->ghost;
}

GstElement *
gst_spice_branch_sink (GstSpiceBranch *self)
{
  return self->sink;
}

const GstSpiceBranchKind *
gst_spice_branch_kind (GstSpiceBranch *self)
{
  return self->kind;
}
