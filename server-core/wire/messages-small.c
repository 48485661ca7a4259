/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "messages-small.h"

/* cursor */

const QxlField spc_cursor_init_fields[] = {
    QXL_F_U16 (SpcCursorInit, x),
    QXL_F_U16 (SpcCursorInit, y),
    QXL_F_U16 (SpcCursorInit, trail_length),
    QXL_F_U16 (SpcCursorInit, trail_frequency),
    QXL_F_U8 (SpcCursorInit, visible),
    QXL_F_U16 (SpcCursorInit, flags),
    QXL_F_END,
};

const QxlField spc_cursor_set_fields[] = {
    QXL_F_U16 (SpcCursorSet, x),
    QXL_F_U16 (SpcCursorSet, y),
    QXL_F_U8 (SpcCursorSet, visible),
    QXL_F_U16 (SpcCursorSet, flags),
    QXL_F_END,
};

const QxlField spc_cursor_shape_fields[] = {
    QXL_F_U64 (SpcCursorShape, unique),
    QXL_F_U8 (SpcCursorShape, type),
    QXL_F_U16 (SpcCursorShape, width),
    QXL_F_U16 (SpcCursorShape, height),
    QXL_F_U16 (SpcCursorShape, hot_x),
    QXL_F_U16 (SpcCursorShape, hot_y),
    QXL_F_END,
};

const QxlField spc_cursor_move_fields[] = {
    QXL_F_U16 (SpcCursorMove, x),
    QXL_F_U16 (SpcCursorMove, y),
    QXL_F_END,
};

const QxlField spc_cursor_trail_fields[] = {
    QXL_F_U16 (SpcCursorTrail, length),
    QXL_F_U16 (SpcCursorTrail, frequency),
    QXL_F_END,
};

const QxlField spc_cursor_inval_fields[] = {
    QXL_F_U64 (SpcCursorInval, unique),
    QXL_F_END,
};

/* inputs */

const QxlField spc_key_locks_fields[] = {
    QXL_F_U16 (SpcKeyLocks, locks),
    QXL_F_END,
};

const QxlField spc_key_code_fields[] = {
    QXL_F_U32 (SpcKeyCode, code),
    QXL_F_END,
};

const QxlField spc_mouse_motion_fields[] = {
    QXL_F_U32 (SpcMouseMotion, dx),
    QXL_F_U32 (SpcMouseMotion, dy),
    QXL_F_U16 (SpcMouseMotion, buttons),
    QXL_F_END,
};

const QxlField spc_mouse_position_fields[] = {
    QXL_F_U32 (SpcMousePosition, x),
    QXL_F_U32 (SpcMousePosition, y),
    QXL_F_U16 (SpcMousePosition, buttons),
    QXL_F_U8 (SpcMousePosition, display_id),
    QXL_F_END,
};

const QxlField spc_mouse_button_fields[] = {
    QXL_F_U8 (SpcMouseButton, button),
    QXL_F_U16 (SpcMouseButton, buttons),
    QXL_F_END,
};

/* playback, record */

const QxlField spc_audio_packet_fields[] = {
    QXL_F_U32 (SpcAudioPacket, time_ms),
    QXL_F_END,
};

const QxlField spc_record_data_fields[] = {
    QXL_F_U32 (SpcRecordData, time_ms),
    QXL_F_TAIL (SpcRecordData, packet),
    QXL_F_END,
};

const QxlField spc_audio_mode_fields[] = {
    QXL_F_U32 (SpcAudioMode, time_ms),
    QXL_F_U16 (SpcAudioMode, mode),
    QXL_F_END,
};

const QxlField spc_playback_start_fields[] = {
    QXL_F_U32 (SpcPlaybackStart, channels),
    QXL_F_U16 (SpcPlaybackStart, format),
    QXL_F_U32 (SpcPlaybackStart, rate),
    QXL_F_U32 (SpcPlaybackStart, time_ms),
    QXL_F_END,
};

const QxlField spc_record_start_fields[] = {
    QXL_F_U32 (SpcRecordStart, channels),
    QXL_F_U16 (SpcRecordStart, format),
    QXL_F_U32 (SpcRecordStart, rate),
    QXL_F_END,
};

static const QxlField volume_channel_fields[] = {
    QXL_F_U16 (SpcVolumeChannel, value),
    QXL_F_END,
};

const QxlField spc_audio_volume_fields[] = {
    QXL_F_LIST (QXL_FIELD_LIST8, SpcAudioVolume, n_channels, channels,
                volume_channel_fields),
    QXL_F_END,
};

const QxlField spc_audio_mute_fields[] = {
    QXL_F_U8 (SpcAudioMute, mute),
    QXL_F_END,
};

const QxlField spc_playback_latency_fields[] = {
    QXL_F_U32 (SpcPlaybackLatency, latency_ms),
    QXL_F_END,
};

const QxlField spc_record_start_mark_fields[] = {
    QXL_F_U32 (SpcRecordStartMark, time_ms),
    QXL_F_END,
};
