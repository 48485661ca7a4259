/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authenticator.h"

#include "report-quota.h"
#include "server-core/base/log.h"
#include "server-core/link/throttle.h"
#include "server-core/wire/protocol.h"

/* a ticket that the application is asked about */
typedef struct {
  uint64_t id;
  SpcLink *link; /* not owned; NULL once it is gone */
  GCancellable *cancellable;
  int64_t since_us;
  bool is_answered;
  SpcAuthAnswer answer;
  uint32_t note;
  char user[SPC_MAX_USER_NAME + 1];
} Question;

struct _SpcAuthenticator {
  const SpcAuthenticatorOwner *owner;
  gpointer user_data;
  SpcThrottle *throttle;
  SpcPassword *password; /* NULL: none is set */
  bool anonymous;        /* nobody is asked */
  bool has_sasl;         /* viewers can prove who they are */
  bool reachable;        /* others than this machine can connect */
  GPtrArray *questions;  /* Question, owned; few */
  SpcReportQuota quota;
  uint64_t last_id;
};

/* life */

static void
question_free (gpointer data)
{
  Question *question = data;

  g_object_unref (question->cancellable);
  g_free (question);
}

SpcAuthenticator *
spc_authenticator_new (const SpcAuthenticatorOwner *owner, gpointer user_data)
{
  SpcAuthenticator *self = g_new0 (SpcAuthenticator, 1);

  self->owner = owner;
  self->user_data = user_data;
  self->throttle = spc_throttle_new ();
  self->questions = g_ptr_array_new_with_free_func (question_free);
  return self;
}

void
spc_authenticator_free (SpcAuthenticator *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->questions);
  spc_throttle_free (self->throttle);
  spc_password_free (self->password);
  g_free (self);
}

/* settings */

void
spc_authenticator_set_password (SpcAuthenticator *self, const char *password,
                                uint32_t lifetime_s)
{
  g_clear_pointer (&self->password, spc_password_free);
  if (password == NULL)
    return;
  self->password = spc_password_new (password, lifetime_s);
  if (self->password != NULL)
    return;
  /* none at all would let everybody in */
  SPC_WARNING (SPC_LOG_SERVER,
               "a password of more than %u bytes: nobody can log in",
               SPC_MAX_PASSWORD);
  self->password = spc_password_new ("", 0);
}

void
spc_authenticator_set_anonymous (SpcAuthenticator *self, bool allowed)
{
  self->anonymous = allowed;
}

void
spc_authenticator_set_sasl (SpcAuthenticator *self, bool is_on)
{
  self->has_sasl = is_on;
}

static bool
is_asked (SpcAuthenticator *self)
{
  return self->owner->is_asked (self->user_data);
}

bool
spc_authenticator_expose (SpcAuthenticator *self, bool reachable)
{
  self->reachable |= reachable;
  return !reachable || self->password != NULL || self->anonymous ||
         self->has_sasl || is_asked (self);
}

static bool
needs_no_ticket (const SpcAuthenticator *self)
{
  return self->anonymous ||
         (self->password == NULL && !self->reachable && !self->has_sasl);
}

bool
spc_authenticator_needs_ticket (SpcAuthenticator *self)
{
  return is_asked (self) || !needs_no_ticket (self);
}

/* questions */

static Question *
find_question (SpcAuthenticator *self, const SpcLink *link, guint *index)
{
  for (guint i = 0; i < self->questions->len; i++) {
    Question *question = g_ptr_array_index (self->questions, i);

    *index = i;
    if (question->link == link)
      return question;
  }
  return NULL;
}

/* One that is withdrawn takes its place until the application is through with
 * it: who asks and leaves again and again must not make it any more to do. */
void
spc_authenticator_forget (SpcAuthenticator *self, SpcLink *link)
{
  guint index;
  Question *question = find_question (self, link, &index);

  if (question == NULL)
    return;
  if (question->is_answered) {
    g_ptr_array_remove_index (self->questions, index);
    return;
  }
  question->link = NULL;
  self->owner->withdrawn (question->cancellable, self->user_data);
}

/* the withdrawn ones of an application that keeps them without an answer */
static void
forget_old (SpcAuthenticator *self)
{
  int64_t oldest_us = g_get_monotonic_time () -
                      (int64_t)SPC_DEFAULT_LINK_TIMEOUT_S * G_USEC_PER_SEC;

  for (guint i = self->questions->len; i > 0; i--) {
    const Question *question = g_ptr_array_index (self->questions, i - 1);

    if (question->link == NULL && question->since_us <= oldest_us)
      g_ptr_array_remove_index (self->questions, i - 1);
  }
}

