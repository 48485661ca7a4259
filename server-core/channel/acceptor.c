/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "acceptor.h"

#include "pending-links.h"
#include "report-quota.h"
#include "server-core/base/error.h"
#include "server-core/base/log.h"
#include "server-core/link/connect-pace.h"
#include "server-core/net/entrance.h"
#include "server-core/net/listener.h"
#include "server-core/net/transport-tls.h"
#include "server-core/wire/protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct _SpcAcceptor {
  SpcLoop *loop;
  const SpcConfig *config; /* the server's */
  const SpcAcceptorOwner *owner;
  gpointer user_data;
  SpcTicketKeys *keys;
  SpcAuthenticator *authenticator;
  SpcConnectPace *pace;
  SpcSaslDesk *desk; /* NULL: tickets only */
  GPtrArray *listeners;
  uint16_t port, tls_port; /* 0: none */
  SpcTlsContext *tls;      /* NULL: there was no need for it yet */
  SpcPendingLinks pending; /* owned */
  guint64 n_refused[SPC_N_REFUSALS];
  SpcReportQuota quota;
};

/* refusals */

void
spc_acceptor_reject (SpcAcceptor *self, const SpcRejection *rejection)
{
  SpcRejection told = *rejection;

  self->n_refused[told.why]++;
  SPC_WARNING (SPC_LOG_LINK, "%s: refused (%s): %s", told.peer,
               spc_refusal_name (told.why), told.reason);
  if (spc_report_quota_take (&self->quota, g_get_monotonic_time (),
                             &told.n_untold))
    self->owner->rejected (&told, self->user_data);
}

static void
reject_by_error (SpcAcceptor *self, const char *peer, int code,
                 const GError *error)
{
  const SpcRejection rejection = {.peer = peer,
                                  .code = code,
                                  .why = spc_refusal_of (code, error),
                                  .reason = error->message};

  spc_acceptor_reject (self, &rejection);
}

/* SpcLinkHost */

static bool
on_needs_ticket (gpointer user_data)
{
  SpcAcceptor *self = user_data;

  return spc_authenticator_needs_ticket (self->authenticator);
}

static uint32_t
on_offer (const SpcLinkRequest *request, SpcTransport *transport,
          SpcCaps *channel_caps, gpointer user_data)
{
  SpcAcceptor *self = user_data;
  uint32_t code = spc_channel_security_judge (
      self->config->security, request->channel_type, transport->is_secure);

  if (code != SPICE_LINK_ERR_OK)
    return code;
  return self->owner->offer (request, channel_caps, self->user_data);
}

static SpcVerdict
on_check_ticket (SpcLink *link, SpcLinkRequest *request,
                 SpcTransport *transport, const char *text, uint32_t *delay_ms,
                 gpointer user_data)
{
  SpcAcceptor *self = user_data;

  return spc_authenticator_check (self->authenticator, link, request, transport,
                                  text, delay_ms);
}

static SpcVerdict
on_check_user (SpcLink *link, SpcLinkRequest *request, SpcTransport *transport,
               bool is_proven, uint32_t *delay_ms, gpointer user_data)
{
  SpcAcceptor *self = user_data;

  return spc_authenticator_check_user (self->authenticator, link, request,
                                       transport, is_proven, delay_ms);
}

static uint32_t
on_admit (SpcLinkRequest *request, SpcTransport *transport, gpointer user_data)
{
  SpcAcceptor *self = user_data;

  return self->owner->admit (request, transport->peer, self->user_data);
}

static void
on_attach (SpcLinkRequest *request, SpcTransport *transport, gpointer user_data)
{
  SpcAcceptor *self = user_data;

  self->owner->attach (request, transport, self->user_data);
}

static void
on_ended (SpcLink *link, const char *peer, int code, const GError *error,
          gpointer user_data)
{
  SpcAcceptor *self = user_data;

  g_queue_remove (&self->pending.links, link);
  spc_authenticator_forget (self->authenticator, link);
  if (error != NULL)
    reject_by_error (self, peer, code, error);
}

static const SpcLinkHost link_host = {
    .offer = on_offer,
    .check_ticket = on_check_ticket,
    .check_user = on_check_user,
    .admit = on_admit,
    .attach = on_attach,
    .ended = on_ended,
    .needs_ticket = on_needs_ticket,
};

/* life */

