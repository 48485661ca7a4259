# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recorded QXL streams: unpacked ones, and the pictures they end in."""

import contextlib
import lzma
import os
import tempfile

import numpy
from PIL import Image

from server import ROOT

FOLDER = os.path.join (ROOT, 'tests', 'recordings')
SUFFIX = '.qxlrec.xz'


def names ():
    return sorted (file.removesuffix (SUFFIX) for file in os.listdir (FOLDER)
                   if file.endswith (SUFFIX))


@contextlib.contextmanager
def unpacked (name):
    """The path of a file that is there as long as it is needed."""
    with tempfile.NamedTemporaryFile (suffix='.qxlrec') as file:
        with lzma.open (os.path.join (FOLDER, name + SUFFIX)) as packed:
            file.write (packed.read ())
        file.flush ()
        yield file.name


def picture (name):
    """The primary surface after the last command, as a canvas: BGR.
    name.identity: the right one where the reference's differs."""
    with Image.open (os.path.join (FOLDER, f'{name}.png')) as image:
        return numpy.array (image.convert ('RGB'))[:, :, ::-1]
