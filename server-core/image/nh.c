/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "nh-kernels.h"

static const SpcNhKernel *const kernels[] = {
#ifdef SPC_HAVE_X86_KERNELS
    &spc_nh_kernel_avx2,
#endif
    &spc_nh_kernel_c,
};

const SpcNhKernel *
spc_nh_kernel_at (unsigned index)
{
  return index < sizeof kernels / sizeof *kernels ? kernels[index] : NULL;
}

SpcNhFunc
spc_nh_best (void)
{
  unsigned i = 0;

  while (!kernels[i]->is_supported ())
    i++;
  return kernels[i]->nh;
}
