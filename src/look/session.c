// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The one question that platter-look is asked, and its answer.

#include "session.h"

#include <errno.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/vfs.h>

#include "engine/errors.h"
#include "disc.h"
#include "file.h"
#include "formats/codec.h"
#include "server.h"

/* What unpacking takes as a worker does it, and room for the list of files. */
#define SESSION_MEMORY_BYTES ((guint64)PLATTER_CODEC_MAX_MEMORY_BYTES + 160 * 1024 * 1024)
/* Whoever has asked does not wait so long; this is for when he is gone. */
#define SESSION_PROCESSOR_S 600

static gboolean
session_fail_errno (GError **error, const char *what)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", what, g_strerror (code));
  return FALSE;
}

gboolean
platter_look_session_close (const PlatterSandbox *sandbox, int socket, int server, GError **error)
{
  const struct rlimit processor = { SESSION_PROCESSOR_S, SESSION_PROCESSOR_S };

  if (setrlimit (RLIMIT_CPU, &processor) != 0)
    return session_fail_errno (error, "limiting the time of the processor");
  return platter_sandbox_limit_memory (SESSION_MEMORY_BYTES, error)
         && platter_sandbox_close (sandbox, socket, &server, server >= 0 ? 1 : 0, error);
}

/* FUSE asks who it is even where nothing but the size of an open file is asked for. */
static gboolean
session_is_private (int fd)
{
  struct statfs info = { 0 };

  return fstatfs (fd, &info) == 0 && info.f_type == FUSE_SUPER_MAGIC;
}

static gboolean
session_tell_failure (int socket, const GError *failure, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  const char *code = "failed";

  if (g_error_matches (failure, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_READ))
    code = "read";
  else if (g_error_matches (failure, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED))
    code = "unsupported";
  g_variant_dict_insert (&dict, "code", "s", code);
  g_variant_dict_insert (&dict, "message", "s", failure->message);
  return platter_wire_send (socket, "failed", g_variant_dict_end (&dict), NULL, 0, error);
}

static GVariant *
session_look (PlatterLookRequest *request, int scratch, GError **error)
{
  if (request->is_server)
    return platter_look_at_server (request, scratch, error);
  return request->is_disc ? platter_look_at_disc (request)
                          : platter_look_at_file (request, scratch, error);
}

static gboolean
session_answer (int socket, PlatterLookRequest *request, int scratch, GError **error)
{
  g_autoptr (GError) failure = NULL;
  GVariant *seen = session_look (request, scratch, &failure);

  /* Once there is an answer, nothing is held open by whoever gave it. */
  platter_look_request_clear (request);
  return seen != NULL ? platter_wire_send (socket, "seen", seen, NULL, 0, error)
                      : session_tell_failure (socket, failure, error);
}

gboolean
platter_look_session_run (int socket, const PlatterSandbox *sandbox, GError **error)
{
  g_auto (PlatterWireMessage) question = { 0 };
  g_auto (PlatterLookRequest) request = { .fd = -1 };
  PlatterSandbox own = *sandbox;
  int scratch = -1;

  if (!platter_wire_receive (socket, &question, error)
      || !platter_look_request_parse (&request, &question, error))
    return FALSE;
  /* To the end of the process, which comes right after. */
  scratch = memfd_create ("platter-head", MFD_CLOEXEC);
  if (scratch < 0)
    return session_fail_errno (error, "no memory for the beginning of it");
  if (session_is_private (request.fd))
    platter_sandbox_stay (&own);
  return platter_look_session_close (&own, socket, request.is_server ? request.fd : -1, error)
         && session_answer (socket, &request, scratch, error);
}
