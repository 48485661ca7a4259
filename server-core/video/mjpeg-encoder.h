/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mjpeg-encoder.h – the server's own encoder: MJPEG, on its workers.
 *
 * What any client decodes, with no plugin: baseline JFIF files of 4:2:0, each
 * with its own tables (jpeg-plan.h), at steps that follow the bit rate
 * (mjpeg-quality.h). Each packet is a key frame. A bit rate of 0 is no limit.
 *
 * Frames are encoded one after the other on a strand; the sink is called on a
 * worker, and once freed perhaps still for the frame being encoded. When the
 * jobs have been stopped, frames are dropped. */
#pragma once

#include "server-core/base/jobs.h"
#include "video-encoder.h"

/* @order's codec is not looked at; @sink is copied, and owned */
SpcVideoEncoder *spc_mjpeg_encoder_new (SpcJobs *jobs,
                                        const SpcVideoOrder *order,
                                        const SpcVideoSink *sink);
