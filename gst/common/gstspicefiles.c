/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicefiles.h"

#include "gst/common/gstspicefilesignals.h"
#include "gst/common/gstspicefilewriter.h"

struct _GstSpiceFiles {
  /* set at construction */
  GstSpiceBus *bus; /* borrowed until stop */
  GstSpiceFilesOwner owner;
  gpointer user_data;
  GstSpiceFileWriter *writer;
  SpcFileDrop *drop;
  /* under the lock, a leaf */
  GMutex lock;
  SpcFileRules rules; /* is_on: there is a directory */
  bool is_allowed;
};

/* host: loop thread */

static void
on_get_rules (SpcFileRules *rules, gpointer user_data)
{
  GstSpiceFiles *self = user_data;
  g_autoptr (GstSpiceServer) owner = self->owner (self->user_data);
  bool is_allowed;

  g_mutex_lock (&self->lock);
  *rules = self->rules;
  is_allowed = self->is_allowed;
  g_mutex_unlock (&self->lock);
  if (owner && gst_spice_file_signals_has_handler (owner))
    rules->is_on = true;
  rules->is_on = rules->is_on && is_allowed;
}

static void
on_refused (uint32_t client_id, const SpcFileStart *start, const char *reason,
            gpointer user_data)
{
  gst_spice_bus_push (
      ((GstSpiceFiles *)user_data)->bus,
      gst_structure_new ("spice-file-transfer", "connection-id", G_TYPE_UINT,
                         client_id, "id", G_TYPE_UINT, start->id, "name",
                         G_TYPE_STRING, start->name ? start->name : "", "state",
                         G_TYPE_STRING, "failed", "transferred", G_TYPE_UINT64,
                         G_GUINT64_CONSTANT (0), "size", G_TYPE_UINT64,
                         start->size, "reason", G_TYPE_STRING, reason, NULL));
}

static void
on_open (const SpcFile *file, gpointer user_data)
{
  gst_spice_file_writer_open (((GstSpiceFiles *)user_data)->writer, file);
}

static void
on_write (uint64_t handle, GBytes *block, gpointer user_data)
{
  gst_spice_file_writer_write (((GstSpiceFiles *)user_data)->writer, handle,
                               block);
}

static void
on_finish (uint64_t handle, gpointer user_data)
{
  gst_spice_file_writer_finish (((GstSpiceFiles *)user_data)->writer, handle);
}

static void
on_abandon (uint64_t handle, bool is_cancelled, const char *reason,
            gpointer user_data)
{
  gst_spice_file_writer_abandon (((GstSpiceFiles *)user_data)->writer, handle,
                                 is_cancelled, reason);
}

static const SpcFileHost host = {
    .get_rules = on_get_rules,
    .refused = on_refused,
    .open = on_open,
    .write = on_write,
    .finish = on_finish,
    .abandon = on_abandon,
};

/* writer: its threads */

static GOutputStream *
on_request (guint client_id, guint id, const char *name, guint64 size,
            gpointer user_data)
{
  GstSpiceFiles *self = user_data;
  g_autoptr (GstSpiceServer) owner = self->owner (self->user_data);

  return owner
             ? gst_spice_file_signals_request (owner, client_id, id, name, size)
             : NULL;
}

static void
on_tell (GstStructure *event, gpointer user_data)
{
  gst_spice_bus_push (((GstSpiceFiles *)user_data)->bus, event);
}

static const GstSpiceFileWriterFuncs writer_funcs = {
    .request = on_request,
    .tell = on_tell,
};

/* life */

static void
set_rules (GstSpiceFiles *self, const GstSpiceSettings *settings)
{
  const SpcFileRules rules = {
      .is_on = gst_spice_settings_string (
                   settings, GST_SPICE_SETTING_FILE_TRANSFER_DIR) != NULL,
      .max_size = g_value_get_uint64 (
          &settings->values[GST_SPICE_SETTING_FILE_TRANSFER_MAX_SIZE]),
      .quota = g_value_get_uint64 (
          &settings->values[GST_SPICE_SETTING_FILE_TRANSFER_QUOTA]),
  };

  g_mutex_lock (&self->lock);
  self->rules = rules;
  self->is_allowed =
      gst_spice_settings_bool (settings, GST_SPICE_SETTING_FILE_TRANSFER);
  g_mutex_unlock (&self->lock);
}

GstSpiceFiles *
gst_spice_files_new (SpcServer *server, GstSpiceBus *bus,
                     const GstSpiceSettings *settings, GstSpiceFilesOwner owner,
                     gpointer user_data)
{
  GstSpiceFiles *self = g_new0 (GstSpiceFiles, 1);

  g_mutex_init (&self->lock);
  self->bus = bus;
  self->owner = owner;
  self->user_data = user_data;
  set_rules (self, settings);
  self->writer = gst_spice_file_writer_new (&writer_funcs, self);
  self->drop = spc_file_drop_new (spc_server_agent (server), &host, self);
  gst_spice_file_writer_set_drop (self->writer, self->drop);
  return self;
}

void
gst_spice_files_stop (GstSpiceFiles *self)
{
  gst_spice_file_writer_stop (self->writer);
}

void
gst_spice_files_free (GstSpiceFiles *self)
{
  if (!self)
    return;
  gst_spice_file_writer_stop (self->writer);
  gst_spice_file_writer_unref (self->writer);
  spc_file_drop_unref (self->drop);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* changing */

void
gst_spice_files_apply (GstSpiceFiles *self, const GstSpiceSettings *settings)
{
  set_rules (self, settings);
  spc_file_drop_rules_changed (self->drop);
}

gboolean
gst_spice_files_cancel (GstSpiceFiles *self, guint client_id, guint id)
{
  gboolean is_known = gst_spice_file_writer_has (self->writer, client_id, id);

  if (is_known)
    spc_file_drop_cancel (self->drop, client_id, id);
  return is_known;
}

gboolean
gst_spice_files_is_asking (GstSpiceFiles *self)
{
  return gst_spice_file_writer_is_here (self->writer);
}
