/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-spicesrc
 * @title: spicesrc
 * @short_description: gives what SPICE viewers send back
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 spicesrc ! audioconvert ! audioresample ! autoaudiosink
 *   videotestsrc is-live=true ! spicesink
 * ]|
 * Viewers of the picture are heard.
 *
 * The mirror of spicesink, on the same server: the pad `audio` is a
 * spicerecordsrc, whose properties are reached as `audio::…`, and the server's
 * as `server::…` as well as on this element. It is no client: nothing is
 * connected to, viewers come here.
 */
#include "gst/spicesrc/gstspicesrc.h"

#include "gst/common/gstspiceaudio.h"
#include "gst/common/gstspiceuser.h"

GST_DEBUG_CATEGORY_STATIC (src_debug);
#define GST_CAT_DEFAULT src_debug

#define AUDIO_PAD "audio"

struct _GstSpiceSrc {
  GstBin parent;
  /* set at construction */
  GstSpiceUser *user;
  /* object lock */
  GstElement *record; /* owned; behind the pad, NULL without it */
};

static GstStaticPadTemplate audio_template =
    GST_STATIC_PAD_TEMPLATE (AUDIO_PAD, GST_PAD_SRC, GST_PAD_REQUEST,
                             GST_STATIC_CAPS (GST_SPICE_AUDIO_BEST_CAPS));

static void gst_spice_src_child_proxy_init (gpointer iface, gpointer data);

G_DEFINE_FINAL_TYPE_WITH_CODE (
    GstSpiceSrc, gst_spice_src, GST_TYPE_BIN,
    G_IMPLEMENT_INTERFACE (GST_TYPE_CHILD_PROXY, gst_spice_src_child_proxy_init)
        GST_DEBUG_CATEGORY_INIT (src_debug, "spicesrc", 0, "SPICE source"))
GST_ELEMENT_REGISTER_DEFINE (spicesrc, "spicesrc", GST_RANK_NONE,
                             GST_TYPE_SPICE_SRC)

/* (transfer full) or NULL */
static GstElement *
get_record (GstSpiceSrc *self)
{
  GstElement *record = NULL;

  GST_OBJECT_LOCK (self);
  if (self->record)
    record = gst_object_ref (self->record);
  GST_OBJECT_UNLOCK (self);
  return record;
}

static void
give_server (GstSpiceSrc *self)
{
  g_autoptr (GstSpiceServer) server = gst_spice_user_get_server (self->user);
  g_autoptr (GstElement) record = get_record (self);

  if (record)
    g_object_set (record, "server", server, NULL);
}

/* pads */

static GstPad *
add_ghost (GstSpiceSrc *self, GstElement *record, GstPadTemplate *templ)
{
  g_autoptr (GstPad) target = gst_element_get_static_pad (record, "src");
  GstPad *ghost = gst_ghost_pad_new_from_template (AUDIO_PAD, target, templ);

  gst_pad_set_active (ghost, TRUE);
  gst_element_add_pad (GST_ELEMENT (self), ghost);
  return ghost;
}

static GstPad *
gst_spice_src_request_new_pad (GstElement *element, GstPadTemplate *templ,
                               const char *name, const GstCaps *caps)
{
  GstSpiceSrc *self = GST_SPICE_SRC (element);
  g_autoptr (GstElement) old = get_record (self);
  GstElement *record;
  GstPad *ghost;

  if (old) {
    GST_ELEMENT_WARNING (self, CORE, PAD,
                         ("There is no further pad \"%s\".", AUDIO_PAD),
                         (NULL));
    return NULL;
  }
  record = gst_element_factory_make ("spicerecordsrc", AUDIO_PAD);
  if (!record)
    return NULL;
  GST_OBJECT_LOCK (self);
  self->record = gst_object_ref (record);
  GST_OBJECT_UNLOCK (self);
  gst_bin_add (GST_BIN (self), record);
  give_server (self);
  ghost = add_ghost (self, record, templ);
  if (!gst_element_sync_state_with_parent (record)) {
    gst_element_release_request_pad (element, ghost);
    return NULL;
  }
  return ghost;
}

