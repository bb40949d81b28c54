// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Pauses the job, and stops the process then.

#include "config.h"

#include "suspend.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "await.h"
#include "status.h"

struct _PlatterSuspend
{
  PlatterJob *job;
  guint source;
  struct sigaction old;
};

static int suspend_pipe[2] = { -1, -1 };

static void
suspend_signal (int number)
{
  /* A full pipe says all that there is to say. */
  if (write (suspend_pipe[1], "", 1) < 0)
    return;
}

static gboolean
suspend_set_paused (PlatterSuspend *self, gboolean is_paused)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *waiting = NULL;

  platter_job_set_paused_async (self->job, is_paused, NULL, platter_await_cb, &waiting);
  result = platter_await (&waiting);
  if (platter_job_set_paused_finish (self->job, result, &error))
    return TRUE;
  if (platter_job_is_running (self->job))
    platter_status_tell (error, FALSE);
  return FALSE;
}

/* A job whose end is near does not pause any more: then there is nothing to stop for. */
static gboolean
suspend_pause (PlatterSuspend *self)
{
  if (!suspend_set_paused (self, TRUE))
    return FALSE;
  while (platter_job_is_running (self->job) && !platter_job_is_paused (self->job))
    g_main_context_iteration (NULL, TRUE);
  return platter_job_is_running (self->job);
}

/* proc_pid_stat(5). Returns: 0 if that cannot be told */
static pid_t
suspend_get_parent (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int)pid);
  g_autofree char *text = NULL;
  const char *name_end = NULL;
  int parent = 0;

  if (g_file_get_contents (path, &text, NULL, NULL))
    name_end = strrchr (text, ')');
  return name_end != NULL && sscanf (name_end, ") %*c %d", &parent) == 1 ? parent : 0;
}

/* As the kernel does, which lets SIGTSTP stop nothing in a process group that no shell of the same session looks after. What
   is between, like a script or sudo, is in the group and stops with it. */
static gboolean
suspend_can_be_continued (void)
{
  for (pid_t pid = getppid (); pid > 0; pid = suspend_get_parent (pid))
    {
      if (getsid (pid) != getsid (0))
        return FALSE;
      if (getpgid (pid) != getpgrp ())
        return TRUE;
    }
  return FALSE;
}

static void
suspend_forget_keys (int fd)
{
  char bytes[16];

  while (read (fd, bytes, sizeof bytes) > 0)
    continue;
}

static gboolean
suspend_cb (int fd, GIOCondition condition, gpointer user_data)
{
  PlatterSuspend *self = user_data;

  suspend_forget_keys (fd);
  if (!suspend_can_be_continued () || !suspend_pause (self))
    return G_SOURCE_CONTINUE;
  g_printerr ("\n%s\n", _ ("Paused: nothing is read or written. “fg” goes on."));
  raise (SIGSTOP);
  /* Here it was continued. It takes a while until what is under way is done, and some press the keys again. */
  suspend_forget_keys (fd);
  suspend_set_paused (self, FALSE);
  return G_SOURCE_CONTINUE;
}

PlatterSuspend *
platter_suspend_new (PlatterJob *job)
{
  PlatterSuspend *self = g_new0 (PlatterSuspend, 1);
  struct sigaction action = { .sa_handler = suspend_signal, .sa_flags = SA_RESTART };

  self->job = g_object_ref (job);
  if (sigaction (SIGTSTP, NULL, &self->old) != 0 || self->old.sa_handler == SIG_IGN
      || !suspend_can_be_continued ())
    return self;
  if (pipe2 (suspend_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
    return self; /* Ctrl-Z then stops this process alone, and the job goes on */
  self->source = g_unix_fd_add (suspend_pipe[0], G_IO_IN, suspend_cb, self);
  sigaction (SIGTSTP, &action, NULL);
  return self;
}

void
platter_suspend_free (PlatterSuspend *self)
{
  if (self == NULL)
    return;
  if (self->source != 0)
    {
      sigaction (SIGTSTP, &self->old, NULL);
      g_source_remove (self->source);
      close (suspend_pipe[0]);
      close (suspend_pipe[1]);
    }
  g_object_unref (self->job);
  g_free (self);
}
