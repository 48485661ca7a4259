/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicereport.h"

#include "gst/common/gstspicebus.h"
#include "gst/spicesink/gstspicesnapshot.h"
#include "qxl/surface.h"

/* between warnings of commands that were refused for one reason */
#define WARNING_INTERVAL_US G_USEC_PER_SEC
/* reasons that are told apart: no more warnings in an interval */
#define MAX_REASONS 32
/* Bytes of pictures in messages that nobody has freed; one may be larger. A
 * driver asks 80 times a second, and some applications never read their bus. */
#define MAX_UNREAD_BYTES ((guint64)64 * 1024 * 1024)
/* the name of an event that becomes a warning */
#define REFUSAL "refusal"

/* why commands were refused */
typedef struct {
  char *text;       /* without numbers; NULL: none */
  gint64 warned_us; /* 0: never */
  guint n_untold;   /* refusals since then */
} Reason;

struct _GstSpiceReport {
  GWeakRef element;
  /* under the lock */
  GMutex lock;
  GstSpiceBus *bus; /* NULL: nothing to tell yet, or stopped */
  gboolean is_stopped;
  Reason reasons[MAX_REASONS];
  guint64 unread_bytes;
};

struct _GstSpiceLeave {
  GstSpiceReport *report;
  guint64 n_bytes;
};

/* life */

GstSpiceReport *
gst_spice_report_new (GstElement *element)
{
  GstSpiceReport *self = g_atomic_rc_box_new0 (GstSpiceReport);

  g_weak_ref_init (&self->element, element);
  g_mutex_init (&self->lock);
  return self;
}

