/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "migrate-source.h"

#include "migrate-departure.h"
#include "server-core/channel/blob.h"
#include "server-core/channel/client.h"
#include "server-core/wire/messages-main.h"

#include <string.h>

/* for all answers, and for all to go (spec: migration) */
#define ANSWER_MS 10000u
#define LEAVE_MS 10000u

/* one viewer */
typedef enum {
  MOVE_ARRIVING, /* it moves here itself: asked when it has */
  MOVE_STAYING,
  MOVE_ASKED,
  MOVE_ASKED_SEAMLESS,
  MOVE_LATE, /* it has not answered in time, and may still have links there */
  MOVE_TOO_LATE, /* it has, and has told so after that */
  MOVE_LINKED,
  MOVE_LINKED_SEAMLESS,
  MOVE_FAILED,
  MOVE_GOING,
  MOVE_GOING_SEAMLESS,
} MoveState;

typedef enum {
  ON_HERE, /* its session is here now */
  ON_CONNECT,
  ON_LINKED,
  ON_LINKED_SEAMLESS,
  ON_LINK_FAILED,
  ON_TIMEOUT,
  ON_END,
  ON_CANCEL,
  ON_SWITCH,
} MoveEvent;

typedef struct {
  SpcMigrateSource *source; /* not owned */
  SpcClient *client;        /* owned */
  MoveState state;
  SpcDeparture *departure; /* owned; NULL: it does not go seamlessly */
} Move;

typedef enum {
  SOURCE_IDLE,
  SOURCE_LINKING, /* viewers are asked */
  SOURCE_LINKED,  /* the application has been told */
  SOURCE_ENDING,  /* viewers go */
} SourceState;

struct _SpcMigrateSource {
  SpcServer *server; /* not owned */
  const SpcMigrateSourceFuncs *funcs;
  gpointer user_data;
  SpcTimer *timer;
  SourceState state;
  GPtrArray *moves;           /* Move, owned */
  guint n_lost;               /* had to be sent away */
  SpcDestination destination; /* its texts are owned */
  char *key;
  bool is_seamless; /* allowed */
  uint32_t answer_ms, leave_ms;
};

static const char *const source_names[] = {
    [SOURCE_IDLE] = "idle",
    [SOURCE_LINKING] = "linking",
    [SOURCE_LINKED] = "linked",
    [SOURCE_ENDING] = "ending",
};

static void
set_source_state (SpcMigrateSource *self, SourceState state)
{
  SPC_DEBUG (SPC_LOG_MAIN, "migration: %s → %s", source_names[self->state],
             source_names[state]);
  self->state = state;
}

/* viewers */

static void
free_move (gpointer data)
{
  Move *self = data;

  self->client->is_away = false;
  spc_client_unref (self->client);
  spc_departure_free (self->departure);
  g_free (self);
}

static Move *
find_move (SpcMigrateSource *self, const SpcClient *client)
{
  for (guint i = 0; i < self->moves->len; i++) {
    Move *move = g_ptr_array_index (self->moves, i);

    if (move->client == client)
      return move;
  }
  return NULL;
}

/* the same one for a viewer that has one */
static Move *
add_move (SpcMigrateSource *self, SpcClient *client)
{
  Move *move = find_move (self, client);

  if (move != NULL)
    return move;
  move = g_new0 (Move, 1);
  move->source = self;
  move->client = spc_client_ref (client);
  move->state =
      client->stage == SPC_CLIENT_ARRIVING ? MOVE_ARRIVING : MOVE_STAYING;
  g_ptr_array_add (self->moves, move);
  return move;
}

static void
add_all (SpcMigrateSource *self)
{
  GPtrArray *clients = spc_server_clients (self->server);

  for (guint i = 0; i < clients->len; i++)
    add_move (self, g_ptr_array_index (clients, i));
}

/* what viewers are told */

static SpcConnection *
main_of (const Move *move)
{
  return spc_client_find (move->client, SPICE_CHANNEL_MAIN, 0);
}