SpcAcceptor *
spc_acceptor_new (SpcLoop *loop, SpcJobs *jobs, const SpcConfig *config,
                  const SpcAcceptorOwner *owner, gpointer user_data)
{
  SpcAcceptor *self = g_new0 (SpcAcceptor, 1);

  self->loop = loop;
  self->config = config;
  self->owner = owner;
  self->user_data = user_data;
  self->keys = spc_ticket_keys_new (loop, jobs);
  self->authenticator =
      spc_authenticator_new (&owner->authenticator, user_data);
  spc_authenticator_set_anonymous (self->authenticator,
                                   config->allow_anonymous);
  self->listeners =
      g_ptr_array_new_with_free_func ((GDestroyNotify)spc_listener_free);
  self->pace = spc_connect_pace_new ();
  spc_pending_links_init (&self->pending);
  return self;
}

void
spc_acceptor_free (SpcAcceptor *self)
{
  if (self == NULL)
    return;
  spc_acceptor_close (self);
  spc_sasl_desk_close (self->desk);
  spc_sasl_desk_unref (self->desk);
  g_ptr_array_unref (self->listeners);
  spc_ticket_keys_free (self->keys);
  spc_authenticator_free (self->authenticator);
  spc_connect_pace_free (self->pace);
  spc_tls_context_unref (self->tls);
  g_free (self);
}

/* a flood is counted, and told once */
static void
reject_flood (SpcAcceptor *self, const SpcTransport *transport, uint32_t per_s,
              bool is_news)
{
  g_autofree char *reason = NULL;
  SpcRejection rejection = {
      .peer = transport->peer, .code = -1, .why = SPC_REFUSAL_TOO_FAST};

  if (!is_news) {
    self->n_refused[SPC_REFUSAL_TOO_FAST]++;
    spc_report_quota_pass (&self->quota);
    return;
  }
  reason =
      g_strdup_printf ("more than %u connections within %u s from there, "
                       "from now on %u a second",
                       per_s * SPC_CONNECT_BURST_S, SPC_CONNECT_BURST_S, per_s);
  rejection.reason = reason;
  spc_acceptor_reject (self, &rejection);
}

/* False: its address connects too fast, and it is gone. The first thing that
 * is asked, since it costs next to nothing. */
static bool
keeps_pace (SpcAcceptor *self, SpcTransport *transport)
{
  uint32_t per_s =
      spc_connect_pace_for (transport, self->config->max_connects_per_s);
  SpcPaceVerdict verdict;

  if (per_s == 0)
    return true;
  verdict = spc_connect_pace_judge (self->pace, transport->peer_network, per_s,
                                    g_get_monotonic_time ());
  if (verdict == SPC_PACE_FINE)
    return true;
  reject_flood (self, transport, per_s, verdict == SPC_PACE_TOO_FAST);
  spc_transport_free (transport);
  return false;
}

static void
on_accept (SpcListener *listener, SpcTransport *transport, gpointer user_data)
{
  SpcAcceptor *self = user_data;

  if (keeps_pace (self, transport))
    spc_acceptor_take (self, transport);
}

static void
on_accept_tls (SpcListener *listener, SpcTransport *transport,
               gpointer user_data)
{
  SpcAcceptor *self = user_data;

  if (keeps_pace (self, transport))
    spc_acceptor_take (
        self, spc_transport_new_tls (self->loop, self->tls, transport));
}

static void
drop_link (SpcAcceptor *self, SpcLink *link)
{
  spc_authenticator_forget (self->authenticator, link);
  spc_link_free (link);
}

static void
drop (SpcAcceptor *self, const SpcPendingLink *pending)
{
  if (pending->entrance != NULL) {
    g_queue_remove (&self->pending.entrances, pending->entrance);
    spc_entrance_free (pending->entrance);
    return;
  }
  g_queue_remove (&self->pending.links, pending->link);
  drop_link (self, pending->link);
}

/* silent peers must not keep others out */
static void
make_room (SpcAcceptor *self)
{
  g_autoptr (GError) error = NULL;
  SpcPendingLink victim;

  if (spc_acceptor_n_pending (self) < self->config->max_pending_links)
    return;
  victim = spc_pending_links_choose (&self->pending);
  error =
      g_error_new (SPC_ERROR, SPC_ERROR_LIMIT,
                   "%u handshakes under way, %u of them from there",
                   spc_acceptor_n_pending (self),
                   spc_pending_links_count (&self->pending, victim.network));
  reject_by_error (self, victim.peer, -1, error);
  drop (self, &victim);
}

/* false: it has too many connections */
static bool
may_connect (SpcAcceptor *self, const SpcTransport *transport)
{
  guint max = self->config->max_links_per_address;
  const char *network = transport->peer_network;
  g_autoptr (GError) error = NULL;
  guint n;

  if (max == 0 || transport->is_local)
    return true;
  n = spc_pending_links_count (&self->pending, network) +
      self->owner->count_links (network, self->user_data);
  if (n < max)
    return true;
  error = g_error_new (SPC_ERROR, SPC_ERROR_LIMIT,
                       "%u connections from there, allowed are %u", n, max);
  reject_by_error (self, transport->peer, -1, error);
  return false;
}

