// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The system calls that are left when the sandbox is closed.

#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <linux/fs.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sanitizer.h"
#include "status.h"

typedef struct
{
  int number;
  guint argument;
  guint64 mask;
  guint64 value;
} SyscallRule;

/* What copying, hashing, waiting and ending take; nothing that makes a new descriptor but by the socket. */
static const int syscalls_allowed[] = {
  /* data, on descriptors that are there */
  SCMP_SYS (read),
  SCMP_SYS (readv),
  SCMP_SYS (pread64),
  SCMP_SYS (preadv),
  SCMP_SYS (preadv2),
  SCMP_SYS (write),
  SCMP_SYS (writev),
  SCMP_SYS (pwrite64),
  SCMP_SYS (pwritev),
  SCMP_SYS (pwritev2),
  SCMP_SYS (lseek),
  SCMP_SYS (_llseek),
  SCMP_SYS (fsync),
  SCMP_SYS (fdatasync),
  SCMP_SYS (fallocate),
  SCMP_SYS (fadvise64),
  SCMP_SYS (fadvise64_64),
  SCMP_SYS (ftruncate),
  SCMP_SYS (ftruncate64),
  SCMP_SYS (fstat),
  SCMP_SYS (fstat64),
  SCMP_SYS (close),
  SCMP_SYS (io_uring_enter),
  /* memory */
  SCMP_SYS (munmap),
  SCMP_SYS (mremap),
  SCMP_SYS (madvise),
  SCMP_SYS (brk),
  SCMP_SYS (mlock),
  SCMP_SYS (munlock),
  /* threads and waiting */
  SCMP_SYS (futex),
  SCMP_SYS (futex_time64),
  SCMP_SYS (set_robust_list),
  SCMP_SYS (rseq),
  SCMP_SYS (sched_getaffinity),
  SCMP_SYS (sched_yield),
  SCMP_SYS (gettid),
  SCMP_SYS (getpid),
  SCMP_SYS (membarrier),
  SCMP_SYS (poll),
  SCMP_SYS (ppoll),
  SCMP_SYS (ppoll_time64),
  SCMP_SYS (epoll_wait),
  SCMP_SYS (epoll_pwait),
  SCMP_SYS (epoll_ctl),
  SCMP_SYS (rt_sigprocmask),
  SCMP_SYS (rt_sigaction),
  SCMP_SYS (rt_sigreturn),
  SCMP_SYS (sigaltstack),
  SCMP_SYS (restart_syscall),
  SCMP_SYS (exit),
  SCMP_SYS (exit_group),
  /* time and chance */
  SCMP_SYS (clock_gettime),
  SCMP_SYS (clock_gettime64),
  SCMP_SYS (clock_getres),
  SCMP_SYS (clock_nanosleep),
  SCMP_SYS (clock_nanosleep_time64),
  SCMP_SYS (nanosleep),
  SCMP_SYS (gettimeofday),
  SCMP_SYS (time),
  SCMP_SYS (getrandom),
  SCMP_SYS (sysinfo),
  SCMP_SYS (getrusage),
};

/* The second one is what a C library for 32 bits calls. On i386 the first one has its arguments in memory, where a filter can't look. */
static const int syscalls_of_memory[] = {
#ifndef __i386__
  SCMP_SYS (mmap),
#endif
  SCMP_SYS (mmap2),
};

/* Allowed with one argument only: ioctls and fcntls by their number, no memory that can be executed. */
static const SyscallRule syscalls_limited[] = {
  { SCMP_SYS (ioctl), 1, G_MAXUINT32, BLKGETSIZE64 },
  { SCMP_SYS (ioctl), 1, G_MAXUINT32, BLKSSZGET },
  { SCMP_SYS (ioctl), 1, G_MAXUINT32, BLKPBSZGET },
  { SCMP_SYS (ioctl), 1, G_MAXUINT32, BLKZEROOUT },
  { SCMP_SYS (ioctl), 1, G_MAXUINT32, BLKFLSBUF },
#ifdef PLATTER_HAS_SANITIZER
  { SCMP_SYS (ioctl), 1, G_MAXUINT32, TCGETS }, /* is there a terminal to report to? */
#endif
  { SCMP_SYS (fcntl), 1, G_MAXUINT32, F_GETFL },
  { SCMP_SYS (fcntl), 1, G_MAXUINT32, F_SETFL },
  { SCMP_SYS (fcntl), 1, G_MAXUINT32, F_GETFD },
  /* The same, of a C library for 32 bits. */
  { SCMP_SYS (fcntl64), 1, G_MAXUINT32, F_GETFL },
  { SCMP_SYS (fcntl64), 1, G_MAXUINT32, F_SETFL },
  { SCMP_SYS (fcntl64), 1, G_MAXUINT32, F_GETFD },
  { SCMP_SYS (mprotect), 2, PROT_EXEC, 0 },
  { SCMP_SYS (prctl), 0, G_MAXUINT32, PR_SET_NAME },
  /* A filter can only take more away. */
  { SCMP_SYS (seccomp), 0, G_MAXUINT32, SECCOMP_SET_MODE_FILTER },
/* A thread, not a process. clone(2): there the stack comes first. */
#ifdef __s390__
  { SCMP_SYS (clone), 1, CLONE_THREAD, CLONE_THREAD },
#else
  { SCMP_SYS (clone), 0, CLONE_THREAD, CLONE_THREAD },
#endif
};

