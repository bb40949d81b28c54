// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Block maps as bmaptool writes them down: reading their XML.

#include "config.h"

#include "bmap.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "image.h"

/* More than any number and any digest has, with the blanks around it. */
#define MAX_VALUE_BYTES 1024
#define MAX_DEPTH 8
#define MIN_BLOCK_BYTES 512
#define MAX_BLOCK_BYTES (64 * 1024 * 1024)

typedef enum
{
  BMAP_SIZE,
  BMAP_BLOCK_SIZE,
  BMAP_BLOCKS,
  BMAP_MAPPED,
  BMAP_DIGEST,
  BMAP_OWN_DIGEST,
  BMAP_MAP,
  BMAP_RANGE,
  BMAP_ROOT,
  BMAP_N_ELEMENTS,
} BmapElement;

static const char *const bmap_elements[BMAP_N_ELEMENTS] = {
  [BMAP_SIZE] = "ImageSize",      [BMAP_BLOCK_SIZE] = "BlockSize",
  [BMAP_BLOCKS] = "BlocksCount",  [BMAP_MAPPED] = "MappedBlocksCount",
  [BMAP_DIGEST] = "ChecksumType", [BMAP_OWN_DIGEST] = "BmapFileChecksum",
  [BMAP_MAP] = "BlockMap",        [BMAP_RANGE] = "Range",
  [BMAP_ROOT] = "bmap",
};

typedef struct
{
  char *xml_fault;   /* (nullable): why it is no XML */
  const char *fault; /* (nullable): the first thing that is wrong with its content */
  gboolean is_old;   /* version 1.3, whose words are others */
  guint depth;
  gboolean is_in_map;
  gboolean is_seen[BMAP_N_ELEMENTS];
  guint64 numbers[BMAP_MAPPED + 1];
  GString *text; /* of the element that is open */
  char *digest;  /* (nullable): its kind */
  char *own;     /* (nullable): that of the file itself */
  char *range_digest;
  gboolean has_digests; /* of the ranges */
  PlatterParts *parts;
  guint64 n_mapped;
} BmapReading;

static void
bmap_note (BmapReading *self, gboolean is_good, const char *fault)
{
  if (!is_good && self->fault == NULL)
    self->fault = fault;
}

static BmapElement
bmap_find_element (const BmapReading *self, const char *name)
{
  if (self->is_old && strcmp (name, "BmapFileSHA1") == 0)
    return BMAP_OWN_DIGEST;
  for (guint i = 0; i < BMAP_N_ELEMENTS; i++)
    if (strcmp (bmap_elements[i], name) == 0)
      return i;
  return BMAP_N_ELEMENTS;
}

static void
bmap_read_version (BmapReading *self, const char *version)
{
  if (g_strcmp0 (version, "1.3") == 0)
    {
      self->is_old = TRUE;
      self->digest = g_strdup ("sha1");
      self->is_seen[BMAP_DIGEST] = TRUE;
    }
  else
    bmap_note (self, g_strcmp0 (version, "1.4") == 0 || g_strcmp0 (version, "2.0") == 0,
               _ ("only versions 1.3 to 2.0 of the format are known"));
}

/* At most one attribute has an element, and only two elements have any. Returns: (nullable): its value. */
static const char *
bmap_get_attribute (BmapReading *self,
                    BmapElement element,
                    const char **attributes,
                    const char **values)
{
  const char *name = element == BMAP_ROOT ? "version" : self->is_old ? "sha1" : "chksum";
  gboolean may_have_one = element == BMAP_ROOT || element == BMAP_RANGE;

  if (attributes[0] == NULL)
    return NULL;
  bmap_note (self, may_have_one && attributes[1] == NULL && strcmp (attributes[0], name) == 0,
             _ ("something in it is unknown"));
  return values[0];
}

static gboolean
bmap_is_in_place (const BmapReading *self, BmapElement element)
{
  if (element == BMAP_ROOT)
    return self->depth == 0;
  if (element == BMAP_RANGE)
    return self->depth == 2 && self->is_in_map;
  return self->depth == 1 && element < BMAP_N_ELEMENTS;
}

/* What the ranges count on comes before them. */
static void
bmap_start_map (BmapReading *self)
{
  self->is_in_map = TRUE;
  bmap_note (
    self, self->is_seen[BMAP_SIZE] && self->is_seen[BMAP_BLOCK_SIZE] && self->is_seen[BMAP_DIGEST],
    _ ("something is missing in it"));
}

