/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who comes in: what a server answers to its acceptor about links, and to its
 * channels about what a viewer may open. Loop thread only. */
#include "acceptor.h"
#include "migrator.h"
#include "server-core/wire/protocol.h"
#include "server-private.h"

#include <sys/random.h>

/* asking */

static const SpcHost *
host_of (SpcServer *self, gpointer *user_data)
{
  return spc_server_host (self, user_data);
}

static SpcRole
default_role (SpcServer *self)
{
  return spc_server_config (self)->default_view_only ? SPC_ROLE_VIEW_ONLY
                                                     : SPC_ROLE_FULL;
}

SpcClientInfo
spc_server_client_info (SpcServer *self, const SpcClient *client)
{
  return (SpcClientInfo){
      .id = client->id,
      .peer = client->peer,
      .identity = &client->identity,
      .role = client->role,
      .in_control = spc_control_is_due (spc_server_control (self),
                                        spc_server_clients (self), client)};
}

bool
spc_server_may_open (SpcServer *self, const SpcClient *client, uint8_t type,
                     uint8_t id)
{
  SpcClientInfo info = spc_server_client_info (self, client);
  gpointer user_data;
  const SpcHost *host = host_of (self, &user_data);

  return type == SPICE_CHANNEL_MAIN || host->authorize_channel == NULL ||
         host->authorize_channel (&info, type, id, user_data);
}

/* before the ticket */

static uint32_t
on_offer (const SpcLinkRequest *request, SpcCaps *channel_caps,
          gpointer user_data)
{
  SpcServer *self = user_data;
  SpcChannel *channel = spc_server_find_channel (self, request->channel_type,
                                                 request->channel_id);

  if (channel == NULL)
    return SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE;
  *channel_caps = SPC_CHANNEL_GET_CLASS (channel)->caps;
  return SPICE_LINK_ERR_OK;
}

/* the ticket */

static bool
on_is_asked (gpointer user_data)
{
  const SpcHost *host = host_of (user_data, &user_data);

  return host->authenticates != NULL && host->authenticates (user_data);
}

static void
on_ask (const SpcAuthQuestion *question, gpointer user_data)
{
  const SpcHost *host = host_of (user_data, &user_data);

  host->authenticate (question, user_data);
}

static void
on_withdrawn (GCancellable *cancellable, gpointer user_data)
{
  const SpcHost *host = host_of (user_data, &user_data);

  if (host->auth_withdrawn != NULL)
    host->auth_withdrawn (cancellable, user_data);
}

static bool
on_find_proof (uint32_t connection_id, const SpcPassword **proof,
               SpcIdentity *identity, gpointer user_data)
{
  const SpcClient *client = spc_server_find_client (user_data, connection_id);

  if (client == NULL)
    return false;
  *proof = client->proof;
  *identity = client->identity;
  return true;
}

static void
on_auth_failed (const SpcAuthFailure *failure, gpointer user_data)
{
  const SpcHost *host = host_of (user_data, &user_data);

  if (host->auth_failed != NULL)
    host->auth_failed (failure, user_data);
}

/* after the ticket */

static uint32_t refuse (SpcLinkRequest *request, uint32_t code, SpcError kind,
                        const char *format, ...) G_GNUC_PRINTF (4, 5);

static uint32_t
refuse (SpcLinkRequest *request, uint32_t code, SpcError kind,
        const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_vsnprintf (request->refusal, sizeof request->refusal, format, arguments);
  va_end (arguments);
  request->refusal_kind = kind;
  return code;
}

static uint32_t
new_client_id (SpcServer *self)
{
  uint32_t id = 0;

  while (id == 0 || spc_server_find_client (self, id) != NULL)
    if (getrandom (&id, sizeof id, 0) != sizeof id)
      id = g_random_int ();
  return id;
}

static bool
may_arrive (SpcServer *self, uint32_t id)
{
  return spc_server_find_client (self, id) == NULL &&
         spc_server_expects (self, id);
}

static bool
is_full (SpcServer *self)
{
  return spc_server_clients (self)->len >=
         spc_server_config (self)->max_clients;
}

/* the role that the answer to its ticket gave it, or the usual one */
static SpcRole
role_of (SpcServer *self, const SpcLinkRequest *request)
{
  return request->note & SPC_NOTE_OWN_ROLE
             ? (SpcRole)(request->note & SPC_NOTE_ROLE_BITS)
             : default_role (self);
}

/* asks the application, which may change the role */
static bool
is_welcome (SpcServer *self, SpcLinkRequest *request, const char *peer)
{
  gpointer user_data;
  const SpcHost *host = host_of (self, &user_data);
  SpcRole role = role_of (self, request);
  const SpcClientInfo info = {.id = request->client_id,
                              .peer = peer,
                              .identity = &request->identity,
                              .role = role};

  if (host->client_connecting != NULL &&
      !host->client_connecting (&info, &role, user_data))
    return false;
  if (role != role_of (self, request))
    request->note = SPC_NOTE_OWN_ROLE | role;
  return true;
}

static uint32_t
admit_main (SpcServer *self, SpcLinkRequest *request, const char *peer)
{
  bool is_arrival = request->connection_id != 0;

  request->client_id =
      is_arrival ? request->connection_id : new_client_id (self);
  /* another id than 0 is that of its session elsewhere */
  if (is_arrival && !may_arrive (self, request->client_id))
    return refuse (request, SPICE_LINK_ERR_BAD_CONNECTION_ID, SPC_ERROR_FAILED,
                   "no viewer of this session is expected");
  if (is_full (self))
    return refuse (request, SPICE_LINK_ERR_ERROR, SPC_ERROR_LIMIT,
                   "there are %u viewers, allowed are %u",
                   spc_server_clients (self)->len,
                   spc_server_config (self)->max_clients);
  if (!is_welcome (self, request, peer))
    return refuse (request, SPICE_LINK_ERR_PERMISSION_DENIED,
                   SPC_ERROR_DECLINED, "the application declined");
  return SPICE_LINK_ERR_OK;
}

