// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is made of a drive's own word on its health.

#include "client/drive-health.h"

#define WELL                                                                                       \
  .is_supported = TRUE, .is_enabled = TRUE, .updated_s = 1700000000, .selftest = "success"

static void
assert_ata (PlatterSmartAta smart, const char *code)
{
  PlatterDriveHealth health = platter_drive_health_from_ata (&smart);

  g_assert_cmpstr (platter_drive_health_get_code (&health), ==, code);
}

/* Where SMART is off or was never read, the other values mean nothing. */
static void
test_unknown (void)
{
  PlatterSmartAta off = { WELL, .is_failing = TRUE };

  off.is_enabled = FALSE;
  assert_ata (off, "unknown");
  off = (PlatterSmartAta){ WELL, .is_failing = TRUE };
  off.is_supported = FALSE;
  assert_ata (off, "unknown");
  off = (PlatterSmartAta){ WELL, .is_failing = TRUE, .n_bad_sectors = 8 };
  off.updated_s = 0;
  assert_ata (off, "unknown");
}

static void
test_ata (void)
{
  PlatterSmartAta tested = { WELL };

  assert_ata ((PlatterSmartAta){ WELL }, "good");
  assert_ata ((PlatterSmartAta){ WELL, .n_bad_sectors = -1, .n_attributes_failing = -1 }, "good");
  assert_ata ((PlatterSmartAta){ WELL, .n_bad_sectors = 1 }, "bad-sectors");
  assert_ata ((PlatterSmartAta){ WELL, .is_failing = TRUE }, "failing");
  /* It may be too hot, or old. */
  assert_ata ((PlatterSmartAta){ WELL, .n_attributes_failing = 1 }, "good");
  assert_ata ((PlatterSmartAta){ WELL, .n_attributes_failing = 1, .n_bad_sectors = 1 }, "failing");

  for (const char *const *word = (const char *const[]){ "aborted", "interrupted", "inprogress",
                                                        "of a later UDisks2", "", NULL };
       *word != NULL; word++)
    {
      tested.selftest = *word;
      assert_ata (tested, "good");
    }
  for (const char *const *word
       = (const char *const[]){ "fatal", "error_unknown", "error_electrical", "error_servo",
                                "error_handling", NULL };
       *word != NULL; word++)
    {
      tested.selftest = *word;
      assert_ata (tested, "failing");
    }
  tested.selftest = "error_read";
  assert_ata (tested, "bad-sectors");
  tested.selftest = NULL;
  assert_ata (tested, "good");
}

static void
assert_nvme (guint64 updated_s, const char *warning, const char *code)
{
  const char *warnings[] = { "temperature", warning, NULL };
  PlatterDriveHealth health = platter_drive_health_from_nvme (updated_s, warnings);

  g_assert_cmpstr (platter_drive_health_get_code (&health), ==, code);
}

static void
test_nvme (void)
{
  PlatterDriveHealth silent = platter_drive_health_from_nvme (1700000000, NULL);

  g_assert_cmpint (silent.kind, ==, PLATTER_HEALTH_UNKNOWN);
  assert_nvme (0, "degraded", "unknown");
  assert_nvme (1700000000, NULL, "good");
  assert_nvme (1700000000, "volatile_mem", "good");
  assert_nvme (1700000000, "pmr_readonly", "good");
  assert_nvme (1700000000, "spare", "failing");
  assert_nvme (1700000000, "degraded", "failing");
  assert_nvme (1700000000, "readonly", "failing");
}

static void
assert_said (char *said, const char *expected)
{
  g_assert_cmpstr (said, ==, expected);
  g_free (said);
}

/* A drive that is well, or silent, is not talked about. */
static void
test_words (void)
{
  PlatterDriveHealth health = { PLATTER_HEALTH_UNKNOWN, 0 };

  for (; health.kind <= PLATTER_HEALTH_GOOD; health.kind++)
    {
      assert_said (platter_drive_health_dup_words (&health), NULL);
      assert_said (platter_drive_health_dup_source_words (&health), NULL);
      assert_said (platter_drive_health_dup_target_words (&health), NULL);
      assert_said (platter_drive_health_dup_advice (&health, "Disk"), NULL);
      assert_said (platter_drive_health_dup_warning (&health, "Disk"), NULL);
    }
  assert_said (platter_drive_health_dup_words (&health), "Bad sectors, says its self-monitoring");
  health.n_bad_sectors = 1;
  assert_said (platter_drive_health_dup_words (&health), "1 bad sector, says its self-monitoring");
  health.n_bad_sectors = 24;
  assert_said (platter_drive_health_dup_source_words (&health),
               "24 bad sectors, says its self-monitoring: rescue it");
  assert_said (platter_drive_health_dup_target_words (&health),
               "24 bad sectors, says its self-monitoring");
  assert_said (platter_drive_health_dup_warning (&health, "Disk"), NULL);
  health.kind = PLATTER_HEALTH_FAILING;
  assert_said (platter_drive_health_dup_target_words (&health),
               "Failing, says its self-monitoring: do not trust it");
  assert_said (platter_drive_health_dup_advice (&health, "Disk"),
               "Disk is failing, says its self-monitoring: rescue it now, and use it for nothing "
               "else before.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/drive-health/unknown", test_unknown);
  g_test_add_func ("/drive-health/ata", test_ata);
  g_test_add_func ("/drive-health/nvme", test_nvme);
  g_test_add_func ("/drive-health/words", test_words);
  return g_test_run ();
}
