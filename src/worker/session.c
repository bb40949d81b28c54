// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The worker's one conversation: told what to do, it does it, tells how it goes, reports, and is done.

#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "dbus/wire.h"
#include "engine/errors.h"
#include "losses.h"
#include "report.h"
#include "maps.h"
#include "sandbox/syscalls.h"
#include "words.h"

#define SESSION_PROGRESS_INTERVAL_US (200 * 1000)
/* How long running requests may take once nobody waits for the outcome any more. */
#define SESSION_ORPHAN_TIMEOUT_US (10 * G_USEC_PER_SEC)

typedef struct
{
  int socket;
  const PlatterSandbox *sandbox;
  PlatterSpec *spec;
  const PlatterImagesClass *images_class; /* (nullable): this worker is for drives alone */
  PlatterImages *images;                  /* (nullable): only drives take part */
  GPtrArray *targets;                     /* (element-type PlatterEndpoint) */
  PlatterTransfer *transfer;
  PlatterMaps maps;
  int scratch_fd; /* for moving GPTs; -1: not asked for */
  int done_fd;    /* an event that the thread sets as its last act */
  /* The thread's until it has ended. */
  GError *error;
  PlatterReportGpt *gpts;
} Session;

/* Never freed: a thread that hangs in the kernel may use it to the end of the process, which comes right after. */
static Session *
session_new (int socket, const PlatterSandbox *sandbox, const PlatterImagesClass *images_class)
{
  Session *self = g_new0 (Session, 1);

  self->socket = socket;
  self->sandbox = sandbox;
  self->images_class = images_class;
  self->targets = g_ptr_array_new_with_free_func ((GDestroyNotify)platter_endpoint_unref);
  self->scratch_fd = -1;
  self->done_fd = -1;
  self->maps = (PlatterMaps){ .map_fd = -1, .domain_fd = -1, .page_fd = -1 };
  return self;
}

static PlatterReportInput
session_get_report_input (Session *self, const GError *error)
{
  return (PlatterReportInput){
    .spec = self->spec,
    .transfer = self->transfer,
    .targets = self->targets,
    .gpts = self->gpts,
    .error = error,
  };
}

static PlatterEndpoint *
session_open_target (
  Session *self, PlatterWireMessage *start, int fd, PlatterSpecEndpoint *target, GError **error)
{
  gboolean is_writable = self->spec->options.kind == PLATTER_TRANSFER_COPY;

  if (self->spec->is_image)
    return self->images_class->open_target (self->images, start, fd, target, error);
  return platter_endpoint_new_for_fd (fd, is_writable, &target->hints, error);
}

static gboolean
session_open_targets (Session *self, PlatterWireMessage *start, GError **error)
{
  for (guint i = 0; i < self->spec->targets->len; i++)
    {
      PlatterSpecEndpoint *target = &g_array_index (self->spec->targets, PlatterSpecEndpoint, i);
      int fd = platter_wire_message_steal_fd (start, target->fd_index);
      PlatterEndpoint *endpoint = session_open_target (self, start, fd, target, error);
      if (endpoint == NULL)
        return FALSE;
      g_ptr_array_add (self->targets, endpoint);
    }
  return TRUE;
}

static int
session_take_fd (PlatterWireMessage *start, int index)
{
  return index >= 0 ? platter_wire_message_steal_fd (start, (guint)index) : -1;
}

/* Kept open to the end of the process, which is that of the session. */
static void
session_take_maps (Session *self, PlatterWireMessage *start)
{
  self->maps.map_fd = session_take_fd (start, self->spec->map_index);
  self->maps.domain_fd = session_take_fd (start, self->spec->domain_index);
  self->maps.page_fd = session_take_fd (start, self->spec->map_page_index);
  self->maps.has_file = self->spec->options.on_error != PLATTER_ON_ERROR_STOP;
}

static gboolean
session_make_images (Session *self, GError **error)
{
  if (!platter_spec_needs_images (self->spec))
    return TRUE;
  if (self->images_class == NULL)
    {
      g_set_error_literal (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                           "This worker is for drives alone, but an image was asked for");
      return FALSE;
    }
  self->images = self->images_class->make (self->spec);
  return TRUE;
}

