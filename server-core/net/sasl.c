/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library keeps one state for the whole process, so this file must: how
 * many use it, and under which name its file of settings was read. Settings of
 * one server are answered for each of its sessions, before that file. */
#include "sasl.h"

#include "server-core/base/error.h"
#include "server-core/base/log.h"

#include <sasl/sasl.h>
#include <string.h>
#include <sys/uio.h>

#define SERVICE "spice" /* what clients ask tickets for, as of Kerberos */
#define DEFAULT_APP_NAME "spice"
/* no bound: a layer may be as strong as it can */
#define MAX_SSF 100000u
#define N_CALLBACKS 3

/* the library's types leave the arguments of callbacks open */
typedef int (*Callback) (void);
#define CALLBACK(function) ((Callback)(void (*) (void)) (function))

static struct {
  GMutex lock;
  guint n_users;
  char *app_name;
} library;

struct _SpcSasl {
  SpcSaslConfig config;
  char *host_name; /* of this machine, as the library finds it */
  sasl_callback_t callbacks[N_CALLBACKS];
};

struct _SpcSaslSession {
  SpcSasl *sasl;
  sasl_conn_t *conn;
  bool is_protected;
  char *mechanisms;
  unsigned max_output; /* of one encode, once there is a layer */
  char *user;
  const char *reason;
};

/* what the library asks for */

static void *
mutex_new (void)
{
  GMutex *mutex = g_new (GMutex, 1);

  g_mutex_init (mutex);
  return mutex;
}

static int
mutex_lock (void *mutex)
{
  g_mutex_lock (mutex);
  return SASL_OK;
}

static int
mutex_unlock (void *mutex)
{
  g_mutex_unlock (mutex);
  return SASL_OK;
}

static void
mutex_free (void *mutex)
{
  g_mutex_clear (mutex);
  g_free (mutex);
}

/* Below "note" the library may tell passwords. What it does tell may hold what
 * a peer said, so its lines are made one line of plain characters. */
static int
on_log (void *context, int level, const char *text)
{
  g_autofree char *plain = g_strescape (text ? text : "", NULL);

  if (level == SASL_LOG_ERR)
    SPC_WARNING (SPC_LOG_LINK, "SASL: %s", plain);
  else if (level > SASL_LOG_NONE && level <= SASL_LOG_NOTE)
    SPC_DEBUG (SPC_LOG_LINK, "SASL: %s", plain);
  return SASL_OK;
}

static int
on_option (void *context, const char *plugin, const char *option,
           const char **result, unsigned *size)
{
  const SpcSaslConfig *config = &((SpcSasl *)context)->config;
  const struct {
    const char *option, *value;
  } answers[] = {
      {"mech_list", config->mechanisms},
      {"sasldb_path", config->database},
      {"auxprop_plugin", config->database ? "sasldb" : NULL},
      {"pwcheck_method", config->database ? "auxprop" : NULL},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    if (answers[i].value && g_str_equal (option, answers[i].option)) {
      *result = answers[i].value;
      if (size)
        *size = (unsigned)strlen (*result);
      return SASL_OK;
    }
  return SASL_FAIL; /* as the file says */
}

static const sasl_callback_t library_callbacks[] = {
    {SASL_CB_LOG, CALLBACK (on_log), NULL},
    {SASL_CB_LIST_END, NULL, NULL},
};

static bool
set_error (int code, const char *what, GError **error)
{
  g_set_error (error, SPC_ERROR, SPC_ERROR_SETTINGS, "SASL: %s: %s", what,
               sasl_errstring (code, NULL, NULL));
  return false;
}

/* the library */

static bool
init_library (const char *app_name, GError **error)
{
  int code;

  sasl_set_mutex (mutex_new, mutex_lock, mutex_unlock, mutex_free);
  code = sasl_server_init (library_callbacks, app_name);
  if (code != SASL_OK)
    return set_error (code, "the library does not start", error);
  library.app_name = g_strdup (app_name);
  return true;
}

static bool
use_library (const char *app_name, GError **error)
{
  bool is_ready = true;

  g_mutex_lock (&library.lock);
  if (library.n_users == 0) {
    is_ready = init_library (app_name, error);
  } else if (!g_str_equal (app_name, library.app_name)) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_SETTINGS,
                 "SASL has the application name \"%s\" in this process, and "
                 "cannot have \"%s\" as well",
                 library.app_name, app_name);
    is_ready = false;
  }
  library.n_users += is_ready;
  g_mutex_unlock (&library.lock);
  return is_ready;
}

static void
leave_library (void)
{
  g_mutex_lock (&library.lock);
  if (--library.n_users == 0) {
    sasl_server_done ();
    g_clear_pointer (&library.app_name, g_free);
  }
  g_mutex_unlock (&library.lock);
}

/* what peers have in common */

bool
spc_sasl_is_built (void)
{
  return true;
}

/* the list must be more than its commas */
static bool
is_empty_list (const char *list)
{
  return strspn (list, ",") == strlen (list);
}

