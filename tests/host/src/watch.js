// Runs before everything else in the host page and counts what is alive: listeners on the long-lived targets, timers,
// animation frames, observers, unfinished fetches, the plugin's roots and its WebAssembly memory.
// What a test reads is `window.watch`.

const counts = { listeners: 0, intervals: 0, timeouts: 0, frames: 0, observers: 0, fetches: 0, streams: 0 };
const faults = [];
const events = {};
const roots = [];
const memories = [];
let instances = 0;

window.watch = {
  faults,
  /** What is alive now; equal before a mount and after its unmount. */
  live: () => ({ ...counts, roots: document.querySelectorAll('.servelens').length }),
  /** Live listeners by target and type, to name a leak. */
  listeners: () => Object.fromEntries(Object.entries(events).filter(([, n]) => n !== 0)),
  instances: () => instances,
  memory: () => memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
  /** How many of the elements that were ever a root of the page are still held by somebody. */
  heldRoots() {
    window.gc?.();
    return roots.filter((root) => root.deref()).length;
  },
};

// ---- Listeners. A listener on an element dies with it; these targets live as long as the document.

const longLived = (target) =>
  target === window ||
  target === document ||
  target === document.documentElement ||
  target === document.body ||
  target === window.navigation ||
  target instanceof MediaQueryList ||
  target === window.visualViewport;

const known = new Map();
const capture = (options) => (typeof options === 'object' && options ? Boolean(options.capture) : Boolean(options));
const { addEventListener, removeEventListener } = EventTarget.prototype;

function count(target, type, by) {
  counts.listeners += by;
  const key = `${target.constructor.name} ${type}`;
  events[key] = (events[key] ?? 0) + by;
}

EventTarget.prototype.addEventListener = function (type, listener, options) {
  const target = this ?? window;
  if (listener && longLived(target)) {
    const key = `${type} ${capture(options)}`;
    const byTarget = known.get(target) ?? known.set(target, new Map()).get(target);
    const held = byTarget.get(key) ?? byTarget.set(key, new Set()).get(key);
    if (!held.has(listener)) {
      held.add(listener);
      count(target, type, 1);
      const gone = () => held.delete(listener) && count(target, type, -1);
      if (options?.once) {
        addEventListener.call(target, type, gone, { once: true, capture: capture(options) });
      }
      options?.signal?.addEventListener('abort', gone);
    }
  }
  return addEventListener.call(target, type, listener, options);
};

EventTarget.prototype.removeEventListener = function (type, listener, options) {
  const target = this ?? window;
  if (known.get(target)?.get(`${type} ${capture(options)}`)?.delete(listener)) {
    count(target, type, -1);
  }
  return removeEventListener.call(target, type, listener, options);
};

// ---- Timers and frames.

function timer(start, stop, counter, fires) {
  const [begin, end] = [window[start].bind(window), window[stop].bind(window)];
  const live = new Set();
  const done = (id) => live.delete(id) && (counts[counter] -= 1);
  window[start] = (callback, ...rest) => {
    const id = begin((...args) => {
      if (fires === 'once') {
        done(id);
      }
      return typeof callback === 'function' ? callback(...args) : undefined;
    }, ...rest);
    live.add(id);
    counts[counter] += 1;
    return id;
  };
  window[stop] = (id) => {
    done(id);
    end(id);
  };
}
timer('setTimeout', 'clearTimeout', 'timeouts', 'once');
timer('setInterval', 'clearInterval', 'intervals', 'always');
timer('requestAnimationFrame', 'cancelAnimationFrame', 'frames', 'once');

// ---- Observers.

for (const name of ['MutationObserver', 'ResizeObserver', 'IntersectionObserver', 'PerformanceObserver']) {
  const Native = window[name];
  window[name] = class extends Native {
    #live = false;
    observe(...args) {
      counts.observers += this.#live ? 0 : 1;
      this.#live = true;
      return super.observe(...args);
    }
    disconnect() {
      counts.observers -= this.#live ? 1 : 0;
      this.#live = false;
      return super.disconnect();
    }
  };
}

// ---- Requests.

const nativeFetch = window.fetch.bind(window);
window.fetch = (...args) => {
  counts.fetches += 1;
  return nativeFetch(...args).finally(() => (counts.fetches -= 1));
};
for (const name of ['EventSource', 'WebSocket']) {
  const Native = window[name];
  window[name] = class extends Native {
    constructor(...args) {
      super(...args);
      counts.streams += 1;
    }
    close(...args) {
      counts.streams -= 1;
      return super.close(...args);
    }
  };
}

// ---- WebAssembly.

function seen(instance) {
  instances += 1;
  const memory = instance.exports.memory;
  if (memory instanceof WebAssembly.Memory) {
    memories.push(memory);
  }
}
for (const name of ['instantiate', 'instantiateStreaming']) {
  const native = WebAssembly[name].bind(WebAssembly);
  WebAssembly[name] = async (...args) => {
    const result = await native(...args);
    seen(result.instance ?? result);
    return result;
  };
}

// ---- Roots: held weakly, so that only a leak keeps them.

new MutationObserver((records) => {
  for (const node of records.flatMap((record) => [...record.addedNodes])) {
    if (node instanceof Element) {
      const found = node.matches('.servelens') ? [node] : node.querySelectorAll('.servelens');
      roots.push(...[...found].map((root) => new WeakRef(root)));
    }
  }
}).observe(document, { childList: true, subtree: true });
counts.observers = 0;

// ---- Faults: what the console would show in red, and what its CSP detector would blame on the plugin.

const text = (value) => (value instanceof Error ? `${value.message}` : String(value));
const nativeError = console.error.bind(console);
console.error = (...args) => {
  faults.push(`console.error: ${args.map(text).join(' ')}`);
  nativeError(...args);
};
addEventListener.call(window, 'error', (event) => faults.push(`error: ${event.message || event.target?.src || event.target?.href}`), true);
addEventListener.call(window, 'unhandledrejection', (event) => faults.push(`unhandled: ${text(event.reason)}`));
addEventListener.call(document, 'securitypolicyviolation', (event) =>
  faults.push(`csp: ${event.violatedDirective} ${event.blockedURI}`),
);
