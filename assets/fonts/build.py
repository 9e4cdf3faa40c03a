"""Make the two shipped fonts from Inter: tabular digits by default, fewer glyphs, TrueType outlines.

    apt-get download fonts-inter && dpkg-deb -x fonts-inter_*.deb inter
    pip install fonttools==4.68.0
    python build.py inter/usr/share/fonts/opentype/inter .
"""

import sys
from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable

FAMILY = "Neurarium Sans"
# Inter's file name, our style name, our file name.
STYLES = [
    ("Inter-Regular.otf", "Regular", "NeurariumSans-Regular.ttf"),
    ("Inter-SemiBold.otf", "SemiBold", "NeurariumSans-SemiBold.ttf"),
]
KEPT_RANGES = [
    (0x0020, 0x024F),  # Latin
    (0x02B0, 0x036F),  # modifier letters, combining marks
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x052F),  # Cyrillic
    (0x1E00, 0x1EFF),  # Latin additional
    (0x2000, 0x206F),  # punctuation
    (0x2070, 0x209F),  # superscripts and subscripts
    (0x20A0, 0x20BF),  # currency
    (0x2100, 0x214F),  # letterlike
    (0x2150, 0x215F),  # fractions
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematical operators
    (0x25A0, 0x25FF),  # geometric shapes
    (0x2713, 0x2717),  # ticks and crosses
]
KEPT_FEATURES = ["ccmp", "kern", "mark", "mkmk"]


def single_substitutions(font, tag):
    """All one-to-one glyph substitutions of a GSUB feature."""
    gsub = font["GSUB"].table
    lookups = {
        index
        for record in gsub.FeatureList.FeatureRecord
        if record.FeatureTag == tag
        for index in record.Feature.LookupListIndex
    }
    mapping = {}
    for index in sorted(lookups):
        for table in gsub.LookupList.Lookup[index].SubTable:
            mapping.update(getattr(table, "ExtSubTable", table).mapping)
    return mapping


def bake_tabular_digits(font):
    """Point the digits of every cmap at Inter's tabular glyphs, all of one advance.

    Inter's own semi-bold four is 3 units (of 2816) narrower than its siblings.
    """
    tabular = single_substitutions(font, "tnum")
    best = font.getBestCmap()
    glyph_of = {code: tabular[best[code]] for code in range(ord("0"), ord("9") + 1)}
    for table in font["cmap"].tables:
        for code, glyph in glyph_of.items():
            if code in table.cmap:
                table.cmap[code] = glyph
    advance = max(font["hmtx"][glyph][0] for glyph in glyph_of.values())
    for glyph in glyph_of.values():
        font["hmtx"][glyph] = (advance, font["hmtx"][glyph][1])
    return advance


def to_truetype(font):
    """Replace the cubic CFF outlines by quadratic ones (error at most 1/2816 em)."""
    glyph_set = font.getGlyphSet()
    order = font.getGlyphOrder()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(glyph_set)
        glyph_set[name].draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = newTable("glyf")
    font["glyf"].glyphOrder = order
    font["glyf"].glyphs = glyphs
    del font["CFF "]
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    maxp.maxZones = 1
    for field in (
        "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
        "maxStackElements", "maxSizeOfInstructions", "maxComponentElements",
        "maxPoints", "maxContours", "maxCompositePoints", "maxCompositeContours",
        "maxComponentDepth",
    ):
        setattr(maxp, field, 0)
    font["glyf"].compile(font)
    for name in order:
        glyph = font["glyf"][name]
        advance = font["hmtx"][name][0]
        font["hmtx"][name] = (advance, getattr(glyph, "xMin", 0))
    font["post"].formatType = 3.0
    font.sfntVersion = "\000\001\000\000"


def rename(font, style):
    """Give the modified font its own name; copyright and licence records stay."""
    names = font["name"]
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    version = names.getDebugName(5)
    names.names = [record for record in names.names if record.nameID in (0, 9, 11, 13, 14)]
    for name_id, text in {
        1: FAMILY if style == "Regular" else f"{FAMILY} {style}",
        2: "Regular",
        3: f"{postscript};from Inter {version}",
        4: f"{FAMILY} {style}",
        5: version,
        6: postscript,
        10: "Inter with tabular digits by default, a subset, TrueType outlines.",
        16: FAMILY,
        17: style,
    }.items():
        names.setName(text, name_id, 3, 1, 0x409)


def build(source, style, target):
    font = TTFont(source, recalcTimestamp=False)
    advance = bake_tabular_digits(font)
    options = Options()
    options.layout_features = KEPT_FEATURES
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.recalc_timestamp = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[c for first, last in KEPT_RANGES for c in range(first, last + 1)])
    subsetter.subset(font)
    to_truetype(font)
    rename(font, style)
    font.save(target)
    print(f"{target}: {target.stat().st_size} bytes, digits {advance} units wide")


def main():
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    for inter, style, ours in STYLES:
        build(source / inter, style, target / ours)


main()