/* a look at what a peer could do on any line at all */
static bool
look_at_library (SpcSasl *self, GError **error)
{
  g_autoptr (SpcSaslSession) session = spc_sasl_session_new (self, true, error);
  const void *host_name = NULL;

  if (!session)
    return false;
  sasl_getprop (session->conn, SASL_SERVERFQDN, &host_name);
  self->host_name = g_strdup (host_name);
  SPC_INFO (SPC_LOG_LINK, "SASL at %s: %s", self->host_name,
            session->mechanisms);
  return true;
}

SpcSasl *
spc_sasl_new (const SpcSaslConfig *config, GError **error)
{
  const char *app_name = config->app_name ? config->app_name : DEFAULT_APP_NAME;
  SpcSasl *self;

  if (!use_library (app_name, error))
    return NULL;
  self = g_atomic_rc_box_new0 (SpcSasl);
  spc_sasl_config_copy (&self->config, config);
  self->callbacks[0] =
      (sasl_callback_t){SASL_CB_GETOPT, CALLBACK (on_option), self};
  self->callbacks[1] = (sasl_callback_t){SASL_CB_LOG, CALLBACK (on_log), self};
  self->callbacks[2] = (sasl_callback_t){SASL_CB_LIST_END, NULL, NULL};
  if (look_at_library (self, error))
    return self;
  spc_sasl_unref (self);
  return NULL;
}

