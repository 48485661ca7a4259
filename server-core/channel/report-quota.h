/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* report-quota.h – how often an application is told of strangers.
 *
 * Who may knock as often as they like must not push out of a queue what an
 * application needs to hear. Pure; zeroed memory is a new one. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int64_t begin_us; /* of the second that is counted in */
  guint n_told;     /* in it */
  guint n_untold;   /* since the last one told */
} SpcReportQuota;

/* true: tell it, and that *@n_untold before it were not told */
bool spc_report_quota_take (SpcReportQuota *self, int64_t now_us,
                            guint *n_untold);
/* one that is not told for another reason; the next one tells of it */
void spc_report_quota_pass (SpcReportQuota *self);
