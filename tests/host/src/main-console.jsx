// A console from 4.14 to 4.21: the page says which.
import { render } from '#render';
import { makeApp } from './app.jsx';
import { ownFlags } from './extras.jsx';
import { loadPlugin } from './legacy-loader.js';

const release = Number(document.documentElement.dataset.release.split('.')[1]);

loadPlugin('servelens', release).then(
  (extensions) => {
    const App = makeApp(ownFlags(extensions), { withProps: release === 14 });
    window.loaded = [{ status: 'loaded' }];
    render(<App />, document.getElementById('app'));
  },
  (fault) => console.error(`the console refused the plugin: ${fault.message}`),
);
