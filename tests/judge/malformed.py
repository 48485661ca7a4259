# SPDX-License-Identifier: LGPL-2.1-or-later
"""Draw commands that end, hang or mislead libspice-server: what is wrong in
each, what is said of it, and what is seen all the same.

Each row is drawn on a screen of SIZE that shows BEFORE, beside the surfaces of
SETUP; it may draw in MIDDLE."""

import collections

import numpy

from drawing import *

SIZE = WIDTH, HEIGHT = 64, 48
ALL, MIDDLE, SIDE = (0, 0, WIDTH, HEIGHT), (16, 8, 48, 40), 32
BEFORE = 0x204060
ALPHA, BITS, STRIPES, NARROW = 1, 2, 3, 4    # surfaces
NOBODY = 7                                   # is not there
STRIPE = 4                                   # pixels; two of them repeat
STRIPE_COLOURS = 0xc00000, 0x00c000
SETUP = (create (0, *SIZE) + fill (ALL, BEFORE)
         + create (ALPHA, SIDE, SIDE, A8) + create (BITS, SIDE, SIDE, A1)
         + create (NARROW, SIDE, SIDE, RGB16)
         + create (STRIPES, 2 * STRIPE, 8)
         + fill ((0, 0, STRIPE, 8), STRIPE_COLOURS[0], STRIPES)
         + fill ((STRIPE, 0, 2 * STRIPE, 8), STRIPE_COLOURS[1], STRIPES))
# of a byte each, for which libspice-server has no function
ROP3_CODES = bytes.fromhex (
    '0003050a0c0f112230333c3f4450555a5f667788'
    '99a0a5aaafbbc0c3cccfddeef0f3f5fafcff')
CELL = 4

# commands: bytes; says: what the warning has in it, None if there is none;
# draws (picture): what is to be seen of it
Row = collections.namedtuple ('Row', 'commands says draws')


def row (*commands, says=None, draws=None):
    return Row (b''.join (commands), says, draws)


def colour (value):
    """0xRRGGBB as in a picture."""
    return value & 255, value >> 8 & 255, value >> 16


def paint (picture, box, value):
    left, top, right, bottom = box
    picture[top:bottom, left:right] = colour (value)


def painting (box, value):
    return lambda picture: paint (picture, box, value)


# ---- parts

AREA = (0, 0, SIDE, SIDE)
BEYOND = (0, 0, SIDE + 1, SIDE)
IMAGE = pixels (numpy.full ((SIDE, SIDE), 0x8090a0))
EMPTY = (5, 5, 5, 9)
SHORT_LINE = path ((BEGIN | END, ((16, 10), (36, 10))))
GLYPH = (17, 9, 8, 2, b'\xff\x81')
WHITE = solid (0xffffff)


