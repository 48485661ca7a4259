/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TCP and unix sockets. One source on the loop polls the descriptor, and only
 * while something is wanted: poll reports a hang-up even when asked for
 * nothing, which would spin. */
#include "server-core/base/log.h"
#include "transport.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* spec: TCP, "keep-alive" */
#define KEEP_ALIVE_IDLE_S 600
/* bytes the kernel may hold unsent before the socket stops being writable: what
 * waits here is old when it arrives */
#define UNSENT_LOW_WATER_BYTES (128 * 1024)
/* pieces of one gathered write; the rest goes with the next */
#define MAX_PIECES 64

typedef struct {
  SpcTransport parent;
  GSocket *socket;
  int fd; /* of @socket */
  bool is_tcp;
  GSource *source;
  gpointer poll_tag; /* NULL: not polled */
  GIOCondition wanted;
} Socket;

typedef struct {
  GSource source;
  Socket *transport; /* not owned; it destroys the source before it goes */
} SocketSource;

/* a failed socket is readable (the read tells why) and, if that is waited for,
 * writable: whoever is called finds out */
static GIOCondition
ready_conditions (const Socket *self)
{
  GIOCondition polled;

  if (self->poll_tag == NULL)
    return 0;
  polled = g_source_query_unix_fd (self->source, self->poll_tag);
  if ((polled & (G_IO_ERR | G_IO_HUP | G_IO_NVAL)) != 0)
    return (self->wanted & G_IO_OUT) | G_IO_IN;
  return polled & self->wanted;
}

static gboolean
check (GSource *source)
{
  return ready_conditions (((SocketSource *)source)->transport) != 0;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  Socket *self = ((SocketSource *)source)->transport;
  GIOCondition ready = ready_conditions (self);

  if (ready != 0)
    spc_transport_notify (&self->parent, ready);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {.check = check, .dispatch = dispatch};

static gssize
fail (const Socket *self, const char *what, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s: %s",
               self->parent.peer, what, g_strerror (code));
  return -1;
}

static gssize
socket_read (SpcTransport *transport, void *buffer, gsize size, GError **error)
{
  Socket *self = (Socket *)transport;
  gssize n;

  do
    n = recv (self->fd, buffer, size, 0);
  while (n < 0 && errno == EINTR);
  return n >= 0 ? n : fail (self, "cannot read", errno, error);
}

