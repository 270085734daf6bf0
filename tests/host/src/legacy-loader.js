// Loads a plugin as the consoles 4.14 to 4.21 do, whose loader is their own. What differs between them is `release`.
import * as React from 'react';
import { SDK } from './projects.jsx';

const LEGACY = ['name', 'version', 'extensions', 'displayName', 'description', 'dependencies', 'disableStaticPlugins'];
const STANDARD = ['name', 'version', 'extensions', 'dependencies', 'customProperties', 'baseURL', 'loadScripts', 'registrationMethod', 'buildHash'];

/** The shared scope: up to 4.20 the console's own object, from 4.21 webpack's, whose eager modules answer at once. */
function scopeOf(release) {
  const sdk = '@openshift-console/dynamic-plugin-sdk';
  if (release < 21) {
    const any = (module) => ({ '*': { get: async () => () => module, loaded: true } });
    return { react: any(React), ...(SDK && { [sdk]: any(SDK) }) };
  }
  const eager = (module) => ({ get: () => () => module, from: 'openshift-console', eager: true, loaded: 1 });
  return {
    ...(SDK && { [sdk]: { '0.0.0': eager(SDK) } }),
    react: {
      '16.14.0': { get: () => Promise.reject(new Error('a React that the console never loaded')), from: 'some-plugin' },
      [React.version]: eager(React),
    },
  };
}

/** The closed shapes that the console's schema accepts. */
function shapeOf(manifest, release) {
  const standard = typeof manifest.baseURL === 'string';
  if (standard && release < 15) {
    throw new Error('this console takes the legacy manifest only');
  }
  const unknown = Object.keys(manifest).filter((key) => !(standard ? STANDARD : LEGACY).includes(key));
  if (unknown.length) {
    throw new Error(`the manifest has unknown keys: ${unknown.join(', ')}`);
  }
  for (const key of standard ? ['baseURL', 'loadScripts', 'registrationMethod'] : ['name', 'version', 'extensions']) {
    if (!(key in manifest)) {
      throw new Error(`the manifest lacks ${key}`);
    }
  }
  if (standard && manifest.registrationMethod !== 'callback') {
    throw new Error('only the callback registration is accepted');
  }
  return standard ? { base: manifest.baseURL, scripts: manifest.loadScripts } : { base: null, scripts: ['plugin-entry.js'] };
}

function inject(src, id) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    Object.assign(script, { async: true, src: `${src}?cacheBuster=${Math.random().toString(36).slice(2)}`, id });
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`${src} did not load`));
    document.head.append(script);
  });
}

/** `{"$codeRef": "module.export"}` anywhere in an extension becomes a function that fetches the value. */
function decode(value, container) {
  if (Array.isArray(value)) {
    return value.map((item) => decode(item, container));
  }
  if (!value || typeof value !== 'object') {
    return value;
  }
  if (Object.keys(value).length === 1 && typeof value.$codeRef === 'string') {
    const [, module, name = 'default'] = /^([^.]+)(?:\.(.+))?$/.exec(value.$codeRef);
    return async () => {
      const factory = await container.get(module);
      const found = factory()[name];
      if (!found) {
        throw new Error(`module ${module} has no ${name}`);
      }
      return found;
    };
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item, container)]));
}

/** Returns the plugin's extensions with their code references decoded. */
export async function loadPlugin(name, release) {
  const root = `${window.SERVER_FLAGS.basePath}api/plugins/${name}/`;
  const manifest = await (await fetch(`${root}plugin-manifest.json`, { cache: 'no-cache' })).json();
  const { base, scripts } = shapeOf(manifest, release);

  const id = `${manifest.name}@${manifest.version}`;
  const called = [];
  window.loadPluginEntry = (given, container) => called.push([given, container]);
  await Promise.all(scripts.map((script) => inject((base ?? root) + script, `${id}/${script}`)));
  const [[given, container] = []] = called;
  if (called.length !== 1 || given !== id) {
    throw new Error(`the entry callback was called with ${JSON.stringify(called.map(([one]) => one))}, not once with ${id}`);
  }
  if (typeof container.override === 'function') {
    throw new Error('a container with override() would not be initialised by 4.14');
  }
  container.init(scopeOf(release));
  container.init({ react: { '*': { get: async () => () => ({}) } } }); // another loader on the page
  return decode(manifest.extensions, container);
}
