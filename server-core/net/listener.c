/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* accept4 */
#include "listener.h"
#include "server-core/base/error.h"
#include "server-core/base/log.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* one address listened on */
typedef struct {
  SpcListener *listener; /* not owned */
  int fd;
  GSource *source; /* NULL while paused */
} Port;

struct _SpcListener {
  SpcLoop *loop;
  SpcListenerFunc func;
  gpointer user_data;
  GPtrArray *ports; /* Port */
  SpcTimer *resume; /* armed while paused */
  uint16_t port_number;
  bool has_paused; /* and said so; nobody was accepted since */
  /* the socket file, and which one it is: another's is not removed */
  char *path;
  struct stat file;
};

/* as many as the system allows */
#define BACKLOG SOMAXCONN
/* out of descriptors: until then some may have become free */
#define PAUSE_MS 1000
/* of a unix socket's name; the kernel's 108 with a NUL */
#define MAX_PATH_BYTES 107
/* free ports tried until one is free for every address */
#define FREE_PORT_TRIES 32

static void
port_free (Port *port)
{
  if (port->source != NULL)
    g_source_destroy (port->source);
  g_clear_pointer (&port->source, g_source_unref);
  close (port->fd);
  g_free (port);
}

static SpcListener *
listener_new (SpcLoop *loop, SpcListenerFunc func, gpointer user_data)
{
  SpcListener *self = g_new0 (SpcListener, 1);

  self->loop = spc_loop_ref (loop);
  self->func = func;
  self->user_data = user_data;
  self->ports = g_ptr_array_new_with_free_func ((GDestroyNotify)port_free);
  return self;
}

/* accepting */

static void start_accepting (gpointer user_data);

static void
pause_accepting (SpcListener *self)
{
  for (guint i = 0; i < self->ports->len; i++) {
    Port *port = self->ports->pdata[i];

    if (port->source != NULL)
      g_source_destroy (port->source);
    g_clear_pointer (&port->source, g_source_unref);
  }
  if (self->resume == NULL)
    self->resume = spc_timer_new (self->loop, start_accepting, self);
  spc_timer_arm (self->resume, PAUSE_MS);
}

/* a connection that broke before it was accepted; see accept(2) */
static bool
is_peers_failure (int code)
{
  switch (code) {
  case EINTR:
  case EAGAIN:
  case ECONNABORTED:
  case EPERM: /* a firewall rule */
  case EPROTO:
  case ENOPROTOOPT:
  case ENETDOWN:
  case ENETUNREACH:
  case EHOSTDOWN:
  case EHOSTUNREACH:
  case EOPNOTSUPP:
  case ETIMEDOUT:
    return true;
  default:
    return false;
  }
}

