/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who of the viewers types, and the mouse mode that follows from it: settled
 * anew whenever a viewer comes, goes, changes its role or its wish, and when
 * the application changes the rule. Loop thread only. */
#include "control.h"
#include "server-private.h"

/* mouse mode */

static bool
somebody_is_in_control (GPtrArray *clients)
{
  for (guint i = 0; i < clients->len; i++)
    if (spc_client_is_in_control (g_ptr_array_index (clients, i)))
      return true;
  return false;
}

/* Absolute positions if somebody can send them and nobody cannot; those that
 * have no say in the inputs decide only among themselves. */
static bool
wants_client_mouse (GPtrArray *clients)
{
  bool is_held = somebody_is_in_control (clients);
  bool is_wanted = false;

  for (guint i = 0; i < clients->len; i++) {
    const SpcClient *client = g_ptr_array_index (clients, i);

    if (is_held && !spc_client_is_in_control (client))
      continue;
    if (client->mouse_wish == SPC_WISH_SERVER)
      return false;
    is_wanted |= client->mouse_wish == SPC_WISH_CLIENT;
  }
  return is_wanted;
}

/* true if the mode has changed, and everybody is told */
static bool
settle_mouse_mode (SpcServer *self)
{
  GPtrArray *clients = spc_server_clients (self);
  bool client_mode = wants_client_mouse (clients);
  gpointer user_data;
  const SpcHost *host = spc_server_host (self, &user_data);

  if (spc_server_is_client_mouse (self) == client_mode)
    return false;
  spc_server_set_client_mouse (self, client_mode);
  if (clients->len == 0)
    return true;
  if (host->mouse_mode_changed != NULL)
    host->mouse_mode_changed (client_mode, user_data);
  spc_server_tell_channels (self, SPC_CHANGE_MOUSE_MODE, NULL);
  return true;
}

/* Viewers ask again when told of a mode that is not theirs: one that answers
 * each of two such viewers with its own wish never comes to rest. */
void
spc_server_request_mouse_mode (SpcServer *self, SpcClient *client,
                               bool client_mode)
{
  SpcMouseWish wish = client_mode ? SPC_WISH_CLIENT : SPC_WISH_SERVER;
  bool is_new = client->mouse_wish != wish;

  client->mouse_wish = wish;
  if (!settle_mouse_mode (self) && is_new)
    spc_server_tell_channels (self, SPC_CHANGE_MOUSE_MODE, NULL);
}

/* control */

/* true if somebody had to let go of what it held */
static bool
take_control (SpcServer *self)
{
  const SpcControl *control = spc_server_control (self);
  GPtrArray *clients = spc_server_clients (self);
  bool is_taken = false;

  for (guint i = 0; i < clients->len; i++) {
    SpcClient *client = g_ptr_array_index (clients, i);

    client->losing_control =
        client->had_control && !spc_control_is_due (control, clients, client);
    is_taken |= client->losing_control;
  }
  if (is_taken)
    spc_server_tell_channels (self, SPC_CHANGE_ROLE, NULL);
  return is_taken;
}

/* true if somebody that was there has got it */
static bool
give_control (SpcServer *self, const SpcClient *newcomer)
{
  const SpcControl *control = spc_server_control (self);
  GPtrArray *clients = spc_server_clients (self);
  bool is_given = false;

  for (guint i = 0; i < clients->len; i++) {
    SpcClient *client = g_ptr_array_index (clients, i);
    bool is_due = spc_control_is_due (control, clients, client);

    if (is_due && !client->had_control)
      is_given |= client != newcomer || control->rule != SPC_CONTROL_ALL;
    client->losing_control = false;
    client->is_waiting = !is_due;
    client->had_control = is_due;
  }
  return is_given;
}

static void
tell_host (SpcServer *self)
{
  GPtrArray *clients = spc_server_clients (self);
  g_autofree uint32_t *ids = g_new (uint32_t, clients->len + 1);
  gpointer user_data;
  const SpcHost *host = spc_server_host (self, &user_data);
  guint n = 0;

  for (guint i = 0; i < clients->len; i++) {
    const SpcClient *client = g_ptr_array_index (clients, i);

    if (spc_client_is_in_control (client))
      ids[n++] = client->id;
  }
  SPC_INFO (SPC_LOG_SERVER, "%u of %u viewers in control (first %08x)", n,
            clients->len, n > 0 ? ids[0] : 0);
  if (host->control_changed != NULL)
    host->control_changed (spc_server_control (self)->rule, ids, n, user_data);
}

void
spc_server_settle_control (SpcServer *self, const SpcClient *newcomer)
{
  bool is_taken = take_control (self);
  bool is_given = give_control (self, newcomer);

  if (is_taken || is_given)
    spc_server_tell_channels (self, SPC_CHANGE_ROLE, NULL);
  if (is_taken || is_given)
    tell_host (self);
  settle_mouse_mode (self);
}

void
spc_server_control_left (SpcServer *self, const SpcClient *client)
{
  SpcControl *control = spc_server_control (self);

  if (control->named == client->id)
    control->named = 0;
  spc_server_settle_control (self, NULL);
  /* the next holder is told of above, but there may be none */
  if (client->had_control && control->rule != SPC_CONTROL_ALL &&
      !somebody_is_in_control (spc_server_clients (self)))
    tell_host (self);
}

/* changes */

static void
tell_role (SpcServer *self, SpcClient *client, SpcRole role)
{
  gpointer user_data;
  const SpcHost *host = spc_server_host (self, &user_data);

  if (client->role == role)
    return;
  client->role = role;
  SPC_INFO (SPC_LOG_SERVER, "client %08x is now %s", client->id,
            role == SPC_ROLE_FULL ? "full" : "view-only");
  if (host->role_changed != NULL)
    host->role_changed (client->id, role, user_data);
}

void
spc_server_do_set_role (SpcServer *self, uint32_t id, SpcRole role)
{
  SpcClient *client = spc_server_find_client (self, id);

  if (client == NULL)
    return;
  client->has_own_role = true;
  tell_role (self, client, role);
  spc_server_settle_control (self, NULL);
}

void
spc_server_do_set_default_role (SpcServer *self, SpcRole role)
{
  GPtrArray *clients = spc_server_clients (self);

  spc_server_set_view_only (self, role == SPC_ROLE_VIEW_ONLY);
  for (guint i = 0; i < clients->len; i++) {
    SpcClient *client = g_ptr_array_index (clients, i);

    if (!client->has_own_role)
      tell_role (self, client, role);
  }
  spc_server_settle_control (self, NULL);
}

void
spc_server_do_set_control (SpcServer *self, SpcControlRule rule)
{
  spc_server_control (self)->rule = rule;
  spc_server_settle_control (self, NULL);
}

void
spc_server_do_give_control (SpcServer *self, uint32_t id)
{
  spc_server_control (self)->named = id;
  spc_server_settle_control (self, NULL);
}