static void
bmap_start_cb (GMarkupParseContext *context,
               const char *name,
               const char **attributes,
               const char **values,
               gpointer data,
               GError **error)
{
  BmapReading *self = data;
  BmapElement element = bmap_find_element (self, name);
  gboolean is_in_place = bmap_is_in_place (self, element);
  const char *attribute = bmap_get_attribute (self, element, attributes, values);

  bmap_note (self, is_in_place, _ ("something in it is unknown"));
  self->depth++;
  /* Each that is open takes memory, and there is room for millions. */
  if (self->depth > MAX_DEPTH)
    {
      g_set_error_literal (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "too deep");
      return;
    }
  g_string_truncate (self->text, 0);
  if (!is_in_place)
    return;
  bmap_note (self, element == BMAP_RANGE || !self->is_seen[element],
             _ ("something is there twice"));
  self->is_seen[element] = TRUE;
  if (element == BMAP_ROOT && self->digest == NULL)
    bmap_read_version (self, attribute);
  else if (element == BMAP_MAP)
    bmap_start_map (self);
  else if (element == BMAP_RANGE)
    {
      g_free (self->range_digest);
      self->range_digest = g_strdup (attribute);
    }
}

static void
bmap_text_cb (
  GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error)
{
  BmapReading *self = data;

  if (self->text->len + length <= MAX_VALUE_BYTES)
    g_string_append_len (self->text, text, (gssize)length);
  else
    bmap_note (self, FALSE, _ ("a number in it is none"));
}

/* Nothing but comments and the first line: above all no definitions of anything. */
static void
bmap_other_cb (
  GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error)
{
  gboolean is_known = g_str_has_prefix (text, "<!--") || g_str_has_prefix (text, "<?xml");

  bmap_note (data, is_known, _ ("something in it is unknown"));
}

/* Digits and nothing else. */
static gboolean
bmap_read_number (const char *text, guint64 *number)
{
  return g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, number, NULL);
}

static gboolean
bmap_read_hex (const char *text, guint8 *bytes, gsize length)
{
  if (strlen (text) != 2 * length)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]);
      int low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      bytes[i] = (guint8)(high << 4 | low);
    }
  return TRUE;
}

/* The first of the ranges says whether they have digests. */
static gboolean
bmap_make_parts (BmapReading *self)
{
  guint64 block_bytes = self->numbers[BMAP_BLOCK_SIZE];

  if (self->parts != NULL)
    return TRUE;
  if (block_bytes < MIN_BLOCK_BYTES || block_bytes > MAX_BLOCK_BYTES
      || (block_bytes & (block_bytes - 1)) != 0 || self->digest == NULL)
    return FALSE;
  self->has_digests = self->range_digest != NULL;
  self->parts = platter_parts_new (self->numbers[BMAP_SIZE], self->has_digests ? self->digest : "");
  return self->parts != NULL;
}

static gboolean
bmap_add_range (BmapReading *self, guint64 first, guint64 last)
{
  guint64 block_bytes = self->numbers[BMAP_BLOCK_SIZE];
  guint64 size_bytes = self->numbers[BMAP_SIZE];
  guint8 digest[64];
  gsize length = platter_parts_get_digest_length (self->parts);
  guint64 start_bytes = 0;
  guint64 end_bytes = 0;

  if (first > last || last >= (size_bytes - 1) / block_bytes + 1
      || (self->range_digest != NULL) != self->has_digests
      || (self->has_digests && !bmap_read_hex (self->range_digest, digest, length)))
    return FALSE;
  start_bytes = first * block_bytes;
  end_bytes = MIN ((last + 1) * block_bytes, size_bytes);
  self->n_mapped += last - first + 1;
  return platter_parts_add (self->parts, start_bytes, end_bytes - start_bytes, digest, length);
}

/* "7 - 9", or "7". */
static void
bmap_end_range (BmapReading *self, char *text)
{
  char *dash = strchr (text, '-');
  guint64 first = 0;
  guint64 last = 0;

  if (dash != NULL)
    *dash = '\0';
  if (self->fault != NULL)
    return;
  bmap_note (self, bmap_make_parts (self),
             _ ("its sizes make no sense, or its kind of checksum is unknown"));
  bmap_note (self,
             self->parts != NULL && bmap_read_number (g_strstrip (text), &first)
               && bmap_read_number (dash != NULL ? g_strstrip (dash + 1) : text, &last)
               && bmap_add_range (self, first, last),
             _ ("its ranges are not in order, overlap, go beyond the end, or have no checksum"));
}

static void
bmap_end_cb (GMarkupParseContext *context, const char *name, gpointer data, GError **error)
{
  BmapReading *self = data;
  BmapElement element = bmap_find_element (self, name);
  char *text = g_strstrip (self->text->str);

  self->depth--;
  if (!bmap_is_in_place (self, element))
    return;
  if (element <= BMAP_MAPPED)
    bmap_note (self, bmap_read_number (text, &self->numbers[element]),
               _ ("a number in it is none"));
  else if (element == BMAP_DIGEST && self->digest == NULL)
    self->digest = g_strdup (text);
  else if (element == BMAP_OWN_DIGEST && self->own == NULL)
    self->own = g_strdup (text);
  else if (element == BMAP_RANGE)
    bmap_end_range (self, text);
  else if (element == BMAP_MAP)
    self->is_in_map = FALSE;
  g_string_truncate (self->text, 0);
}

