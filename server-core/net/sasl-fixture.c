/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sasl-fixture.h"

#include <glib/gstdio.h>
#include <sasl/sasl.h>
#include <sasl/saslplug.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

typedef int (*Callback) (void);
#define CALLBACK(function) ((Callback)(void (*) (void)) (function))

/* users */

static int
on_option (void *context, const char *plugin, const char *option,
           const char **result, unsigned *size)
{
  if (!g_str_equal (option, "sasldb_path"))
    return SASL_FAIL;
  *result = ((SaslFixture *)context)->config.database;
  return SASL_OK;
}

static void
add_user (SaslFixture *self)
{
  const sasl_callback_t callbacks[] = {
      {SASL_CB_GETOPT, CALLBACK (on_option), self},
      {SASL_CB_LIST_END, NULL, NULL},
  };
  sasl_conn_t *conn = NULL;

  g_assert_cmpint (
      sasl_server_new ("spice", NULL, NULL, NULL, NULL, callbacks, 0, &conn),
      ==, SASL_OK);
  g_assert_cmpint (sasl_setpass (conn, SASL_FIXTURE_USER, SASL_FIXTURE_PASSWORD,
                                 strlen (SASL_FIXTURE_PASSWORD), NULL, 0,
                                 SASL_SET_CREATE),
                   ==, SASL_OK);
  sasl_dispose (&conn);
}

void
sasl_fixture_init (SaslFixture *self)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("sasl-XXXXXX", &error);
  g_assert_no_error (error);
  self->config = (SpcSaslConfig){
      .use = SPC_SASL_REQUIRED,
      .app_name = g_strdup ("gst-spice-test"), /* has no file */
      .database = g_build_filename (self->folder, "users", NULL),
      .min_ssf = SPC_DEFAULT_SASL_SSF,
  };
  self->keep = spc_sasl_new (&self->config, &error);
  g_assert_no_error (error);
  add_user (self);
  g_assert_cmpint (sasl_client_init (NULL), ==, SASL_OK);
}

void
sasl_fixture_clear (SaslFixture *self)
{
  sasl_client_done ();
  spc_sasl_unref (self->keep);
  g_assert_cmpint (g_unlink (self->config.database), ==, 0);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  spc_sasl_config_clear (&self->config);
  g_free (self->folder);
}

/* a mechanism */

static int
endless_new (void *glob, sasl_server_params_t *params, const char *challenge,
             unsigned size, void **context)
{
  *context = NULL;
  return SASL_OK;
}

static int
endless_step (void *context, sasl_server_params_t *params, const char *in,
              unsigned in_size, const char **out, unsigned *out_size,
              sasl_out_params_t *result)
{
  *out = "";
  *out_size = 0;
  return SASL_CONTINUE;
}

static sasl_server_plug_t endless_plug = {
    .mech_name = SASL_FIXTURE_ENDLESS,
    .security_flags = SASL_SEC_NOANONYMOUS,
    .mech_new = endless_new,
    .mech_step = endless_step,
};

static int
endless_init (const sasl_utils_t *utils, int max_version, int *version,
              sasl_server_plug_t **plugs, int *n_plugs)
{
  *version = SASL_SERVER_PLUG_VERSION;
  *plugs = &endless_plug;
  *n_plugs = 1;
  return SASL_OK;
}

void
sasl_fixture_add_endless (void)
{
  g_assert_cmpint (sasl_server_add_plugin (SASL_FIXTURE_ENDLESS, endless_init),
                   ==, SASL_OK);
}

/* a client */

struct _SaslClient {
  sasl_conn_t *conn;
  char *mechanism;
  char *user;
  sasl_secret_t *secret;
  int state;
  sasl_callback_t callbacks[4];
};

static int
give_user (void *context, int id, const char **result, unsigned *size)
{
  *result = ((SaslClient *)context)->user;
  if (size)
    *size = (unsigned)strlen (*result);
  return SASL_OK;
}

static int
give_password (sasl_conn_t *conn, void *context, int id, sasl_secret_t **secret)
{
  *secret = ((SaslClient *)context)->secret;
  return SASL_OK;
}

