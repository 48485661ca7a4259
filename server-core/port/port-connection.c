/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "port-connection.h"

#include "block.h"
#include "port.h"
#include "server-core/base/limits.h"

typedef SpcConnection SpcPortConnection;
typedef SpcConnectionClass SpcPortConnectionClass;
G_DEFINE_TYPE (SpcPortConnection, spc_port_connection, SPC_TYPE_CONNECTION)

typedef SpcPortConnection SpcBytesConnection;
typedef SpcPortConnectionClass SpcBytesConnectionClass;
G_DEFINE_FINAL_TYPE (SpcBytesConnection, spc_bytes_connection,
                     SPC_TYPE_PORT_CONNECTION)

typedef SpcPortConnection SpcCardConnection;
typedef SpcPortConnectionClass SpcCardConnectionClass;
G_DEFINE_FINAL_TYPE (SpcCardConnection, spc_card_connection,
                     SPC_TYPE_PORT_CONNECTION)

/* NULL when closed */
static SpcPort *
port_of (SpcConnection *connection)
{
  return (SpcPort *)spc_connection_channel (connection);
}

/* messages */

static bool
on_data (SpcConnection *connection, const void *message, GError **error)
{
  const QxlTail *data = message;

  if (data->size > 0)
    spc_port_take (port_of (connection), connection,
                   spc_letter_new_data (data->data, data->size));
  return true;
}

static bool
on_compressed_data (SpcConnection *connection, const void *message,
                    GError **error)
{
  g_autoptr (GBytes) data = spc_block_unpack (message, error);

  if (!data)
    return false;
  if (g_bytes_get_size (data) > 0)
    spc_port_take (port_of (connection), connection,
                   spc_letter_new_bytes (data));
  return true;
}

static bool
on_event (SpcConnection *connection, const void *message, GError **error)
{
  const SpcPortEventMessage *msg = message;

  if (msg->event <= SPC_PORT_BREAK)
    spc_port_take (port_of (connection), connection,
                   spc_letter_new_event (msg->event));
  return true;
}

static bool
on_card_data (SpcConnection *connection, const void *message, GError **error)
{
  return spc_port_take_card_message (port_of (connection), connection, message,
                                     error);
}

/* clang-format off */
static const SpcMessageHandler port_handlers[] = { /* the events come last */
  { SPICE_MSGC_SPICEVMC_DATA, 0, SPC_MAX_PORT_DATA, NULL, 0, on_data },
  { SPICE_MSGC_SPICEVMC_COMPRESSED_DATA, SPC_COMPRESSED_DATA_SIZE,
    SPC_COMPRESSED_DATA_SIZE + SPC_MAX_PORT_DATA, spc_compressed_data_fields,
    sizeof (SpcCompressedData), on_compressed_data },
  { SPICE_MSGC_PORT_EVENT, 1, 1, spc_port_event_fields,
    sizeof (SpcPortEventMessage), on_event },
};

static const SpcMessageHandler card_handlers[] = {
  { SPICE_MSGC_SMARTCARD_DATA, SPC_VSC_HEADER_SIZE,
    SPC_VSC_HEADER_SIZE + SPC_MAX_VSC_BODY, spc_vsc_message_fields,
    sizeof (SpcVscMessage), on_card_data },
};
/* clang-format on */

/* classes */

static void
on_opened (SpcConnection *connection)
{
  spc_port_welcome (port_of (connection), connection);
}

static void
on_drained (SpcConnection *connection)
{
  spc_port_go_on (port_of (connection));
}

static void
on_flushed (SpcConnection *connection)
{
  spc_port_note_flushed (port_of (connection));
}

static void
on_leaving (SpcConnection *connection)
{
  spc_port_leave (port_of (connection), connection);
}

static void
on_save (SpcConnection *connection, QxlWriter *blob)
{
  spc_port_save (port_of (connection), blob);
}

static bool
on_restore (SpcConnection *connection, const QxlTail *blob, GError **error)
{
  return spc_port_restore (port_of (connection), connection, blob, error);
}

static void
spc_port_connection_class_init (SpcPortConnectionClass *klass)
{
  klass->log_category = SPC_LOG_PORT;
  klass->handlers = port_handlers;
  klass->n_handlers = G_N_ELEMENTS (port_handlers);
  klass->opened = on_opened;
  klass->drained = on_drained;
  klass->flushed = on_flushed;
  klass->leaving = on_leaving;
  klass->save = on_save;
  klass->restore = on_restore;
}

static void
spc_port_connection_init (SpcPortConnection *self)
{
}

static void
spc_bytes_connection_class_init (SpcBytesConnectionClass *klass)
{
  klass->n_handlers = G_N_ELEMENTS (port_handlers) - 1;
}

static void
spc_bytes_connection_init (SpcBytesConnection *self)
{
}

static void
spc_card_connection_class_init (SpcCardConnectionClass *klass)
{
  klass->handlers = card_handlers;
  klass->n_handlers = G_N_ELEMENTS (card_handlers);
}

static void
spc_card_connection_init (SpcCardConnection *self)
{
}
