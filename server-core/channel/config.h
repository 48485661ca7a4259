/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* config.h – a server's settings, as plain data. */
#pragma once

#include "channel-security.h"
#include "server-core/base/limits.h"
#include "server-core/net/entrance.h"
#include "server-core/net/sasl.h"
#include "server-core/net/tls-context.h"
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* who of several viewers holds the inputs */
typedef enum {
  SPC_CONTROL_ALL,
  SPC_CONTROL_FIRST, /* who has been there longest */
  SPC_CONTROL_LAST,  /* who came last */
  SPC_CONTROL_NAMED, /* who was given them */
} SpcControlRule;

/* on every link, on none, or on slow ones */
typedef enum { SPC_USE_AUTO, SPC_USE_ALWAYS, SPC_USE_NEVER } SpcUse;

/* how images are coded */
typedef struct {
  uint8_t compression; /* SPICE_IMAGE_COMPRESSION_…; 0: as suits the link */
  SpcUse jpeg;         /* loss, where it hardly shows */
  SpcUse zlib_glz;     /* deflating of what GLZ makes */
} SpcImageConfig;

/* which regions are sent as video */
typedef enum {
  SPC_VIDEO_OFF,
  SPC_VIDEO_ALL,    /* whatever changes fast */
  SPC_VIDEO_FILTER, /* what costs less so */
} SpcVideoUse;

/* see server-core/video/video-encoder.h */
typedef struct _SpcVideoFactory SpcVideoFactory;

/* how moving regions are sent */
typedef struct {
  SpcVideoUse use;
  /* of the protocol's numbers, best first, ended by 0; those that neither the
   * factory nor the server itself makes are passed over. None: the factory's
   * order, MJPEG last. */
  uint8_t codecs[SPC_MAX_VIDEO_CODECS + 1];
  bool favours_mjpeg; /* before all others on links with room to spare */
  bool obeys_viewers; /* a viewer's order of codecs goes before this one */
  /* of one viewer's streams, bits a second; 0: as suits its link */
  guint start_bps, min_bps, max_bps;
  SpcVideoFactory *factory; /* not owned; NULL: none */
} SpcVideoConfig;

/* of a line that an application hands over */
typedef enum {
  SPC_LINE_PLAIN = 0,
  SPC_LINE_TLS = 1 << 0,     /* the viewer begins with a handshake */
  SPC_LINE_TRUSTED = 1 << 1, /* any ticket will do */
} SpcLineFlags;

typedef struct {
  char *address;        /* NULL: 127.0.0.1; "*": every address */
  int port;             /* -1: no TCP; 0: any free port */
  char *unix_path;      /* NULL: none; "@name": abstract */
  SpcEntranceRules web; /* for browsers */
  int tls_port;         /* as port, for TLS */
  SpcTlsConfig tls;     /* read if there is a TLS port */
  SpcSecurity security[SPC_N_CHANNEL_TYPES]; /* by channel type */
  SpcSaslConfig sasl;
  bool allow_anonymous; /* ticketing disabled: nobody is asked for a password */
  char *name;           /* NULL: none */
  bool has_uuid;
  uint8_t uuid[16];
  guint max_clients;           /* 1 … SPC_MAX_CLIENTS */
  guint link_timeout_s;        /* at least 1 */
  guint max_pending_links;     /* that have not proven themselves, at least 1 */
  guint max_links_per_address; /* all of them; 0: as many as it likes */
  int max_connects_per_s;      /* of one address, see spc_connect_pace_for () */
  bool default_view_only;      /* role of clients nobody decided about */
  SpcControlRule control;
  guint n_workers; /* 0: chosen by the number of cores */
  SpcImageConfig images;
  SpcVideoConfig video;
} SpcConfig;

void spc_config_init (SpcConfig *self);
void spc_config_copy (SpcConfig *self, const SpcConfig *from);
void spc_config_clear (SpcConfig *self);
