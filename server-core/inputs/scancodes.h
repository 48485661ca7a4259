/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* scancodes.h – PC XT set 1 codes, their names and evdev codes.
 *
 * A scancode here is the make code, plus 0x100 for keys with an e0 prefix;
 * Pause (e1 1d 45) is 0x245. Constant tables and a pure parser; any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X keysym name at level 0 of a US keyboard ("a", "Return", "Control_R"); NULL
 * for an unknown code */
const char *spc_scancode_key_name (uint16_t scancode);
/* Linux input-event code; 0 for an unknown code. X keycodes are 8 more. */
uint16_t spc_scancode_evdev (uint16_t scancode);
/* 0 for an unknown code */
uint16_t spc_scancode_from_evdev (uint16_t evdev);

/* takes bytes as a keyboard sends them */
typedef struct {
  uint8_t prefix;   /* 0, 0xe0 or 0xe1 */
  uint8_t e1_first; /* the byte after e1, 0: none yet */
} SpcScancodeParser;

/* true when @byte completes a key: *@scancode, *@pressed */
bool spc_scancode_parser_push (SpcScancodeParser *self, uint8_t byte,
                               uint16_t *scancode, bool *pressed);
