/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/encoder/gstspiceencodertable.h"

#include "gst/encoder/gstspiceencoderlog.h"

#include <spice/enums.h>

#define VP8 SPICE_VIDEO_CODEC_TYPE_VP8
#define H264 SPICE_VIDEO_CODEC_TYPE_H264
#define VP9 SPICE_VIDEO_CODEC_TYPE_VP9
#define H265 SPICE_VIDEO_CODEC_TYPE_H265

#define I420 GST_VIDEO_FORMAT_I420
#define NV12 GST_VIDEO_FORMAT_NV12

#define BIT 1u     /* elements that count bits a second */
#define KBIT 1000u /* thousands of them */

#define H264_CAPS "video/x-h264, stream-format=byte-stream, alignment=au"
#define H265_CAPS "video/x-h265, stream-format=byte-stream, alignment=au"

/* No key frame but when one is asked for: about a day at 30 frames a second. */
#define NEVER "2560000"
/* chips whose drivers bound the distance of key frames: as webrtcsink has it */
#define SELDOM "2560"

/* Quality is bounded, so that what is easy to code takes few bits, and the rate
 * is bounded, so that what is not does not take too many: settings of quality
 * are those that show a grainy film at 35 to 36 dB. */
/* clang-format off */
static const GstSpiceEncoderEntry entries[] = {
  /* chips: most of the work is theirs */
  { "nvh264enc", H264, 140, NV12, H264_CAPS, "h264parse",
    "bitrate", KBIT, .settings = {
      { "preset", "low-latency-hq" }, { "rc-mode", "cbr-ld-hq" },
      { "zerolatency", "true" }, { "gop-size", "-1" }, { "bframes", "0" },
      { "qp-min", "18" }, { "qos", "false" } } },
  { "nvcudah264enc", H264, 139, NV12, H264_CAPS, "h264parse",
    "bitrate", KBIT, .settings = {
      { "rate-control", "cbr" }, { "zero-reorder-delay", "true" },
      { "repeat-sequence-header", "true" }, { "gop-size", "-1" },
      { "b-frames", "0" }, { "tune", "ultra-low-latency" } } },
  { "qsvh264enc", H264, 138, NV12, H264_CAPS, "h264parse",
    "bitrate", KBIT, .settings = {
      { "low-latency", "true" }, { "disable-hrd-conformance", "true" },
      { "rate-control", "cbr" }, { "b-frames", "0" },
      { "gop-size", SELDOM } } },
  { "vah264lpenc", H264, 137, NV12, H264_CAPS, "h264parse",
    "bitrate", KBIT, .key_needs_restart = true, .settings = {
      { "rate-control", "cbr" }, { "key-int-max", "1024" },
      { "b-frames", "0" }, { "ref-frames", "1" }, { "min-qp", "18" } } },
  { "vah264enc", H264, 136, NV12, H264_CAPS, "h264parse",
    "bitrate", KBIT, .key_needs_restart = true, .settings = {
      { "rate-control", "cbr" }, { "key-int-max", "1024" },
      { "b-frames", "0" }, { "ref-frames", "1" }, { "min-qp", "18" } } },
  { "vaapih264enc", H264, 135, NV12, H264_CAPS, "h264parse",
    "bitrate", KBIT, .settings = {
      { "rate-control", "cbr" }, { "keyframe-period", SELDOM },
      { "max-bframes", "0" }, { "refs", "1" }, { "min-qp", "18" } } },
  { "v4l2h264enc", H264, 134, NV12, H264_CAPS, "h264parse",
    .extra = "controls, video_bitrate=(int)%u, video_gop_size=(int)" SELDOM
             ", repeat_sequence_header=(int)1" },
  { "nvh265enc", H265, 130, NV12, H265_CAPS, "h265parse",
    "bitrate", KBIT, .settings = {
      { "preset", "low-latency-hq" }, { "rc-mode", "cbr-ld-hq" },
      { "zerolatency", "true" }, { "gop-size", "-1" }, { "bframes", "0" },
      { "qp-min", "18" } } },
  { "nvcudah265enc", H265, 129, NV12, H265_CAPS, "h265parse",
    "bitrate", KBIT, .settings = {
      { "rate-control", "cbr" }, { "zero-reorder-delay", "true" },
      { "repeat-sequence-header", "true" }, { "gop-size", "-1" },
      { "b-frames", "0" }, { "tune", "ultra-low-latency" } } },
  { "qsvh265enc", H265, 128, NV12, H265_CAPS, "h265parse",
    "bitrate", KBIT, .settings = {
      { "low-latency", "true" }, { "disable-hrd-conformance", "true" },
      { "rate-control", "cbr" }, { "b-frames", "0" },
      { "gop-size", SELDOM } } },
  { "vah265lpenc", H265, 127, NV12, H265_CAPS, "h265parse",
    "bitrate", KBIT, .key_needs_restart = true, .settings = {
      { "rate-control", "cbr" }, { "key-int-max", "1024" },
      { "b-frames", "0" }, { "ref-frames", "1" }, { "min-qp", "18" } } },
  { "vah265enc", H265, 126, NV12, H265_CAPS, "h265parse",
    "bitrate", KBIT, .key_needs_restart = true, .settings = {
      { "rate-control", "cbr" }, { "key-int-max", "1024" },
      { "b-frames", "0" }, { "ref-frames", "1" }, { "min-qp", "18" } } },
  { "vaapih265enc", H265, 125, NV12, H265_CAPS, "h265parse",
    "bitrate", KBIT, .settings = {
      { "rate-control", "cbr" }, { "keyframe-period", SELDOM },
      { "max-bframes", "0" }, { "refs", "1" }, { "min-qp", "18" } } },
  { "v4l2h265enc", H265, 124, NV12, H265_CAPS, "h265parse",
    .extra = "controls, video_bitrate=(int)%u, video_gop_size=(int)" SELDOM
             ", repeat_sequence_header=(int)1" },
  { "vaapivp9enc", VP9, 121, NV12, "video/x-vp9", NULL,
    "bitrate", KBIT, .settings = {
      { "rate-control", "cbr" }, { "keyframe-period", SELDOM } } },
  { "vaapivp8enc", VP8, 120, NV12, "video/x-vp8", NULL,
    "bitrate", KBIT, .settings = {
      { "rate-control", "cbr" }, { "keyframe-period", SELDOM } } },

  /* programs; one thread each, since slices cost bits and threads CPU */
  { "x264enc", H264, 90, I420, H264_CAPS, "h264parse",
    "bitrate", KBIT, .bitrate_is_live = true, .settings = {
      { "tune", "zerolatency" }, { "speed-preset", "ultrafast" },
      { "psy-tune", "psnr" }, { "option-string", "analyse=i8x8:8x8dct=1" },
      { "pass", "qual" }, { "quantizer", "16" },
      { "vbv-buf-capacity", "300" }, { "key-int-max", NEVER },
      { "threads", "1" }, { "sliced-threads", "false" },
      { "b-adapt", "false" }, { "bframes", "0" }, { "mb-tree", "false" },
      { "rc-lookahead", "0" }, { "sync-lookahead", "0" },
      { "byte-stream", "true" }, { "aud", "false" } } },
  { "openh264enc", H264, 60, I420, H264_CAPS, "h264parse",
    "bitrate", BIT, .bitrate_is_live = true, .settings = {
      { "rate-control", "bitrate" }, { "complexity", "low" },
      { "gop-size", NEVER }, { "qp-min", "23" },
      { "scene-change-detection", "false" },
      { "background-detection", "false" }, { "multi-thread", "1" } } },
  { "vp8enc", VP8, 80, I420, "video/x-vp8", NULL,
    "target-bitrate", BIT, .bitrate_is_live = true, .settings = {
      { "deadline", "1" }, { "cpu-used", "-12" }, { "end-usage", "cbr" },
      { "min-quantizer", "17" }, { "max-quantizer", "56" },
      { "keyframe-mode", "disabled" }, { "keyframe-max-dist", NEVER },
      { "lag-in-frames", "0" }, { "threads", "1" },
      { "buffer-size", "300" }, { "buffer-initial-size", "200" },
      { "buffer-optimal-size", "240" } } },
  { "vp9enc", VP9, 50, I420, "video/x-vp9", NULL,
    "target-bitrate", BIT, .bitrate_is_live = true, .settings = {
      { "deadline", "1" }, { "cpu-used", "8" }, { "end-usage", "cbr" },
      { "min-quantizer", "20" }, { "max-quantizer", "56" },
      { "keyframe-mode", "disabled" }, { "keyframe-max-dist", NEVER },
      { "lag-in-frames", "0" }, { "threads", "1" },
      { "buffer-size", "300" }, { "buffer-initial-size", "200" },
      { "buffer-optimal-size", "240" } } },
  { "x265enc", H265, 40, I420, H265_CAPS, "h265parse",
    "bitrate", KBIT, .bitrate_is_live = true, .settings = {
      { "tune", "zerolatency" }, { "speed-preset", "ultrafast" },
      { "key-int-max", NEVER },
      { "option-string",
        "repeat-headers=1:bframes=0:frame-threads=1:pools=none:qpmin=22" } } },
};
/* clang-format on */

