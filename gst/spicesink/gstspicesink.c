/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-spicesink
 * @title: spicesink
 * @short_description: shows a desktop to SPICE viewers
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! spicesink
 * ]|
 * Open spice://127.0.0.1:5900 in a viewer.
 * |[
 * gst-launch-1.0 spicesink name=s port=5930 ximagesrc ! spiceinject !
 *   videoconvert ! s. pulsesrc ! s.
 * ]|
 * A desktop with sound and input.
 * |[
 * gst-launch-1.0 spicesink name=s videotestsrc is-live=true ! s.
 *   fdsrc ! s.port_0 spicesrc name=r r.port_0 ! fdsink async=false
 * ]|
 * A picture and a chat with a program that has the viewer's port.
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! x264enc tune=zerolatency !
 *   spicesink
 * ]|
 * A film, sent as it comes to all viewers that can decode it.
 *
 * Each pad is a channel or more of one server: `video_%u` a display (the number
 * is the display's), `qxl_%u` a display, too, but drawn by commands instead of
 * frames, `audio` the sound, `cursor_%u` a pointer's shape, `port_%u` bytes to
 * a viewer, whose own come from the pad of that name of spicesrc. Behind a pad
 * is one of spicedisplaysink, spiceplaybacksink, spicecursorsink, spiceportsink;
 * its properties are reached as `video_0::…`, `audio::…`, `cursor_0::…` and the
 * server's as `server::…` as well as on this element. Formats that the inner
 * sink does not take are converted; upstream is asked first for those it takes.
 * A `video_%u` also takes films that are encoded already, as JPEG, H.264,
 * H.265, VP8 or VP9, and sees to it that viewers can begin with any key frame;
 * `video_0::film` declares one that is not.
 *
 * Pads may come and go in any state. A pad that gets no data holds up nothing.
 * Viewers that show something else than they should are put right by
 * #GstSpiceSink::resync.
 */
#include "gst/spicesink/gstspicesink.h"

#include "gst/common/gstspiceaudio.h"
#include "gst/common/gstspiceframe.h"
#include "gst/common/gstspiceqxl.h"
#include "gst/common/gstspiceuser.h"
#include "gst/spicesink/gstspicebranch.h"
#include "gst/spicesink/gstspicedisplaysink.h"

#include <stdio.h>

GST_DEBUG_CATEGORY_STATIC (sink_debug);
#define GST_CAT_DEFAULT sink_debug

typedef enum {
  EOS_ALL,
  EOS_VIDEO,
  EOS_NEVER,
} EosPolicy;

struct _GstSpiceSink {
  GstBin parent;
  /* set at construction */
  GstSpiceUser *user;
  /* object lock */
  EosPolicy eos_policy;
  gboolean is_resizing;
  GPtrArray *branches; /* GstSpiceBranch */
  GList *ended;        /* inner sinks at EOS; only compared */
};

enum {
  PROP_0,
  PROP_EOS_POLICY,
  PROP_NUM_CLIENTS,
  PROP_STATS,
  PROP_AUTO_RESIZE,
};

/* clang-format off */
static const GstSpiceBranchKind kinds[] = {
  { "video_%u", "spicedisplaysink", "display-id", SPC_MAX_DISPLAYS,
    { { "video/x-raw", FALSE, { "videoconvert" } },
      { "video/x-h264", FALSE, { "h264parse" } },
      { "video/x-h265", FALSE, { "h265parse" } },
      { "image/jpeg", TRUE, { "jpegparse" } } } },
  { "audio", "spiceplaybacksink", NULL, 1,
    { { "audio/x-raw", FALSE, { "audioconvert", "audioresample" } } } },
  { "cursor_%u", "spicecursorsink", "cursor-id", SPC_MAX_DISPLAYS, { { 0 } } },
  { "qxl_%u", "spicedisplaysink", "display-id", SPC_MAX_DISPLAYS, { { 0 } } },
  { "port_%u", "spiceportsink", "port-number", SPC_MAX_PORTS, { { 0 } } },
};
/* clang-format on */

/* In this order: a link without a pad's name takes the first that fits, and a
 * picture is to be shown, not to be the pointer. */
static GstStaticPadTemplate video_template = GST_STATIC_PAD_TEMPLATE (
    "video_%u", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE (
        GST_VIDEO_FORMATS_ALL) "; "
                               "image/jpeg; video/x-h264; video/x-h265; "
                               "video/x-vp8; video/x-vp9"));
