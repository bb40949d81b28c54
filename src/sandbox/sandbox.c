// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a process gives up before it touches anything foreign: its user, its rights, every file.

#include "sandbox.h"

#include <errno.h>
#include <gio/gio.h>
#include <grp.h>
#include <locale.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <pwd.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls.h"

#define SANDBOX_USER "platter-worker"
#define SANDBOX_NOBODY 65534
/* 33 drives, the socket, two or three for each ring, and room; or an image in 512 pieces. */
#define SANDBOX_MAX_FDS 1024
#define SANDBOX_LAST_ERRNO 133
/* Few, as little is allocated but the engine's buffers, which it shares out itself. */
#define SANDBOX_MAX_ARENAS 2

static gboolean
sandbox_fail (GError **error, const char *what)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               "The sandbox can’t be made: %s: %s.", what, g_strerror (code));
  return FALSE;
}

/* GLib, OpenSSL and the C library's conversions open files when these are first asked for, and malloc to count processors. */
static void
sandbox_warm_up (void)
{
  wchar_t wide[2] = { 0 };

  mallopt (M_ARENA_MAX, SANDBOX_MAX_ARENAS);
  /* libarchive turns names into characters of the locale: this one has all of them. */
  setlocale (LC_CTYPE, "C.UTF-8");
  (void)mbstowcs (wide, "ä", 1);
  for (int code = 1; code <= SANDBOX_LAST_ERRNO; code++)
    (void)g_strerror (code);
  OPENSSL_init_crypto (OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_ADD_ALL_DIGESTS, NULL);
}

static gboolean
sandbox_limit (int resource, rlim_t value, const char *what, GError **error)
{
  struct rlimit limit = { value, value };
  struct rlimit now;

  /* It may be less already. */
  if (getrlimit (resource, &now) == 0)
    limit.rlim_cur = limit.rlim_max = MIN (value, now.rlim_max);
  return setrlimit (resource, &limit) == 0 || sandbox_fail (error, what);
}

/* Only root may, and containers may forbid it even to root; the rest of the sandbox does without. */
static void
sandbox_leave_namespaces (void)
{
  const int namespaces[]
    = { CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP, CLONE_NEWNS };

  for (gsize i = 0; i < G_N_ELEMENTS (namespaces); i++)
    if (unshare (namespaces[i]) != 0)
      g_debug ("namespace %#x stays shared: %s", (unsigned int)namespaces[i], g_strerror (errno));
}

static gboolean
sandbox_become (uid_t user, gid_t group, GError **error)
{
  if (geteuid () != 0 || user == 0)
    return TRUE;
  if (setgroups (0, NULL) != 0)
    return sandbox_fail (error, "giving up groups");
  if (setresgid (group, group, group) != 0)
    return sandbox_fail (error, "changing the group");
  if (setresuid (user, user, user) != 0)
    return sandbox_fail (error, "changing the user");
  /* Must not come back. */
  if (setuid (0) == 0 || geteuid () == 0)
    return sandbox_fail (error, "giving up root");
  return TRUE;
}

static gboolean
sandbox_drop_capabilities (GError **error)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

  if (prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL)
    return sandbox_fail (error, "giving up ambient capabilities");
  return syscall (SYS_capset, &header, none) == 0 || sandbox_fail (error, "giving up capabilities");
}

/* landlock(7): a ruleset that handles every right and allows none. Without landlock seccomp has to do. */
static gboolean
sandbox_close_files (GError **error)
{
  /* Execute, ..., make symbolic link of ABI 1; refer of 2; truncate of 3. */
  const guint64 rights_of_abi[] = { 0x1fff, 0x3fff, 0x7fff };
  long abi = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  struct landlock_ruleset_attr attributes = { 0 };

  if (abi < 1)
    return TRUE;
  attributes.handled_access_fs = rights_of_abi[MIN (abi, (long)G_N_ELEMENTS (rights_of_abi)) - 1];
  int ruleset = (int)syscall (SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
  if (ruleset < 0)
    return sandbox_fail (error, "making a landlock ruleset");

  gboolean closed = syscall (SYS_landlock_restrict_self, ruleset, 0) == 0;
  if (!closed)
    sandbox_fail (error, "closing the landlock");
  close (ruleset);
  return closed;
}

/* Else it would hold the terminal of whoever started Platter by hand: to read what is typed there, and to tell lies. */
static gboolean
sandbox_close_terminal (GError **error)
{
  /* Sanitizers report there, and no file can be opened any more: standard output is one that leads nowhere. */
  return platter_syscalls_has_sanitizer () || dup2 (STDOUT_FILENO, STDERR_FILENO) >= 0
         || sandbox_fail (error, "closing standard error");
}

gboolean
platter_sandbox_prepare (PlatterSandbox *self, GError **error)
{
  const struct passwd *user = getpwnam (SANDBOX_USER);

  self->user = user != NULL && user->pw_uid != 0 ? user->pw_uid : SANDBOX_NOBODY;
  self->group = user != NULL && user->pw_gid != 0 ? user->pw_gid : SANDBOX_NOBODY;
  sandbox_warm_up ();
  sandbox_leave_namespaces ();
  if (!sandbox_limit (RLIMIT_CORE, 0, "forbidding core dumps", error)
      || !sandbox_limit (RLIMIT_NOFILE, SANDBOX_MAX_FDS, "limiting descriptors", error))
    return FALSE;
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return sandbox_fail (error, "forbidding new privileges");
  return sandbox_close_files (error);
}

void
platter_sandbox_stay (PlatterSandbox *self)
{
  self->user = 0;
  self->group = 0;
}

gboolean
platter_sandbox_close (
  const PlatterSandbox *self, int own_socket, const int *sockets, guint n_sockets, GError **error)
{
  if (!sandbox_become (self->user, self->group, error) || !sandbox_drop_capabilities (error)
      || !sandbox_close_terminal (error))
    return FALSE;
  /* Changing the user has set this anew. */
  if (prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    return sandbox_fail (error, "forbidding to be traced");
  return platter_syscalls_close (own_socket, sockets, n_sockets, error);
}

gboolean
platter_sandbox_limit_memory (guint64 n_bytes, GError **error)
{
  /* Sanitizers reserve terabytes. */
  return platter_syscalls_has_sanitizer ()
         || sandbox_limit (RLIMIT_DATA, n_bytes, "limiting memory", error);
}
