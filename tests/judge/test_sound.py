# SPDX-License-Identifier: LGPL-2.1-or-later
"""What viewers hear, and what is heard of them."""

import contextlib
import os

from judge import *
from stage import Stage

RAW_BYTES_PER_SECOND = 48000 * 2 * 2
OPUS_RECORD = 2         # a capability
START_SECONDS = 0.3     # of a tone, before it is judged: encoders settle
NEAR_HZ = 2


@contextlib.contextmanager
def playing (*options, rate=48000, channels=2):
    """A pipeline with a tone of 440 Hz, and a viewer that hears it."""
    with pipeline (f'{steady_tone (440, rate)} !',
                   f'audio/x-raw,channels={channels} ! audioconvert !',
                   'audioresample ! spiceplaybacksink port=0',
                   *options) as server:
        with Viewer (server.port) as viewer:
            yield server, viewer


def assert_tone (playback, hz, seconds, free_of_gaps=True):
    playback.hear (START_SECONDS)
    pcm = playback.hear (seconds)
    heard = tone_frequency (pcm, playback.rate)
    assert abs (heard - hz) < NEAR_HZ, f'{heard} Hz for {hz}'
    assert not free_of_gaps or gap_free (pcm, playback.rate), \
        gaps (pcm, playback.rate)
    return pcm


# ---- playback

def test_a_tone_arrives_whole_as_opus ():
    with playing () as (_, viewer):
        assert_tone (viewer.playback, 440, 3.0)
        assert (viewer.playback.rate, viewer.playback.channels) == (48000, 2)
        assert viewer.bytes_read (PLAYBACK) < 3 * RAW_BYTES_PER_SECOND / 3


def test_a_tone_arrives_sample_by_sample_as_raw ():
    with playing ('codec=raw') as (_, viewer):
        pcm = assert_tone (viewer.playback, 440, 3.0)
        assert viewer.bytes_read (PLAYBACK) > 3 * RAW_BYTES_PER_SECOND
        # the source's own level, not a sample off
        assert abs (int (pcm.max ()) - 0.8 * 32767) < 2, pcm.max ()
        assert (pcm[:, 0] == pcm[:, 1]).all ()


def test_any_rate_and_channels_keep_the_pitch ():
    for codec, rate, channels in (('auto', 44100, 2), ('raw', 44100, 2),
                                  ('auto', 48000, 1), ('raw', 44100, 1),
                                  ('auto', 8000, 1), ('auto', 96000, 2)):
        with playing (f'codec={codec}', rate=rate,
                      channels=channels) as (_, viewer):
            assert_tone (viewer.playback, 440, 0.5)


def test_a_sound_source_needs_no_caps ():
    with pipeline ('audiotestsrc is-live=true freq=700 ! spiceplaybacksink',
                   'port=0') as server, Viewer (server.port) as viewer:
        assert_tone (viewer.playback, 700, 0.5)


def test_everybody_hears_and_latecomers_too ():
    with playing () as (server, first):
        first.playback.hear (START_SECONDS)
        with Viewer (server.port) as second, Viewer (server.port) as third:
            seconds = 1.0
            everybody = [first.playback, second.playback, third.playback]
            second.playback.hear (START_SECONDS)
            third.playback.hear (START_SECONDS)
            for part in everybody:
                part.forget ()
            wait (lambda: all (p.seconds > seconds for p in everybody), 15)
            for part in everybody:
                assert abs (tone_frequency (part.pcm (), 48000) - 440) < NEAR_HZ
                assert gap_free (part.pcm (), 48000)
                assert part.starts == 1 and part.stops == 0


def test_a_viewer_that_left_leaves_the_others_in_peace ():
    with playing () as (server, first):
        with Viewer (server.port) as second:
            second.playback.hear (START_SECONDS)
            first.playback.hear (START_SECONDS)
        assert gap_free (first.playback.hear (1.0), 48000)


def test_volume_and_mute_are_told ():
    with Stage ('audiotestsrc is-live=true ! spiceplaybacksink name=s port=0'
                ) as stage, Viewer (stage.port) as viewer:
        sound = stage['s']
        sound.set_property ('volume', 0.25)
        playback = viewer.playback
        viewer.wait (lambda: playback.volume, what='a volume')
        first = playback.volume
        assert len (first) == 2 and 0 < first[0] < 65535, first
        sound.set_property ('volume', 1.0)
        viewer.wait (lambda: playback.volume == [65535, 65535],
                     what='full volume')
        for mute in (True, False):
            sound.set_property ('mute', mute)
            viewer.wait (lambda: playback.mute == mute, what='mute')
        sound.set_property ('mute', True)
        with Viewer (stage.port) as late:
            part = late.playback
            late.wait (lambda: part.mute and part.volume == [65535, 65535],
                       what='volume and mute for a latecomer')


