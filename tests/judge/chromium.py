# SPDX-License-Identifier: LGPL-2.1-or-later
"""Chromium without a screen, told what to do through its DevTools protocol.

    with Chromium (f'http://127.0.0.1:{desk.port}/') as page:
        page.wait_canvas (picture)
        page.press ('a', 'KeyA', 65)"""

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import threading
from io import BytesIO

import numpy
from gi.repository import GLib
from PIL import Image

from loop import wait

PATIENCE_S = 120     # a browser under load takes its time
LOOK_AGAIN_MS = 200
CANVAS = "document.querySelector ('#spice-screen canvas')"


class Chromium:
    def __init__ (self, url, password=None, flags=()):
        self.url = url
        self.password = password
        self.flags = list (flags)
        self.prompts = 0
        self.log = []
        self._numbers = itertools.count (1)
        self._answers = {}
        self._session = None

    # ---- life

    def __enter__ (self):
        self._home = tempfile.mkdtemp ()
        to_browser, self._to = os.pipe ()
        self._from, from_browser = os.pipe ()
        # it reads descriptor 3 and writes 4
        script = f'exec 3<&{to_browser} 4>&{from_browser}; exec "$@"'
        self._process = subprocess.Popen (
            ['bash', '-c', script, 'bash', 'chromium', '--headless=new',
             '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
             '--autoplay-policy=no-user-gesture-required',
             '--no-first-run', '--remote-debugging-pipe', '--mute-audio',
             f'--user-data-dir={self._home}', '--window-size=1000,900',
             *self.flags, 'about:blank'],
            pass_fds=(to_browser, from_browser), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close (to_browser)
        os.close (from_browser)
        threading.Thread (target=self._listen, daemon=True).start ()
        self._open ()
        return self

    def __exit__ (self, kind, value, traceback):
        self._process.kill ()
        self._process.wait ()
        os.close (self._to)
        shutil.rmtree (self._home, ignore_errors=True)

    def _open (self):
        page = self.ask ('Target.createTarget', url='about:blank')['targetId']
        self._session = self.ask ('Target.attachToTarget', targetId=page,
                                  flatten=True)['sessionId']
        for domain in ('Page', 'Runtime'):
            self.ask (f'{domain}.enable')
        self.ask ('Page.navigate', url=self.url)

    # ---- messages, each ended by a NUL

    def _listen (self):
        waiting = b''
        while piece := os.read (self._from, 1 << 16):
            *messages, waiting = (waiting + piece).split (b'\0')
            for message in messages:
                GLib.idle_add (self._take, json.loads (message))
        os.close (self._from)

    def _take (self, message):
        if 'id' in message:
            self._answers[message['id']] = message
        elif message['method'] == 'Page.javascriptDialogOpening':
            self.prompts += 1
            self._send ('Page.handleJavaScriptDialog', accept=True,
                        promptText=self.password or '')
        elif message['method'] == 'Runtime.consoleAPICalled':
            self.log.append (' '.join (
                str (a.get ('value', a.get ('description')))
                for a in message['params']['args']))
        return GLib.SOURCE_REMOVE

    def _send (self, method, **params):
        message = {'id': next (self._numbers), 'method': method,
                   'params': params}
        if self._session:
            message['sessionId'] = self._session
        os.write (self._to, json.dumps (message).encode () + b'\0')
        return message['id']

    def ask (self, method, **params):
        number = self._send (method, **params)
        wait (lambda: number in self._answers, PATIENCE_S, method)
        answer = self._answers.pop (number)
        assert 'error' not in answer, (method, answer)
        return answer['result']

    # ---- the page

    def value (self, expression):
        """What an expression is in the page; None when it fails."""
        result = self.ask ('Runtime.evaluate', expression=expression,
                           returnByValue=True, awaitPromise=True)
        return result['result'].get ('value')

    def wait_value (self, expression, is_good, what):
        tick = GLib.timeout_add (LOOK_AGAIN_MS, lambda: True)
        try:
            wait (lambda: is_good (self.value (expression)), PATIENCE_S, what)
        finally:
            GLib.source_remove (tick)

    def canvas (self):
        """What the desktop's canvas shows, blue first; None: there is none."""
        url = self.value (f"{CANVAS}.toDataURL ('image/png')")
        if not url:
            return None
        png = base64.b64decode (url.split (',', 1)[1])
        rgb = numpy.asarray (Image.open (BytesIO (png)).convert ('RGB'))
        return rgb[:, :, ::-1]

    def wait_canvas (self, picture):
        def is_shown (_):
            canvas = self.canvas ()
            return canvas is not None and numpy.array_equal (canvas, picture)
        self.wait_value ('1', is_shown, 'the picture in the browser')

    def press (self, text, code, number):
        for kind in ('keyDown', 'keyUp'):
            self.ask ('Input.dispatchKeyEvent', type=kind, key=text, code=code,
                      windowsVirtualKeyCode=number, nativeVirtualKeyCode=number)

    def click (self, x, y):
        """At a place of the canvas."""
        box = self.value (f"(() => {{ const b = {CANVAS}"
                          ".getBoundingClientRect ();"
                          " return [b.left, b.top]; }) ()")
        for kind in ('mouseMoved', 'mousePressed', 'mouseReleased'):
            self.ask ('Input.dispatchMouseEvent', type=kind, button='left',
                      x=box[0] + x, y=box[1] + y, clickCount=1)
