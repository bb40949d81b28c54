# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""How the window looks in the pictures: each page is taken in each of these."""


class Variant:
    """How the window looks: what of the desktop's settings differs from the defaults."""

    def __init__(self, title, size=(940, 940), language="", dpi=96, is_long=False, **environment):
        self.title = title
        self.size = size
        self.language = language
        self.dpi = dpi
        self.is_long = is_long
        self.environment = environment


VARIANTS = {
    "light": Variant("Light"),
    "dark": Variant("Dark", ADW_DEBUG_COLOR_SCHEME="prefer-dark"),
    "contrast": Variant("High contrast", ADW_DEBUG_HIGH_CONTRAST="1"),
    "narrow": Variant("360 pixels wide", size=(360, 1100)),
    "rtl": Variant("Right to left", language="ar"),
    "text": Variant("Text at 200 %", size=(940, 1300), dpi=192),
    "german": Variant("German", language="de"),
    "long": Variant("Very long names", is_long=True),
    "long-narrow": Variant("Very long names, 360 pixels wide", size=(360, 1100), is_long=True),
}
