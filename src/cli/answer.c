// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The question of a job that met a place of its source that cannot be read, asked on the terminal. What is typed is
// read a line at a time, while the job is followed as before: somebody else may answer, or cancel it.

#include "config.h"

#include "answer.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "../client/messages.h"
#include "progress-line.h"

/* More than any answer has. */
#define ANSWER_MAX_BYTES 256

struct _PlatterAnswer
{
  PlatterJob *job;
  gulong handler;
  guint source; /* of what is typed; 0 while nothing is asked */
  gboolean is_asked;
  gboolean is_alone;
};

static const char *const answer_words[] = { "stop", "skip", "rescue", NULL };

PlatterStatus
platter_answer_check (PlatterRequest *request, PlatterOptions *options)
{
  if (!g_str_equal (platter_request_get_on_error (request), "ask") || isatty (STDIN_FILENO))
    return PLATTER_STATUS_DONE;
  return platter_status_tell_refusal (
    _ ("--on-error ask needs a terminal, and there is none: nobody could be asked. Nothing was "
       "written. Give stop, skip or rescue."),
    options->json);
}

static void
answer_prompt (void)
{
  g_printerr ("%s ", _ ("Type “stop”, “skip” or “rescue”:"));
}

static void
answer_given_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!platter_job_answer_finish (PLATTER_JOB (source), result, &error)
      && platter_job_is_running (PLATTER_JOB (source)))
    platter_status_tell (error, FALSE);
}

/* Nothing more will be typed. */
static gboolean
answer_give_up (PlatterAnswer *self)
{
  self->source = 0;
  if (self->is_alone)
    {
      g_printerr ("\n%s\n", _ ("Nobody answers, so the job ends here."));
      platter_job_answer_async (self->job, "stop", answer_given_cb, NULL);
    }
  else
    /* Translators: a command with the number of a job */
    g_printerr (_ ("\nThe job waits. “platterctl jobs answer %u stop|skip|rescue” answers.\n"),
                platter_job_get_id (self->job));
  return G_SOURCE_REMOVE;
}

static gboolean
answer_typed_cb (int fd, GIOCondition condition, gpointer user_data)
{
  PlatterAnswer *self = user_data;
  char line[ANSWER_MAX_BYTES] = "";
  /* A terminal hands out a line at a time. */
  gssize length = read (fd, line, sizeof line - 1);

  if (length <= 0)
    return answer_give_up (self);
  g_strstrip (line);
  if (!g_strv_contains (answer_words, line))
    {
      answer_prompt ();
      return G_SOURCE_CONTINUE;
    }
  self->source = 0;
  platter_job_answer_async (self->job, line, answer_given_cb, NULL);
  return G_SOURCE_REMOVE;
}

static void
answer_ask (PlatterAnswer *self)
{
  g_autofree char *question = platter_message_dup_question (
    platter_job_get_source_name (self->job), platter_job_get_question_offset (self->job),
    platter_job_get_source_bytes (self->job));

  if (isatty (STDERR_FILENO))
    platter_progress_line_clear ();
  g_printerr ("%s\n", question);
  for (guint i = 0; answer_words[i] != NULL; i++)
    g_printerr ("  %-7s %s\n", answer_words[i], platter_message_get_answer (answer_words[i]));
  g_printerr ("%s\n", platter_message_get_question_advice ());
  answer_prompt ();
  self->source = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, answer_typed_cb, self);
}

/* Answered here or elsewhere, or ended. */
static void
answer_changed_cb (PlatterAnswer *self)
{
  gboolean is_asked = platter_job_is_asking (self->job);

  if (is_asked == self->is_asked)
    return;
  self->is_asked = is_asked;
  if (is_asked)
    answer_ask (self);
  else if (self->source != 0)
    {
      g_printerr ("\n");
      g_clear_handle_id (&self->source, g_source_remove);
    }
}

PlatterAnswer *
platter_answer_new (PlatterJob *job, gboolean is_alone)
{
  PlatterAnswer *self = g_new0 (PlatterAnswer, 1);

  self->job = g_object_ref (job);
  self->is_alone = is_alone;
  self->handler
    = g_signal_connect_swapped (job, "notify::question", G_CALLBACK (answer_changed_cb), self);
  answer_changed_cb (self);
  return self;
}

void
platter_answer_free (PlatterAnswer *self)
{
  if (self == NULL)
    return;
  g_signal_handler_disconnect (self->job, self->handler);
  g_clear_handle_id (&self->source, g_source_remove);
  g_object_unref (self->job);
  g_free (self);
}
