/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicemigration.h"

#include "gst/common/gstspiceshare.h"

/* seconds a viewer has to move in, unless the application says so */
#define DEFAULT_EXPECT_S 60u
#define MAX_EXPECT_S 86400u

/* what is told: loop thread */

static const char *
name_of (SpcMigrateWay way)
{
  switch (way) {
  case SPC_MIGRATE_SEAMLESS:
    return "seamless";
  case SPC_MIGRATE_SEMI_SEAMLESS:
    return "semi-seamless";
  case SPC_MIGRATE_NOT_READY:
    return "switch-host";
  }
  return "";
}

static void
on_connect_complete (const SpcMigrateResult *results, guint n_results,
                     gpointer bus)
{
  GstStructure *event =
      gst_structure_new_empty ("spice-migrate-connect-complete");
  GValue list = G_VALUE_INIT;

  g_value_init (&list, GST_TYPE_ARRAY);
  for (guint i = 0; i < n_results; i++) {
    GValue result = G_VALUE_INIT;

    g_value_init (&result, GST_TYPE_STRUCTURE);
    g_value_take_boxed (
        &result,
        gst_structure_new ("result", "connection-id", G_TYPE_UINT,
                           (guint)results[i].client_id, "way", G_TYPE_STRING,
                           name_of (results[i].way), NULL));
    gst_value_array_append_and_take_value (&list, &result);
  }
  gst_structure_take_value (event, "results", &list);
  gst_spice_bus_push (bus, event);
}

static void
on_end_complete (bool completed, guint n_lost, gpointer bus)
{
  gst_spice_bus_push (bus,
                      gst_structure_new ("spice-migrate-end-complete",
                                         "completed", G_TYPE_BOOLEAN, completed,
                                         "lost", G_TYPE_UINT, n_lost, NULL));
}

static void
on_arrived (uint32_t client_id, bool is_here, gpointer bus)
{
  gst_spice_bus_push (bus, gst_structure_new ("spice-migrate-arrived",
                                              "connection-id", G_TYPE_UINT,
                                              (guint)client_id, "moved-in",
                                              G_TYPE_BOOLEAN, is_here, NULL));
}

static const SpcMigrateHost migrate_host = {
    .connect_complete = on_connect_complete,
    .end_complete = on_end_complete,
    .arrived = on_arrived,
};

void
gst_spice_migration_bind (SpcServer *server, GstSpiceBus *bus,
                          const GstSpiceSettings *settings)
{
  spc_migration_set_host (spc_server_migration (server), &migrate_host, bus);
  gst_spice_migration_apply (server, settings);
}

void
gst_spice_migration_apply (SpcServer *server, const GstSpiceSettings *settings)
{
  SpcMigration *migration = spc_server_migration (server);

  spc_migration_set_seamless (
      migration,
      gst_spice_settings_bool (settings, GST_SPICE_SETTING_SEAMLESS_MIGRATION));
  spc_migration_set_key (
      migration,
      gst_spice_settings_string (settings, GST_SPICE_SETTING_MIGRATION_KEY));
}

/* actions */

#define ACTION (G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION)

void
gst_spice_migration_install (GObjectClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  /**
   * GstSpiceServer::migrate-connect:
   * @self: the server
   * @host: where the other server is
   * @port: its port, 0: none
   * @tls_port: its port for TLS, 0: none
   * @cert_subject: (nullable): subject of its certificate
   *
   * Calls gst_spice_server_migrate_connect().
   *
   * Returns: %FALSE if nobody can be sent there, or nothing runs
   */
  g_signal_new_class_handler (
      "migrate-connect", type, ACTION,
      G_CALLBACK (gst_spice_server_migrate_connect), NULL, NULL, NULL,
      G_TYPE_BOOLEAN, 4, G_TYPE_STRING, G_TYPE_INT, G_TYPE_INT, G_TYPE_STRING);
  /**
   * GstSpiceServer::migrate-end:
   * @self: the server
   * @completed: viewers are to go
   *
   * Calls gst_spice_server_migrate_end().
   *
   * Returns: %FALSE if no migration is under way
   */
  g_signal_new_class_handler ("migrate-end", type, ACTION,
                              G_CALLBACK (gst_spice_server_migrate_end), NULL,
                              NULL, NULL, G_TYPE_BOOLEAN, 1, G_TYPE_BOOLEAN);
  /**
   * GstSpiceServer::switch-host:
   * @self: the server
   * @host: where the other server is
   * @port: its port, 0: none
   * @tls_port: its port for TLS, 0: none
   * @cert_subject: (nullable): subject of its certificate
   *
   * Calls gst_spice_server_switch_host().
   *
   * Returns: %FALSE if nobody can be sent there, or nothing runs
   */
  g_signal_new_class_handler ("switch-host", type, ACTION,
                              G_CALLBACK (gst_spice_server_switch_host), NULL,
                              NULL, NULL, G_TYPE_BOOLEAN, 4, G_TYPE_STRING,
                              G_TYPE_INT, G_TYPE_INT, G_TYPE_STRING);
  /**
   * GstSpiceServer::expect-migration:
   * @self: the server
   * @connection_id: what stands for the viewer at the other server, 0: any
   * @timeout_seconds: how long it may take, 0: a minute
   *
   * Calls gst_spice_server_expect_migration().
   *
   * Returns: %FALSE if nothing runs
   */
  g_signal_new_class_handler ("expect-migration", type, ACTION,
                              G_CALLBACK (gst_spice_server_expect_migration),
                              NULL, NULL, NULL, G_TYPE_BOOLEAN, 2, G_TYPE_UINT,
                              G_TYPE_UINT);
}

