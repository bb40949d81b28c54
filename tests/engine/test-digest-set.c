// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Digests on threads of their own, of which one may be far ahead of the others.

#include "engine/digest-set.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WINDOW 4
#define N_BLOCKS 64
#define BLOCK_BYTES 512
#define SHORT_US (50 * 1000)

static const struct
{
  PlatterDigests digest;
  GChecksumType checksum;
} kinds[] = {
  { PLATTER_DIGEST_SHA256, G_CHECKSUM_SHA256 },
  { PLATTER_DIGEST_SHA512, G_CHECKSUM_SHA512 },
  { PLATTER_DIGEST_MD5, G_CHECKSUM_MD5 },
};
static gint is_held;

static void
hold_cb (int number)
{
  while (g_atomic_int_get (&is_held))
    usleep (1000);
}

static char *
dup_task_file (const char *task, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/%s", task, name);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static gboolean
is_digester (const char *task)
{
  g_autofree char *name = dup_task_file (task, "comm");

  return g_strcmp0 (name, "platter-digest\n") == 0;
}

static gboolean
is_asleep (const char *task)
{
  g_autofree char *text = dup_task_file (task, "stat");

  return text != NULL && strstr (text, ") S ") != NULL;
}

/* Returns: (nullable): one that is there by now. */
static char *
dup_digester (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/task", 0, NULL);
  const char *task = NULL;

  while ((task = g_dir_read_name (folder)) != NULL)
    if (is_digester (task))
      return g_strdup (task);
  return NULL;
}

/* Any of them: as long as it sleeps, it holds no lock. */
static void
hold_one (void)
{
  g_autofree char *task = NULL;

  while ((task = dup_digester ()) == NULL || !is_asleep (task))
    g_clear_pointer (&task, g_free);
  g_atomic_int_set (&is_held, TRUE);
  g_assert_cmpint (
    syscall (SYS_tgkill, getpid (), (pid_t)g_ascii_strtoll (task, NULL, 10), SIGUSR1), ==, 0);
  g_usleep (SHORT_US);
}

static void
notify_cb (gpointer data)
{
}

static guint8 *
new_content (void)
{
  guint8 *data = g_malloc (N_BLOCKS * BLOCK_BYTES);

  for (gsize i = 0; i < N_BLOCKS * BLOCK_BYTES; i++)
    data[i] = (guint8)(i * i >> 5);
  return data;
}

static void
check_digests (PlatterDigestSet *set, const guint8 *data)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *expected
        = g_compute_checksum_for_data (kinds[i].checksum, data, N_BLOCKS * BLOCK_BYTES);

      g_assert_cmpstr (platter_digest_set_get_hex (set, kinds[i].digest), ==, expected);
    }
}

/* As many blocks are under way as there is room for, as when one is packed as it is read. */
static void
test_one_is_held_up (void)
{
  g_autofree guint8 *data = new_content ();
  PlatterDigestSet *set
    = platter_digest_set_new (PLATTER_DIGEST_SHA256 | PLATTER_DIGEST_SHA512 | PLATTER_DIGEST_MD5,
                              N_BLOCKS, WINDOW, notify_cb, NULL, NULL);
  guint64 n_pushed = 0;
  guint64 n_popped = 0;

  signal (SIGUSR1, hold_cb);
  platter_digest_set_start (set);
  hold_one ();
  for (gint64 held_us = g_get_monotonic_time (); n_popped < N_BLOCKS;)
    {
      gpointer item = platter_digest_set_pop (set);

      if (item != NULL)
        {
          g_assert_false (g_atomic_int_get (&is_held));
          g_assert_cmpuint (GPOINTER_TO_SIZE (item), ==, ++n_popped);
        }
      if (n_pushed < N_BLOCKS && n_pushed - n_popped < WINDOW)
        {
          platter_digest_set_push (set, n_pushed, data + n_pushed * BLOCK_BYTES, BLOCK_BYTES,
                                   GSIZE_TO_POINTER (n_pushed + 1));
          n_pushed++;
        }
      if (g_get_monotonic_time () - held_us > SHORT_US)
        g_atomic_int_set (&is_held, FALSE);
    }
  while (!platter_digest_set_is_complete (set))
    g_usleep (1000);
  check_digests (set, data);
  platter_digest_set_free (set);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/digest-set/one-is-held-up", test_one_is_held_up);
  return g_test_run ();
}
