/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sasl-desk.h"

#include "server-core/base/error.h"
#include "ticket.h"

#include <string.h>

/* one that waits must not keep the others waiting */
#define N_WORKERS 2

/* counted atomically */
struct _SpcSaslDesk {
  SpcLoop *loop;
  SpcJobs *jobs;
  SpcSasl *sasl;
  SpcSaslUse use;
  gint n_steps; /* under way, cancelled ones included; atomic */
};

/* counted atomically: by who waits, the job, and the post after it */
struct _SpcSaslStep {
  SpcSaslDesk *desk;
  /* the job's, until it has ended */
  SpcSaslSession *session;
  char *mechanism, *data;
  gsize size;
  SpcSaslProgress progress;
  char *answer;
  gsize answer_size;
  /* loop thread only */
  SpcSaslStepFunc func; /* NULL: cancelled */
  gpointer user_data;
};

/* the desk */

SpcSaslDesk *
spc_sasl_desk_new (SpcLoop *loop, const SpcSaslConfig *config, GError **error)
{
  SpcSasl *sasl = spc_sasl_new (config, error);
  SpcSaslDesk *self;

  if (!sasl)
    return NULL;
  self = g_atomic_rc_box_new0 (SpcSaslDesk);
  self->loop = spc_loop_ref (loop);
  self->jobs = spc_jobs_new (N_WORKERS);
  self->sasl = sasl;
  self->use = config->use;
  return self;
}

void
spc_sasl_desk_close (SpcSaslDesk *self)
{
  if (self)
    spc_jobs_stop (self->jobs);
}

SpcSaslDesk *
spc_sasl_desk_ref (SpcSaslDesk *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
desk_clear (gpointer data)
{
  SpcSaslDesk *self = data;

  spc_jobs_unref (self->jobs);
  spc_sasl_unref (self->sasl);
  spc_loop_unref (self->loop);
}

void
spc_sasl_desk_unref (SpcSaslDesk *self)
{
  if (self)
    g_atomic_rc_box_release_full (self, desk_clear);
}

SpcSasl *
spc_sasl_desk_sasl (SpcSaslDesk *self)
{
  return self->sasl;
}

bool
spc_sasl_desk_takes_tickets (SpcSaslDesk *self)
{
  return self->use == SPC_SASL_OPTIONAL;
}

bool
spc_sasl_desk_check_plain (SpcSaslDesk *self, GError **error)
{
  SpcSaslSession *session = spc_sasl_session_new (self->sasl, false, error);

  if (session)
    spc_sasl_session_unref (session);
  else
    g_prefix_error (error, "nobody could come in without tls-port or "
                           "sasl-min-ssf=0: ");
  return session != NULL;
}

/* steps */

static void
wipe_data (SpcSaslStep *self)
{
  if (self->data)
    spc_wipe (self->data, self->size);
  g_clear_pointer (&self->data, g_free);
}

static void
step_clear (gpointer data)
{
  SpcSaslStep *self = data;

  wipe_data (self);
  g_free (self->mechanism);
  g_free (self->answer);
  spc_sasl_session_unref (self->session);
  g_atomic_int_add (&self->desk->n_steps, -1);
  spc_sasl_desk_unref (self->desk);
}

static void
step_unref (gpointer self)
{
  g_atomic_rc_box_release_full (self, step_clear);
}

static void
deliver (gpointer user_data)
{
  SpcSaslStep *self = user_data;
  SpcSaslStepFunc func = self->func;

  if (!func)
    return;
  self->func = NULL;
  func (self->progress, self->answer, self->answer_size, self->user_data);
}

static void
work (SpcWorker *worker, gpointer user_data)
{
  SpcSaslStep *self = user_data;
  const char *answer;

  self->progress =
      spc_sasl_session_step (self->session, self->mechanism, self->data,
                             self->size, &answer, &self->answer_size);
  /* an answer of no bytes is one, too */
  if (answer && self->answer_size <= SPC_MAX_SASL_DATA) {
    self->answer = g_malloc (self->answer_size + 1);
    memcpy (self->answer, answer, self->answer_size);
  }
  wipe_data (self);
  spc_loop_post (self->desk->loop, deliver, g_atomic_rc_box_acquire (self),
                 step_unref);
}

SpcSaslStep *
spc_sasl_step_new (SpcSaslDesk *desk, SpcSaslSession *session,
                   const char *mechanism, char *data, gsize size,
                   SpcSaslStepFunc func, gpointer user_data, GError **error)
{
  SpcSaslStep *self = g_atomic_rc_box_new0 (SpcSaslStep);

  self->desk = spc_sasl_desk_ref (desk);
  self->session = spc_sasl_session_ref (session);
  self->mechanism = g_strdup (mechanism);
  self->data = data;
  self->size = size;
  self->func = func;
  self->user_data = user_data;
  if (g_atomic_int_add (&desk->n_steps, 1) < (gint)SPC_MAX_PENDING_LINKS) {
    spc_jobs_push (desk->jobs, work, g_atomic_rc_box_acquire (self),
                   step_unref);
    return self;
  }
  step_unref (self);
  g_set_error (error, SPC_ERROR, SPC_ERROR_LIMIT,
               "%u steps of SASL are under way", SPC_MAX_PENDING_LINKS);
  return NULL;
}

void
spc_sasl_step_free (SpcSaslStep *self)
{
  if (!self)
    return;
  self->func = NULL;
  step_unref (self);
}
