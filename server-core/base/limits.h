/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* limits.h – every bound on what a peer or a pipeline may ask for.
 *
 * "spec" is docs/wire.md, by the section's subject. */
#pragma once

/* link stage (spec: link stage) */
#define SPC_MIN_LINK_SIZE 18u
#define SPC_MAX_LINK_SIZE 4096u
#define SPC_MAX_CAPS_WORDS 1024u /* accepted; only the first few are kept */
#define SPC_TICKET_SIZE 128u     /* RSA-1024 */
#define SPC_PUBLIC_KEY_SIZE 162u
#define SPC_MAX_PASSWORD 60u /* bytes; clients refuse longer ones */
/* bytes: what a directory calls a person (RFC 2307: 32 or so; mail addresses
 * 254), and what RFC 4422 allows a mechanism's name (20) */
#define SPC_MAX_USER_NAME 255u
#define SPC_MAX_MECHANISM_NAME 20u
/* links that have not proven themselves yet: a client opens 5 to 12 at once */
#define SPC_MAX_PENDING_LINKS 256u
/* what it may be set to: a descriptor each, of which a process has 1024 unless
 * somebody cares for more */
#define SPC_MAX_MAX_PENDING_LINKS 4096u
#define SPC_MAX_LINKS_PER_ADDRESS 65536u
/* Connections of one address: a viewer opens up to 12 at once, a browser 40 for
 * its page. 100 a second, 500 at once, are forty viewers behind one address
 * that begin together; a worker makes the keys of as many tickets. */
#define SPC_DEFAULT_CONNECTS_PER_S 100u
#define SPC_MAX_CONNECTS_PER_S 65536u
#define SPC_CONNECT_BURST_S 5u
#define SPC_MAX_PACED_ADDRESSES 1024u
/* of those who were refused, told in messages; the rest are counted: they come
 * in a queue of 256 (SPC_MAX_INPUT_EVENTS) with what must not be lost */
#define SPC_MAX_REPORTS_PER_S 32u
#define SPC_DEFAULT_LINK_TIMEOUT_S 10u
/* wrong tickets from one address: free tries, then a delay that doubles */
#define SPC_FREE_TICKET_TRIES 3u
#define SPC_MIN_TICKET_DELAY_MS 1000u
#define SPC_MAX_TICKET_DELAY_MS 16000u
#define SPC_MAX_THROTTLED_ADDRESSES 1024u
/* in a row, after which no ticket of that address is looked at while a refusal
 * is held back there: who guesses on many lines at once is no faster then,
 * and a person has long stopped trying */
#define SPC_PARALLEL_TICKET_TRIES 16u
/* tickets an application is asked about at a time, a quarter of what waits for
 * it to be told (SPC_MAX_INPUT_EVENTS): strangers must not push that out */
#define SPC_MAX_AUTH_QUESTIONS 64u
/* who clients are (spec: SASL). A list of mechanisms is as long as clients
 * take; the steps are twice what any mechanism needs. */
#define SPC_MAX_SASL_LIST 300u
#define SPC_MAX_SASL_MECHANISM 100u
#define SPC_MAX_SASL_DATA (1024u * 1024u)
#define SPC_MAX_SASL_STEPS 16u
/* of a security layer: the key of single DES, the weakest ever taken, and what
 * a client may wrap at once; it must take half a kilobyte itself */
#define SPC_DEFAULT_SASL_SSF 56u
#define SPC_SASL_BUFFER 8192u
#define SPC_MIN_SASL_OUTPUT 512u
/* bytes of a layer in a row that hold nothing for us: padding is a packet or
 * two, ours are as large as one read */
#define SPC_MAX_SASL_BARREN (1024u * 1024u)

/* browsers (spec: browsers): of a head, as Apache and nginx; of a page, twice
 * the largest that a client has; and of it at a time */
#define SPC_HTTP_MAX_HEAD 8192u
#define SPC_MAX_WEB_FILE (4u * 1024u * 1024u)
#define SPC_WEB_PIECE 65536u
/* to read an answer and close, and for what is said meanwhile, unread */
#define SPC_HTTP_FAREWELL_MS 2000u
#define SPC_HTTP_FAREWELL_BYTES 65536u

/* clients */
#define SPC_DEFAULT_MAX_CLIENTS 64u
#define SPC_MAX_CLIENTS 1024u
/* a socket that takes or answers nothing for so long is dead (spec: ACK
 * window, "blocked is not dead") */
#define SPC_CLIENT_TIMEOUT_MS 30000u

/* messages from clients (spec: limits, client message sizes) */
#define SPC_MAX_AGENT_CHUNK 2048u
/* of an agent message, but for clipboard and file data */
#define SPC_MAX_AGENT_BODY 65536u
#define SPC_MAX_SCANCODES 64u
#define SPC_MAX_RECORD_DATA (4u + 32768u)
#define SPC_MAX_SMALL_MESSAGE 1024u
/* what a viewer brings of one channel from another server, where it is expected
 * (spec: migration data) */
#define SPC_MAX_MIGRATE_DATA (16u * 1024u * 1024u)
/* of a server viewers are sent to: a DNS name, and the subject of a certificate
 * as any viewer takes it */
#define SPC_MAX_HOST_NAME 255u
#define SPC_MAX_CERT_SUBJECT 1024u

/* flow (spec: ACK window) */
#define SPC_ACK_WINDOW 20u
#define SPC_ACK_WINDOW_SLOW 40u
#define SPC_AGENT_TOKENS 10u
#define SPC_AGENT_TOKEN_GROUP 5u /* given back together */
/* agent messages that wait for a viewer's tokens before it gets none back, and
 * how long they may wait (spec: agent tokens) */
