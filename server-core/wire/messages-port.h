/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* messages-port.h – messages of the byte-stream channels: port, webdav,
 * usbredir, smartcard.
 *
 * Plain structs and their layouts (spec: byte streams, smartcard). DATA of the
 * first three is bytes and has no struct. Any thread. */
#pragma once

#include "protocol.h"
#include "qxl/fields.h"

/* INIT; the name follows, with its NUL, to the end of the message */
typedef struct {
  uint32_t name_size;   /* with the NUL */
  uint32_t name_offset; /* from the start of the body */
  uint8_t opened;
  QxlTail name;
} SpcPortInit;

#define SPC_PORT_INIT_SIZE 9u /* before the name */

/* the protocol's package has no names for the events */
typedef enum {
  SPC_PORT_OPENED,
  SPC_PORT_CLOSED,
  SPC_PORT_BREAK,
} SpcPortEvent;

/* EVENT, both ways */
typedef struct {
  uint8_t event; /* SpcPortEvent */
} SpcPortEventMessage;

/* COMPRESSED_DATA, both ways */
typedef struct {
  uint8_t type;  /* SPICE_DATA_COMPRESSION_TYPE_LZ4 */
  uint32_t size; /* unpacked */
  QxlTail packed;
} SpcCompressedData;

#define SPC_COMPRESSED_DATA_SIZE 5u /* before the packed bytes */

/* smartcard DATA, both ways: the header, then @length bytes */
typedef struct {
  uint32_t type; /* SpcVscType */
  uint32_t reader_id;
  uint32_t length;
} SpcVscHeader;

typedef struct {
  SpcVscHeader header;
  QxlTail body; /* as much as there is */
} SpcVscMessage;

#define SPC_VSC_HEADER_SIZE 12u
#define SPC_VSC_NO_READER UINT32_MAX

/* types of smartcard messages and codes of errors; the protocol's package has
 * no names for them */
typedef enum {
  SPC_VSC_INIT = 1,
  SPC_VSC_ERROR,
  SPC_VSC_READER_ADD,
  SPC_VSC_READER_REMOVE,
  SPC_VSC_ATR,
  SPC_VSC_CARD_REMOVE,
  SPC_VSC_APDU,
  SPC_VSC_FLUSH,
  SPC_VSC_FLUSH_COMPLETE,
} SpcVscType;

typedef enum {
  SPC_VSC_SUCCESS,
  SPC_VSC_GENERAL_ERROR,
  SPC_VSC_NO_MORE_READERS,
  SPC_VSC_ALREADY_INSERTED,
} SpcVscCode;

extern const QxlField spc_port_init_fields[];
extern const QxlField spc_port_event_fields[];
extern const QxlField spc_compressed_data_fields[];
extern const QxlField spc_vsc_message_fields[];
