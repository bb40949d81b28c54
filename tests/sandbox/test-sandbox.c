// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The sandbox, from the inside: a child closes it and then does what it must, or must not, be able to do.

#include "sandbox/sandbox.h"
#include "sandbox/status.h"
#include "sandbox/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/landlock.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Returns 0 if all is as it should be. */
typedef int (*ChildFunc) (int fd);

/* What may be talked on when the sandbox is closed, and what not. */
static int own_sockets[2];
static int sockets[2];
static int other_sockets[2];
static pid_t parent_pid;

enum
{
  CHILD_FINE,
  CHILD_WRONG,
  CHILD_NO_SANDBOX,
};

static pid_t
start_child (ChildFunc function, gboolean is_closed, int *fd)
{
  g_autofree char *path = NULL;
  PlatterSandbox sandbox;
  pid_t child = -1;

  *fd = g_file_open_tmp ("platter-sandbox-XXXXXX", &path, NULL);
  g_assert_cmpint (*fd, >=, 0);
  unlink (path);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child != 0)
    return child;
  if (!platter_sandbox_prepare (&sandbox, NULL)
      || (is_closed && !platter_sandbox_close (&sandbox, own_sockets[0], sockets, 1, NULL)))
    _exit (CHILD_NO_SANDBOX);
  _exit (function (*fd));
}

static int
run_child (ChildFunc function, gboolean is_closed)
{
  int fd = -1;
  int status = 0;
  pid_t child = start_child (function, is_closed, &fd);

  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  close (fd);
  return status;
}

static int
child_waits (int fd)
{
  char byte = 0;

  /* Says that the sandbox is closed, then waits to be killed. */
  if (pwrite (fd, "c", 1, 0) != 1)
    return CHILD_WRONG;
  while (pread (fd, &byte, 1, 0) == 1 && byte == 'c')
    g_usleep (10 * 1000);
  return CHILD_FINE;
}

static int
child_opens_nothing (int fd)
{
  const char *const paths[] = { "/etc/passwd", "/proc/self/maps", "/dev/null", "/" };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    if (open (paths[i], O_RDONLY | O_CLOEXEC) >= 0)
      return CHILD_WRONG;
  return open ("/tmp/platter-sandbox", O_RDWR | O_CREAT, 0600) < 0 ? CHILD_FINE : CHILD_WRONG;
}

/* Whether there is a file, how large it is and when it was changed is nobody's business either. */
static int
child_looks_up (int fd)
{
  struct stat status;
  struct statx more;

  if (syscall (SYS_newfstatat, AT_FDCWD, "/etc/passwd", &status, AT_EMPTY_PATH) == 0
      || errno != EACCES)
    return CHILD_WRONG;
  return syscall (SYS_statx, AT_FDCWD, "/etc/passwd", AT_EMPTY_PATH, STATX_SIZE, &more) != 0
             && errno == EACCES
           ? CHILD_FINE
           : CHILD_WRONG;
}

static gpointer
add_one_thread (gpointer data)
{
  int *number = data;

  *number += 1;
  return NULL;
}

/* What a transfer takes: data, flushing, room, threads, memory, waiting. */
static int
child_works (int fd)
{
  const char text[] = "data";
  char back[sizeof text] = { 0 };
  int number = 0;
  struct stat status;
  g_autofree guint8 *memory = g_malloc0 (32 * 1024 * 1024);

  if (memory == NULL || pwrite (fd, text, sizeof text, 0) != sizeof text || fsync (fd) != 0
      || fdatasync (fd) != 0 || pread (fd, back, sizeof back, 0) != sizeof back
      || memcmp (text, back, sizeof text) != 0)
    return CHILD_WRONG;
  if (ftruncate (fd, 8192) != 0 || fstat (fd, &status) != 0 || status.st_size != 8192
      || posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED) != 0
      || fcntl (fd, F_SETFL, fcntl (fd, F_GETFL)) != 0)
    return CHILD_WRONG;
  for (int i = 0; i < 4; i++)
    g_thread_join (g_thread_new ("a thread", add_one_thread, &number));
  g_usleep (1000);
  return number == 4 && g_strerror (EIO) != NULL ? CHILD_FINE : CHILD_WRONG;
}

/* After the report: what is there can be read, and nothing can be changed. */
static int
child_writes_no_more (int fd)
{
  char byte = 0;

  if (pwrite (fd, "a", 1, 0) != 1 || !platter_syscalls_forbid_writing (NULL))
    return CHILD_WRONG;
  if (pwrite (fd, "b", 1, 0) >= 0 || write (fd, "b", 1) >= 0 || ftruncate (fd, 0) >= 0
      || fallocate (fd, 0, 0, 8192) >= 0 || ioctl (fd, BLKZEROOUT, NULL) >= 0 || errno != EPERM)
    return CHILD_WRONG;
  return pread (fd, &byte, 1, 0) == 1 && byte == 'a' ? CHILD_FINE : CHILD_WRONG;
}

/* What is stored there would be written to the drive without a system call. */
static int
child_shares_memory (int fd)
{
  return mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? CHILD_FINE
                                                                                    : CHILD_WRONG;
}

