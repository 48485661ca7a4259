/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fuzz.h – the entry each fuzz-….c has: one input, any bytes.
 *
 * A broken promise aborts, and so does a warning of a library. With libFuzzer:
 *   CC=clang meson setup build-fuzz -Dfuzzing=true -Db_lundef=false \
 *     -Db_sanitize=address,undefined
 *   ninja -C build-fuzz tests/fuzz-link
 *   build-fuzz/tests/fuzz-link a-folder-of-your-own tests/corpus/link
 * Without it, fuzz-replay.c gives the same program a main. */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
