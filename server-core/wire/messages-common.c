/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "messages-common.h"

const QxlField spc_set_ack_fields[] = {
    QXL_F_U32 (SpcSetAck, generation),
    QXL_F_U32 (SpcSetAck, window),
    QXL_F_END,
};

const QxlField spc_ack_sync_fields[] = {
    QXL_F_U32 (SpcAckSync, generation),
    QXL_F_END,
};

const QxlField spc_ping_fields[] = {
    QXL_F_U32 (SpcPing, id),
    QXL_F_U64 (SpcPing, timestamp),
    QXL_F_END,
};

const QxlField spc_disconnecting_fields[] = {
    QXL_F_U64 (SpcDisconnecting, timestamp),
    QXL_F_U32 (SpcDisconnecting, reason),
    QXL_F_END,
};

const QxlField spc_notify_fields[] = {
    QXL_F_U64 (SpcNotify, timestamp),
    QXL_F_U32 (SpcNotify, severity),
    QXL_F_U32 (SpcNotify, visibility),
    QXL_F_U32 (SpcNotify, what),
    QXL_F_U32 (SpcNotify, length),
    QXL_F_TAIL (SpcNotify, text),
    QXL_F_END,
};

const QxlField spc_migrate_fields[] = {
    QXL_F_U32 (SpcMigrate, flags),
    QXL_F_END,
};

const QxlField spc_migrate_data_fields[] = {
    QXL_F_TAIL (SpcMigrateData, blob),
    QXL_F_END,
};

static const QxlField wait_for_channel_fields[] = {
    QXL_F_U8 (SpcWaitForChannel, channel_type),
    QXL_F_U8 (SpcWaitForChannel, channel_id),
    QXL_F_U64 (SpcWaitForChannel, serial),
    QXL_F_END,
};

const QxlField spc_wait_for_channels_fields[] = {
    QXL_F_LIST (QXL_FIELD_LIST8, SpcWaitForChannels, count, channels,
                wait_for_channel_fields),
    QXL_F_END,
};