static void
tell (Move *move, uint16_t type, const QxlField *fields, const void *message)
{
  SpcConnection *main = main_of (move);

  if (main == NULL)
    return;
  spc_connection_send (main, type, fields, message);
  spc_connection_pump (main);
}

static uint16_t
to_port (int port)
{
  return port > 0 && port <= G_MAXUINT16 ? (uint16_t)port : 0;
}

/* @head: bytes before the texts */
static SpcMigrateInfo
make_info (const SpcDestination *to, uint32_t head, GByteArray *texts)
{
  SpcMigrateInfo info = {
      .port = to_port (to->port),
      .tls_port = to_port (to->tls_port),
      .host_size = (uint32_t)strlen (to->host) + 1,
      .host_offset = head,
  };

  g_byte_array_append (texts, (const guint8 *)to->host, info.host_size);
  if (to->cert_subject != NULL) {
    info.subject_size = (uint32_t)strlen (to->cert_subject) + 1;
    info.subject_offset = head + info.host_size;
    g_byte_array_append (texts, (const guint8 *)to->cert_subject,
                         info.subject_size);
  }
  info.texts = (QxlTail){.data = texts->data, .size = texts->len};
  return info;
}

static void
tell_destination (Move *move, uint16_t type)
{
  g_autoptr (GByteArray) texts = g_byte_array_new ();
  SpcMigrateInfo info = make_info (
      &move->source->destination,
      (uint32_t)qxl_fields_min_size (spc_migrate_info_fields), texts);

  tell (move, type, spc_migrate_info_fields, &info);
}

static bool
has_cap (const Move *move, unsigned bit)
{
  SpcConnection *main = main_of (move);

  return main != NULL && spc_connection_has_cap (main, bit);
}

/* the whole session goes, so that the dictionaries and caches of one viewer are
 * all there is */
static bool
may_go_seamlessly (const Move *move)
{
  return move->source->is_seamless && move->source->moves->len == 1 &&
         has_cap (move, SPICE_MAIN_CAP_SEAMLESS_MIGRATE) &&
         has_cap (move, SPICE_MAIN_CAP_AGENT_CONNECTED_TOKENS);
}

/* actions */

static void
ask (Move *move)
{
  g_autoptr (GByteArray) texts = g_byte_array_new ();
  SpcMigrateSeamless seamless = {.version = SPC_MIGRATE_VERSION};

  if (!has_cap (move, SPICE_MAIN_CAP_SEMI_SEAMLESS_MIGRATE))
    return; /* it hears of it at the end */
  move->client->is_away = true;
  if (!may_go_seamlessly (move)) {
    move->state = MOVE_ASKED;
    tell_destination (move, SPICE_MSG_MAIN_MIGRATE_BEGIN);
    return;
  }
  move->state = MOVE_ASKED_SEAMLESS;
  seamless.info = make_info (
      &move->source->destination,
      (uint32_t)qxl_fields_min_size (spc_migrate_seamless_fields), texts);
  tell (move, SPICE_MSG_MAIN_MIGRATE_BEGIN_SEAMLESS,
        spc_migrate_seamless_fields, &seamless);
}

static void
forget_answer (Move *move)
{
  move->client->is_away = false;
}

static void
send_cancel (Move *move)
{
  tell (move, SPICE_MSG_MAIN_MIGRATE_CANCEL, NULL, NULL);
}

static void
send_end (Move *move)
{
  tell (move, SPICE_MSG_MAIN_MIGRATE_END, NULL, NULL);
}

static void
send_switch (Move *move)
{
  tell_destination (move, SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST);
}

/* It lets go of the links it has there, or is making, and begins anew. Both are
 * sent at one go: sending may be the viewer's end, and that of @move. */
static void
unlink_and_switch (Move *move)
{
  SpcConnection *main = main_of (move);

  if (main != NULL)
    spc_connection_send (main, SPICE_MSG_MAIN_MIGRATE_CANCEL, NULL, NULL);
  send_switch (move);
}

