# SPDX-License-Identifier: LGPL-2.1-or-later
"""A film that flashes once a second, and a sound that clicks then: a viewer
shows and hears both at once."""

import time

import channels
from desk import *
from films import inside
from judge import *
from stage import Stage

WIDTH, HEIGHT, FPS, RATE = 640, 480, 30, 48000
FILM = (64, 64, 512, 352)
AHEAD = 3              # seconds that are fed before their time
FLASH_FRAMES = 4
CLICK_SAMPLES = RATE // 100
BRIGHT, LOUD = 150, 8000
SINK_BUFFER_MS = 150   # what a viewer's sound system holds, about
TOGETHER_MS = 40
ENOUGH = 3             # in a row: the machine may stand still now and then
START_SECONDS = 2      # the stream begins, clocks settle
MOST_SECONDS = 30


def film_frames ():
    """(bytes of dark frames, a second of them; of a bright one)"""
    dark = numpy.full ((HEIGHT, WIDTH, 4), 60, numpy.uint8)
    made = []
    for film in scene_frames ('film-screen', 0, FPS, *FILM[2:]) >> 1:
        for light in (0, 0xc0):
            frame = dark.copy ()
            inside (frame, FILM)[:, :, :3] = film | light
            made.append (frame.tobytes ())
    return made[::2], made[1::2]


def push (source, data, start, duration):
    buffer = Gst.Buffer.new_wrapped (data)
    buffer.pts, buffer.duration = start, duration
    answer = source.emit ('push-buffer', buffer)
    assert answer == Gst.FlowReturn.OK, answer


def push_second (stage, second, dark, bright):
    """A flash first, then the dark film; a click first, then silence; in
    pieces of a frame's time, as a microphone would."""
    sound = numpy.zeros ((RATE, 2), numpy.int16)
    click = tone (1000, CLICK_SAMPLES / RATE, RATE)
    sound[:len (click)] = click.reshape (len (click), -1)
    for i, piece in enumerate (sound.reshape (FPS, -1)):
        start = second * Gst.SECOND + i * Gst.SECOND // FPS
        push (stage['eye'], (bright if i < FLASH_FRAMES else dark)[i], start,
              Gst.SECOND // FPS)
        push (stage['ear'], piece.tobytes (), start, Gst.SECOND // FPS)


class Film:
    """Fed a little before its time, for as long as it is asked to."""

    def __init__ (self, stage):
        self.stage, self.frames, self.seconds = stage, film_frames (), 0
        self.feed ()

    def feed (self):
        now = self.stage['eye'].get_current_running_time ()
        if now == Gst.CLOCK_TIME_NONE:
            now = 0            # it does not run yet
        while self.seconds < now // Gst.SECOND + AHEAD:
            push_second (self.stage, self.seconds, *self.frames)
            self.seconds += 1


class Eye:
    """When the film became bright, seconds of the monotonic clock."""

    def __init__ (self, display):
        self.display, self.is_bright, self.flashes = display, False, []
        channels.listen (display.channel, 'display-invalidate', self._look)

    def _look (self, *_):
        x, y, width, height = FILM
        middle = self.display._rows ()[y + height // 2, x:x + width, 1]
        was, self.is_bright = self.is_bright, middle.mean () > BRIGHT
        if self.is_bright and not was:
            self.flashes.append (time.monotonic ())


def clicks (playback):
    """When each click was heard, by a sound system that plays what it gets
    after the delay it tells."""
    heard, quiet_until = [], 0
    for (arrived, count), piece in zip (playback.arrivals, playback._pieces):
        loud = numpy.flatnonzero (
            abs (numpy.frombuffer (piece, numpy.int16)) > LOUD)
        if len (loud) and arrived > quiet_until:
            at = loud[0] / playback.channels / playback.rate
            heard.append (arrived + SINK_BUFFER_MS / 1000 + at)
            quiet_until = arrived + 0.5
    return heard


def differences (flashes, heard):
    """Milliseconds from each click to the flash beside it, after the start, as
    far as both are known."""
    after = [at for at in heard if at > heard[0] + START_SECONDS]
    return [min ((flash - at for flash in flashes), key=abs) * 1000
            for at in after if flashes and at < flashes[-1] + 0.5]


def are_together (apart):
    last = [abs (ms) for ms in apart[-ENOUGH:]]
    return len (last) == ENOUGH and max (last) < TOGETHER_MS


def test_flash_and_click_are_together ():
    channels.PLAYBACK_DELAY_MS = SINK_BUFFER_MS
    with Stage (
            'spicesink name=s port=0'
            ' appsrc name=eye format=time max-bytes=0 ! video/x-raw,format=BGRx,'
            f'width={WIDTH},height={HEIGHT},framerate={FPS}/1 ! s.video_0'
            ' appsrc name=ear format=time max-bytes=0 ! audio/x-raw,'
            f'format=S16LE,rate={RATE},channels=2,layout=interleaved ! s.audio'
    ) as stage:
        film = Film (stage)
        with Viewer (stage.port) as viewer:
            eye = Eye (viewer.display ())
            apart = []
            while not are_together (apart) and film.seconds < MOST_SECONDS:
                film.feed ()
                wait_seconds (1)
                apart = differences (eye.flashes, clicks (viewer.playback))
    assert are_together (apart), apart
