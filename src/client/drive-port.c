// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where a drive is plugged in, read from its place in sysfs.

#include "config.h"

#include "drive-port.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "../device/sysfs.h"

const char *
platter_drive_port_get_bus (const char *folder, const char *name)
{
  static const struct
  {
    const char *part;
    const char *bus;
  } places[] = {
    { "/usb", "usb" },
    { "/nvme", "nvme" },
    { "/mmc_host/", "mmc" },
    { "/ata", "sata" },
    { "/virtio", "virtio" },
    { "/firewire/", "ieee1394" },
    { "/virtual/block/zram", "ram" },
  };

  if (g_str_has_prefix (name, "loop"))
    return "loop";
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (strstr (folder, places[i].part) != NULL)
      return places[i].bus;
  return "";
}

/* The nearest folder above that is a USB device: it has both attributes, its interfaces have neither. */
static char *
drive_port_dup_usb_folder (const char *folder)
{
  g_autofree char *place = g_strdup (folder);

  while (strlen (place) > 1 && !g_str_equal (place, "."))
    {
      if (platter_sysfs_has_attribute (place, "devpath")
          && platter_sysfs_has_attribute (place, "speed"))
        return g_steal_pointer (&place);

      char *above = g_path_get_dirname (place);
      g_free (place);
      place = above;
    }
  return NULL;
}

static int
drive_port_get_usb_generation (const char *folder)
{
  /* In Mbit/s; "1.5" reads as no number and is the first generation as well. */
  guint64 speed = platter_sysfs_get_attribute (folder, "speed", 0);

  if (speed >= 20000)
    return 4;
  if (speed >= 5000)
    return 3;
  return speed >= 480 ? 2 : 1;
}

static char *
drive_port_dup_usb (const char *folder)
{
  int generation = drive_port_get_usb_generation (folder);
  g_autofree char *path = platter_sysfs_dup_attribute (folder, "devpath");
  const char *dot = path != NULL ? strrchr (path, '.') : NULL;

  if (dot != NULL)
    /* Translators: the generation of USB, and the port of the hub that the drive is plugged into */
    return g_strdup_printf (_ ("USB %d, hub port %s"), generation, dot + 1);
  /* Translators: the generation of USB, and the port that the drive is plugged into */
  return g_strdup_printf (_ ("USB %d, port %s"), generation, path != NULL ? path : "?");
}

char *
platter_drive_port_dup (const char *folder)
{
  g_autofree char *usb = NULL;
  const char *ata = strstr (folder, "/ata");

  if (strstr (folder, "/usb") != NULL)
    usb = drive_port_dup_usb_folder (folder);
  if (usb != NULL)
    return drive_port_dup_usb (usb);
  if (ata != NULL && g_ascii_isdigit (ata[strlen ("/ata")]))
    /* Translators: the port of the mainboard that a SATA drive is plugged into */
    return g_strdup_printf (_ ("SATA %d"), (int)g_ascii_strtoull (ata + strlen ("/ata"), NULL, 10));
  return g_strdup ("");
}
