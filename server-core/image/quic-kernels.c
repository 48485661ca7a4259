/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "quic-kernels.h"

static const SpcQuicKernels *const kernels[] = {
#ifdef SPC_HAVE_X86_KERNELS
    &spc_quic_kernels_avx2,
#endif
    &spc_quic_kernels_c,
};

const SpcQuicKernels *
spc_quic_kernels_at (unsigned index)
{
  return index < G_N_ELEMENTS (kernels) ? kernels[index] : NULL;
}

const SpcQuicKernels *
spc_quic_kernels_best (void)
{
  unsigned i = 0;

  while (!kernels[i]->is_supported ())
    i++;
  return kernels[i];
}
