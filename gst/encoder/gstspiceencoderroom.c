/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/encoder/gstspiceencoderroom.h"

#include <sys/eventfd.h>
#include <unistd.h>

/* what a pipeline takes, and its plugin while it is loaded; a good measure */
#define N_DESCRIPTORS 8

bool
gst_spice_encoder_has_room (void)
{
  int taken[N_DESCRIPTORS];
  int n = 0;

  while (n < N_DESCRIPTORS && (taken[n] = eventfd (0, EFD_CLOEXEC)) >= 0)
    n++;
  for (int i = 0; i < n; i++)
    close (taken[i]);
  return n == N_DESCRIPTORS;
}
