/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What other threads ask a server to change: carried to the loop, where it
 * happens in the order of the calls. A request does not keep the server alive,
 * since stopping it runs or destroys all requests first. */
#include "acceptor.h"
#include "server-private.h"

#include <string.h>

typedef enum {
  DO_ADD_CHANNEL,
  DO_REMOVE_CHANNEL,
  DO_SET_PASSWORD,
  DO_SET_ANONYMOUS,
  DO_SET_NAME,
  DO_SET_IMAGES,
  DO_SET_VIDEO,
  DO_SET_ROLE,
  DO_SET_DEFAULT_ROLE,
  DO_SET_CONTROL,
  DO_GIVE_CONTROL,
  DO_DISCONNECT,
  DO_SET_LEDS,
  DO_ANSWER_AUTH,
} RequestKind;

typedef struct {
  SpcServer *server; /* not owned */
  RequestKind kind;
  SpcChannel *channel;
  char *text;
  uint32_t number, value;
  uint64_t question_id;
  SpcImageConfig images;
  SpcVideoConfig video;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  if (request->text != NULL)
    spc_wipe (request->text, strlen (request->text));
  g_free (request->text);
  g_clear_object (&request->channel);
  g_free (request);
}

static void
run_request (gpointer user_data)
{
  Request *request = user_data;
  SpcServer *self = request->server;
  SpcAcceptor *acceptor = spc_server_acceptor (self);

  if (acceptor == NULL)
    return;
  switch (request->kind) {
  case DO_ADD_CHANNEL:
    spc_server_do_add_channel (self, request->channel);
    break;
  case DO_REMOVE_CHANNEL:
    spc_server_do_remove_channel (self, request->channel);
    break;
  case DO_SET_PASSWORD:
    spc_acceptor_set_password (acceptor, request->text, request->number);
    break;
  case DO_SET_ANONYMOUS:
    spc_acceptor_set_anonymous (acceptor, request->value != 0);
    break;
  case DO_SET_NAME:
    spc_server_do_set_name (self, &request->text);
    break;
  case DO_SET_IMAGES:
    spc_server_do_set_images (self, &request->images);
    break;
  case DO_SET_VIDEO:
    spc_server_do_set_video (self, &request->video);
    break;
  case DO_SET_ROLE:
    spc_server_do_set_role (self, request->number, (SpcRole)request->value);
    break;
  case DO_SET_DEFAULT_ROLE:
    spc_server_do_set_default_role (self, (SpcRole)request->value);
    break;
  case DO_SET_CONTROL:
    spc_server_do_set_control (self, (SpcControlRule)request->value);
    break;
  case DO_GIVE_CONTROL:
    spc_server_do_give_control (self, request->number);
    break;
  case DO_DISCONNECT:
    spc_server_do_disconnect (self, request->number);
    break;
  case DO_SET_LEDS:
    spc_server_do_set_leds (self, (uint8_t)request->value);
    break;
  case DO_ANSWER_AUTH:
    spc_acceptor_answer (acceptor, request->question_id,
                         (SpcAuthAnswer)request->value, request->text,
                         request->number);
    break;
  }
}

/* before the start nobody else is on the loop, so it is done at once */
static void
post_request (SpcServer *self, Request values)
{
  Request *request = g_new (Request, 1);

  *request = values;
  request->server = self;
  if (spc_server_has_started (self)) {
    spc_loop_post (spc_server_loop (self), run_request, request, request_free);
    return;
  }
  run_request (request);
  request_free (request);
}

void
spc_server_add_channel (SpcServer *self, SpcChannel *channel)
{
  post_request (self, (Request){.kind = DO_ADD_CHANNEL,
                                .channel = g_object_ref (channel)});
}

void
spc_server_remove_channel (SpcServer *self, SpcChannel *channel)
{
  post_request (self, (Request){.kind = DO_REMOVE_CHANNEL,
                                .channel = g_object_ref (channel)});
}

void
spc_server_set_password (SpcServer *self, const char *password,
                         uint32_t lifetime_s)
{
  post_request (self, (Request){.kind = DO_SET_PASSWORD,
                                .text = g_strdup (password),
                                .number = lifetime_s});
}

void
spc_server_set_anonymous (SpcServer *self, bool allowed)
{
  post_request (self, (Request){.kind = DO_SET_ANONYMOUS, .value = allowed});
}

void
spc_server_set_name (SpcServer *self, const char *name)
{
  post_request (self, (Request){.kind = DO_SET_NAME, .text = g_strdup (name)});
}