static gssize
socket_writev (SpcTransport *transport, const GOutputVector *pieces, guint n,
               GError **error)
{
  Socket *self = (Socket *)transport;
  struct iovec iov[MAX_PIECES];
  struct msghdr message = {.msg_iov = iov, .msg_iovlen = MIN (n, MAX_PIECES)};
  gssize sent;

  for (guint i = 0; i < message.msg_iovlen; i++) {
    iov[i].iov_base = (void *)pieces[i].buffer;
    iov[i].iov_len = pieces[i].size;
  }
  do
    sent = sendmsg (self->fd, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent >= 0 ? sent : fail (self, "cannot write", errno, error);
}

static void
socket_want (SpcTransport *transport, GIOCondition conditions)
{
  Socket *self = (Socket *)transport;

  if (conditions == self->wanted)
    return;
  self->wanted = conditions;
  if (conditions == 0) {
    g_source_remove_unix_fd (self->source, self->poll_tag);
    self->poll_tag = NULL;
  } else if (self->poll_tag == NULL) {
    self->poll_tag = g_source_add_unix_fd (self->source, self->fd, conditions);
  } else {
    g_source_modify_unix_fd (self->source, self->poll_tag, conditions);
  }
}

static void
socket_shutdown (SpcTransport *transport)
{
  shutdown (((Socket *)transport)->fd, SHUT_WR);
}

static void
socket_close (SpcTransport *transport)
{
  Socket *self = (Socket *)transport;

  g_source_destroy (self->source);
  g_socket_close (self->socket, NULL);
}

static void
socket_free (SpcTransport *transport)
{
  Socket *self = (Socket *)transport;

  g_source_unref (self->source);
  g_object_unref (self->socket);
  g_free (self);
}

/* a unix socket counts its memory, not our bytes: unknown */
static gsize
socket_unsent (SpcTransport *transport)
{
  Socket *self = (Socket *)transport;
  int bytes = 0;

  if (!self->is_tcp || ioctl (self->fd, SIOCOUTQ, &bytes) != 0 || bytes < 0)
    return 0;
  return (gsize)bytes;
}

static const SpcTransportClass socket_class = {
    .read = socket_read,
    .writev = socket_writev,
    .want = socket_want,
    .shutdown = socket_shutdown,
    .close = socket_close,
    .free = socket_free,
    .unsent = socket_unsent,
};

/* none of these failing makes the socket useless */
static void
set_option (Socket *self, int level, int name, int value, const char *what)
{
  if (setsockopt (self->fd, level, name, &value, sizeof value) != 0)
    SPC_DEBUG (SPC_LOG_NET, "%s: cannot set %s: %s", self->parent.peer, what,
               g_strerror (errno));
}

static void
set_options (Socket *self)
{
  g_socket_set_blocking (self->socket, FALSE);
  if (fcntl (self->fd, F_SETFD, FD_CLOEXEC) != 0)
    SPC_DEBUG (SPC_LOG_NET, "%s: cannot set close-on-exec: %s",
               self->parent.peer, g_strerror (errno));
  if (!self->is_tcp)
    return;
  set_option (self, IPPROTO_TCP, TCP_NODELAY, 1, "no delay");
  set_option (self, SOL_SOCKET, SO_KEEPALIVE, 1, "keep-alive");
  set_option (self, IPPROTO_TCP, TCP_KEEPIDLE, KEEP_ALIVE_IDLE_S,
              "keep-alive idle time");
  set_option (self, IPPROTO_TCP, TCP_NOTSENT_LOWAT, UNSENT_LOW_WATER_BYTES,
              "unsent low water");
}

/* "192.0.2.1:4711", "[2001:db8::1]:4711"; "unix" for what has no address,
 * "unknown" for who left before it was accepted */
static void
describe_peer (GSocket *socket, char **peer, char **host)
{
  g_autoptr (GSocketAddress) address =
      g_socket_get_remote_address (socket, NULL);
  GInetSocketAddress *inet;
  guint port;

  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address)) {
    const char *name = g_socket_get_family (socket) == G_SOCKET_FAMILY_UNIX
                           ? "unix"
                           : "unknown";
    *peer = g_strdup (name);
    *host = g_strdup (name);
    return;
  }
  inet = G_INET_SOCKET_ADDRESS (address);
  port = g_inet_socket_address_get_port (inet);
  *host = g_inet_address_to_string (g_inet_socket_address_get_address (inet));
  *peer = g_strdup_printf (strchr (*host, ':') != NULL ? "[%s]:%u" : "%s:%u",
                           *host, port);
}

SpcTransport *
spc_transport_new_socket (SpcLoop *loop, GSocket *socket)
{
  Socket *self = g_new0 (Socket, 1);
  GSocketFamily family = g_socket_get_family (socket);
  char *peer, *host;

  describe_peer (socket, &peer, &host);
  spc_transport_init (&self->parent, &socket_class, peer, host);
  self->socket = socket;
  self->fd = g_socket_get_fd (socket);
  self->is_tcp =
      family == G_SOCKET_FAMILY_IPV4 || family == G_SOCKET_FAMILY_IPV6;
  self->parent.is_local = family == G_SOCKET_FAMILY_UNIX;
  set_options (self);
  self->source = g_source_new (&source_funcs, sizeof (SocketSource));
  ((SocketSource *)self->source)->transport = self;
  spc_loop_attach (loop, self->source);
  return &self->parent;
}
