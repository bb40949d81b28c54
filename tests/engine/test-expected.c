// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A source that has to be what somebody has told of it, before a target looks like a whole copy.

#include "job.h"

#include "engine/errors.h"

#include <openssl/evp.h>

#define LAST_BYTES 100
#define SIZE_BYTES (7 * JOB_MIB + LAST_BYTES)
#define LOOK_US 1000

static gint is_held; /* atomic: no digest gets over the last block */

int __real_EVP_DigestUpdate (EVP_MD_CTX *context, const void *data, size_t length);
int __wrap_EVP_DigestUpdate (EVP_MD_CTX *context, const void *data, size_t length);

/* The linker puts it in the way of the real one. */
int
__wrap_EVP_DigestUpdate (EVP_MD_CTX *context, const void *data, size_t length)
{
  while (length == LAST_BYTES && g_atomic_int_get (&is_held))
    g_usleep (LOOK_US);
  return __real_EVP_DigestUpdate (context, data, length);
}

static char *
dup_digest (Job *job, GChecksumType type, gboolean is_right)
{
  char *hex = g_compute_checksum_for_data (type, job->source_data, job->source_bytes);

  hex[5] = is_right ? hex[5] : 'x';
  return hex;
}

static void
assert_verdict (Job *job, gboolean is_right)
{
  if (is_right)
    g_assert_no_error (job->error);
  else
    g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_DIGEST);
  for (guint i = 0; i < job->n_targets; i++)
    {
      g_assert_cmpint (job_get_target (job, i).verdict, ==,
                       is_right ? PLATTER_VERDICT_VERIFIED : PLATTER_VERDICT_FAILED);
      g_assert_true (is_right ? job_target_equals (job, i) : job_target_looks_unfinished (job, i));
    }
}

static void
test_one (gconstpointer data)
{
  for (gboolean is_right = FALSE; is_right <= TRUE; is_right++)
    {
      g_autoptr (Job) job = job_new (SIZE_BYTES, 2, GPOINTER_TO_UINT (data));
      g_autofree char *hex = dup_digest (job, G_CHECKSUM_SHA256, is_right);
      const PlatterExpectedDigest expected = { PLATTER_DIGEST_SHA256, hex };

      job->options.expected = &expected;
      job->options.n_expected = 1;
      job_run (job);
      assert_verdict (job, is_right);
    }
}

/* One that is right does not make up for one that is not. */
static void
test_several (gconstpointer data)
{
  for (guint right = 0; right < 4; right++)
    {
      g_autoptr (Job) job = job_new (SIZE_BYTES, 1, GPOINTER_TO_UINT (data));
      g_autofree char *md5 = dup_digest (job, G_CHECKSUM_MD5, right % 2 == 1);
      g_autofree char *sha256 = dup_digest (job, G_CHECKSUM_SHA256, right / 2 == 1);
      const PlatterExpectedDigest expected[]
        = { { PLATTER_DIGEST_MD5, md5 }, { PLATTER_DIGEST_SHA256, sha256 } };

      job->options.expected = expected;
      job->options.n_expected = G_N_ELEMENTS (expected);
      job_run (job);
      assert_verdict (job, right == 3);
    }
}

static void
edge_written_cb (gpointer data)
{
  g_assert_false (g_atomic_int_get (&is_held));
}

/* Everything else has been copied and proven long before the digest is known. */
static void
test_late (gconstpointer data)
{
  FaultCall call = { edge_written_cb, NULL };

  for (gboolean is_right = FALSE; is_right <= TRUE; is_right++)
    {
      g_autoptr (Job) job = job_new (SIZE_BYTES, 1, GPOINTER_TO_UINT (data));
      g_autofree char *hex = dup_digest (job, G_CHECKSUM_SHA256, is_right);
      const PlatterExpectedDigest expected = { PLATTER_DIGEST_SHA256, hex };
      const guint64 edges[] = { 0, 7 * JOB_MIB };
      GThread *thread = NULL;

      job->options.expected = &expected;
      job->options.n_expected = 1;
      /* What is written to them first is the mark. */
      for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
        job_add_fault (job, (Fault){ FAULT_CALL, 1, PLATTER_IO_WRITE, edges[i], edges[i] + 1,
                                     .skip = 1, .value = (guintptr)&call });
      g_atomic_int_set (&is_held, TRUE);
      g_assert_true (job_prepare (job));
      thread = job_start (job);
      while (job_get_target (job, 0).phase != PLATTER_PHASE_FINISHING)
        g_usleep (LOOK_US);
      g_assert_true (job_target_looks_unfinished (job, 0));
      g_atomic_int_set (&is_held, FALSE);
      g_thread_join (thread);
      assert_verdict (job, is_right);
    }
}

static const struct
{
  const char *name;
  GTestDataFunc run;
} cases[] = {
  { "one", test_one },
  { "several", test_several },
  { "late", test_late },
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *uring = g_strdup_printf ("/expected/io-uring/%s", cases[i].name);
      g_autofree char *threads = g_strdup_printf ("/expected/threads/%s", cases[i].name);

      g_test_add_data_func (uring, GUINT_TO_POINTER (PLATTER_QUEUE_URING), cases[i].run);
      g_test_add_data_func (threads, GUINT_TO_POINTER (PLATTER_QUEUE_THREADS), cases[i].run);
    }
  return g_test_run ();
}