static int
child_shares_memory_once_more (int fd)
{
  return mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE, fd, 0) == MAP_FAILED
           ? CHILD_FINE
           : CHILD_WRONG;
}

static int
child_shares_memory_at_last (int fd)
{
  return platter_syscalls_forbid_writing (NULL) ? child_shares_memory (fd) : CHILD_WRONG;
}

static int
child_makes_socket (int fd)
{
  return socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0 ? CHILD_FINE : CHILD_WRONG;
}

static int
child_executes (int fd)
{
  execl ("/bin/true", "true", NULL);
  return CHILD_WRONG;
}

static int
child_forks (int fd)
{
  return syscall (SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) < 0 ? CHILD_FINE : CHILD_WRONG;
}

static int
child_traces (int fd)
{
  return ptrace (PTRACE_ATTACH, getpid (), NULL, NULL) < 0 ? CHILD_FINE : CHILD_WRONG;
}

/* Only asks whether a signal could be sent. */
static int
child_signals (int fd)
{
  return syscall (SYS_tgkill, parent_pid, parent_pid, 0) < 0 ? CHILD_FINE : CHILD_WRONG;
}

static int
child_aborts (int fd)
{
  raise (SIGUSR1);
  return CHILD_WRONG;
}

static int
child_does_other_ioctl (int fd)
{
  return ioctl (fd, BLKRRPART) < 0 ? CHILD_FINE : CHILD_WRONG;
}

static int
child_duplicates (int fd)
{
  return fcntl (fd, F_DUPFD, 10) < 0 ? CHILD_FINE : CHILD_WRONG;
}

/* Data comes and goes, on this socket and to where it is connected. */
static int
child_talks (int fd)
{
  char byte = 'x';

  return send (sockets[0], &byte, 1, 0) == 1 && read (sockets[1], &byte, 1) == 1
             && write (sockets[1], "y", 1) == 1 && recv (sockets[0], &byte, 1, 0) == 1
             && byte == 'y' && fcntl (sockets[0], F_SETFD, FD_CLOEXEC) == 0
             && shutdown (sockets[0], SHUT_WR) == 0
           ? CHILD_FINE
           : CHILD_WRONG;
}

static int
child_talks_elsewhere (int fd)
{
  return send (other_sockets[0], "x", 1, 0) < 0 ? CHILD_FINE : CHILD_WRONG;
}

static int
child_leaves_elsewhere (int fd)
{
  return shutdown (other_sockets[0], SHUT_WR) < 0 ? CHILD_FINE : CHILD_WRONG;
}

static int
child_hears_elsewhere (int fd)
{
  char byte = 0;

  return recv (other_sockets[0], &byte, 1, MSG_DONTWAIT) < 0 ? CHILD_FINE : CHILD_WRONG;
}

static int
child_sends_to_address (int fd)
{
  const struct sockaddr address = { .sa_family = AF_UNIX };

  return sendto (sockets[0], "x", 1, 0, &address, sizeof address) < 0 ? CHILD_FINE : CHILD_WRONG;
}

/* Hands a descriptor to whoever is at the other end. */
static gssize
send_fd (int socket, int fd)
{
  char byte = 'x';
  char control[CMSG_SPACE (sizeof fd)] = { 0 };
  struct iovec data = { &byte, 1 };
  struct msghdr header = {
    .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
  };
  struct cmsghdr *message = CMSG_FIRSTHDR (&header);

  message->cmsg_level = SOL_SOCKET;
  message->cmsg_type = SCM_RIGHTS;
  message->cmsg_len = CMSG_LEN (sizeof fd);
  memcpy (CMSG_DATA (message), &fd, sizeof fd);
  return sendmsg (socket, &header, MSG_NOSIGNAL);
}

static int
child_gives_to_its_own (int fd)
{
  return send_fd (own_sockets[0], fd) == 1 ? CHILD_FINE : CHILD_WRONG;
}

static int
child_gives_elsewhere (int fd)
{
  return send_fd (other_sockets[0], fd) < 0 ? CHILD_FINE : CHILD_WRONG;
}

/* To a server of an image, or of the disk of a virtual machine. */
static int
child_gives_to_a_server (int fd)
{
  return send_fd (sockets[0], fd) < 0 ? CHILD_FINE : CHILD_WRONG;
}

static int
child_takes_elsewhere (int fd)
{
  char byte = 0;
  struct iovec data = { &byte, 1 };
  struct msghdr header = { .msg_iov = &data, .msg_iovlen = 1 };

  return recvmsg (sockets[0], &header, MSG_DONTWAIT) < 0 ? CHILD_FINE : CHILD_WRONG;
}

static int
child_connects (int fd)
{
  const struct sockaddr address = { .sa_family = AF_UNIX };

  return connect (sockets[0], &address, sizeof address) < 0 ? CHILD_FINE : CHILD_WRONG;
}

static void
assert_fine (int status)
{
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, CHILD_FINE);
}

static void
assert_status (const char *status, const char *pattern)
{
  if (!g_regex_match_simple (pattern, status, G_REGEX_MULTILINE, 0))
    g_error ("no \"%s\" in:\n%s", pattern, status);
}