static void
gst_spice_src_release_pad (GstElement *element, GstPad *pad)
{
  GstSpiceSrc *self = GST_SPICE_SRC (element);
  GstElement *record;

  GST_OBJECT_LOCK (self);
  record = g_steal_pointer (&self->record);
  GST_OBJECT_UNLOCK (self);
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
  if (!record)
    return;
  gst_element_set_locked_state (record, TRUE);
  gst_element_set_state (record, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self), record);
  gst_object_unref (record);
}

/* states */

static GstStateChangeReturn
gst_spice_src_change_state (GstElement *element, GstStateChange transition)
{
  GstSpiceSrc *self = GST_SPICE_SRC (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY) {
    if (!gst_spice_user_open (self->user))
      return GST_STATE_CHANGE_FAILURE;
    give_server (self);
  }
  ret = GST_ELEMENT_CLASS (gst_spice_src_parent_class)
            ->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_READY_TO_NULL ||
      (transition == GST_STATE_CHANGE_NULL_TO_READY &&
       ret == GST_STATE_CHANGE_FAILURE))
    gst_spice_user_close (self->user);
  return ret;
}

/* child proxy */

static GObject *
get_child_by_name (GstChildProxy *proxy, const char *name)
{
  GstSpiceSrc *self = GST_SPICE_SRC (proxy);

  if (g_str_equal (name, "server"))
    return G_OBJECT (gst_spice_user_get_server (self->user));
  return (GObject *)gst_bin_get_by_name (GST_BIN (self), name);
}

static GObject *
get_child_by_index (GstChildProxy *proxy, guint index)
{
  if (index > 1)
    return NULL;
  return get_child_by_name (proxy, index == 0 ? "server" : AUDIO_PAD);
}

static guint
get_children_count (GstChildProxy *proxy)
{
  g_autoptr (GstElement) record = get_record (GST_SPICE_SRC (proxy));

  return record ? 2 : 1;
}

static void
gst_spice_src_child_proxy_init (gpointer iface, gpointer data)
{
  GstChildProxyInterface *proxy = iface;

  proxy->get_child_by_name = get_child_by_name;
  proxy->get_child_by_index = get_child_by_index;
  proxy->get_children_count = get_children_count;
}

/* object */

static void
gst_spice_src_set_property (GObject *object, guint id, const GValue *value,
                            GParamSpec *spec)
{
  if (!gst_spice_user_set_property (GST_SPICE_SRC (object)->user, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_spice_src_get_property (GObject *object, guint id, GValue *value,
                            GParamSpec *spec)
{
  if (!gst_spice_user_get_property (GST_SPICE_SRC (object)->user, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_spice_src_dispose (GObject *object)
{
  gst_clear_object (&GST_SPICE_SRC (object)->record);
  G_OBJECT_CLASS (gst_spice_src_parent_class)->dispose (object);
}

static void
gst_spice_src_finalize (GObject *object)
{
  gst_spice_user_free (GST_SPICE_SRC (object)->user);
  G_OBJECT_CLASS (gst_spice_src_parent_class)->finalize (object);
}

static void
gst_spice_src_init (GstSpiceSrc *self)
{
  self->user = gst_spice_user_new (GST_ELEMENT (self));
  gst_bin_set_suppressed_flags (GST_BIN (self), GST_ELEMENT_FLAG_SOURCE |
                                                    GST_ELEMENT_FLAG_SINK);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
}

static void
gst_spice_src_class_init (GstSpiceSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_spice_src_set_property;
  object_class->get_property = gst_spice_src_get_property;
  object_class->dispose = gst_spice_src_dispose;
  object_class->finalize = gst_spice_src_finalize;
  element_class->request_new_pad = gst_spice_src_request_new_pad;
  element_class->release_pad = gst_spice_src_release_pad;
  element_class->change_state = gst_spice_src_change_state;

  gst_spice_user_install_properties (object_class);
  gst_element_class_add_static_pad_template (element_class, &audio_template);
  gst_element_class_set_static_metadata (
      element_class, "SPICE source", "Source/Network",
      "Gives what SPICE viewers send back, for example: gst-launch-1.0 "
      "spicesrc ! audioconvert ! autoaudiosink videotestsrc is-live=true ! "
      "spicesink (then open spice://127.0.0.1:5900 and speak)",
      "gst-spice");
}
