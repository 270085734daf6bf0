// The door through which an OpenShift console loads Servelens, from 4.14 on: a classic script, used as it stands (no bundler).
// It registers a container with the console's loader, takes React from the console's shared scope, and mounts the
// WebAssembly page into an element that React leaves alone. The build puts the hashed file names in the place of {{…}}.
//
// It must stay a classic script (no static import or export), call the loader before it ends, bring no React of its own,
// and throw nothing at the console: a page that cannot be loaded says so in its own place.
(function () {
  'use strict';

  const NAME = 'servelens';
  const VERSION = '{{version}}';
  // currentScript is only set while the script runs; '.' also drops the loader's ?cacheBuster.
  const HERE = new URL('.', document.currentScript.src);
  const SCRIPT = new URL('{{servelens.js}}', HERE).href;
  const MODULE = new URL('{{servelens_bg.wasm}}', HERE).href;
  const STYLES = new URL('{{servelens.css}}', HERE).href;
  const EXTENSIONS = new URL('{{extensions.js}}', HERE).href;

  // ---- The WebAssembly instance: one for a document, however often this script is evaluated.

  const KEY = Symbol.for('servelens ' + MODULE);
  const instance = (window[KEY] = window[KEY] || { app: null, glue: null, attempts: 0 });

  /** Resolves to the page's exports. A failure is forgotten, so that the next call tries again. */
  function load() {
    if (!instance.app) {
      instance.app = start();
      instance.app.catch(forget);
    }
    return instance.app;
  }

  function forget() {
    instance.app = null;
    instance.glue = null;
    instance.attempts += 1;
  }

  async function start() {
    const found = findModule();
    found.catch(() => {}); // awaited below; the glue may fail before
    const [glue] = await Promise.all([importGlue(), addStyles()]);
    const { answer, store, kept } = await found;
    try {
      const copy = store && !kept ? answer.clone() : null;
      await glue.default({ module_or_path: answer });
      if (copy) {
        keep(store, copy).catch(() => {}); // a full disk must not stop the page
      }
    } catch (fault) {
      if (!kept) {
        throw fault;
      }
      await store.delete(MODULE).catch(() => {}); // a damaged copy
      await glue.default({ module_or_path: await fetchModule() });
    }
    return glue;
  }

  /** A browser may remember that an import failed, by its URL: a fragment makes the next attempt another URL. */
  function importGlue() {
    instance.glue = instance.glue || import(SCRIPT + (instance.attempts ? '#' + instance.attempts : ''));
    return instance.glue;
  }

  /** The style sheet, once in the document; the page reads its colours from it, so it waits for it. */
  function addStyles() {
    const present = document.querySelector('link[data-servelens]');
    if (present && present.href === STYLES && present.sheet) {
      return Promise.resolve();
    }
    if (present) {
      present.remove();
    }
    return new Promise((resolve, reject) => {
      const link = document.createElement('link');
      link.rel = 'stylesheet';
      link.href = STYLES;
      link.dataset.servelens = '';
      link.onload = () => resolve();
      link.onerror = () => {
        link.remove();
        reject(new Error('the style sheet did not arrive'));
      };
      document.head.append(link);
    });
  }

  // ---- Newer consoles forbid HTTP caching of plugin files; the hashed module is kept in Cache Storage instead.

  /** The store, or null where there is none (plain HTTP, private windows, a browser that forbids it). */
  async function openStore() {
    try {
      return await window.caches.open(NAME);
    } catch {
      return null;
    }
  }

  async function findModule() {
    const store = await openStore();
    const kept = store && (await store.match(MODULE).catch(() => undefined));
    return { store, kept: Boolean(kept), answer: kept || (await fetchModule()) };
  }

  async function fetchModule() {
    const answer = await fetch(MODULE, { credentials: 'same-origin' });
    if (!answer.ok) {
      throw new Error('the program file was answered with status ' + answer.status);
    }
    const type = answer.headers.get('Content-Type') || 'no type';
    if (!type.startsWith('application/wasm')) {
      throw new Error('something that is no program (' + type + ') was sent in the place of the program file');
    }
    return answer;
  }

  /** Keeps this version and drops the older ones. */
  async function keep(store, answer) {
    await store.put(MODULE, answer);
    const requests = await store.keys();
    await Promise.all(requests.filter((old) => old.url !== MODULE).map((old) => store.delete(old)));
  }

  // ---- The host: where the console lives, where its location stands, how to move it.

  /** The console's own prefix without its last slash: '' or '/console'. */
  function prefix() {
    const flags = window.SERVER_FLAGS || {};
    return (flags.basePath || '/').replace(/\/+$/, '');
  }

  /** Where the server is asked: the console puts its user's token on every request. */
  const BACKEND = () => prefix() + '/api/proxy/plugin/servelens/backend';

  /** The project that the console stands in, as it remembers it for this tab; null where it may not or does not. */
  function project() {
    try {
      return window.sessionStorage.getItem('bridge/last-namespace-name');
    } catch {
      return null;
    }
  }

  /** As a part of an address. */
  function scopeOf(name) {
    if (!name) {
      return '';
    }
    return name === '#ALL_NS#' ? '/all-namespaces' : '/ns/' + encodeURIComponent(name);
  }

  /**
   * The page's address without the console's prefix, or null while the location is another page's. An address that names
   * no project (the page that sets up) is about the console's `current` one.
   */
  function pagePath(current) {
    const { pathname, search } = window.location;
    const path = pathname.startsWith(prefix()) ? pathname.slice(prefix().length) : '';
    const [, rest] = /^\/servelens((?:\/.*)?)$/.exec(path) || [];
    if (rest === undefined) {
      return null;
    }
    const said = /^\/(ns|all-namespaces)(\/|$)/.test(rest);
    return '/servelens' + (said ? '' : scopeOf(current || project())) + rest + search;
  }

  /**
   * Moves the console's router to an address of the page. It listens for popstate and finds the new location; `idx` and
   * `key` are what react-router keeps in the history's state, and counts with when the user goes back.
   */
  function moveHost(path, replace) {
    const state = window.history.state;
    const next = state && typeof state === 'object' ? { key: Math.random().toString(36).slice(2, 10) } : null;
    if (next && typeof state.idx === 'number') {
      next.idx = replace ? state.idx : state.idx + 1;
      next.usr = null;
    }
    window.history[replace ? 'replaceState' : 'pushState'](next, '', prefix() + path);
    window.dispatchEvent(new PopStateEvent('popstate', { state: next }));
  }

  /**
   * Mounts the page into `element` as soon as it is there, and keeps it in step with `place`: what it shows, and what is
   * done when it goes elsewhere. `look` is what of it the host has already: `embedded`, a heading and a title around it;
   * `chooser`, a selector of projects. `report` is told 'mounted' or an Error, never after `detach`.
   */
  function attach(element, report, place, look) {
    let live = true;
    let handle = null;
    let told = null;

    function follow() {
      const path = place.path();
      if (!live || !handle || path === null || path === told) {
        return;
      }
      told = path;
      handle.navigate(path);
    }
    // Later in this turn: the page may be in the middle of the very event that moved the location.
    const followSoon = () => queueMicrotask(follow);
    const onPageMoves = (event) => {
      place.moves(event.detail.path, Boolean(event.detail.replace));
      followSoon();
    };

    load()
      .then((app) => {
        if (!live) {
          return;
        }
        told = place.path() || '/servelens/overview';
        const options = { host: 'console', base: BACKEND(), path: told, ...look };
        try {
          handle = app.mount(element, JSON.stringify(options));
        } catch (fault) {
          forget(); // a program that failed while it started is in no known state
          throw fault;
        }
        report('mounted');
      })
      .catch((fault) => {
        if (live) {
          console.error('Servelens could not be loaded.', fault);
          report(fault instanceof Error ? fault : new Error(String(fault)));
        }
      });

    // Captured, so that the event is seen whether or not it bubbles.
    element.addEventListener('servelens:navigate', onPageMoves, true);
    window.addEventListener('popstate', followSoon);
    // Where it exists it also tells of the router's own pushState, which fires no event.
    const navigation = window.navigation;
    if (navigation) {
      navigation.addEventListener('currententrychange', followSoon);
    }

    function detach() {
      live = false;
      element.removeEventListener('servelens:navigate', onPageMoves, true);
      window.removeEventListener('popstate', followSoon);
      if (navigation) {
        navigation.removeEventListener('currententrychange', followSoon);
      }
      if (handle) {
        try {
          handle.unmount();
        } catch (fault) {
          console.error('Servelens did not end cleanly.', fault);
        }
        handle = null;
      }
      element.replaceChildren();
    }
    return { follow, detach };
  }

  // ---- What is said while the page's own words are out of reach.

  const SAID = {
    en: ['Loading Servelens…', 'Servelens could not be loaded', 'The reason: ', 'Try again. If it stays, reload the page: a new version may have come meanwhile. If that does not help either, ask the cluster’s administrator whether the pods of the servelens plugin are running.', 'Try again'],
    es: ['Cargando Servelens…', 'No se pudo cargar Servelens', 'Motivo: ', 'Inténtelo de nuevo. Si persiste, recargue la página: puede haber llegado una versión nueva. Si tampoco ayuda, pregunte al administrador del clúster si los pods del plugin servelens están en ejecución.', 'Reintentar'],
    fr: ['Chargement de Servelens…', 'Servelens n’a pas pu être chargé', 'Raison : ', 'Réessayez. Si cela persiste, rechargez la page : une nouvelle version a pu arriver entre-temps. Sinon, demandez à l’administrateur du cluster si les pods du plugin servelens tournent.', 'Réessayer'],
    ja: ['Servelens を読み込んでいます…', 'Servelens を読み込めませんでした', '理由: ', 'もう一度お試しください。続く場合は、新しいバージョンに替わった可能性があるため、ページを再読み込みしてください。それでも解決しない場合は、servelens プラグインの Pod が動作しているかクラスター管理者に確認してください。', '再試行'],
    ko: ['Servelens를 불러오는 중…', 'Servelens를 불러올 수 없습니다', '이유: ', '다시 시도하세요. 계속되면 그사이 새 버전이 나왔을 수 있으니 페이지를 새로 고치세요. 그래도 해결되지 않으면 servelens 플러그인의 Pod가 실행 중인지 클러스터 관리자에게 문의하세요.', '다시 시도'],
    zh: ['正在加载 Servelens…', '无法加载 Servelens', '原因：', '请重试。如果问题仍然存在，请重新加载页面：期间可能已有新版本。如果仍无效，请询问集群管理员 servelens 插件的 Pod 是否正在运行。', '重试'],
  };

  const base = (tag) => String(tag).toLowerCase().split(/[-_]/)[0];

  /** What the reader wants, the console's choice first: it keeps that for itself and leaves `en` on its document. */
  function wishes() {
    let chosen = [];
    try {
      chosen = [window.localStorage.getItem('bridge/last-language')];
    } catch {
      // A browser that forbids it: then its own languages alone.
    }
    return [...chosen, ...(navigator.languages || [])].filter(Boolean);
  }

  /** The first of them that Servelens speaks. */
  function language() {
    return wishes().map(base).find((tag) => Object.hasOwn(SAID, tag)) || 'en';
  }

  /** The same with its country where the browser names one, for numbers. */
  function locale() {
    return (navigator.languages || []).find((tag) => base(tag) === language()) || language();
  }

  // ---- What React sees.

  /** A component that shows the page; `placeOf` makes its place from the properties that it is given. */
  function makePage(React, placeOf, look) {
    const h = React.createElement;

    function Fault(props) {
      const [, title, why, advice, again] = SAID[language()];
      return h(
        'div',
        { role: 'alert', lang: language(), style: { padding: '1.5rem', maxWidth: '40rem' } },
        h(look.embedded ? 'h2' : 'h1', null, title),
        h('p', null, why + props.reason + '.'),
        h('p', null, advice),
        h('button', { type: 'button', onClick: props.onRetry }, again),
      );
    }

    return function ServelensPage(props) {
      const root = React.useRef(null);
      const attached = React.useRef(null);
      const latest = React.useRef(props);
      latest.current = props;
      const [state, setState] = React.useState('loading');
      const [attempt, setAttempt] = React.useState(0);

      React.useEffect(() => {
        attached.current = attach(root.current, setState, placeOf(() => latest.current), look);
        return () => {
          attached.current.detach();
          attached.current = null;
        };
      }, [attempt]);

      // After every render: the router renders its route again when the location has changed.
      React.useEffect(() => attached.current.follow());

      function retry() {
        setState('loading');
        setAttempt(attempt + 1);
      }
      let notice = null;
      if (state === 'loading') {
        notice = h('p', { role: 'status', lang: language(), style: { padding: '1.5rem' } }, SAID[language()][0]);
      } else if (state !== 'mounted') {
        notice = h(Fault, { reason: state.message.replace(/\.$/, ''), onRetry: retry });
      }
      return h('div', { className: 'servelens-host' }, notice, h('div', { ref: root }));
    };
  }

  /**
   * The page at an address of its own, below the console's selector of projects: there the console draws none by itself.
   * The page has its own where the console shares none.
   */
  function makeRoute(React, { NamespaceBar, useActiveNamespace }) {
    const placeOf = (props) => ({ path: () => pagePath(props().project), moves: moveHost });
    if (!NamespaceBar || !useActiveNamespace) {
      return makePage(React, placeOf, {});
    }
    const Page = makePage(React, placeOf, { chooser: true });
    return function ServelensRoute(props) {
      const [project] = useActiveNamespace();
      return React.createElement(
        React.Fragment,
        null,
        React.createElement(NamespaceBar),
        React.createElement(Page, { ...props, project }),
      );
    };
  }

  // ---- Beside the console's own tabs. There the page moves by itself: the address belongs to the object that is shown.

  const TAB = { embedded: true, chooser: true };
  const inTab = (path) => ({ path, moves() {} });

  /** Observe of a developer: the project is in the console's address. */
  function observed() {
    return inTab(() => {
      const [, name] = /\/ns\/([^/]+)/.exec(window.location.pathname) || [];
      return '/servelens/' + (name ? 'ns/' + name : 'all-namespaces') + '/overview';
    });
  }

  const WORKLOADS = ['InferenceService', 'LLMInferenceService'];

  /** The page of an object: its namespace, and of a model server itself alone. */
  function objectPath({ obj }) {
    const { kind, metadata = {} } = obj || {};
    const name = encodeURIComponent(metadata.name || '');
    if (kind === 'Namespace' || kind === 'Project') {
      return '/servelens/ns/' + name + '/overview';
    }
    const scope = '/servelens/ns/' + encodeURIComponent(metadata.namespace || '');
    if (kind === 'InferencePool') {
      return scope + '/routing';
    }
    return scope + '/models' + (WORKLOADS.includes(kind) ? '?workload=' + name : '');
  }

  // ---- The container.

  let scope = null;
  const namespaces = {};

  /** A module of the shared scope: under '*' or under versions, its `get` at once or by promise. */
  async function shared(name) {
    const versions = (scope && scope[name]) || {};
    const [best] = Object.keys(versions).sort((a, b) => rank(versions[b]) - rank(versions[a]) || newer(a, b));
    if (best === undefined) {
      throw new Error('the console shares no ' + name);
    }
    const factory = await versions[best].get();
    return typeof factory === 'function' ? factory() : factory;
  }

  async function sharedReact() {
    const module = await shared('react');
    return module.createElement ? module : module.default;
  }

  /** What the console itself runs comes first: a second React in one page breaks every hook. */
  function rank(entry) {
    return (entry.loaded ? 2 : 0) + (entry.from === 'openshift-console' ? 1 : 0);
  }

  function newer(a, b) {
    return b.localeCompare(a, 'en', { numeric: true });
  }

  /** The flags of this server's configuration; the console shows what hangs on them when they are there. */
  async function setFlags(setFlag) {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      try {
        const answer = await fetch(new URL('plugin-flags.json', HERE), { credentials: 'same-origin' });
        if (answer.ok) {
          Object.entries(await answer.json()).forEach(([flag, on]) => setFlag(flag, on === true));
          return;
        }
      } catch {
        // The next attempt may find the network again.
      }
    }
  }

  /** What the console's cards say of ours, by the English text; English itself needs no words. */
  async function cardWords() {
    try {
      const file = '/locales/' + language() + '/plugin__servelens-cards.json';
      const answer = language() === 'en' ? null : await fetch(BACKEND() + file, { credentials: 'same-origin' });
      return answer && answer.ok ? await answer.json() : {};
    } catch {
      return {}; // numbers with English words are better than none
    }
  }

  /** The rest of what the plugin adds to the console; loaded when the console first asks for a part of it. */
  async function loadExtensions() {
    const React = await sharedReact();
    const { default: make } = await import(EXTENSIONS + (instance.misses ? '#' + instance.misses : '')).catch((fault) => {
      instance.misses = (instance.misses || 0) + 1;
      throw fault;
    });
    return make(React, { backend: BACKEND, prefix, moveHost, locale: locale(), words: await cardWords() });
  }

  const modules = {
    pages: async () => {
      const React = await sharedReact();
      const sdk = await shared('@openshift-console/dynamic-plugin-sdk').catch(() => ({}));
      return Object.freeze({
        default: makeRoute(React, sdk),
        ObserveTab: makePage(React, observed, TAB),
        ObjectTab: makePage(React, (props) => inTab(() => objectPath(props())), TAB),
      });
    },
    // Asked for at every start of a console, so that the rest need not be loaded for it.
    flags: async () => Object.freeze({ set: setFlags }),
    extensions: loadExtensions,
  };

  const container = {
    init(sharedScope) {
      // A second loader with a React of its own gets nothing from us, and no error either.
      scope = scope || sharedScope;
    },

    /** Always the same component for a module, else React would mount anew on each render. */
    async get(request) {
      const name = String(request).replace(/^\.\//, '');
      if (!Object.hasOwn(modules, name)) {
        throw new Error('Servelens has no module "' + name + '"; it offers: ' + Object.keys(modules).join(', '));
      }
      if (!namespaces[name]) {
        namespaces[name] = modules[name]();
        namespaces[name].catch(() => delete namespaces[name]);
      }
      const namespace = await namespaces[name];
      return () => namespace;
    },
  };

  if (typeof window.__load_plugin_entry__ === 'function') {
    window.__load_plugin_entry__(NAME, container); // 4.22 and later
  } else {
    window.loadPluginEntry(NAME + '@' + VERSION, container); // 4.14 to 4.21
  }
})();
