/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* messages-small.h – messages of the small channels: cursor, inputs, playback,
 * record.
 *
 * Plain structs and their layouts (spec: inputs, cursor, playback, record).
 * Messages without a body have none. Any thread. */
#pragma once

#include "protocol.h"
#include "qxl/fields.h"

/* cursor: INIT and SET end in a SpcCursorShape unless @flags has NONE */
typedef struct {
  int16_t x, y; /* of the hot spot, pixels of the display */
  uint16_t trail_length, trail_frequency;
  uint8_t visible;
  uint16_t flags; /* SPICE_CURSOR_FLAGS_… */
} SpcCursorInit;

typedef struct {
  int16_t x, y;
  uint8_t visible;
  uint16_t flags;
} SpcCursorSet;

/* the pixels follow, to the end of the message */
typedef struct {
  uint64_t unique; /* key in the client's cache, 0: not to be kept */
  uint8_t type;    /* SPICE_CURSOR_TYPE_… */
  uint16_t width, height;
  uint16_t hot_x, hot_y;
} SpcCursorShape;

typedef struct {
  int16_t x, y;
} SpcCursorMove;

typedef struct {
  uint16_t length, frequency;
} SpcCursorTrail;

/* INVAL_ONE */
typedef struct {
  uint64_t unique;
} SpcCursorInval;

/* inputs */
/* server: INIT, KEY_MODIFIERS; client: KEY_MODIFIERS */
typedef struct {
  uint16_t locks; /* 1 scroll, 2 num, 4 caps */
} SpcKeyLocks;

/* KEY_DOWN, KEY_UP: scancode bytes, the first one lowest, zero ends */
typedef struct {
  uint32_t code;
} SpcKeyCode;

typedef struct {
  int32_t dx, dy;
  uint16_t buttons; /* bit 0: left, middle, right, wheel up, wheel down, … */
} SpcMouseMotion;

typedef struct {
  uint32_t x, y;
  uint16_t buttons;
  uint8_t display_id;
} SpcMousePosition;

/* MOUSE_PRESS, MOUSE_RELEASE */
typedef struct {
  uint8_t button;   /* 1 left, 2 middle, 3 right, 4 and 5 wheel, 6 side, … */
  uint16_t buttons; /* after the event */
} SpcMouseButton;

/* playback DATA: a packet follows, to the end of the message */
typedef struct {
  uint32_t time_ms;
} SpcAudioPacket;

/* record DATA */
typedef struct {
  uint32_t time_ms;
  QxlTail packet;
} SpcRecordData;

/* MODE both ways; codec data may follow, no client needs any */
typedef struct {
  uint32_t time_ms;
  uint16_t mode; /* SPICE_AUDIO_DATA_MODE_… */
} SpcAudioMode;

typedef struct {
  uint32_t channels;
  uint16_t format; /* SPICE_AUDIO_FMT_S16 */
  uint32_t rate;   /* frames a second */
  uint32_t time_ms;
} SpcPlaybackStart;

typedef struct {
  uint32_t channels;
  uint16_t format;
  uint32_t rate;
} SpcRecordStart;

#define SPC_MAX_VOLUME_CHANNELS 8u

typedef struct {
  uint16_t value; /* linear amplitude, 65535 is 100 % */
} SpcVolumeChannel;

typedef struct {
  uint8_t n_channels;
  SpcVolumeChannel channels[SPC_MAX_VOLUME_CHANNELS];
} SpcAudioVolume;

typedef struct {
  uint8_t mute;
} SpcAudioMute;

typedef struct {
  uint32_t latency_ms;
} SpcPlaybackLatency;

typedef struct {
  uint32_t time_ms;
} SpcRecordStartMark;

extern const QxlField spc_cursor_init_fields[];
extern const QxlField spc_cursor_set_fields[];
extern const QxlField spc_cursor_shape_fields[];
extern const QxlField spc_cursor_move_fields[];
extern const QxlField spc_cursor_trail_fields[];
extern const QxlField spc_cursor_inval_fields[];
extern const QxlField spc_key_locks_fields[];
extern const QxlField spc_key_code_fields[];
extern const QxlField spc_mouse_motion_fields[];
extern const QxlField spc_mouse_position_fields[];
extern const QxlField spc_mouse_button_fields[];
extern const QxlField spc_audio_packet_fields[];
extern const QxlField spc_record_data_fields[];
extern const QxlField spc_audio_mode_fields[];
extern const QxlField spc_playback_start_fields[];
extern const QxlField spc_record_start_fields[];
extern const QxlField spc_audio_volume_fields[];
extern const QxlField spc_audio_mute_fields[];
extern const QxlField spc_playback_latency_fields[];
extern const QxlField spc_record_start_mark_fields[];
