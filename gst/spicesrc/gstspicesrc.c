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
 * |[
 * gst-launch-1.0 spicesrc name=r r.port_0 ! fdsink async=false
 *   spicesink name=s videotestsrc is-live=true ! s. fdsrc ! s.port_0
 * ]|
 * A chat with a program that has the viewer's port.
 *
 * The mirror of spicesink, on the same server: the pad `audio` is a
 * spicerecordsrc, a pad `port_%u` is a spiceportsrc, whose properties are
 * reached as `audio::…` and `port_0::…`, and the server's as `server::…` as
 * well as on this element. It is no client: nothing is connected to, viewers
 * come here.
 */
#include "gst/spicesrc/gstspicesrc.h"

#include "gst/common/gstspiceaudio.h"
#include "gst/common/gstspiceinput.h"
#include "gst/common/gstspiceport.h"
#include "server-core/base/limits.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (src_debug);
#define GST_CAT_DEFAULT src_debug

struct _GstSpiceSrc {
  GstBin parent;
  /* set at construction */
  GstSpiceUser *user;
  /* object lock */
  GPtrArray *sources; /* GstElement, owned; each has the name of its pad */
};

typedef struct {
  const char *pad_name, *factory;
  const char *number_property; /* NULL: there is one pad only */
  guint max_pads;
} SourceKind;

static const SourceKind kinds[] = {
    {"audio", "spicerecordsrc", NULL, 1},
    {"input", "spiceinputsrc", NULL, 1},
    {"port_%u", "spiceportsrc", "port-number", SPC_MAX_PORTS},
};

static GstStaticPadTemplate audio_template =
    GST_STATIC_PAD_TEMPLATE ("audio", GST_PAD_SRC, GST_PAD_REQUEST,
                             GST_STATIC_CAPS (GST_SPICE_AUDIO_BEST_CAPS));
static GstStaticPadTemplate input_template = GST_STATIC_PAD_TEMPLATE (
    "input", GST_PAD_SRC, GST_PAD_REQUEST,
    GST_STATIC_CAPS (GST_SPICE_INPUT_CAPS "; " GST_SPICE_INPUT_TEXT_CAPS));
static GstStaticPadTemplate port_template =
    GST_STATIC_PAD_TEMPLATE ("port_%u", GST_PAD_SRC, GST_PAD_REQUEST,
                             GST_STATIC_CAPS (GST_SPICE_PORT_CAPS));

static void gst_spice_src_child_proxy_init (gpointer iface, gpointer data);

G_DEFINE_FINAL_TYPE_WITH_CODE (
    GstSpiceSrc, gst_spice_src, GST_TYPE_BIN,
    G_IMPLEMENT_INTERFACE (GST_TYPE_CHILD_PROXY, gst_spice_src_child_proxy_init)
        GST_DEBUG_CATEGORY_INIT (src_debug, "spicesrc", 0, "SPICE source"))
GST_ELEMENT_REGISTER_DEFINE (spicesrc, "spicesrc", GST_RANK_NONE,
                             GST_TYPE_SPICE_SRC)

/* object lock held */
static GstElement *
find_source (GstSpiceSrc *self, const char *name)
{
  for (guint i = 0; i < self->sources->len; i++) {
    GstElement *source = g_ptr_array_index (self->sources, i);

    if (g_str_equal (GST_OBJECT_NAME (source), name))
      return source;
  }
  return NULL;
}

static gboolean
has_source (GstSpiceSrc *self, const char *name)
{
  gboolean has;

  GST_OBJECT_LOCK (self);
  has = find_source (self, name) != NULL;
  GST_OBJECT_UNLOCK (self);
  return has;
}

static gpointer
ref_source (gconstpointer source, gpointer user_data)
{
  return gst_object_ref ((gpointer)source);
}

static void
give_server (GstSpiceSrc *self, GstElement *source)
{
  g_autoptr (GstSpiceServer) server = gst_spice_user_get_server (self->user);

  g_object_set (source, "server", server, NULL);
}

static void
give_server_to_all (GstSpiceSrc *self)
{
  g_autoptr (GPtrArray) sources = NULL;

  GST_OBJECT_LOCK (self);
  sources = g_ptr_array_copy (self->sources, ref_source, NULL);
  GST_OBJECT_UNLOCK (self);
  g_ptr_array_set_free_func (sources, gst_object_unref);
  for (guint i = 0; i < sources->len; i++)
    give_server (self, g_ptr_array_index (sources, i));
}

/* pads */

static const SourceKind *
kind_of (GstPadTemplate *templ)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (GST_PAD_TEMPLATE_NAME_TEMPLATE (templ), kinds[i].pad_name))
      return &kinds[i];
  return NULL;
}

