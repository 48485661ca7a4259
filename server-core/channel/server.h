/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* server.h – the server: settings, listeners, links, channels, clients.
 *
 * Owns the loop, the workers, the listeners, the channels given to it and the
 * clients. The layer above hands in two small vtables: SpcHost for events and
 * decisions, SpcInputSink for what viewers type. Calls are made from any thread
 * unless said; what they change happens on the loop, in order. */
#pragma once

#include "acceptor.h"
#include "channel.h"
#include "client.h"
#include "config.h"
#include "server-core/base/jobs.h"

/* facts about a client, valid during a call */
typedef struct {
  uint32_t id;
  const char *peer;
  const SpcIdentity *identity;
  SpcRole role;
  bool in_control;
} SpcClientInfo;

/* called on the loop thread; must return at once. All optional. */
typedef struct {
  /* does the application decide about tickets? Then it is asked, and answers
   * with spc_server_answer_auth, from any thread, within the link's time. */
  bool (*authenticates) (gpointer user_data);
  void (*authenticate) (const SpcAuthQuestion *question, gpointer user_data);
  /* its viewer has left, or its time is over: no answer counts any more */
  void (*auth_withdrawn) (GCancellable *cancellable, gpointer user_data);
  /* a main link has proven itself: may it come in? *@role may be changed */
  bool (*client_connecting) (const SpcClientInfo *client, SpcRole *role,
                             gpointer user_data);
  /* may it have this channel? Asked when it is told of channels, and when it
   * opens one. */
  bool (*authorize_channel) (const SpcClientInfo *client, uint8_t type,
                             uint8_t id, gpointer user_data);
  void (*client_added) (const SpcClientInfo *client, gpointer user_data);
  void (*client_removed) (const SpcClientInfo *client, const char *reason,
                          guint n_left, gpointer user_data);
  void (*client_rejected) (const SpcRejection *rejection, gpointer user_data);
  void (*auth_failed) (const SpcAuthFailure *failure, gpointer user_data);
  void (*mouse_mode_changed) (bool client_mode, gpointer user_data);
  void (*role_changed) (uint32_t id, SpcRole role, gpointer user_data);
  /* @ids: of all who hold the inputs now; not told when somebody joins or
   * leaves those who share them */
  void (*control_changed) (SpcControlRule rule, const uint32_t *ids, guint n,
                           gpointer user_data);
} SpcHost;

typedef enum {
  SPC_INPUT_KEY,            /* scancode, pressed */
  SPC_INPUT_POINTER_MOVE,   /* display_id, x, y */
  SPC_INPUT_POINTER_MOTION, /* dx, dy */
  SPC_INPUT_BUTTON,         /* button, pressed */
  SPC_INPUT_SCROLL,         /* dy: -1 up, +1 down */
  SPC_INPUT_LOCKS,          /* locks: what a client believes is on */
} SpcInputKind;

#define SPC_LOCK_SCROLL 1u
#define SPC_LOCK_NUM 2u
#define SPC_LOCK_CAPS 4u

typedef struct {
  SpcInputKind kind;
  uint32_t client_id;
  int64_t time_us; /* monotonic, of arrival */
  bool pressed;
  /* PC XT set 1 make code; 0x100 is added for e0 keys, Pause is 0x245 */
  uint16_t scancode;
  uint8_t display_id;
  uint8_t button; /* 1 left, 2 middle, 3 right, 8 side, 9 extra, 10 … further */
  uint8_t locks;
  uint16_t buttons; /* after the event: bit (button - 1) */
  int32_t x, y, dx, dy;
} SpcInputEvent;

typedef struct {
  /* loop thread; must return at once */
  void (*event) (const SpcInputEvent *event, gpointer user_data);
} SpcInputSink;

#define SPC_TYPE_SERVER (spc_server_get_type ())
G_DECLARE_FINAL_TYPE (SpcServer, spc_server, SPC, SERVER, GObject)

/* life */
/* @context: NULL for an own thread. The vtables (NULL: none) stay valid while
 * it lives. */
SpcServer *spc_server_new (const SpcConfig *config, GMainContext *context,
                           const SpcHost *host, const SpcInputSink *input_sink,
                           gpointer user_data);
/* binds, begins to accept; false: nothing is listening, @error says why (which
 * address and port, or which settings do not go together) */