static void
leave (Move *move)
{
  move->departure = spc_departure_new (move->client, move->source->key);
  spc_departure_begin (move->departure);
}

typedef struct {
  MoveState state;
  MoveEvent event;
  MoveState next;
  void (*action) (Move *move); /* after the change of state */
} MoveRule;

/* clang-format off */
/* what is not listed changes nothing */
static const MoveRule rules[] = {
  /* in state,           on,                 go to,                do */
  { MOVE_ARRIVING,       ON_HERE,            MOVE_STAYING,         ask },
  { MOVE_STAYING,        ON_CONNECT,         MOVE_STAYING,         ask },
  { MOVE_ASKED,          ON_LINKED,          MOVE_LINKED,          forget_answer },
  { MOVE_ASKED_SEAMLESS, ON_LINKED,          MOVE_LINKED,          forget_answer },
  { MOVE_ASKED_SEAMLESS, ON_LINKED_SEAMLESS, MOVE_LINKED_SEAMLESS, forget_answer },
  { MOVE_ASKED,          ON_LINK_FAILED,     MOVE_FAILED,          forget_answer },
  { MOVE_ASKED_SEAMLESS, ON_LINK_FAILED,     MOVE_FAILED,          forget_answer },
  { MOVE_ASKED,          ON_TIMEOUT,         MOVE_LATE,            NULL },
  { MOVE_ASKED_SEAMLESS, ON_TIMEOUT,         MOVE_LATE,            NULL },
  { MOVE_LATE,           ON_LINKED,          MOVE_TOO_LATE,        forget_answer },
  { MOVE_LATE,           ON_LINKED_SEAMLESS, MOVE_TOO_LATE,        forget_answer },
  { MOVE_LATE,           ON_LINK_FAILED,     MOVE_FAILED,          forget_answer },

  { MOVE_STAYING,         ON_END,            MOVE_GOING,           send_switch },
  { MOVE_FAILED,          ON_END,            MOVE_GOING,           send_switch },
  { MOVE_ASKED,           ON_END,            MOVE_GOING,           unlink_and_switch },
  { MOVE_ASKED_SEAMLESS,  ON_END,            MOVE_GOING,           unlink_and_switch },
  { MOVE_LATE,            ON_END,            MOVE_GOING,           unlink_and_switch },
  { MOVE_TOO_LATE,        ON_END,            MOVE_GOING,           unlink_and_switch },
  { MOVE_LINKED,          ON_END,            MOVE_GOING,           send_end },
  { MOVE_LINKED_SEAMLESS, ON_END,            MOVE_GOING_SEAMLESS,  leave },

  { MOVE_ASKED,           ON_CANCEL,         MOVE_STAYING,         send_cancel },
  { MOVE_ASKED_SEAMLESS,  ON_CANCEL,         MOVE_STAYING,         send_cancel },
  { MOVE_LATE,            ON_CANCEL,         MOVE_STAYING,         send_cancel },
  { MOVE_TOO_LATE,        ON_CANCEL,         MOVE_STAYING,         send_cancel },
  { MOVE_LINKED,          ON_CANCEL,         MOVE_STAYING,         send_cancel },
  { MOVE_LINKED_SEAMLESS, ON_CANCEL,         MOVE_STAYING,         send_cancel },

  { MOVE_STAYING,         ON_SWITCH,         MOVE_GOING,           send_switch },
};
/* clang-format on */

static void
step (Move *move, MoveEvent event)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++) {
    if (rules[i].state != move->state || rules[i].event != event)
      continue;
    SPC_DEBUG (SPC_LOG_MAIN, "migration of %08x: state %d → %d on %d",
               move->client->id, move->state, rules[i].next, event);
    move->state = rules[i].next;
    if (rules[i].action != NULL)
      rules[i].action (move);
    return;
  }
}

