/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nh-kernels.h – NH by the instructions it takes; image/ only. Any thread. */
#pragma once

#include "nh.h"

#include <stdbool.h>

typedef struct {
  const char *name;
  bool (*is_supported) (void);
  SpcNhFunc nh;
} SpcNhKernel;

extern const SpcNhKernel spc_nh_kernel_c; /* any machine */
#ifdef SPC_HAVE_X86_KERNELS
extern const SpcNhKernel spc_nh_kernel_avx2;
#endif

/* all there are, the best one first; NULL: no more */
const SpcNhKernel *spc_nh_kernel_at (unsigned index);
