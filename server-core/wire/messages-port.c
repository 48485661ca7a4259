/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "messages-port.h"

const QxlField spc_port_init_fields[] = {
    QXL_F_U32 (SpcPortInit, name_size),
    QXL_F_U32 (SpcPortInit, name_offset),
    QXL_F_U8 (SpcPortInit, opened),
    QXL_F_TAIL (SpcPortInit, name),
    QXL_F_END,
};

const QxlField spc_port_event_fields[] = {
    QXL_F_U8 (SpcPortEventMessage, event),
    QXL_F_END,
};

const QxlField spc_compressed_data_fields[] = {
    QXL_F_U8 (SpcCompressedData, type),
    QXL_F_U32 (SpcCompressedData, size),
    QXL_F_TAIL (SpcCompressedData, packed),
    QXL_F_END,
};

const QxlField spc_vsc_message_fields[] = {
    QXL_F_U32 (SpcVscMessage, header.type),
    QXL_F_U32 (SpcVscMessage, header.reader_id),
    QXL_F_U32 (SpcVscMessage, header.length),
    QXL_F_TAIL (SpcVscMessage, body),
    QXL_F_END,
};