#define SPC_MAX_AGENT_WAITING 5u
#define SPC_AGENT_PATIENCE_MS 30000u
/* what a clipboard holds, unless the application says otherwise, and how long a
 * viewer waits for the application's, the application for a viewer's, which may
 * be a person that is asked (spec: clipboard) */
#define SPC_DEFAULT_CLIPBOARD_SIZE (16u * 1024u * 1024u)
#define SPC_MAX_CLIPBOARD_SIZE (1024u * 1024u * 1024u)
#define SPC_CLIPBOARD_ANSWER_MS 5000u
#define SPC_CLIPBOARD_VIEWER_ANSWER_MS 30000u
#define SPC_MOTION_ACK_BUNCH 4u
/* bytes handed to the socket ahead of what it took: more would age there */
#define SPC_MAX_OUTPUT_BYTES (256u * 1024u)
/* items at the head of a pipe whose images are encoded ahead */
#define SPC_PIPE_LOOKAHEAD 8u
/* items of any pipe; a peer whose own messages fill it is not read meanwhile */
#define SPC_MAX_PIPE_ITEMS 1024u
/* a display pipe over one of these is folded to a dirty region: batches that
 * wait, and bytes of their pixels (or twice the surface, if that is more) */
#define SPC_MAX_PIPE_BATCHES 6u
#define SPC_MAX_PIPE_BYTES (16u * 1024u * 1024u)
/* rectangles a folded region is sent as */
#define SPC_MAX_FOLD_RECTS 16
/* What a viewer was sent with loss is sent exactly once it has been left alone
 * for so long: more than somebody who leafs through photos, one a second,
 * leaves a place alone; less than it takes to look closely. */
#define SPC_REST_MS 1200u
/* link time that a piece of that may take; what is new waits for no more */
#define SPC_REPAIR_PIECE_MS 100u
/* batches a producer may have under way */
#define SPC_MAX_BATCHES 2
/* drawables and bytes kept before they are rendered into their surface */
#define SPC_MAX_UNRENDERED 128u
#define SPC_MAX_UNRENDERED_BYTES (64u * 1024u * 1024u)
/* memory of images and encodings that waits to be used again, for a second or
 * two: a frame of 1080p, and what it is encoded as */
#define SPC_MAX_KEPT_BYTES (16u * 1024u * 1024u)

/* pictures and sound */
#define SPC_MAX_DISPLAYS 16u   /* spec: quirks, display_channels_hint */
#define SPC_MAX_SURFACES 1024u /* of a display; spec: bounds of the server */
/* pixels of all of them: the largest primary, and as much again */
#define SPC_MAX_SURFACE_BYTES (G_GUINT64_CONSTANT (2) << 30)
/* images a client keeps: 200 bytes each in the server's mirror of its cache */
#define SPC_MAX_PIXMAPS 16384u
#define SPC_MAX_CURSOR_SIDE 256u
#define SPC_AUDIO_FRAMES 480u /* a packet: 10 ms at 48 kHz */
#define SPC_MAX_OPUS_PACKET 480u
#define SPC_MAX_AUDIO_PACKETS 20u /* 200 ms */
#define SPC_MAX_VIDEO_CODECS 8u   /* the protocol numbers five */
/* a display's at one time; clients take ids 0 to 63 */
#define SPC_MAX_STREAMS 16u
/* packets of a film from outside that are on their way to the loop: a second */
#define SPC_MAX_FILM_PACKETS 32u
/* bytes of one, as of a message of a stream device (spec: streams) */
#define SPC_MAX_FILM_PACKET_BYTES (32u * 1024u * 1024u)
/* what is kept of such a film since its last key frame: ten seconds, or twenty
 * at a film's usual rate, and what they take at 25 Mbit/s, or a key frame alone
 */
#define SPC_MAX_GOP_PACKETS 600u
#define SPC_MAX_GOP_BYTES (32u * 1024u * 1024u)
/* what all streams of one viewer may take, bits a second */
#define SPC_MIN_VIDEO_BPS 100000u
#define SPC_START_LOCAL_VIDEO_BPS 100000000u
#define SPC_MAX_VIDEO_BPS 200000000u
#define SPC_MM_TIME_DELTA_MS 400u /* spec: multimedia time */
#define SPC_MAX_INPUT_EVENTS 256u

/* byte streams (spec: flow) */
#define SPC_MAX_PORTS 256u /* of a kind */
#define SPC_MAX_PORT_NAME 255u
/* bytes that wait in one direction; the sender waits then */
#define SPC_MAX_PORT_BYTES (1024u * 1024u)
/* of one message from a client, packed and unpacked */
#define SPC_MAX_PORT_DATA (1024u * 1024u)
/* of one message to a client, and what it is sent before others have a turn */
#define SPC_PORT_BLOCK_BYTES (64u * 1024u)
#define SPC_MAX_READERS 10u     /* of smartcards, of a client */
#define SPC_MAX_VSC_BODY 65536u /* of a smartcard message */

/* files that viewers drop (spec: file transfer) */
#define SPC_MAX_FILE_START 4096u /* bytes of a file's description */
/* bytes of a name: 255 is what file systems take, some go to a number */
#define SPC_MAX_FILE_NAME 200u
#define SPC_MAX_CLIENT_FILES 16u /* on their way from one viewer */
#define SPC_MAX_FILES 64u
#define SPC_FILE_IDLE_MS 60000