static GstStaticPadTemplate audio_template = GST_STATIC_PAD_TEMPLATE (
    "audio", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS (GST_AUDIO_CAPS_MAKE (
        GST_AUDIO_FORMATS_ALL) ", layout = (string) interleaved"));
static GstStaticPadTemplate qxl_template =
    GST_STATIC_PAD_TEMPLATE ("qxl_%u", GST_PAD_SINK, GST_PAD_REQUEST,
                             GST_STATIC_CAPS (GST_SPICE_QXL_CAPS));
static GstStaticPadTemplate cursor_template = GST_STATIC_PAD_TEMPLATE (
    "cursor_%u", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS ("video/x-raw, format = (string) " GST_SPICE_CURSOR_FORMATS
                     ", width = (int) [ 1, 256 ], height = (int) [ 1, 256 ], "
                     "framerate = " GST_VIDEO_FPS_RANGE
                     "; " GST_SPICE_QXL_CAPS));

static GstStaticPadTemplate port_template = GST_STATIC_PAD_TEMPLATE (
    "port_%u", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS ("application/octet-stream"));

static void gst_spice_sink_child_proxy_init (gpointer iface, gpointer data);

G_DEFINE_FINAL_TYPE_WITH_CODE (
    GstSpiceSink, gst_spice_sink, GST_TYPE_BIN,
    G_IMPLEMENT_INTERFACE (GST_TYPE_CHILD_PROXY,
                           gst_spice_sink_child_proxy_init)
        GST_DEBUG_CATEGORY_INIT (sink_debug, "spicesink", 0, "SPICE sink"))
GST_ELEMENT_REGISTER_DEFINE (spicesink, "spicesink", GST_RANK_NONE,
                             GST_TYPE_SPICE_SINK)

#define TYPE_EOS_POLICY (eos_policy_get_type ())
static GType
eos_policy_get_type (void)
{
  static const GEnumValue values[] = {
      {EOS_ALL, "When every pad has ended", "all"},
      {EOS_VIDEO, "When every video pad has ended", "video"},
      {EOS_NEVER, "Never: pads may start anew", "never"},
      {0, NULL, NULL},
  };
  static gsize type = 0;

  if (g_once_init_enter (&type)) {
    GType new_type = g_enum_register_static ("GstSpiceSinkEosPolicy", values);

    gst_type_mark_as_plugin_api (new_type, 0);
    g_once_init_leave (&type, new_type);
  }
  return type;
}

/* branches */

/* object lock held */
static GstSpiceBranch *
find_branch (GstSpiceSink *self, const char *name)
{
  for (guint i = 0; i < self->branches->len; i++) {
    GstSpiceBranch *branch = g_ptr_array_index (self->branches, i);

    if (g_str_equal (GST_OBJECT_NAME (gst_spice_branch_pad (branch)), name))
      return branch;
  }
  return NULL;
}

static gboolean
has_branch (GstSpiceSink *self, const char *name)
{
  gboolean has;

  GST_OBJECT_LOCK (self);
  has = find_branch (self, name) != NULL;
  GST_OBJECT_UNLOCK (self);
  return has;
}

static gboolean
is_display (const GstSpiceBranchKind *kind)
{
  return g_str_equal (kind->sink_factory, "spicedisplaysink");
}