/* fstat() of today's C library where there is none of our own: a descriptor, and a path that is empty unless somebody lies. */
static const SyscallRule syscalls_of_status[] = {
  { SCMP_SYS (newfstatat), 3, AT_EMPTY_PATH, AT_EMPTY_PATH },
  { SCMP_SYS (statx), 2, AT_EMPTY_PATH, AT_EMPTY_PATH },
};

/*
 * What the C library may try at any time, to look up how many processors there are or what time zone it is: it
 * does without, so a job need not die of it. In builds with a sanitizer, which only tests have, they are
 * allowed and landlock alone refuses files: the sanitizers look into /proc when they report.
 */
static const int syscalls_denied[] = {
  SCMP_SYS (open),       SCMP_SYS (openat), SCMP_SYS (access),   SCMP_SYS (faccessat),
  SCMP_SYS (faccessat2), SCMP_SYS (stat),   SCMP_SYS (readlink), SCMP_SYS (readlinkat),
};

/* What could change a drive, or let the kernel do so. */
static const int syscalls_of_writing[] = {
  SCMP_SYS (write),     SCMP_SYS (writev),      SCMP_SYS (pwrite64),       SCMP_SYS (pwritev),
  SCMP_SYS (pwritev2),  SCMP_SYS (fallocate),   SCMP_SYS (io_uring_enter), SCMP_SYS (ioctl),
  SCMP_SYS (ftruncate), SCMP_SYS (ftruncate64),
};

#ifdef PLATTER_HAS_SANITIZER
#  define SYSCALLS_DENIED_ACTION SCMP_ACT_ALLOW
/* The sanitizers also manage memory and threads in ways of their own, and their reports must get out. */
static const int syscalls_of_sanitizers[] = {
  SCMP_SYS (newfstatat), SCMP_SYS (mmap),      SCMP_SYS (mprotect),  SCMP_SYS (prctl),
  SCMP_SYS (uname),      SCMP_SYS (getrlimit), SCMP_SYS (prlimit64), SCMP_SYS (getdents64),
  SCMP_SYS (arch_prctl), SCMP_SYS (mincore),   SCMP_SYS (pipe2),     SCMP_SYS (getppid),
  SCMP_SYS (dup),        SCMP_SYS (getuid),    SCMP_SYS (geteuid),   SCMP_SYS (kill),
};
#else
#  define SYSCALLS_DENIED_ACTION SCMP_ACT_ERRNO (EACCES)
#endif

static gboolean
syscalls_fail (GError **error, int code)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (-code), "The sandbox can’t be closed: %s.",
               g_strerror (-code));
  return FALSE;
}

static int
syscalls_add_limited (scmp_filter_ctx filter, const SyscallRule *rules, gsize n_rules)
{
  int result = 0;

  for (gsize i = 0; i < n_rules && result == 0; i++)
    result = seccomp_rule_add (
      filter, SCMP_ACT_ALLOW, rules[i].number, 1,
      SCMP_CMP64 (rules[i].argument, SCMP_CMP_MASKED_EQ, rules[i].mask, rules[i].value));
  return result;
}

/* The C library itself does without where it asks for a buffer's size. */
static int
syscalls_add_status (scmp_filter_ctx filter)
{
  int result = 0;

  if (!platter_status_is_own ())
    return syscalls_add_limited (filter, syscalls_of_status, G_N_ELEMENTS (syscalls_of_status));
  for (gsize i = 0; i < G_N_ELEMENTS (syscalls_of_status) && result == 0; i++)
    result = seccomp_rule_add (filter, SCMP_ACT_ERRNO (EACCES), syscalls_of_status[i].number, 0);
  return result;
}

static int
syscalls_add_rules (scmp_filter_ctx filter)
{
  int result = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (syscalls_allowed) && result == 0; i++)
    result = seccomp_rule_add (filter, SCMP_ACT_ALLOW, syscalls_allowed[i], 0);
#ifdef PLATTER_HAS_SANITIZER
  for (gsize i = 0; i < G_N_ELEMENTS (syscalls_of_sanitizers) && result == 0; i++)
    result = seccomp_rule_add (filter, SCMP_ACT_ALLOW, syscalls_of_sanitizers[i], 0);
