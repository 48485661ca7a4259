/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "messages-main.h"

const QxlField spc_main_init_fields[] = {
    QXL_F_U32 (SpcMainInit, session_id),
    QXL_F_U32 (SpcMainInit, display_channels_hint),
    QXL_F_U32 (SpcMainInit, supported_mouse_modes),
    QXL_F_U32 (SpcMainInit, current_mouse_mode),
    QXL_F_U32 (SpcMainInit, agent_connected),
    QXL_F_U32 (SpcMainInit, agent_tokens),
    QXL_F_U32 (SpcMainInit, multi_media_time),
    QXL_F_U32 (SpcMainInit, ram_hint),
    QXL_F_END,
};

static const QxlField channel_entry_fields[] = {
    QXL_F_U8 (SpcChannelEntry, type),
    QXL_F_U8 (SpcChannelEntry, id),
    QXL_F_END,
};

const QxlField spc_channels_list_fields[] = {
    QXL_F_LIST (QXL_FIELD_LIST32, SpcChannelsList, count, channels,
                channel_entry_fields),
    QXL_F_END,
};

const QxlField spc_mouse_mode_fields[] = {
    QXL_F_U16 (SpcMouseMode, supported),
    QXL_F_U16 (SpcMouseMode, current),
    QXL_F_END,
};

const QxlField spc_main_name_fields[] = {
    QXL_F_U32 (SpcMainName, length),
    QXL_F_TAIL (SpcMainName, name),
    QXL_F_END,
};

const QxlField spc_main_uuid_fields[] = {
    QXL_F_BLOB (SpcMainUuid, uuid),
    QXL_F_END,
};

const QxlField spc_multi_media_time_fields[] = {
    QXL_F_U32 (SpcMultiMediaTime, time),
    QXL_F_END,
};

const QxlField spc_mouse_mode_request_fields[] = {
    QXL_F_U16 (SpcMouseModeRequest, mode),
    QXL_F_END,
};

const QxlField spc_agent_tokens_fields[] = {
    QXL_F_U32 (SpcAgentTokens, tokens),
    QXL_F_END,
};

const QxlField spc_migrate_info_fields[] = {
    QXL_F_U16 (SpcMigrateInfo, port),
    QXL_F_U16 (SpcMigrateInfo, tls_port),
    QXL_F_U32 (SpcMigrateInfo, host_size),
    QXL_F_U32 (SpcMigrateInfo, host_offset),
    QXL_F_U32 (SpcMigrateInfo, subject_size),
    QXL_F_U32 (SpcMigrateInfo, subject_offset),
    QXL_F_TAIL (SpcMigrateInfo, texts),
    QXL_F_END,
};

const QxlField spc_migrate_seamless_fields[] = {
    QXL_F_U16 (SpcMigrateSeamless, info.port),
    QXL_F_U16 (SpcMigrateSeamless, info.tls_port),
    QXL_F_U32 (SpcMigrateSeamless, info.host_size),
    QXL_F_U32 (SpcMigrateSeamless, info.host_offset),
    QXL_F_U32 (SpcMigrateSeamless, info.subject_size),
    QXL_F_U32 (SpcMigrateSeamless, info.subject_offset),
    QXL_F_U32 (SpcMigrateSeamless, version),
    QXL_F_TAIL (SpcMigrateSeamless, info.texts),
    QXL_F_END,
};

const QxlField spc_migrate_do_seamless_fields[] = {
    QXL_F_U32 (SpcMigrateDoSeamless, version),
    QXL_F_END,
};