/* Displays of frames and of commands are numbered together. */
static gboolean
is_display_taken (GstSpiceSink *self, guint number)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree char *stem = NULL, *name = NULL;

    if (!is_display (&kinds[i]))
      continue;
    stem = g_strndup (kinds[i].pad_name, strlen (kinds[i].pad_name) - 2);
    name = g_strdup_printf ("%s%u", stem, number);
    if (has_branch (self, name))
      return TRUE;
  }
  return FALSE;
}

/* The name and number of the pad to make; NULL: no such pad, or taken. */
static char *
choose_name (GstSpiceSink *self, const GstSpiceBranchKind *kind,
             const char *wanted, guint *number)
{
  gboolean is_numbered = g_str_has_suffix (kind->pad_name, "%u");
  g_autofree char *stem = g_strndup (kind->pad_name, strlen (kind->pad_name) -
                                                         (is_numbered ? 2 : 0));

  for (*number = 0; *number < kind->max_pads; (*number)++) {
    g_autofree char *name =
        is_numbered ? g_strdup_printf ("%s%u", stem, *number) : g_strdup (stem);

    if (wanted && !g_str_equal (wanted, name))
      continue;
    if (!has_branch (self, name) &&
        !(is_display (kind) && is_display_taken (self, *number)))
      return g_steal_pointer (&name);
  }
  return NULL;
}

static const GstSpiceBranchKind *
kind_of (GstPadTemplate *templ)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (GST_PAD_TEMPLATE_NAME_TEMPLATE (templ), kinds[i].pad_name))
      return &kinds[i];
  return NULL;
}

static void
give_server (GstSpiceSink *self, GstSpiceBranch *branch)
{
  g_autoptr (GstSpiceServer) server = gst_spice_user_get_server (self->user);

  g_object_set (gst_spice_branch_sink (branch), "server", server, NULL);
}

static GstPad *
add_branch (GstSpiceSink *self, const GstSpiceBranchKind *kind,
            GstPadTemplate *templ, const char *name, guint number)
{
  GstSpiceBranch *branch =
      gst_spice_branch_new (kind, GST_BIN (self), templ, name, number);
  GstPad *pad;

  if (!branch)
    return NULL;
  give_server (self, branch);
  if (!gst_spice_branch_sync_state (branch)) {
    gst_spice_branch_remove (branch);
    return NULL;
  }
  pad = gst_spice_branch_pad (branch);
  GST_OBJECT_LOCK (self);
  g_ptr_array_add (self->branches, branch);
  GST_OBJECT_UNLOCK (self);
  gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (GST_ELEMENT (self), pad);
  return pad;
}

static GstPad *
gst_spice_sink_request_new_pad (GstElement *element, GstPadTemplate *templ,
                                const char *wanted, const GstCaps *caps)
{
  GstSpiceSink *self = GST_SPICE_SINK (element);
  const GstSpiceBranchKind *kind = kind_of (templ);
  g_autofree char *name = NULL;
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
  return add_branch (self, kind, templ, name, number);
}

static void
gst_spice_sink_release_pad (GstElement *element, GstPad *pad)
{
  GstSpiceSink *self = GST_SPICE_SINK (element);
  GstSpiceBranch *branch;

  GST_OBJECT_LOCK (self);
  branch = find_branch (self, GST_OBJECT_NAME (pad));
  if (branch) {
    self->ended = g_list_remove (self->ended, gst_spice_branch_sink (branch));
    g_ptr_array_remove (self->branches, branch);
  }
  GST_OBJECT_UNLOCK (self);
  if (!branch)
    return;
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
  gst_spice_branch_remove (branch);
}

/* states */