#endif
  for (gsize i = 0; i < G_N_ELEMENTS (syscalls_denied) && result == 0; i++)
    result = seccomp_rule_add (filter, SYSCALLS_DENIED_ACTION, syscalls_denied[i], 0);
  if (result == 0)
    result = syscalls_add_limited (filter, syscalls_limited, G_N_ELEMENTS (syscalls_limited));
  if (result == 0)
    result = syscalls_add_status (filter);
  /* To itself, as abort() does. Whoever is not root stays who he is, and has other processes. */
  if (result == 0)
    result = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (tgkill), 1,
                               SCMP_CMP32 (0, SCMP_CMP_EQ, (guint32)getpid ()));
  /* Memory that can't be executed, and that no file shares: what is stored in a shared one is written without a system
     call, also after writing was forbidden. */
  for (gsize i = 0; i < G_N_ELEMENTS (syscalls_of_memory) && result == 0; i++)
    result = seccomp_rule_add (filter, SCMP_ACT_ALLOW, syscalls_of_memory[i], 2,
                               SCMP_CMP64 (2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                               SCMP_CMP64 (3, SCMP_CMP_MASKED_EQ, MAP_SHARED, 0));
  /* Its arguments lie in memory, where a filter can't look; the C library then takes clone. */
  if (result == 0)
    result = seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOSYS), SCMP_SYS (clone3), 0);
  return result;
}

/* To whom it is connected, and nobody else: the address is none. libnbd also says once more that nobody inherits it, and
   when it leaves that nothing more will come. */
static int
syscalls_add_socket (scmp_filter_ctx filter, int socket)
{
  const SyscallRule rules[] = {
    { SCMP_SYS (sendto), 4, G_MAXUINT64, 0 },
    { SCMP_SYS (recvfrom), 4, G_MAXUINT64, 0 },
    { SCMP_SYS (fcntl), 1, G_MAXUINT32, F_SETFD },
    { SCMP_SYS (shutdown), 1, G_MAXUINT32, SHUT_WR },
  };
  int result = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (rules) && result == 0; i++)
    result = seccomp_rule_add (
      filter, SCMP_ACT_ALLOW, rules[i].number, 2, SCMP_CMP32 (0, SCMP_CMP_EQ, (guint32)socket),
      SCMP_CMP64 (rules[i].argument, SCMP_CMP_MASKED_EQ, rules[i].mask, rules[i].value));
  return result;
}

/* With descriptors, which only the one at the other end of this socket is to have. */
static int
syscalls_add_own_socket (scmp_filter_ctx filter, int own_socket)
{
  const int numbers[] = { SCMP_SYS (sendmsg), SCMP_SYS (recvmsg) };
  int result = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (numbers) && result == 0; i++)
    result = seccomp_rule_add (filter, SCMP_ACT_ALLOW, numbers[i], 1,
                               SCMP_CMP32 (0, SCMP_CMP_EQ, (guint32)own_socket));
  return result;
}

static int
syscalls_add_writing (scmp_filter_ctx filter)
{
  int result = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (syscalls_of_writing) && result == 0; i++)
    result = seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), syscalls_of_writing[i], 0);
  /* Privileges were given up with the first filter; asking for that again is another system call. */
  return result == 0 ? seccomp_attr_set (filter, SCMP_FLTATR_CTL_NNP, 0) : result;
}

static gboolean
syscalls_load (guint32 fallback,
               int (*add) (scmp_filter_ctx filter),
               int own_socket,
               const int *sockets,
               guint n_sockets,
               GError **error)
{
  scmp_filter_ctx filter = seccomp_init (fallback);
  int result = filter != NULL ? 0 : -ENOMEM;

  /* All threads, also those that the engine has made already. */
  if (result == 0)
    result = seccomp_attr_set (filter, SCMP_FLTATR_CTL_TSYNC, 1);
  if (result == 0)
    result = add (filter);
  if (result == 0 && own_socket >= 0)
    result = syscalls_add_own_socket (filter, own_socket);
  for (guint i = 0; i < n_sockets && result == 0; i++)
    result = syscalls_add_socket (filter, sockets[i]);
  if (result == 0)
    result = seccomp_load (filter);
  seccomp_release (filter);
  return result == 0 || syscalls_fail (error, result);
}

gboolean
platter_syscalls_close (int own_socket, const int *sockets, guint n_sockets, GError **error)
{
  return syscalls_load (SCMP_ACT_KILL_PROCESS, syscalls_add_rules, own_socket, sockets, n_sockets,
                        error);
}

gboolean
platter_syscalls_forbid_writing (GError **error)
{
  return syscalls_load (SCMP_ACT_ALLOW, syscalls_add_writing, -1, NULL, 0, error);
}

gboolean
platter_syscalls_has_sanitizer (void)
{
#ifdef PLATTER_HAS_SANITIZER
  return TRUE;
#else
  return FALSE;
#endif
}