static PlatterEndpoint *
session_open_source (Session *self, PlatterWireMessage *start, GError **error)
{
  PlatterSpecEndpoint *source = &self->spec->source;

  if (self->images != NULL)
    return self->images_class->open_source (self->images, start, error);
  return platter_endpoint_new_for_fd (platter_wire_message_steal_fd (start, source->fd_index),
                                      FALSE, &source->hints, error);
}

/* Foreign data is looked at only behind it. */
static gboolean
session_close_sandbox (Session *self, GError **error)
{
  int sockets[PLATTER_IMAGES_MAX_SOCKETS];

  if (self->images == NULL)
    return platter_sandbox_close (self->sandbox, self->socket, NULL, 0, error);
  return self->images_class->limit_memory (self->images, self->targets->len, error)
         && platter_sandbox_close (self->sandbox, self->socket, sockets,
                                   self->images_class->get_sockets (self->images, sockets), error)
         && self->images_class->start (self->images, self->transfer, error);
}

/* Everything that could not be made any more once the sandbox is closed. */
static gboolean
session_prepare (Session *self, PlatterWireMessage *start, GError **error)
{
  g_autoptr (PlatterEndpoint) source = NULL;

  self->spec = platter_spec_parse (start->content, start->n_fds, error);
  if (self->spec == NULL || !session_make_images (self, error))
    return FALSE;
  source = session_open_source (self, start, error);
  if (source == NULL || !session_open_targets (self, start, error))
    return FALSE;
  self->gpts = g_new0 (PlatterReportGpt, self->targets->len);
  self->transfer = platter_transfer_new (source, self->targets, &self->spec->options, error);
  if (self->transfer == NULL)
    return FALSE;
  if (self->spec->move_gpt && (self->scratch_fd = platter_gpt_scratch_new (error)) < 0)
    return FALSE;
  self->done_fd = eventfd (0, EFD_CLOEXEC);
  if (self->done_fd < 0)
    {
      int code = errno;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "No event descriptor: %s.",
                   g_strerror (code));
      return FALSE;
    }
  session_take_maps (self, start);
  return session_close_sandbox (self, error)
         && platter_maps_load (&self->maps, self->transfer, self->targets->len, error);
}

static gboolean
session_refuse (Session *self, const GError *reason, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "code", "s", platter_words_of_error (reason));
  g_variant_dict_insert (&dict, "message", "s", reason->message);
  return platter_wire_send (self->socket, "refused", g_variant_dict_end (&dict), NULL, 0, error);
}

static gboolean
session_is_copied (PlatterVerdict verdict)
{
  return verdict == PLATTER_VERDICT_VERIFIED || verdict == PLATTER_VERDICT_REPAIRED
         || verdict == PLATTER_VERDICT_WRITTEN;
}

/* Nothing is known of it any more: writing to it has failed, or it did not keep what was written. */
static void
session_fail_target (Session *self, guint target, const char *reason)
{
  g_autoptr (GError) error
    = g_error_new (PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_WRITE,
                   "%s was copied well, but its partition table may be damaged since. %s",
                   platter_endpoint_get_name (self->targets->pdata[target]), reason);

  platter_transfer_fail_target (self->transfer, target, error);
  if (self->error == NULL && self->targets->len == 1)
    self->error = g_steal_pointer (&error);
}

