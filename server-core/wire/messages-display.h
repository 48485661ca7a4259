/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* messages-display.h – messages of the display channel.
 *
 * Plain structs and their layouts (spec: display channel). A draw message is
 * its base, then the operation's fields; an image stands behind the fixed part
 * and is pointed to by its offset in the body. Any thread. */
#pragma once

#include "protocol.h"
#include "qxl/fields.h"
#include "qxl/geometry.h"

/* client: INIT */
typedef struct {
  uint8_t pixmap_cache_id;
  uint64_t pixmap_cache_size; /* pixels */
  uint8_t glz_dictionary_id;
  uint32_t glz_dictionary_window; /* pixels */
} SpcDisplayInit;

typedef struct {
  uint32_t surface_id, width, height;
  uint32_t format; /* SPICE_SURFACE_FMT_… */
  uint32_t flags;  /* SPICE_SURFACE_FLAGS_… */
} SpcSurfaceCreate;

typedef struct {
  uint32_t surface_id;
} SpcSurfaceDestroy;

typedef struct {
  uint32_t monitor_id, surface_id, width, height, x, y, flags;
} SpcHead;

/* @count SpcHead follow */
typedef struct {
  uint16_t count, max_allowed;
} SpcMonitorsConfig;

/* every draw message begins so: no clip rectangles */
typedef struct {
  uint32_t surface_id;
  QxlRect box;
  uint8_t clip_type;
} SpcDrawBase;

typedef struct {
  SpcDrawBase base;
  uint8_t brush_type;
  uint32_t color; /* 0x00RRGGBB */
  uint16_t rop;   /* SPICE_ROPD_… */
  uint8_t mask_flags;
  QxlPoint mask_pos;
  uint32_t mask_bitmap;
} SpcDrawFill;

typedef struct {
  SpcDrawBase base;
  uint32_t src_image; /* offset in the body */
  QxlRect src_area;
  uint16_t rop;
  uint8_t scale_mode;
  uint8_t mask_flags;
  QxlPoint mask_pos;
  uint32_t mask_bitmap;
} SpcDrawCopy;

/* bytes of the fixed part of SpcDrawCopy: where its image lies */
#define SPC_DRAW_COPY_SIZE 57u

typedef struct {
  SpcDrawBase base;
  QxlPoint src_pos;
} SpcCopyBits;

/* images the client is to drop; @count SpcInvalItem follow. INVAL_ALL_PIXMAPS
 * has a body as WAIT_FOR_CHANNELS. */
typedef struct {
  uint16_t count;
} SpcInvalList;

typedef struct {
  uint8_t type; /* SPICE_RES_TYPE_PIXMAP */
  uint64_t id;
} SpcInvalItem;

/* a palette the client is to drop */
typedef struct {
  uint64_t id;
} SpcInvalPalette;

typedef struct {
  uint64_t id;
  uint8_t type, flags;
  uint32_t width, height;
} SpcImageDescriptor;

/* video (spec: streams) */

/* a region's video begins; a clip follows */
typedef struct {
  uint32_t surface_id, id;
  uint8_t flags; /* SPICE_STREAM_FLAGS_TOP_DOWN */
  uint8_t codec; /* SPICE_VIDEO_CODEC_TYPE_… */
  uint64_t stamp;
  uint32_t stream_width, stream_height, src_width, src_height;
  QxlRect dest;
} SpcStreamCreate;

/* the clip of SpcStreamCreate and SpcStreamClip; of type RECTS a u32 count and
 * as many rectangles follow */
typedef struct {
  uint8_t type; /* SPICE_CLIP_TYPE_… */
} SpcStreamClipType;

/* @size bytes follow */
typedef struct {
  uint32_t id, time_ms, size;
} SpcStreamData;

/* a frame of its own size, to be shown at @dest; @size bytes follow */
typedef struct {
  uint32_t id, time_ms, width, height;
  QxlRect dest;
  uint32_t size;
} SpcStreamDataSized;

/* the beginning of STREAM_CLIP, all of STREAM_DESTROY */
typedef struct {
  uint32_t id;
} SpcStreamId;

/* how often the client is to report */
typedef struct {
  uint32_t id, unique_id, max_frames, timeout_ms;
} SpcStreamActivateReport;

/* C: how frames arrived */
typedef struct {
  uint32_t id, unique_id, start_ms, end_ms, n_frames, n_drops;
  int32_t last_frame_delay_ms; /* how early it came; negative: late */
  uint32_t audio_delay_ms;     /* UINT32_MAX: nothing is heard */
} SpcStreamReport;

/* in @n_drops, with no frames: the client cannot decode the stream */
#define SPC_STREAM_INVALID UINT32_MAX

extern const QxlField spc_stream_create_fields[];
extern const QxlField spc_stream_clip_type_fields[];
extern const QxlField spc_stream_data_fields[];
extern const QxlField spc_stream_data_sized_fields[];
extern const QxlField spc_stream_id_fields[];
extern const QxlField spc_stream_activate_report_fields[];
extern const QxlField spc_stream_report_fields[];
extern const QxlField spc_display_init_fields[];
extern const QxlField spc_surface_create_fields[];
extern const QxlField spc_surface_destroy_fields[];
extern const QxlField spc_monitors_config_fields[];
extern const QxlField spc_head_fields[];
extern const QxlField spc_draw_fill_fields[];
extern const QxlField spc_draw_copy_fields[];
extern const QxlField spc_copy_bits_fields[];
extern const QxlField spc_inval_list_fields[];
extern const QxlField spc_inval_item_fields[];
extern const QxlField spc_inval_palette_fields[];
extern const QxlField spc_image_descriptor_fields[];