static void
give_server_to_all (GstSpiceSink *self)
{
  GST_OBJECT_LOCK (self);
  for (guint i = 0; i < self->branches->len; i++) {
    GstSpiceBranch *branch = g_ptr_array_index (self->branches, i);

    GST_OBJECT_UNLOCK (self);
    give_server (self, branch);
    GST_OBJECT_LOCK (self);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
forget_ends (GstSpiceSink *self)
{
  GST_OBJECT_LOCK (self);
  g_clear_pointer (&self->ended, g_list_free);
  GST_OBJECT_UNLOCK (self);
}

static GstStateChangeReturn
gst_spice_sink_change_state (GstElement *element, GstStateChange transition)
{
  GstSpiceSink *self = GST_SPICE_SINK (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY) {
    if (!gst_spice_user_open (self->user))
      return GST_STATE_CHANGE_FAILURE;
    give_server_to_all (self);
  }
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    forget_ends (self);
  ret = GST_ELEMENT_CLASS (gst_spice_sink_parent_class)
            ->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_READY_TO_NULL ||
      (transition == GST_STATE_CHANGE_NULL_TO_READY &&
       ret == GST_STATE_CHANGE_FAILURE))
    gst_spice_user_close (self->user);
  return ret;
}

/* the end */

/* object lock held */
static gboolean
all_video_has_ended (GstSpiceSink *self)
{
  gboolean has_video = FALSE;

  for (guint i = 0; i < self->branches->len; i++) {
    GstSpiceBranch *branch = g_ptr_array_index (self->branches, i);

    if (!is_display (gst_spice_branch_kind (branch)))
      continue;
    has_video = TRUE;
    if (!g_list_find (self->ended, gst_spice_branch_sink (branch)))
      return FALSE;
  }
  return has_video;
}

/* takes @message, the EOS of a child, when the policy is not EOS_ALL */
static void
judge_eos (GstSpiceSink *self, EosPolicy policy, GstMessage *message)
{
  GstMessage *eos = NULL;

  GST_OBJECT_LOCK (self);
  if (!g_list_find (self->ended, GST_MESSAGE_SRC (message)))
    self->ended = g_list_prepend (self->ended, GST_MESSAGE_SRC (message));
  if (policy == EOS_VIDEO && all_video_has_ended (self)) {
    eos = gst_message_new_eos (GST_OBJECT (self));
    gst_message_set_seqnum (eos, gst_message_get_seqnum (message));
  }
  GST_OBJECT_UNLOCK (self);
  gst_message_unref (message);
  if (eos)
    gst_element_post_message (GST_ELEMENT (self), eos);
}

static void
gst_spice_sink_handle_message (GstBin *bin, GstMessage *message)
{
  GstSpiceSink *self = GST_SPICE_SINK (bin);
  GstMessageType type = GST_MESSAGE_TYPE (message);
  EosPolicy policy;

  GST_OBJECT_LOCK (self);
  policy = self->eos_policy;
  if (type == GST_MESSAGE_STREAM_START)
    self->ended = g_list_remove (self->ended, GST_MESSAGE_SRC (message));
  GST_OBJECT_UNLOCK (self);
  if (type == GST_MESSAGE_EOS && policy != EOS_ALL)
    judge_eos (self, policy, message);
  else
    GST_BIN_CLASS (gst_spice_sink_parent_class)->handle_message (bin, message);
}

/* child proxy: the server and the inner sinks */

static GObject *
get_child_by_index (GstChildProxy *proxy, guint index)
{
  GstSpiceSink *self = GST_SPICE_SINK (proxy);
  GObject *child = NULL;

  if (index == 0)
    return G_OBJECT (gst_spice_user_get_server (self->user));
  GST_OBJECT_LOCK (self);
  if (index - 1 < self->branches->len)
    child = g_object_ref (G_OBJECT (
        gst_spice_branch_sink (g_ptr_array_index (self->branches, index - 1))));
  GST_OBJECT_UNLOCK (self);
  return child;
}

/* "child-added" comes while a branch is being built, so names are looked up
 * among the elements */
static GObject *
get_child_by_name (GstChildProxy *proxy, const char *name)
{
  GstSpiceSink *self = GST_SPICE_SINK (proxy);

  if (g_str_equal (name, "server"))
    return G_OBJECT (gst_spice_user_get_server (self->user));
  return (GObject *)gst_bin_get_by_name (GST_BIN (self), name);
}

static guint
get_children_count (GstChildProxy *proxy)
{
  GstSpiceSink *self = GST_SPICE_SINK (proxy);
  guint n;

  GST_OBJECT_LOCK (self);
  n = 1 + self->branches->len;
  GST_OBJECT_UNLOCK (self);
  return n;
}

static void
gst_spice_sink_child_proxy_init (gpointer iface, gpointer data)
{
  GstChildProxyInterface *proxy = iface;

  proxy->get_child_by_name = get_child_by_name;
  proxy->get_child_by_index = get_child_by_index;
  proxy->get_children_count = get_children_count;
}

/* actions */

/* (transfer full): inner sinks of displays */
static GPtrArray *
get_displays (GstSpiceSink *self)
{
  GPtrArray *displays = g_ptr_array_new_with_free_func (gst_object_unref);

  GST_OBJECT_LOCK (self);
  for (guint i = 0; i < self->branches->len; i++) {
    GstSpiceBranch *branch = g_ptr_array_index (self->branches, i);

    if (is_display (gst_spice_branch_kind (branch)))
      g_ptr_array_add (displays,
                       gst_object_ref (gst_spice_branch_sink (branch)));
  }
  GST_OBJECT_UNLOCK (self);
  return displays;
}

static void
resync (GstSpiceSink *self)
{
  g_autoptr (GPtrArray) displays = get_displays (self);

  for (guint i = 0; i < displays->len; i++)
    g_signal_emit_by_name (g_ptr_array_index (displays, i), "resync");
}

/* before anybody else hears of the element, and may know better */
static gboolean
gst_spice_sink_add_element (GstBin *bin, GstElement *element)
{
  if (GST_IS_SPICE_DISPLAY_SINK (element))
    g_object_set (element, "auto-resize", GST_SPICE_SINK (bin)->is_resizing,
                  NULL);
  return GST_BIN_CLASS (gst_spice_sink_parent_class)
      ->add_element (bin, element);
}

/* all displays, those of pads to come, too */
static void
set_auto_resize (GstSpiceSink *self, gboolean is_resizing)
{
  g_autoptr (GPtrArray) displays = get_displays (self);

  GST_OBJECT_LOCK (self);
  self->is_resizing = is_resizing;
  GST_OBJECT_UNLOCK (self);
  for (guint i = 0; i < displays->len; i++)
    g_object_set (g_ptr_array_index (displays, i), "auto-resize", is_resizing,
                  NULL);
}

/* object */

static void
gst_spice_sink_set_property (GObject *object, guint id, const GValue *value,
                             GParamSpec *spec)
{
  GstSpiceSink *self = GST_SPICE_SINK (object);

  if (gst_spice_user_set_property (self->user, id, value))
    return;
  switch (id) {
  case PROP_EOS_POLICY:
    GST_OBJECT_LOCK (self);
    self->eos_policy = (EosPolicy)g_value_get_enum (value);
    GST_OBJECT_UNLOCK (self);
    break;
  case PROP_AUTO_RESIZE:
    set_auto_resize (self, g_value_get_boolean (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
gst_spice_sink_get_property (GObject *object, guint id, GValue *value,
                             GParamSpec *spec)
{
  GstSpiceSink *self = GST_SPICE_SINK (object);
  g_autoptr (GstSpiceServer) server = gst_spice_user_get_server (self->user);

  if (gst_spice_user_get_property (self->user, id, value))
    return;
  switch (id) {
  case PROP_EOS_POLICY:
    GST_OBJECT_LOCK (self);
    g_value_set_enum (value, self->eos_policy);
    GST_OBJECT_UNLOCK (self);
    break;
  case PROP_NUM_CLIENTS:
    g_value_set_uint (value, gst_spice_server_get_num_clients (server));
    break;
  case PROP_STATS:
    g_value_take_boxed (value, gst_spice_server_get_stats (server));
    break;
  case PROP_AUTO_RESIZE:
    g_value_set_boolean (value, self->is_resizing);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

/* GstBin takes its children, and GstElement its pads; what is left is ours */
static void
gst_spice_sink_dispose (GObject *object)
{
  GstSpiceSink *self = GST_SPICE_SINK (object);

  while (self->branches->len > 0)
    gst_spice_sink_release_pad (
        GST_ELEMENT (self),
        gst_spice_branch_pad (g_ptr_array_index (self->branches, 0)));
  G_OBJECT_CLASS (gst_spice_sink_parent_class)->dispose (object);
}

static void
gst_spice_sink_finalize (GObject *object)
{
  GstSpiceSink *self = GST_SPICE_SINK (object);

  gst_spice_user_free (self->user);
  g_ptr_array_unref (self->branches);
  g_list_free (self->ended);
  G_OBJECT_CLASS (gst_spice_sink_parent_class)->finalize (object);
}

/* without pads, too, this is a sink */
static void
gst_spice_sink_init (GstSpiceSink *self)
{
  self->user = gst_spice_user_new (GST_ELEMENT (self));
  self->branches = g_ptr_array_new ();
  gst_bin_set_suppressed_flags (GST_BIN (self), GST_ELEMENT_FLAG_SOURCE |
                                                    GST_ELEMENT_FLAG_SINK);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SINK);
}

static void
install_properties (GObjectClass *klass)
{
  gst_spice_user_install_properties (klass);
  g_object_class_install_property (
      klass, PROP_EOS_POLICY,
      g_param_spec_enum ("eos-policy", "EOS policy",
                         "When the end of a stream is the end of this sink",
                         TYPE_EOS_POLICY, EOS_ALL,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                             GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (
      klass, PROP_NUM_CLIENTS,
      g_param_spec_uint ("num-clients", "Number of clients",
                         "Viewers connected at this moment", 0, G_MAXUINT, 0,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      klass, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
                          "Structure application/x-spice-statistics, see "
                          "docs/messages.md",
                          GST_TYPE_STRUCTURE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      klass, PROP_AUTO_RESIZE,
      g_param_spec_boolean (
          "auto-resize", "Auto resize",
          "Ask upstream for frames of the size of the viewers' windows, on "
          "all displays",
          FALSE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
              GST_PARAM_MUTABLE_PLAYING));
}

/**
 * GstSpiceSink::resync:
 * @sink: the sink
 *
 * #GstSpiceDisplaySink::resync of every display.
 */
static void
install_resync (GstSpiceSinkClass *klass)
{
  g_signal_new_class_handler (
      "resync", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      G_CALLBACK (resync), NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gst_spice_sink_class_init (GstSpiceSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_spice_sink_set_property;
  object_class->get_property = gst_spice_sink_get_property;
  object_class->dispose = gst_spice_sink_dispose;
  object_class->finalize = gst_spice_sink_finalize;
  element_class->request_new_pad = gst_spice_sink_request_new_pad;
  element_class->release_pad = gst_spice_sink_release_pad;
  element_class->change_state = gst_spice_sink_change_state;
  GST_BIN_CLASS (klass)->add_element = gst_spice_sink_add_element;
  GST_BIN_CLASS (klass)->handle_message = gst_spice_sink_handle_message;

  install_properties (object_class);
  install_resync (klass);
  gst_element_class_add_static_pad_template (element_class, &video_template);
  gst_element_class_add_static_pad_template (element_class, &audio_template);
  gst_element_class_add_static_pad_template (element_class, &qxl_template);
  gst_element_class_add_static_pad_template (element_class, &cursor_template);
  gst_element_class_add_static_pad_template (element_class, &port_template);
  gst_element_class_set_static_metadata (
      element_class, "SPICE sink", "Sink/Network",
      "Shows a desktop to SPICE viewers, for example: gst-launch-1.0 spicesink "
      "name=s videotestsrc is-live=true ! s. audiotestsrc is-live=true ! s. "
      "(then open spice://127.0.0.1:5900)",
      "gst-spice");
  gst_type_mark_as_plugin_api (TYPE_EOS_POLICY, 0);
}