def bits (picture, low_first, *colours):
    """A bitmap of SIDE that shows which of the colours is whose turn."""
    width = len (colours).bit_length () - 1
    turns = numpy.arange (SIDE * SIDE).reshape (SIDE, SIDE) // 3 % len (colours)
    packed = numpy.zeros ((SIDE, SIDE * width // 8), numpy.uint8)
    each = 8 // width
    for i in range (each):
        packed |= (turns[:, i::each] << (
            i * width if low_first else 8 - (i + 1) * width)).astype ('u1')
    return turns, bitmap (picture, SIDE, SIDE, SIDE * width // 8,
                          packed.tobytes (), palette=colours)


def indices (form, *colours):
    """A copy of a bitmap with a palette, its left pixels in low bits."""
    turns, image = bits (form, True, *colours)

    def draws (picture):
        left, top, right, bottom = MIDDLE
        picture[top:bottom, left:right] = numpy.array (
            [colour (c) for c in colours])[turns]
    return row (copy (MIDDLE, image, AREA), draws=draws)


def rop3_codes ():
    """All that miss, a cell of CELL pixels each."""
    brush = 0x5a3cf0
    sources = numpy.random.default_rng (1).integers (0, 1 << 24, (CELL, CELL))
    boxes = [(16 + CELL * (i % 8), 8 + CELL * (i // 8)) for i in range (38)]
    commands = [rop3 ((x, y, x + CELL, y + CELL), pixels (sources),
                      (0, 0, CELL, CELL), code, solid (brush))
                for (x, y), code in zip (boxes, ROP3_CODES)]

    def result (code):
        made = numpy.zeros_like (sources)
        for bit in range (8):
            if code >> bit & 1:
                made |= ((brush if bit & 4 else ~brush)
                         & (sources if bit & 2 else ~sources)
                         & (BEFORE if bit & 1 else ~BEFORE))
        return made

    def draws (picture):
        for (x, y), code in zip (boxes, ROP3_CODES):
            picture[y:y + CELL, x:x + CELL] = numpy.stack (
                colour (result (code) & 0xffffff), axis=2)
    return row (*commands, draws=draws)


def dashes_of_a_surface ():
    """Three pixels on, two off."""
    def draws (picture):
        for x in (x for x in range (16, 36) if (x - 16) % 5 < 3):
            paint (picture, (x, 10, x + 1, 11),
                   STRIPE_COLOURS[x // STRIPE % 2])
    return row (stroke (MIDDLE, SHORT_LINE, line (3, 2),
                        pattern (surface_image (STRIPES))), draws=draws)


# ---- rows

NULL = {
    name + '_with_null_source': row (
        command, says=f'({name.replace ("_", "-")}): pointer to image is 0,'
        ' there must be one')
    for name, command in {
        'opaque': opaque (MIDDLE, NOTHING, AREA),
        'rop3': rop3 (MIDDLE, NOTHING, AREA, 0xca),
        'transparent': transparent (MIDDLE, NOTHING, AREA),
        'alpha_blend': alpha_blend (MIDDLE, NOTHING, AREA),
        'composite': composite (MIDDLE, NOTHING),
    }.items ()}
ROWS = {
    'rop3_with_missing_codes': rop3_codes (),
    'rop3_src_area_beyond_the_bitmap': row (
        rop3 (MIDDLE, IMAGE, BEYOND, 0xca), says='source area 0,0 to 33,32, allowed is what lies in 32x32'),
    'rop3_onto_an_8_A_surface': row (
        rop3 (AREA, IMAGE, AREA, 0xca, surface=ALPHA), says='surface in A8, allowed are 16 and 32 bits a pixel'),
    **NULL,
    'fill_with_pattern_brush_of_null': row (
        fill_pattern (MIDDLE, NOTHING), says='(fill): pointer to image is 0, there must be one'),
    'copy_of_1BIT_LE': indices (1, 0x123456, 0xfedcba),
    'copy_of_4BIT_LE': indices (3, *range (0, 0xf0f0f1, 0x101010)),
    'copy_of_32_bits_onto_1_A': row (
        copy (AREA, IMAGE, AREA, BITS), says='source in BGRx cannot become A1'),
    'copy_of_quic_garbage': row (
        copy (MIDDLE, quic (b'QUIC' + bytes (range (256)), SIDE, SIDE), AREA),
        says='type 117835012; allowed are 0x43495551, 0, types 1 to 5'),
    'copy_with_scale_mode_7': row (
        copy (MIDDLE, IMAGE, (0, 0, 8, 8), scale=7), says='scale mode 7; allowed are interpolate 0, nearest 1'),
    'mask_of_32BIT': row (
        copy (MIDDLE, IMAGE, AREA, mask=mask (IMAGE)), says='mask of bitmap format 8; allowed are 1 and 2'),
    'clip_count_disagrees_with_data': row (
        record (FILL, base (MIDDLE, clip=u8 (1) + u32 (9) + rect (*MIDDLE))),
        says='clip of 9 rectangles comes with 16 bytes'),
    'text_length_disagrees': row (
        text (MIDDLE, string (GLYPH, count=3), 0xffffff), says='string of 3 glyphs comes with 22 bytes'),
    'text_flags_0': row (
        text (MIDDLE, string (GLYPH, flags=0), 0xffffff), says="string's flags 0 name not one of A1, A4 and A8"),
    'text_without_glyph': row (
        text (MIDDLE, string (), 0xffffff), says='string of 0 glyphs; 1 to 65535 allowed'),
    'text_back_area_with_fore_mode_xor': row (
        text (MIDDLE, string (GLYPH), 0xffffff, MIDDLE, XOR), says='fore mode 0x40 with a back area, allowed is 0x8'),
    'text_glyphs_far_apart': row (
        text (MIDDLE, string (GLYPH, (2 * 10 ** 9, 9, 8, 2, b'\xff\xff')),
              0xffffff), says='glyph of 8x2 at 2000000000,9, allowed is 32767 each way'),
    'stroke_point_count_beyond_data': row (
        stroke (MIDDLE, path (u8 (BEGIN | END) + u32 (1000000, 16, 16)),
                line (), WHITE), says="path's segment of 1000000 points comes with 8 bytes"),
    'stroke_bezier_with_2_control_points': row (
        stroke (MIDDLE, path ((BEGIN, ((16, 10),)), (
            END | BEZIER, ((20, 20), (30, 10)))), line (), WHITE), says='Bezier segment has 2 points, not 3 a curve'),
    'stroke_styled_with_null_style': row (
        stroke (MIDDLE, SHORT_LINE, [u8 (DASHED, 2), NOTHING], WHITE),
        says='pointer to dashes is 0, there must be one'),
    'stroke_style_nseg_0': row (
        stroke (MIDDLE, SHORT_LINE, line (3, count=0), WHITE), says='line of 0 dashes; 1 to 255 allowed'),
    'stroke_dashed_with_a_surface_as_pattern': dashes_of_a_surface (),
    'stroke_all_dash_lengths_0': row (
        stroke (MIDDLE, SHORT_LINE, line (0, 0), WHITE), says="line's 2 dashes have no length"),
    'composite_operator_200': row (
        composite (MIDDLE, IMAGE, flags=200), says='operator 0xc8, allowed are 0 to 0xd,'),
    'composite_filter_5': row (
        composite (MIDDLE, IMAGE, flags=OVER | 5 << 8), says='filters 5 and 0, allowed are 0 to 4'),
    'update_with_empty_area': row (
        record (UPDATE, u32 (0), rect (*EMPTY), u32 (1)), says='area 5,5 to 5,9 shows nothing, allowed is'),
    'command_type_9': row (record (9, bytes (20)), says='kind 0x9 (?): there is no such kind'),
    'cursor_command_among_draws': row (
        record (CURSOR + 104, u16 (5, 6))),
    'destroy_surface_3_when_there_is_none': row (
        destroy (STRIPES), destroy (STRIPES), says='destroy surface 3, there is none'),
    '8BIT_without_palette': row (
        copy (MIDDLE, bitmap (5, SIDE, SIDE, SIDE, bytes (SIDE * SIDE)), AREA),
        says='bitmap of format 5 without palette'),
    'stride_too_small': row (
        copy (MIDDLE, bitmap (8, SIDE, SIDE, SIDE * 4 - 4, bytes (
            SIDE * SIDE * 4)), AREA), says="bitmap's rows of 124 bytes hold no 32 pixels"),
    'copy_src_area_beyond_the_bitmap': row (
        copy (MIDDLE, IMAGE, BEYOND), says='source area 0,0 to 33,32, allowed is what lies in 32x32'),
    'bbox_outside': row (fill ((0, 0, WIDTH + 1, 8), 0), says='area 0,0 to 65,8, allowed is what lies in 64x48'),
    'surface_id_5000': row (fill (MIDDLE, 0, 5000), says='fill on surface 5000, there is none'),
    'unknown_drawable_type': row (
        record (DISPLAY + 399, base (MIDDLE)), says='message 399 draws nothing'),
    'missing_source_surface': row (
        copy (MIDDLE, surface_image (NOBODY), AREA), says='source surface 7, there is none'),
    'inverted_bbox': row (fill ((48, 8, 16, 40), 0), says='fill on surface 0: area 48,8 to 16,40 is empty'),
    'brush_type_9': row (
        record (FILL, base (MIDDLE), u8 (9), u32 (0), u16 (PUT), *NO_MASK),
        says='brush of type 9; allowed are none 0, solid 1, pattern 2'),
    'clip_type_7': row (
        fill (MIDDLE, 0, clip=u8 (7)), says='clip of type 7; allowed are none 0, rectangles 1'),
    'empty_src_area': row (copy (MIDDLE, IMAGE, EMPTY), says='source area 5,5 to 5,9 is empty'),
    'copy_bits_source_outside': row (
        copy_bits (MIDDLE, WIDTH, HEIGHT)),
    'stroke_with_huge_coordinates': row (
        stroke (MIDDLE, path ((BEGIN | END, ((-10 ** 8, 10), (10 ** 8, 20)))),
                line (), WHITE), says='point at -1600000000/16,160/16, allowed is 32767 each way'),
    'close_without_points': row (
        stroke (MIDDLE, path ((END | CLOSE, ())), line (), WHITE)),
    'bezier_without_points': row (
        stroke (MIDDLE, path ((END | BEZIER, ((20, 20), (30, 10), (40, 20)))),
                line (), WHITE), says='Bezier segment has no point to start from'),
    'composite_operator_14': row (
        composite (MIDDLE, IMAGE, flags=14), says='operator 0xe, allowed are 0 to 0xd,'),
    'opaque_src_area_beyond_the_bitmap': row (
        opaque (MIDDLE, IMAGE, BEYOND), says='opaque on surface 0: source area 0,0 to 33,32, allowed is'),
    'palette_of_1_entry_for_1_bit': row (
        copy (MIDDLE, bitmap (2, SIDE, SIDE, SIDE // 8, bytes (
            [1] * (SIDE * SIDE // 8)), palette=[0]), AREA), says="pixel beyond the palette's 1 colours"),
    'dependency_not_declared': row (
        fill ((0, 0, 8, 8), 0x00ffff, STRIPES),
        copy ((16, 8, 24, 16), surface_image (STRIPES), (0, 0, 8, 8)),
        draws=painting ((16, 8, 24, 16), 0x00ffff)),
    'second_create_primary': row (
        create (0, *SIZE), draws=painting (ALL, 0)),
    'second_create_of_a_surface': row (
        create (STRIPES, 8, 8),
        copy ((16, 8, 24, 16), surface_image (STRIPES), (0, 0, 8, 8)),
        draws=painting ((16, 8, 24, 16), 0)),
    'second_destroy_of_a_surface': row (
        destroy (NARROW), destroy (NARROW), says='destroy surface 4, there is none'),
    'destroy_primary_without_primary': row (
        destroy (0), destroy (0), create (0, *SIZE), says='destroy surface 0, there is none',
        draws=painting (ALL, 0)),
    'surface_command_type_9': row (
        record (DISPLAY + 323, u32 (9, 64, 48, 32, 0)), says='message 323 draws nothing'),
    'surface_command_destroys_surface_0': row (
        destroy (0), fill (MIDDLE, 0xff), create (0, *SIZE), says='fill on surface 0, there is none',
        draws=painting (ALL, 0)),
    'surface_0x0': row (create (9, 0, 0), says='create surface 9 of 0x0, allowed are 1x1 to 16384x16384'),
    'draw_nop': row (record (DISPLAY + 301, base (MIDDLE)), says='message 301 draws nothing'),
    'update_beyond_the_surface': row (
        record (UPDATE, u32 (0), rect (0, 0, 9999, 9999), u32 (2))),
    # what only this format can have wrong
    'update_of_no_surface': row (
        record (UPDATE, u32 (NOBODY), rect (*MIDDLE), u32 (3)), says='update 3 of surface 7: area 16,8 to 48,40 shows nothing'),
    'pointer_beyond_the_body': row (
        copy (MIDDLE, u32 (10 ** 9), AREA), says='pointer to image is 1000000000, the body has 57 bytes'),
    'surfaces_of_a_gib_each': row (
        create (10, 16384, 16384), create (11, 16384, 16384), destroy (10),
        says='create surface 11 of 16384x16384: all surfaces would have'),
    'monitors_on_no_surface': row (
        record (MONITORS, u16 (1, 1), u32 (0, NOBODY, 8, 8, 0, 0, 0)),
        says='head on surface 7, there is none'),
    'cursor_data_too_short': row (
        record (CURSOR + 103, u16 (0, 0), u8 (1), u16 (0), bytes (8), u8 (0),
                u16 (16, 16, 0, 0), bytes (100)), says='has 100 bytes, not 1024'),
    'message_too_long': row (
        record (MESSAGE, b'a' * 100001), says='message of 100001 bytes; at most 100000 allowed'),
}
# loses what follows it in its buffer: to be sent alone
UNENDING = row (u32 (FILL, 1000), bytes (40),
                says='body of 1000 bytes, 40 are left')