static gboolean
bmap_find_digest (const char *name, GChecksumType *type)
{
  static const struct
  {
    const char *name;
    GChecksumType type;
  } digests[] = { { "sha256", G_CHECKSUM_SHA256 },
                  { "sha512", G_CHECKSUM_SHA512 },
                  { "sha1", G_CHECKSUM_SHA1 },
                  { "md5", G_CHECKSUM_MD5 } };

  for (guint i = 0; i < G_N_ELEMENTS (digests); i++)
    if (g_strcmp0 (digests[i].name, name) == 0)
      {
        *type = digests[i].type;
        return TRUE;
      }
  return FALSE;
}

/* Where its own digest stands, there were as many zeros when it was made. */
static gboolean
bmap_check_own (BmapReading *self, const char *text, gsize length)
{
  GChecksumType type = G_CHECKSUM_SHA256;
  g_autofree char *zeroed = NULL;
  g_autofree char *hex = NULL;
  char *place = NULL;

  if (!bmap_find_digest (self->digest, &type)
      || strlen (self->own) != 2 * (gsize)g_checksum_type_get_length (type))
    return FALSE;
  zeroed = g_memdup2 (text, length);
  place = g_strstr_len (zeroed, (gssize)length, self->own);
  if (place == NULL)
    return FALSE;
  memset (place, '0', strlen (self->own));
  hex = g_compute_checksum_for_data (type, (const guchar *)zeroed, length);
  return g_ascii_strcasecmp (hex, self->own) == 0;
}

static void
bmap_check (BmapReading *self)
{
  guint64 block_bytes = MAX (self->numbers[BMAP_BLOCK_SIZE], 1);

  for (guint i = 0; i < BMAP_N_ELEMENTS; i++)
    bmap_note (self, self->is_seen[i], _ ("something is missing in it"));
  bmap_note (self,
             self->numbers[BMAP_SIZE] > 0
               && self->numbers[BMAP_BLOCKS] == (self->numbers[BMAP_SIZE] - 1) / block_bytes + 1
               && self->numbers[BMAP_MAPPED] == self->n_mapped,
             _ ("it has another number of blocks than it says"));
}

/* The first counts: of a name that is no text GLib goes on, and may tell more. */
static void
bmap_error_cb (GMarkupParseContext *context, GError *error, gpointer data)
{
  BmapReading *self = data;

  if (self->xml_fault == NULL)
    self->xml_fault = g_strdup (error->message);
}

static gboolean
bmap_read_xml (BmapReading *self, const char *text, gsize length)
{
  static const GMarkupParser parser = {
    .start_element = bmap_start_cb,
    .end_element = bmap_end_cb,
    .text = bmap_text_cb,
    .passthrough = bmap_other_cb,
    .error = bmap_error_cb,
  };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, self, NULL);

  return g_markup_parse_context_parse (context, text, (gssize)length, NULL)
         && self->xml_fault == NULL && g_markup_parse_context_end_parse (context, NULL);
}

static void
bmap_clear (BmapReading *self)
{
  g_string_free (self->text, TRUE);
  g_free (self->xml_fault);
  g_free (self->digest);
  g_free (self->own);
  g_free (self->range_digest);
  platter_parts_free (self->parts);
}

PlatterParts *
platter_bmap_parse (const char *text, gsize length, const char *name, GError **error)
{
  BmapReading self = { .text = g_string_new (NULL) };
  PlatterParts *parts = NULL;
  const char *fault = NULL;

  if (length == 0 || length > PLATTER_PARTS_MAX_BYTES || !bmap_read_xml (&self, text, length))
    fault = self.xml_fault != NULL ? self.xml_fault : _ ("it is empty, or too large");
  else if (self.is_seen[BMAP_ROOT] && self.fault == NULL && !self.is_seen[BMAP_OWN_DIGEST])
    fault = _ ("something is missing in it");
  else if (self.own != NULL && !bmap_check_own (&self, text, length))
    fault = _ ("its own checksum is another than it says");
  else
    {
      bmap_check (&self);
      fault = self.fault;
    }
  if (fault == NULL)
    parts = g_steal_pointer (&self.parts);
  else
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 /* Translators: the name of a block map, and what is wrong with it */
                 _ ("%s is damaged, or no bmap that Platter knows: %s. Get it again, together with "
                    "the image."),
                 name, fault);
  bmap_clear (&self);
  return parts;
}