def test_a_pause_is_silence_and_ends ():
    with Stage (f'{steady_tone (440)} ! spiceplaybacksink name=s port=0',
                ) as stage, Viewer (stage.port) as viewer:
        playback = viewer.playback
        playback.hear (START_SECONDS)
        stage.pause ()
        viewer.wait (lambda: not playback.started, what='stop')
        stage.play ()
        viewer.wait (lambda: playback.started, what='start')
        assert_tone (playback, 440, 0.5)


def test_the_end_of_a_stream_is_a_stop ():
    with Stage ('audiotestsrc is-live=true freq=440 ! spiceplaybacksink name=s',
                'port=0') as stage, Viewer (stage.port) as viewer:
        viewer.playback.hear (START_SECONDS)
        stage.end_stream ()
        viewer.wait (lambda: viewer.playback.stops == 1, what='stop')
        viewer.wait (lambda: stage.of_type (stage.Gst.MessageType.EOS),
                     what='the end on the bus')


def test_a_gap_is_a_stop_and_sound_goes_on_after_it ():
    with Stage ('audiotestsrc is-live=true name=tone freq=440 !',
                'spiceplaybacksink name=s port=0') as stage:
        with Viewer (stage.port) as viewer:
            playback = viewer.playback
            playback.hear (START_SECONDS)
            stage['tone'].set_property ('wave', 'silence')
            viewer.wait (lambda: not playback.started, what='stop')
            stage['tone'].set_property ('wave', 'sine')
            viewer.wait (lambda: playback.started, what='start')
            assert_tone (playback, 440, 0.5)