/* Looked at from outside, as proc(5) tells of it. */
static void
test_no_rights (void)
{
  int fd = -1;
  pid_t child = start_child (child_waits, TRUE, &fd);
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", child);
  g_autofree char *status = NULL;
  char byte = 0;
  int end = 0;

  while (waitpid (child, &end, WNOHANG) == 0 && pread (fd, &byte, 1, 0) != 1)
    g_usleep (10 * 1000);
  g_assert_cmpint (byte, ==, 'c');
  g_assert_true (g_file_get_contents (path, &status, NULL, NULL));
  g_assert_cmpint (pwrite (fd, "d", 1, 0), ==, 1);
  g_assert_cmpint (waitpid (child, &end, 0), ==, child);
  close (fd);
  assert_fine (end);
  assert_status (status, "^CapPrm:\t0+$");
  assert_status (status, "^CapEff:\t0+$");
  assert_status (status, "^CapInh:\t0+$");
  assert_status (status, "^NoNewPrivs:\t1$");
  assert_status (status, "^Seccomp:\t2$");
  if (geteuid () != 0)
    return;
  assert_status (status, "^Uid:\t([1-9][0-9]*)\t\\1\t\\1\t\\1$");
  assert_status (status, "^Gid:\t([1-9][0-9]*)\t\\1\t\\1\t\\1$");
  assert_status (status, "^Groups:\t *$");
}

static void
test_no_files (void)
{
  if (syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < 1)
    {
      g_test_skip ("this kernel has no landlock");
      return;
    }
  assert_fine (run_child (child_opens_nothing, FALSE));
}

static void
test_works (void)
{
  assert_fine (run_child (child_works, TRUE));
  assert_fine (run_child (child_writes_no_more, TRUE));
}

static void
test_talks (void)
{
  assert_fine (run_child (child_talks, TRUE));
  assert_fine (run_child (child_gives_to_its_own, TRUE));
}

static void
test_no_files_when_closed (void)
{
  assert_fine (run_child (child_opens_nothing, TRUE));
}

static void
test_looks_up_nothing (void)
{
  assert_fine (run_child (child_looks_up, TRUE));
}

static void
test_signals_itself (void)
{
  int status = run_child (child_aborts, TRUE);

  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGUSR1);
}

static void
test_killed (gconstpointer function)
{
  int status = run_child ((ChildFunc)function, TRUE);

  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGSYS);
}

/* What sanitizers do themselves, so that builds with them, which only tests have, allow it. */
static void
add_but_for_sanitizers (void)
{
  if (platter_status_is_own ())
    g_test_add_func ("/sandbox/looks-up-nothing", test_looks_up_nothing);
  if (platter_syscalls_has_sanitizer ())
    return;
  g_test_add_data_func ("/sandbox/shared-memory", child_shares_memory, test_killed);
  g_test_add_data_func ("/sandbox/shared-memory-checked", child_shares_memory_once_more,
                        test_killed);
  g_test_add_data_func ("/sandbox/shared-memory-at-last", child_shares_memory_at_last, test_killed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, own_sockets), ==, 0);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, sockets), ==, 0);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, other_sockets), ==, 0);
  parent_pid = getpid ();
  g_test_add_func ("/sandbox/no-rights", test_no_rights);
  g_test_add_func ("/sandbox/no-files", test_no_files);
  g_test_add_func ("/sandbox/no-files-when-closed", test_no_files_when_closed);
  add_but_for_sanitizers ();
  g_test_add_func ("/sandbox/works", test_works);
  g_test_add_func ("/sandbox/talks", test_talks);
  g_test_add_data_func ("/sandbox/talks-elsewhere", child_talks_elsewhere, test_killed);
  g_test_add_data_func ("/sandbox/leaves-elsewhere", child_leaves_elsewhere, test_killed);
  g_test_add_data_func ("/sandbox/hears-elsewhere", child_hears_elsewhere, test_killed);
  g_test_add_data_func ("/sandbox/gives-elsewhere", child_gives_elsewhere, test_killed);
  g_test_add_data_func ("/sandbox/gives-to-a-server", child_gives_to_a_server, test_killed);
  g_test_add_data_func ("/sandbox/takes-elsewhere", child_takes_elsewhere, test_killed);
  g_test_add_data_func ("/sandbox/address", child_sends_to_address, test_killed);
  g_test_add_data_func ("/sandbox/connect", child_connects, test_killed);
  g_test_add_data_func ("/sandbox/socket", child_makes_socket, test_killed);
  g_test_add_data_func ("/sandbox/exec", child_executes, test_killed);
  g_test_add_data_func ("/sandbox/fork", child_forks, test_killed);
  g_test_add_func ("/sandbox/signals-itself", test_signals_itself);
  g_test_add_data_func ("/sandbox/signal", child_signals, test_killed);
  g_test_add_data_func ("/sandbox/trace", child_traces, test_killed);
  g_test_add_data_func ("/sandbox/ioctl", child_does_other_ioctl, test_killed);
  g_test_add_data_func ("/sandbox/duplicate", child_duplicates, test_killed);
  return g_test_run ();
}
