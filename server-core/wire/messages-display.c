/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "messages-display.h"

/* order on the wire: top, left, bottom, right */
#define F_RECT(type, member)                                                   \
  QXL_F_U32 (type, member.top), QXL_F_U32 (type, member.left),                 \
      QXL_F_U32 (type, member.bottom), QXL_F_U32 (type, member.right)
#define F_POINT(type, member)                                                  \
  QXL_F_U32 (type, member.x), QXL_F_U32 (type, member.y)
#define F_BASE(type)                                                           \
  QXL_F_U32 (type, base.surface_id), F_RECT (type, base.box),                  \
      QXL_F_U8 (type, base.clip_type)
#define F_MASK(type)                                                           \
  QXL_F_U8 (type, mask_flags), F_POINT (type, mask_pos),                       \
      QXL_F_U32 (type, mask_bitmap)

const QxlField spc_display_init_fields[] = {
    QXL_F_U8 (SpcDisplayInit, pixmap_cache_id),
    QXL_F_U64 (SpcDisplayInit, pixmap_cache_size),
    QXL_F_U8 (SpcDisplayInit, glz_dictionary_id),
    QXL_F_U32 (SpcDisplayInit, glz_dictionary_window),
    QXL_F_END,
};

const QxlField spc_surface_create_fields[] = {
    QXL_F_U32 (SpcSurfaceCreate, surface_id),
    QXL_F_U32 (SpcSurfaceCreate, width),
    QXL_F_U32 (SpcSurfaceCreate, height),
    QXL_F_U32 (SpcSurfaceCreate, format),
    QXL_F_U32 (SpcSurfaceCreate, flags),
    QXL_F_END,
};

const QxlField spc_surface_destroy_fields[] = {
    QXL_F_U32 (SpcSurfaceDestroy, surface_id),
    QXL_F_END,
};

const QxlField spc_head_fields[] = {
    QXL_F_U32 (SpcHead, monitor_id), QXL_F_U32 (SpcHead, surface_id),
    QXL_F_U32 (SpcHead, width),      QXL_F_U32 (SpcHead, height),
    QXL_F_U32 (SpcHead, x),          QXL_F_U32 (SpcHead, y),
    QXL_F_U32 (SpcHead, flags),      QXL_F_END,
};

const QxlField spc_monitors_config_fields[] = {
    QXL_F_U16 (SpcMonitorsConfig, count),
    QXL_F_U16 (SpcMonitorsConfig, max_allowed),
    QXL_F_END,
};

const QxlField spc_draw_fill_fields[] = {
    F_BASE (SpcDrawFill),           QXL_F_U8 (SpcDrawFill, brush_type),
    QXL_F_U32 (SpcDrawFill, color), QXL_F_U16 (SpcDrawFill, rop),
    F_MASK (SpcDrawFill),           QXL_F_END,
};

const QxlField spc_draw_copy_fields[] = {
    F_BASE (SpcDrawCopy),
    QXL_F_U32 (SpcDrawCopy, src_image),
    F_RECT (SpcDrawCopy, src_area),
    QXL_F_U16 (SpcDrawCopy, rop),
    QXL_F_U8 (SpcDrawCopy, scale_mode),
    F_MASK (SpcDrawCopy),
    QXL_F_END,
};

const QxlField spc_copy_bits_fields[] = {
    F_BASE (SpcCopyBits),
    F_POINT (SpcCopyBits, src_pos),
    QXL_F_END,
};

const QxlField spc_inval_list_fields[] = {
    QXL_F_U16 (SpcInvalList, count),
    QXL_F_END,
};

const QxlField spc_inval_item_fields[] = {
    QXL_F_U8 (SpcInvalItem, type),
    QXL_F_U64 (SpcInvalItem, id),
    QXL_F_END,
};

const QxlField spc_inval_palette_fields[] = {
    QXL_F_U64 (SpcInvalPalette, id),
    QXL_F_END,
};

const QxlField spc_image_descriptor_fields[] = {
    QXL_F_U64 (SpcImageDescriptor, id),
    QXL_F_U8 (SpcImageDescriptor, type),
    QXL_F_U8 (SpcImageDescriptor, flags),
    QXL_F_U32 (SpcImageDescriptor, width),
    QXL_F_U32 (SpcImageDescriptor, height),
    QXL_F_END,
};

const QxlField spc_stream_create_fields[] = {
    QXL_F_U32 (SpcStreamCreate, surface_id),
    QXL_F_U32 (SpcStreamCreate, id),
    QXL_F_U8 (SpcStreamCreate, flags),
    QXL_F_U8 (SpcStreamCreate, codec),
    QXL_F_U64 (SpcStreamCreate, stamp),
    QXL_F_U32 (SpcStreamCreate, stream_width),
    QXL_F_U32 (SpcStreamCreate, stream_height),
    QXL_F_U32 (SpcStreamCreate, src_width),
    QXL_F_U32 (SpcStreamCreate, src_height),
    F_RECT (SpcStreamCreate, dest),
    QXL_F_END,
};

const QxlField spc_stream_clip_type_fields[] = {
    QXL_F_U8 (SpcStreamClipType, type),
    QXL_F_END,
};

const QxlField spc_stream_data_fields[] = {
    QXL_F_U32 (SpcStreamData, id),
    QXL_F_U32 (SpcStreamData, time_ms),
    QXL_F_U32 (SpcStreamData, size),
    QXL_F_END,
};

const QxlField spc_stream_data_sized_fields[] = {
    QXL_F_U32 (SpcStreamDataSized, id),
    QXL_F_U32 (SpcStreamDataSized, time_ms),
    QXL_F_U32 (SpcStreamDataSized, width),
    QXL_F_U32 (SpcStreamDataSized, height),
    F_RECT (SpcStreamDataSized, dest),
    QXL_F_U32 (SpcStreamDataSized, size),
    QXL_F_END,
};

const QxlField spc_stream_id_fields[] = {
    QXL_F_U32 (SpcStreamId, id),
    QXL_F_END,
};

const QxlField spc_stream_activate_report_fields[] = {
    QXL_F_U32 (SpcStreamActivateReport, id),
    QXL_F_U32 (SpcStreamActivateReport, unique_id),
    QXL_F_U32 (SpcStreamActivateReport, max_frames),
    QXL_F_U32 (SpcStreamActivateReport, timeout_ms),
    QXL_F_END,
};

const QxlField spc_stream_report_fields[] = {
    QXL_F_U32 (SpcStreamReport, id),
    QXL_F_U32 (SpcStreamReport, unique_id),
    QXL_F_U32 (SpcStreamReport, start_ms),
    QXL_F_U32 (SpcStreamReport, end_ms),
    QXL_F_U32 (SpcStreamReport, n_frames),
    QXL_F_U32 (SpcStreamReport, n_drops),
    QXL_F_U32 (SpcStreamReport, last_frame_delay_ms),
    QXL_F_U32 (SpcStreamReport, audio_delay_ms),
    QXL_F_END,
};
