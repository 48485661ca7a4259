/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-qxlreplaysrc
 * @title: qxlreplaysrc
 * @short_description: plays recorded draw commands
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 qxlreplaysrc
 * location=tests/recordings/xspice-xterm-twm.qxlrec.xz ! spicesink port=5930
 * ]|
 *
 * Plays what a display driver drew: a recording that libspice-server wrote
 * because its environment had SPICE_WORKER_RECORD_FILENAME, or one of
 * #spicedisplaysink:record-location; either may be packed with xz. A buffer is
 * a batch of commands with the time it came at, from the first event on.
 *
 * Seeks to the start play again from there; to any other time, what lies before
 * comes at once. Without a flush, which takes all surfaces away, those that are
 * left are destroyed first.
 * Commands that are malformed in themselves are left out and counted. A file
 * that ends inside an event ends there, with a warning on the bus; one that is
 * not as its format says ends with an error that tells the byte.
 */
#include "gst/spicesink/gstqxlreplaysrc.h"

#include "gst/common/gstspiceqxl.h"
#include "gst/spicesink/gstspicereplay.h"
#include "gst/spicesink/gstspicereport.h"
#include "qxl/stream.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (replay_src_debug);
#define GST_CAT_DEFAULT replay_src_debug

#define DEFAULT_RATE 1.0
#define MAX_RATE 1000.0
/* ids of surfaces that are looked after */
#define MAX_SURFACES 1024

struct _GstQxlReplaySrc {
  GstPushSrc parent;
  /* object lock */
  gchar *location;
  gdouble rate;
  gboolean loop;
  guint64 n_refused;
  GstClockTime end; /* of the file, at rate 1; NONE: not known */
  /* between start and stop */
  GstSpiceReport *report;
  /* streaming thread, or none is there */
  GstSpiceReplay *replay;
  guint64 n_batches; /* of this pass through the file */
  guint64 last_ns;   /* recorded time */
  GstClockTime last_pts, start;
  gboolean has_surfaces[MAX_SURFACES]; /* which are left */
};

enum {
  PROP_0,
  PROP_LOCATION,
  PROP_RATE,
  PROP_LOOP,
  PROP_REFUSED,
};

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_SPICE_QXL_CAPS));

G_DEFINE_FINAL_TYPE_WITH_CODE (
    GstQxlReplaySrc, gst_qxl_replay_src, GST_TYPE_PUSH_SRC,
    GST_DEBUG_CATEGORY_INIT (replay_src_debug, "qxlreplaysrc", 0,
                             "plays recorded draw commands"))
GST_ELEMENT_REGISTER_DEFINE (qxlreplaysrc, "qxlreplaysrc", GST_RANK_NONE,
                             GST_TYPE_QXL_REPLAY_SRC)

/* the file */

static gchar *
dup_location (GstQxlReplaySrc *self)
{
  gchar *location;

  GST_OBJECT_LOCK (self);
  location = g_strdup (self->location);
  GST_OBJECT_UNLOCK (self);
  return location;
}

static void
post_open_error (GstQxlReplaySrc *self, const gchar *location,
                 const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND,
                       ("There is no file \"%s\".", location),
                       ("%s", error->message));
  else
    GST_ELEMENT_ERROR (self, RESOURCE, OPEN_READ,
                       ("The file \"%s\" cannot be read.", location),
                       ("%s", error->message));
}

/* from the start of the file */
static gboolean
rewind_file (GstQxlReplaySrc *self)
{
  g_autofree gchar *location = dup_location (self);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->replay, gst_spice_replay_free);
  self->n_batches = 0;
  self->last_ns = 0;
  if (!location || !*location) {
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND,
                       ("Property \"location\" names no file."), (NULL));
    return FALSE;
  }
  self->replay = gst_spice_replay_open (location, &error);
  if (!self->replay)
    post_open_error (self, location, error);
  return self->replay != NULL;
}

/* surfaces that are left when the file begins anew */

/* records lie at any address, which GST_READ_UINT32_LE does not allow */
static uint32_t
read_u32 (const guint8 *at)
{
  uint32_t value;

  memcpy (&value, at, sizeof value);
  return GUINT32_FROM_LE (value);
}