const GstSpiceEncoderEntry *
gst_spice_encoder_table (guint *n_entries)
{
  *n_entries = G_N_ELEMENTS (entries);
  return entries;
}

/* using an entry */

static bool
give (GstElement *element, const GstSpiceEncoderSetting *setting)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (element),
                                                   setting->name);
  GValue value = G_VALUE_INIT;
  bool is_value;

  if (!spec || !(spec->flags & G_PARAM_WRITABLE))
    return false;
  g_value_init (&value, spec->value_type);
  is_value = gst_value_deserialize_with_pspec (&value, setting->value, spec);
  if (is_value)
    g_object_set_property (G_OBJECT (element), setting->name, &value);
  else
    GST_WARNING_OBJECT (element, "%s takes no %s", setting->name,
                        setting->value);
  g_value_unset (&value);
  return is_value;
}

guint
gst_spice_encoder_entry_configure (const GstSpiceEncoderEntry *entry,
                                   GstElement *element)
{
  guint n = 0;

  for (guint i = 0; i < GST_SPICE_MAX_ENCODER_SETTINGS; i++)
    if (entry->settings[i].name)
      n += give (element, &entry->settings[i]);
  return n;
}

static void
set_extra_bitrate (const GstSpiceEncoderEntry *entry, GstElement *element,
                   uint32_t bitrate_bps)
{
  g_autofree char *text =
      g_strdup_printf (entry->extra, MIN (bitrate_bps, (uint32_t)G_MAXINT32));
  const GstSpiceEncoderSetting setting = {"extra-controls", text};

  give (element, &setting);
}

bool
gst_spice_encoder_entry_set_bitrate (const GstSpiceEncoderEntry *entry,
                                     GstElement *element, uint32_t bitrate_bps)
{
  GParamSpec *spec = NULL;
  g_autofree char *text = NULL;

  if (entry->extra)
    set_extra_bitrate (entry, element, bitrate_bps);
  if (entry->bitrate)
    spec = g_object_class_find_property (G_OBJECT_GET_CLASS (element),
                                         entry->bitrate);
  if (!spec)
    return !entry->extra;
  text = g_strdup_printf (
      "%u", (guint)MIN (MAX (bitrate_bps / entry->bitrate_unit, 1u),
                        (uint32_t)G_MAXINT32));
  give (element, &(GstSpiceEncoderSetting){entry->bitrate, text});
  return entry->bitrate_is_live || (spec->flags & GST_PARAM_MUTABLE_PLAYING);
}