static void
on_passed (SpcEntrance *entrance, SpcTransport *transport, gpointer user_data)
{
  SpcAcceptor *self = user_data;

  g_queue_remove (&self->pending.entrances, entrance);
  g_queue_push_tail (
      &self->pending.links,
      spc_link_new (self->loop, transport, self->keys, self->desk,
                    self->config->link_timeout_s * 1000, &link_host, self));
  spc_transport_notify (transport, G_IO_IN); /* what was looked at */
}

static void
on_entrance_ended (SpcEntrance *entrance, const char *peer, const GError *error,
                   gpointer user_data)
{
  SpcAcceptor *self = user_data;

  g_queue_remove (&self->pending.entrances, entrance);
  if (error != NULL)
    reject_by_error (self, peer, -1, error);
}

static const SpcEntranceFuncs entrance_funcs = {
    .passed = on_passed,
    .ended = on_entrance_ended,
};

void
spc_acceptor_take (SpcAcceptor *self, SpcTransport *transport)
{
  if (!may_connect (self, transport)) {
    spc_transport_free (transport);
    return;
  }
  make_room (self);
  SPC_DEBUG (SPC_LOG_LINK, "%s: connected", transport->peer);
  g_queue_push_tail (&self->pending.entrances,
                     spc_entrance_new (self->loop, transport,
                                       self->config->link_timeout_s * 1000,
                                       &self->config->web, &entrance_funcs,
                                       self));
}

static bool
check_exposure (SpcAcceptor *self, const char *address, GError **error)
{
  if (spc_authenticator_expose (self->authenticator,
                                !spc_address_is_loopback (address)))
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_SETTINGS,
               "refusing to listen on %s, which others can reach, without a "
               "password: set password or sasl, answer \"authenticate\", or "
               "disable-ticketing=true to let everybody in",
               address);
  return false;
}

/* an application's sockets */

static bool
check_line (GSocket *socket, GError **error)
{
  if (g_socket_get_socket_type (socket) == G_SOCKET_TYPE_STREAM &&
      g_socket_is_connected (socket))
    return true;
  g_set_error_literal (error, SPC_ERROR, SPC_ERROR_SETTINGS,
                       "not a connected stream socket");
  return false;
}

static bool
check_line_exposure (SpcAcceptor *self, const SpcTransport *line,
                     GError **error)
{
  bool is_far = !line->is_local && !spc_address_is_loopback (line->peer_host);

  if (line->is_trusted ||
      spc_authenticator_expose (self->authenticator, is_far))
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_SETTINGS,
               "refusing to serve %s, another machine, without a password: set "
               "password or sasl, answer \"authenticate\", hand it over as "
               "trusted, or disable-ticketing=true to let everybody in",
               line->peer);
  return false;
}

/* of the same line: its owner may close its own */
static GSocket *
copy_socket (GSocket *socket, GError **error)
{
  int fd = fcntl (g_socket_get_fd (socket), F_DUPFD_CLOEXEC, 0);
  int code = errno;
  GSocket *copy;

  if (fd < 0) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_FAILED, "no descriptor: %s",
                 g_strerror (code));
    return NULL;
  }
  copy = g_socket_new_from_fd (fd, error);
  if (copy == NULL)
    close (fd);
  return copy;
}

bool
spc_acceptor_add_line (SpcAcceptor *self, GSocket *socket, SpcLineFlags flags,
                       GError **error)
{
  g_autoptr (SpcTransport) line = NULL;
  GSocket *copy;

  if (!check_line (socket, error) ||
      ((flags & SPC_LINE_TLS) != 0 && self->tls == NULL &&
       !spc_acceptor_reload_tls (self, error)))
    return false;
  copy = copy_socket (socket, error);
  if (copy == NULL)
    return false;
  line = spc_transport_new_socket (self->loop, copy);
  line->is_trusted = (flags & SPC_LINE_TRUSTED) != 0;
  if (!check_line_exposure (self, line, error))
    return false;
  if ((flags & SPC_LINE_TLS) != 0)
    line =
        spc_transport_new_tls (self->loop, self->tls, g_steal_pointer (&line));
  spc_acceptor_take (self, g_steal_pointer (&line));
  return true;
}

/* the port listened on, or 0 with @error */
static uint16_t
listen_tcp (SpcAcceptor *self, int port, SpcListenerFunc func, GError **error)
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

