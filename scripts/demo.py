#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A desktop in a box, streamed and recorded by one pipeline (see scripts/demo).

Desktop and sound server are children in a private folder: an X server nobody
else can open, a sound server whose only card is a null sink. The pipeline runs
in this process, so that Ctrl-C becomes an end of stream and the file plays.
"""
import argparse
import ctypes
import math
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import wave

WIDTH, HEIGHT = 1280, 720  # until a viewer wishes for another size
LARGEST = '3840x2160'      # that it may wish for
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
END_SECONDS = 3  # for a child to end when asked
SETTLE_SECONDS = 10  # for a child to listen, for a file to be finished
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# The whole demonstration. What a viewer types or copies comes back through
# spiceinject.
PIPELINE = '''
  ximagesrc display-name={display} use-damage=false show-pointer=false
    ! video/x-raw,framerate=25/1
    ! spiceinject display-name={display} clipboard=true resize-display=true
    ! videoconvert ! tee name=picture
  picture. ! queue leaky=downstream max-size-buffers=2
    ! spicesink name=s port={port}
  picture. ! queue ! videoscale add-borders=true ! videoconvert
    ! video/x-raw,format=I420,width={width},height={height},pixel-aspect-ratio=1/1
    ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=250
    ! h264parse ! matroskamux name=file ! filesink location="{record}"
  {sound} ! audio/x-raw,rate=48000,channels=2 ! audioconvert ! audioresample
    ! tee name=sound
  sound. ! queue ! s.audio
  sound. ! queue ! opusenc ! file.
'''
DESK_SOUND = ('pulsesrc server=unix:{folder}/pulse.sock device=desk.monitor '
              'provide-clock=false')
PLAIN_SOUND = 'audiotestsrc is-live=true wave=ticks volume=0.2'

WELCOME = '''This desktop is a GStreamer pipeline.

Type here, click the clock, drag a window: input travels
back through the same pipeline. What you copy here you can
paste at home, and the reverse. Resize the viewer: the
desktop follows. Open a second viewer on
the same address: both see everything.
'''
BASHRC = '''PS1='desktop$ '
echo 'A terminal on the demo desktop.'
'''
PROGRAMS = '''xsetroot -solid '#2b5278'
mousepad welcome.txt &
xclock -update 1 -geometry 220x220 &
xeyes -geometry 220x130 &
exec xterm -geometry 84x24 -fa DejaVuSansMono -fs 11 -title Terminal \\
  -xrm 'XTerm*selectToClipboard: true' \\
  -e bash --rcfile bashrc
'''
# window class: x, y, width and height (0: as it likes), keyboard focus
PLACES = {
    'XTerm': (30, 30, 0, 0, 'yes'),
    'Mousepad': (400, 400, 620, 280, 'no'),
    'XClock': (1020, 30, 0, 0, 'no'),
    'XEyes': (1020, 300, 0, 0, 'no'),
}


def say(text):
    print(text, flush=True)


def tie_to_parent():
    """Runs in a child: whatever ends the demo ends the child."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Children:
    """Programs started here and all they started, ended in reverse order."""

    def __init__(self):
        self.groups = []
        # what a child leaves behind is waited for here
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)

    def start(self, command, env, **options):
        # A session of its own: the terminal's Ctrl-C is for the demo alone.
        child = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=tie_to_parent, **options)
        self.groups.append(child.pid)
        return child

    def stop(self):
        for group in reversed(self.groups):
            if not end_group(group, signal.SIGTERM):
                end_group(group, signal.SIGKILL)
        self.groups.clear()


