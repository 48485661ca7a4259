/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "connection.h"

#include "channel.h"
#include "client.h"
#include "flow.h"
#include "input.h"
#include "message-item.h"
#include "migrator.h"
#include "output.h"
#include "ping-item.h"
#include "server-core/base/limits.h"
#include "server-core/wire/messages-common.h"
#include "server-core/wire/protocol.h"

/* items waiting in a pipe after which no more is read from the peer, since it
 * may be what the peer asks for that fills the pipe */
#define STOP_READING_ITEMS (2 * SPC_MAX_PIPE_ITEMS)
/* round trip above which the peer gets the wide window */
#define SLOW_ROUND_TRIP_US 50000u

typedef struct {
  SpcChannel *channel;     /* not owned; cleared when closed */
  SpcClient *client;       /* not owned; cleared when closed */
  SpcTransport *transport; /* owned; NULL when closed */
  SpcCaps common_caps, channel_caps;
  SpcInput input;
  SpcOutput output;
  SpcPipe pipe;
  SpcFlow flow;
  SpcConnectionStats stats;
  int64_t last_activity_us;
  char *name;       /* "display 0 of 127.0.0.1:4711" */
  char *failure;    /* of the line; NULL: none */
  SpcTimer *ending; /* closes it then */
  bool closed, pumping, was_drained;
  bool is_paused;  /* not to be read: who takes what it sends is full */
  bool is_held;    /* its viewer's session is still elsewhere */
  bool is_leaving; /* MIGRATE was its last message but one */
} SpcConnectionPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (SpcConnection, spc_connection, G_TYPE_OBJECT)

#define PRIV(self)                                                             \
  ((SpcConnectionPrivate *)spc_connection_get_instance_private (self))

/* messages every channel understands */

static bool
on_ack_sync (SpcConnection *self, const void *message, GError **error)
{
  const SpcAckSync *msg = message;

  spc_flow_ack_sync (&PRIV (self)->flow, msg->generation);
  return true;
}

static bool
on_ack (SpcConnection *self, const void *message, GError **error)
{
  spc_flow_ack (&PRIV (self)->flow);
  return true;
}

static bool
on_pong (SpcConnection *self, const void *message, GError **error)
{
  SpcConnectionPrivate *priv = PRIV (self);
  const SpcPing *msg = message;
  SpcPendingPing ping;
  guint32 round_trip;

  if (!spc_flow_pong (&priv->flow, msg->id, &ping))
    return true;
  round_trip =
      (guint32)CLAMP (g_get_monotonic_time () - ping.sent_us, 1, G_MAXUINT32);
  if (priv->stats.round_trip_us == 0 || round_trip < priv->stats.round_trip_us)
    priv->stats.round_trip_us = round_trip;
  if (ping.func != NULL)
    ((SpcPongFunc)ping.func) (self, round_trip, ping.user_data);
  return true;
}

static bool
on_disconnecting (SpcConnection *self, const void *message, GError **error)
{
  return true; /* the close that follows is what counts */
}

static const SpcMessageHandler base_handlers[] = {
    {SPICE_MSGC_ACK_SYNC, 4, 4, spc_ack_sync_fields, sizeof (SpcAckSync),
     on_ack_sync},
    {SPICE_MSGC_ACK, 0, 0, NULL, 0, on_ack},
    {SPICE_MSGC_PONG, 12, 12, spc_ping_fields, sizeof (SpcPing), on_pong},
    {SPICE_MSGC_MIGRATE_FLUSH_MARK, 0, 0, NULL, 0, spc_migrate_flush_mark},
    {SPICE_MSGC_MIGRATE_DATA, 0, SPC_MAX_MIGRATE_DATA, NULL, 0,
     spc_migrate_data},
    {SPICE_MSGC_DISCONNECTING, 12, 12, NULL, 0, on_disconnecting},
};

/* receiving */

static const SpcMessageHandler *
find_handler (SpcConnection *self, uint16_t type)
{
  SpcConnectionClass *klass = SPC_CONNECTION_GET_CLASS (self);
  const SpcMessageHandler *handler = spc_message_handler_find (
      base_handlers, G_N_ELEMENTS (base_handlers), type);

  if (handler != NULL)
    return handler;
  handler = spc_message_handler_find (klass->handlers, klass->n_handlers, type);
  return !PRIV (self)->is_held || (handler != NULL && handler->when_held)
             ? handler
             : NULL;
}

