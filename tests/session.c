/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session.h"

#include "server-core/main/main-channel.h"
#include "server-core/wire/messages-main.h"

/* host */

static bool
on_connecting (const SpcClientInfo *client, SpcRole *role, gpointer user_data)
{
  Session *self = user_data;

  if (self->makes_view_only)
    *role = SPC_ROLE_VIEW_ONLY;
  return !self->refuses;
}

static void
on_added (const SpcClientInfo *client, gpointer user_data)
{
  Session *self = user_data;

  self->last_client_id = client->id;
  g_string_append_printf (self->events, "added%s; ",
                          client->role == SPC_ROLE_VIEW_ONLY ? " view-only"
                                                             : "");
}

static void
on_removed (const SpcClientInfo *client, const char *reason, guint n_left,
            gpointer user_data)
{
  Session *self = user_data;

  g_string_append_printf (self->events, "removed (%s) %u left; ", reason,
                          n_left);
}

static void
on_rejected (const SpcRejection *rejection, gpointer user_data)
{
  Session *self = user_data;

  g_string_append_printf (self->events, "rejected %d; ", rejection->code);
  self->last_refusal = rejection->why;
}

static void
on_auth_failed (const SpcAuthFailure *failure, gpointer user_data)
{
  Session *self = user_data;

  g_string_append_printf (self->events, "auth failed %u; ",
                          failure->n_failures);
}

static bool
on_authenticates (gpointer user_data)
{
  return ((Session *)user_data)->authenticates;
}

static void
on_authenticate (const SpcAuthQuestion *question, gpointer user_data)
{
  Session *self = user_data;

  g_string_append_printf (self->events, "asked %s %s; ",
                          question->identity->mechanism,
                          question->ticket != NULL ? question->ticket : "-");
  self->last_question = question->id;
}

static void
on_auth_withdrawn (GCancellable *cancellable, gpointer user_data)
{
  g_assert_false (g_cancellable_is_cancelled (cancellable));
  g_cancellable_cancel (cancellable);
  ((Session *)user_data)->n_withdrawn++;
}

static bool
on_authorize (const SpcClientInfo *client, uint8_t type, uint8_t id,
              gpointer user_data)
{
  return ((Session *)user_data)->denied_type != type;
}

static void
on_mouse_mode (bool client_mode, gpointer user_data)
{
  Session *self = user_data;

  g_string_append_printf (self->events, "mouse %s; ",
                          client_mode ? "client" : "server");
}

static const SpcHost host = {
    .authenticates = on_authenticates,
    .authenticate = on_authenticate,
    .auth_withdrawn = on_auth_withdrawn,
    .authorize_channel = on_authorize,
    .client_connecting = on_connecting,
    .client_added = on_added,
    .client_removed = on_removed,
    .client_rejected = on_rejected,
    .auth_failed = on_auth_failed,
    .mouse_mode_changed = on_mouse_mode,
};

static void
on_input (const SpcInputEvent *event, gpointer user_data)
{
  Session *self = user_data;

  switch (event->kind) {
  case SPC_INPUT_KEY:
    g_string_append_printf (self->inputs, "key %x %s; ", event->scancode,
                            event->pressed ? "down" : "up");
    break;
  case SPC_INPUT_BUTTON:
    g_string_append_printf (self->inputs, "button %u %s; ", event->button,
                            event->pressed ? "down" : "up");
    break;
  case SPC_INPUT_POINTER_MOVE:
    g_string_append_printf (self->inputs, "move %d,%d; ", event->x, event->y);
    break;
  case SPC_INPUT_POINTER_MOTION:
    g_string_append_printf (self->inputs, "motion %d,%d; ", event->dx,
                            event->dy);
    break;
  default:
    break;
  }
}

static const SpcInputSink input_sink = {.event = on_input};

/* log */

static gint n_warnings; /* atomic */

static void
count_warnings (SpcLogCategory category, SpcLogLevel level, const char *file,
                const char *function, int line, const char *text)
{
  if (level <= SPC_LEVEL_WARNING)
    g_atomic_int_inc (&n_warnings);
  if (level == SPC_LEVEL_ERROR)
    g_test_message ("%s", text);
}

guint
session_n_warnings (void)
{
  return (guint)g_atomic_int_get (&n_warnings);
}

/* life */

void
session_init (Session *self, const SpcConfig *config)
{
  SpcConfig open;

  *self =
      (Session){.events = g_string_new (NULL), .inputs = g_string_new (NULL)};
  g_atomic_int_set (&n_warnings, 0);
  spc_log_set_sink (count_warnings);
  net_fixture_init (&self->net);
  spc_config_init (&open);
  open.allow_anonymous = true;
  open.n_workers = 1;
  self->server = spc_server_new (config != NULL ? config : &open,
                                 self->net.context, &host, &input_sink, self);
  spc_config_clear (&open);
  session_add (self, spc_main_new (self->server));
}

void
session_clear (Session *self)
{
  spc_server_stop (self->server);
  g_assert_finalize_object (self->server);
  net_fixture_clear (&self->net);
  g_string_free (self->events, TRUE);
  g_string_free (self->inputs, TRUE);
  spc_log_set_sink (NULL);
}

void
session_add (Session *self, gpointer channel)
{
  spc_server_add_channel (self->server, channel);
  g_object_unref (channel);
}

/* viewers */

WireClient *
session_link_over (Session *self, const WireClientSetup *setup,
                   gsize line_bytes)
{
  SpcTransport *near, *far;
  WireClient *client;

  spc_transport_new_pair (self->net.loop, line_bytes, &near, &far);
  spc_server_take (self->server, near);
  client = wire_client_new (far, setup);
  NET_RUN_UNTIL (&self->net, client->link_code != WIRE_PENDING);
  return client;
}

WireClient *
session_link (Session *self, const WireClientSetup *setup)
{
  return session_link_over (self, setup, SESSION_LINE_BYTES);
}

WireClient *
session_join (Session *self)
{
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN};
  WireClient *client;

  spc_caps_set (&setup.channel_caps, SPICE_MAIN_CAP_NAME_AND_UUID);
  client = session_link (self, &setup);
  g_assert_cmpint (client->link_code, ==, SPICE_LINK_ERR_OK);
  NET_RUN_UNTIL (&self->net,
                 wire_client_find (client, SPICE_MSG_MAIN_INIT, 0) != NULL);
  return client;
}

uint32_t
session_id_of (const WireClient *main)
{
  SpcMainInit init;

  wire_client_read (main, SPICE_MSG_MAIN_INIT, spc_main_init_fields, &init);
  return init.session_id;
}

WireClient *
session_open (Session *self, const WireClient *main, uint8_t channel_type,
              uint8_t channel_id)
{
  const WireClientSetup setup = {.channel_type = channel_type,
                                 .channel_id = channel_id,
                                 .connection_id = session_id_of (main)};
  WireClient *client = session_link (self, &setup);

  g_assert_cmpint (client->link_code, ==, SPICE_LINK_ERR_OK);
  return client;
}

void
session_settle (Session *self)
{
  while (g_main_context_iteration (self->net.context, FALSE))
    ;
}