/* moves go while viewers are told: each gets @event if it still has one */
static void
step_all (SpcMigrateSource *self, MoveEvent event)
{
  g_autoptr (GPtrArray) clients =
      g_ptr_array_new_with_free_func ((GDestroyNotify)spc_client_unref);

  for (guint i = 0; i < self->moves->len; i++) {
    Move *move = g_ptr_array_index (self->moves, i);

    g_ptr_array_add (clients, spc_client_ref (move->client));
  }
  for (guint i = 0; i < clients->len; i++) {
    Move *move = find_move (self, g_ptr_array_index (clients, i));

    if (move != NULL)
      step (move, event);
  }
}

/* all of them */

static bool
is_answer_due (const Move *move)
{
  return move->state == MOVE_ASKED || move->state == MOVE_ASKED_SEAMLESS ||
         move->state == MOVE_ARRIVING;
}

static SpcMigrateWay
way_of (const Move *move)
{
  if (move->state == MOVE_LINKED_SEAMLESS)
    return SPC_MIGRATE_SEAMLESS;
  return move->state == MOVE_LINKED ? SPC_MIGRATE_SEMI_SEAMLESS
                                    : SPC_MIGRATE_NOT_READY;
}

static void
complete_connect (SpcMigrateSource *self)
{
  guint n = self->moves->len;
  g_autofree SpcMigrateResult *results = g_new0 (SpcMigrateResult, n + 1);

  set_source_state (self, SOURCE_LINKED);
  spc_timer_disarm (self->timer);
  for (guint i = 0; i < n; i++) {
    const Move *move = g_ptr_array_index (self->moves, i);

    results[i] =
        (SpcMigrateResult){.client_id = move->client->id, .way = way_of (move)};
  }
  self->funcs->connect_complete (results, n, self->user_data);
}

static void
complete_end (SpcMigrateSource *self, bool completed)
{
  set_source_state (self, SOURCE_IDLE);
  spc_timer_disarm (self->timer);
  g_ptr_array_set_size (self->moves, 0);
  self->funcs->end_complete (completed, self->n_lost, self->user_data);
}

/* after each event: has the last one answered, or gone? */
static void
look (SpcMigrateSource *self)
{
  if (self->state == SOURCE_ENDING && self->moves->len == 0)
    complete_end (self, true);
  if (self->state != SOURCE_LINKING)
    return;
  for (guint i = 0; i < self->moves->len; i++)
    if (is_answer_due (g_ptr_array_index (self->moves, i)))
      return;
  complete_connect (self);
}

/* those that did not go in time are sent away */
static void
send_away (SpcMigrateSource *self)
{
  while (self->moves->len > 0) {
    Move *move = g_ptr_array_index (self->moves, 0);
    g_autoptr (SpcClient) client = spc_client_ref (move->client);

    self->n_lost++;
    g_ptr_array_remove_index (self->moves, 0);
    spc_client_close (client, "did not move to the other server");
  }
  complete_end (self, true);
}

static void
on_timer (gpointer user_data)
{
  SpcMigrateSource *self = user_data;

  if (self->state == SOURCE_ENDING) {
    send_away (self);
    return;
  }
  step_all (self, ON_TIMEOUT);
  complete_connect (self);
}

/* life */

SpcMigrateSource *
spc_migrate_source_new (SpcServer *server, const SpcMigrateSourceFuncs *funcs,
                        gpointer user_data)
{
  SpcMigrateSource *self = g_new0 (SpcMigrateSource, 1);

  self->server = server;
  self->funcs = funcs;
  self->user_data = user_data;
  self->timer = spc_timer_new (spc_server_loop (server), on_timer, self);
  self->moves = g_ptr_array_new_with_free_func (free_move);
  self->answer_ms = ANSWER_MS;
  self->leave_ms = LEAVE_MS;
  return self;
}

static void
clear_destination (SpcMigrateSource *self)
{
  g_free ((char *)self->destination.host);
  g_free ((char *)self->destination.cert_subject);
  self->destination = (SpcDestination){0};
}

void
spc_migrate_source_free (SpcMigrateSource *self)
{
  if (self == NULL)
    return;
  spc_timer_free (self->timer);
  g_ptr_array_unref (self->moves);
  clear_destination (self);
  g_free (self->key);
  g_free (self);
}