static bool
use_tls (SpcAcceptor *self, const SpcTlsConfig *config, GError **error)
{
  SpcTlsContext *tls;

  if (config->cert_file == NULL && config->cert_pem == NULL) {
    g_set_error_literal (error, SPC_ERROR, SPC_ERROR_SETTINGS,
                         "there is a TLS port, but no certificate: set "
                         "tls-cert-file or tls-certificate");
    return false;
  }
  tls = spc_tls_context_new (config, error);
  if (tls == NULL)
    return false;
  spc_tls_context_unref (self->tls);
  self->tls = tls;
  return true;
}

bool
spc_acceptor_reload_tls (SpcAcceptor *self, GError **error)
{
  return use_tls (self, &self->config->tls, error);
}

bool
spc_acceptor_change_tls (SpcAcceptor *self, const SpcTlsConfig *config,
                         GError **error)
{
  return self->tls == NULL || use_tls (self, config, error);
}

static bool
listen_tls (SpcAcceptor *self, GError **error)
{
  if (!spc_acceptor_reload_tls (self, error))
    return false;
  self->tls_port =
      listen_tcp (self, self->config->tls_port, on_accept_tls, error);
  return self->tls_port != 0;
}

static bool
listen_plain (SpcAcceptor *self, GError **error)
{
  self->port = listen_tcp (self, self->config->port, on_accept, error);
  return self->port != 0;
}

static bool
listen_unix (SpcAcceptor *self, GError **error)
{
  SpcListener *listener = spc_listener_new_unix (
      self->loop, self->config->unix_path, on_accept, self, error);

  if (listener == NULL)
    return false;
  g_ptr_array_add (self->listeners, listener);
  SPC_INFO (SPC_LOG_SERVER, "listening on %s", self->config->unix_path);
  return true;
}

/* a port, or what an application hands over */
static bool
may_have_tls (const SpcConfig *config)
{
  return config->tls_port >= 0 || config->tls.cert_file != NULL ||
         config->tls.cert_pem != NULL;
}

static bool
open_desk (SpcAcceptor *self, GError **error)
{
  const SpcConfig *config = self->config;
  bool is_plain_only = config->sasl.use == SPC_SASL_REQUIRED &&
                       config->unix_path == NULL && !may_have_tls (config);

  if (config->sasl.use == SPC_SASL_OFF)
    return true;
  self->desk = spc_sasl_desk_new (self->loop, &config->sasl, error);
  spc_authenticator_set_sasl (self->authenticator, self->desk != NULL);
  return self->desk != NULL &&
         (!is_plain_only || spc_sasl_desk_check_plain (self->desk, error));
}

bool
spc_acceptor_open (SpcAcceptor *self, GError **error)
{
  const SpcConfig *config = self->config;

  if (config->port < 0 && config->tls_port < 0 && config->unix_path == NULL) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_SETTINGS,
                 "nothing to listen on: port and tls-port are -1, and "
                 "unix-path is not set");
    return false;
  }
  if (!spc_channel_security_check (
          config->security, config->port >= 0 || config->unix_path != NULL,
          may_have_tls (config), error) ||
      !open_desk (self, error))
    return false;
  return (config->port < 0 || listen_plain (self, error)) &&
         (config->tls_port < 0 || listen_tls (self, error)) &&
         (config->unix_path == NULL || listen_unix (self, error));
}

void
spc_acceptor_close (SpcAcceptor *self)
{
  SpcEntrance *entrance;
  SpcLink *link;

  g_ptr_array_set_size (self->listeners, 0);
  while ((entrance = g_queue_pop_head (&self->pending.entrances)) != NULL)
    spc_entrance_free (entrance);
  while ((link = g_queue_pop_head (&self->pending.links)) != NULL)
    drop_link (self, link);
}

uint16_t
spc_acceptor_port (const SpcAcceptor *self)
{
  return self->port;
}

bool
spc_acceptor_has_tls (const SpcAcceptor *self)
{
  return self->tls != NULL;
}

uint16_t
spc_acceptor_tls_port (const SpcAcceptor *self)
{
  return self->tls_port;
}

void
spc_acceptor_set_password (SpcAcceptor *self, const char *password,
                           uint32_t lifetime_s)
{
  spc_authenticator_set_password (self->authenticator, password, lifetime_s);
}

void
spc_acceptor_set_anonymous (SpcAcceptor *self, bool allowed)
{
  spc_authenticator_set_anonymous (self->authenticator, allowed);
}

void
spc_acceptor_answer (SpcAcceptor *self, uint64_t question_id,
                     SpcAuthAnswer answer, const char *user, uint32_t note)
{
  spc_authenticator_answer (self->authenticator, question_id, answer, user,
                            note);
}

guint
spc_acceptor_n_pending (const SpcAcceptor *self)
{
  return spc_pending_links_length (&self->pending);
}

guint64
spc_acceptor_n_refused (const SpcAcceptor *self, SpcRefusal why)
{
  return self->n_refused[why];
}
