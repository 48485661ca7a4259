// SPDX-License-Identifier: LGPL-2.1-or-later
// The client of Debian's package spice-html5 in a page that is none: node has
// no canvas, no image decoder, no WebSocket. What the client uses of them is
// here; the client itself is loaded as it is installed.
//
//   node --experimental-vm-modules browser.mjs FOLDER
//
// Commands come on standard input, events go to standard output, each a line
// of JSON; with a field "bytes", so many bytes follow. browser.py is the other
// end and knows them all.

import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import vm from 'node:vm';

const DISPLAY = 2;

// ---- the other end

function say (event, bytes = undefined) {
  const head = bytes ? { ...event, bytes: bytes.length } : event;
  fs.writeSync (1, Buffer.from (JSON.stringify (head) + '\n'));
  for (let at = 0; bytes && at < bytes.length;)
    at += writeSome (bytes, at);
}

// the other end may be slow, and a pipe is not always blocking
function writeSome (bytes, at) {
  try {
    return fs.writeSync (1, bytes, at);
  } catch (error) {
    if (error.code === 'EAGAIN')
      return 0;
    throw error;
  }
}

function listen (handle) {
  let left = Buffer.alloc (0);
  process.stdin.on ('data', (piece) => {
    left = Buffer.concat ([left, piece]);
    for (;;) {
      const end = left.indexOf (10);
      if (end < 0)
        return;
      const command = JSON.parse (left.subarray (0, end));
      const after = end + 1 + (command.bytes || 0);
      if (left.length < after)
        return;
      const bytes = left.subarray (end + 1, after);
      left = left.subarray (after);
      handle (command, bytes);
    }
  });
  process.stdin.on ('end', () => process.exit (0));
}

// ---- pixels: R G B A, alpha not multiplied in

class ImageData {
  constructor (width, height) {
    this.width = width;
    this.height = height;
    this.data = new Uint8ClampedArray (width * height * 4);
  }
}

// what each operation makes of two alphas: the weights of source and target
const WEIGHTS = {
  'source-over': (source, target) => [source, target * (1 - source)],
  'source-in': (source, target) => [source * target, 0],
};

class Context {
  constructor (canvas) {
    this.canvas = canvas;
    this.fillStyle = 'rgb(0, 0, 0)';
    this.globalCompositeOperation = 'source-over';
  }

  save () {}

  restore () {}

  createImageData (width, height) {
    return new ImageData (width, height);
  }

  // calls with places in the pixels of the canvas and of a rectangle on it
  eachPixel (left, top, width, height, call) {
    const { pixels } = this.canvas;
    for (let y = Math.max (0, -top); y < height; y++)
      for (let x = Math.max (0, -left); x < width; x++)
        if (left + x < pixels.width && top + y < pixels.height)
          call (((top + y) * pixels.width + left + x) * 4,
            (y * width + x) * 4);
  }

  getImageData (left, top, width, height) {
    const taken = new ImageData (width, height);
    const { data } = this.canvas.pixels;
    this.eachPixel (left, top, width, height, (here, there) => {
      taken.data.set (data.subarray (here, here + 4), there);
    });
    return taken;
  }

  putImageData (image, left, top) {
    const { data } = this.canvas.pixels;
    this.eachPixel (left, top, image.width, image.height, (here, there) => {
      data.set (image.data.subarray (there, there + 4), here);
    });
  }

  blend (here, from, there) {
    const { data } = this.canvas.pixels;
    const weigh = WEIGHTS[this.globalCompositeOperation];
    const [source, target] =
      weigh (from[there + 3] / 255, data[here + 3] / 255);
    const alpha = source + target;
    for (let i = 0; alpha > 0 && i < 3; i++)
      data[here + i] =
        (from[there + i] * source + data[here + i] * target) / alpha;
    data[here + 3] = alpha * 255;
  }

  drawImage (what, left, top) {
    const { pixels } = what;
    this.eachPixel (left, top, pixels.width, pixels.height, (here, there) => {
      this.blend (here, pixels.data, there);
    });
  }

  fillRect (left, top, width, height) {
    const colour = this.fillStyle.match (/\d+/g).map (Number);
    const { data } = this.canvas.pixels;
    this.eachPixel (left, top, width, height, (here) => {
      data.set ([...colour.slice (0, 3), 255], here);
    });
  }
}

// ---- a page: elements come into being when they are asked for

class Style {
  #cursor = 'auto';

  get cursor () {
    return this.#cursor;
  }

  set cursor (text) {
    this.#cursor = text;
    say ({ event: 'pointer', text });
  }
}

class Element {
  constructor () {
    this.style = new Style ();
    this.offsetLeft = this.offsetTop = 0;
  }

  appendChild () {}

  removeChild () {}

  addEventListener () {}

  removeEventListener () {}

  focus () {}

  setAttribute (name, value) {
    this[name] = value;
  }
}

class Canvas extends Element {
  constructor () {
    super ();
    this.pixels = new ImageData (300, 150);
    this.context2d = new Context (this);
  }

  setAttribute (name, value) {
    const size = { width: this.pixels.width, height: this.pixels.height };
    super.setAttribute (name, value);
    if (name in size)
      this.pixels = new ImageData (
        ...Object.values ({ ...size, [name]: Number (value) }));
  }

  getContext () {
    return this.context2d;
  }
}

const elements = new Map ();
const document = {
  createElement: (name) => name === 'canvas' ? new Canvas () : new Element (),
  createTextNode: (text) => text,
  getElementById: (id) => {
    if (!elements.has (id))
      elements.set (id, new Element ());
    return elements.get (id);
  },
};