def test_a_gap_event_is_a_stop ():
    with Stage ('appsrc name=tone is-live=true format=time',
                'caps=audio/x-raw,format=S16LE,rate=48000,channels=2,'
                'layout=interleaved ! spiceplaybacksink name=s port=0'
                ) as stage:
        Gst, second = stage.Gst, 10 ** 9
        with Viewer (stage.port) as viewer:
            playback, source = viewer.playback, stage['tone']
            buffer = Gst.Buffer.new_wrapped (tone (440, 0.5).tobytes ())
            buffer.pts, buffer.duration = 0, second // 2
            source.emit ('push-buffer', buffer)
            viewer.wait (lambda: playback.starts == 1, what='start')
            source.send_event (Gst.Event.new_gap (second // 2, second))
            viewer.wait (lambda: playback.stops == 1, what='stop')


def test_a_microphone_may_send_opus_unless_told_raw ():
    for codec, is_offered in (('auto', True), ('opus', True), ('raw', False)):
        with pipeline (f'spicerecordsrc port=0 codec={codec} ! fakesink'
                       ) as server:
            with RawSession (server.port) as session:
                with RawLink (server.port) as link:
                    reply = link.open (RECORD, 0, session.id)
                    assert (OPUS_RECORD in reply.channel) == is_offered, codec


# ---- record

@contextlib.contextmanager
def recording (*options, source='spicerecordsrc port=0', extra=''):
    """A pipeline that writes down what viewers say, in level's words (one
    line every 100 ms) and as samples in heard.pcm."""
    with pipeline (source, *options, '! audio/x-raw,format=S16LE,rate=48000',
                   '! audioconvert ! audio/x-raw,channels=1 ! level',
                   'interval=100000000 ! filesink location=heard.pcm',
                   'buffer-mode=unbuffered', extra) as server:
        yield server


def heard (seconds, rate=48000):
    """The last seconds of what was written; shorter at the beginning."""
    pcm = numpy.fromfile ('heard.pcm', numpy.int16)
    return pcm[-int (seconds * rate):]


def levels (server):
    return len (server.find_all (r'\(element\): level,'))


def wait_heard (viewer, hz, seconds=0.5):
    """Waits until a tone stands whole at the end of what was heard."""
    def look ():
        pcm = heard (seconds)
        return len (pcm) >= seconds * 48000 and not is_silent (pcm[:480]) \
            and abs (tone_frequency (pcm, 48000) - hz) < NEAR_HZ \
            and gap_free (pcm, 48000)
    viewer.wait (look, 20, lambda: f'{hz} Hz; heard'
                 f' {tone_frequency (heard (seconds), 48000)} Hz, gaps at'
                 f' {gaps (heard (seconds), 48000)}')


def speak (viewer, hz, seconds=20.0):
    record = viewer.record
    viewer.wait (lambda: record.started, what='record-start')
    record.speak (tone (hz, seconds, record.rate, record.channels))
    return record


def test_a_viewer_is_heard ():
    for codec in ('auto', 'raw'):
        with recording (f'codec={codec}') as server:
            with Viewer (server.port) as viewer:
                speak (viewer, 1000)
                wait_heard (viewer, 1000, 1.0)


def test_nobody_speaks_and_nothing_stalls ():
    with recording () as server:
        wait (lambda: levels (server) > 3, what='silence without a viewer')
        with Viewer (server.port) as viewer:
            record = viewer.record
            viewer.wait (lambda: record.started, what='record-start')
            before = levels (server)
            viewer.wait (lambda: levels (server) > before + 3,
                         what='silence of a silent viewer')
            speak (viewer, 1000)
            wait_heard (viewer, 1000)
        before = levels (server)
        wait (lambda: levels (server) > before + 5,
              what='silence after a viewer')
        assert is_silent (heard (0.2))


def test_silence_comes_at_the_pace_of_the_clock ():
    with recording () as server:
        wait (lambda: levels (server) >= 1)
        size, begun = os.path.getsize ('heard.pcm'), GLib.get_monotonic_time ()
        wait_seconds (1.5)
        passed = (GLib.get_monotonic_time () - begun) / 1e6
        frames = (os.path.getsize ('heard.pcm') - size) / 2
        assert abs (frames / 48000 - passed) < 0.3, (frames, passed)


def test_the_next_speaker_is_heard_when_one_leaves ():
    with recording () as server, Viewer (server.port) as second:
        with Viewer (server.port) as first:
            speak (first, 800)
            wait_heard (first, 800)
        speak (second, 1300)
        wait_heard (second, 1300)


def test_volume_of_a_microphone_is_told ():
    with Stage ('spicerecordsrc name=s port=0 ! fakesink') as stage:
        with Viewer (stage.port) as viewer:
            record = viewer.record
            stage['s'].set_property ('volume', 1.0)
            stage['s'].set_property ('mute', True)
            viewer.wait (lambda: record.volume == [65535, 65535]
                         and record.mute, what='volume and mute')


def test_recording_stops_in_a_pause ():
    with Stage ('spicerecordsrc name=s port=0 ! fakesink') as stage:
        with Viewer (stage.port) as viewer:
            record = viewer.record
            for play in (True, False, True):
                (stage.play if play else stage.pause) ()
                viewer.wait (lambda: record.started == play, what=f'{play}')


def test_spicesrc_hears_viewers ():
    with recording (source='spicesrc name=x port=0 x.audio') as server:
        with Viewer (server.port) as viewer:
            speak (viewer, 1000)
            wait_heard (viewer, 1000)


# ---- all at once

def test_picture_sound_and_microphone_share_a_server ():
    """One pipeline, no server named: one port for all three."""
    desk = ('videotestsrc is-live=true pattern=smpte ! spicesink name=s port=0'
            f' {steady_tone (440)} ! s.audio')
    with recording (source='spicesrc name=x x.audio', extra=desk) as server:
        with Viewer (server.port) as viewer:
            viewer.wait_canvas (lambda picture: picture.any ())
            speak (viewer, 1000)
            viewer.playback.hear (START_SECONDS)
            pcm = viewer.playback.hear (1.5)
            assert abs (tone_frequency (pcm, 48000) - 440) < NEAR_HZ
            assert gap_free (pcm, viewer.playback.rate)
            wait_heard (viewer, 1000)
            assert viewer.errors () == []


def test_a_viewer_hears_itself ():
    with pipeline ('spicerecordsrc port=0 ! queue ! audioconvert !',
                   'audioresample ! spiceplaybacksink') as server:
        with Viewer (server.port) as viewer:
            speak (viewer, 900)
            playback = viewer.playback

            def look ():
                pcm = playback.pcm ()[-24000:]
                return len (pcm) == 24000 and abs (
                    tone_frequency (pcm, 48000) - 900) < NEAR_HZ \
                    and gap_free (pcm, 48000)
            viewer.wait (look, 15, 'our own voice')


def test_a_viewer_that_sleeps_holds_up_no_sound ():
    """Who does not read loses old packets and delays nobody."""
    with playing ('codec=raw') as (server, viewer):
        viewer.playback.hear (START_SECONDS)
        with RawSession (server.port) as sleeper:
            sleeper.open (PLAYBACK, receive_buffer=4096)
            before = server.rss_bytes ()
            assert gap_free (viewer.playback.hear (2.0), 48000)
            assert server.rss_bytes () - before < 8 << 20
