/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "messages-link.h"

const QxlField spc_link_header_fields[] = {
    QXL_F_U32 (SpcLinkHeader, magic),
    QXL_F_U32 (SpcLinkHeader, major_version),
    QXL_F_U32 (SpcLinkHeader, minor_version),
    QXL_F_U32 (SpcLinkHeader, size),
    QXL_F_END,
};

const QxlField spc_link_mess_fields[] = {
    QXL_F_U32 (SpcLinkMess, connection_id),
    QXL_F_U8 (SpcLinkMess, channel_type),
    QXL_F_U8 (SpcLinkMess, channel_id),
    QXL_F_U32 (SpcLinkMess, num_common_caps),
    QXL_F_U32 (SpcLinkMess, num_channel_caps),
    QXL_F_U32 (SpcLinkMess, caps_offset),
    QXL_F_END,
};

const QxlField spc_link_reply_fields[] = {
    QXL_F_U32 (SpcLinkReply, error),
    QXL_F_BLOB (SpcLinkReply, public_key),
    QXL_F_U32 (SpcLinkReply, num_common_caps),
    QXL_F_U32 (SpcLinkReply, num_channel_caps),
    QXL_F_U32 (SpcLinkReply, caps_offset),
    QXL_F_END,
};

const QxlField spc_link_mechanism_fields[] = {
    QXL_F_U32 (SpcLinkMechanism, mechanism),
    QXL_F_END,
};

const QxlField spc_link_result_fields[] = {
    QXL_F_U32 (SpcLinkResult, error),
    QXL_F_END,
};
