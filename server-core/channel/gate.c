/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gate.h"

#include "server-core/base/error.h"
#include "server-core/base/log.h"
#include "server-core/link/throttle.h"
#include "server-core/net/entrance.h"
#include "server-core/net/listener.h"
#include "server-core/net/transport-tls.h"
#include "server-core/wire/protocol.h"

struct _SpcGate {
  SpcLoop *loop;
  const SpcConfig *config; /* the server's */
  const SpcGateOwner *owner;
  gpointer user_data;
  SpcTicketKeys *keys;
  SpcThrottle *throttle;
  SpcPassword *password; /* NULL: none is set */
  bool anonymous;        /* nobody is asked */
  bool reachable;        /* others than this machine can connect */
  GPtrArray *listeners;
  uint16_t port, tls_port; /* 0: none */
  SpcTlsContext *tls;      /* NULL: no TLS port */
  /* owned, oldest first */
  GQueue arrivals; /* SpcEntrance */
  GQueue links;    /* SpcLink */
};

static bool
needs_no_ticket (const SpcGate *self)
{
  return self->anonymous || (self->password == NULL && !self->reachable);
}

/* SpcLinkHost */

static uint32_t
on_offer (const SpcLinkRequest *request, SpcTransport *transport,
          SpcCaps *channel_caps, gpointer user_data)
{
  SpcGate *self = user_data;
  uint32_t code = spc_channel_security_judge (
      self->config->security, request->channel_type, transport->is_secure);

  if (code != SPICE_LINK_ERR_OK)
    return code;
  return self->owner->offer (request, channel_caps, self->user_data);
}

static bool
on_check_ticket (const SpcLinkRequest *request, SpcTransport *transport,
                 const char *text, uint32_t *delay_ms, gpointer user_data)
{
  SpcGate *self = user_data;
  int64_t now = g_get_monotonic_time ();
  guint n_failures;

  if (needs_no_ticket (self))
    return true;
  if (text != NULL && self->password != NULL &&
      spc_password_matches (self->password, text, now)) {
    spc_throttle_succeeded (self->throttle, transport->peer_host);
    return true;
  }
  *delay_ms = spc_throttle_failed (self->throttle, transport->peer_host, now,
                                   &n_failures);
  self->owner->auth_failed (transport->peer, n_failures, self->user_data);
  return false;
}

static uint32_t
on_admit (SpcLinkRequest *request, SpcTransport *transport, gpointer user_data)
{
  SpcGate *self = user_data;

  return self->owner->admit (request, transport->peer, self->user_data);
}

static void
on_attach (const SpcLinkRequest *request, SpcTransport *transport,
           gpointer user_data)
{
  SpcGate *self = user_data;

  self->owner->attach (request, transport, self->user_data);
}

static void
on_ended (SpcLink *link, const char *peer, int code, const GError *error,
          gpointer user_data)
{
  SpcGate *self = user_data;

  g_queue_remove (&self->links, link);
  if (error == NULL)
    return;
  SPC_WARNING (SPC_LOG_LINK, "%s: link refused: %s", peer, error->message);
  self->owner->rejected (peer, code, error->message, self->user_data);
}

static const SpcLinkHost link_host = {
    .offer = on_offer,
    .check_ticket = on_check_ticket,
    .admit = on_admit,
    .attach = on_attach,
    .ended = on_ended,
};

/* life */

SpcGate *
spc_gate_new (SpcLoop *loop, SpcJobs *jobs, const SpcConfig *config,
              const SpcGateOwner *owner, gpointer user_data)
{
  SpcGate *self = g_new0 (SpcGate, 1);

  self->loop = loop;
  self->config = config;
  self->owner = owner;
  self->user_data = user_data;
  self->keys = spc_ticket_keys_new (loop, jobs);
  self->throttle = spc_throttle_new ();
  self->anonymous = config->allow_anonymous;
  self->listeners =
      g_ptr_array_new_with_free_func ((GDestroyNotify)spc_listener_free);
  g_queue_init (&self->arrivals);
  g_queue_init (&self->links);
  return self;
}

void
spc_gate_free (SpcGate *self)
{
  if (self == NULL)
    return;
  spc_gate_close (self);
  g_ptr_array_unref (self->listeners);
  spc_ticket_keys_free (self->keys);
  spc_throttle_free (self->throttle);
  spc_password_free (self->password);
  spc_tls_context_unref (self->tls);
  g_free (self);
}

static void
on_accept (SpcListener *listener, SpcTransport *transport, gpointer user_data)
{
  spc_gate_take (user_data, transport);
}

static void
on_accept_tls (SpcListener *listener, SpcTransport *transport,
               gpointer user_data)
{
  SpcGate *self = user_data;

  spc_gate_take (self,
                 spc_transport_new_tls (self->loop, self->tls, transport));
}

/* silent peers must not keep others out: the oldest gives way */
static void
make_place (SpcGate *self)
{
  if (spc_gate_n_pending (self) < SPC_MAX_PENDING_LINKS)
    return;
  SPC_WARNING (SPC_LOG_LINK, "%u handshakes under way, the oldest is dropped",
               spc_gate_n_pending (self));
  if (self->arrivals.length > 0)
    spc_entrance_free (g_queue_pop_head (&self->arrivals));
  else
    spc_link_free (g_queue_pop_head (&self->links));
}