static GstSpiceSession *
session_of (GstSpiceServer *self)
{
  return gst_spice_share_get_session (gst_spice_server_share (self));
}

/**
 * gst_spice_server_migrate_connect:
 * @self: a server
 * @host: where the other server is, as viewers are to reach it
 * @port: its port, 0: none
 * @tls_port: its port for TLS, 0: none
 * @cert_subject: (nullable): subject of its certificate; %NULL: its name counts
 *
 * Asks all viewers to link to another server, which must have been told to
 * expect them, while their sessions go on here. The message
 * "spice-migrate-connect-complete" tells how that went, after 10 s at the
 * latest; then comes gst_spice_server_migrate_end(). A migration that is under
 * way is cancelled first. Waits for the server's loop.
 *
 * Returns: %FALSE if there is no host or neither port, or nothing runs
 */
gboolean
gst_spice_server_migrate_connect (GstSpiceServer *self, const gchar *host,
                                  gint port, gint tls_port,
                                  const gchar *cert_subject)
{
  const SpcDestination to = {host, port, tls_port, cert_subject};
  g_autoptr (GstSpiceSession) session = NULL;

  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), FALSE);
  session = session_of (self);
  return session &&
         spc_migration_connect (
             spc_server_migration (gst_spice_session_server (session)), &to);
}

/**
 * gst_spice_server_migrate_end:
 * @self: a server
 * @completed: %TRUE: viewers go where they have linked to, those that have not
 *   begin anew there; %FALSE: they stay
 *
 * Ends what gst_spice_server_migrate_connect() began. The message
 * "spice-migrate-end-complete" tells when the viewers have gone; those that
 * have not after 10 s are disconnected. Waits for the server's loop.
 *
 * Returns: %FALSE if no migration is under way; nothing has changed then
 */
gboolean
gst_spice_server_migrate_end (GstSpiceServer *self, gboolean completed)
{
  g_autoptr (GstSpiceSession) session = NULL;

  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), FALSE);
  session = session_of (self);
  return session && spc_migration_end (spc_server_migration (
                                           gst_spice_session_server (session)),
                                       completed);
}

/**
 * gst_spice_server_switch_host:
 * @self: a server
 * @host: where the other server is, as viewers are to reach it
 * @port: its port, 0: none
 * @tls_port: its port for TLS, 0: none
 * @cert_subject: (nullable): subject of its certificate; %NULL: its name counts
 *
 * Sends all viewers to another server, where they begin new sessions with the
 * password they have; it need not expect them. The message
 * "spice-migrate-end-complete" tells when they have gone. Waits for the
 * server's loop.
 *
 * Returns: %FALSE if there is no host or neither port, or nothing runs
 */
gboolean
gst_spice_server_switch_host (GstSpiceServer *self, const gchar *host,
                              gint port, gint tls_port,
                              const gchar *cert_subject)
{
  const SpcDestination to = {host, port, tls_port, cert_subject};
  g_autoptr (GstSpiceSession) session = NULL;

  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), FALSE);
  session = session_of (self);
  return session &&
         spc_migration_switch_host (
             spc_server_migration (gst_spice_session_server (session)), &to);
}

/**
 * gst_spice_server_expect_migration:
 * @self: a server
 * @connection_id: what stands for the viewer at the other server, 0: any
 * @timeout_seconds: how long the viewer may take to link and move in, at most a
 *   day; 0: a minute
 *
 * Lets one viewer move here from another server. Links that claim to be of a
 * session that nobody was told to expect are refused, so that no stranger can
 * pose as a viewer that moves; it must know the password, too. The message
 * "spice-migrate-arrived" tells of it.
 *
 * Returns: %FALSE if nothing runs
 */
gboolean
gst_spice_server_expect_migration (GstSpiceServer *self, guint connection_id,
                                   guint timeout_seconds)
{
  guint timeout_s = timeout_seconds ? timeout_seconds : DEFAULT_EXPECT_S;
  g_autoptr (GstSpiceSession) session = NULL;

  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), FALSE);
  session = session_of (self);
  if (!session)
    return FALSE;
  spc_migration_expect (
      spc_server_migration (gst_spice_session_server (session)), connection_id,
      MIN (timeout_s, MAX_EXPECT_S) * 1000);
  return TRUE;
}