bool spc_server_start (SpcServer *self, GError **error);
/* listeners, clients, workers, loop: all gone when it returns; not from the
 * own loop thread. For good. */
void spc_server_stop (SpcServer *self);

/* asking */
SpcLoop *spc_server_loop (SpcServer *self);
SpcJobs *spc_server_jobs (SpcServer *self);
uint16_t spc_server_port (SpcServer *self);     /* bound port, 0: none */
uint16_t spc_server_tls_port (SpcServer *self); /* waits for the loop */
guint spc_server_n_clients (SpcServer *self);
/* a{sv}: see docs/messages.md; waits for the loop, so not from the loop */
GVariant *spc_server_stats (SpcServer *self);

/* answering; @user: who it is, NULL: as it is known. @role: NULL: as usual */
void spc_server_answer_auth (SpcServer *self, uint64_t question_id,
                             SpcAuthAnswer answer, const char *user,
                             const SpcRole *role);

/* lines */
/* A connected stream socket that somebody else has accepted comes in as if it
 * had been here. The line is the server's from now on, by a descriptor of its
 * own. TLS needs no port. Waits for the loop; false with @error: it is not
 * taken. */
bool spc_server_add_line (SpcServer *self, GSocket *socket, SpcLineFlags flags,
                          GError **error);

/* channels */
/* Offers @channel: connected clients hear of it. The server keeps a reference
 * until it is removed. A second one of its type and id is not offered. */
void spc_server_add_channel (SpcServer *self, SpcChannel *channel);
/* its connections are closed; later links are refused */
void spc_server_remove_channel (SpcServer *self, SpcChannel *channel);

/* changing while it runs */
/* Reads the files of config.tls anew and waits for the loop; false with @error
 * when there is no TLS port, or the files are of no use: then the old ones
 * stay. Lines that are up stay as they are. */
bool spc_server_reload_tls (SpcServer *self, GError **error);
/* the same with other settings; without a TLS port they are kept for lines that
 * are handed over */
bool spc_server_set_tls (SpcServer *self, const SpcTlsConfig *tls,
                         GError **error);
void spc_server_set_password (SpcServer *self, const char *password,
                              uint32_t lifetime_s);
void spc_server_set_anonymous (SpcServer *self, bool allowed);
void spc_server_set_name (SpcServer *self, const char *name);
/* images from the next one on */
void spc_server_set_images (SpcServer *self, const SpcImageConfig *images);
/* regions from the next stream on */
void spc_server_set_video (SpcServer *self, const SpcVideoConfig *video);
void spc_server_set_client_role (SpcServer *self, uint32_t client_id,
                                 SpcRole role);
/* of viewers nobody decided about, those that are there included */
void spc_server_set_default_role (SpcServer *self, SpcRole role);
/* who of several viewers types; the others let go of what they hold */
void spc_server_set_control (SpcServer *self, SpcControlRule rule);
/* who SPC_CONTROL_NAMED is; 0: nobody */
void spc_server_give_control (SpcServer *self, uint32_t client_id);
void spc_server_disconnect_client (SpcServer *self, uint32_t client_id);
/* lock LEDs of the keyboard behind the pipeline, SPC_LOCK_… */
void spc_server_set_keyboard_leds (SpcServer *self, uint8_t locks);

/* loop thread: for channel implementations */
/* a viewer's line that no listener of ours accepted; takes @transport */
void spc_server_take (SpcServer *self, SpcTransport *transport);
const SpcConfig *spc_server_config (SpcServer *self);
GPtrArray *spc_server_channels (SpcServer *self); /* SpcChannel */
GPtrArray *spc_server_clients (SpcServer *self);  /* SpcClient */
/* may this client open this channel, by what the application says? */
bool spc_server_may_open (SpcServer *self, const SpcClient *client,
                          uint8_t type, uint8_t id);
void spc_server_input (SpcServer *self, SpcClient *client,
                       const SpcInputEvent *event); /* if it is in control */
bool spc_server_is_client_mouse (SpcServer *self);
/* Client mode comes when a viewer asks for it, and goes while another one asks
 * for server mode. A request that changes nothing is answered once. */
void spc_server_request_mouse_mode (SpcServer *self, SpcClient *client,
                                    bool client_mode);
uint8_t spc_server_keyboard_leds (SpcServer *self);
/* what carried the multimedia clock to viewers has ended */
void spc_server_publish_clock (SpcServer *self);