/* one connection a turn: the function may free the listener */
static gboolean
on_acceptable (gint fd, GIOCondition condition, gpointer user_data)
{
  SpcListener *self = ((Port *)user_data)->listener;
  int accepted = accept4 (fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  g_autoptr (GError) error = NULL;
  GSocket *socket;

  if (accepted < 0) {
    if (is_peers_failure (errno))
      return G_SOURCE_CONTINUE;
    if (!self->has_paused)
      SPC_WARNING (SPC_LOG_NET, "cannot accept, tried again every %d ms: %s",
                   PAUSE_MS, g_strerror (errno));
    self->has_paused = true;
    pause_accepting (self);
    return G_SOURCE_REMOVE;
  }
  self->has_paused = false;
  socket = g_socket_new_from_fd (accepted, &error);
  if (socket == NULL) {
    SPC_WARNING (SPC_LOG_NET, "cannot use a connection: %s", error->message);
    close (accepted);
    return G_SOURCE_CONTINUE;
  }
  self->func (self, spc_transport_new_socket (self->loop, socket),
              self->user_data);
  return G_SOURCE_CONTINUE;
}

static void
start_accepting (gpointer user_data)
{
  SpcListener *self = user_data;

  for (guint i = 0; i < self->ports->len; i++) {
    Port *port = self->ports->pdata[i];

    port->source = g_unix_fd_source_new (port->fd, G_IO_IN);
    g_source_set_callback (port->source, G_SOURCE_FUNC (on_acceptable), port,
                           NULL);
    g_source_attach (port->source, spc_loop_context (self->loop));
  }
}

/* binding */

/* a v6 socket takes no v4 connections: those have a socket of their own */
static bool
set_listening_options (int fd, int family)
{
  int on = 1;

  if (family == AF_INET6 &&
      setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0)
    return false;
  /* or a restart would have to wait for the last connections' ghosts */
  return family == AF_UNIX ||
         setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
}

/* does @act (bind, connect) with a new socket and @address; the socket, or -1
 * and errno */
static int
open_socket (GSocketAddress *address,
             int (*act) (int, const struct sockaddr *, socklen_t))
{
  struct sockaddr_storage native = {0};
  gssize size = g_socket_address_get_native_size (address);
  int fd, code;

  if (!g_socket_address_to_native (address, &native, sizeof native, NULL)) {
    errno = EINVAL;
    return -1;
  }
  fd = socket (native.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -1;
  if (set_listening_options (fd, native.ss_family) &&
      act (fd, (struct sockaddr *)&native, (socklen_t)size) == 0)
    return fd;
  code = errno;
  close (fd);
  errno = code;
  return -1;
}

/* 0, or why not: an errno */
static int
bind_address (SpcListener *self, GSocketAddress *address)
{
  int fd = open_socket (address, bind);
  Port *port;
  int code;

  if (fd < 0)
    return errno;
  if (listen (fd, BACKLOG) != 0) {
    code = errno;
    close (fd);
    return code;
  }
  port = g_new0 (Port, 1);
  port->listener = self;
  port->fd = fd;
  g_ptr_array_add (self->ports, port);
  return 0;
}

/* TCP */

static GInetAddress *
any_or_loopback (bool any, GSocketFamily family)
{
  return any ? g_inet_address_new_any (family)
             : g_inet_address_new_loopback (family);
}

/* brackets around an IPv6 literal are allowed */
static char *
without_brackets (const char *address)
{
  gsize length = strlen (address);

  if (length > 2 && address[0] == '[' && address[length - 1] == ']')
    return g_strndup (address + 1, length - 2);
  return g_strdup (address);
}

/* GInetAddress; "*" and "localhost" are both families, whatever the system's
 * files say */
static GList *
resolve (const char *address, GError **error)
{
  g_autofree char *name = without_brackets (address != NULL ? address : "");
  bool any = g_str_equal (name, "*") || g_str_equal (name, "");
  GInetAddress *literal = g_inet_address_new_from_string (name);
  g_autoptr (GResolver) resolver = NULL;
  GList *list = NULL;

  if (literal != NULL)
    return g_list_append (NULL, literal);
  if (any || g_ascii_strcasecmp (name, "localhost") == 0) {
    list = g_list_append (list, any_or_loopback (any, G_SOCKET_FAMILY_IPV4));
    return g_list_append (list, any_or_loopback (any, G_SOCKET_FAMILY_IPV6));
  }
  resolver = g_resolver_get_default ();
  return g_resolver_lookup_by_name (resolver, name, NULL, error);
}

static uint16_t
bound_port (int fd)
{
  struct sockaddr_storage native = {0};
  socklen_t size = sizeof native;
  g_autoptr (GSocketAddress) address = NULL;

  if (getsockname (fd, (struct sockaddr *)&native, &size) == 0)
    address = g_socket_address_new_from_native (&native, size);
  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address))
    return 0;
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

static int
bind_inet (SpcListener *self, GInetAddress *inet, uint16_t port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (inet, port);

  return bind_address (self, address);
}

static void
set_bind_error (GInetAddress *inet, uint16_t port, int code, GError **error)
{
  g_autofree char *text = g_inet_address_to_string (inet);

  g_set_error (error, SPC_ERROR, SPC_ERROR_ADDRESS,
               "cannot listen on address %s, port %u: %s", text, port,
               g_strerror (code));
}

/* All of @addresses on one port. A family this machine does not have is left
 * out as long as another one is there. */
static bool
bind_all (SpcListener *self, GList *addresses, uint16_t wanted_port,
          GError **error)
{
  uint16_t port = wanted_port;

  g_ptr_array_set_size (self->ports, 0);
  for (GList *l = addresses; l != NULL; l = l->next) {
    int code = bind_inet (self, l->data, port);
    bool is_absent = code == EAFNOSUPPORT || code == EADDRNOTAVAIL;
    bool has_another = l->next != NULL || self->ports->len > 0;

    if (code != 0 && !(is_absent && has_another)) {
      set_bind_error (l->data, port, code, error);
      return false;
    }
    if (code == 0)
      port = bound_port (((Port *)self->ports->pdata[0])->fd);
  }
  self->port_number = port;
  return true;
}

SpcListener *
spc_listener_new_tcp (SpcLoop *loop, const char *address, uint16_t port,
                      SpcListenerFunc func, gpointer user_data, GError **error)
{
  g_autoptr (SpcListener) self = listener_new (loop, func, user_data);
  g_autoptr (GError) cause = NULL;
  GList *addresses = resolve (address, &cause);
  guint tries = port == 0 ? FREE_PORT_TRIES : 1;
  bool is_bound = false;

  if (addresses == NULL) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_ADDRESS,
                 "cannot listen on address %s, port %u: %s", address, port,
                 cause->message);
    return NULL;
  }
  /* a port free for the first address may be taken for the second */
  for (guint i = 0; i < tries && !is_bound; i++) {
    g_clear_error (&cause);
    is_bound = bind_all (self, addresses, port, &cause);
  }
  g_list_free_full (addresses, g_object_unref);
  if (!is_bound) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return NULL;
  }
  start_accepting (self);
  return g_steal_pointer (&self);
}