/* the surface a record creates or destroys, or -1 */
static void
follow_record (GstQxlReplaySrc *self, uint32_t kind, const guint8 *body,
               gsize size)
{
  uint32_t id = size >= 4 ? read_u32 (body) : MAX_SURFACES;

  if (id < MAX_SURFACES &&
      (kind == QXL_RECORD_SURFACE_CREATE || kind == QXL_RECORD_SURFACE_DESTROY))
    self->has_surfaces[id] = kind == QXL_RECORD_SURFACE_CREATE;
}

static void
follow_surfaces (GstQxlReplaySrc *self, GBytes *bytes)
{
  gsize size, body_size;
  const guint8 *at = g_bytes_get_data (bytes, &size);

  for (; size >= QXL_RECORD_HEADER_SIZE; at += body_size, size -= body_size) {
    uint32_t kind = read_u32 (at);

    body_size = read_u32 (at + 4);
    at += QXL_RECORD_HEADER_SIZE;
    size -= QXL_RECORD_HEADER_SIZE;
    if (body_size > size)
      return;
    follow_record (self, kind, at, body_size);
  }
}

/* what makes all as if nothing had been drawn; NULL: it is so */
static GBytes *
forget_surfaces (GstQxlReplaySrc *self)
{
  g_autoptr (QxlBatch) batch = qxl_batch_new ();
  g_autoptr (QxlWriter) writer = NULL;

  for (guint id = MAX_SURFACES; id-- > 0;)
    if (self->has_surfaces[id])
      qxl_batch_destroy_surface (batch, id);
  if (qxl_batch_is_empty (batch))
    return NULL;
  qxl_batch_cursor (batch, qxl_cursor_command_new (QXL_CURSOR_RESET));
  writer = qxl_writer_new ();
  qxl_stream_write_batch (batch, writer);
  return qxl_writer_steal (writer);
}

/* times */

static gdouble
get_rate (GstQxlReplaySrc *self)
{
  gdouble rate;

  GST_OBJECT_LOCK (self);
  rate = self->rate;
  GST_OBJECT_UNLOCK (self);
  return rate;
}

/* of the batch that was recorded at @time_ns; NONE: without waiting */
static GstClockTime
time_of (GstQxlReplaySrc *self, guint64 time_ns)
{
  gdouble rate = get_rate (self);

  if (rate <= 0.0)
    self->last_ns = MAX (self->last_ns, time_ns);
  else if (time_ns > self->last_ns) {
    self->last_pts += (GstClockTime)((gdouble)(time_ns - self->last_ns) / rate);
    self->last_ns = time_ns;
  }
  return rate <= 0.0 ? GST_CLOCK_TIME_NONE : MAX (self->last_pts, self->start);
}

/* streaming thread */

static void
note_refused (GstQxlReplaySrc *self, guint64 before)
{
  guint64 now = gst_spice_replay_n_refused (self->replay);
  g_autoptr (GError) error = NULL;

  if (now == before)
    return;
  error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                               gst_spice_replay_refusal (self->replay));
  gst_spice_report_refusal (error, self->report);
  GST_OBJECT_LOCK (self);
  self->n_refused += now - before;
  GST_OBJECT_UNLOCK (self);
}

static GBytes *
next_batch (GstQxlReplaySrc *self, guint64 *time_ns, GError **error)
{
  guint64 refused = gst_spice_replay_n_refused (self->replay);
  GBytes *bytes =
      gst_spice_replay_next (self->replay, get_rate (self), time_ns, error);

  note_refused (self, refused);
  if (bytes)
    self->n_batches++;
  return bytes;
}

static GstFlowReturn
fail (GstQxlReplaySrc *self, const GError *error)
{
  g_autofree gchar *location = dup_location (self);

  GST_ELEMENT_ERROR (
      self, STREAM, DECODE,
      ("The file \"%s\" is no recording, or is damaged.", location),
      ("%s", error->message));
  return GST_FLOW_ERROR;
}

static void
note_end (GstQxlReplaySrc *self)
{
  GST_OBJECT_LOCK (self);
  self->end = self->last_ns;
  GST_OBJECT_UNLOCK (self);
  if (gst_spice_replay_is_cut_off (self->replay))
    GST_ELEMENT_WARNING (self, STREAM, DECODE,
                         ("The recording ends inside an event."), (NULL));
}