/* The copy keeps its verdict where its table could not be written anew, unless it has suffered. */
static void
session_move_gpt (Session *self, guint target)
{
  PlatterEndpoint *endpoint = self->targets->pdata[target];
  PlatterReportGpt *gpt = &self->gpts[target];
  g_autoptr (PlatterMap) map = platter_transfer_dup_target_map (self->transfer, target);
  g_autoptr (GError) error = NULL;
  PlatterTargetProgress progress;
  gsize head_bytes = 0;
  const guint8 *head = platter_transfer_get_head (self->transfer, &head_bytes);

  platter_transfer_get_target_progress (self->transfer, target, &progress);
  if (!session_is_copied (progress.verdict))
    return;
  if (platter_transfer_is_lost (self->transfer, target + 1))
    {
      gpt->result = PLATTER_GPT_FAILED;
      gpt->message = g_strdup ("The partition table’s backup could not be moved: the medium was "
                               "taken out or exchanged.");
      return;
    }
  gpt->result = platter_gpt_move_backup (
    platter_endpoint_get_fd (endpoint), self->scratch_fd, platter_map_get_size_bytes (map),
    platter_endpoint_get_size_bytes (endpoint), platter_endpoint_get_logical_block_bytes (endpoint),
    platter_transfer_keeps_end (self->transfer, target), head, head_bytes, &error);
  if (error != NULL)
    gpt->message = g_strdup (error->message);
  if (gpt->result == PLATTER_GPT_BROKEN)
    session_fail_target (self, target, error->message);
}

static gpointer
session_thread (gpointer data)
{
  Session *self = data;
  const uint64_t one = 1;

  platter_transfer_run (self->transfer, &self->error);
  for (guint i = 0; i < self->targets->len && self->scratch_fd >= 0; i++)
    session_move_gpt (self, i);
  while (write (self->done_fd, &one, sizeof one) < 0 && errno == EINTR)
    continue;
  return NULL;
}

/* Returns: whether it is one. */
static gboolean
session_take_answer (Session *self, GVariant *content)
{
  PlatterOnError answer = PLATTER_ON_ERROR_ASK;
  const char *word = "";

  if (!g_variant_lookup (content, "answer", "&s", &word)
      || !platter_words_to_on_error (word, &answer) || answer == PLATTER_ON_ERROR_ASK)
    return FALSE;
  platter_transfer_answer (self->transfer, answer);
  return TRUE;
}

/* Returns: whether it is one of ours. */
static gboolean
session_take_gone (Session *self, GVariant *content)
{
  guint32 side = 0;

  if (!g_variant_lookup (content, "side", "u", &side) || side > self->targets->len)
    return FALSE;
  platter_transfer_lose (self->transfer, side);
  return TRUE;
}

/* The next message is "pause", "resume", "finish", "answer", "gone", "cancel" or the end of the connection, or else the end of our trust in it. */
static gboolean
session_serve_socket (Session *self)
{
  g_auto (PlatterWireMessage) message = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean received = platter_wire_receive (self->socket, &message, &error);
  const char *name = received && message.name != NULL ? message.name : "";

  if (strcmp (name, "pause") == 0 || strcmp (name, "resume") == 0)
    {
      platter_transfer_set_paused (self->transfer, strcmp (name, "pause") == 0);
      return TRUE;
    }
  if (strcmp (name, "finish") == 0)
    {
      platter_transfer_finish (self->transfer);
      return TRUE;
    }
  if (strcmp (name, "answer") == 0 && session_take_answer (self, message.content))
    return TRUE;
  if (strcmp (name, "gone") == 0 && session_take_gone (self, message.content))
    return TRUE;
  platter_transfer_cancel (self->transfer);
  return strcmp (name, "cancel") == 0;
}

static gboolean
session_send_progress (Session *self, gboolean is_ended)
{
  PlatterReportInput input = session_get_report_input (self, NULL);
  g_autoptr (GError) error = NULL;

  platter_maps_save (&self->maps, self->transfer, self->targets->len, is_ended);

  return platter_wire_send (self->socket, "progress",
                            platter_report_new_progress (&input, is_ended), NULL, 0, &error);
}

/* Whatever the thread has left is ours from here on. Returns whether it has come to its end. */
static gboolean
session_take_end (Session *self)
{
  uint64_t n_ends = 0;

  return read (self->done_fd, &n_ends, sizeof n_ends) == sizeof n_ends;
}

/* Waits until @deadline_us, and at least looks once. Returns whether the thread has ended. */
static gboolean
session_poll (Session *self, gint64 deadline_us, gboolean *is_connected)
{
  struct pollfd polled[] = {
    { .fd = self->done_fd, .events = POLLIN },
    { .fd = *is_connected ? self->socket : -1, .events = POLLIN },
  };
  gint64 left_us = MAX (deadline_us - g_get_monotonic_time (), 0);

  if (poll (polled, G_N_ELEMENTS (polled), (int)((left_us + 999) / 1000)) <= 0)
    return FALSE;
  if (polled[1].revents != 0 && !session_serve_socket (self))
    *is_connected = FALSE;
  return polled[0].revents != 0 && session_take_end (self);
}

