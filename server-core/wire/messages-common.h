/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* messages-common.h – messages every channel knows.
 *
 * Plain structs and their layouts (spec: base messages). ACK and
 * MIGRATE_FLUSH_MARK are empty and have none. Any thread. */
#pragma once

#include "protocol.h"
#include "qxl/fields.h"

/* server: from now on acknowledge every @window messages */
typedef struct {
  uint32_t generation;
  uint32_t window;
} SpcSetAck;

/* client: SET_ACK of this generation was seen */
typedef struct {
  uint32_t generation;
} SpcAckSync;

/* server, padding bytes may follow; client: PONG, the same without padding */
typedef struct {
  uint32_t id;
  uint64_t timestamp; /* unit free: it comes back as it was sent */
} SpcPing;

/* both ways */
typedef struct {
  uint64_t timestamp;
  uint32_t reason; /* SPICE_LINK_ERR_… */
} SpcDisconnecting;

/* server: a text for the user or the log */
typedef struct {
  uint64_t timestamp;  /* ns */
  uint32_t severity;   /* SPICE_NOTIFY_SEVERITY_… */
  uint32_t visibility; /* SPICE_NOTIFY_VISIBILITY_… */
  uint32_t what;       /* 0: general */
  uint32_t length;     /* of the text without its NUL */
  QxlTail text;        /* @length bytes and the NUL */
} SpcNotify;

/* server: on this channel, go to the other server; SPICE_MIGRATE_… */
typedef struct {
  uint32_t flags;
} SpcMigrate;

/* both ways: what goes along, from one server to the other */
typedef struct {
  QxlTail blob;
} SpcMigrateData;

/* a channel may not go on before the other has had message @serial */
typedef struct {
  uint8_t channel_type, channel_id;
  uint64_t serial;
} SpcWaitForChannel;

/* as many as displays, the only channels ever waited for (limits.h) */
#define SPC_MAX_WAIT_FOR_CHANNELS 16u

typedef struct {
  uint8_t count;
  SpcWaitForChannel channels[SPC_MAX_WAIT_FOR_CHANNELS];
} SpcWaitForChannels;

extern const QxlField spc_set_ack_fields[];
extern const QxlField spc_ack_sync_fields[];
extern const QxlField spc_ping_fields[]; /* PONG too */
extern const QxlField spc_disconnecting_fields[];
extern const QxlField spc_notify_fields[];
extern const QxlField spc_migrate_fields[];
extern const QxlField spc_migrate_data_fields[];
extern const QxlField spc_wait_for_channels_fields[];