/* OK: the file begins anew */
static GstFlowReturn
finish_pass (GstQxlReplaySrc *self)
{
  gboolean loop;

  note_end (self);
  GST_OBJECT_LOCK (self);
  loop = self->loop;
  GST_OBJECT_UNLOCK (self);
  if (!loop || self->n_batches == 0)
    return GST_FLOW_EOS;
  return rewind_file (self) ? GST_FLOW_OK : GST_FLOW_ERROR;
}

/* the bytes of the next buffer; *@bytes stays NULL when a pass has ended */
static GstFlowReturn
read_batch (GstQxlReplaySrc *self, GBytes **bytes, guint64 *time_ns)
{
  g_autoptr (GError) error = NULL;

  *time_ns = 0;
  if (self->n_batches == 0) {
    *bytes = forget_surfaces (self);
    if (*bytes)
      return GST_FLOW_OK;
  }
  *bytes = next_batch (self, time_ns, &error);
  if (error)
    return fail (self, error);
  return *bytes ? GST_FLOW_OK : finish_pass (self);
}

static GstFlowReturn
gst_qxl_replay_src_create (GstPushSrc *source, GstBuffer **buffer)
{
  GstQxlReplaySrc *self = GST_QXL_REPLAY_SRC (source);
  GBytes *bytes = NULL;
  guint64 time_ns = 0;

  while (!bytes) {
    GstFlowReturn flow = read_batch (self, &bytes, &time_ns);
    if (flow != GST_FLOW_OK)
      return flow;
  }
  follow_surfaces (self, bytes);
  *buffer = gst_buffer_new_wrapped_bytes (bytes);
  GST_BUFFER_PTS (*buffer) = time_of (self, time_ns);
  g_bytes_unref (bytes);
  return GST_FLOW_OK;
}

/* start, seek, stop */

static gboolean
gst_qxl_replay_src_start (GstBaseSrc *source)
{
  GstQxlReplaySrc *self = GST_QXL_REPLAY_SRC (source);

  memset (self->has_surfaces, 0, sizeof self->has_surfaces);
  self->last_pts = 0;
  GST_OBJECT_LOCK (self);
  self->n_refused = 0;
  self->end = GST_CLOCK_TIME_NONE;
  GST_OBJECT_UNLOCK (self);
  self->report = gst_spice_report_new (GST_ELEMENT (self));
  if (rewind_file (self))
    return TRUE;
  g_clear_pointer (&self->report, gst_spice_report_stop);
  return FALSE;
}

static gboolean
gst_qxl_replay_src_stop (GstBaseSrc *source)
{
  GstQxlReplaySrc *self = GST_QXL_REPLAY_SRC (source);

  g_clear_pointer (&self->replay, gst_spice_replay_free);
  g_clear_pointer (&self->report, gst_spice_report_stop);
  return TRUE;
}

static gboolean
gst_qxl_replay_src_is_seekable (GstBaseSrc *source)
{
  return TRUE;
}

/* Also called with the first segment. A flush takes away what was drawn, and
 * may have taken away buffers. */
static gboolean
gst_qxl_replay_src_do_seek (GstBaseSrc *source, GstSegment *segment)
{
  GstQxlReplaySrc *self = GST_QXL_REPLAY_SRC (source);

  if (segment->format != GST_FORMAT_TIME || segment->rate <= 0.0)
    return FALSE;
  if (segment->flags & GST_SEGMENT_FLAG_RESET)
    memset (self->has_surfaces, 0, sizeof self->has_surfaces);
  self->last_pts = 0;
  self->start = segment->start;
  segment->time = segment->start;
  segment->position = segment->start;
  return self->n_batches == 0 || rewind_file (self);
}

/* queries */

static gboolean
query_duration (GstQxlReplaySrc *self, GstQuery *query)
{
  g_autofree gchar *location = dup_location (self);
  GstClockTime end;
  gdouble rate;
  gboolean loop;
  guint64 found;

  GST_OBJECT_LOCK (self);
  end = self->end;
  rate = self->rate;
  loop = self->loop;
  GST_OBJECT_UNLOCK (self);
  if (loop || rate <= 0.0 || !location)
    return FALSE;
  if (!GST_CLOCK_TIME_IS_VALID (end)) {
    if (!gst_spice_replay_find_end (location, &found))
      return FALSE;
    end = found;
    GST_OBJECT_LOCK (self);
    self->end = end;
    GST_OBJECT_UNLOCK (self);
  }
  gst_query_set_duration (query, GST_FORMAT_TIME,
                          (gint64)((gdouble)end / rate));
  return TRUE;
}

