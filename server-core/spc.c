/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spc.h"

#include "inputs/inputs.h"
#include "main/main-channel.h"

SpcServer *
spc_new (const SpcConfig *config, GMainContext *context, const SpcHost *host,
         const SpcInputSink *input_sink, gpointer user_data)
{
  SpcServer *server =
      spc_server_new (config, context, host, input_sink, user_data);
  g_autoptr (SpcMain) main = spc_main_new (server);
  g_autoptr (SpcInputs) inputs = spc_inputs_new (server);

  spc_server_add_channel (server, SPC_CHANNEL (main));
  spc_server_add_channel (server, SPC_CHANNEL (inputs));
  return server;
}