SaslClient *
sasl_client_fixture_new (const char *mechanism, const char *user,
                         const char *password, bool needs_layer)
{
  SaslClient *self = g_new0 (SaslClient, 1);
  sasl_security_properties_t wanted = {
      .min_ssf = needs_layer ? SPC_DEFAULT_SASL_SSF : 0,
      .max_ssf = needs_layer ? 256 : 0,
      .maxbufsize = needs_layer ? SPC_SASL_BUFFER : 0,
  };

  self->mechanism = g_strdup (mechanism);
  self->user = g_strdup (user);
  self->secret = g_malloc0 (sizeof *self->secret + strlen (password));
  self->secret->len = strlen (password);
  memcpy (self->secret->data, password, self->secret->len);
  self->callbacks[0] =
      (sasl_callback_t){SASL_CB_USER, CALLBACK (give_user), self};
  self->callbacks[1] =
      (sasl_callback_t){SASL_CB_AUTHNAME, CALLBACK (give_user), self};
  self->callbacks[2] =
      (sasl_callback_t){SASL_CB_PASS, CALLBACK (give_password), self};
  self->callbacks[3] = (sasl_callback_t){SASL_CB_LIST_END, NULL, NULL};
  g_assert_cmpint (sasl_client_new ("spice", "localhost", NULL, NULL,
                                    self->callbacks, SASL_SUCCESS_DATA,
                                    &self->conn),
                   ==, SASL_OK);
  g_assert_cmpint (sasl_setprop (self->conn, SASL_SEC_PROPS, &wanted), ==,
                   SASL_OK);
  return self;
}

void
sasl_client_fixture_free (SaslClient *self)
{
  sasl_dispose (&self->conn);
  g_free (self->mechanism);
  g_free (self->user);
  g_free (self->secret);
  g_free (self);
}

const char *
sasl_client_fixture_start (SaslClient *self, const char *list, unsigned *size)
{
  const char *said = NULL, *chosen = NULL;
  g_autofree char *name = g_strdup_printf (",%s,", self->mechanism);

  g_assert_nonnull (strstr (list, name));
  self->state = sasl_client_start (self->conn, self->mechanism, NULL, &said,
                                   size, &chosen);
  g_assert_cmpint (self->state, >=, SASL_OK);
  g_assert_cmpstr (chosen, ==, self->mechanism);
  return said;
}

const char *
sasl_client_fixture_step (SaslClient *self, const char *answer,
                          unsigned answer_size, unsigned *size)
{
  const char *said = NULL;

  self->state =
      sasl_client_step (self->conn, answer, answer_size, NULL, &said, size);
  g_assert_cmpint (self->state, >=, SASL_OK);
  return said;
}

bool
sasl_client_fixture_is_done (SaslClient *self)
{
  return self->state == SASL_OK;
}

void
sasl_client_fixture_encode (SaslClient *self, const void *bytes, gsize size,
                            GByteArray *out)
{
  const void *room = NULL;

  g_assert_cmpint (sasl_getprop (self->conn, SASL_MAXOUTBUF, &room), ==,
                   SASL_OK);
  for (gsize done = 0; done < size;) {
    unsigned n = (unsigned)MIN (size - done, *(const unsigned *)room), wrapped;
    const char *packet;

    g_assert_cmpint (sasl_encode (self->conn, (const char *)bytes + done, n,
                                  &packet, &wrapped),
                     ==, SASL_OK);
    g_byte_array_append (out, (const uint8_t *)packet, wrapped);
    done += n;
  }
}

void
sasl_client_fixture_pad (SaslClient *self, GByteArray *out)
{
  const struct iovec nothing = {"", 0};
  const char *packet = NULL;
  unsigned n = 0;

  g_assert_cmpint (sasl_encodev (self->conn, &nothing, 1, &packet, &n), ==,
                   SASL_OK);
  g_assert_cmpuint (n, >, 0);
  g_byte_array_append (out, (const uint8_t *)packet, n);
}

void
sasl_client_fixture_decode (SaslClient *self, const void *bytes, gsize size,
                            GByteArray *out)
{
  const char *plain = NULL;
  unsigned n = 0;

  g_assert_cmpint (sasl_decode (self->conn, bytes, (unsigned)size, &plain, &n),
                   ==, SASL_OK);
  g_byte_array_append (out, (const uint8_t *)plain, n);
}