static gboolean
gst_qxl_replay_src_query (GstBaseSrc *source, GstQuery *query)
{
  GstFormat format;

  if (GST_QUERY_TYPE (query) == GST_QUERY_DURATION) {
    gst_query_parse_duration (query, &format, NULL);
    if (format == GST_FORMAT_TIME)
      return query_duration (GST_QXL_REPLAY_SRC (source), query);
  }
  return GST_BASE_SRC_CLASS (gst_qxl_replay_src_parent_class)
      ->query (source, query);
}

/* properties */

static void
gst_qxl_replay_src_set_property (GObject *object, guint id, const GValue *value,
                                 GParamSpec *spec)
{
  GstQxlReplaySrc *self = GST_QXL_REPLAY_SRC (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_LOCATION:
    g_free (self->location);
    self->location = g_value_dup_string (value);
    self->end = GST_CLOCK_TIME_NONE;
    break;
  case PROP_RATE:
    self->rate = g_value_get_double (value);
    break;
  case PROP_LOOP:
    self->loop = g_value_get_boolean (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_qxl_replay_src_get_property (GObject *object, guint id, GValue *value,
                                 GParamSpec *spec)
{
  GstQxlReplaySrc *self = GST_QXL_REPLAY_SRC (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_LOCATION:
    g_value_set_string (value, self->location);
    break;
  case PROP_RATE:
    g_value_set_double (value, self->rate);
    break;
  case PROP_LOOP:
    g_value_set_boolean (value, self->loop);
    break;
  case PROP_REFUSED:
    g_value_set_uint64 (value, self->n_refused);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_qxl_replay_src_finalize (GObject *object)
{
  GstQxlReplaySrc *self = GST_QXL_REPLAY_SRC (object);

  gst_spice_replay_free (self->replay);
  g_free (self->location);
  G_OBJECT_CLASS (gst_qxl_replay_src_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  g_object_class_install_property (
      klass, PROP_LOCATION,
      g_param_spec_string ("location", "Location",
                           "File to play: a recording of libspice-server or of "
                           "spicedisplaysink, also packed with xz",
                           NULL,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                               GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (
      klass, PROP_RATE,
      g_param_spec_double (
          "rate", "Rate",
          "How many times as fast as it was recorded (0 = without waiting)",
          0.0, MAX_RATE, DEFAULT_RATE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
              GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (
      klass, PROP_LOOP,
      g_param_spec_boolean ("loop", "Loop",
                            "At the end, begin anew instead of ending", FALSE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (
      klass, PROP_REFUSED,
      g_param_spec_uint64 ("refused", "Refused",
                           "Commands left out since the start because they are "
                           "malformed",
                           0, G_MAXUINT64, 0,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
gst_qxl_replay_src_class_init (GstQxlReplaySrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *source_class = GST_BASE_SRC_CLASS (klass);

  object_class->set_property = gst_qxl_replay_src_set_property;
  object_class->get_property = gst_qxl_replay_src_get_property;
  object_class->finalize = gst_qxl_replay_src_finalize;
  install_properties (object_class);
  source_class->start = gst_qxl_replay_src_start;
  source_class->stop = gst_qxl_replay_src_stop;
  source_class->is_seekable = gst_qxl_replay_src_is_seekable;
  source_class->do_seek = gst_qxl_replay_src_do_seek;
  source_class->query = gst_qxl_replay_src_query;
  GST_PUSH_SRC_CLASS (klass)->create = gst_qxl_replay_src_create;
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (
      element_class, "QXL replay source", "Source/File",
      "Plays recorded QXL draw commands, for example: gst-launch-1.0 "
      "qxlreplaysrc location=tests/recordings/xspice-xterm-twm.qxlrec.xz ! "
      "spicesink port=5930",
      "gst-spice");
}

static void
gst_qxl_replay_src_init (GstQxlReplaySrc *self)
{
  self->rate = DEFAULT_RATE;
  self->end = GST_CLOCK_TIME_NONE;
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
}
