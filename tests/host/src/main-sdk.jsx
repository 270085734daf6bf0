// A console from 4.22 on: the real PluginStore of the SDK loads the plugin.
import * as React from 'react';
import { PluginStore, PluginStoreProvider } from '#sdk';
import { render } from '#render';
import { makeApp } from './app.jsx';
import { SDK } from './projects.jsx';

const eager = (module) => ({ get: () => () => module, loaded: 1, eager: true, from: 'openshift-console' });
const sharedScope = {
  react: { [React.version]: eager(React) },
  ...(SDK && { '@openshift-console/dynamic-plugin-sdk': { '1.0.0': eager(SDK) } }),
};
const store = new PluginStore({
  loaderOptions: { sharedScope, customDependencyResolutions: { '@console/pluginAPI': '4.22.3' } },
});
// The console keeps the old callback alive, with a warning.
window.loadPluginEntry = (id, container) => {
  console.warn(`${id} used the old entry callback`);
  window.__load_plugin_entry__(id.replace(/@.*$/, ''), container);
};

/** The store's own flags, and the extensions that it says are in use. */
const flags = {
  set: (flag, on) => store.setFeatureFlags({ [flag]: on }),
  inUse: () => store.getExtensions(),
};

const manifest = `${window.SERVER_FLAGS.basePath}api/plugins/servelens/plugin-manifest.json`;
store.loadPlugin(manifest).then(
  () => {
    window.loaded = store.getPluginInfo().map(({ status }) => ({ status }));
    const App = makeApp(flags);
    render(
      <PluginStoreProvider store={store}>
        <App />
      </PluginStoreProvider>,
      document.getElementById('app'),
    );
  },
  (fault) => console.error(`the SDK refused the plugin: ${fault.message} ${fault.cause ?? ''}`),
);