static uint32_t
on_admit (SpcLinkRequest *request, const char *peer, gpointer user_data)
{
  SpcServer *self = user_data;
  uint8_t type = request->channel_type, id = request->channel_id;
  SpcClient *client;

  if (type == SPICE_CHANNEL_MAIN)
    return admit_main (self, request, peer);
  client = spc_server_find_client (self, request->connection_id);
  if (client == NULL)
    return refuse (request, SPICE_LINK_ERR_BAD_CONNECTION_ID, SPC_ERROR_FAILED,
                   "there is no such session");
  if (spc_client_find (client, type, id) != NULL)
    return refuse (request, SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE,
                   SPC_ERROR_FAILED, "the session has this channel already");
  if (spc_server_find_channel (self, type, id) == NULL)
    return refuse (request, SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE,
                   SPC_ERROR_FAILED, "the channel is no longer offered");
  if (!spc_server_may_open (self, client, type, id))
    return refuse (request, SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE,
                   SPC_ERROR_DECLINED, "the application declined");
  return SPICE_LINK_ERR_OK;
}

/* coming in */

static SpcClient *
add_client (SpcServer *self, SpcLinkRequest *request,
            const SpcTransport *transport)
{
  bool is_arrival = request->connection_id != 0;
  g_autoptr (SpcClient) client =
      spc_client_new (self, request->client_id, transport->peer);

  if (is_arrival && (!may_arrive (self, client->id) ||
                     !spc_server_take_arrival (self, client)))
    return NULL;
  client->role = role_of (self, request);
  client->has_own_role = (request->note & SPC_NOTE_OWN_ROLE) != 0;
  client->network = g_strdup (transport->peer_network);
  client->identity = request->identity;
  client->proof = g_steal_pointer (&request->proof);
  client->is_waiting = true;
  spc_server_client_came (self, client);
  return client;
}

/* others may have come in while the result was being written */
static SpcClient *
client_to_attach (SpcServer *self, SpcLinkRequest *request,
                  const SpcTransport *transport)
{
  SpcClient *client;

  if (request->channel_type == SPICE_CHANNEL_MAIN)
    return is_full (self) ? NULL : add_client (self, request, transport);
  client = spc_server_find_client (self, request->connection_id);
  if (client != NULL && spc_client_find (client, request->channel_type,
                                         request->channel_id) != NULL)
    return NULL;
  return client;
}

static void
welcome (SpcServer *self, SpcClient *client)
{
  SpcClientInfo info = spc_server_client_info (self, client);
  gpointer user_data;
  const SpcHost *host = host_of (self, &user_data);

  if (host->client_added != NULL)
    host->client_added (&info, user_data);
  spc_server_settle_control (self, client);
}

/* it was let in, and what it was let in to is gone or taken */
static void
turn_away (SpcServer *self, SpcTransport *transport)
{
  const SpcRejection rejection = {
      .peer = transport->peer,
      .code = SPICE_LINK_ERR_OK,
      .why = SPC_REFUSAL_LIMIT,
      .reason = "others came first while the result was written"};

  spc_acceptor_reject (spc_server_acceptor (self), &rejection);
  spc_transport_free (transport);
}

static void
on_attach (SpcLinkRequest *request, SpcTransport *transport, gpointer user_data)
{
  SpcServer *self = user_data;
  bool is_main = request->channel_type == SPICE_CHANNEL_MAIN;
  bool has_early_bytes = transport->unread != NULL;
  SpcConnectionSetup setup = {
      .channel = spc_server_find_channel (self, request->channel_type,
                                          request->channel_id),
      .transport = transport,
      .common_caps = request->common_caps,
      .channel_caps = request->channel_caps,
  };

  if (setup.channel != NULL)
    setup.client = client_to_attach (self, request, transport);
  if (setup.client == NULL) {
    turn_away (self, transport);
    return;
  }
  if (is_main)
    welcome (self, setup.client);
  /* the line does not tell of bytes that the link has given back */
  if (spc_connection_open (
          SPC_CHANNEL_GET_CLASS (setup.channel)->connection_type, &setup) &&
      has_early_bytes)
    spc_transport_notify (transport, G_IO_IN);
}

/* staying out */

static guint
on_count_links (const char *network, gpointer user_data)
{
  GPtrArray *clients = spc_server_clients (user_data);
  guint n = 0;

  for (guint i = 0; i < clients->len; i++) {
    const SpcClient *client = g_ptr_array_index (clients, i);

    if (g_strcmp0 (client->network, network) == 0)
      n += client->connections->len;
  }
  return n;
}

static void
on_rejected (const SpcRejection *rejection, gpointer user_data)
{
  const SpcHost *host = host_of (user_data, &user_data);

  if (host->client_rejected != NULL)
    host->client_rejected (rejection, user_data);
}

const SpcAcceptorOwner spc_server_acceptor_owner = {
    .offer = on_offer,
    .admit = on_admit,
    .attach = on_attach,
    .count_links = on_count_links,
    .rejected = on_rejected,
    .authenticator = {.is_asked = on_is_asked,
                      .ask = on_ask,
                      .withdrawn = on_withdrawn,
                      .find_proof = on_find_proof,
                      .failed = on_auth_failed},
};