/* The name and number of the pad to make; NULL: no such pad, or taken. */
static char *
choose_name (GstSpiceSrc *self, const SourceKind *kind, const char *wanted,
             guint *number)
{
  g_autofree char *stem = g_strdup (kind->pad_name);

  if (kind->number_property)
    stem[strlen (stem) - 2] = '\0';
  for (*number = 0; *number < kind->max_pads; (*number)++) {
    g_autofree char *name = kind->number_property
                                ? g_strdup_printf ("%s%u", stem, *number)
                                : g_strdup (stem);

    if ((!wanted || g_str_equal (wanted, name)) && !has_source (self, name))
      return g_steal_pointer (&name);
  }
  return NULL;
}

static GstElement *
add_source (GstSpiceSrc *self, const SourceKind *kind, const char *name,
            guint number)
{
  GstElement *source = gst_element_factory_make (kind->factory, name);

  if (!source)
    return NULL;
  if (kind->number_property)
    g_object_set (source, kind->number_property, number, NULL);
  GST_OBJECT_LOCK (self);
  g_ptr_array_add (self->sources, gst_object_ref (source));
  GST_OBJECT_UNLOCK (self);
  gst_bin_add (GST_BIN (self), source);
  give_server (self, source);
  return source;
}

static GstPad *
add_ghost (GstSpiceSrc *self, GstElement *source, GstPadTemplate *templ)
{
  g_autoptr (GstPad) target = gst_element_get_static_pad (source, "src");
  GstPad *ghost =
      gst_ghost_pad_new_from_template (GST_OBJECT_NAME (source), target, templ);

  gst_pad_set_active (ghost, TRUE);
  gst_element_add_pad (GST_ELEMENT (self), ghost);
  return ghost;
}

static GstPad *
gst_spice_src_request_new_pad (GstElement *element, GstPadTemplate *templ,
                               const char *wanted, const GstCaps *caps)
{
  GstSpiceSrc *self = GST_SPICE_SRC (element);
  const SourceKind *kind = kind_of (templ);
  g_autofree char *name = NULL;
  GstElement *source;
  GstPad *ghost;
  guint number;

  if (wanted && strchr (wanted, '%'))
    wanted = NULL;
  if (kind)
    name = choose_name (self, kind, wanted, &number);
  if (!name) {
    GST_ELEMENT_WARNING (self, CORE, PAD,
                         ("There is no further pad \"%s\".",
                          wanted ? wanted : templ->name_template),
                         (NULL));
    return NULL;
  }
  source = add_source (self, kind, name, number);
  if (!source)
    return NULL;
  ghost = add_ghost (self, source, templ);
  if (!gst_element_sync_state_with_parent (source)) {
    gst_element_release_request_pad (element, ghost);
    return NULL;
  }
  return ghost;
}

static void
gst_spice_src_release_pad (GstElement *element, GstPad *pad)
{
  GstSpiceSrc *self = GST_SPICE_SRC (element);
  g_autoptr (GstElement) source = NULL;

  GST_OBJECT_LOCK (self);
  source = find_source (self, GST_OBJECT_NAME (pad));
  if (source) {
    gst_object_ref (source);
    g_ptr_array_remove (self->sources, source);
  }
  GST_OBJECT_UNLOCK (self);
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
  if (!source)
    return;
  gst_element_set_locked_state (source, TRUE);
  gst_element_set_state (source, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self), source);
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
    give_server_to_all (self);
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
  GstSpiceSrc *self = GST_SPICE_SRC (proxy);
  GObject *child = NULL;

  if (index == 0)
    return get_child_by_name (proxy, "server");
  GST_OBJECT_LOCK (self);
  if (index - 1 < self->sources->len)
    child = g_object_ref (g_ptr_array_index (self->sources, index - 1));
  GST_OBJECT_UNLOCK (self);
  return child;
}

static guint
get_children_count (GstChildProxy *proxy)
{
  GstSpiceSrc *self = GST_SPICE_SRC (proxy);
  guint n;

  GST_OBJECT_LOCK (self);
  n = 1 + self->sources->len;
  GST_OBJECT_UNLOCK (self);
  return n;
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
  g_ptr_array_set_size (GST_SPICE_SRC (object)->sources, 0);
  G_OBJECT_CLASS (gst_spice_src_parent_class)->dispose (object);
}

static void
gst_spice_src_finalize (GObject *object)
{
  gst_spice_user_free (GST_SPICE_SRC (object)->user);
  g_ptr_array_unref (GST_SPICE_SRC (object)->sources);
  G_OBJECT_CLASS (gst_spice_src_parent_class)->finalize (object);
}

static void
gst_spice_src_init (GstSpiceSrc *self)
{
  self->user = gst_spice_user_new (GST_ELEMENT (self));
  self->sources = g_ptr_array_new_with_free_func (gst_object_unref);
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
  gst_element_class_add_static_pad_template (element_class, &input_template);
  gst_element_class_add_static_pad_template (element_class, &port_template);
  gst_element_class_set_static_metadata (
      element_class, "SPICE source", "Source/Network",
      "Gives what SPICE viewers send back, for example: gst-launch-1.0 "
      "spicesrc ! audioconvert ! autoaudiosink videotestsrc is-live=true ! "
      "spicesink (then open spice://127.0.0.1:5900 and speak)",
      "gst-spice");
}
