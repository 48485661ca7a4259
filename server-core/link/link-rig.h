/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* link-rig.h – for tests: a link over memory, its host, and a client's half of
 * the handshake by hand. */
#pragma once

#include "link.h"
#include "server-core/net/net-fixture.h"

/* the captured session's link message (spec: worked example) */
#define LINK_GOOD_START_BYTES 42u
extern const uint8_t link_good_start[LINK_GOOD_START_BYTES];
#define LINK_MECHANISM_BYTES 4u
extern const uint8_t link_spice_mechanism[LINK_MECHANISM_BYTES];
/* all a client sends */
#define LINK_HANDSHAKE_BYTES                                                   \
  (LINK_GOOD_START_BYTES + LINK_MECHANISM_BYTES + SPC_TICKET_SIZE)
#define LINK_REFUSAL_BYTES 194u

/* which callback frees the link */
typedef enum {
  FREE_NOWHERE,
  FREE_IN_OFFER,
  FREE_IN_CHECK,
  FREE_IN_ADMIT,
  FREE_IN_ATTACH,
  FREE_IN_ENDED,
} FreeWhere;

typedef struct {
  NetFixture net;
  SpcJobs *jobs;
  SpcTicketKeys *keys;
  SpcSaslDesk *desk; /* NULL: none */
  bool is_secure;    /* the line */
  SpcTransport *client;
  SpcLink *link;
  /* what the host answers */
  uint32_t offer_code, admit_code, hold_ms;
  SpcPassword *password; /* NULL: none is needed */
  SpcVerdict later;      /* the first n_later times */
  guint n_later;
  bool refuses_users;
  FreeWhere frees;
  /* what it was asked and told */
  SpcLinkRequest request;
  SpcTransport *attached;
  guint n_offers, n_checks, n_ended;
  bool was_readable;
  int code;
  GError *error;
  /* the client's side */
  GByteArray *got;
  bool is_closed;
} LinkRig;

/* life */
void link_rig_init (LinkRig *rig);
void link_rig_clear (LinkRig *rig);
/* a new link; each direction of its line holds @capacity bytes */
void link_rig_dial (LinkRig *rig, gsize capacity, uint32_t timeout_ms);
extern const SpcLinkHost link_rig_host;

/* the client's bytes: in rig->got */
void link_rig_read (LinkRig *rig);
bool link_rig_has (LinkRig *rig, gsize size); /* or never will */
void link_rig_send (LinkRig *rig, const uint8_t *bytes, gsize size);
/* takes @size bytes out of what was got */
void link_rig_expect (LinkRig *rig, void *bytes, gsize size);

/* the client's steps */
/* up to and with the ticket, which holds @text and its NUL */
void link_rig_log_in (LinkRig *rig, const uint8_t *start, gsize start_size,
                      bool mechanism, const char *text);
void link_rig_log_in_well (LinkRig *rig, const char *text);
/* the first @n bytes of a whole good handshake, password "abc123" */
void link_rig_send_prefix (LinkRig *rig, gsize n);

/* the server's answers */
void link_rig_expect_reply (LinkRig *rig, uint8_t key[SPC_PUBLIC_KEY_SIZE]);
void link_rig_expect_result (LinkRig *rig, uint32_t code);
void link_rig_expect_attached (LinkRig *rig);
/* a block of 194 bytes with nothing but the code in it, and the end */
void link_rig_expect_refusal (LinkRig *rig, uint32_t code);
/* nothing more is got; it has ended with @code */
void link_rig_expect_end (LinkRig *rig, int code);
