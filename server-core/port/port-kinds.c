/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "port-kinds.h"

#include "port-connection.h"
#include "server-core/wire/protocol.h"

static void
webdav_class_init (gpointer klass, gpointer data)
{
  SPC_CHANNEL_CLASS (klass)->channel_type = SPICE_CHANNEL_WEBDAV;
}

static void
usbredir_class_init (gpointer klass, gpointer data)
{
  SPC_CHANNEL_CLASS (klass)->channel_type = SPICE_CHANNEL_USBREDIR;
  SPC_CHANNEL_CLASS (klass)->connection_type = SPC_TYPE_BYTES_CONNECTION;
}

static void
smartcard_class_init (gpointer klass, gpointer data)
{
  SpcChannelClass *channel = SPC_CHANNEL_CLASS (klass);

  channel->channel_type = SPICE_CHANNEL_SMARTCARD;
  channel->connection_type = SPC_TYPE_CARD_CONNECTION;
  spc_caps_unset (&channel->caps, SPICE_SPICEVMC_CAP_DATA_COMPRESS_LZ4);
}

static const struct {
  const char *name;
  GClassInitFunc init;
} kinds[SPC_N_PORT_KINDS] = {
    [SPC_PORT_WEBDAV] = {"SpcWebdavPort", webdav_class_init},
    [SPC_PORT_USBREDIR] = {"SpcUsbredirPort", usbredir_class_init},
    [SPC_PORT_SMARTCARD] = {"SpcSmartcardPort", smartcard_class_init},
};

static GType
register_kind (SpcPortKind kind)
{
  GTypeQuery query;

  g_type_query (SPC_TYPE_PORT, &query);
  return g_type_register_static_simple (
      SPC_TYPE_PORT, kinds[kind].name, query.class_size, kinds[kind].init,
      query.instance_size, NULL, G_TYPE_FLAG_NONE);
}

GType
spc_port_type_of (SpcPortKind kind)
{
  static gsize types[SPC_N_PORT_KINDS];

  if (!kinds[kind].name)
    return SPC_TYPE_PORT;
  if (g_once_init_enter (&types[kind]))
    g_once_init_leave (&types[kind], register_kind (kind));
  return types[kind];
}
