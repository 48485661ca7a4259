/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* client.h – one remote program: all its connections.
 *
 * Lives from the main link to the main connection's end; closing it closes all
 * its connections. Loop thread only. */
#pragma once

#include "connection.h"
#include "server-core/link/link.h"

typedef enum {
  SPC_ROLE_FULL,      /* sees, hears, speaks and types */
  SPC_ROLE_VIEW_ONLY, /* what it sends is answered, but has no effect */
} SpcRole;

typedef enum {
  SPC_WISH_NONE, /* it has not asked */
  SPC_WISH_SERVER,
  SPC_WISH_CLIENT,
} SpcMouseWish;

/* where its session is (spec: migration) */
typedef enum {
  SPC_CLIENT_HERE,
  SPC_CLIENT_ARRIVING, /* it has links here and its session elsewhere */
} SpcClientStage;

typedef struct _SpcServer SpcServer;

struct _SpcClient {
  guint ref_count;
  uint32_t id;   /* the connection id, never 0 */
  char *peer;    /* address of its main link */
  char *network; /* the same, see transport.h; NULL: none */
  SpcIdentity identity;
  SpcPassword *proof; /* the ticket it came in with; NULL: none was needed */
  int64_t since_us;   /* monotonic */
  SpcRole role;
  bool has_own_role; /* somebody decided about it: no default changes it */
  SpcMouseWish mouse_wish;
  guint64 bitrate_bps;    /* measured when it comes; 0: not yet */
  GPtrArray *connections; /* SpcConnection, owned; main first */
  SpcServer *server;      /* not owned; cleared when it leaves */
  bool closing;
  SpcClientStage stage;
  bool is_away; /* it links to another server, and need not answer on main */
  /* GLZ images have numbers without gaps over all channels of a client, so one
   * of its display channels alone is sent them, for good */
  bool has_glz_channel;
  bool is_native; /* it has shown on a channel that it is no web client */
  uint64_t glz_next_id;
  /* playback channels that run: while there is one, the client takes its
   * multimedia time from the sound it hears (spec: multimedia time) */
  guint n_sounding;
  /* control, see spc_client_is_in_control; server-control.c writes these */
  bool is_waiting;         /* another one holds the inputs, or nobody */
  bool had_control;        /* when it was last settled */
  bool losing_control;     /* in this moment: let go of what it holds */
  SpcConnectionStats past; /* of closed connections */
  GArray *resources;       /* see spc_client_resource */
};

SpcClient *spc_client_new (SpcServer *server, uint32_t id, const char *peer);
SpcClient *spc_client_ref (SpcClient *self);
void spc_client_unref (SpcClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcClient, spc_client_unref)
void spc_client_close (SpcClient *self, const char *reason);
/* Does what it types, points at and copies have an effect? Its role must be
 * full, and by the server's rule no other one holds the inputs. Channels hear
 * of a change by SPC_CHANGE_ROLE: once while losing_control is set, when it
 * still has it but must let go, and once after. */
bool spc_client_is_in_control (const SpcClient *self);
/* for connection.c: keeps its counters, lets go of it */
void spc_client_connection_closed (SpcClient *self, SpcConnection *connection);
SpcConnection *spc_client_find (SpcClient *self, uint8_t channel_type,
                                uint8_t channel_id);
/* sums over the connections, closed ones included */
void spc_client_stats (SpcClient *self, SpcConnectionStats *stats);
guint32 spc_client_round_trip_us (SpcClient *self); /* 0: not measured */

/* what its channels share, known by a kind (a constant text of theirs) and a
 * number; NULL: there is none */
gpointer spc_client_resource (SpcClient *self, const char *kind, uint8_t id);
/* there must be none of this kind and number yet; @destroy: with the client */
void spc_client_add_resource (SpcClient *self, const char *kind, uint8_t id,
                              gpointer resource, GDestroyNotify destroy);