void
spc_migrate_source_set_key (SpcMigrateSource *self, const char *key)
{
  g_free (self->key);
  self->key = g_strdup (key);
}

void
spc_migrate_source_set_seamless (SpcMigrateSource *self, bool is_allowed)
{
  self->is_seamless = is_allowed;
}

void
spc_migrate_source_set_patience (SpcMigrateSource *self, uint32_t answer_ms,
                                 uint32_t leave_ms)
{
  self->answer_ms = answer_ms;
  self->leave_ms = leave_ms;
}

/* what the application wants */

static void
set_destination (SpcMigrateSource *self, const SpcDestination *destination)
{
  SpcDestination copy = *destination;

  copy.host = g_strdup (destination->host);
  copy.cert_subject = g_strdup (destination->cert_subject);
  clear_destination (self);
  self->destination = copy;
}

void
spc_migrate_source_connect (SpcMigrateSource *self,
                            const SpcDestination *destination)
{
  if (self->state != SOURCE_IDLE)
    spc_migrate_source_end (self, false);
  set_destination (self, destination);
  self->n_lost = 0;
  add_all (self);
  step_all (self, ON_CONNECT);
  set_source_state (self, SOURCE_LINKING); /* now that all are asked */
  spc_timer_arm (self->timer, self->answer_ms);
  look (self);
}

static void
begin_end (SpcMigrateSource *self, MoveEvent event)
{
  add_all (self);
  set_source_state (self, SOURCE_ENDING);
  spc_timer_arm (self->timer, self->leave_ms);
  step_all (self, event);
  look (self);
}

bool
spc_migrate_source_end (SpcMigrateSource *self, bool completed)
{
  if (self->state == SOURCE_IDLE || self->state == SOURCE_ENDING)
    return false;
  if (completed) {
    begin_end (self, ON_END);
    return true;
  }
  step_all (self, ON_CANCEL);
  complete_end (self, false);
  return true;
}

void
spc_migrate_source_switch (SpcMigrateSource *self,
                           const SpcDestination *destination)
{
  if (self->state != SOURCE_IDLE)
    spc_migrate_source_end (self, false);
  set_destination (self, destination);
  self->n_lost = 0;
  begin_end (self, ON_SWITCH);
}

/* what viewers say */

void
spc_migrate_source_answer (SpcMigrateSource *self, SpcClient *client,
                           SpcMigrateAnswer answer)
{
  static const MoveEvent events[] = {
      [SPC_MIGRATE_LINKED] = ON_LINKED,
      [SPC_MIGRATE_LINKED_SEAMLESS] = ON_LINKED_SEAMLESS,
      [SPC_MIGRATE_LINK_FAILED] = ON_LINK_FAILED,
  };
  Move *move = find_move (self, client);

  if (move == NULL)
    return;
  step (move, events[answer]);
  look (self);
}

static SpcDeparture *
find_departure (SpcMigrateSource *self, SpcConnection *connection)
{
  Move *move = find_move (self, spc_connection_client (connection));

  return move != NULL ? move->departure : NULL;
}

bool
spc_migrate_source_flush_mark (SpcMigrateSource *self,
                               SpcConnection *connection)
{
  SpcDeparture *departure = find_departure (self, connection);

  return departure != NULL && spc_departure_flush_mark (departure, connection);
}

void
spc_migrate_source_sent (SpcMigrateSource *self, SpcConnection *connection)
{
  SpcDeparture *departure = find_departure (self, connection);

  if (departure != NULL)
    spc_departure_sent (departure, connection);
}

void
spc_migrate_source_client_here (SpcMigrateSource *self, SpcClient *client)
{
  Move *move = find_move (self, client);

  if (move == NULL)
    return;
  step (move, ON_HERE);
  look (self);
}

void
spc_migrate_source_client_gone (SpcMigrateSource *self, SpcClient *client)
{
  Move *move = find_move (self, client);

  if (move == NULL)
    return;
  g_ptr_array_remove (self->moves, move);
  look (self);
}
