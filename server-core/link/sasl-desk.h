/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sasl-desk.h – where peers are asked who they are, by SASL.
 *
 * A step may wait for a file, or for another program that takes its time, so
 * the desk has workers of its own: neither the loop nor those who encode
 * pictures wait for it. Loop thread, except where said. */
#pragma once

#include "server-core/base/jobs.h"
#include "server-core/net/sasl.h"

typedef struct _SpcSaslDesk SpcSaslDesk;
typedef struct _SpcSaslStep SpcSaslStep;
/* @answer: NULL for nothing */
typedef void (*SpcSaslStepFunc) (SpcSaslProgress progress, const char *answer,
                                 gsize answer_size, gpointer user_data);

/* life; any thread may hold a reference */
SpcSaslDesk *spc_sasl_desk_new (SpcLoop *loop, const SpcSaslConfig *config,
                                GError **error);
void spc_sasl_desk_close (SpcSaslDesk *self); /* waits for its workers */
SpcSaslDesk *spc_sasl_desk_ref (SpcSaslDesk *self);
void spc_sasl_desk_unref (SpcSaslDesk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcSaslDesk, spc_sasl_desk_unref)

SpcSasl *spc_sasl_desk_sasl (SpcSaslDesk *self);
bool spc_sasl_desk_takes_tickets (SpcSaslDesk *self); /* instead */
/* false with @error: there is no mechanism for a line that nothing protects */
bool spc_sasl_desk_check_plain (SpcSaslDesk *self, GError **error);

/* Takes @data, wipes it. Calls @func once, later, unless it is freed before;
 * NULL with @error when too many steps wait. @session is the step's until then,
 * and for good when it was freed. */
SpcSaslStep *spc_sasl_step_new (SpcSaslDesk *desk, SpcSaslSession *session,
                                const char *mechanism, char *data, gsize size,
                                SpcSaslStepFunc func, gpointer user_data,
                                GError **error);
void spc_sasl_step_free (SpcSaslStep *self); /* also inside its function */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcSaslStep, spc_sasl_step_free)
