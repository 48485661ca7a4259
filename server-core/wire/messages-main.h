/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* messages-main.h – messages of the main channel.
 *
 * Plain structs and their layouts (spec: main channel). Any thread. */
#pragma once

#include "protocol.h"
#include "qxl/fields.h"

/* server: the first message of a session */
typedef struct {
  uint32_t session_id; /* the connection id of all other channels */
  uint32_t display_channels_hint;
  uint32_t supported_mouse_modes; /* SPICE_MOUSE_MODE_…, a mask */
  uint32_t current_mouse_mode;
  uint32_t agent_connected;
  uint32_t agent_tokens;
  uint32_t multi_media_time; /* ms */
  uint32_t ram_hint;         /* bytes */
} SpcMainInit;

typedef struct {
  uint8_t type, id;
} SpcChannelEntry;

/* more than all kinds of channels with their largest number of ids */
#define SPC_MAX_CHANNEL_ENTRIES 64u

typedef struct {
  uint32_t count;
  SpcChannelEntry channels[SPC_MAX_CHANNEL_ENTRIES];
} SpcChannelsList;

typedef struct {
  uint16_t supported, current;
} SpcMouseMode;

/* server: NAME */
typedef struct {
  uint32_t length; /* with the NUL */
  QxlTail name;
} SpcMainName;

typedef struct {
  uint8_t uuid[16];
} SpcMainUuid;

typedef struct {
  uint32_t time; /* ms */
} SpcMultiMediaTime;

/* client: MOUSE_MODE_REQUEST */
typedef struct {
  uint16_t mode;
} SpcMouseModeRequest;

/* server: AGENT_TOKEN, AGENT_CONNECTED_TOKENS, AGENT_DISCONNECTED (an error
 * code, 0); client: AGENT_START, AGENT_TOKEN */
typedef struct {
  uint32_t tokens;
} SpcAgentTokens;

/* server: MIGRATE_BEGIN, MIGRATE_SWITCH_HOST: where to go. Offsets count from
 * the body's start, sizes include the NUL. */
typedef struct {
  uint16_t port, tls_port; /* 0: none */
  uint32_t host_size, host_offset;
  uint32_t subject_size, subject_offset; /* 0: none */
  QxlTail texts;
} SpcMigrateInfo;

/* server: MIGRATE_BEGIN_SEAMLESS: the same, with our version in between */
typedef struct {
  SpcMigrateInfo info;
  uint32_t version;
} SpcMigrateSeamless;

/* client, at the destination: MIGRATE_DST_DO_SEAMLESS */
typedef struct {
  uint32_t version;
} SpcMigrateDoSeamless;

extern const QxlField spc_migrate_info_fields[];
extern const QxlField spc_migrate_seamless_fields[];
extern const QxlField spc_migrate_do_seamless_fields[];
extern const QxlField spc_main_init_fields[];
extern const QxlField spc_channels_list_fields[];
extern const QxlField spc_mouse_mode_fields[];
extern const QxlField spc_main_name_fields[];
extern const QxlField spc_main_uuid_fields[];
extern const QxlField spc_multi_media_time_fields[];
extern const QxlField spc_mouse_mode_request_fields[];
extern const QxlField spc_agent_tokens_fields[];