void
spc_authenticator_answer (SpcAuthenticator *self, uint64_t question_id,
                          SpcAuthAnswer answer, const char *user, uint32_t note)
{
  for (guint i = 0; i < self->questions->len; i++) {
    Question *question = g_ptr_array_index (self->questions, i);

    if (question->id != question_id || question->is_answered)
      continue;
    if (question->link == NULL) {
      g_ptr_array_remove_index (self->questions, i);
      return;
    }
    question->is_answered = true;
    question->answer = answer;
    question->note = note;
    g_strlcpy (question->user, user != NULL ? user : "", sizeof question->user);
    spc_link_judge (question->link); /* may be gone now, and the question */
    return;
  }
}

/* verdicts */

G_GNUC_PRINTF (3, 4)
static void
explain (SpcLinkRequest *request, SpcError kind, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_vsnprintf (request->refusal, sizeof request->refusal, format, arguments);
  va_end (arguments);
  request->refusal_kind = kind;
}

static SpcVerdict
accept (SpcAuthenticator *self, SpcLinkRequest *request,
        const SpcTransport *transport, const char *text)
{
  spc_throttle_succeeded (self->throttle, transport->peer_network);
  spc_password_free (request->proof);
  request->proof = text != NULL ? spc_password_new (text, 0) : NULL;
  return SPC_VERDICT_RIGHT;
}

/* nothing was asked for */
static SpcVerdict
let_in (SpcLinkRequest *request)
{
  g_strlcpy (request->identity.mechanism, "none",
             sizeof request->identity.mechanism);
  return SPC_VERDICT_RIGHT;
}

static SpcVerdict
refuse (SpcAuthenticator *self, const SpcLinkRequest *request,
        const SpcTransport *transport, uint32_t *delay_ms)
{
  SpcAuthFailure failure = {.peer = transport->peer,
                            .identity = &request->identity};

  failure.delay_ms =
      spc_throttle_failed (self->throttle, transport->peer_network,
                           g_get_monotonic_time (), &failure.n_failures);
  *delay_ms = failure.delay_ms;
  SPC_INFO (SPC_LOG_LINK, "%s: %u failed attempts in a row", transport->peer,
            failure.n_failures);
  if (spc_report_quota_take (&self->quota, g_get_monotonic_time (),
                             &failure.n_untold))
    self->owner->failed (&failure, self->user_data);
  return SPC_VERDICT_WRONG;
}

static SpcVerdict
ask (SpcAuthenticator *self, SpcLink *link, SpcLinkRequest *request,
     const SpcTransport *transport, const char *text, uint32_t *delay_ms)
{
  Question *question;
  SpcAuthQuestion asked = {
      .peer = transport->peer, .identity = &request->identity, .ticket = text};

  if (self->questions->len >= SPC_MAX_AUTH_QUESTIONS)
    forget_old (self);
  if (self->questions->len >= SPC_MAX_AUTH_QUESTIONS) {
    explain (request, SPC_ERROR_LIMIT,
             "the application has %u questions to answer",
             self->questions->len);
    return SPC_VERDICT_WRONG;
  }
  question = g_new0 (Question, 1);
  question->id = asked.id = ++self->last_id;
  question->link = link;
  question->since_us = g_get_monotonic_time ();
  question->cancellable = asked.cancellable = g_cancellable_new ();
  g_ptr_array_add (self->questions, question);
  self->owner->ask (&asked, self->user_data);
  return SPC_VERDICT_ASKED;
}

/* without the application */
static SpcVerdict
compare (SpcAuthenticator *self, SpcLinkRequest *request,
         const SpcTransport *transport, const char *text, uint32_t *delay_ms)
{
  if (needs_no_ticket (self))
    return let_in (request);
  if (text != NULL && self->password != NULL &&
      spc_password_matches (self->password, text, g_get_monotonic_time ()))
    return accept (self, request, transport, text);
  return refuse (self, request, transport, delay_ms);
}

/* takes the answer out of @question, which is at @index */
static SpcVerdict
obey (SpcAuthenticator *self, guint index, SpcLinkRequest *request,
      const SpcTransport *transport, const char *text, uint32_t *delay_ms)
{
  const Question *question = g_ptr_array_index (self->questions, index);
  SpcAuthAnswer answer = question->answer;

  if (answer == SPC_AUTH_ACCEPT) {
    request->note = question->note;
    if (question->user[0] != '\0')
      g_strlcpy (request->identity.user, question->user,
                 sizeof request->identity.user);
  }
  g_ptr_array_remove_index (self->questions, index);
  if (answer == SPC_AUTH_LEAVE)
    return compare (self, request, transport, text, delay_ms);
  if (answer == SPC_AUTH_ACCEPT)
    return accept (self, request, transport, text);
  explain (request, SPC_ERROR_AUTH, "the application does not take it");
  return refuse (self, request, transport, delay_ms);
}