void
spc_server_set_images (SpcServer *self, const SpcImageConfig *images)
{
  post_request (self, (Request){.kind = DO_SET_IMAGES, .images = *images});
}

void
spc_server_set_video (SpcServer *self, const SpcVideoConfig *video)
{
  post_request (self, (Request){.kind = DO_SET_VIDEO, .video = *video});
}

void
spc_server_set_client_role (SpcServer *self, uint32_t client_id, SpcRole role)
{
  post_request (
      self, (Request){.kind = DO_SET_ROLE, .number = client_id, .value = role});
}

void
spc_server_set_default_role (SpcServer *self, SpcRole role)
{
  post_request (self, (Request){.kind = DO_SET_DEFAULT_ROLE, .value = role});
}

void
spc_server_set_control (SpcServer *self, SpcControlRule rule)
{
  post_request (self, (Request){.kind = DO_SET_CONTROL, .value = rule});
}

void
spc_server_give_control (SpcServer *self, uint32_t client_id)
{
  post_request (self, (Request){.kind = DO_GIVE_CONTROL, .number = client_id});
}

void
spc_server_disconnect_client (SpcServer *self, uint32_t client_id)
{
  post_request (self, (Request){.kind = DO_DISCONNECT, .number = client_id});
}

void
spc_server_set_keyboard_leds (SpcServer *self, uint8_t locks)
{
  post_request (self, (Request){.kind = DO_SET_LEDS, .value = locks});
}

void
spc_server_answer_auth (SpcServer *self, uint64_t question_id,
                        SpcAuthAnswer answer, const char *user,
                        const SpcRole *role)
{
  post_request (
      self, (Request){.kind = DO_ANSWER_AUTH,
                      .question_id = question_id,
                      .value = answer,
                      .text = g_strdup (user),
                      .number = role != NULL ? SPC_NOTE_OWN_ROLE | *role : 0});
}

/* what is answered at once */

typedef struct {
  SpcServer *server;
  GSocket *socket; /* not owned */
  SpcLineFlags flags;
  const SpcTlsConfig *tls;
  uint16_t tls_port;
  bool is_good;
  GError **error;
} Question;

static void
ask_tls_port (gpointer user_data)
{
  Question *question = user_data;
  SpcAcceptor *acceptor = spc_server_acceptor (question->server);

  question->tls_port = acceptor != NULL ? spc_acceptor_tls_port (acceptor) : 0;
}

uint16_t
spc_server_tls_port (SpcServer *self)
{
  Question question = {.server = self};

  spc_loop_call (spc_server_loop (self), ask_tls_port, &question);
  return question.tls_port;
}

static void
reload_tls (gpointer user_data)
{
  Question *question = user_data;
  SpcAcceptor *acceptor = spc_server_acceptor (question->server);

  if (acceptor != NULL && spc_acceptor_has_tls (acceptor))
    question->is_good = spc_acceptor_reload_tls (acceptor, question->error);
  else
    g_set_error_literal (question->error, SPC_ERROR, SPC_ERROR_SETTINGS,
                         "there is no TLS port");
}

static void
change_tls (gpointer user_data)
{
  Question *question = user_data;
  SpcAcceptor *acceptor = spc_server_acceptor (question->server);

  question->is_good =
      acceptor == NULL ||
      spc_acceptor_change_tls (acceptor, question->tls, question->error);
  if (question->is_good)
    spc_server_do_set_tls (question->server, question->tls);
}

static void
add_line (gpointer user_data)
{
  Question *question = user_data;
  SpcAcceptor *acceptor = spc_server_acceptor (question->server);

  if (acceptor != NULL)
    question->is_good = spc_acceptor_add_line (
        acceptor, question->socket, question->flags, question->error);
  else
    g_set_error_literal (question->error, SPC_ERROR, SPC_ERROR_SETTINGS,
                         "the server does not run");
}

bool
spc_server_add_line (SpcServer *self, GSocket *socket, SpcLineFlags flags,
                     GError **error)
{
  Question question = {
      .server = self, .socket = socket, .flags = flags, .error = error};

  spc_loop_call (spc_server_loop (self), add_line, &question);
  return question.is_good;
}

bool
spc_server_reload_tls (SpcServer *self, GError **error)
{
  Question question = {.server = self, .error = error};

  spc_loop_call (spc_server_loop (self), reload_tls, &question);
  return question.is_good;
}

bool
spc_server_set_tls (SpcServer *self, const SpcTlsConfig *tls, GError **error)
{
  Question question = {.server = self, .tls = tls, .error = error};

  spc_loop_call (spc_server_loop (self), change_tls, &question);
  return question.is_good;
}
