/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* transport.h – bytes in, bytes out.
 *
 * One interface for TCP and unix sockets, for what is layered on them, and for
 * a pair in memory that tests use. Non-blocking. Loop thread only. */
#pragma once

#include "server-core/base/loop.h"
#include <gio/gio.h>

typedef struct _SpcTransport SpcTransport;
/* @ready: what of the wanted conditions holds; errors show as ready to read */
typedef void (*SpcTransportFunc) (SpcTransport *transport, GIOCondition ready,
                                  gpointer user_data);

typedef struct {
  /* bytes read; 0: the peer closed; -1: @error, G_IO_ERROR_WOULD_BLOCK among
   * them */
  gssize (*read) (SpcTransport *self, void *buffer, gsize size, GError **error);
  /* bytes taken, maybe fewer than given; -1: @error as above */
  gssize (*writev) (SpcTransport *self, const GOutputVector *pieces, guint n,
                    GError **error);
  /* call the function while one of these conditions holds; 0: never */
  void (*want) (SpcTransport *self, GIOCondition conditions);
  /* no more will be written: the peer reads an end after what was taken */
  void (*shutdown) (SpcTransport *self);
  void (*close) (SpcTransport *self);
  void (*free) (SpcTransport *self);
  /* bytes taken but not yet acknowledged by the peer's kernel; 0: unknown */
  gsize (*unsent) (SpcTransport *self);
} SpcTransportClass;

struct _SpcTransport {
  const SpcTransportClass *klass;
  bool is_closed;
  char *peer;      /* "127.0.0.1:4711", "unix", "unknown", … */
  char *peer_host; /* without the port */
  /* the same, but of IPv6 the first 64 bits only, which one machine may have to
   * itself (RFC 6177): what attempts and links are counted by */
  char *peer_network;
  bool is_secure;
  const char *encryption; /* "none", "tls", …: for people */
  bool is_local;          /* a unix socket: no network in between */
  bool is_trusted;        /* an application has let its peer in already */
  SpcTransportFunc func;
  gpointer user_data;
  GByteArray *unread; /* to be read before the line; NULL: nothing */
};

/* life */
void spc_transport_free (SpcTransport *self); /* closes */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcTransport, spc_transport_free)
/* who is called when a wanted condition holds; replaces the one before */
void spc_transport_set_func (SpcTransport *self, SpcTransportFunc func,
                             gpointer user_data);

/* the calls of the class */
gssize spc_transport_read (SpcTransport *self, void *buffer, gsize size,
                           GError **error);
/* Gives back bytes that were read, to be read again. The function is not called
 * for them: who takes the transport over is told with spc_transport_notify. */
void spc_transport_unread (SpcTransport *self, const void *bytes, gsize size);
gssize spc_transport_writev (SpcTransport *self, const GOutputVector *pieces,
                             guint n, GError **error);
void spc_transport_want (SpcTransport *self, GIOCondition conditions);
void spc_transport_shutdown (SpcTransport *self);
void spc_transport_close (SpcTransport *self); /* its function: never again */
gsize spc_transport_unsent (SpcTransport *self);

/* for kinds: they embed a SpcTransport as their first member. All calls of a
 * class but unsent and shutdown (NULL: does nothing) are needed; close
 * is called once, before free; free frees what the kind has and the memory. */
/* @peer: taken; @peer_host: taken */
void spc_transport_init (SpcTransport *self, const SpcTransportClass *klass,
                         char *peer, char *peer_host);
/* of a layer: its peer, and what is known of the line, are those of @line */
void spc_transport_init_above (SpcTransport *self,
                               const SpcTransportClass *klass,
                               const SpcTransport *line);
/* calls the function; @self may be gone afterwards */
void spc_transport_notify (SpcTransport *self, GIOCondition ready);

/* kinds */
/* takes @socket: non-blocking, no delay, keep-alive 600 s, close-on-exec */
SpcTransport *spc_transport_new_socket (SpcLoop *loop, GSocket *socket);
/* two ends of one line; each direction holds @capacity bytes, then blocks */
void spc_transport_new_pair (SpcLoop *loop, gsize capacity, SpcTransport **a,
                             SpcTransport **b);