static bool
is_by_sasl (const SpcIdentity *identity)
{
  return !g_str_equal (identity->mechanism, "ticket") &&
         !g_str_equal (identity->mechanism, "none");
}

/* of another channel of a viewer that is in; false: that does not decide */
static bool
check_by_proof (SpcAuthenticator *self, SpcLinkRequest *request,
                const char *text, bool *is_right)
{
  const SpcPassword *proof = NULL;
  bool is_known = self->owner->find_proof (request->connection_id, &proof,
                                           &request->identity, self->user_data);

  *is_right = spc_password_is (proof, text); /* false without a proof, too */
  return *is_right || (is_known && is_by_sasl (&request->identity)) ||
         (is_asked (self) && (!is_known || proof != NULL));
}

SpcVerdict
spc_authenticator_check (SpcAuthenticator *self, SpcLink *link,
                         SpcLinkRequest *request, const SpcTransport *transport,
                         const char *text, uint32_t *delay_ms)
{
  bool is_main = request->channel_type == SPICE_CHANNEL_MAIN;
  bool is_right;
  guint index;
  const Question *question = find_question (self, link, &index);

  if (question != NULL && !question->is_answered)
    return SPC_VERDICT_ASKED;
  if (question != NULL)
    return obey (self, index, request, transport, text, delay_ms);
  g_strlcpy (request->identity.mechanism, "ticket",
             sizeof request->identity.mechanism);
  if (transport->is_trusted)
    return let_in (request);
  if (!is_main && check_by_proof (self, request, text, &is_right))
    return is_right ? SPC_VERDICT_RIGHT
                    : refuse (self, request, transport, delay_ms);
  if (!spc_authenticator_needs_ticket (self))
    return compare (self, request, transport, text, delay_ms);
  *delay_ms = spc_throttle_wait (self->throttle, transport->peer_network,
                                 g_get_monotonic_time ());
  if (*delay_ms > 0)
    return SPC_VERDICT_WAIT;
  if (is_asked (self))
    return ask (self, link, request, transport, text, delay_ms);
  return compare (self, request, transport, text, delay_ms);
}

/* users */

/* of another channel of a viewer that is in */
static bool
is_same_user (SpcAuthenticator *self, SpcLinkRequest *request)
{
  const SpcPassword *proof = NULL;
  SpcIdentity identity;

  if (!self->owner->find_proof (request->connection_id, &proof, &identity,
                                self->user_data))
    return true; /* of nobody: it is not admitted */
  if (is_by_sasl (&identity) &&
      g_str_equal (identity.user, request->identity.user))
    return true;
  explain (request, SPC_ERROR_AUTH, "the session is another user's");
  return false;
}

static SpcVerdict
obey_about_user (SpcAuthenticator *self, guint index, SpcLinkRequest *request,
                 const SpcTransport *transport, uint32_t *delay_ms)
{
  const Question *question = g_ptr_array_index (self->questions, index);
  SpcAuthAnswer answer = question->answer;

  if (answer == SPC_AUTH_ACCEPT)
    request->note = question->note;
  g_ptr_array_remove_index (self->questions, index);
  if (answer != SPC_AUTH_REFUSE)
    return accept (self, request, transport, NULL);
  explain (request, SPC_ERROR_AUTH, "the application does not take the user");
  return refuse (self, request, transport, delay_ms);
}

SpcVerdict
spc_authenticator_check_user (SpcAuthenticator *self, SpcLink *link,
                              SpcLinkRequest *request,
                              const SpcTransport *transport, bool is_proven,
                              uint32_t *delay_ms)
{
  bool is_main = request->channel_type == SPICE_CHANNEL_MAIN;
  guint index;
  const Question *question = find_question (self, link, &index);

  if (question != NULL && !question->is_answered)
    return SPC_VERDICT_ASKED;
  if (question != NULL)
    return obey_about_user (self, index, request, transport, delay_ms);
  *delay_ms = spc_throttle_wait (self->throttle, transport->peer_network,
                                 g_get_monotonic_time ());
  if (*delay_ms > 0)
    return SPC_VERDICT_WAIT;
  if (!is_proven || (!is_main && !is_same_user (self, request)))
    return refuse (self, request, transport, delay_ms);
  if (is_main && is_asked (self))
    return ask (self, link, request, transport, NULL, delay_ms);
  SPC_INFO (SPC_LOG_LINK, "%s: user \"%s\", by %s", transport->peer,
            request->identity.user, request->identity.mechanism);
  return accept (self, request, transport, NULL);
}