static void
on_passed (SpcEntrance *entrance, SpcTransport *transport, gpointer user_data)
{
  SpcGate *self = user_data;

  g_queue_remove (&self->arrivals, entrance);
  g_queue_push_tail (&self->links,
                     spc_link_new (self->loop, transport, self->keys,
                                   self->config->link_timeout_s * 1000,
                                   &link_host, self));
  spc_transport_notify (transport, G_IO_IN); /* what was looked at */
}

static void
on_turned_away (SpcEntrance *entrance, const char *peer, const GError *error,
                gpointer user_data)
{
  SpcGate *self = user_data;

  g_queue_remove (&self->arrivals, entrance);
  if (error == NULL)
    return;
  SPC_WARNING (SPC_LOG_LINK, "%s: turned away: %s", peer, error->message);
  self->owner->rejected (peer, -1, error->message, self->user_data);
}

static const SpcEntranceFuncs entrance_funcs = {
    .passed = on_passed,
    .ended = on_turned_away,
};

void
spc_gate_take (SpcGate *self, SpcTransport *transport)
{
  make_place (self);
  SPC_DEBUG (SPC_LOG_LINK, "%s: connected", transport->peer);
  g_queue_push_tail (&self->arrivals,
                     spc_entrance_new (self->loop, transport,
                                       self->config->link_timeout_s * 1000,
                                       &self->config->web, &entrance_funcs,
                                       self));
}

static bool
check_exposure (SpcGate *self, const char *address, GError **error)
{
  self->reachable = !spc_address_is_loopback (address);
  if (!self->reachable || self->password != NULL || self->anonymous)
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_SETTINGS,
               "refusing to listen on %s, which others can reach, without a "
               "password: set password, or disable-ticketing=true to let "
               "everybody in",
               address);
  return false;
}

/* the port listened on, or 0 with @error */
static uint16_t
listen_tcp (SpcGate *self, int port, SpcListenerFunc func, GError **error)
{
  const char *address =
      self->config->address != NULL ? self->config->address : "127.0.0.1";
  SpcListener *listener;

  if (!check_exposure (self, address, error))
    return 0;
  listener = spc_listener_new_tcp (self->loop, address, (uint16_t)port, func,
                                   self, error);
  if (listener == NULL)
    return 0;
  g_ptr_array_add (self->listeners, listener);
  SPC_INFO (SPC_LOG_SERVER, "listening on %s port %u%s", address,
            spc_listener_port (listener), func == on_accept_tls ? ", TLS" : "");
  return spc_listener_port (listener);
}

bool
spc_gate_reload_tls (SpcGate *self, GError **error)
{
  SpcTlsContext *tls;

  if (self->config->tls.cert_file == NULL) {
    g_set_error_literal (error, SPC_ERROR, SPC_ERROR_SETTINGS,
                         "there is a TLS port, but no certificate: set "
                         "tls-cert-file");
    return false;
  }
  tls = spc_tls_context_new (&self->config->tls, error);
  if (tls == NULL)
    return false;
  spc_tls_context_unref (self->tls);
  self->tls = tls;
  return true;
}

static bool
listen_tls (SpcGate *self, GError **error)
{
  if (!spc_gate_reload_tls (self, error))
    return false;
  self->tls_port =
      listen_tcp (self, self->config->tls_port, on_accept_tls, error);
  return self->tls_port != 0;
}

static bool
listen_plain (SpcGate *self, GError **error)
{
  self->port = listen_tcp (self, self->config->port, on_accept, error);
  return self->port != 0;
}

static bool
listen_unix (SpcGate *self, GError **error)
{
  SpcListener *listener = spc_listener_new_unix (
      self->loop, self->config->unix_path, on_accept, self, error);

  if (listener == NULL)
    return false;
  g_ptr_array_add (self->listeners, listener);
  SPC_INFO (SPC_LOG_SERVER, "listening on %s", self->config->unix_path);
  return true;
}

bool
spc_gate_open (SpcGate *self, GError **error)
{
  const SpcConfig *config = self->config;

  if (config->port < 0 && config->tls_port < 0 && config->unix_path == NULL) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_SETTINGS,
                 "nothing to listen on: port and tls-port are -1, and "
                 "unix-path is not set");
    return false;
  }
  return (config->port < 0 || listen_plain (self, error)) &&
         (config->tls_port < 0 || listen_tls (self, error)) &&
         (config->unix_path == NULL || listen_unix (self, error));
}

void
spc_gate_close (SpcGate *self)
{
  SpcEntrance *entrance;
  SpcLink *link;

  g_ptr_array_set_size (self->listeners, 0);
  while ((entrance = g_queue_pop_head (&self->arrivals)) != NULL)
    spc_entrance_free (entrance);
  while ((link = g_queue_pop_head (&self->links)) != NULL)
    spc_link_free (link);
}

uint16_t
spc_gate_port (const SpcGate *self)
{
  return self->port;
}

uint16_t
spc_gate_tls_port (const SpcGate *self)
{
  return self->tls_port;
}

void
spc_gate_set_password (SpcGate *self, const char *password, uint32_t lifetime_s)
{
  g_clear_pointer (&self->password, spc_password_free);
  if (password == NULL)
    return;
  self->password = spc_password_new (password, lifetime_s);
  if (self->password != NULL)
    return;
  /* none at all would let everybody in */
  SPC_WARNING (SPC_LOG_SERVER,
               "a password of more than %u bytes: nobody can log in",
               SPC_MAX_PASSWORD);
  self->password = spc_password_new ("", 0);
}

void
spc_gate_set_anonymous (SpcGate *self, bool allowed)
{
  self->anonymous = allowed;
}

guint
spc_gate_n_pending (const SpcGate *self)
{
  return self->arrivals.length + self->links.length;
}