/* only of one that is expected to bring its state is it collected */
static bool
is_due (SpcConnection *self, uint16_t type)
{
  return type != SPICE_MSGC_MIGRATE_DATA || PRIV (self)->is_held;
}

static bool
accepts (uint16_t type, uint32_t size, gpointer user_data, GError **error)
{
  return spc_message_handler_accepts (
      is_due (user_data, type) ? find_handler (user_data, type) : NULL, type,
      size, error);
}

static bool
dispatch (uint16_t type, const uint8_t *body, uint32_t size, gpointer user_data,
          GError **error)
{
  SpcConnection *self = user_data;

  PRIV (self)->stats.messages_received++;
  SPC_LOG (SPC_CONNECTION_GET_CLASS (self)->log_category,
           "%s: received message %u, %u bytes", PRIV (self)->name, type, size);
  return spc_message_handler_call (find_handler (self, type), self, body, size,
                                   error) &&
         !PRIV (self)->closed;
}

static const SpcInputRules input_rules = {
    .accepts = accepts,
    .message = dispatch,
};

/* a viewer that breaks the rules is news, one that leaves is not */
static bool
is_misbehaviour (const GError *error)
{
  return g_error_matches (error, SPC_ERROR, SPC_ERROR_PROTOCOL) ||
         g_error_matches (error, SPC_ERROR, SPC_ERROR_LIMIT) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

static void
read_once (SpcConnection *self)
{
  SpcConnectionPrivate *priv = PRIV (self);
  g_autoptr (GError) error = NULL;
  uint64_t before = priv->stats.bytes_received;
  bool ok = spc_input_read (&priv->input, priv->transport, &input_rules, self,
                            &priv->stats.bytes_received, &error);

  if (priv->stats.bytes_received != before)
    priv->last_activity_us = g_get_monotonic_time ();
  if (ok || priv->closed)
    return;
  if (is_misbehaviour (error))
    SPC_WARNING (SPC_CONNECTION_GET_CLASS (self)->log_category, "%s: ended: %s",
                 priv->name, error->message);
  spc_connection_close (self, error != NULL ? error->message : "refused");
}

/* held, and the viewer has nothing to say on it yet */
static bool
is_deaf (SpcConnection *self)
{
  return PRIV (self)->is_held && PRIV (self)->channel != NULL &&
         spc_channel_type (PRIV (self)->channel) != SPICE_CHANNEL_MAIN &&
         SPC_CONNECTION_GET_CLASS (self)->restore == NULL;
}

static void
update_wants (SpcConnection *self, bool blocked)
{
  SpcConnectionPrivate *priv = PRIV (self);
  GIOCondition wants = 0;

  if (!priv->is_paused && !is_deaf (self) &&
      spc_pipe_length (&priv->pipe) < STOP_READING_ITEMS)
    wants |= G_IO_IN;
  if (blocked)
    wants |= G_IO_OUT;
  spc_transport_want (priv->transport, wants);
}

static void
on_transport (SpcTransport *transport, GIOCondition ready, gpointer user_data)
{
  g_autoptr (SpcConnection) self = g_object_ref (user_data);

  if ((ready & G_IO_IN) != 0)
    read_once (self);
  spc_connection_pump (self);
}

/* sending */

/* The head's state; those behind it start their work, all that are looked ahead
 * for at once: @n_started still stand there of the last time. */
static SpcItemState
prepare_some (SpcConnection *self, guint *n_started)
{
  SpcPipe *pipe = &PRIV (self)->pipe;
  SpcItemState state = SPC_ITEM_WAIT;

  if (*n_started > 0)
    state = spc_pipe_prepare (pipe, self, 1);
  if (state != SPC_ITEM_WAIT) {
    (*n_started)--;
    return state;
  }
  state = spc_pipe_prepare (pipe, self, SPC_PIPE_LOOKAHEAD);
  *n_started = state == SPC_ITEM_DROP ? 0 : SPC_PIPE_LOOKAHEAD - 1;
  return state;
}

/* builds items while the peer may be sent more; true if something was built */
static bool
build_some (SpcConnection *self)
{
  SpcConnectionPrivate *priv = PRIV (self);
  guint n_started = 0;
  bool built = false;

  while (!priv->closed && spc_pipe_length (&priv->pipe) > 0 &&
         spc_flow_may_send (&priv->flow) &&
         spc_output_backlog (&priv->output) < SPC_MAX_OUTPUT_BYTES) {
    SpcItemState state = prepare_some (self, &n_started);
    g_autoptr (SpcItem) item = NULL;

    if (state == SPC_ITEM_WAIT)
      break;
    item = spc_pipe_pop (&priv->pipe);
    if (state == SPC_ITEM_READY && item->klass->build != NULL)
      item->klass->build (item, self);
    built = true;
  }
  return built;
}

static void
on_ending (gpointer user_data)
{
  g_autoptr (SpcConnection) self = g_object_ref (user_data);

  spc_connection_close (self, PRIV (self)->failure);
}

/* Not at once: whoever pumps goes on with what it was doing. */
static void
fail (SpcConnection *self, const char *failure)
{
  SpcConnectionPrivate *priv = PRIV (self);

  priv->failure = g_strdup (failure);
  priv->ending =
      spc_timer_new (spc_channel_loop (priv->channel), on_ending, self);
  spc_timer_arm (priv->ending, 0);
}

/* false: the line has failed */
static bool
flush (SpcConnection *self, bool *blocked)
{
  SpcConnectionPrivate *priv = PRIV (self);
  SpcConnectionClass *klass = SPC_CONNECTION_GET_CLASS (self);
  g_autoptr (GError) error = NULL;
  uint64_t before = priv->stats.bytes_sent;
  SpcOutputState state = spc_output_flush (&priv->output, priv->transport,
                                           &priv->stats.bytes_sent, &error);

  if (priv->stats.bytes_sent != before)
    priv->last_activity_us = g_get_monotonic_time ();
  *blocked = state == SPC_OUTPUT_BLOCKED;
  if (state == SPC_OUTPUT_EMPTY && klass->flushed != NULL)
    klass->flushed (self);
  if (state == SPC_OUTPUT_EMPTY && priv->is_leaving &&
      spc_pipe_length (&priv->pipe) == 0)
    spc_migrate_sent (self);
  if (state != SPC_OUTPUT_FAILED)
    return true;
  fail (self, error->message);
  return false;
}

/* true if that was news: something may have been pushed then */
static bool
notify_drained (SpcConnection *self)
{
  SpcConnectionPrivate *priv = PRIV (self);
  SpcConnectionClass *klass = SPC_CONNECTION_GET_CLASS (self);

  if (spc_pipe_length (&priv->pipe) > 0 || priv->was_drained ||
      !spc_flow_may_send (&priv->flow))
    return false;
  priv->was_drained = true;
  if (klass->drained != NULL && !priv->is_leaving)
    klass->drained (self);
  return true;
}

void
spc_connection_pump (SpcConnection *self)
{
  SpcConnectionPrivate *priv = PRIV (self);
  bool blocked = false, drained, built, had_output;

  if (priv->closed || priv->pumping || priv->failure != NULL)
    return;
  g_object_ref (self);
  priv->pumping = true;
  do {
    built = build_some (self);
    had_output = spc_output_backlog (&priv->output) > 0;
    if (priv->closed || !flush (self, &blocked))
      break;
    drained = !blocked && notify_drained (self);
    /* an item may have waited for the output to shrink */
  } while ((built || had_output || drained) && !blocked && !priv->closed);
  priv->pumping = false;
  if (!priv->closed)
    update_wants (self, blocked);
  g_object_unref (self);
}

void
spc_connection_pause_reading (SpcConnection *self, bool pause)
{
  PRIV (self)->is_paused = pause;
  if (!pause)
    spc_connection_pump (self);
}

void
spc_connection_push (SpcConnection *self, SpcItem *item)
{
  SpcConnectionPrivate *priv = PRIV (self);

  if (priv->closed || priv->is_leaving) {
    spc_item_unref (item);
    return;
  }
  priv->was_drained = false;
  spc_pipe_push (&priv->pipe, item);
}

void
spc_connection_begin (SpcConnection *self, uint16_t type)
{
  SpcConnectionPrivate *priv = PRIV (self);

  spc_output_begin (&priv->output, type);
  spc_flow_sent (&priv->flow);
  priv->stats.messages_sent++;
  SPC_LOG (SPC_CONNECTION_GET_CLASS (self)->log_category,
           "%s: sends message %u", priv->name, type);
}

QxlWriter *
spc_connection_writer (SpcConnection *self)
{
  return PRIV (self)->output.writer;
}

uint32_t
spc_connection_body_size (SpcConnection *self)
{
  return spc_output_body_size (&PRIV (self)->output);
}

void
spc_connection_end (SpcConnection *self)
{
  spc_output_end (&PRIV (self)->output);
}

void
spc_connection_write (SpcConnection *self, uint16_t type,
                      const QxlField *fields, const void *message)
{
  spc_connection_begin (self, type);
  if (fields != NULL)
    qxl_fields_write (fields, message, spc_connection_writer (self));
  spc_connection_end (self);
}

void
spc_connection_send (SpcConnection *self, uint16_t type, const QxlField *fields,
                     const void *message)
{
  spc_connection_push (self, spc_message_item_new (type, fields, message));
}

static bool
is_message_of_type (SpcItem *item, gpointer user_data)
{
  return spc_item_is_message (item, (uint16_t)GPOINTER_TO_UINT (user_data));
}

void
spc_connection_send_latest (SpcConnection *self, uint16_t type,
                            const QxlField *fields, const void *message)
{
  SpcConnectionPrivate *priv = PRIV (self);
  SpcItem *item = spc_message_item_new (type, fields, message);

  if (priv->closed || priv->is_leaving) {
    spc_item_unref (item);
    return;
  }
  priv->was_drained = false;
  spc_pipe_replace (&priv->pipe, item, is_message_of_type,
                    GUINT_TO_POINTER (type));
}

/* pings */

void
spc_connection_ping (SpcConnection *self, guint32 padding_bytes,
                     SpcPongFunc func, gpointer user_data)
{
  if (!PRIV (self)->is_held)
    spc_connection_push (self,
                         spc_ping_item_new (&PRIV (self)->flow, padding_bytes,
                                            (gpointer)func, user_data));
}

/* life */

static void
start_window (SpcConnection *self)
{
  SpcConnectionPrivate *priv = PRIV (self);
  bool slow = spc_client_round_trip_us (priv->client) > SLOW_ROUND_TRIP_US;
  SpcSetAck msg;

  spc_flow_start_window (&priv->flow,
                         slow ? SPC_ACK_WINDOW_SLOW : SPC_ACK_WINDOW);
  msg = (SpcSetAck){.generation = priv->flow.generation,
                    .window = priv->flow.window};
  spc_connection_send (self, SPICE_MSG_SET_ACK, spc_set_ack_fields, &msg);
}

static void
start (SpcConnection *self)
{
  PRIV (self)->is_held = false;
  spc_channel_add_connection (PRIV (self)->channel, self);
  if (SPC_CONNECTION_GET_CLASS (self)->uses_acks)
    start_window (self);
}

SpcConnection *
spc_connection_open (GType type, SpcConnectionSetup *setup)
{
  g_autoptr (SpcConnection) self = g_object_new (type, NULL);
  SpcConnectionClass *klass = SPC_CONNECTION_GET_CLASS (self);
  SpcConnectionPrivate *priv = PRIV (self);
  bool mini = spc_caps_has (&setup->common_caps, SPICE_COMMON_CAP_MINI_HEADER);

  priv->channel = setup->channel;
  priv->client = setup->client;
  priv->transport = g_steal_pointer (&setup->transport);
  priv->common_caps = setup->common_caps;
  priv->channel_caps = setup->channel_caps;
  priv->last_activity_us = g_get_monotonic_time ();
  priv->name = g_strdup_printf ("%s of %s", spc_channel_name (priv->channel),
                                priv->transport->peer);
  spc_input_init (&priv->input, mini);
  spc_output_init (&priv->output, mini, priv->transport->is_secure);
  spc_transport_set_func (priv->transport, on_transport, self);
  g_ptr_array_add (priv->client->connections, g_object_ref (self));
  SPC_DEBUG (klass->log_category, "%s: opened", priv->name);
  priv->is_held = priv->client->stage == SPC_CLIENT_ARRIVING;
  if (!priv->is_held)
    start (self);
  if (!priv->is_held && klass->opened != NULL)
    klass->opened (self);
  spc_connection_pump (self);
  return priv->closed ? NULL : self; /* the client holds it */
}

bool
spc_connection_release (SpcConnection *self, const QxlTail *state,
                        GError **error)
{
  SpcConnectionClass *klass = SPC_CONNECTION_GET_CLASS (self);
  bool ok = true;

  start (self);
  if (state != NULL)
    ok = klass->restore (self, state, error);
  else if (klass->opened != NULL)
    klass->opened (self);
  spc_connection_pump (self);
  return ok;
}

void
spc_connection_leave (SpcConnection *self, uint32_t flags)
{
  SpcConnectionClass *klass = SPC_CONNECTION_GET_CLASS (self);
  const SpcMigrate migrate = {.flags = flags};

  if (klass->leaving != NULL)
    klass->leaving (self);
  spc_connection_send (self, SPICE_MSG_MIGRATE, spc_migrate_fields, &migrate);
  PRIV (self)->is_leaving = true;
  spc_connection_pump (self);
}

/* what ends with a connection that never began, or is on its way elsewhere */
static void
tell_closed (SpcConnection *self, const char *reason)
{
  SpcConnectionClass *klass = SPC_CONNECTION_GET_CLASS (self);

  if (PRIV (self)->is_held)
    spc_client_close (PRIV (self)->client, reason);
  else if (klass->closed != NULL)
    klass->closed (self);
  if (PRIV (self)->is_leaving)
    spc_migrate_sent (self);
}

void
spc_connection_close (SpcConnection *self, const char *reason)
{
  SpcConnectionPrivate *priv = PRIV (self);
  SpcConnectionClass *klass = SPC_CONNECTION_GET_CLASS (self);
  SpcChannel *channel = priv->channel;
  SpcClient *client = priv->client;

  if (priv->closed)
    return;
  priv->closed = true;
  g_object_ref (self);
  spc_client_ref (client);
  SPC_DEBUG (klass->log_category, "%s: closed: %s", priv->name, reason);
  g_clear_pointer (&priv->ending, spc_timer_free);
  spc_transport_set_func (priv->transport, NULL, NULL);
  spc_transport_close (priv->transport);
  spc_pipe_clear (&priv->pipe);
  /* whoever is told may close others, and all of the client's */
  spc_client_connection_closed (client, self);
  spc_channel_remove_connection (channel, self);
  tell_closed (self, reason);
  priv->channel = NULL;
  priv->client = NULL;
  spc_client_unref (client);
  g_object_unref (self);
}

static void
spc_connection_finalize (GObject *object)
{
  SpcConnectionPrivate *priv = PRIV (SPC_CONNECTION (object));

  g_clear_pointer (&priv->transport, spc_transport_free);
  spc_pipe_fini (&priv->pipe);
  spc_input_clear (&priv->input);
  spc_output_clear (&priv->output);
  g_free (priv->name);
  g_free (priv->failure);
  G_OBJECT_CLASS (spc_connection_parent_class)->finalize (object);
}

static void
spc_connection_class_init (SpcConnectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = spc_connection_finalize;
  klass->log_category = SPC_LOG_CHANNEL;
}

static void
spc_connection_init (SpcConnection *self)
{
  spc_pipe_init (&PRIV (self)->pipe);
}

/* asking */

bool
spc_connection_is_closed (SpcConnection *self)
{
  return PRIV (self)->closed;
}

bool
spc_connection_is_held (SpcConnection *self)
{
  return PRIV (self)->is_held;
}

uint64_t
spc_connection_serial (SpcConnection *self)
{
  return PRIV (self)->output.serial;
}

void
spc_connection_set_serial (SpcConnection *self, uint64_t serial)
{
  PRIV (self)->output.serial = serial;
}

SpcPipe *
spc_connection_pipe (SpcConnection *self)
{
  return &PRIV (self)->pipe;
}

SpcChannel *
spc_connection_channel (SpcConnection *self)
{
  return PRIV (self)->channel;
}

SpcClient *
spc_connection_client (SpcConnection *self)
{
  return PRIV (self)->client;
}

bool
spc_connection_has_cap (SpcConnection *self, unsigned bit)
{
  return spc_caps_has (&PRIV (self)->channel_caps, bit);
}

bool
spc_connection_is_local (SpcConnection *self)
{
  SpcTransport *transport = PRIV (self)->transport;

  return transport != NULL && transport->is_local;
}

const char *
spc_connection_encryption (SpcConnection *self)
{
  return PRIV (self)->transport->encryption;
}

gsize
spc_connection_backlog (SpcConnection *self)
{
  return spc_output_backlog (&PRIV (self)->output);
}

const SpcConnectionStats *
spc_connection_stats (SpcConnection *self)
{
  return &PRIV (self)->stats;
}

int64_t
spc_connection_last_activity_us (SpcConnection *self)
{
  return PRIV (self)->last_activity_us;
}

bool
spc_connection_is_blocked (SpcConnection *self)
{
  SpcConnectionPrivate *priv = PRIV (self);

  return spc_output_backlog (&priv->output) > 0 ||
         !spc_flow_may_send (&priv->flow) ||
         (priv->flow.n_pings > 0 && !priv->is_paused);
}

const char *
spc_connection_name (SpcConnection *self)
{
  return PRIV (self)->name;
}
