/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report-quota.h"

#include "server-core/base/limits.h"

bool
spc_report_quota_take (SpcReportQuota *self, int64_t now_us, guint *n_untold)
{
  if (self->begin_us == 0 || now_us - self->begin_us >= G_USEC_PER_SEC) {
    self->begin_us = now_us;
    self->n_told = 0;
  }
  if (self->n_told >= SPC_MAX_REPORTS_PER_S) {
    self->n_untold++;
    return false;
  }
  self->n_told++;
  *n_untold = self->n_untold;
  self->n_untold = 0;
  return true;
}

void
spc_report_quota_pass (SpcReportQuota *self)
{
  self->n_untold++;
}