GstSpiceReport *
gst_spice_report_ref (GstSpiceReport *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear_report (gpointer data)
{
  GstSpiceReport *self = data;

  for (guint i = 0; i < MAX_REASONS; i++)
    g_free (self->reasons[i].text);
  g_weak_ref_clear (&self->element);
  g_mutex_clear (&self->lock);
}

void
gst_spice_report_unref (GstSpiceReport *self)
{
  if (self)
    g_atomic_rc_box_release_full (self, clear_report);
}

void
gst_spice_report_stop (GstSpiceReport *self)
{
  GstSpiceBus *bus;

  if (!self)
    return;
  g_mutex_lock (&self->lock);
  self->is_stopped = TRUE;
  bus = g_steal_pointer (&self->bus);
  g_mutex_unlock (&self->lock);
  gst_spice_bus_stop (bus);
  gst_spice_report_unref (self);
}

/* delivering, on the bus's thread */

static void
deliver (const GstStructure *event, gpointer user_data)
{
  GstSpiceReport *self = user_data;
  g_autoptr (GstElement) element = g_weak_ref_get (&self->element);

  if (!element)
    return;
  if (gst_structure_has_name (event, REFUSAL)) {
    GST_ELEMENT_WARNING (element, STREAM, DECODE,
                         ("A draw command was left out: %s",
                          gst_structure_get_string (event, "text")),
                         (NULL));
    return;
  }
  gst_element_post_message (
      element, gst_message_new_element (GST_OBJECT (element),
                                        gst_structure_copy (event)));
}

static void
unref_report (gpointer report)
{
  gst_spice_report_unref (report);
}

/* takes @event */
static void
push (GstSpiceReport *self, GstStructure *event)
{
  g_mutex_lock (&self->lock);
  if (!self->bus && !self->is_stopped)
    self->bus = gst_spice_bus_new (NULL, deliver, gst_spice_report_ref (self),
                                   unref_report);
  if (self->bus)
    gst_spice_bus_push (self->bus, g_steal_pointer (&event));
  g_mutex_unlock (&self->lock);
  if (event)
    gst_structure_free (event);
}

/* refusals */

/* @text without its numbers, so that refusals of one kind are equal */
static char *
reason_of (const char *text)
{
  GString *reason = g_string_new (NULL);

  while (*text != '\0')
    if (g_str_has_prefix (text, "0x"))
      for (text += 2; g_ascii_isxdigit (*text);)
        text++;
    else if (g_ascii_isdigit (*text) || *text == '-')
      text++;
    else
      g_string_append_c (reason, *text++);
  return g_string_free (reason, FALSE);
}

/* lock held; in place of the one that was told longest ago, if it is new; NULL:
 * there are too many */
static Reason *
find_reason (GstSpiceReport *self, const char *message, gint64 now_us)
{
  g_autofree char *text = reason_of (message);
  Reason *oldest = &self->reasons[0];

  for (guint i = 0; i < MAX_REASONS; i++) {
    Reason *reason = &self->reasons[i];

    if (g_strcmp0 (reason->text, text) == 0)
      return reason;
    if (reason->warned_us < oldest->warned_us)
      oldest = reason;
  }
  if (oldest->text && now_us - oldest->warned_us < WARNING_INTERVAL_US)
    return NULL;
  g_free (oldest->text);
  *oldest = (Reason){.text = g_steal_pointer (&text)};
  return oldest;
}

/* true: it is time for a warning; *@n_untold: those that had none */
static gboolean
may_warn (GstSpiceReport *self, const char *message, guint *n_untold)
{
  const gint64 now_us = g_get_monotonic_time ();
  gboolean may = FALSE;
  Reason *reason;

  g_mutex_lock (&self->lock);
  reason = find_reason (self, message, now_us);
  if (reason) {
    may = reason->warned_us == 0 ||
          now_us - reason->warned_us >= WARNING_INTERVAL_US;
    *n_untold = reason->n_untold;
    reason->n_untold = may ? 0 : reason->n_untold + 1;
    reason->warned_us = may ? now_us : reason->warned_us;
  }
  g_mutex_unlock (&self->lock);
  return may;
}

void
gst_spice_report_refusal (const GError *error, gpointer data)
{
  GstSpiceReport *self = data;
  g_autofree char *text = NULL;
  guint n_untold;

  if (!may_warn (self, error->message, &n_untold)) {
    GST_INFO ("command left out: %s", error->message);
    return;
  }
  if (n_untold > 0)
    text = g_strdup_printf ("%s (%u more like it since the last warning)",
                            error->message, n_untold);
  push (self, gst_structure_new (REFUSAL, "text", G_TYPE_STRING,
                                 text ? text : error->message, NULL));
}

/* leave */

static guint64
bytes_of (const QxlRect *area)
{
  const QxlRect most = QXL_RECT (0, 0, (int32_t)QXL_SURFACE_MAX_SIDE,
                                 (int32_t)QXL_SURFACE_MAX_SIDE);
  const QxlRect seen = qxl_rect_intersect (area, &most);

  if (qxl_rect_is_empty (&seen))
    return 0;
  return (guint64)qxl_rect_width (&seen) * (guint64)qxl_rect_height (&seen) * 4;
}

GstSpiceLeave *
gst_spice_report_ask_leave (GstSpiceReport *self, const QxlRect *area)
{
  guint64 n_bytes = bytes_of (area);
  GstSpiceLeave *leave;
  gboolean may;

  g_mutex_lock (&self->lock);
  may = self->unread_bytes == 0 ||
        self->unread_bytes + n_bytes <= MAX_UNREAD_BYTES;
  if (may)
    self->unread_bytes += n_bytes;
  g_mutex_unlock (&self->lock);
  if (!may)
    return NULL;
  leave = g_new (GstSpiceLeave, 1);
  *leave = (GstSpiceLeave){gst_spice_report_ref (self), n_bytes};
  return leave;
}

/* of what was asked for only so many bytes are used */
static void
leave_shrink (GstSpiceLeave *self, guint64 n_bytes)
{
  GstSpiceReport *report = self->report;

  g_mutex_lock (&report->lock);
  report->unread_bytes -= self->n_bytes - MIN (n_bytes, self->n_bytes);
  g_mutex_unlock (&report->lock);
  self->n_bytes = MIN (n_bytes, self->n_bytes);
}

void
gst_spice_leave_free (GstSpiceLeave *self)
{
  if (!self)
    return;
  leave_shrink (self, 0);
  gst_spice_report_unref (self->report);
  g_free (self);
}

static void
free_leave (gpointer leave)
{
  gst_spice_leave_free (leave);
}

/* updates */

static GstStructure *
answer_to (const GstSpiceUpdate *update)
{
  const QxlRect *area = &update->area;

  return gst_structure_new (
      "spice-update", "update-id", G_TYPE_UINT, update->update_id, "surface-id",
      G_TYPE_UINT, update->surface_id, "left", G_TYPE_INT, area->left, "top",
      G_TYPE_INT, area->top, "right", G_TYPE_INT, area->right, "bottom",
      G_TYPE_INT, area->bottom, NULL);
}

static void
refuse_update (GstSpiceReport *self, const GstSpiceUpdate *update)
{
  const QxlRect *area = &update->area;
  g_autoptr (GError) error = g_error_new (
      G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
      "update %u of surface %u: area %d,%d to %d,%d shows nothing, allowed is "
      "what reaches into a surface that is there",
      update->update_id, update->surface_id, area->left, area->top, area->right,
      area->bottom);

  gst_spice_report_refusal (error, self);
}

/* takes @leave */
static void
add_sample (GstStructure *event, QxlImage *image, GstSpiceLeave *leave)
{
  GstSample *sample;

  leave_shrink (leave, qxl_image_size (image));
  sample = gst_spice_snapshot_sample (image, free_leave, leave);
  gst_structure_set (event, "sample", GST_TYPE_SAMPLE, sample, NULL);
  gst_sample_unref (sample);
}

void
gst_spice_report_update (GstSpiceReport *self, const GstSpiceUpdate *update,
                         QxlImage *image, GstSpiceLeave *leave)
{
  GstStructure *event = answer_to (update);

  if (leave && !image)
    refuse_update (self, update);
  if (leave && image)
    add_sample (event, image, g_steal_pointer (&leave));
  gst_spice_leave_free (leave);
  push (self, event);
}