/* unix */

static bool
unix_error (const char *path, const char *reason, GError **error)
{
  g_set_error (error, SPC_ERROR, SPC_ERROR_ADDRESS,
               "cannot listen on unix socket %s: %s", path, reason);
  return false;
}

static GSocketAddress *
unix_address (const char *path)
{
  if (path[0] == '@')
    return g_unix_socket_address_new_with_type (path + 1, -1,
                                                G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  return g_unix_socket_address_new (path);
}

/* a socket file nobody answers at; anything else is somebody's property */
static bool
is_stale (const char *path, GSocketAddress *address)
{
  struct stat file;
  int fd;

  if (path[0] == '@' || lstat (path, &file) != 0 || !S_ISSOCK (file.st_mode))
    return false;
  fd = open_socket (address, connect);
  if (fd < 0)
    return errno == ECONNREFUSED;
  close (fd);
  return false;
}

static bool
bind_unix (SpcListener *self, const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = unix_address (path);
  int code = bind_address (self, address);

  if (code == EADDRINUSE && is_stale (path, address)) {
    SPC_INFO (SPC_LOG_NET, "removing the stale socket %s", path);
    code = g_unlink (path) != 0 ? errno : bind_address (self, address);
  }
  return code == 0 || unix_error (path, g_strerror (code), error);
}

SpcListener *
spc_listener_new_unix (SpcLoop *loop, const char *path, SpcListenerFunc func,
                       gpointer user_data, GError **error)
{
  g_autoptr (SpcListener) self = listener_new (loop, func, user_data);

  /* an abstract name begins with a NUL instead of the "@", a file name ends
   * with one */
  if (strlen (path) > MAX_PATH_BYTES || path[0] == '\0' ||
      g_str_equal (path, "@")) {
    unix_error (path, "the name must have 1 to 107 bytes", error);
    return NULL;
  }
  if (!bind_unix (self, path, error))
    return NULL;
  if (path[0] != '@' && lstat (path, &self->file) == 0)
    self->path = g_strdup (path);
  start_accepting (self);
  return g_steal_pointer (&self);
}

/* all kinds */

static void
remove_file (SpcListener *self)
{
  struct stat now;

  if (self->path != NULL && lstat (self->path, &now) == 0 &&
      now.st_dev == self->file.st_dev && now.st_ino == self->file.st_ino)
    g_unlink (self->path);
}

void
spc_listener_free (SpcListener *self)
{
  if (self == NULL)
    return;
  remove_file (self);
  spc_timer_free (self->resume);
  g_ptr_array_unref (self->ports);
  spc_loop_unref (self->loop);
  g_free (self->path);
  g_free (self);
}

uint16_t
spc_listener_port (const SpcListener *self)
{
  return self->port_number;
}

bool
spc_address_is_loopback (const char *address)
{
  g_autofree char *name = without_brackets (address != NULL ? address : "");
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (name);

  if (inet != NULL)
    return g_inet_address_get_is_loopback (inet);
  return g_ascii_strcasecmp (name, "localhost") == 0;
}