/* Returns whether the transfer has ended and the other side is still there to hear of it. */
static gboolean
session_serve (Session *self)
{
  gboolean is_connected = TRUE;
  gboolean is_done = FALSE;
  gint64 next_progress_us = 0;

  while (!is_done && is_connected)
    {
      if (g_get_monotonic_time () >= next_progress_us)
        {
          is_connected = session_send_progress (self, FALSE);
          next_progress_us = g_get_monotonic_time () + SESSION_PROGRESS_INTERVAL_US;
        }
      if (is_connected)
        is_done = session_poll (self, next_progress_us, &is_connected);
    }
  if (is_connected)
    return TRUE;

  gint64 deadline_us = g_get_monotonic_time () + SESSION_ORPHAN_TIMEOUT_US;
  platter_transfer_cancel (self->transfer);
  while (!is_done && g_get_monotonic_time () < deadline_us)
    is_done = session_poll (self, deadline_us, &is_connected);
  return FALSE;
}

/* Foreign data again, and more of it than ever: the report is told already, the target is final, and nothing can be written to
   it any more. So whatever becomes of this, only the names of files are at stake. */
static gboolean
session_look (Session *self, PlatterEndpoint *target, guint index, GError **error)
{
  GVariant *damage = NULL;

  if (!platter_syscalls_forbid_writing (error))
    return FALSE;
  damage = platter_losses_new (self->transfer, target, index, self->socket);
  return damage == NULL || platter_wire_send (self->socket, "damage", damage, NULL, 0, error);
}

static gboolean
session_report (Session *self, GError **error)
{
  PlatterReportInput input = session_get_report_input (self, self->error);
  guint index = 0;
  PlatterEndpoint *target = platter_losses_find_target (self->transfer, self->targets, &index);

  if (self->images != NULL)
    self->images_class->describe (self->images, &input.packed);
  if (!session_send_progress (self, TRUE)
      || !platter_wire_send (self->socket, "report", platter_report_new (&input), NULL, 0, error))
    return FALSE;
  return target == NULL || session_look (self, target, index, error);
}

static gboolean
session_fail_closed (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "The helper went away.");
  return FALSE;
}

/* Whoever asked for the job may have given it up meanwhile. Until the helper says otherwise nothing is touched. */
static gboolean
session_wait_for_begin (Session *self, GError **error)
{
  g_auto (PlatterWireMessage) message = { 0 };

  if (!platter_wire_send (self->socket, "ready", g_variant_new ("a{sv}", NULL), NULL, 0, error)
      || !platter_wire_receive (self->socket, &message, error))
    return FALSE;
  return g_strcmp0 (message.name, "begin") == 0 || session_fail_closed (error);
}

static gboolean
session_copy (Session *self, GError **error)
{
  g_autoptr (GThread) thread = NULL;

  if (!session_wait_for_begin (self, error))
    return FALSE;
  /* Nobody waits for it: as long as a request of its io_uring hangs, the kernel does not let it go. */
  thread = g_thread_new ("transfer", session_thread, self);
  if (!session_serve (self))
    return session_fail_closed (error);
  return session_report (self, error);
}

gboolean
platter_session_run (int socket,
                     const PlatterSandbox *sandbox,
                     const PlatterImagesClass *images,
                     GError **error)
{
  Session *self = session_new (socket, sandbox, images);
  g_auto (PlatterWireMessage) start = { 0 };
  g_autoptr (GError) reason = NULL;

  if (!platter_wire_receive (socket, &start, error))
    return FALSE;
  if (start.name == NULL)
    return session_fail_closed (error);
  if (strcmp (start.name, "start") != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "The first message was another than \"start\".");
      return FALSE;
    }
  if (!session_prepare (self, &start, &reason))
    return session_refuse (self, reason, error);
  return session_copy (self, error);
}