SpcSasl *
spc_sasl_ref (SpcSasl *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
sasl_clear (gpointer data)
{
  SpcSasl *self = data;

  spc_sasl_config_clear (&self->config);
  g_free (self->host_name);
  leave_library ();
}

void
spc_sasl_unref (SpcSasl *self)
{
  if (self)
    g_atomic_rc_box_release_full (self, sasl_clear);
}

/* one peer */

static void
session_clear (gpointer data)
{
  SpcSaslSession *self = data;

  if (self->conn)
    sasl_dispose (&self->conn); /* wipes */
  g_free (self->mechanisms);
  g_free (self->user);
  spc_sasl_unref (self->sasl);
}

/* Without a protected line neither passwords nor pictures may go in clear. */
static int
set_security (SpcSaslSession *self)
{
  sasl_security_properties_t wanted = {
      .min_ssf = self->is_protected ? 0 : self->sasl->config.min_ssf,
      .max_ssf = self->is_protected ? 0 : MAX_SSF,
      .maxbufsize = self->is_protected ? 0 : SPC_SASL_BUFFER,
      .security_flags = SASL_SEC_NOANONYMOUS,
  };

  if (!self->is_protected)
    wanted.security_flags |= SASL_SEC_NOPLAINTEXT;
  return sasl_setprop (self->conn, SASL_SEC_PROPS, &wanted);
}

/* as many as clients take, with commas before, between and after */
static char *
cut_list (const char *list)
{
  GString *cut = g_string_new (list);

  if (cut->len > SPC_MAX_SASL_LIST) {
    g_string_truncate (cut, SPC_MAX_SASL_LIST);
    g_string_truncate (cut, (gsize)(strrchr (cut->str, ',') + 1 - cut->str));
  }
  return g_string_free (cut, FALSE);
}

static bool
list_mechanisms (SpcSaslSession *self, GError **error)
{
  const char *list = NULL;
  int code = sasl_listmech (self->conn, NULL, ",", ",", ",", &list, NULL, NULL);

  if (code != SASL_OK && code != SASL_NOMECH)
    return set_error (code, "no list of mechanisms", error);
  if (code == SASL_OK && list && !is_empty_list (list)) {
    self->mechanisms = cut_list (list);
    return true;
  }
  g_set_error (
      error, SPC_ERROR, SPC_ERROR_SETTINGS,
      "SASL: there is no mechanism%s%s that %s",
      self->sasl->config.mechanisms ? " among " : "",
      self->sasl->config.mechanisms ? self->sasl->config.mechanisms : "",
      self->is_protected ? "is installed" : "protects a line without TLS");
  return false;
}

SpcSaslSession *
spc_sasl_session_new (SpcSasl *sasl, bool is_protected, GError **error)
{
  g_autoptr (SpcSaslSession) self = g_atomic_rc_box_new0 (SpcSaslSession);
  int code;

  self->sasl = spc_sasl_ref (sasl);
  self->is_protected = is_protected;
  code = sasl_server_new (SERVICE, sasl->host_name, NULL, NULL, NULL,
                          sasl->callbacks, SASL_SUCCESS_DATA, &self->conn);
  if (code == SASL_OK)
    code = set_security (self);
  if (code != SASL_OK) {
    set_error (code, "no session", error);
    return NULL;
  }
  return list_mechanisms (self, error) ? g_steal_pointer (&self) : NULL;
}

SpcSaslSession *
spc_sasl_session_ref (SpcSaslSession *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
spc_sasl_session_unref (SpcSaslSession *self)
{
  if (self)
    g_atomic_rc_box_release_full (self, session_clear);
}

const char *
spc_sasl_session_mechanisms (SpcSaslSession *self)
{
  return self->mechanisms;
}

bool
spc_sasl_session_has (SpcSaslSession *self, const char *mechanism)
{
  g_autofree char *name = g_strdup_printf (",%s,", mechanism);

  return *mechanism && !strchr (mechanism, ',') &&
         strstr (self->mechanisms, name) != NULL;
}

/* A name goes into messages and logs: text on one line. */
static bool
is_fit_name (const char *name)
{
  if (!name || !*name || strlen (name) > SPC_MAX_USER_NAME ||
      !g_utf8_validate (name, -1, NULL))
    return false;
  for (const char *p = name; *p; p = g_utf8_next_char (p))
    if (!g_unichar_isprint (g_utf8_get_char (p)))
      return false;
  return true;
}

/* who says to be whom is told, too */
static SpcSaslProgress
refuse (SpcSaslSession *self, const char *reason)
{
  const void *name = NULL;

  if (sasl_getprop (self->conn, SASL_USERNAME, &name) == SASL_OK &&
      is_fit_name (name) && !self->user)
    self->user = g_strdup (name);
  self->reason = reason;
  return SPC_SASL_REFUSED;
}

/* is the peer who it says, and its line as safe as was asked for? */
static SpcSaslProgress
judge (SpcSaslSession *self)
{
  const void *name = NULL, *ssf = NULL, *room = NULL;

  sasl_getprop (self->conn, SASL_USERNAME, &name);
  sasl_getprop (self->conn, SASL_SSF, &ssf);
  sasl_getprop (self->conn, SASL_MAXOUTBUF, &room);
  if (!is_fit_name (name))
    return refuse (self, "a user name that is empty, too long or no text");
  if (!self->is_protected &&
      (!ssf || *(const sasl_ssf_t *)ssf < self->sasl->config.min_ssf))
    return refuse (self, "the security layer is too weak");
  if (ssf && *(const sasl_ssf_t *)ssf > 0) {
    self->max_output = room ? *(const unsigned *)room : 0;
    if (self->max_output < SPC_MIN_SASL_OUTPUT)
      return refuse (self, "the client takes too few bytes at once");
  }
  self->user = g_strdup (name);
  return SPC_SASL_PROVEN;
}

SpcSaslProgress
spc_sasl_session_step (SpcSaslSession *self, const char *mechanism,
                       const char *data, gsize size, const char **answer,
                       gsize *answer_size)
{
  unsigned n = 0;
  int code;

  *answer = NULL;
  if (mechanism)
    code = sasl_server_start (self->conn, mechanism, data, (unsigned)size,
                              answer, &n);
  else
    code = sasl_server_step (self->conn, data, (unsigned)size, answer, &n);
  *answer_size = n;
  if (code == SASL_CONTINUE)
    return SPC_SASL_CONTINUE;
  if (code != SASL_OK)
    return refuse (self, sasl_errstring (code, NULL, NULL));
  return judge (self);
}

const char *
spc_sasl_session_reason (SpcSaslSession *self)
{
  return self->reason;
}

const char *
spc_sasl_session_user (SpcSaslSession *self)
{
  return self->user;
}

/* the layer */

bool
spc_sasl_session_has_layer (SpcSaslSession *self)
{
  return self->max_output > 0;
}

static bool
set_layer_error (int code, const char *what, GError **error)
{
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "%s of the SASL layer failed: %s", what,
               sasl_errstring (code, NULL, NULL));
  return false;
}

bool
spc_sasl_session_encode (SpcSaslSession *self, const void *bytes, gsize size,
                         GByteArray *out, GError **error)
{
  const char *at = bytes;

  while (size > 0) {
    unsigned n = (unsigned)MIN (size, self->max_output);
    const char *piece;
    unsigned piece_size;
    int code = sasl_encode (self->conn, at, n, &piece, &piece_size);

    if (code != SASL_OK)
      return set_layer_error (code, "Writing", error);
    g_byte_array_append (out, (const uint8_t *)piece, piece_size);
    at += n;
    size -= n;
  }
  return true;
}

void
spc_sasl_session_pad (SpcSaslSession *self, gsize size, GByteArray *out)
{
  const struct iovec nothing = {"", 0};
  gsize end = out->len + size;

  while (out->len < end) {
    const char *packet = NULL;
    unsigned n = 0;

    if (sasl_encodev (self->conn, &nothing, 1, &packet, &n) != SASL_OK ||
        n == 0)
      return;
    g_byte_array_append (out, (const uint8_t *)packet, n);
  }
}

bool
spc_sasl_session_decode (SpcSaslSession *self, const void *bytes, gsize size,
                         GByteArray *out, GError **error)
{
  const char *plain = NULL;
  unsigned n = 0;
  int code = sasl_decode (self->conn, bytes, (unsigned)size, &plain, &n);

  if (code != SASL_OK)
    return set_layer_error (code, "Reading", error);
  if (n > 0)
    g_byte_array_append (out, (const uint8_t *)plain, n);
  return true;
}