def end_group(group, number):
    """True when nothing is left of a process group."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        pass
    deadline = time.monotonic() + END_SECONDS
    while time.monotonic() < deadline:
        try:
            if os.waitpid(-group, os.WNOHANG) == (0, 0):
                time.sleep(0.02)
        except ChildProcessError:
            return True
    return False


def private_environment(folder):
    env = {key: value for key, value in os.environ.items()
           if not key.startswith(('DBUS_', 'XDG_', 'PULSE_', 'WAYLAND_'))}
    env.update(HOME=folder, XDG_RUNTIME_DIR=folder, PULSE_RUNTIME_PATH=folder,
               PULSE_SERVER='unix:%s/pulse.sock' % folder,
               XAUTHORITY=folder + '/xauth', GDK_BACKEND='x11',
               GSETTINGS_BACKEND='memory', NO_AT_BRIDGE='1', LC_ALL='C.UTF-8',
               DBUS_SESSION_BUS_ADDRESS='disabled:')
    return env


def add_cookie(env, display, cookie):
    subprocess.run(['xauth', '-q', 'add', display, '.', cookie], env=env,
                   check=True, stderr=subprocess.DEVNULL)


def start_display(children, env):
    """An X server that takes a free number and only our cookie."""
    cookie = secrets.token_hex(16)
    add_cookie(env, ':0', cookie)
    ours, theirs = os.pipe()
    children.start(
        ['Xvfb', '-displayfd', str(theirs), '-screen', '0', LARGEST + 'x24',
         '-nolisten', 'tcp', '-noreset', '-auth', env['XAUTHORITY']],
        env, pass_fds=[theirs])
    os.close(theirs)
    with os.fdopen(ours) as answer:
        number = answer.readline().strip()
    if not number:
        raise RuntimeError('Xvfb did not start')
    add_cookie(env, ':' + number, cookie)
    set_size(dict(env, DISPLAY=':' + number))
    return ':' + number


def set_size(env):
    """Makes the screen smaller than it can be."""
    name = 'start'
    timings = [(side, side + 1, side + 2, side + 3) for side in (WIDTH, HEIGHT)]
    for words in (['--newmode', name, '60', *timings[0], *timings[1]],
                  ['--addmode', 'screen', name],
                  ['--output', 'screen', '--mode', name]):
        subprocess.run(['xrandr', *map(str, words)], env=env, check=True)


def openbox_configuration():
    """Every window at its place, the terminal with the keyboard."""
    rules = []
    for name, (x, y, width, height, focus) in PLACES.items():
        size = ('<size><width>%d</width><height>%d</height></size>'
                % (width, height)) if width else ''
        rules.append(
            '<application class="%s"><focus>%s</focus>'
            '<position force="yes"><x>%d</x><y>%d</y></position>%s'
            '</application>' % (name, focus, x, y, size))
    with open('/etc/xdg/openbox/rc.xml', encoding='utf-8') as file:
        usual = file.read()
    return usual.replace('<applications>', '<applications>' + ''.join(rules))


def start_programs(children, env, folder):
    """The window manager starts the rest, so that it can place them."""
    for name, text in (('welcome.txt', WELCOME), ('bashrc', BASHRC),
                       ('programs', PROGRAMS),
                       ('openbox.xml', openbox_configuration())):
        with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
            file.write(text)
    children.start(['openbox', '--config-file', 'openbox.xml',
                    '--startup', 'sh programs'], env, cwd=folder)


def write_tune(path):
    """Four quiet bars, plucked."""
    rate, beat = 48000, 0.3
    notes = (57, 64, 69, 72, 76, 72, 69, 64, 53, 60, 65, 69, 72, 69, 65, 60,
             48, 55, 64, 67, 72, 67, 64, 55, 55, 62, 67, 71, 74, 71, 67, 62)
    samples = bytearray()
    for note in notes:
        step = 2 * math.pi * 440 * 2 ** ((note - 69) / 12) / rate
        for i in range(int(beat * rate)):
            value = 2500 * math.exp(-i / rate * 7) * math.sin(step * i)
            samples += int(value).to_bytes(2, 'little', signed=True)
    with wave.open(path, 'wb') as file:
        file.setparams((1, 2, rate, 0, 'NONE', ''))
        file.writeframes(samples)


def start_sound(children, env, folder):
    """A sound server with a tune on it; returns the source to record."""
    server = folder + '/pulse.sock'
    sound_server = children.start(
        ['pulseaudio', '-n', '--daemonize=no', '--use-pid-file=no',
         '--exit-idle-time=-1', '--disallow-exit',
         '--load=module-null-sink sink_name=desk rate=48000',
         '--load=module-native-protocol-unix auth-anonymous=1 socket='
         + server], env)
    deadline = time.monotonic() + SETTLE_SECONDS
    while subprocess.run(['pactl', 'info'], env=env, capture_output=True,
                         check=False).returncode:
        if time.monotonic() > deadline or sound_server.poll() is not None:
            say('No sound server here: a ticking test tone instead.')
            return PLAIN_SOUND
        time.sleep(0.1)
    write_tune(folder + '/tune.wav')
    children.start(['sh', '-c', 'while paplay tune.wav; do :; done'], env,
                   cwd=folder)
    return DESK_SOUND.format(folder=folder)


def check_port(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(('127.0.0.1', port))
        except OSError as error:
            sys.exit('Port %d: %s. Choose another one with --port '
                     '(0 takes a free one).' % (port, error.strerror))


class Show:
    """The pipeline, from PLAYING to the end of its stream."""

    def __init__(self, description, record, seconds):
        from gi.repository import GLib, Gst
        self.gst, self.glib = Gst, GLib
        self.record, self.seconds = record, seconds
        self.loop = GLib.MainLoop()
        self.status = 0
        self.is_ending, self.is_shown, self.is_stuck = False, False, False
        self.pipeline = Gst.parse_launch(description)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect('message', self.on_message)

    def run(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            self.glib.unix_signal_add(self.glib.PRIORITY_DEFAULT, number,
                                      self.on_signal)
        self.pipeline.set_state(self.gst.State.PLAYING)
        self.loop.run()
        if not self.is_stuck:
            self.pipeline.set_state(self.gst.State.NULL)
        return self.status

    def on_message(self, _bus, message):
        kind = self.gst.MessageType
        if message.type == kind.ERROR:
            error, detail = message.parse_error()
            say('%s: %s' % (message.src.get_name(), error.message))
            say(detail or '')
            self.fail()
        elif message.type == kind.EOS:
            self.loop.quit()
        elif message.type == kind.STATE_CHANGED:
            if (message.src == self.pipeline and not self.is_shown
                    and message.parse_state_changed()[1]
                    == self.gst.State.PLAYING):
                self.on_playing()

    def on_playing(self):
        self.is_shown = True
        port = self.pipeline.get_by_name('s').get_property('current-port')
        address = 'spice://127.0.0.1:%d' % port
        say('Open http://127.0.0.1:%d/ in a browser, or %s in remote-viewer:\n'
            '  remote-viewer %s' % (port, address, address))
        say('Recording to %s. Ctrl-C ends it.' % self.record)
        if self.seconds:
            self.glib.timeout_add_seconds(self.seconds, self.end)

    def on_signal(self):
        if self.is_ending or not self.is_shown:
            self.fail()
        else:
            self.end()
        return True

    def end(self):
        if not self.is_ending:
            self.is_ending = True
            # sources may hold this call up: not on the loop's thread
            threading.Thread(target=self.pipeline.send_event, daemon=True,
                             args=[self.gst.Event.new_eos()]).start()
            self.glib.timeout_add_seconds(SETTLE_SECONDS, self.on_stuck)
        return False

    def on_stuck(self):
        say('The pipeline did not end; the recording may be incomplete.')
        self.is_stuck = True
        self.fail()
        return False

    def fail(self):
        self.status = 1
        self.loop.quit()


def use_built_plugins():
    """Before the first use of GStreamer."""
    build = os.path.join(ROOT, 'build')
    os.environ['GST_PLUGIN_PATH'] = ':'.join(
        os.path.join(build, 'gst', name) for name in ('spicesink', 'spicesrc'))
    os.environ['GST_REGISTRY'] = os.path.join(build, 'demo-registry.bin')
    import gi
    gi.require_version('Gst', '1.0')
    from gi.repository import Gst
    Gst.init(None)


def parse_arguments():
    parser = argparse.ArgumentParser(prog='scripts/demo')
    parser.add_argument('--port', type=int, default=5900)
    parser.add_argument('--seconds', type=int, default=0)
    parser.add_argument('--record', default=None)
    parser.add_argument('--no-install', action='store_true')
    arguments = parser.parse_args()
    if not 0 <= arguments.port <= 65535:
        parser.error('--port is from 0 to 65535')
    if arguments.seconds < 0:
        parser.error('--seconds is at least 0')
    arguments.record = os.path.abspath(
        arguments.record or time.strftime('desk-%Y%m%d-%H%M%S.mkv'))
    return arguments


def show_desktop(arguments, children, folder):
    env = private_environment(folder)
    display = env['DISPLAY'] = start_display(children, env)
    start_programs(children, env, folder)
    sound = start_sound(children, env, folder)
    os.environ['XAUTHORITY'] = env['XAUTHORITY']
    use_built_plugins()
    description = PIPELINE.format(display=display, port=arguments.port,
                                  record=arguments.record, sound=sound,
                                  width=WIDTH, height=HEIGHT)
    show = Show(description, arguments.record, arguments.seconds)
    return show.run()


def main():
    arguments = parse_arguments()
    check_port(arguments.port)
    children = Children()
    folder = tempfile.mkdtemp(prefix='spice-demo-')
    # until the pipeline has its own handling
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(1))
    try:
        return show_desktop(arguments, children, folder)
    finally:
        children.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == '__main__':
    sys.exit(main())