// ---- pictures in files: the other end decodes them

const images = [];

class Image {
  set src (address) {
    if (!address.startsWith ('data:image/jpeg'))
      return; // an empty picture, to let go of the last one
    const escaped = address.slice (address.indexOf (',') + 1);
    const bytes = Buffer.from (escaped.replace (/%/g, ''), 'hex');
    images.push (this);
    say ({ event: 'image', number: images.length - 1 }, bytes);
  }
}

function onDecoded ({ number, width, height }, bytes) {
  const image = images[number];
  image.pixels = new ImageData (width, height);
  image.pixels.data.set (bytes);
  try {
    image.onload ();
  } catch (error) {
    // where there never was a stream it fails once all is drawn
    say ({ event: 'log', text: String (error) });
  }
  say ({ event: 'loaded', number });
}

// ---- what it carries is the same over a plain socket

class WebSocket {
  constructor (url) {
    this.url = url;
    this.binaryType = 'blob';
    this.readyState = 0;
    this.listeners = { open: [], message: [], close: [], error: [] };
    if (url === 'nowhere:')
      return;
    this.socket = net.connect (Number (new URL (url).port), '127.0.0.1');
    this.socket.setNoDelay (true);
    this.socket.on ('connect', () => this.tell ('open', 1));
    this.socket.on ('error', () => this.tell ('error', 3));
    this.socket.on ('close', () => this.tell ('close', 3));
    this.socket.on ('data', (piece) => {
      const bytes = new ArrayBuffer (piece.length);
      new Uint8Array (bytes).set (piece);
      this.tell ('message', 1, bytes);
    });
  }

  addEventListener (name, listener) {
    this.listeners[name].push (listener);
  }

  tell (name, state, data = undefined) {
    this.readyState = state;
    for (const listener of this.listeners[name])
      listener.call (this, { target: this, data });
  }

  send (data) {
    this.socket?.write (new Uint8Array (data));
  }

  close () {
    this.socket?.end ();
  }
}

// ---- the client

function page () {
  const log = (...words) => say ({ event: 'log', text: words.join (' ') });
  const made = {
    document, Image, WebSocket, URL, setTimeout, clearTimeout,
    console: { log, warn: log, error: log, info: log },
    navigator: { appName: 'node', appVersion: '5', userAgent: 'node' },
    ArrayBuffer, DataView, Uint8Array, Uint8ClampedArray,
    getComputedStyle: (element) => element.style,
  };
  made.window = made;
  return vm.createContext (made);
}

async function load (folder) {
  const context = page ();
  const modules = new Map ();
  const open = (file) => {
    if (!modules.has (file))
      modules.set (file, new vm.SourceTextModule (
        fs.readFileSync (file, 'utf8'), { context, identifier: file }));
    return modules.get (file);
  };
  const main = open (path.join (folder, 'main.js'));
  await main.link ((name, from) =>
    open (path.resolve (path.dirname (from.identifier), name)));
  await main.evaluate ();
  return {
    SpiceMainConn: main.namespace.SpiceMainConn,
    SpiceDisplayConn: open (path.join (folder, 'display.js'))
      .namespace.SpiceDisplayConn,
  };
}

// tells of each message of a display channel once it has been dealt with
function watch (SpiceDisplayConn) {
  const inherited = SpiceDisplayConn.prototype.process_message;
  SpiceDisplayConn.prototype.process_message = function (message) {
    const body = Buffer.from (message.data || new ArrayBuffer (0));
    let failed;
    try {
      inherited.call (this, message);
    } catch (error) {
      failed = String (error.stack);
    }
    say ({ event: 'message', type: message.type, failed }, body);
  };
}

// tells of each message a display channel sends
function watchSent (SpiceDisplayConn) {
  const inherited = SpiceDisplayConn.prototype.send_msg;
  SpiceDisplayConn.prototype.send_msg = function (message) {
    say ({ event: 'sent', type: message.type });
    return inherited.call (this, message);
  };
}

function showCanvas (display, surface) {
  const canvas = display?.surfaces?.[surface]?.canvas;
  if (!canvas) {
    say ({ event: 'canvas' });
    return;
  }
  const { width, height, data } = canvas.pixels;
  say ({ event: 'canvas', width, height }, Buffer.from (data.buffer));
}

const { SpiceMainConn, SpiceDisplayConn } = await load (process.argv[2]);
const names = { screen_id: 'screen', message_id: 'messages',
  dump_id: 'dumps' };
let main;
let offline;

watch (SpiceDisplayConn);
watchSent (SpiceDisplayConn);

const commands = {
  connect: ({ port }) => {
    main = new SpiceMainConn ({ uri: `ws://127.0.0.1:${port}`, ...names,
      onerror: (error) => say ({ event: 'log', text: String (error) }) });
  },
  // a display channel without a server, fed with play
  begin: () => {
    offline = new SpiceDisplayConn ({ uri: 'nowhere:', type: DISPLAY,
      parent: { ...names, relative_now: () => 0 } });
  },
  play: ({ type }, bytes) => {
    const data = new ArrayBuffer (bytes.length);
    new Uint8Array (data).set (bytes);
    offline.process_message ({ type, size: data.byteLength, data });
  },
  canvas: ({ surface }) => {
    showCanvas (offline || main.extra_channels?.[DISPLAY] || main.display,
      surface);
  },
  decoded: onDecoded,
};

listen ((command, bytes) => commands[command.do] (command, bytes));
say ({ event: 'ready' });
