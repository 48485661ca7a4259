# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tones: making them, recognising them, finding what is missing in them.

PCM is a numpy int16 array of shape (frames, channels) or (frames,)."""

import numpy

GAP_WINDOW_SECONDS = 0.010
PHASE_JUMP = 0.5        # radians; a lost 10 ms of 440 Hz is 2.5
LEVEL_DROP = 0.9        # of the usual; 1 ms of silence in a window shows
BUFFERS_PER_SECOND = 50


def steady_tone (hz, rate=48000):
    """A source of a tone that never hurries, for tests that miss no sample.

    A live source makes up for what a machine that stood still has cost it;
    of more than 200 ms at once the server, rightly, drops the oldest. This
    one sleeps as long as each of its buffers lasts."""
    return (f'audiotestsrc freq={hz} samplesperbuffer='
            f'{rate // BUFFERS_PER_SECOND} ! audio/x-raw,rate={rate} !'
            f' identity sleep-time={1000000 // BUFFERS_PER_SECOND}')


def tone (hz, seconds, rate=48000, channels=2, level=10000):
    time = numpy.arange (int (seconds * rate)) / rate
    wave = numpy.rint (numpy.sin (2 * numpy.pi * hz * time) * level)
    return numpy.repeat (wave.astype (numpy.int16)[:, None], channels, axis=1)


def mono (pcm):
    pcm = numpy.asarray (pcm)
    return (pcm[:, 0] if pcm.ndim == 2 else pcm).astype (numpy.float64)


def is_silent (pcm, level=100):
    pcm = mono (pcm)
    return len (pcm) == 0 or numpy.abs (pcm).max () < level


def tone_frequency (pcm, rate):
    """The strongest frequency in Hz, to a small part of an FFT bin; 0 for
    silence."""
    wave = mono (pcm)
    if is_silent (wave) or len (wave) < 64:
        return 0.0
    spectrum = numpy.abs (numpy.fft.rfft (wave * numpy.hanning (len (wave))))
    peak = int (spectrum[1:-1].argmax ()) + 1
    before, at, after = numpy.log (spectrum[peak - 1:peak + 2] + 1e-9)
    bend = before - 2 * at + after
    shift = 0.5 * (before - after) / bend if bend else 0.0
    return (peak + shift) * rate / len (wave)


def gaps (pcm, rate):
    """Seconds at which a steady tone breaks off, jumps or is silent.

    The tone is turned down to 0 Hz and cut into windows of 10 ms: in each the
    level must be the usual one and the phase must go on where it was. A loss
    of exactly whole periods cannot be seen; 440 Hz has 4.4 in 10 ms."""
    wave = mono (pcm)
    hz = tone_frequency (wave, rate)
    size = int (rate * GAP_WINDOW_SECONDS)
    if hz == 0 or len (wave) < 4 * size:
        return [0.0]
    turned = wave * numpy.exp (-2j * numpy.pi * hz
                               * numpy.arange (len (wave)) / rate)
    # a window of whole periods, so that the doubled frequency averages out
    size = max (1, round (round (size * hz / rate) * rate / hz))
    count = len (wave) // size
    means = turned[:count * size].reshape (count, size).mean (axis=1)
    level = numpy.abs (means)
    steps = numpy.angle (means[1:] * means[:-1].conj ())
    steps = numpy.abs (steps - numpy.median (steps))
    bad = level < LEVEL_DROP * numpy.median (level)
    bad[1:] |= steps > PHASE_JUMP
    return [float (i * size / rate) for i in numpy.flatnonzero (bad)]


def gap_free (pcm, rate):
    return not gaps (pcm, rate)
